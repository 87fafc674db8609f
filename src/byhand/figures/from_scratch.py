"""The figures of chapter 6."""

import matplotlib.pyplot as plt
import numpy as np

from byhand.activations import ACTIVATIONS
from byhand.datasets import xor, xor_with_ones
from byhand.figures.live_figure import LiveFigure
from byhand.figures.palette import GRADIENT, LOSS, PREDICTION, TARGET, WEIGHT
from byhand.losses import LOSSES, exponential, exponential_gradient
from byhand.network import Network
from byhand.training import sweep

ROWS = ["001", "011", "101", "111"]
DRAWS = [1, 2, 3, 67]
RATES = [0.1, 0.3, 1.0, 3.0, 10.0, 30.0]
EPOCHS = [0, 1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 50, 70, 100, 130, 160, 200, 250, 300, 400, 500]
EPOCHS += [700, 1000, 1500, 2000, 2500, 2600, 2700, 2800, 2900, 3000, 3500, 5000, 9000]

SEVENTEEN = {
    "identity": "identity",
    "binary step": "binary_step",
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "ReLU": "relu",
    "GELU": "gelu",
    "softplus": "softplus",
    "ELU": "elu",
    "SELU": "selu",
    "PReLU": "prelu",
    "arctan": "arctan",
    "softsign": "softsign",
    "SQNL": "sqnl",
    "bent identity": "bent_identity",
    "SiLU": "silu",
    "Gaussian": "gaussian",
    "SQ-RBF": "sq_rbf",
}
"""The activations of the gallery: as the figure calls them, and as the library does."""
JUMPS = ("binary_step", "relu", "prelu", "selu")  # a jump at 0, of the function or of its slope
GALLERY_RATES = [0.03, 0.1, 0.3, 1.0, 3.0]
GALLERY_EPOCHS = [0, 1, 2, 5, 10, 20, 30, 50, 100, 200, 300, 500, 1000, 2500]

PUZZLES = {"OR": [0, 1, 1, 1], "AND": [0, 0, 0, 1], "XOR": [0, 1, 1, 0]}
DIRECTIONS = list(range(0, 360, 15))
DISTANCES = [-0.6, -0.4, -0.2, 0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2]

CHANCES = np.array([0.01, 0.02, 0.05, *np.arange(2, 19) / 20, 0.95, 0.98, 0.99])
COSTS = (
    "squared error", "absolute error", "cross-entropy", "exponential", "Hellinger", "Itakura-Saito",
)  # fmt: skip


def four_row_net(seed):
    """Return the chapter's net 3-4-1 without biases, drawn as the old NumPy draws from ``seed``.

    The article draws its weights from [0, 1) and does not say with which seed; the reference run
    takes 1.
    """
    draw = np.random.RandomState(seed)  # noqa: NPY002
    weights = [draw.rand(3, 4), draw.rand(4, 1)]
    return Network([3, 4, 1], hidden="sigmoid", output="sigmoid", bias=False, weights=weights)


def gallery_net(activation):
    """Return the gallery's net: 3-4-1 with biases, the same start for every hidden activation."""
    rng = np.random.default_rng(2)
    return Network([3, 4, 1], hidden=activation, output="sigmoid", rng=rng)


def _stack(shape, histories):
    """Return losses and four outputs of histories as arrays of ``shape``, epochs last."""
    X, _ = xor_with_ones()
    loss = np.concatenate([history.loss for history in histories])
    outputs = np.concatenate([history.predict(X)[..., 0] for history in histories])
    return loss.reshape(shape), outputs.reshape(*shape, 4)


def _answers_panel(ax, targets):
    """Draw four places for answers, with their targets; return the strokes and the marks."""
    ax.plot(range(4), targets, "_", color=TARGET, ms=17, mew=2, zorder=1)
    strokes = [ax.plot([at, at], [y, y], color=LOSS, lw=1.4)[0] for at, y in enumerate(targets)]
    (marks,) = ax.plot(range(4), [0.5] * 4, "s", color=PREDICTION, ms=6, label="the answers")
    ax.set(xlim=(-0.5, 3.5), ylim=(-0.08, 1.08), yticks=[0, 0.5, 1], xlabel="row of X")
    ax.set_xticks(range(4), labels=ROWS)
    return strokes, marks


def _animate_answers(figure, strokes, marks, outputs, targets):
    figure.animate(marks, x=np.broadcast_to(np.arange(4.0), outputs.shape), y=outputs)
    for at, (stroke, y) in enumerate(zip(strokes, targets, strict=True)):
        ends = np.stack([outputs[..., at], np.full(outputs.shape[:-1], y)], axis=-1)
        figure.animate(stroke, x=np.full(ends.shape, float(at)), y=ends)


