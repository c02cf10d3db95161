"""The published anchors against what the simulation gives: one value a seed, and the range of single studies."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from crf2tlf.spec.crf import FormDef
from synthetic.parameters import Anchor, Parameters
from synthetic.plan import DAYS_PER_MONTH
from synthetic.simulate import simulate
from synthetic.streams import Bools, Floats

Truth = dict[str, pd.DataFrame]
CLINICAL_BENEFIT_DAYS = 24 * 7
NORMAL_95 = 1.959964
# "Myelosuppression" of the publications: any of these.
BLOOD = (
    "Neutrophil count decreased",
    "White blood cell count decreased",
    "Anaemia",
    "Platelet count decreased",
)


def simulate_truth(parameters: Parameters, forms: dict[str, FormDef], seed: int | None = None) -> Truth:
    """The truth frames of one study as planned, enrolled subjects only."""
    blocks = [block.truth for block in simulate(parameters, forms, seed=seed)]
    truth = {name: pd.concat([block[name] for block in blocks], ignore_index=True) for name in blocks[0]}
    truth["subjects"] = truth["subjects"][~truth["subjects"]["SCREEN_FAILURE"]].reset_index(drop=True)
    return truth


def calibrate(parameters: Parameters, studies: Sequence[Truth]) -> pd.DataFrame:
    """One row an anchor: target, mean over the studies, 95 % range of a single one (mean -+ 1.96 SD), target inside."""
    anchors = parameters.anchors
    values = np.array(
        [
            [STATISTICS[one.statistic](truth, select_group(truth, one.group), one) for one in anchors]
            for truth in studies
        ]
    )
    mean, spread = values.mean(axis=0), NORMAL_95 * values.std(axis=0, ddof=1)
    target = np.array([anchor.value for anchor in anchors])
    columns = ("statistic", "term", "group", "time", "published", "source", "explained")
    texts = {name: [getattr(one, name) for one in anchors] for name in columns}
    inside = np.abs(target - mean) <= spread
    numbers = {"target": target, "mean": mean, "low": mean - spread, "high": mean + spread, "inside": inside}
    return pd.DataFrame(texts | numbers)


def select_group(truth: Truth, group: str) -> pd.DataFrame:
    """The subjects of a group such as `REGIMEN=CAP` or `REGIMEN=TAX|TRA`."""
    subjects = truth["subjects"]
    if group == "all":
        return subjects
    column, values = group.split("=")
    return subjects[subjects[column].astype(str).isin(values.split("|"))]


def outcomes(truth: Truth, subjects: pd.DataFrame, parameter: str) -> tuple[Floats, Bools]:
    """Months and event of a parameter under the primary rules, in the order of `subjects`."""
    rules = {"PFS": "FDA", "TTF": "LASTDOSE", "OS": "ALL"}[parameter]
    table = truth["tte"]
    table = table[(table["PARAMETER"] == parameter) & (table["RULESET"] == rules)].set_index("SUBJECT")
    table = table.loc[subjects["SUBJECT"]]
    days = table["DATE"].to_numpy(dtype=np.float64) - table["START"].to_numpy(dtype=np.float64) + 1
    return days / DAYS_PER_MONTH, table["EVENT"].to_numpy(dtype=bool)


def kaplan_meier(time: Floats, event: Bools) -> tuple[Floats, Floats]:
    """Times of events in order, and the share without event after each."""
    at = np.unique(time[event])
    risk = len(time) - np.searchsorted(np.sort(time), at, side="left")
    counts = np.searchsorted(np.sort(time[event]), at, side="right") - np.searchsorted(
        np.sort(time[event]), at, side="left"
    )
    return at, np.asarray(np.cumprod(1 - counts / risk), dtype=np.float64)


def _age_median(_: Truth, subjects: pd.DataFrame, __: Anchor) -> float:
    return float(subjects["AGE"].median())


def _share(_: Truth, subjects: pd.DataFrame, anchor: Anchor) -> float:
    column, value = (*anchor.term.split("="), "True")[:2]
    return float((subjects[column].astype(str) == value).mean())


def _km_median(truth: Truth, subjects: pd.DataFrame, anchor: Anchor) -> float:
    time, share = kaplan_meier(*outcomes(truth, subjects, anchor.term))
    return float(time[np.argmax(share <= 0.5)]) if (share <= 0.5).any() else float("nan")


def _km_rate(truth: Truth, subjects: pd.DataFrame, anchor: Anchor) -> float:
    time, share = kaplan_meier(*outcomes(truth, subjects, anchor.term))
    return float(np.concatenate([[1.0], share])[np.searchsorted(time, anchor.time, side="right")])


def _hazard_ratio(truth: Truth, subjects: pd.DataFrame, anchor: Anchor) -> float:
    """First-named regimen against the second: Cox regression on one covariate, ties after Breslow, Newton steps."""
    time, event = outcomes(truth, subjects, anchor.term)
    treated = (subjects["REGIMEN"] == anchor.group.split("=")[1].split("|")[0]).to_numpy(dtype=np.float64)
    order = np.argsort(-time, kind="stable")
    time, event, treated = time[order], event[order], treated[order]
    last = np.searchsorted(-time, -time, side="right") - 1
    beta = 0.0
    for _step in range(8):
        weight = np.exp(beta * treated)
        share = (np.cumsum(weight * treated) / np.cumsum(weight))[last]
        beta += float(np.sum((treated - share)[event]) / np.sum((share * (1 - share))[event]))
    return float(np.exp(beta))


def _response_share(*codes: str) -> Callable[[Truth, pd.DataFrame, Anchor], float]:
    def share(_: Truth, subjects: pd.DataFrame, __: Anchor) -> float:
        measurable = subjects[subjects["MEASURABLE"]]
        return float(measurable["BEST_RESPONSE"].isin(codes).mean())

    return share


def _benefit_rate(truth: Truth, subjects: pd.DataFrame, _: Anchor) -> float:
    """CR, PR, or SD (also Non-CR/Non-PD) seen 24 weeks after the start or later (PHOEBE)."""
    responses = truth["responses"].merge(subjects[["SUBJECT", "START"]], on="SUBJECT", validate="many_to_one")
    stable = responses["OVERALL"].isin(["SD", "NN", "PR", "CR"]) & (
        responses["DATE"] - responses["START"] >= CLINICAL_BENEFIT_DAYS - 7
    )
    lasting = subjects["SUBJECT"].isin(responses.loc[stable, "SUBJECT"])
    return float((lasting | subjects["BEST_RESPONSE"].isin(["CR", "PR"])).mean())


def _response_duration(truth: Truth, subjects: pd.DataFrame, _: Anchor) -> float:
    """Median months from the first CR or PR to progression or death, censored as PFS."""
    responders = subjects[subjects["BEST_RESPONSE"].isin(["CR", "PR"])]
    shown = truth["responses"][truth["responses"]["OVERALL"].isin(["CR", "PR"])]
    first = shown.groupby("SUBJECT")["DATE"].min().loc[responders["SUBJECT"]].to_numpy(dtype=np.float64)
    months, event = outcomes(truth, responders, "PFS")
    start = responders["START"].to_numpy(dtype=np.float64)
    time, share = kaplan_meier(months - (first - start) / DAYS_PER_MONTH, event)
    return float(time[np.argmax(share <= 0.5)]) if (share <= 0.5).any() else float("nan")


def _event_share(least: int) -> Callable[[Truth, pd.DataFrame, Anchor], float]:
    def share(truth: Truth, subjects: pd.DataFrame, anchor: Anchor) -> float:
        events = truth["adverse_events"]
        terms = BLOOD if anchor.term == "myelosuppression" else (anchor.term,)
        chosen = events[events["TERM"].isin(terms) & (events["GRADE"] >= least)]
        return float(subjects["SUBJECT"].isin(chosen["SUBJECT"]).mean())

    return share


def _stopped(_: Truth, subjects: pd.DataFrame, anchor: Anchor) -> float:
    return float((subjects["DISCONTINUATION_REASON"] == anchor.term).mean())


STATISTICS: dict[str, Callable[[Truth, pd.DataFrame, Anchor], float]] = {
    "age_median": _age_median,
    "share": _share,
    "km_median": _km_median,
    "km_rate": _km_rate,
    "hazard_ratio": _hazard_ratio,
    "response_rate": _response_share("CR", "PR"),
    "complete_rate": _response_share("CR"),
    "control_rate": _response_share("CR", "PR", "SD"),
    "benefit_rate": _benefit_rate,
    "response_duration": _response_duration,
    "any_event": _event_share(1),
    "severe_event": _event_share(3),
    "stopped": _stopped,
}
