"""What a machine lacks, on a PATH and in folders that really lack it, and what vendors need."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from mlci.doctor import Diagnosis, doctor
from mlci.doctor.check import Check
from mlci.doctor.machine import programs
from mlci.doctor.packages import holds, pinned
from mlci.doctor.showing import show
from mlci.language.catalogue import vendor_ids
from mlci.language.model import Pipeline, Stage
from mlci.planning import repository
from mlci.planning import vendor as vendors
from mlci.yaml.document import Document

HEAD = f"version: 1\nname: sick\nvendors: [{', '.join(vendor_ids())}]\nmlci: mlci==0.1.0\n"
PLAIN = "stages: {a: {run: make}}\n"
FLOW = "workflows: {main: {on: {push: true}, stages: [a]}}\n"


def pipeline(body: str = PLAIN, flow: str = FLOW, head: str = HEAD) -> Pipeline:
    return repository.parse(Document("mlci.yaml", head + body + flow))


def environ(path: str | None = None, **more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"] if path is None else path, "HOME": os.environ.get("HOME", ""), **more}


def examine(
    root: Path, given: Pipeline | None = None, env: Mapping[str, str] | None = None
) -> dict[str, Check]:
    found = doctor(given, root, environ() if env is None else env)
    return {check.name: check for check in found.checks}


@pytest.fixture
def programs_folder(tmp_path: Path) -> Path:
    """A folder to be the whole PATH: it has Python and what is put into it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "python").symlink_to(sys.executable)
    return folder


