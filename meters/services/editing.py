"""Edits by hand: what stood before is kept with who changed it, when and why, and can be put back."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction

from meters.domain.quantities import COLUMNS, QUANTITIES
from meters.models import Meter, Quality, Reading, ReadingRevision, Source
from meters.services.locks import lock_meters
from meters.services.register import ensure_source
from meters.services.rollups import roll_up_spans

_LABEL = "edited by hand"
_UNDO = "undone: "


class NothingToUndo(ValueError):
    """The reading was not edited."""


def edit_reading(
    *, meter: Meter, start_at: datetime, values: Mapping[str, float | None], user_id: int, reason: str, now: datetime
) -> Reading:
    """Replace quantities of one reading; it is "edited" from then on, and no portal or file writes over it.

    Energy and mean power follow one another. Raises ValidationError for a value that cannot be, a missing reason
    or a reading that is not there.
    """
    _check(values, reason)
    with transaction.atomic(), connection.cursor() as cursor:
        lock_meters(cursor, [meter.pk])
        reading = _reading(meter, start_at)
        changed = {**values, **_followed(values, reading.interval_s)}
        if all(getattr(reading, name) == value for name, value in changed.items()):
            return reading
        _keep(reading, user_id, reason, now)
        source = ensure_source(kind="edit", label=_LABEL, now=now)
        _put(reading, {**changed, "quality": Quality.EDITED.value}, source, now)
        roll_up_spans(cursor, meter=meter, spans=[_span(reading)])
    return reading


def undo_edit(*, meter: Meter, start_at: datetime, user_id: int, reason: str = "", now: datetime) -> Reading:
    """Put back what stood before the last edit; the edit is kept as a revision. Raises NothingToUndo."""
    with transaction.atomic(), connection.cursor() as cursor:
        lock_meters(cursor, [meter.pk])
        reading = _reading(meter, start_at)
        before = _last_edit(reading)
        if reading.quality != Quality.EDITED or before is None:
            raise NothingToUndo(f"The reading of {start_at:%Y-%m-%d %H:%M} UTC was not edited.")
        _keep(reading, user_id, f"{_UNDO}{reason or before.reason}"[:300], now)
        columns = {name: getattr(before, name) for name in ("interval_s", "quality", *COLUMNS)}
        _put(reading, columns, before.source, now)
        roll_up_spans(cursor, meter=meter, spans=[_span(reading)])
    return reading


def _check(values: Mapping[str, float | None], reason: str) -> None:
    if not reason.strip():
        raise ValidationError("Say why: an edit without a reason cannot be understood later.")
    if not values:
        raise ValidationError("Nothing to change was given.")
    for name, value in values.items():
        about = QUANTITIES.get(name)
        if about is None:
            raise ValidationError(f"Readings do not have {name}; known are: {', '.join(COLUMNS)}.")
        if value is not None and not about.lowest <= value <= about.highest:
            limits = f"{about.lowest:g} to {about.highest:g} {about.unit}".strip()
            raise ValidationError(f"The {about.word} {value:g} is not possible (it must be {limits}).")


def _followed(values: Mapping[str, float | None], interval_s: int) -> dict[str, float | None]:
    hours = interval_s / 3600
    if "energy_kwh" in values:
        energy = values["energy_kwh"]
        return {} if "power_kw" in values else {"power_kw": None if energy is None else energy / hours}
    if "power_kw" in values:
        power = values["power_kw"]
        return {"energy_kwh": None if power is None else power * hours}
    return {}


def _reading(meter: Meter, start_at: datetime) -> Reading:
    reading = Reading.objects.filter(meter=meter, start_at=start_at).first()
    if reading is None:
        raise ValidationError(f"There is no reading of {meter} that begins at {start_at:%Y-%m-%d %H:%M} UTC.")
    return reading


def _last_edit(reading: Reading) -> ReadingRevision | None:
    """The revision that the last edit made: the newest that is neither an undo nor already taken back."""
    kept = ReadingRevision.objects.filter(meter_id=reading.meter_id, start_at=reading.start_at).exclude(reason="")
    undone = 0
    for revision in kept.order_by("-replaced_at").select_related("source"):
        if revision.reason.startswith(_UNDO):
            undone += 1
        elif undone:
            undone -= 1
        else:
            return revision
    return None


def _keep(reading: Reading, user_id: int, reason: str, now: datetime) -> None:
    last = (
        ReadingRevision.objects.filter(meter_id=reading.meter_id, start_at=reading.start_at, replaced_at__gte=now)
        .order_by("-replaced_at")
        .first()
    )
    at = now if last is None else last.replaced_at + timedelta(microseconds=1)
    columns: dict[str, Any] = {name: getattr(reading, name) for name in ("interval_s", "quality", *COLUMNS)}
    ReadingRevision.objects.create(
        meter_id=reading.meter_id, start_at=reading.start_at, replaced_at=at, source_id=reading.source_id,
        stored_at=reading.stored_at, reason=reason, replaced_by_id=user_id, **columns,
    )  # fmt: skip


def _put(reading: Reading, columns: dict[str, Any], source: Source, now: datetime) -> None:
    columns = {**columns, "source_id": source.pk, "stored_at": now}
    for name, value in columns.items():
        setattr(reading, name, value)
    Reading.objects.filter(meter_id=reading.meter_id, start_at=reading.start_at).update(**columns)


def _span(reading: Reading) -> tuple[datetime, datetime]:
    return reading.start_at, reading.start_at + timedelta(seconds=1)
