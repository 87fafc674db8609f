"""Usage: python tools/refresh.py [--check] [NOTEBOOK ...]. Run chapters and store their outputs.

The only way outputs are written. The same sources give the same bytes on the same machine: no
widget state, no timings, no versions. `--check` writes nothing and says which notebooks would
change.
"""

import argparse
import copy
import logging
import os
import re
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

import bootstrap_cell
import needs_torch

ROOT = Path(__file__).resolve().parent.parent
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"  # a random id that dies with its kernel
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
KEPT_CELL_METADATA = ("tags", "cellView", "mystnb")


def normalise(notebook, bootstrap):
    """Return a copy of a notebook in the one form in which this repository stores notebooks.

    ``bootstrap`` is the source of the set-up cell, which is put before the first code cell if it is
    missing.
    """
    notebook = copy.deepcopy(notebook)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = nbformat.from_dict(METADATA)
    if not any(map(bootstrap_cell.is_bootstrap, notebook.cells)):
        types = [cell.cell_type for cell in notebook.cells]
        first_code = types.index("code") if "code" in types else len(types)
        new = nbformat.v4.new_code_cell(bootstrap_cell.TITLE, id="bootstrap")
        notebook.cells.insert(first_code, new)

    ids = set()
    count = 0
    for number, cell in enumerate(notebook.cells, 1):
        if bootstrap_cell.is_bootstrap(cell):
            cell.source = bootstrap
            cell.metadata = {"tags": ["remove-cell"], "cellView": "form"}
        cell.source = "\n".join(line.rstrip() for line in cell.source.splitlines()).strip("\n")
        cell.metadata = {
            key: cell.metadata[key] for key in KEPT_CELL_METADATA if key in cell.metadata
        }
        if "id" not in cell or cell.id in ids:
            cell.id = f"cell-{number}"
        ids.add(cell.id)
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count
            cell.outputs = normalise_outputs(cell.outputs, count)
    return nbformat.from_dict(notebook)


def normalise_outputs(outputs, count):
    """Return a cell's outputs without widget views and with each stream in one piece."""
    kept = []
    for output in outputs:
        if output.output_type == "stream":
            last = kept[-1] if kept else {}
            if last.get("output_type") == "stream" and last["name"] == output.name:
                last["text"] += output.text
                continue
        elif "data" in output:
            output.data.pop(WIDGET_VIEW, None)
            if "execution_count" in output:
                output.execution_count = count
            if not output.data:
                continue
        kept.append(output)
    return kept


def as_bytes(notebook):
    """Return the bytes of a notebook file."""
    return (nbformat.writes(notebook) + "\n").encode("utf-8")


def read(path):
    """Return the notebook in a file, or stop with a sentence."""
    try:
        return nbformat.read(path, as_version=4)
    except Exception as error:
        raise SystemExit(
            f"{path} is not a notebook that can be read ({error}): repair or remove it."
        ) from None


def execute(notebook, folder):
    """Run a notebook in ``folder`` with this checkout's library; return it with its outputs."""
    notebook = copy.deepcopy(notebook)
    path = os.pathsep.join(filter(None, [str(ROOT / "src"), os.environ.get("PYTHONPATH")]))
    client = NotebookClient(
        notebook,
        timeout=120,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        store_widget_state=False,
        skip_cells_with_tag=needs_torch.NOT_RUN,
        extra_arguments=["--IPKernelApp.log_level=40"],
    )
    quiet = {"PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    settings = {"PYTHONPATH": path, "PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1"}
    client.execute(env=os.environ | quiet | settings)
    return notebook


def refresh(path, check=False):
    """Run one notebook file and store it (unless ``check``); return whether its bytes change."""
    bootstrap = bootstrap_cell.text(ROOT)
    prepared = normalise(read(path), bootstrap)
    new = as_bytes(normalise(execute(prepared, path.parent), bootstrap))
    changed = new != path.read_bytes()
    if changed and not check:
        path.write_bytes(new)
    return changed


def reason(error):
    """Return in one line why a notebook could not be run."""
    if isinstance(error, CellExecutionError):
        return re.sub(r"\x1b\[[0-9;]*m", "", f"{error.ename}: {error.evalue}").strip()
    return str(error).strip().splitlines()[0]


def main():
    parser = argparse.ArgumentParser(description="Run the chapters and store their outputs.")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail if a notebook would change"
    )
    parser.add_argument(
        "notebooks", nargs="*", type=Path, help="default: every notebook in chapters/"
    )
    options = parser.parse_args()
    paths = [path.resolve() for path in options.notebooks] or sorted(
        (ROOT / "chapters").glob("*.ipynb")
    )
    if missing := [str(path) for path in paths if not path.is_file()]:
        return f"There is no notebook {', '.join(missing)}: give an .ipynb file, or none for all."
    logging.getLogger("tornado.general").disabled = True  # chatter of a kernel that is being ended
    stale = []
    for path in paths:
        print(f"{path.stem}: running ...", end=" ", flush=True)
        started = time.monotonic()
        try:
            changed = refresh(path, options.check)
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            print("stopped.", flush=True)
            return f"{path.name} did not run to its end, so it was left as it was: {reason(error)}"
        if changed:
            stale.append(path.name)
        verb = ("would change" if options.check else "changed") if changed else "unchanged"
        print(f"{verb} ({time.monotonic() - started:.0f} s)", flush=True)
    if options.check and stale:
        return f"The outputs stored in {', '.join(stale)} are not today's: run `make refresh`."
    return 0


if __name__ == "__main__":
    sys.exit(main())
