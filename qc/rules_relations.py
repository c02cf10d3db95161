"""Rules between variables and between datasets: pairs, dates, study days, subjects, SUPP--, RELREC."""

from __future__ import annotations

from collections.abc import Iterator

from crf2tlf.spec.model import Dataset, Study
from crf2tlf.spec.standards import Standards
from qc.checks import (
    AllowedValues,
    ContainsValue,
    DatesInOrder,
    Filled,
    OneToOne,
    ParentRecord,
    RelatedRecord,
    StudyDay,
    SubjectKnown,
    Unique,
    VisitKnown,
)
from qc.rules import Rule, make_rule
from qc.rules_files import supplemental_attributes
from qc.rules_records import codelist_rule, text_rules

# "--" stands for the two letters of the domain.
PAIRS = (
    ("--TESTCD", "--TEST"),
    ("VISITNUM", "VISIT"),
    ("ARMCD", "ARM"),
    ("ACTARMCD", "ACTARM"),
    ("ETCD", "ELEMENT"),
    ("TSPARMCD", "TSPARM"),
    ("PARAMCD", "PARAM"),
    ("QNAM", "QLABEL"),
)
CODED_PAIRS = (
    ("--LLT", "--LLTCD"),
    ("--DECOD", "--PTCD"),
    ("--HLT", "--HLTCD"),
    ("--HLGT", "--HLGTCD"),
    ("--BODSYS", "--BDSYCD"),
    ("--SOC", "--SOCCD"),
)
DATE_PAIRS = (
    ("--STDTC", "--ENDTC"),
    ("RFSTDTC", "RFENDTC"),
    ("RFXSTDTC", "RFXENDTC"),
    ("RFCSTDTC", "RFCENDTC"),
    ("RFICDTC", "RFPENDTC"),
)
DAYS = (("--DY", "--DTC"), ("--STDY", "--STDTC"), ("--ENDY", "--ENDTC"))


def relation_rules(study: Study, spec: Dataset, standards: Standards) -> Iterator[Rule]:
    """The rules between variables of a dataset and with the other datasets of its standard."""
    yield from pair_rules(spec)
    yield from subject_rules(study, spec)
    yield from visit_rules(study, spec)
    if spec.standard == "SDTM":
        yield from sdtm_date_rules(study, spec)
        yield from comment_rules(spec)
    if spec.name == "TS":
        check = ContainsValue("TSPARMCD", "SSTDTC", "TSVAL")
        yield make_rule("study_start", "TS", "TSVAL", check, spec.location, "there is no study start date (SSTDTC)")
    if spec.name == "RELREC":
        yield make_rule(
            "related_record", "RELREC", "", RelatedRecord(), spec.location, "a related record does not exist"
        )
    if spec.supp:
        yield from supplemental_rules(study, spec, standards)


def present(spec: Dataset, pair: tuple[str, str]) -> tuple[str, str] | None:
    """The pair's names in this domain, where it has both variables."""
    first, second = (name.replace("--", spec.name[:2]) for name in pair)
    both = first in spec.variables and second in spec.variables
    return (
        (first, second) if both and "no_data" not in {spec.variables[name].verb for name in (first, second)} else None
    )


def pair_rules(spec: Dataset) -> Iterator[Rule]:
    """Code and name stand one to one within a dataset."""
    for kind, pairs in (("one_to_one", PAIRS), ("coding_one_to_one", CODED_PAIRS)):
        for left, right in filter(None, (present(spec, pair) for pair in pairs)):
            place = spec.variables[left].location
            message = f"a value of {left} stands beside several of {right}, or the other way round"
            yield make_rule(kind, spec.name, f"{left}/{right}", OneToOne(left, right), place, message)


def subject_rules(study: Study, spec: Dataset) -> Iterator[Rule]:
    """Subjects of SDTM are in DM, those of ADSL too, those of other ADaM datasets in ADSL."""
    root = "DM" if spec.standard == "SDTM" or spec.name == "ADSL" else "ADSL"
    if "USUBJID" not in spec.variables or spec.name == root or study.dataset(root) is None:
        return
    place = spec.variables["USUBJID"].location
    message = f"the subject has no record in {root}"
    yield make_rule("subject_known", spec.name, "USUBJID", SubjectKnown(root), place, message)


