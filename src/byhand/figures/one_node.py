"""The figures of chapter 1 and of the front page."""

import matplotlib.pyplot as plt
import numpy as np

from byhand.datasets import four_points
from byhand.figures.live_figure import LiveFigure
from byhand.figures.palette import BIAS, GRADIENT, LOSS, PREDICTION, TARGET, WEIGHT
from byhand.losses import half_mean_squared_error
from byhand.network import Network
from byhand.training import sweep

RATES = [0.02, 0.1, 0.3, 0.6, 1.0, 1.3, 1.6, 1.7, 2.0]
EPOCHS = [*range(41), 50, 60, 80, 100]
NUDGES = np.array([float(f"1e{exponent}") for exponent in range(-15, 1)])


def one_node(w=0.5, b=0.0):
    """Return the network of chapter 1: one weight, one bias, no bend."""
    return Network([1, 1], weights=[w], biases=[b])


def trained(rates=RATES, epochs=EPOCHS):
    """Return x, y and the histories of one node trained on the four points at every rate."""
    x, y = four_points()
    runs = sweep(
        one_node(),
        x[:, None],
        y[:, None],
        learning_rates=rates,
        epochs=max(epochs),
        record=epochs,
    )
    return x, y, runs


def weight_and_bias(runs):
    """Return w and b of a one-node history, each of shape (..., n_records)."""
    (layer,) = runs.network.layers
    return layer.W[..., 0, 0], layer.b[..., 0]


def verdicts(rates, epochs=100):
    """Name what each rate does to one node on the four points, from the run itself.

    ``diverging``: the loss ends above its start.  ``ringing``: five steps in a row turn back on the
    one before.  ``creeping``: after all epochs the loss is more than a tenth above the best line's.
    ``good``: none of these.
    """
    x, y, runs = trained(rates, np.arange(epochs + 1))
    steps = np.diff(np.stack(weight_and_bias(runs), axis=-1), axis=-2)
    turns = (steps[:, 1:] * steps[:, :-1]).sum(axis=-1) < 0
    best = half_mean_squared_error(np.polyval(np.polyfit(x, y, 1), x), y)
    return [
        "diverging"
        if loss[-1] > loss[0]
        else "ringing"
        if turn[:5].all()
        else "creeping"
        if loss[-1] > 1.1 * best
        else "good"
        for loss, turn in zip(runs.loss, turns, strict=True)
    ]


