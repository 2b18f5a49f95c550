"""Jenkins pipelines: read into neutral data by `parse`, checked by the modules in `RULES`.

>>> tree = parse(text, "Jenkinsfile")
>>> [stage.name for pipeline in tree.pipelines for stage in pipeline.all_stages()]
>>> findings = [found for rule in RULES for found in rule.check(tree)]
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from mlci.findings import Finding
from mlci.lint.groovy import read
from mlci.lint.groovy.tree import text_of
from mlci.lint.jenkins.model import Jenkinsfile, Pipeline, Stage, Step
from mlci.lint.jenkins.reader import pipelines
from mlci.lint.jenkins.rules import (
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
    when,
)
from mlci.lint.jenkins.shell import ShellScript, shell_scripts

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
    "shell_scripts",
    "text_of",
]


class Rule(Protocol):
    """A module with one rule; its docstring is its documentation."""

    ID: str
    __doc__: str | None

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


def parse(text: str, name: str = "Jenkinsfile") -> Jenkinsfile:
    """Read a Jenkinsfile, or a file of a shared library.

    Parameters
    ----------
    text : the file's text
    name : the file's name as messages show it

    Returns
    -------
    Jenkinsfile : without pipelines when the text is too broken to trust; rule `jenkins-syntax` then says why
    """
    source = read(text, name)
    return Jenkinsfile(source, () if source.broken else pipelines(source.statements))


def check(tree: Jenkinsfile) -> list[Finding]:
    """Return what all rules have to say about a file."""
    return [found for rule in RULES for found in rule.check(tree)]
