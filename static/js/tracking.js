// Tracking by keyboard and mouse, and a list that refreshes itself without taking anybody's place away.
"use strict";

{
  const stale = document.getElementById("tracking-stale");
  const list = () => document.getElementById("tracking");
  const links = () => [...document.querySelectorAll(".tracking-link")];
  const rowOf = (element) => element?.closest?.("[data-visit]");
  const linkOf = (row) => row?.querySelector(".tracking-link");
  const isControl = (element) => element.closest("a, button, input, select, textarea, [contenteditable]");
  const isFree = () => document.activeElement === document.body || document.activeElement.id === "main";

  // --- Keyboard -----------------------------------------------------------------------------------

  const move = (event) => {
    const all = links();
    const at = all.indexOf(linkOf(rowOf(event.target)));
    if (!all.length || (at < 0 && !isFree())) return;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    event.preventDefault();
    all[Math.max(0, Math.min(to, all.length - 1))].focus();
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]") || event.target.matches("input, select, textarea, [contenteditable]")) return;
    if (["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) move(event);
    else if (event.key.toLowerCase() === "a" && !event.repeat) {
      rowOf(event.target)?.querySelector("[data-arrive]")?.click();
    }
  });

  // --- Mouse: a click marks the row for the keys, a double click opens it ---------------------------

  document.addEventListener("click", (event) => {
    const row = rowOf(event.target);
    // A double click on the link itself: the first of the two has opened it.
    if (row && event.detail > 1 && event.target.closest(".tracking-link")) {
      event.preventDefault();
      event.stopPropagation();
    } else if (row && !isControl(event.target) && getSelection().isCollapsed) {
      linkOf(row).focus({ preventScroll: true });
    }
  }, { capture: true });

  document.addEventListener("dblclick", (event) => {
    const row = rowOf(event.target);
    if (!row || isControl(event.target)) return;
    getSelection().removeAllRanges(); // a double click also marks a word
    linkOf(row).click();
  });

  // --- Refreshing ---------------------------------------------------------------------------------

  let kept = null;

  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target !== list()) return;
    const link = linkOf(rowOf(document.activeElement));
    kept = { id: link?.id, at: links().indexOf(link), left: list().querySelector(".table-wrap")?.scrollLeft ?? 0 };
  });

  // htmx gives the focus back to what has kept its id. A button that has gone gives it to its row, a row
  // that has gone to the one in its place.
  document.body.addEventListener("htmx:afterSwap", () => {
    if (!kept) return;
    const wrap = list().querySelector(".table-wrap");
    if (wrap) wrap.scrollLeft = kept.left;
    if (kept.id && document.activeElement === document.body) {
      const link = document.getElementById(kept.id) ?? links()[Math.min(kept.at, links().length - 1)];
      link?.focus({ preventScroll: true });
    }
    kept = null;
  });

  // dialog.js gives the focus back to what opened a dialog; long after it was closed, that would be a jump.
  document.getElementById("main").addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.requestConfig?.elt === list()) event.stopPropagation();
  });

  // Nobody looks at a hidden tab. Whoever comes back to it sees at once what is new.
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt === list() && document.hidden) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) document.body.dispatchEvent(new CustomEvent("schedule:changed"));
  });

  // Nobody has pressed anything, so no toast every half minute: one line that goes when it is over.
  const isOurs = (event) => event.detail.elt === list();
  const warn = (event) => {
    if (!isOurs(event) || [401, 403, 404].includes(event.detail.xhr.status)) return;
    event.stopPropagation();
    stale.textContent ||= "This list is out of date: the server does not answer. It tries again every half minute.";
  };
  document.getElementById("main").addEventListener("htmx:sendError", warn);
  document.getElementById("main").addEventListener("htmx:responseError", warn);
  document.body.addEventListener("htmx:afterOnLoad", (event) => {
    if (isOurs(event)) stale.textContent = "";
  });
}
