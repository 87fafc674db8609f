"""The figures and numbers of chapter 7: what they say is what the core computes."""

import re
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest

from byhand.datasets import three_records
from byhand.figures import two_moons as chapter
from byhand.figures import use_style
from byhand.losses import binary_cross_entropy
from byhand.training import train
from seeds import CHECKS

NOTEBOOK = Path(__file__).resolve().parent.parent / "chapters/07_two_moons.ipynb"


@pytest.fixture(autouse=True, scope="module")
def style():
    with plt.rc_context():
        use_style()
        yield
    plt.close("all")


@pytest.fixture(scope="module")
def boundary(style):
    return chapter.boundary()


@pytest.fixture(scope="module")
def sheet(style):
    return chapter.sheet()


@pytest.fixture(scope="module")
def cures(style):
    return chapter.cures()


@pytest.fixture(scope="module")
def race(style):
    return chapter.race()


def sentence(figure, **stops):
    return figure._sentence(figure._position(stops))


def explained(figure, number, **stops):
    return figure._fill(figure._explanations[number][2], figure._position(stops))


def done(figure, number, **stops):
    return bool(figure._tasks[number][1][figure._position(stops)])


def numbers(text):
    return [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", text.replace("−", "-"))]


# --------------------------------------------------------------------------- data and starts


def test_the_starts_are_those_of_the_reference():
    for name in ("003.moons.A", "003.moons.A_He", "003.moons.stuck"):
        inputs = CHECKS[name]["inputs"]
        scale = "he" if inputs["scale"] == "He" else inputs["scale"]
        net = chapter.classifier(inputs["layers"], scale)
        for layer, W in zip(net.layers, inputs["W0"], strict=True):
            np.testing.assert_allclose(layer.W.T, W, rtol=1e-12)
        X, _ = chapter.moons(inputs["n"], inputs["noise"])
        np.testing.assert_allclose(X[:3], inputs["first_rows_of_X"], rtol=1e-12)


def test_the_net_of_the_records_is_that_of_the_reference():
    inputs = CHECKS["003.tables"]["inputs"]
    for layer, W in zip(chapter.record_net().layers, inputs["W"], strict=True):
        np.testing.assert_allclose(layer.W.T, W)


# ------------------------------------------------------------------------------ the boundary


@pytest.mark.parametrize("rate, epoch", [(0.001, 50), (0.1, 8000), (0.3, 800)])
def test_boundary_says_its_costs(boundary, rate, epoch):
    few, held_out = chapter.few_and_held_out()
    net = chapter.classifier(chapter.SIZES, "he")
    run = train(
        net, *few, learning_rate=rate, epochs=epoch, record=[epoch], held_out=held_out,
        loss=chapter.CROSS_ENTROPY,
    )  # fmt: skip
    said = numbers(sentence(boundary, learning_rate=rate, epochs=epoch))
    np.testing.assert_allclose(
        said[:4], [rate, epoch, run.loss[-1], run.held_out_loss[-1]], atol=6e-4
    )
    told = numbers(explained(boundary, 0, learning_rate=rate, epochs=epoch))
    np.testing.assert_allclose(told[:2], [run.held_out_loss[-1], run.loss[-1]], atol=6e-5)
    assert told[2] == pytest.approx(run.held_out_loss[-1] - run.loss[-1], abs=6e-5)
    assert told[3] == pytest.approx(100 * run.accuracy[-1], abs=0.06)


def test_boundary_at_rate_0_1_is_the_reference_run(boundary):
    expected = CHECKS["003.overfit"]["expected"]
    for epoch in (0, 2000, 4000, 8000):
        said = numbers(sentence(boundary, learning_rate=0.1, epochs=epoch))
        reference = expected[str(epoch)]
        np.testing.assert_allclose(
            said[2:4], [reference["cost"], reference["test_cost"]], rtol=0.1, atol=0.02
        )


def test_the_right_answer_of_the_first_figure(boundary):
    runs = chapter.trained()
    row = chapter.RATES.index(0.3)
    assert (np.diff(runs.loss[row]) < 0).all() and runs.loss[row, -1] < 0.04
    other = runs.held_out_loss[row]
    assert other.min() < 0.3 < other[0] < other[-1]
    question = boundary._question
    assert "climbs" in question["answers"][question["right"]][0]
    assert "Overfitting" in sentence(boundary, learning_rate=0.3, epochs=8000)
    assert "Underfitting" in sentence(boundary, learning_rate=0.001, epochs=8000)
    assert "In good time" in sentence(boundary, learning_rate=0.1, epochs=1500)
    assert "Past its best" in sentence(boundary, learning_rate=0.3, epochs=800)
    assert "thrown back" in sentence(boundary, learning_rate=1.0, epochs=8000)
    assert done(boundary, 0, learning_rate=0.1, epochs=1500)
    assert done(boundary, 1, learning_rate=0.3, epochs=8000)
    assert not done(boundary, 1, learning_rate=0.1, epochs=8000)


def test_the_map_shows_the_nets_chances(boundary):
    image = next(m for m in boundary._motions if "data" in m.data).data["data"]
    rows, columns = image.shape[-2:]
    few, _ = chapter.few_and_held_out()
    net = chapter.classifier(chapter.SIZES, "he")
    train(
        net, *few, learning_rate=0.1, epochs=1500, record=[0], loss=chapter.CROSS_ENTROPY
    )
    across = -1.9 + 4.8 * (np.arange(columns) + 0.5) / columns
    up = -1.5 + 3.4 * (np.arange(rows) + 0.5) / rows
    places = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    frame = image[chapter.RATES.index(0.1), chapter.EPOCHS.index(1500)]
    off = np.abs(net.predict(places).reshape(rows, columns) - frame)
    assert off.max() <= 1 / 16 + 1e-9  # half a band
    assert chapter.in_bands(np.array([[[0.49], [0.51]]]), 1, 2).ravel().tolist() == [
        0.4375, 0.5625,
    ]  # fmt: skip


# --------------------------------------------------------------------------------- the sheet


def test_the_sheet_shows_the_tables(sheet):
    expected = CHECKS["003.tables"]["expected"]
    for record in (1, 2, 3):
        ax = sheet.show(record=record, step="update").axes[0]
        shown = [t.get_text() for t in ax.texts if t.get_visible()]
        for layer, table in enumerate(expected["A"]):
            for row in table:
                assert chapter._short(row[record - 1]) in shown
            for row in expected["backward"][layer]["dZ"]:
                assert chapter._short(row[record - 1] / 3) in shown
    assert f"{expected['cost']:.7f}" in chapter.STEPS["cost"]
    assert f"{expected['cost_after']:.7f}" in chapter.STEPS["update"]


def test_the_sheet_shows_one_thing_after_the_other(sheet):
    counts = []
    for step in chapter.STEPS:
        ax = sheet.show(record=1, step=step).axes[0]
        counts.append(sum(t.get_visible() and bool(t.get_text()) for t in ax.texts))
    assert counts == sorted(counts)
    assert counts[1] - counts[0] == 5 and counts[2] - counts[1] == 3
    assert counts[-3] - counts[-4] == 3 and counts[-2] - counts[-3] == 5


@pytest.mark.parametrize("record", [1, 2, 3])
def test_the_sheet_says_and_explains_what_the_core_computes(sheet, record):
    net, (X, y) = chapter.record_net(), three_records()
    a = net.forward(X)[record - 1, 0]
    z = net.layers[-1].Z[record - 1, 0]
    assert numbers(sentence(sheet, record=record, step="output"))[-2:] == [
        pytest.approx(z, abs=6e-7), pytest.approx(a, abs=6e-7),
    ]  # fmt: skip
    surprise = -np.log(a if y[record - 1, 0] else 1 - a)
    said = numbers(sentence(sheet, record=record, step="cost"))
    assert said[-1] == pytest.approx(surprise, abs=6e-7)
    for number, layer in enumerate(net.layers):
        words = explained(sheet, number, record=record, step="output")
        terms, value, activation = re.fullmatch(r"z = (.*) = (\S+),  a = (\S+)", words).groups()
        total = eval(terms.replace("×", "*").replace("−", "-"))
        assert total == pytest.approx(layer.Z[record - 1, 0], abs=2e-4)
        assert numbers(value)[0] == pytest.approx(layer.Z[record - 1, 0], rel=1e-4)
        assert numbers(activation)[0] == pytest.approx(layer.A[record - 1, 0], rel=1e-5)


def test_words_about_the_sheet():
    """Two, two and three silent units; at most a fifth of the blame is left in layer 1."""
    net, (X, y) = chapter.record_net(), three_records()
    a = net.forward(X)
    first, _, last = net.layers
    assert (first.A == 0).sum(axis=1).tolist() == [2, 2, 2]
    silent = [(layer.A == 0).sum(axis=1) for layer in net.layers[:2]]
    assert sum(silent).tolist() == [2, 3, 3]
    net.backward((a - y) / (a * (1 - a)) / 3)
    left = np.abs(first.dZ).max(axis=1) / np.abs(last.dZ[:, 0])
    assert (left <= 0.2).all() and left.max() > 0.19


def test_after_one_step_the_second_record_has_moved_the_wrong_way(printed):
    expected, (_, y) = CHECKS["003.tables"]["expected"], three_records()
    before, net = np.array(expected["A"][2][0]), chapter.record_net()
    train(net, *three_records(), learning_rate=0.1, epochs=1, loss=chapter.CROSS_ENTROPY)
    after = net.predict(three_records()[0])[:, 0]
    assert ((after > before) == [True, True, True]).all() and y[1, 0] == 0
    assert f"{after[1]:.6f}".rstrip("0") in printed


# --------------------------------------------------------------------------------- the cures


def test_cures_say_what_their_trainings_end_with(cures):
    runs = chapter.cured()
    for name in ("none", "dropout", "L2"):
        said = numbers(sentence(cures, cure=name, epochs=8000).replace("L2", ""))
        np.testing.assert_allclose(
            said[1:3], [runs[name].loss[-1], runs[name].held_out_loss[-1]], atol=6e-4
        )
    stopped = runs["early stopping"]
    said = sentence(cures, cure="early stopping", epochs=8000)
    assert f"Stopped at epoch {stopped.epochs[-1]}" in said
    assert stopped.best_epoch < 2000 < stopped.epochs[-1]  # at 2000 it is still waiting
    assert "Stopped" not in sentence(cures, cure="early stopping", epochs=2000)
    assert f"back to epoch {stopped.best_epoch}" in said
    assert numbers(said)[2] == pytest.approx(stopped.held_out_loss.min(), abs=6e-4)
    same = [
        sentence(cures, cure=name, epochs=1500).split("Epoch")[1]
        for name in ("none", "early stopping")
    ]
    assert same[0] == same[1]


def test_cures_explain_the_weights(cures):
    for name in ("none", "L2"):
        run = chapter.cured()[name]
        net = run.network.with_parameters(run.network.parameters[-1])
        squares = sum(np.sum(layer.W**2) for layer in net.dense)
        assert numbers(explained(cures, 0, cure=name, epochs=8000))[-1] == pytest.approx(
            squares, abs=0.06
        )


def test_the_tasks_of_the_cures(cures):
    assert done(cures, 0, cure="L2", epochs=8000)
    assert not done(cures, 0, cure="early stopping", epochs=8000)
    assert done(cures, 1, cure="dropout", epochs=8000)
    assert not done(cures, 1, cure="none", epochs=8000)


# ---------------------------------------------------------------------------------- the race


@pytest.mark.parametrize("valley", chapter.VALLEYS)
@pytest.mark.parametrize("rate, step", [(0.03, 7), (0.05, 100), (0.3, 30)])
def test_the_race_is_run_by_the_librarys_optimizers(race, valley, rate, step):
    H, expected = chapter.curvatures(valley), []
    for maker in chapter.RACERS.values():
        optimizer, theta = maker(rate), chapter.valley_start(valley)
        for _ in range(step):
            optimizer.step(theta, H @ theta)
        expected.append(theta @ H @ theta / 2)
    text = sentence(race, valley=valley, learning_rate=rate, epochs=step)
    losses = re.search(r"plain (\S+), momentum (\S+), RMSprop (\S+), Adam (\S+)\. ", text)
    said = [float(loss.replace("−", "-")) for loss in losses.groups()]
    np.testing.assert_allclose(said, expected, rtol=6e-3)
    best = list(chapter.RACERS)[int(np.argmin(expected))]
    assert text.endswith(f"Lowest: {best}.")


def test_both_valleys_are_the_same_for_plain_descent_and_momentum():
    """And not for the two that scale each parameter by itself."""
    for name, maker in chapter.RACERS.items():
        ends = [
            chapter.height(
                chapter.run_down(
                    maker([0.03]), chapter.curvatures(v), chapter.valley_start(v), 60
                ),
                chapter.curvatures(v),
            )[0]
            for v in chapter.VALLEYS
        ]
        assert np.allclose(*ends, rtol=1e-6) == (name in ("plain descent", "momentum"))
        if name == "Adam":
            assert ends[1][-1] > 2 * ends[0][-1]


def test_words_about_walls():
    """0.04 for plain descent, 0.076 for momentum; RMSprop is thrown out again at 0.3."""
    H, start = chapter.curvatures(chapter.VALLEYS[0]), [-4.0, 1.0]
    np.testing.assert_allclose(chapter.valley_start(chapter.VALLEYS[0]), start)

    def ends(maker, rate, steps=300):
        return chapter.height(chapter.run_down(maker([rate]), H, start, steps), H)[0]

    plain, momentum = chapter.SGD, chapter.Momentum
    assert ends(plain, 0.0399, 3000)[-1] < 1 < ends(plain, 0.0401, 3000)[-1]
    assert ends(momentum, 0.0755, 3000)[-1] < 1 < ends(momentum, 0.0765, 3000)[-1]
    rms = ends(chapter.RMSprop, 0.3)
    assert rms[30] < 1e-6 and rms[60] > 0.1
    ball = ends(momentum, 0.03)
    rest = [maker for maker in chapter.RACERS.values() if maker is not momentum]
    others = np.min([ends(maker, 0.03) for maker in rest], axis=0)
    assert (ball < others)[40:].all() and not (ball < others)[39]


def test_words_about_the_turned_valley():
    """By step 300 RMSprop and Adam stand higher in it, at every rate."""
    for maker in (chapter.RMSprop, chapter.Adam):
        along, across = (
            chapter.height(
                chapter.run_down(
                    maker(chapter.RACE_RATES), chapter.curvatures(v), chapter.valley_start(v), 300
                ),
                chapter.curvatures(v),
            )[:, -1]
            for v in chapter.VALLEYS
        )
        assert (across > along).all()


# ------------------------------------------------------------------------ the chapter's numbers


@pytest.fixture(scope="module")
def printed():
    """Return all that the chapter's cells print, as one text."""
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    outputs = [output for cell in cells if cell.cell_type == "code" for output in cell.outputs]
    return "\n".join(output.get("text", "") for output in outputs)


@pytest.fixture(scope="module")
def prose():
    return "\n".join(cell.source for cell in nbformat.read(NOTEBOOK, as_version=4).cells)


def rows_after(printed, head, count):
    """Return the numbers of the lines that follow a heading."""
    lines = printed.splitlines()
    first = lines.index(head) + 1
    return [numbers(line) for line in lines[first : first + count]]


def test_the_tables_forward_and_back_are_printed(printed):
    expected, sizes = CHECKS["003.tables"]["expected"], [2, 5, 3, 1]
    for k in (1, 2, 3):
        for name in "ZA":
            rows = rows_after(printed, f"{name}{k} (3, {sizes[k]})", 3)
            np.testing.assert_allclose(rows, np.transpose(expected[name][k - 1]), atol=6e-7)
        back = expected["backward"][k - 1]
        delta = rows_after(printed, f"delta{k}, one record a row", 3)
        np.testing.assert_allclose(delta, np.transpose(back["dZ"]) / 3, atol=6e-7)
        slopes = rows_after(printed, f"dW{k}", sizes[k - 1])
        np.testing.assert_allclose(slopes, np.transpose(back["dW"]), atol=6e-7)
    assert f"cost {expected['cost']:.7f} → {expected['cost_after']:.7f}" in printed
    assert f"right answers: {expected['accuracy']:.4f} before, 0.6667 after" in printed
    assert "right: every block agrees" in printed


@pytest.mark.parametrize(
    "name, digits", [("003.moons.A", 6), ("003.moons.A_He", 6), ("003.moons.B", 5)]
)
def test_the_runs_on_the_moons_are_printed(printed, name, digits):
    for epoch, record in CHECKS[name]["expected"].items():
        if name.endswith("B") and epoch == "10000":
            continue  # the chapter stops at 8000 there
        line = f"epoch {int(epoch):6}: cost {record['cost']:.{digits}f}, "
        assert f"{line}right answers {record['accuracy']:.3f}" in printed


def test_the_run_that_stands_still_is_printed(printed):
    expected = CHECKS["003.moons.stuck"]["expected"]
    costs = "  cost  " + " ".join(f"{record['cost']:.6f}" for record in expected.values())
    assert costs in printed and costs.count("0.693147") == 6


def test_the_overfitting_run_is_printed(printed):
    for epoch, record in CHECKS["003.overfit"]["expected"].items():
        line = next(
            numbers(row)
            for row in printed.splitlines()
            if re.match(rf" *{epoch} +\d\.\d{{3}} +\d\.\d{{3}} ", row)
        )
        reference = [record[k] for k in ("cost", "test_cost", "accuracy", "test_accuracy")]
        np.testing.assert_allclose(line[1:], reference, rtol=0.1, atol=0.02)


def test_small_checks_are_printed(printed):
    assert "W1 W2 as a row: [[-0.75 -0.5 ]]" in printed
    zero = CHECKS["003.zero"]["expected"]
    for number, (dW, db) in enumerate(
        zip(zero["max_abs_dW_per_layer"], zero["max_abs_dB_per_layer"], strict=True), start=1
    ):
        assert f"layer {number}: steepest slope in W {dW}, in b {round(db, 6)}" in printed
    near = CHECKS["003.siglin"]
    for k, z in enumerate(near["inputs"]["z"]):
        curve, line, off = (near["expected"][w][k] for w in ("sigmoid", "linear", "abs_error"))
        assert f"{z:4}   {curve:.6f}   {line:.6f}   {off:.6f}" in printed
    bends = CHECKS["003.act"]["expected"]
    for ours, theirs in [("relu", "relu"), ("leaky_relu", "leaky"), ("tanh", "tanh")]:
        for word, key in [("", theirs), (" slope", f"{theirs}_d")]:
            row = " ".join(f"{value + 0:8.4f}" for value in bends[key])
            assert f"{ours + word:17} {row}" in printed
    assert "the formula, typed in:   nan" in printed
    assert "byhand, from z:          0.0" in printed


def test_the_cures_quoted_are_printed(printed, prose):
    for name, fresh in [("early stopping", "0.2583"), ("dropout", "0.3525"), ("L2", "0.2642")]:
        (line,) = (row for row in printed.splitlines() if re.match(rf"{name} +\d\.", row))
        assert fresh in line.split() and fresh in prose


def test_words_about_the_optimizers(printed):
    """A ninth, a fortieth, a sixty-fifth."""
    below = {
        name: int(re.search(rf"{name} +below 0.11 at epoch +(\d+)", printed)[1])
        for name in chapter.RACERS
    }
    plain = below["plain descent"]
    for name, share in [("momentum", 9), ("Adam", 40), ("RMSprop", 65)]:
        assert plain / below[name] == pytest.approx(share, rel=0.05)


def test_the_numbers_at_the_end_of_the_text(prose):
    few, held_out = chapter.few_and_held_out()
    assert chapter.classifier(chapter.SIZES, "he").parameters.size == 346
    assert chapter.classifier([2, 2, 2, 1], "he").parameters.size == 15
    net = chapter.classifier(chapter.SIZES, "he")
    start = binary_cross_entropy(net.predict(few[0]), few[1])
    assert f"{start:.2f}" == "1.05" and "from $1.05$" in prose
