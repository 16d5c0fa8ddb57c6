"""All settings, read from the environment (every variable stands in .env.example).

Nothing needs to be set to try the product: without a .env it runs on SQLite, in DEBUG, with no key. With
ENVIRONMENT=production it refuses to start until it is safe, and says what to do.
"""

from decimal import Decimal
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from jobs.schedule import Job

from .email_services import choose
from .environment import Environment

BASE_DIR = Path(__file__).resolve().parent.parent

env = Environment()
Environment.read_env(BASE_DIR / ".env")

# --- what kind of place this is -------------------------------------------------------------------------------------

DEFAULT_SECRET_KEY = "only-for-development-never-for-real-learners"  # noqa: S105

ENVIRONMENT = env.str("ENVIRONMENT") if "ENVIRONMENT" in env else "development"  # blank is refused
if ENVIRONMENT not in {"development", "production"}:
    raise ImproperlyConfigured(f"ENVIRONMENT is {ENVIRONMENT!r}. Set it to development or production.")
IS_PRODUCTION = ENVIRONMENT == "production"

DEBUG = env.bool("DEBUG", default=not IS_PRODUCTION)
SECRET_KEY = env.str("SECRET_KEY", default=DEFAULT_SECRET_KEY)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"] if DEBUG else [])

if IS_PRODUCTION and DEBUG:
    raise ImproperlyConfigured("DEBUG is on in production: it shows learners' data to strangers. Unset DEBUG.")
if not DEBUG and (SECRET_KEY == DEFAULT_SECRET_KEY or len(SECRET_KEY) < 32):
    raise ImproperlyConfigured(
        "SECRET_KEY is the one that everybody knows, or too short. Set it to a long random text, for example the "
        "output of: python -c 'import secrets; print(secrets.token_urlsafe(64))'"
    )
if not DEBUG and not ALLOWED_HOSTS:
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS is empty. Set it to the names that this site answers to, for example engage.example.org"
    )

# --- what it is made of ---------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "engagement",
    "jobs",
    "learners",
    "activity",
    "riskscoring",
    "nudges",
    "engagement.apps.EngageAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.headless",
    "csp",
    "django_filters",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "heroicons",
    "import_export",
    "ninja",
    "simple_history",
]

MIDDLEWARE = [
    "jobs.correlation.CorrelationMiddleware",
    "engagement.middleware.ErrorShapeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "activity.lrs.door.DoorMiddleware",  # answers tools, who have no session, language or page
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "engagement.middleware.StorableTextMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "engagement.middleware.AccessMiddleware",
]

ROOT_URLCONF = "engagement.urls"
WSGI_APPLICATION = "engagement.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

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
                "engagement.context.navigation",
            ],
            "builtins": ["heroicons.templatetags.heroicons", "django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]

# Who is told, in order, when learners have changed: see learners/changes.py.
LEARNERS_CHANGED_RECEIVERS = ["activity.changes.follow_learners", "riskscoring.services.rescore_learners"]

# --- where data lives -----------------------------------------------------------------------------------------------

DATABASES = {"default": env.database("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")}
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # A transaction takes the write lock when it begins: it waits for its turn, and is never refused half-way.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000;",
    }

# Login limits count in the cache, so every process has to see the same one.
REDIS_URL = env.redis("REDIS_URL")
CACHES = {
    "default": (
        {"BACKEND": "engagement.steady_cache.SteadyRedisCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        else {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "cache",
            "OPTIONS": {"MAX_ENTRIES": 10_000},  # at 300, strangers could push the counts of failed logins out
        }
    )
}

# --- what learners did: xAPI ----------------------------------------------------------------------------------------

ETL_MODE = env.str("ETL_MODE", default="incremental")
if ETL_MODE not in {"incremental", "streaming"}:
    raise ImproperlyConfigured(f"ETL_MODE is {ETL_MODE!r}. Set it to incremental, or to streaming (needs REDIS_URL).")
if ETL_MODE == "streaming" and not REDIS_URL:
    raise ImproperlyConfigured("ETL_MODE is streaming, which needs Redis. Set REDIS_URL, or ETL_MODE=incremental.")
# The first access key for tools that send xAPI statements, made when it is first used. Both or neither.
PUBLIC_PEM = env.str("PUBLIC_PEM", default="")
SECRET_PEM = env.str("SECRET_PEM", default="")
if bool(PUBLIC_PEM) != bool(SECRET_PEM):
    raise ImproperlyConfigured("PUBLIC_PEM and SECRET_PEM are a key and its secret. Set both, or neither.")
XAPI_MAX_BYTES = env.int("XAPI_MAX_BYTES", default=25_000_000)  # of one request, attachments included

# Prometheus reads /metrics with this as its bearer token; without it, only people of operations do.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
if METRICS_TOKEN and len(METRICS_TOKEN) < 20:
    raise ImproperlyConfigured("METRICS_TOKEN is too short. Set it to a random text of 20 characters or more.")

