"""Chapter 1, one node: its six exercises, their known mistakes and every message.

Each exercise stands below its reference and its mistakes.  The messages are the plain strings: edit
them here and nowhere else.  Numbers inside them are held true by ``tests/test_check_one_node.py``.
"""

from dataclasses import dataclass

import numpy as np

from byhand.check.answer import Answer, Text, right, wrong
from byhand.check.exercise import (
    Case,
    ChoiceExercise,
    Exercise,
    FunctionExercise,
    Mistake,
    NumberExercise,
    as_number,
    not_a_number,
)
from byhand.check.wording import counted, number, numbers, pair
from byhand.datasets import four_points
from byhand.losses import half_mean_squared_error, half_mean_squared_error_gradient
from byhand.network import Network
from byhand.training import train

CHAPTER = "one_node"
X, Y = four_points()
W, B = 0.5, 0.0  # where the chapter starts

# The right answers come from the network library; one node is the network [1, 1].


def node(w, b, x):
    """Return the predictions a = w x + b, shape (n_points,)."""
    return Network([1, 1], weights=[w], biases=[b]).forward(x[:, None])[:, 0]


def loss(w, b, x, y):
    """Return half the mean squared error."""
    return float(half_mean_squared_error(node(w, b, x), y))


def slopes(w, b, x, y):
    """Return (dw, db), the slopes of the loss."""
    network = Network([1, 1], weights=[w], biases=[b])
    y_pred = network.forward(x[:, None])
    network.backward(half_mean_squared_error_gradient(y_pred, y[:, None]))
    return tuple(network.gradients.tolist())


def descend(w, b, x, y, learning_rate, epochs):
    """Return (w, b) after that many steps."""
    network = Network([1, 1], weights=[w], biases=[b])
    train(network, x[:, None], y[:, None], learning_rate=learning_rate, epochs=epochs)
    return tuple(network.parameters.tolist())


# Inputs: the chapter's own, some awkward ones, fifty random ones.


def _cases():
    """Return (points, w, b, x, y, learning_rate, epochs, random) for every case."""
    one, three = np.array([3.0]), np.array([-1.0, 0.0, 2.0])
    steep = np.array([4.0, 0.0, -5.0])
    yield "the four points", W, B, X, Y, 1.0, 1, False
    yield "the four points", 0.5875, 0.175, X, Y, 0.5, 2, False
    yield "the one point (3, 4)", 2.0, -1.0, one, np.array([4.0]), 0.1, 3, False
    yield "three points (0, 0)", 0.5, 0.25, np.zeros(3), np.zeros(3), 0.3, 2, False
    yield "(−1, 4), (0, 0), (2, −5)", -3.0, 0.5, three, steep, 0.2, 4, False
    yield "(−1, −1), (0, 1), (2, 5), a perfect fit", 2.0, 1.0, three, 2 * three + 1, 0.2, 3, False
    large = 1e3 * three, 1e3 * steep
    yield "(−1000, 4000), (0, 0), (2000, −5000)", 3.0, -20.0, *large, 1e-7, 2, False
    rng = np.random.default_rng(1)
    for index in range(50):
        n, epochs = int(rng.integers(2, 10)), int(rng.integers(2, 7))
        w, b = np.round(rng.normal(size=2), 2).tolist()
        x, y = np.round(rng.normal(size=(2, n)), 2)
        rate = 0.1 + 0.01 * index
        yield f"random data set {index + 1} ({n} points)", w, b, x, y, rate, epochs, True


def _at(w, b):
    return f"w {number(w)}, b {number(b)}"


FORWARD_CASES = tuple(
    Case(f"{_at(w, b)}, x = {numbers(x)}", (w, b, x), random) for _, w, b, x, *_, random in _cases()
)
GRADIENT_CASES = tuple(
    Case(f"{_at(w, b)} on {points}", (w, b, x, y), random)
    for points, w, b, x, y, _, _, random in _cases()
)
LOOP_CASES = tuple(
    Case(
        f"{_at(w, b)} on {points}, learning rate {number(rate)}, {counted(epochs, 'epoch')}",
        (w, b, x, y, rate, epochs),
        random,
    )
    for points, w, b, x, y, rate, epochs, random in _cases()
)


# 1.1  Predict: the loss after one step, with a pencil


PENCIL_X, PENCIL_Y = np.array([-1.0, 0.0, 1.0, 2.0]), np.array([2.0, 2.0, 4.0, 4.0])
PENCIL_W, PENCIL_B, PENCIL_RATE = 1.0, 1.0, 1.0


