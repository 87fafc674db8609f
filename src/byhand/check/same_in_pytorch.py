"""Chapter 10, the same in PyTorch: its six exercises, their known mistakes and every message.

Each exercise stands below its reference and its mistakes.  The messages are the plain strings: edit
them here and nowhere else.  Numbers inside them are held true by
``tests/test_check_same_in_pytorch.py``.
"""

import copy
from dataclasses import dataclass

import numpy as np

from byhand.activations import sigmoid_derivative
from byhand.check.answer import wrong
from byhand.check.comparing import gap
from byhand.check.exercise import (
    Case,
    ChoiceExercise,
    FunctionExercise,
    Mistake,
    NumberExercise,
)
from byhand.check.wording import counted, number
from byhand.network import Network

CHAPTER = "same_in_pytorch"
RANDOM = 40  # inputs of each code exercise, beside those chosen by hand


# 10.1  Write: a network's parameters as PyTorch's Linear stores them


def for_linear(weights, biases):
    """Return (weight1, bias1, weight2, ...): weights of shape (out, in), all of them copies."""
    pairs = zip(weights, biases, strict=True)
    return tuple(part.copy() for W, b in pairs for part in (W.T, b))


def _linear_cases():
    def case(sizes, label, draw, random=False):
        layers = list(zip(sizes, sizes[1:], strict=False))
        weights = tuple(draw(shape) for shape in layers)
        return Case(label, (weights, tuple(draw((n,)) for _, n in layers)), random)

    def drawn(seed, scale=1.0):
        rng = np.random.default_rng(seed)
        return lambda shape: np.round(rng.normal(scale=scale, size=shape), 3)

    hand = (
        (np.array([[0.8, 0.4, 0.3], [0.2, 0.9, 0.5]]), np.array([[0.3], [0.5], [0.9]])),
        (np.array([0.1, 0.2, 0.3]), np.array([0.4])),
    )
    yield Case("a 2−3−1 net", hand)
    yield case((3, 3), "one square layer, 3−3", drawn(1))
    yield case((1, 1), "one node, 1−1", drawn(2))
    yield case((1, 4, 1), "a 1−4−1 net", drawn(3))
    yield case((64, 12, 10), "a 64−12−10 net", drawn(4))
    yield case((4, 2, 2, 3), "a 4−2−2−3 net, large numbers", drawn(5, 1e6))
    yield case((2, 3, 2), "a 2−3−2 net of zeros", np.zeros)
    rng = np.random.default_rng(101)
    for index in range(RANDOM):
        sizes = [int(n) for n in rng.integers(1, 6, size=2 + index % 3)]
        label = f"random parameters {index + 1}, a {'−'.join(map(str, sizes))} net"
        yield case(sizes, label, drawn(200 + index), random=True)


def _parameter(place):
    return f"{('weight', 'bias')[place % 2]}{1 + place // 2}"


def _alike(one, two):
    """Return whether two nested lists have the same places and the same numbers in them."""
    one, two = (list(each.values()) if isinstance(each, dict) else each for each in (one, two))
    bundled = [isinstance(each, list | tuple) for each in (one, two)]
    if any(bundled):
        return all(bundled) and len(one) == len(two) and all(map(_alike, one, two))
    if not all(isinstance(each, np.ndarray | float) for each in (one, two)):
        return False
    return np.shape(one) == np.shape(two) and np.allclose(one, two, rtol=1e-10, atol=0)


def _shared(function, arguments):
    """Return which parameters come back in the memory of an input: a list of truth values."""
    weights, biases = given = copy.deepcopy(arguments)
    result = list(function(*given))
    inputs = [part for pair in zip(weights, biases, strict=True) for part in pair]
    arrays = [part if isinstance(part, np.ndarray) else np.zeros(0) for part in result]
    return [np.shares_memory(mine, theirs) for mine, theirs in zip(arrays, inputs, strict=True)]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ParametersExercise(FunctionExercise):
    """Arrays that may be bundled in the wrong way, and must not be the inputs' own memory."""

    def _gap(self, case, value, result, expected):
        names = [_parameter(place) for place in range(len(expected))]
        return gap(f"At {case.label}", names, value, result, expected, self._tolerance(case))

    def _compare(self, function, values):
        verdict = super()._compare(function, values)
        if verdict.passed:
            return self._borrowed(function) or verdict
        if verdict.mistake is None:
            for mistake in self.mistakes:
                if any(map(self._bundled_like(values), self._wrong_functions(mistake))):
                    told = str(verdict).split("\n")[0], mistake.what, mistake.step
                    return wrong(*told, mistake=mistake.name, inputs=verdict.inputs)
        return verdict

    def _bundled_like(self, values):
        def alike(way):
            outcomes = [way(*case.arguments) for case in self.cases]
            return all(map(_alike, values, outcomes))

        return alike

    def _borrowed(self, function):
        """Return the verdict on right numbers in memory that is not their own, or None."""
        shared = [_shared(function, case.arguments) for case in self.cases]
        weights = [part for each in shared for part in each[::2]]
        if not any(map(any, shared)):
            return None
        first = next(index for index, each in enumerate(shared) if any(each))
        part = _parameter(shared[first].index(True))
        name = "a view" if all(weights) else "copied if need be" if any(weights) else "bias lent"
        seen = f"At {self.cases[first].label}: every number is right, and {part} is borrowed."
        return self._named(name, seen, self.cases[first])


def _each(rule):
    """Return the function that puts together what ``rule`` makes of each layer."""
    return lambda weights, biases: [
        part for W, b in zip(weights, biases, strict=True) for part in rule(W, b)
    ]


