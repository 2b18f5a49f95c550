"""Reading Groovy expressions: values, calls with and without parentheses, closures, operators."""

from __future__ import annotations

from mlci.vendors.jenkins.syntax.groovy.cursor import Cursor
from mlci.vendors.jenkins.syntax.groovy.tokens import Group, Piece, Token
from mlci.vendors.jenkins.syntax.groovy.tree import (
    Argument,
    Broken,
    Call,
    Chain,
    Closure,
    Expression,
    Hole,
    Index,
    ListOf,
    Literal,
    MapOf,
    Member,
    Name,
    Template,
    Unary,
)
from mlci.vendors.jenkins.syntax.groovy.types import skip_type
from mlci.vendors.jenkins.syntax.groovy.words import (
    BINARY,
    DOTS,
    JOINING,
    NAMED,
    PREFIX,
    WORDS,
    begins_argument,
    continues,
    is_cast,
    is_parameter,
    key_text,
)


def expression(
    cursor: Cursor, first: Expression | None = None, operators_allowed: frozenset[str] = BINARY
) -> Expression:
    """Read one expression; the cursor stops at what cannot belong to it.

    Parameters
    ----------
    first : its first operand, when that has been read already
    operators_allowed : the operators that may join its operands; a statement keeps `=` to itself
    """
    operands = [operand(cursor) if first is None else first]
    operators: list[str] = []
    questions = 0
    while (operator := binary(cursor, questions, operators_allowed)) is not None:
        questions += {"?": 1, ":": -1}.get(operator, 0)
        operators.append(operator)
        cursor.skip_newlines()
        operands.append(typed(cursor) if operator in ("as", "instanceof") else operand(cursor))
    if questions > 0:  # a condition without its other half
        operands.append(Broken(operands[-1].end, operands[-1].end))
        operators.append(":")
    if not operators:
        return operands[0]
    return Chain(operands[0].start, operands[-1].end, tuple(operands), tuple(operators))


def binary(cursor: Cursor, questions: int, allowed: frozenset[str]) -> str | None:
    """Take the operator at the cursor, if one is there; a ternary's may stand on the next line."""
    item = cursor.peek()
    if item[0] == "newline":
        item = cursor.over_newlines()
        if item[0] != "op" or not (item[1] in ("?", "?:") or (item[1] == ":" and questions)):
            return None
        cursor.skip_newlines()
    elif item[0] == "name":
        if item[1] not in NAMED:
            return None
    elif item[0] != "op" or not (item[1] in allowed or (item[1] == ":" and questions)):
        return None
    cursor.take()
    return item.text


def operand(cursor: Cursor) -> Expression:
    """Read a value with the signs before it and the calls behind it."""
    before: list[tuple[int, str]] = []
    while (sign := prefix(cursor)) is not None:
        before.append((cursor.take().start, sign))
        cursor.skip_newlines()
    created = bool(before) and before[-1][1] == "new"
    node = path(cursor, typed(cursor) if created else primary(cursor))
    for start, sign in reversed(before):
        node = signed(start, sign, node)
    return node


def signed(start: int, sign: str, node: Expression) -> Expression:
    """Return a value with the sign before it; of a number, the number itself."""
    if sign == "-" and isinstance(node, Literal) and type(node.value) in (int, float):
        return Literal(start, node.end, -node.value, "-" + node.raw)  # type: ignore[operator]
    return Unary(start, node.end, sign, node)


def typed(cursor: Cursor) -> Expression:
    item = cursor.peek()
    return Name(item.start, cursor.behind, item.text) if skip_type(cursor) else primary(cursor)


def prefix(cursor: Cursor) -> str | None:
    """Name what stands at the cursor before a value: a sign, `new`, a cast; None when nothing does."""
    item = cursor.peek()
    if item[0] == "op":
        return item.text if item[1] in PREFIX else None
    if item[0] == "name":
        return "new" if item[1] == "new" and cursor.peek(1)[0] == "name" else None
    return "cast" if isinstance(item, Group) and is_cast(item, cursor.peek(1)) else None


