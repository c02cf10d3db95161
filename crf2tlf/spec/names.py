"""What the names in a spec mean: fields of raw forms, columns of study tables, variables of datasets."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from crf2tlf.errors import Location, did_you_mean
from crf2tlf.rules.columns import Kind
from crf2tlf.rules.evaluate import KindError
from crf2tlf.rules.expressions import Expression, Reference, constants, references
from crf2tlf.rules.own_source import at_source, names_own_source
from crf2tlf.rules.verbs import Read, Rule, SubjectId, reads
from crf2tlf.rules.verbs import Sequence as SequenceRule
from crf2tlf.spec.model import Dataset, RecordSource, Study, Variable
from crf2tlf.spec.response_fields import RESPONSE_FIELDS
from crf2tlf.spec.time_to_event import Parameter, RecordDate, SubjectDate

SUBJECT, IDENTIFIER = "subject", "SUBJID"  # subject.SUBJID: the raw identifier under which a subject's records count


class UnknownName(ValueError):
    """A name that means nothing; the message says what is known, `hint` what may have been meant.

    `follows` is set where the source of the name has a fault of its own, so that the name is none.
    """

    def __init__(self, message: str, hint: str = "", *, follows: bool = False) -> None:
        super().__init__(message)
        self.hint, self.follows = hint, follows


@dataclass(frozen=True, order=True)
class Name:
    """A field, column or variable: its source ("raw.ae", "table.visits", "DM", "SUPPAE") and its name there."""

    source: str
    name: str

    @property
    def is_variable(self) -> bool:
        return self.source != SUBJECT and not self.source.startswith(("raw.", "table.", "response."))


@dataclass(frozen=True)
class Names:
    """Resolves the names of one study.

    `lost` holds what could not be read, `places` where expressions and references stand (see `nodes.Faults`).
    """

    study: Study
    lost: frozenset[str] = frozenset()
    places: Mapping[int, Location] = field(default_factory=dict)
    _known: dict[str, Collection[str]] = field(default_factory=dict, compare=False, repr=False)

    def known(self, source: str) -> Collection[str]:
        """The names that a source has, in their order; UnknownName when there is no such source."""
        if source not in self._known:
            self._known[source] = dict.fromkeys(self._names_of(source))
        return self._known[source]

    def _names_of(self, source: str) -> Iterable[str]:
        if source == SUBJECT and self.study.subject is not None:
            return (IDENTIFIER,)
        kind, _, rest = source.partition(".")
        block = {"raw": "forms", "table": "tables", "response": "responses"}.get(kind, "")
        if not self.lost.isdisjoint({block, source, source.removeprefix("SUPP")}):
            raise UnknownName(f"'{source}' could not be read", follows=True)
        if kind == "raw" and rest in self.study.forms:
            return self.study.forms[rest].fields
        if kind == "table" and rest in self.study.tables:
            return self.study.tables[rest].columns
        if kind == "response" and rest in self.study.responses:
            return tuple(RESPONSE_FIELDS)
        dataset = self.study.dataset(source)
        if dataset is not None:
            return (*dataset.variables, *dataset.working)
        parent = self.study.dataset(source.removeprefix("SUPP")) if source.startswith("SUPP") else None
        if parent is not None:
            return tuple(parent.supp)
        raise UnknownName(f"there is no '{source}'", did_you_mean(source, self.sources()))

    def sources(self) -> list[str]:
        """All sources of the study."""
        forms = [f"raw.{name}" for name in self.study.forms]
        tables = [f"table.{name}" for name in self.study.tables]
        responses = [f"response.{name}" for name in self.study.responses]
        return [*forms, *tables, *responses, *self.study.sdtm, *self.study.adam]

    def resolve(self, read: Read, dataset: Dataset) -> Name:
        """What a rule of a dataset reads, of `source.FIELD` the first; UnknownName when something does not exist."""
        return self.resolve_all(read, dataset)[0]

    def resolve_all(self, read: Read, dataset: Dataset) -> list[Name]:
        """What a rule of a dataset reads; `source.FIELD` is the field of each record source for which it is read."""
        if read.reference.source == SUBJECT and not (read.inside and not read.inside.startswith("raw.")):
            return [self._subject(read, dataset)]
        if not names_own_source(read.reference):
            return [self._resolve_one(read, dataset)]
        if read.inside:
            raise UnknownName(f"'{read.reference}': a condition over {read.inside} has its fields as bare names")
        records = [record for record in dataset.records if read.record in {"", record.id}]
        if not records or f"{dataset.name}.records" in self.lost:
            raise UnknownName(f"the records of {dataset.name} could not be read", follows=True)
        return [self._of_record(read.reference, record, dataset) for record in records]

    def _subject(self, read: Read, dataset: Dataset) -> Name:
        if dataset.standard == "ADaM":
            raise UnknownName(f"'{read.reference}': ADaM reads SDTM, not raw forms")
        if self.study.subject is None:
            raise UnknownName("study.yaml has no 'subject'", follows="subject" in self.lost)
        if read.reference.name != IDENTIFIER:
            raise self._unknown(SUBJECT, read.reference.name)
        return Name(SUBJECT, IDENTIFIER)

    def _of_record(self, reference: Reference, record: RecordSource, dataset: Dataset) -> Name:
        try:
            self.known(record.source)
        except UnknownName as error:
            raise UnknownName(str(error), follows=True) from None  # told where the record stands
        try:
            return self._resolve_one(Read(at_source(reference, record.source)), dataset)
        except UnknownName as error:
            message = f"'{reference}' for the records '{record.id}': {error}"
            raise UnknownName(message, error.hint, follows=error.follows) from None

    def _resolve_one(self, read: Read, dataset: Dataset) -> Name:
        if read.inside and read.reference.dotted in self.known(read.inside):
            return Name(read.inside, read.reference.dotted)
        inner = read.inside and not read.inside.startswith("raw.") and read.reference.source
        if read.inside and not inner:
            raise self._unknown(read.inside, read.reference.dotted)
        source = read.reference.source or dataset.name
        if read.reference.name not in self.known(source):
            raise self._unknown(source, read.reference.name)
        other = self.study.dataset(source)
        if other is not None and other is not dataset and read.reference.name in other.working:
            raise UnknownName(f"'{read.reference}' is a working variable, which only {source} itself reads")
        if dataset.standard == "SDTM" and source in self.study.adam:
            raise UnknownName(f"'{read.reference}': SDTM does not read ADaM")
        if dataset.standard == "SDTM" and source.startswith("response."):
            raise UnknownName(f"'{read.reference}': responses are derived in ADaM")
        if dataset.standard == "ADaM" and source.startswith("raw."):
            raise UnknownName(f"'{read.reference}': ADaM reads SDTM, not raw forms")
        return Name(source, read.reference.name)

    def _unknown(self, source: str, name: str) -> UnknownName:
        words = {"raw": "a field", "table": "a column", "response": "a field"}
        word = words.get(source.partition(".")[0], "a variable")
        return UnknownName(f"'{name}' is not {word} of {source}", did_you_mean(name, self.known(source)))

    def kind(self, name: Name) -> Kind:
        """Whether a name's values are text or numbers."""
        if name.source.startswith("response."):
            return RESPONSE_FIELDS[name.name].kind
        variable = self.variable(name)
        return "number" if variable is not None and variable.is_number else "text"

    def kind_read(self, read: Read, dataset: Dataset) -> Kind:
        """The kind of what a rule reads; KindError where `source.FIELD` is text in some records, a number in others."""
        kinds = {self.kind(name) for name in self.resolve_all(read, dataset)}
        if len(kinds) > 1:
            raise KindError(f"'{read.reference}' is text for some records and a number for others")
        return kinds.pop()

    def variable(self, name: Name) -> Variable | None:
        """The variable that a name means, None for raw fields and table columns."""
        dataset = self.study.dataset(name.source)
        if dataset is not None:
            return dataset.find(name.name)
        parent = self.study.dataset(name.source.removeprefix("SUPP"))
        return parent.supp.get(name.name) if parent is not None else None

    def unknown_constants(self, expression: Expression) -> Iterator[tuple[str, str]]:
        """Message and hint for each constant of an expression that the study does not have."""
        known = self.study.constants
        if "constants" not in self.lost:
            for name in constants(expression):
                if name not in known:
                    yield f"'${name}' is not a constant of the study", did_you_mean(name, known)

    def reads_of_rule(self, dataset: Dataset, variable: Variable) -> Iterator[Read]:
        """Everything a variable's rule reads, the dataset's keys included where --SEQ follows them."""
        yield from reads(variable.rule)
        yield from self.reads_of_subject(dataset, variable.rule)
        if isinstance(variable.rule, SequenceRule) and not variable.rule.by:
            yield from (Read(Reference((key,))) for key in dataset.keys if key != variable.name)

    def reads_of_subject(self, dataset: Dataset, rule: Rule, record: str = "") -> Iterator[Read]:
        """What the verb `subject` reads: the identifiers of the record sources, or of the one with that id."""
        if not isinstance(rule, SubjectId):
            return
        for each in dataset.records:
            form = self.study.forms.get(each.source.removeprefix("raw."))
            name = form.subject if form is not None and each.source.startswith("raw.") else "USUBJID"
            if record in {"", each.id} and not each.source.startswith("table."):
                yield Read(Reference((*each.source.split("."), name)))

    def reads_of_records(self, dataset: Dataset) -> Iterator[Read]:
        """What the choice of a dataset's records reads."""
        for record in dataset.records:
            inside = record.source
            yield from (Read(reference, inside) for reference in references(record.where))
            yield from (Read(Reference(tuple(name.split("."))), inside) for name in (*record.distinct, *record.order))
            if inside.startswith("response."):
                for result in dataset.results.values():
                    yield from _all(result.where, inside)

    def reads_of_checks(self, dataset: Dataset) -> Iterator[Read]:
        """What a dataset's checks of the data read."""
        for check in dataset.checks:
            yield from map(Read, references(check.when))
            yield from (Read(Reference((name,))) for name in check.show)
            yield from map(Read, check.fields)

    def reads_of_parameters(self, dataset: Dataset) -> Iterator[Read]:
        """What a dataset's time-to-event parameters read."""
        for parameter in dataset.parameters.values():
            yield from _reads_of_conditions(parameter)
            for date in parameter.all_dates():
                if isinstance(date.rule, SubjectDate):
                    yield Read(date.rule.reference)
                elif isinstance(date.rule, RecordDate):
                    series = date.rule.series
                    yield Read(series.date)
                    yield from _all(series.where, series.date.source)
            yield from (Read(reference) for pair in parameter.instead for reference in pair)
            yield from (Read(Reference((name,)), "ADSL") for _, name in parameter.fields())


def _all(expression: Expression | None, inside: str) -> Iterator[Read]:
    return (Read(reference, inside) for reference in references(expression))


def _reads_of_conditions(parameter: Parameter) -> Iterator[Read]:
    for condition in (parameter.where, *(rule.when for rule in parameter.rules)):
        yield from (Read(each, "ADSL") for each in references(condition) if not parameter.is_own(each))
