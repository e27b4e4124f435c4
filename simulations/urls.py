"""Addresses of what-if."""

from django.urls import path

from simulations.views import builder, cards, pages, preview, replays

app_name = "simulations"
urlpatterns = [
    path("", pages.scenario_list, name="scenario_list"),
    path("new/", builder.new, name="new"),
    path("preview/", preview.preview, name="preview"),
    path("compare/", pages.compare, name="compare"),
    path("quick/", cards.quick, name="quick"),
    path("replays/", replays.replays, name="replays"),
    path("replays/start/", replays.start, name="start_replays"),
    path("replays/<int:pk>/", replays.replay, name="replay"),
    path("<int:pk>/", pages.scenario, name="scenario"),
    path("<int:pk>/edit/", builder.edit, name="edit"),
    path("<int:pk>/run/", pages.run, name="run"),
    path("<int:pk>/clone/", pages.clone, name="clone"),
    path("<int:pk>/delete/", pages.delete, name="delete"),
    path("runs/<int:pk>/points.csv", pages.points_csv, name="points_csv"),
    path("runs/<int:pk>/report/", pages.report, name="report"),
]
