"""Text to a runtime expression: the whole text derives from the grammar of its version, or it is refused.

Arazzo 1.0.1 and 1.1.0, "Runtime Expressions"; the tolerated forms are those of decision 0.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from ..errors import LanguageSyntaxError
from ..values import format_pointer, parse_pointer
from .grammar import (
    ACCESSOR,
    ADDED_IN_1_1,
    DOTTED_ROOTS,
    GRAMMARS,
    IDENTIFIER,
    IDENTIFIER_STRICT,
    PLAIN_ROOTS,
    TOKEN,
    Grammar,
    Version,
    split_accessors,
)
from .nodes import (
    BodyReference,
    ComponentsReference,
    Expression,
    HeaderReference,
    InputsReference,
    Message,
    Method,
    OutputsReference,
    PathReference,
    PayloadReference,
    Pointer,
    QueryReference,
    Request,
    Response,
    Rewritten,
    Self,
    Source,
    SourceReference,
    StatusCode,
    StepsReference,
    Url,
    WorkflowsReference,
)


class ExpressionSyntaxError(LanguageSyntaxError):
    """A text that is not a runtime expression of its version; `meant` is one that is, where it can be guessed."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a document is read: its version, and whether the forms of decision 0 are taken as their author meant."""

    version: Version
    tolerant: bool = False


def parse(text: str, version: Version | Reading) -> Expression:
    """Parse one whole runtime expression.

    With a tolerant `Reading` the forms of decision 0 are read too, as `Rewritten` nodes for `bind` to report.

    Raises:
        ExpressionSyntaxError: the text does not derive from `expression`.
    """
    reading = version if isinstance(version, Reading) else Reading(version)
    grammar = GRAMMARS[reading.version]
    try:
        return _derive(text, grammar)
    except _Underivable as reason:
        tolerated = _tolerate(text, grammar) if reading.tolerant else None
        if tolerated is not None:
            return tolerated
        message, offset = reason.args
        raise ExpressionSyntaxError(message, offset=offset, meant=_guess(text, grammar)) from None


_STARTS = re.compile(
    rf"\$(?:(?:{'|'.join(DOTTED_ROOTS)})(?:\.|\Z)|(?:{'|'.join(PLAIN_ROOTS)})(?![A-Za-z0-9_-]))",
)


def starts_like_expression(text: str) -> bool:
    """Whether the text begins with a root of the grammar: then it is an expression or an error, never literal text.

    Decision 19. `$.items` and `$5.00` are literal text.
    """
    return _STARTS.match(text) is not None


class _Underivable(Exception):
    """(message, offset): where a text leaves the grammar."""


_PLAIN: dict[str, Expression] = {"$url": Url(), "$method": Method(), "$statusCode": StatusCode(), "$self": Self()}


def _derive(text: str, grammar: Grammar) -> Expression:
    root, dot, _ = text.partition(".")
    word = root.removeprefix("$")
    if grammar.version == "1.0" and root.startswith("$") and word in ADDED_IN_1_1:
        raise _Underivable(f"'{root}' is part of Arazzo 1.1, and this document is 1.0", 0)
    plain = _PLAIN.get(text)
    if plain is not None:
        return plain
    tail = _TAILS.get(root)
    if tail is None:
        raise _no_root(text, root)
    if not dot:
        raise _Underivable(f"'{root}' alone is not a runtime expression", len(text))
    return tail(text, len(root) + 1, grammar)


def _no_root(text: str, root: str) -> _Underivable:
    if not text.startswith("$"):
        return _Underivable("a runtime expression starts with '$'", 0)
    for plain in _PLAIN:
        if text.startswith(plain):
            return _Underivable(f"nothing follows '{plain}' in a runtime expression", len(plain))
    return _Underivable(f"'{root}' is not one of the roots of runtime expressions", 0)


def _request(text: str, at: int, grammar: Grammar) -> Expression:
    return Request(_source(text, at, grammar))


