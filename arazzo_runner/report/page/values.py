"""Bodies, headers and values on the page: masked whole, then laid out, then cut to what a page can bear."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from ...messages import Headers
from ...values import MISSING, Operand, dumps, jsonable, loads
from ..media import body_text, content_type_of, is_json, media_type
from ..redaction import place_of
from .markup import Builder, Markup

BODY_SHOWN = 64_000  # characters of a body
VALUE_SHOWN = 8_000  # characters of an input or an output
OPERAND_SHOWN = 2_000
_COLOURED = 8_000  # characters of JSON that are given colours
_PRETTY = 1_000_000  # octets of JSON that are laid out

_JSON_TOKEN = re.compile(
    r'(?P<string>"(?:[^"\\\n]|\\.)*")(?P<colon>\s*:)?|(?P<word>\b(?:true|false|null)\b|-?\b\d[\d.eE+-]*)'
)


class Values:
    """Shows values. `room` is how many characters of bodies the page still has; past it each is cut to a start."""

    def __init__(self, build: Builder, *, body_shown: int = BODY_SHOWN, room: int = 12_000_000) -> None:
        self._build = build
        self._body_shown = body_shown
        self.room = room

    def body(self, body: bytes, headers: Headers) -> Markup:
        """A body by its content type, and how big it was."""
        build, content_type = self._build, content_type_of(headers)
        if not body:
            return build("p", "no body", class_="size")
        masked = self._build.redactor.body(body, content_type)
        text = body_text(masked, content_type)
        kind = f", {content_type}" if content_type else ""
        if text is None:
            return build("p", f"{_octets(len(body))} that are no text{kind}", class_="size")
        json = is_json(media_type(content_type)) or text[:1] in ("{", "[")
        laid_out = _pretty(text) if json and len(body) <= _PRETTY else text
        bound = self._body_shown if self.room > 0 else 1_000
        shown = laid_out[:bound]
        self.room -= len(shown)
        rest = len(laid_out) - len(shown)
        size = f"{_octets(len(body))}{kind}" + (f"; the first {len(shown):,} characters are shown" if rest else "")
        return build.markup(
            [
                build("div", build("pre", self._json(shown) if json else shown, tabindex=0), class_="copyable"),
                build("p", size, class_="size"),
            ]
        )

    def headers(self, headers: Headers) -> Markup:
        """A folded table of headers."""
        build = self._build
        if not headers:
            return build("p", "no headers", class_="size")
        masked = build.redactor.headers(headers)
        rows = [
            build("tr", build("th", name, scope="row"), build("td", build("code", value))) for name, value in masked
        ]
        return build(
            "details",
            build("summary", f"{len(rows)} header{'' if len(rows) == 1 else 's'}"),
            build("div", build("table", build("tbody", *rows)), class_="inside"),
            class_="more",
        )

    def mapping(self, values: Mapping[str, Any], missing: tuple[str, ...] = (), *, empty: str = "none") -> Markup:
        """Inputs or outputs: a row for each; what has no value says so."""
        build = self._build
        masked = jsonable(build.redactor.mapping(jsonable(dict(values))))
        rows = [
            build("tr", build("th", name, scope="row"), build("td", self._value(value)))
            for name, value in masked.items()
        ]
        rows += [
            build("tr", build("th", name, scope="row"), build("td", build("span", "no value", class_="chip warn")))
            for name in missing
        ]
        return build("table", build("tbody", *rows)) if rows else build("p", empty, class_="empty")

    def operand(self, operand: Operand) -> Markup | None:
        """`$statusCode = 404`; a literal says its value itself."""
        build, expression = self._build, operand.expression
        if operand.value is MISSING:
            return build("span", build("b", build("code", expression)), " has no value", class_="operand")
        if not expression.startswith("$"):
            return None
        shown = dumps(jsonable(build.redactor.named(place_of(expression), operand.value)))
        text = build.text(shown)
        cut = text[:OPERAND_SHOWN] + ("…" if len(text) > OPERAND_SHOWN else "")
        return build("span", build("code", expression), " = ", build("b", build("code", cut)), class_="operand")

    def _value(self, value: Any) -> Markup:
        text = self._build.text(dumps(value, indent=2))
        shown = text[:VALUE_SHOWN]
        inner = self._json(shown) if len(text) == len(shown) else self._build.markup(shown + "…")
        return self._build("pre", inner) if "\n" in shown else self._build("code", inner)

    def _json(self, text: str) -> Markup:
        """JSON with its names, texts and numbers told apart by colour."""
        text = self._build.text(text)
        if len(text) > _COLOURED:
            return Markup(html.escape(text))
        pieces, end = [], 0
        for match in _JSON_TOKEN.finditer(text):
            kind = "k" if match["colon"] else "s" if match["string"] else "n"
            token = match["string"] or match["word"]
            pieces += [html.escape(text[end : match.start()]), f'<span class="{kind}">{html.escape(token)}</span>']
            end = match.start() + len(token)
        return Markup("".join(pieces) + html.escape(text[end:]))


def _pretty(text: str) -> str:
    try:
        return dumps(loads(text), indent=2)
    except (ValueError, RecursionError):
        return text


def _octets(number: int) -> str:
    if number < 10_000:
        return f"{number:,} byte{'' if number == 1 else 's'}"
    return f"{number / 1000:,.0f} kB" if number < 10_000_000 else f"{number / 1_000_000:,.1f} MB"
