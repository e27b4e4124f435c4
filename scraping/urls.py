"""Addresses of the scraper's pages."""

from django.urls import path

from scraping import views

app_name = "scraping"
urlpatterns = [
    path("", views.account_list, name="account_list"),
    path("<int:pk>/", views.account, name="account"),
    path("<int:pk>/control/", views.control, name="control"),
    path("<int:pk>/start/", views.start, name="start"),
    path("<int:pk>/stop/", views.stop, name="stop"),
    path("<int:pk>/run-now/", views.run_now, name="run_now"),
    path("visits/<int:run_pk>/evidence.<str:part>", views.evidence, name="evidence"),
]
