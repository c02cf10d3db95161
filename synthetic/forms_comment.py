"""The page of comments: most subjects have none; some are on a record, some on a page, some on neither."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from synthetic.comments import MOST, SHARE, TOPICS, Topic
from synthetic.forms_treatment import log_rows
from synthetic.frames import Column, Texts, make_form
from synthetic.patients import Patients
from synthetic.streams import Floats, Ints
from synthetic.visits import WORDS

LATEST = 10
"""Days from a record, or the visit of a page, to the comment on it."""


def comment_forms(patients: Patients, filled: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """CO by form OID; `filled` are the other forms, on whose records and pages the comments are."""
    form, streams = patients.forms["CO"], patients.streams
    (asked,) = (item for item in form.items if item.oid == "COFORM")
    pages = {"", *(code for code, _, _ in asked.codes)}
    who, slot = np.nonzero(streams.chance("comment", SHARE, MOST) & ~patients.people.failed[:, None])
    topic = streams.choice("comment topic", tuple(each.weight for each in TOPICS), MOST)[who, slot]
    record, text, late = (streams.uniform(f"comment {what}", MOST)[who, slot] for what in ("record", "text", "date"))
    row = np.full(len(who), -1, dtype=np.int64)
    visit, number, base = np.full(len(who), -1, dtype=np.int64), np.full(len(who), np.nan), patients.people.consent[who]
    for place, each in enumerate(TOPICS):
        mine = np.flatnonzero(topic == place)
        if each.form in pages and each.form:
            row[mine] = _records(patients, filled[each.form], who[mine], record[mine])
            found = mine[row[mine] >= 0]
            visit[found], number[found], base[found] = _named(each, filled[each.form].take(row[found]))
    general = np.array([each.form == "" for each in TOPICS])[topic]
    kept = np.flatnonzero(general | (row >= 0))
    date = _dates(patients, who, base, late, general)
    order = kept[np.lexsort((slot[kept], date[kept], who[kept]))]
    items: dict[str, Column] = {
        "COVAL": _texts(patients, who, topic, text).take(order),
        "CODAT": date[order],
        "COFORM": Texts([each.form for each in TOPICS], np.where(general, -1, topic)).take(order),
        "COVISIT": Texts(WORDS, visit).take(order),
        "CONUM": number[order],
    }
    return {"CO": make_form(form, patients.names, log_rows(who[order]), items)}


def _records(patients: Patients, frame: pd.DataFrame, who: Ints, drawn: Floats) -> Ints:
    """A record of each subject in a form, which is sorted by subject; -1 where there is none."""
    owner = pd.Index(list(patients.names.subject.words)).get_indexer(pd.Index(frame["SUBJECT"]))
    count = np.bincount(owner, minlength=len(patients))
    first = np.cumsum(count) - count
    return np.where(count[who] > 0, first[who] + np.floor(drawn * count[who]), -1).astype(np.int64)


def _named(topic: Topic, records: pd.DataFrame) -> tuple[Ints, Floats, Floats]:
    """What a comment names, the visit or the number of a record, and the date of what it is on."""
    if topic.dated:
        nowhere = np.full(len(records), -1, dtype=np.int64)
        return nowhere, records["ROW_REP"].to_numpy(dtype=np.float64), records[topic.dated].to_numpy(dtype=np.float64)
    visit = pd.Index(WORDS).get_indexer(pd.Index(records["EVENT"])).astype(np.int64)
    return visit, np.full(len(records), np.nan), records["EVENT_DATE"].to_numpy(dtype=np.float64)


def _dates(patients: Patients, who: Ints, base: Floats, late: Floats, general: Ints) -> Floats:
    """Soon after what the comment is on, a general one on any day; from consent to the end of observation."""
    consent, last = patients.people.consent[who], patients.course.last[who]
    span = np.where(general, last - consent, LATEST)
    return np.asarray(np.minimum(np.maximum(base, consent) + np.floor(span * late), last), dtype=np.float64)


def _texts(patients: Patients, who: Ints, topic: Ints, drawn: Floats) -> Texts:
    """One of the topic's texts, in Chinese where the site writes Chinese."""
    words = [text for each in TOPICS for pair in each.texts for text in pair]
    count = np.array([len(each.texts) for each in TOPICS])
    first = np.cumsum(count) - count
    place = first[topic] + np.floor(drawn * count[topic])
    return Texts(words, (2 * place + patients.writes_chinese[who]).astype(np.int64))
