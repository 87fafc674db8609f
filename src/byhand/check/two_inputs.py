"""Chapter 2, two inputs: its six exercises, their known mistakes and every message.

Each exercise stands below its reference and its mistakes.  The messages are the plain strings: edit
them here and nowhere else.  The numbers inside them are held true by a test of the same name,
``tests/test_check_two_inputs.py``.
"""

import numpy as np

from byhand.check.exercise import (
    Case,
    ChoiceExercise,
    FunctionExercise,
    Mistake,
    NumberExercise,
)
from byhand.check.wording import number, numbers
from byhand.datasets import four_points
from byhand.losses import half_mean_squared_error, half_mean_squared_error_gradient
from byhand.network import Network
from byhand.training import train

CHAPTER = "two_inputs"
X, Y = four_points()
W1, W2, B = 0.5, 0.1, 0.0  # where the chapter starts

# The right answers come from the network library; the node with two inputs is the network [2, 1].


def powers(x, degree):
    """Return the design matrix, columns x, x², ..., shape (n_points, degree)."""
    return np.vander(x, degree + 1, increasing=True)[:, 1:]


def curve(w1, w2, b):
    """Return the node as a network."""
    return Network([2, 1], weights=[[[w1], [w2]]], biases=[b])


def node(w1, w2, b, x):
    """Return the predictions a = w1 x + w2 x² + b, shape (n_points,)."""
    return curve(w1, w2, b).forward(powers(x, 2))[:, 0]


def loss(w1, w2, b, x, y):
    """Return half the mean squared error."""
    return float(half_mean_squared_error(node(w1, w2, b, x), y))


def slopes(w1, w2, b, x, y):
    """Return (dw1, dw2, db), the slopes of the loss."""
    network = curve(w1, w2, b)
    y_pred = network.forward(powers(x, 2))
    network.backward(half_mean_squared_error_gradient(y_pred, y[:, None]))
    return tuple(network.gradients.tolist())


def descend(w1, w2, b, x, y, learning_rate, epochs):
    """Return (w1, w2, b) after that many steps."""
    network = curve(w1, w2, b)
    train(network, powers(x, 2), y[:, None], learning_rate=learning_rate, epochs=epochs)
    return tuple(network.parameters.tolist())


# 2.1  Predict: the second weight after one step, with a pencil


PENCIL_X, PENCIL_Y = np.array([-2.0, -1.0, 0.0, 1.0]), np.array([3.0, -2.0, 1.0, 3.0])
PENCIL_START, PENCIL_RATE = (1.0, 3.0, -2.0), 0.1


def _second_weight():
    x, y, rate, (w1, w2, b) = PENCIL_X, PENCIL_Y, PENCIL_RATE, PENCIL_START
    n, square, signed = len(x), x**2, x * abs(x)
    new_w1, answer, new_b = descend(w1, w2, b, x, y, rate, 1)
    slope = slopes(w1, w2, b, x, y)[1]
    error = node(w1, w2, b, x) - y
    with_signed = w1 * x + w2 * signed + b - y

    def after(slope):
        return float(w2 - rate * slope)

    mistakes = (
        Mistake(
            "no step",
            w2,
            "That is w2 before the step.",
            "Subtract learning rate times slope from it.",
        ),
        Mistake(
            "the slope",
            slope,
            "That is the slope for w2, and it is right. The step is still to come.",
            "Multiply it by the learning rate, and subtract that from w2.",
        ),
        Mistake(
            "the sum",
            n * slope,
            "That is the sum of the column (a − y) x², and it is right.",
            "Divide it by the number of points, and then take the step.",
        ),
        Mistake(
            "the change",
            -rate * slope,
            "That is the change of w2, learning rate times slope with its minus, and it is right.",
            "Add it to the old w2.",
        ),
        Mistake(
            "uphill",
            after(-slope),
            "The step goes uphill: learning rate times slope was added, or the error was taken as "
            "target minus prediction.",
            "Subtract, with the error as prediction minus target.",
        ),
        Mistake(
            "no learning rate",
            after(slope / rate),
            "The step has the full length of the slope; the learning rate did not take part.",
            "Multiply the slope by the learning rate before subtracting.",
        ),
        Mistake(
            "sum for mean",
            after(n * slope),
            "The column (a − y) x² was added up and not divided: the slope is n times too large.",
            "Divide the sum by the number of points.",
        ),
        Mistake(
            "three points counted",
            after(n * slope / 3),
            "The sum was divided by 3. The point at x = 0 adds nothing to it and still counts as a "
            "point; or the parameters were counted.",
            "Divide by the number of points.",
        ),
        Mistake(
            "factor 2",
            after(2 * slope),
            "The slope is twice too large: the 2 that comes down from the square met no half, or "
            "the sum was divided by 2.",
            "The slope is the plain mean of (a − y) x² over the points.",
        ),
        Mistake(
            "half kept",
            after(slope / 2),
            "The slope is half of what it should be: the ½ was used, the 2 from the square was "
            "not.",
            "The slope of ½ e² is e, with nothing in front.",
        ),
        Mistake(
            "x for x²",
            after(np.mean(error * x)),
            "The errors were multiplied by x. That is the slope for w1.",
            "Multiply by what stands beside w2 in the node.",
        ),
        Mistake(
            "no x² in the slope",
            after(np.mean(error)),
            "The bare errors were averaged. That is the slope for b.",
            "Raise w2 by one: by how much does a rise at each x? Multiply by that.",
        ),
        Mistake(
            "2x for x²",
            after(np.mean(error * 2 * x)),
            "The errors were multiplied by 2x, the slope of x² in x. Here x stands still and w2 "
            "moves.",
            "Ask how much a = w1 x + w2 x² + b rises when w2 rises by one.",
        ),
        Mistake(
            "mean times mean",
            after(np.mean(error) * np.mean(square)),
            "Mean error times mean x² is not the mean of error times x²: a large error far out no "
            "longer counts for more.",
            "Multiply row by row first, then average.",
        ),
        Mistake(
            "squares kept negative",
            after(np.mean(with_signed * signed)),
            "The squares of the negative x were taken as negative, in the prediction and in the "
            "slope.",
            "Minus times minus: (−2)² = 4 and (−1)² = 1.",
        ),
        Mistake(
            "sign of b",
            after(np.mean((error - 2 * b) * square)),
            "In the predictions, the minus of b got lost: b is −2.",
            "Subtract 2 from every prediction in place of adding it.",
        ),
        Mistake(
            "sign of a target",
            after(np.mean((error + y - abs(y)) * square)),
            "One target is negative, −2, and it was used without its sign.",
            "Minus a negative target is plus: 0 − (−2) = 2.",
        ),
        Mistake(
            "size of x for x²",
            after(np.mean(error * abs(x))),
            "The errors were multiplied by x without its sign, 2, 1, 0, 1. The square of −2 is 4.",
            "Multiply by x².",
        ),
        Mistake(
            "w2 squared too",
            after(np.mean((w1 * x + (w2 * x) ** 2 + b - y) * square)),
            "In the predictions the weight was squared along with x: (w2 x)² in place of w2 x².",
            "Square x first, then multiply by w2.",
        ),
        Mistake(
            "no square in a",
            after(np.mean((w1 * x + b - y) * square)),
            "The predictions are those of the line w1 x + b; the term w2 x² did not take part.",
            "Add w2 x² to every prediction.",
        ),
        Mistake(
            "no bias in a",
            after(np.mean((error - b) * square)),
            "The predictions are w1 x + w2 x², without b.",
            "Add b to every prediction.",
        ),
        Mistake(
            "w2 last",
            after(slopes(new_w1, w2, new_b, x, y)[1]),
            "w2 moved by a slope taken after w1 and b had moved.",
            "Take every slope at the old place, then move.",
        ),
        Mistake(
            "w2 after w1",
            after(slopes(new_w1, w2, b, x, y)[1]),
            "w2 moved by a slope taken after w1 had moved.",
            "Take every slope at the old place, then move.",
        ),
        Mistake(
            "two steps",
            descend(w1, w2, b, x, y, rate, 2)[1],
            "That is w2 after two steps.",
            "Stop after the first.",
        ),
        Mistake(
            "the new w1",
            new_w1,
            "That is w1 after the step, and it is right.",
            "Do the same for w2, with x² in the place of x.",
        ),
        Mistake(
            "the new b",
            new_b,
            "That is b after the step, and it is right.",
            "Do the same for w2: its slope has the factor x².",
        ),
        Mistake(
            "the loss",
            loss(new_w1, answer, new_b, x, y),
            "That is the loss after the step. All three parameters moved rightly to reach it.",
            "Give the new w2 itself.",
        ),
    )
    return answer, mistakes


