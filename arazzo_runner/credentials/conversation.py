"""What it takes to have a credential accepted, as a conversation: no I/O, like httpx's `Auth.auth_flow`.

A conversation is a generator. It yields one of the `Wish`es below, is sent what came of it, and returns the answer to
the run's own request. Drivers fulfil wishes by the run's own transport, so that policy, bounds and masking apply.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from ..errors import TransportError
from ..messages import Request, Response, TransportFailure

if TYPE_CHECKING:
    from concurrent.futures import Future

Purpose = Literal["discovery", "device-code", "token"]


@dataclass(frozen=True, slots=True)
class Deliver:
    """Send the run's own request, signed. Answered with a Response or a TransportFailure."""

    request: Request


@dataclass(frozen=True, slots=True)
class Resend:
    """Send it once more, signed anew, since the answer was a 401 that this mends. Answered as `Deliver`."""

    request: Request
    reason: str


@dataclass(frozen=True, slots=True)
class Fetch:
    """Send a request of the credential's own. Answered as `Deliver`."""

    request: Request
    scheme: str
    grant: str
    purpose: Purpose


@dataclass(frozen=True, slots=True)
class Obtained:
    """For the record: a token came, good for so many seconds (None: nobody said)."""

    scheme: str
    grant: str
    expires_in: float | None
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """For the record: this text is a secret from here on."""

    label: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Warn:
    """For the record: something went another way than it should."""

    message: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Let this many seconds pass."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Join:
    """Wait until another run has what this one needs as well, at most so many seconds."""

    future: Future[TransportError | None]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """Have a person sign in with a browser. Answered with the URL it was redirected to, or a TransportFailure.

    `url_for` gives the URL to open for a redirect URI; `redirect_uri` is the one to listen at, None for any loopback
    port. Redirects with another `state` are not the answer. `url` is where a person signs in, without parameters.
    """

    scheme: str
    url: str
    url_for: Callable[[str], str]
    state: str
    redirect_uri: str | None
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowCode:
    """Show a person the code to enter at `url` (RFC 8628); `complete_url` has it in it. Nobody waits for an answer."""

    scheme: str
    url: str
    complete_url: str | None
    code: str
    seconds: float


Wish: TypeAlias = Deliver | Resend | Fetch | Obtained | Mark | Warn | Pause | Join | SignIn | ShowCode
Granted: TypeAlias = Response | TransportFailure | str | None
Conversation: TypeAlias = Generator[Wish, Granted, Response | TransportFailure]