as_linear = ParametersExercise(
    number="10.1",
    chapter=CHAPTER,
    name="as_linear",
    parameters=("weights", "biases"),
    returns=("parameters",),
    reference=for_linear,
    cases=tuple(_linear_cases()),
    mistakes=(
        Mistake(
            "not transposed",
            _each(lambda W, b: (W.copy(), b.copy())),
            "The weights come as they were, a row for each input. Linear keeps a row for each "
            "unit.",
            "Transpose every W.",
        ),
        Mistake(
            "reshaped",
            _each(lambda W, b: (W.reshape(W.shape[::-1]).copy(), b.copy())),
            "The shape is right and the numbers stand in the wrong places: reshape keeps their "
            "order and breaks the row elsewhere. No error would ever tell.",
            "Transpose, with `.T`.",
        ),
        Mistake(
            "biases first",
            _each(lambda W, b: (b.copy(), W.T.copy())),
            "In every layer the bias comes first; PyTorch lists the weight before it.",
            "Change the order inside the layer.",
        ),
        Mistake(
            "all weights first",
            lambda weights, biases: [*(W.T.copy() for W in weights), *(b.copy() for b in biases)],
            "All weights come first, then all biases. `model.parameters()` goes layer by layer.",
            "Put each bias behind its own weight.",
        ),
        Mistake(
            "last layer first",
            lambda weights, biases: list(for_linear(weights[::-1], biases[::-1])),
            "The layers come in the order of the way back.",
            "Begin with the layer that sees the inputs.",
        ),
        Mistake(
            "float32",
            (
                _each(lambda W, b: (W.T.astype(np.float32), b.astype(np.float32))),
                _each(lambda W, b: (W.T.astype(np.float32), b.copy())),
            ),
            "The numbers were rounded to 32 bits on the way. That is what a new Linear holds, and "
            "seven digits are all that is left of sixteen.",
            "Leave them as they are; the model can be made float64.",
        ),
        Mistake(
            "biases as tables",
            (
                _each(lambda W, b: (W.T.copy(), b[:, None].copy())),
                _each(lambda W, b: (W.T.copy(), b[None].copy())),
            ),
            "Each bias came as a table of one column or one row; Linear has a bias of one axis.",
            "Leave its shape alone, and copy it.",
        ),
        Mistake(
            "biases set to 0",
            _each(lambda W, b: (W.T.copy(), 0 * b)),
            "The weights are right, and every bias is 0: a start that is common, and not this "
            "net's.",
            "Copy the biases that were given.",
        ),
        Mistake(
            "no biases",
            _each(lambda W, b: (W.T.copy(),)),
            "Only the weights came; a Linear has a bias, filled by chance if nobody fills it.",
            "Add a copy of b behind every weight.",
        ),
        Mistake(
            "bundled",
            (
                lambda weights, biases: [
                    (W.T.copy(), b.copy()) for W, b in zip(weights, biases, strict=True)
                ],
                lambda weights, biases: ([W.T.copy() for W in weights], list(biases)),
            ),
            "The arrays are right and came in bundles, pairs or two lists; asked is one flat list.",
            "Go layer by layer, lengthening the list with += by a list of two.",
        ),
        Mistake(
            "a dict",
            lambda weights, biases: dict(enumerate(for_linear(weights, biases))),
            "The arrays are right and came in a dict, which is what `load_state_dict` takes; here "
            "a list in the order of `model.parameters()` is asked.",
            "Return the values in a list.",
        ),
        Mistake(
            "one row of numbers",
            lambda weights, biases: np.concatenate(
                [part.ravel() for part in for_linear(weights, biases)]
            ),
            "All numbers came in one row, in the right order, and the shapes are gone.",
            "Put the arrays themselves into a list.",
        ),
        Mistake(
            "first layer only",
            lambda weights, biases: [weights[0].T.copy(), biases[0].copy()],
            "Only the first layer came: the return stands inside the loop, or nothing loops.",
            "Return after the loop, in line with `for`.",
        ),
        Mistake(
            "last layer only",
            lambda weights, biases: [weights[-1].T.copy(), biases[-1].copy()],
            "Only the last layer came: each one replaced the one before it.",
            "Lengthen the list with +=, and make it once, before the loop.",
        ),
        Mistake(
            "a view",
            (_each(lambda W, b: (W.T, b)), _each(lambda W, b: (W.T, b.copy()))),
            "A transpose copies nothing: it looks at the same memory in another order. Each step "
            "of the model would move this net's weights too.",
            "Write `.copy()` behind it, and behind b.",
        ),
        Mistake(
            "bias lent",
            _each(lambda W, b: (W.T.copy(), b)),
            "The weights are copies, and b is the array that came in: trained on, it would change "
            "in both nets.",
            "Write `.copy()` behind b as well.",
        ),
        Mistake(
            "copied if need be",
            (
                _each(lambda W, b: (np.ascontiguousarray(W.T), b.copy())),
                _each(lambda W, b: (np.ascontiguousarray(W.T), b)),
            ),
            "Some weights are copies and some are not. `ascontiguousarray` copies only if the "
            "order in memory changes, and for a single row or column it does not.",
            "Ask for a copy in so many words: `.copy()`.",
        ),
    ),
    fact=(
        "In a Sequential of Linear, Sigmoid, Linear they are called 0.weight, 0.bias, 2.weight and "
        "2.bias: the sigmoid counts as a module, number 1, and has nothing to learn."
    ),
    starter="""\
def as_linear(weights, biases):
    parameters = []
    for W, b in zip(weights, biases):
        parameters += [..., ...]
    return parameters

check.same_in_pytorch.as_linear(as_linear)
""",
    solution="""\
def as_linear(weights, biases):
    parameters = []
    for W, b in zip(weights, biases):
        parameters += [W.T.copy(), b.copy()]
    return parameters

check.same_in_pytorch.as_linear(as_linear)
""",
)


# 10.2  Predict: what .grad holds when nobody clears it


X_LOOP, Y_LOOP, RATE, PASSES = 2.0, 6.0, 0.05, 3


def passes(count, kept=1.0, two=2.0):
    """Return a row (w, slope, grad) for each pass of a loop that keeps that share of grad."""
    w = grad = 0.0
    rows = []
    for _ in range(count):
        slope = two * (w * X_LOOP - Y_LOOP) * X_LOOP
        grad = kept * grad + slope
        rows.append((w, slope, grad))
        w -= RATE * grad
    return rows