def _response(text: str, at: int, grammar: Grammar) -> Expression:
    return Response(_source(text, at, grammar))


def _message(text: str, at: int, grammar: Grammar) -> Expression:
    return Message(_source(text, at, grammar))


def _source(text: str, at: int, grammar: Grammar) -> Source:
    """source = ( header-reference / query-reference / path-reference / body-reference / payload-reference )"""
    if text.startswith("header.", at):
        return HeaderReference(_whole(TOKEN, text, at + 7, "a header"))
    if text.startswith("query.", at):
        name, written = _char_name(text, at + 6, grammar, "a query parameter")
        return QueryReference(name, written)
    if text.startswith("path.", at):
        name, written = _char_name(text, at + 5, grammar, "a path parameter")
        return PathReference(name, written)
    if text.startswith("body", at):
        return BodyReference(_optional_pointer(text, at + 4, grammar))
    if text.startswith("payload", at) and grammar.version == "1.1":
        return PayloadReference(_optional_pointer(text, at + 7, grammar))
    last = ", body or payload" if grammar.version == "1.1" else " or body"
    raise _Underivable(f"after '{text[:at]}' comes header.<name>, query.<name>, path.<name>{last}", at)


def _whole(pattern: re.Pattern[str], text: str, at: int, what: str) -> str:
    found = pattern.match(text, at)
    if found is None:
        raise _Underivable(
            f"here the name of {what} is missing" if at >= len(text) else _unexpected(text, at, what), at
        )
    if found.end() < len(text):
        raise _Underivable(_unexpected(text, found.end(), what), found.end())
    return found.group()


def _unexpected(text: str, at: int, what: str) -> str:
    return f"'{text[at]}' cannot stand in the name of {what}"


def _char_name(text: str, at: int, grammar: Grammar, what: str) -> tuple[str, str]:
    """The name and, if it has escapes, the name as written."""
    written = _whole(grammar.name, text, at, what)
    if "\\" not in written:
        return written, ""
    return cast(str, json.loads(f'"{written}"')), written


def _optional_pointer(text: str, at: int, grammar: Grammar) -> Pointer:
    """[ "#" json-pointer ]"""
    if at == len(text):
        return None
    if text[at] != "#":
        raise _Underivable(f"after '{text[:at]}' comes '#' and a JSON Pointer, or nothing", at)
    return _pointer(text, at + 1, grammar)


def _pointer(text: str, at: int, grammar: Grammar) -> tuple[str, ...]:
    found = grammar.pointer.match(text, at)
    end = found.end() if found else at
    if end < len(text):
        raise _Underivable(_bad_pointer(text, at, end), end)
    return parse_pointer(text[at:])


def _bad_pointer(text: str, start: int, at: int) -> str:
    if at == start:
        return "a JSON Pointer starts with '/'"
    if text[at] == "~":
        return "'~' is written '~0' in a JSON Pointer, and '/' inside a name '~1'"
    return f"'{text[at]}' cannot stand in the JSON Pointer of an expression"


def _inputs(text: str, at: int, grammar: Grammar) -> Expression:
    """inputs-reference = input-name [ "#" json-pointer ]"""
    return InputsReference(*_name_and_pointer(text, at, grammar, "an input"))


def _outputs(text: str, at: int, grammar: Grammar) -> Expression:
    """outputs-reference = output-name [ "#" json-pointer ]"""
    return OutputsReference(*_name_and_pointer(text, at, grammar, "an output"))


def _name_and_pointer(text: str, at: int, grammar: Grammar, what: str) -> tuple[str, Pointer]:
    if grammar.version == "1.0":
        return _loose_name_and_pointer(text, at, grammar, what)
    found = IDENTIFIER.match(text, at)
    if found is None or (found.end() < len(text) and text[found.end()] != "#"):
        return _whole(IDENTIFIER, text, at, what), None
    return found.group(), _optional_pointer(text, found.end(), grammar)


