"""The pages at the back: the formula sheet, the notation bridge, the ten questions, the works."""

import contextlib
import importlib
import inspect
import io
import pkgutil
import re
from pathlib import Path

import nbformat
import pytest

import bootstrap_cell
import byhand
import formula_sheet
from test_chapters import citations, equations, prose

ROOT = Path(__file__).resolve().parent.parent
BACK = ROOT / "back"
SHEET = (BACK / "formula_sheet.md").read_text(encoding="utf-8")
CHAPTERS = formula_sheet.chapters()
ROW = re.compile(
    r"^\$\$ (?P<tex>.+) \$\$\n\n"
    r'<a class="equation-number" href="\.\./chapters/(?P<page>\w+)\.html#eq-(?P<anchor>[\d-]+)">'
    r"\((?P<number>[\d.]+)\)</a> \[[^\]]+\]\([^)]+\): (?P<names>.+)$",
    re.MULTILINE,
)
NAME = re.compile(r"\[`([\w.]+)`\]\((\S+?)/blob/(\w+)/(\S+?)#L(\d+)\)")


# -------------------------------------------------------------------------------- the formula sheet


def rows(sheet=SHEET):
    """Return {number: (TeX, page, anchor, [(name, repository, branch, file, line)])}."""
    return {
        row["number"]: (row["tex"], row["page"], row["anchor"], NAME.findall(row["names"]))
        for row in ROW.finditer(sheet)
    }


def resolve(name):
    """Return the object of a dotted name: a module, or something in one."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        with contextlib.suppress(ModuleNotFoundError):
            found = importlib.import_module(".".join(parts[:end]))
            for part in parts[end:]:
                found = getattr(found, part)
            return found
    raise ModuleNotFoundError(name)


def plain(tex):
    """Return TeX without tag, colours, shapes under letters, braces and spaces."""
    tex = re.sub(r"\\tag\{[^}]*\}|\\color\{[^}]*\}|\\underset\{\([^)]*\)\}", "", tex)
    return re.sub(r"[{}\s]", "", tex)


def displayed():
    """Return {number: plain TeX} of the chapters' displayed equations, read as the tests do."""
    found = {}
    for path in CHAPTERS:
        for block in equations(prose(nbformat.read(path, as_version=4))):
            for number in re.findall(r"\\tag\{([^}]*)\}", block):
                found[number] = plain(block)
    return found


def docstrings():
    """Yield (dotted name, docstring) of everything in the package that is written there."""
    for info in pkgutil.walk_packages(byhand.__path__, "byhand."):
        module = importlib.import_module(info.name)
        yield info.name, module.__doc__ or ""
        things = [(f"{info.name}.{word}", thing) for word, thing in vars(module).items()]
        for name, thing in things:
            thing = inspect.unwrap(thing) if callable(thing) else thing
            if getattr(thing, "__module__", "") != info.name:
                continue
            if inspect.isclass(thing):
                things += [
                    (f"{name}.{word}", each)
                    for word, each in vars(thing).items()
                    if inspect.isfunction(each) or inspect.isclass(each)
                ]
            if inspect.isclass(thing) or inspect.isfunction(thing):
                yield name, vars(thing).get("__doc__", thing.__doc__) or ""


def missing(sheet, cited):
    """Return the (number, name) pairs that are cited and not on the sheet."""
    named = {number: {name for name, *_ in names} for number, (*_, names) in rows(sheet).items()}
    return [(number, name) for number, name in cited if name not in named.get(number, ())]


def cited_in_docstrings(known):
    pairs = []
    for name, text in docstrings():
        numbers = citations(text) + re.findall(r"\((\d+\.\d+)\)", text)
        pairs += [(number, name) for number in numbers if number in known]
    return pairs


def test_the_sheet_is_todays():
    assert SHEET == formula_sheet.sheet(), "run `python tools/formula_sheet.py`"


def test_every_cited_equation_is_on_the_sheet_with_the_function_that_cites_it():
    cited = cited_in_docstrings(displayed())
    assert len(cited) > 40
    assert missing(SHEET, cited) == []
    assert missing(SHEET.replace("(1.3)", "(1.33)"), cited)
    assert missing(SHEET.replace("`byhand.layers.Dense.forward`", "`byhand.layers.Dense`"), cited)


