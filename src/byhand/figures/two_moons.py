"""The figures of chapter 7."""

from functools import cache

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from byhand.datasets import three_records, two_moons
from byhand.figures.live_figure import LiveFigure
from byhand.figures.palette import BIAS, GRADIENT, LOSS, PREDICTION, TARGET, WEIGHT
from byhand.layers import INITIALISATIONS
from byhand.losses import binary_cross_entropy, binary_cross_entropy_gradient
from byhand.network import Network
from byhand.optimizers import SGD, Adam, Momentum, RMSprop
from byhand.training import sweep, train

CROSS_ENTROPY = "binary_cross_entropy"
SIZES = [2, 25, 10, 1]
RATES = [0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.3, 0.6, 1.0]
EPOCHS = [
    0, 1, 2, 3, 5, 8, 12, 18, 25, 35, 50, 70, 100, 140, 200, 280, 400, 560, 800, 1100, 1500,
    2000, 2800, 4000, 5600, 8000,
]  # fmt: skip
MOMENTS = [*range(31), 35, 40, 50, 60, 80, 100, 150, 200, 300]  # steps of the race

CURES = ["none", "early stopping", "dropout", "L2"]
DROPPED, PENALTY, PATIENCE = 0.3, 0.01, 500

VALLEYS = ["along the axes", "across the axes"]
RACE_RATES = [0.003, 0.01, 0.03, 0.05, 0.1, 0.3]
RACERS = {"plain descent": SGD, "momentum": Momentum, "RMSprop": RMSprop, "Adam": Adam}
STEEP = 50.0  # curvature across the valley; along it 1

# two classes on a map: pale enough for dark marks, in light and dark pages alike
CHANCES = LinearSegmentedColormap.from_list("chances", ["#E8A35C", "#FBF3E6", "#79B8E0"])
INK, PAPER = "#1A1A1A", "#FFFFFE"


# ------------------------------------------------------------------------- data and starting nets


def moons(n_samples, noise, seed=0):
    """Return two moons whose noise comes from NumPy's old generator, as scikit-learn draws it.

    Returns
    -------
    X : ndarray, shape (n_samples, 2)
    y : ndarray, shape (n_samples, 1)
        Zeros and ones.
    """
    X, y = two_moons(n_samples, noise=0, rng=np.random.default_rng(0))
    draws = np.random.RandomState(seed)  # noqa: NPY002
    return X + draws.normal(scale=noise, size=X.shape), y


def classifier(sizes, scale, seed=1, **settings):
    """Return a ReLU net with one chance at the end (Eq. 7.1 to 7.3), biases 0.

    Parameters
    ----------
    sizes : list of int
    scale : float or "he"
        Standard deviation of the starting weights; "he" takes that of Eq. 7.11.
    seed : int
        Of the draws, one layer after the other.
    **settings
        ``l2``, ``dropout`` and ``rng`` of `byhand.network.Network`.
    """
    draws, weights = np.random.RandomState(seed), []  # noqa: NPY002
    for n_inputs, n_outputs in zip(sizes[:-1], sizes[1:], strict=True):
        size = INITIALISATIONS["he"](n_inputs, n_outputs) if scale == "he" else scale
        weights.append(size * draws.randn(n_outputs, n_inputs).T)
    return Network(sizes, hidden="relu", output="sigmoid", weights=weights, **settings)


def record_net():
    """Return the 2-5-3-1 net of the three records, with its starting weights."""
    weights = [
        [[0.12, 0.3, -0.25, 0.2, -0.1], [-0.2, 0.17, 0.05, 0.4, -0.3]],
        [[0.2, -0.3, 0.05], [-0.1, 0.25, 0.35], [0.15, 0.1, -0.2], [0.3, -0.15, 0.1],
         [-0.25, 0.2, 0.15]],
        [[0.4], [-0.35], [0.25]],
    ]  # fmt: skip
    return Network([2, 5, 3, 1], hidden="relu", output="sigmoid", weights=weights)


