"""Exercise checks: run the learner's answer and say, in at most three lines, what it does.

``check.<chapter>.<exercise>(answer)`` returns an `Answer`; as the last line of a cell it shows
itself.  ``check.report()`` lists what has been checked so far.

Reading order: ``wording`` (numbers in words) → ``answer`` (what a check returns, the report) →
``calling`` (run the learner's function unharmed) → ``exercise`` (the kinds of exercise) → one
module per chapter, which holds nothing but its exercises and their messages.
"""

from byhand.check import one_node
from byhand.check.answer import Answer, report

CHAPTERS = (one_node,)

__all__ = ["CHAPTERS", "Answer", "one_node", "report"]
