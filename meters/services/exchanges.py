"""Dated exchanges of the device, and reads of its register."""

from datetime import datetime

import pandas as pd
from django.core.exceptions import ValidationError

from meters.models import Meter, MeterExchange, RegisterRead, Source


def record_exchange(
    *,
    meter: Meter,
    at: datetime,
    old_serial: str = "",
    new_serial: str = "",
    old_final_kwh: float | None = None,
    new_initial_kwh: float = 0.0,
    old_factor: float = 1.0,
    new_factor: float = 1.0,
    user_id: int | None = None,
    now: datetime,
) -> MeterExchange:
    """Write down that the device was replaced at `at`; raises ValidationError where that cannot be."""
    if at > now:
        raise ValidationError("The exchange lies in the future; record it when it has happened.")
    made = MeterExchange(
        meter=meter, at=at, old_serial=old_serial, new_serial=new_serial, old_final_kwh=old_final_kwh,
        new_initial_kwh=new_initial_kwh, old_factor=old_factor, new_factor=new_factor, recorded_at=now,
        recorded_by_id=user_id,
    )  # fmt: skip
    made.full_clean()
    made.save()
    return made


def store_register_reads(*, meter: Meter, reads: pd.DataFrame, source: Source) -> int:
    """Keep `read_at` (aware) and `register_kwh`; a read of the same instant is replaced. Returns how many."""
    at = [stamp.to_pydatetime() for stamp in pd.DatetimeIndex(reads["read_at"])]
    values = reads["register_kwh"].astype("float64").tolist()
    rows = [
        RegisterRead(meter=meter, read_at=one, register_kwh=value, source=source)
        for one, value in zip(at, values, strict=True)
    ]
    RegisterRead.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["meter", "read_at"], update_fields=["register_kwh", "source"]
    )
    return len(rows)
