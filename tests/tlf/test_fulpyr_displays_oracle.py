"""The numbers of fulpyr's displays of efficacy against R, which reads the same ADaM files."""

from __future__ import annotations

import pandas as pd
import pytest
from display_results import Json, Results, ask_r, assert_equal, assert_replays, build_results, needs_r
from known_truth import KnownTruth

COMPARED, REFERENCE = "Fulvestrant + Pyrotinib", "Capecitabine + Pyrotinib"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def ard(fulpyr: KnownTruth) -> pd.DataFrame:
    """The results of all displays of the study."""
    return build_results(fulpyr)


@pytest.fixture(scope="module")
def by_r(fulpyr: KnownTruth, tmp_path_factory: pytest.TempPathFactory) -> Json:
    """What R says."""
    return ask_r(fulpyr, tmp_path_factory.mktemp("r") / "displays.json")


def assert_ratio(results: Results, expected: Json, *levels: str) -> None:
    """Hazard ratio, limits and standard error, and the p-value of the log-rank test."""
    ratio = expected["hazard_ratio"]
    found = results.values("HAZARD_RATIO", ("hazard_ratio", "lower", "upper", "std_error"), *levels)
    assert_equal(found, [ratio[name][0] for name in ("hazard_ratio", "lower", "upper", "std_errors")])
    assert_equal(results.values("LOG_RANK_PAIR", ("p_value",), *levels), [expected["log_rank_p"]])


@pytest.mark.r
@needs_r
@pytest.mark.parametrize(
    ("output", "parameter"), [("t_14_2_1_1", "PFSINV"), ("t_14_2_3_1", "OS"), ("t_14_2_3_2", "TTF")]
)
def test_tables_of_times_to_event_equal_r(ard: pd.DataFrame, by_r: Json, output: str, parameter: str) -> None:
    results, expected = Results(ard, output), by_r["endpoints"][parameter]
    for arm, wanted in expected["arms"].items():
        assert_equal(
            results.values("EVENTS", ("n", "n_event", "n_censor"), arm),
            [wanted["n"], wanted["events"], wanted["censored"]],
        )
        for analysis, quantiles in (("QUARTILES", wanted["quantiles"]["loglog"]), ("FOLLOW_UP", wanted["follow_up"])):
            for place, name in enumerate(("q1", "median", "q3")):
                found = results.values(analysis, (name, f"{name}_lower", f"{name}_upper"), arm)
                assert_equal(found, [quantiles[each][place] for each in ("estimate", "lower", "upper")])
        rates = wanted["landmarks"]["loglog"]
        for place, landmark in enumerate(rates["time"]):
            found = results.values("RATE", ("survival", "lower", "upper"), arm, f"{landmark:g}")
            assert_equal(found, [rates[each][place] for each in ("survival", "lower", "upper")])
    assert_ratio(results, expected["stratified"], COMPARED, "stratified")


@pytest.mark.r
@needs_r
def test_unstratified_comparison_and_restricted_means_of_pfs_equal_r(ard: pd.DataFrame, by_r: Json) -> None:
    results, expected = Results(ard, "t_14_2_1_1"), by_r["endpoints"]["PFSINV"]
    assert_ratio(results, expected["unstratified"], COMPARED, "unstratified")
    means = expected["means"]
    for arm, wanted in means.items():
        assert_equal(results.values("MEAN", ("value", "std_error"), arm), [wanted["value"], wanted["std_error"]])
    difference = means[COMPARED]["value"] - means[REFERENCE]["value"]
    assert_equal(results.values("MEAN_DIFFERENCE", ("value",), COMPARED), [difference])


@pytest.mark.r
@needs_r
@pytest.mark.parametrize(("label", "name"), [("Intent-to-Treat Population", "itt"), ("Per-Protocol Population", "pp")])
def test_the_test_of_non_inferiority_equals_r(ard: pd.DataFrame, by_r: Json, label: str, name: str) -> None:
    results, expected = Results(ard, "t_14_2_1_2"), by_r["non_inferiority"][name]
    assert_ratio(results, expected, label, COMPARED, "stratified")
    found = results.values("NON_INFERIORITY", ("z", "p_value"), label, COMPARED)
    assert_equal(found, [expected["margin"]["z"][0], expected["margin"]["p"][0]])
    upper = expected["hazard_ratio"]["upper"][0]
    assert results.values("NON_INFERIORITY", ("shown",), label, COMPARED) == [float(upper < 1.3)]
    sizes = [*results.values("SET_N", ("N",), label, REFERENCE), *results.values("SET_N", ("N",), label, COMPARED)]
    assert_equal(sizes, expected["n"])


@pytest.mark.r
@needs_r
def test_sensitivity_analyses_equal_r(ard: pd.DataFrame, by_r: Json) -> None:
    results = Results(ard, "t_14_2_1_3")
    assert len(by_r["sensitivity"]) == 8
    for line, (name, expected) in enumerate(by_r["sensitivity"].items(), start=1):
        kind = "unstratified" if name == "without_strata" else "stratified"
        assert_ratio(results, expected, str(line), COMPARED, kind)


@pytest.mark.r
@needs_r
@pytest.mark.parametrize("output", ["t_14_2_1_5", "f_14_2_1_2"])
def test_subgroups_equal_r(ard: pd.DataFrame, by_r: Json, output: str) -> None:
    results = Results(ard, output)
    for line, variable in ((2, "AGEGR1"), (3, "ECOGBL"), (7, "VISCFL"), (11, "DFIGR1"), (12, "PRHER2ST")):
        expected = by_r["subgroups"][variable]
        for level, wanted in expected["levels"].items():
            levels = (str(line), level, COMPARED, "unstratified")
            found = results.values("HAZARD_RATIO", ("hazard_ratio", "lower", "upper"), *levels)
            assert_equal(found, [wanted[name][0] for name in ("hazard_ratio", "lower", "upper")])
        test = expected["interaction"]
        found = results.values("INTERACTION", ("chi_square", "df", "p_value"), str(line), COMPARED)
        assert_equal(found, [test["chi_square"], test["df"], test["p"]])


@pytest.mark.r
@needs_r
@pytest.mark.parametrize("rate", ["ORR", "DCR"])
def test_rates_of_response_equal_r(ard: pd.DataFrame, by_r: Json, rate: str) -> None:
    results, expected = Results(ard, "t_14_2_2_1"), by_r["rates"][rate]
    for arm, wanted in expected["arms"].items():
        found = results.values(rate, ("n", "percent", "lower", "upper"), arm)
        limits = [100 * limit for limit in wanted["clopper_pearson"]]
        assert_equal(found, [wanted["n"], 100 * wanted["estimate"], *limits])
    names = ("difference", "difference_lower", "difference_upper")
    for kind in ("stratified", "unstratified"):
        wanted = expected[kind]
        found = results.values(rate, names, COMPARED, kind)
        assert_equal(found, [100 * wanted[name] for name in ("estimate", "lower", "upper")])
    test = expected["mantel_haenszel"]
    found = results.values(
        rate, ("odds_ratio", "odds_ratio_lower", "odds_ratio_upper", "p_value"), COMPARED, "stratified"
    )
    assert_equal(found, [test[name] for name in ("odds_ratio", "lower", "upper", "p")])


def test_every_count_of_the_study_is_that_of_its_replayed_filter(ard: pd.DataFrame, fulpyr: KnownTruth) -> None:
    assert_replays(ard, fulpyr)
