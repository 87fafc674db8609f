"""The figures of chapter 5: the sheet of a 2-2-1 net, the flow of blame, the bug bench."""

import re

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import FancyArrowPatch
from matplotlib.transforms import ScaledTranslation

from byhand.datasets import six_rows
from byhand.figures.live_figure import LiveFigure
from byhand.figures.palette import BIAS, GRADIENT, LOSS, PREDICTION, TARGET, WEIGHT
from byhand.gradient_check import gradient_check
from byhand.losses import LOSSES
from byhand.mistakes import AGREEMENT, MISTAKES, wrong_backward
from byhand.network import Network
from byhand.training import sweep

X_SHEET, Y_SHEET = np.array([[1.0, 0.5]]), np.array([[1.0]])
RATES = [0.1, 0.3, 1.0, 3.0, 10.0, 20.0]
EPOCHS = [0, 1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000]
NUDGE = 1e-5


def _sheet_net():
    """Return the 2-2-1 net of the sheet."""
    return Network(
        [2, 2, 1],
        hidden="sigmoid",
        output="sigmoid",
        weights=[[[0.5, 1.0], [-1.0, 1.0]], [[1.0], [-2.0]]],
        biases=[[0.0, -0.5], [0.5]],
    )


def numbers_on_the_sheet(networks, x, y):
    """Return every number of a stack of 2-2-1 nets and one sample, by its name on the sheet.

    Parameters
    ----------
    networks : Network
        With parameters of shape (..., 9).
    x, y : ndarray, shape (1, 2) and (1, 1)

    Returns
    -------
    dict of ndarray, shape (...)
    """
    loss = LOSSES["half_mean_squared_error"]
    y_pred = networks.forward(x)
    dA = loss.gradient(y_pred, y)
    networks.backward(dA)
    one, two = networks.dense
    down = two.dZ @ np.swapaxes(two.W, -1, -2)  # blame of the hidden activations
    found = {"L": loss.function(y_pred, y), "a": y_pred[..., 0, 0], "da": dA[..., 0, 0]}
    found |= {"z": two.Z[..., 0, 0], "d": two.dZ[..., 0, 0], "b": two.b[..., 0]}
    for unit in (0, 1):
        name = unit + 1
        found |= {f"z{name}": one.Z[..., 0, unit], f"a{name}": one.A[..., 0, unit]}
        found |= {f"da{name}": down[..., 0, unit], f"d{name}": one.dZ[..., 0, unit]}
        found |= {f"b{name}": one.b[..., unit]}
        found |= {f"v{name}": two.W[..., unit, 0], f"dv{name}": two.dW[..., unit, 0]}
        for feature in (0, 1):
            arrow = f"{feature + 1}{name}"
            found |= {f"w{arrow}": one.W[..., feature, unit]}
            found |= {f"dw{arrow}": one.dW[..., feature, unit]}
    return {name: np.array(values) for name, values in found.items()}


ORDER = ["w11", "w12", "w21", "w22", "b1", "b2", "v1", "v2", "b"]  # as in Network.parameters


def measured_slopes(networks, x, y, h=NUDGE):
    """Return the slope of the loss in each of the nine parameters, by nudging; by name."""
    function = LOSSES["half_mean_squared_error"].function
    nudges = h * np.eye(9)
    above, below = (
        function(networks.with_parameters(networks.parameters[..., None, :] + n).forward(x), y)
        for n in (nudges, -nudges)
    )
    return dict(zip(ORDER, np.moveaxis((above - below) / (2 * h), -1, 0), strict=True))


