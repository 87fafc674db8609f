"""The figures of chapter 8."""

from functools import cache

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import FancyArrowPatch

from byhand.datasets import one_row
from byhand.figures.live_figure import LiveFigure
from byhand.figures.palette import GRADIENT, LOSS, PREDICTION, TARGET, WEIGHT
from byhand.losses import mean_squared_error, mean_squared_error_gradient
from byhand.network import Network
from byhand.training import sweep

SQUARED = "mean_squared_error"
W_NAMES = ["w₁₁", "w₁₂", "w₁₃", "w₂₁", "w₂₂", "w₂₃"]
NAMES = [*W_NAMES, "b₁", "b₂", "b₃", "v₁", "v₂", "v₃", "c"]
"""The thirteen parameters, in the order in which the library keeps them."""

RATES = [0.003, 0.01, 0.03, 0.1, 0.3, 1.0]
EPOCHS = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
NUDGES = [float(f"1e-{exponent}") for exponent in range(13, 0, -1)]
FLOOR = 1e-9  # the lowest loss that the first figure can draw

PATH_RATES = [0.01, 0.1, 0.5, 1.0]
PATH_EPOCHS = [0, 1, 2, 3, 4, 5, 10, 20, 50]
PATH_NUDGE = 1e-4

WIDE_NUDGES = [float(f"1e-{exponent}") for exponent in range(15, 0, -1)] + [1.0]
METHODS = ["forward", "central"]
PRECISIONS = ["float64", "float32"]

HIDDEN = [1, 3, 10, 30, 100, 300, 1000, 3000, 10_000]
COSTS = ["nudging up", "nudging up and down", "chain rule"]


# ----------------------------------------------------------------------------- nets and slopes


def _hand_net():
    """Return the 2-3-1 net without biases that is worked by hand."""
    weights = [[[0.8, 0.4, 0.3], [0.2, 0.9, 0.5]], [[0.3], [0.5], [0.9]]]
    return Network([2, 3, 1], hidden="sigmoid", weights=weights, bias=False)


def _textbook_net():
    """Return the 2-3-1 net with biases at the start that the textbook prints."""
    weights = [[[-0.0053, -0.582, -0.2723], [0.3793, -0.5204, 0.1896]],
               [[0.1528], [-0.1745], [-0.1135]]]  # fmt: skip
    biases = [[-0.014, 0.5607, -0.0628], [-0.5516]]
    return Network([2, 3, 1], hidden="sigmoid", weights=weights, biases=biases)


def loss_at(network):
    """Return the function from parameters (..., n_parameters) to the loss on (1, 1) → 0."""
    X, y = one_row()
    return lambda parameters: mean_squared_error(network.with_parameters(parameters).forward(X), y)


def chain_slopes(network, parameters):
    """Return the slopes by the chain rule at ``parameters`` (..., n_parameters), a stack."""
    X, y = one_row()
    moved = network.with_parameters(np.array(parameters, dtype=float))
    moved.backward(mean_squared_error_gradient(moved.forward(X), y), to_inputs=False)
    return moved.gradients


def nudged_slopes(network, parameters, h):
    """Return the forward quotients (Eq. 8.5) of every parameter, at a stack of places.

    Parameters
    ----------
    network : Network
        Gives the shape.
    parameters : ndarray, shape (..., n_parameters)
    h : float or ndarray
        The nudge; an array of shape (...) for one at each place.

    Returns
    -------
    ndarray, shape (..., n_parameters)
    """
    places = np.asarray(parameters, dtype=float)
    n = places.shape[-1]
    h = np.broadcast_to(h, places.shape[:-1])[..., None]
    nudges = h[..., None] * np.vstack([np.zeros(n), np.eye(n)])
    stack = (places[..., None, :] + nudges).reshape(-1, n)
    losses = loss_at(network)(stack).reshape(*places.shape[:-1], n + 1)
    return (losses[..., 1:] - losses[..., :1]) / h


@cache
def _chained():
    """Return the history of the textbook's net, trained by the chain rule at every rate."""
    return sweep(
        _textbook_net(), *one_row(), learning_rates=RATES, epochs=max(EPOCHS), record=EPOCHS,
        loss=SQUARED,
    )  # fmt: skip


