"""The grammars of Arazzo 1.0.1 and 1.1.0, "Runtime Expressions", rule by rule as patterns.

    1.0.1  expression = ( "$url" / "$method" / "$statusCode" / "$request." source / "$response." source /
                          "$inputs." name / "$outputs." name / "$steps." name / "$workflows." name /
                          "$sourceDescriptions." name / "$components." name / "$components.parameters." parameter-name )
    1.1.0  expression = ( "$url" / "$method" / "$statusCode" / "$request." source / "$response." source /
                          "$message." source / "$inputs." inputs-reference / "$outputs." outputs-reference /
                          "$steps." steps-reference / "$workflows." workflows-reference /
                          "$sourceDescriptions." source-reference / "$components." components-reference / "$self" )

Roots are case-sensitive although RFC 5234 strings are not, and an empty name is refused (decision 29). The shape of
what follows `$steps.`, `$workflows.`, `$sourceDescriptions.` and `$components.` is that of 1.1.0 in both versions;
1.0.1 only allows more characters in the names (decisions 27 and 29).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Version = Literal["1.0", "1.1"]

# source = ( header-reference / query-reference / path-reference / body-reference )                      ; 1.0.1
# source = ( header-reference / query-reference / path-reference / body-reference / payload-reference )  ; 1.1.0
DOTTED_ROOTS = (
    "request",
    "response",
    "message",
    "inputs",
    "outputs",
    "steps",
    "workflows",
    "sourceDescriptions",
    "components",
)
PLAIN_ROOTS = ("url", "method", "statusCode", "self")
ADDED_IN_1_1 = ("message", "self")

# token = 1*tchar
# tchar = "!" / "#" / "$" / "%" / "&" / "'" / "*" / "+" / "-" / "." / "^" / "_" / "`" / "|" / "~" / DIGIT / ALPHA
TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")

# name = *( CHAR )                ; CHAR is RFC 7159's; decision 29: not empty, and escapes only in 1.1.0
NAME_1_0 = re.compile(r'[^\x00-\x1f"\\]+')

# CHAR = unescape / escape ( %x22 / %x5C / %x2F / %x62 / %x66 / %x6E / %x72 / %x74 / %x75 4HEXDIG )
# unescape = %x20-21 / %x23-5B / %x5D-7A / %x7C / %x7E-10FFFF            ; no '"', '\', '{', '}'
NAME_1_1 = re.compile(r'(?:[^\x00-\x1f"\\{}]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))+')

# identifier-strict = 1*( ALPHA / DIGIT / "-" / "_" )
IDENTIFIER_STRICT = re.compile(r"[A-Za-z0-9_\-]+")

# identifier = 1*( ALPHA / DIGIT / "." / "-" / "_" )
IDENTIFIER = re.compile(r"[A-Za-z0-9._\-]+")

# json-pointer = *( "/" reference-token )
# reference-token = *( unescaped / escaped )
# escaped = "~" ( "0" / "1" )
# unescaped = %x00-2E / %x30-7D / %x7F-10FFFF                            ; 1.0.1: all but "/" and "~"
POINTER_1_0 = re.compile(r"(?:/(?:[^/~]|~[01])*)*")
# unescaped = %x00-2E / %x30-7A / %x7C / %x7F-10FFFF                     ; 1.1.0: nor "{" and "}"
POINTER_1_1 = re.compile(r"(?:/(?:[^/~{}]|~[01])*)*")

# component-type = "parameters" / "successActions" / "failureActions"                                    ; 1.1.0
COMPONENT_TYPES = ("parameters", "successActions", "failureActions")


@dataclass(frozen=True, slots=True)
class Grammar:
    """The rules in which the versions differ."""

    version: Version
    name: re.Pattern[str]
    pointer: re.Pattern[str]
    component_types: tuple[str, ...]


GRAMMARS: dict[Version, Grammar] = {
    "1.0": Grammar("1.0", NAME_1_0, POINTER_1_0, (*COMPONENT_TYPES, "inputs")),
    "1.1": Grammar("1.1", NAME_1_1, POINTER_1_1, COMPONENT_TYPES),
}

# The operators of simple conditions, "Property de-reference" and "Index (0-based)" (decision 22).
ACCESSOR = re.compile(r"\.(?P<name>[^.\[\]#/\s{}'\"]+)|\[(?P<index>0|[1-9][0-9]{0,14})\]")


def split_accessors(text: str) -> tuple[str | int, ...] | None:
    """The accessors of `.name[0].name`, or None if the text is anything else."""
    accessors: list[str | int] = []
    at = 0
    while at < len(text):
        found = ACCESSOR.match(text, at)
        if found is None:
            return None
        name = found["name"]
        accessors.append(name if name is not None else int(found["index"]))
        at = found.end()
    return tuple(accessors)
