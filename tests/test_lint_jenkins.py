"""Jenkins pipelines as neutral data, their rules by cases and by their own documentation."""

from __future__ import annotations

import importlib.util
import re
import textwrap
from pathlib import Path

import pytest
from lint_rules_kit import agree, lines, rules_in
from lint_rules_kit import jenkins_findings as check

from mlci.findings import show
from mlci.lint import kinds
from mlci.vendors.jenkins.syntax import parse, shell_scripts
from mlci.vendors.jenkins.syntax.groovy.tree import Literal, text_of

HERE = Path(__file__).parent
CASES = HERE / "cases" / "lint"
CORPORA = HERE.parents[1] / "shared" / "corpora"
BY_ID = {rule.ID: rule for rule in rules_in("jenkins")}

FULL = """
@Library('deploy@v1') _

pipeline {
    agent { docker { image 'python:3.11'; args '-v /data:/data' } }
    environment {
        STAGE = 'test'
        KEY = credentials('key')
    }
    options { timeout(time: 1, unit: 'HOURS') }
    parameters { string(name: 'TARGET', defaultValue: 'staging') }
    triggers { cron('H 2 * * *') }
    tools { jdk 'temurin-21' }
    stages {
        stage('build') {
            when { beforeAgent true; not { branch 'main' }; expression { return true } }
            steps {
                sh 'make' + ' all'
                timeout(time: 5) { sh(script: "make ${STAGE}", label: 'x') }
                script { if (isUnix()) { sh '''
                    echo one
                    echo two
                ''' } }
            }
            post { always { junit '*.xml' } }
        }
        stage('test') {
            failFast true
            parallel {
                stage('unit') { agent any; steps { bat 'test' } }
            }
        }
        stage('grid') {
            matrix {
                axes { axis { name 'PY'; values '3.11', '3.12' } }
                excludes { exclude { axis { name 'PY'; notValues '3.11' } } }
                stages { stage('cell') { steps { echo 'x' } } }
            }
        }
        stage('ask') {
            input { message 'Go?'; parameters { string(name: 'WHY') } }
            stages { stage('deploy') { steps { parallel(a: { sh 'a' }, b: { sh 'b' }) } } }
        }
    }
    post { failure { echo 'bad' } }
}
"""


@pytest.fixture(scope="module")
def full():
    return parse(FULL, "Jenkinsfile").pipelines[0]


def test_a_pipeline_knows_its_sections(full):
    assert (full.agent.kind, text_of(full.agent.settings["image"])) == ("docker", "python:3.11")
    assert [one.name for one in full.environment] == ["STAGE", "KEY"]
    assert text_of(full.environment[0].value) == "test"
    assert [one.name for one in full.options + full.triggers + full.tools] == ["timeout", "cron", "jdk"]
    assert full.options[0].text("unit") == "HOURS"
    assert full.parameters[0].text("name", None) == "TARGET"
    assert [one.condition for one in full.post] == ["failure"]


def test_stages_come_in_the_order_written_at_any_depth(full):
    names = [stage.name for stage in full.all_stages()]
    assert names == ["build", "test", "unit", "grid", "cell", "ask", "deploy"]
    assert [stage.name for stage in full.stages[1].parallel] == ["unit"]
    assert full.stages[1].fail_fast is True


def test_a_stage_knows_its_steps_and_conditions(full):
    build = full.stages[0]
    assert [step.name for step in build.steps] == ["sh", "timeout", "script"]
    assert build.steps[0].text("script") == "make all"
    assert build.steps[1].steps[0].text("label", None) == "x"
    assert build.steps[1].steps[0].text("script") is None
    assert [one.name for one in build.when.conditions] == ["not", "expression"]
    assert [one.name for one in build.when.conditions[0].children] == ["branch"]
    assert isinstance(build.when.flags["beforeAgent"], Literal)
    assert [(one.condition, one.steps[0].name) for one in build.post] == [("always", "junit")]


def test_a_matrix_knows_its_axes(full):
    matrix = full.stages[2].matrix
    assert [(one.name, [text_of(value) for value in one.values]) for one in matrix.axes] == [
        ("PY", ["3.11", "3.12"])
    ]
    assert matrix.excludes[0][0].negated


