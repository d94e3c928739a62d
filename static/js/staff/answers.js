// Handles answers to htmx that are not a part of the page: errors, sign-in pages, or none at all.
"use strict";

{
  // The answer leads to a page about signing in: load it as a whole page.
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const answer = event.detail.xhr.responseURL;
    if (answer && new URL(answer).pathname.startsWith("/accounts/")) {
      event.detail.shouldSwap = false;
      window.location.reload();
    }
  });

  // An open dialog covers the page and makes its toasts inert, so the dialog gets toasts of its own.
  const toasts = () => {
    const dialog = [...document.querySelectorAll("dialog[open]")].at(-1);
    if (!dialog) return document.getElementById("toasts");
    const box = dialog.querySelector(":scope > .toasts") ?? document.createElement("div");
    box.className = "toasts";
    box.role = "alert";
    dialog.append(box);
    return box;
  };

  const say = (words, reference) => {
    const toast = document.getElementById("toast-error").content.cloneNode(true);
    toast.querySelector("p").textContent = reference ? `${words} (Reference number: ${reference})` : words;
    toasts().append(toast);
  };

  // Our error page knows best what happened: use its sentence.
  const sentence = (xhr) =>
    new DOMParser().parseFromString(xhr.responseText, "text/html").querySelector("[data-error]")?.textContent.trim();

  document.body.addEventListener("htmx:responseError", (event) => {
    const { requestConfig, xhr } = event.detail;
    if (xhr.status === 401) return; // the session has ended; the session's scripts blank the page
    // A page that is refused or missing explains itself: open it.
    if (requestConfig.verb === "get" && [403, 404].includes(xhr.status)) window.location.assign(requestConfig.path);
    else {
      const words = sentence(xhr) ?? "Something went wrong. Reload the page and check what was saved before you try again.";
      say(words, xhr.getResponseHeader("X-Request-ID"));
    }
  });

  document.body.addEventListener("htmx:sendError", () => {
    say("Cannot reach the server. Check the network, then try again. Nothing is done twice.");
  });

  // A button is disabled during its request and loses the focus. Give it back after a failure.
  document.body.addEventListener("htmx:afterRequest", ({ detail: { elt, successful, requestConfig } }) => {
    const button = requestConfig.triggeringEvent?.submitter ?? elt;
    if (!successful && document.activeElement === document.body) button.focus();
  });
}
