"""Chapter 7, two moons: its six exercises, their known mistakes and every message.

Each exercise stands below its reference and its mistakes.  The messages are the plain strings: edit
them here and nowhere else.  Numbers inside them are held true by ``tests/test_check_two_moons.py``.
"""

import itertools
import math
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from byhand.activations import sigmoid
from byhand.check import calling
from byhand.check.answer import wrong
from byhand.check.comparing import as_result
from byhand.check.exercise import (
    PENCIL,
    Case,
    ChoiceExercise,
    FunctionExercise,
    Mistake,
    NumberExercise,
)
from byhand.check.wording import counted, number, numbers
from byhand.layers import Dropout
from byhand.losses import binary_cross_entropy_from_logits
from byhand.network import Network
from byhand.optimizers import Adam
from byhand.training import train

CHAPTER = "two_moons"
NAMED = 12  # numbers written out in the label of a held-out curve
CURVE_DECIMALS = 1  # of a random held-out curve: few, so that some losses are equal


# 7.1  Write: a cost that no logit breaks


ORDINARY = 30.0  # logits up to here give every formula finite numbers


def cost(z, y):
    """Return the mean cross-entropy of the chances σ(z), in nats."""
    return float(binary_cross_entropy_from_logits(z, y))


def _cost_cases():
    """Yield the logits of the hand table, awkward ones, random ones."""

    def case(z, y, label=None):
        z, y = np.array(z, float), np.array(y, float)
        return Case(label or f"z = {numbers(z)}, y = {numbers(y)}", (z, y))

    yield case([0.06755, 0.0507125, 0.0924], [1, 0, 1])
    yield case([40], [1])
    yield case([-800], [1])
    yield case([800], [0])
    yield case([800, -800], [1, 0])
    yield case([0, 0, 0, 0], [1, 0, 0, 1])
    yield case([2], [0])
    yield case([3, -1, 0.5], [0, 0, 0])
    yield case([3, -1, 0.5], [1, 1, 1])
    yield case([-40, 3, 40, -3], [1, 0, 0, 1])
    rng = np.random.default_rng(7)
    for index in range(40):
        n, scale = int(rng.integers(1, 10)), 300 if index % 5 == 4 else 3
        z = np.round(rng.normal(scale=scale, size=n), 2)
        y = rng.integers(0, 2, size=n).astype(float)
        large = ", logits in the hundreds" if scale > ORDINARY else ""
        label = f"random logits {index + 1} ({counted(n, 'row')}{large})"
        yield Case(label, (z, y), random=True)


def _far_from_0(exercise, results, first):
    """See that a cost is right for logits of ordinary size, and what becomes of it beyond."""
    answers = zip(exercise.cases, results, exercise.expected, strict=True)
    for case, result, expected in answers:
        ordinary = np.max(np.abs(case.arguments[0])) <= ORDINARY
        if ordinary and not np.isclose(result, expected, rtol=1e-9, atol=1e-12):
            return None
    said = "Right for every logit of ordinary size; far from 0 "
    if any(np.isnan(results)):
        said += "two infinities meet, or 0 meets one, and that is nan."
    elif any(np.isinf(results)):
        said += "an exponential overflows, or a logarithm meets 0."
    else:
        said += "the cost comes out finite, and not what it is."
        return None, said, "See what is cut off or replaced there; with z itself nothing has to be."
    return None, said, "See which exponential gets a large positive number, and turn its sign."


def _entropy(a, y):
    return -np.mean(y * np.log(a) + (1 - y) * np.log(1 - a))


def _plain_sigmoid(z):
    return 1 / (1 + np.exp(-z))


def _clipped(epsilon):
    return lambda z, y: _entropy(np.clip(sigmoid(z), epsilon, 1 - epsilon), y)


def _with_epsilon(epsilon):
    def with_epsilon(z, y):
        a = _plain_sigmoid(z)
        return -np.mean(y * np.log(a + epsilon) + (1 - y) * np.log(1 - a + epsilon))

    return with_epsilon


def _clipped_logits(end):
    return lambda z, y: cost(np.clip(z, -end, end), y)


def _by_target(sigmoid):
    def by_target(z, y):
        a = sigmoid(z)
        return np.mean(np.where(y == 1, -np.log(a), -np.log(1 - a)))

    return by_target


def _swept(z, y):
    a = _plain_sigmoid(z)
    return np.mean(np.nan_to_num(-y * np.log(a) - (1 - y) * np.log(1 - a)))


def _rest(z):
    """Return ln(1 + e^−|z|), what is left of ln(1 + e^z) after max(z, 0)."""
    return np.log1p(np.exp(-np.abs(z)))


