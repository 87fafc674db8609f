"""Seed 000, one node and its powers of x, against its reference numbers; and that none is missed.

The numbers stand in data/seed_numbers.json, with the tolerance of each.  The other seeds are in
test_seed_001.py to test_seed_004.py.
"""

import importlib
from pathlib import Path

import numpy as np
import pytest

from byhand.curvature import hessian, largest_curvature, largest_stable_rate
from byhand.datasets import four_points
from byhand.losses import (
    Loss,
    half_mean_squared_error,
    half_mean_squared_error_gradient,
    mean_squared_error,
)
from byhand.network import Network
from byhand.optimizers import Momentum
from byhand.training import sweep, train
from seeds import CHECKS, REPRODUCED, agree, columns, given, old_draws, reproduces

FIRST_EPOCH, LEAST_SQUARES, RATES = (
    CHECKS[name] for name in ("000.m1.epoch1", "000.lsq", "000.lr")
)
Y = four_points()[1][:, None]
FITS = {"linear": "model1", "quadratic": "model2", "cubic": "cubic"}  # least squares → rates
BOTH_MODELS = reproduces("000.m1.epoch1", "000.m2.epoch1")


def powers(highest):
    x, _ = four_points()
    return x[:, None] ** np.arange(1, highest + 1)


def node(theta):
    """One node on as many powers of x as there are weights before the bias, and its inputs."""
    *weights, bias = theta
    network = Network([len(weights), 1], weights=[np.transpose([weights])], biases=[bias])
    return network, powers(len(weights))


def start(check):
    return node(check["inputs"]["theta0"])


def half_sum_of_squares(y_pred, y):
    return half_mean_squared_error(y_pred, y) * y.size


def gradient(network, x, y):
    network.backward(half_mean_squared_error_gradient(network.forward(x), y))
    return network.gradients.copy()


def test_every_check_of_the_file_is_reproduced():
    for path in sorted(Path(__file__).parent.glob("test_seed_*.py")):
        importlib.import_module(path.stem)
    assert set(CHECKS) == REPRODUCED


def test_a_number_outside_the_tolerance_and_another_shape_do_not_agree():
    check = {"tolerance": {"abs": 1e-3, "rel": 1e-2}}
    agree([1.0109, np.nan], [1.0, "nan"], check)
    for actual, expected in [(1.0111, 1.0), (0.0, [0.0, 0.0]), (np.nan, 0.0), (0.0, "nan")]:
        with pytest.raises(AssertionError):
            agree(actual, expected, check)


def test_the_old_draws_are_those_of_the_seeds():
    inputs = CHECKS["002.first"]["inputs"]
    draws = old_draws(1)
    assert draws.rand(3, 4).tolist() == inputs["w1_0"]
    assert draws.rand(4, 1).tolist() == inputs["w2_0"]


@given(*(name for name in CHECKS if name.startswith("000.")))
def test_data_are_those_of_the_library(check):
    x, y = four_points()
    assert (x.tolist(), y.tolist()) == (check["inputs"]["x"], check["inputs"]["y"])


@BOTH_MODELS
def test_first_predictions_and_errors(check):
    (network, X), expected = start(check), check["expected"]
    y_pred = network.predict(X)
    agree(y_pred[:, 0], expected["pred"], check)
    agree((y_pred - Y)[:, 0], expected["error_pred_minus_y"], check)


@BOTH_MODELS
def test_first_losses(check):
    (network, X), expected = start(check), check["expected"]
    y_pred = network.predict(X)
    agree(half_sum_of_squares(y_pred, Y), expected["loss_before_half_SSE"], check)
    agree(half_mean_squared_error(y_pred, Y), expected["loss_before_half_MSE"], check)
    agree(mean_squared_error(y_pred, Y), expected["loss_before_MSE"], check)


@BOTH_MODELS
def test_gradient_of_each_point(check):
    network, X = start(check)
    rows = [np.s_[row : row + 1] for row in range(len(X))]
    found = [gradient(network, X[row], Y[row]) for row in rows]
    agree(found, check["expected"]["per_point_gradient"], check)


@BOTH_MODELS
def test_mean_and_sum_of_the_gradients(check):
    (network, X), expected = start(check), check["expected"]
    mean = gradient(network, X, Y)
    agree(mean, expected["mean_gradient"], check)
    agree(mean * len(X), expected["sum_gradient"], check)


