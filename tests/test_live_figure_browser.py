"""LiveFigure in Chromium: what the reader sees is what matplotlib draws, however it is reached."""

import io
import json
import re
from functools import cache
from pathlib import Path

import axe_playwright_python
import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from byhand.figures import LiveFigure, one_node, use_style
from byhand.figures.page import page as page_of

ALT = "Lines and points that move when a slider is moved."
READY = ".lf[data-ready]"


@pytest.fixture
def visit(browser):
    """Return a function that opens figures, one page each, and returns the Playwright page.

    Every message on the console and every uncaught error fails the test.
    """
    matplotlib.rcdefaults()
    contexts, noise = [], []

    def open_(figure, *, address="", html=None, **options):
        context = browser.new_context(**{"viewport": {"width": 900, "height": 1100}} | options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: noise.append(message.text))
        page.on("pageerror", lambda error: noise.append(str(error)))
        text = html or page_of(figure, figure.name)
        page.route("**/*", lambda route: route.fulfill(body=text, content_type="text/html"))
        page.add_init_script("window.onerror = (message) => { console.error(message); };")
        page.goto(f"http://figure.test/{address}")
        if options.get("java_script_enabled", True):
            page.wait_for_selector(READY)
        return page

    yield open_
    for context in contexts:
        context.close()
    plt.close("all")
    assert noise == []


def stop_clock(page):
    """Let the page's time stand still, however slow the machine: only `run_for` moves it."""
    page.clock.install(time=0)
    page.clock.pause_at(1000)


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
        if seed % 8:
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
      if (node.tagName === "path") {
        shapes.push({ d: node.getAttribute("d") ?? "", m: list(matrix(node)), width, fill });
      }
      if (node.tagName === "use") {
        const name = node.getAttribute("href") ?? node.getAttribute("xlink:href");
        const path = svg.querySelector(name);
        const m = matrix(node).translate(node.x.baseVal.value, node.y.baseVal.value);
        shapes.push({ d: path.getAttribute("d"), m: list(m), width, fill });
      }
      if (node.tagName === "text" && node.textContent) {
        const at = new DOMPoint(node.getAttribute("x"), node.getAttribute("y"));
        const p = at.matrixTransform(matrix(node));
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
            a, b = (
                (box[side] - p[:, side]) / step[:, side],
                (box[side + 2] - p[:, side]) / step[:, side],
            )
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
    samples = np.vstack([np.linspace(a, b, n + 1) for (a, b), n in zip(ours, counts, strict=True)])
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
                np.concatenate(
                    [flatten(s["d"], s["m"]) for s in side["shapes"]] or [np.zeros((0, 2, 2))]
                )
                for side in (mine, its)
            ]
            for name, one, other in (("extra", *lines), ("lacking", *lines[::-1])):
                off = farthest(clipped(one, inset(box, 0.6)), clipped(other, inset(box, -1)))
                if off > 0.5:
                    complaints.append(f"{gid} {type(motion.artist).__name__}: {name} by {off:.2f}")
            seen = [
                sorted(
                    t
                    for t in side["texts"]
                    if np.all(inset(page_box, 1)[:2] < t[1:])
                    and np.all(t[1:] < inset(page_box, 1)[2:])
                )
                for side in (mine, its)
            ]
            if [t[0] for t in seen[0]] != [t[0] for t in seen[1]]:
                complaints.append(f"{gid}: says {seen[0]}, not {seen[1]}")
            elif (
                seen[0]
                and np.abs(np.array([t[1:] for t in seen[0]]) - [t[1:] for t in seen[1]]).max()
                > 0.5
            ):
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


@pytest.mark.parametrize("seed", range(25))
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


def colours_at(page, selector, places):
    """Return the colours (n, 3) that the screen shows at fractions of a drawing."""
    shot = io.BytesIO(page.locator(f"{selector} svg").screenshot())
    pixels = np.asarray(Image.open(shot).convert("RGB")).astype(int)
    rows = (places[:, 1] * pixels.shape[0]).astype(int)
    columns = (places[:, 0] * pixels.shape[1]).astype(int)
    return pixels[rows, columns]


