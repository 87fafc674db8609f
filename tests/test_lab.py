"""The controls in front of the core: moved without a browser, as a kernel moves them."""

import base64

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
import pytest

from byhand.datasets import four_points
from byhand.lab import Lab
from byhand.network import Network
from byhand.training import train
from sentence import said

X, Y = (values[:, None] for values in four_points())
PNG = b"\x89PNG\r\n\x1a\n"
RATES, EPOCHS = [0.1, 0.5, 1.0], [0, 1, 10]


def a_lab(**options):
    figure, axes = plt.subplots(figsize=(2, 1))
    (line,) = axes.plot([0, 1], [0, 0])
    axes.set(ylim=(0, 1))

    def update(rate, epochs):
        if epochs == 0:
            raise ValueError("0 epochs: nothing to see <yet> & nothing to learn.")
        network = Network([1, 1], weights=[0.5])
        loss = train(network, X, Y, learning_rate=rate, epochs=epochs).loss[-1]
        line.set_ydata(network.predict([[0], [1]])[:, 0])
        return f"loss {loss:.6f}"

    return Lab(figure, update, **({"start": {"epochs": 1}} | options), rate=RATES, epochs=EPOCHS)


def a_menu(**controls):
    figure, axes = plt.subplots(figsize=(2, 1))
    text = axes.text(0, 0, "")

    def update(**values):
        text.set_text(" ".join(map(str, values.values())))
        return f"shows {values}"

    return Lab(figure, update, **controls)


@pytest.fixture(autouse=True)
def no_figure_is_left_open():
    yield
    assert plt.get_fignums() == []


def test_starts_where_it_is_told_and_says_what_comes_out():
    lab = a_lab(start={"rate": 1.0, "epochs": 1})
    assert lab.sentence == "loss 0.005073"  # the first epoch of chapter 1
    assert lab.png.startswith(PNG)


def test_starts_at_the_first_value_when_not_told():
    assert a_lab().controls["rate"].value == 0.1
    assert a_lab().controls["epochs"].value == 1


def test_positions_are_all_combinations_of_values():
    assert list(a_lab().positions()) == [
        {"rate": rate, "epochs": epochs} for rate in RATES for epochs in EPOCHS
    ]


def test_moving_computes_again():
    lab = a_lab()
    before = lab.png
    assert lab.move(rate=1.0) == lab.sentence == "loss 0.005073"
    assert lab.png.startswith(PNG) and lab.png != before
    assert lab.controls["rate"].value == 1.0


def test_moving_several_and_moving_back():
    lab = a_lab()
    sentence, png = lab.sentence, lab.png
    lab.move(rate=0.5, epochs=10)
    assert (lab.controls["rate"].value, lab.controls["epochs"].value) == (0.5, 10)
    lab.move(rate=0.1, epochs=1)
    assert (lab.sentence, lab.png) == (sentence, png)


def test_every_position_can_be_moved_to():
    lab = a_lab()
    for position in lab.positions():
        lab.move(**position)
        assert {name: control.value for name, control in lab.controls.items()} == position


def test_a_reader_s_hand_on_the_slider_does_the_same():
    lab = a_lab()
    lab.controls["rate"].value = 1.0  # what arrives from the browser
    assert lab.sentence == "loss 0.005073"


def test_error_in_the_callback_becomes_a_sentence_and_the_picture_stays():
    lab = a_lab()
    png = lab.png
    assert lab.move(epochs=0) == "0 epochs: nothing to see <yet> & nothing to learn."
    assert lab.png == png
    assert lab.children[-2].value == (
        "<p>0 epochs: nothing to see &lt;yet> &amp; nothing to learn.</p>"
    )
    assert lab.move(epochs=1).startswith("loss ")


def test_any_other_error_is_not_hidden():
    def update(step):
        return {1: "fine"}[step]

    lab = Lab(plt.figure(), update, step=[1, 2])
    with pytest.raises(KeyError):
        lab.move(step=2)


