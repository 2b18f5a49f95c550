"""GitLab CI's configurations as jobs."""

from __future__ import annotations

import re

from mlci.findings import Mark
from mlci.lint.gpu_labels import names_gpu
from mlci.lint.jobs import Job, Means, Script, Text, Variable, View, text_of
from mlci.vendors.gitlab.syntax.model import Config, read_pipeline
from mlci.vendors.gitlab.syntax.model import Job as Definition
from mlci.yaml.document import Node
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import get, is_null, items, sequence, text, words

SCHEDULE = re.compile(r"\$CI_PIPELINE_SOURCE\s*==\s*[\"']schedule[\"']")
MEANS = Means(
    gate="'when: manual' or 'environment: production'",
    lock="resource_group: production",
    identity=True,
)


def build(file: SourceFile) -> View:
    root = file.root_node
    config = file.once(read_pipeline)
    view = View(env=variables(file, get(root, "variables")))
    view.jobs = [job(file, config, one) for one in config.jobs.values()]
    for node in (root, get(root, "workflow"), *(one.node for one in config.jobs.values())):
        view.schedules += scheduled(file, node)
    for part, where in ((get(root, "default"), "default"), (root, "")):
        shared(file, view, part, where)
    return view


def scheduled(file: SourceFile, node: Node | None) -> list[Mark]:
    """Return where a job, or the workflow, says that schedules start it."""
    only = words(get(node, "only")) + words(get(node, "only", "refs"))
    found = [one for one in only if one.value == "schedules"]
    for rule in sequence(get(node, "rules")):
        condition, never = get(rule, "if"), text(get(rule, "when")) == "never"
        if condition is not None and not never and SCHEDULE.search(text(condition) or ""):
            found.append(condition)
    return [file.mark(one) for one in found]


def shared(file: SourceFile, view: View, node: Node | None, name: str) -> None:
    """Add what all jobs have in common as a job of its own."""
    scripts = [
        Script(text_of(file, one))
        for key in ("before_script", "after_script")
        for one in words(get(node, key))
    ]
    images = image(file, get(node, "image"))
    if scripts or images:
        view.jobs.append(Job(name or "default", file.mark(node), scripts, images, timeout=True))


def job(file: SourceFile, config: Config, one: Definition) -> Job:
    """Build one job; a project's jobs end after an hour unless it says otherwise."""
    built = Job(one.name, file.mark(one.key), timeout=True, one_shell=True)
    for key in ("before_script", "script", "after_script"):
        built.scripts += [Script(text_of(file, node)) for node in words(get(one.node, key)) if node.value]
    built.images = image(file, get(one.node, "image"))
    services = get(one.node, "services")
    for node in words(services) if services is not None and not services.tag.startswith("!") else ():
        built.images.append(text_of(file, node))
    built.env = variables(file, get(one.node, "variables"))
    built.caches = [text_of(file, node) for node in words(get(one.node, "cache", "paths"))]
    built.artifacts = [text_of(file, node) for node in words(get(one.node, "artifacts", "paths"))]
    built.gated = not is_null(config.find(one, "environment")) or manual(config, one)
    built.concurrency = not is_null(config.find(one, "resource_group"))
    tags = [node.value for node in words(config.find(one, "tags"))]
    if names_gpu(" ".join(tags)):
        built.gpu = True
    elif not tags:
        built.gpu = False
    return built


def manual(config: Config, job: Definition) -> bool:
    """Tell whether a person starts the job."""
    if text(config.find(job, "when")) == "manual":
        return True
    rules = config.find(job, "rules")
    if rules is None or rules.id != "sequence" or not rules.value:
        return False
    return all(text(get(rule, "when")) in ("manual", "never") for rule in rules.value)


def image(file: SourceFile, node: Node | None) -> list[Text]:
    found = node if node is not None and node.id == "scalar" else get(node, "name")
    return [text_of(file, found)] if found is not None and text(found) else []


def variables(file: SourceFile, node: Node | None) -> list[Variable]:
    """Return the variables of a section; a variable may be a mapping with its value."""
    found = []
    for one in items(node):
        value = one.value if one.value.id == "scalar" else get(one.value, "value")
        if value is not None and value.id == "scalar":
            found.append(Variable(one.name, text_of(file, value)))
    return found
