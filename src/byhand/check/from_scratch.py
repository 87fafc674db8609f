"""Chapter 6, from scratch: its six exercises, their known mistakes and every message.

Each exercise stands below its reference and its mistakes.  The messages are the plain strings: edit
them here and nowhere else.  Numbers inside them are held true by
``tests/test_check_from_scratch.py``.
"""

import textwrap
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from byhand import activations, losses
from byhand.check.answer import Answer, Text, right, wrong
from byhand.check.exercise import (
    Case,
    ChoiceExercise,
    Exercise,
    FunctionExercise,
    Mistake,
)
from byhand.check.wording import counted, kind, number, numbers
from byhand.datasets import xor_with_ones
from byhand.network import Network
from byhand.training import train

CHAPTER = "from_scratch"
X, Y = xor_with_ones()
W1 = np.array(  # the first draws of RandomState(1), with which the chapter starts
    [
        [0.417022004702574, 0.7203244934421581, 0.00011437481734488664, 0.30233257263183977],
        [0.14675589081711304, 0.0923385947687978, 0.1862602113776709, 0.34556072704304774],
        [0.39676747423066994, 0.538816734003357, 0.4191945144032948, 0.6852195003967595],
    ]
)
W2 = np.array(
    [[0.20445224973151743], [0.8781174363909454], [0.027387593197926163], [0.6704675101784022]]
)


# 6.1  Write: one iteration


def iterate(X, y, W1, W2):
    """Return both weight matrices after one step of rate 1 on the sum of squares, no biases."""
    sizes = [*W1.shape, W2.shape[1]]
    network = Network(
        sizes, hidden="sigmoid", output="sigmoid", bias=False, weights=[W1.copy(), W2.copy()]
    )
    train(network, X, y, learning_rate=1.0, epochs=1, loss="sum_squared_error")
    return tuple(layer.W.copy() for layer in network.dense)


