"""CircleCI's configuration, read and run as its reference describes."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import parity_kit as kit
import pytest

from mlci.errors import InputError
from mlci.parity.contract import Event, Ran
from mlci.parity.part import Part, read_part
from mlci.vendors.circleci import runner
from mlci.vendors.circleci.runner.expansion import Scope
from mlci.vendors.circleci.runner.logic import evaluate, holds
from mlci.vendors.circleci.runner.pipeline import Pipeline
from mlci.vendors.circleci.runner.values import Commit, values
from mlci.vendors.circleci.runner.workflows import Node
from mlci.vendors.circleci.syntax.references import unescaped

PATH = ".circleci/config.yml"
COMMIT = Commit("0" * 40)
DOCKER = "docker: [{image: base}]"


def text_of(body: str) -> str:
    return "version: 2.1\n" + textwrap.dedent(body)


def pipeline(body: str, event: Event = Event()) -> Pipeline:  # noqa: B008
    return Pipeline(PATH, text_of(body), event, COMMIT)


def nodes(found: Pipeline) -> dict[str, Node]:
    return {node.name: node for workflow in found.workflows for node in workflow.nodes}


def scripts(found: Pipeline, job: str) -> list[str]:
    """Return the scripts a job comes down to."""
    return [unescaped(step.script) for step in found.job(nodes(found)[job]).steps if step.kind == "run"]


def part_of(value: str) -> Part:
    return read_part("condition", f"value: {value}\n").child("value")


# Parameters and commands ---------------------------------------------------------------------------------

GREETING = """
commands:
  greeting:
    parameters:
      to: {default: world, type: string}
      loud: {default: false, type: boolean}
    steps:
      - run: echo "Hello <<parameters.to>>"
      - when: {condition: << parameters.loud >>, steps: [run: echo LOUD]}
      - unless: {condition: << parameters.loud >>, steps: [run: echo quiet]}
jobs:
  my-job:
    docker: [{image: base}]
    parameters: {my-name: {type: string, default: My-Name}}
    steps:
      - greeting
      - greeting: {to: << parameters.my-name >>, loud: yes}
