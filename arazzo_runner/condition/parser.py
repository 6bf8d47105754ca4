"""Tokens to a simple condition: a precedence parser (decision 30).

From tight to loose: `()`, `.name` and `[n]`, `!`, comparisons (which do not chain), `&&`, `||`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar, cast

from ..expression import (
    Expression,
    ExpressionSyntaxError,
    Names,
    Reading,
    Tolerated,
    UndeclaredName,
    parse_and_bind,
    parse_template,
    split_accessors,
)
from .lexer import Dialect, Token, tokenize
from .nodes import (
    Access,
    And,
    Comparison,
    ComparisonOperator,
    ContextOperand,
    ExpressionOperand,
    Literal,
    Node,
    Not,
    Or,
    TextOperand,
    walk,
)
from .operand import read_operand
from .portable import point_into
from .verdict import ConditionSyntaxError

_T = TypeVar("_T")
_DEEPEST = 100


@dataclass(frozen=True, slots=True)
class Parsed:
    """A condition and what was tolerated to read it.

    `portable` is the text with every form in the specification's own, None where one of them has no such form.
    """

    root: Node
    tolerated: tuple[Tolerated, ...] = ()
    portable: str | None = None


def parse_simple(text: str, reading: Reading, names: Names) -> Parsed:
    """Parse a simple condition and bind the names of its expressions.

    Raises:
        ConditionSyntaxError: outside the grammar; offsets count from the start of `text`.
        UndeclaredName: an expression names what is not declared.
    """
    start, end = _outer_braces(text)
    braces = (start, end) != (0, len(text))
    if braces and not reading.tolerant:
        raise ConditionSyntaxError("a simple condition stands without braces", meant=text[start:end].strip())
    parser = _Parser(text, start, end, reading, names, Dialect(double_quotes=reading.tolerant))
    if braces:
        parser.edits.append(_Edit("braces", "a simple condition stands without braces", text.index("{"), start, ""))
        parser.edits.append(_Edit("braces", "", end, len(text.rstrip()), ""))
    return parser.parse()


def parse_bare_comparison(text: str, reading: Reading, names: Names, context: Expression) -> Parsed:
    """Parse a comparison that stands where a JSONPath query should: `$` is the context (decision 0).

    Raises:
        ConditionSyntaxError, UndeclaredName: as for `parse_simple`; also where nothing refers to the context.
    """
    parser = _Parser(text, 0, len(text), reading, names, Dialect(double_quotes=True, context=True), context)
    parsed = parser.parse()
    mentions_context = any(isinstance(node, ContextOperand) for node in walk(parsed.root))
    if not (isinstance(parsed.root, Comparison | And | Or | Not) and mentions_context):
        raise ConditionSyntaxError("this compares nothing of the context")
    return Parsed(parsed.root, portable=parsed.portable)


def _outer_braces(text: str) -> tuple[int, int]:
    """The bounds of what stands inside one outer pair of braces, or of the whole text (decision 34)."""
    stripped = text.strip()
    if stripped[:1] == "{" and stripped[-1:] == "}" and "}" not in stripped[1:-1] and "{" not in stripped[1:-1]:
        return text.index("{") + 1, text.rindex("}")
    return 0, len(text)


@dataclass(frozen=True, slots=True)
class _Edit:
    """One change towards the portable form of the text."""

    form: str
    message: str
    start: int
    end: int
    replacement: str


_COMPARISONS = ("==", "!=", "<=", ">=", "<", ">")
_BINARY = (*_COMPARISONS, "&&", "||")


@dataclass(slots=True)
class _Parser:
    text: str
    start: int
    stop: int
    reading: Reading
    names: Names
    dialect: Dialect
    value: Expression | None = None  # what `$` is in a bare comparison
    tokens: list[Token] = field(default_factory=list)
    position: int = 0
    depth: int = 0
    edits: list[_Edit] = field(default_factory=list)
    is_portable: bool = True

    def parse(self) -> Parsed:
        inside = self.text[self.start : self.stop]
        try:
            self.tokens = list(tokenize(inside, self.dialect))
            root = self.disjunction()
            if self.token.kind != "end":
                raise self.unexpected()
        except (ConditionSyntaxError, UndeclaredName) as error:
            error.offset += self.start
            raise
        if self.dialect.context:
            self.space_operators()
        portable = self.rewritten()
        tolerated = tuple(Tolerated(e.form, e.message, portable, e.start) for e in self.edits if e.message)
        return Parsed(root, tolerated, portable if self.is_portable else None)

    @property
    def token(self) -> Token:
        return self.tokens[self.position]

    def take(self) -> Token:
        token = self.token
        self.position += 1
        return token

    def at(self, *operators: str) -> bool:
        return self.token.kind == "operator" and self.token.text in operators

    def disjunction(self) -> Node:
        return self.joined("||", self.conjunction, Or)

    def conjunction(self) -> Node:
        return self.joined("&&", self.comparison, And)

    def joined(self, operator: str, part: Callable[[], Node], node: Callable[[tuple[Node, ...]], Node]) -> Node:
        parts = [part()]
        while self.at(operator):
            self.take()
            parts.append(part())
        return parts[0] if len(parts) == 1 else node(tuple(parts))

    def comparison(self) -> Node:
        left = self.negation()
        if not self.at(*_COMPARISONS):
            return left
        operator = self.take().text
        right = self.negation()
        if self.at(*_COMPARISONS):
            raise ConditionSyntaxError(
                "comparisons do not chain: join them with && or group them with ()", offset=self.token.offset
            )
        return Comparison(cast(ComparisonOperator, operator), left, right)

    def negation(self) -> Node:
        if not self.at("!"):
            return self.primary()
        self.enter()
        self.take()
        node = Not(self.negation())
        self.depth -= 1
        return node

    def enter(self) -> None:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise ConditionSyntaxError(f"nested deeper than {_DEEPEST} levels", offset=self.token.offset)

    def primary(self) -> Node:
        if self.at("("):
            return self.group()
        token = self.take()
        if token.kind == "literal":
            return self.literal(token)
        if token.kind == "expression":
            return self.expression(token)
        if token.kind == "context":
            return self.context(token)
        if token.kind == "embedded":
            return self.embedded(token)
        self.position -= 1
        raise self.unexpected()

    def group(self) -> Node:
        opened = self.take()
        self.enter()
        node = self.disjunction()
        if not self.at(")"):
            if self.token.kind == "end":
                raise ConditionSyntaxError("this '(' is not closed", offset=opened.offset)
            raise self.unexpected()
        self.take()
        self.depth -= 1
        if self.token.kind != "access":
            return node
        return Access(node, split_accessors(self.take().text) or ())

    def literal(self, token: Token) -> Node:
        value = token.value
        assert not isinstance(value, list | dict)
        if token.quoted:
            message = "" if self.dialect.context else "strings stand in single quotes"
            self.edit("double-quotes", message, token, str(Literal(value)))
        if self.dialect.context and isinstance(value, str) and "{$" in value:
            exact = replace(self.reading, tolerant=False)
            template = self.bound(token, lambda: parse_template(value, exact, self.names), inside=1)
            if not template.is_literal:
                self.is_portable = False
                return TextOperand(template, token.offset)
        return Literal(value, token.offset)

    def expression(self, token: Token) -> Node:
        bound = self.bound(token, lambda: read_operand(token.text, self.reading, self.names))
        for tolerated in bound.tolerated:
            self.edit(tolerated.form, tolerated.message, token, tolerated.rewrite or token.text)
        return ExpressionOperand(bound.expression, token.text, token.offset)

    def embedded(self, token: Token) -> Node:
        inside = token.text[1:-1]
        bound = self.bound(token, lambda: parse_and_bind(inside, self.reading, self.names), inside=1)
        self.edit("embedded", "", token, str(bound.expression))
        return ExpressionOperand(bound.expression, inside, token.offset)

    def bound(self, token: Token, read: Callable[[], _T], *, inside: int = 0) -> _T:
        """Read what stands in a token; errors are told in offsets of the condition."""
        try:
            return read()
        except ExpressionSyntaxError as error:
            meant = (
                error.meant
                and self.text[: self.start + token.offset] + error.meant + self.text[self.start + token.end :]
            )
            offset = token.offset + inside + error.offset
            raise ConditionSyntaxError(error.message, offset=offset, meant=None if inside else meant) from error
        except UndeclaredName as error:
            error.offset += token.offset + inside
            raise

    def context(self, token: Token) -> Node:
        path = re.sub(r"\[(['\"])([^'\"\[\].#/\s{}]+)\1\]", r".\2", token.text[1:])
        accessors = split_accessors(path)
        if accessors is None:
            raise ConditionSyntaxError(f"'{token.text}' is not a path of members and items", offset=token.offset)
        pointed = None if self.value is None else point_into(self.value, accessors)
        if pointed is None:
            self.is_portable = False
        self.edit("context", "", token, str(pointed))
        return ContextOperand(accessors, token.text, token.offset)

    def edit(self, form: str, message: str, token: Token, replacement: str) -> None:
        self.edits.append(_Edit(form, message, self.start + token.offset, self.start + token.end, replacement))

    def space_operators(self) -> None:
        """A JSON Pointer may hold anything: whitespace alone says where it ends in every engine (decision 30)."""
        for token in self.tokens:
            if token.kind != "operator" or token.text not in _BINARY:
                continue
            for at, beside in ((token.offset, token.offset - 1), (token.end, token.end)):
                if not self.text[beside].isspace():
                    self.edits.append(_Edit("space", "", at, at, " "))

    def rewritten(self) -> str:
        """The whole text with every edit made; of two at one place the insertion comes first."""
        rewritten = self.text
        for edit in sorted(self.edits, key=lambda edit: (edit.start, edit.end), reverse=True):
            rewritten = rewritten[: edit.start] + edit.replacement + rewritten[edit.end :]
        return rewritten if (self.start, self.stop) == (0, len(self.text)) else rewritten.strip()

    def unexpected(self) -> ConditionSyntaxError:
        token = self.token
        if token.kind != "end":
            return ConditionSyntaxError(f"'{token.text}' cannot stand here", offset=token.offset)
        if self.position == 0:
            return ConditionSyntaxError("the condition is empty", offset=token.offset)
        last = self.tokens[self.position - 1]
        return ConditionSyntaxError(f"after '{last.text}' an operand is missing", offset=token.offset)
