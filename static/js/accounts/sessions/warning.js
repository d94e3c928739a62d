// The warning before the session ends. For an idle session it asks whether someone is there; any answer means yes.
"use strict";

const sessionWarning = (() => {
  const dialog = document.getElementById("session-warning");
  const box = countdown(dialog);
  let isDismissed = false; // the warning of the absolute limit, which nothing can extend

  const prepare = () => {
    for (const part of dialog.querySelectorAll("[data-why]")) part.hidden = part.dataset.why !== sessionClock.ending;
  };
  const answer = () => {
    if (sessionClock.ending === "idle") return document.dispatchEvent(new CustomEvent("session:stay"));
    isDismissed = true;
    dialog.close();
  };
  for (const button of dialog.querySelectorAll("[data-stay]")) button.addEventListener("click", answer);
  box.answerEscape(answer);

  return {
    ...box,
    warn: (seconds) => {
      if (!isDismissed) box.show(seconds, { prepare, first: () => dialog.querySelector("[data-stay]:not([hidden])") });
    },
    reset: () => {
      isDismissed = false;
      box.close();
    },
  };
})();