# ---------------------------------------------------------------------- four rows, four starts


def four_runs():
    """Return loss (starts, rates, epochs) and outputs (starts, rates, epochs, rows)."""
    X, y = xor_with_ones()
    nets = [four_row_net(seed) for seed in DRAWS for _ in RATES]
    runs = sweep(
        nets, X, y, learning_rates=RATES * len(DRAWS), epochs=max(EPOCHS), record=EPOCHS,
        loss="sum_squared_error",
    )  # fmt: skip
    return _stack((len(DRAWS), len(RATES), len(EPOCHS)), [runs])


def four_rows():
    """Show the four answers and the error of a 3-4-1 net, by start, rate and epoch."""
    targets = xor_with_ones()[1][:, 0]
    loss, outputs = four_runs()
    fig, (left, right) = plt.subplots(1, 2, figsize=(6.6, 2.9))
    strokes, marks = _answers_panel(left, targets)
    left.set_title("What it answers")
    left.set_ylabel("answer", color=PREDICTION)

    at = np.maximum(EPOCHS, 0.7)  # 0 has no place on a logarithmic axis
    (curve,) = right.plot(at, loss[0, 0], color=LOSS, label="the sum of squares")
    (now,) = right.plot([1], [1], "o", color=LOSS, ms=6)
    right.set(xscale="log", yscale="log", xlim=(0.6, 12_000), ylim=(5e-6, 6), xlabel="epoch")
    right.set_xticks([0.7, 10, 100, 1000], labels=["0", "10", "100", "1000"])
    right.set_yticks([1e-5, 1e-4, 1e-3, 0.01, 0.1, 1])
    right.set_yticklabels(["1e−5", "1e−4", "0.001", "0.01", "0.1", "1"])
    right.set_title("How wrong that is")
    right.set_ylabel("sum of squares", color=LOSS)
    right.minorticks_off()

    figure = LiveFigure(
        fig,
        name="scratch-four",
        alt="Two panels. The net's answers to the four rows, each joined by a stroke to its "
        "target, 0, 1, 1, 0; and the sum of the squared errors by epoch, on scales where every "
        "mark is ten times the one before.",
        start={"draw": 1, "learning_rate": 1.0, "epochs": 0},
        film=[
            {"draw": 1, "epochs": 100},
            {"draw": 1, "epochs": 2500},
            {"draw": 67, "epochs": 2500},
        ],
        draw=DRAWS,
        learning_rate=RATES,
        epochs=EPOCHS,
    )
    _animate_answers(figure, strokes, marks, outputs, targets)
    places = np.broadcast_to(at, loss.shape)
    figure.animate(curve, x=places, y=loss, trail="epochs")
    figure.animate(now, x=places[..., None], y=loss[..., None])
    figure.readout(
        "Draw {draw}, rate {learning_rate}, epoch {epochs}: answers {a:.3f} {b:.3f} {c:.3f} "
        "{d:.3f}, sum of squares {loss:.4g}. {verdict}",
        loss=loss,
        verdict=_four_verdicts(loss, outputs, targets),
        **dict(zip("abcd", np.moveaxis(outputs, -1, 0), strict=True)),
    )
    figure.ask(
        "Four random starts, rate 1, as many epochs as you like. Do all of them find the four "
        "answers?",
        {
            "yes, and at much the same time": "Draws 1, 2 and 3 do, all near epoch 300. Look at "
            "draw 67 at epoch 2500.",
            "three do, one stays behind for good": "So it seems until epoch 2600, and a shorter "
            "slider would have let you believe it. Go on to 3000.",
            "three do, one takes ten times as long": "Draws 1, 2 and 3 are through near epoch "
            "300. Draw 67 stands still for two thousand epochs, then finds a way down.",
        },
        right="three do, one takes ten times as long",
    )
    one, still = RATES.index(1.0), np.abs(outputs - 0.5) < 0.01
    first = np.zeros(loss.shape, dtype=bool)
    first[DRAWS.index(67), one] = loss[DRAWS.index(67), one] < 0.1
    figure.task("Rate 1, draw 67: find an epoch with a sum of squares below 0.1.", when=first)
    figure.task(
        "Find a rate so high that three answers stand at one half, even at epoch 9000.",
        when=(still.sum(axis=-1) == 3) & (np.array(EPOCHS) == max(EPOCHS)),
    )
    figure.explain(
        curve,
        "{terms} = {loss:.6f}",
        terms=[
            [[_squares(row, targets) for row in rows] for rows in table] for table in outputs
        ],
        loss=loss,
    )
    return figure


