"""What every error of the library has in common: it is one sentence."""

import pytest


def said(call, *arguments, **keywords):
    """Call, expect a `ValueError`, and return its text, one sentence on one line."""
    with pytest.raises(ValueError) as error:
        call(*arguments, **keywords)
    text = str(error.value)
    assert "\n" not in text and text.endswith(".") and ". " not in text, text
    assert len(text) < 200, text
    return text
