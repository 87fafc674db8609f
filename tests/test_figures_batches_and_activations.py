"""The figures and numbers of chapter 4: what they say is what the core computes."""

import re
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest

from byhand.activations import ACTIVATIONS
from byhand.datasets import four_points, six_rows
from byhand.figures import batches_and_activations as chapter
from byhand.figures import use_style
from byhand.figures.one_node import one_node
from byhand.losses import half_mean_squared_error
from byhand.network import Network
from byhand.training import sweep, train
from seeds import CHECKS

NOTEBOOK = Path(__file__).resolve().parent.parent / "chapters/04_batches_and_activations.ipynb"


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


def numbers(text):
    return [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", text.replace("−", "-"))]


# ------------------------------------------------------------------------- three batch sizes


@pytest.mark.parametrize("size", chapter.SIZES)
def test_a_walk_in_fixed_order_is_the_librarys_training(size):
    x, y = four_points()
    walked = chapter.walk(chapter.RATES, size, 10, "fixed")
    runs = sweep(
        one_node(), x[:, None], y[:, None], learning_rates=chapter.RATES, epochs=10,
        batch_size=size, shuffle=False,
    )  # fmt: skip
    places = runs.network.parameters
    np.testing.assert_allclose(walked[:, :: 4 // size], places, rtol=1e-12)


def test_a_shuffled_walk_is_the_librarys_training():
    x, y = four_points()
    walked = chapter.walk([0.3], 2, 10, "shuffled")
    run = train(
        one_node(), x[:, None], y[:, None], learning_rate=0.3, epochs=10, batch_size=2,
        rng=np.random.default_rng(4),
    )  # fmt: skip
    np.testing.assert_allclose(walked[0, ::2], run.network.parameters, rtol=1e-12)


@pytest.mark.parametrize("order", chapter.ORDERS)
@pytest.mark.parametrize("rate, epoch", [(0.02, 100), (0.3, 0), (0.6, 7), (1.0, 20)])
def test_three_paths_say_their_losses(rate, epoch, order):
    x, y = four_points()
    said = numbers(
        sentence(chapter.three_paths(), learning_rate=rate, epochs=epoch, order=order)
    )
    expected = []
    for size in chapter.SIZES:
        w, b = chapter.walk([rate], size, epoch, order)[0, -1]
        expected.append(half_mean_squared_error(w * x + b, y))
    np.testing.assert_allclose(said[2:], expected, atol=5.1e-6)


def test_three_paths_explain_the_step_that_follows():
    figure = chapter.three_paths()
    for number, size in enumerate(chapter.SIZES):
        places = chapter.walk([0.3], size, 101, "fixed")[0]
        for epoch in (4, 100):  # at the last stop too
            words = explained(figure, number, learning_rate=0.3, epochs=epoch, order="fixed")
            w, dw, b, db = numbers(words.replace(" + ", " ").replace(" − ", " -"))
            here, there = places[epoch * 4 // size], places[epoch * 4 // size + 1]
            np.testing.assert_allclose([w, b], here, rtol=1e-3)
            np.testing.assert_allclose([dw, db], there - here, atol=6e-5)


def test_only_the_full_batch_comes_to_rest():
    """The right answer of the first figure, and the words about it in the text."""
    best = chapter.best_line(*four_points())[:2]
    far = {}
    for size in chapter.SIZES:
        walked = chapter.walk([0.02, 1.0], size, 100, "shuffled")[:, -4 * (4 // size) :]
        far[size] = np.hypot(*(walked - best).T).max(axis=0)
    assert far[4][1] < 0.003 < 0.05 < far[2][1] < far[1][1]  # at rate 1
    assert far[1][0] < far[2][0] < far[4][0]  # at rate 0.02 the single sample is nearest
    figure = chapter.three_paths()
    assert figure._question["answers"][figure._question["right"]][0] == "the full batch"


def test_in_a_fixed_order_the_single_sample_walks_a_loop():
    walked = chapter.walk([0.6], 1, 100, "fixed")[0]
    np.testing.assert_allclose(walked[-5], walked[-1], atol=1e-6)
    assert np.hypot(*(walked[-5] - walked[-2])) > 0.1
    w_best = chapter.best_line(*four_points())[0]
    assert (walked[-4:, 0] > w_best + 0.1).all()  # not around the cross, and on the map
    assert (walked[-4:] > [0.1, -0.3]).all() and (walked[-4:] < [1.4, 0.45]).all()
    assert chapter.walk([1.0], 1, 100, "fixed")[0, -4:, 1].min() < -0.3  # at 1 it leaves it


def test_two_clocks_count_samples():
    figure = chapter.two_clocks()
    assert numbers(sentence(figure, learning_rate=0.05, order="fixed"))[2::1] == [112, 56, 28]
    x, y = four_points()
    loss = chapter.losses_at(chapter.walk([0.05], 1, 40, "fixed")[0])
    assert np.argmax(loss < 0.005) == 28
    assert "full batch over 160" in sentence(figure, learning_rate=0.02, order="fixed")
    assert not done(figure, 0, learning_rate=0.05)
    assert done(figure, 0, learning_rate=1.0)


def test_at_a_low_rate_the_curves_agree_step_for_step():
    full, single = (
        chapter.losses_at(chapter.walk([0.02], size, 40, "shuffled"))[0] for size in (4, 1)
    )
    np.testing.assert_allclose(single[:41], full, rtol=0.1)


# ---------------------------------------------------------------------------- sheet and bends


def test_the_sheet_shows_the_gradient():
    figure = chapter.sheet_of_a_batch()
    shown = figure.show(step="mean")
    words = [t.get_text() for ax in shown.axes for t in ax.texts if t.get_visible()]
    expected = CHECKS["001.batch.grad"]["expected"]
    for slope in [*expected["dL_dw"], expected["dL_db"]]:
        assert f"{slope:.4f}".replace("-", "−") in words
    for a in expected["a"]:
        assert f"{a:.1f}".replace("-", "−") in words
    assert numbers(sentence(figure, step="error"))[-1] == pytest.approx(expected["L"], abs=5e-8)
    for place in {t.get_position()[0] for t in shown.axes[1].texts}:
        column = [t for t in shown.axes[1].texts if t.get_position()[0] == place]
        if len(column) == 8:  # a head, six samples, and their mean
            *samples, mean = (numbers(t.get_text())[0] for t in column[1:])
            assert mean == pytest.approx(np.mean(samples), abs=5.1e-5)
    visible = [t.get_text() for t in figure.show(step="stack").axes[1].texts if t.get_visible()]
    assert visible == []


@pytest.mark.parametrize("name", chapter.BENDS)
@pytest.mark.parametrize("z", [-3.0, -0.5, 0.0, 0.5, 2.0])
def test_bend_says_value_and_slope(name, z):
    figure, f = chapter.bend(), ACTIVATIONS[name]
    value, slope = float(f.function(np.array(z))), float(f.derivative(np.array(z)))
    said = numbers(sentence(figure, activation=name, z=z))
    np.testing.assert_allclose(said[:3], [z, value, slope], atol=5.1e-7)
    words = explained(figure, 0, activation=name, z=z)
    if name == "relu":
        assert words.startswith(f"{slope:.0f}")
        assert ("convention" in words) == (z == 0)
    else:
        assert numbers(words)[-1] == pytest.approx(slope, abs=5.1e-5)
    shown = figure.show(activation=name, z=z).axes[0].lines[1]
    assert np.isnan(shown.get_ydata()).all() == (name == "relu" and z == 0)  # no tangent there
    assert ("Saturated" in sentence(figure, activation=name, z=z)) == (0 < slope < 0.1)
    expected = CHECKS["001.act"]
    if z in expected["inputs"]["z"]:
        at = expected["inputs"]["z"].index(z)
        assert value == pytest.approx(expected["expected"][name]["f"][at])
        assert slope == pytest.approx(expected["expected"][name]["df"][at])


# -------------------------------------------------------------------------------- saturation


@pytest.mark.parametrize("z", chapter.STARTS)
@pytest.mark.parametrize("rate, epoch", [(0.15, 0), (0.15, 30), (5.0, 300)])
def test_saturated_says_what_the_core_computes(z, rate, epoch):
    node = Network([1, 1], output="sigmoid", weights=[z / 2], biases=[z / 2])
    if epoch:
        train(node, [[1.0]], [[0.0]], learning_rate=rate, epochs=epoch, loss="mean_squared_error")
    a = node.predict([[1.0]])[0, 0]
    figure = chapter.saturated()
    at = {"first_z": z, "learning_rate": rate, "epochs": epoch}
    said = numbers(sentence(figure, **at))
    np.testing.assert_allclose(said[-2:], [a, 2 * a * a * (1 - a)], rtol=6e-4, atol=5.1e-5)
    assert numbers(explained(figure, 0, **at))[-1] == said[-1]


def test_the_less_wrong_start_falls_further():
    """The right answer of the saturation figure."""
    fallen = {}
    for z in (2.0, 4.0):
        run = train(
            chapter.sigmoid_neuron(z), [[1.0]], [[0.0]], learning_rate=0.15, epochs=30,
            loss="mean_squared_error",
        )  # fmt: skip
        outputs = run.predict([[1.0]])[:, 0, 0]
        fallen[z] = outputs[0] - outputs[-1]
    assert fallen[2.0] > 10 * fallen[4.0]
    figure = chapter.saturated()
    assert "0.88" in figure._question["answers"][figure._question["right"]][0]
    assert done(figure, 0, first_z=6.0, learning_rate=0.15, epochs=300)
    assert done(figure, 1, first_z=6.0, learning_rate=5.0, epochs=300)


# ------------------------------------------------------------------------ the chapter's numbers


@pytest.fixture(scope="module")
def printed():
    """Return all that the chapter's cells print, as one text."""
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    outputs = [output for cell in cells if cell.cell_type == "code" for output in cell.outputs]
    return "\n".join(output.get("text", "") for output in outputs)


def test_gradient_of_the_batch_is_printed(printed):
    expected = CHECKS["001.batch.grad"]["expected"]
    assert f"{expected['L']:.7f}" in printed
    for slope in expected["dL_dw"]:
        assert f"{slope:.7f}" in printed


@pytest.mark.parametrize(
    "check, epochs, digits",
    [("batch", [100, 500, 1000], 7), ("mini", [50, 100, 200], 6), ("single", [50, 100], 6)],
)
def test_the_unseen_row_is_printed(printed, check, epochs, digits):
    expected = CHECKS[f"001.{check}.run"]["expected"]
    for epoch in epochs:
        assert f"{expected[f'{epoch}_epochs']['test_prediction']:.{digits}f}" in printed


def test_slopes_of_the_bends_are_printed(printed):
    expected, at = CHECKS["001.act"]["expected"], CHECKS["001.act"]["inputs"]["z"].index(0.5)
    for name in ("tanh", "sigmoid"):
        assert f"{expected[name]['f'][at]:.6f}  {expected[name]['df'][at]:.6f}" in printed
    for place, row in enumerate(CHECKS["001.diag"]["expected"]["analytic"]):
        assert f"{row[place]:.6f}".rstrip("0") in printed


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu"])
def test_runs_through_the_bends_are_printed(printed, name):
    runs = CHECKS["001.act.run"]["expected"][name]
    last = runs["1000_epochs" if name == "relu" else "2000_epochs"]
    (line,) = (row for row in printed.splitlines() if re.match(rf"{name} +-?\d\.\d{{3}}  ", row))
    said = numbers(line)
    np.testing.assert_allclose(said, [*last["w"], last["b"], last["test_prediction"]], atol=5e-4)


def test_the_six_rows_are_those_of_the_reference():
    X, y = six_rows()
    assert X.tolist() == CHECKS["001.batch.grad"]["inputs"]["X"]
    assert y[:, 0].tolist() == CHECKS["001.batch.grad"]["inputs"]["y"]
    inputs = CHECKS["001.batch.grad"]["inputs"]
    assert [*inputs["w0"], inputs["b0"]] == chapter.START


def test_the_articles_numbers_are_quoted_right():
    text = "\n".join(cell.source for cell in nbformat.read(NOTEBOOK, as_version=4).cells)
    for check in ("batch.run", "mini.run", "act.run"):
        assert f"{CHECKS[f'001.{check}']['article_value']:.7f}" in text


def test_words_about_sizes_and_speeds():
    """1537 times, 1.8 times, a third, two thirds: what the text says in words."""
    X, y = six_rows()

    def loss(epochs, size):
        node = Network(
            [3, 1], weights=[np.array(chapter.START[:3])[:, None]], biases=chapter.START[3:]
        )
        return train(
            node, X, y, learning_rate=0.05, epochs=epochs, batch_size=size, shuffle=False,
            loss="mean_squared_error",
        ).loss[-1]  # fmt: skip

    assert 1500 < loss(50, 6) / loss(50, 1) < 1600  # fifteen hundred
    assert 1.5 < loss(300, 6) / loss(50, 1) < 2
    a = np.linspace(0, 1, 30001)
    assert a[np.argmax(a**2 - a**3)] == pytest.approx(2 / 3, abs=1e-4)
    steep = ACTIVATIONS["sigmoid"].derivative(np.array([2.0, 4.0]))
    assert 5.5 < steep[0] / steep[1] < 6.5  # six times as steep


@pytest.mark.parametrize("name", ["sigmoid", "tanh"])
def test_through_sigmoid_and_tanh_the_first_weight_goes_on_growing(name):
    X, y = six_rows()
    start = {"weights": [np.array(chapter.START[:3])[:, None]], "biases": chapter.START[3:]}
    run = train(
        Network([3, 1], output=name, **start), X, y, learning_rate=0.05, epochs=20_000,
        batch_size=2, shuffle=False, loss="mean_squared_error", record=[1000, 2000, 20_000],
    )  # fmt: skip
    assert (np.diff(run.network.parameters[:, 0]) > 0.1).all()


def test_a_rows_curvature_is_twice_its_ones(printed):
    """The 1 for the bias included, as the text says."""
    X, _ = six_rows()
    expected = " ".join(f"{2 * (ones + 1):.2f}" for ones in X.sum(axis=1))
    assert f"row by row: curvature {expected}" in printed
