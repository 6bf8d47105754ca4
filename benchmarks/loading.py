"""Loading a big OpenAPI description: 4 MB of YAML made here, the first time and from the cache."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from arazzo_runner.document import TreeCache
from arazzo_runner.openapi import Description

_SIZE = 4_200_000


def measure() -> Iterator[str]:
    """Seconds of a first and of later loads, one operation found in it."""
    data = big_description(_SIZE)
    with tempfile.TemporaryDirectory() as folder:
        cache = TreeCache(Path(folder))
        first = _load(cache, data)
        later = min(_load(cache, data) for _ in range(5))
    yield f"{len(data) / 1e6:.1f} MB of YAML: first {first:.2f} s (aim: 0.4), later {later:.3f} s (aim: 0.15)"


def _load(cache: TreeCache, data: bytes) -> float:
    start = time.perf_counter()
    document = cache.read(data, uri="file:///big.yaml", name="big.yaml")
    Description(document, lambda uri: document).operation("readThing7")
    return time.perf_counter() - start


def big_description(size: int) -> bytes:
    """An OpenAPI description of about `size` bytes: many operations, long descriptions, nested schemas."""
    parts = ["openapi: 3.0.3\ninfo:\n  title: Big\n  version: '1'\nservers:\n- url: https://big.example\npaths:\n"]
    length, number = 0, 0
    while length < size:
        part = _operation(number)
        parts.append(part)
        length += len(part)
        number += 1
    return "".join(parts).encode()


def _operation(n: int) -> str:
    fields = "".join(
        f"""                  field_{i}:
                    description: Field number {i} of thing {n}, which says something about it in a sentence.
                    maxLength: 5000
                    nullable: true
                    type: {"string" if i % 2 else "integer"}
"""
        for i in range(12)
    )
    return f"""  /things{n}/{{id}}:
    get:
      operationId: readThing{n}
      description: "<p>Reads a thing by its id, and tells everything there is to know about it.</p>"
      parameters:
      - in: path
        name: id
        required: true
        schema:
          maxLength: 5000
          type: string
        style: simple
      responses:
        '200':
          description: Successful response.
          content:
            application/json:
              schema:
                type: object
                required: [field_1, field_2]
                properties:
{fields}"""
