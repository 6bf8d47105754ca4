"""What applies to one JSON value: something that is known, all of several parts, or one of several parts.

A part is asked for the types its value can have and for what it claims about one child, and looks no further. What
schemas say is in `schema_parts`.
"""

from __future__ import annotations

import enum
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Final, TypeAlias

from ..values import JSON, array_index, same
from .misfits import Misfit, is_of, misfit_of_type, type_of

Types: TypeAlias = frozenset[str]


class Wild(enum.Enum):
    """Children that no schema names."""

    MEMBER = "a member that is not declared"
    ITEM = "any item of an array"


Key: TypeAlias = "str | int | Wild"
"""A child of a value: the name of a member or the index of an item."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a part says of one child: several things when it has alternatives, nothing when there is no such child.

    `declared` is the child where it is declared, `open` where it is not but is foreseen (`additionalProperties`);
    `silent`: nothing is said of any child; `closed`: others are declared, this one is not.
    """

    declared: Part | None = None
    open: Part | None = None
    silent: bool = False
    closed: bool = False

    @property
    def unforeseen(self) -> bool:
        return self.silent or self.closed

    @property
    def undeclared(self) -> bool:
        return self.open is not None or self.unforeseen

    def child(self) -> Part | None:
        """The child as all this comes to; None where it is certainly not declared."""
        return one_of((self.declared, self.open, ANYTHING if self.silent else None))


class Part:
    """One of the things that apply to a value; as it is here, it says nothing."""

    @property
    def explicit(self) -> Types | None:
        """The types that are said to be possible; None when nothing is said."""
        return None

    @property
    def implied(self) -> Types | None:
        """The types that are evidently meant where none are said."""
        return None

    @property
    def types(self) -> Types | None:
        return self.implied if self.explicit is None else self.explicit

    @property
    def constants(self) -> tuple[JSON, ...] | None:
        """The only values there are, as far as `enum` and `const` tell."""
        return None

    @property
    def required(self) -> frozenset[str] | None:
        """The members an object has to have; None where the value is no object."""
        return frozenset()

    @property
    def names(self) -> tuple[str, ...]:
        """The members that are declared."""
        return ()

    def claim(self, key: Key) -> Claim:
        return SILENT

    def hides(self, name: str) -> bool:
        """Whether a member is marked as one that is not there in this direction."""
        return False

    def misfits(self, value: JSON) -> tuple[Misfit, ...] | None:
        """Why a value does not fit, () when it does, None when that cannot be judged."""
        return ()


class _Anything(Part):
    """What is not known: it may say anything of any child."""

    def claim(self, key: Key) -> Claim:
        return Claim(open=self)

    def misfits(self, value: JSON) -> tuple[Misfit, ...] | None:
        return None


class _Nothing(Part):
    """The schema `false`."""

    @property
    def required(self) -> None:
        return None

    def claim(self, key: Key) -> Claim:
        return NEVER

    def misfits(self, value: JSON) -> tuple[Misfit, ...] | None:
        return None


SILENT: Final = Claim(silent=True)
NEVER: Final = Claim()
CLOSED: Final = Claim(closed=True)
ANYTHING: Final[Part] = _Anything()
NOTHING: Final[Part] = _Nothing()


# Parts made of parts --------------------------------------------------------------------------------------------------


class Joint(Part, ABC):
    """All of its parts apply (`allOf`, and keywords beside each other).

    Where their types contradict each other somebody made a mistake, and nothing is known.
    """

    @property
    @abstractmethod
    def parts(self) -> tuple[Part, ...]: ...

    @cached_property
    def _said(self) -> Types | None:
        """The types all parts agree on; empty when they contradict each other."""
        return _met(part.explicit for part in self.parts)

    @cached_property
    def explicit(self) -> Types | None:
        return self._said or None

    @cached_property
    def implied(self) -> Types | None:
        return None if self._contradictory else _met(part.implied for part in self.parts) or None

    @property
    def _contradictory(self) -> bool:
        return self._said is not None and not self._said

    @cached_property
    def constants(self) -> tuple[JSON, ...] | None:
        known = [part.constants for part in self.parts if part.constants is not None]
        if not known:
            return None
        first, *others = known
        return tuple(value for value in first if all(_among(value, other) for other in others)) or None

    @cached_property
    def required(self) -> frozenset[str] | None:
        found = [part.required for part in self.parts]
        names = [each for each in found if each is not None]
        if len(names) < len(found):
            return None
        return frozenset(name for name in frozenset().union(*names) if not self.hides(name))

    @cached_property
    def names(self) -> tuple[str, ...]:
        return _unique(self.parts)

    def claim(self, key: Key) -> Claim:
        if self._contradictory:
            return ANYTHING.claim(key)
        return reduce(_both, (part.claim(key) for part in self.parts), SILENT)

    def hides(self, name: str) -> bool:
        return any(part.hides(name) for part in self.parts)

    def misfits(self, value: JSON) -> tuple[Misfit, ...] | None:
        found = [part.misfits(value) for part in self.parts]
        told = tuple(misfit for misfits in found for misfit in misfits or ())
        return None if not told and None in found else tuple(dict.fromkeys(told))