def test_inputs_and_branches_are_read(full):
    ask = full.stages[3]
    assert text_of(ask.input.settings["message"]) == "Go?"
    assert ask.input.parameters[0].text("name", None) == "WHY"
    deploy = ask.stages[0]
    branches = deploy.steps[0].steps
    assert [(one.name, one.steps[0].text("script")) for one in branches] == [("a", "a"), ("b", "b")]


def test_a_sound_pipeline_has_no_findings():
    sound = FULL.replace('"make ${STAGE}"', "'make'").replace("parallel(a", "script { parallel(a")
    sound = sound.replace("sh 'b' })", "sh 'b' }) }").replace("python:3.11'; args", "python:3.11'\nargs")
    assert [show(found) for found in check(sound)] == []


def test_a_long_pipeline_with_a_bit_of_everything_has_no_findings():
    text = (HERE / "cases" / "groovy" / "everything.Jenkinsfile").read_text(encoding="utf-8")
    tree = parse(text)
    assert len(list(tree.pipelines[0].all_stages())) == 5
    assert len(list(shell_scripts(tree))) == 9
    assert [show(found) for found in check(text)] == []


def test_shell_scripts_are_found_wherever_they_stand():
    tree = parse(FULL)
    scripts = list(shell_scripts(tree))
    assert [one.language for one in scripts] == ["sh", "sh", "sh", "bat", "sh", "sh"]
    assert scripts[0].literal == "make all"
    assert scripts[1].literal is None
    assert scripts[1].masked() == "make mlci_expression"
    assert len(scripts[1].expressions) == 1


def test_a_line_of_a_script_has_its_place():
    tree = parse(FULL)
    script = next(one for one in shell_scripts(tree) if "echo two" in one.masked())
    line = script.masked().splitlines().index("                    echo two") + 1
    mark = script.mark(tree, line)
    assert FULL.splitlines()[mark.line - 1][mark.column - 1 :] == "echo two"


def test_library_code_is_read_but_not_taken_for_a_pipeline():
    text = "def call(Map config) {\n    sh \"make ${config.target}\"\n    node('x') { steps.sh 'y' }\n}"
    tree = parse(text, "vars/a.groovy")
    assert not tree.declarative
    assert [one.language for one in shell_scripts(tree)] == ["sh", "sh"]
    assert check(text, "vars/a.groovy") == []


def test_the_pipeline_of_a_library_variable_is_checked():
    text = "def call() {\n    pipeline {\n        agent any\n    }\n}"
    assert [found.rule for found in check(text, "vars/a.groovy")] == ["jenkins-missing-section"]


def test_a_scripted_pipeline_is_left_alone():
    text = "node('linux') {\n  stage('a') { checkout scm }\n  try { sh 'make' } finally { deleteDir() }\n}"
    assert check(text) == []


def test_rules_other_than_syntax_are_silent_about_broken_text():
    found = check("pipeline {\n  stages {\n")
    assert {one.rule for one in found} == {"jenkins-syntax"}


@pytest.mark.parametrize(
    ("path", "text", "known"),
    [
        ("Jenkinsfile", "", True),
        ("ci/Jenkinsfile.release", "", True),
        ("deploy.jenkinsfile", "", True),
        ("vars/deploy.groovy", "", True),
        ("ci/build.groovy", "#!groovy\npipeline {\n", True),
        ("src/Main.groovy", "class Main {}", False),
        ("Jenkinsfile.md", "", False),
        ("pipeline.json", '{"pipeline": {"stages": []}}', False),
        ("package.json", '{"name": "x"}', False),
    ],
)
def test_recognition(path, text, known):
    kind = kinds.of(path, text)
    assert (kind is not None and kind.id == "jenkinsfile") is known


# Cases and documentation


def test_every_rule_has_a_case():
    assert {path.name for path in CASES.glob("jenkins-*")} == set(BY_ID)


@pytest.mark.parametrize("rule", sorted(BY_ID))
def test_a_bad_case_yields_exactly_what_is_expected(rule, request):
    folder = CASES / rule / "bad"
    assert agree(lines(BY_ID[rule], folder), folder, request)


@pytest.mark.parametrize("rule", sorted(BY_ID))
def test_a_good_case_is_sound_by_every_rule(rule):
    text = (CASES / rule / "good" / "Jenkinsfile").read_text(encoding="utf-8")
    found = check(text, "Jenkinsfile")
    assert [show(one) for one in found if one.rule == rule or one.severity == "error"] == []


