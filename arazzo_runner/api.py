"""What a library user calls: `run`, `run_async`, `load` and the reusable `Runner`.

A description is loaded and linked once; runs share the plan and the connections. Nothing is sent before the inputs are
valid and every error that can be seen without running has been reported (interface, "What refuses a run").
"""

from __future__ import annotations

import os
import threading
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, Unpack

from .diagnostics import Diagnostic, by_place, did_you_mean
from .document import Document, Registry, TreeCache, read, resolve_uri
from .errors import (
    DocumentError,
    FileMissing,
    InputError,
    Unavailable,
    UnknownWorkflow,
    UnreadableDocument,
    UsageError,
)
from .events import Event, RequestSent
from .limits import Limits
from .model import ArazzoDescription, Workflow
from .model import read as read_description
from .options import OptionFields, Options
from .plan import NO_SERVER, Bounds, InputsSchema, LinkOptions, OperationCall, Plan, link, link_workflows

if TYPE_CHECKING:
    import asyncio

    from .casing import CaseFile, Trial
    from .credentials import Credentials
    from .drivers.replay import Difference
    from .drivers.session import Session
    from .drivers.transports import AsyncTransport, Transport
    from .drivers.transports.mock import FaultyRun
    from .marking import Marker, PlanSecrets
    from .messages import Request
    from .mock import Mock, Rule
    from .policy import Policy
    from .report.case import Case
    from .report.redaction import Redactor
    from .report.result import Result
    from .testing import Tryout
    from .verdict import Verdict

Source: TypeAlias = "str | os.PathLike[str] | bytes | Mapping[str, Any] | Document"
Observer: TypeAlias = Callable[[Event], None]

PRETENDED = "token-of-the-mock"  # in place of every token that would have to be fetched
_APPLICATION = "http://testserver"  # the name that ASGI frameworks and their test clients use


@dataclass(frozen=True, slots=True)
class Loaded:
    """An Arazzo description that was read, with what it takes to link its workflows."""

    description: ArazzoDescription
    registry: Registry
    findings: tuple[Diagnostic, ...]
    options: Options
    root: Path | None = None

    @property
    def workflows(self) -> tuple[Workflow, ...]:
        """The workflows of the entry document, in order."""
        return self.description.workflows

    def select(self, workflow: str | None) -> str:
        """The workflowId to run: the one that is named, or the only one.

        Raises:
            UnknownWorkflow: there is no such workflow, or there are several and none is named.
        """
        ids = [w.workflow_id for w in self.workflows if w.workflow_id]
        if workflow is None:
            if len(ids) == 1:
                return ids[0]
            if not ids:
                raise refused(self.findings, self.description.document.name)
            raise UnknownWorkflow(
                f"{self.description.document.name} has {len(ids)} workflows: {', '.join(ids)}",
                hint="name one with -w (library: workflow=...)",
            )
        if workflow not in ids:
            hint = did_you_mean(workflow, ids) or f"workflows: {', '.join(ids)}"
            raise UnknownWorkflow(f"{self.description.document.name} has no workflow '{workflow}'", hint=hint)
        return workflow

    def link(self, workflow: str | None = None) -> Plan:
        """The plan of a workflow, errors among its diagnostics included."""
        return link(
            self.description,
            self.registry,
            workflow=self.select(workflow),
            options=_link_options(self),
            findings=self.findings,
        )

    def check(self) -> tuple[Diagnostic, ...]:
        """All that link and the analysis find in the description, by place; nothing is sent.

        Comments that silence findings are heeded by `arazzo_runner.check`, not here.
        """
        from .checks import check as check_description

        options = replace(_link_options(self), analysis_only=True, offline=not self.options.fetch)
        plan = link_workflows(self.description, self.registry, options=options, findings=self.findings)
        credentials = credentials_of(self.options)
        return check_description(
            self.description,
            plan,
            compat=self.options.compat,
            servers=self.options.servers,
            held=lambda requirement: credentials.held(requirement) is not None,
        )

    def plan(self, workflow: str | None = None) -> Plan:
        """The plan of a workflow that can be run.

        Raises:
            DocumentError: its error diagnostics; Unavailable where all that is missing is a remote source.
        """
        plan = self.link(workflow)
        if any(d.severity == "error" for d in plan.diagnostics):
            raise refused(plan.diagnostics, self.description.document.name)
        return plan


def load(source: Source, **options: Unpack[OptionFields]) -> Loaded:
    """Read an Arazzo description from a path, a URL, bytes, a mapping or a Document.

    Args:
        source: A path or http(s) URL (str or PathLike), the text as bytes, or parsed JSON values.
        options: See `Options`.

    Raises:
        FileMissing: no such file.
        DocumentError: not readable, not an Arazzo description, or of a version that cannot be run.
        Unavailable: a URL that cannot be fetched.
    """
    return load_with(source, Options(**options))


def load_with(source: Source, options: Options) -> Loaded:
    """`load` with an Options value."""
    return _load(source, options, None)


