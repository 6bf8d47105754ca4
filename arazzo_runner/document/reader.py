"""Bytes to a tree of JSON values: which of the two formats it is, and the reading of each (Arazzo, "Format").

What starts with a bracket is tried as JSON first (no YAML library is imported then); the name `.json` settles it.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Literal

from ..diagnostics import Diagnostic
from ..limits import Limits
from ..values import JSON
from .damaged import read_on
from .json_tree import NotJson, locate_json, read_json
from .positions import Positions
from .text import SYNTAX, UNREADABLE, Lines, Problem
from .yaml_tree import YamlTree, read_yaml

READER_VERSION: Final = 2  # part of the cache's key: raise it when the same text gives another tree

Format = Literal["yaml", "json"]

_LARGE: Final = 100_000  # code points
_BRACKETED: Final = re.compile(r"\s*[{\[]")
_LIKE_JSON: Final = re.compile(r'\s*(?:\{\s*["}]|\[\s*["{}\[\]0-9])')


@dataclass(frozen=True, slots=True)
class Tree:
    """What a text holds, and where (None when not asked for)."""

    root: JSON
    format: Format
    positions: Positions | None
    expanded: int = 0  # nodes that YAML aliases stand for; the tree shares them


def read_tree(text: str, name: str, uri: str, *, positions: bool, limits: Limits) -> Tree:
    """Read YAML or JSON.

    Raises:
        UnreadableDocument: with the name of the document, line and column.
    """
    try:
        with collector_paused(len(text)):
            return _read(text, uri, positions, limits)
    except Problem as problem:
        raise problem.refusal(text, name) from None


def read_damaged_tree(text: str, name: str, uri: str, limits: Limits, problems: list[Diagnostic]) -> Tree:
    """`read_tree` with positions, going on after what is wrong wherever a sensible reading is left.

    Raises:
        UnreadableDocument: what ends the reading.
    """
    found: list[Problem] = []
    try:
        with collector_paused(len(text)):
            return _read_on(text, uri, limits, found)
    except Problem as problem:
        raise problem.refusal(text, name) from None
    finally:
        lines = Lines(text)
        problems += (problem.placed(lines, name).diagnostic for problem in found)


def locate_tree(text: str, name: str, format: Format, limits: Limits) -> Positions:
    """The positions of a text that was read without them."""
    try:
        with collector_paused(len(text)):
            if format == "json":
                return locate_json(text, limits)
            found = read_yaml(text, limits, positions=True).positions
    except Problem as problem:
        raise problem.refusal(text, name) from None
    assert found is not None, "positions were asked for"
    return found


def _read(text: str, uri: str, positions: bool, limits: Limits) -> Tree:
    named_json = is_named_json(uri)
    if not named_json and _BRACKETED.match(text) is None:
        return _read_yaml(text, positions, limits)
    try:
        root = read_json(text, limits)
    except NotJson as problem:
        if named_json:
            raise
        return _read_flow(text, positions, limits, problem)
    return Tree(root, "json", locate_json(text, limits) if positions else None)


def _read_on(text: str, uri: str, limits: Limits, problems: list[Problem]) -> Tree:
    named_json = is_named_json(uri)
    if not named_json and _BRACKETED.match(text) is None:
        return _of_yaml(read_on(text, limits, problems))
    try:
        return _read(text, uri, True, limits)
    except Problem as problem:
        if problem.code == UNREADABLE:
            raise
        return _read_json_on(text, limits, problems, problem, named_json=named_json)


def _read_json_on(text: str, limits: Limits, problems: list[Problem], first: Problem, *, named_json: bool) -> Tree:
    """JSON with something wrong, read as the YAML that it nearly is: a comma too many, names without quotes."""
    found: list[Problem] = []
    try:
        tree = read_yaml(text, limits, positions=True, problems=found)
    except Problem:
        raise first from None
    if first.code == SYNTAX or not found:
        problems.append(first)
    problems += found
    return Tree(tree.root, "json" if named_json else "yaml", tree.positions, tree.expanded)


def _read_flow(text: str, positions: bool, limits: Limits, not_json: Problem) -> Tree:
    """YAML that starts with a bracket; where it is not YAML either, the complaint of the format it looks like."""
    try:
        return _read_yaml(text, positions, limits)
    except Problem:
        if _LIKE_JSON.match(text):
            raise not_json from None
        raise


def _read_yaml(text: str, positions: bool, limits: Limits) -> Tree:
    return _of_yaml(read_yaml(text, limits, positions=positions))


def _of_yaml(found: YamlTree) -> Tree:
    return Tree(found.root, "yaml", found.positions, found.expanded)


def is_named_json(uri: str) -> bool:
    """Whether the URI says that the document is JSON."""
    return re.split(r"[?#]", uri, maxsplit=1)[0].lower().endswith(".json")


@contextmanager
def collector_paused(size: int) -> Iterator[None]:
    """The cyclic collector scans a growing tree over and over; a large load does without it, and is faster by far."""
    if size < _LARGE or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
