"""Which operation a step means: operationId and operationPath (Step Object; decisions 0, 48, 49).

An operationId is exact; with several sources it is qualified. An operationPath is
`{$sourceDescriptions.<name>.url}#<JSON Pointer>`. The other published forms are tolerated where decision 0 says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from ..diagnostics import Fix, text_fix
from ..errors import DocumentError
from ..location import Location
from ..model import Compat, OperationStep, Text
from ..openapi import AmbiguousOperation, Operation, UnknownOperation
from ..values import JSON, PointerSyntaxError, format_pointer, get_pointer, parse_pointer
from .findings import Findings
from .sources import Source, Sources

_NAME = r"[A-Za-z0-9_\-]+"
_CANONICAL = re.compile(rf"\{{\$sourceDescriptions\.({_NAME})\.url\}}#(.*)", re.DOTALL)
_QUALIFIED = re.compile(rf"\$sourceDescriptions\.({_NAME})\.(.+)", re.DOTALL)
_LOOSE = re.compile(rf"\{{?(?:\$sourceDescriptions\.)?({_NAME})(?:\.url)?\}}?#(/.*)", re.DOTALL)
_METHOD_PATH = re.compile(r"(?:(get|put|post|delete|options|head|patch|trace|query)\s+)?(/\S*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """An operation and the source it stands in; `operation` is None for AsyncAPI sources."""

    source: Source
    operation: Operation | None


def reaches(root: JSON, pointer: str) -> bool:
    """Whether a JSON Pointer, as written or percent-decoded, leads to an object (decision 49)."""
    for text in (pointer, unquote(pointer)):
        try:
            found = get_pointer(root, parse_pointer(text))
        except PointerSyntaxError:
            continue
        if isinstance(found, dict):
            return True
    return False


class Operations:
    """Finds the operations that the steps of one document name."""

    def __init__(self, sources: Sources, findings: Findings, *, tolerant: bool, compat: Compat) -> None:
        self._sources = sources
        self._findings = findings
        self._tolerant = tolerant
        self._lenient = compat == "lenient"

    def find(self, step: OperationStep) -> Found | None:
        """The operation of a step; None (and a finding) when it cannot be found."""
        try:
            if step.operation_id is not None:
                return self._by_id(step.operation_id)
            if step.operation_path is not None:
                return self._by_path(step.operation_path)
        except DocumentError as error:
            at = step.operation_id or step.operation_path
            self._findings.add(
                "ARZ203", error.message, error.location or at.location if at else step.location, error.hint
            )
        return None

    def check_channel(self, text: Text) -> None:
        """A channelPath names a channel of a source, by a runtime expression and a JSON Pointer (decision 49)."""
        match = _CANONICAL.fullmatch(text.value)
        if match is None:
            hint = "write '{$sourceDescriptions.<name>.url}#/channels/<name>'"
            self._findings.add("ARZ206", f"'{text.value}' is not a channelPath", text.location, hint)
            return
        source = self._sources.get(match[1], text.location)
        if source is not None and not reaches(source.document.root, match[2]):
            self._findings.add(
                "ARZ203", f"the pointer '{match[2]}' leads to no channel of {source.document.name}", text.location
            )
        elif source is not None:
            self._prefer(operations_of_channel(source.document.root, match[2]), match[1], text)

    # -- operationId --------------------------------------------------------------------------------------------------

    def _by_id(self, text: Text) -> Found | None:
        qualified = _QUALIFIED.fullmatch(text.value)
        if qualified:
            return self._in_source(qualified[1], qualified[2], text.location)
        if text.value.startswith("$"):
            self._findings.add(
                "ARZ203",
                f"'{text.value}' names no operation",
                text.location,
                "write $sourceDescriptions.<name>.<operationId>",
            )
            return None
        candidates = self._sources.operations()
        if len(candidates) == 1:
            return self._only_source(candidates[0].name, text)
        if not candidates:
            if self._sources.are_known:
                self._findings.add(
                    "ARZ203",
                    f"no source describes the operation '{text.value}'",
                    text.location,
                    "every source is an Arazzo description",
                )
            return None
        return self._among(text)

    def _only_source(self, name: str, text: Text) -> Found | None:
        prefix, _, rest = text.value.partition(".")
        if prefix == name and rest:
            source = self._sources.get(name, text.location)
            if source and source.openapi and not source.openapi.defines((text.value,)):
                if self._tolerant:
                    return self._prefixed(name, rest, text)
                return self._in_source(name, text.value, text.location, self._qualified(name, rest, text))
        return self._in_source(name, text.value, text.location)

    def _prefixed(self, name: str, operation_id: str, text: Text) -> Found | None:
        self._findings.add(
            "ARZ507",
            f"'{text.value}' is read as the operation '{operation_id}' of '{name}'",
            text.location,
            f"portable form: $sourceDescriptions.{name}.{operation_id}",
            "warning",
            self._qualified(name, operation_id, text),
        )
        return self._in_source(name, operation_id, text.location)

    def _qualified(self, name: str, operation_id: str, text: Text) -> Fix | None:
        """The rewrite to a qualified operationId, where the source was read and has it."""
        source = self._sources.get(name, text.location)
        if source is None or source.openapi is None or not source.openapi.defines((operation_id,)):
            return None
        return text_fix(text.location, f"$sourceDescriptions.{name}.{operation_id}")

    def _among(self, text: Text) -> Found | None:
        """A bare operationId with several sources: an error, or (tolerated) the one source that has it."""
        names = [s.name for s in self._sources.operations()]
        hint = f"write $sourceDescriptions.<name>.{text.value}; sources: {', '.join(names)}"
        prefix, _, rest = text.value.partition(".")
        prefixed = bool(rest) and prefix in names
        if not self._tolerant:
            what = f"'{text.value}' has to be qualified: there are {len(names)} sources"
            fix = self._qualified(prefix, rest, text) if prefixed else self._only_one(text, names)
            self._findings.add("ARZ205", what, text.location, hint, fix=fix)
            return None
        if prefixed:
            return self._prefixed(prefix, rest, text)
        return self._only_definition(text, names, hint)

    def _defining(self, text: Text, names: list[str]) -> tuple[list[Source], bool]:
        """The sources that define an operationId, and whether all sources could be read."""
        loaded = [source for name in names if (source := self._sources.get(name, text.location))]
        having = [s for s in loaded if s.openapi and s.openapi.defines((text.value,))]
        return having, self._sources.are_known and len(loaded) == len(names)

    def _only_one(self, text: Text, names: list[str]) -> Fix | None:
        having, all_read = self._defining(text, names)
        return self._qualified(having[0].name, text.value, text) if all_read and len(having) == 1 else None

    def _only_definition(self, text: Text, names: list[str], hint: str) -> Found | None:
        having, all_read = self._defining(text, names)
        if len(having) == 1:
            self._findings.add(
                "ARZ507",
                f"'{text.value}' is not qualified; only '{having[0].name}' defines it",
                text.location,
                f"portable form: $sourceDescriptions.{having[0].name}.{text.value}",
                "warning",
                self._only_one(text, names),
            )
            return self._in_source(having[0].name, text.value, text.location)
        if having:
            both = " and ".join(f"'{s.name}'" for s in having)
            self._findings.add("ARZ204", f"'{text.value}' is defined in {both}", text.location, hint)
        elif all_read:
            self._findings.add("ARZ203", f"no source defines the operation '{text.value}'", text.location, hint)
        return None

    def _in_source(self, name: str, operation_id: str, location: Location, fix: Fix | None = None) -> Found | None:
        source = self._sources.get(name, location)
        if source is None:
            return None
        if source.openapi is None:
            return self._elsewhere(source, operation_id, location)
        try:
            return Found(source, source.openapi.operation(operation_id))
        except AmbiguousOperation as error:
            self._findings.add("ARZ204", error.message, location, error.hint)
        except UnknownOperation as error:
            self._findings.add("ARZ203", error.message, location, error.hint, fix=fix)
        return None

    def _elsewhere(self, source: Source, operation_id: str, location: Location) -> Found | None:
        if source.type == "asyncapi":
            return Found(source, None)
        self._findings.add(
            "ARZ203",
            f"'{source.name}' is an Arazzo description and has no operation '{operation_id}'",
            location,
            f"to call a workflow write workflowId: $sourceDescriptions.{source.name}.<id>",
        )
        return None

    # -- operationPath ------------------------------------------------------------------------------------------------

    def _by_path(self, text: Text) -> Found | None:
        match = _CANONICAL.fullmatch(text.value)
        if match:
            found = self._at(match[1], match[2], text.location)
            if found and found.operation and found.operation.operation_id:
                self._prefer([found.operation.operation_id], match[1], text)
            return found
        loose = _LOOSE.fullmatch(text.value)
        if loose and (self._tolerant or self._lenient):
            self._warn_path(text, _portable_path(loose[1], loose[2]), self._repointed(loose[1], loose[2], text))
            return self._at(loose[1], loose[2], text.location)
        method_path = _METHOD_PATH.fullmatch(text.value)
        if method_path and self._tolerant:
            return self._by_template(text, method_path[1], method_path[2])
        hint = "write '{$sourceDescriptions.<name>.url}#/paths/~1pets~1{id}/get'"
        fix = self._repointed(loose[1], loose[2], text) if loose else None
        if method_path:
            fix = self._only_match(text, *self._matching(text, method_path[1], method_path[2]))
        self._findings.add("ARZ206", f"'{text.value}' is not an operationPath", text.location, hint, fix=fix)
        return None

    def _repointed(self, name: str, pointer: str, text: Text) -> Fix | None:
        """The rewrite to a canonical operationPath, where there is such a source."""
        if self._sources.description.source(name) is None:
            return None
        return text_fix(text.location, _portable_path(name, pointer))

    def _prefer(self, operation_ids: list[str], source: str, text: Text) -> None:
        """An operationId, where there is one, survives a change of paths (Step Object: it SHOULD be preferred)."""
        for operation_id in operation_ids[:1]:
            name = (
                operation_id if len(self._sources.operations()) == 1 else f"$sourceDescriptions.{source}.{operation_id}"
            )
            self._findings.add(
                "ARZ223",
                "the operation has an operationId, which is to be preferred",
                text.location,
                f"write operationId: {name}",
                "info",
            )

    def _warn_path(self, text: Text, portable: str, fix: Fix | None) -> None:
        self._findings.add(
            "ARZ506",
            f"'{text.value}' is not the form of an operationPath; it is read as its author meant it",
            text.location,
            f"portable form: '{portable}'",
            "warning",
            fix,
        )

    def _by_template(self, text: Text, method: str | None, path: str) -> Found | None:
        matches, all_read = self._matching(text, method, path)
        if len(matches) == 1:
            name, pointer = matches[0].source, matches[0].pointer
            self._warn_path(text, _portable_path(name, pointer), self._only_match(text, matches, all_read))
            return self._at(name, pointer, text.location)
        what = f"'{text.value}' names no operation" if not matches else f"'{text.value}' names several operations"
        several = ", ".join(f"{m.method.upper()} {path} of {m.source}" for m in matches)
        self._findings.add("ARZ203" if not matches else "ARZ204", what, text.location, several or None)
        return None

    def _matching(self, text: Text, method: str | None, path: str) -> tuple[list[_Match], bool]:
        """The operations with this path, and this method if one is given, and whether all sources could be read."""
        matches, all_read = [], self._sources.are_known
        for declared in self._sources.operations():
            source = self._sources.get(declared.name, text.location)
            all_read = all_read and source is not None
            for found in source.openapi.methods_of(path) if source and source.openapi else ():
                if method is None or found.upper() == method.upper():
                    matches.append(_Match(declared.name, found, format_pointer(("paths", path, found.lower()))))
        return matches, all_read

    def _only_match(self, text: Text, matches: list[_Match], all_read: bool) -> Fix | None:
        return self._repointed(matches[0].source, matches[0].pointer, text) if all_read and len(matches) == 1 else None

    def _at(self, name: str, pointer: str, location: Location) -> Found | None:
        source = self._sources.get(name, location)
        if source is None:
            return None
        if source.openapi is None:
            return self._elsewhere(source, pointer, location)
        try:
            return Found(source, source.openapi.operation_at(pointer))
        except UnknownOperation as error:
            self._findings.add("ARZ203", error.message, location, error.hint)
            return None


@dataclass(frozen=True, slots=True)
class _Match:
    """An operation that a path and a method name."""

    source: str
    method: str
    pointer: str


def _portable_path(source: str, pointer: str) -> str:
    return f"{{$sourceDescriptions.{source}.url}}#{pointer}"


def operations_of_channel(root: object, pointer: str) -> list[str]:
    """The names of the AsyncAPI operations that use the channel a pointer leads to."""
    operations = root.get("operations") if isinstance(root, dict) else None
    if not isinstance(operations, dict):
        return []
    return [
        name
        for name, operation in operations.items()
        if isinstance(operation, dict) and operation.get("channel") == {"$ref": f"#{pointer}"}
    ]
