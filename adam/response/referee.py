"""The referee: computed responses against those reported (RS), with reasons and the effect of each difference."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from adam.response.best_response import compute_best_responses
from adam.response.course import find_subjects
from adam.response.explain import add_explanations
from adam.response.lesions import require_columns
from adam.response.parameters import Criterion
from crf2tlf.errors import Context, DataError, Example
from crf2tlf.rules.columns import BoolArray, Column, compute_iso_dates, text_column
from crf2tlf.rules.vectors import compute_group_numbers

_COMPONENTS = (
    ("TARGET", "TRGRESP", "TRGRULE"), ("NON-TARGET", "NTRGRESP", "NTRGRULE"), ("NEW LESION", "NEWLES", ""),
    ("OVERALL", "OVRLRESP", "OVRRULE"),
)  # fmt: skip
_KEYS = ["USUBJID", "EVALUATOR", "LNKGRP"]
_EFFECTS = {"BOR": ("BOR", "AVALC"), "CBOR": ("CBOR", "AVALC"), "PDDT": ("PD", "ADT")}


def compute_differences(
    computed: pd.DataFrame, reported: pd.DataFrame, subjects: pd.DataFrame, criterion: Criterion
) -> pd.DataFrame:
    """One row for each difference between `computed` (of `compute_responses`) and `reported`.

    `reported`, one row an assessment: USUBJID, EVALUATOR, LNKGRP, ADT (days), OVRLRESP and, if collected, TRGRESP,
    NTRGRESP, NEWLES (N, EQUIVOCAL, Y). `subjects` as for `compute_best_responses`.

    Columns: the keys, COMPONENT (TARGET, NON-TARGET, NEW LESION, OVERALL, DATE of a progression), REPORTED, COMPUTED,
    ADTREP, ADTCOMP (days), REASON (the rule behind the computed one, or NOT_REPORTED, NOT_COMPUTED), EXPLAIN. For
    OVERALL and DATE also the effect: BOR, CBOR and PDDT (date of first progression) as reported (..REP), computed
    (..COMP) and as reported but for this one difference (..ALONE), and EFFECT in words.
    """
    require_columns(reported, (*_KEYS, "ADT", "OVRLRESP"), "reported responses")
    both = _side_by_side(computed[computed["ABLFL"].isna()], reported)
    found = pd.concat([_differing(both, *component) for component in _COMPONENTS] + [_dated(both, criterion)])
    found = found.sort_values(["ROW", "PLACE"], kind="stable").reset_index(drop=True)
    explained = add_explanations(both.take(found["ROW"].to_numpy()), criterion)
    found["EXPLAIN"] = explained["EXPLAIN"].where(explained["HASC"])
    return _add_effects(found, both, subjects.reset_index(drop=True), criterion).drop(columns=["ROW", "PLACE"])


def _side_by_side(computed: pd.DataFrame, reported: pd.DataFrame) -> pd.DataFrame:
    """One row an assessment: computed columns, and the reported ones with _R; HASC and HASR tell which are there."""
    stacked = [pd.concat([computed[name], reported[name]], ignore_index=True) for name in _KEYS]
    numbers = compute_group_numbers(stacked, len(computed) + len(reported))
    own, given = numbers[: len(computed)], numbers[len(computed) :]
    twice = pd.Series(given).duplicated().to_numpy()
    if twice.any():
        rows = reported[twice]
        shown = zip(rows["USUBJID"], rows["EVALUATOR"], rows["LNKGRP"], strict=True)
        examples = [Example(str(who), f"EVALUATOR {evaluator}, LNKGRP {group}") for who, evaluator, group in shown]
        fix = "give one row an assessment and evaluator"
        raise DataError("responses of one assessment are reported twice.", Context(examples=examples, fix=fix))
    names = [name for name in ("ADT", "TRGRESP", "NTRGRESP", "NEWLES", "OVRLRESP") if name in reported.columns]
    right = reported[names].add_suffix("_R").assign(NUMBER=given, HASR=True).reset_index(drop=True)
    left = computed.assign(NUMBER=own, HASC=True)
    both = left.merge(right, on="NUMBER", how="outer", validate="one_to_one").sort_values("NUMBER", kind="stable")
    distinct, first = np.unique(numbers, return_index=True)
    place = first[np.searchsorted(distinct, both["NUMBER"].to_numpy())]
    for name, column in zip(_KEYS, stacked, strict=True):
        both[name] = column.take(place).set_axis(both.index)
    day = both["ADT"].fillna(both["ADT_R"])
    both = both.assign(HASC=both["HASC"].notna(), HASR=both["HASR"].notna(), DAY=day)
    return both.sort_values(["USUBJID", "EVALUATOR", "DAY", "NUMBER"], kind="stable").reset_index(drop=True)


def _differing(both: pd.DataFrame, component: str, name: str, rule: str) -> pd.DataFrame:
    """The differences of one component; a component that was not reported is none, an overall response is."""
    if f"{name}_R" not in both.columns:
        return _rows(both, np.zeros(len(both), dtype=bool), component, name, both["OVRRULE"])
    differs = (both[name].fillna("") != both[f"{name}_R"].fillna("")).to_numpy(dtype=bool)
    overall = component == "OVERALL"
    given = both[f"{name}_R"].notna().to_numpy(dtype=bool)
    counts = differs & (given | overall) & (overall | both["HASC"].to_numpy(dtype=bool))
    reasons = _overall_reasons(both) if overall else (both[rule] if rule else _new_lesion_reasons(both))
    return _rows(both, counts, component, name, reasons)


def _dated(both: pd.DataFrame, criterion: Criterion) -> pd.DataFrame:
    """Progressions on which both agree, but not on their date."""
    progressed = both["OVRLRESP"].isin(criterion.best.progression) & both["OVRLRESP_R"].isin(criterion.best.progression)
    differs = progressed.to_numpy(dtype=bool) & (both["ADT"] != both["ADT_R"]).to_numpy(dtype=bool)
    return _rows(both, differs, "DATE", "OVRLRESP", text_column("DATE_OF_PROGRESSION", len(both)))


def _overall_reasons(both: pd.DataFrame) -> Column:
    """Why the computed overall response is what it is: what shows progression, else the component that differs."""
    cause = both["PDBY"].str.replace("/.*", "", regex=True).fillna("").to_numpy(dtype=object)
    differs = {
        name: (both[name].fillna("") != both[f"{name}_R"].fillna("")) & both[f"{name}_R"].notna()
        if f"{name}_R" in both.columns
        else pd.Series(False, index=both.index)
        for name in ("TRGRESP", "NTRGRESP", "NEWLES")
    }
    choices: list[tuple[BoolArray, npt.NDArray[np.object_] | str]] = [
        (~both["HASR"].to_numpy() | both["OVRLRESP_R"].isna().to_numpy(), "NOT_REPORTED"),
        (~both["HASC"].to_numpy(), "NOT_COMPUTED"),
        (cause == "TARGET", both["TRGRULE"].fillna("").to_numpy(dtype=object)),
        (cause == "NON-TARGET", both["NTRGRULE"].fillna("").to_numpy(dtype=object)),
        (cause == "NEW LESION", "NEW_LESION"),
        (differs["TRGRESP"].to_numpy(dtype=bool), both["TRGRULE"].fillna("").to_numpy(dtype=object)),
        (differs["NTRGRESP"].to_numpy(dtype=bool), both["NTRGRULE"].fillna("").to_numpy(dtype=object)),
        (differs["NEWLES"].to_numpy(dtype=bool), "NO_NEW_LESION"),
    ]
    reason = both["OVRRULE"].fillna("").to_numpy(dtype=object)
    for holds, text in reversed(choices):
        reason = np.where(holds, text, reason)
    return text_column(reason)


def _new_lesion_reasons(both: pd.DataFrame) -> Column:
    named = {"Y": "NEW_LESION", "EQUIVOCAL": "EQUIVOCAL_NEW_LESION", "N": "NO_NEW_LESION"}
    return text_column(both["NEWLES"].map(named).to_numpy(dtype=object))


def _rows(both: pd.DataFrame, chosen: BoolArray, component: str, name: str, reasons: Column) -> pd.DataFrame:
    rows = np.flatnonzero(chosen)
    taken = both.take(rows).reset_index(drop=True)
    frame = taken[_KEYS].assign(COMPONENT=text_column(component, len(rows)))
    frame["REPORTED"] = taken[f"{name}_R"] if f"{name}_R" in taken.columns else text_column(None, len(rows))
    frame["COMPUTED"] = taken[name]
    frame["ADTREP"], frame["ADTCOMP"] = taken["ADT_R"], taken["ADT"]
    frame["REASON"] = reasons.take(rows).reset_index(drop=True)
    places = [each for each, _, _ in _COMPONENTS]
    return frame.assign(ROW=rows, PLACE=places.index(component) if component in places else len(places))


def _add_effects(found: pd.DataFrame, both: pd.DataFrame, subjects: pd.DataFrame, criterion: Criterion) -> pd.DataFrame:
    reported = (
        both[both["HASR"]].drop(columns=["ADT", "OVRLRESP"]).rename(columns={"ADT_R": "ADT", "OVRLRESP_R": "OVRLRESP"})
    )
    of = find_subjects(found, subjects)
    for suffix, responses in (("REP", reported), ("COMP", both[both["HASC"]])):
        for name, values in _effects(responses, subjects, criterion).items():
            found[f"{name}{suffix}"] = values.take(of).reset_index(drop=True)
    matters = found["COMPONENT"].isin(["OVERALL", "DATE"]).to_numpy(dtype=bool)
    alone = _alone(found[matters], both, subjects, criterion)
    for name, values in alone.items():
        found[f"{name}ALONE"] = values.set_axis(found.index[matters]).reindex(found.index)
    return found.assign(EFFECT=_in_words(found))


def _effects(responses: pd.DataFrame, subjects: pd.DataFrame, criterion: Criterion) -> Mapping[str, pd.Series]:
    """Best responses and date of first progression by row of `subjects`."""
    best = compute_best_responses(responses[[*_KEYS, "ADT", "OVRLRESP"]], subjects, criterion)
    return {
        name: best.loc[best["PARAMCD"] == code, column].reset_index(drop=True)
        for name, (code, column) in _EFFECTS.items()
    }


def _alone(
    found: pd.DataFrame, both: pd.DataFrame, subjects: pd.DataFrame, criterion: Criterion
) -> Mapping[str, pd.Series]:
    """The effects with everything as reported but for one difference, each as a subject of its own."""
    subject = find_subjects(both, subjects)
    cases = pd.DataFrame({"CASE": np.arange(len(found)), "SUBJECT": find_subjects(found, subjects), "AT": found["ROW"]})
    courses = pd.DataFrame({"SUBJECT": subject, "ROW": np.arange(len(both))}).merge(
        cases, on="SUBJECT", validate="many_to_many"
    )
    rows = both.take(courses["ROW"].to_numpy()).reset_index(drop=True)
    here = (courses["ROW"] == courses["AT"]).to_numpy(dtype=bool)
    responses = pd.DataFrame(
        {
            "USUBJID": courses["CASE"].astype(str).astype("string[pyarrow]"),
            "EVALUATOR": text_column("", len(courses)),
            "LNKGRP": rows["LNKGRP"],
            "ADT": rows["ADT"].where(here, rows["ADT_R"]),
            "OVRLRESP": rows["OVRLRESP"].where(here, rows["OVRLRESP_R"]),
        }
    )
    own = subjects.take(cases["SUBJECT"].to_numpy()).reset_index(drop=True)
    own = own.assign(
        USUBJID=cases["CASE"].astype(str).astype("string[pyarrow]").to_numpy(), EVALUATOR=text_column("", len(own))
    )
    return _effects(responses, own, criterion)


def _in_words(found: pd.DataFrame) -> Column:
    """What the difference alone changes."""
    text = np.full(len(found), "", dtype=object)
    matters = found["COMPONENT"].isin(["OVERALL", "DATE"]).to_numpy(dtype=bool)
    labels = {"BOR": "best response", "CBOR": "confirmed best response", "PDDT": "first progression"}
    for name, label in labels.items():
        before, after = (_shown(found[f"{name}{suffix}"]) for suffix in ("REP", "ALONE"))
        changed = matters & (before != after)
        sentence = f"{label} " + before + " -> " + after
        text = text + np.where(changed & (text != ""), "; ", "") + np.where(changed, sentence, "")
    return text_column(np.where(matters & (text == ""), "none", text))


def _shown(values: pd.Series) -> np.ndarray:
    if isinstance(values.dtype, pd.StringDtype):
        return values.fillna("none").to_numpy(dtype=object)
    return compute_iso_dates(values.to_numpy(dtype=np.float64)).fillna("none").to_numpy(dtype=object)
