"""What holds for every record of the extract: excluded subjects, the data cut-off, and texts beside their codes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from crf2tlf.derive.issues import combine_issues, typed_issues
from crf2tlf.derive.subjects import compute_subject_ids, excluded_issues, kept_rows
from crf2tlf.derive.tables import RawSource, take_places
from crf2tlf.rules.columns import BoolArray, Column, is_missing, is_true, take_rows, text_column
from crf2tlf.rules.dates import compute_iso_dates_from_text
from crf2tlf.rules.vectors import find_positions
from crf2tlf.spec.facts import CodeTexts, Form, Table
from crf2tlf.spec.graph import wide_form
from crf2tlf.spec.model import Dataset, Study

AFTER_CUT_OFF = "AFTER_CUT_OFF"
TEXT_AGAINST_CODE = "TEXT_AGAINST_CODE"


def kept_records(study: Study, form: Form, source: RawSource) -> BoolArray:
    """The records of a wide form that datasets are made from: not of excluded subjects, not after the cut-off."""
    return kept_rows(study, source) & ~find_after_cut_off(study, form, source)


def form_issues(study: Study, spec: Dataset, forms: Mapping[str, RawSource]) -> pd.DataFrame:
    """The issues of whole forms, told with a dataset: subjects and records left out, texts against their codes.

    `forms` are wide forms with all their records, by the name under which the dataset reads them.
    """
    told = [excluded_issues(study, spec, forms)] if study.excluded else []
    for name, source in sorted(forms.items()):
        form = wide_form(study, name)
        counted = source.rows(kept_rows(study, source))
        told += [_cut_off_issues(study, spec, form, counted), *_code_issues(study, spec, form, counted)]
    return combine_issues(told)


def find_after_cut_off(study: Study, form: Form, source: RawSource) -> BoolArray:
    """The records whose date, in the field that the form names, is complete and after the data cut-off."""
    if not form.cut_off or not study.cut_off:
        return np.zeros(source.length, dtype=bool)
    dates, _ = compute_iso_dates_from_text(source.column(form.cut_off), form.dates or "YYYY-MM-DD")
    return is_true((dates > study.cut_off).astype("boolean") & (dates.str.len() == 10))


def _cut_off_issues(study: Study, spec: Dataset, form: Form, source: RawSource) -> pd.DataFrame:
    message = f"the record is dated after the data cut-off of {study.cut_off} and left out of every dataset"
    after = find_after_cut_off(study, form, source)
    return _issues(study, spec, form, source, after, form.cut_off, (AFTER_CUT_OFF, "note", message))


def _code_issues(study: Study, spec: Dataset, form: Form, source: RawSource) -> Iterator[pd.DataFrame]:
    """Where the text of a coded item is not that of its code: the code counts, and the difference is told."""
    if study.code_texts is None:
        return
    for field, texts in _texts_of_codes(study.tables[study.code_texts.table], form):
        coded = field + study.code_texts.suffix
        if {field, coded} <= set(form.fields):
            code, text = source.column(coded), source.column(field)
            meant = take_rows(text_column(list(texts.values())), find_positions(code, text_column(list(texts))))
            known = ~is_missing(meant) | is_missing(code)
            differs = known & (meant.fillna("") != text.fillna("")).to_numpy(dtype=bool)
            if not differs.any():
                continue
            message = f"the text is not that of the code in {coded}, which counts"
            told = (TEXT_AGAINST_CODE, "warning", message)
            yield _issues(study, spec, form, source, differs, field, told, coded + " " + code.fillna(""))


def _texts_of_codes(table: Table, form: Form) -> Iterator[tuple[str, dict[str, str]]]:
    columns = [table.values(name) for name in CodeTexts.COLUMNS]
    found: dict[str, dict[str, str]] = {}
    for name, field, code, text in zip(*columns, strict=True):
        if name == form.name:
            found.setdefault(field, {})[code] = text
    yield from found.items()


def _issues(
    study: Study,
    spec: Dataset,
    form: Form,
    source: RawSource,
    where: BoolArray,
    field: str,
    told: tuple[str, str, str],
    detail: Column | None = None,
) -> pd.DataFrame:
    """One issue for each of the records; `told` is the rule, its severity and the message."""
    chosen = np.flatnonzero(where)
    if not len(chosen):
        return combine_issues([])
    places = take_places(source.places(), chosen)
    identifiers = source.subjects().take(chosen).reset_index(drop=True)
    subjects = compute_subject_ids(study, study.subject.id, identifiers) if study.subject is not None else identifiers
    frame = pd.DataFrame({"USUBJID": subjects.to_numpy(dtype=object)}).assign(
        RULE=told[0],
        SEVERITY=told[1],
        DATASET=spec.name,
        VARIABLE="USUBJID",
        FORM=form.name,
        FILE=places.files.to_numpy(dtype=object),
        ROW=places.rows,
        FIELD=field,
        VALUE=source.column(field).take(chosen).to_numpy(dtype=object) if field else None,
        MESSAGE=told[2],
        DETAIL=None if detail is None else detail.take(chosen).to_numpy(dtype=object),
        SPEC=str(form.location),
    )
    return typed_issues(frame)
