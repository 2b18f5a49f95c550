"""What the tests of every vendor share: pipelines made of any strings, and the runs that may start them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product

from hypothesis import strategies as st

from mlci.language.model import Condition
from mlci.planning.conditions import matches, unmet
from mlci.planning.context import Context
from mlci.planning.plan import Plan
from mlci.rendering.render import quoted

NASTY = (
    "${{ secrets.X }}",
    "${{",
    "}}",
    "<< pipeline.id >>",
    "<<",
    "\\<<",
    "$(id)",
    "`id`",
    "'",
    '"',
    '"""',
    "\\",
    "\n",
    "\t",
    ": ",
    " #",
    "on",
    "yes",
    "1e3",
    "null",
    "- ",
    "<[ x ]>",
    "<@ if @>",
    "{{ x }}",
    "größer 数字 🙂",
    "\u0085\u2028\ufeff",
)
CHARACTERS = st.characters(
    exclude_categories=["Cs"], exclude_characters=[chr(each) for each in (*range(9), *range(11, 32))]
)
VALUES = st.lists(st.one_of(st.sampled_from(NASTY), st.text(CHARACTERS, max_size=8)), max_size=6).map("".join)
"""Every text a variable may have, the nasty ones often."""
DEFAULT = "main"
"""The default branch, where schedules run that name none."""
NAMES = st.from_regex(r"[A-Z_][A-Z0-9_]{0,8}", fullmatch=True).filter(
    lambda name: not name.startswith("MLCI_")
)
ENVS = st.dictionaries(NAMES, VALUES, max_size=5)


def pipeline_text(env: Mapping[str, str], shared: Mapping[str, str], service: Mapping[str, str]) -> str:
    """Return a mlci.yaml whose stages have these variables."""
    return "\n".join(
        (
            "version: 1",
            "name: sample",
            "vendors: [github]",
            f"env: {flow(shared)}",
            "stages:",
            "  first: {run: make, outputs: [data/]}",
            f"  second: {{run: make, inputs: [data/], env: {flow(env)}, secrets: [TOKEN]}}",
            "  third:",
            "    run: make",
            f"    services: [{{name: database, image: 'postgres:17', env: {flow(service)}}}]",
            "workflows:",
            "  main:",
            "    on: {push: {branches: [main]}}",
            "    stages: [first, [second, third]]",
        )
    )


def flow(values: Mapping[str, str]) -> str:
    """Write variables as a YAML mapping on one line."""
    return "{" + ", ".join(f"{name}: {quoted(value)}" for name, value in values.items()) + "}"


def contexts(branches: Iterable[str], tags: Iterable[str]) -> list[Context]:
    """Return every kind of run on these branches and tags."""
    on_branches = [
        Context(branch=branch, event=event)
        for branch, event in product(branches, ("push", "pull_request", "schedule", "manual"))
    ]
    return [*on_branches, *(Context(tag=tag, event="tag") for tag in tags)]


def starts(plan: Plan, context: Context) -> bool:
    """Tell whether a run starts a workflow, its paths left out."""
    on = plan.workflow.on
    if context.event == "schedule":
        return bool(on.schedule) and any_of(on.branches or (DEFAULT,), context.branch)
    if context.event == "manual":
        return on.manual is not None
    if context.event == "pull_request":
        return on.pull_request is not None
    if on.push is None:
        return False
    if context.event == "tag":
        return any_of(on.push.tags, context.tag) if on.push.tags else not on.push.branches
    return any_of(on.push.branches, context.branch) if on.push.branches else not on.push.tags


def any_of(patterns: Iterable[str], name: str) -> bool:
    """Tell whether a name matches one of the patterns, or there are none."""
    given = list(patterns)
    return not given or any(matches(pattern, name) for pattern in given)


def holds(conditions: Iterable[Condition], context: Context, changed: tuple[str, ...]) -> bool:
    """Tell whether conditions hold, as a local run has it."""
    return unmet(tuple(conditions), context, lambda: changed) is None
