"""`study.yaml`, `codelists.yaml` and the study's CSV tables."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from crf2tlf.errors import Location, did_you_mean
from crf2tlf.rules.dates import DATE_FORMATS
from crf2tlf.spec.model import Codelist, CodelistTerm, Dictionary, Form, Table
from crf2tlf.spec.nodes import Mapping, Node, Reader
from crf2tlf.spec.standards import StandardCodelist, Standards

STUDY_FIELDS = (
    "study",
    "study_id",
    "protocol",
    "title",
    "standards",
    "constants",
    "raw",
    "forms",
    "tables",
    "dictionaries",
    "cut_off",
)
FORM_FIELDS = ("file", "label", "format", "encoding", "header_rows", "sheet", "subject", "dates", "crf", "fields")
FORMATS = ("csv", "sas7bdat", "xpt", "xlsx")
ENCODINGS = ("ascii", "utf-8", "gb18030", "cp1252", "latin-1")


@dataclass(frozen=True)
class StudyReader:
    """Reads the parts of a study that are not datasets."""

    reader: Reader
    folder: Path
    root: Path

    def constants(self, node: Mapping | None) -> dict[str, str | float]:
        """The study's constants; a value that is a plain number is one."""
        found: dict[str, str | float] = {}
        for name, value in node or ():
            text = self.reader.text(value)
            found[name] = float(text) if text.replace(".", "", 1).isdecimal() and not text.startswith("0") else text
        return found

    def forms(self, node: Mapping | None, encoding: str) -> dict[str, Form]:
        """The raw forms by name."""
        found: dict[str, Form] = {}
        for name, value in node or ():
            mapping = self.reader.mapping(value)
            if mapping is not None:
                found[name] = self._form(name, mapping, encoding)
        return found

    def _form(self, name: str, node: Mapping, encoding: str) -> Form:
        self.reader.known_keys(node, FORM_FIELDS, ("file", "label", "subject", "fields"))
        text = self.reader.text
        file = text(node.get("file"))
        suffix = file.rsplit(".", 1)[-1].lower()
        fields = self.reader.texts(node.get("fields"))
        subject = text(node.get("subject"))
        if fields and subject not in fields:
            place = node.keys.get("subject", node.location)
            message = f"'{subject}' is not a field of the form '{name}'"
            self.reader.faults.add(place, node.under("subject"), message, did_you_mean(subject, fields))
        format_ = self.reader.one_of(node.get("format"), FORMATS, suffix if suffix in FORMATS else "csv")
        return Form(
            name,
            text(node.get("label")),
            file,
            cast(Literal["csv", "sas7bdat", "xpt", "xlsx"], format_),
            self.reader.one_of(node.get("encoding"), ENCODINGS, encoding),
            cast(Literal[1, 2], int(self.reader.one_of(node.get("header_rows"), ("1", "2"), "1"))),
            text(node.get("sheet")),
            subject,
            self.reader.one_of(node.get("dates"), tuple(DATE_FORMATS)),
            text(node.get("crf")),
            fields,
            node.location,
        )

    def dictionaries(self, node: Mapping | None) -> dict[str, Dictionary]:
        """The external dictionaries by the name that specs use."""
        found: dict[str, Dictionary] = {}
        for id_, value in node or ():
            mapping = self.reader.mapping(value)
            if mapping is not None:
                self.reader.known_keys(mapping, ("name", "version"), ("name", "version"))
                text = self.reader.text
                found[id_] = Dictionary(id_, text(mapping.get("name")), text(mapping.get("version")))
        return found

    def tables(self, node: Mapping | None) -> dict[str, Table]:
        """The study's tables by name, read from CSV files inside the study's folder."""
        found: dict[str, Table] = {}
        for name, value in node or ():
            table = self._table(name, value)
            if table is not None:
                found[name] = table
        return found

    def _table(self, name: str, node: Node) -> Table | None:
        file = self.reader.text(node)
        path = (self.folder / file).resolve()
        if not path.is_relative_to(self.folder.resolve()) or not path.is_file():
            message = f"'{file}' is no file of the study's folder {self.folder.name}"
            self.reader.faults.add(node.location, node.where, message)
            return None
        shown = path.relative_to(self.root).as_posix()
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.reader(lines, strict=True))
        columns = tuple(rows[0]) if rows else ()
        for number, row in enumerate(rows[1:], start=2):
            if len(row) != len(columns):
                message = f"the row has {len(row)} cells, the header {len(columns)}"
                self.reader.faults.add(Location(shown, number), "", message)
        complete = tuple(tuple(row) for row in rows[1:] if len(row) == len(columns))
        return Table(name, shown, columns, complete, Location(shown, 1))

    def codelists(self, node: Mapping | None, standards: Standards) -> dict[str, Codelist]:
        """The study's codelists by name, their NCI codes and decodes looked up."""
        found: dict[str, Codelist] = {}
        for name, value in node or ():
            mapping = self.reader.mapping(value)
            if mapping is not None:
                found[name] = self._codelist(name, mapping, standards)
        return found

    def _codelist(self, name: str, node: Mapping, standards: Standards) -> Codelist:
        self.reader.known_keys(node, ("cdisc", "sponsor", "terms", "decodes"), ("terms",))
        if ("cdisc" in node.entries) == ("sponsor" in node.entries):
            self.reader.faults.add(node.location, node.where, "give either 'cdisc: C-code' or 'sponsor: label'")
        published = self._published(node, standards)
        decodes = {key: self.reader.text(value) for key, value in self.reader.mapping(node.get("decodes")) or ()}
        terms = self.reader.mapping(node.get("terms"))
        label = published.label if published else self.reader.text(node.get("sponsor"))
        return Codelist(
            name,
            label,
            published.code if published else "",
            published.extensible if published else True,
            self._terms(terms, published, decodes),
            node.location,
        )

    def _published(self, node: Mapping, standards: Standards) -> StandardCodelist | None:
        given = node.get("cdisc")
        if given is None:
            return None
        code = self.reader.text(given)
        published = standards.codelist(code)
        if published is None:
            self.reader.faults.add(given.location, given.where, f"'{code}' is no codelist of the terminology in use")
        return published

    def _terms(
        self, node: Mapping | None, published: StandardCodelist | None, decodes: dict[str, str]
    ) -> dict[str, CodelistTerm]:
        found: dict[str, CodelistTerm] = {}
        taken: dict[str, str] = {}
        for value, collected in node or ():
            if node is None:
                break
            place = node.keys[value]
            texts = self.reader.texts(collected)
            self._check_term(value, published, place, node.under(value))
            for text in texts:
                if text in taken:
                    message = f"the collected value '{text}' becomes both '{taken[text]}' and '{value}'"
                    self.reader.faults.add(place, node.under(value), message)
                taken[text] = value
            term = published.terms.get(value) if published else None
            decode = decodes.get(value, term.decode if term else "")
            found[value] = CodelistTerm(
                value, term.code if term else "", decode, texts, published is not None and term is None, place
            )
        for value in decodes.keys() - found.keys():
            self.reader.faults.add(node.location if node else Location("", 1), "", f"decode of unknown term '{value}'")
        return found

    def _check_term(self, value: str, published: StandardCodelist | None, place: Location, where: str) -> None:
        if published is None or value in published.terms or published.extensible:
            return
        message = f"'{value}' is not in {published.code} (not extensible)"
        self.reader.faults.add(place, where, message, did_you_mean(value, published.terms))
