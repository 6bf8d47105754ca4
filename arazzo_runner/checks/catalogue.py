"""Every code a diagnostic can have: its name, its usual severity, and what says so.

1xx the document, 2xx references, 3xx expressions, 4xx conditions, 5xx forms that decision 0 tolerates, 6xx data flow
against OpenAPI, 7xx security, 8xx and 9xx what only a run or a replay finds. Each has a page in docs/rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ..diagnostics import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`severity` is the one it usually has; `source` cites the specification, an RFC or a decision."""

    code: str
    name: str
    title: str
    severity: Severity
    source: str
    fixable: bool = False


def _rule(code: str, name: str, severity: Severity, title: str, source: str, *, fixable: bool = False) -> Rule:
    return Rule(code=code, name=name, title=title, severity=severity, source=source, fixable=fixable)


_ALL: Final = (
    # The document
    _rule("ARZ100", "unreadable", "error", "a file that is not readable as YAML or JSON", "Format; decision 56"),
    _rule("ARZ101", "not-arazzo", "error", "a document that is no Arazzo description", "Arazzo Specification Object"),
    _rule("ARZ102", "version", "error", "a version that cannot be read", "Versions; decision 52"),
    _rule("ARZ110", "missing-field", "error", "a required field is missing", "Schema, Fixed Fields"),
    _rule("ARZ111", "wrong-type", "error", "a field has a value of another type", "Schema, Fixed Fields"),
    _rule("ARZ112", "unknown-field", "warning", "a field that the Object does not have", "Specification Extensions"),
    _rule("ARZ113", "misspelt-field", "error", "a field that is nearly one the Object has", "decision 0"),
    _rule("ARZ114", "later-version", "error", "a field of 1.1 in a document that says 1.0", "decision 52"),
    _rule("ARZ115", "empty-list", "error", "a list without entries", "Schema, Fixed Fields"),
    _rule("ARZ116", "value-not-allowed", "error", "a value outside the allowed ones", "Schema, Fixed Fields"),
    _rule("ARZ117", "mutually-exclusive", "error", "fields that exclude each other", "Step Object"),
    _rule("ARZ118", "duplicate", "error", "two entries of one name", "Schema; decision 42"),
    _rule("ARZ119", "name-pattern", "warning", "a name that no expression can refer to", "decision 53"),
    _rule("ARZ120", "unquoted", "error", "an expression in braces that YAML reads as a mapping", "decision 56",
          fixable=True),
    _rule("ARZ121", "out-of-range", "error", "a number out of range", "Step Object; Failure Action Object"),
    _rule("ARZ122", "no-effect", "warning", "a field that has no effect here", "Failure Action Object"),
    _rule("ARZ123", "reserved-prefix", "warning", "an extension with a reserved prefix", "Specification Extensions"),
    _rule("ARZ140", "suppression-without-reason", "warning", "a comment that silences without saying why",
          "docs/rules"),
    _rule("ARZ141", "unused-suppression", "warning", "a comment that silences nothing", "docs/rules"),
    _rule("ARZ142", "unknown-suppression", "warning", "a comment that silences an unknown code", "docs/rules"),
    # References
    _rule("ARZ201", "source-missing", "error", "a source that cannot be loaded", "Source Description Object"),
    _rule("ARZ202", "source-type", "error", "a source of another type than declared", "decision 50"),
    _rule("ARZ203", "unknown-operation", "error", "an operation that no source has", "Step Object; decision 48"),
    _rule("ARZ204", "ambiguous-operation", "error", "an operation that is there twice", "Step Object; decision 48"),
    _rule("ARZ205", "unqualified-operation", "error", "a bare operationId with several sources", "decision 48"),
    _rule("ARZ206", "operation-path", "error", "an operationPath in another form", "Step Object; decision 49"),
    _rule("ARZ207", "unknown-workflow", "error", "a workflow that is not there", "Step Object"),
    _rule("ARZ208", "reusable-object", "error", "a reference to no component of that kind",
          "Reusable Object; decision 46"),
    _rule("ARZ209", "depends-on", "error", "a dependency that is unknown or a circle", "decisions 11, 12"),
    _rule("ARZ210", "goto-target", "error", "a goto to a step that is not there", "Success Action Object"),
    _rule("ARZ211", "asyncapi", "error", "an AsyncAPI step, which is not carried out", "decision 64"),
    _rule("ARZ212", "undeclared-parameter", "warning", "a parameter the operation does not declare", "decision 43"),
    _rule("ARZ213", "parameter-without-in", "error", "a parameter of an operation without `in`", "decision 41"),
    _rule("ARZ214", "query-and-querystring", "error", "query and querystring together", "decision 43"),
    _rule("ARZ215", "undefined-body", "warning", "a body where none is defined", "decision 44"),
    _rule("ARZ216", "ignored-on-workflow", "warning", "a field without effect on a step that calls a workflow",
          "decisions 41, 44"),
    _rule("ARZ217", "server", "error", "a description without a usable server", "decision 47"),
    _rule("ARZ218", "duplicate-parameter", "error", "a parameter that is given twice", "decision 42"),
    _rule("ARZ219", "inputs-schema", "error", "inputs that are no JSON Schema", "Workflow Object; decision 55"),
    _rule("ARZ220", "source-unavailable", "error", "a remote source that cannot be fetched",
          "Source Description Object"),
    _rule("ARZ221", "identity", "warning", "a document referred to by another URI than its $self", "decision 51"),
    _rule("ARZ222", "unbuildable-request", "error", "a request that cannot be built", "decision 47"),
    _rule("ARZ223", "prefer-operation-id", "info", "an operationPath where there is an operationId", "Step Object"),
    _rule("ARZ224", "not-checked", "info", "a remote source that was not checked", "docs/rules"),
    # Expressions
    _rule("ARZ301", "expression-syntax", "error", "a text outside the grammar of expressions", "Runtime Expressions"),
    _rule("ARZ302", "undeclared-name", "error", "a name that nothing declares", "decision 17"),
    _rule("ARZ303", "forward-reference", "error", "an output that is read before it can exist", "decision 12"),
    _rule("ARZ304", "literal-output", "warning", "an output that is no expression", "decision 57"),
    _rule("ARZ305", "near-selector", "warning", "an object that is nearly a Selector Object", "decision 40"),
    _rule("ARZ306", "no-value-here", "error", "an expression that has no value where it stands", "decision 123"),
    _rule("ARZ310", "step-may-not-have-run", "warning", "an output of a step that some way goes round",
          "decision 17"),
    _rule("ARZ311", "text-like-an-expression", "warning", "text that looks like an expression and is taken as text",
          "decisions 19, 20"),
    _rule("ARZ312", "expression-without-meaning", "warning", "an expression that can never have a value",
          "decision 23"),
    _rule("ARZ313", "call-in-workflow-outputs", "warning", "a request or response read in the outputs of a workflow",
          "decision 123"),
    _rule("ARZ314", "workflow-may-not-have-run", "warning", "a workflow is read that nothing runs before",
          "decision 27"),
    _rule("ARZ315", "parameter-not-sent", "warning", "a request parameter is read that the step does not send",
          "decision 24"),
    # Conditions
    _rule("ARZ401", "condition-syntax", "error", "a condition outside the grammar of its type", "Criterion Object"),
    _rule("ARZ402", "selector-syntax", "error", "a selector outside its language", "Selector Object; decision 122"),
    _rule("ARZ403", "unsupported-language", "error", "a language or version that is not supported", "decision 38"),
    # Forms that decision 0 tolerates
    _rule("ARZ500", "tolerated", "warning", "a form outside the specification, read as it was meant", "decision 0"),
    _rule("ARZ501", "bare-comparison", "warning", "a comparison in place of a JSONPath query", "decision 0",
          fixable=True),
    _rule("ARZ502", "unbraced", "warning", "an expression without braces inside a text", "decision 0", fixable=True),
    _rule("ARZ503", "dereference", "warning", "dots and brackets in place of a JSON Pointer", "decisions 0, 22",
          fixable=True),
    _rule("ARZ504", "body-name", "warning", "a JSON Pointer that does not start with '/'", "decision 0", fixable=True),
    _rule("ARZ505", "headers", "warning", "'headers' in place of 'header'", "decision 0", fixable=True),
    _rule("ARZ506", "operation-path-form", "warning", "an operationPath in a form of its own", "decisions 0, 49",
          fixable=True),
    _rule("ARZ507", "operation-id-form", "warning", "an operationId that is not qualified", "decisions 0, 48",
          fixable=True),
    _rule("ARZ508", "double-quotes", "warning", "a text in double quotes in a simple condition", "decision 0",
          fixable=True),
    _rule("ARZ509", "criterion-text", "warning", "a criterion that is only a text", "decision 0", fixable=True),
    _rule("ARZ510", "retry-on-success", "warning", "a retry among the success actions", "decision 0"),
    _rule("ARZ511", "braced-condition", "warning", "braces round a condition", "decisions 0, 34", fixable=True),
    _rule("ARZ512", "unused-context", "warning", "a context that is not used", "decisions 0, 34", fixable=True),
    _rule("ARZ513", "status-of-workflow", "warning", "$statusCode of a step that calls a workflow", "decisions 0, 15"),
    _rule("ARZ514", "leading-filter", "warning", "a leading filter that was tried on the object itself",
          "decisions 0, 36"),
    # Found by a run
    _rule("ARZ801", "missing-output", "warning", "an output without a value at the end", "decision 58"),
    _rule("ARZ802", "body-text", "warning", "a JSON body that is not JSON", "decision 25"),
    _rule("ARZ803", "retry-after", "warning", "a Retry-After beyond the bound", "decision 121"),
    _rule("ARZ810", "contract", "warning", "a message that its description forbids", "docs/limits.md"),
    _rule("ARZ811", "contract-not-checked", "info", "a message that could not be checked", "docs/limits.md"),
    _rule("ARZ950", "case", "error", "a case that cannot be read", "docs/case.schema.json"),
)  # fmt: skip

RULES: Mapping[str, Rule] = {rule.code: rule for rule in _ALL}
