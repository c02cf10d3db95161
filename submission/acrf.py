"""acrf.pdf: the annotated CRFs of the forms, merged in the order of the forms, with bookmarks by form and dataset."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from pathlib import Path

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PdfReadError

from crf2tlf.errors import Context, UnreadableFile
from crf2tlf.spec.facts import Form
from crf2tlf.spec.model import Study


def merge_crf(study: Study, paths: Mapping[str, Path], stamp: str) -> bytes:
    """The merged PDF: a CRF that several forms share stands in it once. `stamp` is the date of the document.

    Raises UnreadableFile where a CRF is missing or is no PDF.
    """
    writer = PdfWriter()
    starts: dict[str, int] = {}
    placed: dict[Path, int] = {}
    for name, path in paths.items():
        if path not in placed:
            placed[path] = len(writer.pages)
            writer.append(read_crf(study, study.forms[name], path), import_outline=False)
        starts[name] = placed[path]
    add_bookmarks(writer, study, starts)
    writer.page_mode = "/UseOutlines"
    title = f"{study.study_id}: Annotated CRF"
    facts = {"/Title": title, "/Producer": "crf2tlf", "/CreationDate": stamp, "/ModDate": stamp}
    writer.add_metadata(facts)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def read_crf(study: Study, form: Form, path: Path) -> PdfReader:
    """One form's CRF."""
    fix = f"put the CRF there, or take 'crf' from forms.{form.name} of study.yaml"
    context = Context(study=study.name, location=form.location, where=f"forms.{form.name}.crf", fix=fix)
    try:
        # Strict off: CRFs come from many programs, and readers repair most of their faults.
        reader = PdfReader(path, strict=False)
        if reader.is_encrypted:
            raise UnreadableFile(f"the CRF {path.name} is encrypted.", context)
        len(reader.pages)
    except FileNotFoundError as error:
        raise UnreadableFile(f"the CRF {path.name} is missing.", context) from error
    except (PdfReadError, OSError, ValueError) as error:
        raise UnreadableFile(f"the CRF {path.name} is no PDF that can be read.", context) from error
    return reader


def add_bookmarks(writer: PdfWriter, study: Study, starts: Mapping[str, int]) -> None:
    """Bookmarks by form and by dataset (FDA wants an annotated CRF to be found both ways)."""
    if not starts:
        return
    forms = writer.add_outline_item(title="Forms", page_number=0)
    for name, start in starts.items():
        writer.add_outline_item(title=study.forms[name].label or name, page_number=start, parent=forms)
    pages = dict(dataset_pages(study, starts))
    if not pages:
        return
    datasets = writer.add_outline_item(title="Datasets", page_number=0)
    for title, numbers in pages.items():
        parent = writer.add_outline_item(title=title, page_number=numbers[0], parent=datasets)
        for number in numbers if len(numbers) > 1 else ():
            writer.add_outline_item(title=f"Page {number + 1}", page_number=number, parent=parent)


def dataset_pages(study: Study, starts: Mapping[str, int]) -> Iterator[tuple[str, list[int]]]:
    """The pages (from 0) on which variables of each dataset are annotated."""
    for spec in study.sdtm.values():
        found = {
            starts[variable.origin.form] + page - 1
            for variable in spec.all_variables()
            for page in variable.origin.pages
            if variable.origin.form in starts
        }
        if found:
            yield f"{spec.name} ({spec.label})", sorted(found)
