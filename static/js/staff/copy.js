// Values that are shown only once: selected as a whole, or copied with a button.
"use strict";

{
  for (const field of document.querySelectorAll("[data-whole]")) {
    field.addEventListener("focus", () => field.select());
    if (field === document.activeElement) field.select();
  }
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = !navigator.clipboard; // browsers allow it on https and on localhost only
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
      button.textContent = button.dataset.copied;
    });
  }
}