@pytest.mark.parametrize("case", ["upper", "lower", "zoomed", "turned", "alpha", "mesh", "bad"])
def test_pictures_have_the_colours_and_the_orientation_of_matplotlib(case, visit):
    rng = np.random.default_rng(0)
    data = rng.random((2, 3, 4, 5))
    fig, ax = plt.subplots(figsize=(4, 3))
    if case == "mesh":
        artist = ax.pcolormesh(np.linspace(0, 5, 6), np.linspace(1, 5, 5), data[0, 0])
        ax.scatter([2.5], [3], s=20000, c="red", zorder=1)  # drawn after the mesh, at its height
    else:
        options = {"upper": {"origin": "upper"}, "alpha": {"alpha": 0.4}}
        artist = ax.imshow(data[0, 0], **({"origin": "lower"} | options.get(case, {})))
    if case == "zoomed":
        ax.set(xlim=(0.7, 3.2), ylim=(-2.2, 2.1))
    if case == "turned":
        ax.invert_xaxis()
    if case == "bad":
        data[..., 1, :] = np.nan
        data[..., 2, :] = np.inf
    artist.set_clim(0, 1)
    figure = LiveFigure(fig, name="picture", alt=ALT, a=[1, 2], b=[1, 2, 3])
    figure.animate(artist, data=data)
    page = visit(figure, color_scheme="light")
    add_reference(page)
    page.add_style_tag(content="#reference svg {display: block; width: 720px; height: auto}")
    layout = json.loads(figure.spec)["layouts"][0]
    x, y, width, height = layout["axes"][0]
    grid = np.stack(np.meshgrid(np.linspace(0, 1, 30)[1:-1], np.linspace(0, 1, 30)[1:-1]), -1)
    places = grid.reshape(-1, 2) * [width, height] + [x, layout["height"] - y - height]
    places = places / [layout["width"], layout["height"]]
    for stops in ({"a": 1, "b": 1}, {"a": 2, "b": 3}, {"a": 1, "b": 2}):
        put(page, **stops)
        page.evaluate("(svg) => (document.getElementById('reference').innerHTML = svg)",
                      figure.drawing(**stops))  # fmt: skip
        page.wait_for_timeout(60)  # images are decoded beside the script
        ours, theirs = (colours_at(page, s, places) for s in (".lf-drawing", "#reference"))
        off = np.abs(ours - theirs).max(axis=1)
        assert np.median(off) <= 4 and np.quantile(off, 0.85) <= 10  # the rest lies on the edges
        assert len(np.unique(ours, axis=0)) > 5


def test_marks_take_the_colours_of_their_values(visit):
    rng = np.random.default_rng(0)
    values = rng.random((4, 6))
    values[1, 2] = np.nan
    fig, ax = plt.subplots()
    x = np.linspace(0, 1, 6)
    plain = ax.scatter(x, x, c=values[0], cmap="magma", vmin=0, vmax=1)
    ringed = ax.scatter(x, x + 1, c=values[0], vmin=0, vmax=1, edgecolors="k", linewidths=2)
    lonely = ax.scatter([0], [1], c=[0.1], s=80, vmin=0, vmax=1)
    figure = LiveFigure(fig, name="marks", alt=ALT, k=[1, 2, 3, 4])
    figure.animate(plain, values=values)
    figure.animate(ringed, values=values)
    figure.animate(lonely, values=values[:, :1])
    page = visit(figure)
    for k in (2, 4):
        put(page, k=k)
        found = page.evaluate_handle("document.querySelector('.lf-drawing')").evaluate(EXTRACT)
        for gid, artist in (("artist0", plain), ("artist1", ringed), ("artist2", lonely)):
            shown = [s["fill"] for s in found[gid]["shapes"]]
            colours = artist.to_rgba(values[k - 1])
            for words, colour in zip(shown, colours, strict=False):
                numbers = [float(n) for n in re.findall(r"[\d.]+", words)]
                alpha = numbers[3] if len(numbers) > 3 else 1
                assert alpha == colour[3]
                assert not alpha or np.abs(np.array(numbers[:3]) - 255 * colour[:3]).max() < 8
        strokes = page.evaluate("""[...document.querySelectorAll('[id$=-artist1] :is(use, path)')]
          .filter((node) => !node.closest('defs')).map((node) => getComputedStyle(node).stroke)""")
        assert set(strokes) == {"rgb(0, 0, 0)"}  # a black ring stays black