_answer, _mistakes = _second_weight()

second_weight = NumberExercise(
    number="2.1",
    chapter=CHAPTER,
    name="second_weight",
    quantity="w2 after the step",
    reference=_answer,
    tolerance=1e-3,
    mistakes=_mistakes,
    givens=(
        f"x = {', '.join(map(number, PENCIL_X))}\n"
        f"y = {', '.join(map(number, PENCIL_Y))}\n"
        "w1 = {}, w2 = {}, b = {}".format(*map(number, PENCIL_START))
        + f", learning rate {number(PENCIL_RATE)}\n"
        "Answer within 0.1 %."
    ),
    pencil=(
        "No known mistake gives it. Make a table with the columns x, x², y, a, a − y and (a − y) "
        "x², and check one column at a time."
    ),
    fact=(
        "The point at x = −2 gave 20 of the 21, the other three 1 between them. The point at 0, "
        "with the second largest error, can give nothing: only b hears it."
    ),
    starter="""\
second_weight = ...

check.two_inputs.second_weight(second_weight)
""",
    solution="""\
# a = 8, 0, −2, 2 and a − y = 5, 2, −3, −1.
# (a − y) x² = 20, 2, 0, −1, so the slope is 21 / 4 = 5.25.
second_weight = 3 - 0.1 * 5.25

check.two_inputs.second_weight(second_weight)
""",
)


# 2.2  Write: the three slopes


def _gradient_cases():
    one, three = np.array([3.0]), np.array([-1.0, 0.0, 2.0])
    bent = np.array([4.0, 0.0, -5.0])

    def at(w1, w2, b):
        return f"w1 {number(w1)}, w2 {number(w2)}, b {number(b)}"

    for points, place, x, y in (
        ("the four points", (W1, W2, B), X, Y),
        ("the four points", descend(W1, W2, B, X, Y, 1.0, 1), X, Y),
        ("the one point (3, 4)", (2.0, -1.0, 0.5), one, np.array([4.0])),
        ("(−1, 4), (0, 0), (2, −5)", (-3.0, 2.0, 0.5), three, bent),
        ("three points (0, 0)", (0.5, -1.5, 0.25), np.zeros(3), np.zeros(3)),
        ("(−1, 1), (0, 1), (2, 13), a perfect fit", (2.0, 2.0, 1.0), three, node(2, 2, 1, three)),
        ("(−100, 400), (0, 0), (200, −500)", (3.0, -0.2, -20.0), 100 * three, 100 * bent),
    ):
        yield Case(f"{at(*place)} on {points}", (*place, x, y))
    rng = np.random.default_rng(2)
    for index in range(50):
        n = int(rng.integers(1, 10))
        place = np.round(rng.normal(size=3), 2).tolist()
        x, y = np.round(rng.normal(size=(2, n)), 2)
        points = f"random data set {index + 1} (n = {n})"
        yield Case(f"{at(*place)} on {points}", (*place, x, y), random=True)


def _wrong_slopes(*rules):
    """Return the function whose slopes are three rules of (error, x, y, w1, w2, b)."""

    def wrong_slopes(w1, w2, b, x, y):
        error = w1 * x + w2 * x**2 + b - y
        return tuple(rule(error, x, y, w1, w2, b) for rule in rules)

    return wrong_slopes


def _dw1(error, x, *_):
    return np.mean(error * x)


def _dw2(error, x, *_):
    return np.mean(error * x**2)


def _db(error, *_):
    return np.mean(error)


def _all(factor):
    """Return the change that multiplies every slope by factor(n)."""
    return lambda result, w1, w2, b, x, y: tuple(slope * factor(len(x)) for slope in result)


def _one(place, factor):
    """Return the change that multiplies the slope at that place by factor(n)."""

    def change(result, w1, w2, b, x, y):
        slopes = list(result)
        slopes[place] = slopes[place] * factor(len(x))
        return tuple(slopes)

    return change


