"""The entry point: answers `--version` at once, and loads the command line for all else."""

import sys


def main() -> None:
    if sys.argv[1:] == ["--version"]:
        from mlci import __version__

        sys.stdout.write(f"mlci {__version__}\n")
        return
    import gc

    # Most commands end before a collection could pay; long ones still collect, only later.
    gc.set_threshold(50_000, 20, 20)
    from mlci.commands.app import run

    leave(run())


def leave(status: int) -> None:
    """Exit at once when nothing waits to be done at exit: taking the interpreter apart takes time."""
    import atexit
    import os

    if atexit._ncallbacks():
        sys.exit(status)
    os._exit(status)


if __name__ == "__main__":
    main()
