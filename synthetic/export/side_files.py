"""The metadata that an EDC system exports beside the forms: Forms.csv, Events.csv, Items.csv, CodeLists.csv."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from crf2tlf.spec.crf import Codes, EventDef, FormDef, ItemDef
from crf2tlf.tables import write_text
from crf2tlf.tables.arrow import TEXT
from synthetic.export.columns import column_of
from synthetic.export.csv_lines import csv_line, csv_lines

ITEM_COLUMNS = (
    "FormId",
    "ItemId",
    "ItemName",
    "ColumnName",
    "DataType",
    "Length",
    "Decimals",
    "Unit",
    "CodeListId",
    "Order",
)


def write_side_files(folder: Path, forms: Mapping[str, FormDef], events: Mapping[str, EventDef]) -> dict[str, int]:
    """Write the metadata; returns the files with their rows."""
    lists = name_codelists(forms)
    tables: dict[str, tuple[tuple[str, ...], list[tuple[str, ...]]]] = {
        "Forms.csv": (
            ("FormId", "FormName", "FormNameChinese", "Group", "Repeating", "Events"),
            [
                (form.oid, form.label, form.chinese_label, form.group, yes(form.repeating), " ".join(form.events))
                for form in forms.values()
            ],
        ),
        "Events.csv": (
            ("EventId", "EventName", "EventNameChinese", "Repeating", "Pattern"),
            [(each.oid, each.label, each.chinese_label, yes(each.repeating), each.pattern) for each in events.values()],
        ),
        "Items.csv": (ITEM_COLUMNS, item_rows(forms, lists)),
        "CodeLists.csv": (
            ("CodeListId", "Code", "Text", "TextChinese", "Order"),
            [
                (name, code, text, chinese, str(order))
                for codes, name in lists.items()
                for order, (code, text, chinese) in enumerate(codes, start=1)
            ],
        ),
    }
    for file, (header, rows) in tables.items():
        frame = pd.DataFrame(rows, columns=list(header), dtype=TEXT)
        write_text(folder / file, csv_line(header) + csv_lines(frame), encoding="utf-8-sig")
    return {file: len(rows) for file, (_, rows) in tables.items()}


def item_rows(forms: Mapping[str, FormDef], lists: Mapping[Codes, str]) -> list[tuple[str, ...]]:
    """The rows of Items.csv."""

    def row(form: FormDef, item: ItemDef, order: int) -> tuple[str, ...]:
        decimals = str(item.decimals) if item.kind == "float" else ""
        codelist = lists[item.codes] if item.codes else ""
        column = column_of(form, item.oid)
        kind = (item.kind, str(item.length), decimals, item.unit, codelist)
        return (form.oid, item.oid, item.label, column, *kind, str(order))

    return [row(form, item, order) for form in forms.values() for order, item in enumerate(form.items, start=1)]


def name_codelists(forms: Mapping[str, FormDef]) -> dict[Codes, str]:
    """A name for each list of codes: that of the first item that has it."""
    names: dict[Codes, str] = {}
    for form in forms.values():
        for item in form.items:
            if item.codes and item.codes not in names:
                names[item.codes] = f"CL_{form.oid}_{item.oid}"
    return names


def yes(flag: bool) -> str:
    """Yes or No."""
    return "Yes" if flag else "No"
