"""Small packages for deployment tests: their layout is real, their model a few bytes."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from mlci.deploy.contract import Site
from mlci.deploy.package import Package, write_package


def make_package(dist: Path, version: int, content: str = "", name: str = "digits") -> Package:
    """Write a package whose identity follows from `content`, or from the version without one."""
    said = {"name": name, "version": version, "identity": f"savedmodel:{content or version}"}
    with TemporaryDirectory() as temporary:
        folder = Path(temporary) / "model"
        (folder / "variables").mkdir(parents=True)
        (folder / "assets.extra").mkdir()
        (folder / "saved_model.pb").write_text(f"graph {content}")
        (folder / "variables" / "variables.index").write_text("index")
        (folder / "variables" / "variables.data-00000-of-00001").write_bytes(content.encode() * 1000)
        return write_package(folder, said, dist)


def site(root: Path, environ: dict[str, str] | None = None) -> Site:
    """What a target is given besides its options."""
    context = {"MLCI_COMMIT": "c0ffee", "MLCI_ACTOR": "ada"}
    return Site("production", root, environ or {}, context, lambda line: None)