def _loss_after_one_step():
    x, y, w, b, rate = PENCIL_X, PENCIL_Y, PENCIL_W, PENCIL_B, PENCIL_RATE
    n = len(x)
    dw, db = slopes(w, b, x, y)

    def after(dw, db):
        return loss(w - rate * dw, b - rate * db, x, y)

    answer = after(dw, db)
    new_w, new_b = w - rate * dw, b - rate * db
    mistakes = (
        Mistake(
            "no step",
            loss(w, b, x, y),
            "That is the loss before the step: w and b have not moved.",
            "Take the step first, then predict again with the new w and b.",
        ),
        Mistake(
            "half the sum",
            answer * n,
            "The step is right; the loss is half the sum of the squares, n times half their mean.",
            "Divide by the number of points.",
        ),
        Mistake(
            "half missing",
            answer * 2,
            "The step is right; the loss is the mean of the squares without the half.",
            "Halve it.",
        ),
        Mistake(
            "plain sum",
            answer * 2 * n,
            "The step is right; the loss is the sum of the squares, with neither the mean nor the "
            "half.",
            "Divide by the number of points, then by two.",
        ),
        Mistake(
            "uphill",
            after(-dw, -db),
            "That is the loss one step uphill: the slopes were added.",
            "Subtract: downhill is against the slope.",
        ),
        Mistake(
            "only w moved",
            after(dw, 0),
            "That is the loss with the new w and the old b.",
            "Move b as well, by its own slope.",
        ),
        Mistake(
            "only b moved",
            after(0, db),
            "That is the loss with the new b and the old w.",
            "Move w as well, by its own slope.",
        ),
        Mistake(
            "x missing in dw",
            after(db, db),
            "Both parameters moved by the mean error; the slope for w lacks its factor x.",
            "Multiply each error by its own x before averaging for w.",
        ),
        Mistake(
            "x in db",
            after(dw, dw),
            "Both parameters moved by the mean of error times x; the slope for b has no x.",
            "Average the bare errors for b.",
        ),
        Mistake(
            "slopes swapped",
            after(db, dw),
            "The slope for w moved b, and the slope for b moved w.",
            "The slope with x in it belongs to w, the number that multiplies x.",
        ),
        Mistake(
            "summed slopes",
            after(n * dw, n * db),
            "The step is n times too long: the slopes are sums over the points, not means.",
            "Divide both slopes by the number of points, then step again.",
        ),
        Mistake(
            "doubled slopes",
            after(2 * dw, 2 * db),
            "The step is twice too long: the 2 from the square was kept, and the half was not used"
            " on it.",
            "Each point's slope is the bare error, times x for w.",
        ),
        Mistake(
            "b after w",
            loss(new_w, b - rate * slopes(new_w, b, x, y)[1], x, y),
            "b moved by a slope taken after w had moved.",
            "Compute both slopes at the old w and b, then move both.",
        ),
        Mistake(
            "two steps",
            loss(*descend(w, b, x, y, rate, 2), x, y),
            "That is the loss after two steps.",
            "Stop after the first.",
        ),
        Mistake(
            "the promise",
            loss(w, b, x, y) - rate * (dw**2 + db**2),
            "That is the loss minus the squared slopes: what the slopes promise, below zero here.",
            "Predict again with the new w and b, and measure the loss there.",
        ),
        Mistake(
            "the fall",
            loss(w, b, x, y) - answer,
            "That is how far the loss fell, before minus after.",
            "Give the loss after the step itself.",
        ),
        Mistake(
            "the new w",
            new_w,
            "That is w after the step, and it is right.",
            "Move b too, predict at the four points, and take the loss.",
        ),
        Mistake(
            "the new b",
            new_b,
            "That is b after the step, and it is right.",
            "Predict at the four points with both new values, and take the loss.",
        ),
    )
    return answer, mistakes


_answer, _mistakes = _loss_after_one_step()

loss_after_one_step = NumberExercise(
    number="1.1",
    chapter=CHAPTER,
    name="loss_after_one_step",
    quantity="the loss after the step",
    reference=_answer,
    tolerance=1e-3,
    mistakes=_mistakes,
    givens=(
        f"x = {', '.join(map(number, PENCIL_X))}\n"
        f"y = {', '.join(map(number, PENCIL_Y))}\n"
        f"w = {number(PENCIL_W)}, b = {number(PENCIL_B)}, learning rate {number(PENCIL_RATE)}\n"
        "Answer within 0.1 %."
    ),
    pencil=(
        "No known mistake gives it. Make a table with the columns x, y, a, a − y and (a − y) x, "
        "and check one column at a time."
    ),
    fact=(
        "The slopes had promised 0.5² + 1.5² = 2.5 off a loss of 1.25, more than there was; the "
        "step paid 0.8125."
    ),
    starter="""\
loss_after = ...

check.one_node.loss_after_one_step(loss_after)
""",
    solution="""\
# a = 0, 1, 2, 3 and a − y = −2, −1, −2, −1.
# dw = (2 + 0 − 2 − 2) / 4 = −0.5 and db = (−2 − 1 − 2 − 1) / 4 = −1.5.
# The step leads to w = 1.5, b = 2.5, where a − y = −1, 0.5, 0, 1.5.
loss_after = (1 + 0.25 + 0 + 2.25) / 4 / 2

check.one_node.loss_after_one_step(loss_after)
""",
)


# 1.2  Write: the node


