// Tracking's list refreshes itself: keeps the focus and the scroll position, and says when it is out of date.
"use strict";

{
  const { links, rowOf, linkOf } = trackingRows;
  const stale = document.getElementById("tracking-stale");
  const list = () => document.getElementById("tracking");
  let kept = null;

  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target !== list()) return;
    const link = linkOf(rowOf(document.activeElement));
    kept = { id: link?.id, at: links().indexOf(link), left: list().querySelector(".table-wrap")?.scrollLeft ?? 0 };
  });

  // htmx restores the focus of an element that keeps its id. From a button that is gone the focus goes to its row, from
  // a row that is gone to the one in its place.
  document.body.addEventListener("htmx:afterSwap", () => {
    if (!kept) return;
    const wrap = list().querySelector(".table-wrap");
    if (wrap) wrap.scrollLeft = kept.left;
    if (kept.id && document.activeElement === document.body) {
      const link = document.getElementById(kept.id) ?? links()[Math.min(kept.at, links().length - 1)];
      link?.focus({ preventScroll: true });
    }
    kept = null;
  });

  // dialog.js returns the focus to what opened a dialog. Long after the dialog was closed, that would be a jump.
  document.getElementById("main").addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.requestConfig?.elt === list()) event.stopPropagation();
  });

  // Do not refresh a hidden tab; refresh it as soon as it is shown again.
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt === list() && document.hidden) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) document.body.dispatchEvent(new CustomEvent("schedule:changed"));
  });

  // Nobody pressed anything, so do not show a toast every half minute: show one line until it works again.
  const isOurs = (event) => event.detail.elt === list();
  const warn = (event) => {
    if (!isOurs(event) || [401, 403, 404].includes(event.detail.xhr.status)) return;
    event.stopPropagation();
    stale.textContent ||= "This list is out of date because the server does not answer. It tries again every 30 seconds.";
  };
  document.getElementById("main").addEventListener("htmx:sendError", warn);
  document.getElementById("main").addEventListener("htmx:responseError", warn);
  document.body.addEventListener("htmx:afterOnLoad", (event) => {
    if (isOurs(event)) stale.textContent = "";
  });
}
