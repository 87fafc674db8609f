"""Binder: what repo2docker would do with the files in binder/, done here without Docker.

repo2docker takes the Python of ``runtime.txt``, puts JupyterLab into an environment, installs
``requirements.txt`` there, and runs ``postBuild`` in the repository's folder. Here the environment
is a bare one of the running Python, without JupyterLab: what the notebooks need, the files must
bring. Two chapters run in it; all of them if BYHAND_EVERY_CHAPTER is set, as the weekly workflow
does.
"""

import json
import os
import re
import shutil
import tomllib
from pathlib import Path

import nbformat
import pytest
import yaml

import bootstrap_cell
import fresh
import needs_torch
from fresh import run

ROOT = Path(__file__).resolve().parent.parent
BINDER = ROOT / "binder"
CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))
CHOSEN = CHAPTERS if os.environ.get("BYHAND_EVERY_CHAPTER") else [CHAPTERS[0], CHAPTERS[-1]]
REPOSITORY = ("src", "binder", "pyproject.toml", "README.md", "LICENSE", "requirements.txt")
RUNNER = """
import sys
import nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(notebook, kernel_name="python3", timeout=300).execute()
nbformat.write(notebook, sys.argv[1])
"""


def without_python_path():
    return {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """Return a copy of what Binder would clone, as far as installing needs it."""
    folder = tmp_path_factory.mktemp("cloned") / "course"
    folder.mkdir()
    ours = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for name in REPOSITORY:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name, **({"ignore": ours} if copy is shutil.copytree else {}))
    return folder


@pytest.fixture(scope="module")
def environment(repository):
    """Return the folder of an environment made as repo2docker does; its packages are made once."""
    # the second file is what the first one names, which says no more than that
    files = ("-r", BINDER / "requirements.txt", "-r", ROOT / "requirements.txt")
    folder = fresh.environment("binder", *files, env=without_python_path())
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    run("./binder/postBuild", cwd=repository, env=without_python_path() | {"PATH": path})
    return folder


def test_the_python_is_one_the_course_is_tested_with():
    name, _, version = (BINDER / "runtime.txt").read_text().strip().partition("-")
    tested = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    assert name == "python"
    assert version in tested["jobs"]["everything"]["strategy"]["matrix"]["python"]


def test_binder_has_only_files_that_repo2docker_knows():
    assert {path.name for path in BINDER.iterdir()} == {
        "postBuild",
        "requirements.txt",
        "runtime.txt",
    }
    assert os.access(BINDER / "postBuild", os.X_OK)
    assert (BINDER / "postBuild").read_text().startswith("#!/bin/sh\n")


def test_the_environment_is_the_lock_and_the_course(environment, repository):
    installed = json.loads(
        run(environment / "bin/python", "-m", "pip", "list", "--format=json", "-v")
    )
    found = {package["name"].lower().replace("_", "-"): package for package in installed}
    course = found["byhand"]
    assert course["version"] == bootstrap_cell.version()
    assert course["editable_project_location"] == str(repository)
    lock = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    pins = re.findall(r"^([\w.-]+)==(\S+?)(?: ;.*)?(?: \\)?$", lock, re.MULTILINE)
    versions = {}
    for name, version in pins:
        versions.setdefault(name.lower(), set()).add(version)
    for name in ("numpy", "matplotlib", "ipywidgets", "anywidget", "nbclient"):
        assert found[name]["version"] in versions[name]
    run(environment / "bin/python", "-m", "pip", "check")


def test_the_lock_brings_what_the_course_declares():
    """postBuild installs without dependencies, so nobody else looks."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lock = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    for requirement in project["dependencies"]:
        name = re.match(r"[\w-]+", requirement)[0]
        assert re.search(rf"^{name}==", lock, re.MULTILINE), name


@pytest.mark.parametrize("path", CHOSEN, ids=lambda path: path.stem)
def test_chapter_runs_in_binders_environment(path, environment, tmp_path):
    shutil.copy(path, tmp_path)
    run(
        environment / "bin/python", "-c", RUNNER, path.name, cwd=tmp_path, env=without_python_path()
    )
    before, after = (nbformat.read(file, as_version=4) for file in (path, tmp_path / path.name))
    for cell, done in zip(before.cells, after.cells, strict=True):
        if needs_torch.NOT_RUN in cell.metadata.get("tags", []) or cell.cell_type != "code":
            continue
        assert printed(done) == printed(cell), cell.source


def printed(cell):
    return "".join(output.get("text", "") for output in cell.outputs)


def test_the_site_offers_binder():
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    assert config["launch_buttons"]["binderhub_url"] == "https://mybinder.org"
    assert config["launch_buttons"]["notebook_interface"] == "jupyterlab"
