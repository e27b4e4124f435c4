"""Fixtures of the scraping tests."""

from tests.demo_portal import _shared_portal, customer, demo_portal, start_portal

__all__ = ["_shared_portal", "customer", "demo_portal", "start_portal"]
