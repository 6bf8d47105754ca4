"""`arazzo-run check --explain CODE`: the page of a rule, with a bad and a good example."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ..checks.catalogue import RULES, Rule
from ..checks.suppression import code_hint
from ..errors import UsageError
from ..report.screen import is_plain

_PACKAGE = Path(__file__).resolve().parent.parent
_FOLDERS = (_PACKAGE / "checks" / "pages", _PACKAGE.parent / "docs" / "rules")  # installed; in a checkout


def main(written: str) -> int:
    """Print the page of a code, or of the rule of that name."""
    rule = _rule(written)
    page = _page(rule)
    if not is_plain(sys.stdout, os.environ):
        _show(page)
    else:
        sys.stdout.write(page)
    return 0


def _rule(written: str) -> Rule:
    for rule in RULES.values():
        if written.upper() == rule.code or written.lower() == rule.name:
            return rule
    raise UsageError(
        f"--explain '{written}': there is no such code", hint=code_hint(written) or "docs/rules lists them"
    )


def _page(rule: Rule) -> str:
    """The page as Markdown; what the catalogue says where there is none."""
    for folder in _FOLDERS:
        file = folder / f"{rule.code}.md"
        if file.is_file():
            return file.read_text(encoding="utf-8")
    return f"# {rule.code} {rule.name}\n\n{rule.severity} · {rule.source}\n\n{rule.title}\n"


def _show(page: str) -> None:
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console(file=sys.stdout)
    console.print(Markdown(page, code_theme="ansi_light"), width=min(console.width, 100))