def visit_rules(study: Study, spec: Dataset) -> Iterator[Rule]:
    """The visit of a record is in SV (SDTMIG 3.4 section 6.2.8)."""
    visit = spec.variables.get("VISITNUM")
    if "SV" not in study.sdtm or spec.name == "SV" or spec.standard != "SDTM" or "USUBJID" not in spec.variables:
        return
    if visit is not None and visit.verb != "no_data":
        message = "SV has no record of the visit"
        yield make_rule("visit_known", spec.name, "VISITNUM", VisitKnown("SV"), visit.location, message)


def comment_rules(spec: Dataset) -> Iterator[Rule]:
    """A comment that names a record is on a record that exists (SDTMIG 3.4 sections 5.1 and 8.5)."""
    if spec.name == "CO" and {"USUBJID", "RDOMAIN", "IDVAR", "IDVARVAL"} <= spec.variables.keys():
        place = spec.variables["IDVARVAL"].location
        yield make_rule("parent_record", spec.name, "IDVARVAL", ParentRecord(), place, "the comment is on no record")


def sdtm_date_rules(study: Study, spec: Dataset) -> Iterator[Rule]:
    """Starts before ends, and study days counted from DM.RFSTDTC."""
    for start, end in filter(None, (present(spec, pair) for pair in DATE_PAIRS)):
        check, place = DatesInOrder(start, end), spec.variables[start].location
        yield make_rule("dates_in_order", spec.name, f"{start}/{end}", check, place, f"{start} is after {end}")
    dm = study.sdtm.get("DM")
    if dm is None or "RFSTDTC" not in dm.variables:
        return
    for day, date in filter(None, (present(spec, pair) for pair in DAYS)):
        counted, place = StudyDay(day, date, "DM", "RFSTDTC"), spec.variables[day].location
        message = f"{day} is not what {date} and DM.RFSTDTC give"
        yield make_rule("study_day", spec.name, day, counted, place, message)


def supplemental_rules(study: Study, spec: Dataset, standards: Standards) -> Iterator[Rule]:
    """The rules about the records of SUPP-- (SDTMIG 3.4 section 8.4)."""
    name = spec.supp_name
    attributes = supplemental_attributes(spec, standards)
    place = attributes[0].location
    keys = ("STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "QNAM")
    message = f"records agree in all keys ({', '.join(keys)})"
    yield make_rule("unique_keys", name, "", Unique(keys), place, message)
    yield make_rule("parent_record", name, "IDVARVAL", ParentRecord(), place, "the qualifier belongs to no record")
    yield make_rule("subject_known", name, "USUBJID", SubjectKnown("DM"), place, "the subject has no record in DM")
    pair = OneToOne("QNAM", "QLABEL")
    yield make_rule("one_to_one", name, "QNAM/QLABEL", pair, place, "a qualifier has more than one label")
    for column, value in (("STUDYID", str(study.constants.get("STUDYID", study.study_id))), ("RDOMAIN", spec.name[:2])):
        fixed = AllowedValues(column, (value,))
        yield make_rule("constant", name, column, fixed, place, f"{column} is not '{value}'")
    known = AllowedValues("QNAM", tuple(spec.supp))
    yield make_rule("qualifier_known", name, "QNAM", known, place, f"QNAM is no qualifier of {spec.name} in the spec")
    for inherited in standards.variables("SDTM", name):
        yield from text_rules(name, inherited.name, place, study.encoding)
        if inherited.core == "Req":
            check, message = Filled(inherited.name), f"{inherited.name} is missing and Required"
            yield make_rule("required", name, inherited.name, check, place, message)
    for qualifier in spec.supp.values():
        codelist = study.codelist_of(qualifier)
        if codelist is not None:
            where = ("QNAM", qualifier.name)
            yield codelist_rule(name, qualifier.name, "QVAL", codelist, qualifier.location, where=where)
