"""The figures and the prose of chapter 3: the numbers they speak are the core's."""

import re
from itertools import permutations
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest

from byhand.datasets import six_rows
from byhand.figures import use_style, vector_calculus
from byhand.gradient_check import central_difference
from byhand.network import Network
from byhand.training import train
from seeds import CHECKS

CHAPTER = Path(__file__).resolve().parent.parent / "chapters/03_vector_calculus.ipynb"
START = [0.3, -0.2, 0.6, 0.1]


@pytest.fixture(autouse=True)
def style():
    with plt.rc_context():
        use_style()
        yield
    plt.close("all")


@pytest.fixture(scope="module")
def notebook():
    return nbformat.read(CHAPTER, 4)


@pytest.fixture(scope="module")
def printed(notebook):
    """Everything that the chapter's cells print, as stored."""
    outputs = [o for c in notebook.cells if c.cell_type == "code" for o in c.outputs]
    return "\n".join(o.get("text", "") + o.get("data", {}).get("text/plain", "") for o in outputs)


@pytest.fixture(scope="module")
def prose(notebook):
    """The chapter's text on one line, without colours."""
    text = " ".join(c.source for c in notebook.cells if c.cell_type == "markdown")
    text = re.sub(r"\{\\color\{#\w+\}\{(.*?)\}\}", r"\1", text)
    return " ".join(text.split())


def sentence(figure, **stops):
    return figure._sentence(figure._position(stops))


def explained(figure, number, **stops):
    return figure._fill(figure._explanations[number][2], figure._position(stops))


