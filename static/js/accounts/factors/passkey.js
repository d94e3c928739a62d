// Passkeys: shows the buttons where the browser supports them, and an explanation after a failed attempt.
"use strict";

{
  for (const hidden of document.querySelectorAll("[data-passkey]")) {
    if (window.PublicKeyCredential) hidden.hidden = false;
    else hidden.remove();
  }
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    document.getElementById("passkey-problem").hidden = false;
  });
}
