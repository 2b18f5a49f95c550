"""CircleCI: its schema and shellcheck judge the configuration, and what is read back is what went in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import render_kit as kit
import vendor_kit
import workflow_tools as tools
from amount_kit import examples
from hypothesis import given
from hypothesis import strategies as st

from mlci.language.catalogue import STEPS
from mlci.planning.context import Context
from mlci.planning.plan import Approval, Job, Plan
from mlci.planning.selection import answers
from mlci.planning.vendor import ReadJob, find
from mlci.vendors.circleci.render.conditions import parameter
from mlci.vendors.circleci.render.executors import CONTAINERS, fitting
from mlci.vendors.circleci.render.logic import regex
from mlci.vendors.circleci.syntax.shipped_orb import SHIPPED
from mlci.yaml.document import Document

circleci = find("circleci")

CONFIG, CONTINUED = ".circleci/config.yml", ".circleci/continue_config.yml"
GOLDEN = {case: kit.expected(case, "circleci") for case in kit.CASES}
STYLES = (STEPS, *circleci.product.STYLES)


def styled(plans: tuple[Plan, ...], style: str) -> tuple[Plan, ...]:
    """Return plans whose pipeline asks for a style."""
    pipeline = replace(plans[0].pipeline, style=(style,))
    return tuple(replace(plan, pipeline=pipeline) for plan in plans)


@cache
def rendered() -> dict[str, dict[str, str]]:
    """Return every case in every style, whichever it asks for itself."""
    return {
        f"{case}-{style}": circleci.render(styled(kit.plans_of(case), style))
        for case in kit.CASES
        for style in STYLES
    }


def data_of(case: str) -> Any:
    """Return a case's configuration, the one with the stages."""
    return data_in(GOLDEN[case])


def data_in(files: dict[str, str]) -> Any:
    return Document(CONFIG, files.get(CONTINUED, files[CONFIG])).data


@pytest.mark.real
def test_configurations_fit_the_schema(tmp_path: Path) -> None:
    files = {f"{case}/{path}": text for case, given in rendered().items() for path, text in given.items()}
    top = tools.repository(tmp_path, files)
    words = [tools.program("check-jsonschema"), "--builtin-schema", "vendor.circle-ci", *sorted(files)]
    assert tools.said(words, top) == ""


@pytest.mark.real
def test_the_linter_is_content_and_knows_the_orb(tmp_path: Path) -> None:
    files = {f"{case}/{path}": text for case, given in rendered().items() for path, text in given.items()}
    top = tools.repository(tmp_path, files)
    words = [tools.program("mlci"), "lint", "--strict", "--no-partners", "--kind", "circleci"]
    assert tools.said([*words, *sorted(files)], top) == ""
    wrong = "minimal-orb/.circleci/config.yml"
    (top / wrong).write_text(files[wrong].replace("          workflow:", "          workfow:", 1))
    said = tools.said([*words, wrong], top)
    assert "the command 'mlci/exec' has no parameter 'workfow'" in said, said


@pytest.mark.real
def test_shellcheck_is_content_with_every_script(tmp_path: Path) -> None:
    scripts = {
        re.sub(r"<<[^>]*>>", "given", script)
        for files in GOLDEN.values()
        for text in files.values()
        for script in commands(Document("x", text).data)
    }
    assert len(scripts) > 10
    for script in sorted(scripts):
        assert tools.shellcheck(script, tmp_path) == ""


def commands(node: Any) -> Iterator[str]:
    """Yield every command of `run` steps."""
    if isinstance(node, dict):
        run = node.get("run")
        if isinstance(run, dict) and "command" in run:
            yield run["command"]
        for value in node.values():
            yield from commands(value)
    elif isinstance(node, list):
        for value in node:
            yield from commands(value)


