"""The model card: what the weights learned from, what was kept from them, how good they are, what they cannot do."""

import platform
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

from forecasting.domain.network import architecture, corpus, inputs, windows
from forecasting.domain.network.corpus import Corpus
from forecasting.domain.network.learning import Plan

DATA = (
    {
        "name": "Cambridge University Estates building energy archive v2.1 (doi 10.5281/zenodo.10955332), 2013-2022",
        "licence": "MIT",
    },
    {"name": "Low Carbon London trial, UK Power Networks, via the London Datastore, 2013", "licence": "CC BY 4.0"},
    {"name": "Met Office MIDAS Open, Bedford, through the Cambridge archive", "licence": "Open Government Licence"},
    {"name": "Dark Sky, London, through a public copy", "licence": "as the copy: not redistributed here"},
)
LIMITS = (
    "Learned on one climate (southern England) and on electricity; it has hardly seen days above 30 °C.",
    "Sees one week: closures that no calendar tells, and the level before a longer break, are unknown to it.",
    "Of the weather it knows the temperature only.",
    "Loads are hours inside: shorter intervals follow the meter's own shape within the hour, days are sums of hours.",
)


def of(data: Corpus, taught: list[tuple[Plan, int]], marks: dict[str, float]) -> dict[str, Any]:
    """The card of members, each with its plan and the steps that it did of it.

    It has no scores on test meters: those are added once, after all choices were made.
    """
    named = {
        role: {kind: [data.names[row] for row in data.meters(role, kind)] for kind in sorted(set(data.kinds))}
        for role in ("train", "validation")
    }
    return {
        "network": "cnn_lstm",
        "made_of": {
            "context_h": windows.CONTEXT,
            "block_h": windows.BLOCK,
            "patch_h": architecture.PATCH_HOURS,
            "convolution": architecture.CONV,
            "lstm": architecture.UNITS,
            "width": architecture.WIDTH,
            "step_columns": inputs.STEP_COLUMNS,
        },
        "plans": [{**asdict(plan), "steps_done": step} for plan, step in taught],
        "data": list(DATA),
        "meters": named,
        "split": "by building, by a hash of kind and name (corpus.role_of); all other meters are for testing only",
        "shares_kept": {kind: {"validation": a, "test": b} for kind, (a, b) in corpus.SHARES.items()},
        "validation": {name: round(value, 4) for name, value in marks.items()},
        "limits": list(LIMITS),
        "made_with": {name: version(name) for name in ("keras", "jax", "numpy")}
        | {"python": platform.python_version()},
    }
