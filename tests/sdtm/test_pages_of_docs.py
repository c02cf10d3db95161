"""The steps of docs/add_a_domain.md and docs/vendor_data.md, run on a copy of the pilot study."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from crf2tlf.build import Options, RunSummary, run_steps
from crf2tlf.spec.load import load_study
from crf2tlf.tables import read_parquet, read_xpt
from sdtm.stage import plan

pytestmark = pytest.mark.public_data
STUDY = "cdiscpilot01"


@pytest.fixture
def copy(root: Path, pilot_data: Path, tmp_path: Path) -> Path:
    """A folder with the pilot's specs, the standards and the raw extract."""
    for name in ("standards", STUDY):
        shutil.copytree(root / "specs" / name, tmp_path / "specs" / name)
    shutil.copytree(pilot_data / "raw", tmp_path / "raw")
    shutil.copytree(pilot_data / "acrf", tmp_path / "acrf")
    return tmp_path


def yaml_blocks(root: Path, page: str) -> list[str]:
    """The YAML that a page says to write, in its order."""
    return re.findall(r"```yaml\n(.*?)```", (root / "docs" / page).read_text("utf-8"), flags=re.DOTALL)


def build(folder: Path, monkeypatch: pytest.MonkeyPatch, datasets: tuple[str, ...]) -> RunSummary:
    """Check the spec and build some datasets, as `make sdtm` does."""
    monkeypatch.chdir(folder)
    load_study(STUDY, folder)
    options = Options("sdtm", STUDY, Path("specs"), folder / "build", folder / "raw")
    steps = [step for step in plan(options) if step.name in {f"sdtm/{name}" for name in datasets}]
    return run_steps("sdtm", STUDY, steps, build_folder=folder / "build", jobs=1, quiet=True)


def test_a_domain_is_added_with_one_yaml_file(root: Path, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = copy / "specs" / STUDY / "sdtm" / "EC.yaml"
    assert not target.exists()
    (block,) = yaml_blocks(root, "add_a_domain.md")
    target.write_text(block, encoding="utf-8")
    summary = build(copy, monkeypatch, ("EC", "EX"))
    assert summary.failed == {}
    ec, ex = (read_xpt(copy / "build" / "sdtm" / f"{name}.xpt").frame for name in ("ec", "ex"))
    assert len(ec) == len(ex) == 591
    assert ec.iloc[0][["USUBJID", "ECTRT", "ECDOSU", "ECSTDTC", "ECSTDY"]].tolist() == [
        "01-701-1015",
        "PLACEBO",
        "mg",
        "2014-01-02",
        1.0,
    ]
    assert len(read_parquet(copy / "build" / "sdtm" / "issues" / "ec.parquet")) == 0


def test_a_domain_that_arrives_as_xpt_takes_the_place_of_the_sites_own(
    root: Path, copy: Path, pilot_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    form, dataset = yaml_blocks(root, "vendor_data.md")
    study = copy / "specs" / STUDY / "study.yaml"
    study.write_text(re.sub(r"  ec:\n.*?(?=  ae:)", form, study.read_text("utf-8"), flags=re.DOTALL), "utf-8")
    (copy / "specs" / STUDY / "sdtm" / "EX.yaml").write_text(dataset, encoding="utf-8")
    shutil.copy(pilot_data / "sdtm" / "ex.xpt", copy / "raw" / "ex.xpt")
    assert build(copy, monkeypatch, ("EX", "DM")).failed == {}
    own = read_xpt(copy / "build" / "sdtm" / "ex.xpt").frame
    published = read_xpt(pilot_data / "sdtm" / "ex.xpt").frame
    pd.testing.assert_frame_equal(own, published, check_dtype=False)
    assert len(read_parquet(copy / "build" / "sdtm" / "issues" / "ex.parquet")) == 0
    lineage = read_parquet(copy / "build" / "sdtm" / "lineage" / "ex.parquet")
    assert lineage.iloc[0][["SOURCE", "FILE", "ROW"]].tolist() == ["vendor_ex", "ex.xpt", 2]
    # What DM takes from the exposure it takes from the vendor's: the two join by the subject's identifier.
    dm = read_xpt(copy / "build" / "sdtm" / "dm.xpt").frame.set_index("USUBJID")
    assert dm.loc["01-701-1015", "RFXSTDTC"] == "2014-01-02"
