"""Transcripts of runs that failed, kept where `--replay` finds them."""

from __future__ import annotations

import argparse
import hashlib
import re
import shlex
from dataclasses import replace
from pathlib import Path

from ..document.cache import cache_folder
from ..retrieval import shown_path
from ..secrets import is_secret_name
from ..verdict import Problem, Verdict


class Counterexamples:
    """Writes the transcript of each failure to `--save DIR`, else to the cache; with `--no-cache` to nowhere."""

    def __init__(self, given: argparse.Namespace) -> None:
        self._given = given
        self._folder = given.save or (None if given.no_cache else cache_folder() / "failures")

    def kept(self, verdict: Verdict) -> Verdict:
        """The verdict whose problems say which command shows them."""
        if verdict.kind == "case":
            return verdict
        return replace(verdict, problems=tuple(self._kept(verdict, problem) for problem in verdict.problems))

    def _kept(self, verdict: Verdict, problem: Problem) -> Problem:
        if problem.transcript is None or self._folder is None:
            return problem
        digest = hashlib.sha256(problem.transcript.encode()).hexdigest()[:8]
        stem = re.sub(r"[^A-Za-z0-9._-]+", "-", f"{Path(verdict.document).name.partition('.')[0]}-{verdict.name}")
        path = self._folder / f"{stem[:80]}-{digest}.arazzo-test.yaml"
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.write_text(problem.transcript, encoding="utf-8")
        except OSError:
            return problem  # the command that tries again is there
        return replace(problem, command=self._command(verdict, path))

    def _command(self, verdict: Verdict, path: Path) -> str:
        words = ["arazzo-run", verdict.document, "-w", verdict.name, *reading_words(self._given)]
        # Only the contract tells of a request that is sent and answered, although the API does not accept it.
        contract = ["--contract", "warn"] if any(problem.kind == "request" for problem in verdict.problems) else []
        return shlex.join([*words, *contract, "--replay", shown_path(path)])


def reading_words(given: argparse.Namespace) -> list[str]:
    """The options that decide how a description is read, as they were typed; the values of secrets left out."""
    words = [word for text in given.source for word in ("--source", text)]
    words += [word for text in given.server for word in ("-s", _without_secret(text))]
    words += ["--root", str(given.root)] if given.root is not None else []
    return [*words, *([f"--{given.compat}"] if given.compat != "auto" else [])]


def _without_secret(server: str) -> str:
    name, equals, _ = server.partition("=")
    is_variable = equals and "." in name and "://" not in server
    return f"{name}=..." if is_variable and is_secret_name(name.rpartition(".")[2]) else server