@cache
def few_and_held_out():
    """Return 100 moons to learn from and 2000 to be held out, both with noise 0.3."""
    return moons(100, 0.3, 0), moons(2000, 0.3, 99)


# --------------------------------------------------------------------------- parts of the figures


def _epoch_axis(ax):
    ax.set_xscale("symlog", linthresh=1, linscale=0.4)
    ax.set(xlim=(-0.2, 11_000), xlabel="epoch")
    ax.set_xticks([0, 1, 10, 100, 1000, 8000], labels=["0", "1", "10", "100", "1000", ""])
    ax.minorticks_off()


def _cost_axis(ax, low, high):
    _epoch_axis(ax)
    ax.set(yscale="log", ylim=(low, high), title="What it costs")
    ax.set_ylabel("cost", color=LOSS)
    ax.axhline(np.log(2), color=TARGET, lw=0.8, ls=":")  # what a coin costs
    ticks = {t: f"{t:g}" for t in (0.03, 0.1, 0.3, 3, 10) if low < t < high} | {np.log(2): "ln 2"}
    ax.set_yticks(list(ticks), labels=list(ticks.values()))
    ax.minorticks_off()


def map_of_chances(ax, rows, columns):
    """Draw the 100 points over an image of chances; return the image and its places (n, 2)."""
    (X, y), _ = few_and_held_out()
    box = (-1.9, 2.9, -1.5, 1.9)
    across = np.linspace(*box[:2], columns + 1)
    up = np.linspace(*box[2:], rows + 1)
    across, up = (ends[:-1] + np.diff(ends) / 2 for ends in (across, up))
    places = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    image = ax.imshow(
        np.full((rows, columns), 0.5), extent=box, origin="lower", aspect="auto", cmap=CHANCES,
        vmin=0, vmax=1, interpolation="nearest",
    )  # fmt: skip
    for value, marker, face in [(0, "s", PAPER), (1, "o", INK)]:
        shown = X[y[:, 0] == value]
        ax.plot(*shown.T, marker, color=face, mec=INK if value == 0 else PAPER, mew=0.7, ms=4.4)
    ax.set(xlim=box[:2], ylim=box[2:], xticks=[-1, 0, 1, 2], yticks=[-1, 0, 1])
    ax.set(xlabel="x₁", ylabel="x₂", title="What the net says where")
    return image, places


def in_bands(chances, rows, columns):
    """Return chances (..., n_places, 1) as an image of eight bands; 1/2 is an edge of two."""
    bands = (np.floor(np.clip(chances[..., 0], 0, 1 - 1e-9) * 8) + 0.5) / 8
    return bands.reshape(*bands.shape[:-1], rows, columns)


@cache
def trained():
    """Return the history of the 2-25-10-1 net on 100 moons at every rate, scored on 2000 more."""
    few, held_out = few_and_held_out()
    return sweep(
        classifier(SIZES, "he"), *few, learning_rates=RATES, epochs=max(EPOCHS), record=EPOCHS,
        held_out=held_out, loss=CROSS_ENTROPY,
    )  # fmt: skip


def states(loss, held_out):
    """Say at every epoch (last axis) what two costs together tell about the net."""
    best_so_far = np.minimum.accumulate(held_out, axis=-1)
    words = np.full(loss.shape, "Still learning: both costs are falling.", dtype=object)
    past = (held_out > 1.02 * best_so_far) & (loss < 0.3)
    words[past] = "Past its best: the held-out cost is climbing."
    words[held_out < 0.29] = "In good time: the held-out cost is near the lowest there is."
    over = (held_out > 1.1 * best_so_far) & (loss < 0.3)
    words[over] = "Overfitting: it gets better at its own points only."
    thrown = over & (loss > 1.2 * np.minimum.accumulate(loss, axis=-1))
    words[thrown] = "Overfitted, and thrown back: steps as long as these undo what was learned."
    words[..., 0] = "Not trained yet."
    words[..., 1:][loss[..., 1:] > 0.35] = "Underfitting: it fits neither these points nor others."
    return words


