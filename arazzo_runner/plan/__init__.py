"""Link a description into an immutable plan; after it nothing is left to look up."""

from .inputs import InputsSchema
from .link import LinkOptions, link, link_workflows
from .objects import (
    Bounds,
    Contract,
    End,
    GotoStep,
    GotoWorkflow,
    LinkedAction,
    LinkedBody,
    LinkedCriterion,
    LinkedOutput,
    LinkedParameter,
    LinkedStep,
    LinkedWorkflow,
    OperationCall,
    Plan,
    Retry,
    WorkflowCall,
)

__all__ = [
    "Bounds",
    "Contract",
    "End",
    "GotoStep",
    "GotoWorkflow",
    "InputsSchema",
    "LinkOptions",
    "LinkedAction",
    "LinkedBody",
    "LinkedCriterion",
    "LinkedOutput",
    "LinkedParameter",
    "LinkedStep",
    "LinkedWorkflow",
    "OperationCall",
    "Plan",
    "Retry",
    "WorkflowCall",
    "link",
    "link_workflows",
]
