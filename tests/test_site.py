"""The built site, page by page, in a real browser, as its readers meet it."""

import gzip
import random
import re
from pathlib import Path

import axe_playwright_python
import matplotlib
import numpy as np
import pytest

from byhand.figures import one_node, use_style

ROOT = Path(__file__).resolve().parent.parent
HTML = ROOT / "_build/html"
CHAPTERS = [f"chapters/{path.stem}.html" for path in sorted((ROOT / "chapters").glob("*.ipynb"))]
CHAPTER = CHAPTERS[0]
WITH_FIGURES = ["index.html", *CHAPTERS]
BACK = [f"back/{path.stem}.html" for path in sorted((ROOT / "back").glob("*.md"))]
PAGES = [
    *WITH_FIGURES,
    *BACK,
    "search.html",
    "genindex.html",
    "404.html",
    "benchmarks/live_figure_peers.html",
]
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


def ready(visit):
    """Wait until every live figure of the page has its frames, and let them be moved."""
    page = visit.page
    page.wait_for_function(
        "[...document.querySelectorAll('.byhand-figure')]"
        ".every(figure => figure.querySelector('.lf[data-ready]'))"
    )
    page.evaluate(
        "document.querySelectorAll('.lf[data-locked=true] .lf-skip').forEach(b => b.click())"
    )
    return page


def leave_the_corner(figure):
    """Move every slider of a figure off its start, where another may have nothing to show."""
    for slider in figure.locator("input[type=range]").all():
        slider.press("Home")
        for _ in range(min(2, int(slider.get_attribute("max")) - 1)):  # leaves one to the right
            slider.press("ArrowRight")


def far_side(slider):
    """Return where to press, along the slider's length, to leave its place for an end."""
    return 0.95 if int(slider.input_value()) < int(slider.get_attribute("max")) else 0.05


def drawn(figure):
    """Return what is to be seen in a figure: every path, place and word of its drawing."""
    return figure.locator(".lf-drawing svg").evaluate("""svg => {
      const copy = svg.cloneNode(true);
      for (const node of copy.querySelectorAll("[display=none]")) node.remove();
      return copy.outerHTML.replace(/(-[nw])-[a-z0-9]{6}-/g, "$1-");  // ids are new on every visit
    }""")


def test_every_page_is_known():
    """A page that nobody looks at is not tested: name it above, unless it is a chapter."""
    built = {path.relative_to(HTML).as_posix() for path in HTML.rglob("*.html")}
    assert built - {p for p in built if p.startswith(("_static/", "_sources/"))} == set(PAGES)


@pytest.mark.parametrize("path", PAGES)
def test_page_asks_nobody_else_and_is_quiet(open_page, path):
    visit = open_page(path)
    visit.page.wait_for_timeout(300)
    assert visit.outside == []
    assert visit.failed == []
    assert visit.errors == []
    assert visit.console == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_page_is_accessible(open_page, path, scheme):
    page = open_page(path, color_scheme=scheme).page
    page.wait_for_timeout(300)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    page.evaluate("Promise.all(document.getAnimations().map(each => each.finished))")  # fading in
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    grave = [
        (rule["id"], node["html"][:150], node["failureSummary"][:300])
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]
    assert grave == []


@pytest.mark.parametrize("width", [360, 768, 1280])
@pytest.mark.parametrize("path", PAGES)
def test_page_does_not_scroll_sideways(open_page, path, width):
    page = open_page(path, viewport={"width": width, "height": 740}).page
    page.wait_for_timeout(300)
    wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide[0] <= wide[1]


@pytest.mark.parametrize("path", WITH_FIGURES)
def test_no_slider_is_dead(open_page, path):
    page = ready(open_page(path, reduced_motion="reduce"))
    assert page.locator(".widget-slider, .jupyter-widgets, .widget-hslider").count() == 0
    sliders = page.locator("input[type=range]").all()
    assert sliders, "the page has no slider at all"
    for slider in sliders:
        assert (
            slider.locator("xpath=ancestor::figure[contains(@class,'byhand-figure')]").count() == 1
        )


