"""The figures of chapter 2, and its printed numbers: what they say is what the core computes."""

import json
import re
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest

from byhand.datasets import four_points
from byhand.figures import two_inputs, use_style
from byhand.losses import half_mean_squared_error
from byhand.network import Network
from byhand.training import train

HERE = Path(__file__).resolve().parent
CHAPTER = HERE.parent / "chapters/02_two_inputs.ipynb"
POSITIONS = [
    (1, 1.65, 500), (2, 1.0, 1), (2, 1.0, 3000), (2, 1.57, 40), (3, 1.0, 3000), (3, 1.65, 8)
]  # fmt: skip


@pytest.fixture(autouse=True)
def style():
    with plt.rc_context():
        use_style()
        yield
    plt.close("all")


@pytest.fixture(scope="module")
def printed():
    """Everything the chapter prints, as one text."""
    cells = nbformat.read(CHAPTER, as_version=4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    return "\n".join(output.get("text", "") for output in outputs)


@pytest.fixture(scope="module")
def known():
    """The reference's numbers for this article."""
    return json.loads((HERE / "data/seed_numbers.json").read_text(encoding="utf-8"))


def sentence(figure, **stops):
    return figure._sentence(figure._position(stops))


def explained(figure, number, **stops):
    return figure._fill(figure._explanations[number][2], figure._position(stops))


def numbers(text):
    return [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", text.replace("−", "-"))]


def by_hand(columns, y, theta, rate, epochs):
    """Train a node on its own, without the library, and return its parameters."""
    M = np.column_stack([columns, np.ones(len(y))])
    for _ in range(epochs):
        theta = theta - rate * M.T @ (M @ theta - y) / len(y)
    return theta, np.mean((M @ theta - y) ** 2) / 2


# ---------------------------------------------------------------------------------- the figures


@pytest.mark.parametrize("degree, rate, epoch", POSITIONS)
def test_bent_line_says_what_a_training_by_hand_gives(degree, rate, epoch):
    x, y = four_points()
    columns = np.stack([x, x**2, x**3][:degree], axis=1)
    start = np.array([*[0.5, 0.1, 0.0][:degree], 0.0])
    theta, loss = by_hand(columns, y, start, rate, epoch)
    figure = two_inputs.bent_line()
    at = {"degree": degree, "learning_rate": rate, "epochs": epoch}
    said = sentence(figure, **at)
    assert said.startswith(f"Degree {degree}, learning rate {rate:g}, epoch {epoch}: loss ")
    assert numbers(said)[3] == pytest.approx(loss, rel=1e-3)
    formula = re.sub(r"([+−]) ", r" \1", explained(figure, 0, **at)).replace("+", "")
    terms = re.sub(r" x[²³]?", " ", formula)
    np.testing.assert_allclose(numbers(terms), theta, rtol=1e-3)
    assert numbers(explained(figure, 1, **at))[-1] == pytest.approx(loss, rel=1e-5)


def test_bent_line_names_the_rates_that_break():
    x, y = four_points()
    figure = two_inputs.bent_line()
    for degree in two_inputs.DEGREES:
        wall = 2 / two_inputs.bowl(two_inputs.powers(x, degree), y).curvatures[-1]
        for rate in two_inputs.RATES:
            said = sentence(figure, degree=degree, learning_rate=rate, epochs=10)
            assert ("breaks" in said) == (rate > wall), (degree, rate)


def test_bent_line_draws_the_numbers_it_has():
    figure = two_inputs.bent_line().show(degree=2, learning_rate=1.0, epochs=3000)
    paths = {line.get_label(): line.get_ydata() for line in figure.axes[1].lines}
    assert paths["weight of x"][-1] == pytest.approx(-0.71681, abs=1e-5)
    assert paths["weight of x²"][-1] == pytest.approx(1.80012, abs=1e-5)
    assert paths["bias"][-1] == pytest.approx(0.26460, abs=1e-5)
    assert np.isnan(paths["weight of x³"]).all()
    figure = two_inputs.bent_line().show(degree=2, learning_rate=2.0, epochs=3000)
    drawn = np.concatenate([line.get_ydata() for line in figure.axes[1].lines])
    assert np.nanmax(drawn) < 3.9 and np.nanmin(drawn) > -1.2  # the names stand above


def test_the_right_answer_of_bent_line_is_right():
    x, y = four_points()
    figure = two_inputs.bent_line()
    assert figure._question["answers"][figure._question["right"]][0].startswith("no")
    theta, loss = by_hand(np.stack([x, x**2, x**3], 1), y, np.array([0.5, 0.1, 0, 0]), 1.0, 3000)
    assert loss > 1e-3
    misses = np.column_stack([x, x**2, x**3, np.ones(4)]) @ theta - y
    assert misses[2] > 0.06 and np.abs(misses).argmax() == 2


def test_the_sheet_shows_the_numbers_of_one_epoch():
    figure = two_inputs.sheet()
    assert sentence(figure, step="look").endswith("weight of x² 0.1, bias 0, loss 0.015647")
    assert sentence(figure, step="step") == (
        "weight of x 0.572825, weight of x² 0.1450525, bias 0.15125, loss 0.004383"
    )
    shown = figure.show(step="average").axes[1].texts
    words = {text.get_text() for text in shown if text.get_visible()}
    assert {"0.36", "0.336", "−0.064", "−0.0384", "−0.0230", "−0.15125", "−0.0451"} <= words
    shown = figure.show(step="predict").axes[1].texts
    assert "−0.064" not in {text.get_text() for text in shown if text.get_visible()}
    x, y = four_points()
    _, loss = by_hand(two_inputs.powers(x, 2), y, np.array([0.5, 0.1, 0.0]), 1.0, 1)
    assert loss / 0.015647375 == pytest.approx(0.28, abs=0.005)  # as the task says


@pytest.mark.parametrize("inputs", two_inputs.INPUTS)
def test_directions_measured_in_a_training_follow_the_factors(inputs):
    bowl, history = two_inputs._run_on(inputs)
    factors = 1 - np.array(two_inputs.DIRECTION_RATES)[:, None] * bowl.curvatures
    left = two_inputs.what_is_left(factors, two_inputs.EPOCHS)
    distance = (history.network.parameters - bowl.bottom) @ bowl.directions
    stable = (np.abs(factors) < 1).all(axis=1)
    assert stable.any() and not stable.all()
    measured = distance[stable] / distance[stable, :1]
    np.testing.assert_allclose(left[stable], measured, atol=1e-6)


def test_beyond_the_wall_only_the_steep_direction_grows():
    figure = two_inputs.directions()
    at = {"inputs": "in tenths", "learning_rate": 0.1, "epochs": 3000}
    assert numbers(explained(figure, 0, **at))[-1] < 1e-6
    assert "steep direction grows" in sentence(figure, **at)


def test_directions_say_what_the_core_computes():
    x, y = four_points()
    figure = two_inputs.directions()
    said = sentence(figure, inputs="as it is", learning_rate=1.0, epochs=1000)
    _, loss = by_hand(two_inputs.powers(x, 2), y, np.array([0.5, 0.1, 0.0]), 1.0, 1000)
    assert f"loss {loss:.4g}, lowest possible 0.001401" in said and "gentle" in said
    half = explained(figure, 0, inputs="as it is", learning_rate=1.0, epochs=1000)
    assert numbers(half) == [0.999301, 1000, 0.4968]
    assert "slowest direction is the gentle" in said
    at_a_tie = sentence(figure, inputs="scaled", learning_rate=1.0, epochs=10)
    assert at_a_tie.endswith("The gentle and the steep direction are equally slow.")
    words = figure.show(inputs="scaled", learning_rate=1.0).axes[0].texts
    assert [text.get_text() for text in words][:2] == [
        "λ = 0.0154: × 0.9846 an epoch",
        "λ = 1: × 0 an epoch",
    ]


def test_the_right_answer_of_directions_is_right():
    x, y = four_points()
    figure = two_inputs.directions()
    question = figure._question
    assert "a hundredth" in question["answers"][question["right"]][0]
    as_it_is, in_tenths = (
        2 / two_inputs.bowl(two_inputs.powers(unit * x, 2), y).curvatures[-1] for unit in (1, 10)
    )
    assert in_tenths < as_it_is / 100
    said = sentence(figure, inputs="in tenths", learning_rate=0.01, epochs=10)
    assert "Beyond the wall" in said


def test_all_scales_start_from_the_same_curve():
    losses = [two_inputs._run_on(scale)[1].loss[0, 0] for scale in two_inputs.INPUTS]
    np.testing.assert_allclose(losses, 0.015647375, rtol=1e-9)


def test_scaled_leaves_no_mean_and_spread_one():
    X = two_inputs.scaled(two_inputs.powers([0.1, 0.5, 2.0], 3))
    np.testing.assert_allclose(X.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(X.std(axis=0), 1)


# ---------------------------------------------------------------------- what the chapter prints


def test_the_numbers_of_the_first_epoch_are_printed(printed):
    for number in (
        "[0.051 0.159 0.336 0.399]", "0.015647375", "0.0625895", "-0.02304", "-0.14749",
        "-0.15125 -0.072825 -0.0450525", "w1 0.5 → 0.572825   w2 0.1 → 0.1450525   b 0 → 0.15125",
        "[0.209983 0.336152 0.547164 0.623303]", "0.0625895 → 0.0175307", "28% of it left",
        "82%",
    ):  # fmt: skip
        assert number in printed, number


def test_the_table_of_the_looks_is_the_reference(printed):
    rows = re.findall(r"^ *(\d+) +(-?\d\.\d{5}) +(-?\d\.\d{5}) +(-?\d\.\d{5}) .* (0\.\d{7})$",
                      printed, re.MULTILINE)  # fmt: skip
    assert [int(row[0]) for row in rows] == list(range(0, 3001, 500))
    half_sums = [0.062590, 0.009590, 0.007584, 0.006588, 0.006093, 0.005847, 0.005724]
    np.testing.assert_allclose([float(row[4]) for row in rows], half_sums, atol=6e-7)
    np.testing.assert_allclose([float(n) for n in rows[-1][1:4]], [-0.71681, 1.80012, 0.26460])
    assert "largest difference below 1e-12: True" in printed


def test_the_ends_are_printed(printed):
    for number in (
        "[-0.901836  2.026836  0.289407]", "[ 0.289407 -0.901836  2.026836]",
        "[ 0.0175    2.6375   -9.083333  9.583333]", "half the sum 0.0151923",
        "half the sum 0.0056038", "0.8077", "1.4144", "3.1550", "0.0845", "0.0826", "0.078",
        "[1.0433 1.0215]", "[ 1. -1.  0.]", "[0.25 0.5  3.  ]",
    ):  # fmt: skip
        assert number in printed, number


def test_the_numbers_of_the_bowl_are_printed(printed):
    for number in (
        "0.000699", "0.075588", "1.255688", "epochs to halve the gentle distance: 991", "0.4968",
        "epoch 3000: forecast 0.0014311119, trained 0.0014311119", "0.98455", "1.681", "1.593",
        "1.559", " 25\n", " 1796\n", " 105259\n", "0.00207", "κ 1795.6", "κ 128.5",
        "within 1 % at epoch 3549", "within 1 % at epoch 171", "curvatures [1. 1. 1.]",
        "1: the wall 1.6811, with the sum 0.4203", "[-0.9035 -1.0225]", "1.5% of the price, 0.1226",
    ):  # fmt: skip
        assert number in printed, number


def test_the_reference_agrees(known):
    x, y = four_points()
    text = json.dumps(known)
    for degree, kappa in [(1, 24.8856403596), (2, 1795.61011361), (3, 105258.511)]:
        curvatures = two_inputs.bowl(two_inputs.powers(x, degree), y).curvatures
        assert curvatures[-1] / curvatures[0] == pytest.approx(kappa, rel=1e-5)
        assert str(kappa)[:6] in text


def test_half_the_way_of_the_prose():
    """Numbers that the prose states about the figure at the top, at degree 2 and rate 1."""
    x, y = four_points()
    node = Network([2, 1], weights=[[[0.5], [0.1]]])
    run = train(node, two_inputs.powers(x, 2), y[:, None], learning_rate=1.0, epochs=3000)
    best_line = half_mean_squared_error(np.polyval(np.polyfit(x, y, 1), x), y)
    assert np.argmax(run.loss < best_line) == 2
    w1 = run.network.layers[0].W[:, 0, 0]
    assert w1[1] > w1[0] and w1[-1] < 0
    assert (np.diff(run.network.layers[0].W[:, 1, 0]) > 0).mean() > 0.99
