"""Chapter 7's exercises: the numbers inside their messages are true, and signatures are read."""

import math
import re
from itertools import combinations, permutations

import numpy as np
import pytest

from byhand.activations import relu, sigmoid
from byhand.check import two_moons as chapter
from byhand.check.two_moons import (
    BETA_1,
    BETA_2,
    EPSILON,
    FEW,
    FEW_RATE,
    LEAK,
    N_INPUTS,
    N_UNITS,
    adam_step,
    cost,
    drop,
    dropout,
    he_scale,
    kept_epoch,
    mean_over_masks,
    safe_cost,
    step_of_adam,
    stopping_epoch,
    symmetry,
)
from byhand.check.wording import number
from byhand.datasets import two_moons
from byhand.layers import INITIALISATIONS
from byhand.losses import binary_cross_entropy
from byhand.network import Network
from byhand.optimizers import SGD, Adam
from byhand.training import train
from seeds import CHECKS


def numbers_in(text):
    """Return the numbers written in a message, as written."""
    return set(re.findall(r"−?\b\d+(?:\.\d+)?(?:e−?\d+)?", text))


def said(exercise):
    """Return what is said of each mistake, both sentences, by its name."""
    return {each.name: f"{each.what} {each.step}" for each in exercise.mistakes}


def test_there_are_six_exercises():
    assert [each.number for each in chapter.EXERCISES] == ["7.1", "7.2", "7.3", "7.4", "7.5", "7.6"]


def test_inputs_are_many_and_some_are_awkward():
    for exercise in (safe_cost, stopping_epoch, dropout, adam_step):
        assert sum(case.random for case in exercise.cases) >= 40 and not exercise.cases[0].random
        assert all(len(case.label) < 90 for case in exercise.cases)
    logits = [case.arguments[0] for case in safe_cost.cases]
    assert {z.size for z in logits} >= {1, 2, 3, 4, 9} and any((z == 0).all() for z in logits)
    assert min(z.min() for z in logits) <= -800 and max(z.max() for z in logits) >= 800
    answers = [case.arguments[1] for case in safe_cost.cases]
    assert all(set(y.tolist()) <= {0, 1} for y in answers) and {y.mean() for y in answers} >= {0, 1}
    curves = [case.arguments for case in stopping_epoch.cases]
    assert {len(losses) for losses, _ in curves} >= {1, 3, 4, 9, 200}
    assert {patience for _, patience in curves} >= {1, 2, 3, 4, 5, 10}
    runs_out = [chapter._watch(*each)[1] is not None for each in curves]
    assert 20 < sum(runs_out) < len(curves) - 20
    A, masks, rates = zip(*(case.arguments for case in dropout.cases), strict=True)
    assert {(1, 1), (1, 2), (3, 1), (2, 3)} <= {each.shape for each in A}
    assert any(not mask.any() for mask in masks) and any(mask.all() for mask in masks)
    assert 0 in rates and max(rates) > 0.8
    assert any(mask.all() for mask, rate in zip(masks, rates, strict=True) if rate)
    steps = [case.arguments for case in adam_step.cases]
    assert all(not m.any() and not v.any() for m, v, _, t, _ in steps if t == 1)
    assert {1, 2, 5, 1000} <= {t for *_, t, _ in steps} and {len(m) for m, *_ in steps} == {1, 2, 3}


# 7.1


def test_cost_is_the_chapters():
    expected = CHECKS["003.tables"]["expected"]
    z, y = safe_cost.cases[0].arguments
    np.testing.assert_allclose(z, np.ravel(expected["Z"][-1]), rtol=1e-12)
    assert cost(z, y) == pytest.approx(0.6755938, abs=5e-8)
    z, y = np.array([2.0, -0.5, 0.3]), np.array([1.0, 1.0, 0.0])
    assert cost(z, y) == pytest.approx(float(binary_cross_entropy(sigmoid(z), y)))


