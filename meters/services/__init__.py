"""What can be done with meters: make them, store readings and weather, read a file."""

from meters.domain.intervals import BadFrame
from meters.domain.layouts import BadAnswer
from meters.domain.reports import Refusal, StoreReport
from meters.domain.tables import BadTable, Fault
from meters.services.editing import NothingToUndo, edit_reading, undo_edit
from meters.services.estimating import EstimateReport, estimate_gaps
from meters.services.exchanges import record_exchange, store_register_reads
from meters.services.findings import AlreadyDecided, ignore_gap, reopen_finding, resolve_finding
from meters.services.importing import (
    ImportReport,
    NotReady,
    UndoReport,
    answer_batch,
    check_batch,
    drop_batch,
    enqueue_step,
    import_readings,
    keep_upload,
    open_batch,
    store_batch,
    undo_batch,
)
from meters.services.lag import learn_lag
from meters.services.register import ensure_meter, ensure_site, ensure_source
from meters.services.retention import PruneReport, prune_readings, prune_vintages
from meters.services.rollups import RollupReport, rebuild_rollups, roll_up_spans
from meters.services.store import store_fleet_readings, store_readings
from meters.services.tariffs import ensure_example_prices, save_carbon_factor, save_tariff
from meters.services.validation import RuleReport, validate_readings
from meters.services.weather import store_weather, store_weather_forecast
from meters.services.weather_feeds import (
    WeatherReport,
    enqueue_due_fetches,
    fetch_weather,
    import_weather,
    save_weather_feed,
)

__all__ = [
    "AlreadyDecided",
    "BadAnswer",
    "BadFrame",
    "BadTable",
    "EstimateReport",
    "Fault",
    "ImportReport",
    "NotReady",
    "NothingToUndo",
    "PruneReport",
    "Refusal",
    "RollupReport",
    "RuleReport",
    "StoreReport",
    "UndoReport",
    "WeatherReport",
    "answer_batch",
    "check_batch",
    "drop_batch",
    "edit_reading",
    "enqueue_due_fetches",
    "enqueue_step",
    "ensure_example_prices",
    "ensure_meter",
    "ensure_site",
    "ensure_source",
    "estimate_gaps",
    "fetch_weather",
    "ignore_gap",
    "import_readings",
    "import_weather",
    "keep_upload",
    "learn_lag",
    "open_batch",
    "prune_readings",
    "prune_vintages",
    "rebuild_rollups",
    "record_exchange",
    "reopen_finding",
    "resolve_finding",
    "roll_up_spans",
    "save_carbon_factor",
    "save_tariff",
    "save_weather_feed",
    "store_batch",
    "store_fleet_readings",
    "store_readings",
    "store_register_reads",
    "store_weather",
    "store_weather_forecast",
    "undo_batch",
    "undo_edit",
    "validate_readings",
]
