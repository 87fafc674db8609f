"""Neural networks by hand: the library the course reads aloud.

Reading order: ``activations`` → ``losses`` → ``layers`` → ``network`` → ``optimizers`` →
``training`` → ``gradient_check`` → ``datasets``.  These need nothing but NumPy.  Beside them, and
never imported by them: ``figures`` (the live figures), ``lab`` (the sliders that need a kernel) and
``check`` (the exercise checks).
"""

__version__ = "0.1.0"