# --- who gets in ----------------------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "engagement.permissions.RoleBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "engagement.accounts.InvitedOnlyAdapter"
ACCOUNT_FORMS = {"login": "engagement.accounts.LoginForm"}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
HEADLESS_CLIENTS = ("app",)
HEADLESS_TOKEN_STRATEGY = "allauth.headless.tokens.strategies.jwt.JWTTokenStrategy"  # noqa: S105
HEADLESS_JWT_ALGORITHM = "HS256"
HEADLESS_JWT_PRIVATE_KEY = salted_hmac("engagement.jwt", "", secret=SECRET_KEY, algorithm="sha256").hexdigest()
HEADLESS_JWT_STATEFUL_VALIDATION_ENABLED = True  # a token ends when its session is logged out
API_RATE_LIMIT = env.int("API_RATE_LIMIT", default=600)  # calls a minute and caller; see engagement/api_limits.py
SIGNUP_RATE_LIMIT = env.int("SIGNUP_RATE_LIMIT", default=20)  # an hour and address, of those without a key

# --- what browsers may do -------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_PRODUCTION
SESSION_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=IS_PRODUCTION)
SECURE_REDIRECT_EXEMPT = [r"^health$", r"^ready$", r"^api/health$"]  # load balancers ask over plain HTTP
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if IS_PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
if env.bool("BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1  # login limits count the visitor's address, not the proxy's
DJANGO_HTMX = {"includeIndicatorStyles": False, "allowEval": False}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
IMPORT_UPLOAD_MAX_BYTES = env.int("IMPORT_UPLOAD_MAX_BYTES", default=10_000_000)

# --- files, languages, time -----------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("bn", _("Bengali"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "engagement.formats"
FIXTURE_DIRS = [BASE_DIR / "fixtures"]
USE_I18N = USE_TZ = True
TIME_ZONE = "UTC"

# --- sending --------------------------------------------------------------------------------------------------------

SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Engage <engage@localhost>")
_email = env.mailer("EMAIL_URL", default="consolemail://")
EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT = _email["EMAIL_BACKEND"], _email["EMAIL_HOST"], _email["EMAIL_PORT"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_USER"], _email["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS, EMAIL_USE_SSL = _email.get("EMAIL_USE_TLS", False), _email.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10

# Letters by the API of an email service, instead of EMAIL_URL: see email_services.py.
EMAIL_ESP = env.str("EMAIL_ESP", default="")
_service = choose(
    EMAIL_ESP,
    key=env.secret("EMAIL_ESP_KEY"),
    secret=env.secret("EMAIL_ESP_SECRET"),
    domain=env.str("EMAIL_ESP_DOMAIN", default=""),
    url=env.address("EMAIL_ESP_URL"),
    webhook_key=env.secret("EMAIL_WEBHOOK_KEY"),
    webhook_login=env.secret("EMAIL_WEBHOOK_LOGIN"),
)
ANYMAIL, EMAIL_ESP_REPORTS, EMAIL_ESP_HANDS_BACK = _service.anymail, _service.reports, _service.hands_back
if EMAIL_ESP:
    EMAIL_BACKEND = f"anymail.backends.{EMAIL_ESP}.EmailBackend"

# Who carries each channel's messages: see nudges/channels/base.py. Without any of these, the console does.
SMS_PROVIDER_URL = env.address("SMS_PROVIDER_URL")
SMS_PROVIDER_TOKEN = env.secret("SMS_PROVIDER_TOKEN")
SMS_PROVIDER_RECOGNISES_ID = env.bool("SMS_PROVIDER_RECOGNISES_ID", default=False)
WHATSAPP_PROVIDER_URL = env.address("WHATSAPP_PROVIDER_URL")
WHATSAPP_PROVIDER_TOKEN = env.secret("WHATSAPP_PROVIDER_TOKEN")
WHATSAPP_PROVIDER_RECOGNISES_ID = env.bool("WHATSAPP_PROVIDER_RECOGNISES_ID", default=False)
WHATSAPP_CLOUD_URL = env.address("WHATSAPP_CLOUD_URL", default="https://graph.facebook.com/v23.0")
WHATSAPP_CLOUD_TOKEN = env.secret("WHATSAPP_CLOUD_TOKEN")
WHATSAPP_CLOUD_PHONE_NUMBER_ID = env.secret("WHATSAPP_CLOUD_PHONE_NUMBER_ID")
WHATSAPP_CLOUD_APP_SECRET = env.secret("WHATSAPP_CLOUD_APP_SECRET")
WHATSAPP_CLOUD_VERIFY_TOKEN = env.secret("WHATSAPP_CLOUD_VERIFY_TOKEN")
TWILIO_URL = env.address("TWILIO_URL", default="https://api.twilio.com")
TWILIO_ACCOUNT_SID = env.secret("TWILIO_ACCOUNT_SID")
TWILIO_AUTH_TOKEN = env.secret("TWILIO_AUTH_TOKEN")
TWILIO_FROM = env.str("TWILIO_FROM", default="")
for _names, _values in {
    "TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM": (TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_FROM),
    "WHATSAPP_CLOUD_TOKEN, _PHONE_NUMBER_ID, _APP_SECRET and _VERIFY_TOKEN": (
        WHATSAPP_CLOUD_TOKEN,
        WHATSAPP_CLOUD_PHONE_NUMBER_ID,
        WHATSAPP_CLOUD_APP_SECRET,
        WHATSAPP_CLOUD_VERIFY_TOKEN,
    ),
}.items():
    if any(_values) and not all(_values):
        raise ImproperlyConfigured(f"{_names} belong together. Set all of them, or none.")
if TWILIO_ACCOUNT_SID and SMS_PROVIDER_URL:
    raise ImproperlyConfigured("Both Twilio and SMS_PROVIDER_URL are set. Choose who sends SMS, and unset the other.")
if WHATSAPP_CLOUD_TOKEN and WHATSAPP_PROVIDER_URL:
    raise ImproperlyConfigured(
        "Both WHATSAPP_CLOUD_TOKEN and WHATSAPP_PROVIDER_URL are set. Choose who sends, and unset the other."
    )
NUDGE_TRANSPORTS = {
    "in-app": "nudges.channels.in_app.InAppTransport",
    "email": "nudges.channels.email.EmailTransport",
    "whatsapp": "nudges.channels.whatsapp.whatsapp_transport",
    "sms": "nudges.channels.sms.sms_transport",
}

# How many messages of one channel each worker hands over at once.
DELIVERY_CONCURRENCY = env.int("DELIVERY_CONCURRENCY", default=16)
if DELIVERY_CONCURRENCY < 1:
    raise ImproperlyConfigured("DELIVERY_CONCURRENCY is less than 1. Set it to how many calls may run at once.")

# The language model is optional: with no key, or no answer in time, the template is sent.
OPENAI_API_KEY = env.str("OPENAI_API_KEY", default="")
OPENAI_BASE_URL = env.str("OPENAI_BASE_URL", default="")
OPENAI_MODEL = env.str("OPENAI_MODEL", default="gpt-4o-mini")
OPENAI_USD_PER_MILLION_INPUT_TOKENS = env.get_value(
    "OPENAI_USD_PER_MILLION_INPUT_TOKENS", cast=Decimal, default=Decimal("0.15")
)
OPENAI_USD_PER_MILLION_OUTPUT_TOKENS = env.get_value(
    "OPENAI_USD_PER_MILLION_OUTPUT_TOKENS", cast=Decimal, default=Decimal("0.60")
)
NUDGE_LINK_HOSTS = env.list("NUDGE_LINK_HOSTS", default=[])
BULK_UNDO_SECONDS = env.int("BULK_UNDO_SECONDS", default=60)
if BULK_UNDO_SECONDS < 0:
    raise ImproperlyConfigured("BULK_UNDO_SECONDS is less than 0. Set it to seconds, or to 0 for no time to undo.")

# --- what runs by itself --------------------------------------------------------------------------------------------

# Where tasks wait: in the database, enqueued with the data that they are about; or in Redis, for many machines.
TASK_QUEUE = env.str("TASK_QUEUE", default="database")
if TASK_QUEUE not in {"database", "redis"}:
    raise ImproperlyConfigured(f"TASK_QUEUE is {TASK_QUEUE!r}. Set it to database, or to redis (needs REDIS_URL).")
if TASK_QUEUE == "redis" and not REDIS_URL:
    raise ImproperlyConfigured("TASK_QUEUE is redis. Set REDIS_URL, or TASK_QUEUE=database.")
TASKS = {
    "default": {
        "BACKEND": "jobs.dramatiq_backend.DramatiqBackend"
        if TASK_QUEUE == "redis"
        else "django_tasks_db.DatabaseBackend"
    }
}

# When each job is due (in UTC), and what does it: see jobs/scheduling.py.
SCHEDULE = {
    "recompute_risk": Job("0 2 * * *", "riskscoring.jobs.recompute_all", _("Work out everybody’s risk")),
    "usual_hours": Job("0 1 * * *", "activity.jobs.usual_hours", _("Learn when each learner is active")),
    "send_reminders": Job("*/15 * * * *", "nudges.jobs.send_reminders", _("Send today’s reminders")),
    "run_campaigns": Job("*/5 * * * *", "nudges.jobs.run_campaigns", _("Begin the campaigns that are due")),
    "hand_over": Job("10 * * * *", "nudges.jobs.hand_over", _("Give people the tasks where messages do not help")),
    "escalate_tasks": Job("20 * * * *", "nudges.jobs.escalate_tasks", _("Escalate overdue tasks")),
    "reports": Job("*/10 * * * *", "nudges.jobs.catch_up_with_reports", _("Apply providers’ reports that came early")),
    "clean_up": Job("30 3 * * *", "jobs.cleanup.clean_up", _("Throw away what is old")),
}

# --- what is written down -------------------------------------------------------------------------------------------

LOGGING = {  # everything to the console, in production too, where Django alone would say nothing
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"correlation": {"()": "jobs.correlation.CorrelationFilter"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name} [{correlation}]: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["correlation"]}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django": {"handlers": [], "level": "INFO"}},
}
