"""`--contract`: what a step sends and receives, against its description (openapi/contract.py does the checking)."""

from __future__ import annotations

from typing import Literal

from ..messages import Request, Response
from ..openapi import Argument, Body, Description
from ..openapi.contract import ContractChecker
from ..values import MISSING
from .objects import OperationCall


class DescribedContract:
    """The contract of every description a plan uses; checkers are made at their first use."""

    def __init__(self, level: Literal["warn", "error"]) -> None:
        self.level: Literal["warn", "error"] = level
        self._checkers: dict[int, tuple[Description, ContractChecker]] = {}

    def check_request(
        self, step: OperationCall, request: Request, arguments: tuple[Argument, ...], body: Body | None
    ) -> tuple[str, ...]:
        """The violations of a request, one line each."""
        payload = body.payload if body else MISSING
        found = self._checker(step).check_request(step.operation, request, arguments, payload)
        return tuple(str(violation) for violation in found)

    def check_response(self, step: OperationCall, response: Response) -> tuple[str, ...]:
        """The violations of a response, one line each."""
        return tuple(str(violation) for violation in self._checker(step).check_response(step.operation, response))

    def not_checked(self, step: OperationCall) -> tuple[str, ...]:
        """What could not be checked, each once."""
        return tuple(str(item) for item in self._checker(step).take_not_checked())

    def _checker(self, step: OperationCall) -> ContractChecker:
        description = step.operation.description
        if id(description) not in self._checkers:
            self._checkers[id(description)] = (description, ContractChecker(description))
        return self._checkers[id(description)][1]
