// The calendar's grid: its cells, which of them is next to which, and how one gets the focus.
// Without scripts every visit is a plain link.
"use strict";

const calendarGrid = (() => {
  const schedule = document.getElementById("schedule");
  const frame = schedule.parentElement;
  const rowMinutes = Number(schedule.dataset.rowMinutes);
  const table = () => schedule.querySelector(".grid-table");

  const headOf = (cell) => table().querySelectorAll("thead th")[Number(cell.dataset.col)];
  const cellOf = (element) => element?.closest?.(".grid-table tbody td");
  const providerOf = (cell) => headOf(cell).dataset.provider;
  const place = (cell) => {
    const top = cell.parentElement.rowIndex;
    return { cell, top, bottom: top + cell.rowSpan, left: cell.offsetLeft, right: cell.offsetLeft + cell.offsetWidth };
  };
  const nearest = (from, direction) => {
    const here = place(from);
    const sideways = direction === "ArrowLeft" || direction === "ArrowRight";
    const overlaps = (there) =>
      sideways ? there.top <= here.top && here.top < there.bottom : there.left < here.right && here.left < there.right;
    const distance = (there) =>
      ({
        ArrowDown: there.top - here.bottom,
        ArrowUp: here.top - there.bottom,
        ArrowRight: there.left - here.right,
        ArrowLeft: here.left - there.right,
      })[direction];
    let best = null;
    for (const cell of table().querySelectorAll("tbody td")) {
      if (cell === from) continue;
      const there = place(cell);
      const far = distance(there);
      if (far < 0 || !overlaps(there)) continue;
      if (!best || far < best.far || (far === best.far && there.left < best.left)) best = { cell, far, left: there.left };
    }
    return best?.cell;
  };

  // Only one element of the grid is in the tab order; arrow keys go on from there.
  const makeStop = (element) => {
    for (const other of schedule.querySelectorAll('[tabindex="0"]')) other.tabIndex = -1;
    element.tabIndex = 0;
  };
  const say = (cell) => {
    if (!cell.matches(".slot")) return;
    const provider = headOf(cell).firstChild.textContent.trim();
    const [, hours, minutes] = cell.dataset.start.match(/T(\d\d):(\d\d)/);
    const time = `${hours % 12 || 12}:${minutes} ${hours < 12 ? "AM" : "PM"}`;
    cell.setAttribute("aria-label", `${time}, ${provider}, ${cell.title || "free"}`);
  };
  // The visit in a cell takes the focus; an empty cell takes it itself.
  const focus = (cell) => {
    const element = cell.querySelector(".visit") ?? cell;
    makeStop(element);
    say(cell);
    element.focus();
    element.scrollIntoView({ block: "nearest", inline: "nearest" });
  };

  schedule.addEventListener("keydown", (event) => {
    const cell = cellOf(event.target);
    if (!cell || event.ctrlKey || event.metaKey || event.altKey || !event.key.startsWith("Arrow")) return;
    const next = nearest(cell, event.key);
    event.preventDefault();
    event.stopPropagation();
    if (next) focus(next);
  });

  return { schedule, frame, rowMinutes, table, cellOf, providerOf, place, makeStop, focus };
})();
