// Watches the session's clock every second: warns before the end, blanks the page at the end.
"use strict";

{
  const { dataset } = sessionClock;
  const warnAt = Number(dataset.warning); // seconds before the end
  const KEEP = 12 * 60 * 60 * 1000; // milliseconds that a blank page waits for its user
  let hasLooked = false; // whether the server was asked if it is time for the warning

  const tick = () => {
    const seconds = sessionClock.left();
    if (sessionServer.blankSince) {
      if (Date.now() - sessionServer.blankSince > KEEP) window.location.replace(dataset.start);
    } else if (seconds <= 0) {
      sessionServer.goBlank(sessionClock.ending); // at once, whatever the network does; use in another tab undoes it
      sessionServer.look(); // this also ends the session on the server, where otherwise nobody asks any more
    } else if (seconds > warnAt) {
      hasLooked = false;
      sessionWarning.reset();
    } else if (!hasLooked) {
      hasLooked = true;
      sessionServer.look(); // another device or window may have used the session
    } else {
      sessionWarning.warn(Math.floor(seconds));
    }
  };

  // Timers run late or not at all: in a hidden tab, during sleep, in the browser's store of earlier pages.
  const wake = () => {
    tick();
    if (sessionServer.blankSince && !document.hidden) sessionServer.look();
  };
  document.addEventListener("visibilitychange", wake);
  document.addEventListener("resume", wake);
  window.addEventListener("focus", wake);
  window.addEventListener("online", wake);
  window.addEventListener("beforeprint", tick);
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    sessionServer.goBlank(""); // shown without having been requested: blank until the server says who is signed in
    sessionServer.look();
  });

  document.addEventListener("session:changed", tick);
  setInterval(tick, 1000);
}
