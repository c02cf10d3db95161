"""A criterion from YAML: specs/standards/<criterion>.yaml with a study's own fields laid over it."""

from __future__ import annotations

from pathlib import Path

from adam.response import parameters as p
from adam.response.read_tables import (
    read_confirmation_table,
    read_non_target,
    read_overall,
    read_reasons,
    require_all_responses,
)
from crf2tlf.errors import Location, SpecError
from crf2tlf.spec.nodes import Faults, Mapping, Node, Reader, read_yaml

_SECTIONS = (
    "criterion", "source", "measurement", "baseline", "target", "non_target", "new_lesion", "overall", "dates",
    "best_response", "confirmation", "reasons",
)  # fmt: skip
_DAY = ("earliest", "latest")
_NOWHERE = Location("", 1)


def load_criterion(path: Path, shown: str, override: Mapping | None = None) -> p.Criterion:
    """The criterion of a file, `override` laid over it; SpecError with every fault."""
    faults = Faults()
    criterion = read_criterion(path, shown, faults, override)
    if faults.found or criterion is None:
        raise SpecError(faults.found)
    return criterion


def read_criterion(path: Path, shown: str, faults: Faults, override: Mapping | None = None) -> p.Criterion | None:
    """The criterion of a file, `override` laid over it, or None after faults, which are added to `faults`."""
    root = read_yaml(path, shown, faults)
    if root is None:
        return None
    before = len(faults.found)
    if override is not None:
        root = _overlaid(root, override)
    reader = CriterionReader(Reader(faults))
    criterion = reader.criterion(root)
    return criterion if len(faults.found) == before else None


def _overlaid(root: Mapping, override: Mapping) -> Mapping:
    """The mapping with the entries of another in place of its own; mappings are merged, all else is replaced."""
    entries, keys = dict(root.entries), dict(root.keys)
    for key, node in override:
        own = entries.get(key)
        merged = isinstance(own, Mapping) and isinstance(node, Mapping)
        entries[key] = _overlaid(own, node) if merged else node  # type: ignore[arg-type]
        keys[key] = override.keys[key]
    return Mapping(entries, keys, root.location, root.where)


