// The appointment form: a type fills in its usual duration, and a status shows the reason it needs.
"use strict";

{
  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("#appointment-window")?.querySelector("form");
    if (!form) return;
    const { duration, visit_type: type, status } = form.elements;
    if (event.target === duration) duration.dataset.isChosen = ""; // a type no longer changes it
    const minutes = type.selectedOptions[0]?.dataset.minutes;
    if (event.target === type && minutes && !("isChosen" in duration.dataset)) duration.value = minutes;
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
}
