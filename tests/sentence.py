"""What every error of the library has in common: it is one sentence."""

import pytest


class Thing:
    """Something that is no number, no text and no list; it reads the same in every run."""

    def __repr__(self):
        return "Thing()"


def said(call, *arguments, **keywords):
    """Call, expect a `ValueError`, and return its text, one sentence on one line."""
    with pytest.raises(ValueError) as error:
        call(*arguments, **keywords)
    text = str(error.value)
    assert "\n" not in text and text.endswith(".") and ". " not in text, text
    assert len(text) < 200, text
    return text