@pytest.mark.parametrize(
    "right",
    [
        lambda z, y: np.mean(np.logaddexp(0, z) - y * z),
        lambda z, y: np.logaddexp(0, (1 - 2 * y) * z).mean(),
        lambda z, y: np.where(y == 1, np.logaddexp(0, -z), np.logaddexp(0, z)).sum() / len(y),
        lambda z, y: np.mean(np.where(z > 0, z, 0) - y * z + np.log(1 + np.exp(-abs(z)))),
        lambda z, y: (
            sum(
                max(one, 0) - target * one + math.log(1 + math.exp(-abs(one)))
                for one, target in zip(z, y, strict=True)
            )
            / len(z)
        ),
    ],
)
def test_any_safe_cost_is_right(right):
    assert safe_cost(right).passed


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        (lambda z, y: np.mean(np.max(z, 0) - y * z + chapter._rest(z)), "the largest of all"),
        (lambda z, y: cost(np.clip(z, -30, 30), y), "clipped"),
        (
            lambda z, y: chapter._entropy(np.clip(1 / (1 + np.exp(-z)), 1e-7, 1 - 1e-7), y),
            "clipped",
        ),
        (
            lambda z, y: -chapter._entropy(1 / (1 + np.exp(-z)), y),
            "the formula as code + wrong sign",
        ),
        (
            lambda z, y: len(z) * np.mean(np.log(1 + np.exp(z)) - y * z),
            "e^z overflows + sum for mean",
        ),
    ],
)
def test_what_breaks_a_cost_is_named(wrong, name):
    assert safe_cost(wrong).mistake == name


@pytest.mark.parametrize(
    ("far", "words"),
    [(np.nan, "is nan"), (np.inf, "overflows"), (37.5, "comes out finite")],
)
def test_a_cost_that_is_wrong_only_far_from_0(far, words):
    def breaks(z, y):
        return cost(z, y) if max(abs(z)) < 35 else far

    verdict = safe_cost(breaks)
    assert verdict.mistake is None and words in str(verdict)
    assert "Right for every logit of ordinary size" in str(verdict)
    assert "ordinary" not in str(safe_cost(lambda z, y: cost(z, y) + 0.01))


def test_numbers_in_the_messages_on_costs():
    assert 1 / (1 + np.exp(-40.0)) == 1 == sigmoid(np.array(40.0)) and cost([40.0], [1.0]) < 1e-17
    assert 1 / (1 + math.exp(700)) > 0 == sigmoid(np.array(-800.0))
    assert np.exp(709.0) < np.inf
    with np.errstate(over="ignore"):
        assert np.isinf(np.exp(710.0))
    assert cost([-800.0], [1.0]) == 800
    words = said(safe_cost)
    assert "710" in words["e^z overflows"] and "−800 costs 800" in words["nan swept away"]
    at_0 = [each.answer(np.zeros(1), np.zeros(1)) for each in safe_cost.mistakes
            if each.name in ("no logarithm", "no rest")]  # fmt: skip
    assert sorted(at_0) == [0, 1] and cost([0.0], [0.0]) == pytest.approx(math.log(2))


def test_safe_cost_fact():
    ceiling = -math.log(1e-15)
    assert number(ceiling) == "34.54" and round(ceiling / math.log(2)) == 50
    assert round(800 / math.log(2)) == 1154
    assert numbers_in(safe_cost.fact) == {"1e−15", "34.54", "50", "−800", "1154", "0"}
    z, h = -800.0, 1.0
    clipped = chapter._clipped(1e-15)
    one = np.ones(1)
    assert clipped(np.array([z - h]), one) == clipped(np.array([z + h]), one)


# 7.2


def story(losses, patience):
    """Return the epoch to keep, straight from the rule."""
    for epoch in range(len(losses)):
        seen = losses[: epoch + 1]
        if epoch - int(np.argmin(seen)) == patience:
            return int(np.argmin(seen))
    return int(np.argmin(losses))


def test_kept_epoch_is_the_rule_and_the_librarys():
    for case in stopping_epoch.cases:
        assert kept_epoch(*case.arguments) == story(*case.arguments), case.label
    X, y = two_moons(40, noise=0.3, rng=np.random.default_rng(0))
    held_out = two_moons(40, noise=0.3, rng=np.random.default_rng(1))
    options = dict(epochs=300, loss="binary_cross_entropy", held_out=held_out)
    networks = [
        Network([2, 10, 1], hidden="relu", output="sigmoid", rng=np.random.default_rng(3))
        for _ in range(2)
    ]
    whole = train(networks[0], X, y, optimizer=Adam(0.1), **options).held_out_loss
    for patience in (1, 3, 20, 400):
        stopped = train(
            networks[1].with_parameters(networks[1].parameters.copy()), X, y, patience=patience,
            optimizer=Adam(0.1), **options,
        )  # fmt: skip
        assert stopped.best_epoch == kept_epoch(whole, patience) == story(whole, patience)


