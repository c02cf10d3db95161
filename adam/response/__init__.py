"""Tumour response by a criterion such as RECIST 1.1: lesion records to responses to best responses."""

from __future__ import annotations

from adam.response.best_response import compute_best_responses
from adam.response.check_lesions import check_lesions
from adam.response.explain import add_best_explanations, add_explanations
from adam.response.overall import compute_responses
from adam.response.parameters import Criterion
from adam.response.read_criterion import load_criterion, read_criterion
from adam.response.referee import compute_differences
from adam.response.target import select_best_change
from adam.response.timeline import add_baseline

__all__ = [
    "Criterion",
    "add_baseline",
    "add_best_explanations",
    "add_explanations",
    "check_lesions",
    "compute_best_responses",
    "compute_differences",
    "compute_responses",
    "load_criterion",
    "read_criterion",
    "select_best_change",
]
