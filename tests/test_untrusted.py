"""Documents from a stranger: whatever they hold, the command ends in bounded time and memory, and says why.

Each command runs in a process of its own with 2 GiB of address space; its time is many times what a busy machine needs.
"""

from __future__ import annotations

import copy
import itertools
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from arazzo_runner.document.tangle import is_tangled

PATIENCE_S = 90
MEMORY = 2 * 1024**3
ENDS = {0, 1, 2, 3, 4}

STEP: dict[str, Any] = {"stepId": "get", "operationId": "get"}
HEAD = (
    "arazzo: 1.0.1\ninfo: {title: t, version: '1'}\n"
    "sourceDescriptions: [{name: api, url: openapi.json, type: openapi}]\n"
    "workflows:\n- workflowId: main\n  steps: [{stepId: get, operationId: get}]\n"
)


def openapi(schema: Any = None, example: Any = None, media_type: str = "application/json", **more: Any) -> Any:
    content = {"schema": schema or {}} if example is None else {"example": example}
    answer = {"description": "ok", "content": {media_type: content}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "servers": [{"url": "http://127.0.0.1:9"}],
        "paths": {"/things": {"get": {"operationId": "get", "responses": {"200": answer}}}},
        **more,
    }


def arazzo(*workflows: Any, **more: Any) -> Any:
    return {
        "arazzo": "1.0.1",
        "info": {"title": "t", "version": "1"},
        "sourceDescriptions": [{"name": "api", "url": "openapi.json", "type": "openapi"}],
        "workflows": [{"workflowId": "main", **workflow} for workflow in workflows],
        **more,
    }


def criterion(condition: str, type_: Any, context: str = "$response.body") -> Any:
    found = {"condition": condition, "type": type_, "context": context}
    return arazzo({"steps": [{**STEP, "successCriteria": [found]}]})


def chain(link: Any, *, last: Any, length: int = 40) -> dict[str, Any]:
    """Schemas A0 ... of which each names the next one by what `link` makes of a reference to it."""
    named = {f"A{i}": link(f"#/components/schemas/A{i + 1}") for i in range(length)}
    return {**named, f"A{length}": last}


def nested(depth: int) -> dict[str, Any]:
    """An object in an object, all required."""
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(depth):
        schema = {"type": "object", "properties": {"a": schema}, "required": ["a"]}
    return schema


def _limited() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def ends(folder: Path, document: Any, api: Any, *argv: str) -> subprocess.CompletedProcess[str]:
    """Run the command on the files; it has to end, with a code of the table and no traceback."""
    is_text = isinstance(document, str)
    name = "main.yaml" if is_text and not document.startswith("{") else "main.json"
    (folder / name).write_text(document if is_text else json.dumps(document), encoding="utf-8")
    (folder / "openapi.json").write_text(api if isinstance(api, str) else json.dumps(api), encoding="utf-8")
    command = [sys.executable, "-m", "arazzo_runner", *(name if word == "FILE" else word for word in argv)]
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "XDG_CACHE_HOME": str(folder), "PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=PATIENCE_S,
        preexec_fn=_limited if sys.platform != "win32" else None,
    )
    assert done.returncode in ENDS, done.stderr[-2000:]
    assert "Traceback" not in done.stderr
    return done


RUN = ("run", "FILE", "--mock", "--no-input", "-w", "main")
LETTERS = "abcdefgh"

