"""What every check of a rule needs: faults with their place, references, expressions and conditions of known kinds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crf2tlf.errors import Fault
from crf2tlf.rules import verbs
from crf2tlf.rules.columns import Kind
from crf2tlf.rules.evaluate import KindError, infer_kind
from crf2tlf.rules.expressions import Expression, Reference, constants
from crf2tlf.rules.functions import NUMBER_PATTERN
from crf2tlf.rules.own_source import names_own_source
from crf2tlf.spec.check_datasets import tell
from crf2tlf.spec.model import Dataset, Variable
from crf2tlf.spec.names import Name, Names, UnknownName


def wanted_kind(variable: Variable) -> Kind:
    """The kind of value that a variable stores."""
    return "number" if variable.is_number else "text"


def is_number(text: str) -> bool:
    """Whether a text holds a plain number."""
    return re.fullmatch(NUMBER_PATTERN, text) is not None


class PartChecker:
    """Checks the parts of one variable's rule."""

    def __init__(self, dataset: Dataset, variable: Variable, names: Names) -> None:
        self.dataset, self.variable, self.names = dataset, variable, names
        self.record = ""  # the record source whose branch of by_record is being checked
        block = "variables" if dataset.variables.get(variable.name) is variable else "supp"
        block = "working" if dataset.working.get(variable.name) is variable else block
        self.where = f"{block}.{variable.name}"

    def fault(self, message: str, hint: str = "", at: object = None) -> Fault:
        """A fault where the expression or reference `at` stands, else where the variable does."""
        return Fault(self.names.places.get(id(at), self.variable.location), self.where, message, hint)

    def _told(self, error: UnknownName | KindError, at: object = None) -> Iterator[Fault]:
        return tell(error, self.names.places.get(id(at), self.variable.location), self.where)

    def _reference(self, reference: Reference, wanted: Kind | None, inside: str = "") -> Iterator[Fault]:
        try:
            read = verbs.Read(reference, inside, self.record)
            name, found = self.names.resolve(read, self.dataset), self.names.kind_read(read, self.dataset)
        except (UnknownName, KindError) as error:
            yield from self._told(error, reference)
            return
        if wanted is not None and found != wanted and not self._is_broken(name):
            words = {"text": "text", "number": "a number"}
            needed = "" if wanted == wanted_kind(self.variable) else f", where {words[wanted]} is wanted"
            message = f"'{reference}' is {words[found]}" + (needed or f", but the type is {self.variable.type}")
            yield self.fault(message, at=reference)

    def _sources(self) -> tuple[str, ...]:
        """What `source` stands for in the rule that is being checked."""
        return tuple(record.source for record in self.dataset.records if self.record in {"", record.id})

    def _other(self, reference: Reference, wanted: Kind | None) -> Iterator[Fault]:
        """The faults of what is chosen among another source's records."""
        if names_own_source(reference):
            yield self.fault(f"'{reference}' is one value a record: name the source to choose in", at=reference)
        else:
            yield from self._reference(reference, wanted)

    def _is_broken(self, name: Name) -> bool:
        """Whether a variable could not be read, so that its kind may not be what was meant."""
        variable = self.names.variable(name)
        return variable is not None and variable.rule == verbs.NoData("") and variable.verb == "no_data"

    def _exists(self, source: str) -> bool:
        try:
            self.names.known(source)
        except UnknownName:
            return False
        return True

    def _expression(self, expression: Expression, wanted: Kind | None, inside: str = "") -> Iterator[Fault]:
        unknown = [self.fault(*told, at=expression) for told in self.names.unknown_constants(expression)]
        if unknown or ("constants" in self.names.lost and constants(expression)):
            yield from unknown
            return

        def kind_of(reference: Reference) -> Kind:
            return self.names.kind_read(verbs.Read(reference, inside, self.record), self.dataset)

        try:
            kind = infer_kind(expression, kind_of, self.names.study.constants)
        except UnknownName as error:
            yield from self._told(error, expression)
            return
        except KindError as error:
            yield self.fault(str(error), at=expression)
            return
        if wanted == "boolean" and kind != "boolean":
            yield self.fault("a condition is wanted, such as AESER == 'Y'", at=expression)
        elif wanted is not None and kind != wanted:
            words = {"text": "text", "number": "a number", "boolean": "a condition"}
            hint = {("text", "number"): "use number()", ("number", "text"): "use text()"}.get((kind, wanted), "")
            needed = (
                f"{words[wanted]} is wanted"
                if wanted != wanted_kind(self.variable)
                else f"the type is {self.variable.type}"
            )
            yield self.fault(f"the expression gives {words[kind]}, but {needed}", hint, expression)

    def _condition(self, condition: Expression | None, inside: str = "") -> Iterator[Fault]:
        if condition is not None:
            yield from self._expression(condition, "boolean", inside)

    def _numbers(self, values: list[str], what: str) -> Iterator[Fault]:
        """What a number is looked up in holds numbers: another text would become missing without a word."""
        strange = next((value for value in values if value and not is_number(value)), None)
        if strange is not None:
            yield self.fault(f"'{strange}' in {what} is no number, but the type is {self.variable.type}")
