"""Django settings, read from the environment.

``PINPORTAL_ENV`` is the kind of installation:

* ``production`` (the default): every secret must come from the environment and be strong. Otherwise the process does
  not start.
* ``demo``: this machine only. ``make demo`` writes generated secrets to ``var/demo.env``, which is read here if
  ``PINPORTAL_ENV`` is not set.
* ``test``: set by ``tests/settings.py``.
"""

import os
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

from pinportal import headers
from pinportal.secrets import checked_keys, checked_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()
if "PINPORTAL_ENV" not in os.environ and (VAR_DIR / "demo.env").exists():
    env.read_env(VAR_DIR / "demo.env")

PINPORTAL_ENV = env.str("PINPORTAL_ENV", default="production")
if PINPORTAL_ENV not in {"production", "demo", "test"}:
    raise ImproperlyConfigured("PINPORTAL_ENV must be production, demo or test.")
IS_PRODUCTION = PINPORTAL_ENV == "production"
IS_DEMO = PINPORTAL_ENV == "demo"

# --- Secrets -------------------------------------------------------------------------------------
SECRET_KEY = checked_secret_key(env.str("SECRET_KEY", default=""))
# Earlier keys, during a change: they still open second factors, sessions, and links.
SECRET_KEY_FALLBACKS = [checked_secret_key(each) for each in env.list("SECRET_KEY_FALLBACKS", default=[])]
# Keys for PINs, newest first. Separate from SECRET_KEY, so that each can be changed alone (R7).
PIN_KEYS = checked_keys(env.list("PIN_KEYS", default=[]), name="PIN_KEYS")
# Keys that seal the audit trail, newest first (R20). Keep an old key as long as its lines are kept.
AUDIT_KEYS = checked_keys(env.list("AUDIT_KEYS", default=[]), name="AUDIT_KEYS")

# --- Addresses -----------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
# The address families use. Sheets and e-mails have it; they never use a request's Host.
PORTAL_URL = env.str("PORTAL_URL", default="" if IS_PRODUCTION else "http://127.0.0.1:8000")
if not PORTAL_URL:
    raise ImproperlyConfigured("PORTAL_URL is missing: the address families use, e.g. https://portal.example.org")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if IS_PRODUCTION else ["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# Which pages this process serves: those for staff, those for families (public), or both.
SURFACE = env.str("SURFACE", default="both")
ROOT_URLCONFS = {"both": "pinportal.urls", "staff": "pinportal.staff_urls", "public": "pinportal.public_urls"}
if SURFACE not in ROOT_URLCONFS:
    raise ImproperlyConfigured(f"SURFACE must be both, staff or public, not {SURFACE!r}.")
# The address staff use, if their pages are served separately: for links to choose a password.
STAFF_URL = env.str("STAFF_URL", default=PORTAL_URL)
# The number of our proxies in front. 0: ignore X-Forwarded-For, because any client can send it.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)

ROOT_URLCONF = ROOT_URLCONFS[SURFACE]
WSGI_APPLICATION = "pinportal.wsgi.application"

INSTALLED_APPS = [
    "audit",
    "practice",
    "accounts",
    "patients",
    "appointments",
    "portal",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "bootstrap",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
]

MIDDLEWARE = [
    # These are outside of everything that can fail or refuse, so that every response has what they add.
    "pinportal.middleware.account_for_request",
    "pinportal.responses.add_security_headers",
    "csp.middleware.CSPMiddleware",
    "pinportal.middleware.require_utf_8",  # before anything reads the body
    "pinportal.health.answer_health_checks",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "pinportal.responses.track_writes",
    "pinportal.middleware.ignore_impossible_session",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.sessions.middleware.SessionLimits",  # needs the user, and must come before LoginRequiredMiddleware
    "practice.languages.activate_language",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.practice",
                "portal.office.context.alerts",
                "portal.family.context.families",
            ],
        },
    }
]

# --- Database ------------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'pinportal.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        # With two writers, deferred transactions fail at once; immediate ones wait.
        "transaction_mode": "IMMEDIATE",
        "timeout": env.int("DATABASE_LOCK_SECONDS", default=20),
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60  # seconds
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # Seconds until a page gives up and says so. Nobody at the desk waits for minutes, and gunicorn kills the process
    # after 180. No statement of a page takes a second, and no rule keeps a lock for more than a few milliseconds.
    # manage.py sets the first to 0, which means no limit.
    _statement = env.int("DATABASE_STATEMENT_SECONDS", default=30)
    _lock = env.int("DATABASE_LOCK_SECONDS", default=10)
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 5,
        # Notice a network that drops packets after a minute, instead of two hours.
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 30_000,  # milliseconds
        "options": f"-c statement_timeout={_statement}s -c lock_timeout={_lock}s"
        f" -c idle_in_transaction_session_timeout={_statement}s",
        **DATABASES["default"].get("OPTIONS", {}),
    }
