"""AWS CodeBuild's buildspecs as one job."""

from __future__ import annotations

from mlci.lint.jobs import Job, Means, Script, Variable, View, text_of
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import get, items, words

MEANS = Means(
    role=True,
)


def build(file: SourceFile) -> View:
    """Build the view; a build ends after an hour unless its project says otherwise."""
    root = file.root_node
    job = Job("build", file.mark(root), timeout=True)
    for phase in items(get(root, "phases")):
        for key in ("commands", "finally"):
            job.scripts += [
                Script(text_of(file, node)) for node in words(get(phase.value, key)) if node.value
            ]
    job.env = [
        Variable(one.name, text_of(file, one.value))
        for one in items(get(root, "env", "variables"))
        if one.value.id == "scalar"
    ]
    job.caches = [text_of(file, node) for node in words(get(root, "cache", "paths"))]
    job.artifacts = [text_of(file, node) for node in words(get(root, "artifacts", "files"))]
    return View(jobs=[job])