def numbers(text):
    return [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", text.replace("−", "-"))]


def by_hand(rate, epochs, rows=range(6)):
    """Return w₁, w₂, w₃, b after every step, from the formulas of the chapter and nothing else."""
    X, y = six_rows()
    w, b, path = np.array(START[:3]), START[3], [START]
    for row in list(rows) * epochs:
        slope = -2 * (y[row, 0] - X[row] @ w - b)
        w, b = w - rate * slope * X[row], b - rate * slope
        path.append([*w, b])
    return np.array(path)


# ------------------------------------------------------------------------------ sample by sample


@pytest.mark.parametrize("order", [range(6), [5, 4, 3, 2, 1, 0]])
def test_walk_takes_the_steps_of_the_formulas(order):
    path = vector_calculus.walk([0.05, 0.35], 4, order)
    assert path.shape == (2, 25, 4)
    for rate, ours in zip([0.05, 0.35], path, strict=True):
        np.testing.assert_allclose(ours, by_hand(rate, 4, order), rtol=1e-12)


def test_walk_and_trained_agree():
    runs = vector_calculus.trained([0.05, 0.4], [0, 1, 7])
    path = vector_calculus.walk([0.05, 0.4], 7)
    np.testing.assert_allclose(runs.network.parameters, path[:, [0, 6, 42]], rtol=1e-12)


@pytest.mark.parametrize("rate", vector_calculus.RATES)
@pytest.mark.parametrize("epoch", [0, 1, 6, 50, 100])
def test_samples_says_what_the_formulas_compute(rate, epoch):
    *w, b = by_hand(rate, max(epoch, 1))[6 * epoch]
    figure = vector_calculus.samples()
    at = {"learning_rate": rate, "epochs": epoch}
    said = numbers(sentence(figure, **at))
    assert said[:3] == [rate, epoch, 110]
    expected = [w[0] + w[1] + b, *w, b]
    np.testing.assert_allclose(said[3:], expected, rtol=6e-3, atol=1e-12)
    shown = numbers(explained(figure, 0, **at))
    np.testing.assert_allclose(shown[-1], w[0] + w[1] + b, rtol=1e-5)
    X, y = six_rows()
    loss = np.mean((X @ w + b - y[:, 0]) ** 2)
    np.testing.assert_allclose(
        numbers(explained(figure, 1, **at))[-1], loss, rtol=1e-5, atol=1e-22
    )


def test_samples_draws_every_step_of_the_first_epochs():
    left = vector_calculus.samples().show(learning_rate=0.05, epochs=2).axes[0]
    line = next(line for line in left.lines if line.get_label() == "w₁")
    seen = np.isfinite(line.get_ydata())
    assert seen.sum() == 13  # the start and two epochs of six steps
    np.testing.assert_allclose(line.get_ydata()[seen], by_hand(0.05, 2)[:, 0])


def test_samples_draws_a_number_no_further_once_it_has_left():
    left = vector_calculus.samples().show(learning_rate=0.4, epochs=100).axes[0]
    lines = {line.get_label(): line.get_ydata() for line in left.lines}
    for name, number in zip(["w₁", "w₂", "w₃", "b"], by_hand(0.4, 10).T, strict=True):
        drawn = np.isfinite(lines[name])
        gone = np.argmax(np.abs(number) > 3)
        assert drawn[:gone].all() and not drawn[gone:].any() and 0 < gone < 60


def test_samples_breaks_where_the_text_says():
    loss = vector_calculus.trained([0.35, 0.4], [0, 100]).loss
    assert loss[0, 1] < 1e-12 and loss[1, 1] > 1e20


# ------------------------------------------------------------------------------------- product


def test_product_fills_in_what_numpy_multiplies():
    A = np.array([[1, 2, 0], [3, -1, 2]])
    B = np.array([[2, 1], [0, 4], [5, -2]])
    figure = vector_calculus.product()
    sentences = figure._steps["sentences"]
    for index, (i, k) in enumerate([(0, 0), (0, 1), (1, 0), (1, 1)], start=1):
        said = numbers(sentences[index])
        assert said[:2] == [i + 1, k + 1]
        pairs = np.array(said[2:-1]).reshape(3, 2)
        np.testing.assert_array_equal(pairs, np.column_stack([A[i], B[:, k]]))
        assert said[-1] == (A @ B)[i, k]
    shown = {t.get_text() for t in figure.show(entry="(2, 2)").axes[0].texts if t.get_visible()}
    assert {"2", "9", "16", "−5"} <= shown
    shown = {t.get_text() for t in figure.show(entry="(1, 2)").axes[0].texts if t.get_visible()}
    assert "9" in shown and "16" not in shown


# ------------------------------------------------------------------------------------- compass


def test_the_compass_stands_where_the_text_says():
    assert vector_calculus.height(vector_calculus.HILLSIDE) == 1.5
    slopes = central_difference(vector_calculus.height, vector_calculus.HILLSIDE)
    np.testing.assert_allclose(slopes, [2, 2], rtol=1e-9)


@pytest.mark.parametrize("direction", [0, 45, 135, 210, 225, 345])
@pytest.mark.parametrize("length", [0.05, 0.8, 2.0])
def test_compass_says_what_the_step_changes(direction, length):
    angle = np.radians(direction)
    x, y = 1 + length * np.cos(angle), 0.5 + length * np.sin(angle)
    change, promise = x**2 + 2 * y**2 - 1.5, 2 * length * (np.cos(angle) + np.sin(angle))
    figure = vector_calculus.compass()
    said = numbers(sentence(figure, direction=direction, step_length=length))
    np.testing.assert_allclose(said, [direction, length, change, promise], atol=6e-5)
    shown = numbers(explained(figure, 0, direction=direction, step_length=length))
    np.testing.assert_allclose(shown[-1], promise, atol=6e-5)


def test_compass_names_the_directions():
    figure = vector_calculus.compass()
    for direction, length, words in [
        (45, 0.1, "Straight up"),
        (135, 0.1, "Across"),
        (225, 0.1, "Straight against"),
        (225, 2.0, "and yet higher"),
        (0, 0.1, "Partly uphill"),
        (180, 0.1, "Partly downhill"),
    ]:
        assert words in sentence(figure, direction=direction, step_length=length)


def test_downhill_is_not_towards_the_bottom():
    towards = np.degrees(np.arctan2(-0.5, -1.0)) % 360
    assert round(towards, 1) == 206.6
    for length in (0.05, 0.1):
        steps = length * np.array([[np.cos(t), np.sin(t)] for t in np.radians([225, towards])])
        against, bottom = vector_calculus.height(vector_calculus.HILLSIDE + steps)
        assert against < bottom


# --------------------------------------------------------------------------------------- zoom


def test_zoom_says_the_gap():
    figure = vector_calculus.zoom()
    for h in vector_calculus.SIZES:
        assert numbers(sentence(figure, size=h))[:2] == [h, float(f"{np.sqrt(2) * h:.3g}")]
        corner = vector_calculus.bend(np.array([2 + h, 1 + h])) - [3, 2]
        shown = numbers(explained(figure, 0, size=h))
        np.testing.assert_allclose(shown, [*(corner / h), 3, 3], rtol=6e-4)


def test_zoom_shows_only_the_gaps_that_were_seen():
    right = vector_calculus.zoom().show(size=0.3).axes[2]
    seen = np.isfinite(right.lines[0].get_ydata())
    np.testing.assert_array_equal(seen, np.array(vector_calculus.SIZES) >= 0.3)


# ------------------------------------------------------------------------ the chapter's numbers


def expected(name):
    return CHECKS[name]["expected"]


def test_the_reference_numbers_are_printed(printed):
    assert f"{expected('001.bmi')['BMI']:.4f}" in printed
    single = expected("001.single.grad")
    assert f"a {single['a']}   L {single['L']}   dL/da {single['dL_db']}" in printed
    assert "gradient in w [-1.2 -0.  -0. ]   in b -1.2" in printed
    assert "w [ 0.36 -0.2   0.6 ]   b 0.16" in printed
    for epochs in (1, 50, 100):
        value = expected("001.single.run")[f"{epochs}_epochs"]["test_prediction"]
        assert f"epoch {epochs:3}: unseen row {value:.7f}" in printed
    assert "as by hand True" in printed


def test_the_numbers_in_the_text(prose):
    # the nudges of f = x₁² x₂ at (3, 2), of the marble at t = 2
    assert "$3.01^2 \\cdot 2 = 18.1202$" in prose and abs(3.01**2 * 2 - 18.1202) < 1e-12
    assert "$9 \\cdot 2.01 = 18.09$" in prose and abs(9 * 2.01 - 18.09) < 1e-12
    assert "$3.1^2 \\cdot 1.8 = 17.298$" in prose and abs(3.1**2 * 1.8 - 17.298) < 1e-12
    assert "$(4.0401,\\; 6.03)$" in prose and abs(2.01**2 - 4.0401) < 1e-12
    # the promise of the step on row 100, and what it paid
    w1, b = 0.36, 0.16
    new = (1 - w1 - b) ** 2
    assert "0.144$" in prose and abs(0.05 * (1.2**2 + 1.2**2) - 0.144) < 1e-12
    assert "0.2304" in prose and abs(new - 0.2304) < 1e-12
    assert "0.1296" in prose and abs(0.36 - new - 0.1296) < 1e-12
    assert round((0.36 - new) / 0.144, 6) == 0.9
    # the first of the six rows, and how far from the answer the start is
    assert "by $0.07$ each" in prose and abs(0.05 * 2 * 0.7 - 0.07) < 1e-12
    assert "it starts at $0.9487$" in prose
    assert round(float(np.linalg.norm(np.array(START) - [1, 0, 0, 0])), 4) == 0.9487
    # softmax of (0, ln 2, ln 5)
    powers = np.exp([0, np.log(2), np.log(5)])
    np.testing.assert_allclose(powers / powers.sum(), [0.125, 0.25, 0.625])
    assert "(0.125, 0.25, 0.625)" in prose


def test_ten_times_shorter_is_a_hundred_times_closer():
    errors = []
    for shrink in (1, 0.1, 0.01):
        u, v = 3 + 0.1 * shrink, 2 - 0.2 * shrink
        errors.append(18 + shrink * (12 * 0.1 - 9 * 0.2) - u**2 * v)
    np.testing.assert_allclose([errors[0] / errors[1], errors[1] / errors[2]], 100, rtol=0.03)


def test_one_point_without_loss_and_no_other():
    X, y = six_rows()
    Z = np.column_stack([X, np.ones(6)])
    assert np.linalg.matrix_rank(Z) == 4
    np.testing.assert_allclose(Z @ [1, 0, 0, 0], y[:, 0])


@pytest.mark.parametrize("seed", range(20))
def test_up_to_a_quarter_every_step_comes_closer(seed):
    rng = np.random.default_rng(seed)
    X, y = six_rows()
    parameters, rate = rng.normal(size=4) * 3, rng.uniform(0.001, 0.25)
    for row in rng.integers(6, size=50):
        z = np.array([*X[row], 1.0])
        missing = parameters - [1, 0, 0, 0]
        squared = missing @ missing
        formula = squared - 4 * rate * (z @ missing) ** 2 * (1 - rate * z @ z)
        parameters = parameters + 2 * rate * (y[row, 0] - z @ parameters) * z
        after = np.sum((parameters - [1, 0, 0, 0]) ** 2)
        assert after == pytest.approx(formula, rel=1e-9, abs=1e-15)
        assert after <= squared * (1 + 1e-12)


def test_below_a_quarter_one_epoch_shortens_everything_that_is_missing():
    X, _ = six_rows()
    for rate in (0.01, 0.05, 0.2, 0.249):
        M = np.eye(4)
        for row in X:
            z = np.array([[*row, 1.0]])
            M = (np.eye(4) - 2 * rate * z.T @ z) @ M
        assert np.linalg.norm(M, 2) < 1


def test_the_order_matters_on_the_way_and_not_at_the_end(printed):
    X, y = six_rows()

    def unseen(epochs, rows, shuffle=False):
        net = Network([3, 1], weights=[[[0.3], [-0.2], [0.6]]], biases=[0.1])
        train(net, X[rows], y[rows], learning_rate=0.05, epochs=epochs, batch_size=1,
              loss="mean_squared_error", shuffle=shuffle, rng=np.random.default_rng(1))  # fmt: skip
        return net.predict([[1, 1, 0]]).item()

    orders = [(slice(None), False), (slice(None, None, -1), False), (slice(None), True)]
    assert [round(unseen(50, *o), 4) for o in orders] == [0.9991, 0.9965, 0.9979]
    assert all(abs(unseen(200, *o) - 1) < 2e-7 for o in orders)
    assert "unseen row 0.99648392" in printed


def test_some_orders_would_survive_the_rate_that_breaks(prose):
    Z = np.column_stack([six_rows()[0], np.ones(6)])
    steps = [np.eye(4) - 2 * 0.4 * np.outer(z, z) for z in Z]

    def largest_factor(order):
        epoch = np.eye(4)
        for row in order:
            epoch = steps[row] @ epoch
        return np.abs(np.linalg.eigvals(epoch)).max()

    saved = [order for order in permutations(range(6)) if largest_factor(order) < 1]
    assert len(saved) == 24 and "Of the 720 orders there are, 24 would be" in prose
    assert (0, 1, 3, 4, 2, 5) in saved and "001, 010, 100, 101, 011, 111 is one" in prose
    path = vector_calculus.walk([0.4], 1000, (0, 1, 3, 4, 2, 5))[0]
    assert np.linalg.norm(path[-1] - [1, 0, 0, 0]) < 0.01


def test_tens_for_bits_break_the_rate(printed):
    assert "largest |z|²: 301.0   bound: 0.0033" in printed
    assert "loss by epoch 2.7e+01 4.7e+09" in printed
