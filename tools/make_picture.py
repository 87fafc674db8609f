"""Usage: python tools/make_picture.py. Write README's pictures from the real page: web/picture.*.

A browser opens chapter 1 of the built book and moves the sliders of its first live figure; every
frame is what it shows. `picture.gif` moves; `picture.png`, which links to the site show, does not.
"""

import sys
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

import find_browser
from serve import serving

ROOT = Path(__file__).resolve().parent.parent
FIGURE = "#fig-one-node"
WIDTH = 760
MOVES = (  # slider, key, how often, milliseconds that each frame stands
    ("epochs", "Home", 1, 900),
    ("epochs", "ArrowRight", 30, 90),
    ("learning_rate", "ArrowRight", 5, 600),
    ("learning_rate", "ArrowLeft", 5, 250),
)
COLOURS = 64


def frames(page):
    """Yield (picture, milliseconds) of the figure while its sliders move."""
    figure = page.locator(FIGURE)
    page.wait_for_selector(f"{FIGURE} .lf[data-ready]")
    page.evaluate("document.querySelectorAll('.lf-skip').forEach(button => button.click())")
    top, bottom = (
        figure.locator(part).bounding_box() for part in (".lf-drawing", ".lf-readout")
    )
    clip = {
        "x": top["x"] - 8,
        "y": top["y"] - 8,
        "width": top["width"] + 16,
        "height": bottom["y"] + bottom["height"] - top["y"] + 16,
    }
    for name, key, times, duration in MOVES:
        slider = figure.locator(f"input[id$={name}]")
        for _ in range(times):
            slider.press(key)
            page.wait_for_timeout(30)
            slider.evaluate("slider => slider.blur()")
            shot = page.screenshot(clip=clip, animations="disabled", full_page=True)
            yield Image.open(BytesIO(shot)).convert("RGB"), duration


def main():
    site = ROOT / "_build/html"
    if not (site / "chapters/01_one_node.html").is_file():
        return "There is no built book in _build/html: run `make book` first."
    with serving(site) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser.find(), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 1000}, reduced_motion="reduce")
        page.goto(f"{address}chapters/01_one_node.html")
        shots, durations = zip(*frames(page), strict=True)
        browser.close()
    size = (WIDTH, round(shots[0].height * WIDTH / shots[0].width))
    small = [shot.resize(size, Image.Resampling.LANCZOS) for shot in shots]
    every = Image.new("RGB", (size[0], size[1] * len(small)))
    for number, each in enumerate(small):
        every.paste(each, (0, number * size[1]))
    palette = every.quantize(COLOURS, dither=Image.Dither.NONE)
    first, *rest = [each.quantize(palette=palette, dither=Image.Dither.NONE) for each in small]
    target = ROOT / "web/picture.gif"
    first.save(target, save_all=True, append_images=rest, duration=list(durations), loop=0)
    print(f"{target.name}: {len(shots)} frames, {target.stat().st_size / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
