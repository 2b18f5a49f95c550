"""What counts as training and as deploying, on every vendor."""

from __future__ import annotations

import pytest

from mlci.lint import jobs, kinds
from mlci.lint.commands import split
from mlci.lint.gpu_labels import names_gpu
from mlci.lint.ml import detect
from mlci.yaml.source import SourceFile


@pytest.mark.parametrize(
    "text",
    [
        "python train.py --epochs 5",
        "python3 -m ml.train",
        "uv run python -m acme.retrain",
        "poetry run python scripts/train_model.py",
        "bash scripts/train.sh",
        "./train.sh --fast",
        "make train",
        "make retrain-nightly",
        "papermill notebooks/train.ipynb out.ipynb",
        "torchrun --nproc_per_node 4 main.py",
        "accelerate launch main.py",
        "dvc repro",
        "dvc exp run",
        "mlflow run . -P epochs=3",
        "timeout 3600 python finetune.py",
        "aws sagemaker create-training-job --name x",
        "CUDA_VISIBLE_DEVICES=0 python fit.py",
    ],
)
def test_what_trains(text):
    assert any(detect.is_training(command) for command in split(text))
    assert detect.may_train(text)


@pytest.mark.parametrize(
    "text",
    [
        "pytest tests/test_train.py",
        "python -m pytest tests/train",
        "pip install train",
        "python tests/test_train.py",
        "python -c 'train()'",
        "echo train",
        "cat train.py",
        "ruff check train.py",
        "python constrain.py",
        "python build.py train/",
        "mlci exec train --workflow main",
        "dvc pull",
        "git commit -m 'train'",
    ],
)
def test_what_does_not_train(text):
    assert not any(detect.is_training(command) for command in split(text))


@pytest.mark.parametrize(
    "text",
    [
        "kubectl apply -f model.yaml",
        "helm upgrade --install model ./chart",
        "terraform apply -auto-approve",
        "scp -r model deploy@example.com:/srv",
        "rsync -a model/ $HOST:/srv/models",
        "aws ecs update-service --cluster a",
        "aws sagemaker update-endpoint --endpoint-name a",
        "gcloud run deploy model",
        "make deploy",
        "./scripts/deploy.sh production",
        "python -m ml.deploy",
    ],
)
def test_what_deploys(text):
    assert any(detect.is_deploying(command) for command in split(text))


@pytest.mark.parametrize(
    "text",
    [
        "kubectl get pods",
        "kubectl apply --dry-run=client -f model.yaml",
        "helm lint ./chart",
        "terraform plan",
        "scp host:/srv/model model",
        "rsync -a a/ b/",
        "aws s3 ls",
        "python -m pytest tests/test_deploy.py",
        "mlci exec deploy --workflow main",
        "echo deploy",
    ],
)
def test_what_does_not_deploy(text):
    assert not any(detect.is_deploying(command) for command in split(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("gpu.nvidia.small", True),
        ("linux-cuda-12", True),
        ("acme/gpu", True),
        ("t4", True),
        ("large", False),
        ("gputil", False),
    ],
)
def test_names_of_machines_with_a_gpu(text, expected):
    assert names_gpu(text) is expected


PIPELINES = {
    "github-workflow": """\
on: {schedule: [{cron: 0 3 * * *}]}
concurrency: one
jobs:
  train:
    runs-on: [self-hosted, gpu]
    timeout-minutes: 60
    steps: [{run: python train.py}]
  deploy:
    needs: train
    environment: production
    runs-on: ubuntu-24.04
    steps: [{run: kubectl apply -f x}]
""",
    "circleci": """\
version: 2.1
jobs:
  train:
    machine: {image: "linux-cuda-12:2025.02.1"}
    resource_class: gpu.nvidia.small
    steps: [{run: {command: python train.py, no_output_timeout: 60m}}]
  deploy:
    docker: [{image: "cimg/base:2025.01"}]
    steps: [{run: kubectl apply -f x}]
workflows:
  nightly:
    triggers: [{schedule: {cron: 0 3 * * *, filters: {branches: {only: main}}}}]
    jobs:
      - train
      - hold: {type: approval, requires: [train]}
      - deploy: {requires: [hold], serial-group: one}
""",
    "gitlab": """\
stages: [build, ship]
train: {stage: build, tags: [gpu], script: [python train.py]}
.gate: {environment: production, resource_group: one}
deploy: {extends: .gate, stage: ship, script: [kubectl apply -f x]}
""",
    "azure": """\
schedules: [{cron: "0 3 * * *", branches: {include: [main]}}]
lockBehavior: sequential
stages:
  - stage: all
    jobs:
      - {job: train, pool: gpu-pool, steps: [{script: python train.py}]}
      - deployment: deploy
        dependsOn: train
        environment: production
        strategy: {runOnce: {deploy: {steps: [{script: kubectl apply -f x}]}}}
""",
    "mlci": """\
stages:
  train: {run: python train.py, runner: gpu, timeout: 60m}
  deploy: {run: kubectl apply -f x, concurrency: one}
runners: {gpu: {gpu: 1}}
workflows:
  nightly: {on: {schedule: "0 3 * * *"}, stages: [train, {approve: hold}, deploy]}
""",
}


@pytest.mark.parametrize("kind", PIPELINES)
def test_the_same_pipeline_looks_the_same_on_every_vendor(kind):
    view = jobs.view(SourceFile("file", PIPELINES[kind], kinds.BY_ID[kind]))
    train, deploy = view.by_name["train"], view.by_name["deploy"]
    assert [name for name in ("train", "deploy") if detect.trains(view.by_name[name])] == ["train"]
    assert detect.deploys(deploy) is not None and detect.deploys(train) is None
    assert train.gpu is True and train.timeout
    assert deploy.gated and not train.gated
    assert deploy.concurrency
    assert kind == "gitlab" or view.schedules


def test_files_about_something_else_are_left_alone():
    for text, expected in [
        ("script: make", False),
        ("pip install torch", True),
        ("remodel: x", False),
        ("a: model/x", True),
    ]:
        assert detect.is_learning(SourceFile("f", text, kinds.UNKNOWN)) is expected
