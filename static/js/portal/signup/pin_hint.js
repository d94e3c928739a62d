// What the server would say about a PIN with a typing mistake (portal/pins/hints.py), or nothing if it is a PIN.
"use strict";

const pinHint = (() => {
  const { LENGTH, GROUP, GROUPS, digitOf, digitsOf, isRight, groupsOf } = pinText;
  const words = document.querySelector("[data-register]").dataset;
  const MISREAD = Object.fromEntries(words.pinMisread.match(/../gu).map(([letter, digit]) => [letter, digit]));
  const where = (group) => words[`pinGroup${group}`] ?? words.pinAll;
  const isOdd = (group) => [...group].length !== GROUP;

  return (text) => {
    const groups = groupsOf(text), digits = digitsOf(text);
    for (const [i, group] of groups.entries()) {
      const stray = [...group].find((char) => !digitOf(char));
      if (!stray) continue;
      const problem = MISREAD[stray]
        ? words.pinLetter.replace("{letter}", stray).replace("{digit}", MISREAD[stray]) : words.pinLetters;
      return [words.pinMistake, problem, where(i + 1)].join(" ");
    }
    const byHand = groups.length === GROUPS && groups.slice(0, -1).some(isOdd);
    const odd = byHand ? groups.findIndex(isOdd) + 1 : 0;
    if (digits.length !== LENGTH) {
      return [words.pinMistake, words.pinCount.replace("{count}", digits.length), where(odd)].join(" ");
    }
    return isRight(digits) ? "" : [words.pinMistake, where(odd)].join(" ");
  };
})();