def lookahead(losses, patience):
    for epoch in range(len(losses) - patience):
        if all(losses[epoch + 1 : epoch + patience + 1] >= losses[epoch]):
            return epoch
    return np.argmin(losses)


def counting(losses, patience):
    best, lowest, waited = 0, np.inf, 0
    for epoch, loss in enumerate(losses):
        if loss < lowest:
            best, lowest, waited = epoch, loss, 0
        else:
            waited += 1
        if waited == patience:
            return best
    return best


def test_any_way_to_stop_in_time_is_right():
    for right in (story, lookahead, counting, looking_back):
        assert stopping_epoch(right).passed


def never_set(losses, patience):
    best = waited = 0
    for loss in losses:
        waited = 0 if loss < losses[best] else waited + 1
        if waited >= patience:
            break
    return best


def bare_return(losses, patience):
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        if epoch - best >= patience:
            return None
    return best


def return_inside(losses, patience):
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        if epoch - best >= patience:
            return best
    return None


def looking_back(losses, patience):
    best, lowest, waited = 0, np.inf, 0
    for epoch, loss in enumerate(losses):
        if waited >= patience:
            break
        waited += 1
        if loss < lowest:
            best, lowest, waited = epoch, loss, 0
    return best


def from_epoch_0(losses, patience):
    best = waited = 0
    for epoch, loss in enumerate(losses):
        waited += 1
        if loss < losses[best]:
            best, waited = epoch, 0
        if waited == patience:
            break
    return best


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        (never_set, "never better"),
        (bare_return, "nothing where it stops"),
        (return_inside, "nothing if it never stops"),
        (from_epoch_0, "epoch 0 waits"),
        (lambda losses, patience: len(losses) - 1, "the end of the curve"),
    ],
)
def test_what_goes_wrong_on_the_way_is_named(wrong, name):
    assert stopping_epoch(wrong).mistake == name


def test_an_unknown_answer_gets_the_story_of_the_curve():
    verdict = stopping_epoch(lambda losses, patience: patience)
    assert verdict.mistake is None
    assert "epoch 2, 0.4, is the lowest so far; at epoch 5 patience is over" in str(verdict)
    late = stopping_epoch(
        lambda losses, patience: kept_epoch(losses, patience) if patience < 4 else 1
    )
    assert "epoch 6, 0.3, is the lowest so far, and the curve ends before" in str(late)
    assert "same result comes back" in str(stopping_epoch(lambda losses, patience: 3))
    assert "without a return" in str(stopping_epoch(lambda losses, patience: print(losses)))


def test_stopping_starter_needs_more_than_a_first_line():
    source = stopping_epoch.starter.replace("best = ...", "best = 0").split("check.")[0]
    exec(source, names := {})
    assert "the best epoch never moves" in str(stopping_epoch(names["stopping_epoch"]))


def test_stopping_fact():
    drawn = 0.01 * np.random.default_rng(0).normal(size=(20_000, 100))
    assert number(-drawn.min(axis=1).mean(), 2) == "0.025"
    assert numbers_in(stopping_epoch.fact) == {"100", "0.01", "0.025"}


# 7.3


def test_drop_is_the_librarys_and_keeps_the_mean():
    A, mask = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[True, False], [True, True]])
    np.testing.assert_allclose(drop(A, mask, 0.2), [[1.25, 0], [3.75, 5]])
    np.testing.assert_allclose(mean_over_masks(drop), FEW)
    np.testing.assert_allclose(mean_over_masks(drop, A, 0.7), A)
    network = Network([2, 3, 1], dropout=0.4, rng=np.random.default_rng(5))
    network.forward(A, training=True)
    layer, after = network.layers[:2]
    np.testing.assert_array_equal(after.mask * layer.A, drop(layer.A, after.mask > 0, 0.4))