UNREADABLE = {
    "aliases of aliases": HEAD
    + "x-a: &a [1,1,1,1,1,1,1,1,1,1]\n"
    + "".join(f"x-{b}: &{b} [{','.join(['*' + a] * 10)}]\n" for a, b in itertools.pairwise(LETTERS)),
    "a long key": HEAD + "x-" + "k" * 1_000_000 + ": 1\n",
    "nested flow": HEAD + "x-a: " + "[" * 100_000 + "]" * 100_000 + "\n",
    "open flow": HEAD + "x-a: " + "{a: " * 50_000,
    "nested block": HEAD + "x-a:\n  " + "- " * 50_000 + "1\n",
    "exponent": HEAD + "x-a: 1e999999999\n",
    "small exponent": HEAD + "x-a: 1e-999999999\n",
    "digits": HEAD + "x-a: " + "9" * 1_000_000 + "\n",
    "hexadecimal digits": HEAD + "x-a: 0x" + "f" * 1_000_000 + "\n",
    "fraction": HEAD + "x-a: 0." + "9" * 1_000_000 + "\n",
    "nested JSON": json.dumps(arazzo({"steps": [STEP]}))[:-1] + ', "x-a": ' + "[" * 100_000 + "]" * 100_000 + "}",
    "number in JSON": json.dumps(arazzo({"steps": [STEP]}))[:-1] + ', "x-a": 1e99999999999999999999}',
    "hundred thousand steps": arazzo({"steps": [{"stepId": f"s{i}", "operationId": "get"} for i in range(100_000)]}),
    "twenty thousand workflows": arazzo(*({"workflowId": f"w{i}", "steps": [STEP]} for i in range(20_000))),
}


@pytest.mark.parametrize("document", UNREADABLE.values(), ids=UNREADABLE)
def test_a_document_out_of_proportion_is_refused_with_a_line(document: Any, tmp_path: Path):
    done = ends(tmp_path, document, openapi(), *RUN)

    assert done.returncode == 3
    assert done.stderr.startswith("main.")


READABLE = {
    "merges of merges": HEAD
    + "x-a: &a {k: 1}\n"
    + "".join(f"x-{b}: &{b} {{<<: [{','.join(['*' + a] * 50)}], {b}: 1}}\n" for a, b in itertools.pairwise(LETTERS)),
    "an anchor that is named again": HEAD + "".join(f"x-{i}: &a [1]\n" for i in range(3000)),
    "ten megabytes in a line": json.dumps(arazzo({"steps": [STEP]}))[:-1] + f', "x-a": "{"x" * 10_000_000}"}}',
    "two thousand steps": arazzo({"steps": [{"stepId": f"s{i}", "operationId": "get"} for i in range(2000)]}),
}


@pytest.mark.parametrize("document", READABLE.values(), ids=READABLE)
def test_a_large_document_is_read(document: Any, tmp_path: Path):
    done = ends(tmp_path, document, openapi(), "run", "FILE", "--mock", "--no-input", "--max-steps", "5")

    assert done.returncode in (0, 1)


RUNS = {
    "a workflow that calls itself": (arazzo({"steps": [{"stepId": "a", "workflowId": "main"}]}), "nested"),
    "workflows that call each other": (
        arazzo(
            {"steps": [{"stepId": "a", "workflowId": "two"}, {"stepId": "b", "workflowId": "two"}]},
            {"workflowId": "two", "steps": [{"stepId": "a", "workflowId": "main"}]},
        ),
        "nested",
    ),
    "calls that double": (
        arazzo(
            *(
                {
                    "workflowId": f"w{i}" if i else "main",
                    "steps": [{"stepId": step, "workflowId": f"w{i + 1}"} for step in "ab"],
                }
                for i in range(28)
            ),
            {"workflowId": "w28", "steps": [STEP]},
        ),
        "--max-steps",
    ),
    "a step that goes to itself": (
        arazzo({"steps": [{**STEP, "onSuccess": [{"name": "g", "type": "goto", "stepId": "get"}]}]}),
        "--max-steps",
    ),
    "dependsOn in a circle": (
        arazzo({"dependsOn": ["b"], "steps": [STEP]}, {"workflowId": "b", "dependsOn": ["main"], "steps": [STEP]}),
        "depends on itself",
    ),
}


@pytest.mark.parametrize(("document", "said"), RUNS.values(), ids=RUNS)
def test_a_run_without_end_ends_with_an_error(document: Any, said: str, tmp_path: Path):
    done = ends(tmp_path, document, openapi(), *RUN)

    assert done.returncode in (1, 3)
    assert said in done.stderr