@BOTH_MODELS
def test_one_epoch_at_rate_1(check):
    (network, X), expected = start(check), check["expected"]
    history = train(network, X, Y, learning_rate=check["inputs"]["lr"], epochs=1)
    y_pred = network.predict(X)
    agree(network.parameters, expected["params_after"], check)
    agree(y_pred[:, 0], expected["pred_after"], check)
    agree((y_pred - Y)[:, 0], expected["error_after"], check)
    agree(half_sum_of_squares(y_pred, Y), expected["loss_after_half_SSE"], check)
    agree(mean_squared_error(y_pred, Y), expected["loss_after_MSE"], check)
    before_and_after = [expected["loss_before_half_MSE"], expected["loss_after_half_MSE"]]
    agree(history.loss, before_and_after, check)


def test_the_seed_s_two_numbers_are_the_summed_loss():
    article, expected = FIRST_EPOCH["article_value"], FIRST_EPOCH["expected"]
    for when in ("before", "after"):
        assert f"~{expected[f'loss_{when}_half_SSE']:.2f}" == article[f"loss_{when}"]
        assert f"~{expected[f'loss_{when}_half_MSE']:.2f}" != article[f"loss_{when}"]


@given("000.m2.epoch1")
def test_the_second_of_the_seed_s_two_numbers_for_model_2_is_cut_off_not_rounded(check):
    article, expected = check["article_value"], check["expected"]
    assert f"~{expected['loss_before_half_SSE']:.2f}" == article["loss_before"]
    assert f"~{expected['loss_after_half_SSE']:.2f}" != article["loss_after"]
    assert f"~{expected['loss_after_half_SSE']:.4f}".startswith(article["loss_after"])


@BOTH_MODELS
def test_summed_gradient_at_rate_1_is_worse(check):
    summed = Loss("half_sum_of_squares", half_sum_of_squares, lambda y_pred, y: y_pred - y)
    (network, X), expected = start(check), check["expected"]
    history = train(network, X, Y, learning_rate=1.0, epochs=1, loss=summed)
    agree(network.parameters, expected["if_summed_gradient_params_after"], check)
    agree(history.loss[1], expected["if_summed_gradient_half_SSE_after"], check)
    assert history.loss[1] > history.loss[0]


@reproduces("000.m2.3000")
def test_3000_epochs_of_the_curve_recorded_on_the_way(check):
    (network, X), trace = start(check), check["expected"]["trace"]
    record = [int(epoch) for epoch in trace]
    rate = check["inputs"]["lr"]
    history = train(network, X, Y, learning_rate=rate, epochs=3000, record=record)
    y_pred = history.predict(X)
    agree(history.network.parameters, columns(trace, "theta"), check)
    agree(history.loss, columns(trace, "half_MSE"), check)
    agree(half_sum_of_squares(y_pred, Y), columns(trace, "half_SSE"), check)
    agree(y_pred[..., 0], columns(trace, "pred"), check)
    assert (np.diff(history.loss) < 0).all()
    furthest = np.abs(y_pred[record.index(2500)] - Y).max()
    agree(furthest, check["expected"]["max_abs_residual_at_2500"], check)


def test_long_training_ends_at_the_least_squares_line():
    expected, (network, X) = LEAST_SQUARES["expected"]["linear"], start(FIRST_EPOCH)
    train(network, X, Y, learning_rate=1.0, epochs=1000)
    agree(network.parameters, expected["theta"], LEAST_SQUARES)
    agree(half_sum_of_squares(network.predict(X), Y), expected["half_SSE"], LEAST_SQUARES)


@pytest.mark.parametrize("fit", FITS)
@reproduces("000.lsq")
def test_momentum_ends_at_the_least_squares_fit_of_every_power(check, fit):
    expected = check["expected"][fit]
    slow, *_, fast = np.sqrt(RATES["expected"][FITS[fit]]["hessian_eigenvalues"])
    network, X = node(np.zeros(len(expected["theta"])))
    # The rate and the momentum of Polyak, the best for a parabola of these two curvatures: even the
    # cubic, 100 000 times as steep in one direction as in another, is there in 6000 epochs.
    heavy_ball = Momentum(4 / (fast + slow) ** 2, ((fast - slow) / (fast + slow)) ** 2)
    train(network, X, Y, optimizer=heavy_ball, epochs=6000)
    agree(network.parameters, expected["theta"], check)
    agree(half_sum_of_squares(network.predict(X), Y), expected["half_SSE"], check)


