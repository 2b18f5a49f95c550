"""The machine itself: its Python, and the programs that mlci and the pipeline's commands call."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from mlci.doctor.check import Check, advice, fine, missing
from mlci.engine.interpreter import search_path
from mlci.language.model import Pipeline, Stage

LEAST_PYTHON = (3, 11)
INSTALL = {
    "git": "apt-get install git",
    "bash": "apt-get install bash",
    "docker": "https://docs.docker.com/engine/install",
    "aws": "pip install awscli",
    "kubectl": "https://kubernetes.io/docs/tasks/tools",
}
"""How to get a program, on a Debian where there is no one way."""
SHELL_WORDS = re.compile(
    "if|then|else|elif|fi|for|while|until|do|done|case|esac|in|function|select|time|set|export|cd|echo|printf|test|"
    "source|eval|exec|exit|return|shift|trap|unset|read|local|declare|true|false|wait|umask|ulimit|alias|command|"
    "type|let|pushd|popd|kill|python3?|pip3?"
)
"""Words that begin a line of shell and are no program to look for; Python is looked at by itself."""
PATIENCE = 10.0
"""Seconds that a program may take to say that it works."""


def machine_checks(pipeline: Pipeline | None, root: Path, environ: Mapping[str, str]) -> Iterator[Check]:
    yield from python_checks(pipeline)
    path = search_path(environ)
    yield program("git", path, "it merges hand edits of rendered files and names the commit of a run")
    if shutil.which("git", path=path) and not inside_git(root):
        yield advice("repository", "this folder is in no git repository; vendors check one out", "git init")
    if pipeline is None:
        return
    if any(stage.run for stage in pipeline.stages.values()):
        yield program("bash", path, "it runs the commands of `run:`")
    if any(service.name == "docker" for stage in pipeline.stages.values() for service in stage.services):
        yield engine(path, environ)
    yield from called(pipeline, path)


def python_checks(pipeline: Pipeline | None) -> Iterator[Check]:
    here = sys.version.split()[0]
    least = ".".join(map(str, LEAST_PYTHON))
    if sys.version_info[:2] < LEAST_PYTHON:
        yield missing("python", f"this is Python {here}; mlci needs {least} or newer", "pyenv install 3.12")
        return
    yield fine("python", f"Python {here}")
    wanted = pipeline.python if pipeline is not None else ""
    if wanted and here != wanted and not here.startswith(f"{wanted}."):
        said = f"jobs run on Python {wanted}, this is {here}; results may differ, and are kept apart"
        yield advice("python-version", said, f"python{wanted} -m venv .venv")


def program(name: str, path: str, purpose: str) -> Check:
    if shutil.which(name, path=path):
        return fine(name, f"{name} is there")
    return missing(
        name, f"{name} is not on the PATH; {purpose}", INSTALL.get(name, f"apt-get install {name}")
    )


def inside_git(root: Path) -> bool:
    """Tell whether a folder lies in a git repository."""
    top = root.resolve()
    return any((folder / ".git").exists() for folder in (top, *top.parents))


def engine(path: str, environ: Mapping[str, str]) -> Check:
    docker = shutil.which("docker", path=path)
    if docker is None:
        said = "docker is not on the PATH; a stage has the service `docker`"
        return missing("docker", said, INSTALL["docker"])
    try:
        done = subprocess.run(
            [docker, "version", "--format", "{{.Server.Version}}"],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            env=dict(environ),
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return missing("docker", "the Docker engine does not answer", "systemctl start docker")
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["it does not answer"])[-1]
        return missing("docker", f"the Docker engine cannot be used: {said}", "systemctl start docker")
    return fine("docker", f"Docker engine {done.stdout.strip()}")


def called(pipeline: Pipeline, path: str) -> Iterator[Check]:
    """Yield a check for each program that a command calls and that is not here; a guess from its text."""
    wanted: dict[str, list[str]] = {}
    for stage in pipeline.stages.values():
        for name in programs(stage):
            wanted.setdefault(name, []).append(stage.name)
    for name, stages in wanted.items():
        if name not in ("git", "bash", "docker") and shutil.which(name, path=path) is None:
            said = f"{name} is not on the PATH; called by {', '.join(stages)}"
            yield advice(
                name, said, INSTALL.get(name, f"apt-get install {name}, or run that stage elsewhere")
            )


def programs(stage: Stage) -> Iterator[str]:
    """Yield the words with which a command's lines begin, where they look like programs."""
    text = (stage.run or "").replace("\\\n", " ")
    for line in re.split(r"\n|&&|\|\||;|\|", text):
        try:
            words = shlex.split(line, comments=True)
        except ValueError:
            continue
        while words and re.match(r"[A-Za-z_]\w*=", words[0]):
            words.pop(0)
        name = words[0] if words else ""
        if re.fullmatch(r"[a-z][a-z0-9+._-]*", name) and not SHELL_WORDS.fullmatch(name):
            yield name
