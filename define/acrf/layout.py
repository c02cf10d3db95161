"""Where everything stands on the drawn pages: lines, heights and page breaks, counted once for pages and drawing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from define.acrf.content import Annotation, FormContent, Question
from define.acrf.faces import BOLD, REGULAR, measure, wrap

PAGE = (612.0, 792.0)
"""Letter, in points."""
MARGIN, FOOT = 40.0, 52.0
LABEL, ANSWER = 165.0, 165.0
ANNOTATION = PAGE[0] - 2 * MARGIN - LABEL - ANSWER
PADDING, GAP = 4.0, 3.0
SIZE, SMALL, LINE, SMALL_LINE = 8.5, 7.0, 11.0, 9.0
TITLE_HEIGHT = 50.0


@dataclass(frozen=True)
class Box:
    """An annotation with its lines; `reason` stands below the box."""

    annotation: Annotation
    lines: tuple[str, ...]
    reason: tuple[str, ...]

    @property
    def height(self) -> float:
        return len(self.lines) * SMALL_LINE + PADDING + len(self.reason) * SMALL_LINE


@dataclass(frozen=True)
class Row:
    """A question with its lines."""

    question: Question
    label: tuple[str, ...]
    answer: tuple[str, ...]
    boxes: tuple[Box, ...]

    @property
    def height(self) -> float:
        boxes = sum(box.height + GAP for box in self.boxes)
        return max(LINE * len(self.label), LINE * len(self.answer), boxes) + 2 * PADDING


@dataclass(frozen=True)
class FormPages:
    """A form's pages: lines of the visits, boxes of legend and heading, and the rows of each page."""

    content: FormContent
    visits: tuple[str, ...]
    legend: tuple[Box, ...]
    heading: tuple[Box, ...]
    pages: tuple[tuple[Row, ...], ...]

    def page_of_field(self) -> dict[str, int]:
        """The page of each raw field, from 1."""
        return {
            field: number
            for number, rows in enumerate(self.pages, start=1)
            for row in rows
            for field in row.question.fields
        }

    def pages_of_dataset(self, name: str) -> list[int]:
        """The pages on which a dataset is annotated, from 1."""
        boxes = enumerate(([box for row in rows for box in row.boxes] for rows in self.pages), start=1)
        found = [number for number, own in boxes if any(name in box.annotation.datasets for box in own)]
        return found or [1] * any(name in box.annotation.datasets for box in self.heading)


def lay_out(content: FormContent) -> FormPages:
    """The form's pages, at least one."""
    visits = wrap("Visits: " + ", ".join(content.visits), REGULAR, SMALL, PAGE[0] - 2 * MARGIN)
    legend = tuple(_box(Annotation(f"{name} ({label})", (name,)), 1e6) for name, label in content.datasets)
    heading = tuple(_box(annotation, 1e6) for annotation in content.heading)
    rows = [
        Row(
            question,
            wrap(question.label, REGULAR, SIZE, LABEL - 2 * PADDING),
            wrap(question.answer, REGULAR, SIZE, ANSWER - 2 * PADDING),
            tuple(_box(annotation, ANNOTATION - 4 * PADDING) for annotation in question.annotations),
        )
        for question in content.questions
    ]
    unbroken = FormPages(content, visits, legend, heading, ())
    return FormPages(content, visits, legend, heading, tuple(_break(rows, PAGE[1] - FOOT - top_of_rows(unbroken))))


def top_of_rows(form: FormPages) -> float:
    """The distance of the first row from the top of the page."""
    lines = [*flow(form.legend), *flow(form.heading)]
    below = sum(max(box.height for box, _ in line) + GAP for line in lines)
    return MARGIN + TITLE_HEIGHT + len(form.visits) * SMALL_LINE + below + 2 * PADDING


def flow(boxes: tuple[Box, ...]) -> list[list[tuple[Box, float]]]:
    """Boxes side by side as far as a line takes them, each with its width."""
    lines: list[list[tuple[Box, float]]] = []
    left = 0.0
    for box in boxes:
        width = box_width(box)
        if left < width or not lines:
            lines.append([])
            left = PAGE[0] - 2 * MARGIN
        lines[-1].append((box, width))
        left -= width + GAP
    return lines


def box_width(box: Box) -> float:
    """The width that the box's longest line needs."""
    return max(measure(line, BOLD, SMALL) for line in box.lines) + 2 * PADDING


def _box(annotation: Annotation, width: float) -> Box:
    reason = wrap(annotation.reason, REGULAR, SMALL, width) if annotation.reason else ()
    return Box(annotation, wrap(annotation.text, BOLD, SMALL, width), reason)


def _break(rows: list[Row], room: float) -> Iterator[tuple[Row, ...]]:
    """The rows of each page; a row that is higher than a page has one of its own."""
    page: list[Row] = []
    used = 0.0
    for row in rows:
        if page and used + row.height > room:
            yield tuple(page)
            page, used = [], 0.0
        page.append(row)
        used += row.height
    yield tuple(page)
