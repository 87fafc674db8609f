"""LiveFigure in Chromium: what the reader sees is what matplotlib draws, and every way to reach it works."""

import json
import re
from pathlib import Path

import axe_playwright_python
import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

from byhand.figures import LiveFigure, one_node, use_style
from byhand.figures.page import page as page_of

ALT = "Lines and points that move when a slider is moved."
READY = ".lf[data-ready]"


@pytest.fixture
def visit(browser, tmp_path):
    """Return a function that opens figures, one page each, and returns the Playwright page.

    Every message on the console and every uncaught error fails the test.
    """
    matplotlib.rcdefaults()
    contexts, noise = [], []

    def open_(figure, *, context=None, address="", html=None, **options):
        if context is None:
            context = browser.new_context(**{"viewport": {"width": 900, "height": 1100}} | options)
            contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: noise.append(message.text))
        page.on("pageerror", lambda error: noise.append(str(error)))
        file = tmp_path / f"{figure.name}.html"
        file.write_text(html or page_of(figure, figure.name), encoding="utf-8")
        page.add_init_script("window.onerror = (message) => { console.error(message); };")
        page.goto(file.as_uri() + address)
        if options.get("java_script_enabled", True):
            page.wait_for_selector(READY)
        return page

    yield open_
    for context in contexts:
        context.close()
    plt.close("all")
    assert noise == []


def put(page, **stops):
    """Move sliders as a kernel would."""
    for key, stop in stops.items():
        page.evaluate("([key, stop]) => figureModel.set(key, stop)", [key, stop])


# ------------------------------------------------- every frame is the one that matplotlib draws


def positions_between(rng, shape, scale, wild):
    """Return random fractions of an axis (a few outside) as data, with gaps and huge numbers."""
    values = rng.uniform(-0.25, 1.25, shape)
    if scale == "log":
        values = 10.0 ** (4 * values - 2)
    if wild:
        dice = rng.random(shape)
        values = np.where(dice < 0.06, np.nan, values)
        values = np.where((dice > 0.06) & (dice < 0.08), np.inf, values)
        huge = rng.choice([-1, 1], shape) * 10.0 ** rng.uniform(3, 9, shape)
        values = np.where(dice > 0.90, np.abs(huge) if scale == "log" else huge, values)
        if scale == "log":
            values = np.where((dice > 0.08) & (dice < 0.10), -1.0, values)
    return values


def random_figure(seed):
    """Return a LiveFigure made by chance: sliders, axes, artists and data."""
    rng = np.random.default_rng(seed)
    names = ["learning_rate", "epochs", "seed"][: rng.integers(1, 4)]
    stops = {name: np.cumsum(rng.uniform(0.1, 2, rng.integers(2, 6))).round(2) for name in names}
    rows, columns = [(1, 1), (1, 2), (2, 2), (1, 3), (2, 1)][rng.integers(5)]
    fig, axs = plt.subplots(rows, columns, figsize=(6.6, 3.4), squeeze=False)
    plans = []
    for ax in axs.flat:
        scales = rng.choice(["linear", "linear", "log"], 2)
        limits = [(0.01, 100) if scale == "log" else (0, 1) for scale in scales]
        ax.set(xscale=scales[0], yscale=scales[1], xlim=limits[0], ylim=limits[1])
        ax.minorticks_off()
        if seed % 4:
            ax.set(xticks=[], yticks=[])  # drawn three times as fast
        if rng.random() < 0.2:
            ax.invert_yaxis()
        inside = [np.sqrt(low * high) if low else 0.5 for low, high in limits]
        for _ in range(rng.integers(1, 4)):
            kinds = ["line", "marked", "marks", "trail", "scatter", "values", "text", "note"]
            kinds += ["bare note", "patch"] + (["arrow"] if set(scales) == {"linear"} else [])
            kind = rng.choice(kinds)
            over = tuple(rng.permutation(names)[: rng.integers(1, len(names) + 1)])
            lengths = tuple(len(stops[name]) for name in over)
            shape = (*lengths, rng.integers(2, 9))
            options = {"over": over}
            if kind in ("text", "note", "bare note", "arrow"):
                shape = lengths
            if kind == "trail":
                shape, options["trail"] = lengths, str(rng.choice(over))
            x, y = (positions_between(rng, shape, scale, seed % 3 > 0) for scale in scales)
            data = {"x": x, "y": y}
            if kind in ("line", "marked", "marks", "trail"):
                style = {"line": "-", "marks": "s"}.get(kind, "o-")
                (artist,) = ax.plot(np.ones(shape[-1]), np.ones(shape[-1]), style)
            elif kind == "scatter":
                artist = ax.scatter(np.ones(shape[-1]), np.ones(shape[-1]), s=30, lw=2, ec="k")
                if rng.random() < 0.5:
                    data["sizes"] = rng.choice([0, 4, 25, 100, 400], shape)
            elif kind == "values":
                artist = ax.scatter(np.ones(shape[-1]), np.ones(shape[-1]), c=np.ones(shape[-1]))
                artist.set_clim(0, 1)
                data["values"] = rng.random(shape)
            elif kind == "text":
                artist = ax.text(*inside, "?", ha=rng.choice(["left", "center", "right"]))
                data["text"] = np.array([f"t{i}" for i in range(x.size)]).reshape(shape)
                data["text"].flat[0] = ""
            elif kind == "note":
                artist = ax.annotate("here", inside, (20, 30), textcoords="offset points",
                                     arrowprops={"arrowstyle": "->"})  # fmt: skip
            elif kind == "bare note":
                artist = ax.annotate("there", inside, (5, 5), textcoords="offset points")
            elif kind == "arrow":
                artist = ax.arrow(0.2, 0.2, 0.3, 0.3, width=0.01, length_includes_head=True)
                data["dx"], data["dy"] = rng.uniform(-0.5, 0.5, (2, *shape))
            elif kind == "patch":
                artist = ax.axvspan(inside[0], inside[0] * 1.2)
                data = {"visible": rng.random(lengths) < 0.5}
            if rng.random() < 0.3:
                data["visible"] = rng.random(lengths) < 0.6
            plans.append((artist, options, data))
    start = {name: float(rng.choice(values)) for name, values in stops.items()}
    figure = LiveFigure(fig, name=f"random-{seed}", alt=ALT, start=start, **stops)
    for artist, options, data in plans:
        figure.animate(artist, **options, **data)
    where = [{k: float(rng.choice(v)) for k, v in stops.items()} for _ in range(2)]
    return figure, start, where


