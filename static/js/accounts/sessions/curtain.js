// The curtain: takes the page's content out of the document when the session ends, and brings it back as it was.
//
// Only a card remains, so there is nothing to see, print, search or read aloud. After the same user has signed in again
// the page is back with what was typed, its open dialogs and its scroll position. Until then the content stays in the
// memory of this tab. The price: someone who can debug a browser, at an unlocked computer, can reach it until the tab is
// closed, someone else signs in, or KEEP (watch.js) has passed. Keeping it on the server would store half-written notes
// about children where nobody asked for them.
"use strict";

{
  const page = document.body;
  const card = document.getElementById("session-ended").content;
  const { title, signOut } = document.getElementById("session").dataset;
  let place = null; // what to restore, while the page is away
  let signIn = null; // the tab in which someone signs in again

  const remember = () => ({
    title: document.title,
    focus: document.activeElement,
    dialogs: [...page.querySelectorAll("dialog")].filter((dialog) => dialog.open),
    scrolled: [document.documentElement, ...page.querySelectorAll("*")]
      .filter((element) => element.scrollTop || element.scrollLeft)
      .map((element) => ({ element, top: element.scrollTop, left: element.scrollLeft })),
  });

  const draw = (why) => {
    if (place) return;
    place = remember();
    const blank = document.createElement("body");
    blank.append(card.cloneNode(true));
    for (const part of blank.querySelectorAll("[data-why]")) part.hidden = part.dataset.why !== why;
    const link = blank.querySelector("a");
    link.addEventListener("click", (event) => {
      signIn = window.open(link.href, "_blank"); // known to this page, so that it can close it again
      if (signIn) event.preventDefault();
    });
    page.replaceWith(blank);
    document.title = title;
    link.focus();
  };

  // Signing in made a new token; forms with the old one would be refused.
  const freshen = (token) => {
    for (const field of page.querySelectorAll('input[name="csrfmiddlewaretoken"]')) field.value = token;
    if (page.hasAttribute("hx-headers")) page.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
  };

  // A dialog that left the document comes back as an ordinary part of the page. Open it over the page again.
  const lift = () => {
    if (!place) return;
    const { title: before, focus, dialogs, scrolled } = place;
    place = null;
    document.body.replaceWith(page);
    document.title = before;
    for (const dialog of dialogs) {
      dialog.removeAttribute("open"); // not close(), which would empty it
      dialog.showModal();
    }
    for (const { element, top, left } of scrolled) element.scrollTo({ top, left, behavior: "instant" });
    focus?.focus({ preventScroll: true });
    wake();
    signIn?.close();
    signIn = null;
  };

  // htmx stops refreshing what leaves the document, and starts again only with elements that look changed.
  const wake = () => {
    for (const part of page.querySelectorAll('[hx-trigger*="every "]')) {
      part.dataset.woken = Number(part.dataset.woken ?? 0) + 1;
      htmx.process(part);
    }
    for (const part of page.querySelectorAll('[hx-trigger*="load delay"]')) htmx.trigger(part, "refresh");
    page.dispatchEvent(new CustomEvent("schedule:changed")); // what it shows may be out of date
  };

  // Sheets open as PDFs in their own tabs, where our scripts do not run. Each tab gets a name, by which any later page
  // in this tab can close it when the session ends. A sheet can be printed again.
  const names = () => JSON.parse(sessionStorage.getItem("sheets") ?? "[]");
  const closeSheets = () => {
    for (const name of names()) window.open("", name)?.close();
    sessionStorage.removeItem("sheets");
  };
  document.addEventListener("submit", ({ target: form, submitter }) => {
    if (form.getAttribute("action") === signOut) closeSheets();
    const opener = submitter?.hasAttribute("formtarget") ? submitter : form.hasAttribute("target") ? form : null;
    if (!opener) return;
    const name = `sheet-${Date.now()}`;
    opener.setAttribute(opener === form ? "target" : "formtarget", name);
    sessionStorage.setItem("sheets", JSON.stringify([...names(), name]));
  });

  document.addEventListener("curtain:draw", (event) => {
    draw(event.detail);
    closeSheets();
  });
  document.addEventListener("curtain:lift", lift);
  document.addEventListener("session:token", (event) => freshen(event.detail));
}