def primary(cursor: Cursor) -> Expression:
    """Read a single value."""
    item = cursor.peek()
    if item[0] in ("newline", "end") or (item[0] == "op" and item[1] in (",", ";", ":", ")")):
        return Broken(cursor.behind, cursor.behind)
    cursor.take()
    if isinstance(item, Group):
        return group(item)
    if item.kind == "string":
        return string(item)
    if item.kind == "number":
        return number(item)
    if item.kind == "name":
        if item.text in WORDS:
            return Literal(item.start, item.end, WORDS[item.text])
        return Name(item.start, item.end, item.text)
    return Broken(item.start, item.end)


def group(item: Group) -> Expression:
    """Read what stands between brackets as a value."""
    if item.kind == "{":
        return closure(item)
    if item.kind == "[":
        return collection(item)
    cursor = Cursor(item.items, item.end, loose=True)
    if cursor.done:
        return Broken(item.start, item.end)
    inner = expression(cursor)
    if cursor.is_op(","):  # (a, b) = …
        return ListOf(item.start, item.end, arguments(item))
    return inner if cursor.done else Broken(item.start, item.end)


def collection(item: Group) -> ListOf | MapOf:
    """Read `[…]` as a list or a map."""
    found = arguments(item)
    only_colon = [part[1] for part in item.items if part[0] != "newline"] == [":"]
    if only_colon or any(entry.key is not None for entry in found):
        return MapOf(item.start, item.end, () if only_colon else found)
    return ListOf(item.start, item.end, found)


def closure(item: Group) -> Closure:
    """Read `{…}` as a block of statements."""
    from mlci.vendors.jenkins.syntax.groovy.statements import statements

    arrow = next((at for at, part in enumerate(item.items) if part[0] == "op" and part[1] == "->"), None)
    if arrow is not None and all(is_parameter(part) for part in item.items[:arrow]):
        return Closure(item.start, item.end, statements(item.items[arrow + 1 :], item.end), True)
    return Closure(item.start, item.end, statements(item.items, item.end))


def string(token: Token) -> Literal | Template:
    """Return a string as a constant, or as a template when it has code in it."""
    pieces = token.pieces
    if all(isinstance(piece, str) for piece in pieces):
        return Literal(token.start, token.end, "".join(str(piece) for piece in pieces), token.text)
    parts = tuple(hole(piece) if isinstance(piece, Piece) else piece for piece in pieces)
    return Template(token.start, token.end, parts, token.text)


def hole(piece: Piece) -> Hole:
    """Read the code of an interpolation."""
    cursor = Cursor(piece.items, piece.end, loose=True)
    if cursor.is_op("->"):
        cursor.take()
    return Hole(piece.start, piece.end, None if cursor.done else expression(cursor))


def number(token: Token) -> Literal:
    """Return a number's value; one with a fraction is a float, whatever Groovy would make of it."""
    text = token.text.replace("_", "")
    value: int | float
    if text[:2] in ("0x", "0X", "0b", "0B"):
        value = int(text.rstrip("gGlLiI"), 16 if text[1] in "xX" else 2)
    else:
        text = text.rstrip("gGlLiIfFdD")
        value = int(text) if text.isdecimal() and len(text) < 100 else float(text)
    return Literal(token.start, token.end, value, token.text)


def arguments(item: Group) -> tuple[Argument, ...]:
    """Read what stands between brackets as arguments."""
    cursor = Cursor(item.items, item.end, loose=True)
    out: list[Argument] = []
    while not cursor.done:
        out.append(argument(cursor))
        if not cursor.done and not cursor.is_op(","):
            out.append(rubble(cursor))
        cursor.take()
    return tuple(out)


def rubble(cursor: Cursor) -> Argument:
    """Step over what cannot belong to an argument, up to the next comma."""
    start = cursor.peek().start
    while not cursor.done and not cursor.is_op(","):
        cursor.take()
    return Argument(start, cursor.behind, None, Broken(start, cursor.behind))


def command_arguments(cursor: Cursor) -> tuple[Argument, ...]:
    """Read the arguments of a call without parentheses; a comma may end its line."""
    out = [argument(cursor)]
    while cursor.is_op(","):
        cursor.take()
        cursor.skip_newlines()
        out.append(argument(cursor))
    return tuple(out)


