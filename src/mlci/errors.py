"""Every failure mlci can name, each with the exit status that says who failed."""

from __future__ import annotations

from collections.abc import Sequence

from mlci.findings import Finding, Mark, show


class MlciError(Exception):
    """Base of all that `mlci.commands.app` turns into a message instead of a traceback."""

    exit_status = 3


class StageError(MlciError):
    """A gate or a stage's command failed: the work, not the input or the tool."""

    exit_status = 1


class InputError(MlciError):
    """What the user wrote or gave is wrong.

    Parameters
    ----------
    findings : one or more places and what is wrong there, or a plain sentence without a place
    help : how to mend it, for a plain sentence
    """

    exit_status = 2

    def __init__(self, findings: str | Finding | Sequence[Finding], *, help: str | None = None) -> None:
        if isinstance(findings, str):
            self.findings: tuple[Finding, ...] = ()
            self.help = help
            super().__init__(findings)
            return
        self.findings = (findings,) if isinstance(findings, Finding) else tuple(findings)
        self.help = None
        super().__init__("\n".join(show(found) for found in self.findings))


def input_error(mark: Mark, message: str, rule: str, help: str | None = None) -> InputError:
    """Make an InputError about one place."""
    return InputError(Finding(mark, message, rule, "error", help))


class EnvironmentLacks(InputError):
    """A program, package or secret that is needed here is missing."""
