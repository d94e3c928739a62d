// Says before anybody types that this browser keeps no cookies: no form could be sent.
"use strict";

{
  const notice = document.querySelector("[data-no-cookies]");
  const keepsCookies = () => {
    try {
      document.cookie = "trial=1; Path=/; SameSite=Strict";
      const isKept = document.cookie.includes("trial=1");
      document.cookie = "trial=; Path=/; SameSite=Strict; Max-Age=0";
      return navigator.cookieEnabled && isKept;
    } catch { return false; /* forbidden */ }
  };
  if (notice && !keepsCookies()) notice.hidden = false;
}
