"""Which of several examples fits a request: the one of the same name as what was sent, or with the values sent.

Microcks knows the convention of names: a parameter or request body that is the example `rex` is answered by the example
`rex`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, unquote_plus

from ..openapi import Operation
from ..values import JSON, MISSING, Missing, same, text_of
from .parameters import Sent
from .things import id_field, plain, subject


def fitting_example(operation: Operation, examples: Mapping[str, Any], sent: Sent, body: JSON | Missing) -> JSON:
    """The example that fits best; the first where none does better."""
    values = _values(sent, body)
    scores = {
        name: _by_name(operation, name, sent, body) + _by_values(example, values) for name, example in examples.items()
    }
    best = max(scores, key=lambda name: scores[name])  # of equals the first
    return examples[best]  # type: ignore[no-any-return]


def _by_name(operation: Operation, name: str, sent: Sent, body: JSON | Missing) -> int:
    """10 for each parameter and body that is the example of this name, -10 for each that is another."""
    score = 0
    for declared in operation.parameters:
        texts = sent.values(declared.in_, declared.name)
        if name in declared.examples and texts:
            decode = unquote_plus if declared.in_ == "query" else unquote
            score += 10 if decode(texts[0]) == text_of(declared.examples[name]) else -10
    media_types = operation.request_body.media_types.values() if operation.request_body is not None else ()
    for media_type in media_types:
        if name in media_type.examples and not isinstance(body, Missing):
            score += 10 if same(media_type.examples[name], body) else -10
            break
    return score


def _by_values(example: JSON, values: list[tuple[str, str]]) -> int:
    """1 for each value of the request that the example has under the same name, -1 for each that it has not."""
    target = subject(example)
    if target is None:
        return 0
    texts = {plain(key): text_of(value) for key, value in target.items() if not isinstance(value, dict | list)}
    identity = id_field(target)
    score = 0
    for name, text in values:
        key = plain(name)
        if key not in texts and identity is not None and key.endswith("id"):
            key = plain(identity)
        if key in texts:
            score += 1 if texts[key] == text else -1
    return score


def _values(sent: Sent, body: JSON | Missing) -> list[tuple[str, str]]:
    pairs = [(name, unquote(text)) for name, text in sent.path.items()]
    pairs += [(name, unquote_plus(text)) for name, text in sent.query]
    if body is not MISSING and isinstance(body, dict):
        pairs += [(name, text_of(value)) for name, value in body.items() if not isinstance(value, dict | list)]
    return pairs
