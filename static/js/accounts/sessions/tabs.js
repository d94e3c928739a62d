// Tells the other tabs of this browser, which share the session, how long it lasts and when someone signs out.
"use strict";

{
  const { dataset } = sessionClock;
  const channel = new BroadcastChannel("session"); // carries no patient data
  const share = () => channel.postMessage(sessionClock.asToldByServer);

  channel.addEventListener("message", ({ data: told }) => {
    const here = sessionClock.asToldByServer;
    if (told.isSignedOut) sessionServer.goBlank("");
    else if (sessionServer.blankSince || told.who !== here.who || told.since !== here.since) sessionServer.look();
    else {
      sessionClock.set(told.left, told.ending);
      document.dispatchEvent(new CustomEvent("session:changed"));
    }
  });

  document.addEventListener("submit", (event) => {
    if (event.target.getAttribute("action") === dataset.signOut) channel.postMessage({ isSignedOut: true });
  });
  document.addEventListener("session:used", share);
  share();
}
