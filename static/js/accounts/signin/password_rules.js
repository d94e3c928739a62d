// What the server would say about a new password while it is typed. The server's passwords.py decides.
"use strict";

const passwordRules = (() => {
  const words = document.getElementById("password-words").dataset;
  const SHORTEST = Number(words.shortest), SHORTEST_WORD = Number(words.shortestWord);
  const LEAST_OWN = Number(words.leastOwn), LEAST_SURPRISING = Number(words.leastSurprising);
  const STRONG = 24; // characters: the meter is full
  const ROWS = words.keyboard.split(" ");

  const follows = (a, b) =>
    Math.abs(a.codePointAt() - b.codePointAt()) <= 1 || ROWS.some((row) => row.includes(a + b) || row.includes(b + a));
  const surprising = (text) => {
    const letters = [...text.toLowerCase()];
    return letters.filter((letter, i) => i === 0 || !follows(letters[i - 1], letter)).length;
  };
  // The piece that the text repeats, or the text itself.
  const unit = (text) => {
    for (let length = 1; length <= text.length / 2; length += 1) {
      if (text === text.slice(0, length).repeat(text.length / length + 1).slice(0, text.length)) return text.slice(0, length);
    }
    return text;
  };
  const squashed = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
  // What anyone could guess, longest first: from the server, and from the e-mail on this page.
  const guessed = () => {
    const email = document.querySelector("[name=email]")?.value ?? "";
    const [mailbox, domain = ""] = email.split("@");
    const parts = [mailbox, domain.replace(/\.[^.]*$/, "")].flatMap((text) => text.split(/[^\p{L}\p{N}]+/u));
    const all = [...words.guessed.split("|"), email, mailbox, ...parts.filter((part) => part.length >= SHORTEST_WORD)];
    return all.filter(squashed).sort((a, b) => squashed(b).length - squashed(a).length);
  };
  const personal = (text) => {
    let left = squashed(text), found = "";
    for (const word of guessed()) {
      if (!left.includes(squashed(word))) continue;
      found ||= word;
      left = left.replaceAll(squashed(word), "");
    }
    return found && left.replace(/\d+/g, "").length < LEAST_OWN ? found : "";
  };

  // [value of the meter, words]
  const judge = (typed) => {
    const text = typed.normalize("NFKC"), length = [...text].length;
    if (!length) return [0, ""];
    if (length < SHORTEST) return [length, words.more.replace("#", SHORTEST - length)];
    if (surprising(unit(text)) < LEAST_SURPRISING) return [SHORTEST / 2, words.run];
    const word = personal(text);
    if (word) return [SHORTEST / 2, words.personal.replace("#", word)];
    return [Math.min(length, STRONG), length < STRONG ? words.enough : words.good];
  };

  return { words, judge, SHORTEST, STRONG };
})();
