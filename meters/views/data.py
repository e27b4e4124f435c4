"""Files in and out: the import wizard, whose state is the batch in the database, the list of imports, the export."""

import tempfile
from datetime import UTC, date, datetime, time, timedelta
from pathlib import PurePath
from zoneinfo import ZoneInfo, available_timezones

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from meters.domain.files import MIB
from meters.models import ImportBatch
from meters.registry import formats
from meters.selectors import all_meters
from meters.selectors.imports import all_sites, import_with, recent_imports
from meters.services import (
    BadAnswer,
    BadTable,
    answer_batch,
    drop_batch,
    enqueue_step,
    keep_upload,
    open_batch,
)
from meters.services.exporting import export_formats, export_readings
from meters.views.sources import origins
from meters.views.wizard import ANSWERS, Wizard
from twin_project.kit.access import operators_only
from twin_project.kit.csv_files import csv_file
from twin_project.kit.htmx import render_page
from twin_project.kit.jobs.selectors import job_view
from twin_project.kit.roles import may_operate

LARGEST_UPLOAD = 256 * MIB
_ENVELOPE = 64 * 1024  # of the form around the file
ENDINGS = {"csv": "csv", "parquet": "parquet", "excel": "xlsx"}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The list of imports, a form for a new file, a form for an export."""
    return _home(request)


@csrf_exempt  # only until the size is known: reading the token would store the whole body first
@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Take a file; the declared length binds the server, so a larger one is refused before a byte is stored."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_UPLOAD + _ENVELOPE:
        sentence = f"The file is larger than {LARGEST_UPLOAD // MIB} MiB. Import it with ./twin import_readings."
        return _home(request, sentence=sentence, status=413)
    return _upload(request)


@csrf_protect
@operators_only
def _upload(request: HttpRequest) -> HttpResponse:
    sent = request.FILES.get("file")
    if sent is None:
        return _home(request, sentence="No file was chosen. Choose one, and send it again.", status=422)
    name = PurePath(sent.name or "file").name
    try:
        path = keep_upload(name=name, pieces=sent.chunks(), most=LARGEST_UPLOAD)
        meter = all_meters().filter(slug=request.POST.get("meter", "")).first()
        row = open_batch(path=path, name=name, now=timezone.now(), by=_person(request), is_kept=True, meter=meter)
    except BadTable as error:
        return _home(request, sentence=str(error), status=422)
    return redirect("data:batch", row.pk)


@require_safe
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """Where one import stands, and what it needs next."""
    return _show(request, _find(pk))


@require_POST
@operators_only
def answers(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what the file does not say itself, and have the whole file checked."""
    row, given = _find(pk), request.POST
    if row.state not in ImportBatch.UNSTORED:
        return _after(request, row)
    words = {name: given.get(name, "").strip() for name in ANSWERS}
    if words["zone"] and words["zone"] not in available_timezones():
        return _show(request, row, f"{words['zone']!r} is no time zone; use a name like Europe/Paris.", 422)
    meter = all_meters().filter(slug=given.get("meter", "")).first()
    site = all_sites().filter(slug=given.get("site", "")).first()
    if meter is None and site is None:
        return _show(request, row, "Choose the meter of this file, or the site of its meters.", 422)
    flags = {"make_meters": "make_meters" in given, "skip_bad": "skip_bad" in given}
    try:
        answer_batch(batch=row, answers=words, meter=meter, site=site, **flags)
    except BadAnswer as error:
        return _show(request, row, str(error), 422)
    enqueue_step(batch=row, step="check", by=_person(request))
    return _after(request, row)


@require_POST
@operators_only
def take_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Store, undo or drop; asked twice it is done once."""
    row = _find(pk)
    if step == "drop":
        drop_batch(batch=row)
        messages.success(request, f"{row} was dropped; nothing of it was stored.")
        return _leave(request)
    state = ImportBatch.State
    allowed = {"store": {state.CHECKED, state.STORING}, "undo": {state.DONE, state.UNDOING, state.STORING}}
    if step not in allowed:
        raise Http404
    if state(row.state) in allowed[step]:
        enqueue_step(batch=row, step=step, by=_person(request))
    return _after(request, row)


@require_safe
def rejects(_: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The bad rows with their reasons, for a spreadsheet."""
    row = _find(pk)
    return csv_file(f"bad-rows-of-import-{row.pk}.csv", ("row", "column", "reason"), row.rejects)


@require_safe
def export(request: HttpRequest) -> HttpResponse | FileResponse:
    """Readings of some days as a file that can be imported again."""
    given = request.GET
    meters = list(all_meters().filter(slug=given["meter"])) if given.get("meter") else list(all_meters())
    key = given.get("format", "csv")
    try:
        zone = ZoneInfo(meters[0].site.zone) if meters else ZoneInfo("UTC")
        start, end = (_midnight(given.get(name, ""), zone) for name in ("from", "to"))
        target = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
        export_readings(meters=meters, start=start, end=end + timedelta(days=1), format=key, target=target)
    except BadTable as error:
        return _home(request, export_sentence=str(error), status=422)
    target.seek(0)
    name = f"readings-{given.get('meter') or 'all'}-{given['from']}-{given['to']}.{ENDINGS[key]}"
    return FileResponse(target, as_attachment=True, filename=name, content_type=formats.get(key).media_type)


def _midnight(text: str, zone: ZoneInfo) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(text), time(), zone).astimezone(UTC)
    except ValueError as error:
        raise BadTable(f"{text!r} is no day; choose the first and the last day.") from error


def _home(request: HttpRequest, *, sentence: str = "", export_sentence: str = "", status: int = 200) -> HttpResponse:
    now = timezone.now()
    today = now.date()
    context = {
        "origins": origins(now=now),
        "imports": recent_imports(),
        "meters": all_meters(),
        "kinds": formats.all().values(),
        "accept": ",".join(ending for kind in formats.all().values() for ending in kind.suffixes),
        "export_formats": export_formats(),
        "sentence": sentence,
        "export_sentence": export_sentence,
        "first_day": today - timedelta(days=30),
        "last_day": today,
        "largest_mib": LARGEST_UPLOAD // MIB,
        "now": now,
    }
    return render(request, "meters/data.html", context, status=status)


def _show(request: HttpRequest, row: ImportBatch, sentence: str = "", status: int = 200) -> HttpResponse:
    view = job_view(row.job, now=timezone.now(), lines_n=1) if row.job else None
    context = {
        "batch": row,
        "wizard": Wizard(row, view),
        "job": view.job if view else None,
        "sentence": sentence,
        "meters": all_meters(),
        "sites": all_sites(),
        "zones": sorted(available_timezones()) if may_operate(request.user) else [],
        "now": timezone.now(),
    }
    return render_page(request, "meters/data_import.html", context, partials=("import-state",), status=status)


def _after(request: HttpRequest, row: ImportBatch) -> HttpResponse:
    return _show(request, _find(row.pk)) if request.headers.get("HX-Request") else redirect("data:batch", row.pk)


def _leave(request: HttpRequest) -> HttpResponse:
    answer = redirect("data:home")
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=200, headers={"HX-Redirect": answer["Location"]})  # type: ignore[assignment]
    return answer


def _find(pk: int) -> ImportBatch:
    row = import_with(pk)
    if row is None:
        raise Http404
    return row


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the gate before these views lets nobody else pass
    return request.user