safe_cost = FunctionExercise(
    number="7.1",
    chapter=CHAPTER,
    name="safe_cost",
    parameters=("z", "y"),
    returns=("cost",),
    reference=cost,
    cases=tuple(_cost_cases()),
    observe=_far_from_0,
    mistakes=(
        Mistake(
            "the formula as code",
            (
                lambda z, y: _entropy(_plain_sigmoid(z), y),
                lambda z, y: _entropy(sigmoid(z), y),
                lambda z, y: _entropy(np.exp(z) / (1 + np.exp(z)), y),
            ),
            "At z = 40 the sigmoid is exactly 1 in 64 bits: 1 − a is 0, its logarithm is "
            "−infinity, and 0 times that is nan. The row was as right as can be.",
            "Leave a out: write the cost of a row with z itself.",
        ),
        Mistake(
            "clipped",
            (
                *(_clipped(10.0**-k) for k in (15, 16, 14, 12, 10, 9, 8, 7, 6, 5, 4, 3)),
                *(_with_epsilon(10.0**-k) for k in (15, 16, 12, 10, 9, 8, 7, 6)),
                *(_clipped_logits(end) for end in (20, 30, 35, 36, 50, 100, 500, 700, 709)),
            ),
            "The nan is gone, and the cost now has a ceiling: the row at z = −800 counts as if it "
            "were far less wrong than it is.",
            "Clip nothing: with z in place of a, no logarithm can meet 0.",
        ),
        Mistake(
            "nan swept away",
            (_swept, lambda z, y: np.nan_to_num(_entropy(_plain_sigmoid(z), y))),
            "nan became 0 and infinity the largest number there is; the row at z = −800 costs 800.",
            "Nothing needs sweeping where nothing breaks: write the cost of a row with z itself.",
        ),
        Mistake(
            "a logarithm of 0",
            (_by_target(_plain_sigmoid), _by_target(sigmoid)),
            "Only the logarithm that counts is taken, so there is no nan; but at z = −800 the "
            "sigmoid is 0 in 64 bits, and its logarithm −infinity.",
            "−ln σ(z) is ln(1 + e^(−z)): write that so that its exponent is never large.",
        ),
        Mistake(
            "e^z overflows",
            lambda z, y: np.mean(np.log(1 + np.exp(z)) - y * z),
            "ln(1 + e^z) − y z is the right formula, and e^800 does not fit in 64 bits; e^710 "
            "is too large already.",
            "For large z, ln(1 + e^z) is z plus a small rest. Take that z out of the logarithm.",
        ),
        Mistake(
            "e^(−z) overflows",
            lambda z, y: np.mean(np.log(1 + np.exp(-z)) + (1 - y) * z),
            "ln(1 + e^(−z)) + (1 − y) z is the right formula; at z = −800 its exponential does not "
            "fit in 64 bits.",
            "Use −|z| as the exponent, and see what has to stand beside the logarithm then.",
        ),
        Mistake(
            "both exponentials",
            (
                lambda z, y: np.mean(y * np.log(1 + np.exp(-z)) + (1 - y) * np.log(1 + np.exp(z))),
                lambda z, y: np.mean(np.log(1 + np.exp(np.where(y == 1, -z, z)))),
            ),
            "Each row costs ln(1 + e^z) or ln(1 + e^(−z)), which is right; where that exponent is "
            "800, the exponential does not fit in 64 bits.",
            "Take the larger of the exponent and 0 out of the logarithm.",
        ),
        Mistake(
            "Python's max",
            lambda z, y: np.mean(max(z, 0) - y * z + _rest(z)),
            "Python's max compares two whole things and keeps one; here every row needs its own "
            "answer.",
            "NumPy's maximum compares entry by entry.",
        ),
        Mistake(
            "the largest of all",
            (
                lambda z, y: np.mean(np.max(z, 0) - y * z + _rest(z)),
                lambda z, y: np.mean(max(np.max(z), 0) - y * z + _rest(z)),
            ),
            "The largest of all logits stands where every row needs its own: in `np.max(z, 0)` the "
            "0 names an axis.",
            "NumPy's maximum, in full, compares z with 0 entry by entry.",
        ),
        Mistake(
            "two formulas mixed",
            lambda z, y: np.mean(np.log1p(np.exp(-z)) - y * z),
            "ln(1 + e^(−z)) goes with (1 − y) z added, ln(1 + e^z) with y z taken off; here one "
            "half of each stands together.",
            "Try z = 40, y = 1 on paper: the cost is next to 0.",
        ),
        Mistake(
            "sum for mean",
            None,
            "The cost is m times too large for m rows: a sum where (7.4) takes a mean.",
            "Divide by the number of rows.",
            change=lambda cost, z, y: cost * len(z),
        ),
        Mistake(
            "wrong sign",
            None,
            "Right size, wrong sign: a surprise is never below 0.",
            "A logarithm of a chance is negative; the minus in front turns it round.",
            change=lambda cost, z, y: -cost,
        ),
        Mistake(
            "another logarithm",
            (lambda z, y: cost(z, y) / np.log(2), lambda z, y: cost(z, y) / np.log(10)),
            "The numbers are right in another unit: the logarithm has base 2 or 10, not e.",
            "Use the natural logarithm; only its slope is a − y with nothing in front.",
        ),
        Mistake(
            "not averaged",
            lambda z, y: np.maximum(z, 0) - y * z + _rest(z),
            "The costs of the single rows come back, and they are right.",
            "Return their mean.",
        ),
        Mistake(
            "a mean of one part",
            (
                lambda z, y: np.maximum(z, 0) - y * z + np.mean(_rest(z)),
                lambda z, y: np.mean(np.maximum(z, 0)) - y * z + _rest(z),
            ),
            "Only a part of the sum is averaged, and the rest still has a number for every row.",
            "Put brackets round the whole sum before taking the mean.",
        ),
        Mistake(
            "targets turned round",
            lambda z, y: cost(z, 1 - y),
            "Every row is charged for the other answer: rows of class 1 pay when the chance is "
            "high.",
            "At z = 40, y = 1 the cost is next to 0. y z is taken off, not (1 − y) z.",
        ),
        Mistake(
            "class 0 is free",
            lambda z, y: np.mean(y * np.logaddexp(0, -z)),
            "Rows with y = 0 cost nothing, so a net that calls everything a 1 would be perfect.",
            "Add what a row of class 0 pays: −ln(1 − a), which is ln(1 + e^z).",
        ),
        Mistake(
            "class 1 is free",
            lambda z, y: np.mean((1 - y) * np.logaddexp(0, z)),
            "Rows with y = 1 cost nothing, so a net that calls everything a 0 would be perfect.",
            "Add what a row of class 1 pays: −ln a, which is ln(1 + e^(−z)).",
        ),
        Mistake(
            "y z missing",
            lambda z, y: np.mean(np.logaddexp(0, z)),
            "Every row pays as if it belonged to class 0: y takes no part.",
            "Subtract y z from every row.",
        ),
        Mistake(
            "y z added",
            lambda z, y: np.mean(np.logaddexp(0, z) + y * z),
            "y z is added. A row of class 1 then pays more, the surer it is of being one.",
            "Subtract it.",
        ),
        Mistake(
            "max(z, 0) missing",
            lambda z, y: np.mean(_rest(z) - y * z),
            "With −|z| in the exponent the logarithm has lost z wherever z is above 0, and some "
            "costs come out below 0.",
            "Add the larger of z and 0.",
        ),
        Mistake(
            "|z| missing",
            lambda z, y: np.mean(np.maximum(z, 0) - y * z + np.log1p(np.exp(-z))),
            "The exponent is −z, which is large where z is far below 0; max(z, 0) belongs with "
            "−|z|.",
            "Put |z| in place of z in the exponent.",
        ),
        Mistake(
            "minus in the exponent missing",
            lambda z, y: np.mean(np.maximum(z, 0) - y * z + np.log1p(np.exp(np.abs(z)))),
            "The exponent is |z|, which grows on both sides; the rest beside max(z, 0) has to "
            "vanish there.",
            "Turn its sign.",
        ),
        Mistake(
            "1 + missing",
            lambda z, y: np.mean(np.maximum(z, 0) - y * z - np.abs(z)),
            "The logarithm undoes the exponential at once: the 1 beside e^(−|z|) is missing.",
            "Take the logarithm of 1 + e^(−|z|).",
        ),
        Mistake(
            "no logarithm",
            lambda z, y: np.mean(np.maximum(z, 0) - y * z + np.exp(-np.abs(z))),
            "e^(−|z|) is added as it is. Far from 0 that is close, and at z = 0 it is 1 in place "
            "of ln 2.",
            "Add ln(1 + e^(−|z|)).",
        ),
        Mistake(
            "no rest",
            lambda z, y: np.mean(np.maximum(z, 0) - y * z),
            "Far from 0 the cost is right; near it the rounded corner is missing, and at z = 0 the "
            "cost is 0 in place of ln 2.",
            "Add what ln(1 + e^z) has above max(z, 0).",
        ),
        Mistake(
            "sigmoid twice",
            lambda z, y: cost(sigmoid(z), y),
            "The formula for logits was given chances: the sigmoid is in it already.",
            "Put z into it, not σ(z).",
        ),
        Mistake(
            "logits for chances",
            lambda z, y: _entropy(z, y),
            "z stands where (7.4) has a: a logit is any number, and below 0 it has no logarithm.",
            "Put σ(z) in place of a on paper, then simplify.",
        ),
        Mistake(
            "squared error",
            lambda z, y: np.mean((sigmoid(z) - y) ** 2),
            "That is the mean squared error of the chances, never above 1; it hardly sees how "
            "sure a wrong answer was.",
            "Use the logarithms of (7.4).",
        ),
        Mistake(
            "the slope",
            lambda z, y: (sigmoid(z) - y) / len(z),
            "That is (a − y)/m, the slope of the cost in each z, and as such right.",
            "Return the cost itself, one number.",
        ),
        Mistake(
            "the chances",
            lambda z, y: sigmoid(z),
            "Those are the chances σ(z); what being wrong costs is still to come.",
            "Compare them with y as (7.4) does, written with z.",
        ),
    ),
    fact=(
        "Clipped at 1e−15, a row costs at most 34.54, the surprise of 50 coins all falling heads; "
        "z = −800 is worth 1154. And beyond a clip the slope is 0, where the net is most wrong."
    ),
    starter="""\
def safe_cost(z, y):
    cost_of_each_row = ...
    return ...

check.two_moons.safe_cost(safe_cost)
""",
    solution="""\
def safe_cost(z, y):
    cost_of_each_row = np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z)))
    return np.mean(cost_of_each_row)

check.two_moons.safe_cost(safe_cost)
""",
)


# 7.2  Write: stop in time, and keep the best


class _Scripted:
    """An optimizer that sets the parameters to given values, one after the other."""

    def __init__(self, values):
        self.values = iter(values)

    def step(self, parameters, gradients):
        """Write the next value into ``parameters``."""
        parameters[...] = next(self.values)


