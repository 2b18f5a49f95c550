"""Steps: commands, conditions and lists of steps replaced by what they stand for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mlci.errors import EnvironmentLacks
from mlci.parity.part import Part
from mlci.vendors.circleci.runner.config import find, part_of
from mlci.vendors.circleci.runner.expansion import Scope
from mlci.vendors.circleci.runner.logic import holds
from mlci.vendors.circleci.runner.parameters import bind
from mlci.vendors.circleci.syntax import model
from mlci.yaml.tree import text

BUILT_IN: Mapping[str, tuple[str, ...]] = {
    "run": (
        *("command", "name", "shell", "environment", "background", "working_directory", "no_output_timeout"),
        *("when", "max_auto_reruns", "auto_rerun_delay"),
    ),
    "checkout": ("path", "name", "when"),
    "setup_remote_docker": ("version", "docker_layer_caching", "name", "when"),
    "save_cache": ("paths", "key", "name", "when"),
    "restore_cache": ("key", "keys", "name", "when"),
    "store_artifacts": ("path", "destination", "name", "when"),
    "store_test_results": ("path", "name", "when"),
    "persist_to_workspace": ("root", "paths", "name", "when"),
    "attach_workspace": ("at", "name", "when"),
}
"""The steps that can be run here, and their keys."""
ALONE = ("checkout", "setup_remote_docker")
"""Steps that may stand without arguments."""
CONTINUE = "continue"
CONTINUATION = ("configuration_path", "parameters", "circleci_domain", "files")
MAX_DEPTH = 50


class Step(NamedTuple):
    """A step that is itself work."""

    kind: str
    part: Part
    """Its arguments, filled."""
    lacking: EnvironmentLacks | None = None
    """Why it cannot be run here."""

    @property
    def title(self) -> str:
        name = self.part.get("name") if isinstance(self.part.value, Mapping) else None
        return self.kind if name is None else name.text()

    @property
    def script(self) -> str:
        """The script of a `run` step, "" for any other."""
        if self.kind != "run":
            return ""
        command = self.part.get("command")
        return "" if command is None else command.text()


def expand(part: Part, names: model.Scope, scope: Scope, depth: int = 0) -> Iterator[Step]:
    """Yield the steps that a list of steps comes down to.

    Raises
    ------
    InputError : a step, or a key of one, is not known
    """
    if depth > MAX_DEPTH:
        raise part.refuse("commands call each other without an end")
    for one in part.items():
        if isinstance(one.value, str):
            yield from step(one.value, one, one.become(None), (names, scope, depth))
            continue
        found = list(one.entries())
        if len(found) != 1:
            raise one.refuse("a step is a name, or a mapping of one name", "check how deep its keys stand")
        yield from step(found[0][0], one, found[0][1], (names, scope, depth))


def step(name: str, use: Part, given: Part, context: tuple[model.Scope, Scope, int]) -> Iterator[Step]:
    """Yield what one step comes down to; a command of one's own comes before a built-in one of its name."""
    names, scope, depth = context
    if name in names.commands:
        yield from command(name, use, given, context)
    elif name in ("when", "unless"):
        given.only(("condition", "steps"), f"'{name}'")
        condition, inner = given.get("condition"), given.get("steps")
        if "condition" not in given.value or inner is None:
            raise given.refuse(f"'{name}' needs a condition and steps")
        true = condition is not None and holds(condition, scope)
        if true == (name == "when"):
            yield from expand(inner, names, scope, depth + 1)
    elif name == "steps":
        yield from expand(scope.fill(given), names, scope, depth + 1)
    elif name in BUILT_IN:
        yield built_in(name, use, scope.fill(given))
    elif name in model.BUILT_IN_STEPS:
        raise use.refuse(f"a step '{name}' cannot be run here", key=True)
    else:
        yield from of_orb(name, use, given, context)


def built_in(name: str, use: Part, given: Part) -> Step:
    if given.value is None and name not in ALONE:
        raise use.refuse(f"'{name}' needs arguments")
    if name == "run" and not isinstance(given.value, Mapping):
        return Step(name, given.become({"command": given.text()}))
    if given.value is None:
        return Step(name, given.become({}))
    return Step(name, given.only(BUILT_IN[name], f"'{name}'"))


def command(name: str, use: Part, given: Part, context: tuple[model.Scope, Scope, int]) -> Iterator[Step]:
    names, scope, depth = context
    found = find(names, "command", use, name)
    defined = part_of(found).only(("description", "parameters", "steps"), f"the command '{name}'")
    arguments = {key: scope.fill(part) for key, part in given.entries()}
    values = bind(defined, found.parameters, arguments, use, f"command '{name}'")
    within = scope.within(values, foreign=found.scope is not names)
    yield from expand(body(defined), found.scope, within, depth + 1)


def body(defined: Part) -> Part:
    found = defined.get("steps")
    if found is None:
        raise defined.refuse("it has no steps", key=True)
    return found


def of_orb(name: str, use: Part, given: Part, context: tuple[model.Scope, Scope, int]) -> Iterator[Step]:
    """Yield the steps of an orb's command; CircleCI's own for going on is done here, as it calls CircleCI."""
    names, scope, _ = context
    word, _, inner = name.partition("/")
    orb = names.orb(word)
    reference = text(orb.node) if orb is not None else None
    if reference is not None and reference.startswith("circleci/continuation@") and inner == CONTINUE:
        yield Step(CONTINUE, scope.fill(given).only(CONTINUATION, name))
        return
    try:
        find(names, "command", use, name)
    except EnvironmentLacks as error:
        yield Step("orb", use, error)
        return
    yield from command(name, use, given, context)