def _never_cleared():
    weights, slopes, grads = zip(*passes(PASSES + 1), strict=True)
    _, cleared, _ = zip(*passes(PASSES, kept=0), strict=True)
    answer = grads[PASSES - 1]
    mistakes = (
        Mistake(
            "cleared",
            cleared[-1],
            "That is the slope of the third pass when .grad is cleared before every pass.",
            "Nobody clears it here: carry what it holds into the next row.",
        ),
        Mistake(
            "the third slope",
            slopes[2],
            "That is the slope of the third pass, and it is right; .grad already held two.",
            "Add the three slopes.",
        ),
        Mistake(
            "steps along the slope",
            sum(cleared),
            "The slopes are added up, and the steps were made along each slope alone.",
            "The optimizer sees .grad and nothing else: step along the sum.",
        ),
        Mistake(
            "three times the first",
            PASSES * slopes[0],
            "The first slope was taken three times; there is a step between the passes, and the "
            "slope changes with w.",
            "Work the slope out afresh in every row.",
        ),
        Mistake(
            "doubled each time",
            4 * slopes[0],
            ".grad was doubled from pass to pass. It grows by the new slope, not by what it holds.",
            "Work the slope out at each new w, and add it.",
        ),
        Mistake(
            "two passes",
            grads[1],
            "That is what .grad holds after two passes, and it is right.",
            "Make the step along it, and add the slope of the third pass.",
        ),
        Mistake(
            "the mean",
            answer / PASSES,
            "That is the mean of the three slopes. PyTorch adds and divides by nothing.",
            "Leave the sum as it is.",
        ),
        Mistake(
            "the weight",
            weights[3],
            "That is w after the third step, and it is right.",
            "Asked is what its .grad holds.",
        ),
        Mistake(
            "sign",
            -answer,
            "Right size, wrong sign: as long as w is below 3, the loss falls when w grows, and its "
            "slope is negative.",
            "Begin again at −24.",
        ),
        Mistake(
            "a factor 2 missing",
            passes(PASSES, two=1.0)[-1][-1],
            "One of the two factors 2 is missing from the slopes: one comes from the square, the "
            "other is x.",
            "The slope of (2w − 6)² is 2 times (2w − 6) times 2.",
        ),
        Mistake(
            "third slope subtracted",
            slopes[0] + slopes[1] - slopes[2],
            "The third slope was taken as negative like the two before. By then w is beyond 3, and "
            "the slope points the other way.",
            "Work out 2w − 6 at w = 3.12, with its sign.",
        ),
        Mistake(
            "momentum of 0.9",
            passes(PASSES, kept=0.9)[-1][-1],
            "A tenth of the old .grad was forgotten in each pass, as momentum of 0.9 does.",
            "PyTorch keeps all of it.",
        ),
    )
    return answer, mistakes


_answer, _mistakes = _never_cleared()

never_cleared = NumberExercise(
    number="10.2",
    chapter=CHAPTER,
    name="never_cleared",
    quantity="what .grad holds",
    reference=_answer,
    tolerance=1e-3,
    mistakes=_mistakes,
    givens=(
        "w = 0, one row with x = 2 and y = 6, the loss (2w − 6)², the rate 0.05\n"
        "three passes, and .grad is empty before the first:\n"
        "    loss.backward()      # .grad = .grad + the slope at this w\n"
        "    optimizer.step()     # w = w − 0.05 times .grad\n"
        "wanted: what .grad holds after the third pass. Answer within 0.1 %."
    ),
    pencil=(
        "No known mistake gives it. Write three rows, each with w, the slope 4 (2w − 6), and .grad "
        "after the slope is added; the next w is this one minus 0.05 times .grad."
    ),
    fact=(
        "Never clearing is momentum with a share of 1: nothing brakes, and this w swings between "
        "−0.1623 and 6.162 for ever. Done on purpose, it makes one large batch of several small."
    ),
    starter="""\
gradient = ...

check.same_in_pytorch.never_cleared(gradient)
""",
    solution="""\
# pass   w       slope 4 (2w − 6)   .grad
# 1      0       −24                −24
# 2      1.2     −14.4              −38.4
# 3      3.12      0.96             −37.44
gradient = -24 - 14.4 + 0.96

check.same_in_pytorch.never_cleared(gradient)
""",
)


# 10.3  Write: the slopes of a tape, from its end


def slopes_of(tape):
    """Return ∂(last number)/∂(each number): the solution of all the rules (10.1) at once."""
    n = len(tape)
    passed_on = np.zeros((n, n))
    for j, pairs in enumerate(tape):
        for i, slope in pairs:
            passed_on[i, j] += slope
    return np.linalg.solve(np.eye(n) - passed_on, np.eye(n)[-1])


def taped_net(x, y, weights, biases):
    """Return the tape of the squared error of a net of one hidden layer of sigmoids.

    It begins with the parameters, in the order of ``Network.parameters``.
    """
    sizes = [*weights[0].shape, 1]
    network = Network(sizes, hidden="sigmoid", weights=list(weights), biases=list(biases))
    error = network.forward(np.array([x])).item() - y
    hidden, output = network.dense
    n_inputs, n = hidden.W.shape
    b1, W2, b2 = n_inputs * n, n_inputs * n + n, n_inputs * n + 2 * n
    z, a = b2 + 1, b2 + 1 + n
    A, slopes = hidden.A[0].tolist(), sigmoid_derivative(hidden.Z[0]).tolist()
    tape = [() for _ in range(z)]
    for unit in range(n):  # the z of the hidden units
        weighed = tuple((i * n + unit, float(x[i])) for i in range(n_inputs))
        tape.append((*weighed, (b1 + unit, 1.0)))
    tape += [((z + unit, slope),) for unit, slope in enumerate(slopes)]
    from_units = [(a + unit, w) for unit, w in enumerate(output.W[:, 0].tolist())]
    from_weights = [(W2 + unit, value) for unit, value in enumerate(A)]
    return *tape, (*from_units, *from_weights, (b2, 1.0)), ((a + n, 2.0 * error),)


HAND_NET = as_linear.cases[0].arguments
HAND_ROW = (1.0, 1.0), 0.0