@cache
def _trained_by_nudging():
    """Return the loss at the epochs of nets that learn from nudged slopes: (rates, epochs, h)."""
    net = _textbook_net()
    places = np.tile(net.parameters, (len(RATES), len(NUDGES), 1))
    rates, nudges = np.array(RATES)[:, None, None], np.tile(NUDGES, (len(RATES), 1))
    losses = np.empty((len(RATES), len(EPOCHS), len(NUDGES)))
    for epoch in range(max(EPOCHS) + 1):
        if epoch in EPOCHS:
            found = loss_at(net)(places.reshape(-1, places.shape[-1]))
            losses[:, EPOCHS.index(epoch)] = found.reshape(len(RATES), len(NUDGES))
        places = places - rates * nudged_slopes(net, places, nudges)
    return losses


def _five(value):
    """Write a slope with five decimals, and no minus before a zero."""
    return f"{np.round(value, 5) + 0.0:.5f}".replace("-", "−")


# ------------------------------------------------------------------------- the table, at Play


def table():
    """Show thirteen slopes by the chain rule and by nudging, and two nets trained by them."""
    net, runs, nudged_loss = _textbook_net(), _chained(), _trained_by_nudging()
    places = runs.network.parameters  # (rates, epochs, 13)
    shape = (len(RATES), len(EPOCHS), len(NUDGES))
    chain = chain_slopes(net, places.reshape(-1, 13)).reshape(places.shape)
    stack = np.broadcast_to(places[:, :, None], (*shape, 13))
    nudged = nudged_slopes(net, stack, np.broadcast_to(NUDGES, shape))
    left_words = np.vectorize(_five, otypes=[object])(chain)
    right_words = np.vectorize(_five, otypes=[object])(nudged)
    differ = left_words[:, :, None] != right_words
    n_differ = differ.sum(axis=-1)

    fig, panels = plt.subplots(1, 3, figsize=(6.9, 2.7), width_ratios=(6, 6, 4))
    groups = [range(6), range(6, 13)]
    panels[0].set_title("Into the hidden nodes")
    panels[1].set_title("Biases, and the rest")
    for panel in panels[:2]:
        panel.set(xlim=(0, 1), ylim=(-7.6, 0.6))
        panel.axis("off")
        panel.text(0.53, 0, "chain rule", ha="right", va="center", fontsize=9)
        panel.text(0.97, 0, "nudge", ha="right", va="center", fontsize=9)
    panels[2].set(xscale="symlog", yscale="log", xlim=(-0.3, 1300), ylim=(FLOOR, 2e6))
    panels[2].set(xlabel="epoch", title="The loss")
    panels[2].set_ylabel("loss", color=LOSS)
    panels[2].set_xticks([0, 1, 10, 100, 1000], labels=["0", "1", "10", "100", "1000"])
    panels[2].set_yticks([1e-8, 1e-6, 1e-4, 1e-2, 1], labels=["1e−8", "1e−6", "1e−4", "0.01", "1"])
    panels[2].minorticks_off()
    (own,) = panels[2].plot(EPOCHS, runs.loss[0], color=LOSS, lw=2.2, label="chain rule")
    (other,) = panels[2].plot(
        EPOCHS, runs.loss[0], "--", color=GRADIENT, lw=1.5, label="nudges alone"
    )
    (dot,) = panels[2].plot([0], [1], "o", color=LOSS, ms=5, clip_on=False)
    panels[2].legend(loc="upper right", fontsize=9, borderpad=0.1, handlelength=1.6)

    figure = LiveFigure(
        fig,
        name="nudge-table",
        alt="Two tables with thirteen rows in all, one for each parameter of a net: its slope by "
        "the chain rule, an equals or unequal sign, and its slope by nudging. Beside them the loss "
        "by epoch, of a net that learns by the chain rule and of one that learns from nudges.",
        start={"learning_rate": 0.01, "epochs": 0, "h": 1e-4},
        film=[
            {"learning_rate": 0.01, "epochs": 0, "h": 1e-2},
            {"learning_rate": 0.03, "epochs": 100, "h": 1e-4},
            {"learning_rate": 0.03, "epochs": 1000, "h": 1e-1},
        ],
        labels={"h": "nudge h"},
        learning_rate=RATES,
        epochs=EPOCHS,
        h=NUDGES,
    )
    for panel, group in zip(panels, groups, strict=False):
        for row, i in enumerate(group, start=1):
            panel.text(0.0, -row, NAMES[i], va="center", fontsize=9.5)
            mine = panel.text(0.53, -row, "", ha="right", va="center", fontsize=9, color=GRADIENT)
            sign = panel.text(0.59, -row, "", ha="center", va="center", fontsize=9)
            theirs = panel.text(0.97, -row, "", ha="right", va="center", fontsize=9, color=GRADIENT)
            figure.animate(mine, over=("learning_rate", "epochs"), text=left_words[..., i])
            figure.animate(sign, text=np.where(differ[..., i], "≠", "="))
            figure.animate(theirs, text=right_words[..., i])
    epochs = np.broadcast_to(EPOCHS, runs.loss.shape)
    figure.animate(
        own, over=("learning_rate", "epochs"), x=epochs, y=runs.loss + 1e-30, trail="epochs"
    )
    figure.animate(
        other,
        x=np.broadcast_to(np.array(EPOCHS)[:, None], shape),
        y=nudged_loss + 1e-30,
        trail="epochs",
    )
    figure.animate(
        dot,
        over=("learning_rate", "epochs"),
        x=epochs[..., None],
        y=np.maximum(runs.loss, FLOOR)[..., None],
    )
    worst = np.abs(nudged - chain[:, :, None]).max(axis=-1)
    figure.readout(
        "Learning rate {learning_rate}, epoch {epochs}, nudge {h}: {n} of 13 slopes differ in five "
        "decimals, the worst by {worst}. Loss {own} by the chain rule, {other} from nudges alone.",
        n=n_differ,
        worst=_powers(worst),
        own=np.repeat(_powers(runs.loss)[..., None], len(NUDGES), axis=-1),
        other=_powers(nudged_loss),
    )
    figure.ask(
        "Train until nothing is left to learn, and all true slopes are zero. What will a nudge of "
        "0.01 measure for the output's bias, c?",
        {
            "0.00000, as the chain rule says": "The nudge does not look at one place. It compares "
            "two, and between them the loss has begun to rise.",
            "0.01000": "In c the loss is a parabola, and this is its bottom. One nudge to the "
            "right it stands 0.0001 higher: 0.0001 / 0.01.",
            "some random number": "Rounding makes random digits too, but for nudges far smaller "
            "than this one. This error has a reason, and always the same sign.",
        },
        right="0.01000",
    )
    at_start = np.equal(EPOCHS, 0)[:, None]
    figure.task(
        "Before training, let all thirteen agree to five decimals.", when=at_start & (n_differ == 0)
    )
    figure.task(
        "Before training, find a nudge so small that at least ten disagree.",
        when=at_start & (n_differ >= 10) & np.less(NUDGES, 1e-6),
    )
    figure.task(
        "Let the net that learns from nudges get stuck above 0.001, where the other has gone below "
        "0.00000001.",
        when=(nudged_loss > 1e-3) & (runs.loss[..., None] < 1e-8),
    )
    figure.explain(
        theirs,
        "c: (loss at c + h − loss at c) / h = {quotient}, true slope {slope}, difference {gap}",
        label="the nudge of c",
        quotient=right_words[..., 12],
        slope=np.repeat(left_words[..., 12, None], len(NUDGES), axis=-1),
        gap=_powers(np.abs(nudged - chain[:, :, None])[..., 12]),
    )
    return figure


