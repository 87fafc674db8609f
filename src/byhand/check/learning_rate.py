"""Chapter 9, the learning rate: its six exercises, their known mistakes and every message.

Each exercise stands below its reference and its mistakes.  The messages are the plain strings: edit
them here and nowhere else.  Numbers inside them are held true by
``tests/test_check_learning_rate.py``.
"""

import itertools
import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from byhand.check import calling
from byhand.check.answer import Answer, Text, right, unanswered, wrong
from byhand.check.comparing import TOLERANCE, as_number, parts, size
from byhand.check.exercise import Case, FunctionExercise, Mistake, NumberExercise
from byhand.check.wording import counted, kind, number, numbers
from byhand.curvature import hessian
from byhand.datasets import triple
from byhand.network import Network
from byhand.optimizers import SGD, exponential_decay
from byhand.training import train

CHAPTER = "learning_rate"
SQUARED = "mean_squared_error"
FAR = 1e6  # a result beyond it has run away, and how far is rounding
LINE_X, LINE_Y = triple()


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class OwnSizeExercise(FunctionExercise):
    """Ten digits are those of the right result, and all results that have run away are the same."""

    def _tolerance(self, case):
        return TOLERANCE * size(self.expected[self.cases.index(case)])

    def _same(self, case, result, other):
        return super()._same(case, _capped(result), _capped(other))


def _capped(result):
    if result is None:
        return None
    capped = tuple(np.where(np.abs(part) < FAR, part, FAR) for part in parts(result))
    return capped if isinstance(result, tuple) else capped[0]


def line(n_inputs=1):
    """Return a linear node with every parameter at 0."""
    return Network([n_inputs, 1], weights="zeros")


# 9.1  Write: the wall of a linear node


def curvatures(X):
    """Return the eigenvalues of the Hessian, the mean squared error of a linear node, ascending."""
    y = np.zeros((len(X), 1))  # which targets makes no difference
    return np.linalg.eigvalsh(hessian(line(X.shape[1]), X, y, SQUARED, h=1.0))


def wall(X):
    """Return the largest stable learning rate."""
    return float(2 / curvatures(X)[-1])


def _tables():
    def case(X, label=None):
        X = np.array(X, float)
        return Case(label or f"X = {numbers(X)}", (X,))

    yield Case("the chapter's x, 1 to 4", (LINE_X.copy(),))
    yield case([[2]])
    yield case(np.zeros((3, 1)), "three rows of one 0")
    yield case([[1, 0, 2]])
    yield case([[1, 2], [0, 1], [3, 1]])
    yield case([[-1, 2], [1, -2]])
    yield case([[3, 0], [-1, 0], [2, 0]])
    yield case([[1000, 3000]])
    yield case([[0.5, 30], [0.2, 50], [0.9, -20], [0, 10]], "one small and one large input")
    yield case([[1, 2, 3, 4, 5], [5, 4, 3, 2, 1]], "2 rows of 5 inputs")
    rng = np.random.default_rng(91)
    for index in range(40):
        m, n = rng.integers(1, 9), rng.integers(1, 5)
        X = np.round(rng.normal(rng.normal(), scale=2, size=(m, n)), 2)
        yield Case(f"random X {index + 1} of shape {X.shape}", (X,), random=True)


def _with_ones(X):
    return np.column_stack([X, np.ones(len(X))])


def _largest(H):
    return np.linalg.eigvalsh(H)[-1]


def _wall_of(columns=_with_ones, factor=lambda X: 2 / len(X), of=_largest):
    """Return 2 over something of H = factor · AᵀA, with pieces to replace."""

    def bound(X):
        A = columns(X)
        return 2 / of(factor(X) * A.T @ A)

    return bound