def test_growing_marks_keep_the_width_of_their_rims(visit):
    fig, ax = plt.subplots()
    spots = ax.scatter([0, 1], [0, 1], s=[4, 100], linewidths=3, edgecolors="k")
    figure = LiveFigure(fig, name="rims", alt=ALT, k=[1, 2])
    figure.animate(spots, sizes=[[4, 100], [400, 25]])
    page = visit(figure)
    put(page, k=2)
    found = page.evaluate_handle("document.querySelector('.lf-drawing')").evaluate(EXTRACT)
    for shape in found["artist0"]["shapes"]:
        a, b, c, d = shape["m"][:4]
        assert shape["width"] * np.sqrt(a * d - b * c) == pytest.approx(3, abs=0.05)


# ------------------------------------------------- the reader's hands

RATES, EPOCHS = [0.1, 0.2, 0.3, 0.6, 1.0], [0, 1, 2, 5, 10, 20, 40]


@cache
def turning(name="turning", ask=False, steps=False, **options):
    """Return a figure whose line's right end is at 10 × (rate's index) + (epochs' index).

    Made once for each set of options: no test changes it.
    """
    fig, ax = plt.subplots()
    (line,) = ax.plot([0, 1], [0, 0], label="the line")
    (dots,) = ax.plot([0.2, 0.4], [40, 42], "o", label="the dots")
    ax.set(xlim=(0, 1), ylim=(0, 50))
    sliders = {"learning_rate": RATES, "epochs": EPOCHS}
    start = {"learning_rate": 0.2, "epochs": 2}
    figure = LiveFigure(fig, **{"name": name, "alt": ALT, "start": start} | sliders | options)
    end = 10.0 * np.arange(5)[:, None] + np.arange(7)
    figure.animate(line, y=np.stack([np.zeros_like(end), end], -1))
    figure.animate(dots, y=np.stack([end, end], -1))
    figure.readout("Rate {learning_rate}, epoch {epochs}: end {end:.1f}, {word}",
                   end=end, word=np.where(end > 30, "high", "low"))  # fmt: skip
    figure.task("Reach the top.", when=end == 46)
    figure.task("Reach 33.", when=end == 33)
    figure.explain(line, "end = {end:.1f}", end=end)
    figure.explain(dots, "dots = {end:.3f}", end=end)
    if ask:
        answers = {"it rises": "Each step adds one.", "it falls": "Look again.", "stays": "No."}
        figure.ask("What will the line do?", answers, right="it rises")
    if steps:
        figure.steps(epochs=[f"This is step {k}." for k in range(7)])
    return figure


def state(page):
    """Return where the sliders and the line are."""
    return page.evaluate("""() => {
      const d = document.querySelector('[id$=-artist0] > path').getAttribute('d');
      return {
        rate: figureModel.get('learning_rate'), epochs: figureModel.get('epochs'),
        inputs: [...document.querySelectorAll('.lf input')].map((n) => Number(n.value)),
        outputs: [...document.querySelectorAll('.lf output')].map((n) => n.textContent),
        readout: document.querySelector('.lf-readout').textContent,
        end: Number(d.match(/-?[\\d.]+/g).at(-1)),
      };
    }""")


def check(page, figure, rate, epochs):
    """Assert that everything on the page is at one position."""
    i, j = RATES.index(rate), EPOCHS.index(epochs)
    found = state(page)
    assert (found["rate"], found["epochs"], found["inputs"]) == (rate, epochs, [i, j])
    assert found["outputs"] == [f"{rate:g}", f"{epochs:g}"]
    assert found["readout"] == figure._sentence((i, j))
    layout = json.loads(figure.spec)["layouts"][page.locator("[data-layout=narrow]").count()]
    _, y, _, height = layout["axes"][0]
    assert found["end"] == pytest.approx(layout["height"] - y - (10 * i + j) / 50 * height, abs=0.5)


def slider(page, k=0):
    return page.locator(".lf input").nth(k)


def test_both_sliders_follow_the_mouse(visit):
    figure = turning()
    page = visit(figure)
    for k, stops in ((0, 5), (1, 7)):
        box = slider(page, k).bounding_box()
        middle = box["y"] + box["height"] / 2
        page.mouse.move(box["x"] + box["width"] * (1 if k else 2) / (stops - 1), middle)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.5, middle, steps=4)
        page.mouse.move(box["x"] + box["width"] - 2, middle, steps=5)
        check(page, figure, 1.0, 40 if k else 2)  # already while it is held
        page.mouse.up()
    check(page, figure, 1.0, 40)


