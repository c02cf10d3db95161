"""The referee, the sentences that explain, and the checks of lesion records."""

from __future__ import annotations

import pandas as pd
import pytest
from response_toys import RECIST, Shown, column, day, lesions, subjects

from adam.response import add_explanations, check_lesions, compute_differences, compute_responses
from crf2tlf.errors import DataError
from crf2tlf.rules.columns import text_column


def explained(shown: dict[str, Shown]) -> list[str]:
    """The sentences of all assessments."""
    sentences: list[str] = column(add_explanations(compute_responses(lesions(shown), RECIST), RECIST), "EXPLAIN")
    return sentences


def test_a_progression_is_explained_by_what_shows_it() -> None:
    assert explained({"T01": [40, 34, 42], "NT1": ["P", "P", "P"]}) == [
        "baseline on 2023-12-25: sum 40.0 mm",
        "SD on 2024-02-12: sum 34.0 mm against the baseline of 40.0 mm and the nadir of 40.0 mm on 2023-12-25; "
        "non-target lesions persist",
        "PD on 2024-03-25: sum 42.0 mm is 23.5 % and 8.0 mm above the nadir of 34.0 mm on 2024-02-12",
    ]


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ({"T01": [40, 20.5]}, "PR on 2024-02-12: sum 20.5 mm is 48.7 % below the baseline of 40.0 mm"),
        (
            {"T01": [25.1, 30.1]},
            "SD on 2024-02-12: sum 30.1 mm is 5.0 mm but only 19.9 % above the nadir of 25.1 mm on 2023-12-25",
        ),
        (
            {"T01": [20, 24.9]},
            "SD on 2024-02-12: sum 24.9 mm is 24.5 % but only 4.9 mm above the nadir of 20.0 mm on 2023-12-25",
        ),
        ({"T01": [20, "A"], "NT1": ["P", "A"]}, None),
        ({"T01": [20, 20], "T02": [20, "ND"]}, None),
        ({"T01": [20, 60], "T02": [20, "ND"]}, None),
        ({"T01": [20, 20], "NEW1": [None, "E"]}, None),
        ({"T01": [20, 30], "NT1": ["P", "PD"], "NEW1": [None, "U"]}, None),
        ({"NT1": ["P", "ND"]}, "NE on 2024-02-12: not all non-target lesions were assessed"),
    ],
)
def test_every_response_is_explained(shown: dict[str, Shown], expected: str | None) -> None:
    others = {
        "A": "CR on 2024-02-12: all target lesions have disappeared; all non-target lesions have disappeared",
        20: "NE on 2024-02-12: 1 of 2 target lesions were assessed; what was measured is 20.0 mm",
        60: "PD on 2024-02-12: with 1 of 2 target lesions assessed the sum of 60.0 mm already is 50.0 % and 20.0 mm "
        "above the nadir of 40.0 mm on 2023-12-25",
        "E": "SD on 2024-02-12: sum 20.0 mm against the baseline of 20.0 mm and the nadir of 20.0 mm on 2023-12-25; "
        "equivocal new lesion",
        30: "PD on 2024-02-12: sum 30.0 mm is 50.0 % and 10.0 mm above the nadir of 20.0 mm on 2023-12-25; "
        "unequivocal progression of non-target lesions; new lesion, first seen on 2024-02-12",
    }
    key = "E" if "NEW1" in shown and "NT1" not in shown else shown.get("T01", [0, 0])[1]
    assert explained(shown)[-1] == (expected or others[key])


def test_without_a_baseline_the_sentence_says_so_once() -> None:
    frame = lesions({"T01": [30], "NT1": ["P"]}).assign(BASELINE=None)
    assert column(add_explanations(compute_responses(frame, RECIST), RECIST), "EXPLAIN") == [
        "NE on 2023-12-25: no baseline assessment"
    ]


def reported(*rows: tuple[str, str, str | None, str | None], subject: str = "1") -> pd.DataFrame:
    """Reported responses: assessment, date, target and overall response."""
    return pd.DataFrame(
        {
            "USUBJID": text_column(subject, len(rows)),
            "EVALUATOR": text_column("INVESTIGATOR", len(rows)),
            "LNKGRP": text_column([row[0] for row in rows]),
            "ADT": [day(row[1]) for row in rows],
            "TRGRESP": text_column([row[2] for row in rows]),
            "OVRLRESP": text_column([row[3] for row in rows]),
        }
    )


