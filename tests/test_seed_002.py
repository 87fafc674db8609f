"""Seed 002, the four-row puzzle and its extras, against its reference numbers."""

import math

import numpy as np
import pytest

from byhand import activations
from byhand.datasets import xor_with_ones
from byhand.losses import (
    exponential,
    hellinger,
    itakura_saito,
    mean_absolute_error,
    mean_squared_error,
    sum_squared_error,
    sum_squared_error_gradient,
)
from byhand.network import Network
from byhand.training import sweep, train
from seeds import CHECKS, agree, columns, given, old_draws, reproduces

X, Y = xor_with_ones()
SETTINGS = dict(hidden="sigmoid", output="sigmoid", bias=False)
SUMMED = dict(learning_rate=1.0, loss="sum_squared_error")


def start(check):
    return Network(
        [3, 4, 1], weights=[check["inputs"]["w1_0"], check["inputs"]["w2_0"]], **SETTINGS
    )


@pytest.fixture(scope="module")
def long_run():
    """All 100 000 forward passes, counted from 1: pass k comes before the update k."""
    return train(start(CHECKS["002.2500"]), X, Y, epochs=99_999, **SUMMED)


@given("002.first", "002.2500")
def test_data_are_those_of_the_library(check):
    assert (X.tolist(), Y.tolist()) == (check["inputs"]["X"], check["inputs"]["y"])


@reproduces("002.first")
def test_first_pass_forward_and_back_and_the_first_update(check):
    expected, network = check["expected"], start(check)
    y_pred = network.forward(X)
    agree(network.layers[0].A, expected["hidden"], check)
    agree(y_pred, expected["output"], check)
    agree(sum_squared_error(y_pred, Y), expected["SSE"], check)
    network.backward(sum_squared_error_gradient(y_pred, Y))
    for number, layer in enumerate(network.layers, start=1):
        agree(-layer.dW, expected[f"minus_dSSE_dw{number}"], check)
    train(network, X, Y, epochs=1, **SUMMED)
    for number, layer in enumerate(network.layers, start=1):
        agree(layer.W, expected[f"w{number}_after"], check)


@reproduces("002.2500")
def test_outputs_come_close_to_the_four_answers(check, long_run):
    expected = check["expected"]["after"]
    passes = [int(number) - 1 for number in expected]
    y_pred = long_run.network.with_parameters(long_run.network.parameters[passes]).predict(X)
    agree(y_pred[..., 0], columns(expected, "output"), check)
    agree(long_run.loss[passes], columns(expected, "SSE"), check)
    at_2500 = y_pred[list(expected).index("2500")]
    assert np.abs(at_2500 - Y).max() < 0.03
    falls = (np.diff(long_run.loss) < 0).all()
    assert falls == check["expected"]["monotone_decrease_all_100000"]


@reproduces("002.excess")
def test_excess_iterations_do_not_raise_the_training_error(check, long_run):
    expected = check["expected"]["train_SSE_at"]
    losses = long_run.loss[[int(number) - 1 for number in expected]]
    agree(losses, list(expected.values()), check)
    assert (np.diff(losses) < 0).all()


@reproduces("002.monotone")
def test_error_falls_at_every_iteration_from_200_starts(check):
    first, last = map(int, check["inputs"]["seeds"].split(".."))
    networks = []
    for seed in range(first, last + 1):
        draws = old_draws(seed)
        weights = [draws.rand(3, 4), draws.rand(4, 1)]
        networks.append(Network([3, 4, 1], weights=weights, **SETTINGS))
    history = sweep(networks, X, Y, learning_rates=1.0, epochs=2499, loss="sum_squared_error")
    expected, at_2500 = check["expected"], history.loss[:, -1]
    assert (np.diff(history.loss) < 0).all() == expected["all_monotone"]
    assert np.flatnonzero(at_2500 > 0.1).tolist() == expected["seeds_not_converged"]
    agree(np.median(at_2500), expected["median_SSE_at_2500"], check)


