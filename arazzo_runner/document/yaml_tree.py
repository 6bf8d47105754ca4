"""YAML text to a tree, from the event stream of libyaml (Arazzo, "Format"; YAML 1.2.2; decision 56).

The constructor is our own: YAML 1.2 scalars, keys that are always text, duplicate keys refused, nesting and the
expansion of aliases bounded. It does not recurse; PyYAML's own composer does, in C, and crashes on deep nesting. Merge
keys (`<<`) are not in YAML 1.2 and are applied, because OpenAPI files rely on them.
"""

from __future__ import annotations

import re
from sys import intern
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ..limits import Limits
from ..values import JSON
from .json_tree import duplicate_key, too_deep, unusable_number
from .positions import ALIAS, MAPPING, SEQUENCE, Key, Positions
from .scalars import TagRefused, collection_tag_fits, plain, shown_tag, tagged
from .text import NOT_JSON_DATA, SYNTAX, Problem

if TYPE_CHECKING:
    import yaml

_STYLE: Final = {None: 0, "": 0, "'": 1, '"': 2, "|": 3, ">": 4}
_MERGE: Final = "<<"
_MERGE_TAG: Final = "tag:yaml.org,2002:merge"
_TEXT_PER_NODE: Final = 1024  # code points that count as one node when an alias repeats them
_PROPERTIES: Final = re.compile(r"(?:[&!][^\s,\[\]{}]*\s+)*")
_NOT_YAML: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class YamlTree(NamedTuple):
    """The value of a YAML text; `expanded` counts the nodes that its aliases stand for."""

    root: JSON
    positions: Positions | None
    expanded: int


def read_yaml(text: str, limits: Limits, *, positions: bool, problems: list[Problem] | None = None) -> YamlTree:
    """The value of a YAML text, and where everything in it stands if that is asked for.

    Args:
        problems: Takes what is wrong and does not end the reading; without it the first problem is raised.

    Raises:
        Problem: it is not YAML, or holds what has no meaning in JSON. After a SyntaxProblem the text may be mended.
    """
    import yaml

    constructor = _Constructor(text, limits, Positions() if positions else None, problems)
    try:
        root = constructor.read(yaml)
    except yaml.reader.ReaderError:
        raise _character_problem(text) from None
    except yaml.MarkedYAMLError as error:
        raise _syntax_problem(text, error, constructor.flow_start) from None
    except _Again:
        return read_yaml(text, limits, positions=True)
    return YamlTree(root, constructor.positions, constructor.expanded)


class SyntaxProblem(Problem):
    """A text that is not YAML; `flow_start` is where the flow collection began that the parser stood in, if any."""

    def __init__(self, message: str, offset: int, hint: str | None = None, *, flow_start: int | None = None) -> None:
        super().__init__("this is not YAML: " + message, offset, hint, code=SYNTAX)
        self.flow_start = flow_start


class _Again(Exception):
    """The text is read once more, with positions: an error is to name two places."""


class _Open:
    """A collection whose end has not come yet; `start` is its offset, `stands_as_key` a problem that was reported.

    `first` has the offsets of the keys so far, once one of them stands twice.
    """

    __slots__ = (
        "anchor", "first", "in_flow", "is_mapping", "key", "merge", "merge_start", "node", "place", "stands_as_key",
        "start", "value",
    )  # fmt: skip

    def __init__(self, value: Any, is_mapping: bool, event: Any, node: int, *, stands_as_key: bool) -> None:
        self.value = value
        self.is_mapping = is_mapping
        self.anchor: str | None = event.anchor
        self.start: int = event.start_mark.index
        self.in_flow: bool = bool(event.flow_style)
        self.stands_as_key = stands_as_key
        self.first: dict[str, int] | None = None
        self.node = node
        self.key: str | None = None  # the key whose value comes next
        self.place: Key | None = None
        self.merge: Any = _NO_MERGE
        self.merge_start = 0


class _Anchored:
    """What an anchor names: `nodes` and `depth` of it with all aliases expanded, the text of a scalar."""

    __slots__ = ("depth", "node", "nodes", "text", "value")

    def __init__(self, value: Any, text: str | None, nodes: int, depth: int, node: int) -> None:
        self.value = value
        self.text = text
        self.nodes = nodes
        self.depth = depth
        self.node = node


_NO_MERGE: Final = object()


class _NoKey(str):
    """What cannot be a key: its value is read and not kept."""


_NO_KEY: Final = _NoKey()


