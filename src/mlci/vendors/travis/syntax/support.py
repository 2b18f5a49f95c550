"""Keys and values that do not go with the language, operating system or distribution they stand beside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mlci.vendors.travis.syntax.languages import owners, root_keys
from mlci.vendors.travis.syntax.problem import Problem
from mlci.vendors.travis.syntax.values import DIST, LANGUAGE, OS
from mlci.yaml.document import Node
from mlci.yaml.tree import entry, get, items, sequence, text, words

LINUX = frozenset(("linux", "linux-ppc64le"))
LINUX_DISTS = frozenset(name for name in DIST.values if name != "server-2016")


def problems(root: Node) -> Iterator[Problem]:
    """Yield every key and value the file, or one of its jobs, has no use for."""
    jobs = included(root)
    languages, systems = known(root, "language", LANGUAGE.aliases), known(root, "os", OS.aliases)
    everywhere = languages | {one for job in jobs for one in known(job, "language", LANGUAGE.aliases)}
    every_system = systems | {one for job in jobs for one in known(job, "os", OS.aliases)}
    yield from keys(root, everywhere if languages else frozenset())
    yield from machine(root, every_system if systems else frozenset())
    yield from services(root, root)
    for job in jobs:
        yield from machine(job, known(job, "os", OS.aliases))
        yield from services(job, root)


def included(root: Node | None) -> list[Node]:
    """Return the entries of `jobs.include`, also by its older name, or of a list in its place."""
    parents = [get(root, "jobs"), get(root, "matrix")]
    found = [one for parent in parents for one in sequence(get(parent, "include") or parent)]
    return [one for one in found if one.id == "mapping"]


def known(node: Node, key: str, aliases: Mapping[str, str]) -> frozenset[str]:
    """Return the values of a key, aliases resolved; none when it is not given."""
    found = entry(node, key)
    names = [str(text(one)).lower() for one in words(found.value if found else None)]
    return frozenset(aliases.get(name, name) for name in names)


def keys(root: Node, languages: frozenset[str]) -> Iterator[Problem]:
    """Yield the keys of a language that nothing in the file speaks."""
    if not languages:
        return
    _, aliases = root_keys()
    for one in items(root):
        speakers = owners().get(aliases.get(one.name, one.name))
        if speakers and not speakers & languages:
            said = f"'{one.name}' has no effect with language {', '.join(sorted(languages))}"
            yield Problem(
                "travis-unsupported", one.key, said, "warning", f"it belongs to {', '.join(sorted(speakers))}"
            )


def machine(node: Node, systems: frozenset[str]) -> Iterator[Problem]:
    """Yield what does not go with the operating systems."""
    if not systems:
        return
    said = f"has no effect on {', '.join(sorted(systems))}"
    for one in items(node):
        values = {str(text(value)).lower() for value in words(one.value)}
        wrong = (
            (one.name == "arch" and not systems & LINUX)
            or (one.name == "dist" and values <= LINUX_DISTS and bool(values) and not systems & LINUX)
            or (one.name == "osx_image" and "osx" not in systems)
        )
        if wrong:
            yield Problem("travis-unsupported", one.key, f"'{one.name}' {said}", "warning", "drop it")


def services(node: Node, root: Node) -> Iterator[Problem]:
    dist = entry(node, "dist") or entry(root, "dist")
    name = text(dist.value if dist else None)
    found = entry(node, "services")
    for one in words(found.value if found else None):
        if one.value == "xvfb" and name in ("trusty", "precise"):
            said = f"the service 'xvfb' does not exist on {name}"
            yield Problem("travis-unsupported", one, said, "warning", "use `dist: xenial` or later")
