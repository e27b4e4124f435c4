"""Settings, all from the environment (TWIN_..., DATABASE_URL); docs/configuration.md lists them."""

from pathlib import Path

import django_stubs_ext
import plotly
from environs import Env

from twin_project.kit.env import ROOT, VAR, env, secret

django_stubs_ext.monkeypatch()  # `ModelAdmin[Job]` at run time

BASE_DIR = ROOT
DEBUG = env.bool("DEBUG", False)
SECRET_KEY = secret("SECRET_KEY")
FIELD_KEYS = [key for key in secret("FIELD_KEYS", length=32).split(",") if key]  # newest first, apart from SECRET_KEY
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])

INSTALLED_APPS = [
    "twin_project.apps.TwinConfig",
    "django_q",  # before the jobs, whose admin takes the queue's tables off the site
    "twin_project.kit.jobs",
    "meters",
    "forecasting",
    "scraping",
    "simulations",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "bootstrap",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "twin_project.middleware.content_security_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "twin_project.urls"
WSGI_APPLICATION = "twin_project.wsgi.application"
ASGI_APPLICATION = "twin_project.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "twin_project.context.frame",
            ],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": ["template_partials.templatetags.partials", "twin_project.templatetags.twin"],
        },
    }
]

# PostgreSQL only. Without DATABASE_URL the engine starts the embedded server of var/ when the first
# process connects. Only the web process pools: a pool does not survive the fork of a worker.
POOLED = env.bool("POOLED", False)
_database_url = Env().str("DATABASE_URL", "")
if _database_url:
    DATABASES = {"default": Env().dj_db_url("DATABASE_URL", engine="django.db.backends.postgresql")}
else:
    DATABASES = {"default": {"ENGINE": "twin_project.kit.embedded", "NAME": "twin", "USER": "twin"}}
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["OPTIONS"] |= {"application_name": "twin"}
if POOLED:
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 8, "timeout": 5}
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True  # a restart of the server leaves dead ones in the pool
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"

LANGUAGE_CODE = "en"
USE_I18N = False
USE_TZ = True
DATETIME_FORMAT = "Y-m-d H:i T"
DATE_FORMAT = "Y-m-d"
TIME_ZONE = "UTC"  # stored and computed in UTC; a page shows the site's own zone

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [ROOT / "static", ("plotly", Path(plotly.__file__).parent / "package_data")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 3600
MEDIA_ROOT = VAR / "media"

# HTTPS: behind a proxy that speaks it, set TWIN_HTTPS=1; a demo on localhost has plain HTTP.
HTTPS = env.bool("HTTPS", True)
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", False) else None
SESSION_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

# Clusters on one broker table: a long forecast never holds up a scrape, a long training never a forecast. The ledger in
# twin_project.kit.jobs is the truth; these queues only carry the kick (docs/decisions/jobs.md).
JOB_CLUSTERS = ("scraping", "computing", "training")
_cluster = {
    "workers": 1,
    "orm": "default",
    "timeout": 7200,
    "retry": 7200 * 10,
    "queue_limit": 1,
    "bulk": 1,
    "max_attempts": 1,
    "ack_failures": True,
    "catch_up": False,
    "recycle": 50,
    "max_rss": 300_000,
    "poll": 0.5,
    "save_limit": 200,
    "guard_cycle": 1,
    "label": "Queue",
}
Q_CLUSTER = {
    "name": JOB_CLUSTERS[0],
    **_cluster,
    "ALT_CLUSTERS": dict.fromkeys(JOB_CLUSTERS[1:], _cluster),
}

# Addresses that people type (weather providers, portals) may not lead into this machine or its network.
ALLOW_PRIVATE_ADDRESSES = env.bool("ALLOW_PRIVATE_ADDRESSES", False)

# Visits to portals: how long one waits for a code that only the customer has, how long evidence of failures is kept.
CODE_WAIT_MINUTES = env.int("CODE_WAIT_MINUTES", 10)
EVIDENCE_DAYS = env.int("EVIDENCE_DAYS", 30)

LOG_LEVEL = env.str("LOG_LEVEL", "INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"twin": {"level": LOG_LEVEL}, "django_q": {"level": "WARNING"}},
}