def test_every_name_that_is_used_is_defined() -> None:
    for files in rendered().values():
        data = data_in(files)
        groups = data.get("job-groups") or {}
        used = [use for holder in (*data["workflows"].values(), *groups.values()) for use in holder["jobs"]]
        for use in used:
            key, options = (use, {}) if isinstance(use, str) else next(iter(use.items()))
            assert key in {*data["jobs"], *groups} or options.get("type") == "approval"
        for job in data["jobs"].values():
            assert "docker" in job or job["executor"] in data["executors"]
            names = {step if isinstance(step, str) else next(iter(step)) for step in job["steps"]}
            own = {"setup", "run-stage", "need-secrets", "tell-of-failure"} & names
            assert own <= set(data.get("commands", ()))
            assert {name.partition("/")[0] for name in names if "/" in name} <= set(data.get("orbs", ()))
        declared = set(data.get("parameters") or {})
        asked = re.findall(r"pipeline\.parameters\.([\w-]+)", "".join(files.values()))
        assert set(asked) <= declared


def test_both_files_of_a_setup_declare_the_same_parameters() -> None:
    for case, files in GOLDEN.items():
        if CONTINUED not in files:
            continue
        first, second = (
            Document("x", files[path]).data.get("parameters") or {} for path in (CONFIG, CONTINUED)
        )
        answered = {
            f"{plan.workflow.name}--{name}"
            for plan in kit.plans_of(case)
            for name in answers(plan, Context(event="push"), lambda: ())
        }
        assert {name: second[name] for name in second if name not in answered} == first
        assert answered <= set(second)


def without_matrix(job: ReadJob) -> ReadJob:
    return job._replace(env=dict(sorted(job.env.items())))


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("case", kit.CASES)
def test_reading_back_yields_what_went_in(case: str, style: str) -> None:
    wanted = [wanted_job(plan, node) for plan in kit.plans_of(case) for node in plan.nodes]
    read = circleci.read(rendered()[f"{case}-{style}"])
    assert sorted(map(repr, read)) == sorted(map(repr, wanted))


def wanted_job(plan: Plan, node: Job | Approval) -> ReadJob:
    if isinstance(node, Approval):
        return ReadJob(plan.workflow.name, node.id, tuple(sorted(node.needs)), (), {}, (), ())
    words = ("--allow-failure",) if node.stage.allow_failure else ()
    wanted = kit.as_read(plan, node, words=words)
    if node.stage.matrix is not None and "--job" in wanted.command:
        at = wanted.command.index("--job")
        wanted = wanted._replace(command=wanted.command[:at] + wanted.command[at + 2 :])
    return wanted


@given(vendor_kit.ENVS, vendor_kit.ENVS, vendor_kit.ENVS, st.sampled_from(STYLES))
@examples(200)
def test_any_string_comes_back(
    env: dict[str, str], shared: dict[str, str], service: dict[str, str], style: str
) -> None:
    (plan,) = styled(kit.plans_from(vendor_kit.pipeline_text(env, shared, service)), style)
    files = circleci.render((plan,))
    assert files == circleci.render((plan,))
    read = {job.id: job for job in circleci.read(files)}
    assert [read[job.id] for job in plan.jobs] == [kit.as_read(plan, job) for job in plan.jobs]
    data = data_in(files)
    beside = data["jobs"]["third"]["docker"][1].get("environment", {})
    assert {name: evaluated(text) for name, text in beside.items()} == service
    own = data["jobs"]["second"].get("environment", {})
    assert {name: evaluated(text) for name, text in own.items()} == {**shared, **env}


def evaluated(text: str) -> str:
    r"""Return what CircleCI makes of a text, in which no parameter may stand: `\<<` becomes `<<`."""
    assert not re.search(r"(?<!\\)<<", text), f"a parameter has slipped in: {text}"
    return text.replace("\\<<", "<<")


# The instances of a matrix ---------------------------------------------------------------------------------


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("case", ["matrix", "everything"])
def test_a_matrix_names_exactly_its_instances(case: str, style: str) -> None:
    data = data_in(rendered()[f"{case}-{style}"])
    for plan in kit.plans_of(case):
        for key, options in uses(data, plan.workflow.name):
            job = (
                plan.job(options.get("name", key))
                if "matrix" not in options
                else plan.job(options["matrix"]["alias"])
            )
            if job is None or job.stage.matrix is None:
                continue
            rows = list(expand(options["matrix"]))
            given = {name: value for step in data["jobs"][key]["steps"] for name, value in pairs(step)}
            stage = given["run-stage"] if style == STEPS else given["mlci/exec"]
            assert {fill(stage["job"], row) for row in rows} == {one.id for one in job.instances()}
            if style == STEPS:
                words = {fill(stage["command"], row) for row in rows}
                assert words == {" ".join(one.command) for one in job.instances()}


