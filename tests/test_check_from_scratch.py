"""Chapter 6's exercises: the numbers inside their messages are true."""

import itertools
import math
import re

import numpy as np
import pytest

from byhand import activations, losses
from byhand.check import from_scratch
from byhand.check.answer import UNANSWERED
from byhand.check.from_scratch import (
    FIVE_CLASSES,
    SAMPLE_P,
    SAMPLE_Q,
    W1,
    W2,
    X,
    Y,
    cross_entropy,
    distance,
    hellinger,
    iterate,
    one_iteration,
    perceptron_cannot,
    softmax,
    surprise,
    which_loss,
)
from byhand.check.wording import number
from byhand.gradient_check import central_difference
from byhand.network import Network
from byhand.training import train
from seeds import CHECKS, agree, given, old_draws

FUNCTIONS = (one_iteration, softmax, cross_entropy, hellinger)
each_function = pytest.mark.parametrize("exercise", FUNCTIONS, ids=lambda each: each.name)


def numbers_in(text):
    """Return the numbers written in a message, as written."""
    return set(re.findall(r"−?\d+(?:[.,]\d+)?", text))


def what(exercise, name):
    """Return what the mistake of that name is said to be."""
    return next(mistake.what for mistake in exercise.mistakes if mistake.name == name)


def sigmoid(Z):
    return 1 / (1 + np.exp(-Z))


def slope(A):
    return A * (1 - A)


def step(X, y, W1, W2, *, factor_1=2, factor_2=2):
    """Return one iteration as a reader writes it."""
    A = sigmoid(X @ W1)
    y_pred = sigmoid(A @ W2)
    blame = (y - y_pred) * slope(y_pred)
    to_hidden = blame @ W2.T * slope(A)
    return W1 + factor_1 * X.T @ to_hidden, W2 + factor_2 * A.T @ blame


def test_there_are_six_exercises():
    numbers = [each.number for each in from_scratch.EXERCISES]
    assert numbers == ["6.1", "6.2", "6.3", "6.4", "6.5", "6.6"]


@each_function
def test_inputs_are_many_and_some_are_awkward(exercise):
    cases = exercise.cases
    assert len(cases) >= 30 and sum(case.random for case in cases) >= 20 and not cases[0].random
    first = [case.arguments[0] for case in cases]
    assert any(len(array) == 1 or np.ndim(array) > 1 and array.shape[1] == 1 for array in first)
    assert any((array == 0).any() for array in first)
    assert any(np.abs(array).max() >= 200 for array in first)
    assert all(len(case.label) < 90 for case in cases)
    assert len({case.label for case in cases if not case.random}) == sum(
        not case.random for case in cases
    )


@each_function
def test_a_verdict_leaves_no_trace_in_the_inputs(exercise):
    before = [np.copy(argument) for case in exercise.cases for argument in case.arguments]
    for wrong in exercise.wrong_answers.values():
        exercise(*wrong)
    after = [argument for case in exercise.cases for argument in case.arguments]
    assert all(map(np.array_equal, before, after))


# 6.1


@given("002.first")
def test_the_iteration_is_that_of_the_chapter(check):
    draws = old_draws(1)
    np.testing.assert_array_equal(W1, draws.rand(3, 4))
    np.testing.assert_array_equal(W2, draws.rand(4, 1))
    new_1, new_2 = iterate(X, Y, W1, W2)
    agree(new_1, check["expected"]["w1_after"], check)
    agree(new_2, check["expected"]["w2_after"], check)
    np.testing.assert_allclose(step(X, Y, W1, W2)[0], new_1)


def test_iteration_is_the_slope_of_the_sum_of_squares():
    _, (inputs, y, before, out) = one_iteration.cases[1].label, one_iteration.cases[1].arguments

    def total(w):
        return np.sum((y - sigmoid(sigmoid(inputs @ w.reshape(before.shape)) @ out)) ** 2)

    measured = central_difference(total, before.ravel())
    taken = before - iterate(inputs, y, before, out)[0]
    np.testing.assert_allclose(taken.ravel(), measured, rtol=1e-6, atol=1e-9)


