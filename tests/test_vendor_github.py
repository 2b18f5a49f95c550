"""GitHub Actions: real tools judge the workflows, and what is read back is what went in."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import render_kit as kit
import vendor_kit
import workflow_tools as tools
from amount_kit import examples
from hypothesis import given

from mlci.findings import Finding, Mark
from mlci.language.model import Condition
from mlci.planning.context import Context
from mlci.planning.plan import Approval, Plan
from mlci.planning.selection import answers
from mlci.planning.vendor import ReadJob, find
from mlci.vendors.github.render.files import start_of
from mlci.vendors.github.render.pins import PINS, pin_all, pinned
from mlci.vendors.github.render.runners import own
from mlci.yaml.document import Document

github = find("github")

OWN = {
    ("mlci/mlci", "6b1f0c2e9d3a4857b6c5d4e3f2a1908776655443"),
    ("acme/mlci-fork", "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c"),
}
"""Where the cases have mlci's own actions from."""
GOLDEN = {case: kit.expected(case, "github") for case in kit.CASES}


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All expected workflows in one repository, each named after its case."""
    files = {
        f".github/workflows/{case}--{Path(path).name}": text
        for case, given in GOLDEN.items()
        for path, text in given.items()
    }
    labels = {
        label
        for case in kit.CASES
        for plan in kit.plans_of(case)
        for job in plan.jobs
        for label in own(job.runner).get("labels", ())
    }
    files[".github/actionlint.yaml"] = f"self-hosted-runner: {{labels: [{', '.join(sorted(labels))}]}}\n"
    return tools.repository(tmp_path_factory.mktemp("github"), files)


@pytest.mark.real
def test_actionlint_and_shellcheck_are_content(everything: Path) -> None:
    words = [tools.program("actionlint"), "-shellcheck", tools.program("shellcheck"), "-no-color"]
    assert tools.said(words, everything) == ""


@pytest.mark.real
def test_zizmor_finds_nothing(everything: Path) -> None:
    words = [tools.program("zizmor"), "--offline", "--quiet", "--no-progress", "--color", "never", "."]
    assert tools.said(words, everything) == ""


@pytest.mark.real
def test_workflows_fit_the_schema(everything: Path) -> None:
    files = sorted((everything / ".github" / "workflows").iterdir())
    words = [tools.program("check-jsonschema"), "--builtin-schema", "vendor.github-workflows", *files]
    assert tools.said(words, everything) == ""


@pytest.mark.parametrize("case", kit.CASES)
def test_reading_back_yields_what_went_in(case: str) -> None:
    wanted = {node_read(plan, node) for plan in kit.plans_of(case) for node in plan.nodes}
    assert {comparable(job) for job in github.read(GOLDEN[case])} == wanted


def node_read(plan: Plan, node: Any) -> str:
    if isinstance(node, Approval):
        needs = tuple(sorted(node.needs))
        return comparable(ReadJob(plan.workflow.name, node.id, needs, (), {}, (), ()))
    return comparable(kit.as_read(plan, node))


def comparable(job: ReadJob) -> str:
    return repr(job._replace(env=dict(sorted(job.env.items()))))


@pytest.mark.real
def test_mlci_finds_nothing_where_its_own_actions_are_used(tmp_path: Path) -> None:
    for case in ("style-actions", "style-actions-lock"):
        top = tools.repository(tmp_path / case, GOLDEN[case])
        assert tools.said([tools.program("mlci"), "lint", "--strict", ".github"], top) == ""


@pytest.mark.parametrize("style", ["steps", "actions"])
@given(vendor_kit.ENVS, vendor_kit.ENVS, vendor_kit.ENVS)
@examples(150)
def test_any_string_comes_back(
    style: str, env: dict[str, str], shared: dict[str, str], service: dict[str, str]
) -> None:
    (plan,) = kit.plans_from(f"{vendor_kit.pipeline_text(env, shared, service)}\nstyle: {style}\n")
    files = github.render((plan,))
    assert files == github.render((plan,))
    read = {job.id: job for job in github.read(files)}
    assert [read[job.id] for job in plan.jobs] == [kit.as_read(plan, job) for job in plan.jobs]
    data = Document("main.yml", files[".github/workflows/main.yml"]).data
    service_env = data["jobs"]["third"]["services"]["database"].get("env", {})
    assert {name: evaluated(text) for name, text in service_env.items()} == service
    own_env = data["jobs"]["second"].get("env", {})
    assert {name: evaluated(text) for name, text in own_env.items()} == env
    assert {name: evaluated(text) for name, text in (data.get("env") or {}).items()} == shared


def evaluated(text: str) -> str:
    """Return what GitHub makes of a text, in which only expressions that are strings may stand."""
    plain, opened, rest = text.partition("${{")
    if not opened:
        return plain
    found = re.match(r" '((?:[^']|'')*)' }}", rest)
    assert found, f"an expression has slipped in: {text}"
    return plain + found[1].replace("''", "'") + evaluated(rest[found.end() :])


# Conditions ------------------------------------------------------------------------------------------------

TOKEN = re.compile(r"'(?:[^']|'')*'|[A-Za-z_][\w.-]*|==|!=|&&|\|\||[!(),]")


def evaluate(expression: str, values: dict[str, Any]) -> bool:
    """Evaluate an `if:` as GitHub does, case aside."""
    words = {"&&": " and ", "||": " or ", "!": " not ", "true": "True", "false": "False"}
    functions = {
        "startsWith": lambda text, start: text.startswith(start),
        "contains": lambda text, part: part in text,
    }

    def translate(found: re.Match[str]) -> str:
        token = found[0]
        if token.startswith("'"):
            return repr(token[1:-1].replace("''", "'"))
        if token in words or token in functions or not token[0].isalpha():
            return words.get(token, token)
        return f"values[{token!r}]"

    return bool(eval(TOKEN.sub(translate, expression), {"values": values, **functions}))


def variables(context: Context, plan: Plan, changed: tuple[str, ...]) -> dict[str, Any]:
    """Return GitHub's own words for a run, and the answers of `mlci select`."""
    start = start_of(plan)
    tag, pull = context.tag, context.event == "pull_request"
    default = "main" if context.event == "schedule" else context.branch
    ref = f"refs/tags/{tag}" if tag else "refs/pull/7/merge" if pull else f"refs/heads/{default}"
    names = {"manual": "workflow_dispatch", "tag": "push"}
    given = answers(plan, context, lambda: changed)
    return {
        "github.event_name": names.get(context.event, context.event),
        "github.ref": ref,
        "github.ref_name": tag or ("7/merge" if pull else default),
        "github.ref_type": "tag" if tag else "branch",
        "github.head_ref": context.branch if pull else "",
        **{f"needs.{start.select}.outputs.{name}": str(holds).lower() for name, holds in given.items()},
    }


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


