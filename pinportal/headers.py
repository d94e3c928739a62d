"""The security headers of every response, all in one list.

``pinportal.responses`` sends them. Django and django-csp set some of them too and check them at deployment, so
``pinportal.settings`` takes their settings from here.
"""

from csp.constants import NONE, SELF

SAME_FOR_ALL = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
CONTENT_SECURITY_POLICY = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF],
    "font-src": [SELF],
    "connect-src": [SELF],
    "img-src": [SELF, "data:"],
    "form-action": [SELF],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
    "object-src": [NONE],
    "manifest-src": [SELF],
}
# Over TLS, in production.
HSTS_SECONDS = 2 * 365 * 24 * 60 * 60  # two years
STRICT_TRANSPORT_SECURITY = f"max-age={HSTS_SECONDS}; includeSubDomains; preload"
# Of every response but static files and the logo: any page may show patient data.
CACHE_CONTROL = "no-store, private"
