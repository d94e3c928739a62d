// The last step of registering: a passkey in place of a password, where the browser can make one. The options come
// from the server when the button is pressed; what the browser makes of them is sent with the form.
"use strict";

{
  const form = document.querySelector("[data-passkey-form]");
  const offer = form.querySelector("[data-passkey-offer]"), problem = form.querySelector("[data-passkey-problem]");
  const finish = form.querySelector("[data-finish]");

  const make = async () => {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
    const answer = await fetch(form.dataset.options, { method: "POST", body });
    // Something is to be done first, or the hour is over: the page says what.
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
  // The first page has asked already (register.js): then the offer is there before anything is drawn.
  if (asked()) show();
  else window.PublicKeyCredential?.isUserVerifyingPlatformAuthenticatorAvailable?.().then((can) => { if (can) show(); });
}
