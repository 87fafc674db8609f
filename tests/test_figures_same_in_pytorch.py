"""The figures and numbers of chapter 10: what they say is what the core computes."""

import contextlib
import importlib.util
import io
import re
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest

from byhand.activations import softmax
from byhand.datasets import digits, one_row
from byhand.figures import same_in_pytorch as chapter
from byhand.figures import use_style
from byhand.gradient_check import central_difference
from byhand.losses import categorical_cross_entropy_from_logits, mean_squared_error
from byhand.network import Network
from byhand.optimizers import SGD
from byhand.training import train
from seeds import CHECKS

NOTEBOOK = Path(__file__).resolve().parent.parent / "chapters/10_same_in_pytorch.ipynb"
NEEDS_TORCH = "needs-torch"


@pytest.fixture(autouse=True, scope="module")
def style():
    with plt.rc_context():
        use_style()
        yield
    plt.close("all")


@pytest.fixture(scope="module")
def units(style):
    return chapter.hidden_units()


@pytest.fixture(scope="module")
def misread(style):
    return chapter.misread()


@pytest.fixture(scope="module")
def tape(style):
    return chapter.tape()


def sentence(figure, **stops):
    return figure._sentence(figure._position(stops))


def explained(figure, number, **stops):
    return figure._fill(figure._explanations[number][2], figure._position(stops))


def done(figure, number, **stops):
    return bool(figure._tasks[number][1][figure._position(stops)])


