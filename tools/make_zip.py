"""Write the built site as one archive that also opens from a disk: _build/NAME.zip.

A browser refuses to load modules and preloaded fonts for a page that it opened from a file. In the
archive's pages the modules of the site therefore stand in the page, and those of the figures come
as plain scripts. Served by any web server, the copy works as well.
"""

import json
import re
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = "neural-networks-by-hand"
MODULE = re.compile(r'<script type="module" src="([^"?]+)[^"]*"[^>]*></script>')
PRELOAD = re.compile(r'<link rel="(?:module)?preload"[^>]*>\n?')
FIGURE = re.compile(r'\bdata-js="([^"]+)"')
PLAIN = "(globalThis.byhandModules ??= {{}})[{name}] = {text};\n"
README = """Neural Networks by Hand, to read without a network

Unpack this archive and open index.html. Every figure on the pages is alive; the labs and the
exercises need Python: the course's repository says how.
"""


def offline_page(page, html):
    """Return a page's HTML as it works from a disk, and the figure modules that it needs."""

    def inline(match):
        source = (page.parent / match[1]).resolve().read_text(encoding="utf-8")
        return f'<script type="module">\n{source}</script>'

    figures = list(dict.fromkeys(FIGURE.findall(html)))
    folder = next(
        (
            match[1].rsplit("/", 1)[0]
            for match in MODULE.finditer(html)
            if match[1].endswith("static_host.js")
        ),
        None,
    )
    scripts = "".join(f'<script src="{folder}/{plain_name(name)}"></script>\n' for name in figures)
    html = PRELOAD.sub("", html)
    html = MODULE.sub(inline, html)
    return html.replace("</head>", scripts + "</head>", 1), figures


def plain_name(module):
    """Return the name of the plain script that carries a figure's module."""
    return module.removesuffix(".js") + ".plain.js"


def offline_files(site):
    """Yield (name, bytes) of every file of the offline copy of a built site."""
    figures = {}
    for path in sorted(path for path in site.rglob("*") if path.is_file()):
        name = path.relative_to(site).as_posix()
        if path.suffix == ".html":
            html, needed = offline_page(path, path.read_text(encoding="utf-8"))
            figures |= dict.fromkeys(needed)
            yield name, html.encode("utf-8")
        elif name == "_static/documentation_options.js":  # a search may not fetch pages from a disk
            text = path.read_text(encoding="utf-8")
            yield (
                name,
                text.replace("SHOW_SEARCH_SUMMARY: true", "SHOW_SEARCH_SUMMARY: false").encode(),
            )
        elif name not in (".buildinfo", "objects.inv"):
            yield name, path.read_bytes()
    for module in figures:
        text = (site / "_static/byhand" / module).read_text(encoding="utf-8")
        plain = PLAIN.format(name=json.dumps(module), text=json.dumps(text))
        yield f"_static/byhand/{plain_name(module)}", plain.encode("utf-8")
    yield "README.txt", README.encode("utf-8")


def write(site, target):
    """Write the archive; the same site gives the same bytes."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in offline_files(site):
            entry = zipfile.ZipInfo(f"{NAME}/{name}", date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, data)


def main():
    site, target = ROOT / "_build/html", ROOT / "_build" / f"{NAME}.zip"
    if not (site / "index.html").is_file():
        return "There is no built book in _build/html: run `make book` first."
    write(site, target)
    size = target.stat().st_size / 1e6
    print(f"{target.relative_to(ROOT).as_posix()} ({size:.1f} MB): unpack it, open index.html.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
