// Moves the focus to the summary of errors, so that screen readers begin there.
"use strict";

document.querySelector(".error-summary")?.focus();