def argument(cursor: Cursor) -> Argument:
    """Read `value`, `key: value` or `*: value`."""
    first = cursor.peek()
    if cursor.peek(1)[0] == "op" and cursor.peek(1)[1] == ":":
        key = key_text(first)
        if key is not None:
            cursor.at += 2
            cursor.skip_newlines()
            value = expression(cursor)
            return Argument(first.start, max(value.end, cursor.behind), key, value, first.start)
    value = expression(cursor)
    return Argument(first.start, value.end, None, value)


def command(cursor: Cursor, *, statement: bool = False) -> Expression:
    """Read an expression that may be a call without parentheses.

    Parameters
    ----------
    statement : whether a block on the next line still belongs to it
    """
    if prefix(cursor) is not None:
        return expression(cursor, None, JOINING)
    node = path(cursor, primary(cursor), newline_block=statement)
    while True:
        item = cursor.peek()
        if takes_arguments(node, statement) and begins_argument(item):
            given = command_arguments(cursor)
            node = called(node, given, max(given[-1].end, cursor.behind))
        elif isinstance(node, Call) and continues(item):
            cursor.take()  # a b c d is a(b).c(d)
            link = Member(node.start, item.end, node, key_text(item) or item.text)
            node = path(cursor, link, newline_block=statement)
        else:
            return expression(cursor, node, JOINING)


def takes_arguments(node: Expression, statement: bool) -> bool:
    """Tell whether a value can be called without parentheses; a name in quotes only begins a statement."""
    quoted = statement and isinstance(node, Literal) and isinstance(node.value, str)
    return quoted or isinstance(node, (Name, Member))


def path(cursor: Cursor, start: Expression, *, newline_block: bool = False) -> Expression:
    """Read the calls, members and indices behind a value.

    Parameters
    ----------
    newline_block : whether a block on the next line still belongs to it, as in a statement
    """
    node = start
    if isinstance(node, Broken):
        return node
    while True:
        item = cursor.peek()
        if item[0] == "newline":
            if not newline_goes_on(cursor, node, newline_block):
                return node
            cursor.skip_newlines()
            item = cursor.peek()
        if isinstance(item, Group):
            cursor.take()
            node = attach(node, item)
        elif item[0] == "op" and item[1] in DOTS:
            cursor.take()
            node = member(cursor, node)
        elif item[0] == "op" and item[1] in ("++", "--"):
            cursor.take()
            node = Unary(node.start, item.end, item.text, node)
        else:
            return node


def newline_goes_on(cursor: Cursor, node: Expression, newline_block: bool) -> bool:
    """Tell whether a value goes on behind a line end: with a dot, or at times with its block."""
    item = cursor.over_newlines()
    if item[0] == "op" and item[1] in (".", "?.", "*.", ".&", ".@"):
        return True
    takes_block = isinstance(node, Name) or (isinstance(node, Call) and node.closure is None)
    return newline_block and takes_block and isinstance(item, Group) and item.kind == "{"


def attach(node: Expression, item: Group) -> Expression:
    """Add the bracket behind a value to it: arguments, an index, or a block."""
    if item.kind == "[":
        return Index(node.start, item.end, node, arguments(item))
    if item.kind == "(":
        return called(node, arguments(item), item.end)
    block = Argument(item.start, item.end, None, closure(item))
    if isinstance(node, Call) and node.closure is None:
        return node._replace(end=item.end, arguments=(*node.arguments, block))
    return called(node, (block,), item.end)


def called(node: Expression, given: tuple[Argument, ...], end: int) -> Call:
    if isinstance(node, Name):
        return Call(node.start, end, None, node.name, given, node.start)
    if isinstance(node, Literal) and isinstance(node.value, str):  # 'name' … calls what the string names
        return Call(node.start, end, None, node.value, given, node.start + len(node.raw))
    if isinstance(node, Member):
        return Call(node.start, end, node.target, node.name, given, node.end - len(node.name))
    return Call(node.start, end, node, "", given, node.start)


def member(cursor: Cursor, node: Expression) -> Expression:
    """Read the name behind a dot."""
    cursor.skip_newlines()
    item = cursor.peek()
    if item[0] in ("newline", "end") or (item[0] == "op" and item[1] != "@"):
        return Broken(node.start, cursor.behind)
    cursor.take()
    if isinstance(item, Group):
        return Member(node.start, item.end, node, "")
    return Member(node.start, item.end, node, key_text(item) or item.text)
