"""The pages of docs/rules: what they say, their examples as whole documents, and the list of all rules.

`python tests/rule_pages.py` rewrites what the pages and their README take from the catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from textwrap import indent
from typing import Any

import arazzo_runner
from arazzo_runner.checks import RULES, Rule
from arazzo_runner.diagnostics import Diagnostic
from arazzo_runner.document import Document, read
from arazzo_runner.errors import DocumentError
from arazzo_runner.messages import Request, Response
from arazzo_runner.report.case import read_case

PAGES = Path(__file__).resolve().parent.parent / "docs" / "rules"
REWRITE = "rewrite it with: python tests/rule_pages.py"

_FENCE = re.compile(r"^```(?P<info>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_MARK = re.compile(r"[ ]*# <- (?P<code>ARZ\d{3})[ ]*$", re.MULTILINE)
_HEAD = """\
arazzo: {version}
info: {{title: Pets, version: 1.0.0}}
sourceDescriptions: [{{name: pets, url: ./pets.openapi.yaml, type: openapi}}]
"""
_STEPS = """\
workflows:
- workflowId: pets
  inputs: {type: object, properties: {petId: {type: string}, token: {type: string}, limit: {type: integer}}}
  steps:
"""
_INPUTS = {"petId": "7", "token": "secret-token", "limit": 10}


@dataclass(frozen=True)
class Example:
    """One fenced block under "Bad" or "Good".

    `words` of its info string: `1.1` says so, `strict`, `lenient` and `fetch` are the options, `whole` takes the block
    as it stands, `runtime` runs the document against `answer` (or the mock), `contract` with --contract warn, `case`
    reads a case, `skipped` means that no test can read it: the page says why. `files` are further documents by name.
    """

    code: str
    bad: bool
    words: frozenset[str]
    text: str
    answer: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    number: int = 0

    def __str__(self) -> str:
        return f"{self.code}-{'bad' if self.bad else 'good'}-{self.number}"

    @property
    def document(self) -> str:
        """The example as a whole document, marks included."""
        first = next((line for line in self.text.splitlines() if line.strip() and not line.startswith("#")), "")
        if self.words & {"whole", "case"} or first.startswith(("arazzo:", "{")):
            return self.text
        head = _HEAD.format(version="1.1.0" if "1.1" in self.words else "1.0.1")
        return head + (_STEPS + indent(self.text, "  ") if first.startswith("- stepId:") else self.text)

    @property
    def marks(self) -> set[tuple[str, int, str]]:
        """What the comments `# <- ARZ203` say: document, line and code."""
        texts = {self.name: self.document, **self.files}
        return {
            (name, number, match["code"])
            for name, text in texts.items()
            for number, line in enumerate(text.splitlines(), 1)
            if (match := _MARK.search(line))
        }

    @property
    def name(self) -> str:
        return f"{self.code}.arazzo.yaml"


@dataclass(frozen=True)
class Page:
    """A page: its first line, the line from the catalogue, the prose up to the examples, and those."""

    heading: str
    facts: str
    prose: str
    examples: tuple[Example, ...]


def read_page(code: str) -> Page:
    """The page of a rule.

    Raises:
        ValueError: it has another form.
    """
    text = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    match = re.fullmatch(r"(# [^\n]+)\n\n([^\n]+)\n\n(.+?)\n\n## Bad\n(.+?)\n## Good\n(.+)", text, re.DOTALL)
    if match is None:
        raise ValueError(f"{code}.md has not the form: heading, facts, prose, ## Bad, ## Good")
    heading, facts, prose, bad, good = match.groups()
    examples = (*_examples(code, bad, True), *_examples(code, good, False))
    return Page(heading, facts, prose, tuple(replace(each, number=number) for number, each in enumerate(examples, 1)))


def _examples(code: str, text: str, bad: bool) -> Iterator[Example]:
    """The blocks of a section; `file=NAME` is a document for the next one, `http` the answer to the one before."""
    files: dict[str, str] = {}
    pending: Example | None = None
    for match in _FENCE.finditer(text):
        language, *words = match["info"].split()
        named = next((word.removeprefix("file=") for word in words if word.startswith("file=")), None)
        if named is not None:
            files[named] = match["text"]
        elif language == "http" and pending is not None:
            yield Example(code, bad, pending.words, pending.text, match["text"], pending.files)
            pending = None
        else:
            if pending is not None:
                yield pending
            pending = Example(code, bad, frozenset(words), match["text"], files=files)
            files = {}
    if pending is not None:
        yield pending


# -- what is found in an example --------------------------------------------------------------------------------------


def findings(example: Example) -> tuple[Diagnostic, ...]:
    """Everything that a check, a run or the reading of a case finds in an example."""
    if "case" in example.words:
        return tuple(_of_case(_document(example.name, example.document)))
    options: dict[str, Any] = {
        "compat": "strict" if "strict" in example.words else "lenient" if "lenient" in example.words else "auto",
        "documents": [_document(name, text) for name, text in example.files.items()],
        "root": PAGES,
        "cache": False,
        "env": {},
        "fetch": "fetch" in example.words,
        "base_uri": _uri(example.name),
        "name": example.name,
    }
    data = _unmarked(example.document).encode()
    return _of_run(example, data, options) if "runtime" in example.words else _of_check(example, data, options)


def _of_check(example: Example, data: bytes, options: dict[str, Any]) -> tuple[Diagnostic, ...]:
    return arazzo_runner.check(data, **options)


def _of_run(example: Example, data: bytes, options: dict[str, Any]) -> tuple[Diagnostic, ...]:
    contract = "warn" if "contract" in example.words else None
    client = Scripted(example.answer) if example.answer is not None else None
    result = arazzo_runner.run(
        data, inputs=_INPUTS, client=client, mock=client is None, contract=contract, auth={"token": "secret"}, **options
    )
    return result.diagnostics


def _of_case(document: Document) -> Iterable[Diagnostic]:
    try:
        read_case(document.root, document.location)
    except DocumentError as error:
        return error.diagnostics
    return ()


class Scripted:
    """A transport that gives one answer to every request."""

    def __init__(self, answer: str) -> None:
        head, _, body = answer.partition("\n\n")
        status, *lines = head.splitlines()
        headers = tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in lines))
        self._response = Response(int(status.split()[1]), headers, body.encode())

    def send(self, request: Request, *, timeout: float | None = None, limits: Any = None) -> Response:
        return self._response

    def close(self) -> None:
        """There is nothing to close."""


def _document(name: str, text: str) -> Document:
    return read(_unmarked(text).encode(), uri=_uri(name), name=name)


def _uri(name: str) -> str:
    return (PAGES / name).as_uri()


def _unmarked(text: str) -> str:
    return _MARK.sub("", text)


# -- what the pages take from the catalogue ---------------------------------------------------------------------------

_FAMILIES = {
    "ARZ1": "The document",
    "ARZ2": "References",
    "ARZ3": "Expressions",
    "ARZ4": "Conditions and actions",
    "ARZ5": "Forms that are read as they were meant",
    "ARZ6": "Values against the OpenAPI description",
    "ARZ7": "Security",
    "ARZ8": "Found by a run",
    "ARZ9": "Cases",
}
_BEGIN = "## The rules\n"


def heading(rule: Rule) -> str:
    """The first line of a page."""
    return f"# {rule.code} {rule.name}"


def facts(rule: Rule) -> str:
    """The line of a page that the catalogue gives."""
    return f"{rule.severity} · {rule.source}" + (" · `--fix` can mend it" if rule.fixable else "")


def index(readme: str) -> str:
    """The README with the list of all rules at its end."""
    return readme.partition(_BEGIN)[0] + _BEGIN + "".join(_families())


def _families() -> Iterator[str]:
    for family, title in _FAMILIES.items():
        rules = [rule for rule in RULES.values() if rule.code.startswith(family)]
        if rules:
            yield f"\n### {title}\n\n| code | name | severity | what is found | `--fix` |\n|---|---|---|---|---|\n"
            yield from map(_row, rules)


def _row(rule: Rule) -> str:
    fix = "yes" if rule.fixable else ""
    return f"| [{rule.code}]({rule.code}.md) | {rule.name} | {rule.severity} | {rule.title} | {fix} |\n"


def rewrite() -> None:
    """Write what the pages and the README take from the catalogue; pages that are missing stay so."""
    for rule in RULES.values():
        page = PAGES / f"{rule.code}.md"
        if page.is_file():
            _, _, _, _, rest = page.read_text(encoding="utf-8").split("\n", 4)
            page.write_text(f"{heading(rule)}\n\n{facts(rule)}\n\n{rest}", encoding="utf-8")
    readme = PAGES / "README.md"
    readme.write_text(index(readme.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    rewrite()
