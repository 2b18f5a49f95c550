"""`mlci lint`: find the files, read each once, run the rules that look at it, gather what they say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from mlci.errors import InputError
from mlci.findings import Finding, Mark, Severity, order
from mlci.lint import ignores, kinds, registry
from mlci.lint.discovery import changed, discover
from mlci.lint.rule import Rule
from mlci.lint.settings import Options, selected
from mlci.lint.shares import spread
from mlci.yaml.document import read_text
from mlci.yaml.source import SourceFile

MOST = 500
"""How often one rule is heard on one file."""
WORTH_A_PROCESS = 15_000
"""How many characters take longer to lint than a process to start."""


class Report:
    """What a run of the linter has to say."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.ignored: list[Finding] = []
        """What an inline ignore took away."""
        self.lines: dict[str, list[str]] = {}
        """The lines of each file that has findings, by its name."""
        self.files = 0
        self.fixed = 0

    def count(self, severity: Severity) -> int:
        return sum(found.severity == severity for found in self.findings)

    def exit_status(self, *, strict: bool = False) -> int:
        """Return 1 when there are errors (or, if strict, warnings), else 0."""
        return int(bool(self.count("error") or (strict and self.count("warning"))))


class Source(NamedTuple):
    """One file read, or why it could not be."""

    file: SourceFile
    path: Path


def lint(paths: Sequence[Path], options: Options) -> Report:
    """Lint files and folders; no path means the root.

    Raises
    ------
    InputError : a path does not exist, or a selector matches no rule
    """
    registry.check_selectors((*(one for one in options.select if one != "*"), *options.ignore))
    report = Report()
    sources = [load(path, name, options) for path, name in wanted(paths, options)]
    if options.fix:
        from mlci.lint.fixes import fix_all

        report.fixed = fix_all(sources, options)
        sources = [load(source.path, source.file.name, options) for source in sources]
    files = [source.file for source in sources]
    found = check_all(files, options)
    if options.partners:
        from mlci.lint import partners

        partners.add(found, files, options)
    for file in files:
        add(report, file, found[file.name], options)
    report.findings = order(report.findings)
    return report


def wanted(paths: Sequence[Path], options: Options) -> list[tuple[Path, str]]:
    found = discover(paths, options)
    if not options.changed:
        return found
    names = changed(options.root)
    return [(path, name) for path, name in found if name in names]


def load(path: Path, name: str, options: Options) -> Source:
    """Read one file; what is wrong with it becomes its problem."""
    try:
        text = read_text(path, name)
    except InputError as error:
        file = SourceFile(name, "", kinds.UNKNOWN, options.root)
        file.problems.extend(error.findings)
        return Source(file, path)
    return Source(make(name, text, options), path)


def make(name: str, text: str, options: Options) -> SourceFile:
    """Make a file for linting from its text, told by `options.kind`, its path or its text."""
    kind = kinds.BY_ID[options.kind] if options.kind else kinds.of(name, text)
    if kind is not None:
        return SourceFile(name, text, kind, options.root)
    file = SourceFile(name, text, kinds.UNKNOWN, options.root)
    said = "cannot tell which vendor's configuration this is"
    help = f"give --kind, one of {', '.join(kinds.BY_ID)}"
    file.problems.append(Finding(Mark(name), said, "unknown-kind", "error", help))
    return file


def add(report: Report, file: SourceFile, found: Iterable[Finding], options: Options) -> None:
    report.files += 1
    stand, gone = sift(file, found, options)
    report.findings.extend(stand)
    report.ignored.extend(gone)
    if stand:
        report.lines[file.name] = file.lines


def check_all(files: Sequence[SourceFile], options: Options) -> dict[str, list[Finding]]:
    for kind in {file.kind.id for file in files}:
        registry.rules_for(kind)  # loaded before the work is spread, so once for all
    size = sum(len(file.text) for file in files)
    found = spread(files, lambda file: pack(check(file, options)), size // WORTH_A_PROCESS)
    return {file.name: unpack(said) for file, said in zip(files, found, strict=True)}


def pack(found: Iterable[Finding]) -> list[Any]:
    return [(tuple(mark), *rest) for mark, *rest in found]


def unpack(said: Iterable[Any]) -> list[Finding]:
    return [Finding(Mark(*mark), *rest) for mark, *rest in said]


def check(file: SourceFile, options: Options) -> list[Finding]:
    """Return what the rules say of one file; of a file that could not be parsed only that."""
    found = list(rule_findings(file, options))
    told = {one.mark.line for one in found if one.rule != "schema" and one.severity == "error"}
    return [one for one in found if one.rule != "schema" or one.mark.line not in told]


def rule_findings(file: SourceFile, options: Options) -> Iterator[Finding]:
    """Yield what each rule says; where another rule explains a line, the schema's word is one too many."""
    sound, anywhere, text = file.sound, not options.per_file_ignores, file.text
    for pack, rule, signs in chosen(file.kind.id, options.select, options.ignore):
        if signs is not None and not any(sign in text for sign in signs):
            continue
        if (sound or pack == "files") and (anywhere or options.runs(pack, rule.ID, file.name)):
            yield from first_of(list(islice(rule.check(file), MOST + 1)))


def first_of(found: list[Finding]) -> list[Finding]:
    """Return the findings of one rule, as many as a person may read."""
    if len(found) > MOST:
        last = found[MOST]
        found[MOST] = last._replace(message=f"{last.message}; here, and {MOST} times before", help=None)
    return found


@cache
def chosen(
    kind: str, select: tuple[str, ...], ignore: tuple[str, ...]
) -> list[tuple[str, Rule, tuple[str, ...] | None]]:
    return [
        (pack, rule, getattr(rule, "SIGNS", None))
        for pack, rule in registry.rules_for(kind)
        if selected(select, ignore, pack, rule.ID)
    ]


def sift(file: SourceFile, found: Iterable[Finding], options: Options) -> tuple[list[Finding], list[Finding]]:
    """Part findings into those that stand and those ignored inline; faulty ignores are findings, too."""
    comments = ignores.find(file)
    if not comments:
        return list(found), []
    stand, gone = ignores.apply(found, comments)
    packs = {rule.ID: pack for pack, rule in registry.rules_for(file.kind.id)}

    def ran(rule: str) -> bool:
        own = packs.get(rule)
        return options.runs(own, rule, file.name) if own else options.partners or "/" not in rule

    faults = ignores.faults(comments, gone, ran)
    return [*stand, *(one for one in faults if options.runs("files", one.rule, file.name))], gone
