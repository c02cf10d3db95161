"""The rules of a study, generated from its spec: what must hold of each dataset, and where the spec says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from crf2tlf.errors import Location
from qc.check_columns import columns_of
from qc.checks import Check

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


@dataclass(frozen=True)
class Rule:
    """One check of one dataset.

    `kind` names the rule in findings and in accepted_findings.csv; `variable` is what it is about ("" for the whole
    dataset, "ARMCD/ARM" for a pair). `message` says what is wrong where the check fails, `fix` what to do.
    """

    kind: str
    dataset: str
    variable: str
    check: Check
    severity: Severity
    location: Location
    message: str
    fix: str

    @property
    def id(self) -> str:
        """The rule's name, unique in a study: AE.AESEV.codelist."""
        return ".".join(part for part in (self.dataset, self.variable, self.kind) if part)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the dataset that the rule reads; none for a rule about the file's header."""
        return columns_of(self.check)


@dataclass(frozen=True)
class Kind:
    """A kind of rule: its name, severity, fix, and what it asks for with the source."""

    name: str
    severity: Severity
    fix: str
    asks: str


def _kinds(*kinds: tuple[str, Severity, str, str]) -> dict[str, Kind]:
    return {kind[0]: Kind(*kind) for kind in kinds}


_REBUILD = "build the dataset again, or correct its spec"
_SPEC = "correct the rule of the variable in the spec"
_DATA = "query the data, or correct the rule of the variable in the spec"
_DATES = "query the dates"

KINDS = _kinds(
    ("file_present", "error", "build the dataset", "every dataset of the spec has a file"),
    ("file_known", "error", "remove the file, or add the dataset to the spec", "every file has a spec"),
    ("file_name", "error", "name the file as its dataset, in lower case", "one dataset a file, named as the dataset"),
    ("dataset_label", "error", _REBUILD, "dataset labels as in the spec"),
    ("columns", "error", _REBUILD, "the variables of the spec, in its order"),
    ("label", "error", _REBUILD, "variable labels as in the spec"),
    ("type", "error", _REBUILD, "variable types as in the spec"),
    (
        "length",
        "error",
        _REBUILD,
        "lengths as in the spec, else as the longest value (FDA study data guide)",
    ),
    ("format", "error", _REBUILD, "formats as in the spec"),
    ("name_fits", "error", "rename the variable or shorten its label", "names of 8 and labels of 40 bytes (SAS V5)"),
    ("study_start", "error", "add the parameter to the trial summary", "TS holds the study start date (FDA 1734)"),
    ("unique_keys", "error", "add a variable to the keys, or query the repeated records", "keys tell records apart"),
    ("sorted", "warning", _REBUILD, "records stand in the order of the keys"),
    ("one_per_subject", "error", _DATA, "one record per subject"),
    ("required", "error", _DATA, "Required variables are never missing (SDTMIG 3.4)"),
    (
        "adam_required",
        "error",
        _SPEC,
        "identifiers, parameters, population flags filled (ADaMIG 1.3)",
    ),
    ("codelist", "error", "correct the value: its list cannot be extended", "values of a list that is not extensible"),
    ("extensible_codelist", "warning", "correct the value, or add the term to the study's list", "values of the list"),
    ("constant", "error", _SPEC, "constants of the study and of the dataset"),
    ("flag", "error", _SPEC, "flags are Y or missing; N in ADaM where the list has it"),
    ("iso8601", "error", _SPEC, "dates, times and durations in ISO 8601 (SDTMIG 3.4 section 4.4.1)"),
    ("calendar", "error", "query the date", "days that the calendar has"),
    ("midnight", "warning", "leave out a time that was not collected", "no 00:00 for an unknown time"),
    ("dates_in_order", "error", _DATES, "no start after its end, as far as both are known"),
    ("study_day", "error", _SPEC, "study days as computed again from the dates (SDTMIG 3.4 section 4.4.4)"),
    ("sequence_whole", "error", _SPEC, "sequence numbers are whole"),
    ("sequence_positive", "error", _SPEC, "sequence numbers begin at 1"),
    ("sequence_unique", "error", _SPEC, "sequence numbers are unique within the subject"),
    ("one_to_one", "error", _DATA, "code and name, number and text stand one to one"),
    (
        "coding_one_to_one",
        "warning",
        "have the coding made consistent",
        "dictionary codes and terms one to one",
    ),
    ("subject_known", "error", "look for the subject in the raw data of the other dataset", "every subject is known"),
    ("visit_known", "warning", "query the page of the visit", "the visit of a record is in SV (SDTMIG 3.4 6.2.8)"),
    ("parent_record", "error", _REBUILD, "supplemental qualifiers belong to a record (SDTMIG 3.4 section 8.4)"),
    ("qualifier_known", "error", "add the qualifier to supp of the spec", "supplemental qualifiers of the spec"),
    ("related_record", "error", _REBUILD, "both ends of a relationship exist (SDTMIG 3.4 section 8.2)"),
    ("source_record", "error", _SPEC, "SRCDOM, SRCVAR and SRCSEQ name a record (ADaMIG 1.3)"),
    ("censor_whole", "error", _SPEC, "CNSR is whole (ADaM BDS for TTE 1.0)"),
    ("censor_positive", "error", _SPEC, "CNSR is 0 or more (ADaM BDS for TTE 1.0)"),
    ("days_between", "error", _SPEC, "AVAL in days is ADT - STARTDT + 1"),
    ("treatment_emergent", "error", _SPEC, "no event before treatment is treatment-emergent"),
    ("ascii", "error", "replace the character in the spec or have it corrected", "printable ASCII characters only"),
    ("value_length", "error", "split the value (SDTMIG 3.4)", "values of at most 200 bytes"),
    ("accepted_unmatched", "warning", "remove the line from accepted_findings.csv", "accepted findings still occur"),
)


def make_rule(kind: str, dataset: str, variable: str, check: Check, location: Location, message: str) -> Rule:
    """A rule with its kind's severity and proposed fix."""
    known = KINDS[kind]
    return Rule(kind, dataset, variable, check, known.severity, location, message, known.fix)
