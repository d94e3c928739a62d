// Arrow keys between the search box of the appointment window and the patients found.
"use strict";

document.addEventListener("keydown", (event) => {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const finder = by && event.target.closest(".patient-finder");
  if (!finder) return;
  const stops = [finder.querySelector("input"), ...finder.querySelectorAll("[data-found]")];
  const next = stops[stops.indexOf(document.activeElement) + by];
  event.preventDefault();
  next?.focus();
});
