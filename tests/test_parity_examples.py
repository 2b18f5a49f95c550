"""The examples' own files, run as every vendor runs them, and compared: what the README promises, proven."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import performer_kit
import pytest
import test_examples_ssh as ssh
from test_examples import MLCI, QUIET, call, copy

from mlci.parity import performers
from mlci.planning import repository
from mlci.planning import vendor as vendors

pytestmark = pytest.mark.real


@pytest.fixture(autouse=True)
def programs() -> None:
    """Skip what follows where a vendor's files cannot be run."""
    for performer in performers().values():
        performer_kit.require(performer)


def proven(root: Path, *words: str, env: dict[str, str] | None = None) -> dict[str, Any]:
    """Prove an example alike on all vendors; return the one proof of the certificate."""
    done = subprocess.run(
        [*MLCI, "parity", *words],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
        env={**os.environ, **QUIET, **(env or {})},
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    certificate = json.loads((root / ".mlci" / "parity" / "parity.json").read_text())
    assert certificate["alike"]
    (proof,) = certificate["proofs"]
    wanted = repository.load(root).vendors
    assert set(proof["vendors"]) == {"here", *wanted} == {"here", *(each.ID for each in vendors.ALL)}
    assert all(column["proven"] for column in proof["vendors"].values())
    return dict(proof)


def statuses(proof: dict[str, Any], vendor: str = "here") -> dict[str, str]:
    jobs = proof["vendors"][vendor]["jobs"]
    return {name.partition("/")[2]: job["values"]["status"] for name, job in jobs.items()}


def digests(record: dict[str, Any]) -> dict[str, str]:
    """Return what a record says of its inputs and outputs, in the certificate's words."""
    said = {f"input {path}": digest for path, digest in record["inputs"].items()}
    return said | {f"output {path}": digest for path, digest in record["outputs"].items()}


@pytest.mark.tensorflow
def test_the_demo_is_alike_everywhere_and_as_a_run_here(tmp_path: Path) -> None:
    root = copy("digits", tmp_path)
    proof = proven(root, "--workflow", "build-deploy")
    assert set(statuses(proof).values()) == {"passed"}
    call([*MLCI, "run"], root)
    for name in statuses(proof):
        record = json.loads((root / ".mlci" / "handoff" / name / "record.json").read_text())
        expected = digests(record)
        assert expected
        for vendor, column in proof["vendors"].items():
            values = column["jobs"][f"build-deploy/{name}"]["values"]
            assert {key: values[key] for key in expected} == expected, f"{vendor}: {name}"


@pytest.mark.tensorflow
def test_the_demo_is_alike_in_every_vendors_own_style(tmp_path: Path) -> None:
    root = styled(copy("digits", tmp_path))
    proof = proven(root, "--workflow", "build-deploy")
    assert set(statuses(proof).values()) == {"passed"}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("docker-image", ("--event", "pull_request", "--branch", "master")),
        ("travis-eks", ("--branch", "main")),
    ],
)
def test_other_examples_are_alike_in_every_vendors_own_style(
    tmp_path: Path, name: str, words: tuple[str, ...]
) -> None:
    proof = proven(styled(copy(name, tmp_path)), *words)
    assert sorted(set(statuses(proof).values())) == ["passed", "skipped"]


def styled(root: Path) -> Path:
    """Write an example's files anew, each vendor's with mlci's own units."""
    styles = ", ".join(style for vendor in vendors.ALL for style in vendor.product.STYLES)
    with (root / "mlci.yaml").open("a") as file:
        file.write(f"\nstyle: [{styles}]\n")
    for path in root.rglob("*"):
        if any(vendor.product.owns(path.relative_to(root).as_posix()) for vendor in vendors.ALL):
            path.unlink()
    call([*MLCI, "generate"], root)
    for name in ("mlci/mlci/actions/run@", "mlci/exec", "mlciStage("):
        assert subprocess.run(["git", "grep", "-qF", name], cwd=root, check=False).returncode == 0, name
    who = ["-c", "user.name=someone", "-c", "user.email=someone@example.org"]
    call(["git", *who, "commit", "-qam", "Use the units"], root)
    return root


