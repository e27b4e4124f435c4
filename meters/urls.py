"""Addresses of the pages about meters."""

from django.urls import path

from meters.views import pages

app_name = "meters"
urlpatterns = [
    path("", pages.meter_list, name="meter_list"),
    path("<slug:slug>/", pages.meter, name="meter"),
    path("<slug:slug>/readings.csv", pages.readings_csv, name="readings_csv"),
]