@pytest.mark.parametrize("case", kit.CASES)
@pytest.mark.parametrize("changed", [(), ("ml/train.py",), ("deploy/a", "ml/b.py"), ("pyproject.toml",)])
def test_jobs_run_exactly_when_their_conditions_hold(case: str, changed: tuple[str, ...]) -> None:
    checked = 0
    for plan in kit.plans_of(case):
        jobs = Document("x", GOLDEN[case][f".github/workflows/{plan.workflow.name}.yml"]).data["jobs"]
        for context in vendor_kit.contexts(BRANCHES, TAGS):
            if not vendor_kit.starts(plan, context):
                continue
            values = variables(context, plan, changed)
            for node in plan.nodes:
                rendered = str(jobs[node.id].get("if", "true"))
                expected = vendor_kit.holds(node.conditions, context, changed)
                assert evaluate(rendered, values) == expected, (node.id, context, rendered)
                checked += 1
    assert checked


def test_a_condition_no_event_can_meet_never_runs() -> None:
    (plan,) = kit.plans_from(pipeline("{run: make, if: {event: manual}}"))
    assert "if: false" in github.render((plan,))[".github/workflows/main.yml"]


def pipeline(stage: str, on: str = "{push: {branches: [main]}}", more: str = "") -> str:
    head = f"version: 1\nname: sample\nvendors: [github]\nstages:\n  first: {stage}\n"
    return f"{head}workflows:\n  main: {{on: {on}, stages: [first]}}\n{more}"


