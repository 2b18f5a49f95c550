"""Travis CI: its schema judges the file, its condition language says who runs, bash what variables hold."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import render_kit as kit
import travis_language
import vendor_kit
import vendor_pipeline
import workflow_tools as tools
from amount_kit import examples
from hypothesis import example, given
from work_kit import calls

from mlci.planning.ancestors import Ancestors
from mlci.planning.context import Context
from mlci.planning.plan import Job, Plan
from mlci.planning.vendor import ReadJob, find
from mlci.vendors.travis.render import conditions, terms, variables
from mlci.vendors.travis.syntax.conditions.printer import printed
from mlci.yaml.document import Document

travis = find("travis")

PATH = ".travis.yml"
GOLDEN = {case: kit.expected(case, "travis")[PATH] for case in kit.CASES}
RULES = {
    "schedule": "travis-schedule",
    "manual-inputs": "travis-manual-inputs",
    "needs": "travis-needs",
    "approval": "travis-approval",
    "environment": "travis-environment",
    "concurrency": "travis-concurrency",
    "concurrency-cancel": "travis-concurrency",
    "secrets": "travis-secrets",
    "oidc": "travis-oidc",
    "image": "travis-image",
    "gpu": "travis-gpu",
    "self-hosted": "travis-self-hosted",
    "cache": "travis-cache",
    "artifacts": "travis-artifacts",
    "junit": "travis-junit",
    "coverage": "travis-artifacts",
}
"""What is said where a feature is wanting."""


def data_of(text: str) -> Any:
    return Document(PATH, text).data


@pytest.mark.real
def test_files_fit_the_schema(tmp_path: Path) -> None:
    files = {f"{case}.yml": text for case, text in GOLDEN.items()}
    top = tools.repository(tmp_path, files)
    words = [tools.program("check-jsonschema"), "--builtin-schema", "vendor.travis", *sorted(files)]
    assert tools.said(words, top) == ""


@pytest.mark.real
def test_shellcheck_is_content_with_every_script(tmp_path: Path) -> None:
    given = (script for text in GOLDEN.values() for script in commands(data_of(text)))
    # A single export holds a user's own text; another test has bash read that.
    scripts = {script for script in given if not variables.read_lines([script])}
    assert len(scripts) > 30
    text = "\n".join(["#!/bin/bash", 'travis_wait() { shift; "$@"; }', *sorted(scripts)])
    assert tools.shellcheck(text, tmp_path) == ""


def commands(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield every command of a file."""
    for holder in (data, *data["jobs"]["include"]):
        for phase in ("before_install", "install", "before_script", "script", "after_failure"):
            given = holder.get(phase, [])
            yield from (one for one in ([given] if isinstance(given, str) else given) if one != "skip")


def test_jobs_stand_in_the_listed_stages_under_names_of_their_own() -> None:
    for text in GOLDEN.values():
        data = data_of(text)
        stages = [one if isinstance(one, str) else one["name"] for one in data["stages"]]
        used = [job["stage"] for job in data["jobs"]["include"]]
        assert list(dict.fromkeys(used)) == stages
        names = [job["name"] for job in data["jobs"]["include"]]
        assert len(set(names)) == len(names)


def test_a_workspace_is_made_in_an_earlier_stage_than_it_is_used() -> None:
    count = 0
    for text in GOLDEN.values():
        made: dict[str, str] = {}
        for job in data_of(text)["jobs"]["include"]:
            for name in job.get("workspaces", {}).get("use", []):
                count += 1
                assert made[name] != job["stage"]
            create = job.get("workspaces", {}).get("create")
            if create:
                assert create["name"] not in made
                made[create["name"]] = job["stage"]
    assert count > 20


