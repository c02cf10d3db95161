"""The datasets of a folder as written, and the pages of the annotated CRF."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pypdf import PdfReader
from pypdf.errors import PdfReadError

from crf2tlf.errors import Context, UnreadableFile
from crf2tlf.spec.folders import crf_paths, raw_folder
from crf2tlf.spec.model import Origin, Study
from crf2tlf.tables import XptFile, read_xpt
from define.acrf.content import compose_crf
from define.acrf.layout import lay_out

ACRF = "acrf.pdf"


def dataset_paths(folder: Path) -> tuple[Path, ...]:
    """The transport files of a folder, by name."""
    return tuple(sorted(folder.glob("*.xpt")))


def read_datasets(paths: Iterable[Path], encoding: str = "utf-8") -> dict[str, XptFile]:
    """The datasets of transport files by dataset name, in the order of the paths; ASCII is a part of UTF-8."""
    found = [read_xpt(path, encoding=encoding) for path in paths]
    return {file.name: file for file in found}


@dataclass(frozen=True)
class CrfPages:
    """The pages of acrf.pdf: how many stand before each form's own, all of them, and the page of each field drawn."""

    offsets: dict[str, int]
    total: int
    fields: dict[tuple[str, str], int] = field(default_factory=dict)

    def of_origin(self, origin: Origin) -> tuple[int, ...]:
        """The pages on which a value is collected; KeyError for a form that has none."""
        typed = {self.offsets[origin.form] + page for page in origin.pages}
        return tuple(sorted(typed | {self.fields[field] for field in origin.fields}))


def crf_page_offsets(study: Study, raw: Path | None = None) -> dict[str, int]:
    """The number of pages before each form's own in acrf.pdf, which has the CRFs in the order of the forms.

    Page p of a form is page `offset + p` of acrf.pdf. Forms that share a CRF share its pages: it is merged once.
    Raises UnreadableFile where a CRF is missing or is no PDF.
    """
    return count_crf_pages(study, raw).offsets


def count_crf_pages(study: Study, raw: Path | None = None) -> CrfPages:
    """The pages of acrf.pdf; see `crf_page_offsets`."""
    paths = crf_paths(study, raw_folder(study, raw))
    drawn = {content.form: lay_out(content) for content in compose_crf(study)}
    offsets: dict[str, int] = {}
    fields: dict[tuple[str, str], int] = {}
    placed: dict[Path, int] = {}
    total = 0
    for form in study.forms:
        if form in drawn:
            offsets[form] = total
            fields |= {(form, name): total + page for name, page in drawn[form].page_of_field().items()}
            total += len(drawn[form].pages)
        elif form in paths:
            path = paths[form]
            if path not in placed:
                placed[path] = total
                total += count_pages(path, study.name, form)
            offsets[form] = placed[path]
    return CrfPages(offsets, total, fields)


def count_pages(path: Path, study: str = "", form: str = "") -> int:
    """The number of pages of a PDF. Raises UnreadableFile where it is missing or is no PDF."""
    context = Context(study=study, fix=f"put the CRF there, or take 'crf' from forms.{form} of study.yaml")
    try:
        # Strict off: CRFs come from many programs, and a fault that readers repair does not change the page count.
        return len(PdfReader(path, strict=False).pages)
    except FileNotFoundError as error:
        raise UnreadableFile(f"the CRF of the form '{form}' is missing: {path}", context) from error
    except (PdfReadError, OSError, ValueError) as error:
        raise UnreadableFile(f"the CRF of the form '{form}' is no PDF that can be read: {path}", context) from error
