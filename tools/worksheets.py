"""The worksheets: for each chapter a page of tables to fill in by hand, drawn from a seed.

Each function draws numbers that are pleasant to work with, lets the library compute, and returns
the page as data: text, and tables whose cells are given (text) or to be filled in (`Blank`).
`make_worksheets.py` turns a sheet into a page to print and a page of answers.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from byhand.activations import ACTIVATIONS, softmax
from byhand.curvature import hessian
from byhand.figures.same_in_pytorch import confusion
from byhand.losses import LOSSES
from byhand.network import Network
from byhand.optimizers import Adam
from byhand.training import train

LAST_DIGIT = "Answers are computed without rounding in between: yours may differ in the last digit."


class Blank(NamedTuple):
    """A cell to fill in: its answer, a number shown to some decimals or a word."""

    answer: float | str
    decimals: int = 0


@dataclass(frozen=True)
class Table:
    """A table of cells, each a string or a `Blank`."""

    head: list
    rows: list
    wide: bool = True  # as wide as the page


@dataclass(frozen=True)
class Sheet:
    """One page: what to do, the tables, and the numbers that were drawn."""

    chapter: str  # the chapter's file, without its suffix
    title: str
    parts: list  # str (HTML of a paragraph) and Table
    given: dict = field(default_factory=dict)


def text(value, decimals):
    """Write a number as it stands on the page, with a real minus sign and no minus zero."""
    rounded = round(float(value), decimals) + 0.0
    return f"{rounded:.{decimals}f}".replace("-", "−")


def short(value):
    """Write a given number with as few decimals as it has."""
    return f"{round(float(value), 6) + 0.0:g}".replace("-", "−")


def blanks(values, decimals):
    """Return a row of cells to fill in."""
    return [Blank(float(value), decimals) for value in np.ravel(values)]


def draw(rng, low, high, step, size=None):
    """Draw multiples of ``step`` from ``low`` to ``high``, both included."""
    count = round((high - low) / step)
    return np.round(low + step * rng.integers(0, count + 1, size), 6)


def signed(rng, low, high, step, size):
    """Draw multiples of ``step`` whose size is from ``low`` to ``high``, of either sign."""
    return draw(rng, low, high, step, size) * rng.choice([-1.0, 1.0], size)


def matrix(name, values):
    """Write a matrix in a line of text: rows in brackets."""
    rows = [" &nbsp; ".join(map(short, row)) for row in np.atleast_2d(values)]
    inside = "".join(f"<span>{row}</span>" for row in rows)
    return f'<span class="matrix">{name} = <span class="rows">{inside}</span></span>'


def step_table(names, old, slopes, rate, decimals):
    """Return the table of one step: every parameter, its slope, and where it goes."""
    rows = [
        [name, short(value), *blanks([slope, rate * slope, value - rate * slope], decimals)]
        for name, value, slope in zip(names, np.ravel(old), np.ravel(slopes), strict=True)
    ]
    return Table(["", "now", "slope", "η · slope", "after the step"], rows)


# ------------------------------------------------------------------------------------- chapters 1–4


def one_node(rng):
    """Return chapter 1's sheet: an epoch of one node on four points."""
    loss = LOSSES["half_mean_squared_error"]
    while True:
        x = np.sort(rng.choice(np.arange(1, 10), 4, replace=False)) / 10
        y = np.round(20 * (0.1 + 0.7 * x + draw(rng, -0.2, 0.2, 0.05, 4))) / 20
        w, b = draw(rng, 0.2, 0.9, 0.1), draw(rng, 0, 0.2, 0.1)
        node = Network([1, 1], weights=[w], biases=[b])
        X, Y = x[:, None], y[:, None]
        before = node.forward(X)
        node.backward(loss.gradient(before, Y))
        slopes = node.gradients.copy()
        moved = node.with_parameters(node.parameters - slopes)
        after = moved.predict(X)
        ratio = loss.function(after, Y) / loss.function(before, Y)
        if y.min() > 0 and np.abs(slopes).min() > 0.02 and ratio < 0.9:
            break

    def columns(a, with_slope):
        error = a - y
        rows = []
        for k in range(4):
            cells = [*blanks([a[k], error[k]], 4 - 2 * with_slope), Blank(error[k] ** 2 / 2, 5)]
            rows.append([short(x[k]), text(y[k], 2), *cells])
            if with_slope:
                rows[-1].append(Blank(error[k] * x[k], 3))
        means = [Blank(np.mean(error), 4), Blank(np.mean(error**2) / 2, 5)]
        rows.append(["mean", "", "", *means])
        if with_slope:
            rows[-1].append(Blank(np.mean(error * x), 4))
        return rows

    head = ["x", "y", "a", "a − y", "½ (a − y)²"]
    return Sheet("01_one_node", "One epoch of one node", [
        f"A node says <i>a = w x + b</i>. It starts at <b>w = {short(w)}, b = {short(b)}</b>; the "
        "learning rate is <b>η = 1</b>. Its loss is the mean of ½ (a − y)².",
        "<b>Predict.</b> Will the step lift the line (raise b) or lower it?",
        Table(["b will"], [[Blank("rise" if slopes[1] < 0 else "fall")]], wide=False),
        "<b>1. Forward, and the slopes.</b> The mean of a − y is the slope in b, the mean of "
        "(a − y) x the slope in w, the mean of ½ (a − y)² the loss.",
        Table([*head, "(a − y) x"], columns(before[:, 0], True)),
        "<b>2. The step.</b> Both slopes are taken at the old place; then both numbers move.",
        step_table(["w", "b"], [w, b], slopes, 1, 4),
        "<b>3. Forward again,</b> with the new w and b.",
        Table(head, columns(after[:, 0], False)),
        "<b>4.</b> How much of the loss is left, in per cent?",
        Table(["left"], [[Blank(100 * ratio, 0)]], wide=False),
    ], {"x": x, "y": y, "w": w, "b": b})  # fmt: skip


