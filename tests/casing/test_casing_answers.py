"""Cases without a server: what they say is answered and compared, and the description has the rest."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk import Desk, lines

from arazzo_runner.api import find_cases, run_case
from arazzo_runner.errors import DocumentError, FileMissing
from arazzo_runner.events import ResponseReceived, StepStarted, Waiting
from arazzo_runner.options import Options


def test_a_case_needs_a_document_only(desk: Desk):
    verdict = desk.run("")

    assert (verdict.status, verdict.kind, verdict.problems) == ("passed", "case", ())
    assert verdict.name == str(desk.folder / "a.arazzo-test.yaml")
    assert verdict.document == str(desk.folder / "orders.arazzo.yaml")
    assert verdict.runs == 1
    assert [event.step_id for event in verdict.events if isinstance(event, StepStarted)] == ["place", "read"]


def test_a_run_that_fails_is_a_problem_unless_the_case_says_so(desk: Desk):
    answer = """
    exchanges:
    - {step: read, response: {status: 404}}
    """

    assert [problem.kind for problem in desk.run(answer).problems] == ["difference"]
    assert "the run failed" in desk.run(answer).problems[0].message
    assert desk.run(answer + "expect: {outcome: failure, endedBy: gone}\n").status == "passed"
    assert desk.run(answer + "expect: {reason: action}\n").status == "passed"


# -- answers ----------------------------------------------------------------------------------------------------------


def responses(verdict: object) -> list[tuple[int, bytes]]:
    return [(e.response.status, e.response.body) for e in verdict.events if isinstance(e, ResponseReceived)]  # type: ignore[attr-defined]


def test_an_answer_with_a_body_is_given_as_it_stands(desk: Desk):
    verdict = desk.run(
        """
        exchanges:
        - step: place
          response: {status: 201, body: {id: mine}}
        expect:
          outputsContain: {id: mine}
        """
    )

    assert verdict.status == "passed"
    assert responses(verdict)[0] == (201, b'{"id":"mine"}')


def test_an_answer_without_a_body_has_that_of_the_description(desk: Desk):
    verdict = desk.run(
        """
        exchanges:
        - {step: read, response: {status: 404}}
        expect:
          outcome: failure
          steps: {read: {outcome: failure, outputs: {reason: gone}}}
        """
    )

    assert verdict.status == "passed", verdict.problems


def test_a_status_that_is_not_documented_has_no_body(desk: Desk):
    verdict = desk.run("exchanges: [{step: read, response: {status: 418}}]\nexpect: {outcome: failure}\n")

    assert verdict.status == "passed", verdict.problems
    assert responses(verdict)[1] == (418, b"")


def test_an_answer_may_be_a_documented_example(desk: Desk):
    verdict = desk.run("exchanges: [{step: place, response: {example: rushed}}]\nexpect: {outputsContain: {id: o-9}}\n")

    assert verdict.status == "passed", verdict.problems


def test_an_example_that_nobody_documents_is_a_problem_where_it_is_named(desk: Desk):
    verdict = desk.run("exchanges:\n- step: place\n  response: {example: rash}\n")

    assert ("difference", "place", 6, "there is no example 'rash' (usual, rushed)") in lines(verdict)


def test_headers_of_a_case_stand_over_those_of_the_description(desk: Desk):
    verdict = desk.run("exchanges: [{step: place, response: {headers: {location: /x, X-A: b}}}]\n")

    (placed, _) = [event.response for event in verdict.events if isinstance(event, ResponseReceived)]
    assert (placed.header("Location"), placed.header("x-a")) == ("/x", "b")
    assert placed.body


def test_an_empty_text_is_an_empty_body(desk: Desk):
    verdict = desk.run("exchanges: [{step: read, response: {status: 200, text: ''}}]\n")

    assert responses(verdict)[1] == (200, b"")


def test_exchanges_of_a_step_are_taken_in_order_and_nothing_waits(desk: Desk):
    verdict = desk.run(
        """
        exchanges:
        - {step: place, response: {status: 503}}
        - {step: place, failure: {kind: timeout}}
        expect: {outcome: failure, reason: timeout, steps: {place: {attempts: 2}, read: {attempts: 0}}}
        """
    )

    assert lines(verdict) == [("difference", None, 8, "the reason: expected timeout, got transport")]
    assert sum(event.seconds for event in verdict.events if isinstance(event, Waiting)) == 30
    assert verdict.duration_s < 10


def test_an_exchange_may_say_which_attempt_it_is(desk: Desk):
    verdict = desk.run(
        """
        exchanges:
        - {step: place, attempt: 3, response: {example: rushed}}
        - {step: place, attempt: 1, response: {status: 503}}
        - {step: place, response: {status: 503}}
        expect: {outputsContain: {id: o-9}, steps: {place: {attempts: 3, outcome: success}}}
        """
    )

    assert verdict.status == "passed", verdict.problems


def test_a_step_of_a_called_workflow_is_named_alone_or_with_its_caller(desk: Desk):
    desk.write(
        "orders.arazzo.yaml",
        (desk.folder / "orders.arazzo.yaml").read_text()
        + """
