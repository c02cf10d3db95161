"""The codelists of a define: CDISC's cut to the study, the sponsor's own, external dictionaries, each when used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import pandas as pd

from crf2tlf.spec.facts import Codelist as SpecCodelist
from crf2tlf.spec.model import Study
from crf2tlf.spec.standards import Standards
from define.model import CodeList, Term

NUMBER_TYPES = ("integer", "float")


@dataclass
class Drawn:
    """A CDISC list that the spec does not name, drawn from the guide, with the values that use it."""

    oid: str
    code: str
    values: dict[str, None]


class Codelists:
    """Collects the codelists that items refer to."""

    def __init__(self, study: Study, standards: Standards) -> None:
        self._study = study
        self._standards = standards
        self._lists: dict[str, CodeList] = {}
        self._drawn: dict[str, Drawn] = {}

    def of_spec(self, name: str, dictionary: str, data_type: str) -> str:
        """The identifier of the study's codelist or dictionary for items of a data type; "" where there is neither."""
        if not name and not dictionary:
            return ""
        kind = data_type if data_type in NUMBER_TYPES else "text"
        oid = f"CL.{name or dictionary}" + ("" if kind == "text" else f".{kind}")
        if oid not in self._lists:
            made = self._own(self._study.codelists[name], oid, kind) if name else self._external(dictionary, oid, kind)
            self._lists[oid] = made
        return oid

    def of_guide(self, codes: Iterable[str], column: pd.Series, part: str = "") -> str:
        """The identifier of the first CDISC list among `codes` that has all values of the column; "" for none.

        A list of the study with that C-code is taken before one is cut from the standard. Variables share a cut, except
        under different names of a `part`.
        """
        values = [str(value) for value in column.dropna().unique()]
        for code in codes if values else ():
            own = next((each for each in self._study.codelists.values() if _holds(each, code, values)), None)
            if own is not None:
                return self.of_spec(own.name, "", "text")
            published = self._standards.codelist(code)
            if published is not None and all(value in published.terms for value in values):
                oid = f"CL.{published.name}.{part or code}"
                drawn = self._drawn.setdefault(oid, Drawn(oid, code, {}))
                drawn.values.update(dict.fromkeys(values))
                return drawn.oid
        return ""

    def of_sponsor(self, oid: str, name: str, data_type: str, terms: Iterable[tuple[str, str]]) -> str:
        """The identifier of a list of the sponsor's own, of values with their decodes."""
        listed = tuple(Term(value, decode) for value, decode in terms)
        self._lists[oid] = CodeList(oid, name, data_type, listed)
        return oid

    def all(self) -> tuple[CodeList, ...]:
        """All lists by name; a name that several lists have gets a part of the identifier behind it."""
        lists = [*self._lists.values(), *(self._cut(drawn) for drawn in self._drawn.values())]
        return tuple(sorted(unique_names(lists), key=lambda each: (each.dictionary != "", each.name.lower(), each.oid)))

    def _own(self, spec: SpecCodelist, oid: str, kind: str) -> CodeList:
        terms = [Term(each.value, each.decode, each.code, each.extended) for each in spec.terms.values()]
        if any(term.decode for term in terms):
            # All terms of a list have a decode, or none has (P21 rule OD0082).
            terms = [replace(term, decode=term.decode or term.value) for term in terms]
        return CodeList(oid, spec.label, kind, tuple(terms), spec.code, self._package(spec.code))

    def _external(self, dictionary: str, oid: str, kind: str) -> CodeList:
        given = self._study.dictionaries[dictionary]
        name = given.name if kind == "text" else f"{given.name} codes"
        return CodeList(oid, name, kind, dictionary=given.name, version=given.version)

    def _cut(self, drawn: Drawn) -> CodeList:
        published = self._standards.codelist(drawn.code)
        assert published is not None, drawn.code
        terms = [published.terms[value] for value in published.terms if value in drawn.values]
        made = tuple(Term(term.value, term.decode or term.value, term.code) for term in terms)
        return CodeList(drawn.oid, published.label, "text", made, drawn.code, self._package(drawn.code))

    def _package(self, code: str) -> str:
        published = self._standards.codelist(code) if code else None
        return terminology_oid(published.publishing_set) if published is not None else ""


def unique_names(lists: list[CodeList]) -> list[CodeList]:
    """The lists with names that differ: by the last part of the identifier, where that is enough, else by all of it."""
    counts = Counter(each.name for each in lists)

    def named(part: Callable[[str], str]) -> list[CodeList]:
        return [
            replace(each, name=f"{each.name} ({part(each.oid)})") if counts[each.name] > 1 else each for each in lists
        ]

    short = named(lambda oid: oid.rpartition(".")[2])
    return short if len({each.name for each in short}) == len(lists) else named(lambda oid: oid.removeprefix("CL."))


def _holds(codelist: SpecCodelist, code: str, values: Iterable[str]) -> bool:
    """Whether a list of the study is of that C-code and has all the values."""
    return codelist.code == code and all(value in codelist.terms for value in values)


def terminology_oid(publishing_set: str) -> str:
    """The identifier of a package of controlled terminology."""
    return f"STD.CT.{publishing_set}"


def guide_lists(standards: Standards, standard: str, dataset: str, variable: str, class_: str) -> tuple[str, ...]:
    """The C-codes of the lists that the guide names for a variable."""
    published = standards.variable(standard, dataset, variable, class_=class_)
    return published.codelists if published is not None else ()