def _load(source: Source, options: Options, problems: list[Diagnostic] | None) -> Loaded:
    """Load; where `problems` are collected, what is wrong ends the reading only if nothing sensible is left."""
    document, registry, root = open_document(source, options, problems)
    description, findings = read_description(document, compat=options.compat, go_on=problems is not None)
    return Loaded(description, registry, findings, options, root)


def open_document(
    source: Source, options: Options, problems: list[Diagnostic] | None = None
) -> tuple[Document, Registry, Path | None]:
    """The document of a source, of whatever kind, the registry that loads what it refers to, and the root.

    Raises:
        FileMissing, DocumentError, Unavailable: as for `load`, but for what only an Arazzo description can have wrong.
    """
    from .retrieval import Retriever, find_root

    path = _path_of(source)
    is_url = isinstance(source, str) and _is_url(source)
    root = options.root if options.root is not None else (find_root(path) if path else None)
    fetch = _fetcher(options)
    named = (*([str(source)] if is_url else ()), *options.sources.values())
    retriever = Retriever(
        root,
        fetch=fetch,
        remote_only=is_url,
        named=named,
        limits=options.limits,
        policy=_fetch_policy(options, named) if fetch is not None else None,
    )
    cache = TreeCache() if options.cache else None
    registry = Registry(retriever, limits=options.limits, cache=cache, problems=problems)
    document = _entry(source, path, registry, options, problems)
    for extra in options.documents:
        registry.add(extra)
    return document, registry, root


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking found; `documents` are those that findings point into, by the name that Locations show.

    `readable` is False where the text is no YAML or JSON, or no Arazzo description: the findings say why. They say
    what else is wrong as far as there is something to check; the text is not to be edited then.
    """

    name: str
    diagnostics: tuple[Diagnostic, ...]
    readable: bool = True
    documents: Mapping[str, Document] = field(default_factory=dict)


def check(source: Source, **options: Unpack[OptionFields]) -> tuple[Diagnostic, ...]:
    """What is wrong with a description, by place: errors, warnings and infos, before the first request.

    Remote sources are not fetched unless `fetch=True`.

    Args:
        source: As for `load`.
        options: See `Options`.

    Raises:
        FileMissing: no such file; Unavailable: a URL that cannot be fetched. What cannot be read is a finding.
    """
    return check_with(source, Options(**{"fetch": False, **options})).diagnostics  # type: ignore[arg-type]


def check_with(source: Source, options: Options, *, selected: Collection[str] | None = None) -> Checked:
    """`check` with an Options value, for those who show the findings in their documents.

    `selected` are the codes that are looked for: a comment that silences none of another code is not called useless.
    """
    from .checks.suppression import suppress

    name = str(source) if isinstance(source, (str, os.PathLike)) else options.name
    problems: list[Diagnostic] = []
    try:
        loaded = _load(source, options, problems)
    except UnreadableDocument as error:
        return Checked(name, by_place((*problems, error.diagnostic)), readable=False)
    except DocumentError as error:
        unreadable = Diagnostic("ARZ100", "error", error.message, error.location, error.hint)
        return Checked(name, by_place((*problems, *(error.diagnostics or (unreadable,)))), readable=False)
    found = loaded.check()  # which adds the problems of its sources
    document, documents = loaded.description.document, loaded.registry.documents
    diagnostics = by_place((*problems, *found))
    readable = not any(_is_unreadable(finding, document.name) for finding in (*problems, *loaded.findings))
    return Checked(
        document.name,
        suppress(document, diagnostics, selected, others=documents) if readable else diagnostics,
        readable=readable,
        documents={document.name: document for document in documents},
    )


def verify(
    source: Source,
    *,
    workflow: str | None = None,
    inputs: Mapping[str, Any] | None = None,
    thorough: bool = False,
    seed: int = 0,
    **options: Unpack[OptionFields],
) -> tuple[Verdict, ...]:
    """Try every workflow of a description, or one, against the descriptions of its API; nothing is sent.

    The straight run, every branch, every documented error: whether each step can be reached, each request is one the
    API accepts, each output exists. Remote sources are not fetched unless `fetch=True`. With `compat="lenient"` the
    straight run may go beyond what is documented; `notes` say where.

    Args:
        source: As for `load`.
        workflow: A workflowId; every workflow where it is None.
        inputs: In place of those that are made from the inputs schema.
        thorough: Try inputs at the bounds of their schema as well.
        seed: Another one gives other values.
        options: See `Options`.

    Raises:
        FileMissing: no such file; Unavailable: a URL that cannot be fetched; UsageError: no such workflow.
        DocumentError: it is no Arazzo description. What else refuses a run is a failed Verdict.
    """
    from .testing import Tryout

    loaded = load(source, **{"fetch": False, **options})  # type: ignore[arg-type]
    tryout = Tryout(given=inputs or {}, thorough=thorough, seed=seed, assume=loaded.options.compat == "lenient")
    return tuple(verify_with(loaded, tryout, workflow))


def verify_with(
    loaded: Loaded,
    tryout: Tryout,
    workflow: str | None = None,
    *,
    inputs: Callable[[InputsSchema], Mapping[str, Any]] | None = None,
    findings: Sequence[Diagnostic] | None = None,
) -> Iterator[Verdict]:
    """`verify` for a description that is loaded, one verdict after the other.

    `inputs` are those for a schema; `findings` those of `loaded.check()`, where somebody has them already.
    """
    from .testing import refusal_verdict, try_workflow

    name = loaded.description.document.name
    tryout = replace(tryout, servers=loaded.options.servers, sources=loaded.options.sources)
    ids = [w.workflow_id for w in loaded.workflows if w.workflow_id] if workflow is None else [loaded.select(workflow)]
    if not ids:
        raise refused(loaded.findings, name)
    if findings is None:
        findings = loaded.check() if tryout.branches else ()
    for workflow_id in ids:
        plan = _of_any_server(loaded).link(workflow_id)
        errors = [d for d in plan.diagnostics if d.severity == "error"]
        if errors:
            yield refusal_verdict(workflow_id, name, errors, refused(errors, name).exit_code)
        else:
            given = inputs(plan.workflow.inputs) if inputs is not None else tryout.given
            yield try_workflow(plan, replace(tryout, given=given), findings)


def _of_any_server(loaded: Loaded) -> Loaded:
    """Nothing is sent, so that a relative server needs no name."""
    return replace(loaded, options=replace(loaded.options, mock=True))


def _is_unreadable(finding: Diagnostic, name: str) -> bool:
    """Whether a finding says that the document is no Arazzo description, although it was read as one."""
    of_document = finding.location is not None and finding.location.document == name
    return of_document and finding.code in ("ARZ101", "ARZ103")


def _path_of(source: Source) -> Path | None:
    if isinstance(source, os.PathLike):
        return Path(source)
    if isinstance(source, str) and not _is_url(source):
        return Path(source.removeprefix("file://")) if source.startswith("file://") else Path(source)
    return None


def _is_url(text: str) -> bool:
    return text.startswith(("http://", "https://"))


def _entry(
    source: Source, path: Path | None, registry: Registry, options: Options, problems: list[Diagnostic] | None
) -> Document:
    if isinstance(source, Document):
        registry.add(source)
        return source
    if path is not None:
        document = _read_file(path, options.limits, problems)
    elif isinstance(source, str):
        return registry.load(source, positions=True)
    elif isinstance(source, bytes):
        document = read(source, uri=options.base_uri, name=options.name, limits=options.limits, problems=problems)
    else:
        from .values import dumps

        text = dumps(dict(source)).encode()  # type: ignore[arg-type]
        document = read(text, uri=options.base_uri, name=options.name, limits=options.limits, problems=problems)
    registry.add(document)
    return document


def _read_file(path: Path, limits: Limits, problems: list[Diagnostic] | None) -> Document:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise FileMissing(f"there is no file {path}", hint=_nearby(path)) from None
    except IsADirectoryError:
        raise FileMissing(f"{path} is a folder, not a file") from None
    except OSError as error:
        raise FileMissing(f"{path} cannot be read: {error.strerror}") from None
    return read(data, uri=path.absolute().as_uri(), name=str(path), limits=limits, problems=problems)


def _nearby(path: Path) -> str | None:
    try:
        names = [str(path.with_name(p.name)) for p in path.parent.iterdir() if ".arazzo-test." not in p.name]
    except OSError:
        return None
    return did_you_mean(str(path), names)


def _fetcher(options: Options) -> Transport | None:
    if not options.fetch:
        return None
    from .drivers.transports import DeferredTransport, Supports

    clients = _client_options(options)
    return DeferredTransport(lambda: _make_transport(options, None), Supports(addresses=True), clients.proxy_for)


def _fetch_policy(options: Options, typed: Sequence[str]) -> Policy:
    from .hosts import fetch_policy, is_url

    return fetch_policy(options, [location for location in typed if is_url(location)])


def refused(diagnostics: Sequence[Diagnostic], name: str) -> DocumentError | Unavailable:
    """The error that the errors among diagnostics come to; Unavailable where only remote sources are missing."""
    errors = [d for d in diagnostics if d.severity == "error"]
    first = errors[0]
    if all(d.code == "ARZ220" for d in errors):
        return Unavailable(first.message, location=first.location, hint=first.hint)
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return DocumentError(first.message + more, location=first.location, hint=first.hint, diagnostics=diagnostics)


def replaced_sources(options: Options) -> dict[str, str]:
    """The absolute URIs that stand in for the locations of source descriptions, by source name."""
    base = Path.cwd().as_uri() + "/"
    return {name: resolve_uri(_as_reference(uri), base) for name, uri in options.sources.items()}


def _link_options(loaded: Loaded) -> LinkOptions:
    options = loaded.options
    limits = options.limits
    return LinkOptions(
        compat=options.compat,
        sources=replaced_sources(options),
        servers=options.servers,
        server_variables=options.server_variables,
        base_server=options.base_server,
        default_server=NO_SERVER if options.mock else None,
        selectors=options.selectors,
        conditions=options.conditions,
        bounds=Bounds(
            max_steps=limits.max_steps,
            max_nesting=limits.max_nesting,
            timeout=limits.timeout,
            max_time=limits.max_time,
            max_delay=limits.max_delay,
            max_retry_after=limits.max_retry_after,
        ),
        contract=_contract(options.contract),
        limit_s=limits.max_evaluation,
        untrusted=options.untrusted,
        suggest=lambda name, ids: _suggest(loaded.root, name, ids),
    )


def _as_reference(location: str) -> str:
    return location if "://" in location else Path(location).absolute().as_uri()


def _contract(level: Literal["warn", "error"] | None) -> Any:
    if level is None:
        return None
    from .plan.contract import DescribedContract

    return DescribedContract(level)


def _suggest(root: Path | None, name: str, operation_ids: tuple[str, ...]) -> str | None:
    """Which descriptions under the root could stand in for a source that is missing, with the line to type."""
    if root is None or not operation_ids:
        return None
    from .retrieval import find_descriptions

    found = find_descriptions(root, operation_ids)
    lines = []
    for path, count in found[:3]:
        try:
            shown = os.path.relpath(path)
        except ValueError:
            shown = str(path)
        lines.append(f"--source {name}={shown} defines {count} of {len(operation_ids)}")
    return "; ".join(lines) or None


def run(
    source: Source,
    *,
    inputs: Mapping[str, Any] | None = None,
    workflow: str | None = None,
    client: Any = None,
    observers: Sequence[Observer] = (),
    **options: Unpack[OptionFields],
) -> Result:
    """Run one workflow of an Arazzo description and tell what happened.

    Args:
        source: As for `load`.
        inputs: The workflow's inputs by name.
        workflow: A workflowId; not needed where there is only one.
        client: An httpx.Client or AsyncClient, an ASGI or WSGI application, or a Transport; None for one of our own.
        observers: Called with every event as it happens.
        options: See `Options`.

    Returns:
        A Result for every run that started, failed ones included.

    Raises:
        DocumentError, InputError, UsageError: nothing was started.
    """
    with Runner(source, workflow=workflow, client=client, **options) as runner:
        return runner.run(inputs, observers=observers)


async def run_async(
    source: Source,
    *,
    inputs: Mapping[str, Any] | None = None,
    workflow: str | None = None,
    client: Any = None,
    observers: Sequence[Observer] = (),
    **options: Unpack[OptionFields],
) -> Result:
    """`run` for asyncio; errors and result are the same."""
    async with Runner(source, workflow=workflow, client=client, **options) as runner:
        return await runner.run_async(inputs, observers=observers)


class Runner:
    """A workflow that is linked once and run many times, from any number of threads or tasks.

    A context manager, sync and async: it keeps the plan and the connections, and closes the client it made itself.
    """

    def __init__(
        self,
        source: Source | Loaded,
        *,
        workflow: str | None = None,
        client: Any = None,
        **options: Unpack[OptionFields],
    ) -> None:
        """Load and link. Raises: as for `run`."""
        if isinstance(source, Loaded):
            self.loaded = replace(source, options=replace(source.options, **options)) if options else source
        else:
            self.loaded = load(source, **options)
        self.loaded = _in_process(self.loaded, client)
        self.plan = self.loaded.plan(workflow)
        self.options = self.loaded.options
        self._client = client
        self._rules = _fault_rules(self.plan, self.options)
        self._made_mock: Any = None
        self._transport: Transport | None = None
        self._async_transports: dict[asyncio.AbstractEventLoop, AsyncTransport] = {}
        self._lock = threading.Lock()
        self._credentials: Credentials | None = None
        self._secrets: PlanSecrets | None = None
        self._policy: Policy | None = None

    # -- runs ---------------------------------------------------------------------------------------------------------

    def admit(self, inputs: Mapping[str, Any] | None) -> dict[str, Any]:
        """The inputs with their defaults, valid.

        Raises:
            InputError: with one line for each problem.
        """
        schema = self.plan.workflow.inputs
        given = schema.with_defaults(inputs or {})
        problems = schema.problems(given)
        if problems:
            raise InputError(
                f"the inputs of workflow '{self.plan.workflow.workflow_id}' are not valid: {'; '.join(problems)}",
                problems=problems,
                hint="give them with -i NAME=VALUE (library: inputs={...})",
            )
        return given

    def run(self, inputs: Mapping[str, Any] | None = None, *, observers: Sequence[Observer] = ()) -> Result:
        """Run to the end, blocking."""
        from .drivers import sync

        folded, admitted = _Fold(self, observers), self.admit(inputs)
        emit, transport = self._sending(folded.emit)
        options = self.options
        sync.run(self.session(admitted, emit), transport, limits=options.limits, interaction=options.interaction)
        return folded.result()

    async def run_async(self, inputs: Mapping[str, Any] | None = None, *, observers: Sequence[Observer] = ()) -> Result:
        """Run to the end in the running event loop."""
        from .drivers import aio

        folded, admitted = _Fold(self, observers), self.admit(inputs)
        emit, transport = self._sending_async(folded.emit)
        options = self.options
        await aio.run(self.session(admitted, emit), transport, limits=options.limits, interaction=options.interaction)
        return folded.result()

    def events(self, inputs: Mapping[str, Any] | None = None) -> Iterator[Event]:
        """Run, one event at a time: the next step is carried out when the next event is asked for."""
        from .drivers import sync

        happened: list[Event] = []
        admitted = self.admit(inputs)
        emit, transport = self._sending(happened.append)
        limits, interaction = self.options.limits, self.options.interaction
        for _ in sync.steps(self.session(admitted, emit), transport, limits=limits, interaction=interaction):
            yield from happened
            happened.clear()
        yield from happened

    async def events_async(self, inputs: Mapping[str, Any] | None = None) -> AsyncIterator[Event]:
        """`events` for asyncio."""
        from .drivers import aio

        happened: list[Event] = []
        admitted = self.admit(inputs)
        emit, transport = self._sending_async(happened.append)
        limits, interaction = self.options.limits, self.options.interaction
        async for _ in aio.steps(self.session(admitted, emit), transport, limits=limits, interaction=interaction):
            for event in happened:
                yield event
            happened.clear()
        for event in happened:
            yield event

    def session(self, inputs: Mapping[str, Any], emit: Observer = lambda event: None) -> Session:
        """A run for a driver of one's own; the inputs are admitted (`admit`)."""
        from .drivers.session import Session

        return Session(self.plan, inputs, emit, sign=self.credentials.sign, limits=self.options.limits)

    @property
    def credentials(self) -> Credentials:
        """Where the values of security schemes come from.

        Raises:
            UsageError: a value that several schemes of the plan would be sent, an unreadable `.env`.
        """
        from .needs import schemes_of

        with self._lock:
            if self._credentials is None:
                found = credentials_of(self.options, own_client=self._client is None)
                found.values.check(schemes_of(self.plan))
                self._credentials = found
        return self._credentials

    # -- credentials, for those who report -----------------------------------------------------------------------------

    def schemes(self) -> tuple[str, ...]:
        """The names of the security schemes that the plan's operations declare."""
        from .needs import schemes_of

        return tuple(dict.fromkeys(scheme.requirement.name for scheme in schemes_of(self.plan)))

    def unknown_auth(self) -> tuple[str, ...]:
        """The schemes given as `auth` that no operation declares."""
        return self.credentials.unknown_names(self._scheme_names())

    def unknown_fields(self) -> tuple[str, ...]:
        """The names given as `auth` whose field no scheme has."""
        return self.credentials.unknown_fields(self._scheme_names())

    def _scheme_names(self) -> tuple[str, ...]:
        """Every name that a value can be given by: the scheme's, and the same with its source."""
        from .needs import schemes_of

        found = (scheme.requirement for scheme in schemes_of(self.plan))
        return tuple(name for each in found for name in (each.name, f"{each.source}.{each.name}"))

    def schemes_hint(self) -> str:
        """Which schemes there are."""
        names = self.schemes()
        return f"schemes: {', '.join(names)}" if names else "no operation of the workflow declares one"

    def advice(self, request: Request) -> str | None:
        """What a person can do about a 401 or 403 of this request."""
        return self.credentials.advice(request)

    def input_secrets(self, inputs: Mapping[str, Any]) -> Iterator[Event]:
        """The inputs that are secrets, as SecretMarked events."""
        return self.marker().inputs(inputs)

    def marker(self) -> Marker:
        """What finds the secrets of one run, in its events."""
        from .marking import Marker, PlanSecrets

        if self._secrets is None or self._secrets.plan is not self.plan:
            self._secrets = PlanSecrets(self.plan)
        return Marker(self._secrets, self._known_secrets())

    def replaced_servers(self) -> dict[str, str]:
        """The servers that options name, and those that server variables make, where a source has one only."""
        used: dict[str, set[str]] = {}
        for step in _operation_steps(self.plan):
            used.setdefault(step.source, set()).add(step.server)
        filled = {name: min(used[name]) for name in self.options.server_variables if len(used.get(name, ())) == 1}
        return {**self.options.servers, **filled}

    def _known_secrets(self) -> Iterator[tuple[str, str]]:
        """Credentials that are there, and server variables with the name of a secret."""
        from .needs import schemes_of
        from .secrets import is_secret_name

        yield from self.credentials.held_secrets(scheme.requirement for scheme in schemes_of(self.plan))
        for source, variables in self.options.server_variables.items():
            for name, value in variables.items():
                if is_secret_name(name):
                    yield f"{source}.{name}", value

    # -- transports ---------------------------------------------------------------------------------------------------

    @property
    def policy(self) -> Policy:
        """What may be sent and where to, with the hosts of the plan."""
        if self._policy is None:
            from .hosts import run_policy

            self._policy = run_policy(self.options, self.plan, self.loaded.description)
        return self._policy

    def notes(self) -> tuple[str, ...]:
        """How requests leave where that is not as usual: another client than was wanted, a proxy."""
        if self._client is not None or self.options.mock:
            return ()
        from .drivers.transports import why_httpx

        options = _client_options(self.options)
        found = why_httpx(options, speed=self.options.speed)
        notes = [] if found is None else [found]
        if any(options.proxy_for(f"https://{host}/") for host in self.policy.default_hosts):
            notes.append("requests go through a proxy: hosts are checked by name, their addresses cannot be checked")
        return tuple(notes)

    def _guarded(self, transport: Transport) -> Transport:
        from .drivers.policy import GuardedTransport

        return GuardedTransport(transport, self.policy)

    def _guarded_async(self, transport: AsyncTransport) -> AsyncTransport:
        from .drivers.policy import AsyncGuardedTransport

        return AsyncGuardedTransport(transport, self.policy)

    def _run_transport(self) -> Transport:
        with self._lock:
            if self._transport is None:
                self._transport = _make_transport(self.options, self._client, self._mock())
        return self._guarded(self._transport)

    def _run_async_transport(self) -> AsyncTransport:
        """The transport of the running event loop: connections belong to the loop they were made in."""
        import asyncio

        loop = asyncio.get_running_loop()
        with self._lock:
            for other in [other for other in self._async_transports if other.is_closed()]:
                del self._async_transports[other]
            if loop not in self._async_transports:
                self._async_transports[loop] = _make_async_transport(self.options, self._client, self._mock())
            transport = self._async_transports[loop]
        return self._guarded_async(transport)

    def _sending(self, emit: Observer) -> tuple[Observer, Transport]:
        """Where the events and the requests of one run go; faults are counted for each run."""
        if not self._rules:
            return emit, self._run_transport()
        faulty = self._faulty_run()
        return faulty.watching(emit), self._guarded(faulty)

    def _sending_async(self, emit: Observer) -> tuple[Observer, AsyncTransport]:
        """`_sending` for asyncio."""
        if not self._rules:
            return emit, self._run_async_transport()
        from .drivers.transports.mock import AsyncFaultyRun

        faulty = self._faulty_run()
        return faulty.watching(emit), self._guarded_async(AsyncFaultyRun(faulty))

    def _faulty_run(self) -> FaultyRun:
        from .drivers.transports.mock import FaultyRun
        from .mock import Faults

        with self._lock:
            return FaultyRun(self._mock(), Faults(self._rules))

    def _mock(self) -> Any:
        """The mock that all runs share, None without one; called under the lock."""
        if self.options.mock and self._made_mock is None:
            tokens = tuple(text.removeprefix("literal:") for text in self.options.auth.values())
            self._made_mock = self.new_mock(require_auth=bool(tokens), known_tokens=(*tokens, PRETENDED))
        return self._made_mock

    def new_mock(self, *, require_auth: bool = False, known_tokens: tuple[str, ...] = ()) -> Mock:
        """The API of the plan's descriptions, with nothing created yet."""
        from .mock import Mock

        return Mock(
            self.plan.descriptions,
            servers={k: v for k, v in self.options.servers.items() if k},
            require_auth=require_auth,
            known_tokens=known_tokens,
        )

    # -- context ------------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Close the connections of our own client; a client that was given stays open."""
        with self._lock:
            transport, self._transport = self._transport, None
        if transport is not None:
            transport.close()

    async def aclose(self) -> None:
        """`close` for asyncio, for the connections of the running event loop."""
        import asyncio

        with self._lock:
            transport = self._async_transports.pop(asyncio.get_running_loop(), None)
        if transport is not None:
            await transport.aclose()
        self.close()

    def __enter__(self) -> Runner:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def __aenter__(self) -> Runner:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


