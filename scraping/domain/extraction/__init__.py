"""Readers of the kinds of document that portals give."""
