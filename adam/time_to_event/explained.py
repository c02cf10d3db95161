"""Why each subject has the outcome it has, and who has another one under another rule set."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crf2tlf.derive.engine import DerivedDataset
from crf2tlf.rules.columns import Column, compute_iso_dates, take_rows, text_column

EXPLAINED = {
    "PARAMCD": "code",
    "PARAM": "name",
    "RULESETOF": "rule_set_of",
    "RULE": "rule",
    "CNSR": "cnsr",
    "STARTDT": "start",
    "ADT": "date",
    "AVAL": "value",
    "EVNTDESC": "event_text",
    "CNSDTDSC": "date_text",
    "SRCDOM": "source_dataset",
    "SRCVAR": "source_variable",
    "SRCSEQ": "source_sequence",
    "EXPLAIN": "explanation",
    "SPEC": "spec",
}
"""The columns of the explanations, with the fields of a parameter that they hold."""
_COMPARED = ("RULE", "CNSR", "ADT", "EVNTDESC", "EXPLAIN")


def compute_explained(dataset: DerivedDataset) -> pd.DataFrame:
    """One row for each subject and parameter, by subject and then as the parameters stand in the spec.

    Dates are ISO 8601 texts. SPEC is file and line of the rule that fired; RULESETOF is the parameter whose rows a
    rule set uses.
    """
    parts = [part for part in dataset.parts if part.fields is not None]
    frames = []
    for order, part in enumerate(parts):
        fields = part.fields or {}
        columns: dict[str, Column] = {"USUBJID": take_rows(part.source.subjects(), part.positions)}
        columns |= {name: fields[field] for name, field in EXPLAINED.items()}
        columns |= {name: compute_iso_dates(columns[name].to_numpy()) for name in ("STARTDT", "ADT")}
        frames.append(pd.DataFrame({**columns, "_ORDER": np.full(len(part.positions), order)}))
    whole = pd.concat(frames, ignore_index=True)
    return whole.sort_values(["USUBJID", "_ORDER"], kind="stable", ignore_index=True).drop(columns="_ORDER")


def compute_switchers(explained: pd.DataFrame) -> pd.DataFrame:
    """One row for each subject whose outcome, date or reason is another under a rule set of the parameter.

    RULE, CNSR, ADT, EVNTDESC and EXPLAIN are those of the parameter, with the prefix TO_ those of the rule set RULESET.
    SWITCH says what changes: "event to censored", "censored to event", "date" or "reason".
    """
    sets = explained[explained["RULESETOF"].notna()]
    own = ["USUBJID", "PARAMCD", *_COMPARED]
    renamed = {"PARAMCD": "RULESET", "RULESETOF": "PARAMCD", **{name: f"TO_{name}" for name in _COMPARED}}
    others = sets[["USUBJID", "PARAMCD", "RULESETOF", *_COMPARED]].rename(columns=renamed)
    both = others.merge(explained[own], on=["USUBJID", "PARAMCD"], how="inner", validate="many_to_one")
    was_event, is_event = both["CNSR"].to_numpy() == 0, both["TO_CNSR"].to_numpy() == 0
    same_date = (both["ADT"] == both["TO_ADT"]).to_numpy(dtype=bool)
    same_reason = (both["CNSR"] == both["TO_CNSR"]).to_numpy() & (both["EVNTDESC"] == both["TO_EVNTDESC"]).to_numpy()
    words = [was_event & ~is_event, ~was_event & is_event, ~same_date, ~same_reason]
    texts = ["event to censored", "censored to event", "date", "reason"]
    both["SWITCH"] = text_column(np.select(words, texts, default=""))
    head = ["USUBJID", "PARAMCD", "RULESET", "SWITCH"]
    columns = [*head, *_COMPARED, *(f"TO_{name}" for name in _COMPARED)]
    switched: pd.DataFrame = both.loc[both["SWITCH"].notna(), columns]
    return switched.sort_values(["PARAMCD", "RULESET", "USUBJID"], kind="stable", ignore_index=True)