def _with_error(error_of):
    """Return the function with right links behind a wrong error of (w1, w2, b, x, y)."""

    def wrong_error(w1, w2, b, x, y):
        error = error_of(w1, w2, b, x, y)
        return _dw1(error, x), _dw2(error, x), _db(error)

    return wrong_error


def _column_minus_row():
    """Return the functions that take every prediction minus every target, (n, n) errors."""

    def with_slopes(slopes_of):
        def wrong_slopes(w1, w2, b, x, y):
            table = powers(x, 2)
            error = table @ np.array([[w1], [w2]]) + b - y
            return *slopes_of(table, error), error.mean()

        return wrong_slopes

    return (
        with_slopes(lambda table, error: table.T @ error / len(table)),
        with_slopes(lambda table, error: [(error * row).mean() for row in table.T]),
        with_slopes(lambda table, error: [(error * row[:, None]).mean() for row in table.T]),
    )


def _one_slope_spoilt():
    """Return the mistakes made in one of the three slopes only, generated."""
    for place, name in enumerate(("w1", "w2", "b")):
        others = " and ".join(other for other in ("w1", "w2", "b") if other != name)
        yield Mistake(
            f"sum in d{name}",
            None,
            f"The slopes for {others} are means, the slope for {name} is still a sum.",
            f"Divide the slope for {name} by the number of points too.",
            change=_one(place, lambda n: n),
        )
        rules = [(_dw1, _dw2, _db)[i] for i in range(3)]
        rules[place] = (
            lambda e, x, *_: e * x,
            lambda e, x, *_: e * x**2,
            lambda e, *_: e,
        )[place]
        yield Mistake(
            f"d{name} not averaged",
            _wrong_slopes(*rules),
            f"The slopes for {others} are one number each, the slope for {name} is still one "
            "number for each point.",
            f"Take the mean for {name} too.",
        )


