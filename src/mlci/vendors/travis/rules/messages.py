"""Travis's rules, one for each kind of message its own validation has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlci.findings import Finding, Severity
from mlci.lint import edits
from mlci.lint.rule import Edit, Rule
from mlci.vendors.travis.syntax.problem import Problem
from mlci.vendors.travis.syntax.scalar import QUOTE
from mlci.vendors.travis.syntax.walk import problems
from mlci.yaml.source import SourceFile


class Message:
    """One kind of message; what it is about is found in one walk over the file, shared by all."""

    KINDS = ("travis",)

    def __init__(self, id: str, severity: Severity, doc: str) -> None:
        self.ID = f"travis-{id}"
        self.SEVERITY = severity
        self.__doc__ = doc

    def check(self, file: SourceFile) -> Iterable[Finding]:
        return [
            Finding(file.mark(one.node), one.message, self.ID, one.severity, one.help)
            for one in self.problems(file)
        ]

    def problems(self, file: SourceFile) -> Iterator[Problem]:
        """Yield what is of this kind among all that is wrong with a file."""
        return (one for one in file.once(problems) if one.rule == self.ID)


class Renaming(Message):
    """A message that names the word to write."""

    def fix(self, file: SourceFile, finding: Finding) -> Iterator[Edit]:
        """Write that word, unless it stands there already."""
        if any(one.rule == "travis-overwrite" for one in file.once(problems)):
            return
        for one in self.problems(file):
            if one.instead and file.mark(one.node) == finding.mark:
                yield from edits.replaced(one.node, one.instead)
                return


class Quoting(Message):
    """A message about a command that has become a mapping, among others."""

    def fix(self, file: SourceFile, finding: Finding) -> Iterator[Edit]:
        for one in self.problems(file):
            if one.help == QUOTE and file.mark(one.node) == finding.mark:
                yield from edits.quoted(file, one.node)
                return


RULES: tuple[Rule, ...] = (
    Message(
        "unknown-key",
        "warning",
        """A key is not one Travis knows; Travis ignores it.

        Mostly it is misspelt. A key that only holds anchors for others, or begins with `_` or `.`, is let be.

        Bad:

        ```yaml
        langauge: python
        ```

        Good:

        ```yaml
        language: python
        ```
        """,
    ),
    Message(
        "misplaced-key",
        "warning",
        """A key stands where Travis does not look for it.

        Bad:

        ```yaml
        language: python
        allow_failures:
          - python: nightly
        ```

        Good:

        ```yaml
        language: python
        jobs:
          allow_failures:
            - python: nightly
        ```
        """,
    ),
    Message(
        "value",
        "error",
        """A value is not one Travis knows, such as an operating system or a language; Travis drops it.

        Bad:

        ```yaml
        os: solaris
        ```

        Good:

        ```yaml
        os: linux
        ```
        """,
    ),
    Quoting(
        "type",
        "error",
        """A value is of the wrong kind: a mapping where text is expected, text where a mapping is.

        Travis cannot use it and drops the section. In commands, a colon followed by a space makes a mapping.

        Bad:

        ```yaml
        script:
          - echo status: done
        ```

        Good:

        ```yaml
        script:
          - "echo status: done"
        ```
        """,
    ),
    Message(
        "required",
        "error",
        """A key that a section needs is missing.

        Bad:

        ```yaml
        deploy:
          app: demo
        ```

        Good:

        ```yaml
        deploy:
          provider: heroku
          app: demo
        ```
        """,
    ),
    Message(
        "overwrite",
        "error",
        """Two keys mean the same; one overwrites the other.

        Bad:

        ```yaml
        matrix:
          fast_finish: true
        jobs:
          include:
            - script: make
        ```

        Good:

        ```yaml
        jobs:
          fast_finish: true
          include:
            - script: make
        ```
        """,
    ),
    Message(
        "condition",
        "error",
        """An `if` is no valid condition; Travis rejects the build.

        Bad:

        ```yaml
        if: branch = $BRANCH
        ```

        Good:

        ```yaml
        if: branch = env(BRANCH)
        ```
        """,
    ),
    Message(
        "format",
        "error",
        """A value does not have the form it needs: a version, a source to import, a variable.

        Bad:

        ```yaml
        env:
          - DEBUG
        ```

        Good:

        ```yaml
        env:
          - DEBUG=1
        ```
        """,
    ),
    Message(
        "plain-secret",
        "warning",
        """A secret stands in the file in plain text, for everyone who can read the repository.

        Bad:

        ```yaml
        deploy:
          provider: heroku
          api_key: 4f9d2b7c81e64a0d9b35
        ```

        Good:

        ```yaml
        deploy:
          provider: heroku
          api_key: $HEROKU_API
        ```
        """,
    ),
    Message(
        "secure",
        "error",
        """An encrypted value cannot be one.

        Bad:

        ```yaml
        env:
          global:
            - secure: $ENCRYPTED
        ```

        Good:

        ```yaml
        env:
          global:
            - secure: "Zm9vYmFyYmF6"
        ```
        """,
    ),
    Message(
        "unsupported",
        "warning",
        """A key or value has no effect with the language, operating system or distribution beside it.

        Bad:

        ```yaml
        language: python
        rvm: 3.2
        ```

        Good:

        ```yaml
        language: python
        python: 3.12
        ```
        """,
    ),
    Message(
        "template",
        "warning",
        """A notification's template uses a variable that does not exist.

        Bad:

        ```yaml
        notifications:
          irc:
            channels: ["chat.example.org#builds"]
            template: "%{repo}: %{message}"
        ```

        Good:

        ```yaml
        notifications:
          irc:
            channels: ["chat.example.org#builds"]
            template: "%{repository_slug}: %{message}"
        ```
        """,
    ),
    Message(
        "deprecated",
        "info",
        """A key or value is deprecated: it has no effect any more, or there is a better one.

        Bad:

        ```yaml
        language: python
        sudo: false
        ```

        Good:

        ```yaml
        language: python
        ```
        """,
    ),
    Renaming(
        "alias",
        "info",
        """A key or value has another name that Travis uses itself.

        Bad:

        ```yaml
        matrix:
          fast_finish: true
        ```

        Good:

        ```yaml
        jobs:
          fast_finish: true
        ```
        """,
    ),
    Message(
        "empty",
        "info",
        """A section is empty, so Travis drops it.

        Bad:

        ```yaml
        language: python
        services:
        ```

        Good:

        ```yaml
        language: python
        ```
        """,
    ),
)
