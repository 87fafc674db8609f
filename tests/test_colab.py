"""The notebooks in Colab's stack, from an empty folder, as far as that can be had without Colab.

A fresh environment with Colab's versions (of the running Python), a kernel in it that has a
stand-in ``google.colab``, and a git repository made from the working tree in the place of the
published one. The set-up cell installs the library for real; then every cell of every chapter runs.
Colab's front end is not tested here.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

import bootstrap_cell
import needs_torch
from fresh import environment, run

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))

# Colab's runtime of August 2026, see its list of packages in github.com/googlecolab/backend-info.
WIDGETS = [
    "ipywidgets==7.7.1", "ipython==7.34.0", "ipykernel==6.17.1", "jupyter_client==7.4.9",
    "traitlets==5.7.1",
    "tornado==6.5.7", "notebook==6.5.7", "anywidget==0.9.21", "setuptools==75.2.0",
    "pip==24.1.2",
]  # fmt: skip
NUMBERS = [
    "numpy==2.1.3",
    "matplotlib==3.10.0",
]  # these have no wheels for a Python newer than Colab's 3.13
COLAB = WIDGETS + (NUMBERS if sys.version_info < (3, 14) else ["numpy", "matplotlib"])

STAND_IN = """
import sys, types

google, colab = types.ModuleType("google"), types.ModuleType("google.colab")
output = types.ModuleType("google.colab.output")
google.colab, colab.output = colab, output
output.enable_custom_widget_manager = lambda version="": None
for module in (google, colab, output):
    sys.modules[module.__name__] = module