gradients = FunctionExercise(
    number="2.2",
    chapter=CHAPTER,
    name="gradients",
    parameters=("w1", "w2", "b", "x", "y"),
    returns=("dw1", "dw2", "db"),
    reference=slopes,
    cases=tuple(_gradient_cases()),
    mistakes=(
        Mistake(
            "sum for mean",
            None,
            "All three slopes are n times too large, 4 times for 4 points, 9 for 9: a sum where "
            "the loss takes a mean.",
            "Divide by the number of points.",
            change=_all(lambda n: n),
        ),
        Mistake(
            "wrong sign",
            None,
            "Right size, wrong sign. A gradient points uphill; the minus belongs to the step, not "
            "to the slope.",
            "Take the error as prediction minus target.",
            change=_all(lambda n: -1),
        ),
        Mistake(
            "factor 2",
            None,
            "All three slopes are twice too large: the 2 that comes down from the square met no "
            "half.",
            "The loss has a ½ in front; let it cancel the 2.",
            change=_all(lambda n: 2),
        ),
        Mistake(
            "half kept",
            None,
            "All three slopes are half as large as they should be: the ½ is used, the 2 from the "
            "square is not.",
            "The slope of ½ e² is e, with nothing in front.",
            change=_all(lambda n: 0.5),
        ),
        Mistake(
            "divided by n twice",
            None,
            "All three slopes are n times too small: the mean is divided by the number of points "
            "once more.",
            "Take the mean once.",
            change=_all(lambda n: 1 / n),
        ),
        Mistake(
            "always 4 points",
            None,
            "The sums are divided by 4 whatever the number of points, which fits the chapter's "
            "data only.",
            "Divide by len(x), or take the mean.",
            change=_all(lambda n: n / 4),
        ),
        Mistake(
            "w1 and w2 swapped",
            None,
            "The three slopes are right; those for w1 and w2 stand in each other's place.",
            "The slope with x in it belongs to w1, the one with x² to w2.",
            change=lambda result, *_: (result[1], result[0], result[2]),
        ),
        Mistake(
            "b first",
            None,
            "The three slopes are right, with the one for b in front.",
            "Return them in the order of the arguments: w1, w2, b.",
            change=lambda result, *_: (result[2], result[0], result[1]),
        ),
        Mistake(
            "not averaged",
            _wrong_slopes(lambda e, x, *_: e * x, lambda e, x, *_: e * x**2, lambda e, *_: e),
            "Each point's own three slopes come back, the sheet before its last line.",
            "Take the mean of each column.",
        ),
        Mistake(
            "averaged too early",
            _wrong_slopes(lambda e, x, *_: np.mean(e) * x, lambda e, x, *_: np.mean(e) * x**2, _db),
            "The error is averaged before it meets x and x², so one number for each point is left "
            "over.",
            "Multiply point by point first, then average.",
        ),
        Mistake(
            "mean of the input only",
            _wrong_slopes(lambda e, x, *_: e * np.mean(x), lambda e, x, *_: e * np.mean(x**2), _db),
            "The mean is taken of the inputs alone: in `error * x.mean()` the mean comes before "
            "the product.",
            "Put the product in brackets, and take the mean of that.",
        ),
        Mistake(
            "first point over n",
            _wrong_slopes(
                lambda e, x, *_: e[0] * x[0] / len(x),
                lambda e, x, *_: e[0] * x[0] ** 2 / len(x),
                lambda e, x, *_: e[0] / len(x),
            ),
            "Only the first point is counted, and divided by n: a return stands inside the loop.",
            "Return after the loop, with the same indent as the word for.",
        ),
        Mistake(
            "last point only",
            _wrong_slopes(
                lambda e, x, *_: e[-1] * x[-1],
                lambda e, x, *_: e[-1] * x[-1] ** 2,
                lambda e, *_: e[-1],
            ),
            "The slopes are those of the last point alone: in a loop, each point overwrites the "
            "one before.",
            "Add the points up, and divide by their number after the loop.",
        ),
        Mistake(
            "no link of its own",
            _wrong_slopes(_db, _db, _db),
            "The mean error comes back three times. The three chains share every link but the "
            "last, and that one is missing.",
            "Raise w1 by one, then w2: by how much does a rise each time? Multiply by that.",
        ),
        Mistake(
            "x for x² in dw2",
            _wrong_slopes(_dw1, _dw1, _db),
            "The slopes for w1 and b are right; the one for w2 is that of w1 over again.",
            "What stands beside w2 in the node is the input x².",
        ),
        Mistake(
            "x² missing in dw2",
            _wrong_slopes(_dw1, _db, _db),
            "The slopes for w1 and b are right; the one for w2 lacks the link w2 → a.",
            "Raise w2 by one: by how much does a rise at x? Multiply by that before averaging.",
        ),
        Mistake(
            "x missing in dw1",
            _wrong_slopes(_db, _dw2, _db),
            "The slopes for w2 and b are right; the one for w1 lacks the link w1 → a.",
            "Raise w1 by one: by how much does a rise at x? Multiply by that before averaging.",
        ),
        Mistake(
            "x in db",
            _wrong_slopes(_dw1, _dw2, _dw1),
            "The slopes for w1 and w2 are right; the one for b has an x, and b is multiplied by no "
            "x.",
            "Average the bare errors for b.",
        ),
        Mistake(
            "2x for x²",
            _wrong_slopes(_dw1, lambda e, x, *_: np.mean(e * 2 * x), _db),
            "The slope for w2 has 2x where x² belongs: the square was differentiated in x, or "
            "`x * 2` stands for `x**2`.",
            "x stands still and w2 moves: by how much does w2 x² rise when w2 rises by one?",
        ),
        Mistake(
            "slope of the curve",
            _wrong_slopes(
                lambda e, x, y, w1, w2, b: np.mean(e * w1),
                lambda e, x, y, w1, w2, b: np.mean(e * 2 * w2 * x),
                _db,
            ),
            "w1 and 2 w2 x are the slopes of the curve as x moves. Here x stands still and the "
            "parameters move.",
            "Ask of each parameter: when it rises by one, by how much does a rise?",
        ),
        Mistake(
            "mean times mean",
            _wrong_slopes(
                lambda e, x, *_: np.mean(e) * np.mean(x),
                lambda e, x, *_: np.mean(e) * np.mean(x**2),
                _db,
            ),
            "Mean error times mean input is not the mean of error times input: a large error at a "
            "large x no longer counts for more.",
            "Multiply point by point first, then average.",
        ),
        Mistake(
            "column minus row",
            _column_minus_row(),
            "Predictions in a column minus targets in a row give n by n errors, every prediction "
            "against every target.",
            "Give both the same shape before subtracting.",
        ),
        Mistake(
            "no square in a",
            _with_error(lambda w1, w2, b, x, y: w1 * x + w2 * x + b - y),
            "The prediction inside is w1 x + w2 x + b: the second input came without its square.",
            "Feed w2 with x².",
        ),
        Mistake(
            "2x in a",
            _with_error(lambda w1, w2, b, x, y: w1 * x + w2 * 2 * x + b - y),
            "The prediction inside has 2x for x²: `x * 2` doubles, `x**2` squares.",
            "Square x: `x**2`, with two stars.",
        ),
        Mistake(
            "w2 squared too",
            _with_error(lambda w1, w2, b, x, y: w1 * x + (w2 * x) ** 2 + b - y),
            "The prediction inside has (w2 x)²: the weight is squared along with x.",
            "Square x first, then multiply by w2.",
        ),
        Mistake(
            "the line's error",
            _with_error(lambda w1, w2, b, x, y: w1 * x + b - y),
            "The prediction inside is the line of chapter 1, w1 x + b; w2 x² does not take part.",
            "Take the error of w1 x + w2 x² + b.",
        ),
        Mistake(
            "no bias in a",
            lambda w1, w2, b, x, y: slopes(w1, w2, 0.0, x, y),
            "The prediction inside is w1 x + w2 x², without b; this shows as soon as b is not 0.",
            "Take the error of w1 x + w2 x² + b.",
        ),
        Mistake(
            "bias subtracted",
            lambda w1, w2, b, x, y: slopes(w1, w2, -b, x, y),
            "The prediction inside has − b; this shows as soon as b is not 0.",
            "Add b.",
        ),
        Mistake(
            "brackets missing",
            _with_error(lambda w1, w2, b, x, y: y - w1 * x + w2 * x**2 + b),
            "The error is y − w1 x + w2 x² + b: the minus reaches the first term only.",
            "Write prediction minus target: w1 x + w2 x² + b − y.",
        ),
        Mistake(
            "no target",
            lambda w1, w2, b, x, y: slopes(w1, w2, b, x, 0 * y),
            "The prediction stands where the error should be: y does not take part.",
            "Subtract y from the prediction.",
        ),
        Mistake(
            "absolute error",
            _with_error(lambda w1, w2, b, x, y: abs(w1 * x + w2 * x**2 + b - y)),
            "The error is used without its sign, so points above and below the curve push the same "
            "way.",
            "Keep the sign of a − y.",
        ),
        Mistake(
            "squared error",
            _with_error(lambda w1, w2, b, x, y: (w1 * x + w2 * x**2 + b - y) ** 2),
            "The error is squared. The square is in the loss; its slope is the bare error.",
            "Use the error to the first power.",
        ),
        Mistake(
            "db is 1",
            _wrong_slopes(_dw1, _dw2, lambda *_: 1.0),
            "That is the link b → a alone, which is 1; the chain goes on to the loss.",
            "Multiply that 1 by the error, and average.",
        ),
        *_one_slope_spoilt(),
        Mistake(
            "no db",
            lambda *place: slopes(*place)[:2],
            "Two slopes come back; the one for b is missing.",
            "Return three, with commas between.",
        ),
        Mistake(
            "two weights in one array",
            lambda *place: (np.array(slopes(*place)[:2]), slopes(*place)[2]),
            "The slopes for w1 and w2 come in one array, as the matrix product gives them.",
            "Return three numbers: dW[0], dW[1] and the slope for b.",
        ),
        Mistake(
            "the errors",
            lambda w1, w2, b, x, y: node(w1, w2, b, x) - y,
            "Those are the errors, one for each point; asked for are three slopes.",
            "Multiply the errors by x, by x² and by 1, and average each.",
        ),
        Mistake(
            "the caret",
            _with_error(lambda w1, w2, b, x, y: w1 * x + w2 * x ^ 2 + b - y),
            "In Python ^ is no power: it compares the bits of whole numbers, and these are none.",
            "Write the square as `x**2`.",
        ),
        Mistake(
            "one sum for all",
            lambda *place: sum(slopes(*place)),
            "The three slopes are added into one number; each parameter needs its own.",
            "Put commas between them.",
        ),
        Mistake(
            "the step",
            lambda w1, w2, b, x, y: descend(w1, w2, b, x, y, learning_rate=1.0, epochs=1),
            "Those are the parameters after a step of learning rate 1: the slopes are already "
            "subtracted.",
            "Return the slopes themselves.",
        ),
        Mistake(
            "the loss",
            loss,
            "That is the loss, one number; asked for are its three slopes.",
            "Return the slopes for w1, w2 and b.",
        ),
        Mistake(
            "the chapter's data",
            lambda w1, w2, b, x, y: slopes(w1, w2, b, X, Y),
            "The slopes are those of the chapter's four points, whatever x and y are given.",
            "Use the arguments' own names inside.",
        ),
        Mistake(
            "the chapter's start",
            lambda w1, w2, b, x, y: slopes(W1, W2, B, x, y),
            "The slopes are those at w1 0.5, w2 0.1, b 0, whatever place is given.",
            "Use the names w1, w2 and b in place of the numbers.",
        ),
        Mistake(
            "the chapter's numbers",
            lambda w1, w2, b, x, y: slopes(W1, W2, B, X, Y),
            "The chapter's slopes, −0.072825, −0.0450525 and −0.15125, come back whatever is "
            "given.",
            "Compute them from w1, w2, b, x and y.",
        ),
    ),
    fact=(
        "At the best curve all three are 0, so the errors average 0 bare, weighted by x and "
        "weighted by x²: no parabola is left in them for another epoch to find."
    ),
    starter="""\
def gradients(w1, w2, b, x, y):
    error = ...
    return ..., ..., ...

check.two_inputs.gradients(gradients)
""",
    solution="""\
def gradients(w1, w2, b, x, y):
    error = w1 * x + w2 * x**2 + b - y
    return (error * x).mean(), (error * x**2).mean(), error.mean()

check.two_inputs.gradients(gradients)
""",
)


