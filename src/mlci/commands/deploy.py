"""`mlci deploy`: put a package into production from here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from mlci.calls.options import Argument, Option
from mlci.commands.terminal import out


def deploy(
    *,
    package: Annotated[Path, Argument("The folder that the package stage wrote.")],
    target: Annotated[str | None, Option("The target; needed when there are several.", "-t")] = None,
    root: Annotated[Path, Option("The folder of mlci.yaml.", "-C")] = Path(),
) -> int:
    """Put a package into production at a target, at once and whole.

    A model that missed a gate of its test is refused. An interrupted deploy leaves the old version serving.

    Examples: `mlci deploy dist/` · `mlci deploy dist/ --target staging`
    """
    from mlci.commands.targets import open_from_here
    from mlci.deploy.package import read_package
    from mlci.errors import StageError

    packed = read_package(package)
    if packed.manifest.get("blessed") is False:
        raise StageError(f"{packed.archive.name} holds a model that missed a gate of its test")
    done = open_from_here(root, target).deploy(packed)
    before = "nothing" if done.previous is None else f"version {done.previous}"
    now = f"{done.model} version {done.version}"
    out(
        f"{now} is in production at {done.where}"
        + (f"; before it was {before}" if done.changed else " already")
    )
    return 0
