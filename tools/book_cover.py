"""The picture on the title page of the PDF and on the e-book's cover: a line that learns.

It is the net of chapter 1, a node with two numbers, drawn at every other epoch from its first guess
to a hundred epochs later.
"""

import io
import re

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from byhand.datasets import four_points
from byhand.figures.palette import GRADIENT, PREDICTION, TARGET
from byhand.network import Network
from byhand.training import train
from join_pages import AUTHORS, TAGLINE, TITLE

RATE, EPOCHS, SHOWN = 0.1, 100, 4  # draw every fourth epoch
FONT = {"font.family": "STIXGeneral", "svg.fonttype": "path", "svg.hashsalt": "byhand"}


def draw(axes):
    """Draw the four points and the line at every few epochs, the last one strongest."""
    x, y = four_points()
    network = Network([1, 1], weights=[0.5])
    X, targets = x[:, None], y[:, None]
    record = np.arange(0, EPOCHS + 1, SHOWN)
    ends = np.array([[0.0], [0.8]])
    axes.plot(ends, network.predict(ends), color=GRADIENT, lw=1.6, ls=(0, (5, 3)))
    for epoch in record[1:]:
        train(network, X, targets, learning_rate=RATE, epochs=SHOWN)
        last = epoch == record[-1]
        axes.plot(
            ends, network.predict(ends), color=PREDICTION,
            lw=3 if last else 0.9, alpha=1 if last else 0.25 + 0.4 * epoch / EPOCHS,
        )  # fmt: skip
    axes.plot(x, y, "o", color=TARGET, ms=11)
    axes.set(xlim=(-0.02, 0.82), ylim=(-0.03, 0.76))
    axes.axis("off")


def svg():
    """Return the picture alone, as an SVG to stand in a page."""
    with mpl.rc_context(FONT):
        figure = Figure(figsize=(6, 4.6))
        draw(figure.add_axes((0, 0, 1, 1)))
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    text = buffer.getvalue()
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    return text[text.index("<svg") :].replace("<svg ", '<svg role="presentation" ', 1)


def png():
    """Return the e-book's cover (bytes of a PNG, 1200 × 1600): title, tagline, picture."""
    with mpl.rc_context(FONT):
        figure = Figure(figsize=(6, 8), dpi=200, facecolor="#fdfcfa")
        draw(figure.add_axes((0.09, 0.15, 0.82, 0.47)))
        first, second = TITLE.split(" by ")
        figure.text(0.09, 0.86, first, fontsize=38, weight="bold")
        figure.text(0.09, 0.785, f"by {second}", fontsize=38, weight="bold")
        middle = TAGLINE.index(" NumPy")
        for row, line in enumerate((TAGLINE[:middle], TAGLINE[middle + 1 :])):
            figure.text(0.09, 0.735 - 0.032 * row, line, fontsize=13.5)
        figure.text(0.09, 0.06, AUTHORS, fontsize=12)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()
