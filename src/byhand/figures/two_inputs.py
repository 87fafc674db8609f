"""The figures of chapter 2: a node fed x and x², its sheet, and the directions of its bowl."""

from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np

from byhand.curvature import hessian
from byhand.datasets import four_points
from byhand.figures.live_figure import LiveFigure
from byhand.figures.palette import BIAS, GRADIENT, LOSS, PREDICTION, TARGET, WEIGHT
from byhand.losses import half_mean_squared_error
from byhand.network import Network
from byhand.training import sweep

DEGREES = [1, 2, 3]
RATES = [0.03, 0.1, 0.3, 0.6, 1.0, 1.5, 1.57, 1.65, 2.0]
EPOCHS = [
    *range(7), 8, 10, 13, 17, 22, 30, 40, 55, 75, 100, 140, 200, 300, 400, 500, 700, 1000,
    1300, 1600, 2000, 2500, 3000,
]  # fmt: skip
START = [0.5, 0.1, 0.0]  # of w1, w2, w3; the bias starts at 0


def powers(x, degree):
    """Return the columns x, x², ..., one row a point."""
    return np.asarray(x, dtype=float)[:, None] ** np.arange(1, degree + 1)


def polynomial(degree):
    """Return one node fed the first powers of x, on the chapter's start."""
    return Network([degree, 1], weights=[np.array(START[:degree])[:, None]])


def trained(degree, rates=RATES, epochs=EPOCHS):
    """Return the histories of one node of this degree, trained on the four points at every rate."""
    x, y = four_points()
    return sweep(
        polynomial(degree),
        powers(x, degree),
        y[:, None],
        learning_rates=rates,
        epochs=max(epochs),
        record=epochs,
    )


class Bowl(NamedTuple):
    """The loss of a node without a bend, which is a bowl with straight axes.

    Attributes
    ----------
    bottom : ndarray, shape (n_parameters,)
        The parameters with the lowest loss.
    floor : float
        That loss.
    curvatures : ndarray, shape (n_parameters,)
        Of the directions, gentlest first (λ of Eq. 2.14).
    directions : ndarray, shape (n_parameters, n_parameters)
        One in each column, of length 1, at right angles to each other.
    """

    bottom: np.ndarray
    floor: float
    curvatures: np.ndarray
    directions: np.ndarray


def bowl(X, y):
    """Return the bowl of a node fed the columns of ``X`` (its weights first, its bias last)."""
    A = np.column_stack([X, np.ones(len(X))])
    bottom = np.linalg.lstsq(A, y, rcond=None)[0]
    node = Network([X.shape[1], 1], weights="zeros")
    curvatures, directions = np.linalg.eigh(hessian(node, X, y[:, None]))
    return Bowl(bottom, half_mean_squared_error(A @ bottom, y), curvatures, directions)


def scaled(X):
    """Return the columns with mean 0 and standard deviation 1 (Eq. 2.18)."""
    return (X - X.mean(axis=0)) / X.std(axis=0)


def _by_degree(make):
    """Stack ``make(degree)`` along a first axis, one row for each degree."""
    return np.stack([make(degree) for degree in DEGREES])


def _epoch_axis(ax):
    ax.set_xscale("symlog", linthresh=1, linscale=0.6)
    ax.set(xlim=(-0.15, 5000), xlabel="epoch")
    ax.set_xticks([0, 1, 10, 100, 1000], labels=["0", "1", "10", "100", "1000"])
    ax.minorticks_off()


