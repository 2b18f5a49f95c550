"""Jenkins pipelines, read into neutral data by `parse`.

>>> tree = parse(text, "Jenkinsfile")
>>> [stage.name for pipeline in tree.pipelines for stage in pipeline.all_stages()]
"""

from __future__ import annotations

from mlci.vendors.jenkins.syntax.groovy import read_source
from mlci.vendors.jenkins.syntax.groovy.tree import text_of
from mlci.vendors.jenkins.syntax.model import Jenkinsfile, Pipeline, Stage, Step
from mlci.vendors.jenkins.syntax.reader import pipelines
from mlci.vendors.jenkins.syntax.shell import ShellScript, shell_scripts
from mlci.yaml.source import SourceFile

__all__ = [
    "Jenkinsfile",
    "Pipeline",
    "ShellScript",
    "Stage",
    "Step",
    "parse",
    "shell_scripts",
    "text_of",
    "tree_of",
]


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
    source = read_source(text, name)
    return Jenkinsfile(source, () if source.broken else pipelines(source.statements))


def tree_of(file: SourceFile) -> Jenkinsfile:
    """Read a file once for all that look at it; asked for by `file.once(tree_of)`."""
    return parse(file.text, file.name)