def numbers(text):
    return [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", text.replace("−", "-"))]


def trained_alone(rate, epochs, sizes=chapter.SMALL):
    """Train the net of a figure by itself, with `train`; return it and its history."""
    X, y, *held_out = chapter.hands()
    net = chapter.recogniser(sizes)
    history = train(
        net, X, y, learning_rate=rate, epochs=epochs, batch_size=chapter.BATCH,
        loss=chapter.CROSS_ENTROPY, held_out=tuple(held_out), rng=np.random.default_rng(0),
        record=[0, epochs], progress=False,
    )  # fmt: skip
    return net, history


# ------------------------------------------------------------------------------- hidden units


def test_the_pixels_without_ink():
    X, y = digits()
    assert np.flatnonzero(X.max(axis=0) == 0).tolist() == chapter.NEVER
    own, y_own, new, y_new = chapter.hands()
    assert (len(own), len(new)) == (len(y_own), len(y_new)) == (1438, 359)
    assert np.flatnonzero(own.max(axis=0) == 0).tolist() == chapter.NEVER
    assert [divmod(pixel, 8) for pixel in chapter.NEVER] == [(0, 0), (4, 0), (4, 7)]


@pytest.mark.parametrize("rate, epoch", [(0.01, 3), (0.1, 40), (0.5, 8)])
def test_hidden_units_say_how_many_are_right(units, rate, epoch):
    net, history = trained_alone(rate, epoch)
    said = numbers(sentence(units, learning_rate=rate, epochs=epoch))
    right = (net.predict(chapter.hands()[2]).argmax(axis=1) == chapter.hands()[3]).sum()
    expected = [rate, epoch, 100 * history.accuracy[-1], 1438, right, 359]
    np.testing.assert_allclose(said[:6], expected, atol=0.051)
    start = chapter.recogniser(chapter.SMALL).layers[0].W
    told = numbers(explained(units, 0, learning_rate=rate, epochs=epoch))
    moved = np.abs(net.layers[0].W - start)
    assert told == [pytest.approx(moved.mean(), abs=6e-5), 0]


def test_the_right_answer_of_the_first_figure(units):
    """The weights of pixels without ink stay; all the others move, at every rate."""
    W = chapter.trained().network.layers[0].W
    moved = np.abs(W - W[:, :1]).max(axis=(1, 3))
    assert (moved[:, chapter.NEVER] == 0).all()
    assert (np.delete(moved, chapter.NEVER, axis=1) > 0).all()
    question = units._question
    assert question["answers"][question["right"]][0] == "nothing at all"


def test_the_picture_shows_the_weights(units):
    image = next(m for m in units._motions if "data" in m.data).data["data"]
    net, _ = trained_alone(0.1, 40)
    frame = image[chapter.RATES.index(0.1), chapter.EPOCHS.index(40)]
    for unit in range(16):
        top, left = 9 * (unit // 4), 9 * (unit % 4)
        shown = frame[top : top + 8, left : left + 8]
        weights = net.layers[0].W[:, unit].reshape(8, 8).clip(-0.8, 0.8)
        assert np.abs(shown - weights).max() <= 0.8 / chapter.STEPS_OF_COLOUR / 2 + 1e-9
    assert np.isnan(frame[8]).all() and np.isnan(frame[:, 17]).all()


def test_words_about_the_first_figure(units):
    """39 before it has learned anything, 349 after forty epochs at rate 0.1."""
    first = sentence(units, learning_rate=0.1, epochs=0)
    assert "39 of the 359" in first and "Not trained yet" in first
    last = sentence(units, learning_rate=0.1, epochs=40)
    assert "349 of the 359" in last and "Few are left" in last
    assert "Hardly better" in sentence(units, learning_rate=0.01, epochs=1)
    assert "Its own images" in sentence(units, learning_rate=1.0, epochs=40)
    assert done(units, 0, learning_rate=0.2, epochs=20)
    assert not done(units, 0, learning_rate=0.1, epochs=40)
    assert done(units, 1, learning_rate=1.0, epochs=40)
    assert not done(units, 1, learning_rate=0.1, epochs=5)


# ------------------------------------------------------------------------------------ misread


def test_confusion_counts_pairs():
    rng = np.random.default_rng(0)
    y, said = rng.integers(10, size=40), rng.integers(10, size=(2, 3, 40))
    table = chapter.confusion(y, said)
    assert table.shape == (2, 3, 10, 10) and (table.sum(axis=(-1, -2)) == 40).all()
    for i, j in np.ndindex(10, 10):
        assert table[1, 2, i, j] == sum((y == i) & (said[1, 2] == j))


@pytest.mark.parametrize("rate, epoch", [(0.1, 1), (0.1, 40), (0.02, 8)])
def test_misread_shows_and_says_what_the_net_reads(misread, rate, epoch):
    net, _ = trained_alone(rate, epoch)
    _, _, X, y = chapter.hands()
    chances = softmax(net.predict(X))
    answers = chances.argmax(axis=1)
    table = chapter.confusion(y, answers)
    off = table - np.diag(np.diag(table))
    at = chapter.RATES.index(rate), chapter.EPOCHS.index(epoch)
    image = next(m for m in misread._motions if "data" in m.data).data["data"]
    np.testing.assert_array_equal(image[at], np.minimum(off, 8))
    text = sentence(misread, learning_rate=rate, epochs=epoch)
    n_wrong, i, j, often = re.search(r": (\d+) of 359 .* (\d) as (\d): (\d+)", text).groups()
    assert (int(n_wrong), int(often)) == (off.sum(), off.max()) and off[int(i), int(j)] == off.max()
    hard = chapter._hardest(chapter.trained(), y, 6)
    said = [m.data["text"][at] for m in misread._motions if "text" in m.data]
    for row, words in zip(hard, said, strict=True):
        assert words == f"says {answers[row]}, {chances[row].max():.0%}"
    shown = [t.get_text() for ax in misread._figure.axes for t in ax.texts]
    assert [f"a {y[row]}" for row in hard] == [text for text in shown if text.startswith("a ")]


# -------------------------------------------------------------------------------------- tape


def loss_of(x, w1, w2, v1, v2, y):
    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    return (v1 * sigmoid(w1 * x) + v2 * sigmoid(w2 * x) - y) ** 2


@pytest.mark.parametrize("rate, epoch", [(0.03, 0), (0.3, 3), (1.0, 1)])
def test_the_record_is_that_of_the_net(rate, epoch):
    here, after = chapter.tape_runs()
    at = chapter.TAPE_RATES.index(rate), chapter.TAPE_EPOCHS.index(epoch)
    now = {name: each[at] for name, each in here.items()}
    place = [now[name] for name in ("x", "w₁", "w₂", "v₁", "v₂")]
    y = chapter.TINY_NET["y"]
    assert now["L"] == pytest.approx(loss_of(*place, y), rel=1e-12)
    slopes = [now[f"d{name}"] for name in ("x", "w₁", "w₂", "v₁", "v₂")]
    measured = central_difference(lambda p: loss_of(*p, y), np.array(place))
    np.testing.assert_allclose(slopes, measured, rtol=1e-6, atol=1e-9)
    # the numbers between, by the local rules
    assert now["de"] == pytest.approx(2 * now["e"]) and now["dq₁"] == now["dŷ"] == now["d−y"]
    assert now["ds₂"] == pytest.approx(now["dq₂"] * now["v₂"])
    assert now["dp₁"] == pytest.approx(now["ds₁"] * now["s₁"] * (1 - now["s₁"]))
    assert now["dx"] == pytest.approx(now["part"] + now["dp₁"] * now["w₁"])
    for name in ("w₁", "w₂", "v₁", "v₂"):
        assert after[name][at] == pytest.approx(now[name] - rate * now[f"d{name}"], rel=1e-12)


def test_the_record_at_epoch_0_is_the_start():
    here, _ = chapter.tape_runs()
    (w1, w2), (v1, v2) = chapter.TINY_NET["w"], chapter.TINY_NET["v"]
    for name, value in [("w₁", w1), ("w₂", w2), ("v₁", v1), ("v₂", v2), ("x", 1.5), ("−y", -0.2)]:
        np.testing.assert_allclose(here[name][:, 0], value)


@pytest.mark.parametrize("step", ["L to e", "q₂", "s₁", "p₂", "p₁"])
def test_the_arithmetic_of_the_tape_comes_out(tape, step):
    text = sentence(tape, step=step, learning_rate=0.3, epochs=1).split(": ", 1)[1]
    for equation in text.split(",  "):
        parts = equation.replace("×", "*").replace("−", "-").split(" = ")
        assert eval(parts[1]) == pytest.approx(float(parts[2]), abs=3e-4), equation


def test_slopes_appear_one_after_the_other(tape):
    counts, shares = [], {}
    for step in chapter.TAPE_STEPS:
        ax = tape.show(step=step, learning_rate=0.3, epochs=0).axes[0]
        arrows = [arrow for arrow in ax.patches if arrow.get_visible()]
        assert len(arrows) == len(chapter.EDGES)  # there or back, never both
        red = [t for t in ax.texts if t.get_visible() and t.get_color() == chapter.GRADIENT]
        counts.append(len(red))
        here = [t.get_text() for t in red if t.get_position()[0] == 0 and -1 < t.get_position()[1]]
        shares[step] = [text for text in here if text]
    assert counts == [0, 1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 15]
    here, _ = chapter.tape_runs()
    at = chapter.TAPE_RATES.index(0.3), 0
    assert chapter.short(here["part"][at], 3) in shares["p₂"]
    assert chapter.short(here["dx"][at], 3) in shares["p₁"]
    assert here["part"][at] * (here["dx"] - here["part"])[at] < 0  # the shares differ in sign


def test_the_tasks_of_the_tape(tape):
    assert done(tape, 0, step="p₁") and not done(tape, 0, step="p₂")
    assert done(tape, 1, learning_rate=0.3, epochs=12)
    assert not done(tape, 1, learning_rate=0.03, epochs=50)
    told = numbers(explained(tape, 0, learning_rate=0.3, epochs=0))
    assert told[0] * told[1] + told[2] * told[3] == pytest.approx(told[4], abs=3e-4)


# ------------------------------------------------------------------------ the chapter's numbers


def cells():
    return [c for c in nbformat.read(NOTEBOOK, as_version=4).cells if c.cell_type == "code"]


def text_of(cell):
    return "".join(output.get("text", "") for output in cell.outputs)


@pytest.fixture(scope="module")
def printed():
    """Return all that the chapter's cells print, as one text."""
    return "\n".join(map(text_of, cells()))


@pytest.fixture(scope="module")
def prose():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def test_the_slopes_of_chapter_8_are_printed(printed):
    expected = CHECKS["004.hand"]["expected"]["full_precision"]
    for name, row in zip(("w1", "w2"), expected["dC_dW_input_to_hidden"], strict=True):
        assert f"slopes in {name}: " + " ".join(f"{slope:.7f}" for slope in row) in printed
    last = " ".join(f"{slope:.7f}" for slope in expected["dC_dw_hidden_to_output"])
    assert f"slopes in v : {last}" in printed and f"slopes of v: {last}" in printed
    assert f"loss {expected['loss']:.6f}, 31 numbers" in printed
    assert "nine slopes equal: True" in printed


def test_the_weights_after_100_epochs_are_printed(printed, prose):
    expected = CHECKS["004.exact100"]["expected"]
    W1, b1, W2, b2 = expected["weights"]
    for name, values in [("W1", W1), ("b1", b1), ("W2", W2), ("b2", b2)]:
        row = " ".join(f"{value:.8f}" for value in np.ravel(values))
        assert f"{name} {row}\n" in printed
    losses = f"{expected['loss_epoch0']:.7f} → {expected['loss_epoch99']:.7f}"
    assert losses in printed
    nudged = CHECKS["004.fd100"]["expected"]["weights"][0][0][0]
    assert f"{nudged:.8f}" in prose and f"{W1[0][0]:.8f}" in prose


def test_cells_that_need_torch_hold_a_real_run():
    chosen = [cell for cell in cells() if NEEDS_TORCH in cell.metadata.get("tags", [])]
    assert 2 <= len(chosen) <= 8
    assert "PyTorch is here." in text_of(chosen[0])
    for cell in chosen[1:]:
        assert cell.source.startswith("if torch:\n") and text_of(cell).strip()
    said = "".join(map(text_of, chosen))
    assert said.count("equal to 1e-10: True") == 4 and "to 1e-14: True" in said
    assert "equal to 1e-10: False  equal to 1e-6: True" in said
    for cell in cells():
        if "torch" in re.sub(r"same_in_pytorch", "", cell.source):
            assert NEEDS_TORCH in cell.metadata.get("tags", []), cell.source


def run_up_to_the_last_that_needs_torch(monkeypatch):
    """Run the cells, without figures; yield each cell that needs torch, and what it printed."""
    monkeypatch.setattr(plt, "show", lambda: plt.close("all"))
    space, chosen = {"__name__": "notebook"}, cells()
    last = max(n for n, c in enumerate(chosen) if NEEDS_TORCH in c.metadata.get("tags", []))
    for cell in chosen[: last + 1]:
        if re.search(r"= same_in_pytorch\.", cell.source):
            continue
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(cell.source, cell.id, "exec"), space)
        if NEEDS_TORCH in cell.metadata.get("tags", []):
            yield cell, out.getvalue()


@pytest.mark.skipif(not importlib.util.find_spec("torch"), reason="torch is not installed")
def test_cells_that_need_torch_print_what_is_stored(monkeypatch):
    for cell, out in run_up_to_the_last_that_needs_torch(monkeypatch):
        assert out == text_of(cell), cell.source


def test_without_torch_the_cells_are_silent(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "torch", None)  # import raises then
    ran = list(run_up_to_the_last_that_needs_torch(monkeypatch))
    assert "No PyTorch here" in ran[0][1]
    assert all(out == "" for _, out in ran[1:])


def test_the_net_of_the_text_is_stable():
    """A change of 1e-9 in every starting weight changes no count; no answer hangs by a hair."""
    (X, y, X_new, y_new), counts = chapter.hands(), []
    for size in (0.0, 1e-9):
        net = chapter.recogniser(chapter.LARGE)
        net.parameters += size * np.random.default_rng(1).normal(size=net.parameters.size)
        history = train(
            net, X, y, learning_rate=0.1, epochs=40, batch_size=32, loss=chapter.CROSS_ENTROPY,
            held_out=(X_new, y_new), rng=np.random.default_rng(0), progress=False,
        )  # fmt: skip
        counts.append([history.accuracy * len(y), history.held_out_accuracy * len(y_new)])
    np.testing.assert_allclose(*counts, atol=1e-9)
    logits = np.sort(net.predict(X_new), axis=1)
    assert (logits[:, -1] - logits[:, -2]).min() > 0.01


def test_the_table_of_the_net_is_printed(printed):
    net, history = trained_alone(0.1, 40, chapter.LARGE)
    row = next(line for line in printed.splitlines() if re.match(r" +40 +0\.0600", line))
    np.testing.assert_allclose(
        numbers(row),
        [40, history.loss[-1], history.held_out_loss[-1], 1438 * history.accuracy[-1],
         359 * history.held_out_accuracy[-1]],
        atol=6e-5,
    )  # fmt: skip
    p = history.held_out_accuracy[-1]
    error = np.sqrt(p * (1 - p) / 359)
    assert f"accuracy {p:.4f}, standard error {error:.4f}" in printed
    assert net.parameters.size == 2410


def test_words_about_scores(printed, prose):
    """57 and 90 misread: standard errors of about 7.4, 9.2 and 12; and what an answer costs."""
    table = {
        name: [int(n) for n in re.search(rf"{name} +(\d+) +(\d+)\n", printed).groups()]
        for name in ("nearest mean", "one layer", "32 hidden units", "nearest picture")
    }
    assert table["32 hidden units"][0] == 57 and table["one layer"][0] == 90
    errors = [np.sqrt(misread * (1 - misread / 1797)) for misread in (57, 90)]
    assert errors == pytest.approx([7.4, 9.2], abs=0.05)
    assert np.hypot(*errors) == pytest.approx(12, abs=0.5)
    assert r"$7.4$ and $9.2$" in prose and r"\sqrt{7.4^2 + 9.2^2} \approx 12" in prose
    assert f"{32 * 64 * 32:,}" == "65,536" and r"65\,536" in prose
    assert table["nearest picture"] == [21, 63] and min(table.values())[0] == 21
    assert table["32 hidden units"][1] == pytest.approx(2 * 57, rel=0.05)
    assert f"{1438 * 64:,}" == "92,032" and f"{64 * 32 + 32 * 10:,}" == "2,368"
    assert "92{,}032" in prose and "2{,}368" in prose
    assert np.sqrt(0.773 * 0.227 / 22) == pytest.approx(0.09, abs=0.005)


def test_words_about_shuffled_pixels(printed):
    """349 with the pixels shuffled as without, and not the same 349."""
    X, y, X_new, y_new = chapter.hands()
    order, right = np.random.default_rng(0).permutation(64), []
    for pixels in (np.arange(64), order):
        net = chapter.recogniser(chapter.LARGE)
        train(
            net, X[:, pixels], y, learning_rate=0.1, epochs=40, batch_size=32, record=[40],
            loss=chapter.CROSS_ENTROPY, rng=np.random.default_rng(0), progress=False,
        )  # fmt: skip
        right.append(net.predict(X_new[:, pixels]).argmax(axis=1) == y_new)
    assert right[0].sum() == right[1].sum() == 349 and (right[0] != right[1]).any()
    assert "right: 349" in printed


def test_words_about_pytorch_s_start():
    """It draws weights and biases evenly up to 1/√n_in."""
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    linear = torch.nn.Linear(64, 2000)
    for drawn in (linear.weight, linear.bias):
        values = drawn.detach().numpy()
        assert np.abs(values).max() <= 1 / 8 and np.abs(values).max() > 0.124
        assert values.std() == pytest.approx(1 / 8 / np.sqrt(3), rel=0.05)


def test_words_about_softmax_applied_twice(prose):
    """A cost of chances taken for logits cannot fall below ln(1 + 9/e) = 1.461."""
    floor = np.log(1 + 9 / np.e)
    right = categorical_cross_entropy_from_logits(np.eye(10), np.arange(10))
    assert right == pytest.approx(floor) and f"{floor:.3f}" in prose
    rng = np.random.default_rng(0)
    chances = rng.dirichlet(0.1 * np.ones(10), 2000)
    assert categorical_cross_entropy_from_logits(chances, chances.argmax(axis=1)) > floor


def test_words_about_the_nudge_at_3():
    """12.007001, a slope of about 7; and the start of the digits near ln 10."""
    assert 3.001**2 + 3.001 == pytest.approx(12.007001, abs=1e-12)
    _, history = trained_alone(0.1, 1, chapter.LARGE)
    assert history.loss[0] == pytest.approx(2.3185, abs=5e-5)
    assert np.log(10) == pytest.approx(2.3026, abs=5e-5)


def test_the_uncleared_net_returns_nearly_to_its_start(printed):
    rows = re.findall(r"epoch +(\d+): loss (\S+), cleared (\S+)", printed)
    losses = {int(epoch): float(loss) for epoch, loss, _ in rows}
    assert losses[8] < 1e-5 < losses[25] < 1e-4 and losses[16] > 0.98 * losses[0]
    cleared = [float(each) for _, _, each in rows]
    assert cleared == sorted(cleared, reverse=True)


def test_a_mean_of_squares_is_what_the_tape_ends_with():
    here, _ = chapter.tape_runs()
    y_pred, y = np.array([[here["ŷ"][0, 0]]]), np.array([[chapter.TINY_NET["y"]]])
    assert here["L"][0, 0] == pytest.approx(mean_squared_error(y_pred, y))


def test_words_about_a_ball_without_friction():
    """After five thousand epochs the uncleared net still climbs to 0.254 in every swing."""

    class NeverCleared(SGD):
        total = 0.0

        def step(self, parameters, gradients):
            self.total = self.total + gradients
            parameters -= self.rate * self.total

    W1, b1, W2, b2 = CHECKS["004.exact100"]["inputs"]["W"]
    net = Network([2, 3, 1], hidden="sigmoid", weights=[W1, W2], biases=[b1, b2])
    loss = train(
        net, *one_row(), optimizer=NeverCleared(0.01), epochs=5000, loss="mean_squared_error"
    ).loss
    assert loss[-200:].max() == pytest.approx(0.254, abs=1e-3) and loss[-200:].min() < 1e-3


def test_words_about_a_net_turned_round():
    """A picture that is a 3 to the net, found by climbing in the inputs, is like no real 3."""
    (X, y, _, _), (net, _) = chapter.hands(), trained_alone(0.1, 40, chapter.LARGE)
    picture = np.full((1, 64), 0.5)
    for _ in range(300):
        chances = softmax(net.forward(picture))
        picture = np.clip(picture - 0.1 * net.backward(chances - np.eye(10)[[3]]), 0, 1)
    assert softmax(net.predict(picture))[0, 3] > 0.99
    threes = X[y == 3]
    from_it = np.sqrt(((threes - picture) ** 2).sum(axis=1)).min()
    apart = np.sqrt(((threes[:, None] - threes) ** 2).sum(axis=-1))
    nearest = np.sort(apart, axis=1)[:, 1]  # of each real 3 to the next
    assert from_it > 1.5 * nearest.max()