class _Fold:
    """The events of one run. Secrets are looked for when somebody sees them: observers at once, a result when shown."""

    def __init__(self, runner: Runner, observers: Sequence[Observer]) -> None:
        self._runner = runner
        self._events: list[Event] = []
        self._observers = tuple(observers)
        self._marker = runner.marker() if observers else None
        self.emit = self._show if observers else self._events.append

    def _show(self, event: Event) -> None:
        assert self._marker is not None, "there is somebody to show it to"
        for told in (*self._marker.marks(event), event):
            self._events.append(told)
            for observer in self._observers:
                observer(told)

    def _learn(self) -> Redactor:
        from .report.redaction import Redactor

        options = self._runner.options
        redactor = Redactor(show_secrets=options.show_secrets, redact=options.redact)
        marker = self._runner.marker()
        for event in self._events:
            redactor.observe(event)
            for mark in marker.marks(event):
                redactor.observe(mark)
        return redactor

    def result(self) -> Result:
        from .report.result import ResultBuilder

        builder = ResultBuilder(diagnostics=self._runner.plan.diagnostics, learn=self._learn)
        for event in self._events:
            builder.observe(event)
        return builder.result()


def _fault_rules(plan: Plan, options: Options) -> tuple[Rule, ...]:
    """Raises: UsageError: faults without the mock, of another form, or of a step that there is not."""
    if not options.faults:
        return ()
    if not options.mock:
        raise UsageError("--fault is for the mock", hint="add --mock (library: mock=True)")
    from .mock import check_targets, read_faults

    rules = read_faults(options.faults)
    steps = (step.step_id for workflow in plan.workflows.values() for step in workflow.steps)
    check_targets(rules, tuple(dict.fromkeys(steps)), "step")
    return rules


