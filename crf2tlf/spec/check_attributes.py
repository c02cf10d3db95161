"""Checks of a variable's attributes: label, length, codelist, dictionary and page of the CRF."""

from __future__ import annotations

from collections.abc import Iterator

from crf2tlf.errors import Fault, did_you_mean
from crf2tlf.rules import verbs
from crf2tlf.spec.check_datasets import LABEL_BYTES, check_ascii
from crf2tlf.spec.model import Variable
from crf2tlf.spec.names import Names
from crf2tlf.spec.raw_fields import rule_of_record

TEXT_BYTES = 200


def check_attributes(variable: Variable, names: Names, where: str) -> Iterator[Fault]:
    """The faults of everything but the rule."""

    def fault(message: str, hint: str = "") -> Fault:
        return Fault(variable.location, where, message, hint)

    if len(variable.label.encode()) > LABEL_BYTES:
        yield fault(f"the label is longer than {LABEL_BYTES} bytes")
    yield from check_ascii(variable.label, variable.location, where)
    if variable.length is not None and variable.length > TEXT_BYTES:
        yield fault(f"a length of {variable.length} is over the {TEXT_BYTES} bytes that XPT holds")
    working = where.startswith("working.")
    if variable.type == "float" and variable.significant_digits is None and not working:
        yield fault("a variable of type float needs significant_digits")
    study, lost = names.study, names.lost
    for name in variable.codelists:
        if name not in study.codelists and lost.isdisjoint(codelist_names(name)):
            hint = did_you_mean(name, study.codelists)
            yield fault(f"there is no codelist '{name}' in codelists.yaml", hint)
    yield from (fault(*told) for told in _check_choice(variable, names))
    yield from (fault(*told) for told in _check_origin_by(variable, names))
    known = lost.isdisjoint({"dictionaries", f"dictionary.{variable.dictionary}"})
    if variable.dictionary and variable.dictionary not in study.dictionaries and known:
        hint = did_you_mean(variable.dictionary, study.dictionaries)
        yield fault(f"there is no dictionary '{variable.dictionary}' in study.yaml", hint)
    if variable.origin.pages and _has_no_crf(variable, names):
        yield fault("'crf' needs a rule that reads a raw form with an annotated CRF")


def _check_choice(variable: Variable, names: Names) -> Iterator[tuple[str, str]]:
    """Message and hint for what a choice of codelists says of the variable by whose values it is made."""
    choice, dataset = variable.codelist_by, names.study.dataset(variable.dataset)
    if choice is None or dataset is None or not choice.by:
        return
    other = dataset.find(choice.by)
    if other is None or choice.by == variable.name:
        yield f"'{choice.by}' is not another variable of {dataset.name}", did_you_mean(choice.by, dataset.variables)
        return
    known = names.study.codelists.get(other.codelist)
    for value, _ in choice.of:
        if known is not None and value not in known.terms:
            yield f"'{value}' is not in the codelist {known.name} of {choice.by}", did_you_mean(value, known.terms)


def _check_origin_by(variable: Variable, names: Names) -> Iterator[tuple[str, str]]:
    """Message and hint where the variable by whose values origins are told does not tell the record sources apart."""
    name, dataset = variable.origin_by, names.study.dataset(variable.dataset)
    if not name or dataset is None:
        return
    other = dataset.variables.get(name)
    if other is None or name == variable.name:
        yield f"'{name}' is not another variable of {dataset.name}", did_you_mean(name, dataset.variables)
        return
    rules = [rule_of_record(other.rule, record.id) for record in dataset.records]
    values = [rule.value if isinstance(rule, verbs.SetConstant) else "" for rule in rules]
    if len(values) < 2 or len(set(values)) < len(values):
        message = f"'origin_by' needs a value of {name} that is set for each record source, or for all of them but one"
        yield message, ""


def codelist_names(name: str) -> set[str]:
    """The names under which a codelist that could not be read is among what is lost."""
    return {"codelists", f"codelist.{name}"}


def _has_no_crf(variable: Variable, names: Names) -> bool:
    """Whether the rule reads no form, or one without an annotated CRF; a rule or form with a fault is not judged."""
    name = variable.origin.form
    if variable.rule == verbs.NoData("") or not names.lost.isdisjoint({"forms", f"raw.{name}"}):
        return False
    return not name or (name in names.study.forms and not names.study.forms[name].crf)
