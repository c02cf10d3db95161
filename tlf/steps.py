"""What each step of the stage does: files in, files out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from crf2tlf.build import StepResult
from crf2tlf.spec.outputs import Output
from crf2tlf.tables import read_parquet, write_bytes, write_parquet, write_text
from tlf.displays import StudyText, draw_figures, make_display
from tlf.files import Files
from tlf.render import Figure, IndexEntry, render_html, render_index, render_pdf, render_rtf
from tlf.results import DatasetFacts, Results, combine_ard, compute_results, read_sources


def build_results(
    output: Output,
    facts: Mapping[str, DatasetFacts],
    constants: Mapping[str, str | float],
    adam_folder: Path,
    files: Files,
    encoding: str = "ascii",
) -> StepResult:
    """Compute an output's results from the ADaM files and write them."""
    results = compute_results(output, read_sources(adam_folder, facts, constants, encoding))
    write_parquet(files.ard(output.id), results.ard)
    write_parquet(files.records(output.id), results.records)
    if output.kind == "listing":
        write_parquet(files.rows(output.id), results.rows)
    return StepResult(rows={output.id: len(results.ard)})


def build_display(output: Output, facts: Mapping[str, DatasetFacts], text: StudyText, files: Files) -> StepResult:
    """Draw an output from its results, in all formats."""
    results = read_results(output, files)
    figures = draw_figures(output, results)
    if output.kind == "figure":
        picture = figures[0] if figures else Figure(b"", "")
        write_bytes(files.png(output.id), picture.png)
        write_bytes(files.svg(output.id), picture.svg)
    made = make_display(output, results, facts, text, figures)
    write_bytes(files.rtf(output.id), render_rtf(made.display))
    write_bytes(files.pdf(output.id), render_pdf([made.display]))
    write_text(files.html(output.id), render_html(made.display, made.details))
    return StepResult(rows={output.id: len(made.display.rows)})


def build_ard(ids: tuple[str, ...], files: Files) -> StepResult:
    """The results of all outputs as one dataset."""
    ard = combine_ard(read_parquet(files.ard(id_)) for id_ in ids)
    write_parquet(files.all_ard, ard)
    return StepResult(rows={"ARD": len(ard)})


def build_book(
    outputs: tuple[Output, ...], facts: Mapping[str, DatasetFacts], text: StudyText, files: Files
) -> StepResult:
    """All displays in one PDF, and the index."""
    displays = [
        make_display(output, read_results(output, files), facts, text, read_figures(output, files)).display
        for output in outputs
    ]
    write_bytes(files.all_pdf, render_pdf(displays))
    entries = [
        IndexEntry(
            output.heading,
            output.kind,
            output.titles[0],
            output.population.label,
            *(path.relative_to(files.folder).as_posix() for path in files.displays(output)[:3]),
        )
        for output in outputs
    ]
    about = ", ".join(part for part in (text.cut_off and f"Data cut-off {text.cut_off}", text.timestamp) if part)
    page = render_index(entries, title=f"{text.study}: tables, figures and listings", about=about, all_pdf="all.pdf")
    write_text(files.index, page)
    return StepResult(rows={"displays": len(displays)})


def read_results(output: Output, files: Files) -> Results:
    """An output's results from its files."""
    rows = read_parquet(files.rows(output.id)) if output.kind == "listing" else pd.DataFrame()
    return Results(read_parquet(files.ard(output.id)), read_parquet(files.records(output.id)), rows)


def read_figures(output: Output, files: Files) -> tuple[Figure, ...]:
    """The pictures of a figure as drawn; none where it had no data."""
    if output.kind != "figure":
        return ()
    png = files.png(output.id).read_bytes()
    return (Figure(png, output.titles[0], files.svg(output.id).read_bytes()),) if png else ()
