"""The page of tests: an index that stays usable, problems with what to type, coverage, and the straight run."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from markup import Element, read_page

from arazzo_runner.events import (
    ActionOutline,
    Event,
    ResponseReceived,
    RunStarted,
    SecretMarked,
    StepOutline,
    WorkflowOutline,
)
from arazzo_runner.location import Location
from arazzo_runner.messages import Response
from arazzo_runner.report.page.verdicts import VerdictsPage
from arazzo_runner.report.redaction import Redactor
from arazzo_runner.verdict import Aim, Problem, Verdict

Events = Callable[[str], "list[Event]"]
WORKFLOW = "bootstrap-application-token"
HERE = Location("w.yaml", 3, 5)


def verdict(events: list[Event], **more: Any) -> Verdict:
    given: dict[str, Any] = {
        "name": WORKFLOW,
        "document": "workflows/w.yml",
        "kind": "workflow",
        "status": "passed",
        "coverage": (aim("step", "createApplication"), aim("step", "getApplication", reached=False)),
        "events": events,
        "runs": 3,
        "duration_s": 0.25,
    }
    return Verdict(**{**given, **more})


def aim(kind: Any, step: str, name: str = "", reached: bool = True, **more: Any) -> Aim:
    return Aim(kind=kind, workflow_id=WORKFLOW, step_id=step, name=name or step, reached=reached, **more)


def text_of(*verdicts: Verdict, redactor: Redactor | None = None) -> str:
    stream = io.StringIO()
    page = VerdictsPage(stream, redactor=redactor or Redactor())
    for each in verdicts:
        page.observe(each)
    page.finish()
    return stream.getvalue()


def page_of(*verdicts: Verdict, redactor: Redactor | None = None) -> Element:
    return read_page(text_of(*verdicts, redactor=redactor))


def test_the_index_leads_to_each_verdict_and_failed_ones_are_open(events: Events):
    problem = Problem(kind="output", message="absent")
    page = page_of(
        verdict(events("bootstrap")),
        verdict(events("failing"), name="other", status="failed", problems=(problem,)),
        verdict([], name="late.arazzo-test.yaml", kind="case", status="skipped", coverage=()),
    )

    index = page.one("table", "index")
    ids = [each.attributes["id"] for each in page if "id" in each.attributes]
    assert page.one("p", "outcome").text == "1 passed, 1 failed, 1 skipped"
    assert [link.text for link in index.all("a")] == [WORKFLOW, "other", "late.arazzo-test.yaml"]
    assert {link.attributes["href"] for link in index.all("a")} == {"#v1", "#v2", "#v3"}
    assert ["open" in each.attributes for each in page.all("details", "verdict")] == [False, True, False]
    assert len(ids) == len(set(ids))


def test_a_problem_has_its_place_its_command_and_its_transcript():
    problem = Problem(
        kind="request",
        message="the API does not accept it",
        step="pay",
        location=HERE,
        transcript="arazzo-test: 1\ndocument: <w.yaml>\n",
        command="arazzo-run w.yaml --replay 'x y'",
    )

    (told,) = page_of(verdict([], status="failed", problems=(problem,))).all("div", "problem")

    command, transcript = told.all("div", "copyable")
    assert "step pay w.yaml:3:5" in told.text
    assert command.one("pre").text == "arazzo-run w.yaml --replay 'x y'"
    assert transcript.one("pre").text == "arazzo-test: 1\ndocument: <w.yaml>\n"


def test_the_graph_is_coloured_by_what_any_run_reached(events: Events):
    page = page_of(verdict(events("bootstrap")))

    graph = page.one("svg", "graph", "coverage")
    states = [node.classes[-1] for node in graph.all("g", "node")]
    # The straight run reached all three, whatever the list of aims says.
    assert states == ["s-reached", "s-reached", "s-reached"]


def test_what_only_another_run_reached_counts_and_what_none_did_is_dashed(events: Events):
    begun = [events("failing")[0], *events("failing")[2:9]]
    aims = (
        aim("step", "createApplication"),
        aim("step", "getApplication"),
        aim("step", "createAccessToken", reached=False),
    )

    page = page_of(verdict(begun, coverage=aims))

    graph = page.one("svg", "graph", "coverage")
    assert [node.classes[-1] for node in graph.all("g", "node")] == ["s-reached", "s-reached", "s-untaken"]


def test_an_action_another_run_took_is_coloured_however_it_is_named():
    here = Location("w.yaml", 9, 1)
    actions = tuple(ActionOutline(name, "failure", "end", here) for name in ("stop", "leave", "never"))
    outline = WorkflowOutline(
        WORKFLOW, None, (StepOutline("a", "operation", "GET /a", None, here, actions=actions),), here
    )
    aims = (aim("step", "a"), aim("action", "a", "stop"), aim("action", "a", "leave (failure)"))

    page = page_of(verdict([RunStarted(WORKFLOW, {}, (outline,), here, "w.yaml")], coverage=aims))

    exits = page.one("svg", "graph", "coverage").all("g", "exit")
    assert [each.classes[-1] for each in exits] == ["s-reached", "s-reached", "s-untaken"]


def test_coverage_says_why_something_was_not_reached():
    aims = (
        aim(
            "criterion",
            "pay",
            "$statusCode == 200 is false",
            False,
            reason="no such response is documented",
            proven=True,
        ),
        aim("action", "pay", "again", False, reason="no sample did"),
        aim("exhausted", "pay", "again exhausted"),
        aim("output", "pay", "receipt"),
    )

    (row,) = page_of(verdict([], coverage=aims)).one("table", "coverage").one("tbody").all("tr")

    assert [why.text for why in row.all("span", "why")] == [
        "no such response is documented",
        "none was found: no sample did",
    ]
    assert [chip.text for chip in row.all("span", "chip", "ok")] == ["✓ again exhausted", "✓ receipt"]


def test_secrets_known_before_and_marked_by_the_events_are_masked(events: Events, secret: str):
    redactor = Redactor()
    redactor.mark("given.before", "known-before-all")
    problem = Problem(kind="crash", message="died with known-before-all", transcript=f"token: {secret}")

    text = text_of(verdict(events("bootstrap"), status="failed", problems=(problem,)), redactor=redactor)

    assert [hidden for hidden in (secret, "known-before-all", "issued-token-0001", "s3cr3t") if hidden in text] == []


def test_hundreds_of_tests_with_big_bodies_stay_one_usable_file(events: Events):
    big = Response(200, (("Content-Type", "text/plain"),), b"b" * 300_000)
    seen = [replace(e, response=big) if isinstance(e, ResponseReceived) else e for e in events("bootstrap")]

    text = text_of(*(verdict(seen, name=f"w{number}") for number in range(300)))

    assert len(text) < 16_000_000
    assert text.count('class="verdict passed"') == 300


def test_secrets_of_one_test_do_not_slow_down_the_next(events: Events):
    """Each run has tokens of its own; looking for all of them in every text would take minutes."""
    begun = time.monotonic()

    text_of(
        *(
            verdict([*(SecretMarked(f"t{n}", f"{n:04}-token-{number:04}") for n in range(10)), *events("bootstrap")])
            for number in range(150)
        )
    )

    assert time.monotonic() - begun < 20


def test_no_test_is_a_page_too():
    page = page_of()

    assert page.one("p", "outcome").text == "no workflow was tested"


def test_notes_and_names_are_no_markup():
    canary = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>"
    problem = Problem(kind="check", message=canary, step=canary, transcript=canary, command=canary)
    aims = (aim("action", canary, canary, False, reason=canary, action=canary),)

    page = page_of(
        verdict([], name=canary, document=canary, status="failed", problems=(problem,), notes=(canary,), coverage=aims)
    )

    assert len(page.all("script")) == 1
    assert not page.all("img")
    assert page.one("p", "notice", "info").text == canary
