"""Pages: the same figure drawn by LiveFigure and by its peers, each as one HTML page.

Four points and a curve of 64 points, by learning rate (13) and epoch (51): 663 states, all computed
beforehand by the course's own library.  Each peer gets the smallest and most responsive form of the
figure that it can be given from Python.
"""

import json

import altair
import bokeh.embed
import bokeh.layouts
import bokeh.models
import bokeh.plotting
import bokeh.resources
import matplotlib.pyplot as plt
import numpy as np
import plotly.graph_objects
from matplotlib.animation import FuncAnimation

from byhand.datasets import four_points
from byhand.figures import LiveFigure, use_style
from byhand.figures.page import page
from byhand.network import Network
from byhand.training import sweep

RATES = [0.003, 0.0044, 0.0065, 0.0095, 0.014, 0.02, 0.03, 0.044, 0.065, 0.095, 0.14, 0.2, 0.3]
EPOCHS = np.arange(0, 101, 2)
GRID = np.linspace(0, 0.85, 64)
X, Y = four_points()
HEIGHT = 310  # CSS pixels, where a peer must be told


def frames():
    """Train a net of eight hidden units once at every rate; return its curves, (13, 51, 64)."""
    rng = np.random.default_rng(5)
    net = Network(
        [1, 8, 1],
        weights=[rng.normal(0, 6, (1, 8)), rng.normal(0, 0.4, (8, 1))],
        biases=[rng.normal(0, 2, 8), [0.0]],
    )
    runs = sweep(
        net, X[:, None], Y[:, None], learning_rates=RATES, epochs=EPOCHS[-1], record=EPOCHS
    )
    assert not runs.diverged.any(), "a rate diverges: not every peer can draw that"
    return runs.predict(GRID[:, None])[..., 0].round(4)  # for all alike


def axes():
    """Draw the figure's first state with matplotlib; return figure and curve."""
    use_style()
    fig, ax = plt.subplots(figsize=(6.6, 3.1))
    ax.plot(X, Y, "o", color="black")
    (curve,) = ax.plot(GRID, 0 * GRID, color="#00785A")
    ax.set(xlim=(0, 0.85), ylim=(-0.8, 1.1), xlabel="x", ylabel="prediction")
    return fig, curve


def live_figure(curves):
    fig, curve = axes()
    figure = LiveFigure(
        fig,
        name="peer",
        alt="Four points, and a curve that approaches them as the epochs pass.",
        learning_rate=RATES,
        epochs=EPOCHS,
    )
    figure.animate(curve, y=curves)
    return page(figure, "LiveFigure")


def altair_chart(curves):
    # One row a state, unfolded in the browser: a row a point would be 42,432 rows.
    rows = [
        {"rate": i, "epoch": int(epoch), "y": y}
        for i, run in enumerate(curves.tolist())
        for epoch, y in zip(EPOCHS, run, strict=True)
    ]
    rate = altair.param(
        name="rate_number",
        value=0,
        bind=altair.binding_range(min=0, max=len(RATES) - 1, step=1, name="learning rate"),
    )
    epoch = altair.param(
        name="epoch_now",
        value=0,
        bind=altair.binding_range(min=0, max=int(EPOCHS[-1]), step=2, name="epoch"),
    )
    curve = (
        altair.Chart(altair.Data(values=rows))
        .transform_filter("datum.rate == rate_number && datum.epoch == epoch_now")
        .transform_calculate(x=json.dumps(GRID.round(4).tolist()))
        .transform_flatten(["x", "y"])
        .mark_line(color="#00785A")
        .encode(
            altair.X("x:Q", scale=altair.Scale(domain=[0, 0.85], nice=False), title="x"),
            altair.Y("y:Q", scale=altair.Scale(domain=[-0.8, 1.1], nice=False), title="prediction"),
        )
        .add_params(rate, epoch)
    )
    points = altair.Data(values=[{"x": x, "y": y} for x, y in zip(X, Y, strict=True)])
    targets = altair.Chart(points).mark_point(filled=True, color="black").encode(x="x:Q", y="y:Q")
    title = altair.expr(f"'learning rate ' + {json.dumps(RATES)}[rate_number]")
    chart = (curve + targets).properties(
        width="container", height=HEIGHT, title=altair.Title(title, anchor="start")
    )
    return chart.to_html(inline=True)


