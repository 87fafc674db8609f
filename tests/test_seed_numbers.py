"""Chapter 1 against the reference numbers of its seed (000, model 1), each to its own tolerance."""

import json
from pathlib import Path

import numpy as np
import pytest

from byhand.datasets import four_points
from byhand.losses import (
    Loss,
    half_mean_squared_error,
    half_mean_squared_error_gradient,
    mean_squared_error,
)
from byhand.network import Network
from byhand.training import sweep, train

FILE = Path(__file__).parent / "data/seed_numbers.json"
CHECKS = {check["id"]: check for check in json.loads(FILE.read_text(encoding="utf-8"))["checks"]}
FIRST_EPOCH, LEAST_SQUARES, RATES = (
    CHECKS[name] for name in ("000.m1.epoch1", "000.lsq", "000.lr")
)
X, Y = (np.array(FIRST_EPOCH["inputs"][name])[:, None] for name in "xy")


def agree(actual, expected, check):
    tolerance = check["tolerance"]
    np.testing.assert_allclose(
        actual, expected, rtol=tolerance["rel"], atol=tolerance["abs"], strict=False
    )


def node():
    w, b = FIRST_EPOCH["inputs"]["theta0"]
    return Network([1, 1], weights=[w], biases=[b])


def half_sum_of_squares(y_pred, y):
    return half_mean_squared_error(y_pred, y) * y.size


def gradient(network, x, y):
    network.backward(half_mean_squared_error_gradient(network.forward(x), y))
    return network.gradients.copy()


def test_every_check_of_model_1_is_used_here():
    assert [name for name in CHECKS if name.startswith("000.m1")] == ["000.m1.epoch1"]


@pytest.mark.parametrize("check", [FIRST_EPOCH, LEAST_SQUARES, RATES])
def test_data_are_those_of_the_library(check):
    x, y = four_points()
    assert (x.tolist(), y.tolist()) == (check["inputs"]["x"], check["inputs"]["y"])


def test_first_predictions_and_errors():
    expected, y_pred = FIRST_EPOCH["expected"], node().predict(X)
    agree(y_pred[:, 0], expected["pred"], FIRST_EPOCH)
    agree((y_pred - Y)[:, 0], expected["error_pred_minus_y"], FIRST_EPOCH)


def test_first_losses():
    expected, y_pred = FIRST_EPOCH["expected"], node().predict(X)
    agree(half_sum_of_squares(y_pred, Y), expected["loss_before_half_SSE"], FIRST_EPOCH)
    agree(half_mean_squared_error(y_pred, Y), expected["loss_before_half_MSE"], FIRST_EPOCH)
    agree(mean_squared_error(y_pred, Y), expected["loss_before_MSE"], FIRST_EPOCH)


def test_gradient_of_each_point():
    rows = [np.s_[row : row + 1] for row in range(len(X))]
    found = [gradient(node(), X[row], Y[row]) for row in rows]
    agree(found, FIRST_EPOCH["expected"]["per_point_gradient"], FIRST_EPOCH)


def test_mean_and_sum_of_the_gradients():
    expected, mean = FIRST_EPOCH["expected"], gradient(node(), X, Y)
    agree(mean, expected["mean_gradient"], FIRST_EPOCH)
    agree(mean * len(X), expected["sum_gradient"], FIRST_EPOCH)


def test_one_epoch_at_rate_1():
    expected, network = FIRST_EPOCH["expected"], node()
    history = train(network, X, Y, learning_rate=FIRST_EPOCH["inputs"]["lr"], epochs=1)
    y_pred = network.predict(X)
    agree(network.parameters, expected["params_after"], FIRST_EPOCH)
    agree(y_pred[:, 0], expected["pred_after"], FIRST_EPOCH)
    agree((y_pred - Y)[:, 0], expected["error_after"], FIRST_EPOCH)
    agree(half_sum_of_squares(y_pred, Y), expected["loss_after_half_SSE"], FIRST_EPOCH)
    agree(mean_squared_error(y_pred, Y), expected["loss_after_MSE"], FIRST_EPOCH)
    before_and_after = [expected["loss_before_half_MSE"], expected["loss_after_half_MSE"]]
    agree(history.loss, before_and_after, FIRST_EPOCH)