def test_cases_hold_every_square_that_hides_a_missing_transpose():
    shapes = [(*case.arguments[0].shape, case.arguments[2].shape[1]) for case in
              one_iteration.cases]  # fmt: skip
    assert any(m == h != n for m, n, h in shapes) and any(m == n != h for m, n, h in shapes)
    assert any(h == 1 for *_, h in shapes) and any(m == 1 for m, *_ in shapes)
    assert (len(X), W1.shape[1]) == (4, 4)  # "in the chapter both are 4"


def test_iteration_fact():
    network = Network(
        [3, 4, 1], hidden="sigmoid", output="sigmoid", bias=False, weights=[W1.copy(), W2.copy()]
    )
    history = train(network, X, Y, learning_rate=1.0, epochs=2500, loss="sum_squared_error")
    S = history.loss
    assert numbers_in(one_iteration.fact) == {
        number(S[0]), number(S[1]), "2500", "3", number(S[3]), "207", "0.5"
    }  # fmt: skip
    assert (S[:-1] - S[1:]).argmax() == 0 and S[206] >= 0.5 > S[207]
    third = history.network.with_parameters(history.network.parameters[3]).predict(X)
    assert np.abs(third - 0.5).max() < 0.01


@pytest.mark.parametrize(
    ("factors", "said"),
    [
        ((0.2, 0.2), "in every case: both are 0.1 times the right one."),
        ((4, 4), "both are 2 times the right one."),
        ((4, 2), "the step of W1 is 2 times the right one, that of W2 right."),
        ((-6, -6), "both are −3 times the right one."),
    ],
)
def test_a_factor_that_is_not_in_the_catalogue_is_named(factors, said):
    verdict = one_iteration(
        lambda X, y, W1, W2: step(X, y, W1, W2, factor_1=factors[0], factor_2=factors[1])
    )
    assert said in str(verdict) and verdict.mistake is None


def test_half_the_rate_and_no_2_look_the_same():
    assert one_iteration(lambda *given: step(*given, factor_1=1, factor_2=1)).mistake == "factor 2"


def test_gap_of_two_matrices_names_one_entry_and_what_is_right():
    first = str(one_iteration(lambda X, y, W1, W2: (W1, iterate(X, y, W1, W2)[1]))).split("\n")[0]
    assert first == (
        "At the four rows and the chapter's start: got 0.417 for W1[0, 0], expected 0.4096; "
        "W2 is right."
    )
    shape = one_iteration(lambda X, y, W1, W2: (W1.T, W2))
    assert "W1 has shape (4, 3), expected (3, 4)." in str(shape)
    printed = one_iteration(lambda *arguments: print(step(*arguments)))
    assert "got None, expected W1, W2." in str(printed)
    three = one_iteration(lambda X, y, W1, W2: (W1, W2, W2))
    assert "got a tuple of 3, expected W1, W2." in str(three)


def test_a_list_of_two_matrices_is_as_good_as_a_pair():
    assert one_iteration(lambda *arguments: list(step(*arguments))).passed
    wrong = one_iteration(lambda *arguments: list(step(*arguments, factor_1=1)))
    assert wrong.mistake == "2 missing in W1"
    stopping = one_iteration.wrong_answers["A not transposed"][0]
    assert one_iteration(lambda *given: list(stopping(*given))).mistake == "A not transposed"


def test_a_product_that_does_not_fit_is_told_in_sizes():
    def no_transpose_at_all(X, y, W1, W2):
        A = sigmoid(X @ W1)
        y_pred = sigmoid(A @ W2)
        delta_2 = -2 * (y - y_pred) * slope(y_pred)
        return W1 - X @ (delta_2 @ W2.T * slope(A)), W2 - A @ delta_2

    verdict = one_iteration(no_transpose_at_all)
    assert "a product of matrices whose inner sizes are 3 and 4." in str(verdict)
    assert str(verdict).endswith(
        "Write its shape under every array of that line. "
        "Given are X (4, 3), y (4, 1), W1 (3, 4), W2 (4, 1)."
    )


