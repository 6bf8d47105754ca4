"""How a text is written in the place of a scalar: in the style the scalar has, if that can hold the text.

YAML 1.2.2, chapters 7.3 (flow scalars) and 8.1 (block scalars). A spelling is used only where it reads as the text it
is to be; of several the first one is taken that does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from ..document import Scalar, read
from ..errors import UnreadableDocument
from ..values import dumps

# Plain in block and flow collections, for YAML 1.1 too: no indicator in front, none of ": ", " #", "," and brackets.
_PLAIN: Final = re.compile(r"(?:[A-Za-z0-9$/_.(\\]|[^\x00-\xa0\ufeff])(?:[^\x00-\x1f\x7f-\xa0\ufeff,\[\]{}])*")
_NOT_PLAIN: Final = re.compile(r":\s|\s#|:\Z|\s\Z")
_TYPED: Final = re.compile(  # what some YAML reads as another type
    r"(?i:y|n|yes|no|on|off|true|false|null|~|[-+]?\.(?:inf|nan)|[-+]?[0-9][-+0-9_.:eoxabcdfT Z]*|\.[0-9][0-9_e+-]*)"
)
_ONE_LINE: Final = re.compile("[\t\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]*")
_SHORT_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_BREAK: Final = re.compile(r"\r\n|\n|\r")
_BLOCK: Final = re.compile(
    r"[|>](?P<first>[1-9]?)(?P<chomp>[-+]?)(?P<second>[1-9]?)(?P<rest>[^\r\n]*)(?P<break>\r\n|\n|\r)"
)
_TRAILING_LINES: Final = re.compile(r"(?:(?:\r\n|\n|\r)[ \t]*)*\Z")


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a scalar stands: in a flow collection, or as an item or member of a block collection at column `indent`."""

    flow: bool
    is_item: bool
    indent: int

    def reads_as(self, spelling: str) -> object:
        """What a YAML reader makes of a spelling here; None if nothing."""
        if self.flow:
            text = f"[{spelling}]"
        else:
            text = " " * self.indent + ("- " if self.is_item else "k: ") + spelling
        try:
            root = read(text.encode(), uri="memory:/spelling.yaml", name="spelling", positions=False).root
        except (UnreadableDocument, UnicodeEncodeError):
            return None
        found = list(root.values()) if isinstance(root, dict) else root
        return found[0] if isinstance(found, list) and len(found) == 1 else None


def spell(text: str, scalar: Scalar, written: str, before: str, setting: Setting) -> str | None:
    """The spelling of a text in the place of a scalar, `written` like this so far, which read as `before`."""
    if scalar.style == "json":
        return json_text(text, written)
    return next((s for s in _spellings(text, scalar, written, before, setting) if setting.reads_as(s) == text), None)


def quoted(text: str, preferred: str) -> Iterator[str]:
    """A text in quotes: the preferred ones, if they need no escapes."""
    double_first = preferred == '"' and not set(text) & {'"', "\\"}
    yield from (_double(text), _single(text)) if double_first else (_single(text), _double(text))


def json_text(text: str, written: str) -> str:
    """A JSON string; with ASCII escapes where the one so far had only ASCII."""
    return json.dumps(text) if written.isascii() else dumps(text)


def _spellings(text: str, scalar: Scalar, written: str, before: str, setting: Setting) -> Iterator[str]:
    match scalar.style:
        case "plain":
            if _is_plain(text):
                yield from _in_lines(text, written, before, str)
                yield text
            yield from quoted(text, '"' if "'" in text else "'")
        case "single":
            yield from _in_lines(text, written, before, lambda word: word.replace("'", "''"))
            yield from (_single(text), _double(text))
        case "double":
            yield from _in_lines(text, written, before, _escaped)
            yield _double(text)
        case _:
            yield from _in_block(text, written, before, setting)


def _is_plain(text: str) -> bool:
    return _PLAIN.fullmatch(text) is not None and not _NOT_PLAIN.search(text) and not _TYPED.fullmatch(text)


def _single(text: str) -> str:
    if _ONE_LINE.fullmatch(text) is None:
        return _double(text)
    return "'" + text.replace("'", "''") + "'"


def _double(text: str) -> str:
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    return "".join(map(_escape, text))


def _escape(character: str) -> str:
    if character in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[character]
    if _ONE_LINE.fullmatch(character):
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


# Texts on several lines. ----------------------------------------------------------------------------------------------

_WORD: Final = re.compile(r"\S+")


def _in_lines(text: str, written: str, before: str, escape: Callable[[str], str]) -> Iterator[str]:
    """A text whose lines are folded, changed word by word, so that its lines stay."""
    if _BREAK.search(written) is None:
        return
    quote = written[0] if written[0] in "'\"" else ""
    inside = written[len(quote) : len(written) - len(quote)]
    words = list(_WORD.finditer(inside))
    if [word[0] for word in words] != [escape(word) for word in before.split()]:
        return
    result = inside
    for tag, i, j, k, m in reversed(SequenceMatcher(None, before.split(), text.split(), False).get_opcodes()):
        fresh = " ".join(escape(word) for word in text.split()[k:m])
        match tag:
            case "replace":
                result = result[: words[i].start()] + fresh + result[words[j - 1].end() :]
            case "delete" if i:
                result = result[: words[i - 1].end()] + result[words[j - 1].end() :]
            case "delete" if j < len(words):
                result = result[: words[i].start()] + result[words[j].start() :]
            case "insert" if i:
                result = result[: words[i - 1].end()] + " " + fresh + result[words[i - 1].end() :]
            case "insert":
                result = fresh + " " + result
    yield quote + result + quote


def _in_block(text: str, written: str, before: str, setting: Setting) -> Iterator[str]:
    """A block scalar: the header stays if it can, with its comment; folded lines that cannot be kept become literal."""
    header = _BLOCK.match(written)
    if header is None:
        return
    if written[0] == ">":
        body, shown = written[header.end() :], header.group()
        yield from (shown + lines for lines in _in_lines(text, body, before, str))
    tail = _TRAILING_LINES.search(written)
    trailing = tail.group() if tail else ""
    digit = header["first"] or header["second"]
    for indicator in dict.fromkeys((digit, str(_width(written, header, setting) - setting.indent))):
        for chomp in dict.fromkeys((header["chomp"], "-", "", "+")):
            start = f"|{indicator}{chomp}{header['rest']}{header['break']}"
            yield start + _lines(text, " " * _width(written, header, setting), header["break"]) + trailing
    yield _double(text) + header["rest"] + trailing


def _width(written: str, header: re.Match[str], setting: Setting) -> int:
    """The column at which the lines of a block scalar begin."""
    digit = header["first"] or header["second"]
    if digit:
        return setting.indent + int(digit)
    line = re.compile(r"^( *)[^ \r\n]", re.MULTILINE).search(written, header.end())
    return len(line[1]) if line else setting.indent + 2


def _lines(text: str, indent: str, line_break: str) -> str:
    return line_break.join(indent + line if line else "" for line in text.rstrip("\n").split("\n"))
