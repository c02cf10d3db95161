"""Results and output specs to displays: rounding, labels and layout; no analysis data."""

from tlf.displays.figures import draw_figures
from tlf.displays.make import Made, StudyText, make_display

__all__ = ["Made", "StudyText", "draw_figures", "make_display"]