def pairs(step: Any) -> Iterator[tuple[str, Any]]:
    """Yield a step's name and arguments, if it has any."""
    yield from step.items() if isinstance(step, dict) else ()


def uses(data: Any, workflow: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield how a workflow uses its jobs."""
    groups = data.get("job-groups") or {}
    for use in data["workflows"][workflow]["jobs"]:
        key, options = (use, {}) if isinstance(use, str) else next(iter(use.items()))
        if key in groups:
            for inner in groups[key]["jobs"]:
                yield (inner, {}) if isinstance(inner, str) else next(iter(inner.items()))
        else:
            yield key, options


def expand(matrix: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Yield each combination, as CircleCI does."""
    from itertools import product

    axes = matrix["parameters"]
    for values in product(*axes.values()):
        row = dict(zip(axes, values, strict=True))
        if row not in matrix.get("exclude", []):
            yield row


def fill(text: str, row: dict[str, str]) -> str:
    return re.sub(r"<< parameters\.([\w-]+) >>", lambda found: row[found[1]], text)


# Conditions ------------------------------------------------------------------------------------------------


class Value(str):
    """A value of a pipeline; `@` is starts-with."""

    __slots__ = ()

    def __matmul__(self, prefix: str) -> bool:
        return self.startswith(prefix)


TOKEN = re.compile(r""""[^"]*"|'[^']*'|[A-Za-z_][\w.-]*|==|!=|[()]""")


def evaluate(expression: str, values: dict[str, Any]) -> bool:
    """Evaluate an expression as CircleCI does."""
    words = {"and": " and ", "or": " or ", "not": " not ", "starts-with": " @ "}

    def translate(found: re.Match[str]) -> str:
        token = found[0]
        if token in words or not token[0].isalpha():
            return words.get(token, token)
        return f"values[{token!r}]"

    return bool(eval(TOKEN.sub(translate, expression), {"values": values}))


def state(logic: Any, values: dict[str, Any]) -> Any:
    """Evaluate a logic statement as CircleCI does."""
    if isinstance(logic, str):
        found = re.fullmatch(r"<< (.*) >>", logic)
        return values[found[1]] if found else logic
    (word, given), *_ = logic.items()
    if word == "not":
        return not state(given, values)
    if word == "equal":
        return len({state(each, values) for each in given}) == 1
    if word == "matches":
        return re.fullmatch(given["pattern"], state(given["value"], values)) is not None
    return (all if word == "and" else any)(state(each, values) for each in given)


def passes(filters: Any, values: dict[str, Any]) -> bool:
    """Tell whether a job's filters let it run, as CircleCI does."""
    branch, tag = values["pipeline.git.branch"], values["pipeline.git.tag"]
    if isinstance(filters, str):
        return evaluate(filters, values)
    if tag:
        rule = (filters or {}).get("tags")
        return rule is not None and any(named(each, tag) for each in rule["only"])
    rule = (filters or {}).get("branches", {"ignore": []})
    if "only" in rule:
        return any(named(each, branch) for each in rule["only"])
    return not any(named(each, branch) for each in rule["ignore"])


def named(rule: str, name: str) -> bool:
    return re.fullmatch(rule[1:-1], name) is not None if rule.startswith("/") else rule == name


def variables(
    context: Context, plan: Plan, plans: tuple[Plan, ...], changed: tuple[str, ...]
) -> dict[str, Any]:
    """Return CircleCI's own words for a run, and the answers of `mlci select`."""
    sources = {"schedule": "scheduled_pipeline", "manual": "api"}
    by_name = context.event in sources
    found = {
        "pipeline.trigger_source": Value(sources.get(context.event, "webhook")),
        "pipeline.git.branch": Value(context.branch),
        "pipeline.git.tag": Value(context.tag),
        "pipeline.git.branch.is_default": context.branch == vendor_kit.DEFAULT,
        "pipeline.parameters.workflow": plan.workflow.name if by_name else "none",
    }
    for each in plans:
        for name, holds in answers(each, context, lambda: changed).items():
            found[f"pipeline.parameters.{parameter(each.workflow.name, name)}"] = holds
    return found


BRANCHES = (
    "main",
    "mainly",
    "retrain",
    "release/1",
    "release/1/fix",
    "hotfix-a-urgent",
    "feature/x",
    "users/a/b",
)
TAGS = ("v1", "v1/rc", "latest")


def told_apart(plan: Plan, context: Context) -> bool:
    """Tell whether CircleCI sees such a run as what it is: a pull request is a push to an unnamed branch."""
    push, pull = plan.workflow.on.push, plan.workflow.on.pull_request
    if context.event not in ("push", "pull_request"):
        return True
    if pull is None:
        return context.event == "push"
    if push is not None and not push.branches:
        return context.event == "push"
    is_named = push is not None and vendor_kit.any_of(push.branches, context.branch)
    if context.event == "push":
        return is_named
    return not is_named and context.branch != vendor_kit.DEFAULT


@pytest.mark.parametrize("case", kit.CASES)
@pytest.mark.parametrize("changed", [(), ("ml/train.py",), ("deploy/a", "ml/b.py"), ("pyproject.toml",)])
def test_jobs_run_exactly_when_their_conditions_hold(case: str, changed: tuple[str, ...]) -> None:
    data, plans, ran = data_of(case), kit.plans_of(case), 0
    for plan in plans:
        when = data["workflows"][plan.workflow.name]["when"]
        for context in vendor_kit.contexts(BRANCHES, TAGS):
            if not told_apart(plan, context) or (
                context.event == "schedule" and not plan.workflow.on.branches
            ):
                continue
            values = variables(context, plan, plans, changed)
            runs = evaluate(when, values) if isinstance(when, str) else state(when, values)
            assert bool(runs) == (vendor_kit.starts(plan, context) and touched(plan, context, changed)), (
                context,
                when,
            )
            if runs:
                ran += check_jobs(plan, data, context, values, changed)
    assert ran or changed != ("ml/train.py",)


def touched(plan: Plan, context: Context, changed: tuple[str, ...]) -> bool:
    """Tell whether a trigger's paths hold."""
    trigger = {"push": plan.workflow.on.push, "pull_request": plan.workflow.on.pull_request}.get(
        context.event
    )
    return (
        trigger is None
        or not trigger.paths
        or any(vendor_kit.any_of(trigger.paths, path) for path in changed)
    )


def check_jobs(
    plan: Plan, data: Any, context: Context, values: dict[str, Any], changed: tuple[str, ...]
) -> int:
    """Compare each job's filters with its conditions; return how many were looked at."""
    rules = {
        (options.get("matrix") or {}).get("alias") or options.get("name") or key: options.get("filters")
        for key, options in uses(data, plan.workflow.name)
    }
    for node in plan.nodes:
        expected = vendor_kit.holds(node.conditions, context, changed)
        assert passes(rules[node.id], values) == expected, (node.id, context, rules[node.id])
    return len(plan.nodes)


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("release/*", ["release/1"], ["release/", "release/1/2"][1:]),
        ("**", ["a", "a/b"], []),
        ("ml/", ["ml", "ml/a/b"], ["mla"]),
        ("**/x.py", ["x.py", "a/b/x.py"], ["ax.py"]),
        ("v?.[0]", ["v1.[0]"], ["v1.0", "v12.[0]"]),
        ("a+b$", ["a+b$"], ["aab"]),
    ],
)
def test_patterns_become_regular_expressions(pattern: str, yes: list[str], no: list[str]) -> None:
    assert all(re.fullmatch(regex(pattern), name) for name in yes)
    assert not any(re.fullmatch(regex(pattern), name) for name in no)


