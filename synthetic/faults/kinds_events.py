"""Faults of adverse events, concomitant medication and comments."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crf2tlf.tables.arrow import TEXT
from synthetic.export.cells import render_numbers
from synthetic.faults.kinds_dates import later_dates
from synthetic.faults.kinds_deaths import case_of
from synthetic.faults.planter import Bools, Page, Planter
from synthetic.faults.texts import dates


def plant_ongoing(planter: Planter) -> None:
    """13: an event that is ongoing and has an end date, or neither."""
    for form, (ongoing, end) in pairs(planter):
        page = planter.page(form, ongoing, end)
        if page is None:
            continue
        hit = planter.hit(page, page.present(end) & page.equals(ongoing, "N"))
        both = planter.uniform(page, hit, "which") < 0.5
        planter.put(page, hit[both], ongoing, "Y")
        planter.put(page, hit[~both], end, None)


def pairs(planter: Planter) -> list[tuple[str, tuple[str, str]]]:
    """The forms of a kind with the two items that it is about."""
    return [(form, (names[0], names[1])) for form, names in planter.spec.fields.items()]


def plant_end_before_start(planter: Planter) -> None:
    """14 and 49: an end date before the start date."""
    for form, (start, end) in pairs(planter):
        page = planter.page(form, start, end)
        if page is None:
            continue
        hit = planter.hit(page, page.present(start) & page.present(end))
        planter.put(page, hit, end, later_dates(planter, page, hit, page.days(start), -10, -1))


def plant_no_such_event(planter: Planter) -> None:
    """49: a medication for an event or a disease that does not exist, or one that ends before it starts."""
    plant_end_before_start(planter)
    plant_wrong_number(planter, "CM", "CMAENO", "event")
    plant_wrong_number(planter, "CM", "CMMHNO", "disease")


def plant_no_such_record(planter: Planter) -> None:
    """51: a comment on a record that does not exist."""
    plant_wrong_number(planter, "CO", "CONUM", "record")


def plant_wrong_number(planter: Planter, form: str, name: str, what: str) -> None:
    """A number that no record of the other page has."""
    page = planter.page(form, name)
    if page is not None:
        hit = planter.hit(page, page.present(name), what)
        planter.put(page, hit, name, render_numbers(page.days(name)[hit] + 100, 0))


def coded_terms(planter: Planter, page: Page) -> pd.Series:
    """The preferred term of each adverse event."""
    coding = planter.page("AECODE", "AESPID", "PTNAME")
    if coding is None:
        return pd.Series([pd.NA] * page.size, dtype=TEXT)
    key = [each.subject + "\t" + each.clean["AESPID"].astype(str) for each in (coding, page)]
    terms = pd.Series(coding.clean["PTNAME"].to_numpy(dtype=object), index=key[0].astype(object))
    return key[1].map(terms[~terms.index.duplicated()]).astype(TEXT)


def plant_grades(planter: Planter) -> None:
    """16: a grade missing, or above the highest that CTCAE knows for the term."""
    page = planter.page("AE", "AETOXGR", "AESPID")
    if page is None:
        return
    missing = planter.hit(page, page.present("AETOXGR"), "missing")
    planter.put(page, missing, "AETOXGR", None)
    term = coded_terms(planter, page)
    for number, (name, above) in enumerate(planter.spec.texts.items()):
        worst = page.equals("AETOXGR", str(int(above[0]) - 1)) & (term == name).to_numpy(dtype=bool, na_value=False)
        hit = planter.hit(page, worst, f"above {number}")
        planter.put(page, hit, "AETOXGR", above[0])


def splittable(page: Page) -> Bools:
    """Events of at least a week at grade 2 or 3."""
    long: Bools = page.days("AEENDAT") - page.days("AESTDAT") >= 7
    return long & page.equals("AETOXGR", "2", "3") & page.equals("AEONGO", "N")


def plant_split_grades(planter: Planter) -> None:
    """17: an event that got better is entered as two records with touching dates."""
    page = planter.page("AE", "AESTDAT", "AEENDAT", "AETOXGR", "AEONGO", "AESPID")
    if page is None:
        return
    hit = planter.hit(page, splittable(page))
    start, end = page.days("AESTDAT")[hit], page.days("AEENDAT")[hit]
    middle = dates(np.floor((start + end) / 2))
    grade = pd.to_numeric(page.clean["AETOXGR"].take(hit)).to_numpy(dtype=np.float64)
    number = page.days("AESPID")[hit] + 500
    changes = {
        "AESTDAT": middle,
        "AETOXGR": render_numbers(grade - 1, 0),
        "AESPID": render_numbers(number, 0),
        "ROW_REP": render_numbers(number, 0),
    }
    case = page.case(hit)
    planter.add(page, hit, changes, ("AESTDAT", "AETOXGR"), case=case)
    planter.put(page, hit, "AEENDAT", middle, case=case)
    planter.put(page, hit, "AEOUT", "RECOVERING", case=case)
    coding = planter.page("AECODE", "AESPID")
    if coding is not None:
        key = [each.subject + "\t" + each.clean["AESPID"].astype(str) for each in (coding, page)]
        same = np.flatnonzero(key[0].isin(key[1].take(hit)).to_numpy(dtype=bool)).astype(np.int64)
        renamed = render_numbers(coding.days("AESPID")[same] + 500, 0)
        of = case_of(page, hit, key[1], key[0].take(same))
        planter.add(coding, same, {"AESPID": renamed, "ROW_REP": renamed}, (), case=of)
        coding.locked[same] = True
