"""Every live figure of the book, as the built site has it: what it costs, and that it is there."""

import gzip
import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HTML = ROOT / "_build/html"
CHAPTERS = sorted((ROOT / "chapters").glob("[0-9]*.ipynb"))
PAGES = ["index.html", *(f"chapters/{path.stem}.html" for path in CHAPTERS)]
FIGURE = re.compile(r'<figure class="byhand-figure" id="([^"]+)".*?</figure>', re.DOTALL)
FILMSTRIP = re.compile(r'<img [^>]*class="byhand-filmstrip"[^>]* src="([^"]+)"')


def figures(page):
    """Return {id: element} of the live figures on a page of the site."""
    found = FIGURE.finditer((HTML / page).read_text(encoding="utf-8"))
    return {match[1]: match[0] for match in found}


@pytest.mark.parametrize("page", PAGES)
def test_the_figures_of_a_page_cost_little(page):
    costs = {name: len(gzip.compress(text.encode(), 9)) for name, text in figures(page).items()}
    assert costs and max(costs.values()) < 60_000, costs
    assert sum(costs.values()) < 300_000


@pytest.mark.parametrize("page", PAGES)
def test_a_figure_has_a_filmstrip_that_costs_little(page):
    for name, text in figures(page).items():
        (picture,) = FILMSTRIP.findall(text)
        assert ((HTML / page).parent / picture).stat().st_size < 120_000, name


def test_every_figure_has_its_own_name():
    names = [name for page in PAGES for name in figures(page)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_shows_every_figure_of_its_module(path):
    module, source = path.stem[3:], path.read_text(encoding="utf-8")
    made = importlib.import_module(f"byhand.figures.{module}").FIGURES
    made = [make.__name__ for make in made if make.__name__ != "front_page"]
    assert [name for name in made if f"{module}.{name}()" not in source] == []
    assert len(figures(f"chapters/{path.stem}.html")) == len(made)
