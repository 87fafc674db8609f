"""Seed 004, the fundamentals of a textbook chapter, against its reference numbers.

The chapter nudges every parameter up by 0.0001 in float32 and takes the change of the loss for a
slope.  The library does not do that, so it stands here; everything else is the library's.
"""

import numpy as np
import pytest

from byhand.activations import Activation, relu, sigmoid, softmax, tanh
from byhand.curvature import hessian, largest_stable_rate
from byhand.datasets import one_row, triple
from byhand.gradient_check import central_difference
from byhand.losses import (
    binary_cross_entropy,
    categorical_cross_entropy,
    mean_absolute_error,
    mean_squared_error,
    mean_squared_error_gradient,
)
from byhand.network import Network
from byhand.training import sweep, train
from seeds import CHECKS, agree, given, reproduces

SQUARED = "mean_squared_error"
NUDGE = CHECKS["004.fd100"]["inputs"]["epsilon"]
LINE = CHECKS["004.lr"]


def hand(hidden="sigmoid"):
    """The net without biases that is worked by hand."""
    inputs = CHECKS["004.hand"]["inputs"]
    weights = [inputs["W_input_to_hidden"], np.array(inputs["w_hidden_to_output"])[:, None]]
    return Network([2, 3, 1], hidden=hidden, weights=weights, bias=False)


def textbook(check):
    """The net whose weights are printed, its sample and its target."""
    inputs = check["inputs"]
    W1, b1, W2, b2 = inputs["W"]
    network = Network([2, 3, 1], hidden="sigmoid", weights=[W1, W2], biases=[b1, b2])
    return network, np.array(inputs["x"], dtype=float), np.array(inputs["y"], dtype=float)


def node():
    """y = 3x is to be learned from 0 by one weight and one bias."""
    return Network([1, 1], weights=[LINE["inputs"]["w0"]], biases=[LINE["inputs"]["b0"]])


def back(network, X, y):
    y_pred = network.forward(X)
    network.backward(mean_squared_error_gradient(y_pred, y))
    return y_pred


def flat(weights):
    """The parameters as they are printed, array after array, as one vector."""
    return np.concatenate([np.ravel(array) for array in weights])


def library_loss(network, X, y):
    """The loss as a function of parameters (..., n_parameters)."""
    return lambda parameters: mean_squared_error(network.with_parameters(parameters).forward(X), y)


def nudged_losses(loss_at, parameters, nudge=NUDGE):
    """The loss, then the loss with each parameter nudged up, in the parameters' own precision."""
    n = len(parameters)
    nudges = nudge * np.vstack([np.zeros(n), np.eye(n)])
    return loss_at(parameters + nudges.astype(parameters.dtype))


def nudge_and_step(loss_at, parameters, learning_rate, epochs):
    """The chapter's training: parameters before every update and at the end, losses of each."""
    kept, losses = [parameters], []
    for _ in range(epochs):
        losses.append(nudged_losses(loss_at, parameters))
        slopes = (losses[-1][1:] - losses[-1][0]) / NUDGE
        parameters = (parameters - learning_rate * slopes).astype(parameters.dtype)
        kept.append(parameters)
    return np.array(kept), np.array(losses)


def float32_run(check, epochs):
    network, X, y = textbook(check)
    start = network.parameters.astype(np.float32)
    return nudge_and_step(library_loss(network, X, y), start, check["inputs"]["lr"], epochs)


@pytest.fixture(scope="module")
def float32_lines():
    """1000 epochs of y = 3x at each rate of the check: parameters and losses."""
    X, y = triple()
    loss_at, start = library_loss(node(), X, y), np.zeros(2, dtype=np.float32)
    return {
        name: nudge_and_step(loss_at, start, float(name.removeprefix("float32_lr")), 1000)
        for name in LINE["expected"]
    }


