"""What the columns of an EDC export are, in order: system keys, then the items, coded ones in two columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from crf2tlf.spec.crf import EventDef, FormDef, ItemDef
from crf2tlf.tables.arrow import TEXT
from synthetic.export.cells import FormCells, Rows, render_numbers, take_texts

CODE_SUFFIX = "CD"
TEXT_SUFFIX = ":text"
"""Ends the name of an item where the text beside its code is meant."""
SYSTEM_COLUMNS = {
    "STUDYID": "Study",
    "SITEID": "Site number",
    "SUBJID": "Subject number",
    "SiteSeq": "Site sequence",
    "SubjectSeq": "Subject sequence",
    "EventId": "Event OID",
    "EventName": "Event name",
    "EventSeq": "Event sequence",
    "EventDate": "Event date",
    "FormSeq": "Form sequence",
    "ItemGroupSeq": "Record sequence",
    "SubjectFormSeq": "Form sequence within the subject",
    "OriginSubjectFormSeq": "Form sequence within the subject at first entry",
    "DesignVersion": "Design version",
}
COLUMN_OF_KEY = {
    "SITE": "SITEID",
    "SUBJECT": "SUBJID",
    "EVENT": "EventId",
    "EVENT_REP": "EventSeq",
    "FORM_REP": "FormSeq",
    "ROW_REP": "ItemGroupSeq",
    "EVENT_DATE": "EventDate",
    "VERSION": "DesignVersion",
}


@dataclass(frozen=True)
class FlatTable:
    """A form as a flat table of texts; `records` are the numbers of its records."""

    frame: pd.DataFrame
    labels: tuple[str, ...]
    records: Rows


def column_of(form: FormDef, name: str) -> str:
    """The column that holds a key or an item (the code of a coded one)."""
    if name in COLUMN_OF_KEY:
        return COLUMN_OF_KEY[name]
    if name.endswith(TEXT_SUFFIX):
        return name.removesuffix(TEXT_SUFFIX)
    coded = any(item.oid == name and item.codes for item in form.items)
    return name + CODE_SUFFIX if coded else name


def flat_labels(form: FormDef) -> dict[str, str]:
    """The columns of a form with their labels."""
    labels = dict(SYSTEM_COLUMNS)
    for item in form.items:
        shown = f"{item.label} ({item.unit})" if item.unit else item.label
        labels[item.oid] = shown
        if item.codes:
            labels[item.oid + CODE_SUFFIX] = f"{shown}, code"
    return labels


def flat_table(cells: FormCells, study_id: str, events: Mapping[str, EventDef]) -> FlatTable:
    """A form as an EDC system exports it."""
    frame, records = cells.final()
    columns = system_columns(frame, study_id, events)
    for item in cells.form.items:
        columns[item.oid] = decode(item, frame[item.oid]) if item.codes else frame[item.oid]
        if item.codes:
            columns[item.oid + CODE_SUFFIX] = frame[item.oid]
    flat = pd.DataFrame(columns, copy=False)
    if cells.texts:
        places = pd.Series(np.arange(len(records)), index=records)
        for record, item_oid, text in cells.texts:
            flat.loc[int(places.loc[record]), item_oid] = text
    return FlatTable(flat, tuple(flat_labels(cells.form).values()), records)


def system_columns(frame: pd.DataFrame, study_id: str, events: Mapping[str, EventDef]) -> dict[str, pd.Series]:
    """The keys of the EDC system; sequence numbers count within the subject."""
    instance = instance_numbers(frame)
    shown = render_numbers(instance.astype(np.float64), 0)
    return {
        "STUDYID": take_texts([study_id], np.zeros(len(frame), dtype=np.int64)),
        "SITEID": frame["SITE"],
        "SUBJID": frame["SUBJECT"],
        "SiteSeq": without_zeros(frame["SITE"]),
        "SubjectSeq": without_zeros(frame["SUBJECT"].str.replace(r"^.*-", "", regex=True)),
        "EventId": frame["EVENT"],
        "EventName": event_names(frame["EVENT"], events),
        "EventSeq": frame["EVENT_REP"],
        "EventDate": frame["EVENT_DATE"],
        "FormSeq": frame["FORM_REP"],
        "ItemGroupSeq": frame["ROW_REP"],
        "SubjectFormSeq": shown,
        "OriginSubjectFormSeq": shown,
        "DesignVersion": frame["VERSION"],
    }


def instance_numbers(frame: pd.DataFrame) -> npt.NDArray[np.int64]:
    """The number of each record's page within the subject, from 1, in the order of the file."""
    page = frame["SUBJECT"] + "\t" + frame["EVENT"] + "\t" + frame["EVENT_REP"] + "\t" + frame["FORM_REP"]
    return number_within(frame["SUBJECT"], page)


def number_within(owner: pd.Series, thing: pd.Series) -> npt.NDArray[np.int64]:
    """The number of each thing among those of its owner, from 1, in the order in which they come."""
    code, distinct = pd.factorize(thing)
    first = ~pd.Series(code).duplicated().to_numpy()
    count = pd.Series(first.astype(np.int64)).groupby(pd.factorize(owner)[0]).cumsum().to_numpy()
    numbers = np.zeros(len(distinct), dtype=np.int64)
    numbers[code[first]] = count[first]
    return np.asarray(numbers[code], dtype=np.int64)


def without_zeros(column: pd.Series) -> pd.Series:
    """The digits of a number without leading zeros."""
    return column.str.replace(r"^0+", "", regex=True).astype(TEXT)


def event_names(events: pd.Series, definitions: Mapping[str, EventDef]) -> pd.Series:
    """The labels of visits: those of a repeating kind with their OID."""
    codes, distinct = pd.factorize(events)
    return take_texts([event_name(str(event), definitions) for event in distinct], codes)


def event_name(event: str, definitions: Mapping[str, EventDef]) -> str:
    """The label of a visit."""
    found = next((each for each in definitions.values() if each.covers(event)), None)
    if found is None:
        return event
    return f"{found.label} ({event})" if found.repeating else found.label


def decode(item: ItemDef, codes: pd.Series) -> pd.Series:
    """The texts of codes; a code that is not in the list is its own text."""
    texts = {code: text for code, text, _ in item.codes}
    places, distinct = pd.factorize(codes)
    return take_texts([texts.get(str(code), str(code)) for code in distinct], places)
