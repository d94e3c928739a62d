// The calendar: keyboard, double-click, dragging, the line that says now. Without it every visit is a plain link.
"use strict";

{
  const schedule = document.getElementById("schedule");
  const frame = schedule.parentElement;
  const table = () => schedule.querySelector(".grid-table");
  let dragged = null; // the visit that is being dragged
  let chosen = []; // the free slots that are being dragged over

  // --- Places: cells of the grid, of which the visit or the slot itself takes the focus ---------------

  const headOf = (cell) => table().querySelectorAll("thead th")[Number(cell.dataset.col)];
  const holder = (cell) => cell.querySelector(".visit") ?? cell;
  const cellOf = (element) => element?.closest?.(".grid-table tbody td");
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

  // One stop in the order of tabs; arrow keys go on from there.
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
  const focus = (cell) => {
    const element = holder(cell);
    makeStop(element);
    say(cell);
    element.focus();
    element.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  let held = ""; // the place that had the focus before a refresh replaced it
  const prepare = () => {
    showNow();
    if (!table()) return;
    const visits = [...schedule.querySelectorAll(".visit")];
    for (const visit of visits) visit.tabIndex = -1;
    const again = held && document.getElementById(held);
    const stop = again || visits[0] || schedule.querySelector(".slot");
    if (stop) makeStop(stop);
    if (again && document.activeElement === document.body) again.focus({ preventScroll: true });
    held = "";
  };

  // --- Opening ------------------------------------------------------------------------------------------

  const openAt = (url, source) => htmx.ajax("GET", url, { source, target: "#dialog", swap: "innerHTML" });
  const providerOf = (cell) => headOf(cell).dataset.provider;
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

  // A single click chooses a visit, as a double-click would otherwise hit whatever the first one has opened.
  // A finger has no double-click, and the keyboard's click has no place: both open at once.
  schedule.addEventListener("click", (event) => {
    const visit = event.target.closest(".visit");
    if (!visit || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (event.detail === 0 || event.pointerType === "touch") open(visit);
    else visit.focus();
  });

  schedule.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const cell = cellOf(event.target);
    if (!cell) return;
    if (event.key.startsWith("Arrow")) {
      const next = nearest(cell, event.key);
      event.preventDefault();
      event.stopPropagation();
      if (next) focus(next);
    } else if (event.key === "Enter" && cell.matches(".slot")) {
      event.preventDefault();
      add(cell);
    }
  });

  // --- Dragging a visit, or over free slots ---------------------------------------------------------------

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
    event.dataTransfer.setData("text/plain", ""); // the address of a visit is nobody else's business
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
    if (cells.length > 1) add(cells[0], rows * 5);
  });

  // --- Now -------------------------------------------------------------------------------------------------

  function showNow() {
    schedule.querySelector(".now-line")?.remove();
    if (!frame.matches(".calendar-day") || !table()) return;
    const marks = [...table().querySelectorAll("tbody th[data-start]")];
    const now = Date.now();
    const at = marks.findLast((mark) => new Date(mark.dataset.start) <= now);
    if (!at) return;
    const rows = (now - new Date(at.dataset.start)) / 300_000;
    if (rows >= at.rowSpan) return; // the day is over
    const line = document.createElement("div");
    line.className = "now-line";
    line.style.top = `${at.offsetTop + (at.offsetHeight * rows) / at.rowSpan}px`;
    schedule.append(line);
  }

  const scrollToNow = () => {
    const line = schedule.querySelector(".now-line");
    const goal = line ?? schedule.querySelector(".grid-table .visit")?.parentElement;
    if (goal) frame.scrollTop = Math.max(0, goal.offsetTop - frame.clientHeight / 3);
  };

  // --- Keeping up to date ------------------------------------------------------------------------------------

  // Not under somebody's hand: a refresh waits until nothing is dragged.
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt === schedule && (dragged || chosen.length)) event.preventDefault();
  });
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target === schedule && schedule.contains(document.activeElement)) held = document.activeElement.id;
  });
  document.body.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target === schedule) prepare();
  });
  setInterval(showNow, 30_000);

  // Filters: a choice goes there at once; several providers are chosen before Show is pressed.
  document.querySelector("[data-filters]").addEventListener("change", (event) => {
    if (!event.target.closest(".provider-filter")) event.currentTarget.requestSubmit();
  });

  prepare();
  scrollToNow();
}