EXTRACT = """
(root) => {
  const svg = root.querySelector("svg");
  const base = svg.getScreenCTM().inverse();
  const matrix = (node) => base.multiply(node.getScreenCTM());
  const list = ({ a, b, c, d, e, f }) => [a, b, c, d, e, f];
  const found = {};
  for (const group of svg.querySelectorAll('[id*="artist"]')) {
    const gid = group.id.match(/artist.*$/)[0];
    const shapes = [];
    const texts = [];
    for (const node of [group, ...group.querySelectorAll("path, use, text")]) {
      if (node.closest('[display="none"]') || node.closest("defs")) continue;
      const style = getComputedStyle(node);
      const [width, fill] = [parseFloat(style.strokeWidth), style.fill];
      if (node.tagName === "path") shapes.push({ d: node.getAttribute("d") ?? "", m: list(matrix(node)), width, fill });
      if (node.tagName === "use") {
        const path = svg.querySelector(node.getAttribute("href") ?? node.getAttribute("xlink:href"));
        const m = matrix(node).translate(node.x.baseVal.value, node.y.baseVal.value);
        shapes.push({ d: path.getAttribute("d"), m: list(m), width, fill });
      }
      if (node.tagName === "text" && node.textContent) {
        const p = new DOMPoint(node.getAttribute("x"), node.getAttribute("y")).matrixTransform(matrix(node));
        texts.push([node.textContent, p.x, p.y]);
      }
    }
    found[gid] = { shapes, texts };
  }
  return found;
}
"""


def flatten(d, m):
    """Return the straight stretches of an SVG path, shape (n, 2, 2), after the matrix ``m``."""
    tokens = re.findall(r"[A-Za-z]|-?[\d.]+(?:e-?\d+)?", d)
    stretches, here, first, k = [], None, None, 0
    t = np.linspace(0, 1, 9)[1:, None]
    command = ""
    while k < len(tokens):
        if tokens[k].isalpha():
            command, k = tokens[k].upper(), k + 1
        if command == "Z":
            stretches.append((here, first))
            continue
        count = {"M": 1, "L": 1, "Q": 2, "C": 3}[command]
        p = np.array(tokens[k : k + 2 * count], dtype=float).reshape(count, 2)
        k += 2 * count
        if command == "M":
            here = first = p[0]
            stretches.append((here, here))
            command = "L"
            continue
        corners = np.vstack([[here], p])
        if command == "Q":
            p = (1 - t) ** 2 * corners[0] + 2 * t * (1 - t) * corners[1] + t**2 * corners[2]
        if command == "C":
            p = (1 - t) ** 3 * corners[0] + 3 * t * (1 - t) ** 2 * corners[1]
            p = p + 3 * t**2 * (1 - t) * corners[2] + t**3 * corners[3]
        for q in p:
            stretches.append((here, q))
            here = q
    points = np.array(stretches, dtype=float).reshape(-1, 2, 2)
    return points @ np.array([[m[0], m[1]], [m[2], m[3]]]) + m[4:]


