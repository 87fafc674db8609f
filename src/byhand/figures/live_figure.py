"""LiveFigure: a matplotlib figure whose artists move when a slider moves, with or without a kernel.

Matplotlib draws the figure once, as SVG, in a wide and a narrow layout.  Python computes every frame
beforehand; the browser looks frames up and moves the named artists.  Nothing is computed twice in
two languages, nothing is interpolated, and every stop of every slider was computed.
"""

import contextlib
import gzip
import io
import itertools
import json
import pathlib
import re
import string
from typing import NamedTuple

import anywidget
import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib import artist as martist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection, QuadMesh
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrow, Patch
from matplotlib.text import Annotation, Text
from PIL import Image

from byhand.figures import codec, palette, svg
from byhand.figures.bundle import mime_bundle

HERE = pathlib.Path(__file__).parent
GRID = 10  # frames are kept to a tenth of a point
FAR = 1e6  # points: what lies farther outside is put here, which bends no visible line
SUPPORTED = {
    Line2D: ("x", "y", "visible"),
    PathCollection: ("x", "y", "sizes", "values", "visible"),
    Annotation: ("x", "y", "text", "visible"),
    Text: ("x", "y", "text", "visible"),
    AxesImage: ("data", "visible"),
    QuadMesh: ("data", "visible"),
    FancyArrow: ("x", "y", "dx", "dy", "visible"),
    Patch: ("visible",),
}


class Slider(NamedTuple):
    """One slider: its trait's name, its stops, and the words for each stop."""

    name: str
    label: str
    stops: list
    texts: list
    start: int
    logarithmic: bool


class Motion(NamedTuple):
    """One animated artist: what moves, over which sliders, and the data by stop."""

    artist: martist.Artist
    gid: str
    over: tuple
    trail: str | None
    data: dict


