"""Raw forms against their spec, and the copies that make a file of many forms be read once.

An ODM-XML file holds all forms of a study. One step reads it, in one pass and block by block, and writes each form that
the study declares as a Parquet file; the steps of the datasets read those.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from crf2tlf.build import Step, StepResult
from crf2tlf.errors import Context, UnreadableFile, did_you_mean
from crf2tlf.spec.facts import Form
from crf2tlf.spec.model import Study
from crf2tlf.tables import RawCopyWriter, RawTable, read_odm_blocks

CODE = ("crf2tlf/tables", "crf2tlf/spec", "sdtm")


def check_fields(study: Study, form: Form, file: str, found: Iterable[str]) -> None:
    """Raise UnreadableFile where the columns of a form are not those that the spec declares."""
    columns = list(found)
    unknown = [field for field in columns if field not in form.fields]
    absent = [field for field in form.fields if field not in columns]
    parts = []
    if absent:
        hints = [f"{field}{_like(field, unknown)}" for field in absent]
        parts.append(f"the fields {', '.join(hints)} are absent")
    if unknown:
        parts.append(f"the fields {', '.join(unknown)} are not declared")
    if parts:
        context = Context(
            study.name,
            f"raw.{form.name}",
            form.location,
            f"forms.{form.name}.fields",
            fix="bring the extract or the list of fields up to date",
        )
        raise UnreadableFile(f"{file}: {'; '.join(parts)}.", context)


def _like(field: str, unknown: list[str]) -> str:
    hint = did_you_mean(field, unknown)
    return f" ({hint})" if hint else ""


def copied_forms(study: Study) -> dict[str, tuple[Form, ...]]:
    """The forms that are read from copies, by the file that they stand in together."""
    found: dict[str, tuple[Form, ...]] = {}
    for form in study.forms.values():
        if form.format == "odm" and form.long is None:
            found[form.file] = (*found.get(form.file, ()), form)
    return found


def copy_path(form: Form, copies: Path) -> Path:
    """Where the copy of a form lies."""
    return copies / f"{form.name}.parquet"


def copy_steps(study: Study, raw: Path, copies: Path) -> list[Step]:
    """One step for each file of many forms."""
    return [
        Step(
            name=f"sdtm/{re.sub('[^A-Za-z0-9_.-]', '_', file)}",
            run=copy_forms,
            arguments=(study, forms, raw / file, copies),
            inputs=(raw / file,),
            key=hashlib.sha256(repr(forms).encode()).hexdigest(),
            outputs=tuple(copy_path(form, copies) for form in forms),
            code=CODE,
        )
        for file, forms in copied_forms(study).items()
    ]


def copy_forms(study: Study, forms: tuple[Form, ...], path: Path, copies: Path) -> StepResult:
    """Write each form of an ODM-XML file as a file of its own; a form's columns must be those of the spec."""
    rows = {form.name: 0 for form in forms}
    columns: dict[str, dict[str, None]] = {form.name: {} for form in forms}
    by_group: dict[str, list[Form]] = {}
    for form in forms:
        by_group.setdefault(form.sheet or form.name, []).append(form)
    with ExitStack() as stack:
        writers = {
            form.name: stack.enter_context(RawCopyWriter(copy_path(form, copies), form.name, path, form.fields))
            for form in forms
        }

        def take(table: RawTable) -> None:
            for form in by_group[table.form]:
                writers[form.name].write(table)
                rows[form.name] += len(table.frame)
                columns[form.name].update(dict.fromkeys(table.frame.columns))

        read_odm_blocks(path, list(by_group), take)
        for form in forms:
            check_fields(study, form, path.name, columns[form.name])
    return StepResult(rows={f"raw.{name}": count for name, count in rows.items()})
