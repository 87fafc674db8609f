"""Chapter 8's exercises: the numbers inside their messages are true, and signatures are read."""

import math
import re

import numpy as np
import pytest

from byhand.check import nudge_and_chain as chapter
from byhand.check.nudge_and_chain import (
    DAY,
    HAND_V,
    HAND_W,
    NUDGES,
    START,
    X,
    Y,
    best_nudge,
    central_difference,
    days,
    first_slope,
    hand_loss,
    is_clear,
    measured,
    n_passes,
    nearest,
    net,
    passes,
    slope_w11,
    slopes,
    step_together,
    stepped,
)
from byhand.datasets import four_points
from byhand.network import Network
from seeds import CHECKS

HAND, CHAIN = CHECKS["004.hand"], CHECKS["004.chain"]


def numbers_in(text):
    """Return the numbers written in a message, as written."""
    return set(re.findall(r"−?\b\d+(?:\.\d+)?(?:e−?\d+)?", text))


def said(exercise):
    """Return what is said of each mistake, both sentences, by its name."""
    return {each.name: f"{each.what} {each.step}" for each in exercise.mistakes}


def test_there_are_six_exercises():
    assert [each.number for each in chapter.EXERCISES] == ["8.1", "8.2", "8.3", "8.4", "8.5", "8.6"]


def test_inputs_are_many_and_some_are_awkward():
    for exercise in chapter.EXERCISES[:5]:
        assert sum(case.random for case in exercise.cases) >= 40 and not exercise.cases[0].random
        assert all(len(case.label) < 90 for case in exercise.cases)
        assert len({case.label for case in exercise.cases}) == len(exercise.cases)
    sizes = [case.arguments[0] for case in passes.cases]
    assert {len(each) for each in sizes} == {2, 3, 4, 5, 6} and {(1, 1), (3, 3, 3)} <= {*sizes}
    x, y, W, *_ = zip(*(case.arguments for case in slope_w11.cases), strict=True)
    assert {(1, 1), (3, 2), (2, 2), (2, 3)} <= {each.shape for each in W} and max(y) >= 1000
    assert any(each[0] == 0 for each in x)
    functions, at, h = zip(*(case.arguments for case in central_difference.cases), strict=True)
    assert {len(each) for each in at} >= {1, 2, 3, 6, 13} and len({*h}) > 20
    assert any(each.dtype.kind == "i" for each in at) and any(not each.any() for each in at)
    steps = [case.arguments for case in step_together.cases]
    assert any(x == 0 for _, _, x, *_ in steps) and any(w == v == 0 for w, v, *_ in steps)


# 8.1


def test_passes_are_what_the_library_takes():
    assert (n_passes((2, 3, 1), False), n_passes((2, 3, 1), True)) == (14, 26)
    for sizes in [(2, 3, 1), (1, 1), (3, 4, 2, 1)]:
        network, count = Network(list(sizes), rng=np.random.default_rng(0)), []

        def loss(parameters, count=count):
            count.append(1)
            return float(parameters @ parameters)

        measured(loss, network.parameters, 0.1)
        assert len(count) == n_passes(sizes, True) == 2 * (n_passes(sizes, False) - 1)


@pytest.mark.parametrize(
    "right",
    [
        lambda sizes, central: chapter._count(chapter._n(sizes), central),
        lambda sizes, central: (1 + central) * chapter._n(sizes) + (not central),
        lambda sizes, central: np.int64(n_passes(sizes, central)),
    ],
)
def test_any_count_of_passes_is_right(right):
    assert passes(right).passed


def test_an_unknown_count_is_told_what_the_net_has():
    verdict = str(passes(lambda sizes, central: 12 if not central else 26))
    assert "got 12, expected 14" in verdict and "This net has 9 weights and 4 biases." in verdict
    verdict = str(passes(lambda sizes, central: {(1, 1): 5}.get(sizes, n_passes(sizes, central))))
    assert "This net has 1 weight and 1 bias." in verdict
    pushed = passes(lambda sizes, central: [*sizes][9])
    assert "IndexError" in str(pushed) and pushed.mistake is None


def test_passes_fact_and_messages():
    sizes = (64, 32, 10)
    network = Network(list(sizes), rng=np.random.default_rng(0))
    weights = sum(layer.W.size for layer in network.dense)
    assert (n_passes(sizes, False), weights) == (2411, 2368)
    assert round(2411 * 2368 / 1e6, 1) == 5.7
    assert numbers_in(passes.fact) == {"10", "64", "−32", "−10", "2411", "2368", "5.7"}
    assert "as many as six" in said(passes)["three layers only"]


