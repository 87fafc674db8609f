"""The figures of chapter 9."""

from functools import cache

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap, LogNorm

from byhand.curvature import hessian
from byhand.datasets import triple
from byhand.figures.live_figure import LiveFigure
from byhand.figures.palette import GRADIENT, LOSS, PREDICTION, TARGET, WEIGHT
from byhand.network import Network
from byhand.optimizers import (
    SGD,
    Momentum,
    constant,
    cosine_decay,
    exponential_decay,
    step_decay,
    warm_up,
)
from byhand.training import sweep

MSE = "mean_squared_error"

LINE_RATES = [0.01, 0.03, 0.06, 0.1, 0.117, 0.119, 0.12, 0.2, 1.0]
# Odd and even in turn, so that what changes sides in every epoch is seen to do so.
ODD_AND_EVEN = [*range(11), 13, 16, 21, 30, 41, 50, 71, 100, 151, 200, 301, 500]
LINE_EPOCHS = [*ODD_AND_EVEN, 701, 1000]
NUDGE = 0.0001
SLOPES = ["exact", "nudged"]

CONDITIONS = [1, 3, 10, 30, 100]
RAVINE_RATES = [0.1, 0.3, 0.6, 1.0, 1.5, 1.82, 1.94, 1.98, 2.0, 2.1]
RAVINE_EPOCHS = ODD_AND_EVEN

WALL_RATES = [0.03, 0.05, 0.06, 0.065, 0.1, 0.15, 0.2, 0.3, 0.4]
WALL_EPOCHS = [
    0, 1, 2, 3, 5, 8, 12, 20, 30, 50, 70, 100, 140, 200, 300, 400, 560, 800, 1100, 1600, 2200,
    3200, 4500, 6300, 9000, 12_700, 20_000,
]  # fmt: skip
NETS = ["untrained", "trained"]
N_MINIMA = 10

MAP_RATES = [0.003, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 2.0]
SCALES = [0.01, 0.1, 0.3, 0.5, 1, 2, 3, 5, 10]
MAP_EPOCHS = [
    0, 1, 2, 3, 5, 8, 12, 20, 30, 50, 70, 100, 140, 200, 300, 400, 560, 800, 1100, 1600, 2200,
    3200, 4500,
]  # fmt: skip
GOAL = 0.05

NOISY_RATES = [0.01, 0.03, 0.1, 0.3]
BATCHES = [1, 4, 16, 64]
NOISY_EPOCHS = 40
SHOWN = [*range(13), 14, 16, 18, 20, 22, 25, 28, 31, 34, 37, 40]
REPEATS = 12
ROUNDING = 1e-12  # of a loss near 1, what is below it is not told apart
SCHEDULES = ["constant", "steps", "exponential", "cosine", "warm-up"]

BLUES = LinearSegmentedColormap.from_list("epochs", ["#FFF3C4", "#5CA8A0", "#23406E"])
INK, PAPER = "#1A1A1A", "#FFFFFE"


# ------------------------------------------------------------------------- data and starting nets


def wave(n=20):
    """Return ``n`` noisy points of sin(πx) on [−1, 1]; X and y have shape (n, 1)."""
    X = np.linspace(-1, 1, n)[:, None]
    return X, np.sin(np.pi * X) + 0.2 * np.random.default_rng(0).normal(size=X.shape)


def bent_net(seed, scale=1.0):
    """Return a 1-5-1 tanh net; all its starting weights are multiplied by ``scale``."""
    network = Network([1, 5, 1], rng=np.random.default_rng(seed))
    network.parameters[:] *= scale
    return network


@cache
def _minima():
    X, y = wave()
    starts = [bent_net(seed) for seed in range(N_MINIMA)]
    rates = {"learning_rates": 0.03, "optimizer": Momentum}
    return sweep(starts, X, y, epochs=20_000, loss=MSE, record=[20_000], **rates).network


def at_minimum(seed):
    """Return a net at the minimum to which 20,000 gentle epochs with momentum lead it.

    ``seed`` is one of 0 to 9; the ten nets are trained side by side.
    """
    return bent_net(seed).with_parameters(_minima().parameters[seed, -1].copy())


def steepest(network, X, y):
    """Return λ_max of the mean squared error at the parameters of ``network``, shape (...)."""
    flat = network.parameters.reshape(-1, network.parameters.shape[-1])
    tables = [hessian(network.with_parameters(row), X, y, MSE) for row in flat]
    return np.linalg.eigvalsh(tables)[:, -1].reshape(network.parameters.shape[:-1])


def noisy_line(n=64):
    """Return n points of a noisy line, its input standardised, and the lowest possible loss."""
    rng = np.random.default_rng(9)
    X = rng.normal(size=(n, 1))
    X = (X - X.mean()) / X.std()
    y = 3 * X + rng.normal(size=(n, 1))
    table = np.hstack([X, np.ones((n, 1))])
    best = np.linalg.lstsq(table, y, rcond=None)[0]
    return X, y, float(np.mean((table @ best - y) ** 2))