# Limits ----------------------------------------------------------------------------------------------------

LIMITS = {
    "schedule": pipeline("{run: make}", '{schedule: "0 0 * * *", branches: [a, b]}'),
    "push": pipeline("{run: make}", '{push: {branches: ["v?"]}}'),
    "tags": pipeline("{run: make}", '{push: {tags: ["v?"]}}'),
    "paths": pipeline("{run: make}", '{push: {paths: ["a?"]}}'),
    "pull_request": pipeline("{run: make}", "{pull_request: {tags: [v1]}}"),
    "manual-inputs": pipeline("{run: make}", '{manual: {inputs: {x: {default: "${{ x }}"}}}}'),
    "gpu": pipeline("{run: make, runner: {gpu: 1}}"),
    "self-hosted": pipeline("{run: make, runner: {github: {label: own}}}"),
    "timeout": pipeline("{run: make, timeout: 7h}"),
    "matrix": pipeline(f"{{run: make, matrix: {{a: {list(range(300))}}}}}"),
    "python": pipeline('{run: make, python: "3.12", runner: {image: "python:3.11"}}'),
    "docker": pipeline("{run: make, services: [docker], runner: {image: python}}"),
    "services": pipeline(
        "{run: make, services: [{name: a, image: b}], runner: {github: {labels: [self-hosted]}}}"
    ),
    "cache": pipeline("{run: make, cache: [{paths: [a]}]}", '{push: {tags: ["v*"]}}'),
    "env": pipeline("{run: make, env: {Case: one, CASE: two}}"),
}


@pytest.mark.parametrize("feature", LIMITS)
def test_what_github_cannot_do_is_said_at_its_place(feature: str) -> None:
    (found,) = github.limits(kit.plans_from(LIMITS[feature]))
    assert found.rule == f"github-{feature}"
    assert found.message.startswith("GitHub Actions: ")
    assert found.help
    assert found.mark.line in (5, 7)


COMMIT = "0123456789abcdef0123456789abcdef01234567"
STYLES = {
    "": ["warning: GitHub Actions: jobs use mlci's actions at the tag v0.1.0, which can be moved"],
    "mlci==0.1.0": ["warning: GitHub Actions: jobs use mlci's actions at the tag v0.1.0, which can be moved"],
    "mlci[ssh]==0.0.9": [
        "warning: GitHub Actions: jobs use mlci's actions at the tag v0.0.9, which can be moved",
        "warning: GitHub Actions: the actions of mlci 0.0.9 may take other inputs than mlci 0.1.0 writes",
    ],
    "dist/mlci-0.1.0-py3-none-any.whl": [
        "error: GitHub Actions: mlci's actions are had from its repository, and 'dist/"
    ],
    "git+https://github.com/mlci/mlci@main": ["error: GitHub Actions: mlci's actions are had from"],
    f"git+https://github.com/acme/mlci@{COMMIT}": [],
    f"mlci[ssh]@git+https://github.com/mlci/mlci.git@{COMMIT}": [],
}


def styled(mlci: str, style: str = "actions", more: str = "") -> tuple[Plan, ...]:
    """Return a plan whose jobs are written in a style."""
    named = f'mlci: "{mlci}"\n' if mlci else ""
    return kit.plans_from(pipeline("{run: make}", more=f"style: {style}\n{named}{more}"))


@pytest.mark.parametrize("mlci", STYLES)
def test_where_actions_are_had_from_is_judged(mlci: str) -> None:
    found = list(github.limits(styled(mlci)))
    said = [f"{each.severity}: {each.message}" for each in found]
    assert [told[: len(begin)] for told, begin in zip(said, STYLES[mlci], strict=True)] == STYLES[mlci]
    for each in found:
        assert each.rule == "github-style"
        assert each.help
        assert (each.mark.line, each.mark.column) == ((9, 7) if mlci else (8, 8))
    assert list(github.limits(styled(mlci, "[steps, orb]"))) == []


