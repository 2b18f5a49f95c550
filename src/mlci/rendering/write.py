"""Rendered files -> the repository: three-way merges that keep hand edits, and atomic writes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mlci.errors import EnvironmentLacks, InputError
from mlci.files import write_atomic

LAST_WRITTEN = Path(".mlci/generated")

State = Literal["new", "changed", "merged", "same", "gone", "kept", "conflict", "foreign"]


@dataclass(frozen=True)
class Change:
    """What becomes of one file."""

    path: str
    state: State
    """new, changed, merged (with hand edits), same, gone (no longer rendered), kept (no longer rendered but
    edited by hand), conflict (hand edit against new text), foreign (there before mlci)."""
    before: str | None
    """The text on disk; None when there is none."""
    after: str | None
    """The text it should have; None when it goes. A conflict's holds the markers, and is not written."""
    rendered: str | None
    """The text as rendered, kept to merge with next time."""

    @property
    def stale(self) -> bool:
        """Whether what is on disk is not what it should be."""
        return self.state not in ("same", "kept")

    @property
    def blocked(self) -> bool:
        """Whether nothing of it can be written."""
        return self.state in ("conflict", "foreign")


def compare(root: Path, rendered: Mapping[str, str]) -> list[Change]:
    """Compare rendered files with what was last written and what is on disk; writes nothing."""
    changes = [one(root, path, text) for path, text in sorted(rendered.items())]
    changes.extend(left_over(root, rendered))
    return changes


def one(root: Path, path: str, text: str) -> Change:
    """Compare one rendered file."""
    base, disk = read_text(root / LAST_WRITTEN / path), read_text(root / path)
    if disk is None:
        return Change(path, "new", None, text, text)
    wanted = ended_like(disk, text)
    if disk == wanted:
        return Change(path, "same", disk, wanted, text)
    if base is None:
        return Change(path, "foreign", disk, wanted, text)
    base = ended_like(disk, base)
    if disk == base:
        return Change(path, "changed", disk, wanted, text)
    if base == wanted:
        return Change(path, "same", disk, disk, text)
    merged, clean = merge(disk, base, wanted)
    if not clean:
        return Change(path, "conflict", disk, merged, text)
    return Change(path, "same" if merged == disk else "merged", disk, merged, text)


def ended_like(disk: str, text: str) -> str:
    """End a text's lines as those on disk: git, or an editor, may have made CRLF of every LF."""
    plain = text.replace("\r\n", "\n")
    count = disk.count("\n")
    return plain.replace("\n", "\r\n") if count and disk.count("\r\n") == count else plain


def left_over(root: Path, rendered: Mapping[str, str]) -> Iterator[Change]:
    """Find files mlci wrote once and renders no longer."""
    folder = root / LAST_WRITTEN
    for kept in sorted(folder.rglob("*")) if folder.is_dir() else ():
        path = kept.relative_to(folder).as_posix()
        if path in rendered or not kept.is_file():
            continue
        disk = read_text(root / path)
        edited = disk is not None and disk != ended_like(disk, read_text(kept) or "")
        yield Change(path, "kept" if edited else "gone", disk, disk if edited else None, None)


def read_text(path: Path) -> str | None:
    """Return a file's text, None when there is no file.

    Raises
    ------
    InputError : it is there and cannot be read as text
    """
    try:
        return path.read_bytes().decode("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except IsADirectoryError as error:
        raise InputError(f"{path} is a folder, not a file", help="move it away") from error
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}", help="mend its permissions") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text", help="save it as UTF-8, or move it away") from error


def merge(disk: str, base: str, text: str) -> tuple[str, bool]:
    """Merge the changes from `base` to `text` into `disk`.

    Returns
    -------
    (str, bool) : the merged text, and whether it is free of conflicts

    Raises
    ------
    EnvironmentLacks : git is missing
    """
    import subprocess

    with tempfile.TemporaryDirectory(prefix="mlci-merge-") as name:
        paths = [Path(name) / part for part in ("on-disk", "last-written", "rendered")]
        for path, content in zip(paths, (disk, base, text), strict=True):
            path.write_text(content, encoding="utf-8", newline="")
        labels = [word for path in paths for word in ("-L", path.name.replace("-", " "))]
        try:
            done = subprocess.run(
                ["git", "merge-file", "-p", *labels, *map(str, paths)], capture_output=True, check=False
            )
        except FileNotFoundError as error:
            raise EnvironmentLacks("git is missing; it merges hand edits", help="install git") from error
    if done.returncode < 0 or done.returncode > 127:
        raise EnvironmentLacks(f"git merge-file failed: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout.decode("utf-8"), done.returncode == 0


def apply(root: Path, changes: list[Change], *, force: bool = False) -> list[Change]:
    """Write what can be written and remember it; return the changes that were blocked.

    With `force`, a file that was there before mlci, or that conflicts, is replaced and kept as NAME.orig.
    """
    blocked = []
    for change in changes:
        if change.blocked and not force:
            blocked.append(change)
        else:
            write(root, change)
    return blocked


def write(root: Path, change: Change) -> None:
    """Write one file, then what it was rendered as; a crash between the two is mended by the next run."""
    path, remembered = root / change.path, root / LAST_WRITTEN / change.path
    if change.rendered is None:
        if change.state == "gone":
            path.unlink(missing_ok=True)
        remembered.unlink(missing_ok=True)
        return
    wanted = change.after
    if change.blocked and wanted is not None:
        wanted = ended_like(change.before or "", change.rendered)
    if change.blocked and change.before is not None:
        write_atomic(path.with_name(path.name + ".orig"), change.before)
    if wanted is not None and wanted != change.before:
        write_atomic(path, wanted)
    if read_text(remembered) != change.rendered:
        write_atomic(remembered, change.rendered)


def difference(change: Change) -> str:
    from difflib import unified_diff

    before, after = (change.before or "").splitlines(True), (change.after or "").splitlines(True)
    old = f"a/{change.path}" if change.before is not None else "/dev/null"
    new = f"b/{change.path}" if change.after is not None else "/dev/null"
    lines = [line if line.endswith("\n") else f"{line}\n" for line in unified_diff(before, after, old, new)]
    return "".join(lines)
