"""The command line: finds the command, calls it; the one place where failures become exit statuses."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Sequence
from io import TextIOWrapper
from typing import TYPE_CHECKING, Annotated, Any

from mlci.calls import options
from mlci.commands.terminal import coloured, note, unicode
from mlci.errors import InputError, MlciError
from mlci.findings import PAINT, Finding, show
from mlci.registry import COMMANDS, find

if TYPE_CHECKING:
    from typer import Typer

DEFECT = 3
INTERRUPTED = 130
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What a write is told when there is no more room; it says nothing of what mlci does."""


def run(words: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status."""
    words = sys.argv[1:] if words is None else words
    open_streams()
    try:
        status = guard(lambda: call(words))
    except OSError:
        # Even what went wrong could not be said: the error stream is full, or its reader has gone.
        status = InputError.exit_status
    return flush(status)


def open_streams() -> None:
    """Make the streams take all that is written: one that was closed before, one that knows few letters."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            # Or the next file that is opened would take its number, and get what is meant for the screen.
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115
        elif mode == "w" and isinstance(stream, TextIOWrapper) and not unicode(stream):
            stream.reconfigure(errors="backslashreplace")


def flush(status: int) -> int:
    """Let out what is still to be said; return the exit status, another one when that fails."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError as error:
            # The stream is of no more use, and Python must not say so at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
            if not isinstance(error, BrokenPipeError):
                note(f"{paint('error', 'error:')} cannot write what there is to say: {error.strerror}")
                status = status or InputError.exit_status
    return status


def call(words: Sequence[str]) -> int:
    """Call a plain command at once; leave help, mistakes and completion to typer."""
    command = find(COMMANDS, words[0]) if words else None
    if command is not None:
        function = command.load()
        try:
            values = options.parse(function, words[1:])
        except options.NotPlain:
            pass
        else:
            status: int = function(**values)
            return status
    result = app()(list(words), prog_name="mlci", standalone_mode=False)
    return result if isinstance(result, int) else 0


def guard(work: Callable[[], int]) -> int:
    """Turn every failure into a message and an exit status."""
    try:
        return work()
    except InputError as error:
        tell(error)
        return error.exit_status
    except MlciError as error:
        note(f"{paint('error', 'error:')} {error}")
        return error.exit_status
    except BrokenPipeError:
        # Whoever read has gone before all was done: that is no success.
        return INTERRUPTED
    except OSError as error:
        if error.errno not in FULL:
            return defect(error)
        note(f"{paint('error', 'error:')} cannot write: {error.strerror}")
        return InputError.exit_status
    except KeyboardInterrupt:
        note("interrupted")
        return INTERRUPTED
    except Exception as error:
        if is_usage(error):
            return usage(error)
        return defect(error)


def is_usage(error: Exception) -> bool:
    """Tell whether typer says that the words of the call are wrong, or that it was left."""
    return hasattr(error, "exit_code") and type(error).__module__.startswith(("click", "typer"))


def usage(error: Any) -> int:
    """Show how a call was wrong."""
    if hasattr(error, "show"):
        error.show()
        return 2
    return int(error.exit_code)


def tell(error: InputError) -> None:
    """Show what is wrong with the input, each finding with its line."""
    if not error.findings:
        note(f"{paint('error', 'error:')} {error}")
        if error.help:
            note(f"{paint('help', 'help:')} {error.help}")
        return
    for found in error.findings:
        note(show(found, lines_of(found), colour=coloured(sys.stderr)))
    if len(error.findings) > 1:
        note(f"{len(error.findings)} errors")


def lines_of(found: Finding) -> list[str] | None:
    """Return the lines of a finding's file, None when it cannot be read again."""
    try:
        with open(found.mark.file, encoding="utf-8") as file:  # noqa: PTH123  (pathlib is not loaded yet)
            return file.read().splitlines()
    except (OSError, ValueError):
        return None


def paint(kind: str, text: str) -> str:
    """Colour a word for the error stream."""
    return f"{PAINT[kind]}{text}\x1b[0m" if coloured(sys.stderr) else text


def defect(error: Exception) -> int:
    """Own up to a defect: one line, and the path of a log to paste."""
    import tempfile
    import traceback

    from mlci import __version__

    with tempfile.NamedTemporaryFile("w", prefix="mlci-", suffix=".log", delete=False) as log:
        log.write(f"mlci {__version__}, Python {sys.version}\n{sys.argv[1:2]}\n\n")
        log.write("".join(traceback.format_exception(error)))
    said = f"mlci has a defect ({type(error).__name__}: {error}); please report {log.name}"
    note(f"{paint('error', 'error:')} {said}")
    return DEFECT


def app() -> Typer:
    """Build typer's commands from ours, for help, mistakes and completion."""
    import typer

    made = typer.Typer(
        name="mlci",
        help="One file describes an ML pipeline; every CI vendor runs it alike.",
        no_args_is_help=True,
        rich_markup_mode=None,  # rich takes longer to load than all the rest
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
        pretty_exceptions_enable=False,
    )

    def show_version(asked: bool) -> None:
        if asked:
            from mlci import __version__

            typer.echo(f"mlci {__version__}")
            raise typer.Exit

    said = typer.Option(False, "--version", help="Show the version.", callback=show_version, is_eager=True)

    @made.callback()
    def top(version: bool = said) -> None:
        """One file describes an ML pipeline; every CI vendor runs it alike."""

    for each in COMMANDS:
        made.command(each.id, rich_help_panel=each.heading)(typed(each.load()))
    return made


def typed(function: Callable[..., int]) -> Callable[..., Any]:
    """Return the command with typer's annotations in place of ours."""
    import functools
    import inspect

    import typer

    @functools.wraps(function)
    def called(**values: Any) -> int:
        return function(**{name: value for name, value in values.items() if value is not None})

    parameters, hints = [], {}
    for each in options.declared(function):
        kind: Any = each.type if not each.repeats or each.default is options.REQUIRED else each.type | None
        common: dict[str, Any] = {"help": each.said.help, "metavar": each.said.metavar or None}
        if each.said.choices is not None:
            common |= chosen(each.said.choices)
        if isinstance(each.said, options.Argument):
            said = typer.Argument(**{**common, "metavar": each.said.metavar or placeholder(each)})
        else:
            names = [name for name in (each.flag, each.said.short) if name]
            said = typer.Option(*names, **common)
        hints[each.name] = Annotated[kind, said]
        default = None if each.repeats and each.default == () else each.default
        default = inspect.Parameter.empty if default is options.REQUIRED else default
        parameters.append(
            inspect.Parameter(
                each.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=hints[each.name]
            )
        )
    called.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    called.__annotations__ = hints
    return called


def placeholder(argument: options.Declared) -> str:
    """Return how help writes an argument: PATH, [PATH], [PATH]..."""
    word = argument.name.upper()
    return f"[{word}]..." if argument.repeats else word


def chosen(choices: Callable[[], tuple[str, ...]]) -> dict[str, Any]:
    """Return how typer checks and completes a word that is one of some."""
    import typer

    def check(value: Any) -> Any:
        for word in value if isinstance(value, list | tuple) else [value]:
            if word is not None and word not in choices():
                raise typer.BadParameter(f"'{word}' is not one of {', '.join(choices())}")
        return value

    return {"callback": check, "autocompletion": lambda: list(choices())}
