"""Configuration in files: `.env`, the project's file that only tightens, the user's (interface, "Secrets")."""

from __future__ import annotations

from pathlib import Path

import pytest

from arazzo_runner.config import (
    Configuration,
    allowed_hosts,
    allowed_methods,
    credential_variables,
    is_on,
    is_set,
    project_configuration,
    read_env_file,
    tightened,
    user_configuration,
)
from arazzo_runner.errors import UsageError
from arazzo_runner.limits import Limits

NOTHING = Configuration()


def env_of(folder: Path, text: str) -> dict[str, str]:
    file = folder / ".env"
    file.write_text(text, encoding="utf-8")
    return read_env_file(file)


# -- .env -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A=b", "b"),
        ("A=b\r\n", "b"),
        ("  export A = b c  ", "b c"),
        ("A=", ""),
        ("A= # comment", ""),
        ("A=b # comment", "b"),
        ("A=b#c", "b#c"),
        ("A='b # \\n $c'", "b # \\n $c"),
        ('A="b # \\n \\"c\\" \\$d \\x"', 'b # \n "c" $d \\x'),
        ('A="b" # comment', "b"),
        ("A=b=c==", "b=c=="),
        ("A=$HOME", "$HOME"),
        ('A="one\ntwo\n"', "one\ntwo\n"),
        ("\ufeffA=b", "b"),
        ("A=first\nA=second", "second"),
    ],
)
def test_a_line_of_an_env_file_is_name_and_value(tmp_path: Path, text: str, value: str):
    assert env_of(tmp_path, text) == {"A": value}


def test_comments_and_empty_lines_are_skipped_and_names_are_free(tmp_path: Path):
    assert env_of(tmp_path, "# x\n\n  # y\nmy.name-2=1\n") == {"my.name-2": "1"}


@pytest.mark.parametrize(("text", "line"), [("A=1\nnothing here\n", 2), ("A='open\nB=2\n", 1), ("=x", 1)])
def test_a_line_that_is_none_is_told_with_its_place(tmp_path: Path, text: str, line: int):
    with pytest.raises(UsageError) as caught:
        env_of(tmp_path, text)

    assert caught.value.location is not None
    assert caught.value.location.line == line


@pytest.mark.parametrize("content", [None, b"A=\xff"])
def test_an_env_file_that_cannot_be_read_is_told(tmp_path: Path, content: bytes | None):
    file = tmp_path / "x.env"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(UsageError, match="cannot be read") as caught:
        read_env_file(file)

    assert "Errno" not in str(caught.value)


def test_only_variables_of_credentials_are_taken_and_the_environment_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    env_of(tmp_path, "ARAZZO_AUTH_A=file\nARAZZO_AUTH_B=file\nOTHER=x\n")
    monkeypatch.setenv("ARAZZO_AUTH_A", "environment")

    found = credential_variables(None, None)

    assert found.environment["ARAZZO_AUTH_A"] == "environment"
    assert found.file == {"ARAZZO_AUTH_A": "file", "ARAZZO_AUTH_B": "file"}
    assert (found.whole_file["OTHER"], found.file_name, found.named) == ("x", ".env", False)


def test_the_env_file_is_that_of_the_working_directory_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    env_of(tmp_path, "ARAZZO_AUTH_A=above\n")
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")

    assert credential_variables(None, None).file == {}


def test_an_environment_that_is_given_is_the_whole_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    env_of(tmp_path, "ARAZZO_AUTH_A=file\n")
    monkeypatch.setenv("ARAZZO_AUTH_B", "environment")

    found = credential_variables({"ARAZZO_AUTH_C": "given"}, None)

    assert (found.environment, found.file) == ({"ARAZZO_AUTH_C": "given"}, {})


def test_a_named_env_file_takes_the_place_of_the_usual_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    env_of(tmp_path, "ARAZZO_AUTH_A=usual\n")
    (tmp_path / "named").write_text("ARAZZO_AUTH_B=named\n")

    found = credential_variables({}, Path("named"))

    assert (found.environment, found.file) == ({}, {"ARAZZO_AUTH_B": "named"})
    assert (found.file_name, found.named) == ("named", True)


