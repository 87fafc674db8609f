"""The figures and numbers of chapter 8: what they say is what the core computes."""

import json
import re
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest

from byhand.datasets import one_row
from byhand.figures import nudge_and_chain as chapter
from byhand.figures import use_style
from byhand.gradient_check import central_difference
from byhand.network import Network
from byhand.training import train
from seeds import CHECKS

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOK = ROOT / "chapters/08_nudge_and_chain.ipynb"
MEASURED = json.loads((ROOT / "benchmarks/nudge_cost.json").read_text(encoding="utf-8"))["rows"]


@pytest.fixture(autouse=True, scope="module")
def style():
    with plt.rc_context():
        use_style()
        yield
    plt.close("all")


@pytest.fixture(scope="module")
def table(style):
    return chapter.table()


@pytest.fixture(scope="module")
def path(style):
    return chapter.path()


@pytest.fixture(scope="module")
def error(style):
    return chapter.error()


@pytest.fixture(scope="module")
def cost(style):
    return chapter.cost()


@pytest.fixture(scope="module")
def notebook():
    return nbformat.read(NOTEBOOK, as_version=4)


@pytest.fixture(scope="module")
def prose(notebook):
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


@pytest.fixture(scope="module")
def printed(notebook):
    """Everything that the notebook's cells have printed."""
    return "\n".join(
        output.get("text", "")
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
    )


def sentence(figure, **stops):
    return figure._sentence(figure._position(stops))


def explained(figure, number, **stops):
    return figure._fill(figure._explanations[number][2], figure._position(stops))


def done(figure, number, **stops):
    return bool(figure._tasks[number][1][figure._position(stops)])