def test_the_keyboard_reaches_every_stop(visit):
    figure = turning()
    page = visit(figure)
    slider(page).focus()
    for key, rate in (
        ("ArrowRight", 0.3), ("ArrowUp", 0.6), ("ArrowLeft", 0.3), ("ArrowDown", 0.2), ("End", 1.0),
        ("ArrowRight", 1.0), ("PageDown", 0.3), ("Home", 0.1), ("PageUp", 0.3),
    ):  # fmt: skip
        page.keyboard.press(key)
        check(page, figure, rate, 2)
    page.keyboard.press("Tab")
    page.keyboard.press("End")
    check(page, figure, 0.3, 40)


def touch(session, kind, *points):
    session.send("Input.dispatchTouchEvent",
                 {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})  # fmt: skip


def test_a_finger_moves_the_slider_sideways_and_the_page_upwards(visit):
    figure = turning()
    page = visit(figure, viewport={"width": 380, "height": 700}, has_touch=True, is_mobile=True)
    session = page.context.new_cdp_session(page)
    page.add_style_tag(content="main { padding-bottom: 900px }")
    box = slider(page, 1).bounding_box()
    middle = box["y"] + box["height"] / 2
    x0, x1 = box["x"] + box["width"] * 2 / 6, box["x"] + box["width"] - 3
    touch(session, "touchStart", (x0, middle))
    for t in np.linspace(0.1, 1, 8):
        touch(session, "touchMove", (x0 + t * (x1 - x0), middle))
    touch(session, "touchEnd")
    check(page, figure, 0.2, 40)
    assert page.evaluate("scrollY") == 0
    x = box["x"] + box["width"] * 0.5
    touch(session, "touchStart", (x, middle))
    for t in np.linspace(0.1, 1, 10):
        touch(session, "touchMove", (x, middle - 250 * t))
    touch(session, "touchEnd")
    page.wait_for_function("scrollY > 150")
    found = state(page)
    assert found["inputs"][1] == EPOCHS.index(found["epochs"])


def test_the_sliders_wait_for_an_answer_and_the_answer_stays(visit):
    figure = turning(ask=True)
    page = visit(figure)
    assert slider(page).is_disabled() and page.locator(".lf-play").is_disabled()
    assert "The sliders wait" in page.locator(".lf").inner_text()
    page.get_by_role("button", name="it falls").click()
    assert slider(page).is_enabled() and page.locator(".lf-play").is_enabled()
    assert page.evaluate("document.activeElement.type") == "range"
    page.keyboard.press("End")
    check(page, figure, 1.0, 2)
    for again in range(2):
        assert page.locator(".lf-comment").inner_text() == "Not quite. Look again."
        pressed = page.locator(".lf-answer[aria-pressed=true]")
        assert pressed.all_inner_texts() == ["it falls"]
        assert "The sliders wait" not in page.locator(".lf").inner_text()
        if not again:
            page.reload()
            page.wait_for_selector(READY)
    assert slider(page).is_enabled()
    page.get_by_role("button", name="it rises").click()
    assert page.locator(".lf-comment").inner_text() == "It does. Each step adds one."


def test_the_third_answer_can_be_chosen_by_keys_alone(visit):
    page = visit(turning(ask=True))
    page.locator(".lf-answer").first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator(".lf-answer[aria-pressed=true]").all_inner_texts() == ["stays"]


def test_the_question_can_be_waved_through(visit):
    page = visit(turning(ask=True))
    page.get_by_role("button", name="just let me play").click()
    assert slider(page).is_enabled() and page.locator(".lf-comment").inner_text() == ""
    page.reload()
    page.wait_for_selector(READY)
    assert slider(page).is_enabled()


@pytest.mark.parametrize("kept", ["5", "null", "{", '{"answer": "gone", "done": 3}', "[1]", '"x"'])
def test_what_else_is_kept_under_the_name_does_no_harm(kept, visit):
    figure = turning(ask=True)
    page = visit(figure)
    page.evaluate("(kept) => localStorage.setItem('byhand:turning', kept)", kept)
    page.reload()
    page.wait_for_selector(READY)
    assert slider(page).is_disabled()
    page.get_by_role("button", name="it rises").click()
    page.reload()
    page.wait_for_selector(READY)
    assert slider(page).is_enabled()


