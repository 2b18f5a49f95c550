"""mlci's shared library where it is run: which Jenkinsfiles load it, and what its steps ask of mlci."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping

from mlci import __version__
from mlci.calls import variables as asked
from mlci.errors import input_error
from mlci.parity.account import Named
from mlci.parity.naming import executed
from mlci.parity.origin import COMMIT, origin
from mlci.registry import COMMANDS
from mlci.release import TAG
from mlci.resources import shipped
from mlci.vendors.jenkins.render.calls import words
from mlci.vendors.jenkins.render.library import NAME
from mlci.vendors.jenkins.syntax import Jenkinsfile
from mlci.vendors.jenkins.syntax.groovy.tree import Annotation, Expression, ListOf, text_of

RULE = "parity-jenkins"
EXEC = next(each for each in COMMANDS if each.id == "exec")


def loaded(file: Jenkinsfile) -> str:
    """Return the version of mlci's library that a file loads, "" for none.

    Raises
    ------
    InputError : it loads another library, or one that cannot be this mlci's
    """
    version = ""
    for one in libraries(file):
        said = text_of(one) or "one that depends on the run"
        name, _, version = said.partition("@")
        if name != NAME or not (version == TAG or is_mine(version)):
            message = f"the shared library '{said}' cannot be run here"
            help = f"only that of this mlci can, {NAME}@{TAG}"
            raise input_error(file.source.mark(one.start, one.end), message, RULE, help)
    return version


def libraries(file: Jenkinsfile) -> Iterator[Expression]:
    """Yield the names of the libraries that a file loads, as it has them."""
    for node in file.nodes:
        if isinstance(node, Annotation) and node.name == "Library":
            for argument in node.arguments:
                listed = argument.value
                yield from (each.value for each in listed.items) if isinstance(listed, ListOf) else (listed,)


def is_mine(commit: str) -> bool:
    """Tell whether a commit is, as far as can be known here, the one of this mlci."""
    mine = origin()
    return bool(COMMIT.fullmatch(commit)) and (mine is None or mine.ref == commit)


def told(version: str) -> str:
    """Say what runs in place of a library whose commit nothing here can be held against, "" for others."""
    if not COMMIT.fullmatch(version) or origin() is not None:
        return ""
    return f"the shared library at {version[:12]} is taken for that of this mlci, {__version__}"


def folder() -> str:
    return str(shipped("jenkins"))


def job_of(arguments: Mapping[str, object]) -> Iterator[Named]:
    """Yield the job that a call of mlciStage works on, none for a stage of mlci's own."""
    if arguments.get("stage"):
        yield from executed(shlex.join(words({**arguments, "env": {}})))


def ran(variables: Mapping[str, str]) -> Iterator[Named]:
    """Yield the job that the library's script works on, as its variables tell it."""
    if variables.get("MLCI_COMMAND") == "exec":
        words_of_call = asked.words(EXEC, variables)
        yield from executed(shlex.join(["mlci", *words_of_call]))
