"""The YAML files of `specs/<study>/tlf` to typed outputs; every mistake with its line, before any data is opened."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from crf2tlf.errors import Fault, SpecError
from crf2tlf.spec.check_outputs import check_output
from crf2tlf.spec.model import Study
from crf2tlf.spec.nodes import Faults, Mapping, Node, Reader, read_yaml
from crf2tlf.spec.outputs import (
    KINDS,
    AnalysisMetadata,
    Columns,
    Orientation,
    Output,
    Page,
    Paper,
    Population,
    Template,
)
from crf2tlf.spec.read_output_bodies import BODY_FIELDS, BodyReader
from crf2tlf.spec.read_output_parts import read_condition, read_levels

COMMON_FIELDS = ("output", "number", "template", "titles", "population", "dataset", "where", "footnotes", "page", "arm")
REASONS = ("SPECIFIED IN PROTOCOL", "SPECIFIED IN SAP", "DATA DRIVEN", "REQUESTED BY REGULATORY AGENCY")
PURPOSES = ("PRIMARY OUTCOME MEASURE", "SECONDARY OUTCOME MEASURE", "EXPLORATORY OUTCOME MEASURE")
FONT_SIZES = tuple(f"{half / 2:g}" for half in range(12, 25))
# The columns of a listing are its body; a Cox model is of all subjects.
WITHOUT_COLUMNS = ("listing", "cox", "cox_forest")
OUTPUT_ID = re.compile(r"[a-z][a-z0-9_]*\Z")
OUTPUT_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)*[a-z]?\Z")


def load_outputs(study: Study) -> dict[str, Output]:
    """The outputs of a study by id; SpecError with every fault."""
    outputs, faults = read_outputs(study)
    if faults:
        raise SpecError(faults)
    return outputs


def read_outputs(study: Study) -> tuple[dict[str, Output], list[Fault]]:
    """The outputs of a study by id, in the order of their numbers, as far as they can be read, and all faults."""
    faults = Faults()
    found: dict[str, Output] = {}
    for path in sorted((study.folder / "tlf").glob("*.yaml")):
        before = len(faults.found)
        output = OutputReader(Reader(faults)).output(path, _shown(path, study))
        if output is None:
            continue
        twin = next((other for other in found.values() if other.heading == output.heading), None)
        if twin is not None:
            faults.add(output.location, "number", f"{output.heading} is also that of {twin.id}")
        # What follows from a fault of reading would only repeat it.
        if len(faults.found) == before:
            faults.found.extend(check_output(output, study))
        found[output.id] = output
    ordered = sorted(found.values(), key=_place_in_report)
    return {output.id: output for output in ordered}, sorted(set(faults.found))


def _shown(path: Path, study: Study) -> str:
    return path.relative_to(study.root).as_posix() if path.is_relative_to(study.root) else path.name


def _place_in_report(output: Output) -> tuple[int, tuple[int, ...], str]:
    """Tables, then figures, then listings (ICH E3: 14 before 16), each by number."""
    numbers = tuple(int(part) for part in re.findall(r"\d+", output.number))
    return ("table", "figure", "listing").index(output.kind), numbers, output.id


@dataclass(frozen=True)
class OutputReader:
    """Reads one output file."""

    reader: Reader

    def output(self, path: Path, shown: str) -> Output | None:
        """The output of a file; None when the file is no mapping or names no template."""
        node = read_yaml(path, shown, self.reader.faults)
        if node is None:
            return None
        template = self.reader.one_of(node.get("template"), tuple(KINDS))
        if not template:
            if node.get("template") is None:
                self.reader.known_keys(node, tuple(node.entries), ("template",))
            return None
        # Summaries and counts are of the population's dataset unless they name another.
        dataset = () if template in {"summary", "counts"} else ("dataset",)
        required = ("output", "number", "titles", "population", *dataset)
        columns = () if template in WITHOUT_COLUMNS else ("columns",)
        body = BODY_FIELDS[template]
        self.reader.known_keys(node, (*COMMON_FIELDS, *columns, *body), (*required, *columns, *body[:1]))
        population = self._population(node.get("population"))
        return Output(
            self._id(node, path.stem),
            self._number(node),
            cast(Template, template),
            self.reader.texts(node.get("titles")),
            population,
            self.reader.text(node.get("dataset"), population.dataset),
            read_condition(self.reader, node.get("where")),
            self._columns(node.get("columns")) if columns else None,
            BodyReader(self.reader).body(template, node),
            self.reader.texts(node.get("footnotes")),
            self._page(self.reader.mapping(node.get("page"))),
            self._arm(self.reader.mapping(node.get("arm"))),
            hashlib.sha256(path.read_bytes()).hexdigest()[:8],
            node.location,
        )

    def _id(self, node: Mapping, stem: str) -> str:
        id_ = self.reader.text(node.get("output"), stem)
        place = node.keys.get("output", node.location)
        if id_ != stem:
            self.reader.faults.add(place, "output", f"the file is named {stem}.yaml but holds {id_}")
        elif not OUTPUT_ID.match(id_):
            self.reader.faults.add(place, "output", f"'{id_}' is no output id: a-z, 0-9 and _, a letter first")
        return id_

    def _number(self, node: Mapping) -> str:
        number = self.reader.text(node.get("number"))
        if number and not OUTPUT_NUMBER.match(number):
            place = node.keys["number"]
            self.reader.faults.add(place, "number", f"'{number}' is no number such as 14.1.2.1", "leave out the word")
        return number

    def _population(self, node: Node | None) -> Population:
        found = self.reader.mapping(node)
        if found is None:
            return Population("ADSL", None, "")
        self.reader.known_keys(found, ("dataset", "where", "label"), ("label",))
        where = read_condition(self.reader, found.get("where"))
        return Population(self.reader.text(found.get("dataset"), "ADSL"), where, self.reader.text(found.get("label")))

    def _columns(self, node: Node | None) -> Columns | None:
        found = self.reader.mapping(node)
        if found is None:
            return None
        self.reader.known_keys(found, ("by", "order", "total", "labels", "unassigned", "missing"), ("by",))
        by = found.get("by")
        if isinstance(by, Mapping):
            named = tuple((dataset, self.reader.text(variable)) for dataset, variable in by)
        else:
            named = (("", self.reader.text(by)),)
        order, total = self.reader.text(found.get("order")), self.reader.text(found.get("total"))
        unassigned = self.reader.one_of(found.get("unassigned"), ("total",))
        if unassigned and not total:
            self.reader.faults.add(
                found.location, found.where, "'unassigned: total' needs a total", "add `total: Total`"
            )
        missing = self.reader.text(found.get("missing"))
        if unassigned and missing:
            message = "'unassigned' and 'missing' exclude each other"
            self.reader.faults.add(found.location, found.where, message, "subjects without a column have one rule")
        labels = read_levels(self.reader, found.get("labels"))
        return Columns(named, order, total, labels, bool(unassigned), missing, found.location)

    def _page(self, node: Mapping | None) -> Page:
        if node is None:
            return Page()
        self.reader.known_keys(node, ("paper", "orientation", "font_size"))
        paper = self.reader.one_of(node.get("paper"), ("letter", "a4"), "letter")
        orientation = self.reader.one_of(node.get("orientation"), ("landscape", "portrait"), "landscape")
        size = self.reader.one_of(node.get("font_size"), FONT_SIZES, "9")
        return Page(cast(Paper, paper), cast(Orientation, orientation), float(size))

    def _arm(self, node: Mapping | None) -> AnalysisMetadata | None:
        if node is None:
            return None
        self.reader.known_keys(node, ("reason", "purpose", "sap", "description"), ("reason", "purpose", "sap"))
        reason = self.reader.one_of(node.get("reason"), REASONS)
        purpose = self.reader.one_of(node.get("purpose"), PURPOSES)
        sap, description = self.reader.text(node.get("sap")), self.reader.text(node.get("description"))
        return AnalysisMetadata(reason, purpose, sap, description, node.location)


__all__ = ["OutputReader", "load_outputs", "read_outputs"]
