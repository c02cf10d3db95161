"""The referee's page: where the computed response is not the reported one, why, and what hangs on it."""

from __future__ import annotations

from html import escape

import numpy as np
import pandas as pd

from adam.response_outcome import COMPUTED, REPORTED, tell_outcomes
from crf2tlf.list_page import render_list, render_list_page
from crf2tlf.rules.columns import Column, FloatArray, compute_iso_dates, text_column
from crf2tlf.spec.model import Response, Study

_COLUMNS = {
    "USUBJID": "Subject", "EVALUATOR": "Evaluator", "VISIT": "Visit", "COMPONENT": "Component", "REPORTED": "Reported",
    "COMPUTED": "Computed", "REASON": "Reason", "EXPLAIN": "Why", "EFFECT": "This difference alone changes",
}  # fmt: skip
_OUTCOMES = {
    "USUBJID": "Subject", "CHANGE": "Change",
    REPORTED: "By the reported responses", COMPUTED: "By the computed responses",
}  # fmt: skip
_GROUPS = (
    "overall response or its date, with an effect on {endpoints}",
    "overall response or its date, without such an effect",
    "a component of the response",
)


def render_differences(study: Study, found: pd.DataFrame) -> str:
    """A page that stands alone: outcomes that are others first, then differences with an effect, by reason."""
    effect = found["EFFECT"].fillna("").to_numpy(dtype=object)
    rank = np.select([effect == "", effect == "none"], [2, 1], 0)
    shown = found.assign(
        REPORTED=_dated(found["REPORTED"], found["ADTREP"]), COMPUTED=_dated(found["COMPUTED"], found["ADTCOMP"])
    )
    columns = {name: text for name, text in _COLUMNS.items() if name != "EVALUATOR" or found[name].nunique() > 1}
    responses = {each.name: each for each in study.responses.values()}
    parts = _outcomes(study, found)
    parts += [
        render_list(f"{response}, {_group(number, responses[str(response)])}: {reason}", rows, *_shown(columns))
        for number in range(len(_GROUPS))
        for (response, reason), rows in shown[rank == number].groupby(["RESPONSE", "REASON"], dropna=False)
    ]
    subjects = found["USUBJID"].nunique()
    introduction = (
        f'<span class="count">{len(found)}</span> differences between the responses computed from the lesions and '
        f"those reported, of {subjects} subject{'s' if subjects != 1 else ''}; {int((rank == 0).sum())} of them alone "
        f"change {_endpoints(*responses.values())}. {_drivers(study)}"
    )
    body = "\n".join(parts) or "<p>Every reported response is the computed one.</p>"
    label = "Filter differences" if len(found) else ""
    heading = f"Responses of {study.study_id}: computed against reported"
    return render_list_page(f"Response referee {study.name}", heading, introduction, body, label=label)


def _outcomes(study: Study, found: pd.DataFrame) -> list[str]:
    """For each response with an outcome to judge by, the subjects whose outcome is another one by the computed."""
    parts = []
    for response in study.responses.values():
        effect = response.effect_on
        if effect is None or found.empty:
            continue
        name = study.adam[effect.dataset].parameters[effect.parameter].name
        rows = (
            found[(found["RESPONSE"] == response.name).to_numpy(dtype=bool)]
            .drop_duplicates("USUBJID")
            .reset_index(drop=True)
        )
        reported, computed = tell_outcomes(rows, REPORTED), tell_outcomes(rows, COMPUTED)
        sentences = {kind: rows[f"OUTEXPL{kind}"].fillna("no outcome") for kind in (REPORTED, COMPUTED)}
        changed = rows.assign(CHANGE=_changes(rows), **sentences)[reported != computed]
        heading = f"{effect.parameter}, {name}: subjects whose outcome by the computed responses is another one"
        none = f"<section><h2>{escape(heading)}</h2><p>No difference changes it.</p></section>"
        parts.append(render_list(heading, changed, *_shown(_OUTCOMES)) if len(changed) else none)
    return parts


def _changes(rows: pd.DataFrame) -> Column:
    """What changes from the outcome by the reported responses: the status, else the date, else the reason."""
    before, after = (rows[f"CNSR{kind}"].to_numpy(dtype=np.float64) for kind in (REPORTED, COMPUTED))
    days = [rows[f"OUTDT{kind}"].to_numpy(dtype=np.float64) for kind in (REPORTED, COMPUTED)]
    words = [_status(each) for each in (before, after)]
    status = words[0] + " to " + words[1]
    return text_column(np.select([words[0] != words[1], days[0] != days[1]], [status, "date"], "reason"))


def _status(code: FloatArray) -> np.ndarray:
    words = np.select([np.isnan(code), code == 0], ["no outcome", "event"], "censored")
    return np.asarray(words.astype(object))


def _shown(columns: dict[str, str]) -> tuple[list[str], list[str]]:
    return list(columns), list(columns.values())


def _group(number: int, response: Response) -> str:
    return _GROUPS[number].format(endpoints=_endpoints(response))


def _endpoints(*responses: Response) -> str:
    """What a difference may change: "best response, first progression or PFS"."""
    outcomes = [each.effect_on.parameter for each in responses if each.effect_on is not None]
    names = ["best response", "first progression", *outcomes]
    return f"{', '.join(names[:-1])} or {names[-1]}"


def _drivers(study: Study) -> str:
    compared = [each for each in study.responses.values() if each.input("reported") is not None]
    return " ".join(f"{each.name}: the {each.driver} responses are analysed." for each in compared)


def _dated(values: Column, days: pd.Series) -> Column:
    """Responses with their dates."""
    dates = compute_iso_dates(days.to_numpy(dtype=np.float64)).fillna("").to_numpy(dtype=object)
    given = values.fillna("").to_numpy(dtype=object)
    return text_column(np.where(given == "", "", given + " on " + dates))
