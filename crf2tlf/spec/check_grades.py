"""Checks of the table of limits that the verb `grade` reads."""

from __future__ import annotations

from collections.abc import Iterator

from crf2tlf.rules.grades import COMPARISONS, Grade
from crf2tlf.spec.check_parts import is_number
from crf2tlf.spec.facts import Table


def check_limits(rule: Grade, table: Table) -> Iterator[str]:
    """What is wrong with the cells of the limits; the table has all columns."""
    for column in ("GRADE", "FACTOR", "PLUS"):
        blank = "" if column != "PLUS" else "0"
        strange = next((cell for cell in table.values(column) if not is_number(cell or blank)), None)
        if strange is not None:
            yield f"'{strange}' in the column {column} of table.{table.name} is no number"
    strange = next((cell for cell in table.values("COMPARE") if cell not in COMPARISONS), None)
    if strange is not None:
        yield f"'{strange}' in the column COMPARE of table.{table.name} is none of {', '.join(COMPARISONS)}"
    known = {"", *(name for name, _ in rule.limits)}
    strange = next((cell for cell in table.values("OF") if cell not in known), None)
    if strange is not None:
        yield f"'{strange}' in the column OF of table.{table.name} is not among the limits of the rule"
