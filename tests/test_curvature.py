"""How the loss bends: against algebra, against measurement, and against trainings that blow up."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byhand.curvature import hessian, largest_curvature, largest_stable_rate
from byhand.losses import LOSSES
from byhand.network import Network
from byhand.training import sweep
from sentence import said

FILE = Path(__file__).parent / "data/seed_numbers.json"
CHECKS = {check["id"]: check for check in json.loads(FILE.read_text(encoding="utf-8"))["checks"]}
RATES, THEORY = CHECKS["000.lr"], CHECKS["004.lr.theory"]


def linear(seed, n_samples=6, n_inputs=3, n_outputs=1, **options):
    """Return one random linear layer, X and y."""
    rng = np.random.default_rng(seed)
    network = Network([n_inputs, n_outputs], rng=rng, **options)
    return network, rng.normal(size=(n_samples, n_inputs)), rng.normal(size=(n_samples, n_outputs))


def bent(seed, scale=1.0, targets=1.0, sizes=(2, 4, 1), **options):
    """Return a random net with hidden layers, X and y; far targets make it bend both ways."""
    rng = np.random.default_rng(seed)
    hidden = ["tanh", "sigmoid", "gaussian", "silu"][seed % 4]
    network = Network(sizes, hidden=hidden, rng=rng, **options)
    network.parameters[:] = scale * rng.normal(size=network.parameters.size)
    return network, rng.normal(size=(6, sizes[0])), targets * rng.normal(size=(6, sizes[-1]))


def bump(*inputs, height=0.1):
    """Return one Gaussian node near its top and targets far below: every direction curves down."""
    network = Network([1, 1], output="gaussian", weights=[0.1], biases=[0.0])
    return network, np.array(inputs)[:, None], np.full((len(inputs), 1), height)


def saddle():
    """Return two linear nodes in a row, at 0: the Hessian of ½(v w − 1)² is [[0, −1], [−1, 0]]."""
    network = Network([1, 1, 1], hidden="identity", bias=False, weights="zeros")
    return network, np.ones((1, 1)), np.ones((1, 1))


def curvature(net, seed=0, **options):
    return largest_curvature(*net, rng=np.random.default_rng(seed), **options)


def rate(net, seed=0, **options):
    return largest_stable_rate(*net, rng=np.random.default_rng(seed), **options)


def powers(degree):
    """Return the linear net of seed 000 on x, x², ..., up to ``degree``."""
    x, y = (np.array(RATES["inputs"][name])[:, None] for name in "xy")
    network = Network([degree, 1], weights="zeros")
    return network, np.hstack([x**power for power in range(1, degree + 1)]), y


def agree(actual, expected, check):
    tolerance = check["tolerance"]
    np.testing.assert_allclose(actual, expected, rtol=tolerance["rel"], atol=tolerance["abs"])


# --- all second derivatives


@given(st.integers(0, 999), st.integers(1, 8), st.integers(1, 4), st.integers(1, 3))
def test_hessian_of_a_linear_net_is_the_algebra_s(seed, n_samples, n_inputs, n_outputs):
    network, X, y = linear(seed, n_samples, n_inputs, n_outputs)
    # Ones beside X for the bias, as the flat vector has it: W row by row, then b.
    X1 = np.hstack([X, np.ones((n_samples, 1))])
    exact = np.kron(X1.T @ X1, np.eye(n_outputs)) / y.size
    np.testing.assert_allclose(hessian(network, X, y), exact, atol=1e-8)
    np.testing.assert_allclose(hessian(network, X, y, "mean_squared_error"), 2 * exact, atol=1e-8)
    np.testing.assert_allclose(
        hessian(network, X, y, "sum_squared_error"), 2 * y.size * exact, atol=1e-6
    )


def test_hessian_without_biases_has_no_ones():
    network, X, y = linear(0, bias=False)
    np.testing.assert_allclose(hessian(network, X, y), X.T @ X / 6, atol=1e-8)


def test_hessian_of_logistic_regression_is_the_algebra_s():
    network, X, y = linear(1)
    y = (y > 0) * 1.0
    X1 = np.hstack([X, np.ones((6, 1))])
    p = 1 / (1 + np.exp(-X1 @ network.parameters))
    exact = X1.T @ np.diag(p * (1 - p)) @ X1 / 6
    found = hessian(network, X, y, "binary_cross_entropy_from_logits")
    np.testing.assert_allclose(found, exact, atol=1e-9)


def test_penalty_adds_lambda_to_the_weights_only():
    plain, X, y = linear(0)
    with_penalty, _, _ = linear(0, l2=0.25)
    added = hessian(with_penalty, X, y) - hessian(plain, X, y)
    np.testing.assert_allclose(added, np.diag([0.25, 0.25, 0.25, 0]), atol=1e-9)


def test_hessian_of_a_saddle_by_hand():
    np.testing.assert_allclose(hessian(*saddle()), [[0, -1], [-1, 0]], atol=1e-10)


@pytest.mark.parametrize("loss", LOSSES)
def test_hessian_is_the_measured_bend_of_the_loss(loss):
    network, X, y = bent(0, sizes=(2, 2, 2), output="softmax", l2=0.1)
    y = np.abs(y) / np.abs(y).sum(axis=1, keepdims=True)
    nudges = 1e-4 * np.eye(network.parameters.size)

    def loss_at(up, across):  # one network for each pair of parameters, all as one stack
        moved = network.with_parameters(network.parameters + up * nudges[:, None] + across * nudges)
        return LOSSES[loss].function(moved.forward(X), y) + moved.penalty

    bends = (loss_at(1, 1) - loss_at(1, -1) - loss_at(-1, 1) + loss_at(-1, -1)) / 4e-8
    np.testing.assert_allclose(hessian(network, X, y, loss), bends, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("seed", range(8))
def test_hessian_is_symmetric_and_leaves_the_network_alone(seed):
    network, X, y = bent(seed)
    before = network.parameters.copy(), network.gradients.copy()
    found = hessian(network, X, y)
    assert found.shape == (17, 17)
    np.testing.assert_array_equal(found, found.T)
    curvature((network, X, y))
    np.testing.assert_array_equal(network.parameters, before[0])
    np.testing.assert_array_equal(network.gradients, before[1])
    assert not hasattr(network.layers[0], "Z")


# --- the largest eigenvalue


def assert_largest(net, seed=0):
    eigenvalues = np.linalg.eigvalsh(hessian(*net))
    assert curvature(net, seed) == pytest.approx(eigenvalues[-1], rel=1e-6)
    assert rate(net, seed) == pytest.approx(2 / eigenvalues[-1], rel=1e-6)
    return eigenvalues


@settings(max_examples=50)
@given(st.integers(0, 9999), st.sampled_from([0.3, 1.0, 3.0]), st.sampled_from([0.1, 1.0]))
def test_largest_curvature_is_the_largest_eigenvalue(seed, scale, targets):
    assert_largest(bent(seed, scale, targets), seed)


@pytest.mark.parametrize("scale", [0.001, 0.1, 1.0, 3.0])
def test_also_where_it_bends_down_more_than_up(scale):
    # Targets 30 times as far: where the strongest eigenvalue is negative, it is not the answer.
    spectra = [assert_largest(bent(seed, scale, 30.0), seed) for seed in range(40)]
    assert sum(-low > high for low, *_, high in spectra) >= 10


@pytest.mark.parametrize("seed", range(10))
def test_also_at_a_saddle_where_up_and_down_tie(seed):
    # Started at zero weights, a net stands exactly there.
    assert curvature(saddle(), seed) == pytest.approx(1, rel=1e-8)
    assert rate(saddle(), seed) == pytest.approx(2, rel=1e-8)


@pytest.mark.parametrize("seed", range(10))
def test_also_where_the_largest_eigenvalue_comes_several_times(seed):
    network, X, y = linear(seed, n_outputs=3)
    X1 = np.hstack([X, np.ones((6, 1))])
    top = np.linalg.eigvalsh(X1.T @ X1 / y.size)[-1]
    assert curvature((network, X, y), seed) == pytest.approx(top, rel=1e-8)


def test_also_for_a_larger_net():
    assert_largest(bent(0, sizes=(3, 12, 8, 2)))


@pytest.mark.parametrize("loss", ["mean_squared_error", "sum_squared_error", "exponential"])
def test_also_for_another_loss(loss):
    network, X, y = bent(2, 0.5, 0.3)
    top = np.linalg.eigvalsh(hessian(network, X, y, loss))[-1]
    found = largest_curvature(network, X, y, loss, rng=np.random.default_rng(0))
    assert found == pytest.approx(top, rel=1e-6)


def test_the_answer_hardly_depends_on_the_first_direction():
    found = [curvature(bent(5, 1.0, 30.0), seed) for seed in range(10)]
    np.testing.assert_allclose(found, found[0], rtol=1e-8)


def test_where_every_direction_curves_down_the_largest_is_the_mildest():
    # Inputs 1 and −1: w and b see the same bend, −1.688.
    net = bump(1.0, -1.0)
    eigenvalues = np.linalg.eigvalsh(hessian(*net))
    np.testing.assert_allclose(eigenvalues, eigenvalues[0], rtol=1e-6)
    assert curvature(net) == pytest.approx(eigenvalues[1], rel=1e-6) and curvature(net) < -1
    assert rate(net) == np.inf


@pytest.mark.parametrize("seed", range(10))
def test_where_nothing_curves_up_every_rate_is_stable(seed):
    # One sample: along one direction it bends down, along the other not at all.
    assert np.linalg.eigvalsh(hessian(*bump(1.0)))[0] < -1
    assert curvature(bump(1.0), seed) == pytest.approx(0, abs=1e-9)
    assert rate(bump(1.0), seed) == np.inf


@pytest.mark.parametrize("hidden", ["tanh", "binary_step"])
def test_flat_ground_has_curvature_0(hidden):
    network = Network([2, 3, 1], hidden=hidden, output="binary_step", rng=np.random.default_rng(0))
    network.parameters += 0.1
    net = network, np.ones((3, 2)), np.zeros((3, 1))
    assert not hessian(*net).any()
    assert curvature(net) == 0 and rate(net) == np.inf


# --- the numbers of the seeds


@pytest.mark.parametrize(("degree", "model"), [(1, "model1"), (2, "model2"), (3, "cubic")])
def test_seed_000_largest_stable_rates(degree, model):
    expected, net = RATES["expected"][model], powers(degree)
    eigenvalues = np.linalg.eigvalsh(hessian(*net))
    agree(eigenvalues, expected["hessian_eigenvalues"], RATES)
    agree(eigenvalues[-1] / eigenvalues[0], expected["condition_number"], RATES)
    agree(curvature(net), expected["hessian_eigenvalues"][-1], RATES)
    agree(rate(net), expected["largest_stable_lr"], RATES)


def test_seed_004_largest_stable_rate():
    inputs, expected = THEORY["inputs"], THEORY["expected"]
    network = Network([1, 1], weights=[inputs["w0"]], biases=[inputs["b0"]])
    net = network, np.array(inputs["x"], float), np.array(inputs["y"], float)
    found = hessian(*net, "mean_squared_error")
    agree(found, expected["hessian"], THEORY)
    agree(np.linalg.eigvalsh(found), expected["eigenvalues"], THEORY)
    agree(rate(net, loss="mean_squared_error"), expected["largest_stable_lr"], THEORY)
    agree(curvature(net, loss="mean_squared_error"), expected["eigenvalues"][-1], THEORY)


# --- the wall


@pytest.mark.parametrize("seed", range(5))
def test_a_linear_net_trains_below_the_rate_and_diverges_above_it(seed):
    network, X, y = linear(seed)
    wall = rate((network, X, y))
    history = sweep(network, X, y, learning_rates=[0.99 * wall, 1.01 * wall], epochs=1500)
    below, above = history.loss
    assert (np.diff(below) <= 1e-15).all() and below[-1] < below[0]
    assert above[-1] > 1000 * above[0]
    assert history.diverged[:, -1].tolist() == [False, True]


@pytest.mark.parametrize("degree", [1, 2, 3])
def test_the_seed_s_linear_nets_too(degree):
    network, X, y = powers(degree)
    wall = rate((network, X, y))
    history = sweep(network, X, y, learning_rates=[0.99 * wall, 1.01 * wall], epochs=1000)
    assert history.diverged[:, -1].tolist() == [False, True]
    assert (np.diff(history.loss[0]) <= 1e-15).all() and history.loss[1, -1] > history.loss[1, 0]


def test_a_bent_net_is_thrown_out_of_its_minimum_above_the_rate():
    # Put at a minimum that fits exactly and nudged: below the rate it comes back, above it leaves.
    network, X, _ = bent(0)
    y = network.predict(X)
    wall = rate((network, X, y))
    top = np.linalg.eigh(hessian(network, X, y))[1][:, -1]
    network.parameters += 1e-6 * top
    history = sweep(network, X, y, learning_rates=[0.95 * wall, 1.05 * wall], epochs=50)
    assert history.loss[0, -1] < 1e-2 * history.loss[0, 0]
    assert history.loss[1, -1] > 10 * history.loss[1, 0]


# --- what is refused


@pytest.mark.parametrize("call", [hessian, largest_curvature, largest_stable_rate])
def test_stack_and_bad_data_are_refused(call):
    network, X, y = linear(0)
    rng = {} if call is hessian else {"rng": np.random.default_rng(0)}
    stack = network.with_parameters(np.zeros((4, network.parameters.size)))
    assert "network is a stack of shape (4,), expected a single one" in said(
        call, stack, X, y, **rng
    )
    assert "X has shape (3,)" in said(call, network, X[0], y, **rng)
    assert "X has 6 rows, y has 4" in said(call, network, X, y[:4], **rng)
    with pytest.raises(ValueError, match="^unknown loss 'mse': "):
        call(network, X, y, "mse", **rng)


@pytest.mark.parametrize("call", [largest_curvature, largest_stable_rate])
@pytest.mark.parametrize("rng", [None, 0, np.random], ids=["None", "seed", "module"])
def test_rng_is_needed(call, rng):
    text = said(call, *linear(0), rng=rng)
    assert text.startswith("rng is ") and "give rng=np.random.default_rng(0)" in text


@pytest.mark.parametrize("h", [0, -1e-5, np.nan, np.inf, "small", None], ids=repr)
def test_bad_nudge_is_refused(h):
    network, X, y = linear(0)
    assert "h, the nudge, is " in said(hessian, network, X, y, h=h)
    rng = np.random.default_rng(0)
    assert "h, the nudge, is " in said(largest_curvature, network, X, y, rng=rng, h=h)


@pytest.mark.parametrize("steps", [0, -1, 2.5, None], ids=repr)
def test_bad_number_of_steps_is_refused(steps):
    rng = np.random.default_rng(0)
    text = said(largest_curvature, *linear(0), rng=rng, steps=steps)
    assert f"steps is {steps!r}, expected a whole number" in text
