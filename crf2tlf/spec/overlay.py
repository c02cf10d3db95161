"""One mapping of a time-to-event parameter laid over another: what a rule set changes, and what it leaves as it is."""

from __future__ import annotations

from crf2tlf.errors import did_you_mean
from crf2tlf.spec.nodes import Mapping, Reader, Text

_BY_ENTRY = ("series", "dates", "gaps", "instead")


def overlay(reader: Reader, base: Mapping, over: Mapping) -> Mapping:
    """`over` laid over `base`: dates, series, gaps and rules entry by entry, everything else whole.

    `rules` changes fields of rules by id; a new rule says `before` which one it stands. `without` takes rules away.
    """
    entries, keys = dict(base.entries), dict(base.keys)
    for key, value in over:
        below = base.get(key)
        if key in ("like", "variants", "without"):
            continue
        entries[key], keys[key] = value, over.keys[key]
        if isinstance(below, Mapping) and isinstance(value, Mapping):
            if key in _BY_ENTRY:
                entries[key] = _joined(below, value)
            elif key == "rules":
                entries[key] = _joined_rules(reader, below, value)
    rules = entries.get("rules")
    if isinstance(rules, Mapping):
        entries["rules"] = _without(reader, rules, over)
    return Mapping(entries, keys, over.location, over.where)


def _joined(below: Mapping, above: Mapping) -> Mapping:
    return Mapping({**below.entries, **above.entries}, {**below.keys, **above.keys}, above.location, above.where)


def _joined_rules(reader: Reader, below: Mapping, above: Mapping) -> Mapping:
    entries = dict(below.entries)
    for id_, value in above:
        change, old = reader.entry(value), entries.get(id_)
        if change is None:
            continue
        if isinstance(old, Mapping):
            entries[id_] = _joined(old, change)
            continue
        before = reader.text(change.get("before"))
        if before not in entries:
            message = f"there is no rule '{id_}' to change, and a new rule says 'before' which one it stands"
            reader.faults.add(above.keys[id_], change.where, message, f"the rules are {', '.join(entries)}")
            continue
        fields = {key: inner for key, inner in change if key != "before"}
        order = list(entries)
        order.insert(order.index(before), id_)
        entries[id_] = Mapping(fields, {key: change.keys[key] for key in fields}, change.location, change.where)
        entries = {each: entries[each] for each in order}
    return Mapping(entries, {**below.keys, **above.keys}, above.location, above.where)


def _without(reader: Reader, rules: Mapping, over: Mapping) -> Mapping:
    taken = [item for item in reader.items(over.get("without")) if isinstance(item, Text)]
    for item in taken:
        if item.value not in rules.entries:
            hint = did_you_mean(item.value, rules.entries)
            reader.faults.add(item.location, item.where, f"there is no rule '{item.value}'", hint)
    ids = {item.value for item in taken}
    entries = {id_: value for id_, value in rules if id_ not in ids}
    return Mapping(entries, rules.keys, rules.location, rules.where)
