"""LiveFigure in Python: what an author may say, what it answers, and its traits."""

import io
import json
import logging

import ipywidgets
import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
import traitlets
from matplotlib.colors import BoundaryNorm
from PIL import Image

from byhand.figures import LiveFigure, one_node, use_style
from byhand.figures.artists import FAR, cut
from byhand.figures.page import page

ALT = "A line that turns as the learning rate grows."
RATES, EPOCHS = [0.1, 0.3, 1.0], [0, 5, 10, 20]


@pytest.fixture(autouse=True)
def nothing_is_logged(caplog):
    """Start from matplotlib's defaults; end with no open figure and nothing logged."""
    with caplog.at_level(logging.WARNING, logger="matplotlib"), matplotlib.rc_context():
        matplotlib.rcdefaults()
        yield
    plt.close("all")
    assert [record.getMessage() for record in caplog.records] == []


def bare(fig=None, **options):
    """Return a figure with two sliders and nothing that moves."""
    fig = fig or plt.subplots()[0]
    return LiveFigure(
        fig, **{"name": "bare", "alt": ALT, "learning_rate": RATES, "epochs": EPOCHS} | options
    )


def lined(**options):
    """Return a figure with two sliders and a line of two points that moves."""
    fig, ax = plt.subplots()
    (line,) = ax.plot([0, 1], [0, 1], label="the line")
    ax.set(xlim=(0, 1), ylim=(0, 10))
    figure = bare(fig, **options)
    figure.animate(line, y=np.arange(24.0).reshape(3, 4, 2))
    return figure, line


def is_one_sentence(error):
    text = str(error.value)
    return text.endswith(".") and "\n" not in text and len(text) < 320


# ------------------------------------------------------------------ errors are sentences

FIGURE = {
    "no figure": (TypeError, lambda: bare("fig"), "got a str, expected a matplotlib Figure"),
    "bad name": (ValueError, lambda: bare(name="One node"), "'One node'.*lower-case words"),
    "short alt": (ValueError, lambda: bare(alt="A line."), "'A line.'.*sentence"),
    "no sliders": (
        ValueError,
        lambda: LiveFigure(plt.figure(), name="a", alt=ALT),
        "no sliders: give at least one",
    ),
    "NaN stop": (ValueError, lambda: bare(epochs=[0, np.nan, 2]), r"epochs.*0.0, nan.*finite"),
    "infinite stop": (ValueError, lambda: bare(epochs=[0, np.inf]), r"epochs.*inf.*finite"),
    "unsorted stops": (ValueError, lambda: bare(epochs=[3, 1, 2]), r"3.0, 1.0.*rising order"),
    "equal stops": (ValueError, lambda: bare(epochs=[1, 1, 2]), r"1.0, 1.0.*rising order"),
    "one stop": (ValueError, lambda: bare(epochs=[3]), r"\[3.0\].*at least two"),
    "no stops": (ValueError, lambda: bare(epochs=[]), "at least two"),
    "a number for stops": (TypeError, lambda: bare(epochs=3), "epochs has stops 3.*give numbers"),
    "words and numbers": (TypeError, lambda: bare(epochs=["a", 3]), "'a', 3.*give numbers, or"),
    "stops that read alike": (
        ValueError,
        lambda: bare(epochs=[1, 1.00001]),
        "read the same.*space them wider",
    ),
    "taken name": (ValueError, lambda: bare(layout=[1, 2]), "'layout'.*another name"),
    "private name": (ValueError, lambda: bare(_motions=[1, 2]), "'_motions'.*another name"),
    "start between stops": (
        ValueError,
        lambda: bare(start={"learning_rate": 0.2}),
        "learning_rate starts at 0.2.*not one of its stops",
    ),
    "start of an unknown slider": (
        ValueError,
        lambda: bare(start={"epoch": 0}),
        "no slider 'epoch': there are learning_rate, epochs",
    ),
    "label of an unknown slider": (
        ValueError,
        lambda: bare(labels={"epoch": "epoch"}),
        "no slider 'epoch'",
    ),
    "film off the stops": (ValueError, lambda: bare(film=[{"epochs": 7}]), "7 is not a stop of"),
}