def bent_line():
    """Show the curve, its numbers and its loss, by degree, rate and epoch."""
    x, y = four_points()
    grid = np.linspace(-0.02, 1.0, 35)
    runs = {degree: trained(degree) for degree in DEGREES}
    shape = (len(DEGREES), len(RATES), len(EPOCHS))
    loss = _by_degree(lambda degree: runs[degree].loss)
    W = np.full((3, *shape), np.nan)
    for row, degree in enumerate(DEGREES):
        W[:degree, row] = np.moveaxis(runs[degree].network.layers[0].W[..., 0], -1, 0)
    b = _by_degree(lambda degree: runs[degree].network.layers[0].b[..., 0])
    curves = _by_degree(lambda degree: runs[degree].predict(powers(grid, degree))[..., 0])
    guesses = _by_degree(lambda degree: runs[degree].predict(powers(x, degree))[..., 0])
    bowls = [bowl(powers(x, degree), y) for degree in DEGREES]
    best = np.stack([np.polyval(np.polyfit(x, y, degree), grid) for degree in DEGREES])

    fig, (left, middle, right) = plt.subplots(1, 3, figsize=(6.9, 2.85))
    (goal,) = left.plot(grid, best[0], ":", color=TARGET, lw=1.1)
    left.plot(x, y, "o", color=TARGET, zorder=3)
    (curve,) = left.plot(grid, grid, color=PREDICTION, label="the curve")
    (marks,) = left.plot(x, y, "s", color=PREDICTION, ms=5)
    gone = left.text(0.42, 1.0, "off this panel", ha="center", color=PREDICTION)
    left.text(0.99, -0.14, "dotted: the best there is", ha="right", size=9)
    left.set(xlim=(-0.02, 1), ylim=(-0.2, 1.15), xlabel="x", ylabel="y", title="The curve so far")

    names = ["weight of x", "weight of x²", "weight of x³", "bias"]
    styles = [("-", WEIGHT), ("--", WEIGHT), (":", WEIGHT), ("-.", BIAS)]
    paths, heads = [], []
    for name, (style, colour) in zip(names, styles, strict=True):
        (path,) = middle.plot([0], [0], style, color=colour, lw=1.5, label=name)
        (head,) = middle.plot([0], [0], "o", color=colour, ms=4.5)
        paths.append(path)
        heads.append(head)
    _epoch_axis(middle)
    middle.set(ylim=(-1.2, 3.9), title="Its numbers")
    middle.legend(loc="upper left", fontsize=9, handlelength=2.4, labelspacing=0.2, borderpad=0)

    (floor,) = right.plot([0, 5000], [1, 1], ":", color=TARGET, lw=1.1)
    below = right.text(0.02, 1, "", va="top", size=9)
    (falling,) = right.plot([0], [1], color=LOSS, lw=1.4, label="the loss")
    (now,) = right.plot([0], [1], "o", color=LOSS, ms=6)
    _epoch_axis(right)
    right.set(yscale="log", ylim=(2.5e-4, 1), ylabel="loss", title="How wrong it is")
    right.set_yticks([0.001, 0.01, 0.1, 1], labels=["0.001", "0.01", "0.1", "1"])
    right.yaxis.label.set_color(LOSS)
    right.minorticks_off()

    figure = LiveFigure(
        fig,
        name="bent-line",
        alt="Three panels. A curve and four points, with the best curve of its kind dotted; the "
        "weights and the bias by epoch; the loss by epoch. Epochs and loss are on scales where "
        "every mark is ten times the one before.",
        start={"degree": 2, "learning_rate": 1.0, "epochs": 0},
        film=[
            {"degree": 1, "learning_rate": 1.0, "epochs": 3000},
            {"degree": 2, "learning_rate": 1.0, "epochs": 1},
            {"degree": 2, "learning_rate": 1.0, "epochs": 3000},
            {"degree": 3, "learning_rate": 1.0, "epochs": 3000},
        ],
        degree=DEGREES,
        learning_rate=RATES,
        epochs=EPOCHS,
    )
    epochs = np.broadcast_to(np.array(EPOCHS, dtype=float), shape)
    figure.animate(goal, over="degree", y=best)
    figure.animate(curve, y=curves)
    figure.animate(marks, y=guesses)
    seen = (curves > -0.2) & (curves < 1.15)
    figure.animate(gone, visible=seen.mean(axis=-1) < 0.2)
    for path, head, values in zip(paths, heads, [*W, b], strict=True):
        values = np.where((values > -1.2) & (values < 3.9), values, np.nan)  # not across the legend
        figure.animate(path, x=epochs, y=values, trail="epochs")
        figure.animate(head, x=epochs[..., None], y=values[..., None])
    floors = np.array([each.floor if each.floor > 1e-12 else 1e-9 for each in bowls])
    figure.animate(floor, over="degree", y=np.stack([floors, floors], axis=-1))
    words = ["best line", "best parabola", "best cubic: 0"]
    figure.animate(
        below,
        over="degree",
        text=words,
        x=np.full(3, 0.1),
        y=np.maximum(floors * 0.85, 6.5e-4),
    )
    figure.animate(falling, x=epochs, y=loss, trail="epochs")
    figure.animate(now, x=epochs[..., None], y=loss[..., None])
    diverged = _by_degree(lambda degree: runs[degree].diverged)
    lost = np.broadcast_to(diverged[..., -1:], shape)
    near = loss < 1.01 * np.array([each.floor for each in bowls])[:, None, None]
    verdict = np.where(
        epochs == 0,
        "Not trained yet.",
        np.where(
            lost,
            "This rate breaks at this degree.",
            np.where(near, "As good as it gets.", "It falls."),
        ),
    )
    figure.readout(
        "Degree {degree}, learning rate {learning_rate}, epoch {epochs}: loss {loss:.4g}. "
        "{verdict}",
        loss=loss,
        verdict=verdict,
    )
    figure.ask(
        "Degree 3 has four numbers for four points, and one cubic passes through all four. "
        "From weights 0.5, 0.1, 0 and bias 0, at rate 1: will 3000 epochs find it?",
        {
            "yes: the loss will be zero": "There is a curve with loss zero, but gradient descent "
            "only goes downhill, and most of the way is nearly level. At epoch 3000 the loss is "
            "not zero.",
            "nearly: you will see no gap": "Look at the third point, x = 0.6, at epoch 3000: the "
            "cubic passes well above it. The last stretch of the way is nearly level.",
            "no: it will miss visibly": "At epoch 3000 it still passes well above the third "
            "point. That a curve exists says nothing about how long it takes to get there.",
        },
        right="no: it will miss visibly",
    )
    line_floor = bowls[0].floor
    figure.task(
        f"Get below the best straight line's loss, {line_floor:.4g}, in at most ten epochs.",
        when=(loss < line_floor) & (epochs <= 10),
    )
    figure.task(
        "Find a rate that the straight line survives and degree 3 does not. Show it breaking.",
        when=diverged & (~lost[:1]) & (np.arange(3) == 2)[:, None, None] & (epochs >= 100),
    )
    figure.explain(curve, "a = {formula}", formula=_formulas(W, b))
    figure.explain(
        falling, "loss = half the mean of (a − y)² = {loss:.6g}", loss=loss, label="the loss"
    )
    return figure


