"""The figures of chapter 3."""

import matplotlib.pyplot as plt
import numpy as np

from byhand.datasets import six_rows
from byhand.figures.live_figure import LiveFigure
from byhand.figures.palette import BIAS, GRADIENT, LOSS, PREDICTION, TARGET, WEIGHT
from byhand.gradient_check import central_difference
from byhand.losses import mean_squared_error, mean_squared_error_gradient
from byhand.network import Network
from byhand.optimizers import SGD
from byhand.training import sweep

RATES = [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.35, 0.4]
EPOCHS = [0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100]
UNSEEN = np.array([[1.0, 1.0, 0.0]])  # the row 110, whose target is 1
HILLSIDE = np.array([1.0, 0.5])  # where the compass stands
DIRECTIONS = np.arange(0, 360, 15)
LENGTHS = [0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6, 1.8, 2.0]
CORNER = np.array([2.0, 1.0])  # lower left corner of the small square
SIZES = [0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0]


def neuron():
    """Return the network of chapter 3 at its start: three weights, one bias, no bend."""
    return Network([3, 1], weights=[[[0.3], [-0.2], [0.6]]], biases=[0.1])


def walk(rates, epochs, order=range(6)):
    """Return the parameters after every single step, one row of the data at a time.

    Parameters
    ----------
    rates : array_like, shape (n_rates,)
    epochs : int
    order : iterable of int
        The rows of one epoch; every epoch takes them in this order.

    Returns
    -------
    ndarray, shape (n_rates, 1 + epochs * n_rows, 4)
        w₁, w₂, w₃ and b; the first is the start.
    """
    X, y = six_rows()
    start = neuron()
    network = start.with_parameters(np.tile(start.parameters, (len(rates), 1)))
    optimizer, path = SGD(np.asarray(rates)), [network.parameters.copy()]
    for row in list(order) * epochs:
        x, target = X[row : row + 1], y[row : row + 1]
        network.backward(mean_squared_error_gradient(network.forward(x), target))
        optimizer.step(network.parameters, network.gradients)
        path.append(network.parameters.copy())
    return np.stack(path, axis=1)


def trained(rates=RATES, epochs=EPOCHS):
    """Return the histories of the neuron on the six rows, a step for each row, at every rate."""
    return sweep(
        neuron(),
        *six_rows(),
        learning_rates=rates,
        epochs=max(epochs),
        record=epochs,
        loss="mean_squared_error",
        batch_size=1,
        shuffle=False,
    )


