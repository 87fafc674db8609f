"""Bundle: one output, a widget where there is a kernel, a picture and a sentence elsewhere."""

import base64


def mime_bundle(widget, png):
    """Return what a notebook shows for ``widget``: its view, a PNG (bytes), its repr as text."""
    view = {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}
    return {
        "text/plain": repr(widget),
        "image/png": base64.b64encode(png).decode(),
        "application/vnd.jupyter.widget-view+json": view,
    }, {}