def _powers(values):
    """Write small numbers as 2e−09 and others plainly, as an array of strings."""

    def word(value):
        if value == 0 or value < 1e-15:
            return "0"
        text = f"{value:.1e}" if value < 1e-3 else f"{value:.4g}"
        return text.replace("e-0", "e-").replace("-", "−")

    return np.vectorize(word, otypes=[object])(values)


# --------------------------------------------------------------------- one weight, link by link

INPUT_AT = {1: (0.0, 0.75), 2: (0.0, 0.25)}
HIDDEN_AT = {1: (0.48, 1.0), 2: (0.48, 0.5), 3: (0.48, 0.0)}
OUTPUT_AT = (0.94, 0.5)


def path():
    """Show the way from any of nine weights to the loss, and the slope of every link on it."""
    net, names = _hand_net(), [*W_NAMES, "v₁", "v₂", "v₃"]
    X, y = one_row()
    runs = sweep(
        net, X, y, learning_rates=PATH_RATES, epochs=max(PATH_EPOCHS), record=PATH_EPOCHS,
        loss=SQUARED,
    )  # fmt: skip
    places = runs.network.parameters  # (rates, epochs, 9)
    flat = places.reshape(-1, 9)
    moved = net.with_parameters(flat.copy())
    y_pred = moved.forward(X).reshape(places.shape[:-1])
    a = moved.layers[0].A.reshape(*places.shape[:-1], 3)
    chain = chain_slopes(net, flat).reshape(places.shape)
    nudged = nudged_slopes(net, flat, PATH_NUDGE).reshape(places.shape)
    shape = (9, *places.shape[:-1])

    fig, (left, right) = plt.subplots(1, 2, figsize=(6.9, 2.8))
    left.set(xlim=(-0.12, 1.12), ylim=(-0.22, 1.22), title="One way to the loss")
    right.set(xlim=(0, 1), ylim=(-6.6, 0.6), title="Its links, from the weight on")
    for ax in (left, right):
        ax.axis("off")
    figure = LiveFigure(
        fig,
        name="nudge-path",
        alt="A net of two inputs, three hidden nodes and one output, drawn as circles and arrows. "
        "One arrow and the way from it to the output stand out. Beside it a list: the slope of "
        "each link on that way, their product, and what a nudge measures.",
        start={"weight": "w₁₂", "learning_rate": 0.01, "epochs": 0},
        film=[
            {"weight": "w₁₁", "learning_rate": 0.01, "epochs": 0},
            {"weight": "v₂", "learning_rate": 0.01, "epochs": 0},
            {"weight": "w₁₃", "learning_rate": 1.0, "epochs": 1},
        ],
        weight=names,
        learning_rate=PATH_RATES,
        epochs=PATH_EPOCHS,
    )
    index = np.arange(9)
    for i in (1, 2):
        for j in (1, 2, 3):
            chosen = index == names.index(f"w{'₁₂'[i - 1]}{'₁₂₃'[j - 1]}")
            _link(figure, left, INPUT_AT[i], HIDDEN_AT[j], chosen, WEIGHT)
    for j in (1, 2, 3):
        to_it = (index < 6) & (index % 3 == j - 1)
        chosen = index == 5 + j
        _link(figure, left, HIDDEN_AT[j], OUTPUT_AT, to_it, GRADIENT, chosen)
    for i, (x, height) in INPUT_AT.items():
        left.plot([x], [height], "o", ms=25, mfc="none", mec=TARGET, mew=0.8)
        left.text(x, height, "1", ha="center", va="center", fontsize=9)
        left.text(x, height + 0.15, f"x{'₁₂'[i - 1]}", ha="center", va="bottom", fontsize=9)
    for j, (x, height) in HIDDEN_AT.items():
        left.plot([x], [height], "o", ms=36, mfc="none", mec=PREDICTION, mew=0.8)
        number = left.text(x, height, "", ha="center", va="center", fontsize=9, color=PREDICTION)
        words = np.vectorize("{:.4f}".format, otypes=[object])(a[..., j - 1])
        figure.animate(number, over=("learning_rate", "epochs"), text=words)
        left.text(
            x + 0.17, height + (0.09, 0.11, -0.09)[j - 1], f"a{'₁₂₃'[j - 1]}", ha="center",
            va="center", fontsize=9, color=PREDICTION,
        )  # fmt: skip
    x, height = OUTPUT_AT
    left.plot([x], [height], "o", ms=36, mfc="none", mec=PREDICTION, mew=0.8)
    number = left.text(x, height, "", ha="center", va="center", fontsize=9, color=PREDICTION)
    words = np.vectorize(lambda value: _signed(value, 3 if value < 0 else 4), otypes=[object])(
        y_pred
    )  # a minus takes the room of a digit in the circle
    figure.animate(number, over=("learning_rate", "epochs"), text=words)
    left.text(x, height + 0.22, "ŷ", ha="center", va="bottom", fontsize=9.5, color=PREDICTION)
    loss = left.text(x + 0.16, -0.1, "", ha="right", va="center", fontsize=9, color=LOSS)
    words = np.vectorize(lambda value: f"loss {value:.4f}", otypes=[object])(runs.loss)
    figure.animate(loss, over=("learning_rate", "epochs"), text=words)

    rows = np.full((6, *shape), "", dtype=object)
    for k in range(9):
        j, small = k % 3, "₁₂₃"[k % 3]
        for at in np.ndindex(shape[1:]):
            last = f"∂C/∂ŷ = −2(y − ŷ) = {_signed(2 * y_pred[at])}"
            value = a[(*at, j)]
            start = f"{names[k]} = {_signed(places[(*at, k)])}"
            if k < 6:
                lines = [
                    start,
                    f"∂h{small}/∂{names[k]} = x{'₁₂'[k // 3]} = 1",
                    f"∂a{small}/∂h{small} = a{small}(1 − a{small}) = {value * (1 - value):.4f}",
                    f"∂ŷ/∂a{small} = v{small} = {_signed(places[(*at, 6 + j)])}",
                    last,
                ]
            else:
                lines = [start, f"∂ŷ/∂{names[k]} = a{small} = {value:.4f}", last, "", ""]
            rows[(slice(0, 5), k, *at)] = lines
            product = f"product: ∂C/∂{names[k]} = {_signed(chain[(*at, k)], 6)}"
            rows[(5, k, *at)] = product
    for row in range(6):
        colour = WEIGHT if row == 0 else GRADIENT if row == 5 else TARGET
        text = right.text(0.0, -row, "", va="center", fontsize=9, color=colour)
        figure.animate(text, text=rows[row])
        shown = text
    measured = right.text(0.0, -6, "", va="center", fontsize=9)
    words = np.vectorize(lambda value: f"nudged by 0.0001: {_signed(value, 6)}", otypes=[object])
    figure.animate(measured, text=words(np.moveaxis(nudged, -1, 0)))
    slopes = np.moveaxis(chain, -1, 0)
    losses = np.broadcast_to(runs.loss, shape)
    figure.readout(
        "{weight} at learning rate {learning_rate}, epoch {epochs}: slope {slope:.6f}, loss "
        "{loss:.4f}.",
        slope=slopes + 0.0,
        loss=losses,
    )
    figure.explain(
        shown,
        "next step: {weight} = {old:.4f} − {learning_rate} · ({slope:.6f}) = {new:.4f}",
        label="the next step",
        old=np.moveaxis(places, -1, 0),
        slope=slopes + 0.0,
        new=np.moveaxis(places, -1, 0) - np.array(PATH_RATES)[:, None] * slopes,
    )
    at_start = np.equal(PATH_EPOCHS, 0)
    figure.task(
        "At epoch 0, find the weight with the steepest slope.",
        when=at_start & (np.abs(slopes) == np.abs(slopes).max(axis=0)),
    )
    figure.task(
        "Find a step that leaves the loss higher than it was at the start.",
        when=losses > losses[..., :1],
    )
    figure.task(
        "Find a place where the slope of w₂₃ is below zero: more of it, less loss.",
        when=(slopes < -1e-6) & (index == names.index("w₂₃"))[:, None, None],
    )
    return figure


