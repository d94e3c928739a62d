// Asks the server how the session is, extends it, and blanks the page or brings it back (curtain.js).
"use strict";

const sessionServer = (() => {
  const { dataset } = sessionClock;
  let blankSince = 0; // milliseconds since 1970; 0: the page is not blank
  let isAsking = false;
  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

  const goBlank = (why) => {
    if (blankSince) return;
    blankSince = Date.now();
    sessionWarning.close(); // first, because the curtain remembers where the focus was
    tell("curtain:draw", why);
  };

  const ask = async (method) => {
    const headers = method === "POST" ? { "X-CSRFToken": sessionWarning.token() } : {};
    const answer = await fetch(dataset.ask, { method, headers });
    if (!answer.ok) throw new Error(answer.status);
    return answer.json();
  };

  const learn = (answer) => {
    if (answer.who && answer.who !== dataset.who) {
      window.location.replace(dataset.start); // someone else signed in: discard everything on this page
    } else if (answer.left > 0) {
      sessionClock.set(answer.left, answer.ending);
      sessionClock.signedIn(answer.since);
      tell("session:token", answer.token);
      if (blankSince) tell("curtain:lift");
      blankSince = 0;
      tell("session:changed");
    } else {
      goBlank(sessionClock.ending);
    }
  };

  // Without an answer everything stays as it is. Ignore replies requested before blanking.
  const look = () => {
    const before = blankSince;
    return ask("GET").then((answer) => { if (blankSince === before) learn(answer); }, () => {});
  };

  const stay = async () => {
    if (isAsking) return;
    isAsking = true;
    try {
      learn(await ask("POST"));
      tell("session:used");
    } catch {
      sessionWarning.fail();
      await look();
    } finally {
      isAsking = false;
    }
  };

  document.addEventListener("session:stay", stay);
  // The server refused a part of the page, because nobody is signed in any more.
  document.addEventListener("session:ended", () => {
    goBlank(sessionClock.ending);
    look();
  });

  return { goBlank, look, stay, get blankSince() { return blankSince; } };
})();
