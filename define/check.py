"""The define checker: a define.xml, whoever made it, checked by itself and against its datasets.

A schema finds few of the faults that matter: dangling references, missing lengths and origins without methods all pass
it. The rules stand in `findings`; this module says in which order they run.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lxml import etree

from crf2tlf.errors import Context, UnreadableFile
from crf2tlf.spec.standards import Standards
from crf2tlf.tables import XptFile
from define.check_codelists import check_codelists, check_methods, check_results
from define.check_data import check_data, check_pages
from define.check_datasets import check_datasets
from define.check_file import check_languages, check_prologue, check_root, check_shapes, check_standards, stylesheet
from define.check_items import check_crf, check_items
from define.check_links import check_orphans, check_references, check_unique
from define.document import Document, parse, short
from define.files import dataset_paths, read_datasets
from define.findings import Finding, found

__all__ = ["Finding", "check_content", "check_define"]


def check_define(
    path: Path,
    datasets: Path | None = None,
    standards: Standards | None = None,
    *,
    crf_pages: int | None = None,
) -> list[Finding]:
    """The findings of a define.xml on disk, and of the transport files in the folder `datasets` against it.

    Without `datasets` the document is checked by itself; without `standards` nothing is held against guides and
    terminology. Raises UnreadableFile where the file is missing.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read", Context(fix="run make define")) from error
    files = read_datasets(dataset_paths(datasets)) if datasets is not None else None
    findings = check_content(content, files, standards, crf_pages=crf_pages)
    return sorted([*findings, *_check_stylesheet(path, content)])


def check_content(
    content: bytes,
    files: Mapping[str, XptFile] | None = None,
    standards: Standards | None = None,
    *,
    crf_pages: int | None = None,
) -> list[Finding]:
    """The findings of the bytes of a define.xml, sorted by rule; `files` are its datasets by name."""
    findings = list(check_prologue(content))
    try:
        root = parse(content)
    except etree.XMLSyntaxError as error:
        return [found("OD0001", "file", f"the file is no XML: {error}"), *findings]
    if short(str(root.tag)) != "odm:ODM":
        return [found("OD0012", "file", f"the root element is {short(str(root.tag))}, not odm:ODM"), *findings]
    document = Document(root)
    findings += [
        *check_root(root),
        *check_shapes(document),
        *check_standards(document),
        *check_languages(document),
        *check_unique(document),
        *check_references(document),
        *check_orphans(document),
        *check_datasets(document, standards),
        *check_items(document, standards),
        *check_crf(document),
        *check_codelists(document, standards),
        *check_methods(document),
        *check_results(document),
    ]
    if files is not None:
        findings += check_data(document, files)
    if crf_pages is not None:
        findings += check_pages(document, crf_pages)
    return sorted(set(findings))


def _check_stylesheet(path: Path, content: bytes) -> list[Finding]:
    try:
        name = stylesheet(parse(content))
    except etree.XMLSyntaxError:
        return []
    missing = bool(name) and not (path.parent / name).is_file()
    return [found("DD0085", "file", f"the stylesheet {name} is not beside the file")] if missing else []
