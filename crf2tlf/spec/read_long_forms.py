"""`long_forms` of study.yaml: a wide raw form seen as one row a test, as a study table of tests says.

    long_forms:
      hem:                                   # read as raw.hem
        form:   lab_hem                      # the wide form
        tests:  lb_tests                     # a study table with one row a test
        select: {PANEL: HEM}                 # which of its rows
        values: {RESULT: RESULT_FIELD, UNIT: UNIT_FIELD}

Each record of raw.hem has the wide form's fields, the columns of its test's row, and RESULT and UNIT: the values of
the raw fields that the columns RESULT_FIELD and UNIT_FIELD name for the test.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

from crf2tlf.errors import Fault, Location, did_you_mean
from crf2tlf.spec.facts import Form, LongForm, Table
from crf2tlf.spec.model import Study
from crf2tlf.spec.names import Name
from crf2tlf.spec.nodes import Mapping, Reader

Known = TypeVar("Known")


def read_long_forms(
    node: Mapping | None, forms: dict[str, Form], tables: dict[str, Table], reader: Reader
) -> dict[str, Form]:
    """The long forms by name; one with a fault is left out, and what reads it is not checked."""
    found: dict[str, Form] = {}
    for name, value in node or ():
        mapping = reader.entry(value)
        form = _long_form(name, mapping, forms, tables, reader) if mapping is not None else None
        if form is None:
            reader.faults.lost.add(f"raw.{name}")
        else:
            found[name] = form
    return found


def _long_form(
    name: str, node: Mapping, forms: dict[str, Form], tables: dict[str, Table], reader: Reader
) -> Form | None:
    reader.known_keys(node, ("form", "tests", "select", "values", "label"), ("form", "tests", "values"))
    form = _known(node, "form", forms, reader)
    table = _known(node, "tests", tables, reader)
    if name in forms:
        reader.faults.add(node.location, node.where, f"there is a form '{name}' already")
    if form is None or table is None:
        return None
    select = {column: reader.text(value) for column, value in reader.mapping(node.get("select")) or ()}
    values = {field: reader.text(value) for field, value in reader.mapping(node.get("values")) or ()}
    for column in (*select, *values.values()):
        if column not in table.columns:
            message = f"'{column}' is not a column of table.{table.name}"
            reader.faults.add(node.location, node.where, message, did_you_mean(column, table.columns))
            return None
    fields = (*form.fields, *table.columns, *values)
    for field in sorted({field for field in fields if fields.count(field) > 1}):
        reader.faults.add(node.location, node.where, f"the field '{field}' would stand twice")
    long = LongForm(form.name, table.name, tuple(select.items()), tuple(values.items()))
    label = reader.text(node.get("label"), form.label)
    return replace(form, name=name, label=label, fields=fields, location=node.location, long=long)


def _known(node: Mapping, key: str, known: dict[str, Known], reader: Reader) -> Known | None:
    given = node.get(key)
    name = reader.text(given)
    if given is not None and name not in known:
        what = {"form": "form", "tests": "table"}[key]
        reader.faults.add(given.location, given.where, f"there is no {what} '{name}'", did_you_mean(name, known))
    return known.get(name)


def check_long_forms(study: Study) -> Iterator[Fault]:
    """Faults for raw fields named in a table of tests that the wide form does not have."""
    for form in study.forms.values():
        if form.long is None:
            continue
        known = study.forms[form.long.form].fields
        table = study.tables[form.long.table]
        for number, row in selected_rows(form.long, table):
            for _, column in form.long.values:
                cell = row[table.columns.index(column)]
                if cell and cell not in known:
                    message = f"'{cell}' is not a field of raw.{form.long.form}"
                    yield Fault(Location(table.path, number), column, message, did_you_mean(cell, known))


def selected_rows(long: LongForm, table: Table) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The rows of the table of tests that count, each with its line."""
    for number, row in enumerate(table.rows, start=2):
        if all(row[table.columns.index(column)] == value for column, value in long.select):
            yield number, row


def fields_of_wide_form(study: Study, name: Name) -> Iterator[Name]:
    """What reading a field of a long form reads of the wide one; a field of another form stands for itself."""
    form = study.forms.get(name.source.removeprefix("raw."))
    if form is None or form.long is None:
        yield name
        return
    table = study.tables[form.long.table]
    column = dict(form.long.values).get(name.name)
    source = f"raw.{form.long.form}"
    if column is not None:
        position = table.columns.index(column)
        yield from (Name(source, row[position]) for _, row in selected_rows(form.long, table) if row[position])
    elif name.name in study.forms[form.long.form].fields:
        yield Name(source, name.name)