def test_jobs_use_the_actions_of_the_release_or_commit() -> None:
    for mlci, uses in (
        ("", "mlci/mlci/actions/{}@v0.1.0"),
        ("mlci[ssh]==0.0.9", "mlci/mlci/actions/{}@v0.0.9"),
        (f"git+https://github.com/acme/own@{COMMIT}", f"acme/own/actions/{{}}@{COMMIT}"),
    ):
        (step, run) = steps_of(styled(mlci))[1:]
        assert (step["uses"], run["uses"]) == (uses.format("setup"), uses.format("run"))
        assert step["with"].get("extras", "") == ("ssh" if "[ssh]" in mlci else "")
        assert (run["with"]["python-version"], run["with"]["stage"]) == ("", "first")


@pytest.mark.parametrize(
    ("requirements", "given"),
    [
        ("ml/requirements.txt", {"install": "-r ml/requirements.txt", "cache": "ml/requirements.txt"}),
        ('{pyproject: "./ml[train]"}', {"install": "'./ml[train]'", "cache": "ml/pyproject.toml"}),
        ("{lock: ml/uv.lock}", {"lock": "ml/uv.lock", "cache": "ml/uv.lock"}),
    ],
)
def test_requirements_reach_the_action(requirements: str, given: dict[str, str]) -> None:
    (plan,) = styled("mlci==0.1.0", more=f"requirements: {requirements}\n")
    setup = steps_of((plan,))[1]["with"]
    assert setup == {"python-version": "3.11", **given}


def test_the_how_to_shows_what_is_rendered() -> None:
    page = (Path(__file__).parents[1] / "docs" / "how-to" / "use-the-actions.md").read_text(encoding="utf-8")
    text, job = re.findall(r"^```yaml\n(.*?)^```", page, re.S | re.M)[-2:]
    assert job in github.render(kit.plans_from(text))[".github/workflows/main.yml"]


def test_without_a_state_of_the_repository_steps_stay_plain() -> None:
    wheel = styled("dist/mlci-0.1.0-py3-none-any.whl")
    assert github.render(wheel) == github.render(styled("dist/mlci-0.1.0-py3-none-any.whl", "steps"))


def steps_of(plans: tuple[Plan, ...]) -> list[dict[str, Any]]:
    """Return the steps of the one job."""
    data = Document("x", github.render(plans)[".github/workflows/main.yml"]).data
    steps = data["jobs"]["first"]["steps"]
    assert isinstance(steps, list)
    return steps


def test_features_that_are_not_whole_have_a_limit() -> None:
    part = {name for name, support in github.FEATURES.items() if support.level in ("partly", "no")}
    assert part <= set(LIMITS)


# A run -----------------------------------------------------------------------------------------------------

RUN = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_SHA": "abc",
    "GITHUB_REF": "refs/heads/main",
    "GITHUB_REF_NAME": "main",
    "GITHUB_REF_TYPE": "branch",
    "GITHUB_EVENT_NAME": "push",
    "GITHUB_RUN_ID": "12",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "acme/model",
    "GITHUB_ACTOR": "ada",
    "GITHUB_HEAD_REF": "",
}


def test_a_push_is_read() -> None:
    run = "https://github.com/acme/model/actions/runs/12"
    assert github.product.context(RUN) == Context("github", "abc", "main", "", "", "push", "12", run, "ada")


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"GITHUB_EVENT_NAME": "workflow_dispatch"}, {"event": "manual"}),
        (
            {"GITHUB_EVENT_NAME": "schedule", "MLCI_BRANCH": "retrain", "MLCI_COMMIT": "def"},
            {"event": "schedule", "branch": "retrain", "commit": "def"},
        ),
        ({"GITHUB_REF_TYPE": "tag", "GITHUB_REF_NAME": "v1"}, {"event": "tag", "tag": "v1", "branch": ""}),
        (
            {
                "GITHUB_EVENT_NAME": "pull_request",
                "GITHUB_REF": "refs/pull/7/merge",
                "GITHUB_REF_NAME": "7/merge",
                "GITHUB_HEAD_REF": "topic",
            },
            {"event": "pull_request", "pr": "7", "branch": "topic"},
        ),
    ],
)
def test_other_runs_are_read(given: dict[str, str], wanted: dict[str, str]) -> None:
    base = github.product.context(RUN)
    assert base is not None
    assert github.product.context({**RUN, **given}) == base._replace(**wanted)


