"""A CircleCI configuration as it is run: refused in the words of the linter, and its orbs opened."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from mlci.errors import EnvironmentLacks, InputError, input_error
from mlci.findings import order
from mlci.lint.kinds import BY_ID
from mlci.parity.part import RULE, Part
from mlci.vendors.circleci.syntax import model
from mlci.vendors.circleci.syntax.model import Definition, JobUse, Orb, Scope
from mlci.vendors.circleci.syntax.plain import plain
from mlci.vendors.circleci.syntax.shipped_orb import ORB as MLCI_ORB
from mlci.vendors.circleci.syntax.shipped_orb import SHIPPED
from mlci.vendors.circleci.syntax.uses import fault, known
from mlci.yaml.document import Document, Node
from mlci.yaml.hints import near
from mlci.yaml.source import SourceFile
from mlci.yaml.tree import text

TOP = (
    *("version", "setup", "orbs", "parameters", "executors", "commands", "jobs", "job-groups", "workflows"),
    *("description", "display"),
)
ORB = ("version", "orbs", "executors", "commands", "jobs", "examples", "description", "display")

Sources = Mapping[str, Path]
"""An orb's name without its version -> the file of its source, packed."""


class Config(NamedTuple):
    """A whole file."""

    document: Document
    part: Part
    syntax: model.Config

    @property
    def setup(self) -> bool:
        """Whether it only prepares another that follows."""
        found = self.part.get("setup")
        return found is not None and found.flag()

    def used(self, use: JobUse) -> Part:
        return Part(self.document, use.path, plain(use.arguments))

    def workflow(self, found: model.Workflow, section: str = "workflows") -> Part:
        """Return a workflow, or a group of jobs."""
        return Part(self.document, (section, found.name), plain(found.node))


def find(scope: Scope, part: model.Part, use: Part, name: str) -> Definition:
    """Return a definition.

    Parameters
    ----------
    scope : what names mean where it is used
    part : job, command or executor
    use : where it is used, for messages
    name : its name, `orb/name` for one of an orb

    Raises
    ------
    InputError : there is none
    EnvironmentLacks : the source of its orb is not here
    """
    found, said = scope.find(part, name), fault(scope, part, name)
    if said is not None:
        raise use.refuse(said, near(name, known(scope, part, name)), key=True)
    if found is None:
        raise not_here(scope, name.partition("/")[0])
    return found


def not_here(scope: Scope, name: str) -> EnvironmentLacks:
    orb = scope.orb(name)
    if orb is None or scope.document is None:
        raise ValueError(f"no orb of this file is called '{name}'")
    reference = str(orb.node.value)
    help = (
        f"--stand-in {reference.partition('@')[0]}=FILE names a file of it, or of one that does its work here"
    )
    said = f"the source of the orb {reference} is not here"
    return EnvironmentLacks(refusal(scope.document, orb.node, said, help).findings)


def refusal(document: Document, node: Node | None, said: str, help: str | None = None) -> InputError:
    """Make the error that names the place of a node."""
    return input_error(document.mark_of(node), said, RULE, help)


def part_of(found: Definition) -> Part:
    if found.scope.document is None:
        raise ValueError(f"nobody knows where '{found.name}' stands")
    return Part(found.scope.document, found.path, plain(found.node))


def read(file: SourceFile) -> Document:
    """Read a file by the YAML that CircleCI knows.

    Raises
    ------
    InputError : it is no YAML
    """
    if file.document is None or file.reported:
        raise InputError(file.reported)
    return file.document


def open_orbs(scope: Scope, sources: Sources) -> None:
    """Let a scope know what is in its orbs, as far as their sources are here.

    Raises
    ------
    InputError : one is mlci's, but of another version, or has keys that are not known
    """
    for orb in list(scope.orbs.values()):
        inside = orb.inline or opened(scope, orb, sources)
        if inside is not None:
            scope.orbs[orb.name] = orb if orb.inline else orb._replace(source=inside)
            open_orbs(inside, sources)


def opened(scope: Scope, orb: Orb, sources: Sources) -> Scope | None:
    reference = text(orb.node) or ""
    name, _, version = reference.partition("@")
    if name == MLCI_ORB and reference != SHIPPED and scope.document is not None:
        said = f"the orb {reference} is not that of this mlci, which is {SHIPPED}"
        help = f"use mlci {version} here, or name this one in mlci.yaml and generate"
        raise refusal(scope.document, orb.node, said, help)
    if name not in sources:
        return None
    document = read(SourceFile(reference, sources[name].read_text(encoding="utf-8"), BY_ID["circleci-orb"]))
    Part(document, (), plain(document.root)).only(ORB, "an orb")
    return model.whole(document)


def refuse_faults(file: SourceFile) -> None:
    """Refuse what the linter refuses, with its words and at its place.

    Raises
    ------
    InputError : a name means nothing, or a condition, filter, parameter or argument is wrong
    """
    from mlci.lint.registry import rules_named

    rules = rules_named("mlci.vendors.circleci.rules:LANGUAGE")
    found = order(one for rule in rules for one in rule.check(file) if one.severity == "error")
    if found:
        raise InputError(found)


def load(name: str, text: str, sources: Sources) -> Config:
    """Read a configuration.

    Raises
    ------
    InputError : it is no YAML, or has keys that are not known
    """
    file = SourceFile(name, text, BY_ID["circleci"])
    document = read(file)
    config = Config(document, Part(document, (), plain(document.root)), file.once(model.read_config))
    open_orbs(config.syntax.scope, sources)
    refuse_faults(file)
    config.part.only(TOP, "a configuration")
    version = config.part.get("version")
    if version is None or version.text() != "2.1":
        raise (version or config.part).refuse("only version 2.1 is run here")
    return config
