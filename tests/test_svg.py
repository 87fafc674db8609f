"""Matplotlib's SVG, made small: nothing that is seen may change but the theme's colours."""

import xml.etree.ElementTree as ET

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

from byhand.figures import palette, svg

SVG = "{http://www.w3.org/2000/svg}"
COLOURS = {palette.WEIGHT.lower(): "var(--byhand-weight, #0072B2)"}


@pytest.fixture
def drawing():
    """Return a function that draws a figure and tidies its SVG."""

    def draw(figure, prefix="fig-w-"):
        text = svg.save(figure, "salt")
        plt.close(figure)
        return text, svg.tidy(text, prefix, COLOURS)

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        yield draw


def texts(xml):
    return [node.text for node in ET.fromstring(xml).iter(f"{SVG}text")]


def test_words_are_not_touched(drawing):
    words = [
        'loss 0.123456 is "low"',
        "#000000 (0.98765)",
        "a  b",
        "x < 1 & y > 0.12345",
        "−0.00001",
    ]
    fig, ax = plt.subplots()
    for k, line in enumerate(words):
        ax.text(0, k, line)
    before, after = drawing(fig)
    assert texts(after) == texts(before)
    assert set(words) <= set(texts(after))


def test_shapes_keep_a_hundredth_of_a_point(drawing):
    fig, ax = plt.subplots()
    ax.plot(np.linspace(0, 1, 50), np.random.default_rng(0).random(50))[0].set_gid("artist0")
    before, after = (ET.fromstring(text) for text in drawing(fig))
    paths = []
    for root, gid in ((before, "artist0"), (after, "fig-w-artist0")):
        (group,) = [node for node in root.iter(f"{SVG}g") if node.get("id") == gid]
        d = group.find(f"{SVG}path").get("d")
        paths.append(np.array(d.replace("M", "").replace("L", "").split(), dtype=float))
    assert np.abs(paths[0] - paths[1]).max() <= 0.0051
    assert before.get("viewBox") == after.get("viewBox")


def test_every_reference_is_answered_and_every_id_has_the_prefix(drawing):
    fig, ax = plt.subplots()
    ax.plot([0, 1], [0, 1], "o-")
    ax.scatter([0, 1], [1, 0], c=[0, 1])
    _, after = drawing(fig, "mine-")
    root = ET.fromstring(after)
    ids = [node.get("id") for node in root.iter() if node.get("id")]
    wanted = [node.get("href")[1:] for node in root.iter(f"{SVG}use")]
    wanted += [node.get("clip-path")[5:-1] for node in root.iter() if node.get("clip-path")]
    assert set(wanted) <= set(ids) and len(ids) == len(set(ids))
    assert all(name.startswith("mine-") for name in ids)


def test_black_follows_the_page_and_palette_colours_become_variables(drawing):
    fig, ax = plt.subplots()
    ax.plot([0, 1], [0, 1], "o", color="black")  # matplotlib writes no fill for black marks
    ax.plot([0, 1], [1, 0], color=palette.WEIGHT)
    ax.plot([0, 1], [1, 1], color="#123456")
    _, after = drawing(fig)
    assert "#000000" not in after and "#ffffff" not in after
    assert ET.fromstring(after).get("fill") == "currentColor"
    assert "stroke: var(--byhand-weight, #0072B2)" in after and "stroke: #123456" in after


def test_the_same_figure_gives_the_same_bytes_and_names_no_program(drawing):
    def figure():
        fig, ax = plt.subplots()
        ax.plot([0, 1], [0, 1], "o-")
        return fig

    (first, small), (second, again) = drawing(figure()), drawing(figure())
    assert small == again and first == second
    assert "matplotlib" not in small.lower() and "<!--" not in small and "metadata" not in small
    assert len(small) < 0.75 * len(first)


def test_neighbouring_images_keep_their_ids(drawing):
    fig, ax = plt.subplots()
    for k in range(2):
        ax.imshow(np.eye(3), extent=(k, k + 1, 0, 1)).set_gid(f"artist{k}")
    ax.set_xlim(0, 2)
    _, after = drawing(fig)
    found = [node.get("id") for node in ET.fromstring(after).iter(f"{SVG}image")]
    assert found == ["fig-w-artist0", "fig-w-artist1"]


def test_css_defines_every_colour_on_light_and_dark_pages():
    css = palette.css()
    light, dark = css.strip().splitlines()
    for name, (day, night) in palette.PALETTE.items():
        assert f"--byhand-{name}: {day};" in light and f"--byhand-{name}: {night};" in dark
    assert light.startswith(":root {")
    assert 'html[data-theme="dark"]' in dark and 'data-jp-theme-light="false"' in dark


@pytest.mark.parametrize("dark", [False, True])
def test_the_colours_are_readable(dark):
    def luminance(colour):
        c = np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)])
        return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) @ [
            0.2126,
            0.7152,
            0.0722,
        ]

    page = luminance("#121212" if dark else "#ffffff")
    for pair in palette.PALETTE.values():
        low, high = sorted([page, luminance(pair[dark])])
        assert (high + 0.05) / (low + 0.05) >= 4.5, pair
