"""The known-truth raw data of the two studies: simulated patients, their CRF forms, and what really happened."""

from crf2tlf.spec.crf import EventDef, FormDef, ItemDef
from synthetic.forms import read_events, read_forms
from synthetic.parameters import Parameters, read_parameters
from synthetic.simulate import Block, simulate

__all__ = [
    "Block",
    "EventDef",
    "FormDef",
    "ItemDef",
    "Parameters",
    "read_events",
    "read_forms",
    "read_parameters",
    "simulate",
]