forward = FunctionExercise(
    number="1.2",
    chapter=CHAPTER,
    name="forward",
    parameters=("w", "b", "x"),
    returns=("a",),
    reference=node,
    cases=FORWARD_CASES,
    mistakes=(
        Mistake(
            "no bias",
            lambda w, b, x: w * x,
            "The bias does not take part: at x = 0 the line is at 0 instead of b.",
            "Add b.",
        ),
        Mistake(
            "bias multiplied",
            lambda w, b, x: w * x * b,
            "The bias multiplies; a bias shifts the line up or down.",
            "Add b to w x.",
        ),
        Mistake(
            "weight added",
            lambda w, b, x: w + x + b,
            "The weight is added to x; a weight says how much of x gets through.",
            "Multiply x by w, then add b.",
        ),
        Mistake(
            "bias inside",
            lambda w, b, x: w * (x + b),
            "The bias is added before the weight multiplies, so it counts w times.",
            "Multiply first, then add b: w x + b.",
        ),
        Mistake(
            "w and b swapped",
            lambda w, b, x: b * x + w,
            "w and b have changed places: here b is the tilt of the line and w its height.",
            "Let w multiply x.",
        ),
        Mistake(
            "bias subtracted",
            lambda w, b, x: w * x - b,
            "The bias is subtracted: raising b lowers the line.",
            "Add b.",
        ),
        Mistake(
            "sign of w",
            lambda w, b, x: -w * x + b,
            "The line tilts the other way: w x came out with its sign turned.",
            "Use w as it is.",
        ),
        Mistake(
            "bias alone",
            lambda w, b, x: b + 0 * x,
            "Only the bias comes back, the same at every x.",
            "Add w times x to it.",
        ),
        Mistake(
            "one number, the mean",
            lambda w, b, x: np.mean(w * x + b),
            "The predictions are averaged into one number; every point has a prediction of its "
            "own.",
            "Return the whole array, without the mean.",
        ),
        Mistake(
            "one number, the sum",
            lambda w, b, x: np.sum(w * x + b),
            "The predictions are added up; a sum over inputs is for a node with several inputs, "
            "not several points.",
            "Return the whole array, without the sum.",
        ),
        Mistake(
            "first point only",
            lambda w, b, x: w * x[0] + b,
            "Only the first point is predicted: x[0] is used, or a return stands inside the loop.",
            "Use the whole array: w times x works on all points at once.",
        ),
        Mistake(
            "half the square",
            lambda w, b, x: (w * x + b) ** 2 / 2,
            "The square and the half belong to the loss, which needs y; the node only predicts.",
            "Return w x + b as it is.",
        ),
        Mistake(
            "squashed by tanh",
            lambda w, b, x: np.tanh(w * x + b),
            "A tanh stands around the line; this node has no such curve yet.",
            "Return w x + b as it is.",
        ),
        Mistake(
            "a column",
            lambda w, b, x: (w * x + b)[:, None],
            "The numbers are right, but they stand in a column; minus y they would fill an n by n "
            "square.",
            "Keep the shape of x: (n,).",
        ),
        Mistake(
            "a pair",
            lambda w, b, x: (w * x, b),
            "Two things come back, w x and b; a comma does not add.",
            "Put a plus between them.",
        ),
        Mistake(
            "the chapter's x",
            lambda w, b, x: w * X + b,
            "The predictions are for the chapter's four points, whatever x is given.",
            "Give the argument and the name in the formula the same name, x.",
        ),
        Mistake(
            "the chapter's w and b",
            lambda w, b, x: W * x + B,
            "The line is the chapter's, with w 0.5 and b 0, whatever w and b are given.",
            "Use the names w and b in place of the numbers.",
        ),
    ),
    fact=(
        "The mean of the four predictions, 0.2125, is the prediction at the mean x, 0.425: a line "
        "keeps means, a curve does not."
    ),
    starter="""\
def forward(w, b, x):
    return ...

check.one_node.forward(forward)
""",
    solution="""\
def forward(w, b, x):
    return w * x + b

check.one_node.forward(forward)
""",
)


# 1.3  Write: the slopes


def _by_points(result, w, b, x, y):
    return tuple(slope * len(x) for slope in result)


def _wrong_slopes(w_rule, b_rule):
    """Return the function whose slopes are two rules of (error, x, y, w, b)."""

    def wrong_slopes(w, b, x, y):
        error = w * x + b - y
        return w_rule(error, x, y, w, b), b_rule(error, x, y, w, b)

    return wrong_slopes


def _right_dw(error, x, y, w, b):
    return np.mean(error * x)


def _right_db(error, x, y, w, b):
    return np.mean(error)


