"""Addresses of the demo portal: the demo utility at the root, each archetype on a path of its own."""

from django.urls import path

from scraping.demo_portal import assets, faults, feeds, pages
from scraping.demo_portal.archetype import archetypes

urlpatterns = [
    path("", pages.meters, name="meters"),
    path("sign-in/", pages.sign_in, name="sign_in"),
    path("sign-out/", pages.sign_out, name="sign_out"),
    path("meters/<str:reference>/", pages.meter, name="meter"),
    path("meters/<str:reference>/readings.json", feeds.table, name="table"),
    path("meters/<str:reference>/chart.json", feeds.chart, name="chart"),
    path("meters/<str:reference>/readings.csv", feeds.csv_file, name="csv"),
    path("static/<str:name>", assets.asset, name="asset"),
    path("faults/", faults.control, name="faults"),
    *(address for archetype in archetypes.all().values() for address in archetype().urls()),
]
