"""Placeholder line, replaced by its room."""
