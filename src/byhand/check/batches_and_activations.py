"""Chapter 4, batches and activations: its six exercises, their known mistakes, every message.

Each exercise stands below its reference and its mistakes.  The messages are the plain strings: edit
them here and nowhere else.  Numbers inside them are held true by
``tests/test_check_batches_and_activations.py``.
"""

import itertools
import sys
from dataclasses import dataclass
from functools import partial

import numpy as np

from byhand import training
from byhand.activations import ACTIVATIONS, sigmoid
from byhand.check import calling
from byhand.check.answer import right, unanswered, wrong
from byhand.check.exercise import Case, FunctionExercise, Mistake, NumberExercise
from byhand.check.wording import counted, kind, number, numbers
from byhand.datasets import six_rows
from byhand.losses import mean_squared_error, mean_squared_error_gradient
from byhand.network import Network

CHAPTER = "batches_and_activations"
X, Y = six_rows()[0], six_rows()[1][:, 0]
W, B, RATE = np.array([0.3, -0.2, 0.6]), 0.1, 0.05  # where the chapter starts

# The right answers come from the network library; a neuron of n features is the network [n, 1].


def neuron(X, w, b, activation="identity"):
    """Return the network of one neuron with those weights, shape (n_features,), and that bias."""
    return Network([X.shape[1], 1], output=activation, weights=[w[:, None]], biases=[b])


def loss(X, y, w, b, activation="identity"):
    """Return the mean squared error (Eq. 4.2)."""
    return float(mean_squared_error(neuron(X, w, b, activation).forward(X), y[:, None]))


def slopes(X, y, w, b, activation="identity"):
    """Return (dw, db): an array of shape (n_features,) and a float (Eq. 4.7, 4.8)."""
    network = neuron(X, w, b, activation)
    y_pred = network.forward(X)
    network.backward(mean_squared_error_gradient(y_pred, y[:, None]))
    *dw, db = network.gradients.tolist()
    return np.array(dw), db


def sigmoid_slopes(X, y, w, b):
    """Return (dw, db) of a sigmoid neuron (Eq. 4.21, 4.22)."""
    return slopes(X, y, w, b, "sigmoid")


# Inputs: the chapter's own, some awkward ones, fifty random ones.


def _cases():
    """Return the cases of both exercises on gradients, with arguments (X, y, w, b)."""
    table, row = np.array([[1.0, -2.0], [0.0, 3.0], [2.0, 1.0], [-1.0, 4.0]]), np.array([3.0, -1.0])
    square = np.array([[1.0, 2.0, 0.0], [-1.0, 0.0, 3.0], [2.0, -1.0, 1.0]])
    w, b = np.array([0.5, -1.0]), 2.0
    made = [
        ("the six rows at the start", X, Y, W, B),
        ("the six rows, w [1, 0, 0], b −0.5", X, Y, np.array([1.0, 0.0, 0.0]), -0.5),
        ("one row, two features", row[None, :], np.array([1.0]), w, 0.25),
        ("four rows, one feature", table[:, 1:], np.array([0.0, 1.0, 1.0, 0.0]), w[:1], -0.3),
        ("three rows, three features", square, np.array([1.0, 0.0, 1.0]), W, 0.4),
        ("two rows, five features", np.eye(2, 5) - 0.5, np.array([1.0, 0.0]), np.arange(5.0), 0.2),
        ("four rows of zeros", np.zeros((4, 2)), np.zeros(4), w, 0.7),
        ("four rows, a perfect fit", table, table @ w + b, w, b),
        ("four rows in thousands", 1e3 * table, np.array([1.0, 0.0, 0.0, 1.0]), w, b),
    ]
    for label, *arguments in made:
        yield Case(label, tuple(arguments))
    rng = np.random.default_rng(4)
    for index in range(50):
        m, n = (int(count) for count in rng.integers(2, 8, size=2))
        rows, y = np.round(rng.normal(size=(m, n)), 2), np.round(rng.normal(size=m), 2)
        w, b = np.round(rng.normal(size=n), 2), round(float(rng.normal()), 2)
        sizes = f"{counted(m, 'row')}, {counted(n, 'feature')}"
        yield Case(f"random data set {index + 1} ({sizes})", (rows, y, w, b), random=True)


CASES = tuple(_cases())


# 4.1  Write: the gradients without a loop


def steps_of(function, arguments):
    """Return how many instructions of Python a call takes, those inside NumPy not counted."""
    count, before = 0, sys.gettrace()

    def trace(frame, event, _):
        nonlocal count
        if frame.f_globals.get("__name__", "").partition(".")[0] == "numpy":
            return None
        frame.f_trace_opcodes = True
        count += event == "opcode"
        return trace

    def traced(*given):
        sys.settrace(trace)
        try:
            function(*given)
        finally:
            sys.settrace(before)

    calling.call(traced, tuple(map(str, range(len(arguments)))), arguments)
    return count


def _sized(m, n):
    """Return arguments of that size for `steps_of`; their values do not matter."""
    return np.ones((m, n)), np.zeros(m), np.full(n, 0.5), 0.25


SIZES = {"": (5, 3), "rows": (45, 3), "features": (5, 43)}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class LooplessExercise(FunctionExercise):
    """A function of arrays that is right only if it takes no more steps for a larger table.

    Its mistakes include "a loop over the rows" and "a loop over the features".
    """

    def _compare(self, function, values):
        verdict = super()._compare(function, values)
        if not verdict.passed:
            return verdict
        taken = {what: steps_of(function, _sized(*size)) for what, size in SIZES.items()}
        for axis, what in enumerate(("rows", "features")):
            few, many = SIZES[""][axis], SIZES[what][axis]
            if taken[what] - taken[""] >= many - few:
                gap = (
                    f"The numbers are right, on {len(self.cases)} inputs. Python took {taken['']} "
                    f"steps inside the function for {few} {what}, {taken[what]} for {many}."
                )
                return self._named(f"a loop over the {what}", gap)
        return verdict


def _scaled(factor):
    """Return the change that multiplies both gradients by ``factor(X)``."""

    def change(result, X, *_):
        dw, db = result
        return dw * factor(X), db * factor(X)

    return change


def _errors(rule):
    """Return the function whose gradients are the right ones but for the errors, (X, y, w, b)."""

    def wrong_slopes(X, y, w, b):
        error = rule(X, y, w, b)
        return -2 / len(X) * (X.T @ error), -2 * np.mean(error)

    return wrong_slopes


def _parts(dw_rule=None, db_rule=None):
    """Return the function with other rules of (X, error, dw, db) for one or both gradients."""

    def wrong_slopes(X, y, w, b):
        dw, db = slopes(X, y, w, b)
        error = y - (X @ w + b)
        return (
            dw if dw_rule is None else dw_rule(X, error, dw, db),
            db if db_rule is None else db_rule(X, error, dw, db),
        )

    return wrong_slopes


def by_row(X, y, w, b):
    """Return the gradients of a straight neuron as the starter has them: one row at a time."""
    dw, db = np.zeros(len(w)), 0.0
    for row, target in zip(X, y, strict=True):
        error = target - (row @ w + b)
        dw = dw - 2 / len(X) * error * row
        db = db - 2 / len(X) * error
    return dw, db


def by_feature(X, y, w, b):
    """Return the gradients of a straight neuron, one feature at a time."""
    error = y - (X @ w + b)
    dw = [-2 * np.mean(error * X[:, feature]) for feature in range(X.shape[1])]
    return np.array(dw), -2 * np.mean(error)


