"""Faults of dates."""

from __future__ import annotations

import numpy as np
import pandas as pd

from synthetic.faults.chance import draw, hash_texts
from synthetic.faults.planter import Page, Planter
from synthetic.faults.texts import compose_each, dates

EPOCH = np.datetime64("1960-01-01", "D")


def plant_styles(planter: Planter) -> None:
    """Dates of `fields` in one of `styles`: partial ones (1), known days of unknown months (2), years alone (3)."""
    styles = planter.spec.texts["styles"]
    for form, names in planter.spec.fields.items():
        page = planter.page(form, *names)
        for name in names if page is not None else ():
            assert page is not None
            hit = planter.hit(page, page.present(name), name)
            chosen = planter.pick(page, hit, f"style {name}", len(styles))
            planter.put(page, hit, name, compose_each(styles, chosen, page.texts(name, hit)))


def plant_site_formats(planter: Planter) -> None:
    """4: a site that writes dates in a format of its own; all dates of a record that is hit."""
    styles = planter.spec.texts["styles"]
    for form, names in planter.spec.fields.items():
        page = planter.page(form, *names)
        if page is None:
            continue
        owner = hash_texts(page.clean["SITE"])
        zero = np.zeros(page.size, dtype=np.int64)
        odd = draw(planter.seed, f"{planter.kind}/site", owner, zero) < planter.spec.limits["sites"]
        style = np.floor(draw(planter.seed, f"{planter.kind}/style", owner, zero) * len(styles)).astype(np.int64)
        some = np.logical_or.reduce([page.present(name) for name in names])
        hit = planter.hit(page, odd & some)
        for name in names:
            filled = hit[page.present(name)[hit]]
            planter.put(page, filled, name, compose_each(styles, style[filled], page.texts(name, filled)))


def first_doses(planter: Planter) -> pd.Series:
    """The day of the first dose of each subject."""
    page = planter.page("ECPYR", "ECSTDAT", "ECOCCUR")
    if page is None:
        return pd.Series(dtype=np.float64)
    given = page.clean[page.equals("ECOCCUR", "Y")]
    return given.groupby(given["SUBJECT"].astype(object))["ECSTDAT"].min()


def plant_partial_at_first_dose(planter: Planter) -> None:
    """18: an adverse event begins, on a day unknown, in the month of the first dose."""
    page = planter.page("AE", "AESTDAT")
    if page is None:
        return
    first = planter.by_subject(first_doses(planter), page).to_numpy(dtype=np.float64)
    start = page.days("AESTDAT")
    known = ~np.isnan(first) & ~np.isnan(start)
    month = [(EPOCH + np.nan_to_num(days).astype(np.int64)).astype("datetime64[M]") for days in (first, start)]
    hit = planter.hit(page, known & (month[0] == month[1]))
    planter.put(page, hit, "AESTDAT", page.texts("AESTDAT", hit).str[:7] + "-NK")


def later_dates(planter: Planter, page: Page, hit: np.ndarray, base: np.ndarray, least: int, most: int) -> pd.Series:
    """Dates a few days after those of `base` (before, for negative numbers)."""
    return dates(base[hit] + least + planter.pick(page, hit, "days", most - least + 1))


def plant_after_cut_off(planter: Planter) -> None:
    """48: the last sample or scan before the data cut-off is dated after it."""
    for form, names in planter.spec.fields.items():
        page = planter.page(form, *names)
        for name in names if page is not None else ():
            assert page is not None
            days = page.days(name)
            near = (days <= planter.cut_off) & (days > planter.cut_off - planter.spec.limits["days"])
            hit = planter.hit(page, near, name)
            base = np.full(page.size, planter.cut_off)
            planter.put(page, hit, name, later_dates(planter, page, hit, base, 1, 30))


def plant_late_consent(planter: Planter) -> None:
    """50: consent after the first dose; a birth date that is the date of consent."""
    consent = planter.page("ICF", "RFICDAT")
    if consent is None:
        return
    first = planter.by_subject(first_doses(planter), consent).to_numpy(dtype=np.float64)
    hit = planter.hit(consent, ~np.isnan(first), "consent")
    planter.put(consent, hit, "RFICDAT", later_dates(planter, consent, hit, first, 1, 7))
    birth = planter.page("DM", "BRTHDAT")
    if birth is None:
        return
    given = consent.clean.set_index(consent.subject.astype(object))["RFICDAT"]
    day = planter.by_subject(given, birth).to_numpy(dtype=np.float64)
    hit = planter.hit(birth, ~np.isnan(day) & birth.present("BRTHDAT"), "birth")
    planter.put(birth, hit, "BRTHDAT", dates(day[hit]))
