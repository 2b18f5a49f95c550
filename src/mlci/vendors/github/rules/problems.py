"""All that one walk over a workflow or action finds, by topic; each rule module takes its share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from mlci.findings import Finding, Mark, Severity
from mlci.vendors.github.syntax import scope
from mlci.vendors.github.syntax.embedded_expressions import EmbeddedExpression, expressions_in, is_whole
from mlci.vendors.github.syntax.expression.parser import parse
from mlci.vendors.github.syntax.expression.semantics import check
from mlci.vendors.github.syntax.expression.tree import Expression, ExpressionError
from mlci.vendors.github.syntax.expression.types import ANY, BOOL, NUMBER, Array, Object, Simple, Type, show
from mlci.vendors.github.syntax.form.walk import Site, Walk
from mlci.yaml.places import within
from mlci.yaml.source import SourceFile


class Said(NamedTuple):
    """One thing to say, before a rule signs it."""

    mark: Mark
    message: str
    help: str | None = None
    severity: Severity | None = None


class Read(NamedTuple):
    """An expression that could be read, its place and its type."""

    site: Site
    piece: EmbeddedExpression
    tree: Expression


MOST = 1_000
"""Mistakes in expressions that are told of one file."""

Gathered = dict[str, list[Said]]


def walk(file: SourceFile) -> Walk:
    """Compare the file with its grammar; asked for by `file.once(walk)`."""
    done = Walk()
    root = file.root_node
    if root is None:
        return done
    if file.kind.id == "github-action":
        from mlci.vendors.github.syntax.form import action

        action.grammar().read(root, "the action", done)
    else:
        from mlci.vendors.github.syntax.form import workflow

        workflow.grammar().read(root, "the workflow", done)
    return done


def of_form(file: SourceFile) -> Gathered:
    """Return the mistakes of form by topic; asked for by `file.once(of_form)`."""
    found: Gathered = defaultdict(list)
    for one in file.once(walk).problems:
        found[one.rule].append(Said(file.mark(one.node), one.message, one.help, one.severity))
    return found


class Expressions:
    """All expressions of a file, and what is wrong with them."""

    def __init__(self, file: SourceFile) -> None:
        self.file = file
        self.world = file.once(scope.read_world)
        self.read: list[Read] = []
        self.found: Gathered = defaultdict(list)
        self.count = 0
        for site in file.once(walk).sites:
            self.site(site)

    def say(
        self, topic: str, site: Site, start: int, length: int, message: str, help: str | None = None
    ) -> None:
        """Keep a problem at an offset of a site's text."""
        self.count += 1
        if self.count > MOST:
            return
        mark = within(self.file.name, self.file.lines, site.node, start, length)
        self.found[topic].append(Said(mark, message, help))

    def site(self, site: Site) -> None:
        """Read and check the expressions of one scalar."""
        text = site.node.value
        if site.condition and "${{" not in text:
            self.piece(site, EmbeddedExpression(text, 0, 0, len(text), True))
            return
        for piece in expressions_in(text):
            if piece.closed:
                self.piece(site, piece)
            else:
                said = "the expression is not closed: '}}' is missing"
                self.say("syntax", site, piece.start, 3, said)

    def piece(self, site: Site, piece: EmbeddedExpression) -> None:
        tree = parse(piece.text)
        if isinstance(tree, ExpressionError):
            self.say("syntax", site, piece.inner + tree.start, tree.length, tree.message)
            return
        self.read.append(Read(site, piece, tree))
        variables = scope.Scope(self.world, site.job, site.step)
        kind, problems = check(tree, variables, site.here)
        for one in problems:
            start = piece.inner + one.start
            self.say(one.topic, site, start, one.end - one.start, one.message, one.help)
        self.value(site, piece, tree, kind)

    def value(self, site: Site, piece: EmbeddedExpression, tree: Expression, kind: Type) -> None:
        """Check that an expression gives what its place takes."""
        if site.condition or kind is ANY:
            return
        start, length = piece.inner + tree.start, tree.end - tree.start
        if site.wanted is None:
            if not isinstance(kind, Simple):
                said = (
                    f"an {show(kind)} becomes useless text here"
                    if isinstance(kind, Object)
                    else ("an array becomes useless text here")
                )
                self.say("type", site, start, length, said, "take a member of it, or use toJSON(…)")
        elif not gives(kind, site.wanted):
            said = f"the expression must give {wanted_name(site.wanted)} here, not {show(kind)}"
            self.say("type", site, start, length, said, conversion(site.wanted))


def gives(kind: Type, wanted: Type) -> bool:
    """Tell whether a value of one type is what a key takes; GitHub converts nothing here."""
    if wanted is ANY:
        return True
    if isinstance(wanted, Simple):
        return kind is wanted
    return isinstance(kind, type(wanted))


def wanted_name(wanted: Type) -> str:
    if isinstance(wanted, Array):
        return "an array"
    return "an object" if isinstance(wanted, Object) else f"a {show(wanted)}"


def conversion(wanted: Type) -> str | None:
    return "fromJSON(…) turns text into a value" if wanted in (BOOL, NUMBER) else None


def of_expressions(file: SourceFile) -> Gathered:
    return file.once(Expressions).found


def share(file: SourceFile, rule: str, severity: Severity, *topics: str) -> Iterator[Finding]:
    for found in (file.once(of_form), of_expressions(file)):
        for topic in topics:
            for one in found.get(topic, ()):
                yield Finding(one.mark, one.message, rule, one.severity or severity, one.help)


__all__ = ["Expressions", "Read", "Said", "is_whole", "of_expressions", "of_form", "share", "walk"]
