"""The forecasters there are: every file of `forecasting/forecasters/`."""

from forecasting.domain.contract import Forecaster
from twin_project.kit.registry import Registry

forecasters: Registry[Forecaster] = Registry("forecasting.forecasters", Forecaster)  # type: ignore[type-abstract] # a base, never made


def choices() -> list[tuple[str, str]]:
    """(key, title) pairs for a model field: a function, so that a new file needs no migration."""
    return forecasters.choices()
