"""A CircleCI configuration, and what names of commands, jobs and executors mean in it and in its orbs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from mlci.errors import EnvironmentLacks, InputError
from mlci.findings import order, suggest
from mlci.lint.kinds import BY_ID
from mlci.parity.part import Part
from mlci.vendors.circleci.syntax.plain import plain
from mlci.vendors.circleci.syntax.shipped_orb import ORB as MLCI_ORB
from mlci.vendors.circleci.syntax.shipped_orb import SHIPPED, packed
from mlci.yaml.source import SourceFile

TOP = (
    *("version", "setup", "orbs", "parameters", "executors", "commands", "jobs", "job-groups", "workflows"),
    *("description", "display"),
)
ORB = ("version", "orbs", "executors", "commands", "jobs", "examples", "description", "display")
KINDS = {"commands": "command", "jobs": "job", "executors": "executor"}

Orbs = Callable[[str], str | None]
"""Returns an orb's source by its reference; None for one that is not here."""


class Namespace:
    """What names mean in a configuration, or inside an orb.

    Parameters
    ----------
    part : the configuration's or orb's mapping
    orbs : finds the source of an orb that is only referred to
    """

    def __init__(self, part: Part, orbs: Orbs) -> None:
        self.part = part
        self.orbs = orbs
        self.opened: dict[str, Namespace] = {}

    def has(self, kind: str, name: str) -> bool:
        """Tell whether a name without an orb's is defined here."""
        found = self.part.get(kind)
        return found is not None and name in found.value

    def find(self, kind: str, use: Part, name: str) -> tuple[Part, Namespace]:
        """Return a definition and what names mean inside it.

        Parameters
        ----------
        kind : commands, jobs or executors
        use : where it is used, for messages
        name : its name, `orb/name` for one of an orb

        Raises
        ------
        InputError : there is none
        """
        orb, slash, inner = name.partition("/")
        if slash:
            return self.orb(orb, use).find(kind, use, inner)
        found = self.part.get(kind)
        known = {} if found is None else found.value
        if found is None or name not in known:
            raise use.refuse(f"there is no {KINDS[kind]} '{name}'", suggest(name, known), key=True)
        return found.child(name), self

    def reference(self, orb: str) -> Part | None:
        found = self.part.get("orbs")
        return None if found is None else found.get(orb)

    def orb(self, name: str, use: Part) -> Namespace:
        """Return an imported orb.

        Raises
        ------
        InputError : it is not imported
        EnvironmentLacks : its source is not here
        """
        if name not in self.opened:
            given = self.reference(name)
            if given is None:
                raise use.refuse(f"there is no orb '{name}'", "import it under `orbs`", key=True)
            self.opened[name] = Namespace(self.source(given).only(ORB, "an orb"), self.orbs)
        return self.opened[name]

    def source(self, given: Part) -> Part:
        """Return an orb's own mapping: an inline one, or the source that is here."""
        if isinstance(given.value, Mapping):
            return given
        name, _, version = given.text().partition("@")
        if name == MLCI_ORB and given.text() != SHIPPED:
            said = f"the orb {given.text()} is not that of this mlci, which is {SHIPPED}"
            raise given.refuse(said, f"use mlci {version} here, or name this one in mlci.yaml and generate")
        text = self.orbs(given.text())
        if text is None:
            help = f"--stand-in {name}=FILE names a file of it, or of one that does its work here"
            error = given.refuse(f"the source of the orb {given.text()} is not here", help)
            raise EnvironmentLacks(error.findings)
        return read(SourceFile(given.text(), text, BY_ID["circleci-orb"]))


class Config(Namespace):
    """A whole file."""

    @property
    def setup(self) -> bool:
        """Whether it only prepares another that follows."""
        found = self.part.get("setup")
        return found is not None and found.flag()


def read(file: SourceFile) -> Part:
    """Read a file by the YAML that CircleCI knows.

    Raises
    ------
    InputError : it is no YAML
    """
    document = file.document
    if document is None or file.reported:
        raise InputError(file.reported)
    return Part(document, (), plain(document.root))


def refuse_faults(file: SourceFile) -> None:
    """Refuse what the linter refuses, with its words and at its place.

    Raises
    ------
    InputError : a condition, filter, parameter or argument is wrong
    """
    from mlci.lint.registry import rules_named

    rules = rules_named("mlci.vendors.circleci.rules:LANGUAGE")
    found = order(one for rule in rules for one in rule.check(file) if one.severity == "error")
    if found:
        raise InputError(found)


def load(name: str, text: str, orbs: Orbs) -> Config:
    """Read a configuration.

    Raises
    ------
    InputError : it is no YAML, or has keys that are not known
    """
    file = SourceFile(name, text, BY_ID["circleci"])
    part = read(file)
    refuse_faults(file)
    part.only(TOP, "a configuration")
    version = part.get("version")
    if version is None or version.text() != "2.1":
        raise (version or part).refuse("only version 2.1 is run here")
    return Config(part, orbs)


def known_orbs(given: Mapping[str, Path]) -> Orbs:
    """Return what finds an orb: the one that comes with mlci, and those that a person gives files for.

    Parameters
    ----------
    given : an orb's name without its version -> the file of its source, packed
    """

    def find(reference: str) -> str | None:
        file = given.get(reference.partition("@")[0])
        return packed(reference) if file is None else file.read_text(encoding="utf-8")

    return find