def test_the_seed_s_two_numbers_are_the_summed_loss():
    article, expected = FIRST_EPOCH["article_value"], FIRST_EPOCH["expected"]
    for when in ("before", "after"):
        assert f"~{expected[f'loss_{when}_half_SSE']:.2f}" == article[f"loss_{when}"]
        assert f"~{expected[f'loss_{when}_half_MSE']:.2f}" != article[f"loss_{when}"]


def test_summed_gradient_at_rate_1_is_worse():
    summed = Loss("half_sum_of_squares", half_sum_of_squares, lambda y_pred, y: y_pred - y)
    expected, network = FIRST_EPOCH["expected"], node()
    history = train(network, X, Y, learning_rate=1.0, epochs=1, loss=summed)
    agree(network.parameters, expected["if_summed_gradient_params_after"], FIRST_EPOCH)
    agree(history.loss[1], expected["if_summed_gradient_half_SSE_after"], FIRST_EPOCH)
    assert history.loss[1] > history.loss[0]


def test_long_training_ends_at_the_least_squares_line():
    expected, network = LEAST_SQUARES["expected"]["linear"], node()
    train(network, X, Y, learning_rate=1.0, epochs=1000)
    agree(network.parameters, expected["theta"], LEAST_SQUARES)
    agree(half_sum_of_squares(network.predict(X), Y), expected["half_SSE"], LEAST_SQUARES)


def test_curvature_of_the_loss_gives_the_largest_stable_rate():
    expected, network = RATES["expected"]["model1"], node()

    def gradient_at(parameters):
        return gradient(network.with_parameters(parameters), X, Y)

    # The loss is a parabola, so half the difference of two slopes is its curvature, exactly.
    hessian = [
        (gradient_at(network.parameters + e) - gradient_at(network.parameters - e)) / 2
        for e in np.eye(2)
    ]
    eigenvalues = np.linalg.eigvalsh(hessian)
    agree(eigenvalues, expected["hessian_eigenvalues"], RATES)
    agree(2 / eigenvalues[-1], expected["largest_stable_lr"], RATES)
    agree(eigenvalues[-1] / eigenvalues[0], expected["condition_number"], RATES)


def test_largest_stable_rate_lies_between_two_trainings():
    wall = RATES["expected"]["model1"]["largest_stable_lr"]
    assert f"{wall:.6f}" == "1.681105"
    # A millionth below and above. After 1000 epochs the slow direction has died out, and the loss
    # above the line's is all ringing: its factor per epoch is (1 ∓ 2e-6)², below and above 1.
    rates, record = [wall * (1 - 1e-6), wall * (1 + 1e-6)], [1000, 2000, 3000]
    history = sweep(node(), X, Y, learning_rates=rates, epochs=3000, record=record)
    least = LEAST_SQUARES["expected"]["linear"]["half_SSE"] / len(X)
    per_thousand = (history.loss[:, 1:] - least) / (history.loss[:, :-1] - least)
    np.testing.assert_allclose(per_thousand[0], (1 - 2e-6) ** 2000, rtol=1e-5)
    np.testing.assert_allclose(per_thousand[1], (1 + 2e-6) ** 2000, rtol=1e-5)
    assert history.diverged.tolist() == [[False, False, False], [False, True, True]]


def test_one_per_cent_below_ends_at_the_line_and_one_above_diverges():
    wall = RATES["expected"]["model1"]["largest_stable_lr"]
    below, above = 0.99 * wall, 1.01 * wall
    history = sweep(node(), X, Y, learning_rates=[below, above, 2.0], epochs=3000)
    agree(history.network.parameters[0, -1], LEAST_SQUARES["expected"]["linear"]["theta"], RATES)
    assert history.diverged[:, -1].tolist() == [False, True, True]