def _formulas(W, b):
    """Write every curve as a sum of powers."""
    formulas = np.empty(b.shape, dtype=object)
    for index in np.ndindex(b.shape):
        terms = [(W[(k, *index)], power) for k, power in enumerate([" x", " x²", " x³"])]
        terms = [(value, power) for value, power in [*terms, (b[index], "")] if value == value]
        said = " ".join(f"{'−' if v < 0 else '+'} {abs(v):.4g}{power}" for v, power in terms)
        formulas[index] = said.removeprefix("+ ").replace("− ", "−", said.startswith("− "))
    return formulas


STEPS = {
    "look": "The curve a = 0.5 x + 0.1 x² + 0, and four points. Nothing is computed yet.",
    "square": "The second input is the square of the first: 0.6 gives 0.36, 0.7 gives 0.49.",
    "predict": "Forward: 0.5 · 0.6 + 0.1 · 0.36 + 0 = 0.336 at the third point, and so on.",
    "compare": "Take the target away: this error is the link that all three chains share. For b "
    "it is the whole slope, since b's own link is 1.",
    "times x": "For the weight of x, multiply each error by x.",
    "times x²": "For the weight of x², multiply each error by x². Small x hardly count now.",
    "average": "Average the three columns. These are the three slopes.",
    "step": "Step against them at learning rate 1: 0.572825, 0.1450525, 0.15125. The curve rises.",
}