# 8.2


def test_slope_w11_is_the_chapters():
    full = HAND["expected"]["full_precision"]
    assert first_slope(*slope_w11.cases[0].arguments) == pytest.approx(0.1454785, abs=5e-8)
    assert hand_loss(START) == pytest.approx(full["loss"]) == pytest.approx(1.5208121, abs=5e-8)
    np.testing.assert_array_equal(HAND["inputs"]["W_input_to_hidden"], HAND_W)
    np.testing.assert_array_equal(HAND["inputs"]["w_hidden_to_output"], HAND_V)
    for given, ours in zip(CHAIN["inputs"]["W"], chapter.TEXTBOOK, strict=True):
        np.testing.assert_array_equal(np.ravel(given), np.ravel(ours))
    found = first_slope(*slope_w11.cases[1].arguments)
    assert found == pytest.approx(CHAIN["expected"]["gradients_exact"][0][0][0])


def by_measure(x, y, W, b, v, c):
    def loss(w):
        moved = W.copy()
        moved[0, 0] = w[0]
        return (y - chapter.sigmoid(x @ moved + b) @ v - c) ** 2

    return measured(loss, W[0, :1], 1e-5)[0]


def test_slope_w11_is_what_a_nudge_measures():
    for case in slope_w11.cases:
        assert first_slope(*case.arguments) == pytest.approx(
            by_measure(*case.arguments), 1e-5, 1e-6
        )


def test_a_slope_measured_by_a_nudge_is_told_from_the_product():
    verdict = slope_w11(by_measure)
    assert verdict.status == "wrong" and "measured by a nudge" in str(verdict)


@pytest.mark.parametrize(
    "right",
    [
        lambda x, y, W, b, v, c: slopes(net(W, b, v, c), x, y).dense[0].dW[0, 0],
        lambda x, y, W, b, v, c: slopes(net(W, b, v, c), x, y).dense[0].dW[:1, :1],
        lambda x, y, W, b, v, c: (
            2
            * (sum(v[j] / (1 + math.exp(-W[:, j] @ x - b[j])) for j in range(len(v))) + c - y)
            * v[0]
            * math.exp(-W[:, 0] @ x - b[0])
            / (1 + math.exp(-W[:, 0] @ x - b[0])) ** 2
            * x[0]
        ),
    ],
)
def test_any_slope_is_right(right):
    assert slope_w11(right).passed


def test_links_without_an_index_are_named_when_they_stop():
    def whole(x, y, W, b, v, c):
        a = chapter.sigmoid(x @ W + b)
        return np.prod((-2 * (y - a @ v - c), v, a * (1 - a), x))

    assert slope_w11(whole).mistake == "an index missing"


def test_slope_fact_and_messages():
    far = HAND_W.copy()
    far[0, 0] = 8
    before, after = (first_slope(X[0], 0.0, W, np.zeros(3), HAND_V, 0.0) for W in (HAND_W, far))
    assert (round(before, 4), round(after, 4)) == (0.1455, 0.0002)
    loss = [Y - net(W, np.zeros(3), HAND_V, 0.0).forward(X) for W in (HAND_W, far)]
    assert abs(loss[1]) > abs(loss[0])
    assert numbers_in(slope_w11.fact) >= {"0.8", "8", "0.1455", "0.0002"}
    words = said(slope_w11)
    assert "1 in the hand net" in words["fourth link missing"] and X[0, 0] == 1
    assert "both inputs are 1" in words["another input"] and (X == 1).all()
    assert "whose target is 0" in words["no target"] and not Y.any()


# 8.3


def with_copies(function, at, h):
    at = np.array(at, dtype=float)
    found = []
    for i in range(len(at)):
        up, down = at.copy(), at.copy()
        up[i] += h
        down[i] -= h
        found.append((function(up) - function(down)) / (2 * h))
    return np.array(found)


def with_identity(function, at, h):
    nudges = h * np.eye(len(at))
    return [(function(at + each) - function(at - each)) / 2 / h for each in nudges]


@pytest.mark.parametrize(
    "right",
    [
        with_copies,
        with_identity,
        lambda f, at, h: chapter._writing(1, exact=True)(f, np.array(at, float), h),
    ],
)
def test_any_central_difference_is_right(right):
    assert central_difference(right).passed


