"""Transcripts: a run recorded as a case, with placeholders for secrets, and read back."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from arazzo_runner.document import read
from arazzo_runner.errors import DocumentError
from arazzo_runner.events import Event, RequestSent, ResponseReceived, SecretMarked
from arazzo_runner.location import Location
from arazzo_runner.messages import Request, Response, TransportFailure
from arazzo_runner.report.case import Case, DocumentedResponse, body_bytes, read_case
from arazzo_runner.report.media import Content
from arazzo_runner.report.redaction import Redactor
from arazzo_runner.report.transcript import TranscriptReport
from arazzo_runner.report.yaml_text import yaml_text
from arazzo_runner.values import same

Events = Callable[[str], "list[Event]"]
SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "case.schema.json").read_text("utf-8"))
SHOWN = "«secret:createApplication.clientSecret»"


def recorded(events: Iterable[Event], **options: Any) -> str:
    stream = io.StringIO()
    report = TranscriptReport(stream, redactor=Redactor(**options))
    for event in events:
        report.observe(event)
    report.finish()
    return stream.getvalue()


def tree_of(text: str) -> Any:
    return read(text.encode(), uri="file:///case.arazzo-test.yaml", name="case.arazzo-test.yaml").root


def case_of(events: Iterable[Event]) -> Case:
    return read_case(tree_of(recorded(events)))


def test_every_transcript_is_a_case(any_run: list[Event]):
    tree = tree_of(recorded(any_run))

    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(tree, SCHEMA)
    assert read_case(tree).workflow == "bootstrap-application-token"


def test_a_transcript_records_what_was_sent_and_answered(events: Events):
    case = case_of(events("bootstrap"))

    create, get, token = case.exchanges
    assert case.inputs == {"applicationName": "demo"}
    assert (create.step, create.id) == ("createApplication", "createApplication#1.1")
    assert create.request
    assert (create.request.method, create.request.content) == ("POST", Content("json", {"name": "demo"}))
    assert create.response
    assert create.response.header("set-cookie") == "sid=«secret:createApplication.sid»; Path=/; HttpOnly"
    assert get.request
    assert get.request.content is None
    assert token.duration == 0.012
    assert token.verdicts[0].passed
    assert case.expect.outcome == "success"
    assert case.expect.steps["createAccessToken"].attempts == 1


def test_a_secret_is_the_same_placeholder_in_the_response_and_in_what_was_computed_from_it(events: Events, secret: str):
    text = recorded(events("bootstrap"))
    create, _, token = read_case(tree_of(text)).exchanges

    assert create.response
    assert json.loads(create.response.body)["clientSecret"] == SHOWN
    assert token.request
    assert token.request.content
    assert token.request.content.value["client_secret"] == SHOWN  # type: ignore[index, call-overload]
    for hidden in (secret, "issued-token-0001", "eyJ", "abcdef123"):
        assert hidden not in text


def test_placeholders_stand_in_basic_auth_forms_and_urls_in_the_encoding_of_the_secret(events: Events, secret: str):
    basic = base64.b64encode(f"client-1:{secret}".encode()).decode()
    form = f"client_secret={quote_plus(secret)}&grant_type=x"
    request = Request(
        "POST",
        f"http://h.test/{quote(secret, safe='')}",
        (("Authorization", f"Basic {basic}"), ("Content-Type", "application/x-www-form-urlencoded")),
        form.encode(),
    )
    started = events("bootstrap")[:2]
    story = [
        *started,
        SecretMarked("createApplication.clientSecret", secret),
        RequestSent("createApplication#1.1", request),
        ResponseReceived("createApplication#1.1", Response(204), 0.1),
    ]

    (exchange,) = case_of(story).exchanges

    sent = exchange.request
    assert sent
    replayed = base64.b64encode(f"client-1:{SHOWN}".encode()).decode()
    assert sent.url == "http://h.test/" + quote(SHOWN, safe="")
    assert dict(sent.headers)["Authorization"] == f"Basic {replayed}"
    assert sent.content == Content("text", f"client_secret={quote(SHOWN, safe='')}&grant_type=x")


def test_a_verdict_that_read_a_secret_is_marked(events: Events):
    failing = case_of(events("failing")).exchanges[1]

    assert [(verdict.passed, verdict.secret) for verdict in failing.verdicts] == [(False, False), (False, True)]


def test_a_workflow_step_is_recorded_for_a_verdict_that_read_a_secret(events: Events):
    call, inner = case_of(events("nested")).exchanges

    assert (call.step, call.request, call.response) == ("callLogin", None, None)
    assert call.verdicts[0].secret
    assert inner.step == "callLogin/getToken"


def test_no_answer_is_recorded_as_a_failure(events: Events):
    (exchange,) = case_of(events("transport")).exchanges

    assert exchange.failure == TransportFailure("connect", "127.0.0.1:8000 refused the connection", "not_sent")
    assert exchange.response is None


def test_attempts_are_recorded_in_order_with_the_verdicts_of_their_actions(events: Events):
    case = case_of(events("retried"))

    assert [exchange.response.status for exchange in case.exchanges if exchange.response] == [503, 200]
    assert case.exchanges[0].verdicts[1].action == "again"
    assert case.expect.steps["createApplication"].attempts == 2


def test_an_interrupted_run_is_recorded_as_far_as_it_came(events: Events):
    case = case_of(events("interrupted"))

    assert [exchange.step for exchange in case.exchanges] == ["createApplication"]
    assert (case.expect.outcome, case.expect.reason) == ("failure", "interrupted")


def test_the_document_is_named_relative_to_the_case(events: Events, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cases").mkdir()
    report = TranscriptReport("cases/x.arazzo-test.yaml", redactor=Redactor(), servers={"airbyteApi": "http://h.test"})

    for event in events("bootstrap"):
        report.observe(event)
    report.finish()

    case = read_case(tree_of((tmp_path / "cases" / "x.arazzo-test.yaml").read_text("utf-8")))
    assert case.document == "../workflows/airbyte-application-token-bootstrap-workflow.yml"
    assert case.servers == {"airbyteApi": "http://h.test"}


def test_secrets_are_recorded_when_they_are_shown(events: Events):
    assert "issued-token-0001" in recorded(events("bootstrap"), show_secrets=True)


# -- bodies ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"a":[1,2.50,12345678901234567890.123456789,"x"],"b":null}'),
        ("application/json", b'"text"'),
        ("application/json", b"not json"),
        ("text/plain; charset=latin-1", "caf\u00e9\n".encode("latin-1")),
        ("application/octet-stream", b"\x00\xff\x01"),
        ("application/xml", b"<a>\n  <b/> \n</a>"),
    ],
)
def test_a_body_comes_back_as_it_was(content_type: str, body: bytes, events: Events):
    started = events("bootstrap")[:2]
    sent = RequestSent("createApplication#1.1", Request("GET", "http://h.test/"))
    response = Response(200, (("Content-Type", content_type),), body)

    (exchange,) = case_of([*started, sent, ResponseReceived("createApplication#1.1", response, 0.1)]).exchanges

    assert exchange.response
    if content_type == "application/json" and body != b"not json":
        assert same(json.loads(exchange.response.body, parse_float=Decimal), json.loads(body, parse_float=Decimal))
    else:
        assert exchange.response.body == body


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.sampled_from(
        ["1e5", "0o17", "yes", "~", "2020-01-01", "a: b", "- x", "line\n  two\n", " lead\nx", "\ttab\n", "\x85"]
    )
    | st.decimals(allow_nan=False, allow_infinity=False, places=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc1 :#~.", max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(value=json_values)
@settings(max_examples=200, deadline=None)
def test_what_is_written_as_yaml_is_read_as_the_same_value(value: Any):
    assert same(tree_of(yaml_text({"value": value}))["value"], value)


def test_yaml_of_version_1_1_reads_the_same_texts():
    texts = ["1e5", "yes", "0o17", "012", "1:30", "null", "=", "<<", "2020-01-01", "-", ".inf", "«x»"]

    assert yaml.safe_load(yaml_text({"texts": texts}))["texts"] == texts


# -- cases written by hand ------------------------------------------------------------------------------------------


def test_a_case_by_hand_says_only_what_it_cares_about():
    case = read_case(
        {
            "arazzo-test": 1,
            "document": "../pets.arazzo.yaml",
            "x-note": "anything",
            "exchanges": [
                {"step": "getPet", "response": {"body": {"name": "Rex"}}},
                {"step": "getPet", "failure": {"kind": "timeout"}},
            ],
            "expect": {"outputs": {"name": "Rex"}},
        }
    )

    first, second = case.exchanges
    assert first.request is None
    assert first.response == Response(200, (("Content-Type", "application/json"),), b'{"name":"Rex"}')
    assert second.failure == TransportFailure("timeout", "timeout", "not_sent")
    assert (case.expect.outcome, case.expect.outputs) == (None, {"name": "Rex"})


WRONG: dict[str, tuple[Any, str, str]] = {
    "no object": ([], "", "an object is expected here"),
    "no document": ({"arazzo-test": 1}, "", "the field 'document' is missing"),
    "another version": ({"arazzo-test": 2, "document": "x"}, "/arazzo-test", "knows version 1"),
    "an unknown field": ({"arazzo-test": 1, "document": "x", "exchange": []}, "/exchange", "unknown field 'exchange'"),
    "a number as text": ({"arazzo-test": 1, "document": 1}, "/document", "'document' is a text"),
    "an unknown outcome": (
        {"arazzo-test": 1, "document": "x", "expect": {"outcome": "ok"}},
        "/expect/outcome",
        "'outcome' is one of success, failure, rejected",
    ),
    "outputs twice": (
        {"arazzo-test": 1, "document": "x", "expect": {"outputs": {}, "outputsContain": {}}},
        "/expect",
        "outputs are given once",
    ),
    "a negative count": (
        {"arazzo-test": 1, "document": "x", "expect": {"steps": {"a": {"attempts": -1}}}},
        "/expect/steps/a/attempts",
        "a whole number, 0 or more",
    ),
    "no flag": ({"arazzo-test": 1, "document": "x", "live": "no"}, "/live", "'live' is true or false"),
}
EXCHANGES: dict[str, tuple[Any, str, str]] = {
    "no step": ({}, "", "the field 'step' is missing"),
    "both answers": ({"step": "a", "response": {}, "failure": {"kind": "dns"}}, "", "not both"),
    "a wrong status": ({"step": "a", "response": {"status": 99}}, "/response/status", "from 100 to 599"),
    "two bodies": ({"step": "a", "response": {"body": 1, "text": "x"}}, "/response", "body and text"),
    "a number as header": ({"step": "a", "request": {"headers": {"a": 1}}}, "/request/headers/a", "is a text"),
    "an attempt before the first": ({"step": "a", "attempt": 0}, "/attempt", "a whole number, 1 or more"),
    "a relative URL": ({"step": "a", "request": {"url": "pets"}}, "/request/url", "a URL is absolute, or the path"),
    "no query": ({"step": "a", "request": {"query": {"q": {}}}}, "/request/query/q", "a text, or a list of texts"),
    "a body and a part": (
        {"step": "a", "request": {"body": 1, "bodyContains": 1}},
        "/request",
        "body and bodyContains",
    ),
    "an example and a body": ({"step": "a", "response": {"text": "", "example": "x"}}, "/response", "text and example"),
    "an example without a name": ({"step": "a", "response": {"example": ""}}, "/response/example", "the name of"),
    "an unknown kind": ({"step": "a", "failure": {"kind": "x"}}, "/failure/kind", "'kind' is one of connect"),
    "no verdict": ({"step": "a", "verdicts": [{"condition": "x"}]}, "/verdicts/0", "'passed' is missing"),
}
for name, (exchange, pointer, message) in EXCHANGES.items():
    WRONG[name] = ({"arazzo-test": 1, "document": "x", "exchanges": [exchange]}, f"/exchanges/0{pointer}", message)


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_with_a_case_is_told_with_its_place(name: str):
    root, pointer, message = WRONG[name]

    with pytest.raises(DocumentError) as caught:
        read_case(root, lambda at: Location("x.arazzo-test.yaml", pointer=at))

    (finding,) = caught.value.diagnostics
    assert finding.location
    assert finding.location.pointer == pointer
    assert message in finding.message


@pytest.mark.parametrize("name", WRONG)
def test_the_schema_refuses_what_the_reader_refuses(name: str):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(WRONG[name][0], SCHEMA)


def test_what_cannot_be_encoded_or_located_is_told():
    latin = {"headers": {"Content-Type": "text/plain; charset=latin-1"}, "text": "€"}
    exchanges = [{"step": "a", "response": latin}, {"step": "a", "request": {"url": "http://["}}]

    with pytest.raises(DocumentError) as caught:
        read_case({"arazzo-test": 1, "document": "x", "exchanges": exchanges})

    assert [finding.message for finding in caught.value.diagnostics] == [
        "this text cannot be written in latin-1",
        "a URL is absolute, or the path it ends with: /pets/7",
    ]


def test_an_answer_without_a_body_is_left_to_the_description():
    exchanges: list[Any] = [
        {"step": "a", "response": {}},
        {"step": "a", "response": {"status": 404, "headers": {"X-A": "b"}}},
        {"step": "a", "response": {"example": "usual"}},
        {"step": "a", "response": {"text": ""}},
    ]

    case = read_case({"arazzo-test": 1, "document": "x", "exchanges": exchanges})

    assert [exchange.documented for exchange in case.exchanges] == [
        DocumentedResponse(),
        DocumentedResponse(404, (("X-A", "b"),)),
        DocumentedResponse(example="usual"),
        None,
    ]
    assert case.exchanges[3].response == Response(200)


def test_an_empty_body_is_recorded_as_one(events: Events):
    started = events("bootstrap")[:2]
    sent = RequestSent("createApplication#1.1", Request("GET", "http://h.test/"))

    (exchange,) = case_of([*started, sent, ResponseReceived("createApplication#1.1", Response(204), 0.1)]).exchanges

    assert (exchange.response, exchange.documented) == (Response(204), None)


def test_the_members_of_a_case_by_hand_are_those_of_the_schema():
    tree = {
        "arazzo-test": 1,
        "document": "x",
        "complete": False,
        "live": False,
        "exchanges": [
            {"step": "a", "attempt": 2, "request": {"url": "/pets", "query": {"n": 1, "tag": ["a", "b"]}}},
            {"step": "a", "request": {"bodyContains": {"a": None}}, "response": {"example": "usual"}},
        ],
        "expect": {"outputsContain": {"a": 1}, "steps": {"a": {"outputsContain": {}}}},
    }

    jsonschema.validate(tree, SCHEMA)
    case = read_case(tree)

    assert case.exchanges[0].request is not None
    assert case.exchanges[0].request.query == {"n": ("1",), "tag": ("a", "b")}
    assert (case.live, case.complete, case.exchanges[0].attempt) == (False, False, 2)


def test_text_that_is_not_base64_is_told():
    exchange = {"step": "a", "response": {"base64": "%"}}

    with pytest.raises(DocumentError, match="this is not base64"):
        read_case({"arazzo-test": 1, "document": "x", "exchanges": [exchange]})


def test_every_finding_is_told_at_once():
    with pytest.raises(DocumentError) as caught:
        read_case({"arazzo-test": 1, "docment": "x", "exchanges": 1})

    assert [finding.message for finding in caught.value.diagnostics] == [
        "the field 'document' is missing",
        "unknown field 'docment'",
        "'exchanges' is a list",
    ]
    assert caught.value.diagnostics[1].hint == "did you mean 'document'?"


def test_octets_of_a_body_are_those_of_its_kind():
    assert body_bytes(None, None) == b""
    assert body_bytes(Content("json", {"a": Decimal("1.10")}), None) == b'{"a":1.10}'
    assert body_bytes(Content("base64", "AP8="), None) == b"\x00\xff"
    assert body_bytes(Content("text", "é"), "text/plain; charset=latin-1") == b"\xe9"
