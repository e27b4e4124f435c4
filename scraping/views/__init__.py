"""The scraper's pages: accounts with their controls, visits, what was kept of failures."""

from scraping.views.cards import scraper_card

__all__ = ["scraper_card"]
