// Opens visits and free slots: by double-click, Enter or a finger.
"use strict";

const calendarOpen = (() => {
  const { schedule, cellOf, providerOf } = calendarGrid;

  const openAt = (url, source) => htmx.ajax("GET", url, { source, target: "#dialog", swap: "innerHTML" });
  const add = (cell, minutes) => {
    if (!schedule.dataset.add) return;
    const query = new URLSearchParams({ start: cell.dataset.start, provider: providerOf(cell) });
    if (minutes) query.set("minutes", minutes);
    openAt(`${schedule.dataset.add}?${query}`, cell);
  };
  const open = (target) => {
    const visit = target.closest(".visit");
    if (visit) openAt(visit.href, visit);
    else if (cellOf(target)?.matches(".slot")) add(cellOf(target));
  };

  schedule.addEventListener("dblclick", (event) => open(event.target));

  // A single click only selects a visit; otherwise the second click of a double-click would hit what the first one opened.
  // A finger has no double-click, and a click by keyboard has no position: both open at once.
  schedule.addEventListener("click", (event) => {
    const visit = event.target.closest(".visit");
    if (!visit || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (event.detail === 0 || event.pointerType === "touch") open(visit);
    else visit.focus();
  });

  schedule.addEventListener("keydown", (event) => {
    const cell = cellOf(event.target);
    if (event.key !== "Enter" || !cell?.matches(".slot") || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    add(cell);
  });

  return { add };
})();