@pytest.mark.parametrize("case", FIGURE)
def test_a_figure_that_cannot_be_made_says_why(case):
    kind, make, words = FIGURE[case]
    with pytest.raises(kind, match=words) as error:
        make()
    assert is_one_sentence(error)


def mesh_with(norm=None, x=(0, 1, 2), ax=None):
    ax = ax or plt.subplots()[1]
    return ax.pcolormesh(x, [0, 1, 2], np.eye(2), norm=norm)


ANIMATE = {
    "unsupported artist": (
        TypeError,
        lambda ax: (ax.fill_between([0, 1], [0, 1]), {"y": 0}),
        "cannot animate a .*PolyCollection: animate one of Line2D",
    ),
    "endless line": (TypeError, lambda ax: (ax.axline((0, 0), (1, 1)), {"y": 0}), "a AxLine"),
    "unknown property": (
        TypeError,
        lambda ax: (ax.plot([0, 1])[0], {"colour": 0}),
        "Line2D takes x, y, visible; got colour",
    ),
    "nothing": (TypeError, lambda ax: (ax.plot([0, 1])[0], {}), "got nothing"),
    "too few axes": (
        ValueError,
        lambda ax: (ax.plot([0, 1])[0], {"y": np.zeros((3, 2))}),
        r"y has shape \(3, 2\), expected \(3, 4, points\)",
    ),
    "axes swapped": (
        ValueError,
        lambda ax: (ax.plot([0, 1])[0], {"y": np.zeros((4, 3, 2))}),
        r"y has shape \(4, 3, 2\), expected \(3, 4, points\)",
    ),
    "points missing": (
        ValueError,
        lambda ax: (ax.plot([0, 1])[0], {"y": np.zeros((3, 4, 5))}),
        "has 2 x values, its frames have 5: give x",
    ),
    "x and y differ": (
        ValueError,
        lambda ax: (ax.plot([0, 1])[0], {"x": np.zeros((3, 4, 5)), "y": np.zeros((3, 4, 2))}),
        r"x \(3, 4, 5\), y \(3, 4, 2\).*equal",
    ),
    "ragged": (
        ValueError,
        lambda ax: (ax.plot([0, 1])[0], {"y": [[1, 2], [3]]}),
        "y is no even table of numbers",
    ),
    "words for numbers": (
        ValueError,
        lambda ax: (ax.plot([0, 1])[0], {"y": "up"}),
        "y is no even table of numbers",
    ),
    "mask of a wrong shape": (
        ValueError,
        lambda ax: (ax.plot([0, 1])[0], {"visible": [True, False]}),
        r"visible has shape \(2,\), expected \(3, 4\)",
    ),
    "unknown slider": (
        ValueError,
        lambda ax: (ax.plot([0, 1])[0], {"over": "rate", "y": np.zeros((3, 2))}),
        "no slider 'rate'",
    ),
    "trail of a scatter": (
        ValueError,
        lambda ax: (ax.scatter([0], [0]), {"trail": "epochs", "x": np.zeros((3, 4))}),
        "trail is 'epochs': a line can",
    ),
    "trail of another slider": (
        ValueError,
        lambda ax: (
            ax.plot([0, 1])[0],
            {"over": "epochs", "trail": "learning_rate", "y": np.zeros(4)},
        ),
        "trail is 'learning_rate'.*epochs",
    ),
    "text with a formula": (
        ValueError,
        lambda ax: (ax.title, {"text": np.full((3, 4), "$x$")}),
        r"'\$x\$'.*plain line",
    ),
    "text of two lines": (
        ValueError,
        lambda ax: (ax.title, {"text": np.full((3, 4), "a\nb")}),
        "plain line",
    ),
    "one text": (ValueError, lambda ax: (ax.title, {"text": "loss"}), r"expected \(3, 4\)"),
    "half a place": (
        ValueError,
        lambda ax: (ax.text(0, 0, "a"), {"x": np.zeros((3, 4))}),
        "moves in x and y: give both",
    ),
    "text outside the axes": (
        ValueError,
        lambda ax: (ax.figure.text(0, 0, "a"), {"x": np.zeros((3, 4)), "y": np.zeros((3, 4))}),
        "outside the axes",
    ),
    "stairs": (
        ValueError,
        lambda ax: (ax.step([0, 1], [0, 1])[0], {"y": np.zeros((3, 4, 2))}),
        "plain line",
    ),
    "every other mark": (
        ValueError,
        lambda ax: (ax.plot([0, 1], marker="o", markevery=2)[0], {"y": np.zeros((3, 4, 2))}),
        "plain line",
    ),
    "negative sizes": (
        ValueError,
        lambda ax: (ax.scatter([0, 1], [0, 1]), {"sizes": np.full((3, 4, 2), -1)}),
        "sizes go down to -1",
    ),
    "image of other cells": (
        ValueError,
        lambda ax: (ax.imshow(np.eye(3)), {"data": np.zeros((3, 4, 2, 2))}),
        r"data has cells \(2, 2\), the picture has \(3, 3\)",
    ),
    "image on a log axis": (
        ValueError,
        lambda ax: (
            (ax.imshow(np.eye(2), extent=(1, 2, 1, 2)), ax.set_xscale("log"))[0],
            {"data": np.zeros((3, 4, 2, 2))},
        ),
        "not linear",
    ),
    "uneven mesh": (
        TypeError,
        lambda ax: (mesh_with(x=(0, 1, 5), ax=ax), {"data": np.zeros((3, 4, 2, 2))}),
        "uneven cells",
    ),
    "stepped colours": (
        TypeError,
        lambda ax: (
            mesh_with(BoundaryNorm([0, 1, 2], 256), ax=ax),
            {"data": np.zeros((3, 4, 2, 2))},
        ),
        "BoundaryNorm: use a norm onto 0 to 1",
    ),
}


