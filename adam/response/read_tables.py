"""The tables of a criterion: complete, without rows that can never count, with sentences for every reason."""

from __future__ import annotations

import itertools
import re

import numpy as np

from adam.response import parameters as p
from crf2tlf.spec.nodes import Mapping, Node, Reader

_FIELD = re.compile(r"\{([^{}]*)\}")


def read_non_target(reader: Reader, node: Node | None) -> tuple[p.NonTargetRule, ...]:
    """The ordered rules of the non-target response."""
    names = ("lesions", "status", "response", "reason")
    statuses = tuple(status for status in p.STATUSES[p.NON_TARGET] if status != p.DONE)
    rules = []
    for row in _rows(reader, node, names):
        rules.append(
            p.NonTargetRule(
                reader.one_of(row.get("lesions"), ("any", "all")),
                reader.one_of(row.get("status"), statuses),
                reader.one_of(row.get("response"), p.NON_TARGET_RESPONSES),
                reader.text(row.get("reason")),
            )
        )
    decided = {rule.status for rule in rules}
    absent = [status for status in statuses if status not in decided]
    if node is not None and absent:
        reader.faults.add(node.location, node.where, f"no rule says what follows from {', '.join(absent)}")
    return tuple(rules)


def read_overall(reader: Reader, node: Node | None, order: tuple[str, ...]) -> p.OverallTable:
    """The overall response's table; a combination without a row and a row that can never count are faults."""
    names = ("reason", "target", "non_target", "new", "overall")
    rows = _rows(reader, node, names)
    known = (p.TARGET_RESPONSES, p.NON_TARGET_RESPONSES, p.NEW_STATES)
    sets = [
        tuple(_choice(reader, row.get(name), choices) for name, choices in zip(names[1:4], known, strict=True))
        for row in rows
    ]
    table = p.OverallTable(
        tuple(reader.one_of(row.get("overall"), order) for row in rows),
        tuple(reader.text(row.get("reason")) for row in rows),
        p.compute_first_rows([(target, non_target, new) for target, non_target, new in sets]),
    )
    if node is not None and not reader.faults.found:
        _require_complete(reader, node, rows, table)
    return table


def _require_complete(reader: Reader, node: Node, rows: list[Mapping], table: p.OverallTable) -> None:
    for target, non_target, new in np.argwhere(table.row < 0)[:1].tolist():
        shown = f"{p.TARGET_RESPONSES[target]}, {p.NON_TARGET_RESPONSES[non_target]}, {p.NEW_STATES[new]}"
        reader.faults.add(node.location, node.where, f"no row fits target, non-target, new lesion = {shown}")
    used = set(table.row.ravel().tolist())
    for number, row in enumerate(rows):
        if number not in used:
            reader.faults.add(row.location, row.where, "this row can never count: the rows above fit all that it fits")


def read_confirmation_table(
    reader: Reader, node: Node | None, best: p.BestRules
) -> dict[tuple[str, str], tuple[str, str]]:
    """(first, next) -> (best response, best response when seen too early); every pair must be there once."""
    following = (*(response for response in best.order if response != best.no_assessment), p.NONE)
    table: dict[tuple[str, str], tuple[str, str]] = {}
    for row in _rows(reader, node, ("first", "next", "best", "too_early")):
        pair = reader.one_of(row.get("first"), best.response), reader.one_of(row.get("next"), following)
        if pair in table:
            reader.faults.add(row.location, row.where, f"{pair[0]} followed by {pair[1]} stands twice")
        table[pair] = reader.one_of(row.get("best"), best.order), reader.one_of(row.get("too_early"), best.order)
    for first, after in itertools.product(best.response, following):
        if node is not None and (first, after) not in table and not reader.faults.found:
            reader.faults.add(node.location, node.where, f"no row says what {first} followed by {after} is")
    return table


def read_reasons(reader: Reader, node: Node | None, wanted: tuple[str, ...]) -> dict[str, str]:
    """The sentence of each reason; a reason without one and a field that nobody fills in are faults."""
    found = reader.mapping(node)
    if found is None:
        return {}
    for reason in dict.fromkeys(wanted):
        if found.get(reason) is None:
            reader.faults.add(found.location, found.where, f"the reason '{reason}' has no sentence")
    sentences = {reason: reader.text(sentence) for reason, sentence in found}
    for reason, sentence in sentences.items():
        for unknown in sorted(set(_FIELD.findall(sentence)) - set(p.FIELDS)):
            reader.faults.add(found.keys[reason], found.under(reason), f"'{{{unknown}}}' is no field of a sentence")
    return sentences


def require_all_responses(reader: Reader, section: Mapping, best: p.BestRules) -> None:
    """Faults for responses of the order that have no value or no place among those of one day."""
    for name, given in (("values", tuple(best.values)), ("same_day", best.same_day)):
        node = section.get(name)
        needed = best.order if name == "values" else tuple(each for each in best.order if each != best.no_assessment)
        absent = [each for each in needed if each not in given and each != "MISSING"] if node is not None else []
        if node is not None and absent:
            reader.faults.add(node.location, node.where, f"{', '.join(absent)} of the order is missing here")


def _rows(reader: Reader, node: Node | None, names: tuple[str, ...]) -> list[Mapping]:
    rows = []
    for item in reader.items(node):
        row = reader.entry(item)
        if row is not None:
            reader.known_keys(row, names, names)
            rows.append(row)
    return rows


def _choice(reader: Reader, node: Node | None, known: tuple[str, ...]) -> frozenset[str]:
    """The values a cell of the table fits: `any`, one, or a list."""
    named = [reader.one_of(item, (*known, p.ANY)) for item in reader.items(node)]
    return frozenset(known if p.ANY in named else named)
