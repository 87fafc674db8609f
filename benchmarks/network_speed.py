"""Measure the network library beside its peers, and write benchmarks/README.md.

    python benchmarks/network_speed.py --write
    python benchmarks/network_speed.py --only W2,W3 --contestants byhand,floor --rounds 5

The first is what `make bench` does.  The second prints a table and writes nothing.
"""

import argparse
import importlib.metadata
import math
import os
import pickle
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import textwrap
import time
from dataclasses import dataclass, replace
from pathlib import Path

for name in [name for name in os.environ if name.startswith("OPENBLAS_")]:
    del os.environ[name]  # such as OPENBLAS_CORETYPE, which slows NumPy
os.environ |= {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "JAX_PLATFORMS": "cpu",
    "JAX_ENABLE_X64": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
}

import numpy as np  # noqa: E402  (after the threads are set)

HERE = Path(__file__).resolve().parent
AGREEMENT = 1e-6  # relative, of the last losses of one workload
FILLED = 0.1  # seconds of runs whose best is one timing
SLOW = 1.0  # seconds a run, from which a contestant takes part in the first ROUNDS only
ROUNDS = 5
IMPORT_ROUNDS = 15
WORDS = {True: "yes", False: "**no**", None: "—"}
YARDSTICK = "floor"  # the contestant that the limits below are multiples of
OVERHEAD, WORK, BIG = ["W1", "W2"], ["W3", "W4", "W5", "W5big", "W6"], ["W5big"]


@dataclass
class Workload:
    """One training: the same start, batches and updates for every contestant."""

    name: str
    title: str
    X: np.ndarray
    y: np.ndarray
    sizes: list
    hidden: str
    output: str
    loss: str
    rates: float | np.ndarray  # an array: one training for each, side by side
    epochs: int
    weights: list
    biases: list | None
    batch_size: int | None = None
    seed: int = 7

    @property
    def labels(self):
        return self.y.astype(int).ravel()

    @property
    def Y(self):
        """The targets as (n_samples, n_outputs): classes as rows of zeros and a one."""
        if self.loss.startswith("categorical"):
            return np.eye(self.sizes[-1])[self.labels]
        return self.y

    def orders(self):
        """Return the order of the samples in each epoch."""
        rng = np.random.default_rng(self.seed)
        return [rng.permutation(len(self.X)) for _ in range(self.epochs)]


def start(sizes, seed=1):
    """Return weights drawn as for ReLU (He), and zero biases."""
    rng = np.random.default_rng(seed)
    shapes = list(zip(sizes[:-1], sizes[1:], strict=True))
    weights = [rng.normal(0, np.sqrt(2 / shape[0]), shape) for shape in shapes]
    return weights, [np.zeros(n_outputs) for n_outputs in sizes[1:]]


