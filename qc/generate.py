"""All rules of a study."""

from __future__ import annotations

from collections.abc import Iterator

from crf2tlf.spec.model import Dataset, Study
from crf2tlf.spec.standards import Standards
from qc.rules import Rule
from qc.rules_adam import adam_rules
from qc.rules_files import file_rules
from qc.rules_records import record_rules
from qc.rules_relations import relation_rules


def generate_rules(study: Study, standards: Standards) -> tuple[Rule, ...]:
    """The rules of all datasets of the spec, SDTM first; their ids are unique."""
    specs = (*study.sdtm.values(), *study.adam.values())
    return tuple(rule for spec in specs for rule in dataset_rules(study, spec, standards))


def dataset_rules(study: Study, spec: Dataset, standards: Standards) -> Iterator[Rule]:
    """The rules of one dataset and of its SUPP--."""
    yield from file_rules(spec, standards)
    yield from record_rules(study, spec)
    yield from relation_rules(study, spec, standards)
    if spec.standard == "ADaM":
        yield from adam_rules(spec)
