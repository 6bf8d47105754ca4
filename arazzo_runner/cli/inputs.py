"""Inputs from the command line: `-i`, `--inputs`, and questions on a terminal."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..document import read
from ..errors import InputError, UnreadableDocument, UsageError
from ..plan import InputsSchema
from ..secrets import is_secret_name
from ..values import MISSING, loads


def read_inputs(file: str | None, pairs: Sequence[str], schema: InputsSchema) -> dict[str, Any]:
    """The inputs a command line gives; `-i` wins over `--inputs`.

    Raises:
        UsageError, InputError: a pair, a file or a variable that cannot be read.
    """
    inputs = _from_file(file) if file is not None else {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or not name:
            raise UsageError(f"'{pair}' is not of the form NAME=VALUE", hint="-i name=value")
        inputs[name] = _typed(_text(name, text), _types(schema, name), name, secret=_is_secret(name, schema))
    return inputs


def ask_for_missing(inputs: dict[str, Any], schema: InputsSchema) -> None:
    """Ask on the terminal for required inputs that are missing, again where the answer does not fit; secrets unseen."""
    for name in schema.required:
        if name in inputs:
            continue
        declared = schema.resolve(schema.properties.get(name, {}))
        description = declared.get("description")
        print(f"{name}: {description}" if description else name, file=sys.stderr)
        inputs[name] = _answer(name, declared, schema)


def _answer(name: str, declared: dict[str, Any], schema: InputsSchema) -> Any:
    while True:
        try:
            return _typed(_asked(name, declared), _types(schema, name), name, secret=_is_secret(name, schema))
        except IllTyped as error:
            print(error.problems[0], file=sys.stderr)


class IllTyped(InputError):
    """A value that is not of the declared type."""


def missing_line(arguments: Sequence[str], inputs: dict[str, Any], schema: InputsSchema) -> str | None:
    """The line to type when required inputs are missing, or None: what was typed, secrets left out, and the rest."""
    missing = [name for name in schema.required if name not in inputs]
    if not missing:
        return None
    return " ".join(["arazzo-run", *_without_secrets(arguments), *(f"-i {shlex.quote(name)}=..." for name in missing)])


def _without_secrets(arguments: Sequence[str]) -> Iterator[str]:
    before = ""
    for argument in arguments:
        option, equals, value = argument.partition("=")
        if (
            before in ("-i", "--input") and is_secret_name(option) and not value.startswith(("@", "env:"))
        ) or before == "--auth":
            yield f"{shlex.quote(option)}=..."
        elif equals and (option == "--auth" or (option == "--input" and is_secret_name(value.partition("=")[0]))):
            yield f"{option}={shlex.quote(value.partition('=')[0])}=..."
        else:
            yield shlex.quote(argument)
        before = argument


def _asked(name: str, declared: dict[str, Any]) -> str:
    if _says_secret(name, declared):
        import getpass

        try:
            return getpass.getpass("> ", stream=sys.stderr)
        except EOFError:
            raise InputError("no input", problems=(f"no value for input '{name}'",)) from None
    sys.stderr.write("> ")
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise InputError("no input", problems=(f"no value for input '{name}'",))
    return line.rstrip("\n")


def _is_secret(name: str, schema: InputsSchema) -> bool:
    return _says_secret(name, schema.resolve(schema.properties.get(name, {})))


def _says_secret(name: str, declared: Mapping[str, Any]) -> bool:
    return is_secret_name(name) or declared.get("format") == "password" or bool(declared.get("writeOnly"))


def _from_file(file: str) -> dict[str, Any]:
    if file == "-":
        data, name = sys.stdin.buffer.read(), "<stdin>"
    else:
        try:
            data, name = Path(file).read_bytes(), file
        except OSError as error:
            raise UsageError(f"{file} cannot be read: {error.strerror}", hint="--inputs FILE") from None
    if not data.strip():
        return {}
    try:
        root = read(data, uri="memory:/inputs", name=name).root
    except UnreadableDocument as error:
        raise UsageError(error.message, location=error.location, hint=error.hint) from None
    if root is None:
        return {}
    if not isinstance(root, dict):
        raise UsageError(f"{name} is not an object of inputs", hint="write NAME: VALUE lines, or a JSON object")
    return dict(root)


def _text(name: str, text: str) -> str:
    if text.startswith("@"):
        try:
            return Path(text[1:]).read_text(encoding="utf-8").rstrip("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{text[1:]} for input '{name}' cannot be read: {error}") from None
    if text.startswith("env:"):
        value = os.environ.get(text[4:])
        if value is None:
            raise UsageError(f"the variable {text[4:]} for input '{name}' is not set")
        return value
    return text


_TYPES = frozenset(("string", "number", "integer", "boolean", "null", "array", "object"))


def _types(schema: InputsSchema, name: str) -> frozenset[str]:
    """The JSON types an input may have."""
    return _allowed(schema.properties.get(name, {}), schema)


def _allowed(declared: Any, schema: InputsSchema, depth: int = 0) -> frozenset[str]:
    resolved = schema.resolve(declared)
    if depth > 8:
        return _TYPES
    allowed = _TYPES & _written(resolved)
    for part in _list(resolved.get("allOf")):
        allowed &= _allowed(part, schema, depth + 1)
    for key in ("anyOf", "oneOf"):
        if parts := _list(resolved.get(key)):
            allowed &= frozenset().union(*(_allowed(part, schema, depth + 1) for part in parts))
    return allowed


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _written(schema: Mapping[str, Any]) -> frozenset[str]:
    values = [schema["const"]] if "const" in schema else _list(schema.get("enum"))
    if values:
        return frozenset().union(*(_types_of(value) for value in values))
    written = schema.get("type")
    if isinstance(written, str):
        return frozenset((written, "integer") if written == "number" else (written,))
    return frozenset(map(str, written)) if isinstance(written, list) else _TYPES


def _types_of(value: Any) -> frozenset[str]:
    match value:
        case None:
            return frozenset(("null",))
        case bool():
            return frozenset(("boolean",))
        case str():
            return frozenset(("string",))
        case list():
            return frozenset(("array",))
        case dict():
            return frozenset(("object",))
        case float() if not value.is_integer():
            return frozenset(("number",))
        case _:
            return frozenset(("number", "integer"))


def _typed(text: str, types: frozenset[str], name: str, *, secret: bool) -> Any:
    """A string where only a string is allowed, else JSON, failing that the text where a string is allowed."""
    if types == {"string"}:
        return text
    try:
        value = loads(text)
    except (ValueError, RecursionError):
        value = MISSING
    if value is not MISSING and (not types or types & _types_of(value)):
        return value
    if "string" in types:
        return text
    if value is not MISSING:
        return value  # JSON of another type: the schema says what is wrong with it
    wanted = " or ".join(sorted(types - {"integer"} if "number" in types else types))
    shown = "a text" if secret else f"'{text}'"
    raise IllTyped(f"input '{name}' is not JSON", problems=(f"input '{name}' is {shown}, not of type {wanted}",))
