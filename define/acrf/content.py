"""What stands on the drawn pages of the annotated CRF: questions, answers, and the variables that they become."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from crf2tlf.rules import verbs
from crf2tlf.spec.crf import FormDef, ItemDef
from crf2tlf.spec.facts import Form
from crf2tlf.spec.model import Dataset, Study
from crf2tlf.spec.raw_fields import Destination, rule_of_record, trace_raw_fields

NOT_SUBMITTED = "[NOT SUBMITTED]"
BOX, BLANK = "\u2610", "_" * 24
DATE, TIME = "____ - __ - __   YYYY-MM-DD", "__ : __   hh:mm"
SHORT = 14
"""The length in characters up to which choices stand side by side."""
HEADING = ("CAT", "SCAT", "TRT", "TERM")
"""What tells the records of a page apart where it is the same in all of them, and so asked nowhere."""


@dataclass(frozen=True)
class Annotation:
    """A box on a page: its text, the datasets that it names, and for what is not submitted the reason."""

    text: str
    datasets: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Question:
    """A row of a page: question, how it is answered, annotations, and the raw fields that hold the answer."""

    label: str
    answer: str
    annotations: tuple[Annotation, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True)
class FormContent:
    """All that is drawn for one raw form; `datasets` is the legend, name and label of each."""

    form: str
    title: str
    visits: tuple[str, ...]
    datasets: tuple[tuple[str, str], ...]
    heading: tuple[Annotation, ...]
    questions: tuple[Question, ...]


def compose_crf(study: Study) -> tuple[FormContent, ...]:
    """The pages to draw, one entry a raw form that has a page of the study's CRF, in the order of the forms."""
    by_form: dict[str, list[Destination]] = {}
    pages = {name: page for name, form in study.forms.items() if form.long is None and (page := study.crf_page(name))}
    for each in trace_raw_fields(study) if pages else ():
        by_form.setdefault(each.form, []).append(each)
    return tuple(_compose(study, study.forms[name], page, by_form.get(name, [])) for name, page in pages.items())


def _compose(study: Study, form: Form, page: FormDef, destinations: Sequence[Destination]) -> FormContent:
    by_field: dict[str, list[Destination]] = {}
    for each in destinations:
        by_field.setdefault(each.field, []).append(each)
    questions = tuple(_questions(study, form, page, by_field))
    heading = tuple(_heading(study, form))
    named = {name for part in (*questions,) for box in part.annotations for name in box.datasets}
    named |= {name for box in heading for name in box.datasets}
    legend = tuple((name, spec.label) for name, spec in study.sdtm.items() if name in named)
    visits = tuple(_visits(study, page))
    return FormContent(form.name, form.label or page.label, visits, legend, heading, questions)


def _visits(study: Study, page: FormDef) -> Iterator[str]:
    events = study.crf.events if study.crf is not None else {}
    yield from (events[name].label for name in page.events if name in events)


def _questions(study: Study, form: Form, page: FormDef, by_field: dict[str, list[Destination]]) -> Iterator[Question]:
    """First what the system keeps with every record and is submitted, then the items in their order."""
    fields: dict[str, list[str]] = {item.oid: [] for item in page.items}
    for field in form.fields:
        item = page.item_of(field)
        if item is not None:
            fields[item.oid].append(field)
        elif boxes := tuple(_annotate(study, by_field.get(field, []), submitted_only=True)):
            label = "Subject" if field == form.subject else field
            yield Question(label, "(kept by the system)", boxes, (field,))
    for item in page.items:
        own = fields[item.oid]
        if own:
            found = [each for field in own for each in by_field.get(field, [])]
            yield Question(item.label, answer_of(item), tuple(_annotate(study, found)), tuple(own))


def answer_of(item: ItemDef) -> str:
    """How an item is answered on paper: its choices, or a blank with its unit."""
    if item.codes:
        apart = "   " if all(len(text) <= SHORT for _, text, _ in item.codes) else "\n"
        return apart.join(f"{BOX}\u00a0{text}" for _, text, _ in item.codes)
    blank = {"date": DATE, "time": TIME}.get(item.kind, BLANK if item.kind == "text" else BLANK[:10])
    return f"{blank} {item.unit}".strip()


def _annotate(
    study: Study, destinations: Sequence[Destination], *, submitted_only: bool = False
) -> Iterator[Annotation]:
    """The boxes of a question; with `submitted_only` all that is made of it, and nothing where nothing is."""
    every = [each for each in destinations if each.is_submitted]
    chosen = every if submitted_only else choose_annotated(study, destinations)
    datasets: dict[str, dict[str, None]] = {}
    for each in chosen:
        datasets.setdefault(each.annotation, {})[each.dataset] = None
    yield from (Annotation(text, tuple(names)) for text, names in datasets.items())
    if not chosen and not submitted_only:
        yield Annotation(NOT_SUBMITTED, reason="; ".join(dict.fromkeys(map(reason_of, destinations))))


def choose_annotated(study: Study, destinations: Sequence[Destination]) -> list[Destination]:
    """The variables that are told on the page: those with the origin Collected, else those made from the field.

    What is derived from a collected variable is told in define.xml (CDISC Metadata Submission Guidelines 2.0, 3.1).
    """
    submitted = [each for each in destinations if each.is_submitted]
    collected = [each for each in submitted if each.use == "value" and _is_collected(study, each)]
    values = [each for each in submitted if each.use == "value"]
    return collected or values or submitted


def _is_collected(study: Study, each: Destination) -> bool:
    spec = study.sdtm[each.dataset]
    variable = (spec.supp if each.supplemental else spec.variables)[each.variable]
    return (each.form, each.field) in variable.origin.fields


def reason_of(each: Destination) -> str:
    """Why a field is not submitted, in words."""
    match each.use:
        case "records":
            return f"chooses the records of {each.dataset}"
        case "check":
            return f"read by the check {each.reason}"
        case _:
            return each.reason


def _heading(study: Study, form: Form) -> Iterator[Annotation]:
    """What is the same in all records that a dataset takes from the form, as `ECTRT = PYROTINIB`."""
    for name, spec in study.sdtm.items():
        ids = [record.id for record in spec.records if _wide_form(study, record.source) == form.name]
        for variable, value in _constants(spec, ids):
            yield Annotation(f"{variable} = {value}", (name,))


def _constants(spec: Dataset, records: Iterable[str]) -> Iterator[tuple[str, str]]:
    found: dict[tuple[str, str], None] = {}
    for record in records:
        for variable in spec.variables.values():
            rule = rule_of_record(variable.rule, record)
            if variable.name[2:] in HEADING and isinstance(rule, verbs.SetConstant):
                found[variable.name, rule.value] = None
    yield from found


def _wide_form(study: Study, source: str) -> str:
    form = study.forms.get(source.removeprefix("raw.")) if source.startswith("raw.") else None
    if form is None:
        return ""
    return form.long.form if form.long is not None else form.name
