"""The built site as a book: its pages in the order of `_toc.yml`, made fit for paper.

`make_pdf.py` and `make_epub.py` both start here. A page keeps its text, its pictures and its
filmstrips. Everything that only a screen can do is left out, and what was folded is unfolded:
outputs and explanations where they stand, hints and answers at the end of the page.
"""

import base64
import io
import posixpath
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import yaml
from bs4 import BeautifulSoup
from PIL import Image

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
TITLE, AUTHORS = CONFIG["title"], CONFIG["author"]
TAGLINE = "Train one node with a pencil, then a deep net with NumPy you can read in an evening."
NAME = "neural-networks-by-hand"
ROOT_PAGE = "index"  # on the site the way in; in a book the title page stands in its place
FORMULA = '<span class="katex">'
SPAN = re.compile(r"<span\b|</span>")
KEPT = re.compile(rf"{FORMULA}|<pre>")
PLACE = re.compile(r'<span data-kept="(\d+)"></span>')
MATHML = re.compile(r"<math\b.*?</math>", re.DOTALL)
LIVE = re.compile(
    r'<div class="byhand-live">.*?viewBox="0 0 ([\d.]+) ([\d.]+)".*?'
    r'(?=<img\b|<p class="byhand-failure">)',
    re.DOTALL,
)
STATE = re.compile(r'<script type="application/json">.*?</script>', re.DOTALL)
FILM = r'<span class="film" data-width="\1" data-height="\2"></span>'
CAPTION = 24  # pixels above each picture of a filmstrip, as LiveFigure draws it
NOT_ON_PAPER = "script, button, .headerlink, .byhand-failure, .d-print-none, details.hide > summary"
QUESTION = re.compile(r"\d+\. ")


@dataclass
class Page:
    """One page of the book."""

    name: str  # as in _toc.yml: "chapters/01_one_node"
    part: str  # the caption of its part
    article: object  # BeautifulSoup's tree of the text; formulas and code are numbered places in it
    kept: list = field(default_factory=list)  # their HTML
    address: str = ""  # where the page is on the web

    @property
    def slug(self):
        """Return the page's name fit for an id and a file."""
        return self.name.split("/")[-1]

    @property
    def number(self):
        """Return the chapter's number as text; empty for a page that is no chapter."""
        match = re.match(r"(\d+)_", self.slug)
        return str(int(match[1])) if match else ""

    @property
    def title(self):
        """Return the page's heading as text."""
        return plain(self.article.h1)

    @property
    def heading(self):
        """Return the title with the chapter's number before it."""
        return f"{self.number} · {self.title}" if self.number else self.title

    @property
    def sections(self):
        """Return (id, heading) of every section of the second level."""
        found = self.article.select("section[id] > h2")
        return [(heading.parent["id"], plain(heading)) for heading in found]

    def html(self, formula=str):
        """Return the page's HTML, code put back as it was, each formula through ``formula``."""

        def put_back(match):
            kept = self.kept[int(match[1])]
            return formula(kept) if kept.startswith(FORMULA) else kept

        return PLACE.sub(put_back, self.article.decode(formatter="minimal"))


def plain(tag):
    """Return the text of a heading on one line."""
    return " ".join(tag.get_text().split())


def contents(root=ROOT):
    """Return [(part, page name), ...] in reading order, without the site's front page."""
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    return [
        (part.get("caption", ""), chapter["file"])
        for part in toc["parts"]
        for chapter in part["chapters"]
    ]


def set_aside(html):
    """Return the HTML with a numbered place for every formula and block of code, and these.

    They hold most of a page's elements, tens of thousands, which nobody needs to parse.
    """
    pieces, kept, end = [], [], 0
    for start in [match.start() for match in KEPT.finditer(html)]:
        pieces += [html[end:start], f'<span data-kept="{len(kept)}"></span>']
        if html.startswith(FORMULA, start):
            end = end_of_formula(html, start)
        else:
            end = html.index("</pre>", start) + len("</pre>")
        kept.append(html[start:end])
    return "".join([*pieces, html[end:]]), kept


def end_of_formula(html, start):
    """Return where the formula that begins at ``start`` ends: its spans are all closed."""
    depth = 0
    for tag in SPAN.finditer(html, start):
        depth += 1 if tag[0] == "<span" else -1
        if depth == 0:
            return tag.end()
    raise SystemExit(f"A formula in {html[start : start + 60]!r} does not end: run `make book`.")


def read_page(site, name, part=""):
    """Return a page of the built site, as it will stand in the book."""
    path = site / f"{name}.html"
    if not path.is_file():
        raise SystemExit(f"{path} is missing, though _toc.yml names {name}: run `make book` first.")
    html = path.read_text(encoding="utf-8")
    address = re.search(r'<link rel="canonical" href="([^"]*)"', html)
    text = re.search(r"<article\b.*</article>", html, re.DOTALL)[0]
    text, kept = set_aside(LIVE.sub(FILM, STATE.sub("", text)))
    article = BeautifulSoup(text, "html.parser").article
    article.name, article.attrs = "div", {"class": "page-of-the-site"}
    page = Page(name, part, article, kept, address[1] if address else "")
    for film in article.find_all("span", class_="film"):
        cut_film(site, page, film)
    unfold(page)
    return page


def read_book(site, listing):
    """Return the pages of a listing as `contents` gives it."""
    return [read_page(site, name, part) for part, name in listing]


