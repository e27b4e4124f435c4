"""A batch before it is stored: made from a file, answered, given to a job, dropped."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from meters.domain.files import BadTable
from meters.domain.layouts import answered, layout_from
from meters.models import ImportBatch, Meter, Site
from meters.services.importing.opening import open_file
from meters.services.importing.uploads import digest, forget_upload
from twin_project.kit.jobs.models import Job
from twin_project.kit.jobs.services import enqueue

PREVIEW_ROWS = 20
_TOLD_OF_LEFT_OUT = "Left out, because other columns tell the load already: {}."


def open_batch(
    *,
    path: Path,
    name: str,
    now: datetime,
    by: AbstractBaseUser | None = None,
    is_kept: bool = False,
    meter: Meter | None = None,
    site: Site | None = None,
    make_meters: bool = False,
) -> ImportBatch:
    """A batch for the file, with what its head tells. Raises BadTable, and forgets a kept file, where it is none."""
    try:
        found = open_file(path)
    except BadTable as error:
        if is_kept:
            forget_upload(str(path))
        raise BadTable(str(error).replace(path.name, name)) from error
    notes = list(found.sample.notes)
    if found.layout.left_out:
        notes.append(_TOLD_OF_LEFT_OUT.format(", ".join(found.layout.left_out)))
    batch = ImportBatch(
        name=name[:200],
        format=found.format,
        path=str(path),
        is_kept=is_kept,
        size=path.stat().st_size,
        sha256=digest(path),
        meter=meter,
        site=None if meter else site,
        make_meters=make_meters,
        options=found.sample.options,
        layout=found.layout.as_json(),
        preview=_preview(found.sample.frame),
        notes=notes,
        created_at=now,
        created_by_id=getattr(by, "pk", None),
    )
    batch.save()
    return batch


def _preview(frame: pd.DataFrame) -> dict[str, Any]:
    """The first rows as the file has them."""
    head = frame.head(PREVIEW_ROWS)
    rows = [
        ["" if pd.isna(cell) else str(cell)[:80] for cell in row] for row in head.itertuples(index=False, name=None)
    ]
    return {"titles": [str(title) for title in head.columns], "rows": rows}


def answer_batch(
    *,
    batch: ImportBatch,
    answers: Mapping[str, str],
    meter: Meter | None,
    site: Site | None,
    make_meters: bool,
    skip_bad: bool = False,
) -> ImportBatch:
    """Keep the answers; what was checked before has to be checked again. Raises BadAnswer."""
    batch.layout = answered(layout_from(batch.layout), answers).as_json()
    batch.meter, batch.site = meter, None if meter else site
    batch.make_meters, batch.skip_bad = make_meters, skip_bad
    batch.state, batch.message, batch.report, batch.rejects = ImportBatch.State.OPEN, "", {}, []
    batch.save()
    return batch


def enqueue_step(*, batch: ImportBatch, step: str, by: AbstractBaseUser | None) -> Job:
    """Ask for the step "check", "store" or "undo" as a job; one at a time for a batch."""
    with transaction.atomic():
        job = enqueue(
            kind="import_file", params={"batch_id": batch.pk, "step": step}, by=by, dedup_key=f"import_file:{batch.pk}"
        )
        ImportBatch.objects.filter(pk=batch.pk).update(job=job.pk)
    batch.job = job.pk
    return job


def drop_batch(*, batch: ImportBatch) -> None:
    """Forget a file of which nothing was stored."""
    gone, _ = ImportBatch.objects.filter(pk=batch.pk, state__in=ImportBatch.UNSTORED).delete()
    if gone and batch.is_kept:
        forget_upload(batch.path)
