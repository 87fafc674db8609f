"""Chapter 8, nudge and chain: its six exercises, their known mistakes and every message.

Each exercise stands below its reference and its mistakes.  The messages are the plain strings: edit
them here and nowhere else.  ``tests/test_check_nudge_and_chain.py`` holds their numbers true.
"""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from byhand import gradient_check
from byhand.activations import sigmoid, sigmoid_derivative
from byhand.check.comparing import TOLERANCE, size
from byhand.check.exercise import Case, FunctionExercise, Mistake, NumberExercise
from byhand.check.wording import counted, number, numbers
from byhand.datasets import one_row
from byhand.losses import mean_squared_error, mean_squared_error_gradient
from byhand.network import Network
from byhand.training import train

CHAPTER = "nudge_and_chain"
X, Y = one_row()
HAND_W = np.array([[0.8, 0.4, 0.3], [0.2, 0.9, 0.5]])
HAND_V = np.array([0.3, 0.5, 0.9])
TEXTBOOK = (  # the start that is printed: W, b, v, c
    np.array([[-0.0053, -0.5820, -0.2723], [0.3793, -0.5204, 0.1896]]),
    np.array([-0.0140, 0.5607, -0.0628]),
    np.array([0.1528, -0.1745, -0.1135]),
    -0.5516,
)
RANDOM = 40  # inputs of each code exercise, beside those chosen by hand
ROUNDING = 1e-13  # times the largest argument: more than any order of the same sums can differ

# The right answers come from the network library.


def net(W, b, v, c):
    """Return the net of (8.1) to (8.3): one hidden layer of sigmoids, one linear output."""
    sizes = [*W.shape, 1]
    return Network(sizes, hidden="sigmoid", weights=[W, v[:, None]], biases=[b, np.array([c])])


HAND = net(HAND_W, np.zeros(3), HAND_V, 0.0)
START = HAND.parameters.copy()


def hand_loss(parameters):
    """Return the loss of the hand net at those 13 parameters."""
    HAND.parameters[:] = np.reshape(parameters, START.shape)  # refuses fewer
    return float(mean_squared_error(HAND.forward(X), Y))


def slopes(network, x, y):
    """Return the network after one pass forward and one back, for one sample."""
    x, y = np.reshape(x, (1, -1)), np.reshape(y, (1, 1))
    network.backward(mean_squared_error_gradient(network.forward(x), y))
    return network


# 8.1  Write: how many passes


def n_passes(sizes, central):
    """Return the passes (8.21) that one slope for every parameter takes."""
    n = Network(list(sizes), rng=np.random.default_rng(0)).parameters.size
    return float(2 * n if central else n + 1)