def _tape_cases():
    def case(label, tape, random=False):
        return Case(label, (tape,), random)

    yield case("v2 = v0 v1, v3 = v2 + v0", ((), (), ((0, 3.0), (1, 2.0)), ((2, 1.0), (0, 1.0))))
    yield case("v1 = v0², v0 = 3", ((), ((0, 3.0), (0, 3.0))))
    yield case("a chain of three", ((), ((0, 0.5),), ((1, -4.0),)))
    yield case("one number alone", ((),))
    yield case("v1 unused, v2 = −2 v0", ((), (), ((0, -2.0),)))
    diamond = (), ((0, 2.0),), ((1, 1.0), (0, 1.0)), ((1, 3.0), (2, 0.5)), ((3, -1.0), (2, 4.0))
    yield case("v2 used by v3 and v4, v1 by v2 and v3", diamond)
    yield case("a slope of 0 on the way", ((), ((0, 0.0),), ((1, 5.0), (0, 2.0))))
    yield case("large slopes", ((), ((0, 1e6),), ((1, -1e5),), ((2, 10.0), (1, 1e6))))
    yield case("the 2−3−1 net and its loss", taped_net(*HAND_ROW, *HAND_NET))
    rng = np.random.default_rng(103)
    for index in range(RANDOM):
        n = int(rng.integers(3, 9))
        tape = [(), ()]
        for j in range(2, n):
            made_from = rng.integers(0, j, size=int(rng.integers(1, 4 if j > 2 else 3)))
            slopes = np.round(rng.normal(scale=2, size=len(made_from)), 2).tolist()
            tape.append(tuple(zip(made_from.tolist(), slopes, strict=True)))
        yield case(f"random tape {index + 1}, {n} numbers", tuple(tape), random=True)


def _first_from_the_end(exercise, results, first):
    """Say which number is the first, from the end, to get a wrong slope, and what it is made of."""
    (tape,) = exercise.cases[first].arguments
    got, wanted = (np.atleast_1d(each) for each in (results[first], exercise.expected[first]))
    if not np.isfinite(got).all():
        return None
    place = int(np.flatnonzero(~np.isclose(got, wanted, rtol=1e-9, atol=1e-12))[-1])
    if place == len(tape) - 1:
        return (
            None,
            f"The last number itself has the slope {number(got[-1])} instead of 1.",
            "Set it before the loop, and let nothing change it.",
        )
    uses = [(j, slope) for j, pairs in enumerate(tape) for i, slope in pairs if i == place]
    told = ", ".join(f"by v{j} with slope {number(slope)}" for j, slope in uses[:3])
    if len(uses) > 3:
        told += f" and {len(uses) - 3} more"
    said = f"Read from the end, v{place} is the first to go wrong: "
    if not uses:
        return None, f"{said}nothing is made from it.", "What is not used changes nothing."
    return None, f"{said}it is used {told}.", "Work out what each of its uses hands to it."


def _walk(
    *,
    order=lambda n: range(n)[::-1],
    start=lambda n: np.eye(n)[-1],
    add=lambda old, mine, slope: old + mine * slope,
    pairs=lambda pairs: pairs,
    back=lambda slopes, tape: slopes,
):
    """Return the walk along a tape with some of its pieces replaced."""

    def walk(tape):
        slopes = start(len(tape))
        for j in order(len(tape)):
            for i, slope in pairs(tape[j]):
                slopes[i] = add(slopes[i], slopes[j], slope)
        return back(slopes, tape)

    return walk


def _depth_first(tape):
    slopes = np.eye(len(tape))[-1]

    def visit(j):
        for i, slope in tape[j]:
            slopes[i] += slopes[j] * slope
            visit(i)

    visit(len(tape) - 1)
    return slopes


def _visited_once(next_one):
    def walk(tape):
        slopes, waiting, seen = np.eye(len(tape))[-1], [len(tape) - 1], set()
        while waiting:
            j = waiting.pop(next_one)
            if j in seen:
                continue
            seen.add(j)
            for i, slope in tape[j]:
                slopes[i] += slopes[j] * slope
                waiting.append(i)
        return slopes

    return walk


def _mean_over_uses(slopes, tape):
    """Divide each slope by the uses, in a sweep from the end, where it is handed on divided."""
    uses = [sum(i == place for pairs in tape for i, _ in pairs) for place in range(len(tape))]
    slopes = np.eye(len(tape))[-1]
    for j in range(len(tape))[::-1]:
        for i, slope in tape[j]:
            slopes[i] += slopes[j] * slope / uses[i]
    return slopes


