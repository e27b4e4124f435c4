"""Addresses of the forecast pages."""

from django.urls import path

from forecasting.views import pages

app_name = "forecasting"
urlpatterns = [
    path("", pages.forecast, name="forecast"),
    path("ask/", pages.ask, name="ask"),
    path("points.csv", pages.points_csv, name="points_csv"),
]