def done(page):
    return page.locator(".lf-tasks li").evaluate_all("nodes => nodes.map(n => n.dataset.done)")


def test_a_task_is_ticked_by_the_reader_and_stays_ticked(visit):
    figure = turning()
    page = visit(figure)
    put(page, learning_rate=1.0, epochs=40)  # from the kernel
    check(page, figure, 1.0, 40)
    assert done(page) == ["false", "false"]
    put(page, epochs=20)
    slider(page, 1).press("ArrowRight")
    assert done(page) == ["true", "false"]
    assert "Reach the top. (done)" in page.locator(".lf-tasks").text_content()
    page.wait_for_function("""document.querySelector('.lf > .lf-spoken').textContent
      .startsWith('Done: Reach the top. Rate 1')""")
    slider(page, 1).press("Home")
    assert done(page) == ["true", "false"]
    page.reload()
    page.wait_for_selector(READY)
    assert done(page) == ["true", "false"]


def test_the_address_ticks_no_task(visit):
    page = visit(turning(), address="#fig-turning?learning_rate=1&epochs=40")
    assert state(page)["end"] and done(page) == ["false", "false"]
    page.evaluate("location.hash = '#fig-turning?learning_rate=0.6&epochs=5'")
    page.wait_for_function("figureModel.get('epochs') === 5")
    assert done(page) == ["false", "false"]


def formula(page):
    return page.locator(".lf-formula").inner_text()


@pytest.mark.parametrize("way", ["mouse", "key", "tap"])
def test_a_formula_is_shown_by_pointing_by_keys_and_by_tapping(way, visit):
    figure = turning()
    page = visit(figure, has_touch=way == "tap")
    assert formula(page) == "end = 12.0"
    svg = page.locator(".lf-drawing svg").bounding_box()
    layout = json.loads(figure.spec)["layouts"][0]
    x, y, width, height = layout["axes"][0]
    scale = svg["width"] / layout["width"]

    def spot(a, b):
        return (svg["x"] + scale * (x + a * width),
                svg["y"] + scale * (layout["height"] - y - b / 50 * height))  # fmt: skip

    reach = {"mouse": page.mouse.move, "tap": page.touchscreen.tap}
    chips = {"the dots": 0.4, "the line": 0.8}
    for chip, a in chips.items():
        if way == "key":
            page.get_by_role("button", name=chip).focus()
            page.keyboard.press("Enter")
        else:
            reach[way](*spot(a, 12 if chip == "the dots" else 12 * a))
        assert formula(page) == ("dots = 12.000" if chip == "the dots" else "end = 12.0")
        pressed = page.locator(".lf-chips [aria-pressed=true]").all_inner_texts()
        assert pressed == [chip] and page.locator(".lf-pointed").count() == 1
    if way != "key":
        reach[way](*spot(0.3, 12))  # between the dots, where no line joins them, and near no line
        assert formula(page) == "end = 12.0"
    slider(page).press("End")
    assert formula(page) == "end = 42.0"


def test_back_and_next_go_one_step(visit):
    figure = turning(steps=True)
    page = visit(figure)
    step = page.locator(".lf-step")
    back, forth = page.get_by_role("button", name="Back"), page.get_by_role("button", name="Next")
    assert step.inner_text() == "3 of 7. This is step 2."
    forth.click()
    check(page, figure, 0.2, 5)
    assert step.inner_text() == "4 of 7. This is step 3."
    for _ in range(3):
        back.click()
    check(page, figure, 0.2, 0)
    assert back.is_disabled() and forth.is_enabled()
    slider(page, 1).press("End")
    assert step.inner_text() == "7 of 7. This is step 6." and forth.is_disabled()