def line_and_bowl():
    """Show the line, its path over the bowl of the loss, and the loss, by rate and epoch."""
    x, y, runs = trained()
    w, b = weight_and_bias(runs)
    fig, (left, middle, right) = plt.subplots(1, 3, figsize=(6.9, 2.75))

    ends = np.array([-0.05, 1.05])
    left.plot(x, y, "o", color=TARGET, zorder=3)
    (line,) = left.plot(ends, ends, color=PREDICTION, label="the line")
    (guesses,) = left.plot(x, y, "s", color=PREDICTION, ms=5)
    gone = left.text(0.425, 0.85, "the line is off this panel", ha="center", color=PREDICTION)
    left.set(xlim=(0, 0.85), ylim=(-0.1, 1), xlabel="x", ylabel="y", title="The line so far")

    W, B = np.meshgrid(np.linspace(-0.6, 2.1, 90), np.linspace(-0.45, 0.75, 90))
    bowl = half_mean_squared_error(W[..., None] * x + B[..., None], y)
    middle.contour(W, B, bowl, levels=0.0041 * 2.4 ** np.arange(6), colors=LOSS, linewidths=0.7)
    (path,) = middle.plot(w[0], b[0], "-", color=GRADIENT, lw=0.8, alpha=0.7, label="its path")
    (here,) = middle.plot([0], [0], "o", color=GRADIENT, ms=6)
    w_best, b_best = np.polyfit(x, y, 1)
    middle.plot(w_best, b_best, "+", color=TARGET, ms=9, mew=1.5)
    middle.text(w_best + 0.12, b_best + 0.03, "best line")
    middle.set(xlabel="weight w", ylabel="bias b", title="A map of all lines")
    middle.xaxis.label.set_color(WEIGHT)
    middle.yaxis.label.set_color(BIAS)

    floor = half_mean_squared_error(w_best * x + b_best, y)
    right.axhline(floor, color=TARGET, lw=0.8, ls="--")
    right.text(98, floor * 0.93, "best line", ha="right", va="top")
    (curve,) = right.plot(EPOCHS, runs.loss[0], "-", color=LOSS, lw=1.4, label="the loss")
    (now,) = right.plot([0], [1], "o", color=LOSS, ms=6)
    right.set(yscale="log", xlim=(-3, 103), ylim=(2e-3, 5), title="How wrong it is")
    right.set(xlabel="epoch", ylabel="loss")
    right.set_yticks([0.01, 0.1, 1], labels=["0.01", "0.1", "1"])
    right.yaxis.label.set_color(LOSS)
    right.minorticks_off()

    figure = LiveFigure(
        fig,
        name="one-node",
        alt="Three panels. A line and four points; the path of its weight and bias over the "
        "contours of the loss, towards a cross at the best line; the loss by epoch, on a scale "
        "where every mark is ten times the one below.",
        start={"learning_rate": 0.3, "epochs": 0},
        film=[
            {"learning_rate": 0.02, "epochs": 100},
            {"learning_rate": 1.0, "epochs": 100},
            {"learning_rate": 1.6, "epochs": 10},
            {"learning_rate": 1.7, "epochs": 100},
        ],
        learning_rate=RATES,
        epochs=EPOCHS,
    )
    figure.animate(
        line, x=np.broadcast_to(ends, (*w.shape, 2)), y=w[..., None] * ends + b[..., None]
    )
    figure.animate(guesses, y=w[..., None] * x + b[..., None])
    figure.animate(
        gone, visible=(np.minimum(b, b + 0.85 * w) > 1) | (np.maximum(b, b + 0.85 * w) < -0.1)
    )
    figure.animate(path, x=w, y=b, trail="epochs")
    figure.animate(here, x=w[..., None], y=b[..., None])
    epochs = np.broadcast_to(EPOCHS, w.shape)
    figure.animate(curve, x=epochs, y=runs.loss, trail="epochs")
    figure.animate(now, x=epochs[..., None], y=runs.loss[..., None])
    figure.readout(
        "Learning rate {learning_rate}, epoch {epochs}: loss {loss:.4g}. {verdict}",
        loss=runs.loss,
        verdict=_sentences(runs),
    )
    figure.ask(
        "At learning rate 1.7, what will a hundred epochs do to the loss?",
        {
            "bring it down faster than any smaller rate": "It does worse than every smaller rate "
            "on this slider: its loss ends above its start.",
            "bring it down, then hold it level": "A level loss needs a slope of zero. Watch the "
            "path: it lands higher on the other side each time, where the slope is steeper.",
            "swing to and fro, and grow": "Each step lands on the far side of the bowl, a little "
            "higher than where it left. The slope is steeper there, so the next step is longer.",
        },
        right="swing to and fro, and grow",
    )
    breaks = np.equal(
        RATES, min(r for r, v in zip(RATES, verdicts(RATES), strict=True) if v == "diverging")
    )
    figure.task(
        "Find the lowest rate here that breaks, and let it run to epoch 100.",
        when=breaks[:, None] & np.equal(EPOCHS, 100),
    )
    figure.task(
        f"Bring the loss within one per cent of the best line's, {floor:.4g}.",
        when=runs.loss < 1.01 * floor,
    )
    figure.explain(
        line, "a = {w:.4g} x {sign} {b:.4g}", w=w, sign=np.where(b < 0, "−", "+"), b=np.abs(b)
    )
    dw, db = slopes(w, b, x, y)
    figure.explain(
        path,
        "next step: w {w:.4g} − {learning_rate} × ({dw:.4g}),  "
        "b {b:.4g} − {learning_rate} × ({db:.4g})",
        w=w,
        b=b,
        dw=dw,
        db=db,
    )
    figure.explain(curve, "loss = half the mean of (a − y)² = {loss:.6g}", loss=runs.loss)
    return figure


