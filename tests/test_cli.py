"""The command line: plain calls and typer's reading agree; every failure is a message and a status."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlci.calls import options
from mlci.commands import app
from mlci.registry import COMMANDS, Entry

ENTRY = [sys.executable, "-m", "mlci"]


def mlci(*words: str, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    import os

    given = {**os.environ, "NO_COLOR": "1", "COLUMNS": "120", **env}
    return subprocess.run([*ENTRY, *words], cwd=cwd, env=given, capture_output=True, text=True, timeout=60)


@pytest.fixture
def here(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Return what calls mlci in this process; its exit status, and what it said on both streams."""
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")

    def call(*words: str) -> tuple[int, str, str]:
        status = app.run(words)
        said = capsys.readouterr()
        return status, said.out, said.err

    return call


def test_version_is_said_without_loading_anything() -> None:
    code = (
        "import sys; sys.argv[1:] = ['--version']; "
        "from mlci.__main__ import main; main(); print(len(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    version, modules = done.stdout.splitlines()
    assert version.startswith("mlci 0.")
    bare = subprocess.run(
        [sys.executable, "-c", "import sys; print(len(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(modules) - int(bare.stdout) <= 3


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
def test_help_has_a_summary_an_example_and_every_option(
    command: Entry, here: Callable[..., tuple[int, str, str]]
) -> None:
    status, out, err = here(command.id, "--help")
    assert status == 0, err
    assert "Example" in out
    for each in options.declared(command.load()):
        assert (each.flag if isinstance(each.said, options.Option) else each.name.upper()) in out
        assert each.said.help[0].isupper() and len(each.said.help) > 10


def test_the_top_help_lists_every_command() -> None:
    done = mlci("--help")
    assert done.returncode == 0
    assert all(f" {command.id} " in done.stdout for command in COMMANDS)


CALLS: tuple[tuple[str, ...], ...] = (
    ("generate",),
    ("generate", "--check", "--vendor", "jenkins", "--vendor", "github", "-C", "somewhere"),
    ("graph", "--format", "svg", "-o", "x.svg", "main", "other"),
    ("graph", "--format=mermaid"),
    ("lint", "a.yml", "b.yml", "--select", "security", "--fix"),
    ("serve", "model", "--port", "0", "--host", "::1"),
    ("rollback", "production", "--to", "41"),
    ("status", "--json"),
)


@pytest.mark.parametrize("words", CALLS, ids=" ".join)
def test_a_plain_call_is_read_as_typer_reads_it(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = next(each for each in COMMANDS if each.id == words[0])
    seen: list[dict[str, Any]] = []
    real = command.load()

    def typed(function: Callable[..., int]) -> Callable[..., Any]:
        import functools

        @functools.wraps(function)
        def noted(**values: Any) -> int:
            seen.append(values)
            return 0

        return kept(noted)

    kept = app.typed
    monkeypatch.setattr(app, "typed", typed)
    app.app()(list(words), prog_name="mlci", standalone_mode=False)
    plain = options.parse(real, words[1:])
    defaults = {each.name: each.default for each in options.declared(real)}
    by_typer = {
        name: list(value) if isinstance(value, list | tuple) else value for name, value in seen[0].items()
    }
    wanted = {
        name: list(v) if isinstance(v, list | tuple) else v for name, v in {**defaults, **plain}.items()
    }
    assert {**{k: [] if v == () else v for k, v in wanted.items()}, **by_typer} == {
        k: [] if v == () else v for k, v in wanted.items()
    }


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("generate", "--chek"), "--check"),
        (("generate", "--vendor", "githib"), "is not one of"),
        (("serve",), "Missing argument"),
        (("serve", "x", "--port", "many"), "valid int"),
        (("grpah",), "graph"),
    ],
)
def test_a_wrong_call_is_explained(
    words: tuple[str, ...], said: str, here: Callable[..., tuple[int, str, str]]
) -> None:
    status, _, err = here(*words)
    assert status == 2
    assert said in err
    assert "Traceback" not in err


def test_input_errors_show_the_line_and_exit_2(tmp_path: Path) -> None:
    (tmp_path / "mlci.yaml").write_text("version: 1\nnam: x\n")
    done = mlci("graph", cwd=tmp_path)
    assert done.returncode == 2
    assert "mlci.yaml:2:1: error: unknown key 'nam'" in done.stderr
    assert "2 | nam: x" in done.stderr
    assert "help: did you mean 'name'?" in done.stderr


def test_a_missing_file_is_said_with_the_way_out(tmp_path: Path) -> None:
    done = mlci("generate", cwd=tmp_path)
    assert done.returncode == 2
    assert "mlci init" in done.stderr


def test_a_defect_is_one_line_and_a_log(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> int:
        raise ZeroDivisionError("surprise")

    assert app.guard(broken) == app.DEFECT
    (line,) = capsys.readouterr().err.splitlines()
    log = Path(line.rpartition(" ")[2])
    assert "ZeroDivisionError" in log.read_text()
    log.unlink()


def test_an_interrupt_exits_130() -> None:
    def interrupted() -> int:
        raise KeyboardInterrupt

    assert app.guard(interrupted) == app.INTERRUPTED


def test_light_commands_load_no_heavy_library(tmp_path: Path) -> None:
    heavy = ("typer", "jinja2", "jsonschema", "tensorflow", "numpy", "docker", "boto3", "asyncssh", "fsspec")
    code = (
        "import sys; from mlci.commands.app import run; run(['graph']); "
        f"print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)"
    )
    (tmp_path / "mlci.yaml").write_text(
        "version: 1\nname: x\nvendors: [github]\nstages: {a: {run: make}}\n"
        "workflows: {main: {on: {push: true}, stages: [a]}}\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stderr.splitlines()[-1] == "[]", done.stderr


def pipeline(folder: Path, run: str = "echo one") -> Path:
    """Lay out a repository of one stage."""
    folder.mkdir(exist_ok=True)
    (folder / "mlci.yaml").write_text(
        f"version: 1\nname: x\nvendors: [github]\nstages: {{a: {{run: {run!r}}}}}\n"
        "workflows: {main: {on: {push: true}, stages: [a]}}\n"
    )
    return folder


@pytest.mark.parametrize(
    ("redirection", "status"),
    [(">&-", 0), (">/dev/null 2>&-", 0), ("<&-", 0), (">/dev/full", 2), ("--wrong 2>/dev/full", 2)],
)
def test_streams_that_are_closed_or_full_are_no_defect(redirection: str, status: int, tmp_path: Path) -> None:
    line = f"{shlex.join(ENTRY)} run --dry-run {redirection}"
    done = subprocess.run(
        ["bash", "-c", line], cwd=pipeline(tmp_path), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == status, done.stderr
    assert "defect" not in done.stderr and "Traceback" not in done.stderr


def test_a_run_whose_reader_has_gone_is_no_success_and_leaves_no_command(tmp_path: Path) -> None:
    pipeline(tmp_path, "echo $$ > pid; for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 0.2; done; touch end")
    line = f"set -o pipefail; {shlex.join(ENTRY)} run | head -1"
    done = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode in (app.INTERRUPTED, 1)
    assert not (tmp_path / "end").exists()
    pid = tmp_path / "pid"
    assert not (pid.exists() and Path(f"/proc/{pid.read_text().strip()}").exists())


def test_a_terminal_of_few_letters_gets_all_it_can_show(tmp_path: Path) -> None:
    done = mlci("run", cwd=pipeline(tmp_path, "echo é"), PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert "\\xe9" in done.stdout


def test_the_folder_above_that_has_the_pipeline_is_named(tmp_path: Path) -> None:
    (pipeline(tmp_path) / "a b").mkdir()
    done = mlci("graph", cwd=tmp_path / "a b")
    assert done.returncode == 2
    assert done.stderr.endswith("say -C ..\n"), done.stderr


def test_no_job_at_a_time_is_no_number_of_jobs(tmp_path: Path) -> None:
    for count in ("0", "-1"):
        done = mlci("run", "--jobs", count, cwd=pipeline(tmp_path))
        assert (done.returncode, done.stderr.splitlines()[0]) == (2, f"error: --jobs {count} lets no job run")


def test_a_picture_goes_to_a_stream_as_to_a_file(tmp_path: Path) -> None:
    drawn = mlci("graph", "-f", "mermaid", cwd=pipeline(tmp_path)).stdout
    assert mlci("graph", "-f", "mermaid", "-o", "/dev/stderr", cwd=tmp_path).stderr == drawn
    assert mlci("graph", "-o", ".", cwd=tmp_path).returncode == 2
