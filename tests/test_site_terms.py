"""The glossary's words on the chapters' pages: a small book is built, then the real text."""

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
sys.path.insert(0, str(WEB))

import formula_sheet  # noqa: E402
import site_terms  # noqa: E402

CONF = """
extensions = ["myst_parser", "site_terms"]
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
"""
CONTENTS = "# Front\n\n```{toctree}\n:glob:\nchapters/*\nback/*\n```\n"
GLOSSARY = """# Words

```{glossary}
learning rate
  How far a step goes. Symbol $\\eta$.

loss
  One number for how wrong. It has a symbol.

mean squared error
MSE
  The mean of the squares.

matrix
  A table.

squared error
  The error times itself.

surprise
  Minus a logarithm.

tape
  A record.
```
"""
ONE = """# The loss of a title

## Play, with a loss in a heading

`loss` and $loss$ and $\\mathrm{MSE}$ and [the loss](https://example.org) come first.

```python
loss = 1
```

| loss | head |
|---|---|
| a surprise | in the table |

The mean squared
error is one word, the squared error another. Two *matrices*, a Loss, another loss. The MSE again.

> A learning
> rate in a box.

## Sources

The Tape (1970).
"""
LINK = re.compile(r'<a class="term reference internal" href="([^"]+)" title="([^"]+)">([^<]+)</a>')


def build(folder, pages):
    """Build a book of ``{name: Markdown}`` and return where its HTML is; a warning fails."""
    for name, text in ({"conf.py": CONF, "index.md": CONTENTS} | pages).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-n", "-W", "--keep-going", folder, folder / "html"],
        env=os.environ | {"PYTHONPATH": str(WEB)},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    return folder / "html"


def links(page):
    """Return [(anchor, title, words)] of the quiet links of a page, in order."""
    found = LINK.findall(page.read_text(encoding="utf-8"))
    assert all(address.startswith("../back/glossary.html#") for address, *_ in found)
    return [(to.split("#")[1], title, " ".join(words.split())) for to, title, words in found]


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """Build two chapters, a page that is none, and a glossary."""
    pages = {
        "chapters/01_one.md": ONE,
        "chapters/06_six.md": "# Six\n\nA surprise, and on your wall no loss.\n",
        "back/other.md": "# Other\n\nA loss.\n",
        "back/glossary.md": GLOSSARY,
    }
    return build(tmp_path_factory.mktemp("terms"), pages)


def test_the_first_use_in_running_text_is_a_link_with_the_first_sentence(book):
    assert links(book / "chapters/01_one.html") == [
        ("term-mean-squared-error", "The mean of the squares.", "mean squared error"),
        ("term-squared-error", "The error times itself.", "squared error"),
        ("term-matrix", "A table.", "matrices"),
        ("term-loss", "One number for how wrong.", "Loss"),
        ("term-learning-rate", "How far a step goes.", "learning rate"),
    ]


def test_every_link_leads_to_an_entry(book):
    entries = re.findall(r'<dt id="([^"]+)"', (book / "back/glossary.html").read_text("utf-8"))
    for page in ("chapters/01_one.html", "chapters/06_six.html"):
        assert {anchor for anchor, *_ in links(book / page)} <= set(entries)


def test_everyday_words_wait_for_their_chapter(book):
    assert [words for *_, words in links(book / "chapters/06_six.html")] == ["surprise", "loss"]


def test_other_pages_stay_as_they_are(book):
    assert "term reference" not in (book / "back/other.html").read_text(encoding="utf-8")


def test_a_changed_glossary_writes_the_chapters_again(tmp_path):
    pages = {"chapters/01_one.md": "# One\n\nA loss.\n", "back/glossary.md": GLOSSARY}
    html = build(tmp_path, pages)
    assert links(html / "chapters/01_one.html")[0][1] == "One number for how wrong."
    build(tmp_path, pages | {"back/glossary.md": GLOSSARY.replace("how wrong", "the mistakes")})
    assert links(html / "chapters/01_one.html")[0][1] == "One number for the mistakes."