def test_play_runs_to_the_end_and_pause_stops_it(visit):
    figure = turning()
    page = visit(figure)
    stop_clock(page)
    button = page.locator(".lf-play")
    assert button.get_attribute("aria-label") == "Play through epochs"
    button.click()
    assert button.get_attribute("aria-label") == "Pause epochs" and "Pause" in button.inner_text()
    page.clock.run_for(800)  # 5 s over 7 stops: 714 ms a stop
    check(page, figure, 0.2, 5)
    button.click()
    page.clock.run_for(3000)
    check(page, figure, 0.2, 5)
    button.click()
    page.clock.run_for(9000)
    check(page, figure, 0.2, 40)
    assert "Play" in button.inner_text()
    button.click()  # from the start again
    check(page, figure, 0.2, 0)
    slider(page).press("End")  # a hand on a slider stops it
    page.clock.run_for(3000)
    check(page, figure, 1.0, 0)


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_it_plays_by_itself_only_for_who_wants_motion(motion, visit):
    figure = turning(autoplay=True)
    page = visit(figure, reduced_motion=motion)
    if motion == "reduce":
        page.wait_for_timeout(900)
        check(page, figure, 0.2, 2)
        stop_clock(page)
        page.locator(".lf-play").click()
        page.clock.run_for(950)
        check(page, figure, 0.2, 2)  # asked to play, it goes a step a second
        page.clock.run_for(150)
        check(page, figure, 0.2, 5)
    else:
        page.wait_for_function("figureModel.get('epochs') > 2")
        page.locator(".lf-play").click()
        assert done(page) == ["false", "false"]


def test_a_figure_that_asks_does_not_play_by_itself(visit):
    page = visit(turning(autoplay=True, ask=True))
    page.wait_for_timeout(900)
    assert state(page)["epochs"] == 2 and "Play" in page.locator(".lf-play").inner_text()


def test_the_address_holds_a_situation(visit):
    figure = turning(ask=True)
    page = visit(figure, address="#fig-turning?learning_rate=0.6&epochs=20")
    check(page, figure, 0.6, 20)
    assert slider(page).is_enabled() and "The sliders wait" not in page.locator(".lf").inner_text()
    slider(page).press("Home")
    page.get_by_role("button", name="Link to this setting").click()
    page.wait_for_function("location.hash === '#fig-turning?learning_rate=0.1&epochs=20'")
    page.wait_for_function(
        "/Copied|address bar/.test(document.querySelector('.lf-link').textContent)"
    )
    for hash_, rate, epochs in (
        ("#fig-turning?learning_rate=0.78&epochs=900", 1.0, 40),  # the nearest stops, by ratio
        ("#fig-turning?learning_rate=0.31", 0.3, 40),
        ("#fig-turning?epochs=many&learning_rate=", 0.3, 40),  # no numbers: nothing moves
        ("#fig-other?epochs=1", 0.3, 40),
        ("#fig-turning?epochs=1&learning_rate=0.2", 0.2, 1),
    ):
        page.evaluate("(hash) => (location.hash = hash)", hash_)
        page.wait_for_timeout(50)
        check(page, figure, rate, epochs)


def test_the_readout_is_pythons_sentence_everywhere(visit):
    figure = of_course("one-node")
    page = visit(figure)
    rng = np.random.default_rng(0)
    rates, epochs = (s.stops for s in figure._sliders)
    for i, j in zip(rng.integers(0, len(rates), 50), rng.integers(0, len(epochs), 50), strict=True):
        put(page, learning_rate=rates[i], epochs=epochs[j])
        assert page.locator(".lf-readout").inner_text() == figure._sentence((i, j))


def test_the_readout_is_spoken_once_after_half_a_second_of_quiet(visit):
    figure = turning()
    page = visit(figure)
    stop_clock(page)
    page.evaluate("""() => {
      globalThis.said = [];
      const region = document.querySelector('.lf > .lf-spoken');
      new MutationObserver(() => said.push(region.textContent))
        .observe(region, { childList: true });
    }""")
    assert page.locator(".lf > .lf-spoken").get_attribute("aria-live") == "polite"
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft"):
        slider(page).press(key)
        page.clock.run_for(450)
        assert page.evaluate("said") == []
    page.clock.run_for(100)
    assert page.evaluate("said") == [figure._sentence((2, 2))]
    page.clock.run_for(5000)
    assert len(page.evaluate("said")) == 1


