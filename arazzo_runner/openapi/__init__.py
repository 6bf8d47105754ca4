"""OpenAPI 2.0, 3.0, 3.1 and 3.2: find an operation in a description and build requests for it."""

from __future__ import annotations

from .advice import advice, kind_of, variable_names, way
from .arguments import Argument
from .body import Body
from .declarations import (
    Encoding,
    HeaderDeclaration,
    MediaType,
    ParameterDeclaration,
    RequestBodyDeclaration,
    ResponseDeclaration,
)
from .description import Description
from .media_type import choose_content_type
from .operation import AmbiguousOperation, Operation, UnknownOperation
from .reference import DanglingReference
from .request import RequestBuilder
from .schema import SchemaView

__all__ = [
    "AmbiguousOperation",
    "Argument",
    "Body",
    "DanglingReference",
    "Description",
    "Encoding",
    "HeaderDeclaration",
    "MediaType",
    "Operation",
    "ParameterDeclaration",
    "RequestBodyDeclaration",
    "RequestBuilder",
    "ResponseDeclaration",
    "SchemaView",
    "UnknownOperation",
    "advice",
    "choose_content_type",
    "kind_of",
    "variable_names",
    "way",
]
