// Keeps the focus where it was when the calendar refreshes itself, and applies filters at once.
"use strict";

{
  const { schedule, table, makeStop } = calendarGrid;
  let focusedId = ""; // what had the focus before a refresh replaced it

  const prepare = () => {
    calendarNow.show();
    if (!table()) return;
    const visits = [...schedule.querySelectorAll(".visit")];
    for (const visit of visits) visit.tabIndex = -1;
    const again = focusedId && document.getElementById(focusedId);
    const stop = again || visits[0] || schedule.querySelector(".slot");
    if (stop) makeStop(stop);
    if (again && document.activeElement === document.body) again.focus({ preventScroll: true });
    focusedId = "";
  };

  // A refresh waits until nothing is being dragged.
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt === schedule && calendarDrag.isBusy()) event.preventDefault();
  });
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target !== schedule || !schedule.contains(document.activeElement)) return;
    focusedId = document.activeElement.id;
  });
  document.body.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target === schedule) prepare();
  });

  // A choice in a filter takes effect at once; several providers take effect with the button Show.
  document.querySelector("[data-filters]").addEventListener("change", (event) => {
    if (!event.target.closest(".provider-filter")) event.currentTarget.requestSubmit();
  });

  prepare();
  calendarNow.scrollThere();
}
