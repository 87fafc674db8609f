"""The website's Sphinx extension, without a browser: a small book is built from stored outputs."""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import nbformat
import numpy as np
import pytest
import yaml
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
sys.path.insert(0, str(WEB))

from sphinx.errors import SphinxError  # noqa: E402

import byhand_site  # noqa: E402
import needs_torch  # noqa: E402
import site_figures  # noqa: E402
import site_formulas  # noqa: E402
import site_theme  # noqa: E402

VIEW, STATE = site_figures.VIEW, site_figures.STATE
MODULE = "export default { render({ model, el }) { el.replaceChildren(model.get('name')); } };"
SVG = (
    '<?xml version="1.0"?>\n'
    '<svg viewBox="0 0 6 4"><path id="a"/><use href="#a" clip-path="url(#a)"/></svg>'
)
PIXEL = (  # 3 by 2 pixels
    "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAFUlEQVR4nGNkYPjPwMDAwMDAxAADABErAQPdiBRnAAAAAElFTkSuQmCC"
)
LAB = "Lab at learning rate 0.3: loss 0.0051"


def figure_model(name="one-node", **state):
    """Return a live figure's model as nbclient stores it."""
    return {
        "model_name": "AnyModel",
        "model_module": "anywidget",
        "state": {
            "_esm": MODULE,
            "_css": ".lf { color: inherit }",
            "_view_module": "anywidget",
            "svg_wide": SVG,
            "svg_narrow": SVG,
            "name": name,
            "alt": 'A line & "four" points',
            "reserve": 120,
            "layout": "IPY_MODEL_abc",
            "epochs": 40,
            "spec": "</script>",
            **state,
        },
        "buffers": [{"encoding": "base64", "path": ["frames"], "data": "AAEC"}],
    }


def output(model_id, text):
    """Return a widget's stored output."""
    view = {"version_major": 2, "version_minor": 0, "model_id": model_id}
    return nbformat.v4.new_output(
        "execute_result", {VIEW: view, "image/png": PIXEL, "text/plain": text}, execution_count=1
    )


