"""One look for every figure of the course."""

import matplotlib as mpl

from byhand.figures.palette import PALETTE


def use_style():
    """Set matplotlib's defaults: sizes that read on a phone, open axes, the course's colours."""
    mpl.rcParams.update(
        {
            "axes.grid": False,
            "axes.labelsize": 9.5,
            "axes.linewidth": 0.8,
            "axes.prop_cycle": mpl.cycler(color=[light for light, _ in PALETTE.values()]),
            "axes.spines.right": False,
            "axes.spines.top": False,
            "axes.titlelocation": "left",
            "axes.titlesize": 10,
            "axes.titleweight": "bold",
            "figure.constrained_layout.use": True,
            "figure.dpi": 100,
            "figure.figsize": (6.6, 3.0),
            "font.size": 9.5,
            "legend.frameon": False,
            "lines.linewidth": 1.8,
            "xtick.labelsize": 9,
            "ytick.labelsize": 9,
        }
    )
