"""Every chapter's live figures and labs: what they cost and ask, every position they have."""

import importlib
from functools import cache
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import pytest

from byhand.figures import use_style
from byhand.lab import Lab

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


# ---------------------------------------------------------------------------------- the labs


def labs(path, monkeypatch):
    """Run a notebook's code here and return the labs it makes."""
    made = []
    original = Lab.__init__

    def remember(self, *args, **controls):
        original(self, *args, **controls)
        made.append(self)

    monkeypatch.setattr(Lab, "__init__", remember)
    monkeypatch.setattr(plt, "show", lambda: plt.close("all"))
    space = {"__name__": "notebook"}
    for cell in nbformat.read(path, 4).cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, f"{path.name}: {cell.id}", "exec"), space)
    return made


@pytest.mark.parametrize("path", CHAPTERS, **by_stem)
def test_every_position_of_every_lab_works(path, monkeypatch, capsys):
    made = labs(path, monkeypatch)
    assert made, "the chapter has no lab"
    for lab in made:
        said = set()
        for position in lab.positions():
            text = lab._update(**position)
            assert isinstance(text, str) and "nan" not in text.lower(), position
            said.add(text)
        n_positions = sum(1 for _ in lab.positions())
        assert len(said) > 0.9 * n_positions, "most positions should have something new to say"
        first = lab.png
        lab.move(**{name: c.options[-1][1] for name, c in lab.controls.items()})
        assert lab.png != first