def samples():
    """Show weights, bias, loss and predictions, sample by sample, by rate and epoch."""
    X, y = six_rows()
    runs, path = trained(), walk(RATES, max(EPOCHS))
    rows = np.vstack([X, UNSEEN])
    predictions = runs.predict(rows)[..., 0]
    unseen = predictions[..., -1]

    # Every step of the first ten epochs, then one place an epoch; up to the present epoch.
    kept = np.r_[0:60, 60 : path.shape[1] : 6]
    at = kept / 6
    past = at <= np.array(EPOCHS)[:, None] + 1e-9
    shape = (len(RATES), *past.shape)
    # A number that swings far outside the panel is drawn no further: its strokes would fill it.
    far = np.logical_or.accumulate(np.abs(path[:, kept]) > 3, axis=1)
    drawn = np.where(far, np.nan, path[:, kept])
    stack = neuron().with_parameters(path[:, kept])
    losses = mean_squared_error(stack.predict(X), y)

    fig, (left, middle, right) = plt.subplots(1, 3, figsize=(6.9, 3.05), width_ratios=(5, 5, 4))
    for ax in (left, middle):
        ax.set_xscale("symlog", linthresh=1, linscale=0.6)
        ax.set(xlim=(-0.05, 130), xlabel="epoch")
        ax.set_xticks([0, 1, 10, 100], labels=["0", "1", "10", "100"])
        ax.minorticks_off()
    left.set(ylim=(-0.6, 1.6))
    left.set_title("Three weights, a bias", pad=17)
    for level in (0, 1):
        left.axhline(level, color=TARGET, lw=0.6, ls=":")
    names = ["w₁", "w₂", "w₃", "b"]
    styles = [(WEIGHT, "-"), (WEIGHT, "--"), (WEIGHT, ":"), (BIAS, "-")]
    lines = [
        left.plot(at, at * 0, ls=style, color=colour, lw=1.6, label=name)[0]
        for name, (colour, style) in zip(names, styles, strict=True)
    ]
    # Between title and panel, where lines that leave the panel cannot run across it.
    left.legend(ncols=4, loc="lower left", bbox_to_anchor=(-0.03, 1), handlelength=1.3,
                columnspacing=0.7, handletextpad=0.3, borderaxespad=0, fontsize=8.5)  # fmt: skip
    (dots,) = left.plot([0] * 4, path[0, 0], "o", color=TARGET, ms=4)

    (curve,) = middle.plot(at, at * 0 + 1, color=LOSS, lw=1.4, label="the loss")
    (now,) = middle.plot([0], [1], "o", color=LOSS, ms=6)
    middle.set(yscale="log", ylim=(1e-26, 1e4))
    middle.set_title("Loss over the six rows", pad=17)
    middle.set_yticks([1e-24, 1e-16, 1e-8, 1], labels=["1e−24", "1e−16", "1e−8", "1"])
    middle.minorticks_off()

    places = np.r_[6:0:-1, -0.4]
    right.plot(rows[:, 0], places, "|", color=TARGET, ms=12, mew=2)
    (guesses,) = right.plot(rows[:-1, 0], places[:-1], "o", color=PREDICTION, ms=6)
    (guess,) = right.plot([0], places[-1:], "D", color=PREDICTION, ms=7, label="the unseen row")
    words = ["".join(str(int(bit)) for bit in row) for row in rows]
    words[-1] = "unseen 110"
    right.set_yticks(places, labels=words)
    right.set(xlim=(-0.35, 1.35), ylim=(-1.1, 6.6), xlabel="prediction, target |")
    right.set_title("Seven rows", pad=17)
    right.set_xticks([0, 1])
    gone = right.text(0.88, 1, "off this panel", ha="right", va="center", color=PREDICTION)

    figure = LiveFigure(
        fig,
        name="vector-samples",
        alt="Three panels. Three weights and a bias by epoch, with every single step of the first "
        "ten epochs; the loss by epoch, every mark a hundred million times the one below; and the "
        "predictions for the six rows and for a seventh that is never shown, beside their targets.",
        start={"learning_rate": 0.05, "epochs": 0},
        film=[
            {"learning_rate": 0.05, "epochs": 0},
            {"learning_rate": 0.05, "epochs": 50},
            {"learning_rate": 0.35, "epochs": 10},
            {"learning_rate": 0.4, "epochs": 10},
        ],
        learning_rate=RATES,
        epochs=EPOCHS,
    )
    seen_at = np.broadcast_to(np.where(past, at, np.nan), shape)
    for line, values in zip(lines, np.moveaxis(drawn, -1, 0), strict=True):
        figure.animate(line, x=seen_at, y=np.where(past, values[:, None], np.nan))
    figure.animate(curve, x=seen_at, y=np.where(past, losses[:, None], np.nan))
    w, b = runs.network.layers[0].W[..., 0], runs.network.layers[0].b[..., 0]
    here = np.broadcast_to(np.array(EPOCHS, dtype=float)[:, None], (*w.shape[:2], 4))
    figure.animate(dots, x=here, y=np.concatenate([w, b[..., None]], axis=-1))
    figure.animate(now, x=here[..., :1], y=runs.loss[..., None])
    figure.animate(guesses, x=predictions[..., :-1])
    figure.animate(guess, x=unseen[..., None])
    figure.animate(gone, visible=((predictions < -0.35) | (predictions > 1.35)).any(axis=-1))

    figure.readout(
        "Learning rate {learning_rate}, epoch {epochs}: row 110, never shown, gets {unseen:.5g}. "
        "w = ({w1:.3g}, {w2:.3g}, {w3:.3g}), b = {b:.3g}.",
        unseen=unseen,
        w1=w[..., 0],
        w2=w[..., 1],
        w3=w[..., 2],
        b=b,
    )
    figure.ask(
        "Every target equals the first entry of its row. Where will the four numbers end?",
        {
            "all four close to 0": "Then every prediction would be 0, and three of the targets are "
            "1. Something has to carry them.",
            "w₁ close to 1, the other three close to 0": "With those four numbers the neuron "
            "repeats the first entry and ignores the rest. They are also the only four that leave "
            "no error, as this chapter shows.",
            "wherever the start sends them: many choices fit": "There are four numbers and six "
            "rows, no two alike. This chapter shows that a single choice fits them all.",
        },
        right="w₁ close to 1, the other three close to 0",
    )
    figure.task(
        "Bring the prediction for the unseen row within 0.001 of its target, 1.",
        when=np.abs(unseen - 1) < 0.001,
    )
    worse = runs.loss[:, [-1]] > runs.loss[:, [0]]
    figure.task(
        "Find a rate that breaks, and follow it until the loss stands above its start.",
        when=worse & (runs.loss > runs.loss[:, [0]]),
    )
    figure.explain(
        guess,
        "a = 1 · ({w1:.4g}) + 1 · ({w2:.4g}) + 0 · ({w3:.4g}) + ({b:.4g}) = {unseen:.6g}",
        w1=w[..., 0],
        w2=w[..., 1],
        w3=w[..., 2],
        b=b,
        unseen=unseen,
    )
    figure.explain(curve, "loss = mean of (y − a)² over the six rows = {loss:.6g}", loss=runs.loss)
    return figure