# Every step: its name on the slider, its sentence, and the line of arithmetic it stands for.
# A line names numbers of the sheet; {m...} is the slope that nudging measures.
STEPS = {
    "start": (
        "The inputs, the target, nine parameters. Nothing has been computed yet.",
        "two inputs {x1:g} and {x2:g}, target 1",
    ),
    "x₁ → unit 1": (
        "Forward. The first arrow multiplies what enters it by its weight.",
        "{w11:.4f} · 1 = {w11:.4f}",
    ),
    "x₂ → unit 1": (
        "The second arrow ends at the same unit. There the two meet, and the bias joins them.",
        "z₁ = {w11:.4f} · 1 + {w21:.4f} · 0.5 + {b1:.4f} = {z1:.4f}",
    ),
    "unit 1 bends": ("Through the sigmoid: unit 1 has its activation.", "σ({z1:.4f}) = {a1:.4f}"),
    "x₁ → unit 2": ("The same inputs go to unit 2, by other weights.", "{w12:.4f} · 1 = {w12:.4f}"),
    "x₂ → unit 2": (
        "Two products and a bias make its sum.",
        "z₂ = {w12:.4f} · 1 + {w22:.4f} · 0.5 + {b2:.4f} = {z2:.4f}",
    ),
    "unit 2 bends": ("The hidden layer is done.", "σ({z2:.4f}) = {a2:.4f}"),
    "unit 1 → output": (
        "To the output unit, the two activations are inputs like any others.",
        "{v1:.4f} · {a1:.4f} = {p1:.4f}",
    ),
    "unit 2 → output": (
        "Two products and a bias again.",
        "z = {v1:.4f} · {a1:.4f} + {v2:.4f} · {a2:.4f} + {b:.4f} = {z:.4f}",
    ),
    "output bends": ("The prediction.", "σ({z:.4f}) = {a:.4f}"),
    "loss": (
        "The end of the way there: one number for how wrong it is.",
        "L = ½ ({a:.4f} − 1)² = {L:.6f}",
    ),
    "loss → output": (
        "Now back. How does the loss change with the prediction? By the error.",
        "∂L/∂a = {a:.4f} − 1 = {da:.4f}",
    ),
    "output's blame": (
        "Back through the bend: times the slope a (1 − a). This is the blame of the output "
        "unit, and the slope in its bias too.",
        "δ = {da:.4f} · {a:.4f} · {na:.4f} = {d:.4f}; nudging b measures {mb:.4f}",
    ),
    "slope, unit 1 → output": (
        "The slope of a weight: what entered the arrow times the blame at its end.",
        "a₁ δ = {a1:.4f} · {d:.4f} = {dv1:.4f}; nudging measures {mv1:.4f}",
    ),
    "slope, unit 2 → output": (
        "The other arrow: its own input, the same blame.",
        "a₂ δ = {a2:.4f} · {d:.4f} = {dv2:.4f}; nudging measures {mv2:.4f}",
    ),
    "output → unit 1": (
        "The blame travels back along the arrow, and is multiplied by the same weight.",
        "∂L/∂a₁ = {v1:.4f} · {d:.4f} = {da1:.4f}",
    ),
    "blame of unit 1": (
        "Through the bend, with unit 1's own slope.",
        "δ₁ = {da1:.4f} · {a1:.4f} · {na1:.4f} = {d1:.4f}; nudging b₁ measures {mb1:.4f}",
    ),
    "output → unit 2": (
        "Along the other arrow, by the other weight. Look at the sign.",
        "∂L/∂a₂ = {v2:.4f} · {d:.4f} = {da2:.4f}",
    ),
    "blame of unit 2": (
        "Through the bend of unit 2.",
        "δ₂ = {da2:.4f} · {a2:.4f} · {na2:.4f} = {d2:.4f}; nudging b₂ measures {mb2:.4f}",
    ),
    "slope, x₁ → unit 1": (
        "The rule for weights again: what entered, times the blame at the end.",
        "x₁ δ₁ = 1 · {d1:.4f} = {dw11:.4f}; nudging measures {mw11:.4f}",
    ),
    "slope, x₂ → unit 1": (
        "Another arrow into unit 1, the same blame.",
        "x₂ δ₁ = 0.5 · {d1:.4f} = {dw21:.4f}; nudging measures {mw21:.4f}",
    ),
    "slope, x₁ → unit 2": (
        "And into unit 2.",
        "x₁ δ₂ = 1 · {d2:.4f} = {dw12:.4f}; nudging measures {mw12:.4f}",
    ),
    "slope, x₂ → unit 2": (
        "The last one. One way forwards, one way back, and all nine slopes are known.",
        "x₂ δ₂ = 0.5 · {d2:.4f} = {dw22:.4f}; nudging measures {mw22:.4f}",
    ),
    "update": (
        "Every weight and bias takes its step, all at once: their new values stand on the sheet. "
        "Move epochs on by one to start again from them.",
        "the loss falls from {L:.6f} to {L_after:.6f}",
    ),
}
# Forward numbers appear with the step that makes them, backward ones too.
SINCE = {
    "z1": "x₂ → unit 1", "a1": "unit 1 bends", "z2": "x₂ → unit 2", "a2": "unit 2 bends",
    "z": "unit 2 → output", "a": "output bends", "L": "loss", "da": "loss → output",
    "d": "output's blame", "dv1": "slope, unit 1 → output", "dv2": "slope, unit 2 → output",
    "da1": "output → unit 1", "d1": "blame of unit 1", "da2": "output → unit 2",
    "d2": "blame of unit 2", "dw11": "slope, x₁ → unit 1", "dw21": "slope, x₂ → unit 1",
    "dw12": "slope, x₁ → unit 2", "dw22": "slope, x₂ → unit 2",
}  # fmt: skip
# Where things stand: centre in fractions of their panel; then the arrows, tail to tip.
ONE, TWO = 0, 1
INPUTS = {"x1": (ONE, 0.085, 0.8), "x2": (ONE, 0.085, 0.2), "a1": (TWO, 0.11, 0.8),
          "a2": (TWO, 0.11, 0.2), "a": (TWO, 0.89, 0.5)}  # fmt: skip
