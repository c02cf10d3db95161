"""The CRF that a synthetic study fills: specs/<study>/raw_forms.yaml."""

from __future__ import annotations

from pathlib import Path

from crf2tlf.spec.crf import EventDef, FormDef, load_crf

# The columns that every form's frame starts with; EVENT_DATE is the date of the visit, in days since 1960-01-01.
KEYS = ("SITE", "SUBJECT", "EVENT", "EVENT_REP", "FORM_REP", "ROW_REP", "EVENT_DATE")


def read_forms(study: str, root: Path) -> dict[str, FormDef]:
    """The forms by OID, in the order of the file; SpecError names every fault of the file."""
    shown = f"specs/{study}/raw_forms.yaml"
    return load_crf(root / shown, shown).forms


def read_events(study: str, root: Path) -> dict[str, EventDef]:
    """The kinds of visit by OID, in the order of the file."""
    shown = f"specs/{study}/raw_forms.yaml"
    return load_crf(root / shown, shown).events
