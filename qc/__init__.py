"""Checks of what was written, from the files alone."""
