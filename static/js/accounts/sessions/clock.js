// The session's clock: how many seconds are left, counted from what the server said last.
"use strict";

const sessionClock = (() => {
  const SLACK = 0.5; // seconds: what is over here is also over on the server
  const { dataset } = document.getElementById("session");
  let end = { ticks: 0, clock: 0 }; // milliseconds, on a clock that nobody can set and on one that runs during sleep
  let { ending, since } = dataset;

  const left = () => Math.min(end.ticks - performance.now(), end.clock - Date.now()) / 1000;
  // `late`: how many milliseconds ago the server answered.
  const set = (seconds, why, late = 0) => {
    const wait = (seconds + SLACK) * 1000 - late;
    end = { ticks: performance.now() + wait, clock: Date.now() + wait };
    ending = why;
  };

  const opened = performance.getEntriesByType?.("navigation")[0]?.responseStart;
  set(Number(dataset.left), ending, opened ? performance.now() - opened : 0);

  return {
    dataset,
    left,
    set,
    sinceUse: () => Number(dataset.full) + SLACK - left(), // seconds, where the session ends for lack of use
    signedIn: (moment) => { since = String(moment); },
    get ending() { return ending; },
    // What other tabs learn: nothing about patients.
    get state() { return { who: dataset.who, since, left: left() - SLACK, ending }; },
  };
})();
