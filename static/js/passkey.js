// Passkeys: the buttons show where the browser knows them, and a try that came to nothing is said in words.
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