gradient = FunctionExercise(
    number="1.3",
    chapter=CHAPTER,
    name="gradient",
    parameters=("w", "b", "x", "y"),
    returns=("dw", "db"),
    reference=slopes,
    cases=GRADIENT_CASES,
    mistakes=(
        Mistake(
            "sum for mean",
            None,
            "Both slopes are n times too large, 4 times for 4 points, 9 for 9: a sum where the "
            "loss takes a mean.",
            "Divide by the number of points.",
            change=_by_points,
        ),
        Mistake(
            "wrong sign",
            None,
            "Right size, wrong sign. A gradient points uphill; the minus sign belongs to the step,"
            " not to the slope.",
            "Take the error as prediction minus target.",
            change=lambda result, *_: tuple(-slope for slope in result),
        ),
        Mistake(
            "factor 2",
            None,
            "Both slopes are twice too large: the 2 that comes down from the square met no half.",
            "The loss has a ½ in front; let it cancel the 2.",
            change=lambda result, *_: tuple(2 * slope for slope in result),
        ),
        Mistake(
            "half kept",
            None,
            "Both slopes are half as large as they should be: the ½ is used, the 2 from the square"
            " is not.",
            "The slope of ½ e² is e, with nothing in front.",
            change=lambda result, *_: tuple(slope / 2 for slope in result),
        ),
        Mistake(
            "order swapped",
            None,
            "Both slopes are right, in the other order.",
            "Return the slope for w first, then the slope for b.",
            change=lambda result, *_: result[::-1],
        ),
        Mistake(
            "divided by n twice",
            None,
            "Both slopes are n times too small: the mean is divided by the number of points once "
            "more.",
            "Take the mean once.",
            change=lambda result, w, b, x, y: tuple(slope / len(x) for slope in result),
        ),
        Mistake(
            "always 4 points",
            None,
            "The sum is divided by 4 whatever the number of points, which fits the chapter's data "
            "only.",
            "Divide by len(x), or take the mean.",
            change=lambda result, w, b, x, y: tuple(slope * len(x) / 4 for slope in result),
        ),
        Mistake(
            "not averaged",
            _wrong_slopes(lambda e, x, *_: e * x, lambda e, *_: e),
            "Each point's own slope comes back, one vote for every point, and nothing has counted "
            "them.",
            "Take the mean over the points, for w and for b.",
        ),
        Mistake(
            "x missing in dw",
            _wrong_slopes(_right_db, _right_db),
            "The slope for b is right; the one for w lacks the link w → a.",
            "Raise w by one: by which number does a rise? Multiply by it before averaging.",
        ),
        Mistake(
            "x in db",
            _wrong_slopes(_right_dw, _right_dw),
            "The slope for w is right; the one for b has the x of the link w → a, which is not on "
            "its way.",
            "Raise b by one: by which number does a rise? Multiply by that instead.",
        ),
        Mistake(
            "w in place of x",
            _wrong_slopes(lambda e, x, y, w, b: np.mean(e * w), _right_db),
            "The error is multiplied by w. In a = w x + b the slope of a in w is what stands "
            "beside w.",
            "Multiply by x.",
        ),
        Mistake(
            "y in place of x",
            _wrong_slopes(lambda e, x, y, w, b: np.mean(e * y), _right_db),
            "The error is multiplied by the target y, which w never touches.",
            "Multiply by x.",
        ),
        Mistake(
            "a in place of x",
            _wrong_slopes(lambda e, x, y, w, b: np.mean(e * (e + y)), _right_db),
            "The error is multiplied by the prediction a; the link w → a has the slope x.",
            "Multiply by x.",
        ),
        Mistake(
            "x squared",
            _wrong_slopes(lambda e, x, *_: np.mean(e * x * x), _right_db),
            "The slope for w has the factor x twice.",
            "The chain passes the link w → a once: multiply by x once.",
        ),
        Mistake(
            "mean times mean",
            _wrong_slopes(lambda e, x, *_: np.mean(e) * np.mean(x), _right_db),
            "Mean error times mean x is not the mean of error times x: a large error at a large x "
            "no longer counts.",
            "Multiply point by point first, then average.",
        ),
        Mistake(
            "no bias in a",
            lambda w, b, x, y: slopes(w, 0.0, x, y),
            "The prediction inside is w x, without b; this shows as soon as b is not 0.",
            "Take the error of w x + b.",
        ),
        Mistake(
            "bias subtracted",
            lambda w, b, x, y: slopes(w, -b, x, y),
            "The prediction inside is w x − b; this shows as soon as b is not 0.",
            "Take the error of w x + b.",
        ),
        Mistake(
            "brackets missing",
            lambda w, b, x, y: tuple(-slope for slope in slopes(w, -b, x, y)),
            "The error is y − w x + b: the minus reaches w x only, so b is added where the target "
            "is not.",
            "Subtract the target from the whole prediction: w x + b − y.",
        ),
        Mistake(
            "no target",
            lambda w, b, x, y: slopes(w, b, x, 0 * y),
            "The prediction stands where the error should be: y does not take part.",
            "Subtract y from the prediction.",
        ),
        Mistake(
            "absolute error",
            _wrong_slopes(lambda e, x, *_: np.mean(abs(e) * x), lambda e, *_: np.mean(abs(e))),
            "The error is used without its sign, so points above and below the line push the same "
            "way.",
            "Keep the sign of a − y.",
        ),
        Mistake(
            "sign of the error",
            _wrong_slopes(
                lambda e, x, *_: np.mean(np.sign(e) * x), lambda e, *_: np.mean(np.sign(e))
            ),
            "Only the sign of the error is used, so a near point counts as much as a far one.",
            "Use the error itself.",
        ),
        Mistake(
            "squared error",
            _wrong_slopes(lambda e, x, *_: np.mean(e**2 * x), lambda e, *_: np.mean(e**2)),
            "The error is squared. The square is in the loss; its slope is the bare error.",
            "Use the error to the first power.",
        ),
        Mistake(
            "minus in dw",
            _wrong_slopes(lambda *g: -_right_dw(*g), _right_db),
            "The slope for w has its sign turned, the slope for b has not: target minus prediction"
            " in one of the two.",
            "Use one error, prediction minus target, for both.",
        ),
        Mistake(
            "minus in db",
            _wrong_slopes(_right_dw, lambda *g: -_right_db(*g)),
            "The slope for b has its sign turned, the slope for w has not: target minus prediction"
            " in one of the two.",
            "Use the same error for b as for w.",
        ),
        Mistake(
            "sum in dw",
            _wrong_slopes(lambda e, x, *_: np.sum(e * x), _right_db),
            "The slope for b is a mean, the slope for w still a sum.",
            "Divide the slope for w by the number of points too.",
        ),
        Mistake(
            "sum in db",
            _wrong_slopes(_right_dw, lambda e, *_: np.sum(e)),
            "The slope for w is a mean, the slope for b still a sum.",
            "Divide the slope for b by the number of points too.",
        ),
        Mistake(
            "dw not averaged",
            _wrong_slopes(lambda e, x, *_: e * x, _right_db),
            "The slope for b is one number, the slope for w still one number for each point.",
            "Take the mean for w too.",
        ),
        Mistake(
            "db not averaged",
            _wrong_slopes(_right_dw, lambda e, *_: e),
            "The slope for w is one number, the slope for b still one number for each point.",
            "Take the mean for b too.",
        ),
        Mistake(
            "2 in dw",
            _wrong_slopes(lambda *g: 2 * _right_dw(*g), _right_db),
            "The slope for b is right, the slope for w twice too large.",
            "Let the ½ cancel the 2 for w as it did for b.",
        ),
        Mistake(
            "2 in db",
            _wrong_slopes(_right_dw, lambda *g: 2 * _right_db(*g)),
            "The slope for w is right, the slope for b twice too large.",
            "Let the ½ cancel the 2 for b as it did for w.",
        ),
        Mistake(
            "db is 1",
            _wrong_slopes(_right_dw, lambda *_: 1.0),
            "The slope for b is the last link alone, b → a, which is 1; the chain goes on to the "
            "loss.",
            "Multiply that 1 by the error, and average.",
        ),
        Mistake(
            "dw alone",
            lambda w, b, x, y: slopes(w, b, x, y)[0],
            "Only the slope for w comes back.",
            "Return both, with a comma between: the slope for w, the slope for b.",
        ),
        Mistake(
            "the step",
            lambda w, b, x, y: descend(w, b, x, y, learning_rate=1.0, epochs=1),
            "That is w and b after a step of learning rate 1: the slopes are already subtracted.",
            "Return the slopes themselves; the step comes in the next exercise.",
        ),
        Mistake(
            "the loss",
            loss,
            "That is the loss, one number; asked for are its two slopes.",
            "Return the slope for w and the slope for b.",
        ),
        Mistake(
            "the chapter's data",
            lambda w, b, x, y: slopes(w, b, X, Y),
            "The slopes are those of the chapter's four points, whatever x and y are given.",
            "Use the arguments' own names inside.",
        ),
        Mistake(
            "the chapter's numbers",
            lambda w, b, x, y: slopes(W, B, X, Y),
            "The chapter's slopes, −0.0875 and −0.175, come back whatever is given.",
            "Compute them from w, b, x and y.",
        ),
    ),
    fact=(
        "The slope was found without the loss itself. At w 0.7308, b 0.07692 both slopes "
        "are 0 and the loss is still 0.003798: flat is lowest, not perfect."
    ),
    starter="""\
def gradient(w, b, x, y):
    error = ...
    return ..., ...

check.one_node.gradient(gradient)
""",
    solution="""\
def gradient(w, b, x, y):
    error = w * x + b - y
    return (error * x).mean(), error.mean()

check.one_node.gradient(gradient)
""",
)


