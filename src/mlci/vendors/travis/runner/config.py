"""A .travis.yml, and the keys of it that can be run here."""

from __future__ import annotations

from collections.abc import Mapping

from mlci.errors import InputError
from mlci.findings import Finding
from mlci.parity.part import Part, read_part
from mlci.vendors.travis.syntax import builds
from mlci.vendors.travis.syntax.walk import problems_of
from mlci.yaml.document import Document

PATH = ".travis.yml"
PHASES = tuple(phase for phase in builds.PHASES if not phase.endswith("_deploy"))
EXPANDING = ("os", "arch", "dist", "python", "env")
"""Keys whose lists make a job for each value."""
LANGUAGES = ("python", "generic", "minimal", "shell", "bash")
SHARED = (
    *(*PHASES, *EXPANDING, "language", "cache", "services", "addons", "vm", "workspaces", "git"),
    *("group", "sudo"),
)
JOB = (*SHARED, "stage", "name", "if", "allow_failure")
TOP = (*SHARED, "version", "conditions", "stages", "jobs", "matrix", "if", "notifications")
JOBS = ("include", "exclude", "allow_failures", "fast_finish")


def load(files: Mapping[str, str]) -> Part:
    """Read the file.

    Raises
    ------
    InputError : there is none, it is no YAML, or has conditions that are none or keys that cannot be run here
    """
    if PATH not in files:
        raise InputError(f"there is no {PATH}", help="run `mlci generate`")
    part = read_part(PATH, files[PATH])
    check_conditions(part.document)
    plain = {key: value for key, value in (part.value or {}).items() if not str(key).startswith(("_", "."))}
    # Keys that begin so are the user's own, for YAML's aliases.
    return part.become(plain).only(TOP, "a file")


def check_conditions(document: Document) -> None:
    """Refuse what the linter finds wrong with conditions, in its words and at its places."""
    found = () if document.root is None else problems_of(document.root)
    faults = [one for one in found if one.rule == "travis-condition"]
    if faults:
        raise InputError([Finding(document.mark_of(one.node), one.message, one.rule) for one in faults])


def section(part: Part) -> Part | None:
    """Return what stands under `jobs`, which may be called `matrix`."""
    found = part.get("jobs") or part.get("matrix")
    if found is None or isinstance(found.value, list):
        return None if found is None else found.become({"include": found.value})
    return found.only(JOBS, "'jobs'")
