"""Faults of visits, pages and subjects' identifiers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crf2tlf.tables.arrow import TEXT
from synthetic.export.cells import render_numbers
from synthetic.faults.kinds_dates import first_doses, later_dates
from synthetic.faults.planter import Numbers, Page, Planter
from synthetic.faults.texts import mistyped


def keys_of(page: Page, *names: str) -> pd.Series:
    """The keys of records as one text."""
    key = page.subject
    for name in names:
        key = key + "\t" + page.clean[name].astype(TEXT)
    return key


def plant_unscheduled(planter: Planter) -> None:
    """6: a tumour assessment entered at an unscheduled visit."""
    response = planter.page("RSP")
    if response is None:
        return
    hit = planter.hit(response, response.clean["EVENT"].str.startswith("TA").to_numpy(dtype=bool))
    wanted = keys_of(response, "EVENT").take(hit)
    for form in planter.spec.fields.get("forms", ()):
        page = planter.page(form)
        if page is None:
            continue
        key = keys_of(page, "EVENT")
        records = np.flatnonzero(key.isin(wanted).to_numpy(dtype=bool)).astype(np.int64)
        number = page.clean["EVENT"].take(records).str[2:].astype("int64").to_numpy() + 50
        visits = "UNS" + render_numbers(number.astype(np.float64), 0)
        planter.put(page, records, "EVENT", visits, case=number)
        page.locked[records] = True


def plant_early_visit(planter: Planter) -> None:
    """7: a visit dated before the one that comes before it."""
    page = planter.page("SV", "SVSTDAT")
    if page is None:
        return
    cycle = page.clean["EVENT"].str.fullmatch(r"C[0-9]+D1").to_numpy(dtype=bool)
    days = pd.Series(np.where(cycle, page.days("SVSTDAT"), np.nan))
    before = days.where(cycle)[cycle].groupby(page.subject[cycle].to_numpy(dtype=object)).shift()
    previous = np.asarray(before.reindex(days.index), dtype=np.float64)
    hit = planter.hit(page, cycle & ~np.isnan(previous) & ~np.isnan(days.to_numpy()))
    planter.put(page, hit, "SVSTDAT", later_dates(planter, page, hit, previous, -3, -1))


def plant_duplicates(planter: Planter) -> None:
    """5: a page entered twice, the second time with a typing error in one of `fields`."""
    for form, names in planter.spec.fields.items():
        page = planter.page(form, *names)
        for name in names if page is not None else ():
            assert page is not None
            hit = planter.hit(page, page.present(name), name)
            true = page.texts(name, hit)
            wrong = mistyped(true)
            repeats = next_repeat(page, hit)
            records = planter.add(page, hit, {name: wrong, "FORM_REP": repeats}, (), case=page.case(hit))
            planter.note(page, records, name, wrong, true, case=page.case(hit))


def next_repeat(page: Page, records: Numbers) -> pd.Series:
    """A form sequence that no page of the visit has."""
    key = keys_of(page, "EVENT").to_numpy(dtype=object)
    highest = page.clean.groupby(key)["FORM_REP"].transform("max").to_numpy()[records]
    earlier = pd.Series(records).groupby(key[records]).cumcount().to_numpy()
    return render_numbers((highest + 1 + earlier).astype(np.float64), 0)


def plant_old_design(planter: Planter) -> None:
    """44: a page entered in the first design of the form."""
    for form in planter.spec.fields.get("forms", ()):
        page = planter.page(form)
        if page is not None:
            hit = planter.hit(page, np.ones(page.size, dtype=bool))
            planter.put(page, hit, "VERSION", planter.spec.texts["version"][0])


def plant_test_subjects(planter: Planter) -> None:
    """45: a subject of the system's test in the export."""
    copy_subjects(planter, lambda page, hit: "TEST-" + page.texts("SUBJECT", hit))


def plant_rescreened(planter: Planter) -> None:
    """27: the same person was screened before, under another number, and failed."""

    def earlier(page: Page, hit: Numbers) -> pd.Series:
        return page.texts("SUBJECT", hit).str.replace("-", "-S", n=1, regex=False)

    copy_subjects(planter, earlier, {"IE": {"IEYN": "N", "IETESTCD": planter.spec.texts["criterion"][0]}})


def copy_subjects(planter: Planter, name: object, changes: dict[str, dict[str, str]] | None = None) -> None:
    """Copies of the screening pages `forms` of some dosed subjects under another identifier."""
    forms = planter.spec.fields.get("forms", ())
    main = planter.page("ICF")
    if main is None or not callable(name):
        return
    dosed = main.subject.isin(first_doses(planter).index).to_numpy(dtype=bool)
    hit = planter.hit(main, dosed)
    chosen = main.subject.take(hit)
    for form in forms:
        page = planter.page(form)
        if page is None:
            continue
        at_screening = (page.clean["EVENT"] == "SCR").to_numpy(dtype=bool)
        records = np.flatnonzero(page.subject.isin(chosen).to_numpy(dtype=bool) & at_screening).astype(np.int64)
        own = (changes or {}).get(form, {})
        once = np.zeros(len(records), dtype=np.int64)
        planter.add(page, records, {"SUBJECT": name(page, records)} | own, ("SUBJECT", *own), case=once)
        page.locked[records] = True


def plant_site_transfer(planter: Planter) -> None:
    """28: a subject moves to another site, whose number stands on all pages from then on."""
    main = planter.page("DM")
    visits = planter.page("SV", "SVSTDAT")
    if main is None or visits is None:
        return
    late = visits.clean[(visits.clean["EVENT"] == planter.spec.texts["visit"][0]).to_numpy(dtype=bool)]
    moved = late.set_index(late["SUBJECT"].astype(object))["SVSTDAT"]
    start = planter.by_subject(moved[~moved.index.duplicated()], main).to_numpy(dtype=np.float64)
    hit = planter.hit(main, ~np.isnan(start))
    chosen = pd.Series(start[hit], index=main.subject.take(hit).astype(object), dtype=np.float64)
    for form in planter.spec.fields.get("forms", ()):
        page = planter.page(form)
        if page is None:
            continue
        from_day = planter.by_subject(chosen, page).to_numpy(dtype=np.float64)
        records = np.flatnonzero(page.days("EVENT_DATE") >= from_day).astype(np.int64)
        old = page.clean["SITE"].take(records).astype("int64").to_numpy()
        new = pd.Series(old % int(planter.spec.limits["sites"]) + 1).astype(TEXT).str.zfill(2)
        planter.put(page, records, "SITE", new, case=np.zeros(len(records), dtype=np.int64))
        page.locked[records] = True


def plant_injection_visit(planter: Planter) -> None:
    """22: an injection every 28 days entered under the name of a 21-day visit."""
    page = planter.page("ECFUL", "ECSTDAT")
    if page is None:
        return
    first = planter.by_subject(first_doses(planter), page).to_numpy(dtype=np.float64)
    cycle = np.rint((page.days("ECSTDAT") - first) / 21) + 1
    off = np.abs(page.days("ECSTDAT") - first - 21 * (cycle - 1)) > 3
    hit = planter.hit(page, off & (cycle >= 2))
    planter.put(page, hit, "EVENT", "C" + render_numbers(cycle[hit], 0) + "D1")
