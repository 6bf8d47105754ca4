"""The README's sessions are real output: each is run again and compared, times left out."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
_TIME = re.compile(r"\b\d+(?:\.\d+)? (?:ms|s)\b")


def sessions() -> list[tuple[str, str]]:
    """The command and the output of every console block that runs arazzo-run."""
    blocks = re.findall(r"```console\n\$ (.*?)\n(.*?)```", README, re.DOTALL)
    return [(command, output) for command, output in blocks if "arazzo-run" in command]


def run(command: str) -> str:
    """What a shell prints for a command, stderr and stdout in one stream."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("ARAZZO_AUTH", "GITHUB_"))}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(
        command, shell=True, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    return done.stdout.decode()


@pytest.mark.parametrize(("command", "output"), sessions())
def test_a_session_of_the_readme_is_real_output(command: str, output: str):
    assert _TIME.sub("N ms", run(command)) == _TIME.sub("N ms", output)


def test_the_readme_has_two_sessions_and_begins_with_the_two_commands():
    assert len(sessions()) >= 2
    assert README.index("make demo") < README.index("make test") < README.index("## Run a workflow")


def test_the_readme_shows_the_top_of_the_conformance_results():
    results = (ROOT / "conformance" / "RESULTS.md").read_text(encoding="utf-8")

    top = results.split("## By area")[0].split("# Results of the conformance suite")[1].strip()

    assert top in README