A = np.array([[1, 2, 0], [3, -1, 2]])
B = np.array([[2, 1], [0, 4], [5, -2]])


def product():
    """Show a matrix product entry by entry: a row of A meets a column of B."""
    AB = A @ B
    entries = [(i, k) for i in range(2) for k in range(2)]
    names = ["none", *(f"({i + 1}, {k + 1})" for i, k in entries)]
    fig, ax = plt.subplots(figsize=(6.6, 3.3))
    ax.set(xlim=(-0.9, 6.4), ylim=(-2.8, 3.7), title="Every row of A meets every column of B")
    ax.axis("off")
    corners = {"A": (A, 0, -1, WEIGHT), "B": (B, 4, 2.7, BIAS), "AB": (AB, 4, -1, PREDICTION)}
    cells = {}
    for name, (values, left, top, colour) in corners.items():
        n_rows, n_columns = values.shape
        for row, column in np.ndindex(values.shape):
            number = f"{values[row, column]}".replace("-", "−")
            place = left + column, top - row
            cells[name, row, column] = ax.text(
                *place, number, ha="center", va="center", color=colour, fontsize=13
            )
        for side, turn in ((left - 0.55, 0.15), (left + n_columns - 0.45, -0.15)):
            ends = [top + 0.5, top + 0.5, top - n_rows + 0.5, top - n_rows + 0.5]
            ax.plot([side + turn, side, side, side + turn], ends, color=TARGET, lw=1)
    ax.text(-0.8, -1.5, "A", ha="center", va="center", color=WEIGHT, weight="bold")
    ax.text(3.2, 1.7, "B", ha="center", va="center", color=BIAS, weight="bold")
    ax.text(5.75, -1.5, "AB", ha="left", va="center", color=PREDICTION, weight="bold")

    figure = LiveFigure(
        fig,
        name="vector-product",
        alt="A 2 by 3 matrix A, to the right and above it a 3 by 2 matrix B, and where the rows of "
        "A meet the columns of B their 2 by 2 product, filled in entry by entry; the row and the "
        "column in use are framed.",
        start={"entry": names[0]},
        film=[{"entry": names[1]}, {"entry": names[4]}],
        labels={"entry": "entry (row, column)"},
        entry=names,
    )
    stage = np.arange(len(names))
    for index, (i, k) in enumerate(entries, start=1):
        figure.animate(cells["AB", i, k], visible=stage >= index)
    row_frames = [_frame(ax, (-0.45, -1.42 - i), (2.9, 0.84), WEIGHT) for i in range(2)]
    column_frames = [_frame(ax, (3.58 + k, 0.28), (0.84, 2.84), BIAS) for k in range(2)]
    entry_frames = {
        (i, k): _frame(ax, (3.58 + k, -1.42 - i), (0.84, 0.84), PREDICTION) for i, k in entries
    }
    now = [None, *entries]
    for i, frame in enumerate(row_frames):
        figure.animate(frame, visible=[at is not None and at[0] == i for at in now])
    for k, frame in enumerate(column_frames):
        figure.animate(frame, visible=[at is not None and at[1] == k for at in now])
    for place, frame in entry_frames.items():
        figure.animate(frame, visible=[at == place for at in now])
    figure.steps(entry=["Two rows of A will meet two columns of B: four entries.", *_sums(entries)])
    figure.readout(
        "{done} of 4 entries. Shapes: (2 × 3)(3 × 2), the two threes disappear.", done=stage
    )
    figure.task("Fill in all four entries.", when=stage == 4)
    return figure


