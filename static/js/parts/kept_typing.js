// Keeps what was typed when someone switches the language, which loads the page again.
"use strict";

{
  // Stored in this tab alone, for as long as the page takes to load, and never with passwords or codes.
  const KEPT = "typed";
  const typed = () => [...document.querySelectorAll("main input[id], main select[id], main textarea[id]")].filter(
    (field) => !/password|one-time-code/.test(field.autocomplete) && !/^(hidden|password|file|submit)$/.test(field.type));
  document.querySelector("[data-languages]")?.addEventListener("submit", () => {
    const values = typed().map((field) => [field.id, /checkbox|radio/.test(field.type) ? field.checked : field.value]);
    try { sessionStorage.setItem(KEPT, JSON.stringify({ path: location.pathname, values })); } catch { /* switched off */ }
  });
  const bringBack = () => {
    let kept = null;
    try {
      kept = sessionStorage.getItem(KEPT);
      sessionStorage.removeItem(KEPT);
    } catch { /* switched off */ }
    const { path, values } = JSON.parse(kept ?? "{}");
    if (path !== location.pathname) return;
    const fields = new Map(typed().map((field) => [field.id, field]));
    for (const [id, value] of values) {
      const field = fields.get(id);
      if (!field) continue;
      if (typeof value === "boolean") field.checked = value;
      else if (value) field.value = value;
    }
  };
  bringBack();
  // If the other page never loads, delete the copy when this page is shown again.
  window.addEventListener("pageshow", () => { try { sessionStorage.removeItem(KEPT); } catch { /* switched off */ } });
}
