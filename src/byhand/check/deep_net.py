"""Chapter 5, a deep net: its six exercises, their known mistakes and every message.

Each exercise stands below its reference and its mistakes.  The messages are the plain strings: edit
them here and nowhere else.  Numbers inside them are held true by ``tests/test_check_deep_net.py``.
"""

import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from byhand.activations import sigmoid, sigmoid_derivative, tanh, tanh_derivative
from byhand.check.answer import Answer, Text, right, wrong
from byhand.check.comparing import NEAR, TOLERANCE, as_number, as_result, gap, parts, same, size
from byhand.check.exercise import (
    Case,
    ChoiceExercise,
    Exercise,
    FunctionExercise,
    Mistake,
)
from byhand.check.wording import kind, number, numbers
from byhand.datasets import six_rows
from byhand.losses import half_mean_squared_error_gradient, sum_squared_error_gradient
from byhand.mistakes import MISTAKES, relative_error, wrong_backward
from byhand.network import Network

CHAPTER = "deep_net"
X, Y = six_rows()
W1 = np.array([[0.2, -0.4, 0.1, 0.5], [0.3, 0.1, -0.2, -0.3], [-0.1, 0.6, 0.4, 0.2]])
B1 = np.array([0.05, -0.1, 0.2, 0.0])
W2 = np.array([[0.7], [-0.5], [0.3], [0.2]])
B2 = np.array([0.1])
SIX_ROWS = X, Y, W1, B1, W2, B2

SHEET_NET = (  # the 2-2-1 net of the sheet: W1, b1, W2, b2
    np.array([[0.5, 1.0], [-1.0, 1.0]]),
    np.array([0.0, -0.5]),
    np.array([[1.0], [-2.0]]),
    np.array([0.5]),
)
SHEET = np.array([[1.0, 0.5]]), np.array([[1.0]]), *SHEET_NET

# The right answers come from the network library.


def two_layers(X, W1, b1, W2, b2):
    """Return the network of two sigmoid layers with those parameters."""
    return Network(
        [len(W1), *W2.shape], hidden="sigmoid", output="sigmoid", weights=[W1, W2], biases=[b1, b2]
    )


def gradients_of(network):
    """Return (dW1, db1, dW2, db2, ...) after a backward pass."""
    return tuple(part.copy() for layer in network.dense for part in (layer.dW, layer.db))


def slopes_in_predictions(y_pred, y):
    """Return ∂L/∂A of the loss (5.5): squares summed over the outputs, mean over the samples."""
    return sum_squared_error_gradient(y_pred, y) / len(y)


def gradients(X, y, W1, b1, W2, b2):
    """Return (dW1, db1, dW2, db2) of the loss (5.5)."""
    network = two_layers(X, W1, b1, W2, b2)
    network.backward(slopes_in_predictions(network.forward(X), y))
    return gradients_of(network)


def deep_gradients(A, Z, W, dA):
    """Return (dW1, db1, dW2, db2, ...) of a net with tanh everywhere, from its forward pass."""
    sizes = [each.shape[1] for each in A]
    biases = [np.mean(z - a @ w, axis=0) for z, a, w in zip(Z, A, W, strict=False)]
    network = Network(sizes, hidden="tanh", output="tanh", weights=list(W), biases=biases)
    network.forward(A[0])
    network.backward(dA)
    return gradients_of(network)


RANDOM = 24  # inputs of each code exercise, beside those chosen by hand
ROUNDING = 1e-13  # times the largest argument: more than any order of the same sums can differ


# What the exercises on gradients share: results of several blocks, dW1, db1, dW2, db2, ...


def block_names(count):
    """Return the names of that many blocks: dW1, db1, dW2, db2, ..."""
    return [f"d{'Wb'[index % 2]}{1 + index // 2}" for index in range(count)]


def listed(names):
    """Return names in a row: ``dW1, db1 and dW2``."""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _flat(value):
    """Return what nested tuples hold, in a row."""
    if isinstance(value, dict):
        value = tuple(value.values())
    return sum(map(_flat, value), ()) if isinstance(value, list | tuple) else (value,)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class BlocksExercise(FunctionExercise):
    """The reader's function returns one thing for each block, as many as the net has.

    Slopes are often far smaller than what they are made from, and a nudge measures them to ten
    digits of *that*; here the ten digits are those of the largest slope.
    """

    @cached_property
    def expected(self):
        """The right result in every case, a block of one number as that number."""
        return [as_result(blocks, blocks) for blocks in super().expected]

    def _tolerance(self, case):
        expected = self.expected[self.cases.index(case)]
        return TOLERANCE * size(expected) + ROUNDING * size(case.arguments)

    def _gap(self, case, value, result, expected):
        names = block_names(len(expected))
        return gap(f"At {case.label}", names, value, result, expected, self._tolerance(case))

    def _undiagnosed(self, first, results, value):
        """See blocks that are right and bundled: in pairs or a dict, or all dW before all db."""
        case, expected = self.cases[first], self.expected[first]
        row = ", ".join(self.returns)
        for name, order, bundled in (
            ("in pairs", expected, "pairs or a dict where one flat row is asked."),
            ("two bundles", (*expected[::2], *expected[1::2]), "all dW in one, all db in another."),
        ):
            if value is not None and self._same(case, as_result(_flat(value), order), order):
                said = f"The numbers are right and bundled: {bundled}"
                return name, said, f"Return them in one row, layer by layer: {row}."
        return super()._undiagnosed(first, results, value)


