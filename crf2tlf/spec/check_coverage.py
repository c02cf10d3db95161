"""Every raw field is mapped or listed as not submitted: silence is a fault."""

from __future__ import annotations

from collections.abc import Iterator

from crf2tlf.errors import Fault, did_you_mean
from crf2tlf.rules.own_source import names_own_source
from crf2tlf.spec.graph import Graph
from crf2tlf.spec.model import Study
from crf2tlf.spec.names import Name, Names, UnknownName
from crf2tlf.spec.read_long_forms import fields_of_wide_form


def check_coverage(graph: Graph, names: Names, unread: frozenset[str] = frozenset()) -> Iterator[Fault]:
    """Faults for raw fields that no rule reads and no `not_submitted` names, that both do, or that do not exist.

    Of a form that something with a fault may read (`unread` and names that do not exist) nothing is said to be absent:
    it would only repeat that fault.
    """
    study, read = graph.study, raw_fields_read(graph)
    listed: set[Name] = set()
    uncertain = set(unread) | _forms_in_doubt(study, names)
    for dataset in study.sdtm.values():
        for dotted, place in dataset.not_submitted_locations.items():
            where = f"not_submitted.{dotted}"
            _, form_name, field = (*dotted.split(".", 2), "", "")[:3]
            name = Name(f"raw.{form_name}", field)
            listed.add(name)
            known = study.forms[form_name].fields if form_name in study.forms else ()
            if not names.lost.isdisjoint({"forms", name.source}):
                continue
            if not dotted.startswith("raw.") or field not in known:
                uncertain.update(_forms_with(study, form_name, field))
                hint = did_you_mean(field, known)
                yield Fault(place, where, f"'{dotted}' is not a raw field", hint)
            elif name in read:
                yield Fault(place, where, f"'{dotted}' is submitted: a rule reads it")
    for field, place in study.not_submitted_locations.items():
        forms = [form.name for form in study.forms.values() if field in form.fields and form.long is None]
        listed |= {Name(f"raw.{form}", field) for form in forms}
        if not forms and names.lost.isdisjoint({"forms", *(f"raw.{name}" for name in study.forms)}):
            hint = did_you_mean(field, sorted({each for form in study.forms.values() for each in form.fields}))
            yield Fault(place, f"not_submitted.{field}", f"no form has a field '{field}'", hint)
    if names.lost.isdisjoint(_sdtm_files(study)):
        yield from _check_absent(study, read | listed, uncertain)


def fields_not_submitted(study: Study) -> Iterator[tuple[str, str, str]]:
    """Dataset, form and field, and reason of each field that is not submitted; "" for what study.yaml says of all."""
    for spec in study.sdtm.values():
        yield from ((spec.name, field.removeprefix("raw."), reason) for field, reason in spec.not_submitted.items())
    told = {field for spec in study.sdtm.values() for field in spec.not_submitted}
    read = raw_fields_read(Graph(study)) if study.not_submitted else set()
    for field, reason in study.not_submitted.items():
        for form in study.forms.values():
            own = field in form.fields and form.long is None and f"raw.{form.name}.{field}" not in told
            if own and Name(f"raw.{form.name}", field) not in read:
                yield "", f"{form.name}.{field}", reason


def _check_absent(study: Study, told: set[Name], uncertain: set[str]) -> Iterator[Fault]:
    for form in study.forms.values():
        for field in form.fields if form.long is None else ():
            if Name(f"raw.{form.name}", field) not in told and field != form.subject and form.name not in uncertain:
                message = f"the field '{field}' is neither mapped nor listed in not_submitted"
                yield Fault(form.location, f"forms.{form.name}", message)


def _sdtm_files(study: Study) -> set[str]:
    """The datasets that stand in the SDTM folder, whether they could be read or not."""
    return {path.stem for path in (study.folder / "sdtm").glob("*")}


def _forms_in_doubt(study: Study, names: Names) -> set[str]:
    """The forms that rules and records read by a name that they do not have."""
    found: set[str] = set()
    for dataset in study.sdtm.values():
        rules = (read for variable in dataset.all_variables() for read in names.reads_of_rule(dataset, variable))
        for read in (*rules, *names.reads_of_records(dataset)):
            try:
                names.resolve_all(read, dataset)
            except UnknownName:
                sources = [read.source]
                if names_own_source(read.reference):
                    sources = [record.source for record in dataset.records if read.record in {"", record.id}]
                for source in sources:
                    found.update(_forms_with(study, source.removeprefix("raw."), read.name))
    return found


def _forms_with(study: Study, form: str, field: str) -> set[str]:
    """The form of that name, or those that have such a field where there is no such form."""
    if form in study.forms:
        return {form}
    return {name for name, each in study.forms.items() if field in each.fields}


def raw_fields_read(graph: Graph) -> set[Name]:
    """The raw fields that some rule or record condition reads."""
    every = set().union(*graph.reads.values()) if graph.reads else set()
    raw = (name for name in every if name.source.startswith("raw.") and name.name)
    return {wide for name in raw for wide in fields_of_wide_form(graph.study, name)}