def test_every_name_on_the_sheet_is_in_the_library_where_the_link_says():
    address = bootstrap_cell.address()
    for *_, names in rows().values():
        assert names
        for name, repository, branch, file, line in names:
            resolve(name)
            assert (repository, branch) == (address, "main")
            lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
            here, last = lines[int(line) - 1], name.split(".")[-1]
            assert re.search(rf"\b(def|class) {last}\b|^{last} = ", here) or line == "1", name
    with pytest.raises((ModuleNotFoundError, AttributeError)):
        resolve("byhand.layers.Dense.sideways")


def test_every_formula_is_the_chapters_own():
    chapters = displayed()
    assert {number: plain(tex) for number, (tex, *_) in rows().items()} == {
        number: chapters[number] for number in rows()
    }
    assert plain(r"\underset{(1\times n)}{{\color{#C0392B}{x}}} = 2 \tag{1.1}") == "x=2"


def test_no_row_points_to_nothing():
    files = {path.stem[:2]: path.stem for path in CHAPTERS}
    assert len(rows()) == SHEET.count('class="equation-number"') > 40
    for number, (_, page, anchor, _) in rows().items():
        assert anchor == number.replace(".", "-")
        assert page == files[f"{int(number.split('.')[0]):02}"]


def test_ranges_comments_and_brackets_are_read():
    known = ["1.1", "1.2", "1.3", "2.1", "5.5"]
    assert formula_sheet.numbers("Eq. 1.1 to 1.3; the loss (5.5), at rate (0.5)", known) == [
        "1.1", "1.2", "1.3", "5.5",
    ]  # fmt: skip
    source = '"""M (Eq. 1.2)."""\n# As in Eq. 2.1,\n# and Eq. 1.3.\nTABLE = {}\n'
    assert list(formula_sheet.citations(source, "m", known)) == [
        ("1.2", "m", 1), ("1.3", "m.TABLE", 4), ("2.1", "m.TABLE", 4),
    ]  # fmt: skip


# ------------------------------------------------------------------------ numbers on executed pages


def printed(page):
    """Run a page's cells and return its prose, its code and what they print."""
    text = (BACK / page).read_text(encoding="utf-8")
    cell = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    out, names = io.StringIO(), {}
    with contextlib.redirect_stdout(out):
        for source in cell.findall(text):
            exec(source, names)
    return cell.sub("", text), "".join(cell.findall(text)), out.getvalue()


def unfounded(text, *sources):
    """Return the numbers between dollars in a text that none of the sources holds."""
    held = set(re.findall(r"\d+(?:\.\d+)?", " ".join(sources)))
    numbers = re.findall(r"\$(\d+(?:\.\d+)?)\$", text)
    return [number for number in numbers if number not in held]


@pytest.mark.parametrize("page, at_least", [("questions.md", 20), ("notation.md", 2)])
def test_every_number_in_the_prose_is_printed(page, at_least):
    text, code, output = printed(page)
    assert len(re.findall(r"\$\d+(?:\.\d+)?\$", text)) >= at_least
    assert unfounded(text, output, code if page == "notation.md" else "") == []
    assert unfounded("it is $1.6812$", output) == ["1.6812"]
    assert max(map(len, output.splitlines())) <= 84 and "-0." not in re.sub(
        r"-0\.\d*[1-9]", "", output
    )


def test_ten_questions_each_with_a_number_and_a_section():
    text, _, output = printed("questions.md")
    folds = re.findall(
        r"<details><summary>(\d+)\. [^<]+\?</summary>\n\n(.+?)\n\n</details>", text, re.DOTALL
    )
    assert [int(number) for number, _ in folds] == list(range(1, 11))
    for number, answer in folds:
        assert re.search(r"\]\(\.\./chapters/\w+\.ipynb#[\w-]+\)", answer), number
        assert re.search(r"\$\d", answer), number
    assert [int(n) for n in re.findall(r"^(\d+)[: ]", output, re.MULTILINE)][0] == 1


def test_every_section_that_a_page_names_is_there():
    sections = {}
    for path in CHAPTERS:
        cells = nbformat.read(path, as_version=4).cells
        text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
        headings = re.findall(r"^#{1,3} +(.+)$", text, re.MULTILINE)
        sections[path.name] = {formula_sheet.slug(heading) for heading in headings}
    for page in sorted(BACK.glob("*.md")):
        text = page.read_text(encoding="utf-8")
        for chapter, section in re.findall(r"\(\.\./chapters/(\w+\.ipynb)#([^)]+)\)", text):
            assert section in sections[chapter], f"{page.name}: {chapter}#{section}"
        for other in re.findall(r"\]\((\w+\.md)\)", text):
            assert (BACK / other).is_file(), f"{page.name}: {other}"


