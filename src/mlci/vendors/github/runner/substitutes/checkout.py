"""Does the work of actions/checkout; first it asks for the job's slot, home and environment."""

from __future__ import annotations

import json
import os
import subprocess
import time
import uuid
from pathlib import Path
from typing import Any

from mlci.vendors.github.runner.substitutes import ground

BEAT = 0.02
REMOTE = "refs/remotes/origin/"


def ask(gate: Path, matrix: str) -> dict[str, Any]:
    """Say which job this is; wait until it may work, and return what it is to have."""
    name = uuid.uuid4().hex
    said = {"job": os.environ["GITHUB_JOB"], "matrix": json.loads(matrix) or {}}
    part = gate / f"{name}.part"
    part.write_text(json.dumps(said), encoding="utf-8")
    part.rename(gate / f"{name}.asked")
    given = gate / f"{name}.given"
    while not given.exists():
        time.sleep(BEAT)
    found: dict[str, Any] = json.loads(given.read_text("utf-8"))
    return found


def settle(gate: Path, matrix: str) -> None:
    """Take the job's slot, and hand on its environment."""
    found = ask(gate, matrix)
    if "refused" in found:
        ground.refuse(found["refused"])
    for name, value in found["environ"].items():
        ground.export(name, value)
    ground.add_paths(found["path"])


def git(*words: str) -> str:
    environ = {"PATH": os.environ["PATH"], "HOME": os.environ["RUNNER_TEMP"], "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(
        ["git", *words], cwd=ground.workspace(), env=environ, capture_output=True, text=True
    )
    if done.returncode:
        ground.refuse(f"git {words[0]}: {done.stderr.strip()}")
    return done.stdout.strip()


def wanted(source: str, asked: str) -> str:
    """Return the full ref, or the commit, that is to be checked out."""
    if not asked:
        return os.environ["GITHUB_REF"]
    known = set(git("ls-remote", source).replace("\n", "\t").split("\t")[1::2])
    for ref in (asked, f"refs/heads/{asked}", f"refs/tags/{asked}"):
        if ref in known:
            return ref
    if len(asked) == 40:
        return asked
    ground.refuse(f"A branch or tag with the name '{asked}' could not be found")


def fetch(source: str, ref: str, depth: int) -> None:
    """Fetch a ref, or all there is."""
    specs = [f"+{ref}:{place(ref)}"]
    if depth == 0:
        every = [
            "refs/heads/*:refs/remotes/origin/*",
            "refs/tags/*:refs/tags/*",
            "refs/replace/*:refs/replace/*",
        ]
        specs += [f"+{spec}" for spec in every]
    words = [] if depth == 0 else [f"--depth={depth}"]
    git("-c", "protocol.file.allow=always", "fetch", "--quiet", "--no-tags", *words, source, *specs)


def place(ref: str) -> str:
    """Return the ref under which something fetched is kept."""
    if ref.startswith("refs/heads/"):
        return REMOTE + ref.removeprefix("refs/heads/")
    return ref if ref.startswith("refs/tags/") else "refs/remotes/" + ref.removeprefix("refs/")


def check_out(ref: str) -> None:
    """Check out what was fetched: a branch as such, all else detached."""
    words = ["-B", ref.removeprefix("refs/heads/")] if ref.startswith("refs/heads/") else ["--detach"]
    git("checkout", "--quiet", "--force", *words, place(ref))


def main() -> None:
    given, places = ground.inputs(), ground.places()
    settle(Path(places["gate"]), given["mlci-parity-matrix"])
    source = Path(places["source"]).as_uri()
    git("-c", "init.defaultBranch=main", "init", "--quiet")
    ref = wanted(source, given["ref"])
    fetch(source, ref, int(given["fetch-depth"]))
    check_out(ref)
    ground.answer("ref", ref)
    ground.answer("commit", git("rev-parse", "HEAD"))


if __name__ == "__main__":
    main()
