"""Exercise checks: run the learner's answer and say, in at most three lines, what it does.

``check.<chapter>.<exercise>(answer)`` returns an `Answer`; as the last line of a cell it shows
itself.  ``check.report()`` lists what has been checked so far.

Reading order: ``wording`` (numbers in words) → ``answer`` (what a check returns, the report) →
``calling`` (run the learner's function unharmed) → ``comparing`` (what came back beside what was
expected) → ``exercise`` (the kinds of exercise) → one module per chapter, which holds nothing but
its exercises and their messages.
"""

from byhand.check import (
    batches_and_activations,
    deep_net,
    from_scratch,
    learning_rate,
    nudge_and_chain,
    one_node,
    same_in_pytorch,
    two_inputs,
    two_moons,
    vector_calculus,
)
from byhand.check.answer import Answer, report

CHAPTERS = (
    one_node,
    two_inputs,
    vector_calculus,
    batches_and_activations,
    deep_net,
    from_scratch,
    two_moons,
    nudge_and_chain,
    learning_rate,
    same_in_pytorch,
)

__all__ = [
    "CHAPTERS",
    "Answer",
    "batches_and_activations",
    "deep_net",
    "from_scratch",
    "learning_rate",
    "nudge_and_chain",
    "one_node",
    "report",
    "same_in_pytorch",
    "two_inputs",
    "two_moons",
    "vector_calculus",
]