def _loose_name_and_pointer(text: str, at: int, grammar: Grammar, what: str) -> tuple[str, Pointer]:
    """1.0: any characters; a '#' before '/' or the end begins a pointer if what follows is one."""
    cut = text.find("#/", at)
    if cut < 0 and text.endswith("#"):
        cut = len(text) - 1
    pointer = grammar.pointer.fullmatch(text, cut + 1) if cut > at else None
    if pointer is None:
        return _whole(grammar.name, text, at, what), None
    return _whole(grammar.name, text[:cut], at, what), parse_pointer(pointer.group())


def _steps(text: str, at: int, grammar: Grammar) -> Expression:
    """steps-reference = step-id ".outputs." output-name [ "#" json-pointer ]"""
    step_id, end = _identifier(text, at, grammar, ".outputs.", "a step")
    if not text.startswith(".outputs.", end):
        raise _Underivable("only the outputs of a step can be referred to: $steps.<stepId>.outputs.<name>", end)
    name, pointer = _name_and_pointer(text, end + len(".outputs."), grammar, "an output")
    return StepsReference(step_id, name, pointer)


def _workflows(text: str, at: int, grammar: Grammar) -> Expression:
    """workflows-reference = workflow-id "." workflow-field "." workflow-field-name [ "#" json-pointer ]"""
    workflow_id, end = _identifier(text, at, grammar, (".inputs.", ".outputs."), "a workflow")
    if text.startswith(".inputs.", end):
        name, pointer = _name_and_pointer(text, end + len(".inputs."), grammar, "an input")
        return WorkflowsReference(workflow_id, "inputs", name, pointer)
    if text.startswith(".outputs.", end):
        name, pointer = _name_and_pointer(text, end + len(".outputs."), grammar, "an output")
        return WorkflowsReference(workflow_id, "outputs", name, pointer)
    raise _Underivable(
        "only inputs and outputs of a workflow can be referred to: $workflows.<workflowId>.outputs.<name>", end
    )


def _identifier(text: str, at: int, grammar: Grammar, followed_by: str | tuple[str, ...], what: str) -> tuple[str, int]:
    """identifier-strict; in 1.0 everything up to the first of what must follow."""
    if grammar.version == "1.1":
        found = IDENTIFIER_STRICT.match(text, at)
        end = found.end() if found else at
    else:
        words = (followed_by,) if isinstance(followed_by, str) else followed_by
        cuts = [cut for word in words if (cut := text.find(word, at)) >= 0]
        end = min(cuts) if cuts else (text.find(".", at) if "." in text[at:] else len(text))
        if grammar.name.fullmatch(text, at, end) is None:
            end = at
    if end == at:
        raise _Underivable(
            f"here the name of {what} is missing" if at == len(text) else _unexpected(text, at, what), at
        )
    return text[at:end], end


def _source_descriptions(text: str, at: int, grammar: Grammar) -> Expression:
    """source-reference = source-name "." source-reference-id"""
    found = IDENTIFIER_STRICT.match(text, at)
    if found is None:
        raise _Underivable("here the name of a source description is missing", at)
    if not text.startswith(".", found.end()):
        raise _Underivable("after the name of a source description comes '.' and an id or a field", found.end())
    reference = _whole(grammar.name, text, found.end() + 1, "an operation, workflow or field")
    return SourceReference(found.group(), reference)


def _components(text: str, at: int, grammar: Grammar) -> Expression:
    """components-reference = component-type "." component-name"""
    component_type, dot, _ = text[at:].partition(".")
    if not dot or component_type not in grammar.component_types:
        raise _Underivable(
            "after '$components.' comes one of " + ", ".join(f"{t}.<name>" for t in grammar.component_types), at
        )
    pattern = IDENTIFIER if grammar.version == "1.1" else grammar.name
    return ComponentsReference(component_type, _whole(pattern, text, at + len(component_type) + 1, "a component"))


_TAILS: dict[str, Callable[[str, int, Grammar], Expression]] = {
    "$request": _request,
    "$response": _response,
    "$message": _message,
    "$inputs": _inputs,
    "$outputs": _outputs,
    "$steps": _steps,
    "$workflows": _workflows,
    "$sourceDescriptions": _source_descriptions,
    "$components": _components,
}


