"""Chapter 3, vector calculus: its six exercises, their known mistakes and every message.

Each exercise stands below its reference and its mistakes.  The messages are the plain strings: edit
them here and nowhere else.  Numbers inside them are held true by
``tests/test_check_vector_calculus.py``.
"""

import re
import tracemalloc
from dataclasses import dataclass

import numpy as np

from byhand.activations import activation_named, sigmoid, softmax, softmax_derivative
from byhand.check import calling
from byhand.check.answer import Answer, Text, right, wrong
from byhand.check.exercise import (
    Case,
    Exercise,
    FunctionExercise,
    Mistake,
    same,
    size,
)
from byhand.check.wording import counted, kind, number, numbers
from byhand.datasets import six_rows
from byhand.gradient_check import central_difference
from byhand.losses import mean_squared_error, mean_squared_error_gradient
from byhand.network import Network

CHAPTER = "vector_calculus"


# 3.1  Order: matrices as dominoes


SHAPES = {"A": (4, 3), "B": (2, 4), "C": (3, 1), "D": (1, 2)}  # letter -> (rows, columns)
WANTED = (1, 1)


def clashes(order):
    """Return the neighbours that do not fit, each with its two ends: ``[("AB", 3, 2), ...]``."""
    ends = [
        (left + after, SHAPES[left][1], SHAPES[after][0])
        for left, after in zip(order, order[1:], strict=False)
    ]
    return [(two, columns, rows) for two, columns, rows in ends if columns != rows]


def shape_of(order):
    """Return (rows, columns) of the product, if there is one."""
    return SHAPES[order[0]][0], SHAPES[order[-1]][1]


def _spaced(order):
    return " ".join(order)


def _listed(texts):
    *first, last = texts
    return f"{', '.join(first)} and {last}" if first else last


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class OrderExercise(Exercise):
    """The reader lays matrices in a line so that their product exists and has the shape wanted.

    Attributes
    ----------
    mistakes : tuple of Mistake
        Each with an order for an example; ``what`` and ``step`` are filled with what is to be said
        about the order at hand: ``{order}``, ``{clashes}``, ``{pair}``, ``{shape}``, ``{letters}``.
    """

    answers: tuple = ("order",)
    mistakes: tuple

    def given(self):
        """Return the matrices and what is wanted of their product."""
        lines = [f"{letter}  {_size(shape)}" for letter, shape in SHAPES.items()]
        return Text(
            "\n".join(lines) + "\nRows × columns. Each is used once; the product has to be "
            f"{_size(WANTED)}."
        )

    @property
    def wrong_answers(self):
        """An example for every mistake, by name."""
        return {mistake.name: (mistake.answer,) for mistake in self.mistakes}

    def judge(self, order) -> Answer:
        """Return the verdict: letters first, then ends that meet, then the shape."""
        letters = _letters(order)
        if not letters or set(letters) - set(SHAPES):
            return wrong(
                f"Got {kind(order)}, expected the letters {', '.join(SHAPES)} in some order.",
                "Write them from left to right in one pair of quotation marks.",
            )
        twice = [letter for letter in SHAPES if letters.count(letter) > 1]
        missing = [letter for letter in SHAPES if letter not in letters]
        if twice:
            return self._say("one twice", letters, letters=_listed(twice))
        if missing:
            return self._say("one missing", letters, letters=_listed(missing))
        clashing = clashes(letters)
        if not clashing:
            if shape_of(letters) != WANTED:
                return self._say("another shape", letters)
            return right(f"Right: {_spaced(letters)} is {_size(WANTED)}.", self.fact)
        if not clashes(letters[::-1]):
            return self._say("right to left", letters)
        fitting = [a + b for a, b in zip(letters, letters[1:], strict=False) if not clashes(a + b)]
        if fitting:
            return self._say("one pair fits", letters, pair=_listed(map(_spaced, fitting)))
        return self._say("nothing fits", letters)

    def _say(self, name, order, **more):
        mistake = next(mistake for mistake in self.mistakes if mistake.name == name)
        meetings = [
            f"{columns} meets {rows} ({_spaced(two)})" for two, columns, rows in clashes(order)
        ]
        lines = "\n".join((mistake.what, mistake.step)).format(
            order=_spaced(order),
            clashes=_listed(meetings) if meetings else "",
            shape=_size(shape_of(order)),
            **more,
        )
        return wrong(*lines.split("\n"), mistake=name)


def _size(shape):
    return f"{shape[0]} × {shape[1]}"


def _letters(order):
    """Return the letters of ``"D B A C"``, ``"D @ B @ A @ C"`` or a list of them; None if none."""
    if isinstance(order, list | tuple) and all(isinstance(part, str) for part in order):
        order = "".join(order)
    if not isinstance(order, str):
        return None
    return re.sub(r"[\s,;.@*·×→>xX-]", "", order).upper()


dominoes = OrderExercise(
    number="3.1",
    chapter=CHAPTER,
    name="dominoes",
    mistakes=(
        Mistake(
            "nothing fits",
            "CBDA",
            "Got {order}, where {clashes}.\nNo two ends that touch agree. The columns of each "
            "matrix have to equal the rows of the next.",
            "Take one matrix, read its second number, and look for the matrix whose first number "
            "it is.",
        ),
        Mistake(
            "one pair fits",
            "ABCD",
            "Got {order}, where {clashes}.\nOnly {pair} fits. The columns of each matrix have to "
            "equal the rows of the next, since row and column are multiplied entry by entry.",
            "Keep {pair} together and see what the two outer ends ask for.",
        ),
        Mistake(
            "right to left",
            "CABD",
            "Got {order}, where {clashes}.\nFrom right to left it would fit: here rows meet "
            "columns, and in a product columns meet rows.",
            "A shape is rows × columns. Let the second number of each matrix meet the first number "
            "of the next.",
        ),
        Mistake(
            "another shape",
            "BACD",
            "Got {order}, where every two ends agree: the product exists.\nIt is {shape}, the rows "
            "of the first matrix by the columns of the last; asked for is 1 × 1.",
            "Choose the first matrix by its rows and the last by its columns.",
        ),
        Mistake(
            "one missing",
            "DBA",
            "Got {order}.\nThis leaves out {letters}; asked for is a product of all four.",
            "Lay down what is missing where its two ends agree.",
        ),
        Mistake(
            "one twice",
            "DBABAC",
            "Got {order}.\nThis has {letters} more than once; asked for is a product of four, each "
            "used once.",
            "Cross out every matrix as you lay it down.",
        ),
    ),
    fact=(
        "The line closes to a ring: BACD, ACDB and CDBA exist too, as 2 × 2, 4 × 4 and 3 × 3. "
        "Whatever the entries, the diagonal of each adds up to the one number DBAC."
    ),
    starter="""\
order = ...  # four letters in quotation marks, from left to right

check.vector_calculus.dominoes(order)
""",
    solution="""\
# D is 1 × 2, B is 2 × 4, A is 4 × 3, C is 3 × 1: 2 meets 2, 4 meets 4, 3 meets 3.
order = "DBAC"

check.vector_calculus.dominoes(order)
""",
)


