"""Compiled templates, kept between runs as Python keeps its own bytecode; compiling them takes longest."""

from __future__ import annotations

import os
from pathlib import Path

from jinja2.bccache import Bucket, BytecodeCache

from mlci import __version__
from mlci.errors import EnvironmentLacks
from mlci.files import write_atomic


def home() -> Path:
    """Return the folder of this user's caches."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    return (
        (Path(given) if given.startswith("/") else Path.home() / ".cache")
        / "mlci"
        / f"templates-{__version__}"
    )


class TemplateCache(BytecodeCache):
    """Keeps compiled templates in the user's cache folder; without one, templates are compiled each time."""

    def path(self, bucket: Bucket) -> Path:
        """Return where a template's code is kept; its name holds a digest of template and loader."""
        return home() / f"{bucket.key}.bin"

    def load_bytecode(self, bucket: Bucket) -> None:
        """Load the code of a template that has not changed; only what this user wrote is trusted."""
        try:
            with self.path(bucket).open("rb") as file:
                if os.fstat(file.fileno()).st_uid == os.getuid():
                    bucket.load_bytecode(file)
        except (OSError, EOFError, ValueError, TypeError):
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template; a folder that cannot be written costs time, nothing else."""
        try:
            home().mkdir(parents=True, exist_ok=True, mode=0o700)
            write_atomic(self.path(bucket), bucket.bytecode_to_string(), mode=0o600)
        except (OSError, EnvironmentLacks):
            bucket.reset()