# -- the project's and the user's file ------------------------------------------------------------------------------


def test_the_project_is_configured_in_pyproject_or_a_file_of_its_own(tmp_path: Path):
    (tmp_path / "pyproject.toml").write_text('[tool.arazzo-run]\nmax-steps = 5\nallow-hosts = ["a"]\n')
    in_pyproject = project_configuration(tmp_path)
    (tmp_path / ".arazzo-run.toml").write_text('compat = "strict"\n')

    own = project_configuration(tmp_path)

    assert (in_pyproject.limits, in_pyproject.allow_hosts) == ({"max_steps": 5}, ("a",))
    assert (own.compat, own.limits) == ("strict", {})


def test_there_may_be_no_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "pyproject.toml").write_text("[tool.other]\nx = 1\n")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))

    assert project_configuration(tmp_path) == project_configuration(None) == user_configuration() == NOTHING


def test_the_user_is_configured_under_xdg_config_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "arazzo-run").mkdir()
    (tmp_path / "arazzo-run" / "config.toml").write_text("timeout = 90\nfollow-redirects = true\n")

    assert user_configuration().limits == {"timeout": 90}
    assert user_configuration().follow_redirects is True


@pytest.mark.parametrize(
    "line",
    [
        "timeout = 0",
        "timeout = -1",
        "timeout = nan",
        "timeout = inf",
        "timeout = true",
        'timeout = "10"',
        "max-steps = 1.5",
        'compat = "loose"',
        "contract = true",
        'cookies = "yes"',
        'allow-hosts = "a"',
        "allow-hosts = [1]",
        "insecure = true",
        'proxy = "http://x"',
        "nonsense = 1",
        'select = "ARZ1"',
        "ignore = [1]",
        "severities = {status = 1}",
        'fail-on = "info"',
        "timeout = ",
    ],
)
def test_a_setting_that_is_none_is_refused_with_its_file(tmp_path: Path, line: str):
    (tmp_path / ".arazzo-run.toml").write_text(line + "\n")

    with pytest.raises(UsageError, match=r"\.arazzo-run\.toml"):
        project_configuration(tmp_path)


def test_a_check_is_configured_too(tmp_path: Path):
    (tmp_path / ".arazzo-run.toml").write_text('select = ["ARZ1"]\nignore = ["ARZ112"]\nfail-on = "warning"\n')

    found = project_configuration(tmp_path)

    assert (found.select, found.ignore, found.fail_on) == (("ARZ1",), ("ARZ112",), "warning")


def test_the_severities_of_live_cases_are_configured_too(tmp_path: Path):
    (tmp_path / ".arazzo-run.toml").write_text('[severities]\nheader = "off"\n')

    assert project_configuration(tmp_path).severities == {"header": "off"}


def test_settings_of_the_pytest_plugin_are_those_of_pytest(tmp_path: Path):
    (tmp_path / ".arazzo-run.toml").write_text('arazzo_paths = ["workflows"]\n')

    with pytest.raises(UsageError, match="arazzo_paths"):
        project_configuration(tmp_path)


def test_the_project_may_only_tighten_a_limit():
    project = Configuration(limits={"timeout": 5, "max_steps": 10_000, "max_time": 60})

    limits = tightened(Limits(), project, NOTHING, {})

    assert (limits.timeout, limits.max_steps, limits.max_time) == (5, 1000, 60)


def test_the_user_may_loosen_and_the_project_tightens_that():
    user = Configuration(limits={"timeout": 100, "max_steps": 5000})

    limits = tightened(Limits(), Configuration(limits={"max_steps": 2000}), user, {})

    assert (limits.timeout, limits.max_steps) == (100, 2000)


def test_the_command_line_wins_over_both():
    project, user = Configuration(limits={"timeout": 5}), Configuration(limits={"timeout": 100})

    assert tightened(Limits(timeout=50), project, user, {"timeout": 50}).timeout == 50


