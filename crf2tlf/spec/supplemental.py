"""The attributes of SUPP-- datasets, inherited from the standard's SUPPQUAL (SDTMIG 3.4 section 8.4.1)."""

from __future__ import annotations

from crf2tlf.spec.standards import Standards, StandardVariable


def supplemental_variables(standards: Standards, name: str) -> dict[str, StandardVariable]:
    """The variables of SUPPxx in order, by name."""
    return {variable.name: variable for variable in standards.variables("SDTM", name)}


def supplemental_label(standards: Standards, name: str) -> str:
    """The label of SUPPxx."""
    published = standards.dataset("SDTM", name)
    return published.label if published is not None else f"Supplemental Qualifiers for {name[4:]}"
