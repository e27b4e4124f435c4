"""Validation at ingest: what the rules for single readings doubt is stored as suspect, and written down.

These rules see one reading and its meter only, so that order and portions of what comes in make no difference.
The rules that need neighbours run over what is stored: meters.services.validation.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from meters.domain.intervals import EDITED, SUSPECT
from meters.domain.reports import Refusal
from meters.domain.validation import Context, ReadingRule
from meters.models import Meter, ValidationFinding
from meters.registry import rules
from meters.services.findings import write_findings

_LONGEST_SENTENCE = 300


@dataclass(frozen=True)
class Doubted:
    """The frame with its suspect readings marked, and for each rule its context and which rows it doubts."""

    frame: pd.DataFrame
    masks: dict[str, np.ndarray]


def context_of(meter: Meter) -> Context:
    """What the rules for single readings may know of one meter."""
    capacity = float("nan") if meter.capacity_kw is None else meter.capacity_kw
    return Context(meter.site.zone, meter.interval_s, meter.site.nominal_voltage_v, capacity, meter.phases)


def doubt(frame: pd.DataFrame, meters: list[Meter]) -> Doubted:
    """Mark doubtful rows as suspect, but for what a person edited. `meters`: one, or one for each row."""
    if frame.empty:
        return Doubted(frame, {})
    context = context_of(meters[0]) if len(meters) == 1 else _of_rows(meters)
    masks = {
        key: mask
        for key, rule in rules.all().items()
        if issubclass(rule, ReadingRule) and rule.at_ingest and (mask := rule().mask(frame, context)).any()
    }
    if masks:
        quality = frame["quality"].to_numpy().copy()
        quality[np.logical_or.reduce(list(masks.values())) & (quality != EDITED)] = SUSPECT
        frame = frame.assign(quality=quality)
    return Doubted(frame, masks)


def keep_findings(doubted: Doubted, meters: Iterable[Meter], refused: list[Refusal], now: datetime) -> None:
    """Write down what was doubted and what was refused as impossible; what is known already is not written again."""
    by_id = {meter.pk: meter for meter in meters}
    found = list(_refused(by_id, refused, now))
    for key, mask in doubted.masks.items():
        rule = rules.get(key)()
        for meter_id in doubted.frame.loc[mask, "meter_id"].unique().tolist():
            some = doubted.frame[mask & (doubted.frame["meter_id"] == meter_id).to_numpy()]
            whole = doubted.frame[doubted.frame["meter_id"] == meter_id].reset_index(drop=True)
            within = whole[whole["start_at"].between(some["start_at"].iloc[0], some["start_at"].iloc[-1])]
            for one in rule.check(within.reset_index(drop=True), context_of(by_id[meter_id])):
                found.append(
                    ValidationFinding(
                        meter_id=meter_id, rule=key, start_at=one.start_at.to_pydatetime(),
                        end_at=one.end_at.to_pydatetime(), value=one.value, sentence=one.sentence, found_at=now,
                    )
                )  # fmt: skip
    if found:
        write_findings(found)


def _refused(meters: dict[int, Meter], refused: list[Refusal], now: datetime) -> Iterable[ValidationFinding]:
    """One finding for each unbroken run of impossible values of a column."""
    last: dict[tuple[int, str], ValidationFinding] = {}
    impossible = [(one.start_at, one.value, one) for one in refused if one.value is not None and one.start_at]
    for start_at, value, one in sorted(impossible, key=lambda some: some[0]):
        meter_id = next(iter(meters)) if one.meter_id is None else one.meter_id
        key = (meter_id, "negative" if value < 0 else _rule_of(one.column))
        end = start_at + timedelta(seconds=meters[meter_id].interval_s)
        before = last.get(key)
        if before is not None and before.end_at >= start_at:
            before.end_at = max(end, before.end_at)
            continue
        last[key] = ValidationFinding(
            meter_id=meter_id, rule=key[1], start_at=start_at, end_at=end, value=value,
            sentence=f"Not stored: {one.reason}"[:_LONGEST_SENTENCE], found_at=now,
        )  # fmt: skip
        yield last[key]


def _rule_of(column: str) -> str:
    return "voltage_range" if "voltage" in column else "current_range" if "current" in column else "power_range"


def _of_rows(meters: list[Meter]) -> Context:
    capacity = [float("nan") if meter.capacity_kw is None else meter.capacity_kw for meter in meters]
    volts = np.array([meter.site.nominal_voltage_v for meter in meters])
    phases = np.array([meter.phases for meter in meters])
    return Context(meters[0].site.zone, meters[0].interval_s, volts, np.array(capacity), phases)
