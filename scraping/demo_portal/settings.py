"""Settings of the demo portal: a site of its own, without a database. TWIN_DEMO_PORTAL_... set it."""

import secrets
from datetime import datetime
from pathlib import Path

from environs import Env

HERE = Path(__file__).parent
env = Env(prefix="TWIN_DEMO_PORTAL_")

SECRET_KEY = secrets.token_urlsafe(50)  # a restart signs everyone out, which is what a portal does now and then
ALLOWED_HOSTS = ["*"]
DEBUG = False
INSTALLED_APPS: list[str] = []
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "scraping.demo_portal.faults.middleware",
]
ROOT_URLCONF = "scraping.demo_portal.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "OPTIONS": {"context_processors": ["scraping.demo_portal.pages.frame"]},
    }
]
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
STATIC_URL = "/static/"

# Cookies are shared by all ports of a host: names of its own keep the panel's session apart.
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
SESSION_COOKIE_NAME = "demo_utility_session"
CSRF_COOKIE_NAME = "demo_utility_csrf"
SESSION_COOKIE_AGE = env.int("IDLE_S", 600)  # signed out after this long without a click
SESSION_SAVE_EVERY_REQUEST = True
SESSION_COOKIE_HTTPONLY = True

CUSTOMER_USER = env.str("USER", "customer@demo.example")
CUSTOMER_PASSWORD = env.str("PASSWORD", "sunny-meadow-42")
SHOW_CUSTOMER = env.str("PASSWORD", "") == ""  # a password of one's own is not shown
FAULTS = env.bool("FAULTS", False)  # tests only: opens /faults/
_now = env.str("NOW", "")
NOW = datetime.fromisoformat(_now) if _now else None  # a stopped clock, for tests

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"django.request": {"level": "CRITICAL"}},
}