@dataclass(frozen=True)
class AllOf(Joint):
    """Parts that are known when it is made."""

    of: tuple[Part, ...]

    @property
    def parts(self) -> tuple[Part, ...]:
        return self.of


@dataclass(frozen=True)
class OneOf(Part):
    """One or more of its parts apply (`oneOf`, `anyOf`), which is not known."""

    parts: tuple[Part, ...]

    @cached_property
    def explicit(self) -> Types | None:
        return _joined(part.explicit for part in self.parts)

    @cached_property
    def implied(self) -> Types | None:
        return _joined(part.types for part in self.parts)

    @cached_property
    def constants(self) -> tuple[JSON, ...] | None:
        result: list[JSON] = []
        for part in self.parts:
            if part.constants is None:
                return None
            result += [value for value in part.constants if not _among(value, result)]
        return tuple(result)

    @cached_property
    def required(self) -> frozenset[str] | None:
        objects = [part.required for part in self.parts if part.required is not None]
        return frozenset.intersection(*objects) if objects else None

    @cached_property
    def names(self) -> tuple[str, ...]:
        return _unique(self.parts)

    def claim(self, key: Key) -> Claim:
        return either(part.claim(key) for part in self.parts if can_have(part.types, key))

    def hides(self, name: str) -> bool:
        return any(part.hides(name) for part in self.parts)

    def misfits(self, value: JSON) -> tuple[Misfit, ...] | None:
        found = [part.misfits(value) for part in self.parts]
        if () in found or None in found:
            return () if () in found else None
        near = [m for part, m in zip(self.parts, found, strict=True) if part.types is None or is_of(value, part.types)]
        if len(near) == 1 or len(found) == 1:
            return (near or found)[0]
        if not near and (types := _joined(part.types for part in self.parts)):
            return (misfit_of_type(value, types),)
        return (Misfit((), "anyOf", f"fits none of the {len(found)} alternatives of its schema"),)


@dataclass(frozen=True)
class Perhaps(Part):
    """A part that applies under a condition (`if`, `dependentSchemas`): it may add members, and takes none away."""

    part: Part

    @property
    def names(self) -> tuple[str, ...]:
        return self.part.names

    def claim(self, key: Key) -> Claim:
        return either((self.part.claim(key), SILENT))


def one_of(parts: Iterable[Part | None]) -> Part | None:
    """The one part there is, or the choice of them; None when there is none."""
    found: dict[Part, None] = {}
    for part in parts:
        if part is not None:
            found.update(dict.fromkeys(part.parts if isinstance(part, OneOf) else (part,)))
    return next(iter(found)) if len(found) == 1 else OneOf(tuple(found)) if found else None


def _all_of(*parts: Part) -> Part:
    """All of these parts, in one row: what hundreds of conditions say of one member is not nested hundreds deep."""
    found = dict.fromkeys(each for part in parts for each in (part.of if isinstance(part, AllOf) else (part,)))
    return next(iter(found)) if len(found) == 1 else AllOf(tuple(found))


def can_have(types: Types | None, key: Key) -> bool:
    """Whether a value of one of these types can have this child."""
    return types is None or ("object" if isinstance(key, str) or key is Wild.MEMBER else "array") in types


def child_of(part: Part, key: Key) -> Part | None:
    """A member or an item of a value; None where it is certainly not declared."""
    return part.claim(key).child() if can_have(part.types, key) else None


def member_of(part: Part, token: str) -> Part | None:
    """What a reference token reaches, a member or an item (RFC 6901, section 4)."""
    index = array_index(token)
    item = None if index is None else child_of(part, index)
    return one_of((child_of(part, token), item))


def _both(left: Claim, right: Claim) -> Claim:
    """What two parts claim that apply to the same value: who declares a child outdoes who does not."""
    return Claim(
        declared=_shared(left.declared, left.undeclared, right.declared, right.undeclared),
        open=_shared(left.open, left.unforeseen, right.open, right.unforeseen),
        silent=left.silent and right.silent,
        closed=(left.closed and right.unforeseen) or (left.silent and right.closed),
    )