def sheet():
    """Show one epoch by hand, number by number, in named steps."""
    x, y = four_points()
    w1, w2, b = 0.5, 0.1, 0.0
    a = w1 * x + w2 * x**2 + b
    error = a - y
    slopes = np.array([np.mean(error * x), np.mean(error * x**2), np.mean(error)])
    fig, (left, right) = plt.subplots(1, 2, figsize=(6.9, 2.9), width_ratios=(2, 4))

    grid = np.linspace(-0.02, 0.85, 35)
    left.plot(x, y, "o", color=TARGET)
    (curve,) = left.plot(grid, grid, color=PREDICTION)
    gaps = left.plot(np.tile(x, (2, 1)), np.stack([a, y]), color=LOSS, lw=1.4)
    left.set(xlim=(0, 0.85), ylim=(-0.05, 0.8), xlabel="x", title="The curve")

    right.set(xlim=(0, 44.2), ylim=(-0.7, 5.6), title="The sheet of one epoch")
    right.axis("off")
    names, stage = list(STEPS), np.arange(len(STEPS))
    figure = LiveFigure(
        fig,
        name="bent-sheet",
        alt="A curve through four points, and beside it the sheet of one epoch: x, x², y, "
        "prediction, error, error times x, error times x², and their means, filled in step by "
        "step.",
        start={"step": "look"},
        film=[{"step": "average"}, {"step": "step"}],
        step=names,
    )
    columns = [
        ("x", x, ".1f", "look", TARGET, None),
        ("x²", x**2, ".2f", "square", TARGET, None),
        ("y", y, ".2f", "look", TARGET, None),
        ("a", a, ".3f", "predict", PREDICTION, None),
        ("a − y", error, ".3f", "compare", GRADIENT, slopes[2]),
        ("(a−y) x", error * x, ".4f", "times x", GRADIENT, slopes[0]),
        ("(a−y) x²", error * x**2, ".4f", "times x²", GRADIENT, slopes[1]),
    ]
    places = [3, 8, 13.1, 18.9, 26.1, 35, 44]
    for column, (head, values, form, since, colour, mean) in zip(places, columns, strict=True):
        cells = [right.text(column, 5, head, ha="right", color=colour, weight="bold", size=9)]
        for row, value in enumerate(values):
            shown = format(value, form).replace("-", "−")
            cells.append(right.text(column, 4 - row, shown, ha="right", color=colour, size=9))
        for cell in cells if since != "look" else []:
            figure.animate(cell, visible=stage >= names.index(since))
        if mean is not None:
            shown = (f"{mean:.5f}" if head == "a − y" else f"{mean:.4f}").replace("-", "−")
            text = right.text(column, 0, shown, ha="right", color=colour, weight="bold", size=9)
            figure.animate(text, visible=stage >= names.index("average"))
    label = right.text(places[2], 0, "mean", ha="right", weight="bold", size=9)
    figure.animate(label, visible=stage >= names.index("average"))

    moved = stage >= names.index("step")
    now = np.where(moved[:, None], [w1, w2, b] - slopes, [w1, w2, b])
    curves = now[:, :1] * grid + now[:, 1:2] * grid**2 + now[:, 2:]
    guesses = now[:, :1] * x + now[:, 1:2] * x**2 + now[:, 2:]
    figure.animate(curve, y=curves)
    for column, (gap, at, target) in enumerate(zip(gaps, x, y, strict=True)):
        figure.animate(
            gap,
            x=np.full((len(stage), 2), at),
            y=np.stack([guesses[:, column], np.full(len(stage), target)], axis=-1),
            visible=stage >= names.index("compare"),
        )
    figure.steps(step=list(STEPS.values()))
    figure.readout(
        "weight of x {w1:.7g}, weight of x² {w2:.7g}, bias {b:.7g}, loss {loss:.6f}",
        w1=now[:, 0],
        w2=now[:, 1],
        b=now[:, 2],
        loss=half_mean_squared_error(guesses, y),
    )
    figure.task("Fill the sheet, and see the loss fall to 28 per cent.", when=moved)
    return figure


INPUTS = ["in tenths", "as it is", "scaled"]
DIRECTION_RATES = [0.001, 0.01, 0.1, 0.3, 0.6, 1.0, 1.3, 1.59, 2.0]


