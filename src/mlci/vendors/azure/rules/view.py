"""Azure Pipelines' configurations as jobs."""

from __future__ import annotations

from mlci.lint.gpu_labels import names_gpu
from mlci.lint.jobs import Job, Means, Script, Text, Variable, View, text_of
from mlci.yaml.document import Node
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import get, is_null, items, sequence, text

SCRIPTS = {"script": "bash", "bash": "bash", "pwsh": "pwsh", "powershell": "powershell"}
SECTIONS = (
    ("steps",),
    ("strategy", "runOnce", "deploy", "steps"),
    ("strategy", "rolling", "deploy", "steps"),
    ("strategy", "canary", "deploy", "steps"),
)
MEANS = Means(
    gate="an 'environment' with an approval",
    lock="lockBehavior: sequential",
    identity=True,
)


def build(file: SourceFile) -> View:
    """Build the view: jobs of all stages, or the file itself as one job."""
    root = file.root_node
    view = View(env=variables(file, get(root, "variables")))
    if not is_null(get(root, "schedules")):
        view.schedules = [file.mark(get(root, "schedules"))]
        view.triggers = frozenset({"schedule"})
    stages = sequence(get(root, "stages")) or ([root] if root is not None else [])
    for stage in stages:
        serial = text(get(stage, "lockBehavior")) is not None or text(get(root, "lockBehavior")) is not None
        nodes = sequence(get(stage, "jobs")) or [stage]
        for node in nodes:
            view.jobs.append(job(file, node, root, serial=serial))
    return view


def job(file: SourceFile, node: Node, root: Node | None, *, serial: bool) -> Job:
    """Build one job; on hosted machines it ends after an hour unless it says otherwise."""
    name = next((found for key in ("deployment", "job", "stage") if (found := text(get(node, key)))), "job")
    built = Job(name, file.mark(node), timeout=text(get(node, "timeoutInMinutes")) != "0")
    built.gated = not is_null(get(node, "environment"))
    built.concurrency = serial
    built.env = variables(file, get(node, "variables"))
    container = get(node, "container") or get(root, "container")
    image = container if container is not None and container.id == "scalar" else get(container, "image")
    if image is not None and image.id == "scalar" and (":" in image.value or "/" in image.value):
        built.images.append(text_of(file, image))
    options = get(container, "options")
    if options is not None and options.id == "scalar":
        built.options.append(text_of(file, options))
    pool = get(node, "pool") or get(root, "pool")
    hosted, own = text(get(pool, "vmImage")), text(pool) or text(get(pool, "name"))
    built.gpu = True if names_gpu(f"{hosted} {own}") else False if hosted and not own else None
    windows = (hosted or "").lower().startswith("win")
    for path in SECTIONS:
        for step in sequence(get(node, *path)):
            add_step(file, built, step, windows=windows)
    return built


def add_step(file: SourceFile, job: Job, step: Node, *, windows: bool) -> None:
    for one in items(step):
        if one.name in SCRIPTS and one.value.id == "scalar" and one.value.value:
            dialect = "cmd" if one.name == "script" and windows else SCRIPTS[one.name]
            job.scripts.append(Script(text_of(file, one.value), dialect))
        elif one.name == "task" and one.value.id == "scalar":
            job.uses.append(text_of(file, one.value))
            add_task(file, job, one.value.value.lower(), get(step, "inputs"))
        elif one.name == "publish" and one.value.id == "scalar":
            job.artifacts.append(text_of(file, one.value))
        elif one.name == "env":
            job.env += variables(file, one.value)


def add_task(file: SourceFile, job: Job, task: str, inputs: Node | None) -> None:
    script = get(inputs, "script") or get(inputs, "inlineScript")
    if script is not None and script.id == "scalar" and task.startswith(("bash@", "cmdline@", "azurecli@")):
        job.scripts.append(Script(text_of(file, script)))
    if task.startswith("cache@"):
        job.caches += paths(file, get(inputs, "path"))
    elif task.startswith(("publishpipelineartifact@", "publishbuildartifacts@")):
        job.artifacts += paths(file, get(inputs, "targetPath") or get(inputs, "PathtoPublish"))


def paths(file: SourceFile, node: Node | None) -> list[Text]:
    """Return a path, if there is one."""
    return [text_of(file, node)] if node is not None and node.id == "scalar" else []


def variables(file: SourceFile, node: Node | None) -> list[Variable]:
    """Return the variables of a section: a mapping, or a list of `name` and `value`."""
    found = [Variable(one.name, text_of(file, one.value)) for one in items(node) if one.value.id == "scalar"]
    for one in sequence(node):
        name, value = text(get(one, "name")), get(one, "value")
        if name and value is not None and value.id == "scalar":
            found.append(Variable(name, text_of(file, value)))
    return found
