// The radio buttons Calendar and Tracking: choosing one goes there.
"use strict";

document.addEventListener("change", (event) => {
  event.target.closest("[data-schedule-mode]")?.requestSubmit();
});