@pytest.mark.parametrize("case", ANIMATE)
def test_frames_that_do_not_fit_say_what_was_expected(case):
    kind, make, words = ANIMATE[case]
    fig, ax = plt.subplots()
    artist, data = make(ax)
    figure = bare(fig)
    with pytest.raises(kind, match=words) as error:
        figure.animate(artist, **data)
    assert is_one_sentence(error)
    figure.filmstrip()  # and nothing of it stays behind


def test_an_artist_is_animated_once():
    figure, line = lined()
    with pytest.raises(ValueError, match="Line2D 'the line' is animated already") as error:
        figure.animate(line, visible=np.ones((3, 4)))
    assert is_one_sentence(error)


SAY = {
    "no such answer": (
        lambda f, line: f.ask("Which?", {"a": "", "b": ""}, right="c"),
        r"right is 'c', expected one of the answers \['a', 'b'\]",
    ),
    "one answer": (
        lambda f, line: f.ask("Which?", {"a": ""}, right="a"),
        "got 1 answers to 'Which\\?': give at least two",
    ),
    "task out of reach": (
        lambda f, line: f.task("Fly.", when=np.zeros((3, 4))),
        "'Fly.' cannot be reached",
    ),
    "task done at the start": (
        lambda f, line: f.task("Stay.", when=np.ones((3, 4))),
        "'Stay.' is done at the start",
    ),
    "task of a wrong shape": (
        lambda f, line: f.task("Fly.", when=[True, False]),
        r"when has shape \(2,\), expected \(3, 4\)",
    ),
    "missing field": (
        lambda f, line: f.readout("loss {loss:.3f}"),
        r"'loss \{loss:.3f\}' needs loss=",
    ),
    "unused column": (
        lambda f, line: f.readout("loss", w=1, loss=2),
        "loss, w does not occur in 'loss'",
    ),
    "column of a wrong shape": (
        lambda f, line: f.readout("loss {loss}", loss=[1, 2]),
        r"loss has shape \(2,\), expected \(3, 4\)",
    ),
    "explaining what does not move": (
        lambda f, line: f.explain(line.axes.title, "a"),
        "animate it first",
    ),
    "explaining what has no name": (
        lambda f, line: (line.set_label("_x"), f.explain(line, "a")),
        "no label for the button: give label=",
    ),
    "too few steps": (
        lambda f, line: f.steps(epochs=["one", "two"]),
        "got 2 sentences for the 4 stops of epochs: give one each",
    ),
    "steps of two sliders": (
        lambda f, line: f.steps(epochs=["a"] * 4, learning_rate=["b"] * 3),
        "2 sliders, expected one",
    ),
    "steps of no slider": (lambda f, line: f.steps(epoch=["a"] * 4), "no slider 'epoch'"),
    "showing what is no stop": (lambda f, line: f.show(epochs=7), "7 is not a stop of epochs"),
    "drawing an unknown slider": (lambda f, line: f.drawing(epoch=7), "no slider 'epoch'"),
}