UNITS = {"1": (ONE, 0.86, 0.8), "2": (ONE, 0.86, 0.2), "": (TWO, 0.57, 0.5)}
ARROWS = {
    "w11": (ONE, (0.18, 0.8), (0.72, 0.8)), "w12": (ONE, (0.18, 0.76), (0.72, 0.26)),
    "w21": (ONE, (0.18, 0.24), (0.72, 0.74)), "w22": (ONE, (0.18, 0.2), (0.72, 0.2)),
    "v1": (TWO, (0.22, 0.74), (0.43, 0.57)), "v2": (TWO, (0.22, 0.26), (0.43, 0.43)),
}  # fmt: skip
# Where the two numbers of an arrow stand: a place, and the line's offset in points.
LABELS = {
    "w11": (0.43, 0.8, 12), "w12": (0.32, 0.63, 0), "w21": (0.32, 0.37, 0),
    "w22": (0.43, 0.2, -13), "v1": (0.39, 0.8, 3), "v2": (0.39, 0.2, -3),
}  # fmt: skip
GAP = 0.1, 0.42  # stretch of a crossing arrow that its numbers stand in


def _minus(text):
    """Return numbers with a real minus sign, and none before a 0."""
    return re.sub(r"-(?=0\.0+(?!\d))", "", text).replace("-", "−")


def _numbers(values):
    return np.vectorize(lambda value: _minus(f"{value:.4f}"))(values)


def sheet():
    """Show a 2-2-1 net with every number in its place, one arrow at a time, there and back."""
    runs = sweep(
        _sheet_net(), X_SHEET, Y_SHEET, learning_rates=RATES, epochs=max(EPOCHS), record=EPOCHS
    )
    nets = runs.network.with_parameters(runs.network.parameters.copy())
    values = numbers_on_the_sheet(nets, X_SHEET, Y_SHEET)
    stepped = nets.with_parameters(
        nets.parameters - np.array(RATES)[:, None, None] * nets.gradients
    )
    after = numbers_on_the_sheet(stepped, X_SHEET, Y_SHEET)
    fig, axes = plt.subplots(1, 2, figsize=(6.9, 3.3))
    axes[ONE].set_title("From the inputs to layer 1")
    axes[TWO].set_title("From layer 1 to the loss")
    for ax in axes:
        ax.set(xlim=(0, 1), ylim=(0, 1))
        ax.axis("off")
    figure = LiveFigure(
        fig,
        name="deep-sheet",
        alt="A net drawn as a graph: two inputs, two hidden units, one output unit, the loss. Each "
        "arrow carries its weight, and below it the slope; each unit its sum, bias and blame. The "
        "numbers appear step by step, first from left to right, then from right to left.",
        start={"learning_rate": 3.0},
        film=[
            {"step": "loss", "learning_rate": 3.0},
            {"step": "blame of unit 2", "learning_rate": 3.0},
            {"step": "slope, x₂ → unit 2", "learning_rate": 3.0},
            {"step": "slope, x₂ → unit 2", "learning_rate": 3.0, "epochs": 20},
        ],
        step=list(STEPS),
        learning_rate=RATES,
        epochs=EPOCHS,
    )
    _draw_graph(figure, axes)
    _write_numbers(figure, axes, values, after)
    figure.steps(step=[sentence for sentence, _ in STEPS.values()])
    figure.readout("Epoch {epochs}: {line}", line=_lines(nets, values, after))
    figure.ask(
        "The output will be 0.39 and should be 1. The arrow from unit 2 to the output has the "
        "weight −2. What will the way back tell unit 2?",
        {
            "to rise: the output has to rise": "Follow the arrow. With a weight of −2, a higher "
            "unit 2 makes the output lower.",
            "to sink": "Its arrow has a negative weight, so a lower unit 2 makes the output "
            "higher. You will see it as a blame above zero.",
            "nothing: the output is to blame, not unit 2": "Had unit 2 been lower, the output "
            "would have been less wrong. The way back finds that out.",
        },
        right="to sink",
    )
    last = np.arange(len(STEPS)) == len(STEPS) - 1
    everywhere = (len(STEPS), *values["a"].shape)
    figure.task(
        "Go forwards and back, to the update.",
        when=np.broadcast_to(last[:, None, None], everywhere),
    )
    soon = (values["a"] > 0.95) & np.less_equal(EPOCHS, 10)
    figure.task(
        "Bring the prediction above 0.95 within ten epochs.", when=np.broadcast_to(soon, everywhere)
    )
    small = np.abs(values["d2"]) < np.abs(values["d2"][..., :1]) / 10
    figure.task(
        "Bring the blame of unit 2 below a tenth of what it was. What has shrunk with it?",
        when=np.broadcast_to(small, everywhere),
    )
    return figure


