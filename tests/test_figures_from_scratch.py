"""The figures and numbers of chapter 6: what they say is what the core computes."""

import re
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest

from byhand.activations import ACTIVATIONS
from byhand.curvature import hessian
from byhand.datasets import xor, xor_with_ones
from byhand.figures import from_scratch as chapter
from byhand.figures import use_style
from byhand.gradient_check import central_difference
from byhand.losses import categorical_cross_entropy, sum_squared_error
from byhand.training import train
from seeds import CHECKS

NOTEBOOK = Path(__file__).resolve().parent.parent / "chapters/06_from_scratch.ipynb"
X, Y = xor_with_ones()
SUMMED = {"loss": "sum_squared_error"}


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


def done(figure, number, **stops):
    return bool(figure._tasks[number][1][figure._position(stops)])


def right_answer(figure):
    return figure._question["answers"][figure._question["right"]][0]


def numbers(text):
    return [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", text.replace("−", "-"))]


def visible(figure, panel, **stops):
    return [t.get_text() for t in figure.show(**stops).axes[panel].texts if t.get_visible()]


# -------------------------------------------------------------------------- four rows, four draws


@pytest.fixture(scope="module")
def four():
    return chapter.four_rows()


@pytest.mark.parametrize("check", ["002.first", "002.2500"])
def test_draw_1_is_the_reference_run(check):
    for layer, key in zip(chapter.four_row_net(1).layers, ("w1_0", "w2_0"), strict=True):
        np.testing.assert_array_equal(layer.W, CHECKS[check]["inputs"][key])


@pytest.mark.parametrize("draw", chapter.DRAWS)
@pytest.mark.parametrize("rate, epoch", [(1.0, 0), (0.3, 100), (1.0, 2500), (30.0, 700)])
def test_four_rows_say_what_the_core_computes(four, draw, rate, epoch):
    net = chapter.four_row_net(draw)
    if epoch:
        train(net, X, Y, learning_rate=rate, epochs=epoch, record=[epoch], **SUMMED)
    answers = net.predict(X)
    at = {"draw": draw, "learning_rate": rate, "epochs": epoch}
    said = numbers(sentence(four, **at))
    np.testing.assert_allclose(said[3:7], answers[:, 0], atol=5.1e-4)
    assert said[7] == pytest.approx(sum_squared_error(answers, Y), rel=6e-4)
    assert numbers(explained(four, 0, **at))[-1] == pytest.approx(
        sum_squared_error(answers, Y), abs=5.1e-7
    )
    terms = explained(four, 0, **at).split(" = ")[0].split(" + ")
    pairs = zip(Y[:, 0], answers[:, 0], strict=True)
    assert terms == [f"({y:.0f} − {answer:.4f})²" for y, answer in pairs]


def test_draw_67_is_slow_and_not_lost(four):
    assert right_answer(four) == "three do, one takes ten times as long"
    first = {}
    for draw in chapter.DRAWS:
        run = train(chapter.four_row_net(draw), X, Y, learning_rate=1.0, epochs=3000, **SUMMED)
        first[draw] = np.argmax(run.loss < 0.1)
    assert all(240 < first[draw] < 300 for draw in (1, 2, 3))
    assert first[67] == 2860 > 9 * first[1]
    assert "Two answers stand at one half" in sentence(four, draw=67, epochs=2500)
    assert "All four found" in sentence(four, draw=67, epochs=2900)
    assert "Everything is near one half" in sentence(four, draw=1, epochs=50)
    stuck = {"draw": 1, "learning_rate": 30.0, "epochs": 9000}
    assert "Three answers stand at one half" in sentence(four, **stuck)
    assert not done(four, 0, draw=67, epochs=2800) and done(four, 0, draw=67, epochs=2900)
    assert not done(four, 0, draw=1, epochs=2900)


def test_rate_30_leaves_three_answers_at_one_half(four):
    """And stays there for ninety thousand epochs; its first step made all answers 0."""
    assert done(four, 1, draw=1, learning_rate=30.0, epochs=9000)
    assert not done(four, 1, draw=1, learning_rate=3.0, epochs=9000)
    net = chapter.four_row_net(1)
    run = train(
        net, X, Y, learning_rate=30.0, epochs=90_000, record=[0, 1, 3000, 90_000], **SUMMED
    )
    assert run.predict(X)[1].max() < 1e-4 and run.loss[1] > run.loss[0]
    for answers in run.predict(X)[2:, :, 0]:
        np.testing.assert_allclose(answers, [0, 0.5, 0.5, 0.5], atol=0.01)


def test_on_the_pass_a_way_leads_down():
    """Not a valley: one curvature is negative, and the rows 101 and 111 look the same."""
    net = chapter.four_row_net(67)
    train(net, X, Y, learning_rate=1.0, epochs=2499, record=[2499], **SUMMED)
    assert np.linalg.eigvalsh(hessian(net, X, Y, "sum_squared_error"))[0] == pytest.approx(
        -0.0033, abs=5e-5
    )
    net.forward(X)
    hidden = net.layers[0].A
    np.testing.assert_allclose(hidden[2], hidden[3], atol=0.008)
    assert hidden[2:].min() > 0.99


# --------------------------------------------------------------------------------- one line


@pytest.fixture(scope="module")
def line():
    return chapter.one_line()


@pytest.mark.parametrize("puzzle", chapter.PUZZLES)
def test_one_line_counts_as_a_perceptron_does(line, puzzle):
    inputs, best = xor()[0], 0
    for direction in chapter.DIRECTIONS:
        for distance in chapter.DISTANCES:
            w = [np.cos(np.deg2rad(direction)), np.sin(np.deg2rad(direction))]
            answers = (inputs @ w - distance > 1e-3).astype(int)
            right = int(np.sum(answers == chapter.PUZZLES[puzzle]))
            at = {"puzzle": puzzle, "direction": direction, "distance": distance}
            assert f"{right} of 4 right" in sentence(line, **at), at
            best = max(best, right)
    assert best == (3 if puzzle == "XOR" else 4)


def test_one_line_shows_sums_answers_and_targets(line):
    at = {"puzzle": "AND", "direction": 45, "distance": 1.0}
    cells = visible(line, 1, **at)
    assert "0.41" in cells and "−1.00" in cells and cells.count("−0.29") == 2
    assert "4 of 4 right" in cells
    assert [done(line, number, **at) for number in range(3)] == [False, True, False]
    assert xor()[1][:, 0].tolist() == chapter.PUZZLES["XOR"]


def test_no_random_line_does_it():
    """The two-line proof, tried: weights and biases at random."""
    rng = np.random.default_rng(0)
    w, b = rng.normal(size=(200_000, 2)), rng.normal(size=(200_000, 1))
    answers = w @ xor()[0].T + b > 0
    assert (answers == xor()[1][:, 0]).all(axis=1).sum() == 0
    assert (answers == chapter.PUZZLES["AND"]).all(axis=1).sum() > 1000


# -------------------------------------------------------------------------------- the gallery


@pytest.fixture(scope="module")
def gallery():
    return chapter.gallery()


def test_there_are_seventeen_and_each_is_the_librarys():
    assert len(chapter.SEVENTEEN) == 17 == len(set(chapter.SEVENTEEN.values()))
    assert set(ACTIVATIONS) - set(chapter.SEVENTEEN.values()) == {"leaky_relu", "softmax"}
    for name, ours in chapter.SEVENTEEN.items():
        assert name.lower().replace(" ", "_").replace("-", "_") == ours


@pytest.mark.parametrize("name", chapter.SEVENTEEN)
def test_gallery_says_what_the_core_computes(gallery, name):
    net = chapter.gallery_net(chapter.SEVENTEEN[name])
    train(net, X, Y, learning_rate=0.3, epochs=200, record=[200], **SUMMED)
    said = numbers(sentence(gallery, activation=name, epochs=200).split(", epoch")[1])
    np.testing.assert_allclose(said[1:5], net.predict(X)[:, 0], atol=5.1e-4)
    assert said[5] == pytest.approx(sum_squared_error(net.predict(X), Y), rel=6e-4)


def test_two_of_the_seventeen_fail_at_every_rate():
    loss, _ = chapter.gallery_runs()
    best = dict(zip(chapter.SEVENTEEN, loss[..., -1].min(axis=1), strict=True))
    assert {name for name, value in best.items() if value > 0.4} == {"identity", "binary step"}
    assert all(v < 0.01 for n, v in best.items() if n not in ("identity", "binary step"))
    net = chapter.gallery_net("binary_step")
    before = net.layers[0].W.copy()
    train(net, X, Y, learning_rate=1.0, epochs=100, **SUMMED)
    np.testing.assert_array_equal(net.layers[0].W, before)


# ---------------------------------------------------------------------------------- the costs


@pytest.mark.parametrize("cost", chapter.COSTS)
def test_slope_and_pull_of_every_cost(cost):
    p = np.array([0.02, 0.3, 0.5, 0.9])
    value, slope = chapter.one_cost(cost, p)
    by_nudge = central_difference(lambda q: np.sum(chapter.one_cost(cost, q)[0]), p)
    np.testing.assert_allclose(slope, by_nudge, rtol=1e-5, atol=1e-9)
    z = np.log(p / (1 - p))
    pull = -central_difference(
        lambda z: np.sum(chapter.one_cost(cost, 1 / (1 + np.exp(-z)))[0]), z
    )
    figure = chapter.costs()
    for number, place in enumerate(p):
        said = numbers(sentence(figure, cost=cost, p=place))
        expected = [place, value[number], slope[number], pull[number]]
        np.testing.assert_allclose(said, expected, rtol=6e-4, atol=1e-6)
        words = explained(figure, 0, cost=cost, p=place)
        assert numbers(words)[-1] == said[-1]


def test_the_words_say_when_the_dot_is_off_the_picture():
    figure = chapter.costs()
    left, right = figure.show().axes
    for cost in chapter.COSTS:
        value, slope = chapter.one_cost(cost, chapter.CHANCES)
        pull = -slope * chapter.CHANCES * (1 - chapter.CHANCES)
        off = (value > left.get_ylim()[1]) | (pull > right.get_ylim()[1])
        assert off.any() == (cost == "Itakura-Saito")
        for p, is_off in zip(chapter.CHANCES, off, strict=True):
            assert ("off the picture" in sentence(figure, cost=cost, p=p)) == is_off


def test_cross_entropy_is_one_cost_for_two_classes():
    p = np.array([0.05, 0.4])
    both = [categorical_cross_entropy(np.array([[q, 1 - q]]), np.array([[1.0, 0]])) for q in p]
    np.testing.assert_allclose(chapter.one_cost("cross-entropy", p)[0], both, rtol=1e-12)


def test_the_pull_that_fades_and_the_one_that_does_not():
    figure = chapter.costs()
    assert right_answer(figure) == "fifty times more weakly"
    pulls = {}
    for cost in ("squared error", "cross-entropy"):
        pulls[cost] = numbers(sentence(figure, cost=cost, p=0.01))[-1]
    assert pulls["squared error"] == pytest.approx(0.0196, abs=5e-5)
    assert pulls["cross-entropy"] == pytest.approx(0.99)
    assert 45 < pulls["cross-entropy"] / pulls["squared error"] < 55
    assert done(figure, 0, cost="squared error", p=0.01)
    assert not done(figure, 0, cost="cross-entropy", p=0.01)
    assert done(figure, 1, cost="cross-entropy", p=0.01)
    assert not done(figure, 1, cost="squared error", p=0.01)


# ------------------------------------------------------------------------ the chapter's numbers


@pytest.fixture(scope="module")
def printed():
    """Return all that the chapter's cells print, as one text."""
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    outputs = [output for cell in cells if cell.cell_type == "code" for output in cell.outputs]
    return "\n".join(output.get("text", "") for output in outputs)


@pytest.fixture(scope="module")
def text():
    return "\n".join(cell.source for cell in nbformat.read(NOTEBOOK, as_version=4).cells)


def test_the_first_pass_is_printed(printed):
    expected = CHECKS["002.first"]["expected"]
    for row in expected["output"]:
        assert f"{row[0]:.6f}" in printed
    assert f"{expected['SSE']:.7f}" in printed
    shown = {float(number) for number in re.findall(r"-?\d+\.\d+", printed)}
    for key in ("w1_after", "w2_after", "minus_dSSE_dw1", "minus_dSSE_dw2"):
        for value in np.ravel(expected[key]):
            assert {round(value, 6), -round(value, 6)} & shown, (key, value)


def test_the_training_is_printed(printed):
    for number, look in CHECKS["002.2500"]["expected"]["after"].items():
        assert f"{look['SSE']:.7f}" in printed
        if int(number) <= 2500:
            assert all(f"{answer:.6f}" in printed for answer in look["output"])
    for value in CHECKS["002.excess"]["expected"]["train_SSE_at"].values():
        assert f"{value:.7f}" in printed
    assert f"{CHECKS['002.monotone']['expected']['median_SSE_at_2500']:.7f}" in printed


def test_the_pictured_net_is_counted(printed):
    count = CHECKS["002.count"]["expected"]
    words = "{weights} weights + {biases} biases = {total} numbers"
    assert words.format(**count) in printed


@pytest.mark.parametrize("name", chapter.SEVENTEEN.values())
def test_the_gallery_is_printed(printed, name):
    other = {
        "sigmoid": "logistic", "gelu": "gelu_exact", "elu": "elu_alpha_0.1",
        "selu": "selu_1.67326_1.0507", "prelu": "prelu_alpha_0.1", "sq_rbf": "sq_rbf_correct",
    }  # fmt: skip
    (row,) = (r for r in printed.splitlines() if re.match(rf"{name} +-?\d+\.\d{{3}} ", r))
    expected = CHECKS["002.act"]["expected"][other.get(name, name)]
    np.testing.assert_allclose(numbers(row), expected, atol=5.1e-4)


def test_the_bugs_are_printed_beside_the_right_values(printed):
    costs = CHECKS["002.cost"]["expected"]
    for name, value in costs.items():
        if isinstance(value, float):
            assert f"{value:.6f}" in printed, name
    wrong = CHECKS["002.act"]["expected"]["sq_rbf_as_in_repo"]
    assert wrong[6] == -0.125 and "-0.125" in printed
    for number in ("004.loss", "004.ce"):
        for name, value in CHECKS[number]["expected"].items():
            for each in np.ravel(value) if name != "limit p->0" else []:
                if name not in ("row_sums", "-ln 1", "sum_of_losses"):
                    assert f"{each:.6f}" in printed, (number, name)


def test_softmax_is_printed(printed):
    expected = CHECKS["004.act"]["expected"]
    for value in expected["softmax"] + expected["softmax_seed_code_on_batch_row_sums"]:
        assert f"{value:.6f}" in printed
    assert "[nan nan nan]" in printed
    assert "BCE: nan" in printed


def test_the_sources_wrong_numbers_are_quoted(text):
    for wrong, right in [
        ("29.63", "66.99"), ("0.0038", "0.4453"), ("0.839330", "0.279777"),
        ("0.638659", "0.319329"), ("0.597$", "0.598"), ("-0.125", "0.125"), ("1944", "1943"),
    ]:  # fmt: skip
        assert wrong in text and right in text


def test_words_about_shares(text):
    inputs = CHECKS["002.cost"]["inputs"]
    errors = np.array(inputs["Y_true"]) - inputs["Y_pred"]
    assert abs(errors).max() == pytest.approx(4.18)
    assert (errors**2).max() / np.sum(errors**2) == pytest.approx(0.92, abs=0.005)
    assert abs(errors).max() / np.sum(abs(errors)) == pytest.approx(2 / 3, abs=0.01)
    first = CHECKS["002.first"]["expected"]
    for hidden in first["hidden"][0]:
        assert f"{hidden:.6f}" in text
    products = np.array(first["hidden"][0]) * np.ravel(CHECKS["002.first"]["inputs"]["w2_0"])
    for product in products:
        assert f"{product:.6f}" in text
    assert f"{products.sum():.6f}" in text
    exponentials = np.exp([1, 2, 3])
    for value in [*exponentials, exponentials.sum()]:
        assert f"{value:.4f}" in text
