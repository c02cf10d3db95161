"""The parameters of an ADaM dataset that are results of the response engine."""

from __future__ import annotations

from crf2tlf.spec.model import VARIABLE_NAME, Result
from crf2tlf.spec.nodes import Mapping
from crf2tlf.spec.read_rules import RuleReader
from crf2tlf.spec.response_fields import RESULTS


def read_results(rules: RuleReader, node: Mapping | None) -> dict[str, Result]:
    """The results by the code of their parameter."""
    found: dict[str, Result] = {}
    for code, value in node or ():
        mapping = rules.reader.entry(value)
        if mapping is None:
            continue
        if not VARIABLE_NAME.match(code):
            rules.reader.faults.add(mapping.location, mapping.where, f"'{code}' is no PARAMCD: 1 to 8 of A-Z, 0-9, _")
        rules.reader.known_keys(mapping, ("name", "result", "where"), ("name", "result"))
        found[code] = Result(
            code,
            rules.reader.text(mapping.get("name")),
            rules.reader.one_of(mapping.get("result"), tuple(RESULTS)),
            rules.expression(mapping.get("where")),
            rules.reader.text(mapping.get("where")),
            mapping.location,
        )
    return found
