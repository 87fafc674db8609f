"""Write the book as an EPUB 3: _build/neural-networks-by-hand.epub.

Made from the built site, as the PDF is (`join_pages.py`): a page per chapter, equations as MathML,
filmstrips in place of the live figures. The same site gives the same bytes.
"""

import base64
import hashlib
import re
import sys
import uuid
import zipfile
from html import escape, unescape
from pathlib import PurePosixPath

from pygments.formatters import HtmlFormatter

import book_cover
import join_pages
from join_pages import AUTHORS, CONFIG, HERE, NAME, ROOT, TAGLINE, TITLE

MODIFIED = "1980-01-01T00:00:00Z"  # as all dates here: the same book gives the same bytes
TYPES = {".png": "image/png", ".svg": "image/svg+xml", ".jpg": "image/jpeg", ".gif": "image/gif"}
DATA_PICTURE = re.compile(r'src="data:image/png;base64,([^"]+)"')
NAMESPACES = 'xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"'
ANNOTATION = re.compile(r"<annotation\b[^>]*>(.*?)</annotation>", re.DOTALL)
CONTAINER = """<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
  <rootfiles>
    <rootfile full-path="book/package.opf" media-type="application/oebps-package+xml"/>
  </rootfiles>
</container>
"""
PACKAGE = """<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="en">
  <metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
    <dc:identifier id="id">urn:uuid:{identifier}</dc:identifier>
    <dc:title>{title}</dc:title>
    <dc:language>en</dc:language>
    <dc:creator>{authors}</dc:creator>
    <dc:description>{tagline}</dc:description>
    <dc:rights>Text and pictures: CC BY 4.0. Code: MIT License.</dc:rights>
    <dc:source>{address}</dc:source>
    <meta property="dcterms:modified">{modified}</meta>
    <meta property="schema:accessMode">textual</meta>
    <meta property="schema:accessMode">visual</meta>
    <meta property="schema:accessModeSufficient">textual</meta>
    <meta property="schema:accessibilityFeature">alternativeText</meta>
    <meta property="schema:accessibilityFeature">MathML</meta>
    <meta property="schema:accessibilityFeature">structuralNavigation</meta>
    <meta property="schema:accessibilityFeature">tableOfContents</meta>
    <meta property="schema:accessibilityHazard">none</meta>
  </metadata>
  <manifest>
{manifest}
  </manifest>
  <spine>
{spine}
  </spine>
</package>
"""
DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html {namespaces} lang="en" xml:lang="en">
<head>
<title>{title}</title>
<link rel="stylesheet" type="text/css" href="style.css"/>
</head>
<body{kind}>
{body}
</body>
</html>
"""
COVER = f'<div class="cover"><img src="cover.png" alt="{TITLE}. {TAGLINE}"/></div>'
TITLE_PAGE = """<section class="title-page" id="title">
<h1>{title}</h1>
<p class="tagline">{tagline}</p>
<p>Every figure that moves on the website stands here as a filmstrip: the same figure at a few
settled positions. Hints, solutions and the answers to the questions are gathered at the end of each
chapter.</p>
<p>The website, where every figure is alive, the notebooks and the checks of the exercises:
<a href="{address}">{address}</a></p>
<p>{authors}. Text and pictures: Creative Commons Attribution 4.0. Code: MIT License.</p>
</section>"""


def file_of(page, fragment=""):
    """Return the address of a place in the book."""
    name = f"{page.slug}.xhtml" if page else "title.xhtml"
    return f"{name}#{fragment}" if fragment else name


def equation(formula):
    """Return a formula as MathML, with its TeX for readers that know none."""
    math = join_pages.mathml(formula)
    tex = unescape(ANNOTATION.search(math)[1])
    return math.replace("<math", f'<math alttext="{escape(" ".join(tex.split()))}"', 1)


def chapter(page):
    """Return the body of a page of the site as a chapter of the book."""
    for span in page.article.select(".equation-body > .katex-display"):
        span.name = "div"
    kicker = " · ".join(filter(None, [page.number and f"Chapter {page.number}", page.part]))
    return f'<p class="kicker">{escape(kicker)}</p>\n{page.html(equation)}'


def take_pictures(html, pictures):
    """Return a page with its inlined pictures as files of their own, put into ``pictures``."""

    def take(match):
        data = base64.b64decode(match[1])
        name = f"images/{hashlib.sha256(data).hexdigest()[:16]}.png"
        pictures[name] = data
        return f'src="{name}"'

    return DATA_PICTURE.sub(take, html)


def navigation(pages):
    """Return the body of the table of contents, parts above chapters above sections."""
    parts = {}
    for page in pages:
        parts.setdefault(page.part, []).append(page)
    lines = ['<nav epub:type="toc" id="toc">', "<h1>Contents</h1>", "<ol>"]
    for part, members in parts.items():
        lines.append(f"<li><span>{escape(part)}</span><ol>")
        for page in members:
            link = f'<a href="{file_of(page)}">{escape(page.heading)}</a>'
            sections = "".join(
                f'<li><a href="{file_of(page, identity)}">{escape(title)}</a></li>'
                for identity, title in (page.sections if page.number else ())
            )
            lines.append(f"<li>{link}{f'<ol>{sections}</ol>' if sections else ''}</li>")
        lines.append("</ol></li>")
    return "\n".join([*lines, "</ol>", "</nav>"])


def style_sheet():
    """Return the book's style sheet, with the site's colours of code."""
    style = CONFIG["sphinx"]["config"]["html_theme_options"]["pygments_light_style"]
    colours = HtmlFormatter(style=style, nobackground=True).get_style_defs(".highlight")
    own = (HERE / "epub.css").read_text(encoding="utf-8")
    return "\n".join([own, *re.findall(r"^\.highlight .*", colours, re.MULTILINE), ""])


def files(site, listing):
    """Return {name: bytes} of everything in the book, in reading order, the package first."""
    pictures = {}

    def picture(place):
        name = f"images/{PurePosixPath(place).name}"
        pictures[name] = (site / place).read_bytes()
        return name

    pages = join_pages.read_book(site, listing)
    join_pages.resolve(pages, file_of, picture)
    words = dict(title=TITLE, tagline=TAGLINE, authors=AUTHORS, address=join_pages.home(pages[0]))

    def document(title, body, kind=""):
        kind = f' epub:type="{kind}"' if kind else ""
        return DOCUMENT.format(namespaces=NAMESPACES, title=escape(title), body=body, kind=kind)

    texts = {
        "cover.xhtml": document(TITLE, COVER, "cover"),
        "title.xhtml": document(TITLE, TITLE_PAGE.format(**words), "titlepage"),
        "nav.xhtml": document("Contents", navigation(pages)),
    }
    for page in pages:
        body = take_pictures(chapter(page), pictures)
        texts[file_of(page)] = document(page.heading, body, "bodymatter chapter")
    others = {"style.css": style_sheet().encode(), "cover.png": book_cover.png()} | pictures
    content = {name: text.encode() for name, text in texts.items()} | others
    digest = hashlib.sha256(b"".join(content.values())).hexdigest()
    package = PACKAGE.format(
        **words,
        identifier=uuid.uuid5(uuid.NAMESPACE_URL, words["address"] + digest),
        modified=MODIFIED,
        manifest="\n".join(item(name, data) for name, data in content.items()),
        spine="\n".join(f'    <itemref idref="{identity(name)}"/>' for name in texts),
    )
    return {"package.opf": package.encode()} | content


def identity(name):
    """Return a file's id in the package."""
    return "f-" + re.sub(r"\W", "-", name)


