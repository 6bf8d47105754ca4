"""How a request that arrived is compared with the one that is expected, and what a conversation answers."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.harness.compare import Received, differences, same
from conformance.harness.conversation import UNEXPECTED, Conversation
from conformance.harness.judge import Reply, judge
from conformance.harness.scenario import Scenario


def received(
    target: str = "/pets", method: str = "GET", body: bytes = b"", at: float = 0.0, **headers: str
) -> Received:
    return Received(method, target, tuple((name.replace("_", "-"), value) for name, value in headers.items()), body, at)


def expected(**fields: Any) -> dict[str, Any]:
    return {"method": "GET", "path": "/pets", **fields}


@pytest.mark.parametrize(
    ("listed", "arrived"),
    [
        ({}, received("/pets?a=b", X_Other="1")),
        ({"path": "/a%2Fb"}, received("/a%2fb")),
        ({"path": "/~a b"}, received("/%7Ea%20b")),
        ({"query": {}}, received()),
        ({"query": {"b": "2", "a": ["1", "x y"]}}, received("/pets?a=1&b=2&a=x+y")),
        ({"queryString": "a=1,2&b=%C3%BC"}, received("/pets?a=1,2&b=%c3%bc")),
        ({"headers": {"x-id": "7", "X-No": None}}, received(X_Id="7")),
        ({"headers": {"X-Id": {"pattern": "[0-9]+"}}}, received(X_Id="42")),
        ({"headers": {"Content-Type": "application/json"}}, received(Content_Type="Application/JSON; charset=utf-8")),
        ({"body": {"a": 1, "b": [True, None]}}, received(body=b'{"b": [true, null], "a": 1.0}')),
        ({"body": 1.1}, received(body=b"1.10")),
        ({"form": {"a": "x y", "b": ["1", "2"]}}, received(body=b"b=1&a=x%20y&b=2")),
        ({"text": "ü"}, received(body="ü".encode())),
        ({"xml": "<a b='1' c='2'/>"}, received(body=b'<a c="2" b="1"></a>')),
        ({"base64": "/w=="}, received(body=b"\xff")),
        ({"empty": True}, received()),
    ],
)
def test_a_request_that_is_as_listed_does_not_differ(listed: dict[str, Any], arrived: Received) -> None:
    assert differences(expected(**listed), arrived) == []


@pytest.mark.parametrize(
    ("listed", "arrived", "difference"),
    [
        ({}, received(method="POST"), "GET /pets is expected, POST /pets is seen"),
        ({"path": "/a%2Fb"}, received("/a/b"), "GET /a%2Fb is expected, GET /a/b is seen"),
        ({"query": {}}, received("/pets?a=1"), "query: none is expected, a=1 is seen"),
        ({"query": {"a": "1"}}, received("/pets?a=1&a=2"), "query: a=1 is expected, a=1&a=2 is seen"),
        ({"queryString": "a=1,2"}, received("/pets?a=1%2C2"), "query: ?a=1,2 is expected, ?a=1%2C2 is seen"),
        ({"headers": {"X-Id": "7"}}, received(X_Id="8"), "header X-Id: 7 is expected, 8 is seen"),
        ({"headers": {"X-Id": None}}, received(X_Id="8"), "header X-Id: none is expected, 8 is seen"),
        ({"headers": {"X-Id": "7"}}, received(), "header X-Id: 7 is expected, none is seen"),
        ({"body": {"a": 1}}, received(body=b'{"a": "1"}'), 'body: {"a": 1} is expected, {"a": "1"} is seen'),
        ({"body": 1}, received(body=b"true"), "body: 1 is expected, true is seen"),
        ({"form": {"a": "1"}}, received(body=b"a=2"), "form: a=1 is expected, a=2 is seen"),
        ({"text": "a"}, received(body=b"a\n"), 'body: a is expected, "a\\n" is seen'),
        ({"xml": "<a/>"}, received(body=b"<b/>"), "body: <a/> is expected, <b/> is seen"),
        ({"base64": "/w=="}, received(body=b"a"), "body: the octets /w== are expected, YQ== are seen"),
        ({"empty": True}, received(body=b"{}"), "body: none is expected, {} is seen"),
    ],
)
def test_a_request_that_is_not_as_listed_is_told_with_both_sides(
    listed: dict[str, Any], arrived: Received, difference: str
) -> None:
    assert differences(expected(**listed), arrived) == [difference]


def test_a_body_that_is_no_json_is_a_difference() -> None:
    (difference,) = differences(expected(body={"a": 1}), received(body=b"a=1"))

    assert difference.startswith('body: {"a": 1} is expected, a=1 is seen')


def test_the_parts_of_a_multipart_body_are_compared_by_name() -> None:
    body = (
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
        b'--x\r\nContent-Disposition: form-data; name="f"; filename="f.json"\r\nContent-Type: application/json\r\n\r\n'
        b'{"k": 2}\r\n--x--\r\n'
    )
    arrived = received(body=body, Content_Type="multipart/form-data; boundary=x")
    parts = {"a": {"text": "1"}, "f": {"contentType": "application/json", "filename": "f.json", "body": {"k": 2}}}

    assert differences(expected(multipart=parts), arrived) == []
    assert differences(expected(multipart={**parts, "a": {"text": "2"}}), arrived) == [
        "part a: 2 is expected, 1 is seen"
    ]
    assert differences(expected(multipart={"a": {}}), arrived) == ["multipart: the parts a are expected, a, f are seen"]


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (1, 1.0, True),
        (1, True, False),
        (1, "1", False),
        (None, 0, False),
        ([1, 2], [2, 1], False),
        ({"a": 1}, {}, False),
    ],
)
def test_values_are_the_same_by_type_and_value(one: Any, other: Any, alike: bool) -> None:
    assert same(one, other) is alike


def exchange(path: str, status: int = 200, **request: Any) -> dict[str, Any]:
    return {"request": {"method": "GET", "path": path, **request}, "response": {"status": status}}


def conversation(*exchanges: dict[str, Any], level: str = "required") -> Conversation:
    return Conversation(Scenario("a/b", "1.0.1", {"exchanges": list(exchanges), "level": level}), epoch=lambda: 0.0)


def test_exchanges_take_place_in_order() -> None:
    played = conversation(exchange("/a", 503), exchange("/a", 200))

    statuses = [played.receive(received("/a"))[0].status for _ in range(3)]

    assert statuses == [503, 200, UNEXPECTED]
    assert [seen.exchange is not None for seen in played.seen] == [True, True, False]


def test_a_request_before_its_turn_is_not_expected() -> None:
    played = conversation(exchange("/a"), exchange("/b"))

    answer, _ = played.receive(received("/b"))

    assert answer.status == UNEXPECTED
    assert len(played.missing) == 2


def test_exchanges_of_a_group_take_place_in_any_order_and_before_the_next() -> None:
    played = conversation({"anyOrder": [exchange("/a"), exchange("/b")]}, exchange("/c"))

    statuses = [played.receive(received(path))[0].status for path in ("/b", "/c", "/a", "/c")]

    assert statuses == [200, UNEXPECTED, 200, 200]


def test_a_request_that_differs_gets_its_answer_and_is_told() -> None:
    played = conversation(exchange("/a", 201, query={"x": "1"}))

    answer, seen = played.receive(received("/a?x=2"))

    assert answer.status == 201
    assert seen is not None
    assert seen.differences == ["query: x=1 is expected, x=2 is seen"]


def test_time_counts_from_the_previous_answer() -> None:
    played = conversation(exchange("/a"), exchange("/a", after=0.5), exchange("/a", before=0.5))
    for at, answered in ((0.0, 0.2), (0.4, 0.4), (1.0, 1.0)):
        _, seen = played.receive(received("/a", at=at))
        assert seen is not None
        seen.answered_at = answered

    assert [seen.differences for seen in played.seen] == [
        [],
        ["it comes 0.200 s after the previous answer, not before 0.5 s is expected"],
        ["it comes 0.600 s after the previous answer, before 0.5 s is expected"],
    ]


def test_an_engine_that_runs_away_is_told_in_few_lines() -> None:
    played = conversation()
    for _ in range(50):
        played.receive(received("/a"))
    scenario = Scenario("a/b", "1.0.1", {"exchanges": [], "level": "required", "expect": {"outcome": "success"}})

    judgement = judge(scenario, played, Reply("success"))

    assert len(judgement.problems) == 21
    assert judgement.problems[0] == "request 1, GET /a, is not expected here"
    assert judgement.problems[-1] == "and 30 more"


def test_where_nothing_is_expected_exchanges_are_found_in_any_order() -> None:
    played = conversation(exchange("/a"), exchange("/b", 201), level="unspecified")

    assert played.receive(received("/b"))[0].status == 201


def test_documents_that_are_served_are_no_part_of_the_conversation() -> None:
    scenario = Scenario("a/b", "1.0.1", {"exchanges": [], "level": "required"})
    played = Conversation(scenario, {"/openapi.yaml": b"openapi: 3.1.0"})

    answer, seen = played.receive(received("/openapi.yaml"))

    assert answer.body == b"openapi: 3.1.0"
    assert seen is None
    assert played.seen == []


def test_an_answer_can_tell_a_date_from_now() -> None:
    item = {
        "request": {"method": "GET", "path": "/a"},
        "response": {"status": 503, "headers": {"Retry-After": "$httpdate+2"}},
    }

    answer, _ = conversation(item).receive(received("/a"))

    assert ("Retry-After", "Thu, 01 Jan 1970 00:00:02 GMT") in answer.headers
