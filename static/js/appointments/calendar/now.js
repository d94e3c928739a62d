// The line across today that marks the present time.
"use strict";

const calendarNow = (() => {
  const { schedule, frame, rowMinutes, table } = calendarGrid;
  const UPDATE_EVERY = 30_000; // milliseconds

  const show = () => {
    schedule.querySelector(".now-line")?.remove();
    if (!frame.matches(".calendar-day") || !table()) return;
    const marks = [...table().querySelectorAll("tbody th[data-start]")];
    const now = Date.now();
    const at = marks.findLast((mark) => new Date(mark.dataset.start) <= now);
    if (!at) return;
    const rows = (now - new Date(at.dataset.start)) / (rowMinutes * 60_000);
    if (rows >= at.rowSpan) return; // the day is over
    const line = document.createElement("div");
    line.className = "now-line";
    line.style.top = `${at.offsetTop + (at.offsetHeight * rows) / at.rowSpan}px`;
    schedule.append(line);
  };
  const scrollThere = () => {
    const line = schedule.querySelector(".now-line");
    const goal = line ?? schedule.querySelector(".grid-table .visit")?.parentElement;
    if (goal) frame.scrollTop = Math.max(0, goal.offsetTop - frame.clientHeight / 3);
  };

  setInterval(show, UPDATE_EVERY);
  return { show, scrollThere };
})();
