"""Whatever is recorded, the vectorised engine says what the slow one says that reads the book subject by subject."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import reference_recist as book
from hypothesis import given, settings
from hypothesis import strategies as st
from reference_recist import Lesion, Value
from response_toys import RECIST, Shown, column, course, day, lesions, several, subjects

from adam.response import compute_best_responses, compute_responses

Subject = tuple[list[Lesion], list[Lesion], list[Lesion]]  # targets, non-targets, new lesions
VISITS = st.integers(min_value=2, max_value=6)
SIZES = st.sampled_from([0, 2, 3.5, 4.9, 5, 5.1, 7, 9.9, 10, 12, 14, 15, 17.5, 20, 24, 24.9, 25, 29.9, 30, 33, 36])
MEASURED = st.one_of(SIZES, SIZES, SIZES, st.sampled_from(["ND", "TS", "A", "A", None]))
STATES = st.sampled_from(["P", "P", "P", "A", "A", "A", "A", "ND", "PD", None])
NEWS = st.sampled_from([None, None, None, None, "E", "A", "ND", "U"])


def values(
    draw: st.DrawFn, what: st.SearchStrategy[Value], count: int, first: st.SearchStrategy[Value]
) -> tuple[Value, ...]:
    """The values of one lesion, of its own kind at the baseline."""
    return (draw(first), *(draw(what) for _ in range(count - 1)))


@st.composite
def subject_records(draw: st.DrawFn) -> Subject:
    """Targets that may split, merge and split again; non-targets; new lesions."""
    count = draw(VISITS)
    base: st.SearchStrategy[Value] = st.one_of(
        st.sampled_from([10, 15, 20, 25, 30]), st.sampled_from([10, 25, 30, "ND", None])
    )
    targets = [
        Lesion(f"T{number}", values(draw, MEASURED, count, base), draw(st.booleans()))
        for number in range(draw(st.integers(0, 3)))
    ]
    nothing: st.SearchStrategy[Value] = st.none()
    for number in range(draw(st.integers(0, 3)) if targets else 0):
        parents = draw(st.lists(st.sampled_from([each.name for each in targets]), min_size=1, max_size=2, unique=True))
        shown = values(draw, MEASURED, count, nothing)
        if any(each is not None for each in shown):  # without a record nobody knows of it
            targets.append(Lesion(f"F{number}", shown, draw(st.booleans()), tuple(parents)))
    others = [
        Lesion(f"NT{number}", values(draw, STATES, count, st.sampled_from(["P", "P", "P", None])))
        for number in range(draw(st.integers(0, 2)))
    ]
    new = [Lesion(f"NEW{number}", values(draw, NEWS, count, nothing)) for number in range(draw(st.integers(0, 2)))]
    return targets, others, new


def written(record: Subject) -> dict[str, Shown]:
    """The lesions as the tables of the tests are written."""
    shown: dict[str, Shown] = {}
    for each in (lesion for kind in record for lesion in kind):
        shown[each.name + (f" of {'/'.join(each.parents)}" if each.parents else "")] = each.shown
    return shown


def by_the_book(record: Subject, count: int) -> list[tuple[object, ...]]:
    """Target, non-target, new lesion and overall response of each assessment."""
    targets, others, new = record
    judged = book.target_responses(targets) if targets else [(None, 0, None)] * (count - 1)
    rows: list[tuple[object, ...]] = []
    for turn in range(1, count):
        target = judged[turn - 1][0]
        other, is_new = book.non_target_response(others, turn), book.new_lesion(new, turn)
        rows.append((target, other, is_new, book.overall_response(target, other, is_new)))
    return rows


def as_frame(record: Subject, name: str, count: int) -> pd.DataFrame:
    """The lesion records of a subject, with a row for every assessment."""
    frame = lesions(written(record), subject=name)
    nodes = {each.name for each in record[0] if each.node}
    frame["NODE"] = frame["NODE"].mask(frame["LNKID"].isin(nodes), "Y")
    frame["ROLE"] = frame["ROLE"].mask(frame["LNKID"].str.match("[TF][0-9]"), "TARGET")
    visits = lesions({"T9": [1] * count}, subject=name)
    for each in ("LNKID", "ROLE", "STATUS"):
        visits[each] = visits[each].mask(visits[each].notna())
    return several(frame, visits)


@settings(max_examples=60, deadline=None)
@given(st.lists(subject_records(), min_size=1, max_size=4))
def test_responses_are_those_of_the_book(records: Sequence[Subject]) -> None:
    counts = [_count(record) for record in records]
    frames = [as_frame(record, str(number), counts[number]) for number, record in enumerate(records)]
    found = compute_responses(several(*frames), RECIST)
    found = found[found["ABLFL"].isna()]
    for number, record in enumerate(records):
        own = found[found["USUBJID"] == str(number)]
        rows = column(own, "TRGRESP", "NTRGRESP", "NEWLES", "OVRLRESP")
        got = [(target, other, new == "Y", overall) for target, other, new, overall in rows]
        assert got == by_the_book(record, counts[number])
        nadirs = [each[2] for each in book.target_responses(record[0])]
        assert column(own, "NADIR") == [None if each is None else float(each) for each in nadirs] or not record[0]


def _count(record: Subject) -> int:
    return max((len(each.shown) for kind in record for each in kind), default=3)


RESPONSES = st.sampled_from(["CR", "PR", "PR", "SD", "NON-CR/NON-PD", "NED", "PD", "NE", "NE", "ND"])
COURSES = st.lists(st.tuples(st.integers(-5, 30), RESPONSES), max_size=8)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(COURSES, st.none() | st.integers(1, 150)), min_size=1, max_size=4))
def test_best_responses_are_those_of_the_book(drawn: list[tuple[list[tuple[int, str]], int | None]]) -> None:
    spread = [([(gap + 1, each) for gap, each in steps], therapy) for steps, therapy in drawn]
    seen = [(_summed(steps), therapy) for steps, therapy in spread]
    names = [str(number) for number in range(len(seen))]
    who = subjects(*names).assign(NACTDT=[np.nan if each is None else day("2024-01-01") + each for _, each in seen])
    responses = several(*(course(*steps, subject=name) for name, (steps, _) in zip(names, seen, strict=True)))
    found = compute_best_responses(responses, who, RECIST)
    for code, rule in (("BOR", book.best_response), ("CBOR", book.confirmed_response)):
        expected = [rule(steps, therapy) for steps, therapy in seen]
        assert column(found[found["PARAMCD"] == code], "AVALC") == expected


def _summed(steps: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """Gaps as days after the start, one assessment a day at most."""
    day_number = 0
    seen: dict[int, str] = {}
    for gap, response in steps:
        day_number += gap
        seen.setdefault(day_number, response)
    return sorted(seen.items())
