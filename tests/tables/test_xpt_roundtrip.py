"""Any dataset that can be written comes back the same, and is written the same again."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from crf2tlf.tables import XptVariable, missing_codes, read_xpt, special_missing, text_length, write_xpt

# A text that ends in a blank or NUL cannot be told from its filling; surrogates are no characters.
characters = st.characters(codec="utf-8", exclude_characters="\0")
texts = st.text(characters, max_size=12).map(lambda value: value.rstrip(" ") or None)
numbers = st.one_of(
    st.floats(1e-70, 1e70),
    st.floats(-1e70, -1e-70),
    st.integers(-(2**53), 2**53).map(float),
    st.just(math.nan),
    st.sampled_from("AZ_").map(special_missing),
)
rows = st.lists(st.tuples(numbers, texts, texts), max_size=30)
FORMATS = ("", "8.2", "DATE9.", "E8601DA10.", "BEST.", ".2")


@settings(deadline=None)
@given(rows, st.sampled_from(["utf-8", "gb18030"]), st.sampled_from(FORMATS))
def test_a_dataset_comes_back_and_is_written_the_same_again(
    records: list[tuple[float, str | None, str | None]], encoding: str, form: str
) -> None:
    frame = pd.DataFrame(
        {
            "N": np.array([record[0] for record in records], dtype=np.float64),
            "A": pd.Series([record[1] for record in records], dtype="string[pyarrow]"),
            "B": pd.Series([record[2] for record in records], dtype="string[pyarrow]"),
        }
    )
    variables = [
        XptVariable("B", "text", text_length(frame["B"], encoding), "后"),
        XptVariable("N", "number", 8, "Number", form),
        XptVariable("A", "text", text_length(frame["A"], encoding)),
    ]
    with tempfile.TemporaryDirectory() as folder:
        first, second = Path(folder) / "first.xpt", Path(folder) / "second.xpt"
        write_xpt(first, frame, name="X", label="数据", variables=variables, encoding=encoding)
        found = read_xpt(first, encoding=encoding)
        write_xpt(
            second,
            found.frame,
            name=found.name,
            label=found.label,
            variables=found.variables,
            encoding=encoding,
            header=found.header,
        )
        assert second.read_bytes() == first.read_bytes()
    assert (found.name, found.label, list(found.variables)) == ("X", "数据", variables)
    pd.testing.assert_frame_equal(found.frame, frame[["B", "N", "A"]], check_exact=True)
    codes = missing_codes(frame["N"].to_numpy())
    assert missing_codes(found.frame["N"].to_numpy()).tolist() == codes.tolist()
