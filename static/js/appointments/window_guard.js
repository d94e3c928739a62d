// The appointment window: asks before Escape or Close discards what was typed. Saving closes it without asking.
"use strict";

{
  document.addEventListener("input", (event) => {
    event.target.closest?.("#appointment-window")?.setAttribute("data-typed", "");
  });

  const mayClose = (dialog) =>
    !dialog.querySelector("#appointment-window")?.hasAttribute("data-typed") ||
    window.confirm("Close without saving your changes?");
  for (const dialog of document.querySelectorAll("dialog.dialog")) {
    dialog.addEventListener("cancel", (event) => {
      if (event.target === dialog && !mayClose(dialog)) event.preventDefault();
    });
    dialog.addEventListener(
      "click",
      (event) => {
        if (!event.target.closest("[data-dialog-close]") || mayClose(dialog)) return;
        event.preventDefault();
        event.stopImmediatePropagation();
      },
      true,
    );
  }
}
