// A warning dialog that counts down seconds: before a session ends, and before proven PINs are forgotten.
"use strict";

// A function, not a constant: declaring it twice on one page does no harm.
function countdown(dialog) {
  const ANNOUNCED_AT = [60, 30, 10]; // seconds left at which a screen reader announces them again
  const said = dialog.querySelector("[role=status]");

  // `prepare` runs before the dialog opens; `first` finds what then gets the focus.
  const show = (seconds, { prepare = () => {}, first }) => {
    if (!dialog.open) {
      prepare();
      said.classList.add("visually-hidden");
      said.textContent = "";
      dialog.showModal();
      first().focus();
    }
    dialog.querySelector(".number").textContent = seconds;
    if (ANNOUNCED_AT.includes(seconds)) said.textContent = said.dataset.said.replace("{}", seconds);
  };
  const close = () => { if (dialog.open) dialog.close(); }; // returns the focus to where it was
  const fail = () => {
    said.textContent = said.dataset.failed;
    said.classList.remove("visually-hidden");
  };
  // Escape means that someone is there: it answers the question instead of closing it.
  const answerEscape = (answer) => dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    answer();
  });
  const token = () => dialog.querySelector("[name=csrfmiddlewaretoken]").value;

  return { show, close, fail, answerEscape, token, isOpen: () => dialog.open };
}