class LiveFigure(anywidget.AnyWidget):
    """A matplotlib figure with sliders that stays alive on a static page, in Jupyter and in Colab.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Drawn as it stands; artists given to `animate` move.
    name : str
        Lower-case words joined by hyphens; the figure's address is ``#fig-NAME``.
    alt : str
        One or two sentences that say what is to be seen, for readers who cannot see it.
    start : dict, optional
        Slider → stop it starts at; the first stop when left out.
    film : list of dict, optional
        The settled positions shown in print and without JavaScript; the start when left out.
    labels : dict, optional
        Slider → words beside it; the name with spaces when left out.
    autoplay : bool
        Play once when first seen (never for readers who ask for less motion).
    budget : int
        Bytes, gzipped, that the figure may cost; more raises.
    **sliders : array_like
        Slider name → its stops: numbers in rising order, or words.

    Raises
    ------
    ValueError, TypeError
        In one sentence, when something does not fit.

    Notes
    -----
    Every slider is also a synchronised trait: ``figure.learning_rate = 0.3`` moves the slider, and
    it can be observed and linked.  A value between two stops goes to the nearer one.
    """

    _esm = HERE / "live_figure.js"
    _css = palette.css() + (HERE / "live_figure.css").read_text(encoding="utf-8")

    name = traitlets.Unicode().tag(sync=True)
    alt = traitlets.Unicode().tag(sync=True)
    spec = traitlets.Unicode().tag(sync=True)
    svg_wide = traitlets.Unicode().tag(sync=True)
    svg_narrow = traitlets.Unicode().tag(sync=True)
    frames = traitlets.Bytes().tag(sync=True)
    reserve = traitlets.Int().tag(sync=True)

    def __init__(
        self,
        figure,
        *,
        name,
        alt,
        start=None,
        film=None,
        labels=None,
        autoplay=False,
        budget=100_000,
        **sliders,
    ):
        if not isinstance(figure, Figure):
            raise TypeError(f"got a {type(figure).__name__}, expected a matplotlib Figure.")
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
            raise ValueError(f"name is {name!r}: use lower-case words joined by hyphens.")
        if not sliders:
            raise ValueError("no sliders: give at least one, as learning_rate=[0.1, 0.3, 1].")
        if len(alt.split()) < 5:
            raise ValueError(f"alt is {alt!r}: say in a sentence what is to be seen.")
        super().__init__()
        self._figure, self._autoplay, self._budget = figure, autoplay, budget
        self._sliders = [
            self._slider(key, stops, (start or {}).get(key), (labels or {}).get(key))
            for key, stops in sliders.items()
        ]
        self._motions, self._explanations, self._tasks = [], [], []
        self._readout, self._question, self._steps = None, None, None
        self._built = False
        self._film = [self._position(stops) for stops in (film or [{}])]
        self.name, self.alt = name, alt
        for slider in self._sliders:
            kind = traitlets.Unicode if isinstance(slider.stops[0], str) else traitlets.Float
            self.add_traits(**{slider.name: kind(slider.stops[slider.start]).tag(sync=True)})
            setattr(self, slider.name, slider.stops[slider.start])
        self._trait_sliders = {slider.name: slider for slider in self._sliders}
        for slider in self._sliders:
            self._register_validator(_snap, [slider.name])
        plt.close(figure)  # shown by us, not a second time by the notebook

    # ------------------------------------------------------------------ what the author says

    def animate(self, artist, *, over=None, trail=None, **data):
        """Let ``artist`` move with the sliders.

        Parameters
        ----------
        artist : matplotlib artist
            A line (``x``, ``y``), a scatter (``x``, ``y``, ``sizes``, ``values`` through its
            colormap), a text or annotation (``text``, and ``x``, ``y`` of what it points at), an
            image or mesh (``data``), an arrow (``x``, ``y``, ``dx``, ``dy``), or any patch
            (``visible``).  All take ``visible``.
        over : tuple of str, optional
            The sliders it depends on; all, in their order, when left out.
        trail : str, optional
            Draw the stops of this slider from the first to the present one, as a path or a curve;
            then ``x`` and ``y`` hold one point a stop.
        **data : array_like
            Leading axes: one for each slider of ``over``.  Then, for lines and scatters, the
            points; for images, rows and columns.  A line's ``x`` or ``y`` may be left out.
            Non-finite numbers are legal: what they describe leaves the drawing.

        Raises
        ------
        TypeError
            If the artist cannot be animated.
        ValueError
            If a shape does not fit the sliders.
        """
        kind = next((kind for kind in SUPPORTED if isinstance(artist, kind)), None)
        if kind is None:
            names = ", ".join(kind.__name__ for kind in SUPPORTED)
            raise TypeError(f"cannot animate a {type(artist).__name__}: animate one of {names}.")
        unknown = set(data) - set(SUPPORTED[kind])
        if unknown or not data:
            raise TypeError(
                f"{type(artist).__name__} takes {', '.join(SUPPORTED[kind])}; "
                f"got {', '.join(sorted(unknown)) or 'nothing'}."
            )
        over = self._over(over)
        if trail is not None and (kind is not Line2D or trail not in over):
            raise ValueError(f"trail is {trail!r}: a line can trail one of {', '.join(over)}.")
        lengths = tuple(len(self._named(key).stops) for key in over)
        if kind is Line2D and {"x", "y"} & set(data):
            data = self._complete_line(artist, data, trail)
        checked = {}
        for key, values in data.items():
            if key == "text":
                checked[key] = self._texts(values, lengths)
            elif key == "visible":
                checked[key] = _shaped(np.asarray(values, dtype=bool), key, lengths, 0)
            else:
                extra = {"x": 1, "y": 1, "sizes": 1, "values": 1, "data": 2}.get(key, 0)
                if trail is not None or kind in (Text, Annotation, FancyArrow):
                    extra = 0
                checked[key] = _shaped(np.asarray(values, dtype=float), key, lengths, extra)
        if {"x", "y"} & set(checked) and not {"x", "y"} <= set(checked):
            raise ValueError(f"{type(artist).__name__} moves in x and y: give both.")
        points = {a.shape for k, a in checked.items() if k in ("x", "y", "sizes", "values")}
        if len(points) > 1:
            raise ValueError(f"x, y, sizes and values have shapes {sorted(points)}: make them equal.")
        gid = f"artist{len(self._motions)}"
        self._motions.append(Motion(artist, gid, over, trail, checked))
        self._built = False

    def readout(self, template, **columns):
        """Say in one sentence what the figure shows.

        Parameters
        ----------
        template : str
            With a ``{field}`` or ``{field:format}`` for each column and slider, as in
            ``"learning rate {learning_rate}, epoch {epochs}: loss {loss:.3f}, {verdict}"``.
        **columns : array_like
            One number or string for every position of the sliders.
        """
        self._readout = self._template(template, columns)
        self._built = False

    def ask(self, question, answers, *, right):
        """Ask for a prediction; the sliders wait until an answer is chosen (or waved through).

        Parameters
        ----------
        question : str
        answers : dict
            Answer → one comment that is shown when it is chosen.
        right : str
            The answer that holds.
        """
        if right not in answers or len(answers) < 2:
            raise ValueError(f"right is {right!r}: it must be one of at least two answers.")
        self._question = {
            "question": question,
            "answers": [[answer, comment] for answer, comment in answers.items()],
            "right": list(answers).index(right),
        }
        self._built = False

    def task(self, text, *, when):
        """Set a task, ticked when the sliders reach a position at which ``when`` is true.

        Parameters
        ----------
        text : str
        when : array_like of bool
            One for every position of the sliders; at least one true.
        """
        when = _shaped(np.asarray(when, dtype=bool), "when", self._lengths(), 0)
        if not when.any():
            raise ValueError(f"the task {text!r} cannot be reached: no position is true.")
        if when[tuple(slider.start for slider in self._sliders)]:
            raise ValueError(f"the task {text!r} is done at the start: begin somewhere else.")
        self._tasks.append((text, when))
        self._built = False

    def explain(self, artist, template, *, label=None, **columns):
        """Show a formula with its numbers plugged in when the reader points at ``artist``.

        Parameters
        ----------
        artist : matplotlib artist
            One that is animated; reached by pointing, by tapping, and by a button of its own.
        template : str
            As in `readout`: ``"a = {w:.3f} x + {b:.3f}"``.
        label : str
            The words on the button; the artist's label when left out.
        """
        motion = next((motion for motion in self._motions if motion.artist is artist), None)
        if motion is None:
            raise ValueError("explain takes an artist that animate has seen: animate it first.")
        label = label or str(artist.get_label())
        self._explanations.append((label, motion.gid, self._template(template, columns)))
        self._built = False

    def steps(self, **sentences):
        """Turn a slider into named steps, with Back and Next and a sentence for each.

        Parameters
        ----------
        **sentences : list of str
            Slider name → one sentence a stop.
        """
        ((key, lines),) = sentences.items()
        slider = self._named(key)
        if len(lines) != len(slider.stops):
            raise ValueError(f"{len(lines)} sentences for {len(slider.stops)} steps of {key!r}.")
        self._steps = {"slider": self._sliders.index(slider), "sentences": list(lines)}
        self._built = False

    # ------------------------------------------------------------------ what the reader gets

    @property
    def nbytes(self):
        """Bytes the figure costs a page, gzipped: both drawings, all frames, all words."""
        self._build()
        text = self.svg_wide + self.svg_narrow + self.spec + self.alt
        return len(gzip.compress(text.encode(), 9)) + len(self.frames)

    def filmstrip(self):
        """Return a PNG (bytes) of the figure at its settled positions, one below the other."""
        self._build()
        return self._filmstrip

    def __repr__(self):
        """Describe the figure and its sliders in one sentence."""
        sliders = " and ".join(
            f"{slider.label} ({len(slider.stops)} stops, {slider.texts[0]} to {slider.texts[-1]})"
            for slider in self._sliders
        )
        return f"Live figure {self.name!r}: move {sliders}."

    _ipython_display_ = None  # ipywidgets 7 would bypass the mime bundle

    def _repr_mimebundle_(self, **kwargs):
        self._build()
        return mime_bundle(self, self.filmstrip())

    def show(self, **stops):
        """Put the matplotlib artists where the sliders' ``stops`` put them, and return the figure.

        The positions that are left out are those of the start.
        """
        self._apply(self._position(stops))
        return self._figure

    # ------------------------------------------------------------------ sliders and positions

    def _slider(self, name, stops, start, label):
        if hasattr(type(self), name) or not name.isidentifier():
            raise ValueError(f"a slider cannot be called {name!r}: the name is taken.")
        stops = list(stops)
        words = all(isinstance(stop, str) for stop in stops)
        if not words:
            stops = [float(stop) for stop in stops]
        if len(stops) < 2 or (not words and not (np.isfinite(stops).all() and _rising(stops))):
            raise ValueError(
                f"{name} has stops {stops[:4]}…: give at least two, finite and in rising order."
            )
        texts = stops if words else [f"{stop:.4g}" for stop in stops]
        if len(set(texts)) < len(texts):
            raise ValueError(f"{name} has stops that read the same: {texts}; space them wider.")
        logarithmic = not words and stops[0] > 0 and stops[-1] / stops[0] >= 10
        try:
            index = 0 if start is None else stops.index(start if words else float(start))
        except ValueError:
            raise ValueError(f"{name} starts at {start!r}, which is not one of its stops.") from None
        label = label or name.replace("_", " ")
        return Slider(name, label, stops, texts, index, logarithmic)

    def _named(self, key):
        for slider in self._sliders:
            if slider.name == key:
                return slider
        names = ", ".join(slider.name for slider in self._sliders)
        raise ValueError(f"no slider {key!r}: there are {names}.")

    def _over(self, over):
        if over is None:
            return tuple(slider.name for slider in self._sliders)
        over = tuple(over)
        for key in over:
            self._named(key)
        return over

    def _lengths(self):
        return tuple(len(slider.stops) for slider in self._sliders)

    def _position(self, stops):
        """Turn ``{slider: stop}`` into one index a slider."""
        for key in stops:
            self._named(key)
        position = []
        for slider in self._sliders:
            stop = stops.get(slider.name, slider.stops[slider.start])
            if stop not in slider.stops:
                raise ValueError(f"{stop!r} is not a stop of {slider.name}.")
            position.append(slider.stops.index(stop))
        return tuple(position)

    def _texts(self, values, lengths):
        array = np.empty(lengths, dtype=object)
        try:
            values = np.asarray(values, dtype=object).reshape(lengths)
        except ValueError:
            raise ValueError(
                f"text has shape {np.shape(values)}, expected {lengths}: one string a position."
            ) from None
        for index in np.ndindex(lengths):
            text = str(values[index])
            if "$" in text or "\n" in text:
                raise ValueError(f"{text!r}: a text that changes is one plain line, without $.")
            array[index] = text
        return array

    def _template(self, template, columns):
        """Split a template into literal pieces and columns of ready strings."""
        pieces, fields = [], []
        for literal, field, spec, _ in string.Formatter().parse(template):
            pieces.append(literal)
            if field is None:
                continue
            slider = next((s for s in self._sliders if s.name == field), None)
            if slider is not None and field not in columns:
                fields.append(((slider.name,), np.array(slider.texts, dtype=object)))
                continue
            if field not in columns:
                raise ValueError(f"the sentence {template!r} needs {field}=.")
            values = np.asarray(columns[field])
            if values.ndim == 0:
                values = np.broadcast_to(values, self._lengths())
            _shaped(values, field, self._lengths(), 0)
            texts = np.empty(values.shape, dtype=object)
            for index in np.ndindex(values.shape):
                texts[index] = _words(values[index], spec)
            fields.append((self._over(None), texts))
        unused = set(columns) - {f for _, f, _, _ in string.Formatter().parse(template) if f}
        if unused:
            raise ValueError(f"{', '.join(sorted(unused))} does not occur in {template!r}.")
        return pieces, fields

    def _complete_line(self, line, data, trail):
        """Fill in a line's constant coordinate."""
        data = dict(data)
        for key, own in (("x", line.get_xdata()), ("y", line.get_ydata())):
            if key not in data:
                other = np.asarray(data["y" if key == "x" else "x"], dtype=float)
                own = np.asarray(own, dtype=float)
                if trail is not None or own.shape != other.shape[-1:]:
                    raise ValueError(f"the line has {own.size} {key} values, frames do not: give {key}.")
                data[key] = np.broadcast_to(own, other.shape)
        return data

    # ------------------------------------------------------------------ drawing

    def _apply(self, position):
        """Set every animated artist to its frame at ``position``, in matplotlib."""
        names = [slider.name for slider in self._sliders]
        for motion in self._motions:
            index = tuple(position[names.index(key)] for key in motion.over)
            frame = {key: values[index] for key, values in motion.data.items()}
            if motion.trail is not None:
                axis = motion.over.index(motion.trail)
                until = (*index[:axis], slice(0, index[axis] + 1), *index[axis + 1 :])
                frame.update({key: motion.data[key][until] for key in ("x", "y") if key in frame})
            _set(motion.artist, frame)

    @contextlib.contextmanager
    def _layout(self, kind):
        """Lay the figure out wide or narrow, at 72 dots an inch, frozen at the start position."""
        figure = self._figure
        size, dpi, engine = figure.get_size_inches().copy(), figure.dpi, figure.get_layout_engine()
        specs = {ax: ax.get_subplotspec() for ax in figure.axes if ax.get_subplotspec()}
        figure.set_dpi(72)
        if kind == "narrow":
            grid = GridSpec(len(specs) or 1, 1, figure=figure)
            for row, ax in enumerate(specs):
                ax.set_subplotspec(grid[row])
            figure.set_size_inches(3.5, {1: 2.5, 2: 4.2}.get(len(specs), 1.8 * len(specs)))
        self._apply(self._position({}))
        FigureCanvasAgg(figure)
        figure.draw_without_rendering()
        figure.set_layout_engine("none")
        try:
            yield figure
        finally:
            figure.set_layout_engine(engine)
            for ax, spec in specs.items():
                ax.set_subplotspec(spec)
            figure.set_size_inches(size)
            figure.set_dpi(dpi)

    def drawing(self, kind="wide", **stops):
        """Return matplotlib's own SVG (str) of one position, the reference our frames must match."""
        with self._layout(kind) as figure:
            self._apply(self._position(stops))
            return svg.save(figure, salt=self.name)

    def _build(self):
        if self._built:
            return
        writer = codec.Writer()
        axes = list(self._figure.axes)
        stand_ins = self._stand_ins()
        layouts, boxes, paths = [], [], {}
        for kind in ("wide", "narrow"):
            with self._layout(kind) as figure:
                width, height = figure.bbox.size
                boxes.append([ax.get_window_extent().bounds for ax in axes])
                for motion in self._motions:
                    if isinstance(motion.artist, (FancyArrow, Annotation)):
                        paths.setdefault(motion.gid, []).append(self._figure_paths(motion, height))
                self._apply(self._position({}))
                self._make_finite()
                for motion in self._motions:
                    motion.artist.set_gid(motion.gid)
                    if isinstance(motion.artist, Annotation) and motion.artist.arrow_patch:
                        motion.artist.arrow_patch.set_gid(motion.gid + "arrow")
                drawing = svg.save(figure, salt=self.name)
                layouts.append(
                    {"width": width, "height": height, "axes": [_rounded(box) for box in boxes[-1]]}
                )
                drawing = svg.tidy(drawing, f"{self.name}-{kind[0]}-", self._colours())
            if kind == "wide":
                self.svg_wide = drawing
            else:
                self.svg_narrow = drawing
        self._remove(stand_ins)
        scale = [
            [GRID * max(box[k][side] for box in boxes) for side in (2, 3)] for k in range(len(axes))
        ]
        artists = [self._encode(m, writer, axes, scale, paths.get(m.gid)) for m in self._motions]
        spec = {
            "sliders": [
                {
                    "name": s.name,
                    "label": s.label,
                    "stops": s.stops,
                    "texts": s.texts,
                    "start": s.start,
                }
                for s in self._sliders
            ],
            "layouts": layouts,
            "scale": scale,
            "artists": artists,
            "readout": self._encode_template(writer, self._readout or self._template(
                ", ".join(f"{s.label} {{{s.name}}}" for s in self._sliders), {}
            )),
            "explain": [
                {"label": label, "gid": gid, **self._encode_template(writer, template)}
                for label, gid, template in self._explanations
            ],
            "tasks": [
                {"text": text, "when": self._encode_array(writer, when, self._over(None), "tasks")}
                for text, when in self._tasks
            ],
            "ask": self._question,
            "steps": self._steps,
            "autoplay": self._autoplay,
        }
        self.frames = writer.close()
        spec["arrays"] = writer.arrays
        spec["numbers"] = writer.n_numbers_bytes
        self.spec = json.dumps(spec, ensure_ascii=False, separators=(",", ":"))
        self.reserve = (
            60 * len(self._sliders)
            + 76
            + 34 * len(self._tasks)
            + 64 * bool(self._explanations)
            + (90 + 30 * len(self._question["answers"]) if self._question else 0)
            + 90 * bool(self._steps)
        )
        self._filmstrip = self._make_filmstrip()
        self._built = True
        if self.nbytes > self._budget:
            worst, cost = writer.costliest()
            raise ValueError(
                f"figure {self.name!r} costs {self.nbytes} bytes, its budget is {self._budget}: "
                f"{worst} costs most ({cost} bytes); give it fewer stops or points."
            )

    def _colours(self):
        return {
            light.lower(): f"var(--byhand-{name}, {light})"
            for name, (light, _) in palette.PALETTE.items()
        }

    def _stand_ins(self):
        """Draw meshes as images, which the browser can repaint."""
        swapped = []
        for number, motion in enumerate(self._motions):
            mesh = motion.artist
            if not isinstance(mesh, QuadMesh):
                continue
            corners = mesh.get_coordinates()
            x, y = corners[0, :, 0], corners[:, 0, 1]
            even = np.allclose(np.diff(x), x[1] - x[0]) and np.allclose(np.diff(y), y[1] - y[0])
            if not (even and np.allclose(corners[..., 0], x) and np.allclose(corners[..., 1].T, y)):
                raise TypeError("cannot animate an uneven QuadMesh: use evenly spaced cells.")
            limits = mesh.axes.get_xlim(), mesh.axes.get_ylim()
            image = mesh.axes.imshow(
                motion.data["data"][(0,) * len(motion.over)],
                extent=(x[0], x[-1], y[0], y[-1]),
                origin="lower",
                aspect=mesh.axes.get_aspect(),
                cmap=mesh.cmap,
                norm=mesh.norm,
                interpolation="nearest",
                zorder=mesh.get_zorder(),
            )
            mesh.axes.set(xlim=limits[0], ylim=limits[1])
            mesh.set_visible(False)
            self._motions[number] = motion._replace(artist=image)
            swapped.append((number, motion, image))
        return swapped

    def _remove(self, stand_ins):
        for number, motion, image in stand_ins:
            image.remove()
            motion.artist.set_visible(True)
            self._motions[number] = motion

    def _make_finite(self):
        """Give matplotlib something to draw where the start frame has nothing: templates for later."""
        for motion in self._motions:
            artist = motion.artist
            artist.set_visible(True)
            if not isinstance(artist, (Line2D, PathCollection)) or "x" not in motion.data:
                continue
            shape = motion.data["x"].shape
            n_points = shape[motion.over.index(motion.trail)] if motion.trail else shape[-1]
            middle = artist.axes.transAxes + artist.axes.transData.inverted()
            x, y = middle.transform((0.5, 0.5))
            if isinstance(artist, Line2D):
                have = np.array(artist.get_data(orig=False), dtype=float)
                if have.shape[1] < 2 or not np.isfinite(have).all():
                    have = np.full((2, max(n_points, 2)), [[x], [y]])
                    have[0, 0] *= 1.0001  # a line needs two places
                artist.set_data(*have)
            else:
                have = np.array(artist.get_offsets(), dtype=float)
                have[~np.isfinite(have).all(axis=1)] = x, y
                artist.set_offsets(have)

    def _figure_paths(self, motion, height):
        """Return the drawn path (in points, y downward) of an arrow at every stop, and its codes."""
        names = [slider.name for slider in self._sliders]
        lengths = [len(self._named(key).stops) for key in motion.over]
        start = self._position({})
        rows, codes = [], None
        for index in np.ndindex(*lengths):
            position = list(start)
            for key, at in zip(motion.over, index, strict=True):
                position[names.index(key)] = at
            self._apply(position)
            vertices, own = _drawn_path(motion.artist)
            if own is not None and (codes is None or len(own) > len(codes)):
                codes = own
            rows.append(vertices)
        size = max((len(row) for row in rows), default=0)
        table = np.full((*lengths, size, 2), np.nan)
        for index, row in zip(np.ndindex(*lengths), rows, strict=True):
            if len(row) == size:
                table[index] = row
        table[..., 1] = height - table[..., 1]
        return table, codes or ""

    # ------------------------------------------------------------------ coding

    def _encode(self, motion, writer, axes, scale, paths):
        artist, data = motion.artist, motion.data
        who = f"{type(artist).__name__} {str(artist.get_label() or motion.gid)!r}"
        entry = {"gid": motion.gid}
        encode = self._encode_array
        if motion.trail is not None:
            entry["trail"] = [slider.name for slider in self._sliders].index(motion.trail)
        if paths:
            entry["kind"], entry["codes"] = "path", paths[0][1]
            entry["figure"] = [
                [
                    encode(writer, _far(table[..., side] * GRID), motion.over, who)
                    for side in (0, 1)
                ]
                for table, _ in paths
            ]
            if isinstance(artist, Annotation):
                entry["kind"] = "note"
        elif "x" in data:
            entry["kind"] = {Line2D: "line", PathCollection: "points"}.get(type(artist), "text")
            entry["axes"] = axes.index(artist.axes)
            wide, tall = scale[entry["axes"]]
            transform = artist.get_offset_transform() if entry["kind"] == "points" else (
                artist.get_transform()
            )
            to_axes = transform - artist.axes.transAxes
            x, y = np.asarray(data["x"]), np.asarray(data["y"])
            with np.errstate(all="ignore"):
                flat = to_axes.transform(np.column_stack([x.ravel(), y.ravel()]))
            for key, column, size in (("x", 0, wide), ("y", 1, tall)):
                values = flat[:, column].reshape(x.shape) * size
                entry[key] = encode(writer, _far(values), motion.over, who)
        if "text" in data:
            entry.setdefault("kind", "text")
            entry["text"] = self._encode_texts(writer, data["text"], motion.over, who)
        if "visible" in data:
            entry.setdefault("kind", "visible")
            entry["visible"] = encode(writer, data["visible"], motion.over, who)
        if "sizes" in data:
            ratio = np.sqrt(data["sizes"] / np.broadcast_to(artist.get_sizes(), data["sizes"].shape))
            entry["sizes"] = encode(writer, _far(ratio * 100), motion.over, who)
        for key in ("values", "data"):
            if key in data:
                entry.setdefault("kind", "image")
                levels = 32
                with np.errstate(invalid="ignore"):
                    level = np.asarray(artist.norm(data[key]), dtype=float).clip(0, 1)
                level = np.where(np.isfinite(level), np.rint(level * (levels - 1)), levels)
                colours = [*artist.cmap(np.linspace(0, 1, levels)), (0, 0, 0, 0)]
                entry["colours"] = [[round(255 * c) for c in colour] for colour in colours]
                if key == "data":
                    entry["shape"] = level.shape[-2:]
                    if getattr(artist, "origin", "lower") == "lower":
                        level = level[..., ::-1, :]  # rows from the top, as pixels go
                    level = level.reshape(*level.shape[:-2], -1)
                entry["levels"] = encode(writer, level, motion.over, who)
        return entry

    def _encode_array(self, writer, values, over, who):
        """Write an integer array; return where it is and how to find a frame in it."""
        values = np.asarray(values)
        lengths = [len(self._named(key).stops) for key in over]
        size = int(np.prod(values.shape[len(lengths) :], dtype=int))
        number = writer.add(values.reshape(*lengths, size), who)
        strides = dict(zip(over, _strides(lengths), strict=True))
        return {"at": number, "strides": [strides.get(s.name, 0) for s in self._sliders]}

    def _encode_texts(self, writer, texts, over, who):
        lookup = {text: number for number, text in enumerate(dict.fromkeys(texts.ravel()))}
        index = np.array([lookup[text] for text in texts.ravel()]).reshape(texts.shape)
        return {
            **self._encode_array(writer, index, over, who),
            "strings": writer.add_strings(list(lookup), who),
        }

    def _encode_template(self, writer, template):
        pieces, fields = template
        return {
            "pieces": pieces,
            "fields": [self._encode_texts(writer, texts, over, "words") for over, texts in fields],
        }

    # ------------------------------------------------------------------ filmstrip

    def _make_filmstrip(self):
        pictures, captions = [], []
        with self._layout("wide") as figure:
            figure.set_dpi(100)
            canvas = FigureCanvasAgg(figure)
            for position in self._film:
                self._apply(position)
                canvas.draw()
                pictures.append(np.asarray(canvas.buffer_rgba())[..., :3].copy())
                captions.append(self._sentence(position))
            self._apply(self._position({}))
        height, width = pictures[0].shape[:2]
        band = 24
        sheet = Figure(figsize=(width / 100, len(pictures) * (height + band) / 100), dpi=100)
        canvas = FigureCanvasAgg(sheet)
        for row, (picture, caption) in enumerate(zip(pictures, captions, strict=True)):
            top = sheet.bbox.height - row * (height + band)
            sheet.figimage(picture, 0, top - band - height)
            sheet.text(0.5, (top - band / 2) / sheet.bbox.height, caption, fontsize=9,
                       ha="center", va="center", fontweight="bold")
        canvas.draw()
        image = Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3].copy())
        buffer = io.BytesIO()
        image.quantize(64, dither=Image.Dither.NONE).save(buffer, "png", optimize=True)
        return buffer.getvalue()

    def _sentence(self, position):
        if self._readout is None:
            return ", ".join(
                f"{s.label} {s.texts[i]}" for s, i in zip(self._sliders, position, strict=True)
            )
        return self._fill(self._readout, position)

    def _fill(self, template, position):
        pieces, fields = template
        names = [slider.name for slider in self._sliders]
        words = [texts[tuple(position[names.index(k)] for k in over)] for over, texts in fields]
        return "".join(itertools.chain.from_iterable(
            itertools.zip_longest(pieces, words, fillvalue="")
        ))


