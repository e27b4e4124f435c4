"""A file straight into a meter or a site: opened, checked and stored in one call, as the command does it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from meters.domain.files import BadTable
from meters.domain.layouts import BadAnswer, answered, layout_from
from meters.models import ImportBatch, Meter, Site
from meters.services.importing.batches import drop_batch, open_batch
from meters.services.importing.checking import check_batch
from meters.services.importing.reports import ImportReport
from meters.services.importing.storing import store_batch
from meters.services.importing.uploads import digest
from twin_project.kit.jobs.services import alone

Progress = Callable[[int, int], None]
_TIDY = {"timestamp", "datetime", "time"}  # the documented titles: these are starts


def import_readings(
    *,
    path: Path,
    now: datetime,
    meter: Meter | None = None,
    site: Site | None = None,
    make_meters: bool = False,
    answers: Mapping[str, str] | None = None,
    dry_run: bool = False,
    skip_bad: bool = False,
    progress: Progress = lambda _done, _of: None,
) -> tuple[ImportReport, ImportBatch | None]:
    """Store the readings of a file. One bad row keeps the whole file out unless `skip_bad`; a dry run stores nothing.

    The same file for the same target that was broken off goes on where it was. The batch is None where nothing was
    stored. Raises BadTable and BadAnswer.
    """
    words = {name: answer for name, answer in (answers or {}).items() if answer}
    _forget_abandoned(path)
    batch = _broken_off(path, meter, site) or open_batch(
        path=path, name=path.name, now=now, meter=meter, site=site, make_meters=make_meters
    )
    try:
        if batch.state == ImportBatch.State.STORING:
            return _stored(batch, now, progress), batch
        _answer(batch, words, skip_bad)
        report = check_batch(batch=batch, now=now, compare=dry_run, progress=progress)
    except (BadTable, BadAnswer):
        drop_batch(batch=batch)
        raise
    if dry_run or (report.faults_n and not skip_bad):
        drop_batch(batch=batch)
        return report, None
    return _stored(batch, now, progress), batch


def _stored(batch: ImportBatch, now: datetime, progress: Progress) -> ImportReport:
    stored = store_batch(batch=batch, now=now, progress=progress)
    return ImportReport.of_batch(batch, stored)


def _broken_off(path: Path, meter: Meter | None, site: Site | None) -> ImportBatch | None:
    if not path.is_file():
        return None
    target = {"meter": meter} if meter else {"site": site, "meter": None}
    half = ImportBatch.objects.select_related("meter__site", "site", "source").filter(
        state=ImportBatch.State.STORING, size=path.stat().st_size, path=str(path), **target
    )
    return half.filter(sha256=digest(path)).first() if half.exists() else None


def _forget_abandoned(path: Path) -> None:
    """Batches of this file whose process was killed before anything was stored."""
    for batch in ImportBatch.objects.filter(path=str(path), is_kept=False, state__in=ImportBatch.UNSTORED):
        with alone(f"import {batch.pk}") as held:
            if held:
                drop_batch(batch=batch)


def _answer(batch: ImportBatch, answers: dict[str, str], skip_bad: bool) -> None:
    """What was said, and what the documentation of the command says: the site's clock, and starts in a tidy file."""
    layout = layout_from(batch.layout)
    place = batch.meter.site if batch.meter else batch.site
    open_ = layout.questions
    if "zone" in open_ and place:
        answers.setdefault("zone", place.zone)
    if "stamp_at" in open_ and layout.stamp.lower() in _TIDY:
        answers.setdefault("stamp_at", "start")
    if "interval_s" in open_ and batch.meter:
        answers.setdefault("interval_s", str(batch.meter.interval_s))
    batch.layout = answered(layout, answers).as_json()
    batch.skip_bad = skip_bad
    batch.save(update_fields=["layout", "skip_bad"])
