"""How a command declares its options, without the cost of a command-line library.

A command is a function; each parameter is annotated `Annotated[type, Option("what it does")]`.
`mlci.commands.app` builds typer's commands from these for help, errors and completion; a plain, well-formed
call needs no typer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

REQUIRED: Any = object()
"""The default of a parameter that has none."""


class Option(NamedTuple):
    """An option: its help, and a short form such as "-j"."""

    help: str
    short: str = ""
    metavar: str = ""
    choices: Callable[[], tuple[str, ...]] | None = None
    """The words it takes, asked for when needed."""


class Argument(NamedTuple):
    """A word that stands without an option's name."""

    help: str
    metavar: str = ""
    choices: Callable[[], tuple[str, ...]] | None = None


class Declared(NamedTuple):
    """One parameter of a command."""

    name: str
    type: Any
    default: Any
    said: Option | Argument

    @property
    def flag(self) -> str:
        """Its long form: --keep-going."""
        return f"--{self.name.rstrip('_').replace('_', '-')}"

    @property
    def repeats(self) -> bool:
        """Whether it may be given more than once."""
        return get_origin(self.type) is list


def declared(command: Callable[..., int]) -> tuple[Declared, ...]:
    """Return a command's parameters in the order of its signature."""
    hints = get_type_hints(command, include_extras=True)
    found = []
    for name, default in parameters(command):
        hint = hints[name]
        if get_origin(hint) is not Annotated:
            raise TypeError(f"parameter '{name}' of {command.__name__} says nothing of itself")
        kind, said = get_args(hint)
        found.append(Declared(name, kind, default, said))
    return tuple(found)


def parameters(command: Callable[..., int]) -> Iterator[tuple[str, Any]]:
    """Yield the names and defaults of a function's parameters; `inspect` takes longer to load than to ask."""
    command = getattr(command, "__wrapped__", command)
    code, places, words = command.__code__, command.__defaults__ or (), command.__kwdefaults__ or {}
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    defaults = dict(zip(reversed(names[: code.co_argcount]), reversed(places), strict=False)) | words
    for name in names:
        yield name, defaults.get(name, REQUIRED)


class NotPlain(Exception):
    """A call that is not plain and well-formed; the full command line must look at it."""


def parse(command: Callable[..., int], words: Sequence[str]) -> dict[str, Any]:
    """Read the words of a plain call into the command's parameters.

    Raises
    ------
    NotPlain : help is asked for, or anything is unknown, missing or mistyped
    """
    known = declared(command)
    by_word = {each.flag: each for each in known if isinstance(each.said, Option)}
    by_word |= {each.said.short: each for each in known if isinstance(each.said, Option) and each.said.short}
    loose = [each for each in known if isinstance(each.said, Argument)]
    values: dict[str, Any] = {}
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if not word.startswith("-") or word == "-":
            take_argument(loose, values, word)
            continue
        name, equals, value = word.partition("=")
        option = by_word.get(name)
        if option is None:
            raise NotPlain
        if option.type is bool:
            if equals:
                raise NotPlain
            values[option.name] = True
        elif not equals and not rest:
            raise NotPlain
        else:
            put(values, option, value if equals else rest.pop(0))
    for each in known:
        if each.name not in values and each.default is REQUIRED:
            raise NotPlain
    return values


def take_argument(loose: list[Declared], values: dict[str, Any], word: str) -> None:
    """Give a word to the next argument that still wants one."""
    if not loose:
        raise NotPlain
    put(values, loose[0], word)
    if not loose[0].repeats:
        loose.pop(0)


def put(values: dict[str, Any], parameter: Declared, word: str) -> None:
    """Convert a word and keep it."""
    kind = get_args(parameter.type)[0] if parameter.repeats else parameter.type
    options = [each for each in get_args(kind) if each is not type(None)]
    if parameter.said.choices is not None and word not in parameter.said.choices():
        raise NotPlain
    if get_origin(kind) is Literal:
        if word not in get_args(kind):
            raise NotPlain
        value: Any = word
    else:
        try:
            value = (options[0] if options else kind)(word)
        except ValueError as error:
            raise NotPlain from error
    if parameter.repeats:
        values.setdefault(parameter.name, []).append(value)
    else:
        values[parameter.name] = value