def _snap(figure, proposal):
    """Send a slider's trait to its nearest stop (nearest ratio on a logarithmic slider)."""
    slider, value = figure._trait_sliders[proposal["trait"].name], proposal["value"]
    stops = slider.stops
    if isinstance(value, str):
        if value not in stops:
            raise traitlets.TraitError(f"{slider.name} is {value!r}, expected one of {stops}.")
        return value
    if not stops[0] <= value <= stops[-1]:
        raise traitlets.TraitError(
            f"{slider.name} is {value}, expected a number from {stops[0]:g} to {stops[-1]:g}."
        )
    measure = np.log if slider.logarithmic else np.asarray
    return stops[int(np.argmin(np.abs(measure(stops) - measure(value))))]


def _shaped(values, name, lengths, extra):
    """Check that ``values`` has one axis a slider and ``extra`` more."""
    if values.ndim != len(lengths) + extra or values.shape[: len(lengths)] != lengths:
        more = ", points" if extra == 1 else ", rows, columns" if extra else ""
        raise ValueError(
            f"{name} has shape {values.shape}, expected ({', '.join(map(str, lengths))}{more}): "
            "one axis for each slider, in their order."
        )
    return values


def _set(artist, frame):
    """Give a matplotlib artist the data of one frame."""
    if "visible" in frame:
        artist.set_visible(bool(frame["visible"]))
    if "text" in frame:
        artist.set_text(frame["text"])
    if "data" in frame:
        artist.set_array(np.ma.masked_invalid(frame["data"]))
    if "sizes" in frame:
        artist.set_sizes(frame["sizes"])
    if "values" in frame:
        artist.set_array(frame["values"])
    if isinstance(artist, FancyArrow):
        moves = {key: frame[key] for key in ("x", "y", "dx", "dy") if key in frame}
        if moves and np.isfinite(list(moves.values())).all():
            artist.set_data(**moves)
        elif moves:
            artist.set_visible(False)
    elif "x" in frame:
        x, y = np.asarray(frame["x"]), np.asarray(frame["y"])
        if isinstance(artist, Line2D):
            artist.set_data(x, y)
        elif isinstance(artist, PathCollection):
            artist.set_offsets(np.column_stack([x, y]))
        elif isinstance(artist, Annotation):
            artist.xy = (float(x), float(y))
        else:
            artist.set_position((float(x), float(y)))


