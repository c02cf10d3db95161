"""Variables in which the text of another one goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from crf2tlf.spec.standards import Standards, load_standards


@pytest.fixture(scope="module")
def standards() -> Standards:
    return load_standards(Path(__file__).parents[2] / "specs" / "standards")


@pytest.mark.parametrize(
    ("dataset", "name", "label"),
    [("CO", "COVAL1", "Comment 1"), ("CO", "COVAL12", "Comment 12"), ("TS", "TSVAL2", "Parameter Value 2")],
)
def test_a_long_text_of_co_and_ts_goes_on_in_numbered_variables(
    standards: Standards, dataset: str, name: str, label: str
) -> None:
    found = standards.variable("SDTM", dataset, name)
    assert found is not None
    assert (found.dataset, found.name, found.label, found.core, found.order) == (dataset, name, label, "Perm", 0)


@pytest.mark.parametrize(("dataset", "name"), [("CO", "COVAL0"), ("CO", "COVAL01"), ("CO", "COREF1"), ("AE", "COVAL1")])
def test_no_other_variable_goes_on(standards: Standards, dataset: str, name: str) -> None:
    assert standards.variable("SDTM", dataset, name) is None
