"""The fields of the templates of efficacy: times to event, hazard ratios, responses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from crf2tlf.spec.nodes import Mapping, Node, Reader
from crf2tlf.spec.output_bodies import (
    AnalysisSet,
    Body,
    Covariate,
    Cox,
    HazardRatios,
    Interval,
    NonInferiority,
    Rate,
    RateInterval,
    RatioRow,
    Response,
    Ties,
    TimeToEvent,
)
from crf2tlf.spec.read_output_parts import (
    read_compare,
    read_condition,
    read_entries,
    read_levels,
    read_number,
    require_compare,
)

RATIO_FIELDS = ("label", "by", "levels", "parameter", "where", "strata")
COVARIATE_FIELDS = ("variable", "label", "levels", "per")
MODELS = ("univariable", "multivariable")
RATE_FIELDS = ("label", "levels")


@dataclass(frozen=True)
class EfficacyReader:
    """Reads the fields of a template of efficacy."""

    reader: Reader

    def body(self, template: str, node: Mapping) -> Body:
        """The body of an output with this template."""
        match template:
            case "response":
                return self._response(node)
            case "time_to_event":
                return self._time_to_event(node)
            case "non_inferiority":
                return self._non_inferiority(node)
            case "cox" | "cox_forest":
                return self._cox(node)
            case _:
                return self._hazard_ratios(node)

    def _texts(self, node: Mapping) -> tuple[str, str, str, str]:
        """Parameter, time, censoring and unit."""
        text = self.reader.text
        return (
            text(node.get("parameter")),
            text(node.get("time"), "AVAL"),
            text(node.get("censor"), "CNSR"),
            text(node.get("unit"), "months"),
        )

    def _interval(self, node: Mapping) -> Interval:
        return cast(Interval, self.reader.one_of(node.get("interval"), ("loglog", "log", "plain"), "loglog"))

    def _place(self, node: Mapping) -> Node:
        return node.get("parameter") or node

    def _time_to_event(self, node: Mapping) -> TimeToEvent:
        end = node.get("restricted_mean")
        return TimeToEvent(
            *self._texts(node),
            self.reader.text(node.get("reasons")),
            read_levels(self.reader, node.get("levels")),
            tuple(read_number(self.reader, item) for item in self.reader.items(node.get("landmarks"))),
            self._interval(node),
            self.reader.flag(node.get("follow_up")),
            read_number(self.reader, end) if end is not None else None,
            read_compare(self.reader, node.get("compare")),
            self._place(node).location,
        )

    def _non_inferiority(self, node: Mapping) -> NonInferiority:
        sets = []
        for item in read_entries(self.reader, node.get("sets")):
            self.reader.known_keys(item, ("label", "where"), ("label",))
            sets.append(
                AnalysisSet(self.reader.text(item.get("label")), read_condition(self.reader, item.get("where")))
            )
        for name in ("margin", "sets"):
            if node.get(name) is None:
                self.reader.faults.add(node.location, node.where, f"the field '{name}' is missing")
        return NonInferiority(
            *self._texts(node),
            self._interval(node),
            self._margin(node) or 2.0,
            tuple(sets),
            require_compare(self.reader, node),
            self._place(node).location,
        )

    def _margin(self, node: Mapping) -> float | None:
        given = node.get("margin")
        if given is None:
            return None
        margin = read_number(self.reader, given, 2.0)
        if margin <= 1:
            self.reader.faults.add(given.location, given.where, f"the margin {margin:g} of a hazard ratio is over 1")
            return 2.0
        return margin

    def _response(self, node: Mapping) -> Response:
        rates = []
        for name, value in self.reader.mapping(node.get("rates")) or ():
            found = self.reader.mapping(value)
            if found is not None:
                self.reader.known_keys(found, RATE_FIELDS, RATE_FIELDS)
                rates.append(Rate(name, self.reader.text(found.get("label")), self.reader.texts(found.get("levels"))))
        kinds = ("clopper_pearson", "wilson", "wald")
        return Response(
            self.reader.text(node.get("parameter")),
            self.reader.text(node.get("value"), "AVALC"),
            read_levels(self.reader, node.get("levels")),
            tuple(rates),
            cast(RateInterval, self.reader.one_of(node.get("interval"), kinds, "clopper_pearson")),
            read_compare(self.reader, node.get("compare")),
            self._place(node).location,
        )

    def _hazard_ratios(self, node: Mapping) -> HazardRatios:
        rows = tuple(self._ratio_row(item) for item in read_entries(self.reader, node.get("rows")))
        return HazardRatios(
            *self._texts(node),
            self._interval(node),
            rows,
            self._margin(node),
            self.reader.texts(node.get("better")),
            require_compare(self.reader, node),
            node.keys.get("rows", node.location),
        )

    def _ratio_row(self, node: Mapping) -> RatioRow:
        self.reader.known_keys(node, RATIO_FIELDS, ("label",))
        strata = node.get("strata")
        return RatioRow(
            self.reader.text(node.get("label")),
            self.reader.text(node.get("by")),
            read_levels(self.reader, node.get("levels")),
            self.reader.text(node.get("parameter")),
            read_condition(self.reader, node.get("where")),
            self.reader.texts(strata) if strata is not None else None,
            node.location,
        )

    def _cox(self, node: Mapping) -> Cox:
        covariates = tuple(self._covariate(item) for item in read_entries(self.reader, node.get("covariates")))
        if node.get("parameter") is None:
            self.reader.faults.add(node.location, node.where, "the field 'parameter' is missing")
        models = tuple(self.reader.one_of(item, MODELS) for item in self.reader.items(node.get("models")))
        return Cox(
            *self._texts(node),
            self._interval(node),
            covariates,
            models or MODELS,
            self.reader.texts(node.get("strata")),
            cast(Ties, self.reader.one_of(node.get("ties"), ("efron", "breslow"), "efron")),
            self.reader.flag(node.get("proportional")),
            self.reader.texts(node.get("better")),
            node.keys.get("covariates", node.location),
        )

    def _covariate(self, node: Mapping) -> Covariate:
        self.reader.known_keys(node, COVARIATE_FIELDS, ("variable", "label"))
        per = read_number(self.reader, node.get("per"), 1.0)
        if per <= 0:
            self.reader.faults.add(node.location, node.where, f"'per' is a step over 0, not {per:g}")
        levels = read_levels(self.reader, node.get("levels"))
        return Covariate(
            self.reader.text(node.get("variable")), self.reader.text(node.get("label")), levels, per, node.location
        )
