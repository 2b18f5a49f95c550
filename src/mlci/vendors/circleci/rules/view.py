"""CircleCI's configurations and orbs as jobs."""

from __future__ import annotations

from collections.abc import Iterator

from mlci.lint.gpu_labels import names_gpu
from mlci.lint.jobs import CloudLogin, Job, Means, Script, Variable, View, text_of
from mlci.vendors.circleci.syntax.model import Workflow, read_config
from mlci.yaml.document import Node
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import Entry, entry, get, is_null, items, scalars, sequence, text, words

LOGINS = {
    "circleci/aws-cli": ("role_arn", frozenset(("role-arn", "profile-name"))),
    "circleci/gcp-cli": ("use_oidc: true", frozenset(("use-oidc", "gcp-cred-config-file-path"))),
}
"""Orbs whose command `setup` logs in; what to give it, and what tells that it is done another way."""
MAX_DEPTH = 10
MEANS = Means(
    gate="a job of 'type: approval' that it requires",
    lock="serial-group: deploy",
    identity=True,
)


def build(file: SourceFile) -> View:
    root = file.root_node
    view = View()
    if file.kind.id == "circleci-orb-part" and root is not None:
        part = Job(file.name.rpartition("/")[2].partition(".")[0], file.mark(root), timeout=True)
        add_machine(file, part, root)
        add_steps(file, part, get(root, "steps"))
        view.jobs.append(part)
    executors = {one.name: one.value for one in items(get(root, "executors"))}
    for one in items(get(root, "jobs")):
        view.jobs.append(job(file, one, executors))
    for one in items(get(root, "commands")):
        command = Job(one.name, file.mark(one.key), timeout=True)
        add_steps(file, command, get(one.value, "steps"))
        view.jobs.append(command)
    for flow in file.once(read_config).workflows:
        add_workflow(file, view, flow)
    view.logins = list(logins(file))
    return view


def logins(file: SourceFile) -> Iterator[CloudLogin]:
    aliases = {
        one.name: LOGINS[(text(one.value) or "").partition("@")[0]]
        for one in items(get(file.root_node, "orbs"))
        if (text(one.value) or "").partition("@")[0] in LOGINS
    }
    for step in all_steps(file.root_node) if aliases else ():
        for one in items(step):
            orb, slash, command = one.name.partition("/")
            if slash and command == "setup" and orb in aliases:
                instead, names = aliases[orb]
                if not names & {given.name.replace("_", "-") for given in items(one.value)}:
                    yield CloudLogin(one.name, file.mark(one.key), instead)


def all_steps(root: Node | None) -> Iterator[Node]:
    for section in ("jobs", "commands"):
        for one in items(get(root, section)):
            yield from sequence(get(one.value, "steps"))


def job(file: SourceFile, one: Entry, executors: dict[str, Node]) -> Job:
    built = Job(one.name, file.mark(one.key))
    executor = get(one.value, "executor")
    name = text(executor) or text(get(executor, "name")) or ""
    for part in (one.value, executors.get(name)):
        add_machine(file, built, part)
    add_steps(file, built, get(one.value, "steps"))
    return built


def add_machine(file: SourceFile, job: Job, node: Node | None) -> None:
    """Add what a job or executor runs on."""
    for image in sequence(get(node, "docker")):
        found = get(image, "image")
        if found is not None and found.id == "scalar":
            job.images.append(text_of(file, found))
        first = image is sequence(get(node, "docker"))[0]
        job.env += variables(file, get(image, "environment"), service=not first)
    job.env += variables(file, get(node, "environment"))
    size = get(node, "resource_class")
    if size is not None and size.id == "scalar":
        job.runner = text_of(file, size)
        job.self_hosted = "/" in size.value and "<<" not in size.value
    machine = get(node, "machine")
    called = " ".join(filter(None, (text(size), text(get(machine, "image")), text(machine))))
    if names_gpu(called):
        job.gpu = True
    elif (called or get(node, "docker") is not None) and "<<" not in called and not job.self_hosted:
        job.gpu = bool(job.gpu)


def add_steps(file: SourceFile, job: Job, steps: Node | None, depth: int = 0) -> None:
    """Add a list of steps; conditional ones, too."""
    for step in sequence(steps) if depth < MAX_DEPTH else ():
        if step.id == "scalar":
            job.uses.append(text_of(file, step))
        for one in items(step):
            add_step(file, job, one, depth)


def add_step(file: SourceFile, job: Job, one: Entry, depth: int) -> None:
    if one.name == "run":
        command = one.value if one.value.id == "scalar" else get(one.value, "command")
        if command is not None and command.id == "scalar":
            job.scripts.append(Script(text_of(file, command), dialect(text(get(one.value, "shell")))))
        job.env += variables(file, get(one.value, "environment"))
        job.timeout = job.timeout or get(one.value, "no_output_timeout") is not None
    elif one.name in ("when", "unless"):
        add_steps(file, job, get(one.value, "steps"), depth + 1)
    elif one.name == "save_cache":
        job.caches += [text_of(file, node) for node in words(get(one.value, "paths"))]
    elif one.name == "store_artifacts":
        job.artifacts += [text_of(file, node) for node in words(get(one.value, "path"))]
    elif one.name == "persist_to_workspace":
        job.artifacts += [text_of(file, node) for node in words(get(one.value, "paths"))]
    else:
        job.uses.append(text_of(file, one.key))


def dialect(shell: str | None) -> str:
    name = (shell or "bash").split(" ")[0].rpartition("/")[2].removesuffix(".exe")
    return name or "bash"


def variables(file: SourceFile, node: Node | None, *, service: bool = False) -> list[Variable]:
    """Return the variables of an `environment` section: a mapping, or a list of them."""
    return [
        Variable(one.name, text_of(file, one.value), service)
        for part in (node, *sequence(node))
        for one in items(part)
        if one.value.id == "scalar"
    ]


def add_workflow(file: SourceFile, view: View, flow: Workflow) -> None:
    """Add what a workflow says of its jobs: order, approvals, serial groups, schedules."""
    for trigger in sequence(get(flow.node, "triggers")):
        found = entry(trigger, "schedule")
        if found is not None:
            view.schedules.append(file.mark(found.key))
            view.triggers |= {"schedule"}
    if "scheduled_pipeline" in {text(node) for node in scalars(get(flow.node, "when"))}:
        view.schedules.append(file.mark(get(flow.node, "when")))
        view.triggers |= {"schedule"}
    followers: dict[str, list[str]] = {}
    for use in flow.jobs:
        for word in words(get(use.arguments, "requires")):
            followers.setdefault(word.value, []).append(use.name)
    approved = after([use.name for use in flow.jobs if use.approval], followers)
    for use in flow.jobs:
        job = view.by_name.get(use.job)
        if job is not None:
            job.gated = job.gated or use.name in approved
            job.concurrency = job.concurrency or not is_null(get(use.arguments, "serial-group"))


def after(first: list[str], followers: dict[str, list[str]]) -> set[str]:
    """Return all that must wait for one of some jobs."""
    found: set[str] = set()
    waiting = list(first)
    while waiting:
        for name in followers.get(waiting.pop(), ()):
            if name not in found:
                found.add(name)
                waiting.append(name)
    return found
