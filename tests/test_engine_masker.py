"""Secrets become ***, in any spelling, wherever the chunks of a stream may end."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus

import pytest
from amount_kit import examples
from hypothesis import example, given
from hypothesis import strategies as st

from mlci.engine.masker import Masker

SECRET = "pa ss/w+rd&ümlaut"
KEY = "-----BEGIN KEY-----\n" + "\n".join(f"{n:064x}" for n in range(20)) + "\nab=\n-----END KEY-----\n"


def streamed(masker: Masker, data: bytes, size: int) -> bytes:
    """Feed data in chunks."""
    chunks = (data[at : at + size] for at in range(0, len(data), size))
    return b"".join(masker.feed(chunk) for chunk in chunks) + masker.close()


@pytest.mark.parametrize(
    "spelling",
    [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET, ensure_ascii=False)[1:-1],
        SECRET.encode().hex(),
        base64.b64encode(SECRET.encode()).decode(),
        base64.b64encode(SECRET.encode() + b"\n").decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode().rstrip("="),
    ],
)
def test_every_spelling_is_hidden(spelling):
    masker = Masker([SECRET])
    assert masker.text(f"before {spelling} after") == "before *** after"
    for size in (1, 2, 3, 5, 1000):
        assert (
            streamed(Masker([SECRET]), f"before {spelling} after\n".encode(), size) == b"before *** after\n"
        )


@pytest.mark.parametrize("before", ["", "u", "us", "use", "user:"])
@pytest.mark.parametrize("after", ["", "x", "xy", "xyz"])
def test_the_base64_of_something_longer_hides_the_secret_in_it(before, after):
    whole = base64.b64encode(f"{before}{SECRET}{after}".encode()).decode()
    shown = Masker([SECRET]).text(whole)
    assert "***" in shown
    left = shown.replace("***", "")
    assert len(left) <= len(whole) - 4 * (len(SECRET.encode()) // 3 - 1)


@pytest.mark.parametrize("width", [64, 76])
def test_a_key_of_several_lines_is_hidden_line_by_line_and_in_broken_base64(width):
    masker = Masker([KEY])
    assert set(masker.text(KEY).split()) == {"***", "ab="}
    whole = base64.b64encode(KEY.encode()).decode()
    broken = "\n".join(whole[at : at + width] for at in range(0, len(whole), width))
    assert set(masker.text(broken).replace("=", "").split()) == {"***"}


def test_of_two_secrets_the_longer_is_hidden_whole():
    masker = Masker(["token-1", "token-1-and-more"])
    assert masker.text("token-1-and-more token-1") == "*** ***"
    assert streamed(Masker(["token-1", "token-1-and-more"]), b"token-1-and-mo", 1) == b"***-and-mo"


def test_without_secrets_nothing_is_kept_back():
    masker = Masker(["", ""])
    assert masker.feed(b"partial") == b"partial"
    assert masker.text("text") == "text"


def test_what_begins_no_secret_is_shown_at_once():
    masker = Masker(["secret-value"])
    assert masker.feed(b"loss 0.5, sec") == b"loss 0.5, "
    assert masker.feed(b"ondary") == b"secondary"


words = st.text("ab", min_size=1, max_size=6)


@examples(400)
@given(secrets=st.lists(words, min_size=1, max_size=3), text=st.text("ab \n", max_size=60), data=st.data())
@example(secrets=["abab", "ba"], text="abababab", data=None)
def test_a_stream_is_hidden_like_its_whole_text(secrets, text, data):
    """However the stream is cut, what comes out is what hiding the whole at once gives."""
    masker = Masker(secrets)
    whole = masker.text(text)
    assert masker.pattern is not None
    assert not any(secret in piece for secret in secrets for piece in whole.split("***"))
    rest, out = text.encode(), b""
    while rest:
        size = 1 if data is None else data.draw(st.integers(1, len(rest)))
        out += masker.feed(rest[:size])
        rest = rest[size:]
    assert (out + masker.close()).decode() == whole