def put(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


def test_a_machine_that_has_all_is_healthy(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    found = doctor(pipeline("stages: {a: {run: git status}}\n"), tmp_path, environ())
    assert found.exit_status == 0
    assert {check.name for check in found.checks if check.state == "advice"} <= {"python-version"}


def test_without_a_pipeline_only_mlci_is_looked_at(tmp_path: Path) -> None:
    assert set(examine(tmp_path)) == {"python", "git", "repository"}


def test_missing_programs_are_named_with_a_way_to_get_them(tmp_path: Path, programs_folder: Path) -> None:
    body = "stages: {a: {run: kubectl apply -f x.yaml, services: [docker]}}\n"
    found = doctor(pipeline(body), tmp_path, environ(str(programs_folder)))
    checks = {check.name: check for check in found.checks}
    for name in ("git", "bash", "docker"):
        assert checks[name].state == "missing", name
        assert checks[name].mend
    assert checks["kubectl"].state == "advice"
    assert "called by a" in checks["kubectl"].said
    assert found.exit_status == 1


def test_a_docker_engine_must_answer(tmp_path: Path, programs_folder: Path) -> None:
    given = pipeline("stages: {a: {run: make, services: [docker]}}\n")
    put(programs_folder, "docker", "echo 'Cannot connect to the Docker daemon' >&2; exit 1")
    check = examine(tmp_path, given, environ(str(programs_folder)))["docker"]
    assert check.state == "missing"
    assert "Cannot connect" in check.said
    put(programs_folder, "docker", "echo 28.5")
    assert examine(tmp_path, given, environ(str(programs_folder)))["docker"].said == "Docker engine 28.5"


def test_no_python_for_commands(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    path = str(empty)
    found = examine(tmp_path, pipeline(), environ(path, VIRTUAL_ENV="none"))
    assert found["stage-python"].state == "missing"


def test_a_python_that_is_not_the_jobs_own_is_said(tmp_path: Path) -> None:
    other = "3.12" if sys.version_info[:2] != (3, 12) else "3.11"
    check = examine(tmp_path, pipeline(head=HEAD + f'python: "{other}"\n'))["python-version"]
    assert check.state == "advice"
    assert other in check.said


@pytest.mark.parametrize(
    ("text", "state", "said"),
    [
        ("pytest\n", "fine", "1 packages"),
        ("no-such-package==1\npytest\n", "missing", "no-such-package"),
        ("pytest==0.0.1  # old\n", "advice", "pytest is"),
        ("no-such-package; python_version < '3'\npytest\n", "fine", "1 packages"),
        ("no-such-package; python_version > '3'\npytest\n", "missing", "no-such-package"),
    ],
)
def test_requirements_are_compared_with_what_is_installed(
    text: str, state: str, said: str, tmp_path: Path
) -> None:
    (tmp_path / "requirements.txt").write_text(text)
    check = examine(tmp_path, pipeline(head=HEAD + "requirements: requirements.txt\n"))["requirements"]
    assert (check.state, said in check.said) == (state, True), check
    if state != "fine":
        assert check.mend == "python -m pip install -r requirements.txt"


def test_requirements_that_are_not_there(tmp_path: Path) -> None:
    check = examine(tmp_path, pipeline(head=HEAD + "requirements: requirements.txt\n"))["requirements"]
    assert check.state == "missing"


def test_markers_and_pins_are_read(tmp_path: Path) -> None:
    assert holds("python_version >= '3.11'")
    assert not holds("platform_machine == 'abacus'")
    assert not holds("this is no marker")
    (tmp_path / "r.txt").write_text(
        "Some_Name[x]==1.0 ; python_version > '3'  # why\nother>=2\n-r more.txt\n"
    )
    assert list(pinned(tmp_path / "r.txt")) == [("some-name", "1.0")]


def test_extras_that_library_stages_use_are_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = """
stages:
  a: {run: make, outputs: [model/, data/test.npz]}
  test: {uses: evaluate, with: {model: model/, data: data/test.npz}}
  package: {uses: package, with: {model: model/}}
  deploy: {uses: deploy, with: {package: dist/, target: server}}
  ask: {uses: smoke-test, with: {target: server, requests: requests.json}}
targets:
  server: {type: ssh, host: example.org, path: /srv, known_hosts: known_hosts, url: "http://example.org:8501"}
"""
    flow = "workflows: {main: {on: {push: true}, stages: [a, test, package, deploy, ask]}}\n"
    given = pipeline(body, flow)
    assert examine(tmp_path, given)["mlci[ssh]"].state == "fine"
    monkeypatch.setattr("mlci.doctor.packages.find_spec", lambda name: None)
    checks = examine(tmp_path, given)
    assert checks["mlci[tensorflow]"].state == checks["mlci[ssh]"].state == "missing"
    assert checks["mlci[ssh]"].mend == "python -m pip install 'mlci[ssh]'"
    assert "test, package" in checks["mlci[tensorflow]"].said
    (tmp_path / "requirements.txt").write_text("asyncssh==2.24.1\n")
    listing = pipeline(body, flow, HEAD + "requirements: requirements.txt\n")
    assert examine(tmp_path, listing)["mlci[ssh]"].mend == "python -m pip install -r requirements.txt"
    assert "mlci[serve]" not in checks, "a target with a url is asked there"
    known = checks["target-server"]
    assert (known.state, known.mend) == ("missing", "ssh-keyscan example.org >> known_hosts")
    (tmp_path / "known_hosts").write_text("# the server's key\n")
    assert "holds no key" in examine(tmp_path, given)["target-server"].said
    (tmp_path / "known_hosts").write_text("example.org ssh-ed25519 AAAA\n")
    assert examine(tmp_path, given)["target-server"].state == "fine"


def test_a_wheel_that_is_not_in_the_repository(tmp_path: Path) -> None:
    head = HEAD.replace("mlci==0.1.0", "wheels/mlci-0.1.0-py3-none-any.whl")
    assert examine(tmp_path, pipeline(head=head))["mlci"].state == "missing"
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels" / "mlci-0.1.0-py3-none-any.whl").write_text("")
    assert "mlci" not in examine(tmp_path, pipeline(head=head))


def test_a_store_must_be_in_reach(tmp_path: Path) -> None:
    assert examine(tmp_path, pipeline())["store"].state == "fine"
    (tmp_path / "file").write_text("")
    assert examine(tmp_path, pipeline(head=HEAD + "store: file/store\n"))["store"].state == "missing"
    shared = f"file://{tmp_path}/shared"
    assert examine(tmp_path, pipeline(head=HEAD + f"store: {shared}\n"))["store"].state == "fine"
    assert examine(tmp_path, pipeline(head=HEAD + "store: memory://shared\n"))["store"].state == "fine"
    check = examine(tmp_path, pipeline(head=HEAD + "store: nonsense://shared\n"))["store"]
    assert (check.state, "out of reach" in check.said) == ("missing", True)


def test_secrets_that_are_not_set_here_are_named_but_do_not_fail(tmp_path: Path) -> None:
    given = pipeline("stages: {a: {run: make, secrets: [TOKEN, KEY]}}\n")
    assert examine(tmp_path, given)["secrets"].said.startswith("not set here: TOKEN, KEY")
    assert "secrets" not in examine(tmp_path, given, environ(TOKEN="t", KEY="k"))


def test_a_file_of_secrets_that_others_can_read_or_git_would_take(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    path = tmp_path / ".mlci" / "secrets.env"
    path.parent.mkdir()
    path.write_text("TOKEN=t\n")
    path.chmod(0o644)
    found = [
        check for check in doctor(pipeline(), tmp_path, environ()).checks if check.name == "secrets-file"
    ]
    assert [check.mend for check in found] == [
        "chmod 600 .mlci/secrets.env",
        "echo /.mlci/secrets.env >> .gitignore",
    ]
    for check in found:
        subprocess.run(["bash", "-c", check.mend], cwd=tmp_path, check=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "secrets-file" not in examine(tmp_path, pipeline())


def test_a_broken_file_of_secrets(tmp_path: Path) -> None:
    (tmp_path / ".mlci").mkdir()
    (tmp_path / ".mlci" / "secrets.env").write_text("this is no line of secrets\n")
    given = pipeline("stages: {a: {run: make, secrets: [TOKEN]}}\n")
    assert examine(tmp_path, given)["secrets"].state == "missing"


@pytest.mark.parametrize(
    ("run", "names"),
    [
        ("make all", ["make"]),
        ("A=1 B=2 terraform apply && helm upgrade", ["terraform", "helm"]),
        ("curl x | jq .a; tar xf y", ["curl", "jq", "tar"]),
        ("if true; then\n  echo yes\nfi\npython -m ml.train", []),
        ('# a comment\n./own/script.sh\n"$TOOL" run', []),
        ("aws s3 cp \\\n  here there", ["aws"]),
        ("echo 'unclosed", []),
    ],
)
def test_programs_are_told_from_a_commands_text(run: str, names: list[str]) -> None:
    assert list(programs(Stage("a", run=run))) == names


EVERYTHING = """
stages:
  a: {run: make}
  b: {run: make, secrets: [DEPLOY_KEY], environment: production}
  c: {run: make, aws: {role: "arn:aws:iam::123456789012:role/ci", region: eu-west-1}}
"""
EVERY_FLOW = """
workflows:
  main: {on: {push: true}, stages: [a, {approve: go}, b, c], notify: {failure: [slack]}}
  nightly: {on: {schedule: "0 0 * * *"}, stages: [a]}
"""


@pytest.mark.parametrize("vendor", vendor_ids())
def test_all_that_a_vendor_needs_comes_from_the_one_file(vendor: str, tmp_path: Path) -> None:
    found = doctor(pipeline(EVERYTHING, EVERY_FLOW), tmp_path, environ())
    settings = found.settings[vendor]
    told = " ".join(f"{one.kind} {one.name} {one.where} {one.why}" for one in settings)
    assert "DEPLOY_KEY" in told
    assert "SLACK_WEBHOOK_URL" in told
    assert all(one.where and one.why for one in settings)
    assert len({(one.kind, one.name, one.where) for one in settings}) == len(settings)


def test_the_checklist_for_people_and_for_programs_say_the_same(tmp_path: Path) -> None:
    found = doctor(pipeline(EVERYTHING, EVERY_FLOW), tmp_path, environ())
    text = show(found, width=80)
    for vendor in vendors.ALL:
        assert f"{vendor.product.TITLE}: before the first push" in text
    said = json.loads(json.dumps(found.to_json()))
    assert said["healthy"] is (found.exit_status == 0)
    assert len(said["here"]) == len(found.checks)
    for rows in said["vendors"].values():
        for row in rows:
            assert row["name"] in text
    assert show(found, unicode=False).isascii()
    assert re.sub(r"\x1b\[[0-9;]*m", "", show(found, colour=True, width=80)) == text


def test_the_verdict_counts() -> None:
    one = Check("x", "missing", "x is not there", "git get x")
    assert "1 thing missing here" in show(Diagnosis((one,), {}))
    assert "2 things missing here" in show(Diagnosis((one, one), {}))
    assert "$ git get x" in show(Diagnosis((one,), {}))
    assert "nothing is missing here" in show(Diagnosis((), {}))


@pytest.mark.real
def test_a_real_docker_engine_is_found(tmp_path: Path) -> None:
    if (
        shutil.which("docker") is None
        or subprocess.run(["docker", "version"], capture_output=True).returncode
    ):
        pytest.skip("no Docker engine answers; apt-get install docker.io, and start it")
    given = pipeline("stages: {a: {run: make, services: [docker]}}\n")
    env = dict(os.environ)
    assert examine(tmp_path, given, env)["docker"].state == "fine"
