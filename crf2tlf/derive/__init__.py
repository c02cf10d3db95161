"""Runs a dataset's spec over its records, variable by variable, on demand."""
