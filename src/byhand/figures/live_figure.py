"""LiveFigure: a matplotlib figure whose artists move when a slider moves, with or without a kernel.

Matplotlib draws the figure once, as SVG, in a wide and a narrow layout.  Python computes every
frame beforehand; the browser looks frames up and moves the named artists.  Nothing is computed
twice in two languages, nothing is interpolated, and every stop of every slider was computed.
"""

import contextlib
import gzip
import io
import itertools
import json
import pathlib
import re
import string
import textwrap
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
from matplotlib.lines import AxLine, Line2D
from matplotlib.patches import FancyArrow
from matplotlib.text import Annotation, Text
from PIL import Image

from byhand.figures import artists, codec, palette, svg
from byhand.figures.bundle import mime_bundle

HERE = pathlib.Path(__file__).parent
GRID = 10  # frames are kept to a tenth of a point


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
            raise ValueError("got no sliders: give at least one, as learning_rate=[0.1, 0.3, 1].")
        if len(alt.split()) < 5:
            raise ValueError(f"alt is {alt!r}: say in a sentence what is to be seen.")
        super().__init__()
        self._figure, self._autoplay, self._budget = figure, autoplay, budget
        self._sliders = [
            self._slider(key, stops, (start or {}).get(key), (labels or {}).get(key))
            for key, stops in sliders.items()
        ]
        for key in [*(start or {}), *(labels or {})]:
            self._named(key)
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
        kind = next((kind for kind in artists.SUPPORTED if isinstance(artist, kind)), None)
        if kind is None or isinstance(artist, AxLine):
            names = ", ".join(kind.__name__ for kind in artists.SUPPORTED)
            raise TypeError(f"cannot animate a {type(artist).__name__}: animate one of {names}.")
        unknown = set(data) - set(artists.SUPPORTED[kind])
        if unknown or not data:
            raise TypeError(
                f"{type(artist).__name__} takes {', '.join(artists.SUPPORTED[kind])}; "
                f"got {', '.join(sorted(unknown)) or 'nothing'}."
            )
        if any(motion.artist is artist for motion in self._motions):
            who = artists.called(artist)
            raise ValueError(f"{who} is animated already: give all its data at once.")
        over = self._over(over)
        if trail is not None and (kind is not Line2D or trail not in over):
            raise ValueError(f"trail is {trail!r}: a line can trail one of {', '.join(over)}.")
        artists.check(artist, data)
        lengths = tuple(len(self._named(key).stops) for key in over)
        extra = {Line2D: 1, PathCollection: 1, AxesImage: 2, QuadMesh: 2}.get(kind, 0)
        checked = {}
        for key, values in data.items():
            if key == "text":
                checked[key] = self._texts(values, lengths)
            elif key == "visible":
                checked[key] = _shaped(values, key, lengths, 0, bool)
            else:
                checked[key] = _shaped(values, key, lengths, 0 if trail else extra)
        points = {k: checked[k].shape for k in ("x", "y", "sizes", "values") if k in checked}
        if len(set(points.values())) > 1:
            shapes = ", ".join(f"{key} {shape}" for key, shape in points.items())
            raise ValueError(f"the shapes differ ({shapes}): make them equal.")
        if points and kind in (Line2D, PathCollection):
            self._complete(artist, checked, trail, next(iter(points.values())))
        if bool({"x", "y"} & set(checked)) != ({"x", "y"} <= set(checked)):
            raise ValueError(f"{type(artist).__name__} moves in x and y: give both.")
        if "data" in checked and checked["data"].shape[-2:] != artist.get_array().shape:
            raise ValueError(
                f"data has cells {checked['data'].shape[-2:]}, the picture has "
                f"{artist.get_array().shape}: make them equal."
            )
        if "sizes" in checked:
            sizes = checked["sizes"]
            if (sizes < 0).any():
                raise ValueError(f"sizes go down to {np.nanmin(sizes):g}: give areas, 0 or more.")
            checked["x"] = np.where(np.isfinite(sizes), checked["x"], np.nan)
            checked["sizes"] = np.where(np.isfinite(sizes), sizes, 0)
        if isinstance(artist, Text) and "x" in checked:
            artist.set_in_layout(False)  # it comes and goes; the axes stay where they are
        self._motions.append(Motion(artist, f"artist{len(self._motions)}", over, trail, checked))
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
        if len(answers) < 2:
            raise ValueError(f"got {len(answers)} answers to {question!r}: give at least two.")
        if right not in answers:
            raise ValueError(f"right is {right!r}, expected one of the answers {list(answers)}.")
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
        when = _shaped(when, "when", self._lengths(), 0, bool)
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
        if label.startswith("_") or not label:
            raise ValueError(f"{artists.called(artist)} has no label for the button: give label=.")
        self._explanations.append((label, motion.gid, self._template(template, columns)))
        self._built = False

    def steps(self, **sentences):
        """Turn a slider into named steps, with Back and Next and a sentence for each.

        Parameters
        ----------
        **sentences : list of str
            Slider name → one sentence a stop.
        """
        if len(sentences) != 1:
            raise ValueError(f"got sentences for {len(sentences)} sliders, expected one slider.")
        ((key, lines),) = sentences.items()
        slider = self._named(key)
        if len(lines) != len(slider.stops):
            raise ValueError(
                f"got {len(lines)} sentences for the {len(slider.stops)} stops of {key}: "
                "give one each."
            )
        self._steps = {"slider": self._sliders.index(slider), "sentences": list(lines)}
        self._built = False

    # ------------------------------------------------------------------ what the reader gets

    @property
    def nbytes(self):
        """Bytes the figure costs a page, gzipped: both drawings, all frames, all words."""
        self._build()
        return self._nbytes

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
        if hasattr(type(self), name) or not name.isidentifier() or name.startswith("_"):
            raise ValueError(f"a slider cannot be called {name!r}: take another name.")
        try:
            stops = list(stops)
            words = all(isinstance(stop, str) for stop in stops)
            stops = [str(stop) if words else float(stop) for stop in stops]
        except (TypeError, ValueError):
            raise TypeError(f"{name} has stops {stops!r}: give numbers, or words.") from None
        if len(stops) < 2 or (not words and not (np.isfinite(stops).all() and _rising(stops))):
            more = ", …" if len(stops) > 4 else ""
            raise ValueError(
                f"{name} has stops [{', '.join(map(str, stops[:4]))}{more}]: "
                "give at least two, finite and in rising order."
            )
        texts = stops if words else [_words(stop, _digits(stop)) for stop in stops]
        if len(set(texts)) < len(texts):
            raise ValueError(f"{name} has stops that read the same: {texts}; space them wider.")
        logarithmic = not words and stops[0] > 0 and stops[-1] / stops[0] >= 10
        if start is not None and start not in stops:
            raise ValueError(f"{name} starts at {start!r}, which is not one of its stops.")
        index = 0 if start is None else stops.index(start)
        return Slider(name, label or name.replace("_", " "), stops, texts, index, logarithmic)

    def _named(self, key):
        for slider in self._sliders:
            if slider.name == key:
                return slider
        names = ", ".join(slider.name for slider in self._sliders)
        raise ValueError(f"no slider {key!r}: there are {names}.")

    def _over(self, over):
        if over is None:
            return tuple(slider.name for slider in self._sliders)
        over = (over,) if isinstance(over, str) else tuple(over)
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
        array = _shaped(values, "text", lengths, 0, object)
        for text in map(str, array.ravel()):
            if "$" in text or "\n" in text:
                raise ValueError(f"{text!r}: a text that changes is one plain line, without $.")
        return np.vectorize(str, otypes=[object])(array)

    def _template(self, template, columns):
        """Split a template into literal pieces and columns of ready strings."""
        pieces, fields, used = [], [], set()
        by_name = {slider.name: slider for slider in self._sliders}
        for literal, field, spec, _ in string.Formatter().parse(template):
            pieces.append(literal)
            if field is None:
                continue
            used.add(field)
            if field in columns:
                over, values = self._over(None), np.asarray(columns[field])
                if values.ndim == 0:
                    over = ()
                values = _shaped(values, field, self._lengths() if over else (), 0, None)
            elif field in by_name:
                slider = by_name[field]
                over, values = (field,), np.array(slider.stops if spec else slider.texts)
            else:
                raise ValueError(f"the sentence {template!r} needs {field}=.")
            texts = np.empty(values.shape, dtype=object)
            for index in np.ndindex(values.shape):
                texts[index] = _words(values[index], spec)
            fields.append((over, texts))
        if unused := set(columns) - used:
            raise ValueError(f"{', '.join(sorted(unused))} does not occur in {template!r}.")
        return pieces, fields

    def _complete(self, artist, data, trail, shape):
        """Fill in the coordinate of a line, or the places of a scatter, that stay as they are."""
        if isinstance(artist, Line2D):
            still = dict(zip("xy", artist.get_data(orig=False), strict=True))
        else:
            still = dict(zip("xy", np.ma.filled(artist.get_offsets(), np.nan).T, strict=True))
        for key in {"x", "y"} - set(data):
            own = np.asarray(still[key], dtype=float)
            if trail is not None or own.shape != shape[-1:]:
                raise ValueError(
                    f"{artists.called(artist)} has {own.size} {key} values, "
                    f"its frames have {shape[-1]}: give {key}."
                )
            data[key] = np.broadcast_to(own, shape)

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
            artists.set_frame(motion.artist, frame)

    @contextlib.contextmanager
    def _layout(self, kind):
        """Lay the figure out wide or narrow, at 72 dots an inch, frozen at the start position."""
        figure = self._figure
        size, dpi, engine = figure.get_size_inches().copy(), figure.dpi, figure.get_layout_engine()
        specs = {ax: ax.get_subplotspec() for ax in figure.axes if ax.get_subplotspec()}
        figure.set_dpi(72)
        if kind == "narrow":
            rows = []
            for spec in specs.values():
                if spec not in rows:
                    rows.append(spec)
            grid = GridSpec(len(rows) or 1, 1, figure=figure)
            for ax, spec in specs.items():  # twin axes share a row
                ax.set_subplotspec(grid[rows.index(spec)])
            figure.set_size_inches(3.5, {1: 2.5, 2: 4.2}.get(len(rows), 1.8 * len(rows)))
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
        """Return matplotlib's own SVG (str) of one position, which our frames must match."""
        with self._layout(kind) as figure:
            self._apply(self._position(stops))
            return svg.save(figure, salt=self.name)

    def _build(self):
        if self._built:
            return
        writer = codec.Writer()
        axes = list(self._figure.axes)
        with self._stand_ins():
            layouts, paths, homes = self._draw(axes)
            scale = [
                [GRID * max(layout["axes"][k][side] for layout in layouts) for side in (2, 3)]
                for k in range(len(axes))
            ]
            entries = [
                self._encode(m, writer, axes, scale, paths.get(m.gid), homes[m.gid])
                for m in self._motions
            ]
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
            "artists": entries,
            "readout": self._encode_template(
                writer,
                self._readout
                or self._template(", ".join(f"{s.label} {{{s.name}}}" for s in self._sliders), {}),
            ),
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
        self.spec = json.dumps(spec, ensure_ascii=False, separators=(",", ":"))
        self.reserve = (  # heights of live_figure.css, on a page wide enough for the wide layout
            120
            + 50 * len(self._sliders)
            + (20 + 31 * len(self._tasks) if self._tasks else 0)
            + 64 * bool(self._explanations)
            + (80 + 49 * len(self._question["answers"]) if self._question else 0)
            + 40 * bool(self._steps)
        )
        text = self.svg_wide + self.svg_narrow + self.spec + self.alt
        self._nbytes = len(gzip.compress(text.encode(), 9)) + len(self.frames)
        if self._nbytes > self._budget:
            worst, cost = writer.costliest()
            raise ValueError(
                f"figure {self.name!r} costs {self._nbytes} bytes, its budget is {self._budget}: "
                f"{worst} costs most ({cost} bytes); give it fewer stops or points."
            )
        self._filmstrip = self._make_filmstrip()
        self._built = True

    def _colours(self):
        return {
            light.lower(): f"var(--byhand-{name}, {light})"
            for name, (light, _) in palette.PALETTE.items()
        }

    @contextlib.contextmanager
    def _stand_ins(self):
        """Draw meshes as images, which the browser can repaint."""
        motions = list(self._motions)
        try:
            for number, motion in enumerate(motions):
                if isinstance(motion.artist, QuadMesh) and "data" in motion.data:
                    image = artists.as_image(motion.artist)
                    self._motions[number] = motion._replace(artist=image)
            yield
        finally:
            for motion, stand_in in zip(motions, self._motions, strict=True):
                if motion is not stand_in:
                    stand_in.artist.remove()
                    motion.artist.set_visible(True)
            self._motions = motions

    def _draw(self, axes):
        """Draw both layouts; return their sizes, the arrows' paths, and the places of marks."""
        layouts, paths, homes = [], {}, {}
        for kind in ("wide", "narrow"):
            with self._layout(kind) as figure:
                width, height = figure.bbox.size
                boxes = [artists.rounded(ax.get_window_extent().bounds) for ax in axes]
                layouts.append({"width": width, "height": height, "axes": boxes})
                for motion in self._motions:
                    if isinstance(motion.artist, (FancyArrow, Annotation)):
                        paths.setdefault(motion.gid, []).append(self._figure_paths(motion, height))
                self._apply(self._position({}))
                prefix = f"{self.name}-{kind[0]}-"
                with self._templates() as unseen:
                    drawing = svg.tidy(svg.save(figure, self.name), prefix, self._colours())
                    for motion in self._motions:
                        home = artists.places(motion.artist, height)
                        homes.setdefault(motion.gid, []).append(home)
            for gid in unseen:
                name = f'id="{prefix}{gid}"'
                drawing = drawing.replace(name, f'{name} display="none"')
            setattr(self, f"svg_{kind}", drawing)
        return layouts, paths, homes

    @contextlib.contextmanager
    def _templates(self):
        """Have every artist drawn, with all its parts; yield the ids that must not be seen.

        Marks that the start lacks wait in the corner of the drawing, where their axes clip them.
        """
        unseen, undo = [], []
        for motion in self._motions:
            artist, gid = motion.artist, motion.gid
            arrow = getattr(artist, "arrow_patch", None)
            artist.set_gid(gid)
            if arrow:
                arrow.set_gid(gid + "arrow")
            undo.append((artist.set_visible, artist.get_visible()))
            seen = artist.get_visible()
            if isinstance(artist, Text):
                seen = seen and bool(artist.get_text())
                if not artist.get_text():
                    undo.append((artist.set_text, ""))
                    artist.set_text("·")
                if "x" in motion.data and not artists.is_shown(artist):
                    seen = False
                    artists.to_the_middle(artist)
            artist.set_visible(True)
            if not seen:
                unseen += [gid, gid + "arrow"]
            if "x" not in motion.data:
                continue
            if isinstance(artist, Line2D):
                marks = np.column_stack(artist.get_data(orig=False))
                corner = artist.get_transform().inverted().transform(artists.CORNER)
                artist.set_data(*np.vstack([marks, [[np.nan, np.nan]], [corner]]).T)
            elif isinstance(artist, PathCollection):
                places = np.array(artist.get_offsets(), dtype=float)
                corner = artist.get_offset_transform().inverted().transform(artists.CORNER)
                places[np.isnan(artists.fractions(artist, *places.T)).any(axis=1)] = corner
                artist.set_offsets(places)
                undo.append((artist.set_antialiaseds, artist.get_antialiaseds()))
                artist.set_antialiaseds([True, True])  # one SVG element a mark, also far outside
                if "sizes" in motion.data:
                    artist.set_sizes(artists.drawable(artist.get_sizes()))
        try:
            yield unseen
        finally:
            for put_back, value in undo:
                put_back(value)
            self._apply(self._position({}))

    def _figure_paths(self, motion, height):
        """Return an arrow's path at every stop (in points, y downward), and its codes."""
        names = [slider.name for slider in self._sliders]
        lengths = [len(self._named(key).stops) for key in motion.over]
        position = list(self._position({}))
        rows = {}
        for index in np.ndindex(*lengths):
            for key, at in zip(motion.over, index, strict=True):
                position[names.index(key)] = at
            self._apply(position)
            rows[index] = artists.drawn_path(motion.artist)
        size, codes = max((len(vertices), codes) for vertices, codes in rows.values())
        table = np.full((*lengths, size, 2), np.nan)
        for index, (vertices, _) in rows.items():
            if len(vertices) == size:
                table[index] = vertices
        table[..., 1] = height - table[..., 1]
        return table, codes

    # ------------------------------------------------------------------ coding

    def _encode(self, motion, writer, axes, scale, paths, home):
        """Write the frames of one artist; return what the browser needs to find and draw them."""
        artist, data, over = motion.artist, motion.data, motion.over
        who = artists.called(artist)
        names = [slider.name for slider in self._sliders]

        def encode(values):
            return self._encode_array(writer, values, over, who)

        entry = {"gid": motion.gid, "kind": "visible"}
        if motion.trail is not None:
            entry["trail"] = names.index(motion.trail)
        if "visible" in data:
            entry["visible"] = encode(data["visible"])
        if "text" in data:
            entry["kind"] = "text"
            entry["text"] = self._encode_texts(writer, data["text"], over, who)
        if paths:
            entry["kind"] = "path" if isinstance(artist, FancyArrow) else "text"
            entry["codes"] = max((codes for _, codes in paths), key=len)
            entry["figure"] = [
                [encode(np.rint(table[..., side] * GRID)) for side in (0, 1)] for table, _ in paths
            ]
        elif "x" in data:
            entry["axes"] = axes.index(artist.axes)
            size = np.array(scale[entry["axes"]])
            places = artists.fractions(artist, data["x"], data["y"]) * size
            if isinstance(artist, Line2D):
                entry["kind"] = "line"
                along = -1 if motion.trail is None else over.index(motion.trail)
                places = np.moveaxis(places, along - (along < 0), -2)
                places = artists.cut(places, artists.FAR * GRID)
                entry["each"] = places.shape[-2]
                if motion.trail is None:
                    places = places.reshape(*places.shape[:-3], -1, 2)
                else:
                    places = np.moveaxis(places, -3, along)
            else:
                entry["kind"] = "points" if isinstance(artist, PathCollection) else "text"
            entry["x"], entry["y"] = (encode(np.rint(places[..., side])) for side in (0, 1))
        if entry["kind"] in ("points", "text"):
            entry["home"] = home
        if "sizes" in data:
            start = tuple(self._named(key).start for key in over)
            ratio = np.sqrt(data["sizes"] / artists.drawable(data["sizes"][start]))
            entry["sizes"] = encode(np.rint(100 * ratio))
        if "values" in data:
            entry["levels"] = encode(artists.levels(artist, data["values"]))
            entry["colours"] = artists.colours(artist)
            entry["edge"] = np.array_equal(artist.get_edgecolor(), artist.get_facecolor())
        if "data" in data:
            entry["kind"], entry["axes"] = "image", axes.index(artist.axes)
            entry["box"], flips = artists.image_box(artist)
            levels = artists.levels(artist, data["data"])[..., :: flips[1], :: flips[0]]
            entry["shape"] = levels.shape[-2:]
            entry["levels"] = encode(levels.reshape(*levels.shape[:-2], -1))
            entry["colours"] = artists.colours(artist)
        return entry

    def _encode_array(self, writer, values, over, who):
        """Write an integer array; return where it is and how to find a frame in it."""
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
            words = sheet.text(
                0.5,
                (top - band / 2) / sheet.bbox.height,
                caption,
                fontsize=9,
                ha="center",
                va="center",
                fontweight="bold",
            )
            room = 0.98 * width / words.get_window_extent(canvas.get_renderer()).width
            if room < 0.8:  # too small to read on one line
                halves = textwrap.fill(caption, len(caption) * 11 // 20, break_long_words=False)
                words.update({"text": halves, "fontsize": 7})
                room = 0.98 * width / words.get_window_extent(canvas.get_renderer()).width
            words.set_fontsize(words.get_fontsize() * min(1, room))
        canvas.draw()
        image = Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3].copy())
        buffer = io.BytesIO()
        image.quantize(256, kmeans=4, dither=Image.Dither.NONE).save(buffer, "png", optimize=True)
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
        return "".join(
            itertools.chain.from_iterable(itertools.zip_longest(pieces, words, fillvalue=""))
        )


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


def _shaped(values, name, lengths, extra, dtype=float):
    """Return ``values`` as an array with one axis a slider and ``extra`` more."""
    try:
        if np.ma.isMaskedArray(values):
            values = np.ma.filled(values.astype(float), np.nan)
        values = np.asarray(values, dtype=dtype)
    except (TypeError, ValueError):
        raise ValueError(f"{name} is no even table of numbers: give an array.") from None
    if values.ndim != len(lengths) + extra or values.shape[: len(lengths)] != lengths:
        more = ["points"] if extra == 1 else ["rows", "columns"][:extra]
        raise ValueError(
            f"{name} has shape {values.shape}, expected "
            f"({', '.join([*map(str, lengths), *more])}): one axis for each slider, in their order."
        )
    return values


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
    return re.sub(r"e([+-])0*(\d)", _exponent, format(value, spec)).replace("-", "−")


def _digits(stop):
    """Return how a slider writes a stop: whole numbers below a million whole, others short."""
    return ".0f" if stop == round(stop) and 1e4 <= abs(stop) < 1e6 else ".4g"


def _exponent(match):
    """Write 1e-09 as 1e-9 and 1e+26 as 1e26."""
    return f"e{match[1].strip('+')}{match[2]}"
