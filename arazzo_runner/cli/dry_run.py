"""`--dry-run`: what each request would be; unknown values stand as `{$steps.x.outputs.y}`, and nothing is sent."""

from __future__ import annotations

import sys
from typing import Any

from ..api import Runner
from ..drivers.dry import Shown, dry_run
from ..messages import header
from ..report.redaction import Redactor
from ..values import dumps


def main(runner: Runner, inputs: dict[str, Any], *, verbose: bool = False) -> int:
    """Print every request of the straight path to stderr, and {} to stdout."""
    redactor = Redactor(show_secrets=runner.options.show_secrets)
    for mark in runner.input_secrets(inputs):
        redactor.observe(mark)
    for diagnostic in runner.plan.diagnostics:
        if diagnostic.severity != "info" or verbose:
            print(diagnostic, file=sys.stderr)
    failed = False
    for shown in dry_run(runner.plan, inputs, sign=runner.credentials.sign):
        for mark in shown.secrets:
            redactor.observe(mark)
        failed = failed or shown.refused is not None
        _print(shown, redactor)
    print("{}")
    return 1 if failed else 0


def _print(shown: Shown, redactor: Redactor) -> None:
    indent = "  " * shown.depth
    if shown.request is None:
        print(f"{indent}{shown.step_id}: {redactor.text(shown.refused or shown.target)}", file=sys.stderr)
        return
    request = shown.request
    url = redactor.url(request.url).replace("%7B%24", "{$").replace("%7D", "}")
    print(f"{indent}{shown.step_id}: {request.method} {url}", file=sys.stderr)
    for name, value in redactor.headers(request.headers):
        print(f"{indent}  {name}: {value}", file=sys.stderr)
    for scheme in shown.unsatisfied:
        print(f"{indent}  (no value for the credential '{scheme}')", file=sys.stderr)
    for scheme in shown.later:
        print(f"{indent}  (the credential '{scheme}' is fetched when it is needed)", file=sys.stderr)
    if request.body is not None:
        masked = redactor.body(request.body, header(request.headers, "content-type"))
        print(f"{indent}  {masked.decode('utf-8', 'replace')[:4096]}", file=sys.stderr)
    if shown.note:
        print(f"{indent}  {dumps(shown.note)}", file=sys.stderr)
