"""Jenkins: real Groovy compiles and runs every file; its trace, and our reader, tell what went in."""

from __future__ import annotations

import fnmatch
import json
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import render_kit as kit
import vendor_kit
import vendor_pipeline
import workflow_tools as tools
from amount_kit import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lint_rules_kit import jenkins_findings as check

from mlci import __version__
from mlci.findings import show
from mlci.planning.context import Context
from mlci.planning.plan import Approval, Job, Plan
from mlci.planning.vendor import ReadJob, find
from mlci.rendering.render import groovy, quoted
from mlci.vendors.jenkins import runner as harness
from mlci.vendors.jenkins.render import layout, matrices
from mlci.vendors.jenkins.render.files import path_of
from mlci.vendors.jenkins.runner import library
from mlci.vendors.jenkins.syntax import parse, text_of
from mlci.vendors.jenkins.syntax.groovy.tree import Call, walk

jenkins = find("jenkins")

STYLES = ("steps", "library")


def styled(plans: Sequence[Plan], style: str) -> tuple[Plan, ...]:
    """Return plans of pipelines in a style."""
    return tuple(replace(plan, pipeline=replace(plan.pipeline, style=(style,))) for plan in plans)


GOLDEN = {case: kit.expected(case, "jenkins") for case in kit.CASES}
RULES = {
    "paths": "jenkins-paths",
    "condition-paths": "jenkins-paths",
    "needs": "jenkins-needs",
    "environment": "jenkins-environment",
    "python": "jenkins-python",
    "concurrency-cancel": "jenkins-concurrency",
}
"""What is said where a feature is wanting."""


@cache
def others() -> dict[str, dict[str, str]]:
    """Return what the cases are in the style of the shared library."""
    return {
        case: jenkins.render(styled(kit.plans_of(case), "library"))
        for case in kit.CASES
        if kit.plans_of(case)[0].pipeline.style != ("library",)
    }


needs_groovy = pytest.mark.skipif(bool(harness.missing()), reason=f"needs Groovy: {harness.HELP}")
real = [pytest.mark.real, needs_groovy]


def files() -> list[tuple[str, int, Plan, str]]:
    """Return every expected file with the workflow it is of, and what it is in the library's style."""
    return [
        (case, index, plan, rendered[path_of(index, plan)])
        for every in (GOLDEN, others())
        for case, rendered in every.items()
        for index, plan in enumerate(kit.plans_of(case))
    ]


def build_of(text: str, context: Context, **more: Any) -> dict[str, Any]:
    """Return a build of a file as Jenkins would start it for a run."""
    env = {"BUILD_NUMBER": "7", "JENKINS_URL": "https://jenkins/"}
    if context.event == "pull_request":
        env |= {
            "BRANCH_NAME": "PR-5",
            "CHANGE_ID": "5",
            "CHANGE_TARGET": "main",
            "CHANGE_BRANCH": context.branch,
        }
    elif context.event == "tag":
        env |= {"BRANCH_NAME": context.tag, "TAG_NAME": context.tag}
    else:
        env |= {"BRANCH_NAME": context.branch}
    causes = {
        "schedule": [{"_class": "hudson.triggers.TimerTrigger$TimerTriggerCause"}],
        "manual": [{"_class": "hudson.model.Cause$UserIdCause", "userId": "ada"}],
    }.get(context.event, [{"_class": "jenkins.branch.BranchEventCause"}])
    known = re.findall(r"credentialsId: '([^']+)'", text)
    credentials = {name: f"value of {name}" for name in known}
    build = {"text": text, "mode": "trace", "env": env, "causes": causes, "credentials": credentials}
    loaded = {"library": library.folder()} if "@Library(" in text else {}
    return {**build, **loaded, **more}


def ran_builds(builds: Sequence[Mapping[str, Any]]) -> list[harness.Result]:
    """Run builds; what the shared library's script does stands in their traces as if it were plain."""
    return [one._replace(trace=list(map(plain, one.trace))) for one in harness.run(builds)]


def plain(one: dict[str, Any]) -> dict[str, Any]:
    """Return an entry of a trace with the call that the library's script makes in place of the script."""
    if one.get("step") != "sh":
        return one
    given = dict(one["variables"])
    own = {name: given.pop(name, "") for name in ("MLCI_ASK", "MLCI_ENV", "MLCI_COMMAND")}
    for name in ("VIRTUAL_ENV", "PATH"):
        given.pop(name, None)
    if own["MLCI_COMMAND"] != "exec":
        return {**one, "variables": given}
    asked, more = json.loads(own["MLCI_ASK"]), json.loads(own["MLCI_ENV"])
    assert set(asked) <= {"stage", "workflow", "job"}
    named = ["--job", asked["job"]] if "job" in asked else []
    words = ["mlci", "exec", asked["stage"], "--workflow", asked["workflow"], *named]
    variables = {**given, **{name: value for name, value in more.items() if value}}
    return {**one, "arguments": {"script": " ".join(words)}, "variables": variables}


