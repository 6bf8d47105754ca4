"""The text of the document: scalars without quotes that YAML readers do not agree about (decision 56).

We read YAML 1.2 as Arazzo recommends; many tools still read YAML 1.1, in which more words, numbers and dates have a
type of their own (https://yaml.org/type/).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from ...diagnostics import Diagnostic, text_fix
from ..registry import rule
from ..subject import Subject, finding

_BOOLEAN: Final = re.compile(r"y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF")
_TRUE: Final = ("y", "yes", "on")
_TIMESTAMP: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}"
    r"|\d{4}-\d{1,2}-\d{1,2}(?:[Tt]|[ \t]+)\d{1,2}:\d{2}:\d{2}(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d{1,2}(?::\d{2})?))?"
)
# Forms of numbers, what a value of the form is here, and what it is elsewhere. The first that fits counts.
_A_TEXT: Final = "a text"
_NUMBERS: Final = (
    (re.compile(r"[-+]?0[0-7]+"), _A_TEXT, "octal in YAML 1.1 and decimal in YAML 1.2"),
    (re.compile(r"[-+]?0[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?"), _A_TEXT, "a number in YAML 1.2"),
    (re.compile(r"0o[0-7]+"), "an octal number", "a text in YAML 1.1"),
    (re.compile(r"[-+]?0b[01_]+"), _A_TEXT, "a binary number in YAML 1.1"),
    (re.compile(r"[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*"), _A_TEXT,
     "a number to the base of 60 in YAML 1.1"),
    (re.compile(r"[-+]?(?:0x(?=[0-9a-fA-F]*_)[0-9a-fA-F_]+|(?=[0-9]*_)[0-9][0-9_]*(?:\.[0-9_]*)?)"), _A_TEXT,
     "a number in YAML 1.1"),
    (re.compile(r"[-+]0x[0-9a-fA-F]+"), _A_TEXT, "a number in YAML 1.1"),
    (re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"), _A_TEXT, "a number elsewhere, and JSON has none like it"),
    (re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)[eE][0-9]+|[-+]?(?:0|[1-9][0-9]*)[eE][-+][0-9]+"),
     "a number", "a text in YAML 1.1"),
)  # fmt: skip
_NUMBER: Final = re.compile("|".join(form.pattern for form, _, _ in _NUMBERS))


@rule("ARZ130")
def boolean_word(subject: Subject) -> Iterator[Diagnostic]:
    """`on`, `no`, `y` are texts in YAML 1.2 and booleans in YAML 1.1, as keys too."""
    for found in _plain(subject, "ARZ130", _BOOLEAN, _as_boolean):
        # Of the readers of YAML 1.1 many leave one letter alone.
        yield replace(found, severity="info") if found.message[2] == "'" else found


def _as_boolean(text: str) -> tuple[str, bool]:
    return f"'{text}' is a text here and {str(text.lower() in _TRUE).lower()} in YAML 1.1", True


@rule("ARZ131")
def number_form(subject: Subject) -> Iterator[Diagnostic]:
    """`012`, `1:30`, `1_000` and `1e3` are a number to some readers and a text, or another number, to others."""
    yield from _plain(subject, "ARZ131", _NUMBER, _as_number)


def _as_number(text: str) -> tuple[str, bool]:
    here, elsewhere = next((here, there) for form, here, there in _NUMBERS if form.fullmatch(text))
    return f"'{text}' is {here} here and {elsewhere}", here == _A_TEXT


@rule("ARZ132")
def date_form(subject: Subject) -> Iterator[Diagnostic]:
    """`2024-01-01` is a text in YAML 1.2, and a date without a form in JSON in YAML 1.1."""
    yield from _plain(
        subject, "ARZ132", _TIMESTAMP, lambda text: (f"'{text}' is a text here and a date in YAML 1.1", True)
    )


def _plain(
    subject: Subject, code: str, pattern: re.Pattern[str], tell: Callable[[str], tuple[str, bool]]
) -> Iterator[Diagnostic]:
    """A finding for each scalar or key without quotes; `tell` says how it is read, and whether as a text here."""
    for tokens, is_key, text in subject.description.document.plain(pattern):
        message, is_text = tell(text)
        location = subject.location(*tokens, key=is_key)
        if is_key or is_text:
            fix = None if is_key else text_fix(location, text)
            yield finding(code, message, location, f"quote it: '{text}'", fix=fix)
        else:
            hint = f"quote it if it is a text: '{text}'; else write the number in decimal digits"
            yield finding(code, message, location, hint)