def bokeh_plot(curves):
    plot = bokeh.plotting.figure(
        height=HEIGHT,
        sizing_mode="stretch_width",
        x_range=(0, 0.85),
        y_range=(-0.8, 1.1),
        x_axis_label="x",
        y_axis_label="prediction",
    )
    plot.scatter(X, Y, color="black", size=8)
    source = bokeh.models.ColumnDataSource({"x": GRID, "y": curves[0, 0]})
    plot.line("x", "y", source=source, color="#00785A", width=2)
    every = bokeh.models.ColumnDataSource({"y": curves.astype("float32").ravel()})
    rate = bokeh.models.CategoricalSlider(
        categories=[f"{rate:g}" for rate in RATES], value=f"{RATES[0]:g}", title="learning rate"
    )
    epoch = bokeh.models.Slider(start=0, end=int(EPOCHS[-1]), step=2, value=0, title="epoch")
    code = """
        const state = rate.categories.indexOf(rate.value) * 51 + epoch.value / 2;
        source.data = {x: source.data.x, y: every.data.y.slice(64 * state, 64 * state + 64)};
    """
    look_up = bokeh.models.CustomJS(
        args={"rate": rate, "epoch": epoch, "source": source, "every": every}, code=code
    )
    for slider in (rate, epoch):
        slider.sizing_mode = "stretch_width"
        slider.js_on_change("value", look_up)
    column = bokeh.layouts.column(plot, rate, epoch, sizing_mode="stretch_width")
    return bokeh.embed.file_html(column, bokeh.resources.INLINE, "Bokeh")


def plotly_figure(curves):
    # Its own frames know one slider and take twice the bytes, so two sliders that do nothing
    # themselves, and a few lines of JavaScript that look the curve up.
    rate, epoch = (
        {
            "currentvalue": {"prefix": f"{name} "},
            "steps": [{"label": f"{stop:g}", "method": "skip"} for stop in stops],
            "pad": {"t": top},
        }
        for name, stops, top in [("learning rate", RATES, 45), ("epoch", EPOCHS, 140)]
    )
    figure = plotly.graph_objects.Figure(
        [
            {"x": X, "y": Y, "mode": "markers", "marker": {"color": "black", "size": 8}},
            {"x": GRID, "y": curves[0, 0], "mode": "lines", "line": {"color": "#00785A"}},
        ],
        {
            "xaxis": {"range": [0, 0.85], "title": {"text": "x"}},
            "yaxis": {"range": [-0.8, 1.1], "title": {"text": "prediction"}},
            "sliders": [rate, epoch],
            "showlegend": False,
            "height": HEIGHT + 260,
        },
    )
    look_up = f"""
        const curves = {json.dumps(curves.tolist(), separators=(",", ":"))};
        const plot = document.getElementById("{{plot_id}}");
        plot.on("plotly_sliderchange", () => {{
            const [rate, epoch] = plot.layout.sliders.map((slider) => slider.active ?? 0);
            Plotly.restyle(plot, {{y: [curves[rate][epoch]]}}, [1]);
        }});
    """
    return figure.to_html(include_plotlyjs=True, config={"responsive": True}, post_script=look_up)


def to_jshtml(curves):
    # One slider, so one rate; all 663 pictures would be about thirteen times the size.
    fig, curve = axes()

    def draw(k):
        curve.set_ydata(curves[6, k])

    film = FuncAnimation(fig, draw, len(EPOCHS))
    body = film.to_jshtml(default_mode="once")
    plt.close(fig)
    return f'<!doctype html><html lang="en"><title>to_jshtml</title><body>{body}</body></html>'


# Name, how it is made, where its drawing is on the page, whether matplotlib draws it.
PAGES = [
    ("LiveFigure", live_figure, ".lf-drawing", True),
    ("Altair", altair_chart, "svg.marks", False),
    ("Bokeh", bokeh_plot, ".bk-Canvas", False),
    ("Plotly", plotly_figure, ".cartesianlayer", False),
    ("to_jshtml", to_jshtml, "img", True),
]
