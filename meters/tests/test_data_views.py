"""The Data pages: a file from its choice to its undoing, by a person."""

from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from meters.models import ImportBatch, Meter, Reading
from meters.services import check_batch, store_batch, undo_batch
from meters.views import data
from twin_project.kit.jobs.models import Job
from twin_project.kit.roles import OPERATOR, ensure_roles

TEXT = "Date;Usage\n" + "".join(f"13.05.2026 {hour:02}:00;{hour % 3},5\n" for hour in range(12))


def signed_in(role: str = "") -> Client:
    ensure_roles()
    user = User.objects.create_user(f"somebody {role}")
    if role:
        user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def operator(db: None) -> Client:
    return signed_in(OPERATOR)


def send(client: Client, text: str = TEXT, name: str = "usage.csv") -> ImportBatch:
    answer = client.post("/data/upload/", {"file": SimpleUploadedFile(name, text.encode()), "meter": "flat"})
    assert answer.status_code == 302, answer.content.decode()
    return ImportBatch.objects.latest("pk")


def test_a_file_goes_all_the_way_in_and_out_again(operator: Client, meter: Meter, now: pd.Timestamp) -> None:
    batch = send(operator)
    page = operator.get(f"/data/imports/{batch.pk}/").content.decode()
    assert "The first 12 rows of the file" in page
    assert 'id="a-unit"' in page
    assert 'id="a-stamp_at"' in page
    answers = {"meter": "flat", "zone": "Europe/Paris", "unit": "kWh", "stamp_at": "end"}
    assert operator.post(f"/data/imports/{batch.pk}/answers/", answers).status_code == 302
    job = Job.objects.get(kind="import_file")
    assert job.params == {"batch_id": batch.pk, "step": "check"}
    assert "hx-get" in operator.get(f"/data/imports/{batch.pk}/").content.decode()
    Job.objects.all().delete()
    batch.refresh_from_db()
    check_batch(batch=batch, now=now)
    page = operator.get(f"/data/imports/{batch.pk}/").content.decode()
    assert "What storing it would do" in page
    assert "Store 12 readings" in page
    operator.post(f"/data/imports/{batch.pk}/store/")
    operator.post(f"/data/imports/{batch.pk}/store/")
    assert Job.objects.filter(params__step="store").count() == 1
    Job.objects.all().delete()
    store_batch(batch=batch, now=now)
    assert "Undo this import" in operator.get(f"/data/imports/{batch.pk}/").content.decode()
    assert str(Reading.objects.earliest("start_at").start_at) == "2026-05-12 21:00:00+00:00"
    undo_batch(batch=batch, now=now)
    assert "what was new is gone" in operator.get(f"/data/imports/{batch.pk}/").content.decode()
    assert "undone" in operator.get("/data/").content.decode()


def test_htmx_gets_the_changing_part_alone(operator: Client, meter: Meter) -> None:
    batch = send(operator)
    headers = {"HX-Request": "true", "HX-Target": "import-state"}
    part = operator.get(f"/data/imports/{batch.pk}/", headers=headers).content.decode()
    assert part.strip().startswith('<div class="cards fade-in" id="import-state"')


def test_what_cannot_be_is_said_on_the_page(operator: Client, meter: Meter) -> None:
    sent = operator.post("/data/upload/", {"file": SimpleUploadedFile("x.csv", b"a,b\n1,2\n")})
    assert sent.status_code == 422
    assert "There is no column of stamps" in sent.content.decode()
    assert operator.post("/data/upload/", {}).status_code == 422
    batch = send(operator)
    wrong = operator.post(f"/data/imports/{batch.pk}/answers/", {"meter": "flat", "zone": "Paris"})
    assert (wrong.status_code, "is no time zone" in wrong.content.decode()) == (422, True)
    nowhere = operator.post(f"/data/imports/{batch.pk}/answers/", {"zone": "Europe/Paris"})
    assert "Choose the meter of this file" in nowhere.content.decode()
    path = Path(batch.path)
    operator.post(f"/data/imports/{batch.pk}/drop/")
    assert (path.exists(), ImportBatch.objects.exists()) == (False, False)


def test_a_file_that_is_too_large_is_refused_before_it_is_read(
    operator: Client, meter: Meter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data, "LARGEST_UPLOAD", 100)
    monkeypatch.setattr(data, "_ENVELOPE", 0)
    answer = operator.post("/data/upload/", {"file": SimpleUploadedFile("x.csv", TEXT.encode())})
    assert (answer.status_code, "larger than" in answer.content.decode()) == (413, True)


def test_a_viewer_may_look_and_export_but_not_import(meter: Meter) -> None:
    client = signed_in()
    assert "may look and export" in client.get("/data/").content.decode()
    assert client.post("/data/upload/", {"file": SimpleUploadedFile("x.csv", b"a")}).status_code == 403


def test_an_upload_without_a_token_is_refused(meter: Meter) -> None:
    user = User.objects.create_superuser("root")
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    assert client.post("/data/upload/", {"file": SimpleUploadedFile("x.csv", b"a")}).status_code == 403


def test_bad_rows_can_be_taken_away_with_formulas_disarmed(operator: Client, meter: Meter, now: pd.Timestamp) -> None:
    batch = send(operator)
    ImportBatch.objects.filter(pk=batch.pk).update(rejects=[[3, "=1+1", "'x' is not a number"]])
    answer = operator.get(f"/data/imports/{batch.pk}/rejects.csv")
    assert b"".join(answer.streaming_content).decode().splitlines()[1] == "3,'=1+1,'x' is not a number"  # type: ignore[attr-defined]


@pytest.mark.parametrize("key", ["csv", "parquet", "excel"])
def test_readings_are_downloaded_by_their_local_days(
    operator: Client, meter: Meter, store: object, frame: object, key: str
) -> None:
    store(frame("2026-05-01T00:00Z", 8))  # type: ignore[operator]
    answer = operator.get("/data/export/", {"meter": "flat", "from": "2026-05-01", "to": "2026-05-01", "format": key})
    content = BytesIO(b"".join(answer.streaming_content))  # type: ignore[attr-defined]
    readers = {"csv": pd.read_csv, "parquet": pd.read_parquet, "excel": pd.read_excel}
    assert len(readers[key](content)) == 8  # type: ignore[operator]
    assert operator.get("/data/export/", {"from": "x", "to": "y"}).status_code == 422
