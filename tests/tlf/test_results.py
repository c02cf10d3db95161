"""Results on a toy study: numbers typed by hand, and filters that select exactly the records behind them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from results_toys import (
    ADAE,
    ADSL,
    ADTTE,
    HIERARCHY,
    KAPLAN_MEIER,
    LISTING,
    SUMMARY,
    numbers_of,
    results_of,
    toy_sources,
)

from crf2tlf.errors import DataError
from crf2tlf.rules.expressions import parse_expression
from crf2tlf.rules.show import show
from crf2tlf.spec.output_conditions import rename_references
from tlf.results import combine_ard, compute_replay, select_records
from tlf.results.selection import split_codes
from tlf.results.sources import record_keys

ALL = {"t_1": SUMMARY, "t_2": HIERARCHY, "f_1": KAPLAN_MEIER, "l_1": LISTING}


def row(ard: pd.DataFrame, **wanted: str) -> pd.Series:
    """The one row of the results with these values."""
    chosen = ard
    for name, value in wanted.items():
        chosen = chosen[(chosen[name] == value).fillna(False)]
    assert len(chosen) == 1
    return chosen.iloc[0]


def test_big_n_is_of_the_population_by_column_and_in_all(tmp_path: Path) -> None:
    assert numbers_of(results_of(tmp_path, SUMMARY), "BIG_N", "N") == {"A": 3, "B": 2, "Total": 5}


def test_statistics_are_those_of_each_column_unrounded(tmp_path: Path) -> None:
    results = results_of(tmp_path, SUMMARY)
    assert numbers_of(results, "AGE", "n") == {"A": 3, "B": 2, "Total": 5}
    assert numbers_of(results, "AGE", "mean") == {"A": 65, "B": 77.5, "Total": 70}
    assert numbers_of(results, "AGE", "sd") == pytest.approx({"A": 5, "B": 3.5355339059, "Total": 7.9056941504})
    assert numbers_of(results, "AGE", "q1") == {"A": 60, "B": 75, "Total": 65}
    assert numbers_of(results, "AGE", "maximum") == {"A": 70, "B": 80, "Total": 80}


def test_levels_are_counted_with_zeros_and_the_missing_ones_last(tmp_path: Path) -> None:
    assert numbers_of(results_of(tmp_path, SUMMARY), "SEX", "n") == {
        "A | F": 2,
        "B | F": 0,
        "Total | F": 2,
        "A | M": 1,
        "B | M": 1,
        "Total | M": 2,
        "A | ": 0,
        "B | ": 1,
        "Total | ": 1,
    }


def test_levels_without_a_list_follow_the_codelist(tmp_path: Path) -> None:
    results = results_of(tmp_path, SUMMARY.replace(", levels: {F: Female, M: Male}", ""))
    assert list(numbers_of(results, "SEX", "n"))[::3] == ["A | M", "A | F", "A | "]


def test_a_percentage_names_its_denominator(tmp_path: Path) -> None:
    ard = results_of(tmp_path, SUMMARY).ard
    found = row(ard, ANALYSISID="SEX", STATNAME="percent", GRP1LV="A", GRP2LV="F")
    assert found["STATNUM"] == pytest.approx(200 / 3)
    assert found["DENOM"] == 3
    assert found["DENID"] == row(ard, ANALYSISID="BIG_N", GRP1LV="A")["RESULTID"]


def test_a_filter_holds_population_column_and_level(tmp_path: Path) -> None:
    ard = results_of(tmp_path, HIERARCHY).ard
    found = row(ard, STATNAME="n", GRP1LV="A", GRP3LV="NAUSEA")
    assert found["FILTER"] == (
        "SAFFL == 'Y' and TRTEMFL == 'Y' and TRTA == 'A' and AEBODSYS == 'GI' and AEDECOD == 'NAUSEA'"
    )
    assert (found["STATNUM"], found["NRECORDS"], found["COUNTS"]) == (1, 2, "subjects")


@pytest.mark.parametrize("text", ALL.values(), ids=list(ALL))
def test_every_filter_selects_the_records_of_its_number(tmp_path: Path, text: str) -> None:
    ard = results_of(tmp_path, text).ard
    replayed = ard.merge(compute_replay(ard, toy_sources(tmp_path)), on="RESULTID", validate="1:1")
    assert (replayed["RECORDS"] == replayed["NRECORDS"]).all()
    subjects, records = (replayed[replayed["COUNTS"] == counted] for counted in ("subjects", "records"))
    assert len(subjects) + len(records) > 2
    assert (subjects["SUBJECTS"] == subjects["STATNUM"]).all()
    assert (records["RECORDS"] == records["STATNUM"]).all()


def test_the_first_records_of_a_count_are_kept_by_their_keys(tmp_path: Path) -> None:
    results = results_of(tmp_path, HIERARCHY)
    id_ = row(results.ard, STATNAME="n", GRP1LV="A", GRP3LV="NAUSEA")["RESULTID"]
    kept = results.records[results.records["RESULTID"] == id_]
    assert list(zip(kept["RECORD"], kept["NAME"], kept["VALUE"], strict=True)) == [
        (1, "USUBJID", "01"),
        (1, "AESEQ", "1"),
        (2, "USUBJID", "01"),
        (2, "AESEQ", "2"),
    ]


def test_a_hierarchy_counts_subjects_once_at_each_level(tmp_path: Path) -> None:
    results = results_of(tmp_path, HIERARCHY)
    assert numbers_of(results, "ANY", "n") == {"A": 2, "B": 1, "Total": 3}
    assert numbers_of(results, "AEBODSYS", "n") == {
        "A | GI": 1,
        "B | GI": 1,
        "Total | GI": 2,
        "A | SKIN": 1,
        "B | SKIN": 0,
        "Total | SKIN": 1,
    }


def hierarchy_order(tmp_path: Path, text: str) -> list[str]:
    ard = results_of(tmp_path, text).ard
    shown = ard[(ard["STATNAME"] == "n") & (ard["GRP1LV"] == "A")]
    return [f"{soc}/{term}" for soc, term in zip(shown["GRP2LV"].fillna(""), shown["GRP3LV"].fillna(""), strict=True)]


def test_a_hierarchy_is_sorted_by_falling_subjects_and_children_follow_parents(tmp_path: Path) -> None:
    assert hierarchy_order(tmp_path, HIERARCHY) == ["/", "GI/", "GI/NAUSEA", "GI/VOMITING", "SKIN/", "SKIN/RASH"]


def test_a_hierarchy_may_be_sorted_by_text(tmp_path: Path) -> None:
    text = HIERARCHY.replace("where: TRTEMFL == 'Y'\n", "where: AEDECOD != 'NAUSEA'\n")
    assert hierarchy_order(tmp_path, text) == ["/", "SKIN/", "SKIN/RASH", "GI/", "GI/VOMITING"]
    assert hierarchy_order(tmp_path, text + "sort: alphabetic\n")[1:] == ["GI/", "GI/VOMITING", "SKIN/", "SKIN/RASH"]


def test_a_threshold_keeps_terms_that_reach_it_in_some_column(tmp_path: Path) -> None:
    assert hierarchy_order(tmp_path, HIERARCHY + "at_least: 50\n") == ["/", "GI/", "GI/NAUSEA"]


def test_a_parameter_is_counted_at_risk_just_before_each_tick(tmp_path: Path) -> None:
    results = results_of(tmp_path, KAPLAN_MEIER)
    assert numbers_of(results, "EVENTS", "n_event") == {"A": 2, "B": 1}
    assert numbers_of(results, "AT_RISK", "n_risk") == {
        "A | 0": 3,
        "A | 4": 2,
        "A | 8": 0,
        "A | 12": 0,
        "B | 0": 2,
        "B | 4": 1,
        "B | 8": 1,
        "B | 12": 0,
    }
    assert numbers_of(results, "QUARTILES", "median") == {"A": 4, "B": 9}
    assert numbers_of(results, "CURVE", "survival") == pytest.approx(
        {"A | 0": 1, "A | 2": 2 / 3, "A | 4": 1 / 3, "A | 6": 1 / 3, "B | 0": 1, "B | 3": 1, "B | 9": 0}
    )


def test_what_cannot_be_estimated_is_missing_and_says_so(tmp_path: Path) -> None:
    ard = results_of(tmp_path, KAPLAN_MEIER).ard
    found = row(ard, STATNAME="median_upper", GRP1LV="A")
    assert np.isnan(found["STATNUM"])
    assert found["STATCHAR"] == "NE"


def test_a_listing_keeps_its_records_in_order_each_with_its_filter(tmp_path: Path) -> None:
    results = results_of(tmp_path, LISTING)
    assert list(zip(results.rows["USUBJID"], results.rows["AESEQ"], strict=True)) == [
        ("01", 1),
        ("01", 2),
        ("01", 3),
        ("02", 1),
        ("04", 1),
        ("05", 1),
    ]
    assert results.rows["FILTER"].iloc[1] == "SAFFL == 'Y' and USUBJID == '01' and AESEQ == 2"
    sources = toy_sources(tmp_path)
    selected = [list(select_records(text, "ADAE", sources)) for text in results.rows["FILTER"]]
    assert selected == [[0], [1], [2], [3], [4], [5]]
    assert numbers_of(results, "LISTED", "n_subjects") == {"": 4}


def test_a_quote_in_a_value_stays_a_filter_that_can_be_replayed(tmp_path: Path) -> None:
    changed = {name: lines.replace("01 ", "O'1 ") for name, lines in (("ADSL", ADSL), ("ADAE", ADAE))}
    results = results_of(tmp_path, LISTING, **changed)
    text = results.rows.loc[results.rows["USUBJID"] == "O'1", "FILTER"].iloc[0]
    assert text == """SAFFL == 'Y' and USUBJID == "O'1" and AESEQ == 1"""
    assert list(select_records(text, "ADAE", toy_sources(tmp_path, **changed))) == [0]


def test_tests_compare_the_columns_without_the_total(tmp_path: Path) -> None:
    text = SUMMARY.replace("{label: Age (years)}", "{test: anova}").replace("{label: Sex,", "{test: fisher,")
    ard = results_of(tmp_path, text).ard
    # Between A (60, 65, 70) and B (75, 80): F = 187.5 / (62.5 / 3) with 1 and 3 degrees of freedom.
    assert row(ard, ANALYSISID="AGE", STATNAME="statistic")["STATNUM"] == pytest.approx(9.0)
    # A has F 2, M 1 and B has M 1: of the two tables with these margins each is as probable as the other, so p is 1.
    assert row(ard, ANALYSISID="SEX", STATNAME="p_value")["STATNUM"] == pytest.approx(1.0)


@pytest.mark.parametrize("text", [HIERARCHY, LISTING], ids=["hierarchy", "listing"])
def test_no_record_that_qualifies_is_a_result_of_zero(tmp_path: Path, text: str) -> None:
    results = results_of(tmp_path, text, ADAE="06 1 A N GI NAUSEA MILD Y 19726 2")
    counted = results.ard[results.ard["ANALYSISID"].isin(["ANY", "LISTED"])]
    assert set(counted["STATNUM"]) == {0.0}
    assert len(results.rows) == 0


def test_a_curve_without_subjects_is_a_result_too(tmp_path: Path) -> None:
    results = results_of(tmp_path, KAPLAN_MEIER, ADTTE="06 TTDE A N 1 0")
    assert numbers_of(results, "EVENTS", "n") == {"A": 0, "B": 0}
    assert np.isnan(row(results.ard, STATNAME="p_value")["STATNUM"])


def test_result_ids_are_unique_over_outputs(tmp_path: Path) -> None:
    ard = combine_ard(results_of(tmp_path, text).ard for text in ALL.values())
    assert ard["RESULTID"].is_unique
    assert set(ard["OUTPUTID"]) == set(ALL)


@pytest.mark.parametrize(
    ("text", "changed", "message"),
    [
        (
            SUMMARY.replace("F: Female, ", ""),
            {},
            "ADSL: SEX has the values F, which the output does not name\n  fix      add F to rows.SEX.levels",
        ),
        (
            HIERARCHY,
            {"ADAE": ADAE.replace("SKIN RASH     MILD     Y", ".    RASH     MILD     Y")},
            "ADAE: 1 of 5 records have no AEBODSYS and would be counted nowhere\n"
            "  subject  02: AESEQ 1.0\n"
            "  fix      code these records, or give them a line of their own by `uncoded`",
        ),
        (
            HIERARCHY,
            {"ADAE": ADAE.replace("04 1 B", "04 1 A")},
            "ADAE: 1 of 5 records in 'A' have a subject who is not of it\n"
            "  subject  04: TRTA A\n"
            "  fix      make TRTA agree with ADSL, or name another variable in columns.by",
        ),
        (
            HIERARCHY,
            {"ADAE": ADAE.replace("04 1 B", "04 1 C")},
            "ADAE: 1 of 5 records are of a column that the population does not have\n  subject  04: TRTA C",
        ),
        (
            HIERARCHY,
            {"ADAE": ADAE.replace("06 1 A N", "06 1 A Y")},
            "ADAE: disagrees with ADSL on the Safety Population for 1 of 7 records\n"
            "  subject  06: AESEQ 1.0\n"
            "  fix      take the population's flags from ADSL",
        ),
        (
            SUMMARY,
            {"ADSL": ADSL.replace("02 A", "02 .")},
            "ADSL: 1 of 5 records have no TRT01A\n  subject  02: \n"
            "  fix      name a column for them (columns.missing), or leave them out of the population",
        ),
        (
            SUMMARY,
            {"ADSL": ADSL.replace("02 A", "01 A")},
            "ADSL: a subject of the population has more than one record\n"
            "  fix      a population needs one record per subject",
        ),
        (SUMMARY, {"ADSL": ADSL.replace("02 A 1", "02 A 3")}, "ADSL: TRT01A 'A' has more than one TRT01AN"),
        (SUMMARY.replace("total: Total", "total: A"), {}, "t_1: the total is labelled as the column 'A'"),
        (
            KAPLAN_MEIER,
            {"ADTTE": ADTTE.replace("02 TTDE", "01 TTDE")},
            "ADTTE: a subject has more than one record of the parameter TTDE\n  fix      limit the records by `where`",
        ),
        (
            KAPLAN_MEIER,
            {"ADTTE": ADTTE.replace("Y 4  0", "Y 4  .")},
            "ADTTE: 1 of 5 records of TTDE have no CNSR\n  subject  02: AVAL 4.0",
        ),
        (
            LISTING,
            {"ADAE": ADAE.replace("01 2 A", "01 1 A")},
            "ADAE: 2 of 6 records share their USUBJID, AESEQ and cannot be told apart\n"
            "  fix      give the dataset a sequence number such as ASEQ",
        ),
    ],
)
def test_data_that_would_be_counted_wrongly_stop_the_output(
    tmp_path: Path, text: str, changed: dict[str, str], message: str
) -> None:
    with pytest.raises(DataError) as error:
        results_of(tmp_path, text, **changed)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("text", "renamed"),
    [
        ("SAFFL == 'Y' and not missing(AGE)", "SAFFL == 'Y' and not missing(ADSL.AGE)"),
        ("SEX in ['F', 'M'] or -AGE + 1 < 3", "ADSL.SEX in ['F', 'M'] or -ADSL.AGE + 1 < 3"),
        ("DM.SEX == $SEX", "DM.SEX == $SEX"),
    ],
)
def test_a_condition_is_put_in_the_words_of_another_dataset(text: str, renamed: str) -> None:
    assert show(rename_references(parse_expression(text), "ADSL", {"SAFFL"})) == renamed


def test_a_record_is_named_by_its_sequence_number_or_else_by_the_keys() -> None:
    assert record_keys(("STUDYID", "USUBJID", "ASTDT", "AESEQ"), ("USUBJID", "AESEQ", "SRCSEQ")) == ("USUBJID", "AESEQ")
    assert record_keys(("STUDYID", "USUBJID"), ("USUBJID", "AESEQ", "ASEQ")) == ("USUBJID", "ASEQ")
    assert record_keys(("STUDYID", "USUBJID", "PARAMCD"), ("USUBJID", "SRCSEQ")) == ("USUBJID", "PARAMCD")


def test_codes_are_split_into_positions_and_minus_one_is_nowhere() -> None:
    found = split_codes(np.array([1, -1, 0, 1]), 3)
    assert [list(positions) for positions in found] == [[2], [0, 3], []]