def _frame(ax, corner, size, colour):
    """Put a rectangle without filling on the axes and return it."""
    return ax.add_patch(plt.Rectangle(corner, *size, fill=False, ec=colour, lw=1.8))


def _sums(entries):
    """Return one sentence for each entry of AB: its sum, with the numbers put in."""
    sentences = []
    for i, k in entries:
        terms = " + ".join(
            f"{a} · {b}" if b >= 0 else f"{a} · ({b})" for a, b in zip(A[i], B[:, k], strict=True)
        )
        terms = terms.replace("-1 ·", "(-1) ·")
        line = f"Row {i + 1} meets column {k + 1}: {terms} = {A[i] @ B[:, k]}."
        sentences.append(line.replace("-", "−"))
    return sentences


def height(x):
    """Return the hollow of the compass, x₁² + 2 x₂², at points (..., 2)."""
    return x[..., 0] ** 2 + 2 * x[..., 1] ** 2


def compass():
    """Show equal steps in all directions, what each changes, and what the gradient promises."""
    gradient = central_difference(height, HILLSIDE)
    steepness = np.hypot(*gradient)
    uphill = np.degrees(np.arctan2(gradient[1], gradient[0]))
    there = np.radians(DIRECTIONS)
    arrows = np.stack([np.cos(there), np.sin(there)], axis=-1)
    steps = np.array(LENGTHS)[:, None, None] * arrows  # (lengths, directions, 2)
    change = height(HILLSIDE + steps) - height(HILLSIDE)
    promise = np.array(LENGTHS)[:, None] * steepness * np.cos(there - np.radians(uphill))

    fig, (left, right) = plt.subplots(1, 2, figsize=(6.9, 3.3), width_ratios=(1, 1.05))
    east, north = np.meshgrid(np.linspace(-1.7, 3.3, 101), np.linspace(-1.7, 3.3, 101))
    hill = height(np.stack([east, north], axis=-1))
    levels = [0.1, 0.5, 1.5, 3, 5, 8, 12]
    left.contour(east, north, hill, levels=levels, colors=LOSS, linewidths=0.6)
    left.set(xlabel="x₁", ylabel="x₂", title="A hollow, from above", aspect="equal")
    left.set_xticks([-1, 0, 1, 2, 3])
    left.set_yticks([-1, 0, 1, 2])
    fan = left.scatter(
        *(HILLSIDE + steps[5]).T,
        s=34,
        c=change[5] / np.abs(promise[5]).max(),
        cmap="PuOr_r",
        vmin=-1.3,
        vmax=1.3,
        edgecolors=[(0.45, 0.45, 0.45)],
        linewidths=0.6,
        zorder=3,
        label="all directions",
    )
    (stretch,) = left.plot([0, 1], [0, 1], color=TARGET, lw=1.8, zorder=4, label="your step")
    (end,) = left.plot([0], [0], "o", color=TARGET, ms=8, mfc="none", mew=2, zorder=5)
    left.arrow(
        *HILLSIDE,
        *(0.9 * gradient / steepness),
        width=0.035,
        head_width=0.19,
        length_includes_head=True,
        color=GRADIENT,
        zorder=6,
    )
    left.text(3.25, 3.28, "→ gradient", color=GRADIENT, ha="right", va="top")
    left.plot(*HILLSIDE, "s", color=TARGET, ms=5, zorder=7)

    around = np.linspace(0, 360, 73)
    turned = np.radians(around)
    sphere = np.stack([np.cos(turned), np.sin(turned)], axis=-1)
    real = height(HILLSIDE + np.array(LENGTHS)[:, None, None] * sphere) - height(HILLSIDE)
    wave = steepness * np.cos(turned - np.radians(uphill))
    right.axhline(0, color=TARGET, lw=0.6)
    per_length = np.array(LENGTHS)[:, None]
    right.plot(around, wave, "--", color=GRADIENT, lw=1.5, label="promised")
    (actual,) = right.plot(around, wave, color=LOSS, lw=1.8, label="what the step changes")
    (mark,) = right.plot([0], [0], "o", color=TARGET, ms=8, mfc="none", mew=2)
    right.set(xlim=(0, 360), ylim=(-4.1, 7.4), xlabel="direction in degrees")
    right.set(ylabel="change of height / step", title="What each direction brings")
    right.set_xticks([0, 45, 135, 225, 315])
    right.set_yticks([-2, 0, 2, 4, 6])
    right.text(12, -1.5, "promised", color=GRADIENT, ha="left", va="center")
    right.text(355, 6.9, "measured", color=LOSS, ha="right", va="top")

    figure = LiveFigure(
        fig,
        name="vector-compass",
        alt="Two panels. A hollow seen from above, as contour lines, with steps of equal length in "
        "all directions from one point, coloured by how the height changes, and the gradient as an "
        "arrow; and the change over the length of the step by direction, measured and promised.",
        start={"direction": 0, "step_length": 0.8},
        film=[
            {"direction": 45, "step_length": 0.4},
            {"direction": 225, "step_length": 0.8},
            {"direction": 225, "step_length": 2.0},
        ],
        labels={"direction": "direction in degrees", "step_length": "step length"},
        direction=DIRECTIONS,
        step_length=LENGTHS,
    )
    swapped = np.moveaxis(steps, 0, 1)
    ends = HILLSIDE + swapped
    figure.animate(
        fan,
        over="step_length",
        x=HILLSIDE[0] + steps[..., 0],
        y=HILLSIDE[1] + steps[..., 1],
        values=change / np.abs(promise).max(axis=1, keepdims=True),
    )
    figure.animate(
        stretch,
        x=np.stack([np.full(ends.shape[:2], HILLSIDE[0]), ends[..., 0]], axis=-1),
        y=np.stack([np.full(ends.shape[:2], HILLSIDE[1]), ends[..., 1]], axis=-1),
    )
    figure.animate(end, x=ends[..., :1], y=ends[..., 1:])
    figure.animate(actual, over="step_length", y=real / per_length)
    figure.animate(
        mark,
        x=np.broadcast_to(DIRECTIONS[:, None, None], (*change.T.shape, 1)),
        y=(change / per_length).T[..., None],
    )
    figure.readout(
        "Direction {direction}°, step {step_length}: the height changes by {change:.4f}; the "
        "gradient promised {promise:.4f}. {verdict}",
        change=change.T,
        promise=np.where(np.abs(promise) < 1e-9, 0.0, promise).T,
        verdict=_way(change.T, DIRECTIONS, uphill),
    )
    lowest = change.T == change.min(axis=1)
    short = np.array(LENGTHS) <= 0.1
    figure.ask(
        "You stand on the side of a hollow and may take one short step. In which direction does "
        "the height fall fastest?",
        {
            "straight towards the lowest point, (0, 0)": "From (1, 0.5) that is 206.6 "
            "degrees. Close, but try 225: the steepest way down need not point at the bottom.",
            "straight against the gradient": "At 225 degrees. It crosses the contour line at a "
            "right angle, and need not point at the lowest place.",
            "along the contour line": "Along it the height stays as it is, at first: that is what "
            "a contour line means.",
        },
        right="straight against the gradient",
    )
    figure.task(
        "With a step of 0.1 or less, find the direction that lowers the height most.",
        when=lowest & short,
    )
    against = np.equal(DIRECTIONS, (uphill + 180) % 360)
    figure.task(
        "Straight against the gradient, find a step so long that the height rises.",
        when=against[:, None] & (change.T > 0),
    )
    figure.task(
        "Find a direction in which a short step (0.05) changes the height by less than 0.01.",
        when=(np.abs(change.T) < 0.01) & np.equal(LENGTHS, 0.05),
    )
    figure.explain(
        stretch,
        "promised: {step_length} · {steepness:.3f} · cos({direction}° − {uphill:.0f}°) = "
        "{promise:.4f}",
        steepness=steepness,
        uphill=uphill,
        promise=np.where(np.abs(promise) < 1e-9, 0.0, promise).T,
    )
    return figure


