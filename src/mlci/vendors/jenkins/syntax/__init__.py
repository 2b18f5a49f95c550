"""Jenkins pipelines: read into neutral data by `parse`, checked by the modules in `RULES`.

>>> tree = parse(text, "Jenkinsfile")
>>> [stage.name for pipeline in tree.pipelines for stage in pipeline.all_stages()]
>>> findings = [found for rule in RULES for found in rule.check(tree)]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from mlci.findings import Finding, Severity
from mlci.vendors.jenkins.rules import (
    agent,
    axis,
    cron,
    duplicate_name,
    duplicate_section,
    empty_section,
    environment,
    host_key,
    input,
    library,
    missing_section,
    nesting,
    no_agent,
    one_per_line,
    option,
    parameter,
    pipe_to_shell,
    plain_secret,
    post,
    script_injection,
    secret_echo,
    secret_interpolation,
    stage,
    stage_content,
    step,
    step_argument,
    syntax,
    tool,
    top_level,
    trigger,
    unknown_section,
    unpinned_image,
    unpinned_library,
    value,
    when,
)
from mlci.vendors.jenkins.syntax.groovy import read
from mlci.vendors.jenkins.syntax.groovy.tree import text_of
from mlci.vendors.jenkins.syntax.model import Jenkinsfile, Pipeline, Stage, Step
from mlci.vendors.jenkins.syntax.reader import pipelines
from mlci.vendors.jenkins.syntax.shell import ShellScript, shell_scripts

__all__ = [
    "RULES",
    "Jenkinsfile",
    "Pipeline",
    "Rule",
    "ShellScript",
    "Stage",
    "Step",
    "check",
    "parse",
    "recognises",
    "shell_scripts",
    "text_of",
]


if TYPE_CHECKING:
    from pathlib import PurePath

PIPELINE = re.compile(r"^[ \t]*(?:pipeline|node)\b[^\n;=]{0,80}\{", re.MULTILINE)
EDITOR = re.compile(r'\s*\{\s*"pipeline"\s*:\s*\{\s*"(?:stages|agent|options|environment|parameters|post)"')


class Rule(Protocol):
    """A module with one rule; its docstring is its documentation."""

    @property
    def ID(self) -> str:
        """The id in brackets behind each finding."""

    @property
    def SEVERITY(self) -> Severity:
        """What most of its findings are; a rule may be milder where it is less sure."""

    @property
    def KINDS(self) -> tuple[str, ...]:
        """The kinds of file it looks at."""

    @property
    def __doc__(self) -> str | None: ...  # type: ignore[override]

    def check(self, tree: Jenkinsfile) -> Iterator[Finding]:
        """Yield what the rule has to say about a file."""
        ...


RULES: tuple[Rule, ...] = (
    syntax,
    top_level,
    one_per_line,
    unknown_section,
    missing_section,
    duplicate_section,
    empty_section,
    stage,
    stage_content,
    nesting,
    duplicate_name,
    agent,
    axis,
    cron,
    environment,
    input,
    library,
    no_agent,
    option,
    parameter,
    post,
    step,
    step_argument,
    tool,
    trigger,
    value,
    when,
    host_key,
    pipe_to_shell,
    plain_secret,
    script_injection,
    secret_echo,
    secret_interpolation,
    unpinned_image,
    unpinned_library,
)


def recognises(path: PurePath, text: str) -> bool:
    """Tell whether a file is a Jenkins pipeline or library code.

    Parameters
    ----------
    path : the file's path
    text : its text, or at least the first few kilobytes
    """
    name = path.name.lower()
    if name.startswith("jenkinsfile") or name.endswith((".jenkinsfile", ".jenkins")):
        return not name.endswith((".md", ".txt", ".yml", ".yaml", ".j2", ".template"))
    if name.endswith(".groovy"):
        return path.parent.name == "vars" or PIPELINE.search(text) is not None
    return name.endswith(".json") and EDITOR.match(text) is not None


def parse(text: str, name: str = "Jenkinsfile") -> Jenkinsfile:
    """Read a Jenkinsfile, or a file of a shared library.

    Parameters
    ----------
    text : the file's text
    name : the file's name as messages show it

    Returns
    -------
    Jenkinsfile : without pipelines when the text is too broken to trust; rule `jenkins-syntax` then says why

    Notes
    -----
    A name ending in `.json` is read as the JSON form that Jenkins' pipeline editor exchanges.
    """
    if name.endswith(".json"):
        from mlci.vendors.jenkins.syntax.editor import parse_json

        return parse_json(text, name)
    source = read(text, name)
    return Jenkinsfile(source, () if source.broken else pipelines(source.statements))


def check(tree: Jenkinsfile) -> list[Finding]:
    """Return what all rules have to say about a file."""
    return [found for rule in RULES for found in rule.check(tree)]
