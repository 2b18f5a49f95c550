"""mlci.yaml's mistakes, each a folder: what is said of it, to the letter and the column."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from amount_kit import examples
from hypothesis import assume, given
from hypothesis import strategies as st

from mlci.errors import InputError
from mlci.findings import show
from mlci.language import config, schema
from mlci.planning import repository
from mlci.yaml.document import Document

CASES = Path(__file__).parent / "cases" / "config"


def said(folder: Path) -> str:
    with pytest.raises(InputError) as caught:
        repository.load(folder)
    lines = (folder / "mlci.yaml").read_text(encoding="utf-8").splitlines()
    return "\n".join(show(found, lines) for found in caught.value.findings) + "\n"


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda case: case.name)
def test_a_mistake_is_explained_at_its_place(case: Path, request: pytest.FixtureRequest) -> None:
    expected = case / "expected.txt"
    found = said(case)
    if request.config.getoption("--update-cases"):
        expected.write_text(found, encoding="utf-8")
    assert found == expected.read_text(encoding="utf-8")


SAMPLE = {
    "version": 1,
    "name": "sample",
    "vendors": ["github"],
    "stages": {"build": {"run": "make", "outputs": ["data/"]}, "train": {"run": "make", "inputs": ["data/"]}},
    "workflows": {"main": {"on": {"push": True}, "stages": ["build", "train"]}},
}


def parse(data: object) -> config.Pipeline:
    return repository.parse(Document("mlci.yaml", json.dumps(data, ensure_ascii=False)))


def test_a_sample_reads_and_fits_its_schema() -> None:
    import jsonschema

    assert [job.id for plan in repository.plans(parse(SAMPLE)) for job in plan.jobs] == ["build", "train"]
    jsonschema.Draft202012Validator.check_schema(schema.schema())
    jsonschema.validate(SAMPLE, schema.schema())


def paths(data: object, at: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    found = [at]
    if isinstance(data, dict):
        for name, value in data.items():
            found += paths(value, (*at, name))
    if isinstance(data, list):
        for index, value in enumerate(data):
            found += paths(value, (*at, index))
    return found


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.floats(allow_nan=False, allow_infinity=False, width=16),
    st.text(max_size=6),
    st.lists(st.text(max_size=3), max_size=2),
    st.dictionaries(st.text(max_size=4), st.integers(), max_size=2),
)


def with_junk(path: tuple[object, ...], junk: object) -> object:
    data = json.loads(json.dumps(SAMPLE))
    if not path:
        return junk
    holder = data
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = junk
    return data


@given(st.sampled_from(paths(SAMPLE)), JUNK)
@examples(300)
def test_loading_raises_nothing_but_our_own_errors_and_agrees_with_the_schema(
    path: tuple[object, ...], junk: object
) -> None:
    import jsonschema

    assume(not (isinstance(junk, float) and junk.is_integer()))  # 1.0 is a whole number to JSON Schema alone
    assume('\\n"' not in json.dumps(junk))  # `$` stands before a last line break in Python alone
    data = with_junk(path, junk)
    shape_errors = {"wrong-type", "unknown-key", "missing-key", "bad-value", "unknown-name"}
    try:
        parse(data)
        fits = True
    except InputError as error:
        rules = {found.rule for found in error.findings}
        assume("syntax" not in rules)  # a character that YAML does not allow
        fits = not rules & shape_errors
    assert fits == jsonschema.Draft202012Validator(schema.schema()).is_valid(data)


@given(st.text(max_size=200))
@examples(300)
def test_any_text_is_read_or_refused_with_our_own_error(text: str) -> None:
    try:
        repository.parse(Document("mlci.yaml", text))
    except InputError as error:
        assert error.findings


def test_a_file_that_is_no_text_is_said(tmp_path: Path) -> None:
    (tmp_path / "mlci.yaml").write_bytes(b"version: 1\nname: \xff\xfe\n")
    with pytest.raises(InputError, match=r"mlci\.yaml:2:\d+: error: .*UTF-8"):
        repository.load(tmp_path)


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs /proc, which Linux has")
def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "mlci.yaml").symlink_to("/proc/self/mem")  # not even root can read its first byte
    with pytest.raises(InputError, match="cannot read the file: Input/output error"):
        repository.load(tmp_path)


def test_a_file_too_large_is_said(tmp_path: Path) -> None:
    (tmp_path / "mlci.yaml").write_text("#" * (11 * 2**20))
    with pytest.raises(InputError, match="larger than 10 MiB"):
        repository.load(tmp_path)
