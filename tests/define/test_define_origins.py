"""Origins by value: what the site and a laboratory collect of one variable (Define-XML 2.1 section 5.3.11.3)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from crf2tlf.rules.columns import text_column
from crf2tlf.spec.load import load_study
from crf2tlf.spec.model import Origin
from define.value_level import dataset_values

LABORATORY = Origin("Collected", "Vendor", form="lab", stated=True)
RESULT = Origin("Collected", "Investigator", form="preg", fields=(("preg", "PREG.PREGRES"),), stated=True)
PAGE_DATE = Origin("Collected", "Investigator", form="preg", fields=(("preg", "PREG.PREGDAT"),))


def test_results_of_the_laboratory_and_of_the_site_have_origins_of_their_own(root: Path) -> None:
    spec = load_study("pyrws", root).sdtm["LB"]
    frame = pd.DataFrame(
        {
            "LBTESTCD": text_column(["HGB", "HCG", "HGB"]),
            "LBTEST": text_column(["Hemoglobin", "Choriogonadotropin Beta", "Hemoglobin"]),
            "LBCAT": text_column(["HEMATOLOGY", "PREGNANCY TEST", "HEMATOLOGY"]),
            "LBORRES": text_column(["121", "NEGATIVE", None]),
            "LBSTRESC": text_column(["121", "NEGATIVE", None]),
            "LBSTRESN": text_column([None, None, None]),
            "LBDTC": text_column(["2024-03-01T08:00", "2024-03-01", "2024-03-22T08:00"]),
        }
    )
    values = dataset_values(spec, frame)
    assert [(value.by, value.code, value.label, value.origin) for value in values["LBORRES"]] == [
        ("LBTESTCD", "HGB", "Hemoglobin", LABORATORY),
        ("LBTESTCD", "HCG", "Choriogonadotropin Beta", RESULT),
    ]
    assert [(value.by, value.code, value.origin) for value in values["LBDTC"]] == [
        ("LBCAT", "HEMATOLOGY", Origin("Collected", "Vendor", form="lab")),
        ("LBCAT", "PREGNANCY TEST", PAGE_DATE),
    ]
    assert [value.origin for value in values["LBSTRESC"]] == [None, None]