def two_inputs(rng):
    """Return chapter 2's sheet: three slopes with x and x²."""
    loss = LOSSES["half_mean_squared_error"]
    rate = 0.1
    while True:
        x = np.sort(rng.choice(np.arange(-2, 3), 4, replace=False)).astype(float)
        y = draw(rng, -2, 4, 0.5, 4)
        parameters = np.array([*signed(rng, 0.2, 1, 0.1, 2), draw(rng, -1, 1, 0.5)])
        node = Network([2, 1], weights=[parameters[:2, None]], biases=[parameters[2]])
        X, Y = np.column_stack([x, x**2]), y[:, None]
        before = node.forward(X)
        node.backward(loss.gradient(before, Y))
        slopes = node.gradients.copy()
        moved = node.with_parameters(node.parameters - rate * slopes)
        after = moved.predict(X)
        losses = loss.function(before, Y), loss.function(after, Y)
        if np.abs(slopes).min() > 0.1 and abs(moved.parameters[1]) > 0.05 and losses[0] < 8:
            break
    error = (before - Y)[:, 0]
    rows = [
        [*map(short, (x[k], x[k] ** 2, y[k])),
         *blanks([before[k, 0], error[k], error[k] * x[k], error[k] * x[k] ** 2], 1)]
        for k in range(4)
    ]  # fmt: skip
    rows.append(["mean", "", "", "", *blanks([slopes[2], slopes[0], slopes[1]], 3)])
    again = [
        [short(x[k]), short(y[k]), *blanks([after[k, 0], after[k, 0] - y[k]], 3),
         Blank((after[k, 0] - y[k]) ** 2 / 2, 3)]
        for k in range(4)
    ]  # fmt: skip
    again.append(["mean", "", "", "", Blank(losses[1], 3)])
    w1, w2, b = map(short, parameters)
    return Sheet("02_two_inputs", "Three slopes, with x and x²", [
        f"A node is fed x and x²: <i>a = w₁ x + w₂ x² + b</i>, with <b>w₁ = {w1}, w₂ = {w2}, "
        f"b = {b}</b> and the learning rate <b>η = {rate}</b>.",
        "<b>Predict.</b> Which of the three will move furthest?",
        Table(["it is"], [[Blank(["w₁", "w₂", "b"][np.abs(slopes).argmax()])]], wide=False),
        "<b>1. Forward, and three slopes.</b> The three chains share the link a − y; the last link "
        "is 1 for b, x for w₁, x² for w₂. Each slope is the mean of its column.",
        Table(["x", "x²", "y", "a", "a − y", "(a − y) x", "(a − y) x²"], rows),
        "<b>2. The step.</b>",
        step_table(["w₁", "w₂", "b"], parameters, slopes, rate, 4),
        f"<b>3. Forward again.</b> The loss was {text(losses[0], 3)}. What is it now?",
        Table(["x", "y", "a", "a − y", "½ (a − y)²"], again),
        "<b>4.</b> Which way does the parabola open now: up or down?",
        Table(["it opens"], [[Blank("up" if moved.parameters[1] > 0 else "down")]], wide=False),
    ], {"x": x, "y": y, "parameters": parameters, "rate": rate})  # fmt: skip


