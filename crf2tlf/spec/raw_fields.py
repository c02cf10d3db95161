"""Where each raw field goes: the variables that are made from it, or the reason why it is not submitted.

The annotated CRF, the origins of define.xml and the table of raw fields are all made from what stands here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from crf2tlf.errors import Location
from crf2tlf.rules import verbs
from crf2tlf.rules.reads import Read
from crf2tlf.rules.uses import Use, uses
from crf2tlf.spec.check_coverage import fields_not_submitted
from crf2tlf.spec.model import Dataset, RecordSource, Study, Variable
from crf2tlf.spec.names import Name, Names, UnknownName
from crf2tlf.spec.read_long_forms import selected_rows

WIDER_USE = Literal["value", "condition", "records", "check", "not submitted"]
ORDER: tuple[WIDER_USE, ...] = ("value", "condition", "records", "check", "not submitted")
FINDS = "the subject's number, by which the form's records are found"


@dataclass(frozen=True)
class Destination:
    """One thing that a raw field is read for.

    `use` is value where the variable is made from it, condition where it decides what the variable is, records where it
    chooses the records of a dataset, check where a check of the data reads it. `when` is the test whose result the
    field holds, as `VSTESTCD = SYSBP`. `reason` says why a field is not submitted.
    """

    form: str
    field: str
    use: WIDER_USE
    dataset: str = ""
    variable: str = ""
    supplemental: bool = False
    when: str = ""
    verb: str = ""
    reason: str = ""
    location: Location | None = None

    @property
    def is_submitted(self) -> bool:
        return self.use in ("value", "condition") and self.variable != ""

    @property
    def annotation(self) -> str:
        """The variable as an annotated CRF names it: `AETERM`, `RANDNO in SUPPDM`, `VSORRES when VSTESTCD = SYSBP`."""
        name = f"{self.variable} in SUPP{self.dataset}" if self.supplemental else self.variable
        return f"{name} when {self.when}" if self.when else name


def trace_raw_fields(study: Study) -> tuple[Destination, ...]:
    """All destinations of all fields of the wide forms, in the order of forms and fields, the use of value first."""
    found: dict[tuple[str, str], dict[Destination, None]] = {}
    for each in (*_Tracer(study).destinations(), *_not_submitted(study)):
        found.setdefault((each.form, each.field), {})[each] = None
    ordered: list[Destination] = []
    for form in study.forms.values():
        for field in form.fields if form.long is None else ():
            own = found.get((form.name, field), {})
            if not own and field == form.subject:
                own = {Destination(form.name, field, "not submitted", reason=FINDS, location=form.location): None}
            ordered += sorted(own, key=lambda each: ORDER.index(each.use))
    return tuple(ordered)


def _not_submitted(study: Study) -> Iterator[Destination]:
    for dataset, dotted, reason in fields_not_submitted(study):
        form, _, field = dotted.partition(".")
        spec = study.sdtm.get(dataset)
        places = spec.not_submitted_locations if spec is not None else study.not_submitted_locations
        place = places.get(f"raw.{dotted}" if spec is not None else field)
        yield Destination(form, field, "not submitted", reason=reason, location=place)


@dataclass(frozen=True)
class RawRead:
    """A raw field of a wide form that a rule reads for the records of one source, and the row of the table of tests."""

    form: str
    field: str
    use: Use
    test: tuple[str, ...] | None = None


class RawReads:
    """Which raw fields the rules of SDTM read, directly or through working variables."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.names = Names(study)

    def of_rule(self, spec: Dataset, variable: Variable, record: RecordSource) -> Iterator[RawRead]:
        """What a variable's rule reads for the records of one source."""
        rule = rule_of_record(variable.rule, record.id)
        if isinstance(rule, verbs.SubjectId):
            for read in self.names.reads_of_subject(spec, rule, record.id):
                yield from self.of_read(spec, read, "value", record)
        for read, use in uses(rule):
            yield from self.of_read(spec, replace(read, record=record.id), use, record)

    def of_read(self, spec: Dataset, read: Read, use: Use, record: RecordSource) -> Iterator[RawRead]:
        """The raw fields behind one thing that is read; working variables of the dataset lead to theirs."""
        try:
            names = self.names.resolve_all(read, spec)
        except UnknownName:
            return
        for name in names:
            if name.source.startswith("raw."):
                yield from self._of_form(name, use)
            elif name.source == spec.name and name.name in spec.working:
                for inner in self.of_rule(spec, spec.working[name.name], record):
                    yield inner if use == "value" else replace(inner, use=use)

    def _of_form(self, name: Name, use: Use) -> Iterator[RawRead]:
        form = self.study.forms.get(name.source.removeprefix("raw."))
        if form is None or form.long is None:
            yield RawRead(name.source.removeprefix("raw."), name.name, use)
            return
        table = self.study.tables[form.long.table]
        column = dict(form.long.values).get(name.name)
        if column is not None:
            position = table.columns.index(column)
            for _, row in selected_rows(form.long, table):
                if row[position]:
                    yield RawRead(form.long.form, row[position], use, row)
        elif name.name in self.study.forms[form.long.form].fields:
            yield RawRead(form.long.form, name.name, use)


