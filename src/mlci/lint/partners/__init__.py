"""Other linters of renown whose findings are merged with ours; each is a module that satisfies `Partner`."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from mlci.errors import EnvironmentLacks
from mlci.findings import Finding, Mark
from mlci.lint.partners import actionlint, hadolint, shellcheck, zizmor
from mlci.lint.partners.merge import merge
from mlci.lint.partners.tool import ToolError, find
from mlci.lint.settings import Options
from mlci.yaml.source import SourceFile


class Partner(Protocol):
    """A module that runs one tool over many files at once."""

    @property
    def ID(self) -> str:
        """The tool's name."""

    @property
    def KINDS(self) -> tuple[str, ...]:
        """The kinds of file it understands."""

    def check(self, files: Sequence[SourceFile]) -> list[Finding]:
        """Return what the tool says, each by `tool/rule`; nothing when it is not installed.

        Raises
        ------
        ToolError : it is installed, but fails
        """


PARTNERS: tuple[Partner, ...] = (actionlint, zizmor, shellcheck, hadolint)
PACK = "partners"


def add(found: dict[str, list[Finding]], files: Sequence[SourceFile], options: Options) -> None:
    """Add what the tools say to our own findings, by file; they run side by side.

    Raises
    ------
    EnvironmentLacks : tools are required, and one is not installed
    """
    if options.partners_required:
        require()
    work = [(partner, mine) for partner in PARTNERS if find(partner.ID) and (mine := fitting(partner, files))]
    if not work:
        return
    with ThreadPoolExecutor(len(work)) as pool:
        answers = list(pool.map(lambda pair: run(*pair), work))
    theirs: dict[str, list[Finding]] = {}
    for one in (one for answer in answers for one in answer):
        theirs.setdefault(one.mark.file, []).append(one)
    packs = {file.name: pack_names(file) for file in files if file.name in theirs}
    for name, more in theirs.items():
        own = found.get(name, [])
        new = merge(own, more)[len(own) :]
        found[name] = own + [
            one for one in new if options.runs(packs[name].get(one.rule, PACK), one.rule, name)
        ]


def pack_names(file: SourceFile) -> dict[str, str]:
    from mlci.lint.registry import rules_for

    return {rule.ID: pack for pack, rule in rules_for(file.kind.id)}


def fitting(partner: Partner, files: Sequence[SourceFile]) -> list[SourceFile]:
    return [file for file in files if file.kind.id in partner.KINDS]


def run(partner: Partner, files: Sequence[SourceFile]) -> list[Finding]:
    """Ask one tool; that it fails is a note, no failure of ours."""
    try:
        return partner.check(files)
    except ToolError as error:
        said = f"{partner.ID} could not be asked: {error}"
        return [Finding(Mark(files[0].name), said, f"{partner.ID}/failed", "info")]


def require() -> None:
    """See to it that every tool is installed.

    Raises
    ------
    EnvironmentLacks : one is not
    """
    missing = [partner.ID for partner in PARTNERS if find(partner.ID) is None]
    if missing:
        raise EnvironmentLacks(f"not installed: {', '.join(missing)}", help="pip install 'mlci[lint]'")
