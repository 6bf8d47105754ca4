"""Which room may import which: the table of the design, read against the imports of every module.

Type-only imports and imports inside functions count. Third-party modules are imported inside functions, so that
importing ours loads none of them.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "arazzo_runner"

# The foundation, which every room may import; among themselves its modules import what stands here.
FOUNDATION: dict[str, set[str]] = {
    "values": set(),
    "location": set(),
    "limits": set(),
    "secrets": {"values"},
    "diagnostics": {"location"},
    "errors": {"location", "diagnostics"},
    "messages": {"values", "errors"},
    "policy": {"errors"},
}
PLAN = {"model", "openapi", "asyncapi", "condition", "selector", "expression", "document"}
BELOW_API = {
    *PLAN,
    "plan",
    "checks",
    "events",
    "verdict",
    "interpreter",
    "drivers",
    "credentials",
    "sample",
    "mock",
    "explore",
    "report",
    "config",
    "options",
    "hosts",
    "retrieval",
    "needs",
    "marking",
    "casing",
    "testing",
}
# Just these, not what they may import in turn.
ROOMS: dict[str, set[str]] = {
    "events": set(),
    "verdict": {"events"},
    "document": set(),
    "expression": {"document"},
    "selector": {"expression"},
    "condition": {"selector", "expression"},
    "openapi": {"document"},
    "asyncapi": {"document"},
    "credentials": {"openapi"},
    "sample": {"document"},
    "model": {"condition", "selector", "expression", "document"},
    "plan": PLAN,
    "checks": {"plan", *PLAN},
    "interpreter": {"plan", "events", "openapi", "condition", "expression"},
    "drivers": {"interpreter", "plan", "credentials", "events"},
    "retrieval": {"document", "drivers"},
    "needs": {"plan", "openapi", "credentials"},
    "marking": {"plan", "openapi", "expression", "interpreter", "events"},
    "testing": {"explore", "expression", "mock", "plan", "drivers", "report", "marking", "events", "verdict"},
    "mock": {"sample", "openapi", "asyncapi", "document"},
    "explore": {"plan", "interpreter", "mock", "sample", "openapi", "condition", "expression", "events", "verdict"},
    "casing": {"plan", "openapi", "document", "drivers", "mock", "report", "events", "verdict"},
    "report": {"events", "verdict"},
    "config": set(),
    "options": {"condition", "selector", "document", "credentials", "drivers"},
    "hosts": {"options", "plan", "model", "openapi", "document"},
    "api": BELOW_API,
    "mocking": {"api", "mock", "model", "openapi", "document", "options", "plan"},
    "pytest_plugin": {"api", "config", "document", "options", "report", "retrieval", "testing", "verdict"},
    "cli": {
        "api",
        "mocking",
        "checks",
        "config",
        "options",
        "document",
        "plan",
        "drivers",
        "credentials",
        "needs",
        "report",
        "retrieval",
        "testing",
        "verdict",
    },
    "__init__": {"api", "report", "verdict"},
    "__main__": {"cli"},
    "_version": set(),
}
ANYWHERE = {*FOUNDATION, "_version"}
HOSTS = {"pytest_plugin": "pytest"}  # loaded by a library, which is there then


@dataclass(frozen=True)
class Import:
    """One imported module, its full name, and where; `at_once` when importing the importer loads it."""

    name: str
    place: str
    at_once: bool

    @property
    def room(self) -> str | None:
        """The room of ours that is imported, or None for a module that is not ours."""
        first, _, rest = self.name.partition(".")
        if first != PACKAGE:
            return None
        return rest.partition(".")[0] or "__init__"


def imports_of(source: str, module: str, *, is_package: bool = False, place: str = "") -> list[Import]:
    """Everything a module imports; `from . import x` is the module x."""
    package = module if is_package else module.rpartition(".")[0]
    found: list[Import] = []

    def note(name: str, node: ast.stmt | ast.expr, at_once: bool) -> None:
        found.append(Import(name, f"{place or module}:{node.lineno}", at_once))

    def visit(node: ast.AST, at_once: bool) -> None:
        match node:
            case ast.Import():
                for alias in node.names:
                    note(alias.name, node, at_once)
            case ast.ImportFrom():
                for name in _from(node, package):
                    note(name, node, at_once)
            case ast.Call(func=ast.Name(id="import_module" | "__import__") | ast.Attribute(attr="import_module")):
                match node.args:
                    case [ast.Constant(value=str(name)), *_]:
                        note(_absolute(name, package), node, at_once)
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                at_once = False
            case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING")):
                for child in node.body:
                    visit(child, False)
                for child in node.orelse:
                    visit(child, at_once)
                return
        for child in ast.iter_child_nodes(node):
            visit(child, at_once)

    visit(ast.parse(source, place or module), True)
    return found


def _from(node: ast.ImportFrom, package: str) -> Iterator[str]:
    base = _absolute("." * node.level + (node.module or ""), package)
    if base == PACKAGE:
        # `from .. import values` imports a room; `from .. import run` a name of the package itself.
        for alias in node.names:
            yield f"{PACKAGE}.{alias.name}" if alias.name in {*ROOMS, *ANYWHERE} else PACKAGE
    else:
        yield base


def _absolute(name: str, package: str) -> str:
    tail = name.lstrip(".")
    level = len(name) - len(tail)
    if not level:
        return name
    base = package.split(".")[: len(package.split(".")) - level + 1]
    return ".".join([*base, tail] if tail else base)


def room_of(path: Path) -> str:
    """The room a file of the package belongs to."""
    return path.relative_to(ROOT / PACKAGE).parts[0].removesuffix(".py")


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def modules() -> list[Path]:
    return sorted((ROOT / PACKAGE).rglob("*.py"))


def imports(path: Path) -> list[Import]:
    return imports_of(
        path.read_text("utf-8"),
        module_of(path),
        is_package=path.name == "__init__.py",
        place=path.relative_to(ROOT).as_posix(),
    )


def allowed(room: str) -> set[str]:
    if room in FOUNDATION:
        return {room, *FOUNDATION[room]}
    return {room, *ROOMS.get(room, ()), *ANYWHERE}


def test_every_module_stands_in_a_room_of_the_table() -> None:
    rooms = {room_of(path) for path in modules()}

    assert rooms - ROOMS.keys() - FOUNDATION.keys() == set()


def test_rooms_import_what_the_table_allows() -> None:
    offences = [
        f"{found.place}: {room_of(path)} may not import {found.room}"
        for path in modules()
        for found in imports(path)
        if found.room is not None and found.room not in allowed(room_of(path))
    ]

    assert not offences, "\n".join(offences)


def test_third_party_modules_are_imported_inside_functions() -> None:
    offences = [
        f"{found.place}: {found.name} is imported with the module"
        for path in modules()
        for found in imports(path)
        if found.at_once
        and found.room is None
        and found.name.partition(".")[0] not in {*sys.stdlib_module_names, HOSTS.get(room_of(path))}
    ]

    assert not offences, "\n".join(offences)


def test_the_conformance_suite_does_not_import_the_engine_but_in_its_adapter() -> None:
    suite = ROOT / "conformance"
    paths = [*suite.glob("*.py"), *suite.glob("harness/*.py"), *suite.glob("engines/*.py")]

    offences = [found.place for path in sorted(paths) for found in imports(path) if found.room is not None]

    assert not offences, "\n".join(offences)


def test_the_table_has_no_circle() -> None:
    table = {**{room: room_imports for room, room_imports in ROOMS.items() if room != "__init__"}, **FOUNDATION}
    finished: set[str] = set()

    while open_rooms := [room for room in table if room not in finished]:
        ready = [room for room in open_rooms if table[room] <= finished]
        assert ready, open_rooms
        finished.update(ready)

    assert finished == table.keys()


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("import arazzo_runner.plan.link", "arazzo_runner.plan.link"),
        ("from arazzo_runner.plan import link", "arazzo_runner.plan"),
        ("from ..plan import link", "arazzo_runner.plan"),
        ("from .. import plan", "arazzo_runner.plan"),
        ("from arazzo_runner import plan", "arazzo_runner.plan"),
        ("from .. import run", "arazzo_runner"),
        ("from . import flow", "arazzo_runner.report"),
        ("from .flow import f", "arazzo_runner.report.flow"),
        ("def f():\n    from ..plan import link", "arazzo_runner.plan"),
        ("if TYPE_CHECKING:\n    from ..plan import link", "arazzo_runner.plan"),
        ("import_module('arazzo_runner.plan')", "arazzo_runner.plan"),
        ("importlib.import_module('..plan', __package__)", "arazzo_runner.plan"),
    ],
)
def test_an_import_is_found_however_it_is_written(line: str, name: str) -> None:
    found = imports_of(line, "arazzo_runner.report.har")

    assert [one.name for one in found] == [name]


def test_a_relative_import_starts_at_the_package_itself_in_its_init() -> None:
    found = imports_of("from .flow import f\nfrom ..plan import p", "arazzo_runner.report", is_package=True)

    assert [one.name for one in found] == ["arazzo_runner.report.flow", "arazzo_runner.plan"]


@pytest.mark.parametrize(
    ("source", "at_once"),
    [
        ("import lxml", True),
        ("try:\n    import lxml\nexcept ImportError:\n    pass", True),
        ("class A:\n    import lxml", True),
        ("if TYPE_CHECKING:\n    pass\nelse:\n    import lxml", True),
        ("def f():\n    import lxml", False),
        ("class A:\n    def f(self):\n        import lxml", False),
        ("if TYPE_CHECKING:\n    import lxml", False),
        ("if typing.TYPE_CHECKING:\n    import lxml", False),
    ],
)
def test_what_loads_with_the_module_is_told_from_what_does_not(source: str, at_once: bool) -> None:
    (found,) = imports_of(source, "arazzo_runner.report.har")

    assert found.at_once is at_once