def _of(name: str) -> Any:
    return {"$ref": f"#/components/schemas/{name}"}


SCHEMAS = {
    "a reference to itself": {"A0": _of("A0")},
    "references in a circle": {"A0": _of("B"), "B": _of("A0")},
    "allOf of itself": {"A0": {"allOf": [_of("A0"), _of("A0")]}},
    "required parts without end": {
        "A0": {"type": "object", "required": ["a", "b"], "properties": {"a": _of("A0"), "b": _of("A0")}}
    },
    "dynamic references": {"A0": {"$dynamicAnchor": "n", "$dynamicRef": "#n"}},
    "allOf that doubles": chain(lambda ref: {"allOf": [{"$ref": ref}] * 2}, last={"properties": {"a": {}}}),
    "oneOf that doubles": chain(lambda ref: {"oneOf": [{"$ref": ref}] * 2}, last={"type": "string"}),
    "members that double": chain(
        lambda ref: {"required": ["a", "b"], "properties": {"a": {"$ref": ref}, "b": {"$ref": ref}}},
        last={"type": "string"},
    ),
    "a chain of references": chain(lambda ref: {"$ref": ref}, last={"type": "string"}, length=3000),
    "a chain of allOf": chain(lambda ref: {"allOf": [{"$ref": ref}]}, last={"type": "object"}, length=3000),
    "ninety objects, one in another": {"A0": nested(90)},
    "items without number": {"A0": {"type": "array", "minItems": 10**9, "items": {"type": "string"}}},
    "letters without number": {"A0": {"type": "string", "minLength": 10**10}},
    "a pattern of a billion letters": {"A0": {"type": "string", "pattern": "^((a{1000}){1000}){1000}$"}},
    "a pattern that backtracks": {
        "A0": {"type": "string", "pattern": "^(?=(a+)+$)(a|a)*b\\1$", "enum": ["a" * 60 + "!"]}
    },
    "numbers of thousands of digits": {
        "A0": {"type": "number", "minimum": 10**4200, "multipleOf": 10**4000, "maxLength": 10**4000}
    },
}


@pytest.mark.parametrize("argv", [("test", "FILE"), (*RUN, "--contract", "error")], ids=["test", "run"])
@pytest.mark.parametrize("schemas", SCHEMAS.values(), ids=SCHEMAS)
def test_a_schema_without_end_is_sampled_and_judged_in_bounded_time(schemas: Any, argv: Any, tmp_path: Path):
    ends(tmp_path, arazzo({"steps": [STEP]}), openapi(_of("A0"), components={"schemas": schemas}), *argv)


INPUTS = {
    "a default against a pattern": {"properties": {"a": {"pattern": "^(a+)+$", "default": "a" * 60 + "!"}}},
    "a pattern with a back reference": {
        "properties": {"a": {"pattern": "^(a*)*(\\1)*$(?<=b)", "default": "a" * 5000 + "!"}}
    },
    "names against a pattern": {
        "properties": {
            "a": {
                "patternProperties": {"^(a+)+$": {}},
                "additionalProperties": False,
                "default": {"a" * 60 + "!": 1},
            }
        }
    },
}


@pytest.mark.parametrize("schema", INPUTS.values(), ids=INPUTS)
def test_inputs_that_break_a_hostile_pattern_are_told_in_bounded_time(schema: Any, tmp_path: Path):
    done = ends(tmp_path, arazzo({"inputs": {"type": "object", **schema}, "steps": [STEP]}), openapi(), *RUN)

    assert done.returncode == 2


def test_inputs_whose_schema_is_tangled_refuse_the_run(tmp_path: Path):
    named = {f"A{i}": {"allOf": [{"$ref": f"#/components/inputs/A{i + 1}"}] * 2} for i in range(40)}
    document = arazzo(
        {"inputs": {"$ref": "#/components/inputs/A0"}, "steps": [STEP]},
        components={"inputs": {**named, "A40": {"type": "object"}}},
    )

    done = ends(tmp_path, document, openapi(), *RUN)

    assert done.returncode == 3
    assert "a million ways" in done.stderr


