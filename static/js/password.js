// Password fields: a button that shows what is typed and, beside a new password, a meter with its reason in words.
// The rules are those of accounts/signin/passwords.py, which decides; here they only speak sooner.
"use strict";

{
  const words = document.getElementById("password-words").dataset;
  const SHORTEST = Number(words.shortest);
  const STRONG = 24; // characters: the meter is full
  const LEAST_OWN = Number(words.leastOwn), LEAST_SURPRISING = Number(words.leastSurprising);
  const SHORTEST_WORD = Number(words.shortestWord);
  const QUIET = 500; // milliseconds without typing before the words change, so that screen readers keep up
  const ROWS = words.keyboard.split(" ");

  const follows = (a, b) =>
    Math.abs(a.codePointAt() - b.codePointAt()) <= 1 || ROWS.some((row) => row.includes(a + b) || row.includes(b + a));
  const surprising = (text) => {
    const letters = [...text.toLowerCase()];
    return letters.filter((letter, i) => i === 0 || !follows(letters[i - 1], letter)).length;
  };
  const unit = (text) => {
    for (let length = 1; length <= text.length / 2; length += 1) {
      if (text === text.slice(0, length).repeat(text.length / length + 1).slice(0, text.length)) return text.slice(0, length);
    }
    return text;
  };
  const squashed = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
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

  // What the server would say: [value of the meter, words].
  const judge = (typed) => {
    const text = typed.normalize("NFKC"), length = [...text].length;
    if (!length) return [0, ""];
    if (length < SHORTEST) return [length, words.more.replace("#", SHORTEST - length)];
    if (surprising(unit(text)) < LEAST_SURPRISING) return [SHORTEST / 2, words.run];
    const word = personal(text);
    if (word) return [SHORTEST / 2, words.personal.replace("#", word)];
    return [Math.min(length, STRONG), length < STRONG ? words.enough : words.good];
  };

  const addToggle = (field) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "password-toggle";
    const show = (shown) => {
      field.type = shown ? "text" : "password";
      button.textContent = shown ? words.hide : words.show;
      button.setAttribute("aria-label", shown ? words.hideLabel : words.showLabel);
    };
    button.setAttribute("aria-controls", field.id);
    const box = document.createElement("div");
    box.className = "password-box";
    field.replaceWith(box);
    box.append(field, button);
    button.addEventListener("click", () => { show(field.type === "password"); field.focus(); });
    // Browsers keep what stood in a text field for next time.
    field.form?.addEventListener("submit", () => show(false));
    show(false);
  };

  const addMeter = (field) => {
    const meter = document.createElement("meter"), said = document.createElement("p");
    Object.assign(meter, { min: 0, max: STRONG, low: SHORTEST, high: STRONG - 1, optimum: STRONG, value: 0 });
    meter.setAttribute("aria-label", words.meter);
    said.id = `${field.id}-said`;
    said.setAttribute("role", "status");
    const box = document.createElement("div");
    box.className = "password-meter";
    box.append(meter, said);
    field.parentElement.after(box);
    field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${said.id}`.trim());
    let waiting;
    field.addEventListener("input", () => {
      const [value, text] = judge(field.value);
      meter.value = value;
      clearTimeout(waiting);
      waiting = setTimeout(() => { said.textContent = text; }, QUIET);
    });
  };

  for (const field of document.querySelectorAll("input[type=password]")) {
    const hadFocus = field === document.activeElement;
    addToggle(field);
    if (hadFocus) field.focus();
    if (field.autocomplete === "new-password") addMeter(field);
  }
}
