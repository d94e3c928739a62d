// The last step of registering: offers a passkey in place of a password, where the browser can make one.
"use strict";

{
  const form = document.querySelector("[data-passkey-form]");
  const offer = form.querySelector("[data-passkey-offer]"), problem = form.querySelector("[data-passkey-problem]");
  const finish = form.querySelector("[data-finish]");

  // The options come from the server when the button is pressed; the passkey is sent with the form.
  const make = async () => {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
    const answer = await fetch(form.dataset.options, { method: "POST", body });
    // Another step is needed first, or the hour is over: the reloaded page says which.
    if (!answer.headers.get("Content-Type")?.includes("json")) return location.reload();
    const made = await webauthnJSON.create(await answer.json());
    form.querySelector("[name=passkey]").value = JSON.stringify(made);
    form.submit();
  };

  const show = () => {
    offer.hidden = false;
    finish.classList.replace("btn-primary", "btn-secondary");
  };
  const asked = () => {
    try { return sessionStorage.getItem("passkey"); } catch { return null; /* switched off */ }
  };

  offer.querySelector("button").addEventListener("click", () => {
    problem.hidden = true;
    make().catch(() => { problem.hidden = false; });
  });
  // The first page knows already (passkey_check.js), so the offer is there before anything is drawn.
  if (asked()) show();
  else window.PublicKeyCredential?.isUserVerifyingPlatformAuthenticatorAvailable?.().then((can) => { if (can) show(); });
}