@pytest.mark.parametrize("path", WITH_FIGURES)
def test_every_slider_moves_its_drawing_by_mouse_and_keys(open_page, path):
    page = ready(open_page(path, reduced_motion="reduce"))
    for figure in page.locator(".byhand-figure").all():
        sliders = figure.locator("input[type=range]").all()
        leave_the_corner(figure)
        for slider in sliders:
            slider.scroll_into_view_if_needed()
            before = drawn(figure), slider.input_value()
            slider.press("ArrowRight")
            by_key = drawn(figure), slider.input_value()
            assert by_key[0] != before[0] and int(by_key[1]) == int(before[1]) + 1
            box, far = slider.bounding_box(), far_side(slider)
            page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] / 2)
            page.mouse.down()
            page.mouse.move(box["x"] + box["width"] * far, box["y"] + box["height"] / 2, steps=5)
            page.mouse.up()
            assert drawn(figure) != by_key[0]
            assert slider.input_value() != by_key[1]


@pytest.mark.parametrize("path", WITH_FIGURES)
def test_every_slider_moves_its_drawing_by_touch(open_page, path):
    page = ready(open_page(path, reduced_motion="reduce", **PHONE))
    for slider in page.locator(".byhand-figure input[type=range]").all():
        figure = slider.locator("xpath=ancestor::figure[contains(@class,'byhand-figure')]")
        leave_the_corner(figure)
        slider.scroll_into_view_if_needed()
        box, far = slider.bounding_box(), far_side(slider)
        before = drawn(figure)
        middle = box["y"] + box["height"] / 2
        page.touchscreen.tap(box["x"] + box["width"] * 0.5, middle)
        page.touchscreen.tap(box["x"] + box["width"] * far, middle)
        assert drawn(figure) != before


def test_sliders_speak_values_with_their_name(open_page):
    page = ready(open_page(CHAPTER))
    for name, value in [
        ("learning rate", "learning rate 0.3"),
        ("epochs", "epochs 0"),
        ("step", "step look"),
        ("nudge h", "nudge h 1"),
    ]:
        slider = page.get_by_role("slider", name=name, exact=True)
        assert slider.get_attribute("aria-valuetext") == value


def test_a_storm_of_slider_events_ends_in_the_right_frame(open_page):
    page = ready(open_page(CHAPTER, reduced_motion="reduce"))
    generator = random.Random(3)
    sizes = len(one_node.RATES), len(one_node.EPOCHS)
    events = [(k := generator.randrange(2), generator.randrange(sizes[k])) for _ in range(2000)]
    figure = page.locator("#fig-one-node")
    move = """(root, events) => {
      const inputs = root.querySelectorAll("input[type=range]");
      for (const [k, value] of events) {
        inputs[k].value = value;
        inputs[k].dispatchEvent(new Event("input", { bubbles: true }));
      }
    }"""
    figure.evaluate(move, events)
    after_storm = drawn(figure), figure.locator(".lf-readout").inner_text()
    last = [[e for e in events if e[0] == k][-1] for k in (0, 1)]
    page.reload()
    page.wait_for_selector("#fig-one-node .lf[data-ready]")
    figure.evaluate(move, last)
    now = drawn(figure), figure.locator(".lf-readout").inner_text()
    assert now == after_storm
    assert after_storm[1].startswith(
        f"Learning rate {one_node.RATES[last[0][1]]:g}, epoch {one_node.EPOCHS[last[1][1]]}:"
    )


def line_in(svg, gid):
    """Return the vertices of the first path of an artist in an SVG text."""
    group = svg[re.search(rf'id="[^"]*\b{gid}"', svg).end() :]
    numbers = re.findall(r"-?\d+(?:\.\d+)?", re.search(r'\bd="([^"]*)"', group)[1])
    return np.array(numbers, dtype=float).reshape(-1, 2)


