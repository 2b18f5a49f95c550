"""Finding the files to lint: one walk past what git ignores and past folders nobody writes by hand."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from mlci.errors import InputError
from mlci.lint.kinds import by_path
from mlci.lint.settings import Options, matches

SKIPPED = frozenset(
    (".git", ".hg", ".svn", ".mlci", ".venv", "venv", ".tox", ".nox", ".eggs", ".terraform", "vendor")
) | frozenset(("node_modules", "site-packages", "__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache"))


class Ignored(NamedTuple):
    """One line of a .gitignore."""

    pattern: re.Pattern[str]
    again: bool
    """A line that starts with '!': what fits is not ignored after all."""
    folders_only: bool


def discover(paths: Sequence[Path], options: Options) -> list[tuple[Path, str]]:
    """Return each file to lint once, with its name in messages.

    A file that is named is taken whatever it is; a folder is searched for files that are known by their path.

    Raises
    ------
    InputError : a path does not exist
    """
    found: dict[str, Path] = {}
    for path in paths or [options.root]:
        if path.is_dir():
            for file in walk(path, options):
                found.setdefault(shown(file, options.root), file)
        elif path.exists():
            found.setdefault(shown(path, options.root), path)
        else:
            raise InputError(f"there is no file or folder {path}")
    left_out = options.exclude
    return [
        (path, name)
        for name, path in sorted(found.items())
        if not any(matches(name, one) for one in left_out)
    ]


def shown(path: Path, root: Path) -> str:
    """Return a path as messages show it: relative to the root when it lies inside."""
    text = os.path.relpath(path, root)
    return readable(str(path) if text.startswith("..") else text).replace(os.sep, "/")


def readable(name: str) -> str:
    """Return a name of bytes that are no UTF-8 as text that can be printed."""
    return os.fsencode(name).decode("utf-8", "replace")


def walk(top: Path, options: Options) -> Iterator[Path]:
    """Yield the known files beneath a folder."""
    inside = shown(top, options.root)
    prefix = "" if inside == "." else f"{inside}/"
    pending: list[tuple[str, str, tuple[Ignored, ...]]] = [(str(top), prefix, above(top, options.root))]
    while pending:
        folder, prefix, ignored = pending.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:  # a folder one may not read holds nothing one can lint
            continue
        if any(entry.name == ".gitignore" for entry in entries):
            ignored = (*ignored, *gitignore(Path(folder, ".gitignore"), prefix))
        for entry in entries:
            name = prefix + entry.name
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in SKIPPED and not is_ignored(f"{name}/", ignored):
                    pending.append((entry.path, f"{name}/", ignored))
            elif is_known(name, folder) and entry.is_file() and not is_ignored(name, ignored):
                yield Path(entry.path)


def is_known(name: str, folder: str) -> bool:
    """Tell whether a file is one to lint, by its path; an orb's parts are only beside the orb itself."""
    kind = by_path(name)
    if kind is None or kind.id != "circleci-orb-part":
        return kind is not None
    return Path(folder).parent.joinpath("@orb.yml").is_file()


def above(top: Path, root: Path) -> tuple[Ignored, ...]:
    """Return what the .gitignore files between the root and a folder say."""
    found: tuple[Ignored, ...] = ()
    inside = shown(top, root)
    if inside == "." or inside.startswith("/"):
        return found
    parts = inside.split("/")
    for index in range(len(parts)):
        prefix = "".join(f"{part}/" for part in parts[:index])
        found += gitignore(root / prefix / ".gitignore", prefix)
    return found


def gitignore(path: Path, prefix: str) -> tuple[Ignored, ...]:
    """Read one .gitignore; `prefix` is its folder, with a '/' at the end unless it is the root."""
    try:
        lines = path.read_text("utf-8", errors="replace").splitlines()
    except OSError:  # absent or unreadable: nothing is ignored
        return ()
    return tuple(
        ignored(line.rstrip(), prefix) for line in lines if line.strip() and not line.startswith("#")
    )


def ignored(line: str, prefix: str) -> Ignored:
    """Translate one line of a .gitignore."""
    again = line.startswith("!")
    line = line.removeprefix("!").removeprefix("\\")
    folders_only = line.endswith("/")
    line = line.rstrip("/")
    anywhere = "" if "/" in line else "(?:.*/)?"
    try:
        pattern = re.compile(re.escape(prefix) + anywhere + regex(line.removeprefix("/")))
    except re.error:  # such as the range [z-a]: git, too, takes it for a pattern that nothing fits
        pattern = re.compile(r"(?!)")
    return Ignored(pattern, again, folders_only)


def regex(pattern: str) -> str:
    """Translate a pattern of gitignore: `*` and `?` stop at '/', `**` does not."""
    out = ""
    for part in re.findall(r"\*\*/|/\*\*$|\*+|\?|\[!?[^\]]+\]|.", pattern):
        if part == "**/":
            out += "(?:.*/)?"
        elif part == "/**":
            out += "/.*"
        elif part.startswith("*"):
            out += "[^/]*"
        elif part == "?":
            out += "[^/]"
        elif len(part) > 1:
            out += "[" + part[1:-1].replace("!", "^", 1).replace("\\", "\\\\") + "]"
        else:
            out += re.escape(part)
    return out


def is_ignored(name: str, ignored: tuple[Ignored, ...]) -> bool:
    """Tell whether git ignores a path; a folder's ends with '/'."""
    folder = name.endswith("/")
    bare = name.rstrip("/")
    for one in reversed(ignored):
        if (folder or not one.folders_only) and one.pattern.fullmatch(bare):
            return not one.again
    return False


def changed(root: Path) -> set[str]:
    """Return the names of files that differ from the last commit or are new, by git.

    Raises
    ------
    InputError : git is missing, or the folder is no repository
    """
    import shutil

    if shutil.which("git") is None:
        raise InputError("--changed needs git", help="install git")
    listed = git(root, "status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames", ".")
    prefix = git(root, "rev-parse", "--show-prefix").removesuffix("\n")
    names = (line[3:] for line in listed.split("\0") if line and "D" not in line[:2])
    return {readable(name.removeprefix(prefix)) for name in names}


def git(root: Path, *arguments: str) -> str:
    """Return what git prints.

    Raises
    ------
    InputError : it fails, or takes longer than a minute
    """
    import subprocess

    command = ["git", "-C", str(root), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, timeout=60, check=True)
    except subprocess.CalledProcessError as error:
        said = os.fsdecode(error.stderr).strip()
        raise InputError(f"--changed needs a git repository: {readable(said)}") from error
    except subprocess.TimeoutExpired as error:
        raise InputError("--changed asked git, which did not answer for a minute") from error
    return os.fsdecode(done.stdout)