class _Constructor:
    """Builds the tree of one text."""

    def __init__(self, text: str, limits: Limits, positions: Positions | None, problems: list[Problem] | None) -> None:
        self.text = text
        self.limits = limits
        self.positions = positions
        self.problems = problems
        self.root: Any = _NO_MERGE
        self.stack: list[_Open] = []
        self.top: _Open | None = None
        self.anchors: dict[str, _Anchored | None] = {}  # None: its collection is still open
        self.measured: dict[int, tuple[Any, int, int]] = {}  # id -> the collection (kept alive), nodes, depth
        self.expanded = 0

    def read(self, yaml: Any) -> JSON:
        loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)(self.text)  # without libyaml: the same, slower
        get_event, scalar_event, end_event = loader.get_event, yaml.ScalarEvent, yaml.StreamEndEvent
        handlers = {
            yaml.MappingStartEvent: self._begin_mapping,
            yaml.SequenceStartEvent: self._begin_sequence,
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: _pass,
            yaml.DocumentEndEvent: _pass,
            yaml.StreamStartEvent: _pass,
        }
        scalar = self._scalar
        while True:
            event = get_event()
            kind = type(event)
            if kind is scalar_event:
                scalar(event)
            elif kind is end_event or (kind is yaml.DocumentStartEvent and self._is_second(event)):
                break
            else:
                handlers[kind](event)
        if self.root is _NO_MERGE:
            raise Problem("the document is empty", 0)
        root: JSON = self.root
        return root

    @property
    def flow_start(self) -> int | None:
        """Where the outermost flow collection begins that is still open."""
        return next((opened.start for opened in self.stack if opened.in_flow), None)

    def _report(self, problem: Problem) -> None:
        """Something that is wrong and leaves a sensible reading: raised where problems are not collected."""
        if self.problems is None:
            raise problem
        self.problems.append(problem)

    # -- events -------------------------------------------------------------------------------------------------------

    def _is_second(self, event: Any) -> bool:
        if self.root is _NO_MERGE:
            return False
        message = "a second YAML document starts here; it is not read"
        self._report(_not_json(message, event.start_mark.index, "keep one document in a file"))
        return True

    def _scalar(self, event: Any) -> None:
        top = self.top
        if top is not None and top.is_mapping and top.key is None:
            self._key(top, event)
            return
        text: str = event.value
        if event.tag is not None:
            value = self._tagged(event)
        elif event.style:
            value = text
        else:
            try:
                value = plain(text)
            except (ValueError, ArithmeticError):
                value = self._plain(event)
        node = -1
        if self.positions is not None:
            start = self._content_start(event)
            node = self.positions.add(top.place if top else None, start, event.end_mark.index, _STYLE[event.style])
        if event.anchor is not None:
            self.anchors[event.anchor] = _Anchored(value, text, 1 + len(text) // _TEXT_PER_NODE, 0, node)
        self._attach(value)

    def _tagged(self, event: Any) -> Any:
        start = event.start_mark.index
        try:
            return tagged(event.value, event.tag)
        except TagRefused as error:
            self._report(_not_json(str(error), start, "remove the tag, or quote a text that starts with '!'"))
            return event.value if event.style else self._plain(event)
        except (ValueError, ArithmeticError):
            self._report(unusable_number(event.value, start))
        return event.value

    def _plain(self, event: Any) -> Any:
        try:
            return plain(event.value)
        except (ValueError, ArithmeticError):
            self._report(unusable_number(event.value, event.start_mark.index))
        return event.value

    def _content_start(self, event: Any) -> int:
        """Where a scalar itself starts, after its anchor and tag."""
        start: int = event.start_mark.index
        if event.tag is None and event.anchor is None:
            return start
        match = _PROPERTIES.match(self.text, start)
        end: int = event.end_mark.index
        return min(match.end() if match else start, end)

    def _key(self, top: _Open, event: Any) -> None:
        text, style = event.value, event.style
        if not style and not text and event.tag is None:
            hint = "write a key, or quote the text"
            self._report(_not_json("a key is missing before ':'", event.start_mark.index, hint))
            self._set_no_key(top, event.start_mark.index)
            return
        if event.tag is not None and event.tag != _MERGE_TAG:
            self._tagged(event)
        if event.anchor is not None:
            self.anchors[event.anchor] = _Anchored(text, text, 1, 0, -1)
        self._set_key(top, text, event, merges=text == _MERGE and not style and event.tag in (None, _MERGE_TAG))

    def _set_key(self, top: _Open, text: str, event: Any, *, merges: bool) -> None:
        if text in top.value or (top.merge is not _NO_MERGE and text == _MERGE):
            if self.positions is None:
                raise _Again
            if top.first is None:
                top.first = self.positions.key_starts_of(top.node)
            self._report(duplicate_key(text, event.start_mark.index, top.first.get(text)))
        elif top.first is not None:
            top.first[text] = event.start_mark.index
        top.key = intern(text)
        if merges:
            top.merge = None  # until its value has come
            top.merge_start = event.start_mark.index
        if self.positions is not None:
            style = _STYLE[getattr(event, "style", None)]
            top.place = Key(top.key, self._key_start(event), event.end_mark.index, style)
            if merges:
                self.positions.merges[top.node] = len(self.positions.starts)

    def _set_no_key(self, top: _Open, start: int) -> None:
        """Something that cannot be a key, which was reported: its value is read, and not kept."""
        top.key = _NO_KEY
        top.place = Key(_NO_KEY, start, start, 0)

    def _key_start(self, event: Any) -> int:
        start: int = self._content_start(event) if hasattr(event, "style") else event.start_mark.index
        return start

    def _begin_mapping(self, event: Any) -> None:
        self._begin(event, {}, "map", MAPPING)

    def _begin_sequence(self, event: Any) -> None:
        self._begin(event, [], "seq", SEQUENCE)

    def _begin(self, event: Any, value: Any, kind: str, style: int) -> None:
        top, start = self.top, event.start_mark.index
        stands_as_key = top is not None and top.is_mapping and top.key is None
        if stands_as_key:
            self._report(_not_json("a key is a text, not a collection", start, "quote it: '{...}', '[...]'"))
        if len(self.stack) >= self.limits.max_depth:
            raise too_deep(self.limits, start)
        if not collection_tag_fits(event.tag, kind):
            message = f"the tag '{shown_tag(event.tag)}' is none of JSON's, or misplaced"
            self._report(_not_json(message, start, "remove it"))
        node = -1 if self.positions is None else self.positions.begin(top.place if top else None, start, style)
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        self.top = _Open(value, kind == "map", event, node, stands_as_key=stands_as_key)
        self.stack.append(self.top)

    def _end(self, event: Any) -> None:
        closed = self.stack.pop()
        self.top = self.stack[-1] if self.stack else None
        if closed.merge is not _NO_MERGE:
            self._merge(closed)
        if self.positions is not None:
            self.positions.finish(closed.node, event.end_mark.index)
        if closed.anchor is not None:
            nodes, depth = self._measure(closed.value)
            self.anchors[closed.anchor] = _Anchored(closed.value, None, nodes, depth, closed.node)
        if closed.stands_as_key and self.top is not None:
            self._set_no_key(self.top, closed.start)
        else:
            self._attach(closed.value)

    def _merge(self, closed: _Open) -> None:
        """Add what the merge key brings: own members stay, and earlier mappings of a list win over later ones."""
        sources = closed.merge if isinstance(closed.merge, list) else [closed.merge]
        for source in sources:
            if not isinstance(source, dict):
                hint = 'quote the key: "<<", if it is an ordinary one'
                self._report(_not_json("'<<' merges a mapping, or a list of mappings", closed.merge_start, hint))
                continue
            for key, item in source.items():
                closed.value.setdefault(key, item)

    def _attach(self, value: Any) -> None:
        top = self.top
        if top is None:
            self.root = value
        elif not top.is_mapping:
            top.value.append(value)
        else:
            if top.merge is None:
                top.merge = value if value is not None else ()
            elif top.key is not _NO_KEY:
                top.value[top.key] = value
            top.key = None
            top.place = None

    # -- aliases ------------------------------------------------------------------------------------------------------

    def _alias(self, event: Any) -> None:
        anchored, top = self._anchored(event), self.top
        if top is not None and top.is_mapping and top.key is None:
            if anchored.text is None:
                self._report(_not_json("a key is a text, not a collection", event.start_mark.index))
                self._set_no_key(top, event.start_mark.index)
            else:
                self._set_key(top, anchored.text, event, merges=False)
            return
        self.expanded += anchored.nodes
        if self.expanded > self.limits.max_aliases:
            raise Problem(
                f"the aliases of the document stand for more than {self.limits.max_aliases:,} nodes",
                event.start_mark.index, "Limits(max_aliases=...) raises the bound",
            )  # fmt: skip
        if len(self.stack) + anchored.depth > self.limits.max_depth:
            raise too_deep(self.limits, event.start_mark.index)
        if self.positions is not None:
            node = self.positions.add(top.place if top else None, event.start_mark.index, event.end_mark.index, ALIAS)
            if anchored.node >= 0:
                self.positions.targets[node] = anchored.node
        self._attach(anchored.value)

    def _anchored(self, event: Any) -> _Anchored:
        name, start = event.anchor, event.start_mark.index
        anchored = self.anchors.get(name)
        if anchored is not None:
            return anchored
        if name in self.anchors:
            self._report(_not_json(f"'*{name}' stands inside of the collection that '&{name}' names", start))
        else:
            hint = "quote a text that starts with '*'"
            self._report(_not_json(f"no anchor '&{name}' stands before '*{name}'", start, hint))
        return _Anchored(f"*{name}", f"*{name}", 1, 0, -1)

    def _measure(self, value: Any) -> tuple[int, int]:
        """Nodes and depth of a collection with its aliases expanded. No collection is walked twice."""
        if isinstance(value, str):
            return 1 + len(value) // _TEXT_PER_NODE, 0
        if not isinstance(value, dict | list):
            return 1, 0
        known = self.measured.get(id(value))
        if known is not None:
            return known[1], known[2]
        nodes, depth = 1, 0
        for child in value.values() if isinstance(value, dict) else value:
            more, below = self._measure(child)
            nodes += more
            depth = max(depth, below)
        self.measured[id(value)] = (value, nodes, depth + 1)
        return nodes, depth + 1


def _pass(event: Any) -> None:
    """Events that say nothing about the tree."""


# -- what is wrong, in our words --------------------------------------------------------------------------------------


def _not_json(message: str, offset: int, hint: str | None = None) -> Problem:
    """What YAML allows and JSON has no form for."""
    return Problem(message, offset, hint, code=NOT_JSON_DATA)


def _character_problem(text: str) -> Problem:
    match = _NOT_YAML.search(text)
    at = match.start() if match else 0
    message = f"the character U+{ord(text[at]):04X} is not allowed in YAML"
    return Problem(message, at, "write it as an escape in double quotes", code=SYNTAX)


_QUOTE: Final = "quote the text: '...'"
# Problems of libyaml and of PyYAML's own scanner, by a part of their text: our message and a hint. {found} is the
# character at the place.
_WORDS: Final = (
    ("mapping values are not allowed", "': ' cannot stand here", "quote a text that holds ': ', or mend the indent"),
    ("cannot start any token", "a text cannot start with {found}", _QUOTE),
    ("unexpected end of stream", "the quoted text is not closed", "add the closing quote"),
    ("unexpected document", "the quoted text is not closed", "add the closing quote"),
    ("unknown escape character", "this escape does not exist in YAML", "write the text in single quotes, or '\\\\'"),
    ("expected hexdecimal number", "this escape is not complete", "write the text in single quotes, or '\\\\'"),
    ("expected escape sequence of", "this escape is not complete", "write the text in single quotes, or '\\\\'"),
    ("invalid Unicode character escape", "this escape names no character", "write the character itself"),
    ("could not find expected ':'", "this line has no ': '", "write 'key: value', or '- item'"),
    ("',' or '}'", "',' or '}' is missing", "close the braces, or quote a text that starts with '{'"),
    ("',' or ']'", "',' or ']' is missing", "close the brackets, or quote a text that starts with '['"),
    ("expected '-' indicator", "this line is no item of the list above it", "mend the indentation, or add '- '"),
    ("sequence entries are not allowed", "'- ' cannot start a list here", "start the list on the next line"),
    ("undefined tag handle", "the tag has no declaration", "quote a text that starts with '!'"),
    ("incompatible YAML", "this version of YAML cannot be read", "remove the %YAML line"),
    ("expected alphabetic or numeric", "an anchor or alias needs a name", "quote a text that starts with '&' or '*'"),
    ("tab character", "a tab cannot indent YAML", "indent with spaces"),
    ("expected key", "this does not fit into the mapping around it", "mend the indentation"),
    ("expected <block end>", "this does not fit into the collection around it", "mend the indentation"),
)


# Where the quoted text, name or line begins tells more than where the parser gave up.
_TOLD_BY_START: Final = ("found unexpected", "alphabetic or numeric", "could not find expected ':'")


def _syntax_problem(text: str, error: yaml.MarkedYAMLError, flow_start: int | None) -> Problem:
    problem = error.problem or error.context or "it cannot be read"
    mark = error.problem_mark or error.context_mark
    at = min(mark.index, len(text)) if mark else 0
    if text[at : at + 1] == "\t":
        return SyntaxProblem("a tab cannot indent YAML", at, "indent with spaces", flow_start=flow_start)
    if "nesting depth" in problem:  # libyaml's own bound, since PyYAML 6.0.4; it comes before ours in one long line
        return Problem("the document is nested too many levels deep for a YAML parser", at)
    if "expected key" in problem or "<block end>" in problem:
        expression = _braced_expression(text, at)
        if expression:
            return SyntaxProblem(f"text follows {expression}", at, _QUOTE, flow_start=flow_start)
    if error.context_mark and any(part in problem for part in _TOLD_BY_START):
        at = error.context_mark.index
    for part, message, hint in _WORDS:
        if part in problem:
            found = f"'{text[at]}'" if at < len(text) else "nothing"
            return SyntaxProblem(message.replace("{found}", found), at, hint, flow_start=flow_start)
    return SyntaxProblem(problem, at, flow_start=flow_start)


def _braced_expression(text: str, at: int) -> str | None:
    """The runtime expression in braces that ends here: unquoted, YAML takes it for a mapping."""
    line = text[text.rfind("\n", 0, at) + 1 : at]
    match = re.search(r"\{\$[^{}]*\}\s*$", line)
    return match[0].rstrip() if match else None
