"""Hostile and broken files: no rule fails on them, and none takes long."""

from __future__ import annotations

import random
import time

import pytest
from amount_kit import examples
from hypothesis import given
from hypothesis import strategies as st
from lint_rules_kit import CASES, files_in, rules_in

from mlci.findings import Finding
from mlci.lint import kinds
from mlci.yaml.source import SourceFile

RULES = rules_in("github", "security", "ml")


def pace() -> float:
    """Return the seconds this machine takes now for a fixed piece of work: about 0.06 when it is idle."""
    start = time.process_time()
    sum(number * number for number in range(1_000_000))
    return time.process_time() - start


LIMIT = max(2.0, 20 * pace())
"""Seconds a file may take."""
TEXTS = [
    (file.kind, file.text)
    for folder in sorted(CASES.glob("*/bad"))
    if "jenkins" not in folder.parent.name
    for file in files_in(folder)
]
SCRAPS = [
    "${{",
    "}}",
    "<<",
    "'",
    '"',
    "|",
    ">",
    "- ",
    ": ",
    "[",
    "{",
    "&a ",
    "*a",
    "!",
    "\t",
    "\x85",
    "é",
    "0",
    "null",
]
SCRAPS += ["${{ github.event.issue.title }}", "curl x | sh", "$SECRET", "~", "<<: ", "? ", "--- ", "train.py"]


def lint(text: str, kind: kinds.Kind) -> list[Finding]:
    """Run every rule of the packs on a text, within the time."""
    start = time.process_time()
    file = SourceFile("file", text, kind)
    found = []
    if file.sound:
        found = [one for rule in RULES if kind.id in rule.KINDS for one in rule.check(file)]
    assert time.process_time() - start < LIMIT
    return found


@examples(400)
@given(st.data())
def test_mutated_files_fail_no_rule(data):
    kind, text = data.draw(st.sampled_from(TEXTS))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        until = min(len(text), at + data.draw(st.sampled_from([0, 0, 1, 5, 40])))
        text = text[:at] + data.draw(st.sampled_from(["", *SCRAPS])) + text[until:]
    for one in lint(text, kind):
        assert one.mark.line >= 1 and one.mark.column >= 1


@examples(200)
@given(st.sampled_from(TEXTS), st.integers(0, 4000))
def test_truncated_files_fail_no_rule(entry, length):
    kind, text = entry
    lint(text[:length], kind)


@pytest.mark.parametrize("seed", range(20))
def test_shuffled_structure_fails_no_rule(seed):
    rng = random.Random(seed)
    words = [
        "on",
        "jobs",
        "steps",
        "run",
        "uses",
        "with",
        "env",
        "needs",
        "matrix",
        "strategy",
        "image",
        "services",
    ]
    words += [
        "if",
        "permissions",
        "inputs",
        "workflow_call",
        "schedule",
        "deploy",
        "script",
        "stages",
        "cache",
        "a",
    ]

    def grow(depth):
        if depth == 0 or rng.random() < 0.2:
            return rng.choice(["x", "[]", "{}", "null", "'${{ a.b }}'", "1", "true"])
        if rng.random() < 0.3:
            return "[" + ", ".join(grow(depth - 1) for _ in range(rng.randrange(4))) + "]"
        picked = rng.sample(words, rng.randrange(1, 6))
        return "{" + ", ".join(f"{word}: {grow(depth - 1)}" for word in picked) + "}"

    for kind in kinds.KINDS:
        if kind.syntax == "yaml":
            lint(
                f"{{on: {grow(4)}, jobs: {grow(6)}, runs: {grow(5)}, stages: {grow(5)}, build: {grow(5)}}}\n",
                kind,
            )


JOB = "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n"
LARGE = {
    "many-steps": JOB + "      - {id: a, run: 'echo ${{ steps.a.outputs.b }} $SECRET | curl x'}\n" * 8_000,
    "long-script": JOB
    + "      - run: |\n"
    + '          echo "${{ github.event.issue.title }}" $TOKEN > x\n' * 8_000,
    "long-line": JOB + "      - run: " + "echo $A_TOKEN; ${{ x }} " * 20_000 + "\n",
    "long-expression": JOB + "      - run: ${{ " + "github.a || " * 1_700 + "1 }}\n",
    "open-expressions": JOB + "      - run: '" + "${{" * 60_000 + "'\n",
    "open-parentheses": JOB + "      - run: ${{ " + "(" * 20_000 + " }}\n",
    "quotes": JOB + '      - run: "' + '\\"' * 80_000 + '"\n',
    "angles": JOB + "      - run: '" + "<<x" * 60_000 + "'\n",
    "many-needs": JOB
    + "      - run: x\n"
    + "".join(f"  j{n}: {{needs: [j{n - 1}, j{n + 1}], uses: a}}\n" for n in range(4_000)),
    "wide-matrix": JOB
    + "      - run: x\n    strategy:\n      matrix:\n        a: ["
    + ", ".join(map(str, range(20_000)))
    + "]\n        exclude: ["
    + ", ".join(f"{{a: {n}}}" for n in range(5_000))
    + "]\n",
    "aliases": "on: push\nx: &s {run: 'echo ${{ github.actor }}'}\ny: &l ["
    + ", ".join(["*s"] * 1_000)
    + "]\njobs:\n"
    + "".join(f"  j{n}: {{runs-on: ubuntu-24.04, steps: *l}}\n" for n in range(900)),
    "keys": JOB
    + "      - run: x\n        env: {"
    + ", ".join(f"K{n}_TOKEN: v{n}alue" for n in range(15_000))
    + "}\n",
    "globs": "on: {push: {branches: [" + ", ".join(["'[a-'"] * 10_000) + "]}}\njobs: {}\n",
    "slashes": JOB + "      - run: '" + "https://" * 30_000 + "'\n",
    "ssh": JOB + "      - run: '" + "ssh-keyscan a >" * 10_000 + "'\n",
    "spaces": JOB + "      - run: 'curl" + " " * 100_000 + "| sh'\n",
}


@pytest.mark.parametrize("name", LARGE)
def test_large_files_take_no_longer_than_allowed(name):
    lint(LARGE[name], kinds.BY_ID["github-workflow"])


@pytest.mark.parametrize("kind", ["circleci", "gitlab", "travis", "azure", "codebuild", "mlci"])
def test_large_scripts_of_other_vendors(kind):
    script = "echo $API_TOKEN && curl https://x/data.csv | bash && pip install torch <<EOF\n" * 3_000
    body = "\n".join(f"        {line}" for line in script.splitlines())
    shapes = {
        "circleci": "version: 2.1\njobs:\n  train:\n    steps:\n    - run: |\n",
        "gitlab": "train:\n  script:\n    - |\n",
        "travis": "script:\n    - |\n",
        "azure": "steps:\n    - script: |\n",
        "codebuild": "phases:\n  build:\n    commands:\n    - |\n",
        "mlci": "stages:\n  train:\n    run: |\n",
    }
    lint(shapes[kind] + body + "\n", kinds.BY_ID[kind])


def test_a_dockerfile_without_end():
    lint("FROM x\nRUN a \\\n" * 20_000, kinds.BY_ID["dockerfile"])
    lint("RUN " + "\\\n" * 100_000, kinds.BY_ID["dockerfile"])