def cut_film(site, page, film):
    """Put the pictures of a live figure's filmstrip in its place, one by one: a page may end."""
    strip = film.find_next_sibling("img")
    shape = float(film["data-height"]) / float(film["data-width"])
    film.decompose()
    if strip is None:
        return
    with Image.open(site / located(page, strip["src"])) as picture:
        width, height = picture.size
        count = max(1, round(height / (width * shape + CAPTION)))
        for number in range(count):
            box = (0, height * number // count, width, height * (number + 1) // count)
            buffer = io.BytesIO()
            picture.crop(box).save(buffer, "png")
            data = base64.b64encode(buffer.getvalue()).decode()
            which = f" Position {number + 1} of {count}." if count > 1 else ""
            frame = new("img", src=f"data:image/png;base64,{data}", alt=strip["alt"] + which)
            frame.attrs |= {"class": "byhand-frame", "width": str(width)}
            strip.insert_before(frame)
    strip.decompose()


# ---------------------------------------------------------------------------------------- unfolding


def new(name, text="", **attributes):
    """Return a new element."""
    attributes = {key.rstrip("_"): value for key, value in attributes.items()}
    tag = BeautifulSoup("", "html.parser").new_tag(name, attrs=attributes)
    if text:
        tag.string = text
    return tag


def unfold(page):
    """Leave out what only a screen can do; open what is folded; gather the answers at the end."""
    for tag in page.article.select(NOT_ON_PAPER):
        tag.decompose()
    answers = new("section", id="answers")
    answers.append(new("h2", "Answers"))
    for section in page.article.find_all("section"):
        gather(section, answers)
    for details in page.article.find_all("details"):
        if "hide" in details.get("class", ()):
            details.name, details.attrs = "div", {"class": "unfolded"}
        else:
            open_box(details)
    if len(answers.contents) > 1:
        page.article.section.append(answers)


def open_box(details):
    """Turn a fold into a box with its summary as the title."""
    summary = details.find("summary", recursive=False)
    details.name, details["class"] = "div", ["opened"]
    summary.name, summary["class"] = "p", ["opened-title"]


def gather(section, answers):
    """Move a section's hints, solution and answers behind the text; leave links to them."""
    folded = [
        (details, plain(details.summary))
        for details in section.find_all("details", recursive=False)
        if "hide" not in details.get("class", ())
    ]
    folded = [
        (details, words)
        for details, words in folded
        if words.startswith(("Hint", "Solution")) or QUESTION.match(words)
    ]
    if not folded:
        return
    heading = section.find(["h1", "h2", "h3"], recursive=False)
    group = new("section", id=f"{section['id']}-answers")
    title = new("h3")
    title.append(new("a", plain(heading), href=f"#{section['id']}"))
    group.append(title)
    see = None
    for count, (details, words) in enumerate(folded, 1):
        summary = details.summary
        target = f"{section['id']}-answer-{count}"
        if QUESTION.match(words):
            question = new("p", class_="question", id=f"{target}-question")
            question.extend(list(summary.contents))
            question.append(" ")
            question.append(new("a", "Answer", href=f"#{target}", class_="see"))
            details.insert_before(question)
            summary.string = words.split(".")[0] + "."
        else:
            if see is None:
                see = new("p", class_="see")
                details.insert_before(see)
            see.append(" · " if see.contents else "")
            see.append(new("a", words, href=f"#{target}"))
        details.name, details.attrs = "div", {"class": "answer", "id": target}
        summary.name, summary["class"] = "p", ["answer-title"]
        group.append(details.extract())
    answers.append(group)


# -------------------------------------------------------------------------------------------- links


def resolve(pages, link, picture):
    """Rewrite every link and picture address of the pages.

    Parameters
    ----------
    pages : list of Page
    link : callable
        (page, fragment) → the address of a place in the book; the fragment may be empty, and the
        page is None for the title page.
    picture : callable
        The picture's place in the site ("_images/a.png") → its address in the book.
    """
    by_name = {page.name: page for page in pages}
    ids = {page.name: {tag["id"] for tag in page.article.find_all(id=True)} for page in pages}
    for page in pages:
        for image in page.article.find_all("img", src=True):
            if not image["src"].startswith("data:"):
                image["src"] = picture(located(page, image["src"]))
            del image["loading"]
        for anchor in page.article.find_all("a", href=True):
            anchor["href"] = follow(page, anchor["href"], by_name, ids, link)


def home(page):
    """Return the address of the website, from that of one of its pages."""
    return page.address.removesuffix(f"{page.name}.html")


def located(page, address):
    """Return the place in the site that a page's relative address names."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(page.name), unquote(address)))


def follow(page, href, by_name, ids, link):
    """Return where a link leads in the book; out to the web if the book does not hold the place."""
    parts = urlsplit(href)
    if parts.scheme or parts.netloc:
        return href
    name = located(page, parts.path).removesuffix(".html") if parts.path else page.name
    if name == ROOT_PAGE:
        return link(None, "")
    if name not in by_name or "?" in parts.fragment:  # not in the book, or a live figure's setting
        return urljoin(page.address, href)
    if parts.fragment and unquote(parts.fragment) not in ids[name]:
        raise SystemExit(
            f"{page.name} links to {href!r}, but {name} has no such place: correct the link."
        )
    return link(by_name[name], unquote(parts.fragment))


def mathml(formula):
    """Return the MathML within KaTeX's HTML of a formula."""
    return MATHML.search(formula)[0]
