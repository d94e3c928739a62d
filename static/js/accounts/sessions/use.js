// Notices that the session is used: by answers of the server, and by typing or pressing.
"use strict";

{
  const every = Number(sessionClock.dataset.every); // seconds; uses closer together than that are not reported

  // Every answer to htmx says how long is left. One to a page that refreshes itself does not count as use.
  document.addEventListener("htmx:afterRequest", ({ detail: { xhr } }) => {
    const header = xhr?.getResponseHeader("Session-Left");
    if (!header || sessionServer.blankSince) return;
    const [seconds, why] = header.split(" ");
    sessionClock.set(Number(seconds), why);
    document.dispatchEvent(new CustomEvent("session:used"));
  });

  // Typing is use, even if nothing goes to the server for a while.
  const use = (event) => {
    const isNew = event.isTrusted && sessionClock.ending === "idle" && sessionClock.sinceUse() > every;
    if (isNew && !sessionServer.blankSince && !sessionWarning.isOpen()) sessionServer.stay();
  };
  for (const kind of ["keydown", "pointerdown"]) {
    document.addEventListener(kind, use, { capture: true, passive: true });
  }
}
