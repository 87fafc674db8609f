"""Measure what nudging costs beside one way forth and back, and write benchmarks/nudge_cost.json.

    python benchmarks/nudge_cost.py

Nets of 2 inputs, n hidden units and 1 output, one sample, on one core.  A gradient by nudging is
one forward pass, and one more for every parameter; a gradient by the chain rule is one forward pass
and one backward pass.  Both are the library's, without the checks of what it is given.  Processor
time, not the clock on the wall; the two are timed in turn and compared pair by pair, and of the
ratios the median is kept.
"""

import json
import os
import statistics
import sys
import time
from pathlib import Path

for name in [name for name in os.environ if name.startswith("OPENBLAS_")]:
    del os.environ[name]  # such as OPENBLAS_CORETYPE, which slows NumPy
os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

import numpy as np  # noqa: E402  (after the threads are set)

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from byhand.datasets import one_row  # noqa: E402
from byhand.inputs import bare  # noqa: E402
from byhand.losses import mean_squared_error, mean_squared_error_gradient  # noqa: E402
from byhand.network import Network  # noqa: E402

OUT = Path(__file__).resolve().with_suffix(".json")
HIDDEN = {3: 41, 10: 41, 30: 41, 100: 31, 300: 15, 1000: 7, 2500: 5}  # units: pairs timed
LOSS, GRADIENT = bare(mean_squared_error), bare(mean_squared_error_gradient)
FILLED = 0.02  # seconds of processor time that one timing fills at least


def by_nudging(network, X, y, h=1e-6):
    """Return the slopes that N + 1 forward passes measure (Eq. 8.5)."""
    parameters = network.parameters
    slopes = np.empty(parameters.size)
    loss = LOSS(network.forward(X), y)
    for i in range(parameters.size):
        kept = parameters[i]
        parameters[i] = kept + h
        slopes[i] = (LOSS(network.forward(X), y) - loss) / h
        parameters[i] = kept
    return slopes


def by_the_chain_rule(network, X, y):
    """Return the slopes from one way forth and back."""
    network.backward(GRADIENT(network.forward(X), y), to_inputs=False)
    return network.gradients


def seconds(gradient, *arguments):
    """Return the processor time of one call, from as many as fill a timing."""
    calls = 0
    start = time.process_time()
    while (spent := time.process_time() - start) < FILLED or not calls:
        gradient(*arguments)
        calls += 1
    return spent / calls


def measured(hidden, pairs):
    """Return the row of one size: its counts, and how many times as long nudging takes."""
    (X, y), rng = one_row(), np.random.default_rng(hidden)
    network = Network([2, hidden, 1], hidden="sigmoid", rng=rng)
    nudged, chained = by_nudging(network, X, y), by_the_chain_rule(network, X, y).copy()
    assert np.allclose(nudged, chained, atol=1e-5), "the two do not agree"
    ratios = []
    for _ in range(pairs):
        chain = seconds(by_the_chain_rule, network, X, y)
        ratios.append(seconds(by_nudging, network, X, y) / chain)
    ratio, parameters = statistics.median(ratios), network.parameters.size
    return {
        "hidden": hidden,
        "parameters": parameters,
        "forward_passes": parameters + 1,
        "ratio": float(f"{ratio:.3g}"),
        "ratio_quartiles": [float(f"{q:.3g}") for q in statistics.quantiles(ratios)[::2]],
    }


def main():
    """Measure every size and write the file."""
    rows = []
    for hidden, pairs in HIDDEN.items():
        rows.append(measured(hidden, pairs))
        print(rows[-1])
    OUT.write_text(json.dumps({"rows": rows}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