# ------------------------------------------------------------------------ the boundary, at Play


def boundary():
    """Show what the net says everywhere, and two costs, by rate and epoch."""
    rows, columns = 36, 50
    runs = trained()
    fig, (left, right) = plt.subplots(1, 2, figsize=(6.9, 3.0))
    image, places = map_of_chances(left, rows, columns)
    (own,) = right.plot(EPOCHS, runs.loss[0], color=LOSS, lw=2, label="cost of its own points")
    (other,) = right.plot(
        EPOCHS, runs.loss[0], "--", color=LOSS, lw=1.6, label="cost of held-out points"
    )
    (dot,) = right.plot([0], [1], "o", color=LOSS, ms=6)
    (ring,) = right.plot([0], [1], "o", color=LOSS, ms=7, mfc="none", mew=1.6)
    _cost_axis(right, 0.02, 14)
    right.legend(loc="lower left", fontsize=9, borderpad=0.1)

    figure = LiveFigure(
        fig,
        name="moons-boundary",
        alt="Two panels. A map of two interleaved half moons of squares and discs, coloured by the "
        "chance the net gives to discs; and the cost by epoch, for the points it learns from and "
        "for points held out, the second of which turns up again.",
        start={"learning_rate": 0.1, "epochs": 0},
        film=[
            {"learning_rate": 0.1, "epochs": 50},
            {"learning_rate": 0.1, "epochs": 1500},
            {"learning_rate": 0.3, "epochs": 8000},
        ],
        learning_rate=RATES,
        epochs=EPOCHS,
    )
    figure.animate(image, data=in_bands(runs.predict(places), rows, columns))
    epochs = np.broadcast_to(EPOCHS, runs.loss.shape)
    for line, mark, values in [(own, dot, runs.loss), (other, ring, runs.held_out_loss)]:
        figure.animate(line, x=epochs, y=values, trail="epochs")
        figure.animate(mark, x=epochs[..., None], y=values[..., None])
    figure.readout(
        "Learning rate {learning_rate}, epoch {epochs}: cost {own:.3f} on its own points, "
        "{other:.3f} on held-out ones. {word}",
        own=runs.loss,
        other=runs.held_out_loss,
        word=states(runs.loss, runs.held_out_loss),
    )
    figure.ask(
        "At learning rate 0.3 the cost of the hundred points keeps falling, down to 0.04 at epoch "
        "8000. What does the cost of points the net has never seen do?",
        {
            "it falls too, a little behind": "For the first few hundred epochs it does. Look at "
            "the dashed curve after that.",
            "it falls, then stays level": "It would if nothing more were learned. But the net "
            "goes on bending its boundary round single points, and is ever more certain of it.",
            "it falls, then climbs above its start": "What is new in the net after some hundred "
            "epochs is about these hundred points, not about moons. Elsewhere it is wrong, and "
            "certain.",
        },
        right="it falls, then climbs above its start",
    )
    gap = runs.held_out_loss - runs.loss
    figure.task(
        "Find a rate and an epoch with a held-out cost below 0.27.",
        when=runs.held_out_loss < 0.27,
    )
    figure.task(
        "Find a place where the net is worse than a coin on held-out points, and below 0.1 on its "
        "own.",
        when=(runs.held_out_loss > np.log(2)) & (runs.loss < 0.1),
    )
    figure.explain(
        other,
        "held-out minus own = {other:.4f} − {own:.4f} = {gap:.4f};  right answers: "
        "{right:.1%} of its own points, {elsewhere:.1%} of the others",
        other=runs.held_out_loss,
        own=runs.loss,
        gap=gap,
        right=runs.accuracy,
        elsewhere=runs.held_out_accuracy,
    )
    return figure


