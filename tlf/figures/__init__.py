"""Figures from the numbers of the results dataset; the only door to matplotlib."""

from tlf.figures.forest import ForestFigure, ForestLine, draw_forest
from tlf.figures.kaplan_meier import draw_kaplan_meier
from tlf.figures.kaplan_meier_input import KaplanMeierFigure
from tlf.figures.style import FigureFormat, render_figure
from tlf.figures.waterfall import WaterfallBar, WaterfallFigure, WaterfallPanel, draw_waterfall

__all__ = [
    "FigureFormat",
    "ForestFigure",
    "ForestLine",
    "KaplanMeierFigure",
    "WaterfallBar",
    "WaterfallFigure",
    "WaterfallPanel",
    "draw_forest",
    "draw_kaplan_meier",
    "draw_waterfall",
    "render_figure",
]
