"""Sign-in, and the pages that stand alone."""

from unittest.mock import patch

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.test import Client

ADDRESSES = ("/", "/meters/", "/forecast/", "/scraper/", "/jobs/", "/admin/")


@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_is_shown_to_a_stranger(db: None, address: str) -> None:
    answer = Client().get(address)
    assert answer.status_code == 302
    assert "/login/" in answer.headers["Location"]


def test_the_right_password_leads_home(db: None) -> None:
    User.objects.create_user("vera", password="right-horse")
    answer = Client().post("/login/", {"username": "vera", "password": "right-horse"})
    assert answer.headers["Location"] == "/"


def test_a_wrong_password_gets_a_sentence_that_says_what_to_do(db: None) -> None:
    answer = Client().post("/login/", {"username": "vera", "password": "wrong"})
    assert answer.status_code == 200
    assert "do not match" in answer.content.decode()
    assert "changepassword" in answer.content.decode()


def test_a_card_that_asks_after_the_session_has_ended_loads_its_page_anew(db: None) -> None:
    answer = Client().get("/login/?next=/", headers={"HX-Request": "true"})
    assert answer.headers["HX-Refresh"] == "true"


def test_signing_out_needs_a_post_and_leads_to_sign_in(as_viewer: Client) -> None:
    assert as_viewer.get("/logout/").status_code == 405
    assert as_viewer.post("/logout/").headers["Location"] == "/login/"


def test_an_address_that_leads_nowhere_offers_a_way_on(as_viewer: Client) -> None:
    answer = as_viewer.get("/nowhere/")
    assert answer.status_code == 404
    assert 'href="/"' in answer.content.decode()


def test_an_error_of_ours_is_a_page_with_a_sentence_and_no_traceback(as_viewer: Client) -> None:
    as_viewer.raise_request_exception = False
    with patch("twin_project.views.all_meters", side_effect=ZeroDivisionError("secret")):
        answer = as_viewer.get("/")
    assert answer.status_code == 500
    assert "Nothing that was stored is lost" in answer.content.decode()
    assert "secret" not in answer.content.decode()


def test_a_database_that_is_gone_is_a_page_that_asks_it_nothing(as_viewer: Client) -> None:
    as_viewer.raise_request_exception = False
    as_viewer.get("/")
    gone = OperationalError("connection refused")
    with patch("django.db.backends.base.base.BaseDatabaseWrapper.cursor", side_effect=gone):
        answer = as_viewer.get("/")
    assert answer.status_code == 503
    html = answer.content.decode()
    assert "The database does not answer" in html
    assert 'http-equiv="refresh"' in html


def test_a_form_from_before_signing_in_is_told_to_open_the_page_again(db: None) -> None:
    answer = Client(enforce_csrf_checks=True).post("/login/", {"username": "vera", "password": "x"})
    assert answer.status_code == 403
    assert "The form was out of date" in answer.content.decode()