@given("004.fd100", "004.fd100.end", "004.exact100", "004.chain")
def test_the_sample_is_the_library_s(check):
    X, y = one_row()
    assert (X.tolist(), y.tolist()) == (check["inputs"]["x"], check["inputs"]["y"])
    shapes = [list(np.shape(array)) for array in check["inputs"]["W"]]
    assert shapes == check["inputs"]["shapes"]


@given("004.hand", "004.hand.lr")
def test_the_sample_worked_by_hand_is_the_library_s(check):
    X, y = one_row()
    assert (X[0].tolist(), y[0, 0]) == (check["inputs"]["x"], check["inputs"]["target"])
    assert check["inputs"]["W_input_to_hidden"] == hand().layers[0].W.tolist()
    assert check["inputs"]["w_hidden_to_output"] == hand().layers[1].W[:, 0].tolist()


@given("004.lr", "004.lr.theory", "004.lr.stuck", "004.lr.sign")
def test_the_line_is_the_library_s(check):
    X, y = triple()
    assert (X.tolist(), y.tolist()) == (check["inputs"]["x"], check["inputs"]["y"])
    assert (check["inputs"]["w0"], check["inputs"]["b0"]) == tuple(node().parameters)
    assert check["inputs"]["epsilon"] == NUDGE


# The book rounds every activation to two decimals before it goes on.
TWO_DECIMALS = Activation(
    "sigmoid to two decimals",
    lambda Z: sigmoid(Z).round(2),
    lambda Z: sigmoid(Z).round(2) * (1 - sigmoid(Z).round(2)),
    (0, 1),
)


@pytest.mark.parametrize(
    ("name", "hidden"),
    [("two_decimal_activations", TWO_DECIMALS), ("full_precision", "sigmoid")],
    ids=["two decimals", "full precision"],
)
@reproduces("004.hand")
def test_the_net_worked_by_hand(check, name, hidden):
    (X, y), network, expected = one_row(), hand(hidden), check["expected"][name]
    first, last = network.layers
    y_pred = back(network, X, y)
    agree(first.Z[0], expected["h"], check)
    agree(first.A[0], expected["a"], check)
    agree(y_pred[0, 0], expected["y_hat"], check)
    agree(mean_squared_error(y_pred, y), expected["loss"], check)
    agree(mean_squared_error_gradient(y_pred, y)[0, 0], expected["dC_dyhat"], check)
    agree(last.W[:, 0], expected["dyhat_da"], check)
    agree(first.activation.derivative(first.Z)[0], expected["da_dh"], check)
    agree(first.X[0], [expected["dh_dw"]] * 2, check)
    agree(last.dW[:, 0], expected["dC_dw_hidden_to_output"], check)
    agree(first.dW, expected["dC_dW_input_to_hidden"], check)
    train(network, X, y, learning_rate=1.0, epochs=1, loss=SQUARED)
    agree(first.W, expected["W_after_lr1"], check)
    agree(first.W[0, 0], expected["w11_after_lr1"], check)
    agree(last.W[:, 0], expected["w_out_after_lr1"], check)


@reproduces("004.hand")
def test_one_step_of_rate_1_overshoots(check):
    history = train(hand(), *one_row(), learning_rate=1.0, epochs=1, loss=SQUARED)
    agree(history.loss[1], check["expected"]["full_precision_loss_after_one_lr1_step"], check)
    assert history.loss[1] > history.loss[0]


@reproduces("004.hand")
def test_the_book_s_prediction_needs_rounded_activations(check):
    article, expected = check["article_value"], check["expected"]
    rounded, full = expected["two_decimal_activations"], expected["full_precision"]
    assert rounded["a"] == article["a"]
    assert f"{rounded['y_hat']:.3f}" == str(article["y_hat"]) != f"{full['y_hat']:.3f}"
    assert int(100 * rounded["loss"]) / 100 == article["loss"]


@reproduces("004.hand.lr")
def test_first_losses_at_four_rates(check):
    expected = check["expected"]["loss_before_update_0..5"]
    rates = [float(rate) for rate in expected]
    history = sweep(hand(), *one_row(), learning_rates=rates, epochs=5, loss=SQUARED)
    agree(history.loss, list(expected.values()), check)


