"""Checks of the verb `date`: what only a collected date, or only a numeric date, can have."""

from __future__ import annotations

from collections.abc import Iterator

from crf2tlf.rules.dates import DATE_FORMATS
from crf2tlf.rules.own_source import date_at_source
from crf2tlf.rules.verbs import ImputationFlag, IsoDate
from crf2tlf.spec.model import Dataset, Study, Variable

COLLECTED = ("raw.", "table.")


def check_date(
    rule: IsoDate, sources: tuple[str, ...], numeric: bool, study: Study, lost: frozenset[str]
) -> Iterator[str]:
    """What is wrong with a date beside the names that it reads; `sources` are what `source` stands for in it."""
    told: dict[str, None] = {}
    for source in sources or ("",):
        told |= dict.fromkeys(_check_format(date_at_source(rule, source), study, lost))
    yield from told
    table = study.tables.get(rule.format_by.table) if rule.format_by is not None else None
    if table is not None and rule.format_by is not None and rule.format_by.value in table.columns:
        strange = next((cell for cell in table.values(rule.format_by.value) if cell and cell not in DATE_FORMATS), "")
        if strange:
            yield f"'{strange}' in the column {rule.format_by.value} of table.{table.name} is no format of dates"
    if rule.impute and not numeric:
        yield "only a numeric date is imputed: SDTM dates stay as collected (SDTMIG 4.4.2)"
    elif (rule.not_before or rule.not_after) and not rule.impute:
        yield "'not_before' and 'not_after' bound an imputed date and need 'impute'"
    if numeric and rule.time is not None:
        yield "a numeric date takes no 'time'"


def check_imputation(rule: IsoDate, variable: Variable, dataset: Dataset) -> Iterator[str]:
    """An imputed date has a flag (ADaMIG 3.2.3), and its rule stands alone, so that the flag can tell of it."""
    if variable.rule != rule:
        yield "a date is imputed in a variable of its own, so that its flag can tell of it; read that variable here"
    elif ImputationFlag(variable.name) not in [each.rule for each in dataset.variables.values()]:
        yield f"an imputed date needs its flag: a variable with {{date: {{imputed: {variable.name}}}}}"


def _check_format(rule: IsoDate, study: Study, lost: frozenset[str]) -> Iterator[str]:
    raw = rule.date.source.removeprefix("raw.") if rule.date.source.startswith("raw.") else ""
    form = study.forms.get(raw)
    by_row = rule.format_by is not None and rule.format_by.missing == "issue"
    unknown = form is not None and not (rule.format or rule.formats or by_row) and not form.dates
    if unknown and lost.isdisjoint({f"raw.{raw}", f"raw.{raw}.dates"}):
        yield f"the format of the date is unknown: give 'format', or 'dates' of the form {raw}"
    if (rule.format or rule.formats or rule.format_by) and not rule.date.source.startswith(COLLECTED):
        yield f"'format' is for collected dates, and {rule.date} is ISO 8601 text"
