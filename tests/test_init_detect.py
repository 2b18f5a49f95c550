"""A repository with scripts of its own: what is found in it, and the mlci.yaml that follows."""

from __future__ import annotations

import ast
import os
from pathlib import Path
from textwrap import dedent

import pytest

from mlci import init
from mlci.init.detect import detect
from mlci.init.scripts import FoundStage, traffic
from mlci.language.model import NO_REQUIREMENTS
from mlci.planning import repository
from mlci.planning import vendor as vendors


def lay(root: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(dedent(text))
    return root


SCRIPTS = {
    "requirements.txt": "pandas\n",
    ".python-version": "3.12.4\n",
    "raw/in.csv": "a\n",
    "src/preprocess_data.py": """
        import os
        import pandas as pd
        OUT = os.path.join("data", "clean.csv")
        def main():
            pd.read_csv("raw/in.csv").to_csv(OUT)
        if __name__ == "__main__":
            main()
        """,
    "src/train.py": """
        import json
        from pathlib import Path
        import joblib, pandas as pd
        DATA = Path("data")
        frame = pd.read_csv(DATA / "clean.csv")
        joblib.dump(frame, "models/model.joblib")
        with open("metrics.json", "w") as file:
            json.dump({}, file)
        """,
    "src/train_utils.py": "def help_training(): ...\n",
    "src/eval.py": """
        import joblib
        model = joblib.load("models/model.joblib")
        print(model)
        """,
    "tests/test_train.py": "def test_nothing(): pass\n",
}


def test_scripts_become_stages_that_hand_on_their_files(tmp_path: Path) -> None:
    report = init.init(lay(tmp_path, SCRIPTS))
    assert report.answers.scaffold == "bare"
    pipeline = repository.load(tmp_path)
    assert pipeline.python == "3.12"
    assert pipeline.requirements.file == "requirements.txt"
    (plan,) = repository.plans(pipeline)
    assert [(job.id, job.stage.run, job.collects) for job in plan.jobs] == [
        ("unit-tests", "python -m pytest --junitxml reports/unit-tests.xml", ()),
        ("prepare", "python src/preprocess_data.py", ()),
        ("train", "python src/train.py", ("prepare",)),
        ("evaluate", "python src/eval.py", ("train",)),
    ]
    assert plan.jobs[1].stage.inputs == ("src/preprocess_data.py", "raw/in.csv")
    assert set(plan.jobs[2].stage.outputs) == {"metrics.json", "models/model.joblib"}


def test_scripts_in_a_package_are_run_as_modules(tmp_path: Path) -> None:
    lay(tmp_path, {"app/__init__.py": "", "app/ml/__init__.py": "", "app/ml/train.py": "print(1)\n"})
    assert detect(tmp_path).stages == (
        FoundStage("train", "python -m app.ml.train", ("app/ml/train.py",), why="app/ml/train.py"),
    )


def test_modules_that_only_define_names_are_no_scripts(tmp_path: Path) -> None:
    lay(tmp_path, {"train.py": '"""Doc."""\nimport os\ndef train(): ...\n'})
    found = detect(tmp_path)
    assert not found.stages
    assert found.has_code


def test_an_empty_repository_gets_a_pipeline_to_fill(tmp_path: Path) -> None:
    init.init(tmp_path, "bare")
    assert list(repository.load(tmp_path).stages) == ["hello"]


def test_files_that_do_not_fit_together_are_left_out_and_said(tmp_path: Path) -> None:
    lay(
        tmp_path,
        {
            "dvc.yaml": """
                stages:
                  one: {cmd: make one, outs: [data]}
                  two: {cmd: make two, outs: [data/inner]}
                """
        },
    )
    report = init.init(tmp_path, "bare")
    pipeline = repository.load(tmp_path)
    assert list(pipeline.stages) == ["one", "two"]
    assert not any(stage.outputs for stage in pipeline.stages.values())
    assert any("both claim the output" in note for note in report.notes)


def test_a_dvc_pipeline_is_taken_over(tmp_path: Path) -> None:
    lay(
        tmp_path,
        {
            "params.yaml": "train: {lr: 0.1}\n",
            "raw/data.csv": "a\n",
            "raw/big.csv.dvc": "outs: []\n",
            "src/train.py": "print()\n",
            "dvc.yaml": """
                stages:
                  train:
                    cmd: python src/train.py
                    deps: [src/train.py, data/clean.csv]
                    params: [train.lr]
                    outs: [model.pkl: {cache: true}]
                    metrics: [metrics.json: {cache: false}]
                    plots: [plots/]
                  prepare@1: {cmd: [make a, make b], wdir: raw, deps: [data.csv], outs: [out]}
                  clean: {cmd: make clean-data, deps: [raw/out], outs: [data/clean.csv]}
                  each: {foreach: [1, 2], do: {cmd: "echo ${item}"}}
                  templated: {cmd: "echo ${train.lr}"}
                  outside: {cmd: make, outs: [../elsewhere]}
                  remote: {cmd: make, deps: ["s3://bucket/key"]}
                """,
        },
    )
    report = init.init(tmp_path)
    stages = repository.load(tmp_path).stages
    assert list(stages) == ["prepare-1", "clean", "train"]
    assert stages["prepare-1"].run == "make a\nmake b"
    assert stages["prepare-1"].working_directory == "raw"
    assert (stages["prepare-1"].inputs, stages["prepare-1"].outputs) == (("raw/data.csv",), ("raw/out",))
    train = stages["train"]
    assert train.inputs == ("src/train.py", "data/clean.csv", "params.yaml")
    assert (train.outputs, train.metrics) == (("model.pkl", "plots/"), ("metrics.json",))
    notes = "\n".join(report.notes)
    for left in ("'each'", "'templated'", "'outside'", "'remote'", "big.csv.dvc"):
        assert left in notes


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"uv.lock": "", "requirements.txt": ""}, "{lock: uv.lock}"),
        ({"requirements/base.txt": ""}, "requirements/base.txt"),
        ({"pyproject.toml": '[project]\nname = "x"\n'}, '{pyproject: "."}'),
        (
            {"pyproject.toml": '[project]\nname = "x"\noptional-dependencies = {dev = [], train = []}\n'},
            '{pyproject: ".[train]"}',
        ),
        ({"pyproject.toml": "broken ="}, ""),
    ],
)
def test_requirements_are_found(files: dict[str, str], expected: str, tmp_path: Path) -> None:
    assert detect(lay(tmp_path, files)).requirements == expected
    if expected:
        init.init(tmp_path, "bare")
        assert repository.load(tmp_path).requirements != NO_REQUIREMENTS


