"""Checks of one variable's rule: what it reads exists, kinds fit, constants stand in their codelist."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from crf2tlf.errors import Fault, did_you_mean
from crf2tlf.rules import verbs
from crf2tlf.rules.columns import Kind
from crf2tlf.rules.expressions import Reference
from crf2tlf.rules.grades import LIMIT_COLUMNS
from crf2tlf.rules.own_source import names_own_source
from crf2tlf.spec.check_attributes import check_attributes, codelist_names
from crf2tlf.spec.check_dates import COLLECTED, check_date, check_imputation
from crf2tlf.spec.check_grades import check_limits
from crf2tlf.spec.check_parts import is_number, wanted_kind
from crf2tlf.spec.check_records import RecordsChecker
from crf2tlf.spec.model import Dataset, Variable
from crf2tlf.spec.names import Names, UnknownName


def check_variable(dataset: Dataset, variable: Variable, names: Names) -> Iterator[Fault]:
    """The faults of a variable."""
    checker = VariableChecker(dataset, variable, names)
    yield from check_attributes(variable, names, checker.where)
    yield from checker.rule(variable.rule, wanted_kind(variable))


class VariableChecker(RecordsChecker):
    """Checks one variable of a dataset."""

    def rule(self, rule: verbs.Rule, wanted: Kind) -> Iterator[Fault]:
        """The faults of a rule whose result must be of the kind wanted."""
        match rule:
            case verbs.SetConstant(value):
                yield from self._constant(value, wanted)
            case verbs.CopyFrom(reference):
                yield from self._copy(reference, wanted)
            case verbs.IsoDate():
                yield from self._date(rule)
            case verbs.Case(branches):
                for condition, branch in branches:
                    yield from self._condition(condition)
                    yield from self.rule(branch, wanted)
            case verbs.Calculate(expression, _):
                yield from self._expression(expression, wanted)
            case verbs.Lookup():
                yield from self._lookup(rule, wanted)
            case verbs.Grade():
                yield from self._grade(rule)
            case verbs.RecordLookup() | verbs.ValueAt() | verbs.Neighbour() | verbs.Summary():
                yield from self.of_records(rule, wanted)
            case verbs.Decode(name):
                yield from self._decode(name, wanted)
            case verbs.ByRecord(rules):
                yield from self._by_record(rules, wanted)
            case verbs.Extreme():
                yield from self._extreme(rule, wanted)
            case verbs.Pick() | verbs.Occurrence() | verbs.Baseline():
                yield from self._choice(rule, wanted)
            case verbs.Sequence() | verbs.StudyDay() | verbs.ImputationFlag() | verbs.Program():
                yield from self._reads(rule)
                yield from self._numeric_result(rule, wanted)
            case verbs.SubjectId():
                yield from self._subject(wanted)
            case verbs.NoData() | verbs.ParameterField():
                return

    def _subject(self, wanted: Kind) -> Iterator[Fault]:
        if self.names.study.subject is None and "subject" not in self.names.lost:
            yield self.fault("study.yaml has no 'subject', which says how subjects are identified")
        if self.dataset.standard == "ADaM":
            yield self.fault("ADaM reads SDTM, not raw forms")
        if wanted != "text":
            yield self.fault(f"the identifier is text, but the type is {self.variable.type}")

    def _numeric_result(self, rule: verbs.Rule, wanted: Kind) -> Iterator[Fault]:
        if isinstance(rule, verbs.Sequence | verbs.StudyDay) and wanted != "number":
            yield self.fault(f"'{self.variable.verb}' gives a number, but the type is {self.variable.type}")
        if isinstance(rule, verbs.ImputationFlag) and wanted != "text":
            yield self.fault(f"an imputation flag is text, but the type is {self.variable.type}")

    def _reads(self, rule: verbs.Rule) -> Iterator[Fault]:
        for read in verbs.reads(rule):
            try:
                self.names.resolve(read, self.dataset)
            except UnknownName as error:
                yield from self._told(error)
        if isinstance(rule, verbs.ImputationFlag):
            yield from self._imputed(rule.variable)
        if isinstance(rule, verbs.Program):
            path = (self.names.study.folder / rule.file).resolve()
            if not path.is_relative_to((self.names.study.folder / "programs").resolve()) or not path.is_file():
                yield self.fault(f"there is no {rule.file} in the study's folder")

    def _imputed(self, name: str) -> Iterator[Fault]:
        other = self.dataset.find(name)
        if other is None or other.rule == verbs.NoData(""):
            return
        if not isinstance(other.rule, verbs.IsoDate) or not other.rule.impute:
            yield self.fault(f"'{name}' is not imputed: its rule is no 'date' with 'impute'")

    def _constant(self, value: str, wanted: Kind) -> Iterator[Fault]:
        study = self.names.study
        if value.startswith("$"):
            if "constants" in self.names.lost:
                return
            if value[1:] not in study.constants:
                hint = did_you_mean(value[1:], study.constants)
                yield self.fault(f"'{value}' is not a constant of the study", hint)
                return
            found = study.constants[value[1:]]
            if isinstance(found, float):
                if wanted == "text":
                    hint = "in quotes it is a text"
                    yield self.fault(f"'{value}' is a number, but the type is {self.variable.type}", hint)
                return
            value = found
        if wanted == "number" and not is_number(value):
            yield self.fault(f"'{value}' is no number, but the type is {self.variable.type}")
            return
        names = self.variable.codelists
        known = [study.codelists[name] for name in names if name in study.codelists]
        lost = any(not self.names.lost.isdisjoint(codelist_names(name)) for name in names)
        terms = [term for codelist in known for term in codelist.terms]
        if known and not lost and not self._has_free_values() and value not in terms:
            shown = (
                f"in the codelist {known[0].name}" if len(known) == 1 else f"in any of {', '.join(sorted(set(names)))}"
            )
            yield self.fault(f"'{value}' is not {shown}", did_you_mean(value, terms))

    def _has_free_values(self) -> bool:
        """Whether the codelist follows another variable, for some values of which there is none."""
        choice = self.variable.codelist_by
        other = self.dataset.find(choice.by) if choice is not None else None
        codelist = self.names.study.codelists.get(other.codelist) if other is not None else None
        if choice is None:
            return False
        return codelist is None or not codelist.terms.keys() <= dict(choice.of).keys()

    def _copy(self, reference: Reference, wanted: Kind) -> Iterator[Fault]:
        sources = self._sources() if names_own_source(reference) else (reference.source,)
        collected = all(source.startswith(COLLECTED) for source in sources)
        yield from self._reference(reference, "text" if collected else wanted)

    def _date(self, rule: verbs.IsoDate) -> Iterator[Fault]:
        yield from self._reference(rule.date, "text")
        if rule.time is not None:
            yield from self._reference(rule.time, "text")
        for bound in (rule.not_before, rule.not_after):
            if bound is not None:
                yield from self._reference(bound, "number")
        if rule.format_by is not None:
            yield from self._lookup(rule.format_by, "text")
        told = check_date(rule, self._sources(), self.variable.is_number, self.names.study, self.names.lost)
        yield from map(self.fault, told)
        if rule.impute and self.variable.is_number:
            yield from map(self.fault, check_imputation(rule, self.variable, self.dataset))

    def _lookup(self, rule: verbs.Lookup, wanted: Kind) -> Iterator[Fault]:
        table = self.names.study.tables.get(rule.table)
        columns = [column for column, _ in rule.by]
        found = list(self._table(rule, (*columns, rule.value)))
        yield from found
        for _, key in rule.by:
            yield from self._expression(key, "text")
        if table is None or found:
            return
        cells = dict.fromkeys(zip(*(table.values(column) for column in (*columns, rule.value)), strict=True))
        rows = Counter(row[:-1] for row in cells)
        twice = next((row for row, count in rows.items() if count > 1), None)
        if twice is not None:
            yield self.fault(f"table.{rule.table} has two rows with {_pairs(columns, twice)}")
        if wanted == "number":
            yield from self._numbers(table.values(rule.value), f"the column {rule.value} of table.{rule.table}")

    def _table(self, rule: verbs.Lookup | verbs.Grade, columns: tuple[str, ...]) -> Iterator[Fault]:
        table = self.names.study.tables.get(rule.table)
        if table is None:
            if self.names.lost.isdisjoint({"tables", f"table.{rule.table}"}):
                hint = did_you_mean(rule.table, self.names.study.tables)
                yield self.fault(f"there is no table '{rule.table}' in study.yaml", hint)
            return
        for column in [column for column in columns if column not in table.columns]:
            hint = did_you_mean(column, table.columns)
            yield self.fault(f"'{column}' is not a column of table.{rule.table}", hint)

    def _grade(self, rule: verbs.Grade) -> Iterator[Fault]:
        table = self.names.study.tables.get(rule.table)
        found = list(self._table(rule, (*(column for column, _ in rule.by), *LIMIT_COLUMNS)))
        yield from found
        for _, key in rule.by:
            yield from self._expression(key, "text")
        for reference in (rule.value, *(of for _, of in rule.limits)):
            yield from self._reference(reference, "number")
        if table is not None and not found:
            yield from map(self.fault, check_limits(rule, table))

    def _decode(self, name: str, wanted: Kind) -> Iterator[Fault]:
        other = self.dataset.find(name)
        if other is None:
            if self.dataset.name not in self.names.lost:
                hint = did_you_mean(name, self.dataset.variables)
                yield self.fault(f"'{name}' is not a variable of {self.dataset.name}", hint)
            return
        codelist = self.names.study.codelists.get(other.codelist)
        if not self.names.lost.isdisjoint(codelist_names(other.codelist)):
            return
        if codelist is None:
            if not other.codelist:
                yield self.fault(f"'{name}' has no codelist with decodes")
        elif not codelist.has_decodes:
            yield self.fault(f"the codelist {codelist.name} of '{name}' has no decodes")
        elif wanted == "number":
            decodes = [term.decode for term in codelist.terms.values()]
            yield from self._numbers(decodes, f"the decodes of {codelist.name}")

    def _by_record(self, rules: tuple[tuple[str, verbs.Rule], ...], wanted: Kind) -> Iterator[Fault]:
        ids = [record.id for record in self.dataset.records]
        known = f"{self.dataset.name}.records" not in self.names.lost
        strange = [id_ for id_, _ in rules if id_ not in ids]
        for id_ in strange if known else ():
            yield self.fault(f"'{id_}' is not a record source of {self.dataset.name}", did_you_mean(id_, ids))
        for self.record, rule in rules:
            yield from self.rule(rule, wanted)
        self.record = ""
        absent = [id_ for id_ in ids if id_ not in dict(rules)]
        if absent and known and not strange:
            yield self.fault(f"there is no rule for the records {', '.join(absent)}")


def _pairs(columns: list[str], values: tuple[str, ...]) -> str:
    return " and ".join(f"{column} '{value}'" for column, value in zip(columns, values, strict=True))
