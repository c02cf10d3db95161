"""The pilot study's SDTM against the published one, cell by cell: what differs is exactly what the list says."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
from differences import KEYS, Counts, Difference, check_claims, compare, read_claims, read_texts

pytestmark = pytest.mark.public_data

# Published, but made from forms that the raw extract does not hold.
NOT_DERIVED = ("RELREC", "SC")


@pytest.fixture(scope="module")
def published(pilot_data: Path) -> dict[str, pd.DataFrame]:
    """The published datasets; DS is the complete one, of which the XPT file holds a part."""
    folder = pilot_data / "sdtm"
    names = [
        path.stem.upper() for path in sorted(folder.glob("*.xpt")) if path.stem.upper() not in (*NOT_DERIVED, "DS")
    ]
    frames = {name: read_texts(folder / f"{name.lower()}.xpt", "cp1252") for name in names}
    expected = pd.read_csv(pilot_data / "ds_expected.csv", dtype=str, keep_default_na=False).replace("NA", "")
    frames["DS"] = expected.apply(lambda column: column.str.strip())
    return frames


@pytest.fixture(scope="module")
def ours(pilot_build: Path, published: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Our datasets, read from the files as written; SUPPDS has no qualifier and so no file."""
    frames = {path.stem.upper(): read_texts(path, "ascii") for path in sorted((pilot_build / "sdtm").glob("*.xpt"))}
    assert "SUPPDS" not in frames
    return frames | {"SUPPDS": published["SUPPDS"].iloc[:0]}


@pytest.fixture(scope="module")
def comparison(
    published: dict[str, pd.DataFrame], ours: dict[str, pd.DataFrame]
) -> tuple[list[Difference], dict[str, Counts]]:
    return compare(published, ours)


def test_every_published_dataset_of_the_four_forms_is_compared(
    published: dict[str, pd.DataFrame], ours: dict[str, pd.DataFrame]
) -> None:
    assert set(published) == set(KEYS)
    assert set(ours) == set(KEYS)


def test_the_differences_are_exactly_those_listed(
    comparison: tuple[list[Difference], dict[str, Counts]], pilot_differences: Path
) -> None:
    assert check_claims(comparison[0], read_claims(pilot_differences)) == []


def test_a_difference_that_is_not_listed_is_found(
    published: dict[str, pd.DataFrame], ours: dict[str, pd.DataFrame], pilot_differences: Path
) -> None:
    changed = ours["DM"].copy()
    changed.loc[changed["USUBJID"] == "01-701-1015", "AGE"] = "64"
    differences, _ = compare(published, ours | {"DM": changed})
    assert check_claims(differences, read_claims(pilot_differences)) == [
        "0 claims cover DM cell AGE 01-701-1015: published '63', ours '64'"
    ]


def test_a_listed_difference_that_has_gone_is_found(
    published: dict[str, pd.DataFrame], ours: dict[str, pd.DataFrame], pilot_differences: Path
) -> None:
    changed = ours["AE"].assign(AESPID=["9", *ours["AE"]["AESPID"][1:]])
    changed.loc[changed["AESTDY"] == "1", "AESTDY"] = "366"
    differences, _ = compare(published, ours | {"AE": changed})
    listed = check_claims(differences, read_claims(pilot_differences))
    assert any(fault.startswith("AE cell AESPID: 1191 claimed, 1190 found") for fault in listed)
    assert any(fault.startswith("AE cell AESTDY 01-716-1063") for fault in listed)


def test_one_value_inside_a_group_of_differences_cannot_change_unseen(
    published: dict[str, pd.DataFrame], ours: dict[str, pd.DataFrame], pilot_differences: Path
) -> None:
    changed = ours["DM"].copy()
    changed.loc[changed["USUBJID"] == "01-701-1015", "RFICDTC"] = "2013-01-01"
    differences, _ = compare(published, ours | {"DM": changed})
    faults = check_claims(differences, read_claims(pilot_differences))
    assert len(faults) == 1
    assert faults[0].startswith("DM cell RFICDTC: the digest is ")


def test_the_page_tells_what_was_compared(comparison: tuple[list[Difference], dict[str, Counts]], root: Path) -> None:
    page = (root / "docs" / "cdiscpilot01_differences.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if re.match(r"\| [A-Z]+ +\|", line)]
    told = {}
    for line in rows:
        name, *cells = (cell.strip().replace(",", "") for cell in line.strip("|").split("|"))
        if name in KEYS and len(cells) == 7:
            told[name] = Counts(*(0 if cell == "–" else int(cell) for cell in cells))
    counts = {name: count for name, count in comparison[1].items() if name != "SUPPDS"}
    assert {name: told[name] for name in counts} == counts
    total = sum(count.different_cells for count in counts.values())
    cells = sum(count.cells for count in counts.values())
    kinds = Counter(difference.kind for difference in comparison[0])
    assert f"All in all {total:,} cells of {cells:,} differ; {kinds['missing_record']:,} published records" in page
    assert f"have no counterpart and {kinds['extra_record']} of ours are not published." in page


def test_the_page_tells_the_reasons(pilot_differences: Path, root: Path) -> None:
    counted: Counter[tuple[str, str]] = Counter()
    for claim in read_claims(pilot_differences):
        counted[claim["reason"], claim["kind"]] += int(claim["count"])
    page = (root / "docs" / "cdiscpilot01_differences.md").read_text(encoding="utf-8")
    told: Counter[tuple[str, str]] = Counter()
    for line in page.splitlines():
        name, *cells = (cell.strip().replace(",", "") for cell in line.strip("|").split("|"))
        if len(cells) == 4 and name.isupper():
            for kind, cell in zip(("cell", "missing_record", "extra_record"), cells, strict=False):
                told[name, kind] += 0 if cell == "–" else int(cell)
    assert +told == +counted


def test_no_collected_value_became_an_issue(pilot_build: Path) -> None:
    issues = pd.read_parquet(pilot_build / "sdtm" / "issues.parquet")
    assert len(issues) == 0
    assert "No issue was found in the data." in (pilot_build / "sdtm" / "issues.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["DM", "AE", "EX", "DS"])
def test_published_variables_stand_in_our_file_with_a_label(name: str, pilot_data: Path, pilot_build: Path) -> None:
    _, theirs = pyreadstat.read_xport(str(pilot_data / "sdtm" / f"{name.lower()}.xpt"), metadataonly=True)
    _, own = pyreadstat.read_xport(str(pilot_build / "sdtm" / f"{name.lower()}.xpt"), metadataonly=True)
    assert set(theirs.column_names) <= set(own.column_names)
    assert all(own.column_labels)