@pytest.mark.parametrize(
    ("files", "python"),
    [
        ({".python-version": "3.12\n"}, "3.12"),
        ({"runtime.txt": "python-3.11.9\n"}, "3.11"),
        ({".tool-versions": "nodejs 20\npython 3.13.1\n"}, "3.13"),
        ({"pyproject.toml": '[project]\nrequires-python = ">=3.11,<4"\n'}, "3.11"),
        ({".python-version": "pypy3\n"}, ""),
    ],
)
def test_the_python_is_found(files: dict[str, str], python: str, tmp_path: Path) -> None:
    assert detect(lay(tmp_path, files)).python == python


@pytest.mark.parametrize("vendor", vendors.ALL, ids=lambda vendor: vendor.ID)
def test_vendors_in_use_are_those_rendered_for(vendor: vendors.Vendor, tmp_path: Path) -> None:
    source = f"version: 1\nname: a\nvendors: [{vendor.ID}]\nstages: {{a: {{run: make}}}}\n"
    source += "workflows: {main: {on: {push: true}, stages: [a]}}\n"
    from mlci.yaml.document import Document

    files = vendor.render(repository.plans(repository.parse(Document(repository.FILE, source))))
    lay(tmp_path, files)
    assert detect(tmp_path).vendors == (vendor.ID,)
    init.init(tmp_path, "bare")
    assert repository.load(tmp_path).vendors == (vendor.ID,)


def test_the_branch_checked_out_is_the_one_that_starts_runs(tmp_path: Path) -> None:
    lay(tmp_path, {".git/HEAD": "ref: refs/heads/trunk\n"})
    init.init(tmp_path, "bare")
    (workflow,) = repository.load(tmp_path).workflows.values()
    assert workflow.on.push is not None
    assert workflow.on.push.branches == ("trunk",)


@pytest.mark.parametrize(
    ("code", "reads", "writes"),
    [
        ('np.load("data/x.npy")', ["data/x.npy"], []),
        ('open("in.json")', ["in.json"], []),
        ('open("out.txt", mode="a")', [], ["out.txt"]),
        ('Path("report.json").write_text("{}")', [], ["report.json"]),
        ('P = Path("a")\nQ = P / "b"\nnp.savez(Q / "c.npz", x=x)', [], ["a/b/c.npz"]),
        ('model.save("model/")', [], ["model/"]),
        ('pd.read_csv("https://example.org/x.csv")', [], []),
        ('open("/etc/passwd")\nopen("../x.csv")\nopen("~/x.csv")', [], []),
        ("open(name)\nnp.load(folder / 'x.npy')", [], []),
        ('df.to_csv(f"{name}.csv")', [], []),
        ('logging.info("data/x.csv")', [], []),
    ],
)
def test_what_code_reads_and_writes(code: str, reads: list[str], writes: list[str]) -> None:
    assert traffic(ast.parse(code)) == (reads, writes)


@pytest.mark.parametrize("content", [b"\x00\xff", b"def (", b"(" * 5000, b"\xff\xfe\x00"])
def test_files_that_are_no_python_are_passed_over(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_bytes(content)
    assert detect(tmp_path).stages == ()


def test_pipes_and_devices_are_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "train.py")
    os.mkfifo(tmp_path / "pyproject.toml")
    (tmp_path / "evaluate.py").symlink_to("/dev/zero")
    (tmp_path / ".python-version").symlink_to("/dev/zero")
    assert detect(tmp_path).stages == ()
