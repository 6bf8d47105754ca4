"""The pytest plugin: Arazzo descriptions and cases are tests; `arazzo` runs workflows against an application.

pytest imports this module in every run where the package is installed: what is ours is imported where it is used.
"""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, Unpack, cast

import pytest

if TYPE_CHECKING:
    from .api import Loaded, Runner, Source
    from .config import Configuration
    from .diagnostics import Diagnostic
    from .errors import ArazzoError
    from .options import Compat, OptionFields, Options
    from .verdict import Verdict

_SUFFIXES: Final = (".yaml", ".yml", ".json")
_NAMED: Final = tuple(f".arazzo{suffix}" for suffix in _SUFFIXES)
_CASES: Final = tuple(f".arazzo-test{suffix}" for suffix in _SUFFIXES)
_COMPAT: Final = ("auto", "strict", "lenient")


# -- hooks ------------------------------------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    """Settings of a project, and what a single run asks for."""
    parser.addini("arazzo_paths", "folders whose YAML and JSON files are looked into", "args", ["workflows"])
    parser.addini("arazzo_compat", "how descriptions are read: auto, strict or lenient", "string", "auto")
    parser.addini("arazzo_fetch", "load remote source descriptions", "bool", False)
    group = parser.getgroup("arazzo", "Arazzo workflows (docs/pytest.md)")
    group.addoption("--arazzo-live", action="store_true", help="send the requests of cases, check every response")
    group.addoption(
        "--arazzo-server",
        action="append",
        default=[],
        metavar="[NAME=]URL",
        help="the server of a source description; without a name that of the only one",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Refuses settings that cannot be meant."""
    config.addinivalue_line("markers", "arazzo: workflows and cases that arazzo-run collects")
    compat = config.getini("arazzo_compat")
    if compat not in _COMPAT:
        raise pytest.UsageError(f"arazzo_compat is one of {', '.join(_COMPAT)}, not '{compat}'")
    for text in config.getoption("arazzo_server"):
        if not _server(text)[1].startswith(("http://", "https://")):
            raise pytest.UsageError(f"--arazzo-server {text}: not of the form [NAME=]URL")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Cases and `*.arazzo.*` by their names; others by their start, in `arazzo_paths` and where they are named."""
    name = file_path.name.lower()
    if not name.endswith(_SUFFIXES):
        return None
    if name.endswith(_CASES):
        return CaseFile.from_parent(parent, path=file_path)
    if name.endswith(_NAMED) or (_is_looked_into(file_path, parent.session) and _looks_like_arazzo(file_path)):
        return DescriptionFile.from_parent(parent, path=file_path)
    return None


def _is_looked_into(path: Path, session: pytest.Session) -> bool:
    if session.isinitpath(path):
        return True
    config = session.config
    base = config.inipath.parent if config.inipath is not None else config.rootpath
    return any(path.is_relative_to(os.path.normpath(base / folder)) for folder in config.getini("arazzo_paths"))


def _looks_like_arazzo(path: Path) -> bool:
    from .document import looks_like_arazzo

    return looks_like_arazzo(path)


# -- tests ------------------------------------------------------------------------------------------------------------


class DescriptionFile(pytest.File):
    """An Arazzo description: a test for each workflow."""

    def collect(self) -> Iterable[pytest.Item]:
        """The workflows; a file that cannot be read is one test, which fails."""
        workflows = _workflows(self.path)
        for workflow_id, line in workflows.items():
            yield WorkflowTest.from_parent(self, name=_printable(workflow_id), workflow_id=workflow_id, line=line)
        if not workflows:
            yield DescriptionTest.from_parent(self, name="description")


class CaseFile(pytest.File):
    """A case: one test."""

    def collect(self) -> Iterable[pytest.Item]:
        """The case, which is read when it is run."""
        yield CaseTest.from_parent(self, name="case")


class ArazzoTest(pytest.Item):
    """A test whose failure is told in the lines of `arazzo-run test`."""

    line = 0

    def __init__(self, **fields: Any) -> None:
        super().__init__(**fields)
        self.add_marker("arazzo")

    @abstractmethod
    def verdicts(self) -> Iterable[Verdict]:
        """What the test comes to. Raises: ArazzoError: it cannot be begun."""

    def runtest(self) -> None:
        """Judge. Raises: Failure: with the lines that say what is wrong."""
        from .errors import ArazzoError

        try:
            verdicts = tuple(self.verdicts())
        except ArazzoError as error:
            raise Failure(_error_lines(error)) from None
        self._conclude(verdicts)

    def _conclude(self, verdicts: Sequence[Verdict]) -> None:
        from .report.verdicts.text import lines

        notes = [note for verdict in verdicts for note in verdict.notes]
        if any(verdict.code == 130 for verdict in verdicts):  # the driver ends a run in order
            raise KeyboardInterrupt
        if all(verdict.status == "skipped" for verdict in verdicts):
            pytest.skip("; ".join(notes))
        if notes:
            self.add_report_section("call", "notes", "\n".join(notes))
        if any(verdict.status == "failed" for verdict in verdicts):
            raise Failure(line for verdict in verdicts for line in lines(verdict))

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None
    ) -> str | Any:  # what pytest shows is a type of its own
        """The lines, without a Python traceback."""
        if isinstance(excinfo.value, Failure):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """The file, the line from 0, the headline of a failure."""
        return self.path, self.line, f"{self.shown}: {self.name}"

    @property
    def shown(self) -> str:
        """The file as it is typed here."""
        return _shown(self.path)


