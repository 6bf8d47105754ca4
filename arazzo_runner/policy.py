"""What may be sent and where to: one set of rules for steps, tokens, redirects and source documents (docs/policy.md).

Nothing is resolved or opened here. A URL is judged by its name before anything is sent, and every address it leads to
(`Reach`) before a connection to it is made.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias
from urllib.parse import unquote, urlsplit

from .errors import Phase, TransportError

READ_ONLY = ("GET", "HEAD", "OPTIONS", "TRACE", "QUERY")  # RFC 9110, section 9.2.1, and QUERY

Address: TypeAlias = "ipaddress.IPv4Address | ipaddress.IPv6Address"
Kind = Literal["link-local", "private", "public"]

_NUMERIC = re.compile(r"(?:(?:0[xX][0-9a-fA-F]*|\d+)(?:\.|$)){1,4}")
# Where clouds answer who asks for the credentials of the machine; beside 169.254.0.0/16, which is link-local.
_METADATA = frozenset(
    ipaddress.ip_address(text) for text in ("fd00:ec2::254", "100.100.100.200", "168.63.129.16", "192.0.0.192")
)
_METADATA_NAMES = frozenset(
    ("metadata", "metadata.google.internal", "metadata.goog", "instance-data", "instance-data.ec2.internal")
)
_LOOPBACK_NAMES = ("localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback")
_PRIVATE_ENDS = (".local", ".internal", ".localhost", ".localdomain", ".lan", ".home.arpa", ".intranet", ".corp")
_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("::/96"))


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something is not sent, and which option allows it."""

    message: str
    hint: str | None = None

    def error(self, phase: Phase = "not_sent") -> TransportError:
        """The same as an error."""
        return TransportError(self.message, kind="policy", phase=phase, hint=self.hint)


