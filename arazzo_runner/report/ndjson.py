"""`--events`: one JSON object per event and line, as they happen.

Each object has `type`, the name of the event in camelCase (`runStarted`, `stepStarted`, `requestSent` ...; see
arazzo_runner/events.py), and the event's fields in camelCase. Fields that are no plain JSON:

- `request`, `response`: as in `docs/result.schema.json`: method, url, status, headers as name and value, body and
  `bodyEncoding` (json, text or base64; both absent without a body);
- `operands`: `expression` and `value`, which is absent where the expression has none;
- `location`: document, line, column, pointer; `diagnostic`: code, severity, message, location, hint;
- a criterion's own type is `criterionType`, an action's `actionType`;
- `secretMarked` has the label only, unless secrets are shown.

Fields may be added; a reader ignores those, and types, it does not know.
"""

from __future__ import annotations

import os
from dataclasses import fields, is_dataclass
from typing import Any, TextIO

from ..diagnostics import Diagnostic, location_dict
from ..events import ActionTaken, CriterionChecked, Event, SecretMarked
from ..location import Location
from ..messages import Request, Response
from ..values import Operand, dumps, jsonable
from .destination import destination
from .redaction import MASK, Redactor
from .result import diagnostic_dict, operand_dict, request_dict, response_dict


class EventsReport:
    """Writes each event as a line."""

    def __init__(self, target: str | os.PathLike[str] | TextIO, *, redactor: Redactor) -> None:
        self._redactor = redactor
        self._destination = destination(target, private=redactor.show_secrets)

    def observe(self, event: Event) -> None:
        """Write one event."""
        self._redactor.observe(event)
        self._destination.write(dumps(jsonable(event_dict(event, self._redactor))) + "\n")

    def finish(self) -> None:
        """Close a file."""
        self._destination.close()


def event_dict(event: Event, redactor: Redactor) -> dict[str, Any]:
    """An event as a JSON object."""
    name = type(event).__name__
    result: dict[str, Any] = {"type": name[0].lower() + name[1:]}
    own_type = {CriterionChecked: "criterionType", ActionTaken: "actionType"}.get(type(event))
    for field in fields(event):
        key = own_type if own_type and field.name == "type" else _camel(field.name)
        result[key] = _shown(getattr(event, field.name), redactor)
    if isinstance(event, SecretMarked) and not redactor.show_secrets:
        result["value"] = MASK
    return result


def _shown(value: Any, redactor: Redactor) -> Any:
    match value:
        case Request():
            return request_dict(value, redactor)
        case Response():
            return response_dict(value, redactor)
        case Operand():
            return operand_dict(value, redactor)
        case Location():
            return location_dict(value)
        case Diagnostic():
            return diagnostic_dict(value, redactor)
        case tuple():
            return [_shown(item, redactor) for item in value]
        case dict():
            return redactor.json(value)
        case str():
            return redactor.text(value)
        case _ if is_dataclass(value):
            return {_camel(field.name): _shown(getattr(value, field.name), redactor) for field in fields(value)}
        case _ if hasattr(value, "keys"):
            return redactor.mapping(value)
        case _:
            return value


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
