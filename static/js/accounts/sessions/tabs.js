// Tells the other tabs of this browser, which share the session, how long it lasts and when someone signs out.
"use strict";

{
  const { dataset } = sessionClock;
  const channel = new BroadcastChannel("session"); // carries no patient data
  const share = () => channel.postMessage(sessionClock.state);

  channel.addEventListener("message", ({ data: message }) => {
    const here = sessionClock.state;
    if (message.isSignedOut) sessionServer.goBlank("");
    else if (sessionServer.blankSince || message.who !== here.who || message.since !== here.since) sessionServer.look();
    else {
      sessionClock.set(message.left, message.ending);
      document.dispatchEvent(new CustomEvent("session:changed"));
    }
  });

  document.addEventListener("submit", (event) => {
    if (event.target.getAttribute("action") === dataset.signOut) channel.postMessage({ isSignedOut: true });
  });
  document.addEventListener("session:used", share);
  share();
}