@pytest.mark.parametrize(
    "right",
    [
        lambda A, mask, rate: np.where(mask, A / (1 - rate), 0),
        lambda A, mask, rate: A * (mask / (1 - rate)),
        lambda A, mask, rate: np.multiply(A, mask.astype(float)) * (1 / (1 - rate)),
    ],
)
def test_any_dropout_is_right(right):
    assert dropout(right).passed


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda A, mask, rate: A * mask + A * rate, "the mean is [[1, 2]], as it should be; but"),
        (lambda A, mask, rate: np.where(mask, A, A * rate), "the mean is [[0.8125, 1.625]]."),
        (lambda A, mask, rate: A * mask / mask.sum(), "silences everything, nan"),
        (lambda A, mask, rate: A * mask * 2, "factor that changes with the data"),
        (lambda A, mask, rate: A * mask / (1 - rate + 1e-8), "small number added"),
        (lambda A, mask, rate: A[:, :1] * mask[:, :1], "shape"),
    ],
)
def test_an_unknown_dropout_is_told_its_mean(wrong, words):
    verdict = dropout(wrong)
    assert verdict.mistake is None and words in str(verdict)


def test_dropout_that_stops_on_the_small_example_is_told_the_gap():
    def stops(A, mask, rate):
        if A.shape == FEW.shape and A[0, 0] == 1:
            raise ValueError
        return A + mask * rate**2

    assert "Work this case through" in str(dropout(stops))


def test_numbers_in_the_messages_on_dropout():
    words = said(dropout)
    unscaled = mean_over_masks(lambda A, mask, rate: A * mask)
    np.testing.assert_allclose(unscaled, (1 - FEW_RATE) * FEW)
    assert "0.25 the mean of a unit is 0.75" in words["not made up for"] and FEW_RATE == 0.25
    assert 1 + 0.5 == 1.5 and 1 / (1 - 0.5) == 2 and "1.5" in words["multiplied by 1 + rate"]
    rooted = mean_over_masks(lambda A, mask, rate: (A * mask / np.sqrt(1 - rate)) ** 2)
    np.testing.assert_allclose(rooted, FEW**2)  # "the mean square is kept"


def test_dropout_fact():
    A, w, zs = np.ones((1, 2)), np.array([1.0, -1.0]), []

    def bent(A, mask, rate):
        z = drop(A, mask, rate) @ w
        zs.extend(z.tolist())
        return np.array([z[0], relu(z)[0]])[None]

    np.testing.assert_allclose(mean_over_masks(bent, A, 0.5), [[0, 0.5]])
    assert sorted(zs) == [-2, 0, 0, 2] and (A @ w)[0] == 0
    assert numbers_in(dropout.fact) == {"1", "−1", "0.5", "2", "0", "−2"}


# 7.4


def adam(m, v, gradient, t, learning_rate, beta_1=BETA_1, beta_2=BETA_2, epsilon=EPSILON):
    m, v = beta_1 * m + (1 - beta_1) * gradient, beta_2 * v + (1 - beta_2) * gradient**2
    m_hat, v_hat = m / (1 - beta_1**t), v / (1 - beta_2**t)
    return learning_rate * m_hat / (np.sqrt(v_hat) + epsilon), m, v


def test_a_step_of_adam_is_the_formula_and_the_librarys_defaults():
    for case in adam_step.cases:
        for got, wanted in zip(adam(*case.arguments), step_of_adam(*case.arguments), strict=True):
            np.testing.assert_allclose(got, wanted, rtol=1e-12)
    library = Adam(0.1)
    assert (library.beta_1, library.beta_2, library.epsilon) == (BETA_1, BETA_2, EPSILON)
    gradients = np.random.default_rng(0).normal(size=(5, 3))
    parameters, (m, v), place = np.zeros(3), np.zeros((2, 3)), np.zeros(3)
    for t, gradient in enumerate(gradients, start=1):
        library.step(parameters, gradient)
        step, m, v = step_of_adam(m, v, gradient, t, 0.1)
        place -= step
    np.testing.assert_allclose(place, parameters, rtol=1e-12)


def test_any_adam_is_right():
    assert adam_step(adam).passed
    assert adam_step(lambda *given: list(adam(*given))).passed

    def shorter(m, v, gradient, t, learning_rate):
        m, v = m + 0.1 * (gradient - m), v + 0.001 * (gradient**2 - v)
        grown = np.sqrt(1 - 0.999**t)
        step = learning_rate * grown / (1 - 0.9**t) * m / (np.sqrt(v) + 1e-8 * grown)
        return step, m, v

    assert adam_step(shorter).passed


