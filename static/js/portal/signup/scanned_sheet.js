// Takes the PINs of a scanned sheet from behind '#' in the address, and cleans the address bar before anything sees them.
"use strict";

const scannedSheet = (() => {
  const form = document.querySelector("[data-register]");
  const field = form.querySelector("[name=pin]"), more = form.querySelector("[name=more]");
  const wrapper = field.closest(".mb-3") ?? field.parentElement;
  const box = document.createElement("div");
  box.className = "scanned";
  box.hidden = true;
  wrapper.before(box);

  // All PINs of a sheet are sent together with the birth date of any child on it: nobody has to find out which PIN
  // belongs to which child.
  const show = () => {
    const count = more?.value ? more.value.split(",").length + 1 : 1;
    if (count < 2) return;
    const counted = document.createElement("p"), explanation = document.createElement("p"), button = document.createElement("button");
    counted.className = "scanned-count";
    counted.textContent = form.dataset.several.replace("{count}", count);
    explanation.textContent = form.dataset.any;
    button.type = "button";
    button.className = "btn btn-link";
    button.textContent = form.dataset.type;
    button.addEventListener("click", () => {
      more.value = field.value = "";
      box.hidden = true;
      wrapper.hidden = false;
      field.focus();
    });
    box.replaceChildren(counted, explanation, button);
    box.hidden = false;
    wrapper.hidden = true;
  };

  const take = (pins) => {
    field.value = pinText.grouped(pins[0]);
    if (more) more.value = pins.slice(1).join(",");
    show();
    form.querySelector(".date-parts input").focus({ preventScroll: true });
  };

  const takeFromAddress = () => {
    const pins = pinText.pinsIn(location.hash);
    if (location.hash) history.replaceState(null, "", location.pathname + location.search);
    if (pins.length) take(pins);
  };

  window.addEventListener("hashchange", takeFromAddress);
  show();
  takeFromAddress();

  return { take };
})();
