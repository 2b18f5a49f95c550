"""A job's filters: branches, tags, or an expression."""

from __future__ import annotations

from mlci.parity.part import Part
from mlci.vendors.circleci.runner.expansion import Scope
from mlci.vendors.circleci.runner.logic import evaluate, full_match
from mlci.vendors.circleci.syntax.pattern import between_slashes


def passes(part: Part | None, scope: Scope) -> bool:
    """Tell whether filters let a job run; without any it runs for branches, not for tags.

    Parameters
    ----------
    part : what stands under `filters`
    scope : knows pipeline.git.branch and pipeline.git.tag
    """
    tag = str(scope.pipeline["git.tag"])
    if part is None:
        return not tag
    if isinstance(part.value, str):
        return evaluate(part, scope)
    part.only(("branches", "tags"), "a filter")
    if tag:
        rule = part.get("tags")
        return rule is not None and allows(scope.fill(rule), tag)
    rule = part.get("branches")
    return rule is None or allows(scope.fill(rule), str(scope.pipeline["git.branch"]))


def allows(rule: Part, name: str) -> bool:
    """Tell whether a rule lets a branch or tag through; `only` comes before `ignore`."""
    rule.only(("only", "ignore"), "a filter")
    only, ignore = rule.get("only"), rule.get("ignore")
    if only is not None:
        return any(fits(each, name) for each in only.items())
    return ignore is None or not any(fits(each, name) for each in ignore.items())


def fits(part: Part, name: str) -> bool:
    """Tell whether a name is meant: itself, or between slashes a regular expression for all of it."""
    regex = between_slashes(part.text())
    return part.text() == name if regex is None else full_match(part, regex, name)
