"""Turn the implementation guides' library records into the rows of specs/standards: facts only, in printed order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from crf2tlf.errors import UnreadableFile
from crf2tlf.spec.standards_sources import one_line

Row = dict[str, str]

_NOT_HUMAN = "Not in human clinical trials"
_CORES = {"Req", "Exp", "Perm", "Cond"}


@dataclass(frozen=True)
class Guide:
    """A published guide: its name in define.xml, version, key in the library cache and folder in specs/standards."""

    standard: str
    version: str
    key: str
    folder: str


GUIDES = (
    Guide("SDTMIG", "3.4", "standards/sdtmig/3-4", "sdtmig-3-4"),
    Guide("ADaMIG", "1.3", "standards/adam/adamig-1-3", "adamig-1-3"),
    Guide("ADaM-OCCDSIG", "1.1", "standards/adam/adam-occds-1-1", "occds-1-1"),
    Guide("ADaM-TTE", "1.0", "standards/adam/adam-tte-1-0", "tte-1-0"),
)
MODEL = Guide("SDTM", "2.0", "models/sdtm/2-0", "sdtm-2-0")


def dataset_rows(published: Mapping[str, Any]) -> list[Row]:
    """One row a dataset (SDTM) or structure (ADaM): dataset, label, class, sub_class, structure."""
    if "dataStructures" in published:
        return [_structure_row(each) for each in published["dataStructures"]]
    return [
        {
            "dataset": dataset["name"],
            "label": one_line(dataset["label"]),
            "class": class_name(group["name"]),
            "sub_class": "",
            "structure": one_line(dataset["datasetStructure"]).rstrip("."),
        }
        for group, dataset in _datasets(published)
    ]


def variable_rows(published: Mapping[str, Any]) -> list[Row]:
    """One row a variable, `order` counting from 1 in its dataset or structure."""
    rows = []
    for name, variables in _variables_by_dataset(published):
        used = [variable for variable in variables if variable["core"].lower() != "not used"]
        rows += [_variable_row(name, order, variable) for order, variable in enumerate(used, 1)]
    return rows


def model_rows(model: Mapping[str, Any], guide: list[Row]) -> list[Row]:
    """One row a variable that the SDTM model offers for human trials, by class or by dataset of the guide.

    A variable inherits the codelist that every variable of the guide made from it carries (--STAT: C66789).
    """
    codelists = _codelists_by_suffix(guide)
    in_guide = {row["dataset"] for row in guide}
    rows = []
    for group in model["classes"]:
        places = [("", group.get("classVariables", []))]
        places += [(each["name"], each["datasetVariables"]) for each in group.get("datasets", [])]
        for dataset, variables in places:
            if group["name"] == "Associated Persons" or (dataset and dataset not in in_guide):
                continue
            human = [each for each in variables if not each.get("usageRestrictions", "").startswith(_NOT_HUMAN)]
            rows += [_model_row(group["name"], dataset, each, codelists) for each in human]
    return rows


def class_name(name: str) -> str:
    """The class as Define-XML 2.1 writes it: "Special-Purpose" is SPECIAL PURPOSE."""
    return name.upper().replace("-", " ")


def restriction(text: str) -> tuple[str, str]:
    """The domains a variable is limited to and those (or the class) it is kept out of, from the model's remark.

    "CP, IS, and LB domains only" gives ("CP IS LB", ""), "Not in Findings class domains" gives ("", "FINDINGS").
    """
    if text.startswith("Not in Findings class"):
        return "", "FINDINGS"
    if text.startswith("Not in nonclinical"):
        return "", ""
    # The clinical classifications are a part of RS only, so RS itself stays allowed.
    domains = re.findall(r"\b[A-Z]{2}\b", text.split(", and clinical")[0])
    return ("", "; ".join(domains)) if text.startswith("Not in") else (" ".join(domains), "")


def _datasets(published: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    for group in published["classes"]:
        for dataset in group.get("datasets", []):
            yield group, dataset


def _variables_by_dataset(published: Mapping[str, Any]) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    for structure in published.get("dataStructures", []):
        sets = structure.get("analysisVariableSets", [])
        yield _structure_name(structure), [variable for each in sets for variable in each["analysisVariables"]]
    if "classes" in published:
        for _, dataset in _datasets(published):
            yield dataset["name"], sorted(dataset["datasetVariables"], key=lambda variable: int(variable["ordinal"]))


def _structure_name(structure: Mapping[str, Any]) -> str:
    """The guide for time-to-event calls its structure "BDS for TTE", ADaMIG 1.3 calls the same TTE."""
    return "TTE" if structure["name"] == "BDS for TTE" else str(structure["name"])


def _structure_row(structure: Mapping[str, Any]) -> Row:
    """ADSL is a dataset as well as a structure, so its label loses the word Structure to become a dataset's label."""
    name = _structure_name(structure)
    return {
        "dataset": name,
        "label": one_line(structure["label"]).removesuffix(" Structure" if name == "ADSL" else ""),
        "class": structure.get("class", "BASIC DATA STRUCTURE"),
        "sub_class": structure.get("subClass", "TIME-TO-EVENT" if name == "TTE" else ""),
        "structure": _one_record_per(structure.get("description", "")),
    }


def _one_record_per(description: str) -> str:
    """The phrase "One record per ..." that a description begins with, or an empty text."""
    phrase = one_line(description).removeprefix("Generally these are ")
    phrase = re.sub(r"^1 record", "One record", phrase)
    return re.split(r" \(|\.(?: |$)", phrase)[0] if phrase.startswith("One ") else ""


def _variable_row(dataset: str, order: int, variable: Mapping[str, Any]) -> Row:
    if variable["core"] not in _CORES:
        raise UnreadableFile(f"{dataset}.{variable['name']} has the core '{variable['core']}'.")
    return {
        "dataset": dataset,
        "order": str(order),
        "variable": variable["name"],
        "label": one_line(variable["label"]),
        "type": variable["simpleDatatype"],
        "role": variable.get("role", ""),
        "core": variable["core"],
        "codelists": " ".join(_codelists(variable)),
        "described": one_line(variable.get("describedValueDomain", "")),
        "values": "; ".join(variable.get("valueList", [])),
    }


def _codelists(variable: Mapping[str, Any]) -> list[str]:
    return [link["href"].rsplit("/", 1)[-1] for link in variable["_links"].get("codelist", [])]


def _model_row(group: str, dataset: str, variable: Mapping[str, Any], codelists: Mapping[str, str]) -> Row:
    only, never = restriction(one_line(variable.get("usageRestrictions", "").replace("\\n", " ")))
    name = variable["name"]
    return {
        "class": class_name(group),
        "dataset": dataset,
        "variable": name,
        "label": one_line(variable["label"]),
        "type": variable["simpleDatatype"],
        "role": variable.get("role", ""),
        "core": "Perm",
        "codelists": codelists.get(name.removeprefix("--"), "") if name.startswith("--") else "",
        "described": one_line(variable.get("describedValueDomain", "")),
        "values": "",
        "only": only,
        "never": never,
    }


def _codelists_by_suffix(guide: list[Row]) -> dict[str, str]:
    """The codelists of a variable name without its domain, where all domains that have the variable agree."""
    found: dict[str, set[str]] = {}
    for row in guide:
        if row["variable"].startswith(row["dataset"]):
            found.setdefault(row["variable"][2:], set()).add(row["codelists"])
    return {suffix: lists.pop() for suffix, lists in found.items() if len(lists) == 1}
