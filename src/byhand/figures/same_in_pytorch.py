"""The figures of chapter 10."""

from functools import cache

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import FancyArrowPatch

from byhand.activations import softmax
from byhand.datasets import digits, split
from byhand.figures.live_figure import LiveFigure
from byhand.figures.palette import GRADIENT, LOSS, PREDICTION, TARGET, WEIGHT
from byhand.losses import mean_squared_error, mean_squared_error_gradient
from byhand.network import Network
from byhand.training import sweep

CROSS_ENTROPY = "categorical_cross_entropy_from_logits"
HELD_OUT, BATCH = 0.2, 32
SMALL, LARGE = [64, 16, 10], [64, 32, 10]  # the net at Play, and that of the text
RATES = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0]
EPOCHS = [0, 1, 2, 3, 5, 8, 12, 20, 30, 40]
STRONGEST, STEPS_OF_COLOUR = 0.8, 10  # the weight that has the deepest colour; steps up to it
NEVER = [0, 32, 39]  # pixels that no image has ink in

WEIGHTS = LinearSegmentedColormap.from_list("weights", ["#C46A12", "#FBF6EE", "#1F78B4"])
COUNTS = LinearSegmentedColormap.from_list("counts", ["#FBF6EE", "#E8A35C", "#8A3B00"])
INK = LinearSegmentedColormap.from_list("ink", ["#FFFFFE", "#1A1A1A"])
ON_LIGHT = "#1A1A1A"  # for marks on a picture, which stays light on a dark page

TINY_NET = {"x": 1.5, "w": (0.8, -0.4), "v": (0.5, 1.0), "y": 0.2}
TAPE_RATES = [0.03, 0.1, 0.3, 0.6, 1.0]
TAPE_EPOCHS = [0, 1, 2, 3, 5, 8, 12, 20, 30, 50]


# --------------------------------------------------------------------------- data and trainings


@cache
def hands():
    """Return the digits in two parts: X and y to train on, X and y held out."""
    return split(*digits(), HELD_OUT, rng=np.random.default_rng(0))


def recogniser(sizes, seed=0):
    """Return a ReLU net that gives ten logits, with He's starting weights and biases 0."""
    return Network(sizes, hidden="relu", weights="he", rng=np.random.default_rng(seed))


@cache
def trained():
    """Return the history of the net at Play at every rate, scored on the images held out."""
    X, y, *held_out = hands()
    return sweep(
        recogniser(SMALL), X, y, learning_rates=RATES, epochs=max(EPOCHS), record=EPOCHS,
        batch_size=BATCH, loss=CROSS_ENTROPY, held_out=tuple(held_out),
        rng=np.random.default_rng(0), progress=False,
    )  # fmt: skip


def confusion(y, said):
    """Return how often digit i (row) was read as digit j (column); stacks of readings too."""
    said = np.asarray(said)
    table = np.zeros((*said.shape[:-1], 10, 10), dtype=int)
    for index in np.ndindex(said.shape[:-1]):
        np.add.at(table[index], (y, said[index]), 1)
    return table


