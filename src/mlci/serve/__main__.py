"""`python -m mlci.serve PATH`: the server without the command line around it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mlci.errors import InputError
from mlci.serve.server import DEFAULT_PORT, serve


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m mlci.serve", description="Serve a model over HTTP.")
    parser.add_argument(
        "path", type=Path, help="a folder of versions, a package, a SavedModel or a .keras file"
    )
    parser.add_argument("--name", help="the model's name in the URL")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="0 for any free port")
    given = parser.parse_args()
    try:
        serve(given.path, name=given.name, host=given.host, port=given.port, say=say)
    except InputError as error:
        sys.stderr.write(f"{error}\n" + (f"help: {error.help}\n" if error.help else ""))
        return error.exit_status
    return 0


if __name__ == "__main__":
    sys.exit(main())
