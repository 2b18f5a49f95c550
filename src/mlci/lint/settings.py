"""Which rules run on which files: command line, `pyproject.toml` or `.mlci-lint.yaml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from mlci.errors import InputError, input_error
from mlci.findings import Mark, suggest

if TYPE_CHECKING:
    from mlci.yaml.document import Document

FILE = ".mlci-lint.yaml"
TABLE = ("tool", "mlci", "lint")
KEYS = ("select", "ignore", "exclude", "per-file-ignores", "partners", "strict")


RENAMED = {
    "jenkins-host-key": "host-key-checking",
    "jenkins-pipe-to-shell": "pipe-to-shell",
    "jenkins-plain-secret": "plain-secret",
    "jenkins-script-injection": "parameter-injection",
    "jenkins-secret-echo": "secret-in-log",
    "jenkins-unpinned-image": "unpinned-image",
}
"""Ids that rules had before, and what to look for now: settings and ignores that name them go on to work."""


class Options(NamedTuple):
    """What the user asked of the linter.

    A selector is a rule's id, a pack's id (`circleci`, `security`, …), or a pattern of either (`travis-*`).
    """

    select: tuple[str, ...] = ("*",)
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    """Patterns of paths not to look at, relative to the root."""
    per_file_ignores: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    """Selectors of rules to leave out, by pattern of path."""
    partners: bool = True
    """Whether findings of partner tools that are installed are merged in."""
    partners_required: bool = False
    """Whether it is an error that one of those tools is not installed."""
    strict: bool = False
    """Whether warnings fail too."""
    fix: bool = False
    changed: bool = False
    """Only files that differ from the last commit, or are new."""
    kind: str | None = None
    """Take the given files for this kind, whatever their names are."""
    root: Path = Path()
    """The repository's folder; paths are shown relative to it."""

    def runs(self, pack: str, rule: str, name: str) -> bool:
        if not selected(self.select, self.ignore, pack, rule):
            return False
        return not self.per_file_ignores or not any(
            matches(name, pattern) and selects(left_out, pack, rule)
            for pattern, left_out in self.per_file_ignores.items()
        )


@cache
def selected(select: tuple[str, ...], ignore: tuple[str, ...], pack: str, rule: str) -> bool:
    return selects(select, pack, rule) and not selects(ignore, pack, rule)


def selects(selectors: Sequence[str], pack: str, rule: str) -> bool:
    known = (RENAMED.get(one, one) for one in selectors)
    return any(fnmatchcase(rule, one) or fnmatchcase(pack, one) for one in known)


def matches(name: str, pattern: str) -> bool:
    """Tell whether a path fits a pattern: whole, by a folder above it, or by its last part."""
    pattern = pattern.removeprefix("./")
    if pattern.endswith("/"):
        return name.startswith(pattern) or fnmatchcase(name, f"{pattern}*")
    return (
        fnmatchcase(name, pattern)
        or fnmatchcase(name.rpartition("/")[2], pattern)
        or name.startswith(f"{pattern}/")
    )


class Table(NamedTuple):
    """The settings a repository has, as they were read."""

    name: str
    """The name of their file."""
    values: dict[str, Any]
    document: Document | None = None
    """The file, when it is YAML: it knows the place of each value."""

    def mark(self, *path: str, key: bool = False) -> Mark:
        """Return the place of a value, or of its key; the file's when it is no YAML."""
        return Mark(self.name, 0) if self.document is None else self.document.mark(path, key=key)

    def words(self, *path: str) -> tuple[str, ...]:
        """Return a list of texts.

        Raises
        ------
        InputError : it is none
        """
        given: Any = self.values
        for key in path:
            given = given.get(key, []) if isinstance(given, dict) else given
        texts = [given] if isinstance(given, str) else given
        if not isinstance(texts, list) or not all(isinstance(one, str) for one in texts):
            said = f"'{path[-1]}' in the linter's settings must be a list of texts"
            raise input_error(self.mark(*path), said, "wrong-type")
        return tuple(texts)

    def flag(self, key: str, default: bool) -> bool:
        """Return a yes or no.

        Raises
        ------
        InputError : it is none
        """
        given = self.values.get(key, default)
        if not isinstance(given, bool):
            said = f"'{key}' in the linter's settings must be true or false"
            raise input_error(self.mark(key), said, "wrong-type")
        return given

    def per_file(self) -> dict[str, tuple[str, ...]]:
        """Return the rules to leave out by pattern of path.

        Raises
        ------
        InputError : it is no mapping of lists
        """
        key = "per-file-ignores"
        given = self.values.get(key, {})
        if not isinstance(given, dict):
            said = f"'{key}' in the linter's settings must map patterns of paths to lists of rules"
            raise input_error(self.mark(key), said, "wrong-type")
        return {str(pattern): self.words(key, pattern) for pattern in given}


def load(root: Path, given: Options | None = None) -> Options:
    """Add the repository's settings to what the command line gave.

    The command line's `select` replaces the file's; `ignore` and `exclude` add to it.

    Raises
    ------
    InputError : the settings are no TOML or YAML, hold an unknown key, or a value of the wrong type
    """
    given = given or Options(root=root)
    table = read_table(root)
    if not table.values:
        return given
    for key in table.values:
        if key not in KEYS:
            said = f"unknown key '{key}' in the linter's settings; expected one of {', '.join(KEYS)}"
            mark = table.mark(str(key), key=True)
            raise input_error(mark, said, "unknown-key", suggest(str(key), KEYS))
    required = table.values.get("partners") == "required"
    return given._replace(
        select=given.select if given.select != ("*",) else table.words("select") or ("*",),
        ignore=given.ignore + table.words("ignore"),
        exclude=given.exclude + table.words("exclude"),
        per_file_ignores={**table.per_file(), **given.per_file_ignores},
        partners=given.partners and (required or table.flag("partners", True)),
        partners_required=given.partners_required or required,
        strict=given.strict or table.flag("strict", False),
    )


def read_table(root: Path) -> Table:
    """Return the settings as their file has them; an empty table when there is none."""
    own = root / FILE
    if own.is_file():
        from mlci.yaml.document import read_document

        document = read_document(own, FILE)
        data = document.data
        if data is not None and not isinstance(data, dict):
            raise input_error(document.mark(()), "the linter's settings must be a mapping", "wrong-type")
        return Table(FILE, data or {}, document)
    project = root / "pyproject.toml"
    return Table("pyproject.toml", read_project(project) if project.is_file() else {})


def read_project(path: Path) -> dict[str, Any]:
    """Return the table `[tool.mlci.lint]` of a pyproject.toml."""
    import tomllib

    from mlci.yaml.document import read_text

    text = read_text(path, path.name)
    if "mlci" not in text:
        return {}
    try:
        table: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"pyproject.toml is not valid TOML: {error}") from error
    for part in TABLE:
        table = table.get(part, {}) if isinstance(table, dict) else {}
    return table if isinstance(table, dict) else {}
