// Opens a dialog when htmx puts content into it, and empties it on closing. The second opens over the first.
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

  // After the swap, so that showModal() finds an autofocus inside.
  document.body.addEventListener("htmx:afterSwap", (event) => {
    const { target } = event.detail;
    if (dialogs.includes(target) && !target.open && target.childElementCount) target.showModal();
    const dialog = top();
    const heading = dialog?.querySelector("h1[id], h2[id]");
    if (heading) dialog.setAttribute("aria-labelledby", heading.id);
  });

  // The server closes the dialog with the header HX-Trigger: dialog:close.
  document.body.addEventListener("dialog:close", () => top()?.close());

  // The answer opens in a new tab: focus the next step here, ready for the return.
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

  // Once someone has moved the focus, a later refresh must not move it back.
  for (const kind of ["keydown", "pointerdown"]) {
    document.addEventListener(kind, () => dialogs.forEach((dialog) => dialog.open || openers.delete(dialog)), true);
  }

  // If the refresh replaced the opener, focus its replacement.
  document.body.addEventListener("htmx:afterSettle", () => {
    const within = top() ?? document.body;
    if (document.activeElement !== document.body && document.activeElement !== within) return;
    for (const dialog of dialogs) if (!dialog.open && openers.has(dialog)) findOpener(dialog)?.focus();
  });
}
