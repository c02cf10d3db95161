"""Facts of the CDISC standards, read from the CSV files under specs/standards.

SDTMIG 3.4, SDTM 2.0, ADaMIG 1.3, OCCDS 1.1, ADaM BDS for TTE 1.0 and the NCI EVS terminology; docs/standards.md says
where each file comes from. A file is read when it is first asked for, and terms become objects list by list.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from crf2tlf.errors import Context, DataError
from crf2tlf.spec.standards_patterns import fill_label, has_placeholder, match_name
from crf2tlf.spec.standards_records import (
    Core,
    ModelVariable,
    StandardCodelist,
    StandardDataset,
    StandardVariable,
    Term,
    as_variable,
    read_datasets,
    read_rows,
    read_terms,
    read_variables,
)

__all__ = ["Core", "StandardCodelist", "StandardDataset", "StandardVariable", "Standards", "Term", "load_standards"]

SUBJECT_LEVEL = "SUBJECT LEVEL ANALYSIS DATASET"
BASIC_DATA = "BASIC DATA STRUCTURE"
OCCURRENCE = "OCCURRENCE DATA STRUCTURE"
CONTINUED = {"CO": "COVAL", "TS": "TSVAL"}
"""Variables whose text goes on in COVAL1, COVAL2 ... where it is over 200 characters (SDTMIG 3.4, 5.1 and 7.4.2)."""
GENERAL_CLASSES = ("INTERVENTIONS", "EVENTS", "FINDINGS", "FINDINGS ABOUT")
_STRUCTURE_OF_SUB_CLASS = {"ADVERSE EVENT": "AE", "TIME-TO-EVENT": "TTE"}
_STRUCTURE_OF_DATASET = {"ADAE": "AE", "ADTTE": "TTE"}
_CLASS_OF_STRUCTURE = {
    "ADSL": SUBJECT_LEVEL,
    "AE": OCCURRENCE,
    "OCCDS": OCCURRENCE,
    "BDS": BASIC_DATA,
    "TTE": BASIC_DATA,
}


def load_standards(folder: Path, wanted: Mapping[str, str] | None = None) -> Standards:
    """The standards under `folder`: the newest version of each, or the one that `wanted` names.

    `wanted` is like {"SDTM CT": "2025-03-28"}; raises DataError where such a version is not there.
    """
    available: dict[str, dict[str, str]] = {}
    for row in read_rows(folder / "versions.csv"):
        available.setdefault(row["standard"], {})[row["version"]] = row["folder"]
    versions = {}
    for standard, folders in available.items():
        versions[standard] = (wanted or {}).get(standard, max(folders, key=_numbers))
        if versions[standard] not in folders:
            have = ", ".join(sorted(folders))
            fix = f"import it (docs/standards.md) or name one of: {have}"
            raise DataError(f"{standard} {versions[standard]} is not in {folder}.", Context(fix=fix))
    return Standards(versions, {name: folder / available[name][version] for name, version in versions.items()})


class Standards:
    """The facts of one version of each standard; `versions` maps names to versions ({"SDTMIG": "3.4", ...})."""

    def __init__(self, versions: Mapping[str, str], folders: Mapping[str, Path]) -> None:
        self.versions = dict(versions)
        self._folders = folders

    def dataset(self, standard: str, name: str, *, class_: str = "", sub_class: str = "") -> StandardDataset | None:
        """The dataset as the guide has it, under the name asked for; None where the guide does not know it.

        SUPP-- datasets follow SUPPQUAL, split datasets (QSPH) their domain (SDTMIG 3.4 section 4.1.7) but with an empty
        label. An ADaM dataset other than ADSL has no label in the guides.
        """
        if standard == "ADaM":
            return self._adam_dataset(name, class_, sub_class)
        published = self._sdtm_datasets.get(self._sdtm_name(name))
        if published is None or published.name == name:
            return published
        label = f"Supplemental Qualifiers for {name[4:]}" if published.name == "SUPPQUAL" else ""
        return replace(published, name=name, label=label)

    def variables(
        self, standard: str, dataset: str, *, class_: str = "", sub_class: str = ""
    ) -> tuple[StandardVariable, ...]:
        """The variables the guide prints for the dataset or structure, in its order (placeholders as printed)."""
        if standard == "ADaM":
            chain = _adam_chain(dataset, class_, sub_class)
            published = self._adam_variables.get(chain[0], ()) if chain else ()
        else:
            published = self._sdtm_variables.get(self._sdtm_name(dataset), ())
        return tuple(replace(variable, dataset=dataset) for variable in published)

    def variable(
        self, standard: str, dataset: str, variable: str, *, class_: str = "", sub_class: str = ""
    ) -> StandardVariable | None:
        """One variable under the names asked for, or None.

        SDTM: the guide's dataset, else what goes on from one of its variables (COVAL1), else the SDTM model for the
        class (`class_` for a domain of the study's own); the last two are permissible. ADaM: the structure of the
        dataset (ADSL, ADAE and ADTTE are known by name, others need `class_`), else ADSL (a copied variable), else the
        suffix conventions (*DT); the last two have no core.
        """
        if standard == "ADaM":
            found = self._adam_variable(dataset, variable, class_, sub_class)
        else:
            published = self._sdtm_name(dataset)
            found = (
                self._sdtm_by_name.get(published, {}).get(variable)
                or self._continued_variable(published, variable)
                or self._model_variable(published, variable, class_)
            )
        return replace(found, dataset=dataset) if found else None

    def codelist(self, code_or_name: str) -> StandardCodelist | None:
        """The list of that C-code or short name (C66742, NY), looked for in SDTM, then in ADaM terminology."""
        code = self._codes_by_short_name.get(code_or_name, code_or_name)
        if code not in self._built and code in self._codelists:
            terms = {value: Term(term, value, decode) for term, value, decode in self._terms.get(code, [])}
            self._built[code] = replace(self._codelists[code], terms=terms)
        return self._built.get(code)

    # SDTM ---------------------------------------------------------------------------------------------------------

    @cached_property
    def _sdtm_datasets(self) -> dict[str, StandardDataset]:
        return {dataset.name: dataset for dataset in read_datasets(self._folders["SDTMIG"])}

    @cached_property
    def _sdtm_variables(self) -> dict[str, tuple[StandardVariable, ...]]:
        return read_variables(self._folders["SDTMIG"])

    @cached_property
    def _sdtm_by_name(self) -> dict[str, dict[str, StandardVariable]]:
        return {name: {each.name: each for each in rows} for name, rows in self._sdtm_variables.items()}

    @cached_property
    def _model(self) -> dict[str, list[ModelVariable]]:
        """The model's variables by name, placeholders as printed."""
        by_name: dict[str, list[ModelVariable]] = {}
        for row in read_rows(self._folders["SDTM"] / "variables.csv"):
            only, never = frozenset(row["only"].split()), frozenset(row["never"].split("; "))
            by_name.setdefault(row["variable"], []).append(
                ModelVariable(row["class"], as_variable(row, 0), only, never)
            )
        return by_name

    def _sdtm_name(self, dataset: str) -> str:
        """The dataset of the guide that `dataset` is made after: SUPPAE after SUPPQUAL, QSPH after QS."""
        if dataset in self._sdtm_datasets:
            return dataset
        if dataset.startswith("SUPP"):
            return "SUPPQUAL"
        domain = self._sdtm_datasets.get(dataset[:2])
        return domain.name if domain and len(dataset) <= 4 and domain.class_ in GENERAL_CLASSES else dataset

    def _continued_variable(self, dataset: str, name: str) -> StandardVariable | None:
        first = self._sdtm_by_name.get(dataset, {}).get(CONTINUED.get(dataset, ""))
        number = name.removeprefix(first.name) if first else ""
        if first is None or not re.fullmatch("[1-9][0-9]?", number):
            return None
        return replace(first, order=0, name=name, label=f"{first.label} {number}", core="Perm")

    def _model_variable(self, dataset: str, name: str, class_: str) -> StandardVariable | None:
        domain = self._sdtm_datasets.get(dataset)
        own = domain.class_ if domain else class_
        classes = [own, "GENERAL OBSERVATIONS"] if own in GENERAL_CLASSES else []
        classes[1:1] = ["FINDINGS"] if own == "FINDINGS ABOUT" else []
        printed = [*self._model.get(name, []), *(self._model.get(f"--{name[2:]}", []) if name[:2] == dataset else [])]
        for each in printed:
            place = each.variable.dataset == dataset if each.variable.dataset else each.class_ in classes
            allowed = not each.only or dataset in each.only
            if place and allowed and not each.never & {dataset, *classes}:
                return replace(each.variable, name=name)
        return None

    # ADaM ---------------------------------------------------------------------------------------------------------

    @cached_property
    def _adam_datasets(self) -> dict[str, StandardDataset]:
        folders = [self._folders[name] for name in ("ADaMIG", "ADaM-OCCDSIG", "ADaM-TTE")]
        return {dataset.name: dataset for folder in folders for dataset in read_datasets(folder)}

    @cached_property
    def _adam_variables(self) -> dict[str, tuple[StandardVariable, ...]]:
        folders = [self._folders[name] for name in ("ADaMIG", "ADaM-OCCDSIG", "ADaM-TTE")]
        return {name: rows for folder in folders for name, rows in read_variables(folder).items()}

    @cached_property
    def _named(self) -> dict[str, tuple[StandardVariable, ...]]:
        """The variables that the structures name; a suffix convention (*DT) comes after all names, ADSL's too."""
        named = self._adam_variables.items()
        return {name: tuple(each for each in variables if each.name[0] != "*") for name, variables in named}

    @cached_property
    def _suffixes(self) -> tuple[StandardVariable, ...]:
        """The suffix conventions for timing variables (*SDTM before *DTM before *TM), ADaMIG 1.3 section 3.3.3."""
        printed = [each for each in self._adam_variables["BDS"] if each.name.startswith("*")]
        return tuple(sorted(printed, key=lambda each: -len(each.name)))

    def _adam_dataset(self, name: str, class_: str, sub_class: str) -> StandardDataset | None:
        chain = _adam_chain(name, class_, sub_class)
        own = [each for each in chain if each in self._adam_datasets and (each != "ADSL" or chain == ("ADSL",))]
        if not own:
            return None
        published = [self._adam_datasets[each] for each in own]
        structure = next((each.structure for each in published if each.structure), "")
        return replace(published[0], name=name, label=published[0].label if name == "ADSL" else "", structure=structure)

    def _adam_variable(self, dataset: str, name: str, class_: str, sub_class: str) -> StandardVariable | None:
        chain = _adam_chain(dataset, class_, sub_class)
        for structure in chain:
            found = _match(self._named.get(structure, ()), name)
            if found:
                own = structure != "ADSL" or chain[0] == "ADSL"
                return found if own else replace(found, order=0, core="")
        found = _match(self._suffixes, name) if chain else None
        return replace(found, order=0, core="") if found else None

    # Terminology --------------------------------------------------------------------------------------------------

    @cached_property
    def _built(self) -> dict[str, StandardCodelist]:
        return {}

    @cached_property
    def _codelists(self) -> dict[str, StandardCodelist]:
        """The lists by C-code, without their terms; ADaM first, so that a list in both is SDTM's."""
        lists = {}
        for standard in ("ADaM CT", "SDTM CT"):
            for row in read_rows(self._folders[standard] / "codelists.csv"):
                extensible = row["extensible"] == "Yes"
                lists[row["codelist"]] = StandardCodelist(
                    row["codelist"], row["name"], row["label"], extensible, {}, standard.split()[0], row["pair"]
                )
        return lists

    @cached_property
    def _codes_by_short_name(self) -> dict[str, str]:
        return {each.name: code for code, each in self._codelists.items()}

    @cached_property
    def _terms(self) -> dict[str, list[tuple[str, str, str]]]:
        return {**read_terms(self._folders["ADaM CT"]), **read_terms(self._folders["SDTM CT"])}


def _numbers(version: str) -> list[int]:
    """The numbers of a version or date, to sort by: 3.10 is newer than 3.4."""
    return [int(number) for number in re.findall(r"\d+", version)]


def _adam_chain(dataset: str, class_: str, sub_class: str) -> tuple[str, ...]:
    """The structures to look in, the dataset's own first; empty where neither name nor class tells it."""
    named = _STRUCTURE_OF_SUB_CLASS.get(sub_class) or _STRUCTURE_OF_DATASET.get(dataset, dataset)
    class_ = class_ or _CLASS_OF_STRUCTURE.get(named, "")
    if class_ == OCCURRENCE:
        return ("AE", "OCCDS", "ADSL") if named == "AE" else ("OCCDS", "ADSL")
    if class_ == BASIC_DATA:
        return ("TTE", "BDS", "ADSL") if named == "TTE" else ("BDS", "ADSL")
    return ("ADSL",) if class_ == SUBJECT_LEVEL else (class_, "ADSL") if class_ else ()


def _match(printed: tuple[StandardVariable, ...], name: str) -> StandardVariable | None:
    """The variable of that very name, else the first printed name with placeholders that fits it."""
    for variable in printed:
        if variable.name == name:
            return variable
    for variable in printed:
        indices = match_name(variable.name, name) if has_placeholder(variable.name) else None
        if indices is not None:
            return replace(variable, name=name, label=fill_label(variable.label, indices))
    return None
