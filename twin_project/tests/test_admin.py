"""The admin: every page opens, and nothing in it can run code."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label)
def test_every_list_of_the_admin_opens(admin_client: Client, model: type) -> None:
    meta = model._meta  # type: ignore[attr-defined]
    assert admin_client.get(f"/admin/{meta.app_label}/{meta.model_name}/").status_code == 200


def test_the_queues_own_tables_are_not_on_the_site() -> None:
    queue = set(apps.get_app_config("django_q").get_models())
    assert not queue & set(admin.site._registry)


def test_an_admin_that_only_shows_offers_no_change(admin_client: Client) -> None:
    for page in ("jobs/job", "forecasting/forecastrun", "scraping/storeddocument", "meters/browsedreading"):
        assert admin_client.get(f"/admin/{page}/add/").status_code == 403
