"""From a value back to the raw cells: every rule, every record, down to form, file, row and field."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from crf2tlf.errors import UsageError
from crf2tlf.lineage import Lineage, Trace, main
from crf2tlf.spec.model import Study
from crf2tlf.tables import read_xpt

pytestmark = pytest.mark.public_data


@pytest.fixture
def lineage(pilot: Study, pilot_build: Path) -> Lineage:
    return Lineage(pilot, pilot_build)


def cells(trace: Trace) -> list[tuple[str, str, int]]:
    return [(f"{cell.source}.{cell.name}", cell.file, cell.row) for cell in trace.raw_cells()]


def raw_cell(pilot_data: Path, file: str, row: int, field: str) -> str:
    """The text of a raw cell, read by Python's own reader; physical rows equal records in these files."""
    with (pilot_data / "raw" / file).open(encoding="utf-8-sig", newline="") as lines:
        table = list(csv.reader(lines))
    return table[row - 1][table[0].index(field)]


def test_a_study_day_leads_to_the_date_and_to_the_first_dose(lineage: Lineage) -> None:
    trace = lineage.trace("AE", 1, "AESTDY")
    assert trace.value == "2"
    assert cells(trace) == [("raw.ae.IT.AESTDAT", "ae_raw.csv", 2), ("raw.ec.IT.ECSTDAT", "ec_raw.csv", 2)]


def test_the_raw_cells_hold_what_was_submitted(lineage: Lineage, pilot_data: Path) -> None:
    (term,) = lineage.trace("AE", 4, "AETERM").raw_cells()
    field = term.name
    submitted = lineage.trace("AE", 4, "AETERM").value
    assert raw_cell(pilot_data, term.file, term.row, field).upper() == submitted


def test_a_time_to_event_leads_through_adae_and_adsl_to_the_raw_dates(lineage: Lineage) -> None:
    found = cells(lineage.trace("ADTTE", 1, "AVAL"))
    assert set(found) == {("raw.ae.IT.AESTDAT", "ae_raw.csv", 2), ("raw.ec.IT.ECSTDAT", "ec_raw.csv", 2)}


def test_a_supplemental_qualifier_is_followed_to_its_own_rule(lineage: Lineage) -> None:
    assert cells(lineage.trace("ADSL", 3, "ITTFL")) == [("raw.dm.PLANNED_ARMCD", "dm_raw.csv", 4)]


def test_a_record_made_from_another_dataset_leads_to_the_row_behind_it(lineage: Lineage, pilot_data: Path) -> None:
    trace = lineage.trace("SV", 2, "SVSTDTC")
    (cell,) = [cell for cell in trace.raw_cells() if cell.file == "ec_raw.csv"]
    assert raw_cell(pilot_data, cell.file, cell.row, "PATNUM") == "701-1015"


@pytest.mark.parametrize("dataset", ["DM", "AE", "EX", "DS", "SE", "SV", "ADSL", "ADAE", "ADTTE"])
def test_every_variable_of_a_record_can_be_traced_and_keeps_its_subject(
    lineage: Lineage, pilot: Study, pilot_build: Path, pilot_data: Path, dataset: str
) -> None:
    spec = pilot.dataset(dataset)
    assert spec is not None
    folder = pilot_build / spec.standard.lower()
    row = 57
    subject = str(read_xpt(folder / spec.file_name).frame["USUBJID"][row - 1]).removeprefix("01-")
    for name in spec.variables:
        for cell in lineage.trace(dataset, row, name).raw_cells():
            if cell.source.startswith("raw."):
                assert raw_cell(pilot_data, cell.file, cell.row, "PATNUM") == subject, (name, cell)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("AX", 1, "AETERM"), "there is no dataset AX"),
        (("AE", 1, "AETERN"), "AE has no variable AETERN; did you mean 'AETERM'?"),
        (("AE", 0, "AETERM"), "AE has the records 1 to 1191, not 0"),
        (("AE", 1192, "AETERM"), "AE has the records 1 to 1191, not 1192"),
    ],
)
def test_what_is_not_there_is_told(lineage: Lineage, asked: tuple[str, int, str], message: str) -> None:
    with pytest.raises(UsageError) as error:
        lineage.trace(*asked)
    assert str(error.value) == message


def test_a_dataset_that_is_not_built_is_told_with_the_command(pilot: Study, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as error:
        Lineage(pilot, tmp_path).trace("AE", 1, "AETERM")
    assert str(error.value) == "AE is not built; run make sdtm STUDY=cdiscpilot01 first"


def test_the_command_prints_the_way_with_spec_lines(
    pilot_build: Path, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(root)
    assert main(["cdiscpilot01", "DM", "1", "RFXSTDTC", "--build", str(pilot_build.parent)]) == 0
    first, second, third = capsys.readouterr().out.splitlines()
    assert first.startswith("DM.RFXSTDTC = 2014-01-02  record 1  [min, specs/cdiscpilot01/sdtm/DM.yaml:")
    assert second.startswith("  EX.EXSTDTC = 2014-01-02  record 1  [date, specs/cdiscpilot01/sdtm/EX.yaml:")
    assert third == "    raw.ec.IT.ECSTDAT  ec_raw.csv row 2"
    assert main(["cdiscpilot01", "DM", "0", "RFXSTDTC", "--build", str(pilot_build.parent)]) == 2
