"""The target `local`: a folder of this machine, or one mounted here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mlci.deploy.contract import Deployed, Site, Status
from mlci.errors import EnvironmentLacks, InputError

if TYPE_CHECKING:
    from mlci.deploy.package import Package


class Local:
    """A folder that TensorFlow Serving or `mlci serve` reads: versioned, atomic, with a way back.

    Parameters
    ----------
    path : the folder; relative to the repository unless it starts with /
    url : where the server that reads it answers, such as http://127.0.0.1:8501
    keep : how many versions stay in production, and how many retired ones
    """

    def __init__(self, site: Site, *, path: str, url: str | None = None, keep: int = 5) -> None:
        if not path or keep < 1:
            raise InputError(f"target '{site.name}' needs a path, and 'keep' of 1 or more")
        from mlci.deploy.layout import Layout
        from mlci.deploy.local_files import LocalFiles

        top = site.root / Path(path).expanduser()
        self.url = url
        self.layout = Layout(LocalFiles(top), site, keep, str(top))

    def deploy(self, package: Package) -> Deployed:
        with named_errors(self.layout.where):
            return self.layout.deploy(package)

    def status(self, model: str | None = None) -> Status:
        with named_errors(self.layout.where):
            return self.layout.status(model)

    def rollback(self, to: int | None = None, model: str | None = None) -> Deployed:
        """Serve an earlier version again."""
        with named_errors(self.layout.where):
            return self.layout.rollback(to, model)

    def fetch(self, into: Path, model: str | None = None) -> Path:
        """Copy the version in production below `into`."""
        with named_errors(self.layout.where):
            return self.layout.fetch(into, model)


@contextmanager
def named_errors(where: str) -> Iterator[None]:
    """Turn what the operating system refuses into a message."""
    try:
        yield
    except OSError as error:
        raise EnvironmentLacks(
            f"cannot deploy to {where}: {error.strerror or error}",
            help="free some space or mend the permissions; what is served has not changed",
        ) from error