@pytest.mark.parametrize("model", FITS.values())
@reproduces("000.lr")
def test_curvature_of_the_loss_gives_the_largest_stable_rate(check, model):
    expected = check["expected"][model]
    network, X = node(np.zeros(len(expected["hessian_eigenvalues"])))
    # The loss is a parabola, so central differences of its slopes are exact with any nudge.
    eigenvalues = np.linalg.eigvalsh(hessian(network, X, Y, h=1.0))
    agree(eigenvalues, expected["hessian_eigenvalues"], check)
    agree(2 / eigenvalues[-1], expected["largest_stable_lr"], check)
    agree(eigenvalues[-1] / eigenvalues[0], expected["condition_number"], check)


@pytest.mark.parametrize("model", FITS.values())
@reproduces("000.lr")
def test_power_iteration_finds_the_same_wall(check, model):
    expected = check["expected"][model]
    network, X = node(np.zeros(len(expected["hessian_eigenvalues"])))
    curvature = largest_curvature(network, X, Y, rng=np.random.default_rng(0))
    wall = largest_stable_rate(network, X, Y, rng=np.random.default_rng(0))
    agree(curvature, expected["hessian_eigenvalues"][-1], check)
    agree(wall, expected["largest_stable_lr"], check)


def test_largest_stable_rate_lies_between_two_trainings():
    wall = RATES["expected"]["model1"]["largest_stable_lr"]
    assert f"{wall:.6f}" == "1.681105"
    # A millionth below and above. After 1000 epochs the slow direction has died out, and the loss
    # above the line's is all ringing: its factor per epoch is (1 ∓ 2e-6)², below and above 1.
    rates, record = [wall * (1 - 1e-6), wall * (1 + 1e-6)], [1000, 2000, 3000]
    network, X = start(FIRST_EPOCH)
    history = sweep(network, X, Y, learning_rates=rates, epochs=3000, record=record)
    least = LEAST_SQUARES["expected"]["linear"]["half_SSE"] / len(X)
    per_thousand = (history.loss[:, 1:] - least) / (history.loss[:, :-1] - least)
    np.testing.assert_allclose(per_thousand[0], (1 - 2e-6) ** 2000, rtol=1e-5)
    np.testing.assert_allclose(per_thousand[1], (1 + 2e-6) ** 2000, rtol=1e-5)
    assert history.diverged.tolist() == [[False, False, False], [False, True, True]]


def test_one_per_cent_below_ends_at_the_line_and_one_above_diverges():
    wall = RATES["expected"]["model1"]["largest_stable_lr"]
    below, above = 0.99 * wall, 1.01 * wall
    network, X = start(FIRST_EPOCH)
    history = sweep(network, X, Y, learning_rates=[below, above, 2.0], epochs=3000)
    agree(history.network.parameters[0, -1], LEAST_SQUARES["expected"]["linear"]["theta"], RATES)
    assert history.diverged[:, -1].tolist() == [False, True, True]


@pytest.mark.parametrize("model", FITS.values())
@reproduces("000.lr")
def test_every_model_stays_just_below_its_wall_and_diverges_just_above(check, model):
    expected = check["expected"][model]
    network, X = node(np.zeros(len(expected["hessian_eigenvalues"])))
    rates = expected["largest_stable_lr"] * np.array([0.99, 1.01])
    history = sweep(network, X, Y, learning_rates=rates, epochs=3000, record=[0, 2999, 3000])
    assert history.diverged[:, -1].tolist() == [False, True]


def bend(network):
    """Second difference of the curve that the node draws, from x = −1, 0 and 1."""
    below, here, above = network.predict([[-1.0, 1.0], [0.0, 0.0], [1.0, 1.0]])[:, 0]
    return below - 2 * here + above


@reproduces("000.convex")
def test_the_curve_bends_by_twice_its_second_weight_up_or_down(check):
    expected, training = check["expected"], CHECKS["000.m2.3000"]
    network, X = start(training)
    agree(bend(network), 2 * expected["x2_coefficient_initial"], check)
    train(network, X, Y, learning_rate=training["inputs"]["lr"], epochs=3000)
    agree(network.parameters[1], expected["x2_coefficient_after_3000"], check)
    agree(bend(network), 2 * expected["x2_coefficient_after_3000"], check)
    concave, _ = node(expected["concave_example"]["theta"])
    agree(bend(concave), expected["concave_example"]["second_derivative"], check)
