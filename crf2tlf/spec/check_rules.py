"""Checks of one variable's rule: what it reads exists, kinds fit, constants stand in their codelist."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crf2tlf.errors import Fault, did_you_mean
from crf2tlf.rules import verbs
from crf2tlf.rules.columns import Kind
from crf2tlf.rules.evaluate import KindError, infer_kind
from crf2tlf.rules.expressions import Expression, Reference, constants, references
from crf2tlf.rules.functions import NUMBER_PATTERN
from crf2tlf.spec.check_datasets import LABEL_BYTES
from crf2tlf.spec.model import Dataset, Variable
from crf2tlf.spec.names import Names, UnknownName

TEXT_BYTES = 200


def check_variable(dataset: Dataset, variable: Variable, names: Names) -> Iterator[Fault]:
    """The faults of a variable."""
    checker = VariableChecker(dataset, variable, names)
    yield from checker.attributes()
    yield from checker.rule(variable.rule, _wanted(variable))


def _wanted(variable: Variable) -> Kind:
    return "number" if variable.is_number else "text"


class VariableChecker:
    """Checks one variable of a dataset."""

    def __init__(self, dataset: Dataset, variable: Variable, names: Names) -> None:
        self.dataset, self.variable, self.names = dataset, variable, names
        block = "variables" if dataset.variables.get(variable.name) is variable else "supp"
        self.where = f"{block}.{variable.name}"

    def fault(self, message: str, hint: str = "") -> Fault:
        return Fault(self.variable.location, self.where, message, hint)

    def attributes(self) -> Iterator[Fault]:
        """Label, length, codelist and dictionary."""
        variable, study = self.variable, self.names.study
        if len(variable.label.encode()) > LABEL_BYTES:
            yield self.fault(f"the label is longer than {LABEL_BYTES} bytes")
        if variable.length is not None and variable.length > TEXT_BYTES:
            yield self.fault(f"a length of {variable.length} is over the {TEXT_BYTES} bytes that XPT holds")
        if variable.codelist and variable.codelist not in study.codelists:
            hint = did_you_mean(variable.codelist, study.codelists)
            yield self.fault(f"there is no codelist '{variable.codelist}' in codelists.yaml", hint)
        if variable.dictionary and variable.dictionary not in study.dictionaries:
            hint = did_you_mean(variable.dictionary, study.dictionaries)
            yield self.fault(f"there is no dictionary '{variable.dictionary}' in study.yaml", hint)
        if variable.type == "float" and variable.significant_digits is None:
            yield self.fault("a variable of type float needs significant_digits")
        form = study.forms.get(variable.origin.form)
        if variable.origin.pages and (form is None or not form.crf):
            yield self.fault("'crf' needs a rule that reads a raw form with an annotated CRF")

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
                yield from self._lookup(rule)
            case verbs.Decode(name):
                yield from self._decode(name)
            case verbs.ByRecord(rules):
                yield from self._by_record(rules, wanted)
            case verbs.Extreme(_, of, where):
                for reference in of:
                    yield from self._reference(reference, wanted)
                yield from self._condition(where, of[0].source if of else "")
            case verbs.Pick() | verbs.Occurrence() | verbs.Baseline():
                yield from self._choice(rule, wanted)
            case verbs.Sequence() | verbs.StudyDay() | verbs.ImputationFlag() | verbs.Program():
                yield from self._reads(rule)
                yield from self._numeric_result(rule, wanted)
            case verbs.NoData() | verbs.ParameterField():
                return

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
                yield self.fault(str(error), error.hint)

    def _constant(self, value: str, wanted: Kind) -> Iterator[Fault]:
        study = self.names.study
        if value.startswith("$"):
            if value[1:] not in study.constants:
                hint = did_you_mean(value[1:], study.constants)
                yield self.fault(f"'{value}' is not a constant of the study", hint)
            return
        codelist = study.codelists.get(self.variable.codelist)
        if codelist is not None and value not in codelist.terms:
            hint = did_you_mean(value, codelist.terms)
            yield self.fault(f"'{value}' is not in the codelist {codelist.name}", hint)
        if wanted == "number" and not _is_number(value):
            yield self.fault(f"'{value}' is no number, but the type is {self.variable.type}")

    def _copy(self, reference: Reference, wanted: Kind) -> Iterator[Fault]:
        raw = reference.source.startswith(("raw.", "table."))
        yield from self._reference(reference, "text" if raw else wanted)

    def _reference(self, reference: Reference, wanted: Kind | None, inside: str = "") -> Iterator[Fault]:
        if reference.parts == ("MISSING",):
            return
        try:
            name = self.names.resolve(verbs.Read(reference, inside), self.dataset)
        except UnknownName as error:
            yield self.fault(str(error), error.hint)
            return
        found = self.names.kind(name)
        if wanted is not None and found != wanted and not name.source.startswith("raw."):
            yield self.fault(f"'{reference}' is {found}, but the type is {self.variable.type}")

    def _date(self, rule: verbs.IsoDate) -> Iterator[Fault]:
        numeric = self.variable.is_number
        raw = rule.date.source.removeprefix("raw.") if rule.date.source.startswith("raw.") else ""
        yield from self._reference(rule.date, "text")
        if rule.time is not None:
            yield from self._reference(rule.time, "text")
        for bound in (rule.not_before, rule.not_after):
            if bound is not None:
                yield from self._reference(bound, "number")
        form = self.names.study.forms.get(raw)
        if form is not None and not rule.format and not form.dates:
            yield self.fault(f"the format of the date is unknown: give 'format', or 'dates' of the form {raw}")
        if rule.impute and not numeric:
            yield self.fault("only a numeric date is imputed: SDTM dates stay as collected (SDTMIG 4.4.2)")

    def _expression(self, expression: Expression, wanted: Kind | None, inside: str = "") -> Iterator[Fault]:
        for constant in constants(expression):
            if constant not in self.names.study.constants:
                hint = did_you_mean(constant, self.names.study.constants)
                yield self.fault(f"'${constant}' is not a constant of the study", hint)

        def kind_of(reference: Reference) -> Kind:
            return self.names.kind(self.names.resolve(verbs.Read(reference, inside), self.dataset))

        try:
            kind = infer_kind(expression, kind_of, self.names.study.constants)
        except UnknownName as error:
            yield self.fault(str(error), error.hint)
            return
        except KindError as error:
            yield self.fault(str(error))
            return
        if wanted == "boolean" and kind != "boolean":
            yield self.fault("a condition is wanted, such as AESER == 'Y'")
        elif wanted is not None and kind != wanted:
            word = {"text": "text", "number": "a number", "boolean": "a condition"}[kind]
            yield self.fault(f"the expression gives {word}, but the type is {self.variable.type}")

    def _condition(self, condition: Expression | None, inside: str = "") -> Iterator[Fault]:
        if condition is not None:
            yield from self._expression(condition, "boolean", inside)

    def _lookup(self, rule: verbs.Lookup) -> Iterator[Fault]:
        table = self.names.study.tables.get(rule.table)
        if table is None:
            hint = did_you_mean(rule.table, self.names.study.tables)
            yield self.fault(f"there is no table '{rule.table}' in study.yaml", hint)
            return
        for column in (*(column for column, _ in rule.by), rule.value):
            if column not in table.columns:
                hint = did_you_mean(column, table.columns)
                yield self.fault(f"'{column}' is not a column of table.{rule.table}", hint)
        for _, key in rule.by:
            yield from self._expression(key, "text")

    def _decode(self, name: str) -> Iterator[Fault]:
        other = self.dataset.variables.get(name)
        if other is None:
            hint = did_you_mean(name, self.dataset.variables)
            yield self.fault(f"'{name}' is not a variable of {self.dataset.name}", hint)
            return
        codelist = self.names.study.codelists.get(other.codelist)
        if codelist is None or not codelist.has_decodes:
            yield self.fault(f"'{name}' has no codelist with decodes")

    def _by_record(self, rules: tuple[tuple[str, verbs.Rule], ...], wanted: Kind) -> Iterator[Fault]:
        ids = [record.id for record in self.dataset.records]
        for id_, rule in rules:
            if id_ not in ids:
                yield self.fault(f"'{id_}' is not a record source of {self.dataset.name}", did_you_mean(id_, ids))
            yield from self.rule(rule, wanted)
        absent = [id_ for id_ in ids if id_ not in dict(rules)]
        if absent:
            yield self.fault(f"there is no rule for the records {', '.join(absent)}")

    def _choice(self, rule: verbs.Pick | verbs.Occurrence | verbs.Baseline, wanted: Kind) -> Iterator[Fault]:
        inside = rule.of.source if isinstance(rule, verbs.Pick) else ""
        if isinstance(rule, verbs.Pick):
            yield from self._reference(rule.of, wanted)
        elif wanted != "text":
            yield self.fault(f"the flag is text, but the type is {self.variable.type}")
        yield from self._condition(rule.where, inside)
        plain = [read for read in verbs.reads(rule) if read.reference not in _in_condition(rule)]
        for read in plain[1:] if isinstance(rule, verbs.Pick) else plain:
            yield from self._reference(read.reference, None, read.inside)


def _in_condition(rule: verbs.Pick | verbs.Occurrence | verbs.Baseline) -> tuple[Reference, ...]:
    return references(rule.where)


def _is_number(text: str) -> bool:
    return re.fullmatch(NUMBER_PATTERN, text) is not None
