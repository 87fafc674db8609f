"""The figures and numbers of chapter 9: what they say is what the core computes."""

import re
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest

from byhand.datasets import four_points, triple
from byhand.figures import learning_rate as chapter
from byhand.figures import use_style
from byhand.network import Network
from byhand.training import sweep, train
from seeds import CHECKS

NOTEBOOK = Path(__file__).resolve().parent.parent / "chapters/09_learning_rate.ipynb"
MSE = chapter.MSE


@pytest.fixture(autouse=True, scope="module")
def style():
    with plt.rc_context():
        use_style()
        yield
    plt.close("all")


@pytest.fixture(scope="module")
def figures(style):
    return {make.__name__: make() for make in chapter.FIGURES}


@pytest.fixture(scope="module")
def printed():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    return "\n".join(
        output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", [])
    )


@pytest.fixture(scope="module")
def prose():
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def sentence(figure, **stops):
    return figure._sentence(figure._position(stops))


def explained(figure, number, **stops):
    return figure._fill(figure._explanations[number][2], figure._position(stops))


def done(figure, number, **stops):
    return bool(figure._tasks[number][1][figure._position(stops)])


def numbers(text):
    return [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", text.replace("−", "-"))]


# ------------------------------------------------------------------------------------- the line


@pytest.mark.parametrize("rate", [0.01, 0.1, 0.119, 0.12])
@pytest.mark.parametrize("epoch", [0, 1, 10, 100])
def test_line_says_what_the_core_computes(figures, rate, epoch):
    X, y = triple()
    node = Network([1, 1], weights=[0.0])
    if epoch:
        train(node, X, y, learning_rate=rate, epochs=epoch, loss=MSE)
    w, b = node.parameters
    loss = np.mean((X * w + b - y) ** 2)
    at = {"slopes": "exact", "learning_rate": rate, "epochs": epoch}
    said = numbers(sentence(figures["line"], **at))
    assert said[1:] == [epoch, float(f"{w:.6g}"), float(f"{loss:.3g}")]
    dw = 2 * np.mean((X * w + b - y) * X)
    step = numbers(explained(figures["line"], 0, **at).replace(" − ", " "))
    np.testing.assert_allclose(step, [w, rate, dw, w - rate * dw], rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("rate", [0.01, 0.1, 1.0])
def test_nudged_rows_are_those_of_the_reference(rate):
    expected = CHECKS["004.lr"]["expected"][f"float32_lr{rate:g}"]
    w = b = np.float32(0)
    for row in expected["first_10_rows_[w, loss, loss_plus, grad_w, w_new]"]:
        ours, w, b = chapter.nudge_step(w, b, rate)
        np.testing.assert_allclose(ours, row, rtol=1e-6, atol=1e-8)
    run = chapter.nudged_run(rate)
    np.testing.assert_allclose(run[:2, 10], expected["w_b_after_10"], rtol=1e-6)
    np.testing.assert_allclose(run[:2, 1000], expected["w_b_after"]["1000"], rtol=1e-6)


def test_the_notebook_s_nudge_is_the_figure_s(printed):
    """The thirty rows as printed, from the module's own function."""
    for rate in (0.01, 0.1, 1.0):
        w = b = np.float32(0)
        for _ in range(10):
            row, w, b = chapter.nudge_step(w, b, rate)
            assert "{:17.2f} {:13.2f} {:13.2f} {:10.2f} {:11.2f}".format(*row) in printed


def test_line_says_where_the_weight_is_stuck(figures):
    stuck = {"slopes": "nudged", "learning_rate": 1.0, "epochs": 1000}
    assert "12755.2" in sentence(figures["line"], **stuck)
    assert "It stands still" in sentence(figures["line"], **stuck)
    assert done(figures["line"], 2, **stuck)
    free = stuck | {"slopes": "exact"}
    assert "beyond all bounds" in sentence(figures["line"], **free)
    assert "It stands still" not in sentence(figures["line"], **free)
    assert not done(figures["line"], 2, **free)


def test_line_turns_at_the_wall(figures):
    at = {"slopes": "exact", "epochs": 1000}
    assert "nearer" in sentence(figures["line"], learning_rate=0.119, **at)
    assert "further off" in sentence(figures["line"], learning_rate=0.12, **at)
    assert "from one side" in sentence(figures["line"], learning_rate=0.01, **at)
    assert done(figures["line"], 0, learning_rate=0.12, **at)
    assert not done(figures["line"], 0, learning_rate=0.2, **at)


def test_the_right_answer_to_the_line_s_question():
    X, y = triple()
    node = Network([1, 1], weights=[0.0])
    run = train(node, X, y, learning_rate=1.0, epochs=11, loss=MSE)
    assert 1e13 < abs(run.network.layers[0].W[11, 0, 0]) < 1e14


# ----------------------------------------------------------------------------------- the ravine


@pytest.mark.parametrize("condition", chapter.CONDITIONS)
@pytest.mark.parametrize("rate", [0.1, 1.0, 1.98, 2.1])
def test_ravine_says_what_the_core_computes(figures, condition, rate):
    c = np.array([-1.0, 0.5])
    lam = np.array([1 / condition, 1.0])
    for epoch in (0, 1, 10):
        at = {"condition": condition, "learning_rate": rate, "epochs": epoch}
        now = (1 - rate * lam) ** epoch * c
        said = numbers(sentence(figures["ravine_and_bars"], **at))
        expected = [condition, rate, epoch, np.sum(lam * now**2) / 2, *np.abs(1 - rate * lam)]
        np.testing.assert_allclose(said, expected, rtol=6e-3, atol=1e-30)


def test_ravine_s_tasks(figures):
    ravine = figures["ravine_and_bars"]
    assert done(ravine, 0, condition=1, learning_rate=1.0, epochs=1)
    best = 2 / (1 + 1 / 100)
    nearest = min(chapter.RAVINE_RATES, key=lambda rate: abs(rate - best))
    assert done(ravine, 1, condition=100, learning_rate=nearest, epochs=0)
    assert done(ravine, 2, condition=30, learning_rate=2.0, epochs=50)


# ------------------------------------------------------------------------------------- the wall


def test_wall_says_what_the_core_computes(figures):
    X, y = chapter.wave()
    at = {"net": "untrained", "learning_rate": 0.1, "epochs": 100}
    net = chapter.bent_net(1)
    run = train(net, X, y, learning_rate=0.1, epochs=100, loss=MSE)
    said = numbers(sentence(figures["wall"], **at).replace("2/η", ""))
    assert said[2:] == [
        float(f"{run.loss[-1]:.3g}"), float(f"{chapter.steepest(net, X, y):.3g}"), 20,
    ]  # fmt: skip
    assert numbers(explained(figures["wall"], 0, **at))[-1] == 20


@pytest.mark.parametrize("rate, level", [(0.1, 20), (0.15, 13.3), (0.2, 10), (0.3, 6.67)])
def test_wall_settles_on_the_line(figures, rate, level):
    at = {"net": "untrained", "learning_rate": rate, "epochs": 20_000}
    said = sentence(figures["wall"], **at)
    assert said.endswith("At the line.")
    assert numbers(said.replace("2/η", ""))[-1] == pytest.approx(level)
    assert done(figures["wall"], 0, **at)


def test_wall_throws_the_trained_net_out(figures):
    wall = figures["wall"]
    at = {"net": "trained", "epochs": 20_000}
    assert done(wall, 1, learning_rate=0.065, **at)
    assert not done(wall, 1, learning_rate=0.06, **at)
    assert "curvature 32" in sentence(wall, learning_rate=0.05, net="trained", epochs=800)
    assert sentence(wall, learning_rate=0.3, **at).endswith("Diverged.")
    assert done(wall, 2, learning_rate=0.3, **at)


# -------------------------------------------------------------------------------------- the map


def test_map_says_when_the_goal_is_reached(figures):
    X, y = chapter.wave()
    for rate, scale in [(0.1, 1), (0.03, 0.1), (0.2, 2)]:
        net = chapter.bent_net(1, scale)
        loss = train(net, X, y, learning_rate=rate, epochs=4000, loss=MSE).loss
        said = sentence(figures["map_of_rates"], scale=scale, learning_rate=rate, epochs=800)
        assert said.endswith(f"It reaches the goal at epoch {np.argmax(loss < chapter.GOAL)}.")
        assert numbers(said)[3] == float(f"{loss[800]:.3g}")


def test_map_s_best_rate_stands_beside_the_worst():
    loss, diverged = chapter.map_runs()
    assert loss.shape[:2] == diverged.shape == (len(chapter.SCALES), len(chapter.MAP_RATES))
    assert diverged[:, -2:].all() and not diverged[:, :6].any()
    needed = chapter.epochs_to_goal()[chapter.SCALES.index(1)]
    assert np.nanargmin(needed) == 7 and diverged[chapter.SCALES.index(1), 8]
    beside = [
        diverged[row, np.nanargmin(all_needed) + 1]
        for row, all_needed in enumerate(chapter.epochs_to_goal())
    ]
    assert sum(beside) == 7 and len(beside) == 9
    slow = np.array(chapter.MAP_RATES)[2:6] * needed[2:6]
    np.testing.assert_allclose(slow, 61, atol=1)


# ------------------------------------------------------------------------------------- the noise


def test_noise_says_what_the_core_computes(figures):
    X, y, floor = chapter.noisy_line()
    total = 0
    for seed in range(chapter.REPEATS):
        run = sweep(
            Network([1, 1], weights=[0.0]), X, y, learning_rates=[0.1], epochs=40, loss=MSE,
            batch_size=16, rng=np.random.default_rng(seed),
            optimizer=chapter.side_by_side([chapter.schedule_named("cosine", 0.1)]),
        )  # fmt: skip
        total = total + run.loss[0] - floor
    for epoch in (0, 5, 40):
        at = {"schedule": "cosine", "batch_size": 16, "learning_rate": 0.1, "epochs": epoch}
        said = numbers(sentence(figures["noise_and_schedule"], **at))
        assert said[-1] == pytest.approx(total[epoch] / chapter.REPEATS, rel=0.06)


def test_noise_has_no_floor_with_all_points(figures):
    at = {"schedule": "constant", "batch_size": 64, "learning_rate": 0.3, "epochs": 40}
    assert done(figures["noise_and_schedule"], 2, **at)


def test_with_all_points_no_schedule_gets_ahead_of_a_constant_0_3():
    mean, _ = chapter.noise_runs()
    assert (mean[:, -1, -1] >= mean[0, -1, -1] * (1 - 1e-9)).all()


def test_what_is_rounding_is_called_so(figures):
    at = {"batch_size": 64, "learning_rate": 0.3, "epochs": 40}
    noise = figures["noise_and_schedule"]
    assert sentence(noise, schedule="constant", **at).endswith("That is rounding.")
    assert sentence(noise, schedule="exponential", **at).endswith("1.4e−5.")


def test_the_curvature_falls_in_the_top_row_of_the_map():
    X, y = chapter.wave()
    net = chapter.bent_net(1, chapter.SCALES[-1])
    runs = sweep(net, X, y, learning_rates=[0.1], epochs=50, loss=MSE, record=[0, 50])
    np.testing.assert_allclose(chapter.steepest(runs.network, X, y)[0], [15.9, 9.7], atol=0.05)


def fresh_floor(rate, batch_size):
    """Return the mean loss above the lowest of batches drawn afresh, once it has settled.

    Exactly: the mean product S of distances obeys S = S − η(HS + SH) + η²(E[ASA] + E[nnᵀ]), with
    the curvature A and the noise n of a batch.
    """
    X, y, _ = chapter.noisy_line()
    table = np.hstack([X, np.ones_like(X)])
    left = y - table @ np.linalg.lstsq(table, y, rcond=None)[0]
    single = 2 * table[:, :, None] * table[:, None]
    noise = (2 * table * left)[:, :, None] * (2 * table * left)[:, None]
    H, unit = single.mean(axis=0), np.eye(2)
    both = np.mean([np.kron(each, each) for each in single], axis=0)
    both = both / batch_size + (1 - 1 / batch_size) * np.kron(H, H)
    change = -rate * (np.kron(H, unit) + np.kron(unit, H)) + rate**2 * both
    S = np.linalg.solve(change, -(rate**2) * noise.mean(axis=0).ravel() / batch_size)
    return np.trace(S.reshape(2, 2) @ H) / 2


def test_batches_drawn_afresh_and_the_points_beyond_their_own_wall():
    """The text's 3.6 of (9.21), its 3.8 for fresh batches of 4, and its 8 points of 64."""
    floors = [rate / (2 * (2 - rate * 2)) for rate in (0.1, 0.03)]
    assert floors[0] / floors[1] == pytest.approx(3.6, abs=0.05)
    assert fresh_floor(0.1, 4) / fresh_floor(0.03, 4) == pytest.approx(3.8, abs=0.05)
    X, _, _ = chapter.noisy_line()
    largest = [np.linalg.eigvalsh(2 * np.outer([x, 1], [x, 1]))[-1] for x in X[:, 0]]
    np.testing.assert_allclose(largest, 2 * (X[:, 0] ** 2 + 1))
    assert sum(0.3 * lam > 2 for lam in largest) == 8


def test_by_how_much_the_schedules_win_against_the_constant():
    mean, _ = chapter.noise_runs()
    at = mean[:, chapter.BATCHES.index(4), chapter.NOISY_RATES.index(0.1), -1]
    wins = at[0] / at[1:]
    np.testing.assert_allclose([min(wins), max(wins)], [800, 20_000], rtol=0.05)


@pytest.mark.parametrize("name", chapter.SCHEDULES)
def test_schedules_begin_and_end_where_they_should(name):
    rates = [float(chapter.schedule_named(name, 0.1, 40)(epoch)) for epoch in range(40)]
    assert max(rates) == pytest.approx(0.1)
    if name != "constant":
        assert rates[-1] < 0.004


# ------------------------------------------------------------------ what moves and what is printed


@pytest.mark.parametrize("make", chapter.FIGURES, ids=lambda make: make.__name__)
def test_every_slider_moves_the_drawing(figures, make):
    figure = figures[make.__name__]
    third = {s.name: s.stops[min(2, len(s.stops) - 1)] for s in figure._sliders}
    for slider in figure._sliders:
        at = slider.stops.index(third[slider.name])
        beside = slider.stops[at + 1 if at + 1 < len(slider.stops) else at - 1]
        moved = figure.drawing(**(third | {slider.name: beside}))
        assert moved != figure.drawing(**third), slider.name


def test_the_reference_s_numbers_are_printed(printed):
    for text in (
        "rate 0.01: w 2.984288  b 0.046055", "rate  0.1: w 2.999800  b 0.000450",
        "rate  1.0: w 12755.160156", "true slope there: 210112", "float32: 0.00098",
        "w + 0.0001 is w: True", "0 45 -660 10410 -163395 2565450 -40279080 632406165",
        "diverged at epoch 128", "H [[15.0, 5.0], [5.0, 2.0]]  equal to the measured one: True",
        "curvatures [ 0.29939 16.70061]", "2 / λ_max = 0.119756",
        "w 2.9104, b 0.7951: zero slope at 2.7350, slope +2.63",
        "w 2.8356, b 0.7209: zero slope at 2.7597, slope +1.14",
    ):  # fmt: skip
        assert text in printed, text
    expected = CHECKS["004.lr.theory"]["expected"]
    np.testing.assert_allclose(expected["eigenvalues"], [0.29939, 16.70061], atol=1e-5)
    assert f"{expected['largest_stable_lr']:.6f}" == "0.119756"
    stuck = CHECKS["004.lr.stuck"]["expected"]
    assert f"{stuck['true_gradient_there']:.0f}" == "210112"


def test_the_forecasts_are_printed(printed):
    for text in (
        "0.0100    0.99701     2303.8        2304", "0.1000    0.97006      227.3         228",
        "0.1176    0.96478      192.6         193", "  1    32.57    0.0614        1.01",
        "rate 0.3, 2/η = 6.67: 8 of 8 within 1 %", "rate 0.1, 2/η = 20.00: 6 of 8 within 1 %",
        "lowest loss at rate 4.0, a tenth of it is 0.40", "0.9: diverges",
    ):  # fmt: skip
        assert text in printed, text


def test_the_careful_hand_s_promise_is_exact():
    """The numbers worked by hand at (0, 0), before the net that bends."""
    X, y = triple()
    g, H = np.array([-45.0, -15.0]), np.array([[15.0, 5.0], [5.0, 2.0]])
    assert g @ g == 2250 and g @ H @ g == 37575 and list(H @ g) == [-750, -255]
    node = Network([1, 1], weights=[0.0])
    loss = train(node, X, y, learning_rate=0.01, epochs=1, loss=MSE).loss
    np.testing.assert_allclose(loss, [67.5, 67.5 - 22.5 + 1.87875])


def test_the_walls_of_the_careful_note():
    """0.002 (chapter 2, x in tenths), 0.06, 0.12, 1 and 1.7 (chapter 1)."""
    x, _ = four_points()
    tenths = np.column_stack([10 * x, 100 * x**2, np.ones(4)])
    assert 2 / np.linalg.eigvalsh(tenths.T @ tenths / 4)[-1] == pytest.approx(0.002, abs=5e-4)
    line = np.column_stack([x, np.ones(4)])
    assert 2 / np.linalg.eigvalsh(line.T @ line / 4)[-1] == pytest.approx(1.7, abs=0.05)
    net = chapter.at_minimum(1)
    assert 2 / chapter.steepest(net, *chapter.wave()) == pytest.approx(0.06, abs=0.005)


def test_the_answer_of_the_riddle_is_not_given_away(prose, printed):
    text = re.sub(r"<details>.*?</details>", "", prose, flags=re.DOTALL)
    assert "2048" not in text and "2048" not in printed
