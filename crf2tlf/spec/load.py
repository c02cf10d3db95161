"""A study's folder under `specs/` to a checked Study: all faults of all files at once, before any data is opened."""

from __future__ import annotations

from pathlib import Path

from crf2tlf.errors import Fault, Location, SpecError, UsageError, did_you_mean
from crf2tlf.spec.check import check_study
from crf2tlf.spec.model import Dataset, Standard, Study
from crf2tlf.spec.nodes import Faults, Mapping, Reader, read_yaml
from crf2tlf.spec.read_dataset import DatasetReader
from crf2tlf.spec.read_study import ENCODINGS, STUDY_FIELDS, StudyReader
from crf2tlf.spec.standards import Standards, load_standards

STANDARDS = ("SDTMIG", "ADaMIG", "SDTM CT", "ADaM CT", "Define-XML")


def load_study(name: str, root: Path) -> Study:
    """The study `name` of the project at `root`; SpecError with every fault, UsageError when there is no such study."""
    study, faults = read_study(name, root)
    if faults:
        raise SpecError(faults)
    return study


def study_names(root: Path) -> list[str]:
    """The studies that the project holds."""
    return sorted(path.parent.name for path in (root / "specs").glob("*/study.yaml"))


def read_study(name: str, root: Path) -> tuple[Study, list[Fault]]:
    """The study as far as it can be read, and all its faults."""
    folder = root / "specs" / name
    if name not in study_names(root):
        hint = did_you_mean(name, study_names(root))
        known = ", ".join(study_names(root))
        raise UsageError(f"there is no study '{name}' (the studies are: {known})" + (f"; {hint}" if hint else ""))
    faults = Faults()
    reader = Reader(faults)
    node = read_yaml(folder / "study.yaml", f"specs/{name}/study.yaml", faults)
    if node is None:
        raise SpecError(faults.found)
    study = _study(name, root, folder, node, reader)
    if not any(fault for fault in faults.found if _hides_others(fault)):
        faults.found.extend(check_study(study, load_study_standards(study)))
    return study, sorted(set(faults.found))


def load_study_standards(study: Study) -> Standards:
    """The standards that the study names."""
    return load_standards(study.root / "specs" / "standards", study.standards)


def _hides_others(fault: Fault) -> bool:
    """Whether a fault makes a whole file unreadable, so that faults found after it would only follow from it."""
    return fault.where == "" and "not YAML" in fault.message


def _study(name: str, root: Path, folder: Path, node: Mapping, reader: Reader) -> Study:
    reader.known_keys(node, STUDY_FIELDS, ("study", "study_id", "protocol", "title", "standards", "forms"))
    if reader.text(node.get("study"), name) != name:
        place = node.keys["study"]
        reader.faults.add(place, "study", f"the folder is named {name}")
    versions = _versions(node, reader)
    standards = load_standards(root / "specs" / "standards", versions)
    parts = StudyReader(reader, folder, root)
    raw = reader.mapping(node.get("raw")) or Mapping({}, {}, node.location, "raw")
    reader.known_keys(raw, ("folder", "encoding"))
    encoding = reader.one_of(raw.get("encoding"), ENCODINGS, "utf-8")
    codelists = read_yaml(folder / "codelists.yaml", f"specs/{name}/codelists.yaml", reader.faults)
    text = reader.text
    return Study(
        name,
        text(node.get("study_id")),
        text(node.get("protocol")),
        text(node.get("title")),
        folder,
        root,
        versions,
        parts.constants(reader.mapping(node.get("constants"))),
        text(raw.get("folder"), f"build/{name}/raw"),
        parts.forms(reader.mapping(node.get("forms")), encoding),
        parts.tables(reader.mapping(node.get("tables"))),
        parts.codelists(codelists, standards),
        parts.dictionaries(reader.mapping(node.get("dictionaries"))),
        _datasets(folder, root, reader, standards, "SDTM"),
        _datasets(folder, root, reader, standards, "ADaM"),
        Location(f"specs/{name}/study.yaml", 1),
        text(node.get("cut_off")),
    )


def _versions(node: Mapping, reader: Reader) -> dict[str, str]:
    versions = reader.mapping(node.get("standards"))
    if versions is None:
        return {}
    reader.known_keys(versions, STANDARDS, STANDARDS)
    return {standard: reader.text(version) for standard, version in versions}


def _datasets(folder: Path, root: Path, reader: Reader, standards: Standards, standard: Standard) -> dict[str, Dataset]:
    found: dict[str, Dataset] = {}
    for path in sorted((folder / standard.lower()).glob("*.yaml")):
        node = read_yaml(path, path.relative_to(root).as_posix(), reader.faults)
        dataset = DatasetReader(reader, standards, standard).dataset(node, path.stem) if node else None
        if dataset is not None:
            found[dataset.name] = dataset
    return found