def inputs_in(scale):
    """Return the table with columns x and x² on one of the scales ``INPUTS``."""
    x, _ = four_points()
    X = powers(10 * x if scale == "in tenths" else x, 2)
    return scaled(X) if scale == "scaled" else X


def same_start(X, curve):
    """Return a node on the inputs ``X`` that predicts ``curve``, to start from."""
    *weights, bias = np.linalg.lstsq(np.column_stack([X, np.ones(len(X))]), curve, rcond=None)[0]
    return Network([len(weights), 1], weights=[np.array(weights)[:, None]], biases=[bias])


def _run_on(scale):
    """Return the bowl on this scale, and the trainings from the chapter's start."""
    x, y = four_points()
    X = inputs_in(scale)
    start = same_start(X, polynomial(2).predict(powers(x, 2))[:, 0])
    history = sweep(
        start, X, y[:, None], learning_rates=DIRECTION_RATES, epochs=EPOCHS[-1], record=EPOCHS
    )
    return bowl(X, y), history


def what_is_left(factors, epochs):
    """Return what is left of a distance after each epoch, (..., epochs, 3) (Eq. 2.15).

    Not measured in the run: beyond the wall the steep direction's rounding drowns the others.
    """
    with np.errstate(over="ignore"):
        return np.asarray(factors)[..., None, :] ** np.array(epochs)[:, None]


def _grid_of(scale, grid):
    """Return a finer table on one of the scales ``INPUTS``."""
    if scale == "in tenths":
        return powers(10 * grid, 2)
    X, raw = powers(grid, 2), inputs_in("as it is")
    return (X - raw.mean(axis=0)) / raw.std(axis=0) if scale == "scaled" else X


