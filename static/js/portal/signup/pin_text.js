// Reads what is typed or scanned as a PIN: digits of any script, groups, the check digit. Figures come from the server.
"use strict";

const pinText = (() => {
  const { pinLength, pinGroupLength, pinGroups, pinApart, pinCheck } = document.querySelector("[data-register]").dataset;
  const LENGTH = Number(pinLength), GROUP = Number(pinGroupLength), GROUPS = Number(pinGroups);
  const APART = new Set(pinApart.split(" ").map((code) => String.fromCodePoint(parseInt(code, 16))));
  const CHECK = pinCheck.split(" "); // Damm's table: a row for each carry, a column for each digit

  // Zeros of the scripts in which phones type digits: Latin, full width, Arabic, Persian, Devanagari, Bengali.
  const ZEROS = ["0", "\uff10", "\u0660", "\u06f0", "\u0966", "\u09e6"].map((zero) => zero.codePointAt());
  const digitOf = (char) => {
    const zero = ZEROS.find((each) => char.codePointAt() >= each && char.codePointAt() < each + 10);
    return zero === undefined ? "" : String(char.codePointAt() - zero);
  };
  const digitsOf = (text) => [...text].map(digitOf).join("");
  const isPlain = (text) => [...text].every((char) => digitOf(char) || APART.has(char));
  const isRight = (digits) => [...digits].reduce((carry, digit) => Number(CHECK[carry][digit]), 0) === 0;
  const byGroups = (chars) =>
    chars.reduce((groups, char, i) => (i % GROUP ? [...groups.slice(0, -1), groups.at(-1) + char] : [...groups, char]), []);
  const grouped = (digits) => byGroups([...digits]).join(" ");
  // The groups as they were typed; groups of four if there are no separators.
  const groupsOf = (text) => {
    const groups = [...text].map((char) => (APART.has(char) ? " " : char)).join("").split(" ").filter(Boolean);
    return groups.length === 1 ? byGroups([...groups[0]]) : groups;
  };
  // The PINs behind '#' in the address of a sheet.
  const pinsIn = (address) => {
    const parts = address.slice(address.indexOf("#") + 1).split(",").map(digitsOf);
    return [...new Set(parts.filter((digits) => digits.length === LENGTH && isRight(digits)))];
  };

  return { LENGTH, GROUP, GROUPS, digitOf, digitsOf, isPlain, isRight, grouped, groupsOf, pinsIn };
})();
