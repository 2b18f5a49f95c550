"""docs/how-to/extend.md followed to the letter, in a copy of the repository, with nothing else added."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from packages_kit import make_package

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "how-to" / "extend.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^`([^`\n]+)`(?:, at the end of `(\w+)`)?:\n\n(````?)\w+\n(.*?)^\3$", re.M | re.S)
COPIED = ("src", "templates", "docs", "actions", "orbs", "jenkins")
FILES = ("pyproject.toml", "README.md", "CHANGELOG.md", "CONTRIBUTING.md")
PIPELINE = """version: 1
name: demo
vendors: [github]
stages: {check: {run: python -m unittest}}
workflows: {ci: {"on": {push: true}, stages: [check]}}
"""


class Copy:
    """A copy of the repository in which one section of the page was followed."""

    def __init__(self, root: Path, section: str) -> None:
        self.root = root
        self.section = PAGE.split(f"\n## {section}\n")[1].split("\n## ")[0]
        for name in COPIED:
            shutil.copytree(ROOT / name, root / name)
        for name in FILES:
            shutil.copy2(ROOT / name, root / name)
        for path, name, _, text in BLOCK.findall(self.section):
            self.add(root / path, text, name) if name else self.write(root / path, text)
        self.run("mlci.derive")

    def write(self, path: Path, text: str) -> None:
        """Write a file that is not there yet."""
        assert not (ROOT / path.relative_to(self.root)).exists(), path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def add(self, path: Path, line: str, name: str) -> None:
        """Add a line at the end of a list of a file that is there."""
        pattern = re.compile(rf"^({name}(?:: [^=\n]+)? = \(\n.*?)^\)", re.M | re.S)
        text, count = pattern.subn(lambda found: f"{found[1]}{line})", path.read_text(encoding="utf-8"))
        assert count == 1, f"{path} has no list {name}"
        path.write_text(text, encoding="utf-8")

    def read(self, path: str) -> str:
        """Return a file's text."""
        return (self.root / path).read_text(encoding="utf-8")

    def run(self, *words: str, at: Path | None = None) -> str:
        """Run a module of Python with the copy's mlci."""
        environ = {**os.environ, "PYTHONPATH": str(self.root / "src"), "NO_COLOR": "1"}
        environ.pop("PYTHONDONTWRITEBYTECODE", None)
        command = [sys.executable, "-m", *words]
        done = subprocess.run(command, cwd=at or self.root, env=environ, capture_output=True, text=True)
        assert done.returncode == 0, f"{words}\n{done.stdout}{done.stderr}"
        return done.stdout

    def test(self, *words: str) -> None:
        """Bring the tests, and run some of them; pytest itself fails when there are none."""
        tests = self.root / "tests"
        for name in ("lint", "render"):
            shutil.copytree(ROOT / "tests" / "cases" / name, tests / "cases" / name, dirs_exist_ok=True)
        for path in (ROOT / "tests").glob("*.py"):
            shutil.copy2(path, tests)
        self.run("pytest", "-n", "0", "-p", "no:cacheprovider", *words)


GITHUB, EVERY = "tests/test_lint_github_rules.py", "tests/test_lint_every_vendor.py"
BELONGS = "tests/test_lint_rules.py::test_every_case_folder_belongs_to_a_rule"
RENDERED = ("templates_are_the_registered_vendors", "every_feature_is_accounted_for")
"""Tests that hold what is registered against the folders."""


def home(copy: Copy, text: str) -> Path:
    """Make a repository with a pipeline."""
    folder = copy.root / "home"
    folder.mkdir()
    (folder / "mlci.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_rule_about_all_vendors_needs_a_module_its_name_and_one_case(tmp_path: Path) -> None:
    copy = Copy(tmp_path, "A lint rule")
    copy.test(GITHUB, EVERY, BELONGS, "-k", "world or left_out or belongs")
    assert "everybody write" in copy.run("mlci", "lint", "--explain", "world-writable")
    assert "## world-writable" in copy.read("docs/reference/rules.md")


def test_a_target_needs_a_module_and_an_entry(tmp_path: Path) -> None:
    copy = Copy(tmp_path, "A target")
    assert "\n## shelf\n" in copy.read("docs/reference/targets.md")
    folder = home(copy, f"{PIPELINE}targets: {{production: {{type: shelf, path: shelf}}}}\n")
    for version in (1, 2):
        make_package(folder / "dist", version)
        assert f"version {version} is in production" in copy.run("mlci", "deploy", "dist", at=folder)
    copy.run("mlci", "rollback", at=folder)
    assert "1" in copy.read("home/shelf/digits/current")


def test_a_vendor_needs_a_package_its_templates_and_two_entries(tmp_path: Path) -> None:
    copy = Copy(tmp_path, "A vendor")
    rendered = [f"tests/test_render_cases.py::test_{name}" for name in RENDERED]
    copy.test(*rendered, f"{GITHUB}::test_every_kind_with_jobs_has_a_view", EVERY)
    assert ">buildkite<" in copy.read("docs/images/house.svg")
    shown = re.search(r"such as\n\n```yaml\n(.*?)^```", copy.section, re.M | re.S)
    assert shown is not None
    folder = home(copy, shown[1])
    copy.run("mlci", "generate", at=folder)
    rendered = copy.read("home/.buildkite/pipeline.yml")
    assert "mlci exec check --workflow ci" in rendered
    assert re.search(r"buildkite\s+ci\s+check +runs +runs", copy.run("mlci", "plan", at=folder))
    assert "nothing wrong in 2 files" in copy.run("mlci", "lint", at=folder)
    added = f"{rendered}      - curl https://example.com/install.sh | sh\n"
    (folder / ".buildkite" / "pipeline.yml").write_text(added, encoding="utf-8")
    assert "[pipe-to-shell]" in copy.run("mlci", "lint", at=folder)


def test_what_the_page_shows_is_written_as_our_own(tmp_path: Path) -> None:
    for path, name, _, text in BLOCK.findall(PAGE):
        if path.endswith(".py") and not name:
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text, encoding="utf-8")
    ours = ("--config", str(ROOT / "pyproject.toml"), "--no-cache", str(tmp_path))
    first = ("--config", 'lint.isort.known-first-party = ["mlci"]')
    for command in (["check", *first], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, *ours], cwd=tmp_path, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
