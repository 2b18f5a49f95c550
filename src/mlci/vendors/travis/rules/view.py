"""Travis CI's configurations as jobs."""

from __future__ import annotations

from collections.abc import Callable

from mlci.findings import Mark
from mlci.lint.jobs import Job, Script, Text, Variable, View, text_of
from mlci.vendors.travis.syntax.builds import PHASES
from mlci.vendors.travis.syntax.conditions.reader import Fault, condition_or_fault
from mlci.vendors.travis.syntax.conditions.tree import Attribute, comparisons, named
from mlci.vendors.travis.syntax.environment import SECTIONS
from mlci.vendors.travis.syntax.support import included
from mlci.vendors.travis.syntax.walk import version_of
from mlci.yaml.document import Node
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import get, items, sequence, text, words


def build(file: SourceFile) -> View:
    """Build the view: the file itself as one job, and each entry of `jobs.include`."""
    root = file.root_node
    view = View(jobs=[job(file, root, "build")])
    view.schedules = [mark for node in (root, *included(root)) for mark in scheduled(file, node)]
    for number, node in enumerate(included(root), 1):
        view.jobs.append(job(file, node, text(get(node, "name")) or f"build {number}"))
    return view


def scheduled(file: SourceFile, node: Node | None) -> list[Mark]:
    """Return where a condition says that Travis's cron starts something."""
    condition = get(node, "if")
    found = condition_or_fault(text(condition) or "", version_of(file.root_node))
    asked = () if isinstance(found, Fault) else comparisons(found)
    cron = any(one.left == Attribute("type") and "cron" in named(one) for one in asked)
    return [file.mark(condition)] if cron else []


def job(file: SourceFile, node: Node | None, name: str) -> Job:
    """Build one job; Travis ends each after 50 minutes at most."""
    built = Job(name, file.mark(node), timeout=True, gpu=False, one_shell=True)
    for phase in PHASES:
        built.scripts += [Script(text_of(file, one)) for one in words(get(node, phase)) if one.value]
    built.caches = [text_of(file, one) for one in words(get(node, "cache", "directories"))]
    built.artifacts = [text_of(file, one) for one in words(get(node, "workspaces", "create", "paths"))]
    built.env = [one for part in environment(node) for one in assignments(text_of(file, part))]
    built.uses = [text_of(file, one) for one in providers(node)]
    return built


def providers(node: Node | None) -> list[Node]:
    deploy = get(node, "deploy")
    found = [get(one, "provider") for one in sequence(deploy)] or [get(deploy, "provider")]
    return [one for one in found if one is not None and one.id == "scalar"]


def environment(node: Node | None) -> list[Node]:
    """Return the texts of `env` that hold assignments."""
    env = get(node, "env")
    nodes = words(env)
    for one in items(env):
        nodes += words(one.value) if one.name in SECTIONS else []
    return nodes


def assignments(whole: Text) -> list[Variable]:
    """Return the variables of one line of `env`."""
    found = []
    at = 0
    for word in whole.value.split(" "):
        name, equals, value = word.partition("=")
        if equals and name.isidentifier():
            start = at + len(name) + 1
            found.append(Variable(name, Text(value.strip("\"'"), shifted(whole, start))))
        at += len(word) + 1
    return found


def shifted(whole: Text, by: int) -> Callable[[int, int], Mark]:
    return lambda start, length: whole.mark(by + start, length)
