"""Simple conditions as values; `str(node)` is a condition that parses to the same node.

Arazzo 1.1.0, "Criterion Object", "Literals" and "Operators"; decision 30.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal as OneOf
from typing import TypeAlias, assert_never

from ..expression import Expression, Template
from ..values import Number, number_text

ComparisonOperator: TypeAlias = OneOf["==", "!=", "<=", ">=", "<", ">"]


def _accessors(accessors: tuple[str | int, ...]) -> str:
    return "".join(f"[{item}]" if isinstance(item, int) else f".{item}" for item in accessors)


@dataclass(frozen=True, slots=True)
class Literal:
    """`true`, `false`, `null`, a JSON number or a 'string' (in which '' is one quote)."""

    value: bool | Number | str | None
    offset: int = field(default=0, compare=False)

    def __str__(self) -> str:
        if isinstance(self.value, str):
            return "'" + self.value.replace("'", "''") + "'"
        if self.value is None:
            return "null"
        if isinstance(self.value, bool):
            return "true" if self.value else "false"
        return number_text(self.value)


@dataclass(frozen=True, slots=True)
class ExpressionOperand:
    """A runtime expression with the operators `.name` and `[n]` that follow it; `text` is how it was written."""

    expression: Expression
    text: str
    offset: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class ContextOperand:
    """`$.a[0].length` in a bare comparison under type jsonpath: `$` is the context (decision 0)."""

    accessors: tuple[str | int, ...]
    text: str
    offset: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class TextOperand:
    """A string with embedded expressions in a bare comparison (decision 37)."""

    template: Template
    offset: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return "'" + self.template.text.replace("'", "''") + "'"


@dataclass(frozen=True, slots=True)
class Access:
    """`(condition).name[n]`"""

    operand: Node
    accessors: tuple[str | int, ...]

    def __str__(self) -> str:
        return f"({self.operand}){_accessors(self.accessors)}"


@dataclass(frozen=True, slots=True)
class Not:
    """`!condition`"""

    operand: Node

    def __str__(self) -> str:
        return f"!{_grouped(self.operand, (Comparison, And, Or))}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """`left == right`; comparisons do not chain."""

    operator: ComparisonOperator
    left: Node
    right: Node

    def __str__(self) -> str:
        loose = (Comparison, And, Or)
        return f"{_grouped(self.left, loose)} {self.operator} {_grouped(self.right, loose)}"


@dataclass(frozen=True, slots=True)
class And:
    """`a && b && c`, from the left, up to the first that does not pass."""

    operands: tuple[Node, ...]

    def __str__(self) -> str:
        return " && ".join(_grouped(operand, (And, Or)) for operand in self.operands)


@dataclass(frozen=True, slots=True)
class Or:
    """`a || b || c`, from the left, up to the first that passes."""

    operands: tuple[Node, ...]

    def __str__(self) -> str:
        return " || ".join(_grouped(operand, (Or,)) for operand in self.operands)


Node: TypeAlias = "Literal | ExpressionOperand | ContextOperand | TextOperand | Access | Not | Comparison | And | Or"


def _grouped(node: Node, loose: tuple[type, ...]) -> str:
    return f"({node})" if isinstance(node, loose) else str(node)


def walk(node: Node) -> Iterator[Node]:
    """A condition and all that it is made of, from left to right."""
    yield node
    match node:
        case Not(operand=operand) | Access(operand=operand):
            yield from walk(operand)
        case Comparison(left=left, right=right):
            yield from walk(left)
            yield from walk(right)
        case And(operands=operands) | Or(operands=operands):
            for part in operands:
                yield from walk(part)
        case Literal() | ExpressionOperand() | ContextOperand() | TextOperand():
            return
        case _:
            assert_never(node)


def expressions_of(node: Node) -> Iterator[Expression]:
    """The runtime expressions of a condition, from left to right."""
    for part in walk(node):
        match part:
            case ExpressionOperand(expression=expression):
                yield expression
            case TextOperand(template=template):
                yield from template.expressions
