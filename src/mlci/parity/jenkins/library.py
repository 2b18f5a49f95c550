"""mlci's shared library where it is run: which Jenkinsfiles load it, and what its steps ask of mlci."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from importlib import metadata

from mlci import asked, cli
from mlci.errors import input_error
from mlci.lint.groovy.tree import Annotation, Expression, ListOf, text_of
from mlci.lint.jenkins import Jenkinsfile
from mlci.parity.account import Named
from mlci.parity.naming import executed
from mlci.release import TAG
from mlci.resources import shipped
from mlci.vendors.jenkins.calls import words
from mlci.vendors.jenkins.library import NAME

RULE = "parity-jenkins"


def loads(file: Jenkinsfile) -> bool:
    """Tell whether a file loads mlci's library.

    Raises
    ------
    InputError : it loads another one, or one of another mlci
    """
    found = list(libraries(file))
    known = refs()
    for one in found:
        said = text_of(one) or "one that depends on the run"
        name, _, version = said.partition("@")
        if name != NAME or version not in known:
            mark = file.source.mark(one.start, one.end)
            can = " or ".join(f"{NAME}@{ref}" for ref in known)
            message = f"the shared library '{said}' cannot be run here"
            raise input_error(mark, message, RULE, f"only that of this mlci can: {can}")
    return bool(found)


def libraries(file: Jenkinsfile) -> Iterator[Expression]:
    """Yield the names of the libraries that a file loads, as it has them."""
    for node in file.nodes:
        if isinstance(node, Annotation) and node.name == "Library":
            for argument in node.arguments:
                listed = argument.value
                yield from (each.value for each in listed.items) if isinstance(listed, ListOf) else (listed,)


def refs() -> tuple[str, ...]:
    """Return what names the state of mlci that is installed: its release's tag, the commit it came from."""
    try:
        origin = json.loads(metadata.distribution("mlci").read_text("direct_url.json") or "{}")
    except metadata.PackageNotFoundError:
        origin = {}
    commit = origin.get("vcs_info", {}).get("commit_id")
    return (TAG, commit) if commit else (TAG,)


def folder() -> str:
    """Return where the library lies."""
    return str(shipped("jenkins"))


def job_of(arguments: Mapping[str, object]) -> Iterator[Named]:
    """Yield the job that a call of mlciStage works on, none for a stage of mlci's own."""
    if arguments.get("stage"):
        yield from executed(shlex.join(words({**arguments, "env": {}})))


def ran(variables: Mapping[str, str]) -> Iterator[Named]:
    """Yield the job that the library's script works on, as its variables tell it."""
    if variables.get("MLCI_COMMAND") == "exec":
        command = next(each for each in cli.ALL if each.name == "exec")
        yield from executed(shlex.join(["mlci", *asked.words(command, variables)]))
