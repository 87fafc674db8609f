"""Write the whole book as one PDF: _build/neural-networks-by-hand.pdf.

The pages of the built site are joined into one (`join_pages.py`), which Chromium prints twice: only
the first print tells on which page every place of the book stands, for the table of contents and
the links to the answers. The joined page stays beside the PDF as _build/print.html, to look at.
"""

import io
import re
import sys
from html import escape
from urllib.parse import unquote

import pypdf
from playwright.sync_api import sync_playwright

import book_cover
import find_browser
import join_pages
from join_pages import AUTHORS, HERE, NAME, ROOT, TAGLINE, TITLE

STYLES = re.compile(r'<link rel="stylesheet"[^>]*href="([^"?]*)')
COLUMNS = re.compile(r"<pre>(.*?)</pre>", re.DOTALL)
UNBROKEN = 16  # lines of code that stay together on a page
DATE = re.compile(rb"D:\d{14}\+00'00'")
SAME_DATE = b"D:19800101000000+00'00'"  # the same book gives the same bytes
TIMEOUT = 300_000  # milliseconds: the whole book on a slow machine
FLAGS = [
    "--no-sandbox",  # every page here is our own
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--font-render-hinting=none",  # letters stand where the font wants them, not on whole pixels
]
FILL_IN = """numbers => document.querySelectorAll(".page[data-of]").forEach(
    place => { place.textContent = numbers[place.dataset.of] ?? ""; })"""
MOST_COLUMNS = 84  # of code in its usual size; longer lines are set smaller, not broken
BOOK = """<!DOCTYPE html>
<html lang="en" data-theme="light" data-mode="light">
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta name="author" content="{authors}">
{styles}
<style>
{runners}
</style>
</head>
<body>
<main class="bd-main"><div class="bd-content"><div class="bd-article-container">
<div class="bd-article">
<section class="title-page" id="title">
<h1>{title}</h1>
<p class="tagline">{tagline}</p>
{picture}
<p class="imprint">The website, where every figure is alive, the notebooks and the checks of the
exercises: <a href="{address}">{address_text}</a></p>
</section>
<section class="contents" id="contents">
<h1>Contents</h1>
{contents}
<div class="how-to-read">
<p>A figure that moves on the website stands here as a filmstrip: the same figure at a few settled
positions. Hints, solutions and the answers to the questions are gathered at the end of each
chapter. What else is folded on the website is open here.</p>
<p>Text and pictures: Creative Commons Attribution 4.0. Code: MIT License.</p>
</div>
</section>
{chapters}
</div></div></div></main>
</body>
</html>
"""


def place(page, fragment=""):
    """Return the id of a place in the joined page."""
    if page is None:
        return "title"
    return f"{page.slug}--{fragment}" if fragment else page.slug


def prefix_ids(page):
    """Give every id of a page the page's own prefix: the joined page holds them all."""
    for tag in page.article.find_all(id=True):
        tag["id"] = place(page, tag["id"])


def add_page_numbers(page):
    """Let the links to a page's answers say on which page of the book these stand."""
    for see in page.article.select("p.see, a.see"):
        last = see if see.name == "a" else see.select("a")[-1]
        number = join_pages.new("span", class_="page", **{"data-of": last["href"][1:]})
        last.insert_after(", page\N{NO-BREAK SPACE}", number)


def fit_code(html):
    """Tell every block of code how many columns it has to show, and whether it may be broken."""

    def measured(match):
        lines = re.sub(r"<[^>]*>", "", match[1]).splitlines()
        columns = max((len(re.sub(r"&\w+;", " ", line)) for line in lines), default=0)
        kinds = ["short"] * (len(lines) <= UNBROKEN) + ["long"] * (columns > MOST_COLUMNS)
        return f'<pre class="{" ".join(kinds)}" style="--columns: {columns}">{match[1]}</pre>'

    return COLUMNS.sub(measured, html)


def chapter(page):
    """Return a page of the site as a chapter of the book."""
    kicker = " · ".join(filter(None, [page.number and f"Chapter {page.number}", page.part]))
    return (
        f'<section class="chapter chapter-{page.slug}" id="{place(page)}">\n'
        f'<p class="kicker">{escape(kicker)}</p>\n{fit_code(page.html())}\n</section>'
    )


