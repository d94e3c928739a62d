// What every page of ours does: toasts go when dismissed, and good news goes by itself.
"use strict";

{
  const QUIET_AFTER = 8000; // milliseconds; warnings and errors stay until somebody dismisses them

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-dismiss-toast]");
    if (button) button.closest(".toast-note").remove();
  });

  const fade = (toast) => {
    if (toast.matches(":hover, :focus-within")) setTimeout(fade, QUIET_AFTER, toast);
    else toast.remove();
  };
  const watch = () => {
    for (const toast of document.querySelectorAll(".toast-success:not([data-watched])")) {
      toast.dataset.watched = "";
      setTimeout(fade, QUIET_AFTER, toast);
    }
  };
  watch();
  document.addEventListener("htmx:afterSettle", watch);

  // Another language, another page: what was typed goes along. It is written down for as long as that page takes to
  // load, in this tab alone, and never with passwords or codes.
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
  // Should that page never come, what was written down goes when this one is seen again.
  window.addEventListener("pageshow", () => { try { sessionStorage.removeItem(KEPT); } catch { /* switched off */ } });

  // A form that came back with errors: the summary has the focus, so that screen readers begin there.
  document.querySelector(".error-summary")?.focus();
}