def workloads():
    """Return every workload by name."""
    from byhand.datasets import digits, two_moons

    x = np.array([[0.0], [0.25], [0.5], [0.75], [1.0]])
    line = Workload(
        "W1",
        "a line through 5 points, 1-1",
        x,
        2 * x + 1 + np.array([[0.1], [-0.2], [0.0], [0.2], [-0.1]]),
        [1, 1],
        "identity",
        "identity",
        "half_mean_squared_error",
        0.1,
        3000,
        [np.array([[0.5]])],
        [np.zeros(1)],
    )
    draw = np.random.RandomState(1).rand  # noqa: NPY002  (the start that the puzzle's tests have)
    puzzle = Workload(
        "W2",
        "the four-row puzzle, 3-4-1 sigmoid, no bias",
        np.array([[0.0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]),
        np.array([[0.0], [1], [1], [0]]),
        [3, 4, 1],
        "sigmoid",
        "sigmoid",
        "sum_squared_error",
        1.0,
        2500,
        [draw(3, 4), draw(4, 1)],
        None,
    )
    sizes = [2, 10, 10, 1]
    moons = Workload(
        "W3",
        "two moons, 400 rows, 2-10-10-1 ReLU",
        *two_moons(400, noise=0.2, rng=np.random.default_rng(0)),
        sizes,
        "relu",
        "identity",
        "binary_cross_entropy_from_logits",
        0.1,
        8000,
        *start(sizes),
    )
    batches = replace(moons, name="W4", title="W3 in batches of 32", batch_size=32, epochs=100)
    sizes = [64, 32, 10]
    images = Workload(
        "W5",
        "8x8 digits, 64-32-10 ReLU, batches of 64",
        *digits(),
        sizes,
        "relu",
        "identity",
        "categorical_cross_entropy_from_logits",
        0.1,
        20,
        *start(sizes),
        batch_size=64,
    )
    sizes, rng = [784, 512, 512, 10], np.random.default_rng(2)
    big_X = rng.normal(0, 0.5, (10_000, 784))
    big = Workload(
        "W5big",
        "784-512-512-10 ReLU, 10,000 rows, batches of 256",
        big_X,
        (big_X @ rng.normal(0, 1, (784, 10))).argmax(axis=1),
        sizes,
        "relu",
        "identity",
        "categorical_cross_entropy_from_logits",
        0.01,
        2,
        *start(sizes),
        batch_size=256,
    )
    rates = np.geomspace(0.01, 0.3, 25)
    sweep = replace(moons, name="W6", title="W3 at 25 learning rates", rates=rates, epochs=1000)
    rates = np.geomspace(0.05, 2, 25)
    puzzles = replace(puzzle, name="W6x", title="W2 at 25 learning rates", rates=rates)
    every = [line, puzzle, moons, batches, images, big, sweep, puzzles]
    return {w.name: w for w in every}


# ------------------------------------------------------------------ a contestant is a process


def memory(name):
    """Return the resident memory of this process, MB: VmRSS is today's, VmHWM the largest."""
    try:  # ru_maxrss counts what the process that started this one had
        status = Path("/proc/self/status").read_text()
        return int(status.split(f"{name}:")[1].split()[0]) / 1024
    except (OSError, IndexError):
        unit = 2**20 if sys.platform == "darwin" else 2**10
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def work(contestant, path):
    """Be one contestant on one workload: answer each byte of stdin with a pickle on stdout."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a peer prints goes to stderr

    def answer(what):
        pickle.dump(what, answers)
        answers.flush()

    if hasattr(os, "sched_setaffinity"):  # the same core for all, one after the other
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    with open(path, "rb") as file:
        w = pickle.load(file)
    from network_peers import CONTESTANTS, VARIANTS

    try:
        prepare = {**CONTESTANTS, **VARIANTS}[contestant]()
        if Path("/proc/self/clear_refs").exists():
            Path("/proc/self/clear_refs").write_text("5")  # VmHWM begins anew
        before, clock = memory("VmRSS"), time.perf_counter()
        run = prepare(w)
        losses = run()
        first = time.perf_counter() - clock
    except Exception as error:  # the driver says so in the contestant's place
        return answer(f"{type(error).__name__}: {error}")
    answer((first, losses))
    while sys.stdin.buffer.read(1) == b"t":
        best, end = np.inf, time.perf_counter() + FILLED
        while time.perf_counter() < end:
            clock = time.process_time()  # of all threads; other programs may want the core too
            run()
            best = min(best, time.process_time() - clock)
        answer(best)
    return answer((memory("VmHWM"), memory("VmHWM") - before))


class Worker:
    """The process of one contestant on one workload."""

    def __init__(self, contestant, w, folder):
        path = Path(tempfile.mkdtemp(dir=folder))
        with open(path / "workload", "wb") as file:
            pickle.dump(w, file)
        self.errors = (path / "errors").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--work", contestant, str(path / "workload")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            env=os.environ | {"TORCHINDUCTOR_CACHE_DIR": str(path)},  # nothing compiled before
        )
        self.started = self.answer()

    def answer(self):
        try:
            return pickle.load(self.process.stdout)
        except EOFError:
            self.errors.seek(0)
            sys.exit(f"A contestant's process ended:\n{self.errors.read()}")

    def ask(self, what):
        self.process.stdin.write(what)
        self.process.stdin.flush()
        return self.answer()


@dataclass
class Cell:
    """What one contestant did on one workload: seconds, MB."""

    first: float
    difference: float  # relative, of the last loss
    times: list  # a training, one a round
    peak: float = 0.0
    grown: float = 0.0  # of the peak, what came after the imports

    @property
    def median(self):
        return statistics.median(self.times)

    def against(self, other):
        """Return the median of the ratios within a round: above 1, this one takes longer."""
        return statistics.median(a / b for a, b in zip(self.times, other.times, strict=False))


def race(entries, rounds, folder):
    """Let entries, {name: (contestant, workload)}, take turns; return {name: Cell or reason}."""
    from fused_floor import fused
    from network_peers import SHORTENED

    cells, workers, references = {}, {}, {}
    try:
        for name, (contestant, w) in entries.items():
            epochs = SHORTENED.get((contestant, w.name), w.epochs)
            shortened = replace(w, epochs=epochs)
            worker = Worker(contestant, shortened, folder)
            if isinstance(worker.started, str):
                if contestant.startswith("byhand"):
                    sys.exit(f"{w.name}: {contestant}: {worker.started}")
                cells[name] = worker.started
                continue
            first, losses = worker.started
            workers[name] = worker, w.epochs / epochs
            if (w.name, epochs) not in references:
                references[w.name, epochs] = np.asarray(fused(shortened)())[..., -1]
            last, expected = np.asarray(losses)[..., -1], references[w.name, epochs]
            difference = float(np.max(np.abs(last / expected - 1)))
            if not difference <= AGREEMENT:
                sys.exit(f"{w.name}: {name} ends at {last}, expected {expected}.")
            cells[name] = Cell(first, difference, [])
        for turn in range(rounds):
            for name in list(workers) if turn % 2 else reversed(list(workers)):
                worker, scale = workers[name]
                times = cells[name].times
                if turn < ROUNDS or times[0] / scale < SLOW:
                    times.append(worker.ask(b"t") * scale)
        for name, (worker, scale) in workers.items():
            cells[name].peak, cells[name].grown = worker.ask(b"e")
            cells[name].first += cells[name].median * (1 - 1 / scale)  # the epochs left out
    finally:
        for worker, _ in workers.values():
            worker.process.kill()
            worker.process.wait()
            worker.errors.close()
    return cells


# ------------------------------------------------------------------ what else is measured


def import_times(modules, rounds):
    """Return {module: seconds, one a round}, each in a process of its own; None if missing."""
    script = "import time; t = time.perf_counter(); import {}; print(time.perf_counter() - t)"
    found = {module: [] for module in modules}
    for turn in range(rounds + 1):
        for module in modules:
            command = [sys.executable, "-c", script.format(module)]
            result = subprocess.run(command, capture_output=True, text=True)
            if result.returncode:
                found[module] = None
            elif turn and found[module] is not None:  # the first one writes the bytecode
                found[module].append(float(result.stdout))
    return found


def grown(known, folder):
    """Return samples, parameters, and for both seconds an epoch and MB, over three decades."""
    moons, rng = known["W3"], np.random.default_rng(3)
    found = {"samples": [], "parameters": []}
    for size in np.geomspace(1e3, 1e6, 7).astype(int):
        X, y = rng.normal(size=(size, 2)), rng.integers(0, 2, (size, 1)) * 1.0
        found["samples"].append((size, replace(moons, name="growth", X=X, y=y)))
    X, y = rng.normal(size=(100, 10)), rng.integers(0, 2, (100, 1)) * 1.0
    for width in np.geomspace(1e2, 1e5, 7).astype(int):
        weights, biases = start([10, width, 1])
        w = replace(moons, X=X, y=y, sizes=[10, width, 1], weights=weights, biases=biases)
        found["parameters"].append((12 * width + 1, replace(w, name="growth", rates=1e-3)))
    for pairs in found.values():
        for i, (size, w) in enumerate(pairs):
            w.epochs = int(np.clip(4e6 / size, 4, 400))
            cell = race({"byhand": ("byhand, two epochs kept", w)}, 3, folder)["byhand"]
            kept = len(w.X) * (sum(w.sizes[:-1]) + 2 * sum(w.sizes[1:])) * 8 / 2**20  # X, Z, A
            pairs[i] = size, cell.median / w.epochs, cell.grown, kept
    return {name: np.array(pairs).T for name, pairs in found.items()}


def slope(x, y):
    """Return the exponent of y ~ x^slope."""
    return np.polyfit(np.log(x), np.log(y), 1)[0]


# ------------------------------------------------------------------ what is claimed


def claims(results, imports, kept, puzzles, growth):
    """Return (claim, figure, whether it holds) for everything the library promises."""

    def ratios(contestant, names, field="times"):
        """Return {workload: how many times as long ``contestant`` takes}."""
        found = {}
        for name in names:
            mine, its = results[name]["byhand"], results[name].get(contestant, "")
            if isinstance(its, Cell):
                found[name] = its.against(mine) if field == "times" else its.first / mine.first
        return found

    found = []

    def promise(text, ratios, holds):
        """Note whether all ratios hold; None when there are none."""
        figure = ", ".join(f"{name} {digits_of(ratio)}" for name, ratio in ratios.items())
        held = all(map(holds, ratios.values())) if ratios else None
        found.append((text, figure or "not measured", held))

    for names, limit in ((OVERHEAD, 2.5), (WORK, 1.5)):
        floors = {name: 1 / ratio for name, ratio in ratios(YARDSTICK, names).items()}
        text = f"at most {limit:g} times the {YARDSTICK} on {names[0]} to {names[-1]}"
        promise(text, floors, lambda ratio, limit=limit: ratio <= limit)
    small = ["W1", "W2", "W3", "W4", "W5"]
    text = "at least 4 times as fast as PyTorch on W1 to W5"
    promise(text, ratios("torch", small), lambda ratio: ratio >= 4)
    promise("not slower than PyTorch on W5big", ratios("torch", BIG), lambda ratio: ratio >= 1)
    for peer in ("scikit-learn", "autograd", "micrograd", "numpy-ml", "nudging"):
        text = f"faster than {peer} wherever it can train"
        promise(text, ratios(peer, results), lambda ratio: ratio > 1)
    for peer in ("JAX", "torch.compile"):
        text = f"first call faster than {peer}'s"
        promise(text, ratios(peer, results, "first"), lambda ratio: ratio > 1)
    many = puzzles["W6x"].against(puzzles["W2"])
    found.append(("25 learning rates for less than 4 times one (W6x, W2)", f"{many:.2f}", many < 4))
    for name, cells in kept.items():
        more = cells["every epoch"].against(cells["losses"]) - 1
        text = f"keeping every epoch's parameters costs at most 5 % ({name})"
        found.append((text, f"{more:+.1%}", more <= 0.05))
    both = zip(imports["byhand.network"], imports["numpy"], strict=True)
    ratio = statistics.median(mine / numpy for mine, numpy in both)
    found.append(("import at most 1.3 times NumPy's", f"{ratio:.2f}", ratio <= 1.3))
    for name, (sizes, seconds, *_) in growth.items():
        exponent = slope(sizes, seconds)
        text = f"time an epoch is linear in the {name}: exponent 1.0 ± 0.2"
        found.append((text, f"{exponent:.2f}", bool(abs(exponent - 1) <= 0.2)))
    for name, (*_, megabytes, activations) in growth.items():
        ratio = megabytes[-1] / activations[-1]
        text = f"memory at most 3 times what a forward pass keeps (most {name})"
        found.append((text, f"{ratio:.2f}", bool(ratio <= 3)))
    return found


# ------------------------------------------------------------------ what is written

REPORT = """\
# The network library and its peers

`make bench` makes this page. The same trainings, from the same start, with the same batches and the
same updates, by this library (`byhand`), by its peers, and by two floors: NumPy calls alone, not
meant to be read. The floor has the library's own arithmetic ([`plain_floor.py`](plain_floor.py));
the rearranged one is as fast as we got NumPy to be, at the cost of the equations
([`fused_floor.py`](fused_floor.py)). One core, float64. Everyone ends at the same loss, to
{agreement:g} relative, or the run stops.

{workloads}

## Time of a training

Milliseconds for this library; for the others, how many times as long as this library they take.
Below 1 is faster.

{times}

![Time of each contestant on each workload, as a multiple of this library's.](network_speed.png)

{reasons}

## First call, import, memory

The first training in a fresh process, in milliseconds, after the import: with everything that is
made, traced or compiled on the way.

{firsts}

Import in milliseconds, in a fresh process. Peak resident memory in MB, of a process that does
nothing else; Python and NumPy are in it.

{memories}

## What is promised

{claims}

## Growth

Time an epoch and memory, while the samples grow (2-10-10-1) or the parameters (10-width-1, 100
rows). The lines are linear.

![Time an epoch and memory against samples and against parameters.](network_growth.png)

## Where a peer does more

- **JAX, once it is warm.** A compiled training of five rows is no Python at all: on W1, W2 and W6x
  JAX is far ahead of any NumPy, and on W3 to W5 it is ahead as well. What it costs is the first
  call, again for each number of epochs, which a slider changes.
{big}- **The floors.** What the first wins over this library is what readable lines cost: an object
  for a layer, a new array for a new quantity, parameters kept for every epoch. What the second wins
  beyond it, up to half of the time, costs the equations themselves.
- **Everything else.** PyTorch and JAX differentiate any program and run on other hardware;
  scikit-learn has pipelines and scores; autograd differentiates NumPy code as it stands. None of
  this is measured here.

## How it was measured

{versions}

- **A training** is one call, from the starting weights to the losses. Recorded are the losses of
  every epoch in a full-batch workload, of the first and the last epoch in one with mini-batches.
  This library keeps every epoch's parameters besides, as it always does in full-batch training.
- **A contestant on a workload is a process.** Its first training is the first call. After it the
  contestants take turns: {rounds} rounds, {slow_rounds} for those that take longer than a second,
  every other round in reverse. A timing is the best of the trainings that fit into {filled:g} s,
  one at least, in processor time: on one core it is what the clock says when nothing else runs.
  The tables show medians; a ratio is the median of the ratios within a round. First calls and
  imports are by the clock.
{shortened}
- **PyTorch** is eager, with `torch.optim.SGD`; a sweep is stacked, as the optimizer has one rate.
  **torch.compile** compiles forward pass and loss. **JAX** is one `jit` of a `scan` over the
  epochs, a sweep a `vmap` of it. **scikit-learn** is `MLPClassifier` and `MLPRegressor` with our
  start and our order of the samples, **numpy-ml** its layers with our losses (and one name, gone
  since Python 3.10, put back), **micrograd** its `MLP` with a sigmoid and a cross-entropy added.
  **Nudging** moves one weight of a deep copy by 1e-7 and looks at the loss. For scikit-learn,
  numpy-ml, micrograd and nudging a sweep is one training after another.
- **Import** is timed inside the process, {import_rounds} rounds; the ratio to NumPy's is that of
  neighbours. **Memory** is the kernel's `VmHWM`; growth counts from after the import and the data.
  What a forward pass keeps (in the plot, activations) is X, Z and A of every layer.
- **Keeping parameters** is measured against a run that keeps every epoch's loss, but no parameters.
- Torch and JAX are large, so `requirements-network.txt` leaves them out: they take part where they
  are installed (`pip install torch jax`).
"""


def table(lines):
    """Return the lines, the first of them the head, as a Markdown table."""
    head, *body = [f"| {' | '.join(map(str, line))} |" for line in lines]
    return "\n".join([head, "|" + " --- |" * (len(lines[0])), *body])


def wrapped(text, **options):
    """Return a paragraph in lines of at most 100 characters."""
    return textwrap.fill(text, 100, break_on_hyphens=False, **options)


def digits_of(number):
    """Return a number as a table shows it."""
    if number >= 100:
        return f"{number:,.0f}"
    decimals = 1 - math.floor(math.log10(number)) if number < 1 else 1 + (number < 10)
    return f"{number:.{min(decimals, 4)}f}"


def reason_of(cell):
    """Return why there is no number, in the words of the contestant."""
    kind, _, text = cell.partition(": ")
    return "not installed" if kind in ("ModuleNotFoundError", "ImportError") else text or kind


def quick_table(results):
    """Print what was measured, for whoever is tuning."""
    print(f"{'':22}{'ms':>10}{'/ floor':>9}{'/ byhand':>10}{'first ms':>10}", end="")
    print(f"{'peak MB':>9}{'differs by':>12}")
    for workload, cells in results.items():
        for name, cell in cells.items():
            if isinstance(cell, str):
                print(f"{workload:8}{name:14}{reason_of(cell)}")
                continue
            print(f"{workload:8}{name:14}{1e3 * cell.median:10.2f}", end="")
            for other, width in (("floor", 9), ("byhand", 10)):
                beside = cells.get(other)
                ratio = cell.against(beside) if isinstance(beside, Cell) else math.nan
                print(f"{ratio:{width}.2f}", end="")
            print(f"{1e3 * cell.first:10.1f}{cell.peak:9.0f}{cell.difference:12.0e}")


def report(known, results, imports, promised, rounds):
    """Return README.md."""
    from network_peers import CONTESTANTS, IMPORTS, SHORTENED

    def row(name, value):
        cells = [results[w][name] for w in results]
        return [name, *("—" if isinstance(cell, str) else value(w, cell) for w, cell in
                        zip(results, cells, strict=True))]  # fmt: skip

    def time_of(w, cell):
        mine = results[w]["byhand"]
        return f"**{digits_of(1e3 * cell.median)} ms**" if cell is mine else digits_of(
            cell.against(mine)
        )  # fmt: skip

    head = ["", *results]
    gaps = {}
    for w, cells in results.items():
        for name, cell in cells.items():
            if isinstance(cell, str):
                gaps.setdefault((name, reason_of(cell)), []).append(w)
    reasons = [f"- {name} on {', '.join(where)}: {why}." for (name, why), where in gaps.items()]
    memories = [["", "import", *(f"peak, {w}" for w in ("W2", "W3", "W5", "W5big"))]]
    for name in CONTESTANTS:
        module = IMPORTS.get(name)
        took = imports.get(module) and f"{1e3 * statistics.median(imports[module]):.0f}"
        peaks = [results[w][name] for w in ("W2", "W3", "W5", "W5big")]
        peaks = ["—" if isinstance(cell, str) else f"{cell.peak:.0f}" for cell in peaks]
        memories.append([name, took or "—", *peaks])
    shortened = {}
    for (name, w), epochs in SHORTENED.items():
        if isinstance(results[w][name], Cell):
            shortened.setdefault(name, []).append(f"{w} to {epochs:,}")
    each = "; ".join(f"{name} on {', '.join(which)} epochs" for name, which in shortened.items())
    jax, torch = (results["W5big"].get(name) for name in ("JAX", "torch"))
    ahead = [
        f"{name} takes {digits_of(cell.against(results['W5big']['byhand']))} of this library's time"
        for name, cell in (("JAX", jax), ("PyTorch", torch))
        if isinstance(cell, Cell) and cell.against(results["W5big"]["byhand"]) < 1
    ]
    big = f"- **Large products.** On W5big {', '.join(ahead)}.\n" if ahead else ""
    packages = "numpy torch jax scikit-learn autograd micrograd numpy-ml".split()
    versions = []
    for package in packages:
        try:
            versions.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            versions.append(f"no {package}")
    return REPORT.format(
        agreement=AGREEMENT,
        workloads=table(
            [["", "what", "epochs"]]
            + [[name, known[name].title, f"{known[name].epochs:,}"] for name in results]
        ),
        times=table([head, *(row(name, time_of) for name in CONTESTANTS)]),
        reasons="\n".join(reasons),
        firsts=table(
            [head]
            + [row(name, lambda _, cell: digits_of(1e3 * cell.first)) for name in CONTESTANTS]
        ),
        memories=table(memories),
        claims=table(
            [["", "measured", "holds"]]
            + [[text, figure, WORDS[held]] for text, figure, held in promised]
        ),
        big=big,
        versions=wrapped(
            f"{', '.join(versions)}; Python {platform.python_version()}, {platform.system()} "
            f"{platform.machine()}. One thread each, and one core, the same for all. Times depend "
            "on the machine: compare them with each other only."
        ),
        rounds=rounds,
        slow_rounds=min(rounds, ROUNDS),
        filled=FILLED,
        shortened=wrapped(
            f"- **Shortened:** {each}. The time is scaled up, the loss compared at that epoch, and "
            "the epochs left out are added to the first call.",
            subsequent_indent="  ",
        ),
        import_rounds=IMPORT_ROUNDS,
    )


def plot(results, growth):
    """Draw network_speed.png and network_growth.png."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt
    from network_peers import CONTESTANTS

    plt.rcParams.update({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False})
    looks = [("#00785A", "o"), ("#000000", "s"), ("#888888", "s"), ("#C0392B", "D")]
    looks += [("#C0392B", "d"), ("#0072B2", "P"), ("#B35900", "^"), ("#7B3FA0", "v")]
    looks += [("#7B3FA0", "X"), ("#B35900", "p"), ("#666666", "x")]
    fig, ax = plt.subplots(figsize=(7.2, 4.4), layout="constrained")
    for j, (name, (colour, marker)) in enumerate(zip(CONTESTANTS, looks, strict=True)):
        x, y = [], []
        for i, cells in enumerate(results.values()):
            if isinstance(cells[name], Cell):
                x.append(cells[name].against(cells["byhand"]))
                y.append(i + 0.06 * (j - 5))  # a little apart, where they would cover each other
        face = {} if marker == "x" else {"markeredgecolor": "white", "markeredgewidth": 0.6}
        ax.plot(x, y, marker, color=colour, label=name, markersize=7, **face)
    ax.axvline(1, color="#00785A", linewidth=1, zorder=0)
    ax.set(xscale="log", xlabel="time, as a multiple of this library's (left is faster)")
    ax.set_yticks(range(len(results)), list(results))
    ax.invert_yaxis()
    ax.grid(axis="x", color="#dddddd", linewidth=0.6)
    ax.set_axisbelow(True)
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    fig.savefig(HERE / "network_speed.png", dpi=150)

    fig, axes = plt.subplots(1, 3, figsize=(7.2, 2.7), layout="constrained")
    panels = [("samples", "#00785A", "o"), ("parameters", "#0072B2", "s")]
    for ax, (name, colour, marker) in zip(axes, panels, strict=False):
        sizes, seconds, _, _ = growth[name]
        ax.loglog(sizes, 1e3 * seconds, marker, color=colour)
        ax.loglog(sizes, 1e3 * seconds[3] * sizes / sizes[3], color="#888888", linewidth=1)
        ax.set(xlabel=name, ylabel="ms an epoch", title=f"exponent {slope(sizes, seconds):.2f}")
    for name, colour, marker in panels:
        _, _, megabytes, activations = growth[name]
        axes[2].loglog(activations, megabytes, marker, color=colour, label=f"more {name}")
    ends = np.array(axes[2].get_xlim())
    axes[2].loglog(ends, 3 * ends, color="#888888", linewidth=1, label="3 times")
    axes[2].set(xlabel="activations, MB", ylabel="memory, MB", title="memory")
    axes[2].legend(frameon=False, fontsize=8)
    fig.savefig(HERE / "network_growth.png", dpi=150)


def everything(known, results, rounds, folder):
    """Measure the rest, write README.md and the plots, and name the promises that are not kept."""
    from network_peers import IMPORTS

    imports = import_times(["numpy", "byhand.network"], IMPORT_ROUNDS)
    others = [m for m in IMPORTS.values() if m not in imports]
    imports |= import_times(others, 3)
    kept = {}
    for name, epochs in (("W2", 10_000), ("W3", 4000)):
        w = replace(known[name], epochs=epochs)
        entries = {
            "every epoch": ("byhand", w),
            "losses": ("byhand, losses kept", w),
        }
        kept[name] = race(entries, 15, folder)
    puzzles = race({name: ("byhand", known[name]) for name in ("W2", "W6x")}, 9, folder)
    growth = grown(known, folder)
    print("imports, history and growth measured", file=sys.stderr, flush=True)
    promised = claims(results, imports, kept, puzzles, growth)
    plot(results, growth)
    text = report(known, results, imports, promised, rounds)
    (HERE / "README.md").write_text(text, encoding="utf-8")
    for text, figure, held in promised:
        print(f"{WORDS[held]:8}{text}: {figure}")
    broken = [text for text, _, held in promised if held is False]
    if broken:
        sys.exit(f"{len(broken)} of {len(promised)} promises fail: see benchmarks/README.md")


def main():
    parser = argparse.ArgumentParser(description="Measure the network library beside its peers.")
    parser.add_argument("--only", help="workloads, such as W1,W2; all when left out")
    parser.add_argument("--contestants", help="such as byhand,floor; all when left out")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--write", action="store_true", help="write README.md and the plots")
    parser.add_argument("--work", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.work:
        return work(*arguments.work)

    from network_peers import CONTESTANTS, VARIANTS

    known = workloads()
    chosen = arguments.only.split(",") if arguments.only else list(known)
    contestants = arguments.contestants.split(",") if arguments.contestants else list(CONTESTANTS)
    for name, names in [(c, CONTESTANTS | VARIANTS) for c in contestants] + [
        (w, known) for w in chosen
    ]:
        if name not in names:
            sys.exit(f"{name} is unknown, expected one of {', '.join(names)}.")
    if arguments.write and (arguments.only or arguments.contestants):
        sys.exit("--write writes about everything: leave --only and --contestants out.")
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in chosen:
            entries = {contestant: (contestant, known[name]) for contestant in contestants}
            results[name] = race(entries, arguments.rounds, folder)
            print(f"{name} measured", file=sys.stderr, flush=True)
        quick_table(results)
        if arguments.write:
            everything(known, results, arguments.rounds, folder)
    return None


if __name__ == "__main__":
    main()