def _squares(answers, targets):
    """Write the sum of squared errors of four answers, term by term."""
    return " + ".join(f"({y:.0f} − {a:.4f})²" for a, y in zip(answers, targets, strict=True))


def _four_verdicts(loss, outputs, targets):
    """Say at every position how far the four answers have come."""
    words = np.full(loss.shape, "Not there yet.", dtype=object)
    words[(np.abs(outputs - 0.5) < 0.1).all(axis=-1)] = "Everything is near one half."
    half = np.abs(outputs - 0.5) < 0.02
    for number, word in ((2, "Two"), (3, "Three")):
        words[half.sum(axis=-1) == number] = f"{word} answers stand at one half."
    words[(np.round(outputs) == targets).all(axis=-1) & (loss < 0.1)] = "All four found."
    words[..., 0] = "Not trained yet."
    return words


# --------------------------------------------------------------------------- one line, one node


def one_line():
    """Show a perceptron's line over the four corners of a square, for OR, AND and XOR."""
    X, _ = xor()
    angles = np.deg2rad(DIRECTIONS)
    w = np.stack([np.cos(angles), np.sin(angles)], axis=-1).round(4)
    sums = (w @ X.T)[:, None, :] - np.array(DISTANCES)[:, None]
    sums = sums.round(4)  # (directions, distances, rows); a row on the line counts as 0
    targets = np.array(list(PUZZLES.values()))[:, None, None, :]
    right_rows = (sums > 0) == targets
    correct = right_rows.sum(axis=-1)

    fig, (left, table) = plt.subplots(1, 2, figsize=(6.6, 2.9), width_ratios=(1, 1.35))
    (border,) = left.plot([0, 1], [0, 1], color=WEIGHT, label="w1 x1 + w2 x2 + b = 0")
    (arrow,) = left.plot([0, 1], [0, 1], color=WEIGHT, lw=1, ls=":")
    (tip,) = left.plot([0], [0], "o", color=WEIGHT, ms=4)
    (ones,) = left.plot(X[:, 0], X[:, 1], "o", color=TARGET, ms=9)
    (zeros,) = left.plot(X[:, 0], X[:, 1], "o", color=TARGET, ms=9, mfc="none", mew=1.5)
    (rings,) = left.plot(X[:, 0], X[:, 1], "o", color=PREDICTION, ms=17, mfc="none", mew=1.5)
    left.set(xlim=(-0.75, 1.75), ylim=(-0.75, 1.75), xlabel="x1", ylabel="x2")
    left.set(xticks=[0, 1], yticks=[0, 1], title="One straight line")
    left.set_aspect("equal")

    table.set(xlim=(-0.3, 4.6), ylim=(-0.8, 5.6), title="Row by row")
    table.axis("off")
    heads = ["x1 x2", "sum", "answer", "target"]
    places = [0.75, 2.0, 3.2, 4.4]
    for place, head in zip(places, heads, strict=True):
        table.text(place, 4.8, head, ha="right", weight="bold")
    cells = []
    for row, (x1, x2) in enumerate(X):
        at = 3.7 - row
        table.text(places[0], at, f"{x1:.0f}  {x2:.0f}", ha="right")
        cells.append(
            [
                table.text(places[1], at, "0.00", ha="right", color=WEIGHT),
                table.text(places[2], at, "0", ha="right", color=PREDICTION),
                table.text(places[3], at, "0", ha="right"),
            ]
        )
    count = table.text(places[3], -0.5, "4 of 4 right", ha="right", weight="bold")

    figure = LiveFigure(
        fig,
        name="scratch-line",
        alt="The four corners of a square, filled where the target is 1, and a straight line with "
        "a dotted arrow to the side that is answered with 1; beside it sum, answer and target of "
        "each corner, and how many are right.",
        start={"puzzle": "OR", "direction": 0, "distance": 0.8},
        film=[
            {"puzzle": "OR", "direction": 45, "distance": 0.4},
            {"puzzle": "AND", "direction": 45, "distance": 1.0},
            {"puzzle": "XOR", "direction": 45, "distance": 0.4},
        ],
        labels={"direction": "direction (degrees)", "distance": "distance from 0"},
        puzzle=list(PUZZLES),
        direction=DIRECTIONS,
        distance=DISTANCES,
    )
    far = np.array([-4.0, 4.0])
    foot = w[:, None, :] * np.array(DISTANCES)[:, None]  # the point of the line nearest to 0
    along = np.stack([-w[:, 1], w[:, 0]], axis=-1)[:, None, :, None] * far
    line = foot[..., None] + along
    lines = ("direction", "distance")
    figure.animate(border, over=lines, x=line[:, :, 0], y=line[:, :, 1])
    ahead = foot[..., None] + w[:, None, :, None] * np.array([0.0, 0.45])
    figure.animate(arrow, over=lines, x=ahead[:, :, 0], y=ahead[:, :, 1])
    figure.animate(tip, over=lines, x=ahead[:, :, 0, 1:], y=ahead[:, :, 1, 1:])
    is_one = targets[:, 0, 0] == 1
    corners = np.broadcast_to(X.T, (3, 2, 4))
    for artist, shown in ((ones, is_one), (zeros, ~is_one)):
        figure.animate(
            artist,
            over=("puzzle",),
            x=np.where(shown, corners[:, 0], np.nan),
            y=np.where(shown, corners[:, 1], np.nan),
        )
    figure.animate(
        rings,
        x=np.where(right_rows, X[:, 0], np.nan),
        y=np.where(right_rows, X[:, 1], np.nan),
    )
    for row, (total, answer, target) in enumerate(cells):
        own = sums[..., row] + 0.0
        figure.animate(total, over=lines, text=[[_number(v) for v in each] for each in own])
        figure.animate(answer, over=lines, text=[[str(int(v > 0)) for v in each] for each in own])
        figure.animate(
            target, over=("puzzle",), text=[str(each[row]) for each in PUZZLES.values()]
        )
    figure.animate(count, text=[[[f"{n} of 4 right" for n in r] for r in p] for p in correct])
    figure.readout(
        "{puzzle}: w = ({w1}, {w2}), b = {b}, {n} of 4 right. {word}",
        w1=[[[_number(w1)] * len(DISTANCES) for w1, _ in w] for _ in PUZZLES],
        w2=[[[_number(w2)] * len(DISTANCES) for _, w2 in w] for _ in PUZZLES],
        b=[[[_number(-d) for d in DISTANCES] for _ in w] for _ in PUZZLES],
        n=correct,
        word=np.where(correct == 4, "Solved.", np.where(correct == 3, "One short.", "")),
    )
    for name in ("OR", "AND"):
        figure.task(
            f"{name}: place the line so that all four are right.",
            when=(correct == 4) & (np.array(list(PUZZLES)) == name)[:, None, None],
        )
    figure.task(
        "XOR: get as many right as you can. Three is the most there is.",
        when=(correct == 3) & (np.array(list(PUZZLES)) == "XOR")[:, None, None],
    )
    return figure


