"""What is proven: one commit of the repository, work that is not committed included, and clones of it.

Nothing is written into the user's repository: new objects lie in one of the proof's own, which borrows the
others. History is grafted so that the paths an event has changed are exactly those that were said.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from mlci.engine.context import EARLIEST
from mlci.errors import EnvironmentLacks, InputError
from mlci.parity.contract import Event

PERSON = {
    "GIT_AUTHOR_NAME": "mlci parity",
    "GIT_AUTHOR_EMAIL": "parity@mlci.invalid",
    "GIT_COMMITTER_NAME": "mlci parity",
    "GIT_COMMITTER_EMAIL": "parity@mlci.invalid",
}
KEPT = (".mlci/generated/", ".mlci/mlci.schema.json")
"""What of `.mlci` is part of a repository; the rest is a machine's own, secrets among it."""
EXCLUDED = "/.mlci/*\n!/.mlci/generated\n!/.mlci/mlci.schema.json\n"
REPLACED = "+refs/replace/*:refs/replace/*"


class Snapshot(NamedTuple):
    """A commit to clone."""

    source: Path
    """The proof's own repository."""
    commit: str
    base: str
    """The commit before the change; "" when all there is counts as changed."""
    tree: str
    dirty: bool
    """Whether work that is not committed is part of it."""

    def clone(self, folder: Path) -> Path:
        """Make a clean checkout in a folder that is not there yet."""
        folder.parent.mkdir(parents=True, exist_ok=True)
        fetch = ("-c", f"remote.origin.fetch={REPLACED}")
        git("clone", "-q", "--shared", "--no-checkout", "--template=", *fetch, str(self.source), str(folder))
        git("-C", str(folder), "checkout", "--quiet", "--detach", self.commit)
        return folder

    def files(self, wanted: Callable[[str], bool]) -> dict[str, str]:
        listed = git("--git-dir", str(self.source), "ls-tree", "-r", "--name-only", "-z", self.commit)
        paths = [path for path in listed.split("\0") if path and wanted(path)]
        return {
            path: git("--git-dir", str(self.source), "cat-file", "blob", f"{self.commit}:{path}")
            for path in paths
        }


def snapshot(root: Path, event: Event, folder: Path) -> Snapshot:
    """Take a snapshot of a repository, or of a folder that is none.

    Parameters
    ----------
    root : the folder of mlci.yaml
    event : which branch or tag it is on, and what it has changed
    folder : for the proof's own repository; it must not be there

    Raises
    ------
    EnvironmentLacks : git is missing
    InputError : git cannot read the repository
    """
    if shutil.which("git") is None:
        raise EnvironmentLacks("git is missing; every job begins with a clone", help="install git")
    git("init", "--quiet", "--bare", "--template=", str(folder))
    maker = Maker(root, folder)
    top = ask(root, "rev-parse", "--show-toplevel")
    head = ask(root, "rev-parse", "--verify", "HEAD^{commit}")
    if top and head and Path(top).resolve() == root.resolve():
        made = maker.of_repository(head)
    else:
        made = maker.of_folder(bool(top))
    base = maker.graft(made, event)
    maker.name(made.commit, base, event)
    return made._replace(base=base)


