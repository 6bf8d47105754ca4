"""Whether an XPath expression may take long over a document, told from its text alone.

libxml2 and elementpath cannot be interrupted, so what may be slow is evaluated in a process that can (bounded.py).
Everything else, and that is nearly every expression a workflow holds, is evaluated directly. The estimate counts how
often a step may visit all nodes again; it errs on the side of the process, which costs time but never a result.
"""

from __future__ import annotations

import re
from functools import lru_cache

# Visits of nodes in one second, with a wide margin.
_VISITS_LIBXML2 = 2_000_000
_VISITS_ELEMENTPATH = 40_000
_LONGEST = 1000  # characters

_TOKEN = re.compile(
    r"""(?P<literal>"(?:[^"]|"")*"|'(?:[^']|'')*'|\d[\d.]*(?:[eE][+-]?\d+)?)"""
    r"|(?P<name>(?:[^\W\d][\w.\-]*:)?[^\W\d][\w.\-]*)|(?P<operator>//|::|\.\.|[!<>]=|<<|>>|=>|:=|\(:|\S)"
)

# Functions and node tests whose time is at most linear in their arguments.
# fmt: off
_LINEAR = frozenset([
    "and", "or", "div", "mod", "idiv", "if", "not", "true", "false", "boolean", "count", "sum", "avg", "min",
    "max", "floor", "ceiling", "round", "abs", "number", "position", "last", "string", "concat", "string-join",
    "contains", "starts-with", "ends-with", "substring", "substring-before", "substring-after", "string-length",
    "normalize-space", "translate", "upper-case", "lower-case", "name", "local-name", "namespace-uri", "exists",
    "empty", "data", "head", "tail", "exactly-one", "zero-or-one", "one-or-more", "text", "node", "comment",
    "processing-instruction", "element", "attribute", "document-node", "item", "eq", "ne", "lt", "le", "gt",
    "ge", "union", "is", "then", "else", "xs:integer", "xs:decimal", "xs:double", "xs:float", "xs:string",
    "xs:boolean", "xs:date", "xs:dateTime",
])
# fmt: on
_UNBOUNDED_WORDS = frozenset(["to", "for", "let", "some", "every", "function", "map", "array", "intersect", "except"])
_UNBOUNDED_SIGNS = frozenset(["=>", "!", "{", "?", "#", "(:", "$", "<<", ">>", ":="])
_NARROW_AXES = frozenset(["child", "self", "attribute"])
_COMPARISONS = frozenset(["=", "!=", "<", ">", "<=", ">="])


def may_be_slow(version: str, query: str, document: str | bytes, limit_s: float) -> bool:
    """Whether evaluating the query over the document may take as long as the limit."""
    exponent = _exponent(query, version == "xpath-10")
    if exponent is None:
        return True
    visits: int = max(_nodes(document), 2) ** exponent
    return visits > (_VISITS_LIBXML2 if version == "xpath-10" else _VISITS_ELEMENTPATH) * limit_s


def _nodes(document: str | bytes) -> int:
    """More than the document has: each element and attribute is written with one of these."""
    if isinstance(document, str):
        return document.count("<") + document.count("=")
    return document.count(b"<") + document.count(b"=")


@lru_cache(maxsize=256)
def _exponent(query: str, first_version: bool) -> int | None:
    """The power of the number of nodes that bounds the visits, or None where nothing does."""
    if len(query) > _LONGEST:
        return None
    tokens = [(found.lastgroup, found[0]) for found in _TOKEN.finditer(query)]
    following: list[tuple[str | None, str]] = [*tokens[1:], (None, "")]
    previous: tuple[str | None, str] = (None, "")
    exponent, brackets, product = 1, 0, False
    for (kind, text), after in zip(tokens, following, strict=True):
        if (not first_version and _is_unbounded(kind, text)) or _is_costly_call(kind, text, after[1]):
            return None
        brackets += (text == "[") - (text == "]")
        if kind == "operator":
            exponent += _visits_again(text, previous, brackets)
            product = product or (text in _COMPARISONS and "literal" not in (previous[0], after[0]))
        previous = (kind, text)
    return exponent + product


def _is_unbounded(kind: str | None, text: str) -> bool:
    return text in (_UNBOUNDED_WORDS if kind == "name" else _UNBOUNDED_SIGNS) and kind != "literal"


def _is_costly_call(kind: str | None, text: str, after: str) -> bool:
    return kind == "name" and after == "(" and text.removeprefix("fn:") not in _LINEAR


def _visits_again(operator: str, previous: tuple[str | None, str], brackets: int) -> int:
    """1 where this starts over from many nodes: a descent inside a path, an absolute path inside a predicate."""
    inside_path = previous[0] == "name" or previous[1] in (")", "]", "*", ".", "..")
    match operator:
        case "//":
            return int(inside_path or brackets > 0)
        case "/":
            return int(not inside_path and brackets > 0)
        case "::":
            return int(previous[1] not in _NARROW_AXES)
        case "..":
            return 1
        case _:
            return 0
