"""ADTTE and best responses of both studies with planted faults: each difference from the truth has planted causes."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from known_truth import KnownTruth
from test_tte_truth import RULE_SETS, STUDIES

from crf2tlf.tables import read_raw

pytestmark = pytest.mark.slow

BEST = {"BOR": "BEST_RESPONSE", "CBOR": "CONFIRMED_RESPONSE"}
RESPONSES = {"NN": "NON-CR/NON-PD", "NA": "MISSING"}
# Pages of the lesions, and of all else that an outcome is made from: new therapy, contacts, ends, doses, starts.
TUMOUR_PAGES = {"TL", "NTL", "NL", "IMG"}
OTHER_PAGES = {"NACT", "SURV", "EOT", "EOS", "RSP", "ECPYR", "RAND", "REGI", "DTH"}
OS_NAMES = {1: "DEATH", 2: "LOST", 3: "CONSENT", 4: "ALIVE"}
COLUMNS = ["USUBJID", "PARAMCD", "TRUE", "OURS", "PLANTED"]


@pytest.fixture(scope="module", params=STUDIES)
def built(request: pytest.FixtureRequest, faulty_truth: Callable[[str], KnownTruth]) -> KnownTruth:
    """Each study in turn with its faults, from raw to ADaM."""
    return faulty_truth(request.param)


@pytest.fixture(scope="module")
def planted(built: KnownTruth) -> pd.DataFrame:
    """The manifest's lines on pages from which outcomes come, with USUBJID."""
    lines = read_raw(built.folder / "raw" / "manifest.csv", form="manifest", format="csv").frame
    return lines.assign(USUBJID=f"{built.study.upper()}-" + lines["subject"].astype("string"))


def texts(*columns: pd.Series) -> pd.Series:
    """Some columns as one text a record."""
    joined = [" ".join(str(value) for value in row) for row in zip(*columns, strict=True)]
    return pd.Series(joined, index=columns[0].index, dtype="string")


def iso(days: pd.Series) -> pd.Series:
    return (pd.Timestamp("1960-01-01") + pd.to_timedelta(days, unit="D")).dt.strftime("%Y-%m-%d")


def compare(ours: pd.DataFrame, true: pd.DataFrame) -> pd.DataFrame:
    """USUBJID, PARAMCD, TRUE and OURS where they differ; an outcome that only one of them has differs."""
    both = ours.merge(true, on=["USUBJID", "PARAMCD"], how="outer", validate="1:1")
    return both[both["OURS"].fillna("") != both["TRUE"].fillna("")]


def outcome_differences(built: KnownTruth) -> pd.DataFrame:
    codes = {pair: names[STUDIES.index(built.study)] for pair, names in RULE_SETS.items()}
    written, truth = built.adam("adtte"), built.truth("tte")
    written = written[written["PARAMCD"].isin(list(codes.values()))]
    written = written.assign(OURS=texts(written["CNSR"].astype("int64"), iso(written["ADT"]), written["ACNRULE"]))
    named = truth["RULE"].map(OS_NAMES).astype("string")
    rules = named.where(truth["PARAMETER"] == "OS", truth["RULE"].astype("string"))
    truth = truth.assign(
        USUBJID=f"{built.study.upper()}-" + truth["SUBJECT"].astype("string"),
        PARAMCD=[codes[pair] for pair in zip(truth["PARAMETER"], truth["RULESET"], strict=True)],
        TRUE=texts(truth["CNSR"], iso(truth["DATE"]), rules),
    )
    return compare(written[["USUBJID", "PARAMCD", "OURS"]], truth[["USUBJID", "PARAMCD", "TRUE"]])


def response_differences(built: KnownTruth) -> pd.DataFrame:
    written, truth = built.adam("adrs"), built.truth("subjects")
    truth = truth[~truth["SCREEN_FAILURE"]]
    frames = []
    for code, name in BEST.items():
        best = [RESPONSES.get(str(each), str(each)) if pd.notna(each) else "MISSING" for each in truth[name]]
        subjects = f"{built.study.upper()}-" + truth["SUBJECT"].astype("string")
        true = pd.DataFrame({"USUBJID": subjects, "PARAMCD": code, "TRUE": best})
        ours = written[written["PARAMCD"] == code].rename(columns={"AVALC": "OURS"})
        frames.append(compare(ours[["USUBJID", "PARAMCD", "OURS"]], true))
    return pd.concat(frames, ignore_index=True)


def with_causes(differences: pd.DataFrame, planted: pd.DataFrame, pages: set[str]) -> pd.DataFrame:
    """The differences with the subject's planted faults on some pages, each at its first manifest line; "" for none."""
    lines = planted[planted["form"].isin(pages)]
    told = lines["kind"] + " " + lines["file"] + ":" + lines["row"] + " " + lines["field"]
    first = lines.assign(PLANTED=told).drop_duplicates(["USUBJID", "kind", "case"])
    causes = first.groupby("USUBJID")["PLANTED"].agg("; ".join)
    return differences.assign(PLANTED=differences["USUBJID"].map(causes).fillna(""))[COLUMNS]


def show(study: str, differences: pd.DataFrame) -> None:
    print(f"\n{study}: {len(differences)} differences of {differences['USUBJID'].nunique()} subjects")
    print(differences.to_string(index=False))


def test_each_outcome_that_is_not_the_true_one_has_a_planted_cause(built: KnownTruth, planted: pd.DataFrame) -> None:
    found = with_causes(outcome_differences(built), planted, TUMOUR_PAGES | OTHER_PAGES)
    show(built.study, found)
    assert found.loc[found["PLANTED"] == "", "USUBJID"].tolist() == []
    assert 0 < found["USUBJID"].nunique() < 12


def test_each_best_response_that_is_not_the_true_one_has_a_planted_cause_on_a_tumour_page(
    built: KnownTruth, planted: pd.DataFrame
) -> None:
    found = with_causes(response_differences(built), planted, TUMOUR_PAGES)
    show(built.study, found)
    assert found.loc[found["PLANTED"] == "", "USUBJID"].tolist() == []