# 2.3  Write: the table of powers


def _design_cases():
    for x, degree in (
        (X, 2),
        (np.array([2.0, -1.0, 3.0]), 3),
        (np.array([-3.0]), 3),
        (np.array([-1.0, 0.0, 2.0]), 1),
        (np.array([5.0]), 1),
        (np.zeros(3), 2),
        (np.array([1000.0, -2000.0]), 3),
        (np.array([0.5, -1.5]), 6),
    ):
        yield Case(f"x = {numbers(x)}, degree {degree}", (x, degree))
    rng = np.random.default_rng(3)
    for index in range(50):
        n, degree = int(rng.integers(1, 10)), int(rng.integers(1, 7))
        x = np.round(rng.normal(size=n), 2)
        label = f"random x {index + 1} (n = {n}), degree {degree}"
        yield Case(label, (x, degree), random=True)


def _past_the_last_column(x, degree):
    table = np.zeros((len(x), degree))
    for power in range(1, degree + 1):
        table[:, power] = x**power
    return table


design_matrix = FunctionExercise(
    number="2.3",
    chapter=CHAPTER,
    name="design_matrix",
    parameters=("x", "degree"),
    returns=("table",),
    reference=powers,
    cases=tuple(_design_cases()),
    mistakes=(
        Mistake(
            "ones in front",
            lambda x, degree: np.vander(x, degree + 1, increasing=True),
            "A column of ones stands in front: the powers start at 0. The bias has a place of its "
            "own, and with the ones it would be there twice.",
            "Start at the first power.",
        ),
        Mistake(
            "powers from 0",
            lambda x, degree: np.vander(x, degree, increasing=True),
            "The powers run from 0 to degree − 1: a column of ones in front, and the highest power "
            "is missing. range(n) starts at 0.",
            "Count from 1 to degree.",
        ),
        Mistake(
            "highest first",
            lambda x, degree: powers(x, degree)[:, ::-1],
            "The columns are right, in the reverse order: the highest power stands first.",
            "Begin with x itself.",
        ),
        Mistake(
            "np.vander as it is",
            lambda x, degree: np.vander(x, degree),
            "Here the columns run from power degree − 1 down to 0, as `np.vander` makes them.",
            "Powers from 1 up to degree are wanted, the lowest first.",
        ),
        Mistake(
            "last power missing",
            lambda x, degree: powers(x, degree)[:, :-1],
            "The highest power is missing: range stops before its end.",
            "Let range run to degree + 1.",
        ),
        Mistake(
            "last column empty",
            lambda x, degree: np.column_stack([powers(x, degree)[:, :-1], 0 * x]),
            "The last column was never filled: range stops before its end.",
            "Let range run to degree + 1, and put power k into column k − 1.",
        ),
        Mistake(
            "one column to the right",
            lambda x, degree: np.column_stack([0 * x, powers(x, degree)[:, :-1]]),
            "Power k stands in column k. Columns count from 0, so the first one stays empty and "
            "the highest power has no place.",
            "Put power k into column k − 1.",
        ),
        Mistake(
            "past the last column",
            _past_the_last_column,
            "Power k was to go into column k. Columns count from 0, so the last one is degree − 1.",
            "Put power k into column k − 1.",
        ),
        Mistake(
            "first power missing",
            lambda x, degree: powers(x, degree)[:, 1:],
            "The column x itself is missing; the table starts with x².",
            "Start at the first power.",
        ),
        Mistake(
            "one power too many",
            lambda x, degree: powers(x, degree + 1),
            "There is one column too many: the powers go on to degree + 1.",
            "Let the last power be degree.",
        ),
        Mistake(
            "transposed",
            lambda x, degree: powers(x, degree).T,
            "The table lies on its side: one row for each power. A sample is a row everywhere in "
            "this course.",
            "Turn it with `.T`, or stack with axis=1.",
        ),
        Mistake(
            "reshaped",
            lambda x, degree: powers(x, degree).T.reshape(len(x), degree),
            "The shape is right and the numbers are shuffled: reshape reads on along the rows and "
            "does not turn a table.",
            "Turn it with `.T`, or stack with axis=1.",
        ),
        Mistake(
            "multiples",
            lambda x, degree: np.outer(x, np.arange(1, degree + 1)),
            "The columns are x, 2x, 3x: x is multiplied by the counter instead of raised to it. "
            "Multiples of x let a line bend no more than x alone.",
            "Use `**` for the power.",
        ),
        Mistake(
            "counter to the power x",
            lambda x, degree: np.arange(1, degree + 1) ** x[:, None],
            "The columns are 1 to the power x, 2 to the power x: base and exponent have changed "
            "places.",
            "Let x be the base.",
        ),
        Mistake(
            "always x and x²",
            lambda x, degree: powers(x, 2),
            "x and x² come back whatever the degree.",
            "Make the columns in a loop that ends at degree.",
        ),
        Mistake(
            "highest power, flat",
            lambda x, degree: x**degree,
            "Only x to the power degree comes back, without its lower powers, and as a row of n "
            "numbers.",
            "Make one such array for each power from 1 to degree, and set them side by side.",
        ),
        Mistake(
            "x alone",
            lambda x, degree: x[:, None],
            "Only the column x comes back: no power follows, or a return stands inside the loop.",
            "Collect all the columns first, and return after the loop.",
        ),
        Mistake(
            "x in every column",
            lambda x, degree: np.column_stack([x] * degree),
            "Every column is x; the power is not used.",
            "Raise x to the power of its column.",
        ),
        Mistake(
            "highest power in every column",
            lambda x, degree: np.column_stack([x**degree] * degree),
            "Every column is x to the power degree: degree stands where the loop's own counter "
            "belongs, or one array is changed by `*=` after it was stored.",
            "Raise x to the counter, which makes a new array each time.",
        ),
        Mistake(
            "squared again and again",
            lambda x, degree: np.column_stack([x ** (2**k) for k in range(degree)]),
            "The columns are x, x², x⁴: each one is the square of the one before.",
            "Multiply by x from column to column, which gives x, x², x³.",
        ),
        Mistake(
            "powers added",
            lambda x, degree: powers(x, degree).sum(axis=1),
            "The powers are added up to one number for each sample, as a node with every weight 1 "
            "would.",
            "Keep every power in a column of its own.",
        ),
        Mistake(
            "whole numbers only",
            lambda x, degree: powers(x, degree).astype(int),
            "The decimals are cut off: the table was made for whole numbers, with dtype int.",
            "Make it a table of floats: `np.zeros` without dtype is one.",
        ),
        Mistake(
            "a third axis",
            lambda x, degree: powers(x, degree)[:, :, None],
            "The numbers are right, with a third axis of length 1: the arrays were columns already "
            "when they were stacked.",
            "Stack flat arrays, or join columns with `np.hstack`.",
        ),
        Mistake(
            "one axis for both",
            lambda x, degree: x ** np.arange(1, degree + 1),
            "x and the powers lie along the same axis, so NumPy pairs them off, the first x with "
            "the first power.",
            "Give x an axis of its own, `x[:, None]`, and every x meets every power.",
        ),
        Mistake(
            "the caret",
            lambda x, degree: np.column_stack([x ^ power for power in range(1, degree + 1)]),
            "In Python ^ is no power: it compares the bits of whole numbers, and these are none.",
            "Write `x**power`.",
        ),
        Mistake(
            "no second axis to join along",
            lambda x, degree: np.concatenate([x**power for power in range(1, degree + 1)], axis=1),
            "`np.concatenate` joins along an axis that is there already, and these arrays have "
            "only axis 0.",
            "`np.stack` with axis=1 makes the second axis as it joins.",
        ),
        Mistake(
            "the chapter's x",
            lambda x, degree: powers(X, degree),
            "The powers are those of the chapter's four points, whatever x is given.",
            "Use the argument's own name inside.",
        ),
    ),
    fact=(
        "The node never learns that column 2 is the square of column 1. Put sin x there: the "
        "same lines train it, and the loss stays one bowl."
    ),
    starter="""\
def design_matrix(x, degree):
    return ...

check.two_inputs.design_matrix(design_matrix)
""",
    solution="""\
def design_matrix(x, degree):
    return np.stack([x**power for power in range(1, degree + 1)], axis=1)

check.two_inputs.design_matrix(design_matrix)
""",
)