# --------------------------------------------------------------------------- the sheet by hand

STEPS = {
    "records": "One record enters: its two features stand at the left. Every circle is a unit.",
    "layer 1": "Each unit weighs the record, adds its bias 0, and keeps what is above zero.",
    "layer 2": "The same again: three units weigh the five numbers of layer 1.",
    "output": "The last unit weighs three numbers, and its sigmoid makes a chance of them.",
    "cost": "The surprise of this record, and the mean over the three: 0.6755938.",
    "blame 3": "Back. Under the chance its blame, (a − y)/3: how much too high, shared by three.",
    "blame 2": "Blame goes back through the weights. A unit that was silent takes none.",
    "blame 1": "And once more. No unit of layer 1 gets more than a fifth of the last blame.",
    "update": "Every weight moves against its slope, at rate 0.1: the mean cost is now 0.6702832.",
}


def sheet():
    """Show one record going forward and its blame coming back through the 2-5-3-1 net."""
    net, (X, y) = record_net(), three_records()
    after = net.with_parameters(net.parameters.copy())
    train(after, X, y, learning_rate=0.1, epochs=1, loss=CROSS_ENTROPY)
    a, a_after = net.forward(X), after.predict(X)
    net.backward(binary_cross_entropy_gradient(a, y))
    names, records = list(STEPS), [1, 2, 3]
    stage = np.arange(len(names))

    fig, ax = plt.subplots(figsize=(6.6, 3.6))
    layers = [X, *(layer.A for layer in net.layers)]
    places = [
        [(column, (count - 1) / 2 - row) for row in range(count)]
        for column, count in enumerate(matrix.shape[1] for matrix in layers)
    ]
    for before, behind in zip(places[:-1], places[1:], strict=True):
        for here in before:
            for there in behind:
                ax.plot(*zip(here, there, strict=True), color=WEIGHT, lw=0.5, alpha=0.35)
    ax.set(xlim=(-0.45, 3.75), ylim=(-3.15, 2.9), title="A record on its way, and its blame back")
    ax.axis("off")
    figure = LiveFigure(
        fig,
        name="moons-sheet",
        alt="A net drawn as circles in columns of two, five, three and one, joined by thin lines. "
        "Step by step each circle gets its activation, and under it its blame; units that ReLU "
        "has silenced show 0 for both.",
        start={"record": 1, "step": "records"},
        film=[{"record": 1, "step": "output"}, {"record": 2, "step": "blame 1"}],
        record=records,
        step=names,
    )
    explained = {}
    for column, matrix in enumerate(layers):
        since = names.index(["records", "layer 1", "layer 2", "output"][column])
        for row, (x, height) in enumerate(places[column]):
            ax.plot([x], [height], "o", color=PAPER, mec=WEIGHT, mew=0.8, ms=7, zorder=3)
            shown = ax.text(
                x + 0.07, height + 0.07, "", color=PREDICTION if column else TARGET, va="bottom",
                size=9.5, label=f"unit {row + 1} of layer {column}",
            )  # fmt: skip
            values = [[_short(matrix[r, row])] * len(names) for r in range(3)]
            figure.animate(shown, text=values, visible=np.tile(stage >= since, (3, 1)))
            if (column, row) in [(1, 0), (2, 0), (3, 0)]:
                explained[column] = shown
            if column:
                blame = ax.text(
                    x + 0.07, height - 0.07, "", color=GRADIENT, va="top", size=9.5
                )
                seen = stage >= names.index(f"blame {column}")
                words = [[_short(net.layers[column - 1].dZ[r, row])] * len(names) for r in range(3)]
                figure.animate(blame, text=words, visible=np.tile(seen, (3, 1)))
    for x, word in enumerate(["inputs", "layer 1", "layer 2", "output"]):
        ax.text(x, -3.1, word, ha="center", va="bottom", size=9)
    cost = ax.text(2.3, 1.95, "", color=LOSS, size=9.5, label="the surprise")
    surprise = [binary_cross_entropy(a[r : r + 1], y[r : r + 1]) for r in range(3)]
    figure.animate(
        cost,
        text=[[f"surprise {s:.4f}"] * len(names) for s in surprise],
        visible=np.tile(stage >= names.index("cost"), (3, 1)),
    )
    target = ax.text(2.3, 2.4, "", size=9.5, label="the target")
    moved = ax.text(2.3, 1.5, "", color=PREDICTION, size=9.5, label="the new chance")
    figure.animate(
        moved,
        text=[[f"new a = {_short(value)}"] * len(names) for value in a_after[:, 0]],
        visible=np.tile(stage == names.index("update"), (3, 1)),
    )
    figure.animate(target, over=("record",), text=[f"target y = {t:.0f}" for t in y[:, 0]])
    figure.steps(step=list(STEPS.values()))
    figure.readout("Record {record}: {words}", words=_sheet_words(net, X, y, a, a_after, surprise))
    first, second, last = net.layers
    for column, layer, before in [(1, first, X), (2, second, first.A), (3, last, second.A)]:
        figure.explain(
            explained[column],
            "z = {terms} = {z:.5g},  a = {a:.6g}",
            label="the output" if column == 3 else f"layer {column}, first unit",
            terms=[[_terms(before[r], layer.W[:, 0])] * len(names) for r in range(3)],
            z=np.repeat(layer.Z[:, :1], len(names), axis=1),
            a=np.repeat(layer.A[:, :1], len(names), axis=1),
        )
    silent = (first.A == 0).sum(axis=1) + (second.A == 0).sum(axis=1)
    figure.task(
        "Find a record that silences three hidden units, and follow its blame back to layer 1.",
        when=(silent == silent.max())[:, None] & (stage >= names.index("blame 1")),
    )
    return figure


