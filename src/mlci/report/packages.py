"""Models made ready to be served: the manifests of packages among what jobs made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from mlci.deploy.package import MANIFEST, sound
from mlci.report.documents import Document
from mlci.report.model import Package


def packages(job: str, documents: Sequence[Document]) -> Iterator[Package]:
    for document in documents:
        if PurePosixPath(document.path).name == MANIFEST and sound(document.data):
            yield package(job, document.data)


def package(job: str, said: Mapping[str, object]) -> Package:
    """Return what a manifest says that people look for."""
    archive = said.get("archive")
    return Package(
        job=job,
        name=str(said["name"]),
        version=int(str(said["version"])),
        identity=str(said["identity"]),
        blessed=said["blessed"] if isinstance(said.get("blessed"), bool) else None,  # type: ignore[arg-type]
        parameters=count(said.get("parameters")),
        size=count(archive.get("size")) if isinstance(archive, dict) else None,
    )


def count(value: object) -> int | None:
    """Return a count, None for what is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def beside(made: Package, before: Sequence[Package]) -> Package:
    old = next((each for each in before if (each.job, each.name) == (made.job, made.name)), None)
    if old is None:
        return made
    return made._replace(before=f"{old.name} {old.version}", same=old.identity == made.identity)
