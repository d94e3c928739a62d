// The one <dialog>: whatever htmx puts into it opens it; closing it empties it and tells the page.
"use strict";

{
  const dialog = document.getElementById("dialog");
  let opener = null;

  const findOpener = () =>
    opener?.isConnected ? opener : opener?.id ? document.getElementById(opener.id) : null;

  document.body.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target === dialog && !dialog.open) opener = event.detail.elt;
  });

  // After the swap, so that showModal() finds an autofocus inside and honours it.
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target === dialog && !dialog.open && dialog.childElementCount) dialog.showModal();
  });

  dialog.addEventListener("click", (event) => {
    if (event.target.closest("[data-dialog-close]")) {
      event.preventDefault(); // without JavaScript it is a link that leads back
      dialog.close();
    }
  });

  // A button whose answer opens in a new tab: here the next step is already in focus on coming back.
  document.addEventListener("click", (event) => {
    const next = event.target.closest("[data-then-focus]")?.dataset.thenFocus;
    if (next) document.querySelector(next)?.focus();
  });

  // Also reached by Escape. Elements with hx-trigger="dialog:closed from:body" then refresh themselves.
  dialog.addEventListener("close", () => {
    dialog.replaceChildren();
    findOpener()?.focus();
    document.body.dispatchEvent(new CustomEvent("dialog:closed"));
  });

  // Where the refresh replaced the opener, the focus goes to the one that took its place.
  document.body.addEventListener("htmx:afterSettle", () => {
    if (!dialog.open && document.activeElement === document.body) findOpener()?.focus();
  });
}
