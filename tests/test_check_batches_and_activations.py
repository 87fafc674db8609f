"""Chapter 4's exercises: what their messages say is true, and right answers of any kind pass."""

import re
import sys
from itertools import combinations, pairwise, permutations

import numpy as np
import pytest

from byhand import check
from byhand.activations import gaussian, gaussian_derivative, sigmoid, tanh_derivative
from byhand.check import batches_and_activations as chapter
from byhand.check.batches_and_activations import B, W, X, Y, gradients, neuron_gradients, slopes
from byhand.check.wording import number
from byhand.gradient_check import central_difference

ROOT = np.random.default_rng


def numbers_in(text):
    """Return the numbers written in a message, as written."""
    return set(re.findall(r"−?\d+(?:\.\d+)?(?:e−?\d+)?", text))


def test_there_are_six_exercises():
    numbers = [each.number for each in chapter.EXERCISES]
    assert numbers == ["4.1", "4.2", "4.3", "4.4", "4.5", "4.6"]
    assert check.batches_and_activations is chapter


def test_references_are_the_chapters_numbers():
    dw, db = slopes(X, Y, W, B)
    np.testing.assert_allclose(dw, [-0.8 / 3, 0.2 / 3, 1 / 3])
    assert db == pytest.approx(0.1) and chapter.loss(X, Y, W, B) == pytest.approx(0.19166666667)
    np.testing.assert_allclose(
        chapter.neuron(X, W, B).forward(X)[:, 0], [0.7, -0.1, 0.5, 0.4, 1, 0.8]
    )
    singles = [slopes(X[row : row + 1], Y[row : row + 1], W, B)[0] for row in range(6)]
    np.testing.assert_allclose(np.mean(singles, axis=0), dw)
    np.testing.assert_allclose(chapter.by_row(X, Y, W, B)[0], dw)
    np.testing.assert_allclose(chapter.by_feature(X, Y, W, B)[0], dw)


@pytest.mark.parametrize("activation", ["identity", "sigmoid"])
def test_references_are_slopes_of_the_loss(activation):
    for case in chapter.CASES[:6] + chapter.CASES[-6:]:
        X, y, w, b = case.arguments
        dw, db = slopes(X, y, w, b, activation)
        both = central_difference(
            lambda p, X=X, y=y: chapter.loss(X, y, p[:-1], p[-1], activation), np.append(w, b)
        )
        np.testing.assert_allclose(both, np.append(dw, db), rtol=1e-6, atol=1e-8)


def test_inputs_are_many_and_some_are_awkward():
    shapes = {case.arguments[0].shape for case in chapter.CASES}
    assert sum(case.random for case in chapter.CASES) == 50 and not chapter.CASES[0].random
    assert any(m == 1 for m, _ in shapes) and any(n == 1 for _, n in shapes)
    assert any(m < n for m, n in shapes) and any(m == n > 1 for m, n in shapes)
    tables = [case.arguments[0] for case in chapter.CASES]
    assert any((X == 0).all() for X in tables) and any(abs(X).max() >= 1000 for X in tables)
    outputs = [case.arguments[0] for case in chapter.tanh_slope.cases]
    assert {np.ndim(a) for a in outputs} == {0, 1, 2} and all(
        np.max(np.abs(a)) <= 1 for a in outputs
    )
    sizes = [case.arguments[:2] for case in chapter.batches.cases]
    assert any(n % size for n, size in sizes) and any(n < size for n, size in sizes)
    assert sizes[chapter.MANY] == (12, 4)
    for exercise in chapter.EXERCISES:
        assert all(len(case.label) < 90 for case in getattr(exercise, "cases", ()))


# 4.1 and 4.6: functions of arrays


def error_of(X, y, w, b):
    return y - (X @ w + b)


