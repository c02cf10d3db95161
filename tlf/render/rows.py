"""Rows of the page model with their lines broken and their heights known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tlf.render.decimal_align import NumberBlock, measure_block, pad_parentheses, shift_of, starts_with_number
from tlf.render.geometry import (
    CELL_PADDING,
    INDENT,
    ROW_PADDING,
    SAFETY,
    Box,
    Geometry,
    header_grid,
)
from tlf.render.page import NO_DATA, Alignment, Cell, Column, Display, Row, Span
from tlf.render.placed import PlacedCell, PlacedRow, PlacedText
from tlf.render.wrap import text_width, wrap_text

CONTINUED = " (continued)"


def place_text(text: str, width: float, size: float, *, bold: bool = False) -> PlacedText:
    """A text over the whole width of the body, its lines broken."""
    return PlacedText(text, wrap_text(text, width * SAFETY / size, bold), bold)


def number_blocks(display: Display, boxes: Sequence[Box], geometry: Geometry) -> tuple[NumberBlock, ...]:
    """The block of numbers of each column, empty for columns that are not decimal-aligned."""
    full = [row for row in display.rows if not row.spans]
    return tuple(
        measure_block([(row.cells[place].text, row.bold) for row in full], _ems(box.inner, geometry))
        if column.align == "decimal"
        else NumberBlock()
        for place, (column, box) in enumerate(zip(display.columns, boxes, strict=False))
    )


def place_header(display: Display, boxes: Sequence[Box], geometry: Geometry) -> tuple[PlacedRow, ...]:
    """The header rows, spans above columns, all in bold."""
    placed = []
    for level in header_grid(display.header):
        cells = tuple(_header_cell(first, count, node, boxes, geometry) for first, count, node in level)
        placed.append(PlacedRow(cells, _height(cells, geometry) + ROW_PADDING, bold=True, role="header"))
    return tuple(placed)


def place_rows(
    display: Display, boxes: Sequence[Box], blocks: Sequence[NumberBlock], geometry: Geometry
) -> list[PlacedRow]:
    """The rows of the body; a body without rows says so."""
    if not display.rows:
        return [_message(NO_DATA, len(boxes), boxes, geometry)]
    columns = display.columns
    return [_place_row(row, columns, boxes, blocks, geometry) for row in display.rows]


def continue_heading(row: PlacedRow, boxes: Sequence[Box], geometry: Geometry) -> PlacedRow:
    """A heading as it stands at the top of the next page: its label with "(continued)", without its numbers."""
    label = row.cells[0]
    text = label.text + CONTINUED
    width = _width(boxes, label.first, label.count) - label.inset
    lines = wrap_text(text, _ems(width, geometry), row.bold)
    blank = (replace(cell, text="", lines=("",), result="") for cell in row.cells[1:])
    cells = (replace(label, text=text, lines=lines, result=""), *blank)
    return replace(row, cells=cells, height=_height(cells, geometry), gap=0.0, role="continued")


def split_row(row: PlacedRow, lines: int, geometry: Geometry) -> tuple[PlacedRow, PlacedRow]:
    """A row that is higher than a page, cut after a number of lines."""
    upper = tuple(_with_lines(cell, cell.lines[:lines]) for cell in row.cells)
    lower = tuple(_with_lines(cell, cell.lines[lines:] or ("",)) for cell in row.cells)
    return (
        replace(row, cells=upper, height=_height(upper, geometry)),
        replace(row, cells=lower, height=_height(lower, geometry), gap=0.0, heading=False),
    )


def lines_in(height: float, geometry: Geometry) -> int:
    """How many lines a row of this height has room for."""
    return int((height - ROW_PADDING + 0.01) // geometry.line)


def blank_cells(row: PlacedRow, places: Sequence[int], geometry: Geometry) -> PlacedRow:
    """The row with some cells empty, and only as high as the other cells need."""
    cells = tuple(
        replace(cell, text="", lines=("",), result="") if place in places else cell
        for place, cell in enumerate(row.cells)
    )
    return replace(row, cells=cells, height=_height(cells, geometry))


def _with_lines(cell: PlacedCell, lines: tuple[str, ...]) -> PlacedCell:
    return replace(cell, lines=lines, text="".join(lines).removesuffix("\n"))


def _place_row(
    row: Row, columns: Sequence[Column], boxes: Sequence[Box], blocks: Sequence[NumberBlock], geometry: Geometry
) -> PlacedRow:
    if row.spans:
        cells: tuple[PlacedCell, ...] = (_text_cell(row.cells[0], 0, len(columns), row, "left", boxes, geometry),)
    else:
        cells = tuple(
            _body_cell(cell, place, row, columns[place], boxes, blocks[place], geometry)
            for place, cell in enumerate(row.cells)
        )
    gap = geometry.line if row.blank_before else 0.0
    return PlacedRow(cells, _height(cells, geometry), gap, row.bold, row.indent, row.heading)


def _body_cell(
    cell: Cell,
    place: int,
    row: Row,
    column: Column,
    boxes: Sequence[Box],
    block: NumberBlock,
    geometry: Geometry,
) -> PlacedCell:
    if column.align == "decimal":
        text = pad_parentheses(cell.text, block.digits)
        inner, size = boxes[place].inner, geometry.body_size
        if starts_with_number(text) and block.width and text_width(text, row.bold) <= _ems(inner, geometry):
            shift = shift_of(text, row.bold, block)
            free = inner - text_width(text, row.bold) * size
            inset = min(max((inner - block.width * size) / 2 + shift * size, 0.0), free)
            return PlacedCell(place, 1, text, (text,), "left", inset, shift, cell.result)
        return _text_cell(cell, place, 1, row, "center", boxes, geometry)
    return _text_cell(cell, place, 1, row, column.align, boxes, geometry)


def _text_cell(
    cell: Cell, first: int, count: int, row: Row, align: Alignment, boxes: Sequence[Box], geometry: Geometry
) -> PlacedCell:
    inset = row.indent * INDENT if first == 0 else 0.0
    lines = wrap_text(cell.text, _ems(_width(boxes, first, count) - inset, geometry), row.bold)
    side = "center" if align == "decimal" else align
    return PlacedCell(first, count, cell.text, lines, side, inset, None, cell.result)


def _header_cell(first: int, count: int, node: Column | Span, boxes: Sequence[Box], geometry: Geometry) -> PlacedCell:
    lines = wrap_text(node.label, _ems(_width(boxes, first, count), geometry), True)
    left = isinstance(node, Column) and node.align == "left"
    return PlacedCell(first, count, node.label, lines, "left" if left else "center", over=isinstance(node, Span))


def _message(text: str, count: int, boxes: Sequence[Box], geometry: Geometry) -> PlacedRow:
    cell = PlacedCell(0, count, text, wrap_text(text, _ems(_width(boxes, 0, count), geometry)), "center")
    return PlacedRow((cell,), _height((cell,), geometry) + geometry.line, gap=geometry.line, role="message")


def _width(boxes: Sequence[Box], first: int, count: int) -> float:
    last = boxes[first + count - 1]
    return last.left + last.width - boxes[first].left - 2 * CELL_PADDING


def _ems(points: float, geometry: Geometry) -> float:
    return points * SAFETY / geometry.body_size


def _height(cells: Sequence[PlacedCell], geometry: Geometry) -> float:
    return max(len(cell.lines) for cell in cells) * geometry.line + ROW_PADDING