# 3.2  Derive: the gradient on the side of a hollow


def height(x):
    """Return x₁² + 2 x₂², whose gradient is asked for."""
    return x[0] ** 2 + 2 * x[1] ** 2


def height_gradient(x):
    """Return the gradient, measured; on a function of degree two that is exact at any nudge."""
    return central_difference(height, x, h=1.0)


def _height_cases():
    points = ((3, -1), (2, 1), (0, 2), (-2, 0), (0, 0), (1000, -0.5), (-1e4, 1e4), (0.25, 0.25))
    for point in points:
        yield Case(f"x = {numbers(np.array(point))}", (np.array(point, dtype=float),))
    yield Case("the whole numbers x = [5, −2]", (np.array([5, -2]),))
    for point in np.round(np.random.default_rng(31).normal(size=(50, 2)), 2):
        yield Case(f"x = {numbers(point)}", (point,), random=True)


def _pair(rule_1, rule_2):
    """Return the function whose two entries are rules of (x1, x2)."""
    return lambda x: np.array([rule_1(*x), rule_2(*x)])


gradient = FunctionExercise(
    number="3.2",
    chapter=CHAPTER,
    name="gradient",
    parameters=("x",),
    returns=("gradient",),
    reference=height_gradient,
    cases=tuple(_height_cases()),
    stops=((IndexError, "index 2 is out of bounds", "counted from 1"),),
    mistakes=(
        Mistake(
            "wrong sign",
            None,
            "Right size, wrong sign: this arrow points straight downhill, and a gradient points "
            "uphill.",
            "Leave the minus to the step.",
            change=lambda result, x: -result,
        ),
        Mistake(
            "the terms of the height",
            lambda x: np.array([x[0] ** 2, 2 * x[1] ** 2]),
            "Those are the two terms of the height itself, not how steeply each rises.",
            "Differentiate each term in its own variable.",
        ),
        Mistake(
            "order swapped",
            None,
            "Both slopes are right, in the other order.",
            "Put the slope in x1 first.",
            change=lambda result, x: result[::-1],
        ),
        Mistake(
            "a row of a table",
            None,
            "The numbers are right, but they lie in a table with one row, as the derivative does; "
            "the gradient has the shape of x.",
            "Use a single pair of square brackets.",
            change=lambda result, x: result[None],
        ),
        Mistake(
            "a column of a table",
            None,
            "The numbers are right, but they stand in a table with one column; here x has a single "
            "axis, and so has its gradient.",
            "Put both numbers into one pair of square brackets.",
            change=lambda result, x: result[:, None],
        ),
        Mistake(
            "slopes added up",
            None,
            "The two slopes are added into one number, and which way is up is lost.",
            "Return an array of two numbers, a slope for each variable.",
            change=lambda result, x: result.sum(),
        ),
        Mistake(
            "factor 2 in x1 missing",
            _pair(lambda p, q: p, lambda p, q: 4 * q),
            "The slope in x2 is right; the slope in x1 is half of what it should be: the exponent "
            "2 has not come down.",
            "Take the slope of x1² once more.",
        ),
        Mistake(
            "2 in front forgotten",
            _pair(lambda p, q: 2 * p, lambda p, q: 2 * q),
            "The slope in x1 is right; the slope in x2 is that of x2², but the height has 2 x2², "
            "twice as steep.",
            "Let the 2 in front multiply the slope.",
        ),
        Mistake(
            "exponents not brought down",
            _pair(lambda p, q: p, lambda p, q: 2 * q),
            "Both slopes are half of what they should be: the exponent 2 went down by one, but it "
            "did not come to the front as a factor.",
            "Compare with the slope of x², which is 2x.",
        ),
        Mistake(
            "exponents kept",
            _pair(lambda p, q: 2 * p**2, lambda p, q: 4 * q**2),
            "The factors are right, but the squares are still there: the exponent came to the "
            "front and did not go down by one.",
            "Compare with the slope of x², which is 2x.",
        ),
        Mistake(
            "2 in front squared too",
            _pair(lambda p, q: 2 * p, lambda p, q: 8 * q),
            "The slope in x1 is right; the slope in x2 belongs to (2 x2)². In 2 x2² the exponent "
            "reaches x2 only.",
            "Take the slope of x2², then multiply by 2 once.",
        ),
        Mistake(
            "2 on both",
            _pair(lambda p, q: 4 * p, lambda p, q: 4 * q),
            "The slope in x2 is right; the slope in x1 is doubled as well, as if it came from "
            "2 (x1² + x2²).",
            "Only x2² has a 2 in front.",
        ),
        Mistake(
            "other term kept",
            _pair(lambda p, q: 2 * p + 2 * q**2, lambda p, q: p**2 + 4 * q),
            "Each entry still carries the other variable's term. While x1 moves, x2 stands still, "
            "and the slope of a number that stands still is 0.",
            "Drop the other term from each entry.",
        ),
        Mistake(
            "the height",
            height,
            "That is the height f(x), one number; asked for are its two slopes.",
            "Return the slope in x1 and the slope in x2.",
        ),
        Mistake(
            "the numbers in front",
            _pair(lambda p, q: 2.0, lambda p, q: 4.0),
            "2 and 4 come back wherever x is: the slope at (1, 1), or the second derivatives. The "
            "ground is steeper farther out.",
            "Multiply each by its own variable.",
        ),
        Mistake(
            "variables crossed",
            _pair(lambda p, q: 2 * q, lambda p, q: 4 * p),
            "The factors 2 and 4 are right and the variables have changed places.",
            "The slope in x1 contains x1.",
        ),
        Mistake(
            "x1 alone",
            lambda x: 2 * x[0],
            "Only the slope in x1 comes back.",
            "Return both slopes in one array.",
        ),
        Mistake(
            "counted from 1",
            lambda x: np.array([2 * x[1], 4 * x[2]]),
            "NumPy counts from 0: x has the entries x[0] and x[1], which are x1 and x2.",
            "Lower every index by one.",
        ),
    ),
    fact=(
        "Water that runs against this gradient from (1, 0.5) takes the parabola x2 = x1² / 2: "
        "steepest at every place, and nowhere on the way aimed at the bottom."
    ),
    starter="""\
def gradient(x):
    return np.array([..., ...])

check.vector_calculus.gradient(gradient)
""",
    solution="""\
def gradient(x):
    return np.array([2 * x[0], 4 * x[1]])

check.vector_calculus.gradient(gradient)
""",
)