def notebook(models, *parts):
    """Return a notebook of Markdown (str) and code cells' outputs, with its widgets' state."""
    cells = [
        nbformat.v4.new_markdown_cell(part)
        if isinstance(part, str)
        else nbformat.v4.new_code_cell("1", outputs=[part], execution_count=1)
        for part in parts
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    widgets = {STATE: {"version_major": 2, "version_minor": 0, "state": models}}
    metadata = {"kernelspec": kernel} | ({"widgets": widgets} if models else {})
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Build a book of three pages with the project's own configuration, executing nothing."""
    book = tmp_path_factory.mktemp("book")
    shutil.copytree(WEB, book / "web", ignore=shutil.ignore_patterns("__pycache__"))
    (book / "tools").mkdir()
    shutil.copy(ROOT / "tools/needs_torch.py", book / "tools")
    (book / "src/byhand/figures").mkdir(parents=True)
    shutil.copy(ROOT / "src/byhand/figures/palette.py", book / "src/byhand/figures")
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    config["execute"]["execute_notebooks"] = "off"
    config["sphinx"]["config"]["bibtex_bibfiles"] = []
    config["repository"]["url"] = "https://github.com/someone/somewhere"
    (book / "_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    toc = {
        "format": "jb-book",
        "root": "index",
        "chapters": [{"file": "a/live"}, {"file": "a/off"}],
    }
    (book / "_toc.yml").write_text(yaml.safe_dump(toc), encoding="utf-8")
    front = "---\nfile_format: mystnb\nkernelspec: {name: python3, display_name: Python 3}\n---\n"
    (book / "index.md").write_text(front + "# Front\n\nNo formula, no figure.\n", encoding="utf-8")
    slider = {"model_name": "FloatSliderModel", "model_module": "@jupyter-widgets/controls"}
    models = {"aa11": figure_model(), "bb22": slider | {"state": {"description": "SLIDER"}}}
    live = notebook(
        models,
        "# Live\n\nThe weight ${\\color{#0072B2}{w}}$, then.",
        "> **Predict.** Up or down?\n\n> A quotation.",
        output("aa11", "Live figure"),
        "$$ a = wx \\tag{1.4} $$",
        output("bb22", LAB),
        output("bb22", "FloatSlider(value=0.0,\n  description='w')"),
        output("aa11", "Live figure"),
    )
    off = notebook({}, "# Off", output("cc33", "A picture of a line"))
    (book / "a").mkdir()
    for name, content in (("live", live), ("off", off)):
        nbformat.write(content, book / f"a/{name}.ipynb")
    command = "from jupyter_book.cli.main import main; main()"
    run = subprocess.run(
        [sys.executable, "-c", command, "build", "-W", "-n", "--keep-going", str(book)],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    return book / "_build/html"


@pytest.fixture(scope="module")
def live(site):
    """Return the HTML of the page with a live figure."""
    return (site / "a/live.html").read_text(encoding="utf-8")


# -------------------------------------------------------------------------------- live figures


def test_a_live_figure_stands_on_the_page_as_poster_filmstrip_and_state(live):
    figure = re.search(r'<figure class="byhand-figure" id="fig-one-node".*?</figure>', live, re.S)[
        0
    ]
    assert figure.index("byhand-live") < figure.index("byhand-filmstrip")
    assert 'role="img" aria-label="A line &amp; &quot;four&quot; points"' in figure
    assert "height:120px" in figure and figure.count("<svg") == 2 and "<?xml" not in figure
    filmstrip = re.search(r'<img [^>]*class="byhand-filmstrip"[^>]*>', figure)[0]
    assert 'loading="lazy"' in filmstrip and 'width="3" height="2"' in filmstrip
    assert 'alt="A line &amp; &quot;four&quot; points"' in filmstrip
    data = json.loads(re.search(r'<script type="application/json">(.*?)</script>', figure)[1])
    assert data["state"] == {
        "name": "one-node",
        "alt": 'A line & "four" points',
        "reserve": 120,
        "epochs": 40,
        "spec": "</script>",
    }
    assert data["buffers"] == [{"encoding": "base64", "path": ["frames"], "data": "AAEC"}]


def test_module_and_style_sheet_are_files_shared_by_all_pages(site, live):
    modules = set(re.findall(r'data-js="([^"]+)"', live))
    assert len(modules) == 1
    assert (site / "_static/byhand" / modules.pop()).read_text(encoding="utf-8") == MODULE
    (sheet,) = set(re.findall(r'data-css="([^"]+)"', live))
    assert re.search(rf'<link rel="stylesheet"[^>]*{re.escape(sheet)}', live)
    assert MODULE not in live and "_view_module" not in live


def test_a_second_view_of_a_figure_has_no_second_state_and_no_second_id(live):
    assert live.count('data-model="one-node"') == 2
    assert live.count('id="fig-one-node"') == 1
    assert live.count('<script type="application/json">') == 1


def test_ids_of_drawings_are_unique_to_each_and_references_follow():
    poster = site_figures.poster(SVG, "p-")
    assert poster == (
        '<svg viewBox="0 0 6 4"><path id="p-a"/><use href="#p-a" clip-path="url(#p-a)"/></svg>'
    )


def test_every_other_widget_is_its_picture_its_sentence_and_a_link_to_colab(live):
    labs = re.findall(r'<figure class="byhand-lab">.*?</figure>', live, re.S)
    assert len(labs) == 2
    assert f'alt="{LAB}"' in labs[0] and f"<figcaption>{LAB}. This lab runs in a kernel" in labs[0]
    colab = "https://colab.research.google.com/github/someone/somewhere/blob/main/a/live.ipynb"
    assert f'<a href="{colab}">open it in Colab</a> and move the sliders.' in labs[0]
    assert (
        "FloatSlider" not in live
        and "SLIDER" not in live
        and VIEW not in live
        and STATE not in live
    )


def test_without_state_the_picture_is_shown_and_nothing_is_loaded_for_it(site):
    page = (site / "a/off.html").read_text(encoding="utf-8")
    assert re.search(r'<img [^>]*alt="A picture of a line"', page)
    assert "static_host.js" not in page and "byhand-figure" not in page and VIEW not in page


def test_two_figures_of_one_name_are_a_warning(monkeypatch):
    warnings = []
    monkeypatch.setattr(
        site_figures.logger, "warning", lambda text, *a, **k: warnings.append(text % a)
    )
    place = SimpleNamespace(
        env=SimpleNamespace(docname="a"), document=SimpleNamespace(findall=list)
    )
    monkeypatch.setattr(place.document, "findall", lambda kind: [])
    place.app = SimpleNamespace(outdir=None)
    monkeypatch.setattr(site_figures, "embed", lambda *a: ("", "", {}))
    seen = {}
    site_figures.PlaceWidgets.live(place, "aa", figure_model(), None, seen)
    assert not warnings
    site_figures.PlaceWidgets.live(place, "bb", figure_model(), None, seen)
    assert "'one-node'" in warnings[0]


def test_no_colab_link_is_made_up_without_a_repository():
    options = {"launch_buttons": {"colab_url": "https://colab.example/"}, "repository_url": ""}
    config = SimpleNamespace(html_theme_options=options)
    assert site_figures.colab_url(config, "a.ipynb") is None
    options |= {"repository_url": "https://github.com/o/r/", "repository_branch": "draft"}
    url = site_figures.colab_url(config, "a.ipynb")
    assert url == "https://colab.example/github/o/r/blob/draft/a.ipynb"


# ------------------------------------------------------------------------------------ formulas


def test_formulas_are_html_and_mathml_in_the_colours_of_the_theme(live):
    assert "<math " in live and 'class="katex"' in live
    assert "color:var(--byhand-weight)" in live and "color:#0072B2" not in live


def test_the_mathml_of_a_formula_is_valid():
    html = site_formulas.to_html(r"\underset{(2 \times 1)}{W} + \lambda_{\max}^2")
    math = ElementTree.fromstring(site_formulas.MATHML.search(html)[0])
    inside = [(tag.tag.split("}")[1], len(tag)) for tag in math.iter()]
    assert ("munder", 2) in inside and ("msubsup", 3) in inside
    assert all(count == 0 for name, count in inside if name in site_formulas.LEAVES)
    html = site_formulas.to_html(r"\lambda_{\max}")
    math = ElementTree.fromstring(site_formulas.MATHML.search(html)[0])
    assert [len(tag) for tag in math.iter() if tag.tag.endswith("msub")] == [2]


def test_a_tag_is_a_link_to_its_own_equation(live):
    assert '<div class="equation" id="eq-1-4">' in live
    assert '<a class="equation-number" href="#eq-1-4" aria-label="Equation 1.4">(1.4)</a>' in live
    assert "\\tag" not in live


def test_a_comma_stays_with_its_formula(live):
    assert re.search(r'<span class="bound"><span class="math">.*?</span>,</span> then\.', live)


def test_a_formula_katex_cannot_read_names_the_page_and_the_formula():
    app = SimpleNamespace(byhand_colours={})
    translator = SimpleNamespace(builder=SimpleNamespace(current_docname="chapters/07", app=app))
    with pytest.raises(
        SphinxError, match=r"chapters/07: .*\\\\nosuch\{x\}.*Undefined control"
    ) as error:
        site_formulas.typeset(translator, r"\nosuch{x}")
    assert str(error.value).endswith("Correct the formula in the page's source.")


def test_only_what_a_page_uses_is_named_in_its_head(site, live):
    front = (site / "index.html").read_text(encoding="utf-8")
    for name in ("katex.min.css", "KaTeX_Main-Regular.woff2", "static_host.js", "page.js"):
        assert name in live and name not in front
    assert (site / "_static/byhand/katex/katex.min.css").is_file()
    assert not list((site / "_static/byhand").rglob("katex.min.js"))
    assert not re.findall(r"\.(?:ttf|woff)\b", (WEB / "katex/katex.min.css").read_text())


# ------------------------------------------------------------------------------------ the page


def test_a_box_is_classed_by_its_first_word_and_a_quotation_is_not(live):
    assert '<blockquote class="callout callout-predict"><p><strong>Predict.</strong>' in live
    assert live.count("<blockquote") == 2 and live.count('class="callout') == 1


def test_a_chapter_can_be_opened_in_colab_and_the_front_page_cannot(site, live):
    assert "Open in Colab" in live
    assert "Open in Colab" not in (site / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["index", "a/live", "a/off", "search", "genindex"])
def test_every_file_a_page_names_is_there_and_ours(site, page):
    html = (site / f"{page}.html").read_text(encoding="utf-8")
    loaded = re.findall(r'<(?:script|img)\b[^>]*\bsrc="([^"]+)"', html)
    loaded += re.findall(
        r'<link\b[^>]*\brel="(?:stylesheet|icon|preload|modulepreload)"[^>]*>', html
    )
    for tag in loaded:
        address = re.search(r'href="([^"]+)"', tag)[1] if tag.startswith("<link") else tag
        assert ":" not in address
        assert (site / page).parent.joinpath(address.split("?")[0]).is_file(), address
    for unwanted in ("fontawesome", "thebe", "togglebutton", "require", "mathjax", "unpkg"):
        assert unwanted not in "".join(loaded).lower()


def test_the_style_sheet_names_no_font_that_is_not_there(site):
    for sheet in (site / "_static/byhand").rglob("*.css"):
        css = sheet.read_text(encoding="utf-8")
        fonts = re.findall(r"@font-face\s*\{[^}]*\}", css)
        assert not any("Awesome" in font for font in fonts)
        for address in re.findall(r"url\(([^)'\"]+\.\w+)\)", css):
            assert (sheet.parent / address).is_file(), f"{sheet.name}: {address}"
    assert (site / "_static/byhand/theme.css").stat().st_size < 150_000


def test_pruning_keeps_what_is_used():
    css = (
        "@font-face{font-family:Font Awesome\\ 6 Free;src:url(x.woff2)}"
        "a,.gone b{c:d}.gone,.here{e:f}@media print{.gone{g:h}.here .here{i:j}}"
        "@media screen{.gone{k:l}}:is(.here,.gone) p,p:not(.gone){m:n}/*# map */"
    )
    assert site_theme.prune(css, {"here"}) == (
        "a{c:d}.here{e:f}@media print{.here .here{i:j}}:is(.here,.gone) p,p:not(.gone){m:n}"
    )


# ----------------------------------------------------------------------------------- the cache


def test_the_cache_follows_the_library_and_the_pins(tmp_path):
    (tmp_path / "src/byhand/__pycache__").mkdir(parents=True)
    (tmp_path / "requirements.txt").write_text("numpy")
    module = tmp_path / "src/byhand/losses.py"
    module.write_text("half = 0.5")
    first = byhand_site.source_hash(tmp_path)
    (tmp_path / "src/byhand/__pycache__/losses.pyc").write_bytes(b"x")
    assert byhand_site.source_hash(tmp_path) == first
    module.write_text("half = 0.6")
    second = byhand_site.source_hash(tmp_path)
    (tmp_path / "requirements.txt").write_text("numpy==2")
    assert len({first, second, byhand_site.source_hash(tmp_path)}) == 3


def test_old_caches_are_thrown_away_but_the_last_few(tmp_path):
    (tmp_path / "src").mkdir()
    config = SimpleNamespace(templates_path=[])
    app = SimpleNamespace(srcdir=tmp_path, outdir=tmp_path / "_build/html")
    caches = tmp_path / "_build/.jupyter_cache"
    for k in range(6):
        folder = caches / f"{k:016d}"
        folder.mkdir(parents=True)
        os.utime(folder, (k, k))
    byhand_site.choose_cache(app, config)
    kept = sorted(path.name for path in caches.iterdir())
    assert kept == [f"{k:016d}" for k in (3, 4, 5)]
    chosen = Path(config.nb_execution_cache_path)
    assert chosen.parent == caches and chosen.name == byhand_site.source_hash(tmp_path)


RUN_BY_THE_BUILD = """
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
from jupyter_cache.executors.utils import single_nb_execution

import byhand_site

root = Path(sys.argv[1])
app = SimpleNamespace(srcdir=root, outdir=root / "_build/html")
byhand_site.choose_cache(app, SimpleNamespace(templates_path=[]))
stored = nbformat.v4.new_output("stream", text="stored ")
cells = [
    nbformat.v4.new_code_cell("print('run')", metadata={"tags": ["needs-torch"]}, outputs=[stored]),
    nbformat.v4.new_code_cell("print('run')"),
]
notebook = nbformat.v4.new_notebook(cells=cells)
assert single_nb_execution(notebook, cwd=str(root), timeout=60, allow_errors=False).err is None
print([output.text.strip() for cell in cells for output in cell.outputs])
"""


def test_the_page_shows_what_was_stored_where_pytorch_is_missing(tmp_path):
    (tmp_path / "src").mkdir()
    answer = subprocess.run(
        [sys.executable, "-c", RUN_BY_THE_BUILD, tmp_path],
        cwd=WEB, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    shown = "stored" if needs_torch.IS_MISSING else "run"
    assert answer.stdout.splitlines()[-1:] == [str([shown, "run"])], answer.stderr


def test_a_plot_gets_a_palette_and_a_transparent_picture_stays(tmp_path):
    folder = tmp_path / "_images"
    folder.mkdir()
    noise = np.random.default_rng(7).integers(0, 256, (40, 40, 4), dtype=np.uint8)
    Image.fromarray(noise).save(folder / "clear.png")
    noise[..., 3] = 255
    noise[..., :3] //= 8
    Image.fromarray(noise).save(folder / "plot.png")
    before = (folder / "clear.png").read_bytes()
    app = SimpleNamespace(builder=SimpleNamespace(format="html"), outdir=tmp_path)
    for _ in range(2):  # the second time, there is nothing left to do
        byhand_site.pack_pictures(app, None)
        plot = Image.open(folder / "plot.png")
        assert plot.mode == "P"
        assert abs(np.asarray(plot.convert("RGB")).astype(int) - noise[..., :3]).max() < 12
    assert (folder / "clear.png").read_bytes() == before


def test_a_picture_says_its_size():
    data = base64.b64decode(PIXEL)
    assert data.startswith(byhand_site.PNG_HEADER)
    assert byhand_site.IMG.search('<img alt="x" src="../_images/a.png" />')[1] == "a.png"
    assert not byhand_site.IMG.search('<img height="2" src="../_images/a.png" />')
