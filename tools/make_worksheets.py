"""Usage: python tools/make_worksheets.py SEED. Write a printable page to fill in for each chapter.

Into _build/worksheets go NN_topic.html and NN_topic_answers.html for every chapter, and one PDF of
all sheets and one of all answers. The same seed gives the same numbers; another seed, others.
"""

import re
import sys
from html import escape

from playwright.sync_api import sync_playwright

import find_browser
import worksheets
from join_pages import HERE, ROOT, TITLE
from make_pdf import FLAGS, print_pages
from worksheets import Blank, Table

MOST = 999_999
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<style>
{style}</style>
</head>
<body class="{kind}">
{sheets}
</body>
</html>
"""
SHEET = """<main class="sheet">
<header><h1><span>{number}</span> {title}</h1><p>{line}</p></header>
{parts}
{room}
<footer><span>Seed {seed} · chapter {number} of {course}</span><span>{about}</span></footer>
</main>"""
ROOM = '<div class="room">Room for sums</div>'
FOR_PUPILS = "Name <i></i> Date <i></i>"
FOR_TEACHERS = "Answers to seed {seed}"


def cell(value, tag="td"):
    """Return a cell; what is to be filled in carries its answer, which only the answers show."""
    if not isinstance(value, Blank):
        return f"<{tag}>{escape(value, quote=False)}</{tag}>"
    answer = value.answer
    if not isinstance(answer, str):
        answer = worksheets.text(answer, value.decimals)
    return f'<{tag} class="blank"><b>{escape(answer)}</b></{tag}>'


def table(part):
    """Return a table; the answers are left out later for the pupils."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in part.head)
    rows = "".join(f"<tr>{''.join(map(cell, row))}</tr>" for row in part.rows)
    kind = "wide" if part.wide else "narrow"
    return f'<table class="{kind}"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def page_of(sheet, seed, answers):
    """Return the HTML of one sheet, with or without its answers."""
    parts = "\n".join(
        table(part) if isinstance(part, Table) else f"<p>{part}</p>" for part in sheet.parts
    )
    if not answers:
        parts = re.sub(r'(class="blank">)<b>.*?</b>', r"\1", parts)
    return SHEET.format(
        number=int(sheet.chapter[:2]),
        title=escape(sheet.title),
        line=FOR_TEACHERS.format(seed=seed) if answers else FOR_PUPILS,
        parts=parts,
        room="" if answers else ROOM,
        seed=seed,
        course=TITLE,
        about=f"make worksheets SEED={seed}",
    )


def document(sheets, seed, answers):
    """Return a whole page (or several) to print."""
    title = sheets[0].title if len(sheets) == 1 else TITLE
    return PAGE.format(
        title=escape(f"{title}: {'answers' if answers else 'worksheet'}, seed {seed}"),
        style=(HERE / "worksheets.css").read_text(encoding="utf-8"),
        kind="answers" if answers else "pupils",
        sheets="\n".join(page_of(sheet, seed, answers) for sheet in sheets),
    )


def write_pages(folder, seed):
    """Write a page and its answers for every chapter, and return what the two PDFs will hold."""
    sheets = worksheets.sheets(seed)
    folder.mkdir(parents=True, exist_ok=True)
    for sheet in sheets:
        for answers, name in ((False, sheet.chapter), (True, f"{sheet.chapter}_answers")):
            html = document([sheet], seed, answers)
            (folder / f"{name}.html").write_text(html, encoding="utf-8")
    return {
        f"worksheets-{seed}.pdf": document(sheets, seed, False),
        f"answers-{seed}.pdf": document(sheets, seed, True),
    }


def print_to(browser, html):
    """Return the PDF of a page to print."""
    page = browser.new_page()
    page.set_content(html, wait_until="load")
    pdf = print_pages(page)
    page.close()
    return pdf


def main(seed="7"):
    if not (seed.isascii() and seed.isdecimal() and int(seed) <= MOST):
        return f"SEED is {seed!r}, but a seed is a whole number from 0 to {MOST}, such as 7."
    folder = ROOT / "_build/worksheets"
    books = write_pages(folder, int(seed))
    place = folder.relative_to(ROOT).as_posix()
    program = find_browser.find()
    if program is None:
        return f"The pages are in {place}; the PDFs need a browser. {find_browser.ADVICE}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        for name, html in books.items():
            (folder / name).write_bytes(print_to(browser, html))
        browser.close()
    print(f"{place}: a sheet for each chapter, their answers, and {' and '.join(books)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*filter(None, sys.argv[1:2])))