# 3.3  Write: central differences for any array


def sum_of_cubes(x):
    """Return Σ x³: entries apart, with an error of h² in every slope."""
    return np.sum(x**3)


def running_totals(x):
    """Return a function of degree two whose slopes mix the entries."""
    return np.sum(np.cumsum(x) ** 2)


def waves(x):
    """Return a function that bends both ways."""
    return np.sum(np.sin(np.cumsum(x)))


def product(x):
    """Return a function that is a straight line in each entry alone."""
    return np.prod(x + 2.0)


def level(x):
    """Return 5, wherever x is."""
    return 5.0


F_NAMES = {
    sum_of_cubes: "the sum of cubes",
    running_totals: "the sum of squared running totals",
    waves: "the sum of sines of running totals",
    product: "the product of all x + 2",
    level: "always 5",
}


def _nudge_cases():
    """Return the cases for `numerical_gradient`, its own first."""
    table = np.array([[1.0, -2.0, 0.5], [0.0, 3.0, -1.0]])
    yield _nudge_case(sum_of_cubes, np.array([1.0, -2.0, 0.5]), 0.1)
    yield _nudge_case(running_totals, np.array([0.3, 1.0, -0.7, 2.0]), 0.5)
    yield _nudge_case(waves, np.array([0.7]), 0.2)
    yield _nudge_case(running_totals, table, 0.1)
    yield _nudge_case(sum_of_cubes, np.array([2, -1, 4]), 0.3, "the whole numbers ")
    yield _nudge_case(waves, np.zeros(3), 1.0)
    yield _nudge_case(level, np.array([1.0, 2.0]), 0.1)
    yield _nudge_case(running_totals, np.array([1000.0, -2000.0, 500.0]), 10.0)
    rng = np.random.default_rng(33)
    functions = list(F_NAMES)
    for index in range(50):
        shape = (int(rng.integers(1, 5)),) if index % 3 else tuple(rng.integers(1, 4, 2).tolist())
        x, h = np.round(rng.normal(size=shape), 1), (0.05, 0.1, 0.2, 0.5)[index % 4]
        yield _nudge_case(functions[index % 4], x, h, random=True)


def _nudge_case(f, x, h, words="", random=False):
    if x.ndim == 2:
        at = f"x of shape {x.shape}"
    else:
        at = f"{words}x = {numbers(x)}"
    return Case(f"{at}, h {number(h)}, f {F_NAMES[f]}", (f, x, h), random)


def _nudged(x, index, by):
    x = np.array(x, dtype=float)
    x[index] += by
    return x


def _rise(f, above, below, h):
    return (f(above) - f(below)) / (2 * h)


def _slopes_by(rule):
    """Return the function whose slopes are a rule of (f, x, h, index)."""

    def wrong_gradient(f, x, h):
        slope = np.zeros(x.shape)
        for index in np.ndindex(x.shape):
            slope[index] = rule(f, x, h, index)
        return slope

    return wrong_gradient


def _quotient(rule):
    """Return the function whose slopes are a rule of (f above, f here, f below, h)."""
    return _slopes_by(
        lambda f, x, h, index: rule(f(_nudged(x, index, h)), f(x), f(_nudged(x, index, -h)), h)
    )


def _integer_copy(f, x, h, index):
    above, below = x.copy(), x.copy()
    above[index] += h
    below[index] -= h
    return _rise(f, above, below, h)


def _integer_nudge(f, x, h, index):
    nudge = np.zeros_like(x)
    nudge[index] = h
    return _rise(f, x + nudge, x - nudge, h)


def _integer_slopes(f, x, h):
    slope = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        slope[index] = _rise(f, _nudged(x, index, h), _nudged(x, index, -h), h)
    return slope


def _integer_both(f, x, h):
    slope = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        slope[index] = _integer_copy(f, x, h, index)
    return slope


def _piling_up(f, x, h, left_at):
    x = np.array(x, dtype=float)
    slope = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        here = x[index]
        x[index] = here + h
        above = f(x)
        x[index] = here - h
        below = f(x)
        x[index] = here + left_at * h
        slope[index] = (above - below) / (2 * h)
    return slope


def _left_nudged(f, x, h):
    slope = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        x[index] += h
        above = f(x)
        x[index] -= 2 * h
        slope[index] = (above - f(x)) / (2 * h)
    return slope


def _put_back_by_arithmetic(f, x, h):
    slope = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        x[index] += h
        above = f(x)
        x[index] -= 2 * h
        slope[index] = (above - f(x)) / (2 * h)
        x[index] += h
    return slope


def _rows_nudged(f, x, h):
    slope = np.zeros(x.shape)
    for row in range(len(x)):
        slope[row] = _rise(f, _nudged(x, row, h), _nudged(x, row, -h), h)
    return slope


def _nudge_not_cleared(f, x, h):
    slope, nudge = np.zeros(x.shape), np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        nudge[index] = h
        slope[index] = _rise(f, x + nudge, x - nudge, h)
    return slope


def _row_slopes(f, x, h):
    rows = range(len(x))
    return np.array([_rise(f, _nudged(x, row, h), _nudged(x, row, -h), h) for row in rows])


def _first_entry_only(result, *_):
    only = np.zeros(result.shape)
    only[(0,) * result.ndim] = result[(0,) * result.ndim]
    return only


def _another_nudge(exercise, results, first):
    """See slopes that are measured, but not with the h that is given."""
    for case, result in zip(exercise.cases, results, strict=True):
        exact = central_difference(*case.arguments[:2], h=1e-4)
        if not same(result, exact, 1e-5 * max(size(exact), 1e-3)):
            return None
    mistake = next(mistake for mistake in exercise.mistakes if mistake.name == "h ignored")
    return mistake.name, mistake.what, mistake.step


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class NudgeExercise(FunctionExercise):
    """A function exercise that tells a nudge left in ``x`` from one that was taken back inexactly.

    Rounding: 1 + 0.1 − 0.2 + 0.1 is not 1 in floating point.
    """

    def _changed(self, case, outcome):
        name, index, before, after = outcome.changed
        if name != "x" or index is None:
            return super()._changed(case, outcome)
        if abs(after - before) > 1e-9 * max(1.0, abs(before)):
            gap = f"At {case.label}: {calling.change(outcome)}."
            return self._named("x left nudged", gap, case)
        was, found = (str(float(value)).replace("-", "−") for value in (before, after))
        gap = f"At {case.label}: x[{index}] was {was} and is {found} after the call."
        return self._named("x put back by arithmetic", gap, case)