@pytest.mark.parametrize("case", SAY)
def test_words_that_do_not_fit_say_what_was_expected(case):
    say, words = SAY[case]
    with pytest.raises(ValueError, match=words) as error:
        say(*lined())
    assert is_one_sentence(error)


def test_a_figure_over_its_budget_names_what_costs_most_each_time():
    fig, ax = plt.subplots()
    (cheap,), (dear,) = ax.plot([0, 1]), ax.plot(np.zeros(200), label="the noise")
    figure = bare(fig, budget=5_000)
    figure.animate(cheap, y=np.zeros((3, 4, 2)))
    figure.animate(dear, y=np.random.default_rng(0).normal(size=(3, 4, 200)))
    for _ in range(2):
        with pytest.raises(
            ValueError, match=r"bare.*budget is 5000.*'the noise' costs most"
        ) as error:
            figure.filmstrip()
        assert is_one_sentence(error)


# ------------------------------------------------------------------ traits


def test_a_slider_is_a_trait_that_goes_to_the_nearest_stop():
    figure = bare()
    assert (figure.learning_rate, figure.epochs) == (0.1, 0)
    figure.learning_rate = 0.31
    assert figure.learning_rate == 0.3
    figure.learning_rate = 0.5  # nearer to 0.3 in steps, to 0.3 in ratio: 0.55 is the middle
    assert figure.learning_rate == 0.3
    figure.learning_rate = 0.56
    assert figure.learning_rate == 1.0
    figure.epochs = 8
    assert figure.epochs == 10


@pytest.mark.parametrize("value", [0.09, 1.01, np.nan, np.inf, -np.inf])
def test_a_value_off_the_slider_is_refused_in_a_sentence(value):
    figure = bare()
    with pytest.raises(traitlets.TraitError, match="learning_rate is .*from 0.1 to 1") as error:
        figure.learning_rate = value
    assert is_one_sentence(error) and figure.learning_rate == 0.1


def test_a_slider_reads_large_whole_stops_whole():
    figure = bare(epochs=[0, 1000, 12_700, 20_000, 5_000_000])
    assert figure._sliders[1].texts == ["0", "1000", "12700", "20000", "5e6"]


def test_a_slider_may_have_words_for_stops():
    figure = bare(activation=["relu", "tanh"])
    figure.activation = "tanh"
    with pytest.raises(traitlets.TraitError, match=r"'gelu', expected one of \['relu', 'tanh'\]"):
        figure.activation = "gelu"
    assert figure.activation == "tanh"


