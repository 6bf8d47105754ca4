"""Inputs from the command line: `-i`, `--inputs`, and questions on a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..document import read
from ..errors import InputError, UsageError
from ..plan import InputsSchema
from ..secrets import is_secret_name
from ..values import loads


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
        inputs[name] = _typed(_text(name, text), _types(schema, name), name)
    return inputs


def ask_for_missing(inputs: dict[str, Any], schema: InputsSchema) -> None:
    """Ask on the terminal for required inputs that are missing; secrets without echo."""
    for name in schema.required:
        if name in inputs:
            continue
        declared = schema.resolve(schema.properties.get(name, {}))
        description = declared.get("description")
        print(f"{name}: {description}" if description else name, file=sys.stderr)
        inputs[name] = _typed(_asked(name, declared), _types(schema, name), name)


def missing_line(command: str, inputs: dict[str, Any], schema: InputsSchema) -> str | None:
    """The line to type when required inputs are missing, or None."""
    missing = [name for name in schema.required if name not in inputs]
    if not missing:
        return None
    return f"{command} {' '.join(f'-i {name}=...' for name in missing)}"


def _asked(name: str, declared: dict[str, Any]) -> str:
    if is_secret_name(name) or declared.get("format") == "password" or declared.get("writeOnly"):
        import getpass

        return getpass.getpass("> ", stream=sys.stderr)
    sys.stderr.write("> ")
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise InputError("no input", problems=(f"no value for '{name}'",))
    return line.rstrip("\n")


def _from_file(file: str) -> dict[str, Any]:
    if file == "-":
        data, name = sys.stdin.buffer.read(), "<stdin>"
    else:
        try:
            data, name = Path(file).read_bytes(), file
        except OSError as error:
            raise UsageError(f"{file} cannot be read: {error.strerror}", hint="--inputs FILE") from None
    root = read(data, uri="memory:/inputs", name=name, positions=False).root
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


def _types(schema: InputsSchema, name: str) -> frozenset[str]:
    """The JSON types an input may have; empty when its schema does not say."""
    declared = schema.resolve(schema.properties.get(name, {}))
    written = declared.get("type")
    if isinstance(written, str):
        return frozenset((written,))
    if isinstance(written, list):
        return frozenset(str(item) for item in written)
    values = declared.get("enum") or ([declared["const"]] if "const" in declared else [])
    if values and all(isinstance(value, str) for value in values):
        return frozenset(("string",))
    return frozenset()


def _typed(text: str, types: frozenset[str], name: str) -> Any:
    """A string where only a string is allowed, else JSON, failing that text where a string is allowed."""
    if types == {"string"}:
        return text
    try:
        return loads(text)
    except (ValueError, RecursionError):
        if types and "string" not in types:
            wanted = " or ".join(sorted(types))
            raise InputError(
                f"input '{name}' is not JSON", problems=(f"input '{name}' is '{text}', not of type {wanted}",)
            ) from None
        return text
