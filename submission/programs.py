"""The files of the programs folder: the specification, as text, and a page that says what each file is."""

from __future__ import annotations

import re
from pathlib import Path

from crf2tlf.errors import Context, DataError
from crf2tlf.spec.model import Study

SPEC_FILES = {".yaml", ".csv", ".py"}
ACCEPTED = "accepted_findings.csv"
README = "readme.txt"


def program_sources(study: Study) -> dict[str, Path]:
    """The files of the study's specification, by their name in the package.

    eCTD file names have lower-case letters, digits and hyphens. DataError where two files would get one name.
    """
    found: dict[str, Path] = {}
    # The files of the study itself first, then folder by folder.
    for path in sorted(study.folder.rglob("*"), key=lambda each: (each.parent != study.folder, each)):
        if path.suffix not in SPEC_FILES or path.name == ACCEPTED:
            continue
        name = text_name(path.relative_to(study.folder))
        if name in found:
            both = f"{found[name].relative_to(study.folder)} and {path.relative_to(study.folder)}"
            raise DataError(f"{both} would both be {name}.", Context(study.name, fix="rename one of them"))
        found[name] = path
    return found


def text_name(path: Path) -> str:
    """adam/ADSL.yaml as adam-adsl.txt."""
    return re.sub(r"[^a-z0-9]+", "-", path.with_suffix("").as_posix().lower()).strip("-") + ".txt"


def render_readme(study: Study, version: str, sources: dict[str, Path]) -> str:
    """What the folder holds and how it is run."""
    width = max(len(name) for name in sources)
    lines = [
        f"Study {study.study_id}: the specification of its datasets and displays",
        "",
        f"The datasets and displays were built by crf2tlf {version}, which reads this specification and nothing else:",
        "each file says where the values of one dataset or display come from. To run it, give each file its original",
        f"name again under specs/{study.name}/ and call make sdtm adam tlf STUDY={study.name}.",
        "",
        *(f"{name.ljust(width)}  {path.relative_to(study.folder).as_posix()}" for name, path in sources.items()),
    ]
    return "\n".join(lines) + "\n"