@pytest.mark.parametrize("case", kit.CASES)
def test_jobs_run_in_the_builds_they_are_meant_for(case: str) -> None:
    plans = kit.plans_of(case)
    entries = {entry["name"]: entry for entry in data_of(GOLDEN[case])["jobs"]["include"]}
    asked = {
        one["name"]: one.get("if", "") for one in data_of(GOLDEN[case])["stages"] if isinstance(one, dict)
    }
    contexts = vendor_kit.contexts(branches(plans), ("v1", "latest", "draft"))
    for plan in plans:
        approved = Ancestors(plan).approvals_before
        for job in (one for node in plan.jobs for one in node.instances()):
            entry = entries[job.id if len(plans) == 1 else f"{plan.workflow.name} / {job.id}"]
            node = kit.node_of(plan, job.id)
            for context in (one for one in contexts if possible(plan, plans, one)):
                build = attributes(context)
                runs = all(
                    travis_language.holds(text, build)
                    for text in (entry.get("if", ""), asked.get(entry["stage"], ""))
                )
                due = vendor_kit.starts(plan, context) and meets(job, context) and not approved(node)
                assert runs == due, (plan.workflow.name, job.id, context)


def branches(plans: tuple[Plan, ...]) -> list[str]:
    """Return branches to try: those that plans name, made whole, and others."""
    named = {name for plan in plans for name in plan.workflow.on.branches}
    return ["main", "model", "feature/x", "release/1", "release/1/fix", "users/me", "hotfix-2-urgent", *named]


def possible(plan: Plan, plans: tuple[Plan, ...], context: Context) -> bool:
    """Tell whether Travis CI's settings let such a build start: cron runs on the branches of schedules."""
    if context.event != "schedule":
        return True
    wanted = {
        branch
        for one in plans
        if one.workflow.on.schedule
        for branch in one.workflow.on.branches or ("main",)
    }
    return context.branch in wanted


def attributes(context: Context) -> dict[str, str]:
    """Return a run as Travis CI sees it; pull requests are made against main."""
    types = {
        "push": "push",
        "tag": "push",
        "pull_request": "pull_request",
        "schedule": "cron",
        "manual": "api",
    }
    if context.event == "pull_request":
        return {"type": "pull_request", "branch": "main", "head_branch": context.branch}
    return {"type": types[context.event], "branch": context.branch or context.tag, "tag": context.tag}


def meets(job: Job, context: Context) -> bool:
    """Tell whether a job's conditions hold, with every path changed."""
    given = [one for one in job.conditions if one.branch or one.tag or one.event]
    from dataclasses import replace

    return vendor_kit.holds([replace(one, paths=()) for one in given], context, ())


def test_an_approved_build_runs_the_whole_workflow_and_no_other() -> None:
    asked = {one["name"]: one["if"] for one in data_of(GOLDEN["approval-schedule"])["stages"]}
    build = {"type": "api", "branch": "retrain"}

    def running(answer: str) -> set[str]:
        return {
            name
            for name, text in asked.items()
            if travis_language.holds(text, build, {"MLCI_APPROVE": answer})
        }

    assert running("hold") == {"nightly / retrain", "nightly / release"}
    assert running("release-manager") == {"by-hand / retrain", "by-hand / release"}
    assert running("hold-on") == {"by-hand / retrain"}


def test_one_build_can_carry_several_approvals_of_a_workflow() -> None:
    text = (
        "version: 1\nname: x\nvendors: [travis]\nstages: {a: {run: make}, b: {run: make}, c: {run: make}}\n"
        "workflows: {ci: {on: {push: true}, stages: [a, {approve: one}, b, {approve: two}, c]}}\n"
    )
    file = travis.render(kit.plans_from(text))[PATH]
    asked = {one["name"]: one["if"] for one in data_of(file)["stages"]}

    def running(answer: str) -> str:
        build = {"type": "api", "branch": "main"}
        return "".join(
            name for name in asked if travis_language.holds(asked[name], build, {"MLCI_APPROVE": answer})
        )

    assert [running(answer) for answer in ("", "one", "two", "one,two", "zone")] == ["", "ab", "a", "abc", ""]
    assert [job.id for job in travis.read({PATH: file})] == ["a", "one", "b", "two", "c"]