def slopes(w, b, x, y):
    """Return the loss's slopes in w and b for a stack of one-node nets (Eq. 1.6, 1.7)."""
    error = w[..., None] * x + b[..., None] - y
    return (error * x).mean(axis=-1), error.mean(axis=-1)


def _sentences(runs):
    """Say at every position of rate and epoch what the rate does in the long run."""
    said = {
        "creeping": "Creeping: a hundred epochs are not enough.",
        "good": "Good: it gets there.",
        "ringing": "Ringing: the line overshoots, and comes back.",
        "diverging": "Diverging: each step makes things worse.",
    }
    sentences = np.array([said[word] for word in verdicts(RATES)], dtype=object)
    return np.where(runs.epochs == 0, "Not trained yet.", sentences[:, None])


def nudge_meter(w=0.5, b=0.0):
    """Show the measured slope by the size of the nudge, beside the pencil's slope."""
    x, y = four_points()
    exact = float(slopes(np.array(w), np.array(b), x, y)[0])
    loss = half_mean_squared_error(w * x + b, y)
    nudged = half_mean_squared_error((w + NUDGES)[:, None] * x + b, y)
    measured = (nudged - loss) / NUDGES
    gap = np.abs(measured - exact)

    fig, (left, right) = plt.subplots(1, 2, figsize=(6.6, 2.75))
    grid = np.linspace(0.3, 1.7, 60)
    left.plot(grid, half_mean_squared_error(grid[:, None] * x + b, y), color=LOSS)
    (chord,) = left.plot([0, 1], [0, 1], color=GRADIENT, label="measured slope")
    (foot,) = left.plot([0, 1], [0, 1], "o", color=WEIGHT, label="the two weights")
    left.set(xlim=(0.3, 1.7), ylim=(0, 0.026), xlabel="weight w", ylabel="loss")
    left.set_title("Two losses, one slope")
    left.xaxis.label.set_color(WEIGHT)

    (tried,) = right.plot(NUDGES, gap, ".-", color=GRADIENT, lw=1, ms=5)
    (here,) = right.plot([1], [1], "o", color=WEIGHT, ms=9, mfc="none", mew=2, label="this nudge")
    right.set(xscale="log", yscale="log", xlabel="nudge h", ylabel="off from −0.0875 by")
    right.set(xlim=(3e-16, 3), ylim=(1e-10, 1), title="How far off, nudge by nudge")
    right.set_xticks([1e-12, 1e-8, 1e-4, 1], labels=["1e−12", "1e−8", "1e−4", "1"])
    right.set_yticks([1e-8, 1e-6, 1e-4, 1e-2, 1], labels=["1e−8", "1e−6", "1e−4", "0.01", "1"])
    right.minorticks_off()

    figure = LiveFigure(
        fig,
        name="nudge-meter",
        alt="Two panels. The loss over the weight, with a straight line through two nearby "
        "weights; and how far its slope is off, for every size of nudge tried so far.",
        start={"h": 1.0},
        film=[{"h": 1.0}, {"h": 1e-4}, {"h": 1e-9}, {"h": 1e-15}],
        labels={"h": "nudge h"},
        h=NUDGES,
    )
    ends = np.array([0.3, 1.7])
    figure.animate(
        chord, x=np.tile(ends, (len(NUDGES), 1)), y=loss + measured[:, None] * (ends - w)
    )
    figure.animate(
        foot,
        x=np.stack([np.full(len(NUDGES), w), w + NUDGES], axis=1),
        y=np.stack([np.full(len(NUDGES), loss), nudged], axis=1),
    )
    figure.animate(here, x=NUDGES[:, None], y=gap[:, None])
    so_far = np.where(NUDGES >= NUDGES[:, None], gap, np.nan)  # from 1 down to this nudge
    figure.animate(tried, x=np.tile(NUDGES, (len(NUDGES), 1)), y=so_far)
    best = NUDGES[gap.argmin()]
    figure.readout(
        "Nudge {h}: measured {measured:.10f}, off by {gap}. {verdict}",
        measured=measured,
        gap=[f"{g:.0e}".replace("e-0", "e-").replace("-", "−") for g in gap],
        verdict=[
            "The bend of the bowl is in the way."
            if h > best
            else "Rounding is in the way."
            if h < best
            else "Closer than this it does not get."
            for h in NUDGES
        ],
    )
    figure.ask(
        "Make the nudge ten times smaller, again and again. What happens to the measured slope?",
        {
            "it gets closer and closer, for ever": "That is so on paper. A computer keeps sixteen "
            "digits of each loss, and the difference of two nearly equal ones has few left.",
            "it gets closer, then worse again": "Down to a nudge near 1e−9 the bend of the bowl "
            "matters less and less; below, the sixteen digits of the computer run out.",
            "it does not change": "Only a straight line has the same slope at every distance, and "
            "the loss is a bowl.",
        },
        right="it gets closer, then worse again",
    )
    figure.task("Find the nudge that agrees best with the pencil.", when=gap == gap.min())
    figure.task(
        "Find a nudge so small that rounding puts the slope more than one per cent off.",
        when=(best > NUDGES) & (gap > 0.01 * abs(exact)),
    )
    figure.explain(
        chord,
        "slope ≈ change of the loss / nudge = {change:.3g} / {h} = {measured:.6g}",
        change=nudged - loss,
        measured=measured,
    )
    return figure


