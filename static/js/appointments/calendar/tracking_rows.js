// Tracking's rows: keyboard and mouse. A click selects a row for the keys, a double-click opens it, A marks an arrival.
"use strict";

const trackingRows = (() => {
  const links = () => [...document.querySelectorAll(".tracking-link")];
  const rowOf = (element) => element?.closest?.("[data-visit]");
  const linkOf = (row) => row?.querySelector(".tracking-link");
  const isControl = (element) => element.closest("a, button, input, select, textarea, [contenteditable]");
  const isFree = () => document.activeElement === document.body || document.activeElement.id === "main";

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

  document.addEventListener("click", (event) => {
    const row = rowOf(event.target);
    // A double-click on the link itself: its first click has opened it already.
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
    getSelection().removeAllRanges(); // a double-click also selects a word
    linkOf(row).click();
  });

  return { links, rowOf, linkOf };
})();
