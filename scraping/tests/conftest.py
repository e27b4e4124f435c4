"""Fixtures of the scraping tests."""

from tests.demo_portal import _shared_portal, customer, demo_portal, start_portal
from tests.paper_portal import notes, paper, paper_account

__all__ = ["_shared_portal", "customer", "demo_portal", "notes", "paper", "paper_account", "start_portal"]
