"""`--har`: the HTTP exchanges of a run as HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/)."""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from http.cookies import CookieError, SimpleCookie
from typing import Any, TextIO
from urllib.parse import parse_qsl, urlsplit

from .._version import __version__
from ..events import Event, RunFinished, RunStarted
from ..messages import Headers, Request, Response, header
from ..values import dumps
from .attempts import Attempt, Attempts
from .destination import destination
from .media import body_text, content_type_of
from .redaction import Redactor


class HarReport:
    """Writes one entry per request; one without an answer has status 0 and says why in `_error`.

    A request that was sent once more, signed anew, has two.
    """

    def __init__(self, target: str | os.PathLike[str] | TextIO, *, redactor: Redactor) -> None:
        self._redactor = redactor
        self._attempts = Attempts()
        self._ended_at: float | None = None
        self._comment = ""
        self._destination = destination(target, private=redactor.show_secrets)

    def observe(self, event: Event) -> None:
        """Add one event."""
        self._redactor.observe(event)
        self._attempts.observe(event)
        match event:
            case RunStarted():
                self._comment = f"workflow {event.workflow_id} of {event.document}"
            case RunFinished():
                self._ended_at = event.at
            case _:
                pass

    def finish(self) -> None:
        """Write the archive."""
        self._destination.write(dumps({"log": self._log()}, indent=2) + "\n")
        self._destination.close()

    def _log(self) -> dict[str, Any]:
        return {
            "version": "1.2",
            "creator": {"name": "arazzo-run", "version": __version__},
            "entries": [entry for attempt in self._attempts if attempt.request for entry in self._entries(attempt)],
            "comment": self._comment,
        }

    def _entries(self, attempt: Attempt) -> list[dict[str, Any]]:
        assert attempt.request is not None
        where = f"step {attempt.name}, visit {attempt.started.visit}, attempt {attempt.started.attempt}"
        sent, again = attempt.sent, attempt.resent
        started = again or sent or attempt.refused or attempt.started
        entry = self._entry(attempt.request, attempt.response, started.at, self._seconds(attempt), where)
        if attempt.response is None:
            entry["_error"] = self._redactor.text(attempt.message or "interrupted")
        if again is None or sent is None:
            return [entry]
        entry["comment"] += f", sent once more: {self._redactor.text(again.reason)}"
        return [self._entry(sent.request, again.response, sent.at, again.duration_s, where), entry]

    def _entry(
        self, request: Request, response: Response | None, started: float, seconds: float, comment: str
    ) -> dict[str, Any]:
        milliseconds = round(seconds * 1000, 3)
        return {
            "startedDateTime": datetime.fromtimestamp(started, UTC).isoformat(timespec="milliseconds"),
            "time": milliseconds,
            "request": self._request(request, response),
            "response": self._response(response) if response else _no_response(),
            "cache": {},
            "timings": {"send": 0, "wait": milliseconds, "receive": 0},
            "comment": comment,
        }

    def _seconds(self, attempt: Attempt) -> float:
        sent = attempt.resent or attempt.sent
        if attempt.received:
            return attempt.received.duration_s
        if sent and attempt.refused:
            return max(0.0, attempt.refused.at - sent.at)
        if sent and self._ended_at:
            return max(0.0, self._ended_at - sent.at)
        return 0.0

    def _request(self, request: Request, response: Response | None) -> dict[str, Any]:
        url = self._redactor.url(request.url)
        headers = self._redactor.headers(request.headers)
        entry: dict[str, Any] = {
            "method": request.method,
            "url": url,
            "httpVersion": response.http_version if response else "HTTP/1.1",
            "cookies": _cookies([value for name, value in headers if name.lower() == "cookie"]),
            "headers": _pairs(headers),
            "queryString": _pairs(parse_qsl(urlsplit(url).query, keep_blank_values=True)),
            "headersSize": -1,
            "bodySize": len(request.body or b""),
        }
        if request.body:
            entry["postData"] = self._post_data(request.body, content_type_of(request.headers))
        return entry

    def _post_data(self, body: bytes, content_type: str | None) -> dict[str, Any]:
        text, encoding = self._text(body, content_type)
        data: dict[str, Any] = {"mimeType": content_type or "", "text": text}
        return {**data, "_encoding": encoding} if encoding else data

    def _response(self, response: Response) -> dict[str, Any]:
        headers = self._redactor.headers(response.headers)
        return {
            "status": response.status,
            "statusText": response.reason,
            "httpVersion": response.http_version,
            "cookies": _cookies([value for name, value in headers if name.lower() == "set-cookie"]),
            "headers": _pairs(headers),
            "content": self._content(response),
            "redirectURL": header(headers, "location") or "",
            "headersSize": -1,
            "bodySize": -1,  # of the compressed body: unknown, it was decompressed
        }

    def _content(self, response: Response) -> dict[str, Any]:
        content_type = content_type_of(response.headers)
        text, encoding = self._text(response.body, content_type)
        content: dict[str, Any] = {"size": len(response.body), "mimeType": content_type or "", "text": text}
        return {**content, "encoding": encoding} if encoding else content

    def _text(self, body: bytes, content_type: str | None) -> tuple[str, str | None]:
        masked = self._redactor.body(body, content_type)
        text = body_text(masked, content_type)
        return (base64.b64encode(masked).decode("ascii"), "base64") if text is None else (text, None)


def _no_response() -> dict[str, Any]:
    return {
        "status": 0,
        "statusText": "",
        "httpVersion": "",
        "cookies": [],
        "headers": [],
        "content": {"size": 0, "mimeType": ""},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
    }


def _pairs(pairs: Headers | Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _cookies(values: Sequence[str]) -> list[dict[str, str]]:
    cookies = []
    for value in values:
        jar: SimpleCookie = SimpleCookie()
        try:
            jar.load(value)
        except CookieError:
            continue  # the header itself is listed among the headers
        cookies += [{"name": name, "value": morsel.value} for name, morsel in jar.items()]
    return cookies
