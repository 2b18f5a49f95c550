"""The keys of a mapping in a `.travis.yml`: which are known, and what is wrong with the others."""

from __future__ import annotations

from collections.abc import Iterator

from mlci.vendors.travis.syntax import misplaced
from mlci.vendors.travis.syntax.deploy import DEPRECATED as OPTIONS
from mlci.vendors.travis.syntax.names import resolve
from mlci.vendors.travis.syntax.problem import Path, Problem
from mlci.vendors.travis.syntax.shapes import Table
from mlci.yaml.document import Node
from mlci.yaml.tree import Entry, is_null, items, sequence

DEPRECATED = {
    ("the file", "sudo"): "it has no effect any more",
    ("job", "sudo"): "it has no effect any more",
    ("addons", "jwt"): "it was discontinued in April 2018",
    ("sonarcloud", "github_token"): "drop it",
    ("sonarcloud", "branches"): "drop it",
    ("allow_failures", "branch"): "use `if`",
}


def known(shape: Table, node: Node, path: Path) -> Iterator[tuple[str, Entry | Problem]]:
    """Yield each known entry with the key it means, and each problem with the mapping's keys."""
    met: dict[str, Entry] = {}
    for one in items(node):
        key, problem = meaning(shape, one, path)
        if problem is not None:
            yield key, problem
        if not key:
            continue
        if key in met and met[key].name != one.name:
            said = f"'{met[key].name}' and '{one.name}' are the same key; one overwrites the other"
            yield key, Problem("travis-overwrite", one.key, said, "error", f"put both under '{key}'")
        met[key] = one
        note = OPTIONS.get(key) if shape.name.startswith("deploy") else DEPRECATED.get((shape.name, key))
        if note is not None:
            yield key, Problem("travis-deprecated", one.key, f"'{one.name}' is deprecated", "info", note)
        if is_null(one.value) and path == () and key not in ("install", "script"):
            said = f"'{one.name}' is empty, and ignored"
            yield key, Problem("travis-empty", one.key, said, "info", "give it a value, or drop it")
        yield key, one
    for name in shape.required:
        if name not in met:
            said = f"'{shape.name}' needs the key '{name}', here or from its environment"
            yield name, Problem("travis-required", node, said, "info")


def meaning(shape: Table, one: Entry, path: Path) -> tuple[str, Problem | None]:
    """Return the key an entry's name means, '' when it is none, and what there is to say of it."""
    name = one.name
    if name in shape.keys:
        return name, None
    if name in shape.aliases:
        meant = shape.aliases[name]
        said = f"'{name}' is another word for '{meant}'"
        return meant, None if name == "true" else Problem("travis-alias", one.key, said, "info", None, meant)
    plain = name.strip().replace("-", "_").lower()
    spelt = plain if plain in shape.keys else shape.aliases.get(plain)
    if spelt is not None:
        said = f"'{name}' is another spelling of '{spelt}'"
        return spelt, Problem("travis-alias", one.key, said, "info", f"write '{spelt}'", spelt)
    return "", None if is_shared(one) else unknown(shape, one, path)


def unknown(shape: Table, one: Entry, path: Path) -> Problem:
    """Make the problem of a key Travis does not know: misplaced, misspelt, or simply unknown."""
    if misplaced.is_short(shape, one.name):
        said = f"'{one.name}' belongs to '{shape.prefix}'"
        return Problem("travis-alias", one.key, said, "info", f"put it under '{shape.prefix}'")
    home = misplaced.home(shape, one.name, path)
    where = "" if path == () else f" in '{shape.name or path[-1]}'"
    if home is not None:
        said = f"'{one.name}' does not belong{where or ' at the top of the file'}"
        return Problem("travis-misplaced-key", one.key, said, "warning", f"it belongs {home}")
    near = resolve(one.name, tuple(shape.keys), shape.aliases)
    said = f"unknown key '{one.name[:60]}'{where}, which Travis ignores"
    help = f"did you mean '{near}'?" if near else None
    return Problem("travis-unknown-key", one.key, said, "warning", help)


def is_shared(one: Entry) -> bool:
    """Tell whether an unknown key only holds what aliases use, or is marked as private."""
    if one.name.startswith(("_", ".", "x-")) or one.value.anchor:
        return True
    inner = [*sequence(one.value), *(entry.value for entry in items(one.value))]
    return any(value.anchor for value in inner)