numerical_gradient = NudgeExercise(
    number="3.3",
    chapter=CHAPTER,
    name="numerical_gradient",
    parameters=("f", "x", "h"),
    returns=("slope",),
    reference=central_difference,
    cases=tuple(_nudge_cases()),
    observe=_another_nudge,
    nearly=(
        "Near this quotient and not equal to it: the places or what it is divided by differ, or "
        "something is rounded.",
        "Take f at x + h and at x − h, h as it is given, and divide the difference by 2h.",
    ),
    stops=(
        (IndexError, "with size 2", "counted to x.size"),
        (ValueError, "with shapes (2,3)", "nudge with one axis"),
    ),
    mistakes=(
        Mistake(
            "x left nudged",
            _left_nudged,
            "The nudge is made in x itself and stays there, so the next slope is measured "
            "somewhere else, and the caller's x has moved.",
            "Nudge a copy: add to x an array that holds h in one place and 0 elsewhere.",
        ),
        Mistake(
            "x put back by arithmetic",
            _put_back_by_arithmetic,
            "The nudge is taken back by subtracting and adding, and each of these rounds: x comes "
            "back almost as it was.",
            "Nudge a copy, or keep the entry in a variable and write it back.",
        ),
        Mistake(
            "wrong sign",
            None,
            "Right size, wrong sign: the value below minus the value above.",
            "Take f at x + h first, and subtract f at x − h.",
            change=lambda result, *_: -result,
        ),
        Mistake(
            "divided by h",
            None,
            "Every slope is twice too large: the two places are 2h apart, and the difference is "
            "divided by h.",
            "Divide by the whole way between them.",
            change=lambda result, *_: 2 * result,
        ),
        Mistake(
            "not divided",
            None,
            "That is the difference of the two values, not yet a slope: it shrinks with h.",
            "Divide by the way between the two places, 2h.",
            change=lambda result, f, x, h: 2 * h * result,
        ),
        Mistake(
            "brackets missing",
            None,
            "The difference is halved and then multiplied by h: `d / 2 * h` is worked out from "
            "left to right.",
            "Put brackets around 2 * h.",
            change=lambda result, f, x, h: h * h * result,
        ),
        Mistake(
            "upwards only",
            _quotient(lambda above, here, below, h: (above - here) / h),
            "Each slope is measured on one side, from x up to x + h, and half a curvature times h "
            "gets in: that error shrinks like h, not like h².",
            "Measure from x − h to x + h.",
        ),
        Mistake(
            "half the nudge",
            _slopes_by(
                lambda f, x, h, index: _rise(
                    f, _nudged(x, index, h / 2), _nudged(x, index, -h / 2), h / 2
                )
            ),
            "A central difference, with half the nudge asked for: the two places are h apart.",
            "Go up by h and down by h.",
        ),
        Mistake(
            "h ignored",
            lambda f, x, h: central_difference(f, x, h=1e-4),
            "The slopes are those of a much smaller nudge: h is set inside the function.",
            "Use the h that is given, so that the caller can choose it.",
        ),
        Mistake(
            "all entries at once",
            _slopes_by(lambda f, x, h, index: _rise(f, x + h, x - h, h)),
            "x + h moves every entry of x, so each slope is the sum of all slopes.",
            "Move one entry: add an array that holds h at index and 0 elsewhere.",
        ),
        Mistake(
            "all entries at once, one number",
            lambda f, x, h: _rise(f, x + h, x - h, h),
            "x + h moves every entry of x at once; the one number that comes back is the sum of "
            "all slopes.",
            "Go through the entries, move one at a time, and keep a slope for each.",
        ),
        Mistake(
            "entry alone",
            _slopes_by(lambda f, x, h, index: _rise(f, x[index] + h, x[index] - h, h)),
            "f is given one entry and does not see the others. Where f mixes its entries, the "
            "slope changes.",
            "Give f the whole array, with this entry moved.",
        ),
        Mistake(
            "nudge not cleared",
            _nudge_not_cleared,
            "The first slope is right; after it, the nudge still holds h at the earlier places, so "
            "several entries move at once.",
            "Make a fresh array of zeros for every entry.",
        ),
        Mistake(
            "nudges pile up below",
            lambda f, x, h: _piling_up(f, x, h, left_at=-1),
            "The first slope is right; after it, earlier entries stay at x − h while the next are "
            "measured.",
            "Put each entry back before the next one is nudged.",
        ),
        Mistake(
            "whole rows",
            _rows_nudged,
            "Right for a plain array; in a table, a single number picks out a whole row, and all "
            "of it is nudged at once.",
            "Take `index` from `np.ndindex(x.shape)`, which names one entry.",
        ),
        Mistake(
            "whole numbers all through",
            _integer_both,
            "An x of whole numbers has no room for a nudge of 0.3, nor has an array made like it "
            "for the slopes: both drop everything after the point.",
            "Make float arrays: `np.zeros(x.shape)` holds floats, `np.zeros_like(x)` what x holds.",
        ),
        Mistake(
            "whole numbers swallow the nudge",
            _slopes_by(_integer_copy),
            "An array of whole numbers stays one: 2 + 0.3 written into it is 2 again, "
            "2 − 0.3 is 1.",
            "Nudge by adding a float array to x, or work on `np.array(x, dtype=float)`.",
        ),
        Mistake(
            "whole numbers for slopes",
            _integer_slopes,
            "Where x holds whole numbers, so does an array made like it: the slopes lose "
            "everything after the point.",
            "Collect the slopes in `np.zeros(x.shape)`, which holds floats.",
        ),
        Mistake(
            "whole numbers for the nudge",
            _slopes_by(_integer_nudge),
            "Where x holds whole numbers, so does a nudge made like it: 0.3 written into it is 0, "
            "and nothing moves.",
            "Make the nudge with `np.zeros(x.shape)`, which holds floats.",
        ),
        Mistake(
            "one slope a row",
            _row_slopes,
            "Right for a plain array; in a table, whole rows are nudged, and there is one slope a "
            "row.",
            "Go through the places with `np.ndindex(x.shape)`.",
        ),
        Mistake(
            "counted to x.size",
            lambda f, x, h: np.array([f(_nudged(x, k, h)) for k in range(x.size)]),
            "x is a table here, and a single number picks out a row: counting up to x.size runs "
            "past the last one.",
            "Go through the places with `np.ndindex(x.shape)`.",
        ),
        Mistake(
            "nudge with one axis",
            lambda f, x, h: np.array([f(x + h * row) for row in np.eye(x.size)]),
            "x is a table here, and the nudge is an array with one axis: the two do not match "
            "entry by entry.",
            "Give the nudge the shape of x: `np.zeros(x.shape)`, with h at index.",
        ),
        Mistake(
            "first entry only",
            None,
            "Only the first slope is filled in: the function returns inside its loop.",
            "Move the return to the left, so that it stands after the loop.",
            change=_first_entry_only,
        ),
        Mistake(
            "one number, the first",
            None,
            "One number comes back, the first slope: the function returns it inside its loop.",
            "Put each slope into its place, and return the array after the loop.",
            change=lambda result, *_: result.flat[0],
        ),
        Mistake(
            "flat",
            None,
            "The slopes are right, in one long line; for a table they should lie in a table.",
            "Give the array of slopes the shape of x.",
            change=lambda result, *_: result.ravel(),
        ),
    ),
    fact=(
        "On a sum of squares this quotient is exact at every h, even h = 100: its error begins "
        "with h² times a sixth of the third derivative, and a square has none."
    ),
    starter="""\
def numerical_gradient(f, x, h):
    slope = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        slope[index] = ...
    return slope

check.vector_calculus.numerical_gradient(numerical_gradient)
""",
    solution="""\
def numerical_gradient(f, x, h):
    slope = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        nudge = np.zeros(x.shape)
        nudge[index] = h
        slope[index] = (f(x + nudge) - f(x - nudge)) / (2 * h)
    return slope

check.vector_calculus.numerical_gradient(numerical_gradient)
""",
)