GROWING: dict[str, Shown] = {"T01": [60, 35, 43, 60]}
AGREED = ("A1", "2024-02-12", "PR", "PR")


def differences(given: pd.DataFrame, shown: dict[str, Shown]) -> pd.DataFrame:
    """What the referee finds for one subject."""
    return compute_differences(compute_responses(lesions(shown), RECIST), given, subjects("1"), RECIST)


def test_a_report_that_agrees_gives_no_difference() -> None:
    given = reported(AGREED, ("A2", "2024-03-25", "PD", "PD"), ("A3", "2024-05-06", "PD", "PD"))
    assert differences(given, GROWING).empty


def test_a_progression_missed_since_the_baseline_was_taken_for_the_nadir() -> None:
    given = reported(AGREED, ("A2", "2024-03-25", "SD", "SD"), ("A3", "2024-05-06", "PD", "PD"))
    found = differences(given, GROWING)
    assert column(found, "LNKGRP", "COMPONENT", "REPORTED", "COMPUTED", "REASON") == [
        ("A2", "TARGET", "SD", "PD", "NADIR"),
        ("A2", "OVERALL", "SD", "PD", "NADIR"),
    ]
    assert column(found, "EXPLAIN")[1] == (
        "PD on 2024-03-25: sum 43.0 mm is 22.8 % and 8.0 mm above the nadir of 35.0 mm on 2024-02-12"
    )
    assert column(found, "PDDTREP", "PDDTCOMP", "PDDTALONE")[1] == ("2024-05-06", "2024-03-25", "2024-03-25")
    assert column(found, "BORREP", "BORCOMP", "BORALONE")[1] == ("PR", "PR", "PR")
    assert column(found, "EFFECT") == [None, "first progression 2024-05-06 -> 2024-03-25"]


def test_the_effect_of_each_difference_is_told_apart() -> None:
    given = reported(
        ("A1", "2024-02-12", "SD", "SD"), ("A2", "2024-03-25", "PR", "PR"), ("A3", "2024-05-06", "SD", "SD")
    )
    found = differences(given, {"T01": [60, 35, 35, 60]})
    overall = found[found["COMPONENT"] == "OVERALL"]
    assert column(overall, "LNKGRP", "REASON", "EFFECT") == [
        ("A1", "DECREASE", "confirmed best response SD -> PR"),
        ("A3", "NADIR", "first progression none -> 2024-05-06"),
    ]


def test_a_progression_reported_without_reason_is_a_difference_with_the_rule_that_does_not_hold() -> None:
    found = differences(reported(("A1", "2024-02-12", "PD", "PD")), {"T01": [20, 24.9]})
    assert column(found, "COMPONENT", "REASON", "EFFECT") == [
        ("TARGET", "RELATIVE_ONLY", None),
        (
            "OVERALL",
            "RELATIVE_ONLY",
            "best response PD -> SD; confirmed best response PD -> SD; first progression 2024-02-12 -> none",
        ),
    ]


def test_a_new_lesion_that_was_not_counted_is_the_reason() -> None:
    found = differences(reported(("A1", "2024-02-12", "SD", "SD")), {"T01": [20, 20], "NEW1": [None, "U"]})
    assert column(found, "COMPONENT", "COMPUTED", "REASON") == [("OVERALL", "PD", "NEW_LESION")]


def test_where_all_parts_agree_the_row_of_the_table_is_the_reason() -> None:
    found = differences(reported(("A1", "2024-02-12", "CR", "CR")), {"T01": [20, "A"], "NT1": ["P", "P"]})
    assert column(found, "REPORTED", "COMPUTED", "REASON") == [("CR", "PR", "NON_TARGETS_STAY")]


def test_assessments_on_one_side_only_are_told() -> None:
    given = reported(AGREED, ("A9", "2024-06-01", None, "SD"))
    found = differences(given, {"T01": [60, 35, 36]})
    assert column(found, "LNKGRP", "REPORTED", "COMPUTED", "REASON", "EFFECT") == [
        ("A2", None, "PR", "NOT_REPORTED", "confirmed best response SD -> PR"),
        ("A9", "SD", None, "NOT_COMPUTED", "none"),
    ]