@reproduces("004.count")
def test_weights_with_and_without_biases(check):
    sizes, expected = check["inputs"]["layers"], check["expected"]
    without = Network(sizes, weights="zeros", bias=False)
    agree(without.parameters.size, expected["weights"], check)
    agree(Network(sizes, weights="zeros").parameters.size, expected["with_biases"], check)


@reproduces("004.fd100")
def test_100_epochs_of_nudging(check):
    expected = check["expected"]
    kept, losses = float32_run(check, check["inputs"]["epochs"])
    network, X, y = textbook(check)
    y_pred = network.with_parameters(kept[-1]).predict(X)
    agree(losses[0, 0], expected["loss_epoch0"], check)
    agree(losses[99, 0], expected["loss_epoch99"], check)
    agree(mean_squared_error(y_pred, y), expected["loss_after_100"], check)
    agree(losses[::10, 0], expected["losses_every_10"], check)
    agree(kept[-1], flat(expected["weights"]), check)
    agree(y_pred, expected["prediction"], check)
    assert f"{losses[0, 0]:.2f}" == str(check["article_value"]["loss_start"])
    assert f"{y_pred[0, 0]:.3f}" == str(check["article_value"]["prediction"])


@reproduces("004.fd100.end")
def test_the_loss_ends_at_three_times_what_the_chapter_says(check):
    expected = check["expected"]
    _, losses = float32_run(check, 120)
    agree(losses[99, 0], expected["loss_epoch99"], check)
    agree(losses[100, 0], expected["loss_after_100"], check)
    below = int(np.argmax(losses[:, 0] < check["article_value"]))
    assert below == expected["first_epoch_with_loss_below_1e-4"]


@reproduces("004.exact100")
def test_100_epochs_of_the_chain_rule(check):
    expected, inputs, (network, X, y) = check["expected"], check["inputs"], textbook(check)
    history = train(
        network, X, y, learning_rate=inputs["lr"], epochs=inputs["epochs"], loss=SQUARED
    )
    agree(network.parameters, flat(expected["weights"]), check)
    agree(history.loss[0], expected["loss_epoch0"], check)
    agree(history.loss[99], expected["loss_epoch99"], check)


@reproduces("004.exact100")
def test_nudging_gives_nearly_the_weights_of_the_chain_rule(check):
    inputs, (network, X, y) = check["inputs"], textbook(check)
    train(network, X, y, learning_rate=inputs["lr"], epochs=inputs["epochs"], loss=SQUARED)
    # One last place of a float32 is more than this check's tolerance, so the nudged weights are
    # those of the file, which test_100_epochs_of_nudging reproduces.
    nudged = CHECKS["004.fd100"]["expected"]["weights"]
    furthest = np.abs(network.parameters - flat(nudged)).max()
    agree(furthest, check["expected"]["max_abs_diff_to_fd_weights"], check)


@reproduces("004.chain")
def test_one_step_by_the_chain_rule(check):
    expected, (network, X, y) = check["expected"], textbook(check)
    first, last = network.layers
    y_pred = back(network, X, y)
    agree(first.Z, expected["hidden_pre"], check)
    agree(first.A, expected["hidden"], check)
    agree(y_pred, expected["prediction"], check)
    agree(mean_squared_error(y_pred, y), expected["loss"], check)
    agree(mean_squared_error_gradient(y_pred, y)[0, 0], expected["dC_dyhat"], check)
    for found, gradient in zip(
        (first.dW, first.db, last.dW, last.db), expected["gradients_exact"], strict=True
    ):
        agree(found, gradient, check)
    train(network, X, y, learning_rate=check["inputs"]["lr"], epochs=1, loss=SQUARED)
    agree(network.parameters, flat(expected["params_after_exact_lr1"]), check)