def vector_calculus(rng):
    """Return chapter 3's sheet: one neuron, two rows of three features, one after the other."""
    loss = LOSSES["mean_squared_error"]  # of one sample: (y − a)²
    rate = 0.05
    while True:
        X = rng.choice([-1.0, 0.0, 1.0, 2.0], (2, 3))
        y = draw(rng, -2, 3, 1, (2, 1))
        w, b = signed(rng, 0.1, 0.9, 0.1, (3, 1)), draw(rng, -0.5, 0.5, 0.1)
        neuron = Network([3, 1], weights=[w], biases=[b])
        columns = []
        for row, target in zip(X[:, None], y[:, None], strict=True):
            a = neuron.forward(row)
            neuron.backward(loss.gradient(a, target))
            slopes = neuron.gradients.copy()
            new = neuron.parameters - rate * slopes
            difference = float((target - a)[0, 0])
            columns.append([a[0, 0], difference, difference**2, slopes[3], *slopes[:3], *new])
            neuron.parameters[...] = new
        errors = [abs(column[1]) for column in columns]
        full, mixed = (X != 0).sum(axis=1).min() >= 2, np.any(X[0] != X[1])
        if min(errors) > 0.3 and max(errors) < 3 and full and mixed:
            break
    names = ["a = x w + b", "y − a", "L = (y − a)²", "∂L/∂b = −2 (y − a)"]
    names += [f"∂L/∂w{k} = −2 (y − a) x{k}" for k in "₁₂₃"] + [f"new w{k}" for k in "₁₂₃"]
    rows = [
        [name, *(Blank(float(value), 4) for value in values)]
        for name, *values in zip([*names, "new b"], *columns, strict=True)
    ]
    shapes = {"x": "1 × 3", "w": "3 × 1", "a": "1 × 1", "∂L/∂w": "1 × 3", "∇L = (∂L/∂w)ᵀ": "3 × 1"}
    return Sheet("03_vector_calculus", "One neuron’s gradient", [
        "A neuron takes a row of three features: <i>a = x w + b</i>, and its loss for one row is "
        f"L = (y − a)². It starts at <b>{matrix('wᵀ', w.T)}, b = {short(b)}</b>; the learning rate "
        f"is <b>η = {rate}</b>.",
        f"Row 1: <b>{matrix('x', X[0])}, y = {short(y[0, 0])}</b>. &emsp; "
        f"Row 2: <b>{matrix('x', X[1])}, y = {short(y[1, 0])}</b>.",
        "<b>1. Shapes first.</b> Rows × columns of each:",
        Table(list(shapes), [[Blank(shape) for shape in shapes.values()]]),
        "<b>2. Two steps, sample by sample.</b> Row 2 starts where row 1 arrived. A new value is "
        "the old one minus η times its slope.",
        Table(["", "row 1", "row 2"], rows),
        "<b>3. Look.</b> A feature that is 0 leaves its weight alone. And if x, y and a stay, but "
        "every feature is doubled, ∂L/∂w becomes how many times as large?",
        Table(["times"], [[Blank("2")]], wide=False),
        LAST_DIGIT,
    ], {"X": X, "y": y, "w": w, "b": b, "rate": rate})  # fmt: skip


def batches_and_activations(rng):
    """Return chapter 4's sheet: a batch of three rows through tanh or ReLU."""
    loss, rate = LOSSES["mean_squared_error"], 0.3
    bend = str(rng.choice(["tanh", "relu"]))
    while True:
        X = rng.choice([-1.0, 0.0, 0.5, 1.0, 2.0], (3, 2))
        y = rng.choice([0.0, 1.0], (3, 1))
        w, b = signed(rng, 0.2, 0.9, 0.1, (2, 1)), draw(rng, -0.3, 0.3, 0.1)
        neuron = Network([2, 1], output=bend, weights=[w], biases=[b])
        a = neuron.forward(X)
        neuron.backward(loss.gradient(a, y))
        Z, dZ = neuron.layers[0].Z.copy(), neuron.layers[0].dZ.copy()
        slopes, mixed = neuron.gradients.copy(), len(np.unique(X, axis=0)) == 3
        if (
            mixed and 0.1 < np.abs(Z).min() and np.abs(Z).max() < 2 and 0 < (Z < 0).sum() < 3
            and 0.03 < np.abs(slopes).min() and len(np.unique(y)) == 2
        ):  # fmt: skip
            break
    slope, digits = ACTIVATIONS[bend].derivative(Z), 4 if bend == "tanh" else 2
    rows = [
        [*map(short, (*X[k], y[k, 0])), Blank(Z[k, 0], 2),
         Blank(a[k, 0], digits), Blank(slope[k, 0], 4 if bend == "tanh" else 0),
         Blank(a[k, 0] - y[k, 0], digits), Blank(dZ[k, 0], 4)]
        for k in range(3)
    ]  # fmt: skip
    products = [[str(k + 1), *blanks([*(dZ[k, 0] * X[k]), dZ[k, 0]], 4)] for k in range(3)]
    products.append(["sum = slope", *blanks(slopes, 4)])
    name, rule = {"tanh": ("tanh", "1 − a²"), "relu": ("ReLU", "1 where z > 0, else 0")}[bend]
    return Sheet("04_batches_and_activations", f"A batch of three, through {name}", [
        f"A neuron with a bend: <i>z = x w + b, a = f(z)</i>, where f is <b>{name}</b>. Its slope "
        f"is f′(z) = {rule}. The loss is the mean of (y − a)² over the m = 3 rows.",
        f"<b>{matrix('wᵀ', w.T)}, b = {short(b)}</b>, learning rate <b>η = {rate}</b>.",
        "<b>1. Row by row.</b> The last column is the slope of the loss in z: "
        "(2/m) (a − y) f′(z).",
        Table(["x₁", "x₂", "y", "z", "a", "f′(z)", "a − y", "∂L/∂z"], rows),
        "<b>2. Multiply and add.</b> This is Xᵀ ∂L/∂z, written out.",
        Table(["row", "x₁ ∂L/∂z", "x₂ ∂L/∂z", "1 · ∂L/∂z"], products),
        "<b>3. One step for all three rows.</b>",
        step_table(["w₁", "w₂", "b"], [*w[:, 0], b], slopes, rate, 4),
        "<b>4.</b> What is the loss before the step? And which row has the smallest |f′(z)|, so "
        "that its error is heard least?",
        Table(["loss", "row"], [[Blank(float(loss.function(a, y)), 4),
                                 Blank(_quietest(slope))]], wide=False),
        LAST_DIGIT,
    ], {"X": X, "y": y, "w": w, "b": b, "bend": bend, "rate": rate})  # fmt: skip


