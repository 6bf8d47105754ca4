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
)
from .operands import operand_expressions
from .parser import Parsed, parse_simple
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
    "Literal",
    "Node",
    "Not",
    "Or",
    "Parsed",
    "QueryCondition",
    "RegexCondition",
    "SimpleCondition",
    "TextOperand",
    "Verdict",
    "compile_pattern",
    "expressions_of",
    "operand_expressions",
    "parse_simple",
]