def kept_epoch(held_out_loss, patience):
    """Return the epoch `byhand.training.train` keeps when the held-out loss takes this course.

    The network is one weight w that sees x = 1 and should say 0, so that its absolute error is w.
    """
    network = Network([1, 1], weights=[held_out_loss[0]], bias=False)
    x, y = np.ones((1, 1)), np.zeros((1, 1))
    epochs = len(held_out_loss)  # one more than there are losses to come: the last one stays
    history = train(
        network, x, y, epochs=epochs, loss="mean_absolute_error", held_out=(x, y),
        patience=patience, optimizer=_Scripted([*held_out_loss[1:], held_out_loss[-1]]),
    )  # fmt: skip
    return int(history.best_epoch)


def _stop_cases():
    def case(losses, patience, label=None, random=False):
        losses = np.array(losses, float)
        if label is None:
            label = ", ".join(map(number, losses[:NAMED]))
        return Case(f"patience {patience}, held-out loss {label}", (losses, patience), random)

    yield case([0.7, 0.5, 0.4, 0.45, 0.42, 0.41, 0.3], 3)
    yield case([0.7, 0.5, 0.4, 0.45, 0.42, 0.41, 0.3], 4)
    yield case([0.7, 0.6, 0.5, 0.4, 0.3], 2)
    yield case([0.7, 0.6, 0.5, 0.4, 0.45], 2)
    yield case([0.5, 0.6, 0.7, 0.8], 2)
    yield case([0.7, 0.5, 0.5, 0.5, 0.6], 2)
    yield case([0.7, 0.6, 0.65, 0.5, 0.55, 0.4, 0.45, 0.3], 2)
    yield case([0.7, 0.4, 0.6, 0.5, 0.6, 0.5, 0.2], 3)
    yield case([0.7], 1)
    yield case([0.7, 0.5, 0.6, 0.4], 1)
    yield case([0.3, 0.3, 0.3, 0.3, 0.3], 10)
    yield case([0, 0, 0], 1)
    epochs = np.arange(200)
    bowl = ((epochs - 90) / 100) ** 2 + 0.25 + 0.02 * np.cos(epochs)
    yield case(bowl, 5, "of 200 epochs, a bowl with small waves")
    rng = np.random.default_rng(72)
    for _ in range(60):
        n, patience = int(rng.integers(4, 10)), int(rng.integers(1, 5))
        fall = 0.8 - 0.4 * np.minimum(1, np.arange(n) / rng.integers(2, 8))
        losses = np.round(fall + rng.normal(scale=0.12, size=n), CURVE_DECIMALS)
        yield case(np.maximum(losses, 0.1), patience, random=True)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class StoppingExercise(FunctionExercise):
    """An epoch of a curve: a function may return nothing for some curves, and be known by that."""

    def _matches(self, wrong_function, results):
        if all(result is None for result in results):
            return False
        for case, result, like in zip(self.cases, results, self.expected, strict=True):
            outcome = calling.call(wrong_function, self.parameters, case.arguments)
            spoilt = as_result(outcome.value, like)
            if (spoilt is None) != (result is None) or not self._same(case, spoilt, result):
                return False
        return True


def _story(exercise, results, first):
    """Tell the story of the curve that came out wrong, unless one epoch comes back from all."""
    if len(set(results)) == 1:
        return None
    losses, patience = exercise.cases[first].arguments
    best = exercise.expected[first]
    story = f"The loss of epoch {best}, {number(losses[best])}, is the lowest so far"
    if (stop := best + patience) < len(losses):
        story += f"; at epoch {stop} patience is over, and what follows is never seen."
    else:
        story += ", and the curve ends before patience does."
    return None, story, "Walk along this curve by hand, noting the best epoch after each step."


def _watch(losses, patience, better=lambda loss, best, before: loss < best, resets=True, late=0):
    """Return (best, stop): the epoch kept, and the one at which it stops, or None."""
    best = waited = 0
    for epoch in range(1, len(losses)):
        if better(losses[epoch], losses[best], losses[epoch - 1]):
            best, waited = epoch, waited if not resets else 0
        else:
            waited += 1
        if waited >= patience + late:
            return best, epoch
    return best, None


def _stop_or_last(losses, patience):
    stop = _watch(losses, patience)[1]
    return len(losses) - 1 if stop is None else stop


def _watcher(**options):
    return lambda losses, patience: _watch(losses, patience, **options)[0]


def _early(losses, patience):
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        if epoch - best >= patience - 1:
            break
    return best


def _epoch_0_waits(losses, patience):
    best = waited = 0
    for epoch, loss in enumerate(losses):
        best, waited = (epoch, 0) if loss < losses[best] else (best, waited + 1)
        if waited >= patience:
            break
    return best


def _rises_only(losses, patience):
    """Keep the best epoch, and wait for losses that rise one after the other."""
    best = waited = 0
    for epoch in range(1, len(losses)):
        best = epoch if losses[epoch] < losses[best] else best
        waited = 0 if losses[epoch] < losses[epoch - 1] else waited + 1
        if waited >= patience:
            break
    return best


def _below_the_start(losses, patience):
    """Compare with the first loss for ever."""
    best = 0
    for epoch, loss in enumerate(losses):
        best = epoch if loss < losses[0] else best
        if epoch - best >= patience:
            break
    return best


def _patience_from_the_start(losses, patience):
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        elif epoch >= patience:
            break
    return best


def _ends(losses, patience):
    """Return whether the curve ends before patience does."""
    return _watch(losses, patience)[1] is None


def _if_it_stops(otherwise):
    """Return the function that is right if patience runs out, and else is ``otherwise``."""

    def if_it_stops(losses, patience):
        best = _watch(losses, patience)[0]
        return otherwise(losses, patience) if _ends(losses, patience) else best

    return if_it_stops


