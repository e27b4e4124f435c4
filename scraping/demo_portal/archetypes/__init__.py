"""One file, one style of customer site; see ../archetype.py."""