def _short(value):
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if abs(value) < 1e-12 else text.replace("-", "−")


def _terms(inputs, weights):
    """Write a weighted sum out, without the terms in which nothing enters."""

    def factor(value):
        return f"({_short(value)})" if value < 0 else _short(value)

    pairs = zip(inputs, weights, strict=True)
    return " + ".join(f"{factor(value)} × {factor(w)}" for value, w in pairs if value)


def _sheet_words(net, X, y, a, a_after, surprise):
    """Say for every record and step what is to be seen."""
    first, second, last = net.layers
    table = []
    for r in range(len(X)):
        silent = [int((layer.A[r] == 0).sum()) for layer in (first, second)]
        largest = [np.abs(layer.dZ[r]).max() for layer in (first, second, last)]
        table.append(
            [
                f"features {_short(X[r, 0])} and {_short(X[r, 1])}, target {y[r, 0]:.0f}",
                f"{silent[0]} of 5 units are silent",
                f"{silent[1]} of 3 units are silent",
                f"z = {last.Z[r, 0]:.6f}, chance {a[r, 0]:.6f}",
                f"surprise {surprise[r]:.6f}",
                f"blame ({a[r, 0]:.4f} − {y[r, 0]:.0f})/3 = {_short(last.dZ[r, 0])}",
                f"largest blame in layer 2 is {largest[1]:.4f}",
                f"largest blame in layer 1 is {largest[0]:.4f}",
                f"chance {a[r, 0]:.6f} → {a_after[r, 0]:.6f}, target {y[r, 0]:.0f}",
            ]
        )
    return table


# -------------------------------------------------------------------------------- three cures


