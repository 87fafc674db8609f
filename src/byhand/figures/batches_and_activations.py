"""The figures of chapter 4."""

import matplotlib.pyplot as plt
import numpy as np

from byhand.activations import ACTIVATIONS
from byhand.datasets import four_points, six_rows
from byhand.figures.live_figure import LiveFigure
from byhand.figures.one_node import one_node
from byhand.figures.palette import BIAS, GRADIENT, LOSS, PREDICTION, TARGET, WEIGHT
from byhand.losses import (
    half_mean_squared_error,
    half_mean_squared_error_gradient,
    mean_squared_error_gradient,
)
from byhand.network import Network
from byhand.training import sweep

RATES = [0.02, 0.05, 0.1, 0.2, 0.3, 0.6, 1.0]
EPOCHS = [*range(21), 25, 30, 40, 60, 100]
ORDERS = ["shuffled", "fixed"]
SIZES = {4: "full batch", 2: "mini-batch of 2", 1: "single sample"}
DRAWN = 12  # epochs of a path that are drawn, the last ones
CHANGED = 40  # epochs of which the clock shows every step

START = [0.3, -0.2, 0.6, 0.1]  # w and b of the node on the six rows, as in chapter 3
BENDS = ["tanh", "sigmoid", "relu"]
PLACES = np.arange(-12, 13) / 4

STARTS = [-2.0, 0.0, 2.0, 4.0, 6.0]
SATURATED_RATES = [0.05, 0.15, 0.5, 1.5, 5.0]
SATURATED_EPOCHS = [*range(11), 15, 20, 25, *range(30, 301, 10)]


# --------------------------------------------------------------- three batch sizes, one map


def walk(rates, batch_size, epochs, order):
    """Return every place a node comes to on the four points, one step after the other.

    Parameters
    ----------
    rates : list of float
    batch_size : int
        Samples a step.
    epochs : int
    order : str
        One of `ORDERS`: a new order every epoch, or the points as they stand.

    Returns
    -------
    ndarray, shape (n_rates, n_steps + 1, 2)
        w and b before the first step and after each (Eq. 4.9).
    """
    x, y = (column[:, None] for column in four_points())
    rng = np.random.default_rng(4)
    nodes = one_node().with_parameters(np.tile(one_node().parameters, (len(rates), 1)))
    places = [nodes.parameters.copy()]
    for _ in range(epochs):
        rows = rng.permutation(len(x)) if order == "shuffled" else np.arange(len(x))
        for start in range(0, len(x), batch_size):
            batch = rows[start : start + batch_size]
            a = nodes.forward(x[batch])
            nodes.backward(half_mean_squared_error_gradient(a, y[batch]), to_inputs=False)
            nodes.parameters -= np.array(rates)[:, None] * nodes.gradients
            places.append(nodes.parameters.copy())
    return np.stack(places, axis=1)


def best_line(x, y):
    """Return w and b of the least-squares line, and its loss."""
    w, b = np.polyfit(x, y, 1)
    return w, b, half_mean_squared_error(w * x + b, y)


def losses_at(places):
    """Return half the mean squared error on the four points at places (..., 2) of w and b."""
    x, y = four_points()
    return np.mean((places[..., :1] * x + places[..., 1:] - y) ** 2, axis=-1) / 2


