// The page of a run: asks how far it is, once its sheets have been requested in another tab.
"use strict";

{
  const SOON = 1000; // milliseconds; a run that takes longer shows a progress bar
  const PATIENCE = 15; // how often to ask about a run that has not begun

  const watch = (version, looks) => {
    const run = document.getElementById("run");
    if (!run || run.dataset.version !== version || looks === 0) return;
    htmx.trigger(run, "refresh");
    setTimeout(watch, SOON, version, looks - 1);
  };
  document.addEventListener("submit", (event) => {
    if (event.target.id === "print-run") {
      setTimeout(watch, SOON, document.getElementById("run").dataset.version, PATIENCE);
    }
  });
}