def _shared(left: Part | None, not_left: bool, right: Part | None, not_right: bool) -> Part | None:
    """A child as two parts describe it together; either of them may also have an alternative that does not."""
    if left is None or right is None:
        return (left if not_right else None) if right is None else (right if not_left else None)
    if not_left and not_right:
        return one_of((left, right))
    if not_left:
        return _all_of(right, Perhaps(left))
    return _all_of(left, Perhaps(right) if not_right else right)


def either(claims: Iterable[Claim]) -> Claim:
    """What alternatives claim."""
    found = list(claims)
    return Claim(
        declared=one_of(claim.declared for claim in found),
        open=one_of(claim.open for claim in found),
        silent=any(claim.silent for claim in found),
        closed=any(claim.closed for claim in found),
    )


def _met(found: Iterable[Types | None]) -> Types | None:
    """The types common to all that say some; every integer is a number."""
    known = [_widened(types) for types in found if types is not None]
    return narrowed(frozenset.intersection(*known)) if known else None


def _joined(found: Iterable[Types | None]) -> Types | None:
    """The types of alternatives, None as soon as one of them says nothing."""
    types = list(found)
    known = [each for each in types if each is not None]
    return narrowed(frozenset().union(*known)) if len(known) == len(types) else None


def _widened(types: Types) -> Types:
    return types | {"integer"} if "number" in types else types


def narrowed(types: Types) -> Types:
    return types - {"integer"} if "number" in types else types


def disjoint(left: Types, right: Types) -> bool:
    """Whether no value can be of types of both."""
    return not _widened(left) & _widened(right)


def _among(value: JSON, values: Iterable[JSON]) -> bool:
    return any(same(value, other) for other in values)


def _unique(parts: Iterable[Part]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for part in parts for name in part.names))


# Parts that are known without a schema --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Typed(Part):
    """Any value of some types."""

    of: Types

    @property
    def explicit(self) -> Types | None:
        return self.of

    @property
    def constants(self) -> tuple[JSON, ...] | None:
        return (None,) if self.of == {"null"} else None

    @property
    def required(self) -> frozenset[str] | None:
        return frozenset() if "object" in self.of else None

    def claim(self, key: Key) -> Claim:
        return SILENT if can_have(self.of, key) else NEVER

    def misfits(self, value: JSON) -> tuple[Misfit, ...] | None:
        return () if is_of(value, self.of) else (misfit_of_type(value, self.of),)


@dataclass(frozen=True, eq=False)
class Fixed(Part):
    """One value."""

    value: JSON

    @cached_property
    def explicit(self) -> Types | None:
        return frozenset((type_of(self.value),))

    @property
    def constants(self) -> tuple[JSON, ...] | None:
        return (self.value,)

    @property
    def required(self) -> frozenset[str] | None:
        return frozenset(self.value) if isinstance(self.value, dict) else None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.value) if isinstance(self.value, dict) else ()

    def claim(self, key: Key) -> Claim:
        if not can_have(self.explicit, key):
            return NEVER
        match self.value, key:
            case dict() as members, str() if key in members:
                return Claim(declared=Fixed(members[key]))
            case list() as items, int() if key < len(items):
                return Claim(declared=Fixed(items[key]))
            case list() as items, Wild.ITEM:
                return Claim(declared=one_of(map(Fixed, items)), closed=not items)
            case _:
                return CLOSED

    def misfits(self, value: JSON) -> tuple[Misfit, ...] | None:
        return () if same(value, self.value) else (Misfit((), "const", "is another value"),)


@dataclass(frozen=True, eq=False)
class Example(Part):
    """A value that documentation shows: what is in it can be there, whatever the schema beside it declares."""

    value: JSON

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.value) if isinstance(self.value, dict) else ()

    def claim(self, key: Key) -> Claim:
        match self.value, key:
            case dict() as members, str() if key in members:
                return Claim(declared=Example(members[key]))
            case list() as items, int() | Wild.ITEM:
                # An example shows some of many items.
                return either([SILENT, *(Claim(declared=Example(item)) for item in items)])
            case _:
                return SILENT


@dataclass(frozen=True)
class Items(Part):
    """An array of one kind of items."""

    item: Part

    @property
    def explicit(self) -> Types | None:
        return frozenset(("array",))

    @property
    def required(self) -> None:
        return None

    def claim(self, key: Key) -> Claim:
        return Claim(declared=self.item) if can_have(self.explicit, key) else NEVER

    def misfits(self, value: JSON) -> tuple[Misfit, ...] | None:
        if not isinstance(value, list):
            return (misfit_of_type(value, frozenset(("array",))),)
        found = [self.item.misfits(item) for item in value]
        told = tuple(m.under(str(index)) for index, misfits in enumerate(found) for m in misfits or ())
        return None if not told and None in found else told
