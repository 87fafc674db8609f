"""Page: one live figure as one HTML file, for a mail, a slide, or a test."""

import base64
import html
import json

from byhand.figures import palette

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 16px/1.5 system-ui, sans-serif; }}
body {{ margin: 1rem auto; padding: 0 1rem; max-width: 46rem; }}
{css}
@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}
</style>
</head>
<body>
<main><h1>{title}</h1><div id="fig-{name}"><div role="img" aria-label="{alt}">{svg}</div></div>
<noscript><p>The sliders of this figure need JavaScript.</p></noscript></main>
<script type="application/json" id="state">{state}</script>
<script type="module">
{esm}
const state = JSON.parse(document.getElementById("state").textContent);
const bytes = Uint8Array.from(atob(state.frames), (c) => c.charCodeAt(0));
state.frames = new DataView(bytes.buffer);
const heard = new Map();
const model = {{
  static: true,
  get: (key) => state[key],
  set(key, value) {{
    if (state[key] === value) return;
    state[key] = value;
    (heard.get(`change:${{key}}`) ?? []).forEach((listener) => listener());
  }},
  on: (key, listener) => heard.set(key, [...(heard.get(key) ?? []), listener]),
  off: (key, listener) => heard.set(key, (heard.get(key) ?? []).filter((f) => f !== listener)),
  save_changes() {{}},
}};
globalThis.figureModel = model;
render({{ model, el: document.getElementById("fig-{name}") }});
</script>
</body>
</html>
"""


def page(figure, title):
    """Return a complete page (str) that shows ``figure`` and asks no server for anything."""
    figure.filmstrip()  # draws and encodes
    keys = ["name", "alt", "spec", "svg_wide", "svg_narrow", *(s.name for s in figure._sliders)]
    state = {key: getattr(figure, key) for key in keys}
    state["frames"] = base64.b64encode(figure.frames).decode()
    return PAGE.format(
        title=html.escape(title),
        name=figure.name,
        alt=html.escape(figure.alt),
        css=str(figure._css),
        dark=palette.variables(dark=True),
        svg=figure.svg_wide,
        state=json.dumps(state, ensure_ascii=False).replace("<", "\\u003c"),
        esm=str(figure._esm).replace("export default { render };\n", ""),
    )
