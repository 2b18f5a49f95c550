"""The entry point: answers `--version` at once, and loads the command line for all else."""

import sys


def main() -> None:
    """Run the command line."""
    if sys.argv[1:] == ["--version"]:
        from mlci import __version__

        sys.stdout.write(f"mlci {__version__}\n")
        return
    from mlci.cli import run

    run()


if __name__ == "__main__":
    main()
