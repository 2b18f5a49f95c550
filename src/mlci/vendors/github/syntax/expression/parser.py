"""Reads an expression into its tree by recursive descent."""

from __future__ import annotations

from functools import lru_cache

from mlci.vendors.github.syntax.expression.lexer import Token, number, tokens
from mlci.vendors.github.syntax.expression.tree import (
    Call,
    Comparison,
    Context,
    Expression,
    ExpressionError,
    Filter,
    Index,
    Literal,
    Logical,
    Not,
    Property,
)

MAX_DEPTH = 50
"""GitHub refuses deeper nesting."""
MAX_LINKS = 100

LEVELS: tuple[frozenset[str], ...] = (
    frozenset({"||"}),
    frozenset({"&&"}),
    frozenset({"==", "!="}),
    frozenset({"<", "<=", ">", ">="}),
)
"""Binary operators, the loosest first."""

WORDS: dict[str, float | bool | None] = {
    "true": True,
    "false": False,
    "null": None,
    "nan": float("nan"),
    "infinity": float("inf"),
}


@lru_cache(maxsize=4096)
def parse(text: str) -> Expression | ExpressionError:
    """Read what stands between `${{` and `}}`; an error is returned, so that both are remembered."""
    try:
        return Parser(text).whole()
    except ExpressionError as error:
        return error


class Parser:
    """One expression being read."""

    def __init__(self, text: str) -> None:
        self.tokens = tokens(text)
        self.at = 0
        self.depth = 0

    def whole(self) -> Expression:
        if self.tokens[0].kind == "end":
            raise ExpressionError("the expression is empty", 0)
        node = self.binary(0)
        token = self.tokens[self.at]
        if token.kind != "end":
            raise ExpressionError(f"unexpected '{token.text}' after the end of the expression", token.start)
        return node

    def binary(self, level: int) -> Expression:
        """Read operands joined by this level's operators, or by tighter ones."""
        if level == len(LEVELS):
            return self.unary()
        operands, links = [self.binary(level + 1)], 0
        while self.tokens[self.at].text in LEVELS[level] and self.tokens[self.at].kind == "operator":
            operator = self.take()
            operands.append(self.binary(level + 1))
            if level > 1:
                left, right = operands
                links += 1
                self.check_links(links, operator)
                operands = [Comparison(operator.text, left, right, left.start, right.end)]
        if len(operands) == 1:
            return operands[0]
        return Logical("&&" if level else "||", tuple(operands), operands[0].start, operands[-1].end)

    def unary(self) -> Expression:
        """Read `!operand` or an operand with what is appended to it."""
        token = self.tokens[self.at]
        if token.text == "!" and token.kind == "operator":
            self.take()
            self.deeper(token)
            operand = self.unary()
            self.depth -= 1
            return Not(operand, token.start, operand.end)
        return self.suffixes(self.primary())

    def primary(self) -> Expression:
        """Read a literal, a name, a call or a parenthesis."""
        token = self.take()
        if token.kind == "string":
            return Literal(token.text[1:-1].replace("''", "'"), token.start, token.end)
        if token.kind == "number":
            return Literal(number(token.text), token.start, token.end)
        if token.kind == "name":
            return self.named(token)
        if token.text == "(":
            self.deeper(token)
            inner = self.binary(0)
            self.depth -= 1
            self.expect(")")
            return inner
        raise self.surprise(token, "a value, a name or '('")

    def named(self, token: Token) -> Expression:
        if self.tokens[self.at].text == "(":
            return self.call(token)
        word = token.text.lower()
        if word in WORDS:
            return Literal(WORDS[word], token.start, token.end)
        return Context(token.text, token.start, token.end)

    def call(self, name: Token) -> Expression:
        self.deeper(self.take())
        arguments: list[Expression] = []
        while self.tokens[self.at].text != ")" or arguments:
            arguments.append(self.binary(0))
            if self.tokens[self.at].text != ",":
                break
            self.take()
        end = self.expect(")", "',' or ')'")
        self.depth -= 1
        return Call(name.text, tuple(arguments), name.start, end.end)

    def suffixes(self, node: Expression) -> Expression:
        """Read `.name`, `.*` and `[…]` as often as they come."""
        links = 0
        while self.tokens[self.at].text in (".", "[") and self.tokens[self.at].kind == "operator":
            opener = self.take()
            links += 1
            self.check_links(links, opener)
            if opener.text == ".":
                node = self.member(node)
                continue
            if self.tokens[self.at].text == "*":
                self.take()
                node = Filter(node, node.start, self.expect("]").end)
                continue
            self.deeper(opener)
            index = self.binary(0)
            self.depth -= 1
            node = Index(node, index, node.start, self.expect("]").end)
        return node

    def member(self, node: Expression) -> Expression:
        """Read what follows a dot."""
        token = self.take()
        if token.kind == "name":
            return Property(node, token.text, node.start, token.end)
        if token.text == "*":
            return Filter(node, node.start, token.end)
        raise self.surprise(token, "a property's name or '*' after '.'")

    def take(self) -> Token:
        """Return the next token and step past it."""
        token = self.tokens[self.at]
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def expect(self, text: str, wanted: str | None = None) -> Token:
        token = self.take()
        if token.text != text or token.kind != "operator":
            raise self.surprise(token, wanted or f"'{text}'")
        return token

    def surprise(self, token: Token, wanted: str) -> ExpressionError:
        """Say what stands where something else was wanted."""
        if token.kind == "end":
            return ExpressionError(
                f"the expression ends too early; expected {wanted}", max(0, token.start - 1)
            )
        return ExpressionError(f"unexpected '{token.text}'; expected {wanted}", token.start, len(token.text))

    def check_links(self, links: int, token: Token) -> None:
        """Refuse a chain that no document has, but that would exhaust the stack."""
        if links > MAX_LINKS:
            raise ExpressionError(f"more than {MAX_LINKS} links in one chain", token.start)

    def deeper(self, token: Token) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionError(f"nested more than {MAX_DEPTH} levels deep", token.start)
