"""The figures of chapter 1: the numbers they speak are the core's."""

import re
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest

from byhand.datasets import four_points
from byhand.figures import LiveFigure, one_node, use_style
from byhand.losses import half_mean_squared_error
from byhand.network import Network
from byhand.training import train

GUIDE = Path(__file__).resolve().parent.parent / "CONTRIBUTING.md"


@pytest.fixture(autouse=True)
def style():
    with plt.rc_context():
        use_style()
        yield
    plt.close("all")


def sentence(figure, **stops):
    return figure._sentence(figure._position(stops))


def explained(figure, number, **stops):
    return figure._fill(figure._explanations[number][2], figure._position(stops))


def numbers(text):
    return [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", text.replace("−", "-"))]


def test_verdicts_of_the_four_regimes():
    assert one_node.verdicts([0.02, 0.3, 1.6, 1.7]) == ["creeping", "good", "ringing", "diverging"]


def test_verdicts_turn_at_the_wall():
    assert one_node.verdicts([1.68, 1.6823], epochs=30_000) == ["ringing", "diverging"]


@pytest.mark.parametrize("rate", one_node.RATES)
@pytest.mark.parametrize("epoch", [0, 1, 5, 40, 100])
def test_line_and_bowl_says_what_the_core_computes(rate, epoch):
    x, y = four_points()
    node = Network([1, 1], weights=[0.5])
    if epoch:
        train(node, x[:, None], y[:, None], learning_rate=rate, epochs=epoch)
    w, b = node.parameters
    loss = half_mean_squared_error(w * x + b, y)
    figure = one_node.line_and_bowl()
    at = {"learning_rate": rate, "epochs": epoch}
    said = sentence(figure, **at)
    assert said.startswith(f"Learning rate {rate:.4g}, epoch {epoch}: loss ")
    assert numbers(said)[2] == float(f"{loss:.4g}")
    line = explained(figure, 0, **at).replace("− ", "−").replace("+ ", "")
    assert numbers(line) == [float(f"{w:.4g}"), float(f"{b:.4g}")]
    dw, db = np.mean((w * x + b - y) * x), np.mean(w * x + b - y)
    step = explained(figure, 1, **at).replace(" − ", " ")
    np.testing.assert_allclose(numbers(step), [w, rate, dw, b, rate, db], rtol=6e-4, atol=1e-15)
    assert numbers(explained(figure, 2, **at))[-1] == float(f"{loss:.6g}")


def test_nudge_meter_says_what_the_core_computes():
    x, y = four_points()
    figure = one_node.nudge_meter()
    for h in one_node.NUDGES:
        change = half_mean_squared_error((0.5 + h) * x, y) - half_mean_squared_error(0.5 * x, y)
        measured = change / h
        said = sentence(figure, h=h)
        assert f"measured {measured:.10f}, off by ".replace("-", "−") in said
        assert numbers(said)[2] == float(f"{abs(measured + 0.0875):.0e}")
        why = "bend" if h > 1e-9 else "Rounding" if h < 1e-9 else "Closer than this"
        assert why in said
        assert numbers(explained(figure, 0, h=h))[-1] == float(f"{measured:.6g}")


def test_nudge_meter_gets_better_then_worse():
    x, y = four_points()
    loss = half_mean_squared_error(0.5 * x, y)
    gap = [
        abs((half_mean_squared_error((0.5 + h) * x, y) - loss) / h + 0.0875)
        for h in one_node.NUDGES
    ]
    best = int(np.argmin(gap))
    assert one_node.NUDGES[best] in (1e-9, 1e-8)
    assert gap[0] > 1e4 * gap[best] and gap[-1] > 1e4 * gap[best]


def test_one_step_shows_the_sheet():
    figure = one_node.one_step()
    assert sentence(figure, step="look") == "w = 0.5000, b = 0.000, loss 0.020625"
    assert sentence(figure, step="step") == "w = 0.5875, b = 0.175, loss 0.005073"
    words = {
        text.get_text() for text in figure.show(step="average").axes[1].texts if text.get_visible()
    }
    assert {"−0.0875", "−0.175", "−0.245", "0.35", "mean"} <= words


def test_front_page_asks_nothing():
    figure = one_node.front_page()
    assert figure._question is None and figure._autoplay


def test_the_example_in_contributing_runs():
    example = GUIDE.read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
    _, _, runs = one_node.trained([0.1, 1.0], [0, 1, 2])
    fig, ax = plt.subplots()
    grid = np.linspace(0, 1, 5)
    (line,) = ax.plot(grid, grid)
    names = {"LiveFigure": LiveFigure, "fig": fig, "line": line, "grid": grid, "runs": runs}
    names |= {"rates": [0.1, 1.0], "epochs": [0, 1, 2]}
    exec(example, names)
    assert names["figure"].nbytes > 0
