"""The same sources give the same site, byte for byte, in whatever folder and run it is built."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import same_bytes

ROOT = Path(__file__).resolve().parent.parent
CHAPTER = "chapters/01_one_node"
INDEX = """---
file_format: mystnb
kernelspec: {name: python3, display_name: Python 3}
---
# A small book

The weight $w$, a figure and one chapter.

```{code-cell} python
from byhand.figures import one_node, use_style

use_style()
print("one\\n", flush=True)
print("  two")
one_node.front_page()
```
"""


def write_book(book):
    """Write a book of a front page and one chapter, with everything that it is built from."""
    ours = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for folder in ("src", "web"):
        shutil.copytree(ROOT / folder, book / folder, ignore=ours)
    for name in ("requirements.txt", "tools/needs_torch.py", f"{CHAPTER}.ipynb"):
        (book / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, book / name)
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    config["sphinx"]["config"]["bibtex_bibfiles"] = []
    toc = {"format": "jb-book", "root": "index", "chapters": [{"file": CHAPTER}]}
    for name, content in (("_config.yml", config), ("_toc.yml", toc)):
        (book / name).write_text(yaml.safe_dump(content), encoding="utf-8")
    (book / "index.md").write_text(INDEX, encoding="utf-8")


def start_build(book, hash_seed):
    """Start a build that runs the chapter; other pages that it links to are not there."""
    command = "from jupyter_book.cli.main import main; main()"
    return subprocess.Popen(
        [sys.executable, "-c", command, "build", "."],
        cwd=book,
        env=os.environ
        | {
            "PYTHONPATH": str(book / "src"),
            "PYTHONHASHSEED": hash_seed,  # what depends on the order of a set, differs
            "OPENBLAS_NUM_THREADS": "1",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.fixture(scope="module")
def twice(tmp_path_factory):
    """Build the same book in two folders and return {name: bytes} of each."""
    books = [tmp_path_factory.mktemp(name) for name in ("one", "another_folder")]
    for book in books:
        write_book(book)
    builds = [start_build(book, seed) for book, seed in zip(books, "12", strict=True)]
    for build in builds:
        said = build.communicate()[0]
        assert build.returncode == 0, said[-3000:]
    return [same_bytes.contents(book / "_build/html") for book in books]


def test_building_twice_gives_the_same_bytes(twice):
    assert same_bytes.differences(*twice) == []


def test_what_a_cell_prints_in_pieces_is_shown_as_it_was_printed(twice):
    assert "one\n\n  two\n</pre>" in twice[0]["index.html"].decode()


def test_a_notebook_made_of_markdown_holds_nothing_of_its_run(twice):
    notebook = twice[0]["_sources/index.ipynb"].decode()
    assert '"id": "cell-1"' in notebook and "image/png" in notebook
    assert "model_id" not in notebook


def test_the_small_book_holds_what_could_differ(twice):
    page = twice[0][f"{CHAPTER}.html"].decode()
    for each in ("byhand-figure", "byhand-lab", "byhand-filmstrip", "katex", "cell_output"):
        assert each in page, f"the chapter's page has no {each}, so that nothing is said about it"
    assert any(name.endswith(".png") for name in twice[0])


def test_a_difference_is_told_with_its_surroundings():
    one = {"a": b"same", "b": b"at 12:01", "c": b"more", "d": b""}
    other = {"a": b"same", "b": b"at 12:02", "c": b"more of it", "e": b""}
    assert same_bytes.differences(one, other) == [
        "b: byte 7: b'at 12:01' and b'at 12:02'",
        "c: byte 4: b'more' and b'more of it'",
        "d: only the first build has it",
        "e: only the second build has it",
    ]
