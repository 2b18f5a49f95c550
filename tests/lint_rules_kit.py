"""Runs lint rules on examples and on the case folders under tests/cases/lint."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mlci.findings import Finding, order, show
from mlci.lint import kinds
from mlci.lint.registry import every_rule
from mlci.lint.rule import Rule
from mlci.yaml.source import SourceFile

CASES = Path(__file__).parent / "cases" / "lint"
EXAMPLE = re.compile(r"^(Bad|Good):\n\n```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
PATHS = {
    "github-workflow": ".github/workflows/ci.yml",
    "github-action": "action.yml",
    "dependabot": ".github/dependabot.yml",
    "circleci": ".circleci/config.yml",
}


def rules_in(*packs: str) -> list[Rule]:
    """Return the rules of some packs."""
    return [rule for pack, rule in every_rule() if pack.id in packs]


def examples(rule: Rule) -> dict[str, str]:
    """Return the examples of a rule's documentation: Bad and Good."""
    return {found[1]: found[2] for found in EXAMPLE.finditer(rule.__doc__ or "")}


def file_of(text: str, root: Path | None = None) -> SourceFile:
    """Make a file of an example, told by its text."""
    kind = kinds.by_content(text, [kinds.BY_ID[name] for name in PATHS])
    assert kind is not None, text
    return SourceFile(PATHS[kind.id], text, kind, root)


def jenkins_findings(text: str, name: str = "Jenkinsfile") -> list[Finding]:
    """Return what the rules of Jenkins say of a text."""
    file = SourceFile(name, text, kinds.BY_ID["jenkinsfile"])
    return [found for rule in rules_in("jenkins") for found in rule.check(file)]


def files_in(folder: Path) -> list[SourceFile]:
    """Read the files of a case."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != "expected.txt":
            name = path.relative_to(folder).as_posix()
            kind = kinds.by_path(name)
            if kind is not None:
                found.append(SourceFile(name, path.read_text("utf-8"), kind, folder))
    return found


def agree(found: list[str], folder: Path, request: pytest.FixtureRequest) -> bool:
    """Tell whether findings are those a bad case expects, of which there is one at least."""
    expected = folder / "expected.txt"
    if request.config.getoption("--update-cases"):
        expected.write_text("".join(f"{line}\n" for line in found), encoding="utf-8")
    wanted = expected.read_text("utf-8").splitlines()
    assert found == wanted
    return bool(wanted)


def run(rule: Rule, file: SourceFile) -> list[Finding]:
    """Run one rule on one file it looks at; the file must be readable."""
    assert file.sound, file.problems
    return order(rule.check(file)) if file.kind.id in rule.KINDS else []


def lines(rule: Rule, folder: Path) -> list[str]:
    """Return what a rule says of a case, one line a finding."""
    return [show(one).splitlines()[0] for file in files_in(folder) for one in run(rule, file)]