# The forms of decision 0. -------------------------------------------------------------------------------------------

_HEADERS = re.compile(r"(\$(?:request|response|message)\.)headers(\..+)", re.DOTALL)
_BODY = re.compile(r"(\$(?:request|response|message)\.(?:body|payload))(.+)", re.DOTALL)
_INDEXED_NAME = re.compile(r"(\$(?:inputs|outputs|steps|workflows)\.[A-Za-z0-9._\-]+)(\[.*)", re.DOTALL)


def _tolerate(text: str, grammar: Grammar) -> Expression | None:
    """What the author of a text outside the grammar meant, if it is one of the tolerated forms."""
    if found := _HEADERS.fullmatch(text):
        return _rewritten(text, f"{found[1]}header{found[2]}", "headers", found.end(1), grammar)
    if found := _BODY.fullmatch(text):
        form = "body-name" if found[2].startswith("#") else "dereference"
        return _rewritten(text, found[1] + (_as_pointer(found[2]) or ""), form, found.start(2), grammar)
    if (found := _INDEXED_NAME.fullmatch(text)) and _derives(found[1], grammar):
        # 1.1, --lenient: where the name ends is for `bind` to say, as in 1.0.
        return _try(text, GRAMMARS["1.0"]) if split_accessors(found[2].partition("#")[0]) else None
    return None


def _rewritten(text: str, rewrite: str, form: str, offset: int, grammar: Grammar) -> Expression | None:
    expression = _try(rewrite, grammar)
    if expression is None or rewrite == text:
        return None
    if isinstance(expression, Request | Response | Message) and expression.source in (
        BodyReference(),
        PayloadReference(),
    ):
        return None
    return Rewritten(expression, text, form, offset)


def _as_pointer(tail: str) -> str | None:
    """The `#/pointer` of `.a[0].b`, `#a.b`, `#a/b` or `.a#/b`; None if the text is none of them."""
    path, hash_, pointer = tail.partition("#")
    if not path and pointer and not pointer.startswith("/"):
        accessors = split_accessors("." + pointer)
        return "#/" + pointer if accessors is None else "#" + format_pointer(accessors)
    accessors = split_accessors(path)
    if not accessors or (hash_ and pointer and not pointer.startswith("/")):
        return None
    return "#" + format_pointer(accessors) + pointer


def _try(text: str, grammar: Grammar) -> Expression | None:
    try:
        return _derive(text, grammar)
    except _Underivable:
        return None


def derive(text: str, version: Version) -> Expression | None:
    """The expression of a text that derives from the grammar, else None: `parse` without the search for a reason."""
    return _try(text, GRAMMARS[version])


def _derives(text: str, grammar: Grammar) -> bool:
    return _try(text, grammar) is not None


# What was meant. ------------------------------------------------------------------------------------------------------

_ALIASES = {
    "input": "inputs",
    "output": "outputs",
    "step": "steps",
    "workflow": "workflows",
    "source": "sourceDescriptions",
    "sources": "sourceDescriptions",
    "component": "components",
    "req": "request",
    "res": "response",
    "resp": "response",
    "status": "statusCode",
    "status_code": "statusCode",
    "uri": "url",
}
_ROOT_WORDS = (*DOTTED_ROOTS, *PLAIN_ROOTS)
_ROOT_BY_LOWER = {word.lower(): word for word in _ROOT_WORDS}


def _near_root(text: str) -> str:
    """Correct the first word: case, singular, a slip of the pen."""
    found = re.match(r"\$?([A-Za-z_]+)(?=[.\[#]|\Z)", text)
    if found is None or found[1] in _ROOT_WORDS:
        return "$" + text if found and not text.startswith("$") else text
    word = found[1].lower()
    known = _ROOT_BY_LOWER.get(word) or _ALIASES.get(word)
    if known is None:
        close = difflib.get_close_matches(word, _ROOT_BY_LOWER, n=1, cutoff=0.8)
        known = _ROOT_BY_LOWER[close[0]] if close else None
    return f"${known}{text[found.end() :]}" if known else text


