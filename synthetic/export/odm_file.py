"""One ODM-XML 1.3.2 snapshot of all forms, written block by block and by whole columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO
from xml.sax.saxutils import quoteattr

import numpy as np
import pandas as pd

from crf2tlf.spec.crf import EventDef, FormDef
from crf2tlf.tables import atomic_path
from crf2tlf.tables.arrow import TEXT, pa
from synthetic.export.cells import FormCells
from synthetic.export.joins import LARGE, Texts, choose, join, join_lines, pc, texts_of
from synthetic.export.odm_metadata import StudyText, group_oid, item_oid, metadata_lines, site_lines
from synthetic.export.sink import Numbers, Places, Sink, positions_of

ESCAPES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("\n", "&#10;"), ("\t", "&#9;"))
LEVELS = (["SUBJECT", "VERSION"], ["SITE"], ["EVENT", "EVENT_REP"], ["FORM", "FORM_REP"])
"""What begins ClinicalData (one a subject and design, so that blocks do not show), SubjectData and so on."""
COLUMN_OF_KEY = {
    "SITE": "SITE",
    "SUBJECT": "SUBJ",
    "EVENT": "EVENT",
    "EVENT_REP": "EVENT_REP",
    "FORM_REP": "FORM_REP",
    "ROW_REP": "GROUP_REP",
    "VERSION": "VERSION",
}


class OdmSink(Sink):
    """Forms into one XML file; a record is one ItemGroupData, each of its values on a line of its own."""

    text_columns = False

    def __init__(
        self,
        path: Path,
        forms: Mapping[str, FormDef],
        events: Mapping[str, EventDef],
        study: StudyText,
        sites: Iterable[str],
    ) -> None:
        self.path, self.forms, self.events, self.study, self.sites = path, forms, events, study, tuple(sites)
        self._stack = ExitStack()
        self._stream: TextIO
        self._line = 1
        self._rows = 0
        self._last: dict[str, tuple[Numbers, Numbers]] = {}

    def __enter__(self) -> Self:
        part = self._stack.enter_context(atomic_path(self.path))
        self._stream = self._stack.enter_context(part.open("w", encoding="utf-8", newline=""))
        head = metadata_lines(self.study, self.forms, self.events) + site_lines(self.sites, self.study.study_id)
        self._put("\n".join(head) + "\n", len(head))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._stream.write("</ODM>\n")
        self._stack.__exit__(kind, error, trace)

    def _put(self, text: str, lines: int) -> None:
        self._stream.write(text)
        self._line += lines

    def write(self, block: dict[str, FormCells]) -> None:
        keys, bodies, counts = gather_records(block)
        order = record_order(keys, list(self.forms))
        keys = keys.take(order).reset_index(drop=True)
        bodies, counts = bodies.take(pa.array(order)), counts[order]
        openings, closings, opened, closed = tag_texts(keys, self.study.study_id)
        starts = self._line + np.cumsum(counts + opened + closed) - (counts + closed)
        self._remember(keys, starts)
        text = join_lines(join(openings, bodies, closings), "")
        self._put(text, int((counts + opened + closed).sum()))
        self._rows += len(keys)

    def _remember(self, keys: pd.DataFrame, starts: Numbers) -> None:
        self._last = {name: (np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)) for name in self.forms}
        form = keys["FORM"].to_numpy()
        for name in pd.unique(form):
            mine = form == name
            self._last[str(name)] = (keys["record"].to_numpy()[mine], starts[mine])

    def locate(self, form: str, records: Numbers, names: Sequence[str]) -> Places:
        written, lines = self._last[form]
        places = positions_of(written, records)
        rows = np.where(places >= 0, lines[places], 0) if len(lines) else np.zeros(len(records), dtype=np.int64)
        definition = self.forms[form]
        return Places(
            self.path.name, rows, tuple(COLUMN_OF_KEY.get(name) or item_oid(definition, name) for name in names)
        )

    @property
    def files(self) -> dict[str, int]:
        return {self.path.name: self._rows}


def gather_records(block: dict[str, FormCells]) -> tuple[pd.DataFrame, Texts, Numbers]:
    """The records of all forms: their keys, their text from <ItemGroupData to its end, and the lines of it."""
    keys, bodies, counts = [], [], []
    for name, cells in block.items():
        frame, records = cells.final()
        text, lines = record_texts(cells.form, frame)
        columns = {key: frame[key] for key in ("VERSION", "SITE", "SUBJECT", "EVENT", "EVENT_REP", "FORM_REP")}
        named = pd.DataFrame(
            columns | {"FORM": name, "date": frame["EVENT_DATE"], "record": records, "rank": cells.ranks(records)}
        )
        keys.append(named.assign(FORM=named["FORM"].astype(TEXT)))
        bodies.append(text)
        counts.append(lines)
    joined = pd.concat(keys, ignore_index=True)
    return joined, pa.chunked_array(bodies).combine_chunks(), np.concatenate(counts)


def record_texts(form: FormDef, frame: pd.DataFrame) -> tuple[Texts, Numbers]:
    """Each record as an ItemGroupData element, and its number of lines; blank cells are left out."""
    head = f'<ItemGroupData ItemGroupOID={quoteattr(group_oid(form))} ItemGroupRepeatKey="'
    parts = [join(head, attribute(frame["ROW_REP"]), '">\n')]
    lines = np.full(len(frame), 2, dtype=np.int64)
    for item in form.items:
        values = attribute(frame[item.oid])
        lines += pc.is_valid(values).to_numpy(zero_copy_only=False)
        opening = f'<ItemData ItemOID={quoteattr(item_oid(form, item.oid))} Value="'
        unit = f"<MeasurementUnitRef MeasurementUnitOID={quoteattr(f'MU.{item.unit}')}/></ItemData>\n"
        parts.append(pc.fill_null(join(opening, values, f'">{unit}' if item.unit else '"/>\n'), ""))
    return join(*parts, "</ItemGroupData>\n"), lines


def attribute(column: pd.Series) -> Texts:
    """A text column as the values of an attribute."""
    values = texts_of(column)
    if not pc.any(pc.match_substring_regex(values, '[&<>"\n\t]')).as_py():
        return values
    for sign, escape in ESCAPES:
        values = pc.replace_substring(values, sign, escape)
    return values


def record_order(keys: pd.DataFrame, forms: list[str]) -> Numbers:
    """The order of the records in the file: subject, design version, visit by date, form, record."""
    event = keys["SUBJECT"] + "\t" + keys["EVENT"] + "\t" + keys["EVENT_REP"]
    date, _ = pd.factorize(keys["date"].fillna("9999"), sort=True)
    started = pd.Series(date).groupby(pd.factorize(event)[0]).transform("min").to_numpy()
    form = keys["FORM"].map({name: place for place, name in enumerate(forms)}).to_numpy(dtype=np.int64)
    names, sites, versions = (pd.factorize(keys[name], sort=True)[0] for name in ("EVENT", "SITE", "VERSION"))
    subject, _ = pd.factorize(keys["SUBJECT"], sort=True)
    repeats = [pd.to_numeric(keys[name]).to_numpy(dtype=np.int64) for name in ("FORM_REP", "EVENT_REP")]
    place = np.arange(len(keys))
    order = np.lexsort((place, repeats[0], form, repeats[1], names, started, sites, versions, subject, keys["rank"]))
    return order.astype(np.int64)


def tag_texts(keys: pd.DataFrame, study_id: str) -> tuple[Texts, Texts, Numbers, Numbers]:
    """What opens before and closes after each record, and the number of lines of each."""
    count = len(keys)
    changed = np.zeros(count, dtype=bool)
    changed[:1] = True
    starts = []
    for level in LEVELS:
        for name in level:
            column = keys[name]
            changed[1:] |= (column != column.shift())[1:].to_numpy(dtype=bool)
        starts.append(changed.copy())
    opening_tags = level_tags(keys, study_id)
    openings: Texts = pa.array([""] * count, LARGE)
    closings = openings
    opened, closed = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    for start, (tag, extra, name) in zip(starts, opening_tags, strict=True):
        ends = np.append(start[1:], True)
        openings = join(openings, choose(start, tag, ""))
        closings = join(choose(ends, f"</{name}>\n", ""), closings)
        opened += start * (1 + extra)
        closed += ends
    return openings, closings, opened, closed


def level_tags(keys: pd.DataFrame, study_id: str) -> list[tuple[Texts, int, str]]:
    """The start tags of ClinicalData, SubjectData, StudyEventData and FormData, with the lines beyond the first."""
    value = {name: attribute(keys[name]) for level in LEVELS for name in level}
    clinical = f'<ClinicalData StudyOID={quoteattr(study_id)} MetaDataVersionOID="'
    site = join('">\n<SiteRef LocationOID="', value["SITE"], '"/>\n')
    event = join('<StudyEventData StudyEventOID="', value["EVENT"], '" StudyEventRepeatKey="', value["EVENT_REP"])
    form = join('<FormData FormOID="F.', value["FORM"], '" FormRepeatKey="', value["FORM_REP"])
    return [
        (join(clinical, value["VERSION"], '">\n'), 0, "ClinicalData"),
        (join('<SubjectData SubjectKey="', value["SUBJECT"], site), 1, "SubjectData"),
        (join(event, '">\n'), 0, "StudyEventData"),
        (join(form, '">\n'), 0, "FormData"),
    ]