def front_page():
    """Return the front page's figure: one line learning four points, playing at once."""
    x, y, runs = trained()
    w, b = weight_and_bias(runs)
    fig, ax = plt.subplots(figsize=(6.6, 3.1))
    ends = np.array([-0.05, 1.05])
    gaps = ax.plot(np.tile(x, (2, 1)), np.tile(y, (2, 1)), color=LOSS, lw=1.4, label="error")
    ax.plot(x, y, "o", color=TARGET, ms=8)
    (line,) = ax.plot(ends, ends, color=PREDICTION, lw=2.4, label="the line")
    ax.set(xlim=(0, 0.85), ylim=(-0.1, 1), xlabel="input x", ylabel="output")
    ax.set_title("The line learns to meet the four dots")
    figure = LiveFigure(
        fig,
        name="front",
        alt="A line through four points. As the epochs pass it climbs and tilts until its errors, "
        "drawn as short vertical strokes, are as small as a straight line allows.",
        start={"learning_rate": 0.3, "epochs": 0},
        film=[
            {"learning_rate": 0.3, "epochs": 0},
            {"learning_rate": 0.3, "epochs": 5},
            {"learning_rate": 0.3, "epochs": 100},
        ],
        autoplay=True,
        learning_rate=RATES,
        epochs=EPOCHS,
    )
    figure.animate(
        line, x=np.broadcast_to(ends, (*w.shape, 2)), y=w[..., None] * ends + b[..., None]
    )
    for gap, at, target in zip(gaps, x, y, strict=True):
        ends_of_gap = np.stack([w * at + b, np.full_like(w, target)], axis=-1)
        figure.animate(gap, x=np.full((*w.shape, 2), at), y=ends_of_gap)
    figure.readout(
        "Learning rate {learning_rate}, epoch {epochs}: loss {loss:.4g}. {verdict}",
        loss=runs.loss,
        verdict=_sentences(runs),
    )
    return figure


STEPS = {
    "look": "The line a = 0.5 x + 0, and four points that it should meet. Nothing is computed yet.",
    "predict": "Forward: put every x into the node. The third point gives 0.5 · 0.6 + 0 = 0.3.",
    "compare": "Take the target away. All four errors are negative: the line is too low.",
    "multiply": "Multiply each error by x, the slope of the link from w to a. Far points count.",
    "average": "Average both columns: −0.175 is the slope in b, −0.0875 the slope in w.",
    "step": "Step against the slopes at learning rate 1: b is 0.175, w is 0.5875. The line rises.",
}


