"""What each template of an output adds to the fields that all outputs share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf
from typing import cast

from crf2tlf.errors import Location
from crf2tlf.spec.nodes import Items, Mapping, Node, Reader
from crf2tlf.spec.outputs import (
    STATISTICS,
    Align,
    Body,
    Hierarchy,
    Interval,
    KaplanMeier,
    Listing,
    ListingColumn,
    Summary,
    SummaryRow,
    Test,
)

# The first field of each template is the one it cannot do without.
BODY_FIELDS: dict[str, tuple[str, ...]] = {
    "summary": ("rows",),
    "hierarchy": ("levels", "any", "label", "sort", "at_least"),
    "kaplan_meier": ("parameter", "time", "censor", "ticks", "time_label", "survival_label", "interval", "log_rank"),
    "listing": ("columns", "sort", "heading"),
}
ROW_FIELDS = ("label", "statistics", "decimals", "levels", "order", "test")
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
            case "hierarchy":
                return self._hierarchy(node)
            case "kaplan_meier":
                return self._kaplan_meier(node)
            case _:
                return self._listing(node)

    def _summary(self, node: Mapping | None) -> Summary:
        rows = []
        for variable, value in node or ():
            found = self.reader.mapping(value)
            if node is not None:
                rows.append(self._row(variable, found, node.keys[variable]))
        return Summary(tuple(rows))

    def _row(self, variable: str, node: Mapping | None, place: Location) -> SummaryRow:
        if node is None:
            return SummaryRow(variable, "", (), 0, (), "", "", place)
        self.reader.known_keys(node, ROW_FIELDS)
        statistics = tuple(
            self.reader.one_of(item, tuple(STATISTICS)) for item in self.reader.items(node.get("statistics"))
        )
        test = self.reader.one_of(node.get("test"), ("anova", "chi_square", "fisher"))
        return SummaryRow(
            variable,
            self.reader.text(node.get("label")),
            tuple(statistic for statistic in statistics if statistic),
            self.reader.whole(node.get("decimals"), 0) or 0,
            self._levels(node.get("levels")),
            self.reader.text(node.get("order")),
            cast(Test, test),
            place,
        )

    def _levels(self, node: Node | None) -> tuple[tuple[str, str], ...]:
        """A list of values, or a mapping of values to labels."""
        if isinstance(node, Mapping):
            return tuple((value, self.reader.text(label)) for value, label in node)
        return tuple((value, value) for value in self.reader.texts(node))

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
            node.keys.get("levels", node.location),
        )

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
            node.keys.get("parameter", node.location),
        )

    def _listing(self, node: Mapping) -> Listing:
        columns = node.get("columns")
        if columns is not None and not isinstance(columns, Items):
            self.reader.faults.add(columns.location, "columns", "a listing has a list of columns")
        found = [self.reader.mapping(item) for item in (columns.items if isinstance(columns, Items) else ())]
        return Listing(
            tuple(self._listing_column(item) for item in found if item is not None),
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
