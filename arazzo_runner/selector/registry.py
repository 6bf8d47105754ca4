"""The selector languages by type and version (1.1.0, "Expression Type Object"), and a place to plug in others."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from ..diagnostics import did_you_mean
from .selector import Compile, Selector, SelectorSyntaxError


@dataclass(frozen=True, slots=True)
class Selectors:
    """An immutable table of languages; `register` returns the next one."""

    _languages: Mapping[tuple[str, str], Compile] = field(default_factory=dict)
    _defaults: Mapping[str, str] = field(default_factory=dict)

    def supports(self, type: str, version: str | None = None) -> bool:
        """Whether queries of this type (and version, else its default) can be compiled."""
        return (type, self._defaults.get(type, "") if version is None else version) in self._languages

    def versions(self, type: str) -> tuple[str, ...]:
        """The versions of a type, the default first."""
        default = self._defaults.get(type)
        versions = [version for known, version in self._languages if known == type]
        return tuple(sorted(versions, key=lambda version: version != default))

    def compile(self, type: str, version: str | None, query: str, *, limit_s: float = 1.0) -> Selector:
        """Compile a query; each evaluation of it ends within about `limit_s` seconds.

        Raises:
            SelectorSyntaxError: the query is outside the language's grammar, or the language is not known.
            Unavailable: the language needs a library that is not installed.
        """
        chosen = self._defaults.get(type) if version is None else version
        language = self._languages.get((type, chosen or ""))
        if language is None:
            raise self._unknown(type, version)
        return language(query, limit_s)

    def register(self, type: str, version: str, compile: Compile, *, default: bool = False) -> Selectors:
        """These languages and one more (or another for the same name); a type's first version is its default."""
        defaults = dict(self._defaults)
        if default or type not in defaults:
            defaults[type] = version
        languages = {**self._languages, (type, version): compile}
        return replace(self, _languages=MappingProxyType(languages), _defaults=MappingProxyType(defaults))

    def apart(self) -> Selectors:
        """These languages, with ours evaluated in the worker process: for documents nobody vouches for."""
        languages = {
            name: replace(language, apart=name) if isinstance(language, _Ours) and language.may_be_slow else language
            for name, language in self._languages.items()
        }
        return replace(self, _languages=MappingProxyType(languages))

    def _unknown(self, type: str, version: str | None) -> SelectorSyntaxError:
        if type not in self._defaults:
            hint = did_you_mean(type, self._defaults) or "known are " + ", ".join(self._defaults)
            return SelectorSyntaxError(f"'{type}' is not a selector type; {hint}")
        return SelectorSyntaxError(
            f"'{version}' is not a version of {type}; known are {', '.join(self.versions(type))}"
        )


@dataclass(frozen=True, slots=True)
class _Ours:
    """A language of ours, whose module is imported when a query of it is compiled.

    `apart` is its type and version where the worker process evaluates its queries.
    """

    module: str
    name: str
    may_be_slow: bool = True
    apart: tuple[str, str] | None = None

    def __call__(self, query: str, limit_s: float) -> Selector:
        language: Compile = getattr(importlib.import_module(f".{self.module}", __package__), self.name)
        selector = language(query, limit_s)
        if self.apart is None or getattr(selector, "is_singular", False):
            return selector
        from .apart import Apart

        return Apart(*self.apart, query, limit_s)


DEFAULT_SELECTORS = (
    Selectors()
    .register("jsonpath", "rfc9535", _Ours("jsonpath", "compile_jsonpath"))
    .register("jsonpath", "draft-goessner-dispatch-jsonpath-00", _Ours("goessner", "compile_goessner"))
    .register("xpath", "xpath-31", _Ours("xpath", "compile_xpath31"))
    .register("xpath", "xpath-30", _Ours("xpath", "compile_xpath30"))
    .register("xpath", "xpath-20", _Ours("xpath", "compile_xpath20"))
    .register("xpath", "xpath-10", _Ours("xpath", "compile_xpath10"))
    .register("jsonpointer", "rfc6901", _Ours("jsonpointer", "compile_jsonpointer", may_be_slow=False))
)