workflows: {main: {jobs: [my-job, {my-job: {name: other, name-of: x}}]}}
"""


def test_a_command_gets_its_arguments_and_else_its_defaults() -> None:
    found = pipeline(GREETING.replace(", {my-job: {name: other, name-of: x}}", ""))
    said = ['echo "Hello world"', "echo quiet", 'echo "Hello My-Name"', "echo LOUD"]
    assert scripts(found, "my-job") == said


def test_an_argument_that_is_not_declared_is_refused() -> None:
    with pytest.raises(InputError, match="the job 'my-job' has no parameter 'name-of'"):
        pipeline(GREETING)


def test_parameters_are_known_only_where_they_are_declared() -> None:
    body = """
    commands:
      say: {steps: [run: echo << parameters.saywhat >>]}
    jobs:
      sayhello:
        parameters: {saywhat: {type: string, default: World}}
        docker: [{image: base}]
        steps: [say]
    workflows: {build: {jobs: [sayhello]}}
    """
    with pytest.raises(InputError, match=r"config.yml:\d+:.*'say' declares no parameter 'saywhat'"):
        pipeline(body)


@pytest.mark.parametrize(
    ("kind", "given", "said"),
    [
        ("{type: boolean}", '"often"', "expected true or false, got the text often"),
        ("{type: integer}", '"3"', "expected a whole number, got the text 3"),
        ("{type: enum, enum: [linux, darwin]}", "windows", "expected one of linux, darwin"),
        ("{type: env_var_name}", "A-B", "expected the name of an environment variable, got the text A-B"),
        ("{type: steps}", "checkout", "expected a list of steps, got the text checkout"),
        ("{type: text}", "a", "has no known type"),
        ("{type: string}", "null", "needs the parameter 'p'"),
    ],
)
def test_an_argument_of_another_type_is_refused(kind: str, given: str, said: str) -> None:
    use = "{build: {}}" if given == "null" else f"{{build: {{p: {given}}}}}"
    body = f"""
    jobs:
      build: {{parameters: {{p: {kind}}}, {DOCKER}, steps: [checkout]}}
    workflows: {{main: {{jobs: [{use}]}}}}
    """
    with pytest.raises(InputError, match=said):
        scripts(pipeline(body), "build")


def test_steps_are_given_to_a_command_as_a_parameter() -> None:
    body = """
    commands:
      run-tests:
        parameters: {after-deps: {type: steps, default: []}}
        steps:
          - run: make deps
          - steps: << parameters.after-deps >>
          - run: make test
    jobs:
      build:
        docker: [{image: base}]
        steps:
          - run-tests
          - run-tests: {after-deps: [run: echo one, run: echo two]}
    workflows: {main: {jobs: [{build: {pre-steps: [run: first], post-steps: [run: last]}}]}}
    """
    said = ["make deps", "make test", "make deps", "echo one", "echo two", "make test"]
    assert scripts(pipeline(body), "build") == ["first", *said, "last"]


def test_a_command_of_ones_own_comes_before_a_step_of_its_name() -> None:
    body = f"""
    commands: {{checkout: {{steps: [run: my own]}}}}
    jobs: {{build: {{{DOCKER}, steps: [checkout]}}}}
    workflows: {{main: {{jobs: [build]}}}}
    """
    assert scripts(pipeline(body), "build") == ["my own"]


def test_what_stands_behind_a_backslash_is_no_reference() -> None:
    body = f"""
    jobs: {{build: {{{DOCKER}, steps: [run: 'cat \\<< EOF']}}}}
    workflows: {{main: {{jobs: [build]}}}}
    """
    assert scripts(pipeline(body), "build") == ["cat << EOF"]


def test_an_executor_is_chosen_by_a_parameter_and_gives_its_environment() -> None:
    body = """
    executors:
      xenial:
        parameters: {some-value: {type: string, default: foo}}
        environment: {SOME_VAR: << parameters.some-value >>, BOTH: executor}
        docker: [{image: "ubuntu:xenial", environment: {OF_IMAGE: "1"}}]
        working_directory: /tmp/work
      bionic: {docker: [{image: "ubuntu:bionic"}]}
    jobs:
      test:
        parameters: {e: {type: executor, default: bionic}}
        executor: << parameters.e >>
        environment: {BOTH: job}
        steps: [checkout]
    workflows:
      main:
        jobs:
          - test
          - test: {name: chosen, e: xenial}
          - test: {name: given, e: {name: xenial, some-value: bar}}
    """
    found = pipeline(body)
    jobs = {name: found.job(node) for name, node in nodes(found).items()}
    assert jobs["test"].environment == {"BOTH": "job"}
    assert jobs["chosen"].environment == {"SOME_VAR": "foo", "BOTH": "job"}
    assert jobs["given"].environment == {"SOME_VAR": "bar", "BOTH": "job"}
    assert jobs["given"].image == {"OF_IMAGE": "1"}
    assert (jobs["test"].folder, jobs["given"].folder) == ("~/project", "/tmp/work")


def test_an_inline_orb_has_names_of_its_own() -> None:
    body = """
    orbs:
      my-orb:
        commands: {greet: {parameters: {to: {type: string}}, steps: [run: echo << parameters.to >>]}}
        executors: {small: {docker: [{image: base}], environment: {A: b}}}
        jobs: {hello: {executor: small, steps: [greet: {to: inside}]}}
    jobs: {build: {executor: my-orb/small, steps: [my-orb/greet: {to: outside}]}}
    workflows: {main: {jobs: [build, my-orb/hello]}}
    """
    found = pipeline(body)
    assert scripts(found, "build") == ["echo outside"]
    assert scripts(found, "my-orb/hello") == ["echo inside"]
    assert found.job(nodes(found)["build"]).environment == {"A": "b"}


PASSING = """
orbs:
  my-orb:
    commands:
      say: {parameters: {what: {type: string, default: WHAT}}, steps: [run: echo << parameters.what >> WHAT]}