def _quietest(slope):
    """Return the numbers, from 1, of the rows with the smallest slope."""
    least = np.abs(slope[:, 0]).min()
    return " and ".join(str(k + 1) for k in np.flatnonzero(np.isclose(slope[:, 0], least)))


# ------------------------------------------------------------------------------------- chapters 5–7


def deep_net(rng):
    """Return chapter 5's sheet: forward and back through a 2-2-1 net."""
    loss, rate = LOSSES["half_mean_squared_error"], 1.0
    while True:
        x, y = rng.choice([0.5, 1.0, 2.0, -1.0], (1, 2)), rng.choice([0.0, 1.0], (1, 1))
        W, v = signed(rng, 0.5, 1, 0.5, (2, 2)), signed(rng, 1, 2, 0.5, (2, 1))
        b, c = draw(rng, -0.5, 0.5, 0.5, 2), draw(rng, -0.5, 0.5, 0.5)
        net = Network([2, 2, 1], hidden="sigmoid", output="sigmoid", weights=[W, v], biases=[b, c])
        a = net.forward(x)
        dA = loss.gradient(a, y)
        net.backward(dA)
        one, two = net.dense
        if 0.2 < abs(a - y)[0, 0] < 0.8 and np.ptp(one.Z) > 0.2 and np.abs(one.Z).max() <= 2:
            break
    down = two.dZ @ two.W.T
    slopes = net.gradients.copy()
    forward = [["unit 1", *blanks([one.Z[0, 0], one.A[0, 0]], 4)],
               ["unit 2", *blanks([one.Z[0, 1], one.A[0, 1]], 4)],
               ["output", *blanks([two.Z[0, 0], a[0, 0]], 4)]]  # fmt: skip
    back = [["output", "∂L/∂a = a − y", *blanks([dA[0, 0], two.dZ[0, 0]], 4)],
            ["unit 1", "∂L/∂a₁ = δ v₁", *blanks([down[0, 0], one.dZ[0, 0]], 4)],
            ["unit 2", "∂L/∂a₂ = δ v₂", *blanks([down[0, 1], one.dZ[0, 1]], 4)]]  # fmt: skip
    names = ["w₁₁", "w₁₂", "w₂₁", "w₂₂", "b₁", "b₂", "v₁", "v₂", "c"]
    hints = ["x₁ δ₁", "x₁ δ₂", "x₂ δ₁", "x₂ δ₂", "δ₁", "δ₂", "a₁ δ", "a₂ δ", "δ"]
    nine = [
        [name, short(old), hint, *blanks([slope, old - rate * slope], 4)]
        for name, old, hint, slope in zip(names, net.parameters, hints, slopes, strict=True)
    ]
    after = net.with_parameters(net.parameters - rate * slopes).predict(x)
    losses = [float(loss.function(one, y)) for one in (a, after)]
    return Sheet("05_deep_net", "Backpropagation on one sheet", [
        "Two inputs, two hidden units, one output, all three units sigmoids: "
        "σ(z) = 1 / (1 + e⁻ᶻ). The weight w₁₂ goes from input 1 to unit 2, v₁ from unit 1 to the "
        "output; c is the output’s bias.",
        f"<b>{matrix('x', x)}, y = {short(y[0, 0])}</b> &emsp; <b>{matrix('W', W)}, "
        f"{matrix('b', b)}</b> &emsp; <b>{matrix('vᵀ', v.T)}, c = {short(c)}</b>",
        "<b>1. Forward.</b> z is what a unit gathers, a = σ(z) what it says.",
        Table(["", "z", "a"], forward),
        "<b>2. Back.</b> δ = ∂L/∂z = (∂L/∂a) · a (1 − a), from the output downwards. "
        "L = ½ (a − y)².",
        Table(["", "arrives", "∂L/∂a", "δ"], back),
        "<b>3. Nine slopes,</b> each what entered the arrow times the δ at its end; then one step "
        "with <b>η = 1</b>.",
        Table(["", "now", "slope is", "slope", "after the step"], nine),
        "<b>4.</b> The loss before; and, if you go forward once more, after.",
        Table(["before", "after"], [blanks(losses, 4)], wide=False),
        LAST_DIGIT,
    ], {"x": x, "y": y, "W": W, "v": v, "b": b, "c": c})  # fmt: skip


