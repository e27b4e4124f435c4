"""The forecasters there are: every file of `forecasting/forecasters/`."""

from forecasting.domain.contract import Forecaster
from twin_project.kit.registry import Registry

forecasters: Registry[Forecaster] = Registry("forecasting.forecasters", Forecaster)  # type: ignore[type-abstract] # a base, never made