stable_bound = OwnSizeExercise(
    number="9.1",
    chapter=CHAPTER,
    name="stable_bound",
    parameters=("X",),
    returns=("bound",),
    reference=wall,
    cases=tuple(_tables()),
    stops=((np.linalg.LinAlgError, "must be square", "eigenvalues of X"),),
    pencil="Take X = [[2]]: write down the table with the ones, then H, then its two eigenvalues.",
    mistakes=(
        Mistake(
            "no ones",
            _wall_of(lambda X: X),
            "That is the wall of a node without a bias. The bias is a weight too: its input is 1 "
            "in every row.",
            "Put a column of ones beside X before you make H.",
        ),
        Mistake(
            "too many ones",
            _wall_of(lambda X: np.hstack([X, np.ones_like(X)])),
            "There are as many columns of ones as inputs: right for one input, too many for more.",
            "There is one bias: put one column of ones beside X.",
        ),
        Mistake(
            "rows for columns",
            lambda X: wall(X.T),
            "X is taken with its inputs down the rows. Here a row is a row of data, a column an "
            "input.",
            "The 1 goes to the end of each row, and m is the number of rows.",
        ),
        Mistake(
            "the flattest direction",
            _wall_of(of=lambda H: np.linalg.eigvalsh(H)[0]),
            "This is 2 over the smallest eigenvalue: the wall of the flattest direction, where "
            "the steepest is long past its own.",
            "Take the largest eigenvalue; every direction has to settle.",
        ),
        Mistake(
            "all the walls",
            _wall_of(of=np.linalg.eigvalsh),
            "There is a wall for every direction, and all of them came back.",
            "One rate serves all directions: return the smallest of these.",
        ),
        Mistake(
            "one over λ",
            None,
            "Half of the bound. 1/λ is the rate that lands on the floor of the steepest direction "
            "in one step; the wall is twice as far.",
            "Check the factors of 2: one stands in H, one in (9.8).",
            change=lambda bound, X: bound / 2,
        ),
        Mistake(
            "half the loss",
            None,
            "Twice the bound: this H belongs to half the mean squared error.",
            "In (9.5) a 2 stands before the product; the loss here has no ½.",
            change=lambda bound, X: 2 * bound,
        ),
        Mistake(
            "m missing",
            _wall_of(factor=lambda X: 2),
            "H adds up over the rows, where the loss takes a mean: for m rows, this bound is m "
            "times too small.",
            "Divide the product by the number of rows.",
        ),
        Mistake(
            "2/m missing",
            _wall_of(factor=lambda X: 1),
            "The product of the table with itself is there; its factor 2/m is not.",
            "Multiply it by 2/m before you look for eigenvalues.",
        ),
        Mistake(
            "divided by all numbers",
            _wall_of(factor=lambda X: 2 / X.size),
            "The product is divided by the count of all numbers in X, m times n. The mean is over "
            "the rows.",
            "Divide by len(X).",
        ),
        Mistake(
            "sum of all",
            _wall_of(of=np.trace),
            "This is 2 over the sum of all eigenvalues. It is on the safe side, and not the wall.",
            "Take the largest eigenvalue alone.",
        ),
        Mistake(
            "best rate",
            lambda X: 2 / (curvatures(X)[0] + curvatures(X)[-1]),
            "That is (9.11), the best rate, which lies below the wall.",
            "Leave the smallest eigenvalue out.",
        ),
        Mistake(
            "not squared",
            (
                _wall_of(of=lambda H: np.sqrt(np.linalg.eigvalsh(H)[-1])),
                lambda X: 2 / np.linalg.norm(_with_ones(X), 2),
            ),
            "A singular value of the table came in. The eigenvalue of H is its square, times 2/m.",
            "Build H, and take the eigenvalues of that.",
        ),
        Mistake(
            "eigenvalues of X",
            lambda X: 2 / np.linalg.eigvalsh(_with_ones(X))[-1],
            "The eigenvalues were asked of the table itself, which need not even be square. The "
            "curvature is in H.",
            "Multiply the table, transposed, by itself first.",
        ),
        Mistake(
            "λ itself",
            _wall_of(of=lambda H: 2 / np.linalg.eigvalsh(H)[-1]),
            "That is the largest eigenvalue, and it is right.",
            "The wall is 2 over it.",
        ),
        Mistake(
            "the mean taken off",
            _wall_of(lambda X: _with_ones(X - X.mean(axis=0))),
            "The mean of each input was taken off first. The node sees X as it is, and its wall is "
            "lower.",
            "Use X unchanged.",
        ),
        Mistake(
            "the chapter's wall",
            lambda X: wall(LINE_X),
            "0.1198 comes back whatever X is: the wall of the chapter's four points.",
            "Use the argument X.",
        ),
    ),
    fact=(
        "λ max is never above the sum of all λ, and that is the sum of H's diagonal. So 2 over "
        "that sum is always safe and needs no eigenvalues: 0.1176 here, and the wall is 0.1198."
    ),
    starter="""\
def stable_bound(X):
    H = ...
    return ...

check.learning_rate.stable_bound(stable_bound)
""",
    solution="""\
def stable_bound(X):
    A = np.column_stack([X, np.ones(len(X))])
    H = 2 / len(X) * A.T @ A
    return 2 / np.linalg.eigvalsh(H)[-1]

check.learning_rate.stable_bound(stable_bound)
""",
)


# 9.2  Write: read a range test


def losses_of_range_test(network, X, y, rates, **options):
    """Return the loss after each step of one training in which the rate goes through ``rates``."""
    after = [*rates, rates[-1]]
    history = train(
        network, X, y, epochs=len(rates), learning_rate=lambda epoch: after[epoch], **options
    )
    return history.loss[1:]


def range_test_on_the_line():
    """Return (rates, losses) of a range test on y = 3x, from 0.001 on, a tenth more each step."""
    rates = 0.001 * 1.1 ** np.arange(80)
    return rates, losses_of_range_test(line(), LINE_X, LINE_Y, rates, loss=SQUARED)


def starting_rate(rates, losses):
    """Return a tenth of the rate with the lowest loss."""
    return float(rates[np.nanargmin(losses)] / 10)


