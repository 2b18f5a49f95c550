"""The steps of a job, or of a composite action."""

from __future__ import annotations

from collections.abc import Mapping

from mlci.vendors.github.syntax.expression.contexts import Availability
from mlci.vendors.github.syntax.form.containers import (
    Anything,
    Either,
    Items,
    Key,
    Section,
    Table,
    read_pairs,
)
from mlci.vendors.github.syntax.form.scalars import Condition, Text, boolean, number
from mlci.vendors.github.syntax.form.walk import Shape, Walk, called, is_null
from mlci.yaml.document import Node


class Steps:
    """A list of steps.

    Parameters
    ----------
    here, condition : what expressions in a step, and in its `if`, may use
    composite : whether they are those of an action, which know fewer keys
    """

    def __init__(self, here: Availability, condition: Availability, *, composite: bool = False) -> None:
        self.composite = composite
        common: dict[str, Shape] = {
            "id": Text(),
            "if": Condition(condition),
            "name": Text(here, empty="warning"),
        }
        limits: dict[str, Shape] = {
            "continue-on-error": boolean(here),
            "timeout-minutes": number(here, 0),
        }
        if composite:
            del limits["timeout-minutes"]
        work: dict[str, Shape] = {**common, **limits, "env": variables(here)}
        if not composite:
            work["background"] = boolean()
        # A step has exactly one of these keys.
        self.keys: dict[str, Mapping[str, Key]] = {
            "run": keys(
                work,
                {
                    "run": Text(here, empty="info"),
                    "shell": Text(here),
                    "working-directory": Text(here),
                },
            ),
            "uses": keys(
                work, {"uses": Text(), "with": Table(Text(here, empty=True), here=here, empty="warning")}
            ),
        }
        if not composite:
            self.keys |= self.control(common | limits)
        self.section = Section({}, here=None)

    def control(self, common: Mapping[str, Shape]) -> dict[str, Mapping[str, Key]]:
        return {
            "wait": keys(common, {"wait": Items(Text(), single=True)}),
            "wait-all": keys(common, {"wait-all": Either(scalar=Flag())}),
            "cancel": keys(common, {"cancel": Text()}),
            "parallel": keys(common, {"parallel": Nested(self)}),
        }

    def read(self, node: Node, what: str, walk: Walk) -> None:
        walk.step = -1
        self.read_list(node, what, walk)
        walk.step = None

    def read_list(self, node: Node, what: str, walk: Walk) -> None:
        if node.id != "sequence":
            rule = "empty-value" if is_null(node) else "wrong-type"
            help = "put a '-' before each step" if node.id == "mapping" else None
            walk.report(rule, node, f"'{what}' must be a list of steps, not {called(node)}", help)
            return
        if not node.value:
            walk.report("empty-value", node, f"'{what}' must not be empty")
        for step in node.value:
            walk.step = -1 if walk.step is None else walk.step
            walk.step += 1
            walk.left -= 1
            walk.owner = None
            if walk.left > 0:
                self.read_step(step, walk)

    def read_step(self, node: Node, walk: Walk) -> None:
        if node.id != "mapping":
            rule = "empty-value" if is_null(node) else "wrong-type"
            walk.report(rule, node, f"a step must be a mapping, not {called(node)}", colon(node))
            return
        given = {key.value for key, _ in node.value if key.id == "scalar"}
        kinds = [name for name in self.keys if name in given]
        if not kinds:
            self.no_kind(node, walk)
            return
        if len(kinds) > 1:
            second = next(key for key, _ in node.value if key.value == kinds[1])
            said = f"a step has '{kinds[0]}' or '{kinds[1]}', not both"
            walk.report("unknown-key", second, said, "make two steps of it")
        kind = kinds[0]
        allowed = self.keys[kind]
        if len(kinds) > 1:
            allowed = {**allowed, **{name: Key(Anything()) for name in kinds[1:]}}
        if self.composite and kind == "run":
            allowed = {**allowed, "shell": Key(allowed["shell"].shape, required=True)}
        self.section.read_keys(node, f"a step with '{kind}'", walk, allowed)

    def no_kind(self, node: Node, walk: Walk) -> None:
        """Report a step that does nothing; still read what it has."""
        wanted = "'run' or 'uses'"
        walk.report("missing-key", node, f"the step does nothing: it lacks {wanted}")
        every = {name: key for kind in ("uses", "run") for name, key in self.keys[kind].items()}
        seen = read_pairs(node, walk)
        for name, (key, value) in seen.items():
            if name in every:
                every[name].shape.read(value, name, walk)
            else:
                self.section.unknown(key, "a step", walk, every)


def colon(node: Node) -> str | None:
    """Say how a text becomes a step."""
    if node.id != "scalar" or not node.value or "\n" in node.value or len(node.value) > 80:
        return None
    key, _, rest = node.value.partition(" ")
    known = bool(rest) and key in ("uses", "run", "name")
    return f"write '{key}: {rest}'" if known else f"write 'run: {node.value}'"


class Nested:
    """The steps of a `parallel` group."""

    def __init__(self, steps: Steps) -> None:
        self.steps = steps

    def read(self, node: Node, what: str, walk: Walk) -> None:
        """Read them; they are counted on."""
        self.steps.read_list(node, what, walk)


class Flag:
    """`wait-all:`, with true or nothing."""

    def read(self, node: Node, what: str, walk: Walk) -> None:
        """Check that it says nothing but yes."""
        if not is_null(node) and node.value != "true":
            walk.report("wrong-type", node, f"'{what}' takes no value, not {called(node)}")


def keys(*parts: Mapping[str, Shape]) -> dict[str, Key]:
    """Put sets of keys together."""
    return {name: Key(shape) for part in parts for name, shape in part.items()}


def variables(here: Availability) -> Table:
    """Return the shape of an `env` section."""

    def name(key: Node, walk: Walk) -> None:
        if "${{" in key.value:
            walk.site(key, here, None)

    return Table(Text(here, empty=True), here=here, empty="warning", name=name)