def from_scratch(rng):
    """Return chapter 6's sheet: softmax and cross-entropy of five classes."""
    while True:
        z = draw(rng, -1, 3, 0.5, 5)
        if len(np.unique(z)) >= 4 and z.argmax() == np.argsort(z)[-1] and np.ptp(z) >= 2:
            break
    right = int(rng.integers(5))
    y = np.eye(5)[right]
    p = softmax(z)
    logits = LOSSES["categorical_cross_entropy_from_logits"]
    slopes = logits.gradient(z[None], y[None])[0]
    rows = [
        ["ABCDE"[k], short(z[k]), *blanks([np.exp(z[k]), p[k]], 4), short(y[k]),
         Blank(-np.log(p[k]), 4), Blank(slopes[k], 4)]
        for k in range(5)
    ]  # fmt: skip
    rows.append(["sum", "", *blanks([np.exp(z).sum(), 1], 4), "1", "", Blank(0.0, 4)])
    shifted = z - z.max()
    safe = [
        ["ABCDE"[k], Blank(shifted[k], 1), *blanks([np.exp(shifted[k]), p[k]], 4)] for k in range(5)
    ]
    safe.append(["sum", "", *blanks([np.exp(shifted).sum(), 1], 4)])
    chance = float(rng.choice([0.1, 0.2, 0.25, 0.4, 0.8]))
    binary = LOSSES["binary_cross_entropy"].function
    surprises = [float(binary(np.array([[chance]]), np.array([[target]]))) for target in (1.0, 0.0)]
    letter = "ABCDE"[right]
    return Sheet("06_from_scratch", "Softmax and cross-entropy", [
        f"A net gives five classes the numbers z below; the right class is <b>{letter}</b>.",
        "<b>1. Chances and surprise.</b> p = eᶻ / Σ eᶻ; the surprise −ln p is what the loss would "
        "be if that class were the right one; the slope of the loss in z is p − y.",
        Table(["class", "z", "eᶻ", "p", "y", "−ln p", "p − y"], rows),
        "The loss of this row, and the loss of a net that knows nothing and says ⅕ for each:",
        Table(["loss", "knows nothing"],
              [blanks([logits.function(z[None], y[None]), np.log(5)], 4)], wide=False),
        "<b>2. The same, safely.</b> Take the largest z off all of them first. Which numbers "
        "change, and which do not?",
        Table(["class", "z − max z", "e to that", "p"], safe),
        "<b>3. Yes or no.</b> Another net says “yes” with chance "
        f"<b>{short(chance)}</b>. Its loss if the answer is yes, and if it is no:",
        Table(["yes", "no"], [blanks(surprises, 4)], wide=False),
        LAST_DIGIT,
    ], {"z": z, "right": right, "chance": chance})  # fmt: skip