def test_a_condition_no_event_can_meet_never_runs() -> None:
    (plan,) = kit.plans_from(pipeline("{run: make, if: {event: manual}}"))
    data = data_in(circleci.render((plan,)))
    assert data["workflows"]["main"]["jobs"] == [{"first": {"filters": {"branches": {"ignore": ["/.*/"]}}}}]


# Limits ----------------------------------------------------------------------------------------------------


def pipeline(stage: str, on: str = "{push: {branches: [main]}}", more: str = "") -> str:
    head = f"version: 1\nname: sample\nvendors: [circleci]\nstages:\n  first: {stage}\n"
    return f"{head}workflows:\n  main: {{on: {on}, stages: [first]{more}}}\n"


LIMITS = {
    "schedule": pipeline("{run: make}", '{schedule: "0 0 * * *"}'),
    "pull_request": pipeline("{run: make}", "{push: {branches: [main]}, pull_request: true}"),
    "manual-inputs": pipeline("{run: make}", "{manual: {inputs: {workflow: {default: x}}}}"),
    "concurrency-cancel": pipeline("{run: make}", more=", concurrency: {group: a, cancel: true}"),
    "gpu": pipeline("{run: make, runner: {gpu: 8}}"),
    "self-hosted": pipeline("{run: make, runner: {cpus: 64}}"),
    "timeout": pipeline("{run: make, timeout: 6h}"),
    "matrix": pipeline("{run: make, matrix: {type: [a, b]}}"),
    "python": pipeline('{run: make, python: "3.12", runner: {image: "python:3.11"}}'),
    "services": pipeline("{run: make, services: [docker, {name: a, image: b}]}"),
    "image": pipeline("{run: make, services: [docker], runner: {image: python}}"),
    "cache": pipeline("{run: make, cache: [{paths: [a], key: [data/]}]}"),
    "names": pipeline("{run: make}").replace("first", "_first"),
    "style": pipeline("{run: make}").replace("stages:", "style: orb\nmlci: mlci==1.0rc1\nstages:", 1),
}


