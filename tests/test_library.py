"""The network library as a whole: NumPy only, short, apart from the rest, documented throughout."""

import ast
import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import byhand

FOLDER = Path(byhand.__file__).parent
# What a learner reads, in order; and all of it, in the order in which each can import the others.
READ = "activations losses layers network optimizers training gradient_check datasets".split()
MODULES = (
    "inputs activations losses layers network optimizers history training mistakes gradient_check "
    "curvature datasets"
).split()
MOST_LINES = 600

BAR = {"tqdm.auto"}  # imported only where a progress bar appears

each_module = pytest.mark.parametrize("name", MODULES)

ASK = """
import importlib, sys
before = set(sys.modules)
import numpy
with_numpy = set(sys.modules)
for name in {modules}:
    importlib.import_module(f"byhand.{{name}}")
loaded = {{name.partition(".")[0] for name in set(sys.modules) - with_numpy}}
print(*sorted(loaded - set(sys.stdlib_module_names)))
print(*sorted(name for name in sys.modules if name.startswith("byhand.")))
print(*(name for name in ("matplotlib", "ipywidgets", "traitlets") if name in sys.modules))
"""


def tree(name):
    return ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))


def lines_of_code(name):
    """Count the lines that are neither blank nor comment nor docstring."""
    text = (FOLDER / f"{name}.py").read_text(encoding="utf-8").splitlines()
    code = {
        number for number, line in enumerate(text, 1) if line.strip() and line.strip()[0] != "#"
    }
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            code -= set(range(node.lineno, node.end_lineno + 1))
    return len(code)


def public(name):
    """Yield what module ``name`` offers: its functions, classes, and their methods."""
    module = importlib.import_module(f"byhand.{name}")
    for word, thing in vars(module).items():
        own = getattr(thing, "__module__", None) == module.__name__
        if word.startswith("_") or not own or not callable(thing):
            continue
        yield f"{name}.{word}", thing
        if inspect.isclass(thing):
            for method, function in vars(thing).items():
                if isinstance(function, property):
                    function = function.fget
                if inspect.isfunction(function) and not method.startswith("_"):
                    yield f"{name}.{word}.{method}", function


PUBLIC = dict(item for name in MODULES for item in public(name))
each_public = pytest.mark.parametrize("thing", PUBLIC.values(), ids=PUBLIC)


def sections(docstring):
    """Return the sections of a numpydoc docstring: heading → names described there."""
    lines = docstring.splitlines()
    places = [
        place
        for place in range(1, len(lines))
        if re.fullmatch("-+", lines[place]) and lines[place - 1].strip()
    ]
    found = {}
    for place, end in zip(places, [*(next_ - 1 for next_ in places[1:]), len(lines)], strict=False):
        assert len(lines[place]) == len(lines[place - 1]), lines[place - 1]
        entries = [line for line in lines[place + 1 : end] if line and line[0] != " "]
        names = ", ".join(entry.partition(" : ")[0] for entry in entries)
        found[lines[place - 1]] = names.replace("*", "").split(", ")
    return found


def test_library_needs_numpy_and_nothing_else():
    asked = subprocess.run(
        [sys.executable, "-c", ASK.format(modules=MODULES)],
        env={"PYTHONPATH": str(FOLDER.parent)},
        capture_output=True,
        text=True,
    )
    assert asked.returncode == 0, asked.stderr
    others, own, widgets = asked.stdout.split("\n")[:3]
    assert others == "byhand"
    assert own.split() == sorted(f"byhand.{name}" for name in MODULES)
    assert widgets == ""


@each_module
def test_imports_go_back_in_reading_order(name):
    """No module needs one that comes later."""
    allowed = {f"byhand.{earlier}" for earlier in MODULES[: MODULES.index(name)]}
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.ImportFrom) and node.module == "byhand":
            imported = [f"byhand.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            imported = [node.module or "."]
        elif isinstance(node, ast.Import):
            imported = [alias.name for alias in node.names]
        else:
            continue
        for module in imported:
            standard = module.partition(".")[0] in sys.stdlib_module_names
            assert module in allowed | BAR or module == "numpy" or standard, module


def test_library_is_short():
    assert sum(map(lines_of_code, READ)) <= MOST_LINES


def test_package_names_the_library_in_reading_order():
    named = re.findall("``(\\w+)``", byhand.__doc__)
    assert named[: len(READ)] == READ
    assert set(named[: len(MODULES)]) == set(MODULES)


@each_module
def test_module_begins_with_its_name_and_one_sentence(name):
    title = importlib.import_module(f"byhand.{name}").__doc__.splitlines()[0]
    assert title.startswith(name.replace("_", " ").capitalize() + ": ") and title.endswith(".")


@each_public
def test_docstring_begins_with_one_line(thing):
    docstring = inspect.getdoc(thing)
    assert docstring, "has no docstring"
    summary, *rest = docstring.splitlines()
    assert summary[0].isupper() and summary.endswith("."), summary
    assert not rest or not rest[0], "a blank line follows the summary"


@each_public
def test_docstring_sections_are_those_of_numpydoc(thing):
    known = ["Parameters", "Attributes", "Returns", "Yields", "Raises", "Notes", "References"]
    found = list(sections(inspect.getdoc(thing)))
    assert set(found) <= set(known)
    order = [heading for heading in known if heading in found and heading != "Attributes"]
    assert [heading for heading in found if heading != "Attributes"] == order


@each_public
def test_documented_parameters_are_the_parameters(thing):
    documented = sections(inspect.getdoc(thing)).get("Parameters")
    if documented:
        taken = set(inspect.signature(thing).parameters) - {"self"}
        assert set(documented) <= taken
        # An argument that only replaces another is described with it.
        missing = taken - set(documented)
        assert all(f"``{name}``" in inspect.getdoc(thing) for name in missing), missing


@each_public
def test_what_raises_says_so(thing):
    docstring = inspect.getdoc(thing)
    thing = vars(thing).get("__init__", thing) if inspect.isclass(thing) else thing
    source = inspect.getsource(thing)
    if re.search(r"^\s*raise ", source, re.M):
        assert "ValueError" in sections(docstring).get("Raises", [])


def test_there_is_something_public():
    assert {"layers.Dense.forward", "network.Network", "training.train"} <= set(PUBLIC)
