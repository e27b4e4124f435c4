"""The forms of the pages about meters."""
