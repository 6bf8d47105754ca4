"""YAML that a YAML 1.2 reader and a YAML 1.1 reader understand alike."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from ..values import JSON, jsonable, number_text

if TYPE_CHECKING:
    import yaml

# What either version may read as something else than text: numbers (1.2 knows 1e5 and 0o17), booleans, null.
_AMBIGUOUS = re.compile(r"[-+]?\.?[0-9]|(?i:[-+]?\.(?:inf|nan)|[-+.]|true|false|null|yes|no|on|off|y|n|~)\Z")
# Line breaks of YAML 1.1 that 1.2 has not, and controls.
_BREAKS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")


def yaml_text(value: JSON) -> str:
    """A JSON value as block YAML; texts of several lines stay readable, numbers keep their digits."""
    import yaml

    return yaml.dump(jsonable(value), Dumper=_dumper(), allow_unicode=True, sort_keys=False, width=120)


@cache
def _dumper() -> type[yaml.SafeDumper]:
    import yaml

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            return True

    Dumper.add_representer(str, _text)
    Dumper.add_representer(Decimal, _decimal)
    return Dumper


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style: str | None
    if _BREAKS.search(text):
        style = '"'
    elif "\n" in text:
        style = "|" if not re.search(r"[ \t]\n|[ \t]\Z|\A\s|\r|\t", text) else '"'
    else:
        style = "'" if _AMBIGUOUS.match(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _decimal(dumper: yaml.SafeDumper, number: Decimal) -> yaml.ScalarNode:
    """With a point and a signed exponent, which YAML 1.1 asks of a float."""
    mantissa, exponent, power = number_text(number).partition("e")
    if "." not in mantissa:
        mantissa += ".0"
    if exponent and power[0] not in "+-":
        power = "+" + power
    return dumper.represent_scalar("tag:yaml.org,2002:float", mantissa + exponent + power)
