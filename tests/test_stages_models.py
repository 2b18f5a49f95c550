"""From a trained network to a served one and back to training: the library's stages on real digits."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import digits_kit
import numpy as np
import pytest

from mlci.deploy.package import read_package
from mlci.errors import EnvironmentLacks, InputError, StageError
from mlci.models.digest import digest_path
from mlci.models.identity import identify
from mlci.stages.deploy import deploy
from mlci.stages.evaluate import evaluate
from mlci.stages.package import package
from mlci.stages.retrain import retrain
from mlci.stages.smoke_test import smoke_test
from mlci.stages.train_check import train_check

pytestmark = pytest.mark.tensorflow

TARGETS = {"here": {"type": "local", "path": "served"}}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with data and a model trained for five epochs."""
    root = tmp_path_factory.mktemp("workspace")
    digits_kit.write_data(root)
    model = digits_kit.train(root)
    model.export(str(root / "exported"), verbose=False)
    return root


def test_evaluate_measures_what_keras_measures(root: Path, tmp_path: Path) -> None:
    import keras

    outcome = evaluate(
        digits_kit.work(root),
        model=root / "model",
        data=root / "data" / "test.npz",
        gates={"accuracy": ">= 0.80", "recall_3": "> 0.99"},
        batch_size=100,
        metrics=tmp_path / "metrics.json",
        predictions=tmp_path / "predictions.npz",
    )
    with np.load(root / "data" / "test.npz") as data:
        x, y = data["x"], data["y"]
    loss, accuracy = keras.models.load_model(root / "model" / "model.keras").evaluate(x, y, verbose=0)
    assert outcome.metrics["accuracy"] == pytest.approx(accuracy, abs=1e-6)
    assert outcome.metrics["loss"] == pytest.approx(loss, rel=1e-4)
    assert [case.passed for case in outcome.cases] == [True, False]
    assert "expected recall_3 > 0.99" in outcome.failures[0].message
    assert json.loads((tmp_path / "metrics.json").read_text()) == outcome.metrics
    with np.load(tmp_path / "predictions.npz") as saved:
        assert saved["outputs"].shape == (597, 10)
        assert (saved["y"] == y).all()
    assert "true / predicted" in outcome.summary


def test_both_formats_are_measured_alike(root: Path) -> None:
    data = root / "data" / "test.npz"
    keras, saved = (
        evaluate(digits_kit.work(root), model=root / name, data=data) for name in ("model", "exported")
    )
    assert keras.metrics == pytest.approx(saved.metrics)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"gates": {"acuracy": "> 0"}}, "no metric 'acuracy'"),
        ({"gates": {"accuracy": "good"}}, "cannot be read"),
        ({"x": "images"}, "has no array 'images'"),
        ({"batch_size": 0}, "must be 1 or more"),
        ({"model": "data"}, "neither a SavedModel nor a .keras"),
        ({"model": "nowhere"}, "there is no model at"),
        ({"data": "wrong.npz"}, "does not take inputs of 3x3"),
    ],
)
def test_what_cannot_be_evaluated_is_told(root: Path, options: dict[str, Any], said: str) -> None:
    np.savez(root / "wrong.npz", x=np.zeros((4, 3, 3), "float32"), y=np.zeros(4, "int64"))
    given: dict[str, Any] = {"model": "model", "data": "data/test.npz", **options}
    with pytest.raises(InputError, match=said):
        evaluate(
            digits_kit.work(root), **{**given, "model": root / given["model"], "data": root / given["data"]}
        )


def test_train_check_loads_the_model(root: Path) -> None:
    outcome = train_check(
        digits_kit.work(root), history=root / "metrics" / "history.json", model=root / "model", min_fall=0.3
    )
    assert outcome.failures == ()
    assert outcome.cases[-1].name == "model loads"


@pytest.fixture(scope="module")
def dist(root: Path) -> Path:
    """The model as a package of version 7."""
    package(digits_kit.work(root), model=root / "model", name="digits", version=7, dist=root / "dist")
    return root / "dist"


def test_a_package_says_what_it_is(root: Path, dist: Path) -> None:
    packed = read_package(dist)
    assert packed.archive.name == "digits-7.tar"
    assert packed.manifest["keras_identity"] == identify(root / "model" / "model.keras").digest
    assert packed.manifest["signatures"]["serving_default"]["outputs"]["output_0"] == {
        "dtype": "float32",
        "shape": [None, 10],
    }
    assert packed.manifest["parameters"] == 64 * 32 + 32 + 32 * 10 + 10