def two_moons(rng):
    """Return chapter 7's sheet: three records through ReLU, and two steps of Adam."""
    loss = LOSSES["binary_cross_entropy"]
    while True:
        X = rng.choice([-1.0, 0.5, 1.0, 2.0], (3, 2))
        y = rng.permutation([[0.0], [1.0], [float(rng.integers(2))]])
        W, v = signed(rng, 0.2, 1, 0.2, (2, 2)), signed(rng, 0.5, 1.5, 0.5, (2, 1))
        b, c = draw(rng, -0.2, 0.2, 0.1, 2), draw(rng, -0.5, 0.5, 0.5)
        net = Network([2, 2, 1], hidden="relu", output="sigmoid", weights=[W, v], biases=[b, c])
        a = net.forward(X)
        Z = net.dense[0].Z
        if len(np.unique(X, axis=0)) == 3 and 1 < (Z < 0).sum() < 5 and np.abs(Z).min() > 0.05:
            break
    Z, A, z = Z.copy(), net.dense[0].A.copy(), net.dense[1].Z.copy()
    single = [float(loss.function(a[k : k + 1], y[k : k + 1])) for k in range(3)]
    rows = [
        [*map(short, (*X[k], y[k, 0])), *blanks(Z[k], 2), *blanks(A[k], 2), Blank(z[k, 0], 3),
         *blanks([a[k, 0], single[k]], 4)]
        for k in range(3)
    ]  # fmt: skip
    rows.append(["mean", *[""] * 8, Blank(float(loss.function(a, y)), 4)])
    start, rate = draw(rng, -1, 1, 0.5), 0.1
    slopes = signed(rng, 0.2, 2, 0.2, 2)
    adam, w = Adam(rate), np.array([start])
    steps = []
    for count, g in enumerate(slopes, 1):
        adam.step(w, np.array([g]))
        m, s = float(adam.mean[0]), float(adam.mean_square[0])
        free = m / (1 - 0.9**count), s / (1 - 0.999**count)
        steps.append([str(count), short(g), Blank(m, 4), Blank(s, 6), *blanks([*free, w[0]], 4)])
    return Sheet("07_two_moons", "Three records, forward; and Adam’s first steps", [
        "A 2-2-1 net, ReLU in the hidden layer and a sigmoid at the end; its loss is binary "
        "cross-entropy, −ln a if y = 1 and −ln (1 − a) if y = 0.",
        f"<b>{matrix('W', W)}, {matrix('b', b)}</b> &emsp; <b>{matrix('vᵀ', v.T)}, c = {short(c)}"
        "</b>",
        "<b>1. Forward.</b> Columns of W belong to the units. ReLU makes every negative z a 0.",
        Table(["x₁", "x₂", "y", "z₁", "z₂", "a₁", "a₂", "z", "a = σ(z)", "loss"], rows),
        "How often is a hidden unit silent, of six times?",
        Table(["silent"], [[Blank(float((Z < 0).sum()), 0)]], wide=False),
        f"<b>2. Adam.</b> One weight, <b>w = {short(start)}</b>, rate <b>{rate}</b>. Two slopes g "
        "arrive. m ← 0.9 m + 0.1 g and s ← 0.999 s + 0.001 g², both from 0; then "
        "m̂ = m / (1 − 0.9ᵗ), ŝ = s / (1 − 0.999ᵗ), and w ← w − η m̂ / √ŝ.",
        Table(["t", "g", "m", "s", "m̂", "ŝ", "w"], steps),
        "Whatever the first slope, Adam’s first step has one and the same size. Which?",
        Table(["size"], [[Blank(rate, 1)]], wide=False),
        LAST_DIGIT,
    ], {"X": X, "y": y, "W": W, "v": v, "b": b, "c": c, "start": start, "slopes": slopes,
        "rate": rate})  # fmt: skip


# ------------------------------------------------------------------------------------ chapters 8–10


def nudge_and_chain(rng):
    """Return chapter 8's sheet: nine weights, each nudged, each by the chain rule."""
    loss, h = LOSSES["mean_squared_error"], 0.01
    x, y = rng.choice([0.5, 1.0, 2.0], (1, 2), replace=False), np.zeros((1, 1))
    W = rng.choice(np.arange(1, 10), (2, 3), replace=False) / 10
    v = rng.choice(np.arange(2, 10), (3, 1), replace=False) / 10
    net = Network([2, 3, 1], hidden="sigmoid", weights=[W, v], bias=False)
    said = net.forward(x)
    net.backward(loss.gradient(said, y))
    hidden, slopes = net.dense[0], net.gradients.copy()
    units = [
        [str(j + 1), *blanks([hidden.Z[0, j], hidden.A[0, j]], 4), short(v[j, 0]),
         Blank(hidden.A[0, j] * v[j, 0], 4)]
        for j in range(3)
    ]  # fmt: skip
    units.append(["sum = ŷ", "", "", "", Blank(said[0, 0], 4)])
    C = float(loss.function(said, y))
    nudged = [
        float(loss.function(net.with_parameters(net.parameters + h * each).forward(x), y))
        for each in np.eye(9)
    ]
    names = [f"w{i}{j}" for i in "₁₂" for j in "₁₂₃"] + [f"v{j}" for j in "₁₂₃"]
    rows = []
    for k, name in enumerate(names):
        measured = Blank(nudged[k], 5) if k == 8 else text(nudged[k], 5)
        quotient = (round(nudged[k], 5) - round(C, 5)) / h
        rows.append([name, measured, Blank(quotient, 3), Blank(slopes[k], 4)])
    return Sheet("08_nudge_and_chain", "Nudge nine weights, then use the chain rule", [
        f"A 2-3-1 net without biases: <b>{matrix('x', x)}, y = 0</b>, <b>{matrix('W', W)}, "
        f"{matrix('vᵀ', v.T)}</b>. Hidden units are sigmoids, the output is a plain sum, "
        "the loss is C = (y − ŷ)².",
        "<b>1. Forward.</b>",
        Table(["unit j", "h = Σ x w", "a = σ(h)", "v", "a v"], units),
        "The loss C, to five decimals:",
        Table(["C"], [[Blank(C, 5)]], wide=False),
        f"<b>2. Nudge.</b> Raise one weight by h = {h}, go forward again, and divide the change of "
        "the loss by h. Eight of the nine forward passes have been done for you; do the last.",
        "<b>3. Chain.</b> 2 ŷ aⱼ for vⱼ, and 2 ŷ vⱼ aⱼ (1 − aⱼ) xᵢ for wᵢⱼ.",
        Table(["weight", "C(weight + h)", "(C(weight + h) − C) / h", "chain rule"], rows),
        "<b>4.</b> How many forward passes did part 2 take, with the one of part 1? And how many "
        "would a net of a million weights take?",
        Table(["nine weights", "a million"], [[Blank("10"), Blank("1 000 001")]], wide=False),
        LAST_DIGIT,
    ], {"x": x, "W": W, "v": v, "h": h})  # fmt: skip