# 3.4  Derive: the Jacobian of softmax


Z = np.log([1.0, 2.0, 5.0])  # the softmax of the chapter: 0.125, 0.25, 0.625


def _z_cases():
    """Return (words, v, z, random): the chapter's own, some awkward ones, fifty random ones."""
    yield "", np.array([2.0, 0.0, -1.0]), Z, False
    yield "", np.array([2.0, -1.0, 0.5, 3.0]), np.array([0.5, -1.0, 0.0, 2.0]), False
    yield "one entry, ", np.array([3.0]), np.array([0.7]), False
    yield "equal entries, ", np.array([1.0, 0.0, 0.0, 0.0]), np.zeros(4), False
    yield "", np.zeros(2), np.array([1.0, -1.0]), False
    yield "far apart, ", np.array([1.0, -2.0, 4.0]), np.array([300.0, -300.0, 299.0]), False
    yield "whole numbers, ", np.array([1, -2]), np.array([0, 1]), False
    yield "", np.array([1000.0, -3000.0, 2000.0]), np.array([0.0, 0.1, -0.1]), False
    rng = np.random.default_rng(34)
    for index in range(50):
        v, z = np.round(rng.normal(size=(2, 2 + index % 5)), 2)
        yield "", v, z, True


def _z_words(z):
    return "z = [0, ln 2, ln 5]" if z is Z else f"z = {numbers(z)}"


JACOBIAN_CASES = tuple(
    Case(words + _z_words(z), (z,), random) for words, _, z, random in _z_cases()
)
PRODUCT_CASES = tuple(
    Case(f"{words}v = {numbers(v)}, {_z_words(z)}", (v, z), random)
    for words, v, z, random in _z_cases()
)


def _jacobian_from(rule):
    """Return the function whose table is a rule of s, the softmax of z."""
    return lambda z: rule(softmax(z))


def _not_normalised(z):
    e = np.exp(z)
    return np.diag(e) - np.outer(e, e)


softmax_jacobian = FunctionExercise(
    number="3.4",
    chapter=CHAPTER,
    name="softmax_jacobian",
    parameters=("z",),
    returns=("J",),
    reference=softmax_derivative,
    cases=JACOBIAN_CASES,
    mistakes=(
        Mistake(
            "wrong sign",
            None,
            "Right size, wrong sign: here raising z_j lowers s_j. In the quotient rule the slope of"
            " the numerator comes first.",
            "Subtract the table of s_i s_j from the diagonal, not the other way round.",
            change=lambda result, *_: -result,
        ),
        Mistake(
            "numerator only",
            _jacobian_from(np.diag),
            "That is the slope of the numerator alone. Each z_j is in the denominator as well, of "
            "every output.",
            "Take the quotient rule's second term too.",
        ),
        Mistake(
            "diagonal only",
            _jacobian_from(lambda s: np.diag(s * (1 - s))),
            "The diagonal is right and the rest is 0, as if z_j moved s_j alone. Through the "
            "denominator it moves every output.",
            "Derive the entries off the diagonal: there the numerator stands still, and only that.",
        ),
        Mistake(
            "the diagonal as an array",
            _jacobian_from(lambda s: s * (1 - s)),
            "That is the diagonal, n numbers: how each output answers to its own input. The other "
            "inputs move it too.",
            "Return a table of n × n.",
        ),
        Mistake(
            "s for its diagonal table",
            _jacobian_from(lambda s: s - np.outer(s, s)),
            "NumPy has put the array s on every row of the table; in J it stands on the diagonal "
            "and nowhere else.",
            "Make a diagonal table of s first, with `np.diag`.",
        ),
        Mistake(
            "plus for minus",
            _jacobian_from(lambda s: np.diag(s) + np.outer(s, s)),
            "The two pieces are added. The denominator grows with z_j, and that lowers every "
            "output.",
            "Subtract the piece with s_i s_j.",
        ),
        Mistake(
            "1 on every place",
            _jacobian_from(lambda s: np.outer(s, 1 - s)),
            "The diagonal is right; off it stands s_i (1 − s_j), where the 1 has no place: it comes"
            " from the numerator, which moves on the diagonal only.",
            "Put 0 for the 1 off the diagonal.",
        ),
        Mistake(
            "s_i missing",
            _jacobian_from(lambda s: np.eye(len(s)) - s),
            "Every row lacks its factor s_i: this is the Jacobian of ln s_i, a slope relative to "
            "the output.",
            "Multiply each row by its own s_i.",
        ),
        Mistake(
            "squares for products",
            _jacobian_from(lambda s: np.diag(s) - s * s),
            "s * s squares entry by entry, and each row of the diagonal table loses these n "
            "squares. The diagonal is right by luck.",
            "Make the table of all products s_i s_j: an outer product.",
        ),
        Mistake(
            "dot for outer product",
            _jacobian_from(lambda s: np.diag(s) - s @ s),
            "`s @ s` is the dot product, one number, and it is subtracted everywhere. So is "
            "`s @ s.T`: an array with a single axis has no transpose.",
            "Make the table of all products s_i s_j: column times row, not row times column.",
        ),
        Mistake(
            "outer product only",
            _jacobian_from(lambda s: np.outer(s, s)),
            "That is the table of s_i s_j, one of the two pieces.",
            "Subtract it from the table that holds s on its diagonal.",
        ),
        Mistake(
            "softmax skipped",
            lambda z: np.diag(z) - np.outer(z, z),
            "The formula is right, but z stands in it where s should.",
            "Use the s of the first line.",
        ),
        Mistake(
            "not normalised",
            _not_normalised,
            "e^z stands where s should: the exponentials are not divided by their sum.",
            "Use the s of the first line.",
        ),
        Mistake(
            "denominator not squared",
            None,
            "Everything is too large by the same factor, the sum of e^z: the quotient rule has the "
            "denominator squared underneath.",
            "Divide by the square of the sum.",
            change=lambda result, z: result * np.exp(z).sum(),
        ),
        Mistake(
            "sigmoid",
            lambda z: np.diag(sigmoid(z) * (1 - sigmoid(z))),
            "That is the Jacobian of a sigmoid on each entry, in which no entry knows of the "
            "others.",
            "Derive it from (3.21), with the shared denominator.",
        ),
        Mistake(
            "softmax itself",
            softmax,
            "That is s, the output; asked for is how each output answers to each input.",
            "Return a table of n × n slopes.",
        ),
        Mistake(
            "all added up",
            None,
            "The table is added up into one number, and that is always 0, but for rounding: what "
            "some outputs gain the others lose.",
            "Return the table itself.",
            change=lambda result, *_: result.sum(),
        ),
        Mistake(
            "always the chapter's z",
            lambda z: softmax_derivative(Z),
            "The table at z = [0, ln 2, ln 5] comes back, whatever z is given.",
            "Use the argument's name inside.",
        ),
    ),
    fact=(
        "Each row adds up to 0, and each column. Raise all of z by the same amount and no output "
        "moves; raise one entry, and what its output gains the others lose."
    ),
    starter="""\
def softmax_jacobian(z):
    s = np.exp(z) / np.exp(z).sum()
    return ...

check.vector_calculus.softmax_jacobian(softmax_jacobian)
""",
    solution="""\
def softmax_jacobian(z):
    s = np.exp(z) / np.exp(z).sum()
    return np.diag(s) - np.outer(s, s)

check.vector_calculus.softmax_jacobian(softmax_jacobian)
""",
)