def _in_process(loaded: Loaded, client: Any) -> Loaded:
    """With an application there is a server: itself."""
    if client is None or loaded.options.base_server is not None:
        return loaded
    from .drivers.transports import is_application

    if not is_application(client):
        return loaded
    return replace(loaded, options=replace(loaded.options, base_server=_APPLICATION))


def _client_options(options: Options) -> Any:
    from .drivers.transports import ClientOptions

    return ClientOptions(insecure=options.insecure, proxy=options.proxy, cert=options.cert)


def _make_transport(options: Options, client: Any, mock: Any = None) -> Transport:
    from .drivers.transports import default_transport, transport_for

    if mock is not None:
        from .drivers.transports.mock import MockTransport

        return MockTransport(mock)
    if client is not None:
        return transport_for(client, _client_options(options))
    return default_transport(_client_options(options), speed=options.speed)


def _make_async_transport(options: Options, client: Any, mock: Any = None) -> AsyncTransport:
    from .drivers.transports import async_transport_for

    if mock is not None:
        from .drivers.transports.mock import MockTransport

        client = MockTransport(mock)
    return async_transport_for(client, _client_options(options), speed=options.speed)


def _operation_steps(plan: Plan) -> Iterator[OperationCall]:
    for workflow in plan.workflows.values():
        yield from (step for step in workflow.steps if isinstance(step, OperationCall))