@cache
def cured():
    """Return four histories: untreated, stopped early, with dropout, and with L2."""
    few, held_out = few_and_held_out()
    common = dict(learning_rate=0.1, held_out=held_out, loss=CROSS_ENTROPY)
    long = dict(epochs=max(EPOCHS), record=EPOCHS)
    dropped = {"dropout": DROPPED, "rng": np.random.default_rng(7)}
    return {
        "none": train(classifier(SIZES, "he"), *few, **long, **common),
        "early stopping": train(
            classifier(SIZES, "he"), *few, epochs=max(EPOCHS), patience=PATIENCE, **common
        ),
        "dropout": train(classifier(SIZES, "he", **dropped), *few, **long, **common),
        "L2": train(classifier(SIZES, "he", l2=PENALTY), *few, **long, **common),
    }


def cures():
    """Show the map and two costs under each of three cures, and under none."""
    rows, columns = 36, 50
    runs = cured()
    stopped = runs["early stopping"]
    kept, last = int(stopped.best_epoch), int(stopped.epochs[-1])
    rest = np.array([epoch if epoch <= last else kept for epoch in EPOCHS])

    def at_stops(name, values):
        return values[rest] if name == "early stopping" else values

    fig, (left, right) = plt.subplots(1, 2, figsize=(6.9, 3.0))
    image, places = map_of_chances(left, rows, columns)
    (own,) = right.plot([0], [1], color=LOSS, lw=2, label="cost of its own points")
    (other,) = right.plot([0], [1], "--", color=LOSS, lw=1.6, label="cost of held-out points")
    (dot,) = right.plot([0], [1], "o", color=LOSS, ms=6)
    (ring,) = right.plot([0], [1], "o", color=LOSS, ms=7, mfc="none", mew=1.6)
    _cost_axis(right, 0.06, 1.4)
    right.legend(loc="lower left", fontsize=9, borderpad=0.1)
    figure = LiveFigure(
        fig,
        name="moons-cures",
        alt="Two panels. The map of what the net says, and its costs by epoch, on its own points "
        "and on held-out points; with no cure the second climbs, with each of three cures it "
        "climbs less or not at all.",
        start={"cure": "none", "epochs": 1500},
        film=[{"cure": cure, "epochs": 8000} for cure in CURES],
        cure=CURES,
        epochs=EPOCHS,
    )
    chances = []
    for name, run in runs.items():
        net = run.network
        if name == "early stopping":
            net = net.with_parameters(net.parameters[rest])
        chances.append(in_bands(net.predict(places), rows, columns))
    figure.animate(image, data=np.stack(chances))
    loss, held_out, accuracy = (
        np.stack([at_stops(name, getattr(run, kind)) for name, run in runs.items()])
        for kind in ("loss", "held_out_loss", "held_out_accuracy")
    )
    epochs = np.broadcast_to(np.array(EPOCHS, dtype=float), loss.shape).copy()
    over = (np.array(CURES) == "early stopping")[:, None] & (np.array(EPOCHS) > last)
    epochs[over] = kept
    for line, mark, values in [(own, dot, loss), (other, ring, held_out)]:
        figure.animate(line, x=epochs, y=np.where(over, np.nan, values), trail="epochs")
        figure.animate(mark, x=epochs[..., None], y=values[..., None])
    words = states(loss, held_out)
    words[over] = f"Stopped at epoch {last}, and put back to epoch {kept}."
    figure.readout(
        "Cure: {cure}. Epoch {epochs}: cost {own:.3f} on its own points, {other:.3f} on held-out "
        "ones, {right:.1%} of those right. {word}",
        own=loss,
        other=held_out,
        right=accuracy,
        word=words,
    )
    total = [
        at_stops(name, sum((layer.W**2).sum(axis=(-1, -2)) for layer in run.network.dense))
        for name, run in runs.items()
    ]
    figure.explain(
        own,
        "all weights squared and added up: {total:.1f}",
        label="the weights",
        total=np.stack(total),
    )
    figure.task(
        "Find a cure that ends below 0.27 on held-out points without having been stopped.",
        when=(held_out < 0.27) & (np.array(EPOCHS) == max(EPOCHS)) & ~over,
    )
    figure.task(
        "Find a cure under which the net ends with less than 0.2 on its own points and still "
        "below 0.4 on the others.",
        when=(loss < 0.2) & (held_out < 0.4) & (np.array(EPOCHS) == max(EPOCHS)),
    )
    return figure


