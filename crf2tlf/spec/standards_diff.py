"""What changed between two releases: lists, terms, datasets and variables, one line a change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from crf2tlf.errors import UsageError
from crf2tlf.spec.standards_records import StandardCodelist, Term, read_rows, read_terms
from crf2tlf.spec.standards_sources import read_terminology, split_release

Codelists = Mapping[str, StandardCodelist]
Facts = dict[str, dict[str, str]]

_KEY_COLUMNS = ("class", "dataset", "order", "variable")


def compare(old: Path, new: Path) -> list[str]:
    """The changes from old to new, a line each, and their number.

    Both are folders like specs/standards (the newest version of each standard is compared), or both are terminology: a
    folder under ct/ or a file that can be imported.
    """
    folders = [(path / "versions.csv").is_file() for path in (old, new)]
    if all(folders):
        lines = list(_compare_standards(_newest(old), _newest(new)))
    elif any(folders):
        raise UsageError(f"{old} and {new} are different things: give two standards folders or two terminologies.")
    else:
        lines = list(compare_codelists(_read_codelists(old), _read_codelists(new)))
    return [*lines, f"{len(lines)} change{'' if len(lines) == 1 else 's'}"]


def compare_codelists(old: Codelists, new: Codelists) -> Iterator[str]:
    """Changes of lists and terms, in the order of the C-codes."""
    for code in sorted(old.keys() | new.keys(), key=lambda code: (len(code), code)):
        before, after = old.get(code), new.get(code)
        if before is None and after is not None:
            yield f"{code} {after.name}: new list of {len(after.terms)} terms"
        elif before is not None and after is None:
            yield f"{code} {before.name}: list removed"
        elif before is not None and after is not None:
            yield from _list_changes(before, after)


def _list_changes(before: StandardCodelist, after: StandardCodelist) -> Iterator[str]:
    place = f"{after.code} {after.name}"
    yield from _field_changes(place, _list_facts(before), _list_facts(after))
    added = {value: term for value, term in after.terms.items() if value not in before.terms}
    for value, term in before.terms.items():
        if value in after.terms:
            yield from _field_changes(f"{place} {value!r}", _term_facts(term), _term_facts(after.terms[value]))
            continue
        renamed = next((new for new, other in added.items() if other.code == term.code), None)
        yield f"{place}: term {value!r} removed" if renamed is None else f"{place}: term {value!r} is now {renamed!r}"
        added.pop(renamed or "", None)
    for value, term in added.items():
        yield f"{place}: new term {value!r} ({term.code}, {term.decode})"


def _list_facts(codelist: StandardCodelist) -> dict[str, str]:
    extensible = "Yes" if codelist.extensible else "No"
    return {"name": codelist.name, "label": codelist.label, "extensible": extensible}


def _term_facts(term: Term) -> dict[str, str]:
    return {"code": term.code, "decode": term.decode}


def _field_changes(place: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    for name in after:
        if before.get(name, "") != after[name]:
            yield f"{place}: {name} was {before.get(name, '')!r}, is {after[name]!r}"


def _compare_standards(old: dict[str, tuple[str, Path]], new: dict[str, tuple[str, Path]]) -> Iterator[str]:
    for standard in sorted(old.keys() | new.keys()):
        if standard not in old or standard not in new:
            version = (old.get(standard) or new[standard])[0]
            yield f"{standard} {version}: {'removed' if standard in old else 'new'}"
            continue
        if old[standard][0] != new[standard][0]:
            yield f"{standard}: version was {old[standard][0]!r}, is {new[standard][0]!r}"
        if standard.endswith(" CT"):
            yield from compare_codelists(_read_codelists(old[standard][1]), _read_codelists(new[standard][1]))
        else:
            for kind in ("dataset", "variable"):
                yield from _compare_facts(kind, _facts(standard, kind, old), _facts(standard, kind, new))


def _compare_facts(kind: str, old: Facts, new: Facts) -> Iterator[str]:
    for place in [*new, *(each for each in old if each not in new)]:
        if place not in old or place not in new:
            yield f"{place}: {kind} removed" if place in old else f"{place}: new {kind}"
        else:
            yield from _field_changes(place, old[place], new[place])


def _facts(standard: str, kind: str, folders: dict[str, tuple[str, Path]]) -> Facts:
    """The facts of a guide's datasets or variables by their place: "SDTMIG AE.AETERM", "SDTM EVENTS --TERM"."""
    path = folders[standard][1] / f"{kind}s.csv"
    facts: Facts = {}
    for row in read_rows(path) if path.is_file() else ():
        owner = row["dataset"] or row["class"]
        place = f"{standard} {owner}.{row['variable']}" if kind == "variable" else f"{standard} {owner}"
        facts[place] = {name: value for name, value in row.items() if kind == "dataset" or name not in _KEY_COLUMNS}
    return facts


def _newest(folder: Path) -> dict[str, tuple[str, Path]]:
    rows = sorted(read_rows(folder / "versions.csv"), key=lambda row: row["version"])
    return {row["standard"]: (row["version"], folder / row["folder"]) for row in rows}


def _read_codelists(source: Path) -> dict[str, StandardCodelist]:
    """The lists of a folder under ct/ or of a file that can be imported."""
    if not source.is_dir():
        release, path = split_release(str(source))
        return read_terminology(path, release).codelists
    terms = read_terms(source)
    lists = {}
    for row in read_rows(source / "codelists.csv"):
        own = {value: Term(code, value, decode) for code, value, decode in terms.get(row["codelist"], [])}
        extensible = row["extensible"] == "Yes"
        lists[row["codelist"]] = StandardCodelist(row["codelist"], row["name"], row["label"], extensible, own)
    return lists
