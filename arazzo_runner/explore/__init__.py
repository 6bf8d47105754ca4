"""The paths of a plan, and documented responses that take each of them: `Explorer(plan, mock, inputs)`.

The straight run first, then every branch, then everything that fails; nothing is sent and nothing waits.
"""

from __future__ import annotations

from .absent import unmade
from .aims import Reached, Target
from .answers import Answer
from .explorer import Explorer, Invalid, Unbounded, Walked
from .inputs import boundary_inputs, sampled_inputs
from .origins import StepKey, step_of
from .outputs import wrong_output
from .reasons import reason
from .runs import Run
from .uses import Uses

__all__ = [
    "Answer",
    "Explorer",
    "Invalid",
    "Reached",
    "Run",
    "StepKey",
    "Target",
    "Unbounded",
    "Uses",
    "Walked",
    "boundary_inputs",
    "reason",
    "sampled_inputs",
    "step_of",
    "unmade",
    "wrong_output",
]