def test_a_progression_of_another_date_is_told() -> None:
    found = differences(reported(("A1", "2024-02-20", "PD", "PD")), {"T01": [20, 30]})
    assert column(found, "COMPONENT", "ADTREP", "ADTCOMP", "REASON", "EFFECT") == [
        ("DATE", "2024-02-20", "2024-02-12", "DATE_OF_PROGRESSION", "first progression 2024-02-20 -> 2024-02-12")
    ]


def test_an_assessment_reported_twice_is_refused() -> None:
    with pytest.raises(DataError) as error:
        differences(reported(AGREED, AGREED), GROWING)
    assert str(error.value) == (
        "responses of one assessment are reported twice.\n"
        "  subject  1: EVALUATOR INVESTIGATOR, LNKGRP A1\n"
        "  fix      give one row an assessment and evaluator"
    )


def rules(shown: dict[str, Shown], **changed: pd.Series) -> list[tuple[str, str, str]]:
    """The findings on one subject: rule, assessment, lesion."""
    found: list[tuple[str, str, str]] = column(
        check_lesions(lesions(shown).assign(**changed), RECIST), "RULE", "LNKGRP", "LNKID"
    )
    return found


def test_good_records_have_no_findings() -> None:
    assert rules({"T01": [30, 20.5], "T02 node": [15, 9], "NT1": ["P", "A"], "NEW1": [None, "U"]}) == []


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ({"T01": [9.9, 9]}, [("TARGET_TOO_SMALL", "A0", "T01")]),
        ({"T01 node": [14.9, 9]}, [("TARGET_TOO_SMALL", "A0", "T01")]),
        ({"T01": ["ND", 9]}, [("TARGET_NOT_MEASURED", "A0", "T01")]),
        ({"T01": [20.25, 9]}, [("ROUNDED", "A0", "T01")]),
        ({"T01": [20, -1]}, [("NEGATIVE", "A1", "T01")]),
        ({"T01": [20, 20], "T02": [None, 20]}, [("NOT_AT_BASELINE", "A1", "T02")]),
        ({"T01": [20, 20], "T02.1 of T02": [None, 20]}, [("UNKNOWN_PARENT", "A1", "T02.1")]),
        ({"T01 node": [15, "A"]}, [("ABSENT_NODE", "A1", "T01")]),
        (
            {f"T0{number}": [20] for number in range(6)},
            [("TOO_MANY_TARGETS", "A0", f"T0{number}") for number in range(6)],
        ),
    ],
)
def test_what_is_wrong_with_lesion_records_is_found(
    shown: dict[str, Shown], expected: list[tuple[str, str, str]]
) -> None:
    assert rules(shown) == expected


def test_three_targets_of_one_organ_are_too_many_and_all_nodes_are_one_organ() -> None:
    shown: dict[str, Shown] = {"T01": [20], "T02 node": [20], "T03 node": [20], "T04 node": [20]}
    organs = text_column(["LIVER", "AXILLA", "NECK", "GROIN"])
    assert rules(shown, ORGAN=organs) == [("TOO_MANY_TARGETS_OF_ORGAN", "A0", f"T0{number}") for number in (2, 3, 4)]


def test_sizes_that_contradict_the_status_are_found() -> None:
    frame = lesions({"T01": [20, "ND", "TS", "A"]})
    frame["LDIAM"] = [20.0, 12.0, 4.0, 3.0]
    assert column(check_lesions(frame, RECIST), "RULE", "LNKGRP") == [
        ("SIZE_NOT_DONE", "A1"),
        ("TOO_SMALL_SIZE", "A2"),
        ("ABSENT_SIZE", "A3"),
    ]


def test_assessments_that_are_not_used_are_found() -> None:
    frame = lesions({"T01": [20, 20, 20]})
    frame["BASELINE"] = text_column([None, "Y", None])
    frame["ADT"] = [day("2024-01-01"), day("2024-01-02"), None]
    assert column(check_lesions(frame, RECIST), "RULE", "LNKGRP") == [("BEFORE_BASELINE", "A0"), ("NO_DATE", "A2")]
