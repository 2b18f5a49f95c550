"""GitLab CI's configurations as jobs."""

from __future__ import annotations

from mlci.document import Node
from mlci.lint.jobs import Job, Script, Text, Variable, View, text_of
from mlci.lint.rule import LintFile
from mlci.lint.tree import Entry, get, is_null, items, text, words
from mlci.lint.views.gpu import names_gpu

NAMES = """
stages variables workflow include default image services cache before_script after_script spec types
"""
RESERVED = frozenset(NAMES.split())
STAGES = (".pre", "build", "test", "deploy", ".post")


def build(file: LintFile) -> View:
    """Build the view; a job waits for all of earlier stages unless `needs` says otherwise."""
    root = file.root_node
    entries = items(root)
    view = View(env=variables(file, get(root, "variables")))
    templates = {one.name: one.value for one in entries}
    jobs = [one for one in entries if one.name not in RESERVED and one.value.id == "mapping"]
    stages = [node.value for node in words(get(root, "stages"))] or list(STAGES)
    ranks: dict[str, int] = {}
    for one in jobs:
        built = job(file, one, templates)
        stage = text(inherited(one.value, "stage", templates)) or "test"
        ranks[one.name] = stages.index(stage) if stage in stages else len(stages)
        view.jobs.append(built)
    for built in view.jobs:
        if not built.needs:
            built.needs = [name for name, rank in ranks.items() if rank < ranks[built.name]][:200]
    for part, where in ((get(root, "default"), "default"), (root, "")):
        shared(file, view, part, where)
    return view


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
    built.needs = [node.value for node in words(get(one.value, "needs"))]
    built.caches = [text_of(file, node) for node in words(get(one.value, "cache", "paths"))]
    built.artifacts = [text_of(file, node) for node in words(get(one.value, "artifacts", "paths"))]
    built.collects = bool(built.needs)
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
