"""HTML and SVG from texts that nobody vouches for: every text and attribute is masked, made visible and escaped."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterable
from typing import TypeAlias

from ..advice import duration
from ..redaction import Redactor

# Control characters are shown as their pictures; what reorders a line (Unicode bidirectional controls) and halves of
# surrogate pairs as U+FFFD, so that no text looks like another one.
_VISIBLE = {code: 0x2400 + code for code in range(0x20) if code not in (0x09, 0x0A)}
_VISIBLE |= dict.fromkeys((0x7F, *range(0x80, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)), 0xFFFD)
_VISIBLE |= dict.fromkeys((0xFFFE, 0xFFFF, *range(0xD800, 0xE000)), 0xFFFD)
_VISIBLE[0x0D] = None  # type: ignore[assignment]

_TOLD = frozenset({"title", "aria-label"})  # attributes that are read; the others are names of ours
_VOID = frozenset({"input", "meta", "br", "hr"})


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()


Content: TypeAlias = "str | Markup | Iterable[str | Markup] | None"


class Builder:
    """Makes elements. `redactor` masks each text once more on its way out, wherever it came from.

    Attributes that nobody reads (`class`, `id`, `href`) are ours: a secret that happens to be such a word leaves them
    alone.
    """

    def __init__(self, redactor: Redactor) -> None:
        self.redactor = redactor

    def text(self, text: str) -> str:
        """A text as it may be shown: masked, and nothing in it invisible."""
        return visible(self.redactor.text(text))

    def __call__(self, name: str, *content: Content, **attributes: str | int | float | bool | None) -> Markup:
        """An element. `class_` is `class`, other underscores are hyphens; None and False leave an attribute out."""
        start = name + "".join(self._attribute(key, value) for key, value in attributes.items())
        inner = "".join(self.markup(item) for item in content)
        return Markup(f"<{start}>" if name in _VOID else f"<{start}>{inner}</{name}>")

    def markup(self, content: Content) -> Markup:
        """Content as markup: texts are escaped, several are joined."""
        if content is None:
            return Markup("")
        if isinstance(content, Markup):
            return content
        if isinstance(content, str):
            return Markup(html.escape(self.text(content)))
        return Markup("".join(self.markup(item) for item in content))

    def _attribute(self, key: str, value: str | int | float | bool | None) -> str:
        name = key.rstrip("_").replace("_", "-")
        if value is None or value is False:
            return ""
        if value is True:
            return f" {name}"
        if not isinstance(value, str):
            return f' {name}="{value:g}"'
        shown = self.text(value) if name in _TOLD else visible(value)
        return f' {name}="{html.escape(shown)}"'


def visible(text: str) -> str:
    """The text with a picture in place of each control character."""
    return text if text.isprintable() else text.translate(_VISIBLE)


def width_of(text: str, size: float, *, mono: bool = False, bold: bool = False) -> float:
    """About how wide a text is in pixels, at a font size; of usual fonts it is the widest."""
    return sum(_advance(character, mono) for character in text) * size * (1.13 if bold else 1.0)


def _advance(character: str, mono: bool) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    if mono:
        return 0.605
    if character in "iljtfI.,:;'|!()[] ":
        return 0.36
    return 0.92 if character in "mwMW@%" else 0.69 if character.isupper() else 0.6


def fitted(text: str, width: float, size: float, *, mono: bool = False, bold: bool = False) -> str:
    """The text, cut with an ellipsis where it is wider than `width` pixels. A text has to be masked before."""
    text = " ".join(text.split())
    if bold:
        width /= width_of("n", 1.0, bold=True) / width_of("n", 1.0)
    if width_of(text, size, mono=mono) <= width:
        return text
    kept, used = [], width_of("…", size, mono=mono)
    for character in text:
        used += _advance(character, mono) * size
        if used > width:
            break
        kept.append(character)
    return "".join(kept).rstrip() + "…"


def lasted(seconds: float) -> str:
    """A time for a reader: what is shorter than a millisecond says so."""
    return "<1 ms" if 0 < seconds < 0.001 else duration(seconds)