@pytest.mark.parametrize("feature", LIMITS)
def test_what_circleci_cannot_do_is_said_at_its_place(feature: str) -> None:
    (found,) = circleci.limits(kit.plans_from(LIMITS[feature]))
    assert found.rule == f"circleci-{feature}"
    assert found.message.startswith("CircleCI: ")
    assert found.help
    assert found.mark.line in (5, 7)


def test_a_stage_may_be_called_like_a_word_of_yaml() -> None:
    for name in ("on", "null", "yes"):
        for style in STYLES:
            (plan,) = styled(kit.plans_from(pipeline("{run: make}").replace("first", f'"{name}"')), style)
            files = circleci.render((plan,))
            assert circleci.read(files) == (kit.as_read(plan, plan.jobs[0]),)
            given = {
                key: value for step in data_in(files)["jobs"][name]["steps"] for key, value in pairs(step)
            }
            called = given["run-stage"] if style == STEPS else given["mlci/exec"]
            assert called.get("job", name) == name


@pytest.mark.parametrize(
    ("mlci", "reference", "installs"),
    [
        ("mlci==0.1.0", "mlci/mlci@0.1.0", None),
        ("mlci==7.8.9", "mlci/mlci@7.8.9", None),
        ("mlci[ssh]==7.8.9", "mlci/mlci@7.8.9", "mlci[ssh]==7.8.9"),
        (
            f"git+https://github.com/mlci/mlci@{'a' * 40}",
            SHIPPED,
            f"git+https://github.com/mlci/mlci@{'a' * 40}",
        ),
        ("wheels/mlci-0.2.0-py3-none-any.whl", SHIPPED, "wheels/mlci-0.2.0-py3-none-any.whl"),
    ],
)
def test_the_orb_is_of_the_version_that_jobs_install(mlci: str, reference: str, installs: str | None) -> None:
    text = pipeline("{run: make}").replace("stages:", f"style: [orb]\nmlci: {mlci!r}\nstages:", 1)
    data = data_in(circleci.render(kit.plans_from(text)))
    assert data["orbs"] == {"mlci": reference}
    (given,) = (each["mlci/install"] for each in data["jobs"]["first"]["steps"] if "mlci/install" in each)
    assert given.get("mlci") == installs


