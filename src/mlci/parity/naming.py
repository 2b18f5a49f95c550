"""Which job of mlci's a script works on: the `mlci exec …` in it, or the call that is asked by variables."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence

from mlci.parity.account import Named
from mlci.registry import COMMANDS, find

OWN = ("notify", "select")
"""Commands of mlci whose jobs are no stages: they belong to how a vendor's file works."""


ASKED = "mlci.commands.from_environment"
"""The module that is called where a unit of mlci's hands over variables."""
NOTHING: Mapping[str, str] = {}


def executed(script: str, environ: Mapping[str, str] = NOTHING) -> Iterator[Named]:
    """Yield the jobs that a script's calls of `mlci exec` work on.

    Parameters
    ----------
    script : of shell
    environ : the variables that its file gives it
    """
    for words in calls(script, environ):
        if words[0] == "exec" and len(words) > 1:
            plain = next((each for each in words[1:] if not each.startswith("-")), "")
            workflow = option(words, "--workflow") or option(words, "-w")
            yield Named(workflow, option(words, "--job") or plain)


def belongs(script: str, environ: Mapping[str, str] = NOTHING) -> bool:
    """Tell whether a script calls mlci for the file's own sake."""
    return any(words[0] in OWN for words in calls(script, environ))


def calls(script: str, environ: Mapping[str, str] = NOTHING) -> Iterator[list[str]]:
    """Yield the words of each call of mlci, without `mlci` itself."""
    for line in script.replace("\\\n", " ").splitlines():
        words = split(line)
        for at, word in enumerate(words[:-1]):
            if word == "mlci" and (at == 0 or words[at - 1] not in ("install", "uninstall")):
                yield until_operator(words[at + 1 :])
            elif word == ASKED and at > 0 and words[at - 1] == "-m":
                yield asked(words[at + 1], environ)


def asked(command: str, environ: Mapping[str, str]) -> list[str]:
    """Return the call that a unit makes of its variables; of a command that mlci lacks its name alone."""
    from mlci.calls.variables import words

    known = find(COMMANDS, command)
    return [command] if known is None else words(known, environ)


def split(line: str) -> list[str]:
    """Split a line of shell into words; one that is no whole command has none."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    try:
        return list(lexer)
    except ValueError:
        return []


def until_operator(words: Sequence[str]) -> list[str]:
    kept: list[str] = []
    for word in words:
        if set(word) <= set("();<>|&") and word:
            break
        kept.append(word)
    return kept or [""]


def option(words: Sequence[str], name: str) -> str:
    """Return the value of an option, "" when it is not given."""
    for at, word in enumerate(words):
        if word == name and at + 1 < len(words):
            return words[at + 1]
        if word.startswith(f"{name}="):
            return word.partition("=")[2]
    return ""