def rule_of_record(rule: verbs.Rule, record: str) -> verbs.Rule:
    """The rule that runs for the records of a source."""
    return dict(rule.rules).get(record, verbs.NoData("")) if isinstance(rule, verbs.ByRecord) else rule


class _Tracer:
    """Collects the destinations of one study."""

    def __init__(self, study: Study) -> None:
        self._study = study
        self._reads = RawReads(study)

    def destinations(self) -> Iterator[Destination]:
        for spec in self._study.sdtm.values():
            for variable in (*spec.variables.values(), *spec.supp.values()):
                for record in spec.records:
                    yield from self._of_variable(spec, variable, record)
            yield from self._of_records(spec)
            yield from self._of_checks(spec)

    def _of_variable(self, spec: Dataset, variable: Variable, record: RecordSource) -> Iterator[Destination]:
        supplemental = spec.supp.get(variable.name) is variable
        for read in self._reads.of_rule(spec, variable, record):
            when = "" if supplemental or read.use != "value" else self._test(spec, variable, record, read)
            yield Destination(
                read.form, read.field, read.use, spec.name, variable.name, supplemental, when, variable.verb,
                location=variable.location,
            )  # fmt: skip

    def _test(self, spec: Dataset, variable: Variable, record: RecordSource, read: RawRead) -> str:
        """The test of a finding whose result a field is, where the record source or the row of tests gives it."""
        name = f"{spec.name[:2]}TESTCD"
        test = spec.variables.get(name)
        if not spec.class_.startswith("FINDINGS") or test is None or variable.name[2:] not in _RESULTS:
            return ""
        rule = rule_of_record(test.rule, record.id)
        if isinstance(rule, verbs.SetConstant):
            return f"{name} = {rule.value}"
        if isinstance(rule, verbs.CopyFrom) and read.test is not None:
            long = self._study.forms[record.source.removeprefix("raw.")].long if record.source[4:] else None
            columns = self._study.tables[long.table].columns if long is not None else ()
            column = rule.reference.name
            return f"{name} = {read.test[columns.index(column)]}" if column in columns else ""
        return ""

    def _of_records(self, spec: Dataset) -> Iterator[Destination]:
        for record in spec.records:
            for read in self._reads.names.reads_of_records(replace(spec, records=(record,))):
                for found in self._reads.of_read(spec, read, "condition", record):
                    yield Destination(found.form, found.field, "records", spec.name, location=record.location)

    def _of_checks(self, spec: Dataset) -> Iterator[Destination]:
        for check in spec.checks:
            reads = self._reads.names.reads_of_checks(replace(spec, checks=(check,)))
            for found in self._behind(spec, reads):
                yield Destination(
                    found.form, found.field, "check", spec.name, reason=check.id, location=check.location
                )  # fmt: skip

    def _behind(self, spec: Dataset, reads: Iterable[Read]) -> Iterator[RawRead]:
        for read in reads:
            for record in spec.records:
                yield from self._reads.of_read(spec, read, "condition", record)


_RESULTS = ("ORRES", "ORRESU", "STRESC", "STRESN", "STRESU", "ORNRLO", "ORNRHI", "STNRLO", "STNRHI", "CLSIG")
