"""Which codes are looked for: `--select` and `--ignore`, by code or by the start of one (`ARZ5` is a family)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..errors import UsageError
from .catalogue import RULES
from .suppression import code_hint


def selection(
    *,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    configured_select: Sequence[str] = (),
    configured_ignore: Sequence[str] = (),
    configured_in: str = "",
) -> frozenset[str]:
    """The selected codes. The longest name that fits a code decides; of equals the command line, then `ignore`.

    Args:
        select: Codes and families; `configured_select` where there are none, and every code where there are neither.
        configured_in: The file that configures, for the message.

    Raises:
        UsageError: a name that no code starts with.
    """
    selected = known(select, "--select") or known(configured_select, f"{configured_in}: select")
    decisions = dict.fromkeys(selected if not select else (), True)
    decisions |= dict.fromkeys(known(configured_ignore, f"{configured_in}: ignore"), False)
    decisions |= dict.fromkeys(selected if select else (), True)
    decisions |= dict.fromkeys(known(ignore, "--ignore"), False)
    return frozenset(code for code in RULES if _decide(code, decisions, otherwise=not selected))


def known(names: Iterable[str], where: str) -> tuple[str, ...]:
    """The names in upper case.

    Raises:
        UsageError: one that no code starts with.
    """
    upper = tuple(name.upper() for name in names)
    for name in upper:
        if not name or not any(code.startswith(name) for code in RULES):
            raise UsageError(
                f"{where} '{name}': no rule has that code", hint=code_hint(name) or "docs/rules lists them"
            )
    return upper


def _decide(code: str, decisions: Mapping[str, bool], *, otherwise: bool) -> bool:
    fitting = [name for name in decisions if code.startswith(name)]
    return decisions[max(fitting, key=len)] if fitting else otherwise
