"""Requests compared with what a case says of them: method, URL, query, the headers it gives, body by value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

from ..drivers.replay import Difference
from ..messages import Headers, Request, header
from ..report.case import RecordedRequest, body_bytes
from ..report.media import Content, is_form, is_json, media_type
from ..secrets import is_secret_name
from ..values import JSON, MISSING, Missing, loads, text_of
from .values import ABSENT, PLACEHOLDER, Unlike, shown, shown_pair, unlike

_BOUNDARY = "multipart/"
_LONGEST = 200  # characters of a body that is shown


@dataclass(frozen=True, slots=True)
class Before:
    """The request as the case's own answers made it, None where it was not sent; the last `depth` segments of a URL are
    those of the operation's path, the others a server's.
    """

    request: Request | None
    depth: int


@dataclass(frozen=True, slots=True)
class ExpectedRequest:
    """What a case says of a request, at `place`.

    `brought` are the placeholders of secrets among the inputs and the answers of the case. In a run against the real
    server a difference is told where it was there `before`, too: else it comes from the server's data.
    """

    given: RecordedRequest
    place: str
    brought: frozenset[str] = frozenset()
    before: Before | None = None

    def __str__(self) -> str:
        return " ".join(part for part in (self.given.method, self.given.url) if part) or "sent"

    def differences(self, step: str, sent: Request) -> Iterator[Difference]:
        """Where the request that is sent differs."""
        before = self._own(step)
        for found in self._all(step, sent):
            if before is None or found.now == ABSENT or (found.what, found.place) in before:
                yield found

    def _own(self, step: str) -> set[tuple[str, str]] | None:
        """The differences of the request that the case's own answers made; None where all are told."""
        if self.before is None or self.before.request is None:
            return None
        return {(found.what, found.place) for found in self._all(step, self.before.request)}

    def _all(self, step: str, sent: Request) -> Iterator[Difference]:
        given = self.given
        if given.method is not None and given.method != sent.method:
            yield self._differs(step, "method", given.method, sent.method, "/method")
        if given.url is not None:
            yield from self._url(step, given.url, sent.url)
        yield from self._query(step, sent.url)
        yield from self._headers(step, sent.headers)
        yield from self._body(step, sent)

    def _differs(self, step: str, what: str, expected: str, now: str, place: str) -> Difference:
        return Difference(step, what, expected, now, self.place + place)

    # -- URL --------------------------------------------------------------------------------------------------------

    def _url(self, step: str, expected: str, now: str) -> Iterator[Difference]:
        if expected.startswith("/"):
            same = _same_path(expected, now, len(_segments(expected)))
            if same and "?" in expected:
                same = parse_qsl(urlsplit(expected).query) == parse_qsl(urlsplit(now).query)
        else:
            left, right = self._without_credentials(expected, now), now
            if self.before is not None:
                left, right = _tail(left, self.before.depth), _tail(right, self.before.depth)
            same = unquote(left) == unquote(right)
            expected = left
        if not same:
            yield self._differs(step, "URL", expected, now, "/url")

    def _without_credentials(self, recorded: str, sent: str) -> str:
        """The recorded URL without the secrets in its query that are not sent, or are literals of the document.

        A replay does not sign its requests.
        """
        head, mark, query = recorded.partition("?")
        now = dict(pair.partition("=")[::2] for pair in sent.partition("?")[2].split("&"))
        kept = []
        for pair in query.split("&"):
            name, _, value = pair.partition("=")
            if not _is_placeholder(value):
                kept.append(pair)
            elif name in now:
                own = Unlike("", unquote(value), unquote(now[name]))
                kept.append(f"{name}={now[name]}" if self._is_literal(own) else pair)
        return head + (mark + "&".join(kept) if kept else "")

    def _query(self, step: str, url: str) -> Iterator[Difference]:
        sent = parse_qs(urlsplit(url).query, keep_blank_values=True)
        for name, values in self.given.query.items():
            now = sent.get(name, [])
            if list(values) != now:
                what = f"query parameter {name}"
                yield self._differs(step, what, ", ".join(values), ", ".join(now) if now else ABSENT, "/query")

    # -- headers ----------------------------------------------------------------------------------------------------

    def _headers(self, step: str, sent: Headers) -> Iterator[Difference]:
        for name, value in self.given.headers:
            now = header(sent, name)
            if is_secret_name(name) or value.startswith(_BOUNDARY) or (now is None and _is_placeholder(value)):
                continue
            if now is None:
                yield self._differs(step, f"header {name}", value, ABSENT, "/headers")
            elif now != header(self.given.headers, name):
                yield self._differs(step, f"header {name}", value, now, "/headers")

    # -- bodies -----------------------------------------------------------------------------------------------------

    def _body(self, step: str, sent: Request) -> Iterator[Difference]:
        content_type = header(sent.headers, "content-type")
        now = _value(sent.body or b"", content_type)
        if not isinstance(self.given.contains, Missing):
            yield from self._part(step, self.given.contains, now, sent)
        elif self.given.content is not None and not (content_type or "").startswith(_BOUNDARY):
            yield from self._whole(step, self.given.content, now, sent)

    def _part(self, step: str, expected: JSON, now: JSON | Missing, sent: Request) -> Iterator[Difference]:
        if isinstance(now, Missing):
            yield self._differs(step, "body", shown(expected), _text(sent.body), "/bodyContains")
            return
        expected = self._as_sent(expected, sent)
        for found in self._unlike(expected, now, part=True):
            at = f" at {found.pointer}" if found.pointer else ""
            values = shown(found.expected, found.pointer), shown(found.now, found.pointer)
            yield self._differs(step, f"body{at}", *values, f"/bodyContains{found.pointer}")

    def _whole(self, step: str, content: Content, now: JSON | Missing, sent: Request) -> Iterator[Difference]:
        member = "body" if content.kind == "json" else content.kind
        octets = self._octets(content, sent)
        expected = (
            self._as_sent(content.value, sent)
            if content.kind == "json"
            else _value(octets, header(sent.headers, "content-type"))
        )
        if octets == (sent.body or b""):
            return
        if not isinstance(expected, Missing) and not isinstance(now, Missing):
            unlike_at = list(self._unlike(expected, now))
            for found in unlike_at[:1] if self.before is None else unlike_at:
                place = f"/{member}{found.pointer if member == 'body' else ''}"
                yield self._differs(step, "body", *shown_pair(expected, now, found), place)
            return
        left, right = _text(octets), _text(sent.body)
        if unquote(left) != unquote(right) and not self._is_literal(Unlike("", left, right)):
            yield self._differs(step, "body", left[:_LONGEST], right[:_LONGEST], f"/{member}")

    def _octets(self, content: Content, sent: Request) -> bytes:
        content_type = header(self.given.headers, "content-type") or header(sent.headers, "content-type")
        try:
            return body_bytes(content, content_type)
        except UnicodeEncodeError:  # the text of a case, under the charset of another
            return text_of(content.value).encode("utf-8", "surrogatepass")

    def _as_sent(self, expected: JSON, sent: Request) -> JSON:
        """A form has texts where JSON has numbers."""
        return _as_form(expected) if is_form(media_type(header(sent.headers, "content-type"))) else expected

    def _unlike(self, expected: JSON, now: JSON, *, part: bool = False) -> Iterator[Unlike]:
        return (found for found in unlike(expected, now, part=part) if not self._is_literal(found))

    def _is_literal(self, found: Unlike) -> bool:
        """Whether a record has a placeholder for a secret that is a literal of the document.

        No input and no answer of the case brings it in.
        """
        if not isinstance(found.expected, str) or isinstance(found.now, (dict, list, Missing)):
            return False
        masked = PLACEHOLDER.findall(found.expected)
        return bool(masked) and self.brought.isdisjoint(masked) and not PLACEHOLDER.search(text_of(found.now))


