"""Run a learner's function on copies of the inputs, and keep whatever happens inside."""

import contextlib
import copy
import dis
import inspect
import io
import itertools
import linecache
import re
import warnings
from dataclasses import dataclass

import numpy as np

from byhand.check.wording import number

LONGEST_QUOTE = 90
PRODUCTS = {  # what NumPy says of a product that does not fit: the same in words
    r"matmul: .*mismatch.*\(size (\d+) is different from (\d+)\)":
        r"matmul, a product of matrices whose inner sizes are \2 and \1",
    r"shapes .* not aligned: (\d+) \(dim \d+\) != (\d+) \(dim \d+\)":
        r"dot, a product of matrices whose inner sizes are \1 and \2",
}  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """One call: its value, or the exception that ended it, and the arguments it wrote into."""

    value: object = None
    error: BaseException | None = None
    changed: tuple = ()  # (name, index, before, after) of the first entry that changed


def call(function, names, arguments):
    """Call ``function`` on copies of ``arguments``; no warning, print or exception comes out."""
    given = copy.deepcopy(arguments)
    silence = io.StringIO()
    with (
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
        contextlib.redirect_stdout(silence),
        contextlib.redirect_stderr(silence),
    ):
        warnings.simplefilter("ignore")
        try:
            value, error = function(*given), None
        except (Exception, SystemExit) as exception:
            value, error = None, exception
    return Outcome(value, error, _first_change(names, arguments, given))


def _first_change(names, before, after):
    for name, old, new in zip(names, before, after, strict=True):
        if isinstance(old, tuple):
            inside = [f"{name}[{number}]" for number in range(len(old))]
            if found := _first_change(inside, old, new):
                return found
        elif isinstance(old, np.ndarray):
            if old.shape != new.shape:
                return name, None, old, new
            for index in np.argwhere((old != new) & ((old == old) | (new == new))).tolist():
                where = ", ".join(map(str, index))
                return name, where, old[tuple(index)], new[tuple(index)]
    return ()


def parameters_of(function):
    """Return the names of the parameters, or None where Python cannot tell."""
    try:
        return tuple(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return None


def accepts(function, count):
    """Return whether ``function`` can be called with that many positional arguments."""
    try:
        inspect.signature(function).bind(*range(count))
    except TypeError:
        return False
    except ValueError:  # a built-in without a signature: calling it will tell
        return True
    return True


def dotted(value):
    """Return whether ``value`` is, or holds, the dots of a starter."""
    if isinstance(value, tuple | list):
        return any(dotted(part) for part in value)
    if isinstance(value, np.ndarray) and value.dtype == object:
        return any(dotted(part) for part in value.flat)
    return value is Ellipsis


def _blank(): ...


def untouched(function, outcome):
    """Return whether the outcome shows that the dots of the starter are still there."""
    code = getattr(function, "__code__", None)
    if outcome.error is not None:
        return "ellipsis" in str(outcome.error).lower() or _holds_dots(code)
    if outcome.value is not None:
        return dotted(outcome.value)
    return code is not None and (_holds_dots(code) or _steps(code) == _steps(_BLANK))


def _holds_dots(code):
    """Return whether the code has dots in it that are no index, as those of ``x[...]`` are."""
    if code is None or Ellipsis not in code.co_consts:
        return False
    return any(
        step.argval is Ellipsis and not (after.opname.endswith("SUBSCR") or after.argrepr == "[]")
        for step, after in itertools.pairwise(dis.get_instructions(code))
    )


def _steps(code):
    return [instruction.opname for instruction in dis.get_instructions(code)]


_BLANK = _blank.__code__


def complaint(error):
    """Return the type and the first line of an exception's message: ``NameError: name …``.

    Where a product does not fit, NumPy's line is told in words, with the two sizes in order.
    """
    lines = str(error).strip().splitlines() or [""]
    text = re.sub(r" at 0x[0-9a-fA-F]+", "", lines[0]).rstrip(".")
    for pattern, words in PRODUCTS.items():
        text = re.sub(pattern, words, text)
    if len(text) > LONGEST_QUOTE:
        text = text[:LONGEST_QUOTE].rstrip() + " …"
    return type(error).__name__ + (f": {text}" if text else "")


def place(function, error):
    """Return where in the learner's code the exception arose: ``line 2 of gradient: `…` ``."""
    code = getattr(function, "__code__", None)
    frame, found = error.__traceback__, None
    while frame is not None:
        if code is not None and frame.tb_frame.f_code.co_filename == code.co_filename:
            found = frame
        frame = frame.tb_next
    if found is None:
        return None
    where = found.tb_frame.f_code
    text = linecache.getline(where.co_filename, found.tb_lineno).strip()
    quoted = f": `{text[:LONGEST_QUOTE]}`" if text else ""
    return f"line {found.tb_lineno - where.co_firstlineno + 1} of {where.co_name}{quoted}"


def change(outcome):
    """Return the change to an input in words: ``x[0] was 0.1 and is 0.05 after the call``."""
    name, index, before, after = outcome.changed
    if index is None:
        return f"{name} had shape {before.shape} and has {after.shape} after the call"
    return f"{name}[{index}] was {number(before)} and is {number(after)} after the call"