stopping_epoch = StoppingExercise(
    number="7.2",
    chapter=CHAPTER,
    name="stopping_epoch",
    parameters=("held_out_loss", "patience"),
    returns=("epoch",),
    reference=kept_epoch,
    cases=tuple(_stop_cases()),
    observe=_story,
    mistakes=(
        Mistake(
            "the whole curve",
            (
                lambda losses, patience: np.argmin(losses),
                lambda losses, patience: len(losses) - 1 - np.argmin(losses[::-1]),
            ),
            "That is the lowest loss of the whole curve. Training would have stopped before it got "
            "there: patience takes no part.",
            "Go through the epochs in order, and stop once none of the last ones was a new best.",
        ),
        Mistake(
            "where it stops",
            (
                _stop_or_last,
                lambda losses, patience: (
                    _watch(losses, patience)[1] or kept_epoch(losses, patience)
                ),
            ),
            "That is where training stops. By then the held-out loss has been worse for some "
            "epochs, and their parameters are not wanted.",
            "Return the best epoch seen, not the last one.",
        ),
        Mistake(
            "one epoch too patient",
            _watcher(late=1),
            "It waits one epoch longer than patience allows: > where >= belongs, or the count "
            "is compared before it goes up.",
            "With a patience of 3, the third epoch in a row without a new best is the last.",
        ),
        Mistake(
            "one epoch too early",
            (_early, lambda losses, patience: _watch(losses, patience, late=-1)[0]),
            "It stops one epoch too early: the best epoch itself is counted as waiting.",
            "With a patience of 3, three epochs after the best one may pass.",
        ),
        Mistake(
            "epoch 0 waits",
            _epoch_0_waits,
            "Epoch 0 is not lower than itself and so counts as waiting: the first stretch of "
            "patience is one epoch short.",
            "Start to count after epoch 0, or let the loss to beat start at infinity.",
        ),
        Mistake(
            "the first rise",
            lambda losses, patience: kept_epoch(losses, 1),
            "It stops at the first epoch that is no better, as with a patience of 1. Held-out "
            "losses wobble.",
            "Count the epochs since the best one, and compare the count with patience.",
        ),
        Mistake(
            "compared with the epoch before",
            (
                _watcher(better=lambda loss, best, before: loss < before),
                _rises_only,
            ),
            "An epoch counts as progress when it is below the one before it; after a rise, any "
            "small fall does.",
            "Compare with the lowest loss so far.",
        ),
        Mistake(
            "count not reset",
            _watcher(resets=False),
            "The epochs without progress are added up over the whole run: a new best does not set "
            "the count back to 0.",
            "Start counting again at every new best.",
        ),
        Mistake(
            "equal counts as better",
            _watcher(better=lambda loss, best, before: loss <= best),
            "An epoch with the same loss counts as a new best: on a plateau, patience then never "
            "runs out.",
            "Ask for strictly lower: <, not <=.",
        ),
        Mistake(
            "the loss",
            lambda losses, patience: losses[kept_epoch(losses, patience)],
            "That is the loss of the right epoch.",
            "Return the epoch, its place in the array.",
        ),
        Mistake(
            "a pair",
            lambda losses, patience: (
                kept_epoch(losses, patience),
                losses[kept_epoch(losses, patience)],
            ),
            "The epoch is right; its loss came along.",
            "Return the epoch alone.",
        ),
        Mistake(
            "counted from 1",
            lambda losses, patience: kept_epoch(losses, patience) + 1,
            "One too many: the first entry is the loss of epoch 0, before any step.",
            "Return the index itself.",
        ),
        Mistake(
            "patience steps back",
            (
                lambda losses, patience: max(_stop_or_last(losses, patience) - patience, 0),
                lambda losses, patience: _stop_or_last(losses, patience) - patience,
            ),
            "Going back from the end by patience finds the best epoch only if patience has run "
            "out; a curve can end before that.",
            "Keep the best epoch in a name of its own.",
        ),
        Mistake(
            "the last one if it never stops",
            _if_it_stops(lambda losses, patience: len(losses) - 1),
            "Right where patience runs out. Where it does not, the last epoch comes back, which "
            "may be worse than an earlier one.",
            "After the loop return the same as inside it, the best epoch.",
        ),
        Mistake(
            "nothing if it never stops",
            _if_it_stops(lambda losses, patience: None),
            "Right where patience runs out. Where it does not, the loop ends without a return.",
            "Return the best epoch after the loop as well.",
        ),
        Mistake(
            "nothing where it stops",
            lambda losses, patience: (
                _watch(losses, patience)[0] if _ends(losses, patience) else None
            ),
            "Right where the curve ends first. Where patience runs out, nothing comes back: a bare "
            "return leaves the function without a result.",
            "Leave the loop with break, or return the best epoch there too.",
        ),
        Mistake(
            "the end of the curve",
            (lambda losses, patience: len(losses) - 1, lambda losses, patience: len(losses)),
            "That is the end of the curve, whatever the losses are.",
            "An epoch is the best so far only if its loss is lower than all before it.",
        ),
        Mistake(
            "highest for lowest",
            _watcher(better=lambda loss, best, before: loss > best),
            "It looks for the highest loss: > where < belongs.",
            "Better is lower.",
        ),
        Mistake(
            "best loss not renewed",
            _below_the_start,
            "Every epoch below the first one counts as a new best: the loss to beat stays that of "
            "epoch 0.",
            "When an epoch is better, its loss is the one to beat from then on.",
        ),
        Mistake(
            "never better",
            lambda losses, patience: 0,
            "Epoch 0 comes back from every curve: the best epoch never moves. A best loss that "
            "starts at 0, for one, cannot be beaten.",
            "Print the best epoch inside the loop, to see what keeps it.",
        ),
        Mistake(
            "a fixed number of epochs",
            (
                lambda losses, patience: int(np.argmin(losses[: patience + 1])),
                lambda losses, patience: int(np.argmin(losses[:patience])),
                _patience_from_the_start,
            ),
            "Patience is counted from the start of the training; it counts from the best epoch.",
            "Give every new best the full patience again.",
        ),
        Mistake(
            "best and stop",
            lambda losses, patience: (
                kept_epoch(losses, patience),
                _stop_or_last(losses, patience),
            ),
            "Two epochs come back, the best and the one at which it stops.",
            "Only the best one has the parameters to keep.",
        ),
    ),
    fact=(
        "The loss of the kept epoch flatters: of 100 equally good epochs whose losses scatter by "
        "0.01, the lowest lies 0.025 below their mean. An honest figure takes rows unseen so far."
    ),
    starter="""\
def stopping_epoch(held_out_loss, patience):
    best = ...
    for epoch, loss in enumerate(held_out_loss):
        ...
    return best

check.two_moons.stopping_epoch(stopping_epoch)
""",
    solution="""\
def stopping_epoch(held_out_loss, patience):
    best = 0
    for epoch, loss in enumerate(held_out_loss):
        if loss < held_out_loss[best]:
            best = epoch
        if epoch - best >= patience:
            break
    return best

check.two_moons.stopping_epoch(stopping_epoch)
""",
)


# 7.3  Write: dropout that keeps the expectation


FEW, FEW_RATE = np.array([[1.0, 2.0]]), 0.25  # small enough to go through every mask


class _Drawn(np.random.Generator):
    """A generator that "draws" a given mask: above every rate where True, below where False."""

    def __init__(self, mask):
        super().__init__(np.random.PCG64(0))
        self.mask = mask

    def random(self, size):
        """Return the mask in the order in which `byhand.layers.Dropout` asks for it."""
        return np.where(self.mask, 1.0, -1.0).T.reshape(size)


def drop(A, mask, rate):
    """Return what `byhand.layers.Dropout` makes of ``A`` when it draws this mask."""
    return Dropout(rate, _Drawn(mask)).forward(A, training=True)


def mean_over_masks(function, A=FEW, rate=FEW_RATE):
    """Return the mean of ``function(A, mask, rate)`` over all masks, each with its chance."""
    mean = np.zeros(A.shape)
    for speaks in itertools.product((True, False), repeat=A.size):
        chance = math.prod(1 - rate if each else rate for each in speaks)
        mean = mean + chance * function(A.copy(), np.reshape(speaks, A.shape), rate)
    return mean


def _dropout_cases():
    def case(A, mask, rate, label=None, random=False):
        A, mask = np.array(A, float), np.array(mask, bool)
        if label is None:
            label = f"A = {numbers(A)}, mask {numbers(mask)}, rate {number(rate)}"
        return Case(label, (A, mask, rate), random)

    yield case([[1, 2, 3], [4, 5, 6]], [[1, 0, 1], [1, 1, 0]], 0.2)
    yield case([[1, 2, 3], [4, 5, 6]], [[1, 0, 0], [0, 0, 1]], 0.5)
    yield case([[3, -2]], [[0, 1]], 0.25)
    yield case([[2], [4], [-1]], [[0], [1], [1]], 0.4)
    yield case([[5]], [[1]], 0.75)
    yield case([[1, 2], [3, 4]], [[1, 1], [1, 1]], 0.0)
    yield case([[1, 2], [3, 4]], [[1, 1], [1, 1]], 0.3)
    yield case([[1, 2], [3, 4]], [[0, 0], [0, 0]], 0.3)
    yield case([[0, 0], [0, 0]], [[1, 0], [0, 1]], 0.5)
    yield case([[4e5, -2e6], [1e6, 3e6]], [[1, 0], [1, 1]], 0.1)
    rng = np.random.default_rng(73)
    for index in range(40):
        m, n = (int(size) for size in rng.integers(1, 7, size=2))
        rate = round(float(rng.uniform(0.05, 0.9)), 2)
        mask = rng.random((m, n)) >= rate
        label = f"random A {index + 1} ({counted(m, 'row')}, {counted(n, 'unit')}), "
        A = np.round(rng.normal(size=(m, n)), 2)
        yield case(A, mask, rate, f"{label}rate {number(rate)}", random=True)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DropoutExercise(FunctionExercise):
    """Dropout: of an unknown answer it can be said what its mean over all masks is."""

    def _compare(self, function, values):
        verdict = super()._compare(function, values)
        if verdict.passed or verdict.mistake or not str(verdict).endswith(PENCIL):
            return verdict
        try:
            with np.errstate(all="ignore"):
                mean = np.asarray(mean_over_masks(function), float)
        except Exception:  # noqa: BLE001 (the learner's function may do anything)
            return verdict
        if mean.shape != FEW.shape:
            return verdict
        if not np.isfinite(mean).all():
            return wrong(
                str(verdict).split("\n")[0],
                "With a mask that silences everything, nan or infinity comes out.",
                "Make the factor of the rate alone, so that it is the same for every mask.",
                inputs=verdict.inputs,
            )
        right = np.allclose(mean, FEW)
        said = (
            f"Over all four masks of A = {numbers(FEW)} at rate {number(FEW_RATE)}, each with its "
            f"chance, the mean is {numbers(mean)}"
            + (", as it should be; but a single mask gives something else." if right else ".")
        )
        step = (
            "A unit that is silent gives 0, one that speaks is multiplied by one number, the same "
            "for all."
            if right
            else "The mean has to be A itself: ask how often a unit speaks, and how loudly."
        )
        return wrong(str(verdict).split("\n")[0], said, step, inputs=verdict.inputs)