def _signed(value, digits=4):
    return f"{np.round(value, digits) + 0.0:.{digits}f}".replace("-", "−")


def _link(figure, ax, tail, tip, chosen, colour, also=None):
    """Draw an arrow that stands out where ``chosen`` is true; blue where ``also`` is."""
    shrink = {"shrinkA": 18 if tail[0] > 0.1 else 13, "shrinkB": 19}
    more = [(also, WEIGHT)] if also is not None else []
    for when, ink in [(None, TARGET), (chosen, colour), *more]:
        style = {"lw": 2.6} if when is not None else {"lw": 0.8, "alpha": 0.4}
        arrow = FancyArrowPatch(
            tail, tip, arrowstyle="-|>", mutation_scale=9, color=ink, **shrink, **style
        )
        ax.add_patch(arrow)
        if when is not None:
            figure.animate(arrow, over=("weight",), visible=when)


# ------------------------------------------------------------------------- how small a nudge


def loss_of_w11(w, precision="float64"):
    """Return the loss of the hand net as a function of w₁₁ alone, in one of two precisions.

    The library computes in float64, so the few lines of the net stand here.
    """
    kind = np.dtype(precision).type
    w = kind(w)
    W = np.array([[0.8, 0.4, 0.3], [0.2, 0.9, 0.5]], dtype=kind)
    v = np.array([0.3, 0.5, 0.9], dtype=kind)
    W[0, 0] = w
    a = kind(1) / (kind(1) + np.exp(-(W[0] + W[1])))
    y_pred = a[0] * v[0] + a[1] * v[1] + a[2] * v[2]
    return y_pred * y_pred


