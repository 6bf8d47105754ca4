"""What `$inputs`, `$steps`, `$response` and the other roots mean at a point of a run (decisions 15, 24-28)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import UnresolvedExpression
from ..messages import Request, Response, header
from ..openapi import Argument
from ..plan import LinkedWorkflow
from ..values import MISSING, Value
from .body import decode
from .state import Completed, Frame

_NOTHING: Mapping[str, Any] = {}


class RunScope:
    """The scope of one frame; with a request and a response where a step has them."""

    __slots__ = (
        "_arguments",
        "_body",
        "_completed",
        "_frame",
        "_payload",
        "_request",
        "_response",
        "_status",
        "_workflow",
        "inputs",
        "outputs",
        "steps",
    )

    def __init__(
        self,
        frame: Frame,
        workflow: LinkedWorkflow,
        completed: Mapping[str, Completed],
        *,
        request: Request | None = None,
        response: Response | None = None,
        arguments: tuple[Argument, ...] = (),
        payload: Value = MISSING,
        outputs: Mapping[str, Any] | None = None,
        status: int | None = None,
    ) -> None:
        self.inputs = frame.inputs
        self.steps: Mapping[str, Mapping[str, Any]] = frame.steps
        self.outputs = outputs
        self._frame = frame
        self._workflow = workflow
        self._completed = completed
        self._request = request
        self._response = response
        self._arguments = arguments
        self._payload = payload
        self._status = status
        self._body: Any = None

    # -- the document -------------------------------------------------------------------------------------------------

    @property
    def sources(self) -> Mapping[str, Mapping[str, str]]:
        return self._workflow.document.sources

    @property
    def self_uri(self) -> str | None:
        return self._workflow.document.self_uri

    @property
    def workflows(self) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
        """The workflows of this document that ended in this run, and the inputs of the running one (decision 27)."""
        found: dict[str, Mapping[str, Mapping[str, Any]]] = {
            workflow_id: {"inputs": done.inputs, "outputs": done.outputs}
            for workflow_id, key in self._workflow.document.workflow_keys.items()
            if (done := self._completed.get(key)) is not None
        }
        running = found.get(self._workflow.workflow_id, _NOTHING)
        found[self._workflow.workflow_id] = {**running, "inputs": self._frame.inputs}
        return found

    # -- the request --------------------------------------------------------------------------------------------------

    @property
    def url(self) -> Value:
        return self._sent("$url").url

    @property
    def method(self) -> Value:
        return self._sent("$method").method

    def _sent(self, what: str) -> Request:
        if self._request is None:
            raise UnresolvedExpression(f"{what} has no value: no request was made")
        return self._request

    def request_header(self, name: str) -> Value:
        lowered = name.lower()
        for argument in self._arguments:
            if argument.in_ == "header" and argument.name.lower() == lowered:
                return argument.value
        found = header(self._sent("$request").headers, name)
        return MISSING if found is None else found

    def request_query(self, name: str) -> Value:
        return self._argument("query", name)

    def request_path(self, name: str) -> Value:
        return self._argument("path", name)

    def _argument(self, in_: str, name: str) -> Value:
        self._sent("$request")
        for argument in self._arguments:
            if argument.in_ == in_ and argument.name == name:
                return argument.value
        return MISSING

    @property
    def request_body(self) -> Value:
        self._sent("$request")
        return self._payload

    # -- the response -------------------------------------------------------------------------------------------------

    @property
    def status_code(self) -> Value:
        if self._response is not None:
            return self._response.status
        if self._status is not None:
            return self._status
        raise UnresolvedExpression("$statusCode has no value: there is no response")

    def _received(self) -> Response:
        if self._response is None:
            raise UnresolvedExpression("$response has no value: there is no response")
        return self._response

    def response_header(self, name: str) -> Value:
        found = self._received().header(name)
        return MISSING if found is None else found

    @property
    def response_body(self) -> Value:
        if self._body is None:
            self._body = (decode(self._received()),)
        return self._body[0]  # type: ignore[no-any-return]

    # -- messages: not in steps over HTTP (decision 63) ---------------------------------------------------------------

    def message_header(self, name: str) -> Value:
        raise UnresolvedExpression("$message has no value: this step calls an HTTP operation")

    @property
    def message_payload(self) -> Value:
        raise UnresolvedExpression("$message has no value: this step calls an HTTP operation")
