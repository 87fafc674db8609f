"""What other programs learn of a page: its address, a sentence and a picture; where all pages are.

All addresses follow from the repository setting in ``_config.yml``, as GitHub Pages makes them from
owner and name. The 404 page may be shown at any depth, so everything it
needs stands in it, and its links are whole addresses.
"""

import re
import shutil
from html import escape
from pathlib import Path
from urllib.parse import quote

from docutils import nodes

WEB = Path(__file__).parent
PICTURE = "picture.png"
NOT_FOR_SEARCH = ("genindex", "search", "404")
TAGS = """<meta name="description" content="{description}">
<meta property="og:site_name" content="{site}">
<meta property="og:type" content="{kind}">
<meta property="og:title" content="{title}">
<meta property="og:description" content="{description}">
<meta property="og:url" content="{url}">
<meta property="og:image" content="{picture}">
<meta property="og:image:alt" content="{alt}">
<meta name="twitter:card" content="summary_large_image">"""
ALT = "A line through four points, its path over the contours of the loss, and two sliders"
MISSING = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<link rel="icon" href="data:image/svg+xml,{icon}">
<title>Not here · {site}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1.125rem/1.6 Georgia, serif; max-width: 36rem; margin: 12vh auto; }}
main {{ padding: 0 1.25rem; }}
h1 {{ font-size: 1.6rem; }}
a {{ color: inherit; }}
</style>
</head>
<body>
<main>
<h1>There is no page at this address</h1>
<p>The step that led here was too long. These are settled places:</p>
<ul>
{links}
</ul>
</main>
</body>
</html>
"""


def website(repository):
    """Return where GitHub Pages publishes the repository https://github.com/OWNER/NAME."""
    owner, name = re.fullmatch(r"https://github\.com/([^/]+)/([^/]+?)/?", repository).groups()
    return f"https://{owner.lower()}.github.io/{name}/"


def find_address(app, config):
    """Set the site's address, from which Sphinx makes each page's canonical one."""
    repository = config.html_theme_options.get("repository_url", "")
    if repository and not config.html_baseurl:
        config.html_baseurl = website(repository)


def description(doctree):
    """Return the question in bold that opens a chapter, or any other page's first sentences."""
    paragraphs = [
        paragraph
        for paragraph in doctree.findall(nodes.paragraph)
        if isinstance(paragraph.parent, (nodes.section, nodes.document))
    ]
    for paragraph in paragraphs[:1]:
        text = " ".join(paragraph.astext().split())
        if len(text) > 200:
            text = text[:200].rsplit(". ", 1)[0].rstrip(".") + "."
        return text
    return ""


def describe(app, pagename, templatename, context, doctree):
    """Add to a page's head what a search engine or a message with its link can show."""
    if app.builder.format != "html" or doctree is None:
        return
    base = app.config.html_baseurl
    url = f"{base}{pagename}.html".removesuffix("index.html")
    context["pageurl"] = url  # Sphinx makes the canonical link from it
    tags = TAGS.format(
        site=escape(app.config.html_title),
        kind="website" if pagename == app.config.root_doc else "article",
        title=escape(re.sub(r"<[^>]+>", "", context.get("title", ""))),
        description=escape(description(doctree)),
        url=escape(url),
        picture=escape(f"{base}_static/byhand/{PICTURE}"),
        alt=escape(ALT),
    )
    context["metatags"] = context.get("metatags", "") + "\n" + tags


def write_lists(app, exception):
    """Write sitemap.xml, robots.txt, the 404 page and the picture that links show."""
    if exception or app.builder.format != "html":
        return
    base, out = app.config.html_baseurl, Path(app.outdir)
    pages = [name for name in app.env.found_docs if name not in NOT_FOR_SEARCH]
    pages.sort(key=lambda name: (name != app.config.root_doc, name))
    urls = [f"{base}{name}.html".removesuffix("index.html") for name in pages]
    rows = "\n".join(f"  <url><loc>{escape(url)}</loc></url>" for url in urls)
    (out / "sitemap.xml").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}\n</urlset>\n',
        encoding="utf-8",
    )
    (out / "robots.txt").write_text(f"User-agent: *\nSitemap: {base}sitemap.xml\n")
    titles = [app.env.titles[name].astext() for name in pages]
    links = "\n".join(
        f'<li><a href="{escape(url)}">{escape(title)}</a></li>'
        for url, title in zip(urls, titles, strict=True)
    )
    icon = quote((WEB / "icons/favicon.svg").read_text(encoding="utf-8"))
    page = MISSING.format(site=escape(app.config.html_title), links=links, icon=icon)
    (out / "404.html").write_text(page, encoding="utf-8")
    shutil.copyfile(WEB / PICTURE, out / "_static" / "byhand" / PICTURE)


def setup(app):
    """Register the steps."""
    app.connect("config-inited", find_address)
    app.connect("html-page-context", describe, priority=910)
    app.connect("build-finished", write_lists)
