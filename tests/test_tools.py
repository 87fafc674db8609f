"""The project's own tools, and what its files promise."""

import json
import os
import re
import runpy
import shutil
import socket
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

import bootstrap_cell
import build_book
import byhand
import find_browser
import needs_torch
import publish_as
import serve

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def is_one_sentence(text):
    text = text.strip()
    return "\n" not in text and "Traceback" not in text and text.endswith(".") and len(text) < 250


# ------------------------------------------------------------------------------------- environment


def make_env(folder, **environment):
    """Run make_env.sh in an empty folder."""
    return subprocess.run(
        ["sh", str(ROOT / "tools/make_env.sh"), "requirements.txt"],
        cwd=folder, env=os.environ | environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def fake_python(folder, name, version="3.13", has_venv=True):
    """Write a program that answers as a Python of some version would."""
    program = folder / name
    program.write_text(
        '#!/bin/sh\ncase "$2" in\n'
        f"*version_info*) echo {version.replace('.', ' ')};;\n"
        f"*ensurepip*) exit {0 if has_venv else 1};;\nesac\n"
        '[ "$2" = venv ] || exit 0\nmkdir -p .venv/bin; cp "$0" .venv/bin/python\n'
        'echo "$0" > chosen\n'
    )
    program.chmod(0o755)
    return program


@pytest.fixture
def bare_path(tmp_path):
    """Return a folder to be all of PATH, with the few programs make_env.sh needs and no Python."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "cp", "mkdir"):
        (folder / name).symlink_to(shutil.which(name))
    return folder


def test_no_python_is_said_in_a_sentence(tmp_path, bare_path):
    answer = make_env(tmp_path, PATH=str(bare_path), PYTHON="")
    assert answer.returncode != 0
    assert answer.stderr.startswith("No Python 3.11 or newer") and is_one_sentence(answer.stderr)


def test_old_python_is_not_taken(tmp_path, bare_path):
    fake_python(bare_path, "python3", "3.10")
    answer = make_env(tmp_path, PATH=str(bare_path), PYTHON="")
    assert answer.returncode != 0 and answer.stderr.startswith("No Python 3.11")


def test_missing_venv_module_is_said_in_a_sentence(tmp_path, bare_path):
    fake_python(bare_path, "python3", "3.11", has_venv=False)
    answer = make_env(tmp_path, PATH=str(bare_path), PYTHON="")
    assert answer.returncode != 0
    assert "python3-venv" in answer.stderr and is_one_sentence(answer.stderr)


def test_a_named_python_that_will_not_do_is_said_in_a_sentence(tmp_path):
    answer = make_env(tmp_path, PYTHON="no-such-python")
    assert answer.returncode != 0
    assert "PYTHON=no-such-python" in answer.stderr and is_one_sentence(answer.stderr)


@pytest.mark.parametrize(
    ("present", "chosen"),
    [
        ({"python3": "3.12"}, "python3"),
        ({"python3": "3.10", "python3.11": "3.11"}, "python3.11"),
        ({"python3": "3.14", "python3.13": "3.13"}, "python3.13"),
        ({"python3": "3.14"}, "python3"),
    ],
)
def test_the_best_python_is_taken(tmp_path, bare_path, present, chosen):
    for name, version in present.items():
        fake_python(bare_path, name, version)
    answer = make_env(tmp_path, PATH=str(bare_path), PYTHON="")
    assert answer.returncode == 0, answer.stderr
    assert Path((tmp_path / "chosen").read_text().strip()).name == chosen


# ------------------------------------------------------------------------------------------- build


@pytest.mark.parametrize(
    ("changes", "task"),
    [
        ({}, "nothing"),
        ({"chapters/01_one_node.ipynb": "new"}, "pages"),
        ({"index.md": "new"}, "pages"),
        ({"src/byhand/losses.py": "new"}, "everything"),
        ({"index.md": "new", "_config.yml": "new"}, "everything"),
        ({"web/readme.md": "new"}, "everything"),
        ({"chapters/02_new.ipynb": "added"}, "everything"),
        ({"index.md": None}, "everything"),
    ],
)
def test_only_what_changed_is_built(changes, task):
    files = (
        "chapters/01_one_node.ipynb",
        "index.md",
        "src/byhand/losses.py",
        "_config.yml",
        "web/readme.md",
    )
    before = dict.fromkeys(files, "old")
    now = {file: content for file, content in (before | changes).items() if content}
    assert build_book.what_to_do(before, now) == task
    assert build_book.what_to_do(None, now) == "everything"


def test_an_edit_in_src_is_noticed_and_rubbish_is_not(tmp_path):
    module = tmp_path / "src/byhand/losses.py"
    module.parent.mkdir(parents=True)
    module.write_text("a = 1")
    before = build_book.fingerprint(tmp_path)
    assert "src/byhand/losses.py" in before
    for rubbish in (
        "src/byhand/__pycache__/losses.pyc",
        "src/byhand.egg-info/PKG-INFO",
        "chapters/.x/y.ipynb",
    ):
        (tmp_path / rubbish).parent.mkdir(parents=True)
        (tmp_path / rubbish).write_text("x")
    assert build_book.fingerprint(tmp_path) == before
    module.write_text("a = 2")
    assert build_book.what_to_do(before, build_book.fingerprint(tmp_path)) == "everything"


# ------------------------------------------------------------------------------------------ server


def test_a_port_in_use_is_said_in_a_sentence():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        answer = subprocess.run(
            [sys.executable, ROOT / "tools/serve.py", port],
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert answer.returncode != 0
    assert f"Port {port} is in use" in answer.stderr and is_one_sentence(answer.stderr)


@pytest.mark.parametrize("port", ["", "abc", "0", "70000", "-1", "80 80"])
def test_a_bad_port_is_said_in_a_sentence(port):
    assert "whole number from 1 to 65535" in serve.main(port)
    assert is_one_sentence(serve.main(port))


# ----------------------------------------------------------------------------------------- browser


@pytest.fixture
def no_browser_here(monkeypatch, tmp_path):
    monkeypatch.delenv("BYHAND_BROWSER", raising=False)
    monkeypatch.setattr(find_browser, "REMEMBERED", tmp_path / "_build/browser")
    monkeypatch.setattr(find_browser, "APPLICATIONS", [])
    monkeypatch.setattr(find_browser, "playwrights_own", lambda: "")
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def write_program(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_a_browser_is_found_by_name_and_remembered(no_browser_here):
    program = write_program(no_browser_here / "google-chrome", "echo Google Chrome 150.0")
    assert find_browser.find() == str(program)
    assert find_browser.REMEMBERED.read_text().strip() == str(program)
    program.unlink()
    assert find_browser.find() is None


def test_a_stub_that_does_not_start_is_passed_over(no_browser_here):
    write_program(no_browser_here / "chromium", "echo requires the chromium snap >&2; exit 1")
    chrome = write_program(no_browser_here / "google-chrome", "echo Google Chrome 150.0")
    assert find_browser.find() == str(chrome)


def test_the_chosen_browser_comes_first_and_must_work(no_browser_here, monkeypatch):
    write_program(no_browser_here / "chromium", "echo Chromium 150.0")
    chosen = write_program(no_browser_here / "mine/browser", "echo Chromium 150.0")
    monkeypatch.setenv("BYHAND_BROWSER", str(chosen))
    assert find_browser.find() == str(chosen)
    monkeypatch.setenv("BYHAND_BROWSER", "/no/such/browser")
    with pytest.raises(SystemExit) as stop:
        find_browser.find()
    assert is_one_sentence(str(stop.value))


def test_what_cannot_be_installed_gets_a_sentence(no_browser_here, monkeypatch):
    monkeypatch.setattr(find_browser, "run", lambda command, seconds: False)
    assert find_browser.install() is None
    assert is_one_sentence(find_browser.ADVICE)


def test_playwrights_browser_is_tried_before_the_systems(no_browser_here, monkeypatch):
    tried = []
    write_program(no_browser_here / "apt-get", "exit 0")
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    def run(command, seconds):
        tried.append(command)
        if command[0] == "apt-get" and "install" in command:
            write_program(no_browser_here / "chromium", "echo Chromium 150.0")
            return True
        return command[0] == "apt-get"

    monkeypatch.setattr(find_browser, "run", run)
    assert find_browser.install() == str(no_browser_here / "chromium")
    assert [command[-2:] for command in tried] == [
        ["install", "chromium"],
        ["apt-get", "update"],
        ["-y", "chromium"],
    ]


def test_an_installer_that_hangs_is_ended():
    assert find_browser.run(["sleep", "60"], 0.2) is False
    assert find_browser.run(["no-such-installer"], 1) is False
    assert find_browser.run(["true"], 10) is True


# ----------------------------------------------------------------------------------------- refresh

CELLS = [
    nbformat.v4.new_markdown_cell("# Title   \n\ntext"),
    nbformat.v4.new_code_cell("import ipywidgets\n\nprint('a', flush=True)\nprint('b')"),
    nbformat.v4.new_code_cell("import matplotlib.pyplot as plt\n\nplt.plot([1, 2])\nplt.show()"),
    nbformat.v4.new_code_cell("ipywidgets.IntSlider(value=7)"),
    nbformat.v4.new_code_cell(
        "import anywidget\nimport traitlets\n\n\nclass Figure(anywidget.AnyWidget):\n"
        "    _esm = 'export default { render() {} }'\n"
        "    rate = traitlets.Float(0.5).tag(sync=True)\n\n"
        "    def _repr_mimebundle_(self, **kwargs):\n"
        "        bundle, metadata = super()._repr_mimebundle_(**kwargs)\n"
        "        return bundle | {'text/plain': 'a line'}, metadata\n"
    ),
    nbformat.v4.new_code_cell("Figure()"),
]


def refresh_command(*arguments):
    return subprocess.run(
        [sys.executable, str(ROOT / "tools/refresh.py"), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory):
    """Return a notebook file with real widgets, run once by refresh.py."""
    path = tmp_path_factory.mktemp("chapters") / "99_trial.ipynb"
    nbformat.write(
        nbformat.v4.new_notebook(cells=CELLS, metadata={"widgets": {"x": 1}, "colab": {}}), path
    )
    answer = refresh_command(path)
    assert answer.returncode == 0, answer.stderr
    return path


def test_refresh_is_deterministic(refreshed):
    before = refreshed.read_bytes()
    assert refresh_command("--check", refreshed).returncode == 0
    assert "unchanged" in refresh_command(refreshed).stdout
    assert refreshed.read_bytes() == before


def test_refresh_stores_pictures_and_words_but_no_widgets(refreshed):
    text = refreshed.read_text(encoding="utf-8")
    notebook = nbformat.read(refreshed, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert bootstrap_cell.is_bootstrap(cells[0])
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert cells[1].outputs == [nbformat.v4.new_output("stream", name="stdout", text="a\nb\n")]
    assert set(cells[2].outputs[0].data) == {"image/png", "text/plain"}
    assert cells[3].outputs[0].data == {"text/plain": "IntSlider(value=7)"}
    assert cells[5].outputs[0].data == {"text/plain": "a line"}
    for noise in (
        "widget-view",
        "model_id",
        "iopub",
        "nbconvert_exporter",
        sys.version.split()[0],
        'colab":',
    ):
        assert noise not in text


def test_nbval_accepts_the_refreshed_notebook_and_notices_a_wrong_number(refreshed, tmp_path):
    def nbval(path):
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-c", ROOT / "pyproject.toml", path],
            cwd=ROOT, capture_output=True, text=True, timeout=300,
        )  # fmt: skip

    good = nbval(refreshed)
    assert good.returncode == 0, good.stdout
    assert "6 passed" in good.stdout
    wrong = tmp_path / refreshed.name
    wrong.write_text(
        refreshed.read_text(encoding="utf-8").replace('"a line"', '"a bent line"'), encoding="utf-8"
    )
    bad = nbval(wrong)
    assert bad.returncode == 1
    assert "1 failed, 5 passed" in bad.stdout or "5 passed, 1 failed" in bad.stdout


def test_a_cell_that_needs_pytorch_keeps_its_output_where_there_is_none(tmp_path):
    stored = nbformat.v4.new_output("stream", name="stdout", text="from a run with PyTorch\n")
    cell = nbformat.v4.new_code_cell(
        "print('run')", metadata={"tags": [needs_torch.TAG]}, outputs=[stored]
    )
    path = tmp_path / "99_trial.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    answer = refresh_command(path)
    assert answer.returncode == 0, answer.stderr
    text = "from a run with PyTorch\n" if needs_torch.IS_MISSING else "run\n"
    assert [output.text for output in nbformat.read(path, 4).cells[-1].outputs] == [text]


def test_nbval_skips_what_cannot_run_here_with_a_sentence():
    modify = runpy.run_path(str(ROOT / "conftest.py"))["pytest_collection_modifyitems"]
    marked = {}

    def item(name, **attributes):
        def mark(marker):
            marked[name] = marker.kwargs["reason"]

        return SimpleNamespace(add_marker=mark, nodeid=name, **attributes)

    def cell(*tags):
        return SimpleNamespace(metadata={"tags": list(tags)})

    modify(
        [
            item("a test"),
            item("a cell", cell=cell("hide-input")),
            item("a cell left out", cell=cell(needs_torch.NOT_RUN)),
        ]
    )
    assert marked == {"a cell left out": needs_torch.REASON}


def test_check_notices_a_changed_output_and_writes_nothing(refreshed, tmp_path):
    path = tmp_path / refreshed.name
    path.write_text(
        refreshed.read_text(encoding="utf-8").replace('"a line"', '"a bent line"'), encoding="utf-8"
    )
    before = path.read_bytes()
    answer = refresh_command("--check", path)
    assert answer.returncode != 0 and is_one_sentence(answer.stderr)
    assert path.read_bytes() == before


def test_a_notebook_that_fails_is_left_as_it_was(tmp_path):
    path = tmp_path / "99_broken.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 / 0")]), path)
    before = path.read_bytes()
    answer = refresh_command(path)
    assert answer.returncode != 0
    assert (
        "ZeroDivisionError: division by zero" in answer.stderr and "Traceback" not in answer.stderr
    )
    assert path.read_bytes() == before


def test_a_missing_or_unreadable_notebook_is_said_in_a_sentence(tmp_path):
    assert is_one_sentence(refresh_command(tmp_path / "none.ipynb").stderr)
    broken = tmp_path / "broken.ipynb"
    broken.write_text("not a notebook")
    assert "is not a notebook" in refresh_command(broken).stderr


# ----------------------------------------------------------------------------------------- address

REPOSITORY = re.compile(
    r"(?:github\.com/|colab\.research\.google\.com/github/)([\w.-]+/[\w.-]+?)(?:\.git)?(?=[^\w.-]|$)"
)
COLAB_LINK = re.compile(
    r"https://colab\.research\.google\.com/github/([\w.-]+/[\w.-]+)/blob/([\w.-]+)/([^\s)\"'\\]+)"
)


def published():
    return bootstrap_cell.address().removeprefix("https://github.com/")


def texts():
    return {
        file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8")
        for file in publish_as.text_files()
    }


def test_every_address_is_the_one_of_config():
    owner, name = published().split("/")
    for file, text in texts().items():
        for repository in REPOSITORY.findall(text):
            ours = repository.split("/")[0] == owner or repository.split("/")[1].rstrip(".") == name
            assert not ours or repository.rstrip(".") == published(), f"{file} names {repository}"
        for site in re.findall(r"[\w-]+\.github\.io/[\w.-]+", text):
            assert site.rstrip(".") == publish_as.website(published()), f"{file} names {site}"
        for repository, branch, path in COLAB_LINK.findall(text):
            assert repository == published() and branch == "main", (
                f"{file} links {repository} at {branch}"
            )
            assert (ROOT / path).is_file(), f"{file} links {path}, which is not there"


def test_every_place_names_the_address():
    contents = texts()
    chapters = [file for file in contents if file.endswith(".ipynb")]
    for file in [
        "_config.yml",
        "README.md",
        "CONTRIBUTING.md",
        "index.md",
        "pyproject.toml",
        *chapters,
    ]:
        assert published() in contents[file], f"{file} does not name {published()}"


def test_every_chapter_has_a_colab_link_on_the_front_page_and_in_the_readme():
    for page in ("README.md", "index.md"):
        linked = {
            path for _, _, path in COLAB_LINK.findall((ROOT / page).read_text(encoding="utf-8"))
        }
        assert linked == {
            f"chapters/{path.name}" for path in (ROOT / "chapters").glob("*.ipynb")
        }, page


def test_the_address_can_be_moved_and_moved_back(tmp_path):
    for file in publish_as.text_files():
        copy = tmp_path / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
    before = {file: file.read_bytes() for file in publish_as.text_files(tmp_path)}
    old = published()
    owner = old.split("/")[0]
    changed = publish_as.stamp("Ada-L/by-hand.2", tmp_path)
    assert bootstrap_cell.address(tmp_path) == "https://github.com/Ada-L/by-hand.2"
    assert {file.name for file in changed} >= {
        "_config.yml",
        "README.md",
        "index.md",
        "pyproject.toml",
    }
    for file in publish_as.text_files(tmp_path):
        text = file.read_text(encoding="utf-8")
        assert old not in text and f"{owner.lower()}.github.io" not in text
    assert "https://ada-l.github.io/by-hand.2" in (tmp_path / "pyproject.toml").read_text(
        encoding="utf-8"
    )
    publish_as.stamp(old, tmp_path)
    assert {file: file.read_bytes() for file in before} == before
    assert publish_as.stamp(old, tmp_path) == []


@pytest.mark.parametrize(
    "repository",
    [
        "",
        "course",
        "a/b/c",
        "https://github.com/a/b",
        "a b/c",
        "-a/b",
        "a/..",
        "a/b.git",
        "a/b\n",
        "á/b",
        "a/" + "b" * 101,
    ],
)
def test_a_bad_repository_is_said_in_a_sentence(repository, monkeypatch):
    monkeypatch.setattr(publish_as, "stamp", None)
    answer = publish_as.main(repository)
    assert repr(repository) in answer and is_one_sentence(answer)


def test_no_repository_is_said_in_a_sentence():
    answer = subprocess.run(
        [sys.executable, ROOT / "tools/publish_as.py", ""],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert answer.returncode != 0
    assert "owner/name" in answer.stderr and is_one_sentence(answer.stderr)


# ----------------------------------------------------------------------- the promises of the files


def packages(file):
    """Return the lines of a requirements file, a package to a line."""
    text = (ROOT / file).read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def pinned(line):
    return re.match(r"[\w.-]+==[\w.]+", line)[0].lower().replace("_", "-")


def test_every_package_is_locked_with_its_hashes():
    locked = packages("requirements.txt")
    assert len(locked) > 100
    for line in locked:
        assert re.match(r"[\w.-]+==[\w.]+( ; [^#]+?)?( +--hash=sha256:[0-9a-f]{64})+$", line), line


def test_the_lock_is_made_from_what_is_asked_for():
    locked = {pinned(line) for line in packages("requirements.txt")}
    asked = {pinned(line) for line in packages("requirements.in")}
    assert asked <= locked, "run `sh tools/lock.sh`"


def test_the_library_asks_for_no_more_than_colab_has():
    assert PROJECT["dependencies"] == [
        "numpy>=1.26",
        "matplotlib>=3.8",
        "ipywidgets>=7.7",
        "anywidget>=0.9.21",
        "tqdm>=4.66",
    ]
    assert PROJECT["requires-python"] == ">=3.11"


def test_the_version_stands_in_one_form():
    assert byhand.__version__ == PROJECT["version"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", PROJECT["version"])


def test_the_network_library_is_read_in_an_evening():
    modules = (
        "activations losses layers network optimizers training gradient_check datasets".split()
    )
    lines = [line for name in modules for line in code_lines(ROOT / f"src/byhand/{name}.py")]
    assert len(lines) <= 600


def code_lines(file):
    """Return the lines of a module that hold code: neither empty, nor comment, nor docstring."""
    import ast

    text = file.read_text(encoding="utf-8")
    docstrings = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(
            node
        ):
            docstrings |= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    lines = enumerate(text.splitlines(), 1)
    return [
        line
        for number, line in lines
        if number not in docstrings and line.strip() and line.strip()[0] != "#"
    ]


def test_the_licence_holds_both_licences():
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "MIT License" in text and "WITHOUT WARRANTY OF ANY KIND" in text
    assert "https://creativecommons.org/licenses/by/4.0/legalcode" in text


def test_ci_runs_make_test():
    script = (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert script.rstrip().endswith("make test") and os.access(ROOT / ".ci/run", os.X_OK)
    assert "make test" in (ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8")


def test_the_seeds_numbers_are_here():
    numbers = json.loads((ROOT / "tests/data/seed_numbers.json").read_text(encoding="utf-8"))
    assert {"000.m1.epoch1", "000.lsq"} <= {check["id"] for check in numbers["checks"]}


def test_the_library_imports_nothing_but_numpy():
    code = (
        "import sys, byhand.activations, byhand.losses, byhand.layers, byhand.network, "
        "byhand.optimizers, byhand.training, byhand.gradient_check, byhand.datasets; "
        "print({'matplotlib', 'ipywidgets', 'anywidget', 'IPython', 'scipy'} & set(sys.modules))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert answer.stdout.strip() == "set()"
