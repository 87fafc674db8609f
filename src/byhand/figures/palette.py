"""One colour for one quantity, in formulas, figures and tables (after Okabe and Ito)."""

PALETTE = {
    "weight": ("#0072B2", "#56B4E9"),
    "bias": ("#B35900", "#E69F00"),
    "prediction": ("#00785A", "#2CC295"),
    "gradient": ("#C0392B", "#FF8A75"),
    "loss": ("#7B3FA0", "#C79BE8"),
}
"""Quantity → (colour on a light page, colour on a dark page); targets have the text's colour."""

WEIGHT, BIAS, PREDICTION, GRADIENT, LOSS = (light for light, _ in PALETTE.values())
TARGET = "#000000"

_DARK_PAGES = (
    'html[data-theme="dark"]',  # the website
    'body[data-jp-theme-light="false"]',  # JupyterLab and Notebook 7
    'html[theme="dark"]',  # Colab
)


def variables(dark=False):
    """Return the CSS variables of the light or the dark page, as declarations."""
    colours = {name: pair[dark] for name, pair in PALETTE.items()} | {"target": "currentColor"}
    return "; ".join(f"--byhand-{name}: {colour}" for name, colour in colours.items())


def css():
    """Return the style sheet that defines ``--byhand-weight`` and the rest, light and dark."""
    return f":root {{ {variables()}; }}\n{', '.join(_DARK_PAGES)} {{ {variables(dark=True)}; }}\n"