def gallery(W, columns):
    """Return weights (..., 64, n_units) as one picture: 8 by 8 cells a unit, lines between.

    Between the units stands NaN, which is drawn as nothing.
    """
    n_units = W.shape[-1]
    rows = n_units // columns
    picture = np.full((*W.shape[:-2], 9 * rows - 1, 9 * columns - 1), np.nan)
    for unit in range(n_units):
        top, left = 9 * (unit // columns), 9 * (unit % columns)
        cells = W[..., unit].reshape(*W.shape[:-2], 8, 8)
        picture[..., top : top + 8, left : left + 8] = cells
    return picture


def in_steps(W):
    """Return weights in a few steps of colour, the strongest cut."""
    share = np.clip(W / STRONGEST, -1, 1)
    return np.rint(share * STEPS_OF_COLOUR) / STEPS_OF_COLOUR * STRONGEST


# ------------------------------------------------------------------------ hidden units, at Play


def hidden_units():
    """Show the weights of sixteen hidden units as pictures, and two accuracies, by rate."""
    runs, (_, y, _, y_held_out) = trained(), hands()
    fig, (left, right) = plt.subplots(1, 2, figsize=(6.9, 3.3), width_ratios=[1, 1.05])
    W = runs.network.layers[0].W
    pictures = in_steps(gallery(W, columns=4))
    image = left.imshow(
        pictures[0, 0], cmap=WEIGHTS, vmin=-STRONGEST, vmax=STRONGEST, interpolation="nearest"
    )
    left.set(xticks=[], yticks=[], title="16 hidden units")
    left.plot([0, 0, 7], [0, 4, 4], "o", color=ON_LIGHT, ms=1.8)  # NEVER, in the first unit
    for spine in left.spines.values():
        spine.set_visible(False)
    own, other = 100 * runs.accuracy, 100 * runs.held_out_accuracy
    (full,) = right.plot(EPOCHS, own[0], color=PREDICTION, lw=2, label="images it learns from")
    (dashed,) = right.plot(
        EPOCHS, other[0], "--", color=PREDICTION, lw=1.6, label="images held out"
    )
    (dot,) = right.plot([0], [1], "o", color=PREDICTION, ms=6)
    (ring,) = right.plot([0], [1], "o", color=PREDICTION, ms=7, mfc="none", mew=1.6)
    right.axhline(10, color=TARGET, lw=0.8, ls=":")
    right.set_xscale("symlog", linthresh=1, linscale=0.4)
    right.set(xlim=(-0.2, 52), ylim=(0, 103), xlabel="epoch", title="How many it reads right")
    right.set_xticks([0, 1, 3, 10, 40], labels=["0", "1", "3", "10", "40"])
    right.set_yticks([10, 25, 50, 75, 100], labels=["10 %", "25 %", "50 %", "75 %", "100 %"])
    right.minorticks_off()
    right.legend(loc="lower right", bbox_to_anchor=(1.02, 0.1), fontsize=9, borderpad=0.1)

    figure = LiveFigure(
        fig,
        name="same-digits",
        alt="Two panels. Sixteen small pictures of eight by eight cells, the weights of one hidden "
        "unit each, blue above zero and brown below, which turn from noise into strokes and "
        "blobs; and the share of digits read right by epoch, for images learned from and held out.",
        start={"learning_rate": 0.05, "epochs": 0},
        film=[
            {"learning_rate": 0.1, "epochs": 1},
            {"learning_rate": 0.1, "epochs": 40},
        ],
        learning_rate=RATES,
        epochs=EPOCHS,
    )
    figure.animate(image, data=pictures)
    epochs = np.broadcast_to(EPOCHS, own.shape)
    for line, mark, values in [(full, dot, own), (dashed, ring, other)]:
        figure.animate(line, x=epochs, y=values, trail="epochs")
        figure.animate(mark, x=epochs[..., None], y=values[..., None])
    right_out = np.rint(runs.held_out_accuracy * len(y_held_out)).astype(int)
    moved = np.abs(W - W[:, :1]).mean(axis=(-1, -2))
    figure.readout(
        "Learning rate {learning_rate}, epoch {epochs}: {own:.1%} of its own {m} images right, and "
        "{out} of the {n} held out. {word}",
        own=runs.accuracy,
        m=len(y),
        out=right_out,
        n=len(y_held_out),
        word=_words(runs.accuracy, runs.held_out_accuracy),
    )
    figure.ask(
        "Three of the 64 pixels have no ink in any image: the upper left corner, and both ends of "
        "the fifth row (dots in the first picture). What will training do to their weights?",
        {
            "shrink them to zero": "That would be tidy. But somebody has to push them there, and "
            "a weight is pushed by its input times its blame.",
            "nothing at all": "Slope is input times blame, and the input is 0. They keep the "
            "colour that chance gave them, at every rate and epoch.",
            "make them large": "What would they be blamed for? An input of 0 has no part in any "
            "answer.",
        },
        right="nothing at all",
    )
    figure.task(
        "Find a rate and an epoch with at least 350 of the 359 right.", when=right_out >= 350
    )
    figure.task(
        "Find a place where it reads its own images at least two points better than the others.",
        when=own >= other + 2,
    )
    figure.explain(
        image,
        "the weights have moved by {moved:.4f} on average since the start; those of the three "
        "pixels without ink by {still:.0f}",
        label="the hidden units",
        moved=moved,
        still=np.abs(W - W[:, :1])[..., NEVER, :].max(axis=(-1, -2)),
    )
    return figure


def _words(own, other):
    words = np.full(own.shape, "It reads most digits.", dtype=object)
    words[own < 0.8] = "It has begun to tell them apart."
    words[own < 0.4] = "Hardly better than guessing."
    words[other >= 0.965] = "Few are left that it misreads."
    words[own >= other + 0.02] = "Its own images it knows better than new ones."
    words[:, 0] = "Not trained yet."
    return words


# ----------------------------------------------------------------------------------- the misread


def _hardest(runs, y, count):
    """Return the held-out images that were misread by the nets that read best, most often first."""
    said = runs.predict(hands()[2]).argmax(axis=-1)
    good = runs.held_out_accuracy > 0.95
    return np.argsort(-(said[good] != y).sum(axis=0), kind="stable")[:count]


def misread():
    """Show who is taken for whom among the held-out digits, and six hard ones, by rate."""
    runs, (_, _, X, y) = trained(), hands()
    logits = runs.predict(X)
    chances, said = softmax(logits), logits.argmax(axis=-1)
    table = confusion(y, said)
    wrong = table * (1 - np.eye(10, dtype=int))
    fig = plt.figure(figsize=(6.9, 3.4))
    left, right = fig.subplots(1, 2, width_ratios=[1, 1.1])
    image = left.imshow(
        wrong[0, 0], cmap=COUNTS, vmin=0, vmax=8, interpolation="nearest", origin="upper"
    )
    left.plot([-0.5, 9.5], [-0.5, 9.5], color=ON_LIGHT, lw=0.6, alpha=0.6)
    left.set(xticks=range(10), yticks=range(10), xlabel="what it is read as")
    left.set(ylabel="what it is", title="Who is taken for whom")
    right.axis("off")
    right.set(xlim=(0, 3), ylim=(0, 2), title="Six that are hard to read")
    figure = LiveFigure(
        fig,
        name="same-misread",
        alt="Left, a table of ten by ten cells, rows for what a held-out digit is and columns for "
        "what it is read as; the darker a cell, the more often; right readings are left out. "
        "Right, six images of digits that are hard to read, with the answer to each.",
        start={"learning_rate": 0.1, "epochs": 1},
        film=[{"epochs": 1}, {"epochs": 40}],
        learning_rate=RATES,
        epochs=EPOCHS,
    )
    figure.animate(image, data=np.minimum(wrong, 8))
    for number, row in enumerate(_hardest(runs, y, 6)):
        across, up = number % 3, 1 - number // 3
        box = (across + 0.25, across + 0.85, up + 0.3, up + 0.9)
        right.imshow(
            X[row].reshape(8, 8), cmap=INK, vmin=0, vmax=1, extent=box, interpolation="nearest"
        )
        words = right.text(
            across + 0.55, up + 0.27, "", ha="center", va="top", size=9, color=PREDICTION
        )
        right.text(across + 0.2, up + 0.9, f"a {y[row]}", ha="right", va="top", size=9)
        taken = said[..., row]
        share = chances[..., row, :].max(axis=-1)
        figure.animate(
            words,
            text=[
                [f"says {a}, {b:.0%}" for a, b in zip(*pair, strict=True)]
                for pair in zip(taken, share, strict=True)
            ],
        )
    right.set(xlim=(0, 3), ylim=(0, 2), aspect="auto")
    n_wrong = wrong.sum(axis=(-1, -2))
    worst = wrong.reshape(*wrong.shape[:2], -1)
    pairs = np.array([f"{i} as {j}" for i in range(10) for j in range(10)], dtype=object)
    often = worst.max(axis=-1)
    figure.readout(
        "Learning rate {learning_rate}, epoch {epochs}: {n_wrong} of 359 misread, most often "
        "{pair}: {often} times.",
        n_wrong=n_wrong,
        pair=pairs[worst.argmax(axis=-1)],
        often=often,
    )
    figure.task(
        "Find a place with more than 300 misread. Which column is dark?", when=n_wrong > 300
    )
    figure.task("Find a place where no pair is mixed up more than twice.", when=often <= 2)
    return figure


# -------------------------------------------------------------------------------------- the tape

NODES = {  # name: column, height
    "x": (0, 0), "w₁": (0, 1.8), "w₂": (0, -1.8), "p₁": (1, 0.9), "p₂": (1, -0.9),
    "s₁": (2, 0.9), "s₂": (2, -0.9), "v₁": (2, 2.4), "v₂": (2, -2.4), "q₁": (3, 0.9),
    "q₂": (3, -0.9), "ŷ": (4, 0), "−y": (4, -1.8), "e": (5, 0), "L": (5, 2.4),
}  # fmt: skip
EDGES = [
    ("x", "p₁"), ("w₁", "p₁"), ("x", "p₂"), ("w₂", "p₂"), ("p₁", "s₁"), ("p₂", "s₂"),
    ("s₁", "q₁"), ("v₁", "q₁"), ("s₂", "q₂"), ("v₂", "q₂"), ("q₁", "ŷ"), ("q₂", "ŷ"),
    ("ŷ", "e"), ("−y", "e"), ("e", "L"),
]  # fmt: skip
TAPE_STEPS = {  # name: what it hands back to whom, a sentence, a line of arithmetic
    "forwards": (
        (), "Forwards, every number was written down with the numbers it came from. All slopes "
        "are still 0.",
        "L = e × e = {e} × {e} = {L}",
    ),
    "L": ((), "The slope of the loss in itself is 1. The reading starts here.", "L̄ = 1"),
    "L to e": (
        ("e",), "The loss is e times e: e stands on the record twice, and gets a share twice.",
        "ē = 1 × {e} + 1 × {e} = {de}",
    ),
    "e to ŷ": (
        ("ŷ", "−y"), "A sum hands its slope on as it is, to both.", "slope of ŷ = {de} × 1 = {dŷ}"
    ),
    "ŷ to q": (
        ("q₁", "q₂"), "Another sum: both products get all of it.", "q̄₁ = q̄₂ = {dŷ} × 1 = {dq₁}"
    ),
    "q₂": (
        ("s₂", "v₂"), "A product hands each factor its slope times the other factor.",
        "s̄₂ = {dq₂} × {v₂} = {ds₂},  v̄₂ = {dq₂} × {s₂} = {dv₂}",
    ),
    "q₁": (
        ("s₁", "v₁"), "The same for the other product.",
        "s̄₁ = {dq₁} × {v₁} = {ds₁},  v̄₁ = {dq₁} × {s₁} = {dv₁}",
    ),
    "s₂": (
        ("p₂",), "A sigmoid multiplies by s (1 − s), which it knows from the way there.",
        "p̄₂ = {ds₂} × {s₂} × (1 − {s₂}) = {dp₂}",
    ),
    "s₁": (("p₁",), "The same for the other sigmoid.", "p̄₁ = {ds₁} × {s₁} × (1 − {s₁}) = {dp₁}"),
    "p₂": (
        ("w₂", "x"), "The product w₂ x: the weight is done, and x has its first share.",
        "w̄₂ = {dp₂} × {x} = {dw₂},  x̄ = 0 + {dp₂} × {w₂} = {part}",
    ),
    "p₁": (
        ("w₁", "x"), "The product w₁ x: x gets a second share, which is added to the first.",
        "w̄₁ = {dp₁} × {x} = {dw₁},  x̄ = {part} + {dp₁} × {w₁} = {dx}",
    ),
    "step": (
        (), "The tape is read, all slopes are known. Four weights take their step.",
        "w₁ {w₁} → {nw₁},  w₂ {w₂} → {nw₂},  v₁ {v₁} → {nv₁},  v₂ {v₂} → {nv₂};  loss {L} → {nL}",
    ),
}  # fmt: skip


def tiny_net():
    """Return the net whose tape is shown: one input, two sigmoid units, one output, no bias."""
    w, v = TINY_NET["w"], TINY_NET["v"]
    return Network(
        [1, 2, 1], hidden="sigmoid", bias=False, weights=[[w], [[v[0]], [v[1]]]]
    )


def record(net):
    """Return every number of the tape and its slope, d before its name, for nets (..., 4)."""
    X, y = np.array([[TINY_NET["x"]]]), np.array([[TINY_NET["y"]]])
    y_pred = net.forward(X)
    dX = net.backward(mean_squared_error_gradient(y_pred, y))
    hidden, last = net.layers
    zero = np.zeros(net.parameters.shape[:-1])
    v = {"x": zero + X[0, 0], "−y": zero - y[0, 0], "ŷ": y_pred[..., 0, 0], "dx": dX[..., 0, 0]}
    v |= {"e": v["ŷ"] - y[0, 0], "L": mean_squared_error(y_pred, y), "dL": zero + 1}
    for k, name in enumerate("₁₂"):
        v |= {f"w{name}": hidden.W[..., 0, k], f"dw{name}": hidden.dW[..., 0, k]}
        v |= {f"p{name}": hidden.Z[..., 0, k], f"dp{name}": hidden.dZ[..., 0, k]}
        v |= {f"v{name}": last.W[..., k, 0], f"dv{name}": last.dW[..., k, 0]}
        v |= {f"s{name}": hidden.A[..., 0, k], f"ds{name}": last.dZ[..., 0, 0] * last.W[..., k, 0]}
        v |= {f"q{name}": v[f"s{name}"] * v[f"v{name}"], f"dq{name}": last.dZ[..., 0, 0]}
    v |= {name: last.dZ[..., 0, 0] for name in ("dŷ", "de", "d−y")}
    v["part"] = v["dp₂"] * v["w₂"]
    return {name: np.array(each) for name, each in v.items()}


@cache
def tape_runs():
    """Return the numbers of the tape before and after the step at every rate and epoch."""
    X, y = [[TINY_NET["x"]]], [[TINY_NET["y"]]]
    last = max(TAPE_EPOCHS) + 1
    keep = sorted({*TAPE_EPOCHS, *(epoch + 1 for epoch in TAPE_EPOCHS)})
    runs = sweep(
        tiny_net(), X, y, learning_rates=TAPE_RATES, epochs=last, record=keep,
        loss="mean_squared_error",
    )  # fmt: skip
    at = [keep.index(epoch) for epoch in TAPE_EPOCHS]
    then = [keep.index(epoch + 1) for epoch in TAPE_EPOCHS]
    parameters = runs.network.parameters
    here, after = (
        record(runs.network.with_parameters(np.ascontiguousarray(parameters[:, rows])))
        for rows in (at, then)
    )
    return here, after


def short(value, decimals=4):
    """Write a number with a few decimals."""
    return f"{round(float(value), decimals) + 0:.{decimals}f}".replace("-", "−")


def _shorter(values):
    return np.vectorize(lambda value: short(value, 3), otypes=[object])(values)


def tape():
    """Show the recorded graph of a tiny net being read backwards, by step, rate and epoch."""
    here, after = tape_runs()
    names = list(TAPE_STEPS)
    stage = np.arange(len(names))
    shape = (len(names), len(TAPE_RATES), len(TAPE_EPOCHS))
    fig, ax = plt.subplots(figsize=(6.9, 4.5))
    ax.set(xlim=(-0.4, 5.4), ylim=(-3.05, 3.05), title="Every number, and in red its slope")
    ax.axis("off")
    figure = LiveFigure(
        fig,
        name="same-tape",
        alt="A graph from left to right: an input and weights, two products, two sigmoids, two "
        "products, a sum, an error, and the loss. Under every number stands its slope, which "
        "appears step by step from right to left.",
        start={"learning_rate": 0.3, "step": "forwards"},
        film=[
            {"step": "q₂", "learning_rate": 0.3},
            {"step": "p₂", "learning_rate": 0.3},
            {"step": "p₁", "learning_rate": 0.3},
        ],
        step=names,
        learning_rate=TAPE_RATES,
        epochs=TAPE_EPOCHS,
    )
    for tail, tip in EDGES:
        clear = 23 if abs(NODES[tip][1] - NODES[tail][1]) > 1 else 18  # of three lines of text
        look = {"arrowstyle": "-|>", "shrinkA": clear, "shrinkB": clear, "mutation_scale": 8}
        there = FancyArrowPatch(
            posA=NODES[tail], posB=NODES[tip], **look, color=TARGET, lw=0.8, alpha=0.4
        )
        back = FancyArrowPatch(
            posA=NODES[tip], posB=NODES[tail], **look, color=GRADIENT, lw=2.2
        )
        lit = np.array([_lights(tail, tip, name) for name in names])
        for arrow, seen in [(there, ~lit), (back, lit)]:
            ax.add_patch(arrow)
            figure.animate(arrow, over=("step",), visible=seen)
    since = {"L": 1}
    for number, (given, _, _) in enumerate(TAPE_STEPS.values()):
        for name in given:
            since.setdefault(name, number)
    shown = {}
    for name, (across, up) in NODES.items():
        colour = {"w": WEIGHT, "v": WEIGHT, "L": LOSS}.get(name[0], PREDICTION)
        colour = TARGET if name in ("x", "−y") else colour
        ax.text(across, up + 0.22, name, ha="center", va="bottom", size=9.5, weight="bold")
        value = ax.text(across, up, "", ha="center", va="center", size=9, color=colour)
        figure.animate(
            value, over=("learning_rate", "epochs"), text=_shorter(here[name])
        )
        slope = ax.text(across, up - 0.22, "", ha="center", va="top", size=9, color=GRADIENT)
        words = np.broadcast_to(_shorter(here[f"d{name}"]), shape).copy()
        if name == "x":
            words[names.index("p₂")] = _shorter(here["part"])
        figure.animate(
            slope, text=words, visible=np.broadcast_to((stage >= since[name])[:, None, None], shape)
        )
        shown[name] = slope
    figure.steps(step=[sentence for _, sentence, _ in TAPE_STEPS.values()])
    lines = np.empty(shape, dtype=object)
    for number, (_, _, template) in enumerate(TAPE_STEPS.values()):
        for at in np.ndindex(shape[1:]):
            numbers = {name: short(each[at]) for name, each in here.items()}
            numbers |= {f"n{name}": short(each[at]) for name, each in after.items()}
            lines[(number, *at)] = template.format(**numbers)
    figure.readout("Rate {learning_rate}, epoch {epochs}: {line}", line=lines)
    figure.ask(
        "The input x goes into two products, so it gets two shares of the slope. The second share "
        "arrives when the first is already there. What has to be done with it?",
        {
            "it replaces the first": "Then the first way from x to the loss would have been "
            "forgotten, and the slope would be that of half a net.",
            "it is added": "Nudge x, and the loss changes along both ways. Small changes add up, "
            "and so do the shares. In code that is +=.",
            "it is multiplied with the first": "Slopes multiply along one way. These are two ways "
            "side by side.",
        },
        right="it is added",
    )
    everywhere = np.broadcast_to
    figure.task(
        "Read the tape to its start.", when=everywhere((stage >= 10)[:, None, None], shape)
    )
    figure.task(
        "Bring the loss below 0.0001.", when=everywhere(here["L"] < 1e-4, shape)
    )
    figure.explain(
        shown["x"],
        "x̄ = p̄₁ w₁ + p̄₂ w₂ = {one:.4f} × {w1:.4f} + {two:.4f} × {w2:.4f} = {both:.4f}",
        label="the slope of x",
        one=everywhere(np.round(here["dp₁"], 4) + 0, shape),
        w1=everywhere(np.round(here["w₁"], 4) + 0, shape),
        two=everywhere(np.round(here["dp₂"], 4) + 0, shape),
        w2=everywhere(np.round(here["w₂"], 4) + 0, shape),
        both=everywhere(np.round(here["dx"], 4) + 0, shape),
    )
    return figure


def _lights(tail, tip, step):
    """Say whether an arrow is being read in a step."""
    given = TAPE_STEPS[step][0]
    reader = {"L to e": "L", "e to ŷ": "e", "ŷ to q": "ŷ"}.get(step, step)
    return tail in given and tip == reader


FIGURES = (hidden_units, tape, misread)