def test_dots_in_a_product_are_not_answered_yet():
    def half(X, y, W1, W2):
        A = sigmoid(X @ W1)
        delta_1 = ...
        return W1 - X.T @ delta_1, W2 - A.T @ delta_1

    assert str(one_iteration(half)) == UNANSWERED


def test_two_mistakes_of_an_iteration_at_once():
    def uphill_and_mean(X, y, W1, W2):
        new = step(X, y, W1, W2, factor_1=-2 / len(X), factor_2=-2 / len(X))
        return new

    assert one_iteration(uphill_and_mean).mistake == "mean for sum + uphill"


# 6.2


@given("004.act")
def test_softmax_numbers_of_the_chapter(check):
    expected, inputs = check["expected"], check["inputs"]
    np.testing.assert_array_equal(softmax.cases[0].arguments[0], inputs["batch"])
    agree(softmax.expected[0], expected["softmax_correct_on_batch"], check)
    np.testing.assert_array_equal(softmax.cases[1].arguments[0], [inputs["big"]])
    agree(softmax.expected[1][0], expected["softmax_stable_on_big"], check)
    whole = softmax.wrong_answers["whole batch, unsafe"][0](np.array(inputs["batch"]))
    agree(whole.sum(axis=1), expected["softmax_seed_code_on_batch_row_sums"], check)


def test_softmax_fact():
    logits = np.array([[1.0, 2.0, 3.0]])
    largest = [number(activations.softmax(factor * logits)[0, 2]) for factor in (1, 2, 0)]
    assert largest == ["0.6652", "0.8668", "0.3333"]
    assert numbers_in(softmax.fact) == {"1", "2", "3", "0", *largest}


def test_where_64_bits_end():
    with np.errstate(over="ignore", under="ignore"):
        assert np.exp(709.0) < np.inf == np.exp(710.0) and np.exp(-1000.0) == 0
    assert numbers_in(what(softmax, "overflow")) == {"1000", "64"}
    seen = softmax(lambda Z: np.where(Z > 500, np.nan, activations.softmax(Z)))
    assert "e to the power 710" in str(seen)


def exponentials(Z):
    return np.exp(Z - Z.max(axis=1, keepdims=True))


@pytest.mark.parametrize("small", [1e-9, 1e-8, 1e-6, 1e-4])
def test_any_small_number_below_the_line_is_recognised(small):
    verdict = softmax(
        lambda Z: exponentials(Z) / (exponentials(Z).sum(axis=1, keepdims=True) + small)
    )
    assert verdict.mistake == "something added below"


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda Z: exponentials(Z) / exponentials(Z).mean(axis=1, keepdims=True),
         "Row 0 of that answer sums to 3; the chances of one row sum to 1."),
        (lambda Z: Z - 1, "Row 0 of that answer sums to 3; the chances of one row sum to 1."),
        (lambda Z: Z - 2, "a logit that is used without the exponential"),
        (lambda Z: np.full(Z.shape, 1 / Z.shape[1]), "Follow one row by itself"),
        (lambda Z: np.round(activations.softmax(Z), 3), "something on the way is rounded"),
        (lambda Z: np.exp(Z - max(Z)), "Python's if, max and min ask for one yes or no"),
        (lambda Z: np.exp(Z - 700) / np.exp(Z - 700).sum(axis=1, keepdims=True), "nan or infinity"),
    ],
)  # fmt: skip
def test_unknown_tables_are_looked_at(function, said):
    verdict = softmax(function)
    assert said in str(verdict) and verdict.mistake is None


