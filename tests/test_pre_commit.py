"""The hooks other repositories take from this one: known commands, patterns that match what they are for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mlci.calls import options
from mlci.registry import COMMANDS
from mlci.yaml import document

HOOKS = document.read_document(Path(__file__).parents[1] / ".pre-commit-hooks.yaml").data


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_calls_a_command_that_there_is(hook: dict[str, str]) -> None:
    program, name, *words = hook["entry"].split()
    command = next(each for each in COMMANDS if each.id == name)
    given = [*words, *(["a.yml"] if hook.get("pass_filenames", True) else [])]
    assert program == "mlci"
    assert options.parse(command.load(), given)


@pytest.mark.parametrize(
    "path",
    [
        ".github/workflows/ci.yml",
        "actions/x/action.yml",
        ".circleci/config.yml",
        ".travis.yml",
        "Jenkinsfile",
        "sub/.gitlab-ci.yml",
        "azure-pipelines.yml",
        "buildspec.yml",
        "Dockerfile",
        "mlci.yaml",
    ],
)
def test_the_lint_hook_sees_every_kind_of_file(path: str) -> None:
    lint = next(hook for hook in HOOKS if hook["id"] == "mlci-lint")
    assert re.search(lint["files"], path)
    assert not re.search(lint["files"], f"{path}.orig") or path in ("Jenkinsfile", "Dockerfile")