# 1.4  Write: the loop


def _loop(one_epoch, more=0):
    """Return a loop over (w, b) -> (w, b), with that many epochs more than asked."""

    def wrong_loop(w, b, x, y, learning_rate, epochs):
        for _ in range(epochs + more):
            w, b = one_epoch(w, b, x, y, learning_rate)
        return w, b

    return wrong_loop


def _step(w, b, x, y, rate, slopes=slopes, for_w=1, for_b=1):
    dw, db = slopes(w, b, x, y)
    return w - for_w * rate * dw, b - for_b * rate * db


def _old_gradient(w, b, x, y, learning_rate, epochs):
    dw, db = slopes(w, b, x, y)
    return w - epochs * learning_rate * dw, b - epochs * learning_rate * db


def _w_first(w, b, x, y, rate):
    w -= rate * slopes(w, b, x, y)[0]
    return w, b - rate * slopes(w, b, x, y)[1]


def _b_first(w, b, x, y, rate):
    b -= rate * slopes(w, b, x, y)[1]
    return w - rate * slopes(w, b, x, y)[0], b


_SEEN_IN_A_LOOP = (
    "sum for mean",
    "factor 2",
    "half kept",
    "order swapped",
    "x missing in dw",
    "x in db",
    "mean times mean",
    "no bias in a",
    "bias subtracted",
    "brackets missing",
    "no target",
    "absolute error",
    "sum in dw",
    "sum in db",
    "2 in dw",
    "2 in db",
)


