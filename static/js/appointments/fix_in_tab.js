// Over an appointment, the fix for a row of the registration window opens in a new tab, so that nothing typed is lost.
// On return the registration window refreshes.
"use strict";

{
  let leftForAFix = false;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("#dialog-over .row-fix");
    if (!link) return;
    link.target = "_blank";
    leftForAFix = true;
  });
  document.addEventListener("visibilitychange", () => {
    const open = document.querySelector("#dialog-over #registration-window");
    if (document.visibilityState !== "visible" || !leftForAFix || !open) return;
    leftForAFix = false;
    htmx.trigger(open, "refresh");
  });
}
