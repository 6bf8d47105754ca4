"""Bytes to a tree of JSON values, with the place of every key and scalar (Arazzo 1.1.0, "Format"; decision 56).

YAML is read from libyaml's events by a constructor of our own: YAML 1.2 core scalars, keys always strings, duplicate
keys refused, depth and alias expansion bounded. (PyYAML's own composer recurses in C and crashes on deep nesting.)
JSON is read by the JSON codec of the engine; its positions come from the same YAML events, since JSON is YAML.
"""

from __future__ import annotations

import codecs
import gc
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ..errors import UnreadableDocument
from ..limits import Limits
from ..location import Location
from ..values import loads, parse_number

if TYPE_CHECKING:
    import yaml

READER_VERSION: Final = 1  # part of the cache key: raise it when the same text gives another tree

_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLEAN = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NUMBER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?|[-+]?\.[0-9]+(?:[eE][-+]?[0-9]+)?")
_RADIX = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FIRST = frozenset("-+.0123456789nNtTfF~")
_TAG = "tag:yaml.org,2002:"
_STYLES = {None: "plain", "": "plain", "'": "single", '"': "double", "|": "literal", ">": "folded"}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a node begins: line and column from 0, offsets in code points, and a scalar's style."""

    line: int
    column: int
    start: int
    end: int
    style: str


@dataclass(frozen=True, slots=True)
class Tree:
    """What a text holds. `marks` (empty when not asked for) go by path; keys have their own."""

    root: Any
    marks: dict[tuple[str, ...], Mark]
    keys: dict[tuple[str, ...], Mark]
    format: str


def decode(data: bytes, name: str, limits: Limits) -> str:
    """The text of a document: UTF-8, or what its byte order mark says.

    Raises:
        UnreadableDocument: too large, or bytes that are not of the encoding.
    """
    if len(data) > limits.max_document:
        raise UnreadableDocument(
            f"{name} is larger than {limits.max_document} bytes",
            location=Location(name),
            hint="Limits(max_document=...)",
        )
    encoding = "utf-8"
    for bom, named in _BOMS:
        if data.startswith(bom):
            data, encoding = data[len(bom) :], named
            break
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(encoding, "replace")
        line = before.count("\n") + 1
        column = len(before) - (before.rfind("\n") + 1) + 1
        raise UnreadableDocument(
            f"this is not {encoding} text: byte 0x{data[error.start]:02x}",
            location=Location(name, line, column),
            hint="save the file as UTF-8",
        ) from None


def read_tree(text: str, name: str, *, positions: bool, limits: Limits) -> Tree:
    """Read YAML or JSON.

    Raises:
        UnreadableDocument: with file, line and column.
    """
    if text.lstrip()[:1] in ("{", "["):
        tree = _read_json(text, name, positions=positions, limits=limits)
        if tree is not None:
            return tree
    with _collector_paused(len(text)):
        return _Constructor(text, name, positions=positions, limits=limits).read()


def _read_json(text: str, name: str, *, positions: bool, limits: Limits) -> Tree | None:
    """The tree of a JSON text; None where it is not JSON (it may be YAML in flow style, and says what is wrong)."""
    try:
        root = loads(text)
    except (ValueError, RecursionError):
        return None
    constructor = _Constructor(text, name, positions=positions, limits=limits, only_check=True)
    if positions or '"' in text:
        _check_json(text, name, limits)
    if not positions:
        return Tree(root, {}, {}, "json")
    try:
        with _collector_paused(len(text)):
            tree = constructor.read()
    except UnreadableDocument:
        if "\t" in text:  # indentation YAML does not allow: the same text with other white space has the same places
            tree = _Constructor(text.replace("\t", " "), name, positions=True, limits=limits, only_check=True).read()
        else:
            raise
    return Tree(root, tree.marks, tree.keys, "json")


def _check_json(text: str, name: str, limits: Limits) -> None:
    """Refuse duplicate keys and too deep nesting, which the JSON codec lets pass."""

    def no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        if len(result) != len(pairs):
            seen: set[str] = set()
            for key, _ in pairs:
                if key in seen:
                    raise _Duplicate(key)
                seen.add(key)
        return result

    try:
        value = json.loads(text, object_pairs_hook=no_duplicates)
    except _Duplicate as duplicate:
        quoted = json.dumps(duplicate.key, ensure_ascii=False)
        places = [m.start() for m in re.finditer(re.escape(quoted) + r"\s*:", text)]
        at = places[-1] if places else 0
        line = text.count("\n", 0, at) + 1
        column = at - (text.rfind("\n", 0, at) + 1) + 1
        raise UnreadableDocument(
            f"duplicate key '{duplicate.key}'", location=Location(name, line, column), hint="remove one of them"
        ) from None
    if _depth(value, limits.max_depth) > limits.max_depth:
        raise UnreadableDocument(
            f"the document is nested deeper than {limits.max_depth}", location=Location(name, 1, 1)
        )


