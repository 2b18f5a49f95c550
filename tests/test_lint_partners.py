"""Partner tools: what they are given, what becomes of their answers, and that each mistake is told once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlci.errors import EnvironmentLacks, InputError
from mlci.findings import Finding, Mark
from mlci.lint import jobs, kinds, partners
from mlci.lint.partners import actionlint, hadolint, shellcheck, tool, zizmor
from mlci.lint.partners.masking import PATTERNS, mask
from mlci.lint.partners.meaning import PHRASES, TOOLS
from mlci.lint.partners.merge import merge
from mlci.lint.registry import check_selectors, find
from mlci.lint.run import check
from mlci.lint.settings import Options
from mlci.yaml.source import SourceFile

WORKFLOW = """\
on: pull_request
jobs:
  build:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v4
      - run: |
          cd ${{ github.workspace }}
          echo $NAME
          echo "${{ github.event.pull_request.title }}" "${{ github.foo }}"
"""


def file_of(kind, text, name="file", root=None):
    """Make a file."""
    return SourceFile(name, text, kinds.BY_ID[kind], root)


def needs(name):
    """Skip when a tool is missing."""
    return pytest.mark.skipif(tool.find(name) is None, reason=f"needs {name}: pip install 'mlci[lint]'")


def both(file):
    """Return what our rules and the tools say of one file together."""
    found = {file.name: check(file, Options())}
    partners.add(found, [file], Options())
    return found[file.name]


# Masking


@pytest.mark.parametrize(
    ("vendor", "text", "expected"),
    [
        ("github", "a ${{ b }} c", "a ________ c"),
        ("github", "${{ a\nb }}", "_____\n____"),
        ("circleci", "x << pipeline.git.branch >> <<EOF", f"x {'_' * 25} <<EOF"),
        ("circleci", "cat <<EOF > f\nEOF", "cat <<EOF > f\nEOF"),
        ("azure", "a $(Build.X) ${{ p }} $(ls -l)", "a __________ ________ $(ls -l)"),
        ("gitlab", "cd $[[ inputs.dir ]]", f"cd {'_' * 17}"),
        ("travis", "echo $X", "echo $X"),
    ],
)
def test_masking(vendor, text, expected):
    assert mask(text, vendor) == expected


@given(st.text(alphabet="a${}<>[]( )\n.", max_size=80), st.sampled_from([*PATTERNS, "travis"]))
def test_masking_keeps_every_place(text, vendor):
    masked = mask(text, vendor)
    assert len(masked) == len(text)
    assert [at for at, one in enumerate(masked) if one == "\n"] == [
        at for at, one in enumerate(text) if one == "\n"
    ]


# Merging


def ours(rule, line, column=5, message="said"):
    """Make a finding of ours."""
    return Finding(Mark("f", line, column), message, rule)


def theirs(rule, line, column=5, message="said"):
    """Make a finding of a tool's."""
    return Finding(Mark("f", line, column), message, rule, "error", "https://example.com")


def test_the_same_mistake_is_told_once_and_by_us():
    own = [ours("github-permissions", 3)]
    assert merge(own, [theirs("actionlint/permissions", 3, 9)]) == own


def test_two_mistakes_of_a_line_stay_two():
    own = [ours("github-glob", 3, 5)]
    merged = merge(own, [theirs("actionlint/glob", 3, 5), theirs("actionlint/glob", 3, 20)])
    assert [one.mark.column for one in merged] == [5, 20]


def test_what_we_have_no_rule_for_keeps_its_name_and_link():
    found = theirs("zizmor/known-vulnerable-actions", 3)
    assert merge([], [found]) == [found]


def test_what_we_have_a_rule_for_goes_by_our_name():
    (one,) = merge([], [theirs("zizmor/unpinned-uses", 3)])
    assert one.rule == "unpinned-action"
    assert one.help == "found by zizmor: https://example.com"


def test_a_job_and_its_needs_may_stand_apart():
    own = [ours("github-needs", 9)]
    assert merge(own, [theirs("actionlint/job-needs", 6)]) == own
    assert len(merge(own, [theirs("actionlint/job-needs", 60)])) == 2