class Maker:
    """Makes the proof's own repository."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root, self.folder = root, folder
        self.index = folder / "index"

    def git(self, *words: str, more: Mapping[str, str] | None = None, given: str | None = None) -> str:
        """Ask git about the proof's own repository, with its own index, over the user's files."""
        environ = {"GIT_INDEX_FILE": str(self.index), **(more or {})}
        where = ("--git-dir", str(self.folder), "--work-tree", str(self.root.resolve()))
        return git(*where, *words, more=environ, given=given).strip("\n")

    def of_repository(self, head: str) -> Snapshot:
        """Take over a repository's last commit; with work that is not committed, one more after it."""
        objects = Path(ask(self.root, "rev-parse", "--path-format=absolute", "--git-path", "objects"))
        (self.folder / "objects" / "info" / "alternates").write_text(f"{objects}\n")
        exclude = Path(ask(self.root, "rev-parse", "--path-format=absolute", "--git-path", "info/exclude"))
        self.exclude(exclude.read_text(encoding="utf-8") if exclude.is_file() else "")
        self.git("read-tree", head)
        self.git("add", "--all", "--", ".")
        tree = self.git("write-tree")
        if tree == self.git("rev-parse", f"{head}^{{tree}}"):
            return Snapshot(self.folder, head, "", tree, False)
        when = self.git("log", "-1", "--format=%cI", head)
        return Snapshot(self.folder, self.commit(tree, when, head), "", tree, True)

    def of_folder(self, within: bool) -> Snapshot:
        """Make the first commit of a folder that is no repository's top; `within` one, its rules hold."""
        if within:
            words = ("ls-files", "--cached", "--others", "--exclude-standard", "-z")
            listed = git("-C", str(self.root), *words)
            own = [path for path in listed.split("\0") if path and not private(path)]
            there = [path for path in own if (self.root / path).exists()]
            self.git("update-index", "--add", "-z", "--stdin", given="".join(f"{path}\0" for path in there))
            when = ask(self.root, "log", "-1", "--format=%cI") or f"{EARLIEST} +0000"
        else:
            self.exclude("")
            self.git("add", "--all", "--", ".")
            when = f"{EARLIEST} +0000"
        tree = self.git("write-tree")
        return Snapshot(self.folder, self.commit(tree, when), "", tree, True)

    def exclude(self, also: str) -> None:
        """Leave out what belongs to this machine alone."""
        (self.folder / "info").mkdir(exist_ok=True)
        (self.folder / "info" / "exclude").write_text(f"{also.rstrip()}\n{EXCLUDED}", encoding="utf-8")

    def commit(self, tree: str, when: str, *parents: str) -> str:
        """Commit a tree; the same tree, time and parents make the same commit."""
        dates = {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
        before = [word for parent in parents for word in ("-p", parent)]
        said = "What is in the working tree"
        return self.git("commit-tree", tree, *before, "-m", said, more={**PERSON, **dates})

    def graft(self, made: Snapshot, event: Event) -> str:
        """Give the commit the history that the event tells; return the commit before it, "" for none."""
        if event.changed is None:
            if ask_git_dir(self.folder, "rev-parse", "--verify", "--quiet", f"{made.commit}^"):
                self.git("replace", "--graft", made.commit, more=PERSON)
            return ""
        self.git("read-tree", made.commit)
        for path in event.changed:
            self.alter(made, path)
        when = self.git("log", "-1", "--format=%cI", made.commit)
        base = self.commit(self.git("write-tree"), when)
        self.git("replace", "--graft", made.commit, base, more=PERSON)
        return base

    def alter(self, made: Snapshot, path: str) -> None:
        """Let a file have been another one before; one that is not there was there."""
        kind = ask_git_dir(self.folder, "cat-file", "-t", f"{made.commit}:{path}")
        if kind == "tree":
            raise InputError(f"'{path}' is a folder", help="name files that have changed")
        content = f"before {path}\n"
        blob = self.git("hash-object", "-w", "--stdin", given=content)
        self.git("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}")

    def name(self, commit: str, base: str, event: Event) -> None:
        before = base or commit
        names = {f"refs/heads/{event.default}": before}
        if event.name == "tag":
            names |= {f"refs/tags/{event.tag}": commit, f"refs/heads/{event.default}": commit}
        elif event.name == "pull_request":
            names |= {f"refs/heads/{event.branch}": before, f"refs/heads/{event.head}": commit}
        else:
            names[f"refs/heads/{event.branch}"] = commit
        for name, target in names.items():
            self.git("update-ref", name, target)
        self.git("symbolic-ref", "HEAD", f"refs/heads/{event.default}")


def private(path: str) -> bool:
    """Tell whether a path is this machine's own."""
    return path.startswith(".mlci/") and not path.startswith(KEPT)


def git(*words: str, more: Mapping[str, str] | None = None, given: str | None = None) -> str:
    """Run git; return what it says.

    Raises
    ------
    InputError : it fails
    """
    try:
        done = subprocess.run(
            ["git", *words],
            capture_output=True,
            check=True,
            env={**environment(), **(more or {})},
            input=None if given is None else given.encode(),
        )
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip()
        raise InputError(f"git {words[0]} failed: {said}", help="mend the repository") from error
    return done.stdout.decode("utf-8", errors="surrogateescape")


def environment() -> dict[str, str]:
    """Return this process's environment, without what points git elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}


def ask(root: Path, *words: str) -> str:
    """Ask git about the user's repository; "" when it has no answer."""
    try:
        return git("-C", str(root), *words).strip()
    except InputError:
        return ""


def ask_git_dir(folder: Path, *words: str) -> str:
    """Ask git about the proof's own repository; "" when it has no answer."""
    try:
        return git("--git-dir", str(folder), *words).strip()
    except InputError:
        return ""
