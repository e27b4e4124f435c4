"""What can be done with portals: keep accounts, start and stop, visit, keep documents and read them."""

from scraping.services.accounts import (
    enqueue_due_visits,
    run_now,
    save_account,
    start_scraper,
    stop_scraper,
)
from scraping.services.documents import keep_document, read_document, read_pending
from scraping.services.plugins import AccountUnusable, PluginFailed, checked_params, portal_of
from scraping.services.runs import end_lost_runs
from scraping.services.visits import NotNow, visit_alone

__all__ = [
    "AccountUnusable",
    "NotNow",
    "PluginFailed",
    "checked_params",
    "end_lost_runs",
    "enqueue_due_visits",
    "keep_document",
    "portal_of",
    "read_document",
    "read_pending",
    "run_now",
    "save_account",
    "start_scraper",
    "stop_scraper",
    "visit_alone",
]
