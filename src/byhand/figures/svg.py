"""SVG: what matplotlib writes, made small and made to follow the page's theme."""

import io
import re

import matplotlib


def save(figure, salt):
    """Return matplotlib's SVG of ``figure`` with real text and stable ids."""
    settings = {
        "svg.fonttype": "none",
        "svg.hashsalt": salt,
        "svg.image_inline": True,
        "image.composite_image": False,  # every image keeps its id
    }
    buffer = io.StringIO()
    with matplotlib.rc_context(settings):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def tidy(text, prefix, colours):
    """Return the drawing without what a page does not need.

    Black becomes the page's text colour, white its background, palette colours become CSS
    variables; text takes the page's font; numbers keep a hundredth of a point; ids get ``prefix``.
    """
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.S)
    text = re.sub(r"<!--.*?-->\s*", "", text, flags=re.S)
    text = re.sub(r'<style type="text/css">[^<]*</style>', "", text)
    text = re.sub(r'<svg [^>]*?viewBox="([^"]*)"[^>]*>', _open, text, count=1)
    # a mark's style stands on its `use` as well
    text = re.sub(r'(<defs>\s*<path id="[^"]*" d="[^"]*") style="[^"]*"', r"\1", text)
    text = re.sub(r">\s*\n\s*<", "><", text)
    used = set(re.findall(r'(?:href="#|url\(#)([^")]*)', text))
    text = re.sub(r"<[^>]*>", lambda tag: _tidy_tag(tag[0], prefix, colours, used), text)
    return re.sub(r"<(\w+) ([^>]*?)></\1>", r"<\1 \2/>", text).strip()


def _tidy_tag(tag, prefix, colours, used):
    tag = re.sub(r"font-family: [^;\"]*;? ?", "", tag)
    tag = re.sub(r"(font: [^;\"]*?px) [^;\"]*", r"\1 sans-serif", tag)
    tag = re.sub(r' transform="rotate\(-?0 [^)]*\)"', "", tag)
    tag = re.sub(r"(?<=[ (\"])-?\d+\.\d{3,}", _hundredth, tag)
    tag = re.sub(r"\s*\n\s*", " ", tag)
    tag = re.sub(r' "', '"', tag)
    tag = re.sub(r"#[0-9a-f]{6}\b", lambda m: _colour(m[0], colours), tag)
    tag = re.sub(
        r' id="([^"]*)"',
        lambda m: f' id="{prefix}{m[1]}"' if m[1] in used or m[1].startswith("artist") else "",
        tag,
    )
    tag = re.sub(r'(href="#|url\(#)', rf"\g<1>{prefix}", tag)
    return tag.replace("xlink:href", "href")


def _hundredth(match):
    return f"{float(match[0]):.2f}".rstrip("0").rstrip(".")


def _open(match):
    attributes = f'viewBox="{match[1]}" fill="currentColor" aria-hidden="true"'  # black by default
    return f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>'


def _colour(hexadecimal, colours):
    fixed = {"#000000": "currentColor", "#ffffff": "var(--byhand-page, transparent)"}
    return fixed.get(hexadecimal) or colours.get(hexadecimal) or hexadecimal