def _drawn_path(artist):
    """Return the vertices in display points of an arrow or of an annotation, and their SVG codes.

    An annotation's first vertex is where its text stands; the arrow's paths follow.
    """
    if isinstance(artist, FancyArrow):
        path = artist.get_transform().transform_path(artist.get_path())
        return _vertices([path])
    artist.update_positions(artist.figure.canvas.get_renderer())
    where = artist.get_transform().transform(artist.get_unitless_position())
    if not np.isfinite(artist.xy).all():
        where = np.full(2, np.nan)
    if artist.arrow_patch is None:
        return np.array([where]), "T"
    paths, _ = artist.arrow_patch._get_path_in_displaycoord()
    vertices, codes = _vertices(paths if isinstance(paths, (list, tuple)) else [paths])
    return np.vstack([where, vertices]), "T" + codes


def _vertices(paths):
    """Flatten paths into vertices and letters: M, L, Q, C, and Z for a closing."""
    vertices, codes = [], ""
    for path in paths:
        codes += "|" if codes else ""
        for points, code in path.iter_segments(curves=True, simplify=False):
            letter = {1: "M", 2: "L", 3: "Q", 4: "C", 79: "Z"}[int(code)]
            codes += letter
            if letter != "Z":
                vertices.extend(np.reshape(points, (-1, 2)))
    return np.array(vertices).reshape(-1, 2), codes


def _far(values):
    """Round, keep NaN, and bring what is beyond all sight to the edge of sight."""
    with np.errstate(invalid="ignore"):
        values = np.where(np.isinf(values), np.nan, values)
        return np.rint(np.clip(values, -FAR * GRID, FAR * GRID))


def _rounded(numbers):
    return [round(float(number), 3) for number in numbers]


def _rising(stops):
    return all(a < b for a, b in itertools.pairwise(stops))


def _strides(lengths):
    return [int(np.prod(lengths[k + 1 :], dtype=int)) for k in range(len(lengths))]


def _words(value, spec):
    """Format one value; numbers that are not finite read as such."""
    if isinstance(value, (str, np.str_)):
        return format(str(value), spec)
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, float) and not np.isfinite(value):
        return "beyond all bounds"
    return format(value, spec).replace("-", "−")