def _iteration_cases():
    yield Case("the four rows and the chapter's start", (X, Y, W1, W2))
    five = np.array([[1.0, 0.5], [0.0, -1.0], [2.0, 1.0], [-1.0, 0.5], [0.5, 2.0]])
    y = np.array([[1.0], [0.0], [0.5], [1.0], [0.0]])
    W = np.array([[0.5, -1.0, 0.25], [1.0, 0.5, -0.75]]), np.array([[1.0], [-0.5], [2.0]])
    yield Case("5 rows, 2 inputs, 3 hidden units", (five, y, *W))
    yield Case("one row, 2 inputs, 3 hidden units", (five[2:3], y[2:3], *W))
    yield Case("3 rows, 1 input, 2 hidden units", (five[:3, :1], y[:3], W[0][:1, :2], W[1][1:]))
    yield Case("5 rows, 2 inputs, 1 hidden unit", (five, y, W[0][:, :1], W[1][:1]))
    yield Case("one row, 1 input, 1 hidden unit", (five[:1, :1], y[:1], W[0][:1, :1], W[1][:1]))
    yield Case("5 rows, all weights 0", (five, y, 0 * W[0], 0 * W[1]))
    yield Case("5 rows, inputs in the hundreds", (200 * five, y, *W))
    rng = np.random.default_rng(6)
    for index in range(24):
        m, n, h = (int(size) for size in rng.integers(1, 7, size=3))
        if index % 3 == 0:
            h = (m, n, 1)[index // 3 % 3]  # where a forgotten transpose goes unnoticed
        label = f"random net {index + 1} ({counted(m, 'row')}, {n}−{h}−1)"
        drawn = [np.round(rng.normal(size=shape), 2) for shape in ((m, n), (n, h), (h, 1))]
        y = np.round(rng.uniform(size=(m, 1)), 2)
        yield Case(label, (drawn[0], y, *drawn[1:]), random=True)


def _sigmoid_slope(at):
    return at * (1 - at)


def _delta_2(g):
    return -2 * (g.y - g.y_pred) * _sigmoid_slope(g.y_pred)


def _delta_1(g):
    return (g.delta_2 @ g.W2.T) * _sigmoid_slope(g.A)


def _iteration(
    delta_2=_delta_2,
    delta_1=_delta_1,
    to_1=lambda g: g.X.T @ g.delta_1,
    to_2=lambda g: g.A.T @ g.delta_2,
    hidden=activations.sigmoid,
    output=activations.sigmoid,
):
    """Return an iteration with some of its lines replaced; every line sees those above it."""

    def iteration(X, y, W1, W2):
        g = SimpleNamespace(X=X, y=y, W1=W1, W2=W2)
        g.Z1 = X @ W1
        g.A = hidden(g.Z1)
        g.Z2 = g.A @ W2
        g.y_pred = output(g.Z2)
        g.delta_2 = delta_2(g)
        g.delta_1 = delta_1(g)
        return W1 - to_1(g), W2 - to_2(g)

    return iteration


def _on_rows(rows):
    return lambda X, y, W1, W2: iterate(X[rows], y[rows], W1, W2)


def _row_by_row(X, y, W1, W2):
    for row in range(len(X)):
        W1, W2 = iterate(X[row : row + 1], y[row : row + 1], W1, W2)
    return W1, W2


def _W2_moves_first(X, y, W1, W2):
    return iterate(X, y, W1, iterate(X, y, W1, W2)[1])[0], iterate(X, y, W1, W2)[1]


def _new_W2_on_the_way(X, y, W1, W2):
    new = iterate(X, y, W1, W2)[1]
    return _iteration(delta_1=lambda g: (g.delta_2 @ new.T) * _sigmoid_slope(g.A))(X, y, W1, W2)


def _forward_pass(X, y, W1, W2):
    A = activations.sigmoid(X @ W1)
    return A, activations.sigmoid(A @ W2)


def _scaled(factor):
    """Return the change that makes both steps ``factor(n_rows)`` times as long."""

    def change(result, X, y, W1, W2):
        before = W1, W2
        return tuple(W + factor(len(X)) * (new - W) for W, new in zip(before, result, strict=True))

    return change


def _sigmoid(Z):
    return activations.sigmoid(Z)


def _times(ratio):
    return "right" if number(ratio) == "1" else f"{number(ratio)} times the right one"


def _same_step_length(exercise, results, first):
    """See that the steps of each matrix are the right ones times one number in all cases."""
    ratios = []
    for part, name in enumerate(exercise.returns):
        steps = [
            (np.ravel(result[part] - before), np.ravel(like[part] - before))
            for result, like, before in (
                (result, like, case.arguments[2 + part])
                for case, result, like in zip(
                    exercise.cases, results, exercise.expected, strict=True
                )
            )
        ]
        taken, wanted = (np.concatenate(side) for side in zip(*steps, strict=True))
        ratios.append((name, float(taken @ wanted / (wanted @ wanted))))
        if not ratios[-1][1] or not np.allclose(taken, ratios[-1][1] * wanted, 1e-7, 1e-9):
            return None
    (first, r), (second, q) = ratios
    told = f"the step of {first} is {_times(r)}, that of {second} {_times(q)}"
    if number(r) == number(q):
        told = f"both are {_times(r)}"
    return (
        None,
        f"A factor is all that is wrong, in every case: {told}.",
        "Rate 1 leaves the slopes of (6.5) and (6.6) as they are: look for a 2, a rate, or a mean.",
    )


one_iteration = FunctionExercise(
    number="6.1",
    chapter=CHAPTER,
    name="one_iteration",
    parameters=("X", "y", "W1", "W2"),
    returns=("W1", "W2"),
    reference=iterate,
    cases=tuple(_iteration_cases()),
    pencil="Print delta_2 and delta_1, and compare them with (6.4) and with the bracket of (6.6).",
    observe=_same_step_length,
    mistakes=(
        Mistake(
            "uphill",
            None,
            "Both steps have the right length and go uphill: one minus sign too many or too few.",
            "With the minus of (6.4) inside delta_2, subtract the slopes from the weights.",
            change=_scaled(lambda m: -1),
        ),
        Mistake(
            "factor 2",
            None,
            "Both steps are half as long as they should be: the 2 that comes down from the square "
            "is missing, and S has no ½ to cancel it.",
            "Put the 2 into delta_2.",
            change=_scaled(lambda m: 0.5),
        ),
        Mistake(
            "mean for sum",
            None,
            "Both steps are m times too short, 4 times for 4 rows, 5 for 5: S is a sum over the "
            "rows, not a mean.",
            "Take out the division by the number of rows.",
            change=_scaled(lambda m: 1 / m),
        ),
        Mistake(
            "the slopes",
            None,
            "The two slopes come back; asked for are the weights after the step.",
            "Return W1 minus its slope and W2 minus its slope.",
            change=lambda result, X, y, W1, W2: (W1 - result[0], W2 - result[1]),
        ),
        Mistake(
            "order swapped",
            None,
            "Both matrices are right, in the other order.",
            "Return W1 first, then W2.",
            change=lambda result, *_: result[::-1],
        ),
        Mistake(
            "new W2 on the way back",
            _new_W2_on_the_way,
            "The blame goes back to the hidden layer through W2 after its step. The slopes of one "
            "iteration belong to one place.",
            "Compute delta_1 with the old W2; move both matrices at the end.",
        ),
        Mistake(
            "W2 moves first",
            _W2_moves_first,
            "W2 moves first, and a new forward pass with it gives the slope for W1: the two slopes "
            "come from two places.",
            "Make one forward pass, take both slopes there, then move both matrices.",
        ),
        Mistake(
            "no slope at the output",
            _iteration(delta_2=lambda g: -2 * (g.y - g.y_pred)),
            "delta_2 stops at the output: it lacks the slope of the last sigmoid, between y_pred "
            "and its weighted sum.",
            "Multiply by y_pred (1 − y_pred), as (6.4) does.",
        ),
        Mistake(
            "no slope at the hidden layer",
            _iteration(delta_1=lambda g: g.delta_2 @ g.W2.T),
            "delta_1 goes back through W2, and then not through the sigmoid of the hidden layer: "
            "its slope is missing.",
            "Multiply by A (1 − A), as (6.6) does.",
        ),
        Mistake(
            "no slopes",
            _iteration(
                delta_2=lambda g: -2 * (g.y - g.y_pred), delta_1=lambda g: g.delta_2 @ g.W2.T
            ),
            "Both sigmoids are passed over on the way back: neither of their slopes is in.",
            "Multiply by y_pred (1 − y_pred) at the output, by A (1 − A) at the hidden layer.",
        ),
        Mistake(
            "slope of cross-entropy",
            _iteration(delta_2=lambda g: g.y_pred - g.y),
            "delta_2 is y_pred − y, without the 2 and the sigmoid's slope: that belongs to "
            "cross-entropy, where they cancel, not to the sum of squares.",
            "Use (6.4), with all its factors.",
        ),
        Mistake(
            "output slope not sent back",
            _iteration(delta_1=lambda g: (-2 * (g.y - g.y_pred) @ g.W2.T) * _sigmoid_slope(g.A)),
            "What goes back to the hidden layer is the bare error, without the slope of the "
            "output's sigmoid that lies on its way.",
            "Send the whole of delta_2 back through W2.",
        ),
        Mistake(
            "slope formula at Z",
            _iteration(
                delta_2=lambda g: -2 * (g.y - g.y_pred) * _sigmoid_slope(g.Z2),
                delta_1=lambda g: (g.delta_2 @ g.W2.T) * _sigmoid_slope(g.Z1),
            ),
            "The short formula a (1 − a) gets the weighted sums. It is the sigmoid's slope when a "
            "is the sigmoid's output.",
            "Give it y_pred and A, the values after the sigmoid.",
        ),
        Mistake(
            "sigmoid twice",
            _iteration(
                delta_2=lambda g: -2 * (g.y - g.y_pred) * _sigmoid_slope(_sigmoid(g.y_pred)),
                delta_1=lambda g: (g.delta_2 @ g.W2.T) * _sigmoid_slope(_sigmoid(g.A)),
            ),
            "The slopes take the sigmoid of values that have been through it already: a function "
            "of the weighted sum was given the output.",
            "From the output the slope is a (1 − a), with no further sigmoid.",
        ),
        Mistake(
            "slope of tanh",
            _iteration(
                delta_2=lambda g: -2 * (g.y - g.y_pred) * (1 - g.y_pred**2),
                delta_1=lambda g: (g.delta_2 @ g.W2.T) * (1 - g.A**2),
            ),
            "Both layers use 1 − a², the slope of tanh; here the curve is the sigmoid.",
            "Use a (1 − a) in both layers.",
        ),
        Mistake(
            "A for its slope",
            _iteration(delta_1=lambda g: (g.delta_2 @ g.W2.T) * g.A),
            "delta_1 is multiplied by A alone: of the sigmoid's slope A (1 − A) only the first "
            "factor is there.",
            "Multiply by 1 − A as well.",
        ),
        Mistake(
            "W2 not on the way",
            _iteration(delta_1=lambda g: g.delta_2 * _sigmoid_slope(g.A)),
            "W2 is missing in delta_1: every hidden unit gets the same blame, however much weight "
            "its word had.",
            "Send delta_2 back through the weights: delta_2 @ W2.T.",
        ),
        Mistake(
            "2 missing in W1",
            _iteration(to_1=lambda g: g.X.T @ g.delta_1 / 2),
            "The step of W1 is half as long as it should be: the 2 is in one of the two formulas "
            "only.",
            "Write the 2 once, in delta_2, and compute delta_1 from that.",
        ),
        Mistake(
            "2 missing in W2",
            _iteration(to_2=lambda g: g.A.T @ g.delta_2 / 2),
            "The step of W2 is half as long as it should be, that of W1 is not: the 2 is in one of "
            "the two formulas only.",
            "Write the 2 once, in delta_2, and use that in both.",
        ),
        Mistake(
            "W1 stays",
            _iteration(to_1=lambda g: 0 * g.W1),
            "W2 has moved, W1 is still where it was.",
            "Step W1 too: W1 − X.T @ delta_1.",
        ),
        Mistake(
            "W2 stays",
            _iteration(to_2=lambda g: 0 * g.W2),
            "W1 has moved, W2 is still where it was.",
            "Step W2 too: W2 − A.T @ delta_2.",
        ),
        Mistake(
            "no step",
            lambda X, y, W1, W2: (W1, W2),
            "W1 and W2 come back as they went in: no step was taken.",
            "Subtract the slopes in the return line.",
        ),
        Mistake(
            "A not transposed",
            _iteration(to_2=lambda g: g.A @ g.delta_2),
            "A @ delta_2 fits only where hidden units are as many as rows. In the chapter both are "
            "4, so it runs there, with wrong numbers.",
            "Transpose A: the slope for W2 must have the shape of W2.",
        ),
        Mistake(
            "X not transposed",
            _iteration(to_1=lambda g: g.X @ g.delta_1),
            "X @ delta_1 fits only where inputs are as many as rows; the rows are to be summed "
            "over, so they must meet in the middle.",
            "Transpose X: the slope for W1 must have the shape of W1.",
        ),
        Mistake(
            "W2 not transposed",
            _iteration(delta_1=lambda g: (g.delta_2 @ g.W2) * _sigmoid_slope(g.A)),
            "delta_2 @ W2 fits only with a single hidden unit: going back, W2 is used the other "
            "way round.",
            "Transpose W2: (m × 1) times (1 × h) gives the shape of A.",
        ),
        Mistake(
            "no sigmoid in the hidden layer",
            _iteration(hidden=lambda Z: Z),
            "The hidden layer passes X W1 on as it is: the forward pass lacks its first sigmoid.",
            "Let A be the sigmoid of X @ W1, as in (6.1).",
        ),
        Mistake(
            "no sigmoid at the output",
            _iteration(output=lambda Z: Z),
            "The prediction is A W2 as it is: the forward pass lacks its last sigmoid.",
            "Let y_pred be the sigmoid of A @ W2, as in (6.2).",
        ),
        Mistake(
            "no target",
            _iteration(delta_2=lambda g: 2 * g.y_pred * _sigmoid_slope(g.y_pred)),
            "The prediction stands where the error should be: y does not take part.",
            "Start delta_2 from y − y_pred.",
        ),
        Mistake(
            "squared error",
            _iteration(delta_2=lambda g: -2 * (g.y - g.y_pred) ** 2 * _sigmoid_slope(g.y_pred)),
            "The error is squared. The square is in S; in its slope the error stands to the first "
            "power.",
            "Take the square off.",
        ),
        Mistake(
            "row by row",
            _row_by_row,
            "The weights move after every row: four small iterations on four rows, not one on all "
            "of them.",
            "Use all rows in one product, X.T @ delta_1, with the weights as they came in.",
        ),
        Mistake(
            "last row only",
            _on_rows(np.s_[-1:]),
            "Only the last row counts: a loop over the rows writes over what the others gave.",
            "Add the rows up; X.T @ delta_1 does that by itself.",
        ),
        Mistake(
            "W2 alone",
            lambda X, y, W1, W2: iterate(X, y, W1, W2)[1],
            "W2 after the step comes back, and it is right; W1 is not returned.",
            "Return both, with a comma between: W1, W2.",
        ),
        Mistake(
            "W1 alone",
            lambda X, y, W1, W2: iterate(X, y, W1, W2)[0],
            "W1 after the step comes back, and it is right; W2 is not returned.",
            "Return both, with a comma between: W1, W2.",
        ),
        Mistake(
            "the forward pass",
            _forward_pass,
            "A and y_pred come back: the forward pass is right, and the way back is still to go.",
            "Compute delta_2 and delta_1, and return the weights after the step.",
        ),
    ),
    fact=(
        "S falls from 1.312 to 1.069 here, the largest fall in all 2500 iterations. After 3 all "
        "four outputs stand near ½ and S at 0.9997; it takes 207 to get below 0.5."
    ),
    starter="""\
def one_iteration(X, y, W1, W2):
    A = ...
    y_pred = ...
    delta_2 = ...
    delta_1 = ...
    return ..., ...

check.from_scratch.one_iteration(one_iteration)
""",
    solution="""\
def one_iteration(X, y, W1, W2):
    A = 1 / (1 + np.exp(-X @ W1))
    y_pred = 1 / (1 + np.exp(-A @ W2))
    delta_2 = -2 * (y - y_pred) * y_pred * (1 - y_pred)
    delta_1 = (delta_2 @ W2.T) * A * (1 - A)
    return W1 - X.T @ delta_1, W2 - A.T @ delta_2

check.from_scratch.one_iteration(one_iteration)
""",
)


# 6.2  Write: a softmax that cannot overflow


BATCH = np.array([[1.0, 2.0, 3.0], [1.0, 1.0, 1.0]])


def _tables():
    """Return the tables of logits for 6.2: the chapter's, awkward ones, thirty random ones."""
    yield BATCH, False
    yield np.array([[1000.0, 1001.0, 1002.0]]), False
    yield np.array([[-1000.0, -1001.0], [-1002.0, -1000.0]]), False
    yield np.array([[0.0, 1.0], [1000.0, 1001.0]]), False
    yield np.array([[0.0, 1000.0]]), False
    yield np.array([[0.0, 0.0, 3000.0]]), False
    yield np.array([[3000.0, 3000.0, 0.0]]), False
    yield np.array([[5.0], [-2.0]]), False
    yield np.zeros((1, 4)), False
    yield np.array([[0.5, -1.0, 2.0], [1.5, 0.0, -0.5], [3.0, -2.0, 1.0]]), False
    rng = np.random.default_rng(62)
    for index in range(30):
        m, k = (int(size) for size in rng.integers(2, 7, size=2))
        k = m if index % 5 == 0 else k  # square: a sum without keepdims goes unnoticed
        yield np.round(rng.normal(scale=2, size=(m, k)), 2), True


def _table(Z, name="Z"):
    """Return a table of logits in words: its numbers, or its shape when they are many."""
    if Z.size <= 9:
        return f"{name} = {numbers(Z)}"
    return f"a random {name} of shape {Z.shape}"


def _off(how):
    """Return what is taken off each logit first."""
    axis = {"row": 1, "column": 0, "batch": None}
    return lambda Z: 0 if how == "nothing" else Z.max(axis=axis[how], keepdims=True)


def _softmax(off="row", over="row", keep=True):
    """Return the softmax with that maximum taken off, and divided by the sum over that."""
    axis = {"row": 1, "column": 0, "batch": None}[over]

    def wrong_softmax(Z):
        E = np.exp(Z - _off(off)(Z))
        return E / E.sum(axis=axis, keepdims=keep)

    return wrong_softmax


def _off_in_one(upper, lower):
    def wrong_softmax(Z):
        return np.exp(Z - _off(upper)(Z)) / np.exp(Z - _off(lower)(Z)).sum(axis=1, keepdims=True)

    return wrong_softmax


def _softmax_of(change):
    return lambda Z: activations.softmax(change(Z))


def _maximum_without_keepdims(Z):
    E = np.exp(Z - Z.max(axis=1))
    return E / E.sum(axis=1, keepdims=True)


def _nothing_kept(Z):
    E = np.exp(Z - Z.max(axis=1))
    return E / E.sum(axis=1)


def _overflow_to_zero(Z):
    return np.nan_to_num(_softmax("nothing")(Z))


def _row_sums(exercise, results, first):
    """See what the first wrong table has that a table of chances cannot have."""
    P, expected = results[first], exercise.expected[first]
    if not np.isfinite(P).all():
        return (
            None,
            "There is nan or infinity in it: 0 over 0, or a number beyond 64 bits, which e to the "
            "power 710 is already.",
            "Take the largest logit of each row off before the exponential.",
        )
    if (P < 0).any():
        return (
            None,
            "A chance below 0 came out; e to any power is above 0, and so are its shares.",
            "Look for a logarithm, or a logit that is used without the exponential.",
        )
    sums = P.sum(axis=1)
    if np.allclose(P, expected * sums[:, None], atol=1e-12) and (np.abs(sums - 1) < 1e-3).all():
        mistake = next(each for each in exercise.mistakes if each.name == "something added below")
        return mistake.name, mistake.what, mistake.step
    if (np.abs(sums - 1) > 1e-2).any():
        row = int(np.argmax(np.abs(sums - 1)))
        return (
            None,
            f"Row {row} of that answer sums to {number(sums[row])}; the chances of one row sum "
            "to 1.",
            "Divide each row by the sum of its own exponentials.",
        )
    return None


softmax = FunctionExercise(
    number="6.2",
    chapter=CHAPTER,
    name="softmax",
    parameters=("Z",),
    returns=("P",),
    reference=activations.softmax,
    cases=tuple(Case(_table(Z), (Z,), random) for Z, random in _tables()),
    observe=_row_sums,
    pencil="Follow one row by itself: its largest logit, its exponentials, their sum.",
    mistakes=(
        Mistake(
            "overflow",
            _softmax("nothing"),
            "The formula is right, the numbers are too large for it: e to the power 1000 is "
            "infinity in 64 bits, and infinity over infinity is nan.",
            "Take each row's largest logit off first, as in (6.9); the chances stay the same.",
        ),
        Mistake(
            "largest of the batch",
            _softmax("batch"),
            "The largest logit of the whole batch is taken off. A row far below it becomes e to "
            "the power −1000, which is 0, and then 0 over 0.",
            "Take off the largest of each row: max(axis=1, keepdims=True).",
        ),
        Mistake(
            "whole batch, unsafe",
            _softmax("nothing", "batch"),
            "One sum is taken over the whole batch, so the chances of a single sample do not sum "
            "to 1; and large logits overflow.",
            "Sum along each row, with axis=1 and keepdims=True; then see to the large logits.",
        ),
        Mistake(
            "whole batch",
            _softmax("batch", "batch"),
            "One sum is taken over the whole batch: all chances together sum to 1, those of a "
            "single sample do not.",
            "Take maximum and sum along each row: axis=1, keepdims=True.",
        ),
        Mistake(
            "one sum for all rows",
            _softmax("row", "batch"),
            "The maximum is taken row by row, the sum over the whole batch: two rows share what "
            "each should have for itself.",
            "Sum along each row too: axis=1, keepdims=True.",
        ),
        Mistake(
            "columns",
            _softmax("column", "column"),
            "Maximum and sum run down the columns: the samples compete with each other instead of "
            "the classes.",
            "Rows are samples: use axis=1 in both.",
        ),
        Mistake(
            "sum without keepdims",
            _softmax("row", "row", keep=False),
            "The sums of the rows stand in a flat array, which NumPy lays along the columns: in a "
            "square table column j is divided by the sum of row j.",
            "Keep them in a column: sum(axis=1, keepdims=True).",
        ),
        Mistake(
            "sum without keepdims, unsafe",
            _softmax("nothing", "row", keep=False),
            "The sums of the rows stand in a flat array, laid along the columns instead of down "
            "the rows; and large logits overflow.",
            "Keep the sums in a column with keepdims=True; then see to the large logits.",
        ),
        Mistake(
            "maximum without keepdims",
            _maximum_without_keepdims,
            "The maxima of the rows stand in a flat array, which NumPy lays along the columns: in "
            "a square table column j loses the maximum of row j.",
            "Keep them in a column: max(axis=1, keepdims=True).",
        ),
        Mistake(
            "keepdims missing twice",
            _nothing_kept,
            "Maxima and sums of the rows stand in flat arrays, which NumPy lays along the columns, "
            "not down the rows.",
            "Give both keepdims=True.",
        ),
        Mistake(
            "largest added",
            lambda Z: (
                np.exp(Z + _off("row")(Z)) / np.exp(Z + _off("row")(Z)).sum(axis=1, keepdims=True)
            ),
            "The largest logit is added, not taken off: the chances are the same, and the overflow "
            "comes twice as early.",
            "Subtract it.",
        ),
        Mistake(
            "shifted above only",
            _off_in_one("row", "nothing"),
            "The largest logit is taken off above the line and not below it, so the shift does not "
            "cancel.",
            "Use the same exponentials in the sum.",
        ),
        Mistake(
            "clipped",
            _softmax_of(lambda Z: np.clip(Z, -500, 500)),
            "The logits are clipped, which stops the overflow and makes 1000, 1001 and 1002 equal.",
            "Take each row's largest off instead: it changes no chance.",
        ),
        Mistake(
            "nan painted over",
            _overflow_to_zero,
            "The overflow still happens; its nan is replaced by 0 afterwards, and that row no "
            "longer sums to 1.",
            "Take each row's largest off before the exponential, so that no nan arises.",
        ),
        Mistake(
            "something added below",
            lambda Z: (
                np.exp(Z - _off("row")(Z))
                / (np.exp(Z - _off("row")(Z)).sum(axis=1, keepdims=True) + 1e-8)
            ),
            "A small number is added to the sum, so the chances sum to a little less than 1. The "
            "sum is never below 1 here: its largest term is e to the power 0.",
            "Leave the small number out.",
        ),
        Mistake(
            "not divided",
            lambda Z: np.exp(Z - _off("row")(Z)),
            "The exponentials come back as they are: every row has a 1 in it and sums to more "
            "than that.",
            "Divide each row by its sum.",
        ),
        Mistake(
            "no exponential",
            lambda Z: Z / Z.sum(axis=1, keepdims=True),
            "The logits themselves are divided by their sum; with negative logits that may be "
            "below 0, above 1, or a division by 0.",
            "Take the exponential first: it makes every number positive.",
        ),
        Mistake(
            "wrong sign",
            _softmax_of(lambda Z: -Z),
            "The largest logit gets the smallest chance: the exponent has its sign turned.",
            "Use e to the power z, not −z.",
        ),
        Mistake(
            "the logarithm",
            lambda Z: np.log(activations.softmax(Z)),
            "That is the logarithm of the chances.",
            "Return the chances themselves.",
        ),
        Mistake(
            "a sigmoid for each",
            activations.sigmoid,
            "Every logit goes through a sigmoid by itself: right when several classes may be true "
            "at once, but here they share one unit of chance.",
            "Divide the exponentials of each row by their sum.",
        ),
        Mistake(
            "transposed",
            lambda Z: activations.softmax(Z).T,
            "The chances are right, with rows and columns exchanged.",
            "Turn the table back at the end: samples are rows.",
        ),
        Mistake(
            "all or nothing",
            lambda Z: np.eye(Z.shape[1])[Z.argmax(axis=1)],
            "The largest logit gets everything: that is the decision, a step without a slope to "
            "learn from.",
            "Return e to the power z, shared out in each row.",
        ),
    ),
    fact=(
        "Double the logits [1, 2, 3], and the largest chance goes from 0.6652 to 0.8668; multiply "
        "by 0, and all are 0.3333. That factor is one over the temperature of a language model."
    ),
    starter="""\
def softmax(Z):
    E = ...
    return ...

check.from_scratch.softmax(softmax)
""",
    solution="""\
def softmax(Z):
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)

check.from_scratch.softmax(softmax)
""",
)


# 6.3  Write: cross-entropy from logits


FIVE_CLASSES = np.array(  # chances of the chapter's table; the right class of row i is i
    [
        [0.88, 0.02, 0.04, 0.04, 0.02],
        [0.26, 0.21, 0.17, 0.18, 0.18],
        [0.01, 0.01, 0.96, 0.01, 0.01],
        [0.14, 0.09, 0.01, 0.57, 0.19],
        [0.21, 0.02, 0.05, 0.17, 0.55],
    ]
)


def surprise(Z, classes):
    """Return the mean cross-entropy of logits (m, k) and whole-numbered classes (m,)."""
    one_hot = np.eye(Z.shape[1])[classes]
    return float(losses.categorical_cross_entropy_from_logits(Z, one_hot))


def _classified():
    """Return (words, logits, classes, random) for 6.3."""
    table = np.log(FIVE_CLASSES)
    yield "the logarithms of the five-class table", table, [0, 1, 2, 3, 4], False
    yield "", np.array([[0.0, 1000.0]]), [0], False
    yield "", np.array([[1000.0, 0.0]]), [0], False
    yield "", np.array([[-1000.0, -1001.0]]), [1], False
    yield "", np.array([[0.0, 1.0], [1000.0, 1001.0]]), [0, 1], False
    yield "", np.array([[5.0], [-2.0]]), [0, 0], False
    yield "", np.zeros((2, 3)), [2, 1], False
    yield "", np.array([[1.0, 2.0, 3.0, 4.0]]), [3], False
    yield "", np.array([[2.0, 0.0, 1.0], [0.5, -1.0, 3.0], [1.0, 1.5, 0.0]]), [2, 0, 1], False
    rng = np.random.default_rng(63)
    for index in range(40):
        m, k = (int(size) for size in rng.integers(2, 7, size=2))
        k = m if index % 5 == 0 else k
        yield "", np.round(rng.normal(scale=2, size=(m, k)), 2), rng.integers(k, size=m), True


def _surprise_cases():
    for words, Z, classes, random in _classified():
        said = words or _table(Z)
        given = ", ".join(map(str, np.asarray(classes).tolist()))
        yield Case(f"{said}, classes {given}", (Z, np.array(classes)), random)


def _log_softmax(Z, axis=1):
    Z = Z - Z.max(axis=axis, keepdims=True)
    return Z - np.log(np.exp(Z).sum(axis=axis, keepdims=True))


def _own(table, classes):
    """Return from each row the entry of its class."""
    return table[np.arange(len(table)), classes]


def _mean_of(rule):
    """Return the function that averages a rule of (chances, logarithms of these, classes)."""
    return lambda Z, classes: np.mean(rule(activations.softmax(Z), _log_softmax(Z), classes))


def _log_sum(Z, off):
    """Return ln Σ e^(z − off) + off for each row."""
    return np.log(np.exp(Z - off).sum(axis=1)) + np.ravel(off)


def _shifted(Z):
    return Z - _off("row")(Z)


def _shifted_sum(Z):
    return _log_sum(Z, _off("row")(Z)) - np.ravel(_off("row")(Z))


def _capped(exercise, results, first):
    """See that a large surprise came out too small, and ordinary ones did not."""
    ordinary = [
        abs(result - expected) < 1e-4 * (1 + expected)
        for result, expected in zip(results, exercise.expected, strict=True)
        if expected < 30 and np.isfinite(result)
    ]
    largest = int(np.argmax(exercise.expected))
    if all(ordinary) and 0 < results[largest] < exercise.expected[largest] - 1:
        mistake = next(each for each in exercise.mistakes if each.name == "capped")
        return mistake.name, mistake.what, mistake.step
    return None


cross_entropy = FunctionExercise(
    number="6.3",
    chapter=CHAPTER,
    name="cross_entropy",
    parameters=("Z", "classes"),
    returns=("loss",),
    reference=surprise,
    cases=tuple(_surprise_cases()),
    observe=_capped,
    pencil="Follow one row by itself: its largest logit, the sum of its exponentials, its own "
    "class.",
    mistakes=(
        Mistake(
            "sum for mean",
            None,
            "The surprises of all rows are added up, so twice the rows give twice the loss.",
            "Divide by the number of rows.",
            change=lambda loss, Z, classes: loss * len(Z),
        ),
        Mistake(
            "wrong sign",
            None,
            "Right size, wrong sign: the mean logarithm of a chance is below 0, a surprise is not.",
            "Turn the sign round.",
            change=lambda loss, *_: -loss,
        ),
        Mistake(
            "mean over all entries",
            None,
            "The sum is divided by rows times classes. A one-hot row has a single 1, so the mean "
            "over all entries is too small by the number of classes.",
            "Divide by the number of rows alone.",
            change=lambda loss, Z, classes: loss / Z.shape[1],
        ),
        Mistake(
            "base 2",
            None,
            "The logarithm is that of base 2: the loss comes in bits, and (6.16) counts in nats.",
            "Use the natural logarithm.",
            change=lambda loss, *_: loss / np.log(2),
        ),
        Mistake(
            "log of a softmax, unsafe",
            lambda Z, classes: -np.mean(np.log(_own(_softmax("nothing")(Z), classes))),
            "The softmax inside overflows, or underflows to a chance of 0, and the logarithm of 0 "
            "is −infinity.",
            "Do not build the chances at all: (6.16) goes from the logits to the loss.",
        ),
        Mistake(
            "log of a safe softmax",
            lambda Z, classes: -np.mean(np.log(_own(activations.softmax(Z), classes))),
            "The softmax is safe, the logarithm after it is not: e to the power −1000 is 0 in 64 "
            "bits, and its logarithm −infinity.",
            "Cancel logarithm and exponential on paper first: that is (6.16).",
        ),
        Mistake(
            "log-sum-exp, unsafe",
            lambda Z, classes: np.mean(_log_sum(Z, np.zeros((len(Z), 1))) - _own(Z, classes)),
            "The formula is right, but e to the power 1000 inside the logarithm is infinity in 64 "
            "bits.",
            "Take each row's largest logit off inside the sum, and give it back outside.",
        ),
        Mistake(
            "largest of the batch",
            lambda Z, classes: np.mean(
                _log_sum(Z, np.full((len(Z), 1), Z.max())) - _own(Z, classes)
            ),
            "The largest logit of the whole batch is taken off; in a row far below it every "
            "exponential is 0, and the logarithm of their sum −infinity.",
            "Take off the largest of each row: max(axis=1, keepdims=True).",
        ),
        Mistake(
            "infinity painted over",
            lambda Z, classes: np.nan_to_num(
                -np.mean(np.log(_own(activations.softmax(Z), classes)))
            ),
            "The infinity still arises and is replaced by the largest number of 64 bits, in which "
            "there is no slope to learn from.",
            "Cancel logarithm and exponential on paper first: that is (6.16).",
        ),
        Mistake(
            "capped",
            lambda Z, classes: -np.mean(np.log(_own(activations.softmax(Z), classes) + 1e-12)),
            "Something small keeps the chance away from 0, so the surprise has a ceiling: a net "
            "that is wrong by 1000 hears a far smaller number.",
            "Use (6.16), which needs no small number: no logarithm of 0 can occur in it.",
        ),
        Mistake(
            "largest not given back",
            lambda Z, classes: np.mean(_shifted_sum(Z) - _own(Z, classes)),
            "The largest logit is taken off inside the sum and not given back outside, so the loss "
            "is off by it.",
            "Add the row's largest, or take it off the logit of the class too.",
        ),
        Mistake(
            "logit of the class missing",
            lambda Z, classes: np.mean(_log_sum(Z, _off("row")(Z))),
            "Only the logarithm of the sum is left: the logit of the right class does not take "
            "part, and neither do the classes.",
            "Subtract each row's logit at its class.",
        ),
        Mistake(
            "the largest chance",
            lambda Z, classes: np.mean(_shifted_sum(Z)),
            "The classes do not take part: this is the surprise at each row's most likely class, "
            "which says how sure the net is, not how right.",
            "Subtract each row's shifted logit at its class.",
        ),
        Mistake(
            "logit of the class added",
            lambda Z, classes: np.mean(_log_sum(Z, _off("row")(Z)) + _own(Z, classes)),
            "The logit of the right class is added: a higher one then costs more.",
            "Subtract it.",
        ),
        Mistake(
            "no sum",
            lambda Z, classes: -np.mean(_own(Z, classes)),
            "Only the logit of the right class counts, with its sign turned: the other classes do "
            "not take part, and raising all logits looks like learning.",
            "Add the logarithm of the sum of the row's exponentials.",
        ),
        Mistake(
            "every row with every class",
            lambda Z, classes: -np.mean(_log_softmax(Z)[:, classes]),
            "[:, classes] takes these columns in every row, m times m numbers; asked for is one "
            "from each row.",
            "Give both indices, the rows 0 to m − 1 and the classes, and NumPy pairs them.",
        ),
        Mistake(
            "classes as rows",
            lambda Z, classes: np.mean(_shifted_sum(Z) - _shifted(Z)[classes]),
            "The classes pick rows: [classes] is the first index, and rows are samples.",
            "Give both indices, the rows 0 to m − 1 first, then the classes.",
        ),
        Mistake(
            "indices swapped",
            lambda Z, classes: np.mean(_shifted_sum(Z) - _shifted(Z)[classes, np.arange(len(Z))]),
            "The two indices have changed places: the class picks the row, the row number the "
            "column.",
            "Rows first, then classes.",
        ),
        Mistake(
            "one flat index",
            lambda Z, classes: np.mean(_shifted_sum(Z) - np.take(_shifted(Z), classes)),
            "The classes count through the flattened table, so all of them land in its first row "
            "or rows.",
            "Give both indices, the rows 0 to m − 1 and the classes.",
        ),
        Mistake(
            "classes as a one-hot table",
            lambda Z, classes: -np.mean(np.sum(classes * _log_softmax(Z), axis=1)),
            "The classes multiply the table, as a one-hot table would; they are numbers of "
            "columns, so class 3 counts three times and class 0 not at all.",
            "Pick from each row the entry of its class.",
        ),
        Mistake(
            "counted from 1",
            lambda Z, classes: -np.mean(_own(_log_softmax(Z), classes - 1)),
            "The class before the right one is used: the classes count from 0.",
            "Use classes as they are.",
        ),
        Mistake(
            "entropy",
            _mean_of(lambda p, log_p, classes: -np.sum(p * log_p, axis=1)),
            "Every logarithm is weighed by the net's own chance: that is the entropy of its "
            "answer, and the classes do not take part.",
            "Weigh by the one-hot row: take the right class alone.",
        ),
        Mistake(
            "not averaged",
            lambda Z, classes: -_own(_log_softmax(Z), classes),
            "Every row's surprise comes back by itself; a loss is one number.",
            "Take their mean.",
        ),
        Mistake(
            "log of the mean",
            lambda Z, classes: -np.log(np.mean(_own(activations.softmax(Z), classes))),
            "The chances are averaged first and the logarithm is taken of the mean, so one row "
            "that is sure and wrong goes unheard.",
            "Take the logarithm in each row, then the mean.",
        ),
        Mistake(
            "the chance",
            _mean_of(lambda p, log_p, classes: _own(p, classes)),
            "That is the mean chance of the right class, which should grow; a loss should fall.",
            "Take minus its logarithm in each row before the mean.",
        ),
        Mistake(
            "accuracy",
            lambda Z, classes: np.mean(Z.argmax(axis=1) == classes),
            "That is the share of right decisions: flat almost everywhere, with no slope to "
            "follow.",
            "Use −ln p of the right class.",
        ),
        Mistake(
            "columns",
            lambda Z, classes: -np.mean(_own(_log_softmax(Z, axis=0), classes)),
            "The sums run down the columns: the samples compete with each other instead of the "
            "classes.",
            "Use axis=1.",
        ),
        Mistake(
            "one sum for the batch",
            lambda Z, classes: -np.mean(_own(_log_softmax(Z, axis=(0, 1)), classes)),
            "One sum is taken over the whole batch; every row has a sum of its own.",
            "Use axis=1.",
        ),
        Mistake(
            "last row only",
            lambda Z, classes: surprise(Z[-1:], classes[-1:]),
            "Only the last row counts: a loop writes over what the others gave.",
            "Add up in the loop, then divide by the number of rows.",
        ),
        Mistake(
            "perplexity",
            lambda Z, classes: np.exp(surprise(Z, classes)),
            "That is e to the power of the loss, the perplexity: in how many equal parts the net "
            "is undecided.",
            "Return the mean surprise itself.",
        ),
    ),
    fact=(
        "e to the power 0.5779 is 1.782: on these five rows the net is as undecided as between "
        "1.782 equal answers. One that knows nothing of five classes starts at ln 5 = 1.609."
    ),
    starter="""\
def cross_entropy(Z, classes):
    shifted = ...
    log_sum = ...
    return ...

check.from_scratch.cross_entropy(cross_entropy)
""",
    solution="""\
def cross_entropy(Z, classes):
    shifted = Z - Z.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=1))
    own = shifted[np.arange(len(Z)), classes]
    return (log_sum - own).mean()

check.from_scratch.cross_entropy(cross_entropy)
""",
)


# 6.4  Match: a loss for every target


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MatchExercise(Exercise):
    """The reader gives one letter for each of a few questions.

    Attributes
    ----------
    question : str
    questions : dict
        Name of the answer -> what it is about.
    choices : dict
        Letter -> what can be chosen, for every question.
    correct : tuple of str
        The right letter for each question, in order.
    mistakes : tuple of Mistake
        One for each question and wrong letter; its answer is that pair.
    """

    question: str
    questions: dict
    choices: dict
    correct: tuple
    mistakes: tuple

    def options(self):
        """Return the question, what is to be matched, and the choices."""
        lines = textwrap.wrap(self.question, 66)
        for entries in (self.questions, self.choices):
            width = max(map(len, entries)) + 2
            lines.append("")
            for name, text in entries.items():
                indent = " " * width
                lines += textwrap.wrap(f"{name:<{width}}{text}", 66, subsequent_indent=indent)
        return Text("\n".join(lines))

    @property
    def wrong_answers(self):
        """For every mistake the right letters with one of them replaced, by name."""
        rights = dict(zip(self.answers, self.correct, strict=True))
        return {
            mistake.name: tuple((rights | dict([mistake.answer])).values())
            for mistake in self.mistakes
        }

    def judge(self, *answers) -> Answer:
        """Return the comment on the first letter that does not match."""
        letters = []
        for name, answer in zip(self.answers, answers, strict=True):
            letter = answer.strip(" \t\n().").lower() if isinstance(answer, str) else None
            if letter not in self.choices:
                expected = ", ".join(f'"{letter}"' for letter in self.choices)
                return wrong(
                    f"Got {kind(answer)} for {name}, expected one letter in quotation marks: "
                    f"{expected}."
                )
            letters.append(letter)
        given = list(zip(self.answers, letters, strict=True))
        off = [pair for pair, letter in zip(given, self.correct, strict=True) if pair[1] != letter]
        if not off:
            return right(f"Right: {', '.join(letters)}.", self.fact)
        mistake = next(each for each in self.mistakes if each.answer == off[0])
        matched = len(letters) - len(off)
        first = "; the first that does not:" if len(off) > 1 else "; the other:"
        return wrong(
            f"{matched} of {len(letters)} match{first} {off[0][0]}, {off[0][1]}.",
            mistake.what,
            mistake.step,
            mistake=mistake.name,
        )


which_loss = MatchExercise(
    number="6.4",
    chapter=CHAPTER,
    name="which_loss",
    answers=("price", "delay", "spam", "animal", "animals"),
    question="Which output and which loss suit each of these targets?",
    questions={
        "price": "the price of a flat; to be off by twice as much is four times as bad",
        "delay": "the delay of a train; a few records are typing errors, off by hours",
        "spam": "whether a message is spam or not",
        "animal": "which one of five animals a picture shows",
        "animals": "which of five animals a picture shows: none, one or several",
    },
    choices={
        "a": "no curve at the output, mean squared error (6.10)",
        "b": "no curve at the output, mean absolute error (6.11)",
        "c": "a sigmoid on every output, binary cross-entropy (6.12)",
        "d": "a softmax over the outputs, categorical cross-entropy (6.13)",
    },
    correct=("a", "b", "c", "d", "c"),
    mistakes=(
        Mistake(
            "price: b",
            ("price", "b"),
            "The mean absolute error charges 20 for an error of 20 and 40 for one of 40: twice, "
            "not four times.",
            "Look for the loss in which the error stands to the second power.",
        ),
        Mistake(
            "price: c",
            ("price", "c"),
            "A sigmoid never gets above 1, and a price does; nor is a price a chance of anything.",
            "Let the output run free, and measure the distance to the price.",
        ),
        Mistake(
            "price: d",
            ("price", "d"),
            "A softmax shares 1 among classes; with a single output it answers 1, whatever comes "
            "in.",
            "Let the output run free, and measure the distance to the price.",
        ),
        Mistake(
            "delay: a",
            ("delay", "a"),
            "Squared, one record that is off by 600 minutes weighs as much as 40,000 that are off "
            "by 3, and the net bends towards the typing error.",
            "Take a loss in which an error counts by its size, not by its square.",
        ),
        Mistake(
            "delay: c",
            ("delay", "c"),
            "A sigmoid stays between 0 and 1, and a delay is a number of minutes.",
            "Let the output run free; then ask what a wild record should weigh.",
        ),
        Mistake(
            "delay: d",
            ("delay", "d"),
            "A softmax chooses among classes, and to it 4 minutes and 5 are no closer than 4 and "
            "90.",
            "Let the output run free; then ask what a wild record should weigh.",
        ),
        Mistake(
            "spam: a",
            ("spam", "a"),
            "Without a curve the answer may be 1.7 or −0.3, and 1.7 costs as much as 0.3 on a "
            "spam message, though it is on the right side.",
            "Turn the output into the chance that it is spam.",
        ),
        Mistake(
            "spam: b",
            ("spam", "b"),
            "The mean absolute error aims at the median: with spam in three of ten messages that "
            "look alike it answers 0, not the chance 0.3.",
            "Turn the output into the chance that it is spam.",
        ),
        Mistake(
            "spam: d",
            ("spam", "d"),
            "With two outputs, spam and not spam, this works at twice the weights in the last "
            "layer; with a single output a softmax always answers 1.",
            "One yes or no needs one chance: find the curve for a single output.",
        ),
        Mistake(
            "animal: a",
            ("animal", "a"),
            "As one number the five would stand in a row, and halfway from cat to hen would be "
            "cow; as five numbers nothing makes them chances.",
            "Give every class an output, and let them share one unit of chance.",
        ),
        Mistake(
            "animal: b",
            ("animal", "b"),
            "The class numbers are names, not sizes: class 4 is no further from class 0 than class "
            "1 is.",
            "Give every class an output, and let them share one unit of chance.",
        ),
        Mistake(
            "animal: c",
            ("animal", "c"),
            "Five separate sigmoids may say 0.9 to cat and 0.9 to dog at once; here exactly one "
            "animal is there.",
            "Find the curve whose five outputs sum to 1.",
        ),
        Mistake(
            "animals: a",
            ("animals", "a"),
            "Each of the five answers is a yes or no, and without a curve an output may be 1.7 or "
            "−0.3.",
            "Ask five yes or no questions at once.",
        ),
        Mistake(
            "animals: b",
            ("animals", "b"),
            "Each of the five answers is a yes or no; the size of an error says nothing about "
            "chances, and the outputs are not kept between 0 and 1.",
            "Ask five yes or no questions at once.",
        ),
        Mistake(
            "animals: d",
            ("animals", "d"),
            "The chances of a softmax sum to 1: a cat and a dog in one picture cannot both get "
            "more than 0.5, and an empty meadow still has to be some animal.",
            "Ask five yes or no questions, each with a chance of its own.",
        ),
    ),
    fact=(
        "c and d meet: a softmax over the two logits z and 0 gives its first class the sigmoid of "
        "z, and the two cross-entropies are then the same number."
    ),
    starter="""\
price = ...
delay = ...
spam = ...
animal = ...
animals = ...

check.from_scratch.which_loss(price, delay, spam, animal, animals)
""",
    solution="""\
price = "a"
delay = "b"
spam = "c"
animal = "d"
animals = "c"

check.from_scratch.which_loss(price, delay, spam, animal, animals)
""",
)


# 6.5  Choose: the line that is wrong in a proof


perceptron_cannot = ChoiceExercise(
    number="6.5",
    chapter=CHAPTER,
    name="perceptron_cannot",
    question=(
        "A perceptron answers 1 if w₁x₁ + w₂x₂ + b > 0, else 0. Someone copies the chapter's "
        "argument to show that it cannot do AND either (00, 01 and 10 give 0; 11 gives 1). Yet "
        "w₁ = w₂ = 1, b = −1.5 does AND. Which line of the argument does not hold?"
    ),
    choices={
        "a": "Row 00 gives 0, so b ≤ 0.",
        "b": "Rows 01 and 10 give 0, so w₂ + b ≤ 0 and w₁ + b ≤ 0; the sum is w₁ + w₂ + 2b ≤ 0.",
        "c": "Row 11 gives 1, so w₁ + w₂ + b > 0.",
        "d": "Add b ≤ 0 to the line before: w₁ + w₂ + 2b > 0.",
        "e": "The second line says ≤ 0, the fourth > 0, of the same number: no such w₁, w₂, b.",
    },
    correct="d",
    mistakes=(
        Mistake(
            "a",
            "a",
            "a: At row 00 both weights meet a 0, so b alone decides, and the answer 0 needs b ≤ 0."
            " With −1.5 that holds.",
            "Put w₁ = w₂ = 1, b = −1.5 into every line, and look for the first that comes out "
            "false.",
        ),
        Mistake(
            "b",
            "b",
            "b: Both inequalities point the same way, and such may be added. In numbers: "
            "−0.5 ≤ 0 twice, and the sum is −1 ≤ 0.",
            "Put w₁ = w₂ = 1, b = −1.5 into the other lines too.",
        ),
        Mistake(
            "c",
            "c",
            "c: Row 11 is answered 1, so its sum is above 0. In numbers: 1 + 1 − 1.5 = 0.5 > 0.",
            "Put w₁ = w₂ = 1, b = −1.5 into the other lines too.",
        ),
        Mistake(
            "e",
            "e",
            "e: If lines two and four held, this would follow, and it does for exclusive or. So "
            "one of the lines above claims too much.",
            "Put w₁ = w₂ = 1, b = −1.5 into each of them.",
        ),
    ),
    fact=(
        "In exclusive or 00 and 11 give the same answer, so both inequalities point one way. Of the"
        " 16 truth tables of two inputs a perceptron does 14; of the 256 of three inputs, 104."
    ),
    starter="""\
choice = ...  # "a", "b", "c", "d" or "e"

check.from_scratch.perceptron_cannot(choice)
""",
    solution="""\
choice = "d"

check.from_scratch.perceptron_cannot(choice)
""",
)


# 6.6  Repair: the Hellinger distance


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RepairExercise(FunctionExercise):
    """The reader repairs a function that is printed.

    Attributes
    ----------
    broken : str
        Its source.
    """

    broken: str

    def given(self):
        """Return the function to repair."""
        return Text(self.broken.rstrip())


SAMPLE_P = np.array([0.17, 4.23, 11.46, 23.87, 25.39])  # of the article's repository
SAMPLE_Q = np.array([0.6, 5.29, 10.99, 19.69, 25.254])


def distance(p, q):
    """Return the Hellinger distance of two arrays of amounts."""
    return float(losses.hellinger(p, q))


def _amounts():
    """Return (words, p, q, random) for 6.6."""
    yield "the chapter's five pairs", SAMPLE_P, SAMPLE_Q, False
    yield "", np.array([0.9, 0.1]), np.array([0.1, 0.9]), False
    yield "", np.full(4, 0.25), np.full(4, 0.25), False
    yield "", np.array([1.0, 0.0]), np.array([0.0, 1.0]), False
    yield "", np.array([0.64]), np.array([0.09]), False
    yield "", np.array([0.0, 0.36, 0.64]), np.array([0.16, 0.84, 0.0]), False
    yield "", np.array([4e6, 0.0]), np.array([1e6, 9e6]), False
    rng = np.random.default_rng(66)
    for index in range(40):
        k = int(rng.integers(2, 9))
        p, q = np.round(rng.exponential(size=(2, k)), 2)
        if index % 2:
            p, q = p / p.sum(), q / q.sum()
        yield f"random pair {index + 1} of {k} numbers", p, q, True


def _root_gap(p, q):
    return np.sqrt(p) - np.sqrt(q)


def _printed(p, q):
    return np.sum(_root_gap(p, q)) ** 2 / np.sqrt(2)


hellinger = RepairExercise(
    number="6.6",
    chapter=CHAPTER,
    name="hellinger",
    parameters=("p", "q"),
    returns=("distance",),
    reference=distance,
    cases=tuple(
        Case(words or f"p = {numbers(p)}, q = {numbers(q)}", (p, q), random)
        for words, p, q, random in _amounts()
    ),
    broken="""\
def hellinger(p, q):
    gap = np.sqrt(p) - np.sqrt(q)
    return np.sum(gap) ** 2 / np.sqrt(2)
""",
    pencil="Work p = [0.9, 0.1], q = [0.1, 0.9] with a pencil: roots, gaps, squares, sum, root.",
    mistakes=(
        Mistake(
            "as printed",
            _printed,
            "This is still the printed function: gaps of opposite sign cancel in the sum before "
            "anything is squared, and the outer root is missing.",
            "Square each gap first, then sum; then compare what is left with (6.19).",
        ),
        Mistake(
            "no outer root",
            lambda p, q: np.sum(_root_gap(p, q) ** 2) / np.sqrt(2),
            "The squares are summed now, which was one of the two errors; the root of that sum is "
            "still missing.",
            "Take the root of the sum before dividing by √2.",
        ),
        Mistake(
            "square of the sum",
            lambda p, q: np.sqrt(np.sum(_root_gap(p, q)) ** 2) / np.sqrt(2),
            "The root is there now, which was one of the two errors; the gaps are still summed "
            "before they are squared, so they cancel.",
            "Move the square inside the sum.",
        ),
        Mistake(
            "no √2",
            None,
            "The division by √2 is lost: two distributions that never overlap would be 1.414 apart "
            "instead of 1.",
            "Divide by √2.",
            change=lambda distance, p, q: distance * np.sqrt(2),
        ),
        Mistake(
            "√2 inside the root",
            lambda p, q: np.sqrt(np.sum(_root_gap(p, q) ** 2) / np.sqrt(2)),
            "The √2 has slipped under the root, where it divides by its own root only.",
            "Divide by √2 after the root, or by 2 inside it.",
        ),
        Mistake(
            "halved, no root",
            lambda p, q: np.sum(_root_gap(p, q) ** 2) / 2,
            "That is the square of the distance: the sum of squares is halved, and no root taken.",
            "Take the root of it.",
        ),
        Mistake(
            "mean for sum",
            lambda p, q: np.sqrt(np.mean(_root_gap(p, q) ** 2)) / np.sqrt(2),
            "The squares are averaged, so spreading the same chances over more entries brings the "
            "two closer.",
            "Use the sum.",
        ),
        Mistake(
            "no roots of p and q",
            lambda p, q: np.sqrt(np.sum((p - q) ** 2)) / np.sqrt(2),
            "The square is taken of p − q: the roots of p and q have got lost, and with them the "
            "attention to small chances.",
            "Keep gap as it was printed.",
        ),
        Mistake(
            "root of the gap",
            lambda p, q: np.sqrt(np.sum(np.sqrt(np.abs(p - q)) ** 2)) / np.sqrt(2),
            "The root is taken of the difference, |p − q|; (6.19) takes the difference of the "
            "roots.",
            "Keep gap as it was printed.",
        ),
        Mistake(
            "normalised first",
            lambda p, q: distance(p / p.sum(), q / q.sum()),
            "p and q are divided by their sums first. That is right for chances from counts, but "
            "(6.19) takes p and q as they are.",
            "Leave p and q alone.",
        ),
        Mistake(
            "overlap",
            lambda p, q: np.sum(np.sqrt(p * q)),
            "That is the sum of √(p q), the overlap: 1 for equal distributions, where the distance "
            "is 0.",
            "Use the squares of the gaps.",
        ),
        Mistake(
            "for distributions only",
            lambda p, q: np.sqrt(1 - np.sum(np.sqrt(p * q))),
            "√(1 − Σ√(p q)) is the distance when p and q each sum to 1. The chapter's numbers do "
            "not, and (6.19) asks for no such thing.",
            "Use the sum of squares itself.",
        ),
        Mistake(
            "the sample data",
            lambda p, q: distance(SAMPLE_P, SAMPLE_Q),
            "The distance of the chapter's five pairs comes back, whatever p and q are given.",
            "Use the arguments p and q.",
        ),
    ),
    fact=(
        "[0.9, 0.1] and [0.1, 0.9] are the test the printed function never had: it says 0, the "
        "repaired one 0.6325. Only two that never overlap are 1 apart."
    ),
    starter="""\
def hellinger(p, q):
    gap = np.sqrt(p) - np.sqrt(q)
    return ...

check.from_scratch.hellinger(hellinger)
""",
    solution="""\
def hellinger(p, q):
    gap = np.sqrt(p) - np.sqrt(q)
    return np.sqrt(np.sum(gap**2)) / np.sqrt(2)

check.from_scratch.hellinger(hellinger)
""",
)


EXERCISES = (one_iteration, softmax, cross_entropy, which_loss, perceptron_cannot, hellinger)
