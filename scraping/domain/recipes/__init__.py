"""Recipes: a portal as a page of YAML. `loading` reads it, `portal` follows it, `reading` reads what it brings."""
