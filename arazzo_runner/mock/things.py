"""Things: where they live, which field is their id, which object of a body they are.

A thing is listed once it was created or shown in a list; one that was only asked for by its id is known, so that it is
the same the next time, and stands in no list.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from ..values import JSON, text_of

_SPELLED_ID = re.compile(r"(?:[a-z0-9](?:Id|ID)|[_-][iI][dD])$")
_ID_NAMES = ("id", "uuid", "guid", "identifier", "key", "sid", "slug", "code")
_MOST_KNOWN = 10_000  # things that are only known, in one collection

Thing = dict[str, Any]
Path = tuple[str, ...]


class _Kept(NamedTuple):
    thing: Thing
    listed: bool


class Things:
    """What there is and what was deleted, by source and decoded path."""

    def __init__(self) -> None:
        self._collections: dict[tuple[str, Path], dict[str, _Kept]] = {}
        self._places: dict[tuple[str, str], set[Path]] = {}  # of listed things, by id
        self._deleted: set[tuple[str, Path]] = set()
        self._created: dict[tuple[str, Path], int] = {}
        self._in_use: set[tuple[str, Path]] = set()

    def copy(self) -> Things:
        """The same things in another place; a thing that is kept is never changed, so none is copied."""
        other = Things()
        other._collections = {where: dict(things) for where, things in self._collections.items()}
        other._places = {key: set(paths) for key, paths in self._places.items()}
        other._deleted, other._in_use = set(self._deleted), set(self._in_use)
        other._created = dict(self._created)
        return other

    def next_number(self, source: str, collection: Path) -> int:
        """How many things were created in a collection before; counts this one."""
        number = self._created.get((source, collection), 0)
        self._created[source, collection] = number + 1
        self._in_use.add((source, collection))
        return number

    def is_used(self, source: str, collection: Path) -> bool:
        """Whether anything was ever created in a collection, or its list was shown."""
        return (source, collection) in self._in_use

    def use(self, source: str, collection: Path) -> None:
        self._in_use.add((source, collection))

    def remember(self, source: str, path: Path, thing: Thing, *, listed: bool = True) -> None:
        """Keep a thing; one that is listed stays listed, and one that was deleted is there again."""
        collection = self._collections.setdefault((source, path[:-1]), {})
        identity = path[-1] if path else ""
        before = collection.get(identity)
        if before is None and not listed and len(collection) >= _MOST_KNOWN:
            return
        listed = listed or (before is not None and before.listed)
        collection[identity] = _Kept(thing, listed)
        if listed:
            self._places.setdefault((source, identity), set()).add(path)
        self._deleted.discard((source, path))

    def place(self, source: str, path: Path) -> Path:
        """Where the thing of a path is: there, else where the only listed thing with this id was made."""
        if self.exactly_at(source, path) is not None or not path or (source, path) in self._deleted:
            return path
        places = self._places.get((source, path[-1]), ())
        return next(iter(places)) if len(places) == 1 and len(path[-1]) > 3 else path

    def at(self, source: str, path: Path) -> Thing | None:
        """The thing of a path, wherever it was made."""
        return self.exactly_at(source, self.place(source, path))

    def exactly_at(self, source: str, path: Path) -> Thing | None:
        kept = self._collections.get((source, path[:-1]), {}).get(path[-1] if path else "")
        return kept.thing if kept is not None else None

    def below(self, source: str, collection: Path) -> list[Thing]:
        """The things listed in a collection, in the order they came."""
        return [kept.thing for kept in self._collections.get((source, collection), {}).values() if kept.listed]

    def delete(self, source: str, path: Path) -> None:
        """Delete what is at a path, known before or not, and all that is below it."""
        for gone in {path, self.place(source, path)}:
            self._forget(source, gone)
            for where in [where for where in self._collections if where[0] == source and where[1][: len(gone)] == gone]:
                for identity in list(self._collections[where]):
                    self._forget(source, (*where[1], identity))
            self._deleted.add((source, gone))

    def empty(self, source: str, collection: Path) -> None:
        """Delete everything in a collection."""
        for identity in list(self._collections.get((source, collection), {})):
            self.delete(source, (*collection, identity))
        self._in_use.add((source, collection))

    def deleted_at(self, source: str, path: Path) -> Path | None:
        """The deleted thing that a path is about or below of."""
        for length in range(len(path), 0, -1):
            if (source, path[:length]) in self._deleted:
                return path[:length]
        return None

    def is_taken(self, source: str, path: Path) -> bool:
        """Whether a new thing cannot have this path: there is one, or there was."""
        return self.exactly_at(source, path) is not None or (source, path) in self._deleted

    def _forget(self, source: str, path: Path) -> None:
        self._collections.get((source, path[:-1]), {}).pop(path[-1] if path else "", None)
        self._places.get((source, path[-1] if path else ""), set()).discard(path)


def subject(value: JSON) -> Thing | None:
    """The object a body is about: itself, or the one inside a wrapper such as `{"data": {...}}`."""
    if not isinstance(value, dict):
        return None
    if id_field(value) is not None:
        return value
    inner = [member for member in value.values() if isinstance(member, dict)]
    return next((member for member in inner if id_field(member) is not None), inner[0] if len(inner) == 1 else value)


def id_field(thing: Thing, parameter: str = "", collection: str = "") -> str | None:
    """The field that identifies a thing: that of the path parameter, `id`, or the id named after the collection."""
    names = {plain(name): name for name in reversed(list(thing)) if not isinstance(thing[name], dict | list)}
    wanted = plain(parameter)
    if wanted in names:
        return names[wanted]
    for name in _ID_NAMES:
        if name in names:
            return names[name]
    singular = plain(collection).removesuffix("s")
    if singular and singular + "id" in names:
        return names[singular + "id"]
    return next((name for name in thing if _SPELLED_ID.search(name) and plain(name) in names), None)


def plain(name: str) -> str:
    """A name without case and separators: petId, pet_id and pet-id are one."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def id_text(value: JSON) -> str:
    """An id as a path writes it."""
    return text_of(value)
