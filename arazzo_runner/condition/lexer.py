"""Simple conditions to tokens with offsets (Arazzo 1.1.0, "Literals" and "Operators"; decision 30).

A runtime expression ends at whitespace, at the end of the text, or at `==`, `!=`, `<=`, `>=`, `<`, `>`, `&&`, `||` or
`)` outside square brackets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal, TypeAlias

from ..values import JSON, loads
from .verdict import ConditionSyntaxError

Kind: TypeAlias = Literal["operator", "literal", "expression", "context", "embedded", "access", "end"]


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text; `value` is that of a literal, `quoted` tells a double-quoted string."""

    kind: Kind
    text: str
    offset: int
    value: JSON = None
    quoted: bool = False

    @property
    def end(self) -> int:
        """The offset behind it."""
        return self.offset + len(self.text)


@dataclass(frozen=True, slots=True)
class Dialect:
    """What the lexer takes beside the specification's tokens (decision 0).

    `double_quotes`: strings in double quotes. `context`: `$` alone or before `.` and `[` is the context of the
    criterion, and `{$expression}` an operand: a bare comparison under type jsonpath.
    """

    double_quotes: bool = False
    context: bool = False


_OPERATOR = re.compile(r"==|!=|<=|>=|&&|\|\||[<>!()]")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_SINGLE = re.compile(r"'(?:[^']|'')*'")
_DOUBLE = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_WORD = re.compile(r"[^\s'\"()<>=!&|,]+")
_ACCESS = re.compile(r"(?:\.[^.\[\]#/\s{}()'\"<>=!&|]+|\[(?:0|[1-9][0-9]{0,14})\])+")
_BOUNDARY = re.compile(r"\s|==|!=|<|>|&&|\|\||\)")
_BOUNDARY_OR_BRACKET = re.compile(rf"{_BOUNDARY.pattern}|\[")
_WORDS: dict[str, JSON] = {"true": True, "false": False, "null": None}
_NOT_OPERATORS = {"=": "==", "&": "&&", "|": "||", "and": "&&", "or": "||", "not": "!", "eq": "==", "ne": "!="}


def tokenize(text: str, dialect: Dialect) -> Iterator[Token]:
    """The tokens of a condition, "end" last.

    Raises:
        ConditionSyntaxError: at the first character that begins no token.
    """
    at = 0
    after_group = False
    while at < len(text):
        if text[at].isspace():
            at += 1
            after_group = False
            continue
        token = _access(text, at) if after_group and text[at] in ".[" else _token(text, at, dialect)
        yield token
        after_group = token.text == ")" and token.kind == "operator"
        at = token.end
    yield Token("end", "", len(text))


def _token(text: str, at: int, dialect: Dialect) -> Token:
    character = text[at]
    if character == "$":
        return _dollar(text, at, dialect)
    if character == "'":
        return _string(text, at)
    if character == '"':
        return _double_quoted(text, at, dialect)
    if character == "{" and dialect.context and text.startswith("{$", at) and (close := text.find("}", at)) > 0:
        return Token("embedded", text[at : close + 1], at)
    if character in "-+.0123456789":
        return _number(text, at)
    operator = _OPERATOR.match(text, at)
    if operator is None:
        return _word(text, at)
    if operator.group() in ("==", "!=") and text.startswith("=", operator.end()):
        raise _mended(text, at, operator.end() + 1, operator.group(), f"'{operator.group()}=' is not an operator")
    return Token("operator", operator.group(), at)


def _dollar(text: str, at: int, dialect: Dialect) -> Token:
    end = _expression_end(text, at)
    if re.match(r"\$[A-Za-z]", text[at : at + 2]):
        return Token("expression", text[at:end], at)
    if dialect.context:
        return Token("context", text[at:end], at)
    if text.startswith(("$.", "$["), at):
        raise ConditionSyntaxError(
            "'$' alone is not a runtime expression; a simple condition names the value, as in $response.body", offset=at
        )
    return Token("expression", text[at:end], at)


def _expression_end(text: str, at: int) -> int:
    while (found := _BOUNDARY_OR_BRACKET.search(text, at)) is not None and found.group() == "[":
        close = text.find("]", found.end())
        if close < 0:
            # A bracket that is not closed shelters nothing.
            found = _BOUNDARY.search(text, found.end())
            break
        at = close + 1
    return found.start() if found else len(text)


def _string(text: str, at: int) -> Token:
    found = _SINGLE.match(text, at)
    if found is None:
        raise ConditionSyntaxError("this string is not closed with a single quote", offset=at)
    return Token("literal", found.group(), at, found.group()[1:-1].replace("''", "'"))


def _double_quoted(text: str, at: int, dialect: Dialect) -> Token:
    found = _DOUBLE.match(text, at)
    if found is None:
        raise ConditionSyntaxError("this string is not closed; strings stand in single quotes", offset=at)
    value = _unquoted(found.group())
    if not dialect.double_quotes:
        mended = "'" + value.replace("'", "''") + "'"
        raise _mended(text, at, found.end(), mended, "strings stand in single quotes")
    return Token("literal", found.group(), at, value, quoted=True)


def _unquoted(quoted: str) -> str:
    """A double-quoted string as JSON where it is JSON, else the characters between the quotes."""
    try:
        value = loads(quoted)
    except ValueError:
        return quoted[1:-1]
    return value if isinstance(value, str) else quoted[1:-1]


def _number(text: str, at: int) -> Token:
    found = _NUMBER.match(text, at)
    word = re.compile(r"[-+.0-9A-Za-z_]+").match(text, at)
    written = word.group() if word else text[at]
    value = number_value(written) if found is not None and found.group() == written else None
    if value is None:
        raise ConditionSyntaxError(f"'{_brief(written)}' is not a JSON number", offset=at)
    return Token("literal", written, at, value)


def number_value(text: str) -> int | float | Decimal | None:
    """The number a text is by the syntax of JSON, else None; whitespace around it is not allowed (decision 32)."""
    if _NUMBER.fullmatch(text) is None:
        return None
    try:
        number: int | float | Decimal = loads(text)
    except ValueError:
        # More digits than Python turns into an int.
        return Decimal(text)
    except InvalidOperation:
        return None
    return number


def _word(text: str, at: int) -> Token:
    found = _WORD.match(text, at)
    word = found.group() if found else text[at]
    if word in _WORDS:
        return Token("literal", word, at, _WORDS[word])
    end = at + len(word)
    if word.lower() in _WORDS:
        raise _mended(text, at, end, word.lower(), f"'{word}' is written '{word.lower()}'")
    if word.lower() in _NOT_OPERATORS:
        operator = _NOT_OPERATORS[word.lower()]
        raise _mended(text, at, end, operator, f"'{word}' is not an operator")
    if found is None or word.startswith(("{", "}", "[", "]")):
        raise ConditionSyntaxError(f"'{text[at]}' cannot stand here", offset=at)
    raise _mended(text, at, end, f"'{word}'", f"'{_brief(word)}' is no literal: strings stand in single quotes")


def _access(text: str, at: int) -> Token:
    found = _ACCESS.match(text, at)
    if found is None:
        raise ConditionSyntaxError("after ')' comes .name or [n]", offset=at)
    return Token("access", found.group(), at)


def _mended(text: str, start: int, end: int, replacement: str, message: str) -> ConditionSyntaxError:
    return ConditionSyntaxError(message, offset=start, meant=text[:start] + replacement + text[end:])


def _brief(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"
