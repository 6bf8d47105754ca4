"""A credential's conversation, carried on within one attempt of a step: its wishes become asks and events."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TypeAlias

from ..credentials.conversation import (
    Conversation,
    Deliver,
    Fetch,
    Granted,
    Join,
    Mark,
    Obtained,
    Pause,
    Resend,
    ShowCode,
    SignIn,
    Warn,
    Wish,
)
from ..errors import TransportError
from ..events import (
    Event,
    RequestResent,
    RequestSent,
    SecretMarked,
    SignInAsked,
    TokenReceived,
    TokenRefused,
    TokenRequested,
)
from ..messages import Request, Response, TransportFailure
from .asks import Answer, Ask, Send, Sleep, failure_of

Talk: TypeAlias = Generator[Ask, Answer, Response | TransportFailure]


class Conversing:
    """One attempt's conversation. `sent` is the request that was answered in the end, `sent_at` when it went out."""

    def __init__(
        self,
        id: str,
        request: Request,
        *,
        timeout: float,
        bound: float,
        clock: Callable[[], float],
        emit: Callable[[Event], None],
    ) -> None:
        """`timeout` is for a credential's own requests, `bound` for that of the step with its re-send."""
        self.id = id
        self.sent = request
        self.sent_at: float | None = None
        self._timeout = timeout
        self._bound = bound
        self._clock = clock
        self._emit = emit
        self._first_sent_at = 0.0
        self._answered: Response | None = None

    def talk(self, conversation: Conversation) -> Talk:
        """To its end: the answer that counts. A credential that cannot be had is a failure."""
        try:
            wish = next(conversation)
            while True:
                wish = conversation.send((yield from self._grant(wish)))
        except StopIteration as done:
            answer: Response | TransportFailure = done.value
            return answer
        except TransportError as error:
            return failure_of(error)
        finally:
            conversation.close()

    def _grant(self, wish: Wish) -> Generator[Ask, Answer, Granted]:
        now = self._clock()
        match wish:
            case Deliver(request=request):
                return (yield from self._deliver(request, now))
            case Resend():
                return (yield from self._resend(wish, now))
            case Fetch(request=request):
                url = request.url.partition("?")[0]
                self._emit(TokenRequested(self.id, wish.scheme, wish.grant, wish.purpose, url, now))
                return (yield Send(self.id, request, self._timeout))
            case Obtained():
                self._emit(TokenReceived(self.id, wish.scheme, wish.grant, wish.expires_in, wish.scopes, now))
            case Mark(label=label, value=value):
                self._emit(SecretMarked(label, value))
            case Warn(message=message):
                self._emit(TokenRefused(self.id, message, now))
            case Pause(seconds=seconds):
                yield Sleep(seconds)
            case Join():
                yield wish
            case SignIn():
                self._emit(SignInAsked(self.id, wish.scheme, wish.url, wish.seconds, None, now))
                return (yield wish)
            case ShowCode():
                self._emit(SignInAsked(self.id, wish.scheme, wish.url, wish.seconds, wish.code, now))
                yield wish
        return None

    def _deliver(self, request: Request, now: float) -> Generator[Ask, Answer, Granted]:
        self.sent, self.sent_at, self._first_sent_at = request, now, now
        self._emit(RequestSent(id=self.id, request=request, at=now))
        answer = yield Send(self.id, request, self._bound)
        self._answered = answer if isinstance(answer, Response) else None
        return answer

    def _resend(self, wish: Resend, now: float) -> Generator[Ask, Answer, Granted]:
        """In what is left of the step's time."""
        assert self._answered is not None, "a re-send follows an answer"
        assert self.sent_at is not None, "a re-send follows an answer"
        duration = now - self.sent_at
        self.sent, self.sent_at = wish.request, now
        self._emit(RequestResent(self.id, wish.request, self._answered, wish.reason, duration, now))
        left = self._bound - (now - self._first_sent_at)
        return (yield Send(self.id, wish.request, max(left, 0.001)))
