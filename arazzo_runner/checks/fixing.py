"""`--fix`: rewrites whose meaning is certain, made in the text of a document (decision 0).

A Fix is made whole or not at all. Whatever is made is read again: a text that does not hold exactly what was intended
is not kept, and its finding stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, assert_never

from ..diagnostics import Diagnostic, Edit, Fix, Quote, Remove, SetText, Wrap
from ..document import Document
from ..errors import UnreadableDocument
from ..values import dumps, parse_pointer
from .editing import Replacement, replacements, spliced

_MOST_PASSES: Final = 10


@dataclass(frozen=True, slots=True)
class Fixed:
    """A document after its fixes: what was mended, in the order it was, and what is still found."""

    document: Document
    applied: tuple[Diagnostic, ...]
    remaining: tuple[Diagnostic, ...]


def fix_text(read_and_check: Callable[[Document], Sequence[Diagnostic]], document: Document) -> Fixed:
    """Check a document and mend it, until nothing more can be mended; running it on the result changes nothing.

    `read_and_check` gives the findings on a version of the document, those to be mended and the others.
    """
    found, applied = tuple(read_and_check(document)), list[Diagnostic]()
    refused: set[_Identity] = set()
    for _ in range(_MOST_PASSES):
        offered = [d for d in found if d.fix is not None and _identity(d.fix) not in refused]
        changed, done = _applied(document, [d.fix for d in offered if d.fix is not None])
        if changed.text == document.text:
            break
        now_found = tuple(read_and_check(changed))
        harmful = {_identity(fix) for fix in done if _breaks(fix, found, now_found)}
        if harmful:
            refused |= harmful
            continue
        made = set(map(_identity, done))
        applied += [d for d in offered if d.fix is not None and _identity(d.fix) in made]
        document, found = changed, now_found
    return Fixed(document, tuple(applied), found)


def apply(document: Document, fixes: Iterable[Fix]) -> str:
    """The text with these fixes made, those that concern this document and can be made.

    Of two that disagree about a place only the first is made: check again for the other.
    """
    return _applied(document, fixes)[0].text


def change(document: Document, fix: Fix) -> Replacement | None:
    """What one fix changes, as one stretch of the text; None where it cannot be made."""
    changed, done = _applied(document, [fix])
    if not done:
        return None
    old, new = document.text, changed.text
    start = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    most = min(len(old), len(new)) - start
    same = next((i for i in range(most) if old[len(old) - 1 - i] != new[len(new) - 1 - i]), most)
    return Replacement(start, len(old) - same, new[start : len(new) - same])


# Which fixes go together. ---------------------------------------------------------------------------------------------

_EditIdentity: TypeAlias = "tuple[str, str, str]"
_Identity: TypeAlias = "tuple[_EditIdentity, ...]"


def _identity(fix: Fix) -> _Identity:
    """What a fix does, wherever its lines have moved to."""
    return tuple(map(_edit_identity, fix.edits))


def _edit_identity(edit: Edit) -> _EditIdentity:
    match edit:
        case SetText():
            detail = edit.text
        case Wrap():
            detail = edit.key
        case Remove() | Quote():
            detail = ""
        case _:
            assert_never(edit)
    return type(edit).__name__, edit.location.pointer, detail


def _breaks(fix: Fix, before: Sequence[Diagnostic], after: Sequence[Diagnostic]) -> bool:
    """Whether an error stands now where the fix was made and none stood: a component means something else elsewhere."""
    fresh = _errors(after) - _errors(before)
    return any((edit.location.document, edit.location.pointer) in fresh for edit in fix.edits)


def _errors(found: Sequence[Diagnostic]) -> set[tuple[str, str]]:
    return {(d.location.document, d.location.pointer) for d in found if d.severity == "error" and d.location}


def _compatible(document: Document, fixes: Iterable[Fix]) -> list[Fix]:
    """The fixes that can be made in this document, without those that touch what another one changes differently."""
    taken: dict[tuple[str, ...], _EditIdentity] = {}
    above: set[tuple[str, ...]] = set()
    chosen = []
    for fix in {_identity(fix): fix for fix in fixes}.values():
        places = {parse_pointer(edit.location.pointer): _edit_identity(edit) for edit in fix.edits}
        if any(edit.location.document != document.name for edit in fix.edits):
            continue
        if any(_collides(tokens, identity, taken, above) for tokens, identity in places.items()):
            continue
        if any(replacements(document, edit) is None for edit in fix.edits):
            continue
        chosen.append(fix)
        taken |= places
        above |= {tokens[:length] for tokens in places for length in range(len(tokens))}
    return chosen


def _collides(
    tokens: tuple[str, ...],
    identity: _EditIdentity,
    taken: dict[tuple[str, ...], _EditIdentity],
    above: set[tuple[str, ...]],
) -> bool:
    inside = any(tokens[:length] in taken for length in range(len(tokens)))
    return inside or tokens in above or taken.get(tokens, identity) != identity


# Making them. ---------------------------------------------------------------------------------------------------------


def _applied(document: Document, fixes: Iterable[Fix]) -> tuple[Document, list[Fix]]:
    """The document with what can be made, and what that was."""
    chosen = _compatible(document, fixes)
    changed = _attempt(document, chosen)
    if changed is not None:
        return changed, chosen
    done = []
    for fix in chosen:
        changed = _attempt(document, [fix])
        if changed is not None:
            document = changed
            done.append(fix)
    return document, done


def _attempt(document: Document, fixes: Sequence[Fix]) -> Document | None:
    """The document with all of these made; None where the result would not hold exactly what is intended."""
    edits = list({_edit_identity(edit): edit for fix in fixes for edit in fix.edits}.values())
    wanted: Any = document.root
    for edit in edits:
        wanted = _intended(wanted, parse_pointer(edit.location.pointer), edit)
    changed: Document | None = document
    for round_ in _rounds(edits):
        changed = _edited(changed, round_) if changed is not None else None
    return changed if changed is not None and dumps(changed.root) == dumps(wanted) else None


def _rounds(edits: Sequence[Edit]) -> Iterator[list[Edit]]:
    """Removals come last, and of one mapping one after the other: each asks anew what stands beside it."""
    yield [edit for edit in edits if not isinstance(edit, Remove)]
    removals: dict[int, list[Edit]] = {}
    seen: Counter[str] = Counter()
    for edit in edits:
        if isinstance(edit, Remove):
            parent = edit.location.pointer.rpartition("/")[0]
            removals.setdefault(seen[parent], []).append(edit)
            seen[parent] += 1
    yield from removals.values()


def _edited(document: Document, edits: Sequence[Edit]) -> Document | None:
    changes: list[Replacement] = []
    for edit in edits:
        found = replacements(document, edit)
        if found is None:
            return None
        changes.extend(found)
    text = spliced(document.text, changes)
    if text is None or not changes:
        return None if text is None else document
    try:
        return document.edited(text)
    except UnreadableDocument:
        return None


def _intended(value: Any, tokens: tuple[str, ...], edit: Edit) -> Any:
    """The tree that an edit is to lead to; what it shares with the old one is not copied."""
    if tokens and isinstance(value, dict) and tokens[0] in value:
        if len(tokens) == 1 and isinstance(edit, Remove):
            return {key: item for key, item in value.items() if key != tokens[0]}
        return {**value, tokens[0]: _intended(value[tokens[0]], tokens[1:], edit)}
    if tokens and isinstance(value, list):
        index = int(tokens[0])
        return [*value[:index], _intended(value[index], tokens[1:], edit), *value[index + 1 :]]
    match edit:
        case SetText(text=text):
            return text
        case Quote():
            return f"{{{next(iter(value))}}}"
        case Wrap(key=key):
            return {key: value}
        case Remove():
            return value
        case _:
            assert_never(edit)
