"""The pilot study's displays, built from its raw data by the three stages: every number leads to its records."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from display_results import assert_counts

from adam.stage import plan as plan_adam
from crf2tlf.build import main
from crf2tlf.spec.load import load_study
from crf2tlf.tables import read_parquet
from sdtm.stage import plan as plan_sdtm
from tlf.results import Sources, facts_of, read_sources, select_records
from tlf.stage import plan as plan_tlf

ROOT = Path(__file__).parents[2]
RAW = ROOT.parent / "shared" / "data" / "cdiscpilot01" / "raw"
STUDY = "cdiscpilot01"
IDS = ("t_14_1_2_1", "t_14_3_1_2", "f_14_2_1_1", "l_16_2_7_1")

pytestmark = [
    pytest.mark.public_data,
    pytest.mark.skipif(not RAW.is_dir(), reason="the public data are not there: ../shared/data/cdiscpilot01/raw"),
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the study's build, with the displays."""
    folder = tmp_path_factory.mktemp("build")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.setenv("SOURCE_DATE_EPOCH", "1420070400")
        for stage, plan in (("sdtm", plan_sdtm), ("adam", plan_adam), ("tlf", plan_tlf)):
            assert main(stage, plan, [STUDY, "--build", str(folder), "--jobs", "2", "--quiet"]) == 0
    return folder / STUDY


@pytest.fixture(scope="module")
def ard(built: Path) -> pd.DataFrame:
    return read_parquet(built / "tlf" / "ard.parquet")


@pytest.fixture(scope="module")
def sources(built: Path) -> Sources:
    study = load_study(STUDY, ROOT)
    return read_sources(built / "adam", facts_of(study, ("ADSL", "ADAE", "ADTTE")), study.constants)


def counts(ard: pd.DataFrame, output: str, analysis: str, statistic: str = "n") -> list[float]:
    chosen = ard[(ard["OUTPUTID"] == output) & (ard["ANALYSISID"] == analysis) & (ard["STATNAME"] == statistic)]
    return [float(value) for value in chosen["STATNUM"]]


def test_every_count_is_that_of_its_replayed_filter(ard: pd.DataFrame, sources: Sources) -> None:
    assert_counts(ard, sources)


def test_every_row_of_the_listing_is_one_record(built: Path, sources: Sources) -> None:
    rows = read_parquet(built / "tlf" / "ard" / "l_16_2_7_1.rows.parquet")
    assert len(rows) == 1191
    some = rows["FILTER"].iloc[::40]
    assert [len(select_records(str(text), "ADAE", sources)) for text in some] == [1] * len(some)


def test_demographics_are_those_of_the_published_study(ard: pd.DataFrame) -> None:
    # CDISC pilot study report, table 14-2.01: placebo, low dose, high dose, all, by planned treatment.
    assert counts(ard, "t_14_1_2_1", "BIG_N", "N") == [86, 84, 84, 254]
    means = counts(ard, "t_14_1_2_1", "AGE", "mean")
    assert [round(mean, 1) for mean in means] == [75.2, 75.7, 74.4, 75.1]
    assert counts(ard, "t_14_1_2_1", "AGEGR1") == [14, 8, 11, 33, 42, 47, 55, 144, 30, 29, 18, 77]


def test_adverse_events_are_counted_by_actual_treatment(ard: pd.DataFrame) -> None:
    assert counts(ard, "t_14_3_1_2", "BIG_N", "N") == [86, 96, 72, 254]
    assert counts(ard, "t_14_3_1_2", "ANY") == [65, 84, 69, 218]


def test_dermatologic_events_and_medians(ard: pd.DataFrame) -> None:
    assert counts(ard, "f_14_2_1_1", "EVENTS", "n_event") == [29, 63, 60]
    medians = ard[(ard["STATNAME"] == "median") & (ard["OUTPUTID"] == "f_14_2_1_1")]["STATNUM"]
    assert [None if pd.isna(value) else float(value) for value in medians] == [None, 34, 31]


def test_the_stage_leaves_every_format_of_every_output(built: Path) -> None:
    folder = built / "tlf"
    for kind in ("rtf", "pdf", "html"):
        assert sorted(path.stem for path in (folder / kind).iterdir()) == sorted(IDS)
    assert [path.name for path in sorted((folder / "figures").iterdir())] == ["f_14_2_1_1.png", "f_14_2_1_1.svg"]
    assert (folder / "all.pdf").read_bytes().startswith(b"%PDF")
    index = (folder / "index.html").read_text(encoding="utf-8")
    assert all(f"html/{id_}.html" in index for id_ in IDS)
    assert "2015-01-01T00:00:00" in index


def test_a_cell_of_the_html_leads_to_its_records(built: Path) -> None:
    page = (built / "tlf" / "html" / "t_14_3_1_2.html").read_text(encoding="utf-8")
    assert "TRTEMFL == 'Y' and TRTA == 'Placebo' and AEBODSYS == 'CARDIAC DISORDERS'" in page
    assert '"key_names":["USUBJID","AESEQ"]' in page
