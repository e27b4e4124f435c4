"""The pages about meters."""
