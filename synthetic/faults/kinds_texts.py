"""Faults of texts: names, languages, characters, free text in place of structure."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crf2tlf.tables.arrow import TEXT
from synthetic.faults.kinds_deaths import case_of, records_of
from synthetic.faults.planter import Planter, texts_like
from synthetic.faults.texts import choose_texts, full_width

NO_BREAK_SPACE = "\u00a0"


def plant_survival_text(planter: Planter) -> None:
    """39: a new therapy stands only as free text on the survival page."""
    contact, therapy = planter.page("SURV", "SSNACT"), planter.page("NACT", "NACTTRT")
    if contact is None or therapy is None:
        return
    once = ~therapy.subject.duplicated(keep=False) & ~therapy.locked
    drug = pd.Series(therapy.value("NACTTRT")[once].to_numpy(dtype=object), index=therapy.subject[once].astype(object))
    named = contact.subject.map(drug).astype(TEXT)
    first = contact.equals("SSNACT", "Y")
    first &= ~contact.subject.where(first).duplicated().to_numpy()
    hit = planter.hit(contact, first & named.notna().to_numpy(dtype=bool))
    planter.put(contact, hit, "SSNACT", planter.spec.texts["changed to"][0] + named.take(hit).reset_index(drop=True))
    gone = records_of(therapy, contact.subject.take(hit))
    planter.drop(therapy, gone, case_of(contact, hit, contact.subject, therapy.subject.take(gone)))


def plant_replacements(planter: Planter) -> None:
    """40 and 42: a text of `fields` as one of the `texts` for it (`*`: for any)."""
    for form, names in planter.spec.fields.items():
        page = planter.page(form, *names)
        for name in names if page is not None else ():
            assert page is not None
            for number, (true, words) in enumerate(planter.spec.texts.items()):
                fits = page.present(name) if true == "*" else page.equals(name, true)
                hit = planter.hit(page, fits, f"{name} {number}")
                chosen = planter.pick(page, hit, f"word {name} {number}", len(words))
                planter.put(page, hit, name, choose_texts(words, chosen))


def plant_characters(planter: Planter) -> None:
    """41: full-width characters, smart quotes, no-break spaces at the end, Chinese words of `texts`."""
    for form, names in planter.spec.fields.items():
        page = planter.page(form, *names)
        for name in names if page is not None else ():
            assert page is not None
            hit = planter.hit(page, page.present(name), name)
            true = page.texts(name, hit)
            chosen = planter.pick(page, hit, f"way {name}", 3)
            wide = full_width(true)
            # A text in Chinese has no full-width twin.
            widened = (chosen == 1) & (wide != true).to_numpy(dtype=bool)
            text = (true + NO_BREAK_SPACE).mask(widened, wide).mask(chosen == 2, "“" + true + "”")
            planter.put(page, hit, name, text.astype(TEXT))


def plant_disagreement(planter: Planter) -> None:
    """43: the text of a coded item says another code than its code."""
    for form, names in planter.spec.fields.items():
        page = planter.page(form, *names)
        for name in names if page is not None else ():
            assert page is not None
            item = next(item for item in page.cells.form.items if item.oid == name)
            shown = {code: text for code, text, _ in item.codes}
            following = dict(zip(shown, [*list(shown.values())[1:], next(iter(shown.values()))], strict=True))
            hit = planter.hit(page, page.value(name).isin(list(shown)).to_numpy(dtype=bool), name)
            codes = page.texts(name, hit)
            wrong = texts_like(codes.map(following), len(hit))
            page.cells.texts += list(zip(hit.tolist(), [name] * len(hit), wrong.tolist(), strict=True))
            planter.note(page, hit, f"{name}:text", wrong, texts_like(codes.map(shown), len(hit)))


def plant_second_receptor(planter: Planter) -> None:
    """46: the receptors of a metastasis contradict those of the primary tumour."""
    page = planter.page("RCPT", "RCSPEC", "ERRES", "ERPCT")
    if page is None:
        return
    alone = ~page.subject.duplicated(keep=False).to_numpy()
    hit = planter.hit(page, alone & page.present("ERRES"))
    positive = page.equals("ERRES", "POSITIVE")[hit]
    changes = {
        "RCSPEC": "METASTASIS",
        "ERRES": np.where(positive, "NEGATIVE", "POSITIVE"),
        "ERPCT": np.where(positive, "0", "80"),
        "ROW_REP": "9",
    }
    planter.add(page, hit, changes, ("RCSPEC", "ERRES", "ERPCT"), case=page.case(hit))


def plant_untested_her2(planter: Planter) -> None:
    """47: HER2 2+ by immunohistochemistry without in situ hybridisation."""
    page = planter.page("RCPT", "HER2IHC", "HER2ISH")
    if page is None:
        return
    hit = planter.hit(page, page.equals("HER2IHC", "3+"))
    case = page.case(hit)
    planter.put(page, hit, "HER2IHC", "2+", case=case)
    changed = ~page.equals("HER2ISH", "ND")[hit]
    planter.put(page, hit[changed], "HER2ISH", "ND", case=case[changed])
