"""Parameters that a vendor pastes into scripts, and what they are given by others than the file's authors."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlci.lint import jobs
from mlci.lint.jobs import Pasted
from mlci.yaml.document import Node
from mlci.yaml.patterns import lazy
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import Entry, get, is_null, items, sequence, text


def pasted(file: SourceFile, others: re.Pattern[str]) -> Iterator[Pasted]:
    """Yield the places of a file by its vendor's way; `others` is what a vendor gives that others wrote."""
    if file.kind.vendor == "circleci":
        yield from handed_on(file, others)
    elif file.kind.vendor == "azure":
        yield from asked_for(file, azure_parameters(file.root_node), AZURE)
    elif file.kind.vendor == "gitlab" and file.document is not None and file.document.roots:
        yield from asked_for(file, gitlab_inputs(file.document.roots[0]), GITLAB)


CIRCLECI = lazy(r"<<\s*parameters\.([\w-]+)\s*>>")

AZURE = lazy(r"\$\{\{\s*parameters\.(\w+)\s*\}\}")

GITLAB = lazy(r"\$\[\[\s*inputs\.([\w-]+)\s*(?:\|[^\]]*)?\]\]")
"""An input in a script of GitLab's."""


def azure_parameters(root: Node | None) -> set[str]:
    return {
        text(get(one, "name")) or ""
        for one in sequence(get(root, "parameters"))
        if text(get(one, "type")) in (None, "string") and is_null(get(one, "values"))
    }


def gitlab_inputs(root: Node | None) -> set[str]:
    return {
        one.name
        for one in items(get(root, "spec", "inputs"))
        if text(get(one.value, "type")) in (None, "string")
        and is_null(get(one.value, "options"))
        and is_null(get(one.value, "regex"))
    }


def asked_for(file: SourceFile, names: set[str], pattern: re.Pattern[str]) -> Iterator[Pasted]:
    """Yield where a script holds a text that whoever starts the run gives."""
    for script in file.once(jobs.view).scripts if names else ():
        for found in pattern.finditer(script.text.value):
            if found[1] in names:
                said = f"'{found[1]}' is pasted into the script; whoever starts this can run anything"
                yield Pasted(script.text.mark(found.start(), len(found[0])), said, "info")


def handed_on(file: SourceFile, others: re.Pattern[str]) -> Iterator[Pasted]:
    """Yield where a job or command of CircleCI's is given others' text for what it pastes into a script."""
    pastes: dict[str, set[str]] = {}
    for job in file.once(jobs.view).jobs:
        for script in job.scripts:
            pastes.setdefault(job.name, set()).update(CIRCLECI.findall(script.text.value))
    for call in calls(file.root_node):
        names = pastes.get(call.name, ())
        for one in items(call.value) if names else ():
            if one.name in names and one.value.id == "scalar" and others.search(one.value.value):
                said = f"'{call.name}' pastes this into a script: '{one.value.value}' can be a command"
                yield Pasted(file.mark(one.value), said, "warning")


def calls(root: Node | None) -> Iterator[Entry]:
    """Yield the jobs of workflows, and the commands among steps, that are given something."""
    for workflow in items(get(root, "workflows")):
        for step in sequence(get(workflow.value, "jobs")):
            yield from items(step)
    for section in ("jobs", "commands"):
        for one in items(get(root, section)):
            for step in sequence(get(one.value, "steps")):
                yield from items(step)
