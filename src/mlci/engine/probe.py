"""Run by a stage's interpreter, not imported by mlci: prints as JSON what it is and what it has installed."""

import json
import platform
import re
import sys
from importlib.metadata import distributions

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
EXTRA = re.compile(r"""extra\s*==\s*["']([^"']+)["']""")


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


def main() -> None:
    """Print the interpreter and its packages."""
    packages: dict[str, list[object]] = {}
    for each in distributions():
        name = each.metadata["Name"]
        if name and plain(name) not in packages:
            packages[plain(name)] = [each.version, [wanted(line) for line in each.requires or ()]]
    said = {
        "version": f"{sys.implementation.name}-{platform.python_version()}",
        "platform": f"{sys.platform}-{platform.machine()}",
        "folders": [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))],
        "packages": packages,
    }
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main()