"""
STACK = """
import importlib.metadata, json
installed = importlib.metadata.distributions()
print(json.dumps({package.metadata["Name"].lower(): package.version for package in installed}))
"""
FORBID_INSTALLS = """
import subprocess
allowed, subprocess.run = subprocess.run, None
"""
ALLOW_INSTALLS = "subprocess.run = allowed"


@pytest.fixture(scope="module")
def colab_python():
    """Return the Python of an environment with Colab's packages and not the course; made once."""
    python = environment("colab", *COLAB) / "bin/python"
    run(python, "-m", "pip", "uninstall", "-q", "-y", "byhand")
    return python


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """Return the address of a git repository of the working tree, with the set-up cell's tag."""
    if not shutil.which("git"):
        pytest.skip(
            "git is not installed, and both Colab and this test install the library with it"
        )
    folder = tmp_path_factory.mktemp("published") / "course"
    folder.mkdir()
    for name in ("src", "pyproject.toml", "README.md", "LICENSE"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(
                source, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
            )
        else:
            shutil.copy(source, folder / name)
    git = [
        "git",
        "-c",
        "user.name=test",
        "-c",
        "user.email=test@localhost",
        "-c",
        "commit.gpgsign=false",
        "-C",
        folder,
    ]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    run(*git, "init", "-q", env=environment)
    run(*git, "add", "-A", env=environment)
    run(*git, "commit", "-q", "-m", "the working tree", env=environment)
    run(*git, "tag", f"v{bootstrap_cell.version()}", env=environment)
    return folder.as_uri()


@pytest.fixture(scope="module")
def execute(colab_python, tmp_path_factory):
    """Return a function that runs code cells in an empty folder and returns what each prints."""
    home = tmp_path_factory.mktemp("jupyter")
    kernel = home / "kernels/colab/kernel.json"
    kernel.parent.mkdir(parents=True)
    argv = [str(colab_python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    kernel.write_text(json.dumps({"argv": argv, "display_name": "Colab", "language": "python"}))
    startup = home / "ipython/profile_default/startup/00-colab.py"
    startup.parent.mkdir(parents=True)
    startup.write_text(STAND_IN)

    def execute(sources):
        folder = tmp_path_factory.mktemp("content")
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(**source) for source in sources]
        )
        nbformat.write(notebook, home / "notebook.ipynb")
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        environment |= {"JUPYTER_PATH": str(home), "IPYTHONDIR": str(home / "ipython")}
        run(sys.executable, "-c", RUNNER, home / "notebook.ipynb", folder, env=environment)
        done = nbformat.read(home / "notebook.ipynb", as_version=4)
        return ["".join(o.get("text", "") for o in cell.outputs) for cell in done.cells]

    return execute


# A subprocess, because nbclient's event loop and Playwright's do not go together.
RUNNER = """
import sys
import nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], as_version=4)
resources = {"metadata": {"path": sys.argv[2]}}
NotebookClient(notebook, kernel_name="colab", timeout=300, resources=resources).execute()
nbformat.write(notebook, sys.argv[1])
"""


def from_repository(source, repository):
    """Return the set-up cell's source, the published repository replaced by the local one."""
    published = f"git+{bootstrap_cell.address()}@"
    assert source.count(published) == 1
    return source.replace(published, f"git+{repository}@")


def code(source, tags=()):
    return {"source": source, "metadata": {"tags": list(tags)}}


def test_the_set_up_cell_installs_the_library_once_and_nothing_else(execute, repository):
    cell = from_repository(bootstrap_cell.text(), repository)
    steps = [
        STACK,
        cell,
        "import byhand; print(byhand.__file__)",
        FORBID_INSTALLS,
        cell,  # the second time it must not even try
        ALLOW_INSTALLS,
        STACK,
    ]
    before, first, place, _, second, _, after = execute(map(code, steps))
    assert (first, second) == ("", "")
    assert "site-packages" in place
    assert json.loads(after) == json.loads(before) | {"byhand": bootstrap_cell.version()}
    versions = json.loads(after)
    for pin in COLAB:
        name, _, version = pin.partition("==")
        assert not version or versions[name] == version


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_chapter_runs_in_colabs_stack(path, execute, repository):
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    sources = [code(cell.source, cell.metadata.get("tags", [])) for cell in cells]
    sources[0]["source"] = from_repository(sources[0]["source"], repository)
    outputs = execute(sources + [code(BOTH_SLIDERS), code(EVERY_POSITION)])
    for cell, output in zip(cells, outputs, strict=False):
        if needs_torch.TAG in cell.metadata.get("tags", []):
            continue  # Colab has PyTorch; this stand-in for it has not
        assert output == "".join(o.get("text", "") for o in cell.outputs), cell.source
    assert json.loads(outputs[-2]) == {"LiveFigure": True, "Lab": True}
    assert json.loads(outputs[-1]) == []


BOTH_SLIDERS = """
import json
from byhand.figures import LiveFigure
from byhand.lab import Lab
from ipywidgets import Widget

def has_sliders(kind):
    made = [widget for widget in Widget.widgets.values() if isinstance(widget, kind)]
    names = [getattr(widget, "controls", None) or widget.trait_names() for widget in made]
    return any({"learning_rate", "epochs"} <= set(each) for each in names)

print(json.dumps({kind.__name__: has_sliders(kind) for kind in (LiveFigure, Lab)}))
"""
# Every position of every lab works, and nearly all have something new to say.
EVERY_POSITION = """
faults = []
for lab in [widget for widget in Widget.widgets.values() if isinstance(widget, Lab)]:
    positions = list(lab.positions())
    said = [lab._update(**position) for position in positions]
    wrong = [not isinstance(text, str) or "nan" in text.lower() for text in said]
    faults += [f"{here}: {text}" for here, text, bad in zip(positions, said, wrong) if bad]
    if len(set(said)) <= 0.9 * len(said):
        faults.append(f"{len(set(said))} different sentences at {len(said)} positions")
    first = lab.png
    lab.move(**{name: each.options[-1][1] for name, each in lab.controls.items()})
    if lab.png == first:
        faults.append("the last position looks like the first")
print(json.dumps(faults))
"""


def test_the_set_up_cell_does_nothing_elsewhere(monkeypatch):
    monkeypatch.setattr(subprocess, "run", None)
    monkeypatch.setitem(sys.modules, "byhand", None)
    exec(compile(bootstrap_cell.text(), "set-up cell", "exec"), {})


def test_the_set_up_cell_never_touches_colabs_packages():
    text = bootstrap_cell.text()
    assert "--no-deps" in text
    assert not re.search(r"numpy|ipywidgets|anywidget|matplotlib|--upgrade|%pip|!pip", text)
    assert text.rstrip().count("\n") < 20


def test_a_failed_installation_is_said_in_a_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "google.colab", sys)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr(subprocess, "run", lambda command: subprocess.CompletedProcess(command, 1))
    with pytest.raises(RuntimeError, match="could not be installed"):
        exec(compile(bootstrap_cell.text(), "set-up cell", "exec"), {})