def _way(change, directions, uphill):
    """Say for each direction (and step length) how it lies to the gradient."""
    off = np.rint(np.abs((np.asarray(directions) - uphill + 180) % 360 - 180))
    words = np.array(
        [
            "Straight up the gradient."
            if angle == 0
            else "Straight against the gradient."
            if angle == 180
            else "Across the gradient, along the contour."
            if angle == 90
            else "Partly uphill."
            if angle < 90
            else "Partly downhill."
            for angle in off
        ],
        dtype=object,
    )
    surprised = (off[:, None] == 180) & (change > 0)
    return np.where(surprised, "Against the gradient, and yet higher: too far.", words[:, None])


def bend(x):
    """Return the curved map of the chapter, (x₁² − x₂, x₁ x₂), at points (..., 2)."""
    return np.stack([x[..., 0] ** 2 - x[..., 1], x[..., 0] * x[..., 1]], axis=-1)


def zoom():
    """Show a small square, its curved image, and the parallelogram that the Jacobian predicts."""
    J = np.array([central_difference(lambda x, i=i: bend(x)[i], CORNER) for i in range(2)])
    side = np.linspace(0, 1, 13)
    square = np.concatenate(
        [
            np.stack([side, 0 * side], axis=-1),
            np.stack([0 * side + 1, side], axis=-1)[1:],
            np.stack([side[::-1], 0 * side + 1], axis=-1)[1:],
            np.stack([0 * side, side[::-1]], axis=-1)[1:],
        ]
    )
    sizes = np.array(SIZES)[:, None, None]
    image = (bend(CORNER + sizes * square) - bend(CORNER)) / sizes
    flat = square @ J.T
    gap = np.linalg.norm(image - flat, axis=-1).max(axis=-1)  # over the size
    corners = [0, 12, 24, 36]

    fig, (left, middle, right) = plt.subplots(1, 3, figsize=(6.9, 2.8), width_ratios=(3, 5, 4))
    left.plot(*square.T, color=TARGET, lw=1.8)
    left.fill(*square.T, color=PREDICTION, alpha=0.12, lw=0)
    left.plot(*square[corners[:2]].T, color=WEIGHT, lw=3)
    left.plot(*square[[0, 36]].T, color=BIAS, lw=3)
    left.text(0.5, -0.12, "one h", color=WEIGHT, ha="center", va="top")
    left.text(-0.1, 0.5, "one h", color=BIAS, ha="right", va="center", rotation=90)
    left.set(xlim=(-0.5, 1.3), ylim=(-0.6, 1.4), aspect="equal", title="A square at x")
    left.axis("off")

    middle.plot(*flat.T, "--", color=GRADIENT, lw=1.6)
    (curved,) = middle.plot(*image[-1].T, color=PREDICTION, lw=2, label="its image")
    (first,) = middle.plot([0, 1], [0, 1], color=WEIGHT, lw=3)
    (second,) = middle.plot([0, 1], [0, 1], color=BIAS, lw=3)
    middle.text(3.1, -0.35, "the Jacobian", color=GRADIENT, ha="left", va="center")
    middle.text(-1.0, 4.3, "its image", color=PREDICTION, ha="left", va="center")
    middle.set(xlim=(-1.5, 5.6), ylim=(-0.8, 4.7), aspect="equal")
    middle.set(title="Where it lands", xlabel="in units of h", ylabel="in units of h")
    middle.set_xticks([0, 2, 4])
    middle.set_yticks([0, 2, 4])

    (tried,) = right.plot(SIZES, gap, ".-", color=GRADIENT, lw=1, ms=5)
    (here,) = right.plot([1], [1], "o", color=TARGET, ms=9, mfc="none", mew=2, label="this size")
    right.set(xscale="log", yscale="log", xlim=(0.006, 1.7), ylim=(0.008, 2.5))
    right.set(xlabel="size h", title="Widest gap / h")
    right.set_xticks([0.01, 0.1, 1], labels=["0.01", "0.1", "1"])
    right.set_yticks([0.01, 0.1, 1], labels=["0.01", "0.1", "1"])
    right.minorticks_off()
    for ax in (left, middle):
        ax.set_anchor("N")

    figure = LiveFigure(
        fig,
        name="vector-zoom",
        alt="Three panels. A square of side h with its corner at the point (2, 1); its curved "
        "image under a map, beside the parallelogram that the Jacobian predicts, both drawn so "
        "that h is one unit; and the widest gap between the two over h, which shrinks with h.",
        start={"size": 1.0},
        film=[{"size": 1.0}, {"size": 0.3}, {"size": 0.03}],
        labels={"size": "size h"},
        size=SIZES,
    )
    figure.animate(curved, x=image[..., 0], y=image[..., 1])
    for edge, part in ((first, slice(0, 13)), (second, slice(36, 49))):
        figure.animate(edge, x=image[:, part, 0], y=image[:, part, 1])
    figure.animate(here, x=np.array(SIZES)[:, None], y=gap[:, None])
    so_far = np.where(SIZES >= np.array(SIZES)[:, None], gap, np.nan)  # from 1 down to this size
    figure.animate(tried, x=np.tile(SIZES, (len(SIZES), 1)), y=so_far)
    figure.readout(
        "Square of side {size}: image and parallelogram are at most {gap:.3g} of a side apart. "
        "{verdict}",
        gap=gap,
        verdict=[
            "The bend is plain to see."
            if g > 0.4
            else "Nearly straight."
            if g > 0.05
            else "To the eye the map is its Jacobian."
            for g in gap
        ],
    )
    figure.ask(
        "Make the square ten times smaller. What happens to the gap, measured in sides?",
        {
            "it stays the same: square and gap shrink together": "That would be so if the Jacobian "
            "were off by a fixed share. It has the slopes right; what it lacks is the bend.",
            "it becomes ten times smaller": "The gap itself becomes a hundred times smaller, since "
            "what the Jacobian lacks are squares of the step; the side, only ten times.",
            "it becomes a hundred times smaller": "The gap itself does. Measured in sides, which "
            "have shrunk ten times too, a tenth is left.",
        },
        right="it becomes ten times smaller",
    )
    figure.task("Make the gap smaller than a twentieth of the side.", when=gap < 0.05)
    figure.explain(
        here,
        "far corner, over h: image ({u:.4g}, {v:.4g}), Jacobian ({p:.4g}, {q:.4g})",
        u=image[:, 24, 0],
        v=image[:, 24, 1],
        p=np.full(len(SIZES), flat[24, 0]),
        q=np.full(len(SIZES), flat[24, 1]),
    )
    return figure


FIGURES = (samples, product, compass, zoom)