# 3.5  Write: a row times that Jacobian, without the Jacobian


MANY = 100  # entries in the call whose memory is measured


def softmax_backward(v, z):
    """Return the row v J."""
    return activation_named("softmax").backward(np.asarray(v, dtype=float), z, softmax(z))


def most_memory(function, arguments):
    """Return the bytes that a call held at its fullest, beyond those held before it."""
    tracing = tracemalloc.is_tracing()
    if not tracing:
        tracemalloc.start()
    try:
        tracemalloc.reset_peak()
        before, _ = tracemalloc.get_traced_memory()
        calling.call(function, ("v", "z"), arguments)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        if not tracing:
            tracemalloc.stop()
    return peak - before


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class FrugalExercise(FunctionExercise):
    """A function exercise whose answer may not hold a table on the way."""

    def _compare(self, function, values):
        verdict = super()._compare(function, values)
        table = MANY**2 * np.dtype(float).itemsize
        arguments = tuple(np.random.default_rng(35).normal(size=(2, MANY)))
        if verdict.passed and most_memory(function, arguments) > table / 2:
            gap = (
                f"Every entry is right on all {len(self.cases)} inputs. At {MANY} entries the call "
                f"made a table of about {MANY} × {MANY} on the way."
            )
            return self._named("builds J", gap)
        return verdict


def _product_from(rule):
    """Return the function whose row is a rule of (v, s)."""
    return lambda v, z: rule(v, softmax(z))


vector_jacobian_product = FrugalExercise(
    number="3.5",
    chapter=CHAPTER,
    name="vector_jacobian_product",
    parameters=("v", "z"),
    returns=("vJ",),
    reference=softmax_backward,
    cases=PRODUCT_CASES,
    mistakes=(
        Mistake(
            "builds J",
            lambda v, z: v @ softmax_derivative(z),
            "It is n times as large as v, s and the result, and all it does is to be multiplied "
            "by v and thrown away.",
            "Write one entry of v J as a sum, with your formula for J, and take s_j out of it.",
        ),
        Mistake(
            "wrong sign",
            None,
            "Right size, wrong sign: the two pieces are subtracted the other way round.",
            "Take v minus the dot product, times s.",
            change=lambda result, *_: -result,
        ),
        Mistake(
            "diagonal only",
            _product_from(lambda v, s: v * s * (1 - s)),
            "That is v times the diagonal of J: entry j hears of v_j only. It also comes out when "
            "`v * s` stands where the dot product should.",
            "Add what the entries off the diagonal bring, from every v_i.",
        ),
        Mistake(
            "first piece only",
            _product_from(lambda v, s: v * s),
            "That is what the diagonal table of s brings. What the products −s_i s_j bring is "
            "missing.",
            "Add up v_i s_i s_j over all outputs, and subtract it.",
        ),
        Mistake(
            "s v before the dot product",
            _product_from(lambda v, s: v * s - s * v @ s),
            "Python reads `s * v @ s` from the left, as the dot product of `s * v` with s: one "
            "number, the same for every entry.",
            "Put the dot product in parentheses.",
        ),
        Mistake(
            "plus for minus",
            _product_from(lambda v, s: s * (v + v @ s)),
            "The two pieces are added; in J the products s_i s_j are subtracted.",
            "Turn the sign of the dot product.",
        ),
        Mistake(
            "s in front missing",
            _product_from(lambda v, s: v - v @ s),
            "The bracket is right, v_j minus the dot product; the factor s_j in front of it is "
            "missing.",
            "Multiply by s, entry by entry.",
        ),
        Mistake(
            "sum of v for the dot product",
            _product_from(lambda v, s: s * (v - v.sum())),
            "The sum is taken of v_i alone; each term has its s_i as well.",
            "Use the dot product of v and s.",
        ),
        Mistake(
            "s minus v",
            _product_from(lambda v, s: s - v),
            "That is the short form for one loss only, cross-entropy, with the target in the place "
            "of v. Here v is any row.",
            "Work out the sum of v_i s_i (δ_ij − s_j) over all outputs.",
        ),
        Mistake(
            "added up",
            None,
            "The entries of v J are added into one number. It is always 0, but for rounding, since "
            "every row of J adds up to 0.",
            "Return the n entries.",
            change=lambda result, *_: result.sum(),
        ),
        Mistake(
            "the dot product alone",
            _product_from(lambda v, s: v @ s),
            "One number comes back, the dot product of v and s. It is a part of the answer.",
            "Subtract it from v, and multiply by s.",
        ),
        Mistake(
            "not added up",
            lambda v, z: np.reshape(v, (-1, 1)) * softmax_derivative(z),
            "An n × n table comes back: J with each row multiplied by its own v_i, not yet added "
            "up.",
            "Add up each column on paper, before you write the code.",
        ),
        Mistake(
            "columns multiplied",
            lambda v, z: v * softmax_derivative(z),
            "An n × n table comes back: `v * J` multiplies each column of J by an entry of v and "
            "adds nothing up.",
            "In v J each row is multiplied by its own v_i, and then the columns are added up.",
        ),
        Mistake(
            "arguments crossed",
            lambda v, z: softmax_backward(z, np.asarray(v, dtype=float)),
            "v and z have changed places: the softmax is taken of v.",
            "Take the softmax of z, and let v multiply.",
        ),
        Mistake(
            "softmax skipped",
            lambda v, z: z * (v - v @ z),
            "The formula is right, but z stands in it where s should.",
            "Use the s of the first line.",
        ),
        Mistake(
            "a row of a table",
            None,
            "The entries are right, in a table with one row; v has a single axis, and so has v J.",
            "Return the shape of v.",
            change=lambda result, *_: result[None],
        ),
    ),
    fact=(
        "With 50,000 outputs, one for every word a language model knows, J would fill 20 GB. v J "
        "fills 400 kB, and not one entry of J is ever stored."
    ),
    starter="""\
def vector_jacobian_product(v, z):
    s = np.exp(z) / np.exp(z).sum()
    return ...

check.vector_calculus.vector_jacobian_product(vector_jacobian_product)
""",
    solution="""\
def vector_jacobian_product(v, z):
    s = np.exp(z) / np.exp(z).sum()
    return s * (v - v @ s)

check.vector_calculus.vector_jacobian_product(vector_jacobian_product)
""",
)


