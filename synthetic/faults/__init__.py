"""Faults that real data have, planted into the cells of the forms, each with its line in the manifest."""
