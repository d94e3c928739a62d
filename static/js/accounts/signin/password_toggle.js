// A button in each password field that shows what is typed.
"use strict";

{
  const { words } = passwordRules;

  const addToggle = (field) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "password-toggle";
    const show = (shown) => {
      field.type = shown ? "text" : "password";
      button.textContent = shown ? words.hide : words.show;
      button.setAttribute("aria-label", shown ? words.hideLabel : words.showLabel);
    };
    button.setAttribute("aria-controls", field.id);
    const box = document.createElement("div");
    box.className = "password-box";
    field.replaceWith(box);
    box.append(field, button);
    button.addEventListener("click", () => { show(field.type === "password"); field.focus(); });
    // Browsers remember what was in a text field.
    field.form?.addEventListener("submit", () => show(false));
    show(false);
  };

  for (const field of document.querySelectorAll("input[type=password]")) {
    const hadFocus = field === document.activeElement;
    addToggle(field);
    if (hadFocus) field.focus();
  }
}