@pytest.mark.parametrize(
    ("given", "project", "user", "hosts"),
    [
        ((), (), (), ()),
        ((), ("p",), (), ("p",)),
        ((), (), ("u",), ("u",)),
        ((), ("p", "b"), ("b", "u"), ("b",)),
        (("g",), ("p",), ("u",), ("g",)),
    ],
)
def test_the_project_may_only_narrow_the_hosts(
    given: tuple[str, ...], project: tuple[str, ...], user: tuple[str, ...], hosts: tuple[str, ...]
):
    assert allowed_hosts(given, Configuration(allow_hosts=project), Configuration(allow_hosts=user)) == hosts


def test_hosts_that_exclude_each_other_are_told():
    with pytest.raises(UsageError, match="none of the hosts"):
        allowed_hosts((), Configuration(allow_hosts=("p",)), Configuration(allow_hosts=("u",)))


@pytest.mark.parametrize(
    ("given", "project", "user", "on"),
    [
        (False, None, None, False),
        (False, True, None, False),
        (False, None, True, True),
        (False, False, True, False),
        (True, False, None, True),
    ],
)
def test_the_project_may_turn_off_but_not_on(given: bool, project: bool | None, user: bool | None, on: bool):
    assert is_on("cookies", given, Configuration(cookies=project), Configuration(cookies=user)) is on


# -- the policy -----------------------------------------------------------------------------------------------------


def test_the_policy_is_a_table_of_its_own(tmp_path: Path):
    (tmp_path / "pyproject.toml").write_text(
        '[tool.arazzo-run]\ntimeout = 5\n[tool.arazzo-run.policy]\nallow-hosts = ["a"]\nmethods = ["get", "POST"]\n'
        "deny-private = true\nread-only = true\nallow-http = false\ncookies = false\nfollow-redirects = false\n"
    )

    found = project_configuration(tmp_path)

    assert (found.allow_hosts, found.methods) == (("a",), ("GET", "POST"))
    assert (found.deny_private, found.read_only, found.allow_http) == (True, True, False)
    assert (found.cookies, found.follow_redirects) == (False, False)


@pytest.mark.parametrize(
    "line",
    ["deny-private = 1", 'methods = "GET"', "methods = [1]", "nonsense = true", "insecure = true", "timeout = 5"],
)
def test_a_policy_that_is_none_is_refused_with_its_file(tmp_path: Path, line: str):
    (tmp_path / ".arazzo-run.toml").write_text(f"[policy]\n{line}\n")

    with pytest.raises(UsageError, match=r"\.arazzo-run\.toml: 'policy\."):
        project_configuration(tmp_path)


def test_hosts_stand_in_one_place(tmp_path: Path):
    (tmp_path / ".arazzo-run.toml").write_text('allow-hosts = ["a"]\n[policy]\nallow-hosts = ["b"]\n')

    with pytest.raises(UsageError, match="stands in the policy and outside of it"):
        project_configuration(tmp_path)


@pytest.mark.parametrize(
    ("given", "project", "user", "on"),
    [(False, None, None, False), (False, True, False, True), (False, None, True, True), (True, False, False, True)],
)
def test_whoever_tightens_is_heeded(given: bool, project: bool | None, user: bool | None, on: bool):
    assert is_set("read_only", given, Configuration(read_only=project), Configuration(read_only=user)) is on


@pytest.mark.parametrize(
    ("project", "user", "methods"),
    [((), (), ()), (("GET",), (), ("GET",)), ((), ("GET",), ("GET",)), (("GET", "PUT"), ("PUT", "POST"), ("PUT",))],
)
def test_methods_are_those_that_both_allow(project: tuple[str, ...], user: tuple[str, ...], methods: tuple[str, ...]):
    assert allowed_methods(Configuration(methods=project), Configuration(methods=user)) == methods


def test_methods_that_exclude_each_other_are_told():
    with pytest.raises(UsageError, match="none of the methods"):
        allowed_methods(Configuration(methods=("GET",)), Configuration(methods=("PUT",)))
