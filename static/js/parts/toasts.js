// Toasts: each goes away when dismissed, and good news also goes away by itself.
"use strict";

{
  const QUIET_AFTER = 8000; // milliseconds; warnings and errors stay until someone dismisses them

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
}
