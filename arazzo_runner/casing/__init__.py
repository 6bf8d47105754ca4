"""Cases of one's own (`*.arazzo-test.yaml`): found, run against their answers or the real server, and judged."""

from __future__ import annotations

from .files import CaseFile, find_cases, is_case, read_case_file
from .live import RequestContract, Watch
from .outcome import outcome_differences
from .script import CaseScript, verdicts_of
from .severities import DEFAULTS, LEVELS, Level, Severities, severities_of
from .trial import Trial

__all__ = [
    "DEFAULTS",
    "LEVELS",
    "CaseFile",
    "CaseScript",
    "Level",
    "RequestContract",
    "Severities",
    "Trial",
    "Watch",
    "find_cases",
    "is_case",
    "outcome_differences",
    "read_case_file",
    "severities_of",
    "verdicts_of",
]
