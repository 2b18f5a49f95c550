"""GitLab CI's configurations as jobs."""

from __future__ import annotations

import re

from mlci.document import Node
from mlci.findings import Mark
from mlci.lint.jobs import Job, Script, Text, Variable, View, text_of
from mlci.lint.rule import LintFile
from mlci.lint.tree import Entry, get, is_null, items, sequence, text, words
from mlci.lint.views.gpu import names_gpu

SCHEDULE = re.compile(r"\$CI_PIPELINE_SOURCE\s*==\s*[\"']schedule[\"']")
NAMES = """
stages variables workflow include default image services cache before_script after_script spec types
"""
RESERVED = frozenset(NAMES.split())


def build(file: LintFile) -> View:
    """Build the view."""
    root = file.root_node
    entries = items(root)
    view = View(env=variables(file, get(root, "variables")))
    templates = {one.name: one.value for one in entries}
    jobs = [one for one in entries if one.name not in RESERVED and one.value.id == "mapping"]
    view.jobs = [job(file, one, templates) for one in jobs]
    for node in (root, get(root, "workflow"), *(one.value for one in jobs)):
        view.schedules += scheduled(file, node)
    for part, where in ((get(root, "default"), "default"), (root, "")):
        shared(file, view, part, where)
    return view


def scheduled(file: LintFile, node: Node | None) -> list[Mark]:
    """Return where a job, or the workflow, says that schedules start it."""
    only = words(get(node, "only")) + words(get(node, "only", "refs"))
    found = [one for one in only if one.value == "schedules"]
    for rule in sequence(get(node, "rules")):
        condition, never = get(rule, "if"), text(get(rule, "when")) == "never"
        if condition is not None and not never and SCHEDULE.search(text(condition) or ""):
            found.append(condition)
    return [file.mark(one) for one in found]


def shared(file: LintFile, view: View, node: Node | None, name: str) -> None:
    """Add what all jobs have in common as a job of its own."""
    scripts = [
        Script(text_of(file, one))
        for key in ("before_script", "after_script")
        for one in words(get(node, key))
    ]
    images = image(file, get(node, "image"))
    if scripts or images:
        view.jobs.append(Job(name or "default", file.mark(node), scripts, images, timeout=True))


def job(file: LintFile, one: Entry, templates: dict[str, Node]) -> Job:
    """Build one job; a project's jobs end after an hour unless it says otherwise."""
    built = Job(one.name, file.mark(one.key), timeout=True, one_shell=True)
    for key in ("before_script", "script", "after_script"):
        built.scripts += [Script(text_of(file, node)) for node in words(get(one.value, key)) if node.value]
    built.images = image(file, get(one.value, "image"))
    services = get(one.value, "services")
    for node in words(services) if services is not None and not services.tag.startswith("!") else ():
        built.images.append(text_of(file, node))
    built.env = variables(file, get(one.value, "variables"))
    built.caches = [text_of(file, node) for node in words(get(one.value, "cache", "paths"))]
    built.artifacts = [text_of(file, node) for node in words(get(one.value, "artifacts", "paths"))]
    built.gated = not is_null(inherited(one.value, "environment", templates)) or manual(one.value, templates)
    built.concurrency = not is_null(inherited(one.value, "resource_group", templates))
    tags = [node.value for node in words(inherited(one.value, "tags", templates))]
    if names_gpu(" ".join(tags)):
        built.gpu = True
    elif not tags:
        built.gpu = False
    return built


def manual(node: Node, templates: dict[str, Node]) -> bool:
    """Tell whether a person starts the job."""
    if text(inherited(node, "when", templates)) == "manual":
        return True
    rules = inherited(node, "rules", templates)
    if rules is None or rules.id != "sequence" or not rules.value:
        return False
    return all(text(get(rule, "when")) in ("manual", "never") for rule in rules.value)


def inherited(node: Node, key: str, templates: dict[str, Node], depth: int = 0) -> Node | None:
    """Return a key's value, the job's own or that of what it extends."""
    found = get(node, key)
    if found is not None or depth > 10:
        return found
    for name in reversed(words(get(node, "extends"))):
        parent = templates.get(name.value)
        if parent is not None:
            found = inherited(parent, key, templates, depth + 1)
            if found is not None:
                return found
    return None


def image(file: LintFile, node: Node | None) -> list[Text]:
    """Return an image's name."""
    found = node if node is not None and node.id == "scalar" else get(node, "name")
    return [text_of(file, found)] if found is not None and text(found) else []


def variables(file: LintFile, node: Node | None) -> list[Variable]:
    """Return the variables of a section; a variable may be a mapping with its value."""
    found = []
    for one in items(node):
        value = one.value if one.value.id == "scalar" else get(one.value, "value")
        if value is not None and value.id == "scalar":
            found.append(Variable(one.name, text_of(file, value)))
    return found
