"""Fixtures that the tests of several apps share."""

from tests.panel import as_operator, as_viewer, forecast_house, house

__all__ = ["as_operator", "as_viewer", "forecast_house", "house"]
