"""One YAML file of `specs/<study>/sdtm` or `adam` to a Dataset that inherits from the standards."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal as OneOf
from typing import cast

from crf2tlf.errors import Location
from crf2tlf.rules import verbs
from crf2tlf.rules.expressions import Expression
from crf2tlf.spec.check_datasets import CLASSES
from crf2tlf.spec.describe import ALLOWED_ORIGINS, ORIGIN_TYPES, SOURCES, describe_method, infer_origin
from crf2tlf.spec.facts import SubjectFacts
from crf2tlf.spec.model import (
    DATA_TYPES,
    DATASET_NAME,
    VARIABLE_NAME,
    Dataset,
    Method,
    Origin,
    RecordSource,
    Standard,
    Variable,
)
from crf2tlf.spec.nodes import Mapping, Node, Reader, Text
from crf2tlf.spec.read_checks import read_checks
from crf2tlf.spec.read_parameters import read_parameters
from crf2tlf.spec.read_parts import read_codelist_choice
from crf2tlf.spec.read_results import read_results
from crf2tlf.spec.read_rules import RuleReader
from crf2tlf.spec.read_subject import read_not_submitted
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
    "working",
    "checks",
    "parameters",
    "results",
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
    "origin_by",
    "method",
    "comment",
    "crf",
    "core",
    "role",
)
SUPP_ATTRIBUTES = (*ATTRIBUTES, "evaluator")
WORKING_ATTRIBUTES = ("type", "codelist", "comment")
BLOCKS = {"variables": ATTRIBUTES, "supp": SUPP_ATTRIBUTES, "working": WORKING_ATTRIBUTES}
RECORD_FIELDS = ("id", "source", "where", "distinct", "keep", "order", "report")
CORES = ("Req", "Exp", "Perm", "Cond")
_DATE_FORMATS = (("DTM", "DATETIME20."), ("TM", "TIME8."), ("DT", "DATE9."))


@dataclass(frozen=True)
class DatasetReader:
    """Reads the dataset files of one standard of a study; `sources` are the record sources of the one being read."""

    reader: Reader
    standards: Standards
    standard: Standard
    sources: tuple[str, ...] = ()
    subject: SubjectFacts | None = None

    @property
    def rules(self) -> RuleReader:
        return RuleReader(self.reader, self.sources, self.subject)

    def dataset(self, node: Mapping, stem: str) -> Dataset | None:
        """The dataset of a file named `<stem>.yaml`; None when the file's name is no dataset's."""
        self.reader.known_keys(node, DATASET_FIELDS, ("dataset", "keys", "records", "variables"))
        place = node.keys.get("dataset", node.location)
        if not self._named(self.reader.text(node.get("dataset"), stem) or stem, stem, place):
            return None
        variables = self.reader.mapping(node.get("variables"))
        if variables is None:
            self.reader.faults.lost.add(stem)
        class_, subclass = (self.reader.text(node.get(name)) for name in ("class", "subclass"))
        known = class_ if class_ in CLASSES else ""  # one that is unknown is told by the checks
        inherited = self.standards.dataset(self.standard, stem, class_=known, sub_class=subclass)
        inherited = inherited or StandardDataset(stem, "", "", "")
        class_ = class_ or inherited.class_
        keys = node.get("keys")
        records = tuple(self._records(stem, node.get("records")))
        within = replace(self, sources=tuple(dict.fromkeys(record.source for record in records)))
        return Dataset(
            stem,
            self.standard,
            self.reader.text(node.get("label"), inherited.label),
            class_,
            subclass,
            self.reader.text(node.get("structure"), inherited.structure),
            self.reader.texts(keys),
            records,
            within._variables(stem, (known or inherited.class_, subclass), variables, "variables"),
            place,
            {item.value: item.location for item in self.reader.items(keys) if isinstance(item, Text)},
            within._variables(stem, ("", ""), self.reader.mapping(node.get("supp")), "supp"),
            read_parameters(self.rules, stem, self.reader.mapping(node.get("parameters"))),
            *read_not_submitted(self.rules, self.reader.mapping(node.get("not_submitted"))),
            comment=self.reader.text(node.get("comment")),
            working=within._variables(stem, ("", ""), self.reader.mapping(node.get("working")), "working"),
            checks=read_checks(self.rules, node.get("checks")),
            results=read_results(self.rules, self.reader.mapping(node.get("results"))),
        )

    def input_variables(self, dataset: str, node: Mapping) -> dict[str, Variable]:
        """The variables of a dataset that no file holds."""
        return self._variables(dataset, ("", ""), node, "working")

    def _named(self, name: str, stem: str, place: Location) -> bool:
        """Whether the file's name is a dataset's; what stands under `dataset` must agree with it."""
        usable = DATASET_NAME.match(stem) is not None
        analysis = stem.startswith("AD")
        if not DATASET_NAME.match(name):
            self.reader.faults.add(place, "dataset", f"'{name}' is no dataset name: 2 to 8 of A-Z and 0-9")
        elif name != stem:
            self.reader.faults.add(place, "dataset", f"the file is named {stem}.yaml but holds {name}")
        elif analysis != (self.standard == "ADaM"):
            message = "begins with AD, as only ADaM's do" if analysis else "does not begin with AD, as ADaM's do"
            self.reader.faults.add(place, "dataset", f"the name {name} {message}")
            usable = False
        if not usable:
            self.reader.faults.lost |= {stem, name}
        return usable

    def _records(self, dataset: str, node: Node | None) -> list[RecordSource]:
        found: list[RecordSource] = []
        items = self.reader.items(node)
        if not items:
            self.reader.faults.lost.add(f"{dataset}.records")
        for item in items:
            record = self.reader.entry(item)
            if record is None:
                self.reader.faults.lost.add(f"{dataset}.records")
                continue
            self.reader.known_keys(record, RECORD_FIELDS, ("id", "source"))
            for key in ("keep", "order", "report"):
                if key in record.entries and "distinct" not in record.entries:
                    self.reader.faults.add(record.keys[key], record.under(key), f"'{key}' needs 'distinct'")
            id_ = self.reader.text(record.get("id"))
            if not id_:
                self.reader.faults.lost.add(f"{dataset}.records")
            if id_ in {earlier.id for earlier in found}:
                self.reader.faults.lost.add(f"{dataset}.records")
                self.reader.faults.add(record.location, record.where, f"the record id '{id_}' stands twice")
            found.append(
                RecordSource(
                    id_,
                    self.reader.text(record.get("source")),
                    self._where(record),
                    self.reader.text(record.get("where")),
                    self.reader.texts(record.get("distinct")),
                    record.location,
                    cast(OneOf["first", "last"], self.reader.one_of(record.get("keep"), ("first", "last"), "first")),
                    self.reader.texts(record.get("order")),
                    self.reader.text(record.get("report")),
                )
            )
        return found

    def _where(self, record: Mapping) -> Expression | None:
        where = self.rules.expression(record.get("where"))
        if where is None and "where" in record.entries:
            self.rules.leave_unread(record)
        return where

    def _variables(
        self, dataset: str, classes: tuple[str, str], node: Mapping | None, block: str
    ) -> dict[str, Variable]:
        found: dict[str, Variable] = {}
        if node is None:
            return found
        for name, value in node:
            place = node.keys[name]
            mapping = self.reader.entry(value)
            if mapping is None:
                self.rules.leave_unread(value)
            if not VARIABLE_NAME.match(name):
                message = f"'{name}' is no variable name: 1 to 8 of A-Z, 0-9 and _, no digit first"
                self.reader.faults.add(place, node.under(name), message)
            standard = None
            if block == "variables":
                class_, sub_class = classes
                standard = self.standards.variable(self.standard, dataset, name, class_=class_, sub_class=sub_class)
            found[name] = self._variable(dataset, name, mapping, standard, place, block)
        return found

    def _variable(
        self,
        dataset: str,
        name: str,
        given: Mapping | None,
        inherited: StandardVariable | None,
        place: Location,
        block: str,
    ) -> Variable:
        node = given or Mapping({}, {}, place, name)
        attributes = BLOCKS[block]
        verb, rule = self.rules.rule(given, attributes) if given is not None else ("no_data", verbs.NoData(""))
        label = self.reader.text(node.get("label"), inherited.label if inherited else "")
        if not label and given is not None and block != "working":
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
            "" if isinstance(node.get("codelist"), Mapping) else self.reader.text(node.get("codelist")),
            self.reader.text(node.get("dictionary")),
            self._method(node.get("method"), name, rule) if derived else None,
            self.reader.text(node.get("comment")),
            self.reader.one_of(node.get("core"), CORES, core),
            self.reader.text(node.get("role"), inherited.role if inherited else ""),
            self.reader.text(node.get("evaluator")),
            read_codelist_choice(self.reader, node.get("codelist")),
            self.reader.text(node.get("origin_by")),
        )

    def _type(self, name: str, inherited: StandardVariable | None, verb: str) -> str:
        if self.standard == "SDTM" and name.endswith("DTC"):
            return "datetime"
        if self.standard == "SDTM" and name.endswith("DUR"):
            return "durationDatetime"
        if inherited is not None:
            return "integer" if inherited.type == "number" else "text"
        return "integer" if verb in {"seq", "study_day", "count"} else "text"

    def _format(self, name: str, type_: str) -> str:
        if self.standard == "SDTM" or type_ != "integer":
            return ""
        return next((format_ for ending, format_ in _DATE_FORMATS if name.endswith(ending)), "")

    def _method(self, node: Node | None, name: str, rule: verbs.Rule) -> Method:
        inferred = describe_method(name, rule, self.sources)
        if node is None:
            return inferred
        return Method(self.reader.text(node), inferred.expression, inferred.type)

    def _origin(self, node: Mapping, verb: str, rule: verbs.Rule, name: str) -> Origin:
        pages = tuple(self._page(item) for item in self.reader.items(node.get("crf")))
        dictionary = self.reader.text(node.get("dictionary"))
        inferred = infer_origin(verb, rule, name, pages, dictionary, self.standard == "ADaM", self.sources)
        given = node.get("origin")
        if given is None:
            return inferred
        type_ = self.reader.one_of(given, ORIGIN_TYPES, inferred.type)
        if type_ not in (*ALLOWED_ORIGINS.get(verb, ("Derived", "Assigned")), inferred.type):
            message = f"the origin '{type_}' contradicts the verb '{verb}', from which '{inferred.type}' follows"
            self.reader.faults.add(given.location, given.where, message)
        predecessor = inferred.predecessor if type_ == "Predecessor" else ""
        return Origin(type_, SOURCES.get(type_, ""), predecessor, inferred.form, pages, stated=True)

    def _page(self, node: Node) -> int:
        return self.reader.whole(node, 1, least=1) or 1
