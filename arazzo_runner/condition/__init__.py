"""Criteria (Arazzo 1.0.1 and 1.1.0, "Criterion Object"): simple conditions, regex, jsonpath, xpath, and a registry."""

from __future__ import annotations

from .comparison import COMPARE
from .nodes import (
    Access,
    And,
    Comparison,
    ComparisonOperator,
    ContextOperand,
    ExpressionOperand,
    Literal,
    Node,
    Not,
    Or,
    TextOperand,
    expressions_of,
    walk,
)
from .operands import comparison_of, operand_expressions
from .parser import Parsed, parse_simple
from .partial import UNKNOWN, Known, Unknown, Way, conjunction, is_absent, passes
from .pattern import RegexCondition, compile_pattern
from .query import BareComparison, QueryCondition
from .registry import DEFAULT_CONDITIONS, Compile, Conditions
from .simple import SimpleCondition
from .verdict import (
    AlwaysFails,
    Compiled,
    Condition,
    ConditionSyntaxError,
    ContextSyntaxError,
    Criterion,
    Verdict,
)

__all__ = [
    "COMPARE",
    "DEFAULT_CONDITIONS",
    "UNKNOWN",
    "Access",
    "AlwaysFails",
    "And",
    "BareComparison",
    "Comparison",
    "ComparisonOperator",
    "Compile",
    "Compiled",
    "Condition",
    "ConditionSyntaxError",
    "Conditions",
    "ContextOperand",
    "ContextSyntaxError",
    "Criterion",
    "ExpressionOperand",
    "Known",
    "Literal",
    "Node",
    "Not",
    "Or",
    "Parsed",
    "QueryCondition",
    "RegexCondition",
    "SimpleCondition",
    "TextOperand",
    "Unknown",
    "Verdict",
    "Way",
    "comparison_of",
    "compile_pattern",
    "conjunction",
    "expressions_of",
    "is_absent",
    "operand_expressions",
    "parse_simple",
    "passes",
    "walk",
]
