"""Faults of dosing and of laboratory and vital signs pages."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crf2tlf.tables.arrow import TEXT
from synthetic.export.cells import VERSION, render_numbers
from synthetic.faults.kinds_dates import first_doses, later_dates
from synthetic.faults.planter import Page, Planter
from synthetic.faults.texts import choose_texts, dates

TABLET_MG = 80


def plant_dose_zero(planter: Planter) -> None:
    """19: an interruption entered as a dose of 0 that was taken."""
    page = planter.page("ECPYR", "ECDOSE", "ECOCCUR")
    if page is None:
        return
    hit = planter.hit(page, page.equals("ECOCCUR", "N"))
    case = page.case(hit)
    planter.put(page, hit, "ECDOSE", "0", case=case)
    planter.put(page, hit, "ECOCCUR", "Y", case=case)


def plant_dose_records(planter: Planter) -> None:
    """20: records that overlap, end before they start, or change the dose without a reason."""
    page = planter.page("ECPYR", "ECSTDAT", "ECENDAT", "ECADJ")
    if page is None:
        return
    start, end = page.days("ECSTDAT"), page.days("ECENDAT")
    following = pd.Series(start).groupby(page.subject.to_numpy(dtype=object)).shift(-1).to_numpy()
    overlap = planter.hit(page, ~np.isnan(following) & ~np.isnan(end), "overlap")
    planter.put(page, overlap, "ECENDAT", later_dates(planter, page, overlap, following, 1, 4))
    reverse = planter.hit(page, ~np.isnan(start) & ~np.isnan(end), "reverse")
    planter.put(page, reverse, "ECENDAT", later_dates(planter, page, reverse, start, -4, -1))
    silent = planter.hit(page, page.present("ECADJ"), "reason")
    planter.put(page, silent, "ECADJ", None)


def plant_dose_texts(planter: Planter) -> None:
    """21: the dose as text, or in tablets of 80 mg."""
    page = planter.page("ECPYR", "ECDOSE")
    if page is None:
        return
    dose = page.days("ECDOSE")
    hit = planter.hit(page, (dose > 0) & (np.mod(dose, TABLET_MG) == 0))
    tablets = planter.uniform(page, hit, "which") < 0.5
    mg = render_numbers(dose[hit], 0) + "mg qd"
    counted = render_numbers(dose[hit] / TABLET_MG, 0) + "片"
    planter.put(page, hit, "ECDOSE", mg.mask(tablets, counted))


def plant_wrong_drug(planter: Planter) -> None:
    """26: a drug of the other arm, or a subject who is dosed although criteria were not met."""
    criteria = planter.page("IE", "IEYN")
    if criteria is not None:
        dosed = criteria.subject.isin(first_doses(planter).index).to_numpy(dtype=bool)
        hit = planter.hit(criteria, dosed & criteria.equals("IEYN", "Y"))
        planter.put(criteria, hit, "IEYN", "N")
    own, other = planter.page("ECCAP", "ECSTDAT"), planter.page("ECFUL", "ECSTDAT")
    if own is None or other is None:
        return
    first = ~own.subject.duplicated().to_numpy()
    hit = planter.hit(own, first & own.present("ECSTDAT"))
    keys = {name: own.texts(name, hit) for name in ("SITE", "SUBJECT", "EVENT_DATE", "ECSTDAT")}
    fixed = {"EVENT": "LOG", "EVENT_REP": "1", "FORM_REP": "1", "ROW_REP": "1", "VERSION": VERSION}
    drug = {"ECOCCUR": "Y", "ECDOSE": "500", "ECDOSU": "mg", "ECDOSFRQ": "ONCE"}
    planter.add_new(other, own.subject.take(hit), keys | fixed | drug, ("ECSTDAT", "ECDOSE"))


def plant_strata(planter: Planter) -> None:
    """25: the stratum of the randomisation is not that of the case report form."""
    for form, names in planter.spec.fields.items():
        page = planter.page(form, *names)
        for name in names if page is not None else ():
            assert page is not None
            hit = planter.hit(page, page.present(name), name)
            true = page.texts(name, hit)
            turned = {"Y": "N", "N": "Y", "0": "1", "1": "0", "2": "1", "3": "2"}
            planter.put(page, hit, name, true.map(turned).astype(TEXT))


def plant_lab_units(planter: Planter) -> None:
    """29: a result in another unit (value, unit and range), or as text; `texts`: test: [unit, factor, decimals]."""
    for test, (unit, factor, decimals) in (
        (name, words) for name, words in planter.spec.texts.items() if name != "results"
    ):
        page = next((page for page in planter.pages.values() if page.has(f"{test}_LBORRES")), None)
        if page is None:
            continue
        hit = planter.hit(page, page.present(f"{test}_LBORRES"), f"unit {test}")
        case = page.case(hit)
        for part in ("LBORRES", "LBORNRLO", "LBORNRHI"):
            name = f"{test}_{part}"
            filled = page.present(name)[hit]
            values = render_numbers(page.days(name)[hit] * float(factor), int(decimals))
            planter.put(page, hit[filled], name, values[filled], case=case[filled])
        planter.put(page, hit, f"{test}_LBORRESU", unit, case=case)


def plant_lab_texts(planter: Planter) -> None:
    """29: results as text."""
    words = planter.spec.texts["results"]
    for form, names in planter.spec.fields.items():
        page = planter.page(form, *names)
        for name in names if page is not None else ():
            assert page is not None
            hit = planter.hit(page, page.present(name), f"text {name}")
            planter.put(page, hit, name, choose_texts(words, planter.pick(page, hit, f"word {name}", len(words))))


def plant_labs(planter: Planter) -> None:
    """29: units and texts."""
    plant_lab_units(planter)
    plant_lab_texts(planter)


def plant_impossible(planter: Planter) -> None:
    """30: systolic below diastolic pressure, height in metres, weight without its decimal point."""
    page = planter.page("VS", "SYSBP", "DIABP", "HEIGHT", "WEIGHT")
    if page is None:
        return
    hit = planter.hit(page, page.present("SYSBP") & page.present("DIABP"), "pressure")
    case = page.case(hit)
    systolic, diastolic = page.texts("SYSBP", hit), page.texts("DIABP", hit)
    planter.put(page, hit, "SYSBP", diastolic, case=case)
    planter.put(page, hit, "DIABP", systolic, case=case)
    hit = planter.hit(page, page.present("HEIGHT"), "height")
    planter.put(page, hit, "HEIGHT", render_numbers(page.days("HEIGHT")[hit] / 100, 2))
    hit = planter.hit(page, page.present("WEIGHT"), "weight")
    planter.put(page, hit, "WEIGHT", page.texts("WEIGHT", hit).str.replace(".", "", regex=False))


def plant_baseline_scan(planter: Planter) -> None:
    """36: the baseline scan more than 28 days before the first dose, or after it."""
    page = planter.page("IMG", "IMGDAT")
    if page is None:
        return
    first = planter.by_subject(first_doses(planter), page).to_numpy(dtype=np.float64)
    screening = (page.clean["EVENT"] == "SCR").to_numpy(dtype=bool)
    hit = planter.hit(page, screening & ~np.isnan(first) & page.present("IMGDAT"))
    move_scans(planter, page, hit, first)


def move_scans(planter: Planter, page: Page, hit: np.ndarray, first: np.ndarray) -> None:
    """Put scans of a visit out of the window around the first dose."""
    early = dates(first[hit] - 30 - planter.pick(page, hit, "early", 30))
    late = dates(first[hit] + 1 + planter.pick(page, hit, "late", 5))
    planter.put(page, hit, "IMGDAT", early.mask(planter.uniform(page, hit, "which") < 0.3, late))