@pytest.mark.parametrize(
    "right",
    [
        lambda *given: list(slopes(*given)),
        lambda X, y, w, b: (
            -2 / len(y) * np.einsum("mn,m->n", X, error_of(X, y, w, b)),
            np.array([2 * np.mean(X @ w + b - y)]),
        ),
        lambda X, y, w, b: (
            -2 * np.mean(X * error_of(X, y, w, b)[:, None], axis=0),
            -2 * np.average(error_of(X, y, w, b)),
        ),
        lambda X, y, w, b: (
            -2 / len(X) * np.dot(error_of(X, y, w, b), X),
            sum(-2 / len(X) * error_of(X, y, w, b)),
        ),
    ],
)  # fmt: skip
def test_any_way_without_a_loop_is_right(right):
    assert gradients(right).passed


@pytest.mark.parametrize(
    "visiting",
    [
        chapter.by_row,
        lambda X, y, w, b: (
            np.mean([-2 * (t - row @ w - b) * row for row, t in zip(X, y, strict=True)], axis=0),
            -2 * np.mean(error_of(X, y, w, b)),
        ),
        lambda X, y, w, b: (
            -2 / len(X) * X.T @ np.vectorize(lambda t, a: t - a)(y, X @ w + b),
            -2 * np.mean(error_of(X, y, w, b)),
        ),
    ],
)
def test_a_loop_over_the_rows_is_noticed(visiting):
    before = sys.gettrace()
    verdict = gradients(visiting)
    assert verdict.mistake == "a loop over the rows" and "numbers are right" in str(verdict)
    assert sys.gettrace() is before
    assert neuron_gradients(visiting).mistake == "no sigmoid"


def test_steps_do_not_grow_without_a_loop():
    exec(gradients.solution.split("check.")[0], names := {})
    few, many = (chapter.steps_of(names["gradients"], chapter._sized(m, 3)) for m in (5, 45))
    assert few == many > 10
    few, many = (chapter.steps_of(chapter.by_row, chapter._sized(m, 3)) for m in (5, 45))
    assert many > 5 * few
    few, many = (chapter.steps_of(chapter.by_feature, chapter._sized(5, n)) for n in (3, 43))
    assert many > 5 * few


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        (lambda X, error: np.dot(X, error), "X not transposed"),
        (lambda X, error: X @ error, "X not transposed"),
        (lambda X, error: (error * X).sum(axis=0), "error times X"),
    ],
)
def test_a_product_that_stops_is_named(wrong, name):
    def answer(X, y, w, b):
        error = error_of(X, y, w, b)
        return -2 / len(X) * wrong(X, error), -2 * error.mean()

    verdict = gradients(answer)
    assert verdict.mistake == name and "the function stopped with ValueError" in str(verdict)


@pytest.mark.parametrize("product", [lambda X, w: w @ X, lambda X, w: np.dot(X.T, w)])
def test_weights_that_meet_rows_are_named(product):
    def answer(X, y, w, b):
        error = y - (product(X, w) + b)
        return -2 / len(X) * X.T @ error, -2 * error.mean()

    assert gradients(answer).mistake == "weights meet rows"


def test_an_unknown_product_that_stops_gets_the_shapes():
    def answer(X, y, w, b):
        return X.T @ y.reshape(6, 1) @ w.reshape(2, 2), b

    verdict = gradients(answer)
    assert verdict.mistake is None and "ValueError: cannot reshape" in str(verdict)
    assert str(verdict).endswith("Given are X (6, 3), y (6,), w (3,).")
    assert "line 2 of answer" in str(verdict)


def test_other_exceptions_are_not_taken_for_a_product():
    verdict = gradients(lambda X, y, w, b: undefined)  # noqa: F821
    assert verdict.mistake is None and "NameError" in str(verdict)
    verdict = check.batches_and_activations.tanh_slope(lambda a: 1 - a(a))
    assert verdict.mistake is None and "not callable" in str(verdict)
    assert chapter.tanh_slope(lambda a: 1 - a ^ 2).mistake == "hat for power"


