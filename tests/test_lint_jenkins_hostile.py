"""Whatever a file holds, reading and checking it ends soon, in little memory, without an exception."""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path

import pytest
from amount_kit import part
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lint_rules_kit import jenkins_findings as check
from work_kit import calls

from mlci.findings import show
from mlci.vendors.jenkins.syntax import parse, shell_scripts

CASES = sorted((Path(__file__).parent / "cases" / "lint").glob("jenkins-*/*/Jenkinsfile"))
TEXTS = [path.read_text(encoding="utf-8") for path in CASES]
CHARACTERS = "{}()[]'\"$\\/*,;:=.+-!?@<>#\n\r\t a1\u00e9\u2028\x00\ufeff"
QUICK = settings(max_examples=part(200), suppress_health_check=list(HealthCheck))


def examine(text):
    """Read and check a text; all that is found must be showable at a place inside it."""
    tree = parse(text)
    lines = text.split("\n")
    for found in check(text):
        assert 1 <= found.mark.line <= max(1, len(lines))
        assert 1 <= found.mark.column <= len(lines[found.mark.line - 1]) + 1
        assert show(found, lines)
    for script in shell_scripts(tree):
        for line in range(1, 4):
            assert script.mark(tree, line).line >= 1
    return tree


@st.composite
def mutated(draw):
    """Draw a pipeline with some stretches cut, doubled or replaced."""
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(text)))
        end = min(len(text), at + draw(st.sampled_from((0, 1, 1, 2, 10, 80))))
        text = text[:at] + draw(st.text(CHARACTERS, max_size=4)) + text[end:]
    return text[: draw(st.integers(0, len(text)))] if draw(st.booleans()) else text


@QUICK
@given(mutated())
def test_mutated_pipelines(text):
    examine(text)


@QUICK
@given(st.text(CHARACTERS + "pipelinestag", max_size=300))
def test_random_text(text):
    examine(text)


@QUICK
@given(st.binary(max_size=300))
def test_random_bytes(raw):
    examine(raw.decode("utf-8", "replace"))


@settings(QUICK, max_examples=part(150))
@given(st.sampled_from(TEXTS), st.data())
def test_flipped_bytes(text, data):
    raw = bytearray(text.encode())
    for _ in range(data.draw(st.integers(1, 8))):
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    examine(raw.decode("utf-8", "replace"))


REPEATED = [
    "{",
    "}",
    "(",
    "a{",
    "a (b: {",
    '"${',
    "if(a) ",
    "a b ",
    "a=",
    "!",
    "a.",
    "[a]",
    "(A)",
    "new ",
    "L:",
    "case ",
    "/*/",
    "'",
    '"',
    "'''",
    "/",
    "$/",
    "\\",
    '"\\u',
    "a ? ",
    "def ",
    "@",
    "<",
    "A<",
    "else ",
    "pipeline {",
    "a{}",
    "pipeline{agent any\nstages{stage('a'){steps{sh 'x'}}}}\n",
    "stage('a'){steps{a}}\n",
    "a 'b'\n",
    "${",
    "import ",
    "environment{A='1'}\n",
    "1A = 2\n",
    "a{} b{} ",
    'echo "$a"\n',
    "parallel(a:{b},",
]
HEADS = ("", "pipeline{agent any\nstages{stage('a'){steps{\n")


@pytest.mark.parametrize("unit", REPEATED)
@pytest.mark.parametrize("head", HEADS)
def test_endless_repetition_ends_soon(unit, head):
    text = head + unit * (part(60_000) // len(unit))
    start = time.process_time()
    examine(text)
    assert time.process_time() - start < 6  # on a slow, shared machine; below 1 s is usual


def test_the_work_grows_with_the_length_and_no_faster():
    unit = "stage('s%d') { steps { sh \"make ${X} %d\"; echo 'y' } }\n"

    def work(count):
        body = "".join(unit % (number, number) for number in range(count))
        text = f"pipeline {{\nagent any\nstages {{\n{body}}}\n}}\n"
        assert check(text) == []
        return calls(lambda: check(text))

    assert work(part(1600)) < 4.2 * work(part(400))


def test_memory_stays_small():
    text = "a(b: [c, 'd', \"e ${f}\"]) { g }\n" * 2000
    tracemalloc.start()
    try:
        examine(text)
        assert tracemalloc.get_traced_memory()[1] < 80 * 2**20
    finally:
        tracemalloc.stop()
