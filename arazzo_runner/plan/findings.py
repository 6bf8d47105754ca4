"""Findings of the link phase: collected, each once, with the final codes of `docs/rules`.

Codes, beside those of `model.reader` (ARZ1xx):

    ARZ201 source cannot be loaded          ARZ214 query and querystring together
    ARZ202 source of another type           ARZ215 body where none is defined
    ARZ203 unknown operation                ARZ216 no effect on a step that calls a workflow
    ARZ204 ambiguous operation              ARZ217 server
    ARZ205 bare operationId, many sources   ARZ218 duplicate parameter
    ARZ206 form of operationPath            ARZ219 inputs schema
    ARZ207 unknown workflow                 ARZ220 remote source not to be had
    ARZ208 Reusable Object                  ARZ221 identity
    ARZ209 dependsOn                        ARZ301 syntax of an expression
    ARZ210 goto target                      ARZ302 undeclared name
    ARZ211 AsyncAPI step                    ARZ303 forward reference
    ARZ212 undeclared parameter             ARZ304 literal output
    ARZ213 parameter without `in`           ARZ305 near miss of a Selector Object
    ARZ401 syntax of a condition            ARZ306 a root that has no value here
    ARZ402 syntax of a selector             ARZ403 unsupported version of a language
    ARZ222 request that cannot be built     ARZ223 operationPath where there is an operationId
    ARZ224 remote source not checked

ARZ501-513 are the forms decision 0 tolerates: those of FORMS, ARZ506 operationPath and ARZ507 operationId
(`operations`), ARZ509 criterion and ARZ510 retry (`model.reader`), ARZ513 `$statusCode` of a workflow (`workflow`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..diagnostics import Diagnostic, Fix, Severity, text_fix
from ..errors import LanguageSyntaxError
from ..expression import TolerableForm, Tolerated, UndeclaredName
from ..location import Location

# The tolerated forms of decision 0, by the name the languages give them.
FORMS = {
    "bare-comparison": "ARZ501",
    "unbraced": "ARZ502",
    "dereference": "ARZ503",
    "body-name": "ARZ504",
    "headers": "ARZ505",
    "double-quotes": "ARZ508",
    "braces": "ARZ511",
    "unused-context": "ARZ512",
}


class Findings:
    """The diagnostics of one link, in the order they were found; the same finding is kept once."""

    def __init__(self) -> None:
        self._found: dict[Diagnostic, None] = {}

    def all(self) -> tuple[Diagnostic, ...]:
        return tuple(self._found)

    def add(
        self,
        code: str,
        message: str,
        location: Location,
        hint: str | None = None,
        severity: Severity = "error",
        fix: Fix | None = None,
    ) -> None:
        self._found[Diagnostic(code, severity, message, location, hint, fix)] = None

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        for diagnostic in diagnostics:
            self._found[diagnostic] = None

    def syntax(self, code: str, error: LanguageSyntaxError, location: Location, fix: Fix | None = None) -> None:
        """A text outside its grammar; the column is that of the offending character where the text is on one line.

        What only a tolerant reading takes has a Fix, because what was meant is certain (decision 0).
        """
        code = "ARZ302" if isinstance(error, UndeclaredName) else code
        if isinstance(error, TolerableForm | UndeclaredName) and error.rewrite is not None:
            fix = fix or text_fix(location, error.rewrite)
        self.add(code, error.message, location, error.hint, fix=fix)

    def tolerated(
        self,
        places: Iterable[Tolerated],
        location: Location,
        fix_of: Callable[[Tolerated], Fix | None] | None = None,
    ) -> None:
        """Forms read as their author meant: one warning for each in a text, with the portable rewrite (decision 0).

        `fix_of` gives the rewrite where more than the text at `location` changes.
        """
        told: set[tuple[str, str | None]] = set()
        for place in places:
            if place.rewrite is not None and (place.form, place.rewrite) in told:
                continue  # the same form again in one text: the first one has the rewrite of all
            told.add((place.form, place.rewrite))
            fix = fix_of(place) if fix_of else rewrite_of(place, location)
            self.add(FORMS.get(place.form, "ARZ500"), place.message, location, _hint(place, fix), "warning", fix)


def rewrite_of(place: Tolerated, location: Location) -> Fix | None:
    """The Fix of a form that is mended within its own text."""
    return text_fix(location, place.rewrite) if place.rewrite else None


def _hint(place: Tolerated, fix: Fix | None) -> str:
    if place.hint is not None:
        return place.hint
    if place.rewrite:
        return f"portable form: {_line_at(place.rewrite, place.offset)}"
    return "remove it" if fix else "no portable form"


def _line_at(text: str, offset: int) -> str:
    """The line of a text that an offset is in: a payload of many lines is no hint."""
    if "\n" not in text:
        return text
    return text[text.rfind("\n", 0, offset) + 1 :].partition("\n")[0].strip()
