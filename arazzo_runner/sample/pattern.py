"""Texts that match a regular expression (ECMA-262, as JSON Schema's `pattern` has it).

The pattern is parsed into a small tree; a text is made from the tree for a wanted length. Assertions (lookaround, word
boundaries) make no text of their own: whoever asks checks the result against the pattern.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from .draw import Draw

Range: TypeAlias = "tuple[int, int]"
Node: TypeAlias = "Characters | Sequence | Choice | Repeat | Group | Backreference"

_UNBOUNDED = 1_000_000
_DIGIT: tuple[Range, ...] = ((48, 57),)
_LOWER: tuple[Range, ...] = ((97, 122),)
_UPPER: tuple[Range, ...] = ((65, 90),)
_WORD: tuple[Range, ...] = (*_DIGIT, *_UPPER, (95, 95), *_LOWER)
_SPACE: tuple[Range, ...] = ((32, 32), (9, 9))
_PRINTABLE: tuple[Range, ...] = ((32, 126),)
_CLASSES = {"d": _DIGIT, "w": _WORD, "s": _SPACE}
_CONTROLS = {"n": 10, "r": 13, "t": 9, "f": 12, "v": 11, "0": 0}
_PLAIN = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_KINDS = ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", "0123456789", "!@#$%&*-_.?")


class PatternUnreadable(ValueError):
    """A pattern outside the grammar this reader knows."""


@dataclass(frozen=True, slots=True)
class Characters:
    """One character out of these ranges of code points."""

    ranges: tuple[Range, ...]


@dataclass(frozen=True, slots=True)
class Sequence:
    """One part after the other."""

    parts: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the options (`|`)."""

    options: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part `least` to `most` times."""

    part: Node
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Group:
    """A capturing group; `names` are the number and, if given, the name that refer back to it."""

    part: Node
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Backreference:
    """The text a group matched."""

    name: str


NOTHING = Sequence()
_LONGEST = 10_000  # characters; a text is made one by one


def texts(pattern: str, least: int, most: int | None, draw: Draw) -> Iterator[str]:
    """Texts that probably match, the most natural first, of `least` to `most` characters where the pattern has them."""
    try:
        tree = _Parser(pattern).parse()
    except PatternUnreadable:
        return
    if shortest(tree) > _LONGEST:
        return
    bound = _UNBOUNDED if most is None else most
    natural = max(shortest(tree), min(longest(tree), 8))
    for want in (max(least, min(natural, bound)), max(least, shortest(tree)), min(bound, max(least, 24))):
        for varied in (False, True):
            text = _Writer(draw, varied).write(tree, want)
            yield text
            padding = "a" * max(0, least - len(text))
            if padding:
                yield text + padding
                yield padding + text


def shortest_text(pattern: str) -> int:
    """The least number of characters a text that matches can have; 0 for a pattern that cannot be read."""
    try:
        return shortest(_Parser(pattern).parse())
    except PatternUnreadable:
        return 0


def shortest(node: Node) -> int:
    """The least number of characters a node can make."""
    match node:
        case Characters():
            return 1
        case Sequence(parts):
            return sum(map(shortest, parts))
        case Choice(options):
            return min(map(shortest, options))
        case Repeat(part, least, _):
            return shortest(part) * least
        case Group(part, _):
            return shortest(part)
        case Backreference():
            return 0


def longest(node: Node) -> int:
    """The greatest number of characters a node can make, at most a million."""
    match node:
        case Characters():
            return 1
        case Sequence(parts):
            return min(_UNBOUNDED, sum(map(longest, parts)))
        case Choice(options):
            return max(map(longest, options))
        case Repeat(part, _, most):
            return min(_UNBOUNDED, longest(part) * most)
        case Group(part, _):
            return longest(part)
        case Backreference():
            return 0


class _Writer:
    """Makes one text; `varied` goes through kinds of characters in turn, for rules such as "one capital, one digit"."""

    def __init__(self, draw: Draw, varied: bool) -> None:
        self._draw = draw
        self._varied = varied
        self._turn = 0
        self._groups: dict[str, str] = {}

    def write(self, node: Node, want: int) -> str:
        match node:
            case Characters(ranges):
                return self._character(ranges)
            case Sequence(parts):
                return self._sequence(parts, want)
            case Choice(options):
                return self.write(self._option(options, want), want)
            case Repeat(part, least, most):
                return self._repeat(part, least, most, want)
            case Group(part, names):
                text = self.write(part, want)
                self._groups.update(dict.fromkeys(names, text))
                return text
            case Backreference(name):
                return self._groups.get(name, "")

    def _character(self, ranges: tuple[Range, ...]) -> str:
        if self._varied:
            self._turn += 1
            for step in range(len(_KINDS)):
                pool = _members(ranges, _KINDS[(self._turn + step) % len(_KINDS)])
                if pool:
                    return pool[self._draw.below(len(pool))]
        pool = _members(ranges, _PLAIN) or [
            chr(code) for low, high in ranges for code in range(low, min(high, low + 8) + 1)
        ]
        return pool[self._draw.below(len(pool))] if pool else ""

    def _sequence(self, parts: tuple[Node, ...], want: int) -> str:
        deficit = want - sum(map(shortest, parts))
        text = ""
        for part in parts:
            least = shortest(part)
            extra = max(0, min(deficit, longest(part) - least))
            deficit -= extra
            text += self.write(part, least + extra)
        return text

    def _option(self, options: tuple[Node, ...], want: int) -> Node:
        for option in options:
            if shortest(option) <= want <= longest(option):
                return option
        return max(options, key=longest) if want > max(map(longest, options)) else options[0]

    def _repeat(self, part: Node, least: int, most: int, want: int) -> str:
        unit, room = shortest(part), longest(part)
        if room == 0 or most == 0:
            return ""
        count = least
        if want > unit * least:
            count = max(least, min(most, -(-want // max(room, 1)) if unit != room else want // max(unit, 1)))
        text = ""
        for index in range(count):
            share = (want - len(text)) // (count - index)
            text += self.write(part, max(unit, min(room, share)))
        return text


def _members(ranges: tuple[Range, ...], letters: str) -> list[str]:
    return [letter for letter in letters if any(low <= ord(letter) <= high for low, high in ranges)]


def _complement(ranges: tuple[Range, ...]) -> tuple[Range, ...]:
    def excluded(code: int) -> bool:
        return any(low <= code <= high for low, high in ranges)

    ascii_left = tuple((code, code) for code in range(32, 127) if not excluded(code))
    return ascii_left or tuple((code, code) for code in range(0xA1, 0x180) if not excluded(code))


class _Parser:
    """Recursive descent over the Pattern grammar of ECMA-262, section 22.2.1."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._groups = 0

    def parse(self) -> Node:
        node = self._disjunction()
        if self._at < len(self._text):
            raise PatternUnreadable(f"unmatched ')' in {self._text!r}")
        return node

    def _peek(self, text: str) -> bool:
        return self._text.startswith(text, self._at)

    def _take(self, text: str) -> bool:
        if self._peek(text):
            self._at += len(text)
            return True
        return False

    def _next(self) -> str:
        if self._at >= len(self._text):
            raise PatternUnreadable(f"{self._text!r} ends too soon")
        self._at += 1
        return self._text[self._at - 1]

    def _until(self, end: str) -> str:
        close = self._text.find(end, self._at)
        if close < 0:
            raise PatternUnreadable(f"no {end!r} in {self._text!r}")
        text, self._at = self._text[self._at : close], close + len(end)
        return text

    def _disjunction(self) -> Node:
        options = [self._alternative()]
        while self._take("|"):
            options.append(self._alternative())
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def _alternative(self) -> Node:
        parts: list[Node] = []
        while self._at < len(self._text) and not self._peek("|") and not self._peek(")"):
            parts.append(self._quantified(self._atom()))
        return Sequence(tuple(parts))

    def _quantified(self, node: Node) -> Node:
        bounds = self._quantifier()
        if bounds is None:
            return node
        if not self._take("?"):
            self._take("+")
        return Repeat(node, *bounds)

    def _quantifier(self) -> tuple[int, int] | None:
        for mark, bounds in (("*", (0, _UNBOUNDED)), ("+", (1, _UNBOUNDED)), ("?", (0, 1))):
            if self._take(mark):
                return bounds
        close = self._text.find("}", self._at)
        if not self._peek("{") or close < 0:
            return None
        least, comma, most = self._text[self._at + 1 : close].partition(",")
        if not least.isdigit() or (most and not most.isdigit()):
            return None
        self._at = close + 1
        return int(least), (int(most) if most else _UNBOUNDED if comma else int(least))

    def _atom(self) -> Node:
        character = self._next()
        match character:
            case "^" | "$":
                return NOTHING
            case ".":
                return Characters(_PRINTABLE)
            case "(":
                return self._group()
            case "[":
                return Characters(self._class())
            case "\\":
                return self._escape()
            case _:
                return _literal(ord(character))

    def _group(self) -> Node:
        names: tuple[str, ...] = ()
        assertion = False
        if self._take("?"):
            if self._take("=") or self._take("!") or self._take("<=") or self._take("<!"):
                assertion = True
            elif self._take("<") or self._take("P<"):
                self._groups += 1
                names = (str(self._groups), self._until(">"))
            else:
                self._until(":")
        else:
            self._groups += 1
            names = (str(self._groups),)
        node = self._disjunction()
        if not self._take(")"):
            raise PatternUnreadable(f"a group is not closed in {self._text!r}")
        if assertion:
            return NOTHING
        return Group(node, names) if names else node

    def _escape(self) -> Node:
        character = self._next()
        if character in "bBAzZ":
            return NOTHING
        if character in "123456789":
            return Backreference(character)
        if character == "k" and self._take("<"):
            return Backreference(self._until(">"))
        return Characters(self._escaped_ranges(character))

    def _escaped_ranges(self, character: str) -> tuple[Range, ...]:
        if character in "dws":
            return _CLASSES[character]
        if character in "DWS":
            return _complement(_CLASSES[character.lower()])
        if character in "pP" and self._take("{"):
            ranges = _property(self._until("}"))
            return ranges if character == "p" else _complement(ranges)
        code = self._code(character)
        return ((code, code),)

    def _code(self, character: str) -> int:
        if character == "x":
            return self._hexadecimal(2)
        if character == "u":
            return self._number(self._until("}")) if self._take("{") else self._hexadecimal(4)
        if character == "c":
            return ord(self._next()) % 32
        return _CONTROLS.get(character, ord(character))

    def _hexadecimal(self, count: int) -> int:
        text = self._text[self._at : self._at + count]
        self._at += count
        return self._number(text)

    def _number(self, text: str) -> int:
        try:
            return int(text, 16)
        except ValueError:
            raise PatternUnreadable(f"{text!r} is not hexadecimal in {self._text!r}") from None

    def _class(self) -> tuple[Range, ...]:
        negated = self._take("^")
        ranges: list[Range] = []
        while not self._take("]"):
            low = self._class_member()
            if len(low) == 1 and low[0][0] == low[0][1] and self._peek("-") and not self._peek("-]"):
                self._at += 1
                high = self._class_member()
                ranges.append((low[0][0], high[0][1]))
            else:
                ranges.extend(low)
        return _complement(tuple(ranges)) if negated else tuple(ranges)

    def _class_member(self) -> tuple[Range, ...]:
        character = self._next()
        if character != "\\":
            return ((ord(character), ord(character)),)
        character = self._next()
        return ((8, 8),) if character == "b" else self._escaped_ranges(character)


def _literal(code: int) -> Characters:
    return Characters(((code, code),))


def _property(name: str) -> tuple[Range, ...]:
    """ASCII members of a Unicode property: enough to write an example."""
    short = name.rpartition("=")[2]
    for prefixes, ranges in (
        (("Lu", "Upper"), _UPPER),
        (("Ll", "Lower"), _LOWER),
        (("N", "Digit"), _DIGIT),
        (("P",), ((45, 46),)),
        (("S",), ((43, 43),)),
        (("Z", "White"), ((32, 32),)),
    ):
        if short.startswith(prefixes):
            return ranges
    return (*_LOWER, *_UPPER)
