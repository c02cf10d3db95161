"""The faults of a study: specs/<study>/faults.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from crf2tlf.errors import Location, SpecError, did_you_mean
from crf2tlf.spec.crf import FormDef
from crf2tlf.spec.nodes import Faults, Mapping, Reader, read_yaml
from synthetic.faults.kinds import KINDS
from synthetic.faults.planter import FaultSpec
from synthetic.typed import read_record


@dataclass(frozen=True)
class FaultFile:
    """The content of the file."""

    faults: dict[str, FaultSpec]


def read_faults(study: str, root: Path, forms: dict[str, FormDef]) -> dict[str, FaultSpec]:
    """The kinds that are planted, by name; SpecError names every unknown kind, form and item with its line."""
    shown = f"specs/{study}/faults.yaml"
    faults = Faults()
    reader = Reader(faults)
    top = read_yaml(root / shown, shown, faults)
    content = read_record(FaultFile, top, reader, Location(shown, 1)) if top else None
    if top is not None and content is not None:
        node = reader.mapping(top.get("faults"))
        for name, spec in content.faults.items():
            if node is not None and spec is not None:
                _check(name, spec, forms, node, reader)
    if content is None or faults.found:
        raise SpecError(faults.found)
    return content.faults


def _check(name: str, spec: FaultSpec, forms: dict[str, FormDef], node: Mapping, reader: Reader) -> None:
    place, where = node.keys[name], node.under(name)
    if name not in KINDS:
        reader.faults.add(place, where, f"'{name}' is no kind of fault", did_you_mean(name, KINDS))
    if not 0 < spec.rate < 1:
        reader.faults.add(place, where, f"the rate {spec.rate} is not between 0 and 1")
    for form, names in spec.fields.items():
        if form == "forms":
            unknown = [each for each in names if each not in forms]
            known = list(forms)
        else:
            known = [item.oid for item in forms[form].items] if form in forms else list(forms)
            unknown = [each for each in (names if form in forms else (form,)) if each not in known]
        for each in unknown:
            reader.faults.add(place, where, f"the study has no '{each}' here", did_you_mean(each, known))
