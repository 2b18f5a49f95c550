"""The images that a Jenkinsfile's agents, pods and scripts run in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlci.lint.jobs import Text
from mlci.vendors.jenkins.rules.places import constant, fixed
from mlci.vendors.jenkins.syntax.groovy.tree import Call, Expression, Literal, Name
from mlci.vendors.jenkins.syntax.model import Agent, Jenkinsfile

IN_YAML = re.compile(r"^[ \t-]*image:[ \t]*['\"]?(?P<image>[^\s'\"#]+)", re.MULTILINE)


def all_images(tree: Jenkinsfile) -> Iterator[tuple[int, Text]]:
    """Yield each image, with the offset of what names it."""
    for pipeline in tree.pipelines:
        for holder in pipeline.holders():
            if holder.agent:
                yield from agent_images(tree, holder.agent)
    for node in tree.nodes:
        if isinstance(node, Call):
            yield from call_images(tree, node)


def agent_images(tree: Jenkinsfile, agent: Agent) -> Iterator[tuple[int, Text]]:
    if agent.kind == "docker":
        yield from image(tree, agent.settings.get("image", agent.argument))
    elif agent.kind == "kubernetes":
        yield from pod_images(tree, agent.settings.get("yaml", agent.argument))


def call_images(tree: Jenkinsfile, call: Call) -> Iterator[tuple[int, Text]]:
    """Yield the image of `docker.image('…')` and of a container template."""
    if call.name == "image" and isinstance(call.target, Name) and call.target.name == "docker":
        for argument in call.arguments[:1]:
            yield from image(tree, argument.value)
    elif call.name in ("containerTemplate", "podTemplate"):
        for argument in call.arguments:
            if argument.key == "image":
                yield from image(tree, argument.value)
            elif argument.key == "yaml":
                yield from pod_images(tree, argument.value)


def image(tree: Jenkinsfile, value: Expression | None) -> Iterator[tuple[int, Text]]:
    text = constant(tree, value)
    if value is not None and text is not None:
        yield value.start, text


def pod_images(tree: Jenkinsfile, value: Expression | None) -> Iterator[tuple[int, Text]]:
    """Yield the images in the YAML of a pod, each at its own place where the file holds it as it is."""
    text = value.value if isinstance(value, Literal) else None
    if value is None or not isinstance(text, str):
        return
    at = value.start
    for found in IN_YAML.finditer(text):
        name = found["image"]
        start = tree.source.text.find(name, at, value.end)
        at = start if start >= 0 else at
        mark = tree.source.mark(start, start + len(name)) if start >= 0 else tree.mark(value)
        yield value.start, Text(name, fixed(mark))
