"""Reading Groovy expressions: values, calls with and without parentheses, closures, operators."""

from __future__ import annotations

from mlci.lint.groovy.cursor import Cursor
from mlci.lint.groovy.tokens import Group, Item, Piece, Token
from mlci.lint.groovy.tree import (
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

WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
PREFIX = frozenset({"!", "-", "+", "~", "++", "--", "*", "&"})
DOTS = frozenset({".", "?.", "*.", ".&", ".@", "::"})
ASSIGNS = frozenset(
    {"=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "**=", "<<=", ">>=", ">>>="}
)
BINARY = ASSIGNS | frozenset(
    "+ - * / % ** << >> >>> .. ..< < <= > >= == != === !== <=> =~ ==~ && || & | ^ ?: ?".split()
)
NAMED = frozenset({"in", "instanceof", "as"})
KEYWORDS = NAMED | frozenset({"else", "catch", "finally", "extends", "implements"})


def expression(cursor: Cursor) -> Expression:
    """Read one expression; the cursor stops at what cannot belong to it."""
    operands = [operand(cursor)]
    operators: list[str] = []
    open_questions = 0
    while True:
        operator = binary(cursor, open_questions)
        if operator is None:
            break
        open_questions += {"?": 1, ":": -1}.get(operator, 0)
        operators.append(operator)
        cursor.skip_newlines()
        operands.append(operand(cursor))
    if not operators:
        return operands[0]
    return Chain(operands[0].start, operands[-1].end, tuple(operands), tuple(operators))


def binary(cursor: Cursor, open_questions: int) -> str | None:
    """Take the operator at the cursor, if one is there; a ternary's may stand on the next line."""
    item = cursor.peek()
    if item[0] == "newline":
        item = cursor.over_newlines()
        if item[0] != "op" or not (item[1] in ("?", "?:") or (item[1] == ":" and open_questions)):
            return None
        cursor.skip_newlines()
    elif item[0] == "name" and item[1] in NAMED:
        pass
    elif item[0] != "op" or not (item[1] in BINARY or (item[1] == ":" and open_questions)):
        return None
    cursor.take()
    if item[1] == "!" or not isinstance(item, Token):
        return None
    return item.text


def operand(cursor: Cursor) -> Expression:
    """Read a value with the signs before it and the calls behind it."""
    item = cursor.peek()
    if item[0] == "op" and item[1] in PREFIX:
        cursor.take()
        inner = operand(cursor)
        return Unary(item.start, inner.end, item.text, inner)
    if item[0] == "name" and item[1] == "new" and cursor.peek(1)[0] == "name":
        cursor.take()
        inner = path(cursor, primary(cursor), newline_block=False)
        return Unary(item.start, inner.end, "new", inner)
    if is_cast(cursor):
        cursor.take()
        inner = operand(cursor)
        return Unary(item.start, inner.end, "cast", inner)
    return path(cursor, primary(cursor), newline_block=False)


def is_cast(cursor: Cursor) -> bool:
    """Tell whether a parenthesis at the cursor is a `(Type)` before a value."""
    item = cursor.peek()
    if not isinstance(item, Group) or item.kind != "(" or not item.items:
        return False
    if not all(part[0] == "name" or part[1] in (".", "<", ">", ",", "[") for part in item.items):
        return False
    behind = cursor.peek(1)
    if behind[0] == "name":
        return behind[1] not in KEYWORDS
    return behind[0] in ("string", "number", "[")


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
    from mlci.lint.groovy.statements import statements

    arrow = next((at for at, part in enumerate(item.items) if part[0] == "op" and part[1] == "->"), None)
    if arrow is not None and all(is_parameter(part) for part in item.items[:arrow]):
        return Closure(item.start, item.end, statements(item.items[arrow + 1 :], item.end), True)
    return Closure(item.start, item.end, statements(item.items, item.end))


def is_parameter(item: Item) -> bool:
    """Tell whether an item can stand before a closure's arrow."""
    return item[0] in ("name", "newline", "[", "string", "number") or item[1] in (",", "=", ".", "<", ">")


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
    return Hole(piece.start, piece.end, None if cursor.done else expression(cursor))


def number(token: Token) -> Literal:
    """Return a number's value; one with a fraction is a float, whatever Groovy would make of it."""
    text = token.text.replace("_", "").rstrip("gGlLiIfFdD") if not hexadecimal(token) else token.text
    try:
        value: int | float = int(text.replace("_", "").rstrip("gGlLiI"), 16) if hexadecimal(token) else int(text)
    except ValueError:
        value = float(text) if not hexadecimal(token) else 0
    return Literal(token.start, token.end, value, token.text)


def hexadecimal(token: Token) -> bool:
    """Tell whether a number is written in base 16."""
    return token.text[:2] in ("0x", "0X")


def arguments(item: Group) -> tuple[Argument, ...]:
    """Read what stands between brackets as arguments."""
    cursor = Cursor(item.items, item.end, loose=True)
    return argument_list(cursor)


def argument_list(cursor: Cursor) -> tuple[Argument, ...]:
    """Read arguments between commas to the end of the statement or bracket."""
    out: list[Argument] = []
    while not cursor.ends_statement():
        before = cursor.at
        out.append(argument(cursor))
        if cursor.is_op(","):
            cursor.take()
            cursor.skip_newlines()
        elif cursor.at == before or not cursor.items_left_are_loose():
            break
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


def key_text(item: Item) -> str | None:
    """Return the text of what stands before a colon, when it can be a key."""
    if isinstance(item, Group):
        return "" if item.kind in "([" else None
    if item.kind == "string":
        return "".join(piece if isinstance(piece, str) else "${…}" for piece in item.pieces)
    return item.text if item.kind in ("name", "number") or item.text == "*" else None


def path(cursor: Cursor, start: Expression, *, newline_block: bool) -> Expression:
    """Read the calls, members and indices behind a value.

    Parameters
    ----------
    newline_block : whether a block on the next line still belongs to it, as in a statement
    """
    node = start
    while True:
        item = cursor.peek()
        if item[0] == "newline" and not newline_goes_on(cursor, node, newline_block):
            return node
        item = cursor.over_newlines()
        if isinstance(item, Group):
            cursor.skip_newlines()
            node = attach(node, item)
            cursor.take()
        elif item[0] == "op" and item[1] in DOTS:
            cursor.skip_newlines()
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
    if item.kind == "{":
        block = Argument(item.start, item.end, None, closure(item))
        if isinstance(node, Call) and node.closure is None:
            return node._replace(end=item.end, arguments=(*node.arguments, block))
        return called(node, (block,), item.end)
    return called(node, arguments(item), item.end)


def called(node: Expression, given: tuple[Argument, ...], end: int) -> Call:
    """Return a call of a value."""
    if isinstance(node, Name):
        return Call(node.start, end, None, node.name, given, node.start)
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
    name = string(item) if item.kind == "string" else None
    text = name.value if isinstance(name, Literal) and isinstance(name.value, str) else item.text
    return Member(node.start, item.end, node, text)
