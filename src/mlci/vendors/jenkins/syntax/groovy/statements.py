"""Reading Groovy statements; what cannot be read becomes a Broken one, and reading goes on behind it."""

from __future__ import annotations

from mlci.vendors.jenkins.syntax.groovy.cursor import Cursor
from mlci.vendors.jenkins.syntax.groovy.expressions import arguments, command, expression
from mlci.vendors.jenkins.syntax.groovy.tokens import Group, Item
from mlci.vendors.jenkins.syntax.groovy.tree import (
    Annotation,
    Argument,
    Assign,
    Broken,
    Control,
    Declare,
    Expression,
    Import,
    Jump,
    Labelled,
    Method,
    Statement,
)
from mlci.vendors.jenkins.syntax.groovy.types import skip_type
from mlci.vendors.jenkins.syntax.groovy.words import ASSIGNS, is_type

HEADED = frozenset({"if", "for", "while", "switch", "catch", "synchronized"})
BARE = frozenset({"else", "try", "finally", "do"})
TYPES = frozenset({"class", "interface", "enum", "trait"})
JUMPS = frozenset({"return", "throw", "assert", "break", "continue"})
MODIFIERS = frozenset(
    {"def", "final", "static", "private", "public", "protected", "abstract", "transient", "volatile"}
)

OPEN_ENDED = (Control, Annotation, Labelled, Method)
"""Statements that another may follow on the same line."""


def statements(items: tuple[Item, ...], end: int) -> tuple[Statement, ...]:
    """Read the statements of one block or file."""
    cursor = Cursor(items, end)
    out: list[Statement] = []
    while not cursor.done:
        if cursor.ends_statement():
            cursor.take()
            continue
        node = statement(cursor)
        out.append(node)
        if (
            not isinstance(node, OPEN_ENDED)
            and not cursor.ends_statement()
            and not cursor.is_name("else", "while")
        ):
            out.append(leftover(cursor))
    return tuple(out)


def leftover(cursor: Cursor) -> Broken:
    """Step over what cannot belong to the statement before it, up to its end."""
    start = cursor.peek().start
    while not cursor.ends_statement():
        cursor.take()
    return Broken(start, cursor.behind)


def statement(cursor: Cursor) -> Statement:
    """Read one statement."""
    item = cursor.peek()
    if item[0] == "op" and item[1] == "@":
        return annotation(cursor)
    if item[0] != "name":
        return simple(cursor)
    word = item.text
    behind = cursor.peek(1)
    if behind[0] == "op" and behind[1] == ":" and word != "case":
        cursor.at += 2
        return Labelled(item.start, behind.end, word)
    if word in HEADED and isinstance(behind, Group) and behind.kind == "(":
        return headed(cursor)
    if word in BARE:
        cursor.take()
        return Control(item.start, item.end, word, (), block(cursor))
    if word in JUMPS:
        return jump(cursor)
    return declaration_or_simple(cursor, word)


def declaration_or_simple(cursor: Cursor, word: str) -> Statement:
    """Read a definition, or else an expression or assignment."""
    behind = cursor.peek(1)
    if word in ("import", "package") and behind[0] == "name":
        return imported(cursor)
    if word == "case":
        return case(cursor)
    if word in TYPES and behind[0] == "name":
        return type_definition(cursor)
    if word in MODIFIERS and (behind[0] in ("name", "string", "(", "newline") or behind[1] == "@"):
        return declaration(cursor)
    at = cursor.at
    if is_type(cursor.peek()) and skip_type(cursor) and names(cursor) and is_declared(cursor):
        return declared(cursor, cursor.items[at].start)
    cursor.at = at
    return simple(cursor)


def simple(cursor: Cursor) -> Statement:
    """Read an expression, a call without parentheses, or an assignment."""
    before = cursor.at
    node = command(cursor, statement=True)
    if cursor.at == before:  # a stray comma or the like: step over it
        item = cursor.take()
        return Broken(item.start, item.end)
    targets: list[tuple[Expression, str]] = []
    while cursor.peek()[0] == "op" and cursor.peek()[1] in ASSIGNS:
        targets.append((node, cursor.take().text))
        cursor.skip_newlines()
        node = command(cursor)
    out: Statement = node
    for target, operator in reversed(targets):
        out = Assign(target.start, out.end, target, operator, out)
    return out


def block(cursor: Cursor) -> tuple[Statement, ...]:
    """Read the block at the cursor; without one, what follows is read as statements of its own."""
    item = cursor.over_newlines()
    if not isinstance(item, Group) or item.kind != "{":
        return ()
    cursor.skip_newlines()
    cursor.take()
    return statements(item.items, item.end)


def headed(cursor: Cursor) -> Control:
    """Read `if (…) {…}` and its like."""
    word, header = cursor.take(), cursor.take()
    inside = header_arguments(header) if isinstance(header, Group) else ()
    body = block(cursor)
    return Control(word.start, cursor.behind, word.text, inside, body)


