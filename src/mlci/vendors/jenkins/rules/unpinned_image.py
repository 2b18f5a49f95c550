"""A container image is named with a version, at best with its digest.

Without a tag, or with `latest`, each build may run in another image: it stops being repeatable, and whoever
can push to the registry decides what runs next to the credentials.

Bad:

```groovy
agent {
    docker {
        image 'python:latest'
    }
}
```

Good:

```groovy
agent {
    docker {
        image 'python:3.11.9-slim'
    }
}
```

Reference: https://www.jenkins.io/doc/book/pipeline/docker/
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlci.findings import Finding, Severity
from mlci.vendors.jenkins.syntax import tree_of
from mlci.vendors.jenkins.syntax.groovy.tree import Call, Expression, Literal, Name, text_of
from mlci.vendors.jenkins.syntax.model import Jenkinsfile
from mlci.yaml.source import SourceFile

ID = "jenkins-unpinned-image"
SEVERITY: Severity = "warning"
KINDS = ("jenkinsfile",)
IN_YAML = re.compile(r"^[ \t-]*image:[ \t]*['\"]?(?P<image>[^\s'\"#]+)", re.MULTILINE)
HELP = "name a version, or better a digest: python:3.11.9@sha256:…"


def check(file: SourceFile) -> Iterator[Finding]:
    """Yield every image of an agent, a pod or a script that is not pinned."""
    tree = file.once(tree_of)
    for pipeline in tree.pipelines:
        for holder in pipeline.holders():
            agent = holder.agent
            if agent and agent.kind == "docker":
                yield from check_image(tree, agent.settings.get("image", agent.argument))
            elif agent and agent.kind == "kubernetes":
                yield from check_yaml(tree, agent.settings.get("yaml", agent.argument))
    for node in tree.nodes:
        if isinstance(node, Call):
            yield from check_call(tree, node)


def check_call(tree: Jenkinsfile, call: Call) -> Iterator[Finding]:
    """Yield the image of `docker.image('…')` and of a container template."""
    if (
        call.name == "image"
        and isinstance(call.target, Name)
        and call.target.name == "docker"
        and call.arguments
    ):
        yield from check_image(tree, call.arguments[0].value)
    elif call.name in ("containerTemplate", "podTemplate"):
        for argument in call.arguments:
            if argument.key == "image":
                yield from check_image(tree, argument.value)
            elif argument.key == "yaml":
                yield from check_yaml(tree, argument.value)


def check_image(tree: Jenkinsfile, value: Expression | None) -> Iterator[Finding]:
    """Yield an image without a version."""
    image = text_of(value)
    if value is not None and image and (trouble := unpinned(image)):
        yield tree.finding(value, f"the image '{image}' {trouble}", ID, SEVERITY, HELP)


def check_yaml(tree: Jenkinsfile, value: Expression | None) -> Iterator[Finding]:
    """Yield the images of a pod's YAML that have no version."""
    text = value.value if isinstance(value, Literal) else None
    if value is None or not isinstance(text, str):
        return
    for found in IN_YAML.finditer(text):
        image = found.group("image")
        if trouble := unpinned(image):
            start = tree.source.text.find(image, value.start, value.end)
            mark = tree.source.mark(start, start + len(image)) if start >= 0 else tree.mark(value)
            yield Finding(mark, f"the image '{image}' {trouble}", ID, SEVERITY, HELP)


def unpinned(image: str) -> str | None:
    """Say why an image is not pinned; None when it is, or when its name is not known."""
    if "@sha256:" in image or "$" in image:
        return None
    tag = image.rpartition("/")[2].partition(":")[2]
    if not tag:
        return "has no tag, so it is whatever is newest"
    return "is tagged 'latest', so it changes under you" if tag == "latest" else None
