"""Pages in a real browser: no complaint of its console, nothing wider than the window, and the keyboard."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import orders
import pytest
from browser import CHROMIUM, Browser
from scripted import Bench, ScriptedServer

from arazzo_runner.events import Event
from arazzo_runner.report.page.html import HtmlReport
from arazzo_runner.report.page.verdicts import VerdictsPage
from arazzo_runner.report.redaction import Redactor
from arazzo_runner.verdict import Problem, Verdict

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine (apt-get install chromium)")
Events = Callable[[str], "list[Event]"]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    browser = Browser()
    yield browser
    browser.close()


@pytest.fixture
def orders_page(server: ScriptedServer, tmp_path: Path) -> Path:
    orders.answers(server)
    text = json.dumps(orders.description()).replace('"openapi.json"', '"memory:/openapi.json"')
    report = HtmlReport(tmp_path / "orders.html", redactor=Redactor())
    with Bench(server).runner(text, orders.OPENAPI, workflow="placeOrder") as runner:
        runner.run({"item": "lamp", "password": orders.PASSWORD}, observers=(report.observe,))
    report.finish()
    return tmp_path / "orders.html"


@pytest.fixture
def failing_page(events: Events, tmp_path: Path) -> Path:
    report = HtmlReport(tmp_path / "failing.html", redactor=Redactor())
    for event in events("failing"):
        report.observe(event)
    report.finish()
    return tmp_path / "failing.html"


def focused(chromium: Browser) -> str:
    return str(
        chromium.run("document.activeElement.querySelector('.name')?.textContent.trim() ?? document.activeElement.id")
    )


def shown(chromium: Browser) -> list[str]:
    steps = "[...document.querySelectorAll('details.step')].filter(each => !each.hidden)"
    script = f"{steps}.map(each => each.querySelector('.name').textContent.trim())"
    return list(chromium.run(script))


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [400, 1280])
def test_a_page_fits_the_window_and_its_console_is_silent(chromium: Browser, orders_page: Path, width: int, dark: bool):
    chromium.open(orders_page, width=width, dark=dark)

    assert chromium.complaints == []
    assert chromium.run("document.documentElement.scrollWidth") == width
    assert chromium.run("document.documentElement.classList.contains('js')") is True


def test_the_system_chooses_the_theme_until_somebody_does(chromium: Browser, orders_page: Path):
    paper = "getComputedStyle(document.body).backgroundColor"
    chromium.open(orders_page)
    light = chromium.run(paper)
    chromium.open(orders_page, dark=True)
    dark = chromium.run(paper)

    chromium.press("t")

    assert light != dark
    assert chromium.run(paper) == light
    chromium.press("t")
    chromium.run("localStorage.clear()")


def test_steps_are_walked_opened_and_filtered_with_the_keyboard(chromium: Browser, failing_page: Path):
    chromium.open(failing_page)

    chromium.press("j")
    assert focused(chromium) == "createApplication"
    chromium.press("Enter")
    assert chromium.run("document.activeElement.parentElement.open") is True
    chromium.press("ArrowDown")
    assert focused(chromium) == "getApplication"
    chromium.press("k")
    assert focused(chromium) == "createApplication"
    chromium.press("/", *"404")
    assert shown(chromium) == ["getApplication"]
    chromium.press("Enter")
    assert focused(chromium) == "getApplication"
    chromium.press("/", "Escape")
    assert shown(chromium) == ["createApplication", "getApplication"]
    chromium.press("f")
    assert shown(chromium) == ["getApplication"]
    chromium.press("f", "?")
    assert chromium.run("document.getElementById('help').open") is True
    assert chromium.complaints == []


def test_a_step_of_the_graph_leads_to_its_details(chromium: Browser, orders_page: Path):
    chromium.open(orders_page)

    chromium.run("document.querySelector('svg.graph a[href] .node').closest('a').focus()")
    chromium.press("Enter")
    chromium.run("new Promise(resolve => setTimeout(resolve, 50))")

    assert focused(chromium) == "signIn"
    assert chromium.run("document.querySelector(location.hash).open") is True


def test_without_its_script_a_page_is_whole(chromium: Browser, failing_page: Path):
    chromium.open(failing_page, script=False)

    # Asked of the browser, not of the page.
    root = chromium.send("DOM.getDocument")["root"]["nodeId"]
    steps = chromium.send("DOM.querySelectorAll", nodeId=root, selector="details.step > summary")["nodeIds"]
    tools = chromium.send("DOM.querySelector", nodeId=root, selector=".tools")["nodeId"]
    chromium.send("Emulation.setScriptExecutionDisabled", value=False)
    assert len(steps) == 2
    assert chromium.run("getComputedStyle(document.querySelector('.tools')).display") == "none"
    assert tools


def test_what_a_hostile_document_says_is_not_run(chromium: Browser, tmp_path: Path):
    canary = "\"'></title></style></script><script>window.caught=1</script><img src=x onerror='window.caught=2'>"
    problem = Problem(kind="check", message=canary, transcript=canary, command=canary)
    stream = io.StringIO()
    page = VerdictsPage(stream, redactor=Redactor())
    page.observe(Verdict(name=canary, document=canary, kind="workflow", status="failed", problems=(problem,)))
    page.finish()
    (tmp_path / "tests.html").write_text(stream.getvalue(), "utf-8")

    chromium.open(tmp_path / "tests.html")

    assert chromium.run("window.caught ?? 0") == 0
    assert chromium.complaints == []


def test_the_policy_would_stop_a_script_that_got_in_after_all(chromium: Browser, failing_page: Path):
    text = failing_page.read_text("utf-8").replace("<h1>", "<script>window.caught=1</script><h1>", 1)
    failing_page.write_text(text, "utf-8")

    chromium.open(failing_page)

    assert chromium.run("window.caught ?? 0") == 0
    assert chromium.complaints
