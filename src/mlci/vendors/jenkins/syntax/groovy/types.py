"""Stepping over the names of types, whose `<…>` would otherwise be taken for comparisons."""

from __future__ import annotations

from mlci.vendors.jenkins.syntax.groovy.cursor import Cursor

DEPTHS = {"<": 1, "<<": 2, ">": -1, ">>": -2, ">>>": -3}


def skip_type(cursor: Cursor) -> bool:
    """Step over a type: `Map<String, List<X>>`, `int[]`, `a.b.C`; False when there is none."""
    if not cursor.is_name():
        return False
    cursor.take()
    while cursor.is_op(".") and cursor.peek(1)[0] == "name":
        cursor.at += 2
    if cursor.is_op("<") and not skip_generics(cursor):
        return False
    while cursor.is_group("[") and not cursor.peek().items:  # type: ignore[union-attr]
        cursor.take()
    return True


def skip_generics(cursor: Cursor) -> bool:
    """Step over `<…>`; when it is no list of types, stay and return False."""
    start, depth = cursor.at, 0
    while not cursor.ends_statement():
        item = cursor.take()
        if item[0] == "op":
            depth += DEPTHS.get(item.text, 0)
            if item.text not in DEPTHS and item.text not in (",", ".", "?", "&"):
                break
        elif item[0] not in ("name", "["):
            break
        if depth == 0:
            return True
        if depth < 0:
            break
    cursor.at = start
    return False
