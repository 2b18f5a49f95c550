"""`mlci serve`: a model server that speaks TensorFlow Serving's REST API."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from mlci.calls.options import Argument, Option
from mlci.commands.terminal import note


def serve(
    *,
    path: Annotated[Path, Argument("A folder of versions, a package, a SavedModel or a .keras file.")],
    name: Annotated[str | None, Option("The model's name in the URL.")] = None,
    host: Annotated[str, Option("The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, Option("The port; 0 for any free one.", "-p")] = 8501,
) -> int:
    """Serve a model over HTTP with TensorFlow Serving's REST API: predict, status, metadata.

    A folder of versions is watched: a new version serves as soon as it is loaded, and one that fails to
    load never stops the old.

    Examples: `mlci serve deployed/prod/digits` · `mlci serve model/ --name digits --port 8501`
    """
    from mlci.serve.server import serve as listen

    listen(path, name=name, host=host, port=port, say=note)
    return 0