# ------------------------------------------------------------------------------------- the race


def curvatures(valley):
    """Return the Hessian (2, 2) of the race's loss: 1 along the valley, `STEEP` across it."""
    turn = 0 if valley == VALLEYS[0] else np.pi / 4
    axes = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return axes @ np.diag([1.0, STEEP]) @ axes.T


def run_down(optimizer, H, start, steps):
    """Return every place (n_rates, steps + 1, 2) on the way down ½ θᵀ H θ, slope H θ."""
    n_rates = len(np.atleast_1d(optimizer.learning_rate))
    places = [np.tile(np.asarray(start, dtype=float), (n_rates, 1))]
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(steps):
            here = places[-1].copy()
            optimizer.step(here, here @ H)
            places.append(here)
    return np.stack(places, axis=1)


def valley_start(valley):
    """Return where the race begins: 4 down the valley and 1 up its wall."""
    axes = np.linalg.eigh(curvatures(valley))[1]
    along, across = axes[:, 0] * np.sign(axes[0, 0]), axes[:, 1] * np.sign(axes[1, 1])
    return -4 * along + across


def height(places, H):
    """Return ½ θᵀ H θ at places (..., 2)."""
    with np.errstate(over="ignore", invalid="ignore"):
        return 0.5 * np.einsum("...i,ij,...j->...", places, H, places)


