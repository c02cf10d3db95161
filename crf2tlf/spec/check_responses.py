"""Checks of the runs of the response engine: what they read, and the parameter that the referee judges by."""

from __future__ import annotations

from collections.abc import Iterator

from crf2tlf.errors import Fault, did_you_mean
from crf2tlf.spec.check_datasets import check_records
from crf2tlf.spec.check_rules import check_variable
from crf2tlf.spec.model import Response
from crf2tlf.spec.names import Names
from crf2tlf.spec.time_to_event import Effect


def check_response(response: Response, names: Names) -> Iterator[Fault]:
    """The faults of a run's inputs and of its parameter."""
    for each in response.inputs.values():
        of_records = list(check_records(each, names))
        yield from of_records
        for variable in each.all_variables():
            if variable.name != "USUBJID" or (each.records[0].source and not of_records):
                yield from check_variable(each, variable, names)
    if response.effect_on is not None:
        yield from _check_effect(response.effect_on, names)


def _check_effect(effect: Effect, names: Names) -> Iterator[Fault]:
    adam = names.study.adam
    if names.lost & {effect.dataset, f"{effect.dataset}.parameters"}:
        return
    if effect.dataset not in adam:
        message, hint = f"ADaM has no dataset '{effect.dataset}'", did_you_mean(effect.dataset, adam)
        yield Fault(effect.location, "effect_on", message, hint)
    elif effect.parameter not in (known := adam[effect.dataset].parameters):
        message = f"'{effect.parameter}' is no time-to-event parameter of {effect.dataset}"
        yield Fault(effect.location, "effect_on", message, did_you_mean(effect.parameter, known))
