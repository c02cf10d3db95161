"""Faults of deaths and of the end of treatment."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crf2tlf.tables.arrow import TEXT
from synthetic.export.cells import render_numbers
from synthetic.faults.chance import Floats
from synthetic.faults.kinds_dates import later_dates
from synthetic.faults.planter import Bools, Numbers, Page, Planter
from synthetic.faults.texts import compose, dates


def deaths(planter: Planter) -> pd.Series:
    """The day of death of each subject that died."""
    return subject_days(planter.page("DEATH", "DTHDAT"), "DTHDAT")


def subject_days(page: Page | None, name: str) -> pd.Series:
    """A date that each subject has once, by subject."""
    if page is None:
        return pd.Series(dtype=np.float64)
    days = page.clean.set_index(page.subject.astype(object))[name].dropna()
    return days[~days.index.duplicated()]


def is_last(page: Page, considered: Bools) -> Bools:
    """The last of the considered records of each subject."""
    last = np.zeros(page.size, dtype=bool)
    records = np.flatnonzero(considered)
    last[records] = ~page.subject.take(records).duplicated(keep="last").to_numpy()
    return last


def spread_days(planter: Planter, days: pd.Series, page: Page) -> Floats:
    """A day of each subject over the records of a form."""
    return planter.by_subject(days, page).to_numpy(dtype=np.float64)


def plant_death_on_survival_page(planter: Planter) -> None:
    """9: no death page; the last survival contact says dead, in a month."""
    contact, death = planter.page("SURV", "SSDAT", "SSSTAT"), planter.page("DEATH", "DTHDAT")
    if contact is None or death is None:
        return
    died = spread_days(planter, deaths(planter), contact)
    free = death.subject[~death.locked]
    has_page = contact.subject.isin(free).to_numpy(dtype=bool)
    hit = planter.hit(contact, has_page & is_last(contact, ~np.isnan(died)))
    true = dates(died[hit])
    planter.put(contact, hit, "SSDAT", compose("{y}-{m}-NK", true), true=true)
    change = hit[~contact.equals("SSSTAT", "DEAD")[hit]]
    planter.put(contact, change, "SSSTAT", "DEAD", case=contact.case(change))
    gone = records_of(death, contact.subject.take(hit))
    planter.drop(death, gone, case_of(contact, hit, contact.subject, death.subject.take(gone)))


def case_of(page: Page, records: Numbers, keys: pd.Series, wanted: pd.Series) -> pd.Series:
    """The case of the record that was hit among those of each wanted key; each key was hit once."""
    return wanted.map(pd.Series(page.case(records), index=keys.take(records).astype(object)))


def records_of(page: Page, subjects: pd.Series) -> Numbers:
    """The records of some subjects."""
    return np.flatnonzero(page.subject.isin(subjects).to_numpy(dtype=bool)).astype(np.int64)


def plant_death_dates(planter: Planter) -> None:
    """10: the end of study page or the fatal event dates the death some days off."""
    died_eos = planter.page("EOS", "EOSDAT", "EOSREAS")
    if died_eos is not None:
        died = spread_days(planter, deaths(planter), died_eos)
        hit = planter.hit(died_eos, died_eos.equals("EOSREAS", "DEATH") & ~np.isnan(died))
        planter.put(died_eos, hit, "EOSDAT", later_dates(planter, died_eos, hit, died, 1, 5))
    event = planter.page("AE", "AEENDAT", "AEOUT")
    if event is not None:
        died = spread_days(planter, deaths(planter), event)
        hit = planter.hit(event, event.equals("AEOUT", "FATAL") & ~np.isnan(died))
        planter.put(event, hit, "AEENDAT", later_dates(planter, event, hit, died, -5, -1))


def plant_alive_after_death(planter: Planter) -> None:
    """11: a survival contact after the death says alive."""
    page = planter.page("SURV", "SSDAT", "SSSTAT")
    if page is None:
        return
    died = spread_days(planter, deaths(planter), page)
    hit = planter.hit(page, is_last(page, ~np.isnan(died)))
    event = page.texts("EVENT", hit).str.extract(r"^([A-Z]+)([0-9]+)$")
    number = pd.to_numeric(event[1]).to_numpy(dtype=np.float64) + 1
    changes = {
        "EVENT": event[0].astype(TEXT) + render_numbers(number, 0).str.zfill(2),
        "SSDAT": later_dates(planter, page, hit, died, 5, 60),
        "SSSTAT": "ALIVE",
    }
    planter.add(page, hit, changes, ("SSSTAT", "SSDAT"), case=page.case(hit))


def plant_after_death(planter: Planter) -> None:
    """12: the last record of a form is dated after the death."""
    for form, names in planter.spec.fields.items():
        page = planter.page(form, *names)
        for name in names if page is not None else ():
            assert page is not None
            died = spread_days(planter, deaths(planter), page)
            near = page.days(name) > died - planter.spec.limits["days"]
            hit = planter.hit(page, is_last(page, near & (page.days(name) <= died)), name)
            planter.put(page, hit, name, later_dates(planter, page, hit, died, 1, 20))


def plant_fatal_event(planter: Planter) -> None:
    """15: a fatal event whose seriousness denies the death, or whose grade is missing."""
    page = planter.page("AE", "AEOUT", "AESDTH", "AETOXGR")
    if page is None:
        return
    hit = planter.hit(page, page.equals("AEOUT", "FATAL"))
    denied = planter.uniform(page, hit, "which") < 0.5
    planter.put(page, hit[denied], "AESDTH", "N")
    planter.put(page, hit[~denied], "AETOXGR", None)


def plant_reason_without_event(planter: Planter) -> None:
    """23: treatment ended for an adverse event, but no event says that the drug was withdrawn."""
    end, event = planter.page("EOT", "EOTREAS"), planter.page("AE", "AEACNPYR")
    if end is None or event is None:
        return
    withdrawn = event.equals("AEACNPYR", "WITHDRAWN")
    told = end.subject.isin(event.subject[withdrawn & ~event.locked]).to_numpy(dtype=bool)
    hit = planter.hit(
        end,
        end.equals("EOTREAS", "AE")
        & told
        & ~end.subject.isin(event.subject[withdrawn & event.locked]).to_numpy(dtype=bool),
    )
    mine = event.subject.isin(end.subject.take(hit)).to_numpy(dtype=bool)
    records = np.flatnonzero(mine & withdrawn).astype(np.int64)
    planter.put(event, records, "AEACNPYR", "NONE", case=np.zeros(len(records), dtype=np.int64))
    event.locked[records] = True


def plant_dose_after_end(planter: Planter) -> None:
    """24: the last dosing record ends after the end of treatment."""
    page = planter.page("ECPYR", "ECENDAT")
    if page is None:
        return
    ended = spread_days(planter, subject_days(planter.page("EOT", "EOTDAT"), "EOTDAT"), page)
    hit = planter.hit(page, is_last(page, ~np.isnan(ended)) & page.present("ECENDAT"))
    planter.put(page, hit, "ECENDAT", later_dates(planter, page, hit, ended, 2, 14))
