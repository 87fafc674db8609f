"""Every chapter's live figures: what they cost and ask."""

import importlib
from functools import cache
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

from byhand.figures import use_style

CHAPTERS = sorted((Path(__file__).resolve().parent.parent / "chapters").glob("[0-9]*.ipynb"))
MODULES = [importlib.import_module(f"byhand.figures.{path.stem[3:]}") for path in CHAPTERS]
FIGURES = [
    pytest.param(make, id=f"{module.__name__.rpartition('.')[2]}-{make.__name__}")
    for module in MODULES
    for make in module.FIGURES
]


@cache
def built(make):
    """Return a figure, made once for all that is asked of it."""
    with plt.rc_context():
        use_style()
        return make()


by_stem = {"ids": lambda path: path.stem}


@pytest.fixture(autouse=True)
def style():
    with plt.rc_context():
        use_style()
        yield
    plt.close("all")


@pytest.mark.parametrize("make", FIGURES)
def test_a_figure_costs_little_and_its_tasks_can_be_done(make):
    figure = built(make)
    assert figure.nbytes < 60_000
    assert len(figure.filmstrip()) < 120_000
    for text, when in figure._tasks:
        assert when.any() and not when.all(), text


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_the_figures_of_a_chapter_together_stay_in_their_budget(module):
    assert sum(built(make).nbytes for make in module.FIGURES) < 300_000


def test_every_figure_has_its_own_name():
    names = [built(make.values[0]).name for make in FIGURES]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("path", CHAPTERS, **by_stem)
def test_a_chapter_shows_every_figure_of_its_module(path):
    module = importlib.import_module(f"byhand.figures.{path.stem[3:]}")
    source = path.read_text(encoding="utf-8")
    for make in module.FIGURES:
        shown = f"{path.stem[3:]}.{make.__name__}()"
        assert shown in source or make.__name__ == "front_page", shown

