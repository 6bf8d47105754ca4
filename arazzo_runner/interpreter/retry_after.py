"""The Retry-After header: seconds, or an HTTP-date less the time the response came (RFC 9110, 10.2.3; decision 10)."""

from __future__ import annotations

from ..messages import Response


def retry_after(response: Response, received_at: float) -> float | None:
    """The delay in seconds a response asks for, never negative; None when it asks for none, or not in a valid form."""
    text = response.header("retry-after")
    if text is None:
        return None
    text = text.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    return max(0.0, moment.timestamp() - received_at)
