"""YAML 1.2 for scenarios: no key twice, few special scalars; and documents written so that YAML 1.1 reads the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

# What both YAML 1.1 and 1.2 read as text without quotes.
_PLAIN = re.compile(
    r"(?!(?i:y|n|yes|no|on|off|true|false|null)$)(?:[A-Za-z_/$][A-Za-z0-9_/.$-]*|https?://[A-Za-z0-9_/.:-]*\w)"
)


class DuplicateKey(ValueError):
    """A mapping has a key twice."""


if TYPE_CHECKING:
    from yaml import SafeLoader as _Base
else:
    _Base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same, ten times as fast


class _Loader(_Base):
    """The core schema of YAML 1.2: `on`, `012` and dates are not special."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  # the attribute PyYAML reads

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                raise DuplicateKey(f"line {key_node.start_mark.line + 1}: the key {key!r} is not text; quote it")
            if key in seen:
                raise DuplicateKey(f"line {key_node.start_mark.line + 1}: the key {key!r} stands here twice")
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$"),
    list("-0123456789"),
)


def _float(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> float:
    return float(str(loader.construct_scalar(node)))


def _int(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> int:
    return int(str(loader.construct_scalar(node)))


_Loader.add_constructor("tag:yaml.org,2002:float", _float)
_Loader.add_constructor("tag:yaml.org,2002:int", _int)


class _Dumper(yaml.SafeDumper):
    """Block style; text is quoted wherever some reader could take it for something else."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _represent_text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = None if _PLAIN.fullmatch(value) else "|" if _fits_a_block(value) else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _fits_a_block(value: str) -> bool:
    return (
        "\n" in value.strip("\n") and value.isprintable() is False and not re.search(r"[^\n\x20-\x7e]|^\s| \n", value)
    )


_Dumper.add_representer(str, _represent_text)


def load(text: str) -> Any:
    """The tree of a YAML 1.2 text. Raises: yaml.YAMLError, DuplicateKey."""
    return yaml.load(text, Loader=_Loader)  # a SafeLoader


def dump(tree: Any) -> str:
    """A tree as YAML text that readers of YAML 1.1 and 1.2 understand alike."""
    return yaml.dump(tree, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000, default_flow_style=False)