def test_a_term_twice_is_caught(tmp_path):
    twice = GLOSSARY.replace("tape\n", "loss\n")
    with pytest.raises(AssertionError, match="duplicate term description of loss"):
        build(tmp_path, {"chapters/01_one.md": "# One\n\nA loss.\n", "back/glossary.md": twice})


def test_a_book_without_a_glossary_is_built(tmp_path):
    html = build(tmp_path, {"chapters/01_one.md": "# One\n\nA loss.\n", "back/x.md": "# X\n"})
    assert links(html / "chapters/01_one.html") == []


@pytest.mark.parametrize(
    "name, words",
    [
        ("loss", ["loss", "Losses"]),
        ("entropy", ["entropy", "entropies"]),
        ("mini-batch", ["mini-batch", "mini-batches", "mini batch"]),
        ("local minimum", ["local\nminimum", "Local minima"]),
        ("ReLU", ["ReLU", "ReLUs"]),
    ],
)
def test_plurals_and_other_forms_are_found(name, words):
    for word in words:
        assert re.fullmatch(site_terms.pattern(name), word), word


def test_abbreviations_keep_their_capitals():
    assert not re.fullmatch(site_terms.pattern("ELU"), "elu")


# ----------------------------------------------------------------------- the course's own glossary


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Build the text of every chapter with the real glossary; a dead section link fails here."""
    pages = {"back/glossary.md": (ROOT / "back/glossary.md").read_text(encoding="utf-8")}
    pages["back/glossary.md"] = pages["back/glossary.md"].replace(".ipynb#", ".md#")
    for path in formula_sheet.chapters():
        cells = nbformat.read(path, as_version=4).cells
        text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
        pages[f"chapters/{path.stem}.md"] = text.replace(".ipynb", ".md")
    return build(tmp_path_factory.mktemp("course"), pages)


def entries(html):
    """Return {anchor: [terms]} of a built glossary page; synonyms share the first one's anchor."""
    text = (html / "back/glossary.html").read_text(encoding="utf-8")
    groups = re.findall(r'((?:<dt id="[^"]+">.*?</dt>)+)\s*<dd>', text, re.DOTALL)
    pairs = [re.findall(r'<dt id="([^"]+)">(.*?)<a', group, re.DOTALL) for group in groups]
    return {group[0][0]: [term for _, term in group] for group in pairs}


def test_every_word_of_the_glossary_is_used_in_a_chapter(course):
    used = {anchor for page in (course / "chapters").glob("*.html") for anchor, *_ in links(page)}
    unused = [terms[0] for anchor, terms in entries(course).items() if anchor not in used]
    assert unused == [], "no chapter uses these words: take them out, or give their forms"


def test_no_page_links_a_word_twice(course):
    for page in sorted((course / "chapters").glob("*.html")):
        anchors = [anchor for anchor, *_ in links(page)]
        assert len(anchors) == len(set(anchors)) and len(anchors) > 20, page.name


def test_every_first_sentence_can_be_read_in_a_tooltip(course):
    for page in sorted((course / "chapters").glob("*.html")):
        for _, title, words in links(page):
            assert title.endswith(".") and "\\" not in title and len(title) < 180, (words, title)


def test_every_entry_names_the_section_that_explains_it():
    glossary = (ROOT / "back/glossary.md").read_text(encoding="utf-8")
    meanings = re.findall(r"^  (\S.*)$", glossary, re.MULTILINE)
    assert len(meanings) >= 100
    for meaning in meanings:
        assert re.search(r"\[Chapter \d+, [^\]]+\]\(\.\./chapters/\w+\.ipynb#[^)]+\)$", meaning)


def test_the_tables_of_forms_and_everyday_words_name_terms_of_the_glossary():
    glossary = (ROOT / "back/glossary.md").read_text(encoding="utf-8")
    terms = set(re.findall(r"^(\w.*)$", glossary, re.MULTILINE))
    assert set(site_terms.FORMS) | set(site_terms.ORDINARY) <= terms
