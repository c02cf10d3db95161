"""Read the published sources of the standards' facts: wheels (as zip files), CDISC Library JSON and NCI EVS text.

Nothing of a wheel is installed or run. Its pickles hold dicts, lists and texts only, and the unpickler here refuses
everything else, so that reading one cannot run code.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import pickle
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

import yaml

from crf2tlf.errors import Context, UnreadableFile
from crf2tlf.spec.standards_records import StandardCodelist, Term

_CACHE = "resources/cache/"
_LIBRARY_CACHE = "usdm4/ct/cdisc/library_cache/library_cache_all.yaml"
_NCI_COLUMNS = {
    "Code",
    "Codelist Code",
    "Codelist Extensible (Yes/No)",
    "Codelist Name",
    "CDISC Submission Value",
    "NCI Preferred Term",
}
_PACKAGE = re.compile(r"(sdtmct|adamct)-(\d{4}-\d{2}-\d{2})")
_RELEASE_AND_FILE = re.compile(r"([a-z]+-\d{4}-\d{2}-\d{2})=(.+)")
_NCI_FILE = re.compile(r"(SDTM|ADaM) Terminology (\d{4}-\d{2}-\d{2})\.txt")


@dataclass(frozen=True)
class Terminology:
    """One release of a terminology: package (sdtmct, adamct), date and lists by C-code."""

    package: str
    date: str
    codelists: dict[str, StandardCodelist]

    @property
    def publishing_set(self) -> str:
        """The name that Define-XML 2.1 gives the package: SDTM or ADaM."""
        return "ADaM" if self.package == "adamct" else "SDTM"


class PlainUnpickler(pickle.Unpickler):
    """Loads dicts, lists, texts and numbers; a pickle that asks for anything else is refused."""

    def find_class(self, module: str, name: str) -> NoReturn:
        """Refuse: a class or function in a pickle could run code."""
        raise pickle.UnpicklingError(f"the pickle asks for {module}.{name}; only plain data is read")


def read_plain_pickle(content: bytes, path: str) -> Any:
    """The plain data of a pickle; raises UnreadableFile where it holds anything else."""
    try:
        return PlainUnpickler(io.BytesIO(content)).load()
    except (pickle.UnpicklingError, EOFError, AttributeError, IndexError, ValueError) as error:
        raise UnreadableFile(f"{path}: {error}.") from error


def read_models(source: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The implementation guides and the models, by the keys of a cdisc-rules-engine 0.4 wheel or its cache folder."""
    names = ("standards_details.pkl", "standards_models.pkl")
    guides, models = (read_plain_pickle(_member(source, _CACHE + name), f"{source}: {name}") for name in names)
    return guides, models


def split_release(given: str) -> tuple[str, Path]:
    """Release and file of "sdtmct-2025-03-28=FILE"; the release is empty where only the file is given."""
    found = _RELEASE_AND_FILE.fullmatch(given)
    return (found[1], Path(found[2])) if found else ("", Path(given))


def read_terminology(source: Path, release: str = "") -> Terminology:
    """A terminology release from a usdm4 wheel, CDISC Library JSON (.json, .json.gz) or NCI EVS text (.txt).

    `release` (sdtmct-2025-03-28) is needed only where the file does not say it. Definitions are left out.
    """
    readers: dict[str, Callable[[Path, str], Terminology]] = {
        ".whl": _read_library_cache,
        ".json": _read_library_json,
        ".gz": _read_library_json,
        ".txt": _read_nci_text,
    }
    if source.suffix not in readers or not source.is_file():
        fix = "give a usdm4 wheel (.whl), CDISC Library JSON (.json, .json.gz) or NCI EVS text (.txt)"
        raise UnreadableFile(f"{source} is no terminology file.", Context(fix=fix))
    return readers[source.suffix](source, release)


def _member(source: Path, name: str) -> bytes:
    """A file of a wheel whose path ends in `name`, or the file of that name in a folder."""
    if source.is_dir():
        path = source / Path(name).name
        if path.is_file():
            return path.read_bytes()
    elif zipfile.is_zipfile(source):
        with zipfile.ZipFile(source) as wheel:
            for path_in_wheel in wheel.namelist():
                if path_in_wheel.endswith(name):
                    return wheel.read(path_in_wheel)
    fix = "take the wheel that docs/standards.md names; other versions hold other files"
    raise UnreadableFile(f"{source} holds no {name}.", Context(fix=fix))