def one_step():
    """Show one epoch by hand, number by number, in named steps."""
    x, y = four_points()
    w, b = 0.5, 0.0
    a = w * x + b
    dw, db = (float(slope) for slope in slopes(np.array(w), np.array(b), x, y))
    fig, (left, right) = plt.subplots(1, 2, figsize=(6.9, 2.9), width_ratios=(2, 3))

    ends = np.array([-0.05, 1.05])
    left.plot(x, y, "o", color=TARGET)
    (line,) = left.plot(ends, w * ends + b, color=PREDICTION)
    gaps = left.plot(np.tile(x, (2, 1)), np.stack([a, y]), color=LOSS, lw=1.4)
    left.set(xlim=(0, 0.85), ylim=(-0.05, 0.8), xlabel="x", ylabel="y", title="The line")

    right.set(xlim=(-0.3, 4.5), ylim=(-0.7, 5.6), title="The sheet of one epoch")
    right.axis("off")
    figure = LiveFigure(
        fig,
        name="one-step",
        alt="A line through four points, and beside it the sheet of one epoch: x, y, prediction, "
        "error, error times x, and their means, filled in step by step.",
        start={"step": "look"},
        film=[{"step": "average"}, {"step": "step"}],
        step=list(STEPS),
    )
    names, stage = list(STEPS), np.arange(len(STEPS))
    columns = [
        ("x", x, ".1f", 0, TARGET),
        ("y", y, ".2f", 0, TARGET),
        ("a", a, ".2f", names.index("predict"), PREDICTION),
        ("a − y", a - y, ".2f", names.index("compare"), LOSS),
        ("(a − y) x", (a - y) * x, ".3f", names.index("multiply"), GRADIENT),
    ]
    places = [0, 0.9, 1.8, 2.95, 4.4]
    for column, (head, values, form, since, colour) in zip(places, columns, strict=True):
        cells = [right.text(column, 5, head, ha="right", color=colour, weight="bold")]
        for row, value in enumerate(values):
            shown = format(value, form).replace("-", "−")
            cells.append(right.text(column, 4 - row, shown, ha="right", color=colour))
        for cell in cells if since else []:
            figure.animate(cell, visible=stage >= since)
    means = [
        right.text(places[2], 0, "mean", ha="right", weight="bold"),
        right.text(
            places[3], 0, f"{db:.3f}".replace("-", "−"), ha="right", weight="bold", color=GRADIENT
        ),
        right.text(
            places[4], 0, f"{dw:.4f}".replace("-", "−"), ha="right", weight="bold", color=GRADIENT
        ),
    ]
    for mean in means:
        figure.animate(mean, visible=stage >= names.index("average"))
    moved = stage >= names.index("step")
    now_w, now_b = np.where(moved, w - dw, w), np.where(moved, b - db, b)
    figure.animate(line, x=np.tile(ends, (len(stage), 1)), y=now_w[:, None] * ends + now_b[:, None])
    for gap, at, target in zip(gaps, x, y, strict=True):
        stroke = np.stack([now_w * at + now_b, np.full(len(stage), target)], axis=-1)
        figure.animate(
            gap,
            x=np.full((len(stage), 2), at),
            y=stroke,
            visible=stage >= names.index("compare"),
        )
    figure.steps(step=list(STEPS.values()))
    loss = half_mean_squared_error(now_w[:, None] * x + now_b[:, None], y)
    figure.readout("w = {w:.4f}, b = {b:.3f}, loss {loss:.6f}", w=now_w, b=now_b, loss=loss)
    figure.task("Go to the last step and see the loss fall to a quarter.", when=moved)
    return figure


FIGURES = (line_and_bowl, one_step, nudge_meter, front_page)
