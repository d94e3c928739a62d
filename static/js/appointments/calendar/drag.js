// Drags a visit to another time, or over free slots to book them.
"use strict";

const calendarDrag = (() => {
  const { schedule, rowMinutes, table, cellOf, providerOf, place, focus } = calendarGrid;
  let dragged = null; // the visit that is being dragged
  let chosen = []; // the free slots that are being dragged over

  const unmark = () => {
    for (const cell of schedule.querySelectorAll(".is-target, .is-chosen")) cell.classList.remove("is-target", "is-chosen");
  };

  schedule.addEventListener("dragstart", (event) => {
    const visit = event.target.closest(".visit[data-move]");
    if (!visit || !schedule.dataset.add) {
      event.preventDefault();
      return;
    }
    dragged = visit;
    visit.classList.add("is-dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", ""); // other programs must not learn the address of a visit
  });
  schedule.addEventListener("dragover", (event) => {
    const cell = cellOf(event.target);
    if (!dragged || !cell) return;
    event.preventDefault();
    unmark();
    cell.classList.add("is-target");
  });
  schedule.addEventListener("dragend", () => {
    dragged?.classList.remove("is-dragged");
    dragged = null;
    unmark();
  });
  schedule.addEventListener("drop", (event) => {
    const cell = cellOf(event.target);
    const from = cellOf(dragged);
    if (!cell || !from || cell === from) return;
    event.preventDefault();
    htmx.ajax("POST", dragged.dataset.move, {
      source: dragged,
      target: "#dialog",
      swap: "innerHTML",
      values: { start: cell.dataset.start, provider: providerOf(cell), from_start: from.dataset.start },
    });
  });

  schedule.addEventListener("pointerdown", (event) => {
    const cell = cellOf(event.target);
    if (event.button !== 0 || event.pointerType === "touch" || !cell?.matches(".slot")) return;
    event.preventDefault(); // no selecting of text
    focus(cell);
    chosen = [cell];
  });
  schedule.addEventListener("pointerover", (event) => {
    const [first] = chosen;
    const cell = cellOf(event.target);
    if (!first || !cell?.matches(".slot") || cell.dataset.col !== first.dataset.col) return;
    const [top, bottom] = [first, cell].map((each) => place(each)).sort((one, other) => one.top - other.top);
    unmark();
    chosen = [first];
    for (const each of table().querySelectorAll(`.slot[data-col="${first.dataset.col}"]`)) {
      const there = place(each);
      if (there.top < top.top || there.bottom > bottom.bottom || there.left !== top.left) continue;
      each.classList.add("is-chosen");
      if (each !== first) chosen.push(each);
    }
  });
  document.addEventListener("pointerup", () => {
    const cells = chosen.sort((one, other) => place(one).top - place(other).top);
    chosen = [];
    unmark();
    const rows = cells.reduce((sum, cell) => sum + cell.rowSpan, 0);
    if (cells.length > 1) calendarOpen.add(cells[0], rows * rowMinutes);
  });

  return { isBusy: () => Boolean(dragged || chosen.length) };
})();
