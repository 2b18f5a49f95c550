"""Rendered GitHub workflows really run: each job in its own checkout, its files handed on."""

from __future__ import annotations

import json
import subprocess
import tarfile
from pathlib import Path

import act_kit
import actions_kit
import pytest
import render_kit as kit

from mlci.planning.vendor import find

github = find("github")

PIPELINE = """\
version: 1
name: sample
vendors: [github]
env: {GREETING: "it's ${{ github.token }} $HOME \\"quoted\\""}
stages:
  build:
    run: mkdir -p data && printf '%s' "$GREETING" > data/text
    outputs: [data/]
  train:
    run: mkdir -p out && echo "$MLCI_PARAM_SIZE-$MLCI_PARAM_NAME" > "out/$MLCI_PARAM_SIZE-$MLCI_PARAM_NAME"
    inputs: [data/]
    matrix: {size: [0.1, 2], name: [a, b], exclude: [{size: 2, name: b}]}
    outputs: ["out/{size}-{name}"]
  choose:
    run: cat out/* > all && cat data/text >> all
    inputs: [out/, data/]
    outputs: [all]
  on-main: {run: touch on-main, outputs: [on-main], if: {branch: main}}
  on-other: {run: touch on-other, outputs: [on-other], if: {branch: "other**"}}
workflows:
  main:
    on: {push: true}
    stages: [build, train, choose, [on-main, on-other]]
"""


def repository(top: Path, text: str) -> Path:
    """Commit a pipeline and what is rendered from it."""
    top.mkdir()
    files = {"mlci.yaml": text, **github.render(kit.plans_from(text))}
    for path, content in files.items():
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_text(content, encoding="utf-8")
    git = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    for words in (
        ["init", "--quiet", "--initial-branch=main"],
        ["add", "--all"],
        ["commit", "--quiet", "-m", "all"],
    ):
        subprocess.run([*git, *words], cwd=top, check=True)
    return top


def handed_on(top: Path) -> set[str]:
    """Return the jobs whose outputs were handed on."""
    return {path.name for path in (top.parent / "artifacts").iterdir() if (path / "record.json").exists()}


@pytest.mark.real
def test_jobs_hand_on_what_the_next_ones_need(tmp_path: Path) -> None:
    top = repository(tmp_path / "work", PIPELINE)
    status, said = act_kit.act(top, "push")
    assert status == 0, said
    kept = tmp_path / "artifacts"
    instances = {path.name for path in kept.iterdir() if path.name.startswith("mlci-train.")}
    assert instances == {"mlci-train.0.1,a", "mlci-train.0.1,b", "mlci-train.2,a"}
    with tarfile.open(kept / "mlci-choose" / "bundle.tar") as bundle:
        (member,) = [each for each in bundle.getmembers() if each.name.endswith("all")]
        content = bundle.extractfile(member)
        assert content is not None
        text = content.read().decode()
    assert text == '0.1-a\n0.1-b\n2-a\nit\'s ${{ github.token }} $HOME "quoted"'
    assert "mlci-on-main" in handed_on(top)
    assert "mlci-on-other" not in handed_on(top)


@pytest.mark.real
def test_jobs_that_use_mlcis_actions_hand_on_alike(tmp_path: Path) -> None:
    # act works out once more what it hands to an action's own steps; all jobs install into one Python.
    text = PIPELINE.replace("${{ github.token }} ", "") + "style: actions\n"
    one_by_one = "overrides: {github: {strategy: {max-parallel: 1}}}\n    matrix:"
    text = text.replace("matrix:", one_by_one).replace(", exclude: [{size: 2, name: b}]", "")
    text = text.replace("[a, b]", "[a]").replace(", [on-main, on-other]]", "]")
    top = repository(tmp_path / "work", text)
    mlci = actions_kit.checkout(tmp_path / "mlci")
    status, said = actions_kit.run(top, mlci, actions_kit.python(tmp_path / "python"))
    assert status == 0, said
    kept = tmp_path / "artifacts"
    instances = {path.name for path in kept.iterdir() if path.name.startswith("mlci-train.")}
    assert instances == {"mlci-train.0.1,a", "mlci-train.2,a"}
    record = json.loads((kept / "mlci-choose" / "record.json").read_text())
    assert (record["status"], record["context"]["vendor"]) == ("done", "github")


@pytest.mark.real
def test_a_failed_job_hands_on_its_record_and_stops_the_rest(tmp_path: Path) -> None:
    top = repository(tmp_path / "work", PIPELINE.replace("run: cat out/*", "run: exit 3; cat out/*"))
    status, said = act_kit.act(top, "push")
    assert status == 1, said
    record = json.loads((tmp_path / "artifacts" / "mlci-choose" / "record.json").read_text())
    assert record["status"] == "failed"
    assert "mlci-on-main" not in handed_on(top)


@pytest.mark.real
def test_a_job_asks_what_has_changed(tmp_path: Path) -> None:
    text = PIPELINE.replace('{branch: "other**"}', '{branch: "m*n", paths: [docs/**]}')
    text = text.replace("{branch: main}", '{branch: "m*n", paths: ["*.yaml"]}')
    top = repository(tmp_path / "work", text)
    (top / "mlci.yaml").write_text(f"{text}# more\n")
    words = [
        "git",
        "-c",
        "user.name=Ada",
        "-c",
        "user.email=ada@example.org",
        "commit",
        "--quiet",
        "-am",
        "more",
    ]
    subprocess.run(words, cwd=top, check=True)
    status, said = act_kit.act(top, "push")
    assert status == 0, said
    assert {"mlci-on-main", "mlci-choose"} <= handed_on(top)
    assert "mlci-on-other" not in handed_on(top)
