"""GitHub's workflows and actions as jobs."""

from __future__ import annotations

from collections.abc import Iterator

from mlci.lint.gpu_labels import names_gpu
from mlci.lint.jobs import CloudLogin, Job, Means, Password, Script, Variable, View, text_of
from mlci.lint.security.credentials import is_placeholder
from mlci.vendors.github.syntax import model
from mlci.vendors.github.syntax.labels import choices, system_of
from mlci.vendors.github.syntax.model import Part, Step, absent, keyed
from mlci.vendors.github.syntax.runners import HOSTED
from mlci.yaml.document import Node
from mlci.yaml.source import SourceFile

TRIGGERS = {
    "push": "push",
    "pull_request": "pull_request",
    "pull_request_target": "pull_request",
    "schedule": "schedule",
    "workflow_dispatch": "manual",
    "repository_dispatch": "manual",
    "release": "tag",
    "workflow_call": "call",
    "workflow_run": "push",
}
LOGINS = {
    "aws-actions/configure-aws-credentials": ("aws-secret-access-key", "role-to-assume"),
    "google-github-actions/auth": ("credentials_json", "workload_identity_provider"),
    "azure/login": ("creds", "client-id"),
    "pypa/gh-action-pypi-publish": ("password", "permissions: {id-token: write} and no password"),
}
"""Inputs that take a key, and what takes its place."""
CACHE = ("actions/cache", "actions/cache/save")
UPLOAD = ("actions/upload-artifact", "actions/upload-pages-artifact")
MEANS = Means(
    gate="'environment: production', and reviewers in that environment",
    lock="concurrency: deploy",
    identity=True,
)


def build(file: SourceFile) -> View:
    """Build the view of a workflow or action; other files of GitHub's have no jobs."""
    if file.kind.id == "dependabot":
        return dependabot(file)
    workflow = file.once(model.read_workflow)
    view = View(env=variables(file, workflow.value("env")))
    view.triggers = frozenset(TRIGGERS[name] for name in workflow.events if name in TRIGGERS)
    schedule = workflow.events.get("schedule")
    view.schedules = [file.mark(schedule[0])] if schedule else []
    shell = default_shell(workflow)
    serial = not absent(workflow.value("concurrency"))
    for one in workflow.jobs:
        view.jobs.append(job(file, one, shell, serial=serial))
        view.logins += [login for step in one.steps for login in logins(file, step)]
        for container in (
            one.value("container"),
            *(service for _, service in keyed(one.value("services")).values()),
        ):
            login = Part(container).inner("credentials").value("password")
            view.passwords += password(file, "password of the registry", login)
    return view


def logins(file: SourceFile, step: Step) -> Iterator[CloudLogin]:
    name = step.uses.partition("@")[0].lower()
    key, instead = LOGINS.get(name, ("", ""))
    given = {known.lower(): pair[0] for known, pair in step.given.keys.items()} if key else {}
    if key in given:
        yield CloudLogin(name, file.mark(given[key]), instead)


def dependabot(file: SourceFile) -> View:
    """Build the view of Dependabot's configuration, which has no jobs: what logs in to registries."""
    view = View()
    for name, (_, one) in keyed(Part(file.root_node).value("registries")).items():
        for key in ("password", "token", "key"):
            given = Part(one).value(key)
            if given is not None and given.id == "scalar" and not is_placeholder(given.value, key):
                view.passwords += password(file, f"{key} of the registry '{name}'", given)
    return view


def password(file: SourceFile, what: str, node: Node | None) -> list[Password]:
    scalar = node is not None and node.id == "scalar"
    return (
        [Password(what, text_of(file, node), "use ${{ secrets.NAME }}")]
        if node is not None and scalar
        else []
    )


def job(file: SourceFile, one: model.Job, shell: str, *, serial: bool) -> Job:
    built = Job(one.id, file.mark(one.key))
    built.env = variables(file, one.value("env"))
    built.gated = not absent(one.value("environment"))
    built.concurrency = serial or not absent(one.value("concurrency"))
    steps = one.steps
    work = [step for step in steps if step.run is not None or step.uses]
    built.timeout = one.value("timeout-minutes") is not None or (
        bool(work) and all(step.value("timeout-minutes") is not None for step in work if step.run is not None)
    )
    default = default_shell(one) or shell or ("pwsh" if system_of(one) == "windows" else "bash")
    for step in steps:
        add_step(file, built, step, default)
    add_containers(file, built, one)
    image = one.value("image")
    if image is not None and image.id == "scalar" and image.value.startswith("docker://"):
        add_image(file, built, image)
    add_runner(file, built, one)
    return built


def add_step(file: SourceFile, job: Job, step: Step, shell: str) -> None:
    if step.run is not None:
        dialect = (step.text("shell") or shell).split(" ")[0]
        job.scripts.append(Script(text_of(file, step.run), dialect.lower()))
    uses = step.value("uses")
    if uses is not None and uses.id == "scalar":
        job.uses.append(text_of(file, uses))
        if step.uses.startswith("docker://"):
            add_image(file, job, uses)
        name = step.uses.partition("@")[0].lower()
        path = step.given.value("path")
        if path is not None and path.id == "scalar":
            if name in CACHE:
                job.caches.append(text_of(file, path))
            elif name in UPLOAD:
                job.artifacts.append(text_of(file, path))
    job.env += variables(file, step.value("env"))


def add_containers(file: SourceFile, job: Job, one: model.Job) -> None:
    node = one.value("container")
    for container in (node, *(service for _, service in keyed(one.value("services")).values())):
        options = Part(container).value("options")
        if options is not None and options.id == "scalar":
            job.options.append(text_of(file, options))
    if node is not None:
        add_image(file, job, node if node.id == "scalar" else Part(node).value("image"))
        job.env += variables(file, Part(node).value("env"))
    for _, service in keyed(one.value("services")).values():
        add_image(file, job, Part(service).value("image"))
        job.env += variables(file, Part(service).value("env"), service=True)


def add_image(file: SourceFile, job: Job, node: Node | None) -> None:
    if node is not None and node.id == "scalar" and not absent(node) and node.value:
        job.images.append(text_of(file, node))


def add_runner(file: SourceFile, job: Job, one: model.Job) -> None:
    node = one.value("runs-on")
    job.runner = text_of(file, node) if node is not None and node.id == "scalar" else None
    labels = [label.value.lower() for names in choices(one) for label in names]
    group = one.inner("runs-on").text("group")
    job.self_hosted = "self-hosted" in labels
    if names_gpu(" ".join([*labels, group, one.inner("container").text("options")])):
        job.gpu = True
    elif labels and all(label in HOSTED for label in labels):
        job.gpu = False


def default_shell(part: Part) -> str:
    return part.inner("defaults").inner("run").text("shell")


def variables(file: SourceFile, node: Node | None, *, service: bool = False) -> list[Variable]:
    return [
        Variable(name, text_of(file, value), service)
        for name, (_, value) in keyed(node).items()
        if value.id == "scalar"
    ]