def test_sliders_can_be_observed_and_linked():
    figure = bare()
    heard = []
    figure.observe(lambda change: heard.append(change.new), "learning_rate")
    control = ipywidgets.FloatSlider(value=0.1, min=0.1, max=1.0)
    link = traitlets.link((control, "value"), (figure, "learning_rate"))
    control.value = 0.3
    assert figure.learning_rate == 0.3 and heard == [0.3]
    figure.learning_rate = 1.0
    assert control.value == 1.0 and heard == [0.3, 1.0]
    link.unlink()


def test_two_figures_do_not_share_their_sliders():
    one, other = bare(learning_rate=[1, 2]), bare(learning_rate=[5, 6])
    one.learning_rate = 2
    assert other.learning_rate == 5
    other.learning_rate = 6
    assert one.learning_rate == 2


def test_the_traits_are_sent_to_the_browser():
    figure = bare()
    assert {"learning_rate", "epochs", "spec", "frames", "svg_wide"} <= set(figure.keys)
    figure.set_state({"learning_rate": 0.3, "epochs": 5})  # as a message from the browser does
    assert (figure.learning_rate, figure.epochs) == (0.3, 5)


def test_the_notebook_gets_a_widget_a_picture_and_a_sentence():
    figure, _ = lined()
    data, _ = figure._repr_mimebundle_()
    assert set(data) == {"text/plain", "image/png", "application/vnd.jupyter.widget-view+json"}
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == figure.model_id
    assert data["text/plain"] == (
        "Live figure 'bare': move learning rate (3 stops, 0.1 to 1) and epochs (4 stops, 0 to 20)."
    )


# ------------------------------------------------------------------ any data, never a warning


def wild(rng, shape):
    kinds = [np.nan, np.inf, -np.inf, 1e300, -1e300, 1e12, 0.0, -1.0, 0.5]
    return rng.choice(kinds, shape)


@pytest.mark.parametrize("seed", range(6))
def test_diverged_data_is_legal_and_silent(seed):
    rng = np.random.default_rng(seed)
    fig, (left, right, cells) = plt.subplots(1, 3)
    right.set(xscale="log", yscale="log", xlim=(0.1, 10), ylim=(0.1, 10))
    left.set(xlim=(0, 1), ylim=(0, 1))
    for ax in (left, right, cells):
        ax.minorticks_off()
        ax.set(xticks=[], yticks=[])  # drawn three times as fast
    use_style()
    figure = LiveFigure(fig, name="wild", alt=ALT, budget=10**6, rate=[1, 2, 3], epochs=[0, 1])
    for ax in (left, right):
        (line,) = ax.plot([1, 2, 3], [1, 2, 3], "o-")
        (trail,) = ax.plot([1, 2, 3], [1, 2, 3], "o-")
        spots = ax.scatter([1, 2, 3], [1, 2, 3], c=[0, 1, 2])
        arrow = ax.arrow(1, 1, 1, 1)
        note = ax.annotate("note", (1, 1), (9, 9), textcoords="offset points",
                           arrowprops={"arrowstyle": "->"})  # fmt: skip
        word = ax.text(1, 1, "word")
        for artist, shape in (
            (line, (3, 2, 3)),
            (spots, (3, 2, 3)),
            (note, (3, 2)),
            (word, (3, 2)),
        ):
            more = {"values": wild(rng, shape), "sizes": np.abs(wild(rng, shape))}
            more = {k: np.minimum(v, 400) for k, v in more.items()} if artist is spots else {}
            figure.animate(artist, x=wild(rng, shape), y=wild(rng, shape), **more)
        figure.animate(trail, x=wild(rng, (3, 2)), y=wild(rng, (3, 2)), trail="epochs")
        x, y, dx, dy = wild(rng, (4, 3, 2))
        figure.animate(arrow, x=x, y=y, dx=dx, dy=dy)
    figure.animate(cells.imshow(np.eye(3)), data=wild(rng, (3, 2, 3, 3)))
    figure.readout("{x:.2f} and {n}", x=wild(rng, (3, 2)), n=np.arange(6).reshape(3, 2))
    assert figure.filmstrip() and figure.nbytes > 0  # warnings are errors: pyproject.toml
    for rate in (1, 2, 3):
        assert figure.drawing(rate=rate) and figure.drawing("narrow", rate=rate, epochs=1)