def test_the_accessibility_tree_has_the_sliders_with_their_words(visit):
    page = visit(turning(ask=True))
    page.get_by_role("button", name="it rises").click()
    session = page.context.new_cdp_session(page)

    def nodes(role):
        tree = session.send("Accessibility.getFullAXTree")["nodes"]
        found = [n for n in tree if n.get("role", {}).get("value") == role and not n["ignored"]]
        return {n["name"]["value"]: n for n in found}

    def spoken(node):  # Chromium's protocol leaves aria-valuetext out of the tree: read it there
        number = {"backendNodeId": node["backendDOMNodeId"]}
        found = session.send("DOM.resolveNode", number)["object"]["objectId"]
        call = {"functionDeclaration": "function () { return this.ariaValueText }"}
        answer = session.send("Runtime.callFunctionOn", {"objectId": found} | call)
        return answer["result"]["value"]

    sliders = nodes("slider")
    assert set(sliders) == {"learning rate", "epochs"}
    assert spoken(sliders["learning rate"]) == "learning rate 0.2"
    slider(page).press("ArrowRight")
    assert spoken(nodes("slider")["learning rate"]) == "learning rate 0.3"
    assert spoken(nodes("slider")["epochs"]) == "epochs 2"
    assert ALT in nodes("image")
    assert {"it rises", "stays", "the line", "Play through epochs"} <= set(nodes("button"))


def test_a_storm_of_events_ends_in_the_right_frame(visit):
    figure = turning()
    page = visit(figure)
    page.evaluate("""() => {
      const inputs = [...document.querySelectorAll('.lf input')];
      let seed = 1;
      for (let k = 0; k < 2000; k++) {
        seed = (seed * 48271) % 2147483647;
        const input = inputs[seed % 2];
        input.value = Math.floor(seed / 2) % (Number(input.max) + 1);
        const kind = Math.floor(seed / 7) % 2 ? 'input' : 'change';
        input.dispatchEvent(new Event(kind, { bubbles: true }));
      }
      for (const [k, input] of inputs.entries()) {
        input.value = 3 + k;
        input.dispatchEvent(new Event('input', { bubbles: true }));
      }
    }""")
    check(page, figure, 0.6, 10)


# ------------------------------------------------- the page


AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
FIGURES = {
    "one-node": one_node.line_and_bowl,
    "nudge-meter": one_node.nudge_meter,
    "front": one_node.front_page,
    "steps": lambda: turning(ask=True, steps=True),
}


@cache
def of_course(name):
    """Return one of FIGURES, made once: no test changes it."""
    with matplotlib.rc_context():
        use_style()
        return FIGURES[name]()


@pytest.mark.parametrize("name", FIGURES)
def test_axe_finds_nothing_serious(name, visit):
    page = visit(of_course(name), reduced_motion="reduce")
    page.add_script_tag(path=AXE)

    def look(scheme):
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate(
            "axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'best-practice'] })"
        )
        serious = [v for v in found["violations"] if v["impact"] in ("serious", "critical")]
        assert [(v["id"], v["nodes"][0]["html"]) for v in serious] == []

    look("light")
    look("dark")
    if page.locator(".lf-answer").count():  # it waited for an answer
        page.locator(".lf-answer").first.click()
        look("dark")
        look("light")


@pytest.mark.parametrize("name", FIGURES)
def test_a_phone_shows_readable_ticks_and_nothing_sideways(name, visit):
    phone = {"width": 360, "height": 740}
    page = visit(of_course(name), viewport=phone, reduced_motion="reduce")
    assert page.locator(".lf-drawing").get_attribute("data-layout") == "narrow"
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    sizes = page.evaluate("""[...document.querySelectorAll('.lf svg text')].map((text) => {
      const { a, b } = text.getScreenCTM();
      return parseFloat(getComputedStyle(text).fontSize) * Math.hypot(a, b);
    })""")
    assert len(sizes) > 4 and min(sizes) >= 11
    heights = page.evaluate(
        "[...document.querySelectorAll('.lf-slider')].map((n) => n.clientHeight)"
    )
    assert min(heights) >= 44


@pytest.mark.parametrize("name", FIGURES)
def test_the_room_reserved_is_the_room_taken(name, visit):
    figure = of_course(name)
    page = visit(figure, reduced_motion="reduce")
    height = page.evaluate("""document.querySelector('.lf').offsetHeight
      - document.querySelector('.lf-drawing').offsetHeight""")
    assert abs(height - figure.reserve) <= 40  # a question may take a second line


def test_turning_the_phone_keeps_the_frame(visit):
    figure = turning()
    page = visit(figure)
    put(page, learning_rate=0.6, epochs=10)
    for width, layout in ((400, "narrow"), (900, "wide"), (500, "narrow")):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_selector(f'.lf-drawing[data-layout="{layout}"]')
        check(page, figure, 0.6, 10)