def quotient_of_w11(h, method="forward", precision="float64"):
    """Return the forward (Eq. 8.5) or central (Eq. 8.9) quotient of that loss at w₁₁ = 0.8."""
    kind = np.dtype(precision).type
    w, h = kind(0.8), kind(h)
    if method == "central":
        return (loss_of_w11(w + h, precision) - loss_of_w11(w - h, precision)) / (kind(2) * h)
    return (loss_of_w11(w + h, precision) - loss_of_w11(w, precision)) / h


@cache
def derivatives_of_w11(v=0.3):
    """Return the loss and its first three derivatives in w₁₁ at 0.8, from the chain rule."""
    a = 1 / (1 + np.exp(-1.0))
    y_pred = float(_hand_net().predict([[1, 1]])[0, 0])
    one, two = v * a * (1 - a), v * a * (1 - a) * (1 - 2 * a)
    three = v * a * (1 - a) * (1 - 6 * a + 6 * a**2)
    return (
        y_pred**2,
        2 * y_pred * one,
        2 * one**2 + 2 * y_pred * two,
        6 * one * two + 2 * y_pred * three,
    )


def expected_errors(h, method, precision):
    """Return the two parts of the error (Eq. 8.7, 8.10): from the bend, and from rounding."""
    loss, _, second, third = derivatives_of_w11()
    eps = float(np.finfo(precision).eps) / 2
    if method == "central":
        return h**2 / 6 * abs(third), eps * loss / h
    return h / 2 * abs(second), 2 * eps * loss / h


