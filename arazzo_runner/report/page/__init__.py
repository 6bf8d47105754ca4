"""One self-contained page about runs and tests, and the diagram of a description on its own.

An outline (`events.WorkflowOutline`) becomes a `graph`, which knows what was taken; `layout` says where it stands;
`svg` and `mermaid` draw it. `html` is the page of a run, `verdicts` that of tests, `plan_page` that of a description;
`frame` is around all three. Every text is masked before it is shortened or escaped.
"""
