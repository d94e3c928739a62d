// The list of unregistered families: choose all, count what is chosen, keep it while the list refreshes;
// and the page of a run: watch how far it is once its sheets have been asked for.
"use strict";

{
  const SOON = 1000; // milliseconds; a run that takes longer shows a progress bar
  const PATIENCE = 15; // looks at a run that has not begun

  const boxes = () => [...document.querySelectorAll(".family-tick")];

  const count = () => {
    const all = document.getElementById("select-all");
    const words = document.querySelector("#register-and-print span");
    if (!all || !words) return;
    const ticked = boxes().filter((box) => box.checked).length;
    all.checked = ticked === boxes().length;
    all.indeterminate = ticked > 0 && !all.checked;
    all.closest("label").hidden = false; // without JavaScript it could do nothing
    const { none, one, many } = words.dataset;
    words.textContent = ticked === 0 ? none : ticked === 1 ? one : many.replace("{}", ticked);
  };

  document.addEventListener("change", (event) => {
    if (event.target.id === "select-all") for (const box of boxes()) box.checked = event.target.checked;
    if (event.target.matches("#select-all, .family-tick")) count();
  });

  // Whose dialog was opened last, by place: when that family has left the list, the focus goes to the one
  // that took its place.
  const families = () => [...document.querySelectorAll(".family")];
  let place = 0;
  document.addEventListener("click", (event) => {
    const family = event.target.closest(".family");
    if (family) place = families().indexOf(family);
  });
  document.body.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id !== "worklist" || document.activeElement !== document.body) return;
    families()[Math.min(place, families().length - 1)]?.querySelector("input, a, button").focus();
  });

  // A family stays as somebody left it, unless the server now proposes something else, such as not to
  // print what has just been printed in the window.
  let kept = new Map();
  let wasOpen = false;
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "worklist") return;
    kept = new Map(boxes().map((box) => [box.value, { proposed: box.defaultChecked, checked: box.checked }]));
    wasOpen = document.getElementById("left-out")?.open ?? false;
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "worklist") return;
    for (const box of boxes()) {
      const before = kept.get(box.value);
      if (before && before.proposed === box.defaultChecked) box.checked = before.checked;
    }
    const leftOut = document.getElementById("left-out");
    if (leftOut) leftOut.open = wasOpen;
    count();
  });

  // The sheets come in another tab. This page asks how far they are, until it hears that they have begun.
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

  count();
}
