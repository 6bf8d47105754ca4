"""The mock on a port: real sockets, HTTP/1.1 as clients speak it, faults, rates, latency, and the log."""

from __future__ import annotations

import http.client
import json
import socket
import textwrap
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from arazzo_runner.document import Document, read
from arazzo_runner.errors import DocumentError, UsageError
from arazzo_runner.mock import Faults, Mock, check_targets, read_faults
from arazzo_runner.mock.pace import Latency, RateLimit, read_latency, read_rate
from arazzo_runner.mock.serving import Behaviour, Handled, MockServer, names_of
from arazzo_runner.openapi import Description

API = """
openapi: 3.0.3
info: {title: Things, version: "1"}
servers: [{url: "https://api.example.com/v2"}]
paths:
  /things:
    get:
      operationId: listThings
      responses:
        "200":
          description: ""
          content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Thing"}}}}
        "429":
          description: ""
          headers: {Retry-After: {schema: {type: string}}}
          content: {application/json: {schema: {$ref: "#/components/schemas/Error"}}}
        "503":
          description: ""
          headers: {Retry-After: {schema: {type: string}}}
          content: {application/json: {example: {error: down}}}
    post:
      operationId: createThing
      requestBody:
        required: true
        content: {application/json: {schema: {type: object, required: [name], properties: {name: {type: string}}}}}
      responses:
        "201":
          description: ""
          headers: {Location: {schema: {type: string}}}
          content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}
  /things/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      operationId: getThing
      responses: {"200": {description: "", content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}}
    delete: {operationId: deleteThing, responses: {"204": {description: ""}}}
  /elsewhere:
    servers: [{url: "https://files.example.com/files"}]
    get: {operationId: elsewhere, responses: {"200": {description: "", content: {text/plain: {example: here}}}}}
components:
  schemas:
    Thing: {type: object, required: [id, name], properties: {id: {type: string}, name: {type: string}}}
    Error: {type: object, required: [message], properties: {message: {type: string}}}
"""


def described(name: str = "things.yaml") -> Description:
    document = read(textwrap.dedent(API).encode(), uri=f"file:///{name}", name=name)

    def load(uri: str) -> Document:
        raise DocumentError(f"no {uri} here")

    return Description(document, load)


Serve = Callable[..., MockServer]


@pytest.fixture
def handled() -> list[Handled]:
    return []


@pytest.fixture
def serve(handled: list[Handled]) -> Iterator[Serve]:
    """Start servers over one description, or the ones that are given; they are stopped at the end."""
    servers: list[MockServer] = []

    def start(descriptions: dict[str, Description] | None = None, *faults: str, **behaviour: Any) -> MockServer:
        descriptions = descriptions or {"things": described()}
        given = Behaviour(faults=Faults(read_faults(faults)), **behaviour)
        server = MockServer(Mock(descriptions), descriptions, behaviour=given, observe=handled.append).start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.stop()
        server.close()


def settled(handled: list[Handled], count: int) -> list[Handled]:
    """The log, once it has so many entries: a client may be faster than the observer."""
    deadline = time.monotonic() + 5
    while len(handled) < count and time.monotonic() < deadline:
        time.sleep(0.005)
    return handled