@pytest.mark.tensorflow
@pytest.mark.skipif(not ssh.DATA.is_dir(), reason="needs the data: apt-get install dataset-fashion-mnist")
def test_circleci_ml_is_alike_everywhere(tmp_path: Path) -> None:
    root, remote, port = copy("circleci-ml", tmp_path), tmp_path / "server", ssh.free_port()
    remote.mkdir()
    secrets = root / ".mlci" / "secrets.env"
    secrets.parent.mkdir(exist_ok=True)
    secrets.write_text(
        "DEPLOY_SERVER_HOSTNAME=127.0.0.1\n"
        f"DEPLOY_SERVER_USERNAME={ssh.USER}\n"
        f"DEPLOY_SERVER_PASSWORD={ssh.PASSWORD}\n"
        f"DEPLOY_SERVER_PATH={remote}\n"
    )
    secrets.chmod(0o600)
    with ssh.Server() as server, ssh.serving(remote / "prod" / ssh.MODEL, port):
        ssh.prepare(root, server, port)
        deployed = proven(root, "--workflow", "build-deploy")
        # Nobody approves: each vendor trains on what is deployed, and none replaces it.
        retrained = proven(root, "--workflow", "retrain-deploy")
    assert set(statuses(deployed).values()) == {"passed"}
    assert statuses(retrained) == {
        "install-build": "passed",
        "retrain": "passed",
        "package": "withheld",
        "deploy": "withheld",
        "test-deployment": "withheld",
    }
    assert len(list((remote / "prod" / ssh.MODEL).iterdir())) == 1, "five deployments of one model are one"


STANDIN = """\
name: stand-in
description: Notes that it ran.
inputs:
  role-to-assume: {description: A role., default: ""}
  aws-region: {description: Where., default: ""}
  role-duration-seconds: {description: How long., default: ""}
  username: {description: Who., default: ""}
  password: {description: A secret., default: ""}
runs:
  using: composite
  steps:
    - shell: bash
      run: docker standin NAME
"""
RECORDER = """\
#!/bin/sh
case " $* " in *" - "* | *" --password-stdin "*) cat > /dev/null ;; esac
echo "$(basename "$0") $*" >> "$TMPDIR/calls"
case "$1 $2" in "buildx inspect") echo "Driver: docker-container" ;; esac
"""
"""Registries and clusters are out of reach: what asks them writes down what it was asked."""


def recorded(folder: Path, *names: str) -> str:
    """Return a PATH on which some programs only write down how they were called."""
    folder.mkdir()
    for name in names:
        (folder / name).write_text(RECORDER)
        (folder / name).chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def substitutes(folder: Path, *names: str) -> list[str]:
    """Return the words that give a stand-in for each of some actions."""
    words: list[str] = []
    for name in names:
        (folder / name).mkdir(parents=True)
        (folder / name / "action.yml").write_text(STANDIN.replace("NAME", name))
        words += ["--stand-in", f"{name}={folder / name}"]
    return words


def test_docker_image_is_alike_everywhere(tmp_path: Path) -> None:
    root = copy("docker-image", tmp_path)
    proof = proven(root, "--event", "pull_request", "--branch", "master")
    assert statuses(proof) == {"tests": "passed", "image": "skipped"}
    (root / ".mlci" / "secrets.env").write_text("REGISTRY_USER=acme-robot\nREGISTRY_TOKEN=not-a-real-token\n")
    given = substitutes(
        tmp_path / "actions", *(f"docker/{name}-action" for name in ("setup-qemu", "setup-buildx", "login"))
    )
    path = recorded(tmp_path / "programs", "docker")
    proof = proven(root, "--event", "push", "--branch", "master", *given, env={"PATH": path})
    assert statuses(proof) == {"tests": "passed", "image": "passed"}


AWS_ORB = """\
version: 2.1
commands:
  setup:
    parameters:
      role_arn: {type: string}
      region: {type: string}
      session_duration: {type: string}
      role_session_name: {type: string}
    steps:
      - run: aws configure list
"""


def test_travis_eks_is_alike_everywhere(tmp_path: Path) -> None:
    moto = pytest.importorskip("moto.server", reason="needs moto: pip install 'moto[server]'")
    root, server = copy("travis-eks", tmp_path), moto.ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    (tmp_path / "aws-cli.yml").write_text(AWS_ORB)
    given = substitutes(tmp_path / "actions", "aws-actions/configure-aws-credentials")
    given += ["--stand-in", f"circleci/aws-cli={tmp_path / 'aws-cli.yml'}"]
    secrets = root / ".mlci" / "secrets.env"
    secrets.write_text(
        "AWS_ACCESS_KEY_ID=testing-key\nAWS_SECRET_ACCESS_KEY=testing-secret\nAWS_ID_TOKEN=testing-token\n"
    )
    server.start()
    try:
        host, port = server.get_host_and_port()
        path = recorded(tmp_path / "programs", "docker", "aws", "kubectl")
        env = {"PATH": path, "AWS_ENDPOINT_URL": f"http://{host}:{port}"}
        proof = proven(root, "--branch", "model", *given, env=env)
    finally:
        server.stop()
    assert statuses(proof) == {"train": "passed", "test": "passed", "roll-out": "passed"}