def _lines(nets, values, after):
    """Return the line of arithmetic of every step, rate and epoch."""
    numbers = values | {f"m{k}": v for k, v in measured_slopes(nets, X_SHEET, Y_SHEET).items()}
    numbers |= {f"n{k}": 1 - values[k] for k in ("a", "a1", "a2")}
    numbers |= {"p1": values["v1"] * values["a1"], "L_after": after["L"]}
    numbers |= {"x1": np.full_like(values["a"], 1.0), "x2": np.full_like(values["a"], 0.5)}
    lines = np.empty((len(STEPS), *values["a"].shape), dtype=object)
    for step, (_, template) in enumerate(STEPS.values()):
        for index in np.ndindex(values["a"].shape):
            line = template.format(**{name: each[index] for name, each in numbers.items()})
            lines[(step, *index)] = _minus(line).replace("+ −", "− ")
    return lines


def _shifted(ax, across, up):
    """Return the axes' transform, moved by points: the same on a wide and a narrow page."""
    return ax.transData + ScaledTranslation(across / 72, up / 72, ax.figure.dpi_scale_trans)


def _frame(ax, x, y, width, height, **style):
    """Draw a frame of a size in points around a place."""
    half = width / height
    corners = [(-half, -1), (half, -1), (half, 1), (-half, 1), (-half, -1)]
    return ax.plot([x], [y], marker=corners, ms=max(width, height), mfc="none", **style)[0]


def _draw_graph(figure, axes):
    """Draw frames and arrows, and let those of the present step stand out."""
    names = list(STEPS)

    def at_steps(*chosen):
        return np.isin(np.arange(len(STEPS)), [names.index(each) for each in chosen])

    forward = {
        "w11": ["x₁ → unit 1"], "w21": ["x₂ → unit 1"], "w12": ["x₁ → unit 2"],
        "w22": ["x₂ → unit 2"], "v1": ["unit 1 → output"], "v2": ["unit 2 → output"],
    }  # fmt: skip
    back = {
        "v1": ["slope, unit 1 → output", "output → unit 1"],
        "v2": ["slope, unit 2 → output", "output → unit 2"],
        "w11": ["slope, x₁ → unit 1"], "w21": ["slope, x₂ → unit 1"],
        "w12": ["slope, x₁ → unit 2"], "w22": ["slope, x₂ → unit 2"],
    }  # fmt: skip
    for name, (panel, tail, tip) in ARROWS.items():
        for chosen, colour in [(None, TARGET), (forward[name], PREDICTION), (back[name], GRADIENT)]:
            style = {"lw": 2.4, "alpha": 1} if chosen else {"lw": 0.9, "alpha": 0.45}
            backwards = colour == GRADIENT
            for piece in _arrow(axes[panel], name, tail, tip, backwards, color=colour, **style):
                if chosen:
                    figure.animate(piece, visible=at_steps(*chosen), over="step")
    sizes = {"x": (30, 26), "a": (46, 38)}
    frames = {name: (*place, *sizes[name[0]]) for name, place in INPUTS.items()}
    frames |= {f"unit {name}": (*place, 64, 40) for name, place in UNITS.items()}
    lit = {
        "unit 1": (["x₂ → unit 1"], ["blame of unit 1"]),
        "unit 2": (["x₂ → unit 2"], ["blame of unit 2"]),
        "unit ": (["unit 2 → output"], ["output's blame"]),
        "a1": (["unit 1 bends"], ["output → unit 1"]),
        "a2": (["unit 2 bends"], ["output → unit 2"]),
        "a": (["output bends"], ["loss → output"]),
    }
    for name, (panel, x, y, width, height) in frames.items():
        unit = name.startswith("unit")
        _frame(axes[panel], x, y, width, height, mec=TARGET, mew=1.1 if unit else 0.6)
        for chosen, colour in zip(lit.get(name, ()), (PREDICTION, GRADIENT), strict=False):
            ring = _frame(axes[panel], x, y, width + 2, height + 2, mec=colour, mew=2.6)
            figure.animate(ring, visible=at_steps(*chosen), over="step")
    for tail, tip in [((0.71, 0.5), (0.78, 0.5)), ((0.89, 0.35), (0.89, 0.2))]:
        for chosen, colour, ends in [
            (None, TARGET, (tail, tip)),
            (["output bends"] if tail[1] == tip[1] else ["loss"], PREDICTION, (tail, tip)),
            (["output's blame"] if tail[1] == tip[1] else ["loss → output"], GRADIENT, (tip, tail)),
        ]:
            style = {"lw": 2.4} if chosen else {"lw": 0.9, "alpha": 0.45}
            (piece,) = _pieces(axes[TWO], [ends], color=colour, **style)
            if chosen:
                figure.animate(piece, visible=at_steps(*chosen), over="step")