def test_a_rule_of_the_whole_file_is_told_once():
    own = [ours("broad-permissions", 2)]
    assert merge(own, [theirs("zizmor/excessive-permissions", line) for line in (5, 9)]) == own


def test_the_first_line_of_a_block_means_the_line_within():
    own = [ours("github-undefined-property", 9, 30, "there is no 'github.foo'")]
    said = 'property "foo" is not defined in object type {}'
    assert merge(own, [theirs("actionlint/expression", 7, 14, said)]) == own
    other = 'property "bar" is not defined in object type {}'
    assert len(merge(own, [theirs("actionlint/expression", 7, 14, other)])) == 2


def test_every_name_of_ours_in_the_tables_is_a_rule():
    for table in TOOLS.values():
        for same in table.values():
            for rule in same.rules | ({same.name} if same.name else set()):
                assert rule == find(rule).ID
    for _, rule, _ in PHRASES:
        assert rule == find(rule).ID


# The tools themselves


@pytest.mark.real
@needs("actionlint")
def test_actionlint_answers_for_many_files(tmp_path):
    files = [file_of("github-workflow", WORKFLOW.replace("foo", f"foo{n}"), f"{n}.yml") for n in range(5)]
    found = actionlint.check(files)
    assert {one.mark.file for one in found} == {file.name for file in files}
    assert all(one.rule.startswith("actionlint/") and one.mark.line > 0 for one in found)


@pytest.mark.real
@needs("zizmor")
def test_zizmor_answers_and_skips_what_is_no_yaml():
    broken = file_of("github-workflow", "on: [", "broken.yml")
    found = zizmor.check([file_of("github-workflow", WORKFLOW, "ci.yml"), broken])
    assert ("zizmor/template-injection", 10) in {(one.rule, one.mark.line) for one in found}
    assert {one.mark.file for one in found} == {"ci.yml"}


@pytest.mark.real
@needs("shellcheck")
@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("github-workflow", WORKFLOW),
        (
            "circleci",
            "version: 2.1\njobs:\n  a:\n    steps:\n"
            "      - run: |\n          cd << pipeline.id >>\n\n\n          echo $NAME\n",
        ),
        ("gitlab", "a:\n  script:\n    - make\n\n\n\n\n\n    - echo $NAME\n"),
        ("travis", "script:\n  - make\n\n\n\n\n\n\n  - 'echo $NAME'\n"),
        ("azure", "steps:\n  - bash: |\n      cd $(Build.Dir)\n\n\n\n\n\n      echo $NAME\n"),
        ("codebuild", "phases:\n  build:\n    commands:\n\n\n\n\n\n      - echo $NAME\n"),
        ("mlci", "stages:\n  a:\n    run: |\n\n\n\n\n\n      echo $NAME\n"),
    ],
)
def test_shell_of_every_vendor_is_checked_at_its_place(kind, text):
    file = file_of(kind, text)
    found = [one for one in shellcheck.check([file]) if one.rule == "shellcheck/SC2086"]
    assert [one.mark.line for one in found] == [9]
    line = file.lines[8]
    assert line[found[0].mark.column - 1 :].startswith("$NAME") and found[0].mark.length == 5
    assert not [one for one in shellcheck.check([file]) if one.severity == "error"]


@pytest.mark.real
@needs("shellcheck")
def test_shell_of_a_jenkinsfile_is_checked_with_what_groovy_pastes_in_masked():
    text = "pipeline {\n agent any\n stages {\n stage('a') {\n steps {\n"
    text += 'sh """#!/bin/bash\n  cd ${params.DIR}\n  echo \\$NAME\n"""\n}\n}\n}\n}\n'
    found = shellcheck.check([file_of("jenkinsfile", text, "Jenkinsfile")])
    assert [(one.rule, one.mark.line) for one in found] == [("shellcheck/SC2086", 8)]


@pytest.mark.parametrize(
    ("first", "expected"),
    [("#!/bin/bash", "bash"), ("#!/bin/sh", "sh"), ("#!/usr/bin/python3", ""), ("make", "sh")],
)
def test_the_first_line_names_the_shell(first, expected):
    script = jobs.Script(jobs.Text(f"{first}\nmake\n", lambda start, length: Mark("f")), "sh")
    assert shellcheck.dialect(script) == expected