def _passes_cases():
    chosen = (
        *((2, 3, 1), (1, 1), (4, 1), (3, 3, 3), (1, 5, 1)),
        *((5, 4, 3, 2, 1), (2, 2, 2, 2), (64, 32, 10)),
    )
    rng = np.random.default_rng(80)
    drawn = (tuple(rng.integers(1, 9, rng.integers(2, 7)).tolist()) for _ in range(RANDOM // 2))
    for sizes, random in [*((each, False) for each in chosen), *((each, True) for each in drawn)]:
        for central in (False, True):
            way = "up and down" if central else "up only"
            yield Case(f"sizes {numbers(sizes)}, nudging {way}", (sizes, central), random)


def _neighbours(sizes):
    return list(zip(sizes[:-1], sizes[1:], strict=True))


def _n_weights(sizes):
    return sum(m * n for m, n in _neighbours(sizes))


def _n(sizes):
    return _n_weights(sizes) + sum(sizes[1:])


def _count(n, central):
    return 2 * n if central else n + 1


def _passes_of(n):
    return lambda sizes, central: _count(n(sizes), central)


def _counted_as(count):
    return lambda sizes, central: count(_n(sizes), central)


def _weights_and_biases(exercise, results, first):
    """Tell how many parameters the net of the first wrong case has."""
    sizes, central = exercise.cases[first].arguments
    weights, biases = _n_weights(sizes), sum(sizes[1:])
    said = f"This net has {counted(weights, 'weight')} and {biases} bias"
    rule = "twice for each of them" if central else "once for each of them, and once more"
    return None, f"{said}{'' if biases == 1 else 'es'}.", f"Look at the loss {rule}."


def _unpacked(sizes, central):
    n_inputs, n_hidden, n_outputs = sizes
    return _count((n_inputs + 1) * n_hidden + (n_hidden + 1) * n_outputs, central)


passes = FunctionExercise(
    number="8.1",
    chapter=CHAPTER,
    name="passes",
    parameters=("sizes", "central"),
    returns=("passes",),
    reference=n_passes,
    cases=tuple(_passes_cases()),
    observe=_weights_and_biases,
    mistakes=(
        Mistake(
            "no biases",
            _passes_of(_n_weights),
            "Only the weights are counted. Every bias is a parameter too, and needs its own nudge.",
            "Add one bias for each node of every layer but the first.",
        ),
        Mistake(
            "biases for the inputs",
            _passes_of(lambda sizes: _n_weights(sizes) + sum(sizes)),
            "The inputs have got biases as well; a node that adds nothing up has none.",
            "Count biases from the second size on.",
        ),
        Mistake(
            "one bias for each layer",
            _passes_of(lambda sizes: _n_weights(sizes) + len(sizes) - 1),
            "Each layer has got one bias. Every node of it has its own.",
            "Add the number of nodes of the layer.",
        ),
        Mistake(
            "sum for product",
            _passes_of(lambda sizes: sum(m + 2 * n for m, n in _neighbours(sizes))),
            "Two sizes are added; each node of one layer is joined to each of the other.",
            "Multiply them; then add the biases.",
        ),
        Mistake(
            "first layer only",
            _passes_of(lambda sizes: _n(sizes[:2])),
            "The first layer alone is counted: a return inside the loop ends it there.",
            "Add up over all pairs of neighbours, and return after the loop.",
        ),
        Mistake(
            "last layer only",
            _passes_of(lambda sizes: _n(sizes[-2:])),
            "The last layer alone is left: each turn of the loop replaces the one before.",
            "Start at 0 and use `+=`.",
        ),
        Mistake(
            "three layers only",
            (
                lambda sizes, central: _count(
                    sizes[0] * sizes[1] + sizes[1] + sizes[1] * sizes[2] + sizes[2], central
                ),
                _unpacked,
            ),
            "Three sizes are taken for granted; here are two, and further on as many as six.",
            "Loop over neighbours, as `zip(sizes, sizes[1:])` gives them.",
        ),
        Mistake(
            "one neighbour too far",
            lambda sizes, central: [sizes[i] * sizes[i + 1] for i in range(len(sizes))],
            "The last size has no neighbour to its right, and the loop asks for it.",
            "Stop one earlier, or use `zip(sizes, sizes[1:])`.",
        ),
        Mistake(
            "the parameters",
            (
                _counted_as(lambda n, central: n),
                _counted_as(lambda n, central: 2 * n if central else n),
            ),
            "As many passes as nudges; but what is a nudged loss compared with, nudging up only?",
            "Add one pass when `central` is False.",
        ),
        Mistake(
            "one more when central",
            _counted_as(lambda n, central: 2 * n + 1 if central else n + 1),
            "Up and down, the loss in the middle is not needed: the two ends are compared.",
            "Count two for each parameter, and nothing else.",
        ),
        Mistake(
            "always up only",
            _counted_as(lambda n, central: n + 1),
            "The count is the one for nudging up, whatever `central` says.",
            "Give twice the parameters when `central` is True.",
        ),
        Mistake(
            "two for each",
            _counted_as(lambda n, central: 2 * n),
            "Two for each, always; nudging up only, the loss without a nudge serves all of them.",
            "Compute that one once.",
        ),
        Mistake(
            "the other way round",
            _counted_as(lambda n, central: n + 1 if central else 2 * n),
            "The two counts are right and have changed places.",
            "`central` is True for two nudges each.",
        ),
        Mistake(
            "two for all",
            _counted_as(lambda n, central: 2),
            "Two passes are what one slope takes. Every other parameter needs a nudge of its own.",
            "Count the parameters first.",
        ),
    ),
    fact=(
        "A pass multiplies once for every weight. So for the digit net of chapter 10, 64−32−10, "
        "nudging up takes 2411 passes of 2368 multiplications, 5.7 million for one step."
    ),
    starter="""\
def passes(sizes, central):
    parameters = ...
    return ...

check.nudge_and_chain.passes(passes)
""",
    solution="""\
def passes(sizes, central):
    parameters = 0
    for n_inputs, n_nodes in zip(sizes, sizes[1:]):
        parameters += n_inputs * n_nodes + n_nodes
    return 2 * parameters if central else parameters + 1

check.nudge_and_chain.passes(passes)
""",
)


# 8.2  Write: the product of four links


def first_slope(x, y, W, b, v, c):
    """Return ∂C/∂w11 of the loss (8.4)."""
    return float(slopes(net(W, b, v, c), x, y).dense[0].dW[0, 0])


def _slope_cases():
    def case(label, x, y, W, b, v, c, random=False):
        x, W, b, v = (np.array(each, float) for each in (x, W, b, v))
        return Case(label, (x, float(y), W, b, v, float(c)), random)

    yield case("the hand net", X[0], 0, HAND_W, np.zeros(3), HAND_V, 0)
    yield case("the textbook's start", X[0], 0, *TEXTBOOK)
    yield case("one input, one hidden node", [2], 1, [[0.5]], [-0.25], [3], 0.5)
    two = [[0.5, -1], [1, 0.25], [-0.5, 2]], [0.1, -0.2], [2, -1], 0.3
    yield case("three inputs, two hidden nodes", [0.5, -2, 1], 1, *two)
    yield case("three inputs, the first of them 0", [0, -2, 1], 1, *two)
    yield case("v = (0, −1)", [0.5, -2, 1], 1, *two[:2], [0, -1], 0.3)
    yield case("x = (−1.5, 0), y = 1000", [-1.5, 0], 1000, [[1, 2], [3, -4]], [0, 1], [5, -6], 7)
    yield case("x = (20, −10), y = 2", [20, -10], 2, np.ones((2, 2)), [1, 0], [3, 4], 5)
    rng = np.random.default_rng(82)
    for index in range(RANDOM):
        m, n = int(rng.integers(1, 5)), int(rng.integers(1, 6))
        drawn = [np.round(rng.normal(size=shape), 2) for shape in (m, (), (m, n), n, n, ())]
        label = f"random net {index + 1} ({counted(m, 'input')}, {counted(n, 'hidden node')})"
        yield case(label, *drawn, random=True)


def _linked(
    *,
    h=lambda s: s.x @ s.W + s.b,
    a=lambda s: sigmoid(s.h),
    prediction=lambda s: s.a @ s.v + s.c,
    first=lambda s: -2 * (s.y - s.prediction),
    second=lambda s: s.v[0],
    third=lambda s: s.a[0] * (1 - s.a[0]),
    fourth=lambda s: s.x[0],
    together=lambda s: s.first * s.second * s.third * s.fourth,
):
    """Return the function of exercise 8.2 with some of its pieces replaced."""

    def slope_w11(x, y, W, b, v, c):
        s = SimpleNamespace(x=x, y=y, W=W, b=b, v=v, c=c)
        s.h = h(s)
        s.a = a(s)
        s.prediction = prediction(s)
        s.first, s.second, s.third, s.fourth = first(s), second(s), third(s), fourth(s)
        return together(s)

    return slope_w11


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SlopeExercise(FunctionExercise):
    """The reader returns a slope; its ten digits are its own, which a nudge does not reach."""

    def _tolerance(self, case):
        expected = self.expected[self.cases.index(case)]
        return TOLERANCE * size(expected) + ROUNDING * size(case.arguments)


slope_w11 = SlopeExercise(
    number="8.2",
    chapter=CHAPTER,
    name="slope_w11",
    parameters=("x", "y", "W", "b", "v", "c"),
    returns=("slope",),
    reference=first_slope,
    cases=tuple(_slope_cases()),
    stops=((ValueError, "inhomogeneous", "an index missing"),),
    mistakes=(
        Mistake(
            "wrong sign",
            _linked(first=lambda s: 2 * (s.y - s.prediction)),
            "Right size, wrong sign: ŷ has a minus in the bracket, and (8.12) brings it out.",
            "Start with `-2 * (y - y_pred)`.",
        ),
        Mistake(
            "2 missing",
            _linked(first=lambda s: s.prediction - s.y),
            "Half of what it should be: the square brings a factor 2, and this loss has no ½.",
            "Put the 2 of (8.12) back.",
        ),
        Mistake(
            "the loss for its slope",
            (
                _linked(first=lambda s: (s.y - s.prediction) ** 2),
                _linked(first=lambda s: -2 * (s.y - s.prediction) ** 2),
                _linked(first=lambda s: 2 * (s.y - s.prediction) ** 2),
            ),
            "The first link still holds the square of the error, the loss and not its slope.",
            "Use (8.12).",
        ),
        Mistake(
            "no target",
            _linked(first=lambda s: 2 * s.prediction),
            "y takes no part. For the hand net, whose target is 0, that makes no difference.",
            "The first link needs y − ŷ.",
        ),
        Mistake(
            "second link missing",
            _linked(second=lambda s: 1.0),
            "The link from ŷ to the first activation is missing, v[0].",
            "Multiply by (8.13).",
        ),
        Mistake(
            "third link missing",
            _linked(third=lambda s: 1.0),
            "The link through the sigmoid is missing, as if the hidden node did not bend.",
            "Multiply by (8.14).",
        ),
        Mistake(
            "fourth link missing",
            _linked(fourth=lambda s: 1.0),
            "That is the slope in the first bias: the last link is missing, 1 in the hand net.",
            "Multiply by (8.15), the input that the weight meets.",
        ),
        Mistake(
            "links added",
            _linked(together=lambda s: s.first + s.second + s.third + s.fourth),
            "The four links are added up; each stretches what the one before it gave.",
            "Multiply them.",
        ),
        Mistake(
            "another hidden node",
            (
                _linked(second=lambda s: s.v[1]),
                _linked(second=lambda s: s.v[-1]),
                _linked(second=lambda s: s.v.sum()),
                _linked(third=lambda s: s.a[-1] * (1 - s.a[-1])),
                _linked(second=lambda s: s.v[1], third=lambda s: s.a[1] * (1 - s.a[1])),
            ),
            "A link of another hidden node is in the product; w11 leads to the first alone.",
            "Use v[0] and a[0].",
        ),
        Mistake(
            "another input",
            (
                _linked(fourth=lambda s: s.x[1]),
                _linked(fourth=lambda s: s.x[-1]),
                _linked(fourth=lambda s: s.x.sum()),
            ),
            "The last link is not the first input. In the hand net both inputs are 1.",
            "Use x[0], what w11 multiplies.",
        ),
        Mistake(
            "sigmoid at a",
            _linked(third=lambda s: sigmoid_derivative(s.a[0])),
            "The slope of the sigmoid is taken at a, as if it had been applied twice.",
            "With a in hand, the slope is a (1 − a).",
        ),
        Mistake(
            "a bias missing",
            (
                _linked(h=lambda s: s.x @ s.W, prediction=lambda s: s.a @ s.v),
                _linked(h=lambda s: s.x @ s.W),
                _linked(prediction=lambda s: s.a @ s.v),
            ),
            "b or c takes no part, or neither does. In the hand net they are 0.",
            "Add b to the hidden sums, and c to ŷ.",
        ),
        Mistake(
            "transposed",
            _linked(h=lambda s: s.W @ s.x + s.b),
            "W is multiplied from the wrong side: its rows belong to the inputs.",
            "Use `x @ W`; with m inputs and n nodes, (m) times (m, n) gives (n).",
        ),
        Mistake(
            "one path forward",
            (
                _linked(prediction=lambda s: s.a[0] * s.v[0] + s.c),
                _linked(
                    h=lambda s: s.x[0] * s.W[0] + s.b,
                    prediction=lambda s: s.a[0] * s.v[0] + s.c,
                ),
            ),
            "ŷ is made of the first hidden node alone; only the slope has a single path.",
            "Add up a times v over all hidden nodes.",
        ),
        Mistake(
            "one input forward",
            _linked(h=lambda s: s.x[0] * s.W[0] + s.b),
            "The hidden sums hold the first input alone; only the slope has a single path.",
            "Add up x times W over all inputs: `x @ W`.",
        ),
        Mistake(
            "output squashed",
            _linked(prediction=lambda s: sigmoid(s.a @ s.v + s.c)),
            "The prediction has gone through a sigmoid; in (8.3) the last layer does not bend.",
            "Take a @ v + c as it is.",
        ),
        Mistake(
            "slope in v1",
            _linked(together=lambda s: s.first * s.a[0]),
            "That is the slope in the first weight of the output, and as such right.",
            "Go one layer further back: through v[0], the sigmoid, and x[0].",
        ),
        Mistake(
            "an index missing",
            (
                _linked(together=lambda s: s.first * np.outer(s.x, s.v * s.a * (1 - s.a))),
                _linked(fourth=lambda s: s.x),
                _linked(second=lambda s: s.v, third=lambda s: s.a * (1 - s.a)),
                _linked(second=lambda s: s.v),
                _linked(third=lambda s: s.a * (1 - s.a)),
            ),
            "More than one number comes back: a link has an entry for every node, or every input.",
            "Give each link its index: v[0], a[0], x[0].",
        ),
    ),
    fact=(
        "Turn w11 of the hand net from 0.8 up to 8: ŷ is further off than before, and yet the "
        "slope falls from 0.1455 to 0.0002. The third link, a (1 − a), has all but closed."
    ),
    starter="""\
def slope_w11(x, y, W, b, v, c):
    h = ...
    a = ...
    y_pred = ...
    links = ..., ..., ..., ...
    return np.prod(links)

check.nudge_and_chain.slope_w11(slope_w11)
""",
    solution="""\
def slope_w11(x, y, W, b, v, c):
    h = x @ W + b
    a = 1 / (1 + np.exp(-h))
    y_pred = a @ v + c
    links = -2 * (y - y_pred), v[0], a[0] * (1 - a[0]), x[0]
    return np.prod(links)

check.nudge_and_chain.slope_w11(slope_w11)
""",
)


# 8.3  Write: the central difference


def measured(function, at, h):
    """Return the library's central difference (8.9)."""
    return gradient_check.central_difference(function, at, h)


def _cubic(line, square, cube):
    """Return a function of a vector whose slopes differ from entry to entry."""
    return lambda p: float(np.sum(p * (line + p * (square + p * cube))) + np.prod(p))


def _product(p):
    return 0.7 * p[0] * p[0] + 3 * p[0] * p[1] * p[1]


def _difference_cases():
    def case(label, function, at, h, random=False):
        return Case(f"{label}, h = {number(h)}", (function, np.array(at), h), random)

    yield case("the loss of the hand net at its 13 parameters", hand_loss, START, 0.01)
    yield case("f(p) = p[0]² at [3]", lambda p: p[0] * p[0], [3.0], 0.5)
    product = "f(p) = 0.7 p[0]² + 3 p[0] p[1]²"
    yield case(f"{product} at [−1, 2]", _product, [-1.0, 2.0], 0.1)
    yield case(f"{product} at [1, 2], whole numbers", _product, [1, 2], 0.25)
    yield case(f"{product} at [0, 0]", _product, [0.0, 0.0], 0.5)
    yield case(f"{product} at [−1000, 2000]", _product, [-1000.0, 2000.0], 10.0)
    yield case("f(p) = 4 at [1, 2, 3]", lambda p: 4.0, [1.0, 2.0, 3.0], 0.1)
    yield case("f(p) = |p[0]| + p[1]³ at [0, 1]", lambda p: abs(p[0]) + p[1] ** 3, [0.0, 1.0], 0.5)
    rng = np.random.default_rng(83)
    for index in range(RANDOM):
        n = int(rng.integers(1, 7))
        at, *cubic = np.round(rng.normal(size=(4, n)), 2)
        label = f"random function {index + 1} of {counted(n, 'number')}"
        yield case(label, _cubic(*cubic), at, round(0.02 + 0.01 * index, 2), random=True)


def _moved(at, i, by):
    """Return a copy of ``at`` with one entry moved."""
    at = np.array(at, float)
    at[i] += by
    return at


def _each(slope, where=lambda at: range(len(at))):
    """Return a central difference whose i-th slope is ``slope(function, at, i, h)``."""

    def central_difference(function, at, h):
        found = np.zeros(len(at))
        for i in where(at):
            found[i] = slope(function, at, i, h)
        return found

    return central_difference


def _change(f, at, i, up, down):
    return f(_moved(at, i, up)) - f(_moved(at, i, down))


def _central(f, at, i, h):
    return _change(f, at, i, h, -h) / (2 * h)


def _fixed(nudge):
    return _each(lambda f, at, i, h: _central(f, at, i, nudge))


def _kept(up, down):
    """Return a central difference on one copy, which is moved by ``up``, then by ``down``."""

    def central_difference(function, at, h):
        at, found = np.array(at, float), np.zeros(len(at))
        for i in range(len(at)):
            at[i] += up * h
            above = function(at.copy())
            at[i] += down * h
            found[i] = (above - function(at.copy())) / (2 * h)
        return found

    return central_difference


def _writing(back, exact=False):
    """Return a central difference that writes into ``at`` and takes back ``back`` times h."""

    def central_difference(function, at, h):
        found = np.zeros(len(at))
        for i in range(len(at)):
            here = at[i]
            at[i] += h
            above = function(at)
            at[i] -= 2 * h
            found[i] = (above - function(at)) / (2 * h)
            at[i] = here if exact else at[i] + back * h
        return found

    return central_difference


def _in_its_kind(f, at, i, h):
    up, down = np.array(at), np.array(at)  # whole numbers stay whole
    up[i] += h
    down[i] -= h
    return (f(up) - f(down)) / (2 * h)


def _whole_nudges(f, at, h):
    return _each(_central)(f, at, h) if at.dtype.kind == "f" else np.zeros(len(at))


def _whole_slopes(function, at, h):
    found = np.zeros_like(at)
    for i in range(len(at)):
        found[i] = _central(function, at, i, h)
    return found


def _growing(function, at, h):
    nudge, found = np.zeros(len(at)), np.zeros(len(at))
    for i in range(len(at)):
        nudge[i] = h
        found[i] = (function(at + nudge) - function(at - nudge)) / (2 * h)
    return found


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class NudgeExercise(FunctionExercise):
    """The reader nudges an array that has to come back as it went in."""

    def _changed(self, case, outcome):
        """Tell how the argument was left by how far it is from where it was."""
        name, index, before, after = outcome.changed
        if index is None:
            return super()._changed(case, outcome)
        moved, h = after - before, case.arguments[2]
        if abs(moved) < 1e-9 * max(abs(before), h):
            said = "put back by adding"
        else:
            said = "left down" if np.isclose(moved, -h) else "left up"
            said = said if np.isclose(abs(moved), h) else "written into"
        one, two = number(before, 4), number(after, 17 if "adding" in said else 4)
        gap = f"At {case.label}: {name}[{index}] was {one} and is {two} after the call."
        return self._named(said, gap, case)


central_difference = NudgeExercise(
    number="8.3",
    chapter=CHAPTER,
    name="central_difference",
    parameters=("function", "at", "h"),
    returns=("slopes",),
    reference=measured,
    cases=tuple(_difference_cases()),
    nearly=(
        "Close, and not the quotient that was asked for: another nudge than h, or something "
        "rounded on the way.",
        "Nudge by exactly h, up and down, and divide by 2 h.",
    ),
    mistakes=(
        Mistake(
            "left down",
            _writing(0),
            "The entry was nudged in the array that came in, and was still nudged down at the end.",
            "Nudge a copy, or put the old value back before going on.",
        ),
        Mistake(
            "left up",
            _writing(2),
            "The entry was nudged in the array that came in, and was still nudged up at the end.",
            "Nudge a copy, or put the old value back before going on.",
        ),
        Mistake(
            "put back by adding",
            _writing(1),
            "h was added and taken off again in the array that came in. Each sum is rounded, and "
            "what was there does not come back to the last digit.",
            "Nudge a copy, or remember the old value and store it again.",
        ),
        Mistake(
            "written into",
            lambda function, at, h: measured(function, at, h) + at.fill(0),
            "The array that came in was written into, and its owner still needs it.",
            "Nudge a copy: `at + nudge` makes one, and so does `np.array(at, dtype=float)`.",
        ),
        Mistake(
            "one side only",
            (
                _each(lambda f, at, i, h: _change(f, at, i, h, 0) / h),
                _each(lambda f, at, i, h: _change(f, at, i, 0, -h) / h),
            ),
            "One of the two places is `at` itself: that is the forward quotient (8.5), or the same "
            "downwards. Its error shrinks like h, that of (8.9) like h².",
            "Compare the nudge up with the nudge down, 2 h apart.",
        ),
        Mistake(
            "back to the start",
            (_kept(1, -1), _each(lambda f, at, i, h: _change(f, at, i, h, 0) / (2 * h))),
            "Down by h from the upper place is where it began: the slopes are half as large.",
            "From up to down it is 2 h.",
        ),
        Mistake(
            "divided by h",
            _each(lambda f, at, i, h: 2 * _central(f, at, i, h)),
            "Twice too large: from down to up it is 2 h, and the difference is divided by h.",
            "Divide by 2 h.",
        ),
        Mistake(
            "brackets round 2 h",
            _each(lambda f, at, i, h: _change(f, at, i, h, -h) / 2 * h),
            "`/ 2 * h` divides by 2, then multiplies by h.",
            "Put brackets round 2 * h.",
        ),
        Mistake(
            "not divided",
            _each(lambda f, at, i, h: _change(f, at, i, h, -h)),
            "That is the change from nudge to nudge; a slope is a change for each step of 1.",
            "Divide by the distance, 2 h.",
        ),
        Mistake(
            "wrong sign",
            None,
            "Right size, wrong sign: the upper value was taken off the lower one.",
            "Up less down.",
            change=lambda slopes, *_: -slopes,
        ),
        Mistake(
            "all at once",
            (
                _each(lambda f, at, i, h: (f(at + h) - f(at - h)) / (2 * h)),
                lambda f, at, h: (f(at + h) - f(at - h)) / (2 * h),
            ),
            "`at + h` nudges every entry: the slopes of all parameters arrive in one sum.",
            "Nudge the entry at place i alone.",
        ),
        Mistake(
            "nudges pile up",
            (_growing, _kept(1, -2)),
            "A nudge is still there when the next entry has its turn.",
            "Begin every turn of the loop with nothing nudged.",
        ),
        Mistake(
            "whole numbers",
            (_writing(0, exact=True), _each(_in_its_kind), _whole_nudges),
            "An array of whole numbers holds nothing else: 1 + 0.25 becomes 1, no nudge at all.",
            "Make a copy with `dtype=float`, or add an array of zeros with one h in it.",
        ),
        Mistake(
            "slopes cut off",
            _whole_slopes,
            "`zeros_like` makes an array of the kind of `at`: slopes are cut off to whole numbers.",
            "Use `np.zeros(len(at))`.",
        ),
        Mistake(
            "a share of the entry",
            (
                _each(lambda f, at, i, h: _change(f, at, i, h * at[i], -h * at[i]) / (2 * h)),
                lambda f, at, h: _each(
                    lambda f, at, i, h: _change(f, at, i, h * at[i], -h * at[i]) / (2 * h * at[i])
                )(f, at, h),
            ),
            "The entry is nudged by a share of itself. An entry that is 0 is not nudged at all.",
            "Add h, whatever the entry is.",
        ),
        Mistake(
            "a nudge of its own",
            tuple(map(_fixed, (1e-5, 1e-4, 1e-3, 1e-6, 0.01, 1e-7, 0.1))),
            "The nudge is fixed inside the function, whatever h is given.",
            "Use h.",
        ),
        Mistake(
            "the first only",
            (
                lambda f, at, h: _central(f, at, 0, h),
                _each(_central, lambda at: range(1)),
            ),
            "The function is left after the first entry: a return inside the loop.",
            "Move the return out of the loop, to the left.",
        ),
        Mistake(
            "spread out",
            lambda f, at, h: f(*(at + h)) - f(*(at - h)),
            "The star hands the entries over one by one; the function takes them as one array.",
            "Call it without the star.",
        ),
        Mistake(
            "one entry alone",
            _each(lambda f, at, i, h: (f(at[i] + h) - f(at[i] - h)) / (2 * h)),
            "The function was given one nudged entry, and it needs the whole array.",
            "Nudge one entry of a copy, and hand over the copy.",
        ),
    ),
    fact=(
        "Measure twice, with h and with h/2, and take (4 D(h/2) − D(h))/3: the h² errors cancel. "
        "For e^x at 0 and h = 0.1, an error of 0.0017 becomes one of 0.0000002."
    ),
    starter="""\
def central_difference(function, at, h):
    slopes = np.zeros(len(at))
    for i in range(len(at)):
        slopes[i] = ...
    return slopes

check.nudge_and_chain.central_difference(central_difference)
""",
    solution="""\
def central_difference(function, at, h):
    slopes = np.zeros(len(at))
    for i in range(len(at)):
        nudge = np.zeros(len(at))
        nudge[i] = h
        slopes[i] = (function(at + nudge) - function(at - nudge)) / (2 * h)
    return slopes

check.nudge_and_chain.central_difference(central_difference)
""",
)


# 8.4  Write: the best nudge


NUDGES = tuple(10.0**-k for k in range(1, 13))
CLEAR = 1.5  # the second best nudge misses by this many times as much, at least


def _quotient(f, at, h):
    return (f(at + h) - f(at)) / h


def misses(function, at, slope):
    """Return by how much the forward quotient (8.5) misses the slope, for each nudge."""
    return [abs(_quotient(function, at, h) - slope) for h in NUDGES]


def nearest(function, at, slope):
    """Return the nudge whose quotient comes closest."""
    return NUDGES[int(np.argmin(misses(function, at, slope)))]


def is_clear(function, at, slope):
    """Return whether one nudge is the best by so much that no way of rounding changes it."""
    best, second, *_ = sorted(misses(function, at, slope))
    return second > CLEAR * best


def _in_w11(w):
    losses = [hand_loss([each, *START[1:]]) for each in np.ravel(w)]
    return np.reshape(losses, np.shape(w))[()]


def _polynomial(a, b, c, place=0.0):
    """Return f(x) = 1 + a u + b u² + c u³ with u = x − place, in sums and products alone."""
    return lambda x: 1 + (x - place) * (a + (x - place) * (b + (x - place) * c))


def _nudge_cases():
    def case(label, function, at, slope, random=False):
        return Case(label, (function, float(at), float(slope)), random)

    at = START[0]
    yield case("the loss of the hand net in w11, at 0.8", _in_w11, at, first_slope(*HAND_CASE))
    yield case("f(x) = x² at 1", lambda x: x * x, 1, 2)
    yield case("f(x) = x² at 1000", lambda x: x * x, 1000, 2000)
    yield case("f(x) = x² at 0", lambda x: x * x, 0, 0)
    yield case("f(x) = x² + 10000 at 3", lambda x: x * x + 1e4, 3, 6)
    yield case("f(x) = x − x² at 0", lambda x: x - x * x, 0, 1)
    yield case("f(x) = 1/x at −0.5", lambda x: 1 / x, -0.5, -4)
    yield case("f(x) = x³ − 0.1 x² at 0", lambda x: x * x * x - 0.1 * x * x, 0, 0)
    yield case("f(x) = x³ − x² at 0", lambda x: x * x * x - x * x, 0, 0)
    crossing = _polynomial(1, -0.0101, 1, 1.0)
    yield case("f(x) = x + (x − 1)³ − 0.0101 (x − 1)² at 1", crossing, 1, 1)
    rng, index = np.random.default_rng(84), 0
    while index < RANDOM:
        far = 10 ** rng.integers(4)
        a, b, c, x = np.round(rng.normal(size=4) * [1, 3, 5, far], 2).tolist()
        given = _polynomial(a, b, c), x, a + x * (2 * b + x * 3 * c)
        if is_clear(*given):
            index += 1
            yield case(f"random cubic {index} at {number(x)}", *given, random=True)


HAND_CASE = slope_w11.cases[0].arguments


def _two_misses(exercise, results, first):
    """Compare the quotient of the reader's nudge with that of the best one."""
    (f, at, slope), h = exercise.cases[first].arguments, results[first]
    if not any(np.isclose(h, NUDGES, rtol=1e-9, atol=0)):
        return None, f"{number(h)} is none of the twelve nudges.", "Choose from 0.1 to 1e−12."
    mine, best = (abs(_quotient(f, at, each) - slope) for each in (h, exercise.expected[first]))
    said = f"With {number(h)} the quotient misses the slope by {number(mine, 2)}, with the best by "
    return None, f"{said}{number(best, 2)}.", "Print all twelve errors, one under the other."


def _searched(*, nudges=NUDGES, quotient=_quotient, error=lambda q, s, h: abs(q - s), pick=None):
    """Return the search of exercise 8.4 with some of its pieces replaced."""
    pick = pick or (lambda errors, nudges: nudges[int(np.argmin(errors))])

    def best_nudge(function, at, slope):
        errors = [error(quotient(function, at, h), slope, h) for h in nudges]
        return pick(errors, nudges)

    return best_nudge


def _until_worse(errors, nudges):
    for k in range(1, len(errors)):
        if errors[k] > errors[k - 1]:
            return nudges[k - 1]
    return nudges[-1]


def _up_to(last, begin=1):
    return _searched(nudges=tuple(10.0**-k for k in range(begin, last + 1)))


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ExactExercise(FunctionExercise):
    """The reader returns a number that may be as small as 1e−12: ten digits of itself count."""

    def _tolerance(self, case):
        return 0.0


best_nudge = ExactExercise(
    number="8.4",
    chapter=CHAPTER,
    name="best_nudge",
    parameters=("function", "at", "slope"),
    returns=("nudge",),
    reference=nearest,
    cases=tuple(_nudge_cases()),
    observe=_two_misses,
    mistakes=(
        Mistake(
            "the smallest",
            lambda function, at, slope: NUDGES[-1],
            "The smallest nudge always: there, rounding is most of what is left of a difference.",
            "Compare the twelve quotients with the slope.",
        ),
        Mistake(
            "the largest",
            lambda function, at, slope: NUDGES[0],
            "The largest nudge always: nothing was ever found better than the first.",
            "See what the search compares with, and whether its best so far is renewed.",
        ),
        Mistake(
            "the rule of thumb",
            (
                lambda function, at, slope: 1e-8,
                lambda function, at, slope: float(np.sqrt(np.finfo(float).eps)),
            ),
            "That is √ε, the rule of thumb, always. It holds where the function, its curvature and "
            "the place are all about 1.",
            "Search: at 1000, or at 0, the best nudge is another.",
        ),
        Mistake(
            "central quotient",
            _searched(quotient=lambda f, at, h: (f(at + h) - f(at - h)) / (2 * h)),
            "That is the best nudge for the central quotient, which bears larger ones.",
            "Use the forward quotient (8.5).",
        ),
        Mistake(
            "sign of the error",
            (
                _searched(error=lambda q, s, h: q - s),
                _searched(error=lambda q, s, h: s - q),
            ),
            "The errors have kept their signs: the smallest is the one furthest below 0.",
            "Take the absolute value before looking for the smallest.",
        ),
        Mistake(
            "not divided",
            _searched(quotient=lambda f, at, h: f(at + h) - f(at)),
            "The difference is not divided by the nudge, so it tends to 0 and not to the slope.",
            "Divide by h.",
        ),
        Mistake(
            "divided by the slope",
            (
                _searched(error=lambda q, s, h: abs(q - s) / abs(s)),
                _searched(error=lambda q, s, h: abs(q / s - 1)),
                _searched(error=lambda q, s, h: abs(np.float64(q - s) / s)),
                _searched(error=lambda q, s, h: abs(np.float64(q) / s - 1)),
            ),
            "The error is divided by the slope, which is 0 at some places.",
            "Leave the error as it is.",
        ),
        Mistake(
            "the first that is worse",
            _searched(pick=_until_worse),
            "The search stops at the first error above the one before; it may fall again.",
            "Look at all twelve.",
        ),
        Mistake(
            "1 among the nudges",
            _up_to(12, begin=0),
            "1 is among the nudges: `range` begins at 0, and 10 to the power 0 is 1.",
            "Begin at 0.1.",
        ),
        Mistake(
            "too few nudges",
            (_up_to(11), _up_to(10), _up_to(9), _up_to(8)),
            "1e−12 is not among the nudges: `range` stops before its end.",
            "Use range(1, 13).",
        ),
        Mistake(
            "a share of the place",
            (
                _searched(quotient=lambda f, at, h: (f(at * (1 + h)) - f(at)) / h),
                _searched(quotient=lambda f, at, h: np.float64(f(at * (1 + h)) - f(at)) / (at * h)),
                _searched(quotient=lambda f, at, h: (f(at * (1 + h)) - f(at)) / (at * h)),
            ),
            "The place is nudged by a share of itself, and 0 is not nudged at all.",
            "Add h, whatever the place is.",
        ),
        Mistake(
            "the error",
            _searched(pick=lambda errors, nudges: min(errors)),
            "The smallest error comes back, and it is right.",
            "Return the nudge that belongs to it.",
        ),
        Mistake(
            "place in the list",
            (
                _searched(pick=lambda errors, nudges: int(np.argmin(errors))),
                _searched(pick=lambda errors, nudges: int(np.argmin(errors)) + 1),
                _searched(pick=lambda errors, nudges: -int(np.argmin(errors)) - 1),
            ),
            "That is the place of the best nudge in the list, or its exponent.",
            "Use the place as an index into the nudges.",
        ),
    ),
    fact=(
        "With numbers of the form a + b i there is a way without a difference: for e^x, the part "
        "with i of e^(1 + h i), divided by h, is e to 15 digits even at h = 1e−200."
    ),
    starter="""\
def best_nudge(function, at, slope):
    nudges = ...
    errors = ...
    return ...

check.nudge_and_chain.best_nudge(best_nudge)
""",
    solution="""\
def best_nudge(function, at, slope):
    nudges = [10.0**-k for k in range(1, 13)]
    errors = [abs((function(at + h) - function(at)) / h - slope) for h in nudges]
    return nudges[np.argmin(errors)]

check.nudge_and_chain.best_nudge(best_nudge)
""",
)


# 8.5  Write: both slopes first, then both steps


def stepped(w, v, x, y, learning_rate):
    """Return (w, v) after one step of the net x → σ(w x) → v a, without biases."""
    network = Network([1, 1, 1], hidden="sigmoid", weights=[w, v], bias=False)
    options = dict(learning_rate=learning_rate, epochs=1, loss="mean_squared_error")
    train(network, np.array([[x]]), np.array([[y]]), **options)
    return tuple(network.parameters.tolist())


def _step_cases():
    def case(w, v, x, y, rate, random=False, label=None):
        label = label or f"w {number(w)}, v {number(v)}, x {number(x)}, y {number(y)}"
        given = tuple(map(float, (w, v, x, y, rate)))
        return Case(f"{label}, learning rate {number(rate)}", given, random)

    yield case(0.8, 0.3, 1, 0, 1)
    yield case(0.5, -2, -1.5, 1, 0.5)
    yield case(1, 2, 0, 3, 0.1)
    yield case(0, 0, 2, 1, 0.5)
    yield case(-1, 0, 2, 0, 0.5)
    yield case(3, 2, 20, 5, 0.25)
    yield case(0.1, -0.2, 3, 1000, 0.001)
    rng = np.random.default_rng(85)
    for index in range(RANDOM):
        yield case(*np.round(rng.normal(size=4), 2), round(0.05 * (index + 1), 2), random=True)


def _stepping(
    *,
    a=lambda s: sigmoid(s.w * s.x),
    error=lambda s: s.y - s.v * s.a,
    slope_w=lambda s: -2 * s.error * s.v * s.a * (1 - s.a) * s.x,
    slope_v=lambda s: -2 * s.error * s.a,
    move_w=lambda s: s.w - s.rate * s.slope_w,
    move_v=lambda s: s.v - s.rate * s.slope_v,
    back=lambda s: (s.new_w, s.new_v),
):
    """Return the function of exercise 8.5 with some of its pieces replaced."""

    def step_together(w, v, x, y, learning_rate):
        s = SimpleNamespace(w=w, v=v, x=x, y=y, rate=learning_rate)
        s.a = a(s)
        s.error = error(s)
        s.slope_w, s.slope_v = slope_w(s), slope_v(s)
        s.new_w, s.new_v = move_w(s), move_v(s)
        return back(s)

    return step_together


def _v_first(w, v, x, y, learning_rate):
    _, v = stepped(w, v, x, y, learning_rate)
    return stepped(w, v, x, y, learning_rate)[0], v


def _w_first(w, v, x, y, learning_rate):
    w, _ = stepped(w, v, x, y, learning_rate)
    return w, stepped(w, v, x, y, learning_rate)[1]


def _new_v_in_the_link(w, v, x, y, learning_rate):
    a = sigmoid(w * x)
    error = y - v * a
    v = v + learning_rate * 2 * error * a
    return w + learning_rate * 2 * error * v * a * (1 - a) * x, v


def _new_a_in_the_link(w, v, x, y, learning_rate):
    a = sigmoid(w * x)
    error = y - v * a
    w = w + learning_rate * 2 * error * v * a * (1 - a) * x
    return w, v + learning_rate * 2 * error * sigmoid(w * x)


step_together = FunctionExercise(
    number="8.5",
    chapter=CHAPTER,
    name="step_together",
    parameters=("w", "v", "x", "y", "learning_rate"),
    returns=("w", "v"),
    reference=stepped,
    cases=tuple(_step_cases()),
    mistakes=(
        Mistake(
            "v first",
            _v_first,
            "v has moved before the slope in w is taken: error and link are those of the new v.",
            "Take both slopes first, then move both.",
        ),
        Mistake(
            "new v in the link",
            _new_v_in_the_link,
            "The error is the old one, but the slope in w goes back through the new v.",
            "Compute `slope_w` before v moves.",
        ),
        Mistake(
            "w first",
            _w_first,
            "w has moved before the slope in v is taken: its a and its error belong to the new w.",
            "Take both slopes first, then move both.",
        ),
        Mistake(
            "new a in the link",
            _new_a_in_the_link,
            "The error is the old one, but the slope in v has the a of the new w.",
            "Use one a, from before the step, for both slopes.",
        ),
        Mistake(
            "uphill",
            _stepping(error=lambda s: -(s.y - s.v * s.a)),
            "Both go uphill: the slopes are added, or the error is taken as ŷ − y beside the −2.",
            "With y − ŷ and −2 in the slopes, subtract them.",
        ),
        Mistake(
            "2 missing",
            _stepping(error=lambda s: (s.y - s.v * s.a) / 2),
            "Both steps are half as long as they should be: the 2 of (8.12) is missing.",
            "Multiply by 2; this loss has no ½.",
        ),
        Mistake(
            "no v in the slope of w",
            _stepping(slope_w=lambda s: -2 * s.error * s.a * (1 - s.a) * s.x),
            "v is right; on its way back to w the chain has skipped v, the link from ŷ to a.",
            "Multiply `slope_w` by v.",
        ),
        Mistake(
            "no sigmoid in the slope of w",
            _stepping(slope_w=lambda s: -2 * s.error * s.v * s.x),
            "v is right; on its way back to w the chain has skipped the sigmoid.",
            "Multiply `slope_w` by a (1 − a).",
        ),
        Mistake(
            "no x in the slope of w",
            _stepping(slope_w=lambda s: -2 * s.error * s.v * s.a * (1 - s.a)),
            "v is right; the last link of w is missing. At x = 1 that does not show.",
            "Multiply `slope_w` by x.",
        ),
        Mistake(
            "sigmoid at a",
            _stepping(
                slope_w=lambda s: -2 * s.error * s.v * sigmoid_derivative(s.a) * s.x,
            ),
            "v is right; the slope of the sigmoid is taken at a, as if it had been applied twice.",
            "With a in hand it is a (1 − a).",
        ),
        Mistake(
            "no a in the slope of v",
            _stepping(slope_v=lambda s: -2 * s.error),
            "w is right; the slope in v lacks its last link. v a grows by a when v grows by 1.",
            "Multiply `slope_v` by a.",
        ),
        Mistake(
            "x in the slope of v",
            (
                _stepping(slope_v=lambda s: -2 * s.error * s.x),
                _stepping(slope_v=lambda s: -2 * s.error * s.w * s.x),
            ),
            "w is right; the slope in v has what goes into the hidden node, not what comes out.",
            "Use a.",
        ),
        Mistake(
            "no learning rate",
            _stepping(move_w=lambda s: s.w - s.slope_w, move_v=lambda s: s.v - s.slope_v),
            "The steps have the full length of the slopes: right at learning rate 1 only.",
            "Multiply both slopes by `learning_rate`.",
        ),
        Mistake(
            "rate divides",
            _stepping(
                move_w=lambda s: s.w - s.slope_w / s.rate,
                move_v=lambda s: s.v - s.slope_v / s.rate,
            ),
            "The slopes are divided by the learning rate: a smaller one makes longer steps.",
            "Multiply.",
        ),
        Mistake(
            "slopes swapped",
            _stepping(
                move_w=lambda s: s.w - s.rate * s.slope_v,
                move_v=lambda s: s.v - s.rate * s.slope_w,
            ),
            "Each of the two moves by the slope of the other.",
            "The slope with x in it belongs to w.",
        ),
        Mistake(
            "the slopes",
            (
                _stepping(back=lambda s: (s.slope_w, s.slope_v)),
                _stepping(back=lambda s: (-s.rate * s.slope_w, -s.rate * s.slope_v)),
                _stepping(back=lambda s: (s.rate * s.slope_w, s.rate * s.slope_v)),
            ),
            "The slopes come back, or the moves; asked for is where the step leads.",
            "Return `w - learning_rate * slope_w`, and v likewise.",
        ),
        Mistake(
            "order swapped",
            None,
            "The step is right; v comes back first.",
            "Return w, then v.",
            change=lambda result, *_: result[::-1],
        ),
    ),
    fact=(
        "One after another is a method too, coordinate descent. On the four points of chapter 1 "
        "its wall stands at 5.211, that of steps together at 1.681; but each move needs a new "
        "slope."
    ),
    starter="""\
def step_together(w, v, x, y, learning_rate):
    a = ...
    error = ...
    slope_w = ...
    slope_v = ...
    return ..., ...

check.nudge_and_chain.step_together(step_together)
""",
    solution="""\
def step_together(w, v, x, y, learning_rate):
    a = 1 / (1 + np.exp(-w * x))
    error = y - v * a
    slope_w = -2 * error * v * a * (1 - a) * x
    slope_v = -2 * error * a
    return w - learning_rate * slope_w, v - learning_rate * slope_v

check.nudge_and_chain.step_together(step_together)
""",
)


# 8.6  Predict: the price of a million nudges


PARAMETERS, STEPS, PASS_SECONDS, DAY = 1_000_000, 1000, 0.01, 24 * 60 * 60


def _days_of_nudging():
    step = (PARAMETERS + 1) * PASS_SECONDS
    answer = step * STEPS / DAY
    return answer, (
        Mistake(
            "seconds",
            answer * DAY,
            "That is the time in seconds, and it is right.",
            "A day has 86 400 of them.",
        ),
        Mistake(
            "minutes",
            answer * DAY / 60,
            "That is the time in minutes, and it is right.",
            "Divide by 60 for the hours, then by 24.",
        ),
        Mistake(
            "hours",
            answer * 24,
            "That is the time in hours, and it is right.",
            "Divide by 24.",
        ),
        Mistake(
            "one step",
            step / DAY,
            "That is one step. The training takes a thousand of them.",
            "Multiply by the number of steps.",
        ),
        Mistake(
            "up and down",
            answer * 2,
            "That is nudging up and down. Up only, the loss without a nudge serves all.",
            "Count one pass for each parameter, and one more.",
        ),
        Mistake(
            "a pass back each time",
            answer * 3,
            "Every nudge was charged with a pass back as well. Nudging has no use for one.",
            "Count the forward passes alone.",
        ),
        Mistake(
            "milliseconds for seconds",
            answer * 1000,
            "The 10 ms were taken for 10 s.",
            "A millisecond is a thousandth of a second.",
        ),
        Mistake(
            "one parameter",
            2 * PASS_SECONDS * STEPS / DAY,
            "Two passes a step are what a single parameter takes. There are a million.",
            "Nudge each of them in every step.",
        ),
        Mistake(
            "the chain rule",
            3 * PASS_SECONDS * STEPS / DAY,
            "That is the chain rule: a pass forward and one back, a thousand times, 30 s.",
            "Nudging needs a forward pass for each parameter instead.",
        ),
    )


_answer, _mistakes = _days_of_nudging()

days = NumberExercise(
    number="8.6",
    chapter=CHAPTER,
    name="days",
    quantity="the number of days",
    reference=_answer,
    tolerance=1e-3,
    mistakes=_mistakes,
    givens=(
        "parameters: 1 000 000\n"
        "one forward pass: 10 ms; one pass back: 20 ms\n"
        "training: 1000 steps, every slope measured by nudging up\n"
        "wanted: how long that takes, in days. Answer within 0.1 %."
    ),
    pencil=(
        "No known mistake gives it. Write down, one under the other: the forward passes of one "
        "step, its seconds, the seconds of a thousand steps, the days."
    ),
    fact=(
        "By the chain rule the same training takes 30 s. And with 175 billion parameters, as in "
        "GPT−3, a single step of nudges would take 55 years, even at 10 ms a pass."
    ),
    starter="""\
days = ...

check.nudge_and_chain.days(days)
""",
    solution="""\
# One step: a million nudged passes and one more, 0.01 s each: 10 000 s.
# A thousand steps: ten million seconds, and a day has 86 400.
days = (1_000_000 + 1) * 0.01 * 1000 / 86_400

check.nudge_and_chain.days(days)
""",
)


EXERCISES = (passes, slope_w11, central_difference, best_nudge, step_together, days)