class WorkflowTest(ArazzoTest):
    """A workflow, tried against the descriptions of its API."""

    def __init__(self, *, workflow_id: str, line: int, **fields: Any) -> None:
        super().__init__(**fields)
        self.workflow_id = workflow_id
        self.line = line

    def verdicts(self) -> Iterable[Verdict]:
        """The verdict on the workflow."""
        from .api import verify_with

        options, opened = _options(self.config, self.path), _opened(self.config)
        loaded, findings = opened.description(self.shown, options)
        return verify_with(loaded, _tryout(self.config, options), self.workflow_id, findings=findings)


class DescriptionTest(ArazzoTest):
    """A file in which no workflow was found."""

    def verdicts(self) -> Iterable[Verdict]:
        """Raises: DocumentError: which says why."""
        from .api import load_with, verify_with

        options = _options(self.config, self.path)
        return verify_with(load_with(self.shown, options), _tryout(self.config, options))


class CaseTest(ArazzoTest):
    """A case against its own answers, or with `--arazzo-live` against the server."""

    def verdicts(self) -> Iterable[Verdict]:
        """The verdict on the case."""
        from .api import run_case

        live = bool(self.config.getoption("arazzo_live"))
        command = ["arazzo-run", "test", self.shown, *(["--live"] if live else []), *_words(self.config)]
        project, user = _configured(self.path)
        yield run_case(
            self.shown,
            _options(self.config, self.path),
            live=live,
            severities={**user.severities, **project.severities},
            command=_joined(command),
        )


class Failure(Exception):
    """A test failed; the text is what a person reads."""

    def __init__(self, lines: Iterable[str]) -> None:
        super().__init__("\n".join(lines))


def _error_lines(error: ArazzoError) -> Iterator[str]:
    from .errors import DocumentError, UnreadableDocument

    found = error.diagnostics if isinstance(error, DocumentError) else ()
    if isinstance(error, UnreadableDocument):
        found = (error.diagnostic,)
    lines = [str(diagnostic) for diagnostic in found if diagnostic.severity == "error"]
    yield from lines or [str(error)]


def _workflows(path: Path) -> dict[str, int]:
    """The workflowIds in order, with their lines from 0; none where the file cannot be read."""
    from .document import read
    from .errors import UnreadableDocument

    try:
        document = read(path.read_bytes(), uri=path.as_uri(), name=str(path))
    except (OSError, UnreadableDocument):
        return {}
    root = document.root
    workflows = root.get("workflows") if isinstance(root, dict) else None
    found: dict[str, int] = {}
    for index, workflow in enumerate(workflows if isinstance(workflows, list) else ()):
        workflow_id = workflow.get("workflowId") if isinstance(workflow, dict) else None
        if isinstance(workflow_id, str) and workflow_id:
            found.setdefault(workflow_id, document.location(("workflows", str(index))).line - 1)
    return found


