// The list of unregistered families: chooses all, counts the chosen ones, keeps the choice while the list refreshes.
"use strict";

{
  const boxes = () => [...document.querySelectorAll(".family-tick")];

  const count = () => {
    const all = document.getElementById("select-all");
    const words = document.querySelector("#register-and-print span");
    if (!all || !words) return;
    const ticked = boxes().filter((box) => box.checked).length;
    all.checked = ticked === boxes().length;
    all.indeterminate = ticked > 0 && !all.checked;
    all.closest("label").hidden = false; // it does nothing without JavaScript
    const { none, one, many } = words.dataset;
    words.textContent = ticked === 0 ? none : ticked === 1 ? one : many.replace("{}", ticked);
  };

  document.addEventListener("change", (event) => {
    if (event.target.id === "select-all") for (const box of boxes()) box.checked = event.target.checked;
    if (event.target.matches("#select-all, .family-tick")) count();
  });

  // The position of the family whose dialog was opened last. If that family leaves the list, the focus goes to the one
  // that takes its place.
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

  // A family keeps its tick, unless the server now proposes otherwise, for example because its sheet was just printed.
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

  count();
}
