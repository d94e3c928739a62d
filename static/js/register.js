// The registration page: PINs from the sheet's QR code stand behind '#' in the address. Take them,
// clean the address bar before anything else can see them, fill in the first and offer the others.
"use strict";

{
  const form = document.querySelector("[data-register]");
  const field = form.querySelector("[name=pin]");
  const grouped = (digits) => digits.replace(/(.{4})(?=.)/g, "$1 ");

  const takeFromAddress = () => {
    const pins = location.hash.slice(1).split(",").filter((part) => /^\d{12}$/.test(part));
    if (location.hash) history.replaceState(null, "", location.pathname + location.search);
    if (!pins.length) return;
    field.value = grouped(pins[0]);
    form.querySelector(".date-parts input").focus();
    if (pins.length > 1) offer(pins);
  };

  const offer = (pins) => {
    const box = document.getElementById("other-pins");
    const text = document.createElement("p");
    text.textContent = form.dataset.several;
    box.replaceChildren(text);
    for (const pin of pins) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-secondary";
      button.textContent = grouped(pin);
      button.setAttribute("aria-label", `${form.dataset.other}: ${grouped(pin)}`);
      button.addEventListener("click", () => { field.value = grouped(pin); field.focus(); });
      box.append(button);
    }
    document.getElementById("div_id_pin").after(box);
    box.hidden = false;
  };

  // Group while typing at the end; leave an entry that is edited in the middle alone.
  field.addEventListener("input", () => {
    const digits = field.value.replace(/[\s-]/g, "");
    if (/^\d{0,12}$/.test(digits) && field.selectionStart === field.value.length) field.value = grouped(digits);
  });
  window.addEventListener("hashchange", takeFromAddress);
  takeFromAddress();
}
