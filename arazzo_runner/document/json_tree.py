"""JSON text to a tree (RFC 8259), by the engine's codec; positions by a scan of our own, made when they are asked for.

Stricter than the codec: duplicate keys, lone surrogates and deep nesting are refused (RFC 8259, sections 4, 8.2 and 9
leave them open).
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from ..limits import Limits
from ..values import JSON, loads
from .positions import MAPPING, SCALAR_STYLES, SEQUENCE, Key, Positions
from .text import DUPLICATE_KEY, NOT_JSON_DATA, SYNTAX, Problem

_JSON: Final = SCALAR_STYLES.index("json")
_SPACE: Final = " \t\r\n"
_TOKEN: Final = re.compile(r'[ \t\r\n,:]*([{}\[\]]|"[^"\\]*(?:\\.[^"\\]*)*"|[^ \t\r\n,:{}\[\]"]+|\Z)', re.DOTALL)
_NAME_FOLLOWS: Final = re.compile(r"[ \t\r\n]*:")
_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")
_EXPECTED: Final = {
    "Expecting property name enclosed in double quotes": "a name in double quotes",
    "Expecting ',' delimiter": "','",
    "Expecting ':' delimiter": "':'",
}
_CONSTANTS: Final = frozenset(("NaN", "Infinity", "-Infinity"))


class NotJson(Problem):
    """A text that is not JSON at all; it may still be YAML."""

    def __init__(self, message: str, offset: int, hint: str | None = None) -> None:
        super().__init__(message, offset, hint, code=SYNTAX)


def read_json(text: str, limits: Limits) -> JSON:
    """The value of a JSON text.

    Raises:
        NotJson: it is not JSON.
        Problem: it is JSON that we refuse.
    """
    strict = _Strict()
    try:
        root: JSON = strict.read(text)
    except json.JSONDecodeError as error:
        raise _syntax_problem(text, error) from None
    except (ValueError, ArithmeticError, RecursionError) as error:
        locate_json(text, limits)  # knows where it is nested too deep, or which constant or number it is
        raise NotJson(f"this is not JSON: {error}", 0) from None
    if strict.has_duplicates or _is_deeper(root, limits.max_depth) or _SURROGATE.search(text):
        locate_json(text, limits)
    return root


class _Strict:
    """One reading that notices duplicate keys."""

    __slots__ = ("has_duplicates",)

    def __init__(self) -> None:
        self.has_duplicates = False

    def read(self, text: str) -> Any:
        return loads(text, object_pairs_hook=self._members)

    def _members(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) != len(pairs):
            self.has_duplicates = True
        return members


def _is_deeper(root: JSON, limit: int) -> bool:
    """Whether collections are nested deeper than `limit`; level by level, without recursion."""
    level: list[Any] = [root]
    for _ in range(limit + 1):
        level = [item for item in level if type(item) is dict or type(item) is list]
        if not level:
            return False
        level = [child for item in level for child in (item.values() if type(item) is dict else item)]
    return True


def _syntax_problem(text: str, error: json.JSONDecodeError) -> NotJson:
    at, said = error.pos, error.msg
    found = f"'{text[at]}'" if at < len(text) else "the end of the document"
    if text.startswith(("//", "/*", "#"), at):
        return NotJson("JSON has no comments", at, "remove it, or save the file as .yaml with '#' comments")
    if said.startswith("Extra data"):
        return NotJson(f"{found} stands after the end of the JSON value", at, "a document is one value")
    if said.startswith("Unterminated string"):
        return NotJson("a string is not closed", at, "add '\"'")
    if said.startswith("Invalid control character"):
        code = ord(text[at]) if at < len(text) else 0
        return NotJson(f"a string holds the character U+{code:04X}", at, f"write it as \\u{code:04x}")
    if said.startswith("Invalid \\"):
        return NotJson("a string holds an escape that JSON does not have", at, "write a backslash as '\\\\'")
    if said.startswith("Illegal trailing comma") or (text[at : at + 1] in ("}", "]") and _ends_in_comma(text[:at])):
        return NotJson("a comma stands after the last item", at, "remove the comma")
    return NotJson(f"this is not JSON: {found} instead of {_EXPECTED.get(said, 'a value')}", at)


def _ends_in_comma(text: str) -> bool:
    return text.rstrip(_SPACE).endswith(",")


def locate_json(text: str, limits: Limits) -> Positions:
    """Where everything in a JSON text stands.

    Raises:
        Problem: what `read_json` refuses and the codec does not, or tells without a place.
    """
    scan = _Scan(text, limits)
    scan.run()
    return scan.positions


class _Scan:
    """One pass over the tokens of a text that the codec accepts, or refuses without a place."""

    __slots__ = ("limits", "open", "positions", "text")

    def __init__(self, text: str, limits: Limits) -> None:
        self.text = text
        self.limits = limits
        self.positions = Positions()
        self.open: list[tuple[int, dict[str, int]]] = []  # node, and its keys so far with their offsets

    def run(self) -> None:
        at, match_token = 0, _TOKEN.match
        key: Key | None = None
        while match := match_token(self.text, at):
            token, (start, at) = match[1], match.span(1)
            if not token:
                return
            if token in "{[":
                self._begin(key, start, MAPPING if token == "{" else SEQUENCE)
                key = None
            elif token in "}]":
                self._end(at)
            elif token[0] == '"' and key is None and self._is_name(at):
                key = self._key(token, start, at)
            else:
                self._scalar(token, key, start, at)
                key = None

    def _is_name(self, at: int) -> bool:
        return _NAME_FOLLOWS.match(self.text, at) is not None

    def _begin(self, key: Key | None, start: int, style: int) -> None:
        if len(self.open) >= self.limits.max_depth:
            raise too_deep(self.limits, start)
        self.open.append((self.positions.begin(key, start, style), {}))

    def _end(self, end: int) -> None:
        if self.open:
            self.positions.finish(self.open.pop()[0], end)

    def _key(self, token: str, start: int, end: int) -> Key:
        key = Key(self._string(token, start), start, end, _JSON)
        if self.open:
            seen = self.open[-1][1]
            if key.text in seen:
                raise duplicate_key(key.text, start, seen[key.text])
            seen[key.text] = start
        return key

    def _scalar(self, token: str, key: Key | None, start: int, end: int) -> None:
        if token[0] == '"':
            self._string(token, start)
        elif token in _CONSTANTS:
            raise NotJson(f"{token} is not a JSON number", start, 'write it as text: "' + token + '"')
        elif token[0] in "-0123456789":
            check_number(token, start)
        self.positions.add(key, start, end, _JSON)

    def _string(self, token: str, start: int) -> str:
        if "\\" not in token:
            return token[1:-1]
        try:
            value: str = json.loads(token)
        except ValueError:
            return token
        if _SURROGATE.search(token) and any("\ud800" <= character <= "\udfff" for character in value):
            message = "a string holds half of a surrogate pair"
            raise Problem(message, start, "write both halves, or the character", code=NOT_JSON_DATA)
        return value


def check_number(token: str, start: int) -> None:
    """Refuse a number that cannot be represented."""
    try:
        loads(token)
    except json.JSONDecodeError:
        return  # not a number at all: the codec's own complaint stands
    except (ValueError, ArithmeticError):
        raise unusable_number(token, start) from None


def unusable_number(text: str, offset: int) -> Problem:
    """A number with thousands of digits, or an exponent beyond every range."""
    shown = text if len(text) <= 24 else text[:20] + "..."
    message = f"the number {shown} is too long or too large"
    return Problem(message, offset, "quote it, if it is text", code=NOT_JSON_DATA)


def too_deep(limits: Limits, offset: int) -> Problem:
    """Nesting beyond the bound."""
    return Problem(
        f"the document is nested more than {limits.max_depth} levels deep", offset,
        "Limits(max_depth=...) raises the bound",
    )  # fmt: skip


def duplicate_key(key: str, offset: int, first: int | None) -> Problem:
    """A key that stands twice in one mapping."""
    message = f"the key '{key}' stands twice in the same object"
    hint = "remove or rename one; most readers keep the last one without a word"
    return Problem(message, offset, hint, first=first, code=DUPLICATE_KEY)
