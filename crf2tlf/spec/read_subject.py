"""`subject`, `excluded`, `not_submitted` and `code_texts` of study.yaml: what holds for every form at once.

subject:
  id: concat($STUDYID, '-', SUBJID)                             # SUBJID is the identifier in the raw data
  same: {table: rescreened, from: EARLIER, to: SUBJID}          # records of EARLIER count for SUBJID
excluded:
  - {id: TEST, where: "starts_with(SUBJID, 'TEST')", reason: subjects of the system's own test}
not_submitted: {SiteSeq: a key of the EDC system}
code_texts: {table: edc_codes, suffix: CD}                      # the text of AESER is that of the code in AESERCD
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from crf2tlf.errors import Fault, Location, did_you_mean
from crf2tlf.rules.columns import Kind, compute_sas_dates, text_column
from crf2tlf.rules.evaluate import KindError, infer_kind
from crf2tlf.rules.expressions import Expression, Reference, constants
from crf2tlf.spec.facts import CodeTexts, Exclusion, SubjectFacts, Table
from crf2tlf.spec.model import Study
from crf2tlf.spec.names import IDENTIFIER, Names, UnknownName
from crf2tlf.spec.nodes import Mapping, Node, Reader, Text
from crf2tlf.spec.read_parts import PartReader

ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_subject(parts: PartReader, node: Node | None, tables: dict[str, Table]) -> SubjectFacts | None:
    """How subjects are identified; None where study.yaml does not say, or says it with a fault."""
    mapping = parts.reader.entry(node) if node is not None else None
    if mapping is None:
        if node is not None:
            parts.reader.faults.lost.add("subject")
        return None
    parts.reader.known_keys(mapping, ("id", "same"), ("id",))
    expression = parts.expression(mapping.get("id"))
    if expression is None:
        parts.reader.faults.lost.add("subject")
        return None
    same, table = _same(parts, mapping.get("same"), tables)
    return SubjectFacts(expression, parts.reader.text(mapping.get("id")), same, table, mapping.keys["id"])


def _same(parts: PartReader, node: Node | None, tables: dict[str, Table]) -> tuple[tuple[tuple[str, str], ...], str]:
    """The identifiers that count for another one, each with the last one that it leads to."""
    mapping = parts.reader.entry(node) if node is not None else None
    if mapping is None:
        return (), ""
    reader = parts.reader
    reader.known_keys(mapping, ("table", "from", "to"), ("table", "from", "to"))
    name, earlier, later = (reader.text(mapping.get(key)) for key in ("table", "from", "to"))
    table = tables.get(name)
    if table is None:
        if reader.faults.lost.isdisjoint({"tables", f"table.{name}"}):
            hint = did_you_mean(name, tables)
            reader.faults.add(mapping.location, mapping.where, f"there is no table '{name}' in study.yaml", hint)
        return (), ""
    absent = [column for column in (earlier, later) if column not in table.columns]
    for column in absent:
        message = f"'{column}' is not a column of table.{name}"
        reader.faults.add(mapping.location, mapping.where, message, did_you_mean(column, table.columns))
    if absent:
        return (), ""
    pairs = list(zip(table.values(earlier), table.values(later), strict=True))
    told = list(_check_pairs(pairs))
    for number, message in told:
        reader.faults.add(Location(table.path, number), earlier, message)
    return (() if told else _last_identifiers(dict(pairs))), name


def _check_pairs(pairs: list[tuple[str, str]]) -> Iterator[tuple[int, str]]:
    """Line and message of each row by which an identifier would count for none, for two, or for itself."""
    first: dict[str, int] = {}
    for number, (earlier, later) in enumerate(pairs, start=2):
        if not earlier or not later:
            yield number, "an identifier is missing"
        elif earlier in first:
            yield number, f"'{earlier}' stands twice, first on line {first[earlier]}"
        first.setdefault(earlier, number)
    later_of = dict(pairs)
    for earlier, number in first.items():
        seen, at = {earlier}, later_of[earlier]
        while at in later_of and at not in seen:
            seen.add(at)
            at = later_of[at]
        if at == earlier:
            yield number, f"'{earlier}' leads back to itself"


def _last_identifiers(later_of: dict[str, str]) -> tuple[tuple[str, str], ...]:
    found = []
    for earlier, later in later_of.items():
        while later in later_of:
            later = later_of[later]
        found.append((earlier, later))
    return tuple(found)


def read_exclusions(parts: PartReader, node: Node | None) -> tuple[Exclusion, ...]:
    """The subjects whose records are left out, by rule; one that cannot be read is left out."""
    reader, found = parts.reader, list[Exclusion]()
    for item in reader.items(node):
        entry = reader.entry(item)
        if entry is None:
            continue
        reader.known_keys(entry, ("id", "where", "reason"), ("id", "where", "reason"))
        id_, where = reader.text(entry.get("id")), parts.expression(entry.get("where"))
        if id_ in {earlier.id for earlier in found}:
            reader.faults.add(entry.location, entry.where, f"the exclusion '{id_}' stands twice")
        if where is not None:
            found.append(Exclusion(id_, where, reader.text(entry.get("reason")), entry.location))
    return tuple(found)


def read_code_texts(reader: Reader, node: Node | None, tables: dict[str, Table]) -> CodeTexts | None:
    """The table with the texts of codes, and what ends the name of a field with a code."""
    mapping = reader.entry(node) if node is not None else None
    if mapping is None:
        return None
    reader.known_keys(mapping, ("table", "suffix"), ("table", "suffix"))
    name, suffix = (reader.text(mapping.get(key)) for key in ("table", "suffix"))
    table = tables.get(name)
    if table is None:
        if reader.faults.lost.isdisjoint({"tables", f"table.{name}"}):
            hint = did_you_mean(name, tables)
            reader.faults.add(mapping.location, mapping.where, f"there is no table '{name}' in study.yaml", hint)
        return None
    absent = [column for column in CodeTexts.COLUMNS if column not in table.columns]
    for column in absent:
        message = f"table.{name} has no column {column}: it needs {', '.join(CodeTexts.COLUMNS)}"
        reader.faults.add(mapping.location, mapping.where, message, did_you_mean(column, table.columns))
    return None if absent else CodeTexts(name, suffix, mapping.location)


def read_not_submitted(parts: PartReader, node: Mapping | None) -> tuple[dict[str, str], dict[str, Location]]:
    """Fields that are not submitted with the reasons, and where each stands."""
    if node is None:
        return {}, {}
    for field, reason in node:
        if isinstance(reason, Text) and not reason.value:
            parts.reader.faults.add(node.keys[field], node.under(field), "the reason is missing")
    return {field: parts.reader.text(reason) for field, reason in node}, dict(node.keys)


def check_cut_off(study: Study) -> Iterator[Fault]:
    """Faults of the data cut-off, which is a date, and of forms that are compared with one that is not there."""
    date = text_column([study.cut_off])
    if study.cut_off and not (ISO_DATE.fullmatch(study.cut_off) and not np.isnan(compute_sas_dates(date)).any()):
        yield Fault(study.location, "cut_off", f"'{study.cut_off}' is no date such as 2024-06-30")
    for form in study.forms.values():
        if form.cut_off and not study.cut_off and form.long is None:
            yield Fault(
                form.location, f"forms.{form.name}.cut_off", "study.yaml has no 'cut_off' to compare dates with"
            )


def check_subject(study: Study, names: Names) -> Iterator[Fault]:
    """Faults of `subject` and `excluded`: their only name is SUBJID, the identifier in the raw data."""
    if study.subject is not None:
        yield from _check(study.subject.id, "text", study.subject.location, "subject.id", names)
    for number, rule in enumerate(study.excluded, start=1):
        yield from _check(rule.where, "boolean", rule.location, f"excluded[{number}].where", names)


def _check(expression: Expression, wanted: Kind, location: Location, where: str, names: Names) -> Iterator[Fault]:
    place = names.places.get(id(expression), location)
    unknown = [Fault(place, where, *told) for told in names.unknown_constants(expression)]
    if unknown or ("constants" in names.lost and constants(expression)):
        yield from unknown
        return

    def kind_of(reference: Reference) -> Kind:
        if reference.dotted != IDENTIFIER:
            raise UnknownName(f"'{reference}': the only name here is {IDENTIFIER}, the identifier in the raw data")
        return "text"

    try:
        kind = infer_kind(expression, kind_of, names.study.constants)
    except (UnknownName, KindError) as error:
        yield Fault(place, where, str(error))
        return
    if kind != wanted:
        word = "a text" if wanted == "text" else f"a condition is wanted, such as starts_with({IDENTIFIER}, 'TEST')"
        yield Fault(place, where, f"{word} is wanted" if wanted == "text" else word)
