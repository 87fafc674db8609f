"""Optimizers: what to do with a gradient once you have it; and how far to go, epoch by epoch.

Each keeps what it remembers in arrays of the shape of the parameters, so one line moves everything.
"""

import numpy as np

from byhand.inputs import above_zero, between, rates, whole


class SGD:
    """Gradient descent: step against the gradient (Eq. 1.9).

    Called *stochastic* when the gradient comes from a few samples; with all of them in one batch it
    is plain gradient descent.  The step is the same.

    Parameters
    ----------
    learning_rate : float, array_like or callable
        η, above 0; an array is one rate for each training of a stack, a function of the epoch
        (0, 1, ...) a schedule, such as `cosine_decay`.

    Raises
    ------
    ValueError
        If a rate is not a finite number above 0.
    """

    def __init__(self, learning_rate):
        self.schedule = learning_rate if callable(learning_rate) else None
        self.take(rates(self.schedule(0) if self.schedule else learning_rate))

    def take(self, learning_rate):
        """Go on with another rate; `byhand.training.train` does so where there is a schedule.

        A schedule may come down to 0, and the parameters then stay where they are.
        """
        rate = self.learning_rate = rates(learning_rate, or_zero=True)
        self.rate = rate[..., None] if rate.ndim else rate  # beside (..., n_parameters)

    def step(self, parameters, gradients):
        """Change ``parameters`` (..., n_parameters) in place (Eq. 1.9)."""
        parameters -= self.rate * gradients

    def __repr__(self):
        """Name the optimizer and its rate."""
        return f"{type(self).__name__}(learning_rate={self.learning_rate})"


class Momentum(SGD):
    """Gradient descent of a heavy ball: v ← m v + g, then a step against v (Eq. 7.16; Polyak 1964).

    Parameters
    ----------
    learning_rate : float, array_like or callable
        As for `SGD`.
    momentum : float
        m, the share of the velocity that is left after a step, 0 to below 1.

    Raises
    ------
    ValueError
        If a rate is not above 0 or ``momentum`` not in its range.
    """

    def __init__(self, learning_rate, momentum=0.9):
        super().__init__(learning_rate)
        self.momentum, self.velocity = between(momentum, "momentum", 0, 1), 0.0

    def step(self, parameters, gradients):
        """Change ``parameters`` (..., n_parameters) in place."""
        self.velocity = self.momentum * self.velocity + gradients
        parameters -= self.rate * self.velocity


class Nesterov(Momentum):
    """Momentum that looks ahead: the step is g + m v, with the velocity already renewed.

    Parameters and errors are those of `Momentum`.
    """

    def step(self, parameters, gradients):
        """Change ``parameters`` (..., n_parameters) in place."""
        self.velocity = self.momentum * self.velocity + gradients
        parameters -= self.rate * (gradients + self.momentum * self.velocity)


class RMSprop(SGD):
    """Divide each slope by its own recent size (Eq. 7.17; Tieleman and Hinton 2012).

    Parameters
    ----------
    learning_rate : float, array_like or callable
        As for `SGD`.
    rho : float
        Share of the running mean of g² that is kept in a step, 0 to below 1.
    epsilon : float
        Added to the root, so that nothing is divided by 0.

    Raises
    ------
    ValueError
        If a number is out of its range.
    """

    def __init__(self, learning_rate, rho=0.9, epsilon=1e-8):
        super().__init__(learning_rate)
        self.rho, self.mean_square = between(rho, "rho", 0, 1), 0.0
        self.epsilon = above_zero(epsilon, "epsilon")

    def step(self, parameters, gradients):
        """Change ``parameters`` (..., n_parameters) in place."""
        self.mean_square = self.rho * self.mean_square + (1 - self.rho) * gradients**2
        step = gradients / (np.sqrt(self.mean_square) + self.epsilon)
        parameters -= self.rate * step


class Adam(SGD):
    """Momentum and RMSprop, freed of their start at 0 (Eq. 7.18 to 7.21; Kingma and Ba 2015).

    Parameters
    ----------
    learning_rate : float, array_like or callable
        As for `SGD`.
    beta_1, beta_2 : float
        Shares of the running means of g and g² that are kept in a step, 0 to below 1.
    epsilon : float
        Added to the root, so that nothing is divided by 0.

    Raises
    ------
    ValueError
        If a number is out of its range.
    """

    def __init__(self, learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-8):
        super().__init__(learning_rate)
        self.beta_1, self.beta_2 = between(beta_1, "beta_1", 0, 1), between(beta_2, "beta_2", 0, 1)
        self.epsilon = above_zero(epsilon, "epsilon")
        self.steps, self.mean, self.mean_square = 0, 0.0, 0.0

    def step(self, parameters, gradients):
        """Change ``parameters`` (..., n_parameters) in place."""
        self.steps += 1
        self.mean = self.beta_1 * self.mean + (1 - self.beta_1) * gradients
        self.mean_square = self.beta_2 * self.mean_square + (1 - self.beta_2) * gradients**2
        mean = self.mean / (1 - self.beta_1**self.steps)
        mean_square = self.mean_square / (1 - self.beta_2**self.steps)
        parameters -= self.rate * mean / (np.sqrt(mean_square) + self.epsilon)


def constant(rate):
    """Return the schedule of one rate for all epochs."""
    return lambda epoch: rate


def step_decay(rate, every, factor=0.5):
    """Multiply ``rate`` by ``factor`` after ``every`` epochs: a schedule (Eq. 9.16)."""
    every, factor, rate = whole(every, "every"), above_zero(factor, "factor"), rates(rate)
    return lambda epoch: rate * np.float_power(factor, epoch // every)


def exponential_decay(rate, factor):
    """Multiply ``rate`` by ``factor`` after each epoch: a schedule (Eq. 9.17)."""
    return step_decay(rate, 1, factor)


def cosine_decay(rate, epochs):
    """Return a schedule from ``rate`` to 0 in ``epochs``, along half a cosine (Eq. 9.18)."""
    epochs, rate = whole(epochs, "epochs"), rates(rate)
    return lambda epoch: rate * (1 + np.cos(np.pi * min(epoch / epochs, 1))) / 2


def warm_up(schedule, epochs):
    """Return ``schedule``, or a rate, after ``epochs`` steps up to its start (Eq. 9.19)."""
    epochs = whole(epochs, "epochs")
    after = schedule if callable(schedule) else constant(rates(schedule))
    return lambda e: after(0) * (e + 1) / epochs if e < epochs else after(e - epochs)
