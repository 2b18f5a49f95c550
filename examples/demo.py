"""The main job from an empty folder: scaffold, render, run, deploy, serve, ask. `make demo` runs it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
FOLDER = CHECKOUT / ".demo" / "digits"
MLCI = [sys.executable, "-m", "mlci"]
COLOUR = sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def main() -> int:
    """Show the main job, step by step."""
    started = time.monotonic()
    shutil.rmtree(FOLDER, ignore_errors=True)
    step("A wheel of this checkout, so that the pipeline's jobs can install mlci from their own repository")
    wheel = build_wheel()
    step("mlci init: a repository with a pipeline for real handwritten digits")
    mlci("init", str(FOLDER), "--scaffold", "digits", "--yes", cwd=CHECKOUT)
    put_wheel(wheel)
    step("mlci generate: the native configuration of every vendor")
    mlci("generate")
    commit()
    step("mlci graph: what runs after what")
    mlci("graph", "build-deploy")
    step("mlci run: data, training, gates, package, deployment, smoke test")
    mlci("run", "--yes")
    step("mlci run again: nothing to do")
    again = time.monotonic()
    mlci("run", "--yes")
    again = time.monotonic() - again
    step("mlci serve: the deployed model answers over HTTP")
    answer = ask()
    summary(answer, again, time.monotonic() - started)
    return 0


def step(title: str) -> None:
    """Announce a step."""
    line = f"\x1b[1;36m▸ {title}\x1b[0m" if COLOUR else f"▸ {title}"
    print(f"\n{line}", flush=True)


def mlci(*words: str, cwd: Path = FOLDER) -> None:
    """Run a command of mlci as a person would; leave when it fails."""
    print(f"$ mlci {' '.join(words)}", flush=True)
    done = subprocess.run([*MLCI, *words], cwd=cwd, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def build_wheel() -> Path:
    """Build the wheel of this checkout."""
    folder = CHECKOUT / ".demo" / "wheel"
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps",
         "--wheel-dir", str(folder), str(CHECKOUT)],
        check=True,
    )  # fmt: skip
    (wheel,) = folder.glob("mlci-*.whl")
    return wheel


def put_wheel(wheel: Path) -> None:
    """Put the wheel into the repository and name it in mlci.yaml, instead of a release."""
    wheels = FOLDER / "wheels"
    wheels.mkdir()
    shutil.copy(wheel, wheels)
    config = FOLDER / "mlci.yaml"
    lines = config.read_text(encoding="utf-8").splitlines(keepends=True)
    lines = [f"mlci: wheels/{wheel.name}\n" if line.startswith("mlci:") else line for line in lines]
    config.write_text("".join(lines), encoding="utf-8")


def commit() -> None:
    """Make the folder a repository, as the vendors need it."""
    who = ["-c", "user.name=mlci demo", "-c", "user.email=demo@example.org"]
    for words in (["init", "--quiet", "--initial-branch", "main"], ["add", "--all"],
                  [*who, "commit", "--quiet", "--message", "A pipeline for handwritten digits"]):  # fmt: skip
        subprocess.run(["git", *words], cwd=FOLDER, check=True)


@contextmanager
def served() -> Iterator[str]:
    """Serve what was deployed on a free port; yield the server's address."""
    (model,) = (each for each in (FOLDER / "served" / "prod").iterdir() if each.is_dir())
    words = [*MLCI, "serve", str(model), "--port", "0"]
    server = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    try:
        for line in server.stderr:
            print(line, end="", flush=True)
            address = next((word for word in line.split() if word.startswith("http://")), None)
            if address is not None:
                yield address.rstrip("/.,")
                break
        else:
            sys.exit("the server did not start")
    finally:
        server.terminate()
        server.wait(timeout=30)


def ask() -> str:
    """Ask the served model what digit an image of the held-out data shows."""
    import numpy

    with numpy.load(FOLDER / "data" / "test.npz", allow_pickle=False) as data:
        image, truth = data["x"][0], int(data["y"][0])
    for row in image.reshape(8, 8):
        print("  " + "".join(" ░▒▓█"[min(4, int(value * 4.99))] * 2 for value in row / max(1.0, image.max())))
    body = json.dumps({"instances": [image.tolist()]}).encode()
    with served() as address:
        request = urllib.request.Request(f"{address}:predict", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as response:
            scores = json.load(response)["predictions"][0]
    return f"the model says {scores.index(max(scores))}, it is a {truth}"


def summary(answer: str, again: float, total: float) -> None:
    """Say what was made and where to look."""
    accuracy = json.loads((FOLDER / "metrics" / "test.json").read_text(encoding="utf-8"))["accuracy"]
    here = FOLDER.relative_to(CHECKOUT)
    step(f"Done in {total:.0f} s")
    print(f"""  asked over HTTP      {answer}
  accuracy             {accuracy:.3f} on images it had not seen
  second run           {again:.2f} s, everything up to date
  the pipeline         {here}/mlci.yaml
  for the vendors      {here}/.github/workflows/, .circleci/config.yml, .travis.yml, Jenkinsfile, jenkins/
  the package          {here}/dist/
  deployed             {here}/served/prod/
  next                 cd {here} && mlci doctor   # what to set at each vendor before the first push""")


if __name__ == "__main__":
    sys.exit(main())