def _share(axis=None):
    """Divide by the share that speaks in this mask."""
    return lambda A, mask, rate: A * mask / np.mean(mask, axis=axis, keepdims=True)


def _scaled_by(factor):
    """Return the mistake that scales what speaks by a factor of the rate."""
    return lambda result, A, mask, rate: A * mask * factor(rate)


dropout = DropoutExercise(
    number="7.3",
    chapter=CHAPTER,
    name="dropout",
    parameters=("A", "mask", "rate"),
    returns=("A",),
    reference=drop,
    cases=tuple(_dropout_cases()),
    nearly=("Right but for a rounding, or for a small number added on the way.", "Take it out."),
    mistakes=(
        Mistake(
            "not made up for",
            lambda A, mask, rate: A * mask,
            "The units are silenced and the others stay as they are: at rate 0.25 the mean of a "
            "unit is 0.75 of what it says when nobody is silenced.",
            "Let those that speak be louder, so that the mean over many masks is A.",
        ),
        Mistake(
            "divided by the rate",
            lambda A, mask, rate: A * mask / rate,
            "The rate is the share that is silent; divided by it, a unit speaks far too loudly "
            "when the rate is small.",
            "Divide by the share that speaks.",
        ),
        Mistake(
            "multiplied by the share that speaks",
            lambda A, mask, rate: A * mask * (1 - rate),
            "What speaks is turned down by 1 − rate, though it has to make up for what is silent.",
            "Divide by 1 − rate.",
        ),
        Mistake(
            "multiplied by the rate",
            lambda A, mask, rate: A * mask * rate,
            "What speaks is multiplied by the rate: the rarer the silence, the quieter the rest.",
            "Divide by the share that speaks.",
        ),
        Mistake(
            "the silent ones speak",
            (
                lambda A, mask, rate: A * ~mask / (1 - rate),
                lambda A, mask, rate: A * ~mask,
                lambda A, mask, rate: A * ~mask / rate,
            ),
            "The mask is read the other way round: True marks the units that speak.",
            "Multiply by the mask as it is.",
        ),
        Mistake(
            "the share in this mask",
            _share(),
            "It divides by the share that speaks in this mask. That share is chance as well, and "
            "with nobody speaking it is 0.",
            "Divide by the chance of speaking, the same number for every mask.",
        ),
        Mistake(
            "the share in each row",
            _share(axis=1),
            "Each row is divided by the share of its own units that speak: a unit is then louder "
            "when its neighbours are silent.",
            "Divide by the chance of speaking, one number for all.",
        ),
        Mistake(
            "the share in each column",
            _share(axis=0),
            "Each unit is divided by the share of the rows in which it speaks; of one row alone, "
            "that share is 0 or 1.",
            "Divide by the chance of speaking, one number for all.",
        ),
        Mistake(
            "sum kept",
            lambda A, mask, rate: A * mask * np.sum(A) / np.sum(A * mask),
            "It is scaled so that this mask keeps the sum of A. What should be kept is the mean of "
            "each unit over many masks.",
            "Use one factor for all masks; it follows from the rate alone.",
        ),
        Mistake(
            "nobody is silent",
            lambda A, mask, rate: A / (1 - rate),
            "The mask takes no part: all units speak, and too loudly.",
            "Multiply by the mask, so that False becomes 0.",
        ),
        Mistake(
            "silent ones keep their value",
            lambda A, mask, rate: np.where(mask, A / (1 - rate), A),
            "Where the mask is False the value of A still stands; silent means 0.",
            "Multiply by the mask, or put 0 there.",
        ),
        Mistake(
            "picked out",
            (lambda A, mask, rate: A[mask] / (1 - rate), lambda A, mask, rate: A[mask]),
            "`A[mask]` picks the units that speak and forgets where they stood; the next layer "
            "needs a number in every place.",
            "Multiply by the mask: True counts as 1, False as 0.",
        ),
        Mistake(
            "made up for twice",
            None,
            "The division by 1 − rate is done twice.",
            "Divide once.",
            change=_scaled_by(lambda rate: 1 / (1 - rate) ** 2),
        ),
        Mistake(
            "a root too many",
            None,
            "Divided by the root of 1 − rate, the mean square is kept; the mean is not.",
            "Divide by 1 − rate itself.",
            change=_scaled_by(lambda rate: 1 / np.sqrt(1 - rate)),
        ),
        Mistake(
            "multiplied by 1 + rate",
            None,
            "1 + rate is close to 1 / (1 − rate) while the rate is small; at rate 0.5 it gives 1.5 "
            "where 2 is needed.",
            "Ask which factor times 1 − rate gives 1.",
            change=_scaled_by(lambda rate: 1 + rate),
        ),
        Mistake(
            "unchanged",
            lambda A, mask, rate: +A,
            "A comes back as it was: that is what dropout does when predicting.",
            "In training, silence what the mask says, and make up for it.",
        ),
        Mistake(
            "the mask",
            (lambda A, mask, rate: mask / (1 - rate), lambda A, mask, rate: mask * 1.0),
            "The factors come back, and A is not among them.",
            "Multiply A by them.",
        ),
        Mistake(
            "brackets missing",
            lambda A, mask, rate: A * mask / 1 - rate,
            "`/ 1 - rate` divides by 1 and then subtracts the rate from every entry.",
            "Put brackets round 1 − rate.",
        ),
        Mistake(
            "one row of the mask",
            lambda A, mask, rate: A * mask[0] / (1 - rate),
            "The first row of the mask silences the same units in every sample.",
            "Use the whole mask: each row has draws of its own.",
        ),
        Mistake(
            "added",
            (lambda A, mask, rate: A + mask / (1 - rate), lambda A, mask, rate: A + mask),
            "The mask is added; adding False changes nothing, and nobody is silent.",
            "Multiply by it.",
        ),
    ),
    fact=(
        "The mean is kept up to the next Z, not past its bend: two units at 1, weights 1 and −1, "
        "rate 0.5 give z = 2, 0, 0 or −2. Its mean is 0, as without dropout; ReLU makes 0.5 of it."
    ),
    starter="""\
def dropout(A, mask, rate):
    return ...

check.two_moons.dropout(dropout)
""",
    solution="""\
def dropout(A, mask, rate):
    return A * mask / (1 - rate)

check.two_moons.dropout(dropout)
""",
)


# 7.4  Write: one step of Adam


BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-8  # what `byhand.optimizers.Adam` starts with


def step_of_adam(m, v, gradient, t, learning_rate):
    """Return (step, m, v) of the library's Adam in its step number t."""
    optimizer, parameters = Adam(learning_rate), np.zeros_like(gradient)
    optimizer.mean, optimizer.mean_square, optimizer.steps = m, v, t - 1
    optimizer.step(parameters, gradient)
    return -parameters, optimizer.mean, optimizer.mean_square