# Counters must be the same in all processes, so they are in the database. Nothing else needs a cache.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Sign-in and sessions ------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.signin.backend.Backend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"accounts.signin.passwords.{each}"} for each in ("Length", "Common", "Personal", "Predictable")
]
PASSWORD_RESET_TIMEOUT = 60 * 60  # seconds; a link to choose a password works once within this time
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "portal.signup.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60  # seconds
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "accounts.signin.link_tokens.LinkTokenGenerator"  # noqa: S105
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False  # accounts.signin.attempts counts in the database, for all processes
ACCOUNT_FORMS = {
    "login": "accounts.signin.password_forms.SignInForm",
    "change_password": "accounts.signin.password_forms.ChangePasswordForm",
    "reauthenticate": "accounts.signin.password_forms.PasswordAgainForm",
    "reset_password": "accounts.signin.password_forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.signin.password_forms.ResetPasswordKeyForm",
    "set_password": "accounts.signin.password_forms.SetPasswordForm",
    "user_token": "accounts.signin.password_forms.UserTokenForm",
}
# Staff need a second factor before they see any patient data; families do not.
REQUIRE_SECOND_FACTOR = env.bool("REQUIRE_SECOND_FACTOR", default=IS_PRODUCTION)
MFA_ADAPTER = "accounts.factors.adapter.FactorsAdapter"
MFA_FORMS = {
    "authenticate": "accounts.factors.code_forms.CodeForm",
    "reauthenticate": "accounts.factors.code_forms.CodeAgainForm",
    "activate_totp": "accounts.factors.code_forms.AddAppForm",
    "add_webauthn": "accounts.factors.passkey_forms.AddPasskeyForm",
    "edit_webauthn": "accounts.factors.passkey_forms.RenamePasskeyForm",
    "login_webauthn": "accounts.factors.passkey_forms.PasskeyAloneForm",
    "authenticate_webauthn": "accounts.factors.passkey_forms.PasskeyForm",
    "reauthenticate_webauthn": "accounts.factors.passkey_forms.PasskeyAgainForm",
}
MFA_ALLOW_UNVERIFIED_EMAIL = True  # a user with an unconfirmed e-mail may use a second factor too
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # accept the previous and the next code too: phones' clocks differ
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_PRODUCTION  # http://localhost
USERSESSIONS_ADAPTER = "accounts.sessions.adapter.SessionsAdapter"
# Seconds without use, and total seconds, by kind of user. accounts.sessions.limits enforces them, not the cookie.
# NIST SP 800-63B, AAL2; 45 CFR 164.312(a)(2)(iii), automatic logoff: https://www.ecfr.gov/current/title-45/section-164.312
SESSION_LIMITS = {"staff": (15 * 60, 12 * 60 * 60), "family": (20 * 60, 24 * 60 * 60)}
SESSION_WARNING = 2 * 60  # seconds before the end; WCAG 2.2.1 requires at least 20, our standard 60
SESSION_SEEN_EVERY = 30  # seconds between two writes of a session in use; it can end this much early
SESSION_COOKIE_AGE = max(in_all for _idle, in_all in SESSION_LIMITS.values())  # for the row in the database
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# Messages name patients and staff. Django's default, a readable cookie, would outlive the session and show them to the
# next person at the desk.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- Responses -----------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {"DIRECTIVES": headers.CONTENT_SECURITY_POLICY}
X_FRAME_OPTIONS = headers.SAME_FOR_ALL["X-Frame-Options"]
SECURE_REFERRER_POLICY = headers.SAME_FOR_ALL["Referrer-Policy"]
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "pinportal.views.csrf_failed"
if IS_PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
    SECURE_HSTS_SECONDS = headers.HSTS_SECONDS
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
DEVICE_COOKIE_NAME = "__Host-device" if IS_PRODUCTION else "device"
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024  # bytes; our forms are far smaller
# That limit does not count files. Only one page accepts a file; others from strangers would fill the disk.
FILE_UPLOAD_HANDLERS = ["portal.office.uploads.OnlyTheLogo"]

# --- Language and time ---------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español"), ("ar", "العربية")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "pinportal.formats"  # for dates and times where Django’s formats differ from what families write
USE_TZ = True
# The practice's time zone, for "today", ages, and expiry dates.
TIME_ZONE = env.str("PRACTICE_TIME_ZONE", default="America/New_York")

# --- Static files, forms, mail, logs -------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "pinportal.static_files.Finder",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_ALLOW_ALL_ORIGINS = False  # no other site uses our files
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["map", "png", "gz", "woff2"]
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # finds the templates of our own widgets
# Without a mail server, the administrator sees links for staff to choose a password once. Other e-mail is dropped: in
# production the terminal is the log, and anyone who reads a link there could use it.
SENDS_MAIL = "EMAIL_URL" in env
# Whether families get e-mail: codes to confirm an address, notes about changes. The demo's terminal shows it.
WRITES_TO_FAMILIES = SENDS_MAIL or IS_DEMO
EMAIL_CONFIG = env.email("EMAIL_URL", default="dummymail://" if IS_PRODUCTION else "consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="portal@localhost")
LOG_FORMAT = env.str("LOG_FORMAT", default="json" if IS_PRODUCTION else "text")
if LOG_FORMAT not in {"json", "text"}:
    raise ImproperlyConfigured(f"LOG_FORMAT must be json or text, not {LOG_FORMAT!r}.")
# Keep the demo's terminal for its instructions.
LOG_LEVEL = env.str("LOG_LEVEL", default="WARNING" if IS_DEMO else "INFO").upper()
OUR_ROOMS = ["pinportal", "audit", "practice", "accounts", "patients", "appointments", "portal"]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "pinportal.logs.JsonFormatter"},
        "text": {"()": "pinportal.logs.TextFormatter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        # No handlers here, so that no e-mail contains local variables and no line is logged twice.
        "django": {"handlers": [], "level": "WARNING"},
        "django.request": {"level": "ERROR"},  # refusals are in the log line of the request
        "django.server": {"handlers": [], "level": "CRITICAL", "propagate": True},  # URLs with their query
        "gunicorn.error": {"handlers": ["console"], "propagate": False},
        **{room: {"level": LOG_LEVEL} for room in OUR_ROOMS},
    },
}