def test_what_refers_to_itself_once_is_not_tangled():
    tree = {"type": "object", "properties": {"left": {"$ref": "#"}, "right": {"$ref": "#"}}}

    assert not is_tangled(tree)
    assert not is_tangled(copy.deepcopy({"allOf": [tree] * 50}))


def _references(kind: str, place: Any) -> Any:
    api = openapi(components={kind: {"A": {"$ref": f"#/components/{kind}/B"}, "B": {"$ref": f"#/components/{kind}/A"}}})
    place(api["paths"]["/things"]["get"])
    return api


CIRCLES = {
    "parameters": _references("parameters", lambda get: get.update(parameters=[{"$ref": "#/components/parameters/A"}])),
    "responses": _references(
        "responses", lambda get: get.update(responses={"200": {"$ref": "#/components/responses/A"}})
    ),
    "path items": openapi() | {"paths": {"/a": {"$ref": "#/paths/~1b"}, "/b": {"$ref": "#/paths/~1a"}}},
}


@pytest.mark.parametrize("api", CIRCLES.values(), ids=CIRCLES)
def test_references_in_a_circle_end(api: Any, tmp_path: Path):
    ends(tmp_path, arazzo({"steps": [STEP]}), api, *RUN)


WIDE = {"a": [{"b": [{"c": [i, j]} for j in range(30)]} for i in range(300)]}
XML = "<r>" + "<a x='1'>" * 100 + "t" + "</a>" * 100 + "<b>text</b>" * 3000 + "</r>"
QUERIES = {
    "regex": (criterion("^(a+)+$", "regex", "$response.body#/a"), openapi(example={"a": "a" * 5000 + "!"})),
    "regex with groups": (
        criterion("^(?:(a)|(b)|(c))*$", "regex", "$response.body#/a"),
        openapi(example={"a": "abc" * 300_000 + "!"}),
    ),
    "jsonpath": (criterion("$..*..*..*..*[?@ == 'zz']", "jsonpath"), openapi(example=WIDE)),
    "goessner": (
        criterion(
            "$..*..*..*..*[?(@.zz == 'zz')]",
            {"type": "jsonpath", "version": "draft-goessner-dispatch-jsonpath-00"},
        ),
        openapi(example=WIDE),
    ),
    "xpath 1.0": (
        criterion("//*//*//*//*//*[. = //*//*]", {"type": "xpath", "version": "xpath-10"}),
        openapi(example=XML, media_type="application/xml"),
    ),
    "xpath 3.1": (criterion("//*//*//*//*", "xpath"), openapi(example=XML, media_type="application/xml")),
    "xpath, a range": (
        criterion("count(1 to 1000000000) > 1", "xpath"),
        openapi(example=XML, media_type="application/xml"),
    ),
    "xpath, a pattern": (
        criterion("matches(string-join(for $i in 1 to 60 return 'a', ''), '^(a+)+b$')", "xpath"),
        openapi(example=XML, media_type="application/xml"),
    ),
    "parentheses": (
        criterion("(" * 5000 + "1" + ")" * 5000, "xpath"),
        openapi(example=XML, media_type="application/xml"),
    ),
    "a DOCTYPE": (
        criterion("/r", "xpath"),
        openapi(example='<!DOCTYPE r [<!ENTITY a "b">]><r>&a;</r>', media_type="application/xml"),
    ),
}


@pytest.mark.parametrize(("document", "api"), QUERIES.values(), ids=QUERIES)
def test_a_hostile_query_is_a_failed_criterion(document: Any, api: Any, tmp_path: Path):
    done = ends(tmp_path, document, api, *RUN)

    assert done.returncode in (0, 1, 3)
