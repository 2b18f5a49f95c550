"""`mlci exec`: one job in a checkout of its own, as a CI product calls it."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from engine_kit import drive, environ, go, plan, repository, text_of

from mlci.engine.exec import Request, exec_stage
from mlci.engine.record import read_record
from mlci.engine.workspace import Workspace
from mlci.errors import InputError
from mlci.language.catalogue import vendor_ids as ids

STAGES = """
build: {run: "mkdir data && cp src.txt data/a.txt", inputs: [src.txt], outputs: [data/]}
train:
  run: |
    cat data/a.txt > model.bin
    echo '{"accuracy": 0.9, "per_class": {"zero": 1}}' > metrics.json
  inputs: [data/]
  outputs: [model.bin]
  metrics: metrics.json
  params: {epochs: 5}
"""


def do(pipeline, root: Path, stage: str, *, env: dict[str, str] | None = None, **request):
    """Do one job; return exit status, result, lines and warnings."""
    lines: list[str] = []
    warnings: list[str] = []
    workspace = Workspace(root, environ(**(env or {})), warnings.append)
    status, result = exec_stage(pipeline, Request(stage, **request), workspace, lines.append)
    return status, result, lines, warnings


def checkout(source: Path, target: Path, *jobs: str) -> Path:
    """Make a clean checkout that has the folders of some jobs."""
    shutil.copytree(source, target, ignore=lambda _, names: [".mlci", "data", "model.bin", "metrics.json"])
    for job in jobs:
        shutil.copytree(source / ".mlci/handoff" / job, target / ".mlci/handoff" / job)
    return target


def test_each_job_hands_its_outputs_to_the_next_checkout(tmp_path):
    one = tmp_path / "one"
    pipeline = repository(one, text_of(STAGES, "[build, train]"), {"src.txt": "x\n"})
    assert do(pipeline, one, "build")[0] == 0
    two = checkout(one, tmp_path / "two", "build")
    status, result, _, _ = do(pipeline, two, "train")
    assert status == 0
    assert (two / "data/a.txt").read_text() == "x\n"
    assert (two / "model.bin").read_text() == "x\n"
    record = read_record(two / ".mlci/handoff/train")
    assert record is not None
    assert record.metrics == {"accuracy": 0.9, "per_class.zero": 1}
    assert record.params == {"epochs": 5}
    assert record.digest == result.record.digest
    assert (two / ".mlci/handoff/train/bundle.tar").is_file()
    suite = ET.parse(two / ".mlci/reports/train/junit.xml").getroot()
    assert (suite.tag, suite.get("failures")) == ("testsuites", "0")
    assert "| accuracy | 0.9 |" in (two / ".mlci/reports/train/summary.md").read_text()


def test_exec_and_run_leave_the_same_record_digests(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    text = text_of(STAGES, "[build, train]")
    pipeline = repository(one, text, {"src.txt": "x\n"})
    outcome, _ = go(pipeline, one)
    repository(two, text, {"src.txt": "x\n"})
    for name in ("build", "train"):
        _, result, _, _ = do(pipeline, two, name)
        assert result.record.digest == outcome.results[name].record.digest
        assert result.record.key == outcome.results[name].record.key


def test_without_the_bundle_it_says_whose_is_missing(tmp_path):
    pipeline = repository(tmp_path, text_of(STAGES, "[build, train]"), {"src.txt": "x\n"})
    with pytest.raises(
        InputError, match=r"'train' needs the bundle of 'build', and .mlci/handoff/build/bundle.tar"
    ):
        do(pipeline, tmp_path, "train")
    record = read_record(tmp_path / ".mlci/handoff/train")
    assert record is not None, "a job hands its folder on even when it could not begin"
    assert (record.status, record.exit_status) == ("failed", 2)
    suite = ET.parse(tmp_path / ".mlci/reports/train/junit.xml").getroot()
    assert suite.get("failures") == "1"
    assert "could not begin" in (tmp_path / ".mlci/reports/train/summary.md").read_text()


def test_a_damaged_bundle_is_refused_and_nothing_is_unpacked(tmp_path):
    pipeline = repository(tmp_path, text_of(STAGES, "[build, train]"), {"src.txt": "x\n"})
    do(pipeline, tmp_path, "build")
    bundle = tmp_path / ".mlci/handoff/build/bundle.tar"
    data = bytearray(bundle.read_bytes())
    data[data.rindex(b"x\n")] ^= 1
    bundle.write_bytes(data)
    shutil.rmtree(tmp_path / "data")
    with pytest.raises(InputError, match="is damaged: its digest is not the one in the manifest"):
        do(pipeline, tmp_path, "train")
    assert not (tmp_path / "data").exists()


def test_after_a_local_run_exec_takes_what_lies_in_the_workspace(tmp_path):
    pipeline = repository(tmp_path, text_of(STAGES, "[build, train]"), {"src.txt": "x\n"})
    go(pipeline, tmp_path)
    assert not (tmp_path / ".mlci/handoff/build/bundle.tar").exists()
    assert do(pipeline, tmp_path, "train", force=True)[0] == 0


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("exit 7", "the command of 'one' ended with exit status 7"),
        ("false | true", "the command of 'one' ended with exit status 1"),
        ("no-such-program", "ended with exit status 127: a program was not found"),
        ("kill -9 $$", "ended with exit status 137: ended by SIGKILL, as when memory runs out"),
        (
            "touch outt.txt",
            "'one' did not make its output 'out.txt'; the latest at the top of the repository are outt.txt",
        ),
        ("touch out.txt", "'one' did not make its metrics file 'm/a.json'; there is nothing in m/"),
        ("touch out.txt; echo '{\"a\": NaN}' > m/a.json", "the metric 'a' in 'm/a.json' is nan"),
        (
            'touch out.txt; echo \'{"a": "1"}\' > m/a.json',
            "the metric 'a' in 'm/a.json' is no number but a str",
        ),
        (
            "touch out.txt; echo '{\"a\": true}' > m/a.json",
            "the metric 'a' in 'm/a.json' is no number but a bool",
        ),
        ("touch out.txt; echo '[1]' > m/a.json", "the metrics file 'm/a.json' must hold an object"),
        ("touch out.txt; echo '{' > m/a.json", "the metrics file 'm/a.json' is not valid JSON"),
    ],
)
def test_a_failure_is_named(tmp_path, command, message):
    stages = f"one:\n  run: |\n    {command}\n  outputs: [out.txt]\n  metrics: m/a.json\n"
    pipeline = repository(tmp_path, text_of(stages, "[one]"))
    status, result, _, _ = do(pipeline, tmp_path, "one")
    assert status == 1
    assert message in result.message
    record = read_record(tmp_path / ".mlci/handoff/one")
    assert record is not None
    assert (record.status, record.message) == ("failed", result.message)
    failure = ET.parse(tmp_path / ".mlci/reports/one/junit.xml").getroot().find(".//failure")
    assert failure is not None
    assert failure.get("message") == result.message
    assert (tmp_path / ".mlci/handoff/one/bundle.tar").is_file()


def test_a_folder_that_became_a_file_is_named(tmp_path):
    pipeline = repository(tmp_path, text_of("one: {run: 'touch model', outputs: [model/]}", "[one]"))
    status, result, _, _ = do(pipeline, tmp_path, "one")
    assert (status, result.message) == (1, "'one' made the file 'model', declared as a folder")


def test_a_timeout_ends_the_command_and_all_it_started(tmp_path):
    stages = "slow: {run: 'sleep 60 & echo $! > child.pid; sleep 60', timeout: 1s}"
    pipeline = repository(tmp_path, text_of(stages, "[slow]"))
    begun = time.monotonic()
    status, result, _, _ = do(pipeline, tmp_path, "slow")
    assert time.monotonic() - begun < 20
    assert status == 1
    assert result.record.status == "timed-out"
    assert "took longer than its timeout of 1 s" in result.message
    child = int((tmp_path / "child.pid").read_text())
    assert not Path(f"/proc/{child}").exists() or "Z" in Path(f"/proc/{child}/stat").read_text().split()[2]


def test_retries_start_clean_and_are_counted(tmp_path):
    stages = """
    flaky:
      run: test ! -e out.txt; echo x >> tries.txt; touch out.txt; test $(wc -l < tries.txt) = 3
      outputs: [out.txt]
      retries: 3
    """
    pipeline = repository(tmp_path, text_of(stages, "[flaky]"))
    from mlci.engine.execute import Options, execute

    lines: list[str] = []
    workspace = Workspace(tmp_path, environ())
    whole = plan(pipeline)
    result = execute(whole, whole.jobs[0], workspace, Options(lines.append, pause=0.01))
    assert result.record.done
    assert result.record.attempts == 3
    assert len([line for line in lines if line.startswith("mlci: try ")]) == 2


def test_a_wrong_input_is_not_tried_again(tmp_path):
    stages = "check: {uses: evaluate, with: {model: model, data: data.npz}, retries: 3}"
    pipeline = repository(
        tmp_path, text_of(stages, "[check]"), {"model/x": "no model", "data.npz": "no data"}
    )
    status, result, _, _ = do(pipeline, tmp_path, "check")
    assert status == 2
    assert result.record.attempts == 1
    assert result.message


def test_allow_failure_is_for_failed_work_only(tmp_path):
    text = text_of("one: {run: 'exit 3', secrets: [TOKEN]}", "[one]")
    pipeline = repository(tmp_path, text)
    status, result, lines, _ = do(pipeline, tmp_path, "one", allow_failure=True, env={"TOKEN": "abcdefgh"})
    assert (status, result.exit_status) == (0, 1)
    assert any("the workflow goes on" in line for line in lines)
    with pytest.raises(InputError, match="TOKEN"):
        do(pipeline, tmp_path, "one", allow_failure=True)


def test_a_failed_job_that_may_fail_does_not_stop_its_followers(tmp_path):
    stages = """
    try: {run: "echo 1 > maybe.txt; exit 1", outputs: [maybe.txt], allow_failure: true}
    next: {run: "cat maybe.txt > out.txt", inputs: [maybe.txt], outputs: [out.txt]}
    """
    one = tmp_path / "one"
    pipeline = repository(one, text_of(stages, "[try, next]"))
    assert do(pipeline, one, "try", allow_failure=True)[0] == 0
    two = checkout(one, tmp_path / "two", "try")
    assert do(pipeline, two, "next")[0] == 0
    three = checkout(one, tmp_path / "three")
    shutil.rmtree(three / ".mlci", ignore_errors=True)
    (three / "maybe.txt").unlink(missing_ok=True)
    with pytest.raises(InputError, match=r"the input 'maybe.txt' of 'next' is not there"):
        do(pipeline, three, "next")


SECRETIVE = """
mine:
  run: |
    echo "token $TOKEN ${TOKEN:0:6}-${TOKEN:6}" | tee seen.txt
    wc -c < seen.txt > out.txt
    printf %s "$TOKEN" | base64
    printf %s "user:$TOKEN" | base64
    python -c 'import os, urllib.parse; print(urllib.parse.quote("a b/" + os.environ["TOKEN"]))'
    env | grep -c OTHER || true
    env | grep -c SLACK || true
  outputs: [out.txt]
  secrets: [TOKEN]
