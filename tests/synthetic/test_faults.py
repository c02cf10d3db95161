"""Planted faults: every line of the manifest is true, and the rates are those of the spec."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from raw_toys import ROOT, find_wrong_lines, read_manifest, toy_study, write_toys
from scipy.stats import binom

from crf2tlf.errors import SpecError
from crf2tlf.tables import read_raw
from synthetic.export.run import Order, make_raw
from synthetic.faults.kinds import KINDS
from synthetic.faults.read import read_faults
from synthetic.forms import read_forms

NOT_IN_PYRWS = {22: "no fulvestrant", 25: "no randomisation", 43: "ODM holds codes alone"}


@pytest.mark.parametrize(
    ("study", "format_"),
    [("fulpyr", "csv"), ("fulpyr", "odm"), ("fulpyr", "xpt"), ("fulpyr", "xlsx"), ("pyrws", "odm"), ("pyrws", "csv")],
)
def test_each_line_of_the_manifest_points_at_a_cell_that_holds_the_faulty_value(
    tmp_path: Path, study: str, format_: str
) -> None:
    write_toys(toy_study(study, format_), tmp_path)
    assert len(read_manifest(tmp_path)) > 200
    assert find_wrong_lines(tmp_path) == []


@pytest.mark.parametrize("study", ["fulpyr", "pyrws"])
def test_each_line_of_the_manifest_of_simulated_patients_is_true(tmp_path: Path, study: str) -> None:
    make_raw(Order(study, subjects=60), tmp_path, ROOT)
    manifest = read_manifest(tmp_path)
    assert len(manifest) > 200
    assert manifest[manifest["raw"] == manifest["true"]]["kind"].tolist() == []
    assert find_wrong_lines(tmp_path) == []


def test_a_wrong_line_would_be_found(tmp_path: Path) -> None:
    write_toys(toy_study("fulpyr"), tmp_path)
    text = (tmp_path / "manifest.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    cells = text[1].rstrip("\n").split(",")
    text[1] = ",".join([*cells[:8], "another value", *cells[9:]]) + "\n"
    (tmp_path / "manifest.csv").write_text("".join(text), encoding="utf-8")
    assert find_wrong_lines(tmp_path) == [f"{cells[5]} {cells[7]} 0"]


def counts_of(folder: Path) -> pd.DataFrame:
    counts = read_raw(folder / "manifest_counts.csv", form="counts", format="csv").frame
    return counts.astype({"number": int, "rate": float, "eligible": int, "cases": int})


@pytest.mark.parametrize("study", ["fulpyr", "pyrws"])
def test_the_counts_of_each_kind_match_the_rates(tmp_path: Path, study: str) -> None:
    make_raw(Order(study, subjects=600), tmp_path, ROOT)
    counts = counts_of(tmp_path)
    least = binom.ppf(1e-5, counts["eligible"], counts["rate"])
    most = binom.ppf(1 - 1e-5, counts["eligible"], counts["rate"])
    outside = counts[(counts["cases"] < least) | (counts["cases"] > most)]
    assert outside["kind"].tolist() == []
    cases = read_manifest(tmp_path).drop_duplicates(["kind", "subject", "case"])["kind"].value_counts()
    counted = counts.set_index("kind")["cases"]
    assert (cases.reindex(counted.index).fillna(0) == counted).all()


@pytest.mark.parametrize(("study", "absent"), [("fulpyr", set()), ("pyrws", set(NOT_IN_PYRWS))])
def test_each_problem_of_the_list_that_fits_a_study_is_planted(tmp_path: Path, study: str, absent: set[int]) -> None:
    make_raw(Order(study, subjects=2_000), tmp_path, ROOT)
    planted = counts_of(tmp_path)
    assert set(planted.loc[planted["cases"] > 0, "number"]) == set(range(1, 52)) - absent


def test_the_fifty_one_problems_have_a_kind_each() -> None:
    assert sorted(kind.number for kind in KINDS.values()) == list(range(1, 52))


def test_a_run_without_faults_is_clean(tmp_path: Path) -> None:
    study = toy_study("fulpyr")
    write_toys(study, tmp_path / "clean", faults=False)
    assert len(read_manifest(tmp_path / "clean")) == 0
    assert len(counts_of(tmp_path / "clean")) == 0
    write_toys(study, tmp_path / "faulty")
    clean = read_raw(tmp_path / "clean/ae.csv", form="ae", format="csv", header_rows=2)
    faulty = read_raw(tmp_path / "faulty/ae.csv", form="ae", format="csv", header_rows=2)
    assert clean.frame["AESTDAT"].str.fullmatch(r"\d{4}-\d\d-\d\d").all()
    assert not faulty.frame["AESTDAT"].str.fullmatch(r"\d{4}-\d\d-\d\d").all()


def test_what_is_not_in_the_manifest_is_clean(tmp_path: Path) -> None:
    """Undoing each line of a form that gains and loses no record gives the clean file."""
    study = toy_study("fulpyr")
    kept = ("partial_birth_date", "text_and_code", "consent_late", "impossible_value", "partial_date", "characters")
    study = type(study)(
        study.parameters, study.forms, study.events, study.settings, {name: study.faults[name] for name in kept}
    )
    write_toys(study, tmp_path / "clean", faults=False)
    write_toys(study, tmp_path / "faulty")
    manifest = read_manifest(tmp_path / "faulty")
    for file, lines in manifest.groupby("file"):
        clean, faulty = (
            read_raw(tmp_path / name / str(file), form="x", format="csv", header_rows=2) for name in ("clean", "faulty")
        )
        frame = faulty.frame.copy()
        for row, field, true in zip(lines["row"].astype(int), lines["field"], lines["true"], strict=True):
            frame.loc[row - 3, field] = true
        # The text beside a code follows the code, so only codes and plain items are compared.
        pairs = [name for name in frame.columns if f"{name}CD" in frame.columns and name not in set(lines["field"])]
        pd.testing.assert_frame_equal(frame.drop(columns=pairs), clean.frame.drop(columns=pairs))


def spec_error(tmp_path: Path, text: str) -> str:
    (tmp_path / "specs/fulpyr").mkdir(parents=True)
    (tmp_path / "specs/fulpyr/faults.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        read_faults("fulpyr", tmp_path, read_forms("fulpyr", ROOT))
    return str(caught.value)


def test_unknown_kinds_items_and_rates_are_named_with_their_lines(tmp_path: Path) -> None:
    text = (
        "faults:\n  partial_dat: {rate: 0.1}\n  partial_date: {rate: 2, fields: {AE: [AESTDT], XX: [A]}}\n"
        "  old_design: {rate: 0.1, fields: {forms: [MHH]}}\n"
    )
    assert spec_error(tmp_path, text) == (
        "specs/fulpyr/faults.yaml:2: faults.partial_dat: 'partial_dat' is no kind of fault; "
        "did you mean 'partial_date'?\n"
        "specs/fulpyr/faults.yaml:3: faults.partial_date: the rate 2.0 is not between 0 and 1\n"
        "specs/fulpyr/faults.yaml:3: faults.partial_date: the study has no 'AESTDT' here; did you mean 'AESTDAT'?\n"
        "specs/fulpyr/faults.yaml:3: faults.partial_date: the study has no 'XX' here\n"
        "specs/fulpyr/faults.yaml:4: faults.old_design: the study has no 'MHH' here; did you mean 'MH'?\n"
        "5 faults in the spec"
    )