def credentials_of(options: Options, *, own_client: bool = True) -> Credentials:
    """What a host has for security schemes, in order; profiles are of the person whose environment it is."""
    from .config import credential_variables, user_folder
    from .credentials import Credentials, Given, Profiles, References, Values, Variables
    from .hosts import user_hosts

    variables = credential_variables(options.env, options.env_file)
    references = References(
        env=options.env,
        file_env=variables.whole_file,
        folder=Path.cwd(),
        allow_commands=options.allow_commands,
    )
    ordered = Values(
        (
            Given(options.auth),
            Variables(
                variables.environment, variables.file, variables.file_name, "person" if variables.named else "folder"
            ),
            *((Profiles(user_folder()),) if options.env is None else ()),
        ),
        references,
    )
    return Credentials(
        ordered,
        allow_hosts=user_hosts(options),
        interactive=options.interaction is not None,
        store=options.token_store,
        certificate=None if options.mock or not own_client else options.cert is not None,
        pretended=PRETENDED if options.mock else None,
    )


def _conditions(plan: Plan) -> Iterator[tuple[str, str | None, str]]:
    """Every condition of a plan as (stepId, action, text)."""
    for workflow in plan.workflows.values():
        for step in workflow.steps:
            yield from ((step.step_id, None, criterion.text) for criterion in step.criteria)
            for action in (*step.success_actions, *step.failure_actions):
                yield from ((step.step_id, action.name, criterion.text) for criterion in action.criteria)


