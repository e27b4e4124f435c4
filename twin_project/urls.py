"""The addresses of the panel."""

from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.urls import URLPattern, URLResolver, include, path

from meters.urls import data_patterns
from twin_project.views import SignIn, fan_json, home, icon

handler500 = "twin_project.views.server_error"
admin.site.site_header = admin.site.site_title = "Smart-meter twin"
admin.site.index_title = "All that is kept"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("fan/<int:meter_id>.json", fan_json, name="fan_json"),
    path("login/", SignIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("meters/", include("meters.urls")),
    path("data/", include((data_patterns, "data"))),
    path("forecast/", include("forecasting.urls")),
    path("scenarios/", include("simulations.urls")),
    path("scraper/", include("scraping.urls")),
    path("jobs/", include("twin_project.kit.jobs.urls")),
    path("admin/", admin.site.urls),
    path("favicon.ico", icon, name="icon"),
]
