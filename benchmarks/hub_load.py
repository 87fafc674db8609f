"""What one learner in chapter 7 asks of a hub: `python benchmarks/hub_load.py [--server PROGRAM]`.

A kernel runs the chapter from its first cell to its last, as a learner does who goes through it in
order; then the lab is driven through every position of its controls, and along a learner's walk:
one control at a time, one stop at a time. Memory is the kernel's resident set, processor time that
of the whole kernel process, all its threads. No clock on the wall is used: another program on the
same machine makes a run longer, not dearer.

``--server .../jupyterhub-singleuser`` (or ``jupyter-lab``) also measures the program that stands
between the hub and the kernel, which every learner has too. What it measures goes into
``hub_load.json``; back/hub.md cites it rounded, and a test compares the two.
"""

import argparse
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

import nbformat
import numpy as np
import psutil
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent
CHAPTER = ROOT / "chapters/07_two_moons.ipynb"
RESULT = Path(__file__).with_suffix(".json")
MB = 1e6
READY = """
import gc, itertools, json, time
from byhand.lab import Lab
(lab,) = [each for each in gc.get_objects() if type(each) is Lab]


def timed(move):
    before = time.process_time()
    lab.move(**move)
    return time.process_time() - before


def walk(lab):
    for name, control in lab.controls.items():
        stops = [value for _, value in control.options]
        for value in [*stops, *reversed(stops)]:
            yield {name: value}
"""
DRIVE = "print(json.dumps([timed(move) for move in {moves}]))"


def cost(process):
    """Return the processor seconds that a process has used so far."""
    times = process.cpu_times()
    return times.user + times.system


def resident(process):
    """Return a process's resident memory in MB."""
    return process.memory_info().rss / MB


def printed(client, source):
    """Run a line in the kernel and return what it printed, read as JSON."""
    cell = nbformat.v4.new_code_cell(source)
    client.nb.cells.append(cell)
    client.execute_cell(cell, len(client.nb.cells) - 1)
    return json.loads("".join(output.get("text", "") for output in cell.outputs))


def summary(seconds):
    """Return the spread of the processor seconds of many slider moves."""
    return {
        "moves": len(seconds),
        "median": float(np.median(seconds)),
        "mean": float(np.mean(seconds)),
        "most": float(np.max(seconds)),
        "total": float(np.sum(seconds)),
    }


def learner(threads):
    """Run chapter 7 and its lab in a kernel; return what that took.

    ``threads`` is how many the linear algebra under NumPy may use, or None for its own choice.
    """
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    if threads:
        environment |= {"OPENBLAS_NUM_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)}
    notebook = nbformat.read(CHAPTER, as_version=4)
    cells = list(enumerate(notebook.cells))
    with tempfile.TemporaryDirectory() as folder:
        resources = {"metadata": {"path": folder}}
        client = NotebookClient(notebook, kernel_name="python3", timeout=300, resources=resources)
        with client.setup_kernel(env=environment):
            process = psutil.Process(client.km.provisioner.pid)
            idle, most, spent = resident(process), 0.0, []
            for index, cell in cells:
                before = cost(process)
                client.execute_cell(cell, index)
                spent.append(cost(process) - before)
                most = max(most, resident(process))
            chapter = {"total": sum(spent), "dearest cell": max(spent)}
            printed(client, READY + "print(0)")
            every = printed(client, DRIVE.format(moves="lab.positions()"))
            walked = printed(client, DRIVE.format(moves="walk(lab)"))
            after = resident(process)
    return {
        "memory": {"idle kernel": idle, "most in chapter": most, "after lab": after},
        "chapter": chapter,
        "every position": summary(every),
        "walk": summary(walked),
    }


def free_port():
    """Return a port that nobody uses."""
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def server(program):
    """Return the memory in MB of a learner's notebook server, started and asked for its page."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        options = ["--no-browser", "--allow-root", f"--port={port}", "--IdentityProvider.token="]
        running = subprocess.Popen(
            [program, *options, f"--ServerApp.root_dir={folder}"],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            for _ in range(120):
                time.sleep(0.5)
                with contextlib.suppress(OSError):
                    urlopen(f"http://127.0.0.1:{port}/lab", timeout=5).read()
                    urlopen(f"http://127.0.0.1:{port}/api/contents", timeout=5).read()
                    return resident(psutil.Process(running.pid))
        finally:
            running.terminate()
            running.wait(30)
    sys.exit(f"{program} did not answer within a minute: start it by hand and read what it says.")


def rounded(value):
    """Return nested numbers with four significant digits."""
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    return float(f"{value:.4g}") if isinstance(value, float) else value


def main():
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--server", help="path of jupyter-lab or jupyterhub-singleuser")
    asked = parser.parse_args()
    before = json.loads(RESULT.read_text()) if RESULT.exists() else {}
    result = {"units": "MB, and seconds of processor time", "cores": os.cpu_count()}
    result["one thread"] = rounded(learner(1))
    result["all threads"] = rounded(learner(None))
    if asked.server:
        result["server"] = rounded(server(asked.server))
    elif "server" in before:
        result["server"] = before["server"]
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(RESULT.read_text())


if __name__ == "__main__":
    main()