# 2.4  Choose: which parameter moves furthest in the first step


moves_first = ChoiceExercise(
    number="2.4",
    chapter=CHAPTER,
    name="moves_first",
    question=(
        "From w1 = 0.5, w2 = 0.1, b = 0, one step at learning rate 1: which parameter moves "
        "furthest, and why?"
    ),
    choices={
        "a": "w2, because it has the furthest to go: from 0.1 to 2.027 at the best curve.",
        "b": "b, because its input is 1, and every x and x² here is smaller.",
        "c": "b, because it starts at 0 and the other two already have a value.",
        "d": "w1, because it starts largest, and a larger weight has a larger slope.",
    },
    correct="b",
    mistakes=(
        Mistake(
            "a",
            "a",
            "a: w2 does travel furthest in the end. A step sees only the slope where it stands, "
            "and here w2 has the smallest of the three, −0.0450525.",
            "Compare the three slopes at the start; the distance still to go is in none of them.",
        ),
        Mistake(
            "c",
            "c",
            "c: The parameter is right, the reason is not. Start b at 0.3 in place of 0, and its "
            "slope, 0.14875, is still the largest: w1 has 0.054675, w2 0.0261975.",
            "Look at what each error is multiplied by before the average.",
        ),
        Mistake(
            "d",
            "d",
            "d: Start w1 at 0, and its slope becomes −0.191575; at 0.5 it is −0.072825. The larger "
            "weight had the smaller slope.",
            "A weight enters its slope through the error only. What else is in the product?",
        ),
    ),
    fact=(
        "Write the same x in tenths, 1, 3, 6, 7, and the order turns round: the slopes are 4.1125 "
        "for b, 24.4875 for w1 and 155.0625 for w2. A unit decides who moves first."
    ),
    starter="""\
choice = ...  # "a", "b", "c" or "d"

check.two_inputs.moves_first(choice)
""",
    solution="""\
choice = "b"

check.two_inputs.moves_first(choice)
""",
)


# 2.5  Write: inputs on one scale


def scaled(X):
    """Return every column minus its mean, over its standard deviation; 0 where it is constant."""
    return _over(X - X.mean(axis=0), X.std(axis=0))


def _over(table, spread):
    """Return the table over the spread, with 1 in place of a spread of 0."""
    return table / np.where(spread == 0, 1, spread)


