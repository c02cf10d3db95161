"""What the bodies of several templates share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf

from crf2tlf.errors import Location
from crf2tlf.rules.expressions import Expression

Interval = OneOf["loglog", "log", "plain"]
Ties = OneOf["efron", "breslow"]
RateInterval = OneOf["clopper_pearson", "wilson", "wald"]
Test = OneOf["", "anova", "chi_square", "fisher"]
Align = OneOf["left", "center", "right", "decimal"]


@dataclass(frozen=True)
class Condition:
    """An expression that selects records, with its text as written and where it stands."""

    expression: Expression
    text: str
    location: Location
    where: str


@dataclass(frozen=True)
class Compare:
    """How columns are compared with a reference column: the strata are variables of the dataset or of ADSL."""

    reference: str
    strata: tuple[str, ...]
    ties: Ties
    unstratified: bool
    location: Location
