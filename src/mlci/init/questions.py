"""What `mlci init` must know: given, asked, or by default; and checked."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mlci import __version__
from mlci.errors import InputError
from mlci.findings import suggest
from mlci.language.catalogue import vendor_ids
from mlci.language.model import INSTALL, NAME, PYTHON
from mlci.language.shapes import Text

if TYPE_CHECKING:
    from mlci.init import Scaffold
    from mlci.init.detect import Found

TRIES = 5


class Question(NamedTuple):
    """One thing to ask a person."""

    key: str
    text: str
    default: str
    choices: tuple[str, ...] = ()
    many: bool = False
    """Whether several choices may be given, with commas between."""
    hints: tuple[str, ...] = ()
    """A few words on each choice."""
    wrong: str = ""
    """What was wrong with the answer before."""


Ask = Callable[[Question], str]
"""Puts a question to a person and returns the answer, "" for the default."""


@dataclass(frozen=True)
class Answers:
    """All that is known."""

    folder: Path
    scaffold: str
    name: str
    vendors: tuple[str, ...]
    python: str
    mlci: str


def settle(
    folder: Path,
    given: Mapping[str, str],
    ask: Ask | None,
    found: Found,
    scaffolds: Sequence[Scaffold],
) -> Answers:
    """Find every answer.

    Raises
    ------
    InputError : an answer that was given is wrong
    """
    answers: dict[str, str] = {}
    unknown = set(given) - set(QUESTIONS)
    if unknown:
        raise InputError(f"there is no question '{min(unknown)}'", help=f"there are {', '.join(QUESTIONS)}")
    for key in QUESTIONS:
        question = make_question(key, folder, found, scaffolds, answers.get("scaffold", ""))
        answers[key] = answer(question, given.get(key, ""), ask)
    return Answers(
        folder,
        answers["scaffold"],
        answers["name"],
        tuple(dict.fromkeys(words(answers["vendors"]))),
        answers["python"],
        answers["mlci"],
    )


QUESTIONS = ("scaffold", "name", "vendors", "python", "mlci")


def make_question(
    key: str, folder: Path, found: Found, scaffolds: Sequence[Scaffold], scaffold: str
) -> Question:
    """Put one question into words, with the default that fits this folder."""
    if key == "scaffold":
        hints = tuple(each.summary for each in scaffolds)
        names = tuple(each.id for each in scaffolds)
        own = next((each.id for each in scaffolds if each.own_code), names[0])
        return Question(key, "Start from what?", own if found.has_code else names[0], names, hints=hints)
    if key == "name":
        return Question(key, "What is the pipeline called?", slug(folder.resolve().name))
    if key == "vendors":
        used = found.vendors if scaffold not in ("", scaffolds[0].id) and found.vendors else vendor_ids()
        return Question(key, "Which CI products?", ",".join(used), vendor_ids(), many=True)
    if key == "python":
        here = f"{sys.version_info.major}.{sys.version_info.minor}"
        return Question(key, "Which Python?", found.python or here)
    return Question(key, "How does a job get mlci?", f"mlci=={__version__}")


def answer(question: Question, given: str, ask: Ask | None) -> str:
    """Return a question's answer: given, else asked, else its default."""
    if given or ask is None:
        chosen = given or question.default
        wrong = mistake(question, chosen)
        if wrong:
            raise InputError(wrong, help=help_for(question, chosen))
        return chosen
    for _ in range(TRIES):
        chosen = ask(question).strip() or question.default
        wrong = mistake(question, chosen)
        if not wrong:
            return chosen
        question = question._replace(wrong=wrong)
    raise InputError(question.wrong, help=help_for(question, chosen))


def mistake(question: Question, chosen: str) -> str:
    """Say what is wrong with an answer, "" when nothing is."""
    if question.choices:
        for word in words(chosen) if question.many else (chosen,):
            if word not in question.choices:
                return f"unknown {question.key} '{word}'; expected one of {', '.join(question.choices)}"
        return "" if words(chosen) else f"no {question.key} given"
    shape = SHAPES[question.key]
    if question.key == "mlci" and chosen.endswith(".whl") and Path(chosen).is_file():
        return ""
    return "" if re.fullmatch(shape.pattern or ".*", chosen) else f"'{chosen}' is not {shape.what}"


def help_for(question: Question, chosen: str) -> str | None:
    """Return how to mend a wrong answer."""
    if question.choices:
        return suggest(words(chosen)[-1] if words(chosen) else "", question.choices)
    return SHAPES[question.key].help


SHAPES: Mapping[str, Text] = {"name": NAME, "python": PYTHON, "mlci": INSTALL}


def words(text: str) -> tuple[str, ...]:
    """Split at commas and blanks."""
    return tuple(re.findall(r"[^\s,]+", text))


def slug(text: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", text).strip("-")
    return (plain if re.match(r"[A-Za-z_]", plain) else f"pipeline-{plain}".rstrip("-"))[:64]


def ask_person(question: Question) -> str:
    """Put a question on the error stream and read the answer."""
    say = sys.stderr.write
    if question.wrong:
        say(f"  {question.wrong}\n")
    else:
        say(f"{question.text}\n")
        for choice, hint in zip(question.choices, question.hints, strict=False):
            say(f"  {choice:14} {hint}\n")
        if question.many:
            say(f"  some of {', '.join(question.choices)}\n")
    say(f"  [{question.default}] ")
    sys.stderr.flush()
    try:
        return input()
    except EOFError:
        # Ctrl-D: whoever leaves a question wants no answer written.
        say("\n")
        raise KeyboardInterrupt from None