@reproduces("004.chain")
def test_one_step_by_nudging(check):
    kept, losses = float32_run(check, check["inputs"]["epochs"])
    agree(losses[0, 0], check["article_value"]["loss"], check)
    agree(kept[-1], flat(check["expected"]["params_after_fd_lr1_float32"]), check)


@reproduces("004.chain")
def test_the_printed_gradients_of_another_program_are_ours(check):
    network, X, y = textbook(check)
    back(network, X, y)
    first, last = network.layers
    found = np.concatenate([first.dW[0], last.dW[:, 0], last.db])
    assert np.abs(found - flat(check["article_value"]["autograd_check"])).max() < 1e-4


@reproduces("004.eps")
def test_nudging_up_is_only_nearly_differentiation(check):
    assert check["inputs"]["as"] == "004.fd100, float64"
    network, X, y = textbook(CHECKS["004.fd100"])
    back(network, X, y)
    loss_at, found = library_loss(network, X, y), {}
    for name in check["expected"]["max_abs_error_of_gradient"]:
        losses = nudged_losses(loss_at, network.parameters, float(name))
        forward = (losses[1:] - losses[0]) / float(name)
        central = central_difference(loss_at, network.parameters, float(name))
        found[name] = {
            kind: np.abs(slopes - network.gradients).max()
            for kind, slopes in {"forward": forward, "central": central}.items()
        }
    for name, expected in check["expected"]["max_abs_error_of_gradient"].items():
        for kind in ("forward", "central"):
            agree(found[name][kind], expected[kind], check)
            # That lets an error be 6 times too large, or nothing; this, 6 times too small at most.
            assert expected[kind] < (1 + check["tolerance"]["rel"]) * found[name][kind]
    forward = {name: error["forward"] for name, error in found.items()}
    assert min(forward, key=forward.get) == "1e-08"
    for name in ("0.01", "0.0001", "1e-06"):  # before rounding takes over, the error is the nudge
        assert 0.9 < forward[name] / float(name) < 1.1
        assert found[name]["central"] < forward[name] / 1000


@pytest.mark.parametrize("name", LINE["expected"])
@reproduces("004.lr")
def test_first_ten_epochs_of_the_line_at_three_rates(check, name, float32_lines):
    expected, (kept, losses) = check["expected"][name], float32_lines[name]
    slopes = (losses[:, 1] - losses[:, 0]) / NUDGE
    rows = [kept[:-1, 0], losses[:, 0], losses[:, 1], slopes, kept[1:, 0]]
    rows = np.array(rows)[:, :10].T
    agree(rows, expected["first_10_rows_[w, loss, loss_plus, grad_w, w_new]"], check)
    agree(kept[10], expected["w_b_after_10"], check)


@pytest.mark.parametrize("name", LINE["expected"])
@reproduces("004.lr")
def test_a_thousand_epochs_of_the_line_at_three_rates(check, name, float32_lines):
    expected, (kept, _) = check["expected"][name]["w_b_after"], float32_lines[name]
    agree(kept[[int(epoch) for epoch in expected]], list(expected.values()), check)


@reproduces("004.lr")
def test_first_update_is_45_times_the_rate(check, float32_lines):
    first = [kept[1, 0] for kept, _ in float32_lines.values()]
    np.testing.assert_allclose(first, check["article_value"]["first_w"], rtol=1e-4)


@reproduces("004.lr.theory")
def test_curvature_tells_which_rate_oscillates_and_which_diverges(check):
    (X, y), expected = triple(), check["expected"]
    found = hessian(node(), X, y, SQUARED, h=1.0)  # exact: the loss is a parabola
    agree(found, expected["hessian"], check)
    agree(np.linalg.eigvalsh(found), expected["eigenvalues"], check)
    wall = largest_stable_rate(node(), X, y, SQUARED, rng=np.random.default_rng(0))
    agree(wall, expected["largest_stable_lr"], check)


