"""Filters of the panel: figures with their units, times in the site's zone."""

from django import template

register = template.Library()
