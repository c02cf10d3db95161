"""What each template of an output adds to the fields that all outputs share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal as OneOf
from typing import cast

from crf2tlf.errors import Location
from crf2tlf.spec.nodes import Mapping, Node, Reader
from crf2tlf.spec.output_bodies import (
    STATISTICS,
    Align,
    Body,
    CountRow,
    Counts,
    GradeGroup,
    Grades,
    Hierarchy,
    Interval,
    Joined,
    KaplanMeier,
    Listing,
    ListingColumn,
    Summary,
    SummaryRow,
    Test,
    Waterfall,
)
from crf2tlf.spec.read_output_efficacy import EfficacyReader
from crf2tlf.spec.read_output_parts import read_compare, read_condition, read_entries, read_levels, read_number

_RATIOS = ("rows", "parameter", "time", "censor", "unit", "interval", "margin", "better", "compare")
_COX = (
    *("covariates", "parameter", "time", "censor", "unit", "interval"),
    *("models", "strata", "ties", "proportional", "better"),
)
# The first field of each template is the one it cannot do without.
BODY_FIELDS: dict[str, tuple[str, ...]] = {
    "summary": ("rows",),
    "counts": ("rows",),
    "hierarchy": ("levels", "any", "label", "sort", "at_least", "uncoded", "grades"),
    "response": ("parameter", "value", "levels", "rates", "interval", "compare"),
    "time_to_event": (
        *("parameter", "time", "censor", "unit", "reasons", "levels", "landmarks"),
        *("interval", "follow_up", "restricted_mean", "compare"),
    ),
    "non_inferiority": ("parameter", "time", "censor", "unit", "interval", "margin", "sets", "compare"),
    "hazard_ratios": _RATIOS,
    "forest": _RATIOS,
    "cox": _COX,
    "cox_forest": _COX,
    "kaplan_meier": (
        *("parameter", "time", "censor", "ticks", "time_label", "survival_label"),
        *("interval", "log_rank", "compare"),
    ),
    "waterfall": ("value", "value_label", "colour", "levels", "lines"),
    "listing": ("columns", "sort", "heading"),
}
ROW_FIELDS = ("variable", "where", "label", "statistics", "decimals", "levels", "order", "test")
COUNT_FIELDS = ("id", "label", "where", "by", "levels", "indent", "of", "percent", "records", "heading")
GRADE_RANGE = re.compile(r"([0-9]+)(-([0-9]+)|\+)?\Z")
COLUMN_FIELDS = ("label", "show", "share", "align", "no_repeat")


@dataclass(frozen=True)
class BodyReader:
    """Reads the fields of a template."""

    reader: Reader

    def body(self, template: str, node: Mapping) -> Body:
        """The body of an output with this template."""
        match template:
            case "summary":
                return self._summary(self.reader.mapping(node.get("rows")))
            case "counts":
                return self._counts(node)
            case "hierarchy":
                return self._hierarchy(node)
            case "kaplan_meier":
                return self._kaplan_meier(node)
            case "listing":
                return self._listing(node)
            case "waterfall":
                return self._waterfall(node)
            case _:
                return EfficacyReader(self.reader).body(template, node)

    def _summary(self, node: Mapping | None) -> Summary:
        rows = []
        for variable, value in node or ():
            found = self.reader.mapping(value)
            if node is not None:
                rows.append(self._row(variable, found, node.keys[variable]))
        return Summary(tuple(rows))

    def _row(self, variable: str, node: Mapping | None, place: Location) -> SummaryRow:
        if node is None:
            return SummaryRow(variable, variable, None, "", (), 0, (), "", "", place)
        self.reader.known_keys(node, ROW_FIELDS)
        statistics = tuple(
            self.reader.one_of(item, tuple(STATISTICS)) for item in self.reader.items(node.get("statistics"))
        )
        test = self.reader.one_of(node.get("test"), ("anova", "chi_square", "fisher"))
        return SummaryRow(
            variable,
            self.reader.text(node.get("variable"), variable),
            read_condition(self.reader, node.get("where")),
            self.reader.text(node.get("label")),
            tuple(statistic for statistic in statistics if statistic),
            self.reader.whole(node.get("decimals"), 0) or 0,
            read_levels(self.reader, node.get("levels")),
            self.reader.text(node.get("order")),
            cast(Test, test),
            place,
        )

    def _counts(self, node: Mapping) -> Counts:
        rows = tuple(self._count_row(item) for item in read_entries(self.reader, node.get("rows")))
        return Counts(rows, node.keys.get("rows", node.location))

    def _count_row(self, node: Mapping) -> CountRow:
        self.reader.known_keys(node, COUNT_FIELDS, ("label",))
        return CountRow(
            self.reader.text(node.get("id")),
            self.reader.text(node.get("label")),
            read_condition(self.reader, node.get("where")),
            self.reader.text(node.get("by")),
            read_levels(self.reader, node.get("levels")),
            self.reader.whole(node.get("indent"), 0) or 0,
            self.reader.text(node.get("of")),
            self.reader.flag(node.get("percent"), True),
            self.reader.flag(node.get("records")),
            self.reader.flag(node.get("heading")),
            node.location,
        )

    def _hierarchy(self, node: Mapping) -> Hierarchy:
        at_least = self.reader.whole(node.get("at_least"), 0) or 0
        if at_least > 100:
            self.reader.faults.add(node.keys["at_least"], "at_least", f"{at_least} is over 100 percent")
        sort = self.reader.one_of(node.get("sort"), ("frequency", "alphabetic"), "frequency")
        return Hierarchy(
            self.reader.texts(node.get("levels")),
            self.reader.text(node.get("any")),
            self.reader.text(node.get("label")),
            cast(OneOf["frequency", "alphabetic"], sort),
            at_least,
            self.reader.text(node.get("uncoded")),
            self._grades(self.reader.mapping(node.get("grades"))),
            node.keys.get("levels", node.location),
        )

    def _grades(self, node: Mapping | None) -> Grades | None:
        if node is None:
            return None
        self.reader.known_keys(node, ("variable", "groups"), ("variable", "groups"))
        groups = self.reader.mapping(node.get("groups"))
        found = tuple(self._grade_group(label, value) for label, value in groups or ())
        return Grades(self.reader.text(node.get("variable")), found, node.location)

    def _grade_group(self, label: str, node: Node) -> GradeGroup:
        """ "any", "3", "3-4" or "3+"."""
        text = self.reader.text(node)
        match = GRADE_RANGE.match(text)
        if text == "any":
            return GradeGroup(label, None, None)
        if match is None:
            self.reader.faults.add(node.location, node.where, f"'{text}' is no range of grades: any, 3, 3-4 or 3+")
            return GradeGroup(label, None, None)
        least = int(match.group(1))
        most = int(match.group(3)) if match.group(3) else None if match.group(2) else least
        return GradeGroup(label, least, most)

    def _kaplan_meier(self, node: Mapping) -> KaplanMeier:
        ticks = self.reader.whole(node.get("ticks"), least=1)
        if node.get("ticks") is None:
            self.reader.faults.add(node.location, node.where, "the field 'ticks' is missing")
        return KaplanMeier(
            self.reader.text(node.get("parameter")),
            self.reader.text(node.get("time"), "AVAL"),
            self.reader.text(node.get("censor"), "CNSR"),
            ticks or 1,
            self.reader.text(node.get("time_label"), "Time"),
            self.reader.text(node.get("survival_label"), "Probability without event"),
            cast(Interval, self.reader.one_of(node.get("interval"), ("loglog", "log", "plain"), "loglog")),
            self.reader.flag(node.get("log_rank"), True),
            read_compare(self.reader, node.get("compare")),
            node.keys.get("parameter", node.location),
        )

    def _waterfall(self, node: Mapping) -> Waterfall:
        colour = self.reader.mapping(node.get("colour"))
        if colour is None:
            self.reader.faults.add(node.location, node.where, "the field 'colour' is missing")
            joined = Joined("", "", None, node.location)
        else:
            self.reader.known_keys(colour, ("dataset", "variable", "where"), ("dataset", "variable"))
            dataset, variable = (self.reader.text(colour.get(name)) for name in ("dataset", "variable"))
            joined = Joined(dataset, variable, read_condition(self.reader, colour.get("where")), colour.location)
        return Waterfall(
            self.reader.text(node.get("value")),
            self.reader.text(node.get("value_label"), "Best change from baseline (%)"),
            joined,
            read_levels(self.reader, node.get("levels")),
            tuple(read_number(self.reader, item) for item in self.reader.items(node.get("lines"))),
            node.keys.get("value", node.location),
        )

    def _listing(self, node: Mapping) -> Listing:
        found = read_entries(self.reader, node.get("columns"), "a listing has a list of columns")
        return Listing(
            tuple(self._listing_column(item) for item in found),
            self.reader.texts(node.get("sort")),
            self.reader.text(node.get("heading")),
            node.keys.get("columns", node.location),
        )

    def _listing_column(self, node: Mapping) -> ListingColumn:
        self.reader.known_keys(node, COLUMN_FIELDS, ("label", "show"))
        share = self.reader.whole(node.get("share"), least=1)
        align = self.reader.one_of(node.get("align"), ("left", "center", "right", "decimal"), "left")
        return ListingColumn(
            self.reader.text(node.get("label")),
            self.reader.text(node.get("show")),
            float(share) if share is not None else None,
            cast(Align, align),
            self.reader.flag(node.get("no_repeat")),
            node.location,
        )
