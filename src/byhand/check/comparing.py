"""Results of a learner's function: read as numbers, compared with the right ones, told apart."""

import numpy as np

from byhand.check.wording import kind, number, numbers, pair

TOLERANCE = 1e-10  # relative, on numbers a learner's function returns: "to ten digits"
NEAR = 1e-2  # relative: the same number but for rounding
LONGEST_GAP = 170  # characters; a longer one is told by a single entry


def as_number(value):
    """Return ``value`` as a float, or None if it is not one number."""
    array = _as_array(value)
    return array if isinstance(array, float) else None


def as_result(value, like):
    """Return ``value`` as floats and arrays arranged like ``like``, or None if it holds no numbers.

    Lists count as arrays, and an array of one number as that number.
    """
    if isinstance(like, tuple):
        listed = isinstance(value, list) or (isinstance(value, np.ndarray) and value.ndim)
        if listed and len(value) == len(like):
            value = tuple(value)
    elif isinstance(value, tuple) and (array := _as_array(value)) is not None:
        return array
    if isinstance(value, tuple):
        arrays = tuple(_as_array(part) for part in value)
        return None if any(array is None for array in arrays) else arrays
    return _as_array(value)


def _as_array(value):
    try:
        array = np.asarray(value)
    except ValueError:  # rows of different lengths
        return None
    if array.dtype.kind not in "fiu":
        return None
    array = array.astype(float)
    return array.item() if array.size == 1 else array


def parts(result):
    """Return the parts of a tuple, or the result as the only part."""
    return result if isinstance(result, tuple) else (result,)


def shapes(result):
    """Return the shape of each part in a list, or the shape itself; ``()`` for one number."""
    if isinstance(result, tuple):
        return [shapes(part) for part in result]
    return None if result is None else () if np.size(result) == 1 else np.shape(result)


def size(result):
    """Return the largest absolute value among the numbers in a result or in arguments."""
    if isinstance(result, tuple):
        return max(map(size, result), default=0.0)
    values = np.asarray(result)
    return float(np.max(np.abs(values), initial=0.0)) if values.dtype.kind in "fiu" else 0.0


def empty(result):
    """Return whether a result is an array without a number in it."""
    return isinstance(result, np.ndarray) and not result.size


def same(result, other, tolerance):
    """Return whether two results have the same shapes and numbers; all empty arrays are the same.

    ``tolerance`` is absolute; a relative `TOLERANCE` is always granted.
    """
    if empty(result) and empty(other):
        return True
    if result is None or other is None or shapes(result) != shapes(other):
        return result is None and other is None
    return all(
        np.allclose(one, two, rtol=TOLERANCE, atol=tolerance, equal_nan=True)
        for one, two in zip(parts(result), parts(other), strict=True)
    )


def factors(results, expected, tolerances):
    """Return the factor by which each result is off, or nothing if more than that is wrong.

    The factor is None where zeros are expected.  One number is some factor times any other, so
    such results count only where the factor is the same in every case.
    """
    found = []
    for result, like, tolerance in zip(results, expected, tolerances, strict=True):
        if result is None or shapes(result) != shapes(like):
            return []
        got, wanted = (np.concatenate([*map(np.ravel, parts(each))]) for each in (result, like))
        factor = got @ wanted / (wanted @ wanted) if wanted.any() else None
        if not np.isfinite(got).all() or not np.allclose(
            got, (factor or 0.0) * wanted, 1e-9, tolerance
        ):
            return []
        found.append(factor)
    known = [factor for factor in found if factor is not None]
    alone = all(shapes(like) == () for like in expected)
    return [] if alone and not np.allclose(known, known[:1], 1e-9) else found


def factor_in_words(found, first, names):
    """Return what such factors say and the next step, or None if they say nothing.

    ``first`` is the index of the case that is reported.
    """
    known = [factor for factor in found if factor is not None]
    if not known:
        return None
    if not any(known):
        return f"Only zeros come back as {names}.", "Store what is computed, and return it."
    here = number(found[first])
    others = [number(factor) for factor in known if not np.isclose(factor, found[first], 1e-9)]
    if here == "1" or not all(known):  # rounded, or right in some cases
        return None
    said = f"The result, {names}, is {here} times what it should be in every case."
    if others:
        said = (
            f"The result, {names}, is right but for a factor that changes with the data: {here} "
            f"here, {others[0]} in another case."
        )
    return said, "Find what multiplies or divides the whole result and should not."


