"""`arazzo-run show FILE`: what a description holds, without running it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

from ..plan import LinkedWorkflow, OperationCall, Plan
from ..values import dumps
from .arguments import Parser, add_document_options
from .run import load_file


def main(arguments: Sequence[str]) -> int:
    """Print workflows, inputs, steps, outputs and the credentials they need."""
    parser = Parser(
        prog="arazzo-run show",
        description="List workflows, inputs, steps with method and path, outputs, and the credentials that are needed.",
        allow_abbrev=False,
    )
    add_document_options(parser)
    given = parser.parse_args(list(arguments))
    loaded = load_file(given)
    ids = (
        [loaded.select(given.workflow)]
        if given.workflow
        else [w.workflow_id for w in loaded.workflows if w.workflow_id]
    )
    worst = 0
    for index, workflow_id in enumerate(ids):
        plan = loaded.link(workflow_id)
        if index:
            print()
        print("\n".join(_lines(plan)))
        for diagnostic in plan.diagnostics:
            print(diagnostic, file=sys.stderr)
            worst = max(worst, 3 if diagnostic.severity == "error" else 0)
    return worst


def _lines(plan: Plan) -> Iterator[str]:
    workflow = plan.workflow
    yield workflow.workflow_id + (f": {workflow.summary}" if workflow.summary else "")
    yield from _section("inputs", _inputs(workflow))
    yield from _section("steps", _steps(plan, workflow, 0))
    yield from _section("outputs", (f"{o.name}: {o.text}" for o in workflow.outputs))
    yield from _section("credentials", _credentials(plan))


def _section(title: str, lines: Iterator[str] | Sequence[str]) -> Iterator[str]:
    found = list(lines)
    yield f"  {title}:" + ("" if found else " none")
    yield from (f"    {line}" for line in found)


def _inputs(workflow: LinkedWorkflow) -> Iterator[str]:
    schema = workflow.inputs
    for name, declared in schema.properties.items():
        resolved = schema.resolve(declared)
        facts = [_type(resolved)]
        if "default" in resolved:
            facts.append(f"default {dumps(resolved['default'])}")
        elif name in schema.required:
            facts.append("required")
        description = resolved.get("description")
        yield f"{name} ({', '.join(facts)})" + (f": {description}" if description else "")


def _type(schema: dict[str, Any]) -> str:
    written = schema.get("type", "any")
    name = " or ".join(written) if isinstance(written, list) else str(written)
    if "enum" in schema:
        return f"{name}: {' | '.join(dumps(value) for value in schema['enum'])}"
    return f"{name} {schema['format']}" if "format" in schema else name


def _steps(plan: Plan, workflow: LinkedWorkflow, depth: int) -> Iterator[str]:
    indent = "  " * depth
    for step in workflow.steps:
        if isinstance(step, OperationCall):
            yield f"{indent}{step.step_id}: {step.operation.method} {step.server}{step.operation.path}"
        else:
            yield f"{indent}{step.step_id}: workflow {step.target}"
            if depth < 4 and step.workflow in plan.workflows and step.workflow != workflow.key:
                yield from _steps(plan, plan.workflows[step.workflow], depth + 1)


def _credentials(plan: Plan) -> Iterator[str]:
    from ..credentials import advice

    by_way: dict[str, list[str]] = {}
    for workflow in plan.workflows.values():
        for step in workflow.steps:
            way = advice(step.operation.security) if isinstance(step, OperationCall) else None
            if way:
                by_way.setdefault(way, []).append(step.step_id)
    for way, steps in by_way.items():
        yield f"{way} (for {', '.join(dict.fromkeys(steps))})"