def _arrow(ax, name, tail, tip, backwards, **style):
    """Draw an arrow, with a gap for its numbers where it crosses another."""
    stretches = [(tail, tip)]
    if name in ("w12", "w21"):
        tail, tip = np.array(tail), np.array(tip)
        cut, on = (tail + share * (tip - tail) for share in GAP)
        stretches = [(tail, cut), (on, tip)]
    if backwards:
        stretches = [(end, start) for start, end in stretches[::-1]]
    return _pieces(ax, stretches, **style)


def _pieces(ax, stretches, **style):
    """Draw stretches of an arrow; the last one has the head."""
    made = []
    for number, (start, end) in enumerate(stretches):
        head = "-|>" if number == len(stretches) - 1 else "-"
        style = {"mutation_scale": 9, "shrinkA": 0, "shrinkB": 0} | style
        patch = FancyArrowPatch(tuple(start), tuple(end), arrowstyle=head, **style)
        made.append(ax.add_patch(patch))
    return made


def _write_numbers(figure, axes, values, after):
    """Write every number at its place; those of the two passes appear with their steps."""
    names = list(STEPS)
    shape = (len(STEPS), *values["a"].shape)

    def write(name, panel, x, y, across=0.0, up=0.0, colour=TARGET, ha="center"):
        text = axes[panel].text(
            x, y, "0.0000", ha=ha, va="center", color=colour, fontsize=9,
            transform=_shifted(axes[panel], across, up),
        )  # fmt: skip
        words = np.empty(shape, dtype=object)
        words[...] = _numbers(values[name])
        if name in SINCE:
            words[: names.index(SINCE[name])] = ""
        else:
            words[-1] = _numbers(after[name])
        figure.animate(text, text=words)

    def label(words, panel, x, y, across=0.0, up=0.0, colour=TARGET, ha="center", **more):
        where = _shifted(axes[panel], across, up)
        axes[panel].text(
            x, y, words, ha=ha, va="center", color=colour, fontsize=9, transform=where, **more
        )

    for name, (x, y, up) in LABELS.items():
        panel = ARROWS[name][0]
        write(name, panel, x, y, 0, up + 5.5, WEIGHT)
        write(f"d{name}", panel, x, y, 0, up - 5.5, GRADIENT)
    for unit, (panel, x, y) in UNITS.items():
        for name, sign, up, colour in [
            ("z", "z", 12, TARGET), ("b", "b", 0, BIAS), ("d", "δ", -12, GRADIENT)
        ]:  # fmt: skip
            small = {"1": "₁", "2": "₂", "": ""}[unit]
            label(sign + small, panel, x, y, -28, up, colour, ha="left")
            write(name + unit, panel, x, y, 28, up, colour, ha="right")
    for name, value in [("x1", "1"), ("x2", "0.5")]:
        panel, x, y = INPUTS[name]
        label(f"x{'₁₂'[int(name[1]) - 1]}", panel, x, y, 0, 6, weight="bold")
        label(value, panel, x, y, 0, -6)
    for name in ("a1", "a2", "a"):
        panel, x, y = INPUTS[name]
        small = {"a1": "₁", "a2": "₂", "a": ""}[name]
        label(f"a{small}", panel, x, y, 0, 11.5, PREDICTION, weight="bold")
        write(name, panel, x, y, 0, 0, PREDICTION)
        write(f"d{name}", panel, x, y, 0, -11.5, GRADIENT)
    label("target", TWO, 0.89, 0.97, 0, -2)
    label("1", TWO, 0.89, 0.97, 0, -13)
    label("loss", TWO, 0.89, 0.12, 0, 4, LOSS)
    write("L", TWO, 0.89, 0.12, 0, -7, LOSS)


# -------------------------------------------------------------------------------- blame flow

DEPTHS = [2, 3, 5, 10, 20]
BENDS = ["identity", "relu", "tanh", "sigmoid"]
SCALES = [0.25, 0.5, 0.7, 1.0, 1.2, 1.4, 2.0, 3.0, 5.0, 8.0, 11.0]
WIDTHS = {"1 unit wide": 1, "30 units wide": 30}