def replay_case(
    runner: Runner, case: Case, *, observers: Sequence[Observer] = ()
) -> tuple[Result, tuple[Difference, ...]]:
    """Run against the exchanges of a case, without a network; what it leaves open is answered as described.

    Returns:
        The result, and where the run differs from the case: requests, outcome, outputs.
    """
    from .casing import outcome_differences

    inputs = runner.plan.workflow.inputs.with_defaults(dict(case.inputs))
    replayed = _replayed(runner, case, inputs, observers)
    return replayed.result, (*replayed.differences, *outcome_differences(case, replayed.result))


@dataclass(frozen=True, slots=True)
class _Replayed:
    """A run answered by a case, where its requests differ, and the requests by the place of their exchange."""

    result: Result
    differences: tuple[Difference, ...]
    requests: Mapping[str, Request]


def _replayed(runner: Runner, case: Case, inputs: Mapping[str, Any], observers: Sequence[Observer]) -> _Replayed:
    from .casing import CaseScript, verdicts_of
    from .drivers.replay import Replay
    from .drivers.session import Session

    conditions = tuple(_conditions(runner.plan))
    recorded, remembered = verdicts_of(case, conditions), verdicts_of(case, conditions, every=True)
    plan = replace(runner.plan, recorded=recorded, remembered=remembered)
    folded = _Fold(runner, observers)
    sent: dict[str, Request] = {}

    def emit(event: Event) -> None:
        if isinstance(event, RequestSent):
            sent[event.id] = event.request
        folded.emit(event)

    script = CaseScript(case, runner.new_mock())
    replay = Replay(script)
    replay.run(Session(plan, inputs, emit, limits=runner.options.limits))
    result = folded.result()
    requests = {place: sent[effect_id] for effect_id, place in script.taken.items() if effect_id in sent}
    return _Replayed(result, (*replay.differences, *script.refused), requests)


