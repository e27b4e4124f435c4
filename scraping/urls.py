"""Addresses of the scraper's pages."""

from django.urls import path

from scraping.views import control, editing, finding, pages

app_name = "scraping"
urlpatterns = [
    path("", pages.account_list, name="account_list"),
    path("add/", editing.add, name="add"),
    path("find/", finding.find, name="find"),
    path("find/<int:pk>/", finding.probe, name="probe"),
    path("find/<int:pk>/<int:rank>/correct/", finding.correct, name="correct_proposal"),
    path("find/<int:pk>/<int:rank>/accept/", finding.accept, name="accept_proposal"),
    path("<int:pk>/", pages.account, name="account"),
    path("<int:pk>/edit/", editing.edit, name="edit"),
    path("<int:pk>/control/", control.control, name="control"),
    path("<int:pk>/start/", control.start, name="start"),
    path("<int:pk>/stop/", control.stop, name="stop"),
    path("<int:pk>/run-now/", control.run_now, name="run_now"),
    path("<int:pk>/check-sign-in/", control.check_sign_in, name="check_sign_in"),
    path("<int:pk>/code/", control.code, name="code"),
    path("<int:pk>/password/", control.password, name="password"),
    path("<int:pk>/backfill/", control.backfill, name="backfill"),
    path("<int:pk>/backfills/<int:backfill_pk>/<slug:step>/", control.backfill_step, name="backfill_step"),
    path("<int:pk>/replay/", control.replay, name="replay"),
    path("visits/<int:run_pk>/", pages.visit, name="visit"),
    path("visits/<int:run_pk>/evidence.<str:part>", pages.evidence, name="evidence"),
]
