"""Settings of the project, read from the environment.

``PINPORTAL_ENV`` says what kind of place this is:

* ``production`` (the default): every secret must come from the environment and be strong,
  otherwise the process refuses to start.
* ``demo``: this machine only. ``make demo`` writes generated secrets to ``var/demo.env``, which is
  read here when the environment names no other kind of place.
* ``test``: set by ``tests/settings.py``.
"""

import os
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from pinportal.secrets import checked_pin_keys, checked_secret_key

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
# Keys for PINs, newest first, apart from SECRET_KEY so that either can be rotated alone (R7).
PIN_KEYS = checked_pin_keys(env.list("PIN_KEYS", default=[]))

# --- Where we are --------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
# The address families use. It goes on the sheet and into e-mails; a request's Host never does.
PORTAL_URL = env.str("PORTAL_URL", default="" if IS_PRODUCTION else "http://127.0.0.1:8000")
if not PORTAL_URL:
    raise ImproperlyConfigured("PORTAL_URL is missing: the address families use, e.g. https://portal.example.org")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if IS_PRODUCTION else ["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# How many proxies of ours stand in front. 0: X-Forwarded-For is ignored, as anyone can send it.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

ROOT_URLCONF = "pinportal.urls"
WSGI_APPLICATION = "pinportal.wsgi.application"

INSTALLED_APPS = [
    "practice",
    "patients",
    "appointments",
    "portal",
    "allauth",
    "allauth.account",
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
    "django.middleware.security.SecurityMiddleware",
    "practice.middleware.protective_headers",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
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
                "practice.context.practice",
            ],
        },
    }
]

# --- Database ------------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'pinportal.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        # Deferred transactions fail at once when two writers meet; immediate ones wait their turn.
        "transaction_mode": "IMMEDIATE",
        "timeout": env.int("DATABASE_LOCK_SECONDS", default=20),
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60  # seconds
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # Seconds after which a page gives up and says so: nobody at the desk waits for minutes, and gunicorn
    # would end the process without a word after 180. No statement of a page takes one second, no rule
    # holds a lock for longer than a few milliseconds. manage.py sets the first to 0, which is no limit.
    _statement = env.int("DATABASE_STATEMENT_SECONDS", default=30)
    _lock = env.int("DATABASE_LOCK_SECONDS", default=10)
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 5,
        # A network that swallows packets is noticed after a minute at the latest, and not after two hours.
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 30_000,  # milliseconds
        "options": f"-c statement_timeout={_statement}s -c lock_timeout={_lock}s"
        f" -c idle_in_transaction_session_timeout={_statement}s",
        **DATABASES["default"].get("OPTIONS", {}),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Sign-in and sessions ------------------------------------------------------------------------
AUTH_USER_MODEL = "practice.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    # 15 characters where the password stands alone: NIST SP 800-63B section 3.1.1.
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email"]},
    },
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "practice:home"
ACCOUNT_ADAPTER = "practice.sign_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
SESSION_COOKIE_AGE = 12 * 60 * 60  # seconds; the absolute limit for staff (NIST SP 800-63B, AAL2)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# --- Responses -----------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
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
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "practice.views.csrf_failed"
if IS_PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
    SECURE_HSTS_SECONDS = 2 * 365 * 24 * 60 * 60  # two years
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024  # bytes; no form of ours comes near it

# --- Language and time ---------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
# The practice's time zone: "today", ages and expiry dates are meant in it.
TIME_ZONE = env.str("PRACTICE_TIME_ZONE", default="America/New_York")

# --- Static files, forms, mail, logs -------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["map", "png", "gz", "woff2"]
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # finds our own widgets' templates
EMAIL_CONFIG = env.email("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="portal@localhost")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
