"""What deploy/roll_out.sh asks of aws, docker and kubectl, and what it does when that fails."""

import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).parents[1]
REGISTRY = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
PROGRAM = """#!/bin/sh
printf '%s' "${0##*/}" >> "$CALLS"
printf ' %s' "$@" >> "$CALLS"
echo >> "$CALLS"
case "${0##*/} $1 $2" in
  "aws ecr get-login-password") echo the-password ;;
  "docker login "*) test "$(cat)" = the-password || exit 9 ;;
  "docker inspect "*) echo "REGISTRY/digits@sha256:0123" ;;
  "kubectl apply "*) test "$3" = - && cat > "$APPLIED" ;;
  "kubectl rollout status") exit "${READY:-0}" ;;
esac
exit 0
""".replace("REGISTRY", REGISTRY)


@pytest.fixture
def roll_out(tmp_path):
    for name in ("aws", "docker", "kubectl"):
        (tmp_path / name).write_text(PROGRAM)
        (tmp_path / name).chmod(0o755)

    def run(**more):
        environment = {
            "PATH": f"{tmp_path}:/usr/bin:/bin",
            "CALLS": str(tmp_path / "calls"),
            "APPLIED": str(tmp_path / "applied"),
            "AWS_ACCOUNT_ID": "123456789012",
            "AWS_REGION": "us-east-1",
            "ECR_REPOSITORY": "digits",
            "EKS_CLUSTER": "models",
            "MLCI_RUN_ID": "42",
            "TMPDIR": str(tmp_path),
            **more,
        }
        done = subprocess.run(
            ["bash", "deploy/roll_out.sh"],
            cwd=TOP,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        calls = (tmp_path / "calls").read_text() if (tmp_path / "calls").exists() else ""
        return done, calls, tmp_path

    return run


def test_builds_pushes_and_rolls_out_what_was_pushed(roll_out):
    done, calls, folder = roll_out()
    assert done.returncode == 0, done.stderr
    assert f"docker build --tag {REGISTRY}/digits:42 ." in calls
    assert f"docker push {REGISTRY}/digits:42" in calls
    assert "aws eks update-kubeconfig --region us-east-1 --name models" in calls
    assert f'image: "{REGISTRY}/digits@sha256:0123"' in (folder / "applied").read_text()
    assert "undo" not in calls


def test_goes_back_when_the_new_version_is_not_ready(roll_out):
    done, calls, _ = roll_out(READY="1")
    assert done.returncode == 1
    assert calls.rstrip().endswith("kubectl rollout undo deployment/digits")


def test_leaves_no_login_behind_and_shows_no_password(roll_out):
    done, calls, folder = roll_out()
    assert "the-password" not in done.stdout + done.stderr + calls
    assert {path.name for path in folder.iterdir()} == {"aws", "docker", "kubectl", "calls", "applied"}


@pytest.mark.parametrize("name", ["AWS_ACCOUNT_ID", "AWS_REGION", "ECR_REPOSITORY", "EKS_CLUSTER"])
def test_does_nothing_without_all_it_needs(roll_out, name):
    done, calls, _ = roll_out(**{name: ""})
    assert done.returncode != 0
    assert name in done.stderr
    assert calls == ""


def test_the_commit_names_the_image_outside_of_a_vendor(roll_out):
    _, calls, _ = roll_out(MLCI_RUN_ID="", MLCI_COMMIT="c0ffee")
    assert f"{REGISTRY}/digits:c0ffee" in calls