class CriterionReader:
    """Reads the sections; every field is required, so that no number hides in the program."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def criterion(self, root: Mapping) -> p.Criterion:
        """The whole criterion; harmless values stand where there were faults."""
        self.reader.known_keys(root, _SECTIONS, _SECTIONS)
        best = self._best(root.get("best_response"))
        non_target = read_non_target(self.reader, root.get("non_target"))
        reasons = (*p.TARGET_REASONS, *p.OTHER_REASONS, *(rule.reason for rule in non_target))
        return p.Criterion(
            self.reader.text(root.get("criterion")),
            self.reader.text(root.get("source")),
            self._measurement(root.get("measurement")),
            p.Baseline(*self._days(root.get("baseline"), tuple(p.Baseline.__dataclass_fields__))),
            self._target(root.get("target")),
            non_target,
            self._new_lesion(root.get("new_lesion")),
            read_overall(self.reader, root.get("overall"), best.order),
            self._dates(root.get("dates")),
            best,
            self._confirmation(root.get("confirmation"), best),
            read_reasons(self.reader, root.get("reasons"), reasons),
        )

    def _section(self, node: Node | None, names: tuple[str, ...]) -> Mapping:
        """A section with exactly these fields."""
        found = self.reader.entry(node) if node is not None else None
        if found is None:  # told already: a required section is missing, or it is no mapping
            return Mapping({}, {}, _NOWHERE, "")
        self.reader.known_keys(found, names, names)
        return found

    def _whole(self, section: Mapping, name: str, least: int = 0) -> int:
        return self.reader.whole(section.get(name), least, least) or 0 if section.get(name) is not None else least

    def _days(self, node: Node | None, names: tuple[str, ...]) -> list[int]:
        section = self._section(node, names)
        return [self._whole(section, name) for name in names]

    def _measurement(self, node: Node | None) -> p.Measurement:
        section = self._section(node, tuple(p.Measurement.__dataclass_fields__))
        return p.Measurement(
            int(self.reader.one_of(section.get("parts_of_mm"), ("1", "10", "100", "1000"), "10")),
            self._whole(section, "too_small_mm"),
            self.reader.one_of(section.get("absent_node"), ("not_assessed", "zero")),
            self.reader.one_of(section.get("merged_parents"), ("covered", "missed")),
            self._statuses(section.get("statuses")),
        )

    def _statuses(self, node: Node | None) -> dict[tuple[str, str], str]:
        by_role = self._section(node, p.ROLES)
        found: dict[tuple[str, str], str] = {}
        for role in p.ROLES:
            for collected, meaning in self.reader.mapping(by_role.get(role)) or ():
                found[role, collected] = self.reader.one_of(meaning, p.STATUSES[role])
        return found

    def _target(self, node: Node | None) -> p.TargetRules:
        section = self._section(node, tuple(p.TargetRules.__dataclass_fields__))
        return p.TargetRules(
            self._whole(section, "progression_percent"),
            self._whole(section, "progression_mm"),
            self._whole(section, "response_percent"),
            self._whole(section, "normal_node_mm"),
            self.reader.flag(section.get("partial_sum_progression")),
            self.reader.one_of(section.get("reappearance"), ("zero_sum", "complete_response")),
        )

    def _new_lesion(self, node: Node | None) -> p.NewLesionRules:
        section = self._section(node, ("persists", "back_date_equivocal"))
        flags = (self.reader.flag(section.get(name)) for name in ("persists", "back_date_equivocal"))
        return p.NewLesionRules(*flags)

    def _dates(self, node: Node | None) -> p.DateRules:
        names = tuple(p.DateRules.__dataclass_fields__)
        section = self._section(node, names)
        return p.DateRules(*(self.reader.one_of(section.get(name), _DAY) for name in names))

    def _best(self, node: Node | None) -> p.BestRules:
        section = self._section(node, tuple(p.BestRules.__dataclass_fields__))
        order = self.reader.texts(section.get("order"))
        values = self.reader.mapping(section.get("values")) or ()
        best = p.BestRules(
            order=order,
            values={key: self.reader.whole(value) or 0 for key, value in values},
            same_day=self._some(section.get("same_day"), order),
            response=self._some(section.get("response"), order),
            stable=self._some(section.get("stable"), order),
            progression=self._some(section.get("progression"), order),
            not_evaluable=self._some(section.get("not_evaluable"), order),
            too_early=self.reader.one_of(section.get("too_early"), order),
            no_assessment=self.reader.one_of(section.get("no_assessment"), order),
            stable_minimum_days=self._whole(section, "stable_minimum_days"),
            stable_early_days=self._whole(section, "stable_early_days"),
            control=self._some(section.get("control"), order),
            benefit=self._some(section.get("benefit"), order),
            benefit_minimum_days=self._whole(section, "benefit_minimum_days"),
            benefit_early_days=self._whole(section, "benefit_early_days"),
        )
        require_all_responses(self.reader, section, best)
        return best

    def _some(self, node: Node | None, order: tuple[str, ...]) -> tuple[str, ...]:
        """Responses, each of them one of the order."""
        return tuple(self.reader.one_of(item, order) for item in self.reader.items(node))

    def _confirmation(self, node: Node | None, best: p.BestRules) -> p.ConfirmationRules:
        section = self._section(node, tuple(p.ConfirmationRules.__dataclass_fields__))
        confirms = self._section(section.get("confirms"), best.response)
        return p.ConfirmationRules(
            self._whole(section, "minimum_days"),
            self._whole(section, "most_not_evaluable"),
            {first: self._some(confirms.get(first), best.order) for first in best.response},
            self.reader.one_of(section.get("partial_after_complete"), ("goes_on", "breaks")),
            read_confirmation_table(self.reader, section.get("table"), best),
        )
