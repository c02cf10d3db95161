"""Toy studies of one or two datasets: spec and raw data typed in the test, derived as the stage derives them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pandas as pd
import pytest

from adam.time_to_event.engine import TimeToEvent
from crf2tlf.derive.built import Built, build_dataset, combine_blocks
from crf2tlf.derive.engine import Deriver
from crf2tlf.derive.tables import FileSource, RawSource
from crf2tlf.errors import SpecError
from crf2tlf.rules.columns import number_column, text_column
from crf2tlf.spec.load import load_study
from crf2tlf.spec.model import Study
from crf2tlf.tables import RawTable
from sdtm.blocks import Extract, RawForms, read_form
from sdtm.split import number_blocks, select_block

Rows = list[tuple[object, ...]]
Variables = Mapping[str, str]

STUDY = """\
study: {name}
study_id: TOY
protocol: TOY
title: A toy study
standards: {{SDTMIG: "3.4", ADaMIG: "1.3", SDTM CT: 2025-03-28, ADaM CT: 2025-03-28, Define-XML: "2.1.7"}}
constants: {{STUDYID: TOY, LIMIT: 3}}
raw: {{folder: raw, encoding: utf-8}}
"""
# The first lines of every toy dataset.
HEAD = """\
dataset: {name}
label: Toy {name}
class: {class_}
structure: One record per toy
"""


@dataclass(frozen=True)
class Toy:
    """A toy study on disk."""

    study: Study
    raw: Path

    def derive(self, name: str, subjects_per_block: int = 4000) -> Built:
        """One SDTM dataset, derived block by block from all forms."""
        extract = Extract(self.raw, self.raw, self.raw)
        tables = {
            name: read_form(self.study, form, extract) for name, form in self.study.forms.items() if form.long is None
        }
        return derive_in_blocks(self.study, name, tables, subjects_per_block)

    def rows(self, name: str, *columns: str) -> Rows:
        """Some columns of a derived dataset."""
        return as_rows(self.derive(name).frame, *columns)

    def derive_adam(self, name: str, files: Mapping[str, pd.DataFrame]) -> Built:
        """One ADaM dataset, derived from datasets given as frames; SUPPxx is the qualifiers of xx."""

        def opened(source: str) -> FileSource:
            return FileSource(source, files[source], files.get(f"SUPP{source}"))

        return build_dataset(Deriver(self.study, {}, opened, frozenset({name}), TimeToEvent()), name)


def derive_in_blocks(study: Study, name: str, tables: Mapping[str, RawTable], subjects_per_block: int) -> Built:
    """A dataset derived from forms in memory, in blocks of so many subjects."""
    same = study.subject.same if study.subject is not None else ()
    sources = [RawSource(study.forms[form], table, same=same).subjects() for form, table in tables.items()]
    subjects = sorted({subject for source in sources for subject in source.dropna()})
    edges = pd.Series(subjects[subjects_per_block::subjects_per_block], dtype="string[pyarrow]")
    blocks = []
    for block in range(len(edges) + 1):
        chosen = {
            form: select_block(table, number_blocks(source, edges) == block)
            for (form, table), source in zip(tables.items(), sources, strict=True)
        }
        forms = RawForms(study, lambda form, chosen=chosen: chosen[form.name])  # type: ignore[misc]
        deriver = Deriver(study, forms, derived=frozenset(study.sdtm), makes_table_records=block == 0)
        blocks.append(build_dataset(deriver, name))
    return combine_blocks(study.sdtm[name], blocks)


def as_rows(frame: pd.DataFrame, *columns: str) -> Rows:
    """The frame as typed rows; a missing value is None."""
    chosen = frame[list(columns)].astype(object)
    return [tuple(row) for row in chosen.where(chosen.notna(), None).to_numpy(dtype=object).tolist()]


def typed(**columns: list[object]) -> pd.DataFrame:
    """A frame of text and number columns; a column is one of numbers when every value given is a number."""
    frame = {}
    for name, values in columns.items():
        numbers = [value for value in values if value is not None]
        is_number = bool(numbers) and all(isinstance(value, int | float) for value in numbers)
        frame[name] = number_column(values) if is_number else text_column(values)
    return pd.DataFrame(frame)


def make_toy(
    root: Path,
    name: str,
    *,
    forms: Mapping[str, str] | None = None,
    datasets: Mapping[str, str] | None = None,
    adam: Mapping[str, str] | None = None,
    codelists: str = "",
    tables: Mapping[str, str] | None = None,
    programs: Mapping[str, str] | None = None,
    study: str = "",
) -> Toy:
    """Write a study's spec and raw data below `root` (which has specs/standards) and load it, checked.

    forms: CSV text by form, dates as DD-MMM-YYYY, subjects in SUBJ; datasets and adam: YAML by dataset (see `dataset`).
    """
    folder = root / "specs" / name
    raw = root / "raw" / name
    blocks = [STUDY.format(name=name), study]
    if forms:
        blocks.append("forms:\n" + "".join(_form(form, text) for form, text in forms.items()))
    if tables:
        blocks.append("tables:\n" + "".join(f"  {table}: {table}.csv\n" for table in tables))
    _write(folder / "study.yaml", "".join(blocks))
    _write(folder / "codelists.yaml", dedent(codelists) or "NONE: {sponsor: None, terms: {N: []}}\n")
    for part, texts in (("sdtm", datasets or {}), ("adam", adam or {})):
        for dataset_name, text in texts.items():
            _write(folder / part / f"{dataset_name}.yaml", text)
    for table, text in (tables or {}).items():
        _write(folder / f"{table}.csv", dedent(text))
    for file, text in (programs or {}).items():
        _write(folder / "programs" / file, dedent(text))
    for form, text in (forms or {}).items():
        _write(raw / f"{form}.csv", dedent(text))
    return Toy(load_study(name, root), raw)


def dataset(
    name: str,
    variables: Variables,
    *,
    source: str = "",
    records: str = "",
    keys: str = "USUBJID",
    class_: str = "EVENTS",
    supp: Variables | None = None,
    more: str = "",
) -> str:
    """The YAML of a dataset: each variable is the text of its mapping without the braces, its label its name."""
    subject = {} if "USUBJID" in variables or class_ == "TRIAL DESIGN" else {"USUBJID": f"from: {source}.SUBJ"}
    parts = [HEAD.format(name=name, class_=class_), f"keys: [{keys}]\n"]
    parts.append(f"records: [{records or f'{{id: main, source: {source}}}'}]\n")
    parts.append("variables:\n" + _variables({**subject, **variables}))
    parts.append("supp:\n" + _variables(supp) if supp else "")
    return "".join([*parts, dedent(more)])


def _variables(variables: Variables) -> str:
    return "".join(f"  {name}: {{{_labelled(name, rule)}}}\n" for name, rule in variables.items())


def _labelled(name: str, rule: str) -> str:
    return rule if rule.startswith("label:") else f"label: {name}, {rule}"


def _form(name: str, text: str) -> str:
    fields = ", ".join(dedent(text).splitlines()[0].split(","))
    return f"  {name}: {{file: {name}.csv, label: {name}, subject: SUBJ, dates: DD-MMM-YYYY, fields: [{fields}]}}\n"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")


def faults_of(make: Callable[[], Toy]) -> str:
    """The text of the faults for which a spec is refused, without its folder's name."""
    with pytest.raises(SpecError) as caught:
        make()
    return str(caught.value).replace(caught.value.faults[0].location.path.split("/")[1], "toy")
