"""One YAML file of `specs/<study>/sdtm` or `adam` to a Dataset that inherits from the standards."""

from __future__ import annotations

from dataclasses import dataclass

from crf2tlf.errors import Location
from crf2tlf.rules import verbs
from crf2tlf.rules.expressions import Reference
from crf2tlf.spec.describe import ALLOWED_ORIGINS, ORIGIN_TYPES, SOURCES, describe_method, infer_origin
from crf2tlf.spec.model import (
    DATA_TYPES,
    DATASET_NAME,
    VARIABLE_NAME,
    Censoring,
    Dataset,
    Event,
    Method,
    Origin,
    Parameter,
    RecordSource,
    Standard,
    Variable,
)
from crf2tlf.spec.nodes import Mapping, Node, Reader, Text
from crf2tlf.spec.read_rules import RuleReader
from crf2tlf.spec.standards import StandardDataset, Standards, StandardVariable

DATASET_FIELDS = (
    "dataset",
    "label",
    "class",
    "subclass",
    "structure",
    "keys",
    "records",
    "variables",
    "supp",
    "parameters",
    "not_submitted",
    "comment",
)
ATTRIBUTES = (
    "label",
    "type",
    "length",
    "significant_digits",
    "format",
    "codelist",
    "dictionary",
    "origin",
    "method",
    "comment",
    "crf",
    "core",
    "role",
)
SUPP_ATTRIBUTES = (*ATTRIBUTES, "evaluator")
CORES = ("Req", "Exp", "Perm", "Cond")
_DATE_FORMATS = (("DTM", "DATETIME20."), ("TM", "TIME8."), ("DT", "DATE9."))


