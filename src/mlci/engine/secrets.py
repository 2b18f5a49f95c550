"""Where secrets come from, here and in CI: the environment, or `.mlci/secrets.env`, never committed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from mlci.errors import EnvironmentLacks, InputError, input_error
from mlci.findings import Finding, Mark
from mlci.language.model import Pipeline, Stage

FILE = ".mlci/secrets.env"
CHANNELS = {"slack": "SLACK_WEBHOOK_URL", "webhook": "WEBHOOK_URL"}
"""The secret that holds each notification channel's address."""
LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*", re.DOTALL)
START = re.compile(r"\s*(?:export\s+)?[A-Za-z_][A-Za-z0-9_]*\s*=\s*([\"'])")
ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


def read_secrets(root: Path) -> dict[str, str]:
    """Return the secrets of `.mlci/secrets.env`: NAME=value lines; quotes may hold several lines.

    Raises
    ------
    InputError : the file cannot be read, or a line is no NAME=value
    """
    try:
        text = (root / FILE).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read {FILE}: {error}") from error
    return parse(text)


def parse(text: str) -> dict[str, str]:
    """Read NAME=value lines; `#` starts a comment line, "…" knows \\n, \\" and \\\\, '…' nothing."""
    found: dict[str, str] = {}
    lines = iter(enumerate(text.splitlines(), 1))
    for number, line in lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        quote = START.match(line)
        while quote and not closed(line[quote.end() :], quote.group(1)):
            more = next(lines, None)
            if more is None:
                raise input_error(Mark(FILE, number), "the quote is never closed", "secrets-file")
            line += f"\n{more[1]}"
        matched = LINE.fullmatch(line)
        if matched is None:
            # The line itself may hold a secret, so the message does not repeat it.
            raise input_error(Mark(FILE, number), "this is no NAME=value", "secrets-file")
        found[matched.group(1)] = unquote(matched.group(2))
    return found


def closed(rest: str, quote: str) -> bool:
    """Tell whether a quoted value ends in this text."""
    body = re.sub(r"\\.", "", rest) if quote == '"' else rest
    return quote in body


def unquote(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] == "'":
        return value[1:-1]
    if len(value) > 1 and value[0] == value[-1] == '"':
        return re.sub(
            r"\\(.)", lambda found: ESCAPES.get(found.group(1), found.group(1)), value[1:-1], flags=re.DOTALL
        )
    return value


class Secrets:
    """The values of the secrets that mlci.yaml names.

    Parameters
    ----------
    environ : the process's environment, which comes first
    root : the workspace
    """

    def __init__(self, environ: Mapping[str, str], root: Path) -> None:
        self.environ = environ
        self.root = root
        self.file: dict[str, str] | None = None

    def get(self, name: str) -> str:
        """Return a secret's value, "" when it is not set."""
        if self.environ.get(name):
            return self.environ[name]
        if self.file is None:
            self.file = read_secrets(self.root)
        return self.file.get(name, "")

    def of(self, pipeline: Pipeline, stage: Stage) -> dict[str, str]:
        """Return a stage's own secrets.

        Raises
        ------
        EnvironmentLacks : one is not set; it is named with its place in mlci.yaml
        """
        values = {name: self.get(name) for name in stage.secrets}
        missing = [unset(pipeline, stage, name) for name, value in values.items() if not value]
        if missing:
            raise EnvironmentLacks(missing)
        return values

    def hidden(self, pipeline: Pipeline, own: Mapping[str, str]) -> list[str]:
        """Return the values that a stage's output must not show: its own secrets', and all others'.

        Its command is not given the others, but can read the file they are in. A short one may be a common
        word, and is hidden only where it belongs.
        """
        from mlci.engine.masker import LEAST

        others = (self.get(name) for name in sorted(named(pipeline)) if name not in own)
        return [*own.values(), *(value for value in others if len(value) >= LEAST)]


def unset(pipeline: Pipeline, stage: Stage, name: str) -> Finding:
    index = pipeline.stages[stage.name].secrets.index(name) if stage.name in pipeline.stages else 0
    mark = pipeline.mark("stages", stage.name, "secrets", index)
    help = (
        f"here, put {name}=… into {FILE} or the environment; at a vendor, `mlci doctor` says where it is set"
    )
    return Finding(
        mark, f"stage '{stage.name}' needs the secret {name}, which is not set", "unset-secret", "error", help
    )


def named(pipeline: Pipeline) -> frozenset[str]:
    of_stages: Iterable[str] = (name for stage in pipeline.stages.values() for name in stage.secrets)
    return frozenset((*of_stages, *CHANNELS.values()))
