"""How inputs are made: trees that are changed in a few places, texts put together from pieces, bytes cut and joined."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import strategies as st

from . import seeds

EXPRESSIONS = (
    "$url", "$method", "$statusCode", "$self", "$request.body", "$request.header.X-H", "$request.query.q",
    "$inputs.id", "$request.path.id", "$response.body", "$response.body#/lines/0/sku", "$response.header.X-Rate",
    "$inputs.tags[0]", "$response.body.lines[0].sku", "$steps.put.outputs.id", "$steps.put.outputs.id#/a~1b",
    "$outputs.id", "$components", "$workflows.first.outputs.id", "$workflows.second.inputs.id",
    "$sourceDescriptions.api.url", "$message.payload", "$sourceDescriptions.api.list",
    "$components.parameters.header", "$components.inputs.id", "$inputs.secret", "$", "$response.body#",
    "$response.body#/", "$response.body#/-", "$steps.none.outputs.x", "$inputs", "$steps", "$response",
)  # fmt: skip
_CONDITION_PIECES = (
    "==", "!=", "<", "<=", ">", ">=", "!", "&&", "||", "(", ")", "[0]", "[99999999999999]", ".a", "{", "}", " ", "'",
    '"', "'a'", "''''", "null", "true", "false", "0", "-1.5e3", "1e400", "1e-400", "9" * 400, "=", "&", "$.a",
    "\u2028", "é",
)  # fmt: skip
_JSONPATH_PIECES = (
    "$", "@", ".", "..", "*", "[*]", "[?", "]", "(", ")", "[0]", "[-1]", "[::2]", "[1:]", "['a']", "lines", "sku",
    "n", "==", "!=", "<", "&&", "||", "!", "'a'", "1", "true", "null", ",", " ", "length(", "count(", "match(",
    "search(", "value(", "'(a+)+'", "(@.length-1)", "=~", "9007199254740992", "\\u0041", '"b"',
)  # fmt: skip
_XPATH_PIECES = (
    "/", "//", ".", "..", "@", "*", "o", "id", "a", "[", "]", "(", ")", "1", "'x'", "+", "-", "=", "!=", "<", "and",
    "or", "|", ",", "::", "child::", "text()", "count(", "matches(", "replace(", "tokenize(", "'(a+)+b'",
    "for $x in ", "$x", " return ", " to ", "1000000", "map{", "}", "?", "=>", "!", "let $y := ", "xs:integer(",
    "string(", "doc('x')", " ", "sum(", "if (", ") then ", " else ", "some $z in ", " satisfies ", "instance of",
    "cast as", "function(", "array{", "fn:sort(", "parse-xml(", "analyze-string(", "p:", "Q{u}id", "1e9", "'\u20ac'",
)  # fmt: skip
_REGEX_PIECES = (
    "a", "b", ".", "*", "+", "?", "{2}", "{2,}", "{0,99999}", "(", ")", "(?:", "(?=", "(?<=", "(?<n>", "\\k<n>",
    "\\1", "|", "[", "]", "^", "$", "\\d", "\\w", "\\b", "\\p{L}", "\\P{Lu}", "\\u{1F600}", "\\x41", "\\cA", "-",
    "(a+)+", "[^]", "[]", "(?i)", "\\", "{", "}", "é", "++", "[a-\\d]", "[z-a]", "\\u0041", "(?!", "{$inputs.id}",
)  # fmt: skip


def _joined(pieces: tuple[str, ...], most: int = 10) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(pieces), max_size=most).map("".join)


jsonpaths = st.one_of(_joined(_JSONPATH_PIECES), _joined(_JSONPATH_PIECES).map("$".__add__), st.text(max_size=20))
xpaths = st.one_of(_joined(_XPATH_PIECES), _joined(_XPATH_PIECES).map("/o/".__add__), st.text(max_size=20))
regexes = st.one_of(_joined(_REGEX_PIECES), st.text(max_size=20))
simple_conditions = st.one_of(
    _joined(EXPRESSIONS + _CONDITION_PIECES),
    st.lists(st.sampled_from(EXPRESSIONS + _CONDITION_PIECES), max_size=12).map(" ".join),
    st.text(max_size=20),
)
expressions = st.one_of(
    st.sampled_from(EXPRESSIONS),
    st.builds(str.__add__, st.sampled_from(EXPRESSIONS), _joined(_CONDITION_PIECES, 4)),
    st.lists(st.sampled_from(EXPRESSIONS), max_size=3).map(lambda parts: " and ".join(f"{{{part}}}" for part in parts)),
    st.text(max_size=20),
)
_NUMBERS = (
    0, -1, 1, 2.5, -0.0, 1e308, 5e-324, 10**9, 10**18, 2**63, -(2**63), 10**60, 10**4200, 1.0, 200, 404, 99999,
)  # fmt: skip
_WORDS = (
    "", " ", "\n", "\x00", "\x7f", "\u2028", "é😀", "null", "true", "012", "1e5", "-", "~", "~2", "/", "#", "#/",
    "a" * 300, "2XX", "default", "²", "٣", "-1", "../x", "openapi.json", "main.json", "http://127.0.0.1:9/x",
    "file:///dev/zero", "http://[", "//", "%", "%zz", "{", "}", "{}", "{id}", "{$", "text/plain; charset=utf-16",
    "application/json", "*/*", "multipart/form-data", "a/b;c=d;e", "utf-7", "^(a+)+$", "(", "[", "\\", "P1D",
    "2020-02-31", "99:99", "\r\nX: y", "get", "GET", "retry", "goto", "end", "query", "path", "body", "form",
    "deepObject", "string", "integer", "object", "array", "jsonpath", "xpath", "regex", "first", "second", "put",
    "list", "api", "1.0.0", "1.1.0", "3.0.3", "2.0", "$components.parameters.header",
    "$components.successActions.stop", "$steps.put", "$.lines[*]", "//id", "<a/>", "int32", "uuid", "byte", "binary",
    "date", "basic", "bearer", "header", "oauth2", "apiKey", "_", "x-", "__proto__",
)  # fmt: skip
scalars = st.one_of(
    st.none(), st.booleans(), st.sampled_from(_NUMBERS), st.sampled_from(_WORDS), st.sampled_from(EXPRESSIONS),
    st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=8), regexes, simple_conditions,
)  # fmt: skip
_KEYS = (
    "$ref", "$dynamicRef", "type", "items", "allOf", "oneOf", "anyOf", "not", "if", "properties", "required",
    "reference", "name", "in", "value", "schema", "content", "format", "pattern", "default", "example", "examples",
    "enum", "const", "minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum", "multipleOf",
    "uniqueItems", "minProperties", "prefixItems", "contains", "minContains", "additionalProperties",
    "patternProperties", "propertyNames", "$id", "$defs", "dependentRequired", "dependentSchemas",
    "unevaluatedProperties", "discriminator", "xml", "nullable", "readOnly", "writeOnly", "style", "explode",
    "allowReserved", "encoding", "contentType", "headers", "servers", "security", "x-y", "parameters", "responses",
    "requestBody", "outputs", "criteria", "successCriteria", "onSuccess", "onFailure", "stepId", "workflowId",
    "operationId", "operationPath", "dependsOn", "condition", "context", "version", "selector", "payload",
    "replacements", "target", "retryAfter", "retryLimit", "timeout", "$self", "url", "", "$schema", "$anchor",
    "$comment",
)  # fmt: skip
_REFERENCES = (
    "#", "#/", "#/components/schemas/Order", "#/components/schemas/Line", "#/components/inputs/id", "openapi.json",
    "#x", "openapi.json#/components/schemas/Order", "main.json#/workflows/0/inputs", "#/paths/~1orders",
    "#/definitions/Order", "#/components/parameters/Page", "#/components/responses/Error", "#/a/0/~2",
    "http://127.0.0.1:9/x#/a", "#/%zz", "",
)  # fmt: skip
values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(scalars, st.sampled_from(_REFERENCES).map(lambda reference: {"$ref": reference})),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def mutated(draw: st.DrawFn, tree: Any) -> Any:
    """The tree with a few places replaced, left out, added, or exchanged for another place of it."""
    root: Any = [copy.deepcopy(tree)]
    for _ in range(draw(st.integers(0, 4))):
        places = list(_places(root))
        holder, key = places[draw(st.integers(0, len(places) - 1))]
        kind = draw(st.sampled_from(("set", "delete", "add", "swap", "rename", "wrap")))
        if kind == "delete" and holder is not root:
            del holder[key]
        elif kind == "add" and isinstance(holder[key], dict):
            holder[key][draw(st.sampled_from(_KEYS))] = draw(values)
        elif kind == "add" and isinstance(holder[key], list):
            holder[key].append(draw(values))
        elif kind == "swap":
            other, at = places[draw(st.integers(0, len(places) - 1))]
            holder[key] = copy.deepcopy(other[at])
        elif kind == "rename" and isinstance(holder, dict):
            holder[draw(st.sampled_from(_KEYS) | st.sampled_from(_WORDS))] = holder.pop(key)
        elif kind == "wrap":
            holder[key] = [holder[key]] if draw(st.booleans()) else {draw(st.sampled_from(_KEYS)): holder[key]}
        else:
            holder[key] = draw(values)
    return root[0]


def _places(tree: Any) -> Any:
    """Every (collection, key) of a tree."""
    todo = [tree]
    while todo:
        holder = todo.pop()
        for key in range(len(holder)) if isinstance(holder, list) else list(holder):
            yield holder, key
            if isinstance(holder[key], (dict, list)):
                todo.append(holder[key])


documents = st.sampled_from(["1.0.1", "1.0.1", "1.1.0"]).flatmap(lambda version: mutated(seeds.arazzo(version)))
apis = st.booleans().flatmap(lambda old: mutated(seeds.openapi2() if old else seeds.openapi3()))
cases = mutated(seeds.case())


@st.composite
def texts(draw: st.DrawFn, trees: st.SearchStrategy[Any]) -> str:
    """A tree as JSON or YAML text."""
    tree = draw(trees)
    if draw(st.booleans()):
        return json.dumps(tree, indent=draw(st.sampled_from([None, 1])))
    import yaml

    return yaml.safe_dump(tree, allow_unicode=True, sort_keys=False)


_YAML_PIECES = (
    "a: ", "- ", "? ", ": ", "&a ", "*a", "<<: ", "!!str ", "!!int ", "!!binary ", "!x ", "{", "}", "[", "]", ",",
    "\n", "  ", "\t", "'", '"', "|", ">", "|2-\n", "# c\n", "---\n", "...\n", "%YAML 1.1\n", "1", "1e999", "0x1f",
    "0o17", ".inf", "null", "~", "\x00", "\ufeff", "\ud7ff", "\\", "\\ud800", "arazzo: 1.0.1\n", '"a":', "é", "\x85",
    "\u2028", "-1.5",
)  # fmt: skip


@st.composite
def octets(draw: st.DrawFn) -> bytes:
    """The bytes of a document with parts cut out, doubled and put in; or pieces of YAML and JSON."""
    if draw(st.booleans()):
        data = _joined(_YAML_PIECES, 25).map(lambda text: text.encode("utf-8", "surrogatepass"))
        return draw(data | st.binary(max_size=40))
    data = draw(texts(documents)).encode()
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(start + 60, len(data))))
        piece = draw(st.sampled_from(_YAML_PIECES)).encode("utf-8", "surrogatepass") + draw(st.binary(max_size=3))
        data = data[:start] + piece + data[draw(st.sampled_from([start, end])) :]
    encoding = draw(st.sampled_from(["utf-8", "utf-8", "utf-8", "utf-16", "utf-32"]))
    return data if encoding == "utf-8" else data.decode("utf-8", "replace").encode(encoding, "replace")


_CONTENT_TYPES = (
    "application/json", "application/json; charset=utf-16", "text/plain; charset=nope", "text/plain",
    "application/xml", "text/html;", "", ";", "application/octet-stream", "application/x-www-form-urlencoded",
    "multipart/form-data", "a/b+json", "text/event-stream", "application/x-ndjson",
    "application/json; charset=\"utf-8\"", "text/xml; charset=utf-32",
)  # fmt: skip
_HEADERS = (
    "X-Rate", "Retry-After", "Location", "Set-Cookie", "Content-Encoding", "Content-Length", "Link", "",
)  # fmt: skip
_HEADER_VALUES = (
    "", "3", "-1", "1e9", "9" * 500, "Wed, 21 Oct 2099 07:28:00 GMT", "Wed, 99 Foo", "gzip", "é", "a=b; c", "/",
)  # fmt: skip


@st.composite
def responses(draw: st.DrawFn) -> dict[str, Any]:
    """The `response` of a case: any status, headers and body."""
    import base64

    body = draw(
        st.one_of(
            values.map(lambda value: json.dumps(value).encode()),
            st.sampled_from(
                [b"<o><id/><id/></o>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"<a", b"\xff\xfe<\x00a"]
            ),
            st.binary(max_size=30),
            st.sampled_from([b"[" * 3000, b"9" * 5000, b"1e99999", b"-0", b'{"a":1,"a":2}', b"NaN", b'"\\ud800"']),
        )
    )
    headers = draw(st.dictionaries(st.sampled_from(_HEADERS), st.sampled_from(_HEADER_VALUES), max_size=3))
    headers["Content-Type"] = draw(st.sampled_from(_CONTENT_TYPES))
    return {
        "status": draw(st.sampled_from([200, 200, 200, 201, 204, 304, 404, 429, 500, 999, 100, 0])),
        "headers": headers,
        "base64": base64.b64encode(body).decode(),
    }