def _slopes_in_the_loop():
    """Return the mistakes of 1.3 once more, as they look from outside a loop that uses them."""
    for mistake in gradient.mistakes:
        if mistake.name not in _SEEN_IN_A_LOOP:
            continue
        wrong_slopes = gradient.wrong_function(mistake)
        yield Mistake(
            f"in the slopes: {mistake.name}",
            _loop(lambda *given, wrong_slopes=wrong_slopes: _step(*given, wrong_slopes)),
            "The loop is right, the slopes inside it are not. " + mistake.what,
            mistake.step,
        )


training_loop = FunctionExercise(
    number="1.4",
    chapter=CHAPTER,
    name="training_loop",
    parameters=("w", "b", "x", "y", "learning_rate", "epochs"),
    returns=("w", "b"),
    reference=descend,
    cases=LOOP_CASES,
    mistakes=(
        Mistake(
            "w before b",
            _loop(_w_first),
            "w moves first, and the slope for b is taken at the new w: the slopes come from "
            "two places.",
            "Compute both slopes before either parameter moves.",
        ),
        Mistake(
            "b before w",
            _loop(_b_first),
            "b moves first, and the slope for w is taken at the new b: the slopes come from "
            "two places.",
            "Compute both slopes before either parameter moves.",
        ),
        Mistake(
            "old gradient",
            _old_gradient,
            "The slopes are taken once, at the start, and followed in a straight line; the bowl "
            "curves away.",
            "Move the error and its slopes inside the loop.",
        ),
        Mistake(
            "one epoch too few",
            _loop(_step, -1),
            "One step is missing: this is where the loop stands after epochs − 1.",
            "Let range count from 0 to epochs: range(epochs).",
        ),
        Mistake(
            "one epoch too many",
            _loop(_step, 1),
            "One step too many: this is where the loop stands after epochs + 1.",
            "range(epochs) already has that many numbers, from 0 to epochs − 1.",
        ),
        Mistake(
            "one epoch only",
            lambda w, b, x, y, learning_rate, epochs: _step(w, b, x, y, learning_rate),
            "Only the first step counts: a return inside the loop, or each epoch starts again from"
            " the same w and b.",
            "Store the step back in w and b, and return after the loop.",
        ),
        Mistake(
            "no step",
            lambda w, b, x, y, learning_rate, epochs: (w, b),
            "w and b come back as they went in: the steps are never stored.",
            "Assign inside the loop: w = w − learning_rate times its slope, and b likewise.",
        ),
        Mistake(
            "uphill",
            _loop(lambda w, b, x, y, rate: _step(w, b, x, y, -rate)),
            "Every step goes uphill: the slopes are added, or the error is taken as target minus "
            "prediction.",
            "Subtract learning rate times slope.",
        ),
        Mistake(
            "w uphill",
            _loop(lambda *given: _step(*given, for_w=-1)),
            "b goes downhill and w uphill: one of the two signs is a plus.",
            "Subtract for w as for b.",
        ),
        Mistake(
            "b uphill",
            _loop(lambda *given: _step(*given, for_b=-1)),
            "w goes downhill and b uphill: one of the two signs is a plus.",
            "Subtract for b as for w.",
        ),
        Mistake(
            "no learning rate",
            _loop(lambda w, b, x, y, rate: _step(w, b, x, y, 1.0)),
            "The steps have the full length of the slopes, whatever the learning rate: right at 1 "
            "only.",
            "Multiply both slopes by learning_rate.",
        ),
        Mistake(
            "rate on w only",
            _loop(lambda w, b, x, y, rate: _step(w, b, x, y, 1.0, for_w=rate)),
            "w moves by learning rate times slope, b by the bare slope.",
            "Multiply the slope for b by learning_rate too.",
        ),
        Mistake(
            "rate on b only",
            _loop(lambda w, b, x, y, rate: _step(w, b, x, y, 1.0, for_b=rate)),
            "b moves by learning rate times slope, w by the bare slope.",
            "Multiply the slope for w by learning_rate too.",
        ),
        Mistake(
            "rate divides",
            _loop(lambda w, b, x, y, rate: _step(w, b, x, y, 1 / rate)),
            "The slopes are divided by the learning rate: a smaller rate makes longer steps.",
            "Multiply by learning_rate.",
        ),
        Mistake(
            "w never moves",
            _loop(lambda *given: _step(*given, for_w=0)),
            "b moves, w stays where it was.",
            "Step w too, with its own slope.",
        ),
        Mistake(
            "b never moves",
            _loop(lambda *given: _step(*given, for_b=0)),
            "w moves, b stays where it was.",
            "Step b too, with its own slope.",
        ),
        Mistake(
            "order swapped",
            None,
            "The loop is right; b and w come back in the other order.",
            "Return w first, then b.",
            change=lambda result, *_: result[::-1],
        ),
        Mistake(
            "always from 0.5 and 0",
            lambda w, b, x, y, learning_rate, epochs: descend(W, B, x, y, learning_rate, epochs),
            "The loop starts from w 0.5, b 0, whatever start is given.",
            "Take out the lines that set w and b inside the function.",
        ),
        Mistake(
            "the slopes",
            lambda w, b, x, y, learning_rate, epochs: slopes(w, b, x, y),
            "The slopes come back; asked for is where the steps lead.",
            "Return w and b.",
        ),
        Mistake(
            "the chapter's data",
            lambda w, b, x, y, learning_rate, epochs: descend(w, b, X, Y, learning_rate, epochs),
            "The loop trains on the chapter's four points, whatever x and y are given.",
            "Use the arguments' own names inside.",
        ),
        *_slopes_in_the_loop(),
    ),
    fact=(
        "On the four points at learning rate 1, every epoch leaves 0.9522 of one part of the error"
        " and −0.1897 of the other: 15 epochs to halve the first, one to cut the second to a "
        "fifth."
    ),
    starter="""\
def training_loop(w, b, x, y, learning_rate, epochs):
    for epoch in range(epochs):
        error = ...
        w = ...
        b = ...
    return w, b

check.one_node.training_loop(training_loop)
""",
    solution="""\
def training_loop(w, b, x, y, learning_rate, epochs):
    for epoch in range(epochs):
        error = w * x + b - y
        w = w - learning_rate * (error * x).mean()
        b = b - learning_rate * error.mean()
    return w, b

check.one_node.training_loop(training_loop)
""",
)


