// The registration page. PINs from the sheet's QR code stand behind '#' in the address: take them and clean the
// address bar before anything else can see them. While a PIN is typed: group it 4-4-4 with the caret kept, and say
// at once where to look again. Nothing here blocks sending; the server says the same words (portal/pins/hints.py).
"use strict";

{
  const form = document.querySelector("[data-register]");
  const field = form.querySelector("[name=pin]"), more = form.querySelector("[name=more]");
  const LENGTH = 12, GROUP = 4, GROUPS = 3;
  // Damm's table of the quasigroup of order 10, as in python-stdnum.
  const DAMM = [
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
  ];
  // Signs that may stand between the digits, some of them unseen: portal/pins/numbers.py has the same.
  const APART = /[\s\-‐-–—.·_/,\u00a0\u2007\u2009\u202f\u200b\u200e\u200f\u202a\u202c\ufeff]+/u;
  const MISREAD = Object.fromEntries(form.dataset.hintMisread.match(/../gu).map(([letter, digit]) => [letter, digit]));

  // Zeros of the scripts that phones type digits in: Latin, full width, Arabic, Persian, Devanagari, Bengali.
  const ZEROS = ["0", "\uff10", "\u0660", "\u06f0", "\u0966", "\u09e6"].map((zero) => zero.codePointAt());
  const digitOf = (char) => {
    const zero = ZEROS.find((each) => char.codePointAt() >= each && char.codePointAt() < each + 10);
    return zero === undefined ? "" : String(char.codePointAt() - zero);
  };
  const isRight = (digits) => [...digits].reduce((carry, digit) => Number(DAMM[carry][digit]), 0) === 0;
  const groupsOf = (text) => {
    const groups = text.split(APART).filter(Boolean);
    return groups.length === 1 ? groups[0].match(/.{1,4}/gu) : groups;
  };
  const digitsOf = (text) => [...text].map(digitOf).join("");
  const isPlain = (text) => [...text].every((char) => digitOf(char) || APART.test(char));
  const grouped = (digits) => digits.replace(/(.{4})(?=.)/g, "$1 ");

  // What the server would say of this entry; nothing where it is a PIN.
  const hintOf = (text) => {
    const groups = groupsOf(text), digits = digitsOf(text), words = form.dataset;
    const where = (group) => words[`hintGroup${group}`] ?? words.hintAll;
    for (const [i, group] of groups.entries()) {
      const stray = [...group].find((char) => !digitOf(char));
      if (!stray) continue;
      const said = MISREAD[stray]
        ? words.hintLetter.replace("{letter}", stray).replace("{digit}", MISREAD[stray]) : words.hintLetters;
      return [words.hintMistake, said, where(i + 1)].join(" ");
    }
    const byHand = groups.length === GROUPS && groups.slice(0, -1).some((group) => [...group].length !== GROUP);
    const odd = byHand ? groups.findIndex((group) => [...group].length !== GROUP) + 1 : 0;
    if (digits.length !== LENGTH) {
      return [words.hintMistake, words.hintCount.replace("{count}", digits.length), where(odd)].join(" ");
    }
    return isRight(digits) ? "" : [words.hintMistake, where(odd)].join(" ");
  };

  // --- PINs from the sheet ----------------------------------------------------------------------

  const pinsIn = (address) => {
    const parts = address.slice(address.indexOf("#") + 1).split(",").map(digitsOf);
    return [...new Set(parts.filter((digits) => digits.length === LENGTH && isRight(digits)))];
  };

  const wrapper = field.closest(".mb-3") ?? field.parentElement;
  const box = document.createElement("div");
  box.className = "scanned";
  box.hidden = true;
  wrapper.before(box);

  const take = (pins) => {
    field.value = grouped(pins[0]);
    if (more) more.value = pins.slice(1).join(",");
    show();
    form.querySelector(".date-parts input").focus({ preventScroll: true });
  };

  // All PINs of a sheet are sent together, and the birth date may be that of any child on it: nobody has to
  // find out which PIN goes with which child.
  const show = () => {
    const count = more?.value ? more.value.split(",").length + 1 : 1;
    if (count < 2) return;
    const said = document.createElement("p"), what = document.createElement("p"), button = document.createElement("button");
    said.className = "scanned-count";
    said.textContent = form.dataset.several.replace("{count}", count);
    what.textContent = form.dataset.any;
    button.type = "button";
    button.className = "btn btn-link";
    button.textContent = form.dataset.type;
    button.addEventListener("click", () => {
      more.value = field.value = "";
      box.hidden = true;
      wrapper.hidden = false;
      field.focus();
    });
    box.replaceChildren(said, what, button);
    box.hidden = false;
    wrapper.hidden = true;
  };

  const takeFromAddress = () => {
    const pins = pinsIn(location.hash);
    if (location.hash) history.replaceState(null, "", location.pathname + location.search);
    if (pins.length) take(pins);
  };

  // --- While typing -----------------------------------------------------------------------------

  const hint = document.createElement("p");
  hint.className = "pin-hint";
  hint.id = "pin-hint";
  hint.setAttribute("aria-live", "polite");
  field.after(hint);
  field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${hint.id}`.trim());

  let pasted = ""; // as it was grouped where it came from, which tells more than our own groups
  const say = () => {
    const found = field.value.trim() ? hintOf(pasted || field.value) : "";
    const isWhole = field.value.trim() && !found;
    hint.textContent = found || (isWhole ? form.dataset.hintRight : "");
    hint.classList.toggle("is-right", Boolean(isWhole));
  };

  // Digits before the caret stay before it, wherever the spaces go.
  const regroup = () => {
    if (!isPlain(field.value)) return;
    const before = digitsOf(field.value.slice(0, field.selectionStart)).length;
    const digits = digitsOf(field.value), text = grouped(digits);
    if (!digits || text === field.value) return;
    field.value = text;
    let caret = 0;
    for (let seen = 0; seen < before; caret += 1) if (text[caret] !== " ") seen += 1;
    field.setSelectionRange(caret, caret);
  };

  field.addEventListener("keydown", (event) => {
    // Deleting a space that we have put there deletes the digit beside it.
    const at = field.selectionStart;
    if (at !== field.selectionEnd || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Backspace" && field.value[at - 1] === " ") field.setSelectionRange(at - 1, at - 1);
    if (event.key === "Delete" && field.value[at] === " ") field.setSelectionRange(at + 1, at + 1);
  });
  field.addEventListener("input", (event) => {
    // What the server had said of the last entry; from here on the page says it.
    wrapper.querySelector(".invalid-feedback")?.remove();
    field.classList.remove("is-invalid");
    if (field.value.includes("#")) {
      const pins = pinsIn(field.value);
      if (pins.length) take(pins);
      return;
    }
    pasted = event.inputType === "insertFromPaste" ? field.value : "";
    regroup();
    // Not before there are twelve digits, or nobody could type in peace; what was said goes when it is mended.
    if (digitsOf(field.value).length >= LENGTH || hint.textContent) say();
  });
  field.addEventListener("blur", say);

  window.addEventListener("hashchange", takeFromAddress);
  show();
  takeFromAddress();

  // The last page offers a passkey where this browser can make one. Asked there, the page would jump when it knows.
  window.PublicKeyCredential?.isUserVerifyingPlatformAuthenticatorAvailable?.().then((can) => {
    try { sessionStorage.setItem("passkey", can ? "yes" : ""); } catch { /* switched off */ }
  });
}