def test_masked_numbers_are_gaps():
    figure, line = lined()
    fig, ax = plt.subplots()
    (line,) = ax.plot([0, 1, 2])
    figure = bare(fig)
    y = np.ma.masked_greater(np.arange(36.0).reshape(3, 4, 3), 20)
    figure.animate(line, y=y)
    figure.show(learning_rate=1.0, epochs=20)
    assert np.isnan(line.get_ydata()).all()


def test_numbers_that_are_not_finite_read_as_such():
    figure, _ = lined(start={"learning_rate": 1.0})
    loss = np.ones((3, 4)) * -0.5
    loss[2, 0] = np.inf
    figure.readout("Rate {learning_rate:.2f}: loss {loss:.2f}", loss=loss)
    words = page(figure, "t")
    assert figure._sentence((2, 0)) == "Rate 1.00: loss beyond all bounds"
    assert figure._sentence((0, 0)) == "Rate 0.10: loss −0.50"
    assert "beyond all bounds" not in words  # in the frames, deflated


@pytest.mark.parametrize("seed", range(30))
def test_a_line_is_cut_where_nobody_sees_it(seed):
    rng = np.random.default_rng(seed)
    points = rng.uniform(-1, 1, (2, 7, 2)) * 10.0 ** rng.integers(0, 9, (2, 7, 1))
    points[rng.random((2, 7)) < 0.1] = np.nan
    points[0, 0] = [2e4, 0]  # a point beyond, so that the line is cut
    pieces = cut(points, FAR)
    assert pieces.shape == (2, 7, 3, 2)
    assert np.nanmax(np.abs(pieces)) <= FAR * 1.0001
    for before, after in zip(points, pieces.reshape(2, -1, 2), strict=True):
        # where the line crosses a vertical inside, it still crosses it there
        for x in rng.uniform(-FAR / 2, FAR / 2, 5):
            assert crossings(after, x) == pytest.approx(crossings(before, x), abs=1e-3)


def crossings(points, x):
    (x0, y0), (x1, y1) = points[:-1].T, points[1:].T
    across = (x0 < x) != (x1 < x)
    across &= np.isfinite(x0 + x1 + y0 + y1)
    y = (y0 + (y1 - y0) * (x - x0) / np.where(across, x1 - x0, 1))[across]
    return sorted(y[np.abs(y) < FAR])


def test_a_line_inside_is_not_touched():
    points = np.random.default_rng(0).normal(size=(3, 5, 2))
    points[1, 2] = np.nan
    assert np.array_equal(cut(points, FAR), points[:, :, None], equal_nan=True)


# ------------------------------------------------------------------ the author's figure


def test_the_authors_figure_is_left_as_it_was():
    fig, ax = plt.subplots()
    mesh = ax.pcolormesh(np.arange(4), np.arange(3), np.ones((2, 3)))
    hidden = ax.text(0.5, 0.5, "", visible=False)
    spots = ax.scatter([0, 1], [0, 1], s=[4, 9])
    figure = bare(fig)
    figure.animate(mesh, data=np.zeros((3, 4, 2, 3)))
    figure.animate(hidden, over="epochs", text=["", "a", "b", "c"])
    figure.animate(spots, over="epochs", sizes=np.full((4, 2), 25.0))
    children, size = list(ax.get_children()), fig.get_size_inches().copy()
    limits, smooth = (ax.get_xlim(), ax.get_ylim()), spots.get_antialiaseds()
    figure.filmstrip()
    assert ax.get_children() == children and np.array_equal(fig.get_size_inches(), size)
    assert (ax.get_xlim(), ax.get_ylim()) == limits
    assert mesh.get_visible() and not hidden.get_visible() and hidden.get_text() == ""
    assert np.array_equal(spots.get_antialiaseds(), smooth)
    assert figure.show(epochs=5) is fig and hidden.get_text() == "a"