def test_the_setup_of_style_orb_is_that_of_steps() -> None:
    plain, orb = rendered()["everything-steps"], rendered()["everything-orb"]
    assert plain[CONFIG] == orb[CONFIG]
    both = [Document("x", files[CONTINUED]).data for files in (plain, orb)]
    assert both[0]["workflows"] == both[1]["workflows"]
    assert both[0]["executors"] == both[1]["executors"]
    assert "commands" not in both[1]


def test_features_that_are_not_whole_have_a_limit() -> None:
    part = {name for name, support in circleci.FEATURES.items() if support.level in ("partly", "no")}
    assert part <= set(LIMITS)


def test_unequal_inputs_of_one_name_are_refused() -> None:
    text = pipeline("{run: make}", "{manual: {inputs: {size: {default: a}}}}")
    text += "  other: {on: {manual: {inputs: {size: {default: b}}}}, stages: [first]}\n"
    assert [found.rule for found in circleci.limits(kit.plans_from(text))] == ["circleci-manual-inputs"]


@pytest.mark.parametrize(
    ("cpus", "memory", "wanted"),
    [
        (None, None, ""),
        (1, "1GB", "small"),
        (3, None, "medium+"),
        (4, "16GB", "xlarge"),
        (64, None, "2xlarge+"),
    ],
)
def test_the_smallest_class_that_is_large_enough(cpus: int | None, memory: str | None, wanted: str) -> None:
    from mlci.language.model import Runner

    assert fitting(Runner(cpus=cpus, memory=memory), CONTAINERS) == wanted


# A run -----------------------------------------------------------------------------------------------------

RUN = {
    "CIRCLECI": "true",
    "CIRCLE_SHA1": "abc",
    "CIRCLE_BRANCH": "main",
    "CIRCLE_WORKFLOW_ID": "w",
    "CIRCLE_BUILD_URL": "https://circleci.com/gh/acme/model/7",
    "CIRCLE_USERNAME": "ada",
    "MLCI_TRIGGER": "webhook",
}


def test_a_push_is_read() -> None:
    url = "https://circleci.com/gh/acme/model/7"
    assert circleci.product.context(RUN) == Context(
        "circleci", "abc", "main", "", "", "push", "w", url, "ada"
    )


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"MLCI_TRIGGER": "api"}, {"event": "manual"}),
        ({"MLCI_TRIGGER": "scheduled_pipeline"}, {"event": "schedule"}),
        ({"CIRCLE_TAG": "v1", "CIRCLE_BRANCH": ""}, {"event": "tag", "tag": "v1", "branch": ""}),
        (
            {"CIRCLE_PULL_REQUEST": "https://github.com/acme/model/pull/7"},
            {"event": "pull_request", "pr": "7"},
        ),
    ],
)
def test_other_runs_are_read(given: dict[str, str], wanted: dict[str, str]) -> None:
    base = circleci.product.context(RUN)
    assert base is not None
    assert circleci.product.context({**RUN, **given}) == base._replace(**wanted)


def test_no_run_of_circleci_is_none() -> None:
    assert circleci.product.context({"CI": "true"}) is None


def test_settings_name_what_must_be_there() -> None:
    plain = {one.name for one in circleci.settings(kit.plans_of("minimal"))}
    found = {
        (one.kind, one.name)
        for case in ("everything", "digits")
        for one in circleci.settings(kit.plans_of(case))
    }
    assert {
        ("context", "production"),
        ("secret", "DEPLOY_SSH_KEY"),
        ("secret", "SLACK_WEBHOOK_URL"),
        ("runner", "acme/gpu"),
        ("schedule", "retrain-deploy: 0 0 * * *, retrain"),
        ("setting", "Enable dynamic config using setup workflows"),
    } <= found
    orb = list(circleci.settings(styled(kit.plans_of("minimal"), "orb")))
    assert [one.name for one in orb if one.name not in plain] == ["Allow uncertified orbs"]
    where = {one.name: one.where for one in circleci.settings(kit.plans_of("everything"))}
    assert where["DEPLOY_SSH_KEY"].endswith("Contexts → production")
    assert where["REGISTRY_TOKEN"] == "Project Settings → Environment Variables"
