"""The digest of the code a library stage consists of."""

from __future__ import annotations

from pathlib import Path

from mlci.engine.light import blake2b
from mlci.engine.stat_cache import StatCache
from mlci.errors import EnvironmentLacks
from mlci.language.catalogue import Item
from mlci.resources import PACKAGE

OWN = ("stages", "models", "deploy")
"""The packages that our own stages are made of."""


def stage_code(stage: Item, cache: StatCache) -> str:
    """Return the digest of a stage's source: of its package's modules."""
    package = stage.entry.where.partition(".")[0].partition(":")[0]
    folders = [PACKAGE / name for name in OWN] if package == PACKAGE.name else [home(package)]
    return "-".join(cache.outside(str(folder), lambda folder=folder: digest(folder)) for folder in folders)  # type: ignore[misc]


def home(package: str) -> Path:
    """Return the folder of an installed package, or the file of a module, without importing it."""
    from importlib.util import find_spec

    found = find_spec(package)
    if found is None or found.origin is None:
        raise EnvironmentLacks(f"the package '{package}' of a library stage is not installed here")
    origin = Path(found.origin)
    return origin.parent if found.submodule_search_locations else origin


def digest(path: Path) -> str:
    """Return the digest of the Python source at and below a path."""
    hasher = blake2b(digest_size=16)
    for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
        name = file.relative_to(path if path.is_dir() else path.parent).as_posix()
        hasher.update(f"{name}\0{file.stat().st_size}\0".encode())
        hasher.update(file.read_bytes())
    return hasher.hexdigest()
