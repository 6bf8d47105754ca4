"""Inputs on the command line: typing, files, variables, standard input, questions (interface, "Options of a run")."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from command_line import Command
from terminals import Terminal

NULLABLE = {"anyOf": [{"type": "string"}, {"type": "null"}]}


def echoing(command: Command, schema: Any, *, required: bool = True, **parts: Any) -> str:
    """A workflow that posts its input `v`."""
    inputs = {"type": "object", "properties": {"v": schema}, **({"required": ["v"]} if required else {}), **parts}
    step = {"stepId": "post", "operationId": "post", "requestBody": {"payload": {"v": "$inputs.v"}}}
    command.server.on("POST /things", {})
    return command.workflow({"inputs": inputs, "steps": [step]})


@pytest.mark.parametrize(
    ("schema", "text", "value"),
    [
        ({"type": "string"}, "12", "12"),
        ({"type": "string"}, "true", "true"),
        ({"type": "string"}, "null", "null"),
        ({"type": "string"}, '"12"', '"12"'),
        ({"type": "string"}, "", ""),
        ({"type": "string"}, "a=b", "a=b"),
        ({"enum": ["1", "2"]}, "1", "1"),
        ({"const": "7"}, "7", "7"),
        ({"allOf": [{"type": "string"}, {"minLength": 1}]}, "12", "12"),
        ({"anyOf": [{"type": "string", "format": "uuid"}, {"type": "string"}]}, "12", "12"),
        ({"type": "integer"}, "12", 12),
        ({"type": "number"}, "1.5", 1.5),
        ({"type": "boolean"}, "true", True),
        ({"type": "object"}, '{"a": [1]}', {"a": [1]}),
        ({"type": "array"}, "[1, 2]", [1, 2]),
        ({"type": ["string", "integer"]}, "12", 12),
        ({"type": ["string", "integer"]}, "x", "x"),
        ({"type": ["string", "null"]}, "12", "12"),
        ({"type": ["string", "null"]}, "null", None),
        (NULLABLE, "12", "12"),
        (NULLABLE, "null", None),
        ({"type": ["string", "null"]}, '"12"', "12"),
        ({"enum": [1, "a"]}, "1", 1),
        ({"enum": [1, "a"]}, "a", "a"),
        ({}, "12", 12),
        ({}, "abc", "abc"),
        ({}, '"12"', "12"),
        ({"type": "integer"}, "12345678901234567890", 12345678901234567890),
    ],
)
def test_a_value_is_text_where_only_text_is_allowed_else_json(command: Command, schema: Any, text: str, value: Any):
    file = echoing(command, schema)

    ran = command.sent(file, "-i", f"v={text}")

    assert ran.code == 0, ran.err
    assert command.server.requests[0].json == {"v": value}


def test_a_type_behind_a_reference_counts(command: Command):
    file = echoing(command, {"$ref": "#/components/inputs/zip"})
    description = json.loads(Path(file).read_text())
    command.write(file, {**description, "components": {"inputs": {"zip": {"type": "string"}}}})

    ran = command.sent(file, "-i", "v=01234")

    assert ran.code == 0, ran.err
    assert command.server.requests[0].json == {"v": "01234"}


@pytest.mark.parametrize(
    ("schema", "text", "words"),
    [
        ({"type": "integer"}, "abc", ["'v'", "abc", "integer"]),
        ({"type": "integer"}, "1.5", ["'v'", "a number", "integer"]),
        ({"type": "boolean"}, "yes", ["'v'", "yes", "boolean"]),
        ({"type": "object"}, "{a: 1}", ["'v'", "object"]),
        ({"type": "string", "minLength": 3}, "ab", ["'v'", "too short"]),
        ({"enum": ["a", "b"]}, "c", ["'v'", "not one of"]),
    ],
)
def test_an_ill_typed_value_is_named_and_nothing_is_sent(command: Command, schema: Any, text: str, words: list[str]):
    file = echoing(command, schema)

    ran = command.sent(file, "-i", f"v={text}")

    assert ran.code == 2
    assert ran.out == ""
    assert command.server.requests == []
    first = ran.err.splitlines()[0]
    assert all(word in first for word in words), ran.err


def test_an_input_keeps_out_of_the_shell_history_in_a_file_or_a_variable(command: Command, monkeypatch: Any):
    file = echoing(command, {"type": "string"})
    command.write("value.txt", "from the file\n")
    monkeypatch.setenv("MY_VALUE", "from the variable")

    codes = [command.sent(file, "-i", text).code for text in ("v=@value.txt", "v=env:MY_VALUE")]

    assert codes == [0, 0]
    assert [r.json["v"] for r in command.server.requests] == ["from the file", "from the variable"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("v=@absent.txt", ["absent.txt", "'v'"]),
        ("v=env:NOT_SET_AT_ALL", ["NOT_SET_AT_ALL", "'v'"]),
        ("just-a-name", ["just-a-name", "NAME=VALUE"]),
        ("=1", ["=1", "NAME=VALUE"]),
    ],
)
def test_an_input_that_cannot_be_read_is_one_line(command: Command, text: str, words: list[str]):
    file = echoing(command, {"type": "string"})

    ran = command.sent(file, "-i", text)

    assert ran.code == 2
    assert len(ran.err.splitlines()) == 1
    assert all(word in ran.err for word in words), ran.err
    assert command.server.requests == []


def test_a_value_in_a_file_is_typed_like_any_other(command: Command):
    file = echoing(command, {"type": "array"})
    command.write("list.json", "[1, 2]\n")

    command.sent(file, "-i", "v=@list.json")

    assert command.server.requests[0].json == {"v": [1, 2]}


@pytest.mark.parametrize("text", ['{"v": "x"}', "v: x\n"])
def test_inputs_come_from_a_file_of_json_or_yaml(command: Command, text: str):
    file = echoing(command, {"type": "string"})
    command.write("inputs.txt", text)

    ran = command.sent(file, "--inputs", "inputs.txt")

    assert ran.code == 0, ran.err
    assert command.server.requests[0].json == {"v": "x"}


def test_inputs_come_from_standard_input(command: Command):
    file = echoing(command, {"type": "string"})

    ran = command.sent(file, "--inputs", "-", stdin='{"v": "12"}')

    assert ran.code == 0, ran.err
    assert command.server.requests[0].json == {"v": "12"}


def test_a_single_input_wins_over_the_file(command: Command):
    file = echoing(command, {"type": "string"})
    command.write("inputs.json", {"v": "file"})

    command.sent(file, "--inputs", "inputs.json", "-i", "v=option")

    assert command.server.requests[0].json == {"v": "option"}


@pytest.mark.parametrize(
    ("name", "content", "code", "words"),
    [
        ("absent.json", None, 2, ["absent.json"]),
        ("list.json", "[1]", 2, ["list.json", "object"]),
        ("broken.json", '{"v": ', 2, ["broken.json:1:"]),
        ("twice.yaml", "v: 1\nv: 2\n", 2, ["twice.yaml:2:1", "v"]),
        ("latin.json", b'{"v": "\xff"}', 2, ["latin.json"]),
    ],
)
def test_a_file_of_inputs_that_cannot_be_read_is_one_line(
    command: Command, name: str, content: Any, code: int, words: list[str]
):
    file = echoing(command, {"type": "string"})
    if content is not None:
        command.write(name, content)

    ran = command.sent(file, "--inputs", name)

    assert ran.code == code, ran.err
    assert len(ran.err.splitlines()) == 1, ran.err
    assert all(word in ran.err for word in words), ran.err
    assert command.server.requests == []


def test_an_empty_file_of_inputs_gives_none(command: Command):
    file = echoing(command, {"type": "string"}, required=False)
    command.write("empty.yaml", "")

    assert command.sent(file, "--inputs", "empty.yaml").code == 0


def test_missing_inputs_are_named_with_the_line_to_type(command: Command):
    inputs = {
        "type": "object",
        "required": ["user", "password", "count"],
        "properties": {
            "user": {"type": "string"},
            "password": {"type": "string"},
            "count": {"type": "integer", "default": 3},
        },
    }
    file = command.workflow({"inputs": inputs, "steps": [{"stepId": "get", "operationId": "get"}]})

    ran = command.sent(file, "-w", "main", "-i", "user=me")

    assert ran.code == 2
    assert ran.out == ""
    assert "missing: password" in ran.err
    assert "count" not in ran.err
    assert f"arazzo-run {file} -w main" in ran.err
    assert "-i password=..." in ran.err
    assert "-i user=me" in ran.err, "the line can be typed as it stands"
    assert command.server.requests == []


def test_the_line_to_type_does_not_repeat_secrets(command: Command):
    inputs = {
        "type": "object",
        "required": ["user", "password"],
        "properties": {"user": {"type": "string"}, "password": {"type": "string"}},
    }
    file = command.workflow({"inputs": inputs, "steps": [{"stepId": "get", "operationId": "get"}]})

    ran = command.sent(file, "-i", "password=hunter22", "--auth", "key=verysecret")

    assert ran.code == 2
    assert "hunter22" not in ran.err
    assert "verysecret" not in ran.err


def test_defaults_fill_what_is_not_given(command: Command):
    file = echoing(command, {"type": "integer", "default": 3})

    assert command.sent(file).code == 0
    assert command.server.requests[0].json == {"v": 3}


def asking(command: Command) -> str:
    inputs = {
        "type": "object",
        "required": ["user", "password", "count"],
        "properties": {
            "user": {"type": "string", "description": "Your name."},
            "password": {"type": "string", "format": "password"},
            "count": {"type": "integer"},
        },
    }
    payload = {"user": "$inputs.user", "password": "$inputs.password", "count": "$inputs.count"}
    step = {"stepId": "post", "operationId": "post", "requestBody": {"payload": payload}}
    command.server.on("POST /things", {})
    return command.workflow({"inputs": inputs, "steps": [step]})


def test_a_person_at_a_terminal_is_asked_and_a_secret_is_not_echoed(command: Command):
    terminal = Terminal(command, asking(command), "-s", command.server.url)

    terminal.wait_for("Your name.")
    terminal.wait_for("> ")
    terminal.type("me")
    terminal.wait_for("password")
    time.sleep(0.1)
    terminal.type("hunter22")
    terminal.wait_for("count")
    terminal.type("many")
    terminal.wait_for("integer")
    terminal.type("3")
    code, out = terminal.end()

    assert code == 0, terminal.shown
    assert json.loads(out) == {}
    assert command.server.requests[0].json == {"user": "me", "password": "hunter22", "count": 3}
    assert "me" in terminal.shown
    assert "hunter22" not in terminal.shown


def test_nobody_is_asked_with_no_input(command: Command):
    terminal = Terminal(command, asking(command), "-s", command.server.url, "--no-input")

    code, out = terminal.end()

    assert code == 2
    assert out == ""
    assert "-i user=..." in terminal.shown
    assert command.server.requests == []


def test_ctrl_d_at_a_question_ends_the_command(command: Command):
    terminal = Terminal(command, asking(command), "-s", command.server.url)
    terminal.wait_for("> ")

    os.write(terminal.controller, b"\x04")
    code, _ = terminal.end()

    assert code == 2
    assert "Traceback" not in terminal.shown
    assert command.server.requests == []


def test_nobody_is_asked_in_a_pipe(command: Command):
    ran = command.spawn(asking(command), "-s", command.server.url, stdin="me\n")

    assert ran.code == 2
    assert command.server.requests == []


def test_a_description_is_read_from_standard_input(command: Command):
    file = command.simple()
    command.server.on("GET /things", {"id": 1})

    ran = command.sent("-", stdin=Path(file).read_text())

    assert ran.code == 0, ran.err
    assert ran.json == {"id": 1}


def test_standard_input_is_read_once(command: Command):
    ran = command.sent("-", "--inputs", "-", stdin="{}")

    assert ran.code == 2
    assert len(ran.err.splitlines()) == 1
    assert "standard input" in ran.err
