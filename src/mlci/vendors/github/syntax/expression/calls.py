"""What is checked of a function's arguments, and what it returns."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from mlci.vendors.github.syntax.expression.functions import BY_NAME, PLACE, Signature
from mlci.vendors.github.syntax.expression.tree import Call, Expression, Literal
from mlci.vendors.github.syntax.expression.types import ANY, Simple, Type, fits, of_json, of_many, show

Said = tuple[str, Expression, str]
"""A topic (function or type), the place, and what is wrong."""


def check(call: Call, kinds: Sequence[Type]) -> Iterator[Said]:
    """Yield what is wrong with the arguments of a call of a known function."""
    signatures = BY_NAME[call.name.lower()]
    right_count = [one for one in signatures if one.takes(len(kinds))]
    if not right_count:
        yield "function", call, count_message(call, signatures)
        return
    if not any(accepts(one, kinds) for one in right_count):
        yield from misfits(call, right_count[-1] if len(right_count) == 1 else right_count[0], kinds)
        return
    special = SPECIAL_CHECKS.get(call.name.lower())
    if special is not None:
        yield from special(call)


def accepts(signature: Signature, kinds: Sequence[Type]) -> bool:
    """Tell whether a signature takes arguments of these types."""
    return all(fits(kind, signature.parameter(index)) for index, kind in enumerate(kinds))


def misfits(call: Call, signature: Signature, kinds: Sequence[Type]) -> Iterator[Said]:
    for index, kind in enumerate(kinds):
        wanted = signature.parameter(index)
        if not fits(kind, wanted):
            said = f"argument {index + 1} of '{signature.name}' must be {show(wanted)}, not {show(kind)}"
            yield "type", call.arguments[index], said


def count_message(call: Call, signatures: Sequence[Signature]) -> str:
    """Say how many arguments a function takes."""
    name, given = signatures[0].name, len(call.arguments)
    if any(one.repeated for one in signatures):
        least = min(len(one.parameters) for one in signatures)
        return f"'{name}' takes at least {least} argument{'s' * (least != 1)}, not {given}"
    counts = sorted({len(one.parameters) for one in signatures})
    wanted = " or ".join(map(str, counts)) if counts != [0] else "no"
    return f"'{name}' takes {wanted} argument{'s' * (counts != [1])}, not {given}"


def check_format(call: Call) -> Iterator[Said]:
    """Compare the placeholders of `format` with its arguments."""
    text = call.arguments[0]
    if not isinstance(text, Literal) or not isinstance(text.value, str):
        return
    used = {int(found[1]) for found in PLACE.finditer(text.value) if found[1]}
    given = set(range(len(call.arguments) - 1))
    for number in sorted(used - given):
        said = f"'format' has no argument for {{{number}}}; there {plural(len(given))}"
        yield "function", call, said
    for number in sorted(given - used):
        yield "function", call, f"'format' never uses its argument {{{number}}}"


def plural(count: int) -> str:
    """Say how many values follow the format string."""
    return "is 1 value" if count == 1 else f"are {count} values"


def check_json(call: Call) -> Iterator[Said]:
    text = call.arguments[0]
    if not isinstance(text, Literal) or not isinstance(text.value, str):
        return
    try:
        json.loads(text.value)
    except ValueError as error:
        yield "function", text, f"'fromJSON' is given broken JSON: {error}"
    except RecursionError:
        yield "function", text, "'fromJSON' is given JSON nested too deeply"


def check_case(call: Call) -> Iterator[Said]:
    """Count the arguments of `case`: pairs, and a default."""
    if len(call.arguments) % 2 == 0:
        said = "'case' takes pairs of condition and value, then a default: an odd number of arguments"
        yield "function", call, said


SPECIAL_CHECKS = {"format": check_format, "fromjson": check_json, "case": check_case}


def result(call: Call, kinds: Sequence[Type]) -> Type:
    """Return what a call of a known function returns."""
    name = call.name.lower()
    if name == "fromjson" and call.arguments:
        return json_type(call.arguments[0])
    if name == "case":
        values = [*kinds[1::2], *(kinds[-1:] if len(kinds) % 2 else [])]
        kind = of_many(values)
        return kind if isinstance(kind, Simple) else ANY
    return BY_NAME[name][0].returns


def json_type(argument: Expression) -> Type:
    """Return the type of JSON given literally; any for all other."""
    if not isinstance(argument, Literal) or not isinstance(argument.value, str):
        return ANY
    try:
        return of_json(json.loads(argument.value))
    except (ValueError, RecursionError):
        return ANY
