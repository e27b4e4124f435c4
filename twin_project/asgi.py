"""The web process: `an ASGI server of your own`."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "twin_project.settings")
application = get_asgi_application()
