"""What may stand in an action's metadata, as GitHub's "Metadata syntax" has it."""

from __future__ import annotations

from functools import cache

from mlci.findings import suggest
from mlci.vendors.github.syntax.expression import contexts as c
from mlci.vendors.github.syntax.form.branding import COLORS, ICONS
from mlci.vendors.github.syntax.form.containers import Items, Key, Section, Table, read_pairs
from mlci.vendors.github.syntax.form.scalars import Choice, Condition, Text, boolean
from mlci.vendors.github.syntax.form.steps import Steps, variables
from mlci.vendors.github.syntax.form.walk import Shape, Walk, called, is_null
from mlci.yaml.document import Node

NODES = ("node20", "node24")
OLD_NODES = ("node12", "node16")
USING = ("composite", "docker", *NODES)


def section(keys: dict[str, Shape | Key], **required: Shape) -> Section:
    """Return a section; `required` are the keys it cannot do without."""
    return Section({**keys, **{name: Key(shape, required=True) for name, shape in required.items()}})


class Runs:
    """`runs`, whose keys depend on `using`."""

    def __init__(self) -> None:
        condition = Condition(c.ACTION_IF)
        hooks: dict[str, Shape | Key] = {"using": Text(), "pre-if": condition, "post-if": condition}
        script = section({**hooks, "pre": Text(), "post": Text()}, main=Text())
        container = section(
            {
                **hooks,
                "pre-entrypoint": Text(),
                "entrypoint": Text(),
                "post-entrypoint": Text(),
                "env": variables(c.ACTION_ARGS),
                "args": Items(Text(c.ACTION_ARGS, empty=True), empty=True),
            },
            image=Text(),
        )
        steps = Steps(c.COMPOSITE, c.COMPOSITE_IF, composite=True)
        self.sections = {"composite": section({"using": Text()}, steps=steps), "docker": container}
        self.sections |= dict.fromkeys((*NODES, *OLD_NODES), script)

    def read(self, node: Node, what: str, walk: Walk) -> None:
        """Read by what `using` says."""
        if node.id != "mapping" or not node.value:
            empty = node.id == "mapping" or is_null(node)
            said = (
                f"'{what}' must not be empty" if empty else f"'{what}' must be a mapping, not {called(node)}"
            )
            walk.report("empty-value" if empty else "wrong-type", node, said)
            return
        pair = read_pairs(node, walk).get("using")
        if pair is None:
            walk.report("missing-key", node, f"'{what}' lacks 'using'")
            return
        using = pair[1]
        name = using.value.lower() if using.id == "scalar" else ""
        found = self.sections.get(name)
        if found is None:
            said = f"'using' must be one of {', '.join(USING)}, not {called(using)}"
            walk.report("wrong-value", using, said, suggest(name, USING))
            return
        if name in OLD_NODES:
            said = f"GitHub no longer runs {name}; 'using' must be one of {', '.join(USING)}"
            walk.report("wrong-value", using, said, "did you mean 'node24'?", severity="warning")
        walk.job = 0
        found.read_keys(node, f"'{what}' with 'using: {name}'", walk, found.keys)
        walk.job = None


@cache
def grammar() -> Section:
    """Return the shape of an action's metadata."""
    input = Section(
        {
            "description": Text(empty="warning"),
            "required": boolean(),
            "default": Text(c.ACTION_DEFAULT, empty=True),
            "deprecationMessage": Text(),
            "type": Text(),
        }
    )
    output = Section({"description": Text(empty="warning"), "value": Text(c.COMPOSITE_OUTPUT, empty=True)})
    branding = Section({"icon": Choice(ICONS), "color": Choice(COLORS)})
    return section(
        {
            "author": Text(empty="warning"),
            "inputs": Table(input, empty="warning"),
            "outputs": Table(output, empty="warning"),
            "branding": branding,
        },
        name=Text(),
        description=Text(empty="warning"),
        runs=Runs(),
    )
