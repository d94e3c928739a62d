// A meter below each new password, with its reason in words.
"use strict";

{
  const QUIET = 500; // milliseconds without typing before the words change, so that screen readers keep up
  const { words, judge, SHORTEST, STRONG } = passwordRules;

  const addMeter = (field) => {
    const meter = document.createElement("meter"), verdict = document.createElement("p");
    Object.assign(meter, { min: 0, max: STRONG, low: SHORTEST, high: STRONG - 1, optimum: STRONG, value: 0 });
    meter.setAttribute("aria-label", words.meter);
    verdict.id = `${field.id}-verdict`;
    verdict.setAttribute("role", "status");
    const box = document.createElement("div");
    box.className = "password-meter";
    box.append(meter, verdict);
    field.parentElement.after(box);
    field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${verdict.id}`.trim());
    let waiting;
    field.addEventListener("input", () => {
      const [value, text] = judge(field.value);
      meter.value = value;
      clearTimeout(waiting);
      waiting = setTimeout(() => { verdict.textContent = text; }, QUIET);
    });
  };

  // The toggle has wrapped the fields before; the meter goes below that box.
  for (const field of document.querySelectorAll("input[type=password][autocomplete=new-password]")) addMeter(field);
}
