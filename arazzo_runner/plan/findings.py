"""Findings of the link phase: collected, each once, with the final codes of `docs/rules`.

Codes: ARZ201 source cannot be loaded; ARZ202 source of another type; ARZ203 unknown operation; ARZ204 ambiguous
operation; ARZ205 bare operationId with several sources; ARZ206 form of operationPath; ARZ207 unknown workflow; ARZ208
Reusable Object; ARZ209 dependsOn; ARZ210 goto target; ARZ211 AsyncAPI step; ARZ212 undeclared parameter; ARZ213
parameter without `in`; ARZ214 query and querystring; ARZ215 body where none is defined; ARZ216 no effect on a workflow
step; ARZ217 server; ARZ218 duplicate parameter; ARZ219 inputs schema; ARZ220 remote source not to be had; ARZ221
identity; ARZ301 syntax of an expression; ARZ302 undeclared name; ARZ303 forward reference; ARZ304 literal output; ARZ305
near miss of a Selector Object; ARZ401 syntax of a condition; ARZ402 syntax of a selector; ARZ403 unsupported version of
a language; ARZ501-505, ARZ508, ARZ511, ARZ512 forms that decision 0 tolerates; ARZ506 operationPath and ARZ507
operationId in such a form (`operations`); ARZ509, ARZ510 criterion and retry in such a form (`model.reader`); ARZ513
`$statusCode` of a workflow step (`workflow`).
"""

from __future__ import annotations

from collections.abc import Iterable

from ..diagnostics import Diagnostic, Fix, Severity
from ..errors import LanguageSyntaxError
from ..expression import Tolerated, UndeclaredName
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

    def syntax(self, code: str, error: LanguageSyntaxError, location: Location) -> None:
        """A text outside its grammar; the column is that of the offending character where the text is on one line."""
        code = "ARZ302" if isinstance(error, UndeclaredName) else code
        hint = error.hint
        self.add(code, error.message, location, hint)

    def tolerated(self, places: Iterable[Tolerated], location: Location) -> None:
        """Forms read as their author meant: one warning each, with the portable rewrite (decision 0)."""
        for place in places:
            hint = f"portable form: {place.rewrite}" if place.rewrite else "no portable form"
            fix = Fix(location, place.rewrite) if place.rewrite else None
            self.add(FORMS.get(place.form, "ARZ500"), place.message, location, hint, "warning", fix)