def test_no_run_of_github_is_none() -> None:
    assert github.product.context({"CI": "true"}) is None


def test_an_annotation_is_escaped() -> None:
    found = Finding(Mark("a,b:c.yml", 3, 5), "50% of\nit", "some-rule", "warning", "mend it")
    wanted = "::warning file=a%2Cb%3Ac.yml,line=3,col=5,title=some-rule::50%25 of%0Ait%0Ahelp: mend it"
    assert github.product.annotate(found) == wanted


def test_the_summary_is_the_file_github_names() -> None:
    assert github.product.summary_file({"GITHUB_STEP_SUMMARY": "s.md"}) == "s.md"
    assert github.product.summary_file({}) is None


# Settings and pins -----------------------------------------------------------------------------------------


def test_settings_name_what_must_be_there() -> None:
    found = {(one.kind, one.name) for one in github.settings(kit.plans_of("everything"))}
    assert {
        ("environment", "production"),
        ("environment", "go-live"),
        ("secret", "DEPLOY_SSH_KEY"),
        ("secret", "REGISTRY_TOKEN"),
        ("secret", "SLACK_WEBHOOK_URL"),
        ("runner", "self-hosted, gpu"),
        ("schedule", "retrain"),
    } <= found


def test_a_secret_of_an_environment_is_set_there() -> None:
    where = {one.name: one.where for one in github.settings(kit.plans_of("everything"))}
    assert where["DEPLOY_SSH_KEY"].endswith("production → Environment secrets")
    assert "Environment" not in where["REGISTRY_TOKEN"]


def test_every_action_is_pinned_to_its_commit() -> None:
    used = {
        line.partition("uses: ")[2]
        for files in GOLDEN.values()
        for text in files.values()
        for line in text.splitlines()
        if "uses: " in line
    }
    own = {f"{source}/actions/{name}@{commit}" for source, commit in OWN for name in ("setup", "run")}
    assert used <= {pinned(action) for action in PINS} | own


def test_an_action_without_a_ref_is_pinned() -> None:
    text = "      - uses: docker/login-action\n      - uses: docker/login-action@v3\n      - uses: acme/own\n"
    pin = PINS["docker/login-action"]
    first, *others = pin_all(text).splitlines()
    assert first == f"      - uses: docker/login-action@{pin.commit} # {pin.release}"
    assert others == text.splitlines()[1:]


def test_secrets_reach_one_step_alone() -> None:
    for files in GOLDEN.values():
        for text in files.values():
            for job in Document("x", text).data["jobs"].values():
                outside = {key: value for key, value in job.items() if key != "steps"}
                assert "secrets." not in repr(outside)
                assert sum("secrets." in repr(step) for step in job["steps"]) <= 1


def test_condition_of_a_scheduled_branch_is_decided_beforehand() -> None:
    on = '{schedule: "0 0 * * *", branches: [retrain]}'
    for branch, wanted in (("retrain", "true"), ("main", "false")):
        (plan,) = kit.plans_from(pipeline(f"{{run: make, if: {{branch: {branch}}}}}", on))
        data = Document("x", github.render((plan,))[".github/workflows/main.yml"]).data
        assert str(data["jobs"]["first"].get("if", True)).lower() == wanted
    assert Condition(branch=("main",)) in plan.jobs[0].conditions


def test_a_machine_of_ones_own_that_strangers_could_use_is_said() -> None:
    def guarded(case: str) -> bool:
        return any(one.name.startswith("Require approval") for one in github.settings(kit.plans_of(case)))

    assert guarded("digits"), "its training runs for pull requests, on a machine of one's own"
    assert not guarded("everything"), "its training does not run for pull requests"
    assert not guarded("gpu-self-hosted"), "no pull request starts it"