def three_paths():
    """Show full batch, mini-batch and single sample side by side on the map of all lines."""
    x, y = four_points()
    w_best, b_best, floor = best_line(x, y)
    fig, panels = plt.subplots(1, 3, figsize=(6.9, 2.75))
    W, B = np.meshgrid(np.linspace(0.1, 1.4, 90), np.linspace(-0.3, 0.45, 90))
    bowl = losses_at(np.stack([W, B], axis=-1))
    marks = []
    for ax, title in zip(panels, SIZES.values(), strict=True):
        ax.contour(W, B, bowl, levels=0.0041 * 2.4 ** np.arange(6), colors=LOSS, linewidths=0.6)
        (path,) = ax.plot(
            [0.5], [0], ".-", color=GRADIENT, lw=0.9, ms=3, alpha=0.8, label=f"next step: {title}"
        )
        (here,) = ax.plot([0.5], [0], "o", color=GRADIENT, ms=6)
        ax.plot(w_best, b_best, "+", color=TARGET, ms=9, mew=1.5, zorder=4)
        ax.plot([0.5], [0], "o", color=GRADIENT, ms=6, mfc="none", mew=1)
        ax.set(xlim=(0.1, 1.4), ylim=(-0.3, 0.45), xlabel="weight w", yticks=[-0.2, 0, 0.2, 0.4])
        ax.set_title(title.capitalize())
        ax.xaxis.label.set_color(WEIGHT)
        ax.set_ylabel("bias b", color=BIAS)
        marks.append((path, here))

    figure = LiveFigure(
        fig,
        name="batch-paths",
        alt="Three copies of one map, weight across and bias up, with the rings of the loss and a "
        "cross at the best line. On each the path of one way to train: all four points a step, two "
        "points a step, one point a step.",
        start={"learning_rate": 0.3, "epochs": 1, "order": ORDERS[0]},
        film=[
            {"learning_rate": 0.1, "epochs": 12},
            {"learning_rate": 1.0, "epochs": 100},
            {"learning_rate": 0.6, "epochs": 100, "order": "fixed"},
        ],
        learning_rate=RATES,
        epochs=EPOCHS,
        order=ORDERS,
    )
    loss, spread = {}, {}
    for size, (path, here) in zip(SIZES, marks, strict=True):
        steps = len(x) // size
        # one epoch more than is shown, for the step that follows the last place
        walks = np.stack([walk(RATES, size, max(EPOCHS) + 1, order) for order in ORDERS], axis=2)
        ends = walks[:, [steps * epoch for epoch in EPOCHS]]  # (rates, epochs, orders, 2)
        loss[size] = losses_at(ends)
        drawn = np.full((len(RATES), len(EPOCHS), len(ORDERS), DRAWN * steps + 1, 2), np.nan)
        spread[size] = np.zeros(drawn.shape[:3])
        for number, epoch in enumerate(EPOCHS):
            first = steps * max(0, epoch - DRAWN)
            part = np.moveaxis(walks[:, first : steps * epoch + 1], 1, 2)
            drawn[:, number, :, : part.shape[2]] = part
            last = np.moveaxis(walks[:, steps * max(0, epoch - 4) : steps * epoch + 1], 1, 2)
            spread[size][:, number] = np.hypot(*(last - [w_best, b_best]).T).max(axis=0).T
        figure.animate(path, x=drawn[..., 0], y=drawn[..., 1])
        figure.animate(here, x=ends[..., :1], y=ends[..., 1:])
        _explain_next_step(figure, path, size, ends, walks, steps)
    figure.readout(
        "Rate {learning_rate}, epoch {epochs}, {order}: loss {full:.5f} with the full batch, "
        "{pairs:.5f} with pairs, {single:.5f} with single samples",
        full=loss[4],
        pairs=loss[2],
        single=loss[1],
    )
    figure.ask(
        "Rate 1, a hundred epochs, in each of them every point once, in a new order. Which of the "
        "three comes to rest on the cross?",
        {
            "all three": "The bottom is the same for all three, but only the full batch stands "
            "still there: the four slopes cancel when they are averaged, not one by one.",
            "the single sample": "It takes four steps to the full batch's one. But every step "
            "serves one point alone, and the next step serves another.",
            "the full batch": "At the cross its slope is zero, so it stops. The others are pushed "
            "off by every step they take, the single sample furthest.",
        },
        right="the full batch",
    )
    three = np.stack([spread[size] for size in SIZES])
    lit = np.arange(len(EPOCHS)) >= EPOCHS.index(20)
    figure.task(
        "Single samples: find a rate whose path, after epoch 20, still swings a third of a unit "
        "away from the cross.",
        when=(spread[1] > 1 / 3) & lit[:, None],
    )
    figure.task(
        "Now find a rate and an epoch at which all three stay within a tenth of a unit of the "
        "cross for four epochs.",
        when=(three < 0.1).all(axis=0) & (np.array(EPOCHS) >= 4)[:, None],
    )
    return figure


def _explain_next_step(figure, path, size, ends, walks, steps):
    """Let the path say what its next step is, with the numbers of this place."""
    step = walks[:, [steps * epoch + 1 for epoch in EPOCHS]] - ends
    figure.explain(
        path,
        "w {w:.4g} {sign_w} {dw:.4f},  b {b:.4g} {sign_b} {db:.4f}",
        w=ends[..., 0],
        b=ends[..., 1],
        sign_w=np.where(step[..., 0] < 0, "−", "+"),
        sign_b=np.where(step[..., 1] < 0, "−", "+"),
        dw=np.abs(step[..., 0]),
        db=np.abs(step[..., 1]),
    )


