"""HTTP Digest (RFC 7616) as a conversation: httpx's own authentication where it does it, `auth-int` beside it."""

from __future__ import annotations

import hashlib
import re
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit
from urllib.request import parse_http_list

from ..errors import TransportError
from ..messages import Request, Response, TransportFailure
from .conversation import Conversation, Deliver, Mark, Resend

_HASHES: Mapping[str, Callable[[bytes], Any]] = {
    "MD5": hashlib.md5,
    "SHA": hashlib.sha1,
    "SHA-256": hashlib.sha256,
    "SHA-512": hashlib.sha512,
    "SHA-512-256": lambda data: hashlib.new("sha512_256", data),
}
_BY_HTTPX = ("MD5", "SHA", "SHA-256", "SHA-512")


@dataclass(frozen=True, slots=True)
class Challenge:
    """A `WWW-Authenticate: Digest`."""

    fields: Mapping[str, str]

    @property
    def algorithm(self) -> str:
        return self.fields.get("algorithm", "MD5").upper()

    @property
    def hash_name(self) -> str:
        return self.algorithm.removesuffix("-SESS")

    @property
    def qops(self) -> tuple[str, ...]:
        return tuple(re.split(r"\s*,\s*", self.fields["qop"].strip())) if self.fields.get("qop") else ()

    @property
    def is_known(self) -> bool:
        understood = not self.qops or {"auth", "auth-int"} & set(self.qops)
        return bool(understood) and self.hash_name in _HASHES and {"realm", "nonce"} <= self.fields.keys()


@dataclass(frozen=True, slots=True)
class DigestUser:
    """Whose digests: nonces belong to one server and one user."""

    origin: str
    scheme: str
    username: str
    password: str = field(repr=False)


class Digests:
    """The challenges of all runs, so that a nonce serves more than one request; `nc` counts them."""

    def __init__(self) -> None:
        self._known: dict[DigestUser, _Answers] = {}
        self._lock = threading.Lock()

    def converse(self, request: Request, username: str, password: str, scheme: str) -> Conversation:
        """Send the request, with a digest where the challenge is known, and once more when it is challenged."""
        parts = urlsplit(request.url)
        user = DigestUser(f"{parts.scheme}://{parts.netloc}", scheme, username, password)
        with self._lock:
            answers = self._known.setdefault(user, _Answers(user))
        if password:
            yield Mark(f"{scheme}.password", password)
        answer = yield Deliver(answers.signed(request))
        assert isinstance(answer, (Response, TransportFailure)), "a delivery is answered"
        if isinstance(answer, TransportFailure) or answer.status != 401:
            return answer
        signed = answers.challenged(request, answer)
        if signed is None:
            return answer
        again = yield Resend(signed, f"challenged: the server wants a digest of '{scheme}'")
        assert isinstance(again, (Response, TransportFailure)), "a delivery is answered"
        return again


