"""Figures: what the chapters draw with, live and still."""

from byhand.figures.live_figure import LiveFigure
from byhand.figures.palette import PALETTE
from byhand.figures.style import use_style

__all__ = ["PALETTE", "LiveFigure", "use_style"]
