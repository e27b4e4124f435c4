"""An outcome as plain figures: what a run keeps, a page shows, a command prints."""

from typing import Any

import numpy as np

from simulations.domain.outcome import Outcome


def summary_of(outcome: Outcome, cost: dict[str, Any]) -> dict[str, Any]:
    """kWh and kW with [low, middle, high] of the middle 80 % of the draws; warnings, assumptions, `cost`."""
    base, scenario = outcome.base, outcome.scenario
    worst = int(np.abs(np.median(scenario.kw - base.kw, axis=0)).argmax())
    return {
        "energy_kwh": {"base": list(outcome.energy(base)), "scenario": list(outcome.energy(scenario)),
                       "change": list(outcome.energy_change_kwh())},
        "peak_kw": {"base": list(outcome.peak_kw(base)), "scenario": list(outcome.peak_kw(scenario)),
                    "change": list(outcome.peak_change_kw())},
        "worst_at": outcome.starts[worst].isoformat(),
        "worst_kw": float(np.median(scenario.kw - base.kw, axis=0)[worst]),
        "warnings": outcome.warnings,
        "assumptions": outcome.assumptions,
        "cost": cost,
    }  # fmt: skip


def series_of(outcome: Outcome) -> dict[str, Any]:
    """Start, step and [p10, p50, p90] of base, scenario and change, kW to the watt."""
    worlds = {"base": outcome.base.kw, "scenario": outcome.scenario.kw, "change": outcome.scenario.kw - outcome.base.kw}
    three = {name: np.quantile(kw, (0.1, 0.5, 0.9), axis=0).round(3).tolist() for name, kw in worlds.items()}
    return {
        "start_at": outcome.starts[0].isoformat(),
        "interval_s": int(outcome.base.step.total_seconds()),
        **three,
    }