@dataclass(frozen=True)
class DatasetReader:
    """Reads the dataset files of one standard of a study."""

    reader: Reader
    standards: Standards
    standard: Standard

    @property
    def rules(self) -> RuleReader:
        return RuleReader(self.reader)

    def dataset(self, node: Mapping, stem: str) -> Dataset | None:
        """The dataset of a file named `<stem>.yaml`; None when it has no usable name."""
        self.reader.known_keys(node, DATASET_FIELDS, ("dataset", "keys", "records", "variables"))
        name = self.reader.text(node.get("dataset"), stem)
        place = node.keys.get("dataset", node.location)
        if not DATASET_NAME.match(name):
            self.reader.faults.add(place, "dataset", f"'{name}' is no dataset name: 2 to 8 of A-Z and 0-9")
            return None
        if name != stem:
            self.reader.faults.add(place, "dataset", f"the file is named {stem}.yaml but holds {name}")
        inherited = self.standards.dataset(self.standard, name) or StandardDataset(name, "", "", "")
        class_ = self.reader.text(node.get("class"), inherited.class_)
        keys = node.get("keys")
        return Dataset(
            name,
            self.standard,
            self.reader.text(node.get("label"), inherited.label),
            class_,
            self.reader.text(node.get("subclass")),
            self.reader.text(node.get("structure"), inherited.structure),
            self.reader.texts(keys),
            tuple(self._records(node.get("records"))),
            self._variables(name, class_, self.reader.mapping(node.get("variables")), supp=False),
            place,
            {self.reader.text(item): item.location for item in self.reader.items(keys)},
            self._variables(name, class_, self.reader.mapping(node.get("supp")), supp=True),
            self._parameters(self.reader.mapping(node.get("parameters"))),
            *self._not_submitted(self.reader.mapping(node.get("not_submitted"))),
            comment=self.reader.text(node.get("comment")),
        )

    def _not_submitted(self, node: Mapping | None) -> tuple[dict[str, str], dict[str, Location]]:
        if node is None:
            return {}, {}
        for field, reason in node:
            if not self.reader.text(reason):
                self.reader.faults.add(node.keys[field], node.under(field), "the reason is missing")
        return {field: self.reader.text(reason) for field, reason in node}, dict(node.keys)

    def _records(self, node: Node | None) -> list[RecordSource]:
        found: list[RecordSource] = []
        for item in self.reader.items(node):
            record = self.reader.mapping(item)
            if record is None:
                continue
            self.reader.known_keys(record, ("id", "source", "where", "distinct"), ("id", "source"))
            id_ = self.reader.text(record.get("id"))
            if id_ in {earlier.id for earlier in found}:
                self.reader.faults.add(record.location, record.where, f"the record id '{id_}' stands twice")
            found.append(
                RecordSource(
                    id_,
                    self.reader.text(record.get("source")),
                    self.rules.expression(record.get("where")),
                    self.reader.text(record.get("where")),
                    self.reader.texts(record.get("distinct")),
                    record.location,
                )
            )
        return found

    def _variables(self, dataset: str, class_: str, node: Mapping | None, *, supp: bool) -> dict[str, Variable]:
        found: dict[str, Variable] = {}
        for name, value in node or ():
            mapping = self.reader.mapping(value)
            if node is None or mapping is None:
                continue
            place = node.keys[name]
            if not VARIABLE_NAME.match(name):
                message = f"'{name}' is no variable name: 1 to 8 of A-Z, 0-9 and _, no digit first"
                self.reader.faults.add(place, node.under(name), message)
            standard = None if supp else self.standards.variable(self.standard, dataset, name, class_=class_)
            found[name] = self._variable(dataset, name, mapping, standard, place, supp=supp)
        return found

    def _variable(
        self,
        dataset: str,
        name: str,
        node: Mapping,
        inherited: StandardVariable | None,
        place: Location,
        *,
        supp: bool,
    ) -> Variable:
        verb, rule = self.rules.rule(node, SUPP_ATTRIBUTES if supp else ATTRIBUTES)
        label = self.reader.text(node.get("label"), inherited.label if inherited else "")
        if not label:
            hint = "give it one, since the standard has no such variable"
            self.reader.faults.add(place, node.where, "the variable has no label", hint)
        type_ = self.reader.one_of(node.get("type"), DATA_TYPES, self._type(name, inherited, verb))
        origin = self._origin(node, verb, rule, name)
        derived = origin.type == "Derived" or node.get("method") is not None
        core = inherited.core if inherited else ""
        return Variable(
            dataset,
            name,
            label,
            type_,
            rule,
            verb,
            place,
            origin,
            self.reader.whole(node.get("length"), least=1),
            self.reader.whole(node.get("significant_digits")),
            self.reader.text(node.get("format"), self._format(name, type_)),
            self.reader.text(node.get("codelist")),
            self.reader.text(node.get("dictionary")),
            self._method(node.get("method"), name, rule) if derived else None,
            self.reader.text(node.get("comment")),
            self.reader.one_of(node.get("core"), CORES, core),
            self.reader.text(node.get("role"), inherited.role if inherited else ""),
            self.reader.text(node.get("evaluator")),
        )

    def _type(self, name: str, inherited: StandardVariable | None, verb: str) -> str:
        if self.standard == "SDTM" and name.endswith("DTC"):
            return "datetime"
        if self.standard == "SDTM" and name.endswith("DUR"):
            return "durationDatetime"
        if inherited is not None:
            return "integer" if inherited.type == "number" else "text"
        return "integer" if verb in {"seq", "study_day"} else "text"

    def _format(self, name: str, type_: str) -> str:
        if self.standard == "SDTM" or type_ != "integer":
            return ""
        return next((format_ for ending, format_ in _DATE_FORMATS if name.endswith(ending)), "")

    def _method(self, node: Node | None, name: str, rule: verbs.Rule) -> Method:
        inferred = describe_method(name, rule)
        if node is None:
            return inferred
        return Method(self.reader.text(node), inferred.expression, inferred.type)

    def _origin(self, node: Mapping, verb: str, rule: verbs.Rule, name: str) -> Origin:
        pages = tuple(self._page(item) for item in self.reader.items(node.get("crf")))
        dictionary = self.reader.text(node.get("dictionary"))
        inferred = infer_origin(verb, rule, name, pages, dictionary, self.standard == "ADaM")
        given = node.get("origin")
        if given is None:
            return inferred
        type_ = self.reader.one_of(given, ORIGIN_TYPES, inferred.type)
        if type_ not in (*ALLOWED_ORIGINS.get(verb, ("Derived", "Assigned")), inferred.type):
            message = f"the origin '{type_}' contradicts the verb '{verb}', from which '{inferred.type}' follows"
            self.reader.faults.add(given.location, given.where, message)
        predecessor = inferred.predecessor if type_ == "Predecessor" else ""
        return Origin(type_, SOURCES.get(type_, ""), predecessor, inferred.form, pages)

    def _page(self, node: Node) -> int:
        text = self.reader.text(node)
        if not text.isdecimal() or int(text) < 1:
            self.reader.faults.add(node.location, node.where, f"'{text}' is no page number")
            return 1
        return int(text)

    def _parameters(self, node: Mapping | None) -> dict[str, Parameter]:
        found: dict[str, Parameter] = {}
        for code, value in node or ():
            mapping = self.reader.mapping(value)
            if mapping is not None:
                found[code] = self._parameter(code, mapping)
                if not VARIABLE_NAME.match(code):
                    self.reader.faults.add(mapping.location, mapping.where, f"'{code}' is no PARAMCD")
        return found

    def _parameter(self, code: str, node: Mapping) -> Parameter:
        allowed = ("name", "unit", "start", "where", "events", "censor", "sap")
        self.reader.known_keys(node, allowed, ("name", "unit", "start", "events", "censor"))
        return Parameter(
            code,
            self.reader.text(node.get("name")),
            self.reader.one_of(node.get("unit"), ("days", "months"), "days"),
            self.rules.reference(node.get("start")),
            self.rules.expression(node.get("where")),
            self.reader.text(node.get("where")),
            tuple(self._event(item) for item in self.reader.items(node.get("events"))),
            tuple(self._censoring(item) for item in self.reader.items(node.get("censor"))),
            self.reader.text(node.get("sap")),
            node.location,
        )

    def _event(self, item: Node) -> Event:
        node = self._part(item, ("id", "date", "where", "text", "sequence"), ("id", "date", "text"))
        where = self.rules.expression(node.get("where"))
        text = self.reader.text
        date = self.rules.reference(node.get("date"))
        return Event(
            text(node.get("id")),
            date,
            where,
            text(node.get("where")),
            text(node.get("text")),
            item.location,
            text(node.get("sequence")),
        )

    def _censoring(self, item: Node) -> Censoring:
        node = self._part(item, ("code", "when", "date", "text", "date_text"), ("code", "date", "text"))
        text = self.reader.text
        return Censoring(
            self.reader.whole(node.get("code"), 1, least=1) or 1,
            self.rules.expression(node.get("when")),
            text(node.get("when")),
            self.rules.reference(node.get("date"), "ADSL.MISSING"),
            text(node.get("text")),
            text(node.get("date_text")),
            item.location,
        )

    def _part(self, item: Node, allowed: tuple[str, ...], required: tuple[str, ...]) -> Mapping:
        node = self.reader.mapping(item)
        if node is None or isinstance(item, Text):
            return Mapping({}, {}, item.location, item.where)
        self.reader.known_keys(node, allowed, required)
        return node


def missing_reference(reference: Reference) -> bool:
    """Whether a reference stands for one that could not be read."""
    return reference.parts[-1] == "MISSING"
