"""`mlci run`: order, what is skipped and why, failures, approvals, conditions."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from engine_kit import go, repository, text_of

from mlci.errors import InputError

CHAIN = """
build: {run: "cat src.txt > built.txt", inputs: [src.txt], outputs: [built.txt]}
train:
  run: |
    cat built.txt > model.bin
    echo "{\\"epochs\\": $MLCI_PARAM_EPOCHS}" > metrics.json
  inputs: [built.txt]
  outputs: [model.bin]
  metrics: metrics.json
  params: {epochs: 5}
pack: {run: "cp model.bin dist.bin", inputs: [model.bin], outputs: [dist.bin]}
"""
FILES = {"src.txt": "one\n"}


@pytest.fixture
def chain(tmp_path: Path):
    return repository(tmp_path, text_of(CHAIN, "[build, train, pack]"), FILES), tmp_path


def test_a_first_run_does_all_in_order_and_a_second_nothing(chain):
    pipeline, root = chain
    outcome, listener = go(pipeline, root)
    assert outcome.exit_status == 0
    assert [event for event in listener.events if event[0] == "done"] == [
        ("done", "build"),
        ("done", "train"),
        ("done", "pack"),
    ]
    assert (root / "dist.bin").read_text() == "one\n"
    assert outcome.results["train"].record.metrics == {"epochs": 5}
    again, listener = go(pipeline, root)
    assert set(again.states.values()) == {"current"}
    assert again.results == {}
    assert listener.events == [("current", "build"), ("current", "train"), ("current", "pack")]


def test_a_changed_input_runs_only_what_depends_on_it_and_says_why(chain):
    pipeline, root = chain
    go(pipeline, root)
    (root / "src.txt").write_text("two\n")
    outcome, listener = go(pipeline, root)
    assert listener.reasons["build"] == ("input src.txt changed",)
    assert listener.reasons["train"] == ("input built.txt changed",)
    assert (root / "dist.bin").read_text() == "two\n"
    assert set(outcome.states.values()) == {"done"}


def test_a_change_that_makes_no_difference_goes_no_further(tmp_path):
    stages = CHAIN.replace("cat src.txt > built.txt", "grep -v '#' src.txt > built.txt")
    pipeline = repository(tmp_path, text_of(stages, "[build, train, pack]"), FILES)
    go(pipeline, tmp_path)
    (tmp_path / "src.txt").write_text("# a comment\none\n")
    outcome, _ = go(pipeline, tmp_path)
    assert outcome.states == {"build": "done", "train": "current", "pack": "current"}


def test_a_changed_param_is_named_with_both_values(chain):
    pipeline, root = chain
    go(pipeline, root)
    changed = repository(root, text_of(CHAIN.replace("epochs: 5", "epochs: 10"), "[build, train, pack]"))
    outcome, listener = go(changed, root)
    assert listener.reasons == {"train": ("params.epochs changed 5 → 10",)}
    assert outcome.states == {"build": "current", "train": "done", "pack": "current"}


def test_going_back_to_earlier_work_restores_it_from_the_store(chain):
    pipeline, root = chain
    go(pipeline, root)
    (root / "src.txt").write_text("two\n")
    go(pipeline, root)
    (root / "src.txt").write_text("one\n")
    outcome, listener = go(pipeline, root)
    assert set(outcome.states.values()) == {"restored"}
    assert (root / "dist.bin").read_text() == "one\n"
    assert outcome.results["train"].record.metrics == {"epochs": 5}
    assert listener.lines == {}
    assert set(go(pipeline, root)[0].states.values()) == {"current"}


def test_an_output_that_was_changed_or_removed_comes_back(chain):
    pipeline, root = chain
    go(pipeline, root)
    (root / "model.bin").write_text("tampered")
    (root / "dist.bin").unlink()
    outcome, listener = go(pipeline, root)
    assert listener.reasons["train"] == ("output model.bin changed",)
    assert listener.reasons["pack"] == ("output dist.bin is gone",)
    assert outcome.states == {"build": "current", "train": "restored", "pack": "restored"}
    assert (root / "model.bin").read_text() == "one\n"


def test_force_runs_all_or_the_chosen(chain):
    pipeline, root = chain
    go(pipeline, root)
    assert set(go(pipeline, root, force=True)[0].states.values()) == {"done"}
    outcome, _ = go(pipeline, root, force=True, stages=("train",))
    assert outcome.states == {"build": "current", "train": "done"}


def test_a_dry_run_changes_nothing_and_says_what_would_run(chain):
    pipeline, root = chain
    outcome, listener = go(pipeline, root, dry_run=True)
    assert set(outcome.states.values()) == {"would-run"}
    assert listener.said["train"] == "'build' would run"
    assert not (root / "built.txt").exists()
    assert not (root / ".mlci/handoff").exists()


def test_choosing_stages_runs_what_they_need(chain):
    pipeline, root = chain
    outcome, _ = go(pipeline, root, stages=("train",))
    assert list(outcome.states) == ["build", "train"]
    with pytest.raises(InputError, match="no stage 'trian'") as caught:
        go(pipeline, root, stages=("trian",))
    assert caught.value.help == "did you mean 'train'?"


def test_after_a_failure_the_next_run_resumes_there(tmp_path):
    stages = CHAIN.replace("cp model.bin dist.bin", "test -f ready && cp model.bin dist.bin")
    pipeline = repository(tmp_path, text_of(stages, "[build, train, pack]"), FILES)
    outcome, listener = go(pipeline, tmp_path)
    assert outcome.exit_status == 1
    assert outcome.states["pack"] == "failed"
    assert "ended with exit status 1" in listener.said["pack"]
    (tmp_path / "ready").touch()
    outcome, listener = go(pipeline, tmp_path)
    assert outcome.states == {"build": "current", "train": "current", "pack": "done"}
    assert listener.reasons["pack"] == ("it failed last time",)


FORK = """
left: {run: "echo l > left.txt; exit 3", outputs: [left.txt]}
right: {run: "echo r > right.txt", outputs: [right.txt]}
join: {run: "cat left.txt right.txt > joined.txt", inputs: [left.txt, right.txt], outputs: [joined.txt]}
tail: {run: "cp right.txt tail.txt", inputs: [right.txt], outputs: [tail.txt], needs: [right]}
"""


def test_keep_going_runs_what_does_not_need_the_failed(tmp_path):
    pipeline = repository(tmp_path, text_of(FORK, "[[left, right], join, tail]"))
    outcome, listener = go(pipeline, tmp_path, keep_going=True, jobs=1)
    assert outcome.states == {"left": "failed", "right": "done", "join": "blocked", "tail": "done"}
    assert listener.said["join"] == "'left' did not succeed"
    assert outcome.exit_status == 1


def test_without_keep_going_nothing_new_starts_after_a_failure(tmp_path):
    pipeline = repository(tmp_path, text_of(FORK, "[[left, right], join, tail]"))
    outcome, _ = go(pipeline, tmp_path, jobs=1)
    assert outcome.states == {
        "left": "failed",
        "right": "unstarted",
        "join": "unstarted",
        "tail": "unstarted",
    }


def test_a_failure_that_is_allowed_stops_nothing(tmp_path):
    stages = FORK.replace('exit 3"', 'exit 3", allow_failure: true')
    pipeline = repository(tmp_path, text_of(stages, "[[left, right], join]"))
    outcome, _ = go(pipeline, tmp_path)
    assert outcome.states == {"left": "allowed", "right": "done", "join": "done"}
    assert outcome.exit_status == 0


WAIT = "for i in $(seq 100); do test -f $OTHER && break; sleep 0.05; done; test -f $OTHER"
MEETING = f"""
a: {{run: "touch a.here; {WAIT}", env: {{OTHER: b.here}}}}
b: {{run: "touch b.here; {WAIT}", env: {{OTHER: a.here}}}}
"""


def test_jobs_that_do_not_need_each_other_run_at_the_same_time(tmp_path):
    pipeline = repository(tmp_path, text_of(MEETING, "[[a, b]]"))
    outcome, _ = go(pipeline, tmp_path, jobs=2)
    assert outcome.states == {"a": "done", "b": "done"}


@pytest.mark.parametrize("how", ["jobs", "group"])
def test_one_at_a_time_when_asked_for(tmp_path, how):
    group = ", concurrency: only-one" if how == "group" else ""
    one = f'{{run: "test ! -f busy; touch busy; sleep 0.2; rm busy"{group}}}'
    pipeline = repository(tmp_path, text_of(f"a: {one}\nb: {one}\nc: {one}", "[[a, b, c]]"))
    outcome, _ = go(pipeline, tmp_path, jobs=1 if how == "jobs" else 3)
    assert set(outcome.states.values()) == {"done"}


def test_a_matrix_runs_each_combination_with_its_values(tmp_path):
    stages = """
    fit:
      run: echo $MLCI_PARAM_RATE > out-$MLCI_PARAM_RATE.txt
      outputs: ["out-{rate}.txt"]
      matrix: {rate: [0.1, 0.01]}
    best: {run: "cat out-*.txt > best.txt", inputs: [out-0.1.txt, out-0.01.txt], outputs: [best.txt]}
    """
    pipeline = repository(tmp_path, text_of(stages, "[fit, best]"))
    outcome, _ = go(pipeline, tmp_path)
    assert outcome.states == {"fit-0.1": "done", "fit-0.01": "done", "best": "done"}
    assert (tmp_path / "best.txt").read_text() == "0.01\n0.1\n"


GATED = """
build: {run: "echo 1 > built.txt", outputs: [built.txt]}
ship: {run: "cp built.txt shipped.txt", inputs: [built.txt], outputs: [shipped.txt]}
"""


@pytest.fixture
def gated(tmp_path: Path):
    return repository(tmp_path, text_of(GATED, "[build, {approve: hold}, ship]")), tmp_path


def test_without_a_yes_the_run_stops_at_the_approval(gated):
    pipeline, root = gated
    outcome, listener = go(pipeline, root)
    assert outcome.states == {"build": "done", "hold": "waiting", "ship": "blocked"}
    assert "--approve" in listener.said["hold"]
    assert outcome.exit_status == 2
    assert not (root / "shipped.txt").exists()


def test_a_no_at_the_terminal_stops_too(gated):
    pipeline, root = gated
    outcome, listener = go(pipeline, root, answer=False)
    assert outcome.states["ship"] == "blocked"
    assert listener.asked == ["hold"]


@pytest.mark.parametrize("given", [{"answer": True}, {"yes": True}, {"approve": ("hold",)}])
def test_a_yes_lets_it_go_on(gated, given):
    pipeline, root = gated
    outcome, _ = go(pipeline, root, **given)
    assert outcome.states == {"build": "done", "hold": "approved", "ship": "done"}
    # With nothing left to do behind it, nobody is asked again.
    again, listener = go(pipeline, root)
    assert set(again.states.values()) <= {"current", "approved"}
    assert listener.asked == []


def test_an_unknown_approval_is_refused(gated):
    pipeline, root = gated
    with pytest.raises(InputError, match="no approval 'hodl'"):
        go(pipeline, root, approve=("hodl",))


def test_conditions_skip_and_the_skip_is_passed_on(tmp_path):
    stages = GATED.replace("outputs: [built.txt]", "outputs: [built.txt], if: {branch: 'release/*'}")
    pipeline = repository(tmp_path, text_of(stages, "[build, ship]"), git=True)
    outcome, listener = go(pipeline, tmp_path)
    assert outcome.states == {"build": "skipped", "ship": "skipped"}
    assert listener.said["build"] == "only for branch release/*, not main"
    outcome, _ = go(pipeline, tmp_path, branch="release/1.0")
    assert set(outcome.states.values()) == {"done"}


def test_a_path_condition_looks_at_what_changed(tmp_path):
    stages = "docs: {run: 'true', if: {paths: ['docs/**']}}"
    pipeline = repository(tmp_path, text_of(stages, "[docs]"), {"docs/a.md": "a"}, git=True)
    assert go(pipeline, tmp_path, changed=("src/a.py",))[0].states == {"docs": "skipped"}
    assert go(pipeline, tmp_path, changed=("docs/x/a.md",))[0].states == {"docs": "done"}


def test_manual_inputs_reach_the_command_and_the_key(tmp_path):
    stages = "say: {run: 'echo $MLCI_INPUT_GREETING > said.txt', outputs: [said.txt]}"
    on = "{manual: {inputs: {greeting: {default: hello}}}}"
    pipeline = repository(tmp_path, text_of(stages, "[say]", on=on))
    go(pipeline, tmp_path)
    assert (tmp_path / "said.txt").read_text() == "hello\n"
    _, listener = go(pipeline, tmp_path, inputs={"greeting": "moin"})
    assert listener.reasons["say"] == ("the input greeting changed hello → moin",)
    assert (tmp_path / "said.txt").read_text() == "moin\n"
    with pytest.raises(InputError, match="no input 'salute'"):
        go(pipeline, tmp_path, inputs={"salute": "x"})


def test_a_command_that_names_nothing_it_reads_or_makes_always_runs(tmp_path):
    pipeline = repository(tmp_path, text_of("ping: {run: 'echo pong'}", "[ping]"))
    go(pipeline, tmp_path)
    outcome, listener = go(pipeline, tmp_path)
    assert outcome.states == {"ping": "done"}
    assert listener.lines == {"ping": ["pong"]}


def test_a_missing_input_is_told_at_its_place(tmp_path):
    pipeline = repository(tmp_path, text_of(CHAIN, "[build, train, pack]"), FILES)
    (tmp_path / "src.txt").unlink()
    outcome, listener = go(pipeline, tmp_path)
    assert outcome.exit_status == 2
    assert "mlci.yaml:6:" in listener.said["build"]
    assert "the input 'src.txt' of 'build' is not there [missing-input]" in listener.said["build"]


def test_stale_files_in_an_output_folder_do_not_survive_a_new_run(tmp_path):
    stages = "make: {run: 'mkdir -p out && cp name out/$(cat name)', inputs: [name], outputs: [out/]}"
    pipeline = repository(tmp_path, text_of(stages, "[make]"), {"name": "a"})
    go(pipeline, tmp_path)
    (tmp_path / "name").write_text("b")
    go(pipeline, tmp_path)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["b"]


def test_tracked_files_and_inputs_inside_an_output_folder_stay(tmp_path):
    stages = "make: {run: 'cp data/raw.txt data/made.txt', inputs: [data/raw.txt], outputs: [data/]}"
    files = {
        "data/raw.txt": "r",
        "data/README.md": "about",
        ".gitignore": "data/raw.txt\ndata/made.txt\n.mlci\n",
    }
    pipeline = repository(tmp_path, text_of(stages, "[make]"), files, git=True)
    go(pipeline, tmp_path)
    (tmp_path / "data/raw.txt").write_text("r2")
    go(pipeline, tmp_path)
    assert (tmp_path / "data/made.txt").read_text() == "r2"
    assert (tmp_path / "data/README.md").read_text() == "about"


def test_a_failed_command_leaves_the_earlier_outputs_as_they_were(tmp_path):
    stages = """
    fit:
      run: |
        mkdir model
        cp src.txt model/w
        echo '{"loss": 0.5}' > metrics.json
        grep -q good src.txt
      inputs: [src.txt]
      outputs: [model/]
      metrics: metrics.json
    """
    pipeline = repository(tmp_path, text_of(stages, "[fit]"), {"src.txt": "good\n"})
    go(pipeline, tmp_path)
    (tmp_path / "src.txt").write_text("bad\n")
    outcome, _ = go(pipeline, tmp_path)
    assert outcome.states == {"fit": "failed"}
    assert (tmp_path / "model/w").read_text() == "good\n"
    # The numbers of the failed try stay: they are what one wants to see.
    assert json.loads((tmp_path / "metrics.json").read_text()) == {"loss": 0.5}
    assert not (tmp_path / ".mlci/state/aside/fit").exists()


def test_two_runs_do_not_collide(tmp_path):
    from engine_kit import drive

    pipeline = repository(tmp_path, text_of("slow: {run: 'touch began; sleep 5'}", "[slow]"))
    other = drive(tmp_path, "run")
    try:
        deadline = time.monotonic() + 20
        while not (tmp_path / "began").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        with pytest.raises(
            InputError, match=rf"another `mlci run` is at work here \(process {other.pid}, since"
        ):
            go(pipeline, tmp_path)
    finally:
        other.terminate()
        assert other.wait(20) == 130


def test_a_store_that_is_switched_off_keeps_nothing(chain):
    pipeline, root = chain
    go(pipeline, root, store="")
    assert not (root / ".mlci/store").exists()
    assert set(go(pipeline, root, store="")[0].states.values()) == {"current"}
