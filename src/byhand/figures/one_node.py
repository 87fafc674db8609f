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
    """Figure 1.1: the line, its path over the bowl of the loss, and the loss, by rate and epoch."""
    x, y, runs = trained()
    w, b = weight_and_bias(runs)
    fig, (left, middle, right) = plt.subplots(1, 3, figsize=(6.9, 2.75))

    ends = np.array([-0.05, 1.05])
    left.plot(x, y, "o", color=TARGET, label="targets", zorder=3)
    (line,) = left.plot(ends, ends, color=PREDICTION, label="the line")
    (guesses,) = left.plot(x, y, "s", color=PREDICTION, ms=5, label="predictions")
    left.set(xlim=(0, 0.85), ylim=(-0.1, 1), xlabel="x", ylabel="y", title="The line a = w x + b")

    W, B = np.meshgrid(np.linspace(-0.6, 2.1, 90), np.linspace(-0.45, 0.75, 90))
    bowl = half_mean_squared_error(W[..., None] * x + B[..., None], y)
    middle.contour(W, B, bowl, levels=0.0041 * 2.4 ** np.arange(6), colors=LOSS, linewidths=0.7)
    (path,) = middle.plot(
        w[0], b[0], ".-", color=GRADIENT, lw=0.9, ms=4, label="the path of (w, b)"
    )
    middle.plot(*np.polyfit(x, y, 1), "+", color=TARGET, ms=9, mew=1.5)
    middle.set(xlabel="weight w", ylabel="bias b", title="Its path over the loss")
    middle.xaxis.label.set_color(WEIGHT)
    middle.yaxis.label.set_color(BIAS)

    (curve,) = right.plot(EPOCHS, runs.loss[0], ".-", color=LOSS, lw=1.2, ms=5, label="the loss")
    right.set(yscale="log", xlim=(-2, 102), ylim=(2e-3, 3e-1), xlabel="epoch", title="The loss")
    right.set_yticks([0.01, 0.1], labels=["0.01", "0.1"])
    right.minorticks_off()

    figure = LiveFigure(
        fig,
        name="one-node",
        alt="Three panels. A line through four points; the path of its weight and bias over the "
        "contours of the loss, towards a cross at the best line; the loss by epoch.",
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
    figure.animate(path, x=w, y=b, trail="epochs")
    figure.animate(curve, x=np.broadcast_to(EPOCHS, w.shape), y=runs.loss, trail="epochs")
    rate_words = np.repeat(np.array(verdicts(RATES))[:, None], len(EPOCHS), axis=1)
    figure.readout(
        "Learning rate {learning_rate}, epoch {epochs}: loss {loss:.5f}. {verdict}",
        loss=runs.loss,
        verdict=_sentences(runs, rate_words),
    )
    figure.ask(
        "At learning rate 1.7, what will a hundred epochs do to the loss?",
        {
            "bring it down faster than any smaller rate": "Rate 1.6 is still smaller and still "
            "settles; somewhere between the two, faster stops being faster.",
            "bring it down, then hold it level": "A level loss needs a slope of zero. Watch the "
            "path: it lands higher on the other side each time, where the slope is steeper.",
            "swing to and fro, and grow": "Each step lands on the far wall of the bowl, a little "
            "higher than where it left. The slope is steeper there, so the next step is longer.",
        },
        right="swing to and fro, and grow",
    )
    line_gone = np.abs(w * 0.85 + b) > 1.0
    figure.task("Find a rate at which the line leaves its panel.", when=line_gone)
    figure.task(
        "Bring the loss within one per cent of the best line's, 0.003798.",
        when=runs.loss < 1.01 * half_mean_squared_error(np.polyval(np.polyfit(x, y, 1), x), y),
    )
    figure.explain(line, "a = {w:.4f} x + {b:.4f}", w=w, b=b)
    dw, db = slopes(w, b, x, y)
    figure.explain(
        path,
        "next step: w {w:.4f} − {learning_rate} × ({dw:.4f}),  "
        "b {b:.4f} − {learning_rate} × ({db:.4f})",
        w=w,
        b=b,
        dw=dw,
        db=db,
    )
    figure.explain(curve, "loss = half the mean of (a − y)² = {loss:.6f}", loss=runs.loss)
    return figure


def slopes(w, b, x, y):
    """Return the loss's slopes in w and b for a stack of one-node nets (Eq. 1.6, 1.7)."""
    error = w[..., None] * x + b[..., None] - y
    return (error * x).mean(axis=-1), error.mean(axis=-1)


def _sentences(runs, words):
    """Say at every position which way the loss goes and what the rate does in the long run."""
    said = {
        "creeping": "It is creeping: a hundred epochs are not enough.",
        "good": "It is going well.",
        "ringing": "It is ringing: it overshoots, and comes back.",
        "diverging": "It is diverging: each step makes things worse.",
    }
    out = np.empty(words.shape, dtype=object)
    for index in np.ndindex(words.shape):
        out[index] = "Not trained yet." if index[1] == 0 else said[words[index]]
    return out


def nudge_meter(w=0.5, b=0.0):
    """Figure 1.2: the measured slope against the size of the nudge, beside the pencil's slope."""
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

    right.plot(NUDGES, gap, ".-", color=GRADIENT, lw=1, ms=5)
    (here,) = right.plot([1], [1], "o", color=WEIGHT, ms=9, mfc="none", mew=2, label="this nudge")
    right.set(xscale="log", yscale="log", xlabel="nudge h", ylabel="gap to the pencil")
    right.set_title("Closer, then worse")
    right.set_xticks([1e-12, 1e-8, 1e-4, 1], labels=["1e−12", "1e−8", "1e−4", "1"])
    right.set_yticks([1e-8, 1e-6, 1e-4, 1e-2, 1], labels=["1e−8", "1e−6", "1e−4", "0.01", "1"])
    right.minorticks_off()

    figure = LiveFigure(
        fig,
        name="nudge-meter",
        alt="Two panels. The loss over the weight with a chord through two nearby weights; and the "
        "gap between measured and derived slope by size of nudge: smallest near 1e−9.",
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
    figure.readout(
        "Nudge {h}: measured {measured:.9f}, pencil {exact:.4f}. {verdict}",
        measured=measured,
        exact=exact,
        verdict=[
            "The bend of the bowl is in the way."
            if h > 1e-3
            else "Good to more digits than you can see."
            if off < 1e-6
            else "Good to three digits or more."
            if off < 1e-4
            else "Rounding is in the way."
            for h, off in zip(NUDGES, gap, strict=True)
        ],
    )
    figure.ask(
        "Make the nudge ten times smaller, again and again. What happens to the measured slope?",
        {
            "it gets closer and closer, for ever": "On paper. A computer keeps sixteen digits of "
            "each loss, and the difference of two nearly equal losses has few of them left.",
            "it gets closer, then worse again": "Down to a nudge near 1e−9 the bend of the bowl "
            "matters less and less; below, the sixteen digits of the computer run out.",
            "it does not change": "Only a straight line has the same slope at every distance, and "
            "the loss is a bowl.",
        },
        right="it gets closer, then worse again",
    )
    figure.task("Find the nudge that agrees best with the pencil.", when=gap == gap.min())
    figure.task("Find a nudge too small to be of use.", when=(NUDGES < 1e-9) & (gap > 1e-3))
    figure.explain(
        chord,
        "slope ≈ ({above:.10f} − {loss:.6f}) / {h} = {measured:.7f}",
        above=nudged,
        loss=loss,
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
    words = np.repeat(np.array(verdicts(RATES))[:, None], len(EPOCHS), axis=1)
    figure.readout(
        "Learning rate {learning_rate}, epoch {epochs}: loss {loss:.4f}. {verdict}",
        loss=runs.loss,
        verdict=_sentences(runs, words),
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
    """Figure 1.3: one epoch by hand, number by number, in named steps."""
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

    right.set(xlim=(-0.3, 4.5), ylim=(-0.7, 5.6), title="The sheet")
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
    for column, (head, values, form, since, colour) in enumerate(columns):
        cells = [right.text(column, 5, head, ha="right", color=colour, weight="bold")]
        for row, value in enumerate(values):
            shown = format(value, form).replace("-", "−")
            cells.append(right.text(column, 4 - row, shown, ha="right", color=colour))
        for cell in cells if since else []:
            figure.animate(cell, visible=stage >= since)
    means = [
        right.text(2, 0, "mean", ha="right", weight="bold"),
        right.text(3, 0, f"{db:.3f}".replace("-", "−"), ha="right", weight="bold", color=GRADIENT),
        right.text(4, 0, f"{dw:.4f}".replace("-", "−"), ha="right", weight="bold", color=GRADIENT),
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
