"""The numbers of pyrws' displays of efficacy against R, which reads the same ADaM files."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import pytest
from display_results import Json, Results, ask_r, assert_equal, assert_replays, build_results, needs_r
from known_truth import KnownTruth

COVARIATES = (
    *("AGEGR1", "ECOGGR1", "HRSTAT", "VISCFL", "BRAINFL", "NMETGR1", "DFIGR1", "LINE", "PRHER2", "REGIMEN"),
    "STDOSGR1",
)
REGIMENS = {
    "TRASTUZUMAB + TAXANE": "Trastuzumab + taxane",
    "TRASTUZUMAB + OTHER": "Trastuzumab + other",
    "CAPECITABINE": "Capecitabine",
    "VINORELBINE": "Vinorelbine",
    "ENDOCRINE THERAPY": "Endocrine therapy",
    "PYROTINIB ALONE": "Pyrotinib alone",
}
LINES = {"FIRST LINE": "First line", "SECOND LINE": "Second line", "THIRD OR LATER LINE": "Third or later line"}
BRAIN = {"with": "With a measurable brain lesion", "without": "Without a measurable brain lesion", "all": "All"}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def ard(pyrws: KnownTruth) -> pd.DataFrame:
    """The results of all displays of the study."""
    return build_results(pyrws)


@pytest.fixture(scope="module")
def by_r(pyrws: KnownTruth, tmp_path_factory: pytest.TempPathFactory) -> Json:
    """What R says."""
    return ask_r(pyrws, tmp_path_factory.mktemp("r") / "displays.json")


def assert_test(results: Results, analysis: str, expected: Json, *levels: str) -> None:
    found = results.values(analysis, ("chi_square", "df", "p_value"), *levels)
    assert_equal(found, [expected["chi_square"], expected["df"], expected["p"]])


@pytest.mark.r
@needs_r
@pytest.mark.parametrize("model", ["univariable", "multivariable"])
def test_cox_models_of_the_covariates_equal_r(ard: pd.DataFrame, by_r: Json, model: str) -> None:
    results = Results(ard, "t_14_2_1_6")
    assert list(by_r[model]) == list(COVARIATES)
    names = ("hazard_ratio", "lower", "upper", "std_error", "p_value")
    for line, expected in enumerate(by_r[model].values(), start=1):
        for place, level in enumerate(expected["levels"]):
            found = results.values("HAZARD_RATIO", names, str(line), level, model)
            assert_equal(found, [expected[name][place] for name in names])
        assert_test(results, "COVARIATE", expected["test"], str(line), model)


@pytest.mark.r
@needs_r
def test_the_size_of_the_multivariable_model_and_its_tests_of_proportional_hazards_equal_r(
    ard: pd.DataFrame, by_r: Json
) -> None:
    results, expected = Results(ard, "t_14_2_1_6"), by_r["proportional"]
    size = results.values("EVENTS", ("n", "n_event"), "multivariable")
    assert_equal(size, [by_r["size"]["n"], by_r["size"]["events"]])
    for line, name in enumerate(COVARIATES, start=1):
        assert_test(results, "PROPORTIONAL", expected[name], str(line), "multivariable")
    assert_test(results, "PROPORTIONAL", expected["GLOBAL"], "multivariable")


@pytest.mark.r
@needs_r
def test_the_forest_of_subgroups_has_the_hazard_ratios_of_its_table(ard: pd.DataFrame) -> None:
    table, figure = Results(ard, "t_14_2_1_5"), Results(ard, "f_14_2_1_2")
    ratios = [levels for analysis, name, levels in table.found if (analysis, name) == ("HAZARD_RATIO", "hazard_ratio")]
    assert len(ratios) > 15
    shown = {levels[1]: value for (a, n, levels), value in figure.found.items() if (a, n) == ("HAZARD_RATIO", "lower")}
    known = {levels[1]: value for (a, n, levels), value in table.found.items() if (a, n) == ("HAZARD_RATIO", "lower")}
    assert shown.items() <= known.items()


@pytest.mark.r
@needs_r
@pytest.mark.parametrize(
    ("output", "name", "labels"), [("f_14_2_1_3", "REGIMEN", REGIMENS), ("f_14_2_1_4", "LINE", LINES)]
)
def test_curves_equal_r(ard: pd.DataFrame, by_r: Json, output: str, name: str, labels: Mapping[str, str]) -> None:
    results, expected = Results(ard, output), by_r["curves"][name]
    assert set(expected["arms"]) == set(labels)
    for level, wanted in expected["arms"].items():
        assert_equal(results.values("EVENTS", ("n", "n_event"), labels[level]), [wanted["n"], wanted["events"]])
        for place, tick in enumerate(wanted["ticks"]):
            at_risk = results.values("AT_RISK", ("n_risk",), labels[level], f"{tick:g}")
            assert_equal(at_risk, [wanted["at_risk"][place]])
        quartiles = wanted["quantiles"]["loglog"]
        for place, quartile in enumerate(("q1", "median", "q3")):
            found = results.values("QUARTILES", (quartile, f"{quartile}_lower", f"{quartile}_upper"), labels[level])
            assert_equal(found, [quartiles[each][place] for each in ("estimate", "lower", "upper")])
    assert_equal(results.values("LOG_RANK", ("p_value",)), [expected["log_rank_p"]])


@pytest.mark.r
@needs_r
@pytest.mark.parametrize("who", ["with", "without", "all"])
def test_rates_of_intracranial_response_equal_r(ard: pd.DataFrame, by_r: Json, who: str) -> None:
    results = Results(ard, "t_14_2_4_6")
    for rate, wanted in by_r["intracranial"][who].items():
        found = results.values(rate, ("n", "percent", "lower", "upper"), BRAIN[who])
        limits = [100 * limit for limit in wanted["clopper_pearson"]]
        assert_equal(found, [wanted["n"], 100 * wanted["estimate"], *limits])


def test_every_count_of_the_study_is_that_of_its_replayed_filter(ard: pd.DataFrame, pyrws: KnownTruth) -> None:
    assert_replays(ard, pyrws)