def test_gradients_fact():
    twice = slopes(np.vstack([X, X]), np.append(Y, Y), W, B)
    np.testing.assert_allclose(twice[0], slopes(X, Y, W, B)[0], rtol=1e-14)
    assert twice[1] == pytest.approx(slopes(X, Y, W, B)[1])
    features = next(each for each in gradients.mistakes if each.name == "divided by features")
    assert "3 for 6" in features.what and X.shape == (6, 3)


def test_neuron_gradients_fact():
    w, b = np.zeros(3), -20.0
    dw, db = chapter.sigmoid_slopes(X, Y, w, b)
    assert {number(a, 1) for a in sigmoid(X @ w + b)} == {"2e−9"}
    assert chapter.loss(X, Y, w, b, "sigmoid") == pytest.approx(0.5) and Y.mean() == 0.5
    assert number(max(abs(np.append(dw, db))), 1) == "2e−9"
    assert numbers_in(neuron_gradients.fact) == {"1", "0", "−20", "2e−9", "0.5"}


def test_an_exponential_that_overflows_is_named():
    def slope_with_exponentials(X, y, w, b):
        z = X @ w + b
        slope = np.exp(-z) / (1 + np.exp(-z)) ** 2
        dz = -2 / len(X) * (y - sigmoid(z)) * slope
        return X.T @ dz, dz.sum()

    assert neuron_gradients(slope_with_exponentials).mistake == "exponent too large"

    def one_over(X, y, w, b):
        a = 1 / (1 + np.exp(-(X @ w + b)))
        jacobian = np.diag(a * (1 - a))
        dz = -2 / len(X) * (y - a) @ jacobian
        return dz @ X, dz @ np.ones(len(X))

    assert neuron_gradients(one_over).passed


# 4.2


def cut(order, size):
    return [order[start : start + size] for start in range(0, len(order), size)]


def one_swap(n, size, rng):
    order = np.arange(n)
    one, other = rng.integers(n, size=2)
    order[[one, other]] = order[[other, one]]
    return cut(order, size)


def shuffled_batches(n, size, rng):
    found = cut(np.arange(n), size)
    rng.shuffle(found)
    return found


def generated(n, size, rng):
    yield from cut(rng.permutation(n), size)


def shuffled_in_place(n, size, rng):
    order = np.arange(n)
    rng.shuffle(order)
    return cut(order, size)