backward = FunctionExercise(
    number="10.3",
    chapter=CHAPTER,
    name="backward",
    parameters=("tape",),
    returns=("slopes",),
    reference=slopes_of,
    cases=tuple(_tape_cases()),
    observe=_first_from_the_end,
    mistakes=(
        Mistake(
            "= for +=",
            _walk(add=lambda old, mine, slope: mine * slope),
            "A number used twice keeps only what its earlier use says: each use overwrites the "
            "one before, where they should add up.",
            "Use +=.",
        ),
        Mistake(
            "first to last",
            (_walk(order=range), _walk(order=lambda n: range(n)[-1:])),
            "Only what the last number was made from directly has a slope. Read from its "
            "beginning, the tape hands on slopes that are still 0.",
            "Read it from its end, with reversed(range(len(tape))).",
        ),
        Mistake(
            "own slope left out",
            _walk(add=lambda old, mine, slope: old + slope),
            "Each pair hands on its slope alone: how much the number itself counts for the loss "
            "has no part in it.",
            "Multiply by slopes[j].",
        ),
        Mistake(
            "slope of the pair left out",
            _walk(add=lambda old, mine, slope: old + mine),
            "Each number hands its slope on as it is, as if everything were a sum.",
            "Multiply by the slope on the pair.",
        ),
        Mistake(
            "added, not multiplied",
            _walk(add=lambda old, mine, slope: old + mine + slope),
            "slopes[j] and the slope on the pair are added. Along a chain slopes multiply; only "
            "the uses of a number add up.",
            "Put a star between the two.",
        ),
        Mistake(
            "-= for +=",
            _walk(add=lambda old, mine, slope: old - mine * slope),
            "Each step back turns the sign. The minus of gradient descent belongs to the step of "
            "a weight, not in here.",
            "Use +=.",
        ),
        Mistake(
            "nothing handed on",
            (
                _walk(add=lambda old, mine, slope: old * mine * slope),
                _walk(order=lambda n: range(n - 1)[::-1]),
                _walk(order=lambda n: range(0)),
            ),
            "Only the last number has a slope. Either the loop leaves the last place out, or a "
            "product starts from 0 and stays there.",
            "The loop begins with j = len(tape) − 1, and slopes[i] grows by +=.",
        ),
        Mistake(
            "no slope to begin with",
            _walk(start=np.zeros),
            "Everything is 0: no number has a slope to begin with, and 0 is what is handed on.",
            "Set the last one to 1: the loss changes with itself, one to one.",
        ),
        Mistake(
            "ones to begin with",
            _walk(start=np.ones),
            "Every number starts from 1, as if each were a loss of its own.",
            "Start from zeros, and set the last one alone to 1.",
        ),
        Mistake(
            "whole numbers",
            (
                _walk(start=lambda n: np.eye(n, dtype=int)[-1]),
                _walk(add=lambda old, mine, slope: float(int(old + mine * slope))),
            ),
            "The fractions are cut off: the array holds whole numbers, and keeps to them.",
            "Make it with zeros and no type, or with type float.",
        ),
        Mistake(
            "first pair only",
            _walk(pairs=lambda pairs: pairs[:1]),
            "Of what a number was made from, only the first pair gets something.",
            "Go through all pairs of tape[j]; no return or break inside.",
        ),
        Mistake(
            "last pair only",
            _walk(pairs=lambda pairs: pairs[-1:]),
            "Of what a number was made from, only the last pair gets something: the line that "
            "hands on stands after the inner loop.",
            "Indent it once more.",
        ),
        Mistake(
            "depth first",
            _depth_first,
            "A number is dealt with each time it is reached, and hands on again what it handed on "
            "before: some ways are counted twice.",
            "Let each number hand on once, when all its uses have been dealt with.",
        ),
        Mistake(
            "visited too soon",
            (_visited_once(-1), _visited_once(0)),
            "Each number hands on once, as soon as it is reached, though some of its uses have not "
            "spoken yet.",
            "Follow the tape from its end: all uses of a number stand behind it.",
        ),
        Mistake(
            "a mean over the uses",
            _walk(back=_mean_over_uses),
            "A number used k times gets the mean of what its uses hand to it. A nudge is felt in "
            "all of them at once.",
            "Add them up, and divide by nothing.",
        ),
        Mistake(
            "inputs alone",
            _walk(back=lambda slopes, tape: slopes[[not pairs for pairs in tape]]),
            "Only the numbers made from nothing came back, and they are right.",
            "Return the slopes of all, in the order of the tape.",
        ),
        Mistake(
            "from the end",
            _walk(back=lambda slopes, tape: slopes[::-1]),
            "The slopes are right and stand in the order of the walk, last number first.",
            "Put each at the place of its number, or turn the list round.",
        ),
        Mistake(
            "the last one left out",
            _walk(back=lambda slopes, tape: slopes[:-1]),
            "The slope of the last number is missing, a plain 1.",
            "Return one slope for each number.",
        ),
    ),
    fact=(
        "A sum of many terms may be one number with many pairs: so taped, the 2−3−1 net and its "
        "loss need 20 pairs, and 20 products give all 13 slopes at once."
    ),
    starter="""\
def backward(tape):
    slopes = np.zeros(len(tape))
    slopes[-1] = ...
    for j in ...:
        for i, slope in tape[j]:
            slopes[i] = ...
    return slopes

check.same_in_pytorch.backward(backward)
""",
    solution="""\
def backward(tape):
    slopes = np.zeros(len(tape))
    slopes[-1] = 1.0
    for j in reversed(range(len(tape))):
        for i, slope in tape[j]:
            slopes[i] += slopes[j] * slope
    return slopes

check.same_in_pytorch.backward(backward)
""",
)


# 10.4  Write: a confusion matrix


def count_pairs(true, predicted, n_classes):
    """Return how often each pair (true, predicted) occurs, as a product of one-hot tables."""
    one_hot = np.eye(n_classes)
    return one_hot[true].T @ one_hot[predicted]


def _confusion_cases():
    def case(label, true, predicted, n_classes, random=False):
        arguments = np.array(true, int), np.array(predicted, int), n_classes
        return Case(label, arguments, random)

    yield case("true 0, 1, 1, read as 0, 1, 0", [0, 1, 1], [0, 1, 0], 2)
    yield case("true 0, 0, 0, read as 1, 1, 0", [0, 0, 0], [1, 1, 0], 2)
    yield case("true 2, 2, 1, read as 0, 0, 1", [2, 2, 1], [0, 0, 1], 3)
    yield case("one image, a 1 read as 2, of 4 classes", [1], [2], 4)
    yield case("one class alone", [0, 0, 0], [0, 0, 0], 1)
    yield case("a class 3 that does not occur", [0, 1, 2, 2], [0, 2, 2, 1], 4)
    yield case("nothing read right", [0, 1, 2, 0], [1, 2, 0, 1], 3)
    yield case("everything read right", [3, 1, 0, 2, 3], [3, 1, 0, 2, 3], 4)
    rng = np.random.default_rng(104)
    true = rng.integers(0, 10, size=360)
    slips = rng.random(360) < 0.1
    yield case("360 digits, a tenth misread", true, np.where(slips, (true * 3 + 1) % 10, true), 10)
    for index in range(RANDOM):
        n, n_classes = int(rng.integers(1, 15)), int(rng.integers(2, 5))
        true, predicted = rng.integers(0, n_classes, size=(2, n))
        label = f"random readings {index + 1}, {counted(n, 'image')}, {n_classes} classes"
        yield case(label, true, predicted, n_classes, random=True)


def _what_the_sums_say(exercise, results, first):
    """See whether the table counts every image once, and in its own row."""
    got, wanted = results[first], exercise.expected[first]
    if np.ndim(got) != 2 or not np.isfinite(got).all():
        return None
    n, total = len(exercise.cases[first].arguments[0]), np.sum(got)
    if not np.isclose(total, n):
        return (
            None,
            f"The entries add up to {number(total)}; there are {counted(n, 'image')} to count.",
            "Every image adds 1 to one entry, and to no other.",
        )
    for axis, name in ((1, "row"), (0, "column")):
        if np.allclose(got.sum(axis), wanted.sum(axis)):
            other = {"row": "predicted", "column": "true"}[name]
            return (
                None,
                f"Every {name} adds up as it should; inside, the counts stand at other places.",
                f"See what becomes of `{other}` on the way to the place of a count.",
            )
    return None


def _once(true, predicted, n_classes):
    counts = np.zeros((n_classes, n_classes))
    counts[true, predicted] += 1
    return counts


def _whole_rows(axis):
    def whole_rows(true, predicted, n_classes):
        found = np.bincount((true, predicted)[axis], minlength=n_classes).astype(float)
        return np.repeat(np.expand_dims(found, 1 - axis), n_classes, axis=1 - axis)

    return whole_rows


