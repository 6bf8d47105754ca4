"""Secrets that stand in the document itself (Arazzo 1.1.0, "Security Considerations"). No message shows a value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl

from ...diagnostics import Diagnostic
from ...model import Parameter, PayloadReplacement, Raw, RequestBody
from ...secrets import is_secret_member, is_secret_name
from ..registry import rule
from ..subject import Subject, finding

# Texts that are a credential by their form alone, wherever they stand.
_FORMS: Final = (
    ("a private key", r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY-----"),
    ("a JSON Web Token", r"\beyJ[\w-]{8,400}\.eyJ[\w-]{8,8000}\.[\w-]{16,}"),
    ("a GitHub token", r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{22,})"),
    ("a GitLab token", r"\bglpat-[\w-]{20,}"),
    ("a Slack token", r"\bxox[abeprs]-[A-Za-z0-9-]{10,}|\bxapp-[A-Za-z0-9-]{10,}"),
    ("a Stripe key", r"\b[rs]k_live_[A-Za-z0-9]{16,}"),
    ("an AWS access key", r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    ("a Google key", r"\bAIza[\w-]{35}\b|\bya29\.[\w-]{20,}"),
    ("a SendGrid key", r"\bSG\.[\w-]{22}\.[\w-]{43}\b"),
    ("an npm token", r"\bnpm_[A-Za-z0-9]{36}\b"),
    ("a Shopify token", r"\bshp(?:at|ca|pa|ss)_[0-9a-f]{32}\b"),
    ("an API key", r"\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{32,}"),
    ("a bearer token", r"\bBearer (?=[A-Za-z._~+/-]*\d)(?=[0-9._~+/-]*[A-Za-z])[A-Za-z0-9._~+/-]{20,}=*"),
    ("a URL with a password", r"\b[a-z][a-z0-9+.-]{1,15}://[^/\s:@{}'\"$]{1,200}:[^/\s@{}'\"$]{1,200}@"),
)  # fmt: skip
_FORM: Final = re.compile("|".join(f"(?P<f{index}>{form})" for index, (_, form) in enumerate(_FORMS)))

_SCHEME: Final = re.compile(r"(?:bearer|basic|token|apikey|api-key|digest|negotiate)(?:\s+|$)", re.IGNORECASE)
_PLACEHOLDER: Final = re.compile(
    r"""your|example|sample|dummy|placeholder|replace|change.?me|insert|redacted|todo|x{3}|\*{3}|\.{3}|…|_here
    |\A(?:test|demo|some\b)|123e4567-e89b
    |<.*>|\{.*\}|\[.*\]|%\w+%|process\.env|env:
    |(?-i:\$?[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|\$[A-Za-z_][\w.]*)\Z""",
    re.IGNORECASE | re.VERBOSE,
)
_WORDS_FOR_ONE: Final = frozenset(
    ("string", "test", "demo", "token", "password", "secret", "apikey", "accesstoken", "authtoken", "key", "bearer",
     "jwt", "credential", "credentials")
)  # fmt: skip
_NO_SECRET: Final = frozenset(("", "none", "null", "true", "false", "fetch", "required"))
_EXPRESSION: Final = re.compile(
    r"\$(?:inputs|steps|workflows|outputs|response|request|message|sourceDescriptions|components|statusCode|url|method)\b"
)
_OF_PERSONS: Final = ("password", "passwd", "pwd", "passphrase", "passcode", "pin", "otp", "totp", "cvv", "cvc")
_JSON_MEMBER: Final = re.compile(r'"([^"\\{}]+)"\s*:\s*"([^"\\]*)"')
_SHORTEST: Final = 4  # characters of what is taken for a secret
_LONGEST: Final = 400  # characters in which a placeholder is looked for


class _Literal(NamedTuple):
    """A text under a secret name: `what` it is, and whether it is sent whatever the inputs are."""

    name: str
    what: str
    pointer: tuple[str, ...]
    text: str
    sent: bool = True

    @property
    def hint(self) -> str:
        if not self.sent:
            return f"leave the {self.pointer[-1]} out: whoever runs the workflow gives the value"
        own = re.sub(r"\W+", "_", self.name)
        return f"declare an input with format: password, and write $inputs.{own}"


@rule("ARZ701")
def literal_secret(subject: Subject) -> Iterator[Diagnostic]:
    """A secret in the document is a secret of everyone who can read it; an input keeps it out."""
    told: set[str] = set()
    for literal in _named(subject):
        if _is_secret(literal):
            location = subject.location(*literal.pointer)
            told.add(location.pointer)
            yield finding("ARZ701", f"a secret stands in the document: {literal.what}", location, literal.hint)
    document = subject.description.document
    for match in _FORM.finditer(document.text):
        location = document.location_at(match.start())
        if location.pointer not in told and not _PLACEHOLDER.search(match[0][:_LONGEST]):
            form = next(_FORMS[int(key[1:])][0] for key, value in match.groupdict().items() if value is not None)
            hint = "remove it, revoke it, and take an input instead"
            yield finding("ARZ701", f"a secret stands in the document: this has the form of {form}", location, hint)


@rule("ARZ707")
def placeholder_secret(subject: Subject) -> Iterator[Diagnostic]:
    """`YOUR_TOKEN` is sent as it stands: nobody puts a credential in its place."""
    for literal in _named(subject):
        if literal.sent and not _is_of_person(literal) and _is_placeholder(literal):
            message = f"a placeholder is sent as it stands: {literal.what}"
            yield finding("ARZ707", message, subject.location(*literal.pointer), literal.hint)


def _is_of_person(literal: _Literal) -> bool:
    """Whether this is a secret that one makes up: a placeholder is as good as any for it."""
    return _squeezed(literal.name).endswith(_OF_PERSONS)


def _credential(text: str) -> str:
    """A value without the name of an authentication scheme in front."""
    match = _SCHEME.match(text)
    value = (text[match.end() :] if match else text).strip()
    return "" if value == "Og==" else value  # basic without a user name and a password


def _is_secret(literal: _Literal) -> bool:
    value = _credential(literal.text)
    return len(value) >= _SHORTEST and value.lower() not in _NO_SECRET and not _is_placeholder(literal)


def _is_placeholder(literal: _Literal) -> bool:
    value = _credential(literal.text)
    if value.lower() in _NO_SECRET:
        return False
    word = _squeezed(value)
    by_words = word == _squeezed(literal.name) or word in _WORDS_FOR_ONE
    return by_words or _PLACEHOLDER.search(value[:_LONGEST]) is not None


def _squeezed(text: str) -> str:
    """The letters and digits of a text, in lower case."""
    return re.sub(r"[\W_]+", "", text).lower()


def _named(subject: Subject) -> list[_Literal]:
    """The literal texts of the document that stand under a name which says that they are secret."""
    return subject.once("literal secrets", lambda: list(_literals(subject)))


def _literals(subject: Subject) -> Iterator[_Literal]:
    description = subject.description
    for parameter in description.components.parameters.values():
        yield from _of_parameter(parameter)
    yield from _of_schemas(description.components.inputs, ("components", "inputs"))
    for workflow in description.workflows:
        if workflow.inputs is not None:
            yield from _of_schema(workflow.inputs.value, workflow.inputs.pointer, "")
        actions = (*workflow.success_actions, *workflow.failure_actions)
        for parameter in _parameters(workflow.parameters, actions):
            yield from _of_parameter(parameter)
        for step in workflow.steps:
            for parameter in _parameters(step.parameters, (*step.on_success, *step.on_failure)):
                yield from _of_parameter(parameter)
            if step.request_body is not None:
                yield from _of_body(step.request_body)


def _parameters(own: Iterable[object], actions: Iterable[object]) -> Iterator[Parameter]:
    for item in (*own, *(each for action in actions for each in getattr(action, "parameters", ()))):
        if isinstance(item, Parameter):
            yield item


def _of_parameter(parameter: Parameter) -> Iterator[_Literal]:
    what = f"the {parameter.in_} parameter" if parameter.in_ else "the parameter"
    secret = is_secret_name(parameter.name)
    for name, pointer, text in _walk(parameter.value, parameter.name, secret=secret):
        yield _Literal(name, f"{what} '{parameter.name}'", pointer, text)


def _of_body(body: RequestBody) -> Iterator[_Literal]:
    payload = body.payload
    if payload is not None and isinstance(payload.value, str):
        yield from _of_text(payload.value, payload.pointer)
    elif payload is not None:
        for name, pointer, text in _walk(payload, "", secret=False):
            yield _Literal(name, f"the member '{name}' of the body", pointer, text)
    for replacement in body.replacements:
        yield from _of_replacement(replacement)


def _of_text(text: str, pointer: tuple[str, ...]) -> Iterator[_Literal]:
    """Members of a body that is written as a text: a form, or JSON."""
    pairs = _JSON_MEMBER.findall(text) if "{" in text.lstrip()[:1] else parse_qsl(text)
    for name, value in pairs:
        if is_secret_name(name) and not _EXPRESSION.search(value):
            yield _Literal(name, f"the member '{name}' of the body", pointer, value)


def _of_replacement(replacement: PayloadReplacement) -> Iterator[_Literal]:
    words = re.split(r"[/.\[\]'\"@]+", replacement.target.value.rstrip("/]'\"")) if replacement.target else [""]
    name = words[-1]
    for found, pointer, text in _walk(replacement.value, name, secret=is_secret_name(name)):
        yield _Literal(found, f"the replacement of '{found}'", pointer, text)


def _walk(raw: Raw, name: str, *, secret: bool) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """The literal texts of a value under secret names: name, pointer and text."""
    todo: list[tuple[Any, tuple[str, ...], str, bool]] = [(raw.value, raw.pointer, name, secret)]
    while todo:
        value, pointer, name, secret = todo.pop()
        if isinstance(value, dict):
            for key, item in value.items():
                todo.append((item, (*pointer, key), key, is_secret_member(key, within_secret=secret)))
        elif isinstance(value, list):
            todo.extend((item, (*pointer, str(index)), name, secret) for index, item in enumerate(value))
        elif secret and isinstance(value, str) and not _EXPRESSION.search(value):
            yield name, pointer, value


def _of_schemas(schemas: object, pointer: tuple[str, ...]) -> Iterator[_Literal]:
    for name, schema in schemas.items() if isinstance(schemas, Mapping) else ():
        yield from _of_schema(schema, (*pointer, name), name)


def _of_schema(schema: object, pointer: tuple[str, ...], name: str) -> Iterator[_Literal]:
    """Defaults and constants of properties whose names are secret."""
    if not isinstance(schema, dict):
        return
    for keyword in ("default", "const"):
        value = schema.get(keyword)
        if isinstance(value, str) and is_secret_name(name):
            yield _Literal(name, f"the {keyword} of the input '{name}'", (*pointer, keyword), value, sent=False)
    for keyword in ("properties", "$defs"):
        yield from _of_schemas(schema.get(keyword), (*pointer, keyword))
