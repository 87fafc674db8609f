"""Chapter 9's equations, as displayed, against central differences and against runs."""

import numpy as np
import pytest

from byhand.figures.learning_rate import bent_net, wave
from byhand.gradient_check import central_difference
from byhand.network import Network
from byhand.optimizers import cosine_decay, exponential_decay, step_decay, warm_up
from byhand.training import train
from equations import equation

SEEDS = pytest.mark.parametrize("seed", range(8))


def points(seed):
    """Return w, b and some random points."""
    rng = np.random.default_rng(seed)
    m = [4, 1, 7, 2][seed % 4]
    w, b = rng.normal(size=2)
    return w, b, rng.normal(size=m), rng.normal(size=m)


def loss(w, b, x, y):
    return np.sum((y - w * x - b) ** 2) / len(x)  # Eq. 9.1


def bowl(seed):
    """Return H, its curvatures and directions, and the loss with its bottom at 0."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=6)
    X = np.column_stack([x, np.ones(6)])
    H = 2 / 6 * X.T @ X  # Eq. 9.5
    lam, V = np.linalg.eigh(H)
    return X, H, lam, V


@equation("9.1")
@SEEDS
def test_the_loss_is_the_library_s(seed):
    w, b, x, y = points(seed)
    node = Network([1, 1], weights=[w], biases=[b])
    run = train(
        node, x[:, None], y[:, None], learning_rate=1e-9, epochs=1, loss="mean_squared_error"
    )
    assert run.loss[0] == pytest.approx(loss(w, b, x, y))


@equation("9.2", "9.3")
@SEEDS
def test_slopes(seed):
    w, b, x, y = points(seed)
    m = len(x)
    formula = [2 / m * np.sum((w * x + b - y) * x), 2 / m * np.sum(w * x + b - y)]
    measured = central_difference(lambda p: loss(*p, x, y), [w, b])
    np.testing.assert_allclose(formula, measured, rtol=1e-6, atol=1e-8)


@equation("9.4")
@SEEDS
def test_a_step_is_the_library_s(seed):
    w, b, x, y = points(seed)
    dw, db = central_difference(lambda p: loss(*p, x, y), [w, b])
    node = Network([1, 1], weights=[w], biases=[b])
    train(node, x[:, None], y[:, None], learning_rate=0.1, epochs=1, loss="mean_squared_error")
    np.testing.assert_allclose(node.parameters, [w - 0.1 * dw, b - 0.1 * db], rtol=1e-6, atol=1e-9)


@equation("9.5")
@SEEDS
def test_the_hessian_is_the_change_of_the_slopes(seed):
    _, _, x, y = points(seed)
    X = np.column_stack([x, np.ones(len(x))])
    H = 2 / len(x) * X.T @ X
    rows = [
        central_difference(
            lambda p, k=k: central_difference(lambda q: loss(*q, x, y), p, h=1e-3)[k],
            [0.3, -0.2],
            h=1e-3,
        )
        for k in range(2)
    ]
    np.testing.assert_allclose(H, rows, rtol=1e-6, atol=1e-7)


@equation("9.6", "9.7", "9.10")
@SEEDS
def test_each_direction_is_multiplied(seed):
    X, H, lam, V = bowl(seed)
    e = np.random.default_rng(seed + 100).normal(size=2)
    rate, c = 1.3 / lam[-1], V.T @ e
    for t in range(6):
        np.testing.assert_allclose(V.T @ e, (1 - rate * lam) ** t * c, rtol=1e-9, atol=1e-12)
        cost = np.mean((X @ e) ** 2)
        assert cost == pytest.approx(np.sum(lam * (V.T @ e) ** 2) / 2)
        slopes = central_difference(lambda e: np.mean((X @ e) ** 2), e)
        np.testing.assert_allclose(H @ e, slopes, rtol=1e-6, atol=1e-8)
        e = (np.eye(2) - rate * H) @ e


@equation("9.8", "9.9")
@SEEDS
def test_the_wall(seed):
    _, _, lam, _ = bowl(seed)
    for rate, shrinks in [(0.001, True), (1.999, True), (2.001, False)]:
        theta = 1 - rate / lam[-1] * lam * 1.0
        assert (np.abs(theta) < 1).all() == shrinks
    assert not (np.abs(1 + 0.001 * lam) < 1).all()


@equation("9.11", "9.12", "9.13")
@SEEDS
def test_the_best_rate_and_what_it_needs(seed):
    _, _, lam, _ = bowl(seed)
    kappa = lam[-1] / lam[0]
    factor = (kappa - 1) / (kappa + 1)
    best = 2 / (lam[0] + lam[-1])
    np.testing.assert_allclose(np.abs(1 - best * lam), factor)
    for other in (0.9 * best, 0.999 * best, 1.001 * best, 1.1 * best):
        assert np.abs(1 - other * lam).max() > factor
    t = np.log(1 / 1e-3) / np.log(1 / factor)
    assert factor ** np.ceil(t) <= 1e-3 < factor ** (np.ceil(t) - 1)


@equation("9.14")
@pytest.mark.parametrize("seed", range(4))
def test_a_promise_and_what_is_taken_back(seed):
    (X, y), net = wave(), bent_net(seed)

    def loss_at(theta):
        return np.mean((net.with_parameters(theta).predict(X) - y) ** 2)

    theta = net.parameters.copy()
    g = central_difference(loss_at, theta)

    def along(eta):
        return loss_at(theta - eta * g)

    first = central_difference(along, 0.0)
    assert float(first) == pytest.approx(-g @ g, rel=1e-6)
    step = 1e-5
    Hg = (
        central_difference(loss_at, theta + step * g)
        - central_difference(loss_at, theta - step * g)
    ) / (2 * step)
    errors = [
        along(eta) - (along(0) - eta * g @ g + eta**2 / 2 * g @ Hg) for eta in (0.02, 0.04)
    ]
    assert abs(errors[1]) < 1e-3 * 0.04 * (g @ g)
    assert errors[1] / errors[0] == pytest.approx(8, rel=0.25)  # what is left is of third order


@equation("9.16", "9.17", "9.18", "9.19", "9.20")
def test_schedules():
    first, f, k, T = 0.3, 0.7, 4, 20
    for t in range(T):
        assert step_decay(first, k, f)(t) == pytest.approx(first * f ** (t // k))
        assert exponential_decay(first, f)(t) == pytest.approx(first * f**t)
        assert exponential_decay(first, 1.1)(t) == pytest.approx(first * 1.1**t)
        cosine = first * (1 + np.cos(np.pi * t / T)) / 2
        assert cosine_decay(first, T)(t) == pytest.approx(cosine)
        if t < k:
            assert warm_up(first, k)(t) == pytest.approx(first * (t + 1) / k)


@equation("9.21")
@pytest.mark.parametrize("rate, lam, sigma", [(0.1, 2, 1), (0.5, 1, 0.3), (0.9, 2, 2)])
def test_the_floor_of_noise(rate, lam, sigma):
    rng, theta = np.random.default_rng(1), np.zeros(20_000)
    for _ in range(300):
        theta = theta - rate * (lam * theta + rng.normal(scale=sigma, size=theta.size))
    floor = rate * sigma**2 / (lam * (2 - rate * lam))
    assert theta.var() == pytest.approx(floor, rel=0.05)