def spoilt(part, change):
    """Return Adam with one part of its result changed."""

    def wrong(*given):
        result = list(adam(*given))
        result[part] = change(result[part], *given)
        return tuple(result)

    return wrong


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda *given: adam(*given, beta_1=0.99), "holds 0.01 of the gradient, and should"),
        (lambda *given: adam(*given, beta_2=0.99), "holds 0.01 of the squared gradient, and"),
        (spoilt(1, lambda new, m, v, g, t, rate: 0.1 * g), "m is not right yet, though it is"),
        (spoilt(2, lambda new, m, v, g, t, rate: 0.001 * g**2), "v is not, though it is where"),
        (spoilt(2, lambda new, m, v, g, t, rate: abs(g)), "m is right in every case, v is not."),
        (spoilt(1, lambda new, *given: new + 1), "m is not right yet."),
        (spoilt(0, lambda new, *given: new / 2), "0.5 learning rates long, and should be 1."),
        (spoilt(0, lambda new, m, v, g, t, rate: new / t), "though it is where t = 1."),
        (spoilt(0, lambda new, *given: new + 1), "the step is not."),
        (lambda *given: adam(*given)[:2], "kind or the shape"),
    ],
)  # fmt: skip
def test_the_first_wrong_line_is_pointed_at(wrong, words):
    verdict = adam_step(wrong)
    assert verdict.mistake is None and words in str(verdict)


def test_the_old_means_may_not_be_written_into():
    def in_place(m, v, gradient, t, learning_rate):
        m *= 0.9
        return adam(m / 0.9, v, gradient, t, learning_rate)

    assert adam_step(in_place).mistake == "in place"
    assert adam_step(lambda *given: adam(*given[:3], 1 - 0.9 ^ given[3], 0.1)).mistake == (
        "hat for power"
    )


def test_numbers_in_the_messages_on_adam():
    def first(name):
        wrong = next(each.answer for each in adam_step.mistakes if each.name == name)
        step, *_ = wrong(np.zeros(1), np.zeros(1), np.array([7.0]), 1, 1.0)
        return number(step[0])

    words = said(adam_step)
    assert first("not corrected") == "3.162" and "3.162" in words["not corrected"]
    assert first("v not corrected") == "31.62" and "31.62" in words["v not corrected"]
    assert first("m not corrected") == "0.1" and "a tenth" in words["m not corrected"]
    assert first("no learning rate") == "1" and "about 1" in words["no learning rate"]
    assert number(math.sqrt(1 - BETA_2)) == "0.03162" and "0.03162" in words["not corrected"]
    assert {1 - BETA_1**t < 0 for t in range(1, 50)} == {False}
    assert 1 - BETA_1 * 1 > 0 > 1 - BETA_1 * 2 and 1 - BETA_2 * 2 < 0
    assert math.sqrt(EPSILON) == pytest.approx(1e-4)
    assert (1 - BETA_2) / (1 - BETA_2) ** 2 == pytest.approx(1000)


def test_adam_fact():
    for slope in (0.002, 2000.0):
        step, *_ = step_of_adam(np.zeros(1), np.zeros(1), np.array([slope]), 1, 0.5)
        assert number(step[0]) == "0.5"
    assert number((1 - BETA_1) / math.sqrt(1 - BETA_2)) == "3.162"
    assert numbers_in(adam_step.fact) == {"1", "0.002", "2000", "3.162"}


# 7.5


def leaky(z):
    return np.where(z > 0, z, LEAK * z)


def test_he_scale_keeps_the_variance():
    rng = np.random.default_rng(0)
    z = rng.normal(size=(4000, N_INPUTS))
    assert np.mean(leaky(z) ** 2) == pytest.approx(0.68, rel=0.01)
    for scale, factor in ((he_scale.reference, 1), (math.sqrt(2 / N_INPUTS), 1.36)):
        Z = leaky(z) @ rng.normal(scale=scale, size=(N_INPUTS, 400))
        assert Z.var() / z.var() == pytest.approx(factor, rel=0.05)
    assert he_scale.reference == pytest.approx((1 / (50 * 0.68)) ** 0.5)
    assert repr(he_scale.given()).startswith("a layer with 50 inputs and 40 units\n")
    assert max(map(len, repr(he_scale.given()).split("\n"))) < 75