other: {run: 'true', secrets: [OTHER]}
"""
TOKEN = "s3cr3t/va+lue with spaces"


def test_a_job_sees_its_own_secrets_only_and_none_is_shown_or_written(tmp_path):
    import base64
    from urllib.parse import quote

    pipeline = repository(tmp_path, text_of(SECRETIVE, "[mine, other]"))
    env = {"TOKEN": TOKEN, "OTHER": "other-value", "SLACK_WEBHOOK_URL": "https://hooks.example/x"}
    status, result, lines, _ = do(pipeline, tmp_path, "mine", env=env)
    assert status == 0
    assert lines[0] == "token *** s3cr3t-/va+lue with spaces", "only what is a secret is hidden"
    assert lines[1] == "***"
    assert lines[-3:-1] == ["0", "0"]
    assert result.record.secrets == ("TOKEN",)
    written = "".join(
        path.read_text(errors="replace") for path in (tmp_path / ".mlci").rglob("*") if path.is_file()
    )
    for spelling in (TOKEN, quote(TOKEN), base64.b64encode(TOKEN.encode()).decode()):
        assert spelling not in "\n".join(lines)
        assert spelling not in written
    assert (tmp_path / "seen.txt").read_text().startswith(f"token {TOKEN} ")


@pytest.mark.parametrize(
    "write",
    [
        'echo "token=$TOKEN" > out/config.txt',
        'mkdir out/deep && printf %s "$TOKEN" | base64 > out/deep/key.b64',
        'printf %s "$TOKEN" > key && tar -czf out/model.tgz key',
    ],
)
def test_an_output_that_holds_a_secret_is_not_handed_on(tmp_path, write):
    stage = f"mine: {{run: 'mkdir -p out && {write}', outputs: [out/], secrets: [TOKEN]}}"
    pipeline = repository(tmp_path, text_of(stage, "[mine]"))
    (tmp_path / "out").mkdir()
    (tmp_path / "out/before.txt").write_text("made before\n")
    status, result, _, _ = do(pipeline, tmp_path, "mine", env={"TOKEN": TOKEN})
    assert status == 1
    assert result.message.startswith("the secret TOKEN shows in the output 'out/")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["before.txt"], "what was there is back"
    kept = [path for path in (tmp_path / ".mlci").rglob("*") if path.is_file()]
    assert not any(TOKEN.encode() in path.read_bytes() for path in kept)


def test_a_stage_with_aws_knows_its_region_wherever_it_runs(tmp_path):
    aws = "{role: 'arn:aws:iam::123456789012:role/a', region: eu-central-1}"
    stage = f"mine: {{run: 'echo $AWS_REGION $AWS_DEFAULT_REGION', aws: {aws}}}"
    pipeline = repository(tmp_path, text_of(stage, "[mine]"))
    assert "eu-central-1 eu-central-1" in do(pipeline, tmp_path, "mine")[2]
    other = {"AWS_REGION": "us-west-2"}
    assert "us-west-2 eu-central-1" in do(pipeline, tmp_path, "mine", env=other)[2]


def test_a_short_secret_may_stand_in_an_output_by_chance(tmp_path):
    stage = "mine: {run: 'echo $TOKEN > out.txt', outputs: [out.txt], secrets: [TOKEN]}"
    assert do(repository(tmp_path, text_of(stage, "[mine]")), tmp_path, "mine", env={"TOKEN": "eu-1"})[0] == 0


def test_the_secrets_of_others_show_nowhere_although_a_command_reads_their_file(tmp_path):
    stages = "mine: {run: 'cat .mlci/secrets.env'}\nother: {run: 'true', secrets: [OTHER, SHORT]}"
    pipeline = repository(tmp_path, text_of(stages, "[mine, other]"))
    (tmp_path / ".mlci").mkdir()
    (tmp_path / ".mlci/secrets.env").write_text("OTHER=of-another-stage\nSHORT=env\n")
    _, _, lines, _ = do(pipeline, tmp_path, "mine")
    assert lines[:2] == ["OTHER=***", "SHORT=env"], "what may be a common word is left"
    assert "of-another-stage" not in (tmp_path / ".mlci/reports/mine/log.txt").read_text()


def test_nothing_under_mlci_is_committed_by_chance(tmp_path):
    pipeline = repository(tmp_path, text_of("mine: {run: 'true'}", "[mine]"), git=True)
    (tmp_path / ".mlci/generated").mkdir(parents=True)
    (tmp_path / ".mlci/generated/ci.yml").touch()
    (tmp_path / ".mlci/secrets.env").write_text("TOKEN=x\n")
    do(pipeline, tmp_path, "mine")
    git = ["git", "ls-files", "--others", "--exclude-standard"]
    seen = subprocess.run(git, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert seen.split() == [".mlci/generated/ci.yml"]


def test_secrets_come_from_the_local_file_where_the_environment_has_none(tmp_path):
    stages = 'mine: {run: \'echo "$KEY" | wc -l; test "$PLAIN" = "a b"\', secrets: [KEY, PLAIN]}'
    pipeline = repository(tmp_path, text_of(stages, "[mine]"))
    (tmp_path / ".mlci").mkdir()
    (tmp_path / ".mlci/secrets.env").write_text("# mine\nexport KEY='line one\nline two'\nPLAIN=a b\n")
    status, result, lines, _ = do(pipeline, tmp_path, "mine")
    assert (status, lines[0]) == (0, "2"), result.message


def test_an_unset_secret_is_named_with_its_place_and_the_way_to_set_it(tmp_path):
    text = text_of("ship:\n  run: 'true'\n  secrets: [TOKEN, DEPLOY_KEY]", "[ship]")
    pipeline = repository(tmp_path, text)
    with pytest.raises(InputError) as caught:
        do(pipeline, tmp_path, "ship", env={"TOKEN": "x"})
    (found,) = caught.value.findings
    assert found.message == "stage 'ship' needs the secret DEPLOY_KEY, which is not set"
    assert text.splitlines()[found.mark.line - 1][found.mark.column - 1 :].startswith("DEPLOY_KEY")
    assert ".mlci/secrets.env" in (found.help or "")


def test_the_environment_is_pinned_neutral_and_told(tmp_path):
    stages = """
    tell:
      run: env -0 | sort -z > env.txt; cp "$MLCI_PARAMS_FILE" params.json
      outputs: [env.txt, params.json]
      params: {learning-rate: 0.01, layers: [1, 2], name: "as is", debug: true}
      env: {TZ: Europe/Berlin, OWN: "1"}
    """
    pipeline = repository(
        tmp_path, text_of(stages, "[tell]", top="seed: 7\nenv: {ALL: everywhere}"), git=True
    )
    env = {"LC_ALL": "de_DE.UTF-8", "PYTHONHASHSEED": "random", "MLCI_PARAM_STALE": "outer"}
    status, result, _, _ = do(pipeline, tmp_path, "tell", env=env)
    assert status == 0, result.message
    rows = (tmp_path / "env.txt").read_text().split("\0")
    seen = dict(row.partition("=")[::2] for row in rows if row)
    assert seen["MLCI_PARAM_LEARNING_RATE"] == "0.01"
    assert seen["MLCI_PARAM_LAYERS"] == "[1, 2]"
    assert seen["MLCI_PARAM_NAME"] == "as is"
    assert seen["MLCI_PARAM_DEBUG"] == "true"
    assert seen["MLCI_SEED"] == seen["PYTHONHASHSEED"] == "7"
    assert seen["LC_ALL"] == "C.UTF-8"
    assert seen["TZ"] == "Europe/Berlin", "what mlci.yaml says comes before the pins"
    assert (seen["ALL"], seen["OWN"]) == ("everywhere", "1")
    assert seen["MLCI_VENDOR"] == "local"
    assert seen["MLCI_BRANCH"] == "main"
    assert len(seen["MLCI_COMMIT"]) == 40
    assert int(seen["SOURCE_DATE_EPOCH"]) > 1_500_000_000
    assert "MLCI_PARAM_STALE" not in seen
    assert json.loads((tmp_path / "params.json").read_text()) == {
        "learning-rate": 0.01,
        "layers": [1, 2],
        "name": "as is",
        "debug": True,
    }
    assert not list((tmp_path / ".mlci/state/calls").iterdir()), "what the call was told is gone"


def test_the_working_directory_is_the_commands_and_paths_stay_at_the_top(tmp_path):
    stages = "one: {run: 'pwd; echo 1 > made.txt', working_directory: ml, outputs: [ml/made.txt]}"
    pipeline = repository(tmp_path, text_of(stages, "[one]"), {"ml/keep": ""})
    status, _, lines, _ = do(pipeline, tmp_path, "one")
    assert (status, lines[0]) == (0, str(tmp_path / "ml"))


MATRIX = """
fit:
  run: echo $MLCI_PARAM_RATE $MLCI_PARAM_DEEP > out-$MLCI_PARAM_RATE.txt
  outputs: ["out-{rate}.txt"]
  matrix: {rate: [0.1, 0.01], deep: [true]}
