"""The figures and numbers of chapter 5: what they say is what the core computes."""

import re
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest

from byhand.activations import ACTIVATIONS
from byhand.figures import deep_net as chapter
from byhand.figures import use_style
from byhand.gradient_check import central_difference, gradient_check
from byhand.losses import half_mean_squared_error
from byhand.mistakes import MISTAKES
from byhand.network import Network
from byhand.training import train
from seeds import CHECKS

NOTEBOOK = Path(__file__).resolve().parent.parent / "chapters/05_deep_net.ipynb"


@pytest.fixture(autouse=True)
def style():
    with plt.rc_context():
        use_style()
        yield
    plt.close("all")


@pytest.fixture(scope="module")
def bench():
    with plt.rc_context():
        use_style()
        return chapter.bug_bench()


def sentence(figure, **stops):
    return figure._sentence(figure._position(stops))


def done(figure, number, **stops):
    return bool(figure._tasks[number][1][figure._position(stops)])


def numbers(text):
    return [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", text.replace("−", "-"))]


def words(figure, **stops):
    """Return all texts that are seen at a position."""
    axes = figure.show(**stops).axes
    return [t.get_text() for ax in axes for t in ax.texts if t.get_visible() and t.get_text()]


# ---------------------------------------------------------------------------------- the sheet


def by_hand(parameters, x=(1.0, 0.5), y=1.0):
    """Return every number of the sheet, computed one at a time, with nothing of the library."""
    w11, w12, w21, w22, b1, b2, v1, v2, b = parameters
    z1, z2 = x[0] * w11 + x[1] * w21 + b1, x[0] * w12 + x[1] * w22 + b2
    a1, a2 = 1 / (1 + np.exp(-z1)), 1 / (1 + np.exp(-z2))
    z = a1 * v1 + a2 * v2 + b
    a = 1 / (1 + np.exp(-z))
    da = a - y
    d = da * a * (1 - a)
    da1, da2 = d * v1, d * v2
    d1, d2 = da1 * a1 * (1 - a1), da2 * a2 * (1 - a2)
    return {
        "z1": z1, "z2": z2, "a1": a1, "a2": a2, "z": z, "a": a, "L": (a - y) ** 2 / 2, "da": da,
        "d": d, "dv1": a1 * d, "dv2": a2 * d, "da1": da1, "da2": da2, "d1": d1, "d2": d2,
        "dw11": x[0] * d1, "dw21": x[1] * d1, "dw12": x[0] * d2, "dw22": x[1] * d2,
        "w11": w11, "w12": w12, "w21": w21, "w22": w22, "b1": b1, "b2": b2, "v1": v1, "v2": v2,
        "b": b,
    }  # fmt: skip


def trained_parameters(rate, epochs):
    """Return the nine parameters after plain gradient descent by hand."""
    parameters = np.array([0.5, 1, -1, 1, 0, -0.5, 1, -2, 0.5])
    for _ in range(epochs):
        at = by_hand(parameters)
        names = ["dw11", "dw12", "dw21", "dw22", "d1", "d2", "dv1", "dv2", "d"]
        parameters = parameters - rate * np.array([at[name] for name in names])
    return parameters


def test_the_sheet_at_its_start_is_the_one_worked_by_hand():
    at = by_hand(trained_parameters(1.0, 0))
    expected = {
        "z1": 0, "z2": 1, "a1": 0.5, "a2": 0.7311, "z": -0.4621, "a": 0.3865, "L": 0.18820,
        "d": -0.14547, "dv1": -0.07274, "dv2": -0.10635, "d1": -0.03637, "d2": 0.05720,
        "dw11": -0.03637, "dw21": -0.01818, "dw12": 0.05720, "dw22": 0.02860,
    }  # fmt: skip
    for name, value in expected.items():
        assert at[name] == pytest.approx(value, abs=6e-5), name


@pytest.mark.parametrize("rate, epochs", [(0.1, 0), (1.0, 3), (20.0, 1), (10.0, 50), (3.0, 1000)])
def test_every_number_on_the_sheet_is_computed_anew(rate, epochs):
    figure = chapter.sheet()
    last = list(chapter.STEPS)[-2]
    seen = words(figure, step=last, learning_rate=rate, epochs=epochs)
    for name, value in by_hand(trained_parameters(rate, epochs)).items():
        assert f"{value:.4f}".replace("-0.0000", "0.0000").replace("-", "−") in seen, name


def test_no_minus_stands_before_a_0():
    for motion in chapter.sheet()._motions:
        assert not np.isin(motion.data.get("text", ""), ["−0.0000", "-0.0000"]).any()
    assert chapter._minus("-0.0000 = -0.00002, -0.0 · -0.05; -0.000") == (
        "0.0000 = −0.00002, 0.0 · −0.05; 0.000"
    )


def test_every_number_stands_in_its_own_place():
    """28 numbers move, at 28 places, and each has its own at every stop."""
    figure = chapter.sheet()
    texts = [m for m in figure._motions if "text" in m.data]
    assert len(texts) == 28
    places = {
        tuple(np.round(m.artist.get_transform().transform(m.artist.get_position()), 1))
        for m in texts
    }
    assert len(places) == 28


@pytest.mark.parametrize("step, name", [(step, name) for name, step in chapter.SINCE.items()])
def test_a_number_appears_with_its_step_and_not_before(step, name):
    figure, steps = chapter.sheet(), list(chapter.STEPS)
    value = f"{by_hand(trained_parameters(3.0, 2))[name]:.4f}".replace("-", "−")
    at = {"learning_rate": 3.0, "epochs": 2}
    before = words(figure, step=steps[steps.index(step) - 1], **at)
    after = words(figure, step=step, **at)
    assert len(after) == len(before) + 1
    assert after.count(value) == before.count(value) + 1


def test_the_last_step_shows_the_parameters_of_the_next_epoch():
    figure = chapter.sheet()
    seen = words(figure, step="update", learning_rate=1.0, epochs=2)
    for value in trained_parameters(1.0, 3):
        assert f"{value:.4f}".replace("-", "−") in seen


@pytest.mark.parametrize("rate, epochs", [(1.0, 0), (3.0, 5), (20.0, 1)])
def test_the_lines_of_the_sheet_are_true(rate, epochs):
    """What stands left of = gives what stands right of it, and nudging measures it."""
    figure = chapter.sheet()
    for step in chapter.STEPS:
        line = sentence(figure, step=step, learning_rate=rate, epochs=epochs).split(": ", 1)[1]
        if "=" not in line or "σ" in line or "L =" in line:
            continue
        parts = line.split(";")[0].split(" = ")
        sum_, value = parts[-2], numbers(parts[-1])[0]
        plain = sum_.replace("−", "-").replace("·", "*")
        assert eval(plain) == pytest.approx(value, abs=4e-4), line
        if "measures" in line:
            assert numbers(line)[-1] == pytest.approx(value, abs=1.01e-4), line


def test_measured_slopes_are_those_of_the_witness():
    net = chapter._sheet_net()

    def loss_at(parameters):
        moved = net.with_parameters(parameters)
        return half_mean_squared_error(moved.forward(chapter.X_SHEET), chapter.Y_SHEET)

    ours = chapter.measured_slopes(net, chapter.X_SHEET, chapter.Y_SHEET)
    np.testing.assert_allclose(list(ours.values()), central_difference(loss_at, net.parameters))
    exact = by_hand(net.parameters)
    for name, slope in ours.items():
        known = exact["d" + name] if name[0] in "wv" else exact["d" + name[1:]]
        assert slope == pytest.approx(known, abs=1e-9)


def test_unit_2_is_told_to_sink_until_its_arrow_turns():
    figure = chapter.sheet()
    assert figure._question["answers"][figure._question["right"]][0] == "to sink"
    start, turned = by_hand(trained_parameters(20, 0)), by_hand(trained_parameters(20, 1))
    assert start["d2"] > 0 > start["v2"] and turned["d2"] < 0 < turned["v2"]
    for rate, epochs in [(1.0, 10), (1.0, 20), (0.1, 10), (0.1, 1000), (20.0, 1)]:
        d2 = by_hand(trained_parameters(rate, epochs))["d2"]
        assert done(figure, 2, learning_rate=rate, epochs=epochs) == (abs(d2) < start["d2"] / 10)
    assert done(figure, 2, learning_rate=1.0, epochs=20) and not done(figure, 2, epochs=0)
    assert done(figure, 1, learning_rate=10.0, epochs=10)
    assert done(figure, 0, step="update") and not done(figure, 0, step="loss")


# ------------------------------------------------------------------------------------ blame


def chain(bend, weight, depth):
    """Return the share of blame that arrives in a chain of width one, by Eq. 5.21."""
    f, a, slopes = ACTIVATIONS[bend], np.array(1.0), []
    for _ in range(depth - 1):
        z = weight * a
        slopes.append(f.derivative(z))
        a = f.function(z)
    return float(np.prod(weight * np.array(slopes)))


@pytest.mark.parametrize("bend", chapter.BENDS)
@pytest.mark.parametrize("scale", [0.25, 1.0, 3.0])
@pytest.mark.parametrize("depth", chapter.DEPTHS)
def test_blame_in_the_chain_is_the_product(bend, scale, depth):
    assert chapter.blame_by_layer(1, bend, scale, depth)[0] == pytest.approx(
        chain(bend, scale, depth), rel=1e-9
    )


@pytest.mark.parametrize("bend", chapter.BENDS)
def test_blame_in_the_wide_net_is_equation_5_18(bend):
    """With nothing of the library but the bends: forwards, then back layer by layer."""
    f, rng = ACTIVATIONS[bend], np.random.default_rng(5)
    W = [0.7 * rng.normal(size=(30, 30)) / np.sqrt(30) for _ in range(20)][:5]
    A, blame = rng.normal(size=(40, 30)), rng.normal(size=(40, 30))
    Z = []
    for weights in W:
        Z.append(A @ weights)
        A = f.function(Z[-1])
    delta = [np.where(f.derivative(Z[-1]) != 0, blame, 0.0)]
    for layer in range(4, 0, -1):
        delta.insert(0, (delta[0] @ W[layer].T) * f.derivative(Z[layer - 1]))
    sizes = np.array([np.sqrt(np.mean(each**2)) for each in delta])
    shares = chapter.blame_by_layer(30, bend, 0.7, 5)
    np.testing.assert_allclose(shares, sizes / sizes[-1], rtol=1e-9)
    assert shares[-1] == 1


@pytest.mark.parametrize("bend, scale, depth", [("tanh", 1.2, 10), ("relu", 1.4, 20)])
def test_blame_figure_says_what_the_core_computes(bend, scale, depth):
    figure = chapter.blame_flow()
    stops = {"net": "30 units wide", "activation": bend, "weight_scale": scale, "depth": depth}
    share = chapter.blame_by_layer(30, bend, scale, depth)[0]
    assert numbers(sentence(figure, **stops).split("layers: ")[1])[0] == pytest.approx(
        share, rel=6e-3
    )


def test_what_the_text_says_about_the_size_of_weights():
    def arrives(bend, scale, width=30):
        return chapter.blame_by_layer(width, bend, scale, 20)[0]

    assert chain("sigmoid", 1.0, 20) < 1e-9  # the question
    assert arrives("identity", 1.0, 1) == 1 and 0.5 < arrives("identity", 1.0) < 1.5
    assert arrives("relu", 1.2) < 0.1 and 1 / 3 < arrives("relu", 1.4) < 3
    assert 1 / 3 < arrives("tanh", 1.2) < 3 and arrives("tanh", 0.5) < 1e-3
    assert arrives("sigmoid", 8.0) < 0.1 and 1 / 3 < arrives("sigmoid", 11.0) < 3
    rng = np.random.default_rng(5)
    W = [11 * rng.normal(size=(30, 30)) / np.sqrt(30) for _ in range(20)]
    net = Network([30] * 21, hidden="sigmoid", output="sigmoid", weights=W)
    net.forward(rng.normal(size=(40, 30)))
    slopes = np.concatenate([layer.A * (1 - layer.A) for layer in net.dense[5:]])
    assert 0.65 < np.mean(slopes < 0.05) < 0.75  # seven units in ten


# -------------------------------------------------------------------------------- bug bench


@pytest.mark.parametrize("mistake", ["none", *MISTAKES])
def test_the_bench_says_what_training_and_check_say(bench, mistake):
    net = chapter.six_row_net()
    losses = chapter.train_with_a_mistake(net, mistake, 0.3, 20)
    said = sentence(bench, mistake=mistake, learning_rate=0.3, epochs=20)
    assert numbers(said)[:2] == [20, float(f"{losses[-1]:.4f}")]
    assert ("not fallen" in said) == (losses[-1] >= losses[0])
    verdict = chapter.check_of_a_mistake(net, mistake).verdict
    named = "all four agree" if mistake == "none" else verdict.removesuffix(".")
    assert named in said


def test_training_without_a_mistake_is_training():
    net, other = chapter.six_row_net(), chapter.six_row_net()
    X, y = chapter.six_rows()
    losses = chapter.train_with_a_mistake(net, "none", 0.3, 50)
    run = train(other, X, y, learning_rate=0.3, epochs=50, loss="mean_squared_error")
    np.testing.assert_allclose(losses, run.loss, rtol=1e-12)
    np.testing.assert_allclose(net.parameters, other.parameters, rtol=1e-12)


def test_seven_of_nine_fall_on_the_six_rows():
    fell = {}
    for mistake in MISTAKES:
        losses = chapter.train_with_a_mistake(chapter.six_row_net(), mistake, 0.3, 300)
        fell[mistake] = losses[-1] < losses[0]
    assert [mistake for mistake, falls in fell.items() if not falls] == ["sign", "last sample"]


# ------------------------------------------------------------------------ the chapter's numbers


@pytest.fixture(scope="module")
def notebook():
    return nbformat.read(NOTEBOOK, as_version=4)


@pytest.fixture(scope="module")
def printed(notebook):
    """Return all that the chapter's cells print, as one text."""
    outputs = [out for cell in notebook.cells if cell.cell_type == "code" for out in cell.outputs]
    return "\n".join(output.get("text", "") for output in outputs)


@pytest.fixture(scope="module")
def prose(notebook):
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def test_the_net_of_the_chapter_is_that_of_the_reference():
    inputs, net = CHECKS["001.deep.grad"]["inputs"], chapter.six_row_net()
    X, y = chapter.six_rows()
    assert (X.tolist(), y.tolist()) == (inputs["X"], inputs["Y"])
    for layer, W, b in zip(net.dense, inputs["W"], inputs["b"], strict=True):
        assert (layer.W.tolist(), layer.b.tolist()) == (W, b)


def test_the_reference_gradients_are_printed(printed):
    expected = CHECKS["001.deep.grad"]["expected"]
    assert repr(expected["loss"]) in printed
    for block in (*expected["dW"], *expected["db"]):
        for slope in np.ravel(block):
            assert str(round(float(slope), 7)) in printed
    for row in (*expected["A"][0], *expected["A"][1]):
        for activation in row:
            assert f"{activation:.4f}".rstrip("0") in printed


def test_the_reference_run_is_printed(printed, prose):
    for record in CHECKS["001.deep.run"]["expected"].values():
        assert f"{record['loss']:.6f}" in printed
        assert f"{record['test_prediction']:.6f}" in printed
        assert f"{record['test_prediction']:.6f}" in prose
    assert f"{CHECKS['001.deep.run']['article_value']:.7f}" in prose


def test_our_run_passes_the_articles_number(printed):
    run = CHECKS["001.deep.run"]["expected"]
    value = CHECKS["001.deep.run"]["article_value"]
    assert run["5000"]["test_prediction"] < value < run["10000"]["test_prediction"]


def test_the_deep_net_is_slower_than_the_straight_neuron():
    straight = CHECKS["001.batch.run"]["expected"]["500_epochs"]["test_prediction"]
    assert abs(straight - 1) < 0.001
    assert CHECKS["001.deep.run"]["expected"]["1000"]["test_prediction"] < 0.7


def test_words_about_the_deep_nets(printed, prose):
    (row,) = (line for line in printed.splitlines() if line.startswith("sigmoid       8"))
    first, last, moved, _, loss = numbers(row)[1:]
    assert f"{first:.1e}" == "1.5e-07" and r"1.5 \cdot 10^{-7}" in prose
    assert 265_000 < ratio_of_blames(printed) < 275_000 and "270 thousand times" in prose
    assert 0.0015 < moved < 0.0025 and loss == 0.25  # two thousandths, one half to everything
    assert last / first > 2e5


def ratio_of_blames(printed):
    return float(re.search(r"last over first ([\d,]+)", printed)[1].replace(",", ""))


@pytest.mark.parametrize(
    "said",
    [
        "288 slopes", "zero: 72", "7,840,000,000", "590490000000000", "0.002164", "0.000027",
        "13781", "159,020", "0.714", "0.333", "38.4", "0.1144", "0.03902",
    ],
)  # fmt: skip
def test_numbers_of_the_prose_are_printed(printed, said):
    assert said in printed


def test_the_mistakes_were_counted(printed):
    counts = dict(re.findall(r"(?m)^(\w[\w ]*?) +the loss fell on +(\d+) of 48$", printed))
    assert list(counts) == list(MISTAKES)
    assert counts.pop("sign") == "0" and 36 <= int(counts.pop("last sample")) <= 47
    assert set(counts.values()) == {"48"} and len(counts) == 7


def test_a_check_at_the_corner_of_a_relu_raises_a_false_alarm():
    X, y = chapter.six_rows()
    net = chapter.six_row_net("relu")
    net.forward(X)
    assert abs(net.dense[0].Z[1, 1:3]).max() < 1e-15
    assert not gradient_check(net, X, y, loss="mean_squared_error").verdict.startswith("right")
    net.parameters += 0.01
    assert gradient_check(net, X, y, loss="mean_squared_error").verdict.startswith("right")


def test_words_about_the_last_sample():
    X, y = chapter.six_rows()
    net = chapter.six_row_net()
    chapter.train_with_a_mistake(net, "last sample", 3.0, 300)
    assert y[-1, 0] == 1 and net.predict(X).min() > 0.5  # it learns to say 1