@pytest.mark.real
@needs("shellcheck")
def test_powershell_is_not_given_to_it():
    text = "on: push\njobs:\n  a:\n    runs-on: windows-2025\n    steps:\n      - run: echo $NAME\n"
    assert shellcheck.check([file_of("github-workflow", text)]) == []


@pytest.mark.real
@needs("hadolint")
def test_hadolint_and_we_tell_each_mistake_once():
    found = both(file_of("dockerfile", "FROM python\nRUN cd /x && pip install twine\n", "Dockerfile"))
    told = [(one.mark.line, one.rule) for one in found]
    assert told.count((1, "unpinned-image")) == 1
    assert told.count((2, "unpinned-tool")) == 1
    assert any(rule.startswith("hadolint/DL") for _, rule in told)
    assert hadolint.check([]) == []


@pytest.mark.real
@needs("actionlint")
@needs("zizmor")
@needs("shellcheck")
def test_one_line_for_one_mistake():
    told = [(one.mark.line, one.rule) for one in both(file_of("github-workflow", WORKFLOW, "ci.yml"))]
    for one in [
        (10, "template-injection"),
        (9, "shellcheck/SC2086"),
        (6, "unpinned-action"),
        (6, "persisted-credentials"),
    ]:
        assert told.count(one) == 1 or one == (10, "template-injection"), told
    assert (7, "github-undefined-property") not in told
    assert (10, "github-undefined-property") in told


# What can go wrong


def test_a_tool_that_is_absent_is_left_out(monkeypatch):
    monkeypatch.setattr(tool, "find", lambda name: None)
    for module in (actionlint, zizmor, shellcheck, hadolint, partners):
        monkeypatch.setattr(module, "find", lambda name: None)
    found = {"f": []}
    partners.add(found, [file_of("github-workflow", WORKFLOW, "f")], Options())
    assert found == {"f": []}
    with pytest.raises(EnvironmentLacks, match="not installed: actionlint, zizmor, shellcheck, hadolint"):
        partners.add(found, [], Options(partners_required=True))


def test_a_tool_that_fails_is_a_note(tmp_path, monkeypatch):
    program = tmp_path / "broken"
    program.write_text("#!/bin/sh\necho oops >&2\nexit 2\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(actionlint, "find", lambda name: str(program))
    (one,) = partners.run(actionlint, [file_of("github-workflow", WORKFLOW, "f")])
    assert (one.rule, one.severity) == ("actionlint/failed", "info")
    assert "oops" in one.message


def test_a_file_that_breaks_a_tool_is_its_own_failure(tmp_path):
    program = tmp_path / "picky"
    program.write_text(
        '#!/bin/sh\nfor f; do case $f in *bad) exit 2;; esac; done\necho "[$#]"\n', encoding="utf-8"
    )
    program.chmod(0o755)
    assert tool.ask_all([str(program)], ["a", "b", "bad", "c"]) == [2, 1]
    with pytest.raises(tool.ToolError):
        tool.ask_all([str(program)], ["bad"])


def test_files_lie_where_they_are_or_in_a_folder_for_the_while(tmp_path):
    (tmp_path / "here.yml").write_text("on: push\n", encoding="utf-8")
    here = file_of("github-workflow", "on: push\n", "here.yml", tmp_path)
    changed = file_of("github-workflow", "on: pull_request\n", "here.yml", tmp_path)
    with tool.on_disk([here, changed]) as paths:
        first, second = paths
        assert Path(first) == (tmp_path / "here.yml").resolve()
        assert Path(second).read_text("utf-8") == changed.text
        assert Path(second).parts[-3:] == (".github", "workflows", "here.yml")
    assert not Path(second).exists() and Path(first).exists()


def test_findings_of_tools_can_be_left_out():
    check_selectors(["shellcheck/SC2086", "zizmor/*", "partners"])
    with pytest.raises(InputError):
        check_selectors(["shelcheck/SC2086"])
