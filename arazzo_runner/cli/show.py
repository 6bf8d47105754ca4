"""`arazzo-run show FILE`: what a description holds, without running it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..plan import LinkedWorkflow, OperationCall, Plan
from ..report.redaction import Redactor
from ..secrets import is_secret_name
from ..values import dumps
from .arguments import Parser, add_document_options, add_value_options
from .run import load_file


def main(arguments: Sequence[str]) -> int:
    """Print workflows, inputs, steps, outputs and the credentials they need."""
    parser = Parser(
        prog="arazzo-run show",
        description="List workflows, inputs, steps with method and path, outputs, and the credentials that are needed.",
        allow_abbrev=False,
    )
    add_document_options(parser)
    parser.add_argument(
        "--diagram",
        choices=("mermaid", "svg", "html"),
        help="draw the workflows to stdout instead: Mermaid text, a drawing, or a page",
    )
    group = parser.add_argument_group("credentials")
    group.add_argument("--credentials", action="store_true", help="what each workflow needs, and whether it is there")
    group.add_argument("--auth", action="append", default=[], metavar="SCHEME[.FIELD]=VALUE", help="as for a run")
    group.add_argument("--cert", metavar="FILE[,KEY]", help="as for a run")
    add_value_options(group)
    given = parser.parse_args(list(arguments))
    loaded = load_file(given)
    ids = (
        [loaded.select(given.workflow)]
        if given.workflow
        else [w.workflow_id for w in loaded.workflows if w.workflow_id]
    )
    plans = [loaded.link(workflow_id) for workflow_id in ids]
    if given.credentials:
        from . import needs

        return _tell(plans) or needs.show(plans, loaded.options)
    if given.diagram:
        _write(_diagram(given.diagram, plans, loaded.description.document.name))
    else:
        text = "\n\n".join("\n".join(_lines(plan)) for plan in plans)
        print(_redactor(loaded.options.server_variables).text(text))
    return _tell(plans)


def _write(drawing: str) -> None:
    """In UTF-8, which is what a page and a drawing say of themselves, whatever the terminal has."""
    sys.stdout.flush()
    sys.stdout.buffer.write(drawing.encode("utf-8"))
    sys.stdout.buffer.flush()


def _redactor(variables: Mapping[str, Mapping[str, str]]) -> Redactor:
    """Servers are shown with the values of their variables, which may be secrets by their names."""
    redactor = Redactor()
    for source, values in variables.items():
        for name, value in values.items():
            if is_secret_name(name):
                redactor.mark(f"{source}.{name}", value)
    return redactor


def _tell(plans: Sequence[Plan]) -> int:
    """Say what is wrong, each finding once; the exit code."""
    found = dict.fromkeys(str(diagnostic) for plan in plans for diagnostic in plan.diagnostics)
    for line in found:
        print(line, file=sys.stderr)
    return 3 if any(each.severity == "error" for plan in plans for each in plan.diagnostics) else 0


def _diagram(kind: str, plans: Sequence[Plan], document: str) -> str:
    """Every workflow once, those that were asked for first."""
    from ..drivers.outline import outline
    from ..report.page.graph import graph_of
    from ..report.page.markup import Builder

    outlines = [outline(plan) for plan in plans]
    every = {each.key: each for found in outlines for each in (found[0], *found[1:])}
    first = dict.fromkeys(found[0].key for found in outlines)
    workflows = [every[key] for key in dict.fromkeys([*first, *every])]
    build = Builder(Redactor())
    if kind == "mermaid":
        from ..report.page.mermaid import mermaid_of

        return mermaid_of(graph_of(workflows))
    if kind == "svg":
        from ..report.page.svg import svg_of

        return svg_of(graph_of(workflows), build, title=document, prefix="g", alone=True) + "\n"
    from ..report.page.plan_page import plan_page

    return plan_page(workflows, build, document=document)


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
