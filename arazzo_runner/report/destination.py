"""Where a report is written: a stream, or a file that appears whole or not at all."""

from __future__ import annotations

import os
import re
from json.encoder import encode_basestring_ascii
from pathlib import Path
from typing import Protocol, TextIO

from ..errors import UsageError


class Destination(Protocol):
    """Takes text; `close` makes it visible."""

    def write(self, text: str) -> None: ...

    def close(self) -> None: ...


def destination(target: str | os.PathLike[str] | TextIO, *, private: bool = False) -> Destination:
    """A stream stays open and is flushed with every text; a file is written beside its place and renamed at the end.

    `private` files (with secrets shown) are readable by their owner only.

    Raises:
        UsageError: the file cannot be written; told before the run.
    """
    if not isinstance(target, (str, os.PathLike)):
        return StreamDestination(target)
    path = Path(os.path.realpath(target))
    if path.exists() and not path.is_file():  # a pipe or a device has no whole to wait for
        return PipeDestination(path)
    return FileDestination(path, private=private)


def encodable(text: str, stream: TextIO) -> str:
    """JSON text as the stream can hold it: half of a surrogate pair, or what is not in its charset, as an escape."""
    try:
        text.encode(stream.encoding or "utf-8")
    except UnicodeEncodeError:
        return re.sub(r"[^\x00-\x7f]", lambda found: encode_basestring_ascii(found[0])[1:-1], text)
    return text


class StreamDestination:
    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        self._stream.write(encodable(text, self._stream))
        self._stream.flush()

    def close(self) -> None:
        """The stream belongs to the caller."""


class PipeDestination:
    def __init__(self, path: Path) -> None:
        self._stream = _open(path, os.O_WRONLY, path)

    def write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()

    def close(self) -> None:
        self._stream.close()


class FileDestination:
    def __init__(self, path: Path, *, private: bool = False) -> None:
        self._path = path
        self._temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
        mode = 0o600 if private else 0o666
        self._stream = _open(self._temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, path, mode)

    def write(self, text: str) -> None:
        self._stream.write(text)

    def close(self) -> None:
        """Put the whole file in its place.

        Raises:
            UsageError: it cannot be written.
        """
        if self._stream.closed:
            return
        try:
            self._stream.close()
            os.replace(self._temporary, self._path)
        except OSError as error:
            raise _unwritable(self._path, error) from error


def _open(path: Path, flags: int, shown: Path, mode: int = 0o666) -> TextIO:
    try:
        return open(os.open(path, flags, mode), "w", encoding="utf-8", errors="backslashreplace", newline="\n")
    except OSError as error:
        raise _unwritable(shown, error) from error


def _unwritable(path: Path, error: OSError) -> UsageError:
    return UsageError(f"{path} cannot be written: {error.strerror}")
