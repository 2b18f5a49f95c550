"""The folder a pipeline runs in: where mlci keeps what under `.mlci/`, and what is asked of it only once."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path

from mlci.engine.context import Commit, read_commit, read_context
from mlci.engine.interpreter import Interpreter, find_python, inspect, search_path
from mlci.engine.secrets import Secrets
from mlci.engine.stat_cache import StatCache
from mlci.engine.stop import Stop
from mlci.planning.context import Context

FOLDER = ".mlci"
IGNORED = "# Written by mlci.\n/*\n!/generated/\n!/mlci.schema.json\n"


class Workspace:
    """One checkout, and one process at work in it.

    Parameters
    ----------
    root : its top, where mlci.yaml lies
    environ : the process's environment
    warn : shows a warning that stops nothing
    """

    def __init__(
        self,
        root: Path,
        environ: Mapping[str, str] | None = None,
        warn: Callable[[str], None] = lambda text: None,
    ) -> None:
        self.root = Path(os.path.abspath(root))  # noqa: PTH100 - symbolic links stay as the user has them
        self.environ = dict(os.environ if environ is None else environ)
        self.warn = warn
        self.own = self.root / FOLDER
        self.state = self.own / "state"
        self.stop = Stop()
        self.given: dict[str, str] = {}
        """What a person says of the context: the event, branch or tag to run as for."""
        self.secrets = Secrets(self.environ, self.root)

    def keep_from_git(self) -> None:
        """Have git leave out what lies under `.mlci/`, secrets among it, but for what is to be committed."""
        path = self.own / ".gitignore"
        if not path.exists():
            from mlci.files import write_atomic

            write_atomic(path, IGNORED)

    def handoff(self, job_id: str) -> Path:
        """Return the folder in which a job hands on its bundle and record."""
        return self.own / "handoff" / job_id

    def reports(self, job_id: str) -> Path:
        return self.own / "reports" / job_id

    @cached_property
    def cache(self) -> StatCache:
        """Digests of files that have not changed."""
        return StatCache(self.root, self.state, self.warn)

    @cached_property
    def commit(self) -> Commit:
        return read_commit(self.root)

    @cached_property
    def context(self) -> Context:
        """What started this run, and for what; a vendor that does not name the commit has it checked out."""
        found = read_context(self.environ, self.root, lambda root: self.commit)._replace(**self.given)
        return found if found.commit else found._replace(commit=self.commit.hash)

    @cached_property
    def glance(self) -> Context:
        """The same without what only git can tell, which takes a program to ask."""
        return read_context(self.environ, self.root, lambda root: Commit())._replace(**self.given)

    @cached_property
    def search_path(self) -> str:
        return search_path(self.environ)

    @cached_property
    def interpreter(self) -> Interpreter:
        """The Python that commands run with, and its packages."""
        return inspect(find_python(self.search_path), self.state / "interpreters.json", self.root)

    @cached_property
    def own_interpreter(self) -> Interpreter:
        """The Python that mlci and the library stages run with."""
        import sys

        return inspect(sys.executable, self.state / "interpreters.json", self.root)