def clipped(stretches, box):
    """Keep what lies in the box (left, top, right, bottom)."""
    p, step = stretches[:, 0], stretches[:, 1] - stretches[:, 0]
    enter, leave = np.zeros(len(p)), np.ones(len(p))
    for side in (0, 1):
        with np.errstate(all="ignore"):
            a, b = (box[side] - p[:, side]) / step[:, side], (box[side + 2] - p[:, side]) / step[:, side]
        still = step[:, side] == 0
        within = (p[:, side] >= box[side]) & (p[:, side] <= box[side + 2])
        low = np.where(still, np.where(within, 0, 2), np.fmin(a, b))
        high = np.where(still, np.where(within, 1, -1), np.fmax(a, b))
        enter, leave = np.maximum(enter, low), np.minimum(leave, high)
    keep = enter <= leave
    ends = [p[keep] + t[keep, None] * step[keep] for t in (enter, leave)]
    return np.stack(ends, axis=1)


def farthest(ours, theirs):
    """Return how far a point of ``ours`` can be from all of ``theirs`` (straight stretches)."""
    if not len(ours):
        return 0.0
    if not len(theirs):
        return np.inf
    lengths = np.hypot(*(ours[:, 1] - ours[:, 0]).T)
    counts = np.minimum(np.ceil(lengths / 4).astype(int) + 1, 200)
    samples = np.vstack(
        [np.linspace(a, b, n + 1) for (a, b), n in zip(ours, counts, strict=True)]
    )
    samples = np.unique(samples.round(2), axis=0)
    start, step = theirs[:, 0], theirs[:, 1] - theirs[:, 0]
    worst = 0.0
    for block in np.array_split(samples, len(samples) // 500 + 1):
        along = ((block[:, None] - start) * step).sum(-1) / np.maximum((step**2).sum(-1), 1e-12)
        nearest = start + along.clip(0, 1)[..., None] * step
        worst = max(worst, np.hypot(*(block[:, None] - nearest).T).min(axis=0).max())
    return worst


def inset(box, by):
    return np.array(box) + by * np.array([1, 1, -1, -1])


def differences(figure, ours, theirs, kind):
    """List in what an extracted drawing of ours differs from matplotlib's."""
    spec = json.loads(figure.spec)
    layout = spec["layouts"][kind == "narrow"]
    page_box = (0, 0, layout["width"], layout["height"])
    complaints = []
    for motion in figure._motions:
        for gid in (motion.gid, motion.gid + "arrow"):
            mine = ours.get(gid, {"shapes": [], "texts": []})
            its = theirs.get(gid, {"shapes": [], "texts": []})
            box = page_box
            if motion.artist.axes is not None and motion.artist.get_clip_on():
                axes = figure._figure.axes.index(motion.artist.axes)
                x, y, width, height = layout["axes"][axes]
                box = (x, layout["height"] - y - height, x + width, layout["height"] - y)
            lines = [
                np.concatenate([flatten(s["d"], s["m"]) for s in side["shapes"]] or [np.zeros((0, 2, 2))])
                for side in (mine, its)
            ]
            for name, one, other in (("extra", *lines), ("lacking", *lines[::-1])):
                off = farthest(clipped(one, inset(box, 0.6)), clipped(other, inset(box, -1)))
                if off > 0.5:
                    complaints.append(f"{gid} {type(motion.artist).__name__}: {name} by {off:.2f}")
            seen = [
                sorted(t for t in side["texts"] if np.all(inset(page_box, 1)[:2] < t[1:]) and np.all(t[1:] < inset(page_box, 1)[2:]))
                for side in (mine, its)
            ]
            if [t[0] for t in seen[0]] != [t[0] for t in seen[1]]:
                complaints.append(f"{gid}: says {seen[0]}, not {seen[1]}")
            elif seen[0] and np.abs(np.array([t[1:] for t in seen[0]]) - [t[1:] for t in seen[1]]).max() > 0.5:
                complaints.append(f"{gid}: stands at {seen[0]}, not {seen[1]}")
    return complaints


def compare(page, figure, kind, stops):
    """List the differences between the page and matplotlib's fresh drawing of ``stops``."""
    page.evaluate("(svg) => (document.getElementById('reference').innerHTML = svg)",
                  figure.drawing(kind, **stops))  # fmt: skip
    ours = page.evaluate_handle("document.querySelector('.lf-drawing')").evaluate(EXTRACT)
    theirs = page.evaluate_handle("document.getElementById('reference')").evaluate(EXTRACT)
    return differences(figure, ours, theirs, kind)


def add_reference(page):
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<div id=reference></div>')")


@pytest.mark.parametrize("seed", range(26))
def test_random_figures_are_drawn_as_matplotlib_draws_them(seed, visit):
    figure, start, (here, there) = random_figure(seed)
    page = visit(figure)
    add_reference(page)
    assert compare(page, figure, "wide", start) == []
    put(page, **here)
    assert compare(page, figure, "wide", here) == [], here
    page.set_viewport_size({"width": 400, "height": 1100})
    page.wait_for_selector('.lf-drawing[data-layout="narrow"]')
    assert compare(page, figure, "narrow", here) == [], here
    put(page, **there)
    assert compare(page, figure, "narrow", there) == [], there