@reproduces("004.lr.theory")
def test_exact_gradients_at_three_rates(check):
    expected = check["expected"]["exact_gradient_w_after_each_of_10_epochs"]
    rates = [float(rate) for rate in expected]
    history = sweep(node(), *triple(), learning_rates=rates, epochs=10, loss=SQUARED)
    agree(history.network.parameters[:, 1:, 0], list(expected.values()), check)
    slow, swinging, diverging = history.network.parameters[:, :, 0]
    assert (np.diff(slow) > 0).all()
    assert (np.diff(np.sign(np.diff(swinging))) != 0).all()
    assert history.diverged[:, -1].tolist() == [False, False, True]
    assert (np.diff(np.abs(diverging)) > 0).all()


@reproduces("004.lr.stuck")
def test_the_weight_is_stuck_in_float32_only(check, float32_lines):
    expected, (kept, _) = check["expected"], float32_lines["float32_lr1"]
    frozen = kept[-1, 0]
    assert (kept[3:] == kept[3]).all()
    agree(frozen, expected["float32_w_frozen_at"], check)
    agree(np.spacing(frozen), expected["float32_spacing_at_that_value"], check)
    assert (frozen + np.float32(NUDGE) == frozen) == expected["float32(w)+0.0001==float32(w)"]
    there = node().with_parameters(kept[-1])
    back(there, *triple())
    agree(there.gradients[0], expected["true_gradient_there"], check)


@reproduces("004.lr.stuck")
def test_in_float64_and_with_exact_gradients_the_weight_runs_away(check):
    (X, y), expected = triple(), check["expected"]

    # Towards the end the slope is rounding noise, the same only for the same order of sums; so the
    # loss is written out here.
    def loss_at(parameters):
        w, b = parameters.T[..., None]
        return np.mean((w * X[:, 0] + b - y[:, 0]) ** 2, axis=-1)

    kept, _ = nudge_and_step(loss_at, np.zeros(2), 1.0, 10)
    agree(kept[1:, 0], expected["float64_w_after_each_of_10_epochs"], check)
    network = node()
    train(network, X, y, learning_rate=1.0, epochs=10, loss=SQUARED)
    agree(network.parameters[0], expected["exact_gradient_w_after_10"], check)


@reproduces("004.lr.sign")
def test_below_the_best_weight_the_slope_can_be_positive(check, float32_lines):
    kept, losses = float32_lines["float32_lr0.1"]
    slopes = (losses[:, 1] - losses[:, 0]) / NUDGE
    against = np.flatnonzero((kept[:10, 0] < 3) & (slopes[:10] > 0))
    found = np.stack([kept[against, 0], slopes[against]], axis=1)
    agree(found, check["expected"]["counterexamples_[w, grad]"], check)
    for parameters, slope in zip(kept[against], slopes[against], strict=True):
        there = node().with_parameters(parameters)
        back(there, *triple())
        agree(there.gradients[0], slope, check)


def softmax_of_the_chapter(x):
    return np.exp(x) / np.sum(np.exp(x))


def tanh_of_the_chapter(x):
    return (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))


@reproduces("004.act")
def test_activations(check):
    expected, inputs = check["expected"], check["inputs"]
    x, batch, big = (np.array(inputs[name], dtype=float) for name in ("x", "batch", "big"))
    agree(tanh(x), expected["tanh"], check)
    agree(relu(x), expected["relu"], check)
    agree(Network([1, 1], weights=[1]).predict(x[:, None])[:, 0], expected["linear"], check)
    agree(softmax(np.array(inputs["softmax_x"])), expected["softmax"], check)
    agree(softmax(batch), expected["softmax_correct_on_batch"], check)
    agree(softmax(big), expected["softmax_stable_on_big"], check)
    assert np.isfinite(tanh(np.array([1000.0]))).all()