def _shares(axis, guarded=False):
    def shares(true, predicted, n_classes):
        counts = count_pairs(true, predicted, n_classes)
        total = counts.sum(axis=axis, keepdims=True)
        return counts / (np.maximum(total, 1) if guarded else total)

    return shares


def _counted(change):
    """Return the function that counts right and then makes ``change`` of the counts."""
    return lambda true, predicted, n_classes: change(count_pairs(true, predicted, n_classes))


def _sized_by(largest):
    return lambda true, predicted, n_classes: count_pairs(true, predicted, largest(true, predicted))


def _those_that_occur(true, predicted, n_classes):
    names = np.unique([true, predicted])
    return count_pairs(true, predicted, n_classes)[np.ix_(names, names)]


confusion_matrix = FunctionExercise(
    number="10.4",
    chapter=CHAPTER,
    name="confusion_matrix",
    parameters=("true", "predicted", "n_classes"),
    returns=("counts",),
    reference=count_pairs,
    cases=tuple(_confusion_cases()),
    observe=_what_the_sums_say,
    mistakes=(
        Mistake(
            "each pair once",
            (_once, _counted(lambda counts: np.minimum(counts, 1))),
            "A pair counts once, however often it occurs: either 1 is set where it should be "
            "added, or += got whole arrays, and NumPy writes each place once.",
            "Go through the images one by one, adding 1.",
        ),
        Mistake(
            "right ones alone",
            _counted(lambda counts: np.diag(np.diag(counts))),
            "Only the images read right are counted, on the diagonal; the others are what the "
            "table is for.",
            "Count every image, whatever it was read as.",
        ),
        Mistake(
            "wrong ones alone",
            _counted(lambda counts: counts - np.diag(np.diag(counts))),
            "The diagonal is 0: images read right are left out.",
            "Count those too; they tell how much a number beside them means.",
        ),
        Mistake(
            "shares for counts",
            (
                *(_shares(axis, guarded) for axis in (0, 1) for guarded in (False, True)),
                _counted(lambda counts: counts / counts.sum()),
            ),
            "The counts are divided by a sum, of their row, their column or the whole table: these "
            "are shares, and asked are counts.",
            "Take the division out.",
        ),
        Mistake(
            "started at 1",
            _counted(lambda counts: counts + 1),
            "Every entry is 1 too large: the table began with ones.",
            "Begin with zeros.",
        ),
        Mistake(
            "size from the data",
            (
                _sized_by(lambda true, predicted: max(true.max(), predicted.max()) + 1),
                _sized_by(lambda true, predicted: true.max() + 1),
                _those_that_occur,
            ),
            "The size was taken from the classes that occur; the tables of two tests could then "
            "not be compared.",
            "Make it n_classes by n_classes: every class has its place, whether it occurs or not.",
        ),
        Mistake(
            "counted from 1",
            _counted(lambda counts: np.roll(counts, -1, axis=(0, 1))),
            "Class 1 is counted in row 0, and class 0, at place −1, in the last row.",
            "The class is the index; nothing is to be subtracted.",
        ),
        Mistake(
            "both ways",
            _counted(lambda counts: counts + counts.T),
            "Every image is counted twice, at (t, p) and at (p, t). Reading a 3 as an 8 is not the "
            "same as reading an 8 as a 3.",
            "Count at (t, p) alone.",
        ),
        Mistake(
            "half an index",
            (_whole_rows(0), _whole_rows(1)),
            "An image adds 1 to a whole row or column: one half of the index is missing.",
            "Give both, the true class first, then what it was read as.",
        ),
        Mistake(
            "right in each class",
            _counted(np.diag),
            "That is the diagonal, the images of each class that were read right.",
            "Return the whole table around it.",
        ),
        Mistake(
            "one number",
            (_counted(lambda counts: np.trace(counts) / counts.sum()), _counted(np.trace)),
            "That is how many images were read right, or their share: one number, which cannot say "
            "which class was taken for which.",
            "Return a table with a place for every pair.",
        ),
        Mistake(
            "one row of counts",
            _counted(np.ravel),
            "The counts are right and stand in one row.",
            "Reshape them to (n_classes, n_classes).",
        ),
        Mistake(
            "an image left out",
            (
                lambda true, predicted, n_classes: count_pairs(
                    true[:-1], predicted[:-1], n_classes
                ),
                lambda true, predicted, n_classes: count_pairs(true[1:], predicted[1:], n_classes),
            ),
            "The first or the last image is not counted: a range begins at 0 and ends before its "
            "end.",
            "range(len(true)) has every index, zip every image.",
        ),
        Mistake(
            "transposed",
            None,
            "Rows and columns have changed places: here the row is what was read.",
            "Put the true class first in the index.",
            change=lambda counts, *_: np.transpose(counts),
        ),
    ),
    fact=(
        "The sum of the diagonal is the number read right, whatever stands beside it. Who answers "
        "3 to all 1797 digits fills one column, and is right 183 times."
    ),
    starter="""\
def confusion_matrix(true, predicted, n_classes):
    counts = ...
    return counts

check.same_in_pytorch.confusion_matrix(confusion_matrix)
""",
    solution="""\
def confusion_matrix(true, predicted, n_classes):
    counts = np.zeros((n_classes, n_classes))
    for t, p in zip(true, predicted):
        counts[t, p] += 1
    return counts

check.same_in_pytorch.confusion_matrix(confusion_matrix)
""",
)


# 10.5  Write: standardise, with nothing from the held-out images


def by_training(train, held_out):
    """Return both tables less the training mean, over the training deviation where it is not 0."""
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    known = np.where(deviation > 0, deviation, 1.0)
    return (train - mean) / known, (held_out - mean) / known


