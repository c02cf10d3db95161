"""Where the raw extract of a study and the annotated CRF of its forms lie."""

from __future__ import annotations

import os
from pathlib import Path

from crf2tlf.spec.model import Study


def raw_folder(study: Study, given: Path | None = None) -> Path:
    """The folder of the raw extract: the one given (RAW=, --raw), or the study's own."""
    return given if given is not None else Path(os.path.normpath(study.root / study.raw_folder))


def crf_paths(study: Study, raw: Path) -> dict[str, Path]:
    """The CRF of each form that has one as a PDF, in the order of the forms: `<raw folder>/../acrf/<form.crf>`."""
    return {name: raw.parent / "acrf" / form.crf for name, form in study.forms.items() if form.crf_file}
