"""The worker process: one, shared, killed at the bound, gone when it is not needed; and overruns as verdicts."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
import yaml

from arazzo_runner import Limits, Runner
from arazzo_runner.api import load, read_case_file, replay_case
from arazzo_runner.errors import Overrun
from arazzo_runner.events import CriterionChecked
from arazzo_runner.messages import Response
from arazzo_runner.options import Options
from arazzo_runner.report.redaction import Redactor
from arazzo_runner.report.transcript import TranscriptReport
from arazzo_runner.selector import DEFAULT_SELECTORS, bounded
from arazzo_runner.selector.apart import Apart

APART = DEFAULT_SELECTORS.apart()
SLOW = "every $x in 1 to 3000, $y in 1 to 3000, $z in 1 to 3000 satisfies $x > 0"


def process() -> Any:
    return bounded._worker._process


def test_one_worker_serves_every_thread_and_is_kept():
    queries = [APART.compile("xpath", None, f"sum(1 to {number})") for number in (10, 20, 30, 40)]
    found: dict[int, Any] = {}
    queries[0].value("<a/>")
    first = process().pid

    threads = [
        threading.Thread(target=lambda n=n, q=query: found.update({n: q.value("<a/>")}))
        for n, query in enumerate(queries)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == {0: 55, 1: 210, 2: 465, 3: 820}
    assert process().pid == first


def test_a_worker_that_is_over_its_time_is_gone_and_the_next_query_has_another():
    with pytest.raises(Overrun, match="it was not evaluated within"):
        APART.compile("xpath", None, SLOW, limit_s=0.2).matches("<a/>")

    assert process() is None
    assert APART.compile("xpath", None, "1 + 1").value("<a/>") == 2


def test_a_query_that_needs_too_much_memory_is_an_overrun():
    with pytest.raises(Overrun):
        APART.compile("xpath", None, "string-join((1 to 100000000) ! 'abcdefgh') = ''", limit_s=20).matches("<a/>")

    assert process() is None


def test_what_is_evaluated_apart_gives_the_same():
    for type_, query, context in (
        ("xpath", "/a/b", "<a><b>1</b><b>2</b></a>"),
        ("jsonpath", "$..a", {"a": [{"a": 1}]}),
        ("jsonpath", "$.a[?@.b > 1]", {"a": [{"b": 2}]}),
    ):
        here, apart = (table.compile(type_, None, query) for table in (DEFAULT_SELECTORS, APART))

        assert isinstance(apart, Apart)
        assert apart.value(context) == here.value(context)
        assert apart.matches(context) == here.matches(context)
        assert apart.set(context, 7) == here.set(context, 7)


def test_plain_paths_stay_here():
    assert not isinstance(APART.compile("jsonpath", None, "$.a.b[0]"), Apart)
    assert not isinstance(APART.compile("jsonpointer", None, "/a/b"), Apart)


def test_the_worker_imports_nothing_from_the_working_directory(tmp_path: Path):
    (tmp_path / "json.py").write_text("raise SystemExit('imported')")
    script = tmp_path / "elsewhere" / "main.py"
    script.parent.mkdir()
    script.write_text(
        "from arazzo_runner.selector import DEFAULT_SELECTORS\n"
        "print(DEFAULT_SELECTORS.compile('xpath', None, 'count(1 to 3)').value('<a/>'))\n"
    )

    done = subprocess.run(
        [sys.executable, str(script)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.stdout == "3\n", done.stderr


# --- regular expressions in XPath -------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", [
    f"matches('{'a' * 60}!', '^(a|a)*(a|a)*$')",
    f"replace('{'a' * 60}!', '^(a|a)+(a|a)+(a|a)+$', '')",
    f"tokenize('{'a' * 60}!', '^(a|a)+(a|a)+(a|a)+$')",
    f"string(analyze-string('{'a' * 60}!', '^(a|a)+(a|a)+(a|a)+$'))",
])  # fmt: skip
def test_a_pattern_in_xpath_stops_at_the_bound_by_itself(query: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("arazzo_runner.selector.xpath.may_be_slow", lambda *_: False)  # in this process

    with pytest.raises(Overrun, match="it was not evaluated within 0.1 s".replace(".", "[.]")):
        DEFAULT_SELECTORS.compile("xpath", None, query, limit_s=0.1).value("<a/>")


@pytest.mark.parametrize(("query", "value"), [
    ("matches('abc', '^a.c$')", True),
    ("matches('ABC', 'abc', 'i')", True),
    ("matches('a.c', '.', 'q')", True),
    ("replace('abcd', '(b)(c)', '$2$1')", "acbd"),
    ("tokenize('a, b,c', ',\\s*')", ["a", "b", "c"]),
    ("tokenize(' a  b ')", ["a", "b"]),
    ("string(analyze-string('a1b', '[0-9]'))", "a1b"),
    ("matches('\u00e9', '^\\p{L}$')", True),
    ("matches('x-', '^[a-z-[b]]-$')", True),
])  # fmt: skip
def test_patterns_in_xpath_are_those_of_xpath(query: str, value: Any):
    assert DEFAULT_SELECTORS.compile("xpath", None, query).value("<a/>") == value


# --- overruns as verdicts ---------------------------------------------------------------------------------------------


class Answering:
    """A transport that answers every request with one text."""

    def __init__(self, text: str) -> None:
        self.text = text

    def send(self, request: Any, *, timeout: float, limits: Limits) -> Response:
        return Response(200, (("Content-Type", "text/plain"),), self.text.encode(), request.url)

    def close(self) -> None:
        pass


def description(tmp_path: Path, condition: str) -> Path:
    api = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "servers": [{"url": "http://127.0.0.1:9"}],
        "paths": {"/": {"get": {"operationId": "get", "responses": {"200": {"description": "ok"}}}}},
    }
    criterion = {"context": "$response.body", "type": "regex", "condition": condition}
    arazzo = {
        "arazzo": "1.0.1",
        "info": {"title": "t", "version": "1"},
        "sourceDescriptions": [{"name": "api", "url": "openapi.json", "type": "openapi"}],
        "workflows": [
            {
                "workflowId": "main",
                "steps": [{"stepId": "get", "operationId": "get", "successCriteria": [criterion]}],
            }
        ],
    }
    (tmp_path / "openapi.json").write_text(json.dumps(api))
    path = tmp_path / "main.json"
    path.write_text(json.dumps(arazzo))
    return path


BACKTRACKING = "^(a|a)*(a|a)*(a|a)*$"
HOSTILE = "a" * 40 + "!"


def recorded(tmp_path: Path, text: str, limit_s: float, condition: str = BACKTRACKING) -> tuple[Any, Any]:
    """The result of a run, and its record."""
    target = tmp_path / "case.arazzo-test.yaml"
    report = TranscriptReport(target, redactor=Redactor())
    path = description(tmp_path, condition)
    with Runner(path, client=Answering(text), limits=Limits(max_evaluation=limit_s)) as runner:
        result = runner.run(observers=(report.observe,))
    report.finish()
    return result, yaml.safe_load(target.read_text("utf-8"))


def replayed(tmp_path: Path, limit_s: float, events: list[Any] | None = None) -> Any:
    case = read_case_file(tmp_path / "case.arazzo-test.yaml", Options()).case
    runner = Runner(load(tmp_path / "main.json", limits=Limits(max_evaluation=limit_s)))
    return replay_case(runner, case, observers=() if events is None else (events.append,))


def test_an_overrun_is_a_failed_criterion_and_marked_in_the_record(tmp_path: Path):
    result, record = recorded(tmp_path, HOSTILE, 0.05)

    assert result.status == "failed"
    assert record["exchanges"][0]["verdicts"][0]["overrun"] is True


def test_a_replay_takes_an_overrun_from_the_record(tmp_path: Path):
    _, record = recorded(tmp_path, HOSTILE, 0.05)
    text = (tmp_path / "case.arazzo-test.yaml").read_text("utf-8").replace(HOSTILE, "aaa")  # fast, and it would pass
    (tmp_path / "case.arazzo-test.yaml").write_text(text)

    result, _ = replayed(tmp_path, 30)

    assert record["expect"]["outcome"] == "failure"
    assert result.status == "failed"


def test_a_replay_that_is_too_slow_takes_the_verdict_of_the_record(tmp_path: Path):
    recorded(tmp_path, "aaa", 30)
    text = (tmp_path / "case.arazzo-test.yaml").read_text("utf-8").replace("aaa", HOSTILE)
    (tmp_path / "case.arazzo-test.yaml").write_text(text)
    events: list[Any] = []

    result, _ = replayed(tmp_path, 0.05, events)

    checked = [event for event in events if isinstance(event, CriterionChecked)]
    assert [(event.passed, event.overrun) for event in checked] == [(True, False)]
    assert result.status == "succeeded"


# --- whose queries go there -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("uri", "untrusted", "apart"), [
    ("memory:/main.json", None, False),
    ("https://example.com/main.json", None, True),
    ("https://example.com/main.json", False, False),
    ("memory:/main.json", True, True),
])  # fmt: skip
def test_queries_of_untrusted_documents_are_evaluated_apart(
    uri: str, untrusted: bool | None, apart: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    document = json.loads(description(tmp_path, "x").read_text("utf-8"))
    criterion = document["workflows"][0]["steps"][0]["successCriteria"][0]
    criterion.update(type="xpath", condition="/a")
    document["sourceDescriptions"][0]["url"] = (tmp_path / "openapi.json").as_uri()
    asked: list[Any] = []
    monkeypatch.setattr("arazzo_runner.selector.apart.evaluate_apart", lambda job, limit_s: asked.append(job) or True)

    with Runner(
        document,
        client=Answering("<a/>"),
        base_uri=uri,
        untrusted=untrusted,
        sources={"api": str(tmp_path / "openapi.json")},
    ) as runner:
        result = runner.run()

    assert result.status == "succeeded"
    assert bool(asked) is apart


# --- asyncio ----------------------------------------------------------------------------------------------------------


def test_the_event_loop_goes_on_while_a_criterion_is_evaluated(tmp_path: Path):
    async def beside() -> tuple[Any, int]:
        with_limit = Limits(max_evaluation=1.0)
        async with Runner(description(tmp_path, BACKTRACKING), client=Answering(HOSTILE), limits=with_limit) as runner:
            running = asyncio.ensure_future(runner.run_async())
            turns = 0
            while not running.done():
                await asyncio.sleep(0.01)
                turns += 1
            return await running, turns

    result, turns = asyncio.run(beside())

    assert result.status == "failed"
    assert turns > 10