def find_cases(place: str | os.PathLike[str]) -> list[Path]:
    """The cases (`*.arazzo-test.yaml`, `.yml`, `.json`) under a folder, or beside a document and about it."""
    from .casing import find_cases as found_in

    return found_in(Path(place))


def is_case(path: str | os.PathLike[str]) -> bool:
    """Whether a file has the name of a case (`*.arazzo-test.yaml`, `.yml`, `.json`)."""
    from .casing import is_case as is_named

    return is_named(Path(path))


def read_case_file(path: str | os.PathLike[str], options: Options) -> CaseFile:
    """A case and its file.

    Raises:
        FileMissing: it cannot be read; DocumentError: it is not a case, with line and column of every finding.
    """
    from .casing import read_case_file as read_from

    return read_from(Path(path), options.limits)


def case_options(file: CaseFile, options: Options, *, live: bool = False) -> Options:
    """The options with the sources and servers of a case, where none are given.

    A server without a name stands for every source. Not live, a description without a server will do.
    """
    own = {name: url for name, url in file.case.servers.items() if name not in options.server_variables}
    servers = options.servers if "" in options.servers else {**own, **options.servers}
    sources = {**file.sources, **options.sources}
    return replace(options, servers=servers, sources=sources, mock=not live)


def run_case(
    case_file: str | os.PathLike[str],
    options: Options,
    *,
    live: bool = False,
    inputs: Mapping[str, Any] | None = None,
    severities: Mapping[str, str] | None = None,
    client: Any = None,
    observers: Sequence[Observer] = (),
    command: str | None = None,
) -> Verdict:
    """Run a case and judge it (docs/cases.md).

    Without `live` nothing is sent: answers come from the case, and from the description where it has none. With it
    every request goes to the real server, and every response is held against the description.

    Args:
        case_file: The case; its document is relative to it.
        options: As for a run. `mock` and `contract` are not heeded.
        live: Send the requests.
        inputs: Take the place of the inputs of that name; a live case needs the secrets that its record has not.
        severities: "error", "warn" or "off" for `status`, `header`, `media-type`, `body`, `request`, `drift`.
        client: As for `run`, for a live case.
        observers: Called with every event as it happens.
        command: The line that repeats it; by default `arazzo-run test FILE`.

    Raises:
        FileMissing, DocumentError: the case cannot be read; with line and column of every finding.
        InputError: secrets of a live case are missing.
        UsageError: a severity that is none; one server for several sources.
    """
    from .casing import Trial, severities_of

    weights = severities_of(severities)
    options = replace(options, contract=None)
    file = read_case_file(case_file, options)
    live = live and file.case.expect.outcome != "rejected"  # nothing is to be sent
    trial = Trial(file, live=live, severities=weights, command=command)
    if live and trial.why_not_live is not None:
        return trial.skipped(trial.why_not_live)
    given = trial.inputs(inputs or {})
    try:
        loaded = load_with(file.document, case_options(file, options, live=live))
        if all(source.type in ("openapi", "asyncapi") for source in loaded.description.source_descriptions):
            trial.check_names([source.name for source in loaded.description.source_descriptions if source.name])
        runner = Runner(loaded, workflow=file.case.workflow, client=client)
        admitted = _admitted(runner, trial, given)
    except (DocumentError, InputError, FileMissing, UnknownWorkflow, Unavailable) as error:
        return trial.refused(error)
    with runner:
        if live:
            return _tried_live(runner, trial, admitted, observers)
        return _tried(runner, trial, admitted, observers)


