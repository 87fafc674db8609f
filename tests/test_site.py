"""The built site, page by page, in a real browser, as its readers meet it.

What every page has to pass stands in `gates`; a page is opened once for all that can be seen in one
way. A picture of each page (light, dark, phone) is left in ``_build/screenshots`` for a person.
"""

import random
import re
from pathlib import Path

import matplotlib
import numpy as np
import pytest

import gates
from byhand.figures import one_node, use_style
from gates import drawn, ready

ROOT = Path(__file__).resolve().parent.parent
HTML = ROOT / "_build/html"
SCREENSHOTS = ROOT / "_build/screenshots"
CHAPTERS = [f"chapters/{path.stem}.html" for path in sorted((ROOT / "chapters").glob("*.ipynb"))]
CHAPTER = CHAPTERS[0]
WITH_FIGURES = ["index.html", *CHAPTERS]
PAGES = [
    *WITH_FIGURES,
    *[f"back/{path.stem}.html" for path in sorted((ROOT / "back").glob("*.md"))],
    "404.html",
    "search.html",
    "genindex.html",
    "benchmarks/live_figure_peers.html",
]
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


def say(faults):
    """Fail with the faults that gates found, a line each."""
    if faults:
        pytest.fail("\n".join(dict.fromkeys(faults)), pytrace=False)


def test_every_page_is_known():
    """A page that nobody looks at is not tested: name it in PAGES."""
    built = {path.relative_to(HTML).as_posix() for path in HTML.rglob("*.html")}
    assert built - {p for p in built if p.startswith(("_static/", "_sources/"))} == set(PAGES)


def seen(visit, way):
    """Return the faults of a page as it shows itself, read to its end; leave a picture of it."""
    gates.settle(visit)
    gates.read_through(visit)
    gates.screenshot(visit, SCREENSHOTS, way)
    return gates.keeps_still(visit) + gates.does_not_scroll_sideways(visit)


def heard(visit):
    """Return the faults in what a page asked for and said while it was open."""
    return gates.asks_nobody_else(visit) + gates.says_nothing_to_the_console(visit)


@pytest.mark.parametrize("path", PAGES)
def test_page_on_a_desk(open_page, path):
    """In light, in dark, on a narrower screen; then its figures are moved, and printed."""
    visit = open_page(path)
    gates.settle(visit)
    faults = gates.is_light(visit) + seen(visit, "light")  # pictures further down load when read
    faults += gates.pictures_say_what_is_to_be_seen(visit) + gates.formulas_are_set(visit)
    faults += gates.figures_have_contrast(visit) + gates.has_no_grave_axe_finding(visit)
    visit.page.emulate_media(color_scheme="dark")
    visit.page.wait_for_function("document.documentElement.dataset.theme !== 'light'")
    gates.screenshot(visit, SCREENSHOTS, "dark")
    faults += gates.figures_have_contrast(visit) + gates.has_no_grave_axe_finding(visit)
    visit.page.set_viewport_size({"width": 768, "height": 1024})
    visit.page.wait_for_timeout(100)
    faults += gates.does_not_scroll_sideways(visit)
    visit.page.emulate_media(reduced_motion="reduce")
    visit.page.set_viewport_size({"width": 1280, "height": 800})
    faults += gates.figures_wake(visit) + gates.figures_obey_the_keyboard(visit)
    say(faults + gates.figures_obey_the_mouse(visit) + heard(visit))
    assert (path in WITH_FIGURES) == bool(visit.page.locator("input[type=range]").count())
    visit.page.emulate_media(media="print")
    assert visit.page.locator("h1").is_visible()  # not the theme's own title in its place
    for figure in visit.page.locator(".byhand-figure").all():
        figure.scroll_into_view_if_needed()
        figure.locator("img.byhand-filmstrip").wait_for(state="visible")
        assert not figure.locator("input[type=range]").first.is_visible()


def test_a_page_is_dark_from_the_start_for_who_wants_it(open_page):
    visit = open_page(CHAPTER, color_scheme="dark")
    assert visit.page.evaluate("document.documentElement.dataset.theme") == "dark"
    say(seen(visit, "dark") + heard(visit))


@pytest.mark.parametrize("path", PAGES)
def test_page_on_a_phone(open_page, path):
    visit = open_page(path, reduced_motion="reduce", **PHONE)
    faults = seen(visit, "phone") + gates.figures_have_contrast(visit)
    say(faults + gates.figures_obey_a_finger(visit) + heard(visit))


def test_links_lead_somewhere():
    say(gates.links_lead_somewhere(HTML))


def test_pages_are_whole():
    say(gates.pages_are_whole(HTML))


def test_pages_show_no_error():
    say(gates.pages_show_no_error(HTML))


def test_notebooks_ran_without_an_error():
    executed = ROOT / "_build/jupyter_execute"
    assert [path.stem for path in executed.glob("chapters/*.ipynb")], "nothing was executed"
    say(gates.notebooks_ran_without_an_error(ROOT / "chapters"))
    say(gates.notebooks_ran_without_an_error(executed))


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


@pytest.fixture(scope="module")
def line_and_bowl():
    """Return chapter 1's figure, built: only then do its artists have names."""
    with matplotlib.rc_context():
        use_style()
        figure = one_node.line_and_bowl()
        assert figure.nbytes > 0
        yield figure


@pytest.mark.parametrize("rate, epoch", [(0.02, 40), (0.3, 7), (1.0, 1), (1.6, 13), (2.0, 3)])
def test_the_page_draws_what_matplotlib_draws(open_page, line_and_bowl, rate, epoch):
    page = ready(open_page(f"{CHAPTER}#fig-one-node?learning_rate={rate}&epochs={epoch}"))
    on_page = line_in(drawn(page.locator("#fig-one-node")), "artist0")
    fresh = line_in(line_and_bowl.drawing("wide", learning_rate=rate, epochs=epoch), "artist0")
    inside = np.linspace(60, 120, 7)  # points, within the first panel
    order = np.argsort(on_page[:, 0]), np.argsort(fresh[:, 0])
    np.testing.assert_allclose(
        np.interp(inside, *on_page[order[0]].T), np.interp(inside, *fresh[order[1]].T), atol=0.5
    )


@pytest.mark.parametrize("path", WITH_FIGURES)
def test_figures_are_there_without_scripts(open_page, path):
    page = open_page(path, wait="load", java_script_enabled=False).page
    for figure in page.locator(".byhand-figure").all():
        pictures = figure.locator("img, svg").all()
        assert any(p.is_visible() and p.bounding_box()["height"] > 100 for p in pictures)


def test_no_picture_is_lost_on_paper(open_page):
    page = ready(open_page(CHAPTER, reduced_motion="reduce"))
    n_figures = page.locator(".byhand-figure").count()
    n_still = page.locator("article img:not(.byhand-filmstrip)").count()
    assert page.pdf().count(b"/Subtype /Image") >= n_figures + n_still


def test_the_first_chapter_is_lighter_still(open_page):
    visit = open_page(CHAPTER)
    sizes = gates.files_asked_for(visit)
    woken = [size for url, size in sizes.items() if "/figure-" in url or "static_host" in url]
    assert sizes[visit.page.url] + sum(woken) < 150_000, sizes


def test_pages_hold_no_thebe_requirejs_or_html_manager():
    say(gates.nothing_foreign_is_loaded(HTML))