def _number(value):
    return f"{value:.2f}".replace("-0.00", "0.00").replace("-", "−")


# ------------------------------------------------------------------------------------ the gallery


def gallery_runs():
    """Return loss (activations, rates, epochs) and outputs (..., rows) of the gallery's nets."""
    X, y = xor_with_ones()
    histories = [
        sweep(
            gallery_net(name), X, y, learning_rates=GALLERY_RATES, epochs=max(GALLERY_EPOCHS),
            record=GALLERY_EPOCHS, loss="sum_squared_error",
        )
        for name in SEVENTEEN.values()
    ]  # fmt: skip
    return _stack((len(SEVENTEEN), len(GALLERY_RATES), len(GALLERY_EPOCHS)), histories)


def gallery():
    """Show each of seventeen activations with its slope, and a net trained with it."""
    targets = xor_with_ones()[1][:, 0]
    loss, outputs = gallery_runs()
    grid = np.linspace(-4, 4, 97)
    fig, (left, middle, right) = plt.subplots(1, 3, figsize=(6.9, 2.75))
    left.axhline(0, color=TARGET, lw=0.5)
    (slope,) = left.plot(grid, grid, "--", color=GRADIENT, lw=1.3, label="its slope")
    (curve,) = left.plot(grid, grid, color=PREDICTION, label="f(z)")
    left.set(xlim=(-4, 4), ylim=(-2.1, 3.1), xlabel="z", title="f(z) and slope")
    left.legend(loc="upper left", fontsize=8, handlelength=1.4)
    strokes, marks = _answers_panel(middle, targets)
    middle.set_title("The four answers")

    at = np.maximum(GALLERY_EPOCHS, 0.7)
    (error,) = right.plot(at, loss[0, 0], color=LOSS, label="the sum of squares")
    (now,) = right.plot([1], [1], "o", color=LOSS, ms=6)
    right.set(xscale="log", yscale="log", xlim=(0.6, 3500), ylim=(2e-5, 4), xlabel="epoch")
    right.set_xticks([0.7, 10, 100, 1000], labels=["0", "10", "100", "1000"])
    right.set_yticks([1e-4, 0.001, 0.01, 0.1, 1], labels=["1e−4", "0.001", "0.01", "0.1", "1"])
    right.set_title("Sum of squares", color=LOSS)
    right.minorticks_off()

    figure = LiveFigure(
        fig,
        name="scratch-gallery",
        alt="Three panels: an activation function and, dashed, its slope from −4 to 4; the four "
        "answers of a net that uses it in its hidden layer, with their targets; the net's sum of "
        "squared errors by epoch.",
        start={"activation": "sigmoid", "learning_rate": 0.3, "epochs": 200},
        film=[
            {"activation": "tanh", "epochs": 200},
            {"activation": "ReLU", "epochs": 200},
            {"activation": "binary step", "epochs": 2500},
            {"activation": "Gaussian", "epochs": 200},
        ],
        activation=list(SEVENTEEN),
        learning_rate=GALLERY_RATES,
        epochs=GALLERY_EPOCHS,
    )
    functions = [ACTIVATIONS[name] for name in SEVENTEEN.values()]
    gap = np.stack([np.isclose(grid, 0) & (f.name in JUMPS) for f in functions])
    values = np.stack([f.function(grid) for f in functions])
    step = np.array([f.name == "binary_step" for f in functions])[:, None]
    only = ("activation",)
    figure.animate(curve, over=only, y=np.where(gap & step, np.nan, values))
    slopes = np.stack([f.derivative(grid) for f in functions])
    figure.animate(slope, over=only, y=np.where(gap, np.nan, slopes))
    _animate_answers(figure, strokes, marks, outputs, targets)
    places = np.broadcast_to(at, loss.shape)
    figure.animate(error, x=places, y=loss, trail="epochs")
    figure.animate(now, x=places[..., None], y=loss[..., None])
    figure.readout(
        "{activation}, rate {learning_rate}, epoch {epochs}: answers {a:.3f} {b:.3f} {c:.3f} "
        "{d:.3f}, sum of squares {loss:.4g}",
        loss=loss,
        **dict(zip("abcd", np.moveaxis(outputs, -1, 0), strict=True)),
    )
    best, last = loss[..., -1].min(axis=1), np.array(GALLERY_EPOCHS) == 2500
    figure.task(
        "Two of the seventeen fail at every rate. Find one of them, at epoch 2500.",
        when=(best > 0.4)[:, None, None] & last & np.ones(loss.shape, dtype=bool),
    )
    figure.task(
        "Find a function and a rate with a sum of squares below 0.05 within 50 epochs.",
        when=(loss < 0.05) & (np.array(GALLERY_EPOCHS) <= 50),
    )
    return figure