def learning_rate(rng):
    """Return chapter 9's sheet: four steps on a parabola at three rates, and the wall."""
    curvature = float(rng.choice([0.5, 1.0, 2.0, 4.0, 5.0]))
    start = float(rng.choice([1.0, 2.0, 4.0, 10.0])) * float(rng.choice([-1.0, 1.0]))
    rulers = [rng.choice([0.2, 0.4, 0.5]), rng.choice([1.4, 1.5, 1.6]), rng.choice([2.2, 2.4, 2.5])]
    rates = [round(float(ruler) / curvature, 4) for ruler in rulers]
    words = ["goes straight in", "swings in", "swings out"]
    X, Y = np.array([[np.sqrt(curvature)]]), np.zeros((1, 1))
    rows = []
    for rate, word in zip(rates, words, strict=True):
        node = Network([1, 1], weights=[start], bias=False)
        places = []
        for _ in range(4):
            train(node, X, Y, learning_rate=rate, epochs=1)
            places.append(node.parameters[0])
        rows.append([short(rate), *blanks([rate * curvature, 1 - rate * curvature], 2),
                     *blanks(places, 3), Blank(word)])  # fmt: skip
    node = Network([1, 1], weights=[start], bias=False)
    steepest = float(hessian(node, X, Y)[0, 0])
    steps = int(np.ceil(np.log(0.01) / np.log(abs(1 - rates[0] * curvature)) - 1e-9))
    gentle, steep = float(rng.choice([1.0, 2.0])), float(rng.choice([8.0, 10.0, 18.0, 38.0]))
    both = Network([2, 1], weights=[np.zeros((2, 1))], bias=False)
    ravine = np.linalg.eigvalsh(hessian(both, np.diag(np.sqrt([2 * gentle, 2 * steep])),
                                        np.zeros((2, 1))))  # fmt: skip
    ends = [2 / ravine[1], 2 / ravine.sum(), ravine[1] / ravine[0]]
    shrinks = (ravine[1] - ravine[0]) / ravine.sum()
    return Sheet("09_learning_rate", "How far to trust a slope", [
        "Along one direction the loss is <i>L = ½ λ θ²</i>, its slope is λ θ, and a step is "
        f"θ ← θ − η λ θ. Here <b>λ = {short(curvature)}</b>, and you start at "
        f"<b>θ = {short(start)}</b>.",
        "<b>1. Four steps at three rates.</b> The factor is 1 − η λ. In the last column write: "
        "goes straight in, swings in, swings out.",
        Table(["η", "η λ", "factor", "θ₁", "θ₂", "θ₃", "θ₄", "it …"], rows),
        "<b>2. The wall.</b> Above which rate does every run swing out? And at which rate does one "
        "step end at the bottom?",
        Table(["wall", "one step"], [blanks([2 / steepest, 1 / steepest], 3)], wide=False),
        f"<b>3. Patience.</b> At the rate {short(rates[0])}, after how many steps is θ below a "
        "hundredth of its start for the first time?",
        Table(["steps"], [[Blank(float(steps), 0)]], wide=False),
        f"<b>4. A ravine.</b> Two directions, λ₁ = <b>{short(gentle)}</b> and λ₂ = "
        f"<b>{short(steep)}</b>, one rate for both. The wall 2/λ₂; the best rate 2/(λ₁ + λ₂); the "
        "condition number κ = λ₂/λ₁; and by what every step shrinks the distance at best, "
        "(κ − 1)/(κ + 1).",
        Table(["wall", "best rate", "κ", "factor"],
              [[*blanks(ends[:2], 4), Blank(ends[2], 1), Blank(shrinks, 4)]]),
        "<b>5. Draw</b> a parabola in the grid, and on it the places θ, θ₁, θ₂, θ₃ of the run that "
        "swings in.",
    ], {"curvature": curvature, "start": start, "rates": rates, "gentle": gentle,
        "steep": steep})  # fmt: skip


