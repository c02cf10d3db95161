"""The referee's page: where the computed response is not the reported one, why, and what hangs on it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crf2tlf.list_page import render_list, render_list_page
from crf2tlf.rules.columns import Column, compute_iso_dates
from crf2tlf.spec.model import Study

_COLUMNS = {
    "USUBJID": "Subject", "EVALUATOR": "Evaluator", "VISIT": "Visit", "COMPONENT": "Component",
    "REPORTED": "Reported", "REPORTED_DATE": "on", "COMPUTED": "Computed", "COMPUTED_DATE": "on", "REASON": "Reason",
    "EXPLAIN": "Why", "EFFECT": "This difference alone changes",
}  # fmt: skip
_GROUPS = (
    "overall response or its date, with an effect on best response or first progression",
    "overall response or its date, without such an effect",
    "a component of the response",
)


def render_differences(study: Study, found: pd.DataFrame) -> str:
    """A page that stands alone: differences with an effect first, grouped by reason."""
    effect = found["EFFECT"].fillna("").to_numpy(dtype=object)
    rank = np.select([effect == "", effect == "none"], [2, 1], 0)
    dates = {"REPORTED_DATE": _dates(found["ADTREP"]), "COMPUTED_DATE": _dates(found["ADTCOMP"])}
    shown = found.assign(**dates)
    parts = [
        render_list(f"{response}, {group}: {reason}", rows, list(_COLUMNS), list(_COLUMNS.values()))
        for number, group in enumerate(_GROUPS)
        for (response, reason), rows in shown[rank == number].groupby(["RESPONSE", "REASON"], dropna=False)
    ]
    subjects = found["USUBJID"].nunique()
    introduction = (
        f'<span class="count">{len(found)}</span> differences between the responses computed from the lesions and '
        f"those reported, of {subjects} subject{'s' if subjects != 1 else ''}; {int((rank == 0).sum())} of them alone "
        f"change best response or first progression, and with it PFS. {_drivers(study)}"
    )
    body = "\n".join(parts) or "<p>Every reported response is the computed one.</p>"
    label = "Filter differences" if len(found) else ""
    heading = f"Responses of {study.study_id}: computed against reported"
    return render_list_page(f"Response referee {study.name}", heading, introduction, body, label=label)


def _drivers(study: Study) -> str:
    return " ".join(f"{each.name}: the {each.driver} responses are analysed." for each in study.responses.values())


def _dates(days: pd.Series) -> Column:
    return compute_iso_dates(days.to_numpy(dtype=np.float64))