# -------------------------------------------------------------------------------------- the costs


def one_cost(cost, p):
    """Return a cost and its slope for one answer p in (0, 1) whose target is 1.

    Parameters
    ----------
    cost : str
        One of `COSTS`; the exponential one with τ = 1, Hellinger between (p, 1 − p) and (1, 0).
    p : ndarray, shape (n,)

    Returns
    -------
    value, slope : ndarray, shape (n,)
    """
    p, y = p[:, None, None], np.ones((1, 1))
    if cost == "exponential":
        value, slope = exponential(p, y, tau=1.0), exponential_gradient(p, y, tau=1.0)
    elif cost == "Hellinger":
        both, y = np.concatenate([p, 1 - p], axis=-1), np.array([[1.0, 0.0]])
        value = LOSSES["hellinger"].function(both, y)
        slope = LOSSES["hellinger"].gradient(both, y) @ [[1.0], [-1.0]]
    else:
        name = {
            "squared error": "mean_squared_error",
            "absolute error": "mean_absolute_error",
            "cross-entropy": "binary_cross_entropy",
            "Itakura-Saito": "itakura_saito",
        }[cost]
        value, slope = LOSSES[name].function(p, y), LOSSES[name].gradient(p, y)
    return value, slope[:, 0, 0]


def costs():
    """Show what one answer costs when it should be 1, and how hard that pulls on its logit."""
    grid = np.concatenate([[0.004, 0.006], np.linspace(0.01, 0.99, 99)])
    curves = [one_cost(cost, grid) for cost in COSTS]
    values, slopes = (np.stack(each) for each in zip(*curves, strict=True))
    here = [one_cost(cost, CHANCES) for cost in COSTS]
    value, slope = (np.stack(each) for each in zip(*here, strict=True))
    pull = -slope * CHANCES * (1 - CHANCES)

    fig, (left, right) = plt.subplots(1, 2, figsize=(6.6, 2.9))
    square = COSTS.index("squared error")
    left.plot(grid, values[square], ":", color=TARGET, lw=1.2)
    (curve,) = left.plot(grid, values[0], color=LOSS, label="the cost")
    (tangent,) = left.plot([0, 1], [0, 1], "--", color=GRADIENT, lw=1.2)
    (point,) = left.plot([0.5], [0.5], "o", color=LOSS, ms=6)
    left.set(xlim=(0, 1), ylim=(-0.1, 5), xlabel="answer p, target 1", title="What it costs")
    left.set_ylabel("cost", color=LOSS)
    right.plot(grid, -slopes[square] * grid * (1 - grid), ":", color=TARGET, lw=1.2)
    (force,) = right.plot(grid, grid, color=GRADIENT, label="the pull on z")
    (now,) = right.plot([0.5], [0.5], "o", color=GRADIENT, ms=6)
    right.set(xlim=(0, 1), ylim=(-0.04, 2), xlabel="answer p, target 1")
    right.set_title("Pull on z, through a sigmoid")
    right.set_ylabel("pull", color=GRADIENT)

    figure = LiveFigure(
        fig,
        name="scratch-costs",
        alt="Two panels over an answer p between 0 and 1 whose target is 1: what it costs, with a "
        "tangent; and how hard the cost pulls on the number before the sigmoid. A dotted curve "
        "shows the squared error for comparison.",
        start={"cost": COSTS[0], "p": 0.5},
        film=[
            {"cost": "squared error", "p": 0.05},
            {"cost": "cross-entropy", "p": 0.05},
            {"cost": "Hellinger", "p": 0.05},
        ],
        labels={"p": "answer p"},
        cost=list(COSTS),
        p=CHANCES,
    )
    only = ("cost",)
    figure.animate(curve, over=only, y=values)
    figure.animate(force, over=only, y=-slopes * grid * (1 - grid))
    reach = np.array([-0.3, 0.3])
    figure.animate(
        tangent,
        x=np.broadcast_to(CHANCES[:, None] + reach, (*value.shape, 2)),
        y=value[..., None] + slope[..., None] * reach,
    )
    places = np.broadcast_to(CHANCES, value.shape)[..., None]
    figure.animate(point, x=places, y=value[..., None])
    figure.animate(now, x=places, y=pull[..., None])
    figure.readout(
        "{cost} at p = {p}: cost {value:.4g}, slope in p {slope:.4g}, pull on z {pull:.4g}{where}",
        value=value,
        slope=slope,
        pull=pull,
        where=np.where((value > 5) | (pull > 2), ". The dot is off the picture.", ""),
    )
    figure.explain(
        force,
        "pull = −slope × p (1 − p) = {down:.4g} × {p} × {rest:.2f} = {pull:.4g}",
        down=-slope,
        rest=np.broadcast_to(1 - CHANCES, value.shape),
        pull=pull,
    )
    figure.ask(
        "An answer of 0.01 where 1 is right. How hard does the squared error pull on z, the number "
        "before the sigmoid, compared with the cross-entropy?",
        {
            "half as hard": "At p = 0.5 that is so: 0.25 against 0.5. At 0.01 the sigmoid's slope "
            "is 0.0099, and it multiplies the squared error's 1.98.",
            "fifty times more weakly": "0.0196 against 0.99. The sigmoid's slope makes the first "
            "one vanish; the second has the same factor in its denominator.",
            "harder, because it squares": "Squaring an error below 1 makes it smaller, not larger.",
        },
        right="fifty times more weakly",
    )
    low = (CHANCES <= 0.05) & np.ones(value.shape, dtype=bool)
    figure.task(
        "Find a cost that gives up: very wrong (p 0.05 or below), and a pull below 0.1.",
        when=low & (pull < 0.1),
    )
    figure.task(
        "Find the cost whose pull at p = 0.01 is the size of the error itself, 1 − p.",
        when=np.isclose(pull, 1 - CHANCES) & (CHANCES == 0.01),
    )
    return figure


FIGURES = (four_rows, one_line, gallery, costs)
