"""Run by a stage's interpreter, not imported by mlci: prints as JSON what it is and what it has installed."""

import json
import platform
import re
import sys
from importlib.metadata import Distribution, distributions

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
EXTRA = re.compile(r"""extra\s*==\s*["']([^"']+)["']""")

FIELD = re.compile(r"^(Name|Version|Requires-Dist): *(.*?) *$", re.M)


def plain(name: str) -> str:
    """Return a package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def wanted(line: str) -> list[str]:
    """Return a requirement as [name, extras it asks for, extra it belongs to]."""
    head, _, marker = line.partition(";")
    found = NAME.match(head.strip())
    extras = re.search(r"\[([^\]]*)\]", head)
    belongs = EXTRA.search(marker)
    return [
        plain(found.group()) if found else "",
        ",".join(plain(each) for each in extras.group(1).split(",")) if extras else "",
        plain(belongs.group(1)) if belongs else "",
    ]


def described(each: Distribution) -> tuple[str, str, list[str]]:
    """Return a package's name, version and requirements; importlib reads them as mail, which takes long."""
    text = each.read_text("METADATA")
    if text is None:
        return each.metadata["Name"], each.version, each.requires or []
    fields = FIELD.findall(text.partition("\n\n")[0])
    first = dict(reversed(fields))
    return (
        first.get("Name", ""),
        first.get("Version", ""),
        [said for name, said in fields if name == "Requires-Dist"],
    )


def main() -> None:
    """Print the interpreter and its packages."""
    packages: dict[str, list[object]] = {}
    for each in distributions():
        name, number, requires = described(each)
        if name and plain(name) not in packages:
            packages[plain(name)] = [number, [wanted(line) for line in requires]]
    said = {
        "version": f"{sys.implementation.name}-{platform.python_version()}",
        "platform": f"{sys.platform}-{platform.machine()}",
        "folders": [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))],
        "packages": packages,
    }
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main()
