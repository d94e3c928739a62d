// The keyboard of the search box: "/" goes there, arrow keys move between the results, Escape empties them.
"use strict";

{
  const box = document.getElementById("find");
  const isTyping = (element) => element.matches("input, select, textarea, [contenteditable]");
  const results = () => [...document.querySelectorAll("#find-panel [data-result], #results [data-result]")];

  const step = (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const links = results();
    const at = links.indexOf(document.activeElement);
    if (!by || !links.length || (at < 0 && document.activeElement !== box)) return;
    event.preventDefault();
    const next = at + by;
    if (next < 0) box.focus();
    else links[Math.min(next, links.length - 1)].focus();
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "/" && box && !isTyping(event.target)) {
      event.preventDefault();
      box.focus();
      box.select();
    } else if (event.key === "Escape" && event.target.closest(".find")) {
      document.getElementById("find-panel")?.replaceChildren();
      box.focus();
    } else {
      step(event);
    }
  });
}