def executions(trace: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the steps of a trace that run `mlci exec`."""
    return [one for one in steps(trace, "sh") if " exec " in one["arguments"]["script"]]


def bundle(name: str) -> str:
    """Return the job or cell whose stash is called so."""
    return name.removeprefix("handoff-").removeprefix("mlci-")


def steps(trace: Sequence[Mapping[str, Any]], name: str) -> list[Mapping[str, Any]]:
    """Return the steps of one name."""
    return [one for one in trace if one.get("step") == name]


def executed(one: Mapping[str, Any]) -> str:
    """Return the id of the job or instance that a step runs."""
    words = one["arguments"]["script"].split("mlci exec ")[1].split()
    job = words[words.index("--job") + 1] if "--job" in words else words[0]
    cell = [value for name, value in one["variables"].items() if name.startswith("MLCI_PARAM_")]
    return "-".join([job, *cell])


def due(plan: Plan, context: Context) -> set[str]:
    """Return the ids of the instances that a run must execute.

    Build Now counts as a push of the branch, unless the workflow is one that is started by hand.
    """
    if context.event == "manual" and plan.workflow.on.manual is None:
        context = context._replace(event="push")
    if not vendor_kit.starts(plan, context):
        return set()
    return {one.id for job in plan.jobs if meets(job, context) for one in job.instances()}


def meets(job: Job, context: Context) -> bool:
    """Tell whether a job's conditions hold, with every path changed."""
    return vendor_kit.holds([replace(one, paths=()) for one in job.conditions], context, ())


def test_the_linter_has_nothing_to_say() -> None:
    for case, index, plan, text in files():
        found = check(text, path_of(index, plan))
        assert [show(one, text.splitlines()) for one in found] == [], case


def test_statements_stand_on_lines_of_their_own() -> None:
    for _, _, _, text in files():
        source = parse(text).source
        for node in walk(*source.statements):
            if isinstance(node, Call) and node.closure is not None:
                body = node.closure.body
                lines = [text.count("\n", 0, one.start) for one in body]
                assert len(set(lines)) == len(lines), text[node.start : node.end]


def test_indentation_follows_the_blocks() -> None:
    for _, _, _, text in files():
        assert text.endswith("}\n")
        opened = [line for line in text.splitlines() if line.startswith(("pipeline", "}"))]
        assert opened == ["pipeline {", "}"]


@pytest.mark.real
def test_shellcheck_is_content_with_every_script(tmp_path: Path) -> None:
    scripts = {script for _, _, _, text in files() for script in scripts_of(text)}
    assert len(scripts) > 30
    for script in sorted(scripts):
        # The environment's own script is made on the agent.
        file = "# shellcheck disable=SC1091\n" + script
        assert tools.shellcheck(file, tmp_path) == ""


def scripts_of(text: str) -> Iterator[str]:
    for node in walk(*parse(text).source.statements):
        if isinstance(node, Call) and node.name == "sh":
            yield str(text_of(node.arguments[0].value))


class Traces:
    """Every file run under Groovy for every kind of run, once."""

    def __init__(self) -> None:
        self.cases = [
            (case, plan, context, text) for case, _, plan, text in files() for context in runs_of(plan)
        ]
        self.results = ran_builds([build_of(text, context) for _, _, context, text in self.cases])


def runs_of(plan: Plan) -> list[Context]:
    """Return the runs to try: of branches that are named, and of others; schedules only where they are."""
    named = plan.workflow.on.branches
    branches = [
        "main",
        "model",
        "feature/x",
        "release/1",
        "release/1/fix",
        "users/me",
        "hotfix-2-urgent",
        *named,
    ]
    scheduled = (*named, *(() if named else ("main",))) if plan.workflow.on.schedule else ()
    return [
        one
        for one in vendor_kit.contexts(dict.fromkeys(branches), ("v1", "latest", "draft"))
        if one.event != "schedule" or one.branch in scheduled
    ]


@pytest.fixture(scope="module")
def traces() -> Traces:
    if harness.missing():
        pytest.skip(f"needs Groovy: {harness.HELP}")
    return Traces()


@pytest.mark.real
def test_groovy_takes_every_file(traces: Traces) -> None:
    for (case, plan, _, _), result in zip(traces.cases, traces.results, strict=True):
        assert (result.error, result.result) == (None, "SUCCESS"), (case, plan.workflow.name)


@pytest.mark.real
def test_jobs_run_in_the_builds_they_are_meant_for(traces: Traces) -> None:
    seen = 0
    for (case, plan, context, _), result in zip(traces.cases, traces.results, strict=True):
        ran = [instance(plan, executed(one)) for one in executions(result.trace)]
        assert len(set(ran)) == len(ran)
        assert set(ran) == due(plan, context), (case, plan.workflow.name, context)
        seen += len(ran)
    assert seen > 500


def instance(plan: Plan, found: str) -> str:
    """Return the id of the instance that Jenkins' values name."""
    return next(
        one.id
        for job in plan.jobs
        for one in job.instances()
        if found in (one.id, "-".join([job.id, *map(matrices.text, (one.combination or {}).values())]))
    )


@pytest.mark.real
def test_order_commands_bundles_and_secrets_are_the_plans(traces: Traces) -> None:
    for (_, plan, _, _), result in zip(traces.cases, traces.results, strict=True):
        done: set[str] = set()
        for one in executions(result.trace):
            name = instance(plan, executed(one))
            job = plan.job(name)
            assert job is not None
            node = kit.node_of(plan, name)
            base = next(each for each in plan.jobs if each.id == node)
            assert {each for each in base.needs if plan.job(each)} <= done
            done.add(node)
            assert one["arguments"]["script"].endswith(
                " ".join(
                    (
                        job if job.id == executed(one) and "--job" in one["arguments"]["script"] else base
                    ).command
                )
            )
            own = {key: value for key, value in one["variables"].items() if not key.startswith("MLCI_")}
            expected = {key: value for key, value in base.env.items() if value}
            credentials = {key: f"value of {key}" for key in job.stage.secrets}
            aws = {key: value for key, value in own.items() if key.startswith("AWS_") and job.stage.aws}
            assert own == {**expected, **credentials, **aws}
            assert {each for each in one["secrets"] if not each.startswith("AWS_")} == set(job.stage.secrets)


@pytest.mark.real
def test_secrets_are_there_for_the_command_alone(traces: Traces) -> None:
    for result in traces.results:
        for one in steps(result.trace, "sh"):
            if (
                "mlci exec" not in one["arguments"]["script"]
                and "mlci notify" not in one["arguments"]["script"]
            ):
                assert one["secrets"] == []


@pytest.mark.real
def test_bundles_are_fetched_after_they_are_left(traces: Traces) -> None:
    fetched = 0
    for (_, plan, _, _), result in zip(traces.cases, traces.results, strict=True):
        left: set[str] = set()
        by_stage: dict[str, list[str]] = {}
        for one in result.trace:
            name = one.get("arguments", {}).get("name", "") if "arguments" in one else ""
            if one.get("step") == "stash":
                left.add(name)
            elif one.get("step") == "unstash":
                assert name in left
                by_stage.setdefault(one["stage"], []).append(bundle(name))
        for one in executions(result.trace):
            base = next(
                each for each in plan.jobs if each.id == kit.node_of(plan, instance(plan, executed(one)))
            )
            wanted = {each.id for name in base.collects for each in collected(plan, name)}
            found = {instance(plan, name) for name in by_stage.get(one["stage"], [])}
            assert found == wanted
            fetched += len(found)
    assert fetched > 200


@pytest.mark.real
def test_both_styles_keep_the_same_files(traces: Traces) -> None:
    found: dict[tuple[str, str, Context], list[list[tuple[str, str, str]]]] = {}
    for (case, plan, context, _), result in zip(traces.cases, traces.results, strict=True):
        kept = [(one["stage"], *left) for one in result.trace if (left := left_by(one))]
        found.setdefault((case, plan.workflow.name, context), []).append(sorted(kept))
    pairs = [both for both in found.values() if len(both) == 2]
    assert len(pairs) > 100
    for plain_steps, by_library in pairs:
        for (stage, name, pattern), (other, same, exact) in zip(plain_steps, by_library, strict=True):
            assert (stage, name) == (other, same)
            assert pattern == exact or fnmatch.fnmatch(exact, pattern)


def left_by(one: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return what a step keeps; mlci's own files of a cell are those of all cells in a plain step."""
    given = one.get("arguments", {})
    if one.get("step") == "stash":
        return "stash", given["includes"]
    if one.get("step") == "junit":
        return f"junit {bool(given.get('skipMarkingBuildUnstable'))}", given["testResults"]
    return ("archive", given["artifacts"]) if one.get("step") == "archiveArtifacts" else None


def collected(plan: Plan, name: str) -> tuple[Job, ...]:
    return next(job for job in plan.jobs if job.id == name).instances()


@pytest.mark.real
def test_every_job_begins_in_a_clean_checkout(traces: Traces) -> None:
    for result in traces.results:
        stages = {one["stage"] for one in executions(result.trace)}
        for stage in stages:
            own = [one["step"] for one in result.trace if one["stage"] == stage and "step" in one]
            assert own[:2] == ["deleteDir", "checkout"]


def golden(case: str, workflow: str, style: str = "steps") -> str:
    plans = kit.plans_of(case)
    index = next(at for at, plan in enumerate(plans) if plan.workflow.name == workflow)
    return (GOLDEN if style == "steps" else others())[case][path_of(index, plans[index])]


@pytest.fixture(scope="module", params=STYLES)
def troubles(request: pytest.FixtureRequest) -> dict[str, harness.Result]:
    """Return what becomes of builds in which something goes wrong, by a name of the trouble."""
    if harness.missing():
        pytest.skip(f"needs Groovy: {harness.HELP}")
    nightly = Context(branch="retrain", event="schedule")
    push = Context(branch="main", event="push")
    both = golden("notify", "both", request.param)
    ssh = golden("deploy-over-ssh", "build-deploy", request.param)
    retrain = golden("deploy-over-ssh", "retrain-deploy", request.param)
    paths = golden("conditions", "ci", request.param)
    builds = {
        "refused": build_of(retrain, nightly, answers={"hold": False}),
        "approved": build_of(retrain, nightly),
        "failed": build_of(both, push, fail=["exec train ", "^Run train$"]),
        "allowed": build_of(both, push, fail=["exec check ", "^Run check$"]),
        "beside": build_of(ssh, push, fail=["--job test-1", "^Run test-1$"]),
        "unchanged": build_of(paths, push, changes=["docs/index.md"]),
        "changed": build_of(paths, push, changes=["ml/train.py"]),
        "other": build_of(ssh, Context(branch="other", event="push")),
    }
    return dict(zip(builds, ran_builds(list(builds.values())), strict=True))


def ran(result: harness.Result) -> list[str]:
    return [executed(one) for one in executions(result.trace)]


@pytest.mark.real
def test_a_refused_approval_ends_the_build_before_what_follows(troubles: dict[str, harness.Result]) -> None:
    assert troubles["refused"].result == "ABORTED"
    assert ran(troubles["refused"]) == ["install-build", "retrain"]
    assert ran(troubles["approved"])[2:] == ["package", "deploy", "test-deployment"]
    asked = [one for one in troubles["approved"].trace if one["event"] == "input"]
    assert [one["said"]["message"] for one in asked] == ["Approve hold of retrain-deploy?"]


@pytest.mark.real
def test_a_failure_is_told_and_what_follows_is_left_out(troubles: dict[str, harness.Result]) -> None:
    assert (troubles["failed"].result, ran(troubles["failed"])) == ("FAILURE", ["train"])
    told = [one for one in steps(troubles["failed"].trace, "sh") if "notify" in one["arguments"]["script"]]
    assert [one["arguments"]["script"].split("mlci ")[-1] for one in told] == [
        "notify failure --workflow both"
    ]
    assert set(told[0]["secrets"]) == {"SLACK_WEBHOOK_URL", "WEBHOOK_URL"}


@pytest.mark.real
def test_a_failure_that_is_allowed_lets_the_build_pass(troubles: dict[str, harness.Result]) -> None:
    assert (troubles["allowed"].result, ran(troubles["allowed"])) == ("SUCCESS", ["train", "check", "report"])
    told = [one for one in steps(troubles["allowed"].trace, "sh") if "notify" in one["arguments"]["script"]]
    assert [one["arguments"]["script"].split("mlci ")[-1] for one in told] == [
        "notify success --workflow both"
    ]


@pytest.mark.real
def test_a_bundle_is_left_after_a_failure_too(troubles: dict[str, harness.Result]) -> None:
    assert [bundle(one["arguments"]["name"]) for one in steps(troubles["failed"].trace, "stash")] == ["train"]
    assert ran(troubles["beside"]) == ["install-build", "train", "test-1", "test-2"]


@pytest.mark.real
def test_changed_paths_decide(troubles: dict[str, harness.Result]) -> None:
    assert ran(troubles["unchanged"]) == []
    assert set(ran(troubles["changed"])) == {
        "test",
        "on-main",
        "on-releases",
        "on-events",
        "when-model-changes",
    }


@pytest.mark.real
def test_nothing_is_told_of_builds_that_are_none(troubles: dict[str, harness.Result]) -> None:
    assert [one["event"] for one in troubles["other"].trace] == ["options", "skipped"]


REFUSED = {
    "unknown step": ("steps { frobnicate() }", "unknown step 'frobnicate'"),
    "unknown argument": ("steps { stash name: 'x', incldes: '**' }", "takes no"),
    "unknown section": ("stepz { }", "unknown section 'stepz'"),
    "no content": ("when { branch 'x' }", "exactly one of"),
    "unknown condition": ("when { brnch 'x' }\nsteps { echo 'x' }", "unknown condition 'brnch'"),
    "unknown option": ("options { timestampz() }\nsteps { echo 'x' }", "unknown section 'timestampz'"),
    "step without agent": ("steps { sh 'true' }", "needs an agent"),
    "number as variable": ("environment { A = 1 }\nsteps { echo 'x' }", "is no text"),
    "nested parallel": (
        "parallel { stage('a') { stages { stage('b') { parallel { stage('c') { steps { } } } } } } }",
        "cannot stand inside another",
    ),
    "two of a name": (
        "stages {\nstage('a') { steps { echo 'x' } }\nstage('a') { steps { echo 'x' } }\n}",
        "called 'a'",
    ),
}


@pytest.mark.real
@needs_groovy
def test_the_harness_refuses_what_jenkins_refuses() -> None:
    texts = [
        f"pipeline {{\nagent none\nstages {{\nstage('s') {{\n{body}\n}}\n}}\n}}\n"
        for body, _ in REFUSED.values()
    ]
    texts.append("pipeline { agent none }")
    texts.append("pipeline {")
    results = harness.run([build_of(text, Context(branch="main")) for text in texts])
    for (name, (_, said)), result in zip(REFUSED.items(), results, strict=False):
        assert result.result == "ERROR", name
        assert said in str(result.error), name
    assert [one.result for one in results[-2:]] == ["ERROR", "ERROR"]


@pytest.mark.real
@needs_groovy
def test_a_real_run_does_the_steps_in_a_workspace(tmp_path: Path) -> None:
    source = tools.repository(tmp_path / "source", {"given.txt": "given"})
    commit = "git add . && git -c user.name=x -c user.email=x@x commit --quiet --message x"
    subprocess.run(commit, shell=True, cwd=source, check=True)
    text = """
        pipeline {
            agent none
            environment { WORD = 'it\\'s $HOME' }
            stages {
                stage('make') {
                    agent { docker { image 'python:3.11' } }
                    steps {
                        deleteDir()
                        checkout scm
                        sh '''
                            mkdir -p .mlci/handoff/make
                            printf %s "$WORD" > .mlci/handoff/make/word
                            cat given.txt
                        '''
                    }
                    post { always { stash name: 'handoff-make', includes: '.mlci/handoff/make/**' } }
                }
                stage('use') {
                    agent any
                    steps {
                        deleteDir()
                        checkout scm
                        unstash 'handoff-make'
                        withCredentials([string(credentialsId: 'TOKEN', variable: 'TOKEN')]) {
                            sh 'test "$(cat .mlci/handoff/make/word)" = "$WORD" && printf "[%s]" "$TOKEN"'
                        }
                        sh 'test -z "$TOKEN"'
                        sh 'exit 3'
                    }
                }
            }
        }
    """
    build = {
        "text": text, "mode": "run", "root": str(tmp_path / "root"), "source": str(source),
        "machine": {"PATH": "/usr/bin:/bin"}, "credentials": {"TOKEN": "secret"},
    }  # fmt: skip
    (result,) = harness.run([build])
    assert result.result == "FAILURE"
    assert [one["status"] for one in steps(result.trace, "sh")] == [0, 0, 0, 3]
    stash = steps(result.trace, "stash")[0]
    assert stash["arguments"]["files"] == [".mlci/handoff/make/word"]
    log = (tmp_path / "root" / "log").read_text()
    assert "given" in log
    assert "[secret]" in log


@pytest.mark.real
@needs_groovy
@pytest.mark.parametrize("style", STYLES)
def test_a_rendered_pipeline_really_runs(tmp_path: Path, style: str) -> None:
    source, root = vendor_pipeline.repository(tmp_path / "source"), tmp_path / "root"
    text = jenkins.render(styled(vendor_pipeline.plans(), style))["Jenkinsfile"]
    build = build_of(
        text, Context(branch="main", event="push"), mode="run", root=str(root), source=str(source)
    )
    build |= {
        "machine": {"PATH": vendor_pipeline.path(), "HOME": str(tmp_path)},
        "credentials": {"TOKEN": vendor_pipeline.TOKEN},
    }
    (result,) = harness.run([build])
    log = (root / "log").read_text()
    assert (result.result, result.error) == ("SUCCESS", None), log
    assert "matrix {" in text
    assert (root / "workspace" / "joined.txt").read_text() == vendor_pipeline.JOINED
    left = [path for path in (root / "workspace/.mlci/handoff").rglob("*") if path.is_file()]
    assert any(path.name == "record.json" for path in left)
    assert not any(vendor_pipeline.TOKEN.encode() in path.read_bytes() for path in left)


@examples(80)
@given(vendor_kit.ENVS, vendor_kit.ENVS, st.sampled_from(STYLES))
def test_strings_come_back_as_they_went_in(env: dict[str, str], shared: dict[str, str], style: str) -> None:
    plans = styled(kit.plans_from(vendor_kit.pipeline_text(env, shared, {})), style)
    read = {job.id: job for job in jenkins.read(jenkins.render(plans))}
    for job in plans[0].jobs:
        assert dict(read[job.id].env) == dict(job.env)
    assert read["second"] == kit.as_read(plans[0], plans[0].jobs[1])


@pytest.mark.real
@needs_groovy
def test_groovy_reads_any_text_as_it_was_written() -> None:
    texts: list[str] = []

    @settings(max_examples=300, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.one_of(vendor_kit.VALUES, st.text(max_size=30)))
    def gather(text: str) -> None:
        texts.append(text)

    gather()
    kept = list(dict.fromkeys(text for text in texts if text))
    lines = "\n".join(f"echo {groovy(text)}" for text in kept)
    file = f"pipeline {{\nagent none\nstages {{\nstage('s') {{\nsteps {{\n{lines}\n}}\n}}\n}}\n}}\n"
    (result,) = harness.run([build_of(file, Context(branch="main"))])
    assert result.error is None
    assert len(kept) > 100
    assert [one["arguments"]["message"] for one in steps(result.trace, "echo")] == kept


@pytest.mark.real
@needs_groovy
@pytest.mark.parametrize("style", STYLES)
def test_commands_see_the_variables_as_they_were_written(tmp_path: Path, style: str) -> None:
    (plan,) = kit.plans_of("strings")
    env = {**plan.jobs[0].env, "Case": "one", "CASE": "two", "def": "a word of Groovy", "EMPTY": ""}
    pairs = ", ".join(f"{name}: {quoted(value)}" for name, value in env.items())
    text = (
        "version: 1\nname: x\nvendors: [jenkins]\nstages:\n"
        f"  say: {{run: make, env: {{{pairs}}}}}\nworkflows:\n  ci: {{on: {{push: true}}, stages: [say]}}\n"
    )
    files = jenkins.render(styled(kit.plans_from(text), style))
    program = tmp_path / "bin" / "mlci"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\nexec /usr/bin/env -0 > "$OUT"\n')
    program.chmod(0o755)
    out = tmp_path / "seen"
    build = build_of(files["Jenkinsfile"], Context(branch="main", event="push"))
    build |= {
        "mode": "run",
        "root": str(tmp_path / "root"),
        "source": str(tools.repository(tmp_path / "src", {})),
    }
    path = f"{program.parent}:{Path(sys.executable).parent}:/usr/bin:/bin"
    build |= {"machine": {"PATH": path, "OUT": str(out)}}
    (result,) = harness.run([build])
    assert (result.result, result.error) == ("SUCCESS", None)
    seen = dict(one.split("=", 1) for one in out.read_text(encoding="utf-8").split("\0")[:-1])
    assert {name: seen.get(name) for name in env} == env


@pytest.mark.parametrize("style", STYLES)
def test_a_matrix_is_jenkins_own_where_that_says_the_same(style: str) -> None:
    head = "version: 1\nname: x\nvendors: [jenkins]\nstages:\n  one: {run: make, matrix: %s}\nworkflows:\n"
    rest = "  ci: {on: {push: true}, stages: [one]}\n"
    same = {
        "{a: [x, y], b: [1, 2], exclude: [{a: x, b: 1}]}": True,
        "{a: [true, false]}": True,
        "{a: [x, 1]}": False,
        "{a: [{b: 1}]}": False,
        "{python: ['3.11', '3.12']}": False,
        "{a: [x/y]}": False,
        "{a: [x], A: [y]}": False,
        "{a: [1, 2], exclude: [{a: '1'}]}": False,
    }
    for matrix, native in same.items():
        (plan,) = kit.plans_from((head % matrix) + rest)
        assert (matrices.native(plan.jobs[0]) is not None) == native, matrix
        files = jenkins.render(styled((plan,), style))
        assert ("matrix {" in files["Jenkinsfile"]) == native
        read = {job.id for job in jenkins.read(files)}
        assert read == ({"one"} if native else {one.id for one in plan.jobs[0].instances()})


SHAPES = {
    "[a, b, c]": ("a | b | c", False),
    "[a, [b, c], d]": ("a | b ∥ c | d", False),
    "[a, [[b, c], d], e]": ("a | b c ∥ d | e", False),
    "[a, [[b, [c, d]], e], f]": ("a | b ∥ e | c ∥ d | f", True),
    "[[a, b], [c, d]]": ("a ∥ b | c ∥ d", False),
}


@pytest.mark.parametrize("steps", SHAPES)
def test_graphs_are_nested_exactly_or_said_to_wait_longer(steps: str) -> None:
    stages = "".join(f"  {name}: {{run: make}}\n" for name in "abcdef" if name in steps)
    head = f"version: 1\nname: x\nvendors: [jenkins]\nstages:\n{stages}workflows:\n"
    (plan,) = kit.plans_from(f"{head}  ci: {{on: {{push: true}}, stages: {steps}}}\n")
    made = layout.layout(plan)
    shown = " | ".join(
        " ∥ ".join(" ".join(node.id for node in branch) for branch in group.branches) for group in made.groups
    )
    assert (shown, bool(made.coarse)) == SHAPES[steps]
    assert [one.rule for one in jenkins.limits((plan,))] == (["jenkins-needs"] if made.coarse else [])
    read = {job.id: job.needs for job in jenkins.read(jenkins.render((plan,)))}
    before = kit.ancestors(read)
    exact = kit.ancestors({node.id: node.needs for node in plan.nodes})
    assert before == exact if not made.coarse else all(exact[name] <= before[name] for name in exact)


@pytest.mark.parametrize("style", STYLES)
def test_files_are_read_back_with_their_approvals(style: str) -> None:
    text = golden("deploy-over-ssh", "retrain-deploy", style)
    read = {job.id: job for job in jenkins.read({"jenkins/x.Jenkinsfile": text})}
    plan = kit.plans_of("deploy-over-ssh")[1]
    assert read["hold"] == ReadJob("retrain-deploy", "hold", ("retrain",), (), {}, (), ())
    for node in plan.nodes:
        if not isinstance(node, Approval):
            assert read[node.id] == kit.as_read(plan, node)


def test_both_styles_read_alike() -> None:
    for case, files in others().items():
        assert jenkins.read(dict(sorted(files.items()))) == jenkins.read(GOLDEN[case]), case


def test_what_jenkins_lacks_is_said_somewhere() -> None:
    wanting = {name for name, support in jenkins.FEATURES.items() if support.level in ("partly", "no")}
    assert wanting == set(RULES)
    said = {found.rule for case in kit.CASES for found in jenkins.limits(kit.plans_of(case))}
    found = [(one.rule, one.mark.line) for one in jenkins.limits(kit.plans_from(RUNNERS))]
    assert found == [("jenkins-python", 6), ("jenkins-gpu", 8), ("jenkins-size", 9), ("jenkins-image", 10)]
    assert set(RULES.values()) <= said | {rule for rule, _ in found}


RUNNERS = """
version: 1
name: runners
vendors: [jenkins]
stages:
  python: {run: make, python: "3.12", runner: {image: "python:3.11"}}
  right: {run: make, runner: {image: "python:3.11.9-slim"}}
  gpu: {run: make, runner: {gpu: 1}}
  size: {run: make, runner: {cpus: 4, jenkins: {label: big}}}
  image: {run: make, services: [docker], runner: {image: "python:3.11"}}
workflows:
  ci: {on: {push: true}, stages: [[python, right, gpu, size, image]]}
"""


OVERRIDES = """
version: 1
name: overrides
vendors: [jenkins]
overrides:
  jenkins: {options: {timestamps: false, timeout: {time: 3, unit: HOURS}}, triggers: {pollSCM: "H * * * *"}}
stages:
  one:
    run: make
    runner: {jenkins: {label: big, args: "--shm-size=1g"}, image: "python:3.11"}
    overrides:
      jenkins: {agent: {args: "--ipc=host"}, options: {retry: 2}, environment: {A: it's}, tools: {jdk: "17"}}
  two: {run: make, overrides: {jenkins: {option: {}, agent: {lable: x}}}}
workflows:
  ci: {on: {push: true}, stages: [one, two], overrides: {jenkins: {options: {buildDiscarder: null}}}}
"""


def test_overrides_are_merged_last_and_unknown_ones_refused() -> None:
    plans = kit.plans_from(OVERRIDES)
    (pipeline,) = parse(jenkins.render(plans)["Jenkinsfile"]).pipelines
    assert [one.name for one in pipeline.options] == ["skipDefaultCheckout", "timeout"]
    assert [one.name for one in pipeline.triggers] == ["pollSCM"]
    one = next(stage for stage in pipeline.all_stages() if stage.name == "one")
    assert one.agent is not None
    assert {key: text_of(value) for key, value in one.agent.settings.items()} == {
        "image": "python:3.11", "label": "big", "args": "--ipc=host",
    }  # fmt: skip
    assert [each.name for each in (*one.options, *one.tools)] == ["retry", "jdk"]
    assert [(each.name, text_of(each.value)) for each in one.environment] == [("A", "it's")]
    found = [(each.rule, each.severity, each.mark.line, each.help) for each in jenkins.limits(plans)]
    assert found == [
        ("jenkins-override", "error", 13, "did you mean 'options'?"),
        ("jenkins-override", "error", 13, "did you mean 'label'?"),
    ]


def test_a_schedule_stands_in_the_jobs_of_its_branches() -> None:
    assert "cron(env.BRANCH_NAME == 'retrain' ? 'TZ=UTC\\n0 0 * * *\\n30 12 * * 1-5' : '')" in golden(
        "approval-schedule", "nightly"
    )
    assert "cron(env.BRANCH_IS_PRIMARY == 'true' ? 'TZ=UTC\\n17 * * * *' : '')" in golden(
        "approval-schedule", "hourly"
    )


def test_settings_name_each_thing_once_and_every_job_to_make() -> None:
    found = list(jenkins.settings(kit.plans_of("deploy-over-ssh")))
    assert len({one[:3] for one in found}) == len(found)
    scripts = [one.where.rpartition(": ")[2] for one in found if one.name.startswith("job ")]
    assert scripts == list(GOLDEN["deploy-over-ssh"])
    assert [one.where for one in found if one.kind == "schedule"] == [
        "job retrain-deploy → retrain → Build Now, once"
    ]
    named = {one.name for one in found if one.kind == "credential"}
    assert named == set(re.findall(r"credentialsId: '([^']+)'", "".join(GOLDEN["deploy-over-ssh"].values())))


@pytest.mark.parametrize(
    ("requirements", "given"),
    [
        ("requirements.txt", {"install": "-r requirements.txt"}),
        ('{pyproject: "./ml[train]"}', {"install": "./ml[train]"}),
        ("{lock: ml/uv.lock}", {"lock": "ml/uv.lock"}),
        ('{file: a/b.txt, pyproject: ".", lock: uv.lock}', {"install": "-r a/b.txt .", "lock": "uv.lock"}),
    ],
)
def test_requirements_reach_the_library(requirements: str, given: dict[str, str]) -> None:
    text = vendor_kit.pipeline_text({}, {}, {}) + f"\nstyle: library\nrequirements: {requirements}\n"
    for mlci in ("", "mlci==0.1.0"):
        source = parse(
            jenkins.render(kit.plans_from(text + (f"mlci: {mlci}\n" if mlci else "")))["Jenkinsfile"]
        )
        calls = [one for one in source.nodes if isinstance(one, Call) and one.name == "mlciSetup"]
        assert len(calls) == 3
        for one in calls:
            assert {each.key: text_of(each.value) for each in one.plain} == {"mlci": mlci, **given}


def test_the_how_to_shows_what_is_rendered() -> None:
    page = (Path(__file__).parents[1] / "docs/how-to/use-the-jenkins-library.md").read_text(encoding="utf-8")
    text, shown = re.findall(r"^```(?:yaml|groovy)\n((?:version|stage).*?)^```", page, re.S | re.M)
    rendered = jenkins.render(kit.plans_from(text))["Jenkinsfile"]
    assert textwrap.indent(shown, " " * 16) in rendered
    assert "begins with `@Library('mlci@v0.1.0') _`" in page
    assert rendered.splitlines()[1] == "@Library('mlci@v0.1.0') _"


COMMIT = "0123456789abcdef0123456789abcdef01234567"
LOADED = {
    f"mlci=={__version__}": f"mlci@v{__version__}",
    f"mlci[ssh]=={__version__}": f"mlci@v{__version__}",
    "": f"mlci@v{__version__}",
    "mlci==0.0.1": "mlci@v0.0.1",
    f"git+https://github.com/acme/mlci.git@{COMMIT}": f"mlci@{COMMIT}",
    "wheels/mlci-0.1.0-py3-none-any.whl": f"mlci@v{__version__}",
}
"""What `mlci:` says, and the library that goes with it."""


@pytest.mark.parametrize("given", LOADED)
def test_the_library_is_the_one_of_the_mlci_that_is_installed(given: str) -> None:
    text = (
        vendor_kit.pipeline_text({}, {}, {})
        + "\nstyle: [library, orb]\n"
        + (f"mlci: {given}\n" if given else "")
    )
    plans = kit.plans_from(text)
    assert f"@Library('{LOADED[given]}') _\n" in jenkins.render(plans)["Jenkinsfile"]
    assert ("mlciSetup(" in jenkins.render(plans)["Jenkinsfile"]) == bool(given)
    said = [one for one in jenkins.limits(plans) if one.rule == "jenkins-library-version"]
    assert [one.mark.line for one in said] == ([16] if given == "mlci==0.0.1" else [])


def test_the_library_must_be_made_known_to_jenkins() -> None:
    text = vendor_kit.pipeline_text({}, {}, {}) + f"\nmlci: git+https://github.com/acme/mlci@{COMMIT}\n"
    names = {one.name for one in jenkins.settings(kit.plans_from(text))}
    found = {one.name: one for one in jenkins.settings(kit.plans_from(text + "style: library\n"))}
    assert set(found) - names == {"library mlci", "pipeline-groovy-lib", "git"}
    where = found["library mlci"].where
    assert where.startswith("Manage Jenkins → System → Global Trusted Pipeline Libraries")
    for word in (COMMIT, "https://github.com/acme/mlci", "Library Path jenkins/"):
        assert word in where


BUILD = {"JENKINS_URL": "https://j/", "BUILD_NUMBER": "7", "BUILD_URL": "https://j/7", "GIT_COMMIT": "c0"}


@pytest.mark.parametrize(
    ("environ", "changed"),
    [
        ({"BRANCH_NAME": "main"}, {"branch": "main", "event": "push"}),
        ({"GIT_BRANCH": "origin/main"}, {"branch": "main", "event": "push"}),
        (
            {"BRANCH_NAME": "PR-5", "CHANGE_ID": "5", "CHANGE_BRANCH": "fix", "CHANGE_AUTHOR": "eve"},
            {"branch": "fix", "event": "pull_request", "pr": "5", "actor": "eve"},
        ),
        ({"BRANCH_NAME": "v1", "TAG_NAME": "v1"}, {"tag": "v1", "event": "tag"}),
        (
            {
                "BRANCH_NAME": "main",
                "MLCI_CAUSES": '[{"_class":"hudson.model.Cause$UserIdCause","userId":"ada"}]',
            },
            {"branch": "main", "event": "manual", "actor": "ada"},
        ),
        (
            {
                "BRANCH_NAME": "main",
                "MLCI_CAUSES": '[{"_class":"hudson.triggers.TimerTrigger$TimerTriggerCause"}]',
            },
            {"branch": "main", "event": "schedule"},
        ),
        ({"BRANCH_NAME": "main", "MLCI_CAUSES": "[[_class:x]]"}, {"branch": "main", "event": "push"}),
    ],
)
def test_the_context_is_read_from_documented_variables(
    environ: dict[str, str], changed: dict[str, str]
) -> None:
    base = Context("jenkins", commit="c0", run_id="7", run_url="https://j/7")
    assert jenkins.product.context({**BUILD, **environ}) == base._replace(**changed)
    assert jenkins.product.context(environ) is None


@pytest.mark.real
def test_the_causes_of_a_build_reach_the_context(traces: Traces) -> None:
    for (_, _, context, _), result in zip(traces.cases, traces.results, strict=True):
        for one in executions(result.trace):
            environ = {**build_of("", context)["env"], **one["variables"]}
            found = jenkins.product.context(environ)
            assert found is not None
            assert (found.event, found.branch, found.tag) == (context.event, context.branch, context.tag)