def two_clocks():
    """Show the loss of three batch sizes, once by samples looked at, once by steps taken."""
    x, y = four_points()
    floor = best_line(x, y)[2]
    fig, (left, right) = plt.subplots(1, 2, figsize=(6.9, 2.9))
    styles = {4: ("full batch", "-", 2.4), 2: ("pairs", "--", 1.5), 1: ("single", ":", 1.8)}
    curves = []
    for size, (name, style, width) in styles.items():
        for ax in (left, right):
            (curve,) = ax.plot([1, 2], [1, 1], style, color=LOSS, lw=width, label=name)
            curves.append((size, ax is left, curve))
    for ax in (left, right):
        ax.axhline(floor, color=TARGET, lw=0.8, ls="--")
        ax.set(yscale="log", ylim=(2e-3, 0.12))
        ax.set_yticks([0.005, 0.01, 0.02, 0.05], labels=["0.005", "0.01", "0.02", "0.05"])
        ax.set_ylabel("loss", color=LOSS)
        ax.minorticks_off()
    left.set(xlim=(0, 4 * CHANGED), xlabel="samples looked at", title="Counted in samples")
    right.set(xlim=(0, CHANGED), xlabel="steps taken", title="Counted in steps")
    narrow = {"columnspacing": 0.8, "handlelength": 1.6, "handletextpad": 0.4}
    right.legend(loc="upper right", fontsize=8, ncols=3, **narrow)  # one row: curves leap high
    left.text(4 * CHANGED - 2, floor * 0.95, "best line", ha="right", va="top")

    figure = LiveFigure(
        fig,
        name="batch-clock",
        alt="Two panels with the loss of the same three trainings: over the samples looked at, "
        "where smaller batches fall sooner, and over the steps taken, where the three curves "
        "lie on each other until the smaller batches begin to shake.",
        start={"learning_rate": 0.1, "order": ORDERS[0]},
        film=[{"learning_rate": 0.05}, {"learning_rate": 0.6}],
        learning_rate=RATES,
        order=ORDERS,
    )
    needed, late = {}, {}
    for size, by_samples, curve in curves:
        walks = np.stack([walk(RATES, size, CHANGED, order) for order in ORDERS], axis=1)
        loss = losses_at(walks)
        steps = np.arange(loss.shape[-1])
        shown = slice(None) if by_samples else slice(CHANGED + 1)
        at = (steps * size if by_samples else steps)[shown]
        figure.animate(curve, x=np.broadcast_to(at, loss[..., shown].shape), y=loss[..., shown])
        late[size] = loss[..., -10 * (len(x) // size) :].max(axis=-1)  # the last ten epochs
        below = loss < 0.005
        first = np.char.mod("%d", below.argmax(axis=-1) * size)
        last = f"over {len(x) * CHANGED}"
        needed[size] = np.where(below.any(axis=-1), first, last).astype(object)
    figure.readout(
        "Rate {learning_rate}, {order}. Samples until the loss is below 0.005 for the first time: "
        "full batch {four}, pairs {two}, single samples {one}",
        four=needed[4],
        two=needed[2],
        one=needed[1],
    )
    figure.task(
        "Find a rate at which single samples still shake at the end, to one and a half times the "
        "best line's loss and more, and the full batch does not.",
        when=(late[1] > 1.5 * floor) & (late[4] < 1.1 * floor),
    )
    return figure


# ---------------------------------------------------------------------- the sheet of a batch

SHEET = {
    "stack": "Six samples, each a row of X; the targets beside them. Nothing is computed yet.",
    "forward": "Forward, every row at once: a = X w + b with w = (0.3, −0.2, 0.6) and b = 0.1.",
    "error": "Take the prediction from the target: y − a. Row 3 is 0.5 too high, row 4 0.6 too "
    "low.",
    "each": "The slopes of each sample alone: −2 (y − a) times its row, and for b times 1. A minus "
    "asks for more, a plus for less.",
    "mean": "The mean of every column: that is the gradient of the mean, (4.7) and (4.8).",
}


def sheet_of_a_batch():
    """Show the gradient of six samples, row by row and together, in named steps."""
    X, y = six_rows()
    node = Network([3, 1], weights=[np.array(START[:3])[:, None]], biases=START[3:])
    a = node.forward(X)
    node.backward(mean_squared_error_gradient(a, y))
    batch = node.gradients.copy()
    each = -2 * (y - a) * np.column_stack([X, np.ones(len(X))])

    fig, (left, right) = plt.subplots(1, 2, figsize=(6.9, 3.1), width_ratios=(1, 1.15))
    left.set(xlim=(-0.35, 5.1), ylim=(-0.7, 7.5), title="Forward")
    right.set(xlim=(-2.4, 4.0), ylim=(-0.7, 7.5), title="The slopes of each sample")
    for ax in (left, right):
        ax.axis("off")
    figure = LiveFigure(
        fig,
        name="batch-sheet",
        alt="A sheet with one row for each of six samples: features, target, prediction, error, "
        "and the slopes of each sample alone; below them the mean of every column.",
        start={"step": "stack"},
        film=[{"step": "error"}, {"step": "mean"}],
        step=list(SHEET),
    )
    names, stage = list(SHEET), np.arange(len(SHEET))

    def column(ax, place, head, values, form, since, colour):
        texts = [ax.text(place, 7, head, ha="right", color=colour, weight="bold")]
        for row, value in enumerate(values):
            shown = format(0.0 if abs(value) < 1e-12 else value, form).replace("-", "−")
            texts.append(ax.text(place, 6 - row, shown, ha="right", color=colour))
        for text in texts if since != "stack" else []:
            figure.animate(text, visible=stage >= names.index(since))

    for number in range(3):
        column(left, 0.62 * number, f"x{number + 1}", X[:, number], ".0f", "stack", TARGET)
    column(left, 2.25, "y", y[:, 0], ".0f", "stack", TARGET)
    column(left, 3.3, "a", a[:, 0], ".1f", "forward", PREDICTION)
    column(left, 4.65, "y − a", (y - a)[:, 0], ".1f", "error", LOSS)
    for number, head in enumerate(["for w1", "for w2", "for w3", "for b"]):
        column(right, 1.25 * number, head, each[:, number], ".1f", "each", GRADIENT)
        mean = f"{batch[number]:.4f}".replace("-", "−")
        bottom = right.text(
            1.25 * number, -0.25, mean, ha="right", color=GRADIENT, weight="bold", fontsize=9
        )
        figure.animate(bottom, visible=stage >= names.index("mean"))
    label = right.text(-1.35, -0.25, "mean", ha="right", weight="bold")
    figure.animate(label, visible=stage >= names.index("mean"))
    figure.steps(step=list(SHEET.values()))
    loss = float(np.mean((y - a) ** 2))
    said = {
        "stack": "X is (6 × 3), w is (3 × 1), y is (6 × 1)",
        "forward": "X w + b: (6 × 3)(3 × 1) makes (6 × 1), one prediction a row",
        "error": f"the loss is the mean of the squares: {loss:.7f}",
        "each": "six samples, six wishes: row 5 is content, row 1 wants less of w3 and b",
        "mean": "(−0.2667, 0.0667, 0.3333) for w and 0.1 for b, in one product with Xᵀ",
    }
    figure.readout("{words}", words=list(said.values()))
    figure.task("Go to the last step, where six wishes become one.", when=stage == len(stage) - 1)
    return figure


# ------------------------------------------------------------------------------- activations


def bend():
    """Show an activation, its tangent at z, and its slope."""
    grid = np.linspace(-3, 3, 97)
    fig, (left, right) = plt.subplots(1, 2, figsize=(6.6, 2.9))
    curve = left.plot(grid, grid, color=PREDICTION, label="a = f(z)")[0]
    (tangent,) = left.plot([0, 1], [0, 1], color=GRADIENT, lw=1.4, ls="--", label="tangent")
    (point,) = left.plot([0], [0], "o", color=PREDICTION, ms=7)
    left.set(xlim=(-3.1, 3.1), ylim=(-1.3, 3.1), xlabel="z", ylabel="a", title="What comes out")
    left.yaxis.label.set_color(PREDICTION)
    (slope,) = right.plot(grid, grid, color=GRADIENT, label="the slope")
    (here,) = right.plot([0], [0], "o", color=GRADIENT, ms=7)
    right.set(xlim=(-3.1, 3.1), ylim=(-0.05, 1.1), xlabel="z", title="Its slope")
    right.set_ylabel("slope of a in z", color=GRADIENT)

    figure = LiveFigure(
        fig,
        name="batch-bend",
        alt="Two panels over z from −3 to 3: the activation with its tangent at the chosen z, and "
        "the slope of the activation with the same z marked.",
        start={"activation": "tanh", "z": 0.5},
        film=[
            {"activation": "tanh", "z": 0.5},
            {"activation": "sigmoid", "z": 0.0},
            {"activation": "relu", "z": -1.0},
        ],
        activation=BENDS,
        z=PLACES,
    )
    bends = [ACTIVATIONS[name] for name in BENDS]
    only = ("activation",)
    figure.animate(curve, over=only, y=np.stack([f.function(grid) for f in bends]))
    steep = np.stack([f.derivative(grid) for f in bends])
    jump = [np.isclose(grid, 0) & (f.name == "relu") for f in bends]
    figure.animate(slope, over=only, y=np.where(jump, np.nan, steep))
    value = np.stack([f.function(PLACES) for f in bends])
    rise = np.stack([f.derivative(PLACES) for f in bends])
    places = np.broadcast_to(PLACES, value.shape)
    reach = np.array([-1.2, 1.2])
    corner = (np.array(BENDS) == "relu")[:, None] & (PLACES == 0)  # has no tangent
    line = value[..., None] + rise[..., None] * reach
    figure.animate(
        tangent, x=places[..., None] + reach, y=np.where(corner[..., None], np.nan, line)
    )
    figure.animate(point, x=places[..., None], y=value[..., None])
    figure.animate(here, x=places[..., None], y=rise[..., None])
    figure.readout(
        "{activation} at z = {z}: a = {value:.6f}, slope {rise:.6f}. {word}",
        value=value,
        rise=rise,
        word=_passes_on(value, rise),
    )
    figure.explain(
        slope,
        "{formula}",
        formula=[
            [
                f"1 − a² = 1 − ({a:.4f})² = {s:.4f}"
                if name == "tanh"
                else f"a (1 − a) = {a:.4f} × {1 - a:.4f} = {s:.4f}"
                if name == "sigmoid"
                else "0, by convention: there is no tangent at the corner"
                if z == 0
                else f"{s:.0f}, because z is {'above' if z > 0 else 'below'} 0"
                for z, a, s in zip(PLACES, row, slopes, strict=True)
            ]
            for name, row, slopes in zip(BENDS, value, rise, strict=True)
        ],
    )
    figure.task(
        "Find where the sigmoid is steepest. How steep is it there?",
        when=(np.array(BENDS) == "sigmoid")[:, None] & (PLACES == 0),
    )
    figure.task(
        "Find a place where tanh passes on less than a hundredth of a slope.",
        when=(np.array(BENDS) == "tanh")[:, None] & (rise < 0.01),
    )
    return figure


def _passes_on(value, rise):
    """Say for every activation and place what happens to a slope on its way back."""
    words = np.full(value.shape, "A slope gets through, made smaller.", dtype=object)
    words[rise < 0.1] = "Saturated: hardly any slope gets through."
    words[rise == 0] = "Shut: no slope gets through."
    words[rise == 1] = "A slope gets through whole."
    words[BENDS.index("relu"), np.flatnonzero(PLACES == 0)] = "At the corner: 0 is a convention."
    return words


def saturated():
    """Show a sigmoid neuron with squared loss that starts a little or very wrong."""
    runs = sweep(
        [sigmoid_neuron(z) for z in STARTS for _ in SATURATED_RATES],
        [[1.0]],
        [[0.0]],
        learning_rates=np.tile(SATURATED_RATES, len(STARTS)),
        epochs=max(SATURATED_EPOCHS),
        record=SATURATED_EPOCHS,
        loss="mean_squared_error",
    )
    shape = (len(STARTS), len(SATURATED_RATES), len(SATURATED_EPOCHS))
    z = runs.network.parameters.sum(axis=-1).reshape(shape)
    a = runs.predict([[1.0]])[..., 0, 0].reshape(shape)
    slope = 2 * a * ACTIVATIONS["sigmoid"].derivative(z)  # ∂L/∂w = ∂L/∂z at x = 1, y = 0
    epochs = np.broadcast_to(SATURATED_EPOCHS, shape)

    fig, (left, middle, right) = plt.subplots(1, 3, figsize=(6.9, 2.75))
    grid = np.linspace(-7, 7, 99)
    left.plot(grid, ACTIVATIONS["sigmoid"].function(grid), color=PREDICTION, lw=1.2)
    (ring,) = left.plot([0], [0], "o", color=PREDICTION, ms=9, mfc="none", label="the start")
    (here,) = left.plot([0], [0], "o", color=PREDICTION, ms=6)
    left.set(xlim=(-7, 7), ylim=(-0.25, 1.06), xlabel="z", ylabel="output a", title="Where it is")
    (output,) = middle.plot(
        SATURATED_EPOCHS, a[0, 0], color=PREDICTION, lw=1.4, label="the output"
    )
    (now,) = middle.plot([0], [1], "o", color=PREDICTION, ms=6)
    middle.axhline(0, color=TARGET, lw=0.8, ls="--")
    middle.text(295, -0.04, "target", ha="right", va="top")
    middle.set(xlim=(-8, 308), ylim=(-0.25, 1.06), xlabel="epoch", ylabel="output a")
    middle.set_title("What it says")
    (size,) = right.plot(SATURATED_EPOCHS, a[0, 0], color=GRADIENT, lw=1.4, label="the slope")
    (pull,) = right.plot([0], [0], "o", color=GRADIENT, ms=6)
    right.set(xlim=(-8, 308), ylim=(-0.02, 0.33), xlabel="epoch", title="How hard it is pulled")
    right.set_ylabel("slope in w", color=GRADIENT)
    for ax in (left, middle):
        ax.set_yticks([0, 0.5, 1])
        ax.yaxis.label.set_color(PREDICTION)

    figure = LiveFigure(
        fig,
        name="batch-saturated",
        alt="Three panels about one sigmoid neuron whose target is 0: its place on the sigmoid, "
        "its output by epoch, and the slope of its loss by epoch. Started far up the sigmoid, "
        "output and slope stay flat for a long time before they move.",
        start={"first_z": 2.0, "learning_rate": 0.15, "epochs": 10},
        film=[
            {"first_z": 2.0, "learning_rate": 0.15, "epochs": 300},
            {"first_z": 4.0, "learning_rate": 0.15, "epochs": 300},
            {"first_z": 6.0, "learning_rate": 0.15, "epochs": 300},
        ],
        labels={"first_z": "z at the start"},
        first_z=STARTS,
        learning_rate=SATURATED_RATES,
        epochs=SATURATED_EPOCHS,
    )
    still = z[:, 0, 0]
    figure.animate(
        ring,
        over=("first_z",),
        x=still[:, None],
        y=ACTIVATIONS["sigmoid"].function(still)[:, None],
    )
    figure.animate(here, x=z[..., None], y=a[..., None])
    figure.animate(output, x=epochs, y=a, trail="epochs")
    figure.animate(now, x=epochs[..., None], y=a[..., None])
    figure.animate(size, x=epochs, y=slope, trail="epochs")
    figure.animate(pull, x=epochs[..., None], y=slope[..., None])
    figure.readout(
        "Started at z = {first_z}, rate {learning_rate}, epoch {epochs}: the output is {a:.4f}, "
        "the slope {slope:.4g}",
        a=a,
        slope=slope,
    )
    figure.ask(
        "Both should say 0. One neuron starts at z = 2 and says 0.88; the other starts at z = 4 "
        "and says 0.98. At rate 0.15, which output has fallen further after thirty epochs?",
        {
            "the one that is more wrong, 0.98": "A bigger error should mean a harder pull, and "
            "for the straight neuron it does. Here the pull is multiplied by the slope of the "
            "sigmoid, and up there the sigmoid is almost flat.",
            "the one that is less wrong, 0.88": "Its error is smaller, and it stands where the "
            "sigmoid is six times as steep. The product is what counts.",
            "both about the same": "The errors are nearly equal; the slopes of the sigmoid are "
            "not. One is 0.105, the other 0.018.",
        },
        right="the one that is less wrong, 0.88",
    )
    ended = np.broadcast_to(np.equal(SATURATED_EPOCHS, 300), shape)
    figure.task(
        "Find a start and a rate with which 300 epochs do not bring the output below one half.",
        when=ended & (a > 0.5),
    )
    figure.task(
        "Rescue the start at z = 6: bring its output below 0.1.",
        when=(np.array(STARTS) == 6)[:, None, None] & (a < 0.1),
    )
    figure.explain(
        size,
        "−2 (y − a) · a (1 − a) · x = 2 × {a:.4f} × {flat:.4g} × 1 = {slope:.4g}",
        a=a,
        flat=ACTIVATIONS["sigmoid"].derivative(z),
        slope=slope,
    )
    return figure


def sigmoid_neuron(z):
    """Return a sigmoid neuron with equal weight and bias that computes ``z`` from the input 1."""
    return Network([1, 1], output="sigmoid", weights=[z / 2], biases=[z / 2])


FIGURES = (three_paths, sheet_of_a_batch, two_clocks, bend, saturated)
