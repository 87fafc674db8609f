"""Neural networks by hand: the library the course reads aloud.

Reading order: ``activations`` → ``losses`` → ``layers`` → ``network`` → ``optimizers`` →
``training`` → ``gradient_check`` → ``datasets``.  Beside them stand ``inputs`` (what is refused),
``history`` (what a training leaves behind), ``mistakes`` (nine wrong backward passes) and
``curvature``.  All of these need nothing but NumPy.  Never imported by them: ``figures`` (the live
figures), ``lab`` (the sliders that need a kernel) and ``check`` (the exercise checks).
"""

__version__ = "0.1.0"