def raw(server: MockServer, data: bytes, wait_first: bool = False) -> bytes:
    """What comes back for octets, until the server closes."""
    parts = urlsplit(server.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as connection:
        connection.sendall(data)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
        return answer


# One server


def test_things_are_created_found_listed_and_deleted_over_http(serve: Serve) -> None:
    with httpx.Client(base_url=serve().urls["things"]) as client:
        created = client.post("/things", json={"name": "tea"})
        found = client.get(created.headers["Location"])
        listed = client.get("/things")
        deleted = client.delete(f"/things/{created.json()['id']}")
        gone = client.get(f"/things/{created.json()['id']}")

    assert (created.status_code, created.json()["name"]) == (201, "tea")
    assert found.json() == created.json()
    assert listed.json() == [created.json()]
    assert (deleted.status_code, deleted.content, gone.status_code) == (204, b"", 404)


def test_the_server_to_name_is_the_base_path_of_the_description(serve: Serve) -> None:
    server = serve()

    assert server.urls == {"things": f"{server.url}/v2"}
    assert httpx.get(server.urls["things"] + "/elsewhere").text == "here"
    assert httpx.get(server.url + "/files/elsewhere").text == "here"


def test_several_sources_have_a_prefix_each_and_locations_lie_below_it(serve: Serve) -> None:
    server = serve({"one": described(), "two": described("two.yaml")})

    created = httpx.post(server.urls["one"] + "/things", json={"name": "tea"})
    unknown = httpx.get(server.url + "/three/things")

    assert server.urls == {"one": f"{server.url}/one/v2", "two": f"{server.url}/two/v2"}
    assert created.headers["Location"].startswith(server.urls["one"] + "/things/")
    assert httpx.get(created.headers["Location"]).json() == created.json()
    assert created.json() not in httpx.get(server.urls["two"] + "/things").json()
    assert (unknown.status_code, unknown.json()["detail"]) == (404, "no source is at this path; there are /one, /two")


def test_a_connection_is_kept_and_head_has_no_body(serve: Serve) -> None:
    parts = urlsplit(serve().url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=5)
    for method, length in (("HEAD", 0), ("GET", None), ("HEAD", 0)):
        connection.request(method, "/v2/things")
        response = connection.getresponse()
        data = response.read()

        assert (response.status, response.version) == (200, 11)
        assert len(data) == length if length is not None else data
        assert not response.will_close
    connection.close()


def test_a_chunked_body_is_read_whole(serve: Serve) -> None:
    def pieces() -> Iterator[bytes]:
        yield from (b'{"na', b'me": ', b'"tea"}')

    headers = {"Content-Type": "application/json"}

    assert httpx.post(serve().urls["things"] + "/things", content=pieces(), headers=headers).json()["name"] == "tea"


def test_a_client_that_waits_for_100_continue_gets_it_unless_its_body_would_be_refused(serve: Serve) -> None:
    server = serve()
    head = b"POST /v2/things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n"
    body = b'{"name": "tea"}'

    going_on = raw(server, head + b"Connection: close\r\nContent-Length: 15\r\n\r\n" + body)
    refused = raw(server, head + b"Content-Length: 99999999999\r\n\r\n")

    assert going_on.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\n")
    assert refused.startswith(b"HTTP/1.1 413 ")
    assert b"100 Continue" not in refused


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"POST /v2/things HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n", 413),
        (b"POST /v2/things HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST /v2/things HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (b"POST /v2/things HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        (b"POST /v2/things HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
        (b"POST /v2/things HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFF\r\n", 413),
        (b"POST /v2/things HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx", 415),
        (b"no http at all\r\n\r\n", 400),
        (b"GET /v2/things HTTP/9.9\r\n\r\n", 505),
    ],
)
def test_what_cannot_be_taken_is_a_problem_and_ends_the_connection(serve: Serve, data: bytes, status: int) -> None:
    answer = raw(serve(), data)

    head, _, body = answer.partition(b"\r\n\r\n")
    assert f" {status} ".encode() in head.partition(b"\r\n")[0]
    assert b"Content-Type: application/problem+json" in head
    assert json.loads(body)["status"] == status


@pytest.mark.parametrize(
    "line", ["GET http://api.example.com/v2/things/a%20b HTTP/1.1", "GET /v2/things/a%20b?x=[1] HTTP/1.1"]
)
def test_odd_request_lines_are_understood(serve: Serve, line: str) -> None:
    answer = raw(serve(), f"{line}\r\nHost: bad host[\r\nConnection: close\r\n\r\n".encode())

    assert json.loads(answer.partition(b"\r\n\r\n")[2])["id"] == "a b"


def test_octets_of_a_path_that_are_not_encoded_are_utf_8(serve: Serve) -> None:
    answer = raw(serve(), "GET /v2/things/é HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())

    assert json.loads(answer.partition(b"\r\n\r\n")[2])["id"] == "é"


def test_a_client_that_goes_away_does_no_harm(serve: Serve, capfd: pytest.CaptureFixture[str]) -> None:
    server = serve()
    parts = urlsplit(server.url)
    with socket.create_connection((parts.hostname, parts.port)) as connection:
        connection.sendall(b"POST /v2/things HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{")

    assert httpx.get(server.urls["things"] + "/things").status_code == 200
    assert capfd.readouterr().err == ""


def test_a_port_in_use_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UsageError, match=r"cannot listen on 127.0.0.1 port .*in use.*--port 0 takes a free one"):
            MockServer(Mock({}), {}, port=taken.getsockname()[1])


def test_answers_take_a_few_milliseconds(serve: Serve) -> None:
    with httpx.Client(base_url=serve().urls["things"]) as client:
        client.post("/things", json={"name": "tea"})
        durations = []
        for _ in range(50):
            started = time.perf_counter()
            client.get("/things")
            durations.append(time.perf_counter() - started)

    assert sorted(durations)[25] < 0.02


# Faults


