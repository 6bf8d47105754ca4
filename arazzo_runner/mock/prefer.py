"""What a client asks of the mock with `Prefer` (RFC 7240), in the words that Prism and Microcks know.

`code=404`, `example=NAME`, `dynamic=true`; other preferences are ignored, as section 2 says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..messages import Headers, header

_PREFERENCE = re.compile(
    r"""\s*(?P<name>[!#$%&'*+\-.^_`|~0-9A-Za-z]+)\s*
        (?:=\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<token>[^\s,;"]*)))?
        (?:\s*;[^,"]*(?:"(?:[^"\\]|\\.)*"[^,"]*)*)?\s*(?:,|$)""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Preference:
    """A status, the name of an example, and whether a value is sampled where there is an example."""

    code: int | None = None
    example: str | None = None
    dynamic: bool = False

    @property
    def applied(self) -> str:
        """As `Preference-Applied` says it (section 3)."""
        said = [f"code={self.code}"] if self.code is not None else []
        if self.example is not None:
            quoted = self.example.replace("\\", "\\\\").replace('"', '\\"')
            said.append(f'example="{quoted}"')
        if self.dynamic:
            said.append("dynamic=true")
        return ", ".join(said)


NO_PREFERENCE = Preference()


def read_preference(headers: Headers) -> Preference:
    """What `Prefer` says; of a preference that stands twice the first holds, and a code that is none is ignored."""
    text = header(headers, "prefer")
    if text is None:
        return NO_PREFERENCE
    said: dict[str, str] = {}
    for found in _PREFERENCE.finditer(text):
        quoted = found["quoted"]
        value = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else found["token"] or ""
        said.setdefault(found["name"].lower(), value)
    code = said.get("code", "")
    return Preference(
        int(code) if re.fullmatch(r"[1-5][0-9]{2}", code) else None,
        said.get("example") or None,
        said.get("dynamic", "").lower() == "true",
    )