def _table_cases():
    for label, X_given in (
        ("the chapter's columns x and x²", powers(X, 2)),
        ("three rows, the second column constant", np.array([[1.0, 5.0], [2.0, 5.0], [6.0, 5.0]])),
        ("one row", np.array([[2.0, -1.0, 0.5]])),
        ("one column", np.array([[1.0], [-2.0], [0.0], [7.0], [3.0]])),
        ("three rows, three columns", np.array([[1.0, 2.0, 0.0], [4.0, -3.0, 1.0], [1.0, 7.0, 8]])),
        ("a column of zeros", np.array([[0.0, 3.0], [0.0, -1.0], [0.0, 1.0], [0.0, 9.0]])),
        ("a narrow column", np.array([[3e-4, 1.0], [-1e-4, 0.0], [2e-4, 1.0], [0.0, 0.5]])),
        ("a large column", np.array([[5e6, 2.0], [-1e6, 4.0], [2e6, -9.0]])),
    ):
        yield Case(label, (X_given,))
    rng = np.random.default_rng(5)
    for index in range(50):
        n, columns = int(rng.integers(2, 10)), int(rng.integers(1, 5))
        size = rng.choice([0.1, 1.0, 10.0], size=columns)
        X_given = np.round(size * rng.normal(1.0, 1.0, size=(n, columns)), 2)
        if index % 5 == 4 and columns > 1:
            X_given[:, index % columns] = float(rng.integers(-3, 4))
        label = f"random table {index + 1} of shape ({n}, {columns})"
        yield Case(label, (X_given,), random=True)


def _over_nothing(result, X):
    """Return the result as it comes out if a constant column is divided by its spread, 0."""
    with np.errstate(all="ignore"):
        return result / np.where(X.std(axis=0) == 0, 0.0, 1.0)


def _scaling(*rules):
    """Return the functions of rules of (X, over), those that divide by 0 too."""

    def with_division(rule, over):
        return lambda X: rule(X, over)

    return tuple(with_division(rule, over) for rule in rules for over in (_over, np.divide))


def _all_or_none(otherwise):
    """Return the function that standardises only a table without a constant column."""

    def all_or_none(X):
        return otherwise(X) if (X.std(axis=0) == 0).any() else scaled(X)

    return all_or_none


def _only_if(X):
    spread = X.std(axis=0)
    if spread == 0:
        spread = 1
    return (X - X.mean(axis=0)) / spread


def _something_added():
    """Return the mistakes of a small number added to the spread, generated."""
    for small in (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12):
        yield Mistake(
            f"{number(small)} added",
            lambda X, small=small: (X - X.mean(axis=0)) / (X.std(axis=0) + small),
            f"{number(small)} is added to every spread against division by 0. No column comes out "
            "with a spread of exactly 1, and one as narrow as that comes out with ½.",
            "Leave a spread as it is where it is not 0, and replace it only where it is.",
        )
    for small in (1e-5, 1e-8):
        yield Mistake(
            f"{number(small)} under the root",
            lambda X, small=small: (X - X.mean(axis=0)) / np.sqrt(X.var(axis=0) + small),
            f"{number(small)} is added to every variance under the root, so no column comes out "
            f"with a spread of exactly 1.",
            "Leave a spread as it is where it is not 0, and replace it only where it is.",
        )