def blame_by_layer(width, activation, scale, depth):
    """Return how large the blame δ is in each layer, when it sets out at the last one with size 1.

    Parameters
    ----------
    width : int
        Units in every layer, inputs too.  For 1, every weight is ``scale``; for more, the weights
        are normal with standard deviation ``scale`` / √width, always the same draw.
    activation : str
        Of every layer.
    scale : float
    depth : int

    Returns
    -------
    ndarray, shape (depth,)
        Root mean square over units and samples, layer 1 first.
    """
    rng = np.random.default_rng(5)
    draws = [rng.normal(size=(width, width)) / np.sqrt(width) for _ in range(max(DEPTHS))]
    X, blame = rng.normal(size=(40, width)), rng.normal(size=(40, width))
    if width == 1:
        draws, X, blame = [np.ones((1, 1))] * depth, np.ones((1, 1)), np.ones((1, 1))
    network = Network(
        [width] * (depth + 1),
        hidden=activation,
        output=activation,
        weights=[scale * W for W in draws[:depth]],
        biases=[0.0] * depth,
    )
    network.forward(X)
    last = network.dense[-1]
    slope = last.activation.derivative(last.Z)
    network.backward(np.divide(blame, slope, out=np.zeros_like(blame), where=slope != 0))
    sizes = np.array([np.sqrt(np.mean(layer.dZ**2)) for layer in network.dense])
    return sizes / sizes[-1]


def blame_flow():
    """Show how large the blame is in every layer, by net, activation, weight scale and depth."""
    shape = (len(WIDTHS), len(BENDS), len(SCALES), len(DEPTHS))
    sizes = np.full((*shape, max(DEPTHS)), np.nan)
    for index in np.ndindex(shape):
        net, bend, scale, depth = index
        width, depth = list(WIDTHS.values())[net], DEPTHS[depth]
        with np.errstate(all="ignore"):
            sizes[index][:depth] = blame_by_layer(width, BENDS[bend], SCALES[scale], depth)
    sizes[sizes == 0] = 1e-300
    fig, (left, right) = plt.subplots(1, 2, figsize=(6.9, 2.9), width_ratios=(3, 2))
    layers = np.arange(1, max(DEPTHS) + 1)
    left.axhline(1, color=TARGET, lw=0.8)
    strokes = np.repeat(layers[:, None].astype(float), 3, axis=1)
    strokes[:, 2] = np.nan
    (bars,) = left.plot(
        strokes.ravel(), np.ones(strokes.size), color=GRADIENT, lw=6, solid_capstyle="butt"
    )
    (dots,) = left.plot(layers, np.ones(len(layers)), "o", color=GRADIENT, ms=4, label="blame")
    left.set(yscale="log", xlim=(0.2, 20.8), ylim=(1e-15, 1e10), xlabel="layer")
    left.set(ylabel="|δ|, last layer 1", title="What is left of the blame")
    left.set_yticks([1e-12, 1e-6, 1, 1e6], labels=["1e−12", "1e−6", "1", "1e6"])
    left.set_xticks([1, 5, 10, 15, 20])
    left.minorticks_off()

    right.axhline(1, color=TARGET, lw=0.8)
    ratio = np.full_like(sizes, np.nan)
    ratio[..., :-1] = sizes[..., :-1] / sizes[..., 1:]
    (factors,) = right.plot(
        layers + 0.5, np.ones(len(layers)), "s-", color=WEIGHT, lw=0.8, ms=4, label="the factors"
    )
    right.set(yscale="log", xlim=(0.2, 20.8), ylim=(1e-3, 30), xlabel="from layer to layer")
    right.set(ylabel="factor", title="One factor a layer")
    right.set_yticks([1e-3, 1e-2, 0.1, 1, 10], labels=["0.001", "0.01", "0.1", "1", "10"])
    right.set_xticks([1, 5, 10, 15, 20])
    right.minorticks_off()

    figure = LiveFigure(
        fig,
        name="deep-blame",
        alt="Two panels. Bars of the blame in each layer on a scale from one over a thousand "
        "billion to a million, hanging down from the line at 1 or standing on it; and the factor "
        "from each layer to the one below it.",
        start={"activation": "tanh", "weight_scale": 0.5, "depth": 10},
        film=[
            {"activation": "sigmoid", "weight_scale": 1.0, "depth": 20},
            {"activation": "relu", "weight_scale": 1.4, "depth": 20, "net": list(WIDTHS)[1]},
            {"activation": "identity", "weight_scale": 2.0, "depth": 20},
        ],
        labels={"weight_scale": "weight scale"},
        net=list(WIDTHS),
        activation=BENDS,
        weight_scale=SCALES,
        depth=DEPTHS,
    )
    ends = np.stack([np.ones_like(sizes), sizes, np.full_like(sizes, np.nan)], axis=-1)
    figure.animate(bars, y=ends.reshape(*shape, -1))
    figure.animate(dots, y=sizes)
    figure.animate(factors, y=ratio)
    first = sizes[..., 0]
    words = np.empty(shape, dtype=object)
    for index in np.ndindex(shape):
        words[index] = _arrives(first[index])
    figure.readout(
        "{activation}, weight scale {weight_scale}, {depth} layers: {words}", words=words
    )
    figure.ask(
        "Twenty layers of sigmoids with every weight 1. How much of the blame arrives at layer 1?",
        {
            "about a twentieth": "The loss is not shared out among layers. Each layer multiplies, "
            "and a sigmoid's slope is never above a quarter.",
            "about a millionth": "Nineteen factors of at most a quarter: four to the power 19 is "
            "275 billion.",
            "less than a billionth": "Nineteen factors below a quarter each. The first layer is "
            "told next to nothing.",
        },
        right="less than a billionth",
    )
    deep = np.equal(DEPTHS, 20)
    arrives = (first > 1 / 3) & (first < 3) & deep
    figure.task(
        "Twenty layers with a bend: let between a third and three times the blame arrive.",
        when=arrives & (np.array(BENDS) != "identity")[:, None, None],
    )
    figure.task("Make the blame explode: a million times as much at layer 1.", when=first > 1e6)
    sigmoid = np.equal(BENDS, "sigmoid")[:, None, None]
    figure.task(
        "Let as much arrive through twenty layers of sigmoids, if you can. At what price?",
        when=arrives & sigmoid,
    )
    figure.explain(
        factors,
        "layer 1 gets {first} of what the last layer had, about {each:.3g} for each layer passed",
        first=[[[[_power(v) for v in c] for c in b] for b in a] for a in first],
        each=first ** (1 / (np.array(DEPTHS) - 1.0)),
    )
    return figure


