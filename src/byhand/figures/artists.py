"""Artists: how matplotlib's artists take a frame, and what of it the browser has to know."""

import numpy as np
from matplotlib.collections import PathCollection, QuadMesh
from matplotlib.colors import BoundaryNorm, NoNorm
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrow, Patch
from matplotlib.text import Annotation, Text

FAR = 1e4  # points: lines are cut this far outside the axes, where nobody sees the cut
BEYOND = 20  # axes widths: a mark, text or arrow farther away than this is not drawn at all
LOST = 1e12  # axes widths: where a line that goes there crosses the axes, float64 cannot say
CORNER = 0.5, 0.5  # points from the lower left: where marks wait that the start does not show
LEVELS = 32  # steps of a colormap
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


def check(artist, data):
    """Refuse what the browser could not draw as matplotlib does."""
    who = called(artist)
    if {"x", "y"} & set(data) and artist.axes is None:
        raise ValueError(f"{who} stands outside the axes: its text can change, its place cannot.")
    if isinstance(artist, Line2D) and {"x", "y"} & set(data):
        if artist.get_drawstyle() != "default" or artist.get_markevery() is not None:
            raise ValueError(f"{who} has steps or markevery: animate a plain line.")
    if {"data", "values"} & set(data) and isinstance(artist.norm, (BoundaryNorm, NoNorm)):
        raise TypeError(f"{who} has a {type(artist.norm).__name__}: use a norm onto 0 to 1.")
    if "data" in data:
        if {artist.axes.get_xscale(), artist.axes.get_yscale()} != {"linear"}:
            raise ValueError(f"{who} stands on axes that are not linear: use linear ones.")
        if isinstance(artist, QuadMesh):
            x, y = np.moveaxis(artist.get_coordinates(), -1, 0)
            even = np.allclose(x, np.linspace(x[0, 0], x[0, -1], x.shape[1]))
            if not (even and np.allclose(y.T, np.linspace(y[0, 0], y[-1, 0], y.shape[0]))):
                raise TypeError(f"{who} has uneven cells: use evenly spaced ones.")


def called(artist):
    """Name an artist in a message."""
    label = str(artist.get_label())
    return type(artist).__name__ + (f" {label!r}" if label and label[0] != "_" else "")


def set_frame(artist, frame):
    """Give a matplotlib artist the data of one frame; what stands nowhere is hidden."""
    moves = {key: frame[key] for key in ("x", "y", "dx", "dy") if key in frame}
    visible = frame.get("visible", True if moves else artist.get_visible())
    if "text" in frame:
        artist.set_text(frame["text"])
    if "sizes" in frame:
        artist.set_sizes(frame["sizes"])
    for key in ("data", "values"):
        if key in frame:
            artist.set_array(np.ma.masked_invalid(frame[key]))
    if isinstance(artist, Line2D) and moves:
        places = fractions(artist, moves["x"], moves["y"])
        artist.set_data(np.where(np.isnan(places).any(axis=-1), np.nan, [moves["x"], moves["y"]]))
    elif isinstance(artist, PathCollection) and moves:
        artist.set_offsets(np.column_stack([moves["x"], moves["y"]]))
    elif not np.isfinite(list(moves.values())).all():
        visible = False
    elif isinstance(artist, FancyArrow) and moves:
        visible = visible and set_arrow(artist, **moves)
    elif isinstance(artist, Annotation) and moves:
        artist.xy = moves["x"], moves["y"]
    elif moves:
        artist.set_position((moves["x"], moves["y"]))
        visible = visible and is_near(artist)
    artist.set_visible(bool(visible))


def set_arrow(arrow, x, y, dx=0.0, dy=0.0):
    """Move an arrow, cut to a length that a picture can hold; return whether it is near."""
    (tail, tip) = fractions(arrow, np.array([x, x + dx]), np.array([y, y + dy]))
    length = np.abs(tip - tail).max()
    near = bool((np.abs(tail) < BEYOND).all() and np.isfinite(length))
    if near:
        part = min(1, BEYOND / max(length, 1))
        arrow.set_data(x=x, y=y, dx=part * dx, dy=part * dy)
    return near


def as_image(mesh):
    """Put an image of the same cells in the place of a mesh, and hide the mesh."""
    x, y = np.moveaxis(mesh.get_coordinates(), -1, 0)
    axes = mesh.axes
    limits = axes.get_xlim(), axes.get_ylim()
    image = axes.imshow(
        mesh.get_array(),
        extent=(x[0, 0], x[0, -1], y[0, 0], y[-1, 0]),
        origin="lower",
        aspect=axes.get_aspect(),
        cmap=mesh.cmap,
        norm=mesh.norm,
        alpha=mesh.get_alpha(),
        interpolation="nearest",
        zorder=mesh.get_zorder() - 1e-6,  # before what was added after the mesh
    )
    axes.set(xlim=limits[0], ylim=limits[1])
    mesh.set_visible(False)
    return image


def image_box(image):
    """Return where an image lies (left, top, width, height in axes, from the top) and its steps.

    The steps, 1 or -1 along x and y, bring its columns and rows into the order of pixels.
    """
    left, right, bottom, top = image.get_extent()
    first, last = (top, bottom) if image.origin == "upper" else (bottom, top)
    corners = fractions(image, np.array([left, right]), np.array([first, last]))
    (x0, y0), (x1, y1) = corners
    box = min(x0, x1), 1 - max(y0, y1), abs(x1 - x0), abs(y1 - y0)
    return rounded(box, 6), (1 if x0 < x1 else -1, 1 if y0 > y1 else -1)


