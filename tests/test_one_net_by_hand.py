"""One net worked by hand: every number of two steps, written out."""

import numpy as np

from byhand.gradient_check import gradient_check
from byhand.losses import LOSSES
from byhand.network import Network
from byhand.optimizers import SGD
from byhand.training import train

LOSS = LOSSES["binary_cross_entropy_from_logits"]
X, Y = np.array([[1.0, 0.5], [-1.0, 2.0]]), np.array([[1.0], [0.0]])
W1, B1 = [[0.5, -1.0], [1.0, 1.0]], [0.0, -0.5]
W2, B2 = [[1.0], [-2.0]], [0.5]


def net():
    """Two inputs, two sigmoid units, one logit z; the chance of a 1 is σ(z)."""
    return Network([2, 2, 1], hidden="sigmoid", weights=[W1, W2], biases=[B1, B2])


def is_(actual, expected):
    """Equal to the six decimals that are written."""
    assert np.shape(actual) == np.shape(expected)
    np.testing.assert_allclose(actual, expected, rtol=0, atol=5.01e-7)


def array(*rows):
    return np.array(rows)


def test_two_steps_by_hand():
    network = net()
    first, second = network.dense

    # --- step 1, forward
    #
    # Z₁ = X W₁ + b₁, a row for each sample:
    #   1·0.5 + 0.5·1 + 0 = 1        1·(−1) + 0.5·1 − 0.5 = −1
    #   −1·0.5 + 2·1 + 0 = 1.5      −1·(−1) + 2·1 − 0.5 = 2.5
    # A₁ = σ(Z₁) = 1 / (1 + e^(−Z₁)):
    #   1 / (1 + 0.367879) = 0.731059        1 / (1 + 2.718282) = 0.268941
    #   1 / (1 + 0.223130) = 0.817574        1 / (1 + 0.082085) = 0.924142
    # z = A₁ W₂ + b₂:
    #   0.731059·1 + 0.268941·(−2) + 0.5 = 0.693176
    #   0.817574·1 + 0.924142·(−2) + 0.5 = −0.530709
    z = network.forward(X)
    is_(first.Z, array([1.0, -1.0], [1.5, 2.5]))
    is_(first.A, array([0.731059, 0.268941], [0.817574, 0.924142]))
    is_(z, array([0.693176], [-0.530709]))

    # The chances are σ(0.693176) = 0.666673 and σ(−0.530709) = 0.370352; the answers are 1 and 0:
    #   loss = −(ln 0.666673 + ln(1 − 0.370352)) / 2 = (0.405456 + 0.462594) / 2 = 0.434025
    is_(LOSS.function(z, Y), 0.434025)

    # --- step 1, backward
    #
    # dz = (chance − answer) / n:
    #   (0.666673 − 1) / 2 = −0.166663        (0.370352 − 0) / 2 = 0.185176
    # dW₂ = A₁ᵀ dz:
    #   0.731059·(−0.166663) + 0.817574·0.185176 = 0.029554
    #   0.268941·(−0.166663) + 0.924142·0.185176 = 0.126306
    # db₂ = −0.166663 + 0.185176 = 0.018512
    # dA₁ = dz W₂ᵀ:
    #   −0.166663·1 = −0.166663        −0.166663·(−2) = 0.333327
    #    0.185176·1 =  0.185176         0.185176·(−2) = −0.370352
    # dZ₁ = dA₁ · A₁ (1 − A₁):
    #   −0.166663·0.196612 = −0.032768        0.333327·0.196612 = 0.065536
    #    0.185176·0.149146 =  0.027618       −0.370352·0.070104 = −0.025963
    # dW₁ = Xᵀ dZ₁:
    #   1·(−0.032768) − 1·0.027618 = −0.060386       1·0.065536 − 1·(−0.025963) = 0.091499
    #   0.5·(−0.032768) + 2·0.027618 = 0.038853      0.5·0.065536 + 2·(−0.025963) = −0.019158
    # db₁ = −0.032768 + 0.027618 = −0.005150         0.065536 − 0.025963 = 0.039573
    dz = LOSS.gradient(z, Y)
    is_(dz, array([-0.166663], [0.185176]))
    network.backward(dz)
    is_(second.dW, array([0.029554], [0.126306]))
    is_(second.db, array(0.018512))
    is_(second.backward(dz), array([-0.166663, 0.333327], [0.185176, -0.370352]))
    is_(first.A * (1 - first.A), array([0.196612, 0.196612], [0.149146, 0.070104]))
    is_(first.dZ, array([-0.032768, 0.065536], [0.027618, -0.025963]))
    is_(first.dW, array([-0.060386, 0.091499], [0.038853, -0.019158]))
    is_(first.db, array(-0.005150, 0.039573))

    # --- step 1, update with η = 1
    #
    #   W₁ = [[0.5 + 0.060386, −1 − 0.091499], [1 − 0.038853, 1 + 0.019158]]
    #   b₁ = (0 + 0.005150, −0.5 − 0.039573)
    #   W₂ = (1 − 0.029554, −2 − 0.126306)        b₂ = 0.5 − 0.018512
    SGD(1.0).step(network.parameters, network.gradients)
    is_(first.W, array([0.560386, -1.091499], [0.961147, 1.019158]))
    is_(first.b, array(0.005150, -0.539573))
    is_(second.W, array([0.970446], [-2.126306]))
    is_(second.b, array(0.481488))

    # --- step 2, forward
    #
    # Z₁:  0.560386 + 0.5·0.961147 + 0.005150 = 1.046110
    #     −1.091499 + 0.5·1.019158 − 0.539573 = −1.121493
    #     −0.560386 + 2·0.961147 + 0.005150 = 1.367058
    #      1.091499 + 2·1.019158 − 0.539573 = 2.590242
    # z:  0.740027·0.970446 − 0.245734·2.126306 + 0.481488 = 0.677137
    #     0.796904·0.970446 − 0.930231·2.126306 + 0.481488 = −0.723115
    # Chances 0.663100 and 0.326707:
    #   loss = (0.410830 + 0.395575) / 2 = 0.403203, down from 0.434025
    z = network.forward(X)
    is_(first.Z, array([1.046110, -1.121493], [1.367058, 2.590242]))
    is_(first.A, array([0.740027, 0.245734], [0.796904, 0.930231]))
    is_(z, array([0.677137], [-0.723115]))
    is_(LOSS.function(z, Y), 0.403203)

    # --- step 2, backward
    #
    # dz:   (0.663100 − 1) / 2 = −0.168450        0.326707 / 2 = 0.163354
    # dW₂:  0.740027·(−0.168450) + 0.796904·0.163354 = 0.005520
    #       0.245734·(−0.168450) + 0.930231·0.163354 = 0.110563
    # db₂:  −0.168450 + 0.163354 = −0.005097
    # dA₁:  −0.168450·0.970446 = −0.163472        −0.168450·(−2.126306) = 0.358177
    #        0.163354·0.970446 =  0.158526         0.163354·(−2.126306) = −0.347340
    # dZ₁:  −0.163472·0.192387 = −0.031450         0.358177·0.185349 = 0.066388
    #        0.158526·0.161848 =  0.025657        −0.347340·0.064901 = −0.022543
    # dW₁:  −0.031450 − 0.025657 = −0.057107       0.066388 + 0.022543 = 0.088931
    #        0.5·(−0.031450) + 2·0.025657 = 0.035589
    #        0.5·0.066388 + 2·(−0.022543) = −0.011892
    # db₁:  −0.031450 + 0.025657 = −0.005793       0.066388 − 0.022543 = 0.043845
    dz = LOSS.gradient(z, Y)
    is_(dz, array([-0.168450], [0.163354]))
    network.backward(dz)
    is_(second.dW, array([0.005520], [0.110563]))
    is_(second.db, array(-0.005097))
    is_(second.backward(dz), array([-0.163472, 0.358177], [0.158526, -0.347340]))
    is_(first.A * (1 - first.A), array([0.192387, 0.185349], [0.161848, 0.064901]))
    is_(first.dZ, array([-0.031450, 0.066388], [0.025657, -0.022543]))
    is_(first.dW, array([-0.057107, 0.088931], [0.035589, -0.011892]))
    is_(first.db, array(-0.005793, 0.043845))

    # --- step 2, update
    SGD(1.0).step(network.parameters, network.gradients)
    is_(first.W, array([0.617493, -1.180430], [0.925558, 1.031050]))
    is_(first.b, array(0.010943, -0.583418))
    is_(second.W, array([0.964926], [-2.236869]))
    is_(second.b, array(0.486584))

    # The loss after it: (0.399834 + 0.354431) / 2 = 0.377132
    is_(LOSS.function(network.forward(X), Y), 0.377132)