def test_an_overflow_that_stops_python_is_explained():
    def softmax_in_python(Z):
        table = [[math.exp(z) for z in row] for row in Z]
        return [[e / sum(row) for e in row] for row in table]

    assert "A number grew beyond 64 bits" in str(softmax(softmax_in_python))
    assert softmax(lambda Z: softmax_in_python(Z - Z.max(axis=1, keepdims=True))).passed


def test_long_tables_are_told_by_one_entry():
    verdict = softmax(softmax.wrong_answers["columns"][0])
    assert str(verdict).startswith(
        "At Z = [[1, 2, 3], [1, 1, 1]]: got 0.5 for P[0, 0], expected 0.09003; "
        "6 of 6 entries differ.\n"
    )


def test_the_overflow_of_an_added_maximum_comes_twice_as_early():
    wrong = softmax.wrong_answers["largest added"][0]
    with np.errstate(over="ignore", invalid="ignore"):
        assert np.isfinite(wrong(np.array([[354.0, 0.0]]))).all()
        assert np.isnan(wrong(np.array([[355.0, 0.0]]))).any()


# 6.3


@given("004.ce")
def test_surprise_numbers_of_the_chapter(check):
    np.testing.assert_array_equal(FIVE_CLASSES, check["inputs"]["p"])
    agree(cross_entropy.expected[0], check["expected"]["mean_loss"], check)
    one_by_one = cross_entropy.wrong_answers["not averaged"][0](*cross_entropy.cases[0].arguments)
    agree(one_by_one, check["expected"]["losses_-ln_p"], check)


def test_cross_entropy_fact():
    mean = surprise(*cross_entropy.cases[0].arguments)
    nothing_known = surprise(np.zeros((1, 5)), np.array([3]))
    assert numbers_in(cross_entropy.fact) == {
        number(mean), number(np.exp(mean)), "5", number(nothing_known)
    }  # fmt: skip
    assert nothing_known == pytest.approx(np.log(5))


def with_chances(change):
    def wrong(Z, classes):
        P = activations.softmax(Z)[np.arange(len(Z)), classes]
        return -np.log(change(P)).mean()

    return wrong


@pytest.mark.parametrize(
    "change",
    [
        *(lambda P, small=small: P + small for small in (1e-8, 1e-12, 1e-15, 1e-300)),
        *(lambda P, small=small: np.maximum(P, small) for small in (1e-7, 1e-300)),
        lambda P: np.clip(P, 1e-7, 1 - 1e-7),
    ],
)
def test_any_ceiling_of_the_surprise_is_recognised(change):
    assert cross_entropy(with_chances(change)).mistake == "capped"


def test_a_ceiling_over_an_unsafe_softmax_is_recognised():
    def wrong(Z, classes):
        P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
        return -np.log(P[np.arange(len(Z)), classes] + 1e-12).mean()

    assert cross_entropy(wrong).mistake == "capped"


def test_other_wrong_losses_are_not_called_capped():
    for factor in (0.5, 1.5, 0.999):
        verdict = cross_entropy(lambda *given, factor=factor: factor * surprise(*given))
        assert verdict.status == "wrong" and verdict.mistake is None


def test_most_likely_class_is_what_is_left_without_the_classes():
    wrong = cross_entropy.wrong_answers["the largest chance"][0]
    for case in cross_entropy.cases:
        Z, _ = case.arguments
        assert wrong(*case.arguments) == pytest.approx(surprise(Z, Z.argmax(axis=1)))


@pytest.mark.parametrize(
    ("own", "name"),
    [
        (lambda table, classes: table[classes], "classes as rows"),
        (lambda table, classes: table[:, classes], "every row with every class"),
        (lambda table, classes: table[classes, np.arange(len(table))], "indices swapped"),
        (lambda table, classes: table[np.arange(len(table)), classes - 1], None),
        (lambda table, classes: np.take(table, classes), "one flat index"),
    ],
)
def test_wrong_indices_in_the_starter_are_recognised(own, name):
    def wrong(Z, classes):
        shifted = Z - Z.max(axis=1, keepdims=True)
        return (np.log(np.exp(shifted).sum(axis=1)) - own(shifted, classes)).mean()

    verdict = cross_entropy(wrong)
    assert verdict.status == "wrong" and verdict.mistake == (name or "counted from 1")


