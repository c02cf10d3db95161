"""Figures from the numbers of the results dataset; the only door to matplotlib."""

from tlf.figures.kaplan_meier import draw_kaplan_meier
from tlf.figures.kaplan_meier_input import KaplanMeierFigure
from tlf.figures.style import FigureFormat, render_figure

__all__ = ["FigureFormat", "KaplanMeierFigure", "draw_kaplan_meier", "render_figure"]