@reproduces("002.count")
def test_weights_and_biases_of_the_pictured_net(check):
    expected, network = check["expected"], Network(check["inputs"]["layers"], weights="zeros")
    agree(sum(layer.W.size for layer in network.layers), expected["weights"], check)
    agree(sum(layer.b.size for layer in network.layers), expected["biases"], check)
    agree(network.parameters.size, expected["total"], check)
    assert f"{expected['total']} parameters" in repr(network)


def sq_rbf_as_in_repo(Z):
    """The author's bug: (2 − |Z|²)/2 where (2 − |Z|)²/2 belongs; beyond 2 both are 0."""
    size = np.abs(Z)
    return np.where(size <= 1, 1 - size**2 / 2, np.where(size <= 2, (2 - size**2) / 2, 0))


ALPHA = CHECKS["002.act"]["inputs"]["alpha"]
# Where the name in the check is not the one in the library.
NAMED_OTHERWISE = {
    "logistic": activations.sigmoid,
    "gelu_exact": activations.gelu,
    "elu_alpha_0.1": lambda Z: activations.elu(Z, ALPHA),
    "selu_1.67326_1.0507": lambda Z: 1.0507 * activations.elu(Z, 1.67326),
    "prelu_alpha_0.1": lambda Z: activations.prelu(Z, ALPHA),
    "sq_rbf_correct": activations.sq_rbf,
    "sq_rbf_as_in_repo": sq_rbf_as_in_repo,
}


@pytest.mark.parametrize("name", CHECKS["002.act"]["expected"])
@reproduces("002.act")
def test_extra_activations(check, name):
    function = NAMED_OTHERWISE.get(name) or activations.ACTIVATIONS[name].function
    agree(function(np.array(check["inputs"]["x"])), check["expected"][name], check)


@given("002.act")
def test_full_constants_of_selu_move_it_by_less_than_their_last_digit(check):
    Z = np.array(check["inputs"]["x"])
    gap = np.abs(activations.selu(Z) - check["expected"]["selu_1.67326_1.0507"])
    assert 0 < gap.max() < 1e-5


@reproduces("002.cost")
def test_extra_costs(check):
    expected, inputs = check["expected"], check["inputs"]
    y_pred, y = np.array(inputs["Y_pred"]), np.array(inputs["Y_true"])
    found = {
        "SSE": sum_squared_error(y_pred, y),
        "MSE": mean_squared_error(y_pred, y),
        "MAE": mean_absolute_error(y_pred, y),
        "exponential_correct_tau*exp(SSE/tau)": exponential(y_pred, y, tau=inputs["tau"]),
        "hellinger_correct_sqrt(sum (sqrt a - sqrt b)^2)/sqrt2": hellinger(y_pred, y),
        "itakura_saito_mean": itakura_saito(y_pred, y),
        "itakura_saito_sum": itakura_saito(y_pred, y) * y.size,
    }
    for name, value in found.items():
        agree(value, expected[name], check)
    others = {name for name in expected if "repo" in name}
    assert set(expected) == set(found) | others
    assert len(others) == 3


@reproduces("002.cost")
def test_costs_with_the_author_s_bug_square_the_sum_where_they_should_sum_squares(check):
    expected, inputs = check["expected"], check["inputs"]
    y_pred, y, tau = np.array(inputs["Y_pred"]), np.array(inputs["Y_true"]), inputs["tau"]
    bug = tau * np.exp(np.sum(y - y_pred) ** 2 / tau)
    agree(bug, expected["exponential_as_in_repo_uses_(sum diff)^2"], check)
    bug = np.sum(np.sqrt(y) - np.sqrt(y_pred)) ** 2 / np.sqrt(2)
    agree(bug, expected["hellinger_as_in_repo"], check)


@reproduces("002.cost")
def test_the_author_s_itakura_saito_does_not_run(check):
    assert check["expected"]["itakura_saito_repo"].startswith("does not run")
    y_pred, y = np.array(check["inputs"]["Y_pred"]), np.array(check["inputs"]["Y_true"])
    with pytest.raises(TypeError):
        math.log(y / y_pred)
    with pytest.raises(TypeError):
        np.subtract(y / y_pred, np.log(y / y_pred), [1] * y.size)
