"""Which rules run on which files: command line, `pyproject.toml` or `.mlci-lint.yaml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from mlci.errors import InputError, input_error
from mlci.findings import Mark, suggest

FILE = ".mlci-lint.yaml"
TABLE = ("tool", "mlci", "lint")
KEYS = ("select", "ignore", "exclude", "per-file-ignores", "partners", "strict")


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
        """Tell whether a rule runs on a file."""
        if not selected(self.select, self.ignore, pack, rule):
            return False
        return not self.per_file_ignores or not any(
            matches(name, pattern) and selects(left_out, pack, rule)
            for pattern, left_out in self.per_file_ignores.items()
        )


@cache
def selected(select: tuple[str, ...], ignore: tuple[str, ...], pack: str, rule: str) -> bool:
    """Tell whether a rule is selected and not left out."""
    return selects(select, pack, rule) and not selects(ignore, pack, rule)


def selects(selectors: Sequence[str], pack: str, rule: str) -> bool:
    """Tell whether one of the selectors means the rule."""
    return any(fnmatchcase(rule, one) or fnmatchcase(pack, one) for one in selectors)


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


def load(root: Path, given: Options | None = None) -> Options:
    """Add the repository's settings to what the command line gave.

    The command line's `select` replaces the file's; `ignore` and `exclude` add to it.

    Raises
    ------
    InputError : the settings are no TOML or YAML, hold an unknown key, or a value of the wrong type
    """
    given = given or Options(root=root)
    name, table = read_table(root)
    if not table:
        return given
    for key in table:
        if key not in KEYS:
            said = f"unknown key '{key}' in the linter's settings; expected one of {', '.join(KEYS)}"
            raise input_error(Mark(name), said, "unknown-key", suggest(str(key), KEYS))
    return given._replace(
        select=given.select if given.select != ("*",) else words(name, table, "select") or ("*",),
        ignore=given.ignore + words(name, table, "ignore"),
        exclude=given.exclude + words(name, table, "exclude"),
        per_file_ignores={**per_file(name, table), **given.per_file_ignores},
        partners=given.partners and (required(table) or flag(name, table, "partners", True)),
        partners_required=given.partners_required or required(table),
        strict=given.strict or flag(name, table, "strict", False),
    )


def read_table(root: Path) -> tuple[str, dict[str, Any]]:
    """Return the settings' file name and content; an empty table when there are none."""
    own = root / FILE
    if own.is_file():
        from mlci.document import read

        data = read(own, FILE).data
        if data is not None and not isinstance(data, dict):
            raise input_error(Mark(FILE), "the linter's settings must be a mapping", "wrong-type")
        return FILE, data or {}
    project = root / "pyproject.toml"
    if not project.is_file():
        return FILE, {}
    return "pyproject.toml", read_project(project)


def read_project(path: Path) -> dict[str, Any]:
    """Return the table `[tool.mlci.lint]` of a pyproject.toml."""
    import tomllib

    from mlci.document import read_text

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


def words(name: str, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """Return a list of texts of the settings."""
    given = table.get(key, [])
    given = [given] if isinstance(given, str) else given
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise input_error(
            Mark(name), f"'{key}' in the linter's settings must be a list of texts", "wrong-type"
        )
    return tuple(given)


def flag(name: str, table: Mapping[str, Any], key: str, default: bool) -> bool:
    """Return a yes or no of the settings."""
    given = table.get(key, default)
    if not isinstance(given, bool):
        raise input_error(Mark(name), f"'{key}' in the linter's settings must be true or false", "wrong-type")
    return given


def required(table: Mapping[str, Any]) -> bool:
    """Tell whether the settings say `partners: required`."""
    return bool(table.get("partners") == "required")


def per_file(name: str, table: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the rules to leave out by pattern of path."""
    given = table.get("per-file-ignores", {})
    if not isinstance(given, dict):
        said = "'per-file-ignores' in the linter's settings must map patterns of paths to lists of rules"
        raise input_error(Mark(name), said, "wrong-type")
    return {str(pattern): words(name, given, pattern) for pattern in given}