standardise = FunctionExercise(
    number="2.5",
    chapter=CHAPTER,
    name="standardise",
    parameters=("X",),
    returns=("table",),
    reference=scaled,
    cases=tuple(_table_cases()),
    mistakes=(
        Mistake(
            "divided by a spread of 0",
            None,
            "nan comes from 0 / 0: a column that is the same in every row has the spread 0.",
            "Divide by 1 where the spread is 0; the column minus its mean is 0 already.",
            change=_over_nothing,
        ),
        Mistake(
            "if on an array",
            _only_if,
            "`if` asks one question, and spread == 0 gives one answer for every column.",
            "Ask column by column: `np.where` does.",
        ),
        Mistake(
            "no mean subtracted",
            _scaling(lambda X, over: over(X, X.std(axis=0))),
            "The columns have the spread 1 and still their old means: nothing was subtracted.",
            "Subtract the mean of each column before dividing.",
        ),
        Mistake(
            "only centred",
            lambda X: X - X.mean(axis=0),
            "The columns have the mean 0 and still their old spreads: nothing was divided.",
            "Divide each column by its standard deviation.",
        ),
        Mistake(
            "variance",
            _scaling(lambda X, over: over(X - X.mean(axis=0), X.var(axis=0))),
            "The columns are divided by the variance, the square of the standard deviation. Wide "
            "ones come out narrow and narrow ones wide.",
            "Take the root of the variance, or `X.std`.",
        ),
        Mistake(
            "n − 1",
            _scaling(lambda X, over: over(X - X.mean(axis=0), X.std(axis=0, ddof=1))),
            "The standard deviation has n − 1 in it (ddof=1), the estimate for a larger population "
            "behind the sample. Here n is wanted.",
            "Take `X.std(axis=0)`, which divides by n.",
        ),
        Mistake(
            "one mean and one spread",
            _scaling(lambda X, over: over(X - X.mean(), X.std())),
            "One mean and one spread serve the whole table, so a wide column stays wider than a "
            "narrow one.",
            "Give mean and std an axis: axis=0 runs down the rows.",
        ),
        Mistake(
            "one spread",
            _scaling(
                lambda X, over: over(X - X.mean(axis=0), X.std()),
                lambda X, over: over(X - X.mean(axis=0), np.sqrt(X.var(axis=0).sum())),
            ),
            "Each column has its own mean, but one spread serves the whole table.",
            "Give std the same axis=0 as mean.",
        ),
        Mistake(
            "axis 1",
            _scaling(lambda X, over: over(X - X.mean(axis=1), X.std(axis=1))),
            "axis=1 runs along the rows and gives one number for each sample. A column is one "
            "input, and needs the mean of that column.",
            "Take axis=0, for the mean and for the spread.",
        ),
        Mistake(
            "mean along axis 1",
            _scaling(lambda X, over: over(X - X.mean(axis=1), X.std(axis=0))),
            "The mean runs along axis 1 and gives one number for each sample; the spread has "
            "axis 0.",
            "Take axis=0 for both.",
        ),
        Mistake(
            "spread along axis 1",
            _scaling(lambda X, over: over(X - X.mean(axis=0), X.std(axis=1))),
            "The spread runs along axis 1 and gives one number for each sample; the mean has "
            "axis 0.",
            "Take axis=0 for both.",
        ),
        Mistake(
            "rows standardised",
            _scaling(lambda X, over: over(X.T - X.mean(axis=1), X.std(axis=1)).T),
            "Every row has the mean 0 and the spread 1: the samples were standardised, not the "
            "inputs.",
            "Take mean and std down the columns, axis=0.",
        ),
        Mistake(
            "brackets missing",
            _scaling(lambda X, over: X - over(X.mean(axis=0), X.std(axis=0))),
            "Only the mean was divided by the spread: a quotient is worked out before a "
            "difference.",
            "Put X minus mean in brackets.",
        ),
        Mistake(
            "divided first",
            _scaling(lambda X, over: over(X, X.std(axis=0)) - X.mean(axis=0)),
            "The column is divided first, and then its old mean is subtracted, which no longer "
            "fits.",
            "Subtract the mean before dividing.",
        ),
        Mistake(
            "from 0 to 1",
            _scaling(lambda X, over: over(X - X.min(axis=0), np.ptp(X, axis=0))),
            "Every column runs from 0 to 1: smallest and largest value were used. That is another "
            "scaling, and its means are not 0.",
            "Use the mean in place of the smallest, the standard deviation in place of the range.",
        ),
        Mistake(
            "over the range",
            _scaling(lambda X, over: over(X - X.mean(axis=0), np.ptp(X, axis=0))),
            "The means are 0; the divisor is the range, largest minus smallest.",
            "Divide by the standard deviation.",
        ),
        Mistake(
            "over the length",
            _scaling(lambda X, over: over(X, np.sqrt((X**2).sum(axis=0)))),
            "Every column is divided by its length, the root of the sum of its squares, and no "
            "mean is subtracted.",
            "Subtract the mean first, and divide by the standard deviation.",
        ),
        Mistake(
            "one constant column, none divided",
            _all_or_none(lambda X: X - X.mean(axis=0)),
            "As soon as one column is constant, no column is divided: one answer was taken for "
            "all.",
            "Decide column by column, as `np.where` does.",
        ),
        Mistake(
            "first column only",
            lambda X: scaled(X[:, :1])[:, 0],
            "One column comes back: a return stands inside the loop over the columns.",
            "Collect every column, and return after the loop.",
        ),
        Mistake(
            "constant column kept",
            lambda X: np.where(X.std(axis=0) == 0, X, scaled(X)),
            "A constant column comes back as it was. It already has a weight that does its work: "
            "the bias.",
            "Make it a column of zeros.",
        ),
        Mistake(
            "constant column dropped",
            lambda X: scaled(X)[:, X.std(axis=0) != 0],
            "A constant column is left out, and the weights behind it would move to other inputs.",
            "Keep the shape of X, with a column of zeros in that place.",
        ),
        Mistake(
            "transposed",
            lambda X: scaled(X).T,
            "The numbers are right and the table lies on its side.",
            "Return it with one sample in each row, as it came.",
        ),
        Mistake(
            "mean and spread too",
            lambda X: (scaled(X), X.mean(axis=0), X.std(axis=0)),
            "Three things come back: the table, the means and the spreads.",
            "Return the table alone.",
        ),
        *_something_added(),
        Mistake(
            "the chapter's mean and spread",
            lambda A: (A - powers(X, 2).mean(axis=0)) / powers(X, 2).std(axis=0),
            "The means and spreads are those of the chapter's table, whatever table is given.",
            "Take them from the argument X.",
        ),
    ),
    fact=(
        "On x and x², centring alone leaves a condition number of 1420, dividing alone 553.5, both "
        "together 128.5. That is (1 + r) / (1 − r): r = 0.9846 says how alike the two are."
    ),
    starter="""\
def standardise(X):
    mean, spread = ..., ...
    return ...

check.two_inputs.standardise(standardise)
""",
    solution="""\
def standardise(X):
    mean, spread = X.mean(axis=0), X.std(axis=0)
    return (X - mean) / np.where(spread == 0, 1, spread)

check.two_inputs.standardise(standardise)
""",
)


# 2.6  Choose: what decides which way the curve opens


concave_or_convex = ChoiceExercise(
    number="2.6",
    chapter=CHAPTER,
    name="concave_or_convex",
    question=(
        "A node fed x and x² has learned a curve. What decides whether it opens upwards (convex) "
        "or downwards (concave)?"
    ),
    choices={
        "a": "The start: w2 begins at 0.1, above 0, so the curve opens upwards for good.",
        "b": "The loss: it is one convex bowl, so the curve is convex too.",
        "c": "The sign of w1: a rising line bends up, a falling one down.",
        "d": "The sign of w2, wherever training takes it.",
    },
    correct="d",
    mistakes=(
        Mistake(
            "a",
            "a",
            "a: From this very start, on the same four x with targets x − x², w2 is below 0 after "
            "8 epochs at learning rate 1. In the end it stands at −1.",
            "What would have to stop a step from carrying w2 past 0?",
        ),
        Mistake(
            "b",
            "b",
            "b: The bowl stands over w1, w2 and b, the curve over x. With targets x − x² the loss "
            "is the same shape of bowl, and the curve at its bottom is concave.",
            "Hold the parameters still, and differentiate a twice in x.",
        ),
        Mistake(
            "c",
            "c",
            "c: x + x² and x − x² have the same w1 and open in opposite ways. The chapter's own "
            "run ends at w1 = −0.7168, and its curve opens upwards.",
            "Differentiate a twice in x, and see whether w1 is still there.",
        ),
    ),
    fact=(
        "With w1 and w2 the bend is 2 w2 at every x, one way throughout. The cubic through the "
        "four points bends both ways: concave below x = 0.3159, convex above."
    ),
    starter="""\
choice = ...  # "a", "b", "c" or "d"

check.two_inputs.concave_or_convex(choice)
""",
    solution="""\
choice = "d"

check.two_inputs.concave_or_convex(choice)
""",
)


EXERCISES = (
    second_weight,
    gradients,
    design_matrix,
    moves_first,
    standardise,
    concave_or_convex,
)
