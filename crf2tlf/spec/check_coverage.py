"""Every raw field is mapped or listed as not submitted: silence is a fault."""

from __future__ import annotations

from collections.abc import Iterator

from crf2tlf.errors import Fault, did_you_mean
from crf2tlf.spec.graph import Graph
from crf2tlf.spec.model import Study
from crf2tlf.spec.names import Name


def check_coverage(study: Study) -> Iterator[Fault]:
    """Faults for raw fields that no rule reads and no `not_submitted` names, that both do, or that do not exist."""
    read = raw_fields_read(study)
    listed: set[Name] = set()
    for dataset in study.sdtm.values():
        for dotted, place in dataset.not_submitted_locations.items():
            where = f"not_submitted.{dotted}"
            _, form_name, field = (*dotted.split(".", 2), "", "")[:3]
            name = Name(f"raw.{form_name}", field)
            listed.add(name)
            known = study.forms[form_name].fields if form_name in study.forms else ()
            if not dotted.startswith("raw.") or field not in known:
                hint = did_you_mean(field, known)
                yield Fault(place, where, f"'{dotted}' is not a raw field", hint)
            elif name in read:
                yield Fault(place, where, f"'{dotted}' is submitted: a rule reads it")
    for form in study.forms.values():
        for field in form.fields:
            name = Name(f"raw.{form.name}", field)
            if name not in read and name not in listed and field != form.subject:
                message = f"the field '{field}' is neither mapped nor listed in not_submitted"
                yield Fault(form.location, f"forms.{form.name}", message)


def raw_fields_read(study: Study) -> set[Name]:
    """The raw fields that some rule or record condition reads."""
    graph = Graph(study)
    every = set().union(*graph.reads.values()) if graph.reads else set()
    return {name for name in every if name.source.startswith("raw.") and name.name}
