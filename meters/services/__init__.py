"""What can be done with meters: make them, store readings and weather, read a file."""

from meters.domain.intervals import BadFrame
from meters.domain.reports import Refusal, StoreReport
from meters.domain.tables import BadTable, Fault
from meters.services.importing import ImportReport, import_readings
from meters.services.register import ensure_meter, ensure_site, ensure_source
from meters.services.store import store_readings
from meters.services.weather import store_weather

__all__ = [
    "BadFrame",
    "BadTable",
    "Fault",
    "ImportReport",
    "Refusal",
    "StoreReport",
    "ensure_meter",
    "ensure_site",
    "ensure_source",
    "import_readings",
    "store_readings",
    "store_weather",
]