# --------------------------------------------------------------------------------------- the works


@pytest.fixture(scope="module")
def works():
    database = pytest.importorskip("pybtex.database")
    return database.parse_file(BACK / "references.bib", bib_format="bibtex").entries


def letters(text):
    """Return a text's letters and digits only, small."""
    return re.sub(r"[^\w]|_", "", re.sub(r"[{}$]", "", text)).lower()


def first_author(entry):
    """Return the surname of a work's first author."""
    return re.sub(r"[{}]", "", " ".join(entry.persons["author"][0].last_names))


def sources(path):
    """Return a chapter's section on its sources as one line."""
    cells = nbformat.read(path, as_version=4).cells
    text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return " ".join(re.search(r"^## Sources$(.*)", text, re.MULTILINE | re.DOTALL)[1].split())


def unlisted(text, works):
    """Return what a text on sources names and the works do not hold: years, titles, addresses."""
    faults = []
    addresses = {entry.fields.get("url", "").rstrip("/") for entry in works.values()}
    for address in re.findall(r"\]\((https?://[^)\s]+)\)", text):
        if address.rstrip("/") not in addresses:
            faults.append(address)
    text = re.sub(r"\]\([^)]*\)", "]", text)
    titles = [letters(entry.fields["title"]) for entry in works.values()]
    for title in re.findall(r"\*([^*]+)\*", text):
        if " " in title and not any(letters(title) in each for each in titles):
            faults.append(title)
    start = 0
    for year in re.finditer(r"\([^()]*\b(1[89]\d\d|20\d\d)\)", text):
        before, start = text[start : year.start()], year.end()
        same = [entry for entry in works.values() if entry.fields["year"] == year[1]]
        if not any(first_author(entry).split()[-1] in before for entry in same):
            faults.append(f"{before[-60:]}{year[0]}")
    return faults


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_work_that_a_chapter_names_is_listed(path, works):
    assert unlisted(sources(path), works) == []


def test_an_unlisted_work_is_noticed(works):
    adam = "Kingma and Ba, *Adam: A Method for Stochastic Optimization* (2015)."
    assert unlisted(adam, works) == []
    assert len(unlisted("Nobody, *A Paper Unread* (2015).", works)) == 2
    assert unlisted("See [this](https://example.org/).", works) == ["https://example.org/"]


def test_every_work_is_complete_and_says_what_it_is_for(works):
    for key, entry in works.items():
        fields = entry.fields
        assert entry.persons["author"] and fields["title"].strip(), key
        assert re.fullmatch(r"1[89]\d\d|20\d\d", fields["year"]), key
        assert fields["note"].strip() and not fields["note"].endswith("."), key
        where = ("journal", "booktitle", "publisher", "school", "howpublished")
        assert any(fields.get(each, "").strip() for each in where), key


def test_no_work_is_listed_twice(works):
    names = [letters(entry.fields["title"]) + entry.fields["year"] for entry in works.values()]
    assert len(names) == len(set(names)) >= 50


def test_the_five_documents_and_the_classics_are_listed(works):
    listed = {(first_author(entry), entry.fields["year"]) for entry in works.values()}
    assert {
        ("Rumelhart", "1986"), ("Glorot", "2010"), ("He", "2015"), ("Kingma", "2015"),
        ("McCulloch", "1943"), ("Cohen", "2021"), ("Goodfellow", "2016"), ("Rosenblatt", "1958"),
        ("Nesterov", "1983"), ("Smith", "2017"), ("Paszke", "2019"), ("Hornik", "1989"),
    } <= listed  # fmt: skip
    followed = [entry for entry in works.values() if "behind" in entry.fields["note"]]
    followed += [entry for entry in works.values() if " follow" in entry.fields["note"]]
    assert {"Ayyadevara", "Müller", "Yang"} <= set(map(first_author, followed))
    addresses = " ".join(entry.fields.get("url", "") for entry in followed)
    assert all(number in addresses for number in ("1bcac4d82a6e", "6561e1268da8", "ed75e5e14cd"))
