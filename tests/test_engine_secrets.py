"""`.mlci/secrets.env`: what may stand there, and what is never repeated."""

from __future__ import annotations

import pytest
from amount_kit import examples
from hypothesis import given
from hypothesis import strategies as st

from mlci.engine.secrets import Secrets, parse, read_secrets
from mlci.errors import InputError


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A=1\nB=two words\n", {"A": "1", "B": "two words"}),
        ("export A=1\n  B = 2  \n", {"A": "1", "B": "2"}),
        ("# a comment\n\nA=x#y\n", {"A": "x#y"}),
        ("A='as $is \\n'\n", {"A": "as $is \\n"}),
        ('A="line\\nnext \\"quoted\\" back\\\\slash"\n', {"A": 'line\nnext "quoted" back\\slash'}),
        ('A="-----BEGIN\nkey\n-----END"\nB=2', {"A": "-----BEGIN\nkey\n-----END", "B": "2"}),
        ("A='one\ntwo'\n", {"A": "one\ntwo"}),
        ("A=\n", {"A": ""}),
        ("A=b=c\n", {"A": "b=c"}),
        ("A=1\nA=2\n", {"A": "2"}),
        ("\ufeffA=1", {"A": "1"}),
        ("A=it's\n", {"A": "it's"}),
    ],
)
def test_values_are_read(tmp_path, text, found):
    (tmp_path / ".mlci").mkdir()
    (tmp_path / ".mlci/secrets.env").write_text(text)
    assert read_secrets(tmp_path) == found


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("A=1\nhush hush\n", 2, "this is no NAME=value"),
        ("1A=hush\n", 1, "this is no NAME=value"),
        ("A=1\nB='hush\nnever closed\n", 2, "the quote is never closed"),
    ],
)
def test_a_mistake_is_placed_and_its_text_is_not_repeated(text, line, message):
    with pytest.raises(InputError) as caught:
        parse(text)
    (found,) = caught.value.findings
    assert (found.mark.file, found.mark.line, found.message) == (".mlci/secrets.env", line, message)
    assert "hush" not in str(caught.value)


def test_a_file_that_cannot_be_read_is_said(tmp_path):
    (tmp_path / ".mlci/secrets.env").mkdir(parents=True)
    with pytest.raises(InputError, match=r"cannot read \.mlci/secrets\.env"):
        read_secrets(tmp_path)


def test_the_environment_comes_first_and_an_empty_value_is_none(tmp_path):
    (tmp_path / ".mlci").mkdir()
    (tmp_path / ".mlci/secrets.env").write_text("A=file\nB=file\n")
    secrets = Secrets({"A": "environment", "B": ""}, tmp_path)
    assert (secrets.get("A"), secrets.get("B"), secrets.get("C")) == ("environment", "file", "")


@examples(200)
@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text):
    try:
        found = parse(text)
    except InputError:
        return
    assert all(isinstance(value, str) for value in found.values())


@examples(200)
@given(
    st.text(
        st.characters(
            blacklist_categories=["Cs"], blacklist_characters="\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\r"
        ),
        max_size=40,
    )
)
def test_what_is_quoted_comes_back(value):
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    assert parse(f'A="{quoted}"\nB=1\n') == {"A": value, "B": "1"}
