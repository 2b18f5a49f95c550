"""What security and ML rules are made of: commands, packages, credentials, the mending of pins."""

from __future__ import annotations

import pytest
from amount_kit import examples
from hypothesis import given
from hypothesis import strategies as st

from mlci.lint import kinds
from mlci.lint.commands import split
from mlci.lint.fixes import fix_once
from mlci.lint.packages import installed
from mlci.lint.security.credentials import is_placeholder, names_secret, secret_paths, tokens
from mlci.lint.settings import Options
from mlci.vendors.github.rules import unpinned_action
from mlci.yaml.source import SourceFile


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b; c && d | e", [["a", "b"], ["c"], ["d"], ["e"]]),
        ("A=1 sudo -E b \"c d\" 'e'", [["b", "c d", "e"]]),
        ("a \\\n  b # no\nc", [["a", "b"], ["c"]]),
        ("if [ -n x ]; then make; fi", [["[", "-n", "x", "]"], ["make"], ["fi"]]),
        ("cat <<EOF > f\nrm -rf x\nEOF\nnext", [["cat", "<<EOF", ">", "f"], ["next"]]),
        ("echo ${{ a && b }} $(c; d) done", [["echo", "${{ a && b }}", "$(c; d)", "done"]]),
        ("echo << pipeline.git.branch >> 2>&1", [["echo", "<< pipeline.git.branch >>", "2>&1"]]),
        ("(cd x && make)", [["cd", "x"], ["make"]]),
    ],
)
def test_scripts_are_cut_into_commands(text, expected):
    assert [command.run for command in split(text)] == expected


@examples(200)
@given(st.text(alphabet="ab $(){}'\"|&;<>\\\n#=", max_size=80))
def test_every_word_stands_where_it_says(text):
    for command in split(text):
        assert all(text[word.start :].startswith(word.raw) for word in command.words)
        assert command.start < command.end <= len(text)
        assert isinstance(command.name, str)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pip install a==1 b 'c>=2' d[e]", [("a", True), ("b", False), ("c", False), ("d", False)]),
        ("python3 -m pip install --upgrade pip a", [("a", False)]),
        ("uv pip install -r r.txt -c c.txt a", [("a", True)]),
        ("pip install . -e x ./y.whl https://z/a.whl $A", []),
        ("pip install a > log.txt", [("a", False)]),
        ("npm i -g a @b/c @d/e@1.2 f@latest", [("a", False), ("@b/c", False), ("@d/e", True), ("f", False)]),
        ("npm install a", []),
        ("npx --yes a@2 b", [("a", True)]),
        ("go install x.y/z@latest", [("x.y/z", False)]),
        ("gem install a -v 1", []),
        ("cargo install a", [("a", False)]),
        ("pip download a", []),
    ],
)
def test_what_a_command_installs(text, expected):
    (command,) = split(text)
    found = list(installed(command))
    assert [(one.name, one.exact) for one in found] == expected
    assert all(text[one.start :].startswith(one.written) for one in found)


@pytest.mark.parametrize(
    "name", ["API_KEY", "db-password", "GITHUB_TOKEN", "SSH_KEY", "secret", "AWS_SECRET_ACCESS_KEY"]
)
def test_names_of_secrets(name):
    assert names_secret(name)


@pytest.mark.parametrize(
    "name", ["KEY", "TOKEN_FILE", "PASSWORD_LENGTH", "CACHE_KEY", "SECRETARY", "MONKEY", "SECRET_ARN"]
)
def test_names_of_no_secrets(name):
    assert not names_secret(name)


@pytest.mark.parametrize(
    "value", ["x", "postgres", "changeme", "/run/secrets/a", "12345678", "********", "my-example-key"]
)
def test_values_that_are_no_secrets(value):
    assert is_placeholder(value, "A_TOKEN")


def test_tokens_of_known_forms():
    aws = "AKIA" + "Q3EGRZZK7LT5WXYA"
    key = "-----BEGIN OPENSSH " + "PRIVATE KEY-----"
    text = f"a: {aws}\nb: AKIAIOSFODNN7EXAMPLE\nc: {key}\nd: https://ci:s3cretpw@example.com/x\n"
    assert [what for what, _, _ in tokens(text)] == [
        "an AWS access key",
        "a private key",
        "a password in a URL",
    ]
    assert all(text[start : start + length] for _, start, length in tokens(text))


def test_paths_that_hold_credentials():
    text = "~/.cache/pip\n  ~/.ssh\n.env\n.env.example\n!.npmrc\nkeys/a.pem\nmodel/"
    assert [path for path, _ in secret_paths(text)] == ["~/.ssh", ".env", "keys/a.pem"]
    assert all(text[start:].startswith(path) for path, start in secret_paths(text))


WORKFLOW = """\
on: push
jobs:
  a:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v7
      - uses: actions/checkout@v7.0.1   # why
      - uses: "actions/checkout@v7"
      - uses: actions/checkout@v4
      - uses: acme/unknown@v1
"""


def test_pinning_mends_the_releases_that_are_known():
    file = SourceFile(".github/workflows/ci.yml", WORKFLOW, kinds.BY_ID["github-workflow"])
    text, count = fix_once(file, Options(select=("unpinned-action",)))
    release, commit = unpinned_action.pins()["actions/checkout"]
    assert count == 2
    assert text == WORKFLOW.replace(
        "uses: actions/checkout@v7\n", f"uses: actions/checkout@{commit} # {release}\n"
    ).replace("actions/checkout@v7.0.1 ", f"actions/checkout@{commit} ")


def test_pinning_twice_changes_nothing_more():
    file = SourceFile(".github/workflows/ci.yml", WORKFLOW, kinds.BY_ID["github-workflow"])
    options = Options(select=("unpinned-action",))
    text, _ = fix_once(file, options)
    again = SourceFile(file.name, text, file.kind)
    assert fix_once(again, options) == (text, 0)
