"""The offline copy: one archive, opened from a disk in a real browser."""

import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

import make_zip
from gates import drawn, leave_the_corner, ready

ROOT = Path(__file__).resolve().parent.parent
HTML = ROOT / "_build/html"
PAGES = ["index.html", *sorted(f"chapters/{path.name}" for path in HTML.glob("chapters/*.html"))]


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """Return the folder of the unpacked archive."""
    folder = tmp_path_factory.mktemp("a reader's disk")  # with a space and an apostrophe
    make_zip.write(HTML, folder / "copy.zip")
    with zipfile.ZipFile(folder / "copy.zip") as archive:
        archive.extractall(folder)
    return folder / make_zip.NAME


@pytest.fixture
def open_file(browser, copy):
    """Return a function that opens a page of the copy; the page knows what the browser said."""
    contexts = []

    def open_(name):
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        contexts.append(context)
        page = context.new_page()
        page.said, page.asked = [], []
        page.on("console", lambda message: page.said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        name, question, query = name.partition("?")
        page.goto((copy / name).as_uri() + question + query, wait_until="load")
        return page

    yield open_
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_lives_on_a_disk(open_file, name):
    page = ready(SimpleNamespace(page=open_file(name)))
    figures = page.locator("figure.byhand-figure")
    for k in range(figures.count()):
        figure = figures.nth(k)
        leave_the_corner(figure)
        before = drawn(figure)
        for slider in figure.locator("input[type=range]").all():
            slider.press("ArrowRight")
        assert drawn(figure) != before, figure.get_attribute("id")
    assert page.said == []
    assert [url for url in page.asked if not url.startswith(("file:", "blob:", "data:"))] == []


def test_the_search_works_on_a_disk(open_file):
    page = open_file("search.html?q=gradient")
    page.locator("#search-results li").first.wait_for()
    assert page.locator("#search-results li").count() >= 3
    assert page.said == []


def test_the_archive_is_the_same_twice_and_holds_all(tmp_path):
    make_zip.write(HTML, tmp_path / "a.zip")
    make_zip.write(HTML, tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    names = {
        name.removeprefix(f"{make_zip.NAME}/")
        for name in zipfile.ZipFile(tmp_path / "a.zip").namelist()
    }
    site = {path.relative_to(HTML).as_posix() for path in HTML.rglob("*") if path.is_file()}
    assert site - names == {".buildinfo", "objects.inv"} & site


def test_no_module_is_left_outside_a_page(copy):
    for path in copy.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not make_zip.MODULE.search(text) and not make_zip.PRELOAD.search(text), path.name


def test_without_a_book_it_says_so(tmp_path):
    code = f"import make_zip, sys; make_zip.ROOT = __import__('pathlib').Path({str(tmp_path)!r}); "
    answer = subprocess.run(
        [sys.executable, "-c", code + "sys.exit(make_zip.main())"],
        cwd=ROOT / "tools", capture_output=True, text=True,
    )  # fmt: skip
    assert answer.returncode == 1 and answer.stderr.strip().endswith("run `make book` first.")
