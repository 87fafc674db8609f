"""Every displayed derivative is checked against central differences, by a test that names it.

The tests themselves stand in ``test_equations_<chapter>.py``; each is marked with the numbers of
the equations it checks (see ``equations.py``).  Here: that none is missing, in any chapter.
"""

import re
from pathlib import Path

import nbformat
import pytest

from test_chapters import CHAPTERS, equations, prose

HERE = Path(__file__).resolve().parent
DERIVATIVE = re.compile(r"\\partial|\\nabla|'\(|\\frac\{d")


def displayed(notebook):
    """Return the numbers of the equations that show a derivative."""
    blocks = [block for block in equations(prose(notebook)) if DERIVATIVE.search(block)]
    return {number for block in blocks for number in re.findall(r"\\tag\{([\d.]+)\}", block)}


def checked(source):
    """Return the numbers that the tests in a file are marked with."""
    marks = re.findall(r"^@equation\((.*?)\)\s*$", source, re.MULTILINE | re.DOTALL)
    return {number for mark in marks for number in re.findall(r'"([\d.]+)"', mark)}


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_displayed_derivative_has_its_test(path):
    source = (HERE / f"test_equations_{path.stem[3:]}.py").read_text(encoding="utf-8")
    shown = displayed(nbformat.read(path, as_version=4))
    assert shown, "a chapter without a single derivative?"
    assert shown - checked(source) == set(), "these equations have no test that names them"


def test_the_rule_can_fail():
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell(
                "$$ \\frac{\\partial L}{\\partial w} = x \\tag{1.6} $$\n\n"
                "$$ a = w x \\tag{1.1} $$\n\n$$ f'(z) = 1 \\tag{1.9} $$"
            )
        ]
    )
    assert displayed(notebook) == {"1.6", "1.9"}
    assert checked('@equation("1.6")\ndef test_one():\n    ...\n') == {"1.6"}
    assert checked('@equation(\n    "1.6", "1.9"\n)\ndef test_two():\n    ...\n') == {"1.6", "1.9"}
    assert checked('# @equation("1.6")\n') == set()