def _range_tests():
    """Yield a real range test, some by hand, awkward ones, one of a net, random ones."""

    def case(rates, losses, label=None, random=False):
        rates, losses = np.array(rates, float), np.array(losses, float)
        label = label or f"rates {numbers(rates)}, losses {', '.join(map(number, losses))}"
        return Case(label, (rates, losses), random)

    yield case(*range_test_on_the_line(), "a range test on y = 3x")
    yield case([0.1, 0.2, 0.4, 0.8], [4, 2, 1, 9])
    yield case([0.1, 0.2, 0.4, 0.8], [3, 1, math.inf, math.nan])
    yield case([0.1, 0.2, 0.4, 0.8], [4, 2, 2.5, 1.5])
    yield case([0.001, 0.01, 0.1], [3, 2, 1])
    yield case([0.5, 1, 2], [4, 9, 100])
    yield case([0.3], [2])
    yield case([0.3, 0.9], [2, math.nan])
    yield case([0.1, 0.2, 0.4, 0.8], [1, 0, math.inf, math.nan])
    yield case([1e-8, 1e-7, 1e-6, 1e-5], [2e8, 1e8, 3e7, 5e12], "tiny rates and huge losses")
    rng = np.random.default_rng(92)
    network = Network([1, 5, 1], hidden="tanh", weights="xavier", rng=rng)
    X, rates = np.linspace(-1, 1, 20)[:, None], 0.001 * 1.12 ** np.arange(80)
    losses = losses_of_range_test(network, X, np.sin(3 * X), rates, batch_size=5, rng=rng)
    yield case(rates, losses, "a range test of a net on batches")
    for index in range(40):
        n = int(rng.integers(5, 50))
        rates = np.round(10 ** rng.uniform(-5, -2), 6) * np.round(rng.uniform(1.1, 1.6), 2) ** (
            np.arange(n)
        )
        x = np.arange(n) / n
        bowl = 3 - 2.5 * x + np.exp(20 * (x - rng.uniform(0.5, 1.1)))
        losses = np.round(bowl * rng.uniform(0.8, 1.1, size=n), 4)
        if index % 2:
            end = int(rng.integers(n - n // 4 - 1, n))
            losses[end:] = np.nan
            losses[end:][: n // 10] = np.inf
        tail = ", some nan" if np.isnan(losses).any() else ""
        yield case(rates, losses, f"random test {index + 1} ({n} rates{tail})", random=True)


def _lowest_is_there(exercise, results, first):
    """Say where the lowest loss of the curve stands that came out wrong."""
    if len(set(results)) == 1:
        return None
    rates, losses = exercise.cases[first].arguments
    place = int(np.nanargmin(losses))
    lost = int(np.sum(~np.isfinite(losses)))
    story = f"Of {counted(len(rates), 'loss').replace('losss', 'losses')} the lowest, "
    story += f"{number(losses[place])}, stands at index {place}, beside the rate "
    story += f"{number(rates[place])}"
    story += f"; {lost} are inf or nan." if lost > 1 else "; one is inf or nan." if lost else "."
    return None, story, "Print the index your function finds there."


def _tenth_at(place):
    """Return the function that takes a tenth of the rate at another place."""
    return lambda rates, losses: rates[place(losses)] / 10


def _first_rise(losses):
    rises = np.flatnonzero(np.diff(losses) > 0)
    return rises[0] if len(rises) else len(losses) - 1


range_test = OwnSizeExercise(
    number="9.2",
    chapter=CHAPTER,
    name="range_test",
    parameters=("rates", "losses"),
    returns=("rate",),
    reference=starting_rate,
    cases=tuple(_range_tests()),
    observe=_lowest_is_there,
    pencil="Take rates [0.1, 0.2, 0.4, 0.8] and losses 4, 2, 1, 9: the answer there is 0.04.",
    mistakes=(
        Mistake(
            "nan wins",
            (_tenth_at(np.argmin), _tenth_at(lambda losses: np.argmin(np.nan_to_num(losses)))),
            "A nan counts as the lowest loss here: argmin stops at the first one it meets, and "
            "nan_to_num makes it 0.",
            "Pass over what is no number; there is a nanargmin.",
        ),
        Mistake(
            "not a tenth",
            None,
            "That is the rate of the lowest loss itself. Where the loss is lowest the test is "
            "often past the wall already: it takes steps for the trouble to show.",
            "Take a tenth of it.",
            change=lambda rate, *_: 10 * rate,
        ),
        Mistake(
            "half",
            None,
            "Half of the rate of the lowest loss. Half suits a search that starts afresh with "
            "each rate; in one sweep the trouble shows late, and half is often past the wall.",
            "Take a tenth of it.",
            change=lambda rate, *_: 5 * rate,
        ),
        Mistake(
            "the loss",
            (lambda rates, losses: np.nanmin(losses), lambda rates, losses: np.nanmin(losses) / 10),
            "A loss came back, the lowest one or a tenth of it.",
            "Ask at which place it stands, and return the rate of that place, by ten.",
        ),
        Mistake(
            "the place",
            (
                lambda rates, losses: np.nanargmin(losses),
                lambda rates, losses: np.nanargmin(losses) / 10,
            ),
            "The place of the lowest loss came back, or a tenth of it; a place is no rate.",
            "Put it into brackets after rates, then divide.",
        ),
        Mistake(
            "a tenth of the place",
            (
                lambda rates, losses: rates[np.nanargmin(losses) // 10],
                _tenth_at(lambda losses: np.nanargmin(losses) // 10),
            ),
            "The place is divided by ten before it is looked up: that is an early step of the "
            "test.",
            "Look up the rate of the lowest loss, and divide that.",
        ),
        Mistake(
            "the first rise",
            _tenth_at(_first_rise),
            "This stops at the first rise of the loss. With batches there are small rises all the "
            "way down.",
            "Look at the whole curve, and take its lowest point.",
        ),
        Mistake(
            "after the last fall",
            _tenth_at(lambda losses: np.max(np.flatnonzero(np.diff(losses) < 0) + 1, initial=0)),
            "This takes the last step in which the loss fell. Past the lowest point it can fall "
            "again, from a height.",
            "Compare with the lowest of all, not with the step before.",
        ),
        Mistake(
            "the steepest fall",
            (
                _tenth_at(lambda losses: np.nanargmin(np.diff(losses))),
                _tenth_at(lambda losses: np.nanargmin(np.diff(losses)) + 1),
                _tenth_at(lambda losses: np.nanargmin(np.gradient(losses))),
            ),
            "That is where the loss falls fastest, a rule that others use; here the rule is about "
            "where it is lowest.",
            "Look for the smallest loss, not for the largest difference.",
        ),
        Mistake(
            "the largest rate",
            lambda rates, losses: rates[-1] / 10,
            "The largest rate of the test, by ten. How far the test went is your choice, and "
            "says nothing about the net.",
            "Let the losses decide.",
        ),
        Mistake(
            "the last number",
            _tenth_at(lambda losses: np.flatnonzero(np.isfinite(losses))[-1]),
            "That is the last step whose loss is still a number. By then it may be a million times "
            "what it was.",
            "Among those that are numbers, look for the lowest.",
        ),
        Mistake(
            "one step late",
            _tenth_at(lambda losses: np.nanargmin(losses) + 1),
            "One place too far: this is the step after the lowest loss. losses[i] is the loss "
            "after step i.",
            "Use the same index in both.",
        ),
        Mistake(
            "one step early",
            _tenth_at(lambda losses: np.nanargmin(losses) - 1),
            "One place too early: this is the step before the lowest loss. losses[i] is the loss "
            "after step i.",
            "Use the same index in both.",
        ),
    ),
    fact=(
        "On y = 3x the lowest loss comes at more than 4 times the wall: the test has emptied the "
        "steep direction before it gets there, and next to nothing takes long to grow. Half of "
        "that rate diverges."
    ),
    starter="""\
def range_test(rates, losses):
    return ...

check.learning_rate.range_test(range_test)
""",
    solution="""\
def range_test(rates, losses):
    lowest = np.nanargmin(losses)
    return rates[lowest] / 10

check.learning_rate.range_test(range_test)
""",
)


# 9.3  Repair: a rate that grows where it should shrink


DECAY = 0.98


def descend(x, y, learning_rate, epochs):
    """Return (w, b) of a linear node after that many epochs from 0, with exponential decay."""
    network, schedule = line(), exponential_decay(learning_rate, DECAY)
    train(
        network, x[:, None], y[:, None], epochs=epochs, learning_rate=schedule, loss=SQUARED,
        progress=False,
    )  # fmt: skip
    return tuple(network.parameters.tolist())


def _descents():
    def case(x, y, rate, epochs, label=None, random=False):
        x, y = np.array(x, float), np.array(y, float)
        label = label or f"x = {numbers(x)}, y = {numbers(y)}"
        label += f", rate {number(rate)}, {counted(epochs, 'epoch')}"
        return Case(label, (x, y, rate, epochs), random)

    x, y = LINE_X[:, 0], LINE_Y[:, 0]
    yield case(x, y, 0.05, 20, "y = 3x at four points")
    yield case(x, y, 0.05, 600, "y = 3x at four points")
    yield case(x, y, 0.1, 1, "y = 3x at four points")
    yield case([2], [1], 0.1, 2)
    yield case([0, 0, 0], [1, 2, 6], 0.3, 5)
    yield case([1, -1], [0, 0], 0.5, 3)
    yield case([100, 200], [50, -50], 1e-5, 10)
    rng = np.random.default_rng(93)
    for index in range(40):
        n, epochs = int(rng.integers(1, 7)), int(rng.integers(2, 31))
        x, y = np.round(rng.normal(scale=2, size=(2, n)), 2)
        rate = float(np.round(0.8 * rng.random() * wall(x[:, None]), 3)) + 0.001
        yield case(x, y, rate, epochs, f"random points {index + 1} ({n})", random=True)


def _descent(
    rate=lambda eta, epoch: eta * DECAY**epoch,
    slope=lambda error, x: (2 * np.mean(error * x), 2 * np.mean(error)),
    sign=-1,
    together=True,
):
    """Return the descent with pieces to replace."""

    def descent(x, y, learning_rate, epochs):
        w = b = 0.0
        for epoch in range(epochs):
            eta = rate(learning_rate, epoch)
            dw, db = slope(w * x + b - y, x)
            if not together:
                _, db = slope((w + sign * eta * dw) * x + b - y, x)
            w, b = w + sign * eta * dw, b + sign * eta * db
        return w, b

    return descent


def _forgets_to_loop(x, y, learning_rate, epochs):
    return _descent()(x, y, learning_rate, 1)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RepairExercise(OwnSizeExercise):
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


repair = RepairExercise(
    number="9.3",
    chapter=CHAPTER,
    name="repair",
    parameters=("x", "y", "learning_rate", "epochs"),
    returns=("w", "b"),
    reference=descend,
    cases=tuple(_descents()),
    broken="""\
def descend(x, y, learning_rate, epochs):
    w = b = 0.0
    for epoch in range(epochs):
        rate = learning_rate / 0.98**epoch
        error = w * x + b - y
        dw, db = 2 * np.mean(error * x), 2 * np.mean(error)
        w, b = w - rate * dw, b - rate * db
    return w, b
""",
    pencil=(
        "Print rate for epochs 0, 1 and 2 at a learning rate of 1: it should be 1, 0.98 and 0.9604."
    ),
    mistakes=(
        Mistake(
            "as printed",
            _descent(lambda eta, epoch: eta / DECAY**epoch),
            "This does what the printed function does. Its first step is right, and later ones "
            "get longer and longer.",
            "Print the rate of epochs 0, 20 and 44, and compare with the wall, 0.1198.",
        ),
        Mistake(
            "a smaller rate",
            tuple(
                _descent(lambda eta, epoch, part=part: part * eta / DECAY**epoch)
                for part in (0.5, 0.2, 0.1, 0.01, 0.001)
            ),
            "The learning rate is smaller, so the explosion comes later. It still comes: a rate "
            "that grows without end passes every wall.",
            "Find what makes the rate grow.",
        ),
        Mistake(
            "no decay",
            _descent(lambda eta, epoch: eta),
            "The rate is the same in every epoch now. Nothing explodes, and nothing decays either.",
            "Multiply by 0.98 for every epoch that has passed.",
        ),
        Mistake(
            "shrunk once",
            _descent(lambda eta, epoch: eta * DECAY),
            "The rate is 0.98 times the learning rate in every epoch: it shrinks once, not again "
            "and again.",
            "Bring the epoch back into that line.",
        ),
        Mistake(
            "divided by 1.02",
            _descent(lambda eta, epoch: eta / 1.02**epoch),
            "The rate shrinks, and a little too slowly: 1/1.02 is 0.9804, and to lose 2 % is to "
            "keep 0.98.",
            "Multiply by 0.98 for every epoch that has passed.",
        ),
        Mistake(
            "one epoch early",
            _descent(lambda eta, epoch: eta * DECAY ** (epoch + 1)),
            "The rate shrinks, and too early by one: epoch 0 runs at 0.98 times the learning rate.",
            "Epoch 0 takes the learning rate itself, which is a power of 0.",
        ),
        Mistake(
            "compounded",
            _descent(lambda eta, epoch: eta * DECAY ** (epoch * (epoch + 1) / 2)),
            "The power is applied to a rate that has been shrunk already, so epoch 10 loses 2 % "
            "fifty-five times.",
            "Start from learning_rate in every epoch, or multiply by 0.98 once in each.",
        ),
        Mistake(
            "times for power",
            _descent(lambda eta, epoch: eta * DECAY * epoch),
            "0.98 is multiplied by the epoch. The rate begins at 0 and then grows.",
            "Two asterisks make a power.",
        ),
        Mistake(
            "a straight line",
            (
                _descent(lambda eta, epoch: eta * (1 - (1 - DECAY) * epoch)),
                _descent(lambda eta, epoch: eta - (1 - DECAY) * epoch),
            ),
            "The same amount is taken off in every epoch. After epoch 50, at the latest, the rate "
            "is below 0 and walks uphill.",
            "2 % of what is left: multiply, do not subtract.",
        ),
        Mistake(
            "inverse decay",
            _descent(lambda eta, epoch: eta / (1 + (1 - DECAY) * epoch)),
            "Divided by 1 + 0.02 epoch, the rate shrinks ever more slowly: another schedule, and "
            "a good one, but not (9.17).",
            "Multiply by 0.98 for every epoch that has passed.",
        ),
        Mistake(
            "2 % left",
            _descent(lambda eta, epoch: eta * (1 - DECAY) ** epoch),
            "The rate keeps 2 % in every epoch, where it should lose 2 %.",
            "What is left is 0.98 of it.",
        ),
        Mistake(
            "sum for mean",
            _descent(slope=lambda error, x: (2 * np.sum(error * x), 2 * np.sum(error))),
            "The rate is right now; but the slopes became sums, which is m times the step for m "
            "points.",
            "Leave the line of the slopes as it was.",
        ),
        Mistake(
            "no 2",
            _descent(slope=lambda error, x: (np.mean(error * x), np.mean(error))),
            "The rate is right now; but the 2 of the slopes is gone.",
            "Leave the line of the slopes as it was.",
        ),
        Mistake(
            "uphill",
            (_descent(sign=1), _descent(lambda eta, epoch: eta / DECAY**epoch, sign=1)),
            "The steps go uphill: the sign in the last line was turned, which was right.",
            "A wrong sign would show in epoch 0. Turn it back, and look at a line that depends on "
            "the epoch.",
        ),
        Mistake(
            "one after the other",
            _descent(together=False),
            "The rate is right now; but b is moved by a slope taken after w has moved.",
            "Both slopes first, then both steps, as it was printed.",
        ),
        Mistake(
            "one epoch only",
            _forgets_to_loop,
            "One step, and it returns: the return may stand inside the loop.",
            "Move the return to the left, level with the for.",
        ),
    ),
    fact=(
        "It no longer explodes, and it never arrives: all its rates together are 50 learning "
        "rates, 1/(1 − 0.98), and with them the flat direction of y = 3x keeps 47 % of its "
        "distance for ever."
    ),
    starter="""\
def descend(x, y, learning_rate, epochs):
    ...  # the printed lines, with one of them repaired

check.learning_rate.repair(descend)
""",
    solution="""\
def descend(x, y, learning_rate, epochs):
    w = b = 0.0
    for epoch in range(epochs):
        rate = learning_rate * 0.98**epoch
        error = w * x + b - y
        dw, db = 2 * np.mean(error * x), 2 * np.mean(error)
        w, b = w - rate * dw, b - rate * db
    return w, b

check.learning_rate.repair(descend)
""",
)


# 9.4  Write: epochs from a condition number


def epochs_by_running(kappa, target):
    """Return after how many epochs at the best rate the distance is at most ``target``, run."""
    distance, curvature = np.ones(2), np.array([1.0, kappa])
    optimizer = SGD(2 / (1 + kappa))
    for epochs in itertools.count():
        if np.abs(distance).max() <= target:
            return epochs
        optimizer.step(distance, curvature * distance)


def _line_kappa():
    smallest, largest = curvatures(LINE_X)
    return float(largest / smallest)


def _ravines():
    def case(kappa, target, random=False):
        label = f"κ {number(kappa)}, target {number(target)}"
        return Case(label, (kappa, target), random)

    yield case(_line_kappa(), 1e-3)
    yield case(3.0, 0.1)
    yield case(2.0, 0.5)
    yield case(1.1, 0.01)
    yield case(1.000001, 0.3)
    yield case(10.0, 1.0)
    yield case(1000.0, 1e-4)
    yield case(100, 0.95)
    rng = np.random.default_rng(94)
    for _ in range(40):
        kappa = float(np.round(1.1 + 10 ** rng.uniform(-1, 2), 2))
        yield case(kappa, float(np.round(10 ** rng.uniform(-5, -0.1), 6)), random=True)


def best_factor(kappa):
    """Return what the best rate leaves of the distance in an epoch (Eq. 9.12)."""
    return (kappa - 1) / (kappa + 1)


def _count(factor=best_factor, target=lambda target: target, rounded=np.ceil):
    """Return (9.13) with pieces to replace."""
    return lambda kappa, wanted: rounded(np.log(target(wanted)) / np.log(factor(kappa)))


epochs_needed = FunctionExercise(
    number="9.4",
    chapter=CHAPTER,
    name="epochs_needed",
    parameters=("kappa", "target"),
    returns=("epochs",),
    reference=epochs_by_running,
    cases=tuple(_ravines()),
    pencil="Take κ 3 and a target of 0.1: the factor is ½, and ½, ¼, ⅛, … is below 0.1 after 4.",
    mistakes=(
        Mistake(
            "not rounded",
            _count(rounded=lambda t: t),
            "The time is right, and no whole number: epochs cannot be divided.",
            "Round up to the next whole one.",
        ),
        Mistake(
            "rounded down",
            (_count(rounded=np.floor), _count(rounded=np.trunc)),
            "Rounded down, the last epoch is missing and the target not quite reached.",
            "Round up; int and // drop what stands behind the point.",
        ),
        Mistake(
            "to the nearest",
            _count(rounded=np.round),
            "Rounded to the nearest whole number, the target is missed about half of the time.",
            "Round up.",
        ),
        Mistake(
            "one too many",
            (
                _count(rounded=lambda t: np.floor(t) + 1),
                _count(rounded=lambda t: np.ceil(t) + 1),
            ),
            "One epoch too many, here or in other cases: with a target of 1 nothing has to be "
            "done, and the answer is 0.",
            "Round up, and add nothing.",
        ),
        Mistake(
            "the loss",
            _count(target=np.sqrt),
            "Half as many: this brings the loss down to the target, and the loss goes with the "
            "square of the distance.",
            "Use the factor and the target as they are.",
        ),
        Mistake(
            "target squared",
            _count(target=np.square),
            "Twice as many: the target is squared, and the distance asked for is not.",
            "Use the target as it is.",
        ),
        Mistake(
            "rate 1/λ max",
            (_count(lambda kappa: 1 - 1 / kappa), _count(lambda kappa: kappa / (kappa + 1))),
            "The factor is 1 − 1/κ or near it, which belongs to the rate 1/λ max. The best rate "
            "is nearly twice as long.",
            "Use (9.12): κ − 1 over κ + 1.",
        ),
        Mistake(
            "wrong sign",
            (
                lambda kappa, target: -epochs_by_running(kappa, target),
                lambda kappa, target: np.ceil(np.log(target) / -np.log(best_factor(kappa))),
                lambda kappa, target: np.floor(np.log(target) / -np.log(best_factor(kappa))),
            ),
            "The number of epochs is below 0: one of the two logarithms is of a number below 1, "
            "the other not.",
            "Take both of the number itself, or both of 1 over it.",
        ),
        Mistake(
            "brackets",
            (
                _count(lambda kappa: kappa - 1 / kappa + 1),
                _count(lambda kappa: (kappa - 1) / kappa + 1),
                _count(lambda kappa: kappa - 1 / (kappa + 1)),
            ),
            "The factor lacks brackets: `kappa - 1 / kappa + 1` divides 1 by κ before anything "
            "else.",
            "Put one pair round κ − 1 and one round κ + 1.",
        ),
        Mistake(
            "what is taken off",
            _count(lambda kappa: 2 / (kappa + 1)),
            "2/(κ + 1) is the share that an epoch takes off the distance; the factor is what it "
            "leaves.",
            "Subtract it from 1, which gives (9.12).",
        ),
        Mistake(
            "root of κ",
            _count(lambda kappa: best_factor(np.sqrt(kappa))),
            "This has √κ for κ. That is what momentum reaches at its best, not plain descent.",
            "Use κ itself.",
        ),
        Mistake(
            "for large κ",
            (
                lambda kappa, target: np.ceil(kappa / 2 * np.log(1 / target)),
                lambda kappa, target: np.ceil(kappa * np.log(1 / target)),
            ),
            "A rule of thumb for large κ, κ/2 times the logarithm or twice that. For small κ it is "
            "off.",
            "Use (9.13) in full.",
        ),
        Mistake(
            "the factor",
            lambda kappa, target: best_factor(kappa),
            "That is the factor of one epoch, and it is right.",
            "Ask which power of it is at most the target.",
        ),
        Mistake(
            "the chapter's ravine",
            lambda kappa, target: epochs_by_running(_line_kappa(), 1e-3),
            "193 comes back whatever is given: the epochs of the chapter's own κ.",
            "Use the arguments kappa and target.",
        ),
    ),
    fact=(
        "Every further digit costs the same: 64.2 epochs at the chapter's κ of 55.8. Momentum at "
        "its best has √κ in place of κ (Polyak, 1964): in the long run 8.5 epochs a digit."
    ),
    starter="""\
def epochs_needed(kappa, target):
    factor = ...
    return ...

check.learning_rate.epochs_needed(epochs_needed)
""",
    solution="""\
def epochs_needed(kappa, target):
    factor = (kappa - 1) / (kappa + 1)
    return int(np.ceil(np.log(target) / np.log(factor)))

check.learning_rate.epochs_needed(epochs_needed)
""",
)


# 9.5  Write: a schedule that beats every constant rate


CURVATURES = np.array([1.0, 0.1])
START, NOISE, LENGTHS, SHARE = 10.0, 1.0, (50, 100, 200), 0.75
LATE, SMALL, RISE = 0.1, 0.5, 0.05  # the last tenth; a rate below is timid; a rise that counts


def parts_of_the_loss(rates):
    """Return (left of the start, noise): both parts of the mean loss after steps of those rates.

    Parameters
    ----------
    rates : ndarray, shape (n_epochs, ...)
        Other axes are other trainings.

    Returns
    -------
    tuple of ndarray
    """
    rates = np.asarray(rates, float)[..., None]
    mean, variance = np.full((2, *rates.shape[1:-1], len(CURVATURES)), START)
    variance = 0 * variance
    with np.errstate(all="ignore"):  # a diverging run is a result
        for rate in rates:
            kept = 1 - rate * CURVATURES
            mean, variance = kept * mean, kept**2 * variance + (rate * NOISE) ** 2
        return tuple((CURVATURES * part).sum(axis=-1) / 2 for part in (mean**2, variance))


def best_constant(epochs):
    """Return the best constant rate for that many epochs and its mean loss."""
    rates = np.geomspace(0.005, 1, 2000)
    losses = sum(parts_of_the_loss(np.tile(rates, (epochs, 1))))
    best = int(np.argmin(losses))
    return float(rates[best]), float(losses[best])


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ScheduleExercise(FunctionExercise):
    """The reader writes a schedule, and its mean loss is compared with the best constant rate's.

    Each mistake is known by what the rates and the two parts of the loss are like; its answer is an
    example.  ``what`` and ``step`` are filled with the numbers of the run.
    """

    @cached_property
    def rivals(self):
        """(rate, loss) of the best constant rate for each number of epochs."""
        return {epochs: best_constant(epochs) for epochs in LENGTHS}

    def given(self):
        """Return the problem and the losses to beat."""
        lines = ["epochs   best constant rate   its mean loss   to reach"]
        for epochs, (rate, loss) in self.rivals.items():
            lines.append(f"{epochs:6d}   {rate:18.3f}   {loss:13.4f}   {SHARE * loss:8.4f}")
        return Text("\n".join(lines))

    def judge(self, function) -> Answer:
        """Return the verdict: rates that are none first, then the first loss that is too high."""
        if not callable(function):
            return super().judge(function)
        if problem := self._parameters_problem(function):
            return problem
        runs = {}
        for epochs in LENGTHS:
            rates = []
            for epoch in range(epochs):
                outcome = calling.call(function, self.parameters, (epoch, epochs))
                if calling.untouched(function, outcome):
                    return unanswered()
                rate = as_number(outcome.value)
                if rate is None or not 0 <= rate < np.inf:
                    return self._no_rate(function, outcome, rate, f"epoch {epoch} of {epochs}")
                rates.append(rate)
            runs[epochs] = np.array(rates)
        return self._compete(runs)

    def _no_rate(self, function, outcome, rate, place):
        if outcome.error is not None:
            gap = f"At {place}: the function stopped with {calling.complaint(outcome.error)}."
            if isinstance(outcome.error, ZeroDivisionError) and place.startswith("epoch 0"):
                return self._named("upside down", gap)
            where = calling.place(function, outcome.error)
            return wrong(
                gap,
                f"It happened in {where}" if where else "",
                "Print the values that line works with, to see which is not what it should be.",
            )
        if rate is None:
            return wrong(
                f"At {place}: got {kind(outcome.value)}, expected one number, the rate.",
                "End the function with a return." if outcome.value is None else "",
            )
        gap = f"At {place}: got the rate {number(rate)}."
        return self._named("negative" if rate < 0 else "no number", gap)

    def _compete(self, runs):
        losses = {epochs: [float(part) for part in parts_of_the_loss(runs[epochs])]
                  for epochs in LENGTHS}  # fmt: skip
        good = {epochs: sum(losses[epochs]) <= SHARE * self.rivals[epochs][1] for epochs in LENGTHS}
        if all(good.values()):
            shares = [number(sum(losses[each]) / self.rivals[each][1], 2) for each in LENGTHS]
            return right(
                f"Right: {', '.join(shares)} times the loss of the best constant rate, in "
                f"{', '.join(map(str, LENGTHS))} epochs.",
                self.fact,
            )
        epochs = next(each for each in LENGTHS if not good[each])
        start, noise = losses[epochs]
        if np.isfinite(start + noise):
            gap = (
                f"In {epochs} epochs: mean loss {number(start + noise)}, to reach is "
                f"{number(SHARE * self.rivals[epochs][1])}. Left of the start: {number(start)}; "
                f"noise: {number(noise)}."
            )
        else:
            gap = f"In {epochs} epochs: the loss is too large for 64 bits."
        return self._named(self._diagnosis(runs, epochs, start, noise), gap)

    def _diagnosis(self, runs, epochs, start, noise):
        """Return the name of what is wrong with the rates of the first length that is not good."""
        rates = runs[epochs]
        if not rates.any():
            return "zero"
        if not start + noise < CURVATURES.sum() * START**2 / 2:
            return "diverges"
        constant = np.ptp(rates) <= 1e-9 * rates.max()
        same = all(np.allclose(runs[epochs], runs[LENGTHS[-1]][:epochs]) for epochs in LENGTHS)
        if constant:
            return "constant"
        if rates[-1] >= rates[0] and (np.diff(rates) >= 0).all():
            return "rises"
        if same:
            return "epochs not used"
        if rates[-1] > rates[np.argmax(rates) :].min() + RISE:
            return "rises again"
        if start > noise:
            return "timid" if rates.max() < SMALL else "falls too early"
        late = rates[-max(1, int(LATE * epochs)) :].mean()
        return "ends too high" if late > LATE * rates.max() else "falls too late"


def _cosine(epoch, epochs):
    return (1 + math.cos(math.pi * epoch / epochs)) / 2


schedule = ScheduleExercise(
    number="9.5",
    chapter=CHAPTER,
    name="schedule",
    parameters=("epoch", "epochs"),
    returns=("rate",),
    reference=_cosine,
    cases=tuple(Case(f"epoch 0 of {epochs}", (0, epochs)) for epochs in LENGTHS),
    mistakes=(
        Mistake(
            "negative",
            lambda epoch, epochs: math.cos(math.pi * epoch / epochs),
            "A rate below 0 walks uphill; a bare cosine is below 0 for half of the time.",
            "Keep the rate at 0 or above: add 1 to a cosine and halve the sum.",
        ),
        Mistake(
            "no number",
            lambda epoch, epochs: math.inf if epoch == 0 else 1 / epoch,
            "A rate of infinity or nan moves the parameters to where no number is.",
            "See what is divided by what in this epoch.",
        ),
        Mistake(
            "upside down",
            lambda epoch, epochs: epochs / epoch,
            "The first epoch is number 0, and nothing can be divided by it.",
            "The share of the time that has passed is epoch / epochs, from 0 to nearly 1.",
        ),
        Mistake(
            "zero",
            lambda epoch, epochs: 0.0,
            "All rates are 0, so nothing moves and no noise comes in either.",
            "Start with a rate that gets somewhere, half of the wall for example.",
        ),
        Mistake(
            "diverges",
            lambda epoch, epochs: 3 * _cosine(epoch, epochs) + 2,
            "The loss ends above where it began. The rate stays beyond the wall, 2, for too long.",
            "Stay below it, and end far below.",
        ),
        Mistake(
            "constant",
            lambda epoch, epochs: 0.25,
            "The rate is the same in every epoch, and the best of those is what has to be beaten. "
            "(`epoch // epochs` is always 0.)",
            "Let the rate fall with epoch / epochs.",
        ),
        Mistake(
            "rises",
            lambda epoch, epochs: epoch / epochs,
            "The rate never falls: it is largest at the end, where the noise of the last steps "
            "stays in.",
            "Large first, small last: try 1 minus it.",
        ),
        Mistake(
            "rises again",
            lambda epoch, epochs: (1 + math.cos(2 * math.pi * epoch / epochs)) / 2,
            "The rate falls and rises again, and what it brings in at the end stays in.",
            "Half a cosine, π times epoch / epochs, ends at its lowest point.",
        ),
        Mistake(
            "epochs not used",
            lambda epoch, epochs: 0.96**epoch,
            "The rates are the same for every number of epochs; what suits one length is too short "
            "or too long for another.",
            "Put epoch / epochs where epoch stands.",
        ),
        Mistake(
            "timid",
            lambda epoch, epochs: 0.3 * _cosine(epoch, epochs),
            "Most of the loss is left of the start: the rate is small from the first epoch on.",
            "Begin with a larger one; half of the wall is 1.",
        ),
        Mistake(
            "falls too early",
            lambda epoch, epochs: 1e-4 ** (epoch / epochs),
            "Most of the loss is left of the start: the rate begins large enough and falls too "
            "soon.",
            "Stay large for longer.",
        ),
        Mistake(
            "ends too high",
            lambda epoch, epochs: 1 - 0.5 * epoch / epochs,
            "Most of the loss is noise: the last rates are still large, and their noise stays in.",
            "Let the rate come down to a small part of its largest value.",
        ),
        Mistake(
            "falls too late",
            lambda epoch, epochs: 1.0 if epoch < 0.9 * epochs else 0.05,
            "Most of the loss is noise: the rate does get small, and too late to average the "
            "earlier noise away.",
            "Begin the fall sooner, or pass through rates in between.",
        ),
    ),
    fact=(
        "Along curvature 1 the rates 1, 1/2, 1/3, … make the parameter the mean of all noisy "
        "answers so far: its variance is 0.01 after 100 epochs, and falls for ever (Robbins and "
        "Monro, 1951)."
    ),
    starter="""\
def schedule(epoch, epochs):
    return ...

check.learning_rate.schedule(schedule)
""",
    solution="""\
def schedule(epoch, epochs):
    return (1 + np.cos(np.pi * epoch / epochs)) / 2

check.learning_rate.schedule(schedule)
""",
)


# 9.6  Predict: where a nudge is lost


NUDGE = 0.0001
ROUNDED = 5e-4  # relative


def lost_from(nudge, kind_of_number):
    """Return the first power of two to which that nudge adds nothing, in that precision."""
    weight = kind_of_number(2.0**-10)
    while weight + kind_of_number(nudge) != weight:
        weight = kind_of_number(2 * weight)
    return float(weight)


def _lost():
    """Return the known wrong weights."""
    return (
        Mistake(
            "the whole gap",
            1024.0,
            "From there on the gap is wider than the nudge. But a sum is rounded to the nearest "
            "number, and that is still the next one.",
            "The nudge is lost when it is less than half of the gap.",
        ),
        Mistake(
            "no power of two, half",
            NUDGE * 2**24,
            "The comparison is right: half of the gap has to be above the nudge. But gaps do not "
            "grow little by little, they double at powers of two.",
            "Take the first power of two above this number.",
        ),
        Mistake(
            "no power of two, whole",
            NUDGE * 2**23,
            "This compares the nudge with the whole gap, and as if gaps grew little by little.",
            "Compare with half of the gap; then take the first power of two above.",
        ),
        Mistake(
            "the chapter's weight",
            12755.16,
            "That is where the chapter's weight stood still. It had been lost long before.",
            "Ask for the smallest such weight.",
        ),
        Mistake(
            "seven digits",
            1000.0,
            "Seven decimal digits are a rule of thumb; float32 counts in powers of two.",
            "Compare the nudge with half of the gap between 2^k and 2^(k + 1).",
        ),
        Mistake(
            "adding 1",
            2.0**24,
            "From there on adding 1 changes nothing. Here a ten thousandth is added.",
            "Divide by ten thousand, then see what powers of two do to it.",
        ),
        Mistake(
            "64 bits",
            2.0**40,
            "That is the answer in 64 bits, with 52 places behind the point.",
            "float32 has 23.",
        ),
        Mistake(
            "the exponent",
            11.0,
            "That is the exponent.",
            "Return 2 to that power.",
        ),
        Mistake(
            "the gap",
            2.0**-12,
            "That is the gap between neighbours where the nudge is first lost.",
            "Return the weight at which this gap begins.",
        ),
    )


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PowerOfTwoExercise(NumberExercise):
    """The right number is exact; a mistake is also known when it comes rounded to four digits."""

    def _is(self, value, other):
        exact = other == self.reference
        return abs(value - other) <= (self.tolerance if exact else ROUNDED) * abs(other)


same_number = PowerOfTwoExercise(
    number="9.6",
    chapter=CHAPTER,
    name="same_number",
    quantity="the smallest such weight",
    reference=lost_from(NUDGE, np.float32),
    tolerance=1e-6,
    mistakes=_lost(),
    givens=(
        "float32: from 2^k up to 2^(k + 1) neighbouring numbers are\n"
        "2^(k − 23) apart; a sum is rounded to the nearest of them\n"
        "nudge: 0.0001\n"
        "wanted: the smallest weight from which on adding the nudge changes\n"
        "nothing, exactly"
    ),
    pencil=(
        "No known mistake gives it. Write the gaps for k = 0, 1, 2, … in a row, halve them, and "
        "stop at the first that is more than 0.0001."
    ),
    fact=(
        "In half precision, float16, the same nudge is lost from 0.25 on. So small steps get lost "
        "too, and nets trained in 16 bits keep a float32 copy of their weights (Micikevicius and "
        "others, 2018)."
    ),
    starter="""\
weight = ...

check.learning_rate.same_number(weight)
""",
    solution="""\
# Between 2**k and 2**(k + 1) neighbours are 2**(k − 23) apart.
# The nudge is lost where half of that is more than it:
# 2**k > 0.0001 * 2**24 = 1677.7.
# The first power of two above is 2**11.
weight = 2048

check.learning_rate.same_number(weight)
""",
)


EXERCISES = (stable_bound, range_test, repair, epochs_needed, schedule, same_number)
