// Finds out now whether this browser can make a passkey. If the last page asked, its offer would appear late and jump.
"use strict";

window.PublicKeyCredential?.isUserVerifyingPlatformAuthenticatorAvailable?.().then((can) => {
  try { sessionStorage.setItem("passkey", can ? "yes" : ""); } catch { /* switched off */ }
});
