"""Tokens that were granted: kept until they expire, fetched once for all runs that need one at the same time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from ..errors import TransportError

if TYPE_CHECKING:
    from concurrent.futures import Future

MARGIN = 30.0  # seconds before its end a token is renewed, a tenth of its life at most


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenKey:
    """Whose token: `origin` is that of the token endpoint as the description declares it (or of its discovery)."""

    origin: str
    scheme: str
    source: str
    grant: str
    client_id: str = ""
    subject: str = ""  # the user name of a password grant
    audience: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """An access token. `renew_at` is in seconds since the epoch, None where nobody said how long it is good."""

    value: str
    scopes: frozenset[str] = frozenset()
    renew_at: float | None = None
    refresh_token: str | None = None

    def __repr__(self) -> str:
        return f"Token(scopes={sorted(self.scopes)}, renew_at={self.renew_at})"


class TokenStore(Protocol):
    """Where tokens are kept. Called from any thread."""

    def get(self, key: TokenKey, scopes: frozenset[str]) -> Token | None:
        """A token with at least these scopes, expired or not, or None."""

    def put(self, key: TokenKey, token: Token) -> None:
        """Keep a token in place of one with the same key and scopes."""


class MemoryTokens:
    """Tokens for as long as the process lives."""

    def __init__(self) -> None:
        self._tokens: dict[TokenKey, dict[frozenset[str], Token]] = {}
        self._lock = threading.Lock()

    def get(self, key: TokenKey, scopes: frozenset[str]) -> Token | None:
        """As `TokenStore.get`; the one with the fewest scopes."""
        with self._lock:
            fitting = [token for token in self._tokens.get(key, {}).values() if scopes <= token.scopes]
        return min(fitting, key=lambda token: len(token.scopes), default=None)

    def put(self, key: TokenKey, token: Token) -> None:
        """As `TokenStore.put`."""
        with self._lock:
            self._tokens.setdefault(key, {})[token.scopes] = token


class Claim:
    """The right, and the duty, to fetch a token for everybody who needs it."""

    def __init__(self, cache: TokenCache, key: TokenKey, scopes: frozenset[str]) -> None:
        from concurrent.futures import Future

        self._cache = cache
        self._place = (key, scopes)
        self.future: Future[TransportError | None] = Future()

    def fulfil(self, token: Token) -> None:
        """Here it is."""
        self._cache.keep(self._place[0], token)
        self.release()

    def release(self, error: TransportError | None = None) -> None:
        """Let go: those who wait fail with the error, or go on: to the token, or to fetch it themselves."""
        self._cache.end(self._place, self)
        if not self.future.done():
            self.future.set_result(error)


class TokenCache:
    """A store, and who is fetching what."""

    def __init__(self, store: TokenStore | None = None, *, clock: Callable[[], float] = time.time) -> None:
        self._store = MemoryTokens() if store is None else store
        self.clock = clock
        self._claims: dict[tuple[TokenKey, frozenset[str]], Claim] = {}
        self._lock = threading.Lock()

    def held(self, key: TokenKey, scopes: frozenset[str]) -> Token | None:
        """What is kept, fresh or not."""
        with self._lock:
            return self._store.get(key, scopes)

    def claim(
        self,
        key: TokenKey,
        scopes: frozenset[str],
        rejected: str | None = None,
        gone: Future[TransportError | None] | None = None,
    ) -> Token | Claim | Future[TransportError | None]:
        """A token that is good, other than the `rejected` one; else the right to fetch it; else who is fetching it.

        `gone` is the future of somebody who took too long: their claim is taken over.
        """
        with self._lock:
            token = self._store.get(key, scopes)
            if (
                token is not None
                and token.value != rejected
                and (token.renew_at is None or self.clock() < token.renew_at)
            ):
                return token
            other = self._claims.get((key, scopes))
            if other is not None and other.future is not gone:
                return other.future
            mine = self._claims[key, scopes] = Claim(self, key, scopes)
            return mine

    def keep(self, key: TokenKey, token: Token) -> None:
        """Put a token into the store."""
        with self._lock:
            self._store.put(key, token)

    def reject(self, key: TokenKey, scopes: frozenset[str], value: str) -> None:
        """A server did not accept this one: nobody is to try it again; what refreshes it stays."""
        with self._lock:
            token = self._store.get(key, scopes)
            if token is not None and token.value == value:
                self._store.put(key, replace(token, renew_at=0.0))

    def end(self, place: tuple[TokenKey, frozenset[str]], claim: Claim) -> None:
        """A claim is over, unless somebody has taken it."""
        with self._lock:
            if self._claims.get(place) is claim:
                del self._claims[place]


def renewal(now: float, expires_in: float | None) -> float | None:
    """When a token that is good for so many seconds is to be renewed."""
    return None if expires_in is None else now + expires_in - min(MARGIN, expires_in / 10)
