"""Our JSON Schemas (2020-12) for Arazzo 1.0 and 1.1, written from the specification's text.

The text prevails over the schemas published beside it (decision 54). A schema sees one document and no names: what
needs more (unique ids, references, targets) is found by `read` and `link`, and what a violation means for a run is
decided there too (decision 100).
"""

from __future__ import annotations

import functools
import importlib.resources
import json
from typing import TYPE_CHECKING, Any, Final, Literal

from .explain import explain

if TYPE_CHECKING:
    import jsonschema

Version = Literal["1.0", "1.1"]

VERSIONS: Final[tuple[Version, ...]] = ("1.0", "1.1")


def schema(version: Version) -> dict[str, Any]:
    """The schema of descriptions that say `arazzo: <version>.x`; the caller's own copy."""
    document: dict[str, Any] = json.loads(_text(version))
    return document


def is_valid(root: object, version: Version) -> bool:
    """Whether a description conforms to the schema of this version."""
    return bool(_compiled(version).is_valid(root))


def violations(root: object, version: Version) -> list[tuple[str, str]]:
    """Where a description departs from the schema, and how: (JSON Pointer, message), in the order of the document."""
    if is_valid(root, version):
        return []
    return explain(root, _explaining(version).iter_errors(root))


@functools.cache
def _text(version: Version) -> str:
    return importlib.resources.files(__name__).joinpath(f"arazzo-{version}.json").read_text("utf-8")


@functools.cache
def _compiled(version: Version) -> Any:
    """The fast validator: yes or no."""
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(schema(version))


@functools.cache
def _explaining(version: Version) -> jsonschema.Draft202012Validator:
    """The slow validator: every error, with the way to it."""
    import jsonschema

    return jsonschema.Draft202012Validator(schema(version))
