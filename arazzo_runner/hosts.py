"""The policies of a run and of what is fetched for it: who named which host (docs/policy.md)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from .document import resolve_uri
from .model import ArazzoDescription
from .openapi.security import scheme_urls, with_source
from .options import Options
from .plan import OperationCall, Plan
from .policy import Policy, host_or_none, literal_origins, origins_of


def run_policy(options: Options, plan: Plan, entry: ArazzoDescription) -> Policy:
    """The policy of the runs of a plan of this document; empty `allow_hosts` are the hosts of the plan."""
    uri = entry.document.uri
    typed = [url for url in (uri, *options.sources.values()) if is_url(url)]
    declared = () if is_url(uri) else _sources(entry)
    return replace(
        _given(options),
        default_hosts=tuple(dict.fromkeys((*_hosts(options.servers.values()), *_hosts(_urls(plan))))),
        named_hosts=(*origins_of(options.servers.values()), *literal_origins(typed)),
        local_hosts=tuple(literal_origins(declared)),
    )


def _sources(entry: ArazzoDescription) -> Iterator[str]:
    """The URLs that a document takes its sources from, as `$self` makes them where it is a URL."""
    base = entry.document.base_uri if entry.self_ else ""
    for source in entry.source_descriptions:
        url = resolve_uri(source.url or "", base) if is_url(base) else source.url or ""
        if is_url(url):
            yield url


def fetch_policy(options: Options, typed: Iterable[str]) -> Policy:
    """The policy for documents; `typed` are the URLs that the user wrote."""
    named = (*origins_of(options.servers.values()), *literal_origins(typed))
    return replace(_given(options).for_tokens(), follow_redirects=False, cookies=False, named_hosts=named)


def user_hosts(options: Options) -> tuple[str, ...]:
    """The hosts that the user named, and no file of the project."""
    given = options.allow_hosts if options.trusted_hosts is None else options.trusted_hosts
    return (*given, *options.policy.allow_hosts)


def is_url(text: str) -> bool:
    """Whether a location is to be fetched."""
    return text.lower().startswith(("http://", "https://"))


def _given(options: Options) -> Policy:
    policy = options.policy
    within = () if options.trusted_hosts is None else options.allow_hosts
    return replace(
        policy,
        allow_hosts=user_hosts(options),
        within_hosts=(*policy.within_hosts, *within),
        follow_redirects=policy.follow_redirects or options.follow_redirects,
        cookies=policy.cookies or options.cookies,
    )


def _urls(plan: Plan) -> Iterator[str]:
    """The servers of the plan's operations, and where tokens for them come from."""
    seen: set[Any] = set()
    for workflow in plan.workflows.values():
        for step in workflow.steps:
            if not isinstance(step, OperationCall):
                continue
            yield step.server
            for alternative in step.operation.security:
                for requirement in alternative:
                    if (id(requirement.scheme), step.server) not in seen:
                        seen.add((id(requirement.scheme), step.server))
                        ((absolute,),) = with_source(((requirement,),), step.source, step.server)
                        yield from scheme_urls(absolute.scheme)


def _hosts(urls: Iterable[str]) -> Iterator[str]:
    for url in urls:
        host = host_or_none(url)
        if host and not host.startswith("*"):
            yield host
