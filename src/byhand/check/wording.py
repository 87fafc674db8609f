"""Numbers, arrays and kinds of object, in the words that every message uses."""

import numpy as np

LONGEST_ARRAY = 4  # numbers written out before an array is abbreviated
LARGEST_TABLE = 9  # numbers written out before a table is named by its shape
MOST_DIGITS = 12


def number(value, digits=4):
    """Return ``value`` with that many significant digits and a real minus sign: ``−0.0875``."""
    try:
        value = float(value)
    except OverflowError:  # a whole number beyond float64
        value = np.inf
    if not np.isfinite(value):
        return {np.inf: "infinity", -np.inf: "−infinity"}.get(value, "nan")
    if value == 0:
        return "0"
    mantissa, _, exponent = f"{value:.{digits}g}".partition("e")
    return (mantissa + (f"e{int(exponent)}" if exponent else "")).replace("-", "−")


def numbers(result, digits=4):
    """Return a float, an array or a tuple of these as text: ``(−0.0875, −0.175)``."""
    if isinstance(result, tuple):
        return "(" + ", ".join(numbers(part, digits) for part in result) + ")"
    result = np.asarray(result)
    if result.ndim == 0:
        return number(result, digits)
    if result.ndim == 2 and 0 < result.size <= LARGEST_TABLE:
        return "[" + ", ".join(numbers(row, digits) for row in result) + "]"
    if result.ndim > 1 or not result.size:
        return f"an array of shape {result.shape}"
    shown = [number(entry, digits) for entry in result[:LONGEST_ARRAY]]
    more = [f"… {result.size} numbers"] if result.size > LONGEST_ARRAY else []
    return "[" + ", ".join(shown + more) + "]"


def pair(got, expected):
    """Return both as text, with as many digits as it takes for a difference to show."""
    for digits in range(4, MOST_DIGITS + 1):
        texts = numbers(got, digits), numbers(expected, digits)
        if texts[0] != texts[1]:
            break
    return texts


def counted(count, noun):
    """Return ``1 point`` or ``4 points``."""
    return f"{count} {noun}" + ("" if count == 1 else "s")


def kind(value):
    """Return what ``value`` is, with an article and without an address: ``a list of 4``."""
    if value is None:
        return "None"
    if isinstance(value, bool | np.bool_):
        return f"the truth value {value}"
    if isinstance(value, str):
        return f"the text {value[:20]!r}"
    if isinstance(value, int | float | np.number) and not isinstance(value, complex):
        return f"the number {number(value)}"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, list | tuple | set | dict):
        return f"a {type(value).__name__} of {len(value)}"
    return "a function" if callable(value) else f"an object of type {type(value).__name__}"