def test_a_package_of_a_saved_model_has_the_same_bytes_again(root: Path, tmp_path: Path) -> None:
    archives = []
    for name in ("one", "two"):
        package(digits_kit.work(root), model=root / "exported", version=3, dist=tmp_path / name)
        archives.append((tmp_path / name / "model-3.tar").read_bytes())
    assert archives[0] == archives[1]


def test_packages_of_equal_models_compare_equal(root: Path, tmp_path: Path) -> None:
    import shutil

    digests = []
    for name, model in (("one", "model"), ("two", "again")):
        if model == "again":
            import keras

            (root / "again").mkdir(exist_ok=True)
            keras.models.load_model(root / "model" / "model.keras").save(root / "again" / "model.keras")
        package(digits_kit.work(root), model=root / model, version=3, dist=tmp_path / name / "dist")
        digests.append(digest_path(tmp_path / name, "dist"))
    shutil.rmtree(root / "again")
    assert digests[0].files != digests[1].files
    assert digests[0].comparable == digests[1].comparable


def test_a_new_package_replaces_the_old(root: Path, tmp_path: Path) -> None:
    for version in (3, 4):
        package(digits_kit.work(root), model=root / "exported", version=version, dist=tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["manifest.json", "model-4.tar"]


def test_only_the_blessed_model_is_packed(root: Path, tmp_path: Path) -> None:
    blessing, data = tmp_path / "blessing.json", root / "data" / "test.npz"
    work = digits_kit.work(root)
    evaluate(work, model=root / "model", data=data, gates={"accuracy": "> 0.5"}, blessing=blessing)
    outcome = package(work, model=root / "model", version=1, blessing=blessing, dist=tmp_path / "dist")
    assert outcome.failures == ()
    assert read_package(tmp_path / "dist").manifest["blessed"] is True
    other = package(work, model=root / "exported", version=1, blessing=blessing, dist=tmp_path / "other")
    assert other.failures[0].message == "the blessing is for another model"
    evaluate(work, model=root / "model", data=data, gates={"accuracy": "> 0.999"}, blessing=blessing)
    missed = package(work, model=root / "model", version=1, blessing=blessing, dist=tmp_path / "missed")
    assert "missed a gate" in missed.failures[0].message
    assert not (tmp_path / "missed").exists()


def test_two_formats_with_different_weights_are_refused(root: Path, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(root / "exported", tmp_path / "model")
    digits_kit.build(seed=5).save(tmp_path / "model" / "model.keras")
    with pytest.raises(InputError, match="hold different weights"):
        package(digits_kit.work(root), model=tmp_path / "model", version=1, dist=tmp_path / "dist")


def test_versions_follow_from_the_commit(root: Path, tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@b.c", "-C", str(tmp_path), *arguments]
        environment = {"GIT_COMMITTER_DATE": "@1700000000 +0000", "PATH": "/usr/bin:/bin"}
        subprocess.run(command, check=True, capture_output=True, env=environment)

    from mlci.stages.versions import choose_version

    work = digits_kit.work(tmp_path)
    (tmp_path / "code.py").write_text("1")
    git("init")
    git("add", ".")
    git("commit", "-m", "one")
    (tmp_path / "model").mkdir()
    assert choose_version(work, tmp_path / "model", "commit") == 1700000000
    (tmp_path / "model" / "lineage.json").write_text('{"version": 1800000000}')
    assert choose_version(work, tmp_path / "model", "commit") == 1800000001
    assert choose_version(work, tmp_path / "model", 5) == 5
    (tmp_path / "code.py").write_text("2")
    (tmp_path / "model" / "lineage.json").unlink()
    assert choose_version(work, tmp_path / "model", "commit") > 1700000000
    with pytest.raises(InputError, match="must be from 1"):
        choose_version(work, tmp_path / "model", 0)


def requests(root: Path, expect: dict[str, Any]) -> Path:
    """Ask for the first two test images."""
    with np.load(root / "data" / "test.npz") as data:
        instances = data["x"][:2].tolist()
    path = root / "requests.json"
    path.write_text(json.dumps([{"name": "two digits", "instances": instances, "expect": expect}]))
    return path


def test_deployed_model_is_served_asked_and_beaten(root: Path, dist: Path) -> None:
    import keras

    work = digits_kit.work(root, TARGETS)
    outcome = deploy(work, package=dist, target="here")
    assert "digits version 7 is in production" in outcome.summary
    assert "was in production" in deploy(work, package=dist, target="here").summary
    with np.load(root / "data" / "test.npz") as data:
        first = data["x"][:2]
    answers = keras.models.load_model(root / "model" / "model.keras").predict(first, verbose=0)
    expected = {"classes": answers.argmax(axis=1).tolist(), "predictions": answers.tolist(), "within": 1e-5}
    good = smoke_test(work, target="here", requests=requests(root, expected))
    assert [case.passed for case in good.cases] == [True, True], good.summary
    bad = smoke_test(work, target="here", requests=requests(root, {"classes": [99, 99]}))
    assert [case.passed for case in bad.cases] == [True, False]
    assert "expected classes [99, 99]" in bad.failures[0].message

    data, holdout = root / "data" / "train.npz", root / "data" / "test.npz"
    same = retrain(work, target="here", data=data, holdout=holdout, model=root / "same", learning_rate=1e-12)
    assert [case.passed for case in same.cases] == [False]
    assert not (root / "same").exists()
    better = retrain(
        work, target="here", data=data, holdout=holdout, model=root / "better", epochs=10, margin=0.01
    )
    assert better.failures == (), better.summary
    assert better.metrics["accuracy"] > better.metrics["deployed_accuracy"] + 0.01
    package(work, model=root / "better", name="digits", version=3, dist=root / "dist-better")
    with pytest.raises(InputError, match="older than version 7"):
        deploy(work, package=root / "dist-better", target="here")
    package(work, model=root / "better", name="digits", dist=root / "dist-better")
    assert read_package(root / "dist-better").manifest["parent"] == 7
    deploy(work, package=root / "dist-better", target="here")
    again = retrain(work, target="here", data=data, holdout=holdout, model=root / "b2", learning_rate=1e-12)
    assert again.metrics["deployed_accuracy"] == pytest.approx(better.metrics["accuracy"])


def test_retraining_twice_gives_the_same_model(root: Path, dist: Path, tmp_path: Path) -> None:
    work = digits_kit.work(root, {"here": {"type": "local", "path": "twice"}})
    deploy(work, package=dist, target="here")
    found = []
    for name in ("one", "two"):
        retrain(
            work,
            target="here",
            data=root / "data" / "train.npz",
            holdout=root / "data" / "test.npz",
            model=tmp_path / name,
            epochs=2,
            metric="loss",
        )
        found.append(identify(tmp_path / name / "model.keras").weights)
    assert found[0] == found[1]


def test_nothing_deployed_is_told(root: Path) -> None:
    work = digits_kit.work(root, {"here": {"type": "local", "path": "empty"}})
    with pytest.raises(InputError, match="nothing is deployed to 'here' yet"):
        smoke_test(work, target="here", requests=requests(root, {}))
    with pytest.raises(InputError, match="there is no target 'her'"):
        smoke_test(work, target="her", requests=requests(root, {}))


def test_a_server_that_does_not_answer_fails_the_test(root: Path, dist: Path) -> None:
    targets = {"here": {"type": "local", "path": "served2", "url": "http://127.0.0.1:9"}}
    work = digits_kit.work(root, targets)
    deploy(work, package=dist, target="here")
    outcome = smoke_test(work, target="here", requests=requests(root, {}), wait=0.3)
    assert [case.passed for case in outcome.cases] == [False]
    assert "nothing answers" in outcome.failures[0].message


def test_a_model_that_missed_its_gate_is_not_deployed(root: Path, dist: Path, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(dist, tmp_path / "dist")
    manifest = json.loads((tmp_path / "dist" / "manifest.json").read_text())
    (tmp_path / "dist" / "manifest.json").write_text(json.dumps({**manifest, "blessed": False}))
    with pytest.raises(StageError, match="missed a gate"):
        deploy(digits_kit.work(root, TARGETS), package=tmp_path / "dist", target="here")


def test_without_tensorflow_the_help_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from mlci.models.framework import load_tensorflow

    monkeypatch.setitem(sys.modules, "tensorflow", None)
    monkeypatch.delitem(sys.modules, "tensorflow")
    monkeypatch.setattr("sys.path", [])
    monkeypatch.setattr("sys.meta_path", [])
    with pytest.raises(EnvironmentLacks) as caught:
        load_tensorflow()
    assert caught.value.help == "pip install 'mlci[tensorflow]'"