# 6.4


def test_every_question_has_a_comment_on_every_wrong_letter():
    pairs = {mistake.answer for mistake in which_loss.mistakes}
    rights = dict(zip(which_loss.answers, which_loss.correct, strict=True))
    assert pairs == {
        (name, letter) for name in rights for letter in which_loss.choices
        if letter != rights[name]
    }  # fmt: skip
    assert list(which_loss.questions) == list(which_loss.answers)


def test_comments_on_losses_are_true():
    assert numbers_in(what(which_loss, "price: b")) == {"20", "40"}
    for function, times in ((losses.mean_absolute_error, 2), (losses.mean_squared_error, 4)):
        assert function(np.array([40.0]), np.zeros(1)) == times * function(
            np.array([20.0]), np.zeros(1)
        )
    assert numbers_in(what(which_loss, "delay: a")) == {"600", "40,000", "3"}
    assert 600**2 == 40_000 * 3**2
    square = losses.mean_squared_error
    assert square(np.array([1.7]), np.ones(1)) == pytest.approx(square(np.array([0.3]), np.ones(1)))
    spam = np.repeat([1.0, 0.0], [3, 7])
    answers = np.linspace(-1, 2, 301)
    absolute = [losses.mean_absolute_error(np.full(10, a), spam) for a in answers]
    surprised = [losses.binary_cross_entropy(np.full(10, a), spam) for a in answers[101:200]]
    assert answers[np.argmin(absolute)] == pytest.approx(0)
    assert answers[101:200][np.argmin(surprised)] == pytest.approx(0.3)
    assert activations.softmax(np.array([[-7.0]])) == 1
    order = CHECKS["004.ce"]["inputs"]["order"]
    assert order.index("Cow") * 2 == order.index("Cat") + order.index("Hen")


def test_which_loss_fact():
    z, y = np.array([[-3.0], [0.5], [2.0]]), np.array([[1.0], [0.0], [1.0]])
    both = np.hstack([z, 0 * z])
    np.testing.assert_allclose(activations.softmax(both)[:, :1], activations.sigmoid(z))
    assert losses.categorical_cross_entropy_from_logits(
        both, np.hstack([y, 1 - y])
    ) == pytest.approx(losses.binary_cross_entropy_from_logits(z, y))


def test_letters_are_read_and_counted():
    assert which_loss("(A)", "b.", " c", "D", "c").passed
    assert which_loss(price="a", delay="b", spam="c", animal="d", animals="c").passed
    several = which_loss("a", "b", "d", "c", "d")
    assert str(several).startswith("2 of 5 match; the first that does not: spam, d.\n")
    assert several.mistake == "spam: d"
    assert str(which_loss("b", "b", "c", "d", "c")).startswith("4 of 5 match; the other: price, b.")
    assert "Got the text 'mse' for price" in str(which_loss("mse", "b", "c", "d", "c"))


@pytest.mark.parametrize("exercise", [which_loss, perceptron_cannot], ids=lambda each: each.name)
def test_options_fit_the_page_and_hold_everything(exercise):
    options = repr(exercise.options())
    assert max(map(len, options.split("\n"))) <= 66
    told = " ".join(options.split())
    assert told.startswith(exercise.question)
    for text in (*exercise.choices.values(), *getattr(exercise, "questions", {}).values()):
        assert text in told


# 6.5


