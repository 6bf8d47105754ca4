"""ECMA-262 regular expressions as patterns of the `regex` package (decision 35).

ECMA-262, 22.2.1 "Patterns", with Unicode mode's characters and escapes, and Annex B's literal `{`, `}` and `]`. What
only Python reads (`(?i)`, possessive quantifiers, nested sets, `\\A`, `\\Z`) is refused, or literal where ECMA-262 has
it so. `$` is the very end of the text; `\\d`, `\\w` and `\\b` are ASCII; `.` stops at every line terminator.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TypeAlias

from .verdict import ConditionSyntaxError

Ranges: TypeAlias = "tuple[tuple[int, int], ...]"

_LAST = 0x10FFFF
_DIGITS: Ranges = ((0x30, 0x39),)
_WORD: Ranges = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
# WhiteSpace and LineTerminator (12.2, 12.3).
_SPACE: Ranges = (
    (0x09, 0x0D),
    (0x20, 0x20),
    (0xA0, 0xA0),
    (0x1680, 0x1680),
    (0x2000, 0x200A),
    (0x2028, 0x2029),
    (0x202F, 0x202F),
    (0x205F, 0x205F),
    (0x3000, 0x3000),
    (0xFEFF, 0xFEFF),
)
_LINE_TERMINATORS: Ranges = ((0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029))


def _others(ranges: Ranges) -> Ranges:
    found, start = [], 0
    for first, last in ranges:
        if start < first:
            found.append((start, first - 1))
        start = last + 1
    return (*found, (start, _LAST))


def _code_point(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\U{code:08x}"


def _render(ranges: Ranges) -> str:
    return "".join(_code_point(a) if a == b else f"{_code_point(a)}-{_code_point(b)}" for a, b in ranges)


_SETS: dict[str, Ranges] = {
    "d": _DIGITS,
    "D": _others(_DIGITS),
    "w": _WORD,
    "W": _others(_WORD),
    "s": _SPACE,
    "S": _others(_SPACE),
}
_ANY = f"[{_render(_others(_LINE_TERMINATORS))}]"
_W = f"[{_render(_WORD)}]"
_ASSERTIONS = {
    "b": f"(?:(?<={_W})(?!{_W})|(?<!{_W})(?={_W}))",
    "B": f"(?:(?<={_W})(?={_W})|(?<!{_W})(?!{_W}))",
}
_CONTROLS = {"t": 0x09, "n": 0x0A, "v": 0x0B, "f": 0x0C, "r": 0x0D}
_QUANTIFIER = re.compile(r"[*+?]|\{([0-9]+)(?:(,)([0-9]*))?\}")
_GROUP_NAME = re.compile(r"\(\?<([^\W\d][\w$]*|\$[\w$]*)>")
_PROPERTY = re.compile(r"\{([A-Za-z_]+(?:=[A-Za-z0-9_]+)?)\}")
_CAPTURING = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|(?P<group>\((?!\?)|\(\?<(?![=!]))", re.DOTALL)
_DEEPEST = 100
_LONGEST = 10_000
# `regex` unrolls counted repeats: their product is memory and time.
_LARGEST = 50_000


def translate(pattern: str) -> str:
    """The same pattern for the `regex` package.

    Raises:
        ConditionSyntaxError: the pattern is not one of ECMA-262; the offset counts from its start.
    """
    if len(pattern) > _LONGEST:
        raise ConditionSyntaxError(f"a pattern of more than {_LONGEST} characters", offset=_LONGEST)
    translation = _Translation(pattern, sum(1 for found in _CAPTURING.finditer(pattern) if found["group"]))
    result = translation.disjunction()
    if translation.at < len(pattern):
        raise ConditionSyntaxError("this ')' closes no group", offset=translation.at)
    return result


@dataclass(slots=True)
class _Translation:
    pattern: str
    groups: int
    at: int = 0
    opened: int = 0
    depth: int = 0
    size: int = 0
    names: dict[str, int] = field(default_factory=dict)

    def error(self, message: str, at: int | None = None) -> ConditionSyntaxError:
        return ConditionSyntaxError(message, offset=self.at if at is None else at)

    def looking_at(self, text: str) -> bool:
        return self.pattern.startswith(text, self.at)

    def disjunction(self) -> str:
        parts = [self.alternative()]
        while self.looking_at("|"):
            self.at += 1
            parts.append(self.alternative())
        return "|".join(parts)

    def alternative(self) -> str:
        terms: list[str] = []
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            terms.append(self.term())
        return "".join(terms)

    def term(self) -> str:
        assertion = self.assertion()
        if assertion is not None:
            if self.quantifier() is not None:
                raise self.error("nothing to repeat before this quantifier", self.at - 1)
            return assertion
        start, before = self.at, self.size
        self.size += 1
        atom = self.atom()
        counted = _QUANTIFIER.match(self.pattern, self.at)
        quantifier = self.quantifier()
        if counted is not None and counted[1] is not None:
            self.unroll(before, int(counted[3] or counted[1]), start)
        if quantifier is None:
            return atom
        if self.at < len(self.pattern) and _QUANTIFIER.match(self.pattern, self.at):
            raise self.error("a quantifier cannot follow a quantifier")
        return f"(?:{atom}){quantifier}"

    def assertion(self) -> str | None:
        if self.looking_at("^"):
            self.at += 1
            return r"\A"
        if self.looking_at("$"):
            self.at += 1
            return r"\Z"
        if self.looking_at(r"\b") or self.looking_at(r"\B"):
            self.at += 2
            return _ASSERTIONS[self.pattern[self.at - 1]]
        for opening in ("(?=", "(?!", "(?<=", "(?<!"):
            if self.looking_at(opening):
                return self.group(opening, opening)
        return None

    def quantifier(self) -> str | None:
        found = _QUANTIFIER.match(self.pattern, self.at)
        if found is None:
            return None
        if found[1] is not None:
            self.check_counts(found)
        self.at = found.end()
        if self.looking_at("?"):
            self.at += 1
            return found.group() + "?"
        return found.group()

    def check_counts(self, found: re.Match[str]) -> None:
        if max(len(found[1]), len(found[3] or "")) > 7:
            raise self.error(f"more than {_LARGEST} repeats")
        if found[3] and int(found[3]) < int(found[1]):
            raise self.error("the numbers of this quantifier are out of order")

    def unroll(self, before: int, times: int, start: int) -> None:
        self.size = before + (self.size - before) * max(times, 1)
        if self.size > _LARGEST:
            raise self.error(f"its repeats amount to more than {_LARGEST} characters", start)

    def atom(self) -> str:
        character = self.pattern[self.at]
        if character == "(":
            return self.opening()
        if character == "[":
            return self.character_class()
        if character == "\\":
            return self.escape()
        if character == ".":
            self.at += 1
            return _ANY
        if _QUANTIFIER.match(self.pattern, self.at):
            raise self.error("nothing to repeat before this quantifier")
        self.at += 1
        return character if character.isascii() and character.isalnum() else _code_point(ord(character))

    def opening(self) -> str:
        if self.looking_at("(?:"):
            return self.group("(?:", "(?:")
        if self.looking_at("(?<"):
            return self.named_group()
        if self.looking_at("(?"):
            raise self.error(f"'{self.pattern[self.at : self.at + 3]}' begins no group of ECMA-262", self.at)
        self.opened += 1
        return self.group("(", "(")

    def named_group(self) -> str:
        found = _GROUP_NAME.match(self.pattern, self.at)
        if found is None:
            raise self.error("this group has no valid name")
        if found[1] in self.names:
            raise self.error(f"there are two groups named '{found[1]}'")
        self.opened += 1
        self.names[found[1]] = self.opened
        return self.group(found.group(), "(")

    def group(self, written: str, translated: str) -> str:
        start = self.at
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.error(f"groups are nested deeper than {_DEEPEST} levels")
        self.at += len(written)
        inside = self.disjunction()
        if not self.looking_at(")"):
            raise self.error("this group is not closed", start)
        self.at += 1
        self.depth -= 1
        return f"{translated}{inside})"

    # Escapes outside classes.

    def escape(self) -> str:
        start = self.at
        letter = self.pattern[start + 1 : start + 2]
        if letter in _SETS and letter:
            self.at += 2
            return f"[{_render(_SETS[letter])}]"
        if letter in ("p", "P") and letter:
            return self.property()
        if letter == "k":
            return self.named_reference()
        if letter and letter in "123456789":
            return self.numbered_reference()
        return _code_point(self.character_escape())

    def property(self) -> str:
        found = _PROPERTY.match(self.pattern, self.at + 2)
        if found is None:
            raise self.error(r"\p is followed by a property in braces, as in \p{L}")
        text = self.pattern[self.at : self.at + 2] + found.group()
        self.at = found.end()
        return text

    def numbered_reference(self) -> str:
        found = re.compile("[0-9]+").match(self.pattern, self.at + 1)
        assert found is not None
        number = int(found.group()) if len(found.group()) < 5 else self.groups + 1
        if number > self.groups:
            raise self.error(f"there is no group {found.group()}")
        self.at = found.end()
        return _reference(number)

    def named_reference(self) -> str:
        found = re.compile(r"\\k<([^>]*)>").match(self.pattern, self.at)
        number = self.names.get(found[1]) if found else None
        if found is None or number is None:
            raise self.error(r"\k is followed by the name of an earlier group, as in \k<name>")
        self.at = found.end()
        return _reference(number)

    def character_escape(self) -> int:
        """The code point of an escape; `at` goes behind it."""
        start = self.at
        letter = self.pattern[start + 1 : start + 2]
        self.at += 2
        if not letter:
            raise self.error("the pattern ends with a single backslash", start)
        if letter in _CONTROLS:
            return _CONTROLS[letter]
        if letter == "0" and not self.pattern[self.at : self.at + 1].isdigit():
            return 0
        reader = _ESCAPES.get(letter)
        if reader is not None:
            found = reader.match(self.pattern, start)
            if found is None:
                raise self.error(f"\\{letter} is not complete", start)
            self.at = found.end()
            return self.code_of(found, start)
        if letter.isalnum():
            raise self.error(f"\\{letter} is no escape of ECMA-262", start)
        return ord(letter)

    def code_of(self, found: re.Match[str], start: int) -> int:
        kind = found.group()[1]
        if kind == "c":
            return ord(found[1]) % 32
        code = int(found["braced"] or found["high"] or found["hex"], 16) if kind == "u" else int(found[1], 16)
        if kind == "u" and found["high"]:
            return 0x10000 + ((code - 0xD800) << 10) + (int(found["low"], 16) - 0xDC00)
        if code > _LAST:
            raise self.error(f"{found.group()} is beyond the last code point", start)
        return code

    # Classes.

    def character_class(self) -> str:
        start = self.at
        self.at += 1
        negated = self.looking_at("^")
        self.at += negated
        members: list[str] = []
        while not self.looking_at("]"):
            if self.at >= len(self.pattern):
                raise self.error("this '[' is not closed", start)
            members.append(self.class_member())
        self.at += 1
        if not members:
            # [] matches nothing, [^] anything.
            return f"[{_render(((0, _LAST),))}]" if negated else "(?!)"
        return f"[{'^' if negated else ''}{''.join(members)}]"

    def class_member(self) -> str:
        start = self.at
        first = self.class_atom()
        if not self.looking_at("-") or self.pattern[self.at + 1 : self.at + 2] in ("]", ""):
            return first if isinstance(first, str) else _code_point(first)
        self.at += 1
        last = self.class_atom()
        if isinstance(first, str) or isinstance(last, str):
            # Annex B: with a set on either side, the hyphen is a hyphen.
            return "".join(item if isinstance(item, str) else _code_point(item) for item in (first, ord("-"), last))
        if first > last:
            raise self.error("this range is out of order", start)
        return _render(((first, last),))

    def class_atom(self) -> int | str:
        if not self.looking_at("\\"):
            self.at += 1
            return ord(self.pattern[self.at - 1])
        letter = self.pattern[self.at + 1 : self.at + 2]
        if letter in _SETS and letter:
            self.at += 2
            return _render(_SETS[letter])
        if letter in ("p", "P") and letter:
            return self.property()
        if letter == "b":
            self.at += 2
            return 0x08
        return self.character_escape()


_ESCAPES: dict[str, re.Pattern[str]] = {
    "c": re.compile(r"\\c([A-Za-z])"),
    "x": re.compile(r"\\x([0-9A-Fa-f]{2})"),
    "u": re.compile(
        r"\\u(?:\{(?P<braced>0*[0-9A-Fa-f]{1,8})\}"
        r"|(?P<high>[Dd][89ABab][0-9A-Fa-f]{2})\\u(?P<low>[Dd][C-Fc-f][0-9A-Fa-f]{2})"
        r"|(?P<hex>[0-9A-Fa-f]{4}))"
    ),
}


def _reference(number: int) -> str:
    """A reference to a group that took no part matches the empty text."""
    return f"(?({number})\\g<{number}>)"
