"""Response bodies: decompressed as they come, and never larger than the bound (RFC 9110, section 8.4)."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from ...errors import TransportError
from ...limits import Limits
from ...messages import Headers, header

ACCEPT_ENCODING = "gzip, deflate"
_PIECE = 64 * 1024  # what is decompressed at once, whatever the server sends
_MOST_CODINGS = 5


class Body:
    """Collects a body chunk by chunk.

    `gzip` and `deflate` are undone. A body in any other coding stays as it came: nobody but the step itself can have
    asked for one.
    """

    __slots__ = ("_limits", "_pieces", "_size", "_stages", "_where")

    def __init__(self, headers: Headers, where: str, limits: Limits) -> None:
        self._where = where
        self._limits = limits
        self._stages = [_Inflater(coding, where) for coding in _codings(headers)]
        self._pieces: list[bytes] = []
        self._size = 0

    def feed(self, chunk: bytes) -> None:
        """Take the next chunk. Raises: TransportError too-large, or protocol where it cannot be decompressed."""
        for piece in _through(self._stages, chunk) if self._stages else (chunk,):
            self._size += len(piece)
            if self._size > self._limits.max_body:
                raise too_large(self._limits)
            self._pieces.append(piece)

    def finish(self) -> bytes:
        """The whole body. Raises: TransportError where the compressed data ends early."""
        for stage in self._stages:
            stage.finish()
        return self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)


def too_large(limits: Limits) -> TransportError:
    """The body is larger than the bound."""
    return TransportError(
        f"the response's body is larger than {limits.max_body} bytes",
        kind="too-large",
        phase="answered",
        hint="Limits(max_body=...)",
    )


def _codings(headers: Headers) -> list[str]:
    """The codings to undo, the last one applied first; none where one of them is not ours."""
    listed = (header(headers, "content-encoding") or "").lower().split(",")
    codings = [coding for item in listed if (coding := item.strip()) not in ("", "identity")]
    if len(codings) > _MOST_CODINGS or any(coding not in ("gzip", "x-gzip", "deflate") for coding in codings):
        return []
    return codings[::-1]


def _through(stages: list[_Inflater], data: bytes) -> Iterator[bytes]:
    if not stages:
        yield data
        return
    for piece in stages[0].feed(data):
        yield from _through(stages[1:], piece)


class _Inflater:
    """One coding, undone in small pieces, so that a bomb is noticed before it has gone off."""

    __slots__ = ("_coding", "_fed", "_inner", "_where")

    def __init__(self, coding: str, where: str) -> None:
        self._coding = coding
        self._where = where
        self._inner = zlib.decompressobj(_window(coding))
        self._fed = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data:
            try:
                piece = self._inner.decompress(data, _PIECE)
            except zlib.error as error:
                if self._fed or self._coding != "deflate":
                    raise self._broken(str(error)) from None
                # RFC 9110, section 8.4.1.2, note: some servers send "deflate" without the zlib wrapper.
                self._inner = zlib.decompressobj(-zlib.MAX_WBITS)
                self._fed = True
                continue
            self._fed = True
            if piece:
                yield piece
            data = self._rest()

    def _rest(self) -> bytes:
        if not self._inner.eof:
            return self._inner.unconsumed_tail
        rest = self._inner.unused_data
        if self._coding == "deflate" or not rest.startswith(b"\x1f\x8b"):
            return b""
        self._inner = zlib.decompressobj(_window(self._coding))  # RFC 1952, section 2.2: members follow each other.
        return rest

    def finish(self) -> None:
        if self._fed and not self._inner.eof:
            raise self._broken("it ends early")

    def _broken(self, why: str) -> TransportError:
        return TransportError(
            f"the response of {self._where} cannot be decompressed: {why}", kind="protocol", phase="answered"
        )


def _window(coding: str) -> int:
    return zlib.MAX_WBITS if coding == "deflate" else zlib.MAX_WBITS | 16
