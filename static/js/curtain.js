// The curtain: when the session has ended the page's content leaves the document, and nothing but a card is
// left to see, to print, to search or to read aloud. After the same user has signed in again it comes back as
// it was: what was typed, the dialogs that were open, the place.
//
// What is taken out stays in the memory of this tab. That is the price of losing nothing: somebody who knows
// how to debug a browser, at a computer that its owner has left unlocked, can get at it until the tab is closed,
// somebody else signs in, or KEEP (session.js) has passed. Keeping it on the server instead would mean that half
// written notes about children are stored where nobody has asked for them.
"use strict";

{
  const page = document.body;
  const card = document.getElementById("session-ended").content;
  const { title, signOut } = document.getElementById("session").dataset;
  let place = null; // where the page stood, while it is away
  let signIn = null; // the tab in which somebody signs in again

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

  // Signing in has made a new token; forms with the old one would be refused.
  const freshen = (token) => {
    for (const field of page.querySelectorAll('input[name="csrfmiddlewaretoken"]')) field.value = token;
    if (page.hasAttribute("hx-headers")) page.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
  };

  // A dialog that has left the document comes back as a part of the page, and is opened over it anew.
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

  // htmx stops refreshing what has left the document, and starts again with what looks different to it.
  const wake = () => {
    for (const part of page.querySelectorAll('[hx-trigger*="every "]')) {
      part.dataset.woken = Number(part.dataset.woken ?? 0) + 1;
      htmx.process(part);
    }
    for (const part of page.querySelectorAll('[hx-trigger*="load delay"]')) htmx.trigger(part, "refresh");
    page.dispatchEvent(new CustomEvent("schedule:changed")); // and what it shows is old by now
  };

  // Sheets open in tabs of their own, as PDFs, in which no script of ours runs. So each gets a name by which any
  // later page in this tab finds it again, and is closed when the session ends: it can be printed once more.
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
