"""RECIST 1.1 for one subject, slow and by the book: plain Python, exact fractions, one assessment after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

Value = float | str | None  # mm, ND, TS, A, P, PD, E, U, or no record


@dataclass(frozen=True)
class Lesion:
    """A lesion with what it shows at each assessment, the first of them the baseline."""

    name: str
    shown: tuple[Value, ...]
    node: bool = False
    parents: tuple[str, ...] = ()


def size_of(lesion: Lesion, turn: int) -> Fraction | None:
    """What counts for the sum; None when not assessed."""
    value = lesion.shown[turn]
    if value is None or value == "ND":
        return None
    if value == "TS":
        return Fraction(5)
    if value == "A":
        return None if lesion.node else Fraction(0)
    return Fraction(str(value))


def children(lesion: Lesion, lesions: Sequence[Lesion]) -> list[Lesion]:
    """What a lesion became."""
    return [each for each in lesions if lesion.name in each.parents]


def is_there(lesion: Lesion, lesions: Sequence[Lesion], turn: int) -> bool:
    """Whether it, or what it became, has a record."""
    return lesion.shown[turn] is not None or any(is_there(each, lesions, turn) for each in children(lesion, lesions))


def is_assessed(lesion: Lesion, lesions: Sequence[Lesion], turn: int) -> bool:
    """Whether it, or all that it is known to have become, is assessed."""
    became = children(lesion, lesions)
    if any(is_there(each, lesions, turn) for each in became):
        known = [each for each in became if any(is_there(each, lesions, past) for past in range(turn + 1))]
        return all(is_assessed(each, lesions, turn) for each in known)
    return size_of(lesion, turn) is not None


def counting(lesions: Sequence[Lesion], turn: int) -> list[Lesion]:
    """The lesions whose own records count: assessed, followed from the baseline, not replaced."""
    followed = {each.name for each in lesions if not each.parents and each.shown[0] is not None}
    for _ in lesions:
        followed |= {each.name for each in lesions if followed & set(each.parents)}
    replaced = {
        each.name for each in lesions if any(is_there(child, lesions, turn) for child in children(each, lesions))
    }
    return [
        each
        for each in lesions
        if each.name in followed and each.name not in replaced and size_of(each, turn) is not None
    ]


def target_responses(lesions: Sequence[Lesion]) -> list[tuple[str | None, Fraction, Fraction | None]]:
    """Target response, measured sum and nadir of each assessment after the baseline."""
    roots = [each for each in lesions if not each.parents and each.shown[0] is not None]
    found: list[tuple[str | None, Fraction, Fraction | None]] = []
    sums: list[Fraction] = []
    for turn in range(len(lesions[0].shown) if lesions else 0):
        rows = counting(lesions, turn)
        total = sum((size_of(each, turn) or Fraction(0) for each in rows), Fraction(0))
        whole = bool(roots) and all(is_assessed(each, lesions, turn) for each in roots)
        if turn:
            found.append((_target(roots, rows, turn, total, whole, sums), total, min(sums) if sums else None))
        if whole and (turn == 0 or sums):
            sums.append(total)
    return found


def _target(
    roots: Sequence[Lesion], rows: Sequence[Lesion], turn: int, total: Fraction, whole: bool, sums: Sequence[Fraction]
) -> str | None:
    if not roots:
        return None
    if not sums:
        return "NE"
    base, nadir = sums[0], min(sums)
    progressed = total - nadir >= 5 and total - nadir >= Fraction(1, 5) * nadir
    if nadir == 0:
        progressed = total > 0
    if not whole:
        return "PD" if rows and progressed else "NE"
    if all((size_of(each, turn) or 0) < 10 if each.node else size_of(each, turn) == 0 for each in rows):
        return "CR"
    if progressed:
        return "PD"
    return "PR" if base and (base - total) / base >= Fraction(3, 10) else "SD"


def non_target_response(lesions: Sequence[Lesion], turn: int) -> str | None:
    """The non-target response; None without such lesions at baseline."""
    states = [each.shown[turn] for each in lesions if each.shown[0] is not None]
    if not states:
        return None
    if "PD" in states:
        return "PD"
    if "ND" in states or None in states:
        return "NE"
    return "NON-CR/NON-PD" if "P" in states else "CR"


def new_lesion(lesions: Sequence[Lesion], turn: int) -> bool:
    """Whether there was an unequivocal new lesion by now, or an equivocal one that proves true later."""
    return any(
        each.shown[earlier] == "U" or (each.shown[earlier] == "E" and "U" in each.shown[earlier:])
        for each in lesions
        for earlier in range(1, turn + 1)
    )


def overall_response(target: str | None, other: str | None, new: bool) -> str:
    """Tables 1 and 2."""
    if new or target == "PD" or other == "PD":
        return "PD"
    if target is None:
        return "NED" if other is None else other
    if target == "CR":
        return "CR" if other in {None, "CR"} else "PR"
    return target


Seen = tuple[int, str]  # days after the start, response


def usable(seen: Sequence[Seen], therapy: int | None) -> list[Seen]:
    """After the start, not after new therapy, up to the first progression."""
    found: list[Seen] = []
    for since, response in seen:
        if since > 0 and (therapy is None or since <= therapy):
            found.append((since, response))
            if response == "PD":
                break
    return found


ORDER = ("CR", "PR", "SD", "NON-CR/NON-PD", "NED", "PD", "NE", "ND", "MISSING")


def best_response(seen: Sequence[Seen], therapy: int | None) -> str:
    """Best overall response without confirmation."""
    values = ["NE" if _is_early_stable(since, each) else each for since, each in usable(seen, therapy)]
    return min(values, key=ORDER.index, default="MISSING")


def _is_early_stable(since: int, response: str) -> bool:
    return response in {"SD", "NON-CR/NON-PD", "NED"} and since < 35


def confirmed_response(seen: Sequence[Seen], therapy: int | None) -> str:
    """Best overall response with confirmation, by table 3."""
    course = usable(seen, therapy)
    values = []
    for place, (since, response) in enumerate(course):
        if response in {"CR", "PR"}:
            values.append(_outcome(response, since, course[place + 1 :]))
        else:
            values.append("NE" if _is_early_stable(since, response) else response)
    return min(values, key=ORDER.index, default="MISSING")


def _outcome(first: str, since: int, later: Sequence[Seen]) -> str:
    missed = 0
    for day, response in later:
        if response in {"NE", "ND"}:
            missed += 1
            if missed > 1:
                return "SD" if since >= 35 else "NE"
        elif response == "CR" or response == first:
            if day - since >= 28:
                return first
        elif response in {"SD", "NON-CR/NON-PD"} and first == "PR":
            return "SD"
        elif response == "NED":
            return "SD" if since >= 35 else "NE"
        else:
            return "SD" if since >= 35 else "PD"
    return "SD" if since >= 35 else "NE"