HOLDERS = {
    "steps": ("steps {", "stage('s') {", "stages {", "pipeline {\nagent any"),
    "stage": ("stage('s') {", "stages {", "pipeline {\nagent any"),
    "stages": ("stages {", "pipeline {\nagent any"),
    "pipeline": ("pipeline {\nagent any",),
    "file": (),
}
PLACES = {
    "pipeline": "file",
    "timeout": "file",
    "@Library": "file",
    "steps": "stage",
    "when": "stage",
    "input": "stage",
    "matrix": "stage",
    "stage": "stages",
    "sh": "steps",
    "axes": "matrix",
}
REST = {"stages": "stages { stage('s') { steps { sh 'make' } } }", "steps": "steps { sh 'make' }"}


def whole(example):
    """Put an example of the documentation into the rest of a pipeline."""
    word = re.match(r"@?\w+", example).group()
    place = PLACES.get(word, "pipeline")
    if place == "matrix":
        example = "matrix {\n" + example + "\nstages { stage('c') { steps { sh 'make' } } }\n}"
        place = "stage"
    holders = ["pipeline {"] if word == "agent" else list(reversed(HOLDERS[place]))
    rest = ""
    if place == "pipeline" and not re.search(r"^stages\b", example, re.MULTILINE):
        rest = REST["stages"]
    if place == "stage" and word in ("when", "input"):
        rest = REST["steps"]
    return "\n".join([*holders, example, rest, *("}" for _ in holders)]) + "\n"


@pytest.mark.parametrize("rule", sorted(BY_ID))
def test_the_examples_of_the_documentation_hold(rule):
    doc = BY_ID[rule].__doc__
    bad, good = re.findall(r"^(?:Bad|Good):\n\n```groovy\n(.*?)^```$", doc, re.MULTILINE | re.DOTALL)
    assert "…" not in bad + good
    assert rule in {one.rule for one in check(whole(bad))}, whole(bad)
    assert [show(one) for one in check(whole(good)) if one.severity == "error"] == []
    assert rule not in {one.rule for one in check(whole(good))}
    assert re.search(r"^Reference: https://\S+$", doc, re.MULTILINE)


# Corpora


def test_real_pipelines_with_known_verdicts():
    if not (CORPORA / "jenkins").is_dir():
        pytest.skip("the corpora of real pipelines are not beside the repository")
    spec = importlib.util.spec_from_file_location("score", HERE.parent / "benchmarks/corpora/jenkins.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    table = module.score(CORPORA)
    assert [row["false"] for row in table.values()] == [[], []]
    assert [row["missed"] for row in table.values()] == [[], []]


def test_what_the_documentation_of_jenkins_shows_is_sound():
    for text in DOCUMENTED:
        found = check(textwrap.dedent(text))
        assert [show(one) for one in found if one.severity == "error"] == []


DOCUMENTED = (
    """
    pipeline {
        agent none
        stages {
            stage('BuildAndTest') {
                matrix {
                    agent {
                        label "${PLATFORM}-agent"
                    }
                    when { anyOf {
                        expression { params.PLATFORM_FILTER == 'all' }
                        expression { params.PLATFORM_FILTER == env.PLATFORM }
                    } }
                    axes {
                        axis {
                            name 'PLATFORM'
                            values 'linux', 'windows', 'mac'
                        }
                    }
                    stages {
                        stage('Build') {
                            steps {
                                echo "Do Build for ${PLATFORM}"
                            }
                        }
                    }
                }
            }
        }
    }
    """,
    """
    pipeline {
        agent any
        options {
            parallelsAlwaysFailFast()
            lock label: 'testing-deploy-envs', quantity: 1, variable: 'deployEnv'
        }
        stages {
            stage('Example Deploy') {
                when {
                    expression { BRANCH_NAME ==~ /(production|staging)/ }
                    anyOf {
                        environment name: 'DEPLOY_TO', value: 'production'
                        environment name: 'DEPLOY_TO', value: 'staging'
                    }
                }
                steps {
                    echo 'Deploying'
                    script {
                        def browsers = ['chrome', 'firefox']
                        for (int i = 0; i < browsers.size(); ++i) {
                            echo "Testing the ${browsers[i]} browser"
                        }
                    }
                }
            }
        }
    }
    """,
)
