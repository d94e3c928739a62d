// What a family has proven is forgotten after an hour. Two minutes before, the page asks whether more time is needed
// (WCAG 2.2.1); nobody answers: it leads back to the PIN. The server decides; this only warns.
"use strict";

{
  const warning = document.getElementById("proof-warning");
  const { ask, over, left: first } = warning.dataset;
  const said = warning.querySelector("[role=status]");
  const more = warning.querySelector("button");
  const WARN_AT = 120; // seconds left
  const SAID_AT = [60, 30, 10]; // seconds left at which a screen reader is told again

  let end; // by the clock that goes on while the phone sleeps
  const set = (seconds) => { end = Date.now() + seconds * 1000; };
  const warn = (seconds) => {
    if (!warning.open) {
      said.classList.add("visually-hidden");
      said.textContent = "";
      warning.showModal();
      more.focus();
    }
    warning.querySelector(".number").textContent = seconds;
    if (SAID_AT.includes(seconds)) said.textContent = said.dataset.said.replace("{}", seconds);
  };
  const tick = () => {
    const seconds = Math.floor((end - Date.now()) / 1000);
    if (seconds <= 0) location.replace(over);
    else if (seconds <= WARN_AT) warn(seconds);
  };
  const askForMore = async () => {
    const token = warning.querySelector("[name=csrfmiddlewaretoken]").value;
    try {
      const answer = await fetch(ask, { method: "POST", headers: { "X-CSRFToken": token } });
      if (!answer.ok) throw new Error(answer.status);
      set((await answer.json()).left);
      warning.close();
      tick();
    } catch {
      said.textContent = said.dataset.failed;
      said.classList.remove("visually-hidden");
    }
  };

  more.addEventListener("click", askForMore);
  warning.addEventListener("cancel", (event) => {
    event.preventDefault(); // Escape: somebody is there
    askForMore();
  });
  document.addEventListener("visibilitychange", tick);
  set(Number(first));
  setInterval(tick, 1000);
}