def zeros_like_inside(function, at, h):
    found = np.zeros(len(at))
    for i in range(len(at)):
        nudge = np.zeros_like(at)
        nudge[i] = h
        found[i] = (function(at + nudge) - function(at - nudge)) / (2 * h)
    return found


def up_and_back(function, at, h):
    found = np.zeros(len(at))
    for i in range(len(at)):
        start = function(at)
        at[i] += h
        found[i] = (function(at) - start) / h
        at[i] -= h
    return found


def left_up(function, at, h):
    found = np.zeros(len(at))
    for i in range(len(at)):
        start = function(at)
        at[i] += h
        found[i] = (function(at) - start) / h
    return found


def scaled(function, at, h):
    at *= 2
    return measured(function, at, h)


def put_back_by_adding(function, at, h):
    return chapter._writing(1)(function, at, h)


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        (zeros_like_inside, "whole numbers"),
        (up_and_back, "written into"),
        (left_up, "left up"),
        (scaled, "written into"),
        (put_back_by_adding, "put back by adding"),
        (lambda f, at, h: -2 * measured(f, at, h), "divided by h + wrong sign"),
        (lambda f, at, h: measured(f, at, 1e-5), "a nudge of its own"),
    ],
)
def test_what_goes_wrong_in_a_central_difference_is_named(wrong, name):
    assert central_difference(wrong).mistake == name


def test_an_argument_with_another_shape_is_a_change_too():
    def reshaped(function, at, h):
        found = measured(function, at, h)
        at.shape = (1, -1)
        return found

    assert central_difference(reshaped).mistake == "in place"


def test_what_is_put_back_by_adding_shows_its_last_digit():
    verdict = str(central_difference(chapter._writing(1)))
    before, after = re.search(r"was (\S+) and is (\S+) after", verdict).groups()
    assert before != after and float(before) == pytest.approx(float(after), rel=1e-12)


def test_another_nudge_is_close_and_not_the_same():
    assert "another nudge than h" in str(
        central_difference(lambda f, at, h: measured(f, at, h / 3))
    )


def test_central_difference_fact():
    def quotient(h):
        return measured(np.exp, 0.0, h)

    once, both = quotient(0.1) - 1, (4 * quotient(0.05) - quotient(0.1)) / 3 - 1
    assert (round(float(once), 4), round(abs(float(both)), 7)) == (0.0017, 2e-7)
    assert numbers_in(central_difference.fact) >= {"0.1", "0.0017", "0.0000002"}
    assert int(1 + 0.25) == 1 and "1 + 0.25 becomes 1" in said(central_difference)["whole numbers"]


# 8.4


def test_every_best_nudge_is_clear():
    assert all(is_clear(*case.arguments) for case in best_nudge.cases)
    found = [nearest(*case.arguments) for case in best_nudge.cases]
    assert {1e-5, 1e-6, 1e-7, 1e-8, 1e-12} <= {*found} and max(map(found.count, found)) < 20
    square = {case.label: case.arguments for case in best_nudge.cases}
    assert nearest(*square["f(x) = x² at 1"]) == 1e-8
    assert nearest(*square["f(x) = x² at 1000"]) == 1e-5
    assert nearest(*square["f(x) = x² at 0"]) == 1e-12


def test_slopes_given_are_the_slopes():
    for case in best_nudge.cases:
        function, at, slope = case.arguments
        assert measured(function, at, 1e-4) == pytest.approx(slope, rel=1e-4, abs=1e-4), case.label


def dividing(function, at, slope):
    best, nudge = None, 0.1
    for _ in range(12):
        error = abs((function(at + nudge) - function(at)) / nudge - slope)
        if best is None or error < best[0]:
            best = error, nudge
        nudge /= 10
    return best[1]


def vectorised(function, at, slope):
    nudges = np.logspace(-1, -12, 12)
    return nudges[np.argmin(abs((function(at + nudges) - function(at)) / nudges - slope))]


def squared(function, at, slope):
    nudges = [0.1**k for k in range(1, 13)]
    return min(nudges, key=lambda h: (slope - (function(at + h) - function(at)) / h) ** 2)


def upwards(function, at, slope):
    nudges = [float(f"1e-{k}") for k in range(12, 0, -1)]
    errors = [abs((function(at + h) - function(at)) / h - slope) for h in nudges]
    return nudges[errors.index(min(errors))]