def numbers(text):
    return [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", text.replace("−", "-"))]


def words_shown(figure, **stops):
    return [
        text.get_text()
        for ax in figure.show(**stops).axes
        for text in ax.texts
        if text.get_visible() and text.get_text()
    ]


def nudged_one_by_one(network, at, h):
    loss = chapter.loss_at(network)
    return np.array([(loss(at + h * e) - loss(at)) / h for e in np.eye(len(at))])


# ---------------------------------------------------------------------------- nets and slopes


def test_the_nets_are_those_of_the_reference():
    inputs = CHECKS["004.hand"]["inputs"]
    net = chapter._hand_net()
    np.testing.assert_array_equal(net.layers[0].W, inputs["W_input_to_hidden"])
    np.testing.assert_array_equal(net.layers[1].W[:, 0], inputs["w_hidden_to_output"])
    assert net.parameters.size == CHECKS["004.count"]["expected"]["weights"]
    W1, b1, W2, b2 = CHECKS["004.fd100"]["inputs"]["W"]
    net = chapter._textbook_net()
    for array, expected in zip(net.blocks().values(), (W1, b1, W2, b2), strict=True):
        np.testing.assert_array_equal(array, expected)
    assert net.parameters.size == CHECKS["004.count"]["expected"]["with_biases"]
    assert len(chapter.NAMES) == 13


def test_slopes_in_a_stack_are_those_one_by_one():
    net, rng = chapter._textbook_net(), np.random.default_rng(0)
    places, h = rng.normal(size=(2, 3, 13)), np.array([[1e-1, 1e-3, 1e-5]] * 2)
    found, chained = chapter.nudged_slopes(net, places, h), chapter.chain_slopes(net, places)
    for index in np.ndindex(2, 3):
        one_by_one = nudged_one_by_one(net, places[index], h[index])
        np.testing.assert_allclose(found[index], one_by_one, rtol=1e-12, atol=1e-9)
        measured = central_difference(chapter.loss_at(net), places[index])
        np.testing.assert_allclose(chained[index], measured, rtol=1e-6, atol=1e-9)


def test_chain_slopes_leaves_the_place_alone():
    net, places = chapter._textbook_net(), np.ones((4, 13))
    chapter.chain_slopes(net, places)
    assert (places == 1).all() and (net.parameters != 1).all()


def test_names_are_in_the_order_of_the_parameters():
    net = chapter._textbook_net()
    for i, name in enumerate(chapter.NAMES):
        moved = net.with_parameters(np.arange(13.0))
        block = {"w": moved.layers[0].W, "b": moved.layers[0].b, "v": moved.layers[1].W[:, 0]}
        digits = [int(d) - 1 for d in name[1:].translate(str.maketrans("₁₂₃", "123"))]
        value = moved.layers[1].b[0] if name == "c" else block[name[0]][tuple(digits)]
        assert value == i


# ---------------------------------------------------------------------------------- the table


@pytest.mark.parametrize("rate, epoch, h", [(0.01, 0, 1e-4), (0.3, 10, 1e-2), (0.03, 1000, 0.1)])
def test_table_shows_both_slopes(table, rate, epoch, h):
    net = chapter._textbook_net()
    if epoch:
        train(net, *one_row(), learning_rate=rate, epochs=epoch, loss=chapter.SQUARED)
    chain = chapter.chain_slopes(net, net.parameters)
    nudged = nudged_one_by_one(net, net.parameters, h)
    shown = words_shown(table, learning_rate=rate, epochs=epoch, h=h)
    for i, name in enumerate(chapter.NAMES):
        at = shown.index(name)
        left, sign, right = shown[at + 1 : at + 4]
        assert numbers(left)[0] == pytest.approx(chain[i], abs=6e-6)
        assert numbers(right)[0] == pytest.approx(nudged[i], abs=6e-6)
        assert (sign == "=") == (left == right)
        assert "−0.00000" not in (left, right)
    said = numbers(sentence(table, learning_rate=rate, epochs=epoch, h=h))
    assert said[:2] == [rate, epoch]
    assert said[3] == shown.count("≠")
    assert said[5] == pytest.approx(np.abs(nudged - chain).max(), rel=0.06)


def test_table_at_the_start_is_the_reference(table):
    expected = CHECKS["004.chain"]["expected"]["gradients_exact"]
    flat = np.concatenate([np.ravel(block) for block in expected])
    shown = words_shown(table, learning_rate=0.01, epochs=0, h=1e-4)
    for name, value in zip(chapter.NAMES, flat, strict=True):
        assert numbers(shown[shown.index(name) + 1])[0] == pytest.approx(value, abs=6e-6)


def test_the_net_that_learns_from_nudges_alone(table):
    """The dashed curve, against the same training one nudge and one parameter at a time."""
    net = chapter._textbook_net()
    for rate, h in [(0.1, 0.1), (0.01, 1e-4)]:
        at = net.parameters.copy()
        for _ in range(50):
            at = at - rate * nudged_one_by_one(net, at, h)
        found = chapter._trained_by_nudging()[
            chapter.RATES.index(rate), chapter.EPOCHS.index(50), chapter.NUDGES.index(h)
        ]
        assert found == pytest.approx(chapter.loss_at(net)(at), rel=1e-6)


def test_the_right_answer_of_the_first_figure(table):
    question = table._question
    assert question["answers"][question["right"]][0] == "0.01000"
    shown = words_shown(table, learning_rate=0.03, epochs=1000, h=1e-2)
    at = shown.index("c")
    assert shown[at + 1 : at + 4] == ["0.00000", "≠", "0.01000"]
    assert max(abs(v) for v in numbers(" ".join(shown)) if abs(v) < 0.009) < 0.005
    assert "0.01000" in explained(table, 0, learning_rate=0.03, epochs=1000, h=1e-2)
    assert table.epochs == 0  # it does not start at the answer


def test_tasks_of_the_table(table):
    for rate in chapter.RATES:
        assert done(table, 0, learning_rate=rate, epochs=0, h=1e-7)
        assert done(table, 1, learning_rate=rate, epochs=0, h=1e-13)
    assert not done(table, 0, learning_rate=0.01, epochs=0, h=1e-4)
    assert done(table, 2, learning_rate=0.1, epochs=500, h=0.1)
    assert not done(table, 2, learning_rate=0.1, epochs=500, h=1e-4)


def test_at_the_largest_nudge_four_slopes_are_far_off(table):
    assert sentence(table, learning_rate=0.01, epochs=0, h=0.1).count("13 of 13 slopes differ") == 1
    net = chapter._textbook_net()
    at = net.parameters
    off = np.abs(nudged_one_by_one(net, at, 0.1) - chapter.chain_slopes(net, at))
    assert (off > 0.01).sum() == 4 and (off < 0.001).sum() == 9


# ---------------------------------------------------------------------------------- one way


@pytest.mark.parametrize("rate, epoch", [(0.01, 0), (0.5, 1), (1.0, 3)])
@pytest.mark.parametrize("weight", range(9))
def test_path_multiplies_its_links(path, weight, rate, epoch):
    net, (X, y) = chapter._hand_net(), one_row()
    if epoch:
        train(net, X, y, learning_rate=rate, epochs=epoch, loss=chapter.SQUARED)
    names = [*chapter.W_NAMES, "v₁", "v₂", "v₃"]
    slope = chapter.chain_slopes(net, net.parameters)[weight]
    stops = {"weight": names[weight], "learning_rate": rate, "epochs": epoch}
    rows = [each for each in words_shown(path, **stops) if "∂" in each and "product" not in each]
    assert len(rows) == (4 if weight < 6 else 2)
    links = [numbers(row)[-1] for row in rows]
    assert np.prod(links) == pytest.approx(slope, rel=2e-3, abs=1e-4)
    product = next(each for each in words_shown(path, **stops) if each.startswith("product"))
    assert numbers(product)[-1] == pytest.approx(slope, abs=6e-7)
    nudged = next(each for each in words_shown(path, **stops) if each.startswith("nudged"))
    expected = nudged_one_by_one(net, net.parameters, 1e-4)[weight]
    assert numbers(nudged)[-1] == pytest.approx(expected, abs=6e-7)
    said = numbers(sentence(path, **stops))
    assert said[-2] == pytest.approx(slope, abs=6e-7)
    old, _, _, new = numbers(explained(path, 0, **stops).replace(" − ", " "))[-4:]
    assert old == pytest.approx(net.parameters[weight], abs=6e-5)
    assert new == pytest.approx(net.parameters[weight] - rate * slope, abs=6e-5)


def test_path_at_the_start_is_the_reference(path):
    full = CHECKS["004.hand"]["expected"]["full_precision"]
    shown = words_shown(path, weight="w₁₁", learning_rate=0.01, epochs=0)
    for j in range(3):
        assert f"{full['a'][j]:.4f}" in shown
    assert f"{full['y_hat']:.4f}" in shown and f"loss {full['loss']:.4f}" in shown
    assert "product: ∂C/∂w₁₁ = 0.145479" in shown


def test_path_lights_the_way_and_nothing_else(path):
    lit = {}
    for motion in path._motions:
        if type(motion.artist).__name__ == "FancyArrowPatch":
            for k in np.flatnonzero(motion.data["visible"]):
                lit[k] = lit.get(k, 0) + 1
    assert lit == {k: 2 if k < 6 else 1 for k in range(9)}


def test_tasks_of_the_path(path):
    assert done(path, 0, weight="v₂", learning_rate=0.01, epochs=0)
    assert done(path, 1, weight="w₁₁", learning_rate=1.0, epochs=1)
    assert not done(path, 1, weight="w₁₁", learning_rate=0.5, epochs=1)


# ------------------------------------------------------------------------------ how small a nudge


def test_the_few_lines_of_the_net_are_the_library_s():
    net = chapter._hand_net()
    for w in (0.8, 0.1, -2.0):
        at = net.parameters.copy()
        at[0] = w
        assert chapter.loss_of_w11(w) == pytest.approx(float(chapter.loss_at(net)(at)), rel=1e-14)
    assert chapter.loss_of_w11(0.8, "float32").dtype == np.float32
    assert chapter.loss_of_w11(0.8).dtype == np.float64


def test_derivatives_of_w11():
    loss, one, two, three = chapter.derivatives_of_w11()
    full = CHECKS["004.hand"]["expected"]["full_precision"]
    assert loss == pytest.approx(full["loss"], rel=1e-12)
    assert one == pytest.approx(full["dC_dW_input_to_hidden"][0][0], rel=1e-12)
    C, h = chapter.loss_of_w11, 1e-3
    assert (C(0.8 + h) - 2 * C(0.8) + C(0.8 - h)) / h**2 == pytest.approx(two, rel=1e-5)
    h = 1e-2
    third = C(0.8 + 2 * h) - 2 * C(0.8 + h) + 2 * C(0.8 - h) - C(0.8 - 2 * h)
    assert third / (2 * h**3) == pytest.approx(three, rel=1e-3)


@pytest.mark.parametrize("method", chapter.METHODS)
@pytest.mark.parametrize("precision", chapter.PRECISIONS)
def test_error_says_what_it_measures(error, method, precision):
    slope = chapter.derivatives_of_w11()[1]
    gaps = []
    for h in chapter.WIDE_NUDGES:
        measured = float(chapter.quotient_of_w11(h, method, precision))
        gaps.append(abs(measured - slope))
        said = sentence(error, method=method, precision=precision, h=h)
        assert numbers(said.partition("measured")[2])[0] == float(f"{measured:.10f}")
        bend, rounding = chapter.expected_errors(h, method, precision)
        assert ("The bend is" in said) == (bend > rounding)
        if h > 1e-6 or precision == "float64":
            assert gaps[-1] < 20 * (bend + rounding)
    best = chapter.WIDE_NUDGES[int(np.argmin(gaps))]
    eps = np.finfo(precision).eps / 2
    loss, _, two, three = chapter.derivatives_of_w11()
    theory = (
        2 * np.sqrt(eps * loss / abs(two))  # Eq. 8.8
        if method == "forward"
        else np.cbrt(3 * eps * loss / abs(three))  # Eq. 8.11
    )
    assert theory / 30 < best < theory * 30
    number = chapter.METHODS.index(method) * 2 + chapter.PRECISIONS.index(precision)
    assert done(error, number, method=method, precision=precision, h=best)
    assert error._tasks[number][0].endswith(f"{method}, {precision}.")


def test_in_float32_a_tiny_nudge_changes_nothing(error):
    assert chapter.quotient_of_w11(1e-8, "forward", "float32") == 0
    said = sentence(error, method="forward", precision="float32", h=1e-8)
    assert "same number" in said
    bend, rounding = chapter.expected_errors(1e-4, "forward", "float32")
    assert rounding > bend  # the wrong side, for the textbook's nudge


# ----------------------------------------------------------------------------------- the price


@pytest.mark.parametrize("sizes", [[2, 3, 1], [1, 1], [784, 100, 10], [2, 5, 3, 1]])
def test_parameters_are_counted_as_the_library_counts(sizes):
    assert chapter.n_parameters(sizes) == Network(sizes, weights="zeros").parameters.size


def test_cost_says_its_counts(cost):
    for hidden in chapter.HIDDEN:
        n = 4 * hidden + 1
        expected = {
            "nudging up": (n + 1, (n + 1) * (3 * hidden + 1)),
            "nudging up and down": (2 * n, 2 * n * (3 * hidden + 1)),
            "chain rule": (None, 9 * hidden + 2),
        }
        for method, (passes, count) in expected.items():
            assert chapter.products(hidden, method) == count
            said = sentence(cost, hidden=hidden, method=method).replace(" ", "")
            assert f",{n}parameters" in said and f"{count}multiplications" in said
            assert passes is None or f"{passes}forwardpasses" in said
            parts = explained(cost, 0, hidden=hidden, method=method).replace(" ", "")
            value = eval(parts.partition("=")[2].replace("·", "*"))  # an own formula of numbers
            assert value == count and parts.startswith(str(count))


def test_tasks_of_the_cost(cost):
    assert done(cost, 0, hidden=1000, method="nudging up")
    assert not done(cost, 0, hidden=300, method="nudging up")
    assert chapter.products(1000, "nudging up") / chapter.products(1000, "chain rule") > 1000
    assert done(cost, 1, hidden=1000, method="chain rule")


# -------------------------------------------------------------- numbers in prose and in outputs


def test_the_measured_table_is_the_file_s(prose):
    """The prose cites the measured ratios, rounded to two digits."""
    rows = re.findall(r"^\| ([\d ]+) \| ([\d ]+) \| (\d+) \|$", prose, re.MULTILINE)
    cited = [tuple(int(number.replace(" ", "")) for number in row) for row in rows]
    assert cited == [
        (row["parameters"], row["forward_passes"], int(float(f"{row['ratio']:.2g}")))
        for row in MEASURED
    ]
    for row in MEASURED:
        assert row["forward_passes"] == row["parameters"] + 1
        assert row["parameters"] == chapter.n_parameters([2, row["hidden"], 1])
    assert [MEASURED[0]["parameters"], MEASURED[-1]["parameters"]] == [13, 10_001]


def test_the_measured_ratios_are_two_to_three_times_those_counted():
    for row in MEASURED:
        counted = chapter.products(row["hidden"], "nudging up") / chapter.products(
            row["hidden"], "chain rule"
        )
        assert 1.8 < row["ratio"] / counted < 3.2


HAND = CHECKS["004.hand"]["expected"]
CHAIN = CHECKS["004.chain"]["expected"]


@pytest.mark.parametrize(
    "number",
    [
        f"{HAND['full_precision']['y_hat']:.7f}",
        f"{HAND['full_precision']['loss']:.7f}",
        f"prediction {HAND['two_decimal_activations']['y_hat']:.4f}, loss 1.525225",
        f"{HAND['full_precision']['dC_dyhat']:.6f}",
        *[f"{value:.7f}" for value in HAND["full_precision"]["dC_dW_input_to_hidden"][0]],
        *[f"{value:.7f}" for value in HAND["full_precision"]["dC_dw_hidden_to_output"]],
        *[f"{losses[1]:.6f}" for losses in CHECKS["004.hand.lr"]["expected"]
          ["loss_before_update_0..5"].values()],
        f"loss {CHAIN['loss']:.7f}",
        *[f"{value:.7f}" for value in CHAIN["gradients_exact"][0][0]],
        *[f"{row[0]:.7f}" for row in CHAIN["gradients_exact"][2]],
        f"{CHAIN['gradients_exact'][3][0]:.7f}",
        "prediction -0.0174781",
        f"furthest apart: {CHECKS['004.exact100']['expected']['max_abs_diff_to_fd_weights']:.1e}",
        f"{CHECKS['004.fd100.end']['expected']['loss_epoch99']:.6f}",
        f"{CHECKS['004.fd100.end']['expected']['loss_after_100']:.6f}",
        "first after epoch 116",
        "every printed weight, to 0.0000001: True",
        "from 2011 to 2012: 9.4 points fewer",
        f"below the person first in {CHECKS['004.imagenet']['expected']['first_year_below_human']}",
        "weights without biases: 9",
        "with biases:            13",
        "prediction after one step: [ 1.190763  0.813726 -0.744764 -2.396318]",
    ],
)  # fmt: skip
def test_the_notebook_prints_the_reference_s_numbers(printed, number):
    assert number in printed


def test_numbers_of_the_text_by_hand(prose):
    full = HAND["full_precision"]
    for number in (*full["a"][:1], *full["da_dh"][:2], full["dC_dyhat"]):
        assert f"{number:.6f}" in prose
    hidden, output = full["dC_dW_input_to_hidden"][0], full["dC_dw_hidden_to_output"]
    assert min(output) / max(hidden) > 3.5 and max(output) / min(hidden) < 13.5
    assert f"{hidden[0]:.7f}" in prose and "three and a half to thirteen times" in prose


def test_what_the_bend_alone_does_to_a_hundred_epochs(prose):
    """The same run in float64 throughout: what is left is the forward quotient's error."""
    net = chapter._textbook_net()
    nudged, chained = net.parameters.copy(), net.parameters.copy()
    for _ in range(100):
        nudged = nudged - 0.01 * nudged_one_by_one(net, nudged, 1e-4)
        chained = chained - 0.01 * chapter.chain_slopes(net, chained)
    assert f"{np.abs(nudged - chained).max():.1e}" == "4.3e-05"
    assert r"$4.3 \cdot 10^{-5}$" in prose


def test_the_best_nudge_of_a_parabola(prose):
    """What the solution of exercise 8.4 says of (8.8), and of the search."""
    for at, best, theory in [(1.0, 1e-8, "1.5 · 10⁻⁸"), (1000.0, 1e-5, "1.5 · 10⁻⁵")]:
        nudges = [10.0**-k for k in range(1, 13)]
        off = [abs(((at + h) ** 2 - at**2) / h - 2 * at) for h in nudges]
        assert nudges[int(np.argmin(off))] == best
        mantissa = 2 * np.sqrt(2.0**-53 * at**2 / 2) / best
        assert f"{mantissa:.1f}" == theory[:3] and theory in prose


def test_the_slopes_at_one_sample_give_the_error_of_the_reference(printed):
    errors = CHECKS["004.eps"]["expected"]["max_abs_error_of_gradient"]["0.0001"]
    assert f"up only:     off by at most {errors['forward']:.0e}" in printed
    assert f"up and down: off by at most {errors['central']:.0e}" in printed


def test_every_careful_note_has_both_numbers(prose):
    notes = [block for block in re.split(r"\n\n", prose) if "> **Careful.**" in block]
    assert len(notes) >= 9
    text = "\n".join(notes)
    for wrong, right in [
        ("1.235", "1.2332"), ("1.52", "1.520812"), ("0.0001", "0.00033"), ("*twice*", "N + 1"),
        ("*same*", r"5.2 \cdot 10^{-5}"), ("second hidden layer", "The three belong"),
        ("stochastic", "plain gradient descent"), ("parallel", "N + 1"),
    ]:  # fmt: skip
        assert wrong in text and right in text


# ----------------------------------------------------------------- every slider moves the drawing


@pytest.mark.parametrize("make", chapter.FIGURES, ids=lambda make: make.__name__)
def test_every_slider_moves_something_away_from_the_corner(make):
    figure = make()
    here = {slider.name: slider.stops[min(2, len(slider.stops) - 1)] for slider in figure._sliders}
    for slider in figure._sliders:
        at = slider.stops.index(here[slider.name])
        for to in {(at + 1) % len(slider.stops), round(0.95 * (len(slider.stops) - 1))} - {at}:
            moved = here | {slider.name: slider.stops[to]}
            assert figure.drawing(**here) != figure.drawing(**moved), slider.name
