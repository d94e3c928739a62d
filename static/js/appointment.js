// The appointment window: what is typed into it is not lost by a slip, and the usual things fill themselves in.
"use strict";

{
  const windowOf = (element) => element.closest?.("#appointment-window");
  const typed = (section) => section?.hasAttribute("data-typed");

  document.addEventListener("input", (event) => {
    windowOf(event.target)?.setAttribute("data-typed", "");
  });

  // Escape and Close ask before they throw away what was typed. Saving closes the dialog without either.
  const mayClose = (dialog) =>
    !typed(dialog.querySelector("#appointment-window")) || window.confirm("Close without saving what you have changed?");
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

  // A type brings its usual duration, until somebody has said another.
  document.addEventListener("change", (event) => {
    const form = windowOf(event.target)?.querySelector("form");
    if (!form) return;
    const { duration, visit_type: type, status } = form.elements;
    if (event.target === duration) duration.dataset.said = "";
    const minutes = type.selectedOptions[0]?.dataset.minutes;
    if (event.target === type && minutes && !("said" in duration.dataset)) duration.value = minutes;
    if (event.target === status) showReason(form);
  });

  const showReason = (form) => {
    for (const part of form.querySelectorAll("[data-only-status]")) {
      part.hidden = form.elements.status.value !== part.dataset.onlyStatus;
    }
  };
  const prepare = () => {
    const form = document.querySelector("#appointment-window form");
    if (form) showReason(form);
  };
  prepare();
  document.addEventListener("htmx:afterSettle", prepare);

  // Arrow keys between the search box and the patients found.
  document.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const finder = by && event.target.closest(".patient-finder");
    if (!finder) return;
    const stops = [finder.querySelector("input"), ...finder.querySelectorAll("[data-found]")];
    const next = stops[stops.indexOf(document.activeElement) + by];
    event.preventDefault();
    next?.focus();
  });

  // Over an appointment, what mends a row opens in a tab of its own, so that the appointment stays as it is
  // typed; on coming back the registration window shows the row as it stands then.
  let leftForAFix = false;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("#dialog-over .row-fix");
    if (!link) return;
    link.target = "_blank";
    leftForAFix = true;
  });
  document.addEventListener("visibilitychange", () => {
    const open = document.querySelector("#dialog-over #registration-window");
    if (document.visibilityState !== "visible" || !leftForAFix || !open) return;
    leftForAFix = false;
    htmx.trigger(open, "refresh");
  });
}