@pytest.mark.parametrize(
    "name",
    [
        "main",
        "type",
        "env-x",
        "environment",
        "internal",
        "draft",
        "a'b",
        'a"b',
        "a'b\"c",
        "x,y",
        "(x)",
        "v*",
        "a/**/b",
        "größe",
    ],
)
def test_any_branch_name_is_matched_and_no_other(name: str) -> None:
    asked = terms.matches(conditions.BRANCH, [name, "other-branch"])
    assert asked is not None
    text = printed(asked)
    whole = name.replace("**/", "deep/er/").replace("*", "1")
    for condition in (text, f"type = push AND ({text})", f"({text}) OR type = cron"):
        assert travis_language.holds(condition, {"type": "push", "branch": whole}), condition
        assert not travis_language.holds(condition, {"type": "push", "branch": f"{whole}x/y"}), condition


@examples(60)
@given(vendor_kit.ENVS, vendor_kit.ENVS)
@example({"A": "it's \\ \" $HOME `id` $(id)\nnext"}, {"A": ""})
def test_strings_come_back_as_they_went_in(env: dict[str, str], shared: dict[str, str]) -> None:
    plans = kit.plans_from(vendor_kit.pipeline_text(env, shared, {}))
    text = travis.render(plans)[PATH]
    read = {job.id: job for job in travis.read({PATH: text})}
    for job in plans[0].jobs:
        assert dict(read[job.id].env) == dict(job.env)
    assert read["second"] == kit.as_read(plans[0], plans[0].jobs[1])._replace(secrets=())


@pytest.mark.real
@examples(40)
@given(vendor_kit.ENVS)
def test_bash_sees_the_variables_as_they_were_written(env: dict[str, str]) -> None:
    env = {f"V_{name}": value for name, value in env.items()}  # bash has names of its own, such as _
    lines = [f"export {entry}" for entry in variables.entries(env)] + variables.exports(env)
    script = "\n".join([*lines, *(f'printf "%s\\0" "${name}"' for name in env)])
    done = subprocess.run(
        ["bash", "--norc", "-c", script], capture_output=True, check=True, env={"LC_ALL": "C.UTF-8"}
    )
    assert done.stdout.decode().split("\0")[:-1] == list(env.values())


@pytest.mark.real
def test_a_rendered_pipeline_really_runs(tmp_path: Path) -> None:
    source = vendor_pipeline.repository(tmp_path / "source")
    data = data_of(travis.render(vendor_pipeline.plans())[PATH])
    kept: dict[str, Path] = {}
    for number, entry in enumerate(data["jobs"]["include"]):
        checkout = tmp_path / f"job-{number}"
        subprocess.run(["git", "clone", "--quiet", source, checkout], check=True)
        for name in entry.get("workspaces", {}).get("use", []):
            shutil.copytree(kept[name] / ".mlci", checkout / ".mlci", dirs_exist_ok=True)
        run_job(data, entry, checkout)
        create = entry.get("workspaces", {}).get("create")
        if create:
            kept[create["name"]] = tmp_path / f"workspace-{number}"
            for path in create["paths"]:
                shutil.copytree(checkout / path, kept[create["name"]] / path)
    assert (checkout / "joined.txt").read_text() == vendor_pipeline.JOINED


