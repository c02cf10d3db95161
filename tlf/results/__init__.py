"""ADaM records to results: one row a number, with the filter that selects its records."""

from tlf.results.ard import ARD_COLUMNS, RECORD_COLUMNS, Results, combine_ard
from tlf.results.engine import compute_results
from tlf.results.replay import compute_replay, select_records
from tlf.results.sources import DatasetFacts, Source, Sources, VariableFacts, facts_of, read_sources

__all__ = [
    "ARD_COLUMNS",
    "RECORD_COLUMNS",
    "DatasetFacts",
    "Results",
    "Source",
    "Sources",
    "VariableFacts",
    "combine_ard",
    "compute_replay",
    "compute_results",
    "facts_of",
    "read_sources",
    "select_records",
]