jobs: {build: {docker: [{image: base}], steps: [my-orb/say: {what: << pipeline.parameters.own >>}]}}
parameters: {own: {type: string, default: mine}}
workflows: {main: {jobs: [build]}}
"""


def test_an_orb_sees_the_values_of_a_pipeline_but_none_of_its_parameters() -> None:
    body = PASSING.replace("WHAT", "<< pipeline.trigger_source >>")
    assert scripts(pipeline(body), "build") == ["echo mine webhook"]
    with pytest.raises(InputError, match=r"pipeline\.parameters\.own >> has no value"):
        scripts(pipeline(PASSING.replace("WHAT", "<< pipeline.parameters.own >>")), "build")


# Conditions ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "true"),
    [
        ("true", True),
        ("42", True),
        ("'text'", True),
        ("''", False),
        ("0", False),
        ("null", False),
        (".nan", False),
        ("{and: [true, true, false]}", False),
        ("{or: [false, true]}", True),
        ("{not: ''}", True),
        ("{equal: [42, 42, 42]}", True),
        ("{equal: [1, true]}", False),
        ("{equal: [main, << pipeline.git.branch >>]}", True),
        ("{matches: {pattern: '^ma.+$', value: << pipeline.git.branch >>}}", True),
        ("{matches: {pattern: 'ma', value: << pipeline.git.branch >>}}", False),
        ("<< pipeline.git.tag >>", False),
        ("{and: [{not: {equal: [a, b]}}, {or: [<< pipeline.git.tag >>, << pipeline.number >>]}]}", True),
    ],
)
def test_logic_statements(statement: str, true: bool) -> None:
    assert holds(part_of(statement), Scope(values(Event(), COMMIT, {}, False))) is true


@pytest.mark.parametrize("statement", ["{xor: [true]}", "[true]", "{and: []}", "{and: [true], or: [true]}"])
def test_what_is_no_logic_statement_is_refused(statement: str) -> None:
    with pytest.raises(InputError, match="condition:1"):
        holds(part_of(statement), Scope(values(Event(), COMMIT, {}, False)))


@pytest.mark.parametrize(
    ("expression", "true"),
    [
        ('pipeline.git.branch == "main"', True),
        ('pipeline.git.branch != "main"', False),
        ('pipeline.git.branch starts-with "ma"', True),
        ("not pipeline.parameters.foo and pipeline.parameters.bar", False),
        ("not (pipeline.parameters.foo and pipeline.parameters.bar)", True),
        ("pipeline.parameters.bar or pipeline.parameters.foo and pipeline.parameters.bar", False),
        ("pipeline.number >= 7 and pipeline.number < 8", True),
        ('pipeline.number == "7"', False),
        ("pipeline.git.branch.is_default", True),
        ("pipeline.parameters.foo == true", True),
    ],
)
def test_expressions(expression: str, true: bool) -> None:
    scope = Scope(values(Event(), COMMIT, {"foo": True, "bar": False}, False))
    assert evaluate(part_of(repr(expression)), scope) is true


@pytest.mark.parametrize(
    "expression", ["pipeline.git.branch = 1", "pipeline.unknown", "1 starts-with 2", "a >"]
)
def test_what_is_no_expression_is_refused(expression: str) -> None:
    with pytest.raises(InputError, match="condition:1"):
        evaluate(part_of(repr(expression)), Scope(values(Event(), COMMIT, {}, False)))


# Workflows -------------------------------------------------------------------------------------------------


def test_a_matrix_is_every_combination_but_those_excluded() -> None:
    body = f"""
    jobs:
      build: {{parameters: {{a: {{type: integer}}, b: {{type: integer}}}}, {DOCKER}, steps: [run: make]}}
      after: {{{DOCKER}, steps: [run: make]}}
    workflows:
      main:
        jobs:
          - build: {{matrix: {{parameters: {{a: [1, 2, 3], b: [4, 5, 6]}}, exclude: [{{a: 3, b: 5}}]}}}}
          - after: {{requires: [build]}}
    """
    found = nodes(pipeline(body))
    built = [name for name in found if name.startswith("build-")]
    assert len(built) == 8
    assert "build-3-5" not in built
    assert set(found["after"].needs) == set(built)


def test_a_matrix_names_its_jobs_and_what_each_waits_for() -> None:
    version = '{parameters: {version: ["0.1", "0.2"]}}'
    body = f"""
    jobs:
      build:
        parameters: {{version: {{type: string}}}}
        {DOCKER}
        steps: [run: build << parameters.version >>]
      deploy: {{parameters: {{version: {{type: string}}}}, {DOCKER}, steps: [run: make]}}
    workflows:
      main:
        jobs:
          - build: {{name: build-v<< matrix.version >>, matrix: {version}}}
          - deploy:
              name: deploy-v<< matrix.version >>
              matrix: {version}
              requires: [build-v<< matrix.version >>]
    """
    found = pipeline(body)
    assert set(nodes(found)) == {"build-v0.1", "build-v0.2", "deploy-v0.1", "deploy-v0.2"}
    assert set(nodes(found)["deploy-v0.2"].needs) == {"build-v0.2"}
    assert scripts(found, "build-v0.2") == ["build 0.2"]


FILTERS = """
jobs: {build: {docker: [{image: base}], steps: [checkout]}}
workflows: {main: {jobs: [{build: {filters: FILTER}}]}}
"""


@pytest.mark.parametrize(
    ("given", "branches", "tags"),
    [
        ("{}", ["main", "dev", "user-a"], []),
        ("{branches: {only: main}}", ["main"], []),
        ("{branches: {only: [dev, /user-.*/]}}", ["dev", "user-a"], []),
        ("{branches: {ignore: /user-.*/}}", ["main", "dev"], []),
        ("{branches: {only: main, ignore: main}}", ["main"], []),
        ("{tags: {only: /^v.*/}}", ["main", "dev", "user-a"], ["v1"]),
        ("{tags: {only: /.*/}, branches: {ignore: /.*/}}", [], ["v1", "x"]),
        ("{branches: {only: /ma/}}", [], []),
        ('pipeline.git.branch starts-with "user" or pipeline.git.tag == "v1"', ["user-a"], ["v1"]),
    ],
)
def test_filters(given: str, branches: list[str], tags: list[str]) -> None:
    body = FILTERS.replace("FILTER", given if given[0] == "{" else repr(given))
    for branch in ("main", "dev", "user-a"):
        assert nodes(pipeline(body, Event(branch=branch)))["build"].passes == (branch in branches), branch
    for tag in ("v1", "x"):
        assert nodes(pipeline(body, Event("tag", tag=tag)))["build"].passes == (tag in tags), tag


def planned(body: str, event: Event = Event()) -> dict[str, bool]:  # noqa: B008
    return {each.id: each.runs for each in runner.plan({PATH: text_of(body)}, event)}


NEEDS = """
jobs: {a: &job {docker: [{image: base}], steps: [checkout]}, b: *job, c: *job, d: *job, e: *job}
workflows:
  main:
    jobs:
      - a
      - b: {filters: {branches: {only: other}}}
      - c: {requires: [a, b]}
      - d: {requires: [b]}
      - hold: {type: approval, requires: [a]}
      - e: {requires: [hold]}