def runner(page):
    """Return the style rules that put a chapter's name at the head of its pages."""
    name = "page-" + re.sub(r"\W", "-", page.slug)
    words = page.heading.replace("\\", "\\\\").replace('"', '\\"')
    return (
        f".chapter-{page.slug} {{ page: {name}; }}\n"
        f'@page {name} {{ @top-left {{ content: "{words}"; }} }}'
    )


def entry(text, target, kind):
    """Return a line of the table of contents."""
    return (
        f'<a class="{kind}" href="#{target}"><span class="text">{escape(text)}</span>'
        f'<span class="leader"></span><span class="page" data-of="{target}"></span></a>'
    )


def table_of_contents(pages):
    """Return the table of contents; the page numbers come with the first print."""
    lines, part = [], None
    for page in pages:
        if page.part != part:
            part = page.part
            lines.append(f'<p class="part">{escape(part)}</p>')
        lines.append(entry(page.heading, place(page), "toc-chapter"))
        if page.number:
            sections = [
                entry(title, place(page, identity.split("--")[-1]), "toc-section")
                for identity, title in page.sections
            ]
            lines.append(f'<div class="toc-sections">{"".join(sections)}</div>')
    return "\n".join(lines)


def style_sheets(site, pages):
    """Return the links to every style sheet that the pages of the site use, and the book's own."""
    found = {}
    for page in pages:
        head = (site / f"{page.name}.html").read_text(encoding="utf-8").split("</head>")[0]
        found |= dict.fromkeys(join_pages.located(page, href) for href in STYLES.findall(head))
    links = [f'<link rel="stylesheet" href="{site.name}/{href}">' for href in found]
    own = (HERE / "print.css").read_text(encoding="utf-8")
    return "\n".join([*links, f"<style>\n{own}</style>"])


def join(site, listing, picture=""):
    """Return the joined page of the listed pages; its place is beside the folder ``site``."""
    pages = join_pages.read_book(site, listing)
    join_pages.resolve(
        pages,
        lambda page, fragment: f"#{place(page, fragment)}",
        lambda image: f"{site.name}/{image}",
    )
    for page in pages:
        prefix_ids(page)
        add_page_numbers(page)
    address = join_pages.home(pages[0])
    return BOOK.format(
        title=TITLE,
        authors=AUTHORS,
        tagline=TAGLINE,
        picture=picture,
        address=address,
        address_text=address.removeprefix("https://").rstrip("/"),
        styles=style_sheets(site, pages),
        runners="\n".join(map(runner, pages)),
        contents=table_of_contents(pages),
        chapters="\n".join(map(chapter, pages)),
    )


# ----------------------------------------------------------------------------------------- printing


def print_pages(page, draft=False):
    """Return the PDF (bytes) of what the browser's page shows, its date always the same."""
    pdf = page.pdf(
        prefer_css_page_size=True, print_background=True, tagged=not draft, outline=not draft
    )
    return DATE.sub(SAME_DATE, pdf)


def page_numbers(pdf):
    """Return {id: page number} of every place of a PDF that a link leads to."""
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    return {
        unquote(name).removeprefix("/"): reader.get_destination_page_number(destination) + 1
        for name, destination in reader.named_destinations.items()
    }


def open_joined(chromium, path):
    """Return a browser page that shows a joined page, with every picture and font loaded."""
    page = chromium.new_page()
    page.set_default_timeout(TIMEOUT)
    page.emulate_media(media="print")
    page.goto(path.as_uri(), wait_until="load")
    page.evaluate("document.fonts.ready")
    return page


def make(chromium, path):
    """Return the PDF of the joined page in a file, with page numbers, and these numbers."""
    page = open_joined(chromium, path)
    numbers = page_numbers(print_pages(page, draft=True))
    page.evaluate(FILL_IN, numbers)
    pdf = print_pages(page)
    page.close()
    return pdf, numbers


def main():
    site, target = ROOT / "_build/html", ROOT / "_build" / f"{NAME}.pdf"
    if not (site / "index.html").is_file():
        return "There is no built book in _build/html: run `make book` first."
    program = find_browser.find()
    if program is None:
        return find_browser.ADVICE
    joined = site.parent / "print.html"
    joined.write_text(join(site, join_pages.contents(), book_cover.svg()), encoding="utf-8")
    print("Printing the book (a minute or two) ...", flush=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=FLAGS)
        pdf, _ = make(chromium, joined)
        chromium.close()
    target.write_bytes(pdf)
    pages = len(pypdf.PdfReader(target).pages)
    print(f"{target.relative_to(ROOT).as_posix()} ({pages} pages, {len(pdf) / 1e6:.1f} MB)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