@pytest.mark.parametrize(
    "right",
    [
        chapter.library_batches,
        generated,
        shuffled_in_place,
        lambda n, size, rng: cut(rng.random(n).argsort(), size),
        lambda n, size, rng: cut(rng.choice(n, n, replace=False).tolist(), size),
        lambda n, size, rng: tuple(np.sort(rows) for rows in cut(rng.permutation(n), size)),
        lambda n, size, rng: np.array_split(rng.permutation(n), range(size, n, size)),
        lambda n, size, rng: cut(sorted(range(n), key=lambda row: rng.random()), size),
    ],
)
def test_every_fair_way_to_cut_is_right(right):
    verdict = chapter.batches(right)
    assert verdict.passed and verdict.text.endswith(chapter.batches.fact)


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        (lambda n, size, rng: cut(rng.permutation(n), size)[: n // size], "short batch dropped"),
        (lambda n, size, rng: [rng.choice(n, size) for _ in range(0, n, size)],
         "drawn with replacement"),
        (lambda n, size, rng: [rng.choice(n, size, replace=False) for _ in range(0, n, size)],
         "drawn anew"),
        (lambda n, size, rng: cut(rng.integers(0, n, n), size), "drawn with replacement"),
        (lambda n, size, rng: chapter._cut_at(range(n // size), rng.permutation(n), size),
         "windows overlap"),
        (lambda n, size, rng: chapter._cut_at(range(1, n, size), rng.permutation(n), size),
         "rows left out"),
        (lambda n, size, rng: chapter._cut_at(range(0, n - 1, size), rng.permutation(n), size),
         "last batch missing"),
        (lambda n, size, rng: np.array_split(rng.permutation(n), n // size), "other sizes"),
        (lambda n, size, rng: np.split(rng.permutation(n), n // size), "equal pieces only"),
        (lambda n, size, rng: [], "rows left out"),
        (lambda n, size, rng: cut(np.arange(n)[::-1], size), "same company"),
        (shuffled_batches, "same company"),
        (one_swap, "rows favoured"),
        (lambda n, size, rng: cut(np.append(0, 1 + rng.permutation(n - 1)), size), "rows favoured"),
        (lambda n, size, rng: cut(np.roll(np.arange(n), rng.integers(n)), size), "rows favoured"),
        (lambda n, size, rng: cut(np.random.default_rng().permutation(n), size),
         "another source of chance"),
        (lambda n, size, rng: [np.ones((size, 3))] * (n // size), "not row numbers"),
        (lambda n, size, rng: rng.permutation(n)[:, None], "other sizes"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_batches_is_named(wrong, name):
    assert chapter.batches(wrong).mistake == name


def test_a_typo_where_rows_are_left_over_is_not_taken_for_equal_pieces():
    def typo(n, size, rng):
        order = rng.permutation(n)
        return cut(order, size) if n % size == 0 else cut(ordr, size)  # noqa: F821

    verdict = chapter.batches(typo)
    assert verdict.mistake is None and "line 3 of typo" in str(verdict)


def test_a_function_that_is_used_up_is_noticed():
    calls = []

    def used_up(n, size, rng):
        calls.append(n)
        return cut(rng.permutation(n), size) if len(calls) < 40 else cut(np.zeros(n, int), size)

    assert "a later one was not" in str(chapter.batches(used_up))

    def stops_later(n, size, rng):
        calls.append(n)
        if len(calls) > 450:
            raise RuntimeError("worn out")
        return cut(rng.permutation(n), size)

    calls.clear()
    assert "RuntimeError: worn out" in str(chapter.batches(stops_later))


def test_a_generator_with_dots_or_an_error_in_it():
    def dots(n_samples, batch_size, rng):
        order = ...
        for start in range(0, n_samples, batch_size):
            yield order[start : start + batch_size]

    def misspelt(n_samples, batch_size, rng):
        yield ordr[:batch_size]  # noqa: F821

    assert chapter.batches(dots).status == "unanswered"
    assert "line 2 of misspelt" in str(chapter.batches(misspelt))


def test_the_law_holds_for_the_library_and_for_nothing_less():
    for n in range(1, 9):
        for size in range(1, 10):
            found = chapter.library_batches(n, size, ROOT(n))
            assert chapter.flaw(found, n, size) is None
            assert chapter.flaw(found[:-1], n, size)
            assert chapter.flaw([*found, found[0]], n, size)
            assert chapter.flaw([*found[:-1], found[-1][:-1]], n, size)


def test_a_fair_shuffle_is_not_called_uneven():
    for seed in range(30):
        for n, size in ((4, 2), (5, 4)):
            rng = ROOT(seed)
            drawn = [cut(rng.permutation(n), size) for _ in range(chapter.EPOCHS_DRAWN)]
            assert chapter.unevenness(drawn, n)[0] < chapter.UNEVEN / 2


def test_batches_fact():
    pairings = {frozenset(map(frozenset, cut(order, 2))) for order in permutations(range(6))}
    together = sum(frozenset((0, 1)) in pairing for pairing in pairings)
    assert (len(pairings), len(pairings) / together, 6 * 5 / 2) == (15, 5, 15)
    assert (
        numbers_in(chapter.batches.fact) == {"15"}
        and "one epoch out of five" in chapter.batches.fact
    )


# 4.3


def test_mean_of_batches_numbers():
    samples = chapter.SAMPLES
    assert chapter.mean_of_batches.reference == 9.5 and samples.mean() == 5
    assert repr(chapter.mean_of_batches.given()) == (
        "slopes of the single samples: 3, −1, 5, 1, 17\n"
        "batch size 4, in this order: four samples, then one\nAnswer within 0.1 %."
    )
    lone = [(np.delete(samples, row).mean() + samples[row]) / 2 for row in range(5)]
    assert np.mean(lone) == pytest.approx(5) and lone[-1] == 9.5
    assert (1 / 2) / (1 / 2 / 4) == 4  # the share of the lone sample, and that of another
    assert numbers_in(chapter.mean_of_batches.fact) == {"5"}


@pytest.mark.parametrize(
    "exercise", [chapter.mean_of_batches, chapter.saturated], ids=lambda e: e.name
)
def test_pencil_mistakes_are_told_apart(exercise):
    values = [exercise.reference] + [each.answer for each in exercise.mistakes]
    for one, other in combinations(values, 2):
        assert abs(one - other) > 1.5 * exercise.tolerance * max(abs(one), abs(other)), (one, other)
    assert exercise(exercise.reference * (1 + 0.9 * exercise.tolerance)).passed


# 4.4


@pytest.mark.parametrize(
    "right",
    [
        lambda a: (1 - a) * (1 + a),
        lambda a: 1 - np.tanh(np.arctanh(a)) ** 2,
        lambda a: 1.0 - np.square(a),
    ],
)
def test_any_formula_of_the_slope_is_right(right):
    assert chapter.tanh_slope(right).passed


def test_tanh_slope_reference_and_fact():
    z = np.array([0.3, -1.2, 2.0])
    np.testing.assert_allclose(chapter.tanh_slope_from_output(np.tanh(z)), tanh_derivative(z))
    np.testing.assert_allclose(
        chapter.tanh_slope.expected[0], [0.915137, 0.305020, 0.070651], atol=5e-7
    )
    ends = np.array([1.0, -1.0])
    values, steep = gaussian(ends), gaussian_derivative(ends)
    said = {number(v) for v in (*ends, *values, *steep)}
    assert numbers_in(chapter.tanh_slope.fact) == said
    assert len({number(v) for v in values}) == 1 and len(said) == 5


def test_what_is_said_of_wrong_slopes():
    said = {each.name: each for each in chapter.tanh_slope.mistakes}
    for name, at, value in (
        ("square missing", -1, 2),
        ("bracket squared", -1, 4),
        ("the sigmoid's slope", 0, 0),
    ):
        assert said[name].answer(at) == value
        assert f"a = {number(at)}" in said[name].what and str(value) in said[name].what
    inside = np.linspace(-0.99, 0.99, 20)
    assert (said["size in place of square"].answer(inside) < 1 - inside**2).all()
    np.testing.assert_allclose(1 / np.cosh(inside) ** 2, said["tanh once more"].answer(inside))


# 4.5


def test_saturated_numbers():
    z = 2 * 3 - 1
    a = 1 / (1 + np.exp(-z))
    assert chapter.saturated.reference == pytest.approx(2 * a * a * (1 - a) * 3)
    slope = central_difference(lambda w: sigmoid(3 * w[0] - 1) ** 2, np.array([2.0]))
    assert chapter.saturated.reference == pytest.approx(slope[0], rel=1e-6)
    assert number(1 - a) == "0.006693" and number(a) == "0.9933"
    assert all("0.006693" in str(chapter.saturated(rounded)) for rounded in
               (6 * short**2 * (1 - short) for short in (0.99, 0.993)))  # fmt: skip
    assert repr(chapter.saturated.given()) == (
        "x = 3, y = 0\nw = 2, b = −1, sigmoid, loss (y − a)²\nAnswer within 0.2 %."
    )


def test_saturated_fact():
    slopes = [chapter.one_sample(0.0, z)[0] for z in (5.0, 6.0, 7.0, 8.0, 40.0)]
    assert slopes[0] == pytest.approx(chapter.saturated.reference)  # z = 5, however it is made
    ratios = [number(one / other, 2) for one, other in pairwise(slopes[:4])]
    assert ratios == ["2.7"] * 3 and slopes[-1] == 0
    assert sigmoid(np.array(40.0)) == 1 / (1 + np.exp(-40.0)) == 1
    assert numbers_in(chapter.saturated.fact) == {"1", "2.7", "40", "64", "0"}
