"""Validation rules: one file, one class, one key (the file's name)."""
