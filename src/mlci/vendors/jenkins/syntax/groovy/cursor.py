"""A place in a list of tokens, and the questions a parser asks there."""

from __future__ import annotations

from mlci.vendors.jenkins.syntax.groovy.tokens import Group, Item, Token

END = Token("end", "", -1, -1)


class Cursor:
    """Walks over the items of one bracket.

    Parameters
    ----------
    items : the tokens and groups
    end : the offset behind the last of them
    loose : whether line ends mean nothing, as between ( ) and [ ]
    """

    __slots__ = ("at", "end", "items")

    def __init__(self, items: tuple[Item, ...], end: int, *, loose: bool = False) -> None:
        self.items = tuple(item for item in items if item[0] != "newline") if loose else items
        self.at = 0
        self.end = end

    def peek(self, ahead: int = 0) -> Item:
        """Return the item at the cursor, or one further on; END behind the last."""
        at = self.at + ahead
        return self.items[at] if at < len(self.items) else END

    def take(self) -> Item:
        item = self.peek()
        self.at += 1
        return item

    @property
    def behind(self) -> int:
        return self.items[min(self.at, len(self.items)) - 1].end if self.at and self.items else 0

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return self.at >= len(self.items)

    def is_op(self, *texts: str) -> bool:
        item = self.peek()
        return item[0] == "op" and item[1] in texts

    def is_name(self, *texts: str) -> bool:
        """Tell whether the item at the cursor is a name, or one of these names."""
        item = self.peek()
        return item[0] == "name" and (not texts or item[1] in texts)

    def is_group(self, kind: str, ahead: int = 0) -> bool:
        """Tell whether the item at the cursor is a group of this bracket."""
        item = self.peek(ahead)
        return isinstance(item, Group) and item.kind == kind

    def ends_statement(self) -> bool:
        item = self.peek()
        return item[0] in ("newline", "end") or (item[0] == "op" and item[1] == ";")

    def skip_newlines(self) -> None:
        """Step over line ends."""
        while self.peek()[0] == "newline":
            self.at += 1

    def over_newlines(self) -> Item:
        """Return the first item that is no line end, without moving."""
        at = self.at
        while at < len(self.items) and self.items[at][0] == "newline":
            at += 1
        return self.items[at] if at < len(self.items) else END
