"""Each difference of an outcome from the truth, traced to the planted faults that cause it by taking them back.

A fault is a cause of a difference when the outcome is the true one in an extract without that fault and with all
others. Outcomes are local to a subject, so one extract takes back a fault of each subject. Which fault it may be is
found in few extracts: the faults of a subject are numbered, and the extract of a binary digit lacks all whose number
has it. What no single fault mends is traced to a set of faults of which none can be spared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd
from compared_outcomes import differences_of, keys_of, outcomes_of, true_outcomes
from faulty_trial import FaultyTrial

Key = tuple[str, ...]


@dataclass
class Tracer:
    """The differences of a trial from the truth, and the causes found so far: for each difference one case or more."""

    trial: FaultyTrial
    true: pd.DataFrame
    differences: pd.DataFrame
    causes: dict[Key, tuple[int, ...]] = field(default_factory=dict)
    extracts: int = 0

    def open(self) -> dict[str, set[Key]]:
        """By subject the differences without a cause."""
        found: dict[str, set[Key]] = {}
        for key in keys_of(self.differences):
            if key not in self.causes:
                found.setdefault(key[0], set()).add(key)
        return found

    def cases(self, subject: str) -> list[int]:
        """All cases of faults of a subject."""
        return sorted(set(self.trial.lines.loc[self.trial.lines["USUBJID"] == subject, "CASE"]))

    def mended(self, reverted: Mapping[str, Sequence[int]]) -> set[Key]:
        """The open differences of these subjects that are gone when their cases are taken back."""
        self.extracts += 1
        cases = [case for each in reverted.values() for case in each]
        ours = outcomes_of(self.trial, self.trial.build(list(reverted), cases))
        still = set(keys_of(differences_of(self.true[self.true["USUBJID"].isin(list(reverted))], ours)))
        return {key for who, keys in self.open().items() if who in reverted for key in keys} - still

    def trace_single(self) -> None:
        """The differences that one case mends."""
        waiting = self.open()
        numbered = {who: list(enumerate(self.cases(who), start=1)) for who in waiting}
        numbers: dict[Key, int] = {key: 0 for keys in waiting.values() for key in keys}
        for digit in range(max((len(cases) for cases in numbered.values()), default=0).bit_length()):
            tried = {who: [case for number, case in own if number >> digit & 1] for who, own in numbered.items()}
            for key in self.mended({who: cases for who, cases in tried.items() if cases}):
                numbers[key] += 1 << digit
        guesses = {key: dict(numbered[key[0]]).get(number) for key, number in numbers.items()}
        self.verify({key: (case,) for key, case in guesses.items() if case is not None})

    def trace_several(self) -> None:
        """The differences that only several cases mend together."""
        needed = self.reduce(self.open())
        guesses: dict[Key, list[int]] = {key: [] for who, keys in self.open().items() if who in needed for key in keys}
        for turn in range(max((len(cases) for cases in needed.values()), default=0)):
            spared = {who: cases[turn] for who, cases in needed.items() if turn < len(cases)}
            mended = self.mended({who: [case for case in needed[who] if case != spared[who]] for who in spared})
            for key in guesses:
                if key[0] in spared and key not in mended:
                    guesses[key].append(spared[key[0]])
        self.verify({key: tuple(cases) for key, cases in guesses.items()})
        self.verify({key: tuple(needed[who]) for who, keys in self.open().items() if who in needed for key in keys})

    def reduce(self, wanted: Mapping[str, set[Key]]) -> dict[str, list[int]]:
        """By subject cases that together mend all that is wanted, none of which can be spared; others are left out."""
        left = {who: self.cases(who) for who in wanted}
        mended = self.mended(left) if left else set()
        left = {who: cases for who, cases in left.items() if wanted[who] <= mended}
        chunks = {who: [list(cases)] for who, cases in left.items()}
        while tried := {who: own.pop() for who, own in chunks.items() if own}:
            fewer = {who: [case for case in left[who] if case not in chunk] for who, chunk in tried.items()}
            mended = self.mended(fewer)
            for who, chunk in tried.items():
                if wanted[who] <= mended:
                    left[who] = fewer[who]
                elif len(chunk) > 1:
                    chunks[who] += [chunk[: len(chunk) // 2], chunk[len(chunk) // 2 :]]
        return left

    def verify(self, guesses: Mapping[Key, tuple[int, ...]]) -> None:
        """Take the guessed causes back and nothing else; those that mend their difference are causes."""
        by_subject: dict[str, list[tuple[int, ...]]] = {}
        for key, cases in guesses.items():
            own = by_subject.setdefault(key[0], [])
            if cases and cases not in own:
                own.append(cases)
        while tried := {who: own.pop() for who, own in by_subject.items() if own}:
            mended = self.mended(tried)
            self.causes |= {key: tried[key[0]] for key in mended if guesses.get(key) == tried[key[0]]}


def trace_differences(trial: FaultyTrial, true: pd.DataFrame | None = None) -> Tracer:
    """All differences of a trial's outcomes from the truth with their causes, where they have any."""
    true = true_outcomes(trial) if true is None else true
    tracer = Tracer(trial, true, differences_of(true, outcomes_of(trial, trial.build())))
    tracer.trace_single()
    tracer.trace_several()
    return tracer


def tell_causes(tracer: Tracer, shown: int = 3) -> pd.DataFrame:
    """The differences with KINDS, the kinds of their causes, and LINES, the first lines of the manifest of each."""
    lines = tracer.trial.lines
    told = lines["file"] + ":" + lines["row"].astype(str) + " " + lines["field"]
    places = {int(case): tell_lines(own.tolist(), shown) for case, own in told.groupby(lines["CASE"])}
    kinds = lines.groupby("CASE")["kind"].first()
    causes = [tracer.causes.get(key, ()) for key in keys_of(tracer.differences)]
    return tracer.differences.assign(
        KINDS=[" and ".join(sorted({str(kinds[case]) for case in cases})) for cases in causes],
        LINES=["; ".join(places[case] for case in cases) for cases in causes],
    )


def tell_lines(lines: list[str], shown: int) -> str:
    """The first lines, and how many more there are."""
    more = len(lines) - shown
    return ", ".join(lines[:shown]) + (f" and {more} more" if more > 0 else "")