def _same_path(expected: str, now: str, depth: int) -> bool:
    return not depth or _segments(expected)[-depth:] == _segments(now)[-depth:]


def _tail(url: str, depth: int) -> str:
    """A URL without its server: the last segments of its path, and its query."""
    path = urlsplit(url).path.rstrip("/").split("/")
    query = url.partition("?")[1:]
    return "/".join(path[len(path) - depth :] if depth else []) + "".join(query)


def _segments(url: str) -> list[str]:
    return [unquote(segment) for segment in urlsplit(url).path.split("/") if segment]


def _is_placeholder(text: str) -> bool:
    return unquote(text).startswith("«secret:")


def _value(body: bytes, content_type: str | None) -> JSON | Missing:
    """The value of a JSON body or a form, MISSING for anything else; JSON also where no media type says so."""
    kind = media_type(content_type)
    if is_form(kind):
        fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
        return {name: values[0] if len(values) == 1 else list(values) for name, values in fields.items()}
    if kind and not is_json(kind) and body.lstrip()[:1] not in (b"{", b"["):
        return MISSING
    try:
        return loads(body)  # type: ignore[no-any-return]
    except (ValueError, RecursionError):
        return MISSING


def _text(body: bytes | None) -> str:
    return (body or b"").decode("utf-8", "replace") or "empty"


def _as_form(value: JSON) -> JSON:
    """A value whose scalars are texts, as a form has them."""
    if isinstance(value, dict):
        return {name: _as_form(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_as_form(item) for item in value]
    return text_of(value)
