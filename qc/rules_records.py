"""Rules about the records of one dataset, variable by variable: keys, missing values, lists, dates, text."""

from __future__ import annotations

from collections.abc import Iterator

from crf2tlf.errors import Location
from crf2tlf.spec.facts import Codelist
from crf2tlf.spec.model import Dataset, Study, Variable
from qc import patterns
from qc.checks import AllowedValues, AtLeast, CalendarDate, Filled, Matches, MatchesNot, Sorted, Unique, WholeNumber
from qc.rules import Rule, make_rule


def record_rules(study: Study, spec: Dataset) -> Iterator[Rule]:
    """The rules about the records of a dataset that need no other dataset."""
    yield from key_rules(spec)
    yield from sequence_rules(spec)
    for variable in spec.variables.values():
        if variable.mandatory and spec.standard == "SDTM":
            message = f"{variable.name} is missing and Required"
            yield make_rule("required", spec.name, variable.name, Filled(variable.name), variable.location, message)
        yield from value_rules(study, spec, variable)


def key_rules(spec: Dataset) -> Iterator[Rule]:
    """Keys tell records apart and order them."""
    place, keys = spec.key_locations.get("keys", spec.location), ", ".join(spec.keys)
    unique, ordered = Unique(spec.keys), Sorted(spec.keys)
    yield make_rule("unique_keys", spec.name, "", unique, place, f"records agree in all keys ({keys})")
    yield make_rule("sorted", spec.name, "", ordered, place, f"a record stands before one with smaller keys ({keys})")
    if spec.name in {"DM", "ADSL"}:
        one = Unique(("USUBJID",))
        yield make_rule("one_per_subject", spec.name, "USUBJID", one, place, "a subject has more than one record")


def sequence_rules(spec: Dataset) -> Iterator[Rule]:
    """--SEQ is a whole number from 1, unique within the subject (SDTMIG 3.4)."""
    name = spec.sequence_variable or ("ASEQ" if "ASEQ" in spec.variables else "")
    if not name or "USUBJID" not in spec.variables:
        return
    place = spec.variables[name].location
    unique = Unique(("USUBJID", name))
    yield make_rule("sequence_whole", spec.name, name, WholeNumber(name), place, f"{name} is not whole")
    yield make_rule("sequence_positive", spec.name, name, AtLeast(name, 1), place, f"{name} is smaller than 1")
    yield make_rule("sequence_unique", spec.name, name, unique, place, f"{name} repeats within a subject")


def value_rules(study: Study, spec: Dataset, variable: Variable) -> Iterator[Rule]:
    """The rules about the values of one variable."""
    name, place = variable.name, variable.location
    codelist = study.codelist_of(variable)
    if codelist is not None:
        yield codelist_rule(spec.name, name, name, codelist, place, number=variable.is_number)
    for where, listed in study.codelists_by_value(variable):
        yield codelist_rule(spec.name, name, name, listed, place, number=variable.is_number, where=where)
    fixed = fixed_value(study, spec, name)
    if fixed:
        allowed = AllowedValues(name, (fixed,))
        yield make_rule("constant", spec.name, name, allowed, place, f"{name} is not '{fixed}'")
    if variable.is_number:
        return
    if name.endswith("FL"):
        flags = flag_values(spec, codelist)
        message = f"{name} is neither {' nor '.join(flags)} nor missing"
        yield make_rule("flag", spec.name, name, AllowedValues(name, flags), place, message)
    yield from date_rules(spec.name, variable)
    yield from text_rules(spec.name, name, place)


def codelist_rule(
    dataset: str,
    about: str,
    column: str,
    codelist: Codelist,
    place: Location,
    *,
    number: bool = False,
    where: tuple[str, str] | None = None,
) -> Rule:
    """Values are terms of the study's list; `about` is the variable that the rule is named after."""
    values = tuple(float(term) if number else term for term in codelist.terms)
    kind = "codelist" if codelist.code and not codelist.extensible else "extensible_codelist"
    source = f"{codelist.name}, {codelist.code}" if codelist.code else codelist.name
    part = f" of {' '.join(where)}" if where is not None and where[0] != "QNAM" else ""
    message = f"{about} is not a term of the study's list{part} ({source})"
    return make_rule(kind, dataset, about, AllowedValues(column, values, where), place, message)


def fixed_value(study: Study, spec: Dataset, name: str) -> str:
    """What STUDYID and DOMAIN are in every record; "" for other variables."""
    if name == "STUDYID":
        return str(study.constants.get("STUDYID", study.study_id))
    if name == "DOMAIN" and spec.standard == "SDTM":
        # Split datasets (QSPH) keep the code of their domain (SDTMIG 3.4 section 4.1.7).
        return spec.name if spec.name.startswith("AP") else spec.name[:2]
    return ""


def flag_values(spec: Dataset, codelist: Codelist | None) -> tuple[str, ...]:
    """Y in SDTM; in ADaM Y and N, or those of them that the variable's list has."""
    if spec.standard == "SDTM":
        return ("Y",)
    listed = tuple(value for value in ("Y", "N") if codelist is None or value in codelist.terms)
    return listed or ("Y",)


def date_rules(dataset: str, variable: Variable) -> Iterator[Rule]:
    """ISO 8601 of --DTC, --DUR and --ELTM variables."""
    name, place = variable.name, variable.location
    if name.endswith(("DUR", "ELTM")):
        duration = Matches(name, patterns.DURATION)
        yield make_rule("iso8601", dataset, name, duration, place, f"{name} is no duration of ISO 8601")
    if not name.endswith("DTC"):
        return
    form = Matches(name, patterns.BY_TYPE.get(variable.type, patterns.DATETIME))
    yield make_rule("iso8601", dataset, name, form, place, f"{name} is no {variable.type} of ISO 8601")
    yield make_rule("calendar", dataset, name, CalendarDate(name), place, f"{name} is a day that does not exist")
    midnight = MatchesNot(name, patterns.MIDNIGHT)
    yield make_rule("midnight", dataset, name, midnight, place, f"{name} has the time 00:00")


def text_rules(dataset: str, name: str, place: Location, encoding: str = "ascii") -> Iterator[Rule]:
    """What a text may hold in a submission: ASCII, and in another encoding also what was reported, as QVAL."""
    if encoding != "ascii" and name == "QVAL":
        message = f"{name} has a character that is not printable"
        yield make_rule("ascii", dataset, name, Matches(name, patterns.PRINTABLE), place, message)
    else:
        message = f"{name} has a character that is not printable ASCII"
        yield make_rule("ascii", dataset, name, Matches(name, patterns.ASCII), place, message)
    size = Matches(name, patterns.BYTES_200)
    yield make_rule("value_length", dataset, name, size, place, f"{name} is longer than 200 bytes")