def _where_blame_goes_wrong(exercise, results, first):
    """Tell from the blocks that are right on which stretch of the way back to look."""
    case, result, expected = exercise.cases[first], results[first], exercise.expected[first]
    names = block_names(len(expected))
    triples = zip(names, result, expected, strict=True)
    agrees = {name: exercise._same(case, one, two) for name, one, two in triples}
    finite = all(np.isfinite(part).all() for part in result)
    if not finite or not any(agrees.values()) or exercise._factor(first, results):
        return None
    if all(same(one, two, NEAR * size(two)) for one, two in zip(result, expected, strict=True)):
        return None
    off = [name for name in names if not agrees[name]]
    if not any(np.any(part) for name, part in zip(names, result, strict=True) if name in off):
        return (
            None,
            f"{listed(off)} came back as 0 everywhere, and the rest is right.",
            "Look where it is set up, and whether anything is written into it afterwards.",
        )
    layers = range(len(names) // 2, 0, -1)
    if all(agrees[f"db{layer}"] for layer in layers):
        layer = next(layer for layer in layers if not agrees[f"dW{layer}"])
        return (
            None,
            "Every db is right, so every δ is: only what multiplies δ in the weights is off.",
            f"dW{layer} takes what went into layer {layer}, transposed, times δ of that layer.",
        )
    layer = next(layer for layer in layers if not agrees[f"db{layer}"])
    if agrees[f"dW{layer}"]:
        return (
            None,
            f"dW{layer} is right, so δ of layer {layer} is; db{layer} is not its sum.",
            "db is the sum of δ over the samples, nothing else.",
        )
    if layer == layers[0]:
        return (
            None,
            f"db{layer}, the sum of δ over the samples, is already off: the blame starts wrong.",
            f"Check δ of layer {layer} first: slope of the loss in the prediction, times f' at "
            "its Z.",
        )
    return (
        None,
        f"δ of layer {layer + 1} is right and δ of layer {layer} is not: the blame goes wrong "
        "between the two.",
        f"From δ of layer {layer + 1}: times the weights of that layer, transposed; then f' at "
        f"Z of layer {layer}.",
    )


# 5.1  Predict: the sheet, with new numbers


SHEET_X, SHEET_Y = np.array([[3.0, 0.5]]), np.array([[1.0]])
NUMBERS = ("δ2", "δ1 of unit 1", "δ1 of unit 2", "dW1 from x1 to unit 1", "dW1 from x1 to unit 2")


def sheet_numbers(X, y, W1, b1, W2, b2):
    """Return (δ2, both δ1, first row of dW1) of half the squared error, for one sample."""
    network = two_layers(X, W1, b1, W2, b2)
    network.backward(half_mean_squared_error_gradient(network.forward(X), y))
    hidden, output = network.dense
    found = (output.dZ, hidden.dZ, hidden.dW[0])
    return tuple(np.concatenate([each.ravel() for each in found]).tolist())


# A backward pass by hand, with pieces to replace: from these, every wrong one is made.


def _from_output(Z, A):
    return A * (1 - A)


def _slope_at_A(Z, A):
    return sigmoid_derivative(A)


def _formula_at_Z(Z, A):
    return Z * (1 - Z)


def _no_slope(Z, A):
    return 1.0


def _error_times_two_over_m(y, A2):
    return 2 * (A2 - y) / len(y)


def _sum_of_rows(delta):
    return delta.sum(axis=0)


def by_hand(
    *,
    hidden=sigmoid,
    output=sigmoid,
    dA2=_error_times_two_over_m,
    slope_2=_from_output,
    slope_1=_from_output,
    down=lambda delta_2, dA2, W2: delta_2 @ W2.T,
    into_2=lambda Z1, A1: A1,
    weights=lambda into, delta: into.T @ delta,
    biases=_sum_of_rows,
    use=lambda *given: given,
):
    """Return the backward pass of two layers with some of its pieces replaced."""

    def backward_pass(X, y, W1, b1, W2, b2):
        X, y, W1, b1, W2, b2 = use(X, y, W1, b1, W2, b2)
        Z1 = X @ W1 + b1
        A1 = hidden(Z1)
        Z2 = A1 @ W2 + b2
        A2 = output(Z2)
        slopes = dA2(y, A2)
        delta_2 = slopes * slope_2(Z2, A2)
        delta_1 = down(delta_2, slopes, W2) * slope_1(Z1, A1)
        into = into_2(Z1, A1)
        return weights(X, delta_1), biases(delta_1), weights(into, delta_2), biases(delta_2)

    return backward_pass


def _on_sheet(**pieces):
    """Return the five numbers as that wrong pass gives them; half the square, so no 2."""
    dW1, db1, _, db2 = by_hand(**pieces)(SHEET_X, SHEET_Y, *SHEET_NET)
    return tuple((np.concatenate([db2, db1, dW1[0]]) / 2).tolist())


def _sheet_mistakes():
    """Yield the known wrong sheets, those that go wrong early first."""
    right_numbers = sheet_numbers(SHEET_X, SHEET_Y, *SHEET_NET)
    delta_2, one, two, first, second = right_numbers
    network = two_layers(SHEET_X, *SHEET_NET)
    prediction = float(network.forward(SHEET_X)[0, 0])
    hidden = network.dense[0]
    a_one, a_two = hidden.A[0]
    w_one, w_two = SHEET_NET[2][:, 0]
    s_one, s_two = sigmoid_derivative(hidden.Z[0])
    x_one, x_two = SHEET_X[0]

    def blame(unit_1, unit_2):
        return delta_2, unit_1, unit_2, x_one * unit_1, x_one * unit_2

    # δ2
    yield Mistake(
        "sign",
        tuple(-each for each in right_numbers),
        "Right size, wrong sign: ½ (y − a)² has the slope a − y in a, because a carries a minus.",
        "Start from a − y, and let the rest follow again.",
    )
    yield Mistake(
        "factor 2",
        tuple(2 * each for each in right_numbers),
        "Twice too large from the start: the loss has a ½ in front, and it cancels the 2 of the "
        "square.",
        "Take a − y as the slope in a.",
    )
    yield Mistake(
        "no output slope",
        _on_sheet(slope_2=_no_slope),
        "δ2 is a − y alone. That is the blame at a; δ2 is the blame at z, before the sigmoid.",
        "Multiply by the slope of the sigmoid there, a (1 − a).",
    )
    yield Mistake(
        "slope at a",
        _on_sheet(slope_2=_slope_at_A, slope_1=_slope_at_A),
        "The slopes are taken at a, as if the sigmoid had been applied twice.",
        "With a in hand the slope is a (1 − a); with z in hand it is σ(z) (1 − σ(z)).",
    )
    yield Mistake(
        "z (1 − z)",
        _on_sheet(slope_2=_formula_at_Z, slope_1=_formula_at_Z),
        "The slope is taken as z (1 − z). That formula wants the output of the sigmoid, not its "
        "input.",
        "Use a (1 − a), in both layers.",
    )
    yield Mistake(
        "slope of tanh",
        _on_sheet(slope_2=lambda Z, A: 1 - A**2, slope_1=lambda Z, A: 1 - A**2),
        "The slopes are 1 − a², which belongs to tanh; this net has sigmoids.",
        "Use a (1 − a).",
    )
    yield Mistake(
        "output not squashed",
        _on_sheet(output=lambda Z: Z),
        "The prediction is z2 itself: the sigmoid of the last layer was left out on the way "
        "forward.",
        "Take a2 = σ(z2), then the slope a2 (1 − a2).",
    )
    yield Mistake(
        "hidden not squashed",
        _on_sheet(hidden=lambda Z: Z),
        "The hidden layer passes z on as it is: its sigmoid was left out on the way forward.",
        "Take a1 = σ(z1) in both units before you go on to z2.",
    )
    yield Mistake(
        "W1 read the other way",
        _on_sheet(use=lambda X, y, W1, *rest: (X, y, W1.T, *rest)),
        "The forward pass reads W1 along its rows. A row belongs to an input, a column to a unit.",
        "Unit 1 adds up the first column: 0.5 times x1, minus x2.",
    )
    yield Mistake(
        "no bias in the hidden layer",
        _on_sheet(use=lambda X, y, W1, b1, W2, b2: (X, y, W1, 0 * b1, W2, b2)),
        "The hidden layer has lost its bias: unit 2 stands at z 3.5.",
        "Add b1 to both units, 0 and −0.5.",
    )
    yield Mistake(
        "no bias in the last layer",
        _on_sheet(use=lambda X, y, W1, b1, W2, b2: (X, y, W1, b1, W2, 0 * b2)),
        "z2 has lost its bias of 0.5.",
        "Add b2, then squash.",
    )
    yield Mistake(
        "the chapter's x",
        sheet_numbers(*SHEET),
        "These are the numbers of the chapter's sheet, where x is (1, 0.5).",
        "Here x1 is 3. Start again at z1; only the weights stay.",
    )
    yield Mistake(
        "slope alone",
        _on_sheet(dA2=lambda y, A2: 2.0),
        "δ2 is the slope of the sigmoid alone; how wrong the prediction is has no part in it.",
        "Multiply by a2 − y.",
    )
    yield Mistake(
        "squared error",
        _on_sheet(dA2=lambda y, A2: (A2 - y) ** 2 * 2),
        "The error is squared. The square is in the loss; its slope is the bare error.",
        "Use a2 − y to the first power.",
    )
    # δ1
    yield Mistake(
        "no hidden slope",
        blame(delta_2 * w_one, delta_2 * w_two),
        "δ2 went through W2 and stopped there: that is the blame at a1, not yet at z1.",
        "Multiply each unit by its own a1 (1 − a1).",
    )
    yield Mistake(
        "hidden slope at a",
        blame(
            delta_2 * w_one * sigmoid_derivative(a_one), delta_2 * w_two * sigmoid_derivative(a_two)
        ),
        "Right as far as W2; then the slope is taken at a1, as if the sigmoid had been applied "
        "twice.",
        "The slope at z1 is a1 (1 − a1).",
    )
    yield Mistake(
        "a for its slope",
        blame(delta_2 * w_one * a_one, delta_2 * w_two * a_two),
        "The blame is multiplied by a1, the output of each unit; asked for is its slope.",
        "Multiply by a1 (1 − a1).",
    )
    yield Mistake(
        "output slope again",
        blame(*(delta_2 * w * prediction * (1 - prediction) for w in (w_one, w_two))),
        "The slope of the last layer is used a second time. Each layer has a slope of its own.",
        "For the hidden units take a1 (1 − a1), one number each.",
    )
    yield Mistake(
        "weights exchanged",
        blame(delta_2 * w_two * s_one, delta_2 * w_one * s_two),
        "Each unit gets its blame through the other one's weight.",
        "Unit 1 spoke with the weight 1 and unit 2 with −2; blame returns by the same arrow.",
    )
    yield Mistake(
        "the slopes in W2",
        blame(delta_2 * a_one, delta_2 * a_two),
        "That is dW2, δ2 times a1: what the weights of the last layer get. δ1 goes through them.",
        "Multiply δ2 by the weight in place of a1, then by a1 (1 − a1).",
    )
    yield Mistake(
        "weights dropped",
        blame(delta_2 * s_one, delta_2 * s_two),
        "Unit 1 is right because its weight is 1; unit 2 got its blame without its weight.",
        "Multiply δ2 by the weight of the arrow it goes back along, −2.",
    )
    yield Mistake(
        "sign of a weight",
        blame(one, -two),
        "The minus of the weight −2 is lost: raising unit 2 lowers the output, so its blame turns.",
        "Keep the sign of the weight.",
    )
    yield Mistake(
        "one slope for both",
        blame(one, delta_2 * w_two * s_one),
        "Unit 2 got the slope of unit 1, though one stands at z 1 and the other at z 3.",
        "Take a1 (1 − a1) of its own a1.",
    )
    # dW1
    yield Mistake(
        "δ1 itself",
        (*right_numbers[:3], one, two),
        "The row repeats δ1. That is what the biases get, whose input is always 1.",
        "Multiply by the input at the start of the arrow, x1.",
    )
    yield Mistake(
        "the second row",
        (*right_numbers[:3], x_two * one, x_two * two),
        "That is the second row of dW1, the one of x2.",
        "Multiply δ1 by x1.",
    )
    yield Mistake(
        "by unit",
        (*right_numbers[:3], first, x_two * one),
        "That is the first column: unit 1, from both inputs. The first row is x1, to both units.",
        "Multiply both δ1 by x1.",
    )
    yield Mistake(
        "downhill",
        (*right_numbers[:3], -first, -second),
        "The row has its sign turned: that is the way the weights will go.",
        "Give the slope itself; the minus belongs to the step.",
    )
    yield Mistake(
        "a1 in place of x",
        (*right_numbers[:3], a_one * one, a_two * two),
        "δ1 is multiplied by a1, which comes out of these weights; x goes in.",
        "Multiply by x1.",
    )
    yield Mistake(
        "from δ2",
        (*right_numbers[:3], x_one * delta_2, x_one * delta_2),
        "x1 is multiplied by δ2; these weights end in the hidden units, whose blame is δ1.",
        "Multiply x1 by the δ1 of each unit.",
    )


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SheetExercise(Exercise):
    """The reader fills in several numbers; the first that is wrong is named, and why.

    Attributes
    ----------
    quantities : tuple of str
        What the numbers are, in the order of the way back.
    follow : callable
        Takes how many of the numbers are given, and all of them; returns them with the rest
        computed anew from these.
    mistakes : tuple of Mistake
        Each with all the numbers, as they come out with this mistake in them.
    """

    answers: tuple = ("numbers",)
    givens: str
    quantities: tuple
    reference: tuple
    tolerance: float
    follow: Callable
    mistakes: tuple

    def given(self):
        """Return the numbers to start from."""
        return Text(self.givens)

    @property
    def wrong_answers(self):
        """Every catalogued wrong sheet, alone in a tuple, by name."""
        return {mistake.name: (mistake.answer,) for mistake in self.mistakes}

    def judge(self, answer) -> Answer:
        """Return the verdict on the first number that is not right."""
        if isinstance(answer, np.ndarray) and answer.ndim:
            answer = answer.ravel().tolist()
        given = _flat(answer.tolist() if isinstance(answer, np.ndarray) else answer)
        given = sum((tuple(np.ravel(each).tolist()) for each in given if np.size(each)), ())
        values = [as_number(each) for each in given]
        if len(values) != len(self.reference) or not all(map(_finite, values)):
            got = f"{len(values)} numbers" if values and all(map(_finite, values)) else kind(answer)
            return wrong(
                f"Got {got}, expected {len(self.reference)} finite numbers:",
                f"{', '.join(self.quantities)}.",
                "Put them in one tuple, in this order.",
            )
        wrong_ones = [not self._is(*two) for two in zip(values, self.reference, strict=True)]
        if not any(wrong_ones):
            return right(f"Right: {numbers(self.reference)}.", self.fact)
        first = wrong_ones.index(True)
        ratio = number(values[first] / self.reference[first])
        before = f"Right so far: {listed(self.quantities[:first])}. " if first else ""
        got = number(values[first])
        gap = f"{before}{self.quantities[first]}: got {got}, {ratio} times the right number."
        if not (mistake := self._mistake(first, values)):
            return wrong(gap, *self._unknown(first, values))
        what = mistake.what
        return wrong(gap, what, mistake.step, mistake=mistake.name)

    def _mistake(self, first, values):
        """Return the mistake that gives the same numbers, or the same first wrong one."""
        starts = []
        for mistake in self.mistakes:
            alike = [self._is(*two) for two in zip(values, mistake.answer, strict=True)]
            if all(alike):
                return mistake
            if all(alike[: first + 1]):
                starts.append(mistake)
        return starts[0] if starts else None

    def _unknown(self, first, values):
        near = abs(values[first] - self.reference[first]) < 6 * NEAR * abs(self.reference[first])
        follows = self.follow(first + 1, values)
        rest = all(map(self._is, values[first + 1 :], follows[first + 1 :]))
        if near:
            what = "Nearly: a rounding on the way. 1 − a loses most of its digits when a is near 1."
            return what, "Keep four digits of 1 − a, or compute with Python to the end."
        if rest and values[first] and values[first + 1 :]:
            return (
                "All that follows is computed rightly from it, so this one number is the only "
                "trouble.",
                self._where(first),
            )
        return ("No known mistake gives it.", self._where(first))

    def _where(self, first):
        return (
            "Check z1 = (1, 3), then a1 and z2 one by one; then (a2 − y) times a2 (1 − a2)."
            if first == 0
            else "From δ2: times the weight of the unit's own arrow, times its own a1 (1 − a1)."
            if first < 3
            else "The δ1 of each unit, times the input the row belongs to."
        )

    def _is(self, value, other):
        return abs(value - other) <= self.tolerance * abs(other)


def _finite(value):
    return value is not None and np.isfinite(value)


def _follow(count, values):
    """Return the five numbers, computed from the first ``count`` of them."""
    network = two_layers(SHEET_X, *SHEET_NET)
    network.forward(SHEET_X)
    blame = values[0] * SHEET_NET[2][:, 0] * sigmoid_derivative(network.dense[0].Z[0])
    blame = np.array([*values[1:count], *blame[max(count - 1, 0) :]][:2])
    row = SHEET_X[0, 0] * blame
    computed = [values[0], *blame.tolist(), *row.tolist()]
    return [*values[:count], *computed[count:]]


sheet = SheetExercise(
    number="5.1",
    chapter=CHAPTER,
    name="sheet",
    quantities=NUMBERS,
    reference=sheet_numbers(SHEET_X, SHEET_Y, *SHEET_NET),
    tolerance=0.01,
    follow=_follow,
    mistakes=tuple(_sheet_mistakes()),
    givens=(
        "The 2-2-1 net of the sheet: sigmoid twice, loss ½ (y − a2)².\n"
        f"x = {numbers(SHEET_X[0])}, y = {number(SHEET_Y[0, 0])}\n"
        f"W1 = {numbers(SHEET_NET[0])}   a row an input, a column a unit\n"
        f"b1 = {numbers(SHEET_NET[1])}\n"
        f"W2 = {numbers(SHEET_NET[2])}\n"
        f"b2 = {numbers(SHEET_NET[3])}\n"
        "Answer within 1 %."
    ),
    fact=(
        "Unit 2 speaks twice as loudly, weight −2 against 1, and gets less than half the blame of "
        "unit 1: it stands at z 3, where the sigmoid has a slope of 0.045."
    ),
    starter="""\
delta_2 = ...
delta_1 = ..., ...  # unit 1, unit 2
dW1_row = ..., ...  # from x1 to unit 1, from x1 to unit 2

check.deep_net.sheet((delta_2, delta_1, dW1_row))
""",
    solution="""\
# z1 = (1, 3), a1 = (0.7311, 0.9526), z2 = −0.6741, a2 = 0.3376.
delta_2 = (0.3376 - 1) * 0.3376 * (1 - 0.3376)
delta_1 = delta_2 * 1 * 0.7311 * (1 - 0.7311), delta_2 * -2 * 0.9526 * (1 - 0.9526)
dW1_row = 3 * delta_1[0], 3 * delta_1[1]

check.deep_net.sheet((delta_2, delta_1, dW1_row))
""",
)


# 5.2  Write: the way back through two layers


def _two_layer_cases():
    """Yield the chapter's nets, some awkward ones, some random ones."""
    rng = np.random.default_rng(5)

    def draw(n, h, k, m):
        X, y = rng.normal(size=(m, n)), rng.uniform(size=(m, k))
        parameters = (rng.normal(size=shape) for shape in ((n, h), h, (h, k), k))
        return tuple(np.round(each, 2) for each in (X, y, *parameters))

    yield Case("the [3, 4, 1] net on the six rows", SIX_ROWS)
    yield Case("the sheet's [2, 2, 1] net on its one sample", SHEET)
    yield Case("a [1, 1, 1] net on one sample", draw(1, 1, 1, 1))
    yield Case("a [2, 3, 2] net on 5 samples", draw(2, 3, 2, 5))
    yield Case("a [1, 4, 3] net on one sample", draw(1, 4, 3, 1))
    zeros = [0 * each for each in SIX_ROWS[2:]]
    yield Case("the [3, 4, 1] net with all parameters 0, on four rows", (X[:4], Y[:4], *zeros))
    yield Case("the [3, 4, 1] net on inputs of 0", (0 * X, Y, W1, B1, W2, B2))
    large, y, *parameters = draw(3, 2, 2, 4)
    yield Case("a [3, 2, 2] net on inputs up to 1000", (1000 * large, y, *parameters))
    for index in range(RANDOM):
        n, h, k, m = rng.integers((1, 1, 1, 2), (5, 6, 4, 9)).tolist()
        label = f"random net {index + 1} ([{n}, {h}, {k}], {m} samples)"
        yield Case(label, draw(n, h, k, m), random=True)


def _library(mistake):
    """Return the wrong backward pass of that name in `byhand.mistakes.MISTAKES`."""
    assert mistake in MISTAKES

    def wrong_pass(X, y, W1, b1, W2, b2):
        network = two_layers(X, W1, b1, W2, b2)
        wrong_backward(network, slopes_in_predictions(network.forward(X), y), mistake)
        return gradients_of(network)

    return wrong_pass


def _times(factor):
    """Return the change that multiplies every block by a function of the arguments."""
    return lambda result, *given: tuple(factor(*given) * part for part in result)


def _each(which, change):
    """Return the change of the blocks ``dW`` (0) or ``db`` (1), or of both (None)."""
    return lambda result, *given: tuple(
        change(part) if which in (None, index % 2) else part for index, part in enumerate(result)
    )


def _in_order(*order):
    return lambda result, *given: tuple(result[index] for index in order)


def _whole_mistakes():
    """Yield mistakes over the whole result of 5.2 that may come on top of another one."""
    yield Mistake(
        "sign",
        None,
        "Right sizes, wrong signs in all four blocks: the error is taken as y − a, and the minus "
        "of (5.7) is gone.",
        "Start the way back with a − y.",
        change=_times(lambda *_: -1),
    )
    yield Mistake(
        "2 missing",
        None,
        "All four blocks are half of what they should be: the 2 that comes down from the square "
        "is missing.",
        "This loss has no ½ to cancel it: δ2 starts with 2/m.",
        change=_times(lambda *_: 0.5),
    )
    yield Mistake(
        "factor 2",
        None,
        "All four blocks are twice too large: the 2 of the square counts twice.",
        "δ2 starts with 2/m, and no other 2 is on the way.",
        change=_times(lambda *_: 2),
    )
    yield Mistake(
        "sum",
        None,
        "All four blocks are m times too large, 6 times for six rows: sums over the samples, where "
        "the loss takes their mean.",
        "Divide by the number of samples once, in δ2; the rest inherits it.",
        change=_times(lambda X, *_: len(X)),
    )
    yield Mistake(
        "divided by m twice",
        None,
        "All four blocks are m times too small: 1/m is in δ2 already, and came in once more.",
        "Keep it in δ2 only; the products and sums over samples take no mean.",
        change=_times(lambda X, *_: 1 / len(X)),
    )
    yield Mistake(
        "always 6 samples",
        None,
        "The sum is divided by 6 whatever the number of samples, which fits the chapter's rows "
        "only.",
        "Divide by len(X).",
        change=_times(lambda X, *_: len(X) / 6),
    )
    yield Mistake(
        "features for samples",
        None,
        "The sum is divided by the number of columns of X, its features; the mean is over its "
        "rows.",
        "Divide by X.shape[0], or len(X).",
        change=_times(lambda X, *_: len(X) / X.shape[1]),
    )
    yield Mistake(
        "mean over the outputs too",
        None,
        "Right with one output; with k of them everything is k times too small. (5.5) adds up the "
        "outputs of a sample and averages over samples only.",
        "Divide by len(y), not by y.size, and take no plain mean.",
        change=_times(lambda X, y, *_: 1 / y.shape[1]),
    )
    yield Mistake(
        "divided by X.size",
        None,
        "The sum is divided by the number of entries of X; (5.5) divides by the number "
        "of its rows.",
        "Divide by len(X).",
        change=_times(lambda X, *_: 1 / X.shape[1]),
    )
    yield Mistake(
        "weights first",
        None,
        "The four blocks are right and stand as dW1, dW2, db1, db2.",
        "Return them layer by layer: dW1, db1, dW2, db2.",
        change=_in_order(0, 2, 1, 3),
    )
    yield Mistake(
        "last layer first",
        None,
        "The four blocks are right, layer 2 before layer 1, as they came up on the way back.",
        "Return layer 1 first: dW1, db1, dW2, db2.",
        change=_in_order(2, 3, 0, 1),
    )
    yield Mistake(
        "transposed",
        None,
        "Both dW are right and transposed: as δᵀ times the layer's input they come out (units × "
        "inputs).",
        "Turn the product round, input transposed times δ, and dW has the shape of W.",
        change=_each(0, np.transpose),
    )
    yield Mistake(
        "kept dims",
        None,
        "Every number is right; both db stand in a table of one row, (1 × n), where b has shape "
        "(n,).",
        "Sum without keepdims=True.",
        change=_each(1, lambda db: db[None, :]),
    )


backward_two = BlocksExercise(
    number="5.2",
    chapter=CHAPTER,
    name="backward_two",
    parameters=("X", "y", "W1", "b1", "W2", "b2"),
    returns=("dW1", "db1", "dW2", "db2"),
    reference=gradients,
    cases=tuple(_two_layer_cases()),
    observe=_where_blame_goes_wrong,
    pencil="Begin where the blame begins: print δ2, and compare it with (5.7) times f' at Z2.",
    mistakes=(
        *_whole_mistakes(),
        # δ2
        Mistake(
            "no output slope",
            _library("no output slope"),
            "All four blocks are off: δ2 is the slope in a, without f'(Z2), and everything below "
            "inherits it.",
            "Multiply by A2 (1 − A2), entry by entry: (5.8).",
        ),
        Mistake(
            "cross-entropy",
            by_hand(dA2=lambda y, A2: (A2 - y) / len(y), slope_2=_no_slope),
            "δ2 is (a − y)/m: that belongs to another loss, the cross-entropy of chapter 6. This "
            "one is the squared error.",
            "Keep the 2 of (5.7) and the f'(Z2) of (5.8).",
        ),
        Mistake(
            "bare error",
            by_hand(dA2=lambda y, A2: A2 - y, slope_2=_no_slope),
            "δ2 is the bare error a − y: the 2/m of the loss and the slope of the sigmoid are both "
            "missing.",
            "Multiply by 2/m, then by A2 (1 − A2).",
        ),
        Mistake(
            "2/m missing",
            by_hand(dA2=lambda y, A2: A2 - y),
            "All four blocks are m/2 times what they should be, 3 times for six rows: the error is "
            "there, its 2/m of (5.7) is not.",
            "Start δ2 with 2/m times the error.",
        ),
        Mistake(
            "squared error",
            by_hand(dA2=lambda y, A2: 2 * (A2 - y) ** 2 / len(y)),
            "The error is squared. The square is in the loss; its slope (5.7) has the bare error.",
            "Use A2 − y to the first power.",
        ),
        Mistake(
            "brackets missing at the slope",
            by_hand(dA2=lambda y, A2: 2 / len(y) * (A2 - y) * A2 - A2, slope_2=_no_slope),
            "δ2 ends in A2 * 1 − A2: without brackets the 1 multiplies, and A2 is taken off at the "
            "end.",
            "Write A2 * (1 − A2).",
        ),
        Mistake(
            "brackets missing at the error",
            by_hand(dA2=lambda y, A2: 2 / len(y) * A2 - y * A2 * (1 - A2), slope_2=_no_slope),
            "In δ2 the 2/m multiplies A2 alone and the slope y alone: the error stands without "
            "brackets.",
            "Write 2/m * (A2 − y) * A2 * (1 − A2).",
        ),
        Mistake(
            "both slopes at A",
            by_hand(slope_2=_slope_at_A, slope_1=_slope_at_A),
            "Both slopes are taken at A, as if each sigmoid had been applied twice: the function "
            "f' wants Z.",
            "Give it Z2 and Z1, or write A2 (1 − A2) and A1 (1 − A1).",
        ),
        Mistake(
            "Z (1 − Z)",
            by_hand(slope_2=_formula_at_Z, slope_1=_formula_at_Z),
            "Both slopes are Z (1 − Z): that formula wants what comes out of the sigmoid, not what "
            "goes in.",
            "Use A2 (1 − A2) and A1 (1 − A1).",
        ),
        Mistake(
            "slopes of tanh",
            by_hand(slope_2=lambda Z, A: 1 - A**2, slope_1=lambda Z, A: 1 - A**2),
            "Both slopes are 1 − A², which belongs to tanh; this net has sigmoids.",
            "Use A (1 − A).",
        ),
        # layer 1
        Mistake(
            "no hidden slope",
            _library("no hidden slope"),
            "Layer 2 is right, layer 1 is not: δ1 lacks f'(Z1), so its blame is still that at A1.",
            "Multiply by A1 (1 − A1) after the product with W2 transposed: (5.14).",
        ),
        Mistake(
            "slope at A",
            _library("slope at A"),
            "Layer 2 is right, layer 1 is not: the hidden slope is taken at A1, the output, where "
            "f' wants Z1.",
            "Write A1 (1 − A1), or give f' the pre-activation Z1.",
        ),
        Mistake(
            "brackets missing at the hidden slope",
            by_hand(down=lambda delta_2, dA2, W2: delta_2 @ W2.T - 1, slope_1=lambda Z, A: A),
            "Layer 2 is right; δ1 ends in A1 * 1 − A1, where the 1 multiplies and A1 is taken off "
            "at the end.",
            "Write A1 * (1 − A1).",
        ),
        Mistake(
            "a for its slope",
            by_hand(slope_1=lambda Z, A: A),
            "Layer 2 is right, layer 1 is not: the blame is multiplied by A1, what the units gave "
            "out, in place of their slope.",
            "Multiply by A1 (1 − A1).",
        ),
        Mistake(
            "output slope skipped on the way down",
            by_hand(down=lambda delta_2, dA2, W2: dA2 @ W2.T),
            "Layer 2 is right, layer 1 is not: the blame goes down from the prediction itself, "
            "past the output's sigmoid.",
            "Send δ2 through W2, not ∂L/∂A2.",
        ),
        Mistake(
            "W2 forgotten",
            by_hand(down=lambda delta_2, dA2, W2: delta_2),
            "δ2 meets f'(Z1) without passing W2. With one output NumPy stretches it over the "
            "hidden units; with 2 outputs and 3 units it cannot.",
            "First the product of δ2 with W2 transposed, then f'(Z1): (5.14).",
        ),
        Mistake(
            "star for a product",
            by_hand(down=lambda delta_2, dA2, W2: delta_2 * W2.T),
            "A star stands between δ2 and W2 transposed. With one output it does the same as @; "
            "with more, the sum over the outputs in (5.12) is missing.",
            "Write @ there.",
        ),
        Mistake(
            "W2 not transposed",
            by_hand(down=lambda delta_2, dA2, W2: delta_2 @ W2),
            "δ2 is (samples × outputs), W2 is (hidden × outputs): outputs meet hidden units.",
            "Transpose W2; then outputs meet outputs, and the product is (samples × hidden).",
        ),
        Mistake(
            "inputs not transposed",
            by_hand(weights=lambda into, delta: into @ delta),
            "X is (samples × inputs), δ1 is (samples × units): inputs meet samples.",
            "Transpose the first factor; then samples meet samples and are summed over.",
        ),
        # dW and db
        Mistake(
            "Z for A",
            _library("Z for A"),
            "Only dW2 is off: it was made with Z1, from before the sigmoid. What went into layer 2 "
            "is A1.",
            "Multiply A1 transposed by δ2: (5.10).",
        ),
        Mistake(
            "last sample",
            _library("last sample"),
            "Only the last row counts: a loop over the samples writes over the sum instead of "
            "adding to it, or a return stands inside it.",
            "Add up all rows; the product with the transposed input does it at once.",
        ),
        Mistake(
            "bias mean",
            _library("bias mean"),
            "Both dW are right, both db m times too small: 1/m is in δ2 already, so the rows are "
            "summed.",
            "Use the sum over the samples for db, not the mean.",
        ),
        Mistake(
            "weights mean",
            by_hand(weights=lambda into, delta: into.T @ delta / len(into)),
            "Both db are right, both dW m times too small: 1/m is in δ2 already, and the products "
            "took it again.",
            "Multiply the transposed input by δ and leave it at that.",
        ),
        Mistake(
            "weights sum",
            by_hand(weights=lambda into, delta: into.T @ delta * len(into)),
            "Both db are right, both dW m times too large: 1/m reached the biases, through a mean, "
            "and not the weights.",
            "Put 1/m into δ2, where it serves all four, and sum the rows for db.",
        ),
        Mistake(
            "biases sum",
            by_hand(biases=lambda delta: delta.sum(axis=0) * len(delta)),
            "Both dW are right, both db m times too large: 1/m reached the weights and not the "
            "biases.",
            "Put 1/m into δ2, where it serves all four.",
        ),
        Mistake(
            "bias not summed",
            by_hand(biases=lambda delta: delta),
            "Both dW are right; each db still has a row for every sample, because δ itself was "
            "returned.",
            "Sum δ over its rows: (5.11).",
        ),
        Mistake(
            "bias along the wrong axis",
            by_hand(biases=lambda delta: delta.sum(axis=1)),
            "Both dW are right; each db is summed over the units, and has one number a sample.",
            "Sum over the samples, the rows of δ: axis 0.",
        ),
        Mistake(
            "one bias for all",
            by_hand(biases=np.sum),
            "Both dW are right; each db is one number, summed over samples and units. Every unit "
            "has a bias of its own.",
            "Sum along axis 0 only.",
        ),
    ),
    fact=(
        "The matrix products of the way back take 120 multiplications on the six rows, those of "
        "the way there 96. Nudging all 21 parameters up and down takes the way there 42 times."
    ),
    starter="""\
def sigmoid(Z):
    return 1 / (1 + np.exp(-Z))

def backward_two(X, y, W1, b1, W2, b2):
    A1 = sigmoid(X @ W1 + b1)
    A2 = sigmoid(A1 @ W2 + b2)
    delta_2 = ...
    delta_1 = ...
    return ..., ..., ..., ...

check.deep_net.backward_two(backward_two)
""",
    solution="""\
def sigmoid(Z):
    return 1 / (1 + np.exp(-Z))

def backward_two(X, y, W1, b1, W2, b2):
    A1 = sigmoid(X @ W1 + b1)
    A2 = sigmoid(A1 @ W2 + b2)
    delta_2 = -2 / len(X) * (y - A2) * A2 * (1 - A2)
    delta_1 = delta_2 @ W2.T * A1 * (1 - A1)
    return X.T @ delta_1, delta_1.sum(axis=0), A1.T @ delta_2, delta_2.sum(axis=0)

check.deep_net.backward_two(backward_two)
""",
)


# 5.3  Write: the way back through any number of layers


def deep_arguments(X, W, b, dA):
    """Return (A, Z, W, dA) after a forward pass with tanh in every layer."""
    sizes = [len(W[0]), *(w.shape[1] for w in W)]
    network = Network(sizes, hidden="tanh", output="tanh", weights=list(W), biases=list(b))
    network.forward(X)
    A = X, *(layer.A.copy() for layer in network.dense)
    return A, tuple(layer.Z.copy() for layer in network.dense), tuple(W), dA


def _deep_cases():
    """Yield the chapter's net, other depths, some awkward ones, some random ones."""
    rng = np.random.default_rng(6)

    def draw(sizes, m, scale=1.0):
        shapes_of_W = zip(sizes[:-1], sizes[1:], strict=True)
        W = [np.round(scale * rng.normal(size=shape), 2) for shape in shapes_of_W]
        b = [np.round(rng.normal(size=size) / 2, 2) for size in sizes[1:]]
        return deep_arguments(
            np.round(rng.normal(size=(m, sizes[0])), 2), W, b,
            np.round(rng.normal(size=(m, sizes[-1])), 2),
        )  # fmt: skip

    A, Z, W, _ = deep_arguments(X, (W1, W2), (B1, B2), 0 * Y)
    chapter = A, Z, W, slopes_in_predictions(A[2], Y)
    yield Case("the [3, 4, 1] net with tanh, on the six rows", chapter)
    yield Case("a net of one layer, [2, 3], on 4 samples", draw([2, 3], 4))
    yield Case("a net of three layers, [3, 2, 4, 2], on 5 samples", draw([3, 2, 4, 2], 5))
    yield Case("a chain of width one and five layers, one sample", draw([1] * 6, 1))
    yield Case("a [2, 3, 1, 2] net on one sample", draw([2, 3, 1, 2], 1))
    zeros = [(3, 2), (2, 4), (4, 1)]
    none = deep_arguments(X, list(map(np.zeros, zeros)), [np.zeros(n) for _, n in zeros], Y - 0.5)
    yield Case("a [3, 2, 4, 1] net with all parameters 0, on the six rows", none)
    yield Case("a [2, 3, 3, 2] net with weights near 30, on 3 samples", draw([2, 3, 3, 2], 3, 30.0))
    for index in range(RANDOM):
        sizes = rng.integers(1, 5, size=rng.integers(2, 6)).tolist()
        m = int(rng.integers(2, 8))
        yield Case(f"random net {index + 1} ({sizes}, {m} samples)", draw(sizes, m), random=True)


def deep_by_hand(
    *,
    start=lambda A, dA: dA,
    slope=lambda Z, A, last: 1 - A**2,
    at=lambda Z, layer: Z[layer - 1],
    out=lambda A, layer: A[layer],
    into=lambda A, Z, layer: A[layer - 1],
    below=lambda W, layer: W[layer - 1],
    down=lambda delta, dA, W: delta @ W.T,
    weights=lambda into, delta: into.T @ delta,
    biases=_sum_of_rows,
):
    """Return the backward pass of any depth with some of its pieces replaced."""

    def backward_pass(A, Z, W, dA):
        found, dA = (), start(A, dA)
        for layer in range(len(W), 0, -1):
            delta = dA * slope(at(Z, layer), out(A, layer), layer == len(W))
            found = weights(into(A, Z, layer), delta), biases(delta), *found
            dA = down(delta, dA, below(W, layer))
        return found

    return backward_pass


def _bias_from_dA(A, Z, W, dA):
    found = ()
    for layer in range(len(W), 0, -1):
        delta = dA * (1 - tanh(Z[layer - 1]) ** 2)
        found = A[layer - 1].T @ delta, dA.sum(axis=0), *found
        dA = delta @ W[layer - 1].T
    return found


def _delta_without_brackets(A, Z, W, dA):
    found = ()
    for layer in range(len(W), 0, -1):
        delta = dA * 1 - tanh(Z[layer - 1]) ** 2
        found = A[layer - 1].T @ delta, delta.sum(axis=0), *found
        dA = delta @ W[layer - 1].T
    return found


def _forwards(A, Z, W, dA):
    found = ()
    for layer in range(1, len(W) + 1):
        delta = dA * (1 - tanh(Z[layer - 1]) ** 2)
        found = A[layer - 1].T @ delta, delta.sum(axis=0), *found
        dA = delta @ W[layer - 1].T
    return found


def _pairs(order):
    """Return the change that puts the blocks in another order, given the number of layers."""
    return lambda result, *given: tuple(result[index] for index in order(len(result) // 2))


backward = BlocksExercise(
    number="5.3",
    chapter=CHAPTER,
    name="backward",
    parameters=("A", "Z", "W", "dA"),
    returns=("dW1", "db1", "dW2", "db2", "and so on"),
    reference=deep_gradients,
    cases=tuple(_deep_cases()),
    observe=_where_blame_goes_wrong,
    pencil="Begin at the last layer: its δ is dA times 1 − tanh² of its own Z.",
    mistakes=(
        Mistake(
            "sign",
            None,
            "Right sizes, wrong signs in every block. dA is the slope of the loss already, its "
            "sign included.",
            "Take out the minus; it belongs to the step.",
            change=_times(lambda *_: -1),
        ),
        Mistake(
            "divided by m again",
            None,
            "Every block is m times too small. The mean over the samples is in dA already.",
            "Multiply and sum; divide by nothing.",
            change=_times(lambda A, *_: 1 / len(A[0])),
        ),
        Mistake(
            "2 over m again",
            None,
            "Every block is 2/m times what it should be. That factor belongs to (5.7), and dA has "
            "it already.",
            "Start from dA as it is.",
            change=_times(lambda A, *_: 2 / len(A[0])),
        ),
        Mistake(
            "last layer first",
            None,
            "All blocks are right; the last layer stands first, as it came up on the way back.",
            "Put each new pair in front: gradients = (dW, db, *gradients).",
            change=_pairs(lambda n: [2 * i + j for i in reversed(range(n)) for j in (0, 1)]),
        ),
        Mistake(
            "biases first",
            None,
            "All blocks are right, each db before its dW.",
            "Let each layer give dW first, then db.",
            change=_pairs(lambda n: [2 * i + j for i in range(n) for j in (1, 0)]),
        ),
        Mistake(
            "transposed",
            None,
            "Every dW is right and transposed: δᵀ times the layer's input is (units × inputs).",
            "Turn the product round, input transposed times δ, and dW has the shape of W.",
            change=_each(0, np.transpose),
        ),
        Mistake(
            "kept dims",
            None,
            "Every number is right; each db stands in a table of one row, (1 × n), where b has "
            "shape (n,).",
            "Sum without keepdims=True.",
            change=_each(1, lambda db: db[None, :]),
        ),
        Mistake(
            "layer 1 missing",
            None,
            "The loop stops one layer early: dW1 and db1 are missing, the rest is right.",
            "Let it run down to layer 1: range(len(W), 0, −1) ends there.",
            change=lambda result, *_: result[2:],
        ),
        Mistake(
            "last layer alone",
            None,
            "Only the gradients of the last layer come back: a return inside the loop, or each "
            "pair written over the one before.",
            "Keep every pair, and return after the loop.",
            change=lambda result, *_: result[-2:],
        ),
        Mistake(
            "layer 1 alone",
            None,
            "Only the gradients of layer 1 come back: each pair is written over the one before.",
            "Put each new pair in front of those there are: (dW, db, *gradients).",
            change=lambda result, *_: result[:2],
        ),
        Mistake(
            "sign in every layer",
            deep_by_hand(slope=lambda Z, A, last: A**2 - 1),
            "Every layer turns the sign once more, so it is right in every second layer only.",
            "Take out the minus: the slope of tanh is 1 − A², never below 0.",
        ),
        Mistake(
            "1/m in every layer",
            deep_by_hand(slope=lambda Z, A, last: (1 - A**2) / len(Z)),
            "Every layer divides by m once more: the last one is m times too small, the next m² "
            "times.",
            "The mean is in dA already; take 1/m out of the loop.",
        ),
        # slopes
        Mistake(
            "no slopes",
            deep_by_hand(slope=lambda Z, A, last: 1.0),
            "No layer has its slope: the blame goes back through the weights as if every tanh were "
            "a straight line.",
            "Multiply by f'(Z) in every layer: (5.17) and (5.18).",
        ),
        Mistake(
            "no slope in the last layer",
            deep_by_hand(slope=lambda Z, A, last: 1.0 if last else 1 - A**2),
            "The last layer lacks its slope: dA is the blame at A; δ is the blame at Z, before the "
            "tanh.",
            "Multiply dA by 1 − tanh² of the last layer too: (5.17).",
        ),
        Mistake(
            "no slope in the hidden layers",
            deep_by_hand(slope=lambda Z, A, last: 1 - A**2 if last else 1.0),
            "The last layer is right; below it the slopes are missing.",
            "Multiply by f'(Z) of each layer after the product with the weights: (5.18).",
        ),
        Mistake(
            "slope at A",
            deep_by_hand(slope=lambda Z, A, last: tanh_derivative(A)),
            "The slope is 1 − tanh(A)²: tanh is applied to what already came out of a tanh.",
            "Write 1 − A², or 1 − tanh(Z)².",
        ),
        Mistake(
            "1 − Z²",
            deep_by_hand(slope=lambda Z, A, last: 1 - Z**2),
            "The slope is 1 − Z²: that formula wants what comes out of the tanh, not what goes in.",
            "Write 1 − A², or 1 − tanh(Z)².",
        ),
        Mistake(
            "slope of the sigmoid",
            deep_by_hand(slope=lambda Z, A, last: A * (1 - A)),
            "The slope is A (1 − A), which belongs to the sigmoid; here every layer has tanh.",
            "Write 1 − A².",
        ),
        Mistake(
            "square missing",
            deep_by_hand(slope=lambda Z, A, last: 1 - A),
            "The slope is 1 − A, without the square.",
            "Write 1 − A².",
        ),
        Mistake(
            "brackets missing",
            _delta_without_brackets,
            "δ is dA * 1 − tanh²: without brackets the 1 multiplies, and the square is taken off "
            "the blame.",
            "Write dA * (1 − tanh²).",
        ),
        Mistake(
            "hidden slopes twice",
            deep_by_hand(slope=lambda Z, A, last: 1 - A**2 if last else (1 - A**2) ** 2),
            "The last layer is right; below it each slope counts twice, once on the way down and "
            "once in δ.",
            "Send δ down through the weights alone; the slope comes in the next round.",
        ),
        # on the way down
        Mistake(
            "slope not passed on",
            deep_by_hand(down=lambda delta, dA, W: dA @ W.T),
            "The last layer is right; below it the blame goes down as dA, not as δ, and loses the "
            "slopes it has passed.",
            "Send δ through the weights: dA = δ times W transposed.",
        ),
        Mistake(
            "star for a product",
            deep_by_hand(down=lambda delta, dA, W: delta * W.T),
            "A star stands between δ and W transposed. Below a layer of one unit it does the same "
            "as @; below more, the sum over the units is missing.",
            "Write @ there.",
        ),
        Mistake(
            "weights not transposed",
            deep_by_hand(down=lambda delta, dA, W: delta @ W),
            "δ is (samples × units) and W is (inputs × units): units meet inputs.",
            "Transpose W; then units meet units, and the product is (samples × inputs).",
        ),
        Mistake(
            "inputs not transposed",
            deep_by_hand(weights=lambda into, delta: into @ delta),
            "A is (samples × inputs) and δ is (samples × units): inputs meet samples.",
            "Transpose A; then samples meet samples and are summed over.",
        ),
        Mistake(
            "first layer first",
            _forwards,
            "The loop runs from layer 1 up: dA belongs to the last layer, and meets the first.",
            "Run it backwards, from len(W) down to 1.",
        ),
        Mistake(
            "dA taken for y",
            (
                deep_by_hand(start=lambda A, dA: A[-1] - dA),
                deep_by_hand(start=lambda A, dA: 2 * (A[-1] - dA) / len(dA)),
            ),
            "The blame starts from the prediction minus dA, as if dA were the targets.",
            "dA is the slope of the loss in the prediction already: start from it as it is.",
        ),
        # which layer
        Mistake(
            "counted from 1",
            (
                deep_by_hand(at=lambda Z, layer: Z[layer]),
                deep_by_hand(below=lambda W, layer: W[layer]),
                deep_by_hand(at=lambda Z, layer: Z[layer], below=lambda W, layer: W[layer]),
            ),
            "An index is too large by one: Python counts from 0, so Z and W of layer 1 stand at "
            "index 0, and A has X there.",
            "Take Z[layer − 1] and W[layer − 1]; of A, layer's own stands at A[layer].",
        ),
        Mistake(
            "what came out for what went in",
            deep_by_hand(into=lambda A, Z, layer: A[layer]),
            "dW is made with A[layer], which came out of the layer. Its weights stand beside what "
            "went in.",
            "Multiply A[layer − 1] transposed by δ: (5.19).",
        ),
        Mistake(
            "slope of the layer below",
            deep_by_hand(slope=lambda Z, A, last: 1 - A**2, out=lambda A, layer: A[layer - 1]),
            "The slope is taken from A[layer − 1], what went into the layer: that is one layer too "
            "low.",
            "Write 1 − A[layer]², or 1 − tanh(Z[layer − 1])².",
        ),
        # dW and db
        Mistake(
            "Z for A",
            deep_by_hand(into=lambda A, Z, layer: Z[layer - 2] if layer > 1 else A[0]),
            "Layer 1 and every db are right: above it dW was made with Z of the layer below, from "
            "before its tanh.",
            "What went into a layer is A of the one below: (5.19).",
        ),
        Mistake(
            "bias mean",
            deep_by_hand(biases=lambda delta: delta.mean(axis=0)),
            "Every dW is right, every db m times too small: the mean over the samples is in dA "
            "already.",
            "Sum δ over the samples.",
        ),
        Mistake(
            "weights mean",
            deep_by_hand(weights=lambda into, delta: into.T @ delta / len(into)),
            "Every db is right, every dW m times too small: the mean over the samples is in dA "
            "already.",
            "Multiply the transposed input by δ and leave it at that.",
        ),
        Mistake(
            "bias not summed",
            deep_by_hand(biases=lambda delta: delta),
            "Every dW is right; each db still has a row for every sample, because δ itself came "
            "back.",
            "Sum δ over its rows: (5.20).",
        ),
        Mistake(
            "bias along the wrong axis",
            deep_by_hand(biases=lambda delta: delta.sum(axis=1)),
            "Every dW is right; each db is summed over the units, and has one number a sample.",
            "Sum over the samples, the rows of δ: axis 0.",
        ),
        Mistake(
            "one bias for all",
            deep_by_hand(biases=np.sum),
            "Every dW is right; each db is one number, summed over samples and units.",
            "Sum along axis 0 only: every unit has a bias of its own.",
        ),
        Mistake(
            "bias from dA",
            _bias_from_dA,
            "Every dW is right; each db sums dA, the blame after the tanh, where δ is asked.",
            "Sum δ over the samples.",
        ),
    ),
    fact=(
        "The bends are all in the forward pass. Backwards they stand still as slopes, so the way "
        "back is linear: twice the dA gives twice every gradient, at any depth."
    ),
    starter="""\
def backward(A, Z, W, dA):
    gradients = ()
    for layer in range(len(W), 0, -1):  # L, ..., 2, 1
        delta = ...
        gradients = (..., ..., *gradients)
        dA = ...
    return gradients

check.deep_net.backward(backward)
""",
    solution="""\
def backward(A, Z, W, dA):
    gradients = ()
    for layer in range(len(W), 0, -1):  # L, ..., 2, 1
        delta = dA * (1 - np.tanh(Z[layer - 1]) ** 2)
        gradients = (A[layer - 1].T @ delta, delta.sum(axis=0), *gradients)
        dA = delta @ W[layer - 1].T
    return gradients

check.deep_net.backward(backward)
""",
)


# 5.4  Predict: what moves in the first step from all zeros


FIVE_X, FIVE_Y = X[:5], Y[:5]
PARAMETERS = ("W1", "b1", "W2", "b2")


def zero_net(hidden="sigmoid"):
    """Return the [3, 4, 1] net with sigmoid at its end and every parameter at 0."""
    return Network([3, 4, 1], hidden=hidden, output="sigmoid", weights="zeros")


def moving(network, X, y):
    """Return the names of the parameters that a step of gradient descent moves."""
    network.backward(slopes_in_predictions(network.forward(X), y))
    blocks = zip(PARAMETERS, gradients_of(network), strict=True)
    return tuple(name for name, gradient in blocks if np.any(gradient))


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MovingExercise(Exercise):
    """The reader names the parameters that move.

    Attributes
    ----------
    question : str
    reference : tuple of str
    mistakes : tuple of Mistake
        Each with a tuple of names; the last one is for every other set of names.
    """

    answers: tuple = ("moves",)
    question: str
    reference: tuple
    mistakes: tuple

    def given(self):
        """Return what is asked."""
        return Text(textwrap.fill(self.question, 66))

    @property
    def wrong_answers(self):
        """An example for every mistake, by name."""
        return {mistake.name: (mistake.answer,) for mistake in self.mistakes}

    def judge(self, moves) -> Answer:
        """Return the verdict on the set of names."""
        names = self._names(moves)
        if names is None:
            return wrong(
                f"Got {kind(moves)}, expected a list of names from {', '.join(PARAMETERS)}.",
                'For example ["W1", "b1"]; an empty list if nothing moves.',
            )
        if names == self.reference:
            return right(f"Right: {listed(names)} move, nothing else.", self.fact)
        for mistake in self.mistakes:
            if names == mistake.answer or mistake is self.mistakes[-1]:
                got = f"Got {', '.join(names) or 'no parameter'}."
                return wrong(got, mistake.what, mistake.step, mistake=mistake.name)

    def _names(self, moves):
        """Return the names in order, or None if they are no names of parameters."""
        if isinstance(moves, np.ndarray | set | frozenset):
            moves = list(moves.tolist() if isinstance(moves, np.ndarray) else moves)
        if not isinstance(moves, list | tuple | str) or moves == "":
            return None
        entries = _flat(moves)
        if not all(isinstance(entry, str) for entry in entries):
            return None
        words = re.findall(r"\w+", " ".join(entries).lower())
        given = [word.removeprefix("d") for word in words if word not in ("and", "none", "nothing")]
        if not set(given) <= {name.lower() for name in PARAMETERS}:
            return None
        return tuple(name for name in PARAMETERS if name.lower() in given)


zero_start = MovingExercise(
    number="5.4",
    chapter=CHAPTER,
    name="zero_start",
    question=(
        "The [3, 4, 1] net, sigmoid in both layers, starts with W1, b1, W2 and b2 all at 0. It "
        "takes one step on the first five of the six rows, whose targets are 0, 0, 0, 1, 1, with "
        "the loss (5.5). Which of the four move?"
    ),
    reference=moving(zero_net(), FIVE_X, FIVE_Y),
    mistakes=(
        Mistake(
            "nothing",
            (),
            "Zero weights do not make every slope zero: a sigmoid of 0 is ½, so the prediction is "
            "wrong in all five rows.",
            "Go through (5.10), (5.11), (5.15) and (5.16), and look which factor is 0 in each.",
        ),
        Mistake(
            "everything",
            PARAMETERS,
            "Blame has to travel to reach layer 1, and it travels through W2.",
            "Put W2 = 0 into (5.14), then look at (5.15) and (5.16).",
        ),
        Mistake(
            "b2 alone",
            ("b2",),
            "That would hold for a hidden tanh, whose output at 0 is 0. A sigmoid of 0 is not.",
            "Work out A1 at Z1 = 0, then the product (5.10).",
        ),
        Mistake(
            "W2 alone",
            ("W2",),
            "W2 does move. b2 gets the sum of δ2 over the rows; its own value, 0, is no factor in "
            "it.",
            "Add up δ2 over targets of 0, 0, 0, 1, 1 with every prediction at ½: (5.11).",
        ),
        Mistake(
            "the biases",
            ("b1", "b2"),
            "A bias does have an input of 1, which is never 0. But b1 gets δ1, and δ1 comes "
            "through W2.",
            "Put W2 = 0 into (5.14) for b1; for W2, look what A1 is when Z1 is 0.",
        ),
        Mistake(
            "the weights",
            ("W1", "W2"),
            "Weights and biases of a layer live on the same δ; here they do not part by kind.",
            "Ask for δ2 and for δ1: which of them is 0, and whom does it serve?",
        ),
        Mistake(
            "b1 too",
            ("b1", "W2", "b2"),
            "W2 and b2 are right. b1 sums δ1 over the rows, and δ1 has W2 as a factor.",
            "Put W2 = 0 into (5.14).",
        ),
        Mistake(
            "W1 too",
            ("W1", "W2", "b2"),
            "W2 and b2 are right. W1 gets X transposed times δ1, and δ1 has W2 as a factor.",
            "Put W2 = 0 into (5.14).",
        ),
        Mistake(
            "layer 1 alone",
            ("W1", "b1"),
            "It is the other way round: blame starts at the output, and layer 2 hears it first.",
            "Work out δ2, then whether anything of it passes W2.",
        ),
        Mistake(
            "layer 1 among them",
            ("W1",),
            "W1 or b1 is among them. Both live on δ1, and δ1 has W2 as a factor.",
            "Put W2 = 0 into (5.14); then decide W2 by (5.10) and b2 by (5.11).",
        ),
    ),
    fact=(
        "W1 moves from the second step on, but all four hidden units alike, and so for ever: four "
        "do the work of one. On all six rows nothing moves at all: the blame of 0s and 1s cancels."
    ),
    starter="""\
moves = ...  # a list such as ["W1", "b1"]

check.deep_net.zero_start(moves)
""",
    solution="""\
# A1 = ½ and A2 = ½, so δ2 is not 0, and neither is A1ᵀ δ2. But W2 = 0 makes δ1 = 0.
moves = ["W2", "b2"]

check.deep_net.zero_start(moves)
""",
)


# 5.5  Write: the gradient check's verdict, block by block


def block_errors(analytic, measured):
    """Return |a − m| / (|a| + |m|) of each block."""
    return tuple(relative_error(a, m) for a, m in zip(analytic, measured, strict=True))


def _error_cases():
    """Yield gradients with a mistake against right ones, awkward blocks, random pairs."""
    rng = np.random.default_rng(7)

    def draw(sizes, scale=1.0):
        shapes = [each for two in zip(sizes, sizes[1:], strict=False) for each in (two, two[1:])]
        return tuple(np.round(scale * rng.normal(size=shape), 2) for shape in shapes)

    def against(name, arguments):
        return _library(name)(*arguments), gradients(*arguments)

    yield Case("the six rows, bias mean against right", against("bias mean", SIX_ROWS))
    yield Case("the sheet, no hidden slope against right", against("no hidden slope", SHEET))
    one, two = np.array([3.0, 4.0]), np.array([4.0, 3.0])
    yield Case("one block, (3, 4) against (4, 3)", ((one,), (two,)))
    some, other = draw([2, 3, 1]), draw([2, 3, 1])
    yield Case("blocks of 0 on both sides", ((0 * some[0], *some[1:]), (0 * some[0], *other[1:])))
    one_sided = (some[0], 0 * some[1], *some[2:]), (*other[:2], 0 * other[2], other[3])
    yield Case("two blocks that are 0 on one side", one_sided)
    yield Case("equal blocks", (some, some))
    yield Case("turned signs", (some, tuple(-each for each in some)))
    yield Case("numbers near 10000", (draw([3, 2], 1e4), draw([3, 2], 1e4)))
    for index in range(RANDOM):
        sizes = rng.integers(1, 5, size=rng.integers(2, 5)).tolist()
        one, two = draw(sizes), draw(sizes)
        near = tuple(each + 0.1 * more for each, more in zip(one, two, strict=True))
        label = f"random blocks {index + 1} of a {sizes} net"
        yield Case(label, (one, near if index % 2 else two), random=True)


def _per_block(rule, zero):
    """Return the function that applies a rule of (a, m) to each block; 0 / 0 gives ``zero``."""

    def errors(analytic, measured):
        found = []
        for a, m in zip(analytic, measured, strict=True):
            error = rule(a, m)
            found.append(np.where(np.isnan(error), zero, error))
        return tuple(found)

    return errors


def _measure(rule):
    """Return that function twice: 0 / 0 taken care of, and left to be nan."""
    return _per_block(rule, 0.0), _per_block(rule, np.nan)


def _norm(block):
    return np.linalg.norm(np.ravel(block))


def _ratio(above, below):
    """Return the rule that divides one function of (a, m) by another."""
    return lambda a, m: np.divide(above(a, m), below(a, m))


def _gap_norm(a, m):
    return _norm(a - m)


def _both(a, m):
    return _norm(a) + _norm(m)


def _with_a_small_number(small):
    return _per_block(_ratio(_gap_norm, lambda a, m: _both(a, m) + small), 0.0)


def _no_error_where(zero):
    """Return the function that gives 0 wherever ``zero`` says so of the two lengths."""

    def errors(analytic, measured):
        return tuple(
            0.0 if zero(_norm(a), _norm(m)) else relative_error(a, m)
            for a, m in zip(analytic, measured, strict=True)
        )

    return errors


def _in_all(above, below):
    """Return that error of all blocks laid end to end."""

    def error(analytic, measured):
        a, m = (np.concatenate([np.ravel(each) for each in side]) for side in (analytic, measured))
        return float(np.nan_to_num(above(a, m) / below(a, m)))

    return error


def _largest_ratio(a, m):
    return np.max(_entry_ratios(a, m))


def _mean_ratio(a, m):
    return np.mean(_entry_ratios(a, m))


def _entry_ratios(a, m):
    return np.nan_to_num(abs(a - m) / (abs(a) + abs(m)))


def _no_relative_error(exercise, results, first):
    """See numbers outside 0 to 1, where a relative error lies."""
    values = np.hstack([np.ravel(part) for result in results for part in parts(result)])
    if np.all((values >= 0) & (values <= 1 + TOLERANCE)):
        return None
    return (
        None,
        "A relative error lies between 0 and 1: the length of a − m is never above those of a and "
        "m together.",
        "Take the length of a − m, and divide by the sum of the two lengths.",
    )


relative_errors = BlocksExercise(
    number="5.5",
    chapter=CHAPTER,
    name="relative_errors",
    parameters=("analytic", "measured"),
    returns=("one number for each block",),
    reference=block_errors,
    cases=tuple(_error_cases()),
    observe=_no_relative_error,
    pencil=(
        "Try (3, 4) against (4, 3): the length of a − m is √2, both lengths are 5, and the error "
        "is 0.1414."
    ),
    mistakes=(
        Mistake(
            "twice",
            None,
            "Every error is twice too large: the gap is divided by the mean of the two sizes, and "
            "can reach 2.",
            "Divide by their sum.",
            change=lambda result, *_: tuple(2 * each for each in result),
        ),
        Mistake(
            "nan at 0",
            _per_block(_ratio(_gap_norm, _both), np.nan),
            "Right, except where both blocks are 0: there 0 / 0 gives nan, though the two agree "
            "perfectly.",
            "Return 0 where the sum of the sizes is 0.",
        ),
        Mistake(
            "0 where one is 0",
            (
                _no_error_where(lambda a, m: a == 0 or m == 0),
                _no_error_where(lambda a, m: a == 0),
                _no_error_where(lambda a, m: m == 0),
            ),
            "A block that is 0 on one side alone counts as agreement: a gradient that was never "
            "filled in would pass.",
            "Return 0 only where both are 0; here the error is 1.",
        ),
        Mistake(
            "small number below",
            tuple(map(_with_a_small_number, (1e-6, 1e-3, 1e-4, 1e-5, 1e-7, 1e-8))),
            "Every error is a touch too small: a small number is added below. It saves 0 / 0 and "
            "shifts everything else.",
            "Leave the sum of the sizes as it is, and treat the case where it is 0 apart.",
        ),
        Mistake(
            "no denominator",
            _measure(_gap_norm),
            "That is the length of a − m, with nothing below it: large gradients look worse than "
            "small ones.",
            "Divide by the sum of both lengths.",
        ),
        Mistake(
            "relative to a",
            _measure(_ratio(_gap_norm, lambda a, m: _norm(a))),
            "Only the length of the analytic block stands below: the error can pass 1, and a block "
            "of 0 divides by 0.",
            "Divide by the sum of both lengths.",
        ),
        Mistake(
            "relative to m",
            _measure(_ratio(_gap_norm, lambda a, m: _norm(m))),
            "Only the length of the measured block stands below: the error can pass 1, and the two "
            "are not treated alike.",
            "Divide by the sum of both lengths.",
        ),
        Mistake(
            "relative to the larger",
            _measure(_ratio(_gap_norm, lambda a, m: max(_norm(a), _norm(m)))),
            "Below stands the larger of the two lengths, so a turned sign counts 2.",
            "Divide by their sum; then 1 is the worst there is.",
        ),
        Mistake(
            "length of the sum",
            _measure(_ratio(_gap_norm, lambda a, m: _norm(a + m))),
            "Below stands the length of a + m. With opposite signs it is 0, where the sum of the "
            "lengths is not.",
            "Take the length of a and the length of m, then add.",
        ),
        Mistake(
            "brackets missing",
            _measure(lambda a, m: np.divide(_gap_norm(a, m), _norm(a)) + _norm(m)),
            "Without brackets only the first length divides, and the second is added at the end.",
            "Put brackets around the sum of the two lengths.",
        ),
        Mistake(
            "difference of lengths",
            _measure(_ratio(lambda a, m: abs(_norm(a) - _norm(m)), _both)),
            "The lengths are compared, not the blocks: two arrows of one length in opposite "
            "directions count as equal.",
            "Subtract the blocks first, then take the length.",
        ),
        Mistake(
            "absolute values",
            _measure(_ratio(lambda a, m: np.sum(abs(a - m)), lambda a, m: np.sum(abs(a) + abs(m)))),
            "The sizes are sums of absolute values; asked for is the Euclidean norm.",
            "Square, add, take the root: that is norm(a − m), norm(a), norm(m).",
        ),
        Mistake(
            "largest entries",
            _measure(
                _ratio(
                    lambda a, m: np.max(abs(a - m)), lambda a, m: np.max(abs(a)) + np.max(abs(m))
                )
            ),
            "The size of a block is taken as its largest entry; asked for is the Euclidean norm.",
            "Square, add, take the root over the whole block.",
        ),
        Mistake(
            "roots missing",
            _measure(_ratio(lambda a, m: np.sum((a - m) ** 2), lambda a, m: np.sum(a**2 + m**2))),
            "The squares are added, above and below, and no root is taken.",
            "Take the root of each of the three sums, then divide.",
        ),
        Mistake(
            "spectral norm",
            _measure(
                _ratio(
                    lambda a, m: np.linalg.norm(a - m, 2),
                    lambda a, m: np.linalg.norm(a, 2) + np.linalg.norm(m, 2),
                )
            ),
            "Right for the biases. For a matrix, norm(…, 2) is its largest singular value, not the "
            "root of its sum of squares.",
            "Call norm without the 2, or flatten the block first.",
        ),
        Mistake(
            "largest of the entries' errors",
            _measure(_largest_ratio),
            "Each entry is compared by itself and the worst one is kept: one slope near 0 then "
            "decides for the whole block.",
            "Take the lengths over the block first, and divide once.",
        ),
        Mistake(
            "mean of the entries' errors",
            _measure(_mean_ratio),
            "Each entry is compared by itself and the mean is kept, so slopes near 0 count as much "
            "as large ones.",
            "Take the lengths over the block first, and divide once.",
        ),
        Mistake(
            "entry by entry",
            _measure(_entry_ratios),
            "Each entry has an error of its own; asked for is one number a block.",
            "Take the lengths over the block, then divide.",
        ),
        Mistake(
            "one error for all",
            _in_all(_gap_norm, _both),
            "One number came back, for all blocks laid end to end. It tells that something is "
            "wrong, not where.",
            "Divide inside the loop, block by block.",
        ),
    ),
    fact=(
        "Errors have faces: 1/3 is a factor of 2, 5/7 a factor of 6, such as a sum over six rows, "
        "and 1 a turned sign or a block left at 0."
    ),
    starter="""\
def relative_errors(analytic, measured):
    errors = []
    for a, m in zip(analytic, measured):
        size = ...
        errors.append(...)
    return errors

check.deep_net.relative_errors(relative_errors)
""",
    solution="""\
def relative_errors(analytic, measured):
    errors = []
    for a, m in zip(analytic, measured):
        size = np.linalg.norm(a) + np.linalg.norm(m)
        errors.append(np.linalg.norm(a - m) / size if size > 0 else 0.0)
    return errors

check.deep_net.relative_errors(relative_errors)
""",
)


# 5.6  Choose: what has to be kept for the way back


must_keep = ChoiceExercise(
    number="5.6",
    chapter=CHAPTER,
    name="must_keep",
    question=(
        "A net of two layers, sigmoid in both, has run forwards on a batch. Parameters and targets"
        " stay at hand, and nothing of the forward pass may be computed a second time. Which of "
        "its arrays must be kept for the way back, and no more than these?"
    ),
    choices={
        "a": "A2 alone, the prediction: the loss sees nothing else.",
        "b": "Z1 and Z2: the slopes f'(Z) are taken there.",
        "c": "X, A1 and A2.",
        "d": "X, Z1, A1, Z2 and A2: everything that was computed.",
    },
    correct="c",
    mistakes=(
        Mistake(
            "a",
            "a",
            "a: A2 and the targets give δ2, and db2 with it. But dW2 is A1ᵀ δ2, and A1 would be "
            "gone.",
            "Go through (5.8), (5.10), (5.14) and (5.15), and write down every array they ask for.",
        ),
        Mistake(
            "b",
            "b",
            "b: The slopes are there, but dW2 asks for A1 and dW1 for X; f(Z1) would be the "
            "forward pass again.",
            "Which arrays multiply δ2 and δ1 in (5.10) and (5.15)?",
        ),
        Mistake(
            "d",
            "d",
            "d: That is enough, and more than needed: 78 numbers for the six rows of the [3, 4, 1] "
            "net, 30 of which can go.",
            "A sigmoid's slope is a (1 − a). Which arrays does that make idle?",
        ),
    ),
    fact=(
        "For six rows that is 48 numbers beside the net's 21 parameters, for a thousand rows 8000 "
        "beside the same 21: in training the batch fills the memory, not the net."
    ),
    starter="""\
choice = ...  # "a", "b", "c" or "d"

check.deep_net.must_keep(choice)
""",
    solution="""\
choice = "c"

check.deep_net.must_keep(choice)
""",
)


EXERCISES = (sheet, backward_two, backward, zero_start, relative_errors, must_keep)