def _power(value):
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}e{int(exponent)}".replace("-", "−")


def _arrives(share):
    """Say how much of the blame arrives at layer 1."""
    if share < 1e-290:
        return "no blame at all arrives at layer 1."
    size = f"{share:.3g}" if 0.01 <= share < 1000 else _power(share)
    verdict = (
        "It has vanished."
        if share < 1e-3
        else "It fades."
        if share < 1 / 3
        else "It arrives."
        if share <= 3
        else "It grows."
        if share < 1e3
        else "It explodes."
    )
    return f"{size} of the blame arrives at layer 1. {verdict}"


# --------------------------------------------------------------------------------- bug bench

BUG_RATES = [0.1, 0.3, 1.0, 3.0]
BUG_EPOCHS = [0, 1, 2, 3, 5, 8, 12, 20, 30, 50, 80, 120, 200, 300]


def six_row_net(hidden="sigmoid"):
    """Return the net [3, 4, 1] that the chapter trains on the six rows."""
    return Network(
        [3, 4, 1],
        hidden=hidden,
        output="sigmoid",
        weights=[
            [[0.2, -0.4, 0.1, 0.5], [0.3, 0.1, -0.2, -0.3], [-0.1, 0.6, 0.4, 0.2]],
            [[0.7], [-0.5], [0.3], [0.2]],
        ],
        biases=[[0.05, -0.1, 0.2, 0.0], [0.1]],
    )


def train_with_a_mistake(network, mistake, learning_rate, epochs, loss="mean_squared_error"):
    """Train ``network`` in place on the six rows, with a mistake in its backward pass.

    Returns
    -------
    ndarray, shape (epochs + 1,)
        The loss before every epoch, and after the last.
    """
    (X, y), loss = six_rows(), LOSSES[loss]
    losses = np.empty(epochs + 1)
    for epoch in range(epochs):
        y_pred = network.forward(X)
        losses[epoch] = loss.function(y_pred, y)
        wrong_backward(network, loss.gradient(y_pred, y), mistake)
        network.parameters -= learning_rate * network.gradients
    losses[-1] = loss.function(network.forward(X), y)
    return losses


def check_of_a_mistake(network, mistake, loss="mean_squared_error"):
    """Return the gradient check of a backward pass with a mistake in it, where the net stands."""
    X, y = six_rows()
    copy = network.with_parameters(network.parameters.copy())
    wrong_backward(copy, LOSSES[loss].gradient(copy.forward(X), y), mistake)
    return gradient_check(network, X, y, loss=loss, gradients=copy.gradients)


