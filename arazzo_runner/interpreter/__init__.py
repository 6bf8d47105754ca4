"""The semantics of Arazzo, pure: `prepare`, `conclude` and `advance` around an immutable State."""

from .advance import advance, begin, interrupt
from .conclude import conclude
from .effects import Call, Delay, Effect, Exchange, Refused, Wait
from .prepare import prepare
from .state import Ended, Outcome, State, Waited, from_json, outcome_from_json, outcome_to_json, to_json

__all__ = [
    "Call",
    "Delay",
    "Effect",
    "Ended",
    "Exchange",
    "Outcome",
    "Refused",
    "State",
    "Wait",
    "Waited",
    "advance",
    "begin",
    "conclude",
    "from_json",
    "interrupt",
    "outcome_from_json",
    "outcome_to_json",
    "prepare",
    "to_json",
]
