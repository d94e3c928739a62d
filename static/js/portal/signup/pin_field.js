// The PIN field while someone types: grouped 4-4-4 with the caret kept, and a hint where to look again. Never blocks.
"use strict";

{
  const { LENGTH, digitsOf, isPlain, grouped, pinsIn } = pinText;
  const form = document.querySelector("[data-register]");
  const field = form.querySelector("[name=pin]");
  const wrapper = field.closest(".mb-3") ?? field.parentElement;
  const hint = document.createElement("p");
  hint.className = "pin-hint";
  hint.id = "pin-hint";
  hint.setAttribute("aria-live", "polite");
  field.after(hint);
  field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${hint.id}`.trim());

  let pasted = ""; // as it was grouped where it came from, which tells more than our own groups
  const say = () => {
    const found = field.value.trim() ? pinHint(pasted || field.value) : "";
    const isWhole = field.value.trim() && !found;
    hint.textContent = found || (isWhole ? form.dataset.pinRight : "");
    hint.classList.toggle("is-right", Boolean(isWhole));
  };

  // Digits before the caret stay before it, wherever the spaces go.
  const regroup = () => {
    if (!isPlain(field.value)) return;
    const before = digitsOf(field.value.slice(0, field.selectionStart)).length;
    const digits = digitsOf(field.value), text = grouped(digits);
    if (!digits || text === field.value) return;
    field.value = text;
    let caret = 0;
    for (let seen = 0; seen < before; caret += 1) if (text[caret] !== " ") seen += 1;
    field.setSelectionRange(caret, caret);
  };

  field.addEventListener("keydown", (event) => {
    // Deleting a space that we have added deletes the digit beside it.
    const at = field.selectionStart;
    if (at !== field.selectionEnd || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Backspace" && field.value[at - 1] === " ") field.setSelectionRange(at - 1, at - 1);
    if (event.key === "Delete" && field.value[at] === " ") field.setSelectionRange(at + 1, at + 1);
  });
  field.addEventListener("input", (event) => {
    // Remove what the server said about the last entry; from here on the page gives the hints.
    wrapper.querySelector(".invalid-feedback")?.remove();
    field.classList.remove("is-invalid");
    if (field.value.includes("#")) {
      const pins = pinsIn(field.value);
      if (pins.length) scannedSheet.take(pins);
      return;
    }
    pasted = event.inputType === "insertFromPaste" ? field.value : "";
    regroup();
    // Wait until the PIN is long enough, so that people can type in peace; update a hint that is shown already.
    if (digitsOf(field.value).length >= LENGTH || hint.textContent) say();
  });
  field.addEventListener("blur", say);
}