def test_training_makes_the_same_two_steps():
    network = net()
    history = train(network, X, Y, learning_rate=1.0, epochs=2, loss=LOSS)
    is_(history.loss, array(0.434025, 0.403203, 0.377132))
    is_(history.accuracy, array(1.0, 1.0, 1.0))
    # W₁ row by row, b₁, W₂, b₂
    after_one = [0.560386, -1.091499, 0.961147, 1.019158, 0.005150, -0.539573]
    after_two = [0.617493, -1.180430, 0.925558, 1.031050, 0.010943, -0.583418]
    expected = array(
        [0.5, -1.0, 1.0, 1.0, 0.0, -0.5, 1.0, -2.0, 0.5],
        [*after_one, 0.970446, -2.126306, 0.481488],
        [*after_two, 0.964926, -2.236869, 0.486584],
    )
    is_(history.network.parameters, expected)
    is_(network.parameters, expected[-1])


def test_measured_slopes_are_those_worked_out():
    dW1, db1 = array([-0.060386, 0.091499], [0.038853, -0.019158]), array(-0.005150, 0.039573)
    dW2, db2 = array([0.029554], [0.126306]), array(0.018512)
    check = gradient_check(net(), X, Y, LOSS, gradients=[dW1, db1, dW2, db2])
    assert max(check.values()) < 1e-4  # six decimals of slopes of 0.01 to 0.1
    assert gradient_check(net(), X, Y, LOSS).verdict.startswith("right")