def bug_bench():
    """Show the loss under each of nine wrong backward passes, and what a gradient check says."""
    names = ["none", *MISTAKES]
    shape = (len(names), len(BUG_RATES), len(BUG_EPOCHS))
    losses, errors = np.empty(shape), np.empty((*shape, 4))
    for m, name in enumerate(names):
        for r, rate in enumerate(BUG_RATES):
            network = six_row_net()
            for e, (before, epoch) in enumerate(zip([0, *BUG_EPOCHS], BUG_EPOCHS, strict=False)):
                losses[m, r, e] = train_with_a_mistake(network, name, rate, epoch - before)[-1]
                errors[m, r, e] = list(check_of_a_mistake(network, name).values())
    fig, (left, right) = plt.subplots(1, 2, figsize=(6.9, 2.75), width_ratios=(3, 2))
    (right_way,) = left.plot(
        BUG_EPOCHS, losses[0, 0], "--", color=TARGET, lw=1, label="without the bug"
    )
    (curve,) = left.plot(BUG_EPOCHS, losses[0, 0], color=LOSS, lw=1.8, label="with it")
    (now,) = left.plot([0], [0], "o", color=LOSS, ms=6)
    left.set(xscale="symlog", xlim=(-0.1, 330), ylim=(0, 0.55), xlabel="epoch", ylabel="loss")
    left.set_xticks([0, 1, 10, 100], labels=["0", "1", "10", "100"])
    left.minorticks_off()
    left.set_title("The loss")
    left.legend(loc="upper left", fontsize=9)

    blocks = np.arange(4)
    ends = np.stack([np.full(errors.shape, 1e-13), errors, np.full(errors.shape, np.nan)], axis=-1)
    (bars,) = right.plot(np.repeat(blocks, 3), ends[0, 0, 0].ravel(), color=GRADIENT, lw=14)
    bars.set_solid_capstyle("butt")
    (tops,) = right.plot(
        blocks, errors[0, 0, 0], "_", color=GRADIENT, ms=14, mew=2, label="the check"
    )
    right.axhline(AGREEMENT, color=TARGET, lw=0.8, ls="--")
    right.text(4.75, AGREEMENT * 2, "wrong", ha="right", va="bottom", fontsize=9)
    right.text(4.75, AGREEMENT / 2, "right", ha="right", va="top", fontsize=9)
    right.set(yscale="log", xlim=(-0.6, 4.8), ylim=(1e-13, 10), title="The gradient check")
    right.set_xticks(blocks, labels=["W1", "b1", "W2", "b2"])
    right.set_yticks([1e-12, 1e-9, 1e-6, 1e-3, 1], labels=["1e−12", "1e−9", "1e−6", "0.001", "1"])
    right.minorticks_off()
    right.set_ylabel("relative error")

    figure = LiveFigure(
        fig,
        name="deep-bugs",
        alt="Two panels. The loss of the six rows by epoch with a wrong backward pass, beside the "
        "loss with the right one; and four bars, the error that a gradient check finds in W1, b1, "
        "W2 and b2, on a scale from one over ten thousand billion to 1.",
        start={"learning_rate": 0.3, "epochs": 50},
        film=[
            {"mistake": "none", "learning_rate": 1.0, "epochs": 300},
            {"mistake": "no hidden slope", "learning_rate": 1.0, "epochs": 300},
            {"mistake": "bias mean", "learning_rate": 1.0, "epochs": 300},
        ],
        mistake=names,
        learning_rate=BUG_RATES,
        epochs=BUG_EPOCHS,
    )
    epochs = np.broadcast_to(BUG_EPOCHS, shape)
    figure.animate(curve, x=epochs, y=losses, trail="epochs")
    figure.animate(now, x=epochs[..., None], y=losses[..., None])
    figure.animate(right_way, y=losses[0], over="learning_rate")
    figure.animate(bars, y=ends.reshape(*shape, -1))
    figure.animate(tops, y=errors)
    falls = losses < losses[..., :1]
    verdicts = np.broadcast_to(
        np.array(["The check: all four agree.", *[f"The bug: {m}." for m in MISTAKES.values()]])[
            :, None, None
        ],
        shape,
    )
    at_start = np.equal(BUG_EPOCHS, 0)
    figure.readout(
        "Epoch {epochs}: the loss is {loss:.4f}{falls}. {verdict}",
        loss=losses,
        falls=np.where(at_start, "", np.where(falls, ", and has fallen", ", and has not fallen")),
        verdict=verdicts,
    )
    figure.ask(
        "Nine people each make another classic mistake in their backward pass, and train. For how "
        "many of them does the loss fall all the same?",
        {
            "for none: a wrong gradient leads astray": "A wrong gradient is often a right one with "
            "wrong sizes. Most of them still point downhill.",
            "for two or three": "More. Most wrong gradients are wrong in size rather than in "
            "direction, and downhill is half of all directions.",
            "for most": "Whoever looks at the loss alone notices nothing. Go through the nine.",
        },
        right="for most",
    )
    wrong = np.array(names) != "none"
    rises = (losses > losses[..., :1]) & wrong[:, None, None]
    figure.task("Find a mistake that the loss does give away.", when=rises)
    better = (losses < losses[0] - 1e-4) & wrong[:, None, None]
    figure.task("Find a mistake with which the loss falls faster than without.", when=better)
    figure.task(
        "Find a mistake that spoils no weight at all.",
        when=(errors[..., [0, 2]] < AGREEMENT).all(axis=-1) & wrong[:, None, None],
    )
    return figure


FIGURES = (sheet, blame_flow, bug_bench)
