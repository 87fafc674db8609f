"""Chapter 10's displayed derivatives, as displayed, against central differences."""

import numpy as np
import pytest

from byhand.gradient_check import central_difference
from equations import equation

SEEDS = pytest.mark.parametrize("seed", range(8))


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def close(formula, measured):
    assert np.shape(formula) == np.shape(measured)
    np.testing.assert_allclose(formula, measured, rtol=1e-6, atol=1e-8)


def drawn_record(seed):
    """Return a random record: for every number its operation and what it was made from."""
    rng = np.random.default_rng(seed)
    record = [("given", ())] * 3
    for kind in rng.permutation(["+", "×", "σ"] * 4):
        parents = rng.integers(len(record), size=1 if kind == "σ" else 2)  # the same one, at times
        record.append((kind, tuple(parents)))
    record[-1] = ("+", (len(record) - 2, int(rng.integers(3))))
    return record, rng.normal(size=3)


def run(record, given, at=None, nudge=0.0):
    """Return all numbers of a record; number ``at`` is nudged on its way."""
    v = []
    for number, (kind, parents) in enumerate(record):
        if kind == "given":
            value = given[number]
        elif kind == "+":
            value = v[parents[0]] + v[parents[1]]
        elif kind == "×":
            value = v[parents[0]] * v[parents[1]]
        else:
            value = sigmoid(v[parents[0]])
        v.append(value + (nudge if number == at else 0.0))
    return np.array(v)


def local_slopes(kind, v, parents):
    """Return ∂v/∂v₁ and ∂v/∂v₂ by Eq. 10.2 to 10.4."""
    if kind == "+":
        return 1.0, 1.0
    if kind == "×":
        return v[parents[1]], v[parents[0]]
    value = sigmoid(v[parents[0]])
    return (value * (1 - value),)


@equation("10.1")
@SEEDS
def test_the_rule_of_the_tape(seed):
    """v̄ᵢ = Σⱼ v̄ⱼ ∂vⱼ/∂vᵢ, for every number of a record with branches."""
    record, given = drawn_record(seed)
    v, end = run(record, given), len(record) - 1
    bar = np.zeros(len(record))
    bar[end] = 1.0
    for i in reversed(range(end)):
        bar[i] = sum(
            bar[j] * slope
            for j, (kind, parents) in enumerate(record)
            if kind != "given"
            for parent, slope in zip(parents, local_slopes(kind, v, parents), strict=True)
            if parent == i
        )
    for i in range(len(record)):
        measured = central_difference(lambda h, i=i: run(record, given, i, h)[end], 0.0)
        close(bar[i], measured)
    uses = [parent for kind, parents in record for parent in parents]
    assert max(map(uses.count, uses)) > 1, "a record without branches tests no sum"


@equation("10.2")
@SEEDS
def test_sum_node(seed):
    one, two = np.random.default_rng(seed).normal(size=2)
    close(1.0, central_difference(lambda x: x + two, one))
    close(1.0, central_difference(lambda x: one + x, two))


@equation("10.3")
@SEEDS
def test_product_node(seed):
    one, two = np.random.default_rng(seed).normal(size=2)
    close(two, central_difference(lambda x: x * two, one))
    close(one, central_difference(lambda x: one * x, two))


@equation("10.4")
@SEEDS
def test_sigmoid_node(seed):
    one = 3 * np.random.default_rng(seed).normal()
    v = sigmoid(one)
    close(v * (1 - v), central_difference(sigmoid, one))


@equation("10.5")
def test_a_layer_as_pytorch_stores_it():
    """Its own formula, unit by unit, is ours with V = Wᵀ."""
    rng = np.random.default_rng(0)
    X, W, b = rng.normal(size=(5, 2)), rng.normal(size=(2, 3)), rng.normal(size=3)
    V = W.T
    Z = X @ V.T + b
    by_unit = [[sum(V[j] * row) + b[j] for j in range(3)] for row in X]
    np.testing.assert_allclose(Z, by_unit, rtol=1e-12)
    np.testing.assert_allclose(Z, X @ W + b, rtol=1e-12)
    torch = pytest.importorskip("torch")
    linear = torch.nn.Linear(2, 3, dtype=torch.float64)
    linear.weight.data[:], linear.bias.data[:] = torch.tensor(V), torch.tensor(b)
    np.testing.assert_allclose(linear(torch.tensor(X)).detach().numpy(), Z, rtol=1e-12)


@equation("10.6")
@pytest.mark.parametrize("p, n", [(0.97, 359), (0.5, 100), (0.9, 20)])
def test_standard_error(p, n):
    """√(p(1 − p)/n) is the spread of the share of right answers, over many draws."""
    one = p * (1 - p) ** 2 + (1 - p) * p**2
    assert one == pytest.approx(p * (1 - p))
    shares = np.random.default_rng(0).binomial(n, p, size=200_000) / n
    assert shares.std() == pytest.approx(np.sqrt(p * (1 - p) / n), rel=0.01)
