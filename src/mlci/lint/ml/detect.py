"""What in a pipeline is machine learning: which job trains, which deploys, which file is about models at all.

A job trains when one of its commands does:

- a launcher made for training: `torchrun`, `accelerate launch`, `deepspeed`, `horovodrun`;
- a pipeline tool that runs all of it: `dvc repro`, `dvc exp run`, `mlflow run`, `kedro run`;
- Python, a notebook, a shell script or `make`, with a target called train, retrain, fit or fine-tune
  (`python -m ml.train`, `make train`), unless it is a test of it (`pytest tests/test_train.py`).

A job deploys when it runs a tool that does (`kubectl apply`, `helm upgrade`, `terraform apply`, an upload by
`scp` or `rsync`, …), a target called deploy, or an action or stage made for it. What mlci itself runs in a
rendered file (`mlci exec …`) is judged in mlci.yaml, not there.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from mlci.findings import Mark
from mlci.lint.commands import Command
from mlci.lint.jobs import VIEWED, Job, Script, Text, view
from mlci.yaml.patterns import lazy
from mlci.yaml.source import SourceFile

WHOLE = tuple(kind for kind in VIEWED if kind not in ("github-action", "circleci-orb", "circleci-orb-part"))
"""The kinds of file that say when their jobs run; parts of pipelines leave that to who uses them."""
RUNNERS = frozenset(
    ("python", "python3", "papermill", "bash", "sh", "make", "just", "jupyter", "srun", "Rscript", "julia")
)
LAUNCHERS = frozenset(("torchrun", "deepspeed", "horovodrun"))
WRAPPERS = (
    ("uv", "run"),
    ("poetry", "run"),
    ("pipenv", "run"),
    ("pdm", "run"),
    ("hatch", "run"),
    ("accelerate", "launch"),
)
PIPELINES = (
    ("dvc", "repro"),
    ("dvc", "exp"),
    ("mlflow", "run"),
    ("kedro", "run"),
    ("sagemaker", "create-training-job"),
    ("custom-jobs", "create"),
)
TOOLS = frozenset(
    ("pytest", "pip", "mypy", "ruff", "black", "flake8", "pylint", "build", "unittest", "compileall")
)
"""Modules of `python -m` and programs that only look at code."""

DEPLOYERS = (
    ("kubectl", ("apply", "rollout", "set", "replace", "create")),
    ("helm", ("upgrade", "install")),
    ("terraform", ("apply",)),
    ("serverless", ("deploy",)),
    ("sam", ("deploy",)),
    ("cdk", ("deploy",)),
    ("fly", ("deploy",)),
    ("flyctl", ("deploy",)),
    ("bentoml", ("deploy", "deployment")),
    ("ansible-playbook", ()),
)
ACTIONS = (
    "aws-actions/amazon-ecs-deploy",
    "google-github-actions/deploy-",
    "azure/webapps-deploy",
    "azure/k8s-deploy",
    "azure/functions-action",
    "appleboy/scp-action",
)

TRAINING_WORD = lazy(
    r"(?:^|[/._:-])(?:re)?(?:train|fine-?tune|fit)(?:ing|er)?(?:[/._:-]|\d*$)", re.IGNORECASE
)

DEPLOYING_WORD = lazy(r"(?:^|[/._:-])(?:re)?deploy(?:ment)?(?:[/._:-]|$)", re.IGNORECASE)

LEARNING = lazy(
    r"\b(?:tensorflow|keras|torch|pytorch|sklearn|scikit-learn|xgboost|lightgbm|catboost|mlflow|dvc|sagemaker"
    r"|bentoml|transformers|onnx|tensorboard|mlci)\b|\b(?:re)?train(?:ing)?\b|\bmodels?/"
    r"|\.(?:keras|h5|pt|pth|onnx|pkl|joblib|safetensors)\b"
)
"""What tells that a file is about machine learning."""


TRAINERS = (
    *("train", "tun", "fit", "accelerate", "deepspeed", "horovod", "dvc", "mlflow", "kedro"),
    *("custom-jobs", "torchrun"),
)
"""One of these is in every script that trains."""
WORDS = """
train model tensor keras torch sklearn scikit boost lightgbm mlflow dvc sagemaker bentoml transformers onnx
mlci .h5 .pt .pkl joblib
"""
HINTS = tuple(WORDS.split())
"""One of these is in every file about machine learning; looking for them is cheap."""


def is_learning(file: SourceFile) -> bool:
    """Tell whether a file is about machine learning; asked for by `file.once(is_learning)`."""
    text = file.text.lower()
    return any(hint in text and tells(text, hint) for hint in HINTS)


def tells(text: str, hint: str) -> bool:
    """Tell whether one of the lines with a hint is about machine learning."""
    at = text.find(hint)
    while at >= 0:
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        if LEARNING.search(text, text.rfind("\n", 0, at) + 1, end):
            return True
        at = text.find(hint, end)
    return False


def unwrap(words: list[str]) -> list[str]:
    """Return a command without what only starts it: `uv run`, `timeout 5m`, `xvfb-run`."""
    while words:
        head = words[0].rpartition("/")[2]
        if any(words[:2] == list(wrapper) for wrapper in WRAPPERS[:-1]):
            words = words[2:]
            while words and words[0].startswith("-"):
                words = words[1:]
        elif head in ("timeout", "nice", "xvfb-run", "stdbuf"):
            rest = words[1:]
            while rest and (rest[0].startswith("-") or rest[0][:1].isdigit()):
                rest = rest[1:]
            words = rest
        else:
            break
    return words


def is_training(command: Command) -> bool:
    """Tell whether a command trains a model."""
    words = unwrap(command.run)
    if not words:
        return False
    head = words[0].rpartition("/")[2]
    if head in LAUNCHERS or words[:2] == ["accelerate", "launch"]:
        return True
    if any(first in (head, *words[1:3]) and second in words[1:4] for first, second in PIPELINES):
        return True
    return runs_target(words, TRAINING_WORD)


def runs_target(words: list[str], pattern: re.Pattern[str]) -> bool:
    """Tell whether a command runs a file, module or target of a name."""
    head = words[0].rpartition("/")[2]
    targets = [word for word in words[1:6] if not word.startswith("-") and "=" not in word]
    if head in TOOLS or (targets and targets[0] in TOOLS):
        return False
    if head.startswith("./") or words[0].startswith("./") or head.endswith((".sh", ".py")):
        return is_called(words[0], pattern)
    if head not in RUNNERS or "-c" in words[1:2]:
        return False
    return bool(targets) and is_called(targets[0], pattern)


def is_called(target: str, pattern: re.Pattern[str]) -> bool:
    name = re.split(r"[/.]", target.removesuffix(".py").removesuffix(".sh").removesuffix(".ipynb"))[-1]
    tests = name.startswith(("test_", "test-")) or name.endswith(("_test", "-test"))
    return not tests and pattern.search(name) is not None


def trains(job: Job) -> list[tuple[Script, Command]]:
    return [
        (script, command)
        for script in job.scripts
        if may_train(script.text.value)
        for command in script.commands
        if is_training(command)
    ]


def may_train(text: str) -> bool:
    """Tell whether a script may train; to look at its commands takes longer."""
    lower = text.lower()
    return any(word in lower for word in TRAINERS)


def deploys(job: Job) -> Text | None:
    """Return what in a job deploys; None when nothing does."""
    for uses in job.uses:
        name = uses.value.lower()
        if name.startswith(ACTIONS) or name == "deploy":
            return uses
    for script in job.scripts:
        for command in script.commands:
            if is_deploying(command):
                return Text(script.text.value[command.start : command.end], at(script, command.start))
    return None


def at(script: Script, by: int) -> Callable[[int, int], Mark]:
    return lambda start, length: script.text.mark(by + start, length)


def is_deploying(command: Command) -> bool:
    words = unwrap(command.run)
    if not words:
        return False
    head = words[0].rpartition("/")[2]
    for tool, verbs in DEPLOYERS:
        if head == tool and "--dry-run" not in " ".join(words):
            return not verbs or any(verb in words[1:4] for verb in verbs)
    if head in ("scp", "rsync"):
        return bool(re.match(r"[^/\s]+:|[^/\s]*\$", words[-1]))
    if head in ("aws", "gcloud", "az"):
        return is_cloud_deployment(words)
    return runs_target(words, DEPLOYING_WORD)


def is_cloud_deployment(words: list[str]) -> bool:
    """Tell whether a cloud's own tool deploys."""
    text = " ".join(words[1:5])
    return bool(
        re.match(
            r"ecs update-service|sagemaker (?:create|update)-endpoint|lambda update-function-code|deploy "
            r"|run deploy|ai endpoints deploy-model|app deploy|functions deploy|ml online-deployment"
            r"|webapp (?:deploy|up)|containerapp (?:up|update)",
            text + " ",
        )
    )


def training_jobs(file: SourceFile) -> list[tuple[Job, Script, Command]]:
    """Return the jobs that train, each with its first command that does; by `file.once(training_jobs)`."""
    if not may_train(file.text):
        return []
    found = ((job, trains(job)) for job in file.once(view).jobs)
    return [(job, *commands[0]) for job, commands in found if commands]
