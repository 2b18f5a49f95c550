"""The rules for Jenkinsfiles as the linter's registry takes them: each looks at a file, read once for all."""

from __future__ import annotations

from collections.abc import Iterable

from mlci.findings import Finding
from mlci.lint.rule import Rule
from mlci.vendors.jenkins import syntax
from mlci.vendors.jenkins.syntax.model import Jenkinsfile
from mlci.yaml.source import SourceFile


def tree_of(file: SourceFile) -> Jenkinsfile:
    """Read a file as a Jenkins pipeline."""
    return syntax.parse(file.text, file.name)


class OnFile:
    """A rule for trees as a rule for files.

    Parameters
    ----------
    rule : a module of `mlci.vendors.jenkins.rules`
    """

    def __init__(self, rule: syntax.Rule) -> None:
        self.rule = rule
        self.ID = rule.ID
        self.SEVERITY = rule.SEVERITY
        self.KINDS = rule.KINDS
        self.__doc__ = rule.__doc__

    def check(self, file: SourceFile) -> Iterable[Finding]:
        """Yield what the rule has to say about a file."""
        return self.rule.check(file.once(tree_of))


RULES: tuple[Rule, ...] = tuple(OnFile(rule) for rule in syntax.RULES)