gradients = LooplessExercise(
    number="4.1",
    chapter=CHAPTER,
    name="gradients",
    parameters=("X", "y", "w", "b"),
    returns=("dw", "db"),
    reference=slopes,
    cases=CASES,
    mistakes=(
        Mistake(
            "sum for mean",
            None,
            "Both are m times too large, 6 times for 6 rows, 2 for 2: a sum where the loss takes a "
            "mean.",
            "Divide by the number of rows.",
            change=_scaled(len),
        ),
        Mistake(
            "divided by features",
            None,
            "Both are divided by the number of columns, X.shape[1], in place of rows: with the six "
            "rows that is 3 for 6, and every step is twice as long.",
            "Rows are samples here: divide by len(X).",
            change=_scaled(lambda X: len(X) / X.shape[1]),
        ),
        Mistake(
            "always 6 rows",
            None,
            "The sum is divided by 6 whatever the number of rows, which fits the chapter's table "
            "only.",
            "Divide by len(X), or take a mean.",
            change=_scaled(lambda X: len(X) / 6),
        ),
        Mistake(
            "divided by m twice",
            None,
            "Both are m times too small: a mean is divided by the number of rows once more.",
            "Divide once.",
            change=_scaled(lambda X: 1 / len(X)),
        ),
        Mistake(
            "wrong sign",
            None,
            "Right size, wrong sign: these point downhill. A gradient points uphill, and the "
            "update has a minus of its own.",
            "With the error y − a there is a −2 in front, with a − y a 2.",
            change=_scaled(lambda X: -1),
        ),
        Mistake(
            "half the gradient",
            None,
            "Both are half as large as they should be. Chapter 1's loss had a ½ that cancelled the "
            "2 from the square; (4.2) has none.",
            "Keep the 2.",
            change=_scaled(lambda X: 0.5),
        ),
        Mistake(
            "order swapped",
            None,
            "Both are right, in the other order.",
            "Return the gradient for w first, then the one for b.",
            change=lambda result, *_: result[::-1],
        ),
        Mistake(
            "a column",
            None,
            "The numbers are right, but dw stands in a column; w has one axis, and w minus a "
            "column would fill an n by n square.",
            "Keep the shape of w: (n,).",
            change=lambda result, *_: (np.reshape(result[0], (-1, 1)), result[1]),
        ),
        Mistake(
            "a row",
            None,
            "The numbers are right, but dw is a table of one row, the derivative (4.6); asked for "
            "is the gradient, in the shape of w.",
            "Keep the shape of w: (n,). A one-dimensional error leaves it so.",
            change=lambda result, *_: (np.reshape(result[0], (1, -1)), result[1]),
        ),
        Mistake(
            "X not transposed",
            _parts(lambda X, error, dw, db: -2 / len(X) * (X @ error)),
            "X has a column for every feature, and the error an entry for every row: "
            "`X @ error` lets features meet rows.",
            "Turn X over, so that its rows meet the entries of the error: X.T is (n, m).",
        ),
        Mistake(
            "weights meet rows",
            _errors(lambda X, y, w, b: y - (X.T @ w + b)),
            "In the prediction the weights meet the rows of X, as in `X.T @ w` or `w @ X`. A "
            "weight belongs to a feature, and features are columns here.",
            "Predict with X as it is, and w behind it.",
        ),
        Mistake(
            "w times X, not added up",
            _errors(lambda X, y, w, b: y - (X * w + b)),
            "`X * w` weighs every feature and does not add them up, so a row has n numbers where a "
            "prediction is one.",
            "Use the product that multiplies and adds: `@`.",
        ),
        Mistake(
            "error times X",
            _parts(lambda X, error, dw, db: -2 * np.mean(error * X, axis=0)),
            "`error * X` lays the m errors along the n columns of X; each error belongs to a row.",
            "Use a product that pairs the errors with the rows: which one has m on the inside?",
        ),
        Mistake(
            "targets in a column",
            lambda X, y, w, b: (
                -2 / len(X) * (X.T @ (y[:, None] - (X @ w + b))),
                -2 * np.mean(y[:, None] - (X @ w + b)),
            ),
            "A column minus a row is a square: every target is compared with every prediction, and "
            "the error has m times m entries.",
            "Leave y with one axis, as the prediction has.",
        ),
        Mistake(
            "predictions in a column",
            lambda X, y, w, b: (
                -2 / len(X) * (X.T @ (y - (X @ w[:, None] + b))),
                -2 * np.mean(y - (X @ w[:, None] + b)),
            ),
            "The predictions stand in a column and the targets do not: their difference is a "
            "square with m times m entries.",
            "Leave w with one axis, and X @ w has one too.",
        ),
        Mistake(
            "one number for all weights",
            _parts(lambda X, error, dw, db: np.mean(dw)),
            "The average runs over the features as well, so all the weights share one number.",
            "Average over the rows only, axis 0, or use a product with X.T.",
        ),
        Mistake(
            "summed over features",
            _parts(lambda X, error, dw, db: np.sum(dw)),
            "The entries for the features are added up into one number; each weight needs its own.",
            "Add up over the rows only, axis 0, or use a product with X.T.",
        ),
        Mistake(
            "wrong axis",
            _parts(lambda X, error, dw, db: -2 * np.mean(X * error[:, None], axis=1)),
            "The average runs along each row, over its features, so there is an entry for every "
            "row.",
            "Average down the columns, axis 0.",
        ),
        Mistake(
            "not averaged",
            _parts(
                lambda X, error, dw, db: -2 * X * error[:, None],
                lambda X, error, dw, db: -2 * error,
            ),
            "Every row's own gradient comes back, and nothing has averaged them.",
            "Take the mean over the rows, for w and for b.",
        ),
        Mistake(
            "dw not averaged",
            _parts(lambda X, error, dw, db: -2 * X * error[:, None]),
            "db is one number, dw still a table with a line for every row.",
            "Take the mean over the rows for w too.",
        ),
        Mistake(
            "db not averaged",
            _parts(None, lambda X, error, dw, db: -2 * error),
            "dw is right; db still has an entry for every row.",
            "One bias serves every row: take the mean.",
        ),
        Mistake(
            "first row only",
            _parts(
                lambda X, error, dw, db: -2 / len(X) * error[0] * X[0],
                lambda X, error, dw, db: -2 / len(X) * error[0],
            ),
            "Only the first row takes part: the return stands inside the loop.",
            "Let every row take part; a product over whole arrays needs no loop.",
        ),
        Mistake(
            "last row only",
            _parts(
                lambda X, error, dw, db: -2 / len(X) * error[-1] * X[-1],
                lambda X, error, dw, db: -2 / len(X) * error[-1],
            ),
            "Only the last row takes part: each turn of the loop forgets the one before.",
            "Add to what is there already, or use a product over whole arrays.",
        ),
        Mistake(
            "X missing in dw",
            _parts(lambda X, error, dw, db: db),
            "db is right, and dw is the same number: the link from w to a, which is X, is missing.",
            "By (4.4) that link is X: multiply the errors by it.",
        ),
        Mistake(
            "X in db",
            _parts(None, lambda X, error, dw, db: dw),
            "dw is right, and db is the same again: X is not on the way from b to a.",
            "By (4.5) that link is a column of ones: add up the bare errors.",
        ),
        Mistake(
            "mean times mean",
            _parts(lambda X, error, dw, db: -2 * np.mean(error) * X.mean(axis=0)),
            "Mean error times mean row is not the mean of error times row: which error belongs to "
            "which row is lost.",
            "Multiply row by row first, then average; X.T times the errors does both.",
        ),
        Mistake(
            "no bias in a",
            lambda X, y, w, b: slopes(X, y, w, 0.0),
            "The prediction inside is X w, without b; this shows as soon as b is not 0.",
            "Take the error of X w + b.",
        ),
        Mistake(
            "brackets missing",
            lambda X, y, w, b: slopes(X, y, w, -b),
            "b goes into the error with the wrong sign: `y - X @ w + b` takes away X w and adds b.",
            "Put brackets round the whole prediction: y − (X w + b).",
        ),
        Mistake(
            "no target",
            lambda X, y, w, b: slopes(X, 0 * y, w, b),
            "The prediction stands where the error should be: y does not take part.",
            "Take the difference of target and prediction.",
        ),
        Mistake(
            "absolute error",
            _errors(lambda X, y, w, b: abs(y - (X @ w + b))),
            "The errors are used without their signs, so rows above and below push the same way.",
            "Keep the sign of y − a.",
        ),
        Mistake(
            "squared error",
            _errors(lambda X, y, w, b: (y - (X @ w + b)) ** 2),
            "The errors are squared. The square is in the loss; its slope has the bare error.",
            "Use the error to the first power.",
        ),
        Mistake(
            "sum in dw",
            _parts(lambda X, error, dw, db: len(X) * dw),
            "db is a mean, dw still a sum: the product X.T @ error adds up and does not divide.",
            "Divide it by the number of rows.",
        ),
        Mistake(
            "dw divided twice",
            _parts(lambda X, error, dw, db: dw / len(X), None),
            "db is right; dw is divided by the number of rows twice.",
            "Divide dw once.",
        ),
        Mistake(
            "db not added up",
            _parts(None, lambda X, error, dw, db: -2 / len(X) * error),
            "dw is right; db is what each row adds to it, one entry a row, not yet the sum.",
            "One bias serves every row: add up what the rows ask of it.",
        ),
        Mistake(
            "sum in db",
            _parts(None, lambda X, error, dw, db: len(X) * db),
            "dw is a mean, db still a sum.",
            "Divide db by the number of rows too.",
        ),
        Mistake(
            "in one array",
            lambda X, y, w, b: np.append(*slopes(X, y, w, b)),
            "The numbers are right, but dw and db stand in one array; w and b could not be updated "
            "with it one by one.",
            "Return the two with a comma between.",
        ),
        Mistake(
            "dw alone",
            lambda X, y, w, b: slopes(X, y, w, b)[0],
            "Only the gradient for w comes back.",
            "Return both, with a comma between.",
        ),
        Mistake(
            "the step",
            lambda X, y, w, b: (
                w - RATE * slopes(X, y, w, b)[0],
                b - RATE * slopes(X, y, w, b)[1],
            ),
            "That is w and b after a step of learning rate 0.05.",
            "Return the gradients themselves; (4.9) comes later.",
        ),
        Mistake(
            "the loss",
            loss,
            "That is the loss, one number; asked for are its two gradients.",
            "Return the gradient for w and the gradient for b.",
        ),
        Mistake(
            "the chapter's rows",
            lambda rows, y, w, b: (-2 / 6 * (X.T @ (Y - (X @ w + b))), -2 * np.mean(Y - X @ w - b)),
            "The gradients are those of the chapter's six rows, whatever X and y are given.",
            "Use the arguments' own names inside.",
        ),
        Mistake(
            "the chapter's numbers",
            lambda *_: slopes(X, Y, W, B),
            "The chapter's gradients at the start come back, whatever is given.",
            "Compute them from X, y, w and b.",
        ),
        Mistake(
            "a loop over the rows",
            by_row,
            "More rows, more steps: the rows are still visited one by one.",
            "Let one product do the visiting: `X @ w` has an entry for every row at once.",
        ),
        Mistake(
            "a loop over the features",
            by_feature,
            "The rows are taken all at once, the features still one by one.",
            "Each entry of the gradient is a column of X times the errors, added up. Which one "
            "product holds all of these?",
        ),
    ),
    fact=(
        "Write all six rows down a second time: twelve rows, and both gradients stay what they "
        "were. That is what 1/m is for: a learning rate need not know how many samples there are."
    ),
    starter="""\
def by_row(X, y, w, b):
    dw, db = np.zeros(len(w)), 0.0
    for row, target in zip(X, y):
        error = target - (row @ w + b)
        dw = dw - 2 / len(X) * error * row
        db = db - 2 / len(X) * error
    return dw, db


def gradients(X, y, w, b):
    error = ...
    return ..., ...

check.batches_and_activations.gradients(gradients)
""",
    solution="""\
def gradients(X, y, w, b):
    error = y - (X @ w + b)
    return -2 / len(X) * (X.T @ error), -2 * error.mean()

check.batches_and_activations.gradients(gradients)
""",
)