def test_twin_axes_stay_together_in_the_narrow_layout():
    fig, (left, right) = plt.subplots(1, 2)
    twin = left.twinx()
    figure = bare(fig)
    (line,) = twin.plot([0, 1])
    figure.animate(line, y=np.zeros((3, 4, 2)))
    figure.filmstrip()
    boxes = json.loads(figure.spec)["layouts"][1]["axes"]
    assert boxes[0] == boxes[2] and boxes[0][1] > boxes[1][1] + boxes[1][3]


def test_what_the_start_does_not_show_the_first_drawing_does_not_show():
    fig, ax = plt.subplots()
    gone, here = ax.text(0.5, 0.5, "gone"), ax.text(0.5, 0.5, "here")
    figure = LiveFigure(fig, name="a", alt=ALT, k=[1, 2])
    figure.animate(gone, visible=[False, True])
    figure.animate(here, x=[0.1, np.nan], y=[0.1, 0.1])
    figure.filmstrip()
    for svg in (figure.svg_wide, figure.svg_narrow):
        assert svg.count('artist0" display="none"') == 1
        assert 'artist1"' in svg and 'artist1" display' not in svg


# ------------------------------------------------------------------ filmstrip and weight


def test_the_filmstrip_is_the_same_bytes_each_time():
    strips = []
    for _ in range(2):
        use_style()
        figure = one_node.front_page()
        strips.append(figure.filmstrip())
        assert figure.filmstrip() is strips[-1]
    assert strips[0] == strips[1]
    image = Image.open(io.BytesIO(strips[0]))
    assert image.format == "PNG" and not {"Software", "date"} & set(image.info)


def test_the_filmstrip_shows_the_positions_of_the_film():
    def strip(film):
        fig, ax = plt.subplots(figsize=(3, 2), dpi=100)
        ax.set(xlim=(0, 1), ylim=(0, 10))
        (line,) = ax.plot([0, 1], [0, 1], color="#ff0000")
        figure = bare(fig, film=film)
        figure.animate(line, y=np.arange(24.0).reshape(3, 4, 2) % 10)
        return np.asarray(Image.open(io.BytesIO(figure.filmstrip())).convert("RGB"))

    one, other = {"learning_rate": 0.1, "epochs": 5}, {"learning_rate": 1.0, "epochs": 20}
    both, first, second = strip([one, other]), strip([one]), strip([other])
    assert both.shape == (2 * first.shape[0], 300, 3)
    top, bottom = np.split(both, 2)
    for part, alone, wrong in ((top, first, second), (bottom, second, first)):
        assert np.abs(part.astype(int) - alone).mean() < 1
        assert np.abs(part.astype(int) - wrong).mean() > 1


def test_nbytes_counts_drawings_words_and_frames():
    figure, line = lined()
    assert len(figure.frames) == 0
    small = figure.nbytes
    assert small > len(figure.frames) > 0
    figure.readout("loss {loss}", loss=np.random.default_rng(0).random((3, 4)))
    assert figure.nbytes > small + 100
    fig, ax = plt.subplots()
    (line,) = ax.plot(np.zeros(100))
    noisy = bare(fig)
    noisy.animate(line, y=np.random.default_rng(0).random((3, 4, 100)))
    assert noisy.nbytes > small + 1000


def test_the_figures_of_the_course_keep_their_weight():
    use_style()
    for make in (one_node.line_and_bowl, one_node.nudge_meter, one_node.front_page):
        assert make().nbytes < 48_000