"""


def test_what_is_filtered_is_not_waited_for_unless_nothing_else_is() -> None:
    assert planned(NEEDS) == {"a": True, "b": False, "c": True, "d": False, "hold": False, "e": False}
    assert planned(NEEDS, Event(approved=("hold",)))["e"] is True


ONE = "jobs: {a: {docker: [{image: base}], STEPS}}\nworkflows: {m: {jobs: [a]}}"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("jobs: {}\nworkflow: {}", "a configuration with 'workflow'"),
        ("version: 2.0\njobs: {}", "duplicate key 'version'"),
        ("jobs: {}\nworkflows: {m: {jobs: [a]}}", "unknown job 'a'"),
        (ONE.replace("STEPS", "steps: [deploy: make]"), "a step 'deploy' cannot be run here"),
        (ONE.replace("STEPS", "steps: [run: {command: a, retries: 3}]"), "'run' with 'retries'"),
        (ONE.replace("STEPS", "steps: [run: a], paralelism: 2"), "the job 'a' with 'paralelism'"),
        (ONE.replace("STEPS", "steps: [b/c]"), "the orb 'b' is not imported"),
        (
            ONE.replace("STEPS", "steps: [run: a << pipeline.secret >>]"),
            "unknown pipeline value 'pipeline.secret'",
        ),
        (ONE.replace("STEPS", "shell: sh"), "it has no steps"),
        (
            ONE.replace("STEPS", "steps: [a]").replace("[a]}}", "[{a: {requires: [z]}}]}}"),
            "'a' requires 'z', which workflow 'm' does not run",
        ),
        (
            ONE.replace("{jobs: [a]}", "{max_auto_reruns: 2, jobs: [a]}"),
            "the workflow 'm' with 'max_auto_reruns'",
        ),
        (ONE.replace("jobs: [a]", "jobs: [{a: {type: release}}]"), "a job of type 'release' cannot be run"),
    ],
)
def test_what_is_not_known_is_refused_with_its_line(body: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        planned(body)
    assert caught.value.findings
    assert all(found.mark.file == PATH and found.mark.line > 0 for found in caught.value.findings)


# Running ---------------------------------------------------------------------------------------------------


def run(folder: Path, jobs: str, workflow: str = "[a]", **more: Any) -> Mapping[str, Ran]:
    """Run jobs; their logs are read before all is removed."""
    body = text_of(
        f"jobs:\n{textwrap.indent(textwrap.dedent(jobs), '  ')}\nworkflows: {{m: {{jobs: {workflow}}}}}"
    )
    with kit.setting(folder, **more) as setting:
        rans = runner.perform({PATH: body}, setting)
        kept = folder / "logs"
        kept.mkdir()
        for ran in rans:
            if ran.log.is_file():
                (kept / ran.id).write_text(ran.log.read_text())
    return {ran.id: ran._replace(log=kept / ran.id) for ran in rans}


def said(ran: Ran) -> list[str]:
    """Return what a job's scripts have printed."""
    return [line for line in ran.log.read_text().splitlines() if not line.startswith("--- ")]


