"""Which inputs each of the kinds of `python -m fuzz` is about: a target and the strategy for its cases."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from . import making, seeds

_REPORTS = ("--json", "r.json", "--events", "e.ndjson", "--har", "h.har", "--junit", "j.xml", "--html", "p.html")
_COMMANDS: tuple[tuple[str, ...], ...] = (
    ("check", "main.json"),
    ("check", "main.json", "--format", "sarif"),
    ("check", "main.json", "--fix"),
    ("show", "main.json"),
    ("show", "main.json", "-w", "first"),
    ("test", "main.json", "-w", "second"),
    ("run", "main.json", "-w", "first", "--mock", "--no-input", "--max-steps", "20", *_REPORTS, "--record", "c.yaml"),
    ("run", "main.json", "-w", "first", "--mock", "--no-input", "--max-steps", "20", "--strict"),
    ("run", "main.json", "-w", "first", "--mock", "--no-input", "--max-steps", "20", "--contract", "error"),
    ("run", "main.json", "-w", "first", "--mock", "--no-input", "--max-steps", "20", "--contract", "warn", "--check"),
    ("run", "main.json", "-w", "first", "--dry-run", "--no-input"),
)
_REPLAY = ("run", "main.json", "--replay", "case.arazzo-test.yaml", "--no-input", *_REPORTS)
_CASE_TEST = ("test", "case.arazzo-test.yaml")
_TYPES: dict[str, tuple[tuple[str | None, ...], st.SearchStrategy[str]]] = {
    "simple": ((None,), making.simple_conditions),
    "regex": ((None,), making.regexes),
    "jsonpath": ((None, "draft-goessner-dispatch-jsonpath-00"), making.jsonpaths),
    "xpath": ((None, "xpath-20", "xpath-30", "xpath-10"), making.xpaths),
}
_XML = (
    "<o><id a='1'>7</id><id>8</id></o>",
    "<o xmlns:p='u'><p:id/></o>",
    "<o",
    "",
    "<!DOCTYPE a []><a/>",
    "<o>\x01</o>",
)


def _command(files: dict[str, str], argv: tuple[str, ...]) -> dict[str, Any]:
    name = "main.json" if files["main.json"].startswith("{") else "main.yaml"
    if name == "main.json":
        return {"files": files, "argv": list(argv)}
    renamed = {(name if old == "main.json" else old): text for old, text in files.items()}
    return {"files": renamed, "argv": [name if word == "main.json" else word for word in argv]}


def _files(
    document: st.SearchStrategy[str] | None = None, api: st.SearchStrategy[str] | None = None, case: Any = None
) -> st.SearchStrategy[dict[str, str]]:
    if document is None:
        document = st.sampled_from(["1.0.1", "1.1.0"]).map(lambda version: json.dumps(seeds.arazzo(version)))
    fields: dict[str, st.SearchStrategy[str]] = {
        "main.json": document,
        "openapi.json": st.just(json.dumps(seeds.openapi3())) if api is None else api,
    }
    if case is not None:
        fields["case.arazzo-test.yaml"] = case
    return st.fixed_dictionaries(fields)


@st.composite
def _answered(draw: st.DrawFn) -> str:
    """A case whose answers are anything."""
    case = seeds.case()
    case["exchanges"] = [
        {"step": step, "response": draw(making.responses())} for step in ("put", "put", "list", "make", "call/list")
    ]
    return json.dumps(case)


def _languages(types: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    def of_type(name: str) -> st.SearchStrategy[dict[str, Any]]:
        versions, texts = _TYPES[name]
        bodies = st.sampled_from(_XML) if name == "xpath" else making.values
        return st.fixed_dictionaries(
            {
                "type": st.just(name),
                "language": st.sampled_from(versions),
                "text": texts,
                "body": bodies,
                "version": st.sampled_from(["1.0", "1.1"]),
                "tolerant": st.booleans(),
            }
        )

    return st.sampled_from(types).flatmap(of_type)


KINDS: dict[str, tuple[str, st.SearchStrategy[dict[str, Any]]]] = {
    "documents": (
        "command",
        st.builds(_command, _files(document=making.texts(making.documents)), st.sampled_from(_COMMANDS)),
    ),
    "openapi": ("command", st.builds(_command, _files(api=making.texts(making.apis)), st.sampled_from(_COMMANDS))),
    "cases": (
        "command",
        st.builds(_command, _files(case=making.texts(making.cases)), st.sampled_from([_REPLAY, _CASE_TEST])),
    ),
    "responses": (
        "command",
        st.builds(
            _command,
            _files(case=_answered()),
            st.sampled_from([_REPLAY, (*_REPLAY, "--contract", "warn"), (*_REPLAY, "--contract", "error")]),
        ),
    ),
    "octets": ("reading", st.builds(lambda data: {"octets": data.decode("latin-1")}, making.octets())),
    "expressions": (
        "expression",
        st.fixed_dictionaries(
            {
                "text": making.expressions,
                "body": making.values,
                "version": st.sampled_from(["1.0", "1.1"]),
                "tolerant": st.booleans(),
            }
        ),
    ),
    "conditions": ("condition", _languages(("simple", "regex", "jsonpath", "xpath"))),
    "selectors": ("selector", _languages(("jsonpath", "xpath"))),
}
