"""`show --diagram` draws without running; `run --html` writes the page of a run."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import orders
import pytest
from command_line import OK, Command
from markup import read_page

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def shop(command: Command) -> str:
    command.write("openapi.json", orders.OPENAPI)
    return command.write("orders.arazzo.json", orders.description())


def test_every_workflow_is_drawn_once(command: Command, shop: str):
    ran = command("show", shop, "--diagram", "mermaid")

    assert ran.code == 0
    assert ran.out.startswith("flowchart TD\n")
    assert [line.split('"')[1] for line in ran.out.splitlines() if "subgraph" in line] == [
        "placeOrder",
        "signIn",
        "warmUp",
        "giveBack",
    ]
    assert command.server.requests == []


def test_a_named_workflow_is_drawn_with_those_it_reaches(command: Command, shop: str):
    ran = command("show", shop, "-w", "signIn", "--diagram", "mermaid")

    assert ran.out.count("subgraph") == 1
    assert "getToken" in ran.out


def test_svg_on_stdout_is_a_document(command: Command, shop: str):
    ran = command("show", shop, "--diagram", "svg")

    assert ran.code == 0
    assert ElementTree.fromstring(ran.out).tag.endswith("svg")


def test_a_page_of_a_description_lists_each_step_as_planned(command: Command, shop: str):
    page = read_page(command("show", shop, "--diagram", "html").out)

    steps = {each.one("span", "name").text: each.text for each in page.all("details", "planned")}
    assert page.one("span", "badge").text == "not run"
    assert "after failure: retry (busy), at most 3 times, 0.05 s apart, if $statusCode == 503" in steps["createOrder"]
    assert "5 s" in steps["waitForIt"]
    assert len(page.one("svg", "graph", role="group").all("a")) == 10


def test_a_drawing_is_utf_8_whatever_the_terminal_has(command: Command, shop: str):
    ran = command.spawn("show", shop, "--diagram", "html", env={"PYTHONIOENCODING": "ascii", "PYTHONPATH": str(ROOT)})

    assert ran.code == 0
    assert "◐" in ran.out


def test_what_is_wrong_is_said_beside_the_drawing(command: Command):
    file = command.workflow({"steps": [{"stepId": "x", "operationId": "nowhere"}]})

    ran = command("show", file, "--diagram", "svg")

    assert ran.code == 3
    assert "nowhere" in ran.err
    assert ElementTree.fromstring(ran.out).tag.endswith("svg")


def test_a_kind_of_diagram_there_is_not_is_one_line(command: Command, shop: str):
    ran = command("show", shop, "--diagram", "png")

    assert ran.code == 2
    assert len(ran.err.strip().splitlines()) <= 2


def test_a_run_writes_its_page(command: Command):
    command.server.on("GET /things", {"id": 1})

    ran = command.sent(command.simple(successCriteria=OK), "--html", "run.html")

    page = read_page((command.folder / "run.html").read_text("utf-8"))
    assert ran.code == 0
    assert ran.json == {"id": 1}
    assert page.one("header").one("span", "badge").text == "succeeded"


def test_a_page_cannot_be_written_of_a_run_that_does_not_take_place(command: Command):
    ran = command.sent(command.simple(), "--dry-run", "--html", "run.html")

    assert ran.code == 2
    assert "--html has nothing to report on with --dry-run" in ran.err


def test_a_place_that_is_not_writable_is_told_before_the_run(command: Command):
    ran = command.sent(command.simple(), "--html", "nowhere/run.html")

    assert ran.code == 2
    assert command.server.requests == []
