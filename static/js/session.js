// The session's clock. The server holds the limits; this page warns before the end, goes blank at it (curtain.js),
// and tells the other tabs, which are in the same session. What it knows comes from the server as seconds left.
"use strict";

{
  const { dataset } = document.getElementById("session");
  const warning = document.getElementById("session-warning");
  const said = warning.querySelector("[role=status]");
  const channel = new BroadcastChannel("session"); // carries no patient data
  const full = Number(dataset.full); // seconds left right after a use
  const every = Number(dataset.every); // seconds; uses closer together than that are not told
  const warnAt = Number(dataset.warning); // seconds before the end
  const SAID_AT = [60, 30, 10]; // seconds left at which a screen reader is told again
  const SLACK = 0.5; // seconds: what is over here is over on the server as well
  const KEEP = 12 * 60 * 60 * 1000; // milliseconds; so long a blank page waits for its user

  let end = { ticks: 0, clock: 0 }; // milliseconds, on the clock that cannot be set and on the one that runs in sleep
  let { ending, since } = dataset;
  let blankSince = 0; // when the page went blank; 0: it has not
  let hasLooked = false; // whether the server was asked if it is time for the warning
  let isDismissed = false; // the warning of the absolute limit, which nothing can put off
  let isAsking = false;

  const left = () => Math.min(end.ticks - performance.now(), end.clock - Date.now()) / 1000;
  const show = (root, why) => {
    for (const part of root.querySelectorAll("[data-why]")) part.hidden = part.dataset.why !== why;
  };

  // --- What the server says ------------------------------------------------------------------------------

  const ask = async (method) => {
    const token = warning.querySelector("[name=csrfmiddlewaretoken]").value;
    const answer = await fetch(dataset.ask, { method, headers: method === "POST" ? { "X-CSRFToken": token } : {} });
    if (!answer.ok) throw new Error(answer.status);
    return answer.json();
  };

  const set = (seconds, why, late = 0) => {
    const wait = (seconds + SLACK) * 1000 - late;
    end = { ticks: performance.now() + wait, clock: Date.now() + wait };
    ending = why;
  };

  const learn = (answer) => {
    if (answer.who && answer.who !== dataset.who) {
      window.location.replace(dataset.start); // somebody else: what stood here goes with this page
    } else if (answer.left > 0) {
      set(answer.left, answer.ending);
      since = String(answer.since);
      document.dispatchEvent(new CustomEvent("session:token", { detail: answer.token }));
      if (blankSince) document.dispatchEvent(new CustomEvent("curtain:lift"));
      blankSince = 0;
      tick();
    } else {
      goBlank(ending);
    }
  };

  // No answer: things stay as they are, blank or not. An answer from before the page went blank lifts nothing.
  const look = () => {
    const before = blankSince;
    return ask("GET").then((answer) => { if (blankSince === before) learn(answer); }, () => {});
  };

  const stay = async () => {
    if (isAsking) return;
    isAsking = true;
    try {
      learn(await ask("POST"));
      share();
    } catch {
      said.textContent = said.dataset.failed;
      said.classList.remove("visually-hidden");
      await look();
    } finally {
      isAsking = false;
    }
  };

  // --- Other tabs ------------------------------------------------------------------------------------------

  const share = () => channel.postMessage({ who: dataset.who, since, left: left() - SLACK, ending });

  channel.addEventListener("message", ({ data: told }) => {
    if (told.isSignedOut) goBlank("");
    else if (blankSince || told.who !== dataset.who || told.since !== since) look();
    else {
      set(told.left, told.ending);
      tick();
    }
  });

  document.addEventListener("submit", (event) => {
    if (event.target.getAttribute("action") === dataset.signOut) channel.postMessage({ isSignedOut: true });
  });

  // --- Use ---------------------------------------------------------------------------------------------------

  // Every answer to htmx says how long is left, also that to a page which refreshes itself, and which is no use.
  document.addEventListener("htmx:afterRequest", ({ detail: { xhr } }) => {
    const told = xhr?.getResponseHeader("Session-Left");
    if (!told || blankSince) return;
    const [seconds, why] = told.split(" ");
    set(Number(seconds), why);
    share();
  });

  // Typing is use, even where it asks nothing of the server for a while.
  for (const kind of ["keydown", "pointerdown"]) {
    document.addEventListener(
      kind,
      (event) => {
        const isNew = event.isTrusted && ending === "idle" && full + SLACK - left() > every;
        if (isNew && !blankSince && !warning.open) stay();
      },
      { capture: true, passive: true },
    );
  }

  // --- The warning, and the end --------------------------------------------------------------------------------

  const goBlank = (why) => {
    if (blankSince) return;
    blankSince = Date.now();
    if (warning.open) warning.close(); // gives the focus back to where it was
    document.dispatchEvent(new CustomEvent("curtain:draw", { detail: why }));
  };

  const warn = (seconds) => {
    if (!warning.open) {
      show(warning, ending);
      said.classList.add("visually-hidden");
      said.textContent = "";
      warning.showModal();
      warning.querySelector("[data-stay]:not([hidden])").focus();
    }
    warning.querySelector("h2 .number").textContent = seconds;
    if (SAID_AT.includes(seconds)) said.textContent = said.dataset.said.replace("{}", seconds);
  };

  const answerWarning = () => {
    if (ending === "idle") stay();
    else {
      isDismissed = true;
      warning.close();
    }
  };
  for (const button of warning.querySelectorAll("[data-stay]")) button.addEventListener("click", answerWarning);
  warning.addEventListener("cancel", (event) => {
    event.preventDefault(); // Escape: somebody is there
    answerWarning();
  });

  function tick() {
    const seconds = left();
    if (blankSince) {
      if (Date.now() - blankSince > KEEP) window.location.replace(dataset.start);
    } else if (seconds <= 0) {
      goBlank(ending); // first, and whatever the network does; it comes back if another tab was in use
      look(); // this is also what ends the session on the server, where nobody asks anything any more
    } else if (seconds > warnAt) {
      hasLooked = isDismissed = false;
      if (warning.open) warning.close();
    } else if (!hasLooked) {
      hasLooked = true;
      look(); // another device or window may have used the session
    } else if (!isDismissed) warn(Math.floor(seconds));
  }

  // --- Timers are late, or stand still: in a hidden tab, in sleep, in the browser's store of pages gone by --------

  const wake = () => {
    tick();
    if (blankSince && !document.hidden) look();
  };
  document.addEventListener("visibilitychange", wake);
  document.addEventListener("resume", wake);
  window.addEventListener("focus", wake);
  window.addEventListener("online", wake);
  window.addEventListener("beforeprint", tick);
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    goBlank(""); // shown again without having been asked for: nothing, until the server says who is there
    look();
  });

  // The server refused a part of the page, as nobody is signed in any more.
  document.addEventListener("session:ended", () => {
    goBlank(ending);
    look();
  });

  const opened = performance.getEntriesByType?.("navigation")[0]?.responseStart;
  set(Number(dataset.left), ending, opened ? performance.now() - opened : 0);
  share();
  setInterval(tick, 1000);
}