def factors_of_parts(results, expected, tolerances, names):
    """Return which parts are off by which factor, in words, and the next step.

    None if more than that is wrong, or if a factor is not the same in every case.
    """
    if any(shapes(each) != shapes(like) for each, like in zip(results, expected, strict=True)):
        return None
    if len(names) != len(parts(expected[0])) or len(names) == 1:
        return None
    right, wrong = [], {}
    for place, name in enumerate(names):
        one, two = ([each[place] for each in side] for side in (results, expected))
        found = {number(each) for each in factors(one, two, tolerances) if each is not None}
        if len(found) != 1 or found == {"0"}:
            return None
        (factor,) = found
        if all(map(same, one, two, tolerances)):
            right.append(name)
        elif factor == "1":  # rounded
            return None
        else:
            wrong[name] = factor
    told = " and ".join(f"{name} is {factor} times" for name, factor in wrong.items())
    also = f"; {' and '.join(right)} came out right" if right else ""
    return (
        f"In every case {told} what it should be{also}.",
        f"Find what multiplies or divides {' and '.join(wrong)} and should not.",
    )


def gap(start, names, value, result, expected, tolerance):
    """Return what came back and what was expected, from ``start`` to a full stop.

    Both are written out where there is room for it and the difference shows; else the first wrong
    entry is, or the shape that differs.  ``names`` are those of the parts, ``value`` is the result
    as the function returned it.
    """
    fits = shapes(result) == shapes(expected)
    if fits and isinstance(result, tuple):
        # A part that is right reads the same on both sides, whatever its last bit.
        both = zip(result, expected, strict=True)
        result = tuple(two if same(one, two, tolerance) else one for one, two in both)
    texts = (kind(value), numbers(expected)) if result is None else pair(result, expected)
    whole = f"{start}: got {texts[0]}, expected {texts[1]}."
    if fits and isinstance(result, np.ndarray):
        index = _differences(result, expected, tolerance)[0]
        where = index if len(index) > 1 else index[0]
        whole = f"{whole[:-1]}; first difference at index {where}."
    if len(whole) <= LONGEST_GAP and texts[0] != texts[1] and "shape" not in texts[1]:
        return whole
    if fits:
        return f"{start}: {_first_entry(names, result, expected, tolerance)}."
    return f"{start}: {_other_shape(names, value, result, expected)}."


def _differences(got, wanted, tolerance):
    """Return the index of every entry that differs, as tuples."""
    different = ~np.isclose(got, wanted, rtol=TOLERANCE, atol=tolerance)
    return [tuple(index) for index in np.argwhere(different).tolist()]


def _first_entry(names, result, expected, tolerance):
    pieces = list(zip(names, parts(result), parts(expected), strict=True))
    agreeing = [name for name, one, two in pieces if same(one, two, tolerance)]
    name, got, wanted = next(piece for piece in pieces if piece[0] not in agreeing)
    wanted = np.atleast_1d(wanted)
    got = np.reshape(got, wanted.shape)  # one number may stand for a table of one
    differences = _differences(got, wanted, tolerance)
    one, two = pair(got[differences[0]], wanted[differences[0]])
    where = f"[{', '.join(map(str, differences[0]))}]" if wanted.size > 1 else ""
    told = f"got {one} for {name}{where}, expected {two}"
    if agreeing:
        return f"{told}; {' and '.join(agreeing)} {'is' if len(agreeing) == 1 else 'are'} right"
    if len(pieces) > 1 or wanted.size == 1:
        return told
    return f"{told}; {len(differences)} of {wanted.size} entries differ"


def _other_shape(names, value, result, expected):
    if isinstance(result, tuple) and isinstance(expected, tuple) and len(result) == len(expected):
        for name, got, wanted in zip(names, result, expected, strict=True):
            if shapes(got) != shapes(wanted):
                wanted = f"{np.shape(wanted)}" if np.size(wanted) > 1 else "one number"
                return f"{name} has shape {np.shape(got)}, expected {wanted}"
    wanted = ", ".join(names) if isinstance(expected, tuple) else kind(expected)
    return f"got {kind(result if isinstance(result, np.ndarray) else value)}, expected {wanted}"
