// The dialogs: whatever htmx puts into one opens it; closing it empties it and tells the page. The second
// one opens over the first, which keeps what has been typed into it.
"use strict";

{
  const dialogs = [...document.querySelectorAll("dialog.dialog")];
  const openers = new Map();

  const findOpener = (dialog) => {
    const opener = openers.get(dialog);
    return opener?.isConnected ? opener : opener?.id ? document.getElementById(opener.id) : null;
  };
  const top = () => dialogs.findLast((dialog) => dialog.open);

  document.body.addEventListener("htmx:beforeRequest", (event) => {
    const { target, elt } = event.detail;
    if (dialogs.includes(target) && !target.open) openers.set(target, elt);
  });

  // After the swap, so that showModal() finds an autofocus inside and honours it.
  document.body.addEventListener("htmx:afterSwap", (event) => {
    const { target } = event.detail;
    if (dialogs.includes(target) && !target.open && target.childElementCount) target.showModal();
    const dialog = top();
    const heading = dialog?.querySelector("h1[id], h2[id]");
    if (heading) dialog.setAttribute("aria-labelledby", heading.id);
  });

  // An answer of the server that has nothing more to ask: the header HX-Trigger says "dialog:close".
  document.body.addEventListener("dialog:close", () => top()?.close());

  // A button whose answer opens in a new tab: here the next step is already in focus on coming back.
  document.addEventListener("click", (event) => {
    const next = event.target.closest("[data-then-focus]")?.dataset.thenFocus;
    if (next) document.querySelector(next)?.focus();
  });

  for (const dialog of dialogs) {
    dialog.addEventListener("click", (event) => {
      if (event.target.closest("[data-dialog-close]")) {
        event.preventDefault(); // without JavaScript it is a link that leads back
        dialog.close();
      }
    });

    // Also reached by Escape. Elements with hx-trigger="dialog:closed from:body" then refresh themselves.
    dialog.addEventListener("close", () => {
      dialog.replaceChildren();
      findOpener(dialog)?.focus();
      document.body.dispatchEvent(new CustomEvent("dialog:closed"));
    });
  }

  // Whoever goes on by hand needs no way back any more; a later refresh must not take the focus away.
  for (const kind of ["keydown", "pointerdown"]) {
    document.addEventListener(kind, () => dialogs.forEach((dialog) => dialog.open || openers.delete(dialog)), true);
  }

  // Where the refresh replaced the opener, the focus goes to the one that took its place.
  document.body.addEventListener("htmx:afterSettle", () => {
    const within = top() ?? document.body;
    if (document.activeElement !== document.body && document.activeElement !== within) return;
    for (const dialog of dialogs) if (!dialog.open && openers.has(dialog)) findOpener(dialog)?.focus();
  });
}
