"""Chapter 1's exercises: the numbers inside their messages are true."""

import re

import numpy as np
import pytest

from byhand import check
from byhand.check import one_node
from byhand.check.one_node import B, W, X, Y, descend, loss, node, rates, run, slopes
from byhand.check.wording import number

DESIGN = np.stack([X, np.ones_like(X)], axis=1)
CURVATURES = np.linalg.eigvalsh(DESIGN.T @ DESIGN / len(X))
WALL = 2 / CURVATURES[1]
RATES = (0.01, 0.1, 0.5, 1.0, 1.3, 1.4, 1.403, 1.404, 1.5, 1.574, 1.576, 1.58, 1.6, 1.65, 1.68)


def numbers_in(text):
    """Return the numbers written in a message, as written."""
    return set(re.findall(r"−?\d+(?:\.\d+)?", text))


def test_there_are_six_exercises():
    numbers = [each.number for each in one_node.EXERCISES]
    assert numbers == ["1.1", "1.2", "1.3", "1.4", "1.5", "1.6"]


def test_references_are_the_chapters_numbers():
    np.testing.assert_allclose(node(W, B, X), [0.05, 0.15, 0.3, 0.35])
    np.testing.assert_allclose(slopes(W, B, X, Y), (-0.0875, -0.175))
    np.testing.assert_allclose(descend(W, B, X, Y, 1.0, 1), (0.5875, 0.175))
    assert loss(W, B, X, Y) == pytest.approx(0.020625)
    assert loss(0.5875, 0.175, X, Y) == pytest.approx(0.0050732421875)


@pytest.mark.parametrize("exercise", one_node.EXERCISES[1:4], ids=lambda each: each.name)
def test_inputs_are_many_and_some_are_awkward(exercise):
    cases = exercise.cases
    xs = [case.arguments[2] for case in cases]
    assert sum(case.random for case in cases) == 50 and not cases[0].random
    assert {len(x) for x in xs} >= {1, 2, 3, 4, 9}
    assert any((x == 0).all() for x in xs) and any(abs(x).max() >= 1000 for x in xs)
    assert all(len(case.label) < 90 for case in cases)


def test_every_argument_matters_in_the_loop_cases():
    assert {case.arguments[5] for case in one_node.LOOP_CASES} >= {1, 2, 3, 4, 5, 6}
    assert len({case.arguments[4] for case in one_node.LOOP_CASES}) > 20


# 1.1


def test_pencil_numbers():
    x, y, w, b = one_node.PENCIL_X, one_node.PENCIL_Y, one_node.PENCIL_W, one_node.PENCIL_B
    assert slopes(w, b, x, y) == (-0.5, -1.5)
    assert descend(w, b, x, y, one_node.PENCIL_RATE, 1) == (1.5, 2.5)
    before, after = loss(w, b, x, y), loss(1.5, 2.5, x, y)
    assert (before, after) == (1.25, 0.4375) and after == one_node.loss_after_one_step.reference
    assert numbers_in(one_node.loss_after_one_step.fact) >= {"0.5", "1.5", "2.5", "1.25", "0.8125"}
    assert before - after == 0.8125 and 0.5**2 + 1.5**2 == 2.5 > before
    assert repr(one_node.loss_after_one_step.given()) == (
        "x = −1, 0, 1, 2\ny = 2, 2, 4, 4\nw = 1, b = 1, learning rate 1\nAnswer within 0.1 %."
    )


def test_pencil_tolerance_is_the_one_that_is_stated():
    answer = one_node.loss_after_one_step
    assert answer(0.4375 * 1.0009).passed and answer(np.array([0.4375])).passed
    assert "rounding" in str(answer(0.4375 * 1.002))
    assert "table" in str(answer(0.33)) and "rounding" not in str(answer(0.33))
    assert "0.4375" not in str(answer(0.33))  # the number is still to be found


def test_pencil_mistakes_are_far_apart():
    values = sorted([0.4375] + [each.answer for each in one_node.loss_after_one_step.mistakes])
    assert min(np.diff(values)) > 0.02


# 1.2 to 1.4: facts


def test_forward_fact():
    assert numbers_in(one_node.forward.fact) == {"0.2125", "0.425"}
    assert np.mean(X) == pytest.approx(0.425)
    assert np.mean(node(W, B, X)) == pytest.approx(node(W, B, np.array([0.425]))[0]) == 0.2125
    assert np.mean(X**2) != pytest.approx(np.mean(X) ** 2)