@pytest.mark.parametrize("right", [dividing, vectorised, squared, upwards])
def test_any_search_is_right(right):
    assert best_nudge(right).passed


def test_a_nudge_that_is_not_the_best_is_compared_with_it():
    verdict = best_nudge(lambda function, at, slope: 1e-4)
    assert verdict.mistake is None and "With 0.0001 the quotient misses" in str(verdict)
    assert "none of the twelve" in str(best_nudge(lambda function, at, slope: 0.3))


def test_best_nudge_fact_and_messages():
    h = 1e-200
    assert (np.exp(1 + h * 1j)).imag / h == pytest.approx(math.e, rel=1e-15)
    assert numbers_in(best_nudge.fact) == {"1", "15", "1e−200"}
    rule = next(each.answer for each in best_nudge.mistakes if each.name == "the rule of thumb")
    found = [each(None, 0, 0) for each in rule]
    assert found == [pytest.approx(1e-8), pytest.approx(math.sqrt(np.finfo(float).eps))]
    assert 0.0 in [case.arguments[2] for case in best_nudge.cases]
    assert (NUDGES[0], NUDGES[-1], len(NUDGES)) == (0.1, 1e-12, 12)


# 8.5


def by_hand(w, v, x, y, rate):
    a = 1 / (1 + math.exp(-w * x))
    first = -2 * (y - v * a)
    return w - rate * first * v * a * (1 - a) * x, v - rate * first * a


def test_a_step_is_the_chain_rules():
    for case in step_together.cases:
        np.testing.assert_allclose(
            stepped(*case.arguments), by_hand(*case.arguments), 1e-12, 1e-12, err_msg=case.label
        )


@pytest.mark.parametrize(
    "right",
    [by_hand, lambda *given: list(stepped(*given)), lambda *given: np.array(by_hand(*given))],
)
def test_any_step_is_right(right):
    assert step_together(right).passed


@pytest.mark.parametrize("first", [0, 1])
def test_one_after_the_other_shows_on_the_first_input(first):
    given = step_together.cases[0].arguments
    together, apart = stepped(*given), (chapter._w_first, chapter._v_first)[first](*given)
    assert together[first] == apart[first]
    assert abs(together[1 - first] - apart[1 - first]) > 0.003


def test_step_fact():
    x, _ = four_points()
    design = np.stack([x, np.ones_like(x)], axis=1)
    H = design.T @ design / len(x)
    wall = 2 / np.linalg.eigvalsh(H)[-1]
    assert round(wall, 3) == 1.681

    def radius(rate):
        one_after_another = np.eye(2)
        for i in range(2):  # the step of one parameter, at the place the others have reached
            one_after_another = (
                np.eye(2) - rate * np.outer(np.eye(2)[i], H[i])
            ) @ one_after_another
        return max(abs(np.linalg.eigvals(one_after_another)))

    assert all(radius(rate) < 1 for rate in np.arange(0.1, 5.2, 0.1))
    assert radius(5.2101) < 1 < radius(5.2115)
    assert numbers_in(step_together.fact) == {"1", "5.211", "1.681"}


# 8.6


def test_days_of_nudging():
    assert days.reference == pytest.approx(1_000_001 * 0.01 * 1000 / (24 * 3600))
    assert days(115.7419).passed and days(115.74).passed and not days(116.5).passed
    assert "115" not in str(days(100))  # the number is still to be found
    assert repr(days.given()) == (
        "parameters: 1 000 000\n"
        "one forward pass: 10 ms; one pass back: 20 ms\n"
        "training: 1000 steps, every slope measured by nudging up\n"
        "wanted: how long that takes, in days. Answer within 0.1 %."
    )


def test_days_mistakes_are_far_apart():
    values = sorted([days.reference, *(each.answer for each in days.mistakes)])
    assert min(np.diff(np.log(values))) > 0.1


def test_days_fact_and_messages():
    seconds = 1000 * (0.01 + 0.02)
    years = (175e9 + 1) * 0.01 / (365.25 * DAY)
    assert round(seconds) == 30 and int(years) == 55
    assert numbers_in(days.fact) == {"30", "175", "−3", "55", "10"}
    assert DAY == 86_400 and "86 400" in said(days)["seconds"]
    assert "30 s" in said(days)["the chain rule"]
