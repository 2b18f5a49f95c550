"""The reader agrees with the Groovy compiler, in the version Jenkins uses, about what is Groovy at all."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from mlci.lint import kinds
from mlci.vendors.jenkins.rules import one_per_line, syntax
from mlci.yaml.source import SourceFile

CASES = Path(__file__).parent / "cases"
GOOD = [*sorted(CASES.glob("lint/jenkins-*/good/Jenkinsfile")), CASES / "groovy" / "everything.Jenkinsfile"]
SOUND = (CASES / "groovy" / "sound.txt").read_text(encoding="utf-8").split("---\n")
COMPILE = """
import org.codehaus.groovy.control.*
args.each { name ->
    def unit = new CompilationUnit()
    unit.addSource(new File(name))
    try { unit.compile(Phases.CONVERSION); println "sound $name" }
    catch (MultipleCompilationErrorsException ignored) { println "broken $name" }
}
"""

MUTANTS = 300
pytestmark = pytest.mark.real


def java_home():
    """Return where Java is, when the variable does not say."""
    found = shutil.which("java")
    return os.environ.get("JAVA_HOME") or (str(Path(found).resolve().parents[1]) if found else "")


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    """Return a function that tells which texts the compiler takes; all tried here are compiled at once."""
    groovy = shutil.which("groovy")
    if groovy is None:
        pytest.skip("needs the program groovy (apt-get install groovy)")
    folder = tmp_path_factory.mktemp("groovy")
    (folder / "compile.groovy").write_text(COMPILE)

    names = {}
    for number, text in enumerate([*good_texts(), *SOUND, *mutants(MUTANTS)]):
        path = folder / f"p{number}.groovy"
        path.write_text(text, encoding="utf-8")
        names[text] = str(path)
    environment = {**os.environ, "JAVA_HOME": java_home()}
    words = [groovy, str(folder / "compile.groovy"), *names.values()]
    done = subprocess.run(words, capture_output=True, text=True, env=environment)
    if done.returncode:
        pytest.skip(f"groovy does not start: {done.stderr.strip()[:200]}")
    verdicts = dict(reversed(line.split(" ", 1)) for line in done.stdout.splitlines())
    return lambda texts: [verdicts[names[text]] == "sound" for text in texts]


def good_texts():
    return [path.read_text(encoding="utf-8") for path in GOOD]


def reads(text):
    file = SourceFile("Jenkinsfile", text, kinds.BY_ID["jenkinsfile"])
    return not [*syntax.check(file), *one_per_line.check(file)]


def mutants(count):
    """Yield pipelines with one small fault each, the same ones every time."""
    chance = random.Random(20)
    texts = good_texts()
    for _ in range(count):
        text = chance.choice(texts)
        spans = [found.span() for found in re.finditer(r"\w+|[^\w\s]", text)]
        start, end = chance.choice(spans)
        at = chance.randrange(len(text))
        kind = chance.random()
        if kind < 0.4:
            yield text[:start] + text[end:]
        elif kind < 0.8:
            yield text[:at] + chance.choice("{}()[]'\"$\\/,;:=.+-!?@<> \n") + text[at:]
        else:
            yield text[:at] + text[at + 1 :]


def test_sound_pipelines_compile(compiled):
    texts = good_texts()
    assert compiled(texts) == [True] * len(texts)


def test_sound_groovy_compiles_and_is_read(compiled):
    assert compiled(SOUND) == [True] * len(SOUND)
    assert [text for text in SOUND if not reads(text)] == []


def test_verdicts_on_small_faults_agree(compiled):
    texts = list(mutants(MUTANTS))
    pairs = list(zip(compiled(texts), (reads(text) for text in texts), texts, strict=True))
    false_alarms = [text for sound, ours, text in pairs if sound and not ours]
    missed = [text for sound, ours, text in pairs if ours and not sound]
    assert sum(sound for sound, *_ in pairs) > 100
    assert len(false_alarms) <= 3, false_alarms[:2]
    assert len(missed) <= 15, missed[:2]
