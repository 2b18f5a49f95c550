"""Does the work of actions/upload-artifact, as its page and its source describe it."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

from mlci.vendors.github.runner.substitutes import ground

FORBIDDEN = re.compile(r'[":<>|*?\r\n\\/]')
"""What no artifact's name may hold."""
GLOB = re.compile(r"[*?\[]")


class Pattern:
    """One line of `path`."""

    def __init__(self, line: str) -> None:
        self.negated = line.startswith("!")
        text = os.path.expanduser(line.lstrip("!").strip())  # noqa: PTH111 - text, not yet a path
        parts = Path(os.path.normpath(ground.workspace() / text)).parts
        plain = next((at for at, part in enumerate(parts) if GLOB.search(part)), len(parts))
        self.top = Path(*parts[:plain])
        self.expression = re.compile("".join(map(translate, parts[plain:])))
        self.whole = plain == len(parts)

    def matches(self, path: Path) -> bool:
        """Tell whether a file matches, or lies in a folder that does."""
        if path != self.top and self.top not in path.parents:
            return False
        if self.whole:
            return True
        rest = path.relative_to(self.top).parts
        return any(self.expression.fullmatch("/".join(rest[: at + 1]) + "/") for at in range(len(rest)))


def translate(part: str) -> str:
    """Return one name of a pattern, with the slash after it, as a regular expression."""
    if part == "**":
        return "(?:.*/)?"
    tokens = re.findall(r"\*|\?|\[[^\]]+\]|.", part)
    known = {"*": "[^/]*", "?": "[^/]"}
    return "".join(known.get(each, each if len(each) > 1 else re.escape(each)) for each in tokens) + "/"


def find(patterns: Sequence[Pattern], *, hidden: bool) -> list[Path]:
    """Return the files that patterns name, each line adding to or taking from those before it."""
    tops = dict.fromkeys(pattern.top for pattern in patterns if not pattern.negated)
    files = dict.fromkeys(file for top in tops for file in below(top, hidden=hidden))
    return sorted(file for file in files if named(file, patterns))


def named(file: Path, patterns: Sequence[Pattern]) -> bool:
    found = False
    for pattern in patterns:
        if pattern.matches(file):
            found = not pattern.negated
    return found


def below(top: Path, *, hidden: bool) -> Iterator[Path]:
    """Yield a file, or the files in a folder; hidden ones, and those in hidden folders, only if wanted."""
    if not hidden and top.name.startswith("."):
        return
    if top.is_dir():
        for entry in top.iterdir():
            yield from below(entry, hidden=hidden)
    elif top.exists():
        yield top


def root_of(patterns: Sequence[Pattern], files: Sequence[Path]) -> Path:
    """Return the folder that becomes the artifact's top: the nearest above all that is searched."""
    tops = list(dict.fromkeys(pattern.top for pattern in patterns if not pattern.negated))
    tops = [top for top in tops if not any(other in top.parents for other in tops)]
    if len(tops) > 1:
        return Path(os.path.commonpath(tops))
    return tops[0].parent if list(files) == tops else tops[0]


def store(service: Path, name: str, files: Sequence[Path], root: Path, *, overwrite: bool) -> str:
    """Keep files under a name; return their digest. An artifact keeps no permissions."""
    place, part = service / name, service / f".{uuid.uuid4().hex}"
    if place.exists() and not overwrite:
        ground.refuse(
            f"Failed to CreateArtifact: (409) Conflict: an artifact with this name already exists: {name}"
        )
    digest = hashlib.sha256()
    for file in files:
        to = part / file.relative_to(root)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, to)
        digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    shutil.rmtree(place, ignore_errors=True)
    part.rename(place)
    return digest.hexdigest()


def nothing(given: dict[str, str]) -> None:
    said = f"No files were found with the provided path: {given['path']}. No artifacts will be uploaded."
    if given["if-no-files-found"] == "error":
        ground.refuse(said)
    ground.say(f"::warning::{said}" if given["if-no-files-found"] == "warn" else said)


def main() -> None:
    """Do the work."""
    given = ground.inputs()
    if FORBIDDEN.search(given["name"]) or not given["name"]:
        ground.refuse(f"The artifact name is not valid: {given['name']}")
    if given["if-no-files-found"] not in ("warn", "error", "ignore"):
        ground.refuse(f"Unrecognized if-no-files-found input. Provided: {given['if-no-files-found']}")
    lines = [line.strip() for line in given["path"].splitlines()]
    patterns = [Pattern(line) for line in lines if line and not line.startswith("#")]
    files = find(patterns, hidden=ground.flag(given, "include-hidden-files"))
    if not files:
        nothing(given)
        return
    service, overwrite = Path(ground.places()["artifacts"]), ground.flag(given, "overwrite")
    digest = store(service, given["name"], files, root_of(patterns, files), overwrite=overwrite)
    ground.answer("artifact-digest", digest)
    ground.say(f"Artifact {given['name']} has been successfully uploaded: {len(files)} files")


if __name__ == "__main__":
    main()