@dataclass(frozen=True, slots=True)
class Reach:
    """Which addresses a host may lead to. `why` says who wants private ones refused.

    `named` are addresses that the user named; `link_local` is for a metadata service that the user named.
    """

    private: bool = True
    link_local: bool = False
    named: frozenset[Address] = frozenset()
    why: str = ""

    def refusal(self, host: str, address: str) -> Refusal | None:
        """Why there is no connection to this address of the host; None where there may be one."""
        found = literal_of(address)
        if found is None:
            return Refusal(f"{host} leads to {address!r}, which is no address")
        if found in self.named:
            return None
        kind, names = kind_of(found), _names(host, found)
        if kind == "link-local" and not self.link_local:
            return Refusal(f"{_is(host, found)} a link-local or metadata address", _allowing(*names))
        if kind == "private" and not self.private:
            return Refusal(f"{_is(host, found)} a private address, and {self.why}", _allowing(names[0]))
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a run may do on the network.

    Args:
        allow_hosts: Send to these only (`host`, `host:port`, `*.domain`); they are named by the user, so that they may
            be private. Empty: to the hosts of the descriptions and of `servers`.
        deny_private: Refuse loopback and private addresses, of local documents too, unless the host is named.
        read_only: Send GET, HEAD, OPTIONS, TRACE and QUERY only.
        methods: Send these methods only; empty: all.
        allow_http: Send credentials without TLS to other machines.
        follow_redirects: Follow redirects, each by the same rules.
        cookies: Keep cookies within a run.
        default_hosts: What empty `allow_hosts` stand for; empty as well: every host. The engine fills them.
        within_hosts: A second list that hosts have to be in; the project's configuration.
        named_hosts: Named by the user otherwise (`-s`): they may be private.
        local_hosts: Named by a local document: they may be private, although what came by URL names them as well.
    """

    allow_hosts: Sequence[str] = ()
    deny_private: bool = False
    read_only: bool = False
    methods: Sequence[str] = ()
    allow_http: bool = False
    follow_redirects: bool = False
    cookies: bool = False
    default_hosts: Sequence[str] = ()
    within_hosts: Sequence[str] = ()
    named_hosts: Sequence[str] = ()
    local_hosts: Sequence[str] = ()

    def check(
        self,
        url: str,
        *,
        address: str | None = None,
        method: str | None = None,
        signed: bool = False,
        remote: bool = False,
        proxied: bool = False,
        network: bool = True,
    ) -> Refusal | None:
        """Why a request is not sent; None where it may be.

        Args:
            url: Where to.
            address: The address that the host was found to have; None before it is known.
            method: None for what is no step's request: tokens, documents.
            signed: The request carries a credential.
            remote: The server is named by a document that came by URL, or by an answer.
            proxied: A proxy will look the host up, so that its name is all there is to check.
            network: False where the server is in this process.
        """
        refusal = self._method(method) or self._host(url)
        if refusal is not None or not network:
            return refusal
        refusal = self._place(url, address, remote)
        if refusal is not None and proxied and literal_of(host_of(url)) is None:
            message = f"{refusal.message} (by its name; through a proxy its address cannot be checked)"
            refusal = replace(refusal, message=message)
        return refusal or self._plain(url, signed)

    def reach(self, url: str, *, remote: bool = False) -> Reach:
        """Which addresses the host of a URL may have."""
        named = frozenset(found for name in self._named if (found := _address_in(name, url)) is not None)
        if self.is_named(url):
            return Reach(link_local=host_of(url) in _METADATA_NAMES, named=named)
        if self.deny_private:
            return Reach(private=False, named=named, why="--deny-private refuses those")
        if remote and not is_allowed(url, self.local_hosts):
            return Reach(private=False, named=named, why="only what came by URL names it")
        return Reach(named=named)

    def is_named(self, url: str) -> bool:
        """Whether the user named the host of a URL."""
        return is_allowed(url, self._named)

    def for_tokens(self) -> Policy:
        """The rules of requests that are no step's: a token may be fetched for a run that only reads."""
        return replace(self, read_only=False, methods=())

    @property
    def _named(self) -> tuple[str, ...]:
        return (*self.allow_hosts, *self.named_hosts)

    def _method(self, method: str | None) -> Refusal | None:
        if method is None:
            return None
        if self.read_only and method.upper() not in READ_ONLY:
            return Refusal(
                f"{method} is not sent: --read-only allows {', '.join(READ_ONLY)} only", "leave out --read-only"
            )
        if self.methods and method.upper() not in (allowed.upper() for allowed in self.methods):
            return Refusal(f"{method} is not sent: the policy's methods are {', '.join(self.methods)}")
        return None

    def _host(self, url: str) -> Refusal | None:
        where = where_of(url)
        if self.allow_hosts:
            if not is_allowed(url, self.allow_hosts):
                return Refusal(f"the host {where} is not allowed", _allowing(where))
        elif self.default_hosts and not is_allowed(url, self.default_hosts):
            ours = f"{', '.join(self.default_hosts[:3])}{', ...' * (len(self.default_hosts) > 3)}"
            return Refusal(f"the host {where} is not allowed: the descriptions name {ours}", _allowing(where))
        if self.within_hosts and not is_allowed(url, self.within_hosts):
            return Refusal(f"the project's configuration does not allow the host {where}", _allowing(where))
        return None

    def _place(self, url: str, address: str | None, remote: bool) -> Refusal | None:
        host, reach = host_of(url), self.reach(url, remote=remote)
        literal = literal_of(host)
        if address is not None or literal is not None:
            return reach.refusal(host, address or str(literal))
        kind = _kind_of_name(host)
        if kind == "link-local" and not reach.link_local:
            return Refusal(f"{host} is the name of a metadata service", _allowing(host))
        if kind == "private" and not reach.private:
            return Refusal(f"{host} is the name of a private host, and {reach.why}", _allowing(host))
        return None

    def _plain(self, url: str, signed: bool) -> Refusal | None:
        if not signed or self.allow_http or url[:6].lower() == "https:" or is_loopback(url):
            return None
        return Refusal(f"a credential is not sent to {where_of(url)} over http, without TLS", "--allow-http allows it")


# -- hosts ----------------------------------------------------------------------------------------------------------


def is_allowed(url: str, hosts: Iterable[str]) -> bool:
    """Whether a URL goes to one of these: `host`, `host:port` or `*.domain`."""
    parts = urlsplit(url)
    if "\\" in parts.netloc:  # clients do not agree where such a host ends
        return False
    host, netloc = (parts.hostname or "").lower(), parts.netloc.rpartition("@")[2].lower()
    shown = f"[{host}]" if ":" in host else host
    usual = f"{shown}:{443 if parts.scheme == 'https' else 80}" if parts.port is None else netloc
    return any(_fits(host, (host, netloc, usual), pattern.lower()) for pattern in hosts)


