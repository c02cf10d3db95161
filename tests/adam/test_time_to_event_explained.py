"""The page that explains each outcome, and the step that gathers the explanations of all datasets."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from adam.time_to_event.explained import EXPLAINED
from adam.time_to_event.stage import explained_steps, gather_explained
from crf2tlf.spec.model import Study
from crf2tlf.tables import read_parquet, write_parquet

CENSORED = "censored on 2024-03-09, last adequate assessment, because new therapy <T-DXd> began on 2024-04-02"
EVENT = "event on 2024-05-11: disease progression by RECIST"


def explained() -> pd.DataFrame:
    """One subject under a parameter and its rule set."""
    fixed: dict[str, list[object]] = {"USUBJID": ["TOY-1", "TOY-1"], "PARAMCD": ["PFS", "PFSPOL"]}
    fixed |= {"PARAM": ["PFS (months)", "PFS, policy (months)"], "RULESETOF": [None, "PFS"]}
    fixed |= {"RULE": ["3", "6"], "CNSR": [3.0, 0.0], "STARTDT": ["2024-01-01"] * 2}
    fixed |= {"ADT": ["2024-03-09", "2024-05-11"], "AVAL": [2.3, 4.3], "EXPLAIN": [CENSORED, EVENT]}
    fixed |= {"EVNTDESC": ["NEW ANTI-CANCER THERAPY", "DISEASE PROGRESSION"], "CNSDTDSC": ["LAST ASSESSMENT", None]}
    fixed |= {"SRCDOM": ["ADRS"] * 2, "SRCVAR": ["ADT"] * 2, "SRCSEQ": [4.0, 7.0], "SPEC": ["a.yaml:1", "a.yaml:2"]}
    return pd.DataFrame(fixed)[["USUBJID", *EXPLAINED]].convert_dtypes(dtype_backend="pyarrow")


def test_the_page_and_the_files_hold_each_sentence_and_who_switches(tmp_path: Path) -> None:
    write_parquet(tmp_path / "adtte.parquet", explained())
    result = gather_explained("toy", "TOY", (tmp_path / "adtte.parquet",), tmp_path)
    assert dict(result.rows) == {"tte_explained": 2, "tte_switchers": 1}
    switchers = read_parquet(tmp_path / "tte_switchers.parquet")
    assert switchers[["USUBJID", "PARAMCD", "RULESET", "SWITCH", "EXPLAIN", "TO_EXPLAIN"]].to_numpy().tolist() == [
        ["TOY-1", "PFS", "PFSPOL", "censored to event", CENSORED, EVENT]
    ]
    page = (tmp_path / "tte_explained.html").read_text(encoding="utf-8")
    assert page.count("because new therapy &lt;T-DXd&gt; began on 2024-04-02") == 2
    assert "PFS against PFSPOL: who switches" in page
    assert "http" not in page


def test_a_study_with_parameters_has_a_step_that_explains_them(pilot: Study, tmp_path: Path) -> None:
    (step,) = explained_steps(pilot, tmp_path, ("adam",))
    assert [path.name for path in step.inputs] == ["adtte.parquet"]
    assert [path.name for path in step.outputs] == [
        "tte_explained.parquet",
        "tte_switchers.parquet",
        "tte_explained.html",
    ]
