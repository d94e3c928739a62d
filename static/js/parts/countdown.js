// A warning dialog that counts down seconds: before a session ends, and before proven PINs are forgotten.
"use strict";

// A function, not a constant: declaring it twice on one page does no harm.
function countdown(dialog) {
  const ANNOUNCED_AT = [60, 30, 10]; // seconds left at which a screen reader announces them again
  const announcement = dialog.querySelector("[role=status]");

  // `prepare` runs before the dialog opens; `first` finds what then gets the focus.
  const show = (seconds, { prepare = () => {}, first }) => {
    if (!dialog.open) {
      prepare();
      announcement.classList.add("visually-hidden");
      announcement.textContent = "";
      dialog.showModal();
      first().focus();
    }
    dialog.querySelector(".number").textContent = seconds;
    if (ANNOUNCED_AT.includes(seconds)) announcement.textContent = announcement.dataset.said.replace("{}", seconds);
  };
  const close = () => { if (dialog.open) dialog.close(); }; // returns the focus to where it was
  const fail = () => {
    announcement.textContent = announcement.dataset.failed;
    announcement.classList.remove("visually-hidden");
  };
  // Escape means that someone is there: it answers the question instead of closing it.
  const answerEscape = (answer) => dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    answer();
  });
  const token = () => dialog.querySelector("[name=csrfmiddlewaretoken]").value;

  return { show, close, fail, answerEscape, token, isOpen: () => dialog.open };
}