def test_variables_have_an_order_of_precedence(tmp_path: Path) -> None:
    jobs = """
    a:
      docker: [{image: x, environment: {IMAGE: image, JOB: image}}]
      environment: {JOB: job, STEP: job, CIRCLE_JOB: mine, TEXT: "a $JOB"}
      steps:
        - run:
            command: echo "$IMAGE $JOB $STEP $PROJECT $HELD $CIRCLE_JOB $CI $CIRCLE_BRANCH $TEXT"
            environment: {STEP: step}
        - run: echo 'export STEP=exported' >> "$BASH_ENV"
        - run: echo "$STEP ${HELD-none}"
    b: {docker: [{image: x}], steps: [run: 'echo "${HELD-none}"']}
    """
    more = {
        "secrets": {"PROJECT": "of-project", "HELD": "of-context", "JOB": "of-project"},
        "held": {"HELD": "prod"},
    }
    found = run(tmp_path, jobs, "[{a: {context: [prod]}}, b]", **more)
    assert said(found["a"]) == [
        "image job step of-project of-context mine true main a $JOB",
        "exported of-context",
    ]
    assert said(found["b"]) == ["none"]


def test_steps_run_by_what_became_of_those_before(tmp_path: Path) -> None:
    jobs = """
    a:
      docker: [{image: x}]
      steps:
        - run: "false | true"
        - run: echo not reached
        - run: {command: echo always, when: always}
        - run: {command: echo on failure, when: on_fail}
        - store_artifacts: {path: nothing}
    b:
      docker: [{image: x}]
      steps:
        - run: {command: echo on failure, when: on_fail}
        - run: {command: "false | true", shell: /bin/sh}
        - run: circleci-agent step halt
        - run: echo not reached
    c: {docker: [{image: x}], steps: [run: make]}
    d: {docker: [{image: x}], steps: [run: echo cleaned up]}
    """
    found = run(tmp_path, jobs, "[a, b, {c: {requires: [a]}}, {d: {requires: [{a: [failed, canceled]}]}}]")
    assert {name: ran.status for name, ran in found.items()} == {
        "a": "failed",
        "b": "passed",
        "c": "unreached",
        "d": "passed",
    }
    lines = said(found["a"])
    assert [line for line in lines if line in ("always", "on failure", "not reached")] == [
        "always",
        "on failure",
    ]
    assert "not reached" not in said(found["b"])