def run_job(data: Mapping[str, Any], entry: Mapping[str, Any], checkout: Path, **more: str) -> str:
    """Run a job's phases in one bash, as Travis CI's build script does; return what it said."""
    exports = [f"export {one}" for one in (*data.get("env", {}).get("global", []), *entry.get("env", []))]
    script = "\n".join(["set -e", *exports, *entry.get("before_script", []), entry["script"]])
    environ = {"PATH": vendor_pipeline.path(), "HOME": str(checkout.parent), "TOKEN": vendor_pipeline.TOKEN}
    environ |= {"TRAVIS": "true", "TRAVIS_BRANCH": "main", "TRAVIS_EVENT_TYPE": "push"}
    environ["TRAVIS_COMMIT"] = git(checkout, "rev-parse", "HEAD")
    words = ["bash", "-c", script]
    done = subprocess.run(words, cwd=checkout, env={**environ, **more}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def git(folder: Path, *words: str) -> str:
    return subprocess.check_output(["git", *words], cwd=folder, text=True).strip()


@pytest.mark.real
def test_a_job_does_nothing_when_its_paths_have_not_changed(tmp_path: Path) -> None:
    text = """
version: 1
name: paths
vendors: [travis]
stages:
  model: {run: echo built, if: {paths: ["ml/**"]}}
  after: {run: echo after, if: {paths: [deploy/**]}}
workflows:
  ci: {on: {push: {branches: [main], paths: ["ml/**", docs/**]}}, stages: [model, after]}
"""
    source = tools.repository(tmp_path / "source", {"mlci.yaml": text, "ml/a": "", "docs/a": "", "other": ""})
    identity = ["-c", "user.name=x", "-c", "user.email=x@x"]
    git(source, "add", "."), git(source, *identity, "commit", "--quiet", "-m", "first")
    before = git(source, "rev-parse", "HEAD")
    data = data_of(travis.render(kit.plans_from(text))[PATH])
    entries = {entry["name"]: entry for entry in data["jobs"]["include"]}

    def says(name: str, changed: str, event: str = "push") -> bool:
        git(source, "reset", "--quiet", "--hard", before)
        (source / changed).write_text("changed")
        git(source, *identity, "commit", "--quiet", "--all", "-m", "second")
        given = {
            "TRAVIS_EVENT_TYPE": event,
            "TRAVIS_COMMIT_RANGE": f"{before}...{git(source, 'rev-parse', 'HEAD')}",
        }
        said = run_job(data, entries[name], source, **given)
        ran = f"'{name}' done" in said
        assert ran != (f"Nothing that {name} is for has changed." in said)
        return ran

    assert says("model", "ml/a")
    assert not says("model", "docs/a"), "the workflow starts, this stage does not run"
    assert not says("model", "other"), "the workflow does not start"
    assert not says("after", "ml/a"), "what it needs runs, its own paths have not changed"
    assert says("model", "other", event="cron"), "nobody knows what has changed"


def test_env_holds_only_what_every_parser_of_travis_takes_whole() -> None:
    # One word, or one pair of quotes with nothing in it that ends or escapes them, or breaks the line.
    entries = variables.entries({"A": "a b", "B": "it's", "C": "a\\", "D": "x\ny", "E": "", "F": "1.0"})
    assert entries == ["A='a b'", "E=''", "F=1.0"]
    assert variables.exports({"B": "it's"}) == ["""export B='it'"'"'s'"""]


def test_jobs_wait_for_the_stage_before_and_for_approvals() -> None:
    read = {(job.workflow, job.id): job for job in travis.read({PATH: GOLDEN["deploy-over-ssh"]})}
    assert read["build-deploy", "package"].needs == ("test-1", "test-2")
    hold = ReadJob("retrain-deploy", "hold", ("retrain",), (), {}, (), ())
    assert read["retrain-deploy", "hold"] == hold
    assert read["retrain-deploy", "package"].needs == ("hold",)
    assert read["build-deploy", "test-1"].collects == ("train", "install-build")


def test_what_travis_lacks_is_said_somewhere() -> None:
    wanting = {name for name, support in travis.FEATURES.items() if support.level in ("partly", "no")}
    assert wanting == set(RULES)
    said = {found.rule for case in kit.CASES for found in travis.limits(kit.plans_of(case))}
    extra = kit.plans_from(IMAGES)
    assert set(RULES.values()) <= said | {found.rule for found in travis.limits(extra)}


IMAGES = """
version: 1
name: images
vendors: [travis]
stages:
  odd: {run: make, runner: {image: "acme/cuda:12"}}
  wrong: {run: make, python: "3.12", runner: {image: "python:3.11"}}
  right: {run: make, runner: {image: "python:3.11.9-slim"}}
  large: {run: make, runner: {cpus: 64, memory: 512GB}}
workflows:
  ci: {on: {push: true}, stages: [[odd, wrong, right, large]]}
"""


def test_limits_stand_where_they_are_asked_for() -> None:
    plans = kit.plans_from(IMAGES)
    found = [(one.rule, one.mark.line) for one in travis.limits(plans)]
    assert found == [("travis-image", 6), ("travis-image", 7), ("travis-size", 9)]


OVERRIDES = """
version: 1
name: overrides
vendors: [travis]
overrides: {travis: {dist: noble, notifications: {email: false}, env: {global: [ONLY=this]}}}
env: {A: b}
stages:
  one:
    run: make
    cache: [{paths: [data]}]
    runner: {travis: {arch: arm64}}
    overrides: {travis: {cache: {npm: true}, addons: {apt: {packages: [graphviz, "on"]}}, if: "branch = x"}}
  two: {run: make}
workflows:
  ci: {on: {push: {branches: [main]}}, stages: [one, two], overrides: {travis: {dist: focal}}}
"""


def test_overrides_are_merged_last() -> None:
    text = travis.render(kit.plans_from(OVERRIDES))[PATH]
    data = data_of(text)
    one, two = data["jobs"]["include"]
    assert data["dist"] == "focal"
    assert data["notifications"] == {"email": False}
    assert data["env"] == {"global": ["ONLY=this"]}
    assert one["cache"] == {"pip": True, "directories": ["data"], "npm": True}
    assert (one["arch"], one["if"]) == ("arm64", "branch = x")
    assert one["addons"] == {"apt": {"packages": ["graphviz", "on"]}}
    assert "arch" not in two
    assert text.startswith("# Made by")


def test_settings_name_each_thing_once() -> None:
    found = list(travis.settings(kit.plans_of("deploy-over-ssh")))
    assert len({one[:3] for one in found}) == len(found)
    secrets = {one.name: one.why for one in found if one.kind == "secret"}
    assert secrets["DEPLOY_SERVER_HOSTNAME"] == "stage deploy, stage test-deployment, stage retrain"
    assert [one.name for one in found if one.kind == "schedule"] == ["daily on retrain, always run"]


@pytest.mark.parametrize(
    ("environ", "context"),
    [
        ({}, None),
        ({"TRAVIS": "false"}, None),
        (
            {"TRAVIS": "true", "TRAVIS_COMMIT": "c0", "TRAVIS_BRANCH": "main", "TRAVIS_EVENT_TYPE": "push",
             "TRAVIS_PULL_REQUEST": "false", "TRAVIS_BUILD_NUMBER": "7", "TRAVIS_BUILD_WEB_URL": "https://t/7"},
            Context("travis", "c0", "main", "", "", "push", "7", "https://t/7"),
        ),
        (
            {"TRAVIS": "true", "TRAVIS_BRANCH": "main", "TRAVIS_EVENT_TYPE": "pull_request",
             "TRAVIS_PULL_REQUEST": "12", "TRAVIS_PULL_REQUEST_BRANCH": "fix"},
            Context("travis", branch="fix", pr="12", event="pull_request"),
        ),
        (
            {"TRAVIS": "true", "TRAVIS_BRANCH": "v1", "TRAVIS_TAG": "v1", "TRAVIS_EVENT_TYPE": "push"},
            Context("travis", tag="v1", event="tag"),
        ),
        ({"TRAVIS": "true", "TRAVIS_EVENT_TYPE": "cron"}, Context("travis", event="schedule")),
        ({"TRAVIS": "true", "TRAVIS_EVENT_TYPE": "api"}, Context("travis", event="manual")),
    ],
)  # fmt: skip
def test_the_context_is_read_from_documented_variables(
    environ: dict[str, str], context: Context | None
) -> None:
    assert travis.product.context(environ) == context


def test_work_grows_with_the_number_of_jobs_and_no_faster() -> None:
    few, much = many(200), many(1000)
    assert calls(lambda: travis.render(much)) < 5.2 * calls(lambda: travis.render(few))


def many(count: int) -> tuple[Plan, ...]:
    """Return a pipeline of so many jobs, in groups of ten that wait for each other."""
    stages = "".join(
        f"  s{at}: {{run: make, inputs: [d{at - 10}], outputs: [d{at}]}}\n"
        if at >= 10
        else f"  s{at}: {{run: make, outputs: [d{at}]}}\n"
        for at in range(count)
    )
    groups = ", ".join(f"[{', '.join(f's{at + one}' for one in range(10))}]" for at in range(0, count, 10))
    head = "version: 1\nname: many\nvendors: [travis]\nstages:\n"
    return kit.plans_from(f"{head}{stages}workflows:\n  ci: {{on: {{push: true}}, stages: [{groups}]}}\n")
