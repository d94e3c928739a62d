// The keyboard of the staff's pages, and what happens when an answer from the server is not a page part.
"use strict";

{
  const box = document.getElementById("find");
  const isTyping = (element) => element.matches("input, select, textarea, [contenteditable]");

  const results = () => [...document.querySelectorAll("#find-panel [data-result], #results [data-result]")];

  const step = (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const links = results();
    const at = links.indexOf(document.activeElement);
    if (!by || !links.length || (at < 0 && document.activeElement !== box)) return;
    event.preventDefault();
    const next = at + by;
    if (next < 0) box.focus();
    else links[Math.min(next, links.length - 1)].focus();
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "/" && box && !isTyping(event.target)) {
      event.preventDefault();
      box.focus();
      box.select();
    } else if (event.key === "Escape" && event.target.closest(".find")) {
      document.getElementById("find-panel")?.replaceChildren();
      box.focus();
    } else {
      step(event);
    }
  });

  // The answer leads to a page about signing in. Show it as the page it is.
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const answer = event.detail.xhr.responseURL;
    if (answer && new URL(answer).pathname.startsWith("/accounts/")) {
      event.detail.shouldSwap = false;
      window.location.reload();
    }
  });

  // An open dialog lies over the page and its toasts, and makes them inert: what concerns it stands in it.
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

  // An error page of ours knows best what became of the last thing done: its sentence.
  const sentence = (xhr) =>
    new DOMParser().parseFromString(xhr.responseText, "text/html").querySelector("[data-error]")?.textContent.trim();

  document.body.addEventListener("htmx:responseError", (event) => {
    const { requestConfig, xhr } = event.detail;
    if (xhr.status === 401) return; // the session has ended: session.js
    // A refused or missing page says why in its own words: open it.
    if (requestConfig.verb === "get" && [403, 404].includes(xhr.status)) window.location.assign(requestConfig.path);
    else {
      const words = sentence(xhr) ?? "That did not work. Reload the page and look before you do it again.";
      say(words, xhr.getResponseHeader("X-Request-ID"));
    }
  });

  // What is shown once is taken as a whole, or copied; a browser lets us do that on https and at home only.
  for (const field of document.querySelectorAll("[data-whole]")) {
    field.addEventListener("focus", () => field.select());
    if (field === document.activeElement) field.select();
  }
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
      button.textContent = button.dataset.copied;
    });
  }

  // A button is off while its request is on its way, and loses the focus by that: after a failure it has it again.
  document.body.addEventListener("htmx:afterRequest", ({ detail: { elt, successful, requestConfig } }) => {
    const button = requestConfig.triggeringEvent?.submitter ?? elt;
    if (!successful && document.activeElement === document.body) button.focus();
  });

  document.body.addEventListener("htmx:sendError", () => {
    say("The server cannot be reached. Check the network, then try again: nothing is done twice.");
  });
}
