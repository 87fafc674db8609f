"""Real nets and the wall 2/λ_max: forecast at a minimum, and settled at from scratch (Eq. 9.15)."""

import numpy as np
import pytest

from byhand.curvature import hessian, largest_stable_rate
from byhand.figures import learning_rate as chapter
from byhand.training import sweep

MSE = chapter.MSE
SEEDS = range(chapter.N_MINIMA)


def leaves(network, rates, epochs=2000):
    """Return whether plain descent at each rate lifts the loss by more than a tenth."""
    runs = sweep(network, *chapter.wave(), learning_rates=rates, epochs=epochs, loss=MSE)
    return runs.loss.max(axis=1) > 1.1 * runs.loss[:, 0]


def forecast(network):
    return largest_stable_rate(network, *chapter.wave(), MSE, rng=np.random.default_rng(0))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_forecast_wall_of_a_trained_net_is_right_to_three_per_cent(seed):
    network = chapter.at_minimum(seed)
    wall = forecast(network)
    below, above = leaves(network, [0.97 * wall, 1.03 * wall])
    assert not below and above


@pytest.mark.parametrize("seed", SEEDS)
def test_the_nets_stand_at_a_minimum(seed):
    network, (X, y) = chapter.at_minimum(seed), chapter.wave()
    network.backward(2 * (network.forward(X) - y) / len(X))
    assert np.linalg.norm(network.gradients) < 1e-3
    assert np.linalg.eigvalsh(hessian(network, X, y, MSE))[0] > -0.01


def test_the_forecast_is_that_of_the_whole_table():
    for seed in SEEDS:
        network = chapter.at_minimum(seed)
        assert forecast(network) == pytest.approx(2 / chapter.steepest(network, *chapter.wave()))


def settled(rate, seeds, epochs=20_000, nudge=0.0):
    """Return λ_max over 2/η after so many epochs from random starts."""
    nets = [chapter.bent_net(seed, 1 + nudge) for seed in seeds]
    X, y = chapter.wave()
    runs = sweep(nets, X, y, learning_rates=rate, epochs=epochs, loss=MSE, record=[epochs])
    return chapter.steepest(runs.network, X, y)[:, 0] * rate / 2


@pytest.mark.parametrize("nudge", [0.0, 1e-13, 1e-12, 1e-11])
def test_from_scratch_eight_nets_settle_at_the_wall_within_one_per_cent(nudge):
    """Also from starts that differ by as little as two machines do."""
    np.testing.assert_allclose(settled(0.3, range(8), nudge=nudge), 1, atol=0.01)


@pytest.mark.parametrize("rate", [0.15, 0.2, 0.25])
def test_at_other_rates_three_nets_settle_at_their_wall(rate):
    np.testing.assert_allclose(settled(rate, [1, 3, 5]), 1, atol=0.01)


@pytest.mark.parametrize("nudge", [0.0, 1e-12])
def test_at_rate_0_1_two_of_eight_stand_below_their_wall(nudge):
    share = settled(0.1, range(8), nudge=nudge)
    np.testing.assert_allclose(share[[4, 6]], [0.88, 0.64], atol=0.01)
    np.testing.assert_allclose(np.delete(share, [4, 6]), 1, atol=0.01)


def test_a_gentle_rate_stays_far_below_its_wall():
    assert (settled(0.02, range(4)) < 0.5).all()


def test_the_climb_begins_far_below():
    X, y = chapter.wave()
    at_start = chapter.steepest(chapter.bent_net(1), X, y)
    assert at_start == pytest.approx(2.6, abs=0.05)


def test_a_net_thrown_out_lands_where_its_rate_is_stable():
    """Net 1, beyond its wall: at four rates it ends below 2/η; at 0.3 and 0.4 it is gone."""
    loss, curvature, lost, _, _ = chapter.wall_runs()
    rates = np.array(chapter.WALL_RATES)
    assert list(lost[1, :, -1]) == [bool(rate >= 0.3) for rate in rates]
    assert not lost[0].any()
    thrown = (rates > 0.0614) & (rates < 0.3)
    assert (curvature[1, thrown, -1] < 1.01 * 2 / rates[thrown]).all()
    stays = rates < 0.0614
    np.testing.assert_allclose(curvature[1, stays, -1], 32.6, rtol=0.03)
    np.testing.assert_allclose(loss[1, stays, -1], 0.0142, rtol=0.02)


def test_the_swing_lowers_the_curvature_of_two_numbers():
    """The thermostat of the text: ½ c x², both numbers stepped at once."""
    x, c, rate = 0.01, 7.5, 0.3
    for _ in range(200):
        x, c = x - rate * c * x, c - rate * x**2 / 2
    assert c < 2 / rate and abs(x) < 1e-12
