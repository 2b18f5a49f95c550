"""mlci.yaml itself as jobs: its stages, in the order of each workflow."""

from __future__ import annotations

from mlci.lint.jobs import Job, Means, Script, Variable, View, text_of
from mlci.yaml.document import Node
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import Entry, get, is_null, items, sequence, text, words

APPROVE = "approve"
MEANS = Means(
    gate="'environment: production' or '{approve: …}' before it",
    lock="concurrency: deploy",
    identity=True,
)


def build(file: SourceFile) -> View:
    root = file.root_node
    runners = {one.name: one.value for one in items(get(root, "runners"))}
    view = View(env=variables(file, get(root, "env")))
    view.jobs = [job(file, one, runners) for one in items(get(root, "stages"))]
    for one in items(get(root, "runners")):
        image = get(one.value, "image")
        if image is not None and image.id == "scalar":
            view.jobs.append(Job(one.name, file.mark(one.key), images=[text_of(file, image)], timeout=True))
    for workflow in items(get(root, "workflows")):
        add_workflow(file, view, workflow)
    return view


def job(file: SourceFile, one: Entry, runners: dict[str, Node]) -> Job:
    """Build the job of one stage; its outputs are handed on with digests."""
    built = Job(one.name, file.mark(one.key))
    node = one.value
    run, uses = get(node, "run"), get(node, "uses")
    if run is not None and run.id == "scalar" and run.value:
        built.scripts = [Script(text_of(file, run))]
    if uses is not None and uses.id == "scalar":
        built.uses = [text_of(file, uses)]
    built.timeout = not is_null(get(node, "timeout"))
    built.env = variables(file, get(node, "env"))
    built.secrets = [Variable(word.value, text_of(file, word)) for word in words(get(node, "secrets"))]
    built.caches = [
        text_of(file, word) for word in words(get(node, "cache")) + words(get(node, "cache", "paths"))
    ]
    built.artifacts = [text_of(file, word) for word in words(get(node, "outputs"))]
    built.gated = not is_null(get(node, "environment"))
    built.concurrency = not is_null(get(node, "concurrency"))
    runner = text(get(node, "runner")) or "default"
    gpu = text(get(runners.get(runner), "gpu"))
    built.gpu = gpu not in (None, "0", "false") if runner in runners or runner == "default" else None
    return built


def add_workflow(file: SourceFile, view: View, workflow: Entry) -> None:
    """Add the order of a workflow's stages, its approvals and schedules."""
    on = get(workflow.value, "on")
    schedule = [one for one in items(on) if one.name == "schedule"]
    view.schedules += [file.mark(one.key) for one in schedule]
    view.triggers |= {
        one.name for one in items(on) if one.name in ("push", "pull_request", "schedule", "manual")
    }
    serial = not is_null(get(workflow.value, "concurrency"))
    approved = False
    for item in sequence(get(workflow.value, "stages")):
        names = [name for one in (sequence(item) or [item]) for name in stage_names(one)]
        approved = approved or any(one.name == APPROVE for one in items(item))
        for name in names:
            job = view.by_name.get(name)
            if job is not None:
                job.gated = job.gated or approved
                job.concurrency = job.concurrency or serial


def stage_names(node: Node) -> list[str]:
    """Return the stages an entry of a workflow names: `train`, or `{test: test-1}`."""
    if node.id == "scalar":
        return [node.value]
    return [one.name for one in items(node) if one.name != APPROVE]


def variables(file: SourceFile, node: Node | None) -> list[Variable]:
    return [Variable(one.name, text_of(file, one.value)) for one in items(node) if one.value.id == "scalar"]