TWO = """
() => {
  const element = document.createElement('div');
  document.querySelector('main').append(element);
  const clone = new Map(), heard = [];
  const other = {
    get: (key) => clone.get(key) ?? figureModel.get(key),
    set(key, value) {
      clone.set(key, value);
      for (const [name, listener] of heard) if (name === `change:${key}`) listener();
    },
    on: (key, f) => heard.push([key, f]),
    off: (key, f) => heard.splice(heard.findIndex(([k, g]) => k === key && g === f), 1),
    save_changes() {},
  };
  const stop = globalThis.draw({ model: other, el: element });
  globalThis.other = { model: other, heard, element, stop };
}
"""


def beside(figure):
    """Return the page of a figure whose render function the test can call."""
    line = "globalThis.figureModel = model;"
    return page_of(figure, "two").replace(line, line + " globalThis.draw = render;")


def test_two_views_of_a_figure_do_not_disturb_each_other(visit):
    figure = turning()
    page = visit(figure, html=beside(figure))
    page.evaluate(TWO)
    page.wait_for_function("other.element.querySelector('[data-ready]')")
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((node) => node.id)")
    assert len(ids) == len(set(ids))
    before = page.evaluate("other.element.querySelector('.lf-drawing').innerHTML")
    slider(page).press("End")
    check_first = state(page)
    assert check_first["rate"] == 1.0
    assert page.evaluate("other.element.querySelector('.lf-drawing').innerHTML") == before
    page.evaluate("document.querySelector('.lf').style.display = 'none'")
    assert page.evaluate("other.element.querySelector('[id$=-artist1] use').getBBox().width") > 0
    page.evaluate("document.querySelector('.lf').style.display = ''")
    page.evaluate("other.element.querySelector('input').focus()")
    page.keyboard.press("Home")
    assert state(page)["outputs"][:2] == ["1", "2"]
    assert page.evaluate("other.model.get('learning_rate')") == 0.1


def test_cleanup_stops_everything(visit):
    figure = turning()
    page = visit(figure, html=beside(figure))
    page.clock.install()
    page.evaluate(TWO)
    page.wait_for_function("other.element.querySelector('[data-ready]')")
    assert page.evaluate("other.heard.length") == 2
    page.evaluate("other.element.querySelector('.lf-play').click()")
    page.evaluate("other.stop()")
    page.evaluate("globalThis.before = other.element.innerHTML")
    page.evaluate("""() => {
      const input = other.element.querySelector('input');
      input.value = 4;
      input.dispatchEvent(new Event('input'));
      other.element.querySelector('.lf-play').click();
      location.hash = '#fig-turning?epochs=40';
    }""")
    page.clock.run_for(3000)
    page.set_viewport_size({"width": 400, "height": 900})
    page.wait_for_selector('.lf-drawing[data-layout="narrow"]')
    assert page.evaluate("other.heard.length") == 0
    assert page.evaluate("other.element.innerHTML === before")
    assert state(page)["epochs"] == 40  # the figure beside it lives


def test_without_scripts_the_first_drawing_is_there(visit):
    figure = turning()
    page = visit(figure, java_script_enabled=False)
    box = page.locator("#fig-turning svg").bounding_box()
    assert box["width"] > 300 and box["height"] > 150
    assert page.locator("#fig-turning input").count() == 0


def test_the_colours_follow_the_page(visit):
    fig, ax = plt.subplots()
    (line,) = ax.plot([0, 1], color="#0072B2")
    ax.plot([0], [0.5], "o", color="black")[0].set_gid("artist9")
    figure = LiveFigure(fig, name="dark", alt=ALT, k=[1, 2])
    figure.animate(line, y=np.eye(2))
    page = visit(figure, color_scheme="light")
    read = """() => ['[id$=-artist0] > path', 'text', '[id$=-artist9] use'].map((selector, k) =>
      getComputedStyle(document.querySelector(`.lf-drawing ${selector}`))[k ? 'fill' : 'stroke'])"""
    black, white = "rgb(0, 0, 0)", "rgb(255, 255, 255)"
    assert page.evaluate(read) == ["rgb(0, 114, 178)", black, black]
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(read) == ["rgb(86, 180, 233)", white, white]
    page.emulate_media(color_scheme="light")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")  # as the website does
    assert page.evaluate(read)[0] == "rgb(86, 180, 233)"