# 4.2  Write: batches, judged by what they promise


def library_batches(n_samples, batch_size, rng):
    """Return the row numbers of the mini-batches that `byhand.training.train` would take."""
    rows = np.arange(n_samples)[:, None]
    return [batch[:, 0] for batch, _ in training.batches(rows, rows, batch_size, True, rng)]


def _batch_cases():
    sizes = [(6, 2), (6, 4), (7, 3), (5, 5), (4, 1), (1, 1), (3, 8), (12, 5), (12, 4)]
    rng = np.random.default_rng(4)
    sizes += [(int(rng.integers(8, 40)), int(rng.integers(2, 9))) for _ in range(20)]
    for seed, (n_samples, batch_size) in enumerate(sizes):
        label = f"n_samples {n_samples}, batch_size {batch_size}"
        yield Case(label, (n_samples, batch_size, np.random.default_rng(seed)), seed > 8)


MANY = 8  # place of the case whose 12 rows cannot be in order by chance
EPOCHS_DRAWN = 400  # to see whether all rows have the same chances
UNEVEN = 40.0  # a fair shuffle has a larger chi-squared about once in ten million times
MOST_SHOWN = 4  # batches written out in a message


def unfolded(value, n_samples):
    """Return (batches, None), or what was found and the name of what is wrong with its kind.

    Lists, tuples, tables and generators of arrays or lists of whole numbers count as batches.
    """
    if isinstance(value, str | bytes | dict | set) or not hasattr(value, "__iter__"):
        return None, "no list"
    if isinstance(value, np.ndarray) and value.ndim == 0:
        return None, "no list"
    found = list(itertools.islice(iter(value), 2 * n_samples + 2))
    if len(found) > 2 * n_samples + 1:
        return None, "without end"
    if calling.dotted(found):
        return None, "dots"
    if any(isinstance(batch, slice) for batch in found):
        return None, "slices"
    try:
        batches = [np.asarray(batch) for batch in found]
    except ValueError:
        return None, "not row numbers"
    batches = [batch.astype(int) if batch.size == 0 else batch for batch in batches]
    if any(batch.dtype.kind == "b" for batch in batches):
        return None, "masks"
    if any(batch.dtype.kind not in "iu" for batch in batches):
        return None, "not row numbers"
    if batches and all(batch.ndim == 0 for batch in batches):
        return batches, "not cut"
    if any(batch.ndim != 1 for batch in batches):
        return None, "not row numbers"
    return batches, None


def flaw(batches, n_samples, batch_size):
    """Return the name of the law of rows and sizes that the batches break, or None."""
    rows = [row for batch in batches for row in batch.tolist()]
    sizes, distinct = [len(batch) for batch in batches], set(rows)
    starts = range(0, n_samples, batch_size)
    wanted = [min(batch_size, n_samples - start) for start in starts]
    ends = [(at, at + size) for at, size in zip(starts, wanted, strict=True)]
    full = [(start, start + batch_size) for start, _ in ends]
    if n_samples > 2 and [tuple(batch.tolist()) for batch in batches] in (ends, full):
        return "starts and stops"
    if distinct == set(range(1, n_samples + 1)):
        return "counted from 1"
    if distinct - set(range(n_samples)):
        return "no such row"
    if len(distinct) == len(rows):
        if len(rows) < n_samples:
            return _left_out(sizes, wanted, batch_size)
        return None if sizes == wanted else _uneven(batches, sizes, wanted, batch_size)
    if sizes[0] == batch_size + 1:
        return "one too many"
    shared = [
        np.array_equal(one[1:], two[: len(one) - 1]) for one, two in itertools.pairwise(batches)
    ]
    if shared and all(shared) and sizes[0] > 1:
        return "windows overlap"
    if batch_size <= n_samples and any(len(set(each.tolist())) < len(each) for each in batches):
        return "drawn with replacement"
    before = [row for batch in batches[:-1] for row in batch.tolist()]
    if len(set(before)) == len(before) and sizes[-1] == batch_size > wanted[-1]:
        return "last batch filled up"
    return "drawn anew"


def _left_out(sizes, wanted, batch_size):
    if not sizes and len(wanted) > 1:
        return "rows left out"
    if len(sizes) > 1 and sizes[0] == batch_size and not any(sizes[1:]):
        return "slice ends at batch_size"
    if sizes == wanted[:-1]:
        return "short batch dropped" if wanted[-1] < batch_size else "last batch missing"
    if sizes and sizes[0] == batch_size - 1:
        return "one too few"
    return "rows left out"


def _uneven(batches, sizes, wanted, batch_size):
    if [size for size in sizes if size] == wanted:
        return "an empty batch"
    if sorted(sizes) == sorted(wanted):
        return "same company" if neighbours(batches) else "short batch not last"
    if len(sizes) == batch_size:
        return "batch_size as a count"
    if sizes == [len(part) for part in np.array_split(np.arange(sum(sizes)), len(wanted))]:
        return "evened out"
    if len(wanted) > 1 and sizes == [*wanted[:-2], wanted[-2] + wanted[-1]]:
        return "rest joined to the last"
    return "other sizes"


def neighbours(batches):
    """Return whether every batch holds rows that follow on one another in the table."""
    return all(np.ptp(batch) == len(batch) - 1 for batch in batches)


def alike(batches, others):
    """Return whether two lists of batches are the same."""
    return len(batches) == len(others) and all(map(np.array_equal, batches, others))


