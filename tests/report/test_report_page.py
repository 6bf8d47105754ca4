"""The page of a run: one file that tells everything, masked, and takes no text of a description for markup."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orders
import pytest
from markup import Element, read_page
from scripted import Answer, Bench, ScriptedServer

from arazzo_runner.diagnostics import Diagnostic
from arazzo_runner.events import (
    ActionOutline,
    ActionTaken,
    CriterionChecked,
    Event,
    RequestFailed,
    RequestSent,
    ResponseReceived,
    RunFinished,
    RunStarted,
    SecretMarked,
    StepFinished,
    StepOutline,
    StepStarted,
    Warned,
    WorkflowOutline,
)
from arazzo_runner.location import Location
from arazzo_runner.messages import Request, Response, TransportFailure
from arazzo_runner.report.page.html import HtmlReport
from arazzo_runner.report.redaction import Redactor
from arazzo_runner.values import Operand

Events = Callable[[str], "list[Event]"]
HIDDEN = ("issued-token-0001", "nested-token-77", "eyJ", "abcdef123", "s3cr3t")


def page_of(events: Iterable[Event], redactor: Redactor | None = None) -> str:
    stream = io.StringIO()
    report = HtmlReport(stream, redactor=redactor or Redactor())
    for event in events:
        report.observe(event)
    report.finish()
    return stream.getvalue()


def tree_of(events: Iterable[Event]) -> Element:
    return read_page(page_of(events))


def ordered(server: ScriptedServer, workflow: str = "placeOrder", **inputs: str) -> list[Event]:
    """The events of a run of the orders."""
    seen: list[Event] = []
    text = json.dumps(orders.description()).replace('"openapi.json"', '"memory:/openapi.json"')
    inputs = inputs or {"item": "lamp", "password": orders.PASSWORD}
    with Bench(server).runner(text, orders.OPENAPI, workflow=workflow) as runner:
        runner.run(inputs, observers=(seen.append,))
    return seen


@pytest.fixture
def shop(server: ScriptedServer) -> ScriptedServer:
    orders.answers(server)
    return server


# -- one file -------------------------------------------------------------------------------------------------------


def test_every_run_makes_a_page_whose_elements_are_closed_and_whose_ids_are_unique(any_run: list[Event]):
    page = tree_of(any_run)

    ids = [each.attributes["id"] for each in page if "id" in each.attributes]
    assert page.one("h1").text == "bootstrap-application-token"
    assert len(ids) == len(set(ids))


def test_a_page_loads_nothing_and_leads_nowhere(any_run: list[Event]):
    page = tree_of(any_run)

    links = [each.attributes.get("href") for each in page if "href" in each.attributes]
    ids = {each.attributes.get("id") for each in page}
    assert not page.where(lambda each: "src" in each.attributes or each.name in ("link", "img", "iframe", "object"))
    assert all(link and link.startswith("#") and link[1:] in ids for link in links)
    assert not re.search(r"@import|url\(", page.one("style").text)


def test_the_policy_allows_the_pages_own_script_and_style_and_nothing_else(events: Events):
    page = tree_of(events("bootstrap"))

    policy = page.one("meta", http_equiv="Content-Security-Policy").attributes["content"] or ""
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for name in ("script", "style"):
        digest = hashlib.sha256(page.one(name).text.encode()).digest()
        assert f"{name}-src 'sha256-{base64.b64encode(digest).decode()}'" in policy
    assert not page.where(lambda each: "style" in each.attributes)


def test_a_run_that_did_not_start_writes_nothing():
    assert page_of([]) == ""


def test_a_file_of_shown_secrets_is_for_its_owner(tmp_path: Path, events: Events, feed: Any, secret: str):
    path = tmp_path / "run.html"

    feed(HtmlReport(path, redactor=Redactor(show_secrets=True)), events("bootstrap"))

    assert path.stat().st_mode & 0o077 == 0
    assert "issued-token-0001" in path.read_text("utf-8")


# -- what is told ---------------------------------------------------------------------------------------------------


def test_secrets_are_masked_everywhere(any_run: list[Event], secret: str):
    page = page_of(any_run)

    assert [hidden for hidden in (*HIDDEN, secret) if hidden in page] == []


def test_a_secret_that_is_a_word_of_the_pages_own_spoils_nothing(events: Events):
    words = ("none", "step", "panel", "script", "graph", "content")

    page = tree_of([*(SecretMarked(word, word) for word in words), *events("bootstrap")])

    assert "default-src 'none'" in (page.one("meta", http_equiv="Content-Security-Policy").attributes["content"] or "")
    assert len(page.all("details", "step")) == 3
    assert page.one("section", id="graph").all("svg", "graph", role="group")


def test_a_secret_is_masked_in_what_is_cut(events: Events):
    """A name too long for its place is masked before it is cut, so that no half of a secret is left."""
    token = "tok-" + "x" * 80
    step = StepOutline("createApplication", "operation", f"GET /things/{token}", None, Location("d"))
    outline = WorkflowOutline("w", f"uses {token}", (step,), Location("d"), outputs=(token,))

    page = page_of([SecretMarked("t", token), RunStarted("w", {}, (outline,), Location("d"), "d")])

    assert "tok-xxx" not in page


def test_each_attempt_has_its_request_response_criteria_operands_and_outputs(events: Events):
    page = tree_of(events("bootstrap"))

    first = page.all("details", "step")[0]
    assert "POST http://127.0.0.1:8000/v1/applications" in first.text
    assert '"name": "demo"' in first.text
    assert "200 OK" in first.text
    assert "$statusCode = 200" in first.text
    assert first.one("table", "criteria").one("td", "tick").text == "✓"
    assert [row.one("th").text for row in first.all("table")[-1].all("tr")] == [
        "applicationId",
        "clientId",
        "clientSecret",
    ]


def test_a_failed_step_is_open_and_says_why_and_the_others_are_folded(events: Events):
    page = tree_of(events("failing"))

    folded, failed = page.all("details", "step")
    assert "open" not in folded.attributes
    assert "open" in failed.attributes
    assert "'$statusCode == 200' does not hold" in failed.one("p", "notice").text
    assert page.one("header").one("span", "badge").text == "failed"
    assert "accessToken" in page.one("section", id="values").text
    assert page.all("p", "notice")[0].text.startswith("workflows/")  # the warning found while running


def test_retries_stand_one_by_one_with_the_action_and_the_wait_in_the_timeline(events: Events):
    page = tree_of(events("retried"))

    first, second = page.all("details", "step")
    assert "handled" in first.classes
    assert "↻ retry 1 of 3, 2.00 s later (action again)" in first.text
    assert second.one("span", "name").text.split() == ["createApplication", "attempt", "2"]
    assert len(page.one("section", id="timeline").all("a")) == 2
    assert page.one("section", id="timeline").all("rect", "t-wait")


def test_a_called_workflow_shows_what_it_was_given_and_what_it_gave(events: Events):
    page = tree_of(events("nested"))

    caller, inner = page.all("details", "step")
    assert "Inputs of login" in caller.text
    assert "Outputs of login" in caller.text
    assert "depth-1" in inner.classes


@pytest.mark.parametrize(("name", "badge"), [("interrupted", "interrupted"), ("transport", "failed")])
def test_a_run_that_broke_off_says_so(events: Events, name: str, badge: str):
    page = tree_of(events(name))

    assert page.one("header").one("span", "badge").text == badge
    assert "open" in page.all("details", "step")[-1].attributes


def test_a_long_body_is_cut_and_its_size_is_told(events: Events):
    big = Response(200, (("Content-Type", "text/plain"),), b"a" * 500_000)
    long = [replace(e, response=big) if isinstance(e, ResponseReceived) else e for e in events("bootstrap")]

    page = page_of(long)

    assert len(page) < 400_000
    assert "500 kB, text/plain; the first 64,000 characters are shown" in page


def test_a_body_that_is_no_text_says_how_big_it_is(events: Events):
    image = Response(200, (("Content-Type", "image/png"),), b"\x89PNG\x00\xff" * 20)
    seen = [replace(e, response=image) if isinstance(e, ResponseReceived) else e for e in events("bootstrap")]

    assert "120 bytes that are no text, image/png" in page_of(seen)


# -- the graph ------------------------------------------------------------------------------------------------------


def states(page: Element) -> dict[str, str]:
    """The state of each step of the graph, by its id."""
    nodes = page.all("svg", "graph", role="group")[0].all("g", "node")
    return {node.all("text", "step-name")[0].text: state(node) for node in nodes}


def ways_out(page: Element) -> dict[str, str]:
    exits = page.all("svg", "graph", role="group")[0].all("g", "exit")
    return {each.one("text", "exit-name").text: state(each) for each in exits}


def state(element: Element) -> str:
    return next(name for name in element.classes if name.startswith("s-")).removeprefix("s-")


def test_taken_paths_and_counts_are_told_from_untaken_ones(shop: ScriptedServer):
    page = tree_of(ordered(shop))

    assert states(page) == {
        **dict.fromkeys(("signIn", "createOrder", "pay", "waitForIt", "ship", "notify"), "succeeded"),
        "cancel": "untaken",
        "probe": "succeeded",
        "getToken": "succeeded",
        "refund": "untaken",
    }
    assert ways_out(page) == {
        "needs warmUp": "succeeded",
        "runs signIn": "succeeded",
        "busy (2 of 3)": "handled",
        "soldOut": "untaken",
        "declined": "untaken",
        "brokenTill": "untaken",
        "notYet ×2": "succeeded",
        "lost: giveBack": "untaken",
        "tell": "succeeded",
        "tryAgain after waitForIt (max 2)": "untaken",
        "done": "succeeded",
    }


def test_a_transfer_enters_the_other_workflow(shop: ScriptedServer):
    shop.on("GET /orders/o-17", {"id": "o-17", "state": "lost"})

    page = tree_of(ordered(shop))

    assert ways_out(page)["lost: giveBack"] == "succeeded"
    assert states(page)["refund"] == "succeeded"
    assert states(page)["ship"] == "untaken"


def test_a_failure_that_no_action_takes_on_is_drawn_where_it_was(shop: ScriptedServer):
    shop.on("POST /notifications", Answer(500, {"message": "down"}))

    page = tree_of(ordered(shop))

    assert states(page)["notify"] == "failed"
    assert ways_out(page)["failed: stops here"] == "failed"


def test_a_helper_of_a_retry_does_not_count_as_a_way_on(shop: ScriptedServer):
    shop.on("POST /orders/o-17/shipment", Answer(500, {}), Answer(200, {}))

    page = tree_of(ordered(shop))

    assert ways_out(page)["tryAgain after waitForIt (1 of 2)"] == "handled"
    assert [each.text for each in page.all("text", "count")] == []  # the way from waitForIt to ship, once


def test_steps_of_the_graph_lead_to_their_last_attempt_and_can_be_focused(shop: ScriptedServer):
    page = tree_of(ordered(shop))

    graph = page.all("svg", "graph", role="group")[0]
    links = {link.one("text", "step-name").text: link.attributes["href"] for link in graph.all("a")}
    last = [each for each in page.all("details", "step") if "createOrder" in each.one("span", "name").text][-1]
    assert links["createOrder"] == f"#{last.attributes['id']}"
    assert [n.attributes.get("tabindex") for n in graph.all("g", "node", "s-untaken")] == ["0", "0"]
    assert graph.all("title")[0].text
    assert graph.one("desc").text == "4 workflow(s) with 10 step(s), from top to bottom; 8 of them reached."


def test_coverage_tells_criteria_both_ways_actions_and_outputs(shop: ScriptedServer):
    page = tree_of(ordered(shop))

    coverage = page.one("section", id="coverage")
    chips = {chip.text: "ok" in chip.classes for chip in coverage.all("span", "chip")}
    assert "8 of 10 steps" in coverage.text
    assert chips["✓ busy: $statusCode == 503 is true"]
    assert chips["✓ notYet"]
    assert not chips["· declined"]


def test_a_graph_without_outline_still_makes_a_page():
    here = Location("w.yaml", 3, 5)
    started = StepStarted("s#1.1", "s", "", "w", 1, 1, here)

    page = tree_of([RunStarted("w", {}, (), here, "w.yaml"), started, RunFinished("w", "failed", "criteria", None)])

    assert page.one("details", "step").one("span", "name").text.strip() == "s"


# -- texts that nobody vouches for ----------------------------------------------------------------------------------

CANARY = "\"'><script>alert(1)</script><img src=x onerror=alert(2)></style></title>]]>--><!--\u202e\x00\x1b[31m{{7*7}}"
LINK = "javascript:alert(3)"
BODY = CANARY.replace("\x00", "").encode()


def hostile() -> Iterator[Event]:
    here = Location(CANARY, 1, 1, CANARY)
    action = ActionOutline(CANARY, "failure", "goto", here, step_id=CANARY, criteria=(CANARY,))
    other = ActionOutline(CANARY, "failure", "retry", here, workflow=CANARY, retry_limit=2)
    step = StepOutline(CANARY, "workflow", CANARY, CANARY, here, CANARY, (CANARY,), (action, other), outputs=(CANARY,))
    outline = WorkflowOutline(CANARY, CANARY, (step,), here, CANARY, (CANARY,), (CANARY,))
    yield RunStarted(CANARY, {CANARY: CANARY, "link": LINK}, (outline,), here, CANARY)
    yield Warned(Diagnostic("ARZ1", "warning", CANARY, here, CANARY))
    id = f"{CANARY}#1.1"
    yield StepStarted(id, CANARY, "", CANARY, 1, 1, here, CANARY, CANARY)
    headers = ((CANARY, CANARY), ("Location", LINK), ("Content-Type", "text/html"))
    yield RequestSent(id, Request(CANARY, LINK + CANARY, headers, BODY))
    yield ResponseReceived(id, Response(200, headers, BODY, reason=CANARY), 0.1)
    yield CriterionChecked(id, CANARY, CANARY, False, (Operand("$" + CANARY, CANARY),), CANARY, here, None, CANARY)
    yield CriterionChecked(id, CANARY, "simple", True, (Operand("$x", {CANARY: [CANARY]}),), None, here, CANARY)
    yield StepFinished(id, CANARY, "", "failed", "criteria", {CANARY: CANARY}, (CANARY,), CANARY)
    yield ActionTaken(id, CANARY, "goto", CANARY, here, reason=CANARY)
    second = f"{CANARY}#2.1"
    yield StepStarted(second, CANARY, "", CANARY, 2, 1, here)
    failure = TransportFailure("connect", CANARY)
    yield RequestFailed(second, Request("GET", LINK), failure, CANARY)
    yield StepFinished(second, CANARY, "", "failed", "transport", {}, message=CANARY)
    yield ActionTaken(second, None, "break", reason=CANARY)
    yield RunFinished(CANARY, "failed", "criteria", CANARY, {CANARY: CANARY}, (CANARY,), CANARY)


def check_harmless(page: Element) -> None:
    """Nothing in it but what the page is made of."""
    expected = {
        *(
            "#document",
            "html",
            "head",
            "meta",
            "title",
            "style",
            "body",
            "a",
            "header",
            "div",
            "h1",
            "h2",
            "h3",
            "span",
        ),
        *(
            "p",
            "ul",
            "li",
            "b",
            "nav",
            "input",
            "button",
            "main",
            "section",
            "svg",
            "desc",
            "g",
            "rect",
            "text",
            "tspan",
        ),
        *("path", "circle", "table", "thead", "tbody", "tr", "th", "td", "code", "pre", "details", "summary", "footer"),
        *("dialog", "dl", "dt", "dd", "kbd", "script"),
    }
    assert {each.name for each in page} <= expected
    assert len(page.all("script")) == 1
    assert not page.where(lambda each: any(name.startswith("on") for name in each.attributes))
    links = [each.attributes.get("href") or "" for each in page if "href" in each.attributes]
    assert all(re.fullmatch(r"#[\w-]+", link) for link in links)
    classes = {name for each in page for name in each.classes}
    assert all(re.fullmatch(r"[\w-]+", name) for name in classes)


def test_no_text_of_a_description_or_an_answer_becomes_markup():
    text = page_of(hostile())
    page = read_page(text)

    check_harmless(page)
    assert "alert(1)" not in page.one("script").text
    assert "\x00" not in text
    assert "\u202e" not in text
    assert "\x1b" not in text
    assert any("<script>alert(1)</script>" in each.text for each in page.all("pre"))  # shown as it came


def test_a_text_with_halves_of_surrogate_pairs_can_be_written(tmp_path: Path, events: Events, feed: Any):
    seen = [replace(e, inputs={"x": "\ud800"}) if isinstance(e, RunStarted) else e for e in events("bootstrap")]

    feed(HtmlReport(tmp_path / "run.html", redactor=Redactor()), seen)

    assert "\ufffd" in (tmp_path / "run.html").read_text("utf-8")