def test_a_status_comes_as_often_as_it_is_asked_for_and_as_it_is_documented(serve: Serve) -> None:
    url = serve(None, "listThings=503x2").urls["things"] + "/things"

    answers = [httpx.get(url) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [503, 503, 200]
    assert (answers[0].json(), answers[0].headers["Retry-After"]) == ({"error": "down"}, "1")


def test_a_status_that_is_not_documented_is_a_problem(serve: Serve) -> None:
    answer = httpx.get(serve(None, "getThing=500").urls["things"] + "/things/7")

    assert (answer.status_code, answer.json()["detail"]) == (500, "this fault was asked for")


def test_a_number_means_that_request_only_and_a_method_with_path_names_the_operation(serve: Serve) -> None:
    url = serve(None, "GET /things/{id}#2=500").urls["things"] + "/things/"

    assert [httpx.get(url + name).status_code for name in "abc"] == [200, 500, 200]


def test_a_dropped_connection_has_no_answer_and_nothing_is_created(serve: Serve, handled: list[Handled]) -> None:
    url = serve(None, "createThing#1=drop").urls["things"] + "/things"

    with pytest.raises(httpx.RemoteProtocolError):
        httpx.post(url, json={"name": "tea"})

    assert settled(handled, 1)[0].response is None
    assert httpx.post(url, json={"name": "jam"}).json()["id"] == httpx.get(url).json()[0]["id"]
    assert len(httpx.get(url).json()) == 1


@pytest.mark.parametrize("path", ["/things", "/things/7"])
def test_a_malformed_body_is_not_what_it_says(serve: Serve, path: str) -> None:
    answer = httpx.get(serve(None, "listThings=malformed", "getThing=malformed").urls["things"] + path)

    assert answer.status_code == 200
    assert "json" in answer.headers["Content-Type"]
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def test_a_delay_is_waited_for_and_goes_with_other_faults(serve: Serve) -> None:
    url = serve(None, "getThing=delay=150ms,503").urls["things"] + "/things/7"
    started = time.monotonic()

    assert httpx.get(url).status_code == 503
    assert 0.15 <= time.monotonic() - started < 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("getThing", "is not of the form"),
        ("getThing=", "is not of the form"),
        ("getThing=slow", "is not of the form"),
        ("getThing#0=503", "counted from 1"),
        ("getThing=503x0", "at least once"),
        ("getThing=199", "no status of an answer"),
        ("getThing=delay=3d", "is not of the form"),
        ("getThing=delay=1.2.3s", "is no time"),
        ("getThing=delay=999999s", "longer than a day"),
    ],
)
def test_a_fault_that_cannot_be_read_is_told(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_faults([text])


def test_a_target_that_there_is_not_is_told_with_what_was_meant() -> None:
    operations = [*described().operations()]
    names = {name for operation in operations for name in names_of("things", operation)}

    with pytest.raises(UsageError, match=r"no operation has that name .*did you mean 'getThing'"):
        check_targets(read_faults(["getThin=503"]), names, "operation")


# Pace


def test_beyond_the_rate_comes_the_documented_429_with_retry_after(serve: Serve, handled: list[Handled]) -> None:
    url = serve(rate=read_rate("2/1h", time.monotonic)).urls["things"] + "/things"

    answers = [httpx.get(url) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].headers.get_list("Retry-After") == ["3600"]
    assert answers[2].json() == {"message": "more than 2 requests in 3600 s were sent"}
    assert settled(handled, 3)[2].problems == ("more than 2 requests in 3600 s were sent",)


def test_the_rate_is_that_of_any_stretch_of_time() -> None:
    now = [0.0]
    rate = RateLimit(2, 10, lambda: now[0])

    waits = []
    for now[0] in (0, 6, 9.5, 10, 11, 16):
        waits.append(rate.wait())

    assert waits == [None, None, 1, None, 5, None]


@pytest.mark.parametrize("text", ["10", "0/1s", "x/1s", "10/", "10/0s", "10/1d"])
def test_a_rate_that_cannot_be_read_is_told(text: str) -> None:
    with pytest.raises(UsageError, match="--rate-limit"):
        read_rate(text, time.monotonic)


def test_latency_is_drawn_by_seed_between_its_bounds(serve: Serve) -> None:
    latency = read_latency("50ms-200ms", seed=1)

    drawn = [latency.of(number) for number in range(20)]

    assert all(0.05 <= one <= 0.2 for one in drawn)
    assert len(set(drawn)) > 15
    assert drawn == [read_latency("50ms-200ms", seed=1).of(number) for number in range(20)]
    started = time.monotonic()
    httpx.get(serve(latency=Latency(0.1, 0.1)).urls["things"] + "/things")
    assert time.monotonic() - started >= 0.1


@pytest.mark.parametrize("text", ["fast", "2s-1s", "-1s", "1s-"])
def test_a_latency_that_cannot_be_read_is_told(text: str) -> None:
    with pytest.raises(UsageError, match="--latency"):
        read_latency(text, 0)


# The log


def test_every_request_is_told_with_its_operation_and_what_was_wrong_with_it(
    serve: Serve, handled: list[Handled]
) -> None:
    url = serve().urls["things"]
    httpx.get(url + "/things")
    httpx.post(url + "/things", json={})
    httpx.get(url + "/nothing")

    right, wrong, nowhere = settled(handled, 3)
    assert right.operation is not None
    assert (right.source, right.operation.operation_id, right.problems) == ("things", "listThings", ())
    assert wrong.problems == ("'name' is a required property",)
    assert (nowhere.operation, nowhere.response and nowhere.response.status) == (None, 404)