def tables(n_inputs):
    """Return every truth table of n inputs that a perceptron with small weights gives."""
    rows = np.array(list(itertools.product([0, 1], repeat=n_inputs)))
    weights = np.array(list(itertools.product(range(-2, 3), repeat=n_inputs)))
    biases = np.arange(-6.5, 7)
    outputs = (rows @ weights.T)[:, :, None] + biases > 0
    return {tuple(table) for table in outputs.reshape(len(rows), -1).T.tolist()}


def test_perceptron_fact():
    assert [len(tables(n)) for n in (1, 2, 3)] == [4, 14, 104]  # of 4, 16 and 256
    assert numbers_in(perceptron_cannot.fact) == {"00", "11", "16", "14", "256", "104"}
    assert (False, True, True, False) not in tables(2) and (0, 0, 0, 1) in tables(2)


def test_lines_of_the_proof_in_numbers():
    w1, w2, b = 1, 1, -1.5
    holds = {
        "a": b <= 0,
        "b": w2 + b <= 0 and w1 + b <= 0 and w1 + w2 + 2 * b <= 0,
        "c": w1 + w2 + b > 0,
        "d": w1 + w2 + 2 * b > 0,
    }
    assert [letter for letter, true in holds.items() if not true] == [perceptron_cannot.correct]
    assert numbers_in(what(perceptron_cannot, "b")) == {"−0.5", "0", "−1"}
    assert (w2 + b, w1 + w2 + 2 * b, w1 + w2 + b) == (-0.5, -1, 0.5)


# 6.6


@given("002.cost")
def test_hellinger_numbers_of_the_chapter(check):
    inputs, expected = check["inputs"], check["expected"]
    np.testing.assert_array_equal(SAMPLE_P, inputs["Y_true"])
    np.testing.assert_array_equal(SAMPLE_Q, inputs["Y_pred"])
    right = expected["hellinger_correct_sqrt(sum (sqrt a - sqrt b)^2)/sqrt2"]
    agree(hellinger.expected[0], right, check)
    names = {"np": np}
    exec(hellinger.broken, names)
    agree(names["hellinger"](SAMPLE_P, SAMPLE_Q), expected["hellinger_as_in_repo"], check)
    assert hellinger(names["hellinger"]).mistake == "as printed"
    assert repr(hellinger.given()) == hellinger.broken.rstrip()


def test_hellinger_fact():
    p, q = np.array([0.9, 0.1]), np.array([0.1, 0.9])
    printed = hellinger.wrong_answers["as printed"][0]
    assert printed(p, q) == pytest.approx(0) and number(distance(p, q)) == "0.6325"
    assert numbers_in(hellinger.fact) == {"0.9", "0.1", "0", "0.6325", "1"}
    assert distance(np.array([0.2, 0.8, 0, 0]), np.array([0, 0, 0.7, 0.3])) == pytest.approx(1)
    np.testing.assert_array_equal(hellinger.cases[1].arguments, (p, q))


def test_hellinger_messages_are_true():
    no_root = hellinger.wrong_answers["no √2"][0]
    assert no_root(np.array([1.0, 0]), np.array([0, 1.0])) == pytest.approx(1.414, abs=1e-3)
    overlap = hellinger.wrong_answers["overlap"][0]
    same = np.array([0.25, 0.75])
    assert overlap(same, same) == pytest.approx(1) and distance(same, same) == 0
    only = hellinger.wrong_answers["for distributions only"][0]
    for p, q in np.random.default_rng(0).dirichlet(np.ones(4), size=(9, 2)):
        assert only(p, q) == pytest.approx(distance(p, q))


def test_the_root_may_be_taken_anywhere_it_is_the_same():
    assert hellinger(lambda p, q: np.sqrt(np.sum((np.sqrt(p) - np.sqrt(q)) ** 2) / 2)).passed
    assert hellinger(lambda p, q: np.linalg.norm(np.sqrt(p) - np.sqrt(q)) / np.sqrt(2)).passed
    bare = hellinger(lambda p, q: np.sum((np.sqrt(p) - np.sqrt(q)) ** 2))
    assert bare.mistake == "no outer root + no √2"