def unevenness(batches_drawn, n_samples):
    """Return how far chance has favoured some rows: (chi-squared, words, row -> times) at worst."""
    last, beside = np.zeros(n_samples), np.zeros(n_samples)
    for batches in batches_drawn:
        last[batches[-1]] += 1
        beside[next(batch for batch in batches if 0 in batch)] += 1
    counts = {"in the last batch": last, "in one batch with row 0": beside[1:]}
    measured = []
    for words, times in counts.items():
        rows = range(n_samples - len(times), n_samples)
        chi_squared = float(np.sum((times - times.mean()) ** 2) / times.mean())
        measured.append((chi_squared, words, dict(zip(rows, times.tolist(), strict=True))))
    return max(measured, key=lambda each: each[0])


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class BatchesExercise(FunctionExercise):
    """The reader cuts the rows into mini-batches; judged by laws, since any order is right."""

    def _compare(self, function, values):
        broken = []
        for case, value in zip(self.cases, values, strict=True):
            if value is None:
                lines = self._undiagnosed(0, [None], None)[1:]
                return wrong(f"At {case.label}: got None, expected a list of batches.", *lines)
            outcome = calling.call(partial(self._examined, case, value), (), ())
            if outcome.error is not None:
                dots = calling.untouched(function, outcome)
                return unanswered() if dots else self._stopped(function, case, outcome)
            batches, name = outcome.value
            if name == "dots":
                return unanswered()
            broken += [(name, case, batches, value)] if name else []
        return (
            self._worst(broken)
            or self._chance(function)
            or right(
                f"Right, on {len(self.cases)} pairs of sizes: every row once, in the sizes asked "
                f"for, and no row favoured as far as {EPOCHS_DRAWN} epochs can tell.",
                self.fact,
            )
        )

    @staticmethod
    def _examined(case, value):
        """Return the batches and the name of what is wrong with them, or None."""
        n_samples, batch_size, _ = case.arguments
        batches, name = unfolded(value, n_samples)
        if name == "not cut":
            rows = [int(row) for row in batches]
            wanted = len(range(0, n_samples, batch_size))
            if rows == list(range(0, n_samples, batch_size)):
                name = "starts only"
            elif len(rows) < n_samples:
                name = "one row a batch" if len(rows) == wanted else "first batch only"
        return batches, name or flaw(batches, n_samples, batch_size)

    def _worst(self, broken):
        """Return the verdict on the cases that broke a law, or None where there are none.

        Some sizes make one mistake look like another, so what most of them show is named.
        """
        names = [name for name, *_ in broken]
        if not names:
            return None
        name = max(names, key=names.count)
        if set(names) == {"last batch missing", "short batch dropped"}:
            name = "last batch missing"
        return self._broken(*broken[names.index(name)])

    def _chance(self, function):
        """Return the verdict on how chance is used, or None where there is nothing to say."""
        case = self.cases[MANY]
        n_samples, batch_size, _ = case.arguments
        (one, two, *more), problem = self._epochs(function, case, 20)
        if problem:
            return problem
        (other,), _ = self._epochs(function, case, 1)
        if alike(one, _cut(np.arange(n_samples), n_samples, batch_size)):
            return self._broken("not shuffled", case, one)
        if all(map(neighbours, (one, two, *more))):
            return self._broken("same company", case, one)
        if alike(one, two):
            return self._broken("the same every time", case, one)
        if other is None or not alike(one, other):
            return self._broken("another source of chance", case, one)
        for n_samples, batch_size in ((4, 2), (5, 4)):
            label = f"n_samples {n_samples}, batch_size {batch_size}"
            case = Case(label, (n_samples, batch_size, np.random.default_rng(1)))
            drawn, problem = self._epochs(function, case, EPOCHS_DRAWN)
            if problem:
                return problem
            chi_squared, words, times = unevenness(drawn, n_samples)
            if chi_squared > UNEVEN:
                rows = ", ".join(f"{number(count)} times row {row}" for row, count in times.items())
                gap = f"At {label}, {EPOCHS_DRAWN} epochs in a row: {words} stood {rows}."
                return self._named("rows favoured", gap, case)
        return None

    def _epochs(self, function, case, count):
        """Return the batches of so many calls with one rng, and the verdict if one is bad."""
        n_samples, batch_size, rng = case.arguments

        def drawn(rng):
            values = (function(n_samples, batch_size, rng) for _ in range(count))
            return [unfolded(value, n_samples)[0] for value in values]

        outcome = calling.call(drawn, ("rng",), (rng,))
        if outcome.error is not None:
            return [None] * count, self._stopped(function, case, outcome)
        if any(each is None or flaw(each, n_samples, batch_size) for each in outcome.value):
            return outcome.value, wrong(
                f"At {case.label}: the first calls were right, a later one was not.",
                "Something outside the function is used up or changed.",
                "Make the order inside the function, anew at every call.",
                inputs=case.arguments,
            )
        return outcome.value, None

    def _broken(self, name, case, batches, value=None):
        if batches is None:
            got = kind(value)
        elif np.ndim(batches[0] if batches else []) == 0:
            got = numbers(np.array(batches))
        else:
            shown = [str(batch.tolist()).replace("-", "−") for batch in batches[:MOST_SHOWN]]
            more = [f"… {len(batches)} batches"] if len(batches) > MOST_SHOWN else []
            got = ", ".join(shown + more) or "no batch at all"
        return self._named(name, f"At {case.label}: got {got}.", case)

    def _stopped(self, function, case, outcome):
        plain = super()._stopped(function, case, outcome)
        if plain.mistake:
            return plain
        broken, stopped = [], []
        for each in self.cases:
            run = partial(_examined_call, self._examined, function, each)
            tried = calling.call(run, self.parameters, each.arguments)
            if tried.error is not None:
                stopped.append(each)
            elif tried.value[1] is not None:
                broken.append((tried.value[1], each, tried.value[0], None))
        if broken:  # a wrong way that also stops at some sizes: say what is wrong with it
            return self._worst(broken)
        uneven = all(each.arguments[0] % each.arguments[1] for each in stopped)
        if stopped and uneven and isinstance(outcome.error, ValueError):
            return self._named("equal pieces only", plain.text.split("\n")[0], case)
        return plain


def _examined_call(examined, function, case, *arguments):
    return examined(case, function(*arguments))


def _cut_at(starts, order, length):
    return [order[start : start + length] for start in starts]


def _cut(order, n_samples, batch_size, more=0):
    """Return an order cut in slices, each longer by ``more`` than it should be."""
    return _cut_at(range(0, n_samples, batch_size), order, batch_size + more)


def _filled_up(n_samples, batch_size, rng):
    batches = library_batches(n_samples, batch_size, rng)
    missing = batch_size - len(batches[-1])
    return [*batches[:-1], np.append(batches[-1], np.resize(batches[0], missing))]


