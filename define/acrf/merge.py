"""acrf.pdf: the annotated CRF of every form, given or drawn, with bookmarks by visit, form and dataset."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from pathlib import Path

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PdfReadError

from crf2tlf.errors import Context, UnreadableFile
from crf2tlf.spec.facts import Form
from crf2tlf.spec.model import Study
from define.acrf.content import compose_crf
from define.acrf.draw import draw_form
from define.acrf.layout import FormPages, lay_out


def merge_crf(study: Study, paths: Mapping[str, Path], stamp: str) -> bytes:
    """The whole PDF: a CRF that several forms share stands in it once. `stamp` is the date of the document.

    `paths` are the CRFs that are given; the pages of the other forms are drawn from the study's CRF.

    Raises UnreadableFile where a CRF is missing or is no PDF.
    """
    writer = PdfWriter()
    drawn = {content.form: lay_out(content) for content in compose_crf(study)}
    starts: dict[str, int] = {}
    placed: dict[Path, int] = {}
    for name, form in study.forms.items():
        if name in drawn:
            starts[name] = len(writer.pages)
            pages = PdfReader(io.BytesIO(draw_form(study.study_id, drawn[name], len(writer.pages))))
            writer.append(pages, import_outline=False)
        elif name in paths:
            path = paths[name]
            if path not in placed:
                placed[path] = len(writer.pages)
                writer.append(read_crf(study, form, path), import_outline=False)
            starts[name] = placed[path]
    if drawn:
        writer.compress_identical_objects()
    add_bookmarks(writer, study, starts, drawn)
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


def add_bookmarks(writer: PdfWriter, study: Study, starts: Mapping[str, int], drawn: Mapping[str, FormPages]) -> None:
    """Bookmarks by visit, by form and by dataset (FDA wants an annotated CRF to be found by visit and by form)."""
    if not starts:
        return
    add_visits(writer, study, starts)
    forms = writer.add_outline_item(title="Forms", page_number=0)
    for name, start in starts.items():
        writer.add_outline_item(title=study.forms[name].label or name, page_number=start, parent=forms)
    pages = dict(dataset_pages(study, starts, drawn))
    if not pages:
        return
    datasets = writer.add_outline_item(title="Datasets", page_number=0)
    for title, numbers in pages.items():
        parent = writer.add_outline_item(title=title, page_number=numbers[0], parent=datasets)
        for number in numbers if len(numbers) > 1 else ():
            writer.add_outline_item(title=f"Page {number + 1}", page_number=number, parent=parent)


def add_visits(writer: PdfWriter, study: Study, starts: Mapping[str, int]) -> None:
    """The forms of each visit; a form that is filled at several stands in the document once."""
    pages = {name: page for name in starts if (page := study.crf_page(name)) is not None}
    if study.crf is None or not pages:
        return
    visits = writer.add_outline_item(title="Visits", page_number=0)
    for event in study.crf.events.values():
        own = [name for name, page in pages.items() if event.oid in page.events]
        if own:
            parent = writer.add_outline_item(title=event.label, page_number=starts[own[0]], parent=visits)
            for name in own:
                label = study.forms[name].label or name
                writer.add_outline_item(title=label, page_number=starts[name], parent=parent)


def dataset_pages(
    study: Study, starts: Mapping[str, int], drawn: Mapping[str, FormPages]
) -> Iterator[tuple[str, list[int]]]:
    """The pages (from 0) on which variables of each dataset are annotated."""
    for spec in study.sdtm.values():
        found = {
            starts[variable.origin.form] + page - 1
            for variable in spec.all_variables()
            for page in variable.origin.pages
            if variable.origin.form in starts
        }
        found |= {starts[name] + page - 1 for name, form in drawn.items() for page in form.pages_of_dataset(spec.name)}
        if found:
            yield f"{spec.name} ({spec.label})", sorted(found)