# 1.5  Find: a rate that is good and a rate that diverges


EPOCHS, LOSS_BELOW = 30, 0.00381
LONG = 1000  # epochs after which a run that still rises is said to diverge


@dataclass(frozen=True)
class Run:
    """What one learning rate does from w 0.5, b 0."""

    rate: float
    reached: float  # loss after EPOCHS
    settled: float  # loss after LONG
    diverges: bool
    rings: bool  # the steps turn round from one epoch to the next

    @property
    def good(self):
        """Whether the loss was low enough at any epoch up to EPOCHS."""
        return self.reached < LOSS_BELOW


def run(rate):
    """Train with that learning rate and say what it does."""
    network = Network([1, 1], weights=[W], biases=[B])
    history = train(network, X[:, None], Y[:, None], learning_rate=rate, epochs=LONG)
    overflowed = history.diverged_at
    steps = np.diff(history.network.parameters[EPOCHS - 2 : EPOCHS + 1], axis=0)
    return Run(
        rate,
        reached=np.inf if 0 <= overflowed <= EPOCHS else float(history.loss[EPOCHS]),
        settled=float(history.loss[LONG]),
        diverges=bool(overflowed >= 0 or history.loss[LONG] > 1.000001 * history.loss[LONG // 2]),
        rings=bool(steps[0] @ steps[1] < 0),
    )


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RatesExercise(Exercise):
    """The reader finds one learning rate that trains well and one that diverges.

    Attributes
    ----------
    mistakes : tuple of Mistake
        Each with a pair (good, diverging) for an example; ``what`` and ``step`` are filled with
        the numbers of the run: ``{rate}``, ``{reached}``.
    """

    answers: tuple = ("good", "diverging")
    mistakes: tuple

    def given(self):
        """Return what the two rates have to do."""
        return Text(
            f"Start: w {number(W)}, b {number(B)} on the four points.\n"
            f"good: a learning rate with a loss below {number(LOSS_BELOW)} after {EPOCHS} epochs.\n"
            "diverging: a learning rate with a loss that rises without end."
        )

    @property
    def wrong_answers(self):
        """An example pair for every mistake, by name."""
        return {mistake.name: mistake.answer for mistake in self.mistakes}

    def judge(self, good, diverging) -> Answer:
        """Return the verdict on both rates, the first trouble first."""
        runs = []
        for name, answer in (("good", good), ("diverging", diverging)):
            rate = as_number(answer)
            if rate is None or not np.isfinite(rate):
                return not_a_number(answer, f"the {name} learning rate")
            if rate <= 0:
                return self._say("zero" if rate == 0 else "negative", Run(rate, 0, 0, False, False))
            runs.append(run(rate))
        good, diverging = runs
        if good.diverges and diverging.good:
            return self._say("swapped", good)
        if good.diverges:
            return self._say("good one diverges", good)
        if not good.good:
            return self._say("good one rings" if good.rings else "good one creeps", good)
        if not diverging.diverges:
            name = "diverging one rings" if diverging.rings else "diverging one settles"
            return self._say(name, diverging)
        reached, _ = pair(good.reached, LOSS_BELOW)
        return right(
            f"Right: {number(good.rate)} reaches {reached} in {EPOCHS} epochs, "
            f"and {number(diverging.rate, 6)} diverges.",
            self.fact,
        )

    def _say(self, name, run):
        mistake = next(mistake for mistake in self.mistakes if mistake.name == name)
        reached, below = pair(run.reached, LOSS_BELOW)  # with the digits that tell them apart
        lines = "\n".join((mistake.what, mistake.step)).format(
            rate=number(run.rate),
            reached=reached if np.isfinite(run.reached) else "too large for 64 bits",
            below=below,
            epochs=EPOCHS,
            settled=number(run.settled),
            long=LONG,
        )
        return wrong(*lines.split("\n"), mistake=name)


rates = RatesExercise(
    number="1.5",
    chapter=CHAPTER,
    name="rates",
    mistakes=(
        Mistake(
            "negative",
            (-0.5, 2.0),
            "Got the learning rate {rate}.\nA negative rate walks uphill from every place, at any "
            "size.",
            "Try rates above 0; the step has its minus already.",
        ),
        Mistake(
            "zero",
            (0.0, 2.0),
            "Got the learning rate 0.\nAt rate 0 no step is taken and the loss stays at 0.02063.",
            "Try rates above 0.",
        ),
        Mistake(
            "swapped",
            (2.0, 1.5),
            "Got {rate} as the good rate, and it diverges.\nThe two answers have changed places; "
            "each does what the other should.",
            "Give the good rate first, then the diverging one.",
        ),
        Mistake(
            "good one diverges",
            (1.7, 2.0),
            "At {rate} the loss is {reached} after {epochs} epochs; asked for is less than "
            "{below}.\nThis rate is past the wall: every step overshoots by more than the one "
            "before, and the loss rises without end.",
            "Take a smaller rate here, and keep this one in mind for the other answer.",
        ),
        Mistake(
            "good one rings",
            (1.65, 2.0),
            "At {rate} the loss is {reached} after {epochs} epochs; asked for is less than "
            "{below}.\nIt rings: each step crosses the valley floor and lands on the other side, "
            "lower by too little.",
            "Take a slightly smaller rate.",
        ),
        Mistake(
            "good one creeps",
            (0.1, 2.0),
            "At {rate} the loss is {reached} after {epochs} epochs; asked for is less than "
            "{below}.\nIt is too slow: the flat "
            "direction of the bowl still has some way to go.",
            "Take a larger rate.",
        ),
        Mistake(
            "diverging one rings",
            (1.5, 1.65),
            "At {rate} the loss is {reached} after {epochs} epochs and {settled} after {long}.\nIt"
            " rings from side to side, but each swing is smaller than the last: it does not "
            "diverge.",
            "Take a slightly larger rate as the diverging one.",
        ),
        Mistake(
            "diverging one settles",
            (1.5, 1.0),
            "At {rate} the loss is {reached} after {epochs} epochs and {settled} after {long}.\nIt"
            " settles: the loss falls at every epoch and never rises.",
            "Take a larger rate as the diverging one.",
        ),
    ),
    fact=(
        "The wall stands at 1.681, which is 2 / 1.19, and 1.19 is the steepest curvature of the "
        "bowl. For 30 epochs the best single rate is 1.541, close below the wall."
    ),
    starter="""\
good, diverging = ..., ...

check.one_node.rates(good, diverging)
""",
    solution="""\
good, diverging = 1.5, 2.0

check.one_node.rates(good, diverging)
""",
)


# 1.6  Choose: why the slope for b has no x


why_no_x = ChoiceExercise(
    number="1.6",
    chapter=CHAPTER,
    name="why_no_x",
    question=(
        "The slope for w is the mean of (a − y) x, the slope for b the mean of a − y. Why does"
        " the slope for b have no x?"
    ),
    choices={
        "a": "Because b does not belong to any point, the data have no influence on its slope.",
        "b": "Because averaging over the points cancels the x.",
        "c": "Because raising b by one raises every prediction by one, whatever x is.",
        "d": "Because b starts at 0, and 0 times x is 0.",
    },
    correct="c",
    mistakes=(
        Mistake(
            "a",
            "a",
            "a: The data do have influence, through a − y: double every x at w 0.5, b 0, and the "
            "slope for b goes from −0.175 to 0.0375.",
            "Ask about one link only: when b rises by one, by how much does a = w x + b rise?",
        ),
        Mistake(
            "b",
            "b",
            "b: With a single point there is nothing to average: at x = 0.6, y = 0.4 the slope for"
            " w is −0.06, the slope for b −0.1, and it has no x.",
            "Look for the answer before the average, in the link b → a.",
        ),
        Mistake(
            "d",
            "d",
            "d: After the first step b is 0.175, no longer 0; its slope there is 0.03719, the mean"
            " of a − y, and still has no x.",
            "Look at how a = w x + b depends on b, at any value of b.",
        ),
    ),
    fact=(
        "So b is the weight of an input that is always 1: its slope is the mean of (a − y) · 1, by"
        " the very rule that gives w its x."
    ),
    starter="""\
choice = ...  # "a", "b", "c" or "d"

check.one_node.why_no_x(choice)
""",
    solution="""\
choice = "c"

check.one_node.why_no_x(choice)
""",
)


EXERCISES = (loss_after_one_step, forward, gradient, training_loop, rates, why_no_x)
