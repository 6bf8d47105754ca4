"""Bytes to a located tree; the documents of a description by URI."""

from .cache import TreeCache
from .document import Document, Scalar, read
from .entries import Entry
from .find import find_arazzo_files, looks_like_arazzo, walk
from .registry import Registry, Retrieved
from .uri import resolve_uri

__all__ = [
    "Document",
    "Entry",
    "Registry",
    "Retrieved",
    "Scalar",
    "TreeCache",
    "find_arazzo_files",
    "looks_like_arazzo",
    "read",
    "resolve_uri",
    "walk",
]