def header_arguments(header: Group) -> tuple[Argument, ...]:
    """Read what stands between a keyword's parentheses: an expression, or the parts of a `for`."""
    items = tuple(item for item in header.items if item[0] != "newline")
    return tuple(
        Argument(node.start, node.end, None, node)
        for node in statements(items, header.end)
        if not isinstance(
            node, (Assign, Broken, Declare, Control, Jump, Method, Annotation, Labelled, Import)
        )
    )


def jump(cursor: Cursor) -> Jump:
    """Read `return …` and its like."""
    word = cursor.take()
    value = None if cursor.ends_statement() else command(cursor)
    if word.text == "assert" and cursor.is_op(":", ","):
        cursor.take()
        expression(cursor)
    return Jump(word.start, max(word.end, cursor.behind), word.text, value)


def case(cursor: Cursor) -> Statement:
    """Read the `case …:` of a switch."""
    word = cursor.take()
    expression(cursor)
    if cursor.is_op(":"):
        cursor.take()
    return Labelled(word.start, cursor.behind, "case")


def imported(cursor: Cursor) -> Import:
    """Read an import or the package's name."""
    start = cursor.take().start
    first = cursor.peek()
    while not cursor.ends_statement():
        cursor.take()
    return Import(start, cursor.behind, first.text)


def annotation(cursor: Cursor) -> Annotation:
    """Read `@Name(…)`."""
    start = cursor.take().start
    words: list[str] = []
    while cursor.is_name() or (words and cursor.is_op(".")):
        words.append(cursor.take().text)
        if words[-1] != "." and not cursor.is_op("."):
            break
    given: tuple[Argument, ...] = ()
    item = cursor.peek()
    if isinstance(item, Group) and item.kind == "(":
        given = arguments(item)
        cursor.take()
    return Annotation(start, max(start + 1, cursor.behind), "".join(words), given)


def type_definition(cursor: Cursor) -> Control:
    """Read a class and its body."""
    word = cursor.take()
    while not cursor.done and not cursor.is_group("{"):
        if cursor.is_op(";"):
            break
        cursor.take()
    if word.text == "enum":  # its names stand between commas
        cursor.take()
        return Control(word.start, cursor.behind, word.text, (), ())
    body = block(cursor)
    return Control(word.start, cursor.behind, word.text, (), body)


def declaration(cursor: Cursor) -> Statement:
    """Read `def …` and what else begins with a modifier."""
    start = cursor.peek().start
    while cursor.is_name(*MODIFIERS):
        cursor.take()
        cursor.skip_newlines()
    if cursor.is_op("@"):
        return annotation(cursor)
    if cursor.is_name(*TYPES):
        return type_definition(cursor)
    at = cursor.at
    if not skip_type(cursor) or not names(cursor):
        cursor.at = at
    return declared(cursor, start)


def names(cursor: Cursor) -> bool:
    """Tell whether what stands at the cursor can be declared: a name, or a method's name in quotes."""
    return cursor.peek()[0] in ("name", "string")


def is_declared(cursor: Cursor) -> bool:
    """Tell whether the name at the cursor, behind a type, is being declared."""
    behind = cursor.peek(1)
    if behind[0] in ("newline", "end"):
        return True
    if behind[0] == "op":
        return behind[1] in ("=", ";", ",", ":")
    if behind[0] == "name":
        return behind[1] == "in"
    return behind[0] == "(" and (
        cursor.peek(2)[0] in ("{", "newline", "end") or cursor.peek(2)[1] in (";", "throws")
    )


def declared(cursor: Cursor, start: int) -> Statement:
    """Read the declared name and its value, or a method's parameters and body."""
    item = cursor.peek()
    if isinstance(item, Group) and item.kind == "(":  # def (a, b) = …
        cursor.take()
        return Declare(start, cursor.behind, "", assigned(cursor))
    if item[0] not in ("name", "string"):
        return Broken(start, cursor.behind)
    cursor.take()
    if cursor.is_group("("):
        return method(cursor, start, item.text)
    value = assigned(cursor)
    while cursor.is_op(","):
        cursor.at += 2
        value = assigned(cursor) or value
    return Declare(start, max(item.end, cursor.behind), item.text, value)


def assigned(cursor: Cursor) -> Expression | None:
    """Read `= value`, if it is there."""
    if not cursor.is_op("="):
        return None
    cursor.take()
    cursor.skip_newlines()
    return command(cursor)


def method(cursor: Cursor, start: int, name: str) -> Method:
    cursor.take()
    while cursor.is_name() or cursor.is_op(",", "."):  # throws A, B
        cursor.take()
    body = block(cursor)
    return Method(start, cursor.behind, name, body)
