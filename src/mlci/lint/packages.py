"""What a command installs, and in which version: pip, uv, npm, npx, gem, cargo, go."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from mlci.lint.commands import Command, Word
from mlci.yaml.patterns import lazy

LIBRARIES = """
tensorflow tensorflow-cpu tensorflow-gpu keras torch torchvision torchaudio pytorch-lightning lightning
jax jaxlib flax scikit-learn xgboost lightgbm catboost transformers datasets accelerate diffusers
sentence-transformers spacy fastai mxnet onnx onnxruntime onnxruntime-gpu numpy pandas scipy polars
mlflow mlflow-skinny dvc ray optuna wandb tensorflow-datasets tfx kfp bentoml deepspeed peft trl
"""
LEARNING = frozenset(LIBRARIES.split())
PYTHON = frozenset(("python", "python3", "py"))
OWN = frozenset(("pip", "setuptools", "wheel"))
"""What pip installs itself with; the newest is the usual choice."""
OPTIONS = """
-r --requirement -c --constraint -e --editable -i --index-url --extra-index-url -f --find-links -t
--target --prefix --root --python-version --platform --abi --implementation --trusted-host --proxy --cert
--timeout --retries --cache-dir --log --python -p --group --extra --registry --tag --version
"""
TAKES_VALUE = frozenset(OPTIONS.split())
"""Options of installers whose value is the next word."""


class Package(NamedTuple):
    """One package a command asks for."""

    name: str
    written: str
    """As it stands in the command."""
    start: int
    """Its offset in the script."""
    exact: bool
    """Whether it says one version."""
    pinned: str
    """How to write it with a version."""


REQUIREMENT = lazy(r"([A-Za-z0-9][A-Za-z0-9._-]*)(\[[^\]]*\])?\s*(.*)\Z", re.DOTALL)
"""What a Python requirement looks like: name, extras, versions."""


def is_learning(name: str) -> bool:
    """Tell whether a package is a library of machine learning, whose version decides what a model becomes."""
    return name.lower().replace("_", "-") in LEARNING


def installed(command: Command) -> Iterator[Package]:
    run = command.run
    if not run:
        return
    skipped = len(command.words) - len(run)
    name = run[0].rpartition("/")[2]
    rest = run[1:]
    if name in PYTHON and rest[:2] == ["-m", "pip"]:
        name, rest = "pip", rest[2:]
    if name == "uv" and rest[:1] == ["pip"]:
        name, rest = "pip", rest[1:]
    words = command.words[skipped + len(run) - len(rest) :]
    if name in ("pip", "pip3", "pipx") and rest[:1] == ["install"]:
        yield from python_packages(words[1:])
    elif name == "uv" and rest[:2] == ["tool", "install"]:
        yield from python_packages(words[2:])
    elif name == "npm" and rest[:1] in (["install"], ["i"]) and ("-g" in rest or "--global" in rest):
        yield from node_packages(words[1:])
    elif name == "npx" and rest:
        yield from node_packages([word for word in words if not word.plain.startswith("-")][:1])
    elif name == "gem" and rest[:1] == ["install"] and not {"-v", "--version"} & set(rest):
        yield from plain_packages(words[1:], "{name} -v VERSION")
    elif name == "cargo" and rest[:1] == ["install"] and not {"--version", "--path", "--git"} & set(rest):
        yield from plain_packages(words[1:], "{name}@VERSION")
    elif name == "go" and rest[:1] == ["install"]:
        yield from go_packages(words[1:])


def named(words: tuple[Word, ...] | list[Word]) -> Iterator[Word]:
    """Yield the words that name packages: no options, their values, files, addresses, variables."""
    skip = False
    for word in words:
        text = word.plain
        if skip:
            skip = False
        elif text.startswith("-"):
            skip = text in TAKES_VALUE
        elif text.startswith((">", "<", "2>")):
            return
        elif (
            text[:1] not in (".", "/", "$", "~")
            and "://" not in text
            and not text.endswith((".whl", ".gz", ".txt"))
        ):
            yield word


def python_packages(words: tuple[Word, ...]) -> Iterator[Package]:
    """Yield the packages of `pip install`."""
    constrained = any(word.plain in ("-c", "--constraint", "--require-hashes") for word in words)
    for word in named(words):
        found = REQUIREMENT.match(word.plain)
        if found is None or found[1].lower() in OWN or "/" in word.plain:
            continue
        version = found[3]
        exact = constrained or version.startswith(("==", "@", "~=")) or "$" in version or "<<" in version
        yield Package(found[1], word.raw, word.start, exact, f"{found[1]}{found[2] or ''}==VERSION")


def node_packages(words: tuple[Word, ...] | list[Word]) -> Iterator[Package]:
    """Yield the packages of `npm install -g` and `npx`."""
    for word in named(words):
        name, at, version = word.plain.rpartition("@")
        scoped = word.plain.startswith("@") and word.plain.count("@") == 1
        exact = bool(at) and not scoped and version not in ("latest", "next", "")
        bare = word.plain if not at or scoped else name
        yield Package(bare, word.raw, word.start, exact, f"{bare}@VERSION")


def plain_packages(words: tuple[Word, ...], form: str) -> Iterator[Package]:
    for word in named(words):
        name, at, _ = word.plain.partition("@")
        yield Package(name, word.raw, word.start, bool(at), form.format(name=name))


def go_packages(words: tuple[Word, ...]) -> Iterator[Package]:
    for word in named(words):
        name, at, version = word.plain.partition("@")
        if at:
            exact = version not in ("latest", "master", "main")
            yield Package(name, word.raw, word.start, exact, f"{name}@VERSION")
