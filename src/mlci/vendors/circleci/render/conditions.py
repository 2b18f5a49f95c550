"""When a workflow and its jobs run: mlci's triggers and conditions as CircleCI's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mlci.language.model import Condition, Filter
from mlci.planning.plan import Plan
from mlci.planning.selection import questions
from mlci.vendors.circleci.render.logic import (
    BRANCH,
    SOURCE,
    TAG,
    either,
    equals,
    every,
    filters,
    patterns,
)
from mlci.vendors.circleci.syntax.expression import expressible
from mlci.vendors.circleci.syntax.logic import FALSE, TRUE, Logic, Name, Not, leaves

WORKFLOW = "pipeline.parameters.workflow"
"""The parameter by which a schedule or a person says which workflow to start."""
WEBHOOK, UNTAGGED = equals(SOURCE, "webhook"), equals(TAG, "")
TAGGED = Not(UNTAGGED)
DEFAULT_BRANCH = Name("pipeline.git.branch.is_default")
BY_NAME = {"schedule": "scheduled_pipeline", "manual": "api"}


class Rules:
    """What decides about one workflow's jobs."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.on = plan.workflow.on
        self.owners = {asked.condition: asked.name for asked in questions(plan)}
        self.events = frozenset(self.started_by())

    def started_by(self) -> Iterator[str]:
        """Yield the events that can start the workflow."""
        if self.on.push is not None:
            if self.on.push.branches or not self.on.push.tags:
                yield "push"
            if self.on.push.tags or not self.on.push.branches:
                yield "tag"
        if self.on.pull_request is not None:
            yield "pull_request"
        if self.on.schedule:
            yield "schedule"
        if self.on.manual is not None:
            yield "manual"

    def asked(self, name: str) -> Name:
        """Return the test of an answer of `mlci select`."""
        return Name(f"pipeline.parameters.{parameter(self.plan.workflow.name, name)}")

    def workflow(self) -> Logic:
        named = equals(WORKFLOW, self.plan.workflow.name)
        starts = [self.pushes()] if self.events & {"push", "tag", "pull_request"} else []
        if {"schedule", "manual"} <= self.events and not self.on.branches:
            starts.append(named)
        else:
            for event in ("schedule", "manual"):
                if event in self.events:
                    branches = self.on.branches if event == "schedule" else ()
                    starts.append(every([equals(SOURCE, BY_NAME[event]), named, patterns(BRANCH, branches)]))
        return either(starts)

    def pushes(self) -> Logic:
        """Return which pushes start the workflow; one to an unnamed branch may be a pull request's."""
        push, pull = self.on.push, self.on.pull_request
        kinds: list[Logic] = []
        if "push" in self.events and push is not None:
            named = patterns(BRANCH, push.branches) if push.branches else UNTAGGED
            kinds.append(every([named, self.changed("push", push)]))
        if pull is not None and UNTAGGED not in kinds:
            others: list[Logic] = [UNTAGGED, Not(DEFAULT_BRANCH)]
            if push is not None and push.branches and push.paths != pull.paths:
                others.append(Not(patterns(BRANCH, push.branches)))
            kinds.append(every([*others, self.changed("pull_request", pull)]))
        if "tag" in self.events and push is not None:
            kinds.append(patterns(TAG, push.tags) if push.tags else TAGGED)
        any_push = UNTAGGED in kinds and TAGGED in kinds
        return WEBHOOK if any_push else every([WEBHOOK, either(kinds)])

    def changed(self, event: str, given: Filter) -> Logic:
        return self.asked(f"-{event}") if given.paths else TRUE

    def job(self, conditions: Sequence[Condition]) -> Logic:
        """Return when a job runs, its workflow running."""
        plain = every(part for one in conditions for part in (self.of_events(one), self.of_refs(one)))
        if expressible(plain) or filters(plain) is not None:
            return plain
        return every(
            part
            for one in conditions
            for part in (self.of_events(one, exact=False), self.of_refs(one, exact=False))
        )

    def of_events(self, condition: Condition, *, exact: bool = True) -> Logic:
        """Return the test of a condition's events; `exact` patterns, or answers of `mlci select`."""
        wanted = self.events & set(condition.event)
        if not condition.event or self.events <= wanted:
            return TRUE
        others = self.events & {"schedule", "manual"}
        kinds: list[Logic] = [equals(SOURCE, BY_NAME[event]) for event in sorted(others & wanted)]
        if others and others <= wanted:
            kinds = [Not(WEBHOOK)]
        if "tag" in wanted:
            kinds.append(TAGGED)
        # Whatever is left over when none of these holds need not be told from them again.
        left = [WEBHOOK] if others - wanted else []
        left += [UNTAGGED] if "tag" in self.events - wanted else []
        kinds.extend(self.of_branches(wanted, every(left), exact))
        return either(kinds)

    def of_branches(self, wanted: frozenset[str], left: Logic, exact: bool) -> Iterator[Logic]:
        if {"push", "pull_request"} & self.events <= wanted:
            if {"push", "pull_request"} & wanted:
                yield left
        elif "push" in wanted:
            yield every([left, self.pushed(exact)])
        elif "pull_request" in wanted:
            yield every([left, Not(self.pushed(exact))])

    def pushed(self, exact: bool) -> Logic:
        """Return the test that a branch is one whose pushes start the workflow, so no pull request's."""
        named = self.on.push.branches if self.on.push is not None else ()
        if self.on.push is None:
            return FALSE
        logic = patterns(BRANCH, named)
        return logic if exact or expressible(logic) else self.asked("-pushed")

    def of_refs(self, condition: Condition, *, exact: bool = True) -> Logic:
        if not (condition.branch or condition.tag or condition.paths):
            return TRUE
        logic = every([patterns(BRANCH, condition.branch), patterns(TAG, condition.tag)])
        if condition.paths or not (exact or expressible(logic)):
            return self.asked(self.owners[replace(condition, event=())])
        return logic

    def asks(self) -> bool:
        """Tell whether the workflow or one of its jobs needs an answer of `mlci select`."""
        held = {node.conditions for node in self.plan.nodes if node.conditions}
        every_logic = [self.workflow(), *map(self.job, held)]
        return any(is_answer(test) for logic in every_logic for test in leaves(logic))


def is_answer(test: Logic) -> bool:
    """Tell whether a test is about an answer of `mlci select`."""
    return isinstance(test, Name) and test.text.startswith("pipeline.parameters.")


def parameter(workflow: str, name: str) -> str:
    return f"{workflow}--{name}".lower()