# 3.6  Write: the gradients of a neuron


ROWS, TARGETS = six_rows()
W, B, RATE = np.array([0.3, -0.2, 0.6]), 0.1, 0.05  # where the chapter starts
ROW, TARGET = ROWS[3], float(TARGETS[3, 0])  # 100, whose target is 1


def _neuron(x, w, b):
    weights = np.reshape(np.asarray(w, dtype=float), (-1, 1))
    network = Network([len(x), 1], weights=[weights], biases=[b])
    return network, network.forward(np.reshape(np.asarray(x, dtype=float), (1, -1)))


def loss(x, w, b, y):
    """Return (y − a)²."""
    return float(mean_squared_error(_neuron(x, w, b)[1], np.array([[y]], dtype=float)))


def neuron_slopes(x, w, b, y):
    """Return (dw, db), with dw of the shape of w."""
    network, a = _neuron(x, w, b)
    network.backward(mean_squared_error_gradient(a, np.array([[y]], dtype=float)))
    *dw, db = network.gradients.tolist()
    return np.array(dw), db


def _sample_cases():
    yield "the row 100", ROW, W, B, TARGET, False
    yield "the row 011", ROWS[2], np.array([0.36, -0.2, 0.6]), 0.16, 0.0, False
    yield "one feature", np.array([3.0]), np.array([0.5]), -1.0, 2.0, False
    two = np.array([2.0, -1.0]), np.array([1.0, 3.0])
    yield "two features", *two, 0.5, -2.0, False
    yield "all features 0", np.zeros(3), np.array([1.0, 2.0, 3.0]), 0.5, 2.0, False
    yield "a sample already right", *two, 2.0, 1.0, False
    yield "all weights 0", np.array([1.0, -2.0, 0.5, 4.0]), np.zeros(4), 0.25, 3.0, False
    yield "large features", np.array([1000.0, -2000.0]), np.array([2.0, 3.0]), -500.0, 700.0, False
    yield "whole numbers", np.array([2, 1, -3, 4, 5]), np.array([1, 0, 2, -1, 1]), 2, 3, False
    rng = np.random.default_rng(36)
    for index in range(50):
        n = 1 + index % 6
        x, w = np.round(rng.normal(size=(2, n)), 2)
        b, y = np.round(rng.normal(size=2), 2).tolist()
        yield f"random sample {index + 1} ({counted(n, 'feature')})", x, w, b, y, True


def _sample_case(words, x, w, b, y, random):
    """Return the case, whose words show the arrays unless they are long."""
    if len(x) <= 3:
        words += f": x = {numbers(x)}, w = {numbers(w)}, b {number(b)}, y {number(y)}"
    return Case(words, (x, w, b, y), random)


SAMPLE_CASES = tuple(_sample_case(*given) for given in _sample_cases())


def _neuron_from(w_rule, b_rule):
    """Return the function whose gradients are two rules of (y − a, x, w, b, y)."""

    def wrong_gradients(x, w, b, y):
        residual = y - (x @ w + b)
        return w_rule(residual, x, w, b, y), b_rule(residual, x, w, b, y)

    return wrong_gradients


def _right_dw(r, x, *_):
    return -2 * r * x


def _right_db(r, *_):
    return -2 * r


def _no_sum(x, w, b, y):
    residual = y - (x * w + b)
    return -2 * residual * x, -2 * residual


def _step(x, w, b, y, rate):
    dw, db = neuron_slopes(x, w, b, y)
    return w - rate * dw, b - rate * db