def directions():
    """Show what is left of the error along each direction of the bowl, by rate and epoch."""
    x, y = four_points()
    shape = (len(INPUTS), len(DIRECTION_RATES), len(EPOCHS))
    grid = np.linspace(-0.02, 0.85, 31)
    runs = [_run_on(scale) for scale in INPUTS]
    curvatures = np.stack([bowl.curvatures for bowl, _ in runs])
    keeps = 1 - np.array(DIRECTION_RATES)[:, None] * curvatures[:, None]  # (inputs, rates, 3)
    left = what_is_left(keeps, EPOCHS)
    loss = np.stack([history.loss for _, history in runs])
    columns = [_grid_of(scale, grid) for scale in INPUTS]
    curves = np.stack([run.predict(X)[..., 0] for (_, run), X in zip(runs, columns, strict=True)])
    floor = runs[0][0].floor

    fig, (bars, picture) = plt.subplots(1, 2, figsize=(6.9, 3.1), width_ratios=(3, 2))
    low, high = 1e-6, 30
    kinds = ["gentle", "middle", "steep"]
    bars.axvline(1, color=TARGET, lw=0.8, ls=":")
    bars.set(xscale="log", xlim=(low, high), ylim=(-0.75, 2.75))
    bars.set_xticks([1e-6, 1e-4, 1e-2, 1], labels=["1e−6", "0.0001", "0.01", "1"])
    bars.set_yticks(range(3), labels=kinds)
    bars.minorticks_off()
    bars.set(xlabel="part of the distance that is left")
    bars.set_title("Three directions, three speeds")
    lines = []
    for row in range(3):
        (bar,) = bars.plot([low, 1], [row, row], color=GRADIENT, lw=11, solid_capstyle="butt")
        text = bars.text(1.4e-6, row + 0.33, "", size=9)
        lines.append((bar, text))

    (curve,) = picture.plot(grid, grid, color=PREDICTION, label="the curve")
    picture.plot(grid, np.polyval(np.polyfit(x, y, 2), grid), ":", color=TARGET, lw=1.1)
    picture.plot(x, y, "o", color=TARGET)
    gone = picture.text(0.42, 0.88, "off this panel", ha="center", color=PREDICTION)
    picture.set(xlim=(-0.02, 0.85), ylim=(-0.1, 1), xlabel="x", ylabel="y")
    picture.set_title("The curve they make")

    figure = LiveFigure(
        fig,
        name="bent-directions",
        alt="Two panels. Three bars, one for each direction of the bowl, show how much of the "
        "distance to the bottom is left along it; beside them the curve that results.",
        start={"inputs": "as it is", "learning_rate": 1.0, "epochs": 0},
        film=[
            {"inputs": "as it is", "learning_rate": 1.0, "epochs": 10},
            {"inputs": "as it is", "learning_rate": 1.0, "epochs": 1000},
            {"inputs": "scaled", "learning_rate": 1.0, "epochs": 300},
        ],
        inputs=INPUTS,
        learning_rate=DIRECTION_RATES,
        epochs=EPOCHS,
    )
    for row, (bar, text) in enumerate(lines):
        size = np.abs(left[..., row])
        ends = np.stack([np.full(shape, low / 10), np.clip(size, low / 10, 10 * high)], axis=-1)
        figure.animate(bar, x=ends, y=np.full((*shape, 2), float(row)))
        words = np.empty(shape[:2], dtype=object)
        for index in np.ndindex(shape[:2]):
            factor = f"{round(keeps[index][row], 9):.4g}".replace("-", "−")
            words[index] = f"λ = {curvatures[index[0], row]:.3g}: × {factor} an epoch"
        figure.animate(text, over=("inputs", "learning_rate"), text=words)
    figure.animate(curve, y=curves)
    seen = np.isfinite(curves) & (curves > -0.1) & (curves < 1)
    figure.animate(gone, visible=seen.mean(axis=-1) < 0.2)
    lost = np.broadcast_to((np.abs(keeps) > 1).any(axis=-1)[..., None], shape)
    slowest = np.abs(keeps).argmax(axis=-1)
    tie = np.isclose(np.abs(keeps[..., 0]), np.abs(keeps[..., 2]))
    said = np.array(
        [f"The slowest direction is the {kind} one." for kind in kinds]
        + ["The gentle and the steep direction are equally slow."],
        dtype=object,
    )
    verdict = np.where(
        lost,
        "Beyond the wall: the steep direction grows.",
        said[np.broadcast_to(np.where(tie, 3, slowest)[..., None], shape)],
    )
    figure.readout(
        "x {inputs}, learning rate {learning_rate}, epoch {epochs}: loss {loss:.4g}, "
        "lowest possible {floor:.4g}. {verdict}",
        loss=loss,
        floor=floor,
        verdict=verdict,
    )
    figure.ask(
        "Measure x in tenths, so that the inputs are 1, 3, 6, 7 and their squares. What becomes of "
        "the highest rate that works?",
        {
            "it stays: they are the same points": "The points stay. But every slope has its input "
            "for a factor, and the curvature has it twice. Put x in tenths: even 0.01 breaks.",
            "it falls to about a tenth": "Put x in tenths: 0.1 breaks, and even 0.01. The "
            "curvature carries every input twice, and the squares are a hundred times larger.",
            "it falls to less than a hundredth": "Put x in tenths: even 0.01 breaks. The curvature "
            "carries every input twice, and the squares are a hundred times larger.",
        },
        right="it falls to less than a hundredth",
    )
    factor = np.broadcast_to(keeps[..., 2][..., None], shape)
    as_it_is = (np.array(INPUTS) == "as it is")[:, None, None]
    figure.task(
        "With x as it is, find a rate at which the steep direction changes sides at every epoch "
        "and dies away all the same. Let it run to epoch 10.",
        when=as_it_is & (factor < 0) & (factor > -1) & np.equal(EPOCHS, 10),
    )
    figure.task(
        "Bring the loss within one per cent of the lowest in at most 300 epochs.",
        when=(loss < 1.01 * floor) & np.less_equal(EPOCHS, 300),
    )
    figure.task(
        "Put x in tenths, and find a rate that does not break.",
        when=~lost & (np.array(INPUTS) == "in tenths")[:, None, None],
    )
    figure.explain(
        lines[0][0],
        "gentle direction: {factor:.6g}, multiplied {epochs} times, leaves {left:.4g}",
        label="the gentle direction",
        factor=np.broadcast_to(keeps[..., 0][..., None], shape),
        left=left[..., 0],
    )
    return figure


FIGURES = (bent_line, sheet, directions)
