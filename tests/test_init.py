"""Starting a repository: whole scaffolds, questions, and nothing lost that was there."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from mlci import __version__, init
from mlci.errors import EnvironmentLacks, InputError
from mlci.init import questions
from mlci.init.questions import Question
from mlci.init.render import templates
from mlci.language import schema
from mlci.language.catalogue import vendor_ids
from mlci.planning import repository
from mlci.planning.repository import FILE
from mlci.resources import shipped

WHOLE = tuple(each.id for each in init.ALL if not each.own_code)
EVERY_VENDOR = ",".join(vendor_ids())


def states(report: init.Report) -> dict[str, str]:
    return {one.path: one.state for one in report.placed}


def test_the_scaffolds_are_the_template_folders() -> None:
    folders = {path.name for path in (shipped("templates") / "init").iterdir() if path.is_dir()}
    assert set(init.ids()) == folders


@pytest.mark.parametrize("scaffold", init.ids())
def test_a_scaffold_is_written_whole_and_its_pipeline_is_sound(scaffold: str, tmp_path: Path) -> None:
    report = init.init(tmp_path / "new", scaffold, {"name": "first-try"})
    pipeline = repository.load(tmp_path / "new")
    assert (pipeline.name, pipeline.vendors) == ("first-try", vendor_ids())
    assert pipeline.mlci == f"mlci=={__version__}"
    assert (tmp_path / "new" / init.SCHEMA).read_text() == schema.text()
    assert (
        (tmp_path / "new" / FILE).read_text().startswith(f"# yaml-language-server: $schema={init.SCHEMA}\n")
    )
    assert sorted(report.written) == sorted(Path(one.path) for one in report.placed)
    left = [path for path in (tmp_path / "new").rglob("*") if path.is_file() and "<[" in path.read_text()]
    assert not left


@pytest.mark.parametrize("scaffold", init.ids())
def test_a_second_time_changes_nothing(scaffold: str, tmp_path: Path) -> None:
    init.init(tmp_path, scaffold, {"name": "again"})
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    report = init.init(tmp_path, scaffold, {"name": "again"})
    assert set(states(report).values()) == {"same"}
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_requirements_are_pinned_exactly() -> None:
    for scaffold in WHOLE:
        text = (shipped("templates") / "init" / scaffold / "requirements.txt").read_text()
        for line in text.splitlines():
            assert line.startswith("#") or "==" in line.partition(";")[0], line


def test_files_that_are_there_are_kept_and_named(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine\n")
    (tmp_path / ".gitignore").write_text("*.log\n/data/\n")
    report = init.init(tmp_path, WHOLE[0])
    assert states(report)["README.md"] == "kept"
    assert (tmp_path / "README.md").read_text() == "mine\n"
    assert "README.md: NOT written" in "\n".join(report.lines())
    ignored = (tmp_path / ".gitignore").read_text()
    assert states(report)[".gitignore"] == "extended"
    assert ignored.startswith("*.log\n/data/\n")
    assert ignored.count("/data/") == 1
    assert "/.mlci/*\n!/.mlci/generated/" in ignored


def test_force_replaces_and_keeps_every_old_one_beside(tmp_path: Path) -> None:
    for text in ("first\n", "second\n", "second\n"):
        (tmp_path / "README.md").write_text(text)
        report = init.init(tmp_path, WHOLE[0], force=True)
        assert states(report)["README.md"] == "replaced"
    assert (tmp_path / "README.md.orig").read_text() == "first\n"
    assert (tmp_path / "README.md.orig.1").read_text() == "second\n"
    assert not (tmp_path / "README.md.orig.2").exists()


def test_another_pipeline_is_never_replaced_unasked(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("version: 1\n")
    with pytest.raises(InputError, match=f"another {FILE}"):
        init.init(tmp_path, WHOLE[0])
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
    init.init(tmp_path, WHOLE[0], force=True)
    assert (tmp_path / f"{FILE}.orig").read_text() == "version: 1\n"


def test_a_wheel_of_this_machine_comes_into_the_repository(tmp_path: Path) -> None:
    wheel = tmp_path / f"mlci-{__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("mlci/__init__.py", "")
    init.init(tmp_path / "new", "bare", {"mlci": str(wheel)})
    assert repository.load(tmp_path / "new").mlci == f"wheels/{wheel.name}"
    assert (tmp_path / "new" / "wheels" / wheel.name).read_bytes() == wheel.read_bytes()
    wheel.write_text("no wheel")
    with pytest.raises(EnvironmentLacks, match="is no wheel"):
        init.init(tmp_path / "other", "bare", {"mlci": str(wheel)})


@pytest.mark.parametrize(
    ("answers", "said", "help"),
    [
        ({"name": "two words"}, "'two words' is not a name", "letters"),
        ({"vendors": f"{vendor_ids()[0]},{vendor_ids()[0]}x"}, "unknown vendors", "did you mean"),
        ({"vendors": ","}, "no vendors given", ""),
        ({"python": "2.7"}, "'2.7' is not a Python version", "3.11"),
        ({"mlci": "mlci; rm -rf /"}, "is not something pip can install", "pinned"),
        ({"colour": "red"}, "no question 'colour'", "name"),
        ({"scaffold": "digit"}, "unknown scaffold 'digit'", "did you mean 'digits'"),
    ],
)
def test_a_wrong_answer_is_explained_and_nothing_written(
    answers: dict[str, str], said: str, help: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=said) as caught:
        init.init(tmp_path / "new", None, answers)
    assert help in (caught.value.help or "")
    assert not (tmp_path / "new").exists()


def test_a_person_is_asked_and_asked_again_after_a_slip(tmp_path: Path) -> None:
    asked: list[Question] = []
    answers = iter(["", "9lives", "cats", vendor_ids()[0], "", ""])

    def ask(question: Question) -> str:
        asked.append(question)
        return next(answers)

    report = init.init(tmp_path, ask=ask)
    assert [question.key for question in asked] == ["scaffold", "name", "name", "vendors", "python", "mlci"]
    assert "'9lives' is not a name" in asked[2].wrong
    assert (report.answers.scaffold, report.answers.name) == (init.ids()[0], "cats")
    assert report.answers.vendors == (vendor_ids()[0],)


def test_what_is_given_is_not_asked(tmp_path: Path) -> None:
    given = {"scaffold": "bare", "name": "a", "vendors": EVERY_VENDOR, "python": "3.12", "mlci": "mlci==9"}

    def refuse(question: Question) -> str:
        raise AssertionError(question.key)

    assert init.init(tmp_path, None, given, refuse).answers.python == "3.12"


def test_the_terminal_shows_choices_and_takes_the_default(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builtins.input", lambda: "")
    question = Question("scaffold", "Start from what?", "a", ("a", "b"), hints=("the first", "the second"))
    assert questions.ask_person(question) == ""
    shown = capsys.readouterr().err
    assert "Start from what?" in shown
    assert "the second" in shown
    assert "[a]" in shown
    questions.ask_person(question._replace(wrong="not that"))
    assert "not that" in capsys.readouterr().err


def test_who_leaves_a_question_gets_nothing_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def leave() -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", leave)
    with pytest.raises(KeyboardInterrupt):
        init.init(tmp_path / "new", ask=questions.ask_person)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("folder", "name"), [("My Models!", "My-Models"), ("2024", "pipeline-2024"), ("---", "pipeline")]
)
def test_a_folder_gives_the_pipeline_its_name(folder: str, name: str) -> None:
    assert questions.slug(folder) == name


def test_a_file_in_place_of_the_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="is no folder"):
        init.init(tmp_path / "file")


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    folder = Path("/proc/self") if os.geteuid() == 0 else tmp_path  # where even root may not write
    with pytest.raises(EnvironmentLacks, match="cannot write"):
        init.init(folder / "new")


def test_a_folder_in_place_of_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(InputError, match=f"cannot read .*{FILE}"):
        init.init(tmp_path, WHOLE[0])


@pytest.mark.tensorflow
@pytest.mark.parametrize("scaffold", WHOLE)
def test_the_tests_of_a_scaffold_pass_in_it(scaffold: str, tmp_path: Path) -> None:
    init.init(tmp_path, scaffold)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout


def test_a_template_for_a_hidden_file_has_a_plain_name() -> None:
    for scaffold in init.ids():
        for name, path in templates(scaffold):
            assert not any(part.startswith(".") for part in name.split("/")), name
            assert (path == ".gitignore") == (name == "dot-gitignore")


def test_the_next_steps_can_be_pasted(tmp_path: Path) -> None:
    report = init.init(tmp_path / "my model", "bare")
    assert report.lines()[-1].startswith(f"next: cd '{tmp_path}/my model' && ")
