"""A diagnosis as a checklist for people."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence

from mlci.doctor import Diagnosis
from mlci.doctor.check import Check
from mlci.planning.vendor import Setting

SIGNS: Mapping[str, tuple[str, str, str]] = {
    "fine": ("✓", "ok", "\x1b[32m"),
    "missing": ("✗", "!!", "\x1b[1;31m"),
    "advice": ("•", "--", "\x1b[33m"),
    "open": ("☐", "[ ]", "\x1b[36m"),
}
"""A sign in Unicode and in ASCII, and its colour."""


def show(diagnosis: Diagnosis, *, width: int = 100, colour: bool = False, unicode: bool = True) -> str:
    """Return a diagnosis as text: this machine, then a checklist for each vendor.

    Parameters
    ----------
    width : columns
    colour, unicode : what the terminal can do
    """
    lines = [heading("This machine", colour)]
    for check in diagnosis.checks:
        lines.extend(check_lines(check, width, colour, unicode))
    for name, found in diagnosis.settings.items():
        lines += ["", heading(f"{title(name)}: before the first push", colour)]
        lines.extend(setting_lines(found, width, colour, unicode))
    lines += ["", verdict(diagnosis)]
    whole = "\n".join(lines) + "\n"
    return (
        whole if unicode else whole.replace("→", "->").replace("…", "...").encode("ascii", "replace").decode()
    )


def heading(words: str, colour: bool) -> str:
    return f"\x1b[1m{words}\x1b[0m" if colour else words


def title(vendor: str) -> str:
    from mlci.planning import vendor as vendors

    return vendors.find(vendor).product.TITLE


def sign(kind: str, colour: bool, unicode: bool) -> str:
    fancy, plain, paint = SIGNS[kind]
    text = fancy if unicode else plain
    return f"{paint}{text}\x1b[0m" if colour else text


def check_lines(check: Check, width: int, colour: bool, unicode: bool) -> Iterator[str]:
    """Yield the lines of a check: what was found, and below it how to mend it."""
    first, *rest = textwrap.wrap(check.said, max(30, width - 6)) or [""]
    yield f"  {sign(check.state, colour, unicode)} {first}"
    yield from (f"    {line}" for line in rest)
    if check.mend and check.state != "fine":
        yield f"      $ {check.mend}" if is_command(check.mend) else f"      {check.mend}"


def is_command(text: str) -> bool:
    """Tell whether a text is a command to paste, not advice or an address."""
    begins = (
        "apt-get ",
        "pip ",
        "python",
        "git ",
        "uv ",
        "chmod ",
        "echo ",
        "ssh-keyscan ",
        "systemctl ",
        "pyenv ",
    )
    return text.startswith(begins)


def setting_lines(found: Sequence[Setting], width: int, colour: bool, unicode: bool) -> Iterator[str]:
    """Yield a vendor's checklist."""
    if not found:
        yield "  nothing to set"
    alike: dict[tuple[str, str, str], list[str]] = {}
    for one in found:
        alike.setdefault((one.kind, one.where, one.why), []).append(one.name)
    for (kind, where, why), names in alike.items():
        yield f"  {sign('open', colour, unicode)} {kind} {heading(names[0], colour)}"
        yield from (f"    {' ' * (len(kind) + 1)}{heading(name, colour)}" for name in names[1:])
        for text in (where, why):
            yield from (f"      {line}" for line in textwrap.wrap(text, max(30, width - 6)))


def verdict(diagnosis: Diagnosis) -> str:
    lacks = len(diagnosis.missing)
    here = "nothing is missing here" if not lacks else f"{lacks} thing{'s' * (lacks > 1)} missing here"
    count = sum(map(len, diagnosis.settings.values()))
    return f"{here}; {count} to set at {len(diagnosis.settings)} vendors" if diagnosis.settings else here