def error():
    """Show how far off a nudged slope is, by size, method and precision."""
    exact = derivatives_of_w11()[1]
    shape = (len(METHODS), len(PRECISIONS), len(WIDE_NUDGES))
    measured, bend, rounding = np.empty(shape), np.empty(shape), np.empty(shape)
    for m, p, k in np.ndindex(shape):
        h = WIDE_NUDGES[k]
        measured[m, p, k] = quotient_of_w11(h, METHODS[m], PRECISIONS[p])
        bend[m, p, k], rounding[m, p, k] = expected_errors(h, METHODS[m], PRECISIONS[p])
    gap = np.abs(measured - exact)
    gap = np.where(gap == 0, 1e-17, gap)

    fig, ax = plt.subplots(figsize=(6.6, 3.1))
    h = WIDE_NUDGES
    (curve,) = ax.plot(h, gap[0, 0], ".-", color=GRADIENT, lw=1.2, ms=6, label="measured")
    (bent,) = ax.plot(h, bend[0, 0], "--", color=WEIGHT, lw=1, label="the bend")
    (rounded,) = ax.plot(h, rounding[0, 0], ":", color=LOSS, lw=1.6, label="rounding")
    (here,) = ax.plot([1], [1], "o", color=TARGET, ms=9, mfc="none", mew=1.8)
    ax.set(xscale="log", yscale="log", xlim=(4e-16, 2.5), ylim=(1e-13, 1e8), xlabel="nudge h")
    ax.set(ylabel="error", title="How far off the slope of w₁₁ is")
    ax.set_xticks([1e-15, 1e-12, 1e-9, 1e-6, 1e-3, 1],
                  labels=["1e−15", "1e−12", "1e−9", "1e−6", "0.001", "1"])  # fmt: skip
    ax.set_yticks([1e-12, 1e-9, 1e-6, 1e-3, 1], labels=["1e−12", "1e−9", "1e−6", "0.001", "1"])
    ax.minorticks_off()
    ax.legend(loc="upper right", fontsize=9, borderpad=0.1, handlelength=1.8)

    figure = LiveFigure(
        fig,
        name="nudge-error",
        alt="The error of a nudged slope over the size of the nudge, on scales where every mark is "
        "a thousand times the one before: a letter V, falling along a line of rounding errors and "
        "rising along a line of errors from the bend of the loss.",
        start={"method": "forward", "precision": "float64", "h": 1e-1},
        film=[
            {"method": "forward", "precision": "float64", "h": 1e-4},
            {"method": "central", "precision": "float64", "h": 1e-5},
            {"method": "central", "precision": "float32", "h": 1e-4},
        ],
        labels={"h": "nudge h"},
        method=METHODS,
        precision=PRECISIONS,
        h=WIDE_NUDGES,
    )
    nudges = np.broadcast_to(WIDE_NUDGES, shape)
    for line, values in [(curve, gap), (bent, bend), (rounded, rounding)]:
        figure.animate(line, over=("method", "precision"), x=nudges, y=values)
    figure.animate(here, x=nudges[..., None], y=gap[..., None])
    why = np.where(bend > rounding, "The bend is the larger part.", "Rounding is the larger part.")
    same = (measured == 0) & np.less(nudges, 1e-5)
    why = np.where(same, "The nudged weight is the same number: nothing has changed.", why)
    figure.readout(
        "{method}, {precision}, nudge {h}: measured {measured:.10f}, off by {gap}. {why}",
        measured=measured,
        gap=_powers(gap),
        why=why,
    )
    best = gap == gap.min(axis=-1, keepdims=True)
    for m, p in np.ndindex(shape[:2]):
        only = np.zeros(shape[:2], dtype=bool)
        only[m, p] = True
        figure.task(
            f"Find the best nudge here: {METHODS[m]}, {PRECISIONS[p]}.", when=best & only[..., None]
        )
    figure.explain(
        curve,
        "expected at most about {bend} + {rounding}, from the bend and from rounding",
        bend=_powers(bend),
        rounding=_powers(rounding),
    )
    return figure


