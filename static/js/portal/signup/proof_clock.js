// Warns a family before the PINs they have proven are forgotten, and offers more time (WCAG 2.2.1). The server decides.
"use strict";

{
  const dialog = document.getElementById("proof-warning");
  const { ask, over, left: first, warning: warnAt } = dialog.dataset; // `left` and `warning` are seconds
  const warning = countdown(dialog);
  const more = dialog.querySelector("button");

  let end; // on the clock that goes on while the phone sleeps
  const set = (seconds) => { end = Date.now() + seconds * 1000; };
  const tick = () => {
    const seconds = Math.floor((end - Date.now()) / 1000);
    if (seconds <= 0) location.replace(over);
    else if (seconds <= Number(warnAt)) warning.show(seconds, { first: () => more });
  };
  const askForMore = async () => {
    try {
      const answer = await fetch(ask, { method: "POST", headers: { "X-CSRFToken": warning.token() } });
      if (!answer.ok) throw new Error(answer.status);
      set((await answer.json()).left);
      warning.close();
      tick();
    } catch {
      warning.fail();
    }
  };

  more.addEventListener("click", askForMore);
  warning.answerEscape(askForMore);
  document.addEventListener("visibilitychange", tick);
  set(Number(first));
  setInterval(tick, 1000);
}
