"""The check of a package as a whole: names, sizes, documents, links, manifest; every problem at once."""

from __future__ import annotations

from pathlib import Path

from crf2tlf.errors import Context, DataError
from submission.layout import (
    ACRF,
    DATASET_FILE,
    DEFINE_FILES,
    FILE_NAME,
    FOLDER_NAME,
    MAX_DATASET_BYTES,
    MAX_NAME,
    STYLESHEET,
    Layout,
)
from submission.links import find_link_faults, leaf_files
from submission.manifest import find_manifest_faults, list_files

PDF_HEADERS = (b"%PDF-1.4", b"%PDF-1.5", b"%PDF-1.6", b"%PDF-1.7")


def require_package(m5: Path, study: str, standards: tuple[str, ...], *, largest: int = MAX_DATASET_BYTES) -> None:
    """Raise DataError with all problems of the package, so that none is found by the regulator first.

    `standards` are those with datasets ("sdtm", "adam"); `largest` is the size in bytes that a dataset may have.
    """
    faults = find_faults(m5, study, standards, largest=largest)
    if faults:
        listed = "\n".join(f"  {fault}" for fault in faults)
        raise DataError(f"the package has {len(faults)} problem{'s' * (len(faults) > 1)}:\n{listed}", Context(study))


def find_faults(m5: Path, study: str, standards: tuple[str, ...], *, largest: int = MAX_DATASET_BYTES) -> list[str]:
    """All problems of a package, in the order of its files."""
    layout = Layout(study)
    folders = {"sdtm": m5 / layout.sdtm, "adam": m5 / layout.adam}
    faults = find_name_faults(m5, layout)
    for standard in standards:
        folder = folders[standard]
        if not folder.is_dir():
            faults.append(f"{folder.relative_to(m5).as_posix()}: there is no such folder")
            continue
        faults += find_folder_faults(folder, m5, layout.documents(standard), largest)
        faults += find_link_faults(folder, m5)
        faults += find_leaf_faults(folder, m5)
    return faults + find_manifest_faults(m5)


def find_name_faults(m5: Path, layout: Layout) -> list[str]:
    """Files in other folders, and names that eCTD does not take (lower case, digits, hyphens; 64 characters)."""
    allowed = {folder.as_posix() for folder in (layout.sdtm, layout.adam, layout.programs)}
    faults = []
    for name in list_files(m5):
        folder, _, file = name.rpartition("/")
        if folder not in allowed:
            faults.append(f"{name}: no file belongs there")
        if not FILE_NAME.match(file) or len(file) > MAX_NAME:
            faults.append(f"{name}: a file name has lower-case letters, digits and hyphens, at most {MAX_NAME}")
        if not all(FOLDER_NAME.match(part) for part in folder.split("/") if part):
            faults.append(f"{name}: a folder name has lower-case letters, digits and hyphens")
    return faults


def find_folder_faults(folder: Path, m5: Path, documents: tuple[str, ...], largest: int) -> list[str]:
    """Documents that are absent or of another version, files that do not belong there, datasets that are too large."""
    shown = folder.relative_to(m5).as_posix()
    files = {path.name: path for path in sorted(folder.iterdir())}
    required = ("define.xml", STYLESHEET, *documents)
    faults = [f"{shown}/{name}: is not there" for name in required if name not in files]
    if not any(name.endswith(".xpt") for name in files):
        faults.append(f"{shown}: there is no dataset")
    for name, path in files.items():
        if name.endswith(".xpt"):
            faults += find_dataset_faults(f"{shown}/{name}", path, largest)
        elif name not in (*DEFINE_FILES, *documents):
            faults.append(f"{shown}/{name}: no such file belongs to the package")
        elif name.endswith(".pdf") and not path.read_bytes().startswith(PDF_HEADERS):
            faults.append(f"{shown}/{name}: is no PDF of version 1.4 to 1.7")
    return faults


def find_dataset_faults(shown: str, path: Path, largest: int) -> list[str]:
    """A dataset file is named as its dataset and no larger than regulators take."""
    faults = []
    if not DATASET_FILE.match(path.name):
        faults.append(f"{shown}: a dataset's name has 1 to 8 lower-case letters and digits, a letter first")
    size = path.stat().st_size
    if size > largest:
        faults.append(f"{shown}: has {size:,} bytes, more than {largest:,}; split it and explain that in the guide")
    return faults


def find_leaf_faults(folder: Path, m5: Path) -> list[str]:
    """Datasets and documents that define.xml does not name."""
    define = folder / "define.xml"
    if not define.is_file():
        return []
    named = leaf_files(define)
    shown = folder.relative_to(m5).as_posix()
    # An annotated CRF that no variable cites needs no leaf.
    named |= {*DEFINE_FILES, ACRF}
    files = sorted(path.name for path in folder.iterdir())
    return [f"{shown}/{name}: define.xml does not name it" for name in files if name not in named]
