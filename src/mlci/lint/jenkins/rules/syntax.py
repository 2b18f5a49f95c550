"""A Jenkinsfile must be Groovy: every bracket, string and comment ends, and strings hold known escapes.

Jenkins compiles the file before it runs anything, so a missing brace fails the build at once, with the
Groovy compiler's place of trouble: often the end of the file. This rule says which bracket was left open,
and where.

Bad::

    pipeline {
        agent any
        stages {
            stage('build') {
                steps {
                    sh "awk '{print $1}' log"
            }
        }
    }

Good::

    pipeline {
        agent any
        stages {
            stage('build') {
                steps {
                    sh 'awk "{print \\$1}" log'
                }
            }
        }
    }

Reference: https://groovy-lang.org/syntax.html
"""

from __future__ import annotations

from collections.abc import Iterator

from mlci.findings import Finding
from mlci.lint.jenkins.model import Jenkinsfile

ID = "jenkins-syntax"


def check(tree: Jenkinsfile) -> Iterator[Finding]:
    """Yield what keeps the file from being read."""
    yield from tree.problems
    for problem in tree.source.problems:
        mark = tree.source.mark(problem.start, problem.end)
        yield Finding(mark, problem.message, ID, "error", problem.help)
