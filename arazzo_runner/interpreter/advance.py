"""advance: where the run goes next. The whole control flow of Arazzo: next step, retry, goto, sub-workflow, end.

Workflow Object, Step Object, Success and Failure Action Objects; decisions 2-15, 58.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal, NamedTuple

from ..diagnostics import Diagnostic
from ..errors import Phase
from ..events import (
    ActionTaken,
    Event,
    Reason,
    RunFinished,
    StepFinished,
    StepStarted,
    Waiting,
    Warned,
    WorkflowFinished,
    WorkflowStarted,
)
from ..plan import (
    End,
    GotoStep,
    GotoWorkflow,
    LinkedAction,
    LinkedStep,
    LinkedWorkflow,
    OperationCall,
    Plan,
    Retry,
    WorkflowCall,
)
from .conclude import Conclusion, conclude_workflow, evaluate_outputs
from .effects import Call, Effect, Exchange, Refused, Wait
from .prepare import Unpreparable, inputs_of
from .scope import RunScope
from .state import Completed, Ended, Frame, MatchedAction, Outcome, Purpose, State, Waited, changed

_EVENT_PURPOSE: Mapping[str, Literal["run", "step", "dependency", "retry"]] = {
    "run": "run",
    "step": "step",
    "dependency": "dependency",
    "retry": "retry",
    "retry-step": "retry",
}


def begin(plan: Plan, inputs: Mapping[str, Any], *, now: float) -> tuple[State, tuple[Effect, ...], list[Event]]:
    """Start a run of the plan's workflow; the inputs have their defaults and are valid (`plan.workflow.inputs`)."""
    turn = _Turn(plan, State(frames=(), inputs=plan.workflow.inputs.with_defaults(inputs), now=now))
    deadline = None if plan.bounds.max_time is None else now + plan.bounds.max_time
    turn.push(plan.entry, turn.inputs, "run", "", deadline)
    turn.proceed()
    return turn.result()


def advance(plan: Plan, state: State, outcome: Outcome | Waited) -> tuple[State, tuple[Effect, ...], list[Event]]:
    """The next state, what to do for it, and what happened."""
    turn = _Turn(plan, state, now=outcome.received_at)
    if turn.overdue():
        turn.time_out(outcome if isinstance(outcome, Outcome) else None)
    elif isinstance(outcome, Waited):
        turn.attempt()
    else:
        turn.finish_step(outcome)
    turn.proceed()
    return turn.result()


def interrupt(plan: Plan, state: State, *, now: float, message: str) -> tuple[State, list[Event]]:
    """End a run from outside; its outputs are what resolves by now (decision 58)."""
    turn = _Turn(plan, state, now=now)
    turn.stop("interrupted", message)
    ended, _, events = turn.result()
    return ended, events


class _Left(NamedTuple):
    """A workflow that ended: its caller goes on from there. Kept aside, so that no recursion limits the nesting."""

    child: Frame
    done: Completed
    reason: Reason | None
    message: str | None


