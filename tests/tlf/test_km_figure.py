"""The Kaplan-Meier figure: what is on it, that it never changes by itself, and what it refuses."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont
from matplotlib.lines import Line2D
from matplotlib.text import Text
from PIL import Image

from crf2tlf.errors import DataError
from tlf.figures import FigureFormat, KaplanMeierFigure, draw_kaplan_meier, render_figure
from tlf.figures.style import FONT, LOOKS

FIGURE = KaplanMeierFigure(
    steps=pd.DataFrame(
        {
            "group": ["Placebo"] * 3 + ["High Dose"] * 4,
            "time": [0.0, 10.0, 60.0, 0.0, 5.0, 12.0, 40.0],
            "survival": [1.0, 0.8, 0.8, 1.0, 0.7, 0.4, 0.4],
            "censored": [0, 0, 4, 0, 0, 1, 2],
        }
    ),
    at_risk=pd.DataFrame(
        {
            "group": ["Placebo"] * 3 + ["High Dose"] * 3,
            "time": [0.0, 30.0, 60.0] * 2,
            "n": [105, 64, 4, 110, 32, 0],
        }
    ),
    medians=pd.DataFrame(
        {
            "group": ["Placebo", "High Dose"],
            "n": [105, 110],
            "events": [21, 66],
            "median": [np.nan, 12.0],
            "lower": [np.nan, 5.0],
            "upper": [np.nan, np.nan],
        }
    ),
    time_label="Days since first dose",
    survival_label="Probability of no event",
    median_label="Median (95% CI), days",
    notes=("Log-rank p-value: <0.0001",),
)


def texts_of(drawn: Figure) -> list[str]:
    return [text.get_text() for text in drawn.findobj(Text) if isinstance(text, Text) and text.get_text()]


def curves_of(drawn: Figure) -> list[Line2D]:
    return [line for line in drawn.axes[1].lines if line.get_drawstyle() == "steps-post"]


def test_the_figure_shows_groups_medians_notes_labels_and_numbers_at_risk() -> None:
    texts = texts_of(draw_kaplan_meier(FIGURE))
    for text in (
        "Number at risk",
        "Events/N",
        "21/105",
        "66/110",
        "Median (95% CI), days",
        "NE (NE, NE)",
        "12.0 (5.0, NE)",
        "Log-rank p-value: <0.0001",
        "Days since first dose",
        "Probability of no event",
    ):
        assert texts.count(text) == 1, text
    assert texts.count("Placebo") == texts.count("High Dose") == 2
    assert all(texts.count(n) == 1 for n in ("105", "64", "4", "110", "32"))


def test_numbers_at_risk_stand_under_their_ticks() -> None:
    drawn = draw_kaplan_meier(FIGURE)
    panel, axes = drawn.axes
    assert panel.get_xlim() == axes.get_xlim()
    assert panel.get_position().x0 == axes.get_position().x0
    assert panel.get_position().width == axes.get_position().width
    assert axes.get_xticks().tolist() == [0.0, 30.0, 60.0]
    assert [(text.get_position()[0], text.get_text()) for text in panel.texts] == [
        (0.0, "105"),
        (30.0, "64"),
        (60.0, "4"),
        (0.0, "110"),
        (30.0, "32"),
        (60.0, "0"),
    ]


def test_curves_differ_in_colour_and_in_dashes_and_carry_their_censorings() -> None:
    drawn = draw_kaplan_meier(FIGURE)
    curves = curves_of(drawn)
    assert [line.get_color() for line in curves] == ["#0072B2", "#D55E00"]
    assert [line.get_linestyle() for line in curves] == ["-", "--"]
    marks = [line for line in drawn.axes[1].lines if line.get_marker() == "|"]
    assert [np.asarray(line.get_xdata()).tolist() for line in marks] == [[60.0], [12.0, 40.0]]
    assert len({look.colour for look in LOOKS}) == len({str(look.dashes) for look in LOOKS}) == len(LOOKS)


@pytest.mark.parametrize("format", ["png", "svg", "pdf"])
def test_two_drawings_of_the_same_numbers_have_the_same_bytes(format: FigureFormat) -> None:
    first, second = (render_figure(draw_kaplan_meier(FIGURE), format) for _ in range(2))
    assert first == second


def test_the_files_carry_no_date_and_no_version() -> None:
    drawn = draw_kaplan_meier(FIGURE)
    assert b"<dc:date>" not in render_figure(drawn, "svg")
    assert b"Matplotlib v" not in render_figure(drawn, "svg")
    pdf = render_figure(drawn, "pdf")
    assert b"/CreationDate" not in pdf
    assert b"/Producer" not in pdf
    assert b"Software" not in render_figure(drawn, "png")


def test_the_png_has_300_dots_per_inch() -> None:
    image = Image.open(io.BytesIO(render_figure(draw_kaplan_meier(FIGURE), "png")))
    assert image.size == (2700, 1680)
    assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)


def test_drawing_leaves_the_settings_of_the_caller_alone() -> None:
    before = dict(matplotlib.rcParams)
    render_figure(draw_kaplan_meier(FIGURE), "svg")
    assert dict(matplotlib.rcParams) == before


def test_the_font_is_the_one_matplotlib_carries() -> None:
    assert Path(findfont(FONT)).resolve().is_relative_to(Path(matplotlib.get_data_path()).resolve())


def test_the_legend_moves_above_the_axes_when_curves_leave_no_room() -> None:
    free = draw_kaplan_meier(FIGURE).axes[1].get_position()
    high = pd.DataFrame({"group": ["Placebo"], "time": [60.0], "survival": [0.95], "censored": [0]})
    steps = FIGURE.steps[FIGURE.steps["group"] == "High Dose"].assign(survival=[1.0, 0.2, 0.1, 0.1])
    start = high.assign(time=0.0, survival=1.0)
    crowded = draw_kaplan_meier(replace(FIGURE, steps=pd.concat([start, high, steps]))).axes[1].get_position()
    assert crowded.height < free.height


def test_a_long_group_name_goes_on_in_a_second_line() -> None:
    name = "Pertuzumab + trastuzumab + docetaxel"
    frames = {
        frame: getattr(FIGURE, frame).replace({"group": {"Placebo": name}}) for frame in ("steps", "at_risk", "medians")
    }
    assert "Pertuzumab + trastuzumab\n+ docetaxel" in texts_of(draw_kaplan_meier(replace(FIGURE, **frames)))


def test_a_dollar_sign_is_not_mathematics() -> None:
    drawn = draw_kaplan_meier(replace(FIGURE, notes=("$5 and $10",)))
    found = [each for each in drawn.findobj(Text) if isinstance(each, Text) and each.get_text() == "$5 and $10"]
    assert [text.get_parse_math() for text in found] == [False]
    assert b"<!-- $5 and $10 -->" in render_figure(drawn, "svg")


def test_a_group_without_subjects_has_a_row_and_no_curve() -> None:
    drawn = draw_kaplan_meier(replace(FIGURE, steps=FIGURE.steps[FIGURE.steps["group"] == "Placebo"]))
    assert len(np.asarray(curves_of(drawn)[1].get_xdata())) == 0


def refuse(**changes: object) -> str:
    with pytest.raises(DataError) as caught:
        draw_kaplan_meier(replace(FIGURE, **changes))  # type: ignore[arg-type]
    return str(caught.value)


def test_an_absent_column_is_refused() -> None:
    message = "the frame steps of a Kaplan-Meier figure has no column survival"
    assert refuse(steps=FIGURE.steps.drop(columns="survival")) == message


def test_a_curve_that_the_legend_does_not_name_is_refused() -> None:
    message = "steps has a group that medians does not name: High Dose"
    assert refuse(medians=FIGURE.medians.iloc[:1]) == message


def test_a_group_without_numbers_at_risk_is_refused() -> None:
    assert refuse(at_risk=FIGURE.at_risk.iloc[:3]) == "at_risk has no rows for High Dose"
    message = "at_risk needs exactly one number for every group at every time"
    assert refuse(at_risk=FIGURE.at_risk.iloc[:5]) == message


def test_a_curve_that_rises_is_refused() -> None:
    assert refuse(steps=FIGURE.steps.iloc[::-1]) == (
        "a Kaplan-Meier curve rises or goes back in time\n  fix      sort steps by group and time"
    )


def test_percent_instead_of_probability_is_refused() -> None:
    assert refuse(steps=FIGURE.steps.assign(survival=FIGURE.steps["survival"] * 100)) == (
        "a Kaplan-Meier curve needs survival from 0 to 1 and times of at least 0"
    )


def test_a_missing_point_is_refused() -> None:
    assert refuse(steps=FIGURE.steps.assign(survival=np.nan)) == (
        "a point of a Kaplan-Meier curve has no time, survival or number of censorings"
    )


def test_characters_the_font_does_not_have_are_refused() -> None:
    assert refuse(time_label="月") == (
        "the figure font DejaVu Sans has no character for: 月\n"
        "  fix      use Latin, Greek or Cyrillic text in group names and labels of figures"
    )


def test_numbers_at_risk_that_would_overlap_are_refused() -> None:
    ticks = np.arange(0.0, 60.5, 0.5)
    at_risk = pd.DataFrame({"group": np.repeat(FIGURE.groups, len(ticks)), "time": np.tile(ticks, 2), "n": 1000})
    message = refuse(at_risk=at_risk)
    assert message.startswith("the numbers at risk at 121 times overlap: ")
    assert message.endswith("\n  fix      give fewer times at risk, or a wider figure")


def test_more_groups_than_lines_that_can_be_told_apart_are_refused() -> None:
    names = [f"Dose {i}" for i in range(7)]
    medians = pd.DataFrame({"group": names}).assign(n=1, events=0, median=np.nan, lower=np.nan, upper=np.nan)
    assert refuse(medians=medians) == (
        "a Kaplan-Meier figure shows at most 6 groups, not 7\n  fix      draw one figure for each subset of the groups"
    )
