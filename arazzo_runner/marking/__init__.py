"""Where secrets enter a run: inputs, credentials, requests, responses, outputs (design, rule 9).

Reports ask for the marks of an event before they show it. Nothing here is needed to run, so a run that nobody reports
on pays nothing for it.
"""

from __future__ import annotations

from .declared import PlanSecrets
from .marker import Marker

__all__ = ["Marker", "PlanSecrets"]