best:
  run: cat out-0.1.txt out-0.01.txt > best.txt
  inputs: [out-0.1.txt, out-0.01.txt]
  outputs: [best.txt]
"""


def test_a_matrix_job_finds_its_combination(tmp_path):
    pipeline = repository(tmp_path, text_of(MATRIX, "[fit, best]"))
    assert do(pipeline, tmp_path, "fit", env={"MLCI_MATRIX": '{"rate": 0.1, "deep": true}'})[0] == 0
    # A vendor may hand every value over as text.
    assert do(pipeline, tmp_path, "fit", env={"MLCI_MATRIX": '{"deep": "true", "rate": "0.01"}'})[0] == 0
    assert do(pipeline, tmp_path, "best")[0] == 0
    assert (tmp_path / "best.txt").read_text() == "0.1 true\n0.01 true\n"
    assert do(pipeline, tmp_path, "fit", job="fit-0.1-true")[0] == 0


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ("", "'fit' is a matrix job, and MLCI_MATRIX does not say which"),
        ("{", "MLCI_MATRIX is not JSON"),
        ("[1]", "MLCI_MATRIX must be a JSON object"),
        ('{"rate": 5, "deep": true}', "'fit' has no combination"),
        ('{"rate": 0.1}', "'fit' has no combination"),
    ],
)
def test_a_combination_that_is_none_is_refused(tmp_path, matrix, message):
    pipeline = repository(tmp_path, text_of(MATRIX, "[fit, best]"))
    with pytest.raises(InputError, match=message) as caught:
        do(pipeline, tmp_path, "fit", env={"MLCI_MATRIX": matrix})
    assert "fit-0.1-true" in (caught.value.help or "") or "MLCI_MATRIX" in message


def test_true_is_not_one(tmp_path):
    stages = "fit: {run: 'touch {job}', matrix: {deep: [1, true, {of: 1}, {of: true}]}}"
    pipeline = repository(tmp_path, text_of(stages, "[fit]"))
    for given, name in (("1", "1"), ("true", "true"), ('"true"', "true"), ('{"of": true}', "_of_True_")):
        result = do(pipeline, tmp_path, "fit", env={"MLCI_MATRIX": f'{{"deep": {given}}}'})[1]
        assert result.record.job.endswith(name), given


def test_jobs_are_found_by_id_by_stage_or_not_at_all(tmp_path):
    stages = "test: {run: 'echo $MLCI_VENDOR > {job}.txt', outputs: ['{job}.txt']}\nlint: {run: 'true'}"
    stages = "test: {run: 'touch test-1.txt test-2.txt', outputs: ['{job}.txt']}\nlint: {run: 'true'}"
    pipeline = repository(tmp_path, text_of(stages, "[[{test: test-1}, {test: test-2}], {lint: tidy}]"))
    assert do(pipeline, tmp_path, "test", job="test-2")[1].record.job == "test-2"
    assert do(pipeline, tmp_path, "lint")[1].record.job == "tidy"
    with pytest.raises(InputError) as caught:
        do(pipeline, tmp_path, "test")
    assert caught.value.help == "name one by --job: test-1, test-2"
    with pytest.raises(InputError, match="job 'tidy' is of stage 'lint', not 'test'") as caught:
        do(pipeline, tmp_path, "test", job="tidy")
    assert caught.value.help == "write `mlci exec lint --job tidy`"
    with pytest.raises(InputError, match="there is no workflow 'mian'"):
        do(pipeline, tmp_path, "lint", workflow="mian")


def test_targets_are_filled_from_the_environment_or_named(tmp_path):
    top = 'targets:\n  production: {type: local, path: "${DEPLOY_PATH}/models"}\n'
    stages = "ship: {uses: deploy, with: {package: dist, target: production}}"
    pipeline = repository(tmp_path, text_of(stages, "[ship]", top=top), {"dist/x": "no package"})
    with pytest.raises(InputError) as caught:
        do(pipeline, tmp_path, "ship")
    assert (
        caught.value.findings[0].message
        == "target 'production' needs the variable DEPLOY_PATH, which is not set"
    )
    assert caught.value.findings[0].mark.line == 5
    status, result, _, _ = do(pipeline, tmp_path, "ship", env={"DEPLOY_PATH": str(tmp_path / "served")})
    assert status == 2, "the package is none, which the stage itself says"
    assert result.record.message == result.message


def test_an_interrupt_ends_with_130_and_leaves_a_record(tmp_path):
    repository(tmp_path, text_of("slow: {run: 'touch began; sleep 60'}", "[slow]"))
    process = drive(tmp_path, "exec", "slow")
    deadline = time.monotonic() + 20
    while not (tmp_path / "began").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 130
    record = read_record(tmp_path / ".mlci/handoff/slow")
    assert record is not None
    assert record.status == "interrupted"


@pytest.mark.skipif("github" not in ids(), reason="the vendor github is not registered")
def test_at_github_the_context_summary_and_annotation_are_its_own(tmp_path):
    stages = "fail: {run: 'echo $MLCI_VENDOR $MLCI_EVENT $MLCI_BRANCH $MLCI_RUN_ID; exit 4'}"
    pipeline = repository(tmp_path, text_of(stages, "[fail]"))
    summary = tmp_path / "summary.md"
    env = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": "push",
        "GITHUB_REF": "refs/heads/main",
        "GITHUB_REF_TYPE": "branch",
        "GITHUB_REF_NAME": "main",
        "GITHUB_RUN_ID": "42",
        "GITHUB_STEP_SUMMARY": str(summary),
    }
    status, result, lines, _ = do(pipeline, tmp_path, "fail", env=env)
    assert status == 1
    assert lines[0] == "github push main 42"
    assert "mlci: the command of 'fail' ended with exit status 4" in lines
    assert any(line.startswith("::error ") and "file=mlci.yaml" in line for line in lines)
    assert "## fail: failed" in summary.read_text()
    assert result.record.context["vendor"] == "github"


def test_metrics_of_several_files_carry_their_files_names(tmp_path):
    stages = """
    two:
      run: mkdir -p m; echo '{"loss":1}' > m/train.json; echo '{"loss":2}' > m/test.json
      metrics: [m/train.json, m/test.json]
    """
    pipeline = repository(tmp_path, text_of(stages, "[two]"))
    _, result, _, _ = do(pipeline, tmp_path, "two")
    assert result.record.metrics == {"test.loss": 2, "train.loss": 1}


def test_a_result_of_the_store_is_handed_on_like_one_that_was_run(tmp_path):
    shared = f"file://{tmp_path}/shared"
    one = tmp_path / "one"
    pipeline = repository(one, text_of(STAGES, "[build, train]", top=f"store: {shared}"), {"src.txt": "x\n"})
    do(pipeline, one, "build")
    two = checkout(one, tmp_path / "two")
    shutil.rmtree(two / ".mlci", ignore_errors=True)
    status, result, lines, _ = do(pipeline, two, "build")
    assert (status, result.record.restored) == (0, True)
    assert lines == ["mlci: 'build' restored from the store"]
    assert (two / ".mlci/handoff/build/bundle.tar").read_bytes() == (
        one / ".mlci/handoff/build/bundle.tar"
    ).read_bytes()
    assert result.record.digest == read_record(one / ".mlci/handoff/build").digest
    assert do(pipeline, two, "build", force=True)[1].record.restored is False


def test_an_output_that_leads_elsewhere_is_refused_without_looking_through_it(tmp_path):
    far = tmp_path / "far"
    far.mkdir()
    (far / "loud").symlink_to("/proc/self/task")
    pipeline = repository(tmp_path / "top", text_of("a: {run: 'ln -s ../far out', outputs: [out/]}", "[a]"))
    far.chmod(0)
    try:
        status, result, _, _ = do(pipeline, tmp_path / "top", "a")
    finally:
        far.chmod(0o755)
    assert (status, result.message) == (1, "'out' leads outside the workspace")


def test_a_name_that_is_not_utf8_is_the_one_that_is_said(tmp_path):
    text = text_of(r"a: {run: 'mkdir o; touch o/fine $''o/b\xffd'' o/z', outputs: [o/]}", "[a]")
    status, result, _, _ = do(repository(tmp_path, text), tmp_path, "a")
    assert (status, result.message) == (1, r"'o' holds a file whose name is not UTF-8: 'b\udcffd'")
