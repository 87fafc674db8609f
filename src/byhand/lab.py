"""Lab: real controls in front of the real core, for a kernel (Colab, Jupyter).

A `LiveFigure` shows runs that were computed before; a `Lab` computes when you move it.  It keeps
one figure and changes its artists, which is twice as fast as drawing a new one.
"""

import io
import itertools
import numbers

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg

from byhand.figures.bundle import mime_bundle


class Lab(ipywidgets.VBox):
    """Sliders and menus over a matplotlib figure that ``update`` redraws.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Made once; ``update`` changes its artists.
    update : callable
        Takes one keyword argument a control, returns one sentence: what came out.
    start : dict, optional
        Control → its first value; the first of the list when left out.
    **controls : list
        Control name → its values: a slider for numbers, a menu for words.

    Raises
    ------
    ValueError
        If a control has fewer than two values, or starts at one it does not have, or ``start``
        names a control that is not there.

    Notes
    -----
    Only what ipywidgets 7.7 and 8 have in common: Colab has the one, you may have the other.
    """

    _ipython_display_ = None  # ipywidgets 7 would bypass the mime bundle

    def __init__(self, figure, update, *, start=None, **controls):
        self._figure, self._update = figure, update
        start = start or {}
        _check_names(start, controls)
        self.controls = {
            name: _control(name, values, start.get(name)) for name, values in controls.items()
        }
        self._picture = ipywidgets.Image(format="png")
        self._sentence = ipywidgets.HTML()
        self._canvas = FigureCanvasAgg(figure)
        plt.close(figure)  # shown by us, not a second time by the notebook
        self._redraw()
        figure.set_layout_engine("none")  # laid out once: nothing jumps when a number gets longer
        for control in self.controls.values():
            control.observe(self._moved, names="value")
        super().__init__([*self.controls.values(), self._sentence, self._picture])

    @property
    def sentence(self):
        """What ``update`` said last."""
        return self._said

    @property
    def png(self):
        """The figure as it stands (bytes)."""
        return bytes(self._picture.value)

    def positions(self):
        """Yield a dictionary of values for every position of the controls."""
        values = [[value for _, value in control.options] for control in self.controls.values()]
        for position in itertools.product(*values):
            yield dict(zip(self.controls, position, strict=True))

    def move(self, **values):
        """Set controls by name, as a reader would, and return the sentence.

        Raises
        ------
        ValueError
            If there is no such control, or it does not have that value; nothing has moved then.
        """
        _check_names(values, self.controls)
        for name, value in values.items():
            _check_value(name, value, [value for _, value in self.controls[name].options])
        for name, value in values.items():
            self.controls[name].value = value
        return self._said

    def _moved(self, change):
        try:
            self._redraw()
        except ValueError as error:  # the reader's choice does not work: say so, keep the picture
            self._say(str(error))

    def _redraw(self):
        self._say(self._update(**{name: control.value for name, control in self.controls.items()}))
        buffer = io.BytesIO()
        self._canvas.print_png(buffer, metadata={"Software": None})
        self._picture.value = buffer.getvalue()

    def _say(self, sentence):
        self._said = sentence
        text = sentence.replace("&", "&amp;").replace("<", "&lt;")
        self._sentence.value = f"<p>{text}</p>"

    def __repr__(self):
        """Say where the controls stand and what came out."""
        where = ", ".join(
            f"{name.replace('_', ' ')} {_label(control.value)}"
            for name, control in self.controls.items()
        )
        return f"Lab at {where}: {self._said}"

    def _repr_mimebundle_(self, **kwargs):
        return mime_bundle(self, self.png)


def _control(name, values, start):
    listed = np.iterable(values) and not isinstance(values, str)
    if not listed or len(list(values)) < 2:
        raise ValueError(f"{name} is {values!r}, expected a list of at least two values.")
    values = list(values)
    start = values[0] if start is None else start
    _check_value(name, start, values)
    numeric = all(isinstance(value, numbers.Real) for value in values) and not any(
        isinstance(value, bool) for value in values
    )
    kind = ipywidgets.SelectionSlider if numeric else ipywidgets.Dropdown
    options = [(_label(value), value) for value in values]
    more = {"continuous_update": False} if numeric else {}
    return kind(
        options=options,
        value=start,
        description=name.replace("_", " "),
        style={"description_width": "110px"},
        layout=ipywidgets.Layout(width="420px"),
        **more,
    )


def _label(value):
    whole = isinstance(value, numbers.Integral)  # 12345 is 12345, not 1.234e+04
    return f"{value:.4g}" if isinstance(value, numbers.Real) and not whole else f"{value}"


def _check_names(names, controls):
    for name in names:
        if name not in controls:
            raise ValueError(f"there is no control {name!r}: choose one of {', '.join(controls)}.")


def _check_value(name, value, values):
    if value not in values:
        raise ValueError(f"{name} has no value {value!r}: choose one of {values}.")
