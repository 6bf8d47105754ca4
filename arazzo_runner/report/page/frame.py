"""What is around every page: its policy, style and script, the bar with the filter, and the keys.

A page loads nothing and runs nothing but its own script, which a Content-Security-Policy pins by its hash; without the
script everything is there but what the script does.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from ..._version import __version__
from .markup import Builder, Content, Markup


def page(
    title: str,
    head: Content,
    sections: Sequence[tuple[str, str]],
    body: Sequence[Content],
    build: Builder,
    *,
    judged: bool = True,
) -> str:
    style, script = _asset("page.css"), _asset("page.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}';"
        " base-uri 'none'; form-action 'none'"
    )
    links = [build("a", text, href=f"#{name}") for name, text in sections]
    document = build(
        "html",
        build(
            "head",
            Markup('<meta charset="utf-8">'),
            build("meta", http_equiv="Content-Security-Policy", content=policy),
            build("meta", name_="viewport", content="width=device-width, initial-scale=1"),
            build("meta", name_="referrer", content="no-referrer"),
            build("title", f"{title} · arazzo-run"),
            build("style", Markup(style)),
        ),
        build(
            "body",
            build("a", "to the content", href="#content", class_="skip"),
            build("header", build("div", head, class_="wrap"), class_="top"),
            build("div", build("div", build("nav", *links), _tools(build, judged), class_="wrap"), class_="bar"),
            build("main", build("div", *body, class_="wrap stack"), id="content"),
            build("footer", build("div", f"arazzo-run {__version__}", class_="wrap")),
            _help(build),
            build("script", Markup(script)),
        ),
        lang="en",
    )
    return f"<!doctype html>\n{document}\n"


def _tools(build: Builder, judged: bool) -> Markup:
    only_failed = build("button", "failed only", type="button", id="only-failed", aria_pressed="false")
    return build(
        "div",
        build("input", type="search", id="filter", placeholder="filter  ( / )", aria_label="filter"),
        build("span", "", id="count", class_="where", role="status"),
        only_failed if judged else None,
        build("button", "open all", type="button", id="open-all"),
        build("button", "◐", type="button", id="theme", title="light or dark (t)", aria_label="light or dark"),
        build("button", "?", type="button", id="help-button", title="keys (?)", aria_label="keys"),
        class_="tools scripted",
    )


_KEYS = (
    ("j k", "the next step, the one before; arrows too, on a step"),
    ("Enter", "open or close it"),
    ("o c", "open, close all"),
    ("/", "filter; Enter goes to the first, Esc clears"),
    ("f", "failed only"),
    ("t", "light or dark"),
    ("?", "this help"),
)


def _help(build: Builder) -> Markup:
    keys = [
        part
        for names, told in _KEYS
        for part in (build("dt", *(build("kbd", name) for name in names.split())), build("dd", told))
    ]
    close = build("button", "close", type="button", id="help-close")
    return build("dialog", build("h2", "Keys"), build("dl", *keys), close, id="help", aria_label="keys")


@cache
def _asset(name: str) -> str:
    return Path(__file__).with_name(name).read_text("utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