def _read_library_cache(wheel: Path, release: str) -> Terminology:
    """SDTM terminology in a usdm4 wheel; lists that SDTM shares stand under other packages and come along."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same safe loader, in C where it was built
    lists = yaml.load(_member(wheel, _LIBRARY_CACHE), loader).values()
    dates = {each["source"]["effective_date"] for each in lists if each["source"]["package"] == "sdtmct"}
    stated = release or (f"sdtmct-{dates.pop()}" if len(dates) == 1 else "")
    package, date = _package_and_date(stated, wheel)
    # A few lists of other packages lack the flag; SDTM does not use them.
    return Terminology(package, date, _by_code(_library_codelist(each) for each in lists if "extensible" in each))


def _read_library_json(path: Path, release: str) -> Terminology:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    published = json.loads(content)
    package, date = _package_and_date(release or published.get("package", ""), path)
    return Terminology(package, date, _by_code(map(_library_codelist, published["codelists"])))


def _library_codelist(published: Mapping[str, Any]) -> StandardCodelist:
    terms = [(each["conceptId"], each["submissionValue"], each["preferredTerm"]) for each in published["terms"]]
    return StandardCodelist(
        code=published["conceptId"],
        name=published["submissionValue"],
        label=one_line(published["name"]),
        extensible=str(published["extensible"]).lower() == "true",
        terms=_by_value(published["conceptId"], terms),
    )


def _read_nci_text(path: Path, release: str) -> Terminology:
    """NCI EVS text: a row without a codelist code is a list, the others are its terms.

    The file does not tell its release; the archived ones have it in their name, "SDTM Terminology 2025-03-28.txt".
    """
    rows = list(_nci_rows(path))
    stated = _NCI_FILE.fullmatch(path.name)
    package, date = _package_and_date(release or (f"{stated[1].lower()}ct-{stated[2]}" if stated else ""), path)
    terms: dict[str, list[tuple[str, str, str]]] = {}
    for row in rows:
        term = (row["Code"], row["CDISC Submission Value"], row["NCI Preferred Term"])
        terms.setdefault(row["Codelist Code"], []).append(term)
    return Terminology(package, date, _by_code(_nci_codelist(row, terms) for row in rows if not row["Codelist Code"]))


def _nci_rows(path: Path) -> Iterator[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
            missing = sorted(_NCI_COLUMNS - set(reader.fieldnames or ()))
            if missing:
                raise UnreadableFile(f"{path} has no column {', '.join(missing)}.")
            yield from ({key: (value or "").strip() for key, value in row.items()} for row in reader)
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"{path} is not UTF-8: {error}.", Context(fix="save it as UTF-8")) from error


def _nci_codelist(row: Mapping[str, str], terms: Mapping[str, list[tuple[str, str, str]]]) -> StandardCodelist:
    return StandardCodelist(
        code=row["Code"],
        name=row["CDISC Submission Value"],
        label=one_line(row["Codelist Name"]),
        extensible=row["Codelist Extensible (Yes/No)"] == "Yes",
        terms=_by_value(row["Code"], terms.get(row["Code"], [])),
    )


def _package_and_date(release: str, path: Path) -> tuple[str, str]:
    found = _PACKAGE.fullmatch(release)
    if found is None:
        fix = f"say it before the file: --ct sdtmct-2025-03-28={path}"
        raise UnreadableFile(f"{path} does not say which release of sdtmct or adamct it is.", Context(fix=fix))
    return found[1], found[2]


def _by_code(published: Iterable[StandardCodelist]) -> dict[str, StandardCodelist]:
    """The lists by C-code; "... Test Code" is paired with "... Test Name", whose values decode its terms."""
    codelists = {codelist.code: codelist for codelist in published}
    by_label = {codelist.label: codelist for codelist in codelists.values()}
    for code, codelist in codelists.items():
        stem = codelist.label.removesuffix(" Code")
        partner = by_label.get(f"{stem} Name") or by_label.get(stem)
        if codelist.label.endswith(" Code") and partner is not None:
            codelists[code] = _paired(codelist, partner)
    return codelists


def _paired(codes: StandardCodelist, names: StandardCodelist) -> StandardCodelist:
    """The list of codes with each term decoded by the name that has the same C-code."""
    name_of = {term.code: term.value for term in names.terms.values()}
    decoded = {value: replace(term, decode=name_of.get(term.code, term.decode)) for value, term in codes.terms.items()}
    return replace(codes, terms=decoded, pair=names.code)


def _by_value(codelist: str, terms: Iterable[tuple[str, str, str]]) -> dict[str, Term]:
    """Terms by submission value, sorted without regard to case; a value that stands twice is refused."""
    by_value: dict[str, Term] = {}
    for code, value, decode in sorted(terms, key=lambda term: (term[1].casefold(), term[1])):
        if value in by_value:
            raise UnreadableFile(f"{codelist} holds the submission value '{value}' twice.")
        by_value[value] = Term(code, value, one_line(decode))
    return by_value


def one_line(text: str) -> str:
    """The text with line ends and repeated spaces made single spaces."""
    return " ".join(text.split())
