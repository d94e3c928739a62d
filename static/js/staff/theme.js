// Sets light or dark before anything is drawn, so that a dark room never sees a white flash. Loaded in <head>.
"use strict";

{
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    document.documentElement.dataset.bsTheme = dark.matches ? "dark" : "light";
  };
  follow();
  dark.addEventListener("change", follow);
}
