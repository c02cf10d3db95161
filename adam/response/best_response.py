"""Best overall response and what follows from it, one row a subject, evaluator and parameter.

RECIST 1.1 section 4.4.3. The parameters:

BOR CBOR      best overall response, without and with confirmation
PD            first progression
RSP CRSP      first response, any and confirmed (dated by the response, not by its confirmation)
BCP CBCP      best response is a response
DC CDC        disease control by the best response
CB CCB        clinical benefit: a response, or stable disease of the minimum duration
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from adam.response.confirmation import Outcomes, compute_as_seen, compute_confirmed
from adam.response.course import Course, compute_course, positions, select_period
from adam.response.parameters import BestRules, Criterion
from crf2tlf.rules.columns import BoolArray, IntArray, text_column

PARAMETERS = ("BOR", "CBOR", "PD", "RSP", "CRSP", "BCP", "CBCP", "DC", "CDC", "CB", "CCB")


@dataclass(frozen=True)
class Chosen:
    """By subject the row of the course that decides (-1 for none), the row that dates it, and the confirming one."""

    row: IntArray
    dated: IntArray
    by: IntArray


def compute_best_responses(responses: pd.DataFrame, subjects: pd.DataFrame, criterion: Criterion) -> pd.DataFrame:
    """One row a parameter for each row of `subjects` (USUBJID, EVALUATOR, STARTDT and, if there is one, NACTDT).

    Columns USUBJID, EVALUATOR, PARAMCD, AVALC, AVAL (by the criterion's values; Y 1, N 0), ADT (days; missing for N and
    without an assessment), CONFDT (date of the confirmation), LNKGRP of the assessment, RULE. `responses` as for
    `compute_course`. Responses count after the start, up to first progression and new therapy.
    """
    subjects = subjects.reset_index(drop=True)
    rules = criterion.best
    course = compute_course(responses, subjects, rules)
    period = select_period(course, subjects, rules)
    seen, confirmed = compute_as_seen(period, criterion), compute_confirmed(period, criterion)
    tables = []
    for prefix, outcomes in (("", seen), ("C", confirmed)):
        tables += _best(prefix, outcomes, period, subjects, rules)
        response = np.isin(outcomes.best, positions(rules.order, rules.response))
        benefit = response | _lasting(period, rules)
        tables.append(_first(f"{prefix}RSP", response, outcomes, period, subjects))
        tables.append(_first(f"{prefix}CB", benefit, outcomes, period, subjects))
    progressed = np.isin(course.response, positions(rules.order, rules.progression))
    tables.append(_first("PD", progressed, compute_as_seen(course, criterion), course, subjects))
    found = pd.concat(tables, ignore_index=True)
    order = np.lexsort((found["PLACE"].to_numpy(), found["SUBJECT"].to_numpy()))
    return found.take(order).drop(columns=["PLACE", "SUBJECT"]).reset_index(drop=True)


def _lasting(period: Course, rules: BestRules) -> BoolArray:
    """Where a subject is at least stable at the minimum duration of clinical benefit."""
    stable = np.isin(period.response, positions(rules.order, (*rules.response, *rules.benefit)))
    return stable & (period.since >= rules.benefit_days)


def _best(
    prefix: str, outcomes: Outcomes, period: Course, subjects: pd.DataFrame, rules: BestRules
) -> list[pd.DataFrame]:
    """Best response, whether it is a response, and disease control."""
    day = period.day[outcomes.row]
    order = np.lexsort((np.arange(len(period)), day, outcomes.best, period.subject))
    chosen = _choose(order, outcomes, period, len(subjects))
    best = np.append(outcomes.best, rules.order.index(rules.no_assessment))[chosen.row]
    rule = np.append(outcomes.rule, "NO_ASSESSMENT")[chosen.row]
    names = np.array(rules.order, dtype=object)[best]
    values = np.array([rules.values.get(each, np.nan) for each in rules.order], dtype=np.float64)[best]
    tables = [_table(f"{prefix}BOR", chosen, period, subjects, names, values, rule)]
    for code, kinds in (("BCP", rules.response), ("DC", rules.control)):
        yes = np.isin(best, positions(rules.order, kinds))
        tables.append(_yes_no(f"{prefix}{code}", yes, chosen, period, subjects, rule))
    return tables


def _first(code: str, flags: BoolArray, outcomes: Outcomes, course: Course, subjects: pd.DataFrame) -> pd.DataFrame:
    """Whether there is a flagged assessment, and the first of them."""
    rows = np.flatnonzero(flags)
    own = Outcomes(outcomes.best, np.arange(len(course)), outcomes.by, outcomes.rule)
    chosen = _choose(rows, own, course, len(subjects))
    rule = np.append(outcomes.rule, "")[chosen.row]
    return _yes_no(code, chosen.row >= 0, chosen, course, subjects, rule)


def _choose(order: IntArray, outcomes: Outcomes, course: Course, count: int) -> Chosen:
    """The first row of each subject in the order given."""
    subject, first = np.unique(course.subject[order], return_index=True)
    row, dated, by = np.full((3, count), -1, dtype=np.int64)
    row[subject] = order[first]
    dated[subject], by[subject] = outcomes.row[order[first]], outcomes.by[order[first]]
    return Chosen(row, dated, by)


def _yes_no(
    code: str, yes: BoolArray, chosen: Chosen, course: Course, subjects: pd.DataFrame, rule: np.ndarray
) -> pd.DataFrame:
    none = np.full(len(yes), -1, dtype=np.int64)
    shown = Chosen(*(np.where(yes, rows, none) for rows in (chosen.row, chosen.dated, chosen.by)))
    names = np.where(yes, "Y", "N").astype(object)
    return _table(code, shown, course, subjects, names, yes.astype(np.float64), np.where(yes, rule, ""))


def _table(
    code: str,
    chosen: Chosen,
    course: Course,
    subjects: pd.DataFrame,
    names: np.ndarray,
    values: np.ndarray,
    rule: np.ndarray,
) -> pd.DataFrame:
    day = np.append(course.day, np.nan)
    group = np.append(course.group.fillna("").to_numpy(dtype=object), "")
    return pd.DataFrame(
        {
            "USUBJID": subjects["USUBJID"],
            "EVALUATOR": subjects["EVALUATOR"],
            "PARAMCD": text_column(code, len(subjects)),
            "AVALC": text_column(names),
            "AVAL": values,
            "ADT": day[chosen.dated],
            "CONFDT": day[chosen.by],
            "LNKGRP": text_column(group[chosen.dated]),
            "RULE": text_column(rule),
            "SUBJECT": np.arange(len(subjects)),
            "PLACE": PARAMETERS.index(code),
        }
    )