class _Answers:
    """Answers to the challenges of one server."""

    def __init__(self, user: DigestUser) -> None:
        self._user = user
        self._lock = threading.Lock()
        self._httpx: Any = None
        self._own: Challenge | None = None
        self._count = 0

    def signed(self, request: Request) -> Request:
        """The request with a digest for the last challenge; as it is before the first."""
        with self._lock:
            if self._own is not None:
                return self._by_us(request, self._own)
            if self._httpx is not None:
                return self._with(request, next(self._httpx.auth_flow(_shadow(request))).headers["Authorization"])
        return request

    def challenged(self, request: Request, response: Response) -> Request | None:
        """The request with a digest for a new challenge; None where there is none.

        Raises:
            TransportError: challenges, and none that can be answered.
        """
        challenges = challenges_of(response)
        if not challenges:
            return None
        challenge = next((one for one in challenges if one.is_known), None)
        if challenge is None:
            names = ", ".join(one.algorithm for one in challenges)
            raise TransportError(
                f"the server's digest challenge for '{self._user.scheme}' cannot be answered (algorithm {names})",
                kind="credential",
                phase="answered",
            )
        with self._lock:
            self._httpx, self._own, self._count = None, None, 0
            if self._is_for_httpx(challenge):
                return self._with(request, self._by_httpx(request, challenge))
            self._own = challenge
            return self._by_us(request, challenge)

    def _is_for_httpx(self, challenge: Challenge) -> bool:
        """httpx knows no `auth-int` and not all hashes, and leaves quotes in quoted texts as they are."""
        texts = (self._user.username, *challenge.fields.values())
        plain = not any(char in text for text in texts for char in '"\\')
        return plain and "auth" in (challenge.qops or ("auth",)) and challenge.hash_name in _BY_HTTPX

    def _by_httpx(self, request: Request, challenge: Challenge) -> str:
        from httpx import DigestAuth
        from httpx import Response as Answer

        self._httpx = DigestAuth(self._user.username, self._user.password)
        shadow = _shadow(request)
        flow = self._httpx.auth_flow(shadow)
        next(flow)
        headers = {"WWW-Authenticate": f"Digest {_fields(challenge.fields)}"}
        shown = Answer(401, headers=headers, request=shadow)
        value: str = flow.send(shown).headers["Authorization"]
        return value

    def _by_us(self, request: Request, challenge: Challenge) -> Request:
        """RFC 7616, section 3.4: with the digest of the body where the server wants `auth-int` and nothing else."""
        self._count += 1
        fields, hashed = challenge.fields, _HASHES[challenge.hash_name]

        def h(*parts: str | bytes) -> str:
            return str(hashed(b":".join(p.encode() if isinstance(p, str) else p for p in parts)).hexdigest())

        qop = "auth" if "auth" in challenge.qops else "auth-int" if challenge.qops else ""
        nonce, nc, cnonce = fields["nonce"], f"{self._count:08x}", secrets.token_hex(8)
        a1 = h(self._user.username, fields["realm"], self._user.password)
        if challenge.algorithm.endswith("-SESS"):
            a1 = h(a1, nonce, cnonce)
        uri = _target(request)
        a2 = h(request.method, uri, h(request.body or b"")) if qop == "auth-int" else h(request.method, uri)
        response = h(a1, nonce, nc, cnonce, qop, a2) if qop else h(a1, nonce, a2)
        shown = {"username": self._user.username, "realm": fields["realm"], "nonce": nonce, "uri": uri}
        shown |= {"response": response, "algorithm": fields.get("algorithm", "MD5")}
        shown |= {"opaque": fields["opaque"]} if "opaque" in fields else {}
        shown |= {"qop": qop, "nc": nc, "cnonce": cnonce} if qop else {}
        return self._with(request, f"Digest {_fields(shown)}")

    def _with(self, request: Request, value: str) -> Request:
        return replace(request, headers=(*request.headers, ("Authorization", value)))


def challenges_of(response: Response) -> tuple[Challenge, ...]:
    """The digest challenges of a response, in order; several may stand in one header."""
    found = []
    for name, value in response.headers:
        if name.lower() != "www-authenticate":
            continue
        for part in re.split(r"(?:^|,)\s*(?=[A-Za-z][\w-]*\s+[\w-]+\s*=)", value):
            scheme, _, fields = part.strip().partition(" ")
            if scheme.lower() == "digest":
                found.append(Challenge(_read(fields)))
    return tuple(found)


def _read(fields: str) -> dict[str, str]:
    pairs = (item.partition("=") for item in parse_http_list(fields.strip().rstrip(",")))
    return {name.strip().lower(): _unquoted(value.strip()) for name, equals, value in pairs if equals}


def _unquoted(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if len(value) > 1 and value[0] == value[-1] == '"' else value


def _fields(fields: Mapping[str, str]) -> str:
    """RFC 7616, section 3.4: algorithm, qop and nc are tokens, everything else is quoted."""
    bare = ("algorithm", "nc", "qop", "stale")
    return ", ".join(f"{n}={v}" if n in bare and "," not in v else f'{n}="{_escaped(v)}"' for n, v in fields.items())


def _escaped(value: str) -> str:
    return re.sub(r"[\r\n\0]", " ", value).replace("\\", "\\\\").replace('"', '\\"')


def _shadow(request: Request) -> Any:
    """What httpx computes a digest from: method and target."""
    from httpx import Request as Shadow

    return Shadow(request.method, request.url)


def _target(request: Request) -> str:
    parts = urlsplit(request.url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