def race():
    """Show four optimizers going down one ravine, by rate and step."""
    fig, (left, right) = plt.subplots(1, 2, figsize=(6.9, 3.0))
    looks = [(GRADIENT, "-", "o"), (WEIGHT, "-", "s"), (BIAS, "--", "^"), (PREDICTION, "--", "D")]
    side = np.linspace(-4.6, 4.6, 91)
    grid = np.stack(np.meshgrid(side, side), axis=-1)
    figure = LiveFigure(
        fig,
        name="moons-race",
        alt="Two panels. The rings of a narrow valley with the paths of four ways to step, from "
        "one start towards the cross at the bottom; and the loss of each by step, on a scale "
        "where every mark is a hundred times the one below.",
        start={"valley": VALLEYS[0], "learning_rate": 0.03, "epochs": 12},
        film=[
            {"learning_rate": 0.03, "epochs": 60},
            {"learning_rate": 0.3, "epochs": 60},
            {"valley": VALLEYS[1], "learning_rate": 0.1, "epochs": 60},
        ],
        labels={"epochs": "step"},
        valley=VALLEYS,
        learning_rate=RACE_RATES,
        epochs=MOMENTS,
    )
    for number, valley in enumerate(VALLEYS):
        rings = left.contour(
            side, side, height(grid, curvatures(valley)), levels=0.3 * 4.0 ** np.arange(6),
            colors=LOSS, linewidths=0.6,
        )  # fmt: skip
        levels = rings.get_paths()
        rings.remove()
        for path in levels:
            (ring,) = left.plot(*path.vertices.T, color=LOSS, lw=0.6, alpha=0.8)
            figure.animate(ring, over=("valley",), visible=[number == 0, number == 1])
    left.plot([0], [0], "+", color=TARGET, ms=9, mew=1.5)
    left.set(xlim=(-4.6, 1.6), ylim=(-4.1, 2.1), xlabel="first weight", ylabel="second weight")
    left.set_title("One valley, four ways down")
    losses = []
    for (name, maker), (colour, dash, marker) in zip(RACERS.items(), looks, strict=True):
        walks = np.stack(
            [
                run_down(maker(RACE_RATES), curvatures(v), valley_start(v), max(MOMENTS))[
                    :, MOMENTS
                ]
                for v in VALLEYS
            ]
        )
        loss = np.stack(
            [height(walk, curvatures(v)) for walk, v in zip(walks, VALLEYS, strict=True)]
        )
        losses.append(loss)
        gone = np.maximum.accumulate(~(loss < 1000), axis=-1)
        walks = np.where(gone[..., None], np.nan, walks)  # no line for what has left the map
        (path,) = left.plot([0], [0], dash, color=colour, lw=1.3, label=name)
        (here,) = left.plot([0], [0], marker, color=colour, ms=5.5)
        (curve,) = right.plot([0], [1], dash, color=colour, lw=1.3, label=name, marker=None)
        (now,) = right.plot([0], [1], marker, color=colour, ms=5.5)
        steps = np.broadcast_to(MOMENTS, loss.shape)
        figure.animate(path, x=walks[..., 0], y=walks[..., 1], trail="epochs")
        figure.animate(here, x=walks[..., :1], y=walks[..., 1:])
        shown = np.clip(loss, 1e-9, None)
        figure.animate(curve, x=steps, y=shown, trail="epochs")
        figure.animate(now, x=steps[..., None], y=shown[..., None])
    right.set(yscale="log", ylim=(1e-7, 1e4), xlabel="step", title="How high each stands")
    right.set_xscale("symlog", linthresh=10, linscale=1)
    right.set(xlim=(-0.6, 360))
    right.set_xticks([0, 5, 10, 30, 100, 300], labels=["0", "5", "10", "30", "100", "300"])
    right.set_yticks([1e-6, 1e-4, 0.01, 1, 100], labels=["1e−6", "1e−4", "0.01", "1", "100"])
    right.set_ylabel("loss", color=LOSS)
    right.minorticks_off()
    right.legend(loc="lower left", fontsize=9, borderpad=0.1, handlelength=2.6)
    losses = np.array(losses)
    order = np.array(list(RACERS), dtype=object)
    finite = np.where(np.isfinite(losses), losses, np.inf)
    leader = order[finite.argmin(axis=0)]
    leader[..., 0] = "nobody yet"
    figure.readout(
        "Valley {valley}, rate {learning_rate}, step {epochs}: plain {a:.3g}, momentum {b:.3g}, "
        "RMSprop {c:.3g}, Adam {d:.3g}. Lowest: {leader}.",
        **dict(zip("abcd", losses, strict=True)),
        leader=leader,
    )
    figure.ask(
        "At rate 0.05 plain descent is beyond its wall, 2/50 = 0.04, and climbs out of the valley. "
        "Who else does?",
        {
            "nobody": "A ball that has momentum meets the wall later: steps that alternate in sign "
            "cancel in its velocity. And the other two divide the steep slope by its own size.",
            "momentum, which is ten times as fast": "Along the valley it is, where all slopes "
            "agree. Across it they alternate, and the velocity forgets them.",
            "all of them: the wall belongs to the valley": "It belongs to the valley and to the "
            "step. RMSprop and Adam make steps of about 0.05 there, however steep it is.",
        },
        right="nobody",
    )
    above = finite > finite[..., :1]
    late = np.array(MOMENTS) >= 60
    figure.task(
        "Find a rate at which plain descent has climbed out of the valley by step 60 and "
        "momentum has not.",
        when=above[0] & ~above[1] & late,
    )
    buzz = finite[2] > 1000 * np.minimum.accumulate(finite[2], axis=-1)
    figure.task(
        "Find a rate and a step at which RMSprop stands a thousand times higher than it once did.",
        when=buzz,
    )
    figure.task(
        "Find a rate and a step at which Adam is in front, with the valley along the axes.",
        when=(leader == "Adam") & (np.array(VALLEYS) == VALLEYS[0])[:, None, None],
    )
    return figure


FIGURES = (boundary, sheet, cures, race)
