"""Comments that silence a finding where it stands: `# arazzo-run: ignore=ARZ502 the gateway adds the braces`.

A comment at the end of a line is about that line; one on a line of its own is about the next line that holds something.
It names codes and says why: without a reason it silences nothing (ARZ140), silencing nothing is a finding (ARZ141), and
so is a code that there is not (ARZ142). What refuses a run is never silenced.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ..diagnostics import Diagnostic, by_place, edit_distance
from ..document import Document
from ..location import Location
from .catalogue import RULES

_MARK: Final = "arazzo-run:"
_COMMENT: Final = re.compile(r"(?:^|(?<=[ \t\r]))#[ \t]*arazzo-run:[ \t]*ignore\b(?P<rest>.*)", re.MULTILINE)
# After a comma and a space a code goes on the list, and any other word begins the reason.
_LIST: Final = re.compile(r"[ \t]*=[ \t]*(?P<codes>[^\s,:]+(?:,[^\s,:]+|,[ \t]+[A-Za-z]+[0-9]+\b)*)(?P<reason>.*)")
_CODE: Final = re.compile(r"[^\s,]+")
_WORD: Final = re.compile(r"\w")
_BREAK: Final = re.compile(r"\r\n|\n|\r")
_NO_CONTENT: Final = re.compile(r"\s*(?:#.*)?")
_SOURCE_NOT_READ: Final = frozenset(("ARZ201", "ARZ202", "ARZ220", "ARZ224"))


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment: where it stands, the codes it names and where, whether it says why, and the line it is about."""

    location: Location
    codes: tuple[tuple[str, Location], ...]
    has_reason: bool
    about: int

    @property
    def known(self) -> tuple[str, ...]:
        """Its codes as far as there are such."""
        return tuple(code for code, _ in self.codes if code in RULES)


def suppress(
    document: Document,
    diagnostics: Sequence[Diagnostic],
    selected: Collection[str] | None = None,
    *,
    others: Iterable[Document] = (),
) -> tuple[Diagnostic, ...]:
    """The findings without those that comments silence, with what is wrong with the comments of `document`, by place.

    Args:
        selected: The codes that are looked for, by default all; a comment about another one is not called useless.
        others: Further documents findings stand in. Their comments silence too; they are judged where those documents
            are checked themselves.
    """
    comments = comments_of(document)
    every = [*comments, *(comment for other in others if other is not document for comment in comments_of(other))]
    if not every:
        return tuple(diagnostics)
    silenced = {
        (comment.location.document, comment.about, code)
        for comment in every
        if comment.has_reason
        for code in comment.known
    }
    kept = [finding for finding in diagnostics if _key(finding) not in silenced]
    return by_place((*kept, *_problems(comments, diagnostics, RULES if selected is None else selected)))


def _key(finding: Diagnostic) -> tuple[str, int, str] | None:
    where = finding.location
    return (where.document, where.line, finding.code) if where and where.line else None


def comments_of(document: Document) -> tuple[Comment, ...]:
    """The comments of a YAML document that silence something, or are meant to; JSON has no comments."""
    text = "" if document.format == "json" else document.text
    if _MARK not in text:
        return ()
    covered = document.texts()
    matches = (match for match in _COMMENT.finditer(text) if not _is_covered(match.start(), covered))
    return tuple(_comment(document.name, text, match) for match in matches)


def _is_covered(offset: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= offset < end for start, end in spans)


def _comment(name: str, text: str, match: re.Match[str]) -> Comment:
    lines = _BREAK.split(text[: match.start()])
    line, before = len(lines), lines[-1]
    listed = _LIST.match(match["rest"])
    codes = [] if listed is None else list(_CODE.finditer(listed["codes"]))
    offset = 0 if listed is None else len(before) + match.start("rest") - match.start() + listed.start("codes")
    return Comment(
        location=Location(name, line, len(before) + 1),
        codes=tuple((_code(code[0]), Location(name, line, offset + code.start() + 1)) for code in codes),
        has_reason=listed is not None and _WORD.search(listed["reason"]) is not None,
        about=line if before.strip() else line + _lines_to_content(text[match.end() :]),
    )


def _code(written: str) -> str:
    return written.upper() if written.upper() in RULES else written


def _lines_to_content(rest: str) -> int:
    """How many lines on, from the end of a line, there is something else than a comment; 0 where there is nothing."""
    for number, line in enumerate(_BREAK.split(rest)):
        if number and _NO_CONTENT.fullmatch(line) is None:
            return number
    return 0


def _problems(
    comments: Sequence[Comment], diagnostics: Sequence[Diagnostic], selected: Collection[str]
) -> Iterator[Diagnostic]:
    found = {_key(finding) for finding in diagnostics}
    # What was not read might be what a comment is about.
    is_complete = _SOURCE_NOT_READ.isdisjoint(finding.code for finding in diagnostics)
    for comment in comments:
        yield from _unknown(comment)
        used = any((comment.location.document, comment.about, code) in found for code in comment.known)
        if comment.codes and not comment.has_reason:
            yield _without_reason(comment)
        elif comment.known and not used and is_complete and all(code in selected for code in comment.known):
            yield _useless(comment)


def _unknown(comment: Comment) -> Iterator[Diagnostic]:
    if not comment.codes:
        hint = "write # arazzo-run: ignore=CODE and the reason"
        yield Diagnostic(
            "ARZ142", "warning", "this comment names no code, and silences nothing", comment.location, hint
        )
    for code, location in comment.codes:
        if code not in RULES:
            yield Diagnostic("ARZ142", "warning", f"there is no code {code}", location, code_hint(code))


def code_hint(written: str) -> str | None:
    """What may have been meant by a word that is no code; the name of a rule means its code."""
    code = written.upper()
    near = [known for known in RULES if edit_distance(code, known, 2) < 2]
    meant = sorted(near, key=code.startswith, reverse=True)[:2]
    meant = meant or [rule.code for rule in RULES.values() if edit_distance(written.lower(), rule.name) < 3]
    return "did you mean " + " or ".join(f"'{each}'" for each in meant) + "?" if meant else None


def _without_reason(comment: Comment) -> Diagnostic:
    codes = ",".join(code for code, _ in comment.codes)
    return Diagnostic(
        "ARZ140",
        "warning",
        f"this comment does not say why {codes} is to be ignored, and silences nothing",
        comment.location,
        f"say why: # arazzo-run: ignore={codes} because ...",
    )


def _useless(comment: Comment) -> Diagnostic:
    codes = " or ".join(comment.known)
    return Diagnostic(
        "ARZ141",
        "warning",
        f"this comment silences nothing: line {comment.about} has no {codes}",
        comment.location,
        "remove it",
    )