def test_gradient_fact():
    w, b = np.linalg.lstsq(DESIGN, Y, rcond=None)[0]
    floor = number(loss(w, b, X, Y))
    assert numbers_in(one_node.gradient.fact) == {number(w), number(b), "0", floor}
    np.testing.assert_allclose(slopes(w, b, X, Y), 0, atol=1e-15)
    assert "loss" not in one_node.gradient.solution
    always = one_node.gradient.mistakes[-1]
    assert always.name == "the chapter's numbers"
    assert numbers_in(always.what) == {number(slope) for slope in slopes(W, B, X, Y)}


def test_loop_fact():
    slow, fast = 1 - CURVATURES
    assert numbers_in(one_node.training_loop.fact) == {"1", "15", number(slow), number(fast)}
    assert slow**15 < 0.5 < slow**14 and abs(fast) == pytest.approx(1 / 5, abs=0.02)


# 1.5


def test_no_rate_reaches_a_lower_threshold_that_is_as_short():
    """The floor is 0.003798; the best rate stands at 0.003806 after 30 epochs, above 0.0038."""
    best = min((run(rate).reached, rate) for rate in np.arange(1.535, 1.547, 0.001).tolist())
    assert 0.0038 < best[0] < one_node.LOSS_BELOW and number(best[1]) == "1.541"
    assert numbers_in(rates.fact) == {number(WALL), "2", "1.19", "30", "1.541"}
    assert number(CURVATURES[1], 3) == "1.19"


def test_which_rates_are_good():
    assert [rate for rate in RATES if run(rate).good] == [1.404, 1.5, 1.574]


def test_every_rate_gets_the_diagnosis_it_deserves():
    for rate in RATES:
        too_slow = "good one creeps" if rate < 1.5 else "good one rings"
        assert rates(rate, 2.0).mistake == (None if 1.4035 < rate < 1.5745 else too_slow), rate
    for rate in (WALL + 1e-3, 1.7, 3.0, 1e3, 1e10, 1e300):
        assert run(rate).diverges and rates(1.5, rate).passed, rate
        assert rates(rate, 1.0).mistake == "good one diverges"
        assert rates(rate, 1.5).mistake == "swapped"
    for rate in (WALL - 1e-3, 1.5, 1.0, 1e-3, 1e-300):
        assert not run(rate).diverges and not rates(1.5, rate).passed, rate


def test_rates_messages_tell_the_threshold_from_what_was_reached():
    assert "0.0038101 after 30 epochs; asked for is less than 0.00381." in str(rates(1.4, 2))
    assert "too large for 64 bits after 30" in str(rates(1e30, 1))
    assert f"stays at {number(loss(W, B, X, Y))}" in str(rates(0, 2))
    assert "a loss below 0.00381 after 30 epochs." in repr(rates.given())
    assert rates(good=1.5, diverging=2).passed and rates(1.5, diverging=2).passed


# 1.6


def test_choice_comments():
    wrong_a, wrong_b, wrong_d = (mistake.what for mistake in one_node.why_no_x.mistakes)
    assert numbers_in(wrong_a) == {"0.5", "0", number(slopes(W, B, X, Y)[1]), "0.0375"}
    assert slopes(W, B, 2 * X, Y)[1] == pytest.approx(0.0375)
    one_point = slopes(W, B, X[2:3], Y[2:3])
    assert numbers_in(wrong_b) == {number(v) for v in (X[2], Y[2], *one_point)}
    w, b = descend(W, B, X, Y, 1.0, 1)
    assert numbers_in(wrong_d) == {number(b), "0", number(slopes(w, b, X, Y)[1])}
    ones = np.mean((node(W, B, X) - Y) * np.ones_like(X))
    assert ones == pytest.approx(slopes(W, B, X, Y)[1])


def test_choice_reads_a_letter_and_shows_its_options():
    choice = one_node.why_no_x
    for letter in ("c", "C", " c ", "(c)", "c)", "c."):
        assert choice(letter).passed
    assert "expected one letter" in str(choice("e"))
    options = repr(choice.options())
    assert max(map(len, options.split("\n"))) <= 66  # a page shows no more
    told = " ".join(options.split())
    assert told.startswith(choice.question)
    places = [told.index(f" {letter} {text}") for letter, text in choice.choices.items()]
    assert places == sorted(places) and list(choice.choices) == list("abcd")
    assert set(choice.choices) == {choice.correct} | set(choice.wrong_answers)


def test_messages_of_the_sample_section():
    def summed(w, b, x, y):
        error = w * x + b - y
        return (error * x).sum(), error.sum()

    assert str(check.one_node.gradient(summed)) == (
        "At w 0.5, b 0 on the four points: got (−0.35, −0.7), expected (−0.0875, −0.175).\n"
        "Both slopes are n times too large, 4 times for 4 points, 9 for 9: "
        "a sum where the loss takes a mean.\n"
        "Divide by the number of points."
    )