def _adam_cases():
    def case(m, v, gradient, t, learning_rate, label=None, random=False):
        m, v, gradient = (np.array(each, float) for each in (m, v, gradient))
        if label is None:
            start = "m and v 0" if not m.any() else f"m {numbers(m)}, v {numbers(v)}"
            label = f"t = {t}, gradient {numbers(gradient)}, {start}, rate {number(learning_rate)}"
        return Case(label, (m, v, gradient, t, learning_rate), random)

    yield case([0, 0], [0, 0], [0.5, -2], 1, 0.1)
    yield case([0.05, -0.2], [0.00025, 0.004], [0.25, 1], 2, 0.1)
    yield case([0, 0], [0, 0], [0, 3], 1, 0.1)
    yield case([0, 0], [0, 0], [1e-8, -1e-6], 1, 0.1)
    yield case([0.3], [0.04], [-0.5], 1000, 0.01)
    yield case([0], [0], [2000], 1, 0.001)
    yield case([0.3, -0.1, 0.2], [0.04, 0.01, 0.02], [0, 0, 0], 5, 0.5)
    yield case([-20, 5], [900, 400], [100, -30], 3, 0.01)
    rng = np.random.default_rng(74)
    for index in range(40):
        n, t = int(rng.integers(1, 4)), int(rng.integers(1, 30))
        m, gradient = np.round(rng.normal(size=(2, n)), 2)
        v = np.round(m**2 + rng.uniform(0.1, 1, size=n), 2)
        rate = round(float(rng.uniform(0.001, 0.5)), 3)
        label = f"random step {index + 1} (t = {t}, {counted(n, 'parameter')})"
        start = (0 * m, 0 * v) if t == 1 else (m, v)
        yield case(*start, gradient, t, rate, label, random=True)


def _adam(**rules):
    """Return Adam with some of its lines replaced by functions of what is known so far."""
    lines = {
        "m": lambda s: BETA_1 * s.old_m + (1 - BETA_1) * s.gradient,
        "v": lambda s: BETA_2 * s.old_v + (1 - BETA_2) * s.gradient**2,
        "m_hat": lambda s: s.m / (1 - BETA_1**s.t),
        "v_hat": lambda s: s.v / (1 - BETA_2**s.t),
        "root": lambda s: np.sqrt(s.v_hat) + EPSILON,
        "step": lambda s: s.rate * s.m_hat / s.root,
        "back": lambda s: (s.step, s.m, s.v),
    } | rules

    def adam(m, v, gradient, t, learning_rate):
        s = SimpleNamespace(old_m=m, old_v=v, gradient=gradient, t=t, rate=learning_rate)
        for name, line in lines.items():
            setattr(s, name, line(s))
        return s.back

    return adam


def _epsilon(epsilon):
    return _adam(root=lambda s: np.sqrt(s.v_hat) + epsilon)


def _corrected_at(count):
    """Correct both means as if this were step number ``count(t)``."""
    return _adam(
        m_hat=lambda s: s.m / (1 - BETA_1 ** count(s.t)),
        v_hat=lambda s: s.v / (1 - BETA_2 ** count(s.t)),
    )


def _swapped_betas():
    return _adam(
        m=lambda s: BETA_2 * s.old_m + (1 - BETA_2) * s.gradient,
        v=lambda s: BETA_1 * s.old_v + (1 - BETA_1) * s.gradient**2,
        m_hat=lambda s: s.m / (1 - BETA_2**s.t),
        v_hat=lambda s: s.v / (1 - BETA_1**s.t),
    )


def _share_in(part, whole):
    """Return which share of ``whole`` every entry of ``part`` is, or None if they differ."""
    shares = np.ravel(part) / np.ravel(whole)
    return number(shares[0]) if np.allclose(shares, shares[0]) else None


def _first_wrong_line(exercise, results, first):
    """See which of the lines m, v, step is the first that goes wrong."""
    answers = list(zip(exercise.cases, results, exercise.expected, strict=True))
    right = [
        all(exercise._same(case, got[part], wanted[part]) for case, got, wanted in answers)
        for part in range(3)
    ]
    gradient, rate = exercise.cases[0].arguments[2], exercise.cases[0].arguments[4]
    step, m, v = results[0]
    for name, part, whole, wanted, line in (
        ("m", m, gradient, number(1 - BETA_1), "(7.18)"),
        ("v", v, gradient**2, number(1 - BETA_2), "(7.19)"),
    ):
        if right["mv".index(name) + 1]:
            continue
        share, of = _share_in(part, whole), "gradient" if name == "m" else "squared gradient"
        said = "m is right in every case, v is not" if name == "v" else "m is not right yet"
        if share == wanted:
            said += ", though it is where the old one is 0: look at what is kept of that"
        elif share:
            said += f": in the first step it holds {share} of the {of}, and should hold {wanted}"
        return None, f"{said}.", f"Compare the line of {name} with {line}."
    said = "m and v are right in every case; the step is not"
    if all(exercise._same(case, got[0], wanted[0]) for case, got, wanted in answers
           if case.arguments[3] == 1):  # fmt: skip
        return None, f"{said}, though it is where t = 1.", "Look at the powers in (7.20)."
    share = _share_in(step, rate * np.sign(gradient))
    if share and share != "1":
        said += f": the first one is {share} learning rates long, and should be 1"
    return None, f"{said}.", "Correct both means by (7.20), then put them together by (7.21)."


