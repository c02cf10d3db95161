"""The stage's own work: reading forms against their spec, and the page of the issues."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from crf2tlf.derive.issues import ISSUE_COLUMNS, combine_issues
from crf2tlf.derive.issues_page import render_issues
from crf2tlf.errors import UnreadableFile
from crf2tlf.spec.model import Study
from sdtm.blocks import Extract, read_form
from sdtm.stage import raw_folder


@pytest.fixture
def raw(pilot_data: Path, tmp_path: Path) -> Path:
    """A copy of the pilot study's raw extract."""
    return Path(shutil.copytree(pilot_data / "raw", tmp_path / "raw"))


@pytest.mark.public_data
def test_a_form_whose_columns_are_not_those_of_the_spec_is_refused(pilot: Study, raw: Path) -> None:
    text = (raw / "dm_raw.csv").read_text(encoding="utf-8")
    (raw / "dm_raw.csv").write_text(text.replace("IC_DT", "IC_DAT", 1).replace("COL_DT", "NEW", 1), encoding="utf-8")
    with pytest.raises(UnreadableFile) as caught:
        read_form(pilot, pilot.forms["dm"], Extract(raw, raw, raw))
    line = pilot.forms["dm"].location.line
    assert str(caught.value) == (
        "cdiscpilot01 raw.dm: dm_raw.csv: the fields COL_DT, IC_DT (did you mean 'IC_DAT'?) are absent; "
        "the fields NEW, IC_DAT are not declared.\n"
        f"  spec     specs/cdiscpilot01/study.yaml:{line}  forms.dm.fields\n"
        "  fix      bring the extract or the list of fields up to date"
    )


def test_the_raw_folder_is_the_one_given_or_the_studys_own(pilot: Study, root: Path) -> None:
    assert raw_folder(pilot, Path("elsewhere")) == Path("elsewhere")
    assert raw_folder(pilot, None) == root.parent / "shared" / "data" / "cdiscpilot01" / "raw"


def issue(rule: str, subject: str, row: int, value: str) -> dict[str, object]:
    given = dict.fromkeys(ISSUE_COLUMNS, "x")
    return given | {"RULE": rule, "USUBJID": subject, "ROW": row, "VALUE": value, "MESSAGE": f"{rule} happened"}


def issues(*rows: dict[str, object]) -> pd.DataFrame:
    return combine_issues([pd.DataFrame(rows, columns=list(ISSUE_COLUMNS))])


def test_the_page_groups_issues_by_rule_and_escapes_what_was_collected() -> None:
    found = issues(
        issue("UNMAPPED_VALUE", "02", 3, "<b>Perhaps</b>"),
        issue("UNREADABLE_DATE", "01", 9, "5/5/5"),
        issue("UNMAPPED_VALUE", "01", 2, "No & yes"),
    )
    page = render_issues("toy", "TOY", found)
    assert '<span class="count">3</span> issues in the raw data.' in page
    assert page.index("UNMAPPED_VALUE happened") < page.index("UNREADABLE_DATE happened")
    assert '<span class="count">(2)</span>' in page
    assert "&lt;b&gt;Perhaps&lt;/b&gt;" in page
    assert "No &amp; yes" in page
    assert "<b>" not in page


def test_an_issue_that_two_blocks_report_is_one() -> None:
    found = issues(issue("UNMAPPED_VALUE", "02", 3, "a"), issue("UNMAPPED_VALUE", "02", 3, "a"))
    assert len(found) == 1


def test_a_page_without_issues_says_so() -> None:
    page = render_issues("toy", "TOY", combine_issues([]))
    assert "No issue was found in the data." in page
    assert '<span class="count">0</span> issues' in page