def _tables():
    def case(label, train, held_out, random=False):
        return Case(label, (np.array(train, float), np.array(held_out, float)), random)

    yield case("train [[1, 2], [3, 6]], held out [[3, 2]]", [[1, 2], [3, 6]], [[3, 2]])
    yield case(
        "train [[1, 0.5], [3, 0.5]], the second pixel always the same",
        [[1, 0.5], [3, 0.5]],
        [[2, 0.5], [0, 1.5], [4, 0.25]],
    )
    yield case("one training image", [[1, 2, 3]], [[1, 2, 3], [3, 2, 1]])
    yield case("one pixel", [[1], [2], [6]], [[3], [0]])
    yield case("blank pictures, and ink in one held out", np.zeros((3, 2)), [[0, 1], [0, 0]])
    yield case("three by three", [[1, 4, 9], [2, 2, 1], [3, 0, 5]], [[1, 0, 0], [2, 2, 2]])
    rng = np.random.default_rng(105)
    large = rng.normal(size=(2, 20, 3)) * [1e6, 1e-3, 1] + [3e6, 0, 5]
    yield case("pixels of very different sizes", *large.round(3))
    sixteenths = rng.integers(0, 17, size=(60, 64)) / 16
    sixteenths[:40, [0, 32, 39, 56]] = 0
    yield case("40 pictures of 64 pixels, 20 held out", sixteenths[:40], sixteenths[40:])
    for index in range(RANDOM):
        m, k, n = int(rng.integers(2, 9)), int(rng.integers(1, 5)), int(rng.integers(1, 5))
        both = np.round(rng.normal(rng.normal(size=n), 1 + rng.random(n), size=(m + k, n)), 2)
        if index % 4 == 0:
            both[:m, rng.integers(n)] = 0.5
        label = f"random pictures {index + 1}, {m} and {k} of {counted(n, 'pixel')}"
        yield case(label, both[:m], both[m:], random=True)


def _where_it_differs(exercise, results, first):
    """See which of the two tables, and which pixels, are right in every case."""
    answers = list(zip(exercise.cases, results, exercise.expected, strict=True))
    alive = [
        np.isclose(np.atleast_2d(got[part]), np.atleast_2d(wanted[part]), rtol=1e-9, atol=1e-9)
        | (np.std(case.arguments[0], axis=0) == 0)
        for case, got, wanted in answers
        for part in range(2)
        if np.size(wanted[part]) > 1
    ]
    if all(each.all() for each in alive):
        return (
            None,
            "Right in every pixel that varies; wrong in those whose deviation is 0.",
            "There, return the pixel less its mean.",
        )
    parts = [
        all(exercise._same(case, got[part], wanted[part]) for case, got, wanted in answers)
        for part in range(2)
    ]
    if parts == [True, False]:
        return (
            None,
            "train is right in every case, held_out is not.",
            "The same two lines serve both tables, with the same mean and the same deviation.",
        )
    return None


def _with(
    *,
    mean=lambda table: table.mean(axis=0),
    deviation=lambda table: table.std(axis=0),
    guard=lambda deviation: np.where(deviation == 0, 1.0, deviation),
    of=lambda train, held_out: (train, train, train, train),
    put=lambda table, mean, deviation: (table - mean) / deviation,
    back=lambda train, held_out, *given: (train, held_out),
):
    """Return the way to standardise with some of its pieces replaced.

    ``of`` says of which tables the two means and the two deviations are taken.
    """

    def standardised(train, held_out):
        sources = of(train, held_out)
        means = [mean(each) for each in sources[:2]]
        deviations = [guard(deviation(each)) for each in sources[2:]]
        tables = zip((train, held_out), means, deviations, strict=True)
        return back(*(put(*each) for each in tables), train, held_out)

    return standardised


def _no_guard(deviation):
    return deviation


def _ways(**pieces):
    """Return that way to standardise with the deviation of 0 seen to, and without."""
    return _with(**pieces), _with(guard=_no_guard, **pieces)


def _swept(table, mean, deviation):
    return np.nan_to_num((table - mean) / deviation)


def _blank_at_0(table, mean, deviation):
    return np.where(deviation == 0, 0.0, (table - mean) / np.where(deviation == 0, 1, deviation))


def _along(axis, **options):
    return _ways(
        mean=lambda table: table.mean(axis=axis, **options),
        deviation=lambda table: table.std(axis=axis, **options),
    )


def _own(train, held_out):
    return train, held_out, train, held_out


def _varying(train, held_out, given, _):
    varies = given.std(axis=0) > 0
    return train[:, varies], held_out[:, varies]


