"""Git, asked about a repository of which nothing is changed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from mlci.errors import InputError


class Git:
    """Asks git about a repository; nothing of it is changed.

    Parameters
    ----------
    root : the folder of mlci.yaml
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    @cached_property
    def place(self) -> tuple[str, str]:
        """The top of the repository, and the way from there to the folder of mlci.yaml: "" or "a/"."""
        top, _, prefix = (self.ask("rev-parse", "--show-toplevel", "--show-prefix") or "").partition("\n")
        return top, prefix.strip("\n")

    def commit(self, name: str) -> str:
        """Return the commit that a name stands for.

        Raises
        ------
        InputError : it stands for none
        """
        words = ("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
        found = None if name.startswith("-") else self.ask(*words)
        if not found:
            help = "name a folder of records, a report.json, or a branch or commit that git knows here"
            said = f"'{name}' is no folder, no report and no revision of git"
            raise InputError(said, help=f"{help}; a shallow clone must fetch it first")
        return found.strip()

    def branch(self, name: str) -> str:
        """Return a name if it is a branch's, without the remote's; else ""."""
        full = (self.ask("rev-parse", "--symbolic-full-name", name) or "").strip()
        parts = full.split("/", 3 if full.startswith("refs/remotes/") else 2)
        return parts[-1] if full.startswith(("refs/heads/", "refs/remotes/")) else ""

    def show(self, commit: str, path: str) -> str | None:
        """Return the text of a file at a commit, None when it is not there."""
        return self.ask("show", f"{commit}:./{path}")

    def extract(self, commit: str, paths: list[str], folder: Path) -> None:
        """Write some paths as a commit has them, those it has, as a checkout would."""
        if not paths:
            return
        top, prefix = self.place
        environ = {"GIT_INDEX_FILE": str(folder / ".git-index")}
        self.ask("read-tree", commit, environ=environ)
        asked = (f":(literal){prefix}{path}" for path in paths)
        listed = self.ask("-C", top, "ls-files", "-z", "--", *asked, environ=environ)
        if not listed:
            return
        out = f"--prefix={folder}/.checkout/"
        self.ask("-C", top, "checkout-index", "-q", "-f", "-z", "--stdin", out, environ=environ, given=listed)
        source = folder / ".checkout" / prefix
        for entry in list(source.iterdir()) if source.is_dir() else ():
            entry.rename(folder / entry.name)

    def ask(
        self, *words: str, environ: Mapping[str, str] | None = None, given: str | None = None
    ) -> str | None:
        """Return what git says, None when it fails."""
        more = {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C", **(environ or {})}
        try:
            done = subprocess.run(
                ["git", "-C", str(self.root), *words],
                capture_output=True,
                check=True,
                input=None if given is None else os.fsencode(given),
                env={**os.environ, **more},
                timeout=300,
            )
        except (OSError, subprocess.SubprocessError):
            return None
        return os.fsdecode(done.stdout)
