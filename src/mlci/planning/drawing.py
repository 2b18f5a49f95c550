"""Draws a workflow's graph from its steps: who waits for whom, who hands what to whom, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mlci.findings import Finding, suggest
from mlci.language.model import Condition, Pipeline, Stage, Workflow
from mlci.language.steps import Approve, Parallel, Step, Use
from mlci.planning.plan import UNATTENDED, Approval, Job, Plan
from mlci.planning.stage_files import Files, files_of, fill


@dataclass
class Draft:
    """A step that is becoming a node: what it waits for is still a set of names."""

    step: Use | Approve
    needs: tuple[str, ...]


class Drawing:
    """Draws one workflow's graph; notes what is wrong with it."""

    def __init__(self, pipeline: Pipeline, workflow: Workflow) -> None:
        self.pipeline = pipeline
        self.workflow = workflow
        self.findings: list[Finding] = []
        self.drafts: dict[str, Draft] = {}

    def say(self, path: Sequence[Any], message: str, rule: str, help: str | None = None) -> None:
        """Note an error at a place of mlci.yaml."""
        self.findings.append(Finding(self.pipeline.mark(*path), message, rule, "error", help))

    def plan(self) -> Plan | None:
        """Return the plan, or None when something is wrong."""
        self.draw(self.workflow.steps, ())
        if self.findings:
            return None
        self.override_needs()
        order = self.order()
        return None if self.findings else Plan(self.pipeline, self.workflow, self.nodes(order))

    def draw(self, steps: Sequence[Step], before: tuple[str, ...]) -> tuple[str, ...]:
        """Draft steps that come after `before`; return the names the next step waits for."""
        for step in steps:
            if isinstance(step, Parallel):
                ends = [self.draw(branch, before) for branch in step.branches]
                before = tuple(dict.fromkeys(name for end in ends for name in end)) or before
            else:
                self.add(step, before)
                before = (step.name,)
        return before

    def add(self, step: Use | Approve, needs: tuple[str, ...]) -> None:
        if isinstance(step, Use) and step.stage not in self.pipeline.stages:
            known = self.pipeline.stages
            said = f"unknown stage '{step.stage}' in workflow '{self.workflow.name}'"
            self.say(
                step.path,
                f"{said}; the stages are {', '.join(known)}",
                "unknown-stage",
                suggest(step.stage, known),
            )
        if step.name in self.drafts:
            self.say(
                step.path,
                f"'{step.name}' stands twice in workflow '{self.workflow.name}'",
                "duplicate-job",
                f"give it a name of its own: {{{getattr(step, 'stage', 'approve')}: {step.name}-2}}",
            )
        self.drafts[step.name] = Draft(step, needs)

    def override_needs(self) -> None:
        """Let `needs` of a stage, and of its use here, replace the order of the list."""
        for draft in self.drafts.values():
            stage = self.stage_of(draft)
            if stage is None:
                continue
            use = draft.step
            options = getattr(use, "options", None)
            if options is not None and options.needs is not None:
                draft.needs = self.known_needs(options.needs, (*use.path, "needs"))
            elif stage.needs is not None:
                draft.needs = self.known_needs(stage.needs, ("stages", stage.name, "needs"))

    def known_needs(self, needs: tuple[str, ...], path: Sequence[Any]) -> tuple[str, ...]:
        """Check that each name is a job of this workflow; a stage's name stands for all its uses."""
        found: list[str] = []
        for index, name in enumerate(needs):
            of_stage = [
                each for each, draft in self.drafts.items() if getattr(draft.step, "stage", "") == name
            ]
            if name in self.drafts:
                found.append(name)
            elif of_stage:
                found.extend(of_stage)
            else:
                said = f"'{name}' is not in workflow '{self.workflow.name}'; it has {', '.join(self.drafts)}"
                self.say((*path, index), said, "unknown-need", suggest(name, self.drafts))
        return tuple(dict.fromkeys(found))

    def stage_of(self, draft: Draft) -> Stage | None:
        return self.pipeline.stages.get(draft.step.stage) if isinstance(draft.step, Use) else None

    def order(self) -> list[str]:
        """Sort the names so that each comes after what it needs; note a cycle."""
        waiting = {name: len(draft.needs) for name, draft in self.drafts.items()}
        followers: dict[str, list[str]] = {name: [] for name in self.drafts}
        for name, draft in self.drafts.items():
            for need in draft.needs:
                followers[need].append(name)
        ready = [name for name, count in waiting.items() if count == 0]
        done: list[str] = []
        for name in ready:
            done.append(name)
            for follower in followers[name]:
                waiting[follower] -= 1
                if waiting[follower] == 0:
                    ready.append(follower)
        if len(done) < len(self.drafts):
            self.say_cycle([name for name in self.drafts if waiting[name] > 0])
        return done

    def say_cycle(self, stuck: list[str]) -> None:
        way = [stuck[0]]
        while True:
            after = next(need for need in self.drafts[way[-1]].needs if need in stuck)
            if after in way:
                circle = [*way[way.index(after) :], after]
                break
            way.append(after)
        stage = self.stage_of(self.drafts[circle[0]])
        path = ("stages", stage.name, "needs") if stage and stage.needs else self.drafts[circle[0]].step.path
        self.say(
            path, f"jobs wait for each other: {' → '.join(circle)}", "cycle", "take one of these needs out"
        )

    def nodes(self, order: list[str]) -> tuple[Job | Approval, ...]:
        """Make the nodes, in order."""
        conditions: dict[str, tuple[Condition, ...]] = {}
        made: list[Job | Approval] = []
        makers = Makers()
        for name in order:
            draft = self.drafts[name]
            passed_on = unique(each for need in draft.needs for each in conditions[need])
            if isinstance(draft.step, Approve):
                conditions[name] = unique((*passed_on, Condition(event=UNATTENDED)))
                made.append(Approval(name, draft.needs, conditions[name]))
                makers.follow(name, draft.needs)
                continue
            job = self.job(draft.step, draft.needs, passed_on)
            conditions[name] = job.conditions
            makers.follow(name, draft.needs)
            made.append(replace(job, collects=makers.of(job)))
            makers.add(job)
        return tuple(made)

    def job(self, use: Use, needs: tuple[str, ...], passed_on: tuple[Condition, ...]) -> Job:
        """Make the job of a use, without what it collects."""
        stage, pipeline = self.pipeline.stages[use.stage], self.pipeline
        if use.options is not None:
            own = use.options.if_ or stage.if_
            stage = replace(stage, params={**stage.params, **use.options.params}, if_=own)
        files = files_of(stage)
        values = {"job": use.name} if stage.matrix is None else {}
        return Job(
            id=use.name,
            stage=stage,
            workflow=self.workflow.name,
            needs=needs,
            collects=(),
            runner=pipeline.runner(stage),
            python=stage.python or pipeline.python,
            env={**pipeline.env, **self.workflow.env, **stage.env},
            files=fill(files, values),
            conditions=unique((*passed_on, *own_condition(stage, files))),
        )