@reproduces("004.act")
def test_activations_as_the_chapter_codes_them(check):
    expected, inputs = check["expected"], check["inputs"]
    agree(softmax_of_the_chapter(np.array(inputs["softmax_x"])), expected["softmax"], check)
    agree(tanh_of_the_chapter(np.array(inputs["x"])), expected["tanh"], check)
    row_sums = softmax_of_the_chapter(np.array(inputs["batch"])).sum(axis=1)
    agree(row_sums, expected["softmax_seed_code_on_batch_row_sums"], check)
    with np.errstate(over="ignore", invalid="ignore"):
        big = softmax_of_the_chapter(np.array(inputs["big"], dtype=float))
        agree(big, expected["softmax_seed_code_on_big"], check)
        agree(tanh_of_the_chapter(np.float64(1000)), expected["tanh_seed_code_at_1000"], check)


@reproduces("004.loss")
def test_losses_are_means_where_the_chapter_s_code_sums(check):
    expected, inputs = check["expected"], check["inputs"]
    p, y = np.array(inputs["p"]), np.array(inputs["y"])
    agree(mean_squared_error(p, y), expected["mse"], check)
    agree(mean_absolute_error(p, y), expected["mae"], check)
    agree(binary_cross_entropy(p, y), expected["bce_correct_(mean)"], check)
    bug = -np.mean(np.sum(y * np.log(p) + (1 - y) * np.log(1 - p)))
    agree(bug, expected["bce_seed_code_(sum)"], check)
    p, y = np.array(inputs["p_cat"]), np.array(inputs["y_cat"])
    agree(categorical_cross_entropy(p, y), expected["cce_correct_(mean over rows)"], check)
    classes = y.argmax(axis=1)
    agree(categorical_cross_entropy(p, classes), expected["cce_correct_(mean over rows)"], check)
    bug = -np.mean(np.sum(y * np.log(p)))
    agree(bug, expected["cce_seed_code_(sum)"], check)


@reproduces("004.ce")
def test_five_classes_and_the_surprise_at_each(check):
    expected, p = check["expected"], np.array(check["inputs"]["p"])
    classes = np.arange(len(p))
    agree(p.sum(axis=1), expected["row_sums"], check)
    losses = [categorical_cross_entropy(p[[row]], [row]) for row in classes]
    agree(losses, expected["losses_-ln_p"], check)
    agree(categorical_cross_entropy(p, classes), expected["mean_loss"], check)
    agree(len(p) * categorical_cross_entropy(p, classes), expected["sum_of_losses"], check)
    for loss, printed in zip(losses, check["article_value"]["losses"], strict=True):
        last_place = 10.0 ** -len(str(printed).partition(".")[2])
        assert abs(loss - printed) < last_place


@reproduces("004.ce")
def test_a_sure_answer_costs_nothing_and_a_ruled_out_one_without_bound(check):
    expected = check["expected"]
    agree(categorical_cross_entropy([[1.0, 0.0]], [0]), expected["-ln 1"], check)
    with np.errstate(divide="ignore"):
        agree(-np.log(0.0), expected["limit p->0"], check)
    # The library counts a chance of 0 as the smallest float64: far away, and still a number.
    ruled_out = categorical_cross_entropy([[1.0, 0.0]], [1])
    assert 700 < ruled_out < np.inf


@reproduces("004.imagenet")
def test_imagenet_s_error_rates(check):
    inputs, expected = check["inputs"], check["expected"]
    errors = dict(zip(inputs["year"], inputs["top5_error_percent"], strict=True))
    drops = -np.diff(inputs["top5_error_percent"])
    agree(errors[2011] - errors[2012], expected["drop_2011_2012_points"], check)
    assert inputs["year"][1 + np.argmax(drops)] == 2012
    first = min(year for year, error in errors.items() if error < inputs["human_percent"])
    assert first == expected["first_year_below_human"]


@reproduces("004.mae")
def test_squaring_makes_errors_below_1_smaller(check):
    errors, expected = np.array(check["inputs"]["errors"]), check["expected"]
    squared = [mean_squared_error([error], [0.0]) for error in errors]
    absolute = [mean_absolute_error([error], [0.0]) for error in errors]
    agree(squared, expected["squared"], check)
    agree(absolute, expected["abs"], check)
    assert [*np.less(squared, absolute)] == [*(np.abs(errors) < 1)]