def schedule_named(name, rate, epochs=NOISY_EPOCHS):
    """Return the schedule of that name (`SCHEDULES`) that begins at, or climbs to, ``rate``."""
    return {
        "constant": constant(rate),
        "steps": step_decay(rate, epochs // 4, 0.3),
        "exponential": exponential_decay(rate, 0.01 ** (1 / epochs)),
        "cosine": cosine_decay(rate, epochs),
        "warm-up": warm_up(cosine_decay(rate, epochs - epochs // 8), epochs // 8),
    }[name]


def side_by_side(schedules):
    """Return an optimizer that gives each training of a stack a schedule of its own."""
    return lambda rates: SGD(lambda epoch: np.array([each(epoch) for each in schedules]))


# ------------------------------------------------------------------------------- the line y = 3x


def nudge_step(w, b, learning_rate):
    """Take one step on y = 3x with nudged slopes, in float32 (Eq. 9.4).

    Returns
    -------
    row : tuple of float
        The weight, the loss, the loss with the weight nudged, the slope in w, the weight after.
    w, b : float32
        After the step.
    """
    X, y = triple()
    nudge = np.float32(NUDGE)

    def loss_at(w, b):
        return np.mean((X * w + b - y) ** 2)

    loss, right, up = loss_at(w, b), loss_at(w + nudge, b), loss_at(w, b + nudge)
    dw, db = (right - loss) / NUDGE, (up - loss) / NUDGE
    new_w, new_b = np.float32(w - learning_rate * dw), np.float32(b - learning_rate * db)
    return (float(w), loss, right, dw, float(new_w)), new_w, new_b


@cache
def nudged_run(learning_rate, epochs=1000):
    """Return w, b and the slope in w before each of ``epochs`` nudged steps, and at the end."""
    w = b = np.float32(0)
    kept = []
    for _ in range(epochs + 1):
        row, new_w, new_b = nudge_step(w, b, learning_rate)
        kept.append((float(w), float(b), row[3]))
        w, b = new_w, new_b
    return np.array(kept).T


@cache
def line_runs():
    """Return w, b and the slope in w of y = 3x, each (slopes, rates, epochs), and the losses."""
    X, y = triple()
    start = Network([1, 1], weights=[0.0])
    runs = sweep(start, X, y, learning_rates=LINE_RATES, epochs=1000, loss=MSE, record=LINE_EPOCHS)
    w, b = np.moveaxis(runs.network.parameters, -1, 0)
    diverged = (runs.diverged_at[:, None] >= 0) & (runs.epochs >= runs.diverged_at[:, None])
    w, b = np.where(diverged, np.nan, w), np.where(diverged, np.nan, b)
    dw = 2 * np.mean((w[..., None] * X[:, 0] + b[..., None] - y[:, 0]) * X[:, 0], axis=-1)
    small = np.array([nudged_run(rate)[:, LINE_EPOCHS] for rate in LINE_RATES])
    w, b, dw = (np.stack([w, small[:, 0]]), np.stack([b, small[:, 1]]), np.stack([dw, small[:, 2]]))
    loss = np.mean((w[..., None] * X[:, 0] + b[..., None] - y[:, 0]) ** 2, axis=-1)
    return w, b, dw, loss


def _epochs_on(ax, last, ticks):
    ax.set_xscale("symlog", linthresh=10, linscale=0.8)
    ax.set(xlim=(-0.7, last * 1.5), xlabel="epoch")
    ax.set_xticks(ticks, labels=[str(tick) for tick in ticks])
    ax.minorticks_off()


def line():
    """Show y = 3x being learned: the line, its weight, its loss, by rate, epoch and slopes."""
    X, y = triple()
    x, y = X[:, 0], y[:, 0]
    w, b, dw, loss = line_runs()
    fig, (left, middle, right) = plt.subplots(1, 3, figsize=(6.9, 2.75))

    ends = np.array([0, 4.6])
    left.plot(x, y, "o", color=TARGET, zorder=3)
    (drawn,) = left.plot(ends, ends, color=PREDICTION)
    gone = left.text(2.3, 15.2, "off this panel", ha="center", color=PREDICTION)
    kind = left.text(4.5, -7, "", ha="right")
    left.set(xlim=(0, 4.6), ylim=(-8, 20), xlabel="x", ylabel="y", title="The line so far")

    middle.axhline(3, color=TARGET, lw=0.8, ls="--")
    (path,) = middle.plot([0], [0], "-", color=WEIGHT, lw=1.3, label="the weight")
    (here,) = middle.plot([0], [0], "o", color=WEIGHT, ms=6)
    away = middle.text(1000, 6.5, "off this panel", ha="right", color=WEIGHT)
    middle.set_yscale("symlog", linthresh=10, linscale=6)
    middle.set(ylim=(-1e4, 1e5), title="The weight")
    middle.set_yticks(
        [-1000, -5, 0, 5, 1e4],
        labels=["−1000", "−5", "0", "5", "1e4"],
    )
    middle.set_ylabel("weight w", color=WEIGHT)
    _epochs_on(middle, 1000, [0, 10, 100, 1000])

    (curve,) = right.plot([0], [1], "-", color=LOSS, lw=1.4, label="the loss")
    (now,) = right.plot([0], [1], "o", color=LOSS, ms=6)
    right.set(yscale="log", ylim=(1e-9, 1e14), title="The loss")
    right.set_yticks([1e-6, 1, 1e6, 1e12], labels=["1e−6", "1", "1e6", "1e12"])
    right.set_ylabel("loss", color=LOSS)
    _epochs_on(right, 1000, [0, 10, 100, 1000])

    figure = LiveFigure(
        fig,
        name="rate-line",
        alt="Three panels. A line through the origin and four points of y = 3x; its weight by "
        "epoch, with a dashed level at 3; its loss by epoch, every mark a million times the one "
        "below.",
        start={"slopes": "exact", "learning_rate": 0.03, "epochs": 0},
        film=[
            {"slopes": "exact", "learning_rate": 0.01, "epochs": 1000},
            {"slopes": "exact", "learning_rate": 0.1, "epochs": 10},
            {"slopes": "exact", "learning_rate": 1.0, "epochs": 5},
            {"slopes": "nudged", "learning_rate": 1.0, "epochs": 1000},
        ],
        slopes=SLOPES,
        learning_rate=LINE_RATES,
        epochs=LINE_EPOCHS,
    )
    figure.animate(
        drawn, x=np.broadcast_to(ends, (*w.shape, 2)), y=w[..., None] * ends + b[..., None]
    )
    at_end = w * 4.6 + b
    off = ~((np.minimum(b, at_end) < 20) & (np.maximum(b, at_end) > -8))
    off |= (np.abs(b) > 20) & (np.abs(at_end) > 200)
    figure.animate(gone, visible=off)
    figure.animate(kind, over=("slopes",), text=[f"slopes {name}" for name in SLOPES])
    epochs = np.broadcast_to(LINE_EPOCHS, w.shape)
    figure.animate(path, x=epochs, y=w, trail="epochs")
    figure.animate(here, x=epochs[..., None], y=w[..., None])
    figure.animate(away, visible=~((w > -1e4) & (w < 1e5)))
    figure.animate(curve, x=epochs, y=loss, trail="epochs")
    figure.animate(now, x=epochs[..., None], y=loss[..., None])
    verdict, stuck = _line_verdicts(w, dw)
    figure.readout(
        "Learning rate {learning_rate}, epoch {epochs}, slopes {slopes}: w {w:.6g}, "
        "loss {loss:.3g}. {verdict}",
        w=np.where(np.isnan(w), np.inf, w),
        loss=np.where(np.isnan(loss), np.inf, loss),
        verdict=verdict,
    )
    figure.ask(
        "At learning rate 1, the first step takes the weight from 0 to 45; the best weight is 3. "
        "With exact slopes, where is it ten steps later?",
        {
            "close to 3: out there the slope is steep, and pulls it home": "The slope is steep, "
            "and the step is rate times slope: it pulls the weight home and far past it.",
            "still at 45 or so: it is stuck": "With exact slopes a weight stays only where "
            "the slope is zero, and at 45 it is not.",
            "millions of millions away, and leaving": "Every step multiplies the distance by "
            "about −15.7, so ten steps make it nearly a million million times larger.",
        },
        right="millions of millions away, and leaving",
    )
    rates, stops = np.array(LINE_RATES)[:, None], np.array(LINE_EPOCHS)
    exact = np.array([True, False])[:, None, None]
    figure.task(
        "Exact slopes: find the lowest rate here whose weight does not come to 3, and stay with it "
        "to epoch 1000.",
        when=exact & (rates == 0.12) & (stops == 1000),
    )
    figure.task(
        "Exact slopes: bring the loss below one millionth within 200 epochs.",
        when=exact & (loss < 1e-6) & (stops <= 200),
    )
    figure.task("Find a weight above 1000 that no longer moves.", when=stuck & (np.abs(w) > 1000))
    next_w = w - rates * dw
    with_sign = [np.where(np.isnan(v), np.inf, v) for v in (w, dw, next_w)]
    figure.explain(
        path,
        "next weight: {w:.6g} − {learning_rate} × ({dw:.6g}) = {next_w:.6g}",
        w=with_sign[0],
        dw=with_sign[1],
        next_w=with_sign[2],
    )
    return figure


def _line_verdicts(w, dw):
    """Say what each position of the line does; and where the weight is stuck, as Booleans."""
    factors = 1 - np.array(LINE_RATES) * np.linalg.eigvalsh([[15, 5], [5, 2]])[-1]
    said = np.where(
        factors < -1,
        "In the steep direction each step lands further off.",
        np.where(
            factors < 0,
            "In the steep direction each step lands on the far side, nearer.",
            "Both directions come home from one side.",
        ),
    ).astype(object)
    verdict = np.empty(w.shape, dtype=object)
    verdict[:] = said[:, None]
    stuck = np.zeros(w.shape, dtype=bool)
    stuck[1] = (dw[1] == 0) & (np.abs(w[1]) > 100)
    verdict[stuck] = "It stands still: the measured slope reads 0."
    verdict[..., 0] = "Not trained yet."
    return verdict, stuck


# ----------------------------------------------------------------------------------- the ravine


def ravine(condition):
    """Return a linear node and data whose loss is ½(c₁²/κ + c₂²), κ being ``condition``."""
    X = np.diag([condition**-0.5, 1.0])
    node = Network([2, 1], weights=[[[-1.0], [0.5]]], bias=False)
    return node, X, np.zeros((2, 1))


def ravine_and_bars():
    """Show a descent in a ravine, what a step leaves of both distances, and the loss."""
    runs = [
        sweep(*ravine(k), learning_rates=RAVINE_RATES, epochs=500, loss=MSE, record=RAVINE_EPOCHS)
        for k in CONDITIONS
    ]
    c = np.array([run.network.parameters for run in runs])  # (conditions, rates, epochs, 2)
    loss = np.array([run.loss for run in runs])
    kappa, rate = np.array(CONDITIONS)[:, None], np.array(RAVINE_RATES)
    left_of = np.abs([1 - rate / kappa, np.broadcast_to(1 - rate, (5, len(rate)))])
    fig, (left, middle, right) = plt.subplots(1, 3, figsize=(6.9, 2.75), width_ratios=(6, 3, 5))

    turn = np.linspace(0, 2 * np.pi, 61)
    figure_rings = [left.plot([0], [0], color=LOSS, lw=0.7)[0] for _ in range(5)]
    (path,) = left.plot([0], [0], "-", color=GRADIENT, lw=0.9, label="the path")
    (here,) = left.plot([0], [0], "o", color=GRADIENT, ms=6)
    left.plot(0, 0, "+", color=TARGET, ms=9, mew=1.5)
    gone = left.text(1.1, 0.66, "off this panel", ha="right", color=GRADIENT)
    left.set(xlim=(-1.15, 1.15), ylim=(-0.8, 0.8), title="Seen from above")
    left.set(xlabel="gentle direction", ylabel="steep direction")
    left.set_xticks([-1, 0, 1], labels=["−1", "0", "1"])
    left.set_yticks([-0.5, 0, 0.5], labels=["−0.5", "0", "0.5"])

    bars = [
        middle.plot([at, at], [0, 1], color=WEIGHT, lw=14, solid_capstyle="butt", label=name)[0]
        for at, name in enumerate(["gentle bar", "steep bar"])
    ]
    middle.axhline(1, color=TARGET, lw=0.9, ls="--")
    middle.set(xlim=(-0.7, 1.7), ylim=(0, 1.25), title="A step leaves")
    middle.set_xticks([0, 1], labels=["gentle", "steep"])
    middle.set_yticks([0, 0.5, 1], labels=["0", "0.5", "1"])
    middle.set_ylabel("|1 − ηλ|", color=WEIGHT)

    (curve,) = right.plot([0], [1], "-", color=LOSS, lw=1.4, label="the loss")
    (now,) = right.plot([0], [1], "o", color=LOSS, ms=6)
    right.set(yscale="log", ylim=(1e-9, 10), title="The loss")
    right.set_yticks([1e-8, 1e-4, 1], labels=["1e−8", "1e−4", "1"])
    right.set_ylabel("loss", color=LOSS)
    _epochs_on(right, 500, [0, 10, 100, 500])

    figure = LiveFigure(
        fig,
        name="rate-ravine",
        alt="Three panels. A path over the oval contours of a loss, towards a cross at its bottom; "
        "two bars for what a step leaves of the gentle and of the steep distance, with a dashed "
        "level at 1; the loss by epoch.",
        start={"condition": 10, "learning_rate": 0.3, "epochs": 5},
        film=[
            {"condition": 1, "learning_rate": 1.5, "epochs": 10},
            {"condition": 10, "learning_rate": 0.3, "epochs": 30},
            {"condition": 100, "learning_rate": 1.94, "epochs": 200},
            {"condition": 100, "learning_rate": 2.1, "epochs": 5},
        ],
        labels={"condition": "condition number κ"},
        condition=CONDITIONS,
        learning_rate=RAVINE_RATES,
        epochs=RAVINE_EPOCHS,
    )
    for ring, size in zip(figure_rings, (0.06, 0.14, 0.28, 0.45, 0.65), strict=True):
        figure.animate(
            ring,
            over=("condition",),
            x=size * kappa**0.5 * np.cos(turn),
            y=np.tile(size * np.sin(turn), (len(CONDITIONS), 1)),
        )
    figure.animate(path, x=c[..., 0], y=c[..., 1], trail="epochs")
    figure.animate(here, x=c[..., :1], y=c[..., 1:])
    figure.animate(gone, visible=np.abs(c[..., 1]) > 0.8)
    for at, (bar, height) in enumerate(zip(bars, left_of, strict=True)):
        figure.animate(
            bar,
            over=("condition", "learning_rate"),
            x=np.full((*height.shape, 2), at),
            y=np.stack([np.zeros_like(height), height], axis=-1),
        )
    epochs = np.broadcast_to(RAVINE_EPOCHS, loss.shape)
    figure.animate(curve, x=epochs, y=np.maximum(loss, 1e-30), trail="epochs")
    figure.animate(now, x=epochs[..., None], y=np.maximum(loss, 1e-30)[..., None])
    slower = left_of.max(axis=0)[..., None]
    figure.readout(
        "κ {condition}, learning rate {learning_rate}, epoch {epochs}: loss {loss:.3g}. A step "
        "leaves {gentle:.4g} of the gentle distance, {steep:.4g} of the steep one.",
        loss=loss,
        gentle=np.broadcast_to(left_of[0][..., None], loss.shape),
        steep=np.broadcast_to(left_of[1][..., None], loss.shape),
    )
    one = (kappa == 1)[..., None] & (rate == 1.0)[:, None] & (np.array(RAVINE_EPOCHS) == 1)
    figure.task("Make both distances vanish in one single step.", when=one)
    best = slower == slower[-1].min()
    figure.task(
        "Condition number 100: find the rate that makes the higher of the two bars as low as it "
        "gets.",
        when=np.broadcast_to(best & (kappa == 100)[..., None], loss.shape),
    )
    figure.task(
        "Find the rate at which the steep distance neither shrinks nor grows.",
        when=np.broadcast_to((rate == 2.0)[:, None], loss.shape),
    )
    for bar, name, number in zip(bars, ("1/κ", "1"), left_of, strict=True):
        figure.explain(
            bar,
            f"|1 − {{learning_rate}} × {name}| = {{left:.4g}}, and λ = {name} here",
            left=np.broadcast_to(number[..., None], loss.shape),
        )
    return figure


# -------------------------------------------------------------------------- the wall of a real net


@cache
def wall_runs():
    """Return loss, λ_max, whether it diverged, and the fit at 31 places, (nets, rates, epochs).

    Net 1 on the wave, from its random start and from its minimum.
    """
    X, y = wave()
    grid = np.linspace(-1, 1, 31)[:, None]
    found = []
    for start in (bent_net(1), at_minimum(1)):
        runs = sweep(
            start, X, y, learning_rates=WALL_RATES, epochs=20_000, loss=MSE, record=WALL_EPOCHS
        )
        lost = (runs.diverged_at[:, None] >= 0) | (runs.loss > 1e6)
        lost &= (runs.loss > 1e6) | (runs.epochs >= runs.diverged_at[:, None])
        curvature = np.where(lost, np.nan, steepest(runs.network, X, y))
        fit = np.where(lost[..., None], np.nan, runs.predict(grid)[..., 0])
        found.append((np.where(lost, np.nan, runs.loss), curvature, lost, fit))
    return (*(np.array(part) for part in zip(*found, strict=True)), grid[:, 0])


def wall():
    """Show a real net beside its wall: loss, largest curvature and fit, by rate and epoch."""
    X, y = wave()
    loss, curvature, lost, fit, grid = wall_runs()
    rate = np.array(WALL_RATES)[:, None]
    fig, (left, middle, right) = plt.subplots(1, 3, figsize=(6.9, 2.75), width_ratios=(4, 5, 4))

    left.plot(X[:, 0], y[:, 0], "o", color=TARGET, ms=4)
    (drawn,) = left.plot(grid, grid, color=PREDICTION, lw=1.6)
    left.set(xlim=(-1.08, 1.08), ylim=(-1.8, 1.6), xlabel="x", ylabel="y", title="The fit")
    left.set_xticks([-1, 0, 1], labels=["−1", "0", "1"])
    left.set_yticks([-1, 0, 1], labels=["−1", "0", "1"])

    ticks = [0, 10, 100, 1000, 10_000]
    (level,) = middle.plot([-1, 3e4], [1, 1], "--", color=TARGET, lw=1, label="the line 2/η")
    (climb,) = middle.plot([0], [1], "-", color=GRADIENT, lw=1.4, label="the curvature")
    (stands,) = middle.plot([0], [1], "o", color=GRADIENT, ms=6)
    name = middle.text(0.3, 0.97, "dashed: 2/η", transform=middle.transAxes, va="top")
    middle.set(yscale="log", ylim=(1.8, 130), title="Curvature and 2/η")
    middle.set_ylabel("largest curvature", color=GRADIENT)
    middle.set_yticks([2, 5, 10, 20, 50, 100], labels=["2", "5", "10", "20", "50", "100"])
    _epochs_on(middle, 20_000, ticks)
    name.set_in_layout(False)

    (curve,) = right.plot([0], [1], "-", color=LOSS, lw=1.4, label="the loss")
    (now,) = right.plot([0], [1], "o", color=LOSS, ms=6)
    left_us = right.text(
        0.5, 0.9, "diverged", color=GRADIENT, ha="center", weight="bold", transform=right.transAxes
    )
    right.set(yscale="log", ylim=(0.01, 1), title="The loss")
    right.set_ylabel("loss", color=LOSS)
    right.set_yticks([0.01, 0.03, 0.1, 0.3, 1], labels=["0.01", "0.03", "0.1", "0.3", "1"])
    _epochs_on(right, 20_000, ticks)
    for ax in (middle, right):
        ax.set_xticks(ticks, labels=["0", "10", "100", "1000", "1e4"])
        ax.minorticks_off()

    figure = LiveFigure(
        fig,
        name="rate-wall",
        alt="Three panels. A curve through twenty noisy points; the largest curvature of the loss "
        "by epoch, with a dashed level at 2 over the learning rate; the loss by epoch.",
        start={"net": "untrained", "learning_rate": 0.05, "epochs": 300},
        film=[
            {"net": "untrained", "learning_rate": 0.1, "epochs": 20_000},
            {"net": "untrained", "learning_rate": 0.3, "epochs": 20_000},
            {"net": "trained", "learning_rate": 0.06, "epochs": 20_000},
            {"net": "trained", "learning_rate": 0.1, "epochs": 20_000},
        ],
        labels={"net": "start"},
        net=NETS,
        learning_rate=WALL_RATES,
        epochs=WALL_EPOCHS,
    )
    figure.animate(drawn, x=np.broadcast_to(grid, fit.shape), y=fit)
    figure.animate(
        level,
        over=("learning_rate",),
        x=np.tile([-1, 3e4], (len(rate), 1)),
        y=np.tile(2 / rate, 2),
    )
    epochs = np.broadcast_to(WALL_EPOCHS, loss.shape)
    figure.animate(climb, x=epochs, y=curvature, trail="epochs")
    figure.animate(stands, x=epochs[..., None], y=curvature[..., None])
    figure.animate(curve, x=epochs, y=loss, trail="epochs")
    figure.animate(now, x=epochs[..., None], y=loss[..., None])
    figure.animate(left_us, visible=lost)
    share = curvature * rate / 2
    figure.readout(
        "Start {net}, learning rate {learning_rate}, epoch {epochs}: loss {loss:.3g}, largest "
        "curvature {curvature:.3g}, the line 2/η is at {level:.3g}. {verdict}",
        loss=np.where(lost, np.inf, loss),
        curvature=np.where(lost, np.inf, curvature),
        level=np.broadcast_to(2 / rate, loss.shape),
        verdict=_wall_verdicts(share, lost),
    )
    figure.ask(
        "An untrained net, learning rate 0.3, so 2/η is 6.67. Its curvature starts at 2.6. Where "
        "does 20,000 epochs of training take it?",
        {
            "it stays near 2.6": "It stays near there for a hundred epochs. A net is no parabola: "
            "as the weights move, the curvature moves with them.",
            "up to 2/η, and there it stays": "It climbs, reaches the line, is pushed back every "
            "time it crosses, and settles at it. Try other rates: it settles at theirs.",
            "beyond 2/η, and the run diverges": "Beyond the line the steep direction does begin to "
            "swing, but the swing carries the net to flatter ground before it is lost.",
        },
        right="up to 2/η, and there it stays",
    )
    at_end = np.array(WALL_EPOCHS) == WALL_EPOCHS[-1]
    untrained = np.array([True, False])[:, None, None]
    calm = np.isfinite(share) & (np.abs(share - 1) < 0.05)
    figure.task(
        "Start untrained: find a rate at which the curvature ends on the dashed line.",
        when=untrained & at_end & calm,
    )
    thrown = (curvature[1] < 0.95 * curvature[1, :, :1]).any(axis=-1) | lost[1].any(axis=-1)
    first = np.arange(len(rate)) == thrown.argmax()
    figure.task(
        "Start trained: find the lowest rate that throws the net out, and follow it to the end.",
        when=~untrained & first[:, None] & at_end,
    )
    figure.task(
        "Find a rate that trains the untrained net to the end, but destroys the trained one.",
        when=~untrained & lost & ~lost[0].any(axis=-1)[:, None],
    )
    figure.explain(
        level,
        "2/η = 2 / {learning_rate} = {level:.4g}",
        level=np.broadcast_to(2 / rate, loss.shape),
    )
    return figure


def _wall_verdicts(share, lost):
    """Say where each position of the net stands beside its line; ``share`` is λ_max η/2."""
    share = np.where(lost, np.nan, share)
    with np.errstate(invalid="ignore"):
        said = np.select(
            [lost, share > 1.05, share > 0.95, share > 0.5],
            ["Diverged.", "Beyond the line.", "At the line.", "Below the line."],
            "Far below the line.",
        )
    return said


# ------------------------------------------------------------------------------ the map of rates


@cache
def map_runs():
    """Return the losses (scales, rates, 5001), which never overflow, and which runs diverged."""
    X, y = wave()
    starts = [bent_net(1, scale) for scale in SCALES for _ in MAP_RATES]
    rates = np.tile(MAP_RATES, len(SCALES))
    runs = sweep(starts, X, y, learning_rates=rates, epochs=5000, loss=MSE)
    shape = len(SCALES), len(MAP_RATES)
    return runs.loss.reshape(*shape, -1), runs.diverged[:, -1].reshape(shape)


def epochs_to_goal():
    """Return the first epoch with a loss below `GOAL`, (scales, rates); NaN where none is."""
    loss, diverged = map_runs()
    reached = (loss < GOAL).any(axis=-1) & ~diverged
    return np.where(reached, (loss < GOAL).argmax(axis=-1), np.nan)


def map_of_rates():
    """Show how many epochs each rate and initial scale takes, and replay the run of one cell."""
    loss, diverged = map_runs()
    needed = epochs_to_goal()
    fig, (left, right) = plt.subplots(1, 2, figsize=(6.9, 3.1), width_ratios=(7, 5))

    columns, rows = np.arange(len(MAP_RATES)), np.arange(len(SCALES))
    left.pcolormesh(columns, rows, needed, cmap=BLUES, norm=LogNorm(20, 5000))
    across, up = np.meshgrid(columns, rows)
    left.plot(across[diverged], up[diverged], "x", color=GRADIENT, ms=6, mew=1.6)
    slow = np.isnan(needed) & ~diverged
    left.plot(across[slow], up[slow], "_", color=TARGET, ms=8, mew=1.6)
    frames = [  # seen on pale cells, on dark ones and on none
        left.plot([0], [0], "s", mfc="none", mec=ink, ms=15, mew=width)[0]
        for ink, width in ((PAPER, 4.5), (INK, 2))
    ]
    left.set_xticks(columns, labels=[f"{rate:g}".lstrip("0") for rate in MAP_RATES])
    left.set_yticks(rows, labels=[f"{scale:g}" for scale in SCALES])
    left.set(xlabel="learning rate", ylabel="initial scale")
    left.set_title("Dark is slow, × diverges, – never")
    left.spines[:].set_visible(False)

    right.axhline(GOAL, color=TARGET, lw=0.9, ls="--")
    right.text(1.2, GOAL * 0.88, "the goal, 0.05", va="top")
    (curve,) = right.plot([0], [1], "-", color=LOSS, lw=1.4, label="the loss")
    (now,) = right.plot([0], [1], "o", color=LOSS, ms=6)
    right.set(yscale="log", ylim=(0.004, 300), title="The run of this cell")
    right.set_ylabel("loss", color=LOSS)
    right.set_yticks([0.01, 0.1, 1, 10, 100], labels=["0.01", "0.1", "1", "10", "100"])
    _epochs_on(right, 4500, [0, 10, 100, 1000])

    figure = LiveFigure(
        fig,
        name="rate-map",
        alt="Two panels. A map of cells, learning rate across and scale of the starting weights "
        "up: dark cells are slow, crosses diverge, dashes never arrive. Beside it the loss by "
        "epoch of the framed cell, with a dashed goal.",
        start={"scale": 1, "learning_rate": 0.01, "epochs": 4500},
        film=[
            {"scale": 1, "learning_rate": 0.01, "epochs": 4500},
            {"scale": 1, "learning_rate": 0.3, "epochs": 4500},
            {"scale": 5, "learning_rate": 0.5, "epochs": 30},
        ],
        labels={"scale": "initial scale"},
        scale=SCALES,
        learning_rate=MAP_RATES,
        epochs=MAP_EPOCHS,
    )
    for frame in frames:
        figure.animate(frame, over=("scale", "learning_rate"), x=across[..., None], y=up[..., None])
    shown = np.where(loss < 1e6, loss, np.nan)[..., MAP_EPOCHS]
    lost = np.isnan(shown)
    lost = np.maximum.accumulate(lost, axis=-1)
    shown[lost] = np.nan
    epochs = np.broadcast_to(MAP_EPOCHS, shown.shape)
    figure.animate(curve, x=epochs, y=shown, trail="epochs")
    figure.animate(now, x=epochs[..., None], y=shown[..., None])
    figure.readout(
        "Initial scale {scale}, learning rate {learning_rate}, epoch {epochs}: loss {loss:.3g}. "
        "{verdict}",
        loss=np.where(lost, np.inf, shown),
        verdict=_map_verdicts(needed, diverged, shown.shape),
    )
    rates, scales = np.array(MAP_RATES)[:, None], np.array(SCALES)[:, None, None]
    figure.task(
        "Find a cell that is at the goal by epoch 70.",
        when=(shown < GOAL) & (np.array(MAP_EPOCHS) <= 70),
    )
    figure.task(
        "Find a rate that works at scale 1 and diverges at a larger scale.",
        when=(scales > 1)
        & (diverged & (needed[SCALES.index(1)] > 0))[..., None]
        & (np.array(MAP_EPOCHS) >= 100),
    )
    figure.task(
        "Find the lowest rate that diverges at every scale.",
        when=np.broadcast_to(rates == MAP_RATES[int(diverged.all(axis=0).argmax())], shown.shape),
    )
    return figure


def _map_verdicts(needed, diverged, shape):
    """Say of each cell when it reaches the goal, if it does."""
    said = np.empty(needed.shape, dtype=object)
    for place in np.ndindex(needed.shape):
        said[place] = (
            "This cell diverges."
            if diverged[place]
            else "It is not at the goal after 5000 epochs."
            if np.isnan(needed[place])
            else f"It reaches the goal at epoch {needed[place]:.0f}."
        )
    return np.broadcast_to(said[..., None], shape)


# ---------------------------------------------------------------------------- noise and schedules


@cache
def noise_runs():
    """Return the loss above the lowest, (schedules, batches, rates, epochs): the mean, and one."""
    X, y, floor = noisy_line()
    names = [(name, rate) for name in SCHEDULES for rate in NOISY_RATES]
    schedules = side_by_side([schedule_named(*each) for each in names])
    start, first = Network([1, 1], weights=[0.0]), np.array([rate for _, rate in names])
    means, ones = [], []
    for size in BATCHES:
        kept = []
        for seed in range(REPEATS if size < len(X) else 1):
            runs = sweep(
                start, X, y, learning_rates=first, optimizer=schedules, epochs=NOISY_EPOCHS,
                loss=MSE, batch_size=size, rng=np.random.default_rng(seed), record=SHOWN,
            )  # fmt: skip
            kept.append(np.maximum(runs.loss - floor, ROUNDING))
        means.append(np.mean(kept, axis=0))
        ones.append(kept[0])
    shape = len(BATCHES), len(SCHEDULES), len(NOISY_RATES), len(SHOWN)
    return tuple(np.reshape(part, shape).swapaxes(0, 1) for part in (means, ones))


def noise_and_schedule():
    """Show how low a noisy descent comes, by schedule, batch size, first rate and epoch."""
    mean, one = noise_runs()
    rates = np.array(
        [
            [[schedule_named(name, rate)(epoch) for epoch in SHOWN] for rate in NOISY_RATES]
            for name in SCHEDULES
        ]
    )
    fig, (left, right) = plt.subplots(1, 2, figsize=(6.9, 2.9), width_ratios=(2, 3))

    (plan,) = left.plot([0], [1], "-", color=WEIGHT, lw=1.4, label="the rate")
    (spot,) = left.plot([0], [1], "o", color=WEIGHT, ms=6)
    left.set(yscale="log", xlim=(-1, 41), ylim=(2e-4, 0.6), xlabel="epoch", title="The rate")
    left.set_ylabel("learning rate", color=WEIGHT)
    left.set_yticks([0.001, 0.01, 0.1], labels=["0.001", "0.01", "0.1"])
    left.minorticks_off()

    (single,) = right.plot([0], [1], "-", color=LOSS, lw=0.8, alpha=0.6, label="one run")
    (curve,) = right.plot([0], [1], "-", color=LOSS, lw=2, label="the mean of twelve runs")
    (now,) = right.plot([0], [1], "o", color=LOSS, ms=6)
    low = right.text(40, 2e-7, "below this panel", ha="right", color=LOSS)
    right.set(yscale="log", xlim=(-1, 41), ylim=(1e-7, 30), xlabel="epoch")
    right.set_title("Loss above the lowest there is")
    right.set_ylabel("loss above the lowest", color=LOSS)
    right.set_yticks([1e-6, 1e-4, 0.01, 1], labels=["1e−6", "1e−4", "0.01", "1"])
    right.minorticks_off()

    figure = LiveFigure(
        fig,
        name="rate-noise",
        alt="Two panels. The learning rate by epoch; and the loss above the lowest possible, a "
        "thin line for one run and a thick one for the mean of twelve.",
        start={"schedule": "constant", "batch_size": 4, "learning_rate": 0.3, "epochs": 12},
        film=[
            {"schedule": "constant", "batch_size": 4, "learning_rate": 0.3, "epochs": 40},
            {"schedule": "constant", "batch_size": 4, "learning_rate": 0.01, "epochs": 40},
            {"schedule": "exponential", "batch_size": 4, "learning_rate": 0.3, "epochs": 40},
        ],
        schedule=SCHEDULES,
        batch_size=BATCHES,
        learning_rate=NOISY_RATES,
        epochs=SHOWN,
    )
    times = np.broadcast_to(SHOWN, rates.shape)
    over = ("schedule", "learning_rate", "epochs")
    figure.animate(plan, over=over, x=times, y=rates, trail="epochs")
    figure.animate(spot, over=over, x=times[..., None], y=rates[..., None])
    times = np.broadcast_to(SHOWN, mean.shape)
    figure.animate(single, x=times, y=one, trail="epochs")
    figure.animate(curve, x=times, y=mean, trail="epochs")
    figure.animate(now, x=times[..., None], y=mean[..., None])
    figure.animate(low, visible=mean < 1e-7)
    figure.readout(
        "Schedule {schedule}, batches of {batch_size}, first rate {learning_rate}, epoch {epochs}: "
        "rate now {rate:.2g}, loss above the lowest {loss:.1e}.{verdict}",
        rate=np.broadcast_to(rates[:, None], mean.shape),
        loss=mean,
        verdict=np.where(mean <= ROUNDING, " That is rounding.", ""),
    )
    names = np.array(SCHEDULES)[:, None, None, None]
    sizes = np.array(BATCHES)[:, None, None]
    still = (names == "constant") & (sizes == 4) & (np.array(SHOWN) == NOISY_EPOCHS)
    figure.task(
        "Batches of 4, constant rate: which of these rates ends lowest at epoch 40?",
        when=still & (mean == mean[0, 1, :, -1].min()),
    )
    figure.task(
        "Batches of 4: end at least five times lower than any constant rate here does.",
        when=(sizes == 4) & (mean < mean[0, 1, :, -1].min() / 5) & (np.array(SHOWN) == 40),
    )
    figure.task(
        "Find a batch size for which the constant rate 0.3 has no floor at all.",
        when=(names == "constant") & (mean <= ROUNDING) & (np.array(NOISY_RATES) == 0.3)[:, None],
    )
    return figure


FIGURES = (line, ravine_and_bars, wall, map_of_rates, noise_and_schedule)