neuron_gradients = FunctionExercise(
    number="3.6",
    chapter=CHAPTER,
    name="neuron_gradients",
    parameters=("x", "w", "b", "y"),
    returns=("dw", "db"),
    reference=neuron_slopes,
    cases=SAMPLE_CASES,
    stops=(
        (IndexError, "with size 3", "counted from 1"),
        (IndexError, "with size 1", "always three features"),
    ),
    mistakes=(
        Mistake(
            "wrong sign",
            None,
            "Right size, wrong sign: the minus of (3.14) is lost. A target above the prediction "
            "gives a gradient below 0.",
            "Start both gradients with −2 (y − a).",
            change=lambda result, *_: tuple(-part for part in result),
        ),
        Mistake(
            "2 missing",
            None,
            "Both gradients are half of what they should be: the 2 from the square is missing, and "
            "this loss has no ½ to cancel it.",
            "Multiply by 2.",
            change=lambda result, *_: tuple(part / 2 for part in result),
        ),
        Mistake(
            "2 twice",
            None,
            "Both gradients are twice too large: the 2 comes down from the square once.",
            "Start both with −2 (y − a).",
            change=lambda result, *_: tuple(2 * part for part in result),
        ),
        Mistake(
            "order swapped",
            None,
            "Both gradients are right, in the other order.",
            "Return dw first, then db.",
            change=lambda result, *_: result[::-1],
        ),
        Mistake(
            "dw a column",
            None,
            "The numbers are right, but dw stands in a column; here w has a single axis, and dw "
            "has the shape of w.",
            "Return dw with the shape (n,).",
            change=lambda result, *_: (result[0][:, None], result[1]),
        ),
        Mistake(
            "dw a row of a table",
            None,
            "The numbers are right, but dw lies in a table with one row, as the derivative does; "
            "the gradient has the shape of w.",
            "Return dw with the shape (n,).",
            change=lambda result, *_: (result[0][None], result[1]),
        ),
        Mistake(
            "one array",
            None,
            "The numbers are right, but dw and db are joined in one array.",
            "Return two things with a comma between: dw, then db.",
            change=lambda result, *_: np.append(*result),
        ),
        Mistake(
            "dw alone",
            None,
            "Only dw comes back.",
            "Return both with a comma between: dw, then db.",
            change=lambda result, *_: result[0],
        ),
        Mistake(
            "db alone",
            None,
            "Only the first link comes back, ∂L/∂a, which is db as well.",
            "Multiply it by the link a → w for dw, and return both.",
            change=lambda result, *_: result[1],
        ),
        Mistake(
            "dw added up",
            lambda x, w, b, y: (neuron_slopes(x, w, b, y)[0].sum(), neuron_slopes(x, w, b, y)[1]),
            "db is right; the entries of dw are added into one number.",
            "Keep them apart: each weight steps by its own.",
        ),
        Mistake(
            "x missing in dw",
            _neuron_from(_right_db, _right_db),
            "db is right; dw is the first link alone, one number for all weights. The link from w "
            "to a is missing.",
            "By (3.15), what is ∂a/∂w? Multiply by it.",
        ),
        Mistake(
            "x missing in dw, one for each",
            _neuron_from(lambda r, x, *_: -2 * r * np.ones(len(x)), _right_db),
            "db is right; dw holds the same number for every weight, as if each feature were 1.",
            "Multiply by x: a weight whose feature is 0 had no part in the prediction.",
        ),
        Mistake(
            "x in db",
            _neuron_from(_right_dw, _right_dw),
            "dw is right; db carries x, the link of the weights.",
            "By (3.16), what is ∂a/∂b? Multiply by that instead.",
        ),
        Mistake(
            "dw summed for db",
            _neuron_from(_right_dw, lambda r, x, *_: np.sum(-2 * r * x)),
            "dw is right; db is the sum of its entries, and carries the features along.",
            "By (3.16) the link from b to a is 1: no x on this way.",
        ),
        Mistake(
            "w in place of x",
            _neuron_from(lambda r, x, w, *_: -2 * r * w, _right_db),
            "db is right; dw is multiplied by w. That makes it the gradient in x, how the features "
            "should change.",
            "Raise one weight by one: by which number does a rise?",
        ),
        Mistake(
            "a not added up",
            _no_sum,
            "`x * w` multiplies entry by entry and gives a prediction for every feature. A neuron "
            "adds them up first.",
            "Use the dot product, x @ w.",
        ),
        Mistake(
            "no bias in a",
            lambda x, w, b, y: neuron_slopes(x, w, 0.0, y),
            "The prediction inside is x w, without b.",
            "Add b to it.",
        ),
        Mistake(
            "bias subtracted",
            lambda x, w, b, y: neuron_slopes(x, w, -b, y),
            "The prediction inside is x w − b: either b is subtracted, or brackets around x w + b "
            "are missing.",
            "Write a = x w + b on a line of its own.",
        ),
        Mistake(
            "no target",
            lambda x, w, b, y: neuron_slopes(x, w, b, 0.0),
            "The prediction stands where y − a should, with its sign turned: y does not take part.",
            "Subtract the prediction from y.",
        ),
        Mistake(
            "brackets around y − a missing",
            _neuron_from(
                lambda r, x, w, b, y: -2 * y - (y - r) * x, lambda r, x, w, b, y: -2 * y - (y - r)
            ),
            "`-2 * y - a` multiplies y alone by −2: the brackets around y − a are missing.",
            "Put brackets around y − a.",
        ),
        Mistake(
            "squared error",
            _neuron_from(lambda r, x, *_: -2 * r**2 * x, lambda r, *_: -2 * r**2),
            "The error is squared. The square is in the loss; its slope has the error to the first "
            "power.",
            "Take the 2 down, and leave y − a as it is.",
        ),
        Mistake(
            "absolute error",
            _neuron_from(lambda r, x, *_: -2 * abs(r) * x, lambda r, *_: -2 * abs(r)),
            "The error is used without its sign, so predictions too high and too low push the same "
            "way.",
            "Keep the sign of y − a.",
        ),
        Mistake(
            "db is 1",
            _neuron_from(_right_dw, lambda *_: 1.0),
            "dw is right; db is the last link alone, ∂a/∂b = 1. The chain begins at the loss.",
            "Multiply that 1 by ∂L/∂a.",
        ),
        Mistake(
            "the loss",
            loss,
            "That is the loss, one number; asked for are its two gradients.",
            "Return dw and db.",
        ),
        Mistake(
            "the step at rate 0.05",
            lambda x, w, b, y: _step(x, w, b, y, RATE),
            "That is w and b after a step at learning rate 0.05.",
            "Return the gradients; the step comes after them.",
        ),
        Mistake(
            "times the rate",
            None,
            "Both gradients are multiplied by 0.05, the learning rate of the chapter: a step, not "
            "a slope.",
            "Leave the rate to the step.",
            change=lambda result, *_: tuple(RATE * part for part in result),
        ),
        Mistake(
            "the numbers of row 100",
            lambda x, w, b, y: neuron_slopes(ROW, W, B, TARGET),
            "The gradients of row 100 at the start, (−1.2, 0, 0) and −1.2, come back whatever is "
            "given.",
            "Compute them from x, w, b and y.",
        ),
        Mistake(
            "counted from 1",
            lambda x, w, b, y: sum(x[k] * w[k] for k in range(1, len(x) + 1)),
            "NumPy counts from 0: the features of three are x[0], x[1] and x[2].",
            "Count from 0, or use the whole arrays, x @ w.",
        ),
        Mistake(
            "always three features",
            lambda x, w, b, y: _neuron_from(_right_dw, _right_db)(
                np.array([x[0], x[1], x[2]]), np.array([w[0], w[1], w[2]]), b, y
            ),
            "The function asks for a third feature where x has fewer: it is written for three.",
            "Use the whole arrays, x @ w, in place of x[0], x[1] and x[2].",
        ),
    ),
    fact=(
        "For one sample, the rate 1 / (2 (x · x + 1)) brings the loss to 0 in a single step: 0.25 "
        "for row 100. At 0.5 the error only changes its sign, step after step."
    ),
    starter="""\
def neuron_gradients(x, w, b, y):
    a = ...
    return ..., ...

check.vector_calculus.neuron_gradients(neuron_gradients)
""",
    solution="""\
def neuron_gradients(x, w, b, y):
    a = x @ w + b
    return -2 * (y - a) * x, -2 * (y - a)

check.vector_calculus.neuron_gradients(neuron_gradients)
""",
)


EXERCISES = (
    dominoes,
    gradient,
    numerical_gradient,
    softmax_jacobian,
    vector_jacobian_product,
    neuron_gradients,
)