def own_condition(stage: Stage, files: Files) -> Iterator[Condition]:
    """Yield when a stage runs; one that touches a deployment never runs for a pull request unasked."""
    if stage.if_ is not None:
        yield stage.if_
    asked = stage.if_ is not None and stage.if_.event
    if not asked and (stage.environment or files.target):
        yield Condition(event=UNATTENDED)


def unique(conditions: Any) -> tuple[Condition, ...]:
    """Drop conditions that stand there already."""
    kept: list[Condition] = []
    for one in conditions:
        if one not in kept:
            kept.append(one)
    return tuple(kept)


class Makers:
    """Which job makes which path, and who comes before whom; both linear in jobs and paths."""

    def __init__(self) -> None:
        self.bits: dict[str, int] = {}
        self.before: dict[str, int] = {}
        self.at: dict[str, list[str]] = {}
        """Each output, and each folder above it -> its makers."""
        self.whole: dict[str, list[str]] = {}
        """Each output itself -> its makers."""

    def follow(self, name: str, needs: Sequence[str]) -> None:
        """Note a node and what comes before it."""
        self.bits[name] = 1 << len(self.bits)
        self.before[name] = 0
        for need in needs:
            self.before[name] |= self.before[need] | self.bits[need]

    def add(self, job: Job) -> None:
        for one in job.instances():
            for output in one.files.made:
                path = output.rstrip("/")
                self.whole.setdefault(path, []).append(job.id)
                for folder in (path, *parents(path)):
                    self.at.setdefault(folder, []).append(job.id)

    def of(self, job: Job) -> tuple[str, ...]:
        """Return the earlier jobs whose bundles hold one of the job's inputs."""
        found: list[str] = []
        for one in job.instances():
            for path in (given.rstrip("/") for given in one.files.inputs):
                makers = [*self.at.get(path, ())]
                for folder in parents(path):
                    makers.extend(self.whole.get(folder, ()))
                found.extend(name for name in makers if self.before[job.id] & self.bits[name])
        return tuple(dict.fromkeys(found))


def parents(path: str) -> Iterator[str]:
    """Yield the folders above a path, the nearest first."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path