class _Duplicate(Exception):
    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def _depth(value: Any, limit: int) -> int:
    level, depth = [value], 0
    while level and depth <= limit:
        depth += 1
        level = [c for v in level for c in (v.values() if isinstance(v, dict) else v if isinstance(v, list) else ())]
    return depth


@contextmanager
def _collector_paused(size: int) -> Iterator[None]:
    """The cyclic collector scans a growing tree again and again; a large load does without it."""
    if size < 100_000 or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class _Constructor:
    """Builds the tree from the event stream, without recursion."""

    def __init__(self, text: str, name: str, *, positions: bool, limits: Limits, only_check: bool = False) -> None:
        self.text = text
        self.name = name
        self.positions = positions
        self.limits = limits
        self.only_check = only_check
        self.marks: dict[tuple[str, ...], Mark] = {}
        self.keys: dict[tuple[str, ...], Mark] = {}
        self.anchors: dict[str, Any] = {}
        self.sizes: dict[int, int] = {}
        self.expanded = 0

    def read(self) -> Tree:
        import yaml

        loader = getattr(yaml, "CLoader", yaml.Loader)
        try:
            root = self._document(yaml.parse(self.text, Loader=loader), yaml)
        except yaml.MarkedYAMLError as error:
            raise self._yaml_error(error) from None
        except yaml.reader.ReaderError as error:
            at = self.text[: error.position]
            line = at.count("\n") + 1
            raise UnreadableDocument(
                f"the character #x{_code(error.character):04x} is not allowed in YAML",
                location=Location(self.name, line, len(at) - at.rfind("\n")),
            ) from None
        return Tree(root, self.marks, self.keys, "yaml")

    def _yaml_error(self, error: yaml.MarkedYAMLError) -> UnreadableDocument:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problem = error.problem or "not readable"
        hint = None
        if "\t" in problem or "'\\t'" in problem:
            hint = "indent with spaces, not tabs"
        elif "mapping values are not allowed" in problem:
            hint = "a text that holds ': ' has to be quoted"
        context = f" {error.context}" if error.context and error.context_mark else ""
        return UnreadableDocument(
            f"this is not YAML: {problem}{context}", location=Location(self.name, line, column), hint=hint
        )

    def _refuse(self, message: str, event: Any, hint: str | None = None) -> UnreadableDocument:
        mark = event.start_mark
        return UnreadableDocument(message, location=Location(self.name, mark.line + 1, mark.column + 1), hint=hint)

    def _document(self, events: Iterator[Any], yaml: Any) -> Any:
        """The one document of the stream. The stack holds open collections: (value, path, key, key event, anchor)."""
        scalar_event, alias_event = yaml.ScalarEvent, yaml.AliasEvent
        mapping_start, sequence_start = yaml.MappingStartEvent, yaml.SequenceStartEvent
        mapping_end, sequence_end = yaml.MappingEndEvent, yaml.SequenceEndEvent
        positions, anchors = self.positions, self.anchors
        stack: list[_Open] = []
        top: _Open | None = None
        root: Any = None
        documents = 0
        for event in events:
            kind = type(event)
            if kind is scalar_event:
                if top is not None and top.key is None and top.mapping:
                    self._key(top, event)
                    continue
                value = self._scalar(event)
            elif kind is alias_event:
                if top is not None and top.key is None and top.mapping:
                    raise self._refuse("an alias cannot be a key", event)
                value = self._alias(event)
            elif kind is mapping_start or kind is sequence_start:
                if top is not None and top.key is None and top.mapping:
                    raise self._refuse("a key is a text, not a collection", event, "quote it, if it is a text")
                if len(stack) >= self.limits.max_depth:
                    raise self._refuse(f"the document is nested deeper than {self.limits.max_depth}", event)
                self._check_tag(event, "map" if kind is mapping_start else "seq")
                opened = _Open({} if kind is mapping_start else [], kind is mapping_start, event.anchor)
                if positions:
                    opened.path = self._path(top)
                    self._mark(opened.path, event, "")
                if event.anchor:
                    anchors[event.anchor] = _OPEN
                stack.append(opened)
                top = opened
                continue
            elif kind is mapping_end or kind is sequence_end:
                closed = stack.pop()
                top = stack[-1] if stack else None
                if closed.merges:
                    self._merge(closed)
                value = closed.value
                if closed.anchor:
                    anchors[closed.anchor] = value
                self._attach(top, value)
                if top is None:
                    root = value
                continue
            elif kind is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    raise self._refuse(
                        "the file holds more than one YAML document", event, "keep one document per file"
                    )
                continue
            else:
                continue
            if positions:
                self._mark(self._path(top), event, _STYLES.get(getattr(event, "style", None), "plain"))
            if getattr(event, "anchor", None) and kind is scalar_event:
                anchors[event.anchor] = value
            if top is None:
                root = value
            else:
                self._attach(top, value)
        return root

    def _path(self, top: _Open | None) -> tuple[str, ...]:
        if top is None:
            return ()
        return (*top.path, top.key if top.mapping and top.key is not None else str(len(top.value)))

    def _mark(self, path: tuple[str, ...], event: Any, style: str) -> None:
        start, end = event.start_mark, event.end_mark
        self.marks[path] = Mark(start.line, start.column, start.index, end.index, style)

    def _key(self, top: _Open, event: Any) -> None:
        key: str = event.value
        if key in top.value or key in top.seen:
            first = self.keys.get((*top.path, key))
            where = f"first at line {first.line + 1}" if first else "it stands in the same mapping above"
            raise self._refuse(f"duplicate key '{key}'", event, where)
        top.key = key
        if self.positions:
            start, end = event.start_mark, event.end_mark
            style = _STYLES.get(event.style, "plain")
            self.keys[(*top.path, key)] = Mark(start.line, start.column, start.index, end.index, style)
        if key == "<<" and event.implicit[0] and not event.style:
            top.merging = True

    def _attach(self, top: _Open | None, value: Any) -> None:
        if top is None:
            return
        if not top.mapping:
            top.value.append(value)
            return
        if top.merging:
            top.merges.append(value)
            top.merging = False
            top.seen.add("<<")
        else:
            top.value[top.key] = value
        top.key = None

    def _merge(self, closed: _Open) -> None:
        """YAML's merge key: members that are not there yet, earlier mappings first."""
        own = closed.value
        for value in closed.merges:
            for mapping in value if isinstance(value, list) else [value]:
                if not isinstance(mapping, dict):
                    raise UnreadableDocument("'<<' merges mappings only", location=Location(self.name))
                for key, item in mapping.items():
                    own.setdefault(key, item)

    def _alias(self, event: Any) -> Any:
        value = self.anchors.get(event.anchor, _ABSENT)
        if value is _ABSENT:
            raise self._refuse(f"the anchor '&{event.anchor}' is not defined", event)
        if value is _OPEN:
            raise self._refuse(f"the anchor '&{event.anchor}' holds itself", event)
        self.expanded += self._size(value)
        if self.expanded > self.limits.max_aliases:
            raise self._refuse(
                f"the aliases expand to more than {self.limits.max_aliases} nodes", event, "Limits(max_aliases=...)"
            )
        return value

    def _size(self, value: Any) -> int:
        """The number of nodes of a value with its aliases expanded; anchored values are measured once."""
        if not isinstance(value, (dict, list)):
            return 1
        known = self.sizes.get(id(value))
        if known is None:
            children = value.values() if isinstance(value, dict) else value
            known = 1 + sum(self._size(child) for child in children)
            self.sizes[id(value)] = known
        return known

    def _check_tag(self, event: Any, kind: str) -> None:
        if event.tag and event.tag not in ("!", _TAG + kind):
            raise self._refuse(f"the tag '{event.tag}' is not one of JSON's", event, "remove it")

    def _scalar(self, event: Any) -> Any:
        text: str = event.value
        tag = event.tag
        if tag and tag != "!":
            return self._tagged(event, text, tag)
        if event.style or not event.implicit[0] or tag == "!":
            return text
        if text and text[0] not in _FIRST:
            return text
        return core_scalar(text)

    def _tagged(self, event: Any, text: str, tag: str) -> Any:
        kind = tag.removeprefix(_TAG)
        value = text if kind == "str" else core_scalar(text)
        kinds: dict[str, Any] = {"str": str, "int": int, "bool": bool, "null": type(None)}
        if kind == "float" and isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
        if kind not in kinds or not isinstance(value, kinds[kind]) or (kind == "int" and isinstance(value, bool)):
            raise self._refuse(f"the tag '{tag}' does not fit '{text}' or is not one of JSON's", event, "remove it")
        return value


class _Open:
    """A collection whose end has not come yet."""

    __slots__ = ("anchor", "key", "mapping", "merges", "merging", "path", "seen", "value")

    def __init__(self, value: Any, mapping: bool, anchor: str | None) -> None:
        self.value = value
        self.mapping = mapping
        self.anchor = anchor
        self.key: str | None = None
        self.path: tuple[str, ...] = ()
        self.merging = False
        self.merges: list[Any] = []
        self.seen: set[str] = set()


_OPEN: Final = object()
_ABSENT: Final = object()


def core_scalar(text: str) -> Any:
    """A plain scalar by the YAML 1.2 core schema; integers with leading zeros, .inf and .nan stay text (not JSON)."""
    if text in _NULL:
        return None
    boolean = _BOOLEAN.get(text)
    if boolean is not None:
        return boolean
    if _NUMBER.fullmatch(text):
        return parse_number(text)
    if _RADIX.fullmatch(text):
        return int(text, 0)
    return text


def _code(character: Any) -> int:
    return character if isinstance(character, int) else ord(character)