def test_he_scale_mistakes_are_told_apart():
    values = [he_scale.reference] + [each.answer for each in he_scale.mistakes]
    for one, other in combinations(values, 2):
        assert abs(one - other) > 3 * he_scale.tolerance * max(one, other), (one, other)
    assert he_scale(0.1715).passed and "a rounding" in str(he_scale(0.17))
    assert "0.1715" not in str(he_scale(0.4))


def test_numbers_in_the_messages_on_the_start():
    answers = {each.name: each.answer for each in he_scale.mistakes}
    words = said(he_scale)
    for name, key in (("ReLU's", "he"), ("Xavier", "xavier"), ("near zero", "small_normal")):
        assert answers[name] == pytest.approx(INITIALISATIONS[key](N_INPUTS, N_UNITS))
    assert round(1 / (N_INPUTS * 0.01**2 * 0.68)) == 294 and "294" in words["near zero"]
    assert (number(1 + LEAK**2), LEAK**2) == ("1.36", 0.36) and "1.36" in words[
        "both halves in full"
    ]
    assert answers["He times the share"] == pytest.approx(math.sqrt(2 / N_INPUTS * 1.36 / 2))
    assert answers["the share"] == pytest.approx(0.68)
    rng = np.random.default_rng(1)
    a = leaky(rng.normal(size=1_000_000))
    assert answers["variance of a"] == pytest.approx(1 / math.sqrt(N_INPUTS * a.var()), rel=0.005)


def test_he_scale_fact():
    gain = math.sqrt(2 / (1 + LEAK**2))
    assert number(gain) == "1.213" and he_scale.reference == pytest.approx(gain / math.sqrt(50))
    assert number(1.36**10) == "21.65"
    assert {"1.213", "1.36", "21.65"} <= numbers_in(he_scale.fact)


# 7.6


def equal_units(dropout=0.0, l2=0.0):
    """Return a net whose two hidden units start alike."""
    weights = [[[0.4, 0.4], [-0.3, -0.3]], [[0.5], [0.5]]]
    return Network(
        [2, 2, 1], hidden="tanh", output="sigmoid", weights=weights, biases=[0.1, 0.0],
        dropout=dropout, l2=l2, rng=np.random.default_rng(7),
    )  # fmt: skip


def apart(network, **options):
    """Return how far apart the two units are after a training."""
    X, y = two_moons(60, noise=0.2, rng=np.random.default_rng(0))
    start = network.parameters.copy()
    options = {"optimizer": SGD(0.5), "epochs": 100} | options
    train(network, X, y, loss="binary_cross_entropy", rng=np.random.default_rng(1), **options)
    assert np.max(np.abs(network.parameters - start)) > 0.1
    first, second = network.layers[0], network.layers[-1]
    return max(np.ptp(first.W, axis=1).max(), np.ptp(first.b), np.ptp(second.W))


def test_only_dropout_parts_equal_units():
    found = {
        "a": apart(equal_units(), batch_size=10),
        "b": apart(equal_units(), optimizer=Adam(0.05)),
        "c": apart(equal_units(dropout=0.3)),
        "d": apart(equal_units(l2=0.01)),
    }
    assert {letter for letter, gap in found.items() if gap > 1e-3} == {symmetry.correct}
    assert max(gap for letter, gap in found.items() if letter != "c") < 1e-9
    assert set(found) == set(symmetry.choices) and apart(equal_units()) < 1e-9


def test_symmetry_fact():
    orders = math.factorial(5), math.factorial(3)
    assert orders == (120, 6) and "120 × 6 = 720" in symmetry.fact
    rng, X = np.random.default_rng(0), np.random.default_rng(1).normal(size=(4, 2))
    network = Network([2, 5, 3, 1], hidden="relu", output="sigmoid", weights="he", rng=rng)
    W1, W2, W3 = (layer.W.copy() for layer in network.dense)
    places = set()
    for one in list(permutations(range(5)))[::7]:
        for two in permutations(range(3)):
            weights = [W1[:, one], W2[np.ix_(one, two)], W3[list(two)]]
            other = Network([2, 5, 3, 1], hidden="relu", output="sigmoid", weights=weights)
            np.testing.assert_allclose(other.forward(X), network.forward(X))
            places.add(other.parameters.tobytes())
    assert len(places) == len(range(0, 120, 7)) * 6
