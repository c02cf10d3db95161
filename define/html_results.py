"""Analysis results of define.html: a summary of the displays, then each analysis in detail."""

from __future__ import annotations

from define.html_cells import anchor, link, plain_table, section, text, where_cell
from define.model import AnalysisResult, Define, Display


def results_section(define: Define) -> str:
    """The section of the displays with key analyses, or nothing."""
    rows = [
        f"<tr><td>{link(f'RD.{display.id}', display.name, 'name')}</td><td>{text(display.title)}</td>"
        f"<td>{'<br>'.join(link(f'AR.{result.id}', result.description) for result in display.results)}</td></tr>"
        for display in define.displays
    ]
    summary = plain_table("displays", ("Display", "Title", "Analyses"), rows)
    details = "".join(_display(define, display) for display in define.displays)
    return section("results", "Analysis results", len(define.displays), summary + details)


def _display(define: Define, display: Display) -> str:
    blocks = "".join(_result(define, result) for result in display.results)
    return (
        f'<article id="{anchor(f"RD.{display.id}")}" class="display"><h3>{text(display.name)} '
        f"<span>{text(display.title)}</span></h3>{blocks}</article>"
    )


def _result(define: Define, result: AnalysisResult) -> str:
    rows = [("Analysis", text(result.description)), ("Reason", text(result.reason)), ("Purpose", text(result.purpose))]
    rows += [(f"Data from {dataset.name}", _dataset(define, result, dataset.name)) for dataset in result.datasets]
    if result.datasets_comment:
        rows.append(("How they are joined", text(result.datasets_comment)))
    if result.documentation:
        rows.append(("Documentation", text(result.documentation)))
    if result.code:
        rows.append((result.context or "Code", f"<pre>{text(result.code)}</pre>"))
    listed = "".join(f'<tr><th scope="row">{text(name)}</th><td>{content}</td></tr>' for name, content in rows)
    return f'<table class="result" id="{anchor(f"AR.{result.id}")}"><tbody>{listed}</tbody></table>'


def _dataset(define: Define, result: AnalysisResult, name: str) -> str:
    dataset = next(each for each in result.datasets if each.name == name)
    variables = ", ".join(link(f"IT.{name}.{variable}", variable) for variable in dataset.variables)
    clause = define.display_where.get((result.id, name), "")
    where = f" where {where_cell(define, [clause])}" if clause else ""
    return f"{link(f'IG.{name}', name, 'name')}{where}" + (f"<br>Variables: {variables}" if variables else "")
