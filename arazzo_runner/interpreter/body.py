"""A response's body as a value (Arazzo 1.1.0, "Runtime Expressions"; decision 25)."""

from __future__ import annotations

from ..messages import Response, header, text_codec
from ..values import MISSING, Value, loads


def decode(response: Response) -> Value:
    """JSON for JSON media types, text by its charset otherwise, bytes where that fails; an empty body is absent."""
    if not response.body:
        return MISSING
    content_type = header(response.headers, "content-type") or ""
    media_type, _, parameters = content_type.partition(";")
    media_type = media_type.strip().lower()
    if not media_type or media_type in ("application/json", "text/json") or media_type.endswith("+json"):
        try:
            return loads(response.body)  # type: ignore[no-any-return]
        except (ValueError, RecursionError):
            pass
    return _text(response.body, _charset(parameters))


def is_broken_json(response: Response, value: Value) -> bool:
    """Whether the content type promised JSON and the body is something else."""
    media_type = (header(response.headers, "content-type") or "").partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        return False
    return isinstance(value, (str, bytes)) and not response.body.lstrip().startswith(b'"')


def _charset(parameters: str) -> str:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"')
    return "utf-8"


def _text(body: bytes, charset: str) -> Value:
    try:
        codec = text_codec(charset)
        return body.decode("utf-8-sig" if codec == "utf-8" else codec)
    except UnicodeError:
        return body
