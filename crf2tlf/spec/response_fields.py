"""What the response engine gives: its results, and the fields of a record.

Rules read a field as `response.<name>.<field>`.
"""

from __future__ import annotations

from dataclasses import dataclass

from crf2tlf.rules.columns import Kind


@dataclass(frozen=True)
class Field:
    """A field of a record: text or number, and what it says, as in "… is the response"."""

    kind: Kind
    text: str


RESULTS = {
    "LESION": "a lesion at an assessment",
    "SUM": "the sum of diameters of the target lesions at an assessment",
    "OVERALL": "overall response of an assessment after the baseline",
    "TARGET": "target response of an assessment",
    "NON-TARGET": "non-target response of an assessment",
    "NEW LESION": "whether an assessment shows a new lesion: N, EQUIVOCAL, Y",
    "BOR": "best overall response",
    "CBOR": "best overall response with confirmation",
    "PD": "first progression: Y or N",
    "RSP": "first response: Y or N",
    "CRSP": "first response that was confirmed: Y or N",
    "BCP": "the best response is a response: Y or N",
    "CBCP": "the confirmed best response is a response: Y or N",
    "DC": "disease control by the best response: Y or N",
    "CDC": "disease control by the confirmed best response: Y or N",
    "CB": "clinical benefit: Y or N",
    "CCB": "clinical benefit with confirmed responses: Y or N",
    "LAST": "the last evaluable assessment up to first progression",
    "MEASURABLE": "target lesions at baseline: Y or N",
}

RESPONSE_FIELDS: dict[str, Field] = {
    "USUBJID": Field("text", "the subject"),
    "result": Field("text", "the kind of result"),
    "value": Field("text", "the result as text: the response, Y or N, or the state of a lesion"),
    "number": Field("number", "the result as number: the rank of a response, 1 or 0, or mm"),
    "date": Field("number", "the date by the criterion's rules for the scans behind the result"),
    "assessment": Field("text", "the assessment, by which TR and RS are linked"),
    "visit": Field("text", "the visit of the assessment"),
    "visit_number": Field("number", "the number of the assessment's visit"),
    "evaluator": Field("text", "who evaluated"),
    "baseline": Field("text", "Y at the baseline"),
    "lesion": Field("text", "the lesion's identifier"),
    "role": Field("text", "TARGET, NON-TARGET or NEW"),
    "node": Field("text", "Y for a lymph node"),
    "organ": Field("text", "where the lesion is"),
    "base": Field("number", "the number at the baseline"),
    "change": Field("number", "the change from the baseline"),
    "percent_change": Field("number", "the change from the baseline in per cent"),
    "nadir": Field("number", "the lowest complete sum from the baseline on, before the assessment"),
    "nadir_date": Field("number", "the date of that lowest sum"),
    "change_from_nadir": Field("number", "the change from the lowest sum"),
    "percent_change_from_nadir": Field("number", "the change from the lowest sum in per cent"),
    "measured": Field("number", "the sum of what was assessed, in mm, be it not all"),
    "expected": Field("number", "the number of target lesions at baseline"),
    "assessed": Field("number", "how many of the target lesions were assessed"),
    "progression": Field("text", "Y where the result is progression"),
    "counts": Field("text", "Y on the assessment that counts of those of one day"),
    "to_progression": Field("text", "Y up to the first progression, that one with it"),
    "in_period": Field("text", "Y in the period of the best response: up to first progression and new therapy"),
    "best": Field("text", "Y on the sum with the lowest change from the baseline in that period"),
    "confirmed_date": Field("number", "the date of the confirmation"),
    "reason": Field("text", "the rule of the criterion that decided"),
    "explanation": Field("text", "the result, its date and why, as a sentence"),
    "source_dataset": Field("text", "the dataset of the record that gives the date"),
    "source_variable": Field("text", "the variable of the record that gives the date"),
    "source_sequence": Field("number", "the number of the record that gives the date"),
}

# Which of a measurement or reported response a field comes from, for the lineage; results come from what was measured.
INPUTS_OF_FIELDS = {
    "USUBJID": ("USUBJID",), "date": ("ADT",), "visit": ("VISIT",), "visit_number": ("VISITNUM",),
    "assessment": ("LNKGRP",), "evaluator": ("EVAL",), "lesion": ("LNKID",), "source_sequence": ("SEQ",),
}  # fmt: skip
INPUTS_OF_RESULTS = ("LDIAM", "STATUS", "VALUE")