def levels(artist, values):
    """Return each value's step in the artist's colormap; what is no number gets the step after."""
    with np.errstate(all="ignore"):
        level = np.ma.filled(artist.norm(np.ma.masked_invalid(values)), np.nan).clip(0, 1)
        return np.where(np.isfinite(level), np.rint(level * (LEVELS - 1)), LEVELS)


def colours(artist):
    """Return the colour (red, green, blue, alpha up to 255) of every step."""
    colours = np.vstack([artist.cmap(np.linspace(0, 1, LEVELS)), artist.cmap.get_bad()])
    if isinstance(artist, AxesImage) and artist.get_alpha() is not None:
        colours[:, 3] *= artist.get_alpha()
    return np.rint(255 * colours).astype(int).tolist()


def drawable(sizes):
    """Return the sizes a scatter is drawn with at first: none is 0, which could not be scaled."""
    return np.where(sizes > 0, sizes, 1)


def fractions(artist, x, y):
    """Return places in fractions of the axes, shape (*x.shape, 2).

    NaN is a place where nothing is, and for marks and texts also one that nobody could see.
    """
    marks = isinstance(artist, PathCollection)
    transform = artist.get_offset_transform() if marks else artist.get_transform()
    if isinstance(artist, AxesImage):
        transform = artist.axes.transData
    places = np.column_stack([np.ravel(x), np.ravel(y)])
    with np.errstate(all="ignore"):
        places = (transform - artist.axes.transAxes).transform(places)
        limit = BEYOND if marks or isinstance(artist, Text) else LOST
        seen = (np.abs(places) < limit).all(axis=1, keepdims=True)
        return np.where(seen, places, np.nan).reshape(*np.shape(x), 2)


def cut(points, far):
    """Cut a line where it leaves the square from -far to far; what is inside stays as it is.

    Parameters
    ----------
    points : ndarray, shape (..., n, 2)

    Returns
    -------
    ndarray, shape (..., n, each, 2)
        ``each`` is 1 when all lies inside.  Else 3: a point inside three times; for one outside, a
        gap (NaN) where the line is gone, and the two ends of what is seen of the step towards it.
    """
    inside = (np.abs(points) <= far).all(axis=-1, keepdims=True)
    if (inside | np.isnan(points)).all():
        return points[..., None, :]
    before, came_inside = np.roll(points, 1, axis=-2), np.roll(inside, 1, axis=-2)
    before[..., 0, :], came_inside[..., 0, :] = np.nan, False
    with np.errstate(all="ignore"):
        step = points - before
        walls = np.stack([(-far - before) / step, (far - before) / step])
        level = (step == 0) & (np.abs(before) <= far)  # along a wall, between the walls
        enter = np.where(level, 0, walls.min(axis=0)).max(axis=-1, keepdims=True).clip(min=0)
        leave = np.where(level, 1, walls.max(axis=0)).min(axis=-1, keepdims=True).clip(max=1)
        seen = enter <= leave
        first = before + enter * step
        last = np.where(inside, points, before + leave * step)
    nothing = np.full_like(points, np.nan)
    comes_back = seen & ~came_inside
    last = np.where(seen | inside, last, nothing)
    first = np.where(comes_back, first, last)
    gap = np.where(comes_back, nothing, last)
    return np.stack([gap, first, last], axis=-2)


def place(text):
    """Return where a text stands, in display points."""
    return text.get_transform().transform(text.get_unitless_position())


def places(artist, height):
    """Return where a text (x, y) or the marks of a scatter (x, y, x, y, ...) stand, y downward."""
    if isinstance(artist, Text):
        places = place(artist)
    elif isinstance(artist, PathCollection):
        places = artist.get_offset_transform().transform(artist.get_offsets())
    else:
        return None
    return rounded(np.ravel([0, height] + [1, -1] * places), 2)


def is_shown(text):
    """Return whether matplotlib would draw a text: in sight, and what it points at in its axes."""
    if not text.get_visible():
        return False
    if isinstance(text, Annotation):
        renderer = text.figure.canvas.get_renderer()
        return bool(np.isfinite(text.xy).all() and text._check_xy(renderer))
    return is_near(text)


def is_near(text):
    """Return whether a text stands where somebody could see it."""
    return bool(np.isfinite(fractions(text, *text.get_unitless_position())).all())


def to_the_middle(text):
    """Put a text, or what it points at, into the middle of its axes."""
    middle = text.axes.transAxes.transform((0.5, 0.5))
    if isinstance(text, Annotation):
        data = text.xycoords == "data"
        text.xy = text.axes.transData.inverted().transform(middle) if data else (0.5, 0.5)
        text.update_positions(text.figure.canvas.get_renderer())
    else:
        text.set_position(text.get_transform().inverted().transform(middle))


def drawn_path(artist):
    """Return the vertices in display points of an arrow or of an annotation, and their SVG codes.

    An annotation's first vertex is where its text stands; the arrow's paths follow.
    """
    if isinstance(artist, FancyArrow):
        if not artist.get_visible():
            return np.empty((0, 2)), ""
        return vertices_of([artist.get_transform().transform_path(artist.get_path())])
    if not is_shown(artist):
        return np.empty((0, 2)), ""
    artist.update_positions(artist.figure.canvas.get_renderer())
    if artist.arrow_patch is None:
        return np.array([place(artist)]), "T"
    paths, _ = artist.arrow_patch._get_path_in_displaycoord()
    vertices, codes = vertices_of(paths if isinstance(paths, (list, tuple)) else [paths])
    return np.vstack([place(artist), vertices]), "T" + codes


def vertices_of(paths):
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


def rounded(numbers, digits=3):
    """Return numbers as a list for JSON."""
    return [round(float(number), digits) for number in numbers]
