"""Template `kaplan_meier` as a figure: the frames that are drawn, and the same in words."""

from __future__ import annotations

import pandas as pd

from crf2tlf.rules.columns import TEXT
from crf2tlf.spec.output_bodies import KaplanMeier
from tlf.displays.numbers import Numbers
from tlf.displays.survival import METHODS, describe_comparison, describe_p_value, kind_label, ratio_numbers
from tlf.figures import KaplanMeierFigure
from tlf.statistics import format_interval, format_number


def make_kaplan_meier_figure(body: KaplanMeier, numbers: Numbers) -> KaplanMeierFigure:
    """The picture's frames, from results alone."""
    return KaplanMeierFigure(
        steps=_points(numbers, "CURVE", {"time": "time", "survival": "survival", "censored": "n_censor"}),
        at_risk=_numbers_at_risk(numbers),
        medians=_medians(numbers),
        time_label=body.time_label,
        survival_label=body.survival_label,
        notes=(*((_log_rank(numbers),) if body.log_rank else ()), *_comparisons(body, numbers)),
    )


def describe_kaplan_meier(body: KaplanMeier, numbers: Numbers) -> tuple[str, ...]:
    """Footnotes: how medians and p-value were computed."""
    notes = [
        "Kaplan-Meier estimates; short vertical lines mark censored subjects. NE: not estimable.",
        f"Median and 95% confidence limits: {METHODS[body.interval]}.",
    ]
    if body.log_rank:
        degrees = format_number(numbers.get("LOG_RANK", "df").value, 0)
        value = format_number(numbers.get("LOG_RANK", "chi_square").value, 2)
        notes.append(f"{_log_rank(numbers)} (two-sided, unstratified; chi-square {value}, {degrees} df).")
    if body.compare is not None:
        notes.append(describe_comparison(body.compare))
    return tuple(notes)


def _comparisons(body: KaplanMeier, numbers: Numbers) -> tuple[str, ...]:
    """ "Stratified hazard ratio 0.85 (0.70, 1.03), log-rank p = 0.1020" for each column that is compared."""
    if body.compare is None:
        return ()
    found = numbers.levels("HAZARD_RATIO", "hazard_ratio")
    columns = list(dict.fromkeys(levels[0] for levels in found))
    lines = []
    for levels in found:
        estimate, lower, upper = (number.value for number in ratio_numbers(numbers, levels))
        text = f"{format_number(estimate, 2)} {format_interval(lower, upper, 2)}"
        p_value = describe_p_value(numbers.get("LOG_RANK_PAIR", "p_value", levels).value)
        start = f"{levels[0]}: " if len(columns) > 1 else ""
        lines.append(f"{start}{kind_label(body.compare, levels[1], 'hazard ratio')} {text}, log-rank {p_value}")
    return tuple(lines)


def describe_figure(body: KaplanMeier, numbers: Numbers, title: str) -> str:
    """The figure in words, for readers who cannot see it."""
    frame = _medians(numbers)
    columns = (frame[name] for name in ("group", "n", "events", "median", "lower", "upper"))
    parts = [
        f"{group}: {int(events)} of {int(n)} subjects with an event, median {format_number(median, 1)} "
        f"{format_interval(lower, upper, 1)}"
        for group, n, events, median, lower, upper in zip(*columns, strict=True)
    ]
    notes = (*((_log_rank(numbers),) if body.log_rank else ()), *_comparisons(body, numbers))
    end = "".join(f" {note}." for note in notes)
    return f"Kaplan-Meier curves. {title}. {body.time_label}. {'; '.join(parts)}.{end}"


def _log_rank(numbers: Numbers) -> str:
    return f"Log-rank {describe_p_value(numbers.get('LOG_RANK', 'p_value').value)}"


def _points(numbers: Numbers, analysis: str, columns: dict[str, str]) -> pd.DataFrame:
    """One row for each group and time: the group and the named statistics."""
    places = numbers.levels(analysis, next(iter(columns.values())))
    frame = {"group": pd.array([place[0] for place in places], dtype=TEXT)}
    values = {
        name: pd.array([numbers.get(analysis, statistic, place).value for place in places], dtype="float64")
        for name, statistic in columns.items()
    }
    return pd.DataFrame(frame | values)


def _numbers_at_risk(numbers: Numbers) -> pd.DataFrame:
    places = numbers.levels("AT_RISK", "n_risk")
    found = _points(numbers, "AT_RISK", {"n": "n_risk"})
    return found.assign(time=[float(time) for _, time in places], n=found["n"].astype("int64"))


def _medians(numbers: Numbers) -> pd.DataFrame:
    groups = [group for (group,) in numbers.levels("EVENTS", "n")]
    wanted = {
        "n": ("EVENTS", "n"),
        "events": ("EVENTS", "n_event"),
        "median": ("QUARTILES", "median"),
        "lower": ("QUARTILES", "median_lower"),
        "upper": ("QUARTILES", "median_upper"),
    }
    values = {name: [numbers.get(*place, (group,)).value for group in groups] for name, place in wanted.items()}
    return pd.DataFrame({"group": pd.array(groups, dtype=TEXT), **values})
