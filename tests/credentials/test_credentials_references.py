"""References: a value that says where the value is, read when it is needed, by whom may read it (docs/auth.md)."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import keyring
import pytest
from keyrings_of_tests import MemoryKeyring

from arazzo_runner.credentials import References
from arazzo_runner.credentials.references import MAX_VALUE
from arazzo_runner.errors import TransportError

WHERE = "--auth key"


def resolved(text: str, **fields: object) -> str:
    return References(**fields).resolve(text, WHERE)  # type: ignore[arg-type]


def refusal(text: str, **fields: object) -> str:
    with pytest.raises(TransportError) as caught:
        resolved(text, **fields)
    assert (caught.value.kind, caught.value.phase) == ("credential", "not_sent")
    return str(caught.value)


# -- what each means ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["secret", "me:env:x", "https://x", "ENV:X", "environment:X", ""])
def test_a_value_that_names_no_place_stands_for_itself(text: str):
    assert resolved(text) == text


@pytest.mark.parametrize("text", ["env:HOME", "file:x", "keyring:x", "cmd:x", "literal:x", "plain"])
def test_literal_takes_the_meaning_away(text: str):
    assert resolved(f"literal:{text}") == text


def test_a_variable_is_one_of_the_environment_or_else_of_the_file():
    assert resolved("env:A", env={"A": "environment"}, file_env={"A": "file"}) == "environment"
    assert resolved("env:A", env={}, file_env={"A": "file"}) == "file"


@pytest.mark.parametrize(
    ("content", "value"), [("abc\n", "abc"), ("abc\r\n", "abc"), ("abc\n\n", "abc\n"), (" a b ", " a b "), ("ü", "ü")]
)
def test_a_file_is_its_content_without_the_last_newline(tmp_path: Path, content: str, value: str):
    (tmp_path / "token").write_bytes(content.encode())

    assert resolved(f"file:{tmp_path / 'token'}") == value


def test_a_command_is_what_it_prints_and_no_shell_reads_it():
    command = f"cmd:{sys.executable} -c 'import sys; print(sys.argv[1:])' $HOME '; ls'"

    assert resolved(command, allow_commands=True) == "['$HOME', '; ls']"


def test_an_entry_of_the_keyring_is_read(memory_keyring: MemoryKeyring):
    keyring.set_password("arazzo-run", "stripe", "s3cret")

    assert resolved("keyring:stripe") == "s3cret"


# -- what may go wrong ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("env:NOWHERE", ["--auth key", "NOWHERE", "not set"]),
        ("file:/no/such/file", ["/no/such/file", "cannot be read"]),
        ("cmd:pass show x", ["not run unless allowed", "--allow-commands"]),
        ("env:EMPTY", ["empty"]),
    ],
)
def test_what_is_not_there_is_told_with_its_place(text: str, words: list[str]):
    told = refusal(text, env={"EMPTY": ""})

    for word in words:
        assert word in told


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("cmd:no-such-program-anywhere x", ["no-such-program-anywhere", "cannot be run"]),
        (f"cmd:{sys.executable} -c 'print(\"s3cret\"); exit(3)'", ["ended with 3"]),
        ("cmd:'unclosed", ["cannot be read"]),
        ("cmd:", ["no command"]),
        (f"cmd:{sys.executable} -c 'print(\"x\" * 100000)'", ["longer than"]),
    ],
)
def test_a_command_that_fails_tells_nothing_of_what_it_printed(command: str, words: list[str]):
    told = refusal(command, allow_commands=True)

    for word in words:
        assert word in told
    assert "s3cret" not in told


def test_a_file_is_bounded_and_text(tmp_path: Path):
    (tmp_path / "long").write_bytes(b"x" * (MAX_VALUE + 1))
    (tmp_path / "binary").write_bytes(b"\xff\xfe")

    assert "longer than" in refusal(f"file:{tmp_path / 'long'}")
    assert "not UTF-8" in refusal(f"file:{tmp_path / 'binary'}")


def test_a_keyring_without_the_entry_says_how_to_add_it(memory_keyring: MemoryKeyring):
    assert "keyring set arazzo-run stripe" in refusal("keyring:stripe")


def test_without_a_keyring_it_is_said(no_keyring: None):
    assert "no system keyring" in refusal("keyring:stripe")


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "keyring", None)  # as if it were not installed

    assert "pip install 'arazzo-run[keyring]'" in refusal("keyring:stripe")


# -- once, and for whom ---------------------------------------------------------------------------------------------


def test_a_reference_is_resolved_once(tmp_path: Path):
    file = tmp_path / "token"
    file.write_text("first")
    references = References()

    first = references.resolve(f"file:{file}", WHERE)
    file.write_text("second")

    assert (first, references.resolve(f"file:{file}", WHERE)) == ("first", "first")


@pytest.mark.parametrize("text", ["env:AWS_SECRET", "file:../outside", "file:~/.ssh/id_rsa", "keyring:x", "cmd:echo x"])
def test_a_dot_env_that_nobody_named_reads_nothing_of_the_persons(tmp_path: Path, text: str):
    (tmp_path / "folder").mkdir()
    (tmp_path / "outside").write_text("secret")
    references = References(env={"AWS_SECRET": "x"}, folder=tmp_path / "folder", allow_commands=True)

    with pytest.raises(TransportError) as caught:
        references.resolve(text, "ARAZZO_AUTH_KEY in .env", "folder")

    assert "--env-file .env" in str(caught.value)


def test_a_link_does_not_lead_out_of_the_folder(tmp_path: Path):
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "outside").write_text("secret")
    os.symlink(tmp_path / "outside", folder / "inside")

    with pytest.raises(TransportError):
        References(folder=folder).resolve(f"file:{folder / 'inside'}", WHERE, "folder")


def test_a_dot_env_reads_its_own_variables_and_files_of_its_folder(tmp_path: Path):
    (tmp_path / "token").write_text("from the folder\n")
    references = References(env={"A": "the person's"}, file_env={"A": "its own"}, folder=tmp_path)

    assert references.resolve("env:A", WHERE, "folder") == "its own"
    assert references.resolve(f"file:{tmp_path / 'token'}", WHERE, "folder") == "from the folder"
