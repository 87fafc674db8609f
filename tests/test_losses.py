"""Each loss against its gradient, its laws, and what it refuses."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from byhand import losses
from byhand.activations import sigmoid, sigmoid_derivative, softmax, softmax_derivative
from byhand.gradient_check import central_difference, relative_error
from byhand.losses import LOSSES, Loss, loss_named, mean_squared_error, mean_squared_error_gradient
from sentence import said

NAMES = (
    "half_mean_squared_error mean_squared_error sum_squared_error mean_absolute_error "
    "binary_cross_entropy binary_cross_entropy_from_logits categorical_cross_entropy "
    "categorical_cross_entropy_from_logits exponential hellinger itakura_saito"
).split()
SQUARED = NAMES[:3]
BINARY = NAMES[4:6]
CATEGORICAL = NAMES[6:8]
PLAIN = [name for name in NAMES if name not in CATEGORICAL]  # any shape, no axis of classes
TINY = np.finfo(float).tiny
LN2, LN3 = math.log(2), math.log(3)
SHAPES = [(), (4,), (4, 1), (3, 2), (2, 3, 2)]
TABLES = [(1, 1), (1, 3), (4, 2), (5, 3), (2, 3, 4)]  # for categories: the last axis is the classes

every_loss = pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
some = settings(max_examples=30)  # for tests that run once for each loss and each shape
seeds = st.integers(0, 2**32 - 1)


# What each loss is meant for: predictions, then targets, of a given shape.


def numbers(rng, shape):
    """Return numbers and targets at least 0.1 away: an absolute error has a corner at 0."""
    y = rng.uniform(-3, 3, shape)
    return y + rng.choice([-1, 1], shape) * rng.uniform(0.1, 2, shape), y


def small_numbers(rng, shape):
    y = rng.uniform(-1, 1, shape)
    return y + rng.choice([-1, 1], shape) * rng.uniform(0.1, 0.9, shape), y


def answers(rng, shape):
    """Return answers 0 or 1, and some soft ones."""
    return np.where(rng.random(shape) < 0.7, rng.integers(0, 2, shape), rng.random(shape))


def chances(rng, shape):
    return rng.uniform(0.03, 0.97, shape), answers(rng, shape)


def logits(rng, shape):
    return rng.uniform(-4, 4, shape), answers(rng, shape)


def classes(rng, shape):
    """Return one-hot rows, and some soft ones."""
    hard = np.eye(shape[-1])[rng.integers(0, shape[-1], shape[:-1])]
    return np.where(rng.random((*shape[:-1], 1)) < 0.7, hard, softmax(rng.normal(size=shape)))


def class_chances(rng, shape):
    return 0.95 * softmax(rng.normal(size=shape)), classes(rng, shape)  # a single class below 1


def class_logits(rng, shape):
    return rng.uniform(-4, 4, shape), classes(rng, shape)


def distributions(rng, shape):
    return rng.uniform(0.1, 3, shape), rng.uniform(0, 3, shape)


def spectra(rng, shape):
    y = np.exp(rng.uniform(-2, 2, shape))
    return y * np.exp(rng.choice([-1, 1], shape) * rng.uniform(0.2, 1, shape)), y


DOMAINS = dict.fromkeys(NAMES[:4], numbers) | {
    "binary_cross_entropy": chances,
    "binary_cross_entropy_from_logits": logits,
    "categorical_cross_entropy": class_chances,
    "categorical_cross_entropy_from_logits": class_logits,
    "exponential": small_numbers,
    "hellinger": distributions,
    "itakura_saito": spectra,
}


def pair(loss, shape, seed):
    """Return predictions and targets that ``loss`` is meant for."""
    return DOMAINS[loss.name](np.random.default_rng(seed), shape)


def shapes(loss):
    return st.sampled_from(TABLES if loss.name in CATEGORICAL else SHAPES)


def test_all_eleven_are_there():
    assert list(LOSSES) == NAMES


@every_loss
@given(data=st.data(), seed=seeds)
@some
def test_gradient_is_the_measured_slope(loss, data, seed):
    y_pred, y = pair(loss, data.draw(shapes(loss)), seed)
    gradient = loss.gradient(y_pred, y)
    measured = central_difference(lambda y_pred: loss.function(y_pred, y), y_pred)
    assert gradient.shape == y_pred.shape
    assert relative_error(gradient, measured) < 1e-6


@pytest.mark.parametrize("tau", [0.5, 3.0, 100.0])
def test_gradient_of_exponential_is_the_measured_slope_for_any_tau(tau):
    y_pred, y = small_numbers(np.random.default_rng(0), (3, 2))
    measured = central_difference(lambda p: losses.exponential(p, y, tau=tau), y_pred)
    assert relative_error(losses.exponential_gradient(y_pred, y, tau=tau), measured) < 1e-6


@pytest.mark.parametrize("name", CATEGORICAL)
@given(seed=seeds)
@some
def test_gradient_with_whole_numbers_as_classes_is_the_measured_slope(name, seed):
    loss, rng = LOSSES[name], np.random.default_rng(seed)
    y_pred, _ = pair(loss, (4, 3), seed)
    y = rng.integers(0, 3, 4)
    measured = central_difference(lambda y_pred: loss.function(y_pred, y), y_pred)
    assert relative_error(loss.gradient(y_pred, y), measured) < 1e-6


@every_loss
@given(data=st.data(), seed=seeds)
@some
def test_loss_is_never_negative(loss, data, seed):
    y_pred, y = pair(loss, data.draw(shapes(loss)), seed)
    assert loss.function(y_pred, y) >= 0


@every_loss
@given(data=st.data(), seed=seeds)
@some
def test_no_prediction_is_better_than_the_target_itself(loss, data, seed):
    y_pred, y = pair(loss, data.draw(shapes(loss)), seed)
    best = y
    if loss.name == "binary_cross_entropy_from_logits":
        best = np.log(np.maximum(y, 1e-300)) - np.log(np.maximum(1 - y, 1e-300))
    if loss.name == "categorical_cross_entropy_from_logits":
        best = np.log(np.maximum(y, 1e-300))
    assert loss.function(y_pred, y) >= loss.function(best, y) - 1e-12


@pytest.mark.parametrize("name", [*NAMES[:4], "hellinger", "itakura_saito"])
@given(seed=seeds, shape=st.sampled_from(SHAPES))
@some
def test_zero_when_right(name, seed, shape):
    loss = LOSSES[name]
    _, y = pair(loss, shape, seed)
    assert loss.function(y, y) == pytest.approx(0, abs=1e-14)
    assert not loss.gradient(y, y).any()


def test_zero_when_right_and_certain():
    y, row = np.array([0.0, 1.0, 1.0]), np.eye(3)
    assert losses.binary_cross_entropy(y, y) == 0
    assert losses.binary_cross_entropy_from_logits(1e3 * (2 * y - 1), y) == 0
    assert losses.categorical_cross_entropy(row, row) == 0
    assert losses.categorical_cross_entropy_from_logits(1e3 * row, row) == 0
    # A soft target keeps a surprise of its own: for a fair coin ln 2, whoever predicts.
    assert losses.binary_cross_entropy([0.5], [0.5]) == pytest.approx(LN2)
    assert losses.binary_cross_entropy_gradient([0.5], [0.5]) == 0
    assert losses.categorical_cross_entropy([[0.5, 0.5]], [[0.5, 0.5]]) == pytest.approx(LN2)


def test_exponential_of_a_perfect_prediction_is_tau():
    y = np.array([[1.0, -2.0]])
    assert losses.exponential(y, y) == 10
    assert losses.exponential(y, y, tau=0.5) == 0.5
    assert not losses.exponential_gradient(y, y).any()


@every_loss
@given(data=st.data(), seed=seeds)
@some
def test_doubling_the_data_changes_no_mean_and_doubles_sums(loss, data, seed):
    y_pred, y = pair(loss, data.draw(shapes(loss)), seed)
    if not y.ndim:
        y_pred, y = y_pred.reshape(1), y.reshape(1)
    once, gradient = loss.function(y_pred, y), loss.gradient(y_pred, y)
    y_pred, y = np.concatenate([y_pred, y_pred]), np.concatenate([y, y])
    expected, slope = {
        "sum_squared_error": (2 * once, 1),
        "exponential": (10 * (once / 10) ** 2, once / 10),  # e^(2s) is the square of e^s
        "hellinger": (math.sqrt(2) * once, 1 / math.sqrt(2)),  # a root of a sum
    }.get(loss.name, (once, 1 / 2))
    assert loss.function(y_pred, y) == pytest.approx(expected, rel=1e-12)
    np.testing.assert_allclose(
        loss.gradient(y_pred, y), np.concatenate([gradient, gradient]) * slope, rtol=1e-12
    )


@pytest.mark.parametrize("name", SQUARED)
@given(seed=seeds, shape=st.sampled_from(SHAPES), factor=st.floats(0.01, 100))
@some
def test_squared_losses_scale_with_the_square(name, seed, shape, factor):
    loss = LOSSES[name]
    y_pred, y = pair(loss, shape, seed)
    scaled = loss.function(factor * y_pred, factor * y)
    assert scaled == pytest.approx(factor**2 * loss.function(y_pred, y), rel=1e-12)


@given(seed=seeds, shape=st.sampled_from(SHAPES), factor=st.floats(0.01, 100))
def test_absolute_error_scales_with_the_unit_and_itakura_saito_not_at_all(seed, shape, factor):
    y_pred, y = numbers(np.random.default_rng(seed), shape)
    once = losses.mean_absolute_error(y_pred, y)
    assert losses.mean_absolute_error(factor * y_pred, factor * y) == pytest.approx(factor * once)
    y_pred, y = spectra(np.random.default_rng(seed), shape)
    once = losses.itakura_saito(y_pred, y)
    assert losses.itakura_saito(factor * y_pred, factor * y) == pytest.approx(once, rel=1e-12)


@pytest.mark.parametrize("name", [*NAMES[:4], "exponential", "hellinger"])
@given(seed=seeds, shape=st.sampled_from(SHAPES))
@some
def test_distances_do_not_care_about_the_sign(name, seed, shape):
    loss = LOSSES[name]
    y_pred, y = pair(loss, shape, seed)
    assert loss.function(y_pred, y) == loss.function(y, y_pred)
    if name != "hellinger":
        np.testing.assert_array_equal(loss.gradient(y_pred, y), -loss.gradient(y, y_pred))


@given(seed=seeds)
def test_hellinger_of_distributions_is_a_distance_of_0_to_1(seed):
    one, two, three = softmax(np.random.default_rng(seed).normal(0, 3, (3, 5)))
    assert 0 <= losses.hellinger(one, two) <= 1
    there = losses.hellinger(one, three) + losses.hellinger(three, two)
    assert losses.hellinger(one, two) <= there + 1e-15
    assert losses.hellinger([1, 0], [0, 1]) == 1


@given(seed=seeds, shape=st.sampled_from(SHAPES))
def test_relations_between_the_squared_losses(seed, shape):
    y_pred, y = numbers(np.random.default_rng(seed), shape)
    mean = losses.mean_squared_error(y_pred, y)
    assert losses.half_mean_squared_error(y_pred, y) == mean / 2
    assert losses.sum_squared_error(y_pred, y) == pytest.approx(mean * y.size, rel=1e-14)
    for name, factor in (("half_mean_squared_error", 1 / 2), ("sum_squared_error", y.size)):
        slopes = factor * mean_squared_error_gradient(y_pred, y)
        np.testing.assert_allclose(LOSSES[name].gradient(y_pred, y), slopes, rtol=1e-14)
    # A large tau makes exponential the sum of squares, on top of tau.
    assert losses.exponential(y_pred, y, tau=1e8) - 1e8 == pytest.approx(
        losses.sum_squared_error(y_pred, y), abs=1e-4
    )


@given(seed=seeds, shape=st.sampled_from(SHAPES))
def test_binary_loss_from_logits_is_that_of_the_sigmoid(seed, shape):
    z, y = logits(np.random.default_rng(seed), shape)
    p = sigmoid(z)
    from_logits = losses.binary_cross_entropy_from_logits(z, y)
    assert from_logits == pytest.approx(losses.binary_cross_entropy(p, y), rel=1e-12)
    by_the_chain_rule = losses.binary_cross_entropy_gradient(p, y) * sigmoid_derivative(z)
    slopes = losses.binary_cross_entropy_from_logits_gradient(z, y)
    np.testing.assert_allclose(slopes, by_the_chain_rule, atol=1e-12)


@given(seed=seeds, shape=st.sampled_from(TABLES))
def test_categorical_loss_from_logits_is_that_of_softmax(seed, shape):
    z, y = class_logits(np.random.default_rng(seed), shape)
    p = softmax(z)
    from_logits = losses.categorical_cross_entropy_from_logits(z, y)
    assert from_logits == pytest.approx(losses.categorical_cross_entropy(p, y), abs=1e-12)
    dA = losses.categorical_cross_entropy_gradient(p, y)
    by_the_chain_rule = (dA[..., None, :] @ softmax_derivative(z))[..., 0, :]
    slopes = losses.categorical_cross_entropy_from_logits_gradient(z, y)
    np.testing.assert_allclose(slopes, by_the_chain_rule, atol=1e-12)


@given(z=st.floats(-6, 6), y=st.sampled_from([0, 1, 0.3]))
def test_two_classes_are_one_answer(z, y):
    # The softmax of (z, 0) is (σ(z), σ(−z)).
    two, one = ([[z, 0]], [[y, 1 - y]]), ([z], [y])
    assert losses.categorical_cross_entropy_from_logits(*two) == pytest.approx(
        losses.binary_cross_entropy_from_logits(*one), abs=1e-12
    )
    p = float(sigmoid(z))
    assert losses.categorical_cross_entropy([[p, 1 - p]], two[1]) == pytest.approx(
        losses.binary_cross_entropy([p], [y]), abs=1e-12
    )


@given(seed=seeds, shift=st.floats(-1e3, 1e3))
def test_categorical_loss_from_logits_does_not_see_a_shift(seed, shift):
    z, y = class_logits(np.random.default_rng(seed), (4, 3))
    assert losses.categorical_cross_entropy_from_logits(z + shift, y) == pytest.approx(
        losses.categorical_cross_entropy_from_logits(z, y), rel=1e-10
    )


@pytest.mark.parametrize("size", [1e3, 1e15, 1e300, 1e308])
def test_huge_logits_cost_their_size_when_wrong_and_nothing_when_right(size):
    binary, slope = losses.binary_cross_entropy_from_logits, LOSSES[BINARY[1]].gradient
    for z, y, cost in ((size, 1, 0), (-size, 0, 0), (size, 0, size), (-size, 1, size)):
        assert binary([z], [y]) == cost
        assert slope([z], [y]).tolist() == [np.sign(z) / 2 + 0.5 - y]
    assert binary([size, -size], [0.5, 0.5]) == size / 2
    categorical, slope = losses.categorical_cross_entropy_from_logits, LOSSES[CATEGORICAL[1]][2]
    assert categorical([[size, 0, -size]], [0]) == 0
    assert categorical([[size, 0, -size]], [1]) == size
    assert slope([[size, 0, -size]], [1]).tolist() == [[1, -1, 0]]


def test_logits_of_a_thousand_keep_their_difference():
    categorical = losses.categorical_cross_entropy_from_logits
    for shift in (-1e3, 1e3):
        z = np.array([[0, 0, LN2]]) + shift
        assert categorical(z, [0]) == pytest.approx(2 * LN2, rel=1e-12)
        assert categorical(z, [2]) == pytest.approx(LN2, rel=1e-12)


def test_huge_logits_have_a_finite_mean():
    """1e308 four times is more than float64 holds; their mean is not."""
    binary, categorical = (LOSSES[name].function for name in (BINARY[1], CATEGORICAL[1]))
    assert binary([1e308] * 4, [0] * 4) == pytest.approx(1e308)
    assert categorical([[1e308, 0]] * 4, [1] * 4) == pytest.approx(1e308)


@pytest.mark.parametrize("name", CATEGORICAL)
@given(seed=seeds)
@some
def test_whole_numbers_as_classes_are_one_hot_rows(name, seed):
    loss, labels = LOSSES[name], np.random.default_rng(seed).integers(0, 3, 5)
    y_pred, _ = pair(loss, (5, 3), seed)
    for y in (labels, labels.tolist(), labels.astype(float), labels.astype(np.uint8)):
        assert loss.function(y_pred, y) == loss.function(y_pred, np.eye(3)[labels])
        np.testing.assert_array_equal(
            loss.gradient(y_pred, y), loss.gradient(y_pred, np.eye(3)[labels])
        )
    stack = np.stack([y_pred, y_pred[::-1]])
    np.testing.assert_array_equal(
        loss.function(stack, labels), loss.function(stack, np.eye(3)[labels])
    )


@pytest.mark.parametrize("name", CATEGORICAL)
def test_a_single_row_is_a_sample(name):
    loss = LOSSES[name]
    y_pred, y = pair(loss, (1, 3), 0)
    assert loss.function(y_pred[0], y[0]) == loss.function(y_pred, y)
    np.testing.assert_array_equal(loss.gradient(y_pred[0], y[0]), loss.gradient(y_pred, y)[0])


@every_loss
@pytest.mark.parametrize("shape", [(4, 3), (2, 2)], ids=str)
def test_leading_axes_are_separate_trainings(loss, shape):
    y_pred, _ = pair(loss, (5, 2, *shape), 1)
    _, y = pair(loss, shape, 2)
    values, gradients = loss.function(y_pred, y), loss.gradient(y_pred, y)
    assert values.shape == (5, 2) and gradients.shape == y_pred.shape
    for stack in np.ndindex(5, 2):
        assert values[stack] == pytest.approx(loss.function(y_pred[stack], y), rel=1e-14)
        np.testing.assert_allclose(gradients[stack], loss.gradient(y_pred[stack], y), rtol=1e-14)


@every_loss
def test_arguments_are_left_alone_and_may_be_lists(loss):
    y_pred, y = pair(loss, (4, 2), 3)
    kept = y_pred.copy(), y.copy()
    value, gradient = loss.function(y_pred, y), loss.gradient(y_pred, y)
    np.testing.assert_array_equal(y_pred, kept[0])
    np.testing.assert_array_equal(y, kept[1])
    assert loss.function(y_pred.tolist(), y.tolist()) == value
    np.testing.assert_array_equal(loss.gradient(y_pred.tolist(), y.tolist()), gradient)


@every_loss
def test_whole_numbers_do_not_truncate(loss):
    y_pred, y = np.array([[1, 0], [1, 1]]), np.array([[1, 0], [0, 1]])
    if loss.name == "itakura_saito":
        y_pred, y = y_pred + 1, y + 2
    assert loss.function(y_pred, y) == loss.function(y_pred * 1.0, y * 1.0)
    gradient = loss.gradient(y_pred, y)
    assert gradient.dtype == np.float64
    np.testing.assert_array_equal(gradient, loss.gradient(y_pred * 1.0, y * 1.0))


@every_loss
def test_bare_formula_is_the_loss_without_the_check(loss):
    y_pred, y = pair(loss, (4, 2), 3)
    assert loss.function.formula(y_pred, y) == loss.function(y_pred, y)
    np.testing.assert_array_equal(loss.gradient.formula(y_pred, y), loss.gradient(y_pred, y))


@pytest.mark.parametrize(
    ("name", "y_pred", "y", "value", "gradient"),
    [
        # errors −1, 0, 2: squares 1, 0, 4, sum 5, mean 5/3, half of it 5/6
        ("half_mean_squared_error", [1, 2, 5], [2, 2, 3], 5 / 6, [-1 / 3, 0, 2 / 3]),
        ("mean_squared_error", [1, 2, 5], [2, 2, 3], 5 / 3, [-2 / 3, 0, 4 / 3]),
        ("sum_squared_error", [1, 2, 5], [2, 2, 3], 5, [-2, 0, 4]),
        ("mean_absolute_error", [1, 2, 5], [2, 2, 3], 1, [-1 / 3, 0, 1 / 3]),
        # chances of the right answer ½ and ¾: surprises ln 2 and ln 4 − ln 3, and their mean;
        # slopes −1/½ and 1/¾, over 2
        (
            "binary_cross_entropy",
            [1 / 2, 1 / 4],
            [1, 0],
            (3 * LN2 - LN3) / 2,
            [-1, 2 / 3],
        ),
        # σ(0) = ½, σ(−ln 3) = ¼: the same; slopes (½ − 1)/2 and ¼/2
        (
            "binary_cross_entropy_from_logits",
            [0, -LN3],
            [1, 0],
            (3 * LN2 - LN3) / 2,
            [-1 / 4, 1 / 8],
        ),
        # chances of the right classes ¼ and ½: surprises 2 ln 2 and ln 2, mean 3/2 ln 2
        (
            "categorical_cross_entropy",
            [[1 / 4, 1 / 4, 1 / 2], [1 / 4, 1 / 4, 1 / 2]],
            [1, 2],
            3 / 2 * LN2,
            [[0, -2, 0], [0, 0, -1]],
        ),
        # softmax(0, 0, ln 2) = (¼, ¼, ½): the same; slopes chance minus answer, over 2
        (
            "categorical_cross_entropy_from_logits",
            [[0, 0, LN2], [5, 5, 5 + LN2]],
            [1, 2],
            3 / 2 * LN2,
            [[1 / 8, -3 / 8, 1 / 4], [1 / 8, 1 / 8, -1 / 4]],
        ),
        # 1 + 9 = 10 = tau: 10 e, slopes 2 · error · e
        ("exponential", [1, 3], [0, 0], 10 * math.e, [2 * math.e, 6 * math.e]),
        # roots 1, 2 against 2, 2: √(1/2); slope −1 / (4 · 1 · √½) = −√2/4
        ("hellinger", [1, 4], [4, 4], math.sqrt(1 / 2), [-math.sqrt(2) / 4, 0]),
        # ratios 2 and 1: (2 − ln 2 − 1)/2; slope (1 − 2)/1/2
        ("itakura_saito", [1, 3], [2, 3], (1 - LN2) / 2, [-1 / 2, 0]),
    ],
)
def test_values_known_by_hand(name, y_pred, y, value, gradient):
    loss = LOSSES[name]
    assert loss.function(y_pred, y) == pytest.approx(value, rel=1e-14)
    np.testing.assert_allclose(loss.gradient(y_pred, y), gradient, rtol=1e-14, atol=1e-16)


def test_a_chance_of_exactly_0_is_a_large_surprise_and_not_infinity():
    surprise = -math.log(TINY)  # 708.4
    assert losses.binary_cross_entropy([0.0], [1]) == pytest.approx(surprise, rel=1e-15)
    assert losses.binary_cross_entropy([1.0], [0]) == pytest.approx(surprise, rel=1e-15)
    assert losses.categorical_cross_entropy([[1, 0]], [1]) == pytest.approx(surprise, rel=1e-15)
    for slope in (
        losses.binary_cross_entropy_gradient([0.0, 1.0], [1, 0]),
        losses.categorical_cross_entropy_gradient([[1, 0]], [1])[0, 1:],
    ):
        assert np.isfinite(slope).all() and (np.abs(slope) > 1e300).all()


FAR = [-1e308, -1e155, -1.0, -5e-324, 0.0, 1.0, 1e155, 1e308]
EDGES = [0.0, 5e-324, TINY, 1e-17, 0.5, 1 - 1e-16, 1.0]
EXTREMES = {  # extreme predictions, then targets
    name: (EDGES if name in ("binary_cross_entropy", "categorical_cross_entropy") else FAR, FAR)
    for name in NAMES
}
EXTREMES |= {
    "binary_cross_entropy": (EDGES, EDGES),
    "binary_cross_entropy_from_logits": (FAR, EDGES),
    "hellinger": ([number for number in FAR if number >= 0] + EDGES,) * 2,
    "itakura_saito": ([TINY, 1e-155, 1.0, 1e155, 1e308],) * 2,
}


@pytest.mark.parametrize("name", PLAIN)
@given(data=st.data(), n=st.integers(1, 5))
def test_no_finite_prediction_warns_or_makes_nan(name, data, n):
    loss, (predictions, targets) = LOSSES[name], EXTREMES[name]
    y_pred = data.draw(arrays(float, (2, n), elements=st.sampled_from(predictions)))
    y = data.draw(arrays(float, n, elements=st.sampled_from(targets)))
    with np.errstate(invalid="raise", divide="raise"):
        assert not np.isnan(loss.function(y_pred, y)).any()
        assert not np.isnan(loss.gradient(y_pred, y)).any()


@pytest.mark.parametrize("name", CATEGORICAL)
@given(data=st.data(), n=st.integers(1, 3))
def test_no_finite_class_prediction_warns_or_makes_nan(name, data, n):
    loss = LOSSES[name]
    elements = st.sampled_from(EXTREMES[name][0])
    y_pred = data.draw(arrays(float, (2, n, 3), elements=elements))
    y = np.array([[1, 0, 0], [0.5, 0.5, 0], [0, 0.25, 0.75]])[:n]
    with np.errstate(invalid="raise", divide="raise"):
        assert not np.isnan(loss.function(y_pred, y)).any()
        assert not np.isnan(loss.gradient(y_pred, y)).any()


@pytest.mark.parametrize("name", ["binary_cross_entropy", "categorical_cross_entropy"])
def test_every_chance_has_a_finite_loss_and_slope(name):
    loss = LOSSES[name]
    y = [[0, 1], [1, 0]]
    for chance in EDGES:
        y_pred = np.full((2, 2), chance)
        assert np.isfinite(loss.function(y_pred, y)) and np.isfinite(loss.gradient(y_pred, y)).all()


def test_classes_are_right_where_the_largest_prediction_stands():
    y_pred = np.array([[0.7, 0.2, 0.1], [0.3, 0.4, 0.3], [0.2, 0.5, 0.3], [0.0, 0.1, 0.9]])
    one_hot = np.eye(3)[[0, 1, 2, 2]]
    for name in CATEGORICAL:
        accuracy = LOSSES[name].accuracy
        assert accuracy(y_pred, one_hot) == 3 / 4
        assert accuracy(y_pred, 0.7 * one_hot + 0.1) == 3 / 4
        stack = np.stack([y_pred, y_pred[::-1]])
        assert accuracy(stack, one_hot).tolist() == [3 / 4, 1 / 4]


def test_answers_are_right_on_their_side_of_one_half():
    y_pred, y = np.array([[0.9], [0.6], [0.4], [0.2]]), np.array([[1.0], [0], [1], [0]])
    for name, to_prediction in ((BINARY[0], lambda p: p), (BINARY[1], lambda p: 10 * p - 5)):
        accuracy = LOSSES[name].accuracy
        assert accuracy(to_prediction(y_pred), y) == 2 / 4
        stack = to_prediction(np.stack([y_pred, y, 1 - y]))
        assert accuracy(stack, y).tolist() == [2 / 4, 1, 0]


@given(seed=seeds)
def test_logits_and_their_chances_have_the_same_accuracy(seed):
    rng = np.random.default_rng(seed)
    z, y = rng.normal(size=(6, 1)), rng.integers(0, 2, (6, 1))
    assert LOSSES[BINARY[0]].accuracy(sigmoid(z), y) == LOSSES[BINARY[1]].accuracy(z, y)
    z, y = rng.normal(size=(6, 4)), np.eye(4)[rng.integers(0, 4, 6)]
    assert LOSSES[CATEGORICAL[0]].accuracy(softmax(z), y) == LOSSES[CATEGORICAL[1]].accuracy(z, y)


@pytest.mark.parametrize("name", CATEGORICAL)
def test_accuracy_takes_the_classes_that_the_loss_takes(name):
    y_pred = [[0.7, 0.2, 0.1], [0.3, 0.4, 0.3], [0.2, 0.5, 0.3], [0.0, 0.1, 0.9]]
    for given_as in (list, np.array):
        assert LOSSES[name].accuracy(given_as(y_pred), given_as([0, 1, 2, 2])) == 3 / 4


@pytest.mark.parametrize("name", BINARY)
def test_accuracy_takes_lists_and_refuses_shapes_that_would_broadcast(name):
    assert LOSSES[name].accuracy([1.0, 0.0], [1, 1]) == 1 / 2
    text = said(LOSSES[name].accuracy, np.ones((4, 1)), np.ones(4))
    assert "predictions have shape (4, 1), targets (4,)" in text


def test_only_answers_and_classes_have_an_accuracy():
    assert [name for name in NAMES if LOSSES[name].accuracy] == BINARY + CATEGORICAL


def refusals(loss, *arguments, **keywords):
    """Return what function and gradient say: the same sentence."""
    text = said(loss.function, *arguments, **keywords)
    assert said(loss.gradient, *arguments, **keywords) == text
    return text


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize(
    ("y_pred", "y"),
    [((4, 1), (4,)), ((4,), (4, 1)), ((3, 1), (4, 1)), ((4, 2), (4, 1)), ((), (4,))],
)
def test_shapes_that_would_broadcast_are_refused(name, y_pred, y):
    text = refusals(LOSSES[name], np.ones(y_pred), np.ones(y))
    assert f"predictions have shape {y_pred}" in text and f"targets {y}" in text


@pytest.mark.parametrize("name", CATEGORICAL)
@pytest.mark.parametrize(
    ("y_pred", "y"), [((4, 2), (3, 2)), ((4, 2), (4, 3)), ((4, 2), (1, 2)), ((2,), (4, 2))]
)
def test_class_shapes_that_would_broadcast_are_refused(name, y_pred, y):
    text = refusals(LOSSES[name], np.full(y_pred, 0.5), np.full(y, 1 / y[-1]))
    assert f"predictions have shape {y_pred}" in text and f"targets {y}" in text


@pytest.mark.parametrize("name", CATEGORICAL)
def test_one_class_a_sample_is_asked_for(name):
    text = refusals(LOSSES[name], np.full((4, 2), 0.5), [0, 1, 0])
    assert "predictions have shape (4, 2)" in text and "targets (3, 2)" in text


@every_loss
@pytest.mark.parametrize("shape", [(0,), (0, 1), (4, 0)], ids=str)
def test_no_targets_are_refused(loss, shape):
    assert "no targets" in refusals(loss, np.ones(shape), np.ones(shape))


@every_loss
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, None], ids=str)
def test_what_is_not_finite_is_refused(loss, bad):
    fine = [[1.0, 0.0], [0.5, 0.5]]
    if loss.name == "itakura_saito":
        fine = [[1.0, 2.0], [0.5, 0.5]]
    broken = [[bad, 0.5], [0.5, 0.5]]
    shown = np.nan if bad is None else bad
    assert f"predictions hold {shown}, expected" in refusals(loss, broken, fine)
    assert f"targets hold {shown}, expected" in refusals(loss, fine, broken)


@every_loss
@pytest.mark.parametrize(
    "bad",
    ["one", ["one", "two"], [1j, 2], np.array([1j, 2]), {"a": 1}, [[1], [1, 2]], [10**400, 1]],
    ids=str,
)
def test_what_is_not_a_number_is_refused(loss, bad):
    for arguments in ((bad, [1.0, 1.0]), ([1.0, 1.0], bad)):
        text = refusals(loss, *arguments)
        assert "y_pred" in text or "y is" in text
        assert "expected an array of numbers" in text


@pytest.mark.parametrize(
    ("name", "part", "bad", "fragment"),
    [
        ("binary_cross_entropy", 0, 1.5, "predictions hold 1.5, expected probabilities, 0 to 1"),
        ("binary_cross_entropy", 0, -1e-9, "predictions hold -1e-09, expected probabilities"),
        ("binary_cross_entropy", 1, 2, "targets hold 2.0, expected probabilities, 0 to 1"),
        ("binary_cross_entropy", 1, -1, "targets hold -1.0, expected probabilities, 0 to 1"),
        ("binary_cross_entropy_from_logits", 1, 1.01, "targets hold 1.01, expected probabilities"),
        ("categorical_cross_entropy", 0, 1.5, "predictions hold 1.5, expected probabilities"),
        ("categorical_cross_entropy", 0, -0.5, "predictions hold -0.5, expected probabilities"),
        ("categorical_cross_entropy", 1, 7, "targets hold 7.0, expected probabilities, 0 to 1, or"),
        ("categorical_cross_entropy_from_logits", 1, -0.5, "targets hold -0.5, expected prob"),
        ("categorical_cross_entropy_from_logits", 1, 0.5, "targets do not sum to 1 in each row"),
        ("categorical_cross_entropy", 1, 0.999, "targets do not sum to 1 in each row"),
        ("hellinger", 0, -0.1, "predictions hold -0.1, expected numbers from 0 up"),
        ("hellinger", 1, -3, "targets hold -3.0, expected numbers from 0 up"),
        ("itakura_saito", 0, 0, "predictions hold 0.0, expected numbers above 0"),
        ("itakura_saito", 0, -1, "predictions hold -1.0, expected numbers above 0"),
        ("itakura_saito", 1, 0, "targets hold 0.0, expected numbers above 0"),
        ("itakura_saito", 1, -2, "targets hold -2.0, expected numbers above 0"),
    ],
)
def test_what_a_loss_cannot_take_is_refused(name, part, bad, fragment):
    both = np.array([[[1.0, 0.0], [0.0, 1.0]]] * 2)
    if name == "itakura_saito":
        both += 1
    LOSSES[name].function(*both)
    both[part, 0, 0] = bad
    assert fragment in refusals(LOSSES[name], *both)


@pytest.mark.parametrize("name", CATEGORICAL)
@pytest.mark.parametrize("label", [3, -1, 1.5, np.nan, np.inf, 100])
def test_a_label_that_is_no_class_is_refused(name, label):
    text = refusals(LOSSES[name], np.full((3, 3), 1 / 3), [0, label, 1])
    assert f"label {label} is not a class: expected 0 to 2" in text


@pytest.mark.parametrize("name", CATEGORICAL)
def test_a_class_needs_a_row_of_chances(name):
    for y in (1.0, 0.0):
        refusals(LOSSES[name], 1.0, y)


@pytest.mark.parametrize("tau", [0, -1, np.nan, np.inf, "ten", None])
def test_a_bad_tau_is_refused(tau):
    assert "tau is" in refusals(LOSSES["exponential"], [1.0], [2.0], tau=tau)


def test_tau_may_stand_third():
    y_pred, y = [1.0, 3.0], [0.0, 0.0]
    assert losses.exponential(y_pred, y, 5.0) == losses.exponential(y_pred, y, tau=5.0)
    np.testing.assert_array_equal(
        losses.exponential_gradient(y_pred, y, 5.0),
        losses.exponential_gradient(y_pred, y, tau=5.0),
    )


@every_loss
def test_registry_finds_each_by_its_name(loss):
    assert LOSSES[loss.name] is loss
    assert loss_named(loss.name) is loss
    assert loss.function is getattr(losses, loss.name)
    assert loss.gradient is getattr(losses, f"{loss.name}_gradient")


def test_own_loss_is_taken_as_it_is():
    own = Loss("mine", mean_squared_error, mean_squared_error_gradient)
    assert loss_named(own) is own
    assert own.accuracy is None


@pytest.mark.parametrize("name", ["mse", "Mean_squared_error", "", None, 3, ["mse"]])
def test_unknown_name_is_refused_with_choices(name):
    assert f"unknown loss {name!r}: choose one of the 11, such as " in said(loss_named, name)


def test_nearest_name_is_offered_first():
    assert "such as mean_squared_error, half_mean_squared_error" in said(
        loss_named, "Mean_squared_error"
    )


def test_equal_logits_share_the_chance_however_large_they_are():
    for size in (0.0, 1.0, 1e15, 1e300, -1e300):
        function = LOSSES["categorical_cross_entropy_from_logits"].function
        loss = function([[size, size]], [1])
        np.testing.assert_allclose(loss, np.log(2), rtol=1e-15)