class _Turn:
    """One turn of the interpreter: frames are replaced, never changed; what happens is gathered as events."""

    def __init__(self, plan: Plan, state: State, *, now: float | None = None) -> None:
        self.plan = plan
        self.frames = list(state.frames)
        self.inputs = state.inputs
        self.completed = dict(state.completed)
        self.executed = state.executed
        self.delayed = state.delayed
        self.now = state.now if now is None else now
        self.end = state.end
        self.effects: tuple[Effect, ...] = ()
        self.events: list[Event] = []
        self.phase: Phase | None = None
        self._idle = False
        self._again = False
        self._left: _Left | None = None

    def result(self) -> tuple[State, tuple[Effect, ...], list[Event]]:
        state = State(
            frames=tuple(self.frames),
            inputs=self.inputs,
            outstanding=self.effects,
            completed=self.completed,
            executed=self.executed,
            delayed=self.delayed,
            now=self.now,
            end=self.end,
        )
        return state, self.effects, self.events

    # -- frames -------------------------------------------------------------------------------------------------------

    @property
    def frame(self) -> Frame:
        return self.frames[-1]

    @property
    def workflow(self) -> LinkedWorkflow:
        return self.plan.workflows[self.frame.workflow]

    @property
    def step(self) -> LinkedStep:
        return self.workflow.steps[self.frame.position]

    def _set(self, **changes: Any) -> None:
        self.frames[-1] = changed(self.frames[-1], changes)

    def push(
        self,
        key: str,
        inputs: Mapping[str, Any],
        purpose: Purpose,
        path: str,
        deadline: float | None = None,
        *,
        origin: Frame | None = None,
    ) -> None:
        """Enter a workflow: its dependencies first, then its steps. Its inputs are checked (decision 55).

        `origin` is the frame whose goto leads here: its place is taken.
        """
        if len(self.frames) >= self.plan.bounds.max_nesting:
            self.stop("limit-exceeded", f"workflows are nested deeper than {self.plan.bounds.max_nesting}")
            return
        workflow = self.plan.workflows[key]
        given = workflow.inputs.with_defaults(inputs)
        frame = Frame(
            workflow=key,
            path=path,
            purpose=purpose,
            inputs=given,
            pending=workflow.depends_on,
            started_at=origin.started_at if origin else self.now,
            deadline=deadline,
            hops=origin.hops + 1 if origin else 0,
            called=(origin.called or origin.workflow) if origin else "",
        )
        self.frames.append(frame)
        if path:
            self.events.append(
                WorkflowStarted(
                    path=path,
                    workflow_id=workflow.workflow_id,
                    inputs=given,
                    purpose="goto" if origin else _EVENT_PURPOSE[purpose],
                    location=workflow.location,
                )
            )
        problems = workflow.inputs.problems(given) if path else ()
        if problems:
            message = f"the inputs of workflow '{workflow.workflow_id}' are not valid: {'; '.join(problems)}"
            self._leave(False, "criteria", message=message)

    def _leave(
        self,
        succeeded: bool,
        reason: Reason | None = None,
        *,
        ended_by: str | None = None,
        message: str | None = None,
    ) -> None:
        """The workflow on top ends; whoever called it goes on."""
        frame, workflow = self.frame, self.workflow
        if frame.purpose == "retry-step":
            self.frames.pop()
            self._set(steps=frame.steps, done={**self.frame.done, **frame.done}, last_status=frame.last_status)
            self._wait_and_retry()
            return
        outputs, missing = self._workflow_outputs(frame, workflow, succeeded)
        done = Completed(
            inputs=frame.inputs,
            outputs=outputs,
            succeeded=succeeded,
            steps=tuple(step_id for step_id, ok in frame.done.items() if ok),
        )
        self._complete(frame, done)
        if frame.path:
            self.events.append(
                WorkflowFinished(
                    path=frame.path,
                    workflow_id=workflow.workflow_id,
                    status="succeeded" if succeeded else "failed",
                    reason=reason,
                    outputs=outputs,
                    missing_outputs=missing,
                )
            )
        self.frames.pop()
        if not self.frames:
            self._end(succeeded, reason, ended_by, outputs, missing, message)
            return
        self._left = _Left(frame, done, reason, message)

    def _complete(self, frame: Frame, done: Completed) -> None:
        """The latest execution of a workflow; where a goto ended elsewhere, its result is the target's (decision 6)."""
        self.completed[frame.workflow] = done
        if frame.called and frame.called != frame.workflow:
            left = self.completed[frame.called]
            self.completed[frame.called] = replace(left, outputs=done.outputs, succeeded=done.succeeded)

    def _return_to_caller(self, child: Frame, done: Completed, reason: Reason | None, message: str | None) -> None:
        match child.purpose:
            case "dependency":
                self._dependency_done(child, done, reason, message)
            case "step":
                self._workflow_step_done(child, done, reason, message)
            case _:
                self._wait_and_retry()

    def _workflow_outputs(
        self, frame: Frame, workflow: LinkedWorkflow, succeeded: bool
    ) -> tuple[dict[str, Any], tuple[str, ...]]:
        """What resolves; of a run that broke off it goes without saying that some do not (decision 58)."""
        if not workflow.outputs:
            return {}, ()
        scope = RunScope(frame, workflow, self.completed)
        outputs, missing, events = evaluate_outputs(workflow.outputs, scope, None)
        if succeeded:
            self.events += events
        return outputs, missing

    def _end(
        self,
        succeeded: bool,
        reason: Reason | None,
        ended_by: str | None,
        outputs: Mapping[str, Any],
        missing: tuple[str, ...],
        message: str | None,
    ) -> None:
        status: Literal["succeeded", "failed"] = "succeeded" if succeeded else "failed"
        self.end = Ended(
            status=status,
            reason=reason,
            ended_by=ended_by,
            outputs=outputs,
            missing_outputs=missing,
            message=message,
            phase=self.phase,
        )
        self.events.append(
            RunFinished(
                workflow_id=self.plan.workflow.workflow_id,
                status=status,
                reason=reason,
                ended_by=ended_by,
                outputs=outputs,
                missing_outputs=missing,
                message=message,
                phase=self.phase,
                at=self.now,
            )
        )

    def stop(self, reason: Reason, message: str) -> None:
        """End the whole run: no action is taken any more; the outputs are the selected workflow's."""
        self.effects = ()
        self._idle = True
        for frame in reversed(self.frames[1:]):
            workflow = self.plan.workflows[frame.workflow]
            if frame.purpose != "retry-step":
                self.events.append(
                    WorkflowFinished(
                        path=frame.path, workflow_id=workflow.workflow_id, status="failed", reason=reason, outputs={}
                    )
                )
        if self.frames:
            del self.frames[1:]
            self._leave(False, reason, message=message)

    # -- going on -----------------------------------------------------------------------------------------------------

    def proceed(self) -> None:
        """Go on until there is something to do outside, or the run has ended."""
        while not self.effects and self.end is None and not self._idle:
            if self._left is not None:
                left, self._left = self._left, None
                self._return_to_caller(left.child, left.done, left.reason, left.message)
            elif self._again:
                self._again = False
                self.attempt()
            elif self.frame.pending:
                self._start_dependency(self.frame.pending[0])
            elif self.frame.position >= len(self.workflow.steps):
                self._leave(True)
            else:
                self._visit()

    def _start_dependency(self, key: str) -> None:
        """A workflow of dependsOn: run once in a run, with the inputs of the run that it declares (decision 11)."""
        done = self.completed.get(key)
        frame, workflow = self.frame, self.plan.workflows[key]
        if done is not None:
            self._dependency_checked(workflow.workflow_id, done.succeeded, None, None)
            return
        declared = workflow.inputs.properties
        inputs = {name: value for name, value in self.inputs.items() if name in declared}
        path = f"{frame.path}/dependsOn:{workflow.workflow_id}".lstrip("/")
        self.push(key, inputs, "dependency", path)

    def _dependency_done(self, child: Frame, done: Completed, reason: Reason | None, message: str | None) -> None:
        name = self.plan.workflows[child.called or child.workflow].workflow_id
        self._dependency_checked(name, done.succeeded, reason, message)

    def _dependency_checked(self, name: str, succeeded: bool, reason: Reason | None, message: str | None) -> None:
        if succeeded:
            self._set(pending=self.frame.pending[1:])
            return
        why = f"the workflow '{name}' it depends on failed" + (f": {message}" if message else "")
        self._leave(False, reason or "criteria", message=why)

    def _visit(self) -> None:
        """A step begins: its visits are counted, its retry budgets are fresh (decision 7)."""
        step_id = self.step.step_id
        visits = self.frame.visits
        self._set(visits={**visits, step_id: visits.get(step_id, 0) + 1}, attempt=1, budgets={})
        self.attempt()

    def attempt(self) -> None:
        """One attempt of the step the frame stands at."""
        step, frame = self.step, self.frame
        if self.executed >= self.plan.bounds.max_steps:
            self.stop("limit-exceeded", f"{self.executed} steps were executed; --max-steps allows no more")
            return
        self.executed += 1
        self.events.append(
            StepStarted(
                id=self.id,
                step_id=step.step_id,
                path=frame.path,
                workflow_id=self.workflow.workflow_id,
                visit=frame.visits[step.step_id],
                attempt=frame.attempt,
                location=step.location,
                description=step.description,
                target=step.target,
                at=self.now,
            )
        )
        waiting_for = self._unmet(step)
        if waiting_for is not None:
            self._fail_step(f"the step depends on '{waiting_for}', which has not completed")
        elif isinstance(step, OperationCall):
            self.effects = (Call(id=self.id),)
        else:
            self._call_workflow(step)

    @property
    def id(self) -> str:
        frame = self.frame
        step_id = self.step.step_id
        name = f"{step_id}#{frame.visits[step_id]}.{frame.attempt}"
        return f"{frame.path}/{name}" if frame.path else name

    def _unmet(self, step: LinkedStep) -> str | None:
        """The first prerequisite that has not completed in this run (Step Object, dependsOn; decision 12)."""
        for prerequisite in step.depends_on:
            if prerequisite.workflow is None or prerequisite.workflow == self.frame.workflow:
                met = self.frame.done.get(prerequisite.step_id, False)
            else:
                met = self._ran_elsewhere(prerequisite.workflow, prerequisite.step_id)
            if not met:
                return prerequisite.step_id
        return None

    def _ran_elsewhere(self, key: str, step_id: str) -> bool:
        done = self.completed.get(key)
        if done is not None and step_id in done.steps:
            return True
        return any(f.workflow == key and f.done.get(step_id, False) for f in self.frames)

    def _fail_step(self, message: str) -> None:
        """The step fails before anything could be sent; its failure actions decide."""
        exchange = Exchange(
            request=None, sent_at=self.now, received_at=self.now, refused=Refused(message, self.step.location)
        )
        conclusion = Conclusion(self.plan, self.frame, self.step, self.id)
        outcome = conclusion.unanswered(self.completed, exchange)
        self.events += conclusion.events
        self.finish_step(outcome)

    # -- steps that call a workflow -----------------------------------------------------------------------------------

    def _call_workflow(self, step: WorkflowCall) -> None:
        scope = RunScope(self.frame, self.workflow, self.completed)
        try:
            inputs = inputs_of(step.parameters, scope)
        except Unpreparable as error:
            self._fail_step(error.message)
            return
        deadline = None if step.timeout is None else self.now + step.timeout
        self.push(step.workflow, inputs, "step", self.id, deadline)

    def _workflow_step_done(self, child: Frame, done: Completed, reason: Reason | None, message: str | None) -> None:
        step = self.step
        assert isinstance(step, WorkflowCall), "only a workflow step has a child of purpose 'step'"
        failure = None if done.succeeded else (reason, message or f"the workflow '{step.target}' failed")
        outcome, events = conclude_workflow(
            self.plan,
            self.frame,
            step,
            self.id,
            self.completed,
            child=done,
            status=child.last_status,
            now=self.now,
            failure=failure,
        )
        self.events += events
        phase = outcome.phase if done.succeeded else self.phase or outcome.phase
        duration_s = self.now - child.started_at
        self.finish_step(replace(outcome, phase=phase, duration_s=duration_s, status=child.last_status))

    # -- the end of a step --------------------------------------------------------------------------------------------

    def finish_step(self, outcome: Outcome) -> None:
        """Keep the outputs and the verdict, then take the action that applies."""
        frame, step = self.frame, self.step
        steps = frame.steps if outcome.outputs is None else {**frame.steps, step.step_id: outcome.outputs}
        self._set(
            steps=steps,
            done={**frame.done, step.step_id: outcome.succeeded},
            last_status=outcome.status if outcome.status is not None else frame.last_status,
        )
        self.phase = None if outcome.succeeded else outcome.phase
        self.events.append(
            StepFinished(
                id=self.id,
                step_id=step.step_id,
                path=frame.path,
                status="succeeded" if outcome.succeeded else "failed",
                reason=outcome.reason,
                outputs=outcome.outputs or {},
                missing_outputs=outcome.missing_outputs,
                message=outcome.message,
                duration_s=outcome.duration_s,
            )
        )
        actions = step.success_actions if outcome.succeeded else step.failure_actions
        for matched in outcome.actions:
            if self._take(actions[matched.index], matched, outcome):
                return
        self._default(outcome)

    def _default(self, outcome: Outcome) -> None:
        """No action applies: the next step after success, break and return after failure (decision 2)."""
        if self.frame.purpose == "retry-step":
            self._leave(outcome.succeeded, outcome.reason, message=outcome.message)
        elif outcome.succeeded:
            self._set(position=self.frame.position + 1, attempt=0, budgets={})
        else:
            self.events.append(ActionTaken(id=self.id, name=None, type="break", reason=outcome.message))
            self._leave(False, outcome.reason or "criteria", message=outcome.message)

    def _take(self, action: LinkedAction, matched: MatchedAction, outcome: Outcome) -> bool:
        """Take an action; False when it does not apply any more (an exhausted retry), so the next one may."""
        if isinstance(action, Retry):
            return self._retry(action, matched, outcome)
        if self.frame.purpose == "retry-step":
            return False  # the helper's own goto and end are not followed (decision 9)
        match action:
            case End():
                self._note(action, "end", None)
                reason: Reason | None = None if outcome.succeeded else self._ended_reason(outcome)
                self._leave(outcome.succeeded, reason, ended_by=action.name, message=outcome.message)
            case GotoStep():
                self._note(action, "goto", action.step_id)
                self._set(position=self.workflow.positions[action.step_id], attempt=0, budgets={})
            case GotoWorkflow():
                self._goto_workflow(action, matched)
        return True

    def _ended_reason(self, outcome: Outcome) -> Reason:
        """A handled error: the document's own `end` is what ended the run (interface, exit codes)."""
        return "action" if outcome.reason != "contract" else "contract"

    def _note(
        self, action: LinkedAction, type_: Literal["end", "goto", "retry"], target: str | None, **more: Any
    ) -> None:
        self.events.append(
            ActionTaken(id=self.id, name=action.name, type=type_, target=target, location=action.location, **more)
        )

    def _goto_workflow(self, action: GotoWorkflow, matched: MatchedAction) -> None:
        """A one-way transfer: the target takes the place of this workflow, its result is the result (decision 6)."""
        target = self.plan.workflows[action.workflow]
        self._note(action, "goto", target.workflow_id)
        if matched.error is not None:
            self._leave(False, "criteria", ended_by=action.name, message=matched.error)
            return
        old = self.frame
        self.completed[old.workflow] = Completed(
            inputs=old.inputs, outputs={}, succeeded=True, steps=tuple(s for s, ok in old.done.items() if ok)
        )
        self.frames.pop()
        base = old.path.rpartition("~")[0] if old.hops else old.path
        path = f"{base}~{old.hops + 1}"
        self.push(action.workflow, matched.inputs or {}, old.purpose, path, old.deadline, origin=old)

    # -- retries ------------------------------------------------------------------------------------------------------

    def _retry(self, action: Retry, matched: MatchedAction, outcome: Outcome) -> bool:
        """Repeat the step, after the referenced step or workflow; False when the budget is used (decisions 7-10)."""
        used = self.frame.budgets.get(action.name, 0)
        delay = action.retry_after if outcome.retry_after is None else outcome.retry_after
        if used >= action.retry_limit:
            return False
        if outcome.retry_after is not None and delay > self.plan.bounds.max_retry_after:
            bound = self.plan.bounds.max_retry_after
            message = f"not retried: Retry-After asks for {delay:.0f} s, more than {bound:.0f} s"
            self.events.append(Warned(Diagnostic("ARZ803", "warning", message, action.location), id=self.id))
            return False
        if self.delayed + delay > self.plan.bounds.max_delay:
            self.stop("limit-exceeded", f"the delays of retries add up to more than {self.plan.bounds.max_delay:.0f} s")
            return True
        self.delayed += delay
        target = action.step_id or (self.plan.workflows[action.workflow].workflow_id if action.workflow else None)
        self._note(
            action,
            "retry",
            target,
            delay_s=delay,
            retry=used + 1,
            retry_limit=action.retry_limit,
            reason=outcome.message,
        )
        failed_id = self.id
        self._set(budgets={**self.frame.budgets, action.name: used + 1}, ready_at=self.now + delay)
        self._help(action, matched, failed_id)
        return True

    def _help(self, action: Retry, matched: MatchedAction, failed_id: str) -> None:
        """Run what the retry refers to, then come back (decision 9); the step itself is what is retried (144)."""
        if matched.error is not None:
            self._leave(False, "criteria", ended_by=action.name, message=matched.error)
        elif action.step_id is not None and action.step_id != self.step.step_id:
            frame = self.frame
            self.frames.append(
                replace(
                    frame,
                    path=f"{failed_id}:retry",
                    purpose="retry-step",
                    position=self.workflow.positions[action.step_id],
                    attempt=0,
                    budgets={},
                    pending=(),
                    visits={},
                    deadline=None,
                    started_at=self.now,
                )
            )
            if len(self.frames) > self.plan.bounds.max_nesting:
                self.stop("limit-exceeded", f"retries are nested deeper than {self.plan.bounds.max_nesting}")
        elif action.workflow is not None:
            self.push(action.workflow, matched.inputs or {}, "retry", f"{failed_id}:retry")
        else:
            self._wait_and_retry()

    def _wait_and_retry(self) -> None:
        """Wait what is left of the delay, then attempt the step again."""
        seconds = self.frame.ready_at - self.now
        self._set(attempt=self.frame.attempt + 1)
        bounds = [frame.deadline - self.now for frame in self.frames if frame.deadline is not None]
        if seconds <= 0:
            self._again = True
            return
        seconds = min([seconds, *(max(bound, 0.0) for bound in bounds)])
        self.events.append(Waiting(id=self.id, seconds=seconds, at=self.now))
        self.effects = (Wait(id=self.id, seconds=seconds),)

    # -- deadlines ----------------------------------------------------------------------------------------------------

    def overdue(self) -> bool:
        """Whether a workflow on the stack has used up its time."""
        return any(f.deadline is not None and f.deadline <= self.now for f in self.frames)

    def time_out(self, outcome: Outcome | None) -> None:
        """The outermost workflow whose time is up ends, and those inside it with it (decision 13)."""
        if outcome is not None:
            self._record(outcome)
        index = next(i for i, f in enumerate(self.frames) if f.deadline is not None and f.deadline <= self.now)
        if index == 0:
            self.stop("limit-exceeded", f"the run took longer than --max-time {self.plan.bounds.max_time:g} s")
            return
        for frame in reversed(self.frames[index:]):
            if frame.purpose != "retry-step":
                workflow = self.plan.workflows[frame.workflow]
                self.events.append(
                    WorkflowFinished(
                        path=frame.path, workflow_id=workflow.workflow_id, status="failed", reason="timeout", outputs={}
                    )
                )
        child = self.frames[index]
        del self.frames[index:]
        done = Completed(inputs=child.inputs, outputs={}, succeeded=False)
        self._complete(child, done)
        seconds = (child.deadline or 0.0) - child.started_at
        self._workflow_step_done(child, done, "timeout", f"the workflow took longer than its timeout of {seconds:g} s")

    def _record(self, outcome: Outcome) -> None:
        """The verdict of a step whose workflow ends with it."""
        self.phase = None if outcome.succeeded else outcome.phase
        self.events.append(
            StepFinished(
                id=self.id,
                step_id=self.step.step_id,
                path=self.frame.path,
                status="succeeded" if outcome.succeeded else "failed",
                reason=outcome.reason,
                outputs=outcome.outputs or {},
                missing_outputs=outcome.missing_outputs,
                message=outcome.message,
                duration_s=outcome.duration_s,
            )
        )