def _printable(text: str) -> str:
    """A text for ids and terminals: what would move a cursor is escaped."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def _shown(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


# -- options ----------------------------------------------------------------------------------------------------------


def _options(config: pytest.Config, path: Path) -> Options:
    """Those of a run, with what the project's and the user's files say of a description or case."""
    from .config import allowed_hosts, is_on, tightened
    from .limits import Limits
    from .options import Options

    project, user = _configured(path)
    return Options(
        compat=_compat(config, project, user),
        servers=dict(_server(text) for text in config.getoption("arazzo_server")),
        limits=tightened(Limits(), project, user, {}),
        follow_redirects=is_on("follow_redirects", False, project, user),
        cookies=is_on("cookies", False, project, user),
        allow_hosts=allowed_hosts((), project, user),
        trusted_hosts=user.allow_hosts,
        fetch=config.getini("arazzo_fetch"),
    )


def _configured(path: Path) -> tuple[Configuration, Configuration]:
    from .config import project_configuration, user_configuration
    from .retrieval import find_root

    return project_configuration(find_root(path)), user_configuration()


def _compat(config: pytest.Config, project: Configuration, user: Configuration) -> Compat:
    """Strict tightens, so the project may say so."""
    given = cast("Compat", config.getini("arazzo_compat"))
    if given != "auto":
        return given
    return "strict" if project.compat == "strict" else user.compat or "auto"


def _server(text: str) -> tuple[str, str]:
    """`URL` or `NAME=URL`."""
    name, equals, url = text.partition("=")
    return (name, url) if equals and "://" not in name else ("", text)


def _words(config: pytest.Config) -> list[str]:
    """The same options on the command line of `arazzo-run`."""
    words = [word for text in config.getoption("arazzo_server") for word in ("-s", text)]
    compat: Literal["auto", "strict", "lenient"] = config.getini("arazzo_compat")
    words += [f"--{compat}"] if compat != "auto" else []
    return [*words, *(["--fetch"] if config.getini("arazzo_fetch") else [])]


def _joined(words: Iterable[str]) -> str:
    import shlex

    return shlex.join(words)


def _tryout(config: pytest.Config, options: Options) -> Any:
    from .testing import Tryout

    return Tryout(assume=options.compat == "lenient", options=tuple(_words(config)))


class _Opened:
    """The description that was opened last: its workflows are tested one after the other."""

    def __init__(self) -> None:
        self._last: tuple[str, Loaded, tuple[Diagnostic, ...]] | None = None

    def description(self, path: str, options: Options) -> tuple[Loaded, tuple[Diagnostic, ...]]:
        """The description and the findings of its check. Raises: ArazzoError: it cannot be read."""
        from .api import load_with

        if self._last is None or self._last[0] != path:
            loaded = load_with(path, options)
            self._last = path, loaded, loaded.check()
        return self._last[1:]


_OPENED: Final = pytest.StashKey[_Opened]()


def _opened(config: pytest.Config) -> _Opened:
    return config.stash.setdefault(_OPENED, _Opened())


# -- the fixture ------------------------------------------------------------------------------------------------------


class Runners:
    """Makes Runners for one test; relative paths are relative to the test's file, else to the root of the tests."""

    def __init__(self, folders: Sequence[Path], closing: ExitStack) -> None:
        self._folders = folders
        self._closing = closing

    def __call__(
        self, source: Source, *, workflow: str | None = None, client: Any = None, **options: Unpack[OptionFields]
    ) -> Runner:
        """A Runner, closed at the end of the test; arguments and errors are those of `arazzo_runner.Runner`."""
        from .api import Runner

        runner = Runner(self._found(source), workflow=workflow, client=client, **options)
        return self._closing.enter_context(runner)

    def _found(self, source: Source) -> Source:
        if not isinstance(source, (str, os.PathLike)) or "://" in str(source):
            return source
        places = [folder / source for folder in self._folders]
        return _shown(next((place for place in places if place.exists()), places[0]))


@pytest.fixture
def arazzo(request: pytest.FixtureRequest) -> Iterator[Runners]:
    """Runs workflows: `arazzo("pets.yml", client=app).run(inputs).raise_for_status()`.

    `client` is an ASGI or WSGI application, an httpx client, or None for the real server; every option of
    `arazzo_runner.Runner` is taken. Relative paths are relative to the test's file, then to pytest's rootdir.
    """
    with ExitStack() as closing:
        yield Runners((request.path.parent, request.config.rootpath), closing)
