"""Addresses of the pages about meters."""

from django.urls import path

from meters.views import data, deciding, explore, pages, quality, sites

app_name = "meters"
urlpatterns = [
    path("", pages.meter_list, name="meter_list"),
    path("sites/<slug:slug>/", sites.site, name="site"),
    path("sites/<slug:slug>/fetch-weather/", sites.fetch_weather, name="fetch_weather"),
    path("<slug:slug>/", pages.meter, name="meter"),
    path("<slug:slug>/explore/", explore.explore, name="explore"),
    path("<slug:slug>/explore/<slug:name>.csv", explore.card_csv, name="card_csv"),
    path("<slug:slug>/figures/<slug:name>.json", explore.figure_json, name="figure_json"),
    path("<slug:slug>/quality/", quality.quality, name="quality"),
    path("<slug:slug>/quality/findings/<int:pk>/", deciding.decide, name="decide"),
    path("<slug:slug>/quality/fetch-again/", deciding.fetch_again, name="fetch_again"),
    path("<slug:slug>/quality/estimate/", deciding.estimate, name="estimate"),
    path("<slug:slug>/quality/ignore/", deciding.ignore, name="ignore"),
    path("<slug:slug>/quality/exchange/", deciding.exchange, name="exchange"),
    path("<slug:slug>/readings.csv", pages.readings_csv, name="readings_csv"),
]

data_patterns = [
    path("", data.home, name="home"),
    path("upload/", data.upload, name="upload"),
    path("export/", data.export, name="export"),
    path("imports/<int:pk>/", data.batch, name="batch"),
    path("imports/<int:pk>/answers/", data.answers, name="answers"),
    path("imports/<int:pk>/rejects.csv", data.rejects, name="rejects"),
    path("imports/<int:pk>/<slug:step>/", data.take_step, name="step"),
]