- workflowId: twice
  steps:
  - {stepId: first, workflowId: order, parameters: [{name: item, value: tea}]}
  - {stepId: second, workflowId: order, parameters: [{name: item, value: tea}], outputs: {id: $outputs.id}}
  outputs: {id: $steps.second.outputs.id}
""",
    )
    verdict = desk.run(
        """
        exchanges:
        - {step: second/place, response: {example: rushed}}
        - {step: read, request: {url: /orders/o-1}}
        - {step: read, request: {url: /orders/o-9}}
        expect: {outputs: {id: o-9}, steps: {second/place: {attempts: 1}, first/read: {outcome: success}}}
        """,
        head="arazzo-test: 1\ndocument: orders.arazzo.yaml\nworkflow: twice\n",
    )

    assert verdict.status == "passed", verdict.problems


# -- requests ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "request_",
    [
        "{method: POST}",
        "{url: /orders}",
        "{url: /v1/orders}",
        "{url: '/orders?notify=true'}",
        "{url: 'https://orders.test/v1/orders?notify=true'}",
        "{query: {notify: true}}",
        "{headers: {content-type: application/json}}",
        "{body: {count: 1.0, item: tea}}",
        "{bodyContains: {item: tea}}",
        "{bodyContains: {}}",
        '{text: \'{"item": "tea", "count": 1}\'}',
        "{}",
    ],
)
def test_only_what_is_given_of_a_request_is_compared(desk: Desk, request_: str):
    assert desk.run(f"exchanges: [{{step: place, request: {request_}}}]\n").status == "passed"


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ("{method: PUT}", "method: expected PUT, got POST"),
        ("{url: /order}", "URL: expected /order, got https://orders.test/v1/orders?notify=true"),
        ("{url: '/orders?notify=1'}", "URL: expected /orders?notify=1, got https://orders.test/v1/orders?notify=true"),
        ("{query: {notify: false}}", "query parameter notify: expected false, got true"),
        ("{query: {page: [1, 2]}}", "query parameter page: expected 1, 2, got absent"),
        ("{headers: {X-A: b}}", "header X-A: expected b, got absent"),
        ("{body: {item: tea}}", 'body: expected {"item":"tea"}, got {"item":"tea","count":1}'),
        ("{bodyContains: {count: 2}}", "body at /count: expected 2, got 1"),
        ("{bodyContains: {tip: 2}}", "body at /tip: expected 2, got absent"),
    ],
)
def test_what_is_expected_of_a_request_and_not_sent_is_a_difference_with_its_place(
    desk: Desk, request_: str, message: str
):
    verdict = desk.run(f"exchanges:\n- step: place\n  request: {request_}\n")

    assert lines(verdict) == [("difference", "place", 6, message)]
    assert verdict.problems[0].command == f"arazzo-run test {desk.folder / 'a.arazzo-test.yaml'}"


def test_a_request_that_is_expected_and_not_sent_is_a_difference(desk: Desk):
    verdict = desk.run(
        """
        exchanges:
        - {step: place, response: {status: 400}}
        - {step: read, request: {method: GET, url: /orders/o-1}}
        expect: {outcome: failure}
        """
    )

    assert lines(verdict) == [("difference", "read", 7, "the request was not sent (GET /orders/o-1)")]


def test_a_step_that_is_not_there_is_told_with_the_one_that_was_meant(desk: Desk):
    verdict = desk.run("exchanges: [{step: plaice}]\nexpect: {steps: {reed: {outcome: success}}}\n")

    assert [message for *_, message in lines(verdict)] == [
        "the request was not sent: there is no step 'plaice', did you mean 'place'?",
        "the step was not carried out: there is no step 'reed', did you mean 'read'?",
    ]


def test_a_complete_case_lists_every_request(desk: Desk):
    verdict = desk.run("complete: true\nexchanges: [{step: place}]\nexpect: {outcome: failure}\n")

    (found,) = lines(verdict)
    assert found[:2] == ("difference", "read")
    assert found[3].startswith("a request that the case does not list was sent: GET https://orders.test/v1/orders/")


def test_a_request_that_the_description_does_not_allow_is_a_problem(desk: Desk):
    verdict = desk.run(
        "inputs: {item: tea, count: 0}\nexpect: {outcome: failure}\n",
        head="""
        arazzo-test: 1
        document: orders.arazzo.yaml
    """,
    )

    (problem,) = verdict.problems
    assert (problem.kind, problem.step) == ("request", "place")
    assert "count" in problem.message
    assert problem.location is not None
    assert problem.location.document.endswith("orders.arazzo.yaml")


def test_how_much_such_a_request_weighs_is_configurable(desk: Desk):
    head = "arazzo-test: 1\ndocument: orders.arazzo.yaml\ninputs: {item: tea, count: 0}\nexpect: {outcome: failure}\n"

    told = desk.run("", head=head, severities={"request": "warn"})
    silent = desk.run("", head=head, severities={"request": "off"})

    assert (told.status, len(told.notes)) == ("passed", 1)
    assert (silent.status, silent.notes) == ("passed", ())


def test_a_form_is_compared_field_by_field(desk: Desk):
    form = "application/x-www-form-urlencoded"
    openapi, workflow = desk.folder / "openapi.yaml", desk.folder / "orders.arazzo.yaml"
    openapi.write_text(openapi.read_text().replace("application/json", form, 1))
    workflow.write_text(workflow.read_text().replace("application/json", form))

    verdict = desk.run("exchanges: [{step: place, request: {bodyContains: {count: 1}}}]\n")
    differs = desk.run("exchanges: [{step: place, request: {bodyContains: {count: 2}}}]\n")

    assert verdict.status == "passed", verdict.problems
    assert [message for *_, message in lines(differs)] == ['body at /count: expected "2", got "1"']


# -- what is expected of the run --------------------------------------------------------------------------------------


def test_outputs_are_compared_by_value_all_or_in_part(desk: Desk):
    place = "exchanges: [{step: place, response: {example: rushed}}]\n"

    assert desk.run(place + "expect: {outputs: {id: o-9, status: sent}}\n").status == "passed"
    assert desk.run(place + "expect: {outputsContain: {status: sent}}\n").status == "passed"
    assert lines(desk.run(place + "expect:\n  outputsContain:\n    status: open\n")) == [
        ("difference", None, 7, 'output status: expected "open", got "sent"')
    ]
    assert lines(desk.run(place + "expect:\n  outputs:\n    id: o-9\n")) == [
        ("difference", None, 7, 'outputs: expected {"id":"o-9"}, got {"id":"o-9","status":"sent"}')
    ]


def test_outputs_of_a_step_are_those_of_its_last_attempt(desk: Desk):
    verdict = desk.run(
        """
        expect:
          steps:
            place: {outputsContain: {id: other}}
            read: {outcome: success, attempts: 2}
        """
    )

    assert [(step, line) for _, step, line, _ in lines(verdict)] == [("place", 7), ("read", 8)]


def test_a_run_without_an_end_is_out_of_bounds(desk: Desk):
    from arazzo_runner import Limits

    verdict = desk.run("", options={"limits": Limits(max_steps=1)})

    assert [problem.kind for problem in verdict.problems] == ["bounds"]


# -- refusals ---------------------------------------------------------------------------------------------------------


def test_inputs_that_are_refused_are_a_problem_or_what_is_expected(desk: Desk):
    head = "arazzo-test: 1\ndocument: orders.arazzo.yaml\ninputs: {item: x}\n"

    refused = desk.run("", head=head)
    expected = desk.run("expect: {outcome: rejected, reason: inputs}\n", head=head)

    assert (refused.status, refused.code, refused.runs) == ("failed", 2, 0)
    assert [(kind, line) for kind, _, line, _ in lines(refused)] == [("inputs", 3)]
    assert (expected.status, expected.code) == ("passed", 0)


def test_a_document_that_is_refused_is_a_problem_or_what_is_expected(desk: Desk):
    file = desk.folder / "orders.arazzo.yaml"
    file.write_text(file.read_text().replace("operationId: getOrder", "operationId: fetchOrder"))

    refused = desk.run("")
    code = refused.problems[0].message.partition(":")[0]
    expected = desk.run(f"expect: {{outcome: rejected, reason: {code}}}\n")
    other = desk.run("expect: {outcome: rejected, reason: inputs}\n")

    assert (refused.status, refused.code) == ("failed", 3)
    assert refused.problems[0].kind == "check"
    assert "fetchOrder" in refused.problems[0].message
    assert refused.problems[0].location is not None
    assert refused.problems[0].location.document.endswith("orders.arazzo.yaml")
    assert expected.status == "passed"
    assert code.startswith("ARZ")
    assert [message for *_, message in lines(other)] == [f"the reason: expected inputs, got {code}"]


def test_what_was_expected_to_be_refused_and_runs_is_a_difference(desk: Desk):
    verdict = desk.run("expect:\n  outcome: rejected\n", live=True)

    assert lines(verdict) == [("difference", None, 5, "the outcome: expected rejected, got success")]


@pytest.mark.parametrize(
    ("head", "line", "word"),
    [
        ("arazzo-test: 1\ndocument: other.yaml\n", 2, "other.yaml"),
        ("arazzo-test: 1\ndocument: orders.arazzo.yaml\nworkflow: odrer\n", 3, "did you mean 'order'?"),
    ],
)
def test_what_a_case_names_and_is_not_there_is_told_at_its_place(desk: Desk, head: str, line: int, word: str):
    verdict = desk.run("", head=head)

    (found,) = lines(verdict)
    assert (verdict.status, verdict.code, found[0], found[2]) == ("failed", 3, "check", line)
    assert word in found[3]


def test_a_case_that_is_none_is_refused_with_its_place(desk: Desk):
    with pytest.raises(DocumentError) as caught:
        desk.run("exchanges:\n- step: place\n  respons: {}\n")

    assert (caught.value.location.line, caught.value.hint) == (6, "did you mean 'response'?")  # type: ignore[union-attr]


def test_a_case_that_is_not_there_is_told(desk: Desk):
    with pytest.raises(FileMissing, match="nowhere"):
        run_case(desk.folder / "nowhere.arazzo-test.yaml", Options())


# -- where cases are found --------------------------------------------------------------------------------------------


def test_cases_are_found_under_a_folder_beside_their_document_and_by_name(tmp_path: Path):
    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    a = write("a.arazzo-test.yaml", "arazzo-test: 1\ndocument: orders.yaml\n")
    b = write("b.arazzo-test.json", '{"arazzo-test": 1, "document": "./sub/../orders.yaml"}')
    c = write("c.arazzo-test.yml", "arazzo-test: 1\ndocument: other.yaml\n")
    d = write("sub/d.arazzo-test.yml", "arazzo-test: 1\ndocument: ../orders.yaml\n")
    write("node_modules/x.arazzo-test.yaml", "")
    write(".hidden/x.arazzo-test.yaml", "")
    document = write("orders.yaml", "arazzo: 1.0.1\n")

    assert find_cases(tmp_path) == [a, b, c, d]
    assert find_cases(document) == [a, b]
    assert find_cases(c) == [c]


def test_a_case_beside_a_document_that_cannot_be_read_is_among_its_cases(tmp_path: Path):
    broken = tmp_path / "x.arazzo-test.yaml"
    broken.write_text("arazzo-test: [")
    document = tmp_path / "orders.yaml"
    document.write_text("arazzo: 1.0.1\n")

    assert find_cases(document) == [broken]


def test_what_follows_from_another_end_is_not_told_again(desk: Desk):
    verdict = desk.run(
        """
        exchanges:
        - {step: read, response: {status: 404}}
        expect:
          outcome: success
          endedBy: other
          outputs: {id: x, status: open}
          steps:
            read: {outcome: success, attempts: 2, outputs: {status: open}}
        """
    )

    assert [(step, message.partition(":")[0]) for _, step, _, message in lines(verdict)] == [
        (None, "the outcome"),
        ("read", "attempts"),
        ("read", "the outcome"),
    ]
    assert "'$statusCode == 200' does not hold" in verdict.problems[0].message