def _rest_joined(n_samples, batch_size, rng):
    order, full = rng.permutation(n_samples), max(n_samples // batch_size, 1)
    return np.split(order, range(batch_size, full * batch_size, batch_size))


_own = itertools.count()  # stands for a source of chance outside the function


batches = BatchesExercise(
    number="4.2",
    chapter=CHAPTER,
    name="batches",
    parameters=("n_samples", "batch_size", "rng"),
    returns=("batches",),
    reference=library_batches,
    cases=tuple(_batch_cases()),
    stops=(
        (TypeError, "'NoneType' object is not subscriptable", "order is None"),
        (ValueError, "equal division", "equal pieces only"),
    ),
    mistakes=(
        Mistake(
            "no list",
            lambda n, size, rng: len(library_batches(n, size, rng)),
            "Asked for is a list that holds one array of row numbers for every batch.",
            "Return the list of batches, in square brackets.",
        ),
        Mistake(
            "without end",
            lambda n, size, rng: itertools.cycle(library_batches(n, size, rng)),
            "The batches never end: after the last one the first comes again.",
            "Stop after one epoch, when every row has had its turn.",
        ),
        Mistake(
            "slices",
            lambda n, size, rng: [slice(at, at + size) for at in range(0, n, size)],
            "These say where to cut, and nothing is cut yet; besides, they are the same at every "
            "call.",
            "Put each slice into the brackets of the shuffled order.",
        ),
        Mistake(
            "masks",
            lambda n, size, rng: [
                np.isin(range(n), rows) for rows in library_batches(n, size, rng)
            ],
            "These are truth values, one for every row; asked for are the numbers of the rows in "
            "the batch.",
            "Take the numbers themselves from the shuffled order.",
        ),
        Mistake(
            "not row numbers",
            lambda n, size, rng: [rows / 1 for rows in library_batches(n, size, rng)],
            "A batch is an array with one axis of whole numbers, so that X[rows] picks these rows.",
            "Cut the batches out of an order such as rng.permutation gives.",
        ),
        Mistake(
            "not cut",
            lambda n, size, rng: rng.permutation(n),
            "All the rows come in one piece, not yet cut into batches.",
            "Cut the order at every start, batch_size entries at a time.",
        ),
        Mistake(
            "starts only",
            lambda n, size, rng: list(range(0, n, size)),
            "These are the places where the batches begin.",
            "At each of them, take batch_size entries of the order: order[start : start + "
            "batch_size].",
        ),
        Mistake(
            "one row a batch",
            lambda n, size, rng: rng.permutation(n)[::size],
            "There is a single row for every batch: order[start] is one entry.",
            "Take a slice, from start to start + batch_size.",
        ),
        Mistake(
            "first batch only",
            lambda n, size, rng: rng.permutation(n)[:size],
            "One batch comes back and the other rows are never seen: the return stands inside the "
            "loop, or there is no loop.",
            "Collect the batches in a list, and return that.",
        ),
        Mistake(
            "starts and stops",
            lambda n, size, rng: [(at, min(at + size, n)) for at in range(0, n, size)],
            "Each pair says where a batch starts and stops, not which rows are in it.",
            "Use the two as a slice of the shuffled order.",
        ),
        Mistake(
            "counted from 1",
            lambda n, size, rng: _cut(1 + rng.permutation(n), n, size),
            "The rows are counted from 1: row 0 has no turn, and X has no row n_samples.",
            "Count from 0, as rng.permutation(n_samples) does.",
        ),
        Mistake(
            "no such row",
            lambda n, size, rng: _cut(rng.permutation(n + 1), n + 1, size),
            "There are numbers here that no row of X has: its rows are 0 to n_samples − 1.",
            "Shuffle the numbers 0 to n_samples − 1, no more.",
        ),
        Mistake(
            "slice ends at batch_size",
            lambda n, size, rng: [rng.permutation(n)[at:size] for at in range(0, n, size)],
            "The second number of a slice is the place where it stops, not its length; after the "
            "first batch it stops before it starts.",
            "Let the slice stop batch_size after its start.",
        ),
        Mistake(
            "short batch dropped",
            lambda n, size, rng: _cut(rng.permutation(n), n, size)[: n // size],
            "The rows that do not fill a batch are left out, other ones in every epoch.",
            "Keep them as a last, shorter batch.",
        ),
        Mistake(
            "last batch missing",
            lambda n, size, rng: _cut(rng.permutation(n), n - size, size),
            "The last batch is missing, a full one.",
            "Let the starts run up to n_samples, which range leaves out by itself.",
        ),
        Mistake(
            "one too few",
            lambda n, size, rng: _cut(rng.permutation(n), n, size, -1),
            "Every batch is one row short, and a row between two batches is lost. The stop of a "
            "slice is left out already.",
            "Let the slice stop at start + batch_size, without a minus 1.",
        ),
        Mistake(
            "rows left out",
            lambda n, size, rng: _cut(rng.permutation(n)[1:], n, size),
            "Some rows are in no batch, so an epoch never shows them to the neuron.",
            "Shuffle all the numbers from 0 to n_samples − 1, and cut from the first to the last.",
        ),
        Mistake(
            "one too many",
            lambda n, size, rng: _cut(rng.permutation(n), n, size, 1),
            "Every batch is one row too long, and the next one begins with the same row.",
            "Let the slice stop at start + batch_size; the stop itself is left out.",
        ),
        Mistake(
            "windows overlap",
            lambda n, size, rng: _cut_at(range(n), rng.permutation(n), size),
            "The starts go up by one, so a batch shares all rows but one with the next.",
            "Let the starts go in steps of batch_size.",
        ),
        Mistake(
            "drawn with replacement",
            lambda n, size, rng: [
                rng.integers(n, size=min(size, n - at)) for at in range(0, n, size)
            ],
            "Rows are drawn and put back: the same one can come twice, even in one batch, and "
            "others have no turn.",
            "Shuffle all the rows once; a shuffle puts nothing back.",
        ),
        Mistake(
            "last batch filled up",
            _filled_up,
            "The last batch is filled up with rows that have had their turn; they count twice in "
            "this epoch.",
            "Leave the last batch short.",
        ),
        Mistake(
            "drawn anew",
            lambda n, size, rng: [rng.permutation(n)[at : at + size] for at in range(0, n, size)],
            "Some rows come twice and others not at all: the batches are not cut from one order, "
            "or the cuts overlap.",
            "Shuffle once, before the first cut, and let each slice begin where the one before "
            "stops.",
        ),
        Mistake(
            "an empty batch",
            lambda n, size, rng: _cut(rng.permutation(n), n + 1, size),
            "There is a batch without rows at the end: its mean would be 0 divided by 0.",
            "Let the starts stop before n_samples.",
        ),
        Mistake(
            "batch_size as a count",
            lambda n, size, rng: np.array_split(rng.permutation(n), size),
            "There are batch_size batches; batch_size is how many rows each of them has.",
            "Take batch_size rows for a batch, and as many batches as that needs.",
        ),
        Mistake(
            "evened out",
            lambda n, size, rng: np.array_split(rng.permutation(n), -(-n // size)),
            "The rows are shared out evenly over the batches; asked for are full batches and then "
            "the rest.",
            "Cut after every batch_size rows.",
        ),
        Mistake(
            "short batch not last",
            lambda n, size, rng: library_batches(n, size, rng)[::-1],
            "The sizes are right; the short batch does not stand at the end.",
            "Cut from the front, and let what remains be the last batch.",
        ),
        Mistake(
            "rest joined to the last",
            _rest_joined,
            "The rows left over are joined to the last batch, which is larger than batch_size.",
            "Give them a batch of their own.",
        ),
        Mistake(
            "other sizes",
            lambda n, size, rng: _cut(rng.permutation(n), n, size + 1),
            "Every row has its turn once, in batches of other sizes than asked for.",
            "Cut after every batch_size rows; only the last batch may be shorter.",
        ),
        Mistake(
            "equal pieces only",
            lambda n, size, rng: rng.permutation(n).reshape(-1, size),
            "It stops where batch_size does not divide n_samples: equal pieces leave no room for "
            "the rest.",
            "Cut with slices. The last one may reach past the end, and comes out shorter.",
        ),
        Mistake(
            "order is None",
            lambda n, size, rng: _cut(rng.shuffle(np.arange(n)), n, size),
            "The order is None: rng.shuffle changes the array it is given and returns nothing.",
            "Use rng.permutation, which returns the new order.",
        ),
        Mistake(
            "not shuffled",
            lambda n, size, rng: _cut(np.arange(n), n, size),
            "Every row once, in the sizes asked for, and always in the order of the table.",
            "Let rng shuffle the order before it is cut.",
        ),
        Mistake(
            "same company",
            lambda n, size, rng: [rng.permutation(rows) for rows in _cut(np.arange(n), n, size)],
            "Rows move inside their batch, or batches change places, but the same neighbours of the"
            " table always meet.",
            "Shuffle all the rows first, then cut.",
        ),
        Mistake(
            "the same every time",
            lambda n, size, rng: library_batches(n, size, np.random.default_rng(0)),
            "Two calls in a row, with the same rng, gave the same batches: the order does not come "
            "from it.",
            "Draw the order from the rng that is given, without a seed of its own.",
        ),
        Mistake(
            "another source of chance",
            lambda n, size, rng: library_batches(n, size, np.random.default_rng(next(_own))),
            "The batches are shuffled, but not by rng: from the same rng, freshly copied, came two "
            "different orders. Nobody could repeat the run.",
            "Call a method of the rng that is given.",
        ),
        Mistake(
            "rows favoured",
            lambda n, size, rng: _cut(np.roll(np.arange(n)[::-1], rng.integers(n)), n, size),
            "A fair shuffle brings all of these close together; here some rows have better chances "
            "than others.",
            "Make every order equally likely: rng.permutation(n_samples).",
        ),
    ),
    fact=(
        "Six rows make 15 pairs, and there are also 15 ways to cut them into three pairs. Two "
        "given rows share a pair, and with it a step, in one epoch out of five."
    ),
    starter="""\
def batches(n_samples, batch_size, rng):
    order = ...
    starts = range(0, n_samples, batch_size)
    return [... for start in starts]

check.batches_and_activations.batches(batches)
""",
    solution="""\
def batches(n_samples, batch_size, rng):
    order = rng.permutation(n_samples)
    starts = range(0, n_samples, batch_size)
    return [order[start : start + batch_size] for start in starts]

check.batches_and_activations.batches(batches)
""",
)


# 4.3  Predict: the mean of batches of unequal size, with a pencil


SAMPLES, BATCH_SIZE = np.array([3.0, -1.0, 5.0, 1.0, 17.0]), 4


def _mean_of_batches():
    first, second = SAMPLES[:BATCH_SIZE], SAMPLES[BATCH_SIZE:]
    full, sums = SAMPLES.mean(), (first.sum(), second.sum())
    answer = np.mean([first.mean(), second.mean()])
    mistakes = (
        Mistake(
            "the full gradient",
            full,
            "That is the full gradient, the mean over all five samples. The two batches do not "
            "give it, since one holds four samples and the other one.",
            "Average inside each batch first, then average the two results.",
        ),
        Mistake(
            "the two added",
            2 * answer,
            "Those are the two batch gradients added up.",
            "Halve it: there are two batches.",
        ),
        Mistake(
            "sums in the batches",
            np.mean(sums),
            "That is the mean of the two sums; a batch gradient is a mean over the batch.",
            "Divide each sum by the number of samples in its batch.",
        ),
        Mistake(
            "everything added",
            SAMPLES.sum(),
            "That is the sum of all five.",
            "Two divisions are missing: inside each batch, and over the two batches.",
        ),
        Mistake(
            "both divided by 4",
            np.mean(sums) / BATCH_SIZE,
            "The last batch is divided by 4 as well, and it has one sample.",
            "Divide by the samples that are there.",
        ),
        Mistake(
            "divided by 5 at the end",
            2 * answer / len(SAMPLES),
            "The two batch gradients are added and divided by the number of samples.",
            "There are two batches: divide by 2.",
        ),
        Mistake(
            "first batch only",
            first.mean(),
            "That is the first batch gradient, and it is right.",
            "Take the second one too, and average the two.",
        ),
        Mistake(
            "last batch only",
            second.mean(),
            "That is the second batch gradient, and it is right.",
            "Take the first one too, and average the two.",
        ),
        Mistake(
            "minus lost",
            np.mean([np.abs(first).mean(), second.mean()]),
            "The −1 was added as a 1.",
            "Keep its sign: that sample asks for the other direction.",
        ),
        Mistake(
            "short batch first",
            np.mean([SAMPLES[:1].mean(), SAMPLES[1:].mean()]),
            "The lone sample was taken from the front: 3 by itself, then the other four.",
            "Fill the first batch with the first four samples.",
        ),
        Mistake(
            "three and two",
            np.mean([SAMPLES[:3].mean(), SAMPLES[3:].mean()]),
            "The five were cut into three and two.",
            "The batch size is 4: four samples, then the one that is left.",
        ),
        Mistake(
            "two and three",
            np.mean([SAMPLES[:2].mean(), SAMPLES[2:].mean()]),
            "The five were cut into two and three.",
            "The batch size is 4: four samples, then the one that is left.",
        ),
        Mistake(
            "the difference",
            answer - full,
            "That is by how much the mean of the batches misses the full gradient, and it is "
            "right.",
            "Give the mean of the batches itself.",
        ),
    )
    return float(answer), mistakes


_answer, _mistakes = _mean_of_batches()

mean_of_batches = NumberExercise(
    number="4.3",
    chapter=CHAPTER,
    name="mean_of_batches",
    quantity="the mean of the two batch gradients",
    reference=_answer,
    tolerance=1e-3,
    mistakes=_mistakes,
    givens=(
        f"slopes of the single samples: {', '.join(map(number, SAMPLES))}\n"
        f"batch size {BATCH_SIZE}, in this order: four samples, then one\n"
        "Answer within 0.1 %."
    ),
    pencil=(
        "No known mistake gives it. Write down the two batch gradients separately; the second is a "
        "mean over one number."
    ),
    fact=(
        "The full gradient is 5: the lone sample counted four times as much as any other. Shuffle "
        "before every epoch and each of the five is the lone one equally often; the mean over "
        "these five cuts is 5 again."
    ),
    starter="""\
mean_of_batches = ...

check.batches_and_activations.mean_of_batches(mean_of_batches)
""",
    solution="""\
# First batch: (3 − 1 + 5 + 1) / 4 = 2.  Second batch: 17, alone.
mean_of_batches = (2 + 17) / 2

check.batches_and_activations.mean_of_batches(mean_of_batches)
""",
)


# 4.4  Write: the slope of tanh from its output


def tanh_slope_from_output(a):
    """Return 1 − a² (Eq. 4.13), as the library's backward pass does."""
    return ACTIVATIONS["tanh"].from_output(a)


def _output_cases():
    made = [
        np.tanh([0.3, -1.2, 2.0]),
        float(np.tanh(0.5)),
        0.0,
        1.0,
        -1.0,
        np.array([-0.5]),
        np.zeros(3),
        np.array([-1.0, 0.0, 1.0]),
        np.tanh([[0.1, -0.4, 3.0], [2.0, 0.0, -0.7]]),
        np.tanh([[0.2], [-5.0]]),
    ]
    for a in made:
        yield Case(f"a = {numbers(a)}", (a,))
    rng = np.random.default_rng(4)
    for index in range(50):
        shape = tuple(int(count) for count in rng.integers(2, 6, size=1 + index % 2))
        label = f"random outputs {index + 1}, shape {shape}"
        yield Case(label, (np.tanh(2 * rng.normal(size=shape)),), random=True)


tanh_slope = FunctionExercise(
    number="4.4",
    chapter=CHAPTER,
    name="tanh_slope",
    parameters=("a",),
    returns=("slope",),
    reference=tanh_slope_from_output,
    cases=tuple(_output_cases()),
    mistakes=(
        Mistake(
            "tanh once more",
            lambda a: 1 - np.tanh(a) ** 2,
            "tanh is applied a second time (1 / cosh² of a is the same thing). a is tanh z "
            "already.",
            "Put a itself where the equation says tanh z.",
        ),
        Mistake(
            "square missing",
            lambda a: 1 - a,
            "The square is missing: at a = −1 this gives 2, and tanh is nowhere steeper than 1.",
            "Square a before taking it from 1.",
        ),
        Mistake(
            "bracket squared",
            lambda a: (1 - a) ** 2,
            "The square is round the whole bracket: at a = −1 this gives 4, where tanh is flat.",
            "Square a alone, then take it from 1.",
        ),
        Mistake(
            "size in place of square",
            lambda a: 1 - np.abs(a),
            "1 − |a| is right at a = 0, 1 and −1 and too small everywhere between.",
            "Square a; the sign goes away by itself.",
        ),
        Mistake(
            "plus for minus",
            lambda a: 1 + a**2,
            "The slope grows as the output nears 1; tanh gets flatter there.",
            "Take a² away from 1.",
        ),
        Mistake(
            "a² alone",
            lambda a: a**2,
            "That is what is missing from 1: it is 0 where tanh is steepest and 1 where it is "
            "flat.",
            "Take it away from 1.",
        ),
        Mistake(
            "the sigmoid's slope",
            lambda a: a * (1 - a),
            "a (1 − a) is the slope of the sigmoid, (4.15). For tanh it would be 0 at a = 0, where "
            "tanh is steepest.",
            "Use (4.13).",
        ),
        Mistake(
            "the slope of 1 − a²",
            lambda a: -2 * a,
            "That is the slope of 1 − a² in a: one derivative too many.",
            "The slope of tanh is 1 − a² itself.",
        ),
        Mistake(
            "doubled a",
            lambda a: 1 - 2 * a,
            "a is doubled where it is squared in (4.13): a * 2 for a ** 2.",
            "Square it: a ** 2.",
        ),
        Mistake(
            "hat for power",
            lambda a: 1 - a ^ 2,
            "In Python `^` is no power; it compares whole numbers bit by bit.",
            "Write a ** 2 or a * a.",
        ),
        Mistake(
            "z for a",
            lambda a: 1 - np.arctanh(a) ** 2,
            "a is turned back into z, and z is squared.",
            "Square a itself; z is no longer needed.",
        ),
        Mistake(
            "tanh itself",
            lambda a: a,
            "a comes back unchanged: the output of tanh, not its slope.",
            "Put a into (4.13).",
        ),
        Mistake(
            "relu's slope",
            lambda a: (np.asarray(a) > 0) * 1.0,
            "0 or 1: that is the slope of ReLU, (4.17).",
            "Use (4.13), which changes smoothly.",
        ),
        Mistake(
            "always 1",
            lambda a: a * 0 + 1.0,
            "The slope is 1 only at z = 0, where tanh is steepest.",
            "Let it fall as a moves away from 0.",
        ),
        Mistake(
            "1 missing",
            lambda a: -(a**2),
            "The 1 is missing: −a² alone would make the steepest place flat.",
            "Put the 1 in front.",
        ),
        Mistake(
            "a loop over the entries",
            lambda a: [1 - entry**2 for entry in a],
            "The rule is right, but the loop needs entries to visit, and a single number has none.",
            "Write it once for a as a whole; NumPy takes a number and an array alike.",
        ),
        Mistake(
            "the Jacobian",
            lambda a: np.diag(1 - a**2),
            "The slopes stand in a diagonal matrix: right as (4.19), and asked for is one slope for"
            " each output, in the shape of a.",
            "Leave out `np.diag`.",
        ),
        Mistake(
            "product for square",
            lambda a: 1 - a @ a,
            "`a @ a` multiplies and adds up: one number for all outputs. A square is taken entry by"
            " entry.",
            "Write a ** 2 or a * a.",
        ),
        Mistake(
            "summed",
            None,
            "The slopes are added up into one number; every output has its own.",
            "Leave out the sum.",
            change=lambda slope, a: np.sum(slope),
        ),
    ),
    fact=(
        "The output is enough because tanh takes no value twice. The bump e^(−z²) is 0.3679 at "
        "z = 1 and at z = −1, with slopes −0.7358 and 0.7358: there a backward pass has to keep z."
    ),
    starter="""\
def tanh_slope(a):
    return ...

check.batches_and_activations.tanh_slope(tanh_slope)
""",
    solution="""\
def tanh_slope(a):
    return 1 - a**2

check.batches_and_activations.tanh_slope(tanh_slope)
""",
)


# 4.5  Predict: the slope of a saturated neuron, as a number


INPUT, WEIGHT, BIAS, TARGET = 3.0, 2.0, -1.0, 0.0


def one_sample(w, b, activation="sigmoid", x=INPUT, y=TARGET):
    """Return (dw, db) of a neuron with one input, on one sample."""
    dw, db = slopes(np.array([[x]]), np.array([y]), np.array([w]), b, activation)
    return float(dw[0]), db


def _saturated():
    z = WEIGHT * INPUT + BIAS
    a = float(sigmoid(z))
    answer, db = one_sample(WEIGHT, BIAS)
    slope = a * (1 - a)

    def rounded(digits):
        short = round(a, digits)
        return 2 * short * short * (1 - short) * INPUT

    mistakes = (
        Mistake(
            "slope of the sigmoid missing",
            2 * a * INPUT,
            "The link from z to a is missing: this is the slope if the sigmoid were a straight line"
            " of slope 1.",
            "Multiply by a (1 − a), and see what it does to the number.",
        ),
        Mistake(
            "the cross-entropy",
            a * INPUT,
            "That is (a − y) x, without the link from z to a and without the 2: the slope for "
            "another loss, of which chapter 6 has more to tell.",
            "Follow all three links of this one: loss to a, a to z, z to w.",
        ),
        Mistake(
            "no sigmoid",
            one_sample(WEIGHT, BIAS, "identity")[0],
            "That is the slope of a neuron without activation, whose output is z = 5.",
            "Send z through the sigmoid, and its slope into the chain.",
        ),
        Mistake(
            "z in the error",
            2 * z * slope * INPUT,
            "The slope of the sigmoid is there, and the error was taken from z in place of a.",
            "The loss compares y with the output, a.",
        ),
        Mistake(
            "x missing",
            db,
            "That is the slope for b: the link from z to w is missing.",
            "When w rises by one, by how much does z rise? Multiply by it.",
        ),
        Mistake(
            "w for x",
            db * WEIGHT,
            "The last link is w; in z = w x + b the slope of z in w is what stands beside w.",
            "Multiply by x in place of w.",
        ),
        Mistake(
            "2 missing",
            answer / 2,
            "The 2 from the square is missing; no ½ stands in this loss.",
            "Double it.",
        ),
        Mistake(
            "wrong sign",
            -answer,
            "Right size, wrong sign. The output is too high, so raising w makes the loss rise.",
            "With y − a in the formula there is a −2 in front.",
        ),
        Mistake(
            "slope of tanh",
            2 * a * (1 - a**2) * INPUT,
            "1 − a² is the slope of tanh.",
            "For the sigmoid it is a (1 − a), (4.15).",
        ),
        Mistake(
            "1 − a missing",
            2 * a * a * INPUT,
            "Of the slope a (1 − a) only the a is there, and the small factor is missing.",
            "Multiply by 1 − a.",
        ),
        Mistake(
            "no bias",
            one_sample(WEIGHT, 0.0)[0],
            "That is the slope at z = 6: the bias is missing.",
            "z is 2 · 3 − 1.",
        ),
        Mistake(
            "bias added as 1",
            one_sample(WEIGHT, -BIAS)[0],
            "That is the slope at z = 7: the bias lost its minus.",
            "z is 2 · 3 − 1.",
        ),
        Mistake(
            "the first link alone",
            2 * a,
            "That is the slope of the loss in a, the first link, and it is right.",
            "Two links follow: a to z, and z to w.",
        ),
        Mistake(
            "the last two links",
            slope * INPUT,
            "That is the slope of a in w, the last two links; the slope of the loss in a is not in "
            "it yet.",
            "Multiply by −2 (y − a).",
        ),
        Mistake(
            "one digit",
            0.04,
            "That is the slope, rounded to one digit.",
            "Give it within 0.2 %: three digits will do.",
        ),
        Mistake(
            "the loss",
            a**2,
            "That is the loss; asked for is its slope in w.",
            "Follow the links from the loss back to w.",
        ),
        Mistake(
            "the output",
            a,
            "That is the output a, and it is right.",
            "Next comes the slope of the loss in a, then the two links below it.",
        ),
        Mistake(
            "the slope of the sigmoid alone",
            slope,
            "That is a (1 − a), the middle link, and it is right.",
            "Multiply by the slope of the loss in a before it and by x after it.",
        ),
        Mistake(
            "a rounded to 1",
            0.0,
            "Zero: somewhere a was rounded to 1, and with it the factor 1 − a was lost.",
            "The gradient is small, not nothing. Keep all the digits of a.",
        ),
        *(
            Mistake(
                f"a rounded to {digits} digits",
                rounded(digits),
                f"The chain is right, but a was rounded to {number(round(a, digits))}, and of 1 − "
                f"a only {number(1 - round(a, digits))} was left; it is 0.006693.",
                "Take a from 1 with all the digits there are.",
            )
            for digits in (2, 3)
        ),
    )
    return answer, mistakes


_answer, _mistakes = _saturated()

saturated = NumberExercise(
    number="4.5",
    chapter=CHAPTER,
    name="saturated",
    quantity="the slope in w",
    reference=_answer,
    tolerance=2e-3,
    mistakes=_mistakes,
    givens=(
        f"x = {number(INPUT)}, y = {number(TARGET)}\n"
        f"w = {number(WEIGHT)}, b = {number(BIAS)}, sigmoid, loss (y − a)²\n"
        "Answer within 0.2 %."
    ),
    pencil=(
        "No known mistake gives it. Write down z, a, the slope of the loss in a, the slope of the "
        "sigmoid and x, one under the other, then multiply the last three."
    ),
    fact=(
        "Every 1 added to z divides the slope by about 2.7, and the error has hardly any room to "
        "grow. At z = 40 a is 1 in 64 bits: as wrong as can be, with a slope of exactly 0."
    ),
    starter="""\
dw = ...

check.batches_and_activations.saturated(dw)
""",
    solution="""\
z = 2 * 3 - 1
a = 1 / (1 + np.exp(-z))
dw = -2 * (0 - a) * a * (1 - a) * 3

check.batches_and_activations.saturated(dw)
""",
)


# 4.6  Write: a sigmoid neuron, forwards and backwards


def _dz(rule):
    """Return the function whose dz comes from a rule of (error, a, z); the rest is right."""

    def wrong_slopes(X, y, w, b):
        z = X @ w + b
        a = sigmoid(z)
        dz = -2 / len(X) * rule(y - a, a, z)
        return X.T @ dz, np.sum(dz)

    return wrong_slopes


_no_slope = _dz(lambda error, a, z: error)


def _with_output(X, y, output):
    """Return the gradients that follow from some other output, its slope taken as a (1 − a)."""
    a = output(X)
    dz = -2 / len(X) * (y - a) * a * (1 - a)
    return X.T @ dz, np.sum(dz)


def _from_dz(dw_rule=None, db_rule=None):
    """Return the function with other rules of (X, dz, dw, db, a) for one or both gradients."""

    def wrong_slopes(X, y, w, b):
        dw, db = sigmoid_slopes(X, y, w, b)
        a = sigmoid(X @ w + b)
        dz = -2 / len(X) * (y - a) * a * (1 - a)
        return (
            dw if dw_rule is None else dw_rule(X, dz, dw, db, a),
            db if db_rule is None else db_rule(X, dz, dw, db, a),
        )

    return wrong_slopes


def _unsafe(X, y, w, b):
    z = X @ w + b
    a = np.exp(z) / (1 + np.exp(z))
    dz = -2 / len(X) * (y - a) * a * (1 - a)
    return X.T @ dz, np.sum(dz)


def _no_brackets(X, y, w, b):
    a = sigmoid(X @ w + b)
    dz = -2 / len(X) * (y - a) * a * 1 - a
    return X.T @ dz, np.sum(dz)


def _slope_after(X, y, w, b):
    a = sigmoid(X @ w + b)
    error, slope = y - a, a * (1 - a)
    return -2 / len(X) * (X.T @ error) * slope, -2 / len(X) * np.sum(error * slope)


_SHARED = (
    "sum for mean",
    "divided by features",
    "always 6 rows",
    "divided by m twice",
    "wrong sign",
    "half the gradient",
    "order swapped",
    "a column",
    "a row",
)


def _shared():
    """Yield the mistakes of Exercise 4.1 that spoil any right result."""
    for mistake in gradients.mistakes:
        if mistake.name in _SHARED:
            yield mistake


neuron_gradients = FunctionExercise(
    number="4.6",
    chapter=CHAPTER,
    name="neuron_gradients",
    parameters=("X", "y", "w", "b"),
    returns=("dw", "db"),
    reference=sigmoid_slopes,
    cases=CASES,
    mistakes=(
        Mistake(
            "no sigmoid",
            slopes,
            "No sigmoid takes part: these are the gradients of the straight neuron of Exercise "
            "4.1.",
            "Send z through the sigmoid for a, and multiply by its slope for dz.",
        ),
        Mistake(
            "slope missing",
            _no_slope,
            "The forward pass is right; on the way back the link from z to a is missing.",
            "By (4.20) each row's error is multiplied by the slope of the sigmoid at that row.",
        ),
        Mistake(
            "the cross-entropy's",
            _dz(lambda error, a, z: error / 2),
            "Every row has (a − y) / m: the slope of the sigmoid is missing and the 2 as well. "
            "That is the gradient of another loss, the cross-entropy of chapter 6.",
            "For (4.2) keep the 2, and multiply by a (1 − a).",
        ),
        Mistake(
            "sigmoid only on the way back",
            _dz(lambda error, a, z: (error + a - z) * a * (1 - a)),
            "The slope of the sigmoid is there, but the error is y − z: the output is a.",
            "Take the error from a.",
        ),
        Mistake(
            "slope at a",
            _dz(lambda error, a, z: error * sigmoid(a) * (1 - sigmoid(a))),
            "The sigmoid is applied twice for the slope: it is taken at a, and belongs at z.",
            "a is σ(z) already: the slope is a (1 − a).",
        ),
        Mistake(
            "slope from z",
            _dz(lambda error, a, z: error * z * (1 - z)),
            "z (1 − z) stands where a (1 − a) belongs: (4.15) is written with the output.",
            "Put a in place of z.",
        ),
        Mistake(
            "tanh's slope",
            _dz(lambda error, a, z: error * (1 - a**2)),
            "1 − a² is the slope of tanh; the output came from a sigmoid.",
            "Use (4.15).",
        ),
        Mistake(
            "sigmoid turned round",
            lambda X, y, w, b: _with_output(X, y, lambda X: sigmoid(-(X @ w + b))),
            "The sigmoid falls where it should rise: the exponent has z in place of −z.",
            "At z = 5 the output should be close to 1. Try it.",
        ),
        Mistake(
            "1 − a missing",
            _dz(lambda error, a, z: error * a),
            "Of the slope a (1 − a) only the a is there.",
            "Multiply by 1 − a as well.",
        ),
        Mistake(
            "brackets in the slope",
            _no_brackets,
            "`a * 1 - a` without brackets multiplies first, so a bare a is taken from every row.",
            "Put brackets round 1 − a.",
        ),
        Mistake(
            "slope after the product",
            _slope_after,
            "The slopes come after `X.T @ error`: by then the rows are added up, and there is one "
            "entry for each feature.",
            "Multiply error and slope while both have an entry for every row.",
        ),
        Mistake(
            "slope missing in dw",
            lambda *given: (_no_slope(*given)[0], sigmoid_slopes(*given)[1]),
            "db is right; dw was made from the errors before the slope came in.",
            "Start both from the same dz.",
        ),
        Mistake(
            "slope missing in db",
            lambda *given: (sigmoid_slopes(*given)[0], _no_slope(*given)[1]),
            "dw is right; in db the slope of the sigmoid is missing.",
            "Start both from the same dz.",
        ),
        *_shared(),
        Mistake(
            "dw not divided",
            _from_dz(lambda X, dz, dw, db, a: dw * len(X)),
            "db is a mean, dw still a sum.",
            "Put the 1/m into dz, and both have it.",
        ),
        Mistake(
            "db not divided",
            _from_dz(None, lambda X, dz, dw, db, a: db * len(X)),
            "dw is a mean, db still a sum.",
            "Put the 1/m into dz, and both have it.",
        ),
        Mistake(
            "dz averaged",
            _from_dz(None, lambda X, dz, dw, db, a: dz.mean()),
            "dw is right; for db the entries of dz are averaged, and the 1/m is in them already.",
            "Add them up.",
        ),
        Mistake(
            "dz for db",
            _from_dz(None, lambda X, dz, dw, db, a: dz),
            "dw is right; db still has an entry for every row.",
            "One bias serves every row: add up the entries of dz.",
        ),
        Mistake(
            "X missing in dw",
            _from_dz(lambda X, dz, dw, db, a: db),
            "db is right, and dw is the same number: the link from w to z, which is X, is missing.",
            "Multiply dz by X.T.",
        ),
        Mistake(
            "X in db",
            _from_dz(None, lambda X, dz, dw, db, a: dw),
            "dw is right, and db is the same again: X is not on the way from b to z.",
            "Add up the bare dz.",
        ),
        Mistake(
            "one number for all weights",
            _from_dz(lambda X, dz, dw, db, a: np.sum(dw)),
            "The sum runs over the features as well, so all the weights share one number.",
            "Add over the rows only; `X.T @ dz` does that.",
        ),
        Mistake(
            "X not transposed",
            _from_dz(lambda X, dz, dw, db, a: X @ dz),
            "`X @ dz` lets features meet rows; dz has an entry for every row.",
            "Turn X over, so that its rows meet the entries of dz.",
        ),
        Mistake(
            "weights meet rows",
            lambda X, y, w, b: _with_output(X, y, lambda X: sigmoid(X.T @ w + b)),
            "In z the weights meet the rows of X, as in `X.T @ w` or `w @ X`. A weight belongs to "
            "a feature, and features are columns here.",
            "Write X @ w + b, with X as it is.",
        ),
        Mistake(
            "w times X, not added up",
            lambda X, y, w, b: _with_output(X, y, lambda X: sigmoid(X * w + b)),
            "`X * w` weighs every feature and does not add them up, so a row has n numbers where z "
            "is one.",
            "Use the product that multiplies and adds: `@`.",
        ),
        Mistake(
            "targets in a column",
            lambda X, y, w, b: _with_output(X, y[:, None], lambda X: sigmoid(X @ w + b)),
            "A column minus a row is a square: every target is compared with every output.",
            "Leave y with one axis, as a has.",
        ),
        Mistake(
            "in one array",
            lambda X, y, w, b: np.append(*sigmoid_slopes(X, y, w, b)),
            "The numbers are right, but dw and db stand in one array.",
            "Return the two with a comma between.",
        ),
        Mistake(
            "no bias",
            lambda X, y, w, b: sigmoid_slopes(X, y, w, 0.0),
            "The sigmoid sees X w without b; this shows as soon as b is not 0.",
            "Add b before the sigmoid.",
        ),
        Mistake(
            "bias subtracted",
            lambda X, y, w, b: sigmoid_slopes(X, y, w, -b),
            "b goes into z with the wrong sign: `-X @ w + b` in the exponent turns X w only.",
            "Put brackets round X w + b before the minus.",
        ),
        Mistake(
            "bias after the sigmoid",
            lambda X, y, w, b: _with_output(X, y, lambda X: sigmoid(X @ w) + b),
            "b is added to the output; it belongs inside, where it moves the curve sideways.",
            "Add b to X w, then apply the sigmoid.",
        ),
        Mistake(
            "no target",
            lambda X, y, w, b: sigmoid_slopes(X, 0 * y, w, b),
            "The output stands where the error should be: y does not take part.",
            "Take y − a.",
        ),
        Mistake(
            "squared error",
            _dz(lambda error, a, z: error**2 * a * (1 - a)),
            "The errors are squared. The square is in the loss; its slope has the bare error.",
            "Use the error to the first power.",
        ),
        Mistake(
            "exponent too large",
            _unsafe,
            "With an exponential above and below in one fraction, z in the thousands gives "
            "infinity over infinity, which is nan.",
            "Write the sigmoid as 1 / (1 + e^(−z)) and its slope as a (1 − a): infinity stands "
            "below only.",
        ),
        Mistake(
            "dw alone",
            lambda X, y, w, b: sigmoid_slopes(X, y, w, b)[0],
            "Only the gradient for w comes back.",
            "Return both, with a comma between.",
        ),
        Mistake(
            "the step",
            lambda X, y, w, b: (
                w - RATE * sigmoid_slopes(X, y, w, b)[0],
                b - RATE * sigmoid_slopes(X, y, w, b)[1],
            ),
            "That is w and b after a step of learning rate 0.05.",
            "Return the gradients themselves.",
        ),
        Mistake(
            "dz alone",
            lambda X, y, w, b: _from_dz(lambda X, dz, *_: dz)(X, y, w, b)[0],
            "That is dz, and it is right.",
            "Two links are left: X.T @ dz for w, the sum of dz for b.",
        ),
        Mistake(
            "the chapter's numbers",
            lambda *_: sigmoid_slopes(X, Y, W, B),
            "The gradients of the chapter's six rows at the start come back, whatever is given.",
            "Compute them from X, y, w and b.",
        ),
    ),
    fact=(
        "In chapter 1 flat meant lowest. Not here: at w = 0, b = −20 every output is 2e−9, the six "
        "rows have a loss of 0.5, half of them are wrong by 1, and the largest entry of the "
        "gradient is 2e−9 in size."
    ),
    starter="""\
def neuron_gradients(X, y, w, b):
    a = ...
    dz = ...
    return ..., ...

check.batches_and_activations.neuron_gradients(neuron_gradients)
""",
    solution="""\
def neuron_gradients(X, y, w, b):
    a = 1 / (1 + np.exp(-(X @ w + b)))
    dz = -2 / len(X) * (y - a) * a * (1 - a)
    return X.T @ dz, dz.sum()

check.batches_and_activations.neuron_gradients(neuron_gradients)
""",
)


EXERCISES = (
    gradients,
    batches,
    mean_of_batches,
    tanh_slope,
    saturated,
    neuron_gradients,
)