def item(name, data):
    """Return a file's line in the manifest."""
    suffix = PurePosixPath(name).suffix
    properties = {"nav.xhtml": "nav", "cover.png": "cover-image"}.get(name, "")
    if suffix == ".xhtml" and b"<math" in data:
        properties = "mathml"
    kind = TYPES.get(suffix) or {".xhtml": "application/xhtml+xml", ".css": "text/css"}[suffix]
    extra = f' properties="{properties}"' if properties else ""
    return f'    <item id="{identity(name)}" href="{name}" media-type="{kind}"{extra}/>'


def write(site, listing, target):
    """Write the EPUB; its type comes first, uncompressed, as the format asks."""
    entries = {"mimetype": b"application/epub+zip", "META-INF/container.xml": CONTAINER.encode()}
    entries |= {f"book/{name}": data for name, data in files(site, listing).items()}
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in entries.items():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            stored = name == "mimetype" or name.endswith(".png")
            entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)


def main():
    site, target = ROOT / "_build/html", ROOT / "_build" / f"{NAME}.epub"
    if not (site / "index.html").is_file():
        return "There is no built book in _build/html: run `make book` first."
    write(site, join_pages.contents(), target)
    print(f"{target.relative_to(ROOT).as_posix()} ({target.stat().st_size / 1e6:.1f} MB)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