def _dots_to_pointer(text: str) -> str:
    found = re.fullmatch(r"(\$(?:request|response|message)\.(?:body|payload))([.\[#].+)", text, re.DOTALL)
    if found is None:
        found = _INDEXED_NAME.fullmatch(text)
    pointer = _as_pointer(found[2]) if found else None
    return found[1] + pointer if found and pointer else text


def _slash_to_pointer(text: str) -> str:
    return re.sub(
        r"^(\$(?:(?:request|response)\.body|message\.payload|steps\.[\w-]+\.outputs\.[\w-]+|inputs\.[\w-]+))/",
        r"\1#/",
        text,
    )


def _sub(pattern: str, replacement: str) -> Callable[[str], str]:
    compiled = re.compile(pattern, re.DOTALL)
    return lambda text: compiled.sub(replacement, text, count=1)


# Applied in order, each where it changes the text, until the result derives from the grammar.
_REPAIRS: tuple[Callable[[str], str], ...] = (
    str.strip,
    _sub(r"^\$?\{\{?\s*\$?(.*?)\s*\}\}?$", r"$\1"),  # ${inputs.x}, {{inputs.x}}, {$inputs.x}
    _sub(r"^\$body\b", "$response.body"),
    _sub(r"^\$headers?\.", "$response.header."),
    _near_root,
    _sub(r"^(\$(?:request|response|message)\.)(?i:headers?)\.", r"\1header."),
    _sub(r"^(\$(?:request|response)\.)(?i:quer(?:y|ies)|queryParams?)\.", r"\1query."),
    _sub(r"^(\$(?:request|response)\.)(?i:body|payload|content|data|json)\b", r"\1body"),
    _sub(r"^\$message\.(?i:body|payload)\b", "$message.payload"),
    _sub(r"^\$response\.(?i:status|statusCode|status_code|code)$", "$statusCode"),
    _sub(r"^\$request\.(url|method)$", r"$\1"),
    _dots_to_pointer,
    _slash_to_pointer,
    _sub(r"^\$steps\.([\w-]+)\.(?i:outputs?)\.", r"$steps.\1.outputs."),
    _sub(
        r"^\$steps\.([\w-]+)\.(?!outputs?\b|response\b|request\b|inputs?\b|statusCode\b|.*\.outputs\.)(?=\w)",
        r"$steps.\1.outputs.",
    ),
    _sub(r"^\$workflows\.([\w-]+)\.(?i:(in|out)puts?)\.", r"$workflows.\1.\2puts."),
    _sub(r"^\$workflows\.([\w-]+)\.(?!(?:in|out)puts\b|steps?\b)(?=\w)", r"$workflows.\1.outputs."),
    _sub(r"^\$components\.(?i:parameters?)\.", "$components.parameters."),
    _sub(r"^\$components\.(?i:successActions?)\.", "$components.successActions."),
    _sub(r"^\$components\.(?i:failureActions?)\.", "$components.failureActions."),
    _sub(r"^\$sourceDescriptions\.([\w-]+)\.?$", r"$sourceDescriptions.\1.url"),
)
_LONGEST_GUESS = 500


def _guess(text: str, grammar: Grammar) -> str | None:
    """The expression that was meant, or None where there is no good guess."""
    if len(text) > _LONGEST_GUESS:
        return None
    repaired = text
    for repair in _REPAIRS:
        repaired = repair(repaired)
        if repaired != text and _derives(repaired, grammar) and _plausible(repaired):
            return repaired
    return None


def _plausible(text: str) -> bool:
    """No whitespace: a 1.0 name may hold some, a guess should not."""
    return not re.search(r"\s", text) and ACCESSOR.search(text.partition("#")[0].rpartition(".")[2]) is None
