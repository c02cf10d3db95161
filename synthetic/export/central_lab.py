"""The file of a central laboratory: one row a test, Chinese texts, GB18030."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

import numpy as np
import pandas as pd

from crf2tlf.spec.crf import FormDef
from crf2tlf.tables import atomic_path
from crf2tlf.tables.arrow import TEXT
from synthetic.export.cells import FormCells, take_texts
from synthetic.export.csv_lines import csv_line, csv_lines
from synthetic.export.sink import Numbers, Places, Sink

COLUMNS = {
    "STUDYID": "研究编号",
    "SITEID": "中心编号",
    "SUBJID": "受试者编号",
    "VISIT": "访视",
    "LBGRP": "检验类别",
    "REPEAT": "重复序号",
    "VERSION": "版本",
    "LBDAT": "采样日期",
    "LBTIM": "采样时间",
    "LBNAM": "实验室",
    "LBTESTCD": "项目代码",
    "LBTEST": "项目名称",
    "LBORRES": "结果",
    "LBORRESU": "单位",
    "LBORNRLO": "参考范围下限",
    "LBORNRHI": "参考范围上限",
    "LBCLSIG": "有临床意义",
}
COLUMN_OF_KEY = {"SITE": "SITEID", "SUBJECT": "SUBJID", "EVENT": "VISIT", "FORM_REP": "REPEAT", "VERSION": "VERSION"}
RESULT = "LBORRES"
PARTS = (RESULT, "LBORRESU", "LBORNRLO", "LBORNRHI", "LBCLSIG")
HEADER_ROWS = 2


@dataclass(frozen=True)
class CentralLab:
    """What a study's laboratory sends: its file, the forms that it takes the place of, the Chinese names of tests."""

    file: str
    forms: tuple[str, ...]
    tests: dict[str, str] = field(default_factory=dict)
    encoding: str = "gb18030"


class CentralLabSink(Sink):
    """Wide laboratory forms into one long file; a test without a result has no row."""

    def __init__(self, folder: Path, lab: CentralLab, forms: Mapping[str, FormDef], study_id: str) -> None:
        self.folder, self.lab, self.forms, self.study_id = folder, lab, forms, study_id
        self._stack = ExitStack()
        self._stream: TextIO
        self._rows = 0
        self._last = pd.DataFrame()

    def __enter__(self) -> Self:
        part = self._stack.enter_context(atomic_path(self.folder / self.lab.file))
        self._stream = self._stack.enter_context(part.open("w", encoding=self.lab.encoding, newline=""))
        self._stream.write(csv_line(tuple(COLUMNS.values())) + csv_line(tuple(COLUMNS)))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def write(self, block: dict[str, FormCells]) -> None:
        parts = [self._long(cells) for cells in block.values()]
        rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
        date = rows["EVENT_DATE"].fillna("9999").to_numpy(dtype=object).astype(str)
        rows = rows.take(np.lexsort((np.arange(len(rows)), date, rows["rank"]))).reset_index(drop=True)
        rows["row"] = np.arange(len(rows), dtype=np.int64) + self._rows + HEADER_ROWS + 1
        self._rows += len(rows)
        self._last = rows[["form", "record", "test", "row"]]
        self._stream.write(csv_lines(rows[list(COLUMNS)]))

    def _long(self, cells: FormCells) -> pd.DataFrame:
        """The rows of a form, test by test."""
        frame, records = cells.final()
        codes = {item.oid: {code: chinese for code, _, chinese in item.codes} for item in cells.form.items}
        tests = [name.removesuffix(f"_{RESULT}") for name in frame.columns if name.endswith(f"_{RESULT}")]
        parts = []
        for test in tests:
            kept = np.flatnonzero(frame[f"{test}_{RESULT}"].notna().to_numpy(dtype=bool))
            mine = frame.take(kept).reset_index(drop=True)
            same = np.zeros(len(kept), dtype=np.int64)
            names = {part: f"{test}_{part}" for part in PARTS}
            significance = mine[names["LBCLSIG"]].map(codes[names["LBCLSIG"]]).astype(TEXT)
            parts.append(
                pd.DataFrame(
                    {
                        "STUDYID": take_texts([self.study_id], same),
                        "LBGRP": take_texts([cells.form.chinese_label], same),
                        "LBTESTCD": take_texts([test], same),
                        "LBTEST": take_texts([self.lab.tests.get(test, test)], same),
                        "form": cells.form.oid,
                        "record": records[kept],
                        "rank": cells.ranks(records[kept]),
                        "test": test,
                        "EVENT_DATE": mine["EVENT_DATE"],
                    }
                    | {column: mine[key] for key, column in COLUMN_OF_KEY.items()}
                    | {name: mine[name] for name in ("LBDAT", "LBTIM", "LBNAM")}
                    | {part: mine[name] for part, name in names.items() if part != "LBCLSIG"}
                    | {"LBCLSIG": significance}
                )
            )
        return pd.concat(parts, ignore_index=True)

    def locate(self, form: str, records: Numbers, names: Sequence[str]) -> Places:
        """A key or an item of the whole record stands in the first of its rows."""
        (name,) = names
        test, _, part = name.rpartition("_")
        of_test = part in PARTS and test != ""
        mine = self._last[self._last["form"] == form]
        mine = mine[mine["test"] == test] if of_test else mine
        first = mine.drop_duplicates("record").set_index("record")["row"]
        rows = first.reindex(records).fillna(0).to_numpy(dtype=np.int64)
        return Places(self.lab.file, rows, (part if of_test else COLUMN_OF_KEY.get(name, name),))

    def raw_rows(self, form: str, records: Numbers) -> pd.DataFrame:
        """One row for each test of a record."""
        mine = self._last[(self._last["form"] == form) & self._last["record"].isin(records)]
        names = mine["record"].astype(str) + " " + mine["test"].astype(str)
        return pd.DataFrame({"RECORD": names, "FILE": self.lab.file, "ROW": mine["row"]}).reset_index(drop=True)

    @property
    def files(self) -> dict[str, int]:
        return {self.lab.file: self._rows}


class SplitSink(Sink):
    """Forms of the central laboratory into its file, all others into another sink."""

    def __init__(self, main: Sink, laboratory: CentralLabSink) -> None:
        self.main, self.laboratory = main, laboratory
        self.text_columns = main.text_columns

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(self.main)
            stack.enter_context(self.laboratory)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def write(self, block: dict[str, FormCells]) -> None:
        theirs = self.laboratory.lab.forms
        self.main.write({name: cells for name, cells in block.items() if name not in theirs})
        self.laboratory.write({name: cells for name, cells in block.items() if name in theirs})

    def locate(self, form: str, records: Numbers, names: Sequence[str]) -> Places:
        sink = self.laboratory if form in self.laboratory.lab.forms else self.main
        return sink.locate(form, records, names)

    def raw_rows(self, form: str, records: Numbers) -> pd.DataFrame:
        sink = self.laboratory if form in self.laboratory.lab.forms else self.main
        return sink.raw_rows(form, records)

    @property
    def files(self) -> dict[str, int]:
        return self.main.files | self.laboratory.files