standardise = FunctionExercise(
    number="10.5",
    chapter=CHAPTER,
    name="standardise",
    parameters=("train", "held_out"),
    returns=("train", "held_out"),
    reference=by_training,
    cases=tuple(_tables()),
    observe=_where_it_differs,
    mistakes=(
        Mistake(
            "each by its own",
            _ways(of=_own),
            "The held-out images are standardised with their own mean and deviation: the same "
            "picture then reads differently in other company, and one alone is all 0 or nan.",
            "Use the numbers of the training images for both.",
        ),
        Mistake(
            "all together",
            _ways(of=lambda train, held_out: (np.vstack([train, held_out]),) * 4),
            "Mean and deviation are those of all images: the held-out ones have had their say in "
            "what the net is trained on.",
            "Take them from train alone.",
        ),
        Mistake(
            "half by its own",
            (
                *_ways(of=lambda train, held_out: (train, held_out, train, train)),
                *_ways(of=lambda train, held_out: (train, train, train, held_out)),
            ),
            "For held_out one of the two, mean or deviation, is its own; the other is that of the "
            "training images.",
            "Use the same two for both tables.",
        ),
        Mistake(
            "nan at 0",
            _with(guard=_no_guard),
            "Right where a pixel varies. Where it is the same in every training image, 0/0 is nan, "
            "and ink in a held-out one becomes infinity.",
            "Put 1 in place of a deviation of 0 before dividing.",
        ),
        Mistake(
            "nan swept away",
            _with(guard=_no_guard, put=_swept),
            "nan became 0 and infinity the largest number there is, which a net will meet the "
            "first time someone writes there.",
            "Nothing needs sweeping if a deviation of 0 is replaced by 1 first.",
        ),
        Mistake(
            "0 where nothing varies",
            _with(guard=_no_guard, put=_blank_at_0),
            "A pixel without deviation is set to 0 in held_out too, where it may well differ from "
            "the training mean.",
            "Take the mean off there as everywhere, and divide by 1.",
        ),
        Mistake(
            "pixels dropped",
            _ways(back=_varying),
            "Pixels that never vary in training are dropped. That can be a good idea; asked are "
            "tables of the same shape.",
            "Keep every column.",
        ),
        Mistake(
            "a small number",
            tuple(
                _with(guard=lambda deviation, join=join, small=10.0**-k: join(deviation, small))
                for k in (12, 10, 9, 8, 7, 6, 5, 4, 3)
                for join in (np.add, np.maximum)
            ),
            "A small number keeps the deviation from 0. Ink where training had none is divided by "
            "it, comes out huge, and outshouts all other pixels.",
            "Put 1 where the deviation is 0, and leave the others alone.",
        ),
        Mistake(
            "one mean for all pixels",
            _along(None),
            "One mean and one deviation serve the whole table. Each pixel has its own.",
            "Say over which axis: axis=0 leaves one number for each column.",
        ),
        Mistake(
            "one mean for each image",
            (
                _with(
                    of=_own,
                    mean=lambda table: table.mean(axis=1, keepdims=True),
                    deviation=lambda table: table.std(axis=1, keepdims=True),
                ),
                *_along(1, keepdims=True),
                *_along(1),
            ),
            "Mean and deviation are taken along the rows, one for each image.",
            "A pixel is a column: axis=0.",
        ),
        Mistake(
            "variance",
            _ways(deviation=lambda table: table.var(axis=0)),
            "The tables are divided by the variance, the square of the deviation.",
            "Take its root, or `std` from the start.",
        ),
        Mistake(
            "m − 1",
            _ways(deviation=lambda table: table.std(axis=0, ddof=1)),
            "The deviation divides by m − 1, as pandas and PyTorch do unless told otherwise; for "
            "one image that is 0/0.",
            "Use NumPy's `std` as it comes, which divides by m.",
        ),
        Mistake(
            "mean left in",
            _ways(put=lambda table, mean, deviation: table / deviation),
            "The mean was not taken off: every pixel has deviation 1 and still its own level.",
            "Subtract the mean before dividing.",
        ),
        Mistake(
            "brackets missing",
            _ways(put=lambda table, mean, deviation: table - mean / deviation),
            "Only the mean is divided: without brackets the division comes first.",
            "Put table − mean in brackets.",
        ),
        Mistake(
            "not divided",
            _with(put=lambda table, mean, deviation: table - mean),
            "The mean is taken off, and nothing is divided: the pixels keep their own spread.",
            "Divide by the deviation.",
        ),
        Mistake(
            "from 0 to 1",
            _ways(
                mean=lambda table: table.min(axis=0), deviation=lambda table: np.ptp(table, axis=0)
            ),
            "Each pixel now runs from 0 to 1, by its least and its greatest value: another way to "
            "scale, which a single odd image decides.",
            "Use the mean and the standard deviation.",
        ),
        Mistake(
            "held-out as it came",
            _with(back=lambda train, held_out, given, as_it_came: (train, as_it_came)),
            "train is right, and held_out came back as it was: nothing was done to it, or it got "
            "mean and deviation of the new train, which are 0 and 1.",
            "Work both out once, before anything is replaced.",
        ),
        Mistake(
            "one table alone",
            (
                _with(back=lambda train, held_out, *given: train),
                _with(back=lambda train, held_out, *given: held_out),
            ),
            "What came is right and comes alone; both tables are asked.",
            "Return train, held_out, with a comma between.",
        ),
        Mistake(
            "another order",
            _with(back=lambda train, held_out, *given: (held_out, train)),
            "Both are right, in the other order.",
            "Return train, held_out.",
        ),
        Mistake(
            "wrong sign",
            None,
            "Right size, wrong sign: bright pixels come out negative.",
            "Subtract the mean from the table, not the table from the mean.",
            change=lambda result, *_: tuple(-part for part in result),
        ),
    ),
    fact=(
        "Pixels 0, 32 and 39 are blank in all 1797 digits, and pixel 56 has ink in one of them. "
        "Hold that one out, and the deviation in training is 0 where it has ink."
    ),
    starter="""\
def standardise(train, held_out):
    mean, deviation = ..., ...
    return (train - mean) / deviation, (held_out - mean) / deviation

check.same_in_pytorch.standardise(standardise)
""",
    solution="""\
def standardise(train, held_out):
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    deviation[deviation == 0] = 1.0
    return (train - mean) / deviation, (held_out - mean) / deviation

check.same_in_pytorch.standardise(standardise)
""",
)


# 10.6  Choose: what an accuracy says


what_it_says = ChoiceExercise(
    number="10.6",
    chapter=CHAPTER,
    name="what_it_says",
    question=(
        "Of 1797 digits, 360 drawn by chance were held out; a net was trained on the others and "
        "then tried once on the 360. It read 353 right. Every image, held out or not, is by one "
        "of the same 13 people. Which sentence does the result support?"
    ),
    choices={
        "a": "A second net that reads 350 of the same 360 right is the worse of the two.",
        "b": "Of the digits of anyone else it would read a share from about 0.966 to 0.995.",
        "c": "Of more digits by these people it would read a share from about 0.966 to 0.995.",
        "d": "With four times as many held-out images the standard error would be a quarter.",
    },
    correct="c",
    mistakes=(
        Mistake(
            "three images",
            "a",
            "One standard error is 2.62 images here. Even if the second net misreads these 7 and 3 "
            "more, that is three coins falling alike: chance does it one time in four.",
            "Ask how far the accuracy of one net would wander from test to test.",
        ),
        Mistake(
            "other hands",
            "b",
            "The numbers are right, for other digits: the standard error is about drawing images "
            "anew from the same hands. New hands were never drawn, and they are harder.",
            "Ask of each sentence which images it speaks of.",
        ),
        Mistake(
            "no root",
            "d",
            "n stands under a root in (10.6). Four times as many images give half the standard "
            "error; for a quarter it takes sixteen times as many.",
            "Put 4n for n, and see what comes out in front of the root.",
        ),
    ),
    fact=(
        "Had all 360 been right, (10.6) would say 0, and it would be wrong: a net that misreads 1 "
        "in 120 reads 360 of 360 with a chance of 0.04917."
    ),
    starter="""\
choice = ...  # "a", "b", "c" or "d"

check.same_in_pytorch.what_it_says(choice)
""",
    solution="""\
# √(0.9806 · 0.0194 / 360) = 0.0073, and twice that is 0.0146.
choice = "c"

check.same_in_pytorch.what_it_says(choice)
""",
)


EXERCISES = (
    as_linear,
    never_cleared,
    backward,
    confusion_matrix,
    standardise,
    what_it_says,
)
