"""conclude: what an exchange came to. Criteria, outputs and the applicable actions are decided here, from the response.

Order (decision 57): criteria, then outputs, then actions, which may read the outputs of their own step.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..condition import Verdict
from ..diagnostics import Diagnostic
from ..errors import ExecutionError, Phase
from ..events import CriterionChecked, Event, Reason, Warned
from ..expression import Scope
from ..messages import Response
from ..openapi import Argument
from ..plan import (
    GotoWorkflow,
    LinkedAction,
    LinkedCriterion,
    LinkedOutput,
    LinkedStep,
    OperationCall,
    Plan,
    Retry,
    WorkflowCall,
)
from ..values import MISSING, Value
from .body import is_broken_json
from .effects import Call, Exchange
from .prepare import Unpreparable, call_of, current, inputs_of
from .retry_after import retry_after
from .scope import RunScope
from .state import Completed, Frame, MatchedAction, Outcome, State


def conclude(plan: Plan, state: State, effect: Call, exchange: Exchange) -> tuple[Outcome, list[Event]]:
    """The outcome of a call and what was found on the way."""
    frame, step = current(plan, state)
    conclusion = Conclusion(plan, frame, step, effect.id)
    if exchange.response is None:
        return conclusion.unanswered(state.completed, exchange), conclusion.events
    return conclusion.answered(state.completed, exchange, exchange.response), conclusion.events


def conclude_workflow(
    plan: Plan,
    frame: Frame,
    step: WorkflowCall,
    effect_id: str,
    completed: Mapping[str, Completed],
    *,
    child: Completed | None,
    status: int | None,
    now: float,
    failure: tuple[Reason | None, str] | None,
) -> tuple[Outcome, list[Event]]:
    """The outcome of a step that called a workflow: the child's failure is the step's (decision 15)."""
    conclusion = Conclusion(plan, frame, step, effect_id)
    scope = RunScope(
        frame, plan.workflows[frame.workflow], completed, outputs=child.outputs if child else None, status=status
    )
    return conclusion.of_workflow(scope, now=now, failure=failure), conclusion.events


class Conclusion:
    """One step's conclusion; the events are gathered as they happen."""

    def __init__(self, plan: Plan, frame: Frame, step: LinkedStep, effect_id: str) -> None:
        self.plan = plan
        self.frame = frame
        self.step = step
        self.id = effect_id
        self.events: list[Event] = []

    def answered(self, completed: Mapping[str, Completed], exchange: Exchange, response: Response) -> Outcome:
        scope = self._scope(completed, exchange, response)
        self._request_contract(completed, exchange)
        succeeded, verdicts = self._criteria(scope, response)
        outputs, missing = self._outputs(scope, succeeded)
        message = None if succeeded else self._why(verdicts, response)
        self._warn_broken_json(scope, response)
        return Outcome(
            effect=self.id,
            succeeded=succeeded,
            phase="answered",
            received_at=exchange.received_at,
            status=response.status,
            reason=None if succeeded else self._failed_by(verdicts),
            message=message,
            verdicts=verdicts,
            outputs=outputs,
            missing_outputs=missing,
            actions=self._actions(self._with_own(scope, outputs), succeeded),
            retry_after=None if succeeded else retry_after(response, exchange.received_at),
            duration_s=exchange.received_at - exchange.sent_at,
        )

    def unanswered(self, completed: Mapping[str, Completed], exchange: Exchange) -> Outcome:
        """No response: no criterion can hold, the failure actions decide (decision 14)."""
        scope = RunScope(self.frame, self.plan.workflows[self.frame.workflow], completed, request=exchange.request)
        phase: Phase = "not_sent"
        reason: Reason = "criteria"
        message = ""
        if exchange.failure is not None:
            phase, message = exchange.failure.phase, exchange.failure.message
            reason = "timeout" if self._own_timeout(exchange) else "transport"
        elif exchange.refused is not None:
            message = f"{exchange.refused.location}: {exchange.refused.reason}"
            reason = "contract" if exchange.refused.contract else "criteria"
        return Outcome(
            effect=self.id,
            succeeded=False,
            phase=phase,
            received_at=exchange.received_at,
            reason=reason,
            message=message,
            actions=self._actions(scope, succeeded=False),
            duration_s=exchange.received_at - exchange.sent_at,
        )

    def of_workflow(
        self,
        scope: RunScope,
        *,
        now: float,
        failure: tuple[Reason | None, str] | None,
    ) -> Outcome:
        verdicts: tuple[tuple[bool, str | None], ...] = ()
        succeeded = failure is None
        if succeeded:
            succeeded, verdicts = self._criteria(scope, None)
        outputs, missing = self._outputs(scope, succeeded) if scope.outputs is not None else (None, ())
        return Outcome(
            effect=self.id,
            succeeded=succeeded,
            phase="answered",
            received_at=now,
            reason=None if succeeded else (failure[0] if failure else "criteria"),
            message=None if succeeded else (failure[1] if failure else self._why(verdicts, None)),
            verdicts=verdicts,
            outputs=outputs,
            missing_outputs=missing,
            actions=self._actions(self._with_own(scope, outputs), succeeded),
        )

    # -- scopes -------------------------------------------------------------------------------------------------------

    def _scope(self, completed: Mapping[str, Completed], exchange: Exchange, response: Response) -> RunScope:
        arguments: tuple[Argument, ...] = ()
        payload: Value = MISSING
        workflow = self.plan.workflows[self.frame.workflow]
        if isinstance(self.step, OperationCall) and self.step.reads_request:
            try:
                arguments, body = call_of(self.step, RunScope(self.frame, workflow, completed))
                payload = body.payload if body else MISSING
            except Unpreparable:
                pass  # it was prepared a moment ago from the same state
        return RunScope(
            self.frame,
            workflow,
            completed,
            request=exchange.request,
            response=response,
            arguments=arguments,
            payload=payload,
        )

    def _with_own(self, scope: RunScope, outputs: Mapping[str, Any] | None) -> RunScope:
        """The scope of the step's actions: its own outputs are there (decision 57)."""
        if outputs is not None:
            scope.steps = {**self.frame.steps, self.step.step_id: outputs}
        return scope

    # -- criteria -----------------------------------------------------------------------------------------------------

    def _criteria(self, scope: Scope, response: Response | None) -> tuple[bool, tuple[tuple[bool, str | None], ...]]:
        """Every criterion has to hold; without any, a 2xx status does (decision 1)."""
        verdicts = [self._check(criterion, scope, None) for criterion in self.step.criteria]
        verdicts += self._contract(response)
        if not self.step.criteria and response is not None and not 200 <= response.status < 300:
            verdicts.append((False, f"the status is {response.status}, and without successCriteria 2xx is success"))
        return all(passed for passed, _ in verdicts), tuple(verdicts)

    def _check(self, criterion: LinkedCriterion, scope: Scope, action: str | None) -> tuple[bool, str | None]:
        verdict = self._verdict(criterion, scope, action)
        self.events.append(
            CriterionChecked(
                id=self.id,
                condition=criterion.text,
                type=criterion.type,
                passed=verdict.passed,
                operands=verdict.operands,
                reason=verdict.reason,
                location=criterion.location,
                action=action,
                context=criterion.context,
                overrun=verdict.overrun,
            )
        )
        if verdict.note:
            self.events.append(Warned(Diagnostic("ARZ514", "warning", verdict.note, criterion.location), id=self.id))
        return verdict.passed, verdict.reason

    def _verdict(self, criterion: LinkedCriterion, scope: Scope, action: str | None) -> Verdict:
        """What the record says where it has to decide, else what the condition comes to."""
        key = (self.id, criterion.text, action)
        recorded = self.plan.recorded.get(key) if self.plan.recorded else None
        if recorded is None:
            verdict = criterion.condition.check(scope)
            recorded = self.plan.remembered.get(key) if verdict.overrun else None
            if recorded is None:
                return verdict
        return Verdict(recorded[0], reason=recorded[1])

    def _contract(self, response: Response | None) -> list[tuple[bool, str | None]]:
        contract = self.plan.contract
        if contract is None or response is None or not isinstance(self.step, OperationCall):
            return []
        violations = contract.check_response(self.step, response)
        for line in contract.not_checked(self.step):
            self.events.append(Warned(Diagnostic("ARZ811", "info", line, self.step.location), id=self.id))
        for violation in violations:
            if contract.level == "warn":
                self.events.append(Warned(Diagnostic("ARZ810", "warning", violation, self.step.location), id=self.id))
            else:
                self.events.append(
                    CriterionChecked(
                        id=self.id,
                        condition="the response fits its description",
                        type="contract",
                        passed=False,
                        operands=(),
                        reason=violation,
                        location=self.step.location,
                    )
                )
        return [(False, f"contract: {violation}") for violation in violations] if contract.level == "error" else []

    def _request_contract(self, completed: Mapping[str, Completed], exchange: Exchange) -> None:
        """Under `warn` a request's violations are reported; under `error` it was not sent (`prepare`)."""
        contract = self.plan.contract
        if contract is None or contract.level != "warn" or exchange.request is None:
            return
        if not isinstance(self.step, OperationCall):
            return
        arguments, body = call_of(self.step, RunScope(self.frame, self.plan.workflows[self.frame.workflow], completed))
        for violation in contract.check_request(self.step, exchange.request, arguments, body):
            self.events.append(Warned(Diagnostic("ARZ810", "warning", violation, self.step.location), id=self.id))

    def _why(self, verdicts: tuple[tuple[bool, str | None], ...], response: Response | None) -> str:
        for criterion, (passed, reason) in zip(self.step.criteria, verdicts, strict=False):
            if not passed:
                return f"{criterion.location}: '{criterion.text}' does not hold" + (f": {reason}" if reason else "")
        return next((reason or "" for passed, reason in verdicts if not passed), "")

    def _failed_by(self, verdicts: tuple[tuple[bool, str | None], ...]) -> Reason:
        """`contract` where the step's own criteria hold: the verdicts after them are the contract's."""
        own = len(self.step.criteria)
        only_contract = own < len(verdicts) and all(passed for passed, _ in verdicts[:own])
        return "contract" if only_contract and self.plan.contract is not None else "criteria"

    def _own_timeout(self, exchange: Exchange) -> bool:
        """Whether a time-out was the step's (or the workflow's) own bound, not the engine's `--timeout`."""
        bound = exchange.request.timeout if exchange.request else None
        timed_out = exchange.failure is not None and exchange.failure.kind == "timeout"
        return timed_out and bound is not None and bound <= self.plan.bounds.timeout

    # -- outputs ------------------------------------------------------------------------------------------------------

    def _outputs(self, scope: Scope, succeeded: bool) -> tuple[dict[str, Any], tuple[str, ...]]:
        """The step's outputs; that those of a failed step are absent needs no warning."""
        outputs, missing, events = evaluate_outputs(self.step.outputs, scope, self.id)
        if succeeded:
            self.events += events
        return outputs, missing

    def _warn_broken_json(self, scope: RunScope, response: Response) -> None:
        if self.step.outputs and is_broken_json(response, scope.response_body):
            message = f"step '{self.step.step_id}': the response says it is JSON and is not; it is read as text"
            self.events.append(Warned(Diagnostic("ARZ802", "warning", message, self.step.location), id=self.id))

    # -- actions ------------------------------------------------------------------------------------------------------

    def _actions(self, scope: Scope, succeeded: bool) -> tuple[MatchedAction, ...]:
        """The actions whose criteria hold, in order, up to the first that is not a retry (decision 8)."""
        actions = self.step.success_actions if succeeded else self.step.failure_actions
        matched = []
        for index, action in enumerate(actions):
            passed = [self._check(criterion, scope, action.name)[0] for criterion in action.criteria]
            if all(passed):
                matched.append(self._match(index, action, scope))
                if not isinstance(action, Retry):
                    break
        return tuple(matched)

    def _match(self, index: int, action: LinkedAction, scope: Scope) -> MatchedAction:
        if not isinstance(action, (GotoWorkflow, Retry)) or not action.parameters:
            return MatchedAction(index=index)
        try:
            return MatchedAction(index=index, inputs=inputs_of(action.parameters, scope))
        except Unpreparable as error:
            return MatchedAction(index=index, error=str(error))


def evaluate_outputs(
    outputs: tuple[LinkedOutput, ...], scope: Scope, effect_id: str | None
) -> tuple[dict[str, Any], tuple[str, ...], list[Event]]:
    """The outputs that have a value, the names of those that have none, and why (decisions 17, 57, 58)."""
    values: dict[str, Any] = {}
    missing: list[str] = []
    events: list[Event] = []
    for output in outputs:
        try:
            value = output.evaluate(scope)
            why = f"{output.text} is absent"
        except ExecutionError as error:
            value, why = MISSING, error.message
        if value is MISSING:
            missing.append(output.name)
            message = f"the output '{output.name}' has no value: {why}"
            events.append(Warned(Diagnostic("ARZ801", "warning", message, output.location), id=effect_id))
        else:
            values[output.name] = value
    return values, tuple(missing), events
