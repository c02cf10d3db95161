"""A study's folder under `specs/` to a checked Study: all faults of all files at once, before any data is opened."""

from __future__ import annotations

import re
from pathlib import Path

from crf2tlf.errors import Fault, Location, SpecError, UsageError, did_you_mean
from crf2tlf.spec.check import check_study
from crf2tlf.spec.crf import Crf, read_crf
from crf2tlf.spec.kept import compute_spec_key, read_kept_study
from crf2tlf.spec.model import Dataset, Study
from crf2tlf.spec.nodes import Faults, Items, Mapping, Reader, Text, read_yaml
from crf2tlf.spec.origins import add_collected_origins
from crf2tlf.spec.read_dataset import DatasetReader
from crf2tlf.spec.read_long_forms import read_long_forms
from crf2tlf.spec.read_parts import PartReader
from crf2tlf.spec.read_responses import read_responses
from crf2tlf.spec.read_study import ENCODINGS, STUDY_FIELDS, XPT_ENCODINGS, StudyReader
from crf2tlf.spec.read_subject import read_code_texts, read_exclusions, read_not_submitted, read_subject
from crf2tlf.spec.standards import Standards, load_standards
from crf2tlf.spec.standards_records import read_rows

_CRF_FILE = re.compile(r"[a-z0-9_]+\.yaml")
STANDARDS = ("SDTMIG", "ADaMIG", "SDTM CT", "ADaM CT", "Define-XML")


def load_study(name: str, root: Path, build_folder: Path | None = None) -> Study:
    """The study `name` of the project at `root`; SpecError with every fault, UsageError when there is no such study.

    A spec that `check` found right in `build_folder` (`build/<study>`) and that has not changed is taken from there.
    """
    if build_folder is not None:
        kept = read_kept_study(build_folder / "spec", compute_spec_key(name, root), root)
        if kept is not None:
            return kept
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
    study, standards = _study(name, root, folder, node, reader)
    faults.found.extend(check_study(study, standards, faults))
    if not faults.found:
        study = add_collected_origins(study)
    return study, sorted(set(faults.found))


def load_study_standards(study: Study) -> Standards:
    """The standards that the study names."""
    return load_standards(study.root / "specs" / "standards", study.standards)


def _study(name: str, root: Path, folder: Path, node: Mapping, reader: Reader) -> tuple[Study, Standards]:
    reader.known_keys(node, STUDY_FIELDS, ("study", "study_id", "protocol", "title", "standards", "forms"))
    if reader.text(node.get("study"), name) != name:
        place = node.keys["study"]
        reader.faults.add(place, "study", f"the folder is named {name}")
    versions = _versions(node, reader)
    _check_versions(node, versions, root, reader)
    standards = load_standards(root / "specs" / "standards", _available(versions, root))
    parts = StudyReader(reader, folder, root)
    for block in ("constants", "forms", "tables", "dictionaries"):
        if isinstance(node.get(block), Items) or (isinstance(each := node.get(block), Text) and each.value):
            reader.faults.lost.add(block)
    raw = reader.mapping(node.get("raw")) or Mapping({}, {}, node.location, "raw")
    reader.known_keys(raw, ("folder", "encoding"))
    encoding = reader.one_of(raw.get("encoding"), ENCODINGS, "utf-8")
    codelists = read_yaml(folder / "codelists.yaml", f"specs/{name}/codelists.yaml", reader.faults)
    if codelists is None:
        reader.faults.lost.add("codelists")
    text = reader.text
    forms = parts.forms(reader.mapping(node.get("forms")), encoding)
    tables = parts.tables(reader.mapping(node.get("tables")))
    long_forms = read_long_forms(reader.mapping(node.get("long_forms")), forms, tables, reader)
    within = PartReader(reader)
    subject = read_subject(within, node.get("subject"), tables)
    study = Study(
        name,
        text(node.get("study_id")),
        text(node.get("protocol")),
        text(node.get("title")),
        folder,
        root,
        versions,
        parts.constants(reader.mapping(node.get("constants"))),
        text(raw.get("folder"), f"build/{name}/raw"),
        {**forms, **long_forms},
        tables,
        parts.codelists(codelists, standards),
        parts.dictionaries(reader.mapping(node.get("dictionaries"))),
        _datasets(folder, root, DatasetReader(reader, standards, "SDTM", subject=subject)),
        _datasets(folder, root, DatasetReader(reader, standards, "ADaM", subject=subject)),
        Location(f"specs/{name}/study.yaml", 1),
        text(node.get("cut_off")),
        read_responses(folder, root, DatasetReader(reader, standards, "ADaM")),
        subject,
        read_exclusions(within, node.get("excluded")),
        *read_not_submitted(within, reader.mapping(node.get("not_submitted"))),
        encoding=reader.one_of(node.get("encoding"), XPT_ENCODINGS, "ascii"),
        code_texts=read_code_texts(reader, node.get("code_texts"), tables),
        crf=_crf(name, folder, node, reader),
    )
    return study, standards


def _crf(name: str, folder: Path, node: Mapping, reader: Reader) -> Crf | None:
    """The study's CRF: a YAML file of its folder."""
    given = node.get("crf")
    if given is None:
        return None
    file = reader.text(given)
    if not _CRF_FILE.fullmatch(file) or not (folder / file).is_file():
        reader.faults.lost.add("crf")
        reader.faults.add(given.location, given.where, f"there is no file '{file}' in specs/{name}")
        return None
    crf = read_crf(folder / file, f"specs/{name}/{file}", reader)
    if crf is None:
        reader.faults.lost.add("crf")
    return crf


def _versions(node: Mapping, reader: Reader) -> dict[str, str]:
    versions = reader.mapping(node.get("standards"))
    if versions is None:
        return {}
    reader.known_keys(versions, STANDARDS, STANDARDS)
    return {standard: reader.text(version) for standard, version in versions}


def _check_versions(node: Mapping, versions: dict[str, str], root: Path, reader: Reader) -> None:
    given = reader.mapping(node.get("standards"))
    for standard, known in _known_versions(root).items():
        if given is not None and versions.get(standard) and versions[standard] not in known:
            message = f"{standard} {versions[standard]} is not in specs/standards"
            hint = f"import it (docs/standards.md) or name one of: {', '.join(sorted(known))}"
            reader.faults.add(given.keys[standard], given.under(standard), message, hint)


def _available(versions: dict[str, str], root: Path) -> dict[str, str]:
    """The versions that are there; a standard without one is then read in its newest."""
    known = _known_versions(root)
    return {name: version for name, version in versions.items() if version in known.get(name, {version})}


def _known_versions(root: Path) -> dict[str, set[str]]:
    known: dict[str, set[str]] = {}
    for row in read_rows(root / "specs" / "standards" / "versions.csv"):
        known.setdefault(row["standard"], set()).add(row["version"])
    return known


def _datasets(folder: Path, root: Path, datasets: DatasetReader) -> dict[str, Dataset]:
    found: dict[str, Dataset] = {}
    reader = datasets.reader
    for path in sorted((folder / datasets.standard.lower()).glob("*")):
        shown = path.relative_to(root).as_posix()
        if path.suffix != ".yaml":
            if path.suffix.lower() in {".yml", ".yaml"}:
                reader.faults.add(Location(shown, 1), "", "the file is not read", f"name it {path.stem}.yaml")
                reader.faults.lost.add(path.stem)
            continue
        node = read_yaml(path, shown, reader.faults)
        if node is None:
            reader.faults.lost.add(path.stem)
            continue
        dataset = datasets.dataset(node, path.stem)
        if dataset is not None:
            found[dataset.name] = dataset
    return found
