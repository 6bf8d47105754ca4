"""Scenarios: read from files, checked against the format, and written out as documents for one engine to run."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

from . import yaml12

ROOT = Path(__file__).resolve().parent.parent
SCENARIOS = ROOT / "scenarios"
ORIGIN = "http://api.test"  # stands for the scripted server
DOWN = "http://down.test"  # stands for a port where nobody listens
ENTRY = "arazzo.yaml"
SMOKE = "smoke"


class BadScenario(Exception):
    """A file that is no scenario; `problems` are lines for a person."""

    def __init__(self, path: str, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{path}: {problem}" for problem in self.problems))


@dataclass(frozen=True)
class Exchange:
    """One request that is expected, and the answer it gets."""

    request: Mapping[str, Any]
    response: Mapping[str, Any]


@dataclass(frozen=True)
class Scenario:
    """One claim in one version of Arazzo; a file that lists two versions is two of these."""

    path: str  # area/claim
    version: str  # 1.0.1
    tree: Mapping[str, Any]

    @property
    def id(self) -> str:
        return f"{self.path}@{self.minor}"

    @property
    def minor(self) -> str:
        return self.version.rpartition(".")[0]

    @property
    def area(self) -> str:
        return self.path.partition("/")[0]

    @property
    def description(self) -> str:
        return str(self.tree["description"])

    @property
    def level(self) -> str:
        return str(self.tree["level"])

    @property
    def features(self) -> tuple[str, ...]:
        return tuple(self.tree["features"])

    @property
    def requirements(self) -> tuple[str, ...]:
        return tuple(self.tree["requirements"])

    @property
    def entry(self) -> str:
        return str(self.tree["run"].get("entry", ENTRY))

    @property
    def workflow_id(self) -> str:
        return str(self.tree["run"]["workflowId"])

    @property
    def inputs(self) -> dict[str, Any]:
        return dict(self.tree["run"].get("inputs", {}))

    @cached_property
    def groups(self) -> tuple[tuple[Exchange, ...], ...]:
        """The conversation: groups in order, the exchanges of one group in any order."""
        items = self.tree.get("exchanges", [])
        return tuple(
            tuple(Exchange(e["request"], e["response"]) for e in item.get("anyOrder", [item])) for item in items
        )

    @property
    def exchange_count(self) -> int:
        return sum(map(len, self.groups))

    @cached_property
    def expectations(self) -> tuple[Mapping[str, Any], ...]:
        """What is permitted; empty where there is no verdict. Each says how many exchanges take place."""
        expect = self.tree.get("expect", [])
        each = expect if isinstance(expect, list) else [expect]
        return tuple({"exchanges": 0 if e["outcome"] == "rejected" else self.exchange_count, **e} for e in each)

    def placed(self, place: Place) -> Scenario:
        """The same scenario with the addresses of a scripted server instead of the reserved ones."""
        return replace(self, tree=place.put(self.tree))

    def documents(self) -> dict[str, bytes]:
        """The documents by name, as the engine is to find them."""
        return {name: _octets(name, content, self.version) for name, content in self.tree["documents"].items()}


@dataclass(frozen=True)
class Place:
    """Where the reserved addresses of scenarios really are."""

    origin: str
    down: str

    def put(self, value: Any) -> Any:
        """A value with the real addresses."""
        return _strings(value, lambda text: text.replace(ORIGIN, self.origin).replace(DOWN, self.down))

    def take(self, value: Any) -> Any:
        """A value with the reserved addresses, as it is shown and compared between runs."""
        hosts = (self.origin.removeprefix("http://"), "api.test"), (self.down.removeprefix("http://"), "down.test")
        return _strings(value, lambda text: _replaced(text, hosts))


def _replaced(text: str, pairs: Iterable[tuple[str, str]]) -> str:
    for old, new in pairs:
        text = text.replace(old, new)
    return text


def _strings(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {change(str(k)): _strings(v, change) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_strings(item, change) for item in value]
    return value


def _octets(name: str, content: Any, version: str) -> bytes:
    if isinstance(content, str):
        return content.replace("$version", version).encode()
    if isinstance(content, Mapping) and content.keys() == {"$base64"}:
        return base64.b64decode(content["$base64"])
    tree = content
    if isinstance(content, Mapping) and content.get("arazzo") == "$version":
        tree = {**content, "arazzo": version}
    if name.endswith(".json"):
        return (json.dumps(tree, indent=2, ensure_ascii=False) + "\n").encode()
    return yaml12.dump(tree).encode()


def is_served(name: str) -> bool:
    """Whether a document is fetched from the server instead of lying in the folder."""
    return name.startswith("http://")


def write_documents(documents: Mapping[str, bytes], folder: Path) -> dict[str, bytes]:
    """Write the documents that lie in the folder; return those that are served, by path."""
    served: dict[str, bytes] = {}
    for name, octets in documents.items():
        if is_served(name):
            served["/" + name.removeprefix("http://").partition("/")[2]] = octets
        else:
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(octets)
    return served


@cache
def schema() -> Any:
    """The format of scenarios, as a validator."""
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads((ROOT / "scenario.schema.json").read_text("utf-8")))


def read(file: Path, root: Path = SCENARIOS) -> tuple[Scenario, ...]:
    """The scenarios of a file, one for each version it lists. Raises: BadScenario."""
    path = file.resolve().relative_to(root.resolve()).with_suffix("").as_posix()
    try:
        tree = yaml12.load(file.read_text("utf-8"))
    except (ValueError, yaml.YAMLError) as error:
        raise BadScenario(path, [str(error).replace("\n", " ")]) from None
    problems = sorted(_problem(error) for error in schema().iter_errors(tree))
    if problems:
        raise BadScenario(path, problems)
    return tuple(Scenario(path, version, tree) for version in tree["arazzo"])


def _problem(error: Any) -> str:
    best = min(error.context, key=lambda e: -len(e.absolute_path)) if error.context else error
    message = best.message if len(best.message) <= 200 else f"...{best.message[-160:]}"
    return f"{best.json_path}: {message}"


def files(select: Iterable[str] = (), root: Path = SCENARIOS) -> Iterator[Path]:
    """The scenario files that are selected: by area, by area/claim (a * is allowed), by file or folder; all if none."""
    selected = list(select)
    every = sorted(root.rglob("*.yaml"))
    for file in every:
        name = file.relative_to(root).with_suffix("").as_posix()
        if not selected or any(_matches(name, file, choice) for choice in selected):
            yield file


def _matches(name: str, file: Path, choice: str) -> bool:
    from fnmatch import fnmatchcase

    wanted = choice.partition("@")[0].removesuffix(".yaml").rstrip("/")
    if name == wanted or name.startswith(wanted + "/") or fnmatchcase(name, wanted):
        return True
    given = Path(choice)
    return given.exists() and (file.resolve() == given.resolve() or given.resolve() in file.resolve().parents)


def load(select: Iterable[str] = (), root: Path = SCENARIOS) -> list[Scenario]:
    """The selected scenarios, those of smoke first. Raises: BadScenario."""
    selected = list(select)
    versions = {c.rpartition("@")[2] for c in selected if "@" in c}
    found = [s for file in files(selected, root) for s in read(file, root) if not versions or s.minor in versions]
    return sorted(found, key=lambda s: (s.area != SMOKE, s.path, s.version))
