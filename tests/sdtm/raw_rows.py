"""Domains of a real study, by the study's own rules, from a few rows of raw forms typed in the test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pandas as pd

from crf2tlf.derive.built import Built, build_dataset
from crf2tlf.derive.engine import Deriver
from crf2tlf.spec.facts import Form
from crf2tlf.spec.model import Study
from crf2tlf.tables import RawTable
from sdtm.blocks import RawForms

Row: TypeAlias = Mapping[str, str]


def derive_from_rows(study: Study, name: str, **forms: Sequence[Row]) -> Built:
    """The domain `name` from the rows given by form; a form that is not given has none, a field not given is blank."""

    def read(form: Form) -> RawTable:
        rows = forms.get(form.name, ())
        unknown = {field for row in rows for field in row} - set(form.fields)
        assert unknown == set(), unknown
        columns = {field: [row.get(field, "") for row in rows] for field in form.fields}
        frame = pd.DataFrame(columns).astype(pd.StringDtype("pyarrow"))
        return RawTable(form.name, Path(form.file), frame, np.arange(3, 3 + len(rows), dtype=np.int64), {})

    assert set(forms) <= set(study.forms)
    return build_dataset(Deriver(study, RawForms(study, read), derived=frozenset(study.sdtm)), name)


def values(built: Built, *variables: str) -> list[tuple[object, ...]]:
    """Some variables of every record; a missing value is None."""
    columns = [built.frame[name] for name in variables]
    listed = [column.astype(object).where(column.notna(), None).tolist() for column in columns]
    return list(zip(*listed, strict=True))
