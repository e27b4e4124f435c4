"""Rows of the scraper: accounts at portals, their meters, visits, documents, and what was kept of failures."""

from scraping.models.accounts import PortalAccount, PortalMeter
from scraping.models.backfills import Backfill, BackfillWindow
from scraping.models.documents import StoredDocument
from scraping.models.probes import Probe, Proposal
from scraping.models.visits import CodeRequest, Evidence, ScrapeRun

__all__ = [
    "Backfill",
    "BackfillWindow",
    "CodeRequest",
    "Evidence",
    "PortalAccount",
    "PortalMeter",
    "Probe",
    "Proposal",
    "ScrapeRun",
    "StoredDocument",
]