adam_step = FunctionExercise(
    number="7.4",
    chapter=CHAPTER,
    name="adam_step",
    parameters=("m", "v", "gradient", "t", "learning_rate"),
    returns=("step", "m", "v"),
    reference=step_of_adam,
    cases=tuple(_adam_cases()),
    observe=_first_wrong_line,
    mistakes=(
        Mistake(
            "not corrected",
            _adam(m_hat=lambda s: s.m, v_hat=lambda s: s.v),
            "m and v are right and used as they are. At t = 1 m is 0.1 of the gradient and √v "
            "0.03162 of its size, so that the step is 3.162 times too long.",
            "Correct both by (7.20) before the step.",
        ),
        Mistake(
            "v not corrected",
            _adam(v_hat=lambda s: s.v),
            "m is corrected and v is not: the first step is 31.62 times too long.",
            "Divide v by 1 − 0.999^t as well.",
        ),
        Mistake(
            "m not corrected",
            _adam(m_hat=lambda s: s.m),
            "v is corrected and m is not: the first step is a tenth of what it should be.",
            "Divide m by 1 − 0.9^t as well.",
        ),
        Mistake(
            "t counted from 0",
            _corrected_at(lambda t: t - 1),
            "The power is t − 1. In the first step that divides 0.1 of a gradient by 0, and "
            "infinity over infinity is nan.",
            "The first step has t = 1: use t as it is given.",
        ),
        Mistake(
            "t one too far",
            _corrected_at(lambda t: t + 1),
            "The power is t + 1, that of the step after this one.",
            "Use t as it is given; it counts this step already.",
        ),
        Mistake(
            "t for the power",
            _adam(
                m_hat=lambda s: s.m / (1 - BETA_1 * s.t), v_hat=lambda s: s.v / (1 - BETA_2 * s.t)
            ),
            "The betas are multiplied by t, not raised to its power. At t = 1 that is the same; "
            "from t = 2 on the divisors are below 0.",
            "Write beta to the power t with two stars.",
        ),
        Mistake(
            "hat for power",
            _adam(m_hat=lambda s: s.m / (1 - BETA_1 ^ s.t)),
            "In Python ^ is no power but a bitwise operation, and not one for numbers with a "
            "point.",
            "A power is written with two stars.",
        ),
        Mistake(
            "corrected once for all",
            _corrected_at(lambda t: 1),
            "The correction is that of the first step in every step, division by 0.1 and 0.001: t "
            "takes no part.",
            "Raise the betas to the power t.",
        ),
        Mistake(
            "multiplied by the correction",
            _adam(m_hat=lambda s: s.m * (1 - BETA_1**s.t), v_hat=lambda s: s.v * (1 - BETA_2**s.t)),
            "The correction multiplies; a mean that is too small because it started at 0 gets "
            "smaller still.",
            "Divide by it.",
        ),
        Mistake(
            "corrected ones handed on",
            _adam(back=lambda s: (s.step, s.m_hat, s.v_hat)),
            "The step is right; the corrected means come back as m and v, and the next step would "
            "correct them once more.",
            "Give the corrected ones names of their own, and return m and v as they were before.",
        ),
        Mistake(
            "old ones handed on",
            _adam(back=lambda s: (s.step, s.old_m, s.old_v)),
            "The step is right; m and v come back as they came in, and nothing would be "
            "remembered.",
            "Return the new m and the new v.",
        ),
        Mistake(
            "betas swapped",
            _swapped_betas(),
            "The betas have changed places: m remembers for a thousand steps, v for ten.",
            "0.9 belongs to m, 0.999 to v.",
        ),
        Mistake(
            "shares swapped",
            _adam(
                m=lambda s: (1 - BETA_1) * s.old_m + BETA_1 * s.gradient,
                v=lambda s: (1 - BETA_2) * s.old_v + BETA_2 * s.gradient**2,
            ),
            "β is the share of the old mean that is kept; here the new gradient gets it, and the "
            "past is forgotten at once.",
            "Multiply the old one by β, the new one by 1 − β.",
        ),
        Mistake(
            "a sum for a mean",
            (
                _adam(m=lambda s: BETA_1 * s.old_m + s.gradient),
                _adam(
                    m=lambda s: BETA_1 * s.old_m + s.gradient,
                    v=lambda s: BETA_2 * s.old_v + s.gradient**2,
                ),
                _adam(v=lambda s: BETA_2 * s.old_v + s.gradient**2),
            ),
            "The new gradient enters in full, as in the momentum of (7.16): what comes of it is a "
            "sum, ten or a thousand times the mean.",
            "Multiply the new one by 1 − β.",
        ),
        Mistake(
            "square missing",
            _adam(v=lambda s: BETA_2 * s.old_v + (1 - BETA_2) * s.gradient),
            "v averages the gradient, not its square; where that is below 0, the root is nan.",
            "Square the gradient in v.",
        ),
        Mistake(
            "square of m",
            _adam(v=lambda s: BETA_2 * s.old_v + (1 - BETA_2) * s.m**2),
            "v averages the square of m; it should see each gradient as it comes.",
            "Square the gradient in v.",
        ),
        Mistake(
            "share inside the square",
            _adam(v=lambda s: BETA_2 * s.old_v + ((1 - BETA_2) * s.gradient) ** 2),
            "1 − β is squared together with the gradient, which then counts a thousand times too "
            "little.",
            "Square the gradient first, then multiply.",
        ),
        Mistake(
            "one size for all",
            (
                _adam(v=lambda s: BETA_2 * s.old_v + (1 - BETA_2) * np.mean(s.gradient**2)),
                _adam(v=lambda s: BETA_2 * s.old_v + (1 - BETA_2) * np.sum(s.gradient**2)),
            ),
            "The squares are added up over the parameters: all share one size, and the point of v "
            "is that each has its own.",
            "Square entry by entry, and add nothing up.",
        ),
        Mistake(
            "root missing",
            _adam(root=lambda s: s.v_hat + EPSILON),
            "The step divides by v, the mean square: ten times the gradient makes a tenth of the "
            "step.",
            "Divide by its root, which has the size of a gradient.",
        ),
        Mistake(
            "epsilon missing",
            _adam(root=lambda s: np.sqrt(s.v_hat)),
            "Without ε a gradient that has been 0 throughout is divided by 0: 0/0 is nan.",
            "Add 1e−8 to the root.",
        ),
        Mistake(
            "epsilon in the root",
            _adam(root=lambda s: np.sqrt(s.v_hat + EPSILON)),
            "ε stands under the root. There 1e−8 counts as 1e−4, and small gradients get short "
            "steps.",
            "Take the root first, then add ε.",
        ),
        Mistake(
            "epsilon before the correction",
            _adam(root=lambda s: (np.sqrt(s.v) + EPSILON) / np.sqrt(1 - BETA_2**s.t)),
            "ε is added to the root of the uncorrected v, a shortcut that the authors mention "
            "too. It shows where the gradient is as small as ε.",
            "Correct v first, take the root, then add ε.",
        ),
        Mistake(
            "another epsilon",
            tuple(_epsilon(10.0**-k) for k in (7, 6, 5, 4, 3, 9, 10, 12, 15, 16)),
            "Right but for ε, which is not 1e−8 here. It shows where the gradients are tiny.",
            "Use 1e−8.",
        ),
        Mistake(
            "wrong sign",
            None,
            "m and v are right, and the step has its sign turned. It is what gets subtracted, so "
            "it points the way of the gradient.",
            "Take the minus off.",
            change=lambda result, *_: (-result[0], *result[1:]),
        ),
        Mistake(
            "no learning rate",
            _adam(step=lambda s: s.m_hat / s.root),
            "The learning rate takes no part, and the first step is about 1 for every parameter.",
            "Multiply the step by it.",
        ),
        Mistake(
            "the gradient steps",
            _adam(step=lambda s: s.rate * s.gradient / s.root),
            "The step is made of the bare gradient: that is RMSprop with a correction, and m is "
            "never used.",
            "Put the corrected m above.",
        ),
        Mistake(
            "v never used",
            _adam(step=lambda s: s.rate * s.m_hat),
            "The step is the corrected m times the rate: v is never used.",
            "Divide by the root of the corrected v, plus ε.",
        ),
        Mistake(
            "a step from the old means",
            (
                _adam(m_hat=lambda s: s.old_m / (1 - BETA_1**s.t)),
                _adam(
                    m_hat=lambda s: s.old_m / (1 - BETA_1**s.t),
                    v_hat=lambda s: s.old_v / (1 - BETA_2**s.t),
                ),
                _adam(v_hat=lambda s: s.old_v / (1 - BETA_2**s.t)),
            ),
            "The step uses a mean from before this gradient; in the first step that is 0.",
            "Renew m and v first, then make the step of them.",
        ),
        Mistake(
            "another order",
            _adam(back=lambda s: (s.m, s.v, s.step)),
            "The three are right, in another order: m, v, step.",
            "Return step, m, v.",
        ),
        Mistake(
            "the step alone",
            _adam(back=lambda s: s.step),
            "The step is right and comes alone; the next one needs m and v as well.",
            "Return all three, with commas between.",
        ),
    ),
    fact=(
        "At t = 1 every parameter moves by one learning rate, be its slope 0.002 or 2000. And "
        "without the correction this step would be longer, not shorter: 3.162 learning rates."
    ),
    starter="""\
def adam_step(m, v, gradient, t, learning_rate):
    m = ...
    v = ...
    step = ...
    return step, m, v

check.two_moons.adam_step(adam_step)
""",
    solution="""\
def adam_step(m, v, gradient, t, learning_rate):
    m = 0.9 * m + 0.1 * gradient
    v = 0.999 * v + 0.001 * gradient**2
    m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
    step = learning_rate * m_hat / (np.sqrt(v_hat) + 1e-8)
    return step, m, v

check.two_moons.adam_step(adam_step)
""",
)


# 7.5  Predict: the right size of a start, for a bend of another kind


N_INPUTS, N_UNITS, LEAK = 50, 40, 0.6


