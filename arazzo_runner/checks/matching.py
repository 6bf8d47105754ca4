"""Whether what a document writes can be what a schema wants: constants, expressions, texts, objects and arrays.

What is only known in a run is judged by the types it can have. In a parameter or a form a scalar becomes text, so there
`"5"` is an integer; in JSON it is not, and neither is `'{$inputs.count}'`, which is a text (decisions 19, 20, 44, 55).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from ..expression import Template
from ..location import Location
from ..plan import Constant, Embedding, Items, Members, Selected, Unreadable, Whole, Written
from ..values import JSON, Missing, loads, text_of
from .misfits import is_of, listed, type_of
from .shapes import UNKNOWN, Shape, conflict, of_constant

Kind = Literal["value", "missing", "undeclared", "syntax"]
Path: TypeAlias = "tuple[str, ...]"

_ARRAY: Final = frozenset(("array",))
_STRUCTURES: Final = frozenset(("array", "object"))
_NUMBERS: Final = frozenset(("integer", "number"))
_NUMERIC = re.compile(r"[0-9eE+\-.]*")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Mismatch:
    """What is wrong at a place inside a value.

    `value`: `what` goes on after the name of the place. `missing`: it lacks the members `names`. `undeclared`: the last
    token of `path` is no member of the schema, which also declares `names`; `forbidden` says that it allows no others.
    `syntax`: the JSON text around it never becomes JSON (`certain`), or hardly.
    """

    kind: Kind
    path: Path
    location: Location
    what: str = ""
    hint: str | None = None
    names: tuple[str, ...] = ()
    forbidden: bool = False
    certain: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """How values of one kind are judged.

    Args:
        shape_of: The shape of a value with expressions.
        below: Where a member or an item of the value at a Location stands.
        as_text: Scalars are written as text, as in parameters and forms.
        joined: An array can be one text: its items with something between.
        as_json_text: A structure can be one text: as JSON.
        template: The value is what a JSON text becomes: there it is quotes that make a string.
        replaced: Places that get another value afterwards.
        partial: What is in the value is not all there will be.
    """

    shape_of: Callable[[Written], Shape]
    below: Callable[[Location, str], Location]
    as_text: bool = False
    joined: bool = False
    as_json_text: bool = False
    template: bool = False
    replaced: Collection[Path] = field(default=())
    partial: bool = False

    def mismatches(self, written: Written, wanted: Shape, path: Path = ()) -> Iterator[Mismatch]:
        """Everything in a value that the schema does not want."""
        if path in self.replaced:
            return
        match written:
            case Constant(value=value, location=location):
                if not isinstance(value, Missing):
                    yield from self._constant(value, wanted, path, location)
            case Members(members=members, location=location):
                yield from self._structure(
                    self._object(members, wanted, path, location), "object", wanted, path, location
                )
            case Items(items=items, location=location):
                yield from self._structure(self._array(items, wanted, path), "array", wanted, path, location)
            case Embedding(template=template, location=location):
                yield from self._text(template, wanted, path, location)
            case Whole(expression=expression, location=location):
                given = self.shape_of(written)
                if self.template and given.types is not None and "string" in given.types:
                    yield from self._unquoted(str(expression), given, wanted, path, location)
                else:
                    yield from self._computed(str(expression), given, wanted, path, location)
            case Selected(query=query, location=location):
                yield from self._computed(f"what {query} selects", self.shape_of(written), wanted, path, location)
            case Unreadable():
                return

    # -- structures ---------------------------------------------------------------------------------------------------

    def _constant(self, value: JSON, wanted: Shape, path: Path, location: Location) -> Iterator[Mismatch]:
        if isinstance(value, dict):
            members = {name: Constant(member, self.below(location, name)) for name, member in value.items()}
            yield from self._structure(self._object(members, wanted, path, location), "object", wanted, path, location)
        elif isinstance(value, list):
            items = tuple(Constant(item, self.below(location, str(index))) for index, item in enumerate(value))
            yield from self._structure(self._array(items, wanted, path), "array", wanted, path, location)
        else:
            what = _unlike_text(value, wanted) if self.as_text else _unlike(value, wanted)
            if what is not None and not self.partial:
                yield Mismatch("value", path, location, what, _unquoted(value, wanted))

    def _structure(
        self, inner: Iterator[Mismatch], kind: str, wanted: Shape, path: Path, location: Location
    ) -> Iterator[Mismatch]:
        """What is wrong inside an object or an array, where one is wanted."""
        types = wanted.types
        if types is None or kind in types:
            yield from inner
        elif not (self._can_be_text(kind) and "string" in types):
            article = "an object" if kind == "object" else "an array"
            yield Mismatch("value", path, location, f"is {article}, not {wanted.describe()}")

    def _can_be_text(self, kind: str) -> bool:
        return self.as_json_text or (self.joined and kind == "array")

    def _object(
        self, members: Mapping[str, Written], wanted: Shape, path: Path, location: Location
    ) -> Iterator[Mismatch]:
        for name, member in members.items():
            child = wanted.child(name)
            if child is not None:
                yield from self.mismatches(member, child, (*path, name))
            elif not (self.as_text and wanted.child(_bracketed(name)) is not None):
                forbidden = any(m.is_closed for m in wanted.problems({name: None}) or ())
                at = self.below(location, name)
                names = tuple(other for other in wanted.properties if other not in members)
                yield Mismatch("undeclared", (*path, name), at, names=names, forbidden=forbidden)
        given = {name for name, member in members.items() if not (self.as_text and _is_null(member))}
        given |= set(map(_bracketed, given)) if self.as_text else set()
        missing = wanted.required - given - {place[len(path)] for place in self.replaced if self._is_below(place, path)}
        if missing and not self.partial:
            yield Mismatch("missing", path, location, names=tuple(n for n in wanted.properties if n in missing))

    def _is_below(self, place: Path, path: Path) -> bool:
        return len(place) > len(path) and place[: len(path)] == path

    def _array(self, items: tuple[Written, ...], wanted: Shape, path: Path) -> Iterator[Mismatch]:
        for index, item in enumerate(items):
            child = wanted.child(index)
            if child is not None:
                yield from self.mismatches(item, child, (*path, str(index)))

    # -- what a run computes ------------------------------------------------------------------------------------------

    def _text(self, template: Template, wanted: Shape, path: Path, location: Location) -> Iterator[Mismatch]:
        """A text with embedded expressions."""
        alone = template.expressions[0] if len(template.parts) == 1 else None
        given = UNKNOWN if alone is None else self.shape_of(Whole(alone, location))
        if alone is None:
            unlike = _unlike_template if self.as_text else _unlike_string
            if (what := unlike(template, wanted)) is not None:
                yield Mismatch("value", path, location, what)
        elif self.as_text:
            yield from self._braced(str(alone), given, wanted, path, location)
        elif self.template and _breaks_string(given):
            what = f"has quotes around {alone}, {given.describe()}, which makes no JSON"
            yield Mismatch("syntax", path, location, what, f"write {{{alone}}} without the quotes around it")
        elif (what := _unlike_string(template, wanted)) is not None:
            without = f"{{{alone}}} without the quotes around it" if self.template else f"{alone} without braces"
            yield Mismatch("value", path, location, what, f"write {without}, which keeps its type")

    def _braced(self, text: str, given: Shape, wanted: Shape, path: Path, location: Location) -> Iterator[Mismatch]:
        """An expression in braces where everything becomes text: only a structure becomes another text without."""
        if given.types is None:
            return
        if not given.types & _STRUCTURES:
            yield from self._computed(text, given, wanted, path, location)
        elif given.types <= _STRUCTURES and wanted.types == _ARRAY:
            yield Mismatch("value", path, location, "is a text with JSON in it, not an array", f"write {text}")

    def _unquoted(self, text: str, given: Shape, wanted: Shape, path: Path, location: Location) -> Iterator[Mismatch]:
        """A string without quotes in a JSON text may be JSON itself, but hardly where a string is wanted."""
        text_only, types = frozenset(("string",)), (wanted.types or frozenset()) - {"null"}
        if given.types == text_only == types:
            what = f"has no quotes around {text}, {given.describe()}, which makes no JSON"
            yield Mismatch("syntax", path, location, what, f'write "{{{text}}}"')

    def _computed(self, text: str, given: Shape, wanted: Shape, path: Path, location: Location) -> Iterator[Mismatch]:
        reason = self._unlike(given, wanted)
        if reason is not None:
            yield Mismatch("value", path, location, f"is {text}, {reason}")

    def _unlike(self, given: Shape, wanted: Shape) -> str | None:
        types = given.types
        if types is None or wanted.types is None:
            return None
        fits = self._text_conflict if self.as_text else conflict
        if fits(given, wanted):
            return f"{given.describe()}, not {wanted.describe()}"
        if types == wanted.types == _ARRAY and given.items and wanted.items:
            if fits(given.items, wanted.items):
                return f"{given.describe()}, not {wanted.describe()}"
            return None
        judge = _unlike_text if self.as_text else _unlike
        values = given.constants
        if values and all(not isinstance(value, dict | list) and judge(value, wanted) for value in values):
            return f"{given.describe()}, not {wanted.describe()}"
        return None

    def _text_conflict(self, given: Shape, wanted: Shape) -> bool:
        """Whether no text of one shape reads as a value of the other."""
        have, want = (given.types or frozenset()) - {"null"}, (wanted.types or frozenset()) - {"null"}
        if not have or not want or have & want:
            return False
        if have == {"array"}:
            return not (self._can_be_text("array") and "string" in want)
        if have == {"object"}:
            return not (self._can_be_text("object") and "string" in want)
        if have & _STRUCTURES or "string" in have:
            return False
        if "string" in want:
            return bool(wanted.constants) and not any(_reads_as(value, have) for value in wanted.constants or ())
        if "array" in want:  # one item
            return wanted.items is not None and self._text_conflict(given, wanted.items)
        return have == {"boolean"} or not want & _NUMBERS


def _bracketed(name: str) -> str:
    """The member that a field like `items[0][price]` is a part of, as forms are often written."""
    return name.partition("[")[0]


def _breaks_string(given: Shape) -> bool:
    """Whether the JSON of a value holds quotes, which end a string they are put into."""
    types = given.types
    if types is None or not types or not types <= _STRUCTURES:
        return False
    items = given.items.types if given.items is not None else None
    return "array" not in types or (items is not None and bool(items) and items <= _STRUCTURES | {"string"})


def _is_null(written: Written) -> bool:
    return isinstance(written, Constant) and (written.value is None or isinstance(written.value, Missing))


# Scalars --------------------------------------------------------------------------------------------------------------


def _unlike(value: JSON, wanted: Shape) -> str | None:
    """Why a scalar does not fit in JSON; None where it does, or where that is not known."""
    types = wanted.types
    if types is None:
        return None
    if not is_of(value, types):
        return f"is {of_constant_type(value)}, not {wanted.describe()}"
    if types & _STRUCTURES:
        return None  # Which alternative was meant is not known, and the other ones may be a whole API.
    for misfit in wanted.problems(value) or ():
        return misfit.reason
    return None


def of_constant_type(value: JSON) -> str:
    """The type of a value in words."""
    return of_constant(value).describe()


def _unlike_text(value: JSON, wanted: Shape) -> str | None:
    """Why the text of a scalar does not fit; null is not sent at all."""
    types = wanted.types
    if types is None or value is None:
        return None
    if "array" in types:
        return _unlike_items(value, wanted) if types <= {"array", "null"} else None
    if types <= {"object", "null"}:
        return None if isinstance(value, str) else f"is {of_constant_type(value)}, not {wanted.describe()}"
    reasons = [_unlike(reading, wanted) for reading in _readings(value)]
    if None in reasons:
        return None
    fitting = [r for reading, r in zip(_readings(value), reasons, strict=True) if is_of(reading, types)]
    return (fitting or reasons)[0]


def _unlike_items(value: JSON, wanted: Shape) -> str | None:
    """A scalar where an array is wanted is one item, or several with something between."""
    items = wanted.items
    if items is None:
        return None
    reason = _unlike_text(value, items)
    if reason is None or not isinstance(value, str):
        return reason
    for separator in (",", "|", " ", "%20"):
        if separator in value and not any(_unlike_text(item.strip(), items) for item in value.split(separator)):
            return None
    return None if value[:1] in ("[", "{") else reason


def _readings(value: JSON) -> tuple[JSON, ...]:
    """What the text of a scalar can be read as."""
    text = text_of(value)
    found: list[JSON] = [value, text]
    if _NUMBER.fullmatch(text):
        found.append(loads(text))
    if text in ("true", "false"):
        found.append(text == "true")
    return tuple(found)


def _reads_as(value: JSON, types: frozenset[str]) -> bool:
    """Whether the text of a scalar can be read as a value of these types."""
    return not isinstance(value, dict | list) and any(is_of(reading, types) for reading in _readings(value))


def _unquoted(value: JSON, wanted: Shape) -> str | None:
    """What to write where a number or a boolean stands in quotes, or one without them where a string is wanted."""
    types = wanted.types or frozenset()
    if isinstance(value, str) and any(type_of(r) != "string" and is_of(r, types) for r in _readings(value)[2:]):
        return f"write {value} without quotes"
    if isinstance(value, bool | int | float | Decimal) and types <= {"string", "null"} and types:
        return f"write '{text_of(value)}' in quotes"
    return None


def _unlike_string(template: Template, wanted: Shape) -> str | None:
    """Why a text with embedded expressions does not fit in JSON, where it is a string."""
    types = wanted.types
    if types is None:
        return None
    if "string" not in types:
        return f"is a string, not {wanted.describe()}"
    return _outside(template, wanted.constants)


def _unlike_template(template: Template, wanted: Shape) -> str | None:
    """Why no text of a template reads as what is wanted."""
    types = (wanted.types or frozenset()) - {"null"}
    literal = "".join(part for part in template.parts if isinstance(part, str))
    if types and types <= _NUMBERS and not _NUMERIC.fullmatch(literal):
        return f"is a text, not {wanted.describe()}"
    return None if types & _STRUCTURES else _outside(template, wanted.constants)


def _outside(template: Template, values: tuple[JSON, ...] | None) -> str | None:
    """Whether a text is none of the allowed values, whatever is filled in."""
    if not values:
        return None
    pattern = "".join(re.escape(part) if isinstance(part, str) else ".*" for part in template.parts)
    if any(re.fullmatch(pattern, text_of(value), re.DOTALL) for value in values):
        return None
    return f"is never {listed(values)}"
