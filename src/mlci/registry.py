"""All that can be added to mlci, one entry each: an id, and where it lies; loaded when it is first used.

Whoever needs a vendor, a stage, a target or a command finds it here by its name, so that no frame imports
what hangs in it. Other packages add stages and targets by entry points of the same form.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple


class Entry(NamedTuple):
    """One thing that is registered."""

    id: str
    where: str
    """`module:name`, or `module` for all of it."""
    heading: str = ""
    """What it stands under where people see it in a list."""

    def load(self) -> Any:
        """Import it; once it is, this costs a look-up."""
        module, _, name = self.where.partition(":")
        loaded = import_module(module)
        return getattr(loaded, name) if name else loaded

    def part(self, name: str) -> Any:
        """Import a part of a package: `render`, `rules`, `runner`; None when it has none."""
        return import_module(f"{self.where}.{name}") if has(self.where, name) else None


@cache
def has(package: str, part: str) -> bool:
    """Tell whether a package has a part, without importing that part."""
    return find_spec(f"{package}.{part}") is not None


VENDORS = (
    Entry("github", "mlci.vendors.github"),
    Entry("circleci", "mlci.vendors.circleci"),
    Entry("travis", "mlci.vendors.travis"),
    Entry("jenkins", "mlci.vendors.jenkins"),
    Entry("codebuild", "mlci.vendors.codebuild"),
    Entry("azure", "mlci.vendors.azure"),
    Entry("gitlab", "mlci.vendors.gitlab"),
)
"""A vendor's package; what it has of `syntax`, `render`, `rules` and `runner` are its parts."""

LINTED = (
    Entry("mlci", "mlci.lint.pipeline"),
    *(Entry(vendor.id, f"{vendor.where}.rules") for vendor in VENDORS),
    Entry("docker", "mlci.lint.dockerfile"),
)
"""Whose files are linted: a package that lists RULES; its `kinds` tells them, its `view` shows them."""

STAGES = (
    Entry("validate-data", "mlci.stages.validate_data:validate_data"),
    Entry("train-check", "mlci.stages.train_check:train_check"),
    Entry("evaluate", "mlci.stages.evaluate:evaluate"),
    Entry("package", "mlci.stages.package:package"),
    Entry("deploy", "mlci.stages.deploy:deploy"),
    Entry("smoke-test", "mlci.stages.smoke_test:smoke_test"),
    Entry("retrain", "mlci.stages.retrain:retrain"),
)
"""What `uses:` may name: a function whose signature says what `with:` takes."""

TARGETS = (
    Entry("local", "mlci.deploy.local:Local"),
    Entry("ssh", "mlci.deploy.ssh:Ssh"),
)
"""What a target's `type:` may name: a class whose constructor says which keys the target takes."""

PIPELINE, MODELS, CHECKS = "The pipeline", "Models", "Checks"
COMMANDS = (
    Entry("init", "mlci.commands.init:init", PIPELINE),
    Entry("generate", "mlci.commands.generate:generate", PIPELINE),
    Entry("run", "mlci.commands.run:run", PIPELINE),
    Entry("exec", "mlci.commands.exec:exec_", PIPELINE),
    Entry("select", "mlci.commands.select:select", PIPELINE),
    Entry("stage", "mlci.commands.stage:stage", PIPELINE),
    Entry("graph", "mlci.commands.graph:graph", PIPELINE),
    Entry("report", "mlci.commands.report:report", PIPELINE),
    Entry("serve", "mlci.commands.serve:serve", MODELS),
    Entry("deploy", "mlci.commands.deploy:deploy", MODELS),
    Entry("rollback", "mlci.commands.rollback:rollback", MODELS),
    Entry("status", "mlci.commands.status:status", MODELS),
    Entry("lint", "mlci.commands.lint:lint", CHECKS),
    Entry("plan", "mlci.commands.plan:plan", CHECKS),
    Entry("parity", "mlci.commands.parity:parity", CHECKS),
    Entry("doctor", "mlci.commands.doctor:doctor", CHECKS),
    Entry("notify", "mlci.commands.notify:notify", PIPELINE),
    Entry("prune", "mlci.commands.prune:prune", PIPELINE),
)
"""A command: a function that returns an exit status."""


def find(entries: tuple[Entry, ...], id: str) -> Entry | None:
    """Return the entry of an id; None when there is none."""
    return next((entry for entry in entries if entry.id == id), None)


def foreign(group: str, id: str) -> Entry | None:
    """Return what another installed package registers under an id, by an entry point of a group."""
    from importlib.metadata import entry_points

    return next((Entry(id, point.value) for point in entry_points(group=group, name=id)), None)
