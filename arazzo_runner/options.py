"""The options of a run, as the library and the command take them (interface, "Options of a run")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypedDict

from .condition import DEFAULT_CONDITIONS, Conditions
from .document import Document
from .limits import Limits
from .policy import Policy
from .selector import DEFAULT_SELECTORS, Selectors

if TYPE_CHECKING:
    from .credentials.tokens import TokenStore
    from .drivers.interaction import Interaction
    from .drivers.transports.options import Certificate

Compat = Literal["auto", "strict", "lenient"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Everything a host decides about a run. Names are those of the command line.

    `cert` is a client certificate's file, or (file, key file), or such by host (`host`, `host:port`, `*.domain`).
    `interaction` asks a person to sign in where a grant needs one (`arazzo_runner.drivers.interaction.Browser`), None:
    nobody is asked. `token_store` keeps the tokens that were granted (None: each Runner keeps its own).

    `servers` and `sources` go by source name (`servers[""]` is for the only one); `server_variables` holds OpenAPI
    server variables by source name. Relative servers of local descriptions are relative to `base_server`, by default
    http://testserver where the client is an application in process. `auth` maps `SCHEME[.FIELD]` to a value or a
    reference to one (`docs/auth.md`), which with `allow_commands` may be a command. `env` are the variables credentials
    may come from (default: the process's own, with `.env` and the person's profiles). `trusted_hosts` get credentials
    from there although a document that came by URL names them (default: `allow_hosts`). `policy` says the rest of what
    may be sent, and where to (docs/policy.md); its `allow_hosts`, `follow_redirects` and `cookies` are those here.
    `faults` are what goes wrong with the mock, as `STEP[#N]=FAULT` (`docs/mock.md`). `documents` are supplied to the
    registry before anything is retrieved; without `fetch` nothing is retrieved by URL. The XPath and JSONPath queries
    of an `untrusted` document are evaluated in a process that is killed at the bound, whatever they cost; None: of
    those that came by URL. A description given as a text or a mapping is at `base_uri`, and locations show it as
    `name`. What may hold a secret is not part of the `repr`.
    """

    compat: Compat = "auto"
    servers: Mapping[str, str] = field(default_factory=dict, repr=False)
    server_variables: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    base_server: str | None = None
    sources: Mapping[str, str] = field(default_factory=dict)
    auth: Mapping[str, str] = field(default_factory=dict, repr=False)
    env: Mapping[str, str] | None = field(default=None, repr=False)
    env_file: Path | None = None
    allow_commands: bool = False
    interaction: Interaction | None = None
    token_store: TokenStore | None = None
    mock: bool = False
    faults: Sequence[str] = ()
    speed: bool = False
    contract: Literal["warn", "error"] | None = None
    limits: Limits = field(default_factory=Limits)
    follow_redirects: bool = False
    cookies: bool = False
    insecure: bool = False
    proxy: str | None = field(default=None, repr=False)
    cert: Certificate | Mapping[str, Certificate] | None = None
    allow_hosts: Sequence[str] = ()
    trusted_hosts: Sequence[str] | None = None
    policy: Policy = field(default_factory=Policy)
    root: Path | None = None
    fetch: bool = True
    untrusted: bool | None = None
    cache: bool = True
    show_secrets: bool = False
    redact: Sequence[str] = ()
    base_uri: str = "memory:/arazzo.yaml"
    name: str = "<memory>"
    documents: Sequence[Document] = ()
    selectors: Selectors = DEFAULT_SELECTORS
    conditions: Conditions = DEFAULT_CONDITIONS


class OptionFields(TypedDict, total=False):
    """The same names as keyword arguments."""

    compat: Compat
    servers: Mapping[str, str]
    server_variables: Mapping[str, Mapping[str, str]]
    base_server: str | None
    sources: Mapping[str, str]
    auth: Mapping[str, str]
    env: Mapping[str, str] | None
    env_file: Path | None
    allow_commands: bool
    interaction: Interaction | None
    token_store: TokenStore | None
    mock: bool
    faults: Sequence[str]
    speed: bool
    contract: Literal["warn", "error"] | None
    limits: Limits
    follow_redirects: bool
    cookies: bool
    insecure: bool
    proxy: str | None
    cert: Certificate | Mapping[str, Certificate] | None
    allow_hosts: Sequence[str]
    trusted_hosts: Sequence[str] | None
    policy: Policy
    root: Path | None
    fetch: bool
    untrusted: bool | None
    cache: bool
    show_secrets: bool
    redact: Sequence[str]
    base_uri: str
    name: str
    documents: Sequence[Document]
    selectors: Selectors
    conditions: Conditions
