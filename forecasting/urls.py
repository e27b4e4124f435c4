"""Addresses of the forecaster's pages."""

from django.urls import path, re_path

from forecasting.views import accuracy, models, pages, twin

app_name = "forecasting"
urlpatterns = [
    path("", pages.forecast, name="forecast"),
    path("ask/", pages.ask, name="ask"),
    path("points.csv", pages.points_csv, name="points_csv"),
    path("figures/<int:meter_id>/<slug:forecaster>.json", pages.fan_json, name="fan_json"),
    path("accuracy/", accuracy.accuracy, name="accuracy"),
    path("accuracy/backtest/", accuracy.ask, name="ask_backtest"),
    path("accuracy/<slug:name>.csv", accuracy.card_csv, name="accuracy_csv"),
    path("models/", models.models, name="models"),
    path("models/rules/", models.rules, name="rules"),
    re_path(r"^models/(?P<what>promote|retire|restore)/$", models.decide, name="decide"),
    path("twin/", twin.twin, name="twin"),
    path("twin/readings.csv", twin.twin_csv, name="twin_csv"),
    path("twin/<int:meter_id>/<slug:name>.json", twin.figure_json, name="twin_json"),
]