def test_numbers_get_sliders_and_words_get_menus():
    lab = a_menu(rate=[0.1, 1], activation=["tanh", "relu"], flag=[False, True], mixed=[1, "all"])
    assert type(lab.controls["rate"]) is ipywidgets.SelectionSlider
    for name in ("activation", "flag", "mixed"):
        assert type(lab.controls[name]) is ipywidgets.Dropdown
    assert lab.move(activation="relu").endswith("'activation': 'relu', 'flag': False, 'mixed': 1}")
    assert lab.move(flag=True, mixed="all").endswith("'flag': True, 'mixed': 'all'}")


def test_sliders_wait_until_the_hand_lets_go():
    assert a_lab().controls["rate"].continuous_update is False


def test_controls_carry_their_names_and_stand_above_sentence_and_picture():
    lab = a_menu(learning_rate=[0.1, 1], activation=["tanh", "relu"])
    assert [child.description for child in lab.children[:2]] == ["learning rate", "activation"]
    assert lab.children[:2] == tuple(lab.controls.values())
    assert lab.children[-2].value == f"<p>{lab.sentence}</p>"
    assert lab.children[-1].value == lab.png


def test_labels_are_short_and_whole_numbers_whole():
    lab = a_menu(rate=[0.1 + 0.2, 1.0, 1e-5, 12345, np.float64(2 / 3), np.int64(20000)])
    labels = [label for label, _ in lab.controls["rate"].options]
    assert labels == ["0.3", "1", "1e-05", "12345", "0.6667", "20000"]


def test_values_may_come_as_an_array():
    lab = a_menu(rate=np.array([0.25, 0.5]), start={"rate": 0.5})
    assert lab.controls["rate"].value == 0.5 and lab.move(rate=0.25) == lab.sentence


def test_repr_says_where_it_stands_and_what_came_out():
    lab = a_lab()
    lab.move(rate=1.0)
    assert repr(lab) == "Lab at rate 1, epochs 1: loss 0.005073"


def test_repr_names_a_control_that_stands_at_its_first_value():
    assert "rate 0.25" in repr(a_menu(rate=[0.25, 0.5]))


def test_repr_and_picture_are_deterministic():
    one, other = a_lab(), a_lab()
    assert repr(one) == repr(other) and one.png == other.png


def test_output_is_a_view_a_picture_and_a_sentence():
    lab = a_lab()
    data, metadata = lab._repr_mimebundle_(include=None, exclude=None)
    assert sorted(data) == [
        "application/vnd.jupyter.widget-view+json",
        "image/png",
        "text/plain",
    ]
    assert base64.b64decode(data["image/png"]) == lab.png
    assert data["text/plain"] == repr(lab)
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == lab.model_id
    assert metadata == {}
    assert lab._ipython_display_ is None


def test_output_follows_the_controls():
    lab = a_lab()
    before = lab._repr_mimebundle_()[0]
    lab.move(rate=1.0)
    after = lab._repr_mimebundle_()[0]
    assert before["image/png"] != after["image/png"]
    assert after["text/plain"].endswith("loss 0.005073")


@pytest.mark.parametrize("values", [[], [1], ["only"], 3, None, "abc", np.array(2.0)], ids=repr)
def test_control_without_two_values_is_refused(values):
    figure = plt.figure()
    text = said(Lab, figure, lambda **values: "", rate=values)
    plt.close(figure)
    assert f"rate is {values!r}, expected a list of at least two values" in text


@pytest.mark.parametrize("start", [2.0, "0.1", np.nan], ids=repr)
def test_start_that_is_not_a_value_is_refused(start):
    figure = plt.figure()
    text = said(Lab, figure, lambda **values: "", start={"rate": start}, rate=[0.1, 1.0])
    plt.close(figure)
    assert f"rate has no value {start!r}: choose one of [0.1, 1.0]" in text


def test_start_of_a_control_that_is_not_there_is_refused():
    figure = plt.figure()
    text = said(Lab, figure, lambda **values: "", start={"rat": 1}, rate=[0.1, 1.0], epochs=[1, 2])
    plt.close(figure)
    assert text == "there is no control 'rat': choose one of rate, epochs."


def test_bad_moves_are_refused_and_nothing_moves():
    lab = a_lab()
    assert "there is no control 'speed': choose one of rate, epochs" in said(lab.move, speed=1)
    text = said(lab.move, rate=1.0, epochs=7)
    assert text == "epochs has no value 7: choose one of [0, 1, 10]."
    assert lab.controls["rate"].value == 0.1
