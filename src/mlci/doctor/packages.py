"""The packages that must be there: those the pipeline lists, and those its library stages use."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from mlci.doctor.check import Check, advice, fine, missing
from mlci.engine.interpreter import Interpreter, find_python, inspect, search_path
from mlci.engine.requirements import declared
from mlci.errors import EnvironmentLacks
from mlci.language.model import Pipeline
from mlci.planning.stage_files import Files, files_of

EXTRAS: Mapping[str, str] = {
    "tensorflow": "tensorflow",
    "serve": "uvicorn",
    "ssh": "asyncssh",
    "store": "fsspec",
}
"""mlci's extra -> the module that must be there."""
USES: Mapping[str, str] = {
    "evaluate": "tensorflow",
    "package": "tensorflow",
    "retrain": "tensorflow",
    "smoke-test": "serve",
}
"""Library stage -> the extra that it uses."""
PINNED = re.compile(
    r"([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*==\s*([A-Za-z0-9.+!_-]+)\s*(?:;\s*(.*?))?\s*(?:#.*)?"
)
SHOWN = 4


def package_checks(pipeline: Pipeline, root: Path, environ: Mapping[str, str]) -> Iterator[Check]:
    """Yield the checks of packages: in mlci's own Python, and in the one that commands will run with."""
    yield from extra_checks(pipeline, root)
    python = find_python(search_path(environ))
    if python is None:
        yield missing(
            "stage-python", "there is no python on the PATH; commands call it", "apt-get install python3"
        )
        return
    try:
        with TemporaryDirectory(prefix="mlci-") as memory:
            found = inspect(python, Path(memory) / "interpreters.json", root)
    except EnvironmentLacks as error:
        yield missing("stage-python", str(error), "mend your PATH")
        return
    yield from requirement_checks(pipeline, root, found)


def requirement_checks(pipeline: Pipeline, root: Path, python: Interpreter) -> Iterator[Check]:
    """Yield the checks of what the pipeline lists: that the file is there, and its packages installed."""
    wanted = pipeline.requirements
    file = wanted.file or wanted.lock
    if file and not (root / file).is_file():
        yield missing("requirements", f"{file} is not there; mlci.yaml names it", f"write {file}")
        return
    if wanted.lock:
        mend = "uv sync --frozen"
    else:
        mend = f"python -m pip install -r {wanted.file}" if wanted.file else ""
    named = declared(wanted, root)
    if not file or named is None:
        return
    pins = dict(pinned(root / file)) if wanted.file else {}
    skipped = not_for_here(root / file) if wanted.file else set()
    absent = [each.name for each in named if each.name not in python.packages and each.name not in skipped]
    other = [
        f"{name} is {python.packages[name][0]}, not {version}"
        for name, version in pins.items()
        if name in python.packages and python.packages[name][0] != version and name not in skipped
    ]
    if absent:
        yield missing("requirements", f"not installed: {few(absent)}, listed in {file}", mend)
    elif other:
        yield advice("requirements", f"other than in {file}: {few(other)}", mend)
    else:
        yield fine("requirements", f"{len(named) - len(skipped)} packages of {file} are installed")


def few(names: list[str]) -> str:
    rest = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def pinned(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the packages that a requirements file pins, and their versions."""
    for line in path.read_text(encoding="utf-8").splitlines():
        found = PINNED.fullmatch(line.strip())
        if found:
            yield re.sub(r"[-_.]+", "-", found[1]).lower(), found[2]


def not_for_here(path: Path) -> set[str]:
    """Return the packages whose marker says that this machine does without them."""
    skipped = set()
    for line in path.read_text(encoding="utf-8").splitlines():
        requirement, _, marker = line.partition(";")
        name = re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", requirement.strip())
        if name and marker.strip() and not holds(marker.partition("#")[0].strip()):
            skipped.add(re.sub(r"[-_.]+", "-", name[0]).lower())
    return skipped


def holds(marker: str) -> bool:
    """Tell whether a marker holds here; where that cannot be told it does not, lest we ask in vain."""
    try:
        from packaging.markers import InvalidMarker, Marker
    except ImportError:
        return False
    try:
        return bool(Marker(marker).evaluate())
    except InvalidMarker:
        return False


def extra_checks(pipeline: Pipeline, root: Path) -> Iterator[Check]:
    """Yield a check for each extra of mlci that the stages use; library stages run in mlci's own Python."""
    listed = [each.name for each in declared(pipeline.requirements, root) or ()]
    for extra, stages in extras_used(pipeline).items():
        module = EXTRAS[extra]
        if find_spec(module) is not None:
            yield fine(f"mlci[{extra}]", f"{module} is installed")
            continue
        own = pipeline.requirements.file is not None and any(name.startswith(module) for name in listed)
        mend = f"-r {pipeline.requirements.file}" if own else f"'mlci[{extra}]'"
        said = f"{module} is not installed; used by {few(stages)}"
        yield missing(f"mlci[{extra}]", said, f"python -m pip install {mend}")


def extras_used(pipeline: Pipeline) -> dict[str, list[str]]:
    used: dict[str, list[str]] = {}
    for stage in pipeline.stages.values():
        files = files_of(stage)
        for extra in extras_of(pipeline, stage.uses or "", files):
            used.setdefault(extra, []).append(stage.name)
    if "://" in pipeline.store and not pipeline.store.startswith("file:"):
        used.setdefault("store", []).append("the store")
    return used


def extras_of(pipeline: Pipeline, uses: str, files: Files) -> Iterator[str]:
    target = pipeline.targets.get(files.target or "")
    if uses == "train-check" and (files.arguments or {}).get("model") is not None:
        yield "tensorflow"
    if uses in USES and not (uses == "smoke-test" and target is not None and "url" in target.options):
        yield USES[uses]
    if uses == "smoke-test" and target is not None and "url" not in target.options:
        yield "tensorflow"
    if target is not None and target.type in EXTRAS:
        yield target.type