def _admitted(runner: Runner, trial: Trial, given: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs with their defaults; placeholders of secrets were valid when they were recorded."""
    if trial.has_placeholders(given):
        return runner.plan.workflow.inputs.with_defaults(given)
    return runner.admit(given)


def _tried(runner: Runner, trial: Trial, inputs: dict[str, Any], observers: Sequence[Observer]) -> Verdict:
    from .casing import outcome_differences

    case = trial.file.case
    events: list[Event] = []
    replayed = _replayed(runner, case, inputs, (events.append, *observers))
    differences = (*replayed.differences, *outcome_differences(case, replayed.result))
    return trial.finished(runner.plan, replayed.result, events, differences)


def _tried_live(runner: Runner, trial: Trial, inputs: dict[str, Any], observers: Sequence[Observer]) -> Verdict:
    """Replayed first: what is as expected there, and not with the server's answers, is the server's data."""
    from .casing import RequestContract, Watch, outcome_differences

    case, described = trial.file.case, runner.plan
    if "" in runner.options.servers and len(described.descriptions) > 1:
        used = ", ".join(described.descriptions)
        raise UsageError(f"the workflow of {trial.file.path} uses several sources: {used}", hint="-s NAME=URL")
    own = described.workflow.inputs.with_defaults(dict(case.inputs))
    before = _replayed(runner, case, own, ())
    watch = Watch(trial.file, described, before.requests)
    runner.plan = replace(described, contract=RequestContract())
    events: list[Event] = []
    result = runner.run(inputs, observers=(events.append, watch.observe, *observers))
    watch.finish()
    differences = (*watch.differences, *outcome_differences(case, result, before.result))
    return trial.finished(runner.plan, result, events, differences, watch.found, watch.not_checked)