def _he_scale():
    n, leak = N_INPUTS, LEAK
    above, below = 1 / 2, leak**2 / 2  # shares of Var(z) that the two halves keep
    mean = (1 - leak) / math.sqrt(2 * math.pi)  # of f(z), for normal z of variance 1

    def scale(kept, n_inputs=n):
        return 1 / math.sqrt(n_inputs * kept)

    kept = above + below
    answer = scale(kept)
    mistakes = (
        Mistake(
            "the variance",
            answer**2,
            "That is the variance of the weights, and it is right.",
            "The standard deviation is its root.",
        ),
        Mistake(
            "ReLU's",
            scale(above),
            "That is (7.11), which counts what is below 0 as lost. Here 0.6 of it gets through.",
            "Work out which share of the mean square this f keeps, and put it where ReLU has ½.",
        ),
        Mistake(
            "no bend",
            scale(1),
            "That is the right size without a bend, when everything gets through.",
            "Below 0 this f lets less through; see what that does to the mean of a².",
        ),
        Mistake(
            "leak not squared",
            scale((1 + leak) / 2),
            "The half below 0 was counted with 0.6. It is a square whose mean is wanted.",
            "Square the slope before taking the mean.",
        ),
        Mistake(
            "lower half in full",
            scale(above + leak**2),
            "The half below 0 was counted with 0.36 in full, though z is there only half of the "
            "time.",
            "Give both halves their ½.",
        ),
        Mistake(
            "leak for the share",
            scale(leak),
            "0.6 was taken for the share that gets through. It is the slope, and only below 0.",
            "Find the mean of f(z)² in each half, then the mean of both.",
        ),
        Mistake(
            "both halves in full",
            scale(1 + leak**2),
            "1.36 counts both halves in full: as if z were above and below 0 at the same time.",
            "Give each half its ½.",
        ),
        Mistake(
            "lower half only",
            scale(below),
            "Only the half below 0 was counted; what is above gets through whole.",
            "Add the ½ of the upper half.",
        ),
        Mistake(
            "lower half subtracted",
            scale(above - below),
            "The share from below 0 was subtracted; a square is never below 0.",
            "Add it.",
        ),
        Mistake(
            "variance of a",
            scale(kept - mean**2),
            "The mean of a was taken off, which leaves the variance of a. The next Z has weights "
            "with mean 0, and what counts for it is the mean of a².",
            "Leave the mean in.",
        ),
        Mistake(
            "Xavier",
            math.sqrt(2 / (n + N_UNITS)),
            "That is (7.12), Xavier's, made for functions like tanh that hardly bend near 0.",
            "Start from (7.10) and follow the variance through this f.",
        ),
        Mistake(
            "number of units",
            scale(kept, N_UNITS),
            "The 40 units were taken for n. One Z adds up as many terms as the layer has inputs.",
            "Use the 50.",
        ),
        Mistake(
            "mean of both numbers",
            scale(kept, (n + N_UNITS) / 2),
            "n is the mean of 50 and 40, as in Xavier's compromise; forwards only the inputs "
            "count.",
            "Use the 50.",
        ),
        Mistake(
            "multiplied by the share",
            math.sqrt(kept / n),
            "Multiplied by the share that gets through, the weights get smaller for a loss they "
            "have to make up for.",
            "Divide by it.",
        ),
        Mistake(
            "He times the share",
            math.sqrt(2 * kept / n),
            "(7.11) was multiplied by 1.36 under the root: more gets through than with ReLU, so "
            "the weights have to be smaller.",
            "Divide by it.",
        ),
        Mistake(
            "n missing",
            1 / math.sqrt(kept),
            "The bend is made up for, and the 50 terms of the sum are not.",
            "Divide by the root of 50 as well.",
        ),
        Mistake(
            "n outside the root",
            1 / (n * math.sqrt(kept)),
            "The 50 stands outside the root: a sum of 50 such terms is about √50 times as large as "
            "one, not 50 times.",
            "Take the root of the 50 too.",
        ),
        Mistake(
            "upside down",
            1 / answer,
            "That is one over the standard deviation.",
            "Turn the fraction over.",
        ),
        Mistake(
            "the share",
            kept,
            "That is the share of the mean square that f lets through, and it is right.",
            "By (7.10), n times Var(w) times this share has to be 1.",
        ),
        Mistake(
            "n times the share",
            n * kept,
            "That is what Var(w) is multiplied by on the way to the next Z, and it is right.",
            "The product has to be 1: solve for Var(w), then take the root.",
        ),
        Mistake(
            "near zero",
            0.01,
            "0.01 is the start near zero. With 50 inputs and this f, each layer would divide the "
            "variance by 294.",
            "Ask for which Var(w) the factor from layer to layer is 1.",
        ),
    )
    return answer, mistakes


_answer, _mistakes = _he_scale()

he_scale = NumberExercise(
    number="7.5",
    chapter=CHAPTER,
    name="he_scale",
    quantity="the standard deviation",
    reference=_answer,
    tolerance=1e-3,
    mistakes=_mistakes,
    givens=(
        f"a layer with {N_INPUTS} inputs and {N_UNITS} units\n"
        f"its inputs are f(z), with f(z) = z above 0 and {number(LEAK)} z below 0\n"
        "z: mean 0, and −z as likely as z; weights: mean 0, drawn one by one\n"
        "wanted: the standard deviation of the weights for which the layer's Z\n"
        "has the same variance as the z before it. Answer within 0.1 %."
    ),
    pencil=(
        "No known mistake gives it. Write down, one under the other: the mean of f(z)² as a share "
        "of Var(z), then Var(Z) by (7.10), then what makes both variances equal."
    ),
    fact=(
        "It is 1.213 / √50, and PyTorch calls 1.213 the gain of this f. With ReLU's gain, √2, each "
        "layer would multiply the variance by 1.36, ten layers by 21.65."
    ),
    starter="""\
standard_deviation = ...

check.two_moons.he_scale(standard_deviation)
""",
    solution="""\
# Above 0, half of the time, f(z)² = z²; below 0 it is 0.36 z².
# So the mean of f(z)² is (1 + 0.36) / 2 = 0.68 of Var(z).
# (7.10): Var(Z) = 50 · Var(w) · 0.68 · Var(z), and the factor has to be 1.
standard_deviation = (1 / (50 * 0.68)) ** 0.5

check.two_moons.he_scale(standard_deviation)
""",
)


# 7.6  Choose: what tells equal units apart


symmetry = ChoiceExercise(
    number="7.6",
    chapter=CHAPTER,
    name="symmetry",
    question=(
        "Both hidden units of a 2−2−1 net start with the same weights, the same bias and the same "
        "outgoing weight. After 8000 epochs of plain gradient descent they are still the same. "
        "Which of these changes to the training lets them part?"
    ),
    choices={
        "a": "Mini-batches, shuffled anew in every epoch: chance decides who sees what first.",
        "b": "Adam: every weight gets a step size of its own.",
        "c": "Dropout: now and then one unit is silent where the other speaks.",
        "d": "L2: the penalty holds large and small weights back by different amounts.",
    },
    correct="c",
    mistakes=(
        Mistake(
            "chance in the rows",
            "a",
            "Chance picks the rows, and both units see the same ones: whatever the batch, equal "
            "weights give equal slopes.",
            "Look for something that can treat one unit differently from the other.",
        ),
        Mistake(
            "a step size of its own",
            "b",
            "Adam makes a weight's step from that weight's slopes, now and before, and these have "
            "been the same for both units.",
            "Ask what a change does to two weights with the same value and the same slope.",
        ),
        Mistake(
            "a pull of its own",
            "d",
            "L2 adds λ times the weight to its slope. Two equal weights are pulled equally hard.",
            "Ask which change can tell two units apart that have the same numbers.",
        ),
    ),
    fact=(
        "Once different, units can still trade places: swap two with all their weights, and the "
        "net says the same. Each function of a 2−5−3−1 net stands in 120 × 6 = 720 places."
    ),
    starter="""\
choice = ...  # "a", "b", "c" or "d"

check.two_moons.symmetry(choice)
""",
    solution="""\
# Only c acts on units rather than on rows or weights.
choice = "c"

check.two_moons.symmetry(choice)
""",
)


EXERCISES = (
    safe_cost,
    stopping_epoch,
    dropout,
    adam_step,
    he_scale,
    symmetry,
)