def test_a_workspace_brings_what_earlier_jobs_have_handed_on(tmp_path: Path) -> None:
    jobs = """
    a:
      docker: [{image: x}]
      steps:
        - run: mkdir -p out/deep && echo one > out/deep/one && echo two > out/two.txt && echo no > out/no
        - persist_to_workspace: {root: out, paths: [deep, "*.txt"]}
    b: {docker: [{image: x}], steps: [{attach_workspace: {at: /tmp/none}}, run: ls]}
    c:
      docker: [{image: x}]
      steps: [checkout, {attach_workspace: {at: here}}, {run: "ls here here/deep; cat a.txt"}]
    d:
      docker: [{image: x}]
      steps: [{run: mkdir out}, {persist_to_workspace: {root: out, paths: [nothing]}}]
    """
    jobs = jobs.replace("/tmp/none", "none")
    found = run(tmp_path, jobs, "[a, b, {c: {requires: [a]}}, d]")
    assert said(found["c"])[1:] == ["here:", "deep", "two.txt", "", "here/deep:", "one", "a"]
    assert "0 layers" in said(found["b"])[0]
    assert "did not match any files" in found["d"].log.read_text()
    assert found["d"].status == "failed"


def test_two_jobs_side_by_side_cannot_hand_on_the_same_file(tmp_path: Path) -> None:
    made = (
        "{docker: [{image: x}], steps: [{run: date > one}, {persist_to_workspace: {root: ., paths: [one]}}]}"
    )
    jobs = f"a: {made}\nb: {made}\nc: {{docker: [{{image: x}}], steps: [{{attach_workspace: {{at: .}}}}]}}"
    found = run(tmp_path, jobs, "[a, b, {c: {requires: [a, b]}}]")
    assert found["c"].status == "failed"
    assert "ran side by side and both handed on one" in found["c"].log.read_text()


def test_the_newest_cache_that_begins_so_is_restored_and_no_key_is_written_twice(tmp_path: Path) -> None:
    jobs = """
    a:
      docker: [{image: x}]
      steps:
        - run: echo first > ~/one
        - save_cache: {key: v1-cache, paths: [~/one]}
        - run: echo second > ~/one
        - save_cache: {key: v1-cache, paths: [~/one]}
    b:
      docker: [{image: x}]
      steps:
        - checkout
        - restore_cache: {keys: [v2-, v1-]}
        - run: cat ~/one
        - save_cache: {key: 'v1-{{ .Branch }}-{{ checksum "a.txt" }}', paths: [a.txt, none]}
        - restore_cache: {key: v1-main-}
        - save_cache: {key: '{{ checksum "no" }}', paths: [a.txt]}
    """
    found = run(tmp_path, jobs, "[a, {b: {requires: [a]}}]")
    log = found["b"].log.read_text()
    assert "nothing kept: v1-cache" in found["a"].log.read_text()
    assert "\nfirst\n" in log
    assert "restored v1-main-h0KPxSKAPTEGXnvOPPA/5HUJZjHl4Hu9eg/eYMTPJcc=" in log
    assert found["b"].status == "failed"
    assert "cannot sum no" in log


def test_a_silent_command_is_ended_and_one_in_the_background_with_its_job(tmp_path: Path) -> None:
    jobs = """
    a:
      docker: [{image: x}]
      working_directory: ~/work
      steps:
        - run: {command: sleep 100, background: true}
        - run: {command: pwd, working_directory: ..}
        - run: {command: sleep 100, no_output_timeout: 1s}
        - run: {command: echo after, when: always}
    """
    found = run(tmp_path, jobs)
    assert found["a"].status == "timed-out"
    assert "ended: no output for 1 s" in found["a"].log.read_text()
    assert "after" in said(found["a"])
    assert found["a"].ended - found["a"].began < 30


def test_a_step_may_run_again(tmp_path: Path) -> None:
    jobs = """
    a:
      docker: [{image: x}]
      steps:
        - run: {command: 'echo x >> n; test "$(wc -l < n)" = 3', max_auto_reruns: 3, auto_rerun_delay: 0s}
        - run: {command: "echo y >> m; false", max_auto_reruns: 1}
        - run: {command: wc -l n m, when: always}
    """
    found = run(tmp_path, jobs)
    assert found["a"].status == "failed"
    assert " 3 n" in found["a"].log.read_text()
    assert " 2 m" in found["a"].log.read_text()
