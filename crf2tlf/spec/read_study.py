"""`study.yaml`, `codelists.yaml` and the study's CSV tables."""

from __future__ import annotations

import csv
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from crf2tlf.errors import Location, did_you_mean
from crf2tlf.rules.dates import DATE_FORMATS
from crf2tlf.spec.facts import Codelist, CodelistTerm, Dictionary, Form, Table
from crf2tlf.spec.nodes import Mapping, Node, Reader, Text
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
    "long_forms",
    "tables",
    "dictionaries",
    "cut_off",
    "code_texts",
    "subject",
    "excluded",
    "not_submitted",
    "encoding",
    "crf",
)
FORM_FIELDS = (
    "file",
    "label",
    "format",
    "encoding",
    "header_rows",
    "sheet",
    "subject",
    "subject_prefix",
    "dates",
    "cut_off",
    "crf",
    "source",
    "fields",
)
COLLECTORS = ("Investigator", "Subject", "Vendor")
FORMATS = ("csv", "sas7bdat", "xpt", "xlsx", "odm")
XPT_ENCODINGS = ("ascii", "utf-8", "gb18030")
ENCODINGS = ("ascii", "utf-8", "gb18030", "cp1252", "latin-1")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?")


@dataclass(frozen=True)
class StudyReader:
    """Reads the parts of a study that are not datasets."""

    reader: Reader
    folder: Path
    root: Path

    def constants(self, node: Mapping | None) -> dict[str, str | float]:
        """The study's constants; a plain number without quotes is one, with quotes it is a text."""
        found: dict[str, str | float] = {}
        for name, value in node or ():
            self._check_name(name, value, "a constant")
            text = self.reader.text(value)
            if isinstance(value, Text) and not text:
                self.reader.faults.add(value.location, value.where, "the constant has no value")
            number = isinstance(value, Text) and not value.quoted and _NUMBER.fullmatch(text)
            found[name] = float(text) if number else text
        return found

    def _check_name(self, name: str, value: Node, what: str) -> None:
        if not _NAME.fullmatch(name):
            message = f"'{name}' is no name of {what}: a letter, then letters, digits and _"
            self.reader.faults.add(value.location, value.where, message)

    def _entry(self, name: str, value: Node) -> Mapping | None:
        """The mapping of a form, codelist or dictionary; after a fault what others say of it is not checked."""
        mapping = self.reader.entry(value)
        if mapping is None:
            self.reader.faults.lost.add(name)
        return mapping

    def forms(self, node: Mapping | None, encoding: str) -> dict[str, Form]:
        """The raw forms by name."""
        found: dict[str, Form] = {}
        for name, value in node or ():
            self._check_name(name, value, "a form")
            mapping = self._entry(f"raw.{name}", value)
            if mapping is not None:
                found[name] = self._form(name, mapping, encoding)
        return found

    def _form(self, name: str, node: Mapping, encoding: str) -> Form:
        self.reader.known_keys(node, FORM_FIELDS, ("file", "label", "subject", "fields"))
        text = self.reader.text
        file = text(node.get("file"))
        suffix = file.rsplit(".", 1)[-1].lower()
        fields = self.reader.texts(node.get("fields"))
        self._check_file(node)
        if not fields:
            self.reader.faults.lost.add(f"raw.{name}")
        for field in sorted({field for field in fields if fields.count(field) > 1}):
            self.reader.faults.add(node.keys["fields"], node.under("fields"), f"the field '{field}' stands twice")
        subject = text(node.get("subject"))
        if fields and subject and subject not in fields:
            place = node.keys.get("subject", node.location)
            message = f"'{subject}' is not a field of the form '{name}'"
            self.reader.faults.add(place, node.under("subject"), message, did_you_mean(subject, fields))
        dates = self.reader.one_of(node.get("dates"), tuple(DATE_FORMATS))
        if not dates and "dates" in node.entries:
            self.reader.faults.lost.add(f"raw.{name}.dates")
        format_ = self.reader.one_of(node.get("format"), FORMATS, suffix if suffix in FORMATS else "csv")
        return Form(
            name,
            text(node.get("label")),
            file,
            cast(Literal["csv", "sas7bdat", "xpt", "xlsx", "odm"], format_),
            self.reader.one_of(node.get("encoding"), ENCODINGS, encoding),
            cast(Literal[1, 2], int(self.reader.one_of(node.get("header_rows"), ("1", "2"), "1"))),
            text(node.get("sheet")),
            subject,
            dates,
            text(node.get("crf")),
            fields,
            node.location,
            subject_prefix=text(node.get("subject_prefix")),
            cut_off=self._cut_off(node, fields),
            collected_by=cast(
                Literal["Investigator", "Subject", "Vendor"],
                self.reader.one_of(node.get("source"), COLLECTORS, COLLECTORS[0]),
            ),
        )

    def _cut_off(self, node: Mapping, fields: tuple[str, ...]) -> str:
        """The field whose date is compared with the data cut-off of the study."""
        given = node.get("cut_off")
        field = self.reader.text(given)
        if given is not None and fields and field not in fields:
            message = f"'{field}' is not a field of the form"
            self.reader.faults.add(given.location, given.where, message, did_you_mean(field, fields))
            return ""
        return field

    def _check_file(self, node: Mapping) -> None:
        """A form's file lies in the folder of the raw extract."""
        file = self.reader.text(node.get("file"))
        if file.startswith(("/", "\\")) or ":" in file or ".." in re.split(r"[/\\]", file):
            message = f"'{file}' is no file of the raw folder: write its name, without '..'"
            self.reader.faults.add(node.keys["file"], node.under("file"), message)

    def dictionaries(self, node: Mapping | None) -> dict[str, Dictionary]:
        """The external dictionaries by the name that specs use."""
        found: dict[str, Dictionary] = {}
        for id_, value in node or ():
            mapping = self._entry(f"dictionary.{id_}", value)
            if mapping is not None:
                self.reader.known_keys(mapping, ("name", "version"), ("name", "version"))
                text = self.reader.text
                found[id_] = Dictionary(id_, text(mapping.get("name")), text(mapping.get("version")))
        return found

    def tables(self, node: Mapping | None) -> dict[str, Table]:
        """The study's tables by name, read from CSV files in the study's folder or in specs/standards."""
        found: dict[str, Table] = {}
        for name, value in node or ():
            self._check_name(name, value, "a table")
            table = self._table(name, value)
            if table is None:
                self.reader.faults.lost.add(f"table.{name}")
            else:
                found[name] = table
        return found

    def _table(self, name: str, node: Node) -> Table | None:
        if not isinstance(node, Text):
            self.reader.text(node)
            return None
        path = (self.folder / node.value).resolve()
        folders = {self.folder.resolve(), (self.root / "specs/standards").resolve()}
        if not path.is_file() or folders.isdisjoint(path.parents):
            message = f"'{node.value}' is no file of the study's folder {self.folder.name}"
            self.reader.faults.add(node.location, node.where, message)
            return None
        shown = Path(os.path.normpath(self.folder / node.value)).relative_to(os.path.normpath(self.root)).as_posix()
        if not (rows := self._rows(path, shown)):
            return None
        (_, columns), *others = rows
        for column in sorted({column for column in columns if not column or columns.count(column) > 1}):
            message = f"the column '{column}' stands twice" if column else "a column has no name"
            self.reader.faults.add(Location(shown, 1), "", message)
        for line, row in others:
            if len(row) != len(columns):
                message = f"the row has {len(row)} cells, the header {len(columns)}"
                self.reader.faults.add(Location(shown, line), "", message)
        complete = tuple(tuple(row) for _, row in others if len(row) == len(columns))
        return Table(name, shown, tuple(columns), complete, Location(shown, 1))

    def _rows(self, path: Path, shown: str) -> list[tuple[int, list[str]]]:
        """The rows of a CSV file with the line on which each ends; none after a fault."""
        try:
            with path.open(encoding="utf-8-sig", newline="") as lines:
                reader = csv.reader(lines, strict=True)
                rows = [(reader.line_num, row) for row in reader]
        except UnicodeDecodeError as error:
            self.reader.faults.add(Location(shown, 1), "", f"the file is not UTF-8 at byte {error.start}")
            return []
        except csv.Error as error:
            self.reader.faults.add(Location(shown, reader.line_num), "", f"not CSV: {error}")
            return []
        if not rows or not rows[0][1]:
            self.reader.faults.add(Location(shown, 1), "", "the file has no header row")
            return []
        return rows

    def codelists(self, node: Mapping | None, standards: Standards) -> dict[str, Codelist]:
        """The study's codelists by name, their NCI codes and decodes looked up."""
        found: dict[str, Codelist] = {}
        for name, value in node or ():
            mapping = self._entry(f"codelist.{name}", value)
            if mapping is not None:
                found[name] = self._codelist(name, mapping, standards)
        return found

    def _codelist(self, name: str, node: Mapping, standards: Standards) -> Codelist:
        self.reader.known_keys(node, ("cdisc", "sponsor", "terms", "decodes"), ("terms",))
        if ("cdisc" in node.entries) == ("sponsor" in node.entries):
            self.reader.faults.add(node.location, node.where, "give either 'cdisc: C-code' or 'sponsor: label'")
        published = self._published(node, standards)
        given = self.reader.mapping(node.get("decodes"))
        decodes = {key: self.reader.text(value) for key, value in given or ()}
        terms = self.reader.mapping(node.get("terms"))
        for value in decodes.keys() - (terms.entries if terms else decodes).keys():
            place = given.keys[value] if given else node.location
            hint = did_you_mean(value, terms.entries if terms else ())
            self.reader.faults.add(place, f"{node.under('decodes')}.{value}", f"'{value}' is no term of the list", hint)
        if terms is None or (published is None and "cdisc" in node.entries):
            self.reader.faults.lost.add(f"codelist.{name}")
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
                if text != value and text in node.entries:
                    message = f"the collected value '{text}' is itself a term, which stands for itself"
                    self.reader.faults.add(place, node.under(value), message)
                if text in taken:
                    message = f"the collected value '{text}' becomes both '{taken[text]}' and '{value}'"
                    self.reader.faults.add(place, node.under(value), message)
                taken[text] = value
            term = published.terms.get(value) if published else None
            decode = decodes.get(value, term.decode if term else "")
            found[value] = CodelistTerm(
                value, term.code if term else "", decode, texts, published is not None and term is None, place
            )
        return found

    def _check_term(self, value: str, published: StandardCodelist | None, place: Location, where: str) -> None:
        if published is None or value in published.terms or published.extensible:
            return
        self.reader.faults.lost.add(f"codelist.{where.partition('.')[0]}")  # a rule may say what was meant
        message = f"'{value}' is not in {published.code} (not extensible)"
        self.reader.faults.add(place, where, message, did_you_mean(value, published.terms))