@pytest.mark.parametrize("rate, epoch", [(0.02, 40), (0.3, 7), (1.0, 1), (1.6, 13), (2.0, 3)])
def test_the_page_draws_what_matplotlib_draws(open_page, rate, epoch):
    page = ready(open_page(f"{CHAPTER}#fig-one-node?learning_rate={rate}&epochs={epoch}"))
    on_page = line_in(drawn(page.locator("#fig-one-node")), "artist0")
    with matplotlib.rc_context():
        use_style()
        figure = one_node.line_and_bowl()
    assert figure.nbytes > 0  # builds it, which names its artists
    fresh = line_in(figure.drawing("wide", learning_rate=rate, epochs=epoch), "artist0")
    inside = np.linspace(60, 120, 7)  # points, within the first panel
    order = np.argsort(on_page[:, 0]), np.argsort(fresh[:, 0])
    np.testing.assert_allclose(
        np.interp(inside, *on_page[order[0]].T), np.interp(inside, *fresh[order[1]].T), atol=0.5
    )


@pytest.mark.parametrize("path", WITH_FIGURES)
def test_figures_are_there_without_scripts(open_page, path):
    page = open_page(path, java_script_enabled=False).page
    for figure in page.locator(".byhand-figure").all():
        pictures = figure.locator("img, svg").all()
        assert any(p.is_visible() and p.bounding_box()["height"] > 100 for p in pictures)


@pytest.mark.parametrize("path", WITH_FIGURES)
def test_figures_are_there_in_print(open_page, path):
    page = ready(open_page(path, reduced_motion="reduce"))
    n_figures = page.locator(".byhand-figure").count()
    n_still = page.locator("article img:not(.byhand-filmstrip)").count()
    images = page.pdf().count(b"/Subtype /Image")
    assert images >= n_figures + n_still
    page.emulate_media(media="print")
    assert page.locator("article h1").is_visible()  # the theme shows a title of its own, we do not
    for figure in page.locator(".byhand-figure").all():
        assert figure.locator("img.byhand-filmstrip").is_visible()
        assert not figure.locator("input[type=range]").first.is_visible()


def transferred(open_page, path):
    """Return {address on the site: (gzipped bytes)} of a first visit."""
    visit = open_page("genindex.html")  # a context of its own; nothing of the page is cached yet
    page = visit.page
    page.context.clear_cookies()
    sizes = {}

    def weigh(response):
        body = response.body()
        packed = response.url.endswith((".woff2", ".png", ".jpg"))
        sizes[response.url] = len(body) if packed else len(gzip.compress(body, 9))

    fresh = page.context.new_page()
    answers = []
    fresh.on("response", lambda answer: answers.append(answer))
    fresh.goto(page.url.replace("genindex.html", path), wait_until="networkidle")
    fresh.wait_for_timeout(500)
    for answer in answers:
        weigh(answer)
    return sizes


@pytest.mark.parametrize("path", CHAPTERS)
def test_a_chapter_is_light(open_page, path):
    sizes = transferred(open_page, path)
    assert sum(sizes.values()) < 600_000, sizes
    html = next(size for url, size in sizes.items() if url.endswith(path))
    modules = sum(size for url, size in sizes.items() if "/figure-" in url or "static_host" in url)
    assert html + modules < 300_000, sizes  # the page's own text counts here too: a strict reading
    if path == CHAPTER:
        assert html + modules < 150_000, sizes


def test_pages_hold_no_thebe_requirejs_or_html_manager():
    for path in PAGES:
        text = (HTML / path).read_text(encoding="utf-8").lower()
        loaded = " ".join(
            tag
            for tag in re.findall(r"<(?:script|link|iframe)\b[^>]*>", text)
            if 'rel="canonical"' not in tag
        )
        for name in ("thebe", "require", "html-manager", "mathjax", "fontawesome", "//"):
            assert name not in loaded, f"{path} loads {name}"
