"""The lint of scenarios: what the format cannot say. Every finding is a line `file: what is wrong`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from . import yaml12
from .scenario import ROOT, SCENARIOS, SMOKE, BadScenario, Scenario, files, is_served, read

_TOLD = re.compile(
    r"\b(should|shall|must|will|test|tests|testing|checks? that|verif(?:y|ies)|ensures?)\b", re.IGNORECASE
)
_NAME = re.compile(r"^[a-z0-9]+(?:-[a-z0-9]+)*$")
_MEMORY_HOST = re.compile(r"https?://(?!api\.test|down\.test)[^\s\"'/{]+", re.IGNORECASE)
# Hosts that name something and are never asked: licences, namespaces, identifiers.
_NAMES_ONLY = re.compile(
    r"https?://([a-z0-9-]+\.)*(example\.(com|org|net)|w3\.org|spec\.openapis\.org|json-schema\.org)$"
)


@cache
def requirements(file: Path = ROOT / "requirements.yaml") -> dict[str, dict[str, Any]]:
    """The catalogue of requirements by id."""
    return {entry["id"]: entry for entry in yaml12.load(file.read_text("utf-8"))}


@cache
def features(file: Path = ROOT / "features.yaml") -> frozenset[str]:
    """The registered features."""
    areas: dict[str, dict[str, str]] = yaml12.load(file.read_text("utf-8"))
    return frozenset(f"{area}.{name}" for area, names in areas.items() for name in names)


@cache
def untestable(file: Path = ROOT / "untestable.yaml") -> dict[str, str]:
    """The requirements that no engine can be seen to keep or break, each with the reason."""
    return dict(yaml12.load(file.read_text("utf-8"))) if file.is_file() else {}


def lint(select: Iterable[str] = (), root: Path = SCENARIOS) -> Iterator[str]:
    """What is wrong with the selected scenarios."""
    descriptions: dict[str, list[str]] = defaultdict(list)
    for file in files(select, root):
        name = file.relative_to(root).as_posix()
        try:
            scenarios = read(file, root)
        except BadScenario as error:
            yield from (f"{name}: {problem}" for problem in error.problems)
            continue
        descriptions[scenarios[0].description].append(name)
        yield from (f"{name}: {problem}" for problem in _problems(scenarios))
    for description, names in descriptions.items():
        if len(names) > 1:
            yield f"{', '.join(names)}: the same description: {description}"


def uncovered(scenarios: Iterable[Scenario], level: str) -> list[str]:
    """The requirements of a level (a NOT counts as its word, SHALL as MUST) without a scenario and not untestable."""
    shown = {id_ for s in scenarios for id_ in s.requirements}
    return [
        id_
        for id_, entry in requirements().items()
        if _is_of(entry["level"], level) and id_ not in shown and id_ not in untestable()
    ]


def _is_of(level: str, wanted: str) -> bool:
    return level.removesuffix(" NOT").replace("SHALL", "MUST") == wanted


def _problems(scenarios: tuple[Scenario, ...]) -> Iterator[str]:
    first = scenarios[0]
    yield from _wording(first)
    yield from _names(first)
    yield from _citations(first)
    yield from _documents(first)
    yield from _conversation(first)
    minors = [s.minor for s in scenarios]
    if len(set(minors)) < len(minors):
        yield "two of the versions are the same but for the patch; a scenario has one of each"


def _wording(scenario: Scenario) -> Iterator[str]:
    if found := _TOLD.search(scenario.description):
        yield f"the description says {found[0]!r}; say what is the case, in the present tense"
    if scenario.description.endswith("."):
        yield "the description ends with a full stop"


def _names(scenario: Scenario) -> Iterator[str]:
    parts = scenario.path.split("/")
    if len(parts) != 2 or not all(_NAME.match(part) for part in parts):
        yield "a scenario stands in scenarios/<area>/<claim>.yaml, named in lower case with hyphens"
    if scenario.features[0].partition(".")[0] != scenario.area:
        yield f"the first feature is {scenario.features[0]}, so the folder is {scenario.features[0].partition('.')[0]}/"


def _citations(scenario: Scenario) -> Iterator[str]:
    yield from (f"features.yaml has no {name}" for name in scenario.features if name not in features())
    catalogue = requirements()
    yield from (f"requirements.yaml has no {id_}" for id_ in scenario.requirements if id_ not in catalogue)
    if not scenario.requirements and scenario.level in ("required", "recommended") and scenario.area != SMOKE:
        yield f"a {scenario.level} scenario cites the requirement it shows"
    if not scenario.requirements and not scenario.tree.get("decisions") and scenario.area != SMOKE:
        yield "neither a requirement nor a decision is cited"
    if scenario.level in ("required", "recommended"):
        minors = {version.rpartition(".")[0] for version in scenario.tree["arazzo"]}
        for id_ in scenario.requirements:
            lacking = minors - set(catalogue.get(id_, {}).get("versions", minors))
            if lacking:
                yield f"{id_} is no requirement of {' and '.join(sorted(lacking))}"


def _documents(scenario: Scenario) -> Iterator[str]:
    documents = scenario.tree["documents"]
    if scenario.entry not in documents:
        yield f"the documents have no {scenario.entry}"
    texts = {name: "" if isinstance(c, dict) and "$base64" in c else str(c) for name, c in documents.items()}
    for name, text in texts.items():
        for host in set(_MEMORY_HOST.findall(text)):
            if not _NAMES_ONLY.match(host.lower()):
                yield f"{name}: {host} is neither http://api.test nor http://down.test nor an example"
    if len(scenario.tree["arazzo"]) > 1 and not any("$version" in text for text in texts.values()):
        yield "several versions are listed and no document says arazzo: $version"
    served = [name for name in documents if is_served(name)]
    if scenario.entry in served:
        yield "the entry document lies in the folder, it is not served"


def _conversation(scenario: Scenario) -> Iterator[str]:
    total = scenario.exchange_count
    for expectation in scenario.expectations:
        if expectation["exchanges"] > total:
            yield f"an expectation counts {expectation['exchanges']} exchanges, there are {total}"
        if expectation["outcome"] == "rejected" and expectation["exchanges"]:
            yield "a rejected document is refused before any request: exchanges is 0"
    if scenario.expectations and max(e["exchanges"] for e in scenario.expectations) == 0 and total:
        return  # answers for an engine that goes on where it is not expected to
    if any(g.request.get("after", 0) > 2 for group in scenario.groups for g in group):
        yield "a scenario that waits longer than 2 seconds holds everybody up"
