"""What the linter takes of a Jenkinsfile, a plan evaluates; what it refuses, a plan refuses in its words."""

from __future__ import annotations

import random

import pytest
from lint_rules_kit import jenkins_findings

from mlci.errors import InputError
from mlci.parity.contract import Event
from mlci.vendors.jenkins import runner
from mlci.vendors.jenkins.runner import planning

needs_groovy = pytest.mark.skipif(bool(runner.missing()), reason=f"needs Groovy: {runner.HELP}")

# Not here yet: `changelog`, which no plan knows, and `equals`, for which Groovy asks the closure itself.
LEAVES = (
    "branch 'main'",
    "branch pattern: 'release/.*', comparator: 'REGEXP'",
    "branch pattern: '(', comparator: 'REGEXP'",
    "branch == 'main'",
    "brnch 'main'",
    "branch",
    "tag 'v*'",
    "buildingTag()",
    "changeRequest()",
    "changeRequest target: 'main'",
    "environment name: 'A', value: 'b'",
    "environment name: 'A'",
    "isRestartedRun()",
    "environment name: 'A', value: 'B', ignoreCase: true",
    "expression { return env.BRANCH_NAME == 'main' }",
    "expression 'x'",
    "triggeredBy 'TimerTrigger'",
    "changeset 'src/**'",
)
CLOCKS = ("H 2 * * *", "0 25 * * *", "@daily", "@dayly", "*/15 * * * 1-5", "1 2 3")
PARAMETERS = ("string(name: 'A', defaultValue: 'b')", "strng(name: 'A')", "booleanParam(name: 'B', x: 1)")
TEXT = """pipeline {{
    agent none
    triggers {{ cron('{clock}') }}
    parameters {{ {parameter} }}
    stages {{ stage('a') {{
        when {{
            {condition}
        }}
        steps {{ echo 'x' }}
    }} }}
}}
"""


def condition(chance, depth=0):
    if depth < 3 and chance.random() < 0.4:
        name = chance.choice(("allOf", "anyOf", "not"))
        inner = [condition(chance, depth + 1) for _ in range(1 if name == "not" else chance.randint(1, 3))]
        return f"{name} {{\n" + "\n".join(inner) + "\n}"
    return chance.choice(LEAVES)


def texts(count):
    chance = random.Random(7)
    for _ in range(count):
        yield TEXT.format(
            clock=chance.choice(CLOCKS), parameter=chance.choice(PARAMETERS), condition=condition(chance)
        )
        yield TEXT.format(clock=CLOCKS[0], parameter=PARAMETERS[0], condition=condition(chance))


def refusal(text):
    """Return what a plan refuses first; None when it would go on to evaluate."""
    try:
        planning.read_files({"Jenkinsfile": text})
    except InputError as error:
        return error.findings[0]
    return None


def faults(text):
    return [found for found in jenkins_findings(text) if found.severity == "error"]


def test_a_plan_refuses_what_the_linter_refuses_in_the_same_words():
    for text in texts(150):
        told, refused = faults(text), refusal(text)
        assert (refused is None) == (told == []), text
        assert refused is None or refused in told


@pytest.mark.real
@needs_groovy
def test_a_plan_evaluates_what_the_linter_takes():
    sound = [text for text in texts(60) if not faults(text)]
    files = {f"jenkins/w{number}.Jenkinsfile": text for number, text in enumerate(sound)}
    assert len(files) > 10
    for name in ("push", "pull_request", "schedule"):
        planning.plan(files, Event(name=name, branch="main"))
