"""Addresses of the pages about meters."""

from django.urls import path

from meters.views import explore, pages

app_name = "meters"
urlpatterns = [
    path("", pages.meter_list, name="meter_list"),
    path("<slug:slug>/", pages.meter, name="meter"),
    path("<slug:slug>/explore/", explore.explore, name="explore"),
    path("<slug:slug>/explore/<slug:name>.csv", explore.card_csv, name="card_csv"),
    path("<slug:slug>/figures/<slug:name>.json", explore.figure_json, name="figure_json"),
    path("<slug:slug>/readings.csv", pages.readings_csv, name="readings_csv"),
]
