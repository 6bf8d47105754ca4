"""The import budget: our modules and the quick commands load nothing but the standard library and ourselves."""

from __future__ import annotations

import json
import pkgutil
import subprocess
import sys

import pytest

import arazzo_runner

# What the interpreter itself loaded before (.pth files of the environment) is not ours.
WATCH = """
import sys
before = set(sys.modules)
def report():
    import json
    first = {name.partition(".")[0] for name in set(sys.modules) - before}
    ours = {"arazzo_runner", "__main__", "__mp_main__"}
    print("\\n" + json.dumps(sorted(first - set(sys.stdlib_module_names) - ours)))
"""
RUN_MODULE = """
import runpy
sys.argv = ["arazzo-run", *ARGUMENTS]
code = None
try:
    runpy.run_module("arazzo_runner", run_name="__main__", alter_sys=True)
except SystemExit as end:
    code = end.code
report()
sys.exit(code)
"""


def python(code: str) -> tuple[int, list[str], str]:
    """Run code after WATCH in a fresh interpreter: exit code, third-party modules loaded, what it printed."""
    run = subprocess.run(
        [sys.executable, "-c", WATCH + code], capture_output=True, text=True, encoding="utf-8", timeout=60, check=False
    )
    *printed, last = run.stdout.rstrip("\n").split("\n")
    assert last.startswith("["), run.stderr
    return run.returncode, json.loads(last), "\n".join(printed)


def our_modules() -> list[str]:
    found = pkgutil.walk_packages(arazzo_runner.__path__, "arazzo_runner.")
    return [module.name for module in found if not module.name.endswith(("__main__", "pytest_plugin"))]


def test_importing_the_package_loads_no_third_party_module() -> None:
    _, loaded, _ = python("import arazzo_runner\nreport()")

    assert loaded == []


def test_importing_any_of_our_modules_loads_no_third_party_module() -> None:
    lines = [f"import {name}" for name in our_modules()]

    _, loaded, _ = python("\n".join([*lines, "report()"]))

    assert loaded == []


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_a_quick_command_loads_no_third_party_module(option: str) -> None:
    code, loaded, printed = python(f"ARGUMENTS = [{option!r}]\n{RUN_MODULE}")

    assert loaded == []
    assert code == 0
    assert printed.strip()


def test_the_command_is_a_function_that_returns_its_exit_code() -> None:
    code, loaded, printed = python(
        "from arazzo_runner.cli import main\ncode = main(['--version'])\nreport()\nsys.exit(code)"
    )

    assert loaded == []
    assert code == 0
    assert printed.strip()