# ------------------------------------------------------------------------------- what it costs


def n_parameters(sizes):
    """Return how many weights and biases a net of these layer sizes has."""
    return sum((n + 1) * k for n, k in zip(sizes[:-1], sizes[1:], strict=True))


def products(hidden, method):
    """Return how many multiplications one gradient of a 2-n-1 net takes, for one sample.

    A forward pass takes 3n and one for the square.  The way back takes 6n and one for the 2.
    """
    forward, n = 3 * hidden + 1, n_parameters([2, hidden, 1])
    return {
        "nudging up": (n + 1) * forward,
        "nudging up and down": 2 * n * forward,
        "chain rule": forward + 6 * hidden + 1,
    }[method]


def cost():
    """Show what one gradient costs by each method, for nets of every size."""
    sizes = np.array([n_parameters([2, hidden, 1]) for hidden in HIDDEN])
    counts = np.array([[products(hidden, method) for method in COSTS] for hidden in HIDDEN])
    passes = np.stack([sizes + 1, 2 * sizes], axis=1)
    fig, ax = plt.subplots(figsize=(6.6, 2.9))
    styles = [("--", GRADIENT), (":", GRADIENT), ("-", PREDICTION)]
    for column, (style, colour) in enumerate(styles):
        ax.plot(sizes, counts[:, column], style, color=colour, label=COSTS[column])
    (here,) = ax.plot([1], [1], "o", color=TARGET, ms=9, mfc="none", mew=1.8, label="this net")
    (stroke,) = ax.plot([1, 1], [1, 2], "-", color=TARGET, lw=0.8)
    ax.set(xscale="log", yscale="log", xlim=(3, 90_000), ylim=(5, 1e11), xlabel="parameters N")
    ax.set(ylabel="multiplications", title="What one gradient costs")
    ax.set_xticks([10, 100, 1000, 10_000], labels=["10", "100", "1000", "10 000"])
    ax.set_yticks([10, 1e3, 1e5, 1e7, 1e9], labels=["10", "1000", "1e5", "1e7", "1e9"])
    ax.minorticks_off()
    ax.legend(*(each[:3] for each in ax.get_legend_handles_labels()), loc="upper left", fontsize=9)

    figure = LiveFigure(
        fig,
        name="nudge-cost",
        alt="Multiplications for one gradient over the number of parameters, on scales where every "
        "mark is ten or a hundred times the one before. Two lines for nudging rise twice as "
        "steeply as the one for the chain rule.",
        start={"hidden": 3, "method": COSTS[0]},
        film=[{"hidden": 3, "method": COSTS[0]}, {"hidden": 10_000, "method": COSTS[0]}],
        labels={"hidden": "hidden nodes"},
        hidden=HIDDEN,
        method=COSTS,
    )
    shape = counts.shape
    x = np.broadcast_to(sizes[:, None], shape)
    figure.animate(here, x=x[..., None].astype(float), y=counts[..., None].astype(float))
    chain = np.broadcast_to(counts[:, 2:], shape)
    figure.animate(
        stroke, x=np.stack([x, x], axis=-1).astype(float),
        y=np.stack([chain, counts], axis=-1).astype(float),
    )  # fmt: skip
    spaced = np.vectorize(lambda value: f"{value:,}".replace(",", " "), otypes=[object])
    words = np.full(shape, "one forward and one backward pass", dtype=object)
    words[:, :2] = np.vectorize(lambda value: f"{value} forward passes", otypes=[object])(
        spaced(passes)
    )
    times = counts / chain
    compared = np.vectorize(
        lambda value: "" if value == 1 else f", {value:,.4g} times the chain rule", otypes=[object]
    )(times)
    figure.readout(
        "2–{nodes}–1, {n} parameters, {method}: {words}, {count} multiplications{compared}.",
        nodes=spaced(np.broadcast_to(np.array(HIDDEN)[:, None], shape)),
        n=spaced(x),
        words=words,
        count=spaced(counts),
        compared=compared,
    )
    figure.task(
        "Find the smallest net here for which nudging up costs more than a thousand times the "
        "chain rule.",
        when=_first(times[:, 0] > 1000)[:, None] & np.equal(COSTS, COSTS[0]),
    )
    figure.task(
        "Find the largest net whose chain rule costs less than nudging up costs for 2–30–1.",
        when=_last(counts[:, 2] < counts[HIDDEN.index(30), 0])[:, None] & np.equal(COSTS, COSTS[2]),
    )
    figure.explain(
        here,
        "{count} = {how}",
        label="the count",
        count=spaced(counts),
        how=np.array(
            [
                [
                    f"({n} + 1) · (3 · {hidden} + 1)",
                    f"2 · {n} · (3 · {hidden} + 1)",
                    f"(3 · {hidden} + 1) + (6 · {hidden} + 1)",
                ]
                for n, hidden in zip(spaced(sizes), spaced(HIDDEN), strict=True)
            ],
            dtype=object,
        ),
    )
    return figure


def _first(flags):
    return np.arange(len(flags)) == np.argmax(flags)


def _last(flags):
    return np.arange(len(flags)) == len(flags) - 1 - np.argmax(flags[::-1])


FIGURES = (table, path, error, cost)