def _fits(host: str, names: tuple[str, ...], pattern: str) -> bool:
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else pattern in names


def where_of(url: str) -> str:
    """Host and port of a URL, as people write them; no user information."""
    return urlsplit(url).netloc.rpartition("@")[2]


def host_of(url: str) -> str:
    """The host that clients take from a URL: lower case, percent-encoding and IDNA applied, no final dot."""
    host = urlsplit(url).hostname or ""
    if ":" in host:
        return host
    host = unquote(host)
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return host.lower()
    return host.lower().removesuffix(".")


def host_or_none(url: str) -> str | None:
    """The host as a URL has it; None where it is no URL, which is told when it is used."""
    try:
        parts = urlsplit(url)
        return None if parts.port == 0 else parts.hostname or None
    except ValueError:
        return None


def origins_of(urls: Iterable[str]) -> Iterator[str]:
    """`host:port` of each: another port of the same host was not named."""
    for url in urls:
        host = host_or_none(url)
        if host is not None:
            yield f"[{host}]:{_port_of(url)}" if ":" in host else f"{host}:{_port_of(url)}"


def literal_origins(urls: Iterable[str]) -> Iterator[str]:
    """The origins that say themselves where they lead, by address or as localhost; a name may lead anywhere."""
    for url in urls:
        if host_or_none(url) is not None and (literal_of(host_of(url)) is not None or is_loopback(url)):
            yield from origins_of((url,))


def is_loopback(url: str) -> bool:
    """Whether a URL leads to this machine, by its name."""
    host = host_of(url)
    literal = literal_of(host)
    if literal is not None:
        return _embedded(literal).is_loopback
    return host in _LOOPBACK_NAMES or host.endswith(".localhost")


def literal_of(host: str) -> Address | None:
    """The address that a host itself is, in any of the forms that resolvers take (`2130706433`, `0x7f.1`, `017.1`)."""
    text = host.strip("[]").replace("%25", "%")
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        pass
    if not _NUMERIC.fullmatch(text.removesuffix(".")):
        return None
    import socket

    try:
        return ipaddress.IPv4Address(socket.inet_aton(text.removesuffix(".")))
    except OSError:
        return None


def kind_of(address: Address) -> Kind:
    """What an address is; one that embeds another (mapped, 6to4, NAT64) is as that."""
    if isinstance(address, ipaddress.IPv6Address) and address.scope_id is not None:
        address = ipaddress.IPv6Address(int(address))
    if address in _METADATA:
        return "link-local"
    address = _embedded(address)
    if address.is_link_local or address in _METADATA:
        return "link-local"
    if not address.is_global or address.is_multicast or getattr(address, "is_site_local", False):
        return "private"
    return "public"


def _embedded(address: Address) -> Address:
    """The IPv4 address within an IPv6 one, if it is the one that counts."""
    if not isinstance(address, ipaddress.IPv6Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if int(address) > 0xFFFF and any(ipaddress.IPv6Address(int(address)) in network for network in _NAT64):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _kind_of_name(host: str) -> Kind:
    if host in _METADATA_NAMES:
        return "link-local"
    if "." not in host or host in _LOOPBACK_NAMES or host.endswith(_PRIVATE_ENDS):
        return "private"
    return "public"


def _address_in(pattern: str, url: str) -> Address | None:
    """The address that a pattern (`host`, `host:port`, `[v6]:port`) names for the port of a URL."""
    literal = literal_of(pattern)
    if literal is not None:
        return literal
    host, _, port = pattern.rpartition(":")
    return literal_of(host) if port.isdigit() and int(port) == _port_of(url) else None


def _port_of(url: str) -> int:
    parts = urlsplit(url)
    return parts.port or (443 if parts.scheme == "https" else 80)


def _names(host: str, address: Address) -> tuple[str, ...]:
    """What has to be named: the host, and the address behind a name."""
    return (host,) if literal_of(host) is not None else (host, str(address))


def _is(host: str, address: Address) -> str:
    shown = str(address)
    return f"{host} is" if host == shown else f"{host} is {shown},"


def _allowing(*hosts: str) -> str:
    return f"{' '.join(f'--allow-host {host}' for host in hosts)} allows it"