def same_in_pytorch(rng):
    """Return chapter 10's sheet: a confusion matrix, and a tape read backwards."""
    classes = np.sort(rng.choice(10, 3, replace=False))
    while True:
        true = rng.permutation(np.repeat(classes, rng.permutation([6, 7, 8])))
        wrong = rng.random(21) < 0.28
        said = np.where(wrong, rng.choice(classes, 21), true)
        counts = confusion(true, said)[np.ix_(classes, classes)]
        errors = np.sort((counts - np.diag(np.diag(counts))).ravel())
        if errors[-1] > errors[-2] and 4 <= errors.sum() <= 8:
            break
    pairs = " &ensp; ".join(f"{t}→{s}" for t, s in zip(true, said, strict=True))
    rows = [
        [f"it is {c}", *blanks(counts[k], 0), Blank(float(counts[k].sum()), 0),
         Blank(counts[k, k] / counts[k].sum(), 2)]
        for k, c in enumerate(classes)
    ]  # fmt: skip
    columns = counts.sum(axis=0)
    rows.append(["all", *blanks(columns, 0), Blank(float(counts.sum()), 0), ""])
    rows.append(["right, of those read so", *blanks(np.diag(counts) / columns, 2), "", ""])
    worst = np.unravel_index(np.argmax(counts - np.diag(np.diag(counts))), (3, 3))
    while True:
        x, y = float(rng.choice([0.5, 1.0, 2.0])), float(rng.choice([0.0, 1.0]))
        w, v = signed(rng, 0.5, 1.5, 0.5, ()), signed(rng, 1, 3, 1, ())
        net = Network([1, 1, 1], hidden="sigmoid", weights=[w, v], bias=False)
        loss = LOSSES["mean_squared_error"]
        a = net.forward(np.array([[x]]))
        dX = net.backward(loss.gradient(a, np.array([[y]])))
        if 0.3 < abs(a[0, 0] - y) < 2:
            break
    one, two = net.dense
    tape = [
        ["p = w x", *blanks([one.Z[0, 0], one.dZ[0, 0]], 4), "s̄ · s (1 − s)"],
        ["s = σ(p)", *blanks([one.A[0, 0], two.dZ[0, 0] * v], 4), "q̄ · v"],
        ["q = s v", *blanks([a[0, 0], two.dZ[0, 0]], 4), "ē · 1"],
        ["e = q − y", *blanks([a[0, 0] - y, two.dZ[0, 0]], 4), "L̄ · 2 e"],
        ["L = e²", *blanks([loss.function(a, np.array([[y]])), 1], 4), "start with 1"],
    ]
    leaves = blanks([one.dW[0, 0], two.dW[0, 0], dX[0, 0]], 4)
    return Sheet("10_same_in_pytorch", "Who is taken for whom; and a tape", [
        "<b>1. A confusion matrix.</b> A net has read 21 digits. Each pair is what it is → what "
        "the net said:",
        f'<span class="pairs">{pairs}</span>',
        Table(["", *(f"read as {c}" for c in classes), "all", "right, of these"], rows),
        "The share of right answers; and the mistake made most often:",
        Table(["right", "mistake"],
              [[Blank(np.trace(counts) / counts.sum(), 2),
                Blank(f"{classes[worst[0]]} read as {classes[worst[1]]}")]], wide=False),
        f"<b>2. A tape.</b> <b>x = {short(x)}, w = {short(w)}, v = {short(v)}, y = {short(y)}</b>. "
        "Fill the values from the top down, then the slopes of L from the bottom up. A bar over a "
        "letter means the slope of L in it.",
        Table(["line of the tape", "value", "slope (bar)", "how"], tape),
        "And the slopes at the leaves: w̄ = p̄ x, v̄ = q̄ s, x̄ = p̄ w.",
        Table(["w̄", "v̄", "x̄"], [leaves]),
        "<b>3.</b> If x were used twice on the tape, what would you do with its two slopes?",
        Table(["do"], [[Blank("add them")]], wide=False),
        LAST_DIGIT,
    ], {"classes": classes, "true": true, "said": said,
        "x": x, "y": y, "w": w, "v": v})  # fmt: skip


SHEETS = [
    one_node, two_inputs, vector_calculus, batches_and_activations, deep_net, from_scratch,
    two_moons, nudge_and_chain, learning_rate, same_in_pytorch,
]  # fmt: skip


def sheets(seed):
    """Return the sheets of a seed; each chapter draws from a generator of its own."""
    return [make(np.random.default_rng([seed, chapter])) for chapter, make in enumerate(SHEETS, 1)]
