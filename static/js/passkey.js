// Passkeys: the buttons show where the browser knows them, and a try that came to nothing is said in words.
"use strict";

{
  if (window.PublicKeyCredential) {
    for (const hidden of document.querySelectorAll("[data-passkey]")) hidden.hidden = false;
  }
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    document.getElementById("passkey-problem").hidden = false;
  });
}
