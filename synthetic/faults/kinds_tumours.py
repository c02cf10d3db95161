"""Faults of lesions, scans and responses."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crf2tlf.tables.arrow import TEXT
from synthetic.export.cells import render_numbers
from synthetic.faults.kinds_deaths import case_of, subject_days
from synthetic.faults.kinds_visits import keys_of
from synthetic.faults.planter import Bools, Page, Planter
from synthetic.faults.texts import choose_texts, dates


def at_assessment(page: Page) -> Bools:
    """The records of tumour assessments after the first."""
    found: Bools = page.clean["EVENT"].str.startswith("TA").to_numpy(dtype=bool)
    return found


def untouched(page: Page | None, key: pd.Series, *names: str) -> Bools:
    """Which keys have records in a form, all of them open to faults."""
    if page is None:
        return np.zeros(len(key), dtype=bool)
    mine = keys_of(page, *names)
    result: Bools = (key.isin(mine) & ~key.isin(mine[page.locked])).to_numpy(dtype=bool)
    return result


def plant_same_scan_date(planter: Planter) -> None:
    """8: the scan of an assessment has the date of the one before."""
    response, lesions = planter.page("RSP", "RSDAT"), planter.page("TL", "TLDAT")
    if response is None or lesions is None:
        return
    earlier = pd.Series(response.days("RSDAT")).groupby(response.subject.to_numpy(dtype=object)).shift().to_numpy()
    key = keys_of(response, "EVENT")
    hit = planter.hit(response, ~np.isnan(earlier) & untouched(lesions, key, "EVENT"))
    day = pd.Series(earlier[hit], index=key.take(hit).astype(object), dtype=np.float64)
    own = keys_of(lesions, "EVENT").map(day).to_numpy(dtype=np.float64)
    records = np.flatnonzero(~np.isnan(own) & lesions.present("TLDAT")).astype(np.int64)
    case = lesions.clean["EVENT"].take(records).to_numpy(dtype=object)
    planter.put(lesions, records, "TLDAT", dates(own[records]), case=case)
    lesions.locked[records] = True


def plant_lesion_identity(planter: Planter) -> None:
    """31: the organ of a lesion changes, or its diameter is in cm."""
    page = planter.page("TL", "TLORGAN", "TLDIAM")
    if page is None:
        return
    later = at_assessment(page)
    hit = planter.hit(page, later & page.equals("TLORGAN", *planter.spec.texts["organ"]), "organ")
    other = dict(zip(planter.spec.texts["organ"], planter.spec.texts["becomes"], strict=True))
    planter.put(page, hit, "TLORGAN", page.texts("TLORGAN", hit).map(other).astype(TEXT))
    hit = planter.hit(page, later & (page.days("TLDIAM") >= 10), "cm")
    planter.put(page, hit, "TLDIAM", render_numbers(page.days("TLDIAM")[hit] / 10, 1))


def plant_split_lesion(planter: Planter) -> None:
    """32: a lesion is entered in two fragments, or as not evaluable after local therapy."""
    page = planter.page("TL", "TLNO", "TLDIAM", "TLSTATE")
    if page is None:
        return
    large = at_assessment(page) & (page.days("TLDIAM") >= 20) & page.equals("TLSTATE", "MEASURED")
    hit = planter.hit(page, large)
    number, whole = page.texts("TLNO", hit), page.days("TLDIAM")[hit]
    part = np.floor(whole * (0.4 + 0.2 * planter.uniform(page, hit, "share")))
    case = page.case(hit)
    changes = {
        "TLNO": number + ".2",
        "TLDIAM": render_numbers(whole - part, 0),
        "ROW_REP": render_numbers(page.clean["ROW_REP"].to_numpy(dtype=np.float64)[hit] + 50, 0),
    }
    planter.add(page, hit, changes, ("TLNO", "TLDIAM"), case=case)
    planter.put(page, hit, "TLNO", number + ".1", case=case)
    planter.put(page, hit, "TLDIAM", render_numbers(part, 0), case=case)


def plant_invalid_target(planter: Planter) -> None:
    """33: a lymph node below 15 mm, or another lesion below 10 mm, as a target at baseline."""
    page = planter.page("TL", "TLORGAN", "TLDIAM")
    if page is None:
        return
    baseline = (page.clean["EVENT"] == "SCR").to_numpy(dtype=bool) & page.present("TLDIAM")
    hit = planter.hit(page, baseline)
    node = page.equals("TLORGAN", "NODE")[hit]
    size = np.where(node, 11 + planter.pick(page, hit, "size", 4), 6 + planter.pick(page, hit, "size", 4))
    planter.put(page, hit, "TLDIAM", render_numbers(size.astype(np.float64), 0))


def plant_size_texts(planter: Planter) -> None:
    """34: words in place of a size: `texts` by the state of the lesion."""
    page = planter.page("TL", "TLSTATE", "TLDIAM")
    if page is None:
        return
    for state, words in planter.spec.texts.items():
        hit = planter.hit(page, page.equals("TLSTATE", state), state)
        planter.put(page, hit, "TLDIAM", choose_texts(words, planter.pick(page, hit, f"word {state}", len(words))))


def plant_responses(planter: Planter) -> None:
    """35: stable disease in spite of progression or a new lesion; a sum that is not that of the lesions."""
    page = planter.page("RSP", "OVRLRESP", "RSSUM")
    if page is None:
        return
    hit = planter.hit(page, page.equals("OVRLRESP", "PD"), "overall")
    planter.put(page, hit, "OVRLRESP", "SD")
    hit = planter.hit(page, page.days("RSSUM") > 0, "sum")
    planter.put(page, hit, "RSSUM", render_numbers(page.days("RSSUM")[hit] + 1 + planter.pick(page, hit, "more", 9), 0))


def plant_missing_scans(planter: Planter) -> None:
    """37: the lesions of an assessment are missing and its response is not evaluable."""
    response, lesions = planter.page("RSP", "TRGRESP", "OVRLRESP"), planter.page("TL")
    if response is None or lesions is None:
        return
    key = keys_of(response, "EVENT")
    measured = response.equals("TRGRESP", "CR", "PR", "SD") & response.equals("OVRLRESP", "CR", "PR", "SD")
    hit = planter.hit(response, measured & untouched(lesions, key, "EVENT"))
    own = keys_of(lesions, "EVENT")
    gone = np.flatnonzero(own.isin(key.take(hit)).to_numpy(dtype=bool)).astype(np.int64)
    case = response.case(hit)
    planter.put(response, hit, "TRGRESP", "NE", case=case)
    planter.put(response, hit, "OVRLRESP", "NE", case=case)
    planter.drop(lesions, gone, case_of(response, hit, key, own.take(gone)))


def plant_clinical_progression(planter: Planter) -> None:
    """38: a progression that was only seen by the physician is entered as a response without a scan."""
    page, end = planter.page("RSP", "RSDAT", "OVRLRESP"), planter.page("EOT", "CLINPDDT")
    if page is None or end is None:
        return
    seen = planter.by_subject(subject_days(end, "CLINPDDT"), page).to_numpy(dtype=np.float64)
    last = ~page.subject.duplicated(keep="last").to_numpy()
    hit = planter.hit(page, last & ~np.isnan(seen))
    blank = {name: None for name in ("RSSUM", "TRGRESP", "NTRGRESP", "NEWLES") if page.has(name)}
    word = planter.spec.texts["response"][0]
    changes = {"EVENT": "UNS99", "RSDAT": dates(seen[hit]), "EVENT_DATE": dates(seen[hit]), "OVRLRESP": word}
    planter.add(page, hit, blank | changes, ("OVRLRESP",), case=page.case(hit))
