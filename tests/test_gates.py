"""Each gate is seen to fail: one violation of each kind is planted, and it names page and element.

A violation is one change to a sound page, which passes every gate.
"""

import base64
import json
import random

import nbformat
import pytest
from PIL import Image

import gates
from serve import serving

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
SOUND = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="canonical" href="https://someone.example/book/">
<link rel="icon" href="data:,">
<title>A sound page</title>
<style>body { background: #fff; color: #111 } svg, img { width: 200px; height: 80px }</style>
</head>
<body><main>
<h1 id="top">A sound page</h1>
<p id="words">A price of $5, and <code>$w$</code> in code. <a href="#top">Back to the top</a></p>
<p><a href="#fig-line?epochs=3">The figure at epoch 3</a></p>
<article><p id="formula">The weight <span class="katex">w</span>.</p></article>
<img id="still" alt="A line through four points" src="data:image/svg+xml,%3Csvg/%3E">
<figure class="byhand-figure byhand-alive" id="fig-line"><div class="lf" data-ready>
<div class="lf-drawing" role="img" aria-label="A point that the slider moves along">
<svg viewBox="0 0 200 80"><circle cx="0" cy="60" r="5" fill="#0072b2"/>
<text id="label" x="5" y="20" fill="#222">epoch</text></svg></div>
<input type="range" aria-label="epochs" aria-valuetext="epochs 0" min="0" max="9" value="0">
</div><script type="application/json">STATE</script></figure>
<script>
for (const slider of document.querySelectorAll("input")) slider.addEventListener("input", () => {
  document.querySelector("circle").setAttribute("cx", 20 * slider.value);
});
</script>
</main></body>
</html>
"""
SLIDERS = [{"name": "epochs", "stops": [0.0, 1.0, 3.0]}, {"name": "order", "stops": ["as it is"]}]
STATE = {"name": "line", "spec": json.dumps({"sliders": SLIDERS})}
MODEL = json.dumps({"module": "m.js", "state": STATE}, separators=(",", ":"))
SOUND = SOUND.replace("STATE", MODEL)
END = "</main>"
FINISH = ";</script>\n</main>"
NOISE = base64.b64encode(random.Random(7).randbytes(450_000)).decode()  # gzip saves little of it
SOURCE = {"cells": [{"cell_type": "markdown", "source": ["The weight $w$ and its bias $b$."]}]}
LATE = """<script>setTimeout(() => document.querySelector("#late").style.height = "300px", 200)
</script>"""


def added(more):
    """Return a change that adds something at the end of the page."""
    return END, more + END


# (gate, (what is replaced, by what), what its fault has to say: the element and what is wrong)
PAGE_PLANTS = [
    (
        "asks_nobody_else",
        added('<img id="far" alt="" role="presentation" src="https://far.example/a.png">'),
        ['<img id="far"', "asks another site for https://far.example/a.png"],
    ),
    (
        "asks_nobody_else",
        added('<script id="gone" src="gone.js"></script>'),
        ['<script id="gone"', "is not answered: 404"],
    ),
    (
        "says_nothing_to_the_console",
        added('<script>console.log("left in by #words")</script>'),
        ["the console shows 'log: left in by #words'"],
    ),
    (
        "says_nothing_to_the_console",
        added("<script>document.querySelector('#nobody').remove()</script>"),
        ["a script ends with", "null"],
    ),
    (
        "keeps_still",
        ('<p id="words">', f'<div id="late"></div>{LATE}<p id="words">'),
        ["the layout shifts by", '<figure id="fig-line"'],
    ),
    (
        "is_light",
        added(f'<script id="heavy">/* {NOISE} */</script>'),
        ["a visit after another chapter moves", "250000 is allowed", "PAGE ("],
    ),
    (
        "is_light",
        added(f'<script id="heavy">/* {NOISE[::-1]}{NOISE} */</script>'),
        ["a first visit moves", "500000 is allowed", "PAGE ("],
    ),
    (
        "is_light",
        added('<script src="/figure-0123456789.js"></script>'),
        ["the page with its live figures moves", "figure-0123456789.js ("],
    ),
    (
        "has_no_grave_axe_finding",
        added('<button id="mute"></button>'),
        ["critical button-name", '<button id="mute">'],
    ),
    (
        "has_no_grave_axe_finding",
        ('<p id="words">', '<p id="words" style="color: #999">'),
        ["serious color-contrast", '<p id="words"'],
    ),
    (
        "figures_have_contrast",
        ('fill="#222"', 'fill="#bbb"'),
        ["#fig-line", '<text id="label"', "has contrast 1.9"],
    ),
    (
        "figures_have_contrast",
        ('<text id="label"', '<rect width="200" height="80" fill="#333"/><text id="label"'),
        ["#fig-line", '<text id="label"', "(rgb(34, 34, 34) on rgb(51, 51, 51))"],
    ),
    (
        "pictures_say_what_is_to_be_seen",
        ('alt="A line through four points"', ""),
        ['<img id="still"', "has no alternative text"],
    ),
    (
        "pictures_say_what_is_to_be_seen",
        ('alt="A line through four points"', 'alt=""'),
        ['<img id="still"', "empty alternative text"],
    ),
    (
        "pictures_say_what_is_to_be_seen",
        ('alt="A line through four points"', 'alt="_images/plot_12.png"'),
        ['<img id="still"', "'_images/plot_12.png'"],
    ),
    (
        "pictures_say_what_is_to_be_seen",
        (' aria-label="A point that the slider moves along"', ""),
        ['class="lf-drawing"', "alternative text"],
    ),
    (
        "does_not_scroll_sideways",
        added('<div id="wide" style="width: 400px; height: 2px"></div>'),
        ["at 360 px the page is 4", '<div id="wide"'],
    ),
    (
        "formulas_are_set",
        ('id="formula">', 'id="formula">And $\\frac{a}{b}$. '),
        ['<p id="formula">', "a formula that was not set"],
    ),
    (
        "formulas_are_set",
        ("A line through four points", "A line with slope \\(w\\)"),
        ['<img id="still"', "in its alt", "a formula that was not set"],
    ),
    (
        "formulas_are_set",
        ('class="katex"', 'class="katex-error"'),
        ['<span class="katex-error"', "a formula that was not set"],
    ),
    (
        "formulas_are_set",
        ("</article>", "</article><!-- its source has two -->"),
        ["<article> shows 1 formulas", "has 2"],
    ),
    ("figures_wake", (" byhand-alive", " byhand-failed"), ["#fig-line did not start"]),
    (
        "figures_wake",
        ('type="range" aria-label="epochs"', 'type="text" aria-label="epochs"'),
        ["the live figure #fig-line has no slider"],
    ),
    (
        "figures_wake",
        added('<input type="range" id="lonely" aria-label="a slider of nothing">'),
        ['<input id="lonely"', "moves nothing"],
    ),
    (
        "figures_obey_the_keyboard",
        ('"cx", 20 * slider.value', '"cx", 20'),
        ["#fig-line", "the slider at 'epochs 0'", "but not the drawing"],
    ),
    (
        "figures_obey_the_keyboard",
        ("</script>\n</main>", f"document.onkeydown = (event) => event.preventDefault(){FINISH}"),
        ["#fig-line", "the slider at 'epochs 0'", "the right arrow key does not"],
    ),
    (
        "figures_obey_the_mouse",
        ('"cx", 20 * slider.value', '"cx", 20'),
        ["#fig-line", "the slider at 'epochs 0'", "it moves, but not the drawing"],
    ),
    (
        "figures_obey_the_mouse",
        ("</script>\n</main>", f"document.onmousedown = (event) => event.preventDefault(){FINISH}"),
        ["#fig-line", "the slider at 'epochs 0'", "it stays where it is"],
    ),
    (
        "figures_obey_a_finger",
        ('"cx", 20 * slider.value', '"cx", 20'),
        ["#fig-line", "the slider at 'epochs 0'", "it moves, but not the drawing"],
    ),
    (
        "figures_obey_a_finger",
        ("</style>", "input { pointer-events: none }</style>"),
        ["#fig-line", "the slider at 'epochs 0'", "it stays where it is"],
    ),
]
FOLDER_PLANTS = [
    ("links_lead_somewhere", added('<a href="gone.html">gone</a>'), '<a href="gone.html">'),
    ("links_lead_somewhere", added('<a href="#gone">gone</a>'), '<a href="#gone">'),
    ("links_lead_somewhere", added('<a href="a.html#gone">x</a>'), '<a href="a.html#gone">'),
    ("links_lead_somewhere", added('<a href="#fig-no?w=1">x</a>'), '<a href="#fig-no?w=1">'),
    ("links_lead_somewhere", added('<img src="gone.png" alt="x">'), '<img src="gone.png"'),
    (
        "links_lead_somewhere",
        added('<a href="https://someone.example/book/gone.html">x</a>'),
        '<a href="https://someone.example/book/gone.html">',
    ),
    (
        "links_lead_somewhere",
        added('<a href="#fig-line?rate=1">x</a>'),
        """<a href="#fig-line?rate=1"> asks #fig-line for 'rate', but its sliders are epochs,""",
    ),
    (
        "links_lead_somewhere",
        added('<a href="#fig-line?order=as%20it%20is&epochs=2">x</a>'),
        '<a href="#fig-line?order=as%20it%20is&epochs=2"> asks #fig-line for epochs',
    ),
    (
        "links_lead_somewhere",
        added('<a href="#top?epochs=3">x</a>'),
        '<a href="#top?epochs=3"> asks #top, which is no live figure',
    ),
    (
        "nothing_foreign_is_loaded",
        added('<img id="far" alt="" src="//far.example/a.png">'),
        """<img id="far" alt="" src="//far.example/a.png"> loads '//far.example'""",
    ),
    (
        "nothing_foreign_is_loaded",
        added('<p style="background: url(https://far.example/a.png)">x</p>'),
        '<p style="background: url(https://far.example/a.png)"> loads',
    ),
    (
        "nothing_foreign_is_loaded",
        added('<style>@import "https://far.example/a.css";</style>'),
        "<style> loads 'https://far.example'",
    ),
    (
        "pages_show_no_error",
        added('<div class="output stderr">a warning</div>'),
        '<div class="output stderr"> shows an error',
    ),
    (
        "pages_show_no_error",
        added("<pre>Traceback (most recent call last):</pre>"),
        "<pre> shows 'Traceback (most recent call last)'",
    ),
    (
        "pages_show_no_error",
        added("<pre>NameError: name 'w' is not defined</pre>"),
        "<pre> shows 'NameError:'",
    ),
    ("pages_are_whole", (' lang="en"', ""), "<html> has no lang"),
    ("pages_are_whole", ("<title>A sound page</title>", ""), "<title> is empty or missing"),
    ("pages_are_whole", added("<h1>Again</h1>"), "<h1> stands 2 times, in lines 12, 28, expected"),
    ("pages_are_whole", ('id="formula"', 'id="words"'), 'id="words" stands 2 times'),
    (
        "nothing_foreign_is_loaded",
        added('<script src="require.js"></script>'),
        '<script src="require.js">',
    ),
    (
        "nothing_foreign_is_loaded",
        added('<link rel="stylesheet" href="https://far.example/a.css">'),
        '<link rel="stylesheet" href="https://far.example/a.css">',
    ),
]
NOTEBOOK_PLANTS = [
    (nbformat.v4.new_output("error", ename="NameError", evalue="w", traceback=[]), "NameError: w"),
    (nbformat.v4.new_output("stream", name="stderr", text="a warning"), "a warning"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return the folder of the scratch pages."""
    return tmp_path_factory.mktemp("scratch")


@pytest.fixture(scope="module")
def site(folder):
    """Serve the scratch pages in place of the book."""
    (folder / "figure-0123456789.js").write_text(f"/* {NOISE} */")
    with serving(folder) as address:
        yield address


def changed(change):
    """Return the sound page with a violation planted."""
    before, after = change
    assert SOUND.count(before) >= 1, f"the sound page has no {before!r} to replace"
    return SOUND.replace(before, after, 1)


def ways(gate):
    """Return how a gate's page is opened."""
    return PHONE if gate in ("does_not_scroll_sideways", "figures_obey_a_finger") else {}


def test_every_gate_has_a_planted_violation():
    planted = {gate for gate, *_ in PAGE_PLANTS + FOLDER_PLANTS}
    planted |= {gates.notebooks_ran_without_an_error.__name__}
    assert planted == {*gates.PAGE_GATES, *gates.FOLDER_GATES}


@pytest.mark.parametrize("way", [{}, PHONE], ids=["desk", "phone"])
def test_a_sound_page_passes(folder, open_page, way):
    (folder / "sound.html").write_text(SOUND, encoding="utf-8")
    visit = open_page("sound.html", wait="load", **way)
    gates.settle(visit)
    for name, gate in gates.PAGE_GATES.items():
        if ways(name) == way:
            assert gate(visit) == [], name


@pytest.mark.parametrize("number", range(len(PAGE_PLANTS)), ids=lambda k: PAGE_PLANTS[k][0])
def test_a_page_gate_names_page_and_element(folder, open_page, number):
    gate, change, expected = PAGE_PLANTS[number]
    name = f"page_{number}.html"
    (folder / name).write_text(changed(change), encoding="utf-8")
    if "its source has two" in change[1]:
        (folder / "_sources").mkdir(exist_ok=True)
        (folder / f"_sources/page_{number}.ipynb").write_text(json.dumps(SOURCE))
    visit = open_page(name, wait="load", **ways(gate))
    gates.settle(visit)
    faults = gates.PAGE_GATES[gate](visit)
    words = [each.replace("PAGE", name) for each in expected]
    assert any(all(word in fault for word in words) for fault in faults), faults
    assert all(fault.startswith(name) and fault.endswith(".") for fault in faults)


@pytest.mark.parametrize("gate", gates.FOLDER_GATES)
def test_a_sound_folder_passes(tmp_path, gate):
    (tmp_path / "index.html").write_text(SOUND, encoding="utf-8")
    assert gates.FOLDER_GATES[gate](tmp_path) == []


@pytest.mark.parametrize("gate, change, element", FOLDER_PLANTS)
def test_a_folder_gate_names_page_and_element(tmp_path, gate, change, element):
    (tmp_path / "index.html").write_text(SOUND, encoding="utf-8")
    (tmp_path / "a.html").write_text(changed(change), encoding="utf-8")
    (fault,) = gates.FOLDER_GATES[gate](tmp_path)
    name, _, rest = fault.partition(": ")
    line = SOUND.split(change[0])[0].count("\n") + 1  # what is planted stands where it was
    assert name in ("a.html", f"a.html, line {line}") and rest.startswith(element), fault


def test_a_sheet_that_loads_from_another_host_is_named(tmp_path):
    (tmp_path / "a.css").write_text("@font-face { src: url('https://far.example/a.woff2') }")
    (fault,) = gates.nothing_foreign_is_loaded(tmp_path)
    assert fault == "a.css: the style sheet loads 'https://far.example'."


@pytest.mark.parametrize("output, shown", NOTEBOOK_PLANTS)
def test_an_error_in_a_notebook_is_named_with_its_cell(tmp_path, output, shown):
    fine = nbformat.v4.new_code_cell("1")
    wrong = nbformat.v4.new_code_cell("w", outputs=[output], id="the-cell")
    nbformat.write(nbformat.v4.new_notebook(cells=[fine, wrong]), tmp_path / "a.ipynb")
    nbformat.write(nbformat.v4.new_notebook(cells=[fine]), tmp_path / "b.ipynb")
    faults = gates.notebooks_ran_without_an_error(tmp_path)
    assert faults == [f"a.ipynb: cell 1 (the-cell) shows {shown!r}."]


def test_a_screenshot_shows_a_page_to_its_end(folder, open_page, tmp_path):
    tall = '<div style="height: 20000px"></div><div style="height: 300px; background: #f00"></div>'
    (folder / "tall.html").write_text(changed(added(tall)), encoding="utf-8")
    picture = gates.screenshot(open_page("tall.html"), tmp_path / "shots", "light")
    sheet = Image.open(picture)
    assert picture.name == "tall_light.jpg" and sheet.size == (1280 * 4, gates.COLUMN)
    red, green, blue = sheet.getpixel((3 * 1280 + 600, gates.COLUMN - 150))
    assert red > 200 and green < 60 and blue < 60, "the page's end, red, is not in the picture"
    words = picture.with_suffix(".txt").read_text()
    assert words.startswith("tall.html: first contentful paint after ")
